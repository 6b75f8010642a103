"""What a study of sentiment asks: whether prices follow the sign and the size of a score.

Good and bad news average out, so that the mean abnormal return says little. Each row here is an
estimate with the cosine error of its influence values, which allows for events that share
sessions or windows; see ``signals.study.inference.cosine``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import gammaln

from signals.errors import StudyError
from signals.study import inference, significance
from signals.study.arrays import Booleans, Floats, Indices, Integers
from signals.study.columns import read_numbers
from signals.study.cosines import Cosines
from signals.study.panel import Places
from signals.study.settings import Window, check_column_name
from signals.study.weighting import MEAN, Contrast, Weighting
from signals.study.windows import WindowResults

if TYPE_CHECKING:
    from signals.study.result import EventStudy

SIGNS = ("negative", "zero", "positive")
"""What ``by_sign`` calls events."""

NO_VOLUME = "the prices have no volume"

Row = dict[str, object]
_NAN = float("nan")


def table(rows: Mapping[str, Row]) -> pd.DataFrame:
    """Make a table of rows by effect; counts stay whole where other rows have none."""
    made = pd.DataFrame(list(rows.values()), index=pd.Index(rows, name="effect"))
    counts = [name for name in ("n_positive", "n_negative") if name in made]
    return made.astype(dict.fromkeys(counts, "Int64"))


def score_values(study: EventStudy, column: str) -> Floats:
    """Give a column of the events as numbers; NaN for what is missing or infinite.

    Raises
    ------
    StudyError
        There is no such column, or it holds no numbers.
    """
    check_column_name(column)
    if column not in study.events:
        raise StudyError(f"The events have no column {column!r} to measure a reaction by.")
    values = read_numbers(study.events[column]).to_numpy()
    return np.where(np.isfinite(values), values, _NAN)


def spread(study: EventStudy, column: str, window: Window) -> Row:
    """Give CAAR of the positive less CAAR of the negative events."""
    results = WindowResults(study.sample, *window)
    score = score_values(study, column)[results.complete]
    positive, negative = score > 0, score < 0
    row: Row = {"n_positive": int(positive.sum()), "n_negative": int(negative.sum())}
    used = positive | negative
    if min(positive.sum(), negative.sum()) < 2:
        reason = "it takes two events or more of either sign"
        return row | _row(_NAN, np.empty(0), results, used, reason=reason)
    up, down = results.car[positive].mean(), results.car[negative].mean()
    n = used.sum()
    influence = np.where(positive, (results.car - up) * n / positive.sum(), 0.0)
    influence -= np.where(negative, (results.car - down) * n / negative.sum(), 0.0)
    return row | _row(
        up - down,
        influence[used],
        results,
        used,
        x=np.column_stack([positive, negative])[used].astype(np.float64),
        contrast=spread_contrast(int(positive.sum()), int(negative.sum())),
    )


def spread_contrast(n_positive: int, n_negative: int) -> Contrast:
    """Give the contrast of a difference of two means, x being the two kinds' indicators."""
    n = n_positive + n_negative
    return Contrast(np.array([n / n_positive, -n / n_negative]), np.ones(2))


def slope(study: EventStudy, column: str, window: Window) -> Row:
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
    return _row(
        estimate,
        influence,
        results,
        used,
        x=np.column_stack([np.ones(len(scar)), centred]),
        contrast=slope_contrast(0.0, square),
    )


def slope_contrast(mean: float, variance: float) -> Contrast:
    """Give the contrast of a slope on a score of such mean and variance; x is 1 and it."""
    return Contrast(np.array([-mean, 1.0]) / variance, np.array([1.0, 0.0]))


def magnitude(study: EventStudy, window: Window) -> Row:
    """Give how much larger SCAR is than without an event, whatever its sign: ``excess_size``."""
    results = WindowResults(study.sample, *window)
    return _mean_row(excess_size(results), results)


def excess_size(results: WindowResults) -> Floats:
    """Give |SCAR|^⅔ over its mean without an event, less 1 (N,); NaN with 2 degrees or fewer.

    The cube root of a square is nearly normal (Wilson and Hilferty, Proceedings of the National
    Academy of Sciences 17, 1931), while a mean of few squares has a long tail, so that a t test
    of it finds moves that are too small. Without an event SCAR is Student's t.
    """
    df = np.where(results.sample.fit.df > 2, results.sample.fit.df, np.nan)
    log_mean = (
        np.log(df) / 3 + gammaln(5 / 6) + gammaln(df / 2 - 1 / 3) - gammaln(1 / 2) - gammaln(df / 2)
    )
    return np.asarray(np.abs(results.scar) ** (2 / 3) / np.exp(log_mean) - 1)


def volume(study: EventStudy, window: Window) -> Row:
    """Give mean log volume in a window less its mean over the estimation window."""
    results = WindowResults(study.sample, *window)
    if study.prices.volume is None:
        nothing = np.zeros(results.n, dtype=np.bool_)
        return _row(_NAN, np.empty(0), results, nothing, reason=NO_VOLUME)
    return _mean_row(excess_volume(study, results), results)


def excess_volume(study: EventStudy, results: WindowResults) -> Floats:
    """Give each event's mean log volume in a window less that before (N,); NaN where unknown."""
    excess = np.full(results.n, np.nan)
    if study.prices.volume is None:
        return excess
    traded, window, before = study.prices.volume, results.window, study.settings.estimation
    sample = results.sample
    table = traded.to_numpy(dtype=np.float64)
    table = np.log(np.where(table > 0, table, np.nan))
    # Prices of several exchanges have sessions of all of them: offsets count the event's own.
    row = traded.index.get_indexer(pd.DatetimeIndex(sample.grid.labels))
    symbols = study.events["symbol"][results.complete]
    column = traded.columns.get_indexer(pd.Index(symbols))
    for rows in sample.batches(before[1] - before[0] + 1):
        places = sample.places.take(rows)
        earlier, during = (
            _cut_table(table, row, column[rows], _rows_of(places, offsets))
            for offsets in (before, window)
        )
        known = np.isfinite(earlier)
        count = known.sum(axis=1)
        mean = np.where(known, earlier, 0.0).sum(axis=1) / np.maximum(count, 1)
        usual = (count >= study.settings.min_obs) & (column[rows] >= 0)
        excess[rows] = np.where(usual, during.mean(axis=1) - mean, np.nan)
    return excess


def _rows_of(places: Places, window: Window) -> Indices:
    """Give the grid's rows of a window of each event (N, L); -1 beyond its calendar's block."""
    rows = places.row[:, None] + np.arange(window[0], window[1] + 1)
    inside = (rows >= places.low[:, None]) & (rows < places.high[:, None])
    return np.where(inside, rows, -1)


def _cut_table(table: Floats, row: Indices, column: Indices, rows: Indices) -> Floats:
    """Give a table's values at rows of the grid (N, L), which are ``row`` there; NaN for -1."""
    at = np.where(rows >= 0, row[rows], -1)
    return np.where(at >= 0, table[at, column[:, None]], np.nan)


def mean_bhar(study: EventStudy, window: Window) -> Row:
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


def calendar_portfolio(study: EventStudy, window: Window) -> Row:
    """Give the mean abnormal return of holding, each session, every share inside its window.

    Jaffe, Journal of Business 47 (1974) and Mandelker, Journal of Financial Economics 1 (1974),
    with the cosine variance on the sessions' means, so that shared sessions count once.
    They are taken to go together over a window's sessions, as the errors of expected returns do.
    """
    results = WindowResults(study.sample, *window)
    abnormal, _ = results.sample.abnormal(*window)
    rows = results.sample.places.row[:, None] + np.arange(window[0], window[1] + 1)
    known = np.isfinite(abnormal)
    days, place = np.unique(results.sample.grid.ordinals[rows][known], return_inverse=True)
    means = np.bincount(place, weights=abnormal[known]) / np.bincount(place)
    mean = float(means.mean()) if len(means) else _NAN
    weighting = Weighting.of(days, None, length=results.length)
    row = _estimated(mean, means - mean, days, weighting, length=results.length)
    return row | {"n": results.n}


def _mean_row(values: Floats, results: WindowResults) -> Row:
    """Give the mean of values of events (N,), NaN left out, with its cosine error."""
    used = np.isfinite(values)
    if used.sum() < 2:
        reason = significance.mean_test_reason(int(used.sum()))
        return _row(_NAN, np.empty(0), results, used, reason=reason)
    mean = float(values[used].mean())
    return _row(mean, values[used] - mean, results, used)


def _row(
    estimate: float,
    influence: Floats,
    results: WindowResults,
    used: Booleans,
    *,
    x: Floats | None = None,
    contrast: Contrast = MEAN,
    reason: str = "",
) -> Row:
    """Give an estimate of events, with the cosine error of its influence values.

    ``x`` and ``contrast`` are those of ``Weighting.of``, for the used events.
    """
    sessions, places, length = (
        results.sessions[used],
        results.sample.places.take(used),
        results.length,
    )
    weighting = Weighting.of(
        sessions,
        places.column,
        length=length,
        rows=places.row,
        x=x,
        contrast=contrast,
    )
    values = np.zeros(len(sessions)) if reason else influence
    return _estimated(estimate, values, sessions, weighting, length=length, reason=reason)


def _estimated(
    estimate: float,
    influence: Floats,
    sessions: Integers,
    weighting: Weighting,
    *,
    length: int,
    reason: str = "",
) -> Row:
    """Give an estimate with the cosine error of its influence values (N,), whose mean is zero."""
    place = np.searchsorted(weighting.day, sessions)
    total = np.bincount(place, weights=influence, minlength=len(weighting.day)).astype(np.float64)
    square = float(((influence - influence.mean()) ** 2).sum()) if len(influence) else 0.0
    return effect_row(estimate, total, weighting, square=square, length=length, reason=reason)


def effect_row(
    estimate: float,
    influence: Floats,
    weighting: Weighting,
    *,
    square: float,
    length: int,
    reason: str = "",
) -> Row:
    """Give an estimate with the cosine error of its influence values.

    Parameters
    ----------
    estimate, influence
        The estimate, and the sums (G,) of its influence values by session; their mean is zero.
    weighting
        How the estimate is made of the events.
    square
        Sum of the squares of the influence values about their mean.
    length
        L, sessions over which a value persists.
    reason
        Why there is no error; empty when there may be one.
    """
    n, n_sessions = int(weighting.count.sum()), len(weighting.day)
    if not reason and n_sessions < significance.LEAST_SESSIONS:
        least = significance.LEAST_SESSIONS
        reason = f"it takes events in {least} sessions or more; there are {n_sessions}"
    se = df = effective = _NAN
    if not reason:
        cosines = Cosines.over(weighting, length=length)
        mean = influence.sum() / n
        variance, df = cosines.variance_of(influence - weighting.count * mean), cosines.df
        se = float(np.sqrt(variance))
        if variance > 0:
            effective = min(n, square / (n - 1) / variance)
    statistic = estimate / se if se > 0 else _NAN
    margin = float(significance.t_quantile(0.975, df)) * se
    return {
        "n": n,
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


def by_sign(study: EventStudy, column: str) -> dict[str, Booleans]:
    """Tell which events have a score of each of ``SIGNS`` that occurs.

    Raises
    ------
    StudyError
        The column is missing or holds no numbers, or no event has one.
    """
    score = score_values(study, column)
    if np.isnan(score).all():
        raise StudyError(f"No event has a {column!r} to draw its sign from.")
    return {name: chosen for name, chosen in signs_of(score).items() if chosen.any()}


def signs_of(score: Floats) -> dict[str, Booleans]:
    """Tell which scores are of each of ``SIGNS``; NaN is of none."""
    return dict(zip(SIGNS, (score < 0, score == 0, score > 0), strict=True))
