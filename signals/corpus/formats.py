"""The formats of a corpus: JSON Lines, CSV and Parquet, how a file is cut and how it is read.

A shard is a part of one file: bytes that begin and end between two records, or row groups. To cut
a file costs one look at a few of its bytes; CSV is read once, since a line break may stand inside
a quoted text. A format is a row of ``FORMATS``.
"""

from __future__ import annotations

import csv
import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from signals.news.storable import MAX_BYTES
from signals.sources.tables import SPELLINGS

_CHUNK = 1 << 20
_LOOK = 200  # lines in which the end of a record with a broken quote is searched


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


FORMATS: Mapping[str, _Format] = {
    "jsonl": _Format((".jsonl", ".ndjson"), _json_bounds, _json_records),
    "csv": _Format((".csv",), _csv_bounds, _csv_records),
    "parquet": _Format((".parquet",), _parquet_bounds, _parquet_records),
}
KINDS = {ending: kind for kind, one in FORMATS.items() for ending in one.endings}
"""What the name of a file ends in -> its format, by its name in ``FORMATS``."""
