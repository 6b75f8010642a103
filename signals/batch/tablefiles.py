"""Tables as they are written: their columns, and as Parquet."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from signals.pipeline import Analysis

ABNORMAL_COLUMNS = ["event_id", "symbol", "offset", "abnormal_return", "standard_error"]


def events_table(events: pd.DataFrame) -> pd.DataFrame:
    """Give the events as they are written, with times as ISO 8601."""
    table = events.copy()
    days = {session: f"{session:%Y-%m-%d}" for session in table["session"].unique()}
    table["session"] = [days[session] for session in table["session"]]
    for name in ("known_at", "complete_at"):
        if name in table and not pd.api.types.is_string_dtype(table[name]):
            table[name] = [instant.isoformat() for instant in table[name]]
    return table


def abnormal_table(analysis: Analysis) -> pd.DataFrame:
    """Give one row an event and offset, in fractions; missing returns stay empty."""
    study = analysis.study
    if study is None:
        return pd.DataFrame(columns=ABNORMAL_COLUMNS)
    offsets = study.abnormal.columns.to_numpy()
    n = len(study.abnormal)
    symbols = study.events["symbol"].to_numpy(dtype=object)
    columns = (
        np.repeat(study.abnormal.index.to_numpy(dtype=object), len(offsets)),
        np.repeat(symbols, len(offsets)),
        np.tile(offsets, n),
        study.abnormal.to_numpy().ravel(),
        study.standard_errors.to_numpy().ravel(),
    )
    return pd.DataFrame(dict(zip(ABNORMAL_COLUMNS, columns, strict=True)))


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """Write a table as Parquet, its columns typed; the same versions give the same bytes."""
    file = io.BytesIO()
    table.to_parquet(file, engine="pyarrow", index=False)
    return file.getvalue()
