"""Recognisers of notations that name a listing outright: ``(NASDAQ:MSFT)`` and ``$MSFT``.

Each takes a :class:`Reading` and gives what it found, in order. None asks whether a book knows the
symbol, but of a slash whether a class stands behind it: what an article states counts. All run in
linear time: the colon or the dollar is found first, then a bounded span around it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from signals.errors import SymbolError
from signals.exchanges import (
    BY_BLOOMBERG,
    CRYPTO,
    INDEXES,
    WORDLIKE_PREFIXES,
    Listing,
    Venue,
    find_venue,
    has_suffix,
    prefix_key,
    resolve,
    spell_symbol,
)
from signals.news.classes import BEHIND_A_SLASH, is_class
from signals.news.reading import Found, Reading

# The colon and the dollar come first in their patterns: such a pattern is sought at full speed.
# Behind the colon stands what may be a ticker, in capitals or, before a bracket or comma, small.
_COLON = re.compile(
    r":(?<=[A-Za-z0-9. ]:)[ \n]{0,3}(?:\*\*|[\[$])?"
    r"(?=[A-Z0-9]{1,12}(?![A-Za-z0-9])|[a-z]{1,6}(?:[.-][a-z])?[),;\]])"
)
# Up to four words, backwards: read from the colon on, nothing has to be tried twice.
_PREFIX = re.compile(r" ?[A-Za-z0-9.\-]*[A-Za-z0-9](?: [A-Za-z0-9.\-]*[A-Za-z0-9]){0,3}")
# The commonest form of all, which needs no closer look: "(NASDAQ:MSFT)".
_LONGEST_PLAIN = 9
_PLAIN = re.compile(r"\(([A-Z]{1,8}): ?([A-Z]{1,8})\)")
_TICKER = re.compile(r"[A-Z0-9]{1,12}(?:[.&-][A-Z0-9]{1,4}){0,2}(?![A-Za-z0-9])")
_LOWER_TICKER = re.compile(r"[a-z]{1,6}(?:[.-][a-z])?(?=[),;\]])")
_CLASS_BEHIND = re.compile(BEHIND_A_SLASH)
_SHARE_CLASS = re.compile(r"[A-Z]{1,8} [A-D](?= ?[),;/\]])")
_NEXT_IN_LIST = re.compile(r" ?[,;/&|] ?(?:and )?\$?(?=[A-Z0-9])| and \$?(?=[A-Z0-9])")
_LIST_ITEM_ENDS = re.compile(r" ?(?:[),;/&|\]]|and )")
# The clock, a decimal, a per cent: "NYSE: 9:30", "HKEX: 5.3", "HKEX: 20%".
_NUMBER_GOES_ON = re.compile(r"[:%]|[.,]\d| (?:per ?cent|million|billion|points?)\b")
_UNKNOWN = re.compile(r"[A-Z]{2,12}")
_UNKNOWN_TICKER = re.compile(r"[A-Z][A-Z0-9.]{0,5}(?=[)\]])")

_LAST_BRACKET = re.compile(r"[^()\[\]<>]*[()\[\]<>]")  # backwards

_LOOK_BACK = 40
_BRACKET_REACH = 80
_MOST_HINTS = 40  # looking for the nearest prefix costs a millisecond each

# Numbers of securities that look like listings.
_IDENTIFIERS = frozenset("ISIN CUSIP WKN SEDOL LEI CIK FIGI VALOR ISSN ISBN DOI".split())


def find_prefixed(reading: Reading) -> list[Found]:
    """Find ``PREFIX:TICKER`` and the tickers that follow it in a list.

    An unknown prefix in brackets, as in ``(FOOBAR:ABC)``, is given with a reason.
    """
    text = reading.text
    found: list[Found] = []
    hints: dict[str, str] = {}
    for colon in _COLON.finditer(text):
        opened = text.rfind("(", max(0, colon.start() - _LONGEST_PLAIN), colon.start())
        plain = _PLAIN.match(text, opened) if opened >= 0 else None
        if plain and (listing := _plainly_listed(plain[1], plain[2]) or _behind(reading, plain)):
            group = _group(text, opened, found)
            found.append(Found(opened + 1, plain.end() - 1, "explicit", listing, group=group))
            continue
        backwards = text[max(0, colon.start() - _LOOK_BACK) : colon.start()][::-1]
        reversed_prefix = _PREFIX.match(backwards)
        if reversed_prefix is None:
            continue
        written = reversed_prefix[0][::-1]
        bracket = _open_bracket(text, colon.start())
        start, venue = _venue_before(written, colon.start() - len(written), text, colon.end())
        if venue is None:
            if bracket >= 0 and (unknown := _unknown(text, bracket, colon, hints)):
                found.append(unknown)
            continue
        if _reads_as_prefix(text[start : colon.start()].rstrip(), bracket, colon[0]):
            group = _group(text, bracket, found)
            found.extend(_joint(text, start, colon.end(), (bracket, group)))
            found.extend(_listings(reading, start, colon.end(), venue, (bracket, group)))
    return found


@lru_cache(1 << 14)
def _plainly_listed(prefix: str, ticker: str) -> Listing | None:
    """Give the listing that a prefix and a ticker name, or None for a closer look."""
    venue = find_venue(prefix, ticker)
    try:
        return spell_symbol(ticker, venue) if venue else None
    except SymbolError:
        return None


_JOINT = re.compile(
    r"[A-Za-z][A-Za-z.\-]{1,12}(?: American| Arca| MKT)?(?=(?:,|/|;| ?[&|]| and) ?\Z)"
)


def _behind(reading: Reading, plain: re.Match[str]) -> Listing | None:
    """Give the listing whose exchange, or Bloomberg's code, stands behind: ``(AAPL:NASDAQ)``."""
    ticker, place = plain.groups()
    if place in BY_BLOOMBERG:
        symbol, mic = spell_symbol(ticker, BY_BLOOMBERG[place])
        return reading.listing(symbol, mic) if reading.known(symbol) else None
    return None if place in WORDLIKE_PREFIXES else _plainly_listed(place, ticker)


def _joint(text: str, start: int, after: int, place: tuple[int, int]) -> Iterator[Found]:
    """Read the prefixes before a prefix that share its ticker: ``(TSX, NYSE: ENB)``."""
    bracket, group = place
    written = _JOINT.search(text[bracket + 1 : start]) if bracket >= 0 else None
    ticker = _TICKER.match(text, after)
    venue = find_venue(written[0], ticker[0]) if written and ticker else None
    if written and ticker and venue:
        begin = bracket + 1 + written.start()
        yield from _joint(text, begin, after, place)
        listing = spell_symbol(ticker[0], venue)
        yield Found(begin, begin + len(written[0]), "explicit", listing, group=group)


def _open_bracket(text: str, place: int) -> int:
    """Give where the bracket opens that a place stands in, or -1."""
    begin = max(0, place - _BRACKET_REACH)
    last = _LAST_BRACKET.match(text[begin:place][::-1])
    return place - last.end() if last and last[0][-1] in "([<" else -1


def _venue_before(written: str, start: int, text: str, after: int) -> tuple[int, Venue | None]:
    """Find the longest ending of the words before a colon that names an exchange."""
    ticker = _TICKER.match(text, after)
    words = written.rstrip().split(" ")
    place = start
    for index, word in enumerate(words):
        if venue := find_venue("".join(words[index:]), ticker[0] if ticker else ""):
            return place, venue
        place += len(word) + 1
    return start, None


def _reads_as_prefix(written: str, bracket: int, colon: str) -> bool:
    """Tell an exchange's prefix from a word of prose."""
    if bracket >= 0:
        return True
    key = prefix_key(written)
    if key in WORDLIKE_PREFIXES:
        return written.isupper() and colon == ":"
    return written.isupper() or (len(key) >= 6 and written[0].isupper())


def _group(text: str, bracket: int, found: list[Found]) -> int:
    """Give where a row of brackets begins: "(NYSE:KGC)(TSX:K)" is one row."""
    if bracket < 0:
        return bracket
    outer = bracket - (bracket > 0 and text[bracket - 1] == "(")  # a Markdown link in brackets
    if not found:
        return outer
    last = found[-1]
    between = text[last.end : bracket] if 0 <= bracket - last.end <= 20 else ""
    joined = last.group >= 0 and between.rstrip().endswith((")", "]")) and between.count(" ") <= 3
    if last.group >= 0 and (joined or _open_bracket(text, last.start) == bracket):
        return last.group
    return outer


def _listings(
    reading: Reading, start: int, after: int, venue: Venue, place: tuple[int, int]
) -> Iterator[Found]:
    """Read the tickers after a prefix: one, or in brackets a list."""
    text, suffix = reading.text, f".{venue.suffix}" if venue.suffix else ""
    bracket, group = place
    span = _read_ticker(text, after, venue, lower=bracket >= 0)
    while span is not None:
        span = _with_class(reading, *span, suffix=suffix, bracket=bracket)
        try:
            listing = spell_symbol(text[span[0] : span[1]], venue)
        except SymbolError as error:
            yield Found(start, span[1], "explicit", group=group, reason=str(error))
            return
        yield Found(start, span[1], "explicit", listing, group=group)
        follow = _NEXT_IN_LIST.match(text, span[1]) if bracket >= 0 else None
        span = _read_ticker(text, follow.end(), venue, lower=False) if follow else None
        if span is None or not _LIST_ITEM_ENDS.match(text, span[1]):
            return
        start = span[0]


def _read_ticker(text: str, start: int, venue: Venue, *, lower: bool) -> tuple[int, int] | None:
    if venue.tickers == "classes" and (named := _SHARE_CLASS.match(text, start)):
        return named.span()
    ticker = _TICKER.match(text, start)
    if ticker is None:
        small = _LOWER_TICKER.match(text, start) if lower else None
        return small.span() if small else None
    if text.startswith(":", ticker.end()) and not ticker[0].isdigit():
        return None  # the prefix of the next listing
    if ticker[0].isdigit() and (
        venue.tickers != "numbers" or _NUMBER_GOES_ON.match(text, ticker.end())
    ):
        return None
    return ticker.span()


def _with_class(
    reading: Reading, start: int, end: int, *, suffix: str = "", bracket: int = -1
) -> tuple[int, int]:
    """Give the span of a ticker with the share class behind its slash: ``BRK/B``."""
    behind = _CLASS_BEHIND.match(reading.text, end)
    if behind and is_class(reading, f"{reading.text[start:end]}{behind[0]}", suffix, bracket):
        return start, behind.end()
    return start, end


def _unknown(text: str, bracket: int, colon: re.Match[str], hints: dict[str, str]) -> Found | None:
    """Give what looks like a listing of an exchange that nobody knows, with the reason."""
    prefix = text[bracket + 1 : colon.start()].strip()
    ticker = _UNKNOWN_TICKER.match(text, colon.end())
    if not _UNKNOWN.fullmatch(prefix) or ticker is None or prefix in _IDENTIFIERS:
        return None
    if prefix not in hints:
        hints[prefix] = f"{prefix!r} is no exchange prefix known here."
        if len(hints) <= _MOST_HINTS:
            try:
                resolve(prefix, ticker[0])
            except SymbolError as error:
                hints[prefix] = str(error)
    start = text.index(prefix, bracket)
    return Found(start, ticker.end(), "explicit", reason=hints[prefix])


_CASHTAG = re.compile(
    r"\$(?<![\w$#&@]\$)([A-Z]{1,5}|[a-z]{2,5})(?:([.\-])([A-Za-z]{1,2}))?(?![A-Za-z0-9_$])"
)
CRYPTOCURRENCIES: Mapping[str, tuple[str, ...]] = {
    "BTC": ("bitcoin",),
    "ETH": ("ethereum", "ether"),
    "SOL": ("solana",),
    "XRP": ("xrp", "ripple"),
    "DOGE": ("dogecoin",),
    "ADA": ("cardano",),
    "USDT": ("tether",),
    "USDC": ("usdc", "usd coin"),
    "BNB": ("bnb", "binance coin"),
    "AVAX": ("avalanche",),
    "DOT": ("polkadot",),
    "LTC": ("litecoin",),
    "SHIB": ("shiba inu",),
    "BCH": ("bitcoin cash",),
    "XLM": ("stellar",),
}
"""Tickers that mean a cryptocurrency behind a dollar, before "-USD", or behind one of its names."""

_CURRENCIES = frozenset("USD EUR GBP JPY CAD AUD CHF CNY HKD INR".split())
# Yahoo's American indexes, and those of other services: "the S&P 500 ($SPX) and the Dow ($DOWI)".
_INDEXES = frozenset(name.removeprefix("^") for name in INDEXES["XNYS"].split()) | frozenset(
    "COMP COMPX COMPQ DJIA DOWI IUXX INX DXY".split()
)


def find_cashtags(reading: Reading) -> list[Found]:
    """Find ``$MSFT``, ``$BRK.B`` and ``$tsla``, and never a sum of money or an index.

    A cryptocurrency is ``BTC-USD``, which trades on no exchange with a calendar.
    """
    found: list[Found] = []
    for tag in _CASHTAG.finditer(reading.text):
        root, _, ending = tag.groups()
        symbol = root.upper()
        if symbol in _CURRENCIES or (symbol in _INDEXES and not reading.known(symbol)):
            continue
        if symbol in CRYPTOCURRENCIES and not ending:
            found.append(Found(*tag.span(), "cashtag", Listing(f"{symbol}-USD", CRYPTO)))
            continue
        start, end = tag.span()
        if ending is None and reading.text.startswith("/", end):
            _, end = _with_class(reading, tag.start(1), end)
        if end > tag.end():
            symbol = f"{symbol}-{reading.text[tag.end() + 1 : end]}"
        else:
            symbol = f"{symbol}{_spell_ending(reading, symbol, ending)}"
        confidence = 0.95 if root.isupper() else 0.85
        listing = reading.listing(symbol)
        found.append(Found(start, end, "cashtag", listing, confidence=confidence))
    return found


def _spell_ending(reading: Reading, root: str, ending: str | None) -> str:
    """Tell a share class from an exchange's suffix: ``$BRK.B``, but ``$SHOP.TO``."""
    if not ending:
        return ""
    dotted = f".{ending.upper()}"
    is_suffix = len(ending) > 1 and has_suffix(dotted)
    if is_suffix or reading.book.get(f"{root}{dotted}", reading.as_of):
        return dotted
    return f"-{ending.upper()}"
