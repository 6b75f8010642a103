"""Columns of a user's own table, read: texts, sessions, instants and numbers, nothing guessed."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.market.userframes import as_numbers

if TYPE_CHECKING:
    from pandas.api.typing import NaTType

_INSTANT = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)"
"""Instants that can be read all at once: with seconds and a zone."""

_FULL_DATE = r"\d{4}-\d\d-\d\d|\d{8}$"
"""How a day begins; of 2025-07 and 2025 pandas would make the first day of them."""


def read_texts(column: pd.Series) -> pd.Series:
    """Read a column of texts without the blanks about them; an empty one is missing."""
    texts = column.astype("str").str.strip()
    empty = texts == ""
    return texts.mask(empty) if empty.any() else texts


def read_sessions(column: pd.Series) -> pd.Series:
    """Read a column of sessions: dates, or text as 2025-07-22; NaT where one is missing.

    Raises
    ------
    StudyError
        One is a number, no such date, or has a time or a zone.
    """
    if pd.api.types.is_numeric_dtype(column.dtype) and column.notna().any():
        raise StudyError(
            "Sessions are dates, as 2025-07-22, not numbers: pandas.to_datetime makes dates of "
            "them, with format='%Y%m%d' of numbers as 20250722."
        )
    try:
        plain = isinstance(column.dtype, np.dtype | pd.DatetimeTZDtype)
        sessions = pd.to_datetime(column if plain else read_texts(column), format="ISO8601")
    except (ValueError, TypeError) as error:
        why = str(error).partition(" You might")[0]  # what follows is about pandas
        raise StudyError(f"A session can't be read as a date like 2025-07-22: {why}") from error
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        texts = read_texts(column)
        part = texts[texts.notna() & ~texts.str.match(_FULL_DATE)]
        if len(part):
            raise StudyError(f"The session {part.iloc[0]!r:.40} is no date like 2025-07-22.")
    if not isinstance(sessions.dtype, np.dtype) or sessions.dtype.kind != "M":
        raise StudyError(
            "Sessions are dates without a time zone, as 2025-07-22; put times into 'known_at'."
        )
    if (sessions != sessions.dt.normalize())[sessions.notna()].any():
        raise StudyError("Sessions are dates without a time; put times into 'known_at'.")
    return sessions.astype("datetime64[us]").rename("session")


def read_instants(column: pd.Series) -> pd.Series:
    """Read a column of instants, each with a time zone; NaT where one is missing."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column
    if pd.api.types.is_numeric_dtype(column.dtype) and column.notna().any():
        raise StudyError(
            f"The column {column.name!r} holds numbers: pandas.to_datetime(events[{column.name!r}],"
            " unit='s', utc=True) makes instants of those that count seconds."
        )
    if pd.api.types.is_string_dtype(column.dtype):
        texts = read_texts(column)
        plain = texts.str.fullmatch(_INSTANT) | texts.isna()
        if plain.all():
            with suppress(ValueError):  # a 30th of February: the loop below names it
                return pd.to_datetime(texts, format="ISO8601", utc=True).dt.as_unit("us")
        column = column.mask(texts.isna())
    if not column.notna().any():
        return pd.Series(pd.NaT, column.index, dtype="datetime64[us, UTC]", name=column.name)
    instants = [_read_instant(value, str(column.name)) for value in column]
    return pd.Series(instants, column.index, dtype="datetime64[us, UTC]")


def read_known(column: pd.Series) -> pd.Series:
    """Read instants of events whose sessions were given; NaT where one is missing or unreadable.

    No session is made of them, so that one which can't be read needs no more than to be told.
    """
    try:
        return read_instants(column)
    except StudyError:
        instants = [_read_if_readable(value) for value in column]
        return pd.Series(instants, column.index, dtype="datetime64[us, UTC]")


def _read_if_readable(value: object) -> pd.Timestamp | NaTType:
    try:
        return _read_instant(value, "known_at")
    except StudyError:
        return pd.NaT


def read_numbers(column: pd.Series) -> pd.Series:
    """Read a column of numbers; NaN where one is missing. Text is never taken for a number.

    Raises
    ------
    StudyError
        It holds anything else.
    """
    numbers = as_numbers(column)
    if numbers is None:
        example = str(column[column.notna()].iloc[0])
        raise StudyError(
            f"The column {column.name!r} holds no numbers but {example!r:.40}: astype('float64') "
            "makes numbers of text and of objects."
        )
    return numbers


def _read_instant(value: object, name: str) -> pd.Timestamp | NaTType:
    """Read one instant; text must be ISO 8601, so that no reader takes a month for a day."""
    if pd.isna(value):  # type: ignore[call-overload]
        return pd.NaT
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as error:
        raise StudyError(
            f"{name} {value!r} can't be read: write it as 2025-07-21T16:05:00-04:00."
        ) from error
    if isinstance(value, datetime) and value.tzinfo is None:
        raise StudyError(
            f"{name} {value} needs a time zone: the column's .dt.tz_localize('America/New_York') "
            "gives that of New York."
        )
    if not isinstance(instant, datetime) or instant.tzinfo is None:
        raise StudyError(f"{name} {value!r} needs a time zone, as in 2025-07-21T16:05:00-04:00.")
    return pd.Timestamp(instant).tz_convert("UTC")
