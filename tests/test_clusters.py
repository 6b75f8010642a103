"""Errors that cluster, and p-values of many tests at once."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import t as student  # noqa: TID251 (an oracle)

from signals.study import clusters, significance


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
    for ours, theirs in ((significance.holm, "holm"), (significance.benjamini_hochberg, "fdr_bh")):
        adjusted = ours(holed)
        assert np.isnan(adjusted[[0, 6]]).all()
        np.testing.assert_allclose(
            adjusted[np.isfinite(holed)], multipletests(p_values, method=theirs)[1]
        )


@given(st.lists(st.floats(0, 1) | st.just(float("nan")), max_size=8))
def test_adjusting_never_makes_a_p_value_smaller_and_keeps_what_is_missing(p_values):
    given_ones = np.array(p_values, dtype=float)
    for adjusted in (significance.holm(given_ones), significance.benjamini_hochberg(given_ones)):
        assert (np.isnan(adjusted) == np.isnan(given_ones)).all()
        known = ~np.isnan(adjusted)
        assert (adjusted[known] >= given_ones[known] - 1e-15).all()
        assert (adjusted[known] <= 1).all()


def variance_by_hand(scar, groups):
    sums = [(scar - scar.mean())[groups == one].sum() for one in np.unique(groups)]
    return len(sums) / (len(sums) - 1) * np.square(sums).sum() / len(scar) ** 2


def test_clustered_statistics_are_those_of_their_formulas():
    rng = np.random.default_rng(9)
    scar, share, date = rng.normal(0.3, 1, 60), rng.integers(0, 8, 60), rng.integers(0, 9, 60)
    one, other = (variance_by_hand(scar, groups) for groups in (share, date))
    found = clusters.clustered("bmp_episode", scar, share)
    assert found.statistic == pytest.approx(scar.mean() / np.sqrt(one))
    assert found.p_value == pytest.approx(2 * student.sf(abs(found.statistic), found.df))
    both = one + other - variance_by_hand(scar, 100 * share + date)
    found = clusters.two_way(scar, share, date)
    assert found.name == "bmp_two_way"
    assert found.statistic == pytest.approx(scar.mean() / np.sqrt(both))


@pytest.mark.parametrize("n", [6, 7, 10, 25])
def test_equal_values_have_no_clustered_test_whatever_rounding_makes_of_their_deviations(n):
    scar, groups = np.full(n, 0.1), np.arange(n)
    sums = clusters.ClusterSums.of(np.ones(n), scar).about(0.1 * (1 + 1e-15))
    for found in (
        clusters.clustered("bmp_date", scar, groups),
        clusters.two_way(scar, groups, groups),
        clusters.clustered_of("bmp_date", n, 0.1, sums),
    ):
        assert not found.valid
        assert "variance" in found.reason


def test_an_episode_lasts_while_each_window_of_a_share_overlaps_the_next():
    share = np.array([0, 0, 0, 1, 0])
    session = np.array([10, 12, 15, 12, 30])
    found = clusters.episodes(share, session, length=3)
    assert found[0] == found[1]  # sessions 10 to 12, and 12 to 14
    assert len({found[1], found[2], found[3], found[4]}) == 4


@pytest.mark.parametrize("uneven", [1, 16])
def test_blocks_that_are_drawn_spread_as_the_mean_of_independent_values_does(uneven):
    rng = np.random.default_rng(10)
    values, weights = rng.normal(1, 1, 400), rng.integers(4, 4 + uneven, 400).astype(float)

    def draw():
        return clusters.block_bootstrap(values, weights, np.arange(400), least=1, draws=999, seed=0)

    mean = np.average(values, weights=weights)
    half = 1.96 * np.sqrt((weights**2 * (values - mean) ** 2).sum()) / weights.sum()
    assert draw() == pytest.approx((mean - half, mean + half), abs=half / 3)
    assert draw() == draw()
