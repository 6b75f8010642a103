"""Every named return model against statsmodels, with holes and the covariance of windows."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from study_samples import SESSION, Frame, events, invent

from signals.study.estimate import event_study
from signals.study.factors import FactorTable
from signals.study.models import MODELS, named_factors

READ = {
    "ff3": ["Mkt-RF", "SMB", "HML"],
    "ff3_momentum": ["Mkt-RF", "SMB", "HML", "Mom"],
    "ff5": ["Mkt-RF", "SMB", "HML", "RMW", "CMA"],
    "ff5_momentum": ["Mkt-RF", "SMB", "HML", "RMW", "CMA", "Mom"],
}
OWN = named_factors("market", "oil")
READS = {model.name: [one for one in model.inputs if one != "market"] for model in (*MODELS, OWN)}
FACTORS = [*dict.fromkeys(name for names in READS.values() for name in names)]


@pytest.fixture(scope="module")
def data():
    """Closes and factors with holes before the event, none around it."""
    rng = np.random.default_rng(21)
    closes = invent(["A"], seed=22)
    factors = pd.DataFrame(rng.normal(0, 0.007, (len(closes), len(FACTORS))), closes.index, FACTORS)
    factors["RF"] = rng.uniform(0.0001, 0.0002, len(closes))
    place = closes.index.get_loc(SESSION)
    for table in (closes, factors):
        holes = rng.random(table.shape) < 0.02
        holes[place - 8 :] = False
        table.mask(holes, inplace=True)  # noqa: PD002 (both tables are our own)
    return closes, factors, place


def by_hand(data, model):
    """Give y and the regressors of every session."""
    closes, factors, _ = data
    returns = closes / closes.shift(1) - 1
    y, market = returns["A"], returns["SPY"]
    if model in READ:
        y, x = y - factors["RF"], factors[READ[model]]
    elif model == "capm":
        y, x = y - factors["RF"], (market - factors["RF"]).to_frame()
    elif model == "dimson":
        x = pd.concat([market.shift(1), market, market.shift(-1)], axis=1)
    elif model == "own":
        x = pd.concat([market, factors["oil"]], axis=1)
    elif model == "market_adjusted":
        y, x = y - market, market.to_frame()[[]]
    elif model in {"mean", "market"}:
        x = market.to_frame()[[]] if model == "mean" else market.to_frame()
    else:
        pytest.fail(f"Tell in READ, or here, what {model!r} regresses on.")
    x = x.set_axis(range(x.shape[1]), axis=1)
    return y, sm.add_constant(x) if x.shape[1] else x.assign(const=1.0)


def study_of(data, model):
    closes, factors, _ = data
    names = READS[OWN.name if model == "own" else model]
    return event_study(
        events(("A", SESSION)),
        Frame(closes),
        model=OWN if model == "own" else model,
        market="SPY",
        factors=FactorTable.from_frame(factors[names]) if names else None,
    )


NAMES = [model.name for model in MODELS if model.name != "scholes_williams"]


@pytest.mark.parametrize("model", [*NAMES, "own"])
def test_a_model_equals_statsmodels_with_holes(data, model):
    y, x = by_hand(data, model)
    study, place = study_of(data, model), data[2]
    both = pd.concat([y.rename("y"), x], axis=1)
    before = both.iloc[place - 250 : place - 10].dropna()
    around = both.iloc[place - 5 : place + 6]
    fit = sm.OLS(before["y"], before.drop(columns="y")).fit()
    cells = around.drop(columns="y").to_numpy()
    expected, covariance = cells @ fit.params, cells @ fit.normalized_cov_params @ cells.T
    if model == "market_adjusted":  # its mean difference is not estimated
        expected, covariance = np.zeros(11), np.zeros((11, 11))
    covariance = fit.mse_resid * (np.eye(11) + np.asarray(covariance))
    abnormal = around["y"].to_numpy() - expected
    event = study.events.iloc[0]
    assert (event["n_obs"], event["df"]) == (len(before), fit.df_resid)
    assert 120 < len(before) < 240
    assert event["sigma"] == pytest.approx(np.sqrt(fit.mse_resid), rel=1e-10)
    if betas := {"dimson": [0, 1, 2], "mean": [], "market_adjusted": []}.get(model, [0]):
        total = fit.t_test([float(name in betas) for name in before.drop(columns="y")])
        assert event["beta"] == pytest.approx(float(total.effect[0]), rel=1e-9)
        assert event["beta_se"] == pytest.approx(float(total.sd[0, 0]), rel=1e-9)
    else:
        assert np.isnan(event["beta_se"])
    np.testing.assert_allclose(study.abnormal.iloc[0], abnormal, atol=1e-10)
    errors = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(study.standard_errors.iloc[0], errors, rtol=1e-10)
    for first in range(-5, 6):
        for last in range(first, 6):
            inside = slice(first + 5, last + 6)
            row = study.car(first, last).iloc[0]
            assert row["car"] == pytest.approx(abnormal[inside].sum(), abs=1e-10)
            assert row["se"] == pytest.approx(np.sqrt(covariance[inside, inside].sum()), rel=1e-10)


def test_scholes_williams_equals_its_three_regressions(data):
    study, place = study_of(data, "scholes_williams"), data[2]
    y, x = by_hand(data, "dimson")
    both = pd.concat([y.rename("y"), x.drop(columns="const")], axis=1)
    before = both.iloc[place - 250 : place - 10].dropna()
    slopes = [
        sm.OLS(before["y"], sm.add_constant(before[[lead]])).fit().params[lead] for lead in range(3)
    ]
    rho = np.corrcoef(before[0], before[1])[0, 1]
    beta = sum(slopes) / (1 + 2 * rho)
    alpha = before["y"].mean() - beta * before[1].mean()
    residuals = before["y"] - alpha - beta * before[1]
    sigma = np.sqrt((residuals**2).sum() / (len(before) - 2))
    around = both.iloc[place - 5 : place + 6]
    abnormal = (around["y"] - alpha - beta * around[1]).to_numpy()
    centred = (around[1] - before[1].mean()).to_numpy()
    square = ((before[1] - before[1].mean()) ** 2).sum()
    covariance = sigma**2 * (np.eye(11) + 1 / len(before) + np.outer(centred, centred) / square)
    assert study.events["beta"].iloc[0] == pytest.approx(beta, rel=1e-10)
    assert np.isnan(study.events["beta_se"].iloc[0])
    np.testing.assert_allclose(study.abnormal.iloc[0], abnormal, atol=1e-10)
    for first, last in ((0, 0), (-1, 1), (-5, 5)):
        inside = slice(first + 5, last + 6)
        row = study.car(first, last).iloc[0]
        assert row["car"] == pytest.approx(abnormal[inside].sum(), abs=1e-10)
        assert row["se"] == pytest.approx(np.sqrt(covariance[inside, inside].sum()), rel=1e-10)


@pytest.mark.parametrize("model", ["market", "ff3"])
def test_log_returns_are_those_of_the_logarithms(data, model):
    closes, factors, place = data
    study = event_study(
        events(("A", SESSION)),
        Frame(closes),
        model=model,
        market="SPY",
        factors=factors[[*READ["ff3"], "RF"]] if model == "ff3" else None,
        returns="log",
    )
    returns = np.log(closes).diff()
    y, x = returns["A"], returns[["SPY"]]
    if model == "ff3":
        y, x = y - np.log1p(factors["RF"]), np.log1p(factors[READ["ff3"]])
    both = pd.concat([y.rename("y"), sm.add_constant(x)], axis=1)
    before = both.iloc[place - 250 : place - 10].dropna()
    around = both.iloc[place - 5 : place + 6]
    fit = sm.OLS(before["y"], before.drop(columns="y")).fit()
    expected = around["y"] - around.drop(columns="y") @ fit.params
    np.testing.assert_allclose(study.abnormal.iloc[0], expected, atol=1e-10)
