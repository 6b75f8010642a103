"""One record of a table after another, in bounded memory: a file of any size can be read.

What can't be a record comes out as an :class:`ItemError` in its place, so that the caller
quarantines it and goes on. A file can be read in parts, one by one: ``*_begins`` says where its
records begin, and what is read of a :class:`Part` is what is read there of the whole file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from signals.errors import ArticleError
from signals.sources.refusals import ItemError
from signals.sources.source import MAX_RECORD, opened

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

Record = tuple[str, Mapping[str, object] | ItemError]
"""The place of a record, and its fields by name or why it can't be read."""

_BOM = b"\xef\xbb\xbf"
TOO_LONG = f"It is longer than {MAX_RECORD // 1_000_000} MB, which no record of an article is."
_ROWS_AT_ONCE = 500
_JSON = json.JSONDecoder(parse_constant=lambda _: None)


class Part(NamedTuple):
    """A part of a file that begins and ends between two records.

    ``start`` to before ``end`` are bytes, of Parquet row groups; ``first`` to before ``behind`` are
    the numbers of its lines, of Parquet of its rows, counted from 1.
    """

    start: int = 0
    end: int = sys.maxsize
    first: int = 1
    behind: int = sys.maxsize


WHOLE = Part()


Begin = tuple[int, int, int]
"""Where a record begins: behind how many bytes, where as ``Part`` tells it, and its number."""


def json_lines(path: Path, part: Part = WHOLE, _: Sequence[str] = ()) -> Iterator[Record]:
    """Read a file of JSON Lines: one object a line.

    Raises
    ------
    ArticleError
        The file can't be read, or is one JSON array.
    """
    with opened(path) as file:
        for number, start, line in _objects(file, part):
            if start >= part.end:
                return
            yield f"line {number}", line if isinstance(line, ItemError) else _json_object(line)


def json_begins(path: Path) -> Iterator[Begin]:
    """Tell where the records of JSON Lines begin, and last where the file ends."""
    with opened(path) as file:
        number = 0
        for number, start, _ in _objects(file, WHOLE):
            yield start, start, number
        yield file.tell(), file.tell(), number + 1


def _objects(file: BinaryIO, part: Part) -> Iterator[Line]:
    """Give the lines that aren't blank."""
    begun = part.start > 0
    for line in lines_of(file, part):
        content = line[2]
        if isinstance(content, bytes) and content.isspace():
            continue
        if not begun:
            if isinstance(content, bytes) and content.lstrip().startswith(b"["):
                name = Path(file.name).name
                raise ArticleError(
                    f"{name} is a JSON array, not JSON Lines: write one object a line."
                )
            begun = True
        yield line


def _json_object(line: bytes) -> Mapping[str, object] | ItemError:
    try:
        record = parse_json(text_of(line))
    except ItemError as refusal:
        refusal.content = line.strip()
        return refusal
    if not isinstance(record, dict):
        return ItemError("malformed", "The line is JSON, but no object.", line.strip())
    return record


def parse_json(text: str) -> object:
    """Read JSON; NaN and the infinities, which JSON lacks, are read as null.

    Raises
    ------
    ItemError
        It is no JSON.
    """
    text = text.strip(" \t\r\n")
    try:
        value, end = _JSON.raw_decode(text)  # decode() takes a quarter longer
        if end < len(text):
            raise json.JSONDecodeError("Extra data", text, end)
    except (ValueError, RecursionError) as error:
        raise ItemError("malformed", f"It is no JSON: {error}.") from error
    return value


def parquet_rows(path: Path, part: Part = WHOLE, columns: Sequence[str] = ()) -> Iterator[Record]:
    """Read all or some columns of a Parquet file, some rows at a time.

    What is broken takes the rest of its row group with it, and no other one.

    Raises
    ------
    ArticleError
        The file can't be read, is no Parquet, or pyarrow isn't installed.
    """
    with _opened_parquet(path) as file:
        import pyarrow as pa

        groups = range(part.start, min(part.end, file.num_row_groups))
        behind = part.first
        for group in groups:
            number, behind = behind, behind + file.metadata.row_group(group).num_rows
            try:
                for batch in file.iter_batches(_ROWS_AT_ONCE, [group], columns or None):
                    for row in _rows_of(batch):
                        yield f"row {number}", row
                        number += 1
            except (pa.ArrowException, ValueError, OSError) as error:
                if isinstance(error, OSError) and error.errno is not None:
                    raise  # not the file, but the way to it
                told = f"Its row group can't be read from row {number} on: {error}"
                for lost in range(number, behind):
                    yield f"row {lost}", ItemError("malformed", told)


def parquet_begins(path: Path) -> tuple[list[str], Iterator[Begin]]:
    """Name the columns, and tell where the row groups begin, and last where the file ends.

    Raises
    ------
    ArticleError
        As :func:`parquet_rows` does.
    """
    with _opened_parquet(path) as file:
        begins = [(0, 0, 1)]
        for number in range(file.num_row_groups):
            group, (size, _, first) = file.metadata.row_group(number), begins[-1]
            begins.append((size + group.total_byte_size, number + 1, first + group.num_rows))
        return file.schema_arrow.names, iter(begins)


@contextmanager
def _opened_parquet(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ArticleError(
            f"Reading {path.name} needs pyarrow: pip install 'market-news-signals[parquet]'."
        ) from error
    with opened(path):
        pass  # what is missing or no file is told as for the other kinds
    try:
        with pq.ParquetFile(path) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0].rstrip(".")
        raise ArticleError(f"{path.name} can't be read as Parquet: {reason[:200]}.") from error


def frame_rows(
    given: Any, *, index: Callable[[tuple[object, ...]], Mapping[str, object]]
) -> Iterator[Record]:
    """Read a DataFrame, some rows at a time; what pandas calls missing is None.

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
    for start in range(0, len(frame), _ROWS_AT_ONCE):
        part = frame.iloc[start : start + _ROWS_AT_ONCE]
        missing = part.isna().to_numpy()
        for label, row, gaps in zip(
            part.index, part.astype(object).to_numpy(), missing, strict=True
        ):
            cells = (None if gap else _plain(cell) for cell, gap in zip(row, gaps, strict=True))
            yield f"row {label}", dict(zip(names, cells, strict=True))


def _plain(cell: Any) -> object:
    """Give a cell of a frame as Python's own: a time to the microsecond, an array as a list."""
    if hasattr(cell, "to_pydatetime"):
        return cell.to_pydatetime(warn=False)
    return cell.tolist() if hasattr(cell, "tolist") else cell


def _rows_of(batch: pa.RecordBatch) -> Iterator[Mapping[str, object] | ItemError]:
    """Give the rows of a batch; one that can't be decoded doesn't take the others with it."""
    # A text that isn't UTF-8, a year 300,000, a column in "Eastern Standard Time".
    with suppress(ValueError, OverflowError, KeyError):
        return iter(batch.to_pylist())
    return map(_row_of, (batch.slice(at, 1) for at in range(batch.num_rows)))


def _row_of(slice_: pa.RecordBatch) -> Mapping[str, object] | ItemError:
    try:
        row: Mapping[str, object] = slice_.to_pylist()[0]
    except KeyError as error:
        return ItemError("malformed", f"The row can't be read: {error} is no known time zone.")
    except (ValueError, OverflowError) as error:
        return ItemError("malformed", f"The row can't be read: {error}.")
    return row


Line = tuple[int, int, bytes | ItemError]  # its number, where it begins, and what it holds


def lines_of(file: BinaryIO, part: Part) -> Iterator[Line]:
    """Give the lines from the start of a part on, also behind its end.

    A line that is too long is refused, and skipped in pieces.
    """
    file.seek(part.start)
    behind, number = part.start, part.first - 1
    while line := file.readline(MAX_RECORD + 1):
        number += 1
        start, behind = behind, behind + len(line)
        if len(line) > MAX_RECORD and not line.endswith(b"\n"):
            while (piece := file.readline(MAX_RECORD)) and not piece.endswith(b"\n"):
                pass
            behind = file.tell()
            yield number, start, ItemError("oversized", TOO_LONG)
        else:
            yield number, start, line.removeprefix(_BOM)


def text_of(line: bytes) -> str:
    """Read a line as UTF-8, or as Windows-1252, as files of one article are."""
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        if b"\0" in line:
            raise ItemError("malformed", "It isn't UTF-8. Save it as UTF-8.") from error
        return line.decode("cp1252", "replace")
