"""Which listing of a company is meant, where the text names the company alone.

A name without a stated listing means the listing in New York where the company has one, unless
the text speaks of its home market; else its home listing.
"""

from __future__ import annotations

from collections.abc import Sequence, Set as AbstractSet
from typing import Literal

from signals.exchanges import Listing
from signals.news.markets import HomeMarkets
from signals.news.reading import Found, Reading

ListingChoice = Literal["as_written", "primary", "us"]

_EXCHANGES = frozenset("XNAS XNYS XASE ARCX BATS IEXG".split())
_AMERICAN = _EXCHANGES | frozenset("PINX OTCQ OTCB".split())


def choose_listings(
    reading: Reading, found: Sequence[Found], rule: ListingChoice
) -> dict[str, Listing | None]:
    """Choose the listing that stands for each company; None for a private one.

    Parameters
    ----------
    reading
        The text, the book and the day.
    found
        What was found in it.
    rule
        ``"as_written"``: the first that the text states, else by this module's rule.
        ``"primary"``: the home listing. ``"us"``: the American one, over the counter too.
    """
    stated: dict[str, Listing] = {}
    for one in found:
        if one.listing:
            stated.setdefault(one.company, one.listing)
    home = reading.markets
    choice: dict[str, Listing | None] = {}
    for one in found:
        if one.company in choice:
            continue
        if rule == "as_written" and one.company in stated:
            choice[one.company] = stated[one.company]
        else:
            known = [
                Listing(security.symbol, security.mic)
                for security in reading.book.listings(one.company, reading.as_of)
                if security.symbol and security.mic
            ]
            choice[one.company] = _choose(home, known, stated.get(one.company), rule)
    return choice


def _choose(
    markets: HomeMarkets, known: list[Listing], stated: Listing | None, rule: ListingChoice
) -> Listing | None:
    home = known[0] if known else None
    if rule == "us":
        return _first_on(_AMERICAN, known) or stated or home
    if rule == "primary":
        return home or stated
    if stated or home is None or home.mic in _AMERICAN:
        return stated or home
    new_york = _first_on(_EXCHANGES, known)
    return home if new_york is None or home.mic in markets else new_york


def _first_on(mics: AbstractSet[str], known: Sequence[Listing]) -> Listing | None:
    return next((one for one in known if one.mic in mics), None)
