"""What scoring a corpus would take, told from a probe of its rows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, islice
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

    A few batches of rows, taken from several shards, are read, scored and written to memory. The
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
    looked_at = shards[:: -(-len(shards) // _LOOKED_AT)]
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
    counts = [_rows_of(*one, of=_BATCHES * each) for one in zip(looked_at, taken, strict=True)]
    whole = round(sum(counts) / max(sum(map(bool, counts)), 1) * len(shards))
    starts = (start + seconds[0]) * (1 if workers == 1 else 2)  # this process, then all at once
    of_a_row = [taking / rows for taking, rows in zip(seconds[1:], used[1:], strict=True) if rows]
    later = median(of_a_row or [0.0]) * max(whole - used[0], 0) / workers
    return Plan(whole, len(shards), starts + later, workers * _WORKER_BYTES, losses)


def _rows_of(shard: Shard, taken: Sequence[Row], *, of: int) -> int:
    """Tell about how many rows a shard has, whose first ones were taken, ``of`` at most."""
    if len(taken) < of:
        return len(taken)
    first, last = (int(row.place.rpartition(" ")[2]) for row in (taken[0], taken[-1]))
    lines = shard.part.behind - shard.part.first
    return round(lines * (len(taken) - 1) / max(last - first, 1))
