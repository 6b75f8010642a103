"""The same numbers as other implementations, where they are right, on the data they were run on.

Each set of reference answers has conventions of its own, which are stated where they are met: what
a peer computes otherwise is computed here from our abnormal returns, so that the returns
themselves are held against it in any case. What peers do wrong stands in ``test_estimate_faults``.
"""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr
from study_samples import SESSION, Frame, events

from signals.market.sessions import Sessions
from signals.study import inference, ranks
from signals.study.correlation import mean_correlation
from signals.study.estimate import event_study
from signals.study.factors import FactorTable
from signals.study.models import Linear, find_model, named_factors

CLOSE = {"rtol": 1e-12, "atol": 1e-12}
MODELS = ("market", "market_adjusted", "mean")


def statistic(study, name, window):
    (result,) = [one for one in study.tests(window) if one.name == name]
    assert result.valid, result.reason
    return result.statistic


def residuals(study):
    """Events x sessions of the estimation window."""
    return np.concatenate([part for _, part, _ in study.sample.estimation_windows()])


def to_sessions(returns, columns, *, end="2025-12-31"):
    """Put rows of returns on consecutive sessions: a peer counts the rows that it has."""
    labels = Sessions("XNYS").labels(end=pd.Timestamp(end))[-len(returns) - 1 :]
    paths = np.vstack([np.ones(returns.shape[1]), (1 + returns).cumprod(axis=0)])
    return pd.DataFrame(paths, labels, columns).rename_axis("session")


# A: estudy2 0.10.0 of R, seven shares on one common week of March 2020, log returns.


@pytest.fixture(scope="module")
def set_a(shared):
    return shared / "eventstudy/A_estudy2"


@pytest.fixture(scope="module")
def closes_a(set_a):
    tables = [
        pd.read_csv(set_a / name, index_col=0, parse_dates=True)
        for name in ("prices.csv", "prices_indx.csv")
    ]
    return tables[0].join(tables[1]).rename_axis("session")


@pytest.fixture(scope="module", params=MODELS)
def study_a(request, closes_a):
    shares = [name for name in closes_a if name != "GSPC"]
    study = event_study(
        events(*[(name, "2020-03-18") for name in shares]),
        Frame(closes_a),
        model=request.param,
        market="GSPC",
        returns="log",
        estimation=(-242, -3),
        window=(-2, 2),
        windows=[(-2, 2)],
    )
    tag = {"market": "sim", "market_adjusted": "mrkt_adj", "mean": "mean_adj"}[request.param]
    return study, tag


WEEK = range(-2, 3)


def test_a_abnormal_returns_equal_those_of_estudy2(study_a, set_a):
    study, tag = study_a
    theirs = pd.read_csv(set_a / f"abnormal_{tag}.csv", index_col=0, parse_dates=True)
    theirs = theirs.loc["2020-03-16":"2020-03-20", study.events["symbol"]]
    np.testing.assert_allclose(study.abnormal, theirs.T, **CLOSE)
    if tag == "sim":
        known = pd.read_csv(set_a / "sim_params.csv")
        np.testing.assert_allclose(study.events["alpha"], known["alpha"], **CLOSE)
        np.testing.assert_allclose(study.events["beta"], known["beta"], **CLOSE)
        assert study.events["n_obs"].tolist() == known["n"].tolist() == [240, 227, 212] + [240] * 4


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("t_test", "cross_sectional_t"),
        ("sign_test", "sign"),
        # What estudy2 calls Brown and Warner 1985 takes the deviation of the mean over shares.
        ("brown_warner_1985", "crude_dependence"),
    ],
)
def test_a_tests_equal_those_of_estudy2(study_a, set_a, theirs, ours):
    study, tag = study_a
    table = pd.read_csv(set_a / f"test_{tag}_{theirs}.csv")
    mine = [statistic(study, ours, (offset, offset)) for offset in WEEK]
    np.testing.assert_allclose(mine, table.iloc[:, -2], **CLOSE)


def test_a_the_window_of_five_sessions_equals_that_of_estudy2(study_a, set_a):
    study, tag = study_a
    table = pd.read_csv(set_a / f"car_{tag}_car_brown_warner_1985.csv")
    assert table["number_of_days"].tolist() == [5]
    # Its car_mean is the mean by session.
    np.testing.assert_allclose(study.caar()["caar"] / 5, table["car_mean"], **CLOSE)
    mine = statistic(study, "crude_dependence", (-2, 2))
    np.testing.assert_allclose(mine, table["statistic"].iloc[0], **CLOSE)


def test_a_statistics_in_conventions_of_estudy2_follow_from_our_returns(study_a, set_a):
    study, tag = study_a
    before, n = residuals(study), len(study.events)
    # Independent shares: the sum over its deviation, of shares with M - 1 degrees of freedom.
    error = np.sqrt((np.nanstd(before, axis=1, ddof=1) ** 2).sum())
    table = pd.read_csv(set_a / f"test_{tag}_brown_warner_1980.csv")
    np.testing.assert_allclose(study.abnormal.sum() / error, table["bw_1980_stat"], **CLOSE)
    # Generalised sign: the share of positive returns is pooled, ours is the mean over events.
    share = float((before > 0).sum() / np.isfinite(before).sum())
    table = pd.read_csv(set_a / f"test_{tag}_generalized_sign_test.csv")
    mine = [
        ranks.generalised_sign(study.abnormal[offset].to_numpy(), share).statistic
        for offset in WEEK
    ]
    np.testing.assert_allclose(mine, table["gsign_stat"], **CLOSE)
    # Wilcoxon: the sum of the positive ranks; ours has its normal law.
    table = pd.read_csv(set_a / f"test_{tag}_wilcoxon_test.csv")
    z = np.array([statistic(study, "wilcoxon", (offset, offset)) for offset in WEEK])
    sums = z * np.sqrt(n * (n + 1) * (2 * n + 1) / 24) + n * (n + 1) / 4
    np.testing.assert_allclose(sums, table["wlcx_stat"], **CLOSE)


def test_a_rank_statistics_in_conventions_of_estudy2_follow_from_our_returns(study_a, set_a):
    """Rank, modified rank, Corrado's sign and the rank test of the whole week.

    What a session's shares add up to is their mean times all shares, those without a return too;
    and the variance is a sum over all sessions divided by the mean number of returns of a share,
    which is less where some began late. Ours adds up what is there and divides by the sessions.
    """
    study, tag = study_a
    values = np.hstack([residuals(study), study.abnormal.to_numpy()])
    known, ranked = np.isfinite(values), ranks.mid_ranks(values)
    n, shares = known.sum(axis=1)[:, None], known.sum(axis=0)
    signs = np.sign(values - np.nanmedian(values, axis=1)[:, None])
    centred = ranked - (n + 1) / 2

    def stands(total):
        return total[-5:] / np.sqrt((total**2).sum() / n.mean())

    for name, excess, power in (
        ("rank", centred, 1.0),
        ("modified_rank", ranked / (1 + n) - 0.5, 0.5),
        ("corrado_sign", signs, 0.5),
    ):
        theirs = pd.read_csv(set_a / f"test_{tag}_{name}_test.csv").iloc[:, -2]
        mine = stands(np.nanmean(excess, axis=0) * len(excess) / shares**power)
        np.testing.assert_allclose(mine, theirs, **CLOSE)
    # Of the week, about one mean rank of all shares.
    mean = np.nanmean(ranked, axis=0) - ((n + 1) / 2).mean()
    theirs = pd.read_csv(set_a / f"car_{tag}_car_rank_test.csv")["statistic"].iloc[0]
    np.testing.assert_allclose(stands(mean).sum() / np.sqrt(5), theirs, **CLOSE)


@pytest.mark.parametrize("study_a", ["market"], indirect=True)
def test_a_patell_boehmer_and_lamb_in_conventions_of_estudy2_follow_from_our_returns(
    study_a, set_a, closes_a
):
    """Deviations with M - 1 degrees, and for all shares the market of the whole estimation."""
    study, _ = study_a
    before, after = residuals(study), study.abnormal.to_numpy()
    market = np.log(closes_a["GSPC"]).diff().to_numpy()
    event = closes_a.index.get_loc(pd.Timestamp("2020-03-18"))
    estimation, week = market[event - 242 : event - 2], market[event - 2 : event + 3]
    distance = (week - estimation.mean()) ** 2 / ((estimation - estimation.mean()) ** 2).sum()

    n = study.events["n_obs"].to_numpy()
    deviation = np.nanstd(before, axis=1, ddof=1)[:, None]
    standard = after / deviation / np.sqrt(1 + 1 / n[:, None] + distance)
    table = pd.read_csv(set_a / "test_sim_patell.csv")
    mine = standard.sum(axis=0) / np.sqrt(((n - 2) / (n - 4)).sum())
    np.testing.assert_allclose(mine, table["pt_stat"], **CLOSE)
    mine = [inference.bmp(column).statistic for column in standard.T]
    table = pd.read_csv(set_a / "test_sim_boehmer.csv")
    np.testing.assert_allclose(mine, table["bh_stat"], **CLOSE)

    # Lamb: the mean over shares as one portfolio, of the mean number of returns.
    portfolio = np.nanmean(before, axis=0).std(ddof=1) * np.sqrt(1 + 1 / n.mean() + distance)
    mine = after.mean(axis=0) / portfolio
    table = pd.read_csv(set_a / "test_sim_lamb.csv")
    np.testing.assert_allclose(mine, table["lmb_stat"], **CLOSE)
    table = pd.read_csv(set_a / "car_sim_car_lamb.csv")
    np.testing.assert_allclose(mine.sum() / np.sqrt(5), table["statistic"].iloc[0], **CLOSE)


# B: EventStudy 0.50.0 of R, twelve earnings on the prices of A.


@pytest.fixture(
    scope="module", params=[(how, name) for how in ("simple", "log") for name in MODELS], ids=str
)
def study_b(request, closes_a, shared):
    how, model = request.param
    folder = shared / "eventstudy/B_EventStudy"
    table = pd.read_csv(folder / "events.csv")
    study = event_study(
        events(*zip(table["symbol"], table["event_date"], strict=True)),
        Frame(closes_a),
        model=model,
        market="GSPC",
        returns=how,
        estimation=(-105, -6),
        min_obs=100,
        windows=[(-5, 5)],
    )
    name = {"market": "MarketModel", "market_adjusted": "MarketAdjustedModel"}.get(
        model, "ComparisonPeriodMeanAdjustedModel"
    )
    return study, lambda part: pd.read_csv(folder / f"{how}_{name}_{part}.csv")


OFFSETS = range(-5, 6)
MARKET_MODEL = pytest.mark.parametrize(
    "study_b", [("simple", "market"), ("log", "market")], indirect=True, ids=str
)


def test_b_returns_equal_those_of_r(study_b):
    study, read = study_b
    table = read("ar").pivot_table(index="event_id", columns="term", values="estimate")
    np.testing.assert_allclose(study.abnormal, table[list(map(int, OFFSETS))], **CLOSE)
    terms = read("model").pivot_table(index="event_id", columns="term", values="estimate")
    np.testing.assert_allclose(study.events["sigma"], terms["sigma"], **CLOSE)


def test_b_tests_equal_those_of_r(study_b):
    study, read = study_b
    for part, one, cumulative, ours in (
        ("CSectT", "aar_t", "caar_t", "cross_sectional_t"),
        ("SignT", "sign_z", "csign_z", "sign"),
    ):
        table = read(part)
        mine = [statistic(study, ours, (offset, offset)) for offset in OFFSETS]
        np.testing.assert_allclose(mine, table[one], **CLOSE)
        mine = [statistic(study, ours, (-5, offset)) for offset in OFFSETS]
        np.testing.assert_allclose(mine, table[cumulative], **CLOSE)


def test_b_tests_in_conventions_of_r_follow_from_our_returns(study_b):
    study, read = study_b
    # BMP: abnormal returns over the residual deviation alone, windows over √L of it.
    plain = study.abnormal.div(study.events["sigma"], axis=0)
    table = read("BMP")
    mine = [inference.bmp(plain[offset].to_numpy()).statistic for offset in OFFSETS]
    np.testing.assert_allclose(mine, table["bmp_t"], **CLOSE)
    windows = plain.cumsum(axis=1) / np.sqrt(np.arange(1, 12))
    mine = [inference.bmp(windows[offset].to_numpy()).statistic for offset in OFFSETS]
    np.testing.assert_allclose(mine, table["cbmp_t"], **CLOSE)
    # KP: the mean correlation is by place in the window, on whatever dates; ours is by date.
    table, n = read("KP"), len(plain)
    mean = np.corrcoef(residuals(study))[~np.eye(n, dtype=bool)].mean()
    for values, column in ((plain, "kp_t"), (windows, "ckp_t")):
        mine = [
            inference.generalised_kp(values[offset].to_numpy(), mean, n).statistic
            for offset in OFFSETS
        ]
        np.testing.assert_allclose(mine, table[column], **CLOSE)
    # Generalised sign: the share of positive returns is a mean over shares, ours over events.
    share = pd.Series((residuals(study) > 0).mean(axis=1), study.events["symbol"].to_numpy())
    mine = [
        ranks.generalised_sign(
            study.abnormal[offset].to_numpy(), float(share.groupby(level=0).mean().mean())
        ).statistic
        for offset in OFFSETS
    ]
    np.testing.assert_allclose(mine, read("GSignT")["gsign_z"], **CLOSE)


def test_b_patells_test_equals_that_of_r(study_b):
    study, read = study_b
    sar, df = study.sar.to_numpy(), study.events["df"].to_numpy()
    if study.settings.model == "market_adjusted":
        # R adds 1/M for a mean that this model doesn't estimate.
        sar = sar / np.sqrt(1 + 1 / 100)
    mine = [inference.patell(column, df).statistic for column in sar.T]
    np.testing.assert_allclose(mine, read("PatellZ")["aar_z"], **CLOSE)


EXACT = [
    ("t_cs", "cross_sectional_t", False),
    ("z_patell", "patell", False),
    ("t_bmp", "bmp", False),
    ("t_cs_caar", "cross_sectional_t", True),
    ("z_patell_caar_scar", "patell", True),
    ("t_bmp_caar_scar", "bmp", True),
    ("t_skew_caar_johnson", "skewness_adjusted_t", True),
]


@MARKET_MODEL
def test_b_exact_forecast_errors_equal_an_independent_computation(study_b):
    study, read = study_b
    table = read("PROTOTYPE_exact")
    for column, ours, cumulative in EXACT:
        mine = [
            statistic(study, ours, (-5 if cumulative else offset, offset)) for offset in OFFSETS
        ]
        np.testing.assert_allclose(mine, table[column], **CLOSE)


@MARKET_MODEL
def test_b_rank_statistics_equal_an_independent_computation_in_its_conventions(study_b):
    study, read = study_b
    table = read("PROTOTYPE_exact")
    before = residuals(study)
    # Corrado's: event returns as they are, where ours are freed of a moved variance first.
    sums = ranks.RankSums.of(before, study.abnormal.to_numpy())
    z = np.concatenate([sums.before, sums.event]) / np.sqrt(len(study.events))
    mine = z[-11:] / np.sqrt((z**2).mean())
    np.testing.assert_allclose(mine, table["corrado_z"], **CLOSE)
    # GRANK: residuals over s, where ours are over s√(1 - leverage).
    standard = before / study.events["sigma"].to_numpy()[:, None]
    for offset in OFFSETS[1:]:
        scar = study.car(-5, offset)["scar"].to_numpy()
        event = (scar / scar.std(ddof=1))[:, None]
        sums = ranks.RankSums.of(standard, event)
        row = table.loc[offset + 5]
        assert ranks.grank_t(sums, 12).statistic == pytest.approx(row["t_grank_caar"], abs=1e-12)
        assert ranks.grank_z(sums, 12).statistic == pytest.approx(row["z_grank_caar"], abs=1e-12)


# D: event-study-toolkit 1.0.0, a hundred anonymised banks on 20 March 2020. Its returns are
# disguised (some are below -100 %), so that no price gives them: they enter as arrays.


@pytest.fixture(scope="module")
def set_d(shared):
    folder = shared / "eventstudy/D_event_study_toolkit"
    panel = pd.read_csv(folder / "data_panel.csv.gz", parse_dates=["date"])
    cars = pd.read_csv(folder / "cars_market.csv").set_index("subject_id")
    returns = panel.pivot_table(index="date", columns="subject_id", values="ret_dlst_adj")
    factors = panel.drop_duplicates("date").set_index("date").sort_index()
    return folder, returns[cars.index], factors, cars


# It subtracts no RF on the left; its CAPM has RF among the regressors.
TOOLKIT = {
    "market": (find_model("market"), ["vwretd"]),
    "capm": (named_factors("Mkt-RF", "RF"), ["mktrf_h15", "rf_h15"]),
    "famafrench": (named_factors("Mkt-RF", "SMB", "HML"), ["mktrf_h15", "smb", "hml"]),
}


def toolkit_fit(set_d, name):
    """Fit a model: the fit, the residuals before the event and the abnormal returns around it."""
    _, returns, factors, cars = set_d
    model, columns = TOOLKIT[name]
    row = returns.index.get_loc(pd.Timestamp("2020-03-20"))
    # 250 days of its calendar, which has two more than the data, and a gap of five.
    before, around = slice(row - 258, row - 10), slice(row - 5, row + 6)
    shape = (len(cars), len(returns), len(columns))
    y, x = model.design(returns.to_numpy().T, np.broadcast_to(factors[columns], shape))
    fit = model.fit(y[:, before], x[:, before])
    return fit, *(fit.abnormal(y[:, part], x[:, part]) for part in (before, around))


@pytest.mark.parametrize("name", TOOLKIT)
def test_d_event_study_toolkit_is_met(set_d, name):
    folder, _, _, cars = set_d
    fit, residual, abnormal = toolkit_fit(set_d, name)
    car, share = abnormal.sum(axis=1), (residual > 0).mean(axis=1)
    scar = car / (fit.sigma * np.sqrt(11))  # no forecast error
    if name == "market":
        np.testing.assert_allclose(car, cars["car"], **CLOSE)
        np.testing.assert_allclose(fit.sigma, cars["sigma"], **CLOSE)
        np.testing.assert_allclose(scar, cars["scar"], **CLOSE)
        np.testing.assert_allclose(share, cars["e_est_pos"], **CLOSE)
    theirs = pd.read_csv(folder / f"full_{name}.csv").iloc[0]
    mine = {
        "car_mean": car.mean(),
        "scar_mean": scar.mean(),
        "car_t": inference.cross_sectional_t(car).statistic,
        "scar_t": inference.bmp(scar).statistic,
        "tsign": ranks.sign(car).statistic,
        "gen_z": ranks.generalised_sign(car, float(share.mean())).statistic,
        "tpatell": scar.sum() / np.sqrt(len(scar)),  # df/(df - 2) taken as 1
    }
    for column, value in mine.items():
        assert value == pytest.approx(theirs[column], rel=1e-10), column


def test_d_the_rank_sum_of_two_groups_follows_from_our_returns(set_d):
    """Its "Wilcoxon" compares SCAR of two groups, half a rank added to U, normal law, no ties."""
    folder, _, _, cars = set_d
    theirs = pd.read_csv(folder / "wilcoxon_CCAR.csv").iloc[0]
    one, other = (cars.loc[cars["CCAR"] == group, "scar"] for group in (1, 0))
    u = (one.to_numpy()[:, None] > other.to_numpy()).sum() + 0.5
    n = len(one) * len(other)
    z = (u - n / 2) / np.sqrt(n * (len(cars) + 1) / 12)
    assert round(z, 2) == theirs["wilcox"]
    assert 2 * ndtr(-z) == pytest.approx(theirs["wilcox_p"], abs=1e-8)


def test_d_the_generalised_rank_test_follows_from_our_returns(set_d):
    """Residuals over s, and SCAR over its deviation, to which the √11 is added a second time."""
    folder, _, _, cars = set_d
    fit, residual, _ = toolkit_fit(set_d, "market")
    standard = residual / fit.sigma[:, None]
    event = (cars["scar"] / cars["scar"].std() * np.sqrt(11)).to_numpy()[:, None]
    for _, theirs in pd.read_csv(folder / "grank_CCAR.csv").iterrows():
        group = (cars["CCAR"] == theirs["CCAR"]).to_numpy()
        sums = ranks.RankSums.of(standard[group], event[group])
        z = ranks.grank_z(sums, int(group.sum())).statistic
        assert z == pytest.approx(theirs["GRANK_Z"], rel=1e-12)


# E: the synthetic fixture of an R package, three events in common time; it is in the tree.


@pytest.fixture(scope="module")
def set_e(root):
    """What R published, the versions with exact errors, and the fit with what it gives.

    Abnormal returns, the regressors of the event window, and the residuals before it.
    """
    golden = json.loads((root / "tests/oracles/synthetic_e.json").read_text())
    made = golden["inputs"].values()
    index = np.array([event["ei"] for event in made])
    returns = np.array([e["a"] + e["b"] * np.array(e["ei"]) + np.array(e["er"]) for e in made])
    y, x = Linear().design(returns, index[:, :, None])
    fit = Linear().fit(y, x)
    ahead_y, ahead_x = Linear().design(
        np.array([e["vf"] for e in made]), np.array([e["vi"] for e in made])[:, :, None]
    )
    study = fit, fit.abnormal(ahead_y, ahead_x), ahead_x, fit.abnormal(y, x)
    return golden["golden_R"], golden["exact_forecast_error_versions"], study


def by_session(test, values):
    return [test(values[:, offset]).statistic for offset in range(values.shape[1])]


def test_e_statistics_equal_those_of_r(set_e):
    known, exact, (fit, abnormal, ahead, _) = set_e
    sar = abnormal / fit.forecast_error(ahead)
    np.testing.assert_allclose(abnormal.mean(axis=0), known["aar"], **CLOSE)
    for values, name in ((abnormal, "aar_t"), (abnormal.cumsum(axis=1), "caar_t")):
        t = by_session(inference.cross_sectional_t, values)
        np.testing.assert_allclose(t, known[name], **CLOSE)
    np.testing.assert_allclose(
        by_session(lambda one: inference.patell(one, fit.df), sar), known["patell_aar_z"], **CLOSE
    )
    # Of a window R adds up SAR over √L; ours is CAR over its own error, as the second reference.
    added = sar.cumsum(axis=1) / np.sqrt([1, 2, 3])
    np.testing.assert_allclose(
        by_session(lambda one: inference.patell(one, fit.df), added),
        known["patell_caar_z_sumSAR"],
        **CLOSE,
    )
    total = ahead.cumsum(axis=1)
    leverage = np.column_stack([fit.leverage(total[:, [k]])[:, 0] for k in range(3)])
    scar = abnormal.cumsum(axis=1) / (fit.sigma[:, None] * np.sqrt(np.arange(1, 4) + leverage))
    np.testing.assert_allclose(
        by_session(lambda one: inference.patell(one, fit.df), scar),
        exact["patell_caar_z_scar"],
        **CLOSE,
    )
    np.testing.assert_allclose(by_session(inference.bmp, sar), exact["bmp_t_forecast"], **CLOSE)
    np.testing.assert_allclose(by_session(inference.bmp, scar), exact["cbmp_t_scar"], **CLOSE)
    # ranks.sign takes five events or more: three have no normal law. Its formula is R's.
    positive = (abnormal > 0).sum(axis=0)
    np.testing.assert_allclose((positive - 1.5) / np.sqrt(0.75), known["sign_z"], **CLOSE)


def test_e_statistics_in_conventions_of_r_follow_from_our_returns(set_e):
    known, exact, (fit, abnormal, _, residuals) = set_e
    # BMP and KP over the residual deviation alone, windows over √L of it.
    plain = abnormal / fit.sigma[:, None]
    windows = abnormal.cumsum(axis=1) / fit.sigma[:, None] / np.sqrt([1, 2, 3])
    np.testing.assert_allclose(by_session(inference.bmp, plain), known["bmp_t_sigma"], **CLOSE)
    np.testing.assert_allclose(by_session(inference.bmp, windows), known["cbmp_t_sigma"], **CLOSE)
    for length in (3, 1):
        correlation = mean_correlation(residuals.T, np.ones((length, 3)), 3, length)
        assert correlation == pytest.approx(exact["rbar"], rel=1e-12)

    def kp(one):
        return inference.generalised_kp(one, correlation, 1)

    np.testing.assert_allclose(by_session(kp, plain), known["kp_t"], **CLOSE)
    np.testing.assert_allclose(by_session(kp, windows), known["ckp_t"], **CLOSE)
    # Ranks over their deviation with divisor n - 1; in the paper, and here, n and about zero.
    ranked = ranks.mid_ranks(np.hstack([residuals, abnormal])) / 12 - 0.5
    mean = ranked.mean(axis=0)
    np.testing.assert_allclose(mean[-3:] / mean.std(ddof=1), known["rank_z_sd"], **CLOSE)
    # Calendar time: the mean return over its deviation before the events; crude dependence here,
    # which takes ten sessions or more.
    error = residuals.mean(axis=0).std(ddof=1)
    np.testing.assert_allclose(abnormal.mean(axis=0) / error, known["caltime_t"], **CLOSE)


# French's own files, as he writes them.


# H: statsmodels on one real event, eight models, with the whole covariance of the path.


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        *(("mean", "constant_mean"), ("market_adjusted", "market_adjusted"), ("market", "market")),
        *(("capm", "capm"), ("ff3", "ff3"), ("ff3_momentum", "carhart"), ("ff5", "ff5")),
        ("ff5_momentum", "ff5_mom"),
    ],
)
def test_h_every_model_meets_statsmodels(shared, ours, theirs):
    folder = shared / "eventstudy/H_statsmodels_factor_models"
    known = json.loads((folder / "MSFT_2025-07-22.json").read_text())["models"][theirs]
    table = pd.read_csv(folder / "inputs_MSFT_FF5_Mom.csv", index_col=0, parse_dates=True)
    market = table["Mkt-RF"] + table["RF"]
    labels = Sessions("XNYS").labels(end=table.index[-1])
    assert labels[-len(table) :].equals(table.index)
    closes = to_sessions(
        np.column_stack([table["MSFT"], market]), ["MSFT", "MKT"], end=table.index[-1]
    )
    factors = None
    if "RF" in find_model(ours).inputs:
        factors = FactorTable.from_frame(table.drop(columns="MSFT"))
    study = event_study(
        events(("MSFT", SESSION)),
        Frame(closes),
        model=ours,
        market="MKT",
        factors=factors,
        estimation=(-210, -11),
    )
    path = study.cumulative("MSFT-2025-07-22")
    np.testing.assert_allclose(study.abnormal.iloc[0], known["ar"], atol=1e-11)
    np.testing.assert_allclose(study.standard_errors.iloc[0], known["se_ar"], rtol=1e-9)
    if ours == "market_adjusted":  # the reference has the whole window only
        assert path["car"].iloc[-1] == pytest.approx(known["car"], abs=1e-12)
        assert path["se"].iloc[-1] == pytest.approx(known["se_car"], rel=1e-10)
        return
    np.testing.assert_allclose(path["car"], known["car_path"], atol=1e-11)
    np.testing.assert_allclose(path["se"], known["se_car_path"], rtol=1e-9)
    assert study.bhar(-5, 5).iloc[0] == pytest.approx(known["bhar"], abs=1e-11)


def test_h_factors_may_come_as_a_table_of_any_names(shared):
    folder = shared / "eventstudy/H_statsmodels_factor_models"
    known = json.loads((folder / "MSFT_2025-07-22.json").read_text())["models"]["ff5_mom"]
    table = pd.read_csv(folder / "inputs_MSFT_FF5_Mom.csv", index_col=0, parse_dates=True)
    closes = to_sessions(table[["MSFT"]].to_numpy(), ["MSFT"], end=table.index[-1])
    names = ["Mkt-RF", "SMB", "HML", "RMW", "CMA", "Mom"]
    renamed = table.rename(columns={name: f"my {name}" for name in [*names, "RF"]})
    study = event_study(
        events(("MSFT", SESSION)),
        Frame(closes),
        model=named_factors(*[f"my {name}" for name in names], riskfree="my RF"),
        factors=FactorTable.from_frame(renamed.drop(columns="MSFT")),
        estimation=(-210, -11),
    )
    np.testing.assert_allclose(study.abnormal.iloc[0], known["ar"], atol=1e-12)
    path = study.cumulative("MSFT-2025-07-22")
    np.testing.assert_allclose(path["se"], known["se_car_path"], rtol=1e-9)


# I: erer 4.0 of R, the five forest firms of Sun and Liao (2011), in percent, nine digits.


def test_i_erer_is_met_to_its_rounding(shared):
    folder = shared / "eventstudy/I_erer"
    data = pd.read_csv(folder / "daEsa.csv", index_col=0)
    firms = ["wpp", "tin", "wy", "pcl", "pch"]
    row = data.index.get_loc(19990505)
    y, x = Linear().design(
        data[firms].to_numpy().T, np.broadcast_to(data[["sp500"]], (5, len(data), 1))
    )
    before, around = slice(row - 255, row - 5), slice(row - 5, row + 6)
    fit = Linear().fit(y[:, before], x[:, before])
    abnormal = fit.abnormal(y[:, around], x[:, around])
    known = pd.read_csv(folder / "reg.csv")
    rounding = {"atol": 1e-9, "rtol": 0}
    np.testing.assert_allclose(fit.coefficients, known[["alpha.c", "beta.c"]], **rounding)
    errors = fit.sigma[:, None] * np.sqrt(np.einsum("nii->ni", fit.inverse))
    np.testing.assert_allclose(errors, known[["alpha.e", "beta.e"]], **rounding)
    daily = pd.read_csv(folder / "abr.csv")
    np.testing.assert_allclose(abnormal.T, daily[[f"Ait.{name}" for name in firms]], **rounding)
    np.testing.assert_allclose(abnormal.mean(axis=0).cumsum(), daily["HNt"], **rounding)
    # The error of a window is √L s, and its law is the normal one.
    windows = pd.read_csv(folder / "abc.csv")
    car, error = abnormal.sum(axis=1), np.sqrt(11) * fit.sigma
    car = np.append(car, car.mean())
    error = np.append(error, np.sqrt((error**2).sum()) / 5)
    rounding["atol"] = 2e-9  # of a window, whose parts are rounded as well
    np.testing.assert_allclose(car, windows["estimate"], **rounding)
    np.testing.assert_allclose(error, windows["error"], **rounding)
    np.testing.assert_allclose(2 * ndtr(-np.abs(car / error)), windows["p.value"], **rounding)
