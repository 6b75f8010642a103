"""Sums over a million estimation windows, each read twice and not 250 times.

The window of W sessions that ends at any row spans at most two blocks of W rows: its sum is the
sum from its start to the end of the first block, plus the sum from the start of the second block
to its end (van Herk 1992, Gil and Werman 1993, for running maxima). Unlike differences of one long
prefix sum, this adds up the window's own sessions and nothing else: no digit is lost to
cancellation, and no price outside the window can change a byte of the result. Blocks begin at
fixed places of the exchange's calendar, so that other events can't change one either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from signals.study.fits import Booleans, Fit, Floats, Integers, Moments
from signals.study.models import ReturnModel, SumsModel, leads_of
from signals.study.panel import Places, ReturnGrid, Rows, Sample, chunks, cut_design, cut_series

_CELLS = 200_000  # of one plane that is worked on at a time: what a processor's cache holds
_SPARSE = 0.7  # of a table's cells: with fewer in windows, these are read one by one
_FEW = 500  # of them at a time
_RECENT = 20  # residuals that the volatility ratio takes as recent
_LEAST = 10  # residuals that have a standard deviation worth its name


@dataclass(frozen=True, eq=False)
class Estimated:
    """The estimation windows of N events.

    Attributes
    ----------
    fit
        The model, fitted to each.
    first, last
        (N,): offsets in the window of the first and the last valid pair; 0 and W - 1 without any.
    zeros
        (N,): share of the valid pairs whose return is exactly zero.
    """

    fit: Fit
    first: Integers
    last: Integers
    zeros: Floats


def fit_windows(
    grid: ReturnGrid, places: Places, model: ReturnModel, window: tuple[int, int]
) -> Estimated:
    """Fit a model to the estimation window of each event, from sums if the model can.

    Parameters
    ----------
    grid, places, model
        Returns, where the events stand, and what is fitted.
    window
        Offsets of the estimation window, both included.
    """
    if isinstance(model, SumsModel):
        return estimate(grid, places, model, window)
    return estimate_plainly(grid, places, model, window)


def estimate(
    grid: ReturnGrid, places: Places, model: SumsModel, window: tuple[int, int]
) -> Estimated:
    """Do as ``fit_windows`` for a model that needs sums only."""
    n, k = len(places), len(model.parameters)
    sums = np.empty((2 + (k + 1) * (k + 2) // 2, n))
    ends = np.empty((2, n), dtype=np.int64)
    width = window[1] - window[0] + 1
    if n * width < _SPARSE * len(np.unique(places.column)) * len(grid.labels):
        for start in range(0, n, _FEW):
            few = slice(start, start + _FEW)
            sums[:, few], ends[:, few] = _add_few(grid, places.take(few), model, window)
    else:
        for stream in _streams(grid, places):
            _add_up(grid, places, model, window, stream=stream, out=(sums, ends))
    fit, trusted = model.fit_sums(_moments(sums, k))
    doubtful = np.flatnonzero(~trusted)
    if len(doubtful):
        y, x = cut_design(grid, places.take(doubtful), model, *window)
        fit.put(doubtful, model.fit(y, x))
    zeros = sums[1] / np.maximum(sums[0], 1)
    return Estimated(fit, ends[0], ends[1], zeros)


def estimate_plainly(
    grid: ReturnGrid, places: Places, model: ReturnModel, window: tuple[int, int]
) -> Estimated:
    """Do as ``fit_windows`` for a model that wants to see the sessions themselves."""
    parts = []
    for chunk in chunks(len(places)):
        here = places.take(chunk)
        y, x = cut_design(grid, here, model, *window)
        used = np.isfinite(y) & np.isfinite(x).all(axis=2)
        returns = cut_series(grid, here, here.column, window)
        parts.append(
            Estimated(
                fit=model.fit(y, x),
                first=used.argmax(axis=1),
                last=used.shape[1] - 1 - used[:, ::-1].argmax(axis=1),
                zeros=(used & (returns == 0)).sum(axis=1) / np.maximum(used.sum(axis=1), 1),
            )
        )
    return Estimated(
        Fit.concatenate([part.fit for part in parts]),
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("first", "last", "zeros")
        ),
    )


def volatility_ratio(sample: Sample) -> Floats:
    """Give the deviation of the last 20 residuals over that of all (N,); NaN below 10 of them."""
    fit = sample.fit
    with np.errstate(invalid="ignore"):
        whole = fit.sigma * np.sqrt(fit.df / np.maximum(fit.n_obs - 1, 1))
    start = max(sample.estimation[1] - _RECENT + 1, sample.estimation[0])
    recent = np.empty(len(fit.df))
    for rows in sample.batches():
        y, x = sample.alike(rows, start, sample.estimation[1])
        recent[rows] = _deviation(fit.take(rows).abnormal(y, x))
    return np.where(fit.n_obs >= _LEAST, recent / whole, np.nan)


def _deviation(residuals: Floats) -> Floats:
    """Give the standard deviation of each row without its NaNs; NaN below 10 of them."""
    used = np.isfinite(residuals)
    n = used.sum(axis=1)
    filled = np.where(used, residuals, 0.0)
    centred = np.where(used, filled - (filled.sum(axis=1) / np.maximum(n, 1))[:, None], 0.0)
    deviation = np.sqrt((centred**2).sum(axis=1) / np.maximum(n - 1, 1))
    return np.where((n >= _LEAST) & (deviation > 0), deviation, np.nan)


def _streams(grid: ReturnGrid, places: Places) -> Iterator[tuple[Rows, Integers]]:
    """Give events that share few series: their places, and the number of the series of each.

    Events of one stream share their calendar, their share and what the model reads beside it.
    """
    width, height = grid.returns.shape[1], len(grid.labels)
    code = places.column
    for series in (places.low, *places.inputs.T):
        if len(series) and (series != series[0]).any():
            code = np.unique(code, return_inverse=True)[1] * max(width, height) + series
    order = np.arange(len(code))
    if (code[1:] < code[:-1]).any():
        order = np.argsort(code, kind="stable")
        code = code[order]
    fresh = np.concatenate([[True], code[1:] != code[:-1]])
    starts = np.append(np.flatnonzero(fresh), len(order))
    low = places.low[order[starts[:-1]]]
    many = max(1, _CELLS // height)
    at = 0
    while at < len(low):
        end = at + 1
        while end < len(low) and end - at < many and low[end] == low[at]:
            end += 1
        chosen = slice(starts[at], starts[end])
        yield order[chosen], np.cumsum(fresh[chosen]) - 1
        at = end


@dataclass(frozen=True, eq=False)
class _Planes:
    """What some streams give to be added up: one row a stream, one column a session.

    A plane of one row is the same for all streams.
    """

    returns: Floats
    valid: Booleans
    factors: list[Floats]

    @classmethod
    def cut(
        cls, grid: ReturnGrid, places: Places, model: ReturnModel, heads: Rows
    ) -> tuple[_Planes, int]:
        """Read the streams that the events ``heads`` stand for, and where their block begins."""
        low, high = int(places.low[heads[0]]), int(places.high[heads[0]])
        series = grid.returns.T
        returns = series[places.column[heads], low:high]
        inputs = np.full((places.inputs.shape[1], *returns.shape), np.nan)
        for number, lead in enumerate(leads_of(model)):
            rows = slice(max(low, low + lead), min(high, high + lead))
            shifted = series[places.inputs[heads, number], rows]
            before = max(0, -lead)
            inputs[number, :, before : before + shifted.shape[1]] = shifted
        y, x = model.design(returns, np.moveaxis(inputs, 0, 2))
        planes = [*np.moveaxis(x, 2, 0), y]
        valid = np.logical_and.reduce([np.isfinite(plane) for plane in planes])
        shared = bool((places.inputs[heads] == places.inputs[heads[0]]).all())
        if shared and (valid == valid[:1]).all():
            # The usual table: no hole that is not everybody's.
            valid = valid[:1]
            planes = [plane[:1] for plane in planes[:-1]] + planes[-1:]
        planes = [np.where(valid, plane, 0.0) for plane in planes]
        return cls(returns, valid, planes), low


def _add_up(
    grid: ReturnGrid,
    places: Places,
    model: ReturnModel,
    window: tuple[int, int],
    *,
    stream: tuple[Rows, Integers],
    out: tuple[Floats, Integers],
) -> None:
    """Add up the products of all regressors and y over the windows of some events."""
    events, number = stream
    heads = events[np.concatenate([[True], number[1:] != number[:-1]])]
    planes, low = _Planes.cut(grid, places, model, heads)
    sums, ends = out
    start, last = places.row[events] - low + window[0], places.row[events] - low + window[1]
    reader = _Reader(number, (start, last), window, int(grid.positions[low]), planes.returns.shape)
    sums[0, events] = reader.sum(planes.valid.astype(np.float64))
    zero = (planes.returns == 0) & planes.valid
    sums[1, events] = reader.sum(zero.astype(np.float64)) if zero.any() else 0.0
    place = 2
    for i, left in enumerate(planes.factors):
        for right in planes.factors[i:]:
            sums[place, events] = reader.sum(left * right)
            place += 1
    ends[0, events], ends[1, events] = _valid_ends(planes.valid, number, start, last)


def _add_few(
    grid: ReturnGrid, places: Places, model: ReturnModel, window: tuple[int, int]
) -> tuple[Floats, Integers]:
    """Do as ``_add_up``, to the byte, from the windows themselves: for few events in a large table.

    The same sessions are added in the same order: what lies before a block's end backwards from
    it, what lies after forwards.
    """
    y, x = cut_design(grid, places, model, *window)
    valid = np.isfinite(y) & np.isfinite(x).all(axis=2)
    returns = cut_series(grid, places, places.column, window)
    width = window[1] - window[0] + 1
    into = (grid.positions[places.row] + window[0]) % width
    split = np.where(into == 0, 0, width - into)
    early = np.arange(width)[:, None] < split
    planes = [np.where(valid, plane, 0.0).T for plane in (*np.moveaxis(x, 2, 0), y)]
    pairs = [(left, right) for i, left in enumerate(planes) for right in planes[i:]]
    products = np.empty((width, len(pairs), len(split)))
    for place, (left, right) in enumerate(pairs):
        np.multiply(left, right, out=products[:, place])
    head, tail = np.zeros(products.shape[1:]), np.zeros(products.shape[1:])
    for step, first_block in zip(products, early, strict=True):
        np.add(head, step, out=head, where=~first_block)
    for step, first_block in zip(products[::-1], early[::-1], strict=True):
        np.add(tail, step, out=tail, where=first_block)
    counts = np.array([valid.sum(axis=1), (valid & (returns == 0)).sum(axis=1)], dtype=np.float64)
    first = valid.argmax(axis=1)
    last = width - 1 - valid[:, ::-1].argmax(axis=1)
    sums = np.concatenate([counts, tail + head])
    return sums, np.array([first, last], dtype=np.int64)


class _Reader:
    """Sums of any plane (streams, sessions) over one window an event.

    Windows may begin before the plane does: they are read from its first session on.
    """

    def __init__(
        self,
        number: Integers,
        ends: tuple[Integers, Integers],
        window: tuple[int, int],
        position: int,
        shape: tuple[int, ...],
    ) -> None:
        self.width = window[1] - window[0] + 1
        self.pad = position % self.width
        self.n, self.height = shape
        self.blocks = -(-(self.pad + self.height) // self.width)
        first, last = np.maximum(ends[0], 0) + self.pad, np.maximum(ends[1], 0) + self.pad
        self.whole = first // self.width == last // self.width
        self.empty = ends[1] < 0
        self.ends = [(place % self.width, place // self.width) for place in (first, last)]
        self.stream = number
        self.padded = np.zeros((self.n, self.blocks * self.width))
        self.heads = np.empty((self.width, self.n * self.blocks))
        self.tails = np.empty_like(self.heads)

    def sum(self, plane: Floats) -> Floats:
        """Give one sum an event; a plane of one row is read for every stream."""
        n = len(plane)
        self.padded[:n, self.pad : self.pad + self.height] = plane
        # One row a place in the block, so that each step adds long rows: cumsum is slower.
        by_place = self.padded[:n].reshape(-1, self.width).T
        heads, tails = self.heads[:, : n * self.blocks], self.tails[:, : n * self.blocks]
        heads[:] = by_place
        tails[:] = heads
        for place in range(1, self.width):
            heads[place] += heads[place - 1]
            tails[-1 - place] += tails[-place]
        column = self.stream * self.blocks if n == self.n else 0
        (row, block), (last_row, last_block) = self.ends
        total: Floats = tails[row, column + block]
        total[self.whole] = 0.0
        total += heads[last_row, column + last_block]
        total[self.empty] = 0.0
        return total


def _valid_ends(
    valid: Booleans, number: Integers, start: Integers, last: Integers
) -> tuple[Integers, Integers]:
    """Give the offsets in each window of its first and last valid pair."""
    if len(valid) == 1:
        number = np.zeros_like(number)
    height = valid.shape[1]
    rows = np.arange(height, dtype=np.int32)
    following = np.minimum.accumulate(np.where(valid, rows, height)[:, ::-1], axis=1)[:, ::-1]
    preceding = np.maximum.accumulate(np.where(valid, rows, -1), axis=1)
    first = following[number, np.clip(start, 0, height - 1)]
    end = preceding[number, np.clip(last, 0, height - 1)]
    none = (first > last) | (last < 0)
    return np.where(none, 0, first - start), np.where(none, last - start, end - start)


def _moments(sums: Floats, k: int) -> Moments:
    """Put the sums of products, row by row of an upper triangle, where they belong."""
    n = sums.shape[1]
    gram, xy = np.empty((n, k, k)), np.empty((n, k))
    place = 2
    for i in range(k):
        for j in range(i, k):
            gram[:, i, j] = gram[:, j, i] = sums[place]
            place += 1
        xy[:, i] = sums[place]
        place += 1
    # The first regressor of every model that is fitted from sums is a constant.
    return Moments(
        n=np.rint(sums[0]).astype(np.int64), gram=gram, xy=xy, yy=sums[place], y=xy[:, 0]
    )
