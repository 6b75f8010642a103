"""Which listing of a company is meant, where the text names the company alone.

A name without a stated listing means the listing in New York where the company has one, unless
the text speaks of its home market; else its home listing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from signals.exchanges import Listing
from signals.news.notations import Found, Reading

ListingChoice = Literal["as_written", "primary", "us"]

_EXCHANGES = frozenset("XNAS XNYS XASE ARCX BATS IEXG".split())
_AMERICAN = _EXCHANGES | frozenset("PINX OTCQ OTCB".split())

# What a text about a home market says. The literals are looked for first: most texts have none.
_HOME_SIGNS = {
    mic: re.compile(pattern)
    for mics, pattern in (
        ("XLON", r"£|\bpence\b|\bGBP\b|\bUK\b|\bU\.K\.|\bBrit(?:ain|ish)\b|\bLondon\b|\bFTSE\b"),
        (
            "XNSE XBOM",
            r"\bRs\b|₹|\bcrores?\b|\blakhs?\b|\bIndian?\b|\bNifty\b|\bSensex\b|\bSEBI\b|\bFY\d",
        ),
        ("XTKS", r"¥|\byen\b|\bJapan(?:ese)?\b|\bTokyo\b|\bNikkei\b"),
        ("XTSE", r"C\$|\bToronto\b|\bTSX\b|\bCanad(?:a|ian)\b"),
        ("XHKG", r"HK\$|\bHong Kong\b|\bHang Seng\b"),
        ("XASX", r"A\$|\bAustralian?\b|\bASX\b|\bSydney\b"),
        ("XSWX", r"\bCHF\b|\bSwiss\b|\bSwitzerland\b|\bZurich\b"),
        (
            "XETR XPAR XAMS XBRU XMAD MTAA XHEL XLIS XDUB",
            (
                r"€|\b(?:euros?|EUR|Germany?|French|France|Dutch|Spain|Spanish|Italy|Italian|Finnish)\b"
                r"|\b(?:Finland|DAX|CAC 40|Helsinki|Paris|Frankfurt|Madrid|Milan|Amsterdam)\b"
            ),
        ),
        ("XSTO XCSE XOSL", r"\bSEK\b|\bDKK\b|\bNOK\b|\bSwed(?:en|ish)\b|\bDanish\b|\bNorw|\bkron"),
        ("BVMF", r"R\$|\bBrazil(?:ian)?\b|\bSao Paulo\b|\bBovespa\b"),
        ("XKRX", r"\bwon\b|\bSouth Korean?\b|\bSeoul\b|\bKOSPI\b"),
        ("XTAI", r"NT\$|\bTaiwan(?:ese)?\b|\bTaipei\b"),
    )
    for mic in mics.split()
}


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
    home = _HomeMarkets(reading.text)
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


class _HomeMarkets:
    """Which home markets a text speaks of; it is read once for each."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spoken_of: dict[str, bool] = {}

    def __contains__(self, mic: str) -> bool:
        if mic not in self._spoken_of:
            signs = _HOME_SIGNS.get(mic)
            self._spoken_of[mic] = bool(signs and signs.search(self._text))
        return self._spoken_of[mic]


def _choose(
    markets: _HomeMarkets, known: list[Listing], stated: Listing | None, rule: ListingChoice
) -> Listing | None:
    home = known[0] if known else None
    if rule == "us":
        american = next((item for item in known if item.mic in _AMERICAN), None)
        return american or stated or home
    if rule == "primary" or stated:
        return (home or stated) if rule == "primary" else stated
    if home is None or home.mic in _AMERICAN:
        return home
    new_york = next((item for item in known if item.mic in _EXCHANGES), None)
    if new_york is None:
        return home
    return home if home.mic in markets else new_york
