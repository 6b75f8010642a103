"""Corpora of any size, cut into shards that can be read alone; of each row its article.

Files are read as the sources of articles read them, row by row with the same ids and reasons, but
for articles that state no time: words without a time have a score as well, and a study of the
corpus leaves them out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from signals.corpus.corpusfiles import KNOWN, files_of, stamp_of
from signals.corpus.formats import FORMATS, KEPT, KINDS, Shard, printable
from signals.errors import ArticleError, ConfigError
from signals.news.article import Article
from signals.sources.refusals import ItemError, quarantine
from signals.sources.rowreaders import Begin, Part
from signals.sources.source import article_of, is_nothing, read_time
from signals.sources.tables import draft_of, known_columns

CHANGED: Final = (
    "has changed while the corpus was scored: score it anew, into another folder, when nobody "
    "writes to it."
)

SHARD_BYTES: Final = 4_000_000
"""Some three thousand articles: seconds of work, and little to do again after a kill."""


class Row(NamedTuple):
    """One row of a corpus: an article, or the reason why it is none."""

    place: str
    article: Article | None
    reason: str = ""
    detail: str = ""


def cut(corpus: Path, *, shard_bytes: int = SHARD_BYTES) -> tuple[list[Shard], list[Row]]:
    """Cut a file, or all files of a folder, into shards.

    JSON Lines and CSV are read once for it, so that a row is told by its line.

    Returns
    -------
    The shards in the order of the files' names, and one row for each file that can't be read.

    Raises
    ------
    ConfigError
        There is no such corpus, or it holds no file of a known kind.
    """
    there = files_of(corpus)
    unreadable = [_unread(name, why) for _, name, why in there if why]
    if len(unreadable) == len(there):
        why = f" {unreadable[0].place}: {unreadable[0].detail}" if unreadable else ""
        raise ConfigError(f"{corpus} holds no {KNOWN} file.{why}")
    root = str((corpus if corpus.is_dir() else corpus.parent).absolute())
    shards: list[Shard] = []
    for path, name, why in there:
        if why:
            continue
        kind = KINDS[path.suffix.lower()]
        try:
            stamp = stamp_of(path)
            columns, begins = FORMATS[kind].cut(path)
            parts = _parts(begins, shard_bytes)
        except (ArticleError, OSError) as error:
            unreadable.append(_unread(name, printable(str(error))[:300]))
            continue
        for part in parts:
            shards.append(Shard(len(shards), name, kind, part, tuple(columns), root, stamp))
    return shards, unreadable


def _unread(name: str, why: str) -> Row:
    return Row(printable(name), None, "unreadable", why)


def read_shard(shard: Shard) -> Iterator[Row]:
    """Give the rows of a shard one by one; a row that is no article comes with its reason.

    Raises
    ------
    ArticleError
        The file can't be read, though it could be when it was cut, or was written to since: where
        its records begin is not known any more.
    """
    _check_stamp(shard)
    name = printable(shard.path)
    for place, record in FORMATS[shard.kind].read(shard.file, shard.part, shard.header):
        yield _row(f"{name}, {place}", record)
    _check_stamp(shard)


def _check_stamp(shard: Shard) -> None:
    with suppress(FileNotFoundError):  # as reading it says, or all was read before
        if stamp_of(shard.file) != shard.stamp:
            raise ArticleError(f"{printable(shard.path)} {CHANGED}")


def _row(place: str, record: Mapping[str, object] | ItemError) -> Row:
    try:
        if isinstance(record, ItemError):
            raise record
        draft = draft_of(record, known_columns(tuple(record)))
        if draft.provider:
            # Others would be written nowhere, and a story under many symbols is one article.
            draft.provider = {name: draft.provider[name] for name in KEPT & draft.provider.keys()}
        time = None if is_nothing(draft.published) else read_time(draft.published, None)
        return Row(place, article_of(draft, time))
    except ItemError as error:
        refused = quarantine("", place, error)
        return Row(refused.place, None, refused.reason, refused.detail)


def _parts(begins: Iterator[Begin], size: int) -> list[Part]:
    """Join records to parts of at least ``size`` bytes."""
    bounds = [next(begins)]
    last = bounds[0]
    for last in begins:
        if last[0] - bounds[-1][0] >= size:
            bounds.append(last)
    if last[1] > bounds[-1][1]:
        bounds.append(last)
    return [Part(one[1], other[1], one[2], other[2]) for one, other in pairwise(bounds)]
