"""The variance of a mean of values that lie in calendar time and depend on one another.

Equal-weighted cosines: Müller, Journal of Econometrics 141 (2007); Lazarus, Lewis, Stock and
Watson, Journal of Business & Economic Statistics 36 (2018). With s_d the sum of the deviations from
the mean in session d, zeros included, over the n sessions from the first to the last,

    λ_k = √(2/n) Σ_d cos(πk(d + ½)/n) s_d, k = 1..B,    Var(mean) = (Σλ_k²/B) n/N²,
    B = max(4, round(min(0.4 n^(2/3), n/(2L), G/3))), G distinct sessions, t with B degrees.

For an estimate that weights events otherwise than a mean does (see ``signals.study.weighting``),
s_d adds up their influence values in place of the deviations.

Four things make that too sure of itself, and all are known from where the events stand and how
they are weighted, before any value is seen. The windows of one share may overlap: sums of
neighbouring sessions then move together, so that the higher cosines see too little. Most of the
weight may crowd into a small part of the span (one share with sixty articles among ten with one
each), so that the λ_k all say the same. Windows of different shares may overlap, whose returns go
together: of a week of events over (-5, +5) all sums are nearly one. And a few events may carry the
estimate (a session with most of the events, a score far from the others): what they leave unsaid of
themselves is next to nothing, so that Σλ_k² is small while the estimate is not. There the variance
is scaled so that the 5 % test rejects 5 % of samples at most, and exactly those of the worst of
three models: abnormal returns are independent over shares, or in each session the same for all of
them, or a tenth of their variance is so; in all they are independent over sessions, and normal. The
critical value is taken from the distribution of the statistic under the model, as Müller and
Watson, Econometrica 90 (2022), do in space. Over eight windows or more this costs 3 to 7 % of the
length of an interval; over a week of events there is next to nothing to be known.

These models know nothing of the error of estimated returns. Where a share's windows cover most of
the sessions that its later models are fitted to, a mean of all varies less than this variance says,
and the test is too careful: see tests/benchmarks/RESULTS.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import stdtrit

from signals.study.arrays import Floats, Integers
from signals.study.significance import LEAST_SESSIONS
from signals.study.weighting import Weighting

_LEAST_FREQUENCIES = 4
_CROWDED = 3  # times fewer degrees of freedom than cosines: the events crowd together
_NEAR = 1.02  # so near is the sum's variance to what the λ say of it, and the t test to its size
_COMMON = 0.1  # of the variance of abnormal returns: where crowded sessions mislead most
_LEVEL = 0.05
_STEPS = 20  # of the search for a critical value, which takes about five
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
_SINES = np.sin((_NODES + 1) * np.pi / 4)[:, None] ** 2  # of angles between 0 and π/2


@dataclass(frozen=True, eq=False)
class Cosines:
    """Cosines over the sessions of N events, by which the variance of a mean is estimated.

    Attributes
    ----------
    place
        (N,): the number of each event's session.
    waves
        (B, G): the cosines at the G distinct sessions.
    scale
        By which Σλ_k² is multiplied.
    df
        Degrees of freedom of a t statistic with that variance; NaN below ``LEAST_SESSIONS``.
    """

    place: Integers
    waves: Floats
    scale: float
    df: float

    @classmethod
    def of(
        cls,
        sessions: Integers,
        *,
        length: int,
        series: Integers | None = None,
        rows: Integers | None = None,
    ) -> Cosines:
        """Lay cosines over sessions.

        Parameters
        ----------
        sessions
            (N,): ordinals of the events' sessions.
        length
            L, sessions over which a value persists.
        series, rows
            (N,): as for ``Weighting.of``; None where each value is of its own.
        """
        weighting = Weighting.of(sessions, series, length=length, rows=rows)
        return cls.over(weighting, length=length, place=np.searchsorted(weighting.day, sessions))

    @classmethod
    def over(cls, weighting: Weighting, *, length: int, place: Integers | None = None) -> Cosines:
        """Lay cosines over sessions of which only the weighting is known.

        Parameters
        ----------
        weighting
            How the estimate weights the events of each session.
        length
            L, as for ``of``.
        place
            (N,): the number of each event's session, for ``variance``.
        """
        place = np.arange(len(weighting.day)) if place is None else place
        day = (weighting.day - weighting.day[0]).astype(np.int64)
        n_events = int(weighting.count.sum())
        n, waves = _basis(day.tobytes(), length)
        scale = n / (len(waves) * n_events**2)
        if len(day) < LEAST_SESSIONS:
            return cls(place, waves, scale, float("nan"))
        rows = _weighted(waves, weighting)
        joint = _covariance(rows, weighting.gram)
        alike = _of_one_factor(rows, weighting, day, length)
        crowded = _satterthwaite(joint[1:, 1:]) < len(waves) / _CROWDED
        told = all(_tells_of_the_sum(one, n / len(waves)) for one in (joint, alike))
        if told and not crowded and not len(weighting.one):
            return cls(place, waves, scale, float(len(waves)))
        if crowded:
            # No windows meet beyond L sessions, so that longer gaps say nothing.
            day = np.concatenate([[0], np.cumsum(np.minimum(np.diff(day), length))])
            n, waves = _basis(day.tobytes(), length)
            scale = n / (len(waves) * n_events**2)
            rows = _weighted(waves, weighting)
            joint = _covariance(rows, weighting.gram)
            alike = _of_one_factor(rows, weighting, day, length)
        if len(weighting.one):
            joint += _of_overlaps(rows, weighting)
        df = _satterthwaite(joint[1:, 1:])
        usual = float(stdtrit(df, 1 - _LEVEL / 2))
        models = joint, alike, (1 - _COMMON) * joint + _COMMON * alike
        critical = max(_critical_value(one, n / len(waves), usual) for one in models)
        scale *= (critical / usual) ** 2
        return cls(place, waves, scale, df)

    def variance(self, values: Floats) -> float:
        """Give the variance of the mean of values (N,) without NaN."""
        sums = np.bincount(self.place, weights=values - values.mean())
        return self.variance_of(np.asarray(sums, dtype=np.float64))

    def variance_of(self, sums: Floats) -> float:
        """Give the variance of a mean from the sums (G,) of deviations from it by session."""
        return float((np.matmul(self.waves, sums) ** 2).sum() * self.scale)


@lru_cache(maxsize=4)
def _basis(days: bytes, length: int) -> tuple[int, Floats]:
    """Give n, and B cosines at the G distinct sessions of events (B, G).

    Kept, since the tables of a study ask again and again about the same sessions: from the places
    of G sessions after the first, as bytes of 64-bit integers.
    """
    day = np.frombuffer(days, np.int64)
    n = int(day[-1]) + 1
    count = min(0.4 * n ** (2 / 3), n / (2 * length), len(day) / 3)
    count = max(_LEAST_FREQUENCIES, round(count))
    phase = np.pi * np.arange(1, count + 1)[:, None] * (day + 0.5) / n
    return n, np.sqrt(2 / n) * np.cos(phase)


def _weighted(waves: Floats, weighting: Weighting) -> Floats:
    """Give u (1 + B, G, p) with which the sum Σhv, and then each λ_k, are Σ x'u v.

    λ_k is made of residuals: Σ w h (v - x'b) with b of the regression of v on x.
    """
    weighted = np.matmul(weighting.gram, weighting.contrast.weights)
    taken = np.linalg.solve(weighting.gram.sum(axis=0), np.matmul(waves, weighted).T).T
    rows = np.empty((len(waves) + 1, *weighted.shape))
    rows[0] = weighting.contrast.weights
    np.multiply(waves[:, :, None], weighting.contrast.weights, out=rows[1:])
    rows[1:] -= taken[:, None, :]
    return rows


def _covariance(rows: Floats, gram: Floats) -> Floats:
    """Give the covariance (1 + B, 1 + B) of the sum and of the λ_k: Σ_d u_kd' gram_d u_ld.

    Values have variance 1 and are independent.
    """
    half = np.zeros(rows.shape)
    for i, j in np.ndindex(gram.shape[1:]):
        half[:, :, j] += rows[:, :, i] * gram[:, i, j]
    sums = np.matmul(half.reshape(len(rows), -1), rows.reshape(len(rows), -1).T)
    return np.asarray(sums, dtype=np.float64)


def _tells_of_the_sum(joint: Floats, factor: float) -> bool:
    """Tell whether ``factor`` Σλ² is as large on average as the square of the sum."""
    return bool(joint[0, 0] <= _NEAR * factor * np.trace(joint[1:, 1:]))


def _satterthwaite(covariance: Floats) -> float:
    """Give the degrees of freedom tr(C)²/tr(C²) of a sum of squares with that covariance."""
    square = float((covariance**2).sum())
    return float(np.trace(covariance)) ** 2 / square if square > 0 else float("nan")


def _of_overlaps(rows: Floats, weighting: Weighting) -> Floats:
    """Give what windows of one share that overlap add to the covariance of ``_covariance``."""
    from scipy.sparse import coo_array

    k, size, p = rows.shape
    flat, part = rows.reshape(k, size * p), np.arange(p)
    # Of each session a few others lie less than L away: most of the pairs' matrix is empty.
    first = np.broadcast_to((weighting.one[:, None] * p + part)[:, :, None], weighting.shared.shape)
    second = np.broadcast_to(
        (weighting.other[:, None] * p + part)[:, None, :], weighting.shared.shape
    )
    places = first.ravel(), second.ravel()
    together = coo_array((weighting.shared.ravel(), places), shape=(size * p, size * p)).tocsr()
    half = np.matmul(flat, together @ flat.T)
    return np.asarray(half + half.T, dtype=np.float64)


def _of_one_factor(rows: Floats, weighting: Weighting, day: Integers, length: int) -> Floats:
    """Give the covariance of ``_covariance`` where all shares have the same returns.

    Windows that start h sessions apart share 1 - h/L of them: sums over L of their sessions.
    """
    total = np.matmul(weighting.gram, weighting.contrast.one)  # Σx over the events of each session
    moved = np.zeros((len(rows), int(day[-1]) + length))
    moved[:, day] = np.matmul(rows[:, :, None, :], total[:, :, None])[:, :, 0, 0]
    sums = np.cumsum(moved, axis=1)
    sums[:, length:] -= sums[:, :-length].copy()
    return np.asarray(np.matmul(sums, sums.T) / length, dtype=np.float64)


def _critical_value(joint: Floats, factor: float, guess: float) -> float:
    """Find c at which P(|sum| > c √(factor Σλ²)) is 5 %, for normal values: secants of log p."""
    root = _root(joint)
    low, high = np.log(guess), np.log(1.1 * guess)
    p_low = np.log(_tail(root, factor, guess) / _LEVEL)
    for _ in range(_STEPS):
        p_high = np.log(_tail(root, factor, float(np.exp(high))) / _LEVEL)
        if abs(p_high) < 1e-9 or p_high == p_low:
            break
        step = np.clip(p_high * (high - low) / (p_high - p_low), -1.0, 1.0)
        low, high, p_low = high, high - step, p_high
    return float(np.exp(high))


def _root(covariance: Floats) -> Floats:
    """Give a matrix that times its transpose is the covariance; any will do."""
    try:
        return np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    except np.linalg.LinAlgError:  # events so crowded that one sum says all of another
        values, vectors = np.linalg.eigh(covariance)
        return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)), dtype=np.float64)


def _tail(root: Floats, factor: float, critical: float) -> float:
    """Give P(sum² > c² factor Σλ²): a form with one positive eigenvalue μ and others -ν.

    ``root`` times its transpose is the covariance of the sum and of the λ.
    P(μZ² > Σν_j Z_j²) = (2/π) ∫ Π(1 + ν_j/(μ sin²θ))^-½ dθ over a right angle: the tail of Z by
    Craig's formula (1991), and the sum of squares by its moment generating function.
    """
    signs = np.full(len(root), -(critical**2) * factor)
    signs[0] = 1.0
    form = np.linalg.eigvalsh(np.matmul(root.T * signs, root))
    if form[-1] <= 0:
        return 0.0
    ratios = np.maximum(-form[:-1] / form[-1], 0.0)
    inside = np.exp(-0.5 * np.log1p(ratios / _SINES).sum(axis=1))
    return float(_WEIGHTS @ inside) / 2
