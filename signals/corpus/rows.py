"""Corpora of any size, cut into shards that can be read alone; of each row its article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

from signals.corpus.formats import FORMATS, KINDS, Shard
from signals.errors import ArticleError, ConfigError
from signals.news.article import Article
from signals.news.published import parse_updated
from signals.news.storable import MAX_BYTES
from signals.sources.tables import SPELLINGS

SHARD_BYTES: Final = 4_000_000
"""Some three thousand articles: seconds of work, and little to do again after a kill."""

_KNOWN = ", ".join(sorted(KINDS))
_PACKED = frozenset({".gz", ".bz2", ".xz", ".zst", ".zip"})
# They hold rows as well, in ways that can't be cut: notes and the like beside a corpus are no loss.
_OTHERS = frozenset({".json", ".tsv", ".xml", ".xlsx", ".xls", ".feather", ".arrow", ".orc"})
# Vendors state a bare day as midnight: taken for what it is, it can't be known too early.
_MIDNIGHT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ]00:00:00(?:\.0+)?"
    r"(?: ?UTC|Z|[+-]00:?00|(?P<offset>[+-](?:0\d|1[0-4]):?[0-5]\d))?"
)

_TEXTLESS = (
    "Neither a text nor a title: columns of texts may be called "
    f"{', '.join(SPELLINGS['text'])}; of titles {', '.join(SPELLINGS['title'])}."
)


class Row(NamedTuple):
    """One row of a corpus: an article, or the reason why it is none."""

    place: str
    article: Article | None
    reason: str = ""
    detail: str = ""


def cut(corpus: Path, *, shard_bytes: int = SHARD_BYTES) -> tuple[list[Shard], list[Row]]:
    """Cut a file, or all files of a folder, into shards.

    Returns
    -------
    The shards in the order of the files' names, and one row for each file that can't be read.

    Raises
    ------
    ConfigError
        There is no such corpus, or it holds no file of a known kind.
    """
    files, unreadable = _files_of(corpus)
    shards: list[Shard] = []
    for path in files:
        kind = KINDS[path.suffix.lower()]
        try:
            header, bounds = FORMATS[kind].cut(path, shard_bytes)
        except (OSError, ValueError) as error:
            unreadable.append(Row(str(path), None, "unreadable_file", str(error)[:300]))
            continue
        for start, end in pairwise(bounds):
            shards.append(Shard(len(shards), str(path.absolute()), kind, start, end, header))
    return shards, unreadable


def is_scored(folder: Path) -> bool:
    """Tell whether ``signals score`` has written to a folder."""
    return (folder / "plan.json").is_file() and (folder / "shards").is_dir()


def files_below(corpus: Path) -> list[Path]:
    """Give the files of a corpus by their names.

    Hidden ones are none of it, nor is what was scored into a folder of the corpus itself.
    """
    if corpus.is_file():
        return [corpus]
    there = sorted(path for path in corpus.rglob("*") if path.is_file())
    scored = set(filter(is_scored, {path.parent for path in there}))
    return [
        path
        for path in there
        if scored.isdisjoint(path.parents)
        and not any(part.startswith(".") for part in path.relative_to(corpus).parts)
    ]


def _files_of(corpus: Path) -> tuple[list[Path], list[Row]]:
    """Give the files of a corpus that can be cut, and a row for each other one with data."""
    if not corpus.exists():
        raise ConfigError(f"There is no corpus at {corpus}.")
    if is_scored(corpus):
        raise ConfigError(f"{corpus} holds what `signals score` wrote: name the articles instead.")
    there = files_below(corpus)
    files = [path for path in there if path.suffix.lower() in KINDS]
    unread = [
        Row(str(path), None, "unreadable_file", why)
        for path in there
        if path not in files and (why := _why_unread(path))
    ]
    if not files:
        why = f" {unread[0].place}: {unread[0].detail}" if unread else ""
        raise ConfigError(f"{corpus} holds no {_KNOWN} file.{why}")
    return files, unread


def _why_unread(path: Path) -> str:
    """Say why a file that looks like data is left; nothing of notes and the like."""
    ending = path.suffix.lower()
    if ending in _OTHERS:
        return f"It is none of {_KNOWN}: turn it into one."
    packed = ending in _PACKED and Path(path.stem).suffix.lower() in KINDS
    return "It is compressed: unpack it first." if packed else ""


def read_shard(shard: Shard) -> Iterator[Row]:
    """Give the rows of a shard one by one; a row that is no article comes with its reason.

    Raises
    ------
    ArticleError
        The file can't be read, though it could be when it was cut.
    """
    name = Path(shard.path).name
    try:
        for place, record in FORMATS[shard.kind].read(shard):
            yield _row(f"{name}:{place}", record)
    except OSError as error:
        raise ArticleError(f"{shard.path} can't be read: {error.strerror or error}.") from error


def _row(place: str, record: Mapping[str, Any] | str) -> Row:
    if isinstance(record, str):
        return Row(place, None, "malformed", record)
    text, title, published, source, url, updated = (
        _first(record, names) for names in _columns(tuple(record))
    )
    if text is None and title is None:
        return Row(place, None, "empty", _TEXTLESS)
    text = "" if text is None else str(text)
    if len(text) > MAX_BYTES:
        return Row(place, None, "too_large", f"{len(text)} characters.")
    stamp, zone = (None, None) if published is None else _stamp(published)
    try:
        article = Article.from_text(
            text,
            title=str(title) if title else None,
            published=stamp,
            zone=zone,
            source=str(source or "") or None,
            url=str(url or "") or None,
        )
        if updated is not None:
            article = _revised(article, *_stamp(updated))
    except ArticleError as error:
        return Row(place, None, "no_article" if published is None else "no_time", str(error)[:300])
    except ConfigError as error:
        return Row(place, None, "contradicts_itself", str(error)[:300])
    return Row(place, article)


def _revised(article: Article, updated: str, zone: tzinfo | None) -> Article:
    """Note when a text was changed: what it says may be of then."""
    changed = parse_updated(updated, zone=zone).last_second
    later = article.published is not None and changed > article.published
    return replace(article, updated=changed) if later else article


def _first(record: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """Give the first of a record's values that says something."""
    for name in names:
        value = record[name]
        if value is not None and value != "":
            return value
    return None


@lru_cache(256)
def _columns(written: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Give, for each of ``SPELLINGS``, those of a record's names that may mean it, in order."""
    spelled = {str(name).strip().lower(): name for name in written}
    return tuple(
        tuple(spelled[name] for name in names if name in spelled) for names in SPELLINGS.values()
    )


def _stamp(published: object) -> tuple[str, tzinfo | None]:
    """Give a stamp as articles take it; of a midnight its day, and the zone that it states."""
    text = str(published).strip()
    day = _MIDNIGHT.fullmatch(text)
    if day:
        offset = day["offset"]
        return day[1], datetime.strptime(offset, "%z").tzinfo if offset else None
    return f"{text.removesuffix('UTC').rstrip()}+00:00" if text.endswith("UTC") else text, None
