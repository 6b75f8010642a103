"""Correlations, slopes and bins inside each session, for all sessions at once.

Observations come sorted by session. A session needs ``LEAST_NAMES`` names with a score and a
return, and both must differ between them, else its coefficient is not defined and not counted.
Where (K,) returns of observations are NaN, the observation is left out of its session; what
``Groups`` is given has no NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from signals.study.arrays import Booleans, Floats, Indices, Integers

LEAST_NAMES = 5
"""With fewer names a session's coefficient says next to nothing."""


PART = 40_000
"""Observations that are worked on at a time: their arrays stay in a processor's cache."""


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
    slope, score_squares
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
    score_squares: Floats
    pooled_rank: float
    pooled_linear: float
    thin: int
    constant: int

    @property
    def weights(self) -> Floats:
        """(T,): names less one, by which a session counts in a mean of coefficients."""
        return (self.n - 1).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Groups:
    """Runs of K sorted observations of one session each.

    Attributes
    ----------
    start, size, day
        (T,): place of the first observation of each session, how many there are, its ordinal.
    of
        (K,): the place of each observation's session in these.
    """

    start: Indices
    size: Integers
    day: Integers
    of: Indices

    @classmethod
    def by(cls, day: Integers) -> Groups:
        """Find the runs of ``day``, ascending."""
        new = np.ones(len(day), dtype=np.bool_)
        new[1:] = day[1:] != day[:-1]
        start = np.flatnonzero(new)
        size = np.diff(np.append(start, len(day))).astype(np.int64)
        return cls(start, size, day[start], np.cumsum(new) - 1)

    @cached_property
    def parts(self) -> list[tuple[Groups, slice]]:
        """The runs in parts that fit into a processor's cache, and where their values are."""
        part = self.start // PART
        edges = [0, *(np.flatnonzero(np.diff(part)) + 1), len(self.start)]
        found = []
        for first, last in pairwise(edges):
            low = int(self.start[first]) if first < last else 0
            high = int(self.start[last - 1] + self.size[last - 1]) if first < last else 0
            one = slice(first, last)
            of = self.of[low:high] - first
            found.append(
                (Groups(self.start[one] - low, self.size[one], self.day[one], of), slice(low, high))
            )
        return found

    def take(self, chosen: Booleans) -> Groups:
        """Give the runs of some observations."""
        found = Groups.by(self.of[chosen])
        return Groups(found.start, found.size, self.day[found.day], found.of)

    def sums(self, values: Floats) -> Floats:
        """Sum values (K,) within each run: (T,)."""
        if not len(self.start):
            return np.empty(0)
        return np.asarray(np.add.reduceat(values, self.start), dtype=np.float64)

    def count(self, chosen: Booleans) -> Integers:
        """Count the chosen (K,) of each run: (T,)."""
        if not len(self.start):
            return np.empty(0, dtype=np.int64)
        return np.asarray(np.add.reduceat(chosen, self.start, dtype=np.int64))

    def demean(self, values: Floats) -> Floats:
        """Take each run's mean from its values (K,)."""
        return values - (self.sums(values) / self.size)[self.of]

    def order(self, values: Floats) -> Indices:
        """Give the order that sorts values within each run."""
        order = np.empty(len(values), dtype=np.intp)
        # Runs of one size are sorted as rows of a matrix: many short sorts stay in the cache.
        for size in np.unique(self.size):
            at = self.start[self.size == size][:, None] + np.arange(size)
            order[at] = at[:, :1] + values[at].argsort(axis=1)
        return order

    def ranks(self, values: Floats, order: Indices | None = None) -> Floats:
        """Give mid-ranks within each run, less their mean: exact multiples of a half."""
        order = self.order(values) if order is None else order
        ordered = values[order]
        new = np.ones(len(values), dtype=np.bool_)
        np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
        new[self.start] = True
        ranks = np.empty(len(values))
        if new.all():
            ranks[order] = self._places
            return ranks
        first = np.flatnonzero(new)
        last = np.append(first[1:], len(values)) - 1
        middle = np.repeat((first + last) / 2, last - first + 1)
        ranks[order] = middle - np.repeat(self.start + (self.size - 1) / 2, self.size)
        return ranks

    @cached_property
    def _places(self) -> Floats:
        """Place within each run, less its mean: what ranks are when no values are tied."""
        middle = (self.start + (self.size - 1) / 2).astype(np.float64)
        return np.arange(len(self.of), dtype=np.float64) - np.repeat(middle, self.size)

    def renew(self, ranks: Floats, values: Floats, whole: Booleans) -> Floats:
        """Give ranks within each run where those of ``whole`` runs are known already."""
        if whole.all():
            return ranks
        changed = ~whole[self.of]
        found = ranks.copy()
        found[changed] = Groups.by(self.of[changed]).ranks(values[changed])
        return found


def session_coefficients(
    every: Groups,
    score: Floats,
    returns: Floats,
    *,
    ranks: Floats | None = None,
) -> SessionSeries:
    """Correlate score and return inside each session.

    Parameters
    ----------
    every
        The K observations by session.
    score, returns
        (K,): NaN where a return is missing.
    ranks
        (K,): ``Groups.ranks`` of the scores, when they are known: a session in which no return
        is missing needs no other.
    """
    found = [
        _sums(part, score[at], returns[at], None if ranks is None else ranks[at])
        for part, at in every.parts
    ]
    day, n = (np.concatenate([one[place] for one in found]) for place in (0, 1))
    product, spread, scatter, *of_ranks = np.concatenate([one[2] for one in found], axis=1)
    share = 1.0 / (n + 1.0) ** 2
    return SessionSeries(
        day=day,
        n=n,
        rank=_ratio(*of_ranks),
        linear=_ratio(product, spread, scatter),
        slope=product / spread,
        score_squares=spread,
        pooled_rank=_pooled(*(part * share for part in of_ranks)),
        pooled_linear=_pooled(product, spread, scatter),
        thin=sum(one[3] for one in found),
        constant=sum(one[4] for one in found),
    )


def _sums(
    every: Groups, score: Floats, returns: Floats, ranks: Floats | None
) -> tuple[Integers, Integers, Floats, int, int]:
    """Give days, names, sums (6, T) and how many sessions are thin, and constant.

    The sums are of products and squares: of deviations xy, xx, yy, and of ranks likewise.
    """
    known = np.isfinite(returns) & np.isfinite(score)
    counts = every.count(known)
    enough = counts >= LEAST_NAMES
    kept = known & enough[every.of]
    groups, rank_x = every, ranks
    if not kept.all():
        score, returns = score[kept], returns[kept]
        groups = every.take(kept)
        if ranks is not None:
            rank_x = groups.renew(ranks[kept], score, (counts == every.size)[enough])
    if rank_x is None:
        rank_x = groups.ranks(score)
    varied = _varied(groups, score) & _varied(groups, returns)
    x, y, rank_y = groups.demean(score), groups.demean(returns), groups.ranks(returns)
    pairs = ((x, y), (x, x), (y, y), (rank_x, rank_y), (rank_x, rank_x), (rank_y, rank_y))
    sums = np.array([groups.sums(one * other)[varied] for one, other in pairs])
    thin = int(((counts > 0) & ~enough).sum())
    return groups.day[varied], groups.size[varied], sums, thin, int((~varied).sum())


def quantile_bins(groups: Groups, score: Floats, order: Indices, bins: int) -> Integers:
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
        tables = []
        for part, at in groups.parts:
            shape = (len(part.size), count + 1)
            known = np.isfinite(returns[at])
            cell = part.of * shape[1] + bins[at] * known
            for weights in (None, np.where(known, returns[at], 0.0)):
                found = np.bincount(cell, weights=weights, minlength=shape[0] * shape[1])
                tables.append(found.reshape(shape)[:, 1:])
        n, sums = np.concatenate(tables[::2]), np.concatenate(tables[1::2])
        used = n.any(axis=1)
        n, sums = n[used], sums[used]
        mean = np.divide(sums, n, out=np.full(n.shape, np.nan), where=n > 0)
        whole = sums.sum(axis=1, keepdims=True) / n.sum(axis=1, keepdims=True)
        return cls(groups.day[used], n, mean, mean - whole)


def shuffle_within(groups: Groups, generator: np.random.Generator) -> Indices:
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
