"""Returns from trade to trade: thinly traded shares against weighted least squares by hand."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from matplotlib.figure import Figure
from study_samples import ESTIMATED, SESSION, Frame, events, invent

from signals.errors import StudyError
from signals.report.plots import plot_event_window
from signals.study.estimate import event_study
from signals.study.factors import FactorTable
from signals.study.models import named_factors

MODELS = ["mean", "market_adjusted", "market", "capm", "ff3"]


def thin(seed=0, *, holes=0.3):
    """A share that trades on seven sessions of ten, with its market whole and factors beside."""
    closes = invent(["A", "B"], seed=seed)
    rng = np.random.default_rng(seed + 1)
    place = closes.index.get_loc(SESSION)
    gone = rng.random(len(closes)) < holes
    gone[place - 6 : place + 7] = False
    closes.loc[gone, "A"] = np.nan
    factors = pd.DataFrame(
        rng.normal(0, 0.006, (len(closes), 4)), closes.index, ["Mkt-RF", "SMB", "HML", "RF"]
    )
    factors["RF"] = 0.0002
    return closes, factors


def by_hand(closes, factors, model):
    """Give n, y and x of the sessions on which A has a price; a return lies on the later one."""
    path = closes["A"].dropna()
    spans = np.diff(closes.index.get_indexer(path.index))
    y = (path / path.shift(1) - 1).iloc[1:]
    market = closes["SPY"][path.index]
    market = (market / market.shift(1) - 1).iloc[1:]
    compounded = (1 + factors).cumprod().loc[path.index]
    compounded = (compounded / compounded.shift(1) - 1).iloc[1:]
    x = pd.DataFrame({"n": spans}, y.index, dtype=float)
    if model == "market":
        x["beta"] = market
    elif model == "market_adjusted":
        y = y - market
    elif model == "capm":
        x["beta"] = market - compounded["RF"]
        y = y - compounded["RF"]
    elif model == "ff3":
        x = x.join(compounded[["Mkt-RF", "SMB", "HML"]])
        y = y - compounded["RF"]
    return x, y


@pytest.mark.parametrize("model", MODELS)
def test_a_thin_share_equals_weighted_least_squares(model):
    closes, factors = thin()
    place = closes.index.get_loc(SESSION)
    closes.loc[closes.index[[place - 1, place + 1]], "A"] = np.nan  # no trade at -1 and at 1
    given = {"capm": ["RF"], "ff3": list(factors)}.get(model)
    study = event_study(
        events(("A", SESSION)),
        Frame(closes),
        model=model,
        market="SPY",
        missing="trade_to_trade",
        factors=None if given is None else FactorTable.from_frame(factors[given]),
    )
    x, y = by_hand(closes, factors, model)
    labels = closes.index[place - 250 : place - 10]
    before = x.index.intersection(labels)
    # The first return of the window began before it, as in any regression on returns.
    fit = sm.WLS(y[before], x.loc[before], weights=1 / x.loc[before, "n"]).fit()
    event = study.events.iloc[0]
    assert event["n_obs"] == len(before) < 200
    ahead = x.index.intersection(closes.index[place - 5 : place + 6])
    if model == "market_adjusted":
        abnormal, covariance = y[ahead], np.zeros((len(ahead), len(ahead)))
    else:
        abnormal = y[ahead] - x.loc[ahead] @ fit.params
        cells = x.loc[ahead].to_numpy()
        covariance = cells @ fit.normalized_cov_params.to_numpy() @ cells.T
    covariance = fit.mse_resid * (np.diag(x.loc[ahead, "n"]) + covariance)
    offsets = closes.index.get_indexer(ahead) - place
    assert event["sigma"] == pytest.approx(np.sqrt(fit.mse_resid), rel=1e-10)
    np.testing.assert_allclose(study.abnormal.iloc[0][offsets], abnormal, atol=1e-12)
    errors = study.standard_errors.iloc[0]
    np.testing.assert_allclose(errors[offsets], np.sqrt(np.diag(covariance)), rtol=1e-10)
    assert np.isnan(study.abnormal.iloc[0][[-1, 1]]).all()

    row = study.car(-5, 5).iloc[0]
    assert row["car"] == pytest.approx(abnormal.sum(), abs=1e-12)
    assert row["se"] == pytest.approx(np.sqrt(covariance.sum()), rel=1e-10)


def test_a_window_must_begin_and_end_at_a_price():
    closes, _ = thin()
    place = closes.index.get_loc(SESSION)
    closes.loc[closes.index[place - 1], "A"] = (
        np.nan
    )  # the return of session 0 covers session -1 as well
    study = event_study(
        events(("A", SESSION)), Frame(closes), market="SPY", missing="trade_to_trade"
    )
    assert np.isnan(study.car(0, 0)["car"].iloc[0])
    assert study.car(0, 0)["reason"].iloc[0] == "a session of the window has no return"
    assert np.isnan(study.car(-2, -1)["car"].iloc[0])  # as many sessions as it has prices
    assert study.car(-1, 0)["car"].iloc[0] == pytest.approx(study.abnormal.iloc[0][0])
    assert study.bhar(-1, 0).iloc[0] == pytest.approx(study.abnormal.iloc[0][0])
    assert "offset -1; windows cut there are missing" in study.status["detail"].iloc[0]
    short = {"min_obs": 80, "windows": [(1, 5), (-1, 0)]}
    dropped = event_study(events(("A", SESSION)), Frame(closes), market="SPY", **short)
    assert np.isnan(dropped.car(-1, 0)["car"].iloc[0])
    assert dropped.events["n_obs"].iloc[0] < study.events["n_obs"].iloc[0]


def test_a_return_from_before_the_window_does_not_stand_in_for_one_that_is_missing_in_it():
    closes = invent(["A"])
    at = closes.index.get_loc(SESSION)
    closes.loc[closes.index[at - 1], "A"] = np.nan  # the return of the event session spans two
    factor = closes["SPY"].pct_change().rename("F").to_frame()
    factor.iloc[at + 1] = np.nan
    study = event_study(
        events(("A", SESSION)),
        Frame(closes),
        model=named_factors("F"),
        factors=factor,
        missing="trade_to_trade",
        windows=((0, 2), (2, 3)),
    )
    assert np.isnan(study.car(0, 2)["car"].iloc[0])
    assert np.isfinite(study.car(2, 3)["car"].iloc[0])


def test_without_holes_nothing_changes():
    closes = invent(["A", "B"])
    table = events(("A", SESSION), ("B", SESSION), ("B", "2025-06-24"))
    plain, traded = (
        event_study(table, Frame(closes), market="SPY", missing=missing)
        for missing in ("drop", "trade_to_trade")
    )
    pd.testing.assert_frame_equal(plain.abnormal, traded.abnormal, rtol=1e-10)
    pd.testing.assert_frame_equal(plain.caar(), traded.caar(), rtol=1e-8)
    pd.testing.assert_frame_equal(
        plain.sensitivity(["mean", "market"]), traded.sensitivity(["mean", "market"]), rtol=1e-8
    )
    assert set(traded.sensitivity().index.get_level_values("model")) == {
        "mean", "market_adjusted", "market",
    }  # fmt: skip
    for one, other in zip(plain.tests((-1, 1)), traded.tests((-1, 1)), strict=True):
        assert one.p_value == pytest.approx(other.p_value, rel=1e-8, nan_ok=True)


def test_no_later_price_changes_the_fit_of_a_thin_share():
    closes, _ = thin(3)
    noise = closes.copy()
    after = noise.index >= SESSION
    noise[after] = np.random.default_rng(0).uniform(1, 1000, noise[after].shape)
    calm, wild = (
        event_study(events(("A", SESSION)), Frame(one), market="SPY", missing="trade_to_trade")
        for one in (closes, noise)
    )
    pd.testing.assert_frame_equal(calm.events[ESTIMATED], wild.events[ESTIMATED], check_exact=True)


def test_rejections_of_thin_shares_keep_their_size():
    rejected, dropped = [], 0
    for seed in range(8):
        closes = invent([f"S{n}" for n in range(40)], seed=seed)
        gone = np.random.default_rng(seed).random(closes.shape) < 0.35
        closes = closes.mask(gone & (closes.columns != "SPY"))
        table = events(*[(f"S{n}", SESSION) for n in range(40)])
        study = event_study(table, Frame(closes), market="SPY", missing="trade_to_trade")
        rejected += list(study.car(-5, 5)["p_value"].dropna() < 0.05)
        dropped += len(study.events) - study.car(-5, 5)["car"].notna().sum()
    assert len(rejected) > 100
    assert dropped > 0
    assert 0.01 <= np.mean(rejected) <= 0.1


@pytest.mark.parametrize("model", ["dimson", "scholes_williams"])
def test_two_remedies_at_once_are_refused(model):
    closes, _ = thin()
    table = events(("A", SESSION))
    with pytest.raises(StudyError, match="choose one of the two remedies"):
        event_study(table, Frame(closes), model=model, market="SPY", missing="trade_to_trade")
    with pytest.raises(StudyError, match="neither 'drop' nor 'trade_to_trade'"):
        event_study(table, Frame(closes), market="SPY", missing="zero")
    study = event_study(table, Frame(closes), market="SPY", missing="trade_to_trade")
    with pytest.raises(StudyError, match="choose one of the two remedies"):
        study.sensitivity([model])


def test_the_lines_of_many_thin_events_are_their_cumulative_returns():
    """A return over several sessions lies on the later one: the line goes on behind the hole."""
    closes, _ = thin()
    place = closes.index.get_loc(SESSION)
    closes.loc[closes.index[place - 1], "A"] = np.nan
    table = events(*[("A", closes.index[place + step]) for step in range(9)])
    study = event_study(
        table.assign(company=list("abcdefghi")),
        Frame(closes),
        market="SPY",
        missing="trade_to_trade",
    )
    (lines,) = plot_event_window(study, ax=Figure().subplots()).collections
    paths = [np.reshape(path, (-1, 2))[:, 1] for path in lines.get_segments()]
    assert len(paths) == 9
    told = [100 * study.cumulative(key)["car"] for key in study.events.index]
    for path, cars in zip(paths, told, strict=True):
        np.testing.assert_allclose(path, cars.dropna())
    assert np.isnan(told[0][-1])
    assert paths[0][-1] == pytest.approx(100 * study.car(-5, 5)["car"].iloc[0])
