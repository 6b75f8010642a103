"""What a telling is to an earlier one: a copy, other words for it, more of it, or none of it."""

from __future__ import annotations

from typing import Final, Literal

from signals.news.tellings import INTERCHANGEABLE, Telling, stems_of
from signals.news.vocabulary import GROUP_FORMS, LEGAL_FORMS

Kind = Literal["first", "copy", "paraphrase", "follow-up", "correction"]

ECHOES: Final[frozenset[Kind]] = frozenset({"copy", "paraphrase"})
"""Kinds that tell nothing new."""

# Cut-offs, set on data/labelled/stories.jsonl.
_COPY: Final = 0.65  # of all words shared
_SHARED: Final = 0.36  # of the shorter text's words, for a paraphrase
_SHARED_OF_ALL: Final = 0.20
_MOULD: Final = 0.5  # of the longer title, for two titles of one mould
_UNNAMED: Final = 1.5  # times as much where no company is shared

WEAK: Final = frozenset(
    "buyback contract dividend guidance invest list outage rating suspend".split()
)
"""Happenings that one reporter puts into the title and another leaves out."""

_FORMS = frozenset(stems_of(" ".join(LEGAL_FORMS | GROUP_FORMS).lower()))


def apart(share: float) -> float:
    """Tell of two texts that share so much, as :func:`closeness` says, how much they do not.

    Of all members of one and all members of the other, the part that is in one of them alone.
    """
    return (1 - share) / (1 + share)


FURTHEST: Final = apart(_SHARED_OF_ALL)
"""Texts that are further apart have nothing to do with one another."""


def closeness(telling: Telling, earlier: Telling) -> float:
    """Tell how much of their words two texts share, 0 to 1.

    0 means that they share too little, no company, or its name alone: they are not one story.
    """
    one, other = telling.everything, earlier.everything
    if not (alike := one & other):
        return 0.0
    strictness = 1.0
    if telling.companies.isdisjoint(earlier.companies):
        if telling.companies and earlier.companies:
            return 0.0
        strictness = _UNNAMED
    shared = len(alike)
    of_all = shared / (len(one) + len(other) - shared)
    of_shorter = shared / min(len(one), len(other))
    if of_shorter < _SHARED * strictness or of_all < _SHARED_OF_ALL * strictness:
        return 0.0
    told = alike - telling.names - earlier.names
    return of_all if told and not told <= _FORMS else 0.0


def kind_of(telling: Telling, earlier: Telling, of_all: float) -> Kind:
    """Tell what a text is to an earlier one of which it shares so much, as :func:`closeness` says.

    "first" means that it tells something else in much the same words.
    """
    if telling.correction and not earlier.correction:
        return "correction"
    if _contradicts(telling, earlier):
        return "first"
    if _adds(telling, earlier):
        return "follow-up"
    return "copy" if of_all >= _COPY else "paraphrase"


def _contradicts(one: Telling, other: Telling) -> bool:
    """Tell whether both state what can't be of one happening: periods, figures, directions."""
    for mine, theirs in ((one.years, other.years), (one.quarters, other.quarters)):
        if mine and theirs and mine.isdisjoint(theirs):
            return True
    if one.title_numbers - other.numbers and other.title_numbers - one.numbers:
        return True
    if one.directions and other.directions and not one.directions & other.directions:
        return True
    return _swapped(one, other)


def _swapped(one: Telling, other: Telling) -> bool:
    """Tell whether two titles are of one mould, with other names filled in on both sides.

    Of the same companies another name or notation says nothing else: (NASDAQ: MSFT), (MSFT.O).
    """
    names = one.names | other.names if one.companies == other.companies else frozenset()
    alike = one.title_words & other.title_words
    mine = one.title_words - other.everything - INTERCHANGEABLE - names
    theirs = other.title_words - one.everything - INTERCHANGEABLE - names
    longer = max(len(one.title_words), len(other.title_words))
    return bool(mine and theirs) and len(alike) >= _MOULD * longer


def _adds(telling: Telling, earlier: Telling) -> bool:
    """Tell whether the later title has a happening or a figure that the earlier text lacks."""
    if telling.title_happenings - earlier.happenings - WEAK:
        return True
    return bool(telling.title_numbers - earlier.numbers) and not (telling.numbers & earlier.numbers)
