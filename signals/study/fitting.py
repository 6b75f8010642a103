"""Fitting a model to the estimation windows of many events, and what those windows were like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from signals.heap import keep_freed
from signals.study.arrays import Floats, Integers
from signals.study.cuts import ModelCut, cut_design, cut_series
from signals.study.fits import Fit, Moments, gram_of, holes_in, products_of
from signals.study.models import ReturnModel, SumsModel, reads_columns
from signals.study.panel import Places, ReturnGrid, chunks
from signals.study.sample import Sample
from signals.study.settings import Window

RECENT = 20
"""Residuals that the volatility ratio takes as recent."""

# Windows that are added up at once are so many times those of a chunk: where a share has many
# events they overlap, and hold as many cells.
_OVERLAPPING = 4

_KEPT = 32_000_000  # bytes, as much as can be kept of the arrays of a study

_LEAST = 10  # residuals that have a standard deviation worth its name


def fit_windows(grid: ReturnGrid, places: Places, model: ReturnModel, window: Window) -> Fit:
    """Fit a model to the estimation window of each event, from sums if the model can.

    Each event's window is read by itself, so that no other event and no price outside the window
    can change a byte of the result.

    Parameters
    ----------
    grid, places, model
        Returns, where the events stand, and what is fitted.
    window
        Offsets of the estimation window, both included.
    """
    keep_freed(_KEPT)
    if reads_columns(model):
        return _fit_sums(grid, places, model, window)
    width = window[1] - window[0] + 1
    return Fit.concatenate(
        [
            model.fit(*cut_design(grid, places.take(rows), model, *window))
            for rows in chunks(len(places), width)
        ]
    )


def _fit_sums(grid: ReturnGrid, places: Places, model: SumsModel, window: Window) -> Fit:
    """Fit from sums, and from the sessions themselves where sums have lost digits."""
    parts = []
    for part in chunks(len(places), 1):
        some = places.take(part)
        fit, trusted = model.fit_sums(_sums(grid, some, model, window))
        doubtful = np.flatnonzero(~trusted)
        for rows in chunks(len(doubtful), window[1] - window[0] + 1):
            few = doubtful[rows]
            fit.put(few, model.fit(*cut_design(grid, some.take(few), model, *window)))
        parts.append(fit)
    return Fit.concatenate(parts)


def _sums(grid: ReturnGrid, places: Places, model: SumsModel, window: Window) -> Moments:
    """Add up the windows of events; X'X once for all events of one session with the same inputs."""
    n, width, k = len(places), window[1] - window[0] + 1, len(model.parameters)
    designs = places.designs(len(grid.labels))
    gram, products = np.empty((len(designs.first), k, k)), np.empty((k + 1, n))
    windows = ModelCut.of(grid, places.take(designs.first), model, window)
    for rows in chunks(len(gram), width):
        gram[rows] = gram_of(width, windows.columns(rows))
    windows = ModelCut.of(grid, places, model, window)
    for rows in chunks(n, max(1, width // _OVERLAPPING)):
        products_of(windows.runs(rows), out=products[:, rows])
    sums = Moments.whole(gram, designs.number, products)
    holed = holes_in(products)
    windows = ModelCut.of(grid, places.take(holed), model, window)
    for rows in chunks(len(holed), width):
        mended = Moments.holed(windows.response(rows), windows.columns(rows))
        sums = sums.mended(holed[rows], mended)
    return sums


@dataclass(frozen=True, eq=False)
class Coverage:
    """What N estimation windows hold.

    Attributes
    ----------
    first, last
        (N,): offsets in the window of the first and the last valid pair; 0 and W - 1 without any.
    zeros
        (N,): share of the valid pairs whose return is exactly zero.
    """

    first: Integers
    last: Integers
    zeros: Floats


def read_coverage(sample: Sample) -> Coverage:
    """Tell where the pairs of the estimation windows begin and end, and how many are zero."""
    window = sample.estimation
    n, width = len(sample.places), window[1] - window[0] + 1
    first, last = np.zeros(n, dtype=np.int64), np.full(n, width - 1, dtype=np.int64)
    zeros = np.empty(n)
    for rows in sample.batches(width):
        places = sample.places.take(rows)
        zero = cut_series(sample.grid, places, places.column, window) == 0
        holed = np.flatnonzero(sample.fit.n_obs[rows] < width)
        if len(holed):
            y, x = cut_design(sample.grid, places.take(holed), sample.model, *window)
            valid = np.isfinite(y) & np.isfinite(x).all(axis=2)
            zero[holed] &= valid
            first[rows.start + holed] = valid.argmax(axis=1)
            last[rows.start + holed] = width - 1 - valid[:, ::-1].argmax(axis=1)
        zeros[rows] = np.count_nonzero(zero, axis=1)
    return Coverage(first, last, zeros / np.maximum(sample.fit.n_obs, 1))


def volatility_ratio(sample: Sample) -> Floats:
    """Give the deviation of the last 20 residuals over that of all (N,); NaN below 10 of them."""
    fit = sample.fit
    with np.errstate(invalid="ignore"):
        whole = fit.sigma * np.sqrt(fit.df / np.maximum(fit.n_obs - 1, 1))
    start = max(sample.estimation[1] - RECENT + 1, sample.estimation[0])
    recent = np.empty(len(fit.df))
    for rows in sample.batches(RECENT):
        y, x = sample.weighted_design(rows, start, sample.estimation[1])
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
