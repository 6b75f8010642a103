"""Sums over the events of a part, for the tests that sums can tell beside those of means.

A share's events are all in one part, so that its episodes are as well. What is added up: the third
power of CAR; the share of positive residuals before each event; by offset the residuals before the
events; and sums over episodes, and over the events of one episode and session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from signals.study import clusters, ranks
from signals.study.arrays import Booleans, Floats
from signals.study.clusters import ClusterSums
from signals.study.sample import Sample
from signals.study.settings import Window
from signals.study.windows import WindowResults

_CLUSTERS = len(ClusterSums._fields)


@dataclass(frozen=True, eq=False)
class SumsForTests:
    """The sums of one window, as an array keeps them: ``values`` (2 + 14 + 2 W,)."""

    __test__ = False  # of a study: pytest is not meant

    values: Floats

    @property
    def cubes(self) -> float:
        """Σ CAR³."""
        return float(self.values[0])

    @property
    def shares(self) -> float:
        """Sum over events of the share of positive residuals before them."""
        return float(self.values[1])

    @property
    def episodes(self) -> ClusterSums:
        """Sums of SCAR over episodes."""
        return ClusterSums(*map(float, self.values[2 : 2 + _CLUSTERS]))

    @property
    def cells(self) -> ClusterSums:
        """Sums of SCAR over the events of one episode and session."""
        return ClusterSums(*map(float, self.values[2 + _CLUSTERS : 2 + 2 * _CLUSTERS]))

    @property
    def aar_before(self) -> Floats:
        """Mean residual of each session before the events, (W,)."""
        total, count = np.split(self.values[2 + 2 * _CLUSTERS :], 2)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def sums_for_tests(
    sample: Sample, results: Sequence[WindowResults], mask: Booleans
) -> Mapping[Window, Floats]:
    """Add up the chosen events (N,) of a sample over some windows, those with a hole left out."""
    chosen = np.array([one.complete & mask for one in results])
    shares, before = _before(sample, chosen)
    sums = {}
    for one, kept, share, residuals in zip(results, chosen, shares, before, strict=True):
        among = kept[one.complete]
        car, scar = one.car[among], one.scar[among]
        column, row = one.sample.places.column[among], one.sample.places.row[among]
        by = [clusters.episodes(column, row, length=length) for length in (one.length, 1)]
        grouped = [clusters.cluster_sums(scar, groups) for groups in by]
        sums[one.window] = np.concatenate([[float((car**3).sum()), share], *grouped, residuals])
    return sums


def _before(sample: Sample, chosen: Booleans) -> tuple[Floats, Floats]:
    """Read the residuals of all events once, for several choices (C, N) of them.

    Returns
    -------
    (C,) sums of the shares of positive residuals; (C, 2 W) sums and counts by session.
    """
    width = sample.estimation[1] - sample.estimation[0] + 1
    shares, sums = np.zeros(len(chosen)), np.zeros((len(chosen), 2 * width))
    for rows, residuals, _ in sample.estimation_windows():
        known, weight = np.isfinite(residuals), chosen[:, rows] * 1.0
        shares += weight @ ranks.share_positive(residuals)
        sums[:, :width] += weight @ np.where(known, residuals, 0.0)
        sums[:, width:] += weight @ known
    return shares, sums
