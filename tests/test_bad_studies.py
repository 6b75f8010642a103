"""Every bad input of an event study, and the sentence that it is answered with."""

import numpy as np
import pandas as pd
import pytest
from test_estimate import SESSION, events, invent

import signals as sg
from signals.errors import StudyError
from signals.study.factors import FactorTable

TABLE = events(("A", SESSION), ("B", SESSION))
DAY = pd.Timestamp("2025-07-10")


@pytest.fixture(scope="module")
def closes():
    return invent(["A", "B"])


def study(closes, table=TABLE, **changes):
    return sg.event_study(table, sg.FramePrices(closes), **{"market": "SPY", **changes})


def percent(closes):
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        rng.normal(0, 1, (len(closes), 4)), closes.index, ["Mkt-RF", "SMB", "HML", "RF"]
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"estimation": (-250, -5)}, "must end before the event and before window="),
        ({"windows": [()]}, "is no window: give two offsets in sessions"),
        ({"windows": []}, "windows is empty: name at least one"),
        ({"window": (3, -3)}, "ends before it starts: swap its ends"),
        ({"market": None}, "needs a market: name its symbol, as in market='SPY'"),
        ({"market": {}}, "needs a market: name its symbol"),
        ({"market": {"A": "SPY"}}, "names no market for 'B'"),
        ({"table": TABLE.assign(event_id="x")}, "'x' is there more than once: give each event"),
        ({"table": events(("A", "2030-01-02"))}, "no_prices.*no price in this range"),
        ({"table": events(("A", "2025-07-19"))}, "outside_calendar.*2025-07-19 is no session"),
        ({"table": events(("A", "2025-11-03"))}, "prices_end_before_event.*end on 2025-09-12"),
        ({"table": events(("A", "2023-02-01"))}, "too_few_observations.*min_obs asks for 120"),
        ({"table": events(("C", SESSION), ("D", SESSION))}, r"no_prices \(2\).* has no column C"),
        ({"model": "ff3"}, "reads 'Mkt-RF': give it as a column of factors="),
    ],
)
def test_a_request_that_cannot_be_met_says_why(closes, changes, sentence):
    with pytest.raises(StudyError, match=sentence):
        study(closes, **changes)


def test_a_market_that_is_all_holes_has_no_prices(closes):
    with pytest.raises(StudyError, match=r"no_market_prices \(2\).*SPY: There is no price"):
        study(closes.assign(SPY=np.nan))


def test_a_market_with_holes_costs_the_pairs_that_need_it(closes):
    holed = closes.copy()
    holed.loc[closes.index[400:420], "SPY"] = np.nan
    whole, fewer = study(closes), study(holed)
    assert (whole.events["n_obs"] - fewer.events["n_obs"]).tolist() == [21, 21]
    holed.loc[DAY:, "SPY"] = np.nan
    with pytest.raises(StudyError, match="Prices of SPY end on 2025-07-09, before the event"):
        study(holed)


def test_factors_that_end_early_lose_the_events_after_them(closes):
    factors = percent(closes) / 100
    with pytest.raises(StudyError, match="factors end on 2025-07-09, before the event"):
        study(closes, model="ff3", factors=factors[: pd.Timestamp("2025-07-09")])


def test_factors_in_percent_want_the_word(closes):
    with pytest.raises(StudyError, match=r"looks like percent\. Use FactorTable.from_frame"):
        study(closes, model="ff3", factors=percent(closes))
    named = FactorTable.from_frame(percent(closes), unit="percent")
    assert len(study(closes, model="ff3", factors=named).events) == 2
    with pytest.raises(StudyError, match="'basis points' is neither 'fraction' nor 'percent'"):
        FactorTable.from_frame(percent(closes), unit="basis points")


def test_factors_that_are_the_path_of_a_file_are_told_what_reads_it(closes):
    with pytest.raises(TypeError, match=r"not str; FactorTable.read_french\(path\) reads a file"):
        study(closes, model="ff3", factors="F-F_Research_Data_Factors_daily.csv")


def test_an_infinite_factor_is_refused(closes):
    factors = percent(closes) / 100
    factors.iloc[5, 1] = np.inf
    with pytest.raises(StudyError, match="factors have an infinite value"):
        study(closes, model="ff3", factors=factors)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [(np.inf, "1 of its prices are infinite"), (100, "another factor of 100")],
)
def test_infinite_and_hundredfold_prices_lose_their_share_alone(closes, value, sentence):
    wrong = closes.copy()
    wrong.loc[DAY, "A"] = value if np.isinf(value) else wrong.loc[DAY, "A"] * value
    result = study(wrong)
    assert result.status["reason"].tolist() == ["no_prices", ""]
    assert sentence in result.status["detail"].iloc[0]


def test_returns_given_for_prices_are_recognised(closes):
    with pytest.raises(StudyError, match=r"zero or negative.*Are these returns, not prices"):
        study(closes.pct_change().iloc[1:])


def test_a_return_beyond_half_is_flagged(closes):
    split = closes.copy()
    split.loc[pd.Timestamp("2025-07-21") :, "A"] *= 0.4
    assert study(split).flags()["large_returns"].tolist() == [1, 0]


def test_a_test_for_many_says_no_to_one_event(closes):
    one = study(closes, table=TABLE[:1])
    for result in one.tests((0, 1)):
        if result.name not in {"t", "placebo"}:
            assert not result.valid
            assert np.isnan(result.p_value)
            assert result.reason
    assert one.caar()["test"].tolist() == ["t"] * 4
    with pytest.raises(StudyError, match="takes two events or more"):
        one.placebo((0, 1))


@pytest.mark.parametrize("given", [None, [("MSFT", "2025-07-22")], {"symbol": ["MSFT"]}])
@pytest.mark.parametrize("study", [sg.event_study, sg.evaluate])
def test_events_that_are_no_frame_are_refused_with_a_way_to_make_one(study, given):
    with pytest.raises(TypeError, match="Events are a DataFrame"):
        study(given, sg.CsvPrices("data/prices"), market="SPY")


def test_events_that_are_all_alike_have_no_placebo(closes):
    twins = closes.assign(B=closes["A"])
    with pytest.raises(StudyError, match="no placebo: the events' values are all equal"):
        study(twins).placebo((0, 1))
