"""Tests of a mean over sessions that depend on one another, and of many such means at once.

Pure functions of arrays. Sessions without a value are gaps in calendar time: they count as
sessions that add nothing, so that lags always count sessions. No value that comes in is NaN; what
can't be said goes out as NaN, with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from signals.study.arrays import Floats, Integers
from signals.study.cosines import Cosines
from signals.study.inference import all_equal
from signals.study.significance import (
    LEAST_SESSIONS,
    minimum_detectable_effect,
    p_of_t,
    t_quantile,
)
from signals.study.weighting import Contrast, Weighting

_NAN = float("nan")

# Kiefer and Vogelsang, Econometric Theory 21 (2005), table 1: the 97.5 % point for Bartlett's
# kernel, a polynomial in b, the bandwidth as a share of the sessions.
_FIXED_B = (1.9600, 2.9694, 0.4160, -0.5324)


@dataclass(frozen=True)
class MeanTest:
    """A weighted mean over sessions and how sure it is.

    Attributes
    ----------
    mean, se, df
        The mean, its standard error by the cosine test, and degrees of freedom.
    ci_low, ci_high, p_value, mde
        95 % interval, two-sided p-value, and the mean that would be seen in 80 % of cases.
    n_sessions
        Sessions with a value.
    nw_low, nw_high, bandwidth
        95 % interval by Newey and West with fixed-b values, and its lags in sessions; NaN where
        the sessions are fewer.
    iid_p
        What the usual t-test says, which takes sessions as independent: to compare only.
    reason
        Why a number is missing; empty when none is.
    """

    mean: float
    n_sessions: int
    se: float = _NAN
    df: float = _NAN
    ci_low: float = _NAN
    ci_high: float = _NAN
    p_value: float = _NAN
    mde: float = _NAN
    nw_low: float = _NAN
    nw_high: float = _NAN
    bandwidth: int = 0
    iid_p: float = _NAN
    reason: str = ""

    def columns(self, *names: str) -> dict[str, object]:
        """Give some of the attributes, as cells of a table's row."""
        return {name: getattr(self, name) for name in names}


def mean_over_sessions(values: Floats, weights: Floats, day: Integers, *, length: int) -> MeanTest:
    """Test whether a weighted mean over sessions is zero, with the cosine test.

    Müller (2007) and Lazarus, Lewis, Stock and Watson (2018), see ``signals.study.cosines``; what
    is summed in session d is w_d (v_d - mean), and zero in a session without a value. Where a few
    sessions have most of the weight, the test knows it: their values may vary as 1/w, or alike.

    Parameters
    ----------
    values, weights
        (T,): a value a session, such as its information coefficient, and its weight.
    day
        (T,): ordinal of each session, distinct.
    length
        Sessions over which a value persists: the horizon of a return.
    """
    n = len(values)
    reason = _why_not(values)
    mean = float(np.average(values, weights=weights)) if n else _NAN
    if reason:
        return MeanTest(mean, n, reason=reason)
    # Centred, weighted values whose plain mean has the variance of the weighted mean.
    scores = weights * (values - mean) * n / weights.sum()
    cosines = _laid_over(day, weights, length=length)
    se, df = float(np.sqrt(cosines.variance(scores))), cosines.df
    margin = float(t_quantile(0.975, df)) * se
    nw_margin, bandwidth, remark = _newey_west_margin(scores, day, length)
    return MeanTest(
        mean=mean,
        n_sessions=n,
        se=se,
        df=df,
        ci_low=mean - margin,
        ci_high=mean + margin,
        p_value=float(p_of_t(mean / se, df)),
        mde=float(minimum_detectable_effect(se, df)),
        nw_low=mean - nw_margin,
        nw_high=mean + nw_margin,
        bandwidth=bandwidth,
        iid_p=iid_p_value(values),
        reason=remark,
    )


def _laid_over(day: Integers, weights: Floats, *, length: int) -> Cosines:
    """Lay cosines over the sessions of a weighted mean: Σ wv/Σw is (1/n) Σ (n/Σw) x y, x = √w.

    y = xv has one variance, as where v is a mean of w values or a slope on scores of spread w.
    """
    contrast = Contrast(np.array([len(day) / weights.sum()]), np.ones(1))
    x = np.sqrt(weights)[:, None]
    weighting = Weighting.of(day, None, length=length, x=x, contrast=contrast)
    return Cosines.over(weighting, length=length, place=np.searchsorted(weighting.day, day))


def iid_p_value(values: Floats) -> float:
    """Give the two-sided p-value of the t-test that takes sessions as independent."""
    deviation = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    if deviation == 0:
        return _NAN
    return float(p_of_t(np.sqrt(len(values)) * values.mean() / deviation, len(values) - 1))


def newey_west(sums: Floats, bandwidth: int) -> float:
    """Give the long-run variance of the sum of a series, by Bartlett's kernel.

    Newey and West, Econometrica 55 (1987): γ₀ + 2 Σ (1 - j/(M+1)) γ_j, times the length.

    Parameters
    ----------
    sums
        (n,): centred values, one for each session of the span.
    bandwidth
        M, lags in sessions.
    """
    total = float(sums @ sums)
    for lag in range(1, min(bandwidth, len(sums) - 1) + 1):
        total += 2 * (1 - lag / (bandwidth + 1)) * float(sums[lag:] @ sums[:-lag])
    return max(total, 0.0)


def fixed_b_quantile(b: float) -> float:
    """Give the 97.5 % point of a Newey-West t statistic whose bandwidth is b of the sample.

    Kiefer and Vogelsang, Econometric Theory 21 (2005); at b = 0 it is the normal one, 1.96.
    """
    return float(np.polynomial.polynomial.polyval(b, _FIXED_B))


def _why_not(values: Floats) -> str:
    n = len(values)
    if n < LEAST_SESSIONS:
        plural = "session has" if n == 1 else "sessions have"
        return f"{n or 'no'} {plural} a value; the test takes {LEAST_SESSIONS} or more"
    if all_equal(values):
        return "all sessions have the same value, so that there is no variance to test against"
    return ""


def _newey_west_margin(scores: Floats, day: Integers, length: int) -> tuple[float, int, str]:
    """Give half the width of the Newey-West interval, its bandwidth, and why it is missing."""
    place = day - day.min()
    n = int(place.max()) + 1
    # 1.3 √n, Lazarus, Lewis, Stock and Watson (2018); never less than the overlap.
    bandwidth = max(length, int(np.ceil(1.3 * np.sqrt(n))))
    if bandwidth >= n:
        return _NAN, bandwidth, f"Newey-West takes more than its {bandwidth} lags; there are {n}"
    sums = np.bincount(place, weights=scores, minlength=n).astype(np.float64)
    variance = newey_west(sums, bandwidth) / len(scores) ** 2
    # M lags weigh 1 - j/(M + 1): in Kiefer and Vogelsang's terms a bandwidth of M + 1.
    return fixed_b_quantile((bandwidth + 1) / n) * float(np.sqrt(variance)), bandwidth, ""
