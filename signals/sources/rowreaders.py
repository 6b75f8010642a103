"""One record of a table after another, in bounded memory: a file of any size can be read.

What can't be a record comes out as an :class:`ItemError` in its place, so that the caller
quarantines it and goes on.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from signals.errors import ArticleError
from signals.sources.source import MAX_RECORD, ItemError, opened

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Record = tuple[str, Mapping[str, object] | ItemError]
"""The place of a record, and its fields by name or why it can't be read."""

_BOM = b"\xef\xbb\xbf"
_TOO_LONG = f"It is longer than {MAX_RECORD // 1_000_000} MB, which no record of an article is."
# Lines may be read again after a quote that is never closed, but not without end.
_MOST_READ_AGAIN = 16 * MAX_RECORD
_ROWS_AT_ONCE = 64
_NAIVE = re.compile(r"(datetime64|timestamp)\[\w+\](\[pyarrow\])?")  # instants without a zone


def json_lines(path: Path) -> Iterator[Record]:
    """Read a file of JSON Lines: one object a line.

    Raises
    ------
    ArticleError
        The file can't be read, or is one JSON array.
    """
    with opened(path) as file:
        begun = False
        for number, line in _lines(file):
            if isinstance(line, ItemError):
                yield f"line {number}", line
            elif not begun and line.lstrip().startswith(b"["):
                raise ArticleError(
                    f"{path.name} is a JSON array, not JSON Lines: write one object a line."
                )
            elif line.strip():
                begun = True
                yield f"line {number}", _json_object(line)


def _json_object(line: bytes) -> Mapping[str, object] | ItemError:
    try:
        record = parse_json(line)
    except ItemError as refusal:
        return refusal
    if not isinstance(record, dict):
        return ItemError("malformed", "The line is JSON, but no object.")
    return record


def parse_json(content: bytes) -> object:
    """Read JSON; NaN and the infinities, which JSON lacks, are read as null.

    Raises
    ------
    ItemError
        It is no JSON, or no UTF-8.
    """
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=lambda _: None)
    except UnicodeDecodeError as error:
        raise ItemError("malformed", "It isn't UTF-8. Save it as UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise ItemError("malformed", f"It is no JSON: {error}.") from error


def csv_rows(path: Path) -> Iterator[Record]:
    """Read a CSV file with a header; fields may hold line feeds, in quotes.

    A record whose quotes don't match is refused, and reading goes on in the line after the one in
    which it began, so that one stray quote doesn't swallow its neighbours.

    Raises
    ------
    ArticleError
        The file can't be read, is empty, or names a column twice.
    """
    with opened(path) as file:
        header: list[str] | None = None
        for place, row in _csv_records(_Lines(file)):
            if header is None:
                header = _header(path, row)
            elif isinstance(row, ItemError):
                yield place, row
            elif len(row) != len(header):
                told = f"It has {len(row)} fields, the header has {len(header)}."
                yield place, ItemError("malformed", told)
            else:
                yield place, dict(zip(header, row, strict=True))
    if header is None:
        raise ArticleError(
            f"{path.name} is empty: a CSV file begins with the names of its columns."
        )


def parquet_rows(path: Path) -> Iterator[Record]:
    """Read a Parquet file, some rows at a time.

    Raises
    ------
    ArticleError
        The file can't be read, is no Parquet, or pyarrow isn't installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ArticleError(
            f"Reading {path.name} needs pyarrow: pip install 'market-news-signals[parquet]'."
        ) from error
    with opened(path):
        number = 0  # what is missing or no file is told as for the other kinds
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
                for row in _rows_of(batch):
                    number += 1
                    yield f"row {number}", row
    except (pa.ArrowException, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0].rstrip(".")
        raise ArticleError(f"{path.name} can't be read as Parquet: {reason[:200]}.") from error


def frame_rows(
    given: Any, *, index: Callable[[tuple[object, ...]], Mapping[str, str]]
) -> Iterator[Record]:
    """Read a DataFrame, some rows at a time; what pandas calls missing is None.

    A column of midnights without a zone is one of dates, for which pandas has no other type.

    Parameters
    ----------
    given
        A frame of pandas, or one that has ``to_pandas()``.
    index
        Says which of some names are columns of articles: an index that has one is a column.

    Raises
    ------
    ArticleError
        Two columns have one name.
    """
    frame: pd.DataFrame = given.to_pandas() if hasattr(given, "to_pandas") else given
    if index(tuple(name for name in frame.index.names if name is not None)):
        frame = frame.reset_index()
    names = [str(name) for name in frame.columns]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ArticleError(f"The frame of articles has two columns {twice!r}; keep one.")
    frame = frame.set_axis(names, axis=1)
    for name in [name for name in names if _is_of_days(frame[name])]:
        frame[name] = frame[name].dt.date
    for start in range(0, len(frame), _ROWS_AT_ONCE):
        part = frame.iloc[start : start + _ROWS_AT_ONCE]
        missing = part.isna().to_numpy()
        for label, row, gaps in zip(
            part.index, part.astype(object).to_numpy(), missing, strict=True
        ):
            cells = (None if gap else _plain(cell) for cell, gap in zip(row, gaps, strict=True))
            yield f"row {label}", dict(zip(names, cells, strict=True))


def _is_of_days(column: pd.Series) -> bool:
    return _NAIVE.fullmatch(str(column.dtype)) is not None and bool(
        (column.dt.normalize() == column)[column.notna()].all()
    )


def _plain(cell: Any) -> object:
    """Give a cell of a frame as Python's own: a time to the microsecond, an array as a list."""
    if hasattr(cell, "to_pydatetime"):
        return cell.to_pydatetime(warn=False)
    return cell.tolist() if hasattr(cell, "tolist") else cell


def _rows_of(batch: pa.RecordBatch) -> Iterator[Mapping[str, object] | ItemError]:
    """Give the rows of a batch; one that can't be decoded doesn't take the others with it."""
    for at in range(batch.num_rows):
        try:
            yield batch.slice(at, 1).to_pylist()[0]
        except (ValueError, OverflowError) as error:  # a text that isn't UTF-8, a year 300,000
            yield ItemError("malformed", f"The row can't be read: {error}.")


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | ItemError]]:
    """Give the lines and their numbers; one that is too long is refused, and skipped in pieces."""
    number = 0
    while line := file.readline(MAX_RECORD + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(_BOM)
        if len(line) > MAX_RECORD and not line.endswith(b"\n"):
            while (piece := file.readline(MAX_RECORD)) and not piece.endswith(b"\n"):
                pass
            yield number, ItemError("oversized", _TOO_LONG)
        else:
            yield number, line


class _Lines:
    """The lines of a file for csv.reader, with those of the present record kept at hand."""

    def __init__(self, file: BinaryIO) -> None:
        self._fresh = _lines(file)
        self._again: list[tuple[int, bytes | ItemError]] = []
        self._record: list[tuple[int, bytes | ItemError]] = []
        self._size = 0
        self._read_again = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        number, line = self._again.pop() if self._again else next(self._fresh)
        self._record.append((number, line))
        if isinstance(line, ItemError):
            raise line
        self._size += len(line)
        if self._size > MAX_RECORD:
            raise ItemError("oversized", _TOO_LONG)
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ItemError("malformed", "It isn't UTF-8. Save it as UTF-8.") from error

    @property
    def place(self) -> str:
        """The line in which the present record began."""
        return f"line {self._record[0][0]}" if self._record else "the end"

    def begin(self) -> None:
        """Forget the last record."""
        self._record.clear()
        self._size = 0

    def return_all_but_one(self) -> None:
        """Read the lines of the record once more, but for its first."""
        if self._read_again <= _MOST_READ_AGAIN:
            self._read_again += self._size
            self._again.extend(reversed(self._record[1:]))


def _csv_records(lines: _Lines) -> Iterator[tuple[str, list[str] | ItemError]]:
    reader = csv.reader(lines, strict=True)
    while True:
        lines.begin()
        try:
            with _wide_fields():
                row = next(reader)
        except StopIteration:
            return
        except (csv.Error, ItemError) as error:
            place = lines.place
            lines.return_all_but_one()
            reader = csv.reader(lines, strict=True)
            yield place, _refusal_of(error)
            continue
        if any(field.strip() for field in row):
            yield lines.place, row


def _refusal_of(error: csv.Error | ItemError) -> ItemError:
    if isinstance(error, ItemError):
        return error
    if str(error).startswith("new-line character"):
        return ItemError("malformed", "Its lines end in carriage returns: save it with line feeds.")
    return ItemError("malformed", f"Its quotes can't be right: {error}.")


@contextmanager
def _wide_fields() -> Iterator[None]:
    """Let a field be as long as an article, without leaving the limit changed for others."""
    before = csv.field_size_limit(MAX_RECORD)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _header(path: Path, row: list[str] | ItemError) -> list[str]:
    if isinstance(row, ItemError):
        _fail(path, str(row))
    names = [name.strip() for name in row]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        _fail(path, f"there are two columns {twice!r}; keep one")
    return names


def _fail(path: Path, reason: str) -> NoReturn:
    raise ArticleError(f"The header of {path.name} can't be read: {reason.rstrip('.')}.")
