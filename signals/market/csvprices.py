"""Prices in CSV files as a price source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from signals.errors import PriceError
from signals.market.barchecks import check_bars
from signals.market.csvfiles import read_columns, read_header
from signals.market.prices import PriceTable, build_table, check_range, read_symbols
from signals.market.quality import Fault, name_a_few


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
