"""Factor models, corrected tests, effects of a score and second looks."""

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import binomtest, norm, rankdata, wilcoxon as scipy_wilcoxon  # noqa: TID251 (oracles)
from test_estimate import SESSION, Frame, events, invent

from signals.cli import main
from signals.errors import StudyError
from signals.market.sessions import Sessions
from signals.pipeline import analysis_of
from signals.study import clusters, cosines, effects, ranks
from signals.study.confounds import mark_confounded
from signals.study.estimate import event_study
from signals.study.factors import FactorTable
from signals.study.loads import Loads
from signals.study.models import ScholesWilliams
from signals.study.significance import TESTS, t_quantile

DAYS = Sessions("XNYS").labels(pd.Timestamp("2025-03-02"))[:60:7]
TABLE = events(*[(symbol, day) for symbol in "ABCDEFGHIJ" for day in DAYS])
TABLE["score"] = np.random.default_rng(1).uniform(-1, 1, len(TABLE))


@pytest.fixture(scope="module")
def closes():
    return invent(list("ABCDEFGHIJ"))


@pytest.fixture(scope="module")
def study(closes):
    return event_study(TABLE, Frame(closes), market="SPY")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("capm", "capm"), ("ff3", "ff3"), ("ff3_momentum", "carhart"), ("ff5", "ff5"),
     ("ff5_momentum", "ff5_mom")],
)  # fmt: skip
def test_factor_models_meet_the_reference(shared, ours, theirs):
    folder = shared / "eventstudy/H_statsmodels_factor_models"
    reference = json.loads((folder / "MSFT_2025-07-22.json").read_text())["models"][theirs]
    table = pd.read_csv(folder / "inputs_MSFT_FF5_Mom.csv", index_col=0, parse_dates=True)
    before = Sessions("XNYS").labels(end=table.index[0])[-2:-1]
    path = pd.concat([pd.Series(1.0, before), (1 + table["MSFT"]).cumprod()])
    factors = table.drop(columns="MSFT")
    if ours == "capm":
        factors = factors.assign(market=factors["Mkt-RF"] + factors["RF"])
    study = event_study(
        events(("MSFT", SESSION)),
        Frame(path.to_frame("MSFT").rename_axis("session")),
        model=ours,
        factors=FactorTable.from_frame(factors),
        estimation=(-210, -11),
    )
    np.testing.assert_allclose(study.abnormal.iloc[0], reference["ar"], atol=1e-11)
    np.testing.assert_allclose(study.standard_errors.iloc[0], reference["se_ar"], atol=1e-11)
    path = study.cumulative("MSFT-2025-07-22")
    np.testing.assert_allclose(path["se"], reference["se_car_path"], atol=1e-10)
    assert study.bhar(-5, 5).iloc[0] == pytest.approx(reference["bhar"], abs=1e-11)


def test_frenchs_files_are_read_as_percent_with_their_vintage(tmp_path):
    file = tmp_path / "F-F_Factors_daily.csv"
    lines = ["Made from the 202604 CRSP data.", "", ",Mkt-RF,SMB,RF", "20250721,  0.50,-99.99,0.02"]
    file.write_text("\n".join([*lines, "20250722, -1.00, 0.30,0.02", "", "Copyright"]))
    table = FactorTable.read_french(file)
    assert table.vintage == "202604"
    assert table.returns.loc["2025-07-22", "Mkt-RF"] == pytest.approx(-0.01)
    assert np.isnan(table.returns.loc["2025-07-21", "SMB"])


def test_percent_that_nobody_called_percent_is_refused(closes):
    percent = pd.DataFrame({"SMB": np.random.default_rng(0).normal(0, 1, 300)}, closes.index[:300])
    with pytest.raises(StudyError, match="looks like percent"):
        FactorTable.from_frame(percent)
    FactorTable.from_frame(percent, unit="percent")


def test_factors_that_end_early_lose_the_event_by_that_name(closes):
    names = ["Mkt-RF", "SMB", "HML", "RF"]
    values = np.random.default_rng(0).normal(0, 0.01, (len(closes), 4))
    factors = pd.DataFrame(values, closes.index, names)[: pd.Timestamp("2025-04-01")]
    study = event_study(TABLE, Frame(closes), model="ff3", factors=factors)
    lost = study.status[study.status["session"] > pd.Timestamp("2025-04-01")]
    assert set(lost["reason"]) == {"factors_end_before_event"}


def test_the_scholes_williams_beta_is_its_formula():
    rng = np.random.default_rng(0)
    market = rng.normal(0, 0.01, 242)
    y = 0.5 * market[1:-1] + 0.4 * market[:-2] + rng.normal(0, 0.01, 240)
    inputs = np.stack([market[:-2], market[1:-1], market[2:]], axis=1)
    fit = ScholesWilliams().fit(*ScholesWilliams().design(y[None], inputs[None]))
    slopes = [np.cov(y, lag)[0, 1] / lag.var(ddof=1) for lag in inputs.T]
    rho = np.corrcoef(inputs[:, 0], inputs[:, 1])[0, 1]
    assert fit.coefficients[0, 2] == pytest.approx(sum(slopes) / (1 + 2 * rho), rel=1e-10)


def test_ranks_equal_scipys_with_ties_and_holes():
    rng = np.random.default_rng(0)
    before, event = rng.normal(size=(40, 240)), rng.normal(size=(40, 3))
    before[3, 5] = before[3, 9] = event[3, 1]
    before[4, :20] = 0
    before[5, 7] = np.nan
    both = np.hstack([before, event])
    theirs = rankdata(both, axis=1, nan_policy="omit")
    np.testing.assert_array_equal(ranks.mid_ranks(both), theirs)
    known = np.isfinite(theirs)
    u = np.where(known, theirs / (1 + known.sum(axis=1))[:, None] - 0.5, 0.0)
    ours = ranks.RankSums.of(before, event)
    np.testing.assert_allclose(np.append(ours.before, ours.event), u.sum(axis=0), atol=1e-12)
    np.testing.assert_array_equal(np.append(ours.n_before, ours.n_event), known.sum(axis=0))


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10_000), steps=st.sampled_from([2, 30, 10_000, 10**9]))
def test_one_sort_gives_both_kinds_of_ranks_exactly(seed, steps):
    rng = np.random.default_rng(seed)
    values = np.round(rng.standard_t(1.5, (20, 60)) * steps) / steps
    values[0, 0], values[1, 1], values[2], values[4, 7] = 1e300, -1e9, 0.25, np.nan
    values[3, 1] = np.nextafter(values[3, 0], np.inf)
    before, event, scar = values[:, :56], values[:, 56:59], values[:, 59:]
    *fast, rest = ranks.rank_twice(before, event, scar)
    assert {2, 4} <= set(rest.tolist())
    kinds = ((event, values[:, :59]), (scar, np.hstack([before, scar])))
    for sums, (after, both) in zip(fast, kinds, strict=True):
        ours = sums + ranks.RankSums.of(before[rest], after[rest])
        theirs = rankdata(both, axis=1, nan_policy="omit")
        known = np.isfinite(theirs)
        u = np.where(known, theirs / (1 + known.sum(axis=1))[:, None] - 0.5, 0.0)
        np.testing.assert_allclose(np.append(ours.before, ours.event), u.sum(axis=0), atol=1e-12)
        np.testing.assert_array_equal(np.append(ours.n_before, ours.n_event), known.sum(axis=0))


@pytest.mark.parametrize(("n", "method"), [(5, "exact"), (50, "exact"), (51, "asymptotic")])
def test_wilcoxon_equals_scipys(n, method):
    car = np.random.default_rng(0).normal(0.2, 1, n)
    theirs = scipy_wilcoxon(car, method=method, correction=False)
    assert ranks.wilcoxon(car).p_value == pytest.approx(theirs.pvalue, rel=1e-10)


def test_wilcoxon_of_few_events_with_ties_is_that_of_all_signs():
    car = np.array([0.1, -0.1, 0.2, 0.2, -0.3, 0.4, 0.4, 0.4, 0.0])
    sizes = rankdata(np.abs(car[car != 0]))
    sums = [sizes[np.array(signs) > 0].sum() for signs in product((-1, 1), repeat=8)]
    positive = sizes[car[car != 0] > 0].sum()
    tails = np.mean(np.array(sums) <= positive), np.mean(np.array(sums) >= positive)
    assert ranks.wilcoxon(car).p_value == pytest.approx(2 * min(tails), rel=1e-12)


@pytest.mark.parametrize(("positive", "n"), [(0, 5), (9, 10), (5, 10), (31, 50), (32, 51)])
def test_signs_of_few_events_have_the_binomial_law(positive, n):
    car = np.where(np.arange(n) < positive, 0.01, -0.01)
    z = (positive - n / 2) / np.sqrt(n / 4)
    expected = binomtest(positive, n).pvalue if n <= 50 else 2 * norm.sf(abs(z))
    assert ranks.sign(car).p_value == pytest.approx(expected, rel=1e-10)
    assert ranks.sign(car).statistic == pytest.approx(z)
    if n <= 50:
        at_most, at_least = (
            binomtest(positive, n, 0.47, alternative=tail).pvalue for tail in ("less", "greater")
        )
        generalised = ranks.generalised_sign(car, 0.47).p_value
        assert generalised == pytest.approx(min(1, 2 * min(at_most, at_least)), rel=1e-10)


def test_satterthwaites_freedom_equals_brute_force():
    groups = np.random.default_rng(2).integers(0, 9, 40)
    size = np.bincount(groups)
    centre = np.eye(9) - np.outer(size / 40, np.ones(9))
    covariance = centre @ np.diag(size.astype(float) ** 2) @ centre.T
    expected = np.trace(covariance) ** 2 / np.trace(covariance @ covariance)
    scar = np.random.default_rng(3).normal(size=40)
    assert clusters.clustered("bmp_date", scar, groups).df == pytest.approx(expected)


def test_corrections_for_many_tests_are_the_textbooks():
    p = np.array([0.01, 0.04, np.nan, 0.03, 0.005])
    np.testing.assert_allclose(clusters.holm(p), [0.03, 0.06, np.nan, 0.06, 0.02])
    np.testing.assert_allclose(clusters.benjamini_hochberg(p), [0.02, 0.04, np.nan, 0.04, 0.02])


def test_corrected_patell_and_kp_are_for_one_event_a_share(study, closes):
    results = {result.name: result for result in study.tests((0, 1))}
    assert not results["kp_bmp"].valid
    once = event_study(TABLE[:: len(DAYS)], Frame(closes), market="SPY")
    valid = [result.name for result in once.tests((0, 1)) if result.valid]
    assert {"kp_bmp", "adjusted_patell", "rank", "grank_t", "generalised_kp"} <= set(valid)
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
            assert result.df > 0 or result.name == "placebo"
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
    models = study.sensitivity(windows=((0, 1),)).index.get_level_values("model")
    assert list(models) == ["mean", "market_adjusted", "market", "dimson", "scholes_williams"]
    with pytest.raises(StudyError, match="reads 'Mkt-RF'"):
        study.sensitivity(["ff3"])
    low, high = study.bootstrap((0, 1))
    assert low < study.caar(((0, 1),))["caar"].iloc[0] < high
    assert study.drift()["n"].tolist() == [len(TABLE)]
    assert study.confounds(TABLE.head(5), ((0, 1),))["n"].tolist() == [90, 85, 5]
    undated = pd.concat([TABLE.head(5), TABLE.head(3).assign(session=pd.NaT)])
    marked = mark_confounded(study, undated)
    assert "3 confounding events lost (no_symbol_or_time)" in repr(marked)
    assert analysis_of(marked).lost["article"].tolist() == ["3 confounding events"]
    assert "confounding" not in repr(mark_confounded(study, TABLE.head(5)))
    flags = study.flags()
    assert flags.loc["A-2025-03-12", ["overlapping", "in_estimation"]].tolist() == [2, 0]


def test_the_cosine_test_knows_when_events_crowd_into_a_corner():
    sessions = np.append(np.arange(60), np.arange(200, 3000, 280))
    _, df = cosines.cosine_variance(
        np.random.default_rng(0).normal(size=len(sessions)), sessions, length=1
    )
    assert df < 10  # the whole span would have allowed 24
    assert cosines.cosine_variance(np.arange(60.0), np.arange(60), length=1)[1] == 6


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
        days = sessions[mine] - sessions[mine].min()
        path = np.cumsum(rng.normal(size=(draws, days.max() + length)), axis=1)
        path = np.pad(path, ((0, 0), (1, 0)))
        scar[:, mine] = (path[:, days + length] - path[:, days]) / np.sqrt(length)

    def rate(estimate, influence, **loaded):
        loads = Loads.of(sessions, share, length=length, **loaded)
        laid = cosines.Cosines.over(loads, length=length)
        place = np.searchsorted(loads.day, sessions)
        totals = np.zeros((draws, len(loads.day)))
        np.add.at(totals, (slice(None), place), influence)
        error = np.sqrt(((totals @ laid.waves.T) ** 2).sum(axis=1) * laid.scale)
        assert error[0] == pytest.approx(np.sqrt(laid.variance_of(totals[0])))
        return (abs(estimate) / error > t_quantile(0.975, laid.df)).mean()

    up = score > 0
    means = [scar[:, kind].mean(axis=1) for kind in (up, ~up)]
    weight = np.where(up, 70 / up.sum(), -70 / (~up).sum())
    spread = means[0] - means[1], weight * (scar - np.where(up, *(m[:, None] for m in means)))
    kinds = np.column_stack([up, ~up]).astype(float)
    direction = effects.spread_direction(up.sum(), (~up).sum())
    centred, square = score - score.mean(), score.var()
    slope = (centred * scar).mean(axis=1) / square
    residual = scar - scar.mean(axis=1, keepdims=True) - slope[:, None] * centred
    scores = np.column_stack([np.ones(70), score])
    margin = 3 * np.sqrt(0.05 * 0.95 / draws)
    assert abs(rate(*spread, x=kinds, direction=direction) - 0.05) < margin
    direction = effects.slope_direction(score.mean(), square)
    assert (
        abs(rate(slope, centred * residual / square, x=scores, direction=direction) - 0.05) < margin
    )
    # The test can fail: as if no two windows of the share met, or all scores had one sign.
    assert abs(rate(*spread) - 0.05) > margin


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


def test_the_command_studies_events_of_ones_own(root, tmp_path, capsys):
    file = tmp_path / "events.csv"
    file.write_text("symbol,session,score\nMSFT,2025-07-22,0.5\nSFTBY,2025-05-13,-0.2\n")
    prices = ["--prices", str(root / "data/prices"), "--out", str(tmp_path / "out")]
    assert main(["study", str(file), *prices]) == 0
    out = capsys.readouterr().out
    assert "(0, 1)" in out
    assert "positive less negative scores, (0, 1): it takes two events" in out
    assert "Event study of 2 events" in (tmp_path / "out/report.html").read_text()
    file.write_text("symbol,session\nNONE,2025-07-22\n")
    assert main(["study", str(file), *prices]) == 4
    file.write_text("name,when\nMSFT,2025-07-22\n")
    assert main(["study", str(file), *prices]) == 2
    file.write_text("symbol,session,score\nMSFT,2025-07-22,good\n")
    assert main(["study", str(file), *prices]) == 2
    assert "'score' holds no numbers" in capsys.readouterr().err


def test_the_command_says_why_a_mean_has_no_test(root, tmp_path, capsys):
    file = tmp_path / "own.csv"
    file.write_text("symbol,session\nMSFT,2025-09-10\nSFTBY,2025-09-10\n")  # near the last price
    asked = ["study", str(file), "--prices", str(root / "data/prices"), "--out"]

    main([*asked, str(tmp_path / "out")])

    assert "\nt: no event has this window complete\n" in capsys.readouterr().out


def test_what_a_study_wrote_of_its_events_is_studied_again(root, tmp_path, capsys):
    file = tmp_path / "own.csv"
    file.write_text("symbol,session,kind\nMSFT,2025-07-22,deal\nSFTBY,2025-05-13,results\n")
    prices = ["--prices", str(root / "data/prices"), "--out"]
    assert main(["study", str(file), *prices, str(tmp_path / "one")]) == 0
    assert main(["study", str(tmp_path / "one/events.csv"), *prices, str(tmp_path / "two")]) == 0
    for name in ("events.csv", "abnormal_returns.csv"):
        assert (tmp_path / "one" / name).read_text() == (tmp_path / "two" / name).read_text()
    file.write_text("symbol,session,market\nMSFT,2025-07-22,SPY\n")
    assert main(["study", str(file), *prices, str(tmp_path / "three")]) == 2
    assert "a column 'market', which the study writes" in capsys.readouterr().err


def test_the_command_tells_confounded_events_apart(root, tmp_path, capsys):
    file, dates = tmp_path / "events.csv", tmp_path / "earnings.csv"
    days = ["07-22", "07-08", "06-24", "06-10", "05-27"]
    rows = [*(f"MSFT,2025-{day}" for day in days), "SFTBY,2025-05-13"]
    file.write_text("\n".join(["symbol,session", *rows]))
    dates.write_text("symbol,session\nSFTBY,2025-05-13\n")
    asked = [
        "study",
        str(file),
        "--prices",
        str(root / "data/prices"),
        "--out",
        str(tmp_path / "o"),
    ]
    assert main([*asked, "--confounds", str(dates)]) == 0
    events = pd.read_csv(tmp_path / "o/events.csv")
    assert events["confounded"].tolist() == [False] * 5 + [True]
    page = (tmp_path / "o/report.html").read_text()
    assert "Without confounded events" in page and "Confounded events alone" in page
    assert "earnings.csv" in (tmp_path / "o/manifest.json").read_text()
    dates.write_text("symbol\nSFTBY\n")
    assert main([*asked, "--confounds", str(dates)]) == 2
    assert "need a column 'symbol', and 'session' (a date) or 'known_at'" in capsys.readouterr().err
    assert main([*asked, "--confounds", str(tmp_path / "none.csv")]) == 2


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
    held, portfolio = study.mean_bhar(-1, 1).iloc[0], study.calendar_portfolio((-1, 1)).iloc[0]
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


def test_the_command_takes_a_market_for_some_shares_log_returns_and_thin_trading(tmp_path, capsys):
    york, tokyo = invent(["A"]), invent(["9984.T"], mic="XTKS", seed=1)
    both = york.join(tokyo.rename(columns={"SPY": "^N225"}), how="outer")
    both.loc[both.index[500:520:3], "9984.T"] = np.nan
    both.rename_axis("Date").to_csv(tmp_path / "closes.csv")
    file, out = tmp_path / "events.csv", tmp_path / "out"
    file.write_text("symbol,session\nA,2025-07-22\n9984.T,2025-07-22\n")
    command = ["study", str(file), "--prices", str(tmp_path / "closes.csv"), "--out", str(out)]
    more = ["--market", "SPY,9984.T=^N225", "--returns", "log", "--missing", "trade_to_trade"]
    assert main([*command, *more]) == 0
    written = pd.read_csv(out / "events.csv").set_index("symbol")
    assert written["market"].to_dict() == {"A": "SPY", "9984.T": "^N225"}
    page = (out / "report.html").read_text()
    assert "Maynes and Rumsey" in page
    assert "Returns are logarithms" in page
    for wrong in ("SPY,QQQ", "9984.T=^N225", "SPY,=^N225"):
        assert main([*command, "--market", wrong]) == 2
        assert "can't be read: name one market for all" in capsys.readouterr().err


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
