"""How the abnormal returns of events correlate, by their residuals before the events.

Kolari and Pynnönen, Review of Financial Studies 23 (2010), for windows that overlap in part.
"""

from __future__ import annotations

import numpy as np

from signals.study.arrays import Floats, Indices, Integers
from signals.study.sample import Sample

_SESSIONS = 64  # multiplied together


def of_windows(sample: Sample, start: int, end: int) -> float:
    """Give the mean correlation r̄ of the events' windows, both ends included."""
    squares = 0.0
    for rows in _eras(sample, start, end):
        era = sample.take(rows)
        residuals, security = _calendar_residuals(era)
        squares += _overlap(residuals, _window_coverage(era, security, start, end))
    return _mean(squares, len(sample.places.row), end - start + 1)


def of_pairs(sample: Sample) -> float:
    """Give the mean correlation of all pairs of events, whether their windows overlap or not.

    NaN when a security has several events: it would count as wholly correlated with itself.
    """
    residuals, security = _calendar_residuals(sample)
    if len(security) > residuals.shape[1]:
        return float("nan")
    return mean_correlation(residuals, np.ones((1, len(security))), len(security), 1)


def mean_correlation(residuals: Floats, coverage: Floats, n_events: int, length: int) -> float:
    """Give r̄, the mean correlation of the events' windows, weighted by how far they overlap.

    r̄ = max(0, (Σ_t ‖Z n_t‖²/L - N)/(N (N - 1))): Z holds unit-norm estimation residuals, n_t
    counts the events of each security whose window covers session t. Two windows that share c
    of L sessions count their securities' correlation c/L times.

    Parameters
    ----------
    residuals
        (sessions, securities) on calendar sessions, NaN where there is none.
    coverage
        (sessions covered by any window, securities): n_t, one row a session.
    n_events, length
        N and L.
    """
    return _mean(_overlap(residuals, coverage), n_events, length)


def _mean(squares: float, n_events: int, length: int) -> float:
    if n_events < 2:
        return float("nan")
    return max(0.0, (squares / length - n_events) / (n_events * (n_events - 1)))


def _overlap(residuals: Floats, coverage: Floats) -> float:
    """Give Σ_t ‖Z n_t‖², as ``mean_correlation`` defines it."""
    unit = np.where(np.isfinite(residuals), residuals, 0.0)
    norms = np.sqrt(np.einsum("ts,ts->s", unit, unit))
    unit /= np.where(norms > 0, norms, 1.0)
    squared = 0.0
    for start in range(0, len(unit), _SESSIONS):
        block = unit[start : start + _SESSIONS]
        # Estimation windows are short beside the years: few securities have one here.
        there = np.flatnonzero(block.any(axis=0))
        sums = np.matmul(block[:, there], coverage[:, there].T)
        squared += float(np.vecdot(sums, sums).sum())
    return squared


def _eras(sample: Sample, start: int, end: int) -> list[Indices]:
    """Part the events into eras of half an estimation window or more, whose windows don't meet.

    Shares whose windows meet are compared by residuals of one time, which those of a share's first
    event in years may not be.
    """
    ordinals, row = sample.grid.ordinals, sample.places.row
    first, last = ordinals[row + start], ordinals[row + end]
    order = np.argsort(first, kind="stable")
    first, behind = first[order], np.maximum.accumulate(last[order])
    parted = np.flatnonzero(first[1:] > behind[:-1]) + 1
    later = (sample.estimation[1] - sample.estimation[0] + 1) // 2
    cuts, begin = [], first[0]
    for cut in parted.tolist():
        if first[cut] - begin >= later:
            cuts.append(cut)
            begin = first[cut]
    return np.split(order, cuts)


def _calendar_residuals(sample: Sample) -> tuple[Floats, Integers]:
    """Put estimation residuals on calendar sessions, one column a security.

    A security with several events gives the residuals of its earliest one.

    Returns
    -------
    (sessions, securities) residuals, NaN where there is none, and (N,) the column of each event.
    """
    column = sample.places.column
    order = np.lexsort((sample.places.row, column))
    columns, first = np.unique(column[order], return_index=True)
    security = np.searchsorted(columns, column)
    chosen = sample.take(order[first])
    offsets = np.arange(sample.estimation[0], sample.estimation[1] + 1)
    ordinals, places = sample.grid.ordinals, chosen.places
    begin = int(ordinals[np.maximum(places.row + offsets[0], places.low)].min())
    table = np.full((int(ordinals[places.row].max()) - begin + 1, len(first)), np.nan)
    for batch, residuals, _ in chosen.estimation_windows():
        rows = np.maximum(places.row[batch, None] + offsets, 0)
        columns = np.broadcast_to(np.arange(batch.start, batch.stop)[:, None], rows.shape)
        known = np.isfinite(residuals)
        table[ordinals[rows[known]] - begin, columns[known]] = residuals[known]
    return table, security.astype(np.int64)


def _window_coverage(sample: Sample, security: Integers, start: int, end: int) -> Floats:
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
    row, width, length = sample.places.row, int(security.max()) + 1, end - start + 1
    height = int(row.max() - row.min()) + length
    starts = np.bincount((row - row.min()) * width + security, minlength=height * width)
    counts = np.cumsum(starts.reshape(height, width), axis=0)
    counts[length:] -= counts[:-length].copy()
    rows = np.flatnonzero(counts.any(axis=1))
    ordinals = sample.grid.ordinals[rows + int(row.min()) + start]
    days, place = np.unique(ordinals, return_inverse=True)
    if len(days) == len(rows):
        return np.asarray(counts[rows], dtype=np.float64)
    joined = np.zeros((len(days), width))
    np.add.at(joined, place, counts[rows])
    return joined
