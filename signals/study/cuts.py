"""Windows around events, cut from a grid of returns.

An event's window is read by itself, and which other events there are changes none of its bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from signals.study.arrays import Booleans, Floats, Integers
from signals.study.fits import Runs
from signals.study.models import ReturnModel, SumsModel, leads_of
from signals.study.panel import Places, ReturnGrid


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
        if self.outside is None or not self.torn(rows):
            return self._copied(start)
        outside = self.outside[rows]
        values = np.empty((len(start), self.length))
        values[~outside] = self._copied(start[~outside])
        values[outside] = self._torn(rows, outside)
        return values

    def torn(self, rows: slice) -> bool:
        """Tell whether sessions of some events lie outside their calendar's block."""
        return self.outside is not None and bool(self.outside[rows].any())

    def alike(self, rows: slice) -> bool:
        """Tell whether one whole series holds the windows of some events."""
        series = self.series[rows]
        return not self.torn(rows) and bool((series == series[0]).all())

    def whole(self, rows: slice, lead: int) -> Floats:
        """Give the series of some events that are ``alike``, ``lead`` sessions earlier."""
        series = self.grid.returns[:, self.series[rows][0]]
        return np.roll(series, -lead) if lead else series

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
    """What a model reads of N events over some offsets, cut when some of the events are asked for.

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

    def runs(self, rows: slice) -> Runs:
        """Give the windows of some events within whole series, or cut where these have more cells.

        The windows overlap where a share has many events, and their series needs no copy.
        """
        series = self.returns.series[rows]
        low, high = int(series.min()), int(series.max()) + 1
        height, length = len(self.returns.grid.returns), self.returns.length
        first = self.returns.start[rows] - low * height
        cells = (high - low) * height
        if (
            cells > len(first) * length
            or first.max() + length >= cells
            or not all(cut.alike(rows) for cut in self.inputs)
            or self.returns.torn(rows)
        ):
            return Runs.apart(self.response(rows), self.columns(rows))
        y = self.returns.grid.returns.T[low:high]
        y.flags.writeable = False
        leads = leads_of(self.model)
        inputs = [
            np.broadcast_to(cut.whole(rows, lead), y.shape)
            for cut, lead in zip(self.inputs, leads, strict=True)
        ]
        return Runs(self.model.response(y, inputs), self.model.columns(inputs), first, length)


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
