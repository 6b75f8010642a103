"""Sources that hang, are empty, are a gigabyte or change their shape: each is told, none harms."""

import os
import resource
import shutil
import socket
import time
from pathlib import Path

import pytest
from batch_samples import LATER, SESSION

from signals.batch.read_sources import read_sources
from signals.batch.store import Store
from signals.errors import ArticleError
from signals.sources.opening import open_source

FIXTURES = Path(__file__).parent / "fixtures" / "sources"
GOOD = {
    "jsonl": "plain.jsonl",
    "csv": "fnspid.csv",
    "feed": "rss2.xml",
    "vendor": "finnhub.json",
}


def read(store, kind, path):
    """Read one source as a run does; give its state and the articles that are kept by then."""
    table = {"kind": kind, "path": str(path), "name": "wire"}
    found = read_sources(
        [table], store, now=LATER, since=0, key=SESSION, offline=False, progress=lambda _: None
    )
    return found.states[0], list(store.table("articles")[1])


@pytest.mark.parametrize("kind", GOOD)
def test_a_source_that_changes_shape_fails_with_a_reason_and_what_it_gave_is_kept(tmp_path, kind):
    path = tmp_path / "wire"
    shutil.copy(FIXTURES / GOOD[kind], path)
    changed = {
        "csv": "when,what\n2025-07-22,Acme\n",
        "jsonl": '[{"published": "2025-07-22T10:00Z", "title": "Acme"}]',
    }
    page = "<!doctype html><html><body>We moved: please sign in.</body></html>"
    with Store(tmp_path / "state") as store:
        state, kept = read(store, kind, path)
        assert (state.state, len(kept) > 0) == ("good", True)
        path.write_text(changed.get(kind, page))

        state, still = read(store, kind, path)

        assert (state.state, still) == ("failed", kept)
        assert "wire" in state.detail


@pytest.mark.parametrize("kind", ["folder", *GOOD])
def test_an_empty_source_is_no_news_or_a_failure_with_its_reason(tmp_path, kind):
    path = tmp_path / "wire"
    path.mkdir() if kind == "folder" else path.touch()

    with Store(tmp_path / "state") as store:
        state, _ = read(store, kind, path)

    # An empty file is a table or a feed that was cut off; of lines there may be none.
    assert state.state == ("empty" if kind in {"folder", "jsonl"} else "failed")
    assert state.detail


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
@pytest.mark.parametrize("kind", [*GOOD, "parquet"])
def test_a_pipe_that_nobody_writes_to_is_refused_at_once(tmp_path, kind):
    if kind == "parquet":
        pytest.importorskip("pyarrow", reason="needs the extra [parquet]")
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(ArticleError, match="pipe is a pipe or a device, no file"):
        list(open_source({"kind": kind, "path": str(tmp_path / "pipe")}).read())


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_feed_that_hangs_is_given_up_and_the_others_are_read(office):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        office.change(
            "[prices]",
            f'[[sources]]\nkind = "feed"\nname = "wire"\nurl = "http://127.0.0.1:{port}/rss"\n'
            'allow_hosts = ["127.0.0.1"]\ntimeout = 0.5\n\n[prices]',
        )
        start = time.monotonic()
        outcome = office.report()
        taken = time.monotonic() - start

    assert outcome.code == 3
    assert taken < 30
    assert "wire failed" in office.read("report.html")
    assert office.rows("symbols.csv")[0]["stories"] == "1"


@pytest.mark.parametrize(
    "kind",
    [
        *("folder", "feed", "vendor", "parquet"),
        pytest.param("csv", marks=pytest.mark.slow),
        pytest.param("jsonl", marks=pytest.mark.slow),
    ],
)
def test_a_source_of_one_gigabyte_is_refused_or_skipped_in_little_memory(tmp_path, kind):
    """A file with a hole: a gigabyte without the disk for it."""
    if kind == "parquet":
        pytest.importorskip("pyarrow", reason="needs the extra [parquet]")
    path = tmp_path / "wire"
    big = path / "big.txt" if kind == "folder" else path
    big.parent.mkdir(exist_ok=True)
    with big.open("wb") as file:
        file.write(b"published,title\n" if kind == "csv" else b"{")
        file.truncate(1_000_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()

    source = open_source({"kind": kind, "path": str(path)})
    if kind in {"folder", "csv", "jsonl"}:
        assert [item.reason for item in source.read()] == ["oversized"]
    else:
        with pytest.raises(ArticleError, match=r"larger than|can't be read as Parquet"):
            list(source.read())

    assert time.process_time() - start < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000  # kB
