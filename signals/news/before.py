"""What stands right before a bracket or a code: the name of a company, known or not."""

from __future__ import annotations

import re

from signals.news.memory import Named
from signals.news.nameindex import NameMatch, written_like_any
from signals.news.reading import Reading
from signals.news.vocabulary import FUNCTION_WORDS, GROUP_FORMS, LEGAL_FORMS, REPORTING

CONNECTORS = frozenset("of and & de du la le der den the for e y et und".split())
"""Small words inside of names."""

ENDINGS = LEGAL_FORMS | GROUP_FORMS
"""What a name may end in and be called without."""

_REACH = 100  # characters before a bracket in which a name is looked for
_MOST_WORDS = 8
_TRAILING = ' ",*'
_INITIALS = re.compile(r"(?:\w{1,2}\.)+")
_POSSESSIVE = re.compile(r"'s?\Z")


def written_before(text: str, bracket: int) -> tuple[str, int]:
    """Give what stands before a bracket in its line, up to the end of a name, and that end."""
    line = text[max(0, bracket - _REACH) : bracket].rpartition("\n")[2]
    before = line.rstrip(_TRAILING)
    if before.endswith(")") and "(" in before:  # 'Acme, Inc. ("Acme" or the "Company") (NYSE:ACM)'
        before = before[: before.rindex("(")].rstrip(_TRAILING)
    if before.endswith(("'", "s")):
        before = _POSSESSIVE.sub("", before)
    return before, bracket - len(line) + len(before)


def book_name_before(reading: Reading, end: int) -> NameMatch | None:
    """Give the longest name of the book that ends at a place, written as a name is."""
    for start, key in sorted(reading.names_to(end)):
        surface, spellings = reading.text[start:end], reading.book.spellings(key)
        if surface in spellings or written_like_any(surface, spellings):
            return start, end, key
    return None


def named_before(reading: Reading, bracket: int) -> tuple[Named, ...]:
    """Give the companies of the book that the name right before a bracket may mean."""
    before, end = written_before(reading.text, bracket)
    name = book_name_before(reading, end)
    if name is None and reading.text.startswith("'s", end):
        name = book_name_before(reading, end + 2)  # Macy's
    if name is None and before.rpartition(" ")[2].rstrip(".") in ENDINGS:
        bare = before.rpartition(" ")[0].rstrip(",")
        name = book_name_before(reading, end - len(before) + len(bare))
    return reading.book.named(name[2], reading.as_of) if name else ()


def is_behind_a_name(reading: Reading, bracket: int) -> bool:
    """Tell whether a capitalised name stands right before a bracket."""
    before, end = written_before(reading.text, bracket)
    return bool(capitalised_run(before) or book_name_before(reading, end))


def capitalised_run(text: str) -> list[tuple[int, str]]:
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
