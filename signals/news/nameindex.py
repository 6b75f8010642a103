"""Names made comparable, and many of them found in a text at once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick

_SEPARATOR = re.compile(r"[\W_]")


NameMatch = tuple[int, int, str]
"""Start and end of a name in a text, and the name as the index has it."""


def fold(text: str) -> str:
    """Give a text for comparing names: lower case, a blank for all but letters and digits.

    Every character gives one character, so that offsets stay.
    """
    lower = text.lower()
    if len(lower) != len(text):  # a few letters grow, such as a dotted capital I
        lower = "".join(small if len(small := char.lower()) == 1 else char for char in text)
    return _SEPARATOR.sub(" ", lower)


def fold_lines(text: str) -> str:
    """Fold a column of names at once: line feeds and bars stay."""
    lower = text.lower()
    for separator in set(_SEPARATOR.findall("".join(set(lower)))) - {"|", "\n", " "}:
        lower = lower.replace(separator, " ")  # a few passes in C beat one of a pattern
    return lower


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
        patterns = [f" {name} " for name in self._names]
        self._automaton = AhoCorasick(patterns) if patterns else None

    def scan(self, folded: str) -> list[NameMatch]:
        """Find every name in a text that :func:`fold` has made, overlapping ones included.

        Each begins and ends at a word's border.
        """
        if self._automaton is None:
            return []
        matches = self._automaton.find_matches_as_indexes(f" {folded} ", overlapping=True)
        names = self._names
        return [(start, end - 2, names[index]) for index, start, end in matches]
