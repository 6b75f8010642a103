"""Giving out what the store keeps: CSV, JSON Lines or Parquet, a file a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from signals.batch.records import instant_of
from signals.batch.store import TABLES, Store
from signals.csvtables import harmless
from signals.errors import ConfigError
from signals.files import writable_folder, written

_GROUP = 10_000  # rows that are held at once
_TICKS = ("known_at", "INTEGER")  # the column of an article's instant

Rows = Iterator[Sequence[object]]


def export_tables(store: Store, out: Path, *, form: str) -> list[Path]:
    """Write every table of a store, all as they were at one moment, in little memory.

    Parameters
    ----------
    store
        The store; it may be in use by a run.
    out
        The folder; it is made when it is missing.
    form
        "csv", "jsonl" or "parquet", which takes pyarrow.

    Raises
    ------
    ConfigError
        The format is unknown, pyarrow is not installed, or the folder can't be written.
    """
    if form not in FORMATS:
        raise ConfigError(f"--format takes one of {', '.join(FORMATS)}, not {form!r}.")
    if form == "parquet":
        _need_pyarrow()
    writable_folder(out)
    paths = [out / f"{name}.{form}" for name in TABLES]
    with store.reading():
        for path in paths:
            columns, rows = _with_instants(*store.table(path.stem))
            with written(path) as file:
                FORMATS[form](file, columns, rows)
    return paths


def _with_instants(columns: Mapping[str, str], rows: Rows) -> tuple[Mapping[str, str], Rows]:
    """Spell instants that the store keeps as microseconds, as it spells the others."""
    kinds = list(columns.items())
    if _TICKS not in kinds:
        return columns, rows
    at = kinds.index(_TICKS)
    spelled = ([*row[:at], _spelled(row[at]), *row[at + 1 :]] for row in rows)
    return {**columns, _TICKS[0]: "TEXT"}, spelled


def _spelled(ticks: object) -> str | None:
    return instant_of(ticks).isoformat() if isinstance(ticks, int) else None


def _csv(file: BinaryIO, columns: Mapping[str, str], rows: Rows) -> None:
    lines = io.TextIOWrapper(file, "utf-8", "replace", newline="")
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    lines.detach()


def _jsonl(file: BinaryIO, columns: Mapping[str, str], rows: Rows) -> None:
    for row in rows:
        line = json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)
        file.write(f"{line}\n".encode("utf-8", "replace"))


def _parquet(file: BinaryIO, columns: Mapping[str, str], rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"TEXT": pa.string(), "INTEGER": pa.int64(), "REAL": pa.float64()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
    with pq.ParquetWriter(file, schema) as writer:
        while part := list(islice(rows, _GROUP)):
            values = zip(schema, zip(*part, strict=True), strict=True)
            arrays = [pa.array(column, field.type) for field, column in values]
            writer.write_batch(pa.record_batch(arrays, schema=schema))


FORMATS = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}
"""Format -> what writes it."""


def _need_pyarrow() -> None:
    if find_spec("pyarrow") is None:
        raise ConfigError("Parquet takes pyarrow: pip install 'market-news-signals[parquet]'.")
