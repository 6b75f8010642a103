"""The tables of alphalens-reloaded's full tear sheet, theirs against ours, in one run.

Run by hand where alphalens-reloaded is installed beside exchange_calendars, with the repository
and its tests on PYTHONPATH: python tests/benchmarks/compare_alphalens.py [sessions] [names]

Both begin with scores and prices and end with coefficients by session, their means by month,
returns by quantile (absolute, relative and by session), the spread by session, turnover of each
quantile and rank autocorrelation, over four horizons. Every table is compared before a ratio
counts. Two ratios are given: against each of the peer's functions called once, and called as
``create_full_tear_sheet`` calls them, which makes coefficients twice. Plots are drawn by neither.
"""

import gc
import sys
import time
from importlib.metadata import version

import numpy as np
import pandas as pd

import signals as sg

HORIZONS, QUANTILES = (1, 2, 5, 10), 5


def ours(events, prices):
    found = sg.evaluate(events, prices, horizons=HORIZONS, quantiles=QUANTILES)
    month = found.series["session"].dt.to_period("M")
    monthly = found.series.groupby(["horizon", month])["rank_ic"].mean()
    return found, monthly, found.quantiles, found.spreads, found.turnover, found.stability


def theirs(factor, closes):
    from alphalens import performance, utils

    data = utils.get_clean_factor_and_forward_returns(
        factor, closes, quantiles=QUANTILES, periods=HORIZONS, max_loss=1
    )
    ic = performance.factor_information_coefficient(data)
    means, _ = performance.mean_return_by_quantile(data, demeaned=False)
    relative, _ = performance.mean_return_by_quantile(data, demeaned=True)
    daily, errors = performance.mean_return_by_quantile(data, by_date=True, demeaned=False)
    spread, _ = performance.compute_mean_returns_spread(daily, QUANTILES, 1, std_err=errors)
    quantile = data["factor_quantile"]
    turnover = {
        (lag, one): performance.quantile_turnover(quantile, one, lag).mean()
        for lag in HORIZONS
        for one in range(1, QUANTILES + 1)
    }
    persistence = {
        lag: performance.factor_rank_autocorrelation(data, lag).mean() for lag in HORIZONS
    }
    return data, ic, means, relative, daily, spread, turnover, persistence


def again(data):
    """Make the coefficients a second time, for their means by month, as the tear sheet does."""
    from alphalens import performance

    return performance.mean_information_coefficient(data, by_time="ME")


def timed(function, *arguments):
    gc.collect()
    start = time.process_time()
    result = function(*arguments)
    return time.process_time() - start, result


def compare(own, peer, monthly_of_peer):
    """Stop unless every table says the same, to 1e-10."""
    found, monthly, quantiles, spreads, turnover, stability = own
    _, ic, means, relative, daily, spread, turned, persistence = peer

    # The peer halves the spread: half of the money is in each leg.
    def same(one, other):
        np.testing.assert_allclose(one, other, atol=1e-10, rtol=0)

    for horizon in HORIZONS:
        name = f"{horizon}D"
        same(found.series[found.series["horizon"] == horizon]["rank_ic"], ic[name])
        same(monthly[horizon], monthly_of_peer[name])
        same(quantiles.loc[horizon, "mean"], means[name])
        same(quantiles.loc[horizon, "relative"], relative[name])
        by_session = found.sample.bin_means[horizon].mean
        same(by_session, daily[name].unstack("factor_quantile"))  # noqa: PD010
        same((by_session[:, -1] - by_session[:, 0]) / 2, spread[name])
        same(spreads.loc[horizon, "spread"] / 2, spread[name].mean())
        same(stability.loc[horizon, "autocorrelation"], persistence[horizon])
    same(turnover["turnover"], list(turned.values()))


def main() -> None:
    from evaluation_samples import sample

    sessions, names = (int(one) for one in [*sys.argv[1:], "250", "200"][:2])
    events, prices = sample(1, sessions=sessions, names=names, strength=0.05)
    days = events["known_at"].dt.tz_localize(None).dt.normalize()
    factor = events.assign(date=days).set_index(["date", "symbol"])["score"]
    factor.index = factor.index.set_names(["date", "asset"])
    closes = prices.closes.drop(columns="MKT")
    timed(ours, events, prices)  # calendars are built once a process
    once, twice = [], []
    for turn in range(3):
        pair = [(ours, events, prices), (theirs, factor, closes)]
        results = {}
        for function, *arguments in pair if turn % 2 == 0 else reversed(pair):
            results[function.__name__] = timed(function, *arguments)
        (own_time, own), (peer_time, peer) = results["ours"], results["theirs"]
        more, monthly = timed(again, peer[0])
        compare(own, peer, monthly)
        once.append(peer_time / own_time)
        twice.append((peer_time + more) / own_time)
        print(
            f"ours {own_time:.2f} s, alphalens {peer_time:.2f} s and {more:.2f} s more: "
            f"{once[-1]:.1f}x and {twice[-1]:.1f}x"
        )
    print(
        f"{len(events)} events, {names} names: each function once {_ratio(once)}, as the tear "
        f"sheet calls them {_ratio(twice)}; alphalens-reloaded {version('alphalens-reloaded')}, "
        f"pandas {pd.__version__}, numpy {np.__version__}"
    )


def _ratio(ratios):
    return f"{np.median(ratios):.1f}x ({min(ratios):.1f} to {max(ratios):.1f})"


if __name__ == "__main__":
    main()
