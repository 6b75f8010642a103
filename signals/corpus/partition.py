"""The scores of a corpus put together by company, in parts that can be studied one by one.

Companies that share a symbol are in one part: their events may be one of one share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from signals.corpus.scored import in_sessions
from signals.corpus.shards import finished, read_columns
from signals.errors import ArticleError, StudyError
from signals.study.events import OF_SCORES

if TYPE_CHECKING:
    import pyarrow as pa

    from signals.news.stories import Story

MOST_SCORES: Final = 100_000
"""Scores of a part, but where one company has more by itself: some 300 MB of one process."""

_ROWS: Final = 5_000  # rows of a part that are written at once


@dataclass(frozen=True, eq=False)
class Partition:
    """Which part each company belongs to, and what prices all parts together need.

    Attributes
    ----------
    part_of
        The number of each company's part: companies in the order of their names, but for those
        that share a symbol, and as many in a part as have ``MOST_SCORES`` together.
    ends
        The first and the last score of each symbol: a study of these asks for the same prices as
        one of all.
    """

    part_of: Mapping[str, int]
    ends: pd.DataFrame

    @property
    def n_parts(self) -> int:
        """How many parts there are."""
        return max(self.part_of.values()) + 1


def partition_of(folder: Path) -> Partition:
    """Look at all scores of a corpus, shard by shard, and put its companies into parts.

    Raises
    ------
    StudyError
        No score belongs to a session.
    """
    counts: Counter[tuple[str, str]] = Counter()
    ends = pd.DataFrame(columns=OF_SCORES)
    for shard in finished(folder):
        frame = read_columns(shard, "scores", OF_SCORES).to_pandas()
        frame = frame[in_sessions(frame)]
        counts.update(zip(_companies(frame), frame["symbol"], strict=True))
        ends = _ends(pd.concat([ends, frame]) if len(ends) else frame)
    if not counts:
        raise StudyError(f"No score of {folder} belongs to a session of an exchange.")
    # An article may be first and, listed anew, last of a symbol: between lies what needs prices.
    ends = ends.assign(article_id=[f"{place:016x}" for place in range(len(ends))])
    return Partition(_part_numbers(counts), ends.reset_index(drop=True))


def write_parts(
    folder: Path, work: Path, *, partition: Partition, stories: Mapping[str, Story] | None
) -> None:
    """Write the scores of each part, with their stories, to ``work``/scores/<part>.parquet."""
    with part_files(work / "scores") as add:
        for shard in finished(folder):
            for number, table in _by_part(
                read_columns(shard, "scores", OF_SCORES), partition, stories
            ):
                add(number, table)


@contextmanager
def part_files(folder: Path) -> Iterator[Callable[[int, pa.Table], None]]:
    """Give what adds rows to the file of a part, ``folder``/<part>.parquet: many at once."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writers: dict[int, pq.ParquetWriter] = {}
    waiting: dict[int, list[pa.Table]] = {}
    folder.mkdir(parents=True)

    def write(number: int) -> None:
        table = pa.concat_tables(waiting.pop(number))
        if number not in writers:
            path = folder / f"{number:06d}.parquet"
            writers[number] = pq.ParquetWriter(path, table.schema)
        writers[number].write_table(table)

    def add(number: int, table: pa.Table) -> None:
        waiting.setdefault(number, []).append(table)
        if sum(len(one) for one in waiting[number]) >= _ROWS:
            write(number)

    try:
        yield add
        for number in sorted(waiting):
            write(number)
    finally:
        for writer in writers.values():
            writer.close()


def scores_of(work: Path, number: int) -> Path:
    """Name the file with the scores of a part."""
    return work / "scores" / f"{number:06d}.parquet"


def _companies(frame: pd.DataFrame) -> pd.Series:
    return frame["company"].where(frame["company"].notna(), frame["symbol"])


def _ends(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the first and the last score of each symbol."""
    groups = frame.sort_values(["known_at", "article_id"], kind="stable").groupby("symbol")
    both = pd.concat([groups.head(1), groups.tail(1)])
    return both.drop_duplicates(["article_id", "symbol", "known_at"])


def _part_numbers(counts: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Give each company the number of its part; ``counts`` has its scores by symbol."""
    groups: dict[str, list[str]] = {}
    scores: Counter[str] = Counter()
    first_of = _firsts(counts)
    for company, first in sorted(first_of.items()):
        groups.setdefault(first, []).append(company)
    for (company, _), count in counts.items():
        scores[first_of[company]] += count
    numbers: dict[str, int] = {}
    number = gathered = 0
    for first, companies in groups.items():
        if gathered and gathered + scores[first] > MOST_SCORES:
            number, gathered = number + 1, 0
        gathered += scores[first]
        numbers |= dict.fromkeys(companies, number)
    return numbers


def _firsts(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give for each company the first name of those with which symbols connect it."""
    of: dict[tuple[str, str], tuple[str, str]] = {}

    def root(one: tuple[str, str]) -> tuple[str, str]:
        while (above := of.setdefault(one, one)) != one:
            of[one] = of[above]
            one = above
        return one

    for company, symbol in pairs:
        first, other = sorted((root(("company", company)), root(("symbol", symbol))))
        of[other] = first
    return {name: root((kind, name))[1] for kind, name in list(of) if kind == "company"}


def _by_part(
    table: pa.Table, partition: Partition, stories: Mapping[str, Story] | None
) -> Iterator[tuple[int, pa.Table]]:
    """Give the scores of a shard by part, each with its story; those of no session stay behind."""
    import pyarrow as pa

    frame = table.to_pandas()
    number = _companies(frame).map(partition.part_of)
    frame, number = frame[number.notna()], number.dropna().astype("int64")
    if stories is not None:
        frame = _with_stories(frame, stories)
    for part, rows in frame.groupby(number, sort=True):
        yield int(str(part)), pa.Table.from_pandas(rows, preserve_index=False)


def _with_stories(frame: pd.DataFrame, stories: Mapping[str, Story]) -> pd.DataFrame:
    try:
        found = [stories[article_id] for article_id in frame["article_id"]]
    except KeyError as error:
        raise ArticleError(f"Article {error} belongs to none of the stories.") from error
    novelty = [one.about(name) for one, name in zip(found, frame["company"], strict=True)]
    return frame.assign(
        story_id=[one.story_id for one in found],
        novelty=np.array(novelty, dtype=np.float64),
    )
