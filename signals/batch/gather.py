"""Reading every source of a configuration: articles into the store, faults into the report."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from signals.batch.inputs import Refused, SourceState
from signals.batch.store import Store
from signals.errors import ArticleError, ConfigError
from signals.news.article import Article
from signals.sources.opening import open_source
from signals.sources.source import ArticleSource, Quarantined, not_after

_LOG = logging.getLogger(__name__)
_SHARD = 500  # articles in one transaction
MOST_ITEMS = 1_000_000
"""Items of one source that are read; a source without an end is no reason to hang."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the sources gave: their states, what was refused, and how many articles are new."""

    sources: tuple[SourceState, ...]
    refused: tuple[Refused, ...]
    new: int


def gather(
    tables: Sequence[Mapping[str, object]],
    store: Store,
    *,
    now: datetime,
    offline: bool,
    progress: Callable[[str], None],
) -> Gathered:
    """Read every source once.

    A source that fails is told of and doesn't take the others with it; what it gave before is
    kept. Offline, sources with an address are left out.

    Raises
    ------
    ConfigError
        The table of a source is wrong.
    """
    states, refused, new = [], [], 0
    for table in tables:
        source = open_source(table)
        if offline and "url" in table:
            states.append(SourceState(source.name, "good", "Not asked: the run was offline."))
            continue
        progress(f"reading {source.name}")
        state, faults, added = _read(source, store, now)
        states.append(state)
        refused += faults
        new += added
    return Gathered(tuple(states), tuple(refused), new)


def _read(
    source: ArticleSource, store: Store, now: datetime
) -> tuple[SourceState, list[Refused], int]:
    faults: list[Refused] = []
    shard: list[Article] = []
    count = new = 0
    stamp = now.isoformat(timespec="seconds")
    try:
        for item in islice(not_after(source.read(), now, source=source.name), MOST_ITEMS):
            count += 1
            if isinstance(item, Quarantined):
                faults.append(Refused(item.source, item.place, item.reason, item.detail))
            elif item.known_at is None:  # from a source of somebody's own
                detail = "It states no publication time, so that it belongs to no session."
                faults.append(Refused(source.name, item.title or item.id, "undated", detail))
            else:
                shard.append(item)
            if len(shard) == _SHARD:
                new += store.add_articles(shard, collected_at=stamp)
                shard = []
    except (ArticleError, ConfigError) as error:
        new += store.add_articles(shard, collected_at=stamp)
        _LOG.warning("source %s failed: %s", source.name, error)
        return SourceState(source.name, "failed", str(error)), faults, new
    new += store.add_articles(shard, collected_at=stamp)
    if count == MOST_ITEMS:
        detail = f"It gave {MOST_ITEMS} items, the most that is read at a time; the rest was not."
        faults.append(Refused(source.name, f"item {MOST_ITEMS}", "source_too_long", detail))
    _LOG.info(
        "source %s: %d items, %d new articles, %d refused", source.name, count, new, len(faults)
    )
    if not count:
        return SourceState(source.name, "empty", "It answered, and had nothing."), faults, new
    return SourceState(source.name, "good", "It was read to its end."), faults, new


def files_of(table: Mapping[str, object]) -> list[Path] | None:
    """Give the files that a source reads; None when it asks an address."""
    if "url" in table:
        return None
    path = Path(str(table["path"]))
    return sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
