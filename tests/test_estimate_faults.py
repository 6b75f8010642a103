"""What other implementations of event studies get wrong, each as a test that ours doesn't."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit
from study_samples import SESSION, Frame, events, invent

from signals.market.sessions import Sessions
from signals.study.estimate import event_study


@pytest.fixture(scope="module")
def closes():
    return invent([f"S{number}" for number in range(12)], seed=31)


def move(closes, symbol, session, by):
    """Let a share jump in one session and stay there."""
    moved = closes.copy()
    moved.loc[moved.index >= pd.Timestamp(session), symbol] *= 1 + by
    return moved


def test_an_interval_of_95_percent_leaves_two_and_a_half_on_either_side(closes):
    study = event_study(events(("S0", SESSION)), Frame(closes), market="SPY")
    row = study.car(-1, 1).iloc[0]
    for end, sign in (("ci_low", -1), ("ci_high", 1)):
        assert (row[end] - row["car"]) / row["se"] == pytest.approx(sign * stdtrit(238, 0.975))
    path = study.cumulative("S0-2025-07-22").loc[5]
    assert (path["ci_high"] - path["car"]) / path["se"] == pytest.approx(stdtrit(238, 0.975))


def test_95_percent_intervals_cover_95_percent():
    """A band from the one-sided quantile would cover ninety."""
    covered = []
    for seed in range(12):
        closes = invent([f"S{number}" for number in range(60)], seed=100 + seed)
        table = events(*[(f"S{number}", SESSION) for number in range(60)])
        cars = event_study(table, Frame(closes), market="SPY").car(0, 1)
        covered += list((cars["ci_low"] < 0) & (cars["ci_high"] > 0))
    assert 0.93 <= np.mean(covered) <= 0.97


def test_a_simple_return_is_over_the_price_before_it(closes):
    closes = closes.copy()
    place = closes.index.get_loc(SESSION)
    closes.iloc[place - 1 : place + 1, closes.columns.get_loc("S0")] = 100, 150
    study = event_study(events(("S0", SESSION)), Frame(closes), model="mean")
    alpha = study.events["alpha"].iloc[0]
    assert study.abnormal.iloc[0][0] + alpha == pytest.approx(0.5)  # not 50/150
    logs = event_study(events(("S0", SESSION)), Frame(closes), model="mean", returns="log")
    assert logs.abnormal.iloc[0][0] + logs.events["alpha"].iloc[0] == pytest.approx(np.log(1.5))


def test_no_event_vanishes_at_the_end_of_a_calendar():
    """A peer joins events to a calendar that ends in a year of its making, and says nothing."""
    labels = Sessions("XNYS").labels()
    closes = invent(["A"], start="2026-01-02", end=labels[-1])
    late = closes.index[-8]
    beyond = labels[-1] + pd.Timedelta(days=30)
    table = events(("A", late), ("A", beyond), ("SPY", late))
    study = event_study(table, Frame(closes), model="mean", min_obs=100, estimation=(-150, -11))
    assert len(study.status) == len(table)
    assert study.status["status"].tolist() == ["studied", "lost", "studied"]
    assert study.status["reason"].iloc[1] == "outside_calendar"
    assert study.events["session"].tolist() == [late, late]


def test_correlation_is_taken_on_calendar_dates_never_by_place_in_the_window(closes):
    """Shares that share a shock on each date don't, when their windows lie weeks apart."""
    together = events(*[(f"S{number}", SESSION) for number in range(6)])
    days = Sessions("XNYS").labels(end=SESSION)[-60::10]
    apart = events(*[(f"S{number}", day) for number, day in enumerate(days)])
    shock = np.random.default_rng(5).normal(0, 0.02, len(closes))
    shocked = closes.copy()
    names = [f"S{number}" for number in range(6)]
    shocked[names] = shocked[names].mul((1 + pd.Series(shock, closes.index)).cumprod(), axis=0)
    for table in (together, apart):
        study = event_study(table, Frame(shocked), market="SPY")
        (kp,) = [one for one in study.tests((-1, 1)) if one.name == "kp_bmp"]
        (plain,) = [one for one in study.tests((-1, 1)) if one.name == "bmp"]
        assert abs(kp.statistic / plain.statistic) < 0.55  # r̄ is about 0.6 for both


def test_ranks_differ_between_sessions_as_returns_do():
    """A rank statistic that is the same number in every session ranks nothing."""
    shares = [f"S{number}" for number in range(16)]
    moved = invent(shares)
    for share in shares:
        moved = move(moved, share, "2025-07-23", 0.08)
    table = events(*[(share, SESSION) for share in shares])
    study = event_study(table, Frame(moved), market="SPY", tests=["rank"])
    ranks = [study.tests((offset, offset))[0].statistic for offset in range(-5, 6)]
    assert len(set(np.round(ranks, 6))) > 5
    assert np.argmax(np.abs(ranks)) == 6  # session 1, where the move is
    assert ranks[6] > 3


def test_no_window_is_off_by_one(closes):
    jumped = move(closes, "S0", SESSION, 0.2)
    study = event_study(events(("S0", SESSION)), Frame(jumped), market="SPY")
    seen = study.abnormal.iloc[0]
    assert seen.abs().idxmax() == 0
    assert (seen.drop(index=0).abs() < 0.1).all()
    place = closes.index.get_loc(SESSION)
    event = study.events.iloc[0]
    assert event["estimation_start"] == closes.index[place - 250]
    assert event["estimation_end"] == closes.index[place - 11]
    assert event["n_obs"] == 240
    # Windows include both of their ends.
    assert study.car(-1, 1)["car"].iloc[0] == pytest.approx(seen[[-1, 0, 1]].sum())
    # A price of the session before the estimation window counts (its return ends inside), one
    # more does not, nor does the session after it.
    for offset, counts in ((-252, False), (-251, True), (-11, True), (-10, False)):
        other = closes.copy()
        other.iloc[place + offset, other.columns.get_loc("S0")] *= 1.05
        changed = event_study(events(("S0", SESSION)), Frame(other), market="SPY")
        plain = event_study(events(("S0", SESSION)), Frame(closes), market="SPY")
        moved = changed.events["sigma"].iloc[0] != plain.events["sigma"].iloc[0]
        assert moved == counts, offset


def test_an_empty_text_is_no_symbol_exchange_or_company():
    given = events(("A", SESSION), ("B", SESSION), ("", SESSION), mic="", company="")

    status = event_study(given, Frame(invent("AB")), market="SPY").status

    assert list(status["status"]) == ["studied", "studied", "lost"]
    assert status["reason"].iloc[2] == "no_symbol"
