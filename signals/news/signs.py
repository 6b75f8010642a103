"""Many texts looked at as one: which of them hold a sign, and what is found in each.

Most texts hold little of what is sought. One cheap look at a whole batch tells in which of them a
closer look can find anything.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

_BETWEEN = "  "  # no name and no notation goes across two blanks
# A capital is A, a small letter a, a digit 0; any other character stays, one beyond ASCII is "?".
_SHAPES = bytes(
    ord("Aa0"[[chr(code).isupper(), chr(code).islower(), chr(code).isdigit()].index(True)])
    if chr(code).isalnum() and code < 128
    else code
    for code in range(256)
)


class Sign(NamedTuple):
    """What a text must hold for a notation to be in it.

    Attributes
    ----------
    shape
        A pattern of the shape of a text: ``A`` for capitals, ``a`` for small letters, ``0`` for
        digits, ``?`` for anything beyond ASCII, all else as it is. It begins with a character,
        which is sought at full speed.
    words
        Or one of these in the folded text.
    """

    shape: re.Pattern[bytes] | None = None
    words: tuple[str, ...] = ()


class Joined:
    """Texts joined to one, and which of them a place belongs to.

    Parameters
    ----------
    texts
        Any texts.

    Attributes
    ----------
    text
        All of them, with blanks around each.
    starts
        Where each begins in it, and where one behind the last would.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.text = _BETWEEN.join(["", *texts, ""])
        gap = len(_BETWEEN)
        self.starts = list(accumulate((len(text) + gap for text in texts), initial=gap))

    def shape(self) -> bytes:
        """Give the shape of all texts, a byte a character."""
        return self.text.encode("ascii", "replace").translate(_SHAPES)

    def part(self, found: Iterable[tuple[int, int, str]]) -> list[list[tuple[int, int, str]]]:
        """Give each text what was found in it; what is found comes in the order of its places."""
        starts = self.starts
        parts: list[list[tuple[int, int, str]]] = [[] for _ in starts[1:]]
        number, begin, behind = -1, 0, 0
        for start, end, what in found:
            if start >= behind:
                number = bisect_right(starts, start) - 1
                begin, behind = starts[number], starts[number + 1]
                part = parts[number]
            part.append((start - begin, end - begin, what))
        return parts

    def with_pattern(self, shapes: bytes, pattern: re.Pattern[bytes]) -> Iterator[int]:
        """Give the numbers of the texts that a pattern is found in."""
        match = pattern.search(shapes)
        while match:
            number = bisect_right(self.starts, match.start()) - 1
            yield number
            match = pattern.search(shapes, self.starts[number + 1])


class Signs:
    """Signs that are sought in many texts at once.

    Parameters
    ----------
    signs
        Name -> sign. No word of theirs may overlap another.
    """

    def __init__(self, signs: Mapping[str, Sign]) -> None:
        self._shapes = {name: sign.shape for name, sign in signs.items() if sign.shape}
        self._names = {word: name for name, sign in signs.items() for word in sign.words}
        # Sought leftmost, they are found many bytes at a time.
        self._words = AhoCorasick(list(self._names), matchkind=MatchKind.LeftmostFirst)

    def of(self, texts: Sequence[str], folded: Sequence[str]) -> list[set[str]]:
        """Tell of each text which of the signs it holds; ``folded`` are the same texts."""
        names, words = self._names, self._words
        held = [{names[word] for word in words.find_matches_as_strings(text)} for text in folded]
        joined = Joined(texts)
        shapes = joined.shape()
        for name, pattern in self._shapes.items():
            for number in joined.with_pattern(shapes, pattern):
                held[number].add(name)
        return held
