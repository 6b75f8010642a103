"""Tests for events in groups that depend on one another, and a bootstrap by blocks of sessions.

Pure functions of arrays; see ``signals.study.inference`` for the words.
"""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from signals.study.arrays import Floats, Integers
from signals.study.significance import LEAST_SESSIONS, Significance, invalid, valid_t

_LEAST_VARIANCE = 1e-14  # of a mean, as a share of its square: less is rounding of equal values


def episodes(security: Integers, session: Integers, *, length: int) -> Integers:
    """Give each event the number of its episode.

    An episode is a run of events of one security in which each window overlaps the next.

    Parameters
    ----------
    security, session
        (N,): a number for each event's security, and its session's ordinal.
    length
        L, sessions of the window.
    """
    order = np.lexsort((session, security))
    apart = np.ones(len(order), dtype=np.bool_)
    apart[1:] = (security[order][1:] != security[order][:-1]) | (
        session[order][1:] - session[order][:-1] >= length
    )
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.cumsum(apart) - 1
    return number


def clustered(name: str, scar: Floats, groups: Integers) -> Significance:
    """BMP with clusters: V = G/(G - 1) Σ_g(Σ(SCAR - mean))²/N², Satterthwaite's df.

    Clusters of uneven size leave fewer degrees of freedom than G - 1: Bell and McCaffrey, Survey
    Methodology 28 (2002), with clusters taken as wholly dependent.

    Parameters
    ----------
    name
        "bmp_episode" or "bmp_date".
    scar, groups
        (N,): without NaN, and the number of each event's cluster.
    """
    mean = float(scar.mean())
    return clustered_of(name, len(scar), mean, cluster_sums(scar - mean, groups))


def clustered_of(name: str, n: int, mean: float, sums: ClusterSums) -> Significance:
    """Do as ``clustered`` for the sums about the mean of N events' SCAR by cluster."""
    counts = n, int(sums.n_clusters)
    if sums.n_clusters < LEAST_SESSIONS:
        reason = f"it takes {LEAST_SESSIONS} clusters or more; there are {counts[1]}"
        return invalid(name, counts, reason)
    variance, df = sums.variance(n)
    if variance <= _LEAST_VARIANCE * mean**2:
        return invalid(name, counts, "the clusters' sums have no variance to test against")
    return valid_t(name, mean / np.sqrt(variance), df, counts)


def two_way(scar: Floats, first: Integers, second: Integers) -> Significance:
    """BMP with clusters by episode and by date: V₁ + V₂ - V₁₂, the smaller df of the two.

    Cameron, Gelbach and Miller, Journal of Business & Economic Statistics 29 (2011).
    """
    mean = float(scar.mean())
    both = first * (int(second.max()) + 1) + second
    one, other, joint = (cluster_sums(scar - mean, groups) for groups in (first, second, both))
    return two_way_of(len(scar), mean, (one, other, joint))


def two_way_of(n: int, mean: float, sums: tuple[ClusterSums, ...]) -> Significance:
    """Do as ``two_way`` for the sums about the mean by either cluster, and by both together."""
    many = int(min(sums[0].n_clusters, sums[1].n_clusters))
    if many < LEAST_SESSIONS:
        reason = f"it takes {LEAST_SESSIONS} clusters or more each way; there are {many}"
        return invalid("bmp_two_way", (n, many), reason)
    parts = [one.variance(n) for one in sums]
    variance = parts[0][0] + parts[1][0] - parts[2][0]
    if variance <= _LEAST_VARIANCE * mean**2:
        return invalid("bmp_two_way", (n, many), "its variance came out as zero or less")
    df = min(parts[0][1], parts[1][1])
    return valid_t("bmp_two_way", mean / np.sqrt(variance), df, (n, many))


class ClusterSums(NamedTuple):
    """Sums over clusters of which one has n events, and values that sum to S.

    Attributes
    ----------
    n_clusters
        Their number.
    square, cross
        ΣS² and ΣnS.
    n2, n3, n4, n5
        Σn², Σn³, Σn⁴ and Σn⁵.
    """

    n_clusters: float
    square: float
    cross: float
    n2: float
    n3: float
    n4: float
    n5: float

    @classmethod
    def of(cls, size: Floats, total: Floats) -> Self:
        """Add up over clusters (G,) of so many events, with such sums of their values."""
        powers = [float((size**power).sum()) for power in (2, 3, 4, 5)]
        return cls(float(len(size)), float(total @ total), float(size @ total), *powers)

    def about(self, mean: float) -> ClusterSums:
        """Give the same of values less a number."""
        square = self.square - 2 * mean * self.cross + mean**2 * self.n2
        return self._replace(square=square, cross=self.cross - mean * self.n2)

    def variance(self, n: int) -> tuple[float, float]:
        """Give the clustered variance of the mean of N values about it, and its df."""
        variance = self.n_clusters / max(self.n_clusters - 1, 1) * self.square / n**2
        # tr(C)²/tr(C²) for C = diag(v) - pv' - vp' + Σv pp', the covariance of the centred sums;
        # p = n/N and v = n² of each cluster.
        total, pp, pv, vv = self.n2, self.n2 / n**2, self.n3 / n, self.n4
        trace = total - 2 * pv + total * pp
        squared = 2 * pp * vv + 2 * pv**2 + (total * pp) ** 2 - 4 * total * pp * pv
        squared += vv + 2 * (total * self.n4 / n**2 - 2 * self.n5 / n)
        return variance, float(trace**2 / squared) if squared > 0 else float("nan")


def cluster_sums(values: Floats, groups: Integers) -> ClusterSums:
    """Add up values (N,) by the number of each one's cluster."""
    place = np.unique(groups, return_inverse=True)[1]
    size = np.bincount(place).astype(np.float64)
    total = np.bincount(place, weights=values, minlength=len(size)).astype(np.float64)
    return ClusterSums.of(size, total)


def block_bootstrap(
    values: Floats, weights: Floats, sessions: Integers, *, least: int, draws: int, seed: int
) -> tuple[float, float]:
    """Give a 95 % interval of a weighted mean by drawing blocks of consecutive sessions.

    Künsch, Annals of Statistics 17 (1989), circular (Politis and Romano 1992), over all sessions of
    the span, gaps included, so that what shares sessions or windows stays together. NaN below
    ``LEAST_SESSIONS`` sessions.

    Parameters
    ----------
    values, weights, sessions
        (N,): without NaN, and the ordinals of their sessions.
    least
        Sessions of a block at least; of n sessions it has n^(1/3) or more.
    """
    if len(np.unique(sessions)) < LEAST_SESSIONS:
        return float("nan"), float("nan")
    day = sessions - sessions.min()
    n = int(day.max()) + 1
    block = min(n, max(least, round(n ** (1 / 3))))
    starts = np.random.default_rng(seed).integers(0, n, (draws, -(-n // block)))
    drawn = []
    for series in (weights * values, weights):
        # A block that runs over the end goes on at the start.
        total = np.concatenate([[0.0], np.cumsum(np.tile(np.bincount(day, series), 2))])
        drawn.append((total[starts + block] - total[starts]).sum(axis=1))
    sums, weight = drawn
    low, high = np.quantile(sums[weight > 0] / weight[weight > 0], [0.025, 0.975])
    return float(low), float(high)
