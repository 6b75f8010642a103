"""Test statistics against brute force and published answers, and whether they keep their size."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import ttest_1samp  # noqa: TID251 (an oracle)
from study_samples import Frame, events, invent, window_error

from signals.errors import StudyError
from signals.study import inference, significance, windows
from signals.study.correlation import mean_correlation
from signals.study.estimate import event_study
from signals.study.models import Linear


def test_mean_correlation_weighs_pairs_by_the_sessions_they_share():
    rng = np.random.default_rng(0)
    residuals = rng.normal(size=(200, 3)) + rng.normal(size=(200, 1))
    residuals -= residuals.mean(axis=0)
    r = np.corrcoef(residuals.T)
    # Three windows of 2 sessions: the first two shares on sessions 0 and 1, the third on 1 and 2.
    coverage = np.array([[1, 1, 0], [1, 1, 1], [0, 0, 1]], dtype=float)
    expected = (r[0, 1] + (r[0, 2] + r[1, 2]) / 2) / 3
    assert mean_correlation(residuals, coverage, 3, 2) == pytest.approx(expected)


def test_two_windows_of_one_share_correlate_by_their_overlap():
    residuals = np.random.default_rng(0).normal(size=(200, 1))
    coverage = np.array([[1], [2], [2], [1]], dtype=float)  # 3 sessions each, 2 of them shared
    assert mean_correlation(residuals, coverage, 2, 3) == pytest.approx(2 / 3)


def test_shares_are_compared_by_residuals_of_the_time_in_which_their_windows_meet():
    shares = list("ABCDEF")
    closes = invent(shares, seed=12, start="2022-01-03")
    common = np.exp(np.cumsum(np.random.default_rng(13).normal(0, 0.01, len(closes))))
    closes[shares] = closes[shares].mul(common, axis=0)
    returns, market = closes.pct_change(), closes["SPY"].pct_change()
    first, second = 300, 700
    table = [*((one, closes.index[first]) for one in "ABC")]
    table += [(one, closes.index[second]) for one in shares]
    study = event_study(events(*table), Frame(closes), market="SPY")

    def related(some, at):
        before = slice(at - 250, at - 10)
        x = np.column_stack([np.ones(240), market.iloc[before]])
        y = returns[some].iloc[before].to_numpy()
        residuals = y - x @ np.linalg.lstsq(x, y)[0]
        return np.corrcoef(residuals.T).sum() - len(some)

    expected = (related(list("ABC"), first) + related(shares, second)) / (9 * 8)
    found = windows.WindowResults(study.sample, 0, 1).window_correlation
    assert found == pytest.approx(expected, rel=1e-9)
    assert found > 0.1


def test_cosine_t_has_as_many_degrees_of_freedom_as_cosines():
    result = inference.cosine(np.array([1.0, 2, 3, 2, 1, 4]), np.arange(6), length=1)
    assert (result.valid, result.df, result.n_clusters) == (True, 4, 6)


def t_tail(statistic, df):
    """Two-sided p-value by integrating the density, independent of scipy.special's stdtr."""
    constant = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(df * math.pi)
    area, _ = quad(lambda u: constant * (1 + u * u / df) ** (-(df + 1) / 2), 0, abs(statistic))
    return 1 - 2 * area


@pytest.mark.parametrize("df", [3, 12, 207])
def test_p_values_and_quantiles_are_two_sided(df):
    assert float(significance.p_of_t(-1.7, df)) == pytest.approx(t_tail(1.7, df), abs=1e-9)
    quantile = float(significance.t_quantile(0.975, df))
    assert t_tail(quantile, df) == pytest.approx(0.05, abs=1e-9)


def chance_to_find(shift, df, level=0.05):
    """Chance that |Z + shift| over an independent √(χ²/df) is beyond the critical t, by hand."""
    critical = brentq(lambda t: t_tail(t, df) - level, 0, 200)

    def beyond(root):  # root is √χ²
        edge = critical * root / math.sqrt(df)
        density = root ** (df - 1) * math.exp(-root * root / 2) / constant
        normal = (
            math.erfc((edge - shift) / math.sqrt(2)),
            math.erfc((edge + shift) / math.sqrt(2)),
        )
        return density * sum(normal) / 2

    constant = 2 ** (df / 2 - 1) * math.gamma(df / 2)
    middle = math.sqrt(df)
    return quad(beyond, max(0, middle - 8), middle + 8, limit=200)[0]


@pytest.mark.parametrize("df", [1, 2, 4, 12, 207])
def test_the_smallest_visible_effect_is_found_in_four_of_five_samples(df):
    for tests in (1, 4):
        mde = float(significance.minimum_detectable_effect(0.02, df, tests=tests)) / 0.02
        assert chance_to_find(mde, df, 0.05 / tests) == pytest.approx(0.8, abs=1e-3)
    given = np.array([0.0, 0.5, -2.0, 3.0, 6.0])
    found = significance.power_of_t(given, df)
    np.testing.assert_allclose(found, [chance_to_find(one, df) for one in given], atol=1e-5)
    assert significance.power_of_t(np.array([60.0, 1e4]), df) == pytest.approx(1, abs=1e-3)


def test_placebos_are_studentised_with_their_exact_in_sample_variance():
    rng = np.random.default_rng(1)
    market = rng.normal(0, 0.01, (1, 40, 1))
    returns = 0.9 * market[:, :, 0] + rng.normal(0, 0.02, (1, 40))
    returns[0, 7] = np.nan
    y, x = Linear().design(returns, market)
    fit = Linear().fit(y, x)
    ours = inference.placebo_statistics(fit.abnormal(y, x), x, fit.inverse, fit.sigma, length=3)[0]
    used = np.isfinite(y[0])
    hat = x[0][used] @ np.linalg.inv(x[0][used].T @ x[0][used]) @ x[0][used].T
    residuals = y[0][used] - hat @ y[0][used]
    covariance = fit.sigma[0] ** 2 * (np.eye(used.sum()) - hat)
    places = np.flatnonzero(used)
    expected = np.full(38, np.nan)
    for start in range(38):
        pick = np.isin(places, range(start, start + 3))
        if pick.sum() == 3:
            expected[start] = residuals[pick].sum() / np.sqrt(covariance[np.ix_(pick, pick)].sum())
    np.testing.assert_allclose(ours, expected, rtol=1e-9)
    assert np.isnan(expected).sum() == 3


def test_a_placebo_p_is_never_zero_and_counts_ties():
    placebos = np.array([1.0, -2.0, 3.0, np.nan])
    assert inference.placebo(9.0, placebos).p_value == 1 / 4
    assert inference.placebo(-2.0, placebos).p_value == 3 / 4
    assert inference.placebo(0.0, placebos).p_value == 1


CARS = np.random.default_rng(7).normal(0.5, 1, 17)
BEFORE = np.random.default_rng(8).normal(0, 1, 40)


def test_the_tests_of_a_mean_are_scipys_t_test():
    theirs = ttest_1samp(CARS, 0)
    for test in (
        inference.cross_sectional_t,
        inference.bmp,
        lambda scar: inference.generalised_kp(scar, 0.0, 9),
    ):
        found = test(np.append(CARS, np.nan))
        assert (found.statistic, found.p_value) == pytest.approx((theirs.statistic, theirs.pvalue))
        assert (found.df, found.n_events) == (16, 17)


@pytest.mark.parametrize(
    ("found", "df"),
    [
        (inference.generalised_kp(CARS, 0.2, 9), 16),
        (inference.skewness_adjusted_t(CARS), 16),
        (inference.crude_dependence(0.4, BEFORE, length=3, n_events=17), 39),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_each_t_statistic_has_the_law_of_its_degrees_of_freedom(found, df):
    assert found.df == df
    assert found.p_value == pytest.approx(t_tail(found.statistic, df), abs=1e-9)


def test_the_skewness_adjusted_t_is_johnsons_formula():
    cars = [0.01, -0.02, 0.03, 0.005, 0.21]  # one large gain among few: skewed
    n, mean = len(cars), sum(cars) / len(cars)
    deviation = math.sqrt(sum((one - mean) ** 2 for one in cars) / (n - 1))
    skewness = sum((one - mean) ** 3 for one in cars) / (n * deviation**3)
    ratio = mean / deviation
    expected = math.sqrt(n) * (ratio + skewness * ratio**2 / 3 + skewness / (6 * n))

    found = inference.skewness_adjusted_t(np.array(cars))

    assert found.name == "skewness_adjusted_t"
    assert found.statistic == pytest.approx(expected, rel=1e-12)


def test_patells_test_and_the_corrections_for_correlation_are_their_formulas():
    df = np.linspace(60, 240, 17)
    z = CARS.sum() / math.sqrt((df / (df - 2)).sum())
    plain, adjusted = inference.patell(CARS, df), inference.patell(CARS, df, correlation=0.2)
    assert (plain.name, adjusted.name) == ("patell", "adjusted_patell")
    assert plain.statistic == pytest.approx(z)
    assert adjusted.statistic == pytest.approx(z / math.sqrt(1 + 16 * 0.2))
    t = math.sqrt(17) * CARS.mean() / CARS.std(ddof=1)
    kp = inference.generalised_kp(CARS, 0.2, 9)
    assert kp.statistic == pytest.approx(t * math.sqrt((1 - 0.2) / (1 + 16 * 0.2)))
    over_all_pairs = inference.generalised_kp(CARS, 0.2, 9, name="kp_bmp")
    assert (over_all_pairs.name, over_all_pairs.statistic) == ("kp_bmp", kp.statistic)
    for one in (plain, adjusted):
        assert one.p_value == pytest.approx(math.erfc(abs(one.statistic) / math.sqrt(2)))


NOTHING = np.array([np.nan, np.nan])


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (inference.cross_sectional_t(np.array([0.1])), "two events or more; there are 1"),
        (inference.bmp(NOTHING), "two events or more; there are 0"),
        (inference.bmp(np.full(3, 0.1)), "all equal"),
        (inference.cosine(np.full(8, 0.1), np.arange(8), length=1), "all equal"),
        (inference.cosine(np.ones(9), np.arange(9) % 4, length=1), "5 sessions or more"),
        (inference.generalised_kp(np.array([1.0]), 0.1, 1), "two events or more"),
        (inference.generalised_kp(np.array([1.0, 2]), np.nan, 1), "correlation is not known"),
        (inference.single_t(np.nan, np.nan, 100), "without a return"),
        (inference.placebo(np.nan, np.ones(3)), "without a return"),
        (inference.placebo(1.0, np.full(3, np.nan)), "before the event is complete"),
    ],
)
def test_a_test_that_says_nothing_gives_a_reason_and_no_number(result, why):
    assert not result.valid
    assert why in result.reason
    assert all(np.isnan([result.statistic, result.df, result.p_value]))


def test_events_without_the_window_are_left_out_and_counted_out():
    scar = np.array([1.0, np.nan, 2.0, 0.5, 1.5, -1.0, 0.3])
    sessions = np.arange(7)
    known = np.isfinite(scar)
    assert inference.bmp(scar) == inference.bmp(scar[known])
    with_hole = inference.cosine(scar, sessions, length=1)
    assert with_hole == inference.cosine(scar[known], sessions[known], length=1)
    assert with_hole.n_events == 6


@pytest.mark.parametrize(
    ("events", "sessions", "overlap", "name"),
    [
        (1, 1, False, "t"),
        (2, 1, True, "generalised_kp"),
        (40, 4, True, "generalised_kp"),
        (4, 4, False, "bmp"),
        (5, 5, False, "cosine"),
        (40, 5, True, "cosine"),
    ],
)
def test_the_headline_is_chosen_by_the_events_and_not_by_their_results(
    events, sessions, overlap, name
):
    assert inference.headline_test(events, sessions, overlap=overlap) == name


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4)), min_size=1, max_size=8))
def test_windows_overlap_when_two_share_a_session(windows):
    starts = np.array([start for start, _ in windows])
    ends = starts + [width for _, width in windows]
    covered = [day for s, e in zip(starts, ends, strict=True) for day in range(s, e + 1)]
    assert inference.overlapping(starts, ends) == (len(covered) != len(set(covered)))


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.floats(0.001, 1000))
def test_no_test_depends_on_the_order_or_the_unit_of_events(seed, factor):
    rng = np.random.default_rng(seed)
    scar, sessions = rng.normal(size=20), rng.integers(0, 40, 20)
    order = rng.permutation(20)
    for test in (
        inference.bmp,
        inference.cross_sectional_t,
        lambda s: inference.generalised_kp(s, 0.2, 9),
    ):
        assert test(factor * scar[order]).statistic == pytest.approx(test(scar).statistic)
    plain = inference.cosine(scar, sessions, length=3)
    moved = inference.cosine(factor * scar[order], sessions[order] + 500, length=3)
    assert moved.p_value == pytest.approx(plain.p_value)


def test_names_of_tests_are_checked():
    assert significance.select_tests(None) == significance.TESTS
    assert significance.select_tests(["cosine", "bmp"]) == ("bmp", "cosine")
    with pytest.raises(StudyError, match="no test 'z'; there are t, placebo"):
        significance.select_tests(["z"])


def test_each_test_has_its_computation_an_answer_and_words_that_are_its_own(root):
    of_one_event = {"t", "placebo"}
    told = significance.WORDS
    assert {*windows._OF_EVENTS, *of_one_event} == {*told}, "_OF_EVENTS and WORDS name other tests"
    assert len({one.called for one in told.values()}) == len(told)
    files = (f"test_{name}.py" for name in ("inference", "ranks", "clusters", "estimate_peers"))
    seen = "".join((root / "tests" / name).read_text(encoding="utf-8") for name in files)
    unseen = [name for name in told if not re.search(rf"\b{name}\b", seen)]
    assert unseen == [], "Hold it against an answer that is independent of it."


def rejected(draw, *, samples):
    """Give the share of samples in which each of the tests that are drawn rejects at 5 %."""
    rng = np.random.default_rng(20250722)
    return np.mean([[one.p_value < 0.05 for one in draw(rng)] for _ in range(samples)], axis=0)


def watch_list(rng, *, related):
    """SCARs of 30 shares over 60 sessions, an event with probability 0.3, windows of 11."""
    returns = rng.normal(size=(70, 30)) + related * rng.normal(size=(70, 1))
    totals = np.cumsum(np.vstack([np.zeros((1, 30)), returns]), axis=0)
    scar = (totals[11:] - totals[:-11]) / np.sqrt(11 * (1 + related**2))
    session, share = np.nonzero(rng.random((60, 30)) < 0.3)
    return scar[session, share], session


def share_dates(rng):
    """SCARs of 5 related shares on each of 10 dates."""
    scar = (rng.normal(size=(10, 5)) + 0.9 * rng.normal(size=(10, 1))) / np.sqrt(1.81)
    return scar.ravel(), np.repeat(np.arange(10) * 20, 5)


@pytest.mark.parametrize(
    ("design", "length"),
    [
        (lambda rng: watch_list(rng, related=0.0), 11),
        (lambda rng: watch_list(rng, related=0.5), 11),
        (share_dates, 1),
    ],
    ids=["one share's news overlaps", "and the shares are related", "shares meet on dates"],
)
def test_where_events_cluster_the_cosine_test_keeps_its_size_and_bmp_does_not(design, length):
    def draw(rng):
        scar, sessions = design(rng)
        return inference.cosine(scar, sessions, length=length), inference.bmp(scar)

    cosine, naive = rejected(draw, samples=600)
    assert 0.02 <= cosine <= 0.09
    assert naive > 0.15


def test_on_one_date_generalised_kp_keeps_its_size_and_bmp_does_not():
    def draw(rng):
        shares = rng.normal(size=(201, 20)) + 0.6 * rng.normal(size=(201, 1))
        scar, residuals = shares[0], shares[1:] - shares[1:].mean(axis=0)
        correlation = mean_correlation(residuals, np.ones((1, 20)), 20, 1)
        return inference.generalised_kp(scar, correlation, 1), inference.bmp(scar)

    corrected, naive = rejected(draw, samples=400)
    assert 0.02 <= corrected <= 0.09
    assert naive > 0.15


def test_one_events_t_test_and_placebo_keep_their_size():
    rng = np.random.default_rng(20250722)
    market = rng.normal(0, 0.01, (3000, 243, 1))
    returns = market[:, :, 0] + rng.normal(0, 0.02, (3000, 243))
    y, x = Linear().design(returns, market)
    fit = Linear().fit(y[:, :240], x[:, :240])
    car = fit.abnormal(y[:, 240:], x[:, 240:]).sum(axis=1)
    se = window_error(fit, x[:, 240:])
    placebos = inference.placebo_statistics(
        fit.abnormal(y[:, :240], x[:, :240]), x[:, :240], fit.inverse, fit.sigma, length=3
    )
    t = [inference.single_t(*event).p_value for event in zip(car, se, fit.df, strict=True)]
    ranks = [inference.placebo(s, p).p_value for s, p in zip(car / se, placebos, strict=True)]
    assert 0.035 <= np.mean(np.array(t) < 0.05) <= 0.065
    assert 0.035 <= np.mean(np.array(ranks) < 0.05) <= 0.07
