"""Prices as a table of sessions and symbols, and the sources they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

import pandas as pd


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Which prices these are: their source, when they were fetched, a hash of their content.

    ``fetched_at`` is None for prices that were read from a file or a frame.
    """

    source: str
    fetched_at: datetime | None
    hash: str


@dataclass(frozen=True, eq=False)
class PriceTable:
    """Adjusted prices of some symbols, one row a session.

    Attributes
    ----------
    closes
        Adjusted closes, float64; index ``session`` (tz-naive midnights, ``datetime64[us]``,
        ascending, unique), one column a symbol. NaN where a symbol has no price in a session.
        A symbol without any price has no column, and a row of ``faults`` that says why.
    snapshot
        Which prices these are.
    faults
        One row a fault: ``symbol, session, fault, action, detail``; ``session`` is NaT when the
        fault is of the whole symbol; ``action`` is "refused" or "marked".
    opens, volume
        Of the same shape as ``closes``, adjusted likewise; None where the source has none.
    """

    closes: pd.DataFrame
    snapshot: Snapshot
    faults: pd.DataFrame
    opens: pd.DataFrame | None = None
    volume: pd.DataFrame | None = None


@runtime_checkable
class PriceSource(Protocol):
    """Anything that has price histories: pass your own object where prices are asked for."""

    def history(
        self, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp
    ) -> PriceTable:
        """Give the prices of some symbols from ``start`` to ``end``, both included."""
        ...
