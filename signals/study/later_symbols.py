"""Prices and dates of shares that are called otherwise today.

Vendors keep the whole history of a share under its symbol of now. What an event of 2015 calls FB,
as it was called, they have as META: the same share, and the same prices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from signals.errors import PriceError
from signals.market.prices import PriceSource, PriceTable, add_columns
from signals.market.quality import Fault, check_index, refuse
from signals.news.securities import SecurityBook


def fetch_history(
    source: PriceSource,
    days: Mapping[str, pd.Timestamp],
    others: Sequence[str],
    start: pd.Timestamp,
    end: pd.Timestamp,
) -> PriceTable:
    """Ask a source for prices; of shares that it hasn't, under the symbols that they had later.

    Parameters
    ----------
    source
        Where prices come from.
    days
        Symbols of shares, each with the last day on which something is asked of it.
    others
        More symbols, such as markets, which are taken as they are.
    start, end
        The range of the prices, both included.

    Returns
    -------
    The table of the source. A share without a price up to its day has the column of its later
    symbol, if the book knows one and the source has it, and a fault ``later_symbol`` that says so.
    Of one that the source has under neither, the fault says why.

    Raises
    ------
    PriceError
        The source gives no PriceTable, or one whose sessions or symbols are none.
    """
    table = _history(source, sorted({*days, *others}), start, end)
    first = _first_prices(table.closes)
    marked = set(table.faults["symbol"][table.faults["fault"] == "later_symbol"])
    later = {
        symbol: renamed
        for symbol, day in days.items()
        if symbol not in marked  # as of prices that were fetched so and kept
        and not (symbol in first and first[symbol] <= day)
        and (renamed := SecurityBook.default().later_symbol(symbol, day.date()))
    }
    if not later:
        return table
    found = _history(source, sorted(set(later.values())), start, end)
    called = {symbol: one for symbol, one in later.items() if one in found.closes}
    marks = []
    for symbol, one in later.items():
        if symbol in called:
            told = f"Its prices are those of {one}, as it was called later."
            marks.append(Fault(symbol, None, "later_symbol", "marked", told))
        elif symbol not in table.closes:
            told = f"It was called {one} later. {found.why_missing(one)}"
            marks.append(refuse(symbol, "later_symbol", f"{table.why_missing(symbol)} {told}"))
    return add_columns(table, found, called, marks)


def _history(
    source: PriceSource, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp
) -> PriceTable:
    """Ask a source, which may be a user's own: a study reads rows by their order."""
    table, name = source.history(symbols, start, end), type(source).__name__
    if not isinstance(table, PriceTable):
        raise PriceError(f"history() of {name} gives a PriceTable, not {type(table).__name__}.")
    check_index(table.closes.index, f"what history() of {name} gives")
    if not table.closes.columns.is_unique:
        twice = table.closes.columns[table.closes.columns.duplicated()][0]
        raise PriceError(f"history() of {name} gives two columns of closes for {twice}.")
    return table


def with_earlier_symbols(dates: pd.DataFrame, days: Mapping[str, pd.Timestamp]) -> pd.DataFrame:
    """Give dates of shares also under the symbols that events call these by.

    Parameters
    ----------
    dates
        ``symbol``, and what is dated: earnings and the like.
    days
        Symbols of events, each with the last day of one.

    Returns
    -------
    The dates; behind them those of a later symbol once more, under each symbol of an event that
    has none of its own.
    """
    told = set(dates["symbol"])
    later = {
        symbol: SecurityBook.default().later_symbol(symbol, day.date())
        for symbol, day in days.items()
        if symbol not in told
    }
    more = [
        dates[dates["symbol"] == one].assign(symbol=symbol) for symbol, one in later.items() if one
    ]
    return pd.concat([dates, *more], ignore_index=True)


def _first_prices(closes: pd.DataFrame) -> dict[str, pd.Timestamp]:
    """Give the first session with a price of each symbol that has one."""
    known = closes.notna().to_numpy()
    if not len(known):
        return {}
    first = np.asarray(known.argmax(axis=0))
    return {
        str(closes.columns[place]): closes.index[int(first[place])]
        for place in np.flatnonzero(known.any(axis=0)).tolist()
    }
