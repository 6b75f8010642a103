"""The recogniser of Reuters' codes: ``<AAPL.O>``, ``NG.L``, ``(NOVOb.CO)``.

Such codes look like other things too. One in angle brackets is taken as it is, and so is one in
brackets behind a capitalised name; anywhere else the book must have it, or it must be too long for
initials. Whose code it is, the name right before it tells better than its letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from signals.exchanges import Listing, has_suffix, mic_of
from signals.news.before import capitalised_run, is_behind_a_name, named_before, written_before
from signals.news.classes import is_no_ticker
from signals.news.codes import shouts
from signals.news.nameindex import fold_name
from signals.news.reading import Found, How, Reading

_RIC = re.compile(
    r"(?<![\w.$@/&:-])(<?)([A-Z0-9]{1,8})([a-z]?)\.([A-Z]{1,2})(>|(?![\w&@>-])(?!\.\w))"
)
_RIC_DOT = re.compile(r"\.(?=[A-Z])")
_RIC_BASE = re.compile(r"<?[A-Z0-9]+[a-z]?\Z")
_LONGEST = 10  # characters of a code before its dot
# Reuters' American exchanges, and where its letters differ from Yahoo's.
_AMERICAN = {"N": "XNYS", "O": "XNAS", "OQ": "XNAS", "A": "XASE", "P": "ARCX"}
_AMERICAN |= dict.fromkeys(("PK", "OB"), "PINX")
_STATED = frozenset({"N", "O", "OQ"})
_OTHERS = {"S": "SW", "VX": "SW", "J": "JO"}
# Suffixes that are words as well: "THIS.IS".
_WORDLIKE_SUFFIXES = frozenset("AS AT BE CO IN IS ME NO SO TO".split())
_OVER_THE_COUNTER = 4  # letters that a ticker has there at least
_CLASSES = "abcd"
# Where Yahoo writes a class behind a dash; elsewhere as a last letter: RDSA.L.
_DASHED = frozenset("ST CO HE OL IC TO V".split())
_OF_TOKYO = re.compile(r"\d{4}|\d{3}[A-Z]")
_LETTER = re.compile(r"[A-Z]")

_CODE = r"[A-Z0-9]{1,8}[a-z]?(?:[./-][A-Z]{1,2})?"
_BRACKET_REACH = 60
_BRACKET = re.compile(rf"\({_CODE}(?:(?: ?[,;/&|] ?| and ){_CODE}){{0,8}}\)")
_WORD = re.compile(_CODE)
_PREFERRED = frozenset("Preferred Preference Series Depositary Shares Stock".split())


class _Code(NamedTuple):
    """A Reuters code in a text.

    Attributes
    ----------
    base, small, ending
        Its letters before the dot, the small one behind them that names a class, and those that
        name the exchange.
    sure
        Whether it stands in angle brackets.
    bracket
        Where the bracket begins that holds nothing but codes; -1 outside.
    start
        Where it begins itself.
    """

    base: str
    small: str
    ending: str
    sure: bool
    bracket: int
    start: int

    @property
    def place(self) -> int:
        """Before which place the name stands whose code it may be."""
        return self.bracket if self.bracket >= 0 else self.start


def find_rics(reading: Reading) -> list[Found]:
    """Find Reuters codes: ``<AAPL.O>``, ``ZTO.N``, ``NG.L``, ``NOVOb.CO``.

    A share class in brackets looks like one, ``(HEI.A)``, and is given as what it is.
    """
    found: list[Found] = []
    for match in _ric_places(reading.text):
        opened, base, small, ending, closed = match.groups()
        sure = bool(opened) and closed == ">"
        if bool(opened) != (closed == ">"):
            continue
        start, end = match.start() + len(opened), match.end() - len(closed)
        bracket, alone = (match.start(), True) if sure else _bracket(reading.text, start, end)
        code = _Code(base, small, ending, sure, bracket, start)
        if bracket < 0 and ending in _WORDLIKE_SUFFIXES and shouts(reading.text, *match.span()):
            continue
        how: How = "ric"
        listing = _share_class(reading, code)
        if listing:
            how = "explicit"
        else:
            listing = _listing(reading, code)
        if listing:
            group = bracket if alone or how == "explicit" or _of_one(reading, bracket) else -1
            found.append(Found(start, end, how, listing, group=group))
    return found


def _ric_places(text: str) -> Iterator[re.Match[str]]:
    """Find what looks like a Reuters code, from its dot: of other dots a text has hundreds."""
    done = 0
    for dot in _RIC_DOT.finditer(text):
        begin = max(done, dot.start() - _LONGEST)
        base = _RIC_BASE.search(text, begin, dot.start())
        code = _RIC.match(text, base.start()) if base else None
        if code:
            yield code
            done = code.end()


def _bracket(text: str, start: int, end: int) -> tuple[int, bool]:
    """Give where the bracket begins that holds nothing but codes, and whether it holds one only."""
    if text[start - 1 : start] + text[end : end + 1] == "()":
        return start - 1, True
    opened = text.rfind("(", max(0, start - _BRACKET_REACH), start)
    whole = _BRACKET.match(text, opened) if opened >= 0 else None
    return (opened, False) if whole and whole.end() > end else (-1, False)


def _of_one(reading: Reading, bracket: int) -> bool:
    """Tell whether the codes of a bracket are of the one company that is named before it."""
    named = [one.company for one in named_before(reading, bracket)] if bracket >= 0 else []
    whole = _BRACKET.match(reading.text, bracket) if named else None
    if whole is None:
        return False
    known = map(reading.known, _WORD.findall(whole[0]))
    return all(one.company in named for one in known if one)


def _share_class(reading: Reading, code: _Code) -> Listing | None:
    """Give the class of shares that ``HEI.A`` means where the root is no share of the Amex."""
    base, root = code.base, f"{code.base}-A"
    if code.ending != "A" or code.small or len(base) < 2 or is_no_ticker(base):
        return None
    if known := reading.known(root):
        return Listing(root, known.mic or mic_of(root))
    known = reading.known(base)
    if code.sure or (known and known.valid_on(reading.as_of)):
        return None  # else it was parted into classes
    if known or _is_stated(reading, code):
        return Listing(root, (known.mic if known else None) or mic_of(root))
    return None


def _is_stated(reading: Reading, code: _Code) -> bool:
    """Tell whether a code is taken as it is, whether or not the book has it."""
    if code.sure:
        return True
    if code.bracket < 0 or len(code.base) < 2:
        return False  # "U.S", "A.T"
    if code.ending == "T":
        looks_so = _OF_TOKYO.fullmatch(code.base) is not None
    else:
        looks_so = len(code.ending) > 1 or _LETTER.search(code.base) is not None
    return looks_so and is_behind_a_name(reading, code.bracket)


def _listing(reading: Reading, code: _Code) -> Listing | None:
    """Give the listing of a Reuters code; one that is not sure must be a code and no words."""
    if code.ending in _AMERICAN:
        return _american(reading, code)
    base, ending = code.base, _OTHERS.get(code.ending, code.ending)
    if ending == "SE" and base.isdigit():
        ending = "SR"  # Saudi Arabia
    symbol = f"{base.zfill(4) if ending == 'HK' else base}.{ending}"
    if not has_suffix(symbol):
        return None
    mic = mic_of(symbol)
    if code.small:
        return _of_class(reading, code, ending, mic)
    if not (code.sure or reading.known(symbol)):
        if len(base) < 2 or (len(ending) < 2 and not _is_stated(reading, code)):
            return None
        if issuer := _prefers(reading, code, mic):
            return Listing(f"{base}-{ending}", issuer)  # a preferred share: "SACH.PA"
    return Listing(symbol, mic)


def _american(reading: Reading, code: _Code) -> Listing | None:
    base, mic = code.base, _AMERICAN[code.ending]
    if code.small:
        symbol = f"{base}-{code.small.upper()}"
        if reading.known(symbol) or (code.small in _CLASSES and _is_stated(reading, code)):
            return reading.listing(symbol, mic)
        return None
    known = reading.known(base)
    if len(base) < 2 and not code.sure:  # "U.S" and "J.P", but also "Visa (V.N)"
        named = named_before(reading, code.place) if known else ()
        ours = any(known and one.company == known.company for one in named)
        return reading.listing(base, mic) if ours else None
    over_the_counter = mic == "PINX" and len(base) >= _OVER_THE_COUNTER
    if known or over_the_counter or (code.ending in _STATED and _is_stated(reading, code)):
        return reading.listing(base, mic)
    return reading.listing(base, mic) if code.sure else None


def _of_class(reading: Reading, code: _Code, ending: str, mic: str) -> Listing | None:
    """Give the listing of a code with a small letter: a class of shares, or what Reuters adds.

    Others than those of classes, as in ``BASFn.DE``, say nothing where the name before it doesn't.
    """
    if code.small not in _CLASSES:
        return _home_of_the_named(reading, code, mic) if code.bracket >= 0 else None
    letter = code.small.upper()
    joined, dashed = f"{code.base}{letter}.{ending}", f"{code.base}-{letter}.{ending}"
    for symbol in (dashed, joined):
        if reading.known(symbol):
            return Listing(symbol, mic)
    if len(code.base) < 2 or not _is_stated(reading, code):
        return None
    return Listing(dashed if ending in _DASHED else joined, mic)


def _home_of_the_named(reading: Reading, code: _Code, mic: str) -> Listing | None:
    """Give the listing on an exchange of the company whose name stands before a code."""
    for one in named_before(reading, code.place):
        for own in reading.book.listings(one.company, reading.as_of):
            if own.symbol and own.mic == mic:
                return Listing(own.symbol, mic)
    return None


def _prefers(reading: Reading, code: _Code, mic: str) -> str | None:
    """Give where a preferred share is listed that a code names; None for one of Paris or Prague.

    ``MET.PA`` is one of MetLife; but in "Carrefour (CARR.PA)" the name tells that it is none.
    """
    issuer = reading.known(code.base) if code.base.isalpha() and code.ending[0] == "P" else None
    if issuer is None:
        return None
    named = named_before(reading, code.place)
    if named and issuer.company not in [one.company for one in named]:
        return None
    if named and _home_of_the_named(reading, code, mic):
        return None
    if not named and code.bracket >= 0 and _is_called_otherwise(reading, code, issuer.name):
        return None
    return issuer.mic or mic_of(code.base)


def _is_called_otherwise(reading: Reading, code: _Code, name: str) -> bool:
    """Tell whether the capitalised words before a code share none with a name."""
    run = capitalised_run(written_before(reading.text, code.bracket)[0])
    words = {word.strip(".,'") for _, word in run}
    if not words or not words.isdisjoint(_PREFERRED):
        return False
    return set(fold_name(name).split()).isdisjoint(fold_name(" ".join(words)).split())
