"""What an evaluation is computed from: its arguments, its arrays, and returns of each kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from signals.errors import StudyError
from signals.evaluation.coefficients import (
    LEAST_NAMES,
    BinMeans,
    Groups,
    SessionSeries,
    quantile_bins,
    session_coefficients,
)
from signals.evaluation.entry import Entries, Observations
from signals.evaluation.forward import ReturnKind, forward_returns
from signals.evaluation.pricepanel import Panel
from signals.evaluation.signal import Signal
from signals.study.arrays import Booleans, Floats, Indices, Integers
from signals.study.settings import read_count, read_seed

if TYPE_CHECKING:
    import pandas as pd

LAGS = (1, 2, 5, 10)
"""Sessions over which the signal's own persistence is measured."""


@dataclass(frozen=True)
class Settings:
    """The arguments of an evaluation: horizons ascending, and whether a market is deducted."""

    horizons: tuple[int, ...]
    has_market: bool
    quantiles: int
    seed: int

    @property
    def kind(self) -> ReturnKind:
        """The kind of return that decides: less the market's where there is one."""
        return "market_adjusted" if self.has_market else "raw"

    def horizon(self, asked: int | None) -> int:
        """Give a horizon that was asked for, the shortest for None.

        Raises
        ------
        StudyError
            It was not evaluated.
        """
        chosen = self.horizons[0] if asked is None else asked
        if chosen not in self.horizons:
            known = ", ".join(map(str, self.horizons))
            raise StudyError(f"The horizon {chosen} was not evaluated; {known} were.")
        return chosen

    @classmethod
    def read(
        cls, horizons: Sequence[int] | int, *, has_market: bool, quantiles: int, seed: int
    ) -> Settings:
        """Check the arguments.

        Raises
        ------
        StudyError
            A horizon is no positive whole number, there are fewer than two quantiles, or the seed
            is no whole number from 0 on.
        """
        several = list(horizons) if isinstance(horizons, Iterable) else [horizons]
        if not several:
            raise StudyError("There is no horizon: name one or more, in sessions.")
        wrong = [h for h in several if not isinstance(h, int | np.integer) or h < 1]
        if wrong:
            raise StudyError(f"The horizon {wrong[0]!r} is no number of sessions from 1 on.")
        chosen = tuple(sorted({int(h) for h in several}))
        return cls(chosen, has_market, read_count(quantiles, "quantiles", 2), read_seed(seed))


@dataclass(frozen=True, eq=False)
class Sample:
    """Signal, prices, entries and observations, and the returns (K,) of each horizon."""

    signal: Signal
    panel: Panel
    entries: Entries
    observations: Observations
    returns: Mapping[int, Floats]
    factors: pd.DataFrame | None
    settings: Settings

    @cached_property
    def groups(self) -> Groups:
        """The observations of each session."""
        return Groups.by(self.observations.day)

    @cached_property
    def order(self) -> Indices:
        """(K,): the order that sorts the scores within their sessions."""
        return self.groups.order(self.observations.score)

    @cached_property
    def ranks(self) -> Floats:
        """(K,): ranks of the scores within their sessions."""
        return self.groups.ranks(self.observations.score, self.order)

    @cached_property
    def bins(self) -> Integers:
        """(K,): the bin of each score in its session; 0 where the session has no bins.

        Bins depend on scores alone: whether a return is missing later can't move a name. A session
        has bins when it holds ``LEAST_NAMES`` names, as many as bins, and not all scores are equal.
        """
        groups, score, count = self.groups, self.observations.score, self.settings.quantiles
        last = groups.start + groups.size - 1
        usable = score[self.order[last]] > score[self.order[groups.start]]
        usable &= groups.size >= max(LEAST_NAMES, count)
        return np.where(usable[groups.of], quantile_bins(groups, score, self.order, count), 0)

    @cached_property
    def later(self) -> dict[int, Integers]:
        """(K,) for each of ``LAGS``: the place of the company's observation so much later.

        Lags count sessions of the observation's own exchange. It is -1 where the company has none
        in that session.
        """
        obs, groups, panel = self.observations, self.groups, self.panel
        width, company = len(self.signal.company.names), self.signal.company.codes[obs.first]
        key = obs.day * width + company  # ascending
        found = {}
        for lag in LAGS:
            row = np.minimum(obs.row + lag, len(panel.ordinals) - 1)
            reached = obs.row + lag < panel.high[obs.row]
            sought = np.where(reached, panel.ordinals[row] * width + company, -1)
            # With the same names in every session each stands at its own place: look there first.
            session = np.searchsorted(groups.day, groups.day + lag)
            start = np.append(groups.start, len(key))[session]
            place = np.arange(len(key)) + np.repeat(start - groups.start, groups.size)
            place = np.minimum(place, len(key) - 1)
            missed = np.flatnonzero(key[place] != sought)
            place[missed] = np.minimum(np.searchsorted(key, sought[missed]), len(key) - 1)
            place[missed[key[place[missed]] != sought[missed]]] = -1
            found[lag] = place
        return found

    @cached_property
    def bin_means(self) -> dict[int, BinMeans]:
        """Mean returns of each session and bin, by horizon."""
        return {
            horizon: BinMeans.of(self.groups, self.bins, returns, self.settings.quantiles)
            for horizon, returns in self.returns.items()
        }

    @cached_property
    def coefficients(self) -> dict[int, SessionSeries]:
        """The coefficients of each horizon, session by session."""
        return {horizon: self.correlate(returns) for horizon, returns in self.returns.items()}

    def correlate(self, returns: Floats) -> SessionSeries:
        """Correlate the scores with other returns, (K,), session by session."""
        obs = self.observations
        return session_coefficients(self.groups, obs.score, returns, ranks=self.ranks)

    @cached_property
    def earnings(self) -> Booleans | None:
        """(K,): whether one of its events is marked as of a day with earnings; None unmarked."""
        frame, group = self.signal.frame, self.observations.of_event
        if "earnings" not in frame:
            return None
        marked = frame["earnings"].to_numpy(dtype=np.bool_) & (group >= 0)
        return np.bincount(group[marked], minlength=len(self.observations)) > 0

    def returns_of(self, kind: ReturnKind) -> dict[int, Floats]:
        """Give the returns of each horizon, of another kind."""
        return {
            horizon: forward_returns(
                self.panel, self.observations, horizon, kind=kind, factors=self.factors
            )
            for horizon in self.settings.horizons
        }

    def first(self, column: str) -> pd.Series:
        """Give a column of the event of each observation that was known first."""
        return self.signal.frame[column].iloc[self.observations.first].reset_index(drop=True)
