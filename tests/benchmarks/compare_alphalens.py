"""Speed against alphalens-reloaded, in one run; outputs are compared first.

Run by hand where alphalens-reloaded is installed beside exchange_calendars, with the repository
and its tests on PYTHONPATH: python tests/benchmarks/compare_alphalens.py [sessions] [names]
"""

import gc
import sys
import time
from importlib.metadata import version

import numpy as np
import pandas as pd

import signals as sg


def ours(events, prices):
    found = sg.evaluate(events, prices)
    return found, found.quantiles


def theirs(factor, closes):
    from alphalens import performance, utils

    data = utils.get_clean_factor_and_forward_returns(
        factor, closes, quantiles=5, periods=(1, 2, 5, 10), max_loss=1
    )
    ic = performance.factor_information_coefficient(data)
    return ic, performance.mean_return_by_quantile(data, demeaned=False)[0]


def timed(function, *arguments):
    gc.collect()
    start = time.process_time()
    result = function(*arguments)
    return time.process_time() - start, result


def main() -> None:
    from evaluation_samples import sample

    sessions, names = (int(one) for one in [*sys.argv[1:], "250", "200"][:2])
    events, prices = sample(1, sessions=sessions, names=names, strength=0.05)
    days = events["known_at"].dt.tz_localize(None).dt.normalize()
    factor = events.assign(date=days).set_index(["date", "symbol"])["score"]
    factor.index = factor.index.set_names(["date", "asset"])
    closes = prices.closes.drop(columns="MKT")
    timed(ours, events, prices)  # calendars are built once a process
    ratios = []
    for turn in range(3):
        pair = [(timed, ours, events, prices), (timed, theirs, factor, closes)]
        results = {}
        for call, function, *arguments in pair if turn % 2 == 0 else reversed(pair):
            results[function.__name__] = call(function, *arguments)
        (own_time, (found, quantiles)), (time_of_peer, (ic, means)) = (
            results["ours"], results["theirs"],
        )  # fmt: skip
        for horizon in (1, 2, 5, 10):
            series = found.series[found.series["horizon"] == horizon]["rank_ic"].to_numpy()
            np.testing.assert_allclose(series, ic[f"{horizon}D"], atol=1e-10)
            np.testing.assert_allclose(
                quantiles.loc[horizon, "mean"], means[f"{horizon}D"], atol=1e-10
            )
        ratios.append(time_of_peer / own_time)
        print(f"ours {own_time:.2f} s, alphalens {time_of_peer:.2f} s, {ratios[-1]:.1f}x")
    print(
        f"{len(events)} events, {names} names: median {np.median(ratios):.1f}x "
        f"({min(ratios):.1f}-{max(ratios):.1f}); alphalens-reloaded "
        f"{version('alphalens-reloaded')}, pandas {pd.__version__}, numpy {np.__version__}"
    )


if __name__ == "__main__":
    main()
