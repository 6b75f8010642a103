"""Tests for events in groups that depend on one another, and corrections for many tests.

Pure functions of arrays; see ``signals.study.inference`` for the words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signals.errors import StudyError
from signals.study.fits import Floats, Integers
from signals.study.significance import LEAST_SESSIONS, Significance, invalid, valid_t

if TYPE_CHECKING:
    import pandas as pd


def episodes(security: Integers, session: Integers, *, length: int) -> Integers:
    """Give each event the number of its episode.

    An episode is a run of events of one security in which each window overlaps the next.

    Parameters
    ----------
    security, session
        (N,): a number for each event's security, and its session's ordinal.
    length
        L, sessions of the window.
    """
    order = np.lexsort((session, security))
    apart = np.ones(len(order), dtype=np.bool_)
    apart[1:] = (security[order][1:] != security[order][:-1]) | (
        session[order][1:] - session[order][:-1] >= length
    )
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.cumsum(apart) - 1
    return number


def clustered(name: str, scar: Floats, groups: Integers) -> Significance:
    """BMP with clusters: V = G/(G - 1) Σ_g(Σ(SCAR - mean))²/N², Satterthwaite's freedom.

    Clusters of uneven size leave fewer degrees of freedom than G - 1: Bell and McCaffrey, Survey
    Methodology 28 (2002), with clusters taken as wholly dependent.

    Parameters
    ----------
    name
        "bmp_episode" or "bmp_date".
    scar, groups
        (N,): without NaN, and the number of each event's cluster.
    """
    n, many = len(scar), len(np.unique(groups))
    if many < LEAST_SESSIONS:
        return invalid(
            name, (n, many), f"it takes {LEAST_SESSIONS} clusters or more; there are {many}"
        )
    variance, df = _cluster_variance(scar, groups)
    if variance <= 0:
        return invalid(name, (n, many), "the events' values are all equal")
    return valid_t(name, float(scar.mean()) / np.sqrt(variance), df, (n, many))


def two_way(scar: Floats, first: Integers, second: Integers) -> Significance:
    """BMP with clusters by episode and by date: V₁ + V₂ - V₁₂, the smaller freedom of the two.

    Cameron, Gelbach and Miller, Journal of Business & Economic Statistics 29 (2011).
    """
    n = len(scar)
    many = min(len(np.unique(first)), len(np.unique(second)))
    if many < LEAST_SESSIONS:
        reason = f"it takes {LEAST_SESSIONS} clusters or more each way; there are {many}"
        return invalid("bmp_two_way", (n, many), reason)
    both = np.unique(first * (int(second.max()) + 1) + second, return_inverse=True)[1]
    parts = [_cluster_variance(scar, groups) for groups in (first, second, both)]
    variance = parts[0][0] + parts[1][0] - parts[2][0]
    if variance <= 0:
        return invalid("bmp_two_way", (n, many), "its variance came out as zero or less")
    df = min(parts[0][1], parts[1][1])
    return valid_t("bmp_two_way", float(scar.mean()) / np.sqrt(variance), df, (n, many))


def _cluster_variance(values: Floats, groups: Integers) -> tuple[float, float]:
    """Give the clustered variance of the mean, and its degrees of freedom."""
    groups = np.unique(groups, return_inverse=True)[1]
    n, many = len(values), int(groups.max()) + 1
    sums = np.bincount(groups, weights=values - values.mean())
    variance = many / max(many - 1, 1) * float((sums**2).sum()) / n**2
    size = np.bincount(groups).astype(np.float64)
    p, v = size / n, size**2
    # tr(C)²/tr(C²) for C = diag(v) - pv' - vp' + Σv pp', the covariance of the centred sums.
    total, pp, pv, vv = v.sum(), p @ p, p @ v, v @ v
    trace = total - 2 * pv + total * pp
    squared = 2 * pp * vv + 2 * pv**2 + (total * pp) ** 2 - 4 * total * pp * pv
    squared += vv + 2 * (v * (total * p**2 - 2 * p * v)).sum()
    return variance, float(trace**2 / squared) if squared > 0 else float("nan")


def block_bootstrap(
    values: Floats, sessions: Integers, *, length: int, draws: int = 999, seed: int = 0
) -> tuple[float, float]:
    """Give a 95 % interval of the mean by drawing blocks of consecutive sessions.

    Künsch, Annals of Statistics 17 (1989), circular; blocks of max(L, n^(1/3)) sessions, so that
    events that share sessions or windows stay together. NaN below ``LEAST_SESSIONS`` sessions.

    Parameters
    ----------
    values, sessions
        (N,): without NaN, and the ordinals of their sessions.
    length
        L, sessions over which a value persists.
    """
    if len(np.unique(sessions)) < LEAST_SESSIONS:
        return float("nan"), float("nan")
    day = sessions - sessions.min()
    n = int(day.max()) + 1
    sums, counts = np.bincount(day, weights=values), np.bincount(day).astype(np.float64)
    width = min(n, max(length, round(n ** (1 / 3))))
    wrapped = [np.concatenate([[0.0], np.cumsum(np.append(x, x[:width]))]) for x in (sums, counts)]
    block_sums, block_counts = (x[width : width + n] - x[:n] for x in wrapped)
    picks = np.random.default_rng(seed).integers(0, n, (draws, -(-n // width)))
    drawn = block_counts[picks].sum(axis=1)
    means = block_sums[picks].sum(axis=1)[drawn > 0] / drawn[drawn > 0]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def holm(p_values: Floats) -> Floats:
    """Adjust p-values for all of them being true nulls: Holm, Scand. J. Statistics 6 (1979)."""
    known = np.flatnonzero(np.isfinite(p_values))
    adjusted = np.full(len(p_values), np.nan)
    order = known[np.argsort(p_values[known])]
    scaled = p_values[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def benjamini_hochberg(p_values: Floats) -> Floats:
    """Adjust p-values for the share of false finds: JRSS B 57 (1995). NaN is left out."""
    known = np.flatnonzero(np.isfinite(p_values))
    adjusted = np.full(len(p_values), np.nan)
    order = known[np.argsort(p_values[known])]
    n = len(order)
    scaled = p_values[order] * n / np.arange(1, n + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted


def adjust(p_values: Floats, method: str) -> Floats:
    """Adjust by name: "holm" or "benjamini_hochberg".

    Raises
    ------
    StudyError
        It is neither.
    """
    methods = {"holm": holm, "benjamini_hochberg": benjamini_hochberg}
    if method not in methods:
        raise StudyError(f"There is no correction {method!r}; there are {', '.join(methods)}.")
    return methods[method](p_values)


def adjusted(table: pd.DataFrame, method: str | None) -> pd.DataFrame:
    """Add ``p_adjusted`` to a table with ``p_value``; None leaves it as it is."""
    if method is None:
        return table
    return table.assign(p_adjusted=adjust(table["p_value"].to_numpy(), method))
