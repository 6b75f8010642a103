"""Sources that hang, are empty, are a gigabyte or change their shape: each is told, none harms."""

import os
import resource
import shutil
import socket
import time
from pathlib import Path

import pytest

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
TABLE = '[[sources]]\nkind = "{kind}"\nname = "wire"\npath = "wire"\n\n[prices]'


def add_source(office, kind):
    office.change("[prices]", TABLE.format(kind=kind))
    return office.folder / "wire"


@pytest.mark.parametrize("kind", GOOD)
def test_a_source_that_changes_shape_fails_by_name_and_what_it_gave_is_kept(office, kind):
    path = add_source(office, kind)
    shutil.copy(FIXTURES / GOOD[kind], path)
    office.report()
    assert "Source wire: good." in office.read()
    with Store(office.config.state) as store:
        before = list(store.table("articles")[1])
    page = "<!doctype html><html><body>We moved: please sign in.</body></html>"
    # A table that lost its columns; for the others a page where data was expected.
    path.write_text("when,what\n2025-07-22,Acme\n" if kind == "csv" else page)
    if kind == "jsonl":
        path.write_text('[{"published": "2025-07-22T10:00Z", "title": "Acme"}]')

    outcome = office.report()

    assert outcome.code == 3
    assert "Source wire: failed." in office.read()
    assert "wire failed: that there is no story from it means nothing" in office.read()
    with Store(office.config.state) as store:
        assert list(store.table("articles")[1]) == before


@pytest.mark.parametrize("kind", ["folder", *GOOD])
def test_an_empty_source_is_no_news_or_a_failure_with_its_reason(office, kind):
    path = add_source(office, kind)
    path.mkdir() if kind == "folder" else path.touch()

    outcome = office.report()

    line = next(one for one in office.read().splitlines() if one.startswith("- Source wire"))
    quiet = kind in {"folder", "jsonl"}
    assert line.startswith(f"- Source wire: {'doubtful' if quiet else 'failed'}.")
    assert outcome.code == (0 if quiet else 3)


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
