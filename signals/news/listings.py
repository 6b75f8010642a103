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

# What a text about a home market says. "_" is a blank, "#" a digit; a word with "*" goes on.
_HOME_WORDS = {
    "XLON": "£ pence GBP UK U.K. Britain British London FTSE",
    "XNSE XBOM": "₹ Rs crore crores lakh lakhs India Indian Nifty Sensex SEBI FY#",
    "XTKS": "¥ yen Japan Japanese Tokyo Nikkei",
    "XTSE": "C$ Toronto TSX Canada Canadian",
    "XHKG": "HK$ Hong_Kong Hang_Seng",
    "XASX": "A$ Australia Australian ASX Sydney",
    "XSWX": "CHF Swiss Switzerland Zurich",
    "XETR XPAR XAMS XBRU XMAD MTAA XHEL XLIS XDUB": (
        "€ euro euros EUR German Germany French France Dutch Spain Spanish Italy Italian Finnish "
        "Finland DAX CAC_40 Helsinki Paris Frankfurt Madrid Milan Amsterdam"
    ),
    "XSTO XCSE XOSL": "SEK DKK NOK Sweden Swedish Danish Norw* kron*",
    "BVMF": "R$ Brazil Brazilian Sao_Paulo Bovespa",
    "XKRX": "won South_Korea South_Korean Seoul KOSPI",
    "XTAI": "NT$ Taiwan Taiwanese Taipei",
}


def _sign(word: str) -> str:
    """Make the pattern of a word; its first character comes first and is sought at full speed."""
    literal = re.escape(word.rstrip("*#").replace("_", " "))
    begins = rf"(?<=\b{word[0]})" if word[0].isalpha() and word[-1] != "$" else ""
    ends = r"\d" if word[-1] == "#" else r"\b" if word[-1].isalnum() else ""
    return f"{literal[0]}{begins}{literal[1:]}{ends}"


_HOME_SIGNS = {
    mic: re.compile("|".join(map(_sign, words.split())))
    for mics, words in _HOME_WORDS.items()
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
