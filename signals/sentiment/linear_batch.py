"""The words and the pairs of words of many sentences, weighed at once by NumPy.

Each sum is made in the order in which :meth:`LinearModel.probabilities` makes it for one
sentence, so that both give the same number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from signals.sentiment.tokens import STEM_OF, Row

_FIRST, _LAST = "^", "$"  # stand at the ends of a sentence
_BITS = 20  # of a word's number; a model has far fewer words


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
    """

    def __init__(self, weights: Mapping[str, tuple[float, float]]) -> None:
        self._words = _Numbers({"": 0, _FIRST: 1, _LAST: 2})
        pairs = {0: (0.0, 0.0)}
        for name, weight in weights.items():
            first, blank, second = name.partition(" ")
            for word in (first, second):
                self._words.setdefault(word, len(self._words))
            if blank:
                pairs[self._words[first] << _BITS | self._words[second]] = weight
        self._single = np.array([weights.get(word, (0.0, 0.0)) for word in self._words]).T.copy()
        self._pairs = np.array(sorted(pairs))
        self._paired = np.array([pairs[pair] for pair in self._pairs.tolist()]).T.copy()

    def sums(self, rows: Sequence[Row]) -> tuple[list[float], list[float]]:
        """Weigh the words and the pairs of words of sentences, each of one token at least.

        Returns
        -------
        above, below
            What they add to the log-odds of positive and of negative, times the square root of
            the number of tokens.
        """
        stems: list[str] = []
        for row in rows:
            stems.append(_FIRST)
            stems += map(STEM_OF, row.tokens)
            stems.append(_LAST)
        numbers = np.fromiter(map(self._words.__getitem__, stems), np.int64, len(stems))
        lengths = np.array([len(row.tokens) + 2 for row in rows])
        text = np.repeat(np.arange(len(rows)), lengths)
        words = np.ones(len(numbers), dtype=np.bool_)
        words[np.cumsum(lengths) - 1] = words[np.cumsum(lengths) - lengths] = False
        first, second = numbers[:-1], numbers[1:]
        # Looking a pair up costs most: not one with an unknown word, nor across two sentences.
        places = np.flatnonzero((first > 0) & (second > 0) & (text[:-1] == text[1:]))
        keys = (first[places] << _BITS) | second[places]
        at = np.minimum(np.searchsorted(self._pairs, keys), len(self._pairs) - 1)
        paired = self._pairs[at] == keys
        at = at[paired]
        # A sentence's words come first, then its pairs.
        text = np.concatenate([text[words], text[places[paired]]])
        alone = numbers[words]
        above, below = (
            np.bincount(
                text, np.concatenate([single.take(alone), both.take(at)]), len(rows)
            ).tolist()
            for single, both in zip(self._single, self._paired, strict=True)
        )
        return above, below
