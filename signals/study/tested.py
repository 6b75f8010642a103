"""What an evaluation is computed from: its arguments, its arrays, and returns of each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from signals.errors import StudyError
from signals.study.entry import Entries, Observations, Panel
from signals.study.fits import Floats
from signals.study.forward import ReturnKind, forward_returns
from signals.study.signal import Signal

if TYPE_CHECKING:
    import pandas as pd


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
