"""Names that a symbol beside them explains, whether or not a book has them.

What stands in capitals right before ``(NASDAQ:MSFT)`` is the name of that company.
"""

from __future__ import annotations

import re

from signals.exchanges import Listing
from signals.news.before import (
    CONNECTORS,
    ENDINGS,
    book_name_before,
    capitalised_run,
    written_before,
)
from signals.news.classes import root_of
from signals.news.nameindex import fold_name
from signals.news.reading import Found, Reading
from signals.news.securities import Security
from signals.news.vocabulary import FIRST_NAMES

# Figures and quarters: "(AAON)" behind "Up 7%" closes a headline.
_NO_NAME = re.compile(r"[$€£]|[\d.,]+%?\Z|[QH]\d\b")


def explain_listings(reading: Reading, group: list[Found]) -> tuple[Found | None, list[Found]]:
    """Find the name before a group of listings, and give each listing its company."""
    members: list[Found] = []
    held: dict[str, str] = {}  # companies that have had the symbols, those of that day first
    for found in group:
        known = reading.book.get(_symbol(found), reading.as_of) or _of_its_root(reading, found)
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


def _of_its_root(reading: Reading, found: Found) -> Security | None:
    """Give the share whose class, series or warrant a symbol names that no list has: LGF-A."""
    root = root_of(_symbol(found))
    return reading.book.get(root, reading.as_of) if root else None


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
    text, end = written_before(reading.text, bracket)
    words = capitalised_run(text)
    if not held and (free := _of_a_free_symbol(reading, words, (text, end), members[0])):
        return free
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
    issuer = next(iter(known.items()), (_own_key(members), name))
    return Found(end - len(name), end, "name", None, *issuer, confidence=0.95)


def _own_key(members: list[Found]) -> str:
    """Give the key of a company that no list has: a symbol, since each article words its name anew.

    Of several that without a suffix counts, then the shortest, so that the key is the same in
    whatever order they stand. Of a company that one article lists in one place and another
    elsewhere no text says that it is one: it has a key in each place.
    """
    symbols = map(_symbol, members)
    return min(symbols, key=lambda symbol: ("." in symbol, len(symbol), symbol))


def _of_a_free_symbol(
    reading: Reading, words: list[tuple[int, str]], before: tuple[str, int], found: Found
) -> Found | None:
    """Find the name of the book before a symbol that it does not have.

    It may begin before the capitalised words, as "Ping An Insurance" does, or mean a company of
    the symbol's market: Reliance in Mumbai, and Orange in Paris, which is no fruit there.
    """
    text, end = before
    name = book_name_before(reading, end)
    if name and not (words and name[0] >= end - len(text) + words[0][0]):
        issuer = _listed_there(reading, name[2], found)
        if issuer is None and not reading.book.is_ambiguous(name[2]):
            issuer = reading.book.issuer(name[2], reading.as_of)
        return Found(name[0], end, "name", None, *issuer) if issuer else None
    for start, _ in words:
        written = text[start:].lstrip("\"'*")
        if issuer := _listed_there(reading, written, found):
            return Found(end - len(written), end, "name", None, *issuer)
    return None


def _listed_there(reading: Reading, name: str, found: Found) -> tuple[str, str] | None:
    """Give key and name of the company so called that is listed where a symbol is."""
    listing, book = found.listing, reading.book
    if listing is None or "." not in listing.symbol:
        return None
    for key in dict.fromkeys(fold_name(one).strip() for one in (name, _without_endings(name))):
        for one in book.named(key, reading.as_of) if book.has_name(key) else ():
            if listing.mic in [own.mic for own in book.listings(one.company, reading.as_of)]:
                return one.company, one.name
    return None


def _without_endings(name: str) -> str:
    """Give a name without its legal form and "Group"."""
    words = name.split()
    while len(words) > 1 and words[-1].strip(".,") in ENDINGS:
        words.pop()
    return " ".join(words)


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
