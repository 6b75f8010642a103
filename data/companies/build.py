"""Rebuild the package's table of securities from what two PyPI packages carry, and by hand.

Run by hand, never by the program::

    python3 -m venv /tmp/venv-data
    /tmp/venv-data/bin/pip install edgartools pytickersymbols pyarrow pandas
    /tmp/venv-data/bin/python data/companies/build.py --words FOLDER

Sources, all of them facts: the SEC's list of company tickers as edgartools carries it (symbol,
exchange), members of stock indices as pytickersymbols carries them (name, symbols), and
``by_hand.csv`` beside this file (aliases, brands, former names with their dates, home line first,
private companies), which wins over both. ``--words`` names a folder of ordinary text, CSV or plain:
a name that stands there in lower case at least half as often as with capitals is ambiguous.
"""

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
from pytickersymbols import PyTickerSymbols

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

# The script runs without an installation, so that the path comes first.
from signals.exchanges import VENUES  # noqa: E402
from signals.news.vocabulary import DESCRIPTORS, GENERIC_FIRST, OPENERS  # noqa: E402

COLUMNS = [
    "company",
    "symbol",
    "mic",
    "name",
    "aliases",
    "ambiguous",
    "kind",
    "currency",
    "valid_from",
    "valid_to",
]
INDICES = [
    "S&P 500",
    "NASDAQ 100",
    "S&P 600",
    "FTSE 100",
    "DAX",
    "MDAX",
    "CAC_40",
    "AEX",
    "BEL 20",
    "IBEX 35",
    "Switzerland 20",
    "OMX Helsinki 25",
    "OMX Stockholm 30",
    "NIKKEI 225",
]
SEC_MICS = {"Nasdaq": "XNAS", "NYSE": "XNYS", "OTC": "PINX", "CBOE": "BATS"}
MIC_BY_SUFFIX = {venue.suffix: venue.mic for venue in reversed(VENUES) if venue.suffix}
CURRENCIES = {
    suffix: currency
    for currency, suffixes in {
        "EUR": "DE F PA AS BR MC MI HE IR LS VI AT",
        "JPY": "T",
        "HKD": "HK",
        "KRW": "KS KQ",
        "TWD": "TW TWO",
        "CNY": "SS SZ",
        "INR": "NS BO",
        "AUD": "AX",
        "CAD": "TO V CN NE",
        "GBP": "L",
        "CHF": "SW",
        "SEK": "ST",
        "DKK": "CO",
        "NOK": "OL",
        "BRL": "SA",
        "MXN": "MX",
        "SGD": "SI",
        "ZAR": "JO",
        "ILS": "TA",
        "SAR": "SR",
        "NZD": "NZ",
    }.items()
    for suffix in suffixes.split()
} | {"": "USD"}
LEGAL = re.compile(
    r"(?:,? (?:Inc|Incorporated|Corp|Corporation|Co|Company|Ltd|Limited|plc|PLC|SE|AG|SA|S\.A|NV|"
    r"N\.V|ASA|Oyj|AB|Holdings?|Group|KGaA|\(publ\)))+\.?$"
)
NOT_KEY = re.compile(r"[^a-z0-9]+")


def slug(name: str) -> str:
    """Make the key of a company from its name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return NOT_KEY.sub("-", plain.lower()).strip("-")


def suffix_of(symbol: str) -> str:
    """Give what stands after the dot of a symbol in Yahoo's spelling."""
    return symbol.rpartition(".")[2] if "." in symbol else ""


def sec_mics() -> dict[str, str]:
    """Read the exchange of every American symbol; the file is read without its package."""
    package = importlib.metadata.distribution("edgartools")
    path = package.locate_file("edgar/reference/data/company_tickers.parquet")
    table = pd.read_parquet(str(path))
    return {
        symbol: SEC_MICS[exchange]
        for symbol, exchange in zip(table["ticker"], table["exchange"], strict=True)
        if exchange in SEC_MICS
    }


def mic_of(symbol: str, mics: dict[str, str]) -> str:
    """Give the exchange of a symbol: by its suffix, or as the SEC states it."""
    suffix = suffix_of(symbol)
    if suffix:
        return MIC_BY_SUFFIX[suffix]
    over_the_counter = len(symbol) == 5 and symbol[-1] in "YF"
    return mics.get(symbol, "PINX" if over_the_counter else "XNYS")


def hand_rows() -> Iterator[dict[str, str]]:
    """Read the hand-made table: one record a listing."""
    with (HERE / "by_hand.csv").open(encoding="utf-8") as file:
        for record in csv.DictReader(file):
            for place, listing in enumerate(record["symbols"].split("|")):
                symbol, _, mic = listing.partition("@")  # a dead symbol states its exchange
                first = {} if place == 0 else {"aliases": "", "ambiguous": ""}
                yield {**record, "symbol": symbol, "mic": mic, **first}


def index_rows(taken: set[str], mics: dict[str, str]) -> Iterator[dict[str, str]]:
    """Read the members of the indices that the hand-made table does not have."""
    source = PyTickerSymbols()
    for index in INDICES:
        for stock in source.get_stocks_by_index(index):
            listed = [str(entry["yahoo"]) for entry in stock.get("symbols", []) if entry["yahoo"]]
            main = str(stock["symbol"])
            known = {symbol for symbol in (*listed, main) if symbol in taken}
            if known or suffix_of(main) not in {"", *MIC_BY_SUFFIX} or main.count(".") > 1:
                continue
            adr = [s for s in listed if "." not in s and s in mics and s != main and "." in main]
            name = re.sub(r"\s*\([^)]*\)", "", str(stock["name"])).strip()
            short = LEGAL.sub("", name)
            vague = len(short) < 3 or short in DESCRIPTORS | GENERIC_FIRST | OPENERS
            aliases = [] if vague or short == name else [short]
            for place, symbol in enumerate([main.replace("/", "-"), *adr[:1]]):
                taken.add(symbol)
                yield {
                    "name": name,
                    "symbol": symbol,
                    "aliases": "|".join(aliases) if place == 0 else "",
                    "kind": "company",
                }


def ambiguous_names(rows: list[dict[str, str]], folder: Path | None) -> set[str]:
    """Find the names that stand in ordinary text as ordinary words."""
    if folder is None:
        return set()
    words: Counter[str] = Counter()
    for path in sorted([*folder.glob("*.csv"), *folder.glob("*.txt")]):
        tokens = re.findall(r"[^\W\d_]+|\d+", path.read_text(encoding="utf-8"))
        for size in (1, 2):
            words.update(
                " ".join(pair) for pair in zip(*(tokens[i:] for i in range(size)), strict=False)
            )
    names = {name for row in rows for name in [row["name"], *row["aliases"].split("|")] if name}
    return {
        name
        for name in names
        if not name.isupper()
        and words[name.lower()] >= 2
        and words[name.lower()] >= 0.5 * words[name]
        and name != name.lower()
    }


def finish(
    rows: Iterable[dict[str, str]], mics: dict[str, str], words: set[str]
) -> Iterator[dict[str, str]]:
    """Complete the records to the columns of the package's table."""
    for row in rows:
        names = [row["name"], *row.get("aliases", "").split("|")]
        marked = {*row.get("ambiguous", "").split("|"), *(set(names) & words)} - {""}
        symbol = row["symbol"]
        yield {
            "company": slug(row["name"]),
            "symbol": symbol,
            "mic": row.get("mic") or (mic_of(symbol, mics) if symbol else ""),
            "name": row["name"],
            "aliases": row.get("aliases", ""),
            "ambiguous": "|".join(sorted(marked)),
            "kind": row.get("kind") or "company",
            "currency": CURRENCIES.get(suffix_of(symbol), "") if symbol else "",
            "valid_from": row.get("valid_from", ""),
            "valid_to": row.get("valid_to", ""),
        }


def main() -> None:
    """Write ``signals/news/securities.csv``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=Path, default=None)
    options = parser.parse_args()
    mics = sec_mics()
    rows = list(hand_rows())
    by_hand = {slug(name) for row in rows for name in (row["name"], *row["aliases"].split("|"))}
    taken = {row["symbol"] for row in rows}
    rows += [row for row in index_rows(taken, mics) if slug(row["name"]) not in by_hand]
    words = ambiguous_names(rows, options.words)
    with (ROOT / "signals/news/securities.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(finish(rows, mics, words))


if __name__ == "__main__":
    main()
