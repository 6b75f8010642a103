"""Share classes behind a ticker: ``BRK.B``, ``BRK/B``, ``AMC/PA``, and what else a slash parts."""

from __future__ import annotations

import re

from signals.news.before import named_before
from signals.news.reading import Reading
from signals.news.vocabulary import FUNCTION_WORDS, NO_TICKERS

BEHIND_A_SLASH = r"/[A-Z]{1,2}(?![A-Za-z0-9:]|\.\w)"
"""A pattern of what may be a class behind a slash, or another ticker."""

# Classes, series of preferred shares, and warrants.
_CLASS = re.compile(r"[ABC]|P[A-Z]|WS")
_ROOT = re.compile(r"([A-Z]{1,5})-[A-Z]{1,2}")


def spelled(ticker: str) -> str:
    """Give a ticker as Yahoo writes it: a share class behind a hyphen."""
    root, dot, ending = ticker.replace("/", ".").partition(".")
    return f"{root}-{ending}" if "/" in ticker or (dot and len(ending) == 1) else ticker


def root_of(symbol: str) -> str:
    """Give the share that a symbol of New York names a class of; empty where it names none."""
    classed = _ROOT.fullmatch(symbol)
    return classed[1] if classed else ""


def is_no_ticker(letters: str) -> bool:
    """Tell an ordinary word or an abbreviation in capitals."""
    return letters in NO_TICKERS or letters.capitalize() in FUNCTION_WORDS


def is_class(reading: Reading, ticker: str, suffix: str = "", bracket: int = -1) -> bool:
    """Tell whether what stands behind the slash of ``BRK/B`` is a class, or another ticker.

    It is another one in ``BAC/C``, where both are traded and the book has no such class; but not
    behind the name of the first: "Hubbell (HUBB/B)". The suffix is that of the exchange, with its
    dot.
    """
    root, _, ending = ticker.partition("/")
    if reading.known(f"{root}-{ending}{suffix}"):
        return True
    if not _CLASS.fullmatch(ending):
        return False
    share, other = reading.known(f"{root}{suffix}"), reading.known(f"{ending}{suffix}")
    if share is None or other is None:
        return True
    named = [one.company for one in named_before(reading, bracket)] if bracket >= 0 else []
    traded = share.valid_on(reading.as_of) and other.valid_on(reading.as_of)
    return not traded or share.company in named


def is_known(reading: Reading, ticker: str) -> bool:
    """Tell whether the book has a ticker, or the share that it is a class of."""
    if reading.known(spelled(ticker)) is not None:
        return True
    root, mark, ending = ticker.replace("/", ".").partition(".")
    if not mark or len(root) < 2 or not _CLASS.fullmatch(ending) or is_no_ticker(root):
        return False
    return ("/" in ticker or len(ending) == 1) and reading.known(root) is not None
