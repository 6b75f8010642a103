"""The notations that are sought, in the order in which they are trusted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

from signals.news.codes import (
    find_bare,
    find_bloomberg,
    find_identifiers,
    find_open_lists,
    find_pairs,
    find_ticker_lines,
)
from signals.news.notations import find_cashtags, find_prefixed
from signals.news.reading import Found, Reading, Taken
from signals.news.restated import find_again, find_behind_names
from signals.news.rics import find_rics
from signals.news.signs import Sign, Signs


class Recogniser(NamedTuple):
    """One notation of a listing, by name: what finds it, and the sign without which it is not."""

    name: str
    find: Callable[[Reading], list[Found]]
    sign: Sign


_CAPITALS = ("A", "AA", "AAA", "AAAA", "AAAAA")  # of a ticker
# What may stand behind a code in a shape, that goes on with none of these.
_NO_WORD = [char for char in map(chr, range(128)) if not (char.isalnum() or char in "_-")]
RECOGNISERS: tuple[Recogniser, ...] = (
    Recogniser("exchange prefix", find_prefixed, Sign((":",))),
    Recogniser("cashtag", find_cashtags, Sign(("$A", "$a"))),
    Recogniser(
        "number of a security",
        find_identifiers,
        Sign(words=("cusip",), pattern=re.compile(rb"AA[A0]{9}0")),
    ),
    Recogniser("Reuters code", find_rics, Sign(("A.A", "0.A", "Aa.A", "0a.A"))),
    Recogniser(
        "Bloomberg code",
        find_bloomberg,
        Sign(tuple(f"{before} AA{after}" for before in "A0" for after in _NO_WORD)),
    ),
    Recogniser("line of tickers", find_ticker_lines, Sign(words=("ticker", "symbol", "stocks"))),
    Recogniser(
        "tickers in brackets",
        find_bare,
        Sign(tuple(f"({ticker}{mark}" for ticker in _CAPITALS for mark in "-.),;/ ")),
    ),
    Recogniser(
        "ticker behind a name",
        find_behind_names,
        Sign(pattern=re.compile(rb" AA")),
    ),
    Recogniser(
        "tickers in a row",
        find_open_lists,
        Sign(
            tuple(
                f"A,{blank}{ticker}{mark}"
                for blank in ("", " ")
                for ticker in _CAPITALS
                for mark in (",", " aaa A")
            )
        ),
    ),
    Recogniser("cryptocurrency pair", find_pairs, Sign(("-AAA",))),
)
"""Notations in the order of trust: where two overlap, the earlier one counts."""

SIGNS = Signs({recogniser.name: recogniser.sign for recogniser in RECOGNISERS})
"""Tells which of them a text may hold."""

_BY_START = itemgetter(0)  # of what was found


def read_notations(reading: Reading) -> tuple[list[Found], list[Found]]:
    """Run the recognisers in their order: what names a listing, and what fails to."""
    taken: list[Found] = []
    signs = reading.signs
    for name, find, _ in RECOGNISERS:
        if name in signs:
            taken += _outside(taken, find(reading))
    taken.sort(key=_BY_START)
    if taken and (again := find_again(reading, taken)):
        taken = sorted([*taken, *again], key=_BY_START)
    return [one for one in taken if one.listing], [one for one in taken if not one.listing]


def _outside(taken: Sequence[Found], found: list[Found]) -> list[Found]:
    """Give what overlaps nothing that was found before."""
    if not taken or not found:
        return found
    earlier = Taken.of(sorted(taken, key=_BY_START))
    return [one for one in found if not earlier.overlaps(one.start, one.end)]
