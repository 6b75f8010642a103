"""Tickers without a bracket, which a name beside them or an earlier statement explains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from signals.exchanges import Listing, mic_of
from signals.news.codes import shouts, spelled
from signals.news.layout import Layout
from signals.news.reading import Found, Reading, Taken
from signals.news.vocabulary import FUNCTION_WORDS, NO_TICKERS

# By itself, and no begin of a name such as "ADMA Biologics".
_TICKER_ALONE = re.compile(
    r"[A-Z](?<![\w$#@&:./'-].)[A-Z]{1,4}(?![\w&@/'-]|\.\w| (?:& )?[A-Z][a-z])"
)
_FEW = 8  # symbols, for each of which a text is looked through before it is for all
_BEHIND_A_NAME = re.compile(r" (?<=[\w.] )(?:[-–—|] )?([A-Z]{2,5}(?:\.[A-Z])?)(?![\w&'’-]|\.\w)")


def find_behind_names(reading: Reading) -> list[Found]:
    """Find the ticker of a company right behind its name: "Greif, Inc. GEF", "Kodak - KODK"."""
    text = reading.text
    found: list[Found] = []
    behind: dict[int, list[str]] | None = None
    for ticker in _BEHIND_A_NAME.finditer(text):
        known = reading.known(symbol := spelled(ticker[1]))
        if known is None:
            continue
        behind = _ends_of_names(reading) if behind is None else behind
        named = [
            one.company
            for key in behind.get(ticker.start(), ())
            for one in reading.book.named(key, reading.as_of)
        ]
        if known.company in named and not shouts(text, *ticker.span(1)):
            listing = Listing(symbol, known.mic or mic_of(symbol))
            found.append(Found(*ticker.span(1), "explicit", listing, confidence=0.9))
    return found


def _ends_of_names(reading: Reading) -> dict[int, list[str]]:
    """Give the names of the book that end at a place of the text, legal forms included."""
    layout = Layout(reading.text)
    ends: dict[int, list[str]] = {}
    for _, end, key in reading.names:
        ends.setdefault(layout.with_legal_form(end), []).append(key)
    return ends


def find_again(reading: Reading, stated: Sequence[Found]) -> list[Found]:
    """Find the tickers that a text has stated where they come again by themselves.

    "Edwards (NYSE:EW) fell. The consensus on EW stock". What is a word or a name too is left to
    be read as such.
    """
    text, taken = reading.text, Taken(stated)
    first = {one.listing.symbol: one for one in reversed(stated) if one.listing}
    if len(first) <= _FEW and not any(_comes_again(text, *item) for item in first.items()):
        return []  # as in most texts, which need not be looked through then
    again = [
        ticker
        for ticker in _TICKER_ALONE.finditer(text)
        if ticker[0] in first and not taken.overlaps(*ticker.span())
    ]
    if not again:
        return []
    starts = sorted(reading.names)
    ends = accumulate((end for _, end, _ in starts), max)  # they may overlap
    named = Taken([Found(one[0], end, "name") for one, end in zip(starts, ends, strict=True)])
    found: list[Found] = []
    for ticker in again:
        span = ticker.span()
        if not (named.overlaps(*span) or _is_a_word(ticker[0], reading) or shouts(text, *span)):
            listing = first[ticker[0]].listing
            found.append(Found(*span, "explicit", listing, confidence=0.8))
    return found


def _comes_again(text: str, symbol: str, stated: Found) -> bool:
    """Tell whether the letters of a symbol stand elsewhere too."""
    return text.count(symbol) > text.count(symbol, stated.start, stated.end)


def _is_a_word(symbol: str, reading: Reading) -> bool:
    """Tell whether a ticker is an ordinary word, an abbreviation or a name too."""
    return (
        symbol in NO_TICKERS
        or symbol.capitalize() in FUNCTION_WORDS
        or bool(reading.book.find(symbol, reading.as_of))
    )
