"""What an evaluation is computed from: its arguments, its arrays, and returns of each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from signals.errors import StudyError
from signals.study.coefficients import (
    LEAST_NAMES,
    BinMeans,
    Groups,
    SessionSeries,
    quantile_bins,
    session_coefficients,
)
from signals.study.entry import Entries, Observations, Panel
from signals.study.fits import Floats, Integers
from signals.study.forward import ReturnKind, forward_returns
from signals.study.signal import Signal

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

    @classmethod
    def read(
        cls, horizons: Sequence[int], *, has_market: bool, quantiles: int, seed: int
    ) -> Settings:
        """Check the arguments.

        Raises
        ------
        StudyError
            A horizon is no positive whole number, or there are fewer than two quantiles.
        """
        if not horizons:
            raise StudyError("There is no horizon: name one or more, in sessions.")
        wrong = [h for h in horizons if not isinstance(h, int | np.integer) or h < 1]
        if wrong:
            raise StudyError(f"The horizon {wrong[0]!r} is no number of sessions from 1 on.")
        if quantiles < 2:
            raise StudyError(f"There must be 2 quantiles or more, not {quantiles}.")
        return cls(tuple(sorted({int(h) for h in horizons})), has_market, quantiles, seed)


@dataclass(frozen=True, eq=False)
class Tested:
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
    def order(self) -> npt.NDArray[np.intp]:
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

        It is -1 where the company has none in that session.
        """
        one = self.observations
        company = self.signal.company.codes[one.first]
        # A stable sort of small integers is a radix sort: several times faster.
        order = np.argsort(company.astype(np.min_scalar_type(company.max())), kind="stable")
        key = company[order] * (int(one.day[-1]) + max(LAGS) + 1) + one.day[order]
        found = {lag: np.full(len(order), -1, dtype=np.int64) for lag in LAGS}
        for lag, later in found.items():
            sought = np.arange(len(key))
            # Days of a company ascend: the one that is sought is at most ``lag`` places on.
            for step in range(lag, 0, -1):
                sought = sought[: np.searchsorted(sought, len(key) - step)]
                hit = key[sought + step] == key[sought] + lag
                later[order[sought[hit]]] = order[sought[hit] + step]
                sought = sought[~hit]
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
        one = self.observations
        return session_coefficients(one.day, one.score, returns, ranks=self.ranks)

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
