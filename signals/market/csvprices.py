"""Prices in CSV files as a price source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from signals.errors import PriceError
from signals.market.bartables import adjusted_table
from signals.market.csvfiles import read_columns, read_header
from signals.market.prices import PriceTable, check_range, read_symbols
from signals.market.quality import Fault, name_a_few, refuse

if TYPE_CHECKING:
    import pandas as pd


class CsvPrices:
    """Prices in CSV files: a folder of them, or one file.

    Two shapes are read. A wide file has a ``date`` column, and a column of adjusted closes for
    each symbol. A file of one symbol is called after it, as in ``BRK-B.csv``, and has ``date`` and
    ``adj_close``, with ``close``, ``open`` and ``volume`` if there are any; opens are adjusted by
    adj_close / close. Where there is only ``close`` it is taken as adjusted, and that is marked.
    ``high``, ``low``, ``dividend`` and ``split`` are read to check the others by them. The names
    that vendors have for these, such as "Adj. Close", ``closeadj`` or ``splitFactor``, are known.
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
                faults.append(refuse(symbol, "no_prices", detail))
        read = {
            symbol: columns
            for file, chosen in by_file.items()
            for symbol, columns in read_columns(file, chosen)
        }
        bars = {name: read[name] for name in wanted if name in read}
        return adjusted_table(bars, first, last, source="csv", faults=faults)
