from __future__ import annotations

import json
import os
import signal
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from snapshot_samples import ASKED, DAYS, NOW, bars, keep, yahoo

from signals.cli import main
from signals.errors import StoreError
from signals.market.snapshots import Entry, SnapshotStore, pack_bars, unpack_bars
from signals.market.yahoo import SYNC_COLUMNS, YahooPrices


@pytest.fixture
def store(tmp_path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "prices" / "yahoo")


def test_what_is_kept_is_read_back_to_the_byte(store):
    entry = keep(store)
    pd.testing.assert_frame_equal(store.load(entry), bars())
    assert store.latest() == {"MSFT": entry}
    odd = bars()
    odd.iloc[0, 0] = np.nan
    odd.iloc[1, 1] = 0.1 + 0.2
    pd.testing.assert_frame_equal(unpack_bars(pack_bars(odd)), odd)
    assert pack_bars(odd) == pack_bars(odd)


def test_nothing_that_was_kept_is_ever_changed(store):
    first = keep(store, price=100)
    before = {path: path.read_bytes() for path in store.folder.rglob("*.npz")}
    log = (store.folder / "log.jsonl").read_bytes()
    second = keep(store, price=99)
    assert (store.folder / "log.jsonl").read_bytes().startswith(log)
    assert all(path.read_bytes() == content for path, content in before.items())
    assert store.load(first)["close"].iloc[0] == 100
    assert store.load(second)["close"].iloc[0] == 99


@pytest.mark.parametrize("cut", [1, 20, 80])
def test_half_a_line_is_passed_over_and_ended_by_the_next_writer(store, cut):
    keep(store, "MSFT")
    log = store.folder / "log.jsonl"
    whole = log.read_bytes()
    keep(store, "SPY")
    log.write_bytes(log.read_bytes()[: len(whole) + cut])
    assert list(store.latest()) == ["MSFT"]
    keep(store, "SPY")
    assert sorted(store.latest()) == ["MSFT", "SPY"]


def test_damaged_bars_are_found_by_their_hash_and_fetched_again(tmp_path):
    source = yahoo(tmp_path, 100.0)
    source.history(["MSFT"], *ASKED)
    file = next(tmp_path.rglob("*.npz"))
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(StoreError, match="damaged"):
        source.snapshots.load(source.snapshots.latest()["MSFT"])
    assert list(source.check(["MSFT"])["fault"]) == ["damaged"]
    table = source.history(["MSFT"], *ASKED)
    assert list(table.closes["MSFT"]) == [100, 100]
    assert source.check(["MSFT"]).empty


def write_on(store, name, number):
    """Keep so many symbols in a process of its own; give it, and what it says of each it kept."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with os.fdopen(writing, "w") as told:
                for place in range(number):
                    keep(store, f"{name}{place}", float(place + 1))
                    print(place, file=told, flush=True)
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writing)
    return child, os.fdopen(reading)


@pytest.mark.parametrize("wait", [0.0, 0.013, 0.031])
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the writers are forks")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_writer_that_is_killed_loses_nothing_that_it_had_kept(store, wait):
    child, told = write_on(store, "S", 10**6)
    with told:
        for _ in range(5):
            told.readline()
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
        kept = 5 + len(told.readlines())
    os.waitpid(child, 0)
    latest = store.latest()
    assert len(latest) >= kept
    for number in range(kept):
        assert store.load(latest[f"S{number}"])["close"].iloc[0] == number + 1
    again = keep(store, "AFTER")
    assert store.latest()["AFTER"] == again


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the writers are forks")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_two_processes_that_write_at_once_lose_nothing(store):
    running = [write_on(store, name, 25) for name in "AB"]
    for child, told in running:
        with told:
            assert len(told.readlines()) == 25
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    latest = store.latest()
    assert sorted(latest) == sorted(f"{name}{number}" for name in "AB" for number in range(25))
    assert all(len(store.load(entry)) == 2 for entry in latest.values())


def test_a_folder_that_cannot_be_written_costs_the_snapshot_and_not_the_prices(tmp_path):
    (tmp_path / "prices").write_text("a file where the folder would be")
    source = yahoo(tmp_path, 100.0)
    table = source.history(["MSFT"], *ASKED)
    assert list(table.closes["MSFT"]) == [100, 100]
    assert list(table.faults["fault"]) == ["not_kept"]
    assert str(tmp_path) not in table.faults["detail"][0]
    with pytest.raises(StoreError, match=f"They belong in {tmp_path}"):
        source.sync(["MSFT"], *ASKED)


def test_a_full_disk_costs_the_snapshot_and_not_the_prices(tmp_path, monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("signals.market.snapshots.write_bytes", full)
    source = yahoo(tmp_path, 100.0)
    table = source.history(["MSFT"], *ASKED)
    assert list(table.closes["MSFT"]) == [100, 100]
    assert list(table.faults["fault"]) == ["not_kept"]
    assert "No space left" in table.faults["detail"][0]
    with pytest.raises(StoreError, match="No space left"):
        source.sync(["MSFT"], *ASKED)


def test_a_snapshot_from_the_future_is_not_trusted_and_says_so(tmp_path):
    yahoo(tmp_path, 100.0, at=NOW + timedelta(days=900)).history(["MSFT"], *ASKED)
    fresh = yahoo(tmp_path, TimeoutError()).history(["MSFT"], *ASKED)
    assert list(fresh.faults["fault"]) == ["not_refreshed"]
    assert "in the future" in fresh.faults["detail"][0]
    assert list(yahoo(tmp_path, 50.0).history(["MSFT"], *ASKED).closes["MSFT"]) == [50, 50]


def test_what_was_kept_as_soon_as_a_session_had_closed_does_not_cover_it(tmp_path):
    """Older versions took the bar of the closing second for final."""
    at = datetime(2025, 7, 22, 20, 0, 1, tzinfo=UTC)
    entry = Entry("MSFT", "yahoo", at, *ASKED, "of no account")
    assert entry.covers(*ASKED, at + timedelta(minutes=29))  # nothing newer is final yet
    assert not entry.covers(*ASKED, NOW)
    assert entry.covers(DAYS[0], DAYS[0], NOW)


def test_a_symbol_is_always_fetched_over_all_that_was_ever_asked_of_it(tmp_path):
    source = yahoo(tmp_path, 100.0)
    source.history(["MSFT"], pd.Timestamp("2025-07-01"), DAYS[1])
    source.history(["MSFT"], DAYS[0], pd.Timestamp("2025-07-31"))
    entry = source.snapshots.latest()["MSFT"]
    assert (f"{entry.first:%m-%d}", f"{entry.last:%m-%d}") == ("07-01", "07-31")


def test_the_command_shows_and_checks_what_is_kept(tmp_path, capsys):
    cache = ["--cache", str(tmp_path)]
    assert main(["prices", "show", *cache]) == 2
    assert "No prices are kept yet" in capsys.readouterr().err
    yahoo(tmp_path, 100.0).history(["MSFT"], *ASKED)
    assert main(["prices", "show", *cache]) == 0
    assert "MSFT" in capsys.readouterr().out
    assert main(["prices", "check", *cache]) == 0
    assert "No fault in 1 symbol." in capsys.readouterr().out
    assert main(["prices", "show", "MSFT", "SPY", *cache]) == 3
    assert "SPY is not kept" in capsys.readouterr().err
    assert main(["prices", "show", "SPY", *cache]) == 4
    assert "Empty" not in capsys.readouterr().out
    assert main(["prices", "check", "SPY", *cache]) == 3
    assert "not_kept" in capsys.readouterr().out
    assert main(["prices", "sync", "SPY", "--start", "07/21/2025", *cache]) == 2


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (["fetched", "fetched"], 0),
        (["fetched", "refused"], 3),
        (["kept", "refused"], 3),
        (["refused", "refused"], 4),
    ],
)
def test_a_command_says_by_its_code_whether_prices_came(
    tmp_path, capsys, monkeypatch, statuses, code
):
    rows = [
        {"symbol": name, "status": one, "reason": ""}
        for name, one in zip("AB", statuses, strict=True)
    ]
    table = pd.DataFrame(rows, columns=list(SYNC_COLUMNS), dtype=object)
    monkeypatch.setattr(YahooPrices, "sync", lambda *_: table)
    assert main(["prices", "sync", "A", "B", "--cache", str(tmp_path)]) == code
    assert "None" not in capsys.readouterr().out


def test_each_line_of_the_log_names_its_fetch(store):
    keep(store)
    line = json.loads((store.folder / "log.jsonl").read_text())
    assert (line["symbol"], line["first"], line["last"]) == ("MSFT", "2025-07-21", "2025-07-22")
    assert (store.folder / "bars" / f"{line['hash']}.npz").is_file()
