"""Test statistics of event studies: pure functions of arrays.

Each says what its null hypothesis is, how many events and clusters stand behind it, and
whether it may be believed; one that may not has NaN for numbers and a reason. Events whose
value is NaN (a window with a hole) are left out before anything is counted.

CAR is a window's cumulative abnormal return, a fraction; SCAR is CAR over its own standard
error. All p-values are two-sided.
"""

from __future__ import annotations

import numpy as np

from signals.study.arrays import Floats, Integers
from signals.study.cosines import Cosines
from signals.study.significance import (
    LEAST_SESSIONS,
    WORDS,
    Significance,
    invalid,
    mean_test_reason,
    normal,
    rank_p_value,
    valid_t,
)

NO_VARIANCE = "the events' values are all equal, so that they have no variance to test against"
"""Why values that are all equal have no test."""

_UNCORRELATED = (
    "the events' correlation is not known: a share has several of them, or all move as one"
)
_HOLE = "the window has a session without a return"


def single_t(car: float, se: float, df: float) -> Significance:
    """Test one event's CAR against its own forecast error: t with M - k degrees of freedom.

    MacKinlay, Journal of Economic Literature 35 (1997). It takes abnormal returns as normal
    and as equally variable in the estimation and the event window.
    """
    if not np.isfinite(car):
        return invalid("t", (0, 0), _HOLE)
    return valid_t("t", car / se, df, (1, 1))


def placebo(observed: float, placebos: Floats) -> Significance:
    """Rank one event's studentised CAR among those of all such windows before the event.

    p = (1 + #{|placebo| >= |observed|}) / (1 + K), K complete windows of the estimation period.
    The windows overlap, so that K/L of them are about independent.

    Parameters
    ----------
    observed
        CAR over its forecast standard error.
    placebos
        (K,): CARs of the estimation period over their in-sample standard errors; NaN for a
        window with a hole. See ``placebo_statistics``.
    """
    known = placebos[np.isfinite(placebos)]
    if not np.isfinite(observed):
        return invalid("placebo", (0, 0), _HOLE)
    if len(known) == 0:
        return invalid("placebo", (1, 1), "no window of this length before the event is complete")
    p_value = rank_p_value(observed, known)
    return Significance(
        "placebo", WORDS["placebo"].null, float(observed), float("nan"), p_value, 1, 1
    )


def placebo_statistics(
    residuals: Floats, x: Floats, inverse: Floats, sigma: Floats, *, length: int
) -> Floats:
    """Studentise the CAR of every window of a length inside the estimation period.

    In sample the variance of a sum is s² (L - (Σx)'(X'X)⁻¹(Σx)): smaller than a forecast's.

    Parameters
    ----------
    residuals
        (N, sessions), NaN where a pair is missing.
    x, inverse, sigma
        (N, sessions, k), (N, k, k) and (N,): regressors, (X'X)⁻¹ and residual deviation.
    length
        L, sessions of a window.

    Returns
    -------
    ndarray (N, sessions - L + 1), NaN for windows with a hole; (N, 0) when L is too long.
    """
    windows = residuals.shape[1] - length + 1
    if windows < 1:
        return np.empty((len(residuals), 0))
    hole = ~np.isfinite(residuals)
    sums = _rolling(np.where(hole, 0.0, residuals), length)
    holes = _rolling(hole.astype(np.float64), length)
    x_sums = _rolling(np.where(hole[:, :, None], 0.0, x), length)
    variance = length - (np.matmul(x_sums, inverse) * x_sums).sum(axis=-1)
    usable = (holes < 0.5) & (variance > 1e-9)
    statistics = np.full(sums.shape, np.nan)
    error = sigma[:, None] * np.sqrt(np.where(usable, variance, 1.0))
    np.divide(sums, error, out=statistics, where=usable)
    return statistics


def cross_sectional_t(car: Floats) -> Significance:
    """Test the mean CAR against its cross-sectional deviation: t, N - 1 degrees of freedom.

    Brown and Warner, Journal of Financial Economics 14 (1985). It allows the event to change
    the variance, and takes events as independent: shared dates make it reject far too often.
    """
    return _mean_test("cross_sectional_t", car)


def bmp(scar: Floats) -> Significance:
    """Standardised cross-sectional test: √N mean(SCAR)/sd(SCAR), N - 1 degrees of freedom.

    Boehmer, Musumeci and Poulsen, Journal of Financial Economics 30 (1991). As
    ``cross_sectional_t``, but noisy shares weigh less.
    """
    return _mean_test("bmp", scar)


def generalised_kp(
    scar: Floats, correlation: float, n_sessions: int, *, name: str = "generalised_kp"
) -> Significance:
    """BMP corrected for correlation: t √((1 - r̄)/(1 + (N - 1) r̄)), N - 1 degrees of freedom.

    Kolari and Pynnönen, Review of Financial Studies 23 (2010), with r̄ over overlapping windows
    as in ``correlation.mean_correlation``; on one common date it is their test.

    Parameters
    ----------
    scar
        (N,).
    correlation
        r̄ in [0, 1).
    n_sessions
        Number of distinct event sessions.
    name
        "kp_bmp" when r̄ is the mean over all pairs, whether their windows overlap or not.
    """
    plain = _mean_test(name, scar)
    if not plain.valid:
        return plain
    n = plain.n_events
    if not 0 <= correlation < 1:
        return invalid(plain.name, (n, n_sessions), _UNCORRELATED)
    statistic = plain.statistic * kp_factor(correlation, n)
    return valid_t(plain.name, statistic, n - 1, (n, n_sessions))


def skewness_adjusted_t(car: Floats) -> Significance:
    """Test the mean CAR with a correction for skewness: √N (S + γS²/3 + γ/(6N)), S = mean/sd.

    Johnson (1978); Lyon, Barber and Tsai, Journal of Finance 54 (1999), for long windows and
    BHAR. t with N - 1 degrees of freedom; events are taken as independent.
    """
    plain = _mean_test("skewness_adjusted_t", car)
    if not plain.valid:
        return plain
    known = car[np.isfinite(car)]
    third = float(((known - known.mean()) ** 3).mean())
    return skewness_adjusted_of(len(known), float(known.mean()), float(known.std(ddof=1)), third)


def skewness_adjusted_of(n: int, mean: float, deviation: float, third: float) -> Significance:
    """Do as ``skewness_adjusted_t`` for moments; ``third`` is the third about the mean."""
    ratio, skewness = mean / deviation, third / deviation**3
    statistic = np.sqrt(n) * (ratio + skewness * ratio**2 / 3 + skewness / (6 * n))
    return valid_t("skewness_adjusted_t", statistic, n - 1, (n, n))


def patell(scar: Floats, df: Floats, *, correlation: float | None = None) -> Significance:
    """Test the sum of SCAR against its variance under the model: ΣSCAR/√Σ(df/(df - 2)), normal.

    Patell, Journal of Accounting Research 14 (1976). An event that moves the variance makes it
    reject too often, and so do shared dates. With a correlation it is the adjusted test of
    Kolari and Pynnönen, Review of Financial Studies 23 (2010): z/√(1 + (N - 1) r̄).

    Parameters
    ----------
    scar, df
        (N,): and the degrees of freedom of each event's model.
    correlation
        r̄ in [0, 1), or None for the plain test.
    """
    name = "patell" if correlation is None else "adjusted_patell"
    known = np.isfinite(scar) & (df > 2)
    n = int(known.sum())
    if n < 2:
        return invalid(name, (n, n), mean_test_reason(n))
    free = df[known]
    z = float(scar[known].sum() / np.sqrt((free / (free - 2)).sum()))
    if correlation is None:
        return normal(name, z, (n, n))
    if not 0 <= correlation < 1:
        return invalid(name, (n, n), _UNCORRELATED)
    return normal(name, z / np.sqrt(1 + (n - 1) * correlation), (n, n))


def crude_dependence(
    caar: float, aar_before: Floats, *, length: int, n_events: int
) -> Significance:
    """Test CAAR against the deviation of the AAR before the event: CAAR/(√L s), M - 1 degrees.

    Brown and Warner, Journal of Financial Economics 8 (1980). It allows for events on one date,
    and not for a variance that the event moves.

    Parameters
    ----------
    caar
        Mean CAR.
    aar_before
        Mean residual of each session of the estimation window.
    """
    known = aar_before[np.isfinite(aar_before)]
    counts = (n_events, 1)
    if n_events < 2 or len(known) < 10:
        return invalid("crude_dependence", counts, mean_test_reason(n_events))
    error = float(known.std(ddof=1) * np.sqrt(length))
    if error == 0:
        return invalid("crude_dependence", counts, NO_VARIANCE)
    return valid_t("crude_dependence", caar / error, len(known) - 1, counts)


def kp_factor(correlation: float, n_events: int) -> float:
    """Give √((1 - r̄)/(1 + (N - 1) r̄)), by which correlation shrinks a t statistic."""
    return float(np.sqrt((1 - correlation) / (1 + (n_events - 1) * correlation)))


def cosine(
    scar: Floats,
    sessions: Integers,
    *,
    length: int,
    series: Integers | None = None,
    rows: Integers | None = None,
) -> Significance:
    """Calendar-time test of the mean SCAR with an equal-weighted cosine variance.

    Müller, Journal of Econometrics 141 (2007) and Lazarus, Lewis, Stock and Watson, Journal of
    Business & Economic Statistics 36 (2018), on the sums of SCAR by event session. It holds its
    size when events share sessions and when their windows overlap, of one share or of related
    ones. t with B degrees of freedom, fewer where windows of one share overlap or events crowd
    together: see ``signals.study.cosines``.

    Parameters
    ----------
    scar
        (N,).
    sessions
        (N,): ordinal of each event's session on the trading calendar.
    length
        L, sessions of the window.
    series, rows
        (N,): a number for each event's share, None where no share has overlapping windows; and the
        places of the sessions on its exchange, where those are of several exchanges.
    """
    known = np.isfinite(scar)
    own, places = (None if one is None else one[known] for one in (series, rows))
    cosines = Cosines.of(sessions[known], length=length, series=own, rows=places)
    return cosine_of(scar[known], cosines)


def cosine_of(scar: Floats, cosines: Cosines) -> Significance:
    """Do as ``cosine`` for SCAR (N,) without NaN and the cosines laid over its sessions."""
    n, groups = len(scar), cosines.waves.shape[1]
    if reason := why_no_cosine(groups, equal=all_equal(scar)):
        return invalid("cosine", (n, groups), reason)
    statistic = float(scar.mean() / np.sqrt(cosines.variance(scar)))
    return valid_t("cosine", statistic, cosines.df, (n, groups))


def why_no_cosine(n_sessions: int, *, equal: bool) -> str:
    """Say why events have no cosine test: too few sessions, or all values ``equal``; else empty."""
    if n_sessions < LEAST_SESSIONS:
        return f"it takes events in {LEAST_SESSIONS} sessions or more; there are {n_sessions}"
    return NO_VARIANCE if equal else ""


def why_not_single(n_events: int) -> str:
    """Say why a window has no test of one event: it has several, or none; else empty."""
    if n_events > 1:
        return f"it is a test of one event; there are {n_events}"
    return "" if n_events else "no event has this window complete"


def overlapping(starts: Integers, ends: Integers) -> bool:
    """Tell whether any two windows, both ends included, share a session."""
    order = np.argsort(starts, kind="stable")
    furthest = np.maximum.accumulate(ends[order])
    return bool((starts[order][1:] <= furthest[:-1]).any())


def headline_test(n_events: int, n_sessions: int, *, overlap: bool) -> str:
    """Choose the test that holds its size on such events, before any result is seen.

    One event: its t test. Five or more event sessions: the cosine test. Fewer: generalised
    Kolari-Pynnönen when windows overlap in calendar time, plain BMP when none do.
    """
    if n_events <= 1:
        return "t"
    if n_sessions >= LEAST_SESSIONS:
        return "cosine"
    return "generalised_kp" if overlap else "bmp"


def _mean_test(name: str, values: Floats) -> Significance:
    known = values[np.isfinite(values)]
    n = len(known)
    if n < 2:
        return invalid(name, (n, n), mean_test_reason(n))
    if all_equal(known):
        return invalid(name, (n, n), NO_VARIANCE)
    statistic = float(np.sqrt(n) * known.mean() / known.std(ddof=1))
    return valid_t(name, statistic, n - 1, (n, n))


def all_equal(values: Floats) -> bool:
    """Tell whether values differ by rounding at most, so that their deviation says nothing."""
    return bool(np.ptp(values) <= 1e-12 * np.abs(values).max())


def _rolling(values: Floats, length: int) -> Floats:
    """Sum every run of ``length`` sessions along axis 1."""
    total = np.cumsum(values, axis=1)
    total = np.concatenate([np.zeros_like(total[:, :1]), total], axis=1)
    return np.asarray(total[:, length:] - total[:, :-length], dtype=np.float64)
