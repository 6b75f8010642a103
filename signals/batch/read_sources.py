"""Reading every source of a configuration: articles into the store, faults into the report."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from signals.batch.inputs import Refused, SourceState
from signals.batch.records import ticks
from signals.batch.store import Store
from signals.errors import ArticleError, ConfigError
from signals.news.article import Article
from signals.report import spelling
from signals.sources.opening import open_source
from signals.sources.refusals import Quarantined, refuse_future
from signals.sources.source import ArticleSource

_LOG = logging.getLogger(__name__)
_OFFLINE = "The run was offline, and asked no address."
_SHARD = 500  # articles in one transaction
MOST_ITEMS = 1_000_000
"""Items of one source that are read; a source without an end is no reason to hang."""


@dataclass(frozen=True, slots=True)
class SourcesRead:
    """What the sources gave: their states, and what was refused.

    ``shown`` are the ids of the articles that they gave, of the time that was asked for.
    """

    states: tuple[SourceState, ...]
    refused: tuple[Refused, ...]
    shown: frozenset[str]


def read_sources(
    tables: Sequence[Mapping[str, object]],
    store: Store,
    *,
    now: datetime,
    since: int,
    key: str,
    offline: bool,
    progress: Callable[[str], None],
) -> SourcesRead:
    """Read every source once, for the report of ``key``.

    ``shown`` holds what was known at ``since`` (microseconds) or later.

    A source that fails is told of and doesn't take the others with it; what it gave before is
    kept. Offline, sources with an address are left out.

    Raises
    ------
    ConfigError
        The table of a source is wrong.
    """
    states, refused = [], []
    shown: set[str] = set()
    for table in tables:
        source = open_source(table)
        if offline and "url" in table:
            states.append(SourceState(source.name, "unasked", _OFFLINE))
            continue
        progress(f"reading {source.name}")
        read = _Reading(source.name, since)
        state = _read(source, store, read, now=now)
        store.add_refusals([one.key for one in read.refused], key=key)
        states.append(state)
        refused += read.refused
        shown |= read.shown
        _LOG.info(
            "source %s: %s, %d articles, %d of them new, %d refused",
            *(source.name, state.state, read.articles, read.new, len(read.refused)),
        )
    return SourcesRead(tuple(states), tuple(refused), frozenset(shown))


@dataclass
class _Reading:
    """What one source has given so far."""

    name: str
    since: int
    articles: int = 0
    new: int = 0
    newest: datetime | None = None
    shown: set[str] = field(default_factory=set)
    refused: list[Refused] = field(default_factory=list)

    def take(self, item: Article | Quarantined) -> Article | None:
        """Count an item; give it back where it is an article."""
        if isinstance(item, Quarantined):
            told = (item.place, item.reason, item.detail, item.title, item.digest)
            self.refused.append(Refused(self.name, *told))
            return None
        assert item.known_at is not None  # noqa: S101 - what is undated was quarantined
        self.articles += 1
        if ticks(item.known_at) >= self.since:
            self.shown.add(item.id)
        self.newest = item.known_at if self.newest is None else max(self.newest, item.known_at)
        return item

    def words(self) -> str:
        """Say what it gave."""
        if self.newest is None:
            return f"It gave no article, and {self._losses()} refused."
        count = f"{self.articles} article{'' if self.articles == 1 else 's'}"
        losses = f"; {self._losses()} refused" if self.refused else ""
        return f"It gave {count}, the newest known at {spelling.instant(self.newest)}{losses}."

    def _losses(self) -> str:
        return f"{len(self.refused)} item{' was' if len(self.refused) == 1 else 's were'}"


def _read(source: ArticleSource, store: Store, read: _Reading, *, now: datetime) -> SourceState:
    """Read one source into the store, shard by shard, and say what became of it."""
    shard: list[Article] = []
    stamp = now.isoformat(timespec="seconds")
    count = 0

    def keep() -> None:
        read.new += store.add_articles(shard, collected_at=stamp)
        shard.clear()

    try:
        for item in islice(refuse_future(source.read(), now, source=source.name), MOST_ITEMS):
            count += 1
            article = read.take(item)
            if article is not None:
                shard.append(article)
            if len(shard) == _SHARD:
                keep()
    except (ArticleError, ConfigError) as error:
        keep()
        _LOG.warning("source %s failed: %s", source.name, error)
        return SourceState(source.name, "failed", str(error))
    keep()
    if count == MOST_ITEMS:
        detail = f"It gave {MOST_ITEMS} items, the most that is read at a time; the rest was not."
        return SourceState(source.name, "cut", detail)
    if not count:
        return SourceState(source.name, "empty", "It answered, and had nothing.")
    return SourceState(source.name, "good" if read.articles else "refused", read.words())


def files_of(table: Mapping[str, object]) -> list[Path] | None:
    """Give the files that a source reads; None when it asks an address."""
    if "url" in table:
        return None
    path = Path(str(table["path"]))
    return sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
