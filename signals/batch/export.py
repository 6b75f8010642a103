"""Giving out what the store keeps: CSV, JSON Lines or Parquet, a file a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from signals.batch.outputs import harmless
from signals.batch.store import TABLES, Store
from signals.errors import ConfigError
from signals.files import writable_folder, write_bytes

FORMATS = ("csv", "jsonl", "parquet")

Rows = Iterable[Sequence[object]]


def export_tables(store: Store, out: Path, *, form: str) -> list[Path]:
    """Write every table of a store.

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
    writable_folder(out)
    make = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}[form]
    written = []
    for name in TABLES:
        columns, rows = store.table(name)
        written.append(write_bytes(out / f"{name}.{form}", make(columns, rows)))
    return written


def _csv(columns: Sequence[str], rows: Rows) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8", "replace")


def _jsonl(columns: Sequence[str], rows: Rows) -> bytes:
    lines = [
        json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n" for row in rows
    ]
    return "".join(lines).encode("utf-8", "replace")


def _parquet(columns: Sequence[str], rows: Rows) -> bytes:
    import pandas as pd

    file = io.BytesIO()
    try:
        pd.DataFrame(list(rows), columns=list(columns)).to_parquet(file, index=False)
    except ImportError as error:
        raise ConfigError(
            "Parquet takes pyarrow: pip install 'market-news-signals[parquet]'."
        ) from error
    return file.getvalue()
