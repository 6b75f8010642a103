"""Errors that cluster, and p-values of many tests at once."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from signals.study import clusters


def test_satterthwaites_freedom_equals_brute_force():
    groups = np.random.default_rng(2).integers(0, 9, 40)
    size = np.bincount(groups)
    centre = np.eye(9) - np.outer(size / 40, np.ones(9))
    covariance = centre @ np.diag(size.astype(float) ** 2) @ centre.T
    expected = np.trace(covariance) ** 2 / np.trace(covariance @ covariance)
    scar = np.random.default_rng(3).normal(size=40)
    assert clusters.clustered("bmp_date", scar, groups).df == pytest.approx(expected)


def test_adjusted_p_values_equal_statsmodels_and_what_is_missing_is_no_test():
    from statsmodels.stats.multitest import multipletests

    p_values = np.random.default_rng(2).random(12) ** 3
    holed = np.insert(p_values, [0, 5], np.nan)
    for ours, theirs in ((clusters.holm, "holm"), (clusters.benjamini_hochberg, "fdr_bh")):
        adjusted = ours(holed)
        assert np.isnan(adjusted[[0, 6]]).all()
        np.testing.assert_allclose(
            adjusted[np.isfinite(holed)], multipletests(p_values, method=theirs)[1]
        )


@given(st.lists(st.floats(0, 1) | st.just(float("nan")), max_size=8))
def test_adjusting_never_makes_a_p_value_smaller_and_keeps_what_is_missing(p_values):
    given_ones = np.array(p_values, dtype=float)
    for adjusted in (clusters.holm(given_ones), clusters.benjamini_hochberg(given_ones)):
        assert (np.isnan(adjusted) == np.isnan(given_ones)).all()
        known = ~np.isnan(adjusted)
        assert (adjusted[known] >= given_ones[known] - 1e-15).all()
        assert (adjusted[known] <= 1).all()
