"""Names made comparable, and many of them found in a text at once."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

from ahocorasick_rs import BytesAhoCorasick

from signals.news.joined import Joined, in_bytes
from signals.news.plain import beyond_ascii

# Bytes of letters beyond ASCII stay as they are.
_FOLDED = "".join(char.lower() if char.isalnum() else " " for char in map(chr, range(128))).encode()
_FOLDED += bytes(range(128, 256))
_FOLDED_LINES = bytes(code if code in b"\n|" else _FOLDED[code] for code in range(256))
_LEGAL_ENDING = re.compile(
    r"(?: (?:inc|incorporated|corp|corporation|co|company|ltd|limited|plc|ag|se|sa|nv|asa|ab))+\Z"
)
_BARE = dict(zip("øØłŁđĐı", "oOlLdDi", strict=True))  # letters that are no letter with a mark
_SHORT = 4
_LONG = 6  # letters: an acronym has fewer
_SMALL = frozenset("Bio Biopharma Pharma Pharmaceuticals Therapeutics Biosciences".split())
_FEW = 12  # names that are sought one by one: an automaton is dear to build


NameMatch = tuple[int, int, str]
"""Start and end of a name in a text, and the name as the index has it."""


def fold(text: str) -> str:
    """Give a text for comparing names: lower case, no accents, a blank for all but letters, digits.

    Every character gives one character, so that offsets stay.
    """
    for char in beyond_ascii(text):
        text = text.replace(char, _bare(char) if char.isalnum() else " ")
    if not text.isascii():
        lower = text.lower()
        if len(lower) != len(text):  # a few letters grow, such as a dotted capital I
            lower = "".join(small if len(small := char.lower()) == 1 else char for char in text)
        text = lower
    return text.encode().translate(_FOLDED).decode()


@lru_cache(1 << 12)
def _bare(char: str) -> str:
    """Give a letter without its accent, as many papers write it: "Peñoles" is Penoles."""
    if char in _BARE:
        return _BARE[char]
    first, *marks = list(unicodedata.normalize("NFD", char))
    return first if first.isascii() and all(map(unicodedata.combining, marks)) else char


def _unmarked(text: str) -> str:
    return text if text.isascii() else "".join(map(_bare, text))


@lru_cache(1 << 14)
def fold_name(name: str) -> str:
    """Fold a name, which is short and comes again."""
    return fold(name)


def fold_lines(text: str) -> str:
    """Fold a column of names at once: line feeds and bars stay."""
    lower = text.lower().encode().translate(_FOLDED_LINES).decode()
    for char in beyond_ascii(lower):
        lower = lower.replace(char, _bare(char) if char.isalnum() else " ")
    return lower


def fold_short(name: str) -> str:
    """Fold a name without Inc. and the like behind it."""
    return _LEGAL_ENDING.sub("", fold(name).rstrip())


def without_legal_form(name: str) -> str:
    """Give a name without Inc. and the like behind it."""
    return name[: len(fold_short(name))].rstrip(" ,") or name


def company_key(name: str) -> str:
    """Make the key of a company from its name: ``"SoftBank Group"`` gives softbank-group."""
    return "-".join(fold(name).split())


class NameIndex:
    """Finds many names in a text at once, in linear time.

    Parameters
    ----------
    names
        As :func:`fold` gives them, without blanks around.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(names)
        # Blanks around each name: a match then begins and ends at a word's border, and
        # "disappear" costs nothing although it contains "sap".
        # A byte a character, so that places stay; some characters share one, the question mark,
        # which no folded text has.
        self._automaton = BytesAhoCorasick([in_bytes(f" {name} ") for name in self._names])
        self._unsure = {number for number, name in enumerate(self._names) if b"?" in in_bytes(name)}

    def scan(self, texts: Sequence[str]) -> list[list[NameMatch]]:
        """Find in each text that :func:`fold` has made every name, overlapping ones included.

        Each begins and ends at a word's border.
        """
        names, unsure, joined = self._names, self._unsure, Joined(texts)
        starts = joined.starts
        matches = self._automaton.find_matches_as_indexes(in_bytes(joined.text), overlapping=True)
        found: list[list[NameMatch]] = [[] for _ in texts]
        origin = behind = 0
        for index, start, end in matches:
            if index in unsure and names[index] != joined.text[start + 1 : end - 1]:
                continue
            if start >= behind:
                number = bisect_right(starts, start + 1) - 1
                origin, behind = starts[number], starts[number + 1] - 1
                own = found[number]
            own.append((start + 1 - origin, end - 1 - origin, names[index]))
        return found


def scan_for(names: Collection[str], folded: str) -> Iterator[NameMatch]:
    """Find names that are sought in one text only, as :class:`NameIndex` does."""
    if len(names) > _FEW:
        yield from NameIndex(names).scan([folded])[0]
        return
    padded = f" {folded} " if names else ""
    for name in names:
        place = padded.find(f" {name} ")
        while place >= 0:
            yield place, place + len(name), name
            place = padded.find(f" {name} ", place + 1)


@lru_cache(1 << 14)
def written_like_any(surface: str, spellings: tuple[str, ...]) -> bool:
    """Tell whether a text writes a name as a name, in one of the ways it is usually spelled."""
    return any(written_like(surface, spelling) for spelling in spellings)


@lru_cache(1 << 14)
def written_like(surface: str, spelling: str) -> bool:
    """Tell whether a text writes a name as a name, given how it is usually spelled.

    Case must fit: "Apple" or "APPLE" and never "apple"; an acronym only in capitals. A long name
    in capitals is none, but how a list or the company itself writes it: "GlobalFoundries".
    """
    surface = surface.replace("-", " ").replace("\n", " ")
    spelling = spelling.strip(" .!").replace("-", " ").replace("’", "'")
    if surface == spelling or len(surface) != len(spelling):
        return surface == spelling
    if _unmarked(surface).lower() != _unmarked(spelling).lower():
        return False
    if spelling.isupper() and len(spelling) < _LONG:
        return False
    if surface.isupper():
        return len(surface) >= 4
    if len(spelling) <= _SHORT and not spelling[1:].islower():
        return False  # "BoB" is no Bob
    words = zip(surface.split(" "), spelling.split(" "), strict=True)
    return all(
        mine[:1].isupper() or not usual[:1].isupper() or (place and usual in _SMALL)
        for place, (mine, usual) in enumerate(words)
    )
