"""The stories of a scored corpus of any size: its time is cut into blocks that are linked apart.

What an article is linked to depends on the 72 hours before it alone, so each block is given those
beside its own articles, and any process can link it; then the links are followed from the first to
the last. The stories are those of one piece. Memory holds one block a process, the time of each
article, and the stories found.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from signals import __version__
from signals.corpus.partition import part_files
from signals.corpus.scored import OPENING_COLUMNS, brief, identity, openings_of
from signals.corpus.shards import finished, read_columns, without_gc
from signals.corpus.workers import Crew, Outcome, run_tasks
from signals.errors import StudyError
from signals.files import write_text, written
from signals.news.earlier import WINDOW, EarlierTellings, Link
from signals.news.stories import Story, chain_links

if TYPE_CHECKING:
    import pyarrow as pa

STORIES: Final = ".stories"
"""What stories are kept in while a run looks for them; no folder of the user's is called so."""

MOST_OPENINGS: Final = 50_000
"""Articles of a block, but for more where four windows have more: some 300 MB of one process."""

_WINDOWS: Final = 4  # of a block at least: what it is given beside is a quarter at most
_VERSION: Final = 2
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of time, from ``start`` to before ``end``, in microseconds since 1970."""

    number: int
    start: int
    end: int

    def openings(self, work: Path) -> Path:
        """Name the file with its openings and those of the window before it."""
        return work / "openings" / f"{self.number:06d}.parquet"

    def links(self, work: Path) -> Path:
        """Name the file with what they are linked to."""
        return work / "links" / f"{self.number:06d}.parquet"


def group_corpus(folder: Path, work: Path, *, crew: Crew) -> dict[str, Story]:
    """Group the articles of a scored corpus into stories, with several processes.

    Parameters
    ----------
    folder
        The output folder of ``signals score``.
    work
        A folder for what lies between, a fifth of the size of the openings or less. What a run
        before left there of the same corpus is taken up.
    crew
        Who works on the blocks, and who is told how far they are.

    Returns
    -------
    As :func:`signals.corpus.scored.read_stories` gives them.

    Raises
    ------
    StoreError
        The disk is full, or the scheduler went away. What is done is kept.
    StudyError
        A block can't be linked.
    """
    blocks = _prepare(folder, work)
    stories = {key: Story(key, 100.0) for key in _undated(folder)}
    with without_gc():
        for article_id, story in chain_links(_linked(blocks, work, crew)):
            stories.setdefault(article_id, brief(story))
    return stories


def _prepare(folder: Path, work: Path) -> list[Block]:
    """Take up what a run before left in ``work`` of the same corpus, or begin it anew."""
    made_of = {
        "version": _VERSION,
        "signals": __version__,
        **identity(folder),
        "block": MOST_OPENINGS,
    }
    blocks = _blocks(_times(folder))
    plan = work / "plan.json"
    if not plan.exists() or json.loads(plan.read_text()) != made_of:
        shutil.rmtree(work, ignore_errors=True)
        _write_blocks(folder, work, blocks)
        (work / "links").mkdir()
        write_text(plan, json.dumps(made_of))
    return blocks


def _undated(folder: Path) -> Iterator[str]:
    """Give the articles without a time, each of which is a story of its own."""
    import pyarrow.compute as pc

    for shard in finished(folder):
        table = read_columns(shard, "articles", ["article_id", "known_at"])
        yield from table.filter(pc.is_null(table["known_at"]))["article_id"].to_pylist()


def _times(folder: Path) -> npt.NDArray[np.int64]:
    """Give the time of every article in microseconds, in order."""
    times = [_microseconds(_dated(shard, ["known_at"])) for shard in finished(folder)]
    return np.sort(np.concatenate([np.empty(0, np.int64), *times]))


def _dated(shard: Path, columns: list[str]) -> pa.Table:
    """Read columns, ``known_at`` among them, of the articles that have a time."""
    import pyarrow.compute as pc

    table = read_columns(shard, "articles", columns)
    return table.filter(pc.is_valid(table["known_at"]))


def _microseconds(table: pa.Table) -> npt.NDArray[np.int64]:
    found: npt.NDArray[np.int64] = table["known_at"].cast("int64").to_numpy()
    return found


def _blocks(times: npt.NDArray[np.int64]) -> list[Block]:
    """Cut the time of a corpus into blocks; what shares an instant stays together."""
    length = _WINDOWS * (WINDOW // timedelta(microseconds=1))
    starts: list[int] = []
    place = 0
    while place < len(times):
        starts.append(int(times[place]))
        enough = max(place + MOST_OPENINGS, int(np.searchsorted(times, times[place] + length)))
        if enough + MOST_OPENINGS // 2 >= len(times):
            break
        place = int(np.searchsorted(times, times[enough]))
    ends = [*starts[1:], int(times[-1]) + 1] if starts else []
    return [Block(number, *both) for number, both in enumerate(zip(starts, ends, strict=True))]


def _write_blocks(folder: Path, work: Path, blocks: list[Block]) -> None:
    """Write the openings of each block, and those of the window before it, to its file."""
    import pyarrow.compute as pc

    window = WINDOW // timedelta(microseconds=1)
    several, firsts = _of_several_times(folder)
    with part_files(work / "openings") as add:
        for shard in finished(folder):
            table = _dated(shard, OPENING_COLUMNS)
            places = pc.index_in(table["article_id"], several).fill_null(-1).to_numpy()
            times = _microseconds(table)
            table = table.filter(times == np.where(places < 0, times, firsts[places]))
            times = _microseconds(table)
            order = np.argsort(times, kind="stable")
            for block in blocks:
                bounds = np.searchsorted(times[order], [block.start - window, block.end])
                if bounds[0] < bounds[1]:
                    add(block.number, table.take(order[slice(*bounds)]))


def _of_several_times(folder: Path) -> tuple[pa.ChunkedArray, npt.NDArray[np.int64]]:
    """Give the articles that were listed again with another time, and the first time of each."""
    import pyarrow as pa
    import pyarrow.compute as pc

    instant = pa.timestamp("us", tz="UTC")
    nothing = pa.schema({"article_id": pa.string(), "known_at": instant}).empty_table()
    told = [_dated(shard, ["article_id", "known_at"]) for shard in finished(folder)]
    times = (
        pa.concat_tables([nothing, *told])
        .group_by("article_id")
        .aggregate([("known_at", "min"), ("known_at", "max")])
    )
    several = times.filter(pc.less(times["known_at_min"], times["known_at_max"]))
    firsts = several["known_at_min"].cast("int64").to_numpy()
    return several["article_id"], np.append(firsts, 0)  # none is the last


def _linked(blocks: list[Block], work: Path, crew: Crew) -> Iterator[Link]:
    """Link the blocks that are missing, and give all links in their order as soon as they come."""
    missing = [block for block in blocks if not block.links(work).exists()]
    done = {block.number for block in blocks} - {block.number for block in missing}
    waiting = iter(blocks)
    head = next(waiting, None)
    work_on = partial(attempt_block, work=str(work.absolute()))
    for outcome in run_tasks(missing, work_on, workers=crew.workers, engine=crew.engine):
        if outcome.counts is None:
            raise StudyError(f"The stories can't be told apart: {outcome.failure}")
        done.add(outcome.task.number)
        if crew.grouping:
            crew.grouping(len(done), len(blocks))
        while head is not None and head.number in done:
            yield from _links_of(head.links(work))
            head = next(waiting, None)
    while head is not None:
        yield from _links_of(head.links(work))
        head = next(waiting, None)


def attempt_block(block: Block, *, work: str) -> Outcome[Block]:
    """Link a block; a full disk ends the run."""
    try:
        return Outcome(block, link_block(block, Path(work)))
    except OSError as error:
        failure = f"{work} can't be written: {error.strerror or error}."
        return Outcome(block, None, failure, ends_run=True)


def link_block(block: Block, work: Path) -> dict[str, int]:
    """Link the openings of a block, and leave the links behind; the same file every time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    start = _EPOCH + timedelta(microseconds=block.start)
    earlier = EarlierTellings()
    links: list[Link] = []
    with without_gc():
        for opening in openings_of(pq.read_table(block.openings(work))):
            if opening.known_at is not None and opening.known_at < start:
                earlier.remember(opening)
            else:
                links.append(earlier.link(opening))
    columns = zip(*links, strict=True) if links else ((),) * len(Link._fields)
    schema = pa.schema(
        {
            "article_id": pa.string(),
            "known_at": pa.timestamp("us", tz="UTC"),
            "companies": pa.list_(pa.string()),
            "kind": pa.string(),
            "model": pa.string(),
        }
    )
    table = pa.table([list(column) for column in columns], schema=schema)
    with written(block.links(work)) as file:
        pq.write_table(table, file)
    return {"links": len(links)}


def _links_of(path: Path) -> Iterator[Link]:
    import pyarrow.parquet as pq

    columns = [column.to_pylist() for column in pq.read_table(path).columns]
    for article_id, known_at, companies, kind, model in zip(*columns, strict=True):
        yield Link(article_id, known_at, tuple(companies), kind, model)
