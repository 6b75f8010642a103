"""The words and the pairs of words of many sentences, weighed at once by NumPy.

Each sum is made in the order in which :meth:`LinearModel.probabilities` makes it for one
sentence, so that both give the same number.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from signals.sentiment.vader_batch import summed

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_FIRST, _LAST = 1, 2  # the numbers of what stands at the ends of a sentence, ^ and $
_BITS = 20  # of a word's number; a model has far fewer words
_SPARE = 3  # bits: of eight slots at most one is taken
_MULTIPLIER, _ALL = 0x9E3779B97F4A7C15, (1 << 64) - 1


class _Numbers(dict[str, int]):
    """Word -> number; 0 for a word without a weight."""

    def __missing__(self, word: str) -> int:
        return 0


class WordTable:
    """The weights of words and of pairs of words, as arrays.

    Parameters
    ----------
    weights
        Feature -> what it adds to the log-odds of positive and of negative.

    Attributes
    ----------
    numbers
        Word -> its number; 0 for a word without a weight.
    """

    def __init__(self, weights: Mapping[str, tuple[float, float]]) -> None:
        self.numbers = _Numbers({"": 0, "^": _FIRST, "$": _LAST})
        pairs: dict[int, tuple[float, float]] = {}
        for name, weight in weights.items():
            first, blank, second = name.partition(" ")
            for word in (first, second):
                self.numbers.setdefault(word, len(self.numbers))
            if blank:
                pairs[self.numbers[first] << _BITS | self.numbers[second]] = weight
        self._single = np.array([weights.get(word, (0.0, 0.0)) for word in self.numbers]).T.copy()
        bits = len(pairs).bit_length() + _SPARE
        self._shift = 64 - bits
        held = [-1] * (1 << bits)
        slots = []
        for key in pairs:
            at = (key * _MULTIPLIER & _ALL) >> self._shift
            while held[at] >= 0:
                at = (at + 1) & (len(held) - 1)
            held[at] = key
            slots.append(at)
        self._pairs = np.array(held)
        self._paired = np.zeros((2, len(held)))
        self._paired[:, slots] = np.array([*pairs.values()]).reshape(-1, 2).T

    def _find(self, keys: Integers) -> tuple[Integers, Booleans]:
        """Find the slots of pairs, or the free ones where they would be; and tell which."""
        hashed = keys.view(np.uint64) * np.uint64(_MULTIPLIER)
        at = (hashed >> np.uint64(self._shift)).view(np.int64)
        held = self._pairs.take(at)
        found = held == keys
        others = np.flatnonzero(~found & (held >= 0))
        while len(others):  # the slot is another pair's: look at the next one
            at[others] = (at[others] + 1) & (len(self._pairs) - 1)
            held = self._pairs.take(at[others])
            found[others] = held == keys[others]
            others = others[(held != keys[others]) & (held >= 0)]
        return at, found

    def sums(self, words: Integers, n_words: Integers) -> tuple[Floats, Floats]:
        """Weigh the words and the pairs of words of sentences.

        Parameters
        ----------
        words
            The numbers of the words of all sentences.
        n_words
            For each sentence how many are its own.

        Returns
        -------
        above, below
            What they add to the log-odds of positive and of negative, times the square root of
            the number of words.
        """
        text = np.repeat(np.arange(len(n_words)), n_words)
        ends = np.cumsum(n_words + 2)
        framed = np.full(len(words) + 2 * len(n_words), _FIRST)
        framed[np.arange(len(words)) + 2 * text + 1] = words
        framed[ends - 1] = _LAST
        first, second = framed[:-1], framed[1:]
        # Looking a pair up costs most: not one with an unknown word. None has $ before ^.
        places = np.flatnonzero((first > 0) & (second > 0))
        at, found = self._find((first[places] << _BITS) | second[places])
        paired = at[found]
        # A sentence's words come first, then its pairs.
        text = np.concatenate([text, np.searchsorted(ends, places[found], "right")])
        above, below = (
            summed(text, np.concatenate([single.take(words), both.take(paired)]), len(n_words))
            for single, both in zip(self._single, self._paired, strict=True)
        )
        return above, below
