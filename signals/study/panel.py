"""Returns on exchange calendars, where events stand in them, and windows cut around these.

Every calendar has its own block of rows in one array, so that events of several exchanges are
cut by one indexing operation and offsets always count sessions of the event's own exchange.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import numpy as np
import numpy.typing as npt

from signals.errors import StudyError
from signals.study.arrays import Booleans, Dates, Floats, Indices, Integers
from signals.study.models import ReturnModel, SumsModel, leads_of

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
    columns
        Place of each series.
    """

    returns: Floats
    labels: Dates
    ordinals: Integers
    columns: Mapping[str, int]


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
        """Sort the events by series, so that each is read from memory once."""
        few = self.column.max(initial=0) < 1 << 16  # which NumPy sorts by counting
        return np.argsort(self.column.astype(np.uint16) if few else self.column, kind="stable")

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
    names = [*prices.columns, *(() if factors is None else factors.columns)]
    returns = np.full((sum(map(len, calendars)), len(names)), np.nan, order="F")
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
        columns={str(name): place for place, name in enumerate(names)},
    )


@dataclass(frozen=True, eq=False)
class Cut:
    """One series of each of N events over some offsets, cut when some of the events are asked for.

    NaN where a session lies outside the calendar's block or has no return.

    Attributes
    ----------
    grid, runs
        Where it is cut from, and every run of L cells of it, series after series. A run is one
        item of 8 L bytes, which is copied whole.
    first, series, start
        (N,): row of the first session, the series, and which of the runs it is.
    outside
        (N,): whether some of the sessions lie outside ``low`` to ``high``; None where none do.
    low, high
        (N,): the block of the calendar, ``high`` excluded.
    """

    grid: ReturnGrid
    runs: npt.NDArray[np.void]
    first: Integers
    series: Integers
    start: Integers
    outside: Booleans | None
    low: Integers
    high: Integers

    @classmethod
    def of(cls, grid: ReturnGrid, places: Places, series: Integers, window: tuple[int, int]) -> Cut:
        """Say what to cut: a series (N,) each over offsets, both included."""
        first = places.row + window[0]
        outside = (first < places.low) | (places.row + window[1] >= places.high)
        cells = grid.returns.reshape(-1, order="F")
        length, size = window[1] - window[0] + 1, cells.itemsize
        n, run = max(len(cells) - length + 1, 0), np.dtype((np.void, length * size))
        return cls(
            grid=grid,
            runs=np.ndarray(n, run, buffer=cells, strides=size),
            first=first,
            series=series,
            start=series * len(grid.returns) + first,
            outside=outside if outside.any() else None,
            low=places.low,
            high=places.high,
        )

    def __getitem__(self, rows: slice) -> Floats:
        """Cut some events, (K, L), each a copy of one run of memory."""
        start = self.start[rows]
        if self.outside is None or not self.outside[rows].any():
            return self._copied(start)
        outside = self.outside[rows]
        values = np.empty((len(start), self.length))
        values[~outside] = self._copied(start[~outside])
        values[outside] = self._torn(rows, outside)
        return values

    @property
    def length(self) -> int:
        """L, the sessions of a window."""
        return self.runs.itemsize // self.grid.returns.itemsize

    def _copied(self, start: Integers) -> Floats:
        return self.runs[start].view(np.float64).reshape(len(start), self.length)

    def _torn(self, rows: slice, chosen: Booleans) -> Floats:
        """Cut events that have sessions outside their calendar's block, (K, L)."""
        low, high, first, series = (
            one[rows][chosen, None] for one in (self.low, self.high, self.first, self.series)
        )
        row = first + np.arange(self.length)
        there = (row >= low) & (row < high)
        return np.where(there, self.grid.returns[np.where(there, row, 0), series], np.nan)


@dataclass(frozen=True, eq=False)
class ModelCut:
    """What a model reads of N events over some offsets, cut when some of them are asked for.

    Attributes
    ----------
    model
        What reads it.
    returns, inputs
        The series of the shares, and those that the model reads beside them.
    """

    model: SumsModel
    returns: Cut
    inputs: tuple[Cut, ...]

    @classmethod
    def of(
        cls, grid: ReturnGrid, places: Places, model: SumsModel, window: tuple[int, int]
    ) -> ModelCut:
        """Say what to cut: offsets ``window``, both included."""
        returns = Cut.of(grid, places, places.column, window)
        return cls(model, returns, _inputs_of(grid, places, model, window))

    def response(self, rows: slice) -> Floats:
        """Cut y (K, L) of some events."""
        return self.model.response(self.returns[rows], _Inputs(self.inputs, rows))

    def columns(self, rows: slice) -> list[Floats]:
        """Cut the columns of x after its ones, each (K, L), of some events."""
        return self.model.columns(_Inputs(self.inputs, rows))


@dataclass(frozen=True, eq=False)
class _Inputs(Sequence[Floats]):
    """The series that a model reads of some events, cut when it looks at them."""

    cuts: tuple[Cut, ...]
    rows: slice

    @overload
    def __getitem__(self, number: int) -> Floats: ...
    @overload
    def __getitem__(self, number: slice) -> list[Floats]: ...
    def __getitem__(self, number: int | slice) -> Floats | list[Floats]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        return self.cuts[number][self.rows]

    def __len__(self) -> int:
        return len(self.cuts)


def _inputs_of(
    grid: ReturnGrid, places: Places, model: ReturnModel, window: tuple[int, int]
) -> tuple[Cut, ...]:
    """Say what to cut of the series that a model reads beside the returns."""
    return tuple(
        Cut.of(grid, places, series, (window[0] + lead, window[1] + lead))
        for series, lead in zip(places.inputs.T, leads_of(model), strict=True)
    )


def cut_design(
    grid: ReturnGrid, places: Places, model: ReturnModel, start: int, end: int
) -> tuple[Floats, Floats]:
    """Cut y (N, L) and x (N, L, k) over offsets ``start`` to ``end``, both included."""
    returns = cut_series(grid, places, places.column, (start, end))
    inputs = np.empty((places.inputs.shape[1], *returns.shape))
    cuts = _inputs_of(grid, places, model, (start, end))
    for plane, cut in zip(inputs, cuts, strict=True):
        plane[:] = cut[:]
    return model.design(returns, inputs.transpose(1, 2, 0))


def cut_series(
    grid: ReturnGrid, places: Places, series: Integers, window: tuple[int, int]
) -> Floats:
    """Cut one series an event, (N, L)."""
    return Cut.of(grid, places, series, window)[:]


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
