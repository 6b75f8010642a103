"""Which of many texts hold a sign of a notation.

Most texts hold little of what is sought. One cheap look at a whole batch tells in which of them a
closer look can find anything.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from signals.news.joined import Joined, in_bytes


class Sign(NamedTuple):
    """What a text must hold for a notation to be in it: one of these.

    Attributes
    ----------
    shapes
        Parts of the shape of a text: ``A`` for capitals, ``a`` for small letters, ``0`` for
        digits, ``?`` for anything beyond ASCII, all else as it is.
    words
        Words of the folded text.
    pattern
        A pattern of the shape, which takes longer to look for; it begins with a character, which
        is sought at full speed.
    """

    shapes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    pattern: re.Pattern[bytes] | None = None


class Signs:
    """Signs that are sought in many texts at once.

    Parameters
    ----------
    signs
        Name -> sign.
    """

    def __init__(self, signs: Mapping[str, Sign]) -> None:
        self._shapes = [(name, it) for name, sign in signs.items() for it in _seekers(sign.shapes)]
        self._words = [(name, it) for name, sign in signs.items() for it in _seekers(sign.words)]
        self._patterns = {name: sign.pattern for name, sign in signs.items() if sign.pattern}

    def of(self, texts: Sequence[str], folded: Sequence[str]) -> list[set[str]]:
        """Tell of each text which of the signs it holds; ``folded`` are the same texts."""
        held: list[set[str]] = [set() for _ in texts]
        joined, small = Joined(texts), Joined(folded)
        shape = joined.shape()
        sought = (
            (self._shapes, shape, joined.starts),
            (self._words, in_bytes(small.text), small.starts),
        )
        for seekers, data, starts in sought:
            for name, seeker in seekers:
                for _, place, _ in seeker.find_matches_as_indexes(data):
                    held[bisect_right(starts, place) - 1].add(name)
        for name, pattern in self._patterns.items():
            for number in joined.with_pattern(shape, pattern):
                held[number].add(name)
        return held


def _seekers(literals: Sequence[str]) -> list[BytesAhoCorasick]:
    """Give what finds some literals; sought leftmost, such as begin alike are found at once."""
    alike: dict[str, list[bytes]] = {}
    for one in literals:
        alike.setdefault(one[:2], []).append(one.encode())
    return [BytesAhoCorasick(few, matchkind=MatchKind.LeftmostFirst) for few in alike.values()]
