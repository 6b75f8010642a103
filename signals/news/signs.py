"""Which of many texts hold a sign of a notation.

Most texts hold little of what is sought. One cheap look at a whole batch tells in which of them a
closer look can find anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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
        for name, number in self._found(Joined(texts), Joined(folded)):
            held[number].add(name)
        return held

    def _found(self, joined: Joined, folded: Joined) -> Iterator[tuple[str, int]]:
        """Find each sign and the number of the text that holds it."""
        shape, small = joined.shape(), in_bytes(folded.text)
        for name, seeker in self._shapes:
            for _, start, _ in seeker.find_matches_as_indexes(shape):
                yield name, joined.number(start)
        for name, seeker in self._words:
            for _, start, _ in seeker.find_matches_as_indexes(small):
                yield name, folded.number(start)
        for name, pattern in self._patterns.items():
            for number in joined.with_pattern(shape, pattern):
                yield name, number


def _seekers(literals: Sequence[str]) -> list[BytesAhoCorasick]:
    """Give what finds some literals; sought leftmost, such as begin alike are found at once."""
    alike: dict[str, list[bytes]] = {}
    for one in literals:
        alike.setdefault(one[:2], []).append(one.encode())
    return [BytesAhoCorasick(few, matchkind=MatchKind.LeftmostFirst) for few in alike.values()]
