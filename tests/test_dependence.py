import numpy as np
import pytest
from hypothesis import given, strategies as st

from signals.evaluation import dependence as d
from signals.study import clusters


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


def test_adjusted_p_values_equal_statsmodels():
    from statsmodels.stats.multitest import multipletests

    p_values = np.random.default_rng(2).random(12) ** 3
    np.testing.assert_allclose(clusters.holm(p_values), multipletests(p_values, method="holm")[1])
    np.testing.assert_allclose(
        clusters.benjamini_hochberg(p_values), multipletests(p_values, method="fdr_bh")[1]
    )


@given(st.lists(st.floats(0, 1) | st.just(float("nan")), max_size=8))
def test_adjusting_never_makes_a_p_value_smaller_and_keeps_what_is_missing(p_values):
    given_ones = np.array(p_values, dtype=float)
    for adjusted in (clusters.holm(given_ones), clusters.benjamini_hochberg(given_ones)):
        assert (np.isnan(adjusted) == np.isnan(given_ones)).all()
        known = ~np.isnan(adjusted)
        assert (adjusted[known] >= given_ones[known] - 1e-15).all()
        assert (adjusted[known] <= 1).all()


def test_the_bootstrap_spreads_as_the_mean_does_and_repeats_with_its_seed():
    rng = np.random.default_rng(4)
    values, weights = rng.standard_normal(300), rng.integers(4, 20, 300).astype(float)
    arguments = {"length": 1, "draws": 2000, "seed": 9}
    means = d.block_bootstrap(values, weights, np.arange(300), **arguments)
    centred = weights * (values - np.average(values, weights=weights))

    assert means.std() == pytest.approx(np.sqrt((centred**2).sum()) / weights.sum(), rel=0.15)
    np.testing.assert_array_equal(
        means, d.block_bootstrap(values, weights, np.arange(300), **arguments)
    )


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
