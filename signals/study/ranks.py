"""Tests that don't take abnormal returns as normal: ranks and signs. Pure functions of arrays.

They compare the event's sessions with the share's own sessions before it, so that each needs
the residuals of the estimation window. Sums over events are kept apart from the test itself, so
that a million events are read in chunks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrc

from signals.study.arrays import Booleans, Floats, Indices, Integers
from signals.study.significance import (
    Significance,
    exact,
    invalid,
    mean_test_reason,
    normal,
    valid_t,
)

LEAST_EVENTS = 15
"""Of a rank test: values over the deviation of five events are found different in one of ten."""

_KEY_BITS = 32  # of a sorted key: a coarse value before, the column that it stands in behind
_WHOLE = 2.0**52 + 1  # plus a number from -1 on leaves a whole one, in the last bits of the sum
_FEW = 50  # events up to which p is exact: of ten that of a normal distribution is off by half
_CELLS = 48_000  # values ranked at a time: what a processor's cache holds with their keys


def mid_ranks(values: Floats) -> Floats:
    """Rank each row from 1, ties at the mean of their ranks; NaN is not ranked and stays NaN."""
    order = np.argsort(values, axis=1)
    ascending = np.take_along_axis(values, order, axis=1)
    place = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    fresh = np.ones(values.shape, dtype=np.bool_)
    fresh[:, 1:] = ascending[:, 1:] != ascending[:, :-1]
    first = np.maximum.accumulate(np.where(fresh, place, 0), axis=1)
    ends = np.ones(values.shape, dtype=np.bool_)
    ends[:, :-1] = fresh[:, 1:]
    last = np.where(ends, place, values.shape[1])
    last = np.minimum.accumulate(last[:, ::-1], axis=1)[:, ::-1]
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, (first + last) / 2 + 1, axis=1)
    ranks[np.isnan(values)] = np.nan
    return ranks


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
    def of(before: Floats, event: Floats) -> RankSums:
        """Rank each event's values before it (N, W) and in it (N, L) together, and add up."""
        ranks = mid_ranks(np.concatenate([before, event], axis=1))
        known = np.isfinite(ranks)
        u = ranks / (1 + known.sum(axis=1)[:, None]) - 0.5
        return _split(np.where(known, u, 0.0).sum(axis=0), known.sum(axis=0) * 1.0, before.shape[1])

    def __add__(self, other: RankSums) -> RankSums:
        return RankSums(
            self.before + other.before,
            self.event + other.event,
            self.n_before + other.n_before,
            self.n_event + other.n_event,
        )


def _split(totals: Floats, counts: Floats, width: int) -> RankSums:
    return RankSums(totals[:width], totals[width:], counts[:width], counts[width:])


def rank_twice(before: Floats, event: Floats, scar: Floats) -> tuple[RankSums, RankSums, Indices]:
    """Give ``RankSums.of`` the sessions of events, and of their SCAR (N, 1), with one sort.

    Where a value stands among all of them is its rank; those of the one kind are then counted out
    of the ranks of the other.

    Returns
    -------
    Both, and the rows that are left out of them, with holes or perhaps ties: for ``RankSums.of``.
    """
    (n, width), length = before.shape, event.shape[1]
    size = width + length + 1
    totals, rest = np.zeros((3, size)), []
    step = max(1, _CELLS // size)
    for start in range(0, n, step):
        rows = slice(start, start + step)
        columns, left = _sorted_columns(np.hstack([before[rows], event[rows], scar[rows]]))
        totals += _place_sums(columns, width)
        rest.append(start + left)
    late = np.concatenate(rest)
    many = float(n - len(late))
    place, below, scar_below = totals
    sessions = (place - scar_below)[:-1]
    of_scar = np.delete(place - below, slice(width, -1))
    rank, grank = (
        _split(ranks / (1 + len(ranks)) - 0.5 * many, np.full(len(ranks), many), width)
        for ranks in (sessions, of_scar)
    )
    return rank, grank, late


def _place_sums(columns: npt.NDArray[np.uint32], width: int) -> Floats:
    """Add up over rows, for each of the columns, where it stands in the rows' ascending order.

    Returns
    -------
    (3, m): the sums of its place from 1, of the event's sessions before it, and of whether SCAR
    is before it. ``width`` is the number of sessions before the event; SCAR is the last column.
    """
    n, size = columns.shape
    # All three are whole numbers, and small: they are added up as the digits of one.
    digit, high = float(n * size + 1), n * size + 1
    weight = (columns >= width).astype(np.int32)
    weight += (columns == size - 1) * np.int32(high - 1)
    sums = np.add.accumulate(weight, axis=1, out=weight) * digit
    sums += np.arange(1.0, size + 1)
    total = np.bincount(columns.ravel(), sums.ravel(), minlength=size)
    before, place = np.divmod(total, digit)
    scar, sessions = np.divmod(before, high)
    return np.stack([place, sessions, scar])


def _sorted_columns(values: Floats) -> tuple[npt.NDArray[np.uint32], Indices]:
    """Give the columns of the values (N, m) of each row in ascending order, and the rows left out.

    Rows are sorted as whole numbers, the coarse value before and its column behind, which is
    several times as fast as sorting what they stand for. Two values of a row that come out equally
    coarse may be tied or not: such rows, one in a hundred, and those with holes are left out.
    """
    width = values.shape[1]
    bits = (width - 1).bit_length()
    low, high = values.min(axis=1), values.max(axis=1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        scale = (2.0 ** (_KEY_BITS - bits) - 3) / (high - low)
        shift = _WHOLE - low * scale
    plain = np.isfinite(scale) & np.isfinite(shift)
    rest = np.flatnonzero(~plain)
    if len(rest):
        values, scale, shift = values[plain], scale[plain], shift[plain]
    # No step turns an order round, so that values of different keys are in the order of those.
    coarse = values * scale[:, None]
    coarse += shift[:, None]
    keys = coarse.view(np.uint64).astype(np.uint32)
    keys <<= np.uint32(bits)
    keys |= np.arange(width, dtype=np.uint32)
    keys.sort(axis=1)
    flat = keys.ravel()
    alike = np.flatnonzero(flat[1:] ^ flat[:-1] < 1 << bits)
    close = np.unique(alike[alike % width < width - 1] // width)  # not from one row to the next
    if len(close):
        rest = np.concatenate([rest, np.flatnonzero(plain)[close]])
        keys = np.delete(keys, close, axis=0)
    keys &= np.uint32((1 << bits) - 1)
    return keys, rest


def corrado_zivney(sums: RankSums, n_events: int) -> Significance:
    """Rank test of Corrado and Zivney, Journal of Financial and Quantitative Analysis 27 (1992).

    z_t = (ΣU/√N_t)/S, S its deviation over all sessions; a window's z = Σz_t/√L. The event's
    values should be re-standardised by their cross-sectional deviation, or an event that only
    moves the variance is found. Events are taken as independent in calendar time.

    The paper ranks abnormal returns over the plain deviation of the share's residuals. A study
    ranks them over the exact error of each, s√(1 - h) of a residual and s√(1 + h) of a forecast,
    so that all vary alike where nothing happened; z moves by some hundredths.
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
    """Test the share of positive CARs against one half; the statistic is (w - N/2)/√(N/4).

    CARs of zero have no sign, and count for none.

    Brown and Warner, Journal of Financial Economics 8 (1980). Skewed returns bias it. p is exact,
    binomial: of 144 in 265 a normal distribution says .158, it says .176.
    """
    return _sign("sign", car[car != 0], 0.5)


def generalised_sign(car: Floats, share_positive: float) -> Significance:
    """Test the share of positive CARs against that of abnormal returns before the event.

    Cowan, Review of Quantitative Finance and Accounting 2 (1992), with an exact, binomial p.

    Parameters
    ----------
    car
        (N,).
    share_positive
        p̂, the mean over events of the share of positive residuals in the estimation window.
    """
    return _sign("generalised_sign", car, share_positive)


def wilcoxon(car: Floats) -> Significance:
    """Wilcoxon's (1945) signed-rank test of CAR, by its normal approximation.

    Of 50 events or fewer p is that of all ways to give these ranks their signs.
    """
    known = car[np.isfinite(car) & (car != 0)]
    n = len(known)
    if n < 5:
        return invalid("wilcoxon", (n, n), f"it takes five events or more; there are {n}")
    ranks = mid_ranks(np.abs(known)[None, :])[0]
    positive = float(ranks[known > 0].sum())
    z = (positive - n * (n + 1) / 4) / np.sqrt((ranks**2).sum() / 4)
    if n > _FEW:
        return normal("wilcoxon", z, (n, n))
    return exact("wilcoxon", z, _signed_rank_tails(ranks, positive), (n, n))


def _signed_rank_tails(ranks: Floats, positive: float) -> tuple[float, float]:
    """Give the chances that the ranks of positive values sum up to so much at most, and at least.

    Each sign is as likely as the other.
    """
    halves = np.rint(2 * ranks).astype(np.int64)  # ties have halves of ranks
    ways = np.zeros(int(halves.sum()) + 1)
    ways[0] = 1.0
    for half in halves.tolist():
        ways[half:] += ways[:-half].copy()
    at, every = round(2 * positive), ways.sum()
    return float(ways[: at + 1].sum() / every), float(ways[at:].sum() / every)


def _sign(name: str, car: Floats, share: float) -> Significance:
    known = car[np.isfinite(car)]
    return sign_of(name, float((known > 0).sum()), len(known), share)


def sign_of(name: str, positive: float, n: int, share: float) -> Significance:
    """Test the number of positive ones of N values against the share that would be expected."""
    if n < 5:
        return invalid(name, (n, n), f"it takes five events or more; there are {n}")
    if not 0 < share < 1:
        return invalid(name, (n, n), "all sessions before the events had returns of one sign")
    z = (positive - n * share) / np.sqrt(n * share * (1 - share))
    tails = float(bdtr(positive, n, share)), float(bdtrc(positive - 1, n, share))
    return exact(name, z, tails, (n, n))


def share_positive(residuals: Floats) -> Floats:
    """Give the share of positive residuals of each row (N,); NaN counts for none."""
    known: Integers = np.isfinite(residuals).sum(axis=1)
    positive: Booleans = residuals > 0
    return np.asarray(positive.sum(axis=1) / np.maximum(known, 1), dtype=np.float64)
