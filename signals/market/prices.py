"""Prices as a table of sessions and symbols, and the sources they come from.

Whatever the source, its table goes through :func:`build_table`, so that no price enters without the
checks of ``signals.market.quality``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd

from signals.errors import PriceError
from signals.market.quality import (
    Fault,
    check,
    check_index,
    faults_frame,
    name_a_few,
    price_report,
)
from signals.market.sessions import read_day


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Which prices these are: their source, when they were fetched, a hash of their content.

    ``fetched_at`` is None for prices that were read from a file or a frame.
    """

    source: str
    fetched_at: datetime | None
    hash: str


@dataclass(frozen=True, eq=False)
class PriceTable:
    """Adjusted prices of some symbols, one row a session.

    Attributes
    ----------
    closes
        Adjusted closes, float64; index ``session`` (tz-naive midnights, ``datetime64[us]``,
        ascending, unique), one column a symbol. NaN where a symbol has no price in a session.
        A symbol without any price has no column, and a row of ``faults`` that says why.
    snapshot
        Which prices these are.
    faults
        One row a fault: ``symbol, session, fault, action, detail``; ``session`` is NaT when the
        fault is of the whole symbol; ``action`` is "refused" or "marked".
    opens, volume
        Of the same shape as ``closes``, opens adjusted likewise; None where the source has none.
    """

    closes: pd.DataFrame
    snapshot: Snapshot
    faults: pd.DataFrame
    opens: pd.DataFrame | None = None
    volume: pd.DataFrame | None = None

    def report(self) -> pd.DataFrame:
        """Describe each symbol: sessions, first and last, zero returns, faults by action."""
        return price_report(self.closes, self.faults)

    def why_missing(self, symbol: str) -> str:
        """Say why there is no price of a symbol, in the words of its source where it has any."""
        of_symbol = self.faults[self.faults["symbol"] == symbol]
        refused = of_symbol.loc[of_symbol["action"] == "refused", "detail"]
        if refused.empty:
            return f"{self.snapshot.source} has no prices of {symbol}."
        detail = str(refused.iloc[0])
        return detail if symbol in detail else f"{symbol}: {detail}"

    def __repr__(self) -> str:
        index = self.closes.index
        span = f" from {index[0]:%Y-%m-%d} to {index[-1]:%Y-%m-%d}" if len(index) else ""
        return (
            f"<PriceTable: {name_a_few(list(self.closes.columns))}; {len(index)} sessions{span}; "
            f"{self.snapshot.source}, {len(self.faults)} faults>"
        )


@runtime_checkable
class PriceSource(Protocol):
    """Anything that has price histories: pass your own object where prices are asked for."""

    def history(self, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp) -> PriceTable:
        """Give the prices of some symbols from ``start`` to ``end``, both included.

        Parameters
        ----------
        symbols
            A list, in Yahoo's spelling; those that repeat have one column.
        start, end
            Plain dates.

        Returns
        -------
        A column for each symbol that has prices, and for each other one a row of ``faults`` with
        the action "refused" and the reason; ``signals.testing.check_price_source`` checks it.
        """
        ...


class FramePrices:
    """Prices that you already have as a DataFrame of adjusted closes.

    Parameters
    ----------
    closes
        Index of plain dates, ascending and unique; one numeric column a symbol; NaN where there
        is no price. It is copied.

    Raises
    ------
    PriceError
        The index or a column is something else.
    TypeError
        It is no DataFrame.
    """

    def __init__(self, closes: pd.DataFrame) -> None:
        _check_wide(closes)
        index = check_index(closes.index, "the frame of prices")
        columns = list(closes.columns)
        if len(set(columns)) != len(columns):
            twice = next(name for name in columns if columns.count(name) > 1)
            raise PriceError(f"The frame of prices has two columns {twice!r}: keep one.")
        for name, dtype in zip(columns, closes.dtypes, strict=True):
            if not isinstance(name, str):
                raise PriceError(f"Column {name!r} of the frame of prices is named by no symbol.")
            if not pd.api.types.is_numeric_dtype(dtype):
                raise PriceError(
                    f"Column {name!r} of the frame of prices holds no numbers: "
                    "frame.astype('float64') makes numbers of text and of objects."
                )
        self._closes = closes.astype("float64").set_axis(index)

    def __repr__(self) -> str:
        return f"<FramePrices: {name_a_few(list(self._closes.columns))}>"

    def history(self, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp) -> PriceTable:
        """Give the prices of some symbols from ``start`` to ``end``, both included.

        A symbol without a column becomes a row of ``faults`` with the action "refused".
        """
        first, last = check_range(start, end)
        wanted = read_symbols(symbols)
        columns = set(self._closes.columns)
        have = [name for name in wanted if name in columns]
        has = f"it has {name_a_few(list(self._closes.columns))}"
        missing = [
            Fault(
                name,
                None,
                "no_prices",
                "refused",
                f"The frame of prices has no column {name}; {has}.",
            )
            for name in wanted
            if name not in columns
        ]
        return build_table(self._closes.loc[first:last, have], source="frame", faults=missing)


def _check_wide(closes: pd.DataFrame) -> None:
    """Tell how to make a frame of adjusted closes of one that holds something else."""
    if not isinstance(closes, pd.DataFrame):
        raise TypeError(
            f"FramePrices takes a DataFrame of adjusted closes, not {type(closes).__name__}: one "
            "row a date, one column a symbol. CsvPrices reads files."
        )
    if closes.columns.nlevels > 1:
        raise PriceError(
            "The frame of prices has several levels of columns: give its adjusted closes alone, as "
            "frame['Adj Close'], or frame['Close'] where yfinance has adjusted them."
        )
    named = next((name for name in closes if str(name).lower() in {"symbol", "ticker"}), None)
    if named is not None:
        raise PriceError(
            f"The frame of prices has a column {named!r}: it has one row a date and one column a "
            "symbol, as frame.pivot(index='date', columns='symbol', values='close') makes it."
        )


def build_table(
    closes: pd.DataFrame,
    *,
    source: str,
    fetched_at: datetime | None = None,
    opens: pd.DataFrame | None = None,
    volume: pd.DataFrame | None = None,
    faults: Iterable[Fault] = (),
) -> PriceTable:
    """Pass a table through the border: check it, take out what is refused, name it by its hash.

    Parameters
    ----------
    closes
        Adjusted closes, sessions x symbols. Rows without any price are left out.
    source
        What kind of source it is, such as "csv": no path.
    fetched_at
        When it was fetched; None for a file.
    opens, volume
        Of the same index and columns as ``closes``.
    faults
        What the source found itself; a symbol that it refused needs no column. A row that it
        refused, with the row's session, is out of the table already.

    Raises
    ------
    PriceError
        The index is not made of sessions in order.
    """
    closes = closes.dropna(how="all").rename_axis(index="session", columns=None)
    found = [*faults, *check(closes)]
    refused = {one.symbol for one in found if one.action == "refused" and one.session is None}
    keep = [name for name in closes.columns if name not in refused]
    kept = closes[keep].dropna(how="all")

    def like_closes(frame: pd.DataFrame | None) -> pd.DataFrame | None:
        return None if frame is None else frame.reindex(index=kept.index, columns=keep)

    opens, volume = like_closes(opens), like_closes(volume)
    snapshot = Snapshot(source, fetched_at, _hash(kept, opens, volume))
    return PriceTable(kept, snapshot, faults_frame(found), opens, volume)


def read_symbols(symbols: Sequence[str] | str) -> list[str]:
    """Give the symbols that were asked for, each once; a text is one symbol."""
    return [symbols] if isinstance(symbols, str) else list(dict.fromkeys(symbols))


def check_range(start: pd.Timestamp, end: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Give the first and last day of a range as tz-naive midnights.

    Raises
    ------
    PriceError
        One is no date or has a time zone, or the range ends before it starts.
    """
    first, last = (read_day(one, PriceError) for one in (start, end))
    if last < first:
        raise PriceError(f"The range ends on {last:%Y-%m-%d}, before its start {first:%Y-%m-%d}.")
    return first.normalize(), last.normalize()


def _hash(*frames: pd.DataFrame | None) -> str:
    """Hash sessions, symbols and values: the same prices give the same 64 hex digits anywhere."""
    digest = hashlib.sha256()
    for frame in frames:
        if frame is None:
            digest.update(b"absent;")
            continue
        ordered = frame[sorted(frame.columns)]
        digest.update(("|".join(ordered.columns) + f";{len(ordered)};").encode())
        digest.update(ordered.index.to_numpy(dtype="datetime64[us]").astype("<i8").data)
        values = np.add(ordered.to_numpy(dtype="<f8"), 0.0, order="C")  # no negative zero
        values[np.isnan(values)] = np.nan  # one kind of NaN
        digest.update(values.data)
    return digest.hexdigest()
