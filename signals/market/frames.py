"""Prices in a DataFrame as a price source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from signals.errors import PriceError
from signals.market.bartables import adjusted_table
from signals.market.csvfiles import BAR_NAMES, check_fields, has_closes, usual_name
from signals.market.prices import PriceTable, build_table, check_range, read_symbols
from signals.market.quality import name_a_few, refuse
from signals.market.userframes import as_numbers, as_pandas, by_session


class FramePrices:
    """Prices that you already have as a DataFrame.

    Parameters
    ----------
    closes
        Adjusted closes, one row a date and one numeric column a symbol; NaN where there is no
        price. Or what ``yfinance.download`` gives, two levels of columns: a symbol's "Adj Close",
        "Close", "Open", "Volume" and so on are read and checked as a CSV file of them is. Dates
        are the index or a column ``date``: in any order, each once, as dates, as text like
        2025-07-22, or as midnights in any zone. It is copied.

    Raises
    ------
    PriceError
        The index or a column is something else.
    TypeError
        It is no DataFrame, nor of a library, such as polars, whose frames have ``to_pandas()``.
    """

    def __init__(self, closes: pd.DataFrame) -> None:
        frame = as_pandas(closes)
        if not isinstance(frame, pd.DataFrame):
            raise TypeError(
                f"FramePrices takes a DataFrame of adjusted closes, not {type(frame).__name__}: "
                "one row a date, one column a symbol. CsvPrices reads files."
            )
        _refuse_long(frame)
        frame = by_session(frame, "the frame of prices")
        self._closes: pd.DataFrame | None = None
        self._bars: Mapping[str, pd.DataFrame] = {}
        if frame.columns.nlevels > 1:
            self._bars = _bars_of(frame)
            self._symbols = list(self._bars)
        else:
            self._closes = _closes_of(frame)
            self._symbols = [str(name) for name in self._closes.columns]

    def __repr__(self) -> str:
        return f"<FramePrices: {name_a_few(self._symbols)}>"

    def history(self, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp) -> PriceTable:
        """Give the prices of some symbols from ``start`` to ``end``, both included.

        A symbol without a column becomes a row of ``faults`` with the action "refused".
        """
        first, last = check_range(start, end)
        wanted = read_symbols(symbols)
        columns = set(self._symbols)
        have = [name for name in wanted if name in columns]
        has = f"it has {name_a_few(self._symbols)}"
        missing = [
            refuse(name, "no_prices", f"The frame of prices has no column {name}; {has}.")
            for name in wanted
            if name not in columns
        ]
        if self._closes is None:
            bars = {name: self._bars[name] for name in have}
            return adjusted_table(bars, first, last, source="frame", faults=missing)
        return build_table(self._closes.loc[first:last, have], source="frame", faults=missing)


def _refuse_long(frame: pd.DataFrame) -> None:
    """Refuse a frame in long form or turned on its side, and say how to turn it."""
    if frame.index.nlevels > 1:
        raise PriceError(
            "The frame of prices has several levels of rows: it has one row a date and one column "
            "a symbol, as frame['close'].unstack('symbol') makes it."
        )
    if pd.api.types.is_datetime64_any_dtype(frame.columns.dtype):
        raise PriceError("The frame of prices has a column a date: frame.T has a row a date.")
    named = next((name for name in frame if str(name).lower() in {"symbol", "ticker"}), None)
    if named is not None:
        raise PriceError(
            f"The frame of prices has a column {named!r}: it has one row a date and one column a "
            "symbol, as frame.pivot(index='date', columns='symbol', values='close') makes it."
        )


def _closes_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Read a frame of adjusted closes, one column a symbol."""
    names = [str(name) for name in frame.columns]
    check_fields(names, "The frame of prices")
    if has_closes(map(usual_name, names)):
        raise PriceError(
            "The frame of prices has the bars of one symbol and doesn't say of which: "
            "pandas.concat({'MSFT': frame}, axis=1) says it."
        )
    return _numbers_of(frame.set_axis(_names(frame.columns), axis=1))


def _bars_of(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Read bars by symbol from two levels of columns, in either order, as yfinance gives them."""
    levels = range(frame.columns.nlevels)
    usual = [
        [usual_name(str(name)) for name in frame.columns.get_level_values(at)] for at in levels
    ]
    field = next((at for at in levels if has_closes(usual[at])), None)
    if field is None or len(levels) != 2:
        raise PriceError(
            "The frame of prices has several levels of columns, and none of two names 'Close' or "
            "'Adj Close': give one column of adjusted closes a symbol."
        )
    names = dict.fromkeys(frame.columns.get_level_values(field).astype("str"))
    check_fields(list(names), "The frame of prices")
    symbols = _names(frame.columns.get_level_values(1 - field))
    known = [name in BAR_NAMES for name in usual[field]]
    columns = pd.MultiIndex.from_arrays([symbols, usual[field]])
    numbers = _numbers_of(frame.set_axis(columns, axis=1).loc[:, known])
    # Rows in which only others trade are no sessions of a symbol.
    return {name: pd.DataFrame(numbers[name]).dropna(how="all") for name in dict.fromkeys(symbols)}


def _names(columns: pd.Index) -> list[str]:
    """Read the names of symbols."""
    odd = next((name for name in columns if not isinstance(name, str)), None)
    if odd is not None:
        raise PriceError(f"Column {odd!r} of the frame of prices is named by no symbol.")
    return [name.strip() for name in columns]


def _numbers_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Make float64 of every column, or name the one that holds something else."""
    if frame.columns.has_duplicates:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise PriceError(f"The frame of prices has two columns {twice!r}: keep one.")
    if all(map(pd.api.types.is_numeric_dtype, frame.dtypes)):
        return frame.astype("float64")
    found = {name: as_numbers(column) for name, column in frame.items()}
    odd = next((name for name, column in found.items() if column is None), None)
    if odd is not None:
        raise PriceError(
            f"Column {odd!r} of the frame of prices holds no numbers: frame.astype('float64') "
            "makes numbers of text and of objects."
        )
    return pd.DataFrame(found, index=frame.index).set_axis(frame.columns, axis=1)
