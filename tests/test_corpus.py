import csv
import json
import os
import subprocess
import sys
from itertools import pairwise

import pytest

from signals.corpus.rows import cut, read_shard
from signals.corpus.shards import tables_of
from signals.errors import ArticleError, ConfigError
from signals.sentiment.vader import Vader

FNSPID = ["", "Date", "Article_title", "Stock_symbol", "Url", "Publisher", "Author", "Article"]


def rows_of(path, shard_bytes):
    shards, unreadable = cut(path, shard_bytes=shard_bytes)
    return [row for shard in shards for row in read_shard(shard)], shards, unreadable


def write_csv(path, rows, encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(FNSPID)
        writer.writerows(rows)
    return path


def fnspid(number, text='He said "it rose".\n\nThen, 5% more.'):
    day = f"2020-06-{number % 28 + 1:02d} 06:30:54 UTC"
    return [number, day, f"Acme {number} rose", "ACM", f"https://x.example/{number}", "X", "", text]


def test_a_story_under_many_symbols_is_scored_once_and_keeps_its_rows(tmp_path):
    pytest.importorskip("pyarrow")
    symbols = ["ACM", "IBM", "ACM", "KO"]
    files = [[*fnspid(0)[:3], symbol, *fnspid(0)[4:]] for symbol in symbols]
    files.append([*fnspid(0)[:1], "2020-06-01", *fnspid(0)[2:]])  # known at the end of a day
    rows, *_ = rows_of(write_csv(tmp_path / "news.csv", [*files, fnspid(1), [7, *[""] * 7]]), 10**9)
    asked = []

    class Counting(Vader):
        def scores_of(self, texts):
            asked.extend(texts)
            return super().scores_of(texts)

    together = tables_of(rows, Counting())
    titles = [text for text in asked if text.endswith("rose")]
    assert len(titles) == 3  # the story, the story of a day, another one
    one_by_one = [tables_of([row], Vader()) for row in rows]
    for name, columns in together.items():
        for column, values in columns.items():
            assert values == [value for table in one_by_one for value in table[name][column]]
    assert len(together["articles"]["place"]) == 6 and len(together["quarantine"]["place"]) == 1


def test_the_scores_of_a_shard_say_which_story_tells_of_a_move(tmp_path):
    pytest.importorskip("pyarrow")
    moved = fnspid(0)
    moved[2] = "International Business Machines shares fall 5%"
    rows, *_ = rows_of(write_csv(tmp_path / "news.csv", [moved]), 10**9)

    scores = tables_of(rows, Vader())["scores"]

    assert dict(zip(scores["symbol"], scores["recap"], strict=True))["IBM"] == "title"


def test_a_row_that_is_not_in_english_is_quarantined_with_its_reason(tmp_path):
    pytest.importorskip("pyarrow")
    german = fnspid(0)
    german[2], german[-1] = "Acme hebt die Prognose an", "Der Gewinn von Acme stieg im Quartal."
    rows, *_ = rows_of(write_csv(tmp_path / "news.csv", [german, fnspid(1)]), 10**9)

    tables = tables_of(rows, Vader())

    assert tables["articles"]["place"] == [rows[1].place]
    assert tables["quarantine"]["place"] == [rows[0].place]
    assert tables["quarantine"]["reason"] == ["not_english"]
    assert "'Prognose'" in tables["quarantine"]["detail"][0]


def test_a_row_whose_language_is_stated_is_known_by_it_as_it_is_of_a_source(tmp_path):
    path = tmp_path / "news.jsonl"
    record = {"date": "2020-06-01", "title": "Acme", "language": "de", "symbols": ["ACM"]}
    path.write_text(json.dumps(record))
    rows, *_ = rows_of(path, 10**9)

    assert tables_of(rows, Vader())["quarantine"]["reason"] == ["not_english"]


def test_a_shard_is_named_by_the_lines_that_it_holds(tmp_path):
    path = write_csv(tmp_path / "news.csv", [fnspid(n) for n in range(600)])
    *_, shards, _ = rows_of(path, 50_000)

    assert len(shards) > 1
    told = [shard.place for shard in shards]
    assert told[0].startswith("news.csv, lines 2 to ")
    assert told[-1].endswith(" to 1,801")  # three lines a row
    for one, other in pairwise(shards):
        assert one.part.behind == other.part.first and one.part.end == other.part.start


@pytest.mark.parametrize("size", [1, 200, 1_000, 10**9])
def test_every_row_of_a_csv_with_line_breaks_in_quotes_is_read_once(tmp_path, size):
    path = write_csv(tmp_path / "news.csv", [fnspid(n) for n in range(60)])

    rows, _, _ = rows_of(path, size)

    assert [row.article.title for row in rows] == [f"Acme {n} rose" for n in range(60)]
    assert "Then, 5% more." in rows[7].article.text
    assert rows[0].article.known_at.isoformat() == "2020-06-01T06:30:55+00:00"


@pytest.mark.parametrize("size", [1, 300, 10**9])
def test_every_line_of_json_lines_is_read_once(tmp_path, size):
    path = tmp_path / "news.jsonl"
    lines = [json.dumps({"headline": f"Acme {n}", "date": "2020-06-01"}) for n in range(50)]
    path.write_text("\n".join([*lines[:20], "", "{broken", "[1]", *lines[20:]]))

    rows, _, _ = rows_of(path, size)

    assert [row.article.title for row in rows if row.article] == [f"Acme {n}" for n in range(50)]
    assert [row.reason for row in rows if not row.article] == ["malformed", "malformed"]


def test_row_groups_of_parquet_are_shards(tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pa.table(
        {"Title": [f"Acme {n}" for n in range(40)], "Date": ["2020-06-01T10:00Z"] * 40}
    )
    pq.write_table(table, tmp_path / "news.parquet", row_group_size=10)

    rows, shards, _ = rows_of(tmp_path, 1)

    assert len(shards) == 4
    assert [row.article.title for row in rows] == [f"Acme {n}" for n in range(40)]
    assert rows[-1].place == "news.parquet, row 40"


def test_midnight_of_a_vendor_is_a_day_not_an_instant(tmp_path):
    row = fnspid(1)
    row[1] = "2020-06-05 00:00:00 UTC"

    rows, _, _ = rows_of(write_csv(tmp_path / "n.csv", [row]), 1000)

    assert rows[0].article.precision == "day"
    assert rows[0].article.known_at.isoformat() == "2020-06-06T12:00:00+00:00"


@pytest.mark.parametrize("size", [500, 10**9])
def test_a_broken_quote_costs_its_own_row_only(tmp_path, size):
    path = write_csv(tmp_path / "n.csv", [fnspid(n, "Plain text.") for n in range(400)])
    text = path.read_text().replace("Acme 200 rose", '"Acme 200 rose')
    path.write_text(text)

    rows, _, _ = rows_of(path, size)

    titles = [row.article.title for row in rows if row.article]
    assert set(titles) == {f"Acme {n} rose" for n in range(400) if n != 200}
    assert len(titles) == 399
    assert [row.reason for row in rows if not row.article] == ["malformed"]


def test_mixed_encodings_are_read_line_by_line(tmp_path):
    path = tmp_path / "n.jsonl"
    line = '{"title": "Nestlé rose", "text": "Nestlé %s"}\n'
    path.write_bytes((line % "a").encode() + (line % "b").encode("cp1252"))

    rows, _, _ = rows_of(path, 10**9)

    assert [row.article.title for row in rows] == ["Nestlé rose"] * 2


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"title": "", "text": ""}, "empty"),
        ({"title": "Acme", "date": "2020-06-01 10:00"}, "naive_time"),
        ({"title": "Acme", "date": "yesterday"}, "bad_time"),
        ({"title": "Acme", "date": 0}, "bad_time"),
        ({"title": "Acme", "text": "x" * 2_000_001}, "oversized"),
    ],
)
def test_a_row_that_is_no_article_has_its_reason(tmp_path, record, reason):
    (tmp_path / "n.jsonl").write_text(json.dumps(record))

    rows, _, _ = rows_of(tmp_path, 10**9)

    assert [row.reason for row in rows] == [reason]


def test_a_truncated_parquet_is_named_and_the_rest_is_read(tmp_path):
    pytest.importorskip("pyarrow")
    (tmp_path / "a.parquet").write_bytes(b"PAR1 cut off")
    (tmp_path / "b.jsonl").write_text('{"title": "Acme"}')

    rows, _, unreadable = rows_of(tmp_path, 1000)

    assert len(rows) == 1
    assert [row.reason for row in unreadable] == ["unreadable"]
    assert unreadable[0].place.endswith("a.parquet")


def test_a_csv_without_a_known_column_is_named(tmp_path):
    (tmp_path / "n.csv").write_text("a,b\n1,2\n")

    _, _, unreadable = rows_of(tmp_path, 1000)

    assert "None of its columns (a, b) has texts: columns of texts may" in unreadable[0].detail


def test_a_file_of_another_kind_that_holds_data_is_named(tmp_path):
    write_csv(tmp_path / "a.csv", [fnspid(1)])
    (tmp_path / "b.json").write_text("[]")
    (tmp_path / "notes.md").write_text("no corpus")

    _, _, (row,) = rows_of(tmp_path, 10**9)

    assert row.place.endswith("b.json")
    assert row.reason == "unreadable"
    assert row.detail.startswith("It is none of .csv, .jsonl, ")
    assert row.detail.endswith(", .parquet: turn it into one.")


def test_a_compressed_file_is_named_with_what_to_do(tmp_path):
    write_csv(tmp_path / "a.csv", [fnspid(1)])
    (tmp_path / "b.jsonl.gz").write_bytes(b"")
    (tmp_path / "notes.md").write_text("no corpus")

    _, shards, unreadable = rows_of(tmp_path, 10**9)

    assert len(shards) == 1
    (row,) = unreadable
    assert row.place.endswith("b.jsonl.gz") and row.detail == "It is compressed: unpack it first."
    with pytest.raises(ConfigError, match="is compressed: unpack it first"):
        cut(tmp_path / "b.jsonl.gz")


def test_whatever_lies_in_a_corpus_and_is_not_read_is_told_but_for_notes(tmp_path):
    corpus = tmp_path / "corpus"
    (corpus / "2024").mkdir(parents=True)
    (tmp_path / "2023").mkdir()
    write_csv(tmp_path / "2023/a.csv", [fnspid(1)])
    write_csv(corpus / "2024/a.csv", [fnspid(2)])
    (corpus / "2023").symlink_to(tmp_path / "2023")
    (corpus / "away.jsonl").symlink_to(tmp_path / "nothing.jsonl")
    os.mkfifo(corpus / "pipe.csv")
    told = "b.json.gz c.tsv.gz d.zip e.csv.lz4 f.pq g.avro h.jl part-0000 articles.txt".split()
    for name in [*told, "README", "readme.txt", "LICENSE", "fetch.py", "_SUCCESS", ".hidden.jl"]:
        (corpus / name).write_text("{}")

    rows, _, unreadable = rows_of(corpus, 10**9)

    assert [row.place.rpartition(",")[0] for row in rows] == ["2024/a.csv"]
    why = {row.place: row.detail for row in unreadable}
    assert sorted(why) == sorted([*told, "2023", "away.jsonl", "pipe.csv"])
    assert "link to a folder" in why["2023"] and "link to nothing" in why["away.jsonl"]
    assert all("compressed: unpack it" in why[name] for name in told[:4])
    assert all("none of .csv, .jsonl" in why[name] for name in told[4:])


def test_a_row_is_told_by_the_path_of_its_file_in_the_corpus(tmp_path):
    for year in ("2023", "2024"):
        (tmp_path / year).mkdir()
        (tmp_path / year / "news.jsonl").write_text("{no JSON")

    rows, shards, _ = rows_of(tmp_path, 10**9)

    assert [row.place for row in rows] == ["2023/news.jsonl, line 1", "2024/news.jsonl, line 1"]
    assert shards[0].place == "2023/news.jsonl, lines 1 to 1"


def test_a_file_whose_name_is_not_utf_8_is_read_and_told(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.jsonl")).write_text(json.dumps({"title": "Acme rose"}))

    rows, _, _ = rows_of(tmp_path, 10**9)

    assert [row.place for row in rows] == ["caf\\udce9.jsonl, line 1"]


@pytest.mark.parametrize(
    "left", [["manifest.json", "report.html"], ["evaluation.html"], ["plan.json", "shards/x"]]
)
def test_what_was_made_of_a_corpus_in_a_folder_of_it_is_no_part_of_it(tmp_path, left):
    write_csv(tmp_path / "a.csv", [fnspid(1)])
    for name in [*left, "events.csv"]:
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_text("title\nAcme")

    rows, shards, unreadable = rows_of(tmp_path, 10**9)

    assert len(rows) == len(shards) == 1 and not unreadable
    with pytest.raises(ConfigError, match="name the articles instead"):
        cut(tmp_path / "out")


def test_a_corpus_that_is_none_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no corpus"):
        cut(tmp_path / "nothing")
    with pytest.raises(ConfigError, match="holds no"):
        cut(tmp_path)


def test_a_parquet_file_with_garbled_pages_is_read_up_to_them(tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "n.parquet"
    rows = [{"date": "2020-06-01T10:00Z", "title": f"Acme {n} rose"} for n in range(3000)]
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=1000)
    content = bytearray(path.read_bytes())
    begin = pq.ParquetFile(path).metadata.row_group(1).column(0).dictionary_page_offset
    content[begin : begin + 300] = bytes(300)
    path.write_bytes(content)

    rows, _, unreadable = rows_of(path, 10**9)

    assert not unreadable
    assert [row.place for row in rows if row.article] == [
        f"n.parquet, row {n}" for n in [*range(1, 1001), *range(2001, 3001)]
    ]
    lost = [(f"n.parquet, row {n}", "malformed") for n in range(1001, 2001)]
    assert [(row.place, row.reason) for row in rows if not row.article] == lost
    assert rows[1000].detail.startswith("Its row group can't be read from row 1001 on")


def test_a_parquet_file_in_an_unknown_time_zone_does_not_take_the_others_with_it(tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    stamps = pa.array([1704205800] * 2, pa.timestamp("s", tz="Eastern Standard Time"))
    table = pa.table({"title": ["Acme rose", "Acme fell"], "published": stamps})
    pq.write_table(table, tmp_path / "b.parquet")
    for name in "ac":
        (tmp_path / f"{name}.jsonl").write_text('{"title": "Acme"}')

    rows, _, unreadable = rows_of(tmp_path, 10**9)

    assert not unreadable
    assert [row.place for row in rows if row.article] == ["a.jsonl, line 1", "c.jsonl, line 1"]
    lost = [row for row in rows if not row.article]
    assert [row.place for row in lost] == ["b.parquet, row 1", "b.parquet, row 2"]
    assert "'Eastern Standard Time' is no known time zone" in lost[0].detail


def test_a_file_that_is_gone_since_it_was_cut_is_no_full_disk(tmp_path):
    path = write_csv(tmp_path / "n.csv", [fnspid(1)])
    (shard,), _ = cut(path)
    path.unlink()

    with pytest.raises(ArticleError, match=r"n\.csv can't be read: No such file"):
        list(read_shard(shard))


LONG = """
import json, resource, sys
from collections import Counter
from pathlib import Path
from signals.corpus.rows import cut, read_shard
shards, _ = cut(Path(sys.argv[1]))
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
reasons, bad, rows = Counter(), [], 0
for shard in shards:
    for row in read_shard(shard):
        rows += 1
        if row.article is None:
            reasons[row.reason] += 1
            bad.append((row.place, row.detail))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([len(shards), rows, reasons, bad, peak // 1024, start // 1024]))
"""


@pytest.mark.slow
def test_a_broken_quote_at_row_three_million_is_named_and_nothing_else_is_lost(tmp_path):
    path, million = tmp_path / "n.csv", 1_000_000
    with path.open("w") as file:
        file.write("Date,Article_title,Article\n")
        for number in range(3 * million + 50_000):
            quote = '"' if number == 3 * million else ""
            file.write(f"2020-06-01 06:30:54 UTC,{quote}Acme {number} rose,Up.\n")
    told = subprocess.run([sys.executable, "-c", LONG, path], capture_output=True, check=True)
    shards, rows, reasons, bad, peak, start = json.loads(told.stdout)

    assert rows == 3 * million + 50_000 and shards > 30
    assert reasons == {"malformed": 1}
    assert bad == [["n.csv, line 3000002", "Its quotes can't be right: unexpected end of data."]]
    assert peak < start + 60, "memory is that of one shard, in MB"


@pytest.mark.parametrize(
    ("published", "known_at"),
    [
        ("2020-05-22 00:00:00-04:00", "2020-05-23T04:00:00+00:00"),
        ("2020-05-22T00:00:00+0900", "2020-05-22T15:00:00+00:00"),
        ("2020-05-22 00:00:00+00:00", "2020-05-23T12:00:00+00:00"),  # of no zone that means any
        ("2020-05-22 00:00:00", "2020-05-23T12:00:00+00:00"),
        ("2020-05-22 00:00:01-04:00", "2020-05-22T04:00:02+00:00"),
        ("2020-05-22 00:00:00-99:00", None),
    ],
)
def test_midnight_to_the_second_is_a_day_and_ends_where_it_is(tmp_path, published, known_at):
    path = tmp_path / "news.jsonl"
    path.write_text(json.dumps({"published": published, "text": "Acme rose."}))
    (row,), *_ = rows_of(path, 10**9)
    told = row.article.known_at.isoformat() if row.article else None
    assert told == known_at


@pytest.mark.parametrize(
    ("updated", "known_at"),
    [
        ("", "2025-07-21T19:11:31+00:00"),
        ("2025-07-21T19:00:00Z", "2025-07-21T19:11:31+00:00"),  # before it was published
        ("2025-07-22T14:00:00Z", "2025-07-22T14:00:01+00:00"),
        ("2025-07-22 14:00", "2025-07-23T02:01:00+00:00"),  # of no zone: where it is last
        ("2025-07-22 00:00:00", "2025-07-23T12:00:00+00:00"),  # a day
        ("yesterday", None),
    ],
)
@pytest.mark.parametrize("name", ["updated", "updatedAt", "Last_Updated", "modified"])
def test_a_text_that_was_changed_is_known_when_it_was_changed(tmp_path, name, updated, known_at):
    path = tmp_path / "news.jsonl"
    record = {"published": "2025-07-21T19:11:30Z", "text": "Acme rose.", name: updated}
    path.write_text(json.dumps(record))
    (row,), *_ = rows_of(path, 10**9)
    if known_at is None:
        assert (row.article, row.reason) == (None, "bad_time")
    else:
        assert row.article.known_at.isoformat() == known_at
