"""A study with holes, computed again from its definitions; statsmodels makes the fits."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import t as student  # noqa: TID251 (the oracle)
from study_samples import Frame, events, invent

from signals.study.estimate import event_study

SHARES = "ABCDEFGHIJ"
FIRST, LAST = -1, 1
LENGTH = LAST - FIRST + 1


@pytest.fixture(scope="module")
def closes():
    made = invent(list(SHARES), seed=8)
    holes = np.random.default_rng(8).random(made.shape) < 0.01
    holes[:, 0] = False  # the market's
    return made.mask(holes)


@pytest.fixture(scope="module")
def study(closes):
    days = closes.index[300:620:8]
    table = events(*[(SHARES[place % 10], day) for place, day in enumerate(days)])
    table["score"] = np.random.default_rng(9).uniform(-1, 1, len(table))
    return event_study(table, Frame(closes), market="SPY")


@pytest.fixture(scope="module")
def known(study, closes):
    """Each event with a whole window: its place, CAR, SCAR, BHAR, abnormal returns, df, score."""
    returns = closes.pct_change(fill_method=None)
    rows = []
    for event in study.events.itertuples():
        at = closes.index.get_loc(event.session)
        y, x = returns[event.symbol], sm.add_constant(returns["SPY"])
        before = slice(at - 250, at - 10)
        fitted = sm.OLS(y.iloc[before], x.iloc[before], missing="drop").fit()
        own, design = (one.iloc[at + FIRST : at + LAST + 1].to_numpy() for one in (y, x))
        expected = design @ fitted.params.to_numpy()
        total = design.sum(axis=0)
        error = fitted.mse_resid * (LENGTH + total @ fitted.normalized_cov_params @ total)
        abnormal = own - expected
        held = np.prod(1 + own) - np.prod(1 + expected)
        scar = abnormal.sum() / np.sqrt(error)
        rows.append((at, abnormal.sum(), scar, held, abnormal, fitted.df_resid, event.score))
    names = ["at", "car", "scar", "held", "abnormal", "df", "score"]
    return pd.DataFrame(rows, columns=names).dropna(subset="car")


def cosine_error(values, at):
    """The error of a mean of values that lie in sessions, and its degrees of freedom."""
    day = np.asarray(at) - min(at)
    n = int(day.max()) + 1
    count = min(0.4 * n ** (2 / 3), n / (2 * LENGTH), len(set(day)) / 3)
    count = max(4, round(count))
    sums = np.bincount(day, weights=values - np.mean(values), minlength=n)
    phases = np.pi * np.outer(np.arange(1, count + 1), np.arange(n) + 0.5) / n
    found = np.sqrt(2 / n) * np.cos(phases) @ sums
    return np.sqrt(np.mean(found**2) * n) / len(values), count


def check(row, estimate, values, at):
    error, df = cosine_error(values, at)
    assert row["estimate"] == pytest.approx(estimate, abs=1e-12)
    assert (row["se"], row["df"]) == pytest.approx((error, df), abs=1e-12)
    margin = student.ppf(0.975, df) * error
    interval = estimate - margin, estimate + margin
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(interval, abs=1e-12)
    assert row["p_value"] == pytest.approx(2 * student.sf(abs(estimate / error), df), abs=1e-12)


def check_slope(row, estimate, influence, at, centred):
    """A few high scores carry a slope, so that of slopes of nothing 5 % lie beyond the interval."""
    drawn = np.random.default_rng(2).normal(size=(4_000, len(at)))
    slopes = drawn @ centred / (centred @ centred)
    left = drawn - drawn.mean(axis=1, keepdims=True) - slopes[:, None] * centred
    left *= centred / np.mean(centred**2)
    errors = [cosine_error(one, at)[0] for one in left]
    critical = np.quantile(np.abs(slopes) / errors, 0.95)
    assert row["estimate"] == pytest.approx(estimate, abs=1e-12)
    half = (row["ci_high"] - row["ci_low"]) / 2
    assert half == pytest.approx(critical * cosine_error(influence, at)[0], rel=0.04)
    assert row["p_value"] == pytest.approx(
        2 * student.sf(abs(estimate / row["se"]), row["df"]), abs=1e-12
    )


def test_the_mean_and_its_interval_are_those_of_their_definitions(study, known):
    row = study.caar((FIRST, LAST)).iloc[0]
    error, df = cosine_error(known["car"], known["at"])
    of_scar = known["scar"].mean() / cosine_error(known["scar"], known["at"])[0]
    margin = student.ppf(0.975, df) * error

    assert 0 < row["n"] == len(known) < len(study.events)
    assert row["caar"] == pytest.approx(known["car"].mean(), abs=1e-12)
    low, high = row["caar"] - margin, row["caar"] + margin
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((low, high), abs=1e-12)
    assert row["statistic"] == pytest.approx(of_scar, abs=1e-10)
    assert row["p_value"] == pytest.approx(2 * student.sf(abs(of_scar), df), abs=1e-12)


def test_reactions_to_a_score_are_those_of_their_definitions(study, known):
    table = study.sentiment("score", (FIRST, LAST))
    car, scar, score, at = (known[name].to_numpy() for name in ("car", "scar", "score", "at"))
    up, down = score > 0, score < 0
    means = car[up].mean(), car[down].mean()
    share = np.where(up, (car - means[0]) / up.mean(), -(car - means[1]) / down.mean())
    centred = score - score.mean()
    slope = (centred @ scar) / (centred @ centred)
    left = centred * (scar - scar.mean() - slope * centred) / np.mean(centred**2)
    usual = [student.expect(lambda x: abs(x) ** (2 / 3), args=(df,)) for df in known["df"]]
    larger = abs(scar) ** (2 / 3) / usual - 1

    check(table.loc["spread"], means[0] - means[1], share, at)
    check_slope(table.loc["slope"], slope, left, at, centred)
    check(table.loc["size"], larger.mean(), larger, at)


def test_held_and_calendar_portfolios_are_those_of_their_definitions(study, known):
    held: dict[int, list[float]] = {}
    for at, abnormal in zip(known["at"], known["abnormal"], strict=True):
        for offset, value in enumerate(abnormal, start=FIRST):
            held.setdefault(at + offset, []).append(value)
    days = sorted(held)
    means = np.array([np.mean(held[day]) for day in days])

    bought = study.mean_bhar(FIRST, LAST).iloc[0]
    check(bought, known["held"].mean(), known["held"], known["at"])

    row = study.calendar_portfolio((FIRST, LAST)).iloc[0]
    assert row["estimate"] == pytest.approx(means.mean(), abs=1e-12)
    error, df = cosine_error(means, days)
    # Wider, so that of means that go together over a window 5 % lie beyond.
    rng = np.random.default_rng(1)
    place = np.asarray(days) - days[0]
    drawn = np.cumsum(rng.normal(size=(4_000, place[-1] + LENGTH + 1)), axis=1)
    drawn = drawn[:, place + LENGTH] - drawn[:, place]
    beyond = [abs(one.mean()) / cosine_error(one, days)[0] for one in drawn]
    margin = np.quantile(beyond, 0.95) * error
    assert margin > student.ppf(0.975, df) * error
    assert row["ci_high"] - row["estimate"] == pytest.approx(margin, rel=0.04)
