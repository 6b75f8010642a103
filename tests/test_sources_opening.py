from pathlib import Path

import pytest

from signals.errors import ConfigError
from signals.sources.feeds import FeedSource
from signals.sources.folder import FolderSource
from signals.sources.opening import open_source
from signals.sources.tables import CsvSource, JsonLinesSource, ParquetSource
from signals.sources.vendor_json import VendorSource


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("folder", FolderSource),
        ("jsonl", JsonLinesSource),
        ("csv", CsvSource),
        ("parquet", ParquetSource),
        ("feed", FeedSource),
        ("vendor", VendorSource),
    ],
)
def test_a_path_is_relative_to_the_configuration(tmp_path, kind, make):
    table = {"kind": kind, "path": "news/x", "name": "Mine"}

    assert open_source(table, folder=tmp_path) == make(tmp_path / "news/x", label="Mine")


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("news.jsonl", JsonLinesSource),
        ("news.NDJSON", JsonLinesSource),
        ("news.csv", CsvSource),
        ("news.parquet", ParquetSource),
        ("news.xml", FeedSource),
        ("news", FolderSource),
    ],
)
def test_a_path_alone_is_opened_by_its_name(tmp_path, path, make):
    (tmp_path / "news").mkdir()
    assert open_source(path, folder=tmp_path) == make(tmp_path / path)
    assert open_source(tmp_path / path) == make(tmp_path / path)


def test_an_address_alone_is_that_of_a_feed():
    assert open_source("https://news.example/rss") == FeedSource("https://news.example/rss")


def test_a_path_that_tells_no_kind_is_an_error_with_a_way_out():
    with pytest.raises(
        ConfigError, match=r"ends in none of .*'kind': 'jsonl', 'path': 'news.json'"
    ):
        open_source("news.json")


def test_what_a_kind_takes_beside_its_path_is_passed_on():
    columns = {"published": "when", "title": "headline"}
    csv = {"kind": "csv", "path": "x", "columns": columns, "zone": "UTC"}
    feed = {"kind": "feed", "url": "https://news.example/", "allow_hosts": ["a"], "timeout": 3}

    assert open_source(csv) == CsvSource(Path("x"), columns=columns, zone="UTC")
    assert open_source(feed) == FeedSource("https://news.example/", allow_hosts=("a",), timeout=3)
    assert open_source({"kind": "vendor", "path": "x", "vendor": "finnhub"}).vendor == "finnhub"
    folder = {"kind": "folder", "path": "x", "published": "2025-07-21"}
    assert open_source(folder).published == "2025-07-21"


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({}, "kind = None is no kind of source; folder, jsonl, csv, parquet, feed, vendor are"),
        ({"kind": "rss", "path": "x"}, "kind = 'rss' is no kind of source"),
        ({"kind": ["csv"], "path": "x"}, "is no kind of source"),
        ({"kind": "csv"}, "A source of the kind csv needs a path"),
        ({"kind": "csv", "path": ""}, "needs a path"),
        ({"kind": "csv", "path": 7}, "path = 7 of a source of the kind csv: it takes a text"),
        ({"kind": "csv", "path": "x", "zome": "UTC"}, "zome is no key .* Did you mean zone?"),
        ({"kind": "csv", "path": "x", "vendor": "finnhub"}, "vendor is no key of a source of"),
        ({"kind": "csv", "path": "x", "columns": ["a"]}, "it takes a table of texts"),
        ({"kind": "csv", "path": "x", "columns": {"published": 7}}, "it takes a table of texts"),
        ({"kind": "csv", "path": "x", "columns": {"title": "a"}}, "none for published"),
        ({"kind": "csv", "path": "x", "zone": "Mars"}, "'Mars' is no time zone"),
        ({"kind": "folder", "path": "x", "zone": "Mars"}, "'Mars' is no time zone"),
        ({"kind": "folder", "path": "x", "published": "soon"}, "'soon' is no publication time"),
        ({"kind": "csv", "path": "x", "url": "https://a.example"}, "url is no key"),
        ({"kind": "feed"}, "A source of the kind feed needs either path or url"),
        ({"kind": "feed", "path": "x", "url": "https://a.example"}, "needs either path or url"),
        ({"kind": "feed", "url": "file:///x"}, "begins with https:// or http://"),
        ({"kind": "feed", "path": "ftp://x"}, "begins with https:// or http://"),
        ({"kind": "feed", "path": "x", "allow_hosts": "a"}, "it takes a list of texts"),
        ({"kind": "feed", "path": "x", "timeout": True}, "it takes a number"),
        ({"kind": "feed", "path": "x", "timeout": -1}, "more than 0"),
        ({"kind": "feed", "path": "x", "max_bytes": 1.5}, "it takes a whole number"),
        ({"kind": "vendor", "path": "x", "vendor": "reddit"}, "'reddit' is no vendor"),
    ],
)
def test_every_error_of_a_table_is_named(table, told):
    with pytest.raises(ConfigError, match=told):
        open_source(table)
