"""The records of a CSV file, one after the other: a stray quote costs its own record only."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NoReturn

from signals.errors import ArticleError
from signals.sources.refusals import ItemError
from signals.sources.rowreaders import (
    TOO_LONG,
    WHOLE,
    Begin,
    Line,
    Part,
    Record,
    lines_of,
    text_of,
)
from signals.sources.source import MAX_RECORD, opened

# Lines may be read again after a quote that is never closed, but not without end.
_MOST_READ_AGAIN = 16 * MAX_RECORD


def csv_rows(path: Path, part: Part = WHOLE, header: Sequence[str] = ()) -> Iterator[Record]:
    """Read a CSV file with a header; fields may hold line feeds, in quotes.

    A record whose quotes don't match is refused, and reading goes on in the line after the one in
    which it began, so that one stray quote doesn't swallow its neighbours. A part of a file is
    read with its ``header``.

    Raises
    ------
    ArticleError
        The file can't be read, is empty, or names a column twice.
    """
    if not header:
        header, part = _header(path)
    with opened(path) as file:
        for number, start, row in _rows(_Lines(file, part), len(header)):
            if start >= part.end:
                return
            if isinstance(row, ItemError):
                yield f"line {number}", row
            else:
                yield f"line {number}", dict(zip(header, row, strict=True))


def csv_begins(path: Path) -> tuple[list[str], Iterator[Begin]]:
    """Name the columns, and tell where records begin, and last where the file ends.

    They are those of reading the whole file, which is therefore parsed: a quote within a field, or
    a stray one, tells nothing of the lines after it.

    Raises
    ------
    ArticleError
        As :func:`csv_rows` does.
    """
    header, part = _header(path)
    return header, _begins(path, part, len(header))


def _begins(path: Path, part: Part, n_fields: int) -> Iterator[Begin]:
    with opened(path) as file:
        lines = _Lines(file, part)
        for number, start, _ in _rows(lines, n_fields):
            yield start, start, number
        yield file.tell(), file.tell(), lines.read + 1


class _Lines:
    """The lines of a file for csv.reader, with those of the present record kept at hand."""

    def __init__(self, file: BinaryIO, part: Part) -> None:
        self._fresh = lines_of(file, part)
        self._again: list[Line] = []
        self._record: list[Line] = []
        self._size = 0
        self._read_again = 0
        self.read = part.first - 1  # the number of the last line that was read

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._fresh)
        self.read = max(self.read, line[0])
        self._record.append(line)
        content = line[2]
        if isinstance(content, ItemError):
            raise content
        self._size += len(content)
        if self._size > MAX_RECORD:
            raise ItemError("oversized", TOO_LONG)
        if self._read_again > _MOST_READ_AGAIN and len(self._record) > 1:
            raise ItemError("malformed", "A quote is not closed in its line, as in many before.")
        return text_of(content)

    @property
    def first(self) -> int:
        """The number of the line in which the present record began."""
        return self._record[0][0]

    @property
    def begun_with(self) -> bytes:
        """What stands in that line; nothing of one that is too long."""
        content = self._record[0][2]
        return b"" if isinstance(content, ItemError) else content.strip()

    @property
    def start(self) -> int:
        """Where in the file the present record began."""
        return self._record[0][1]

    @property
    def last(self) -> int:
        """The number of the last line of the present record."""
        return self._record[-1][0]

    def begin(self) -> None:
        """Forget the last record."""
        self._record.clear()
        self._size = 0

    def return_all_but_one(self) -> None:
        """Read the lines of the record once more, but for its first."""
        self._read_again += self._size
        self._again.extend(reversed(self._record[1:]))


_Row = tuple[int, int, list[str] | ItemError]
"""The number of the line in which a record began, where that is in the file, and its fields."""


def _rows(lines: _Lines, n_fields: int) -> Iterator[_Row]:
    """Give the records that have as many fields as the header, and why others can't be read.

    What follows a record of many lines that is too long, and is no row, are lines of it: they are
    told with it. A quote that was never closed has rows behind it.
    """
    long: _Row | None = None
    behind = 0
    for row in _csv_records(lines):
        one: _Row = lines.first, lines.start, _checked(row, n_fields)
        if long and isinstance(one[2], ItemError) and one[2].reason == "malformed":
            behind += 1
            continue
        if long:
            yield _with_lines(long, behind)
            long, behind = None, 0
        if isinstance(one[2], ItemError) and one[2].reason == "oversized" and lines.last > one[0]:
            long = one
        else:
            yield one
    if long:
        yield _with_lines(long, behind)


def _checked(row: list[str] | ItemError, n_fields: int) -> list[str] | ItemError:
    if isinstance(row, ItemError) or len(row) == n_fields:
        return row
    told = f"It has {len(row)} fields, the header has {n_fields}."
    return ItemError("malformed", told, "\x1f".join(row).encode())


def _with_lines(long: _Row, behind: int) -> _Row:
    number, start, refusal = long
    told = (
        f"{TOO_LONG} {behind:,} lines behind its first are no rows either." if behind else TOO_LONG
    )
    content = refusal.content if isinstance(refusal, ItemError) else b""
    return number, start, ItemError("oversized", told, content)


def _csv_records(lines: _Lines) -> Iterator[list[str] | ItemError]:
    reader = csv.reader(lines, strict=True)
    while True:
        lines.begin()
        try:
            row = _next_row(reader)
        except StopIteration:
            return
        except (csv.Error, ItemError) as error:
            refusal = _refusal_of(error)
            refusal.content = lines.begun_with
            lines.return_all_but_one()
            reader = csv.reader(lines, strict=True)
            yield refusal
            continue
        if any(map(str.strip, row)):
            yield row


def _refusal_of(error: csv.Error | ItemError) -> ItemError:
    if isinstance(error, ItemError):
        return error
    if str(error).startswith("new-line character"):
        return ItemError("malformed", "Its lines end in carriage returns: save it with line feeds.")
    return ItemError("malformed", f"Its quotes can't be right: {error}.")


def _next_row(reader: Iterator[list[str]]) -> list[str]:
    """Let a field be as long as an article, without leaving the limit changed for others."""
    before = csv.field_size_limit(MAX_RECORD)
    try:
        return next(reader)
    finally:
        csv.field_size_limit(before)


def _header(path: Path) -> tuple[list[str], Part]:
    """Read the names of the columns, and tell where the records are."""
    with opened(path) as file:
        lines = _Lines(file, WHOLE)
        for row in _csv_records(lines):
            if isinstance(row, ItemError):
                _fail(path, str(row))
            names = [name.strip() for name in row]
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                _fail(path, f"there are two columns {twice!r}; keep one")
            return names, Part(start=file.tell(), first=lines.last + 1)
    raise ArticleError(f"{path.name} is empty: a CSV file begins with the names of its columns.")


def _fail(path: Path, reason: str) -> NoReturn:
    raise ArticleError(f"The header of {path.name} can't be read: {reason.rstrip('.')}.")
