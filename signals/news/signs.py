"""Which of many texts hold a sign of a notation.

Most texts hold little of what is sought. One cheap look at a whole batch tells in which of them a
closer look can find anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from signals.news.joined import Joined


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


class Signs:
    """Signs that are sought in many texts at once.

    Parameters
    ----------
    signs
        Name -> sign. No word of one may overlap a word of another.
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
