"""Return models against statsmodels, the synthetic fixture E, and rules that any model keeps."""

import json

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings, strategies as st
from study_samples import window_error

from signals.errors import StudyError
from signals.study.fits import least_squares, moments
from signals.study.models import Linear, MarketAdjusted, ReturnModel, find_model

MEAN = find_model("mean")


def draw(seed, *, events=6, sessions=240, holes=0.05):
    """Market and share returns of several events, with holes in both."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0004, 0.01, (events, sessions))
    returns = 0.001 + 1.2 * market + rng.normal(0, 0.02, (events, sessions))
    returns[rng.random(returns.shape) < holes] = np.nan
    market[rng.random(market.shape) < holes] = np.nan
    return returns, market[:, :, None]


def fit(model, returns, inputs):
    y, x = model.design(returns, inputs)
    return model.fit(y, x)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("model", [Linear(), MEAN], ids=["market", "mean"])
def test_fits_and_error_bands_equal_statsmodels_with_holes(model, seed):
    returns, inputs = draw(seed)
    ahead, ahead_inputs = draw(seed + 100, sessions=11, holes=0)
    y, x = model.design(returns, inputs)
    ahead_y, ahead_x = model.design(ahead, ahead_inputs)
    ours = model.fit(y, x)
    for event in range(len(y)):
        used = np.isfinite(y[event]) & np.isfinite(x[event]).all(axis=1)
        theirs = sm.OLS(y[event][used], x[event][used]).fit()
        np.testing.assert_allclose(ours.coefficients[event], theirs.params, rtol=1e-10)
        np.testing.assert_allclose(ours.sigma[event] ** 2, theirs.mse_resid, rtol=1e-10)
        np.testing.assert_allclose(ours.r2[event], theirs.rsquared, rtol=1e-9, atol=1e-12)
        assert (ours.n_obs[event], ours.df[event]) == (used.sum(), theirs.df_resid)

        forecast = theirs.get_prediction(ahead_x[event])
        abnormal = ahead_y[event] - forecast.predicted_mean
        np.testing.assert_allclose(ours.abnormal(ahead_y, ahead_x)[event], abnormal, atol=1e-10)
        np.testing.assert_allclose(ours.forecast_error(ahead_x)[event], forecast.se_obs, rtol=1e-10)
        covariance = theirs.mse_resid * (
            np.eye(11) + ahead_x[event] @ theirs.normalized_cov_params @ ahead_x[event].T
        )
        np.testing.assert_allclose(
            window_error(ours, ahead_x)[event], np.sqrt(covariance.sum()), rtol=1e-10
        )


def test_several_factors_equal_statsmodels():
    rng = np.random.default_rng(5)
    inputs = rng.normal(0, 0.01, (2, 200, 5))
    returns = inputs.sum(axis=2) + rng.normal(0, 0.01, (2, 200))
    names = ("market", "SMB", "HML", "RMW", "CMA")
    ours = fit(Linear("five", names, ("alpha", *names)), returns, inputs)
    for event in range(2):
        theirs = sm.OLS(returns[event], sm.add_constant(inputs[event])).fit()
        np.testing.assert_allclose(ours.coefficients[event], theirs.params, rtol=1e-10)
        np.testing.assert_allclose(ours.inverse[event], theirs.normalized_cov_params, rtol=1e-9)


def test_the_synthetic_fixture_gives_its_published_fit(root):
    single = json.loads((root / "tests/oracles/synthetic_e.json").read_text())["single"]
    index = np.array([single["est_index"]])
    returns = single["alpha"] + single["beta"] * index + np.array([single["est_resid"]])
    ours = fit(Linear(), returns, index[:, :, None])
    assert ours.sigma[0] == pytest.approx(single["sigma"], rel=1e-12)
    assert ours.df[0] == single["df"]
    y, x = Linear().design(
        np.array([single["evt_firm"]]), np.array([single["evt_index"]])[:, :, None]
    )
    np.testing.assert_allclose(ours.abnormal(y, x)[0] / ours.sigma[0], single["ar_t"], rtol=1e-12)


def test_the_market_models_error_is_mackinlays_formula():
    returns, inputs = draw(1)
    used = np.isfinite(returns) & np.isfinite(inputs[:, :, 0])
    ours = fit(Linear(), returns, inputs)
    ahead = np.full((len(returns), 1, 1), 0.03)
    _, x = Linear().design(np.zeros((len(returns), 1)), ahead)
    for event, mask in enumerate(used):
        market = inputs[event, mask, 0]
        distance = (0.03 - market.mean()) ** 2 / ((market - market.mean()) ** 2).sum()
        expected = ours.sigma[event] * np.sqrt(1 + 1 / mask.sum() + distance)
        assert ours.forecast_error(x)[event, 0] == pytest.approx(expected, rel=1e-12)


def test_the_market_adjusted_model_estimates_nothing_but_a_variance():
    returns, inputs = draw(2)
    ours = fit(MarketAdjusted(), returns, inputs)
    difference = returns - inputs[:, :, 0]
    np.testing.assert_allclose(ours.sigma, np.nanstd(difference, axis=1, ddof=1), rtol=1e-12)
    np.testing.assert_array_equal(ours.coefficients, [[0, 1]] * len(returns))
    np.testing.assert_array_equal(ours.df, ours.n_obs - 1)
    ahead, ahead_inputs = draw(3, sessions=4, holes=0)
    y, x = MarketAdjusted().design(ahead, ahead_inputs)
    np.testing.assert_allclose(ours.abnormal(y, x), ahead - ahead_inputs[:, :, 0], atol=1e-15)
    np.testing.assert_allclose(ours.forecast_error(x), np.tile(ours.sigma[:, None], 4))
    np.testing.assert_allclose(window_error(ours, x), 2 * ours.sigma)


@pytest.mark.parametrize("model", [MEAN, MarketAdjusted(), Linear()], ids=lambda m: m.name)
def test_a_hole_in_the_window_makes_its_sum_missing_never_zero(model):
    returns, inputs = draw(4)
    ours = fit(model, returns, inputs)
    ahead, ahead_inputs = draw(5, sessions=3, holes=0)
    ahead[0, 1] = np.nan
    y, x = model.design(ahead, ahead_inputs)
    abnormal = ours.abnormal(y, x)
    assert np.isnan(abnormal[0]).tolist() == [False, True, False]
    assert np.isnan(abnormal.sum(axis=1)).tolist() == [True] + [False] * 5


@pytest.mark.parametrize(
    ("what", "returns", "market"),
    [
        ("market never moved", [0.01, 0.02, -0.01, 0.0], [0.0, 0.0, 0.0, 0.0]),
        ("market moved by the same each session", [0.01, 0.02, -0.01, 0.0], [0.01] * 4),
        ("share is its own market", [0.01, 0.02, -0.01, 0.0], [0.01, 0.02, -0.01, 0.0]),
        ("share never moved", [0.0] * 4, [0.01, 0.02, -0.01, 0.0]),
        ("as many pairs as parameters", [0.01, np.nan, -0.01, np.nan], [0.01, 0.02, 0.0, 0.1]),
        ("no pair", [np.nan] * 4, [0.01, 0.02, -0.01, 0.0]),
    ],
)
def test_what_does_not_determine_the_model_is_missing_and_leaves_others_alone(
    what, returns, market
):
    good, good_inputs = draw(6, events=1, sessions=4, holes=0)
    both = np.vstack([[returns], good])
    inputs = np.concatenate([np.array([market])[:, :, None], good_inputs])
    ours = fit(Linear(), both, inputs)
    assert np.isnan(ours.sigma[0])
    assert np.isnan(ours.coefficients[0]).all()
    alone = fit(Linear(), good, good_inputs)
    assert ours.sigma[1] == alone.sigma[0]


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10_000), factor=st.floats(0.01, 100), events=st.integers(1, 5))
def test_scaling_returns_scales_abnormal_returns(seed, factor, events):
    returns, inputs = draw(seed, events=events, sessions=60)
    for model in (MEAN, MarketAdjusted(), Linear()):
        y, x = model.design(returns, inputs)
        scaled_y, scaled_x = model.design(factor * returns, factor * inputs)
        for fit_one in (model.fit, lambda y, x, model=model: model.fit_sums(moments(y, x))[0]):
            plain = fit_one(y, x).abnormal(y, x)
            scaled = fit_one(scaled_y, scaled_x).abnormal(scaled_y, scaled_x)
            np.testing.assert_allclose(scaled, factor * plain, atol=1e-12 * factor)


@pytest.mark.parametrize("model", [MEAN, MarketAdjusted(), Linear()], ids=lambda m: m.name)
def test_sums_and_sessions_give_the_same_fit_whatever_stands_beside(model):
    returns, inputs = draw(11, events=30)
    returns[4] = np.nan
    y, x = model.design(returns, inputs)
    sums = moments(y, x)
    by_sums, trusted = model.fit_sums(sums)
    by_session = model.fit(y, x)
    np.testing.assert_array_equal(by_sums.n_obs, by_session.n_obs)
    assert trusted.all()
    for name in ("coefficients", "sigma", "df", "inverse", "r2"):
        one, other = getattr(by_sums, name), getattr(by_session, name)
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-13)
    for row in range(30):
        alone = moments(y[row : row + 1], x[row : row + 1])
        assert (alone.yy[0], alone.y[0]) == (sums.yy[row], sums.y[row])
        np.testing.assert_array_equal(alone.gram[alone.design[0]], sums.gram[sums.design[row]])
        np.testing.assert_array_equal(alone.xy[0], sums.xy[row])


def test_chunks_join_to_the_whole():
    returns, inputs = draw(7)
    y, x = Linear().design(returns, inputs)
    whole = least_squares(y, x)
    parts = whole.concatenate([least_squares(y[:2], x[:2]), least_squares(y[2:], x[2:])])
    np.testing.assert_array_equal(parts.sigma, whole.sigma)
    np.testing.assert_array_equal(whole.take(slice(2, None)).sigma, whole.sigma[2:])


def test_models_are_found_by_name_or_passed_as_objects():
    assert find_model("mean").inputs == ()
    assert find_model("market") == Linear()
    own = Linear("two", ("market", "oil"), ("alpha", "beta", "oil"))
    assert find_model(own) is own
    assert isinstance(own, ReturnModel)
    with pytest.raises(StudyError, match="no return model 'garch'; there are mean"):
        find_model("garch")
    with pytest.raises(StudyError, match="neither a name nor a ReturnModel"):
        find_model(3)
