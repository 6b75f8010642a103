"""The variance of a mean of values that lie in calendar time and depend on one another.

Equal-weighted cosines: Müller, Journal of Business & Economic Statistics 22 (2004); Lazarus,
Lewis, Stock and Watson, same journal 36 (2018). With s_d the sum of the deviations from the mean
in session d, zeros included, over the n sessions from the first to the last,

    λ_k = √(2/n) Σ_d cos(πk(d + ½)/n) s_d, k = 1..B,    Var(mean) = (Σλ_k²/B) n/N²,
    B = max(4, round(min(0.4 n^(2/3), n/(2L), G/3))), G distinct sessions, t with B degrees.

Two things make that too sure of itself, and both are known from where the events stand, before any
value is seen. The windows of one share may overlap: sums of neighbouring sessions then move
together, so that the higher cosines see too little. And most events may crowd into a small part of
the span (one share with sixty articles among ten with one each), so that the λ_k all say the same.
There the variance is scaled so that the 5 % test rejects exactly 5 % of samples in which abnormal
returns are independent over sessions and shares, and normal: the critical value is taken from the
law of the statistic under that model, as Müller and Watson, Econometrica 90 (2022), do in space.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import stdtrit

from signals.study.fits import Floats, Integers
from signals.study.significance import LEAST_SESSIONS

_LEAST_FREQUENCIES = 4
_UNEVEN = 3  # times fewer degrees of freedom than cosines: the events crowd together
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
    def of(cls, sessions: Integers, *, length: int, series: Integers | None = None) -> Cosines:
        """Lay cosines over sessions.

        Parameters
        ----------
        sessions
            (N,): ordinals of the events' sessions.
        length
            L, sessions over which a value persists.
        series
            (N,): the share of each event; None where each value is of its own.
        """
        present, place, counts = np.unique(sessions, return_inverse=True, return_counts=True)
        pairs = _overlaps(sessions, place, series, length)
        return cls.over(present, counts, pairs, length=length, place=place)

    @classmethod
    def over(
        cls,
        present: Integers,
        counts: Integers,
        pairs: Overlaps,
        *,
        length: int,
        place: Integers | None = None,
    ) -> Cosines:
        """Lay cosines over sessions of which only the numbers of events are known.

        Parameters
        ----------
        present, counts
            (G,): ordinals of the distinct sessions, ascending, and the events of each.
        pairs
            The events of one share whose windows meet.
        length
            L, as for ``of``.
        place
            (N,): the number of each event's session, for ``variance``.
        """
        place = np.arange(len(present)) if place is None else place
        day, n_events = present - present[0], int(counts.sum())
        n, waves, df = _basis(_bytes(day), _bytes(counts), length)
        crowded = df < len(waves) / _UNEVEN
        scale = n / (len(waves) * n_events**2)
        if len(present) < LEAST_SESSIONS:
            return cls(place, waves, scale, float("nan"))
        if not crowded and not len(pairs.weight):
            return cls(place, waves, scale, float(len(waves)))
        if crowded:
            # No windows meet beyond L sessions, so that longer gaps say nothing.
            day = np.concatenate([[0], np.cumsum(np.minimum(np.diff(day), length))])
            n, waves, _ = _basis(_bytes(day), _bytes(counts), length)
            scale = n / (len(waves) * n_events**2)
        joint = _joint_covariance(waves, counts, pairs, length)
        df = _satterthwaite(joint[1:, 1:])
        critical = _critical_value(joint, n / len(waves), float(stdtrit(df, 1 - _LEVEL / 2)))
        scale *= (critical / float(stdtrit(df, 1 - _LEVEL / 2))) ** 2
        return cls(place, waves, scale, df)

    def variance(self, values: Floats) -> float:
        """Give the variance of the mean of values (N,) without NaN."""
        sums = np.bincount(self.place, weights=values - values.mean())
        return self.variance_of(np.asarray(sums, dtype=np.float64))

    def variance_of(self, sums: Floats) -> float:
        """Give the variance of a mean from the sums (G,) of deviations from it by session."""
        return float((np.matmul(self.waves, sums) ** 2).sum() * self.scale)


def cosine_variance(values: Floats, sessions: Integers, *, length: int) -> tuple[float, float]:
    """Give the variance of the mean of values that each stand alone, and its degrees of freedom.

    See ``Cosines`` for the arguments.
    """
    cosines = Cosines.of(sessions, length=length)
    return cosines.variance(values), cosines.df


@dataclass(frozen=True, eq=False)
class Overlaps:
    """Pairs of events of one share whose windows meet.

    Attributes
    ----------
    one, other
        (P,): the numbers of their sessions among the distinct ones.
    weight
        (P,): the share of a window that both have, times the number of such pairs.
    """

    one: Integers
    other: Integers
    weight: Floats

    @staticmethod
    def none() -> Overlaps:
        """Give no pairs."""
        return Overlaps(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))

    @classmethod
    def of(cls, sessions: Integers, series: Integers | None, *, length: int) -> Overlaps:
        """Find the pairs among events; see ``Cosines.of`` for the arguments.

        Windows of L sessions that start h sessions apart share 1 - h/L of their sessions.
        """
        return _overlaps(sessions, np.unique(sessions, return_inverse=True)[1], series, length)


def _overlaps(
    sessions: Integers, place: Integers, series: Integers | None, length: int
) -> Overlaps:
    none = np.empty(0, dtype=np.int64)
    found = [(none, none, np.empty(0))]
    if series is not None:
        order = np.lexsort((sessions, series))
        share, day, number = series[order], sessions[order], place[order]
        for step in range(1, len(order)):
            gap = day[step:] - day[:-step]
            near = np.flatnonzero((share[step:] == share[:-step]) & (gap < length))
            if not len(near):
                break
            found.append((number[near], number[near + step], 1 - gap[near] / length))
    one, other, weight = (np.concatenate(part) for part in zip(*found, strict=True))
    return Overlaps(one, other, weight)


@lru_cache(maxsize=4)
def _basis(days: bytes, counts: bytes, length: int) -> tuple[int, Floats, float]:
    """Give n, B cosines at the G distinct sessions of events (B, G), and their freedom.

    Kept, since the tables of a study ask again and again about the same sessions: from the places
    of G sessions after the first, and how many events each has, both as bytes of 64-bit integers.
    """
    day, events = np.frombuffer(days, np.int64), np.frombuffer(counts, np.int64)
    n = int(day[-1]) + 1
    freedom = min(0.4 * n ** (2 / 3), n / (2 * length), len(day) / 3)
    count = max(_LEAST_FREQUENCIES, round(freedom))
    phase = np.pi * np.arange(1, count + 1)[:, None] * (day + 0.5) / n
    waves = np.sqrt(2 / n) * np.cos(phase)
    centred = waves - (np.matmul(waves, events) / events.sum())[:, None]
    return n, waves, _satterthwaite(np.matmul(centred * events, centred.T))


def _bytes(values: Integers) -> bytes:
    return values.astype(np.int64).tobytes()


def _satterthwaite(covariance: Floats) -> float:
    """Give the freedom tr(C)²/tr(C²) of a sum of squares with that covariance."""
    square = float((covariance**2).sum())
    return float(np.trace(covariance)) ** 2 / square if square > 0 else float("nan")


def _joint_covariance(waves: Floats, counts: Integers, pairs: Overlaps, length: int) -> Floats:
    """Give the covariance (1 + B, 1 + B) of the values' sum and of the λ_k.

    Values have variance 1 and are independent but for the overlaps.
    """
    centred = waves - (np.matmul(waves, counts) / counts.sum())[:, None]
    rows = np.vstack([np.ones(len(counts)), centred])
    # Of two sessions less than L apart fewer than L others with events lie between.
    code = pairs.one * length + pairs.other - pairs.one
    weight = np.bincount(code, weights=pairs.weight, minlength=len(counts) * length)
    code = np.flatnonzero(weight)
    one, lag = code // length, code % length
    half = np.matmul(rows[:, one] * weight[code], rows[:, one + lag].T)
    return np.asarray(np.matmul(rows * counts, rows.T) + half + half.T, dtype=np.float64)


def _critical_value(joint: Floats, factor: float, guess: float) -> float:
    """Find c at which P(|sum| > c √(factor Σλ²)) is 5 %, for a normal law: secants of log p."""
    low, high = np.log(guess), np.log(1.1 * guess)
    p_low = np.log(_tail(joint, factor, guess) / _LEVEL)
    for _ in range(_STEPS):
        p_high = np.log(_tail(joint, factor, float(np.exp(high))) / _LEVEL)
        if abs(p_high) < 1e-9 or p_high == p_low:
            break
        step = np.clip(p_high * (high - low) / (p_high - p_low), -1.0, 1.0)
        low, high, p_low = high, high - step, p_high
    return float(np.exp(high))


def _tail(joint: Floats, factor: float, critical: float) -> float:
    """Give P(sum² > c² factor Σλ²): a form with one positive eigenvalue μ and others -ν.

    P(μZ² > Σν_j Z_j²) = (2/π) ∫ Π(1 + ν_j/(μ sin²θ))^-½ dθ over a right angle: the tail of Z by
    Craig's formula (1991), and the law of a sum of squares by its moments' generating function.
    """
    values, vectors = np.linalg.eigh(joint)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    signs = np.full(len(joint), -(critical**2) * factor)
    signs[0] = 1.0
    form = np.linalg.eigvalsh(np.matmul(root.T * signs, root))
    if form[-1] <= 0:
        return 0.0
    ratios = np.maximum(-form[:-1] / form[-1], 0.0)
    inside = np.exp(-0.5 * np.log1p(ratios / _SINES).sum(axis=1))
    return float(_WEIGHTS @ inside) / 2
