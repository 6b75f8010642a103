"""A million instants of mixed exchanges, against the library's own loop over minutes."""

import subprocess
import sys
import time
import warnings

import numpy as np
import pandas as pd
import pytest

from signals.market.sessions import Sessions, locate

pytestmark = pytest.mark.benchmark
MICS = ("XNYS", "XLON", "XTKS", "XHKG", "XETR")
START_UP = """
import pandas, time
from signals.market.sessions import Sessions
start = time.process_time()
Sessions("XNYS")
print(time.process_time() - start)
"""


def by_loop(calendars, instants, mics):
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for instant, mic in zip(instants, mics, strict=True):
            minute = instant.floor("min")
            found.append(calendars[mic].minute_to_session(minute, direction="next"))
    return pd.DatetimeIndex(found)


def test_a_million_instants_are_a_thousand_times_faster_than_the_loop():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import exchange_calendars

        calendars = {
            mic: exchange_calendars.get_calendar(mic, start="1998-01-01", end="2030-12-31")
            for mic in MICS
        }
    random = np.random.default_rng(0)
    mics = random.choice(MICS, 1_000_000)
    seconds = random.integers(946_684_800, 1_750_000_000, 1_000_000)
    # Near a close, where bugs live, every second instant: within a second on either side.
    for mic in MICS:
        closes = Sessions(mic).closes.as_unit("s").asi8
        near = np.flatnonzero(mics == mic)[::2]
        seconds[near] = random.choice(closes[3000:8000], len(near)) + random.integers(
            -1, 2, len(near)
        )
    instants = pd.DatetimeIndex(seconds.astype("datetime64[s]")).tz_localize("UTC")
    exchanges = pd.Categorical(mics)
    by_loop(calendars, instants[:50], mics[:50])  # warm
    ratios, found = [], locate(instants, exchanges)
    for turn in range(5):  # in turns, and of the processor's time: others use it too
        some = slice(2_000 * turn, 2_000 * (turn + 1))
        start = time.process_time()
        slow = by_loop(calendars, instants[some], mics[some])
        middle = time.process_time()
        locate(instants, exchanges)
        per_loop, per_locate = (middle - start) / 2_000, (time.process_time() - middle) / 1_000_000
        ratios.append(per_loop / per_locate)
        print(f"\nloop {1e6 * per_loop:.1f} us, locate {1e6 * per_locate:.3f} us")
        assert (found[some] == slow).all()
    print(f"{np.median(ratios):.0f} times ({min(ratios):.0f} to {max(ratios):.0f})")
    assert np.median(ratios) >= 1_000


def test_a_calendar_is_there_within_20_ms_of_a_cold_start():
    times = [float(subprocess.check_output([sys.executable, "-c", START_UP])) for _ in range(5)]
    print(f"\n{1e3 * sorted(times)[2]:.1f} ms in the middle of {len(times)}")
    assert sorted(times)[2] < 0.020
