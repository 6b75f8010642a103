"""Factor models, corrected tests, effects of a score and second looks."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from study_samples import Frame, events, invent

from signals.errors import StudyError
from signals.evaluation.earnings import mark_earnings
from signals.market.sessions import Sessions
from signals.pipeline import analysis_of
from signals.report.study_gallery import look_drawings
from signals.study.confounds import mark_confounded
from signals.study.estimate import event_study
from signals.study.significance import TESTS

DAYS = Sessions("XNYS").labels(pd.Timestamp("2025-03-02"))[:60:7]
TABLE = events(*[(symbol, day) for symbol in "ABCDEFGHIJ" for day in DAYS])
TABLE["score"] = np.random.default_rng(1).uniform(-1, 1, len(TABLE))


@pytest.fixture(scope="module")
def closes():
    return invent(list("ABCDEFGHIJ"))


@pytest.fixture(scope="module")
def study(closes):
    return event_study(TABLE, Frame(closes), market="SPY")


def test_a_window_is_two_numbers_or_one_pair(study):
    pd.testing.assert_frame_equal(study.car((0, 1)), study.car(0, 1))
    pd.testing.assert_series_equal(study.bhar([-1, 1]), study.bhar(-1, 1))
    for wrong in (0, (0, 1, 2), "ab"):
        with pytest.raises(StudyError, match=r"is no window: give two offsets in sessions"):
            study.car(wrong)
    with pytest.raises(StudyError, match="reaches outside window"):
        study.car((0, 99))


def test_corrected_patell_and_kp_are_for_one_event_a_share(study, closes):
    results = {result.name: result for result in study.tests((0, 1))}
    assert not results["kp_bmp"].valid
    assert results["rank"].valid and results["grank_t"].valid
    once = event_study(TABLE[:: len(DAYS)], Frame(closes), market="SPY")
    valid = [result.name for result in once.tests((0, 1)) if result.valid]
    assert {"kp_bmp", "adjusted_patell", "generalised_kp"} <= set(valid)
    assert "cosine" not in valid


@pytest.mark.parametrize(
    ("rows", "never"),
    [
        (slice(0, 1), set(TESTS) - {"t", "placebo"}),
        (slice(0, 20, 9), {"t", "placebo", "cosine", "bmp_date", "bmp_two_way", "bmp_episode"}),
        (slice(None), {"t", "placebo"}),
    ],
    ids=["one event", "one date", "many"],
)
def test_every_test_says_its_null_and_gives_a_number_or_the_reason_for_none(closes, rows, never):
    results = event_study(TABLE[rows], Frame(closes), market="SPY").tests((0, 1))
    assert [result.name for result in results] == list(TESTS)
    for result in results:
        numbers = [result.statistic, result.p_value]
        assert len(result.null.split()) > 4
        if result.valid:
            assert result.name not in never
            assert np.isfinite(numbers).all()
            assert 0 <= result.p_value <= 1
            exact = {"placebo", "sign", "generalised_sign"}  # they have no degrees of freedom
            assert result.df > 0 or result.name in exact
            assert result.reason == ""
        else:
            assert np.isnan([*numbers, result.df]).all()
            assert len(result.reason.split()) > 4


def test_a_slope_and_a_spread_find_what_follows_the_score(closes):
    moved = closes.copy()
    for row in TABLE.to_dict("records"):
        moved.loc[row["session"] :, row["symbol"]] *= 1 + 0.03 * row["score"]
    table = event_study(TABLE, Frame(moved), market="SPY").sentiment("score", (0, 0))
    assert (table.loc[["spread", "slope"], "p_value"] < 0.05).all()
    assert table.loc["spread", "estimate"] == pytest.approx(0.03, abs=0.008)
    assert table.loc["log_volume", "reason"] == "the prices have no volume"


def test_second_looks_at_a_study_with_nothing_in_it(study):
    drawn = study.placebo((0, 1), draws=99)
    assert 0.01 <= drawn.attrs["p_value"] <= 1
    pd.testing.assert_frame_equal(drawn, study.placebo((0, 1), draws=99))
    assert study.power((0, 1)).is_monotonic_increasing
    models = [*study.sensitivity(windows=((0, 1),)).index.get_level_values("model")]
    assert models[:3] == ["mean", "market_adjusted", "market"]
    assert {"dimson", "scholes_williams"} <= {*models}
    assert {"capm", "ff3"}.isdisjoint(models), "They read factors, and there are none."
    with pytest.raises(StudyError, match="reads 'Mkt-RF'"):
        study.sensitivity(["ff3"])
    low, high = study.bootstrap((0, 1))
    assert low < study.caar(((0, 1),))["caar"].iloc[0] < high
    assert study.drift()["n"].tolist() == [len(TABLE)]
    assert study.confounds(TABLE.head(5), ((0, 1),))["n"].tolist() == [90, 85, 5]
    undated = pd.concat([TABLE.head(5), TABLE.head(3).assign(session=pd.NaT)])
    marked = mark_confounded(study, undated)
    assert "3 confounding events lost (no_symbol_or_time)" in repr(marked)
    assert study.confounds(undated).attrs == {"lost_confounds": 3}
    assert analysis_of(marked).lost["article"].tolist() == ["3 confounding events"]
    assert "confounding" not in repr(mark_confounded(study, TABLE.head(5)))
    flags = study.flags()
    assert flags.loc["A-2025-03-12", ["overlapping", "in_estimation"]].tolist() == [2, 0]


def test_a_slope_is_as_sure_whatever_the_score_is_measured_in(closes):
    def slope(factor, shift):
        table = TABLE.assign(score=TABLE["score"] * factor + shift)
        return (
            event_study(table, Frame(closes), market="SPY").sentiment("score", (0, 1)).loc["slope"]
        )

    plain = slope(1, 0)
    for factor, shift in ((1e6, 0), (1, 1e4)):
        other = slope(factor, shift)
        assert other["p_value"] == pytest.approx(plain["p_value"], rel=1e-9)
        assert other["df"] == pytest.approx(plain["df"], rel=1e-9)
        assert other["estimate"] * factor == pytest.approx(plain["estimate"], rel=1e-7)


def test_a_size_check_counts_rejections_where_nothing_happened(study):
    table = study.size_check((0, 1), draws=200)
    assert list(table.index) == ["patell", "sign", "bmp", "cosine"]
    assert (table["draws"] == 200).all()
    assert table.loc["cosine", "ci_low"] <= 0.05 <= table.loc["cosine", "ci_high"]
    assert (table["ci_low"] <= table["rejected"]).all()
    pd.testing.assert_frame_equal(table, study.size_check((0, 1), draws=200))


def test_a_size_check_sees_a_test_that_takes_shared_sessions_for_independent(closes):
    common = closes.copy()
    shock = np.random.default_rng(2).normal(0, 0.03, len(closes))
    names = list("ABCDEFGHIJ")
    common[names] = common[names].mul((1 + pd.Series(shock, closes.index)).cumprod(), axis=0)
    once = event_study(TABLE.groupby("symbol").head(1), Frame(common), market="SPY")
    assert set(once.events["session"]) == {DAYS[0]}
    table = once.size_check((0, 1), draws=200)
    assert table.loc["bmp", "ci_low"] > 0.15
    assert table.loc["generalised_kp", "rejected"] < 0.12


def _in_a_row(counts):
    """Events of shares in successive sessions, how many of each; forty apart from the next's."""
    days = Sessions("XNYS").labels(pd.Timestamp("2024-02-01"), pd.Timestamp("2025-09-01"))
    starts = 40 * np.arange(len(counts))
    rows = [
        (symbol, day)
        for symbol, start, n in zip("ABCDEFGH", starts, counts, strict=False)
        for day in days[start : start + n]
    ]
    return event_study(
        events(*rows),
        Frame(invent("ABCDEFGH", start="2022-06-01")),
        market="SPY",
        window=(0, 10),
        windows=((0, 10),),
    )


@pytest.mark.parametrize("counts", [(20,) * 8, (60,) * 8], ids=["eight runs", "one long run"])
def test_windows_that_overlap_still_do_on_random_sessions(counts):
    drawn = _in_a_row(counts).placebo((0, 10), draws=400)
    apart = np.abs(np.subtract.outer(*[np.arange(counts[0])] * 2))
    shared = np.clip(1 - apart / 11, 0, None).mean()  # mean correlation of windows of 11 sessions
    expected = np.sqrt(shared / len(counts))
    assert drawn["mean_scar"].std() == pytest.approx(expected, rel=0.25)
    assert drawn.attrs["n_independent"] == 400


def test_a_size_check_sees_a_test_that_takes_overlapping_windows_for_independent():
    study = _in_a_row((20,) * 8)
    table = study.size_check((0, 10), draws=200)
    assert table.loc["bmp", "ci_low"] > 0.3
    assert table.loc["cosine", "rejected"] < 0.12


def test_draws_that_overlap_one_another_tell_no_more_than_those_that_do_not():
    study = _in_a_row((20,))
    drawn, sizes = study.placebo((0, 10)), study.size_check((0, 10), draws=200)
    places = 240 // (20 + 10)
    assert drawn.attrs["n_independent"] == sizes.attrs["n_independent"] == places
    assert drawn.attrs["p_value"] >= 1 / (1 + places)
    assert (sizes["ci_high"] - sizes["ci_low"] > 0.3).all(), "Eight of eight are 0.68 to 1."
    moved = replace(study, sample=replace(study.sample, held=study.sample.event_returns + 0.1))
    assert moved.placebo((0, 10)).attrs["p_value"] == 1 / (1 + places)
    _, random_sessions, size = (one.caption for one in look_drawings(study, (0, 10)))
    assert "no more than 8 of the draws lie apart" in random_sessions
    assert "no more than 8 of the draws lie apart" in size


def test_the_mean_path_is_caar_up_to_each_offset(study):
    path = study.path()
    assert path.index.tolist() == list(range(-5, 6))
    whole = study.caar(((-5, 5),)).iloc[0]
    for name in ("caar", "se", "ci_low", "ci_high", "p_value", "n"):
        assert path.loc[5, name] == pytest.approx(whole[name])
    np.testing.assert_allclose(path["aar"], study.aar()["aar"])
    parts = study.path_by_sign()
    assert list(parts.index.get_level_values("sign").unique()) == ["negative", "positive"]
    counts = parts.loc[(slice(None), 5), "n"]
    assert counts.tolist() == [(TABLE["score"] < 0).sum(), (TABLE["score"] > 0).sum()]


def test_mean_buy_and_hold_and_the_calendar_portfolio_say_how_sure_they_are(study):
    held, portfolio = study.mean_bhar((-1, 1)).iloc[0], study.calendar_portfolio((-1, 1)).iloc[0]
    assert held["estimate"] == pytest.approx(study.bhar(-1, 1).mean())
    assert 0 < held["skewness_adjusted_p"] <= 1
    for row in (held, portfolio):
        assert row["n"] == len(TABLE)
        assert row["n_sessions"] >= len(DAYS)
        assert row["ci_low"] < row["estimate"] < row["ci_high"]
        assert 0 < row["n_effective"] <= len(TABLE)
        assert row["mde"] > row["se"] > 0
        assert 0 < row["p_value"] <= 1


def test_every_table_tells_n_sessions_interval_and_what_could_be_seen(study):
    wanted = {"n", "n_sessions", "ci_low", "ci_high", "n_effective", "mde", "p_value", "test"}
    window = (0, 1)
    for table in (
        study.caar(), study.aar(), study.by("symbol"), study.spread(), study.slope(),
        study.sentiment(), study.drift(), study.path(), study.path_by_sign(),
        study.sensitivity(["mean", "market"]), study.confounds(TABLE.head(3)),
        study.mean_bhar(*window), study.calendar_portfolio(window),
    ):  # fmt: skip
        assert wanted <= set(table.columns)


def test_events_known_to_the_day_stand_apart_in_the_summary(closes):
    table = TABLE.assign(precision=["day", "second"] * (len(TABLE) // 2))
    study = event_study(table, Frame(closes), market="SPY")

    def table_of(precision):
        return table[table["precision"].eq(precision)]

    summary = study.summary()
    assert summary.index.names == ["precision", "window"]
    assert summary["n"].unique().tolist() == [len(TABLE) // 2]
    half = {"timed": "second", "dated": "day"}
    for made in (study.caar(), study.aar(), study.path(), study.spread(), study.by("symbol")):
        assert "clock" in made.index.names
    for clock, precision in half.items():
        alone = event_study(table_of(precision), Frame(closes), market="SPY")
        pd.testing.assert_frame_equal(study.caar().loc[clock], alone.caar())
        pd.testing.assert_frame_equal(study.path().loc[clock], alone.path())
        pd.testing.assert_frame_equal(study.sentiment().loc[clock], alone.sentiment())
        by_share = study.by("symbol").xs(clock, level="clock")
        pd.testing.assert_frame_equal(by_share, alone.by("symbol"))
        if clock == "timed":
            assert str(study.tests((0, 1))) == str(alone.tests((0, 1)))
            pd.testing.assert_series_equal(study.power((0, 1)), alone.power((0, 1)))
    assert study.drift().index.names == ["precision", "window"]
    timed = event_study(TABLE.assign(precision="second"), Frame(closes), market="SPY")
    assert timed.caar().index.names == ["window"]
    assert timed.summary().index.name == "window"


def test_abnormal_volume_is_measured_against_the_sessions_before(closes):
    traded = pd.DataFrame(
        np.random.default_rng(3).lognormal(12, 0.3, closes.shape), closes.index, closes.columns
    )
    for row in TABLE.to_dict("records"):
        traded.loc[row["session"], row["symbol"]] *= 2

    class Traded(Frame):
        def history(self, symbols, start, end):
            table = super().history(symbols, start, end)
            return replace(table, volume=traded.loc[start:end, table.closes.columns])

    row = (
        event_study(TABLE, Traded(closes), market="SPY")
        .sentiment("score", (0, 0))
        .loc["log_volume"]
    )
    assert row["n"] == len(TABLE)
    assert row["ci_low"] < np.log(2) < row["ci_high"]
    assert row["estimate"] == pytest.approx(np.log(2), abs=0.12)
    assert row["p_value"] < 0.01


@pytest.mark.parametrize("missing", ["drop", "trade_to_trade"])
def test_confounded_events_are_those_with_another_of_their_share_in_the_window(closes, missing):
    study = event_study(TABLE, Frame(closes), market="SPY", missing=missing)
    labels = closes.index
    day = labels[labels.get_loc(DAYS[4]) + 5]  # the last session of one event's window
    others = pd.DataFrame({"symbol": ["A", "ELSEWHERE"], "session": [day, day]})
    table = study.confounds(others, ((-5, 5),))
    held = [
        (row.symbol == "A") and abs(labels.get_loc(row.session) - labels.get_loc(day)) <= 5
        for row in TABLE.itertuples()
    ]
    counts = {key[0]: n for key, n in table["n"].items()}
    assert counts == {"all": len(TABLE), "without": len(TABLE) - sum(held), "with": sum(held)}
    with pytest.raises(StudyError, match="need a column 'symbol', and 'session'"):
        study.confounds(others[["symbol"]])
    with pytest.raises(StudyError, match="as a date like"):
        study.confounds(others.assign(session="soon"))
    with pytest.raises(StudyError, match="was given no confounds"):
        study.confounds()
    known = pd.DataFrame({"symbol": ["A"], "known_at": [day.tz_localize("America/New_York")]})
    marked = event_study(
        TABLE, Frame(closes), market="SPY", missing=missing, confounds=known.assign(mic="XNYS")
    )
    assert marked.events["confounded"].tolist() == held
    pd.testing.assert_frame_equal(marked.confounds(windows=((-5, 5),)), table)


def test_a_date_without_trading_confounds_the_next_session(closes):
    """Some report on a Saturday; what earnings mark and what a study is confounded by agree."""
    monday, friday = pd.Timestamp("2025-06-09"), pd.Timestamp("2025-06-06")
    told = pd.DataFrame({"symbol": ["A"], "session": [pd.Timestamp("2025-06-07")]})
    windows = ((monday, 0, 0), (friday, 0, 1), (friday, 0, 0), (monday, 1, 2))
    for (session, first, last), expected in zip(windows, [True, True, False, False], strict=True):
        study = event_study(
            events(("A", session)),
            Frame(closes),
            market="SPY",
            window=(first, last),
            windows=((first, last),),
            confounds=told,
        )
        assert study.events["confounded"].tolist() == [expected]
    story = pd.DataFrame({"symbol": "A", "mic": "XNYS", "score": 0.5}, index=[0])
    story["known_at"] = (monday + pd.Timedelta(hours=12)).tz_localize("America/New_York")
    assert mark_earnings(story, told)["earnings"].tolist() == [True]


def test_a_spread_leaves_out_what_has_no_score_and_no_sign(closes):
    table = TABLE.copy()
    table.loc[:9, "score"], table.loc[10:14, "score"] = np.nan, 0.0
    study = event_study(table, Frame(closes), market="SPY")
    row, cars = study.spread("score", (0, 1)).iloc[0], study.car(0, 1)["car"]
    scores = study.events["score"]
    assert row["n"] == len(TABLE) - 15
    expected = cars[scores > 0].mean() - cars[scores < 0].mean()
    assert row["estimate"] == pytest.approx(expected)
    assert study.slope("score", (0, 1))["n"].iloc[0] == len(TABLE) - 10
    assert study.path_by_sign().xs(5, level="offset")["n"].sum() == len(TABLE) - 10
