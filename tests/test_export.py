"""What the store keeps can be had as tables, also while a run is at work."""

import csv
import json
import sqlite3
import threading
from datetime import UTC, datetime

import pytest

from signals.batch.export import FORMATS, export_tables
from signals.batch.store import TABLES, Store
from signals.errors import ConfigError


@pytest.fixture
def store(reported):
    with Store(reported.config.state) as opened:
        yield opened


def read(folder, form):
    """Read every exported table as a list of dictionaries, by means other than ours."""
    found = {}
    for name in TABLES:
        path = folder / f"{name}.{form}"
        if form == "parquet":
            parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra [parquet]")
            found[name] = parquet.read_table(path).to_pylist()
        elif form == "jsonl":
            lines = path.read_text(encoding="utf-8").splitlines()
            found[name] = [json.loads(line) for line in lines]
        else:
            with path.open(encoding="utf-8", newline="") as file:
                found[name] = list(csv.DictReader(file))
    return found


def kept(store):
    """Read every table of the store by SQLite alone."""
    connection = sqlite3.connect(store.path)
    connection.row_factory = sqlite3.Row
    try:
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]  # noqa: S608
            for name in TABLES
        }
    finally:
        connection.close()


@pytest.mark.parametrize("form", FORMATS)
def test_every_table_is_given_whole(store, tmp_path, form):
    if form == "parquet":
        pytest.importorskip("pyarrow", reason="needs the extra [parquet]")
    expected = kept(store)
    assert len(expected["articles"]) == 5 and expected["scores"] and expected["stories"]
    for article in expected["articles"]:  # its instant as that of an event is spelled
        known_at = datetime.fromtimestamp(article["known_at"] / 1e6, UTC)
        article["known_at"] = known_at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    if form == "csv":  # has texts only
        expected = {
            name: [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows]
            for name, rows in expected.items()
        }

    export_tables(store, tmp_path / "tables", form=form)

    assert read(tmp_path / "tables", form) == expected


def test_an_export_shows_one_moment_while_a_run_writes(store, tmp_path):
    """Rows that come between two tables belong to neither: no event without its articles."""
    writer = sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)
    stop = threading.Event()

    def write():
        while not stop.is_set():
            writer.executescript(
                "BEGIN; UPDATE deliveries SET detail = detail || 'x'; "
                "UPDATE runs SET number = number + 1; COMMIT"
            )

    writer.execute("INSERT INTO deliveries VALUES ('2025-07-22', 'a@b.test', 'sent', '')")
    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(20):
            export_tables(store, tmp_path / "tables", form="jsonl")
            tables = read(tmp_path / "tables", "jsonl")
            assert len(tables["deliveries"][0]["detail"]) == tables["runs"][0]["number"] - 1
    finally:
        stop.set()
        thread.join()
        writer.close()


def test_a_formula_in_a_headline_is_text_to_a_spreadsheet(office, tmp_path):
    office.tell("formula", "Microsoft (NASDAQ:MSFT) rose.", "2025-07-22T10:00Z", title="=1+1")
    office.report()

    with Store(office.config.state) as store:
        export_tables(store, tmp_path / "tables", form="csv")

    assert "'=1+1" in {row["title"] for row in read(tmp_path / "tables", "csv")["articles"]}


def test_an_export_that_cannot_be_made_leaves_the_one_before(store, tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="csv, jsonl, parquet, not 'xml'"):
        export_tables(store, tmp_path / "tables", form="xml")
    monkeypatch.setattr("signals.batch.export.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"pip install .*\[parquet\]"):
        export_tables(store, tmp_path / "tables", form="parquet")
    assert not (tmp_path / "tables").exists()

    export_tables(store, tmp_path / "tables", form="csv")
    before = {path.name: path.read_bytes() for path in (tmp_path / "tables").iterdir()}
    store._connection.execute("UPDATE articles SET title = 'another'")
    monkeypatch.setattr("signals.batch.export.harmless", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export_tables(store, tmp_path / "tables", form="csv")

    assert {path.name: path.read_bytes() for path in (tmp_path / "tables").iterdir()} == before
