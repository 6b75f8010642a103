import numpy as np
import pytest

from signals.evaluation import dependence as d


def test_equal_weights_without_gaps_give_the_cosine_test_of_the_mean():
    from signals.study.inference import cosine

    values = np.random.default_rng(0).standard_normal(80)
    found = d.mean_over_sessions(values, np.ones(80), np.arange(80), length=2)
    expected = cosine(values, np.arange(80), length=2)

    assert found.p_value == pytest.approx(expected.p_value, abs=1e-14)
    assert found.df == expected.df


def test_newey_west_equals_statsmodels():
    import statsmodels.api as sm

    values = np.random.default_rng(1).standard_normal(90).cumsum() * 0.1
    fit = sm.OLS(values, np.ones(90)).fit(
        cov_type="HAC", cov_kwds={"maxlags": 7, "use_correction": False}
    )
    centred = values - values.mean()

    assert d.newey_west(centred, 7) / 90**2 == pytest.approx(fit.bse[0] ** 2, rel=1e-12)


@pytest.mark.parametrize(("sessions", "length"), [(12, 10), (40, 10), (70, 20), (200, 20)])
def test_returns_that_overlap_are_rejected_five_times_in_a_hundred_however_few(sessions, length):
    rng, draws = np.random.default_rng(9), 1_500
    path = np.cumsum(rng.standard_normal((draws, sessions + length)), axis=1)
    values = (path[:, length:] - path[:, :-length]) / np.sqrt(length)
    tests = [
        d.mean_over_sessions(one, np.ones(sessions), np.arange(sessions), length=length)
        for one in values
    ]
    rate = np.mean([one.p_value < 0.05 for one in tests])
    assert abs(rate - 0.05) < 3 * np.sqrt(0.05 * 0.95 / draws)
    # The values of a few windows say little, and the intervals show it.
    assert np.mean([one.ci_low <= 0 <= one.ci_high for one in tests]) == 1 - rate


@pytest.mark.parametrize("of_weight", [-0.5, 0.0], ids=["as the mean of names", "alike"])
@pytest.mark.parametrize("weights", ["one of 500", "lognormal", "alike"])
def test_sessions_of_uneven_weight_are_rejected_five_times_in_a_hundred_at_most(weights, of_weight):
    rng, draws, n = np.random.default_rng(31), 2_000, 20
    each = {
        "one of 500": np.append(np.full(19, 5.0), 499.0),
        "lognormal": 4 + 10 * rng.lognormal(0, 2, n),
        "alike": np.full(n, 7.0),
    }[weights]
    values = rng.standard_normal((draws, n)) * each**of_weight
    tests = [d.mean_over_sessions(one, each, np.arange(n), length=1) for one in values]
    rate = np.mean([one.p_value < 0.05 for one in tests])
    assert rate < 0.05 + 3 * np.sqrt(0.05 * 0.95 / draws)


def test_gaps_count_as_sessions():
    values = np.random.default_rng(5).standard_normal(40)
    dense = d.mean_over_sessions(values, np.ones(40), np.arange(40), length=5)
    sparse = d.mean_over_sessions(values, np.ones(40), 5 * np.arange(40), length=5)

    assert dense.df < sparse.df
    assert dense.bandwidth < sparse.bandwidth


def test_fewer_sessions_than_the_bandwidth_have_no_newey_west_interval():
    values = np.array([0.1, -0.2, 0.3, 0.05, 0.0])
    found = d.mean_over_sessions(values[:5], np.ones(5), np.arange(5), length=1)
    assert np.isfinite(found.nw_low)
    short = d._newey_west_margin(values[:2], np.arange(2), 1)
    assert np.isnan(short[0]) and "there are 2" in short[2]


def test_fixed_b_values_start_at_the_normal_one():
    assert d.fixed_b_quantile(0.0) == pytest.approx(1.96)
    assert d.fixed_b_quantile(0.1) == pytest.approx(2.2606, abs=1e-3)


def test_the_newey_west_interval_is_statsmodels_error_times_the_fixed_b_value():
    import statsmodels.api as sm

    values = np.random.default_rng(6).standard_normal(120).cumsum() * 0.1
    found = d.mean_over_sessions(values, np.ones(120), np.arange(120), length=1)
    cov = {"maxlags": found.bandwidth, "use_correction": False}
    error = sm.OLS(values, np.ones(120)).fit(cov_type="HAC", cov_kwds=cov).bse[0]
    # Kiefer and Vogelsang (2005), table 1: their bandwidth is one more than the lags.
    b = (found.bandwidth + 1) / 120
    critical = 1.96 + 2.9694 * b + 0.416 * b**2 - 0.5324 * b**3

    assert found.nw_high - found.mean == pytest.approx(critical * error, rel=1e-12)
