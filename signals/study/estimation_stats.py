"""The estimation windows of many events, read once for all tests that compare with them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np

from signals.study import ranks
from signals.study.arrays import Floats
from signals.study.ranks import RankSums
from signals.study.sample import Sample
from signals.study.settings import Window

_LATE = 200  # rows with holes or ties, ranked together


@dataclass(frozen=True, eq=False)
class EstimationStats:
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
    def read(cls, sample: Sample, window: Window, scar: Floats) -> EstimationStats:
        """Read the residuals of all events, a chunk at a time."""
        event = sample.standardised(*window)
        if len(event) > 1:
            # An event that moves the variance must not look like one that moves the mean.
            event /= np.array([_deviation(column) for column in event.T])
        standard = (scar / _deviation(scar))[:, None]
        width = sample.estimation[1] - sample.estimation[0] + 1
        total, count, positive = np.zeros(width), np.zeros(width), 0.0
        both = _BothRanks()
        for rows, residuals, studentised in sample.studentised():
            if (sample.fit.n_obs[rows] == width).all():
                total += residuals.sum(axis=0)
                count += len(residuals)
                positive += np.count_nonzero(residuals > 0) / width
            else:
                known = np.isfinite(residuals)
                total += np.where(known, residuals, 0.0).sum(axis=0)
                count += known.sum(axis=0)
                positive += float(ranks.share_positive(residuals).sum())
            both.add(studentised, event[rows], standard[rows])
        aar = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        return cls(aar, positive / len(scar), *both.sums())


class _BothRanks:
    """Adds up the ranks of sessions and of SCARs, rows that take longer some hundreds at a time."""

    def __init__(self) -> None:
        self._sums: list[tuple[RankSums, RankSums]] = []
        self._late: list[tuple[Floats, Floats, Floats]] = []

    def add(self, before: Floats, event: Floats, scar: Floats) -> None:
        """Add the ranks of some events."""
        rank, grank, rest = ranks.rank_twice(before, event, scar)
        self._sums.append((rank, grank))
        if len(rest):
            self._late.append((before[rest], event[rest], scar[rest]))
        if sum(len(part[0]) for part in self._late) > _LATE:
            self._catch_up()

    def sums(self) -> tuple[RankSums, RankSums]:
        """Give the sums over all events."""
        if self._late:
            self._catch_up()
        ranks_of, granks_of = zip(*self._sums, strict=True)
        return reduce(add, ranks_of), reduce(add, granks_of)

    def _catch_up(self) -> None:
        before, event, scar = (np.concatenate(parts) for parts in zip(*self._late, strict=True))
        self._sums.append((RankSums.of(before, event), RankSums.of(before, scar)))
        self._late = []


def _deviation(values: Floats) -> float:
    """Give the standard deviation of the known values; NaN for fewer than two, or equal ones."""
    known = values[np.isfinite(values)]
    return float(known.std(ddof=1)) if len(known) > 1 and np.ptp(known) > 0 else float("nan")
