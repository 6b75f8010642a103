"""Check the symbols of ``delisted.csv`` against the CUSIPs that edgartools carries.

Run by hand, in the environment of ``build.py``::

    .venv-data/bin/python data/companies/check_delisted.py

CUSIPs number issuers in the order of the alphabet, so that the first three digits of a symbol's
CUSIP tell how the name of its issuer began. A row is named when none of its symbol's CUSIPs is
near those of the names beside its own. Names of capitals (``PMC-Sierra``) stand before all others
of their letter, and symbols that somebody else has today may have kept that issuer's CUSIP alone:
both are to be looked at, and are right more often than not.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect
from collections import Counter, defaultdict
from pathlib import Path

import pandas as pd
from sources import located

_BESIDE = 25  # known names on either side
_NEAR = 12  # in thousands of issuers: a letter has 20 to 90
_DATA = "edgar/reference/data"


def sortable(name: str) -> str:
    """Give a name as the alphabet of issuers has it."""
    return re.sub("[^A-Z0-9]", "", name.upper().removeprefix("THE "))


def main() -> None:
    """Print the rows whose symbol belongs to another part of the alphabet, and the counts."""
    numbers = pd.read_parquet(located("edgartools", f"{_DATA}/ct.pq"))
    of_symbol: dict[str, list[str]] = defaultdict(list)
    for cusip, symbol in zip(numbers["Cusip"], numbers["Ticker"], strict=True):
        of_symbol[symbol].append(cusip)
    today = pd.read_parquet(located("edgartools", f"{_DATA}/company_tickers.parquet"))
    known = sorted(
        (sortable(name), int(cusip[:3]))
        for symbol, name in zip(today["ticker"], today["name"], strict=True)
        for cusip in of_symbol.get(symbol, ())
        if cusip[:3].isdigit()
    )
    counts: Counter[str] = Counter()
    with (Path(__file__).parent / "delisted.csv").open(encoding="utf-8") as file:
        for symbol, _, name, aliases, month in csv.reader(file):
            own = of_symbol.get(symbol, [])
            names = [name, *filter(None, aliases.split("|"))]
            expected = [middle(known, sortable(one)) for one in names]
            foreign = any(not cusip[:3].isdigit() for cusip in own)
            near = any(
                abs(int(c[:3]) - e) <= _NEAR for c in own if c[:3].isdigit() for e in expected
            )
            verdict = "unknown" if not own else "agrees" if foreign or near else "differs"
            counts[verdict] += 1
            if verdict == "differs":
                print(symbol, name, month, own, expected)
    print(dict(counts))


def middle(known: list[tuple[str, int]], name: str) -> int:
    """Give the median number of the names beside a name."""
    place = bisect(known, (name, 0))
    beside = sorted(number for _, number in known[max(0, place - _BESIDE) : place + _BESIDE])
    return beside[len(beside) // 2]


if __name__ == "__main__":
    main()
