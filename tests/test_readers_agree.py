"""A file is the same news to ``signals score`` as to ``sg.open_source``, row by row.

The corpus reader is asked with shards of several sizes, so that each must be readable alone.
"""

import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from mutations import mutate, spoil
from test_sources_mutated import RECORDS, lines, parquet, table

from signals.corpus.rows import cut, read_shard
from signals.errors import ArticleError
from signals.news.article import Article
from signals.news.storable import MAX_BYTES
from signals.sources.opening import open_source
from signals.sources.source import MAX_RECORD

STAMP = "2025-07-21T19:11:00Z"
GOOD = {"published": STAMP, "title": "Acme rose", "text": "Acme (NYSE: ACM) rose."}
SIZES = (1, 60, 1_000, 10**9)


def outcome(item):
    """What a reader makes of a row, but for what a corpus keeps of its other columns."""
    if isinstance(item, Article):
        language = {name: item.provider[name] for name in item.provider if name == "language"}
        return replace(item, provider=language)
    return item.reason, item.detail


def of_source(path):
    """Place -> outcome, and what is wrong with the file as a whole."""
    kind = {".jsonl": "jsonl", ".csv": "csv", ".parquet": "parquet"}[path.suffix]
    found = {}
    try:
        for number, item in enumerate(open_source({"kind": kind, "path": str(path)}).read()):
            place = item.place if hasattr(item, "place") else number
            found[place] = outcome(item)
    except ArticleError as error:
        return list(found.items()), str(error)
    return list(found.items()), ""


def of_corpus(path, size):
    shards, unread = cut(path, shard_bytes=size)
    rows = [row for shard in shards for row in read_shard(shard)]
    return rows, unread[0].detail if unread else ""


def check_alike(path):
    items, failure = of_source(path)
    for size in SIZES:
        rows, unread = of_corpus(path, size)
        if failure and not items and not rows:
            assert unread == failure or ("say with columns" in failure and "None of" in unread)
        elif failure and not items:
            # A source is to be told which column has the times; what is scored needs none.
            assert "say with columns" in failure and not any(known_at(row) for row in rows)
        elif unread:
            # Without a record a source has nothing that it could miss a column of.
            assert {told[0] for _, told in items} <= {"malformed"} and "None of its" in unread
        else:
            # A source stops where it misses columns; a shard knows its own rows alone.
            assert not failure or "say with columns" in failure
            check_rows(path.name, rows[: len(items)] if failure else rows, items)


def check_rows(name, rows, items):
    assert len(rows) == len(items), [len(rows), len(items)]
    for row, (place, told) in zip(rows, items, strict=True):
        same = (row.reason, row.detail) if row.article is None else outcome(row.article)
        if row.article is None:
            assert row.place == f"{name}, {place}"
        if told == ("undated", "It states no publication time."):
            # What is scored alone needs no time: a corpus keeps it, and counts it.
            assert known_at(row) is None and (row.article or row.reason in {"empty", "malformed"})
        elif told == ("malformed", "Its fields are nested more than 50 deep."):
            assert row.article  # of the other columns a corpus keeps nothing
        else:
            assert same == told, row.place


def known_at(row):
    return row.article and row.article.known_at


JSON_LINES = {
    "one good row": json.dumps(GOOD),
    "nothing": "",
    "blank lines": f"\n  \n{json.dumps(GOOD)}\n\n\r\n{json.dumps(GOOD)}\n\n",
    "a byte order mark": "\ufeff" + json.dumps(GOOD) + "\n\ufeff" + json.dumps(GOOD),
    "lines of Windows": f"{json.dumps(GOOD)}\r\n{json.dumps(GOOD)}\r\n",
    "lines of an old Mac": f"{json.dumps(GOOD)}\r{json.dumps(GOOD)}\r",
    "no object": f'{json.dumps(GOOD)}\n7\n"text"\nnull\n[1]\nNaN\n{{\n{{}}\n',
    "an array": f"[\n{json.dumps(GOOD)},\n{json.dumps(GOOD)}\n]\n",
    "nothing that is known": '{"a": 1}\n{"b": 2}\n',
    "of two encodings": json.dumps(GOOD | {"title": "Nestlé"}, ensure_ascii=False).encode()
    + b"\n"
    + json.dumps(GOOD | {"title": "Nestlé"}, ensure_ascii=False).encode("cp1252")
    + b"\n\xff\n\x81\n",
    "UTF-16": json.dumps(GOOD).encode("utf-16") + "\n".encode("utf-16-le"),
    "NUL": json.dumps(GOOD).replace("rose", "ro\x00se") + "\n\x00\x00\n",
    "keys twice": f'{{"title": "a", "title": "b", "Title": "c", "published": "{STAMP}"}}',
    "too deep": json.dumps(GOOD)[:-1] + ', "x": ' + "[" * 60 + "]" * 60 + "}",
    "far too deep": "[" * 40_000 + "\n" + json.dumps(GOOD),
    "a huge number": json.dumps(GOOD) + '\n{"a": 1' + "0" * 5000 + "}\n",
    "too large": "\n".join(
        json.dumps(GOOD | {"text": "x" * size}) for size in (MAX_BYTES + 1, 2 * MAX_BYTES + 9, 1)
    ),
    "texts that look like headers": json.dumps(
        GOOD | {"text": "Title: Other\nPublished: 2020-01-01T00:00Z\nSource: X\n\nAcme rose."}
    ),
    "references": json.dumps(GOOD | {"title": "AT&amp;T &#39;up&#39;", "source": "A&amp;B"}),
    "addresses": "\n".join(
        json.dumps(GOOD | {"url": url}) for url in ("javascript:alert(1)", "https://e.example/1")
    ),
    "languages": json.dumps(GOOD | {"language": "de"}),
    "markup": json.dumps(GOOD | {"markup": "<p>Acme <b>fell</b>.</p>"}),
    "first seen": json.dumps(GOOD | {"first_seen": "2025-07-21T19:12:00Z"}),
    "other spellings": "\n".join(
        json.dumps(row)
        for row in (
            {"Headline": "a", "Body": "b", "Published_At": STAMP, "Publisher": "P", "Link": "x"},
            {" title ": "a", "ARTICLE": "b", "date": STAMP},
            {"title": "", "headline": "b", "text": None, "summary": "c", "date": STAMP},
            {"title": " ", "headline": "b", "text": "\n", "content": "c", "date": STAMP},
            {"published": "", "created_at": STAMP, "title": "a"},
            {"TITLE": "a", "title": "b", "Title": "c", "date": STAMP},
        )
    ),
    "values of other types": "\n".join(
        json.dumps(GOOD | {name: value})
        for name in ("title", "text", "source", "url", "published", "updated")
        for value in (7, 0, 1.5, True, [], ["a"], {"a": "b"}, None, "", " ", "nan", "\ud800")
    ),
    "NaN": json.dumps(GOOD | {"title": float("nan"), "score": float("inf")}),
    "stamps": "\n".join(
        json.dumps(GOOD | {name: stamp})
        for name in ("published", "updated", "first_seen")
        for stamp in (
            *("2025-07-21", "2025-07-21 00:00:00", "2025-07-21T00:00Z", "2025-07-21 00:00"),
            *("2025-07-21 00:00:00 UTC", "2025-07-21 00:00:00-04:00", "2025-07-21T00:00:00.000Z"),
            *("2025-07-22 06:30:54 UTC", "2025-07-22 06:30:54UTC", "2025-07-22 06:30:54"),
            *("2025-07-22 00:00:00-99:00", "2025-07-20T10:00Z", "2025-07-22T00:00:00+0900"),
            *("yesterday", "21/07/2025", "1753125060", "0", "1970-01-01T00:00:00Z", "x" * 200),
            *("1600-01-01", "2300-01-01T10:00Z", "0001-01-01", "9999-12-31", "2025-02-30"),
            *("Mon, 21 Jul 2025 15:11:00 -0400", "Jul. 21, 2025 3:11 PM ET", " 2025-07-21 "),
            *(0, 1753125060, 1753125060000, 1753125060.5, -1, 10**30),
        )
    ),
}

HEADER = "published,title,text\n"
LINES = f"{'x, ' * 500}\n" * (MAX_RECORD // 1500 + 9)
TABLES = {
    "nothing": "",
    "blank lines alone": "\n\n",
    "a header alone": HEADER,
    "a header without an end": HEADER.strip(),
    "blank lines": f"\n\n{HEADER}\n{STAMP},a,b\n\n  \n{STAMP},c,d\n,,\n",
    "a byte order mark": f"\ufeff{HEADER}{STAMP},a,b\n",
    "lines of Windows": f"{HEADER}{STAMP},a,b\n{STAMP},c,d\n".replace("\n", "\r\n"),
    "lines of an old Mac": f"{HEADER}{STAMP},a,b\n".replace("\n", "\r"),
    "a return within": f'{HEADER}{STAMP},a\rb,c\n{STAMP},"a\rb",c\n{STAMP},d,e\n',
    "a header over two lines": f'published,title,"text\nof it",text\n{STAMP},a,b,c\n',
    "texts over many lines": HEADER
    + "".join(f'{STAMP},a{n},"{"line" * 9}\n\n{n}, ""so""{chr(10) * 400}"\n' for n in range(4)),
    "separators of Unicode": f"{HEADER}{STAMP},a\u2028b,c\x0bd\x85e\x1cf\n{STAMP},g,h\n",
    "inches at ends": "".join(
        [HEADER, *(f'{STAMP},pipe of 5",{n}" and,more\n{STAMP},"a\nb",c\n' for n in range(9))]
    ),
    "a quote that opens": "".join(
        f'{STAMP},"Story {n},\n' if n == 20 else f"{STAMP},Story {n},\n" for n in range(50)
    ).join([HEADER, ""]),
    "a quote within": f'{HEADER}{STAMP},"a "b" c",d\n{STAMP},e,f\n',
    "too few and too many": f"{HEADER}{STAMP},a\n{STAMP},a,b,c\n{STAMP},a,b\n",
    "NUL": f"{HEADER}{STAMP},a\x00,b\n\x00\n{STAMP},c,d\n",
    "of two encodings": f"{HEADER}{STAMP},Société,\n".encode()
    + f"{STAMP},Société,\n".encode("cp1252")
    + f"{STAMP},\x81,\n".encode("latin-1"),
    "UTF-16": f"{HEADER}{STAMP},a,b\n".encode("utf-16"),
    "no columns that are known": "when,what\n2025-07-21,Acme\n",
    "no times": "when,title\n2025-07-21,Acme\n",
    "no texts": f"published,what\n{STAMP},Acme\n",
    "a column twice": f"published,title,title\n{STAMP},a,b\n",
    "columns without a name": f",published,title,\n0,{STAMP},a,\n",
    "other spellings": f"Date,Article_title,Article,Lsa_summary,Summary\n{STAMP},a,,x,y\n",
    "spaces in the header": f" Published , TITLE\n{STAMP},a\n",
    "two spellings": f"title,Title,headline,date\n,a,b,{STAMP}\n",
    "a page": "<html>\n<p>\n",
    "a very long field": f"{HEADER}{STAMP},a,{'long ' * 60_000}\n{STAMP},b,c\n",
    "too long": f"{HEADER}{STAMP},a,{'x' * (MAX_BYTES + 1)}\n{STAMP},b,c\n",
    "far too long": f"{HEADER}{STAMP},a,{'x' * (2 * MAX_BYTES + 9)}\n{STAMP},b,c\n",
    "too long, of many lines": f'{HEADER}{STAMP},a,"{LINES}"\n{STAMP},b,c\n{STAMP},d\n',
    "no end of the last line": f"{HEADER}{STAMP},a,b\n{STAMP},c,d",
    "stamps": HEADER
    + "".join(
        f"{stamp},a,b\n"
        for stamp in ("2020-06-01 06:30:54 UTC", "2020-06-01 00:00:00 UTC", "2020-06-01", "", "nan")
    ),
}


@pytest.mark.parametrize("content", JSON_LINES.values(), ids=JSON_LINES)
def test_json_lines_are_the_same_articles(tmp_path, content):
    path = tmp_path / "news.jsonl"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    check_alike(path)


@pytest.mark.parametrize("content", TABLES.values(), ids=TABLES)
def test_csv_files_are_the_same_articles(tmp_path, content):
    path = tmp_path / "news.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    check_alike(path)


@pytest.mark.parametrize(
    "rows",
    [
        [f'{STAMP},5" pipe {n},"{n} lines\nof ""it"""\n' for n in range(9)],
        [f'{STAMP},{chr(34) * (n == 3)}Story {n},"of\ntwo"\n' for n in range(9)],
        [f'{STAMP},5" TV {n},"It shipped.\n{"It costs. " * n}\nMore, later."\n' for n in range(9)],
    ],
    ids=["inches before quoted lines", "a quote that opens", "inches before commas in lines"],
)
def test_quotes_do_not_deceive_the_cut(tmp_path, rows):
    path = tmp_path / "news.csv"
    path.write_text(HEADER + "".join(rows))
    items, _ = of_source(path)
    articles = [told for _, told in items if isinstance(told, Article)]
    assert len(articles) >= len(rows) - 1
    for size in SIZES:
        found, _ = of_corpus(path, size)
        check_rows(path.name, found, items)


NAIVE = datetime(2025, 7, 21, 15, 11)
DAY = datetime(2025, 7, 21)


def columns(name):
    pa = pytest.importorskip("pyarrow", reason="Parquet needs the extra [parquet]")
    stamps = {"published": [STAMP] * 3, "title": ["a", "b", "c"]}
    return {
        "plain": stamps,
        "no rows": {"published": pa.array([], pa.string()), "title": pa.array([], pa.string())},
        "nulls": {"published": [STAMP, None, STAMP], "title": [None, "b", None]},
        "other spellings": {"Date": [STAMP] * 3, " Headline ": ["a", "", None], "Title": ["x"] * 3},
        "no columns that are known": {"when": [STAMP], "what": ["a"]},
        "no times": {"when": [STAMP], "title": ["a"]},
        "no texts": {"published": [STAMP], "what": ["a"]},
        "dates": {"published": [date(2025, 7, 21), None], "title": ["a", "b"]},
        "times without a zone": {"published": [NAIVE, DAY], "title": ["a", "b"]},
        "times with a zone": {
            "published": pa.array(
                [NAIVE.replace(tzinfo=UTC), DAY.replace(tzinfo=UTC)],
                pa.timestamp("ns", "Asia/Tokyo"),
            ),
            "title": ["a", "b"],
        },
        "nanoseconds": {
            "published": pa.array([1753125060123456789, 7, None], pa.timestamp("ns", "UTC")),
            "title": ["a", "b", "c"],
        },
        "years that no clock shows": {
            "published": pa.array([9 * 10**15, 0, 1753125060000], pa.timestamp("ms", "UTC")),
            "title": ["a", "b", "c"],
        },
        "numbers": {"published": [0, 1753125060], "title": ["a", "b"]},
        "texts that are none": stamps
        | {"text": pa.array([b"a", b"\xff\xfe", b"c"]).view(pa.string())},
        "bytes": stamps | {"text": [b"a", b"\xff", b""]},
        "nested": stamps | {"text": [{"en": "x"}, None, {}], "symbols": [["A"], [], None]},
        "nested beside": stamps | {"companies": [[{"name": "Acme"}]] * 3, "id": [1, 2, 3]},
        "a dictionary": stamps | {"source": pa.array(["A", "B", "A"]).dictionary_encode()},
        "decimals": stamps | {"text": [1, 2, 3], "updated": [1.5, float("nan"), None]},
        "languages": stamps | {"language": ["de", None, "en"]},
        "a language that is a number": stamps | {"language": [1, 2, 3]},
    }[name]  # fmt: skip


KINDS = (
    "plain;no rows;nulls;other spellings;no columns that are known;no times;no texts;dates;"
    "times without a zone;times with a zone;nanoseconds;years that no clock shows;numbers;"
    "texts that are none;bytes;nested;nested beside;a dictionary;decimals;languages;"
    "a language that is a number"
).split(";")


@pytest.mark.parametrize("name", KINDS)
def test_parquet_files_are_the_same_articles(tmp_path, name):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "news.parquet"
    pq.write_table(pa.table(columns(name)), path, row_group_size=2)
    check_alike(path)


def test_a_parquet_file_with_a_column_twice_is_read_the_same_way(tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "news.parquet"
    arrays = [pa.array([STAMP]), pa.array(["a"]), pa.array(["b"])]
    pq.write_table(pa.Table.from_arrays(arrays, ["published", "title", "title"]), path)
    check_alike(path)


def test_what_pandas_writes_is_the_same_articles(tmp_path):
    pytest.importorskip("pyarrow")
    import pandas as pd

    stamps = pd.to_datetime(pd.Series([STAMP, "2025-07-22T00:00:00Z", None]))
    frame = pd.DataFrame({"published": stamps, "title": ["a", "b", "c"], "text": [1.5, None, 2]})
    for number, one in enumerate(
        (frame, frame.set_index("published"), frame.assign(published=stamps.dt.tz_localize(None)))
    ):
        path = tmp_path / f"{number}.parquet"
        one.to_parquet(path)
        check_alike(path)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"x" * 100 + b"PAR1"])
def test_what_is_no_parquet_is_told_in_the_same_words(tmp_path, content):
    pytest.importorskip("pyarrow")
    (tmp_path / "news.parquet").write_bytes(content)
    check_alike(tmp_path / "news.parquet")


def test_a_parquet_file_with_garbled_pages_is_read_up_to_them_by_both(tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "news.parquet"
    rows = [{"published": STAMP, "title": f"Acme {n} rose"} for n in range(300)]
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=100)
    content = bytearray(path.read_bytes())
    begin = pq.ParquetFile(path).metadata.row_group(1).column(0).dictionary_page_offset
    content[begin : begin + 90] = bytes(90)
    path.write_bytes(content)
    check_alike(path)


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_mutated_files_are_the_same_articles(tmp_path, kind):
    if kind == "parquet":
        pytest.importorskip("pyarrow", reason="needs the extra [parquet]")
    draw = random.Random(3)
    path = tmp_path / f"news.{kind}"
    for _ in range(60):
        records = mutate(RECORDS, draw)
        records = [
            {name: part if len(str(part)) < 10**5 else "" for name, part in one.items()}
            for one in (records if isinstance(records, list) else RECORDS)
            if isinstance(one, dict)
        ]
        content = {"jsonl": lines, "csv": table, "parquet": lambda one: parquet(one, draw)}[kind](
            records or RECORDS
        )
        path.write_bytes(spoil(content, draw) if draw.random() < 0.3 else content)
        check_alike(path)
