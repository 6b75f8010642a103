"""Size, coverage and power on real shares: ``pytest -m slow tests/benchmarks/test_study_size.py``.

As a script it prints the tables of RESULTS.md: ``python tests/benchmarks/test_study_size.py 5000``,
with ``exchanges`` behind it the one of two exchanges.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from size_designs import CLUSTERED, DESIGNS, TESTS, fit_panel, rejections, two_exchanges

SHARED = Path(__file__).parents[3] / "shared/data"
WINDOWS = ((0, 0), (-1, 1), (-5, 5))


def real_panel():
    """Market-model events in every cell of 1,000 US shares, 2010-2024, on the French market."""
    closes = pd.read_parquet(SHARED / "panel/us1000_adj_close_2010_2024.parquet")
    path = SHARED / "factors/F-F_Research_Data_Factors_daily_202604.csv"
    factors = pd.read_csv(path, index_col=0, parse_dates=True) / 100
    returns = closes / closes.shift(1) - 1
    market = (factors["Mkt-RF"] + factors["RF"]).reindex(returns.index)
    return fit_panel(returns.to_numpy(dtype=float), market.to_numpy())


def table(panel, samples, *, windows=WINDOWS, effect=0.0, tests=("headline", "bmp")):
    rows = {}
    for name in DESIGNS:
        for window in windows:
            seed = 7_000 + 10 * list(DESIGNS).index(name) + WINDOWS.index(window)
            rows[name, str(window)] = rejections(
                panel, name, window, samples=samples, seed=seed, effect=effect, tests=tests
            )
    return (100 * pd.DataFrame(rows).T).round(1)


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the development data is not on this machine")
def test_the_headline_keeps_its_size_on_real_shares():
    rates = table(real_panel(), 5000)
    assert rates["headline"].between(3, 7).all(), rates
    assert rates["coverage"].between(93, 97).all(), rates
    assert (rates.loc[list(CLUSTERED)].drop(index="(0, 0)", level=1)["bmp"] > 15).all(), rates


@pytest.mark.slow
def test_the_headline_keeps_its_size_with_events_of_two_exchanges():
    rates = table(two_exchanges(), 1000, windows=((-5, 5),))
    assert rates["headline"].between(3, 7).all(), rates
    assert rates["coverage"].between(93, 97).all(), rates


if __name__ == "__main__":
    many = int(sys.argv[1])
    if sys.argv[2:] == ["exchanges"]:
        print(f"two exchanges, {many} samples\n{table(two_exchanges(), many).to_string()}")
        sys.exit()
    panel = real_panel()
    print(f"size and coverage, {many} samples\n{table(panel, many).to_string()}", flush=True)
    few = max(100, many // 5)
    strong = table(panel, few, windows=((0, 0),), effect=0.003, tests=TESTS)
    print(f"power at +0.3 %, (0, 0), {few} samples\n{strong.to_string()}")
    print(f"numpy {np.__version__}, pandas {pd.__version__}")
