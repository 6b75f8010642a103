"""What follows high and low scores: bins, spreads, hits, and how the signal itself moves.

Returns are fractions; observations without one are left out. A number that can't be had is NaN,
with a ``reason``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from signals.evaluation.coefficients import LEAST_NAMES, Groups
from signals.evaluation.dependence import MeanTest, mean_over_sessions
from signals.evaluation.sample import Sample
from signals.study.arrays import Booleans, Floats, Integers

_ALONE = "each of the {:,} sessions has one name alone, and none to hold it against"


def quantile_table(sample: Sample) -> pd.DataFrame:
    """Give the mean return of each bin, absolute and relative to its session, by horizon.

    Means are over sessions, which weigh alike, of each session's mean.

    Returns
    -------
    Index ``horizon, quantile``: ``n, n_sessions, empty`` (sessions in which ties or few names
    left the bin empty), ``mean, ci_low, ci_high``, ``relative`` (less the mean of the session's
    observations), ``relative_low, relative_high``, ``reason``.
    """
    rows = {}
    for horizon, found in sample.bin_means.items():
        for place in range(sample.settings.quantiles):
            filled = found.n[:, place] > 0
            day = found.day[filled]
            mean = _mean_test(found.mean[filled, place], day, horizon)
            less = _mean_test(found.relative[filled, place], day, horizon)
            rows[horizon, place + 1] = {
                "n": int(found.n[:, place].sum()),
                "n_sessions": mean.n_sessions,
                "empty": len(filled) - mean.n_sessions,
                **mean.columns("mean", "ci_low", "ci_high"),
                "relative": less.mean,
                "relative_low": less.ci_low,
                "relative_high": less.ci_high,
                "reason": _empty(filled) or mean.reason,
            }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.rename_axis(["horizon", "quantile"])


def spread_series(sample: Sample, horizon: int) -> pd.Series:
    """Give the mean return of the top bin less the bottom bin's, a fraction, by session.

    Sessions in which one of the two has no return are left out.
    """
    found = sample.bin_means[horizon]
    return pd.Series(found.mean[:, -1] - found.mean[:, 0], found.day).dropna()


def spread_table(sample: Sample) -> pd.DataFrame:
    """Test the return of the top bin less the bottom bin's; sessions weigh alike.

    Returns
    -------
    Index ``horizon``: ``spread`` (a fraction), ``se, ci_low, ci_high, p_value`` (cosine test),
    ``mde, n_sessions`` (those in which both bins hold a name), ``reason``.
    """
    rows = {}
    for horizon in sample.returns:
        spread = spread_series(sample, horizon)
        test = _mean_test(spread.to_numpy(), spread.index.to_numpy(), horizon)
        told = test.columns("se", "ci_low", "ci_high", "p_value", "mde", "n_sessions", "reason")
        rows[horizon] = {"spread": test.mean, **told}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("horizon")


def hit_table(sample: Sample) -> pd.DataFrame:
    """Compare how often signs agree with what chance gives in the same sessions.

    Chance is how often a score has the sign of another name's return: in a rising market a merry
    signal agrees often without knowing anything. That is (Pesaran and Timmermann, Journal of
    Business & Economic Statistics 10, 1992) less each name's agreement with itself, which would
    hide a share 1/m of what m names know. Scores and returns of zero have no sign and are left out.

    Returns
    -------
    Index ``horizon``: ``hit_rate, chance, excess`` (their difference), ``ci_low, ci_high,
    p_value`` (of the excess, cosine test), ``n, n_sessions``, ``alone`` (sessions of one name,
    which has no other to be held against: they are left out), ``reason``.
    """
    rows = {}
    obs = sample.observations
    for horizon, returns in sample.returns.items():
        signed = np.isfinite(returns) & (returns != 0) & (obs.score != 0)
        every = Groups.by(obs.day[signed])
        signed[signed] = (every.size > 1)[every.of]
        groups = Groups.by(obs.day[signed])
        up, rose = obs.score[signed] > 0, returns[signed] > 0
        hits, ups, rises = (groups.sums(part.astype(np.float64)) for part in (up == rose, up, rose))
        size = groups.size.astype(np.float64)
        pairs = ups * rises + (size - ups) * (size - rises)
        chance = (pairs - hits) / (size * (size - 1))
        test = mean_over_sessions(hits / size - chance, size, groups.day, length=horizon)
        total, alone = size.sum(), int((every.size == 1).sum())
        rows[horizon] = {
            "hit_rate": float(hits.sum() / total) if total else float("nan"),
            "chance": float((chance * size).sum() / total) if total else float("nan"),
            "excess": test.mean,
            **test.columns("ci_low", "ci_high", "p_value"),
            "n": int(total),
            "n_sessions": test.n_sessions,
            "alone": alone,
            "reason": test.reason if total or not alone else _ALONE.format(alone),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("horizon")


def coverage_table(sample: Sample) -> pd.DataFrame:
    """Count names and events in every session from the first to the last, gaps included.

    Returns
    -------
    Index ``session``: ``names, events, priced`` (series with a price), ``share`` (names of
    priced), and ``earnings`` (names on days with earnings) where the events are marked.
    """
    obs, panel = sample.observations, sample.panel
    first, last = int(obs.day[0]), int(obs.day[-1])
    span = last - first + 1
    row = sample.entries.row
    entered = row[(row >= 0) & sample.signal.ledger.alive]
    events = np.bincount(panel.ordinals[entered] - first, minlength=span)
    priced = np.zeros(len(panel.days), dtype=np.int64)
    for number, block in enumerate(panel.blocks):
        of_it = (sample.entries.block == number) & (sample.entries.column >= 0)
        rows = slice(block.row, block.row + block.length)
        shares = np.unique(sample.entries.column[of_it])
        priced[panel.ordinals[rows]] += np.isfinite(panel.prices[rows, shares]).sum(axis=1)
    priced = priced[first : last + 1]
    names = np.bincount(obs.day - first, minlength=span)
    share = np.divide(names, priced, out=np.full(span, np.nan), where=priced > 0)
    index = pd.DatetimeIndex(panel.days[first : last + 1], name="session")
    columns = {"names": names, "events": events, "priced": priced, "share": share}
    if sample.earnings is not None:
        columns["earnings"] = np.bincount(obs.day[sample.earnings] - first, minlength=span)
    return pd.DataFrame(columns, index=index)


def stability_table(sample: Sample) -> pd.DataFrame:
    """Measure how scores persist: one row a lag in sessions of a name's own exchange.

    Returns
    -------
    ``autocorrelation`` (mean rank correlation of names' scores now and ``lag`` sessions later),
    ``n_pairs, n_sessions``.
    """
    rows = {}
    for lag, place in sample.later.items():
        parts = [_persistence(sample, place, at) for _, at in sample.groups.parts]
        size, xy, xx, yy = np.concatenate(parts, axis=1)
        counted = (size >= LEAST_NAMES) & (xx > 0) & (yy > 0)
        found = xy[counted] / np.sqrt(xx[counted] * yy[counted])
        rows[lag] = {
            "autocorrelation": float(np.average(found, weights=size[counted] - 1))
            if len(found)
            else float("nan"),
            "n_pairs": int(size.sum()),
            "n_sessions": len(found),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("lag")


def _persistence(sample: Sample, place: Integers, at: slice) -> Floats:
    """Give size and sums of rank products, xy, xx and yy, of each session of a part, (4, T)."""
    score, every = sample.observations.score, sample.groups
    now = np.flatnonzero(place[at] >= 0) + at.start
    later = place[now]
    groups = Groups.by(every.of[now])
    ranks = []
    for side in (now, later):
        whole = groups.size == every.size[every.of[side[groups.start]]]
        ranks.append(groups.renew(sample.ranks[side], score[side], whole))
    x, y = ranks
    return np.array([groups.size, groups.sums(x * y), groups.sums(x * x), groups.sums(y * y)])


def turnover_table(sample: Sample) -> pd.DataFrame:
    """Give the share of each bin's names that were not in it ``lag`` sessions before.

    Returns
    -------
    Index ``lag, quantile``: ``turnover`` (mean over sessions; NaN without any), ``n_sessions``
    in which the bin has names, now and ``lag`` sessions before.
    """
    bins, count = sample.bins, sample.settings.quantiles
    day = sample.observations.day - sample.observations.day[0]
    shape = (int(day[-1]) + 1, count + 1)
    cell = day * shape[1] + bins
    cells = shape[0] * shape[1]
    names = np.bincount(cell, minlength=cells).reshape(shape)[:, 1:]
    rows = {}
    for lag, place in sample.later.items():
        stayed = np.zeros_like(names)
        for _, at in sample.groups.parts:
            there = place[at] >= 0
            later = place[at][there]
            still = cell[later[bins[later] == bins[at][there]]]
            stayed += np.bincount(still, minlength=cells).reshape(shape)[:, 1:]
        counted = (names > 0) & _had_names(sample, names, lag)
        gone = 1 - stayed / np.maximum(names, 1)
        for one in range(count):
            found = gone[counted[:, one], one]
            mean = float(found.mean()) if len(found) else float("nan")
            rows[lag, one + 1] = {"turnover": mean, "n_sessions": len(found)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["lag", "quantile"])


def _had_names(sample: Sample, names: Integers, lag: int) -> Booleans:
    """Tell of each session and bin, (T, bins), whether it had names ``lag`` sessions before.

    On an exchange that trades in the session, in its own sessions.
    """
    had = np.zeros(names.shape, dtype=np.bool_)
    first = sample.observations.day[0]
    for block in sample.panel.blocks:
        day = sample.panel.ordinals[block.row : block.row + block.length] - first
        now, before = day[lag:], day[:-lag]
        inside = (before >= 0) & (now < len(names))
        had[now[inside]] |= names[before[inside]] > 0
    return had


def _mean_test(values: Floats, day: Integers, horizon: int) -> MeanTest:
    """Test the mean of sessions' means, which weigh alike, as in a portfolio held each session."""
    return mean_over_sessions(values, np.ones(len(values)), day, length=horizon)


def _empty(filled: Booleans) -> str:
    if not len(filled):
        return "no session has enough names with different scores for bins"
    return "" if filled.any() else "ties leave this bin empty in every session"
