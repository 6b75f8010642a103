"""Company names: those that an adjacent symbol explains, and those that the book knows.

A name right before ``(NASDAQ:MSFT)`` means that company in the whole document, also when no book
has it. Any other name must be the book's, stand alone as a capitalised name, and, when it is an
ordinary word too, have context that only a company has.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from signals.news.nameindex import NameIndex, company_key, fold
from signals.news.notations import Found, How, Reading
from signals.news.vocabulary import (
    BEFORE_COMPANY,
    COMPANY_WORDS,
    DESCRIPTORS,
    FIRST_NAMES,
    FUNCTION_WORDS,
    GENERIC_FIRST,
    GROUP_FORMS,
    LEGAL_FORMS,
    OPENERS,
    PLACES,
)

_REACH = 100  # characters before a bracket in which a name is looked for
_MOST_WORDS = 8
_TRAILING = ' ",*'
_CONNECTORS = frozenset("of and & de du la le der den the for e y et und".split())
_INITIALS = re.compile(r"(?:\w{1,2}\.)+")
_POSSESSIVE = re.compile(r"'s?\Z")
_ENDINGS = LEGAL_FORMS | GROUP_FORMS
_FORMS = "|".join(sorted(_ENDINGS, key=lambda form: (-len(form), form)))
_CLOSING = re.compile(rf"(?:,? (?:{_FORMS})\b\.?)+")
_NEXT_WORD = re.compile(r"(?:'s)? ([A-Za-z]+)")
_LAST_WORD = re.compile(r"[A-Za-z][A-Za-z&.'-]*\Z")
# A web address, "A&B", "O'Neil".
_GOES_ON, _BEFORE_FORM = frozenset(".&@'"), frozenset(", ")  # what these begin with
_WORD_GOES_ON = re.compile(r"\.[a-z]|[&@][A-Za-z]|'[A-Za-rt-z]")
_LONG_WORD = re.compile(r"\b[A-Za-z][a-z]{3,}")
_SPEAKS_OF_A_COMPANY = (
    *("shares of ", "shares in ", "stake in ", "stock of ", "coverage on ", "coverage of "),
    *("rating on ", "buy on ", "hold on ", "sell on ", "neutral on ", "target on ", "bullish on "),
    *("outperform on ", "underperform on ", "overweight on ", "underweight on ", "weight on "),
)
_SHARED_FIRST = GENERIC_FIRST | FIRST_NAMES | OPENERS
_NAME_GOES_ON = DESCRIPTORS | PLACES
_SENTENCE_ENDS = frozenset(".!?:;\"'()-–—|•*,/[]")


@dataclass(frozen=True, slots=True)
class Binding:
    """A form of a name that a symbol of the document explains.

    Attributes
    ----------
    written
        The form as it was written, or a shorter one.
    company, name
        Key and full name of the issuer.
    short
        Whether it is only the first word of the name: it must then stand alone.
    """

    written: str
    company: str
    name: str
    short: bool


def link_names(reading: Reading, explicit: Iterable[Found]) -> tuple[list[Found], list[Found]]:
    """Give a company to every stated listing, and find the names of companies.

    Returns
    -------
    (list of Found, list of Found)
        The stated listings, each with its company, and the names; neither overlap.
    """
    completed: list[Found] = []
    names: list[Found] = []
    forms: dict[str, Binding] = {}
    for group in _groups(explicit):
        named, members = _explain(reading, group)
        completed += members
        if named is not None:
            names.append(named)
            written = reading.text[named.start : named.end]
            for key, binding in _forms(written, named.company, named.name):
                known = forms.setdefault(key, binding)
                if known.company != binding.company and known.short:
                    # Two companies share the first word: it means neither.
                    forms[key] = replace(known, company="")
    spoken_of = {found.company for found in completed}
    layout = _Layout(reading.text)
    found = [
        *names,
        *_bound_names(reading, layout, forms),
        *_book_names(reading, layout, spoken_of),
    ]
    return completed, _without_overlaps(found, completed)


def _groups(explicit: Iterable[Found]) -> Iterator[list[Found]]:
    """Part the stated listings: those of one row of brackets belong together."""
    group: list[Found] = []
    for found in explicit:
        if group and (found.group < 0 or found.group != group[0].group):
            yield group
            group = []
        group.append(found)
    if group:
        yield group


def _explain(reading: Reading, group: list[Found]) -> tuple[Found | None, list[Found]]:
    """Find the name before a group of listings, and give each listing its company."""
    members: list[Found] = []
    for found in group:
        symbol = found.listing.symbol if found.listing else ""
        known = reading.book.get(symbol, reading.as_of) if symbol else None
        if known:
            members.append(found._replace(company=known.company, name=known.name))
        else:
            members.append(found)
    named = _name_before(reading, members) if group[0].group >= 0 else None
    if named is not None:
        members = [
            found if found.company else found._replace(company=named.company, name=named.name)
            for found in members
        ]
    return named, [
        found
        if found.company or found.listing is None
        else found._replace(company=found.listing.symbol, name=found.listing.symbol)
        for found in members
    ]


def _name_before(reading: Reading, members: list[Found]) -> Found | None:
    """Find the capitalised name that stands immediately before a bracket."""
    bracket = members[0].group
    begin = max(0, bracket - _REACH)
    line = reading.text[begin:bracket].rpartition("\n")[2]
    begin = bracket - len(line)
    text = line.rstrip(_TRAILING)
    if text.endswith(")") and "(" in text:  # 'Acme, Inc. ("Acme" or the "Company") (NYSE:ACM)'
        text = text[: text.rindex("(")].rstrip(_TRAILING)
    text = _POSSESSIVE.sub("", text)
    words = _capitalised_run([(m.start(), m[0]) for m in re.finditer(r"\S+", text)])
    if not words:
        return None
    known = {found.company: found.name for found in members if found.company}
    starts = [place for place, word in words if word.lower() not in _CONNECTORS]
    for start in starts:
        name = text[start:].lstrip("\"'*")
        listings = reading.book.find(name, reading.as_of)
        if not listings:
            continue
        company = listings[0].company
        if known and company not in known:
            return None  # "Google (NASDAQ:MSFT)": the bracket is about somebody else
        if known or not reading.book.is_ambiguous(name):
            place = begin + len(text) - len(name)
            return Found(place, begin + len(text), "name", None, company, listings[0].name)
    start = _first_word(words, starts, members)
    name = text[start:].lstrip("\"'*")
    parts = [word.strip(".,") for word in name.split()]
    if not parts or parts[0] in FIRST_NAMES or _ENDINGS.issuperset(parts):
        return None
    company, full = next(iter(known.items()), (company_key(name), name))
    place = begin + len(text) - len(name)
    return Found(place, begin + len(text), "name", None, company or name, full, confidence=0.95)


def _capitalised_run(words: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Keep the words at the end that may be one name."""
    kept: list[tuple[int, str]] = []
    for place, word in reversed(words):
        bare = word.strip("\"'*")
        is_legal = bare.rstrip(".,") in LEGAL_FORMS
        if kept and bare.endswith((",", ";", ":", ")", "!", "?", "-", "–", "—", "|", "/")):
            after = kept[-1][1].strip("\"'.,")
            if not (bare.endswith(",") and after in LEGAL_FORMS):
                break
        if kept and bare.endswith(".") and not is_legal and not _INITIALS.fullmatch(bare):
            break
        begins_large = any(char.isupper() for char in bare) or bare[:1].isdigit()
        if not begins_large and not is_legal and not (kept and bare in _CONNECTORS):
            break
        if bare in FUNCTION_WORDS and bare != "The":
            break
        kept.append((place, bare))
        if len(kept) == _MOST_WORDS or word[0] in '"(':
            break
    while kept and kept[-1][1].lower() in _CONNECTORS:
        kept.pop()
    return kept[::-1]


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
    by_initial = [place for place, word in words if word[0].upper() in initials]
    if by_initial and (usable := [place for place in by_initial if place in starts]):
        return usable[0]
    last = max((place for place, word in words if word in _CONNECTORS and word != "&"), default=-1)
    return min((place for place in starts if place > last), default=words[0][0])


@lru_cache(1 << 12)
def _forms(written: str, company: str, name: str) -> tuple[tuple[str, Binding], ...]:
    """Give the forms in which a bound name may come again, the longest first."""
    return tuple(_each_form(written, company, name))


def _each_form(written: str, company: str, name: str) -> Iterator[tuple[str, Binding]]:
    words = written.split()
    yield fold(written).strip(), Binding(written, company, name, short=False)
    while len(words) > 1 and words[-1].strip(".,") in _ENDINGS:
        words.pop()
        core = " ".join(words).rstrip(",")
        yield fold(core).strip(), Binding(core, company, name, short=len(words) == 1)
    first = words[0].rstrip(",")
    distinctive = len(first) >= (3 if first.isupper() else 4) and first[0].isalpha()
    if distinctive and first not in _SHARED_FIRST:
        yield fold(first).strip(), Binding(first, company, name, short=True)


def _bound_names(reading: Reading, layout: _Layout, forms: dict[str, Binding]) -> Iterator[Found]:
    for start, end, key in NameIndex(forms).scan(reading.folded):
        binding = forms[key]
        surface = reading.text[start:end]
        if not binding.company or not _written_like(surface, binding.written):
            continue
        if not binding.short or layout.stands_alone(start, end):
            yield Found(
                start,
                layout.with_legal_form(end),
                "name",
                None,
                binding.company,
                binding.name,
                confidence=0.95,
            )


def _book_names(reading: Reading, layout: _Layout, spoken_of: set[str]) -> list[Found]:
    """Find the names that the book knows; ordinary words need context or a sure mention."""
    sure: list[Found] = []
    doubtful: list[Found] = []
    for start, end, key in reading.names:
        if not _written_like_any(reading.text[start:end], reading.book.spellings(key)):
            continue
        if not layout.stands_alone(start, end):
            continue
        named = reading.book.named(key, reading.as_of)
        how: How = "name" if named.usual else "alias"
        whole = layout.with_legal_form(end)
        issuer = None, named.company, named.name
        if whole > end or not named.ambiguous or layout.has_context(start, end):
            sure.append(Found(start, whole, how, *issuer, confidence=0.9))
        else:
            doubtful.append(Found(start, whole, how, *issuer, confidence=0.7))
    spoken_of = spoken_of | {found.company for found in sure}
    return [*sure, *(found for found in doubtful if found.company in spoken_of)]


@lru_cache(1 << 14)
def _written_like_any(surface: str, spellings: tuple[str, ...]) -> bool:
    return any(_written_like(surface, spelling) for spelling in spellings)


@lru_cache(1 << 14)
def _written_like(surface: str, spelling: str) -> bool:
    """Tell whether a text writes a name as a name, given how it is usually spelled.

    Case must fit: "Apple" or "APPLE" and never "apple"; an acronym only in capitals.
    """
    surface = surface.replace("-", " ").replace("\n", " ")
    spelling = spelling.strip(" .!").replace("-", " ").replace("’", "'")
    if surface == spelling or len(surface) != len(spelling):
        return surface == spelling
    if any(a != b for a, b in zip(surface.lower(), spelling.lower(), strict=True)):
        return False
    if spelling.isupper():
        return False
    if surface.isupper():
        return len(surface) >= 4
    return all(
        mine.isupper() or not usual.isupper() or (place and surface[place - 1] != " ")
        for place, (mine, usual) in enumerate(zip(surface, spelling, strict=True))
    )


def _without_overlaps(names: list[Found], explicit: list[Found]) -> list[Found]:
    """Keep of overlapping names the one that begins first, then the longest, then the first."""
    order = sorted(range(len(names)), key=lambda i: (names[i].start, -names[i].end, i))
    taken = sorted((found.start, found.end) for found in explicit)
    starts = [start for start, _ in taken]
    kept: list[Found] = []
    end = 0
    for index in order:
        name = names[index]
        before = bisect_right(starts, name.end - 1) - 1
        if name.start >= end and (before < 0 or taken[before][1] <= name.start):
            kept.append(name)
            end = name.end
    return kept


class _Layout:
    """What stands around a name: whether it stands alone, and what speaks for a company."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: list[int] = []
        self._headlines: dict[int, bool] = {}

    def with_legal_form(self, end: int) -> int:
        """Give where a name ends with the legal form behind it."""
        if self._text[end : end + 1] not in _BEFORE_FORM:
            return end
        closing = _CLOSING.match(self._text, end)
        return closing.end() if closing else end

    def stands_alone(self, start: int, end: int) -> bool:
        """Tell whether a name is no part of a longer name, an address or a handle."""
        text = self._text
        behind = text[end : end + 1]
        goes_on = behind in _GOES_ON and _WORD_GOES_ON.match(text, end)
        if goes_on or (start and text[start - 1] in "@$&#"):
            return False
        if behind == " " and text[end + 1 : end + 2].isupper():
            after = _NEXT_WORD.match(text, end)
            if after and after[1] in _NAME_GOES_ON:
                return False
        if " " in text[start:end] or not (word := self._word_before(start)):
            return True
        if word in FIRST_NAMES or not word[0].isupper() or word in OPENERS:
            return word not in FIRST_NAMES
        if word.endswith(("'s", "s'", ".")) or (word.isupper() and len(word) <= 4):
            return True
        place = start - len(word) - 1
        return self._begins_sentence(place) or self._is_headline(start)

    def _begins_sentence(self, place: int) -> bool:
        before = self._text[max(0, place - 2) : place]
        return not before.strip() or before.rstrip()[-1] in _SENTENCE_ENDS or "\n" in before

    def has_context(self, start: int, end: int) -> bool:
        """Tell whether the words around a name speak of a company."""
        after = _NEXT_WORD.match(self._text, end)
        if after and after[1].lower() in COMPANY_WORDS:
            return True
        before = self._text[max(0, start - 40) : start].lower()
        return before.endswith(_SPEAKS_OF_A_COMPANY) or (
            self._word_before(start).lower() in BEFORE_COMPANY
        )

    def _word_before(self, place: int) -> str:
        """Give the word before a place and a blank, as far as 30 characters reach, or ""."""
        if not place or self._text[place - 1] != " ":
            return ""
        begin = max(self._text.rfind(" ", 0, place - 1) + 1, place - 30, 0)
        word = _LAST_WORD.search(self._text, begin, place - 1)
        return word[0] if word else ""

    def _is_headline(self, place: int) -> bool:
        """Tell whether a line capitalises most of its words, so that capitals tell nothing."""
        if not self._lines:
            breaks = (match.end() for match in re.finditer("\n", self._text))
            self._lines = [0, *breaks, len(self._text) + 1]
        line = bisect_right(self._lines, place) - 1
        known = self._headlines.get(line)
        if known is None:
            words = _LONG_WORD.findall(self._text, self._lines[line], self._lines[line + 1])
            large = sum(word[0].isupper() for word in words)
            known = self._headlines[line] = len(words) >= 4 and large > 0.7 * len(words)
        return known
