"""Returns on exchange calendars, and the windows around events that are cut from them.

Every calendar has its own block of rows in one array, so that events of several exchanges are
cut by one indexing operation and offsets always count sessions of the event's own exchange.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, overload

import numpy as np
import numpy.typing as npt

from signals.errors import StudyError
from signals.study.fits import Booleans, Fit, Floats, Integers, Regressors
from signals.study.models import ReturnModel, SumsModel, leads_of, reads_columns
from signals.study.traded import TradeToTrade, join, sessions_covered, weigh

if TYPE_CHECKING:
    import pandas as pd

CELLS = 50_000
"""Sessions of all events handled at a time: what a processor's cache holds of a few arrays."""

Rows = npt.NDArray[np.intp]


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
    positions
        (rows,): place of each label on its own calendar, whatever part of it is here.
    columns
        Place of each series.
    """

    returns: Floats
    labels: npt.NDArray[np.datetime64]
    ordinals: Integers
    positions: Integers
    columns: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Designs:
    """The different regressors x of N events: ``first`` (D,) has one event of each number.

    ``number`` (N,) is that of each event.
    """

    first: Rows
    number: Rows


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

    def take(self, rows: Rows | Booleans | slice) -> Places:
        """Give the places of some events, in the order of ``rows``."""
        return Places(
            self.row[rows], self.low[rows], self.high[rows], self.column[rows], self.inputs[rows]
        )

    def order(self, height: int) -> Rows:
        """Sort the events by series and row of a grid of ``height`` rows: neighbours are fast."""
        key, n = self.column * height + self.row, len(self)
        if n and int(key.max()) < np.iinfo(np.int64).max // n:
            # Sorting one number is several times as fast as sorting places by another.
            key *= n
            key += np.arange(n)
            key.sort()
            key %= n
            return key
        return np.argsort(key, kind="stable")

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


@dataclass(frozen=True, eq=False)
class Sample:
    """What a study is computed from: N events, where they stand, and the fits of the model.

    Windows are cut from the grid again whenever they are needed: only the grid and the fits
    are kept.
    """

    grid: ReturnGrid
    places: Places
    model: ReturnModel
    fit: Fit
    estimation: tuple[int, int]

    def take(self, rows: npt.NDArray[np.intp] | Booleans) -> Sample:
        """Give the sample of some events, in the order of ``rows``."""
        return Sample(
            self.grid, self.places.take(rows), self.model, self.fit.take(rows), self.estimation
        )

    def design(self, rows: slice, start: int, end: int) -> tuple[Floats, Floats]:
        """Cut y (K, L) and x (K, L, k) of some events over offsets start to end."""
        return cut_design(self.grid, self.places.take(rows), self.model, start, end)

    @cached_property
    def designs(self) -> Designs:
        """The different x, each with its own A: what depends on these alone is computed once."""
        own = np.arange(len(self.places))
        if not reads_columns(self.model):
            return Designs(own, own)
        designs, inverse = self.places.designs(len(self.grid.labels)), self.fit.inverse
        unlike = np.flatnonzero(inverse != inverse[designs.first][designs.number])
        if not len(unlike):
            return designs
        # Holes of a share give it an A of its own.
        unlike = np.unique(unlike // inverse[0].size)
        number = designs.number.copy()
        number[unlike] = len(designs.first) + np.arange(len(unlike))
        return Designs(np.concatenate([designs.first, unlike]), number)

    def abnormal(self, start: int, end: int) -> tuple[Floats, Floats]:
        """Give abnormal returns (N, L) and their standard errors over offsets start to end."""
        shape = len(self.places), end - start + 1
        abnormal, errors = np.empty(shape), np.empty(shape)
        factors = self._shared(start, end, self._forecast_factor)
        for rows in self.batches(end - start + 1):
            fit, (y, x) = self.fit.take(rows), self.cut(rows, start, end)
            abnormal[rows] = fit.abnormal(y, x)
            factor = self._forecast_factor(fit, x) if factors is None else factors(rows)
            np.multiply(factor, fit.sigma[:, None], out=errors[rows])
        return abnormal, errors

    def standardised(self, start: int, end: int) -> Floats:
        """Give abnormal returns over their standard errors (N, L) over offsets start to end."""
        abnormal, errors = self.abnormal(start, end)
        return np.asarray(np.divide(abnormal, errors, out=errors), dtype=np.float64)

    def cumulative(self, start: int, end: int) -> tuple[Floats, Floats]:
        """Give CAR (N,) and its standard error (N,); NaN for a window with a hole."""
        length = end - start + 1
        car, errors = np.empty(len(self.places)), np.empty(len(self.places))
        if reads_columns(self.model):
            ones, (totals, factors) = np.ones(length), self._totals(self.model, start, end)
            for rows in self.batches(length):
                fit, number = self.fit.take(rows), self.designs.number[rows]
                y = cut_response(self.grid, self.places.take(rows), self.model, (start, end))
                total: list[Floats | float] = [float(length), *(one[number] for one in totals)]
                car[rows] = fit.abnormal(np.vecdot(y, ones)[:, None], total)[:, 0]
                np.multiply(factors[number], fit.sigma, out=errors[rows])
        else:
            for rows in self.batches(length):
                y, x = self._joined(rows, start, end)
                fit, whole = self.fit.take(rows), x.sum(axis=1, keepdims=True)
                car[rows] = fit.abnormal(y.sum(axis=1, keepdims=True), whole)[:, 0]
                errors[rows] = fit.forecast_error(whole, length)[:, 0]
        errors[np.isnan(car)] = np.nan
        return car, errors

    def studentised(self) -> Iterator[tuple[slice, Floats, Floats]]:
        """Give residuals of the estimation windows, and over their own deviations, by chunks."""
        factors = self._shared(*self.estimation, Fit.residual_factor)
        for rows in self.batches(self.estimation[1] - self.estimation[0] + 1):
            fit, (y, x) = self.fit.take(rows), self.cut(rows, *self.estimation)
            if isinstance(self.model, TradeToTrade) and isinstance(x, np.ndarray):
                y, x = weigh(y, x)
            residuals = fit.abnormal(y, x)
            deviation = fit.residual_factor(x) if factors is None else factors(rows)
            deviation *= fit.sigma[:, None]
            yield rows, residuals, np.divide(residuals, deviation)

    def _totals(self, model: SumsModel, start: int, end: int) -> tuple[list[Floats], Floats]:
        """Give Σx of each design's window, a column (D, 1) each but the ones, and √(n + (Σx)'AΣx).

        The second is (D,): by it s is multiplied for the error of a window.
        """
        length, first = end - start + 1, self.designs.first
        places, fit = self.places.take(first), self.fit.take(first)
        parts = [
            [
                column.sum(axis=1, keepdims=True)
                for column in cut_columns(self.grid, places.take(rows), model, (start, end))
            ]
            for rows in chunks(len(first), length)
        ]
        totals = [np.concatenate(column) for column in zip(*parts, strict=True)]
        return totals, fit.forecast_factor([float(length), *totals], length)[:, 0]

    def _shared(
        self, start: int, end: int, factor: Callable[[Fit, Regressors], Floats]
    ) -> Callable[[slice], Floats] | None:
        """Compute (D, L) factors of a window for each design; None where hardly any are shared."""
        first, number = self.designs.first, self.designs.number
        if 2 * len(first) > len(number):
            return None
        sample = self.take(first)
        table = np.empty((len(first), end - start + 1))
        for rows in sample.batches(end - start + 1):
            table[rows] = factor(sample.fit.take(rows), sample.cut(rows, start, end)[1])
        return lambda rows: table[number[rows]]

    def _forecast_factor(self, fit: Fit, x: Regressors) -> Floats:
        covered = sessions_covered(self.model, x) if isinstance(x, np.ndarray) else 1.0
        return fit.forecast_factor(x, covered)

    def cut(self, rows: slice, start: int, end: int) -> tuple[Floats, Regressors]:
        """Cut y and x, without copies where the model gives columns."""
        model = self.model
        if not reads_columns(model):
            return self.design(rows, start, end)
        places, window = self.places.take(rows), (start, end)
        columns = cut_columns(self.grid, places, model, window)
        return cut_response(self.grid, places, model, window), [1.0, *columns]

    def buy_and_hold(self, start: int, end: int) -> Floats:
        """Give Π(1 + R) - Π(1 + R - AR) over offsets start to end (N,); NaN for a hole."""
        held = np.empty(len(self.places))
        for rows in self.batches(end - start + 1):
            places = self.places.take(rows)
            y, x = self._joined(rows, start, end)
            returns = cut_series(self.grid, places, places.column, (start, end))
            if isinstance(self.model, TradeToTrade):
                returns = np.where(np.isfinite(returns), returns, 0.0)
            abnormal = self.fit.take(rows).abnormal(y, x)
            held[rows] = (1 + returns).prod(axis=1) - (1 + returns - abnormal).prod(axis=1)
        return held

    def batches(self, sessions: int) -> Iterator[slice]:
        """Give slices of the events, so many that windows of some sessions make a chunk."""
        return chunks(len(self.places), sessions)

    def estimation_windows(self) -> Iterator[tuple[slice, Floats, Floats]]:
        """Give residuals and regressors of the estimation windows, a chunk of events at a time."""
        for rows in self.batches(self.estimation[1] - self.estimation[0] + 1):
            y, x = self.alike(rows, *self.estimation)
            yield rows, self.fit.take(rows).abnormal(y, x), x

    def alike(self, rows: slice, start: int, end: int) -> tuple[Floats, Floats]:
        """Cut y and x so that all residuals vary alike, as they are fitted."""
        y, x = self.design(rows, start, end)
        return weigh(y, x) if isinstance(self.model, TradeToTrade) else (y, x)

    def _joined(self, rows: slice, start: int, end: int) -> tuple[Floats, Floats]:
        """Cut y and x so that they can be added up."""
        y, x = self.design(rows, start, end)
        return join(y, x) if isinstance(self.model, TradeToTrade) else (y, x)


def chunks(n: int, sessions: int) -> Iterator[slice]:
    """Cut 0..n into slices of events whose windows of some sessions have ``CELLS`` at most.

    Some hundreds of events are cut too, in halves of that: small arrays reuse memory that the
    process has, large ones are given it anew.
    """
    cells = min(CELLS, max(CELLS // 2, n * sessions // 8))
    step = max(1, cells // max(sessions, 1))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))


def build_grid(
    prices: pd.DataFrame,
    calendars: Sequence[tuple[pd.DatetimeIndex, int]],
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
        Consecutive session labels, one index a calendar, with the place of the first on its
        whole calendar.
    factors
        Returns by session, fractions; they are taken as they are.
    log
        Logarithms of gross returns in place of simple returns, of the factors too.

    Raises
    ------
    StudyError
        A price is zero, negative or infinite.
    """
    _check_prices(prices)
    names = [*prices.columns, *(() if factors is None else factors.columns)]
    returns = np.full((sum(len(labels) for labels, _ in calendars), len(names)), np.nan, order="F")
    low = 0
    for labels, _ in calendars:
        block = returns[low : low + len(labels)]
        low += len(labels)
        closes = prices.reindex(labels).to_numpy(dtype=np.float64)
        block[1:, : closes.shape[1]] = closes[1:] / closes[:-1] - 1
        if factors is not None:
            block[:, closes.shape[1] :] = factors.reindex(labels).to_numpy(dtype=np.float64)
    if log:
        np.log1p(returns, out=returns)
    labels_array = np.concatenate([labels.to_numpy() for labels, _ in calendars])
    ordinals = np.unique(labels_array, return_inverse=True)[1]
    return ReturnGrid(
        returns=returns,
        labels=labels_array,
        ordinals=ordinals.astype(np.int64),
        positions=np.concatenate([np.arange(len(labels)) + at for labels, at in calendars]),
        columns={str(name): place for place, name in enumerate(names)},
    )


def cut_design(
    grid: ReturnGrid, places: Places, model: ReturnModel, start: int, end: int
) -> tuple[Floats, Floats]:
    """Cut y (N, L) and x (N, L, k) over offsets ``start`` to ``end``, both included.

    NaN where a session lies outside the calendar's block or has no return.
    """
    returns = cut_series(grid, places, places.column, (start, end))
    inputs = np.empty((places.inputs.shape[1], *returns.shape))
    for plane, one in zip(inputs, _Inputs(grid, places, model, (start, end)), strict=True):
        plane[:] = one
    return model.design(returns, inputs.transpose(1, 2, 0))


def cut_response(
    grid: ReturnGrid, places: Places, model: SumsModel, window: tuple[int, int]
) -> Floats:
    """Cut y (N, L) alone: as ``cut_design``, without copies."""
    returns = cut_series(grid, places, places.column, window)
    return model.response(returns, _Inputs(grid, places, model, window))


def cut_columns(
    grid: ReturnGrid, places: Places, model: SumsModel, window: tuple[int, int]
) -> list[Floats]:
    """Cut the columns of x after its ones, each (N, L): as ``cut_design``, without copies."""
    return model.columns(_Inputs(grid, places, model, window))


@dataclass(frozen=True, eq=False)
class _Inputs(Sequence[Floats]):
    """The series that a model reads, cut when it looks at them."""

    grid: ReturnGrid
    places: Places
    model: ReturnModel
    window: tuple[int, int]

    @overload
    def __getitem__(self, number: int) -> Floats: ...
    @overload
    def __getitem__(self, number: slice) -> list[Floats]: ...
    def __getitem__(self, number: int | slice) -> Floats | list[Floats]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        lead, series = leads_of(self.model)[number], self.places.inputs[:, number]
        window = self.window[0] + lead, self.window[1] + lead
        return cut_series(self.grid, self.places, series, window)

    def __len__(self) -> int:
        return int(self.places.inputs.shape[1])


def cut_series(
    grid: ReturnGrid, places: Places, series: Integers, window: tuple[int, int]
) -> Floats:
    """Cut one series an event, (N, L): a copy of one run of memory each."""
    height, length = len(grid.returns), window[1] - window[0] + 1
    first = places.row + window[0]
    outside = (first < places.low) | (places.row + window[1] >= places.high)
    if not outside.any():
        return np.asarray(_runs(grid, length)[series * height + first], dtype=np.float64)
    values = np.empty((len(places), length))
    if not outside.all():
        inside = ~outside
        values[inside] = _runs(grid, length)[series[inside] * height + first[inside]]
    rows = first[outside, None] + np.arange(length)
    there = (rows >= places.low[outside, None]) & (rows < places.high[outside, None])
    cells = grid.returns[np.where(there, rows, 0), series[outside, None]]
    values[outside] = np.where(there, cells, np.nan)
    return values


def _runs(grid: ReturnGrid, length: int) -> Floats:
    """Show every run of some consecutive cells of the grid, series after series, as one row."""
    cells = grid.returns.reshape(-1, order="F")
    shape, step = (len(cells) - length + 1, length), cells.itemsize
    return np.ndarray(shape, cells.dtype, buffer=cells, strides=(step, step))


def calendar_residuals(sample: Sample) -> tuple[Floats, Integers]:
    """Put estimation residuals on calendar sessions, one column a security.

    A security with several events gives the residuals of its first one: its windows may overlap
    only when its estimation windows are nearly the same.

    Returns
    -------
    (sessions, securities) residuals, NaN where there is none, and (N,) the column of each event.
    """
    _, first, security = np.unique(sample.places.column, return_index=True, return_inverse=True)
    chosen = sample.take(first)
    offsets = np.arange(sample.estimation[0], sample.estimation[1] + 1)
    table = np.full((int(sample.grid.ordinals.max()) + 1, len(first)), np.nan)
    for batch, residuals, _ in chosen.estimation_windows():
        rows = np.maximum(chosen.places.row[batch, None] + offsets, 0)
        columns = np.broadcast_to(np.arange(batch.start, batch.stop)[:, None], rows.shape)
        known = np.isfinite(residuals)
        table[sample.grid.ordinals[rows[known]], columns[known]] = residuals[known]
    return table, security.astype(np.int64)


def window_coverage(sample: Sample, security: Integers, start: int, end: int) -> Floats:
    """Count, for each session and security, the events whose window covers the session.

    Parameters
    ----------
    sample
        Events whose whole window lies inside the grid.
    security
        (N,): column of each event's security.
    start, end
        The window, both ends included.

    Returns
    -------
    (sessions that any window covers, securities).
    """
    height, width = len(sample.grid.labels), int(security.max()) + 1
    starts = np.bincount(sample.places.row * width + security, minlength=height * width)
    before = np.zeros((height + 1, width))
    np.cumsum(starts.reshape(height, width), axis=0, out=before[1:])
    # A row is covered by the events from ``end`` rows before it to ``start`` rows before it.
    first = np.arange(height) - end
    last = np.clip(first + end - start + 1, 0, height)
    counts = before[last]
    counts -= before[np.clip(first, 0, height)]
    del starts, before
    rows = np.flatnonzero(counts.any(axis=1))
    days, place = np.unique(sample.grid.ordinals[rows], return_inverse=True)
    if len(days) == len(rows):
        return np.asarray(counts[rows], dtype=np.float64)
    joined = np.zeros((len(days), width))
    np.add.at(joined, place, counts[rows])
    return joined


def _check_prices(prices: pd.DataFrame) -> None:
    values = prices.to_numpy(dtype=np.float64)
    wrong = np.isinf(values) | (values <= 0)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise StudyError(
            f"{prices.columns[column]} closes at {values[row, column]} on "
            f"{prices.index[row]:%Y-%m-%d}: prices must be positive and finite, or missing."
        )
