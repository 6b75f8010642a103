"""What Yahoo gives and all that can go wrong with it: the true yfinance against a fake server."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fake_yahoo import Bar, FakeYahoo, Trouble, bars_of_sample

from signals.market.csvprices import CsvPrices

ROOT = Path(__file__).parents[1]
pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

# What a subprocess does with the true yfinance: nothing in it knows that Yahoo is fake. One line of
# output a line of input: which symbols have prices, and which have which faults. What yfinance
# remembers of its answers is forgotten between two lines, as between two processes.
CLIENT = """
import json, sys
from functools import partial
import pandas as pd
from signals.market.yahoo import YahooPrices
from signals.market.yfclient import fetch_yahoo
from yfinance.data import YfData
for line in sys.stdin:
    YfData.cache_get.cache_clear()
    call = json.loads(line)
    source = YahooPrices(
        call.get("cache"),
        requests_per_second=1e6,
        deadline=call.get("deadline", 300),
        fetch=partial(fetch_yahoo, timeout=call.get("timeout", 10)),
    )
    days = pd.Timestamp(call.get("first", "2025-07-01")), pd.Timestamp("2025-07-31")
    if call.get("sync"):
        source.sync(call["symbols"], *days)
    table = source.history(call["symbols"], *days)
    print(json.dumps({
        "days": [f"{day:%Y-%m-%d}" for day in table.closes.index],
        "closes": {name: list(table.closes[name]) for name in table.closes},
        "opens": {name: list(table.opens[name]) for name in table.closes},
        "faults": table.faults[["symbol", "fault", "action", "detail"]].values.tolist(),
        "hash": table.snapshot.hash,
    }), flush=True)
"""


def start(yahoo: FakeYahoo, folder: Path) -> subprocess.Popen[str]:
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, "-c", CLIENT]
    return subprocess.Popen(command, env=yahoo.environment(folder), cwd=ROOT, text=True, **pipes)


def ask_anew(yahoo: FakeYahoo, folder: Path, *calls: dict) -> list[dict]:
    """Ask in a process of its own."""
    process = start(yahoo, folder)
    out, err = process.communicate("".join(json.dumps(one) + "\n" for one in calls), timeout=600)
    assert (process.returncode, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture(scope="module")
def client(tmp_path_factory) -> Iterator[tuple[FakeYahoo, subprocess.Popen[str]]]:
    """One process for many tests: it takes a second to start."""
    with FakeYahoo({}) as yahoo:
        process = start(yahoo, tmp_path_factory.mktemp("client"))
        yield yahoo, process
        assert process.communicate(timeout=60) == ("", "")
        assert process.returncode == 0


@pytest.fixture
def ask(client, tmp_path) -> Callable[..., dict]:
    """Ask the fake once, of bars and troubles as they are now, with a cache of the test's own."""
    yahoo, process = client

    def call(symbols: list[str], bars: dict, troubles: dict | None = None, **options) -> dict:
        world = yahoo.world
        world.bars, world.troubles = bars, troubles or {}
        world.answered.clear()
        world.requests.clear()
        asked = {"symbols": symbols, "cache": str(tmp_path / "kept")} | options
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline()) | {"asked": list(world.requests)}

    return call


def codes(answer: dict) -> set[tuple[str, str, str]]:
    return {tuple(row[:3]) for row in answer["faults"]}


SAMPLE = bars_of_sample()
JULY = [bar.adj_close for bar in SAMPLE["MSFT"] if f"{bar.day:%Y-%m}" == "2025-07"]
ERROR_500 = json.dumps(
    {"chart": {"result": None, "error": {"code": "Internal", "description": "Server is busy"}}}
)
HEALED = {
    "R429": Trouble(status=429, times=2),
    "R500": Trouble(status=500, body="oops", times=2),
    "J500": Trouble(status=500, body=ERROR_500, times=1),
    "J500LATE": Trouble(status=500, body=ERROR_500, times=2, skip=1),
    "GARBAGE": Trouble(body="<html>", times=2),
    "CUT": Trouble(kind="truncated", times=2),
    "CUTLATE": Trouble(kind="truncated", times=2, skip=1),
    "HANGUP": Trouble(kind="hang_up", times=2),
    "EMPTY": Trouble(body="", times=2),
    "NULLJSON": Trouble(body='{"chart": null}', times=2),
    "SLOW": Trouble(kind="healthy", delay=0.4),
    "STALLS": Trouble(kind="healthy", delay=2.5, times=1, skip=1),
}
STAYING = {
    "BAD429": (Trouble(status=429), "rate_limited"),
    "BAD500": (Trouble(status=500, body="oops"), "bad_answer"),
    "BADCUT": (Trouble(kind="truncated", skip=1), "no_answer"),
    "BADHTML": (Trouble(body="<html>", skip=1), "bad_answer"),
    "BADLINE": (Trouble(kind="hang_up"), "no_answer"),
}


def test_it_gives_the_prices_of_the_server_and_a_reason_for_an_unknown_symbol(ask):
    answer = ask(["MSFT", "NOPE", "SPY"], bars_of_sample(dividend_factor=1.25))
    days = pd.Timestamp("2025-07-01"), pd.Timestamp("2025-07-31")
    sample = CsvPrices(ROOT / "data" / "prices").history(["MSFT", "SPY"], *days).closes
    assert answer["days"] == [f"{day:%Y-%m-%d}" for day in sample.index]
    assert answer["closes"] == sample.to_dict("list")
    # The server's opens equal its raw closes, so that adjusted opens equal adjusted closes.
    np.testing.assert_allclose(answer["opens"]["MSFT"], sample["MSFT"], rtol=1e-12)
    assert codes(answer) == {("NOPE", "unknown_symbol", "refused")}
    assert "delisted" not in answer["faults"][0][3]


def test_no_other_host_and_no_other_path_is_asked_for_an_odd_symbol(ask):
    answer = ask(["../../v1/x", "MSFT?x=1", "MSFT\r\nHost: x"], SAMPLE)
    assert answer["asked"] == []
    assert {row[1] for row in answer["faults"]} == {"not_a_symbol"}


def test_what_heals_is_fetched_and_what_stays_is_named(ask):
    symbols = [*HEALED, *STAYING, "NOPE"]
    bars = dict.fromkeys([*HEALED, *STAYING], SAMPLE["MSFT"])
    troubles = HEALED | {name: trouble for name, (trouble, _) in STAYING.items()}
    answer = ask(symbols, bars, troubles, timeout=1.5)
    assert sorted(answer["closes"]) == sorted(HEALED)
    assert all(closes == JULY for closes in answer["closes"].values())
    named = {name: fault for name, fault, _ in codes(answer)}
    assert named == {name: fault for name, (_, fault) in STAYING.items()} | {
        "NOPE": "unknown_symbol"
    }


def test_an_answer_of_2_rows_or_of_nulls_is_marked(ask):
    bars = dict.fromkeys(["SHORT", "NULLS"], SAMPLE["MSFT"])
    troubles = {"SHORT": Trouble(kind="short"), "NULLS": Trouble(kind="nulls")}
    answer = ask(["SHORT", "NULLS"], bars, troubles)
    assert ("SHORT", "incomplete", "marked") in codes(answer)
    assert ("NULLS", "holes", "marked") in codes(answer)
    detail = next(row[3] for row in answer["faults"] if row[0] == "SHORT")
    assert "20 before its first price" in detail


def test_of_30_symbols_7_fail_and_each_has_its_reason(ask):
    symbols = [f"S{number:02}" for number in range(30)]
    failing = dict(zip(symbols[1::4], [*STAYING.values(), None, None], strict=False))
    bars = {name: SAMPLE["MSFT"] for name in symbols if failing.get(name, True)}
    troubles = {name: one[0] for name, one in failing.items() if one}
    answer = ask(symbols, bars, troubles)
    assert len(failing) == 7
    assert len(answer["closes"]) == 23
    assert {name for name, _, action in codes(answer) if action == "refused"} == set(failing)


def test_at_the_deadline_what_is_left_is_named(ask):
    bars = dict.fromkeys([f"S{number}" for number in range(12)], SAMPLE["MSFT"])
    troubles = {name: Trouble(kind="healthy", delay=0.4) for name in bars}
    answer = ask(list(bars), bars, troubles, deadline=0.5)
    late = {name for name, fault, _ in codes(answer) if fault == "out_of_time"}
    assert late and late | set(answer["closes"]) == set(bars)


def test_without_a_network_what_was_kept_is_used_with_its_age(tmp_path):
    call = {"symbols": ["MSFT", "SPY"]}
    with FakeYahoo(SAMPLE) as yahoo:
        (before,) = ask_anew(yahoo, tmp_path, call)
        asked = len(yahoo.world.requests)
        (again,) = ask_anew(yahoo, tmp_path, call)
        assert len(yahoo.world.requests) == asked  # nothing was asked anew
    assert again == before
    with FakeYahoo(SAMPLE, dead=True) as yahoo:
        call |= {"symbols": ["MSFT", "SPY", "AAPL"], "first": "2025-06-02"}
        (offline,) = ask_anew(yahoo, tmp_path, call)
        assert yahoo.asked("refused query") >= 4  # at one of Yahoo's two hosts, by version
    assert ("AAPL", "no_answer", "refused") in codes(offline)  # and no word of a delisting
    assert offline["closes"] == before["closes"]
    assert ("MSFT", "not_refreshed", "marked") in codes(offline)
    assert "fetched on" in offline["faults"][0][3] and "0 hours ago" in offline["faults"][0][3]


def rewritten(factor: float, **event: float) -> list[Bar]:
    """A dividend or split on the last day of July: all before it is adjusted anew."""
    bars = [replace(bar, adj_close=bar.adj_close * factor) for bar in SAMPLE["MSFT"]]
    last = next(at for at, bar in enumerate(bars) if f"{bar.day}" == "2025-07-31")
    bars[last:] = [replace(bar) for bar in SAMPLE["MSFT"][last:]]
    bars[last] = replace(bars[last], **event)
    return bars


def test_a_dividend_that_rewrites_the_past_is_one_factor_and_no_fault(ask):
    close = SAMPLE["MSFT"]
    last = next(at for at, bar in enumerate(close) if f"{bar.day}" == "2025-07-31")
    dividend = 0.02 * close[last - 1].close
    before = ask(["MSFT"], {"MSFT": SAMPLE["MSFT"][:last]})
    after = ask(["MSFT"], {"MSFT": rewritten(0.98, dividend=dividend)}, sync=True)
    assert after["faults"] == []
    old, new = np.array(before["closes"]["MSFT"]), np.array(after["closes"]["MSFT"])
    np.testing.assert_allclose(new[: len(old)] / old, 0.98, rtol=1e-12)
    assert len(new) == len(old) + 1


def scaled(bar: Bar, by: float) -> Bar:
    return replace(bar, open=bar.open * by, close=bar.close * by, adj_close=bar.adj_close * by)


def test_a_past_that_was_rewritten_otherwise_is_marked(ask):
    changed = [scaled(bar, 1.02) if f"{bar.day}" < "2025-07-15" else bar for bar in SAMPLE["MSFT"]]
    ask(["MSFT"], SAMPLE)
    after = ask(["MSFT"], {"MSFT": changed}, sync=True)
    assert codes(after) >= {("MSFT", "history_rewritten", "marked")}


@pytest.mark.parametrize("ratio", [4.0, 0.1])
def test_a_split_that_was_not_applied_refuses_the_symbol(ask, ratio):
    factor = ratio
    bars = [
        replace(
            bar, close=bar.close * factor, open=bar.open * factor, adj_close=bar.adj_close * factor
        )
        if f"{bar.day}" < "2025-07-15"
        else replace(bar, split=ratio if f"{bar.day}" == "2025-07-15" else 1.0)
        for bar in SAMPLE["MSFT"]
    ]
    answer = ask(["MSFT", "SPY"], {"MSFT": bars, "SPY": SAMPLE["SPY"]})
    assert list(answer["closes"]) == ["SPY"]
    assert ("MSFT", "bad_split", "refused") in codes(answer)


def test_two_processes_at_once_on_a_cold_cache_both_have_all(tmp_path):
    symbols = [f"S{number:02}" for number in range(20)]
    with FakeYahoo(dict.fromkeys(symbols, SAMPLE["MSFT"])) as yahoo:
        running = [start(yahoo, tmp_path) for _ in range(2)]
        for process in running:
            process.stdin.write(json.dumps({"symbols": symbols}) + "\n")
            process.stdin.close()
            process.stdin = None
        answers = [process.communicate(timeout=120) for process in running]
    for out, err in answers:
        assert err == ""
        assert len(json.loads(out)["closes"]) == 20
    log = (tmp_path / "cache/market-news-signals/prices/yahoo/log.jsonl").read_text()
    assert all(json.loads(line)["hash"] for line in log.splitlines())


KINDS = (
    *(Trouble(status=429), Trouble(status=500, body="oops"), Trouble(body="<html>")),
    *(Trouble(status=500, body=ERROR_500), Trouble(body=""), Trouble(kind="truncated")),
    *(Trouble(kind="hang_up"), Trouble(kind="short"), Trouble(kind="nulls"), None),
)


def random_runs(folder: Path, runs: int) -> None:
    """Let a fifth of 100 symbols be in trouble, for a while or for ever; none may vanish."""
    chance = random.Random(7)
    calls, bars, troubles = [], {}, {}
    for run in range(runs):
        symbols = [f"R{run}S{number}" for number in range(100)]
        calls.append({"symbols": symbols, "cache": str(folder / f"run{run}")})
        for symbol in symbols:
            bars[symbol] = SAMPLE["MSFT"]
            if chance.random() < 0.2:
                kind = chance.choice(KINDS)
                if kind is None:
                    del bars[symbol]
                else:
                    times = chance.choice([1, 2, 3, 10**9])
                    troubles[symbol] = replace(kind, times=times, skip=chance.choice([0, 0, 1]))
    with FakeYahoo(bars, troubles=troubles) as yahoo:
        answers = ask_anew(yahoo, folder, *calls)
    assert len(answers) == runs
    for call, answer in zip(calls, answers, strict=True):
        named = {row[0] for row in answer["faults"]}
        for symbol in call["symbols"]:
            closes = answer["closes"].get(symbol)
            assert closes is not None or symbol in named, symbol
            if closes != JULY:
                assert symbol in named, symbol


def test_in_2_runs_with_random_faults_no_symbol_vanishes(tmp_path):
    random_runs(tmp_path, 2)


@pytest.mark.slow
def test_in_200_runs_with_random_faults_no_symbol_vanishes(tmp_path):
    for part in range(10):
        (tmp_path / str(part)).mkdir()
        random_runs(tmp_path / str(part), 20)
