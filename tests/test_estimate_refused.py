"""Every bad input of an event study, and the sentence that it is answered with."""

import numpy as np
import pandas as pd
import pytest
from study_samples import SESSION, Frame, events, invent

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
        ({"estimation": (-100, 2), "window": (3, 5), "windows": [(3, 5)]}, "must end before"),
        ({"estimation": (-100, -11)}, "min_obs=120 can't be"),
        ({"min_obs": 2}, "takes 4 pairs or more"),
        ({"windows": [()]}, "is no window: give two offsets in sessions"),
        ({"windows": []}, "windows is empty: name at least one"),
        ({"windows": [(-6, 0)]}, "reaches outside window"),
        ({"windows": [(1, -1)]}, "swap its ends"),
        ({"window": (3, -3)}, "ends before it starts: swap its ends"),
        ({"window": (0.5, 2)}, "is no window"),
        ({"market": None}, "'market' needs a market: name its symbol, as in market='SPY'"),
        ({"market": None, "model": "market_adjusted"}, "'market_adjusted' needs a market"),
        ({"market": {}}, "needs a market: name its symbol"),
        ({"market": {"A": "SPY"}}, "names no market for 'B'"),
        ({"market": pd.Series([1.0, 2.0])}, "a market are a column of the prices"),
        ({"table": events(("A", "2030-01-02"))}, "no_prices.*no price in this range"),
        ({"table": events(("A", "2025-07-19"))}, "outside_calendar.*2025-07-19 is no session"),
        ({"table": events(("A", "2025-11-03"))}, "prices_end_before_event.*end on 2025-09-12"),
        ({"table": events(("A", "2023-02-01"))}, "too_few_observations.*min_obs asks for 120"),
        ({"table": events(("C", SESSION), ("D", SESSION))}, r"no_prices \(2\).* has no column C"),
        ({"model": "arima"}, "no return model 'arima'; there are mean"),
        ({"model": "ff3"}, "reads 'Mkt-RF': give it as a column of factors="),
    ],
)
def test_a_request_that_cannot_be_met_says_why(closes, changes, sentence):
    with pytest.raises(StudyError, match=sentence):
        study(closes, **changes)


TIMED = TABLE.drop(columns="session")


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (TABLE.drop(columns="symbol"), "no column 'symbol'"),
        (TABLE.drop(columns="session"), "neither a column 'session'"),
        (TABLE.assign(event_id="x"), "'x' is there more than once: give each event"),
        (TABLE.assign(event_id=["x", None]), "event_id is missing"),
        (TABLE.assign(beta=1.0), "a column 'beta', which the study writes"),
        (TABLE.assign(session="soon"), r"can't be read as a date.* not ISO8601 format\.$"),
        (TABLE.assign(session=20250722), "not numbers.*%Y%m%d"),
        (TABLE.assign(session=SESSION + pd.Timedelta("15h")), "without a time;"),
        (TABLE.assign(session=SESSION.tz_localize("UTC")), "without a time zone"),
        (TABLE.assign(session="07/08/2025"), "can't be read as a date"),
        (TIMED.assign(known_at=SESSION), "needs a time zone: .*tz_localize"),
        (TIMED.assign(known_at=1753279200), "'known_at' holds numbers: pandas.to_datetime"),
        (pd.concat([TABLE, TABLE[["symbol"]]], axis=1), "two columns 'symbol': keep one"),
        (TABLE.assign(event_id=1), "event_id '1' is there more than once"),
        (TIMED.assign(known_at="2025-07-21T10:00"), "needs a time zone"),
        (TIMED.assign(known_at="yesterday"), "'yesterday' can't be read"),
    ],
)
def test_events_that_cannot_be_read_are_refused(closes, table, why):
    with pytest.raises(StudyError, match=why):
        study(closes, table)


@pytest.mark.parametrize("wrong", [0.0, -3.0, np.inf])
def test_a_price_that_cannot_be_is_refused_from_any_source(closes, wrong):
    broken = closes.copy()
    broken.loc[pd.Timestamp("2025-06-02"), "A"] = wrong
    with pytest.raises(StudyError, match=r"A closes at .* on 2025-06-02"):
        sg.event_study(TABLE, Frame(broken), market="SPY")


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


@pytest.mark.parametrize("moved", [-0.01, 0.0, 0.01, 0.04])
def test_a_split_that_was_not_adjusted_for_is_flagged_whatever_the_share_did(closes, moved):
    split, day = closes.copy(), pd.Timestamp("2025-07-21")
    before = split.loc[: day - pd.Timedelta(days=1), "A"].iloc[-1]
    split.loc[day:, "A"] *= before * (1 + moved) / 2 / split.loc[day, "A"]
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


def test_events_that_are_all_alike_have_no_test_but_patells(closes):
    twins = closes.assign(B=closes["A"])
    told = {one.name: one for one in study(twins).tests((0, 1)) if one.name not in {"t", "placebo"}}
    assert {one.name for one in told.values() if one.valid} == {"patell", "crude_dependence"}
    assert told["grank_t"].reason == told["rank"].reason == told["bmp"].reason
    assert "values are all equal" in told["bmp"].reason
    with pytest.raises(StudyError, match="no placebo: the events' values are all equal"):
        study(twins).placebo((0, 1))


@pytest.fixture(scope="module")
def asked(closes):
    return study(closes, TABLE.assign(nothing=np.nan))


def test_windows_asked_of_a_result_are_checked(asked):
    for window in [(1, 0), (-6, 0), (0, 9)]:
        with pytest.raises(StudyError):
            asked.car(*window)
        with pytest.raises(StudyError):
            asked.caar([window])
        with pytest.raises(StudyError):
            asked.tests(window)


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda one: one.caar(()), "windows is empty"),
        (lambda one: one.caar(3), "windows=3 is no window"),
        (lambda one: one.by(one.events["beta"] > 1), "not by a Series"),
        (lambda one: one.by(["beta"]), "not by a list"),
        (lambda one: one.bootstrap((0, 1), draws=1), "draws=1 is too few: it takes 19"),
        (lambda one: one.placebo((0, 1), draws=-1), "draws=-1 is too few"),
        (lambda one: one.placebo((0, 1), draws=99.5), "draws=99.5 is no whole number"),
        (lambda one: one.size_check((0, 1), draws=0), "draws=0 is too few"),
        (lambda one: one.size_check((0, 9)), "reaches outside window"),
        (lambda one: one.power((1, 0)), "ends before it starts"),
        (lambda one: one.power((0, 1), "large"), "effects='large' are no numbers"),
        (lambda one: one.sensitivity([]), "models is empty"),
        (lambda one: one.sensitivity(3), "model=3 is neither a name nor a ReturnModel"),
        (lambda one: one.path_by_sign("nothing"), "No event has a 'nothing'"),
        (lambda one: one.sensitivity("ff3"), "reads 'Mkt-RF'"),
    ],
)
def test_a_question_that_means_nothing_says_why(asked, ask, sentence):
    with pytest.raises(StudyError, match=sentence):
        ask(asked)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"market": ["SPY"]}, "a symbol, as 'SPY', or a mapping .* not a list"),
        ({"min_obs": "120"}, "min_obs='120' is no whole number"),
        ({"seed": -1}, "seed=-1 is no whole number from 0 on"),
        ({"seed": None}, "seed=None is no whole number"),
        ({"tests": "ols"}, "There is no test 'ols'"),
        ({"tests": 3}, "There is no test 3"),
        ({"returns": ["log"]}, "is neither 'simple' nor 'log'"),
    ],
)
def test_arguments_of_the_wrong_kind_say_what_is_right(closes, changes, sentence):
    with pytest.raises(StudyError, match=sentence):
        study(closes, **changes)


def test_one_window_test_or_model_may_stand_for_several(closes):
    one = study(closes, windows=(0, 1), tests="bmp")
    several = study(closes, windows=[(0, 1)], tests=["bmp"])
    pd.testing.assert_frame_equal(one.caar(), several.caar())
    pd.testing.assert_frame_equal(one.caar((-1, 1)), several.caar([[-1, 1]]))
    pd.testing.assert_frame_equal(one.sensitivity("mean"), several.sensitivity(["mean"]))
    pd.testing.assert_series_equal(one.power((0, 1), 0.01), several.power((0, 1), [0.01]))
    assert [test.name for test in one.tests((0, 1))] == ["bmp"]


@pytest.mark.parametrize("spelled", [str.lower, "NYSE:{}".format])
def test_confounds_of_none_of_the_events_shares_are_refused(closes, spelled):
    """They would say of each event that nothing confounds it."""
    others = TABLE.assign(symbol=TABLE["symbol"].map(spelled))
    with pytest.raises(StudyError, match=f"None of the {len(TABLE)} .* is of a symbol of the ev"):
        study(closes, confounds=others)
    with pytest.raises(StudyError, match=f"the first is of {others['symbol'].iloc[0]}"):
        study(closes).confounds(others)
    some = pd.concat([others.iloc[1:], TABLE.iloc[:1]])
    assert study(closes, confounds=some).events["confounded"].iloc[0]


@pytest.mark.parametrize(
    ("session", "sentence"),
    [("2025-07-22 10:00", "dates without a time"), ("2025-07-22T00:00Z", "without a time zone")],
)
def test_confounds_are_dates_and_no_instants(closes, session, sentence):
    others = pd.DataFrame({"symbol": ["A"], "session": pd.to_datetime([session])})
    with pytest.raises(StudyError, match=sentence):
        study(closes, confounds=others)
    with pytest.raises(TypeError, match=r"are a DataFrame .* not dict"):
        study(closes, confounds=others.to_dict("list"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"market": ["SPY"]}, "not a list"),
        ({"quantiles": "5"}, "quantiles='5' is no whole number"),
        ({"quantiles": 1}, "quantiles=1 is too few: it takes 2"),
        ({"seed": "a"}, "seed='a' is no whole number"),
        ({"horizons": ()}, "There is no horizon"),
        ({"horizons": 0.5}, "0.5 is no number of sessions"),
    ],
)
def test_arguments_of_an_evaluation_say_what_is_right(closes, changes, sentence):
    told = TABLE.assign(known_at=SESSION.tz_localize("UTC"), score=1.0)
    with pytest.raises(StudyError, match=sentence):
        sg.evaluate(told, closes, **changes)
