"""Frames as users have them: their dates and numbers as pandas' own, with nothing guessed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from signals.errors import PriceError
from signals.market.csvfiles import DAY
from signals.market.quality import check_index

_DATES = ("date", "session", "Date")
_NUMBERS = frozenset({"integer", "floating", "mixed-integer-float", "decimal"})


def as_pandas(given: Any) -> Any:
    """Give a frame of another library that knows the way, such as polars, as one of pandas.

    Anything else is given back as it is.
    """
    convert = getattr(given, "to_pandas", None)
    return given if convert is None else convert()


def as_numbers(column: pd.Series) -> pd.Series | None:
    """Give a column as float64, NaN where one is missing; None where it holds anything else.

    Objects that are numbers, such as Decimal, are taken. Text is never taken for a number.
    """
    numeric = pd.api.types.is_numeric_dtype(column.dtype) or not column.notna().any()
    if not numeric and pd.api.types.infer_dtype(column, skipna=True) not in _NUMBERS:
        return None
    if column.dtype == object:
        column = column.where(column.notna())  # of pandas.NA nothing makes a float
    return column.astype("float64")


def by_session(frame: pd.DataFrame, what: str) -> pd.DataFrame:
    """Put the dates of a frame into its index, as sessions in ascending order.

    Parameters
    ----------
    frame
        Dates are the index or a column ``date``, ``session`` or ``Date``, as ``as_days`` takes
        them, in any order.
    what
        What the frame is called in the error.

    Raises
    ------
    PriceError
        They are no dates, or as ``quality.check_index``.
    """
    day = next((name for name in _DATES if name in frame.columns), None)
    if day is not None and frame.columns.nlevels == 1:
        frame = frame.set_index(day)
    frame = frame.set_axis(as_days(frame.index, what)).sort_index()
    return frame.set_axis(check_index(frame.index, what))


def as_days(index: pd.Index, what: str) -> pd.DatetimeIndex | pd.Index:
    """Give dates as tz-naive ones: midnights in a zone, texts, periods, ``datetime.date``, Arrow's.

    They keep their date: the midnight of New York that opens 22 July is 22 July. What is neither
    plain dates nor midnights is given back as it is, for ``check_index`` to refuse.

    Raises
    ------
    PriceError
        A text is written as a date and is none.
    """
    if isinstance(index, pd.DatetimeIndex):
        midnights = index.tz is not None and (index == index.normalize()).all()
        return index.tz_localize(None) if midnights else index
    texts = pd.Series(index.astype("str"))
    if not texts.str.fullmatch(DAY.pattern).all():
        return index
    try:
        return pd.DatetimeIndex(texts.str.slice(0, 10))
    except ValueError as error:
        raise PriceError(f"A date of {what} is none: {error}.") from error
