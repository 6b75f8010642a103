"""Mutated files of every kind: no traceback, and nothing undated gets past the gate."""

import csv
import io
import json
import random
from contextlib import suppress

import pytest
from mutations import check_items, mutate, spoil

from signals.errors import ArticleError
from signals.sources.opening import open_source

RECORDS = [
    {
        "published": "2025-07-21T15:11:00-04:00",
        "title": "Acme lifts its outlook",
        "text": "Acme (NYSE: ACM) lifted its outlook, it said.",
        "url": "https://news.example/1",
        "source": "Wire",
        "tickers": ["ACM"],
    },
    {"published": "2025-07-21", "title": "By its day", "text": "Acme rose.", "rating": 0.5},
    {"published": 1753125060, "title": "By the second", "text": "Acme\nfell.", "url": ""},
    {"published": "Mon, 21 Jul 2025 15:11:00 -0400", "title": "Sent", "text": "<p>Acme</p>"},
]
PAGE = """<html><head><title>{title}</title>
<meta property="article:published_time" content="{published}">
<script type="application/ld+json">{{"@type": "NewsArticle", "datePublished": "{published}"}}
</script></head><body><article><p>{text}</p><time datetime="{published}"></time></article></body>
"""
KINDS = ("jsonl", "csv", "parquet", "folder")


def lines(records):
    return "".join(json.dumps(one) + "\n" for one in records).encode()


def table(records):
    rows = [one if isinstance(one, dict) else {"title": one} for one in records]
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode("utf-8", "replace")


def parquet(records, draw):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    rows = [one if isinstance(one, dict) else {"title": one} for one in records]
    types = [pa.timestamp("ns"), pa.timestamp("s", "Asia/Tokyo"), pa.date32(), pa.int64(), None]
    columns = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        values = [row.get(name) for row in rows]
        try:
            columns[name] = pa.array(values, draw.choice([*types, None, None]))
            pq.write_table(pa.table({name: columns[name]}), io.BytesIO())
        except (pa.ArrowException, OverflowError, ValueError, TypeError):
            texts = [str(one).encode("utf-8", "replace").decode() for one in values]
            columns[name] = pa.array(texts)
    file = io.BytesIO()
    pq.write_table(pa.table(columns or {"title": ["Acme"]}), file)
    return file.getvalue()


def page(record, draw):
    told = dict.fromkeys(("title", "published", "text"), "")
    told |= record if isinstance(record, dict) else {"text": record}
    if draw.random() < 0.5:
        return PAGE.format(**told).encode("utf-8", "replace"), ".html"
    text = f"Title: {told['title']}\nPublished: {told['published']}\n\n{told['text']}\n"
    return text.encode("utf-8", "replace"), ".txt"


def write(kind, folder, draw):
    """Write a mutated file or folder of a kind, its bytes spoilt one time in three; give it."""
    records = mutate(RECORDS, draw)
    records = records if isinstance(records, list) else RECORDS
    wire = folder / "wire"
    if kind == "folder":
        wire.mkdir(exist_ok=True)
        for place, record in enumerate(records[:4]):
            content, ending = page(record, draw)
            (wire / f"{place}{ending}").write_bytes(shaken(content, draw))
            (wire / f"{place}{'.txt' if ending == '.html' else '.html'}").unlink(missing_ok=True)
        return wire
    content = {"jsonl": lines, "csv": table, "parquet": lambda one: parquet(one, draw)}[kind]
    wire.write_bytes(shaken(content(records), draw))
    return wire


def shaken(content, draw):
    return spoil(content, draw) if draw.random() < 0.33 else content


def check_mutated(kind, folder, times, seed):
    draw = random.Random(seed)
    read = 0
    for _ in range(times):
        source = open_source({"kind": kind, "path": str(write(kind, folder, draw))})
        items = []
        with suppress(ArticleError):
            items.extend(source.read())
        read += len(items)
        check_items(items)
    assert read > times, "hardly anything could be read: the mutations are too strong"


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_files_raise_nothing_unexpected_and_nothing_undated_gets_through(kind, tmp_path):
    if kind == "parquet":
        pytest.importorskip("pyarrow", reason="needs the extra [parquet]")
    check_mutated(kind, tmp_path, 30, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_mutated_files_each(kind, tmp_path):
    if kind == "parquet":
        pytest.importorskip("pyarrow", reason="needs the extra [parquet]")
    check_mutated(kind, tmp_path, 1000, seed=2)
