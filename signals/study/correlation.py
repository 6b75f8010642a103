"""How the abnormal returns of events correlate, by their residuals before the events.

Kolari and Pynnönen, Review of Financial Studies 23 (2010), for windows that overlap in part.
"""

from __future__ import annotations

import numpy as np

from signals.study.arrays import Floats, Integers
from signals.study.sample import Sample

_SESSIONS = 64  # multiplied together


def of_windows(sample: Sample, start: int, end: int) -> float:
    """Give the mean correlation r̄ of the events' windows, both ends included."""
    residuals, security = _calendar_residuals(sample)
    coverage = _window_coverage(sample, security, start, end)
    return mean_correlation(residuals, coverage, len(security), end - start + 1)


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
    if n_events < 2:
        return float("nan")
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
    return max(0.0, (squared / length - n_events) / (n_events * (n_events - 1)))


def _calendar_residuals(sample: Sample) -> tuple[Floats, Integers]:
    """Put estimation residuals on calendar sessions, one column a security.

    A security with several events gives the residuals of its earliest one: its windows may overlap
    only when its estimation windows are nearly the same.

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
    table = np.full((int(sample.grid.ordinals.max()) + 1, len(first)), np.nan)
    for batch, residuals, _ in chosen.estimation_windows():
        rows = np.maximum(chosen.places.row[batch, None] + offsets, 0)
        columns = np.broadcast_to(np.arange(batch.start, batch.stop)[:, None], rows.shape)
        known = np.isfinite(residuals)
        table[sample.grid.ordinals[rows[known]], columns[known]] = residuals[known]
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
