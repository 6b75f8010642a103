"""Event studies end to end: real figures, exchange calendars, losses and what never may change."""

import pickle
import time

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings, strategies as st
from study_samples import ESTIMATED, SESSION, Frame, events, invent

from signals.errors import StudyError
from signals.market.sessions import Sessions
from signals.study.estimate import event_study
from signals.study.models import Linear
from signals.study.result import EventStudy


@pytest.fixture(scope="module")
def sample(root):
    closes = pd.read_csv(root / "data/prices/closes.csv", index_col=0, parse_dates=True)
    return closes.rename_axis("session")


def status_of(study):
    return study.status.set_index("symbol")[["status", "reason"]].apply(tuple, axis=1).to_dict()


MSFT_SFTBY = events(("MSFT", SESSION), ("SFTBY", SESSION), event_id=["m", "s"])


@pytest.fixture(scope="module")
def study(sample):
    return event_study(MSFT_SFTBY, Frame(sample), market="SPY")


def close_to(value):
    return pytest.approx(value, abs=1e-9)


def test_the_sample_gives_the_reference_figures(study):
    assert study.events.loc["m", "n_obs"] == 209
    assert study.events.loc["m", "beta"] == close_to(0.9334420828734624)
    assert study.abnormal.loc["m", 0] == close_to(-0.00997835357286417)
    assert study.standard_errors.loc["m", 0] == close_to(0.010885753255772722)
    assert study.car(-1, 1).loc["m", "car"] == close_to(-0.019348676264973483)
    assert study.car(-1, 1).loc["m", "se"] == close_to(0.018950200950977165)
    assert study.events.loc["s", "beta"] == close_to(1.5234055164672948)
    assert study.car(-1, 1).loc["s", "car"] == close_to(0.06582264378268059)
    assert study.car(-1, 1).loc["s", "se"] == close_to(0.03405977230749635)


def test_prices_are_asked_for_once_and_for_no_more_than_is_needed(sample):
    source = Frame(sample)
    event_study(MSFT_SFTBY, source, market="SPY")
    labels = Sessions("XNYS").labels()
    place = labels.get_loc(SESSION)
    assert source.asked == [(["MSFT", "SFTBY", "SPY"], labels[place - 251], labels[place + 5])]
    event_study(MSFT_SFTBY, source, model="mean", market="SPY", window=(0, 0), windows=[(0, 0)])
    assert source.asked[1] == (["MSFT", "SFTBY"], labels[place - 251], SESSION)


@pytest.mark.parametrize(
    "model", ["mean", "market_adjusted", "market", "dimson", "scholes_williams"]
)
def test_no_estimation_quantity_depends_on_a_price_at_or_after_the_event(sample, model):
    noise = sample.copy()
    after = noise.index >= SESSION
    noise[after] = np.random.default_rng(0).uniform(1, 1000, noise[after].shape)
    calm, wild = (
        event_study(MSFT_SFTBY, Frame(closes), model=model, market="SPY")
        for closes in (sample, noise)
    )
    pd.testing.assert_frame_equal(calm.events[ESTIMATED], wild.events[ESTIMATED], check_exact=True)
    # Dimson's abnormal return of session -1 reads the market of session 0.
    before = [-5, -4, -3, -2] + [-1] * (model != "dimson")
    pd.testing.assert_frame_equal(calm.abnormal[before], wild.abnormal[before], check_exact=True)
    assert not np.allclose(calm.abnormal[0], wild.abnormal[0])


@settings(deadline=None, max_examples=15)
@given(order=st.permutations(range(6)), dropped=st.integers(0, 5))
def test_events_are_independent_of_one_another_and_of_their_order(many, order, dropped):
    table, source, whole = many
    permuted = event_study(table.iloc[order], source, market="SPY")
    pd.testing.assert_frame_equal(
        permuted.abnormal.loc[whole.abnormal.index], whole.abnormal, check_exact=True
    )
    fewer = event_study(table.drop(index=dropped), source, market="SPY")
    pd.testing.assert_frame_equal(
        fewer.sar, whole.sar.drop(index=table["event_id"][dropped]), check_exact=True
    )


def test_few_and_many_events_are_fitted_to_the_same_bytes():
    closes = invent([f"S{number}" for number in range(30)], seed=5)
    closes = closes.mask(np.random.default_rng(1).random(closes.shape) < 0.02)
    days = Sessions("XNYS").labels(pd.Timestamp("2025-01-02"))[:120]
    table = events(*[(symbol, day) for symbol in closes.columns[1:] for day in days[::2]])
    whole = event_study(table, Frame(closes), market="SPY")
    few = event_study(table[::60], Frame(closes), market="SPY")
    ids = few.events.index.intersection(whole.events.index)
    assert len(ids) > 15
    pd.testing.assert_frame_equal(
        few.events.loc[ids, ESTIMATED], whole.events.loc[ids, ESTIMATED], check_exact=True
    )


@pytest.fixture(scope="module")
def many():
    closes = invent(["A", "B", "C"])
    days = Sessions("XNYS").labels(pd.Timestamp("2025-06-02"))[:40:8]
    table = events(*zip("ABCABC", [*days, days[0]], strict=True), event_id=list("uvwxyz"))
    source = Frame(closes)
    return table, source, event_study(table, source, market="SPY")


def test_offsets_count_sessions_of_the_events_own_exchange():
    closes = invent(["9984.T"], mic="XTKS")
    # Marine Day: Tokyo is closed on Monday 2025-07-21. A source may still have a row for it.
    closes.loc[pd.Timestamp("2025-07-21")] = 1.0
    closes = closes.sort_index().rename(columns={"SPY": "^N225"})
    study = event_study(events(("9984.T", SESSION)), Frame(closes), market="^N225")
    path = closes["9984.T"]
    market = closes["^N225"]
    friday, tuesday = pd.Timestamp("2025-07-18"), SESSION
    event = study.events.iloc[0]
    expected = path[tuesday] / path[friday] - 1
    expected -= event["alpha"] + event["beta"] * (market[tuesday] / market[friday] - 1)
    assert study.abnormal.iloc[0][0] == pytest.approx(expected, abs=1e-12)
    assert event["mic"] == "XTKS"


def test_exchanges_may_be_mixed_and_a_mapping_names_each_market():
    york, tokyo = invent(["MSFT"]), invent(["9984.T"], mic="XTKS", seed=1)
    both = york.join(tokyo.rename(columns={"SPY": "^N225"}), how="outer")
    table = events(("MSFT", SESSION), ("9984.T", SESSION))
    markets = {"MSFT": "SPY", "9984.T": "^N225"}
    together = event_study(table, Frame(both), market=markets)
    assert together.events["market"].tolist() == ["SPY", "^N225"]
    alone = event_study(table[1:], Frame(both), market="^N225")
    pd.testing.assert_frame_equal(together.abnormal[1:], alone.abnormal, check_exact=True)
    assert together.caar().loc["(0, 0)", "n_sessions"] == 1
    with pytest.raises(StudyError, match=r"no market for '9984.T'"):
        event_study(table, Frame(both), market={"MSFT": "SPY"})


def test_events_known_only_by_their_time_are_put_in_their_session(sample):
    stamps = pd.to_datetime(["2025-07-21T20:00:00Z", "2025-07-22T19:59:59Z"])
    table = pd.DataFrame({"symbol": ["MSFT", "SFTBY"], "known_at": stamps})
    study = event_study(table, Frame(sample), market="SPY")
    assert study.events["session"].tolist() == [SESSION, SESSION]
    assert study.events.index.tolist() == ["MSFT-2025-07-22", "SFTBY-2025-07-22"]
    texts = ["2025-07-21T16:00:00-04:00", "2025-07-22T20:59:59+01:00"]
    written = event_study(table.assign(known_at=texts), Frame(sample), market="SPY")
    assert written.events["session"].tolist() == [SESSION, SESSION]
    partly = pd.concat([table.assign(session=[SESSION, None]), pd.DataFrame({"symbol": ["SPY"]})])
    mixed = event_study(partly, Frame(sample), market="SPY")
    assert mixed.events["session"].tolist() == [SESSION, SESSION]
    assert mixed.status["detail"].iloc[-1] == "It has neither a session nor known_at."
    # A time that is not asked for may be of any kind: the column is carried along.
    given = event_study(table.assign(session=SESSION, known_at="soon"), sample, market="SPY")
    assert given.events["known_at"].tolist() == ["soon", "soon"]


def test_every_event_that_falls_out_keeps_a_row_with_its_reason(sample):
    closes = sample.assign(LATE=sample["MSFT"], EARLY=sample["MSFT"], FLAT=5.0, GONE=np.nan)
    closes.loc[: pd.Timestamp("2025-04-01"), "LATE"] = np.nan
    closes.loc[pd.Timestamp("2025-07-21") :, "EARLY"] = np.nan
    rows = [
        ("MSFT", SESSION), ("LATE", SESSION), ("EARLY", SESSION), ("FLAT", SESSION),
        ("GONE", SESSION), ("NONE", SESSION), ("SPY", SESSION), ("SFTBY", "2025-07-19"),
        ("DFM.AE", SESSION), (None, SESSION), ("UNDATED", None), ("OLD", "1950-01-03"),
    ]  # fmt: skip
    faults = pd.DataFrame(
        [("NONE", pd.NaT, "missing", "refused", "The file has no column NONE.")],
        columns=["symbol", "session", "fault", "action", "detail"],
    )
    study = event_study(events(*rows), Frame(closes, faults), market="SPY")
    assert study.status["symbol"].tolist()[:9] == [symbol for symbol, _ in rows][:9]
    assert study.status["reason"].tolist() == [
        "", "too_few_observations", "prices_end_before_event", "model_not_identified",
        "no_prices", "no_prices", "model_not_identified", "outside_calendar",
        "no_calendar", "no_symbol", "no_time", "outside_calendar",
    ]  # fmt: skip
    lost = study.status[study.status["status"] == "lost"]
    assert len(lost) == 11
    assert lost["detail"].str.endswith(".").all()
    details = study.status.set_index("symbol")["detail"]
    assert "min_obs asks for 120" in details["LATE"]
    assert "2025-07-18, before the event session 2025-07-22" in details["EARLY"]
    assert "The file has no column NONE." in details["NONE"]
    assert "2025-07-19 is no session of XNYS" in details["SFTBY"]
    assert study.events.index.tolist() == ["MSFT-2025-07-22"]


def test_a_session_beyond_the_calendar_is_not_called_a_day_without_trading(sample):
    with pytest.raises(StudyError, match="2050-03-03 lies outside the calendar of XNYS, which"):
        event_study(events(("MSFT", "2050-03-03")), Frame(sample), market="SPY")


def test_when_nothing_is_left_the_error_lists_the_reasons_and_carries_the_rows(sample):
    table = events(("NONE", SESSION), ("MSFT", "2025-07-19"))
    with pytest.raises(StudyError) as caught:
        event_study(table, Frame(sample), market="SPY")
    assert "no_prices (1)" in str(caught.value)
    assert "outside_calendar (1)" in str(caught.value)
    assert caught.value.status["status"].tolist() == ["lost", "lost"]
    with pytest.raises(StudyError, match="no events to study"):
        event_study(table[:0], Frame(sample), market="SPY")


def test_a_hole_makes_its_windows_missing_with_a_reason_never_zero(sample):
    closes = sample.copy()
    closes.loc[pd.Timestamp("2025-07-23"), "MSFT"] = np.nan
    study = event_study(MSFT_SFTBY, Frame(closes), market="SPY")
    assert np.isnan(study.abnormal.loc["m", [1, 2]]).all()
    assert study.car(0, 0).loc["m", "reason"] == ""
    row = study.car(-1, 1).loc["m"]
    assert row["reason"] != ""
    assert np.isnan(row[["car", "se", "scar", "p_value", "placebo_p", "mde"]].astype(float)).all()
    assert status_of(study)["MSFT"] == ("studied", "window_incomplete")
    assert "offset 1, 2;" in study.status["detail"][0]
    table = study.caar()
    assert table["n"].tolist() == [2, 1, 1, 1]
    assert table["test"].tolist() == ["generalised_kp", "t", "t", "t"]
    path = study.cumulative("m")["car"]
    assert path[:0].notna().all()
    assert path.loc[1:].isna().all()


def test_a_share_whose_prices_end_while_others_go_on_is_not_pending():
    closes = invent(["A", "B"])
    at = closes.index.get_loc(SESSION)
    closes.loc[closes.index[at + 3 :], "A"] = np.nan
    study = event_study(events(("A", SESSION), ("B", SESSION)), Frame(closes), market="SPY")
    assert study.status["status"].tolist() == ["studied", "studied"]
    assert study.status["reason"].tolist() == ["prices_end_in_window", ""]
    told = study.status["detail"].iloc[0]
    assert told.startswith("Its prices end on 2025-07-24, inside the event window, and others go")
    assert "offset 3, 4, 5" in told
    assert study.caar()["n"].tolist() == [2, 2, 2, 1]


def test_windows_that_prices_cover_count_while_the_others_are_pending(sample):
    closes = sample[: pd.Timestamp("2025-07-23")]
    study = event_study(MSFT_SFTBY, Frame(closes), market="SPY")
    assert set(study.status["status"]) == {"pending"}
    assert "Prices end on 2025-07-23" in study.status["detail"][0]
    assert study.car(-1, 1)["car"].notna().all()
    table = study.caar().loc["(-5, 5)"]
    assert table["n"] == 0
    assert "no event has this window complete" in table["reason"]
    assert np.isnan(table[["caar", "se", "p_value", "mde"]].astype(float)).all()


def test_an_event_whose_windows_all_have_holes_is_lost(sample):
    closes = sample.copy()
    closes.loc[SESSION, "MSFT"] = np.nan
    study = event_study(MSFT_SFTBY, Frame(closes), market="SPY")
    assert status_of(study)["MSFT"] == ("lost", "window_incomplete")


def test_one_event_a_company_and_session_is_kept_the_first_that_can_be_studied():
    closes = invent(["GOOG", "GOOGL", "MSFT"])
    closes["GOOG"] = np.nan
    rows = [("GOOG", SESSION), ("GOOGL", SESSION), ("GOOGL", SESSION), ("MSFT", SESSION)]
    table = events(*rows, company=["alphabet", "alphabet", "alphabet", None])
    study = event_study(table, Frame(closes), market="SPY")
    assert study.events.index.tolist() == ["GOOGL-2025-07-22", "MSFT-2025-07-22"]
    assert study.status["event_id"].tolist()[2] == "GOOGL-2025-07-22-2"
    assert study.status["reason"].tolist() == ["no_prices", "", "duplicate_company_session", ""]
    assert "GOOGL-2025-07-22: this one is part of it" in study.status["detail"][2]


def test_a_share_has_one_event_a_session_by_whatever_names_its_company_goes():
    rows = [("MSFT", SESSION), ("MSFT", SESSION), ("SFTBY", SESSION)]
    table = events(*rows, company=["microsoft", "microsoft-corp", "softbank"])
    study = event_study(table, Frame(invent(["MSFT", "SFTBY"])), market="SPY")
    assert study.events.index.tolist() == ["MSFT-2025-07-22", "SFTBY-2025-07-22"]
    assert study.status["reason"].tolist() == ["", "duplicate_company_session", ""]
    assert study.status["detail"][1].startswith("MSFT has one event in this session")


@pytest.mark.parametrize("known_as", [pd.to_datetime, list])
def test_of_the_events_of_a_company_and_session_the_first_known_is_kept(sample, known_as):
    known = ["2025-07-22T15:00Z", "2025-07-22T14:00Z", "2025-07-22T14:00Z", "2025-07-22T13:00Z"]
    table = events(*[("MSFT", SESSION)] * 3, ("SFTBY", SESSION), known_at=known_as(known))
    table["event_id"] = list("abcd")
    for one in (table, table.drop(columns="session")):
        study = event_study(one, Frame(sample), market="SPY")
        assert study.events.index.tolist() == ["b", "d"]
        assert "this session, b: this one is part" in study.status["detail"][0]


def test_without_instants_the_first_row_of_a_company_and_session_is_kept(sample):
    table = events(*[("MSFT", SESSION)] * 2, known_at=["tomorrow", "today"], event_id=["a", "b"])
    study = event_study(table, Frame(sample), market="SPY")
    assert study.events.index.tolist() == ["a"]


def test_a_single_event_has_its_t_test_as_headline_and_a_placebo_beside(sample):
    study = event_study(MSFT_SFTBY[:1], Frame(sample), market="SPY")
    row, event = study.caar().loc["(-1, 1)"], study.car(-1, 1).loc["m"]
    assert (row["test"], row["n"], row["n_effective"], row["reason"]) == ("t", 1, 1, "")
    for ours, theirs in {
        "caar": "car", "se": "se", "ci_low": "ci_low", "ci_high": "ci_high", "df": "df",
        "mean_scar": "scar", "statistic": "t", "p_value": "p_value", "mde": "mde",
        "placebo_p": "placebo_p",
    }.items():  # fmt: skip
        assert row[ours] == pytest.approx(event[theirs], rel=1e-12)
    results = {result.name: result for result in study.tests((-1, 1))}
    assert [name for name, result in results.items() if result.valid] == ["t", "placebo"]
    assert "two events" in results["bmp"].reason
    assert event["n_placebo"] == 207


def test_five_event_sessions_bring_the_cosine_test_with_its_interval(many):
    _, _, study = many
    row = study.caar().loc["(0, 1)"]
    assert (row["test"], row["n"], row["n_sessions"], row["df"]) == ("cosine", 6, 5, 4)
    half = (row["ci_high"] - row["ci_low"]) / 2
    assert half / row["se"] == pytest.approx(2.7764451051977987)  # t(.975, 4) of the tables
    assert row["caar"] == pytest.approx(study.car(0, 1)["car"].mean())
    assert 0 < row["n_effective"] <= 6
    assert study.by("symbol").loc["A", "test"].tolist() == ["bmp"] * 4


def test_windows_that_overlap_in_calendar_time_bring_generalised_kp(many):
    _, source, _ = many
    rows = [("A", "2025-07-21"), ("B", "2025-07-22"), ("A", "2025-07-23")]
    study = event_study(events(*rows), source, market="SPY")
    assert study.caar()["test"].tolist() == ["bmp", "generalised_kp", *["generalised_kp"] * 2]
    results = {result.name: result for result in study.tests((-1, 1))}
    kp, plain = results["generalised_kp"], results["bmp"]
    assert abs(kp.statistic) < abs(plain.statistic)


@pytest.mark.parametrize(
    ("shared", "own", "effective"), [(1, 1e-6, 1.0), (1, 0.015, 1.6), (0, 0.015, 4.0)]
)  # r is 1, 1/2 and 0: four events are worth 4/(1 + 3r)
def test_events_of_one_session_count_as_many_as_they_differ(shared, own, effective):
    symbols = ["A", "B", "C", "D"]
    closes = invent(["same"], seed=5)
    rng = np.random.default_rng(6)
    for symbol in symbols:
        moves = shared * closes["same"].pct_change() + own * rng.standard_normal(len(closes))
        closes[symbol] = 100 * (1 + moves.fillna(0)).cumprod()
    study = event_study(events(*((name, SESSION) for name in symbols)), Frame(closes), market="SPY")
    row = study.caar().loc["(0, 1)"]
    assert row["test"] == "generalised_kp"
    assert row["n_effective"] == pytest.approx(effective, rel=0.25)


def test_groups_are_reported_apart(study, sample):
    table = MSFT_SFTBY.assign(phase=["intraday", None])
    by = event_study(table, Frame(sample), market="SPY").by("phase")
    assert by.index.names == ["phase", "window"]
    assert by["n"].tolist() == [1] * 8
    first = by.loc[("intraday", "(0, 0)"), "caar"]
    assert first == study.abnormal.loc["m", 0]
    with pytest.raises(StudyError, match="no column 'colour'"):
        study.by("colour")


def test_mean_returns_by_offset_are_the_means_of_the_events(study):
    table = study.aar()
    assert table.index.tolist() == list(range(-5, 6))
    np.testing.assert_allclose(table["aar"], study.abnormal.mean(), rtol=1e-12)
    assert "end" not in table


def test_the_path_of_one_event_ends_where_its_window_does(study):
    path = study.cumulative("m")
    whole = study.car(-5, 5).loc["m"]
    np.testing.assert_allclose(path.loc[5], whole[["car", "se", "ci_low", "ci_high"]].astype(float))
    np.testing.assert_allclose(path["car"], study.abnormal.loc["m"].cumsum(), atol=1e-15)
    with pytest.raises(StudyError, match="No studied event"):
        study.cumulative("x")


def test_columns_come_through_and_the_fit_stands_beside_them(sample):
    table = MSFT_SFTBY.assign(score=[0.4, -0.2], article_ids=["1 2", "3"])
    study = event_study(table, Frame(sample), model="mean")
    assert study.events["score"].tolist() == [0.4, -0.2]
    assert study.events["article_ids"].tolist() == ["1 2", "3"]
    assert study.events["beta"].isna().all()
    assert study.events["market"].isna().all()
    assert study.events.loc["m", "estimation_start"] == pd.Timestamp("2024-09-04")
    assert study.events.loc["m", "estimation_end"] == pd.Timestamp("2025-07-07")
    assert list(table.columns) == ["symbol", "session", "event_id", "score", "article_ids"]


def test_the_volatility_ratio_and_the_zero_share_describe_the_estimation_window():
    closes = invent(["A", "B"], seed=8)
    where = closes.index.get_loc(SESSION)
    wild = np.random.default_rng(0).normal(0, 0.1, 20)
    path = (closes["A"] / closes["A"].shift(1)).fillna(1)
    path.iloc[where - 30 : where - 10] += wild
    closes["A"] = path.cumprod()
    closes.iloc[where - 100 : where - 76, closes.columns.get_loc("B")] = 50.0
    study = event_study(events(("A", SESSION), ("B", SESSION)), Frame(closes), market="SPY")
    assert study.events["volatility_ratio"].iloc[0] > 1.5
    assert study.events["zero_return_share"].tolist() == pytest.approx([0, 23 / 240])


def test_a_model_of_ones_own_reads_named_factors(sample):
    oil = pd.DataFrame({"oil": np.random.default_rng(0).normal(0, 0.02, len(sample))}, sample.index)
    model = Linear("two_factors", ("market", "oil"), ("alpha", "beta", "oil"))
    study = event_study(MSFT_SFTBY, Frame(sample), model=model, market="SPY", factors=oil)
    returns = (sample / sample.shift(1) - 1).join(oil)
    where = returns.index.get_loc(SESSION)
    before = returns.iloc[1 : where - 10]
    fit = sm.OLS(before["MSFT"], sm.add_constant(before[["SPY", "oil"]])).fit()
    np.testing.assert_allclose(study.events.loc["m", ["alpha", "beta", "oil"]].astype(float),
                               fit.params, rtol=1e-9)  # fmt: skip
    with pytest.raises(StudyError, match="reads 'oil'"):
        event_study(MSFT_SFTBY, Frame(sample), model=model, market="SPY")
    with pytest.raises(StudyError, match="reads no factors"):
        event_study(MSFT_SFTBY, Frame(sample), market="SPY", factors=oil)


def test_only_the_tests_asked_for_are_run(sample):
    study = event_study(MSFT_SFTBY, Frame(sample), market="SPY", tests=["bmp"])
    assert [result.name for result in study.tests((0, 0))] == ["bmp"]
    assert study.caar()["test"].tolist() == ["generalised_kp"] * 4


def test_a_result_shows_itself_and_hides_no_loss(sample):
    table = events(("MSFT", SESSION), ("<b>", SESSION), event_id=["<i>m</i>", "2"])
    study = event_study(table, Frame(sample), market="SPY")
    assert isinstance(study, EventStudy)
    assert "1 event studied, model market; 1 lost (no_prices)" in repr(study)
    html = study._repr_html_()
    assert "1 lost (no_prices)" in html
    assert "<i>" not in html
    assert "<b>" not in html
    assert "placebo_p" in study.summary()
    assert "reason" not in study.summary()


def test_a_result_survives_pickling(sample):
    study = event_study(MSFT_SFTBY, Frame(sample), market={"MSFT": "SPY", "SFTBY": "SPY"})
    again = pickle.loads(pickle.dumps(study))  # noqa: S301 (our own bytes)
    pd.testing.assert_frame_equal(again.caar(), study.caar(), check_exact=True)


@pytest.mark.benchmark
def test_one_event_takes_less_than_20_ms(sample):
    source = Frame(sample)
    times = []
    for _ in range(20):
        start = time.perf_counter()
        event_study(MSFT_SFTBY[:1], source, market="SPY")
        times.append(time.perf_counter() - start)
    assert min(times) < 0.02  # other processes may slow the rest
