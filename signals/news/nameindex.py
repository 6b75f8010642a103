"""Names made comparable, and many of them found in a text at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ahocorasick_rs import AhoCorasick

_SEPARATOR = re.compile(r"[\W_]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_FOLDED = bytes(ord(chr(code).lower()) if chr(code).isalnum() else 32 for code in range(128)) * 2
_KEPT = b"\n|" + bytes(range(128, 256))  # bytes of letters beyond ASCII stay as they are
_FOLDED_LINES = bytes(code if code in _KEPT else _FOLDED[code] for code in range(256))
_LEGAL_ENDING = re.compile(
    r"(?: (?:inc|incorporated|corp|corporation|co|company|ltd|limited|plc|ag|se|sa|nv|asa|ab))+\Z"
)
_FEW = 12  # names that are sought one by one: an automaton is dear to build


NameMatch = tuple[int, int, str]
"""Start and end of a name in a text, and the name as the index has it."""


def fold(text: str) -> str:
    """Give a text for comparing names: lower case, a blank for all but letters and digits.

    Every character gives one character, so that offsets stay.
    """
    if not text.isascii():
        for char in set(_NOT_ASCII.findall(text)):
            text = text if char.isalnum() else text.replace(char, " ")
    if text.isascii():
        return text.encode().translate(_FOLDED).decode()
    lower = text.lower()
    if len(lower) != len(text):  # a few letters grow, such as a dotted capital I
        lower = "".join(small if len(small := char.lower()) == 1 else char for char in text)
    return _SEPARATOR.sub(" ", lower)


def fold_lines(text: str) -> str:
    """Fold a column of names at once: line feeds and bars stay."""
    lower = text.lower().encode().translate(_FOLDED_LINES).decode()
    for char in set(_NOT_ASCII.findall(lower)):
        lower = lower if char.isalnum() else lower.replace(char, " ")
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
        self._patterns = [f" {name} " for name in self._names]
        self._automaton = AhoCorasick(self._patterns) if len(self._names) > _FEW else None

    def scan(self, folded: str) -> list[NameMatch]:
        """Find every name in a text that :func:`fold` has made, overlapping ones included.

        Each begins and ends at a word's border.
        """
        names = self._names
        if self._automaton is None:
            return list(self._one_by_one(f" {folded} "))
        matches = self._automaton.find_matches_as_indexes(f" {folded} ", overlapping=True)
        return [(start, end - 2, names[index]) for index, start, end in matches]

    def _one_by_one(self, padded: str) -> Iterator[NameMatch]:
        for name, pattern in zip(self._names, self._patterns, strict=True):
            place = padded.find(pattern)
            while place >= 0:
                yield place, place + len(name), name
                place = padded.find(pattern, place + 1)
