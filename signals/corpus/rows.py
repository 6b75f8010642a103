"""Corpora of any size, cut into shards that can be read alone; of each row its article.

Files are read as the sources of articles read them, row by row with the same ids and reasons, but
for articles that state no time: words without a time have a score as well, and a study of the
corpus leaves them out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from signals.corpus.formats import FORMATS, KEPT, KINDS, Shard
from signals.errors import ArticleError, ConfigError
from signals.news.article import Article
from signals.sources.refusals import ItemError, quarantine
from signals.sources.rowreaders import Begin, Part
from signals.sources.source import article_of, is_nothing, read_time
from signals.sources.tables import draft_of, known_columns

SHARD_BYTES: Final = 4_000_000
"""Some three thousand articles: seconds of work, and little to do again after a kill."""

_KNOWN = ", ".join(sorted(KINDS))
_PACKED = frozenset({".gz", ".bz2", ".xz", ".zst", ".zip"})
# They hold rows as well, in ways that can't be cut: notes and the like beside a corpus are no loss.
_OTHERS = frozenset({".json", ".tsv", ".xml", ".xlsx", ".xls", ".feather", ".arrow", ".orc"})


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
    files, unreadable = _files_of(corpus)
    shards: list[Shard] = []
    for path in files:
        kind = KINDS[path.suffix.lower()]
        try:
            names, begins = FORMATS[kind].cut(path)
            parts = _parts(begins, shard_bytes)
        except (ArticleError, OSError) as error:
            unreadable.append(Row(str(path), None, "unreadable", str(error)[:300]))
            continue
        for part in parts:
            shards.append(Shard(len(shards), str(path.absolute()), kind, part, tuple(names)))
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
        Row(str(path), None, "unreadable", why)
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
    path = Path(shard.path)
    name = path.name
    for place, record in FORMATS[shard.kind].read(path, shard.part, shard.header):
        yield _row(f"{name}, {place}", record)


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
