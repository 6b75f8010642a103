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

    def demean(self, values: Floats) -> Floats:
        """Take each run's mean from its values."""
        return values - (self.sums(values) / self.size)[self.of]

    def order(self, values: Floats) -> npt.NDArray[np.intp]:
        """Give the order that sorts values within each run."""
        by_value = np.argsort(values)
        # A stable sort of small integers is a radix sort: three times faster than lexsort.
        runs = self.of[by_value].astype(np.min_scalar_type(len(self.start)))
        return by_value[np.argsort(runs, kind="stable")]

    def ranks(self, values: Floats) -> Floats:
        """Give mid-ranks within each run, less their mean: exact multiples of a half."""
        order = self.order(values)
        ordered, run = values[order], self.of[order]
        new = np.ones(len(values), dtype=np.bool_)
        new[1:] = (ordered[1:] != ordered[:-1]) | (run[1:] != run[:-1])
        first = np.flatnonzero(new)
        last = np.append(first[1:], len(values)) - 1
        middle = ((first + last) / 2)[np.cumsum(new) - 1]
        ranks = np.empty(len(values))
        ranks[order] = middle - (self.start + (self.size - 1) / 2)[run]
        return ranks


def session_coefficients(
    day: Integers, score: Floats, returns: Floats, *, least: int = LEAST_NAMES
) -> SessionSeries:
    """Correlate score and return inside each session.

    Parameters
    ----------
    day
        (K,): ordinals of sessions, ascending.
    score, returns
        (K,): NaN where a return is missing.
    least
        The least number of names.
    """
    known = np.isfinite(returns) & np.isfinite(score)
    day, score, returns = day[known], score[known], returns[known]
    groups = Groups.by(day)
    enough = groups.size >= least
    thin = int((~enough).sum())
    if thin:
        kept = enough[groups.of]
        day, score, returns = day[kept], score[kept], returns[kept]
        groups = Groups.by(day)
    varied = _varied(groups, score) & _varied(groups, returns)
    x, y = groups.demean(score), groups.demean(returns)
    spread = groups.sums(x * x)
    product, scatter = groups.sums(x * y), groups.sums(y * y)
    rank_x, rank_y = groups.ranks(score), groups.ranks(returns)
    ranks = groups.sums(rank_x * rank_y), groups.sums(rank_x**2), groups.sums(rank_y**2)
    share = 1.0 / (groups.size + 1.0) ** 2
    return SessionSeries(
        day=groups.day[varied],
        n=groups.size[varied],
        rank=_ratio(*(part[varied] for part in ranks)),
        linear=_ratio(product[varied], spread[varied], scatter[varied]),
        slope=product[varied] / spread[varied],
        spread=spread[varied],
        pooled_rank=_pooled(*(part[varied] * share[varied] for part in ranks)),
        pooled_linear=_pooled(product[varied], spread[varied], scatter[varied]),
        thin=thin,
        constant=int((~varied).sum()),
    )


def quantile_bins(day: Integers, score: Floats, bins: int) -> Integers:
    """Put each score into one of the bins of its session, 1 for the lowest; ties stay together.

    Edges are the session's own quantiles, interpolated linearly, and a score on an edge belongs
    to the bin below. Ties over an edge leave a bin empty.
    """
    groups = Groups.by(day)
    ordered = score[groups.order(score)]
    bin_of = np.ones(len(score), dtype=np.int64)
    for edge in range(1, bins):
        place = edge * (groups.size - 1) / bins
        below = np.floor(place).astype(np.int64)
        part = place - below
        low = ordered[groups.start + below]
        high = ordered[groups.start + np.minimum(below + 1, groups.size - 1)]
        bin_of += score > (low + (high - low) * part)[groups.of]
    return bin_of


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
