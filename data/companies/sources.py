"""Read the lists of companies that PyPI packages carry, each as plain records."""

from __future__ import annotations

import importlib.metadata
import re
import runpy
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from pytickersymbols import PyTickerSymbols

INDICES = (
    "S&P 500|NASDAQ 100|S&P 600|FTSE 100|DAX|MDAX|SDAX|TecDAX|CAC_40|CAC Mid 60|AEX|BEL 20|"
    "EURO STOXX 50|IBEX 35|Switzerland 20|OMX Helsinki 25|OMX Stockholm 30|NIKKEI 225"
).split("|")
EXCHANGES = {
    "hong kong": ("HK", 250),
    "japan": ("T", 500),
    "south korea": ("KS", 120),
    "australia": ("AX", 300),
    "canada": ("TO", 300),
}
# Elsewhere the smaller ones may be of a second exchange, whose symbols end otherwise.
_OF_ONE_EXCHANGE = {"hong kong", "japan", "australia"}
_FOREIGN_TICKER = re.compile(r"[A-Z0-9]{1,6}(?:-[A-Z])?")
GERMAN_INDICES = frozenset("DAX MDAX SDAX TecDAX".split())
SEC_MICS = {"Nasdaq": "XNAS", "NYSE": "XNYS", "OTC": "PINX", "CBOE": "BATS"}
_SEC_ENDING = re.compile(
    r"(?: ?[/\\][A-Z .]*[/\\]?| / ADR|/ADR|/NEW|, L\.P\.| \(.*\))+$", re.IGNORECASE
)
_PAPERS = re.compile(
    r"\s+(?:(?:Class|Series) [A-Z]\b.*|Common (?:Stock|Shares?|Units?).*|Ordinary Shares?.*|"
    r"American Depositary.*|Depositary.*|\(?(?:The|DE|New|REIT)\)$|(?:Units?|Warrants?|Rights?)$)"
)
_NO_COMPANY = re.compile(
    r"\b(?:Warrants?|Units?|Rights?|Preferred|Notes? [Dd]ue|Debentures?|ETFs?|ETNs?|Fund|"
    r"Subordinated|Depositary Shares [Ee]ach)\b"
)


class Record(NamedTuple):
    """One company of a list: its name as the list has it, and its symbols, the first first."""

    name: str
    symbols: tuple[str, ...]


def located(package: str, path: str) -> Path:
    """Give where an installed package keeps a file; the package is not imported."""
    return Path(str(importlib.metadata.distribution(package).locate_file(path)))


def sec() -> tuple[list[Record], dict[str, str]]:
    """Read the SEC's list as edgartools carries it: companies, and the exchange of each symbol."""
    table = pd.read_parquet(located("edgartools", "edgar/reference/data/company_tickers.parquet"))
    mics = {
        symbol: SEC_MICS[exchange]
        for symbol, exchange in zip(table["ticker"], table["exchange"], strict=True)
        if exchange in SEC_MICS
    }
    records = [
        Record(_SEC_ENDING.sub("", str(part["name"].iloc[0])).strip(), tuple(part["ticker"]))
        for _, part in table.groupby("cik", sort=True)
    ]
    return records, mics


def listed_in_2020() -> Iterator[Record]:
    """Read the American companies of spring 2020 as key-people carries them."""
    base = sqlite3.connect(located("key-people", "key_people/DB/Stocks.db"))
    for symbol, name in base.execute("select symbol, name from stocks order by symbol"):
        if name and not _NO_COMPANY.search(name) and symbol.isalpha():
            yield Record(_PAPERS.sub("", name).strip(), (symbol,))


def listed_in_2022() -> set[str]:
    """Give the American symbols of 2022 as easystockdata carries them."""
    return {row["symbol"] for row in _easystockdata("usa", "nasdaq_symbols")}


def indian() -> Iterator[Record]:
    """Read the companies of the National Stock Exchange of India as easystockdata carries them."""
    for row in _easystockdata("indian", "nse_symbols"):
        yield Record(row["name"].strip(), (f"{row['symbol']}.NS",))


def _easystockdata(module: str, name: str) -> list[dict[str, str]]:
    return runpy.run_path(str(located("easystockdata", f"easystockdata/{module}.py")))[name]


def foreign() -> Iterator[tuple[Record, bool]]:
    """Read the companies of some exchanges as investpy carries them, those of indices first.

    Only of exchanges whose own tickers it gives; elsewhere it has codes of another kind. The larger
    ones are told from the others.
    """
    table = pd.read_csv(located("investpy", "investpy/resources/stocks.csv"), keep_default_na=False)
    for country, (suffix, most) in EXCHANGES.items():
        part = table[table["country"] == country]
        part = part if country in _OF_ONE_EXCHANGE else part.head(most)
        columns = part["name"], part["full_name"], part["symbol"]
        for number, (short, name, ticker) in enumerate(zip(*columns, strict=True)):
            spelled = re.sub(r"_?([a-z])\Z", lambda found: f"-{found[1].upper()}", ticker)
            if _FOREIGN_TICKER.fullmatch(spelled) and not _NO_COMPANY.search(f"{short} {name}"):
                record = Record(
                    re.sub(r"(?<=\w)&(?=[A-Z]\w)", " & ", name), (f"{spelled}.{suffix}",)
                )
                yield record, number < most


def funds() -> Iterator[tuple[Record, str]]:
    """Read the American exchange-traded funds as investpy carries them, each with its exchange."""
    table = pd.read_csv(located("investpy", "investpy/resources/etfs.csv"), keep_default_na=False)
    part = table[table["country"] == "united states"]
    columns = part["full_name"], part["symbol"], part["stock_exchange"]
    for name, symbol, exchange in zip(*columns, strict=True):
        mic = {"NYSE": "ARCX", "NYSE Arca": "ARCX", "NASDAQ": "XNAS"}.get(exchange)
        if mic and symbol.isalpha():
            full = name if re.search(r"\b(?:ETF|ETN|Fund|Trust)\b", name) else f"{name} ETF"
            yield Record(full, (symbol,)), mic


def index_members() -> Iterator[Record]:
    """Read the members of stock indices as pytickersymbols carries them, the home line first."""
    source = PyTickerSymbols()
    for index in INDICES:
        for stock in source.get_stocks_by_index(index):
            listed = [str(entry["yahoo"]) for entry in stock.get("symbols", []) if entry["yahoo"]]
            main = str(stock.get("symbol") or (listed or [""])[0]).replace("/", "-")
            frankfurt = [one.removesuffix(".F") for one in listed if one.endswith(".F")]
            if "." not in main and frankfurt:
                if index not in GERMAN_INDICES:
                    continue  # its own code, not that of its home exchange
                main = f"{frankfurt[0]}.DE"
            name = re.sub(r"\s*\([^)]*\)", "", str(stock["name"])).strip()
            if main and main.count(".") <= 1:
                yield Record(name, (main, *(one for one in listed if one != main)))
