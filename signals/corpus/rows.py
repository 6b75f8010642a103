"""Corpora of any size, cut into shards that can be read alone: JSON Lines, CSV and Parquet.

A shard is a part of one file: bytes that begin and end between two records, or row groups. To cut
a file costs one look at a few of its bytes; CSV is read once, since a line break may stand inside
a quoted text.
"""

from __future__ import annotations

import csv
import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from signals.errors import ArticleError, ConfigError
from signals.news.article import Article
from signals.news.published import parse_updated
from signals.news.storable import MAX_BYTES
from signals.sources.tables import SPELLINGS

SHARD_BYTES: Final = 4_000_000
"""Some three thousand articles: seconds of work, and little to do again after a kill."""

_PACKED = frozenset({".gz", ".bz2", ".xz", ".zst", ".zip"})
# They hold rows as well, in ways that can't be cut: notes and the like beside a corpus are no loss.
_OTHERS = frozenset({".json", ".tsv", ".xml", ".xlsx", ".xls", ".feather", ".arrow", ".orc"})
_CHUNK = 1 << 20
_LOOK = 200  # lines in which the end of a record with a broken quote is searched
# Vendors state a bare day as midnight: taken for what it is, it can't be known too early.
_MIDNIGHT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ]00:00:00(?:\.0+)?"
    r"(?: ?UTC|Z|[+-]00:?00|(?P<offset>[+-](?:0\d|1[0-4]):?[0-5]\d))?"
)

_TEXTLESS = (
    "Neither a text nor a title: columns of texts may be called "
    f"{', '.join(SPELLINGS['text'])}; of titles {', '.join(SPELLINGS['title'])}."
)


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of a file: bytes ``start`` to ``end``, or row groups of a Parquet file."""

    number: int
    path: str
    kind: str
    start: int
    end: int
    header: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name its folder of output."""
        return f"{self.number:06d}"


_Bounds = tuple[tuple[str, ...], list[int]]  # header, and where shards begin and end
_Records = Iterator[tuple[int, Mapping[str, Any] | str]]  # with their places


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
        kind = _KINDS[path.suffix.lower()]
        try:
            header, bounds = _FORMATS[kind].cut(path, shard_bytes)
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
    files = [path for path in there if path.suffix.lower() in _KINDS]
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
    packed = ending in _PACKED and Path(path.stem).suffix.lower() in _KINDS
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
        for place, record in _FORMATS[shard.kind].read(shard):
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


def _json_bounds(path: Path, size: int) -> _Bounds:
    total = path.stat().st_size
    bounds = [0]
    with path.open("rb") as file:
        while bounds[-1] + size < total:
            file.seek(bounds[-1] + size)
            file.readline(MAX_BYTES * 4)
            bounds.append(file.tell())
    return (), [*bounds, total] if bounds[-1] < total else bounds


def _json_records(shard: Shard) -> _Records:
    with Path(shard.path).open("rb") as file:
        file.seek(shard.start)
        lines = file.read(shard.end - shard.start).split(b"\n")
    behind = shard.start
    for line in lines:
        place, behind = behind, behind + len(line) + 1
        if not line.strip():
            continue
        try:
            record = json.loads(_decode(line))
        except (ValueError, RecursionError) as error:
            yield place, f"No JSON: {error}"[:300]
            continue
        yield place, record if isinstance(record, dict) else "A row is an object of JSON."


def _decode(line: bytes) -> str:
    try:
        return line.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _csv_bounds(path: Path, size: int) -> _Bounds:
    """Find line breaks outside quotes, about ``size`` bytes apart, in one pass."""
    with path.open("rb") as file:
        header = _csv_header(file)
        place = file.tell()
        bounds = [place]
        quoted = False
        while lines := file.readlines(_CHUNK):
            for line in lines:
                place += len(line)
                quoted ^= line.count(b'"') % 2 == 1
                far = place - bounds[-1]
                # A quote that is never closed would make one shard of all the rest.
                if (not quoted and far >= size) or (far >= 2 * size and _whole(line, len(header))):
                    bounds.append(place)
                    quoted = False
    return header, [*bounds, place] if bounds[-1] < place else bounds


def _csv_header(file: BinaryIO) -> tuple[str, ...]:
    """Read the names of the columns, of which one at least must be known."""
    header = tuple(name.strip() for name in next(csv.reader([_decode(file.readline())]), []))
    if not header:
        raise ValueError("It is empty.")
    known = {name for names in SPELLINGS.values() for name in names}
    if known.isdisjoint(name.lower() for name in header):
        here, right = ", ".join(header[:9]), ", ".join(sorted(known))
        raise ValueError(f"None of its columns ({here}) is known; right would be: {right}.")
    return header


def _whole(line: bytes, width: int) -> bool:
    """Tell whether a line is a record by itself."""
    return line.count(b'"') % 2 == 0 and _fields(line, width) is not None


def _fields(record: bytes, width: int) -> list[str] | None:
    try:
        rows = list(csv.reader(_decode(record).splitlines(keepends=True), strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 and len(rows[0]) == width else None


def _csv_records(shard: Shard) -> _Records:
    """Join lines to records; where a quote is broken, lose one line and find the next record."""
    width = len(shard.header)
    with Path(shard.path).open("rb") as file:
        file.seek(shard.start)
        place = shard.start
        while place < shard.end:
            record = _next_record(file, shard.end)
            if not record.strip():
                place = file.tell()
                continue
            fields = _fields(record, width)
            if fields is None:
                line = record.splitlines(keepends=True)[0]
                file.seek(place + len(line))
                yield place, f"No record of {width} fields begins here: {line[:80]!r}"
            else:
                yield place, dict(zip(shard.header, fields, strict=True))
            place = file.tell()


def _next_record(file: BinaryIO, end: int) -> bytes:
    """Read lines until every quote is closed; give up where that takes too long."""
    lines = [file.readline()]
    quotes = lines[0].count(b'"')
    while quotes % 2 and file.tell() < end and len(lines) < _LOOK:
        line = file.readline()
        quotes += line.count(b'"')
        lines.append(line)
    return b"".join(lines)


def _parquet_bounds(path: Path, size: int) -> _Bounds:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        bounds, gathered = [0], 0
        for group in range(file.num_row_groups):
            gathered += file.metadata.row_group(group).total_byte_size
            if gathered >= size or group + 1 == file.num_row_groups:
                bounds.append(group + 1)
                gathered = 0
    return (), bounds


def _parquet_records(shard: Shard) -> _Records:
    import pyarrow.parquet as pq

    wanted = {name for names in SPELLINGS.values() for name in names}
    with pq.ParquetFile(shard.path) as file:
        columns = [name for name in file.schema_arrow.names if name.lower() in wanted]
        groups = range(shard.start, shard.end)
        place = sum(file.metadata.row_group(group).num_rows for group in range(shard.start))
        end = place + sum(file.metadata.row_group(group).num_rows for group in groups)
        try:
            for batch in file.iter_batches(1000, row_groups=list(groups), columns=columns):
                for record in batch.to_pylist():
                    yield place, record
                    place += 1
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # not the file, but the way to it
            for lost in range(place, end):
                yield lost, f"Its row group can't be read from row {place} on: {error}"


class _Format(NamedTuple):
    """What files of a kind end in, how one is cut, and how the records of its shards are read."""

    endings: tuple[str, ...]
    cut: Callable[[Path, int], _Bounds]
    read: Callable[[Shard], _Records]


_FORMATS: Mapping[str, _Format] = {
    "jsonl": _Format((".jsonl", ".ndjson"), _json_bounds, _json_records),
    "csv": _Format((".csv",), _csv_bounds, _csv_records),
    "parquet": _Format((".parquet",), _parquet_bounds, _parquet_records),
}
_KINDS = {ending: kind for kind, one in _FORMATS.items() for ending in one.endings}
_KNOWN = ", ".join(sorted(_KINDS))
