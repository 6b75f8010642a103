"""What is kept between runs survives kills, corrections and newer programs."""

import contextlib
import sqlite3
import subprocess
import sys
from dataclasses import fields
from datetime import datetime

import pytest

from signals.batch import schema
from signals.batch.analyses import analyse
from signals.batch.records import (
    ARTICLE_COLUMNS,
    MENTION_COLUMNS,
    RUN_COLUMNS,
    SCORE_COLUMNS,
    Run,
    ticks,
)
from signals.batch.store import Store
from signals.batch.store_file import FILE_NAME
from signals.errors import StoreError
from signals.news.article import Article
from signals.news.mentioned import Mention
from signals.sentiment.articles import score
from signals.sentiment.scorer import Score
from signals.sentiment.vader import Vader
from signals.study.events import EVENT_TYPES, align

NOW = "2025-07-22T08:00:00+00:00"


def article(text="Microsoft (NASDAQ:MSFT) rose.", **stated):
    stated = {
        "published": "2025-07-21T15:11Z",
        "source": "wire",
        "url": "https://a.test/1",
    } | stated
    return Article.from_text(text, **stated)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path) as opened:
        yield opened


def test_an_article_comes_back_as_it_went_in(store):
    one = article("Title: A\nSource: wire\n\nMicrosoft rose \N{SNOWMAN}.\n\nAbout us\nNothing.")

    assert store.add_articles([one, one], collected_at=NOW) == 1
    assert store.add_articles([one], collected_at=NOW) == 0
    assert store.articles_named([one.id]) == {one.id: one}
    assert store.articles_between(0, 1) == []


def test_what_an_article_a_score_and_a_mention_have_is_kept():
    of_article = {one.name for one in fields(Article)}
    of_score = {one.name for one in fields(Score)} - {"known_at", "precision", "contributions"}
    for record, columns in (
        (of_article, ARTICLE_COLUMNS),
        (of_score, SCORE_COLUMNS),
        ({*Mention._fields}, MENTION_COLUMNS),
    ):
        assert record - {*columns} == set(), "Keep it: a column in records.py, and a migration."


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("events", EVENT_TYPES),
        ("articles", ARTICLE_COLUMNS),
        ("scores", SCORE_COLUMNS),
        ("mentions", MENTION_COLUMNS),
        ("runs", RUN_COLUMNS),
    ],
)
def test_every_table_has_the_columns_that_are_kept_in_it(store, table, names):
    columns, _ = store.table(table)
    lacking = [name for name in names if name not in columns]
    assert lacking == [], "Append a migration to signals/batch/schema.py."


def test_a_correction_is_kept_beside_what_it_corrects(store):
    first, second = article("It rose."), article("It fell.", published="2025-07-21T16:00Z")

    store.add_articles([first, second], collected_at=NOW)

    assert store.revised([first.id, second.id]) == {second.id: first.id}
    assert len(store.articles_named([first.id, second.id])) == 2


@pytest.mark.parametrize(
    ("changed", "known_at"),
    [
        ({}, "2025-07-22T08:00:01"),  # changed without a word: known when it was seen
        ({"published": "2025-07-21T16:00Z"}, "2025-07-21T16:01:00"),
        ({"published": "2025-07-21T14:00Z"}, "2025-07-22T08:00:01"),  # nor earlier than the first
        ({"published": "2025-07-21T15:11:30Z"}, "2025-07-22T08:00:01"),  # within its minute
        ({"published": "2025-07-21T18:11:00+03:00"}, "2025-07-22T08:00:01"),  # its time elsewhere
        ({"url": ""}, "2025-07-21T15:12:00"),
        ({"url": "https://a.test/2"}, "2025-07-21T15:12:00"),
        ({"source": "another"}, "2025-07-21T15:12:00"),
    ],
)
def test_a_text_that_changed_under_its_old_stamp_is_known_when_it_was_seen(
    store, changed, known_at
):
    first, second = article("It rose."), article("It rose, and closed 9 % up.", **changed)
    store.add_articles([first], collected_at="2025-07-21T15:20:00+00:00")
    store.add_articles([second], collected_at=NOW)
    kept = store.articles_named([first.id, second.id])

    assert kept[first.id].known_at == first.known_at
    assert f"{kept[second.id].known_at:%Y-%m-%dT%H:%M:%S}" == known_at
    assert store.add_articles([second], collected_at="2025-07-23T08:00:00+00:00") == 0


def test_a_text_that_changes_twice_is_known_later_each_time(store):
    days = ("21T15:20", "22T08:00", "23T08:00")
    texts = [article(f"It rose {number} %.") for number in range(3)]
    for day, one in zip(days, texts, strict=True):
        store.add_articles([one], collected_at=f"2025-07-{day}:00+00:00")
    kept = store.articles_named([one.id for one in texts])

    assert [kept[one.id].known_at.day for one in texts] == [21, 22, 23]
    assert store.revised([texts[2].id]) == {texts[2].id: texts[1].id}


def test_of_dates_alone_only_a_story_of_the_same_title_is_a_change(store):
    day = {"published": "2025-07-21"}
    texts = [article(f"Title: {title}\n\n{text}", **day) for title, text in (
        ("A", "It rose."), ("A", "It fell."), ("B", "Another.")
    )]  # fmt: skip
    for one in texts:
        store.add_articles([one], collected_at="2025-07-25T08:00:00+00:00")
    kept = store.articles_named([one.id for one in texts])

    assert [kept[one.id].known_at.day for one in texts] == [22, 25, 22]


def test_a_time_without_seconds_is_no_later_than_one_with_none_of_them(store):
    first = article("It rose.", published="2025-07-21T14:00:00Z")
    second = article("It rose, then fell.", published="2025-07-21T14:00Z")
    for one, day in ((first, 21), (second, 22)):
        store.add_articles([one], collected_at=f"2025-07-{day}T14:05:00+00:00")

    assert store.articles_named([second.id])[second.id].known_at.day == 22


@pytest.mark.parametrize("text", [f"It fell {number} %." for number in range(6)])
def test_of_dates_alone_a_change_is_told_from_others_of_its_day_and_later_ones(store, text):
    # Whichever id sorts first, and though another story of the address is known later.
    first, other = (
        article(f"Title: {title}\n\nIt rose.", published="2025-07-21") for title in "AB"
    )
    later = article("Title: C\n\nIt rose.", published="2025-07-22")
    changed = article(f"Title: A\n\n{text}", published="2025-07-21")
    store.add_articles([first, other, later], collected_at="2025-07-23T13:00:00+00:00")
    store.add_articles([changed], collected_at="2025-07-25T08:00:00+00:00")

    assert store.articles_named([changed.id])[changed.id].known_at.day == 25
    assert store.revised([changed.id]) == {changed.id: first.id}


def test_versions_that_are_seen_at_once_count_in_the_order_that_they_state(store):
    first, second = article("It rose."), article("It fell.", published="2025-07-21T16:00Z")
    store.add_articles([second, first], collected_at=NOW)
    kept = store.articles_named([first.id, second.id])

    assert store.revised([first.id, second.id]) == {second.id: first.id}
    assert kept == {first.id: first, second.id: second}


def test_scores_come_back_only_for_the_engine_that_made_them(store):
    one = article()
    [found] = analyse([one], Vader())
    store.add_articles([one], collected_at=NOW)
    store.save_analyses([found], "engine 1")

    kept = store.analysed([one], "engine 1")[one.id]

    assert [(s.symbol, s.score, s.relevance) for s in kept.scores] == [
        (s.symbol, s.score, s.relevance) for s in found.scores
    ]
    assert kept.words == found.words
    assert store.analysed([one], "engine 2") == {}


def test_a_transaction_is_done_wholly_or_not_at_all(store):
    row = "INSERT INTO deliveries VALUES ('2025-07-22', 'a@b', 'sent', '')"

    def write_twice():
        with store.transaction() as connection:
            connection.execute(row)
            connection.execute(row)

    with pytest.raises(StoreError, match="UNIQUE"):
        write_twice()

    assert store.deliveries("2025-07-22") == {}


def test_a_reader_reads_while_a_run_writes(store, tmp_path):
    store.add_articles([article()], collected_at=NOW)

    with store.transaction() as connection, Store(tmp_path) as reader:
        connection.execute("DELETE FROM articles")
        assert len(list(reader.table("articles")[1])) == 1


WRITTEN = {
    1: (
        "articles VALUES ('a', 's', 't', '', 'x', NULL, NULL, NULL, 0, NULL, NULL, NULL, '[]', "
        "'{}', NULL, '')",
        "analyses VALUES ('a', 'engine 1', '[]', '[]')",
        "events VALUES ('e', 'MSFT', 'XNAS', 'c', '2025-07-21', 'intraday', 'minute', '', 0.5, "
        "100, 100, 1, 'a', 'a')",
    ),
    2: (
        "runs VALUES ('old', '2025-07-21', 'x', '', 0, '{}', 1)",
        "deliveries VALUES ('2025-07-21', 'a@b', 'sent', '')",
    ),
}


def write_older(folder, version):
    path = folder / FILE_NAME
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")  # of many small steps
    for number, statements in enumerate(schema.MIGRATIONS[:version], start=1):
        connection.executescript(statements)
        for row in WRITTEN.get(number, ()):  # by the version that brought the table
            connection.execute(f"INSERT INTO {row}")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.execute(f"PRAGMA application_id = {schema.APPLICATION}")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("version", range(len(schema.MIGRATIONS)))
def test_a_store_of_every_older_version_is_brought_to_the_newest(tmp_path, version):
    write_older(tmp_path, version)

    with Store(tmp_path) as store:
        store.record_run(Run("f", "2025-07-22", "2025-07-22", "x", "", 0, "{}"))
        assert store.last_run().folder == "f"
        assert len(store.articles_named(["a"])) == bool(version)
        assert len(list(store.table("events")[1])) == bool(version)
        before = store.last_run(before="2025-07-22")
        assert (None if before is None else before.folder) == ("old" if version > 1 else None)
        assert store.deliveries("2025-07-21") == ({"a@b": "sent"} if version > 1 else {})
        # Of what was kept before nobody knows when it came in: no report calls it late.
        assert store.collected_after(store.last_run()) == set()
        if version < 4:
            assert store.analysed(list(store.articles_named(["a"]).values()), "engine 1") == {}
        assert list(store.table("stories")[1]) == []
        assert store.check() == "ok"


OPENS_WHAT_IT_IS_TOLD = """
import sys
from pathlib import Path
from signals.batch.store import Store
for line in sys.stdin:
    try:
        with Store(Path(line.rstrip())) as store:
            print(store.check(), flush=True)
    except Exception as error:
        print(repr(error), flush=True)
"""


def test_processes_that_open_a_new_or_an_older_store_at_once_bring_it_to_the_newest(tmp_path):
    command = [sys.executable, "-c", OPENS_WHAT_IT_IS_TOLD]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    said = []
    with contextlib.ExitStack() as stack:
        workers = [stack.enter_context(subprocess.Popen(command, **pipes)) for _ in range(4)]
        for number in range(30):
            folder = tmp_path / str(number)
            folder.mkdir()
            if number % 2:
                write_older(folder, number % len(schema.MIGRATIONS))
            for worker in workers:
                worker.stdin.write(f"{folder}\n")
                worker.stdin.flush()
            said += [worker.stdout.readline().rstrip() for worker in workers]
            with Store(folder) as store:
                assert store._value("PRAGMA user_version") == len(schema.MIGRATIONS)

    assert set(said) == {"ok"}


def test_events_of_older_versions_get_the_time_at_which_their_last_article_was_known(tmp_path):
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    for statements in schema.MIGRATIONS[:4]:
        connection.executescript(statements)
    for name, clock in (("a", "08:00:01"), ("b", "14:00:01.500000")):
        known = ticks(datetime.fromisoformat(f"2025-07-22T{clock}+00:00"))
        connection.execute(
            "INSERT INTO articles VALUES (?, 's', 't', '', 'x', NULL, NULL, NULL, 0, NULL, NULL, "
            "?, '[]', '{}', NULL, '')",
            (name, known),
        )
    for name, ids in (("two", "a b"), ("one", "a"), ("gone", "x y")):
        connection.execute(
            "INSERT INTO events VALUES (?, 'MSFT', 'XNAS', 'MSFT', '2025-07-22', 'pre-open', '', "
            "'2025-07-22T08:00:01+00:00', 0, 0, 0, ?, ?, 's')",
            (name, len(ids.split()), ids),
        )
    connection.execute("PRAGMA user_version = 4")
    connection.execute(f"PRAGMA application_id = {schema.APPLICATION}")
    connection.commit()
    connection.close()

    with Store(tmp_path) as store:
        columns, rows = store.table("events")
        found = {row[0]: row[list(columns).index("complete_at")][11:19] for row in rows}
    assert found == {"two": "14:00:02", "one": "08:00:01", "gone": "08:00:01"}


def test_a_store_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path):
    with Store(tmp_path):
        pass
    path = tmp_path / FILE_NAME
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(StoreError, match="newer signals"):
        Store(tmp_path)

    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize("content", [b"not a database", b"SQLite format 3\x00" + bytes(84)])
def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)

    with pytest.raises(StoreError, match="is no store"):
        Store(tmp_path)

    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_a_damaged_store_is_a_sentence(tmp_path):
    with Store(tmp_path) as store:
        store.add_articles([article()], collected_at=NOW)
    path = tmp_path / FILE_NAME
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))

    with pytest.raises(StoreError, match="can't be used"), Store(tmp_path) as store:
        store.articles_between(0, 2**62)


def test_a_full_disk_is_a_sentence_and_loses_nothing(store):
    store.add_articles([article()], collected_at=NOW)
    pages = int(store._value("PRAGMA page_count"))
    store._connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreError, match="full"):
        store.add_articles([article("word " * 9999, url="https://a.test/2")], collected_at=NOW)

    assert len(store.articles_between(0, 2**62)) == 1
    assert store.check() == "ok"


def test_the_last_run_of_a_session_is_the_one_made_last(store):
    for folder, session in (("a", "2025-07-21"), ("b", "2025-07-22"), ("c", "2025-07-21")):
        store.record_run(Run(folder, session, session, folder, "", 0, "{}"))

    assert store.last_run().folder == "b"
    assert store.last_run_of("2025-07-21").folder == "c"
    assert store.last_run(before="2025-07-22").folder == "c"
    assert store.last_run(before="2025-07-21") is None


def test_a_store_that_can_not_be_opened_leaves_no_connection(tmp_path, monkeypatch):
    connect, made = sqlite3.connect, []

    def remembered(*given, **named):
        made.append(connect(*given, **named))
        return made[-1]

    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("signals.batch.store_file.sqlite3.connect", remembered)
    monkeypatch.setattr("signals.batch.store_file.migrate", full)
    with pytest.raises(StoreError, match="full"):
        Store(tmp_path)

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        made[0].execute("SELECT 1")


def test_each_column_of_events_is_kept_under_its_name_whatever_their_order(store):
    events = align(score(article("Microsoft (NASDAQ:MSFT) rose.")))
    store.save_events(events[sorted(events)], {})

    columns, [row] = store.table("events")
    kept = dict(zip(columns, row, strict=True))
    assert {name: kept[name] for name in ("symbol", "mic", "company", "phase", "story_id")} == (
        events.loc[0, ["symbol", "mic", "company", "phase", "story_id"]].to_dict()
    )


def test_a_column_of_events_that_the_store_lacks_is_named(store):
    events = align(score(article("Microsoft (NASDAQ:MSFT) rose."))).assign(tone=1.0)
    with pytest.raises(StoreError, match="events has no column named tone"):
        store.save_events(events, {})
