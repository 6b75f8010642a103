"""Speed of event studies: ``pytest -m benchmark tests/benchmarks/test_study_speed.py``.

The peer, PyPI eventstudy 0.1a12, lives in an environment of its own, whose interpreter is named by
STUDY_PEER; without it the ratio is skipped. Outputs are compared before anything is timed.
"""

import gc
import json
import os
import resource
import subprocess
import time

import numpy as np
import pandas as pd
import pytest

from signals.market.sessions import Sessions
from signals.study import inference
from signals.study.estimate import event_study
from signals.study.fitting import fit_windows
from signals.study.models import Linear
from signals.study.panel import Places, ReturnGrid
from signals.study.sample import Sample
from signals.study.windows import WindowResults

ESTIMATION, WINDOW = (-260, -11), (-10, 10)
PEER = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np
from eventstudy import Single, models
data = np.load(sys.argv[1])
rows, columns, returns, market = (data[k] for k in ("row", "column", "returns", "market"))
cars = []
start = time.process_time()
for row, column in zip(rows, columns):
    cut = slice(row - 260, row + 11)
    one = Single(models.market_model,
        {"security_returns": returns[cut, column], "market_returns": market[cut]},
        event_window=(-10, 10), estimation_size=250, buffer_size=0)
    cars.append(one.CAR[-1])
print(json.dumps({"seconds": time.process_time() - start, "cars": cars}))
"""


def panel(events, *, rows=2500, shares=3000):
    rng = np.random.default_rng(0)
    market = rng.normal(0.0004, 0.01, rows)
    returns = np.empty((rows, shares + 1), order="F")
    returns[:] = rng.normal(0, 0.02, (shares + 1, rows)).T
    returns[:, :-1] += market[:, None]
    returns[:, -1] = market
    order = np.arange(rows)
    labels = order.astype("datetime64[D]").astype("datetime64[us]")
    cell = rng.choice((rows - 271) * shares, events, replace=False)
    row, column, zero = cell // shares + 260, cell % shares, np.zeros(events, dtype=np.int64)
    inputs = np.full((events, 1), shares)
    grid = ReturnGrid(returns, labels, order, {})
    return grid, Places(row, zero, zero + rows, column, inputs)


def study(grid, places):
    """AR, SAR, CAR, SCAR, t (SCAR itself), Patell and BMP, events in the order of prices."""
    places = places.take(places.order())
    fit = fit_windows(grid, places, Linear(), ESTIMATION)
    sample = Sample(grid, places, Linear(), fit, ESTIMATION, WINDOW)
    abnormal, errors = sample.abnormal(*WINDOW)
    standardised = np.divide(abnormal, errors, out=errors)
    car, se = sample.cumulative(*WINDOW)
    scar = car / se
    return (
        sample,
        (abnormal, standardised, car, scar),
        inference.patell(scar, fit.df),
        inference.bmp(scar),
    )


def timed(function):
    gc.collect()
    gc.freeze()
    start = time.process_time()
    result = function()
    return time.process_time() - start, result


@pytest.mark.benchmark
def test_a_million_events_take_seconds_and_little_memory():
    grid, places = panel(1_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = []
    for _ in range(3):
        result = None  # or its memory would be asked for anew, which a virtual machine gives slowly
        time_taken, result = timed(lambda: study(grid, places))
        seconds.append(time_taken)
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**20
    sample, arrays, *_ = result
    results = sum(array.nbytes for array in arrays) / 2**30
    for place in range(0, 1_000_000, 50_000):
        row, column = sample.places.row[place], sample.places.column[place]
        returns, market = grid.returns[:, column], grid.returns[:, -1]
        x = np.column_stack([np.ones(250), market[row - 260 : row - 10]])
        b = np.linalg.lstsq(x, returns[row - 260 : row - 10], rcond=None)[0]
        expected = returns[row - 10 : row + 11] - b[0] - b[1] * market[row - 10 : row + 11]
        np.testing.assert_allclose(arrays[0][place], expected, atol=1e-13)
    print(
        f"1M events: {min(seconds):.2f} to {max(seconds):.2f} CPU s; peak {peak:.2f} GiB more, "
        f"{results:.2f} GiB of it results"
    )
    assert min(seconds) < 2.5
    assert peak < 1 + results


@pytest.mark.benchmark
def test_rank_and_correlation_tests_of_a_million_events():
    grid, places = panel(1_000_000)
    names = ("rank", "grank_t", "generalised_sign", "generalised_kp")

    def run():
        sample, *_ = study(grid, places)
        results = WindowResults(sample, *WINDOW)
        return [results.run(name) for name in names]

    seconds, results = timed(run)
    print(f"1M events with {', '.join(names)}: {seconds:.2f} CPU s")
    assert all(result.valid for result in results)
    assert seconds < 10


@pytest.mark.benchmark
def test_from_a_frame_of_prices_and_a_table_of_events_to_a_study():
    grid, places = panel(100_000)
    sessions = Sessions("XNYS").labels()[-3001:-500]  # the first return needs a price before it
    names = [*(f"S{number}" for number in range(3000)), "SPY"]
    prices = np.cumprod(np.vstack([np.ones(len(names)), 1 + grid.returns]), axis=0)
    closes = pd.DataFrame(prices, index=sessions, columns=names)
    events = pd.DataFrame(
        {"symbol": np.array(names)[places.column], "session": sessions[places.row + 1]}
    )
    _, (abnormal, *_), *_ = study(grid, places)

    def run():
        return event_study(events, closes, market="SPY", estimation=ESTIMATION, window=WINDOW)

    seconds, whole = min((timed(run) for _ in range(5)), key=lambda one: one[0])
    np.testing.assert_allclose(
        whole.abnormal.to_numpy()[places.order()], abnormal, rtol=1e-7, atol=1e-12
    )
    print(f"100,000 events of 3,001 series in a frame: {seconds:.2f} CPU s")
    assert seconds < 2


@pytest.mark.benchmark
@pytest.mark.parametrize(("events", "floor"), [(1_000, 100), (100_000, 400)])
def test_against_the_package_eventstudy(tmp_path, events, floor):
    peer = os.environ.get("STUDY_PEER")
    if not peer:
        pytest.skip("STUDY_PEER names no interpreter that has eventstudy")
    grid, places = panel(events)
    few = 1_000  # the peer's time is proportional to its events
    turns = max(5, 20_000 // events)  # of ours, which takes a millisecond where it is short
    file = tmp_path / "panel.npz"
    np.savez(
        file,
        row=places.row[:few],
        column=places.column[:few],
        returns=grid.returns,
        market=grid.returns[:, -1].copy(),
    )
    script = tmp_path / "peer.py"
    script.write_text(PEER)
    ratios = []
    for _ in range(3):
        out = subprocess.run(
            [peer, str(script), str(file)], capture_output=True, text=True, check=True
        )
        theirs = json.loads(out.stdout.splitlines()[-1])
        seconds, (_, arrays, *_) = min(
            (timed(lambda: study(grid, places)) for _ in range(turns)), key=lambda run: run[0]
        )
        order = places.order()
        car = np.empty(events)
        car[order] = arrays[2]
        np.testing.assert_allclose(car[:few], theirs["cars"], atol=1e-10)
        ratios.append(theirs["seconds"] / few / (seconds / events))
    print(
        f"{events} events: {np.median(ratios):.0f}x eventstudy "
        f"({min(ratios):.0f} to {max(ratios):.0f})"
    )
    assert np.median(ratios) > floor
