"""The stories of a scored corpus, grouped in blocks of time: they are those of one piece."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

pytest.importorskip("pyarrow")
import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks.made_news import headlines

from signals.corpus import stories as corpus_stories
from signals.corpus.scored import read_stories
from signals.corpus.stories import attempt_block, group_corpus
from signals.corpus.workers import Crew, Outcome
from signals.errors import StoreError, StudyError

START = datetime(2025, 3, 3, tzinfo=UTC)
ROWS = 1200


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """Headlines of three months with copies, in shards that don't follow time; some undated."""
    folder = tmp_path_factory.mktemp("scored")
    rows = made_rows()
    write_shards(folder, rows + rows[50:60])  # read twice
    return folder


def made_rows():
    titles, _ = headlines(ROWS, seed=4)
    first = list(range(ROWS))
    for n in range(30, ROWS, 3):
        first[n] = first[n - 17 - n % 11]
    chance = np.random.default_rng(4)
    company = chance.integers(0, 6, ROWS)
    return [
        {
            "article_id": f"{chance.integers(1 << 60):016x}",
            "known_at": None if n % 97 == 5 else START + timedelta(minutes=110 * n // 3 * 3),
            "title": f"UPDATE {n}-{titles[first[n]]}" if n % 2 else titles[first[n]],
            "opening": "",
            "companies": [f"c{company[first[n]]}", f"d{n % 5}"],
        }
        for n in range(ROWS)
    ]


def write_shards(folder, rows):
    order = np.random.default_rng(5).permutation(len(rows))
    for number, part in enumerate(np.array_split(order, 7)):
        shard = folder / "shards" / f"{number:06d}"
        shard.mkdir(parents=True)
        stamp = pa.timestamp("us", tz="UTC")
        schema = {"article_id": pa.string(), "known_at": stamp, "title": pa.string()}
        schema |= {"opening": pa.string(), "companies": pa.list_(pa.string())}
        table = pa.Table.from_pylist([rows[n] for n in part], schema=pa.schema(schema))
        pq.write_table(table, shard / "articles.parquet")
        (shard / "counts.json").write_text(json.dumps({"rows": len(part)}))
    (folder / "plan.json").write_text("{}")


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(corpus_stories, "MOST_OPENINGS", 150)


@pytest.mark.usefixtures("small")
def test_the_stories_of_blocks_are_those_of_one_piece(scored, tmp_path):
    told = []

    stories = group_corpus(scored, tmp_path / "work", crew=Crew(grouping=told_of(told)))

    assert stories == read_stories(scored)
    assert told[-1][0] == told[-1][1] >= 5
    assert len({story.story_id for story in stories.values()}) < 0.8 * len(stories)


def told_of(told):
    return lambda done, of: told.append((done, of))


@pytest.mark.usefixtures("small")
def test_blocks_that_are_done_are_not_done_again(scored, tmp_path, monkeypatch):
    def only_two(block, *, work):
        if block.number == 2:
            return Outcome(block, None, "the disk is full", ends_run=True)
        return attempt_block(block, work=work)

    monkeypatch.setattr(corpus_stories, "attempt_block", only_two)
    with pytest.raises(StoreError, match="the disk is full"):
        group_corpus(scored, tmp_path / "work", crew=Crew())
    told = []
    monkeypatch.setattr(corpus_stories, "attempt_block", attempt_block)

    stories = group_corpus(scored, tmp_path / "work", crew=Crew(grouping=told_of(told)))

    assert told[0][0] == 3 and stories == read_stories(scored)


@pytest.mark.usefixtures("small")
def test_a_corpus_with_other_shards_is_begun_anew(scored, tmp_path):
    work = tmp_path / "work"
    group_corpus(scored, work, crew=Crew())
    plan = json.loads((work / "plan.json").read_text())
    (work / "plan.json").write_text(json.dumps(plan | {"counts": "of another corpus"}))
    (work / "links" / "000000.parquet").write_bytes(b"of another corpus")

    assert group_corpus(scored, work, crew=Crew()) == read_stories(scored)


@pytest.mark.usefixtures("small")
def test_a_block_that_kills_its_worker_is_named(scored, tmp_path, monkeypatch):
    died = "Its worker died 2 times."
    monkeypatch.setattr(
        corpus_stories, "run_tasks", lambda blocks, *_, **__: [Outcome(blocks[0], None, died)]
    )
    with pytest.raises(StudyError, match="stories can't be told apart: Its worker died"):
        group_corpus(scored, tmp_path / "work", crew=Crew())


def test_a_corpus_without_a_dated_article_has_stories(scored, tmp_path):
    shard = tmp_path / "scored" / "shards" / "000000"
    shard.mkdir(parents=True)
    table = pq.read_table(scored / "shards" / "000000" / "articles.parquet")
    undated = pa.nulls(len(table), table.schema.field("known_at").type)
    column = table.schema.get_field_index("known_at")
    pq.write_table(table.set_column(column, "known_at", undated), shard / "articles.parquet")
    (shard / "counts.json").write_text("{}")
    (tmp_path / "scored" / "plan.json").write_text("{}")

    stories = group_corpus(tmp_path / "scored", tmp_path / "work", crew=Crew())

    assert {key: one.story_id for key, one in stories.items()} == {key: key for key in stories}
    assert len(stories) == len(table)


def test_an_article_that_is_listed_again_later_tells_its_story_once(small, tmp_path):
    rows = made_rows()
    again = [
        row | {"known_at": row["known_at"] + timedelta(hours=hours)}
        for hours, row in zip([1, 30, 200] * 100, rows[100:400], strict=True)
        if row["known_at"]
    ]
    write_shards(tmp_path / "once", rows)
    write_shards(tmp_path / "again", again + rows)
    expected = read_stories(tmp_path / "once")

    assert read_stories(tmp_path / "again") == expected
    assert group_corpus(tmp_path / "again", tmp_path / "work", crew=Crew()) == expected
