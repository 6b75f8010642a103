"""Returns on exchange calendars, and where events stand in them.

Every calendar has its own block of rows in one array, so that windows around events of several
exchanges are cut by one indexing operation (``cuts``) and offsets always count sessions of the
event's own exchange.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from signals.errors import StudyError
from signals.study.arrays import Booleans, Dates, Floats, Indices, Integers

if TYPE_CHECKING:
    import pandas as pd

CELLS = 100_000
"""Sessions of all events handled at a time: what a processor's cache holds of a few arrays."""


@dataclass(frozen=True, eq=False)
class ReturnGrid:
    """One-session simple returns, the blocks of all calendars below one another.

    Attributes
    ----------
    returns
        (rows, series), each series contiguous: fractions; NaN where this or the previous session
        of the calendar has no price, and in the first row of a block.
    labels
        (rows,): session labels, ``datetime64[us]``.
    ordinals
        (rows,): place of each label among the sessions of all calendars together.
    columns, factors
        Place of each symbol's series, and of each factor's: a share may be called as a factor is,
        as Regions Financial (RF).
    """

    returns: Floats
    labels: Dates
    ordinals: Integers
    columns: Mapping[str, int]
    factors: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Designs:
    """Which of N events have the same regressors x, D different ones in all.

    ``first`` (D,) is an event with each of them, ``number`` (N,) which of them each event has.
    """

    first: Indices
    number: Indices

    @property
    def shared(self) -> bool:
        """Whether two events or more have one of them between them, on average."""
        return 2 * len(self.first) <= len(self.number)


@dataclass(frozen=True, eq=False)
class Places:
    """Where N events stand in a grid.

    Attributes
    ----------
    row, low, high
        (N,): row of the event session, and the block of its calendar, ``high`` excluded.
    column
        (N,): the share's series.
    inputs
        (N, f): the series that the model reads beside it.
    """

    row: Integers
    low: Integers
    high: Integers
    column: Integers
    inputs: Integers

    def take(self, rows: Indices | Booleans | slice) -> Places:
        """Give the places of some events, in the order of ``rows``."""
        return Places(
            self.row[rows], self.low[rows], self.high[rows], self.column[rows], self.inputs[rows]
        )

    def order(self) -> Indices:
        """Sort the events by series and session, so that each is read from memory once."""
        keys = [self.row, self.column]
        if all(key.max(initial=0) < 1 << 16 for key in keys):
            keys = [key.astype(np.uint16) for key in keys]  # which NumPy sorts by counting
        return np.lexsort(keys)

    def designs(self, height: int) -> Designs:
        """Find the events of one row, of a grid of ``height`` rows, that read the same inputs."""
        code, n = np.zeros(len(self), dtype=np.int64), int(self.inputs.max(initial=0)) + 1
        for series in self.inputs.T:
            if (series != series[:1]).any():
                code = np.unique(code * n + series, return_inverse=True)[1]
        code *= height
        code += self.row
        size = int(code.max(initial=0)) + 1
        if size > 4 * (len(self) + height):
            return Designs(*np.unique(code, return_index=True, return_inverse=True)[1:])
        event = np.full(size, -1)
        event[code] = np.arange(len(self))
        present = np.flatnonzero(event >= 0)
        number = np.empty(size, dtype=np.intp)
        number[present] = np.arange(len(present))
        return Designs(event[present], number[code])

    def __len__(self) -> int:
        return len(self.row)


def chunks(n: int, sessions: int) -> Iterator[slice]:
    """Cut 0..n into slices of events whose windows of some sessions have ``CELLS`` at most."""
    step = max(1, CELLS // max(sessions, 1))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))


def build_grid(
    prices: pd.DataFrame,
    calendars: Sequence[pd.DatetimeIndex],
    factors: pd.DataFrame | None = None,
    *,
    log: bool = False,
) -> ReturnGrid:
    """Turn closes into one-session returns on each calendar.

    Rows of prices that are no session of a calendar are not seen there: a return is between
    consecutive sessions of the exchange, or it is missing.

    Parameters
    ----------
    prices
        Sessions x symbols.
    calendars
        Consecutive session labels, one index a calendar.
    factors
        Returns by session, fractions; they are taken as they are.
    log
        Logarithms of gross returns in place of simple returns, of the factors too.

    Raises
    ------
    StudyError
        A price is zero, negative or infinite.
    """
    check_prices(prices)
    symbols = [str(name) for name in prices.columns]
    others = [] if factors is None else [str(name) for name in factors.columns]
    width = len(symbols) + len(others)
    returns = np.full((sum(map(len, calendars)), width), np.nan, order="F")
    low = 0
    for labels in calendars:
        block = returns[low : low + len(labels)]
        low += len(labels)
        closes = prices.reindex(labels).to_numpy(dtype=np.float64)
        block[1:, : closes.shape[1]] = closes[1:] / closes[:-1] - 1
        if factors is not None:
            block[:, closes.shape[1] :] = factors.reindex(labels).to_numpy(dtype=np.float64)
    if log:
        np.log1p(returns, out=returns)
    labels_array = np.concatenate([labels.to_numpy() for labels in calendars])
    ordinals = np.unique(labels_array, return_inverse=True)[1]
    return ReturnGrid(
        returns=returns,
        labels=labels_array,
        ordinals=ordinals.astype(np.int64),
        columns={name: place for place, name in enumerate(symbols)},
        factors={name: place for place, name in enumerate(others, start=len(symbols))},
    )


def check_prices(prices: pd.DataFrame, *, does: str = "closes") -> None:
    """Raise a StudyError for a price that can be none; ``does`` tells closes from opens."""
    values = prices.to_numpy(dtype=np.float64)
    wrong = np.isinf(values) | (values <= 0)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise StudyError(
            f"{prices.columns[column]} {does} at {values[row, column]} on "
            f"{prices.index[row]:%Y-%m-%d}: prices must be positive and finite, or missing."
        )
