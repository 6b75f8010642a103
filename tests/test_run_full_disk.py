"""A disk without room, a real one: the run says so, and what was there stays as it was."""

import shutil
import subprocess

import pytest
from batch_samples import SESSION, contents
from snapshot_samples import ASKED, yahoo

from signals.batch.store import Store
from signals.cli import main

SIZE = 4_000_000


@pytest.fixture
def disk(tmp_path):
    """Mount a file system of 4 MB; that takes rights which not everybody has."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.call(mount, stderr=subprocess.DEVNULL):
        pytest.skip("no small file system can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def office(office, disk, monkeypatch):
    office.change('"out/daily"', '"disk/daily"')
    office.change('"out/state"', '"disk/state"')
    monkeypatch.chdir(office.folder)
    return office


def fill(disk, *, leave):
    """Take all room but some bytes of a disk."""
    free = shutil.disk_usage(disk).free
    with (disk / "filler").open("wb") as file:
        file.write(b"x" * max(free - leave, 0))


@pytest.mark.parametrize(
    "leave",
    [
        *(0, 100_000),
        *(pytest.param(leave, marks=pytest.mark.slow) for leave in range(20_000, 320_000, 40_000)),
    ],
)
def test_a_run_on_a_full_disk_ends_with_a_sentence_and_the_next_one_completes(
    office, disk, capsys, leave
):
    assert main(["report", "--session", "2025-07-21"]) == 0
    before = contents(disk / "daily")
    latest = (disk / "daily/latest").resolve()
    office.tell("new", "Microsoft (NASDAQ:MSFT) rose. " + "word " * 30_000, "2025-07-22T10:00Z")
    fill(disk, leave=leave)
    capsys.readouterr()

    code = main(["report", "--session", SESSION])

    told = capsys.readouterr().err
    assert code == 1, "a run on this little room should not have come to its end"
    assert "full" in told or "No space left" in told
    assert "Traceback" not in told and told.count("\n") <= 2
    assert contents(disk / "daily") == before
    assert (disk / "daily/latest").resolve() == latest
    (disk / "filler").unlink()
    with Store(office.config.state) as store:
        assert store.check() == "ok"
    assert main(["report", "--session", SESSION]) == 0
    assert (disk / "daily/latest").resolve().name.startswith(SESSION)


def test_a_price_cache_without_room_costs_the_snapshot_and_the_next_run_keeps_it(disk):
    cache = disk / "cache"
    cache.mkdir()
    fill(disk, leave=0)
    table = yahoo(cache, 100.0).history(["MSFT"], *ASKED)
    assert list(table.closes["MSFT"]) == [100, 100]
    assert list(table.faults["fault"]) == ["not_kept"]
    assert "No space left" in table.faults["detail"][0]

    (disk / "filler").unlink()
    assert yahoo(cache, 100.0).history(["MSFT"], *ASKED).faults.empty
    assert list(yahoo(cache, TimeoutError()).history(["MSFT"], *ASKED).closes["MSFT"]) == [100, 100]


@pytest.mark.parametrize("leave", [4_096, 20_000, 60_000])
def test_a_price_cache_with_hardly_any_room_never_breaks_what_it_kept(disk, leave):
    cache = disk / "cache"
    yahoo(cache, 100.0).history(["MSFT"], *ASKED)
    fill(disk, leave=leave)
    for number in range(25):
        table = yahoo(cache, float(number + 1)).history([f"S{number}", "MSFT"], *ASKED)
        assert list(table.closes[f"S{number}"]) == [number + 1] * 2
        assert list(table.closes["MSFT"]) == [100, 100]
    snapshots = yahoo(cache, 1.0).snapshots
    assert all(len(snapshots.load(entry)) == 2 for entry in snapshots.entries())
