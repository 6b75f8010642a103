"""Correlations, slopes and bins inside each session, for all sessions at once.

Observations come sorted by session. A session needs ``LEAST_NAMES`` names with a score and a
return, and both must differ between them, else its coefficient is not defined and not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from signals.study.fits import Booleans, Floats, Integers

LEAST_NAMES = 5
"""With fewer names a session's coefficient says next to nothing."""


@dataclass(frozen=True, eq=False)
class SessionSeries:
    """Coefficients of T sessions.

    Attributes
    ----------
    day
        (T,): ordinal of each session that counts, ascending.
    n
        (T,): names in it.
    rank, linear
        (T,): Spearman's coefficient with mid-ranks, and Pearson's.
    slope, spread
        (T,): OLS slope of return on score, and the sum of squared deviations of the score.
    pooled_rank, pooled_linear
        Correlation of all these sessions together, of ranks as shares of the session's names and
        of deviations from the session's mean; NaN without any.
    thin, constant
        Sessions left out: too few names; all scores, or all returns, the same.
    """

    day: Integers
    n: Integers
    rank: Floats
    linear: Floats
    slope: Floats
    spread: Floats
    pooled_rank: float
    pooled_linear: float
    thin: int
    constant: int


@dataclass(frozen=True, eq=False)
class Groups:
    """Runs of equal sessions in sorted observations: where each starts, its size, its day."""

    start: npt.NDArray[np.intp]
    size: Integers
    day: Integers
    of: npt.NDArray[np.intp]

    @classmethod
    def by(cls, day: Integers) -> Groups:
        """Find the runs of ``day``, ascending."""
        new = np.ones(len(day), dtype=np.bool_)
        new[1:] = day[1:] != day[:-1]
        start = np.flatnonzero(new)
        size = np.diff(np.append(start, len(day))).astype(np.int64)
        return cls(start, size, day[start], np.cumsum(new) - 1)

    def sums(self, values: Floats) -> Floats:
        """Sum within each run."""
        if not len(self.start):
            return np.empty(0)
        return np.asarray(np.add.reduceat(values, self.start), dtype=np.float64)

    def count(self, chosen: Booleans) -> Integers:
        """Count the chosen of each run."""
        if not len(self.start):
            return np.empty(0, dtype=np.int64)
        return np.asarray(np.add.reduceat(chosen, self.start, dtype=np.int64))

    def demean(self, values: Floats) -> Floats:
        """Take each run's mean from its values."""
        return values - (self.sums(values) / self.size)[self.of]

    def order(self, values: Floats) -> npt.NDArray[np.intp]:
        """Give the order that sorts values within each run."""
        order = np.empty(len(values), dtype=np.intp)
        # Runs of one size are sorted as rows of a matrix: many short sorts stay in the cache.
        for size in np.unique(self.size):
            at = self.start[self.size == size][:, None] + np.arange(size)
            order[at] = at[:, :1] + values[at].argsort(axis=1)
        return order

    def ranks(self, values: Floats, order: npt.NDArray[np.intp] | None = None) -> Floats:
        """Give mid-ranks within each run, less their mean: exact multiples of a half."""
        order = self.order(values) if order is None else order
        ordered = values[order]
        new = np.ones(len(values), dtype=np.bool_)
        np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
        new[self.start] = True
        middle = np.arange(len(values), dtype=np.float64)
        if not new.all():
            first = np.flatnonzero(new)
            last = np.append(first[1:], len(values)) - 1
            middle = np.repeat((first + last) / 2, last - first + 1)
        ranks = np.empty(len(values))
        ranks[order] = middle - np.repeat(self.start + (self.size - 1) / 2, self.size)
        return ranks

    def renew(self, ranks: Floats, values: Floats, whole: Booleans) -> Floats:
        """Give ranks within each run where those of ``whole`` runs are known already."""
        if whole.all():
            return ranks
        changed = ~whole[self.of]
        found = ranks.copy()
        found[changed] = Groups.by(self.of[changed]).ranks(values[changed])
        return found


def session_coefficients(
    day: Integers,
    score: Floats,
    returns: Floats,
    *,
    ranks: Floats | None = None,
    least: int = LEAST_NAMES,
) -> SessionSeries:
    """Correlate score and return inside each session.

    Parameters
    ----------
    day
        (K,): ordinals of sessions, ascending.
    score, returns
        (K,): NaN where a return is missing.
    ranks
        (K,): ``Groups.ranks`` of the scores, when they are known: a session in which no return
        is missing needs no other.
    least
        The least number of names.
    """
    every = Groups.by(day)
    known = np.isfinite(returns) & np.isfinite(score)
    counts = every.count(known)
    enough = counts >= least
    kept = known & enough[every.of]
    groups, rank_x = every, ranks
    if not kept.all():
        day, score, returns = day[kept], score[kept], returns[kept]
        groups = Groups.by(day)
        if ranks is not None:
            rank_x = groups.renew(ranks[kept], score, (counts == every.size)[enough])
    if rank_x is None:
        rank_x = groups.ranks(score)
    varied = _varied(groups, score) & _varied(groups, returns)
    x, y, rank_y = groups.demean(score), groups.demean(returns), groups.ranks(returns)
    spread, product, scatter = groups.sums(x * x), groups.sums(x * y), groups.sums(y * y)
    products = groups.sums(rank_x * rank_y), groups.sums(rank_x**2), groups.sums(rank_y**2)
    share = 1.0 / (groups.size + 1.0) ** 2
    return SessionSeries(
        day=groups.day[varied],
        n=groups.size[varied],
        rank=_ratio(*(part[varied] for part in products)),
        linear=_ratio(product[varied], spread[varied], scatter[varied]),
        slope=product[varied] / spread[varied],
        spread=spread[varied],
        pooled_rank=_pooled(*(part[varied] * share[varied] for part in products)),
        pooled_linear=_pooled(product[varied], spread[varied], scatter[varied]),
        thin=int(((counts > 0) & ~enough).sum()),
        constant=int((~varied).sum()),
    )


def quantile_bins(
    groups: Groups, score: Floats, order: npt.NDArray[np.intp], bins: int
) -> Integers:
    """Put each score into one of the bins of its session, 1 for the lowest; ties stay together.

    Edges are the session's own quantiles, interpolated linearly, and a score on an edge belongs
    to the bin below. Ties over an edge leave a bin empty. ``order`` is ``groups.order(score)``.
    """
    bin_of = np.ones(len(score), dtype=np.int64)
    for edge in range(1, bins):
        place = edge * (groups.size - 1) / bins
        below = np.floor(place).astype(np.int64)
        part = place - below
        low = score[order[groups.start + below]]
        high = score[order[groups.start + np.minimum(below + 1, groups.size - 1)]]
        bin_of += score > np.repeat(low + (high - low) * part, groups.size)
    return bin_of


@dataclass(frozen=True, eq=False)
class BinMeans:
    """Mean returns of T sessions and Q bins.

    Attributes
    ----------
    day
        (T,): ordinal of each session with a bin and a return.
    n
        (T, Q): names.
    mean, relative
        (T, Q): mean return of the bin, and the same less that of all bins' names; NaN where it
        is empty.
    """

    day: Integers
    n: Integers
    mean: Floats
    relative: Floats

    @classmethod
    def of(cls, groups: Groups, bins: Integers, returns: Floats, count: int) -> BinMeans:
        """Average returns within each session and bin; those of bin 0 are left out."""
        shape = (len(groups.size), count + 1)
        known = np.isfinite(returns)
        cell = groups.of * shape[1] + np.where(known, bins, 0)
        n = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)[:, 1:]
        weights = np.where(known, returns, 0.0)
        sums = np.bincount(cell, weights=weights, minlength=shape[0] * shape[1])
        sums = sums.reshape(shape)[:, 1:]
        used = n.any(axis=1)
        n, sums = n[used], sums[used]
        mean = np.divide(sums, n, out=np.full(n.shape, np.nan), where=n > 0)
        whole = sums.sum(axis=1, keepdims=True) / n.sum(axis=1, keepdims=True)
        return cls(groups.day[used], n, mean, mean - whole)


def shuffle_within(groups: Groups, generator: np.random.Generator) -> npt.NDArray[np.intp]:
    """Give an order of the observations that is random inside each session."""
    return groups.order(generator.random(len(groups.of)))


def _ratio(product: Floats, left: Floats, right: Floats) -> Floats:
    """Give correlations from sums of products and squares."""
    return np.asarray(product / (np.sqrt(left) * np.sqrt(right)), dtype=np.float64)


def _pooled(product: Floats, left: Floats, right: Floats) -> float:
    norm = float(np.sqrt(left.sum() * right.sum()))
    return float(product.sum()) / norm if norm > 0 else float("nan")


def _varied(groups: Groups, values: Floats) -> Booleans:
    """Tell of each session whether its values differ by more than rounding."""
    if not len(groups.start):
        return np.empty(0, dtype=np.bool_)
    low = np.minimum.reduceat(values, groups.start)
    high = np.maximum.reduceat(values, groups.start)
    varied: Booleans = (high - low) > 1e-12 * np.maximum(np.abs(low), np.abs(high))
    return varied
