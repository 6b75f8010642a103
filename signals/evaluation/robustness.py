"""Reasons to disbelieve a coefficient: look-ahead, echoes, few names, other weights.

Each is a table. Coefficients lie between -1 and 1; a number that can't be had is NaN, with a
``reason``, and observations without a return are left out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.evaluation.coefficients import (
    Groups,
    SessionSeries,
    session_coefficients,
)
from signals.evaluation.dependence import MeanTest, mean_over_sessions
from signals.evaluation.entry import entry_rows, observe
from signals.evaluation.forward import forward_returns
from signals.evaluation.sample import Sample
from signals.study.arrays import Booleans, Dates, Floats, Integers

_DAY = 86_400_000_000
_UNTIL_ENDED = 36 * 3_600_000_000  # from a date's midnight in UTC until it has ended everywhere
_LARGEST = 5
_AS_STEEP = "as steep"
_APART = ("steeper", "flatter")


def lookahead_table(sample: Sample) -> pd.DataFrame:
    """Correlate scores with one-session returns before, across and after the entry.

    Returns
    -------
    Index ``measure``: ``ic, ci_low, ci_high, p_value, n, n_sessions, reason``. "entered when
    known" is what could be traded on. "merged on the date" is what a merge of news and returns
    on the calendar date gives: its return began before the story was known. When half of the
    instants or more are midnights, which are dates and no times, "once the day has ended" enters
    after that day was over everywhere.
    """
    obs, panel = sample.observations, sample.panel
    known = sample.signal.known[obs.first]
    block = sample.entries.block[obs.first]
    local = _local_days(sample, known, block)
    measures = {
        "20 sessions before": _of_change(sample, -21, -1),
        "session before the entry": _of_change(sample, -1, 0),
        "entered when known": _of_change(sample, 0, 1),
        "entered one session later": _of_change(sample, 1, 2),
        "merged on the date": _merged(sample, block, local),
    }
    midnights = (known % _DAY == 0) | (known - _local_midnights(sample, local, block) == 0)
    if midnights.mean() >= 0.5:
        later = entry_rows(panel, block, known // _DAY * _DAY + _UNTIL_ENDED)
        measures["once the day has ended"] = _on_rows(sample, later, 0, 1)
    return pd.DataFrame.from_dict(measures, orient="index").rename_axis("measure")


def echo_table(sample: Sample) -> pd.DataFrame:
    """Compare all events with those that tell something new, one row a set and horizon.

    An echo is a later event of the same company and ``story_id``, or one whose ``novelty`` is
    below 50.

    Returns
    -------
    Index ``events, horizon``: ``n_events, ic, ci_low, ci_high, p_value, n, n_sessions, reason``.
    """
    frame, alive = sample.signal.frame, sample.signal.ledger.alive
    echo = np.zeros(len(frame), dtype=np.bool_)
    if "story_id" in frame:
        ordered = frame[["company", "story_id", "known_at"]].sort_values("known_at", kind="stable")
        told = ordered.duplicated(["company", "story_id"]) & ordered["story_id"].notna()
        echo |= told.sort_index().to_numpy()
    if "novelty" in frame:
        echo |= (frame["novelty"].astype("float64") < 50).to_numpy()
    rows = {}
    for name, keep in (("all events", alive), ("without echoes", alive & ~echo)):
        obs = observe(sample.signal, sample.panel, sample.entries, keep)
        groups = Groups.by(obs.day)
        for horizon in sample.settings.horizons:
            returns = forward_returns(sample.panel, obs, horizon, kind=sample.settings.kind)
            rows[name, horizon] = {
                "n_events": int(keep.sum()),
                **_ic(session_coefficients(groups, obs.score, returns), length=horizon),
            }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.rename_axis(["events", "horizon"])


def earnings_table(sample: Sample) -> pd.DataFrame:
    """Compare observations on days with earnings with all others, one row a set and horizon.

    Days are those of events that a column ``earnings`` marks; ``mark_earnings`` makes it.

    Returns
    -------
    Index ``days, horizon``: ``ic, ci_low, ci_high, p_value, n, n_sessions, reason``.

    Raises
    ------
    StudyError
        The events have no marks.
    """
    marked = sample.earnings
    if marked is None:
        raise StudyError(
            "The events have no column 'earnings' of True and False; mark_earnings makes it from "
            "dates of reports."
        )
    rows = {
        (name, horizon): _ic(sample.correlate(np.where(chosen, returns, np.nan)), length=horizon)
        for name, chosen in (("with earnings", marked), ("without earnings", ~marked))
        for horizon, returns in sample.returns.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["days", "horizon"])


def concentration_table(sample: Sample) -> pd.DataFrame:
    """Say how much of the coefficient comes from its five largest names, and sessions.

    Returns
    -------
    Index ``horizon, what``: ``largest`` (which they are), ``of`` (how many have a part in the
    coefficient: a session with a score of one name alone has none), their ``share`` of it, ``ic``
    of all, ``ic_without, low_without, high_without, p_without`` them, and what these rest on,
    ``n_without, n_sessions_without``. Without any coefficient there is no share.
    """
    obs = sample.observations
    companies = sample.first("company")
    codes, names = pd.factorize(companies)
    days = [f"{day:%Y-%m-%d}" for day in pd.DatetimeIndex(sample.panel.days)]
    rows = {}
    for horizon, returns in sample.returns.items():
        pieces, counted = _contributions(sample, horizon)
        total = float(pieces.sum()) if len(sample.coefficients[horizon].n) else float("nan")
        for what, of, labels in (("names", codes, names), ("sessions", obs.day, days)):
            by = np.bincount(of, weights=pieces * np.sign(total), minlength=len(labels))
            there = np.unique(of[counted])
            top = there[np.argsort(-by[there], kind="stable")][:_LARGEST]
            rest = ~np.isin(of, top)
            without = _ic(sample.correlate(np.where(rest, returns, np.nan)), length=horizon)
            named = top if np.isfinite(total) else ()
            rows[horizon, what] = {
                "largest": ", ".join(str(labels[place]) for place in named),
                "of": len(there),
                "share": float(by[top].sum() / abs(total)) if total else float("nan"),
                "ic": total,
                "ic_without": without["ic"],
                "low_without": without["ci_low"],
                "high_without": without["ci_high"],
                "p_without": without["p_value"],
                "n_without": without["n"],
                "n_sessions_without": without["n_sessions"],
            }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["horizon", "what"])


def slope_table(sample: Sample) -> pd.DataFrame:
    """Give the slope of return on score by Fama and MacBeth, and pooled.

    Both are means of the sessions' slopes: Fama-MacBeth's (Journal of Political Economy 81, 1973)
    weighs sessions alike, the pooled session-demeaned one by the spread of their scores. They
    differ by the covariance of weight and slope.

    Returns
    -------
    Index ``horizon``: ``fama_macbeth, fm_se, fm_low, fm_high, fm_p``, ``pooled, pooled_se,
    pooled_low, pooled_high, pooled_p`` (return for one unit of score), ``difference,
    effective_sessions`` (1/Σ squared weight shares of the pooled one), ``n_sessions, pooled_is``
    ("as steep" within the errors of both, "steeper" or "flatter", or why nobody knows), ``why``
    (the same as a sentence).
    """
    rows = {}
    for horizon, found in sample.coefficients.items():
        alike = mean_over_sessions(found.slope, np.ones(len(found.n)), found.day, length=horizon)
        squares = found.score_squares
        pooled = mean_over_sessions(found.slope, squares, found.day, length=horizon)
        shares = squares / squares.sum() if len(found.n) else squares
        effective = float(1 / (shares**2).sum()) if len(found.n) else float("nan")
        comparison = _compare(alike, pooled)
        rows[horizon] = {
            "fama_macbeth": alike.mean,
            "fm_se": alike.se,
            "fm_low": alike.ci_low,
            "fm_high": alike.ci_high,
            "fm_p": alike.p_value,
            "pooled": pooled.mean,
            "pooled_se": pooled.se,
            "pooled_low": pooled.ci_low,
            "pooled_high": pooled.ci_high,
            "pooled_p": pooled.p_value,
            "difference": pooled.mean - alike.mean,
            "effective_sessions": effective,
            "n_sessions": alike.n_sessions,
            "pooled_is": comparison,
            "why": _why_they_differ(comparison, effective, alike.n_sessions),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("horizon")


def _ic(found: SessionSeries, *, length: int = 1) -> dict[str, object]:
    test = mean_over_sessions(found.rank, found.weights, found.day, length=length)
    return {
        "ic": test.mean,
        **test.columns("ci_low", "ci_high", "p_value"),
        "n": int(found.n.sum()),
        **test.columns("n_sessions", "reason"),
    }


def _of_change(sample: Sample, start: int, end: int) -> dict[str, object]:
    """Correlate with returns between two sessions about the entry, which overlap where long."""
    obs = sample.observations
    change = sample.panel.returns(obs.row, obs.column, start, end)
    return _ic(sample.correlate(change), length=end - start)


def _on_rows(sample: Sample, rows: Integers, start: int, end: int) -> dict[str, object]:
    """Correlate with returns from other rows than the entries; -1 for none."""
    kept = np.flatnonzero(rows >= 0)
    kept = kept[np.argsort(sample.panel.ordinals[rows[kept]], kind="stable")]
    found = rows[kept]
    returns = sample.panel.returns(found, sample.observations.column[kept], start, end)
    groups = Groups.by(sample.panel.ordinals[found])
    return _ic(session_coefficients(groups, sample.observations.score[kept], returns))


def _merged(sample: Sample, block: Integers, local: Dates) -> dict[str, object]:
    """Correlate with the close-to-close return of the date on which each story was known."""
    rows = np.full(len(local), -1, dtype=np.int64)
    for number, one in enumerate(sample.panel.blocks):
        here = np.flatnonzero(block == number)
        rows[here] = one.rows(one.sessions.labels().searchsorted(local[here]))
    by_closes = replace(sample, panel=replace(sample.panel, prices=sample.panel.closes))
    return _on_rows(by_closes, rows, -1, 0)


def _local_days(sample: Sample, known: Integers, block: Integers) -> Dates:
    """Give the date of each instant where its exchange is."""
    days = np.empty(len(known), dtype="datetime64[us]")
    for number, one in enumerate(sample.panel.blocks):
        here = block == number
        instants = pd.DatetimeIndex(known[here].view("datetime64[us]")).tz_localize("UTC")
        local = instants.tz_convert(one.sessions.zone).tz_localize(None)
        days[here] = local.normalize().to_numpy(dtype="datetime64[us]")
    return days


def _local_midnights(sample: Sample, local: Dates, block: Integers) -> Integers:
    """Give the instant at which each date began where its exchange is."""
    midnights = np.zeros(len(local), dtype=np.int64)
    for number, one in enumerate(sample.panel.blocks):
        here = block == number
        index = pd.DatetimeIndex(local[here])
        aware = index.tz_localize(one.sessions.zone, ambiguous=True, nonexistent="shift_forward")
        midnights[here] = aware.as_unit("us").asi8
    return midnights


def _contributions(sample: Sample, horizon: int) -> tuple[Floats, Booleans]:
    """Split the mean coefficient into its observations, which add up to it; tell which count."""
    obs, returns = sample.observations, sample.returns[horizon]
    found = sample.coefficients[horizon]
    pieces = np.zeros(len(obs))
    kept: Booleans = np.isin(obs.day, found.day) & np.isfinite(returns)
    if not kept.any():
        return pieces, kept
    groups = Groups.by(obs.day[kept])
    x, y = groups.ranks(obs.score[kept]), groups.ranks(returns[kept])
    norm = np.sqrt(groups.sums(x * x) * groups.sums(y * y))
    weight = (groups.size - 1) / (groups.size - 1).sum()
    pieces[kept] = x * y * (weight / norm)[groups.of]
    return pieces, kept


def _compare(alike: MeanTest, pooled: MeanTest) -> str:
    """Say how the pooled slope lies to Fama-MacBeth's; why nobody knows where one has no error."""
    if not np.isfinite(alike.se) or not np.isfinite(pooled.se):
        return alike.reason or pooled.reason
    if abs(pooled.mean - alike.mean) < np.hypot(alike.se, pooled.se):
        return _AS_STEEP
    return _APART[0] if abs(pooled.mean) > abs(alike.mean) else _APART[1]


def _why_they_differ(comparison: str, effective: float, n_sessions: int) -> str:
    if comparison not in (_AS_STEEP, *_APART):
        return comparison
    sessions = (
        f"the pooled slope rests on about {effective:.0f} of {n_sessions} sessions, those with "
        "many names and scattered scores"
    )
    if comparison == _AS_STEEP:
        return f"they agree within their errors; {sessions}"
    return f"{sessions}, and these have the {comparison} slopes"
