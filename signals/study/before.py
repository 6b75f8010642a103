"""The estimation windows of many events, read once for all tests that compare with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from signals.study import ranks
from signals.study.fits import Fit, Floats
from signals.study.panel import Sample
from signals.study.ranks import RankSums
from signals.study.settings import Window


@dataclass(frozen=True, eq=False)
class Before:
    """What tests of several events want to know of the estimation windows, read once.

    Attributes
    ----------
    aar
        (W,): mean residual by session.
    share_positive
        Mean share of positive residuals.
    rank, grank
        Sums of the ranks of the window's sessions, and of its SCAR as one session.
    """

    aar: Floats
    share_positive: float
    rank: RankSums
    grank: RankSums

    @classmethod
    def read(cls, sample: Sample, window: Window, scar: Floats) -> Before:
        """Read the residuals of all events, a chunk at a time."""
        abnormal, errors = sample.abnormal(*window)
        event = abnormal / errors
        if len(event) > 1:
            # An event that moves the variance must not look like one that moves the mean.
            event /= _deviation(event)
        standard = (scar / scar.std(ddof=1))[:, None]
        width = sample.estimation[1] - sample.estimation[0] + 1
        total, count, positive = np.zeros(width), np.zeros(width), 0.0
        sums: list[tuple[RankSums, RankSums]] = []
        for rows, residuals, x in sample.estimation_windows():
            if (sample.fit.n_obs[rows] == width).all():
                total += residuals.sum(axis=0)
                count += len(residuals)
                positive += np.count_nonzero(residuals > 0) / width
            else:
                known = np.isfinite(residuals)
                total += np.where(known, residuals, 0.0).sum(axis=0)
                count += known.sum(axis=0)
                positive += float(ranks.share_positive(residuals).sum())
            studentised = _studentise(residuals, x, sample.fit.take(rows))
            sums.append(
                (RankSums.of(studentised, event[rows]), RankSums.of(studentised, standard[rows]))
            )
        rank, grank = sums[0]
        for one, other in sums[1:]:
            rank, grank = rank + one, grank + other
        aar = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        return cls(aar, positive / len(scar), rank, grank)


def _studentise(residuals: Floats, x: Floats, fit: Fit) -> Floats:
    """Divide residuals (K, W) by their in-sample deviations s √(1 - x'Ax)."""
    share = np.subtract(1.0, fit.leverage(x))
    deviation = np.sqrt(np.maximum(share, 1e-9, out=share), out=share)
    deviation *= fit.sigma[:, None]
    return np.asarray(np.divide(residuals, deviation, out=deviation), dtype=np.float64)


def _deviation(values: Floats) -> Floats:
    """Give the standard deviation of each column's known values; NaN for fewer than two."""
    known = np.isfinite(values)
    n = known.sum(axis=0)
    mean = np.where(known, values, 0.0).sum(axis=0) / np.maximum(n, 1)
    square = (np.where(known, values - mean, 0.0) ** 2).sum(axis=0)
    return np.where(n > 1, np.sqrt(square / np.maximum(n - 1, 1)), np.nan)
