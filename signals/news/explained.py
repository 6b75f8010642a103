"""Names that a symbol beside them explains, whether or not a book has them.

What stands in capitals right before ``(NASDAQ:MSFT)`` is the name of that company.
"""

from __future__ import annotations

import re

from signals.exchanges import Listing
from signals.news.nameindex import company_key, fold_name
from signals.news.reading import Found, Reading
from signals.news.vocabulary import (
    FIRST_NAMES,
    FUNCTION_WORDS,
    GROUP_FORMS,
    LEGAL_FORMS,
    REPORTING,
)

CONNECTORS = frozenset("of and & de du la le der den the for e y et und".split())
"""Small words inside of names."""

ENDINGS = LEGAL_FORMS | GROUP_FORMS
"""What a name may end in and be called without."""

_REACH = 100  # characters before a bracket in which a name is looked for
_MOST_WORDS = 8
_TRAILING = ' ",*'
_INITIALS = re.compile(r"(?:\w{1,2}\.)+")
_POSSESSIVE = re.compile(r"'s?\Z")
# Figures and quarters: "(AAON)" behind "Up 7%" closes a headline.
_NO_NAME = re.compile(r"[$€£]|[\d.,]+%?\Z|[QH]\d\b")


def explain_listings(reading: Reading, group: list[Found]) -> tuple[Found | None, list[Found]]:
    """Find the name before a group of listings, and give each listing its company."""
    members: list[Found] = []
    held: dict[str, str] = {}  # companies that have had the symbols, those of that day first
    for found in group:
        known = reading.book.get(_symbol(found), reading.as_of)
        members.append(_issued_by(found, known.company, known.name) if known else found)
        if known:
            held[known.company] = known.name
    for found in group:
        held |= reading.book.holders(_symbol(found))
    named = _named(reading, members, held)
    if named is None:
        issuers = [(_symbol(found), _symbol(found)) for found in members]
    else:
        members = [_of_the_named(reading, found, named) for found in members]
        issuers = [(named.company, named.name)] * len(members)
    return named, [
        found if found.company else _issued_by(found, *issuer)
        for found, issuer in zip(members, issuers, strict=True)
    ]


def _of_the_named(reading: Reading, found: Found, named: Found) -> Found:
    """Give a listing as one of the company whose name stands before it, where it is that.

    Of two companies that have had a symbol the text says which: no list knows every day.
    """
    if found.company == named.company:
        return found
    if named.company in reading.book.holders(_symbol(found)):
        return _issued_by(found, named.company, named.name)
    return _as_listed(reading, found, named.company)


def _named(reading: Reading, members: list[Found], held: dict[str, str]) -> Found | None:
    """Find the name before listings in brackets, or before a Reuters code that no list has."""
    first = members[0]
    if first.group >= 0:
        return _name_before(reading, members, held, first.group)
    if first.how != "ric" or first.company:
        return None
    named = _name_before(reading, members, held, first.start)
    listed = named is not None and _as_listed(reading, first, named.company) != first
    return named if listed else None


def _symbol(found: Found) -> str:
    return found.listing.symbol if found.listing else ""


def _as_listed(reading: Reading, found: Found, company: str) -> Found:
    """Give a code that no list has the symbol that its company has there.

    Reuters has codes of its own, ADEL.NS and PHG.AS, and some write a class without its dot, BFB.
    """
    listing = found.listing
    if listing is None or reading.known(listing.symbol):
        return found
    for own in reading.book.listings(company, reading.as_of):
        same_place = "." in listing.symbol and found.how == "ric" and own.mic == listing.mic
        if own.symbol and own.mic and (same_place or own.symbol == _classed(listing.symbol)):
            return found._replace(listing=Listing(own.symbol, own.mic))
    return found


def _classed(symbol: str) -> str:
    return f"{symbol[:-1]}-{symbol[-1:]}"


def _issued_by(found: Found, company: str, name: str) -> Found:
    start, end, how, listing, _, _, group, confidence, reason = found
    return Found(start, end, how, listing, company, name, group, confidence, reason)


def _name_before(
    reading: Reading, members: list[Found], held: dict[str, str], bracket: int
) -> Found | None:
    """Find the capitalised name that stands immediately before a bracket.

    ``held`` has key and name of the companies that have had its symbols on any day; ``members``
    have those of that day. A symbol that is free may be a new company's.
    """
    known = {found.company: found.name for found in members if found.company}
    text, end = _written_before(reading.text, bracket)
    words = _capitalised_run(text)
    if not words:
        return None
    starts = [place for place, word in words if word.lower() not in CONNECTORS]
    for start in starts:
        name = text[start:].lstrip("\"'*")
        issuer = _issuer_called(reading, name, held)
        if issuer and known and issuer[0] not in held:
            return None  # "Google (NASDAQ:MSFT)": the bracket is about somebody else
        if issuer and (issuer[0] in held or not reading.book.is_ambiguous(name)):
            return Found(end - len(name), end, "name", None, *issuer)
    name = text[_first_word(words, starts, members) :].lstrip("\"'*")
    if not _may_be_called(name, members[0]):
        return None
    issuer = next(iter(known.items()), (company_key(name) or name, name))
    return Found(end - len(name), end, "name", None, *issuer, confidence=0.95)


def _written_before(text: str, bracket: int) -> tuple[str, int]:
    """Give what stands before a bracket in its line, up to the end of a name, and that end."""
    line = text[max(0, bracket - _REACH) : bracket].rpartition("\n")[2]
    before = line.rstrip(_TRAILING)
    if before.endswith(")") and "(" in before:  # 'Acme, Inc. ("Acme" or the "Company") (NYSE:ACM)'
        before = before[: before.rindex("(")].rstrip(_TRAILING)
    if before.endswith(("'", "s")):
        before = _POSSESSIVE.sub("", before)
    return before, bracket - len(line) + len(before)


def _issuer_called(reading: Reading, name: str, held: dict[str, str]) -> tuple[str, str] | None:
    """Give key and name of the issuer that a name means: one of the bracket's, or of the book."""
    for company, full in held.items():
        if fold_name(full).startswith(f"{fold_name(name)} "):
            return company, full
    return reading.book.issuer(name, reading.as_of)


def _may_be_called(name: str, found: Found) -> bool:
    """Tell whether what stands before a bracket may be the name of an issuer.

    What states its exchange stands behind its company's name; a ticker alone in brackets may close
    a headline: "Top Gainers (AAON)". Then its letters must come one after another in the name.
    """
    parts = [word.strip(".,") for word in name.split()]
    if not parts or parts[0] in FIRST_NAMES or ENDINGS.issuperset(parts) or _NO_NAME.match(name):
        return False
    if found.confidence == 1 or found.listing is None:
        return True
    letters = iter(name.upper())
    symbol = [char for char in found.listing.symbol if char.isalpha()]
    begins = any(word.startswith(symbol[0]) for word in name.upper().split())
    return begins and all(char in letters for char in symbol)


def _capitalised_run(text: str) -> list[tuple[int, str]]:
    """Give the words at the end that may be one name, each with its place."""
    kept: list[tuple[int, str]] = []
    place = len(text)
    for word in reversed(text.split()):
        place = text.rindex(word, 0, place)
        bare = word.strip("\"'*")
        if kept and _parted(bare, kept[-1][1]):
            break
        if not _may_be_of_a_name(bare, is_last=not kept):
            break
        kept.append((place, bare))
        if len(kept) == _MOST_WORDS or word[0] in '"(':
            break
    while kept and kept[-1][1].lower() in CONNECTORS:
        kept.pop()
    return kept[::-1]


def _parted(word: str, after: str) -> bool:
    """Tell whether the mark that a word ends in parts it from the word after it."""
    if word.endswith("."):
        return word.rstrip(".,") not in LEGAL_FORMS and not _INITIALS.fullmatch(word)
    if word.endswith(","):
        return after.strip("\"'.,") not in LEGAL_FORMS
    return word.endswith((";", ":", ")", "!", "?", "-", "–", "—", "|", "/"))


def _may_be_of_a_name(word: str, *, is_last: bool) -> bool:
    """Tell whether a word is written as one of a name; some can't be its last one."""
    if (word in FUNCTION_WORDS and word != "The") or (not is_last and word.lower() in REPORTING):
        return False
    if word[:1].isdigit() or any(map(str.isupper, word)) or word.rstrip(".,") in LEGAL_FORMS:
        return True
    return not is_last and word in CONNECTORS


def _first_word(words: list[tuple[int, str]], starts: list[int], members: list[Found]) -> int:
    """Tell where an unknown name begins.

    A ticker mostly begins as its company's name does. Otherwise the name is what stands after
    the last "of" or "and".
    """
    initials = {
        found.listing.symbol[0]
        for found in members
        if found.listing and found.listing.symbol[0].isalpha()
    }
    for place, word in words:
        if place in starts and word[0].upper() in initials:
            return place
    last = max((place for place, word in words if word in CONNECTORS and word != "&"), default=-1)
    return min((place for place in starts if place > last), default=words[0][0])
