import json
import re
import runpy
import statistics
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from evaluation_samples import MARKET, Made, sample
from scipy.optimize import brentq
from scipy.stats import nct as shifted, t as student  # noqa: TID251 (the oracles)

import signals as sg
from signals.errors import StudyError
from signals.evaluation.findings import lookahead_warnings
from signals.market.sessions import Sessions

HERE = Path(__file__).parent / "oracles"
ORACLE = json.loads((HERE / "alphalens.json").read_text())
DRAWN = runpy.run_path(str(HERE / "make_alphalens.py"))


@pytest.fixture(scope="module")
def strong():
    events, prices = sample(strength=0.2, sessions=150)
    return sg.evaluate(events, prices, market=MARKET)


@pytest.fixture(scope="module")
def weak():
    events, prices = sample(seed=4, sessions=150)
    return sg.evaluate(events, prices, market=MARKET)


def one_event(known_at, *, opens):
    """Enter a single event's company among five others and give its entry session."""
    days = pd.bdate_range("2025-07-07", "2025-08-01", unit="us")
    names = [f"N{place}" for place in range(6)]
    rng = np.random.default_rng(1)
    closes = pd.DataFrame(50 + rng.random((len(days), 6)), index=days, columns=names)
    events = pd.DataFrame(
        {"symbol": names, "known_at": pd.Timestamp(known_at), "score": np.arange(6.0)}
    )
    found = sg.evaluate(events, Made(closes, closes if opens else None), horizons=(1,))
    return f"{found.observations['session'].iloc[0]:%m-%d}"


@pytest.mark.parametrize(
    ("known_at", "opens", "entry"),
    [
        ("2025-07-22T09:25:00-04:00", True, "07-22"),
        ("2025-07-22T09:25:01-04:00", True, "07-23"),
        ("2025-07-22T15:00:00-04:00", True, "07-23"),
        ("2025-07-18T20:00:00-04:00", True, "07-21"),
        ("2025-07-22T15:45:00-04:00", False, "07-22"),
        ("2025-07-22T15:45:01-04:00", False, "07-23"),
    ],
)
def test_an_entry_is_the_first_price_after_the_story_with_time_to_read_it(known_at, opens, entry):
    assert one_event(known_at, opens=opens) == entry


@pytest.mark.parametrize(
    ("complete_at", "entry"),
    [("2025-07-22T09:25:00-04:00", "07-22"), ("2025-07-22T14:00:00-04:00", "07-23"), ("", "07-22")],
)
def test_a_score_of_several_articles_is_entered_when_the_last_was_known(complete_at, entry):
    days = pd.bdate_range("2025-07-07", "2025-08-01", unit="us")
    names = [f"N{place}" for place in range(6)]
    closes = pd.DataFrame(
        50 + np.random.default_rng(1).random((len(days), 6)), index=days, columns=names
    )
    events = pd.DataFrame(
        {"symbol": names, "known_at": "2025-07-22T07:00:00-04:00", "score": np.arange(6.0)}
    ).assign(complete_at=complete_at)
    found = sg.evaluate(events, Made(closes, closes), horizons=(1,))

    assert f"{found.observations['session'].iloc[0]:%m-%d}" == entry


def test_two_listings_of_a_company_are_entered_each_with_what_was_known():
    """New York's story tells at noon what Tokyo did that day, long after Tokyo's close."""
    tokyo, york = Sessions("XTKS"), Sessions("XNYS")
    days = tokyo.labels(pd.Timestamp("2023-01-04"), pd.Timestamp("2023-09-29"))
    days = days.union(york.labels(days[0], days[-1]))
    rng = np.random.default_rng(2)
    names = [f"{place}.T" for place in range(1001, 1013)]
    moves = rng.normal(0, 0.01, (len(days), 24))
    moves[~days.isin(tokyo.labels()), :12] = 0.0
    listed = [*names, *(f"U{place}" for place in range(12))]
    closes = pd.DataFrame(50 * np.cumprod(1 + moves, axis=0), days, listed)
    rows = []
    for day in days[20:120]:
        if day in tokyo.labels() and day in york.labels():
            at = day.tz_localize("UTC")
            told = np.sign(closes.loc[day] - closes.loc[:day].iloc[-2])
            for place, name in enumerate(names):
                rows += [
                    (name, "XTKS", f"c{place}", at - pd.Timedelta(hours=9), rng.normal()),
                    (f"U{place}", "XNYS", f"c{place}", at + pd.Timedelta(hours=12), told[name]),
                ]
    events = pd.DataFrame(rows, columns=["symbol", "mic", "company", "known_at", "score"])
    found = sg.evaluate(events, Made(closes, closes), horizons=(1,))

    assert (found.observations["n_events"] == 1).all()
    assert found.ic["p_value"].loc[1] > 0.05


def test_a_recap_that_joins_a_story_of_the_morning_predicts_nothing():
    """Each score knows the day's move, as the mean with an article of the afternoon does."""
    events, prices = sample(seed=7, sessions=120, opens=True)
    labels = prices.closes.index[10:130]
    moves = prices.closes.drop(columns=MARKET).pct_change().loc[labels]
    events["score"] = moves.to_numpy().ravel()
    morning = (labels + pd.Timedelta(hours=7)).tz_localize("America/New_York")
    events["known_at"] = np.repeat(morning, 20)
    leaking = sg.evaluate(events, prices, horizons=(1,)).ic.loc[1]
    events["complete_at"] = events["known_at"] + pd.Timedelta(hours=8)
    honest = sg.evaluate(events, prices, horizons=(1,)).ic.loc[1]

    assert leaking["ic"] > 0.9
    assert honest["p_value"] > 0.05


def test_a_return_runs_from_the_entry_to_the_same_kind_of_price_and_is_less_the_markets(strong):
    closes = strong.sample.panel.table.closes
    row = strong.observations.iloc[777]
    at = closes.index.get_loc(row["session"])
    own, market = (
        closes[name].iloc[at + 5] / closes[name].iloc[at] - 1 for name in (row["symbol"], MARKET)
    )

    assert row["return_5"] == pytest.approx(own - market, abs=1e-15)


def test_coefficients_are_those_of_scipy_session_by_session(weak):
    from scipy.stats import pearsonr, spearmanr  # noqa: TID251 - the oracle

    for horizon in (1, 10):
        series = weak.series[weak.series["horizon"] == horizon].set_index("session")
        for session, group in list(weak.observations.groupby("session"))[::40]:
            returns = group[f"return_{horizon}"]
            row = series.loc[session]
            assert row["rank_ic"] == pytest.approx(spearmanr(group["score"], returns)[0], abs=1e-12)
            assert row["linear_ic"] == pytest.approx(
                pearsonr(group["score"], returns)[0], abs=1e-12
            )


@pytest.fixture(scope="module")
def against_alphalens():
    scores, prices = DRAWN["draw"](pd.DatetimeIndex(ORACLE["sessions"]))
    calendar = Sessions("XNYS")
    closes_at = dict(zip(calendar.labels(), calendar.closes, strict=True))
    events = scores.stack().rename_axis(["session", "symbol"]).rename("score").reset_index()  # noqa: PD013
    events["known_at"] = [closes_at[day] - pd.Timedelta(minutes=20) for day in events["session"]]
    events = events[events["session"] <= ORACLE["complete"][-1]]
    return sg.evaluate(
        events, Made(prices), horizons=DRAWN["HORIZONS"], quantiles=DRAWN["QUANTILES"]
    )


def test_coefficients_equal_those_of_alphalens(against_alphalens):
    for name, expected in ORACLE["ic"].items():
        series = against_alphalens.series
        found = series[series["horizon"] == int(name[:-1])]["rank_ic"].to_numpy()
        assert len(found) == len(expected) > 40
        np.testing.assert_allclose(found, expected, atol=1e-10, rtol=0)


def test_how_coefficients_scatter_is_that_of_alphalens(against_alphalens):
    for name, expected in ORACLE["ic"].items():
        row = against_alphalens.ic.loc[int(name[:-1])]
        positive = sum(one > 0 for one in expected) / len(expected)
        assert row["ic_sd"] == pytest.approx(statistics.stdev(expected), abs=1e-10)
        assert row["ic_positive"] == pytest.approx(positive)


def test_quantiles_and_their_means_equal_those_of_alphalens(against_alphalens):
    data = against_alphalens.to_alphalens()
    assert data["factor_quantile"].tolist() == ORACLE["quantile"]
    for what, column in (("means", "mean"), ("relative", "relative")):
        for name, expected in ORACLE[what].items():
            found = against_alphalens.quantiles.loc[int(name[:-1]), column]
            np.testing.assert_allclose(found, expected, atol=1e-10, rtol=0)


def test_turnover_equals_that_of_alphalens(against_alphalens):
    for lag, expected in ORACLE["top_turnover"].items():
        found = against_alphalens.turnover.loc[(int(lag), 5), "turnover"]
        assert found == pytest.approx(expected, abs=1e-10)


def test_a_planted_signal_is_found_and_a_random_one_is_not(strong, weak):
    assert strong.ic.loc[1, "p_holm"] < 0.001
    assert strong.ic.loc[1, "ci_low"] > 0.1
    assert strong.verdict()[0].startswith("There is evidence")
    assert weak.ic["p_holm"].min() > 0.05
    assert weak.verdict()[0].startswith("No evidence")


def test_what_would_have_been_seen_has_to_pass_holms_correction_too(weak):
    level, df = 0.05 / len(weak.ic), weak.ic["df"]
    critical = student.ppf(1 - level / 2, df)
    shifts = [
        brentq(lambda shift, at=at, n=n: shifted.sf(at, n, shift) - 0.8, 1, 7)
        for at, n in zip(critical, df, strict=True)
    ]
    seen = shifts * weak.ic["se"]
    assert (seen > weak.ic["mde"]).all()
    assert f"above {seen.min():.3f} over" in weak.verdict()[1]
    assert "seen, after Holm, in four of five" in weak.verdict()[1]


def test_the_cosine_test_holds_its_size_where_the_usual_test_does_not():
    rejected = {"p_value": 0, "iid_p": 0}
    runs = 40
    for seed in range(runs):
        events, prices = sample(seed, persistence=0.97, names=12, sessions=200)
        row = sg.evaluate(events, prices, horizons=(10,)).ic.iloc[0]
        for name in rejected:
            rejected[name] += row[name] < 0.05

    assert rejected["p_value"] / runs <= 0.1
    assert rejected["iid_p"] / runs > 0.25


@pytest.mark.slow
@pytest.mark.parametrize("persistence", [0.0, 0.5, 0.9, 0.97])
def test_size_over_1000_samples(persistence, capsys):
    horizons, runs = (1, 5, 10), 1000
    tests = ("p_value", "linear_p", "iid_p")
    rejected = pd.DataFrame(0.0, index=list(horizons), columns=list(tests))
    for seed in range(runs):
        events, prices = sample(10_000 + seed, persistence=persistence, names=15, sessions=200)
        ic = sg.evaluate(events, prices, horizons=horizons).ic
        rejected += ic[list(tests)] < 0.05
    share = 100 * rejected / runs
    with capsys.disabled():
        print(f"\npersistence {persistence}\n{share}")

    assert share[["p_value", "linear_p"]].to_numpy().min() >= 3
    assert share[["p_value", "linear_p"]].to_numpy().max() <= 8
    if persistence >= 0.9:
        assert share.loc[[5, 10], "iid_p"].min() > 25


def expected_rank_ic(correlation, names):
    """Moran (1948): the mean of Spearman's coefficient of normal pairs in a sample."""
    inner = np.arcsin(correlation) + (names - 2) * np.arcsin(correlation / 2)
    return 6 / (np.pi * (names + 1)) * inner


def correlation_over(horizon, strength, persistence):
    """Correlation of a score with the sum of the moves of the next sessions."""
    lags = np.arange(horizon)
    covariance = strength * (persistence**lags).sum()
    scores = (persistence ** np.abs(lags[:, None] - lags)).sum()
    return covariance / np.sqrt(horizon + strength**2 * scores)


@pytest.mark.slow
@pytest.mark.parametrize(("horizon", "persistence"), [(1, 0.0), (1, 0.9), (5, 0.9), (10, 0.97)])
def test_a_planted_coefficient_of_3_percent_is_inside_its_interval(horizon, persistence, capsys):
    from scipy.optimize import brentq

    names, runs, covered = 30, 1000, 0
    strength = brentq(
        lambda a: expected_rank_ic(correlation_over(horizon, a, persistence), names) - 0.03, 0, 1
    )
    for seed in range(runs):
        events, prices = sample(
            50_000 + seed,
            persistence=persistence,
            names=names,
            sessions=200,
            strength=strength,
        )
        row = sg.evaluate(events, prices, horizons=(horizon,)).ic.iloc[0]
        covered += row["ci_low"] <= 0.03 <= row["ci_high"]
    with capsys.disabled():
        print(f"\nhorizon {horizon}, persistence {persistence}: covered {100 * covered / runs} %")

    assert 0.93 <= covered / runs <= 0.97


def merged_on_dates(stamp):
    """A signal that knows the return of its own date, with a story stamped as asked."""
    events, prices = sample(seed=7, sessions=120, opens=True)
    labels = prices.closes.index[10:130]
    same_day = prices.closes.drop(columns=MARKET).pct_change().loc[labels]
    noise = np.random.default_rng(2).standard_normal(same_day.shape)
    events["score"] = (same_day / 0.01 + 2 * noise).to_numpy().ravel()
    events["known_at"] = np.repeat(stamp(labels), 20)
    return sg.evaluate(events, prices, horizons=(1, 5), market=MARKET)


def test_a_signal_made_by_merging_on_the_date_is_exposed():
    honest = merged_on_dates(
        lambda days: (days + pd.Timedelta(hours=18)).tz_localize("America/New_York")
    )

    assert honest.lookahead.loc["merged on the date", "p_value"] < 0.001
    assert honest.ic.loc[1, "p_value"] > 0.05
    assert "It is look-ahead" in honest.verdict()[0]


def test_dates_that_pass_for_instants_are_exposed():
    found = merged_on_dates(lambda days: days.tz_localize("America/New_York"))

    assert found.ic.loc[1, "p_value"] < 0.001
    assert "once the day has ended" in found.lookahead.index
    assert any("This is look-ahead" in sentence for sentence in found.verdict())


def test_an_honest_signal_is_not_accused(strong, weak):
    for one in (strong, weak):
        assert "look-ahead" not in " ".join(one.verdict())


def test_nobody_is_accused_by_a_coefficient_that_can_not_be_tested(strong):
    table = strong.lookahead
    untested = pd.DataFrame(np.nan, ["once the day has ended"], table.columns)
    merged = table.loc[["entered when known"]].set_axis(["merged on the date"])
    rest = table.drop(index="merged on the date")
    midnights = pd.concat([rest, merged, untested]).rename_axis("measure")
    assert "look-ahead" not in " ".join(lookahead_warnings(midnights))

    table = table.copy()
    table.loc["entered when known"] = np.nan
    table.loc["merged on the date", "p_value"] = 0.001
    assert lookahead_warnings(table) == ()


def test_both_placebos_center_on_zero_and_the_signal_stands_out(strong, weak):
    for kind in ("shifted", "shuffled"):
        found = strong.placebo(kind, draws=99)
        assert abs(np.mean(found.values)) < 0.01
        assert found.p_value == pytest.approx(1 / (1 + len(found.values)))
        assert weak.placebo(kind, draws=99).p_value > 0.05


def test_a_hit_is_held_against_the_other_names_of_its_session():
    rng = np.random.default_rng(5)
    events, prices = sample(5, sessions=60, strength=0.7)
    events = events[rng.random(len(events)) < rng.choice([0.03, 0.3], len(events))]
    row = sg.evaluate(events, prices, horizons=1).hit_rates.loc[1]

    observed = sg.evaluate(events, prices, horizons=1).observations
    hits, pairs, alone, n = 0.0, 0.0, 0, 0
    for _, one in observed.groupby("session"):
        up, rose = (one["score"] > 0).to_numpy(), (one["return_1"] > 0).to_numpy()
        if len(one) == 1:
            alone += 1
            continue
        others = [up[i] == rose[j] for i in range(len(up)) for j in range(len(up)) if i != j]
        hits += (up == rose).sum()
        pairs += np.mean(others) * len(up)
        n += len(up)
    assert row["alone"] == alone > 0
    assert row["n"] == n
    assert row["hit_rate"] == pytest.approx(hits / n)
    assert row["chance"] == pytest.approx(pairs / n)
    assert row["excess"] == pytest.approx((hits - pairs) / n)


@pytest.mark.parametrize("names", [2, 3, 6])
def test_signs_that_always_agree_do_so_half_more_often_than_by_chance(names):
    """Whatever the number of names: with m of them each agrees with itself, one in m."""
    events, prices = sample(names=names, sessions=240, strength=100.0)
    row = sg.evaluate(events, prices, horizons=1).hit_rates.loc[1]
    assert row["hit_rate"] > 0.97
    assert row["ci_low"] - 0.02 < 0.5 < row["ci_high"] + 0.02


def test_a_name_alone_in_its_session_has_no_rate_by_chance(tmp_path):
    events, prices = sample(names=1, sessions=40, strength=9.0)
    found = sg.evaluate(events, prices, horizons=1)
    row = found.hit_rates.loc[1]
    assert np.isnan([row["hit_rate"], row["chance"], row["excess"], row["p_value"]]).all()
    assert (
        row["reason"] == "each of the 40 sessions has one name alone, and none to hold it against"
    )
    page = sg.write_report(found, tmp_path / "out.html").read_text()
    assert row["reason"] in page


@pytest.mark.parametrize(
    ("persistence", "sessions", "horizon", "apart"),
    [(0.0, 85, 1, None), (0.5, 85, 1, None), (0.95, 85, 1, 2), (0.0, 85, 10, 2)],
)
def test_shifts_that_do_not_lie_apart_give_no_p(persistence, sessions, horizon, apart):
    """Of an AR(1) signal values are alike for about 2r/(1 - r) sessions, returns for a horizon."""
    events, prices = sample(2, sessions=sessions, persistence=persistence)
    found = sg.evaluate(events, prices, horizons=horizon).placebo("shifted")

    if apart is None:
        assert 0 < found.p_value <= 1 and not found.reason
    else:
        assert np.isnan(found.p_value)
        told = int(re.search(r"possible shifts (\d+) lie apart", found.reason)[1])
        assert abs(told - apart) <= 1
    assert not sg.evaluate(events, prices, horizons=horizon).placebo("shuffled").reason


@pytest.fixture(scope="module")
def abroad():
    """A score that tells the next session's returns, in New York and half as long in Tokyo."""
    ny, prices = sample(3, sessions=120, names=6, strength=20, opens=True)
    tokyo, theirs = sample(4, sessions=60, names=14, strength=20, opens=True, mic="XTKS")
    join = [one.join(other.drop(columns=MARKET), how="outer") for one, other in (
        (prices.closes, theirs.closes), (prices.opens, theirs.opens)
    )]  # fmt: skip
    return sg.evaluate(pd.concat([ny, tokyo], ignore_index=True), Made(*join), horizons=1)


def test_no_placebo_of_several_exchanges_meets_the_true_returns(abroad):
    found = abroad.placebo("shifted")

    assert len(found.values) > 90
    assert found.observed > 0.9
    assert np.abs(found.values).max() < 0.2


def test_a_share_is_priced_on_its_own_exchange_alone(abroad):
    table = abroad.coverage

    assert table["priced"].max() == 20
    assert (table.loc[table["names"] > 0, "share"] <= 1).all()
    assert table["share"].max() == 1


def test_echoes_are_told_apart():
    events, prices = sample(strength=0.2, names=10)
    events["story_id"] = np.arange(len(events)).astype(str)
    later = events.assign(known_at=events["known_at"] + pd.Timedelta(days=1))
    both = pd.concat([events, later], ignore_index=True)
    table = sg.evaluate(both, prices, horizons=(1,)).echoes["ic"]

    assert table["without echoes", 1] > table["all events", 1] + 0.01


def test_concentration_names_what_the_result_rests_on():
    events, prices = sample(names=10, sessions=100)
    closes = prices.closes
    ahead = closes.shift(-1) / closes - 1
    chosen = events["symbol"] == "N03"
    days = events["known_at"].dt.tz_convert("America/New_York").dt.tz_localize(None).dt.normalize()
    events.loc[chosen, "score"] = 300 * ahead["N03"].reindex(days[chosen]).to_numpy()
    row = sg.evaluate(events, prices, horizons=(1,)).concentration.loc[(1, "names")]

    assert row["largest"].startswith("N03")
    assert row["of"] == 10
    assert row["ic_without"] < row["ic"]


def test_only_what_has_a_part_in_the_coefficient_is_what_it_rests_on():
    """Sessions without a score, or with that of one name alone, outrank no session that counts."""
    events, prices = sample(strength=0.3, names=10, sessions=40)
    days = events["known_at"].dt.strftime("%Y-%m-%d")
    chosen = sorted(days.unique())[5:13]
    lonely = days.eq(chosen[0]) & events["symbol"].ne("N03")
    found = sg.evaluate(events[days.isin(chosen) & ~lonely], prices, horizons=(1,))
    session = found.series.set_index("session")
    weights = session["n"] - 1
    parts = session["rank_ic"] * weights / weights.sum()
    largest = (parts * np.sign(parts.sum())).sort_values(ascending=False, kind="stable").iloc[:5]

    row = found.concentration.loc[(1, "sessions")]

    assert (parts * np.sign(parts.sum())).min() < 0  # there is one that speaks against it
    assert row["of"] == 7 == len(session)
    assert row["largest"].split(", ") == [f"{day:%Y-%m-%d}" for day in largest.index]
    assert row["share"] == pytest.approx(largest.sum() / abs(parts.sum()))
    assert row["n_sessions_without"] == 2
    assert found.concentration.loc[(1, "names"), "of"] == 10

    few = sg.evaluate(events[days.isin(chosen[1:4])], prices, horizons=(1,))
    row = few.concentration.loc[(1, "sessions")]
    assert sorted(row["largest"].split(", ")) == chosen[1:4]
    assert (row["of"], row["n_without"]) == (3, 0)


def test_groups_have_their_own_rows_and_a_correction():
    events, prices = sample(strength=0.2)
    events["sector"] = np.where(events["symbol"] < "N10", "a", "b")
    events["n_articles"] = 3
    found = sg.evaluate(events, prices)

    table = found.by("sector")
    assert list(table.index) == ["a", "b"]
    assert (table["p_holm"] >= table["p_value"]).all()
    assert list(found.by("size").index) == ["2-4"]
    assert list(found.by("year").index) == [2021]
    assert list(found.by("phase").index) == ["last-30-minutes"]
    with pytest.raises(StudyError, match="no column 'colour'"):
        found.by("colour")


def test_slopes_differ_where_wide_sessions_have_other_slopes():
    from signals.evaluation.robustness import slope_table

    events, prices = sample(strength=0.3, sessions=100)
    wide = events.index >= len(events) // 2
    events.loc[wide, "score"] *= 5
    row = slope_table(sg.evaluate(events, prices, horizons=(1,)).sample).loc[1]

    assert row["pooled"] < row["fama_macbeth"]
    assert row["pooled_is"] == "flatter" and "flatter" in row["why"]
    assert row["effective_sessions"] < 70


def test_a_table_of_factors_is_its_frame_without_the_riskless_rate():
    events, prices = sample(sessions=200)
    frame = pd.DataFrame({"Mkt-RF": prices.closes[MARKET].pct_change()})
    table = sg.FactorTable.from_frame(100 * frame.assign(RF=0.0002), unit="percent")
    one, other = (
        sg.evaluate(events, prices, horizons=(1,), factors=factors).by_return
        for factors in (frame, table)
    )

    pd.testing.assert_frame_equal(one, other)
    with pytest.raises(StudyError, match="looks like percent"):
        sg.evaluate(events, prices, factors=100 * frame)


def test_betas_use_nothing_after_the_entry():
    events, prices = sample(sessions=200)
    factors = pd.DataFrame({"MKT": prices.closes[MARKET].pct_change()})
    late = events[events["known_at"] > "2021-08-15"]
    before = sg.evaluate(late, prices, horizons=(1,), factors=factors).sample
    changed = Made(prices.closes.copy())
    cut = late["known_at"].max().tz_localize(None).normalize()
    changed.closes.loc[changed.closes.index > cut, "N00"] *= 2
    after = sg.evaluate(late, changed, horizons=(1,), factors=factors).sample

    kept = before.observations.day < before.observations.day.max()
    one, other = (sample.returns_of("factor_neutral")[1][kept] for sample in (before, after))
    assert np.isfinite(one).any()
    np.testing.assert_array_equal(one, other)


def test_factor_neutral_returns_equal_a_regression_by_hand():
    events, prices = sample(sessions=200, names=6)
    found = sg.evaluate(events, prices, horizons=(2,), market=MARKET).sample
    neutral = found.returns_of("factor_neutral")[2]
    place = len(neutral) - 3
    closes = found.panel.table.closes
    name = closes.columns[found.observations.column[place]]
    at = found.observations.row[place]
    past = closes.pct_change().iloc[1:at].iloc[-250:]
    x = np.column_stack([np.ones(len(past)), past[MARKET]])
    beta = np.linalg.lstsq(x, past[name], rcond=None)[0][1]
    moves = closes.iloc[at + 2] / closes.iloc[at] - 1

    assert neutral[place] == pytest.approx(moves[name] - beta * moves[MARKET], abs=1e-12)


def test_factors_are_the_same_for_shares_of_several_markets():
    events, prices = sample(sessions=160, names=6)
    prices.closes["OTHER"] = prices.closes["N00"].iloc[::-1].to_numpy()
    noise = np.random.default_rng(1).normal(0, 0.01, (len(prices.closes), 2))
    factors = pd.DataFrame(noise, prices.closes.index, ["SMB", "HML"])
    own = {f"N{place:02d}": (MARKET, "OTHER")[place % 2] for place in range(6)}

    one, several = (
        sg.evaluate(events, prices, horizons=(2,), market=market, factors=factors)
        for market in (MARKET, own)
    )
    found = [two.sample.returns_of("factor_neutral")[2] for two in (one, several)]
    assert np.isfinite(found[0]).any()
    np.testing.assert_array_equal(*found)


def sparse(seed=6, **options):
    """Events of half of the companies in each session, some sessions without any."""
    events, prices = sample(seed, sessions=60, names=30, persistence=0.9, **options)
    chosen = np.random.default_rng(seed).random(len(events)) < 0.5
    chosen &= ~events["known_at"].isin(events["known_at"].unique()[[20, 21, 40]])
    return events[chosen], prices


def two_exchanges(seed=6):
    """Such events in New York and in Tokyo, whose holidays are not the same days."""
    (here, ours), (there, theirs) = sparse(seed), sparse(seed + 1, mic="XTKS")
    closes = ours.closes.join(theirs.closes.filter(like=".T"), how="outer")
    return pd.concat([here, there]), Made(closes)


def placed(found):
    """Observations with the place of their session, and what tells a place on their exchange."""
    table = found.observations.assign(bin=found.sample.bins)
    days = pd.DatetimeIndex(found.sample.panel.days)
    calendars = [(sg.Sessions(mic).labels(), mic == "XTKS") for mic in ("XNYS", "XTKS")]
    table["place"] = days.get_indexer(table["session"])
    for labels, tokyo in calendars:
        here = table["symbol"].str.endswith(".T") == tokyo
        table.loc[here, "own"] = labels.get_indexer(table.loc[here, "session"])
    return table


@pytest.mark.parametrize("made", [sparse, two_exchanges])
def test_autocorrelation_is_that_of_the_companies_that_come_again(made):
    found = sg.evaluate(*made(), horizons=(1,))
    table = placed(found)
    for lag in (1, 2, 5, 10):
        later = table.assign(own=table["own"] - lag)[["company", "own", "score"]]
        both = table.merge(later, on=["company", "own"]).groupby("place")
        parts = [
            (len(one), one["score_x"].rank().corr(one["score_y"].rank()))
            for _, one in both
            if len(one) >= 5
        ]
        row = found.stability.loc[lag]
        assert row["n_sessions"] == len(parts) > 10
        assert row["n_pairs"] == both.size().sum()
        weights = [n - 1 for n, _ in parts]
        mean = np.average([one for _, one in parts], weights=weights)
        assert row["autocorrelation"] == pytest.approx(mean, abs=1e-12)


@pytest.mark.parametrize("made", [sparse, two_exchanges])
def test_turnover_is_that_of_sets_of_names(made):
    found = sg.evaluate(*made(), horizons=(1,), quantiles=3)
    table = placed(found)
    calendars = [block.sessions.labels() for block in found.sample.panel.blocks]
    for quantile in (1, 2, 3):
        mine = table[table["bin"] == quantile]
        names = mine.groupby("session")["company"].agg(set).to_dict()
        kept = set(zip(mine["company"], mine["own"], strict=True))
        for lag in (1, 2, 5, 10):
            gone = [
                np.mean([(name, own - lag) not in kept for name, own in now])
                for session, now in mine.groupby("session")[["company", "own"]].apply(pairs).items()
                if any(
                    labels[labels.get_loc(session) - lag] in names
                    for labels in calendars
                    if session in labels
                )
            ]
            row = found.turnover.loc[(lag, quantile)]
            assert row["n_sessions"] == len(gone) > 10
            assert row["turnover"] == pytest.approx(np.mean(gone))


def pairs(rows):
    return list(rows.itertuples(index=False, name=None))


def test_a_quantile_whose_names_all_change_is_turned_over_wholly():
    events, prices = sample(sessions=20, names=12)
    even = events["known_at"].isin(events["known_at"].unique()[::2])
    events = events[even == (events["symbol"] < "N06")]
    table = sg.evaluate(events, prices, horizons=(1,), quantiles=2).turnover["turnover"]

    assert table.loc[[(1, 1), (1, 2), (5, 1)]].tolist() == [1.0, 1.0, 1.0]
    assert table.loc[(2, 1)] < 1


def no_returns(events, prices):
    """Prices in the sessions of the events' entries alone, too far apart to meet."""
    closes = prices.closes.copy()
    closes.loc[~closes.index.isin(closes.index[10:70:11])] = np.nan
    every = events["known_at"].dt.tz_convert(None).dt.normalize()
    return events[every.isin(closes.index[10:70:11])], Made(closes)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda e, p: (e.assign(symbol="N00"), p), "none of 60 sessions has 5 names"),
        (lambda e, p: (e[e["known_at"] == e["known_at"].min()], p), "1 session has a value"),
        (lambda e, p: (e.assign(score=0.5), p), "in all 60 sessions every score, or every return"),
        (
            lambda e, p: (e.assign(score=0.5).iloc[17:], p),
            "fewer than 5 names have a score and a return in 1 of 60 sessions, and in the other "
            "59 every score, or every return, is the same",
        ),
        (no_returns, "no observation has a return"),
        (lambda e, p: (e, Made(p.closes * 0 + 50)), "every score, or every return, is the same"),
    ],
    ids=[
        "one security",
        "one session",
        "constant",
        "thin and constant",
        "no returns",
        "still prices",
    ],
)
def test_what_can_not_be_tested_says_why_and_gives_no_number(spoil, sentence):
    events, prices = sample(sessions=60)
    found = sg.evaluate(*spoil(events, prices), horizons=(10,))
    row = found.ic.iloc[0]

    assert sentence in row["reason"]
    assert np.isnan(row[["p_value", "se", "ci_low", "boot_low", "mde"]].astype(float)).all()
    assert found.verdict()[-1].startswith(f"Nothing can be said: {row['reason']}. It takes many")
    for table in (
        found.quantiles,
        found.spreads,
        found.hit_rates,
        found.lookahead,
        found.by_return,
    ):
        untested = table[table["ci_low"].isna()] if "ci_low" in table else table
        assert (untested["reason"] != "").all()
    for table in (found.ic, found.quantiles, found.hit_rates, found.lookahead, found.echoes):
        # A number stands on observations, and says how many.
        numbers = table.filter(["ic", "mean", "hit_rate"]).notna().any(axis=1)
        assert (table.loc[numbers, "n"] > 0).all()


def test_a_horizon_beyond_the_prices_has_a_reason():
    events, prices = sample(sessions=40)
    found = sg.evaluate(events, prices, horizons=(1, 300))
    row = found.ic.loc[300]

    assert "prices end before the horizon" in row["reason"]
    assert row["n"] == 0
    assert found.verdict()[-1] == (
        "1 of 2 horizons could not be tested; over 300 sessions: no observation has a return: "
        "the prices end before the horizon."
    )


def test_betas_that_the_past_is_too_short_for_are_named_as_the_reason():
    events, prices = sample(sessions=40)
    table = sg.evaluate(events, prices, market=MARKET, horizons=(1,)).by_return

    assert "it takes 120 sessions" in table.loc[("factor_neutral", 1), "reason"]
    assert table.loc[("raw", 1), "reason"] == ""


def test_no_coefficient_or_slope_is_without_its_interval(weak):
    assert weak.concentration[["low_without", "high_without"]].notna().all().all()
    row, slopes = weak.slopes.loc[1], weak.slopes
    assert (slopes["fm_low"] < slopes["fama_macbeth"]).all()
    assert row["pooled_low"] < row["pooled"] < row["pooled_high"]
    for sentence in weak.verdict():
        assert "coefficient" not in sentence or "95 %" in sentence or "would have been" in sentence


def test_ties_share_their_ranks_and_leave_bins_empty():
    events, prices = sample(sessions=30)
    events["score"] = (events["score"] > 1).astype(float)  # for few: every lower edge is zero
    found = sg.evaluate(events, prices, horizons=(1,))
    table = found.quantiles.loc[1]
    first = found.series.iloc[0]
    group = found.observations[found.observations["session"] == first["session"]]

    assert first["rank_ic"] == pytest.approx(group["score"].rank().corr(group["return_1"].rank()))
    empty = table[table["n"] == 0]
    assert list(empty.index) == [2, 3]
    assert set(empty["reason"]) == {"ties leave this bin empty in every session"}
    assert empty["mean"].isna().all()


def test_a_result_that_is_none_rests_on_no_names():
    events, prices = sample(sessions=20)
    table = sg.evaluate(events.assign(symbol="N00"), prices, horizons=(1,)).concentration

    assert table["ic"].isna().all() and table["share"].isna().all()
    assert set(table["largest"]) == {""}


def test_usual_groups_are_adjusted_together():
    events, prices = sample(strength=0.2)
    events["novelty"] = np.where(events["symbol"] < "N10", 100, 20)
    events["sector"] = "one"  # tells nothing apart
    table = sg.evaluate(events, prices, horizons=(1,)).groups

    assert list(table.index) == [("novelty", "100"), ("novelty", "below 50")]
    assert (table["p_holm"] >= table["p_value"]).all()
    plain = sg.evaluate(events.drop(columns=["novelty", "sector"]), prices, horizons=(1,)).groups
    assert len(plain) == 0 and list(plain.columns) == list(table.columns)


def test_an_event_without_prices_is_told_of_its_own_symbol():
    events, prices = sample(sessions=20)
    events.loc[2, "symbol"] = "NOPE"
    prices.closes["N00"] = np.inf
    status = sg.evaluate(events, prices, horizons=(1,)).status.set_index("symbol")["detail"]

    assert status["NOPE"] == "made has no prices of NOPE."
    assert "infinite" in status["N00"].iloc[0]


def test_every_event_is_studied_or_has_a_reason():
    events, prices = sample(sessions=30)
    events.loc[0, "score"] = np.nan
    events.loc[1, "symbol"] = "NOPE"
    events.loc[2, "known_at"] = pd.NaT
    events.loc[3, "known_at"] = pd.Timestamp("2021-12-31", tz="UTC")
    prices.closes.iloc[10, 4] = np.nan
    events["relevance"] = 50.0
    events.loc[5, "relevance"] = np.nan
    status = sg.evaluate(events, prices, horizons=(1,)).status

    assert len(status) == len(events)
    assert status["reason"].head(6).tolist() == [
        "no_score",
        "no_prices",
        "no_time",
        "no_entry",
        "no_entry_price",
        "no_relevance",
    ]
    assert (status["status"][6:] == "studied").all()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"horizons": ()}, "There is no horizon"),
        ({"horizons": (0,)}, "The horizon 0 is no number"),
        ({"quantiles": 1}, "quantiles=1 is too few: it takes 2"),
        ({"market": "NOPE"}, "The market NOPE has no prices"),
        ({"market": {"N00": MARKET}}, "names none for N01"),
    ],
)
def test_an_argument_that_means_nothing_is_refused(change, sentence):
    events, prices = sample(sessions=20)
    with pytest.raises(StudyError, match=sentence):
        sg.evaluate(events, prices, **change)


@pytest.mark.parametrize("column", ["symbol", "known_at", "score"])
def test_a_column_that_is_missing_is_named(column):
    events, prices = sample(sessions=20)
    with pytest.raises(StudyError, match=f"no column '{column}'"):
        sg.evaluate(events.drop(columns=column), prices)


def test_the_order_of_events_does_not_matter():
    events, prices = sample(sessions=40)
    one = sg.evaluate(events, prices)
    other = sg.evaluate(events.sample(frac=1, random_state=1), prices)

    pd.testing.assert_frame_equal(one.ic, other.ic)


def test_exports_have_the_shapes_that_others_read(strong, tmp_path):
    data = strong.to_alphalens(horizons=(1, 5))
    assert list(data.columns) == ["1D", "5D", "factor", "factor_quantile"]
    assert data.index.names == ["date", "asset"]
    returns = strong.to_quantstats()
    assert returns.index.tz is None and returns.index.is_monotonic_increasing
    assert returns.mean() == pytest.approx(strong.spreads.loc[1, "spread"])
    assert list(strong.to_vendor("alpha_vantage"))[:2] == ["time_published", "ticker"]
    assert strong.to_vendor("ravenpack")["EVENT_SENTIMENT_SCORE"].notna().all()
    with pytest.raises(StudyError, match="no style"):
        strong.to_vendor("telex")
    names = {path.name for path in strong.write(tmp_path / "out")}
    assert {"ic.csv", "status.csv", "observations.csv", "events_ravenpack.csv"} <= names


def test_it_shows_itself(weak):
    assert repr(weak) == "<Evaluation: 3,000 observations in 150 sessions; horizons 1, 2, 5, 10>"
    assert "No evidence" in weak._repr_html_()
    assert "<table" in weak._repr_html_()


@pytest.mark.parametrize("kind", ["shifted", "shuffled"])
def test_placebos_do_not_depend_on_the_order_of_the_events(kind):
    events, prices = sample(sessions=40, names=8)
    one, other = (
        sg.evaluate(given, prices, horizons=1).placebo(kind)
        for given in (events, events.sample(frac=1, random_state=2))
    )
    np.testing.assert_allclose(one.values, other.values, atol=1e-12)
