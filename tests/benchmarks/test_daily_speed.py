"""5,000 articles about 200 symbols, with a year of prices, offline: under a minute, under 1 GiB."""

import resource
import sys
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))
from batch_samples import Office, contents

from signals.market.sessions import Sessions
from signals.news.securities import SecurityBook

WORDS = "good bad strong weak results guidance beats misses lawsuit contract growth loss".split()


@pytest.mark.slow
@pytest.mark.parametrize("scorer", ["vader", "default"])
def test_a_large_watch_list_takes_less_than_a_minute(tmp_path, scorer):
    office = Office(tmp_path, samples=False)
    office.change('scorer = "vader"', f'scorer = "{scorer}"')
    draw = np.random.default_rng(0)
    book = [one for one in SecurityBook.default() if one.valid_to is None]
    listed = (one for one in book if one.mic in {"XNYS", "XNAS"})
    securities = list(islice((one for one in listed if one.symbol != "SPY"), 200))
    symbols = [str(one.symbol) for one in securities]
    office.change('["MSFT", "SFTBY"]', repr(symbols).replace("'", '"'))
    days = Sessions("XNYS").labels(pd.Timestamp("2024-04-01"), pd.Timestamp("2025-07-22"))
    steps = draw.normal(0, 0.015, (len(days), 201))
    closes = pd.DataFrame(100 * np.exp(np.cumsum(steps, axis=0)), days, [*symbols, "SPY"])
    closes.to_csv(tmp_path / "prices/closes.csv", index_label="date", date_format="%Y-%m-%d")
    recent = days[-60:]
    for number in range(5000):
        one = securities[int(draw.integers(200))]
        day = recent[int(draw.integers(60))]
        body = " ".join(draw.choice(WORDS, 30))
        text = (
            f"{one.name} (NASDAQ:{one.symbol}) told of {body}. " + f"It was {body} {number}. " * 8
        )
        office.tell(f"n{number}", text, f"{day:%Y-%m-%d}T11:00-04:00", title=f"{one.name} {number}")

    start = time.process_time(), time.monotonic()
    outcome = office.report(session="2025-07-22", now=datetime(2025, 7, 23, 11, tzinfo=UTC))
    cpu, wall = time.process_time() - start[0], time.monotonic() - start[1]
    start = time.process_time(), time.monotonic()
    again = office.report(session="2025-07-22", now=datetime(2025, 7, 23, 11, tzinfo=UTC))
    second = time.process_time() - start[0], time.monotonic() - start[1]

    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    size = len(contents(outcome.folder)["report.html"])
    print(
        f"{scorer}: cpu {cpu:.1f} s, wall {wall:.1f} s, {memory:.2f} GiB, page {size / 1e6:.2f} MB"
    )
    print(f"again: cpu {second[0]:.2f} s, wall {second[1]:.2f} s, {again.state}")
    assert cpu < 60 and memory < 1 and size < 3_000_000
    assert again.state == "unchanged" and second[0] < 2
