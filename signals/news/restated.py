"""Tickers without a bracket, which a name beside them or an earlier statement explains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from signals.news.classes import is_class, is_no_ticker, spelled
from signals.news.codes import shouts
from signals.news.layout import CLOSING
from signals.news.reading import Found, Reading, Taken
from signals.news.vocabulary import GROUP_FORMS, LEGAL_FORMS

# By itself, and no begin of a name such as "ADMA Biologics".
_TICKER_ALONE = re.compile(
    r"[A-Z](?<![\w$#@&:./'-].)[A-Z]{1,4}(?![\w&@/'-]|\.\w| (?:& )?[A-Z][a-z])"
)
_FORMS_BEGIN = frozenset(form[:2] for form in LEGAL_FORMS | GROUP_FORMS)
_FEW = 8  # of so many it is told sooner by counting whether one comes again
_BEHIND_A_NAME = re.compile(
    rf"(?:{CLOSING})? (?:[-–—|] )?([A-Z]{{2,5}}(?:\.[A-Z]|/[A-Z]{{1,2}})?)(?![\w&'’-]|\.\w)"
)


def find_behind_names(reading: Reading) -> list[Found]:
    """Find the ticker of a company right behind its name: "Greif, Inc. GEF", "Kodak - KODK"."""
    text = reading.text
    found: dict[int, Found] = {}
    for _, end, key in reading.names:
        begun = text[end + 1 : end + 3]
        if begun[-1:].islower() and begun not in _FORMS_BEGIN:
            continue  # most names stand before a word with small letters
        ticker = _BEHIND_A_NAME.match(text, end)
        if ticker is None:
            continue
        written, start = ticker[1], ticker.start(1)
        if "/" in written and not is_class(reading, written):
            written = written.partition("/")[0]  # "Apple AAPL/F"
        known, behind = reading.known(spelled(written)), start + len(written)
        if known is None or shouts(text, start, behind):
            continue
        if known.company in [one.company for one in reading.book.named(key, reading.as_of)]:
            listing = reading.listing(spelled(written))
            found[start] = Found(start, behind, "explicit", listing, confidence=0.9)
    return [found[place] for place in sorted(found)]


def find_again(reading: Reading, stated: Sequence[Found]) -> list[Found]:
    """Find the tickers that a text has stated where they come again by themselves.

    "Edwards (NYSE:EW) fell. The consensus on EW stock". What is a word or a name too is left to
    be read as such.
    """
    text = reading.text
    symbols = [one.listing.symbol for one in stated if one.listing]
    if len(symbols) <= _FEW and all(text.count(one) <= symbols.count(one) for one in symbols):
        return []  # each stands where it was stated, and nowhere else
    first = {one.listing.symbol: one for one in reversed(stated) if one.listing}
    taken = Taken.of(stated)
    again = [
        ticker
        for ticker in _TICKER_ALONE.finditer(text)
        if ticker[0] in first and not taken.overlaps(*ticker.span())
    ]
    if not again:
        return []
    names = sorted(reading.names)
    ends = accumulate((end for _, end, _ in names), max)  # they may overlap
    named = Taken((start, end) for (start, _, _), end in zip(names, ends, strict=True))
    found: list[Found] = []
    for ticker in again:
        span = ticker.span()
        if not (named.overlaps(*span) or _is_a_word(ticker[0], reading) or shouts(text, *span)):
            listing = first[ticker[0]].listing
            found.append(Found(*span, "explicit", listing, confidence=0.8))
    return found


def _is_a_word(symbol: str, reading: Reading) -> bool:
    """Tell whether a ticker is an ordinary word, an abbreviation or a name too."""
    return is_no_ticker(symbol) or bool(reading.book.find(symbol, reading.as_of))
