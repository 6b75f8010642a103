"""The cosine test: its transform, its freedom, and windows of one share that overlap."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.fft import dct
from study_samples import Frame, events, invent

from signals.study import cosines, effects, inference, significance
from signals.study.estimate import event_study
from signals.study.significance import t_quantile
from signals.study.weighting import Weighting


def test_cosine_variance_equals_a_discrete_cosine_transform():
    rng = np.random.default_rng(3)
    sessions = np.sort(rng.integers(10, 70, 80))
    values = rng.normal(size=80)
    sessions *= 3  # no window of 3 sessions meets another
    laid = cosines.Cosines.of(sessions, length=3)
    variance, freedom = laid.variance(values), laid.df
    sums = np.zeros(sessions.max() - sessions.min() + 1)
    np.add.at(sums, sessions - sessions.min(), values - values.mean())
    n, distinct = len(sums), len(np.unique(sessions))
    assert freedom == max(4, round(min(0.4 * n ** (2 / 3), n / 6, distinct / 3)))
    weights = dct(sums, type=2)[1 : int(freedom) + 1] / 2 * math.sqrt(2 / n)
    assert variance == pytest.approx((weights**2).mean() * n / 80**2, rel=1e-12)


def test_the_cosine_test_knows_when_events_crowd_into_a_corner():
    sessions = np.append(np.arange(60), np.arange(200, 3000, 280))
    df = cosines.Cosines.of(sessions, length=1).df
    assert df < 10  # the whole span would have allowed 24
    assert cosines.Cosines.of(np.arange(60), length=1).df == 6


def moving_sums(rng, draws, days, length):
    """Sums over windows of returns that are one for all that is asked for: (draws, days)."""
    path = np.cumsum(rng.normal(size=(draws, days.max() + length)), axis=1)
    path = np.pad(path, ((0, 0), (1, 0)))
    return (path[:, days + length] - path[:, days]) / np.sqrt(length)


def one_among_ten(length):
    """Sixty sessions of one share and ten of others: sessions, shares, and 8,000 draws of SCAR."""
    rng = np.random.default_rng(11)
    sessions = np.append(np.arange(900, 960), np.arange(40, 3200, 320))
    share = np.append(np.zeros(60, dtype=int), np.arange(1, 11))
    scar = np.empty((8_000, 70))
    for one in range(11):
        mine = share == one
        scar[:, mine] = moving_sums(rng, 8_000, sessions[mine] - sessions[mine].min(), length)
    return sessions, share, scar


@pytest.mark.parametrize("correlation", [0.0, 0.1, 0.3, 1.0])
@pytest.mark.parametrize(
    ("days", "each", "length"),
    [
        (np.arange(6), 5, 2),
        (np.arange(6), 5, 11),
        (np.arange(10), 3, 3),
        (np.arange(20), 3, 11),
        (np.arange(60), 3, 11),
        (np.arange(0, 60, 10), 5, 11),
        (np.append(np.arange(12), np.arange(300, 900, 60)), 2, 11),
    ],
    ids=lambda value: str(len(value)) if isinstance(value, np.ndarray) else str(value),
)
def test_related_shares_in_neighbouring_sessions_reject_at_most_as_often_as_said(
    days, each, length, correlation
):
    rng, draws = np.random.default_rng(17), 4_000
    sessions = np.repeat(days, each)
    common = moving_sums(rng, draws, sessions, length)
    own = rng.normal(size=(draws, len(sessions)))
    scar = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own
    ours = cosines.Cosines.of(sessions, length=length, series=np.arange(len(sessions)))
    totals = np.zeros((draws, len(days)))
    np.add.at(totals, (slice(None), ours.place), scar - scar.mean(axis=1, keepdims=True))
    error = np.sqrt(((totals @ ours.waves.T) ** 2).sum(axis=1) * ours.scale)
    rate = (np.abs(scar.mean(axis=1)) / error > t_quantile(0.975, ours.df)).mean()
    margin = 3 * math.sqrt(0.05 * 0.95 / draws)
    assert rate < 0.05 + margin
    if correlation == 1.0:
        assert rate > 0.05 - margin


@pytest.mark.parametrize("correlation", [0.0, 0.1, 0.3, 1.0])
@pytest.mark.parametrize("crowd", [3, 40, 500])
def test_a_session_with_most_of_the_events_tells_as_little_as_one(crowd, correlation):
    rng, draws, length = np.random.default_rng(23), 8_000, 3
    count = np.append(np.full(19, 3), crowd)
    day = np.arange(20) * 30
    common, own = rng.normal(size=(2, draws, 20))
    means = np.sqrt(correlation) * common + np.sqrt((1 - correlation) / count) * own
    estimate = means @ count / count.sum()
    sessions = np.repeat(day, count)
    ours = cosines.Cosines.of(sessions, length=length, series=np.arange(len(sessions)))
    totals = count * (means - estimate[:, None])
    error = np.sqrt(((totals @ ours.waves.T) ** 2).sum(axis=1) * ours.scale)
    rate = (np.abs(estimate) / error > t_quantile(0.975, ours.df)).mean()
    margin = 3 * math.sqrt(0.05 * 0.95 / draws)
    assert rate < 0.05 + margin
    if correlation == 0.1:  # the worst model of those that the critical value is taken of
        assert rate > 0.05 - margin


@pytest.mark.parametrize(
    "scores",
    [
        np.append(0.9, np.zeros(19)),
        np.append(1.0, 0.01 * np.random.default_rng(1).normal(size=19)),
        np.random.default_rng(2).standard_t(2, 20),
        np.random.default_rng(3).uniform(-1, 1, 20),
    ],
    ids=["one of twenty", "outlier", "Student", "uniform"],
)
def test_a_slope_that_a_few_scores_carry_keeps_its_size(scores):
    rng, draws, n = np.random.default_rng(29), 8_000, len(scores)
    values = rng.normal(size=(draws, n))
    centred, square = scores - scores.mean(), scores.var()
    slope = values @ centred / (n * square)
    residual = values - values.mean(axis=1, keepdims=True) - slope[:, None] * centred
    ours = cosines.Cosines.over(
        Weighting.of(
            np.arange(n) * 30,
            np.arange(n),
            length=3,
            x=np.column_stack([np.ones(n), scores]),
            contrast=effects.slope_contrast(scores.mean(), square),
        ),
        length=3,
    )
    influence = centred * residual / square
    error = np.sqrt(((influence @ ours.waves.T) ** 2).sum(axis=1) * ours.scale)
    rate = (np.abs(slope) / error > t_quantile(0.975, ours.df)).mean()
    assert abs(rate - 0.05) < 3 * math.sqrt(0.05 * 0.95 / draws)


@pytest.mark.parametrize("length", [1, 3, 11])
def test_overlapping_windows_of_one_share_among_ten_are_rejected_five_times_in_a_hundred(length):
    sessions, share, scar = one_among_ten(length)
    ours = cosines.Cosines.of(sessions, length=length, series=share)
    error = np.sqrt([ours.variance(one) for one in scar])
    rate = (np.abs(scar.mean(axis=1)) / error > significance.t_quantile(0.975, ours.df)).mean()
    assert abs(rate - 0.05) < 3 * math.sqrt(0.05 * 0.95 / 8_000)
    result = inference.cosine(scar[0], sessions, length=length, series=share)
    assert (result.df, result.statistic) == (ours.df, pytest.approx(scar[0].mean() / error[0]))


def test_shares_without_overlapping_windows_keep_the_plain_cosine_test():
    rng = np.random.default_rng(4)
    sessions, values = np.sort(rng.integers(0, 90, 60)), rng.normal(size=60)
    plain = inference.cosine(values, sessions, length=3)
    assert inference.cosine(values, sessions, length=3, series=np.arange(60)) == plain
    assert inference.cosine(values, sessions, length=3, series=np.zeros(60, int)) != plain


def test_sessions_may_be_counted_in_any_whole_numbers():
    rng = np.random.default_rng(8)
    sessions, values, share = (
        np.sort(rng.integers(0, 90, 60)),
        rng.normal(size=60),
        np.zeros(60, int),
    )
    wide = inference.cosine(values, sessions, length=3, series=share)
    assert inference.cosine(values, sessions.astype(np.int32), length=3, series=share) == wide


@pytest.mark.parametrize("run", [10, 30], ids=["mixed", "good-then-bad"])
def test_spread_and_slope_keep_their_size_where_windows_of_one_share_overlap(run):
    rng = np.random.default_rng(5)
    length, draws = 11, 8_000
    share = np.append(np.zeros(60, dtype=np.int64), np.arange(1, 11))
    sessions = np.append(700 + np.arange(60), np.arange(100, 1400, 130))
    sign = np.append(np.resize(np.repeat([1.0, -1.0], run), 60), [1.0, -1.0] * 5)
    score = sign * rng.uniform(0.2, 1, 70)
    scar = np.empty((draws, 70))
    for one in range(11):
        mine = share == one
        scar[:, mine] = moving_sums(rng, draws, sessions[mine] - sessions[mine].min(), length)

    def rate(estimate, influence, **given):
        weighting = Weighting.of(sessions, share, length=length, **given)
        laid = cosines.Cosines.over(weighting, length=length)
        place = np.searchsorted(weighting.day, sessions)
        totals = np.zeros((draws, len(weighting.day)))
        np.add.at(totals, (slice(None), place), influence)
        error = np.sqrt(((totals @ laid.waves.T) ** 2).sum(axis=1) * laid.scale)
        assert error[0] == pytest.approx(np.sqrt(laid.variance_of(totals[0])))
        return (abs(estimate) / error > t_quantile(0.975, laid.df)).mean()

    up = score > 0
    means = [scar[:, kind].mean(axis=1) for kind in (up, ~up)]
    weight = np.where(up, 70 / up.sum(), -70 / (~up).sum())
    spread = means[0] - means[1], weight * (scar - np.where(up, *(m[:, None] for m in means)))
    kinds = np.column_stack([up, ~up]).astype(float)
    contrast = effects.spread_contrast(up.sum(), (~up).sum())
    centred, square = score - score.mean(), score.var()
    slope = (centred * scar).mean(axis=1) / square
    residual = scar - scar.mean(axis=1, keepdims=True) - slope[:, None] * centred
    scores = np.column_stack([np.ones(70), score])
    margin = 3 * np.sqrt(0.05 * 0.95 / draws)
    assert abs(rate(*spread, x=kinds, contrast=contrast) - 0.05) < margin
    contrast = effects.slope_contrast(score.mean(), square)
    assert (
        abs(rate(slope, centred * residual / square, x=scores, contrast=contrast) - 0.05) < margin
    )
    # The test can fail: as if no two windows of the share met, or all scores had one sign.
    assert abs(rate(*spread) - 0.05) > margin


def test_a_holiday_of_another_exchange_parts_no_two_windows_of_a_share():
    closes = invent(["A"]).join(invent(["T.T"], mic="XTKS", seed=1)[["T.T"]], how="outer")
    closes["SPY"] = closes["SPY"].ffill()
    # The windows of the last two share a session. Tokyo trades on the 4th of July between them.
    days = ("2024-10-01", "2024-12-03", "2025-02-04", "2025-04-01", "2025-07-03", "2025-07-07")
    mine = events(*[("A", day) for day in days])
    abroad = pd.concat([mine, events(("T.T", "2025-08-01"))])
    windows = ((0, 1),)
    alone, beside = (
        event_study(some, Frame(closes), market="SPY", windows=windows) for some in (mine, abroad)
    )
    assert alone.caar()["df"].iloc[0] < 4  # there are 4 cosines, and two windows meet
    of_a = beside.by("symbol").loc["A"]
    assert of_a["df"].iloc[0] == pytest.approx(alone.caar()["df"].iloc[0], rel=0.05)
    slope = replace(beside, events=beside.events.assign(score=np.arange(7.0))).slope()
    assert slope["df"].iloc[0] != 4


@pytest.mark.parametrize("rank", [6, 4])
def test_the_root_of_a_covariance_is_one_also_where_sums_say_all_of_one_another(rank):
    parts = np.random.default_rng(1).normal(size=(6, rank))
    covariance = parts @ parts.T
    root = cosines._root(covariance)
    assert root @ root.T == pytest.approx(covariance, abs=1e-12)
