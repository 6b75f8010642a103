"""Prices as a table of sessions and symbols, and the sources they come from.

Whatever the source, its table goes through :func:`build_table`, so that no price enters without the
checks of ``signals.market.quality``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd

from signals.errors import PriceError
from signals.market.barchecks import check_bars
from signals.market.csvfiles import read_columns, read_header
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


class CsvPrices:
    """Prices in CSV files: a folder of them, or one file.

    Two shapes are read. A wide file has a ``date`` column, and a column of adjusted closes for
    each symbol. A file of one symbol is called after it, as in ``BRK-B.csv``, and has ``date`` and
    ``adj_close``, with ``close``, ``open`` and ``volume`` if there are any; opens are adjusted by
    adj_close / close. Where there is only ``close`` it is taken as adjusted, and that is marked.
    ``high``, ``low``, ``dividend`` and ``split`` are read to check the others by them.
    Every ``*.csv`` of a folder is looked at, and nothing else.

    Parameters
    ----------
    path
        The folder or the file.

    Raises
    ------
    PriceError
        There is no such folder or file, no CSV in it, or a header that fits neither shape.
    """

    def __init__(self, path: str | Path) -> None:
        root = Path(path)
        if root.is_dir():
            files = sorted(one for one in root.iterdir() if one.suffix.lower() == ".csv")
            if not files:
                raise PriceError(f"{root} has no CSV file with prices.")
        elif root.is_file():
            files = [root]
        else:
            raise PriceError(f"{root} is no folder or file of prices.")
        self._name = root.name or "prices"
        self._columns: dict[str, tuple[Path, Mapping[str, int]]] = {}
        for file in files:
            for symbol, places in read_header(file).items():
                if symbol in self._columns:
                    other = self._columns[symbol][0].name
                    raise PriceError(f"{symbol} is in {other} and in {file.name}: keep one.")
                self._columns[symbol] = (file, places)

    def __repr__(self) -> str:
        return f"<CsvPrices: {self._name}, {name_a_few(list(self._columns))}>"

    def history(self, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp) -> PriceTable:
        """Give the prices of some symbols from ``start`` to ``end``, both included.

        A symbol that no file holds becomes a row of ``faults`` with the action "refused".

        Raises
        ------
        PriceError
            A file has a date or a number that can't be read, or dates that are repeated or out of
            order; the file and the line are named.
        """
        first, last = check_range(start, end)
        faults: list[Fault] = []
        by_file: dict[Path, dict[str, Mapping[str, int]]] = {}
        wanted = read_symbols(symbols)
        have = name_a_few(sorted(self._columns))
        for symbol in wanted:
            if symbol in self._columns:
                file, places = self._columns[symbol]
                by_file.setdefault(file, {})[symbol] = places
            else:
                detail = f"{self._name} holds no price of {symbol}; it has {have}."
                faults.append(Fault(symbol, None, "no_prices", "refused", detail))
        series: dict[str, pd.DataFrame] = {}
        for file, chosen in by_file.items():
            for symbol, columns in read_columns(file, chosen):
                faults += check_bars(symbol, _as_bars(columns.loc[first:last]))
                series[symbol] = _adjust(symbol, columns, faults).loc[first:last]
        return _combine([name for name in wanted if name in series], series, faults)


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


def _combine(
    symbols: Sequence[str], series: Mapping[str, pd.DataFrame], faults: Sequence[Fault]
) -> PriceTable:
    """Put the columns of single symbols side by side, on the union of their sessions."""
    days = pd.DatetimeIndex([], dtype="datetime64[us]", name="session")
    for symbol in symbols:
        days = days.union(pd.DatetimeIndex(series[symbol].index))

    def wide(what: str) -> pd.DataFrame | None:
        parts = {name: series[name][what] for name in symbols if what in series[name]}
        if not parts:
            return None
        return pd.DataFrame(parts, index=days, dtype="float64").reindex(columns=list(symbols))

    closes = wide("closes")
    if closes is None:
        closes = pd.DataFrame(index=days, dtype="float64")
    return build_table(
        closes, source="csv", opens=wide("opens"), volume=wide("volume"), faults=faults
    )


def _as_bars(columns: pd.DataFrame) -> pd.DataFrame:
    """Say 0 and 1 where a file says nothing, or 0 as yfinance does, of dividends and splits."""
    usual = {"dividend": 0.0, "split": 1.0}
    filled = {name: columns[name].fillna(value) for name, value in usual.items() if name in columns}
    bars = columns.assign(**filled)
    return bars.replace({"split": {0.0: 1.0}}) if "split" in bars else bars


def _adjust(symbol: str, columns: pd.DataFrame, faults: list[Fault]) -> pd.DataFrame:
    """Turn what a file has into adjusted closes and opens, and volume."""
    if "wide" in columns:
        return columns.rename(columns={"wide": "closes"})
    adjusted = "adj_close" in columns and bool(columns["adj_close"].notna().any())
    if not adjusted and "close" in columns:
        detail = f"{symbol} has no adjusted closes: its closes are taken as adjusted."
        faults.append(Fault(symbol, None, "adjustment_unknown", "marked", detail))
    values = {name: columns[name].to_numpy() for name in columns}
    closes = values["adj_close" if adjusted or "close" not in columns else "close"]
    found = {"closes": closes}
    if "open" in values and "close" in values:
        traded = values["close"]
        priced = traded > 0  # else there is no open to adjust
        factor = np.divide(closes, traded, out=np.full(len(traded), np.nan), where=priced)
        found["opens"] = values["open"] * factor
    if "volume" in values:
        found["volume"] = values["volume"]
    return pd.DataFrame(found, index=columns.index)


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
