"""Every kind of source, on fixtures whose outcome is written down in cases/sources.txt."""

from datetime import datetime
from pathlib import Path

import pytest

from signals.news.article import Article
from signals.sources import opening
from signals.sources.opening import open_source
from signals.sources.vendors import VENDORS
from signals.testing import check_article_source

FIXTURES = Path(__file__).parent / "fixtures" / "sources"
MAPPED = {"published": "when", "title": "headline", "text": "story", "url": "link"}
KINDS = {".csv": "csv", ".jsonl": "jsonl", ".xml": "feed", ".rdf": "feed", ".json": "vendor"}
PARQUET_ROWS = [
    {"published": "2025-07-21T19:11:00Z", "title": "Acme rises", "rating": 7},
    {"published": "2025-07-21T00:00:00Z", "title": "Acme on a date", "rating": 8},
    {"published": None, "title": "Acme undated", "rating": 9},
]


def outcomes():
    """Fixture -> what its items become, as cases/sources.txt has it."""
    found: dict[str, list[str]] = {}
    text = (Path(__file__).parent / "cases" / "sources.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            here = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            here.append(line)
    return found


def source_of(name, folder=FIXTURES):
    if name == "folder":
        return open_source({"kind": "folder", "path": name}, folder=folder)
    table = {"kind": KINDS.get(Path(name).suffix, "parquet"), "path": name}
    if name == "mapped.csv":
        table["columns"] = MAPPED
    return open_source(table, folder=folder)


def told(item):
    if not isinstance(item, Article):
        return f"{item.place} | {item.reason}"
    stamp = f"{item.known_at:%Y-%m-%dT%H:%M:%S}Z"
    return f"{stamp} | {item.precision} | {item.source} | {item.title}".replace("  ", " ")


@pytest.fixture
def parquet(tmp_path):
    pa = pytest.importorskip("pyarrow", reason="Parquet needs the extra [parquet]")
    import pyarrow.parquet as pq

    stamps = [row["published"] for row in PARQUET_ROWS]
    times = [stamp and datetime.fromisoformat(stamp) for stamp in stamps]
    columns = {
        "published": pa.array(times, pa.timestamp("us", tz="UTC")),
        "title": [row["title"] for row in PARQUET_ROWS],
        "source": ["Wire"] * 3,
        "rating": [row["rating"] for row in PARQUET_ROWS],
    }
    pq.write_table(pa.table(columns), tmp_path / "plain.parquet")
    return tmp_path


@pytest.mark.parametrize("name", [name for name in outcomes() if name != "plain.parquet"])
def test_every_item_becomes_what_is_written_down(name):
    assert [told(item) for item in source_of(name).read()] == outcomes()[name]


def test_a_parquet_file_becomes_what_is_written_down(parquet):
    items = list(source_of("plain.parquet", parquet).read())

    assert [told(item) for item in items] == outcomes()["plain.parquet"]
    assert items[0].provider == {"rating": 7}


def test_every_fixture_and_every_vendor_is_written_down():
    assert {path.name for path in FIXTURES.iterdir()} == outcomes().keys() - {"plain.parquet"}
    shapes = {name.split(".")[0].split("-")[0] for name in outcomes() if name.endswith(".json")}
    assert shapes == {vendor.name for vendor in VENDORS}, "A fixture begins with its vendor's name."
    suffixes = {Path(name).suffix for name in outcomes()} - {"", ".parquet"}
    assert {"folder", "parquet", *map(KINDS.get, suffixes)} == {*opening.KINDS}


@pytest.mark.parametrize("name", [name for name in outcomes() if name != "plain.parquet"])
def test_every_source_keeps_to_the_contract(name):
    check_article_source(source_of(name))


def test_a_parquet_source_keeps_to_the_contract(parquet):
    check_article_source(source_of("plain.parquet", parquet))
