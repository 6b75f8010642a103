"""Time of an evaluation; against alphalens-reloaded see compare_alphalens.py."""

import time

import pytest
from evaluation_samples import sample

import signals as sg


@pytest.mark.benchmark
def test_a_million_events_of_a_thousand_companies_take_less_than_ten_seconds(capsys):
    events, prices = sample(1, sessions=1000, names=1000, strength=0.05)
    start = time.process_time()
    found = sg.evaluate(events, prices)
    spent = time.process_time() - start
    with capsys.disabled():
        print(f"\n1M events, 1,000 companies, 4 horizons: {spent:.2f} CPU s")

    assert found.ic.loc[1, "n"] == 1_000_000
    assert spent < 10
