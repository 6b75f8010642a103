"""What follows high and low scores: bins, spreads, hits, and how the signal itself moves."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from signals.study.coefficients import (
    LEAST_NAMES,
    Groups,
    quantile_bins,
    session_coefficients,
)
from signals.study.dependence import MeanTest, mean_over_sessions
from signals.study.fits import Floats, Integers
from signals.study.tested import Tested

LAGS = (1, 2, 5, 10)
"""Sessions over which the signal's own persistence is measured."""


def session_bins(sample: Tested) -> Integers:
    """Put each observation into a bin of its session; 0 where the session has no bins.

    Bins depend on scores alone: whether a return is missing later can't move a name. A session
    has bins when it holds ``LEAST_NAMES`` names, as many as bins, and not all scores are equal.
    """
    one = sample.observations
    count = sample.settings.quantiles
    groups = Groups.by(one.day)
    low = np.minimum.reduceat(one.score, groups.start)
    high = np.maximum.reduceat(one.score, groups.start)
    usable = (groups.size >= max(LEAST_NAMES, count)) & (high > low)
    bins = quantile_bins(one.day, one.score, count)
    return np.where(usable[groups.of], bins, 0)


def quantile_table(sample: Tested) -> pd.DataFrame:
    """Give the mean return of each bin, absolute and relative to its session, by horizon.

    Means are over sessions, which weigh alike, of each session's mean.

    Returns
    -------
    Index ``horizon, quantile``: ``n, n_sessions, empty`` (sessions in which ties or few names
    left the bin empty), ``mean, ci_low, ci_high``, ``relative`` (less the mean of the session's
    observations), ``relative_low, relative_high``, ``reason``.
    """
    bins = session_bins(sample)
    rows = []
    for horizon, returns in sample.returns.items():
        known = (bins > 0) & np.isfinite(returns)
        day = sample.observations.day[known]
        found, binned = returns[known], bins[known]
        relative = Groups.by(day).demean(found) if len(day) else found
        sessions = len(np.unique(day))
        for one in range(1, sample.settings.quantiles + 1):
            here = binned == one
            mean = _mean_test(day[here], found[here], horizon)
            less = _mean_test(day[here], relative[here], horizon)
            rows.append(
                {
                    "horizon": horizon,
                    "quantile": one,
                    "n": int(here.sum()),
                    "n_sessions": mean.n_sessions,
                    "empty": sessions - mean.n_sessions,
                    "mean": mean.mean,
                    "ci_low": mean.ci_low,
                    "ci_high": mean.ci_high,
                    "relative": less.mean,
                    "relative_low": less.ci_low,
                    "relative_high": less.ci_high,
                    "reason": _empty(sessions, len(binned[here])) or mean.reason,
                }
            )
    return pd.DataFrame(rows).set_index(["horizon", "quantile"])


def spread_series(sample: Tested, horizon: int) -> pd.Series:
    """Give the mean return of the top bin less the bottom bin's, one value a session."""
    bins, returns = session_bins(sample), sample.returns[horizon]
    legs = []
    for one in (sample.settings.quantiles, 1):
        here = (bins == one) & np.isfinite(returns)
        groups = Groups.by(sample.observations.day[here])
        means = groups.sums(returns[here]) / groups.size
        legs.append(pd.Series(means, index=groups.day, dtype="float64"))
    return (legs[0] - legs[1]).dropna()


def spread_table(sample: Tested) -> pd.DataFrame:
    """Test the spread of the outer bins: one row a horizon, sessions weigh alike."""
    rows = {}
    for horizon in sample.returns:
        spread = spread_series(sample, horizon)
        values = spread.to_numpy()
        test = mean_over_sessions(
            values, np.ones(len(values)), spread.index.to_numpy(), length=horizon
        )
        rows[horizon] = {
            "spread": test.mean,
            "se": test.se,
            "ci_low": test.ci_low,
            "ci_high": test.ci_high,
            "p_value": test.p_value,
            "mde": test.mde,
            "n_sessions": test.n_sessions,
            "reason": test.reason,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("horizon")


def hit_table(sample: Tested) -> pd.DataFrame:
    """Compare how often signs agree with what chance gives in the same sessions.

    Chance is p q + (1 - p)(1 - q), with p and q the session's shares of positive scores and
    returns: in a rising market a merry signal agrees often without knowing anything. Scores and
    returns of zero have no sign and are left out.

    Returns
    -------
    One row a horizon: ``hit_rate, chance, excess, ci_low, ci_high, p_value, n, n_sessions``.
    """
    rows = {}
    one = sample.observations
    for horizon, returns in sample.returns.items():
        signed = np.isfinite(returns) & (returns != 0) & (one.score != 0)
        groups = Groups.by(one.day[signed])
        up, rose = one.score[signed] > 0, returns[signed] > 0
        hits, ups, rises = (groups.sums(part.astype(np.float64)) for part in (up == rose, up, rose))
        size = groups.size.astype(np.float64)
        p, q = ups / size, rises / size
        chance = p * q + (1 - p) * (1 - q)
        test = mean_over_sessions(hits / size - chance, size, groups.day, length=horizon)
        total = size.sum()
        rows[horizon] = {
            "hit_rate": float(hits.sum() / total) if total else float("nan"),
            "chance": float((chance * size).sum() / total) if total else float("nan"),
            "excess": test.mean,
            "ci_low": test.ci_low,
            "ci_high": test.ci_high,
            "p_value": test.p_value,
            "n": int(total),
            "n_sessions": test.n_sessions,
            "reason": test.reason,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("horizon")


def coverage_table(sample: Tested) -> pd.DataFrame:
    """Count names and events in every session from the first to the last, gaps included.

    Returns
    -------
    Index ``session``: ``names, events, priced`` (series with a price), ``share`` (names of
    priced).
    """
    one, panel = sample.observations, sample.panel
    first, last = int(one.day[0]), int(one.day[-1])
    span = last - first + 1
    rows = sample.entries.row
    entered = rows[(rows >= 0) & sample.signal.ledger.alive]
    events = np.bincount(panel.ordinals[entered] - first, minlength=span)
    shares = np.unique(sample.entries.column[sample.entries.column >= 0])
    priced_rows = np.isfinite(panel.prices[:, shares]).sum(axis=1)
    inside = (panel.ordinals >= first) & (panel.ordinals <= last)
    priced = np.bincount(panel.ordinals[inside] - first, weights=priced_rows[inside])
    names = np.bincount(one.day - first, minlength=span)
    share = np.divide(names, priced, out=np.full(span, np.nan), where=priced > 0)
    index = pd.DatetimeIndex(panel.days[first : last + 1], name="session")
    return pd.DataFrame(
        {"names": names, "events": events, "priced": priced.astype(np.int64), "share": share},
        index=index,
    )


def stability_table(sample: Tested) -> pd.DataFrame:
    """Measure how the signal persists: one row a lag in sessions.

    Returns
    -------
    ``autocorrelation`` (mean rank correlation of names' scores now and ``lag`` sessions later),
    ``n_pairs, n_sessions``, and ``top_turnover, bottom_turnover``: the share of an outer bin that
    was not in it ``lag`` sessions before.
    """
    one = sample.observations
    bins = session_bins(sample)
    rows = {}
    for lag in LAGS:
        now, later = _pairs(sample, lag)
        found = session_coefficients(one.day[now], one.score[now], one.score[later])
        weights = (found.n - 1).astype(np.float64)
        mean = float(np.average(found.rank, weights=weights)) if len(found.n) else float("nan")
        rows[lag] = {
            "autocorrelation": mean,
            "n_pairs": len(now),
            "n_sessions": len(found.n),
            "top_turnover": _turnover(one.day, bins == sample.settings.quantiles, now, later),
            "bottom_turnover": _turnover(one.day, bins == 1, now, later),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("lag")


def _pairs(sample: Tested, lag: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Find observations of the same company ``lag`` sessions apart, ordered by session."""
    company = pd.factorize(sample.first("company"))[0].astype(np.int64)
    width = int(sample.observations.day[-1]) + max(LAGS) + 1
    key = company * width + sample.observations.day
    order = np.argsort(key, kind="stable")
    place = np.searchsorted(key[order], key + lag)
    place = np.minimum(place, len(key) - 1)
    there = key[order][place] == key + lag
    now = np.flatnonzero(there)
    return now, order[place[there]]


def _turnover(
    day: Integers,
    member: npt.NDArray[np.bool_],
    now: npt.NDArray[np.intp],
    later: npt.NDArray[np.intp],
) -> float:
    """Mean over sessions of the share of members that were none ``lag`` sessions before."""
    stayed = np.zeros(len(day), dtype=np.bool_)
    stayed[later[member[now] & member[later]]] = True
    # A session counts when the one ``lag`` before it had a bin too.
    comparable = np.unique(day[later[member[now]]])
    counted = member & np.isin(day, comparable)
    if not counted.any():
        return float("nan")
    groups = Groups.by(day[counted])
    return float((groups.sums((~stayed[counted]).astype(np.float64)) / groups.size).mean())


def _mean_test(day: Integers, values: Floats, horizon: int) -> MeanTest:
    """Test the mean of sessions' means, which weigh alike, as in a portfolio held each session."""
    groups = Groups.by(day)
    means = groups.sums(values) / groups.size if len(day) else np.empty(0)
    return mean_over_sessions(means, np.ones(len(means)), groups.day, length=horizon)


def _empty(sessions: int, members: int) -> str:
    if not sessions:
        return "no session has enough names with different scores for bins"
    return "" if members else "ties leave this bin empty in every session"
