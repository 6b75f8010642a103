"""Returns on exchange calendars, and the windows around events that are cut from them.

Every calendar has its own block of rows in one array, so that events of several exchanges are
cut by one indexing operation and offsets always count sessions of the event's own exchange.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from signals.errors import StudyError
from signals.study.models import Booleans, Fit, Floats, Integers, ReturnModel

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 20_000
"""Events handled at a time, so that memory does not grow with their number."""


@dataclass(frozen=True, eq=False)
class ReturnGrid:
    """One-session simple returns, the blocks of all calendars below one another.

    Attributes
    ----------
    returns
        (rows, series): fractions; NaN where this or the previous session of the calendar has
        no price, and in the first row of a block.
    labels
        (rows,): session labels, ``datetime64[us]``.
    ordinals
        (rows,): place of each label among the sessions of all calendars together.
    columns
        Place of each series.
    """

    returns: Floats
    labels: npt.NDArray[np.datetime64]
    ordinals: Integers
    columns: Mapping[str, int]


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

    def take(self, rows: npt.NDArray[np.intp] | Booleans | slice) -> Places:
        """Give the places of some events, in the order of ``rows``."""
        return Places(*(getattr(self, field.name)[rows] for field in fields(self)))

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

    def abnormal(self, start: int, end: int) -> tuple[Floats, Floats]:
        """Give abnormal returns (N, L) and their standard errors over offsets start to end."""
        y, x = cut_design(self.grid, self.places, self.model, start, end)
        return self.fit.abnormal(y, x), self.fit.forecast_error(x)

    def cumulative(self, start: int, end: int) -> tuple[Floats, Floats]:
        """Give CAR (N,) and its standard error (N,); NaN for a window with a hole."""
        y, x = cut_design(self.grid, self.places, self.model, start, end)
        car = self.fit.abnormal(y, x).sum(axis=1)
        return car, np.where(np.isnan(car), np.nan, self.fit.window_error(x))

    def estimation_windows(self) -> Iterator[tuple[slice, Floats, Floats]]:
        """Give residuals and regressors of the estimation windows, a chunk of events at a time."""
        for chunk in chunks(len(self.places)):
            y, x = cut_design(self.grid, self.places.take(chunk), self.model, *self.estimation)
            yield chunk, self.fit.take(chunk).abnormal(y, x), x


def chunks(n: int) -> Iterator[slice]:
    """Cut 0..n into slices of at most ``CHUNK``."""
    for start in range(0, n, CHUNK):
        yield slice(start, min(start + CHUNK, n))


def build_grid(
    prices: pd.DataFrame,
    calendars: Sequence[pd.DatetimeIndex],
    factors: pd.DataFrame | None = None,
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

    Raises
    ------
    StudyError
        A price is zero, negative or infinite.
    """
    _check_prices(prices)
    blocks = []
    for labels in calendars:
        closes = prices.reindex(labels).to_numpy(dtype=np.float64)
        block = np.full((len(labels), closes.shape[1]), np.nan)
        block[1:] = closes[1:] / closes[:-1] - 1
        if factors is not None:
            block = np.hstack([block, factors.reindex(labels).to_numpy(dtype=np.float64)])
        blocks.append(block)
    names = [*prices.columns, *(() if factors is None else factors.columns)]
    labels_array = np.concatenate([labels.to_numpy() for labels in calendars])
    ordinals = np.unique(labels_array, return_inverse=True)[1]
    return ReturnGrid(
        returns=np.concatenate(blocks),
        labels=labels_array,
        ordinals=ordinals.astype(np.int64),
        columns={str(name): place for place, name in enumerate(names)},
    )


def cut_design(
    grid: ReturnGrid, places: Places, model: ReturnModel, start: int, end: int
) -> tuple[Floats, Floats]:
    """Cut y (N, L) and x (N, L, k) over offsets ``start`` to ``end``, both included.

    NaN where a session lies outside the calendar's block or has no return.
    """
    rows = places.row[:, None] + np.arange(start, end + 1)
    inside = (rows >= places.low[:, None]) & (rows < places.high[:, None])
    rows = np.where(inside, rows, 0)
    returns = np.where(inside, grid.returns[rows, places.column[:, None]], np.nan)
    inputs = grid.returns[rows[:, :, None], places.inputs[:, None, :]]
    inputs = np.where(inside[:, :, None], inputs, np.nan)
    return model.design(returns, inputs)


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
    for chunk, residuals, _ in chosen.estimation_windows():
        places = chosen.places.take(chunk)
        rows = np.maximum(places.row[:, None] + offsets, 0)
        columns = np.broadcast_to(np.arange(chunk.start, chunk.stop)[:, None], rows.shape)
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
    rows = sample.places.row[:, None] + np.arange(start, end + 1)
    present, place = np.unique(sample.grid.ordinals[rows], return_inverse=True)
    counts = np.zeros((len(present), int(security.max()) + 1))
    columns = np.broadcast_to(security[:, None], rows.shape)
    np.add.at(counts, (place.reshape(rows.shape), columns), 1)
    return counts


def _check_prices(prices: pd.DataFrame) -> None:
    values = prices.to_numpy(dtype=np.float64)
    wrong = np.isinf(values) | (values <= 0)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise StudyError(
            f"{prices.columns[column]} closes at {values[row, column]} on "
            f"{prices.index[row]:%Y-%m-%d}: prices must be positive and finite, or missing."
        )
