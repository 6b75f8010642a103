import json
import sys
import tracemalloc
from datetime import UTC, date, datetime

import pytest

from signals.errors import ArticleError, ConfigError
from signals.news.article import Article
from signals.news.storable import MAX_BYTES
from signals.sources import csvrows
from signals.sources.source import MAX_RECORD
from signals.sources.tables import CsvSource, JsonLinesSource, ParquetSource

STAMP = "2025-07-21T19:11:00Z"
HEADER = "published,title,text\n"


def csv_of(tmp_path, text):
    path = tmp_path / "news.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return CsvSource(path)


def lines_of(tmp_path, *lines):
    path = tmp_path / "news.jsonl"
    path.write_bytes(
        b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    )
    return JsonLinesSource(path)


def told(items):
    return [
        item.title if isinstance(item, Article) else (item.place, item.reason) for item in items
    ]


def test_fields_that_are_not_mapped_are_kept_verbatim(root):
    items = list(CsvSource(root / "tests/fixtures/sources/fnspid.csv").read())

    assert items[0].provider["Stock_symbol"] == "ACM"
    assert items[0].provider["Lsa_summary"] == "Acme had a good quarter."
    assert "Article" not in items[0].provider
    assert items[0].url == "https://www.nasdaq.example/articles/acme"
    assert items[0].text.endswith("\n\nIt said so, in two paragraphs.")


def test_a_time_without_a_zone_is_of_the_zone_that_is_given(tmp_path):
    source = csv_of(tmp_path, HEADER + "2025-07-21 15:11:00,Acme,\n2025-07-21 00:00:00,Day,\n")

    naive, day = source.read()
    assert told([naive]) == [("line 2", "naive_time")]
    assert day.known_at.isoformat() == "2025-07-22T12:00:00+00:00"

    zoned = CsvSource(source.path, zone="America/New_York")
    assert [item.known_at.isoformat() for item in zoned.read()] == [
        "2025-07-21T19:11:01+00:00",
        "2025-07-22T04:00:00+00:00",
    ]


def test_a_stray_quote_does_not_swallow_its_neighbours(tmp_path):
    rows = [f"{STAMP},Story {number},\n" for number in range(50)]
    rows[20] = f'{STAMP},"Story 20,\n'
    source = csv_of(tmp_path, HEADER + "".join(rows))

    found = told(source.read())

    assert found[20] == ("line 22", "malformed")
    assert [title for title in found if isinstance(title, str)] == [
        f"Story {number}" for number in range(50) if number != 20
    ]


def test_quotes_that_never_match_take_no_longer_than_the_file_is_long(tmp_path, monkeypatch):
    # Each line opens a quote for all that follow it: reading them again would never end.
    number, decoded = 50_000, []
    source = csv_of(tmp_path, HEADER + 'x","\n' * number)
    text_of = csvrows.text_of
    monkeypatch.setattr(csvrows, "text_of", lambda line: decoded.append(1) or text_of(line))
    monkeypatch.setattr(csvrows, "_MOST_READ_AGAIN", 100_000)

    items = list(source.read())

    assert [item.reason for item in items] == ["malformed"] * number, "each is counted"
    assert len(decoded) < 3 * number


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("published,title,title\n", "two columns 'title'"),
        ('published,"title\n', "header of news.csv can't be read"),
        (b"\xff\xfe\x00\n", "header of news.csv can't be read: It isn't UTF-8"),
        ("when,headline\n2025-07-21,Acme\n", "has the columns when, headline; say with columns"),
        ("<html>\n<p>\n", "has the columns <html>"),
    ],
)
def test_a_file_that_is_no_table_of_articles_is_refused(tmp_path, content, message):
    with pytest.raises(ArticleError, match=message):
        list(csv_of(tmp_path, content).read())


def test_a_mapping_that_the_file_does_not_have_is_refused(tmp_path):
    path = csv_of(tmp_path, "when,headline\n2025-07-21,Acme\n").path
    columns = {"published": "when", "title": "headlin"}

    with pytest.raises(ArticleError, match="has the columns when, headline"):
        list(CsvSource(path, columns=columns).read())


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"published": "a", "headline": "b"}, "'headline' is no field of an article; published"),
        ({"title": "a"}, "none for published"),
        ({"published": "a"}, "none for title, text or markup"),
    ],
)
def test_a_mapping_that_makes_no_article_is_refused(columns, message):
    with pytest.raises(ConfigError, match=message):
        JsonLinesSource("x.jsonl", columns=columns)


def test_lines_that_are_not_utf_8_are_read_as_windows_1252(tmp_path):
    source = csv_of(
        tmp_path,
        HEADER.encode() + f"{STAMP},Société,\n".encode("cp1252") + f"{STAMP},Société,\n".encode(),
    )

    assert told(source.read()) == ["Société", "Société"]


def test_the_limit_of_other_csv_readers_is_left_alone(tmp_path):
    import csv

    before = csv.field_size_limit()
    items = csv_of(tmp_path, HEADER + f"{STAMP},Acme,{'long ' * 60_000}\n").read()

    assert len(next(items).text) > before
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("size", [MAX_BYTES + 1, MAX_RECORD + 1, 3 * MAX_RECORD])
def test_an_oversized_record_is_quarantined_and_the_next_one_read(tmp_path, size):
    long = "a" * size
    record = json.dumps({"published": STAMP, "title": "Long", "text": long})
    short = json.dumps({"published": STAMP, "title": "Short"})

    assert told(lines_of(tmp_path, record, short).read()) == [("line 1", "oversized"), "Short"]
    rows = f"{STAMP},Long,{long}\n{STAMP},Short,\n"
    assert told(csv_of(tmp_path, HEADER + rows).read()) == [("line 2", "oversized"), "Short"]


def test_the_lines_of_an_oversized_record_are_no_rows_that_are_lost_beside_it(tmp_path):
    text = ("word " * 200 + "\n") * (MAX_RECORD // 1000 + 500)
    rows = f'{STAMP},Long,"{text}"\n{STAMP},Short,\n{STAMP},Odd\n{STAMP},Last,\n'

    items = list(csv_of(tmp_path, HEADER + rows).read())

    last = text.count("\n") + 4
    assert told(items) == [("line 2", "oversized"), "Short", (f"line {last}", "malformed"), "Last"]
    assert f" {text.count(chr(10)):,} lines behind its first are no rows" in items[0].detail


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    record = json.dumps({"published": STAMP, "title": "Acme"}).encode()

    assert told(lines_of(tmp_path, b"\xef\xbb\xbf" + record).read()) == ["Acme"]
    assert told(csv_of(tmp_path, f"\ufeff{HEADER}{STAMP},Acme,\n").read()) == ["Acme"]


@pytest.mark.parametrize("strange", ['{"title": "b"}', '{"of": "no article"}', '{"made": 2025}'])
def test_an_object_without_a_time_takes_no_others_with_it_wherever_it_stands(tmp_path, strange):
    article = json.dumps({"published": STAMP, "title": "a"})

    assert told(lines_of(tmp_path, strange, article).read()) == [("line 1", "undated"), "a"]
    assert told(lines_of(tmp_path, article, strange).read()) == ["a", ("line 2", "undated")]
    with pytest.raises(ArticleError, match="say with columns which of them are published"):
        list(lines_of(tmp_path, strange, strange).read())


def test_lines_that_end_in_carriage_returns_alone_are_told_so(tmp_path):
    with pytest.raises(ArticleError, match="Its lines end in carriage returns: save it with line"):
        list(csv_of(tmp_path, f"published,title\r{STAMP},a\r").read())


def test_a_name_that_no_system_takes_is_told_in_a_sentence(tmp_path):
    with pytest.raises(ArticleError, match="can't be read: File name too long"):
        list(CsvSource(tmp_path / ("a" * 5000)).read())


def test_a_zone_is_a_name_or_a_tzinfo():
    with pytest.raises(ConfigError, match="zone= is a name such as America/New_York, not 3"):
        CsvSource("news.csv", zone=3)


def test_a_json_array_is_not_json_lines(tmp_path):
    with pytest.raises(ArticleError, match="is a JSON array, not JSON Lines"):
        list(lines_of(tmp_path, "", "[", '{"published": null}', "]").read())


def test_an_empty_file_of_json_lines_holds_no_news(tmp_path):
    assert list(lines_of(tmp_path, "").read()) == []


@pytest.mark.parametrize(
    "line",
    ["{", "[" * 50_000, '{"a": 1' + "0" * 5000 + "}", "NaN", "7", '"text"', b"\xff", b"\x00\x00"],
)
def test_a_line_that_is_no_object_is_quarantined(tmp_path, line):
    good = json.dumps({"published": STAMP, "title": "Acme"})

    assert told(lines_of(tmp_path, good, line, good).read()) == [
        "Acme",
        ("line 2", "malformed"),
        "Acme",
    ]


def test_fields_that_are_nested_too_deep_are_quarantined(tmp_path):
    deep = '{"published": "' + STAMP + '", "title": "Acme", "x": ' + "[" * 60 + "]" * 60 + "}"

    assert told(lines_of(tmp_path, deep).read()) == [("line 1", "malformed")]


def test_a_text_cannot_date_itself(tmp_path):
    text = "Title: Other\nPublished: 2020-01-01T00:00Z\n\nAcme rose."
    records = [{"published": STAMP, "text": text}, {"published": "", "text": text}]

    dated, undated = lines_of(tmp_path, *map(json.dumps, records)).read()

    assert dated.published.year == 2025
    assert "Published: 2020" in dated.text
    assert undated.reason == "undated"


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_large_file_is_streamed(tmp_path, kind):
    """10 MB, so that it is quick; what is held at once must not depend on the size."""
    filler = "word " * 4000
    row = (
        f"{STAMP},Acme,{filler}\n"
        if kind == "csv"
        else json.dumps({"published": STAMP, "title": "Acme", "text": filler}) + "\n"
    )
    path = tmp_path / f"news.{kind}"
    with path.open("w") as file:
        file.write(HEADER if kind == "csv" else "")
        file.writelines(row for _ in range(500))
    source = CsvSource(path) if kind == "csv" else JsonLinesSource(path)

    tracemalloc.start()
    try:
        count = 0
        for _ in zip(source.read(), range(200), strict=False):
            count += 1
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count == 200
    assert peak < 3_000_000


def test_missing_files_are_refused(tmp_path):
    for source in (CsvSource(tmp_path / "a"), JsonLinesSource(tmp_path / "a")):
        with pytest.raises(ArticleError, match="a can't be read: No such file"):
            list(source.read())
    with pytest.raises(ArticleError, match=r"can't be read: Is a directory"):
        list(CsvSource(tmp_path).read())


class TestParquet:
    @pytest.fixture(autouse=True)
    def _needs_pyarrow(self):
        pytest.importorskip("pyarrow", reason="Parquet needs the extra [parquet]")

    def write(self, path, **columns):
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table(columns), path)
        return ParquetSource(path)

    def test_stamps_keep_their_kind(self, tmp_path):
        import pyarrow as pa

        naive = datetime(2025, 7, 21, 15, 11)
        aware = pa.array([naive.replace(tzinfo=UTC)], pa.timestamp("ns", tz="America/New_York"))
        write = lambda stamps: self.write(tmp_path / "a.parquet", published=stamps, title=["A"])  # noqa: E731

        assert told(write([naive]).read()) == [("row 1", "naive_time")]
        assert next(write([date(2025, 7, 21)]).read()).precision == "day"
        assert next(write(aware).read()).known_at == datetime(2025, 7, 21, 15, 11, 1, tzinfo=UTC)

    def test_a_row_that_cannot_be_decoded_does_not_take_the_others_with_it(self, tmp_path):
        import pyarrow as pa

        broken = pa.array([b"Acme", b"\xff\xfe", b"Zeta"]).view(pa.string())
        source = self.write(tmp_path / "a.parquet", published=[STAMP] * 3, title=broken)

        assert told(source.read()) == ["Acme", ("row 2", "malformed"), "Zeta"]

    @pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"x" * 100 + b"PAR1"])
    def test_what_is_no_parquet_is_refused(self, tmp_path, content):
        (tmp_path / "a.parquet").write_bytes(content)

        with pytest.raises(ArticleError, match=r"a\.parquet can't be read as Parquet"):
            list(ParquetSource(tmp_path / "a.parquet").read())

    def test_values_of_any_type_are_kept_storable(self, tmp_path):
        source = self.write(
            tmp_path / "a.parquet",
            published=[STAMP],
            title=["Acme"],
            day=[date(2025, 7, 21)],
            raw=[b"\x00\xff"],
            score=[float("nan")],
        )

        provider = next(source.read()).provider

        assert json.loads(json.dumps(dict(provider), allow_nan=False)) == {
            "day": "2025-07-21",
            "raw": "b'\\x00\\xff'",
            "score": None,
        }


def test_without_pyarrow_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(ArticleError, match=r"needs pyarrow: pip install .*\[parquet\]"):
        list(ParquetSource("a.parquet").read())
