"""Recognisers of codes that name a listing without a prefix: ``NG.L``, ``AAPL US``, ``(HOOD)``.

Such codes look like other things too, so that most are asked for in the book; only what stands
in angle brackets, or behind "Tickers:", is taken as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from signals.exchanges import BY_BLOOMBERG, CRYPTO, Listing, spell_symbol
from signals.news.classes import is_class, is_known, is_no_ticker, spelled
from signals.news.notations import CRYPTOCURRENCIES
from signals.news.reading import Found, Reading
from signals.news.vocabulary import LEGAL_FORMS, NO_TICKERS

_BLOOMBERG_CODE = re.compile(
    rf"(?<![\w$.:/-])([A-Z]{{1,5}}[0-9]?(?:/[A-Z])?|[0-9]{{3,6}}) ({'|'.join(BY_BLOOMBERG)})"
    r"( Equity)?(?![\w-])"
)

_OVER_THE_COUNTER = 4  # letters that a ticker has there at least

_ITEM = r"[A-Z]{1,5}(?:[.-][A-Z]{1,2})?"
# Behind the ticker may stand how its share moved: "(TTD 17.41%)".
_BARE = re.compile(rf"\(({_ITEM}(?: ?[,;/] ?{_ITEM}){{0,40}})(?: [-+−]?\d[\d.,]*%)?\)")
_DATELINE = re.compile(r"[A-Z]{3,}[\w ,.]{0,40} ")
_DATELINE_REACH = 80  # characters
_DASH_BEHIND = (" - ", " – ", " — ", " _ ", " -- ", "--")
_TICKER_LINE = re.compile(
    rf"^ ?(?:related )?(?:tickers?|symbols?|stocks)(?: mentioned)?: ?"
    rf"((?-i:{_ITEM})(?: ?[,;/| ] ?(?-i:{_ITEM})){{0,40}}) ?$",
    re.IGNORECASE | re.MULTILINE,
)
_CALLED_TICKER = re.compile(
    rf"\((?:(?i:ticker|symbol)s?:?|(?i:ticker symbol):?) ({_ITEM}(?:/[A-Z]{{1,2}})?)\)"
)
_OPEN_LIST_HINT = re.compile(r",(?<=[A-Z],) ?(?=[A-Z]{1,5}(?:,| and [A-Z]))")
_OPEN_LIST = re.compile(rf"{_ITEM}(?:(?:, ?| and |, and ){_ITEM}(?![\w.-])){{2,60}}")
_ITEMS = re.compile(_ITEM)
_Item = tuple[str, int, int]  # a ticker with its class, its start and its end
_FUND = re.compile(r"\b(?:ETF|ETN|Fund|Trust)\b")
_WORDS_BEFORE = re.compile(r"[A-Za-z][\w&'.]*")
_PAIR = re.compile(rf"(?<![\w-])({'|'.join(sorted(CRYPTOCURRENCIES))})-USD(?![\w-])")

_ISIN = re.compile(r"(?<![\w])(?:ISIN:? ?)?([A-Z]{2}[A-Z0-9]{9}[0-9])(?!\w)")
_CUSIP = re.compile(r"(?<!\w)(?i:CUSIP:? ?(?:No\.? ?|number )?)([0-9][A-Za-z0-9]{7}[0-9])(?!\w)")


def find_bloomberg(reading: Reading) -> list[Found]:
    """Find Bloomberg codes: ``AAPL US Equity``; without "Equity" only known ones.

    Those are two or more, or stand in brackets by themselves: ``(VOD LN)``.
    """
    codes = list(_BLOOMBERG_CODE.finditer(reading.text))
    found: list[Found] = []
    sure = False
    for code in codes:
        ticker, country, equity = code.groups()
        symbol, mic = spell_symbol(ticker, BY_BLOOMBERG[country])
        alone = reading.text.endswith("(", 0, code.start()) and reading.text.startswith(
            ")", code.end()
        )
        if equity or ((alone or len(codes) > 1) and reading.known(symbol)):
            found.append(Found(*code.span(), "bloomberg", reading.listing(symbol, mic)))
            sure |= bool(equity) or alone
    return found if len(found) > 1 or sure else []


def find_bare(reading: Reading) -> list[Found]:
    """Find tickers alone in brackets, ``(HOOD)`` and ``(CEA, SOHU)``, that the book knows.

    Of two at least one must be known, of a longer list a quarter: capitals in a row are rarely
    anything else. A single one must not be an abbreviation of the words before it, as in "Food and
    Drug Administration (FDA)". Behind its own name a cryptocurrency is itself, "Bitcoin (BTC)",
    and no fund or share that has its letters.
    """
    found: list[Found] = []
    named: dict[int, list[str]] = {}
    for _, end, key in reading.names:
        named.setdefault(end, []).append(key)
    for bracket in _BARE.finditer(reading.text):
        if coin := _coin(reading.text, bracket):
            found.append(Found(*bracket.span(1), "explicit", coin))
            continue
        items = _items(reading, bracket.span(1))
        known = sum(is_known(reading, item[0]) for item in items)
        if known * (2 if len(items) < 3 else 4) < len(items):
            continue
        names = named.get(bracket.start() - 1, ()) if len(items) == 1 else ()
        behind_its_name = _are_of(reading, names, items[0][0])
        if not behind_its_name and not _may_be_tickers(reading, bracket, items):
            continue
        roots = {re.split("[./-]", item[0])[0] for item in items}
        group = bracket.start() if len(roots) == 1 else -1  # several classes are of one company
        found.extend(_tickers(reading, items, group, 0.9))
    return found


def _items(reading: Reading, span: tuple[int, int]) -> list[_Item]:
    """Give the tickers of a list: what stands behind a slash may be a class of the one before."""
    items: list[_Item] = []
    for item in _ITEMS.finditer(reading.text, *span):
        written, (start, end) = item[0], item.span()
        if items and len(written) <= 2 and reading.text[items[-1][2] : start] == "/":
            last, begin, _ = items[-1]
            root = last.partition("/")[0]
            if "." not in root and is_class(reading, f"{root}/{written}", bracket=span[0] - 1):
                written = f"{root}/{written}"
                if last == root:  # else one more class: "BRK/A/B"
                    items.pop()
                    start = begin
        items.append((written, start, end))
    return items


def _coin(text: str, bracket: re.Match[str]) -> Listing | None:
    """Give the cryptocurrency whose name stands before a bracket with its ticker."""
    names = CRYPTOCURRENCIES.get(bracket[1], ())
    words = text[max(0, bracket.start() - 30) : bracket.start()].lower().split()[-2:]
    called = {" ".join(words), *words[-1:]}
    return None if called.isdisjoint(names) else Listing(f"{bracket[1]}-USD", CRYPTO)


def _are_of(reading: Reading, names: Sequence[str], ticker: str) -> bool:
    """Tell whether one of the names before a ticker is its company's: "General Motors (GM)"."""
    known = reading.known(spelled(ticker))
    return known is not None and any(
        known.company == one.company
        for key in names
        for one in reading.book.named(key, reading.as_of)
    )


def _may_be_tickers(reading: Reading, bracket: re.Match[str], items: Sequence[_Item]) -> bool:
    """Tell tickers in brackets from abbreviations, "(P/E)", and the agency of a dateline."""
    tickers = [item[0] for item in items]
    if not NO_TICKERS.isdisjoint(tickers) or _is_of_a_dateline(reading.text, bracket):
        return False
    if len(tickers) == 1:
        return _may_be_ticker(reading, bracket, tickers[0])
    return any(len(ticker) > 1 for ticker in tickers)


def _is_of_a_dateline(text: str, bracket: re.Match[str]) -> bool:
    """Tell whether a bracket stands between a city and a dash: "SYDNEY, May 3 (AAP) - "."""
    if not text.startswith(_DASH_BEHIND, bracket.end()):
        return False
    reach = max(0, bracket.start() - _DATELINE_REACH)
    begin = text.rfind("\n", reach, bracket.start()) + 1
    return begin >= reach and _DATELINE.fullmatch(text, begin, bracket.start()) is not None


def _may_be_ticker(reading: Reading, bracket: re.Match[str], letters: str) -> bool:
    """Tell a ticker alone in brackets from a short form: "encryption (SSL)", "ACE(TM)".

    A ticker stands behind a name with a capital, or at the end of a headline; that of a fund also
    behind what the fund holds, as in "silver (SLV)".
    """
    text, place = reading.text, bracket.start()
    if _abbreviates(text, place, letters):
        return False
    if text[bracket.end() : bracket.end() + 1] in ("", "\n"):
        return True
    before = text[max(0, place - 30) : place].split(" ")
    word = before[-2] if len(before) > 1 and not before[-1] else ""
    if any(char.isupper() for char in word) or word.rstrip(".,") in LEGAL_FORMS:
        return True
    known = reading.known(spelled(letters))
    return bool(word and known and _FUND.search(known.name))


def _abbreviates(text: str, place: int, letters: str) -> bool:
    """Tell whether letters in brackets are the first letters of the words before them."""
    if len(letters) < 2:
        return True
    words = _WORDS_BEFORE.findall(text[max(0, place - 120) : place])
    large = "".join(word[0] for word in words if word[0].isupper())
    return large.endswith(letters) or "".join(word[0].upper() for word in words).endswith(letters)


def find_ticker_lines(reading: Reading) -> list[Found]:
    """Find the tickers of a line such as ``Tickers: GLD, NEM``, and ``(ticker: ROST)``."""
    text = reading.text
    found: list[Found] = []
    for row in chain(_CALLED_TICKER.finditer(text), _TICKER_LINE.finditer(text)):
        found.extend(_tickers(reading, _items(reading, row.span(1)), -1, 1.0))
    return found


def _tickers(reading: Reading, items: Iterable[_Item], group: int, sure: float) -> Iterator[Found]:
    for ticker, start, end in items:
        listing = reading.listing(spelled(ticker))
        yield Found(start, end, "explicit", listing, group=group, confidence=sure)


def find_pairs(reading: Reading) -> list[Found]:
    """Find cryptocurrencies written as Yahoo writes them: ``BTC-USD``."""
    return [
        Found(*pair.span(), "explicit", Listing(pair[0], CRYPTO))
        for pair in _PAIR.finditer(reading.text)
    ]


def find_open_lists(reading: Reading) -> list[Found]:
    """Find tickers in a row without brackets: "Movers: YNDX, QD and OESX".

    Three or more, of which two thirds are known. They are left to be read as names where all are
    names as well, or half of them and a quarter of others than the ticker's: "IBM, HP, AMD".
    """
    found: list[Found] = []
    done = 0
    for hint in _OPEN_LIST_HINT.finditer(reading.text):
        if hint.start() < done:
            continue
        begin = reading.text.rfind(" ", max(0, hint.start() - 9), hint.start()) + 1
        row = _OPEN_LIST.match(reading.text, begin)
        if row is None:
            continue
        done = row.end()
        items = _items(reading, row.span())
        if _are_tickers(reading, [item[0] for item in items]) and not shouts(
            reading.text, *row.span()
        ):
            found.extend(_tickers(reading, items, -1, 0.8))
    return found


def _are_tickers(reading: Reading, items: Sequence[str]) -> bool:
    """Tell whether capitals in a row are tickers rather than names, short forms or words."""
    if any(map(is_no_ticker, items)):
        return False
    if len(set(items)) < len(items):
        return False  # "JOBS, JOBS, JOBS!"
    held = [reading.book.get(spelled(item), reading.as_of) for item in items]
    named = [reading.book.issuer(item, reading.as_of) for item in items]
    known, names = (len(items) - each.count(None) for each in (held, named))
    others = sum(
        one is not None and (share is None or share.company != one[0])
        for share, one in zip(held, named, strict=True)
    )
    if known * 3 < len(items) * 2:
        return False
    return names * 2 < len(items) or (names < len(items) and others * 4 < len(items))


def shouts(text: str, start: int, end: int) -> bool:
    """Tell whether the words around a place are in capitals too, which then tell nothing."""
    before = _WORDS_BEFORE.findall(text[max(0, start - 20) : start])
    after = _WORDS_BEFORE.findall(text[end : end + 20])
    return any(word.isupper() and len(word) > 1 for word in (*before[-1:], *after[:1]))


def find_identifiers(reading: Reading) -> list[Found]:
    """Find ISINs and CUSIPs whose check digit is right: numbers of securities, not listings."""
    found = [
        Found(*one.span(), "explicit", reason=f"{one[1]} is an ISIN: it names no listing.")
        for one in _ISIN.finditer(reading.text)
        if _luhn([int(digit) for char in one[1] for digit in str(int(char, 36))])
    ]
    found += [
        Found(*one.span(), "explicit", reason=f"{one[1]} is a CUSIP: it names no listing.")
        for one in _CUSIP.finditer(reading.text)
        if _cusip_checks([int(char, 36) for char in one[1]])
    ]
    return sorted(found, key=lambda one: one.start)


def _luhn(digits: Sequence[int]) -> bool:
    """Tell whether the last digit of an ISIN is right: every second one from it counts double."""
    return _cross_sum(digits[::-1]) % 10 == 0


def _cusip_checks(values: Sequence[int]) -> bool:
    """Tell whether the last digit of a CUSIP is right: every second value before counts double."""
    return -_cross_sum(values[:-1]) % 10 == values[-1]


def _cross_sum(values: Iterable[int]) -> int:
    """Sum up the digits of numbers of two at most, of every second one those of its double."""
    doubled = (value * (1 + place % 2) for place, value in enumerate(values))
    return sum(value // 10 + value % 10 for value in doubled)
