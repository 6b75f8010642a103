"""What scoring a corpus would take, told from a probe of its rows."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate, chain, islice
from pathlib import Path
from statistics import median
from typing import Final

from signals.corpus.formats import Shard
from signals.corpus.rows import Row, cut, read_shard
from signals.corpus.shards import BATCH, TABLES, without_gc, write_rows
from signals.sentiment.opening import open_scorer

_LOOKED_AT: Final = 4  # shards
_BATCHES: Final = 4  # of their rows
_WORKER_BYTES: Final = 350_000_000  # a process with its tables and one batch, a cautious guess


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do.

    Attributes
    ----------
    rows, shards
        Estimated rows, and how many shards they are cut into.
    seconds, memory
        Estimated, for the number of workers asked for, on processors that do nothing else; memory
        in bytes.
    unreadable
        Files that can't be read, with the reason.
    """

    rows: int
    shards: int
    seconds: float
    memory: int
    unreadable: tuple[tuple[str, str], ...]


def plan_corpus(
    corpus: Path, *, workers: int = 1, scorer: str = "default", start: float = 0.0
) -> Plan:
    """Tell how long a corpus would take, without writing anything.

    A few batches of rows, taken from shards all over the corpus, are read, scored and written to
    memory. What they tell of the rows in a number of lines is told of each shard by its own. The
    first one also makes the tables and weights of a process and fills its memory: that is what a
    process costs, the median of the others what its rows cost.

    Parameters
    ----------
    corpus, workers, scorer
        As for ``score_corpus``.
    start
        Seconds that a process takes to begin, before any of this.

    Raises
    ------
    ConfigError
        There is no such corpus.
    """
    shards, unreadable = cut(corpus)
    losses = tuple((row.place, row.detail) for row in unreadable)
    if not shards:
        return Plan(0, 0, 0.0, 0, losses)
    looked_at = _spread(shards)
    each = BATCH // len(looked_at)
    readers = [read_shard(shard) for shard in looked_at]
    taken: list[list[Row]] = [[] for _ in readers]
    used, seconds = [], []
    for _ in range(_BATCHES):
        begin = time.process_time()
        batch = [list(islice(rows, each)) for rows in readers]
        with without_gc():
            write_rows(chain(*batch), {name: BytesIO() for name in TABLES}, open_scorer(scorer))
        seconds.append(time.process_time() - begin)
        used.append(sum(map(len, batch)))
        for kept, rows in zip(taken, batch, strict=True):
            kept.extend(rows)
    whole = _all_rows(shards, dict(zip(looked_at, taken, strict=True)), of=_BATCHES * each)
    starts = (start + seconds[0]) * (1 if workers == 1 else 2)  # this process, then all at once
    of_a_row = [taking / rows for taking, rows in zip(seconds[1:], used[1:], strict=True) if rows]
    later = median(of_a_row or [0.0]) * max(whole - used[0], 0) / workers
    return Plan(whole, len(shards), starts + later, workers * _WORKER_BYTES, losses)


def _spread(shards: Sequence[Shard]) -> list[Shard]:
    """Choose shards all over the corpus, so that a large file counts for more than a small one."""
    behind = list(accumulate(map(_length, shards)))
    sought = [(2 * one + 1) * behind[-1] // (2 * _LOOKED_AT) for one in range(_LOOKED_AT)]
    return [shards[one] for one in dict.fromkeys(bisect_right(behind, place) for place in sought)]


def _length(shard: Shard) -> int:
    """Count the lines of a shard, of Parquet its rows."""
    return shard.part.behind - shard.part.first


def _all_rows(shards: Sequence[Shard], taken: Mapping[Shard, Sequence[Row]], *, of: int) -> int:
    """Tell about how many rows there are, given the first ones of some shards, ``of`` at most."""
    rows: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for shard, first in taken.items():
        whole = len(first) < of
        rows[shard.kind] += len(first) - (not whole)  # the last may go on over several lines
        lines[shard.kind] += _length(shard) if whole else _line(first[-1]) - _line(first[0])
    lengths: Counter[str] = Counter()
    for shard in shards:
        lengths[shard.kind] += _length(shard)
    return round(
        sum(n * (rows[one] / lines[one] if rows[one] else 1) for one, n in lengths.items())
    )


def _line(row: Row) -> int:
    return int(row.place.rpartition(" ")[2])
