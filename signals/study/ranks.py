"""Tests that don't take abnormal returns as normal: ranks and signs. Pure functions of arrays.

They compare the event's sessions with the share's own sessions before it, so that each needs
the residuals of the estimation window. Sums over events are kept apart from the test itself, so
that a million events are read in chunks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from signals.study.fits import Booleans, Floats, Integers
from signals.study.significance import Significance, invalid, mean_test_reason, normal, valid_t

_INDEX_BITS = 12  # of a sorted key that hold its place: windows of up to 4,096 sessions


def mid_ranks(values: Floats) -> Floats:
    """Rank each row from 1, ties at the mean of their ranks; NaN is not ranked and stays NaN."""
    n, width = values.shape
    if width >= 1 << _INDEX_BITS:
        return _exact_ranks(values)
    bits = (np.where(np.isnan(values), np.inf, values) + 0.0).view(np.int64)
    # Negative floats are ordered the other way round: flip all bits but the sign.
    keys = np.where(bits < 0, bits ^ np.int64(0x7FFFFFFFFFFFFFFF), bits)
    mask = np.int64((1 << _INDEX_BITS) - 1)
    keys = np.sort((keys & ~mask) | np.arange(width, dtype=np.int64), axis=1)
    ranks = np.empty((n, width))
    np.put_along_axis(ranks, keys & mask, np.arange(1.0, width + 1.0)[None, :], axis=1)
    heads = keys & ~mask
    missing = np.isnan(values)
    alike = heads[:, 1:] == heads[:, :-1]
    tied = alike.any(axis=1) if not missing.any() else alike.any(axis=1) | missing.any(axis=1)
    if tied.any():
        ranks[tied] = _exact_ranks(values[tied])
    return ranks


def _exact_ranks(values: Floats) -> Floats:
    ranks = np.empty(values.shape)
    for row, line in enumerate(values):
        few, place, counts = np.unique(line, return_inverse=True, return_counts=True)
        last = np.cumsum(counts)
        ranks[row] = (last - (counts - 1) / 2)[place]
        ranks[row, np.isnan(line)] = np.nan
        del few
    return ranks


def join_ranks(before: Floats, ranks: Floats, event: Floats) -> tuple[Floats, Floats]:
    """Rank event values (N, L) among the sessions before (N, W), whose own ranks are known.

    Returns
    -------
    (N, W) and (N, L): mid-ranks of both among both; NaN where a value is.
    """
    joint, own = ranks.copy(), np.empty(event.shape)
    counted = np.isfinite(before)
    for place in range(event.shape[1]):
        value = event[:, place, None]
        above = 0.5 * ((before > value).astype(np.float64) + (before >= value))
        joint += np.where(np.isnan(value), 0.0, above)
        below = 0.5 * ((event < value).sum(axis=1) + (event <= value).sum(axis=1) - 1)
        own[:, place] = 1 + counted.sum(axis=1) - above.sum(axis=1) + below
    own[np.isnan(event)] = np.nan
    return joint, own


@dataclass(frozen=True, eq=False)
class RankSums:
    """Sums over events of U = K/(1 + m) - ½, and how many there are, by session.

    Attributes
    ----------
    before, event
        Sums (W,) of the sessions before the event, and (L,) of the event's.
    n_before, n_event
        Their counts.
    """

    before: Floats
    event: Floats
    n_before: Floats
    n_event: Floats

    @staticmethod
    def of(joint: Floats, own: Floats) -> RankSums:
        """Add up the joint ranks of some events."""
        m = (np.isfinite(joint).sum(axis=1) + np.isfinite(own).sum(axis=1))[:, None]
        u, v = joint / (1 + m) - 0.5, own / (1 + m) - 0.5
        return RankSums(
            np.nansum(u, axis=0),
            np.nansum(v, axis=0),
            np.isfinite(u).sum(axis=0).astype(np.float64),
            np.isfinite(v).sum(axis=0).astype(np.float64),
        )

    def __add__(self, other: RankSums) -> RankSums:
        return RankSums(
            self.before + other.before,
            self.event + other.event,
            self.n_before + other.n_before,
            self.n_event + other.n_event,
        )


def corrado_zivney(sums: RankSums, n_events: int) -> Significance:
    """Rank test of Corrado and Zivney, Journal of Financial and Quantitative Analysis 27 (1992).

    z_t = (ΣU/√N_t)/S, S its deviation over all sessions; a window's z = Σz_t/√L. The event's
    values should be re-standardised by their cross-sectional deviation, or an event that only
    moves the variance is found. Events are taken as independent in calendar time.
    """
    if n_events < 2:
        return invalid("rank", (n_events, n_events), mean_test_reason(n_events))
    totals = np.concatenate([sums.before, sums.event])
    counts = np.concatenate([sums.n_before, sums.n_event])
    scaled = totals[counts > 0] / np.sqrt(counts[counts > 0])
    deviation = float(np.sqrt((scaled**2).mean()))
    length = len(sums.event)
    if deviation == 0 or not (sums.n_event > 0).all():
        return invalid("rank", (n_events, n_events), "the ranks do not vary")
    z = float((sums.event / np.sqrt(sums.n_event)).sum() / deviation / np.sqrt(length))
    return normal("rank", z, (n_events, n_events))


def grank_t(sums: RankSums, n_events: int) -> Significance:
    """Generalised rank test: t = Z √((T - 2)/(T - 1 - Z²)), T - 2 degrees of freedom.

    Kolari and Pynnönen, Journal of Empirical Finance 18 (2011). The standardised SCAR stands as
    one extra session, so that any window gives one rank. It allows for events on one date.
    """
    totals = np.append(sums.before, sums.event)
    counts = np.append(sums.n_before, sums.n_event)
    used = counts > 0
    sessions = int(used.sum())
    if n_events < 2 or sessions < 4:
        return invalid("grank_t", (n_events, n_events), mean_test_reason(n_events))
    means = totals[used] / counts[used]
    spread = float(np.sqrt((counts[used] / n_events * means**2).mean()))
    z = float(totals[-1] / counts[-1] / spread)
    left = sessions - 1 - z**2
    if left <= 0:
        return invalid("grank_t", (n_events, n_events), "the event's rank leaves no spread")
    return valid_t(
        "grank_t", z * np.sqrt((sessions - 2) / left), sessions - 2, (n_events, n_events)
    )


def grank_z(sums: RankSums, n_events: int) -> Significance:
    """Generalised rank test for independent events: Ū √(12 N (T + 1)/(T - 1)), normal.

    Kolari and Pynnönen, Journal of Empirical Finance 18 (2011).
    """
    sessions = int((np.append(sums.n_before, sums.n_event) > 0).sum())
    if n_events < 2 or sessions < 4:
        return invalid("grank_z", (n_events, n_events), mean_test_reason(n_events))
    mean = float(sums.event[0] / sums.n_event[0])
    z = mean * np.sqrt(12 * n_events * (sessions + 1) / (sessions - 1))
    return normal("grank_z", z, (n_events, n_events))


def sign(car: Floats) -> Significance:
    """Test the share of positive CARs against one half: (w - N/2)/√(N/4), normal.

    Brown and Warner, Journal of Financial Economics 8 (1980). Skewed returns bias it.
    """
    return _sign("sign", car, 0.5)


def generalised_sign(car: Floats, share_positive: float) -> Significance:
    """Test the share of positive CARs against that of abnormal returns before the event.

    Cowan, Review of Quantitative Finance and Accounting 2 (1992).

    Parameters
    ----------
    car
        (N,).
    share_positive
        p̂, the mean over events of the share of positive residuals in the estimation window.
    """
    return _sign("generalised_sign", car, share_positive)


def wilcoxon(car: Floats) -> Significance:
    """Wilcoxon's (1945) signed-rank test of CAR, with its normal law; symmetric about zero."""
    known = car[np.isfinite(car) & (car != 0)]
    n = len(known)
    if n < 5:
        return invalid("wilcoxon", (n, n), f"it takes five events or more; there are {n}")
    ranks = mid_ranks(np.abs(known)[None, :])[0]
    statistic = ranks[known > 0].sum() - n * (n + 1) / 4
    return normal("wilcoxon", statistic / np.sqrt((ranks**2).sum() / 4), (n, n))


def _sign(name: str, car: Floats, share: float) -> Significance:
    known = car[np.isfinite(car)]
    n = len(known)
    if n < 5 or not 0 < share < 1:
        return invalid(name, (n, n), f"it takes five events or more; there are {n}")
    positive = float((known > 0).sum())
    return normal(name, (positive - n * share) / np.sqrt(n * share * (1 - share)), (n, n))


def share_positive(residuals: Floats) -> Floats:
    """Give the share of positive residuals of each row (N,)."""
    known: Integers = np.isfinite(residuals).sum(axis=1)
    positive: Booleans = residuals > 0
    return np.asarray(positive.sum(axis=1) / np.maximum(known, 1), dtype=np.float64)
