"""Company names: those that an adjacent symbol explains, and those that the book knows.

A name right before ``(NASDAQ:MSFT)`` means that company in the whole document, also when no book
has it. Any other name must be the book's, stand alone as a capitalised name, and, when it is an
ordinary word too, have context that only a company has.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter

from signals.news.before import CONNECTORS, ENDINGS
from signals.news.explained import explain_listings
from signals.news.layout import Layout
from signals.news.nameindex import (
    NameMatch,
    fold,
    fold_name,
    scan_for,
    written_like,
    written_like_any,
)
from signals.news.namesakes import by_first_word, of_home, sharing_the_end, spelled_out
from signals.news.reading import Found, How, Reading, Taken
from signals.news.roles import is_index
from signals.news.vocabulary import (
    DESCRIPTORS,
    FIRST_NAMES,
    GENERIC_FIRST,
    OPENERS,
)

_DASH = re.compile(r" ?[-–—:|] ?")
_SHORT = re.compile(
    r"\.? \(\"(?!The\b|Company\b|Corporation\b|Issuer\b|Parent\b)([A-Z][\w&' ]{2,25})\""
)
_SHARED_FIRST = GENERIC_FIRST | FIRST_NAMES | OPENERS


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
    for _, row in groupby(explicit, _row):
        named, members = explain_listings(reading, [*row])
        completed += members
        if named is not None:
            names.append(named)
            written = reading.text[named.start : named.end]
            for key, binding in _forms(written, named.company, named.name):
                known = forms.setdefault(key, binding)
                if known.company != binding.company and known.short:
                    # Two companies share the first word: it means neither.
                    forms[key] = replace(known, company="")
    for stated in completed:
        forms.update(_called_behind(reading, stated))
    layout, taken = Layout(reading.text), Taken.of(completed)
    names += _bound_names(reading, layout, forms)
    begun = {one.start: one.end for one in names if not taken.overlaps(one.start, one.end)}
    # Of the book's names those are looked at that no listing holds, and with which no bound one
    # begins.
    others = [
        (start, end, key)
        for start, end, key in reading.names
        if begun.get(start, 0) < end and not taken.overlaps(start, start + 1)
    ]
    sure, doubtful = _sift(reading, layout, others)
    sure += sharing_the_end(reading, [*names, *sure])
    if doubtful:
        sure += _mentioned_beside(layout, doubtful, [*completed, *names, *sure])
    if '("' in reading.text and (short := _called_for_short(reading, [*names, *sure])):
        names += _bound_names(reading, layout, short)
    return completed, _without_overlaps([*names, *sure], taken)


def _row(found: Found) -> int:
    """Give what those have in common that stand in one row of brackets; others stand alone."""
    return found.group if found.group >= 0 else -1 - found.start


@lru_cache(1 << 12)
def _forms(written: str, company: str, name: str) -> tuple[tuple[str, Binding], ...]:
    """Give the forms in which a bound name may come again, the longest first."""
    return tuple(_each_form(written, company, name))


def _each_form(written: str, company: str, name: str) -> Iterator[tuple[str, Binding]]:
    words = written.split()
    yield fold(written).strip(), Binding(written, company, name, short=False)
    while len(words) > 1 and words[-1].strip(".,") in ENDINGS:
        words.pop()
        core = " ".join(words).rstrip(",")
        yield fold(core).strip(), Binding(core, company, name, short=len(words) == 1)
    if len(words) > 2 and words[-1] in DESCRIPTORS and words[-2].lower() not in CONNECTORS:
        core = " ".join(words[:-1])  # "Pan American Silver" comes again as Pan American
        yield fold(core).strip(), Binding(core, company, name, short=False)
    first = words[0].rstrip(",")
    distinctive = len(first) >= (3 if first.isupper() else 4) and first[0].isalpha()
    if distinctive and first not in _SHARED_FIRST:
        yield fold(first).strip(), Binding(first, company, name, short=True)


def _called_behind(reading: Reading, stated: Found) -> dict[str, Binding]:
    """Give the first word of a known name that stands behind a dash: "$ABC - Abcor rose"."""
    dash = _DASH.match(reading.text, stated.end)
    if dash is None:
        return {}
    first = stated.name.split(" ")[0].rstrip(",")
    if len(first) < 4 or first in _SHARED_FIRST:
        return {}
    if not reading.folded.startswith(fold_name(f"{first} "), dash.end()):
        return {}
    return {fold_name(first): Binding(first, stated.company, stated.name, short=True)}


def _called_for_short(reading: Reading, named: Sequence[Found]) -> dict[str, Binding]:
    """Give what a text says it calls a company: 'Acme Mining Corp. ("Acme")'."""
    found = ((one, _SHORT.match(reading.text, one.end)) for one in named)
    return {
        fold_name(short[1]).strip(): Binding(short[1], one.company, one.name, short=False)
        for one, short in found
        if short and not reading.book.find(short[1], reading.as_of)
    }


def _places_of(forms: Collection[str], reading: Reading) -> Iterator[NameMatch]:
    """Find some names in a text, name by name; those of the book were found before."""
    places: dict[str, list[NameMatch]] = {key: [] for key in forms}
    others = [key for key in forms if not reading.book.has_name(key)]
    for match in (*reading.names, *scan_for(others, reading.folded)):
        if match[2] in places:
            places[match[2]].append(match)
    return chain.from_iterable(places.values())


def _bound_names(reading: Reading, layout: Layout, forms: dict[str, Binding]) -> Iterator[Found]:
    for start, end, key in _places_of(forms, reading):
        binding = forms[key]
        if not binding.company or not written_like(reading.text[start:end], binding.written):
            continue
        if binding.short and (not layout.stands_alone(start, end) or layout.goes_on(start, end)):
            continue
        # "Dow shares" are those of the company whose symbol the text states.
        owns = reading.text.startswith((" shares", "'s shares", " stock "), end)
        if not owns and is_index(reading.text, start, end):
            continue
        whole = layout.with_legal_form(end)
        yield Found(start, whole, "name", None, binding.company, binding.name, -1, 0.95)


def _mentioned_beside(
    layout: Layout, doubtful: Sequence[Found], sure: Sequence[Found]
) -> list[Found]:
    """Give those ordinary words that mean a company since a sure mention shows it."""
    spoken_of = {one.company for one in sure}
    beside = layout.beside(_spans(doubtful), _spans(sure))
    return [one for one in doubtful if one.company in spoken_of or one.start in beside]


def _sift(
    reading: Reading, layout: Layout, names: Sequence[NameMatch]
) -> tuple[list[Found], list[Found]]:
    """Part the names that mean a company into those that surely do and those that may."""
    book = reading.book
    sure: list[Found] = []
    doubtful: list[Found] = []
    longer: Mapping[str, Collection[str]] | None = None
    # Of "Jim Ford" the text speaks by his last name too, wherever it speaks of no such company.
    persons = {key for start, _, key in names if " " not in key and layout.is_a_persons(start)}
    for start, end, key in sorted(names, reverse=True):  # of those with one begin the longest first
        if not _is_written(reading, layout, (start, end, key)):
            continue
        meant = book.named(key, reading.as_of)
        named = meant[0] if len(meant) == 1 else of_home(reading, meant, reading.text[start:end])
        if named.ambiguous and not (named.usual or named.proper):
            longer = by_first_word(names) if longer is None else longer
            named = spelled_out(reading, longer.get(key, ())) or named
        how: How = "name" if named.usual else "alias"
        whole = layout.with_legal_form(end)
        is_sure = (
            (not named.ambiguous and (key not in persons or layout.is_traded(end)))
            or whole > end
            or (key not in persons and layout.has_context(start, end))
            or (key not in persons and named.proper and layout.is_proper(start, end))
        )
        group, confidence = (sure, 0.9) if is_sure else (doubtful, 0.7)
        group.append(Found(start, whole, how, None, named.company, named.name, -1, confidence))
    return sure, doubtful


def _is_written(reading: Reading, layout: Layout, name: NameMatch) -> bool:
    """Tell whether a name stands there as companies are written, and as nothing else."""
    start, end, key = name
    surface, spellings = reading.text[start:end], reading.book.spellings(key)
    return (
        (surface in spellings or written_like_any(surface, spellings))
        and layout.stands_alone(start, end)
        and not is_index(reading.text, start, end)
    )


def _spans(found: Iterable[Found]) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in found]


def _without_overlaps(names: list[Found], taken: Taken) -> list[Found]:
    """Keep of overlapping names the one that begins first, then the longest, then the first."""
    names.sort(key=itemgetter(1), reverse=True)  # by end, then by start
    names.sort(key=itemgetter(0))
    kept: list[Found] = []
    end = 0
    for name in names:
        if name.start >= end and not taken.overlaps(name.start, name.end):
            kept.append(name)
            end = name.end
    return kept
