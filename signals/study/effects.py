"""What a study of sentiment asks: whether prices follow the sign and the size of a score.

Good and bad news average out, so that the mean abnormal return says little. Each row here is an
estimate with the cosine error of its influence values, which allows for events that share
sessions or windows; see ``signals.study.inference.cosine``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.study import inference, significance
from signals.study.cosines import cosine_variance
from signals.study.fits import Booleans, Floats, Integers
from signals.study.windows import WindowResults

if TYPE_CHECKING:
    from signals.study.result import EventStudy

SIGNS = ("negative", "zero", "positive")
"""What ``by_sign`` calls events."""

Row = dict[str, object]
_NAN = float("nan")


def score_values(study: EventStudy, column: str) -> Floats:
    """Give a column of the events as numbers.

    Raises
    ------
    StudyError
        There is no such column, or it holds no numbers.
    """
    if column not in study.events:
        raise StudyError(f"The events have no column {column!r} to measure a reaction by.")
    if not pd.api.types.is_numeric_dtype(study.events[column]):
        raise StudyError(f"The column {column!r} holds no numbers: a score is between -1 and 1.")
    return study.events[column].to_numpy(dtype=np.float64)


def spread(study: EventStudy, column: str, window: tuple[int, int]) -> Row:
    """Give CAAR of the positive less CAAR of the negative events."""
    results = WindowResults(study.sample, *window)
    score = score_values(study, column)[results.complete]
    positive, negative = score > 0, score < 0
    row: Row = {"n_positive": int(positive.sum()), "n_negative": int(negative.sum())}
    if min(positive.sum(), negative.sum()) < 2:
        reason = "it takes two events or more of either sign"
        return row | _row(_NAN, np.empty(0), results, positive, reason=reason)
    up, down = results.car[positive].mean(), results.car[negative].mean()
    used = positive | negative
    n = used.sum()
    influence = np.where(positive, (results.car - up) * n / positive.sum(), 0.0)
    influence -= np.where(negative, (results.car - down) * n / negative.sum(), 0.0)
    return row | _row(up - down, influence[used], results, used)


def slope(study: EventStudy, column: str, window: tuple[int, int]) -> Row:
    """Give the slope of SCAR on a score, by least squares with a constant."""
    results = WindowResults(study.sample, *window)
    score = score_values(study, column)[results.complete]
    used = np.isfinite(score)
    centred, scar = score[used] - score[used].mean() if used.any() else score, results.scar[used]
    square = float((centred**2).mean()) if used.sum() > 2 else 0.0
    if square <= 1e-12:
        reason = "it takes three events or more with different scores"
        return _row(_NAN, np.empty(0), results, used, reason=reason)
    estimate = float((centred * scar).mean() / square)
    influence = centred * (scar - scar.mean() - estimate * centred) / square
    return _row(estimate, influence, results, used)


def magnitude(study: EventStudy, window: tuple[int, int]) -> Row:
    """Give mean SCAR² less what it is without an event, df/(df - 2): a reaction of either sign."""
    results = WindowResults(study.sample, *window)
    df = results.sample.fit.df
    excess = results.scar**2 - df / (df - 2)
    used = np.isfinite(excess)
    if used.sum() < 2:
        reason = significance.mean_test_reason(int(used.sum()))
        return _row(_NAN, np.empty(0), results, used, reason=reason)
    return _row(float(excess.mean()), excess - excess.mean(), results, used)


def volume(study: EventStudy, window: tuple[int, int]) -> Row:
    """Give mean log volume in a window less its mean over the estimation window."""
    results = WindowResults(study.sample, *window)
    traded = study.prices.volume
    nothing = np.zeros(results.n, dtype=np.bool_)
    if traded is None:
        reason = "the prices have no volume"
        return _row(_NAN, np.empty(0), results, nothing, reason=reason)
    log = traded.where(traded > 0).map(np.log)
    events = study.events[results.complete]
    place = log.index.get_indexer(pd.DatetimeIndex(events["session"]))
    columns = log.columns.get_indexer(pd.Index(events["symbol"]))
    table, start = log.to_numpy(), study.settings.estimation
    excess = np.full(results.n, np.nan)
    for number, (row, column) in enumerate(zip(place, columns, strict=True)):
        before = table[max(0, row + start[0]) : max(0, row + start[1] + 1), column]
        during = table[max(0, row + window[0]) : row + window[1] + 1, column]
        if np.isfinite(before).sum() >= study.settings.min_obs and np.isfinite(during).all():
            excess[number] = during.mean() - np.nanmean(before)
    used = np.isfinite(excess)
    if used.sum() < 2:
        reason = significance.mean_test_reason(int(used.sum()))
        return _row(_NAN, np.empty(0), results, used, reason=reason)
    mean = float(excess[used].mean())
    return _row(mean, excess[used] - mean, results, used)


def mean_bhar(study: EventStudy, window: tuple[int, int]) -> Row:
    """Give the mean buy-and-hold abnormal return, with Johnson's t beside the cosine test."""
    held = study.bhar(*window).to_numpy()
    results = WindowResults(study.sample, *window)
    held = held[results.complete]
    used = np.isfinite(held)
    mean = float(held.mean()) if len(held) else _NAN
    reason = "" if len(held) > 1 else significance.mean_test_reason(len(held))
    adjusted = inference.skewness_adjusted_t(held)
    row = _row(mean, held - mean, results, used, reason=reason)
    return row | {"skewness_adjusted_p": adjusted.p_value}


def calendar_portfolio(study: EventStudy, window: tuple[int, int]) -> Row:
    """Give the mean abnormal return of holding, each session, every share inside its window.

    Jaffe, Journal of Business 47 (1974) and Mandelker, Journal of Financial Economics 1 (1974),
    with the cosine variance on the sessions' means, so that shared sessions count once.
    """
    results = WindowResults(study.sample, *window)
    abnormal, _ = results.sample.abnormal(*window)
    rows = results.sample.places.row[:, None] + np.arange(window[0], window[1] + 1)
    known = np.isfinite(abnormal)
    days, place = np.unique(results.sample.grid.ordinals[rows][known], return_inverse=True)
    means = np.bincount(place, weights=abnormal[known]) / np.bincount(place)
    mean = float(means.mean()) if len(means) else _NAN
    row = _estimated(mean, means - mean, days.astype(np.int64), results.length)
    return row | {"n": results.n}


def _row(
    estimate: float,
    influence: Floats,
    results: WindowResults,
    used: Booleans,
    *,
    reason: str = "",
) -> Row:
    """Give an estimate of events, with the cosine error of its influence values."""
    sessions = results.sessions[used]
    row = _estimated(estimate, influence, sessions, results.length, reason=reason)
    return row | {"n": int(used.sum())}


def _estimated(
    estimate: float, influence: Floats, sessions: Integers, length: int, *, reason: str = ""
) -> Row:
    """Give an estimate with the cosine error of its influence values, whose mean is zero."""
    n_sessions = len(np.unique(sessions))
    if not reason and n_sessions < significance.LEAST_SESSIONS:
        least = significance.LEAST_SESSIONS
        reason = f"it takes events in {least} sessions or more; there are {n_sessions}"
    se = df = effective = _NAN
    if not reason:
        variance, df = cosine_variance(influence, sessions, length=length)
        se = float(np.sqrt(variance))
        if variance > 0:
            effective = min(len(influence), float(influence.var(ddof=1)) / variance)
    statistic = estimate / se if se > 0 else _NAN
    margin = float(significance.t_quantile(0.975, df)) * se
    return {
        "n": len(influence),
        "n_sessions": n_sessions,
        "estimate": estimate,
        "se": se,
        "ci_low": estimate - margin,
        "ci_high": estimate + margin,
        "test": "cosine",
        "statistic": statistic,
        "df": df,
        "p_value": float(significance.p_of_t(statistic, df)),
        "n_effective": effective,
        "mde": float(significance.minimum_detectable_effect(se, df)),
        "reason": reason,
    }


def only(study: EventStudy, chosen: Booleans) -> EventStudy:
    """Give the study of some of its events; what was lost stays in ``status``."""
    return replace(
        study,
        events=study.events[chosen],
        abnormal=study.abnormal[chosen],
        sar=study.sar[chosen],
        sample=study.sample.take(chosen),
    )


def timed(study: EventStudy) -> EventStudy:
    """Give a study without the events known to the day only, where both kinds are in it."""
    if not study.mixes_precisions:
        return study
    return only(study, study.events["precision"].ne("day").to_numpy())


def by_sign(study: EventStudy, column: str) -> pd.Series:
    """Name each event by the sign of its score: negative, zero or positive; missing without one."""
    score = score_values(study, column)
    named = pd.Series(
        np.array(SIGNS, dtype=object)[(np.sign(np.nan_to_num(score)) + 1).astype(int)],
        study.events.index,
    )
    return named.where(np.isfinite(score), None).astype("str").rename("sign")
