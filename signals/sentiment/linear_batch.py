"""A linear model of many sentences at once, by NumPy: its features as numbers, and their weights.

Each sum is made in the order in which :meth:`LinearModel.probabilities` makes it for one
sentence, so that both give the same numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from signals.sentiment.arrays import Booleans, Floats, Integers, summed
from signals.sentiment.linear import LinearModel
from signals.sentiment.neighbour_marks import KNOWN
from signals.sentiment.rows_batch import Rows
from signals.sentiment.token_bits import Is

FIRST, LAST, NOTHING = 1, 2, 3
"""The numbers of what stands at the ends of a sentence, ^ and $, and of no word at all."""

_BITS = 20  # of a word's number; a model has far fewer words
_SPARE = 3  # bits: of eight slots at most one is taken
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


class Found(NamedTuple):
    """Features of many sentences, those of one sentence in the order in which they are summed up.

    Attributes
    ----------
    text
        The sentence of each.
    feature
        Its number; 0 has no weight.
    """

    text: Integers
    feature: Integers

    @classmethod
    def joined(cls, *found: Found) -> Found:
        """Put those behind each other."""
        return cls(*map(np.concatenate, zip(*found, strict=True)))

    @classmethod
    def in_turn(cls, text: Integers, *columns: Integers) -> Found:
        """Give those of several columns, row by row."""
        return cls(np.repeat(text, len(columns)), np.stack(columns, axis=1).ravel())


class _Numbers(dict[str, int]):
    """Word -> number; 0 for a word without a weight."""

    def __missing__(self, word: str) -> int:
        return 0


class FeatureTable:
    """The features of a model as numbers, and their weights as arrays.

    A feature is one word or two, behind a prefix or without one: ``rise``, ``a:rise``,
    ``profit rise``, ``pre2:profit rise``. Whatever else a model knows, such as ``D+0``, is as good
    as a word.

    Parameters
    ----------
    model
        The weights.
    prefixes
        What stands before features.

    Attributes
    ----------
    numbers
        Word -> its number; 0 for a word without a weight that no rule knows.
    first
        Prefix -> what is added to a word's number for the feature of the prefix and the word.
    """

    def __init__(self, model: LinearModel, prefixes: Sequence[str] = ()) -> None:
        self._neutral = model.neutral
        self._places = {prefix: place for place, prefix in enumerate(("", *prefixes))}
        longest = sorted(self._places, key=len, reverse=True)
        self._prefix = re.compile("|".join(map(re.escape, longest)))
        self.numbers = _Numbers({"^": FIRST, "$": LAST, "": NOTHING})
        for word in KNOWN:
            self.numbers.setdefault(word, len(self.numbers) + 1)
        names = [*map(self._parted, model.weights)]
        for _, first, second in names:
            self.numbers.setdefault(first, len(self.numbers) + 1)
            self.numbers.setdefault(second, len(self.numbers) + 1)
        self._n_words = len(self.numbers) + 1
        self.first = {prefix: at * self._n_words for prefix, at in self._places.items()}
        self._n_single = len(self._places) * self._n_words
        parts = self._parts(names)
        self._known = np.zeros(self._n_words, dtype=np.bool_)
        self._known[parts[1][(parts[0] == 0) & (parts[2] == NOTHING)]] = True
        keys = _keys(*parts)[parts[2] != NOTHING]
        bits = len(keys).bit_length() + _SPARE
        self._shift = np.uint64(64 - bits)
        self._pairs = np.full(1 << bits, -1)
        self._hold(keys)
        self._weights = np.zeros((2, self._n_single + len(self._pairs)))
        self._weights[:, self._features(*parts)] = np.array([*model.weights.values()]).T

    def _parted(self, name: str) -> tuple[str, str, str]:
        """Part the name of a feature into prefix, word and second word."""
        found = self._prefix.match(name)
        prefix = found[0] if found else ""
        first, _, second = name[len(prefix) :].partition(" ")
        return prefix, first, second

    def _parts(self, names: Iterable[tuple[str, str, str]]) -> tuple[Integers, Integers, Integers]:
        """Give the numbers of prefixes, words and second words."""
        prefixes, first, second = zip(*names, strict=True)
        return (
            np.array([*map(self._places.__getitem__, prefixes)]),
            np.array([*map(self.numbers.__getitem__, first)]),
            np.array([*map(self.numbers.__getitem__, second)]),
        )

    def _hold(self, keys: Integers) -> None:
        """Give each pair a slot; where it is taken, the next free one."""
        at = self._slots(keys)
        while len(keys):
            free = self._pairs[at] < 0
            self._pairs[at[free]] = keys[free]
            left = self._pairs[at] != keys
            keys, at = keys[left], self._next(at[left])

    def _slots(self, keys: Integers) -> Integers:
        return (keys.view(np.uint64) * _MULTIPLIER >> self._shift).view(np.int64)

    def _next(self, at: Integers) -> Integers:
        return (at + 1) & (len(self._pairs) - 1)

    def _find(self, keys: Integers) -> tuple[Integers, Booleans]:
        """Find the slots of pairs, or the free ones where they would be; and tell which."""
        at = self._slots(keys)
        held = self._pairs.take(at)
        found = held == keys
        others = np.flatnonzero(~found & (held >= 0))
        while len(others):  # the slot is another pair's: look at the next one
            at[others] = self._next(at[others])
            held = self._pairs.take(at[others])
            found[others] = held == keys[others]
            others = others[(held != keys[others]) & (held >= 0)]
        return at, found

    def _features(self, prefix: Integers, first: Integers, second: Integers) -> Integers:
        feature = np.where(second == NOTHING, prefix * self._n_words + first, 0)
        # Looking a pair up costs most: not one with an unknown word.
        places = np.flatnonzero((first > 0) & (second > 0) & (second != NOTHING))
        at, found = self._find(_keys(prefix[places], first[places], second[places]))
        feature[places[found]] = self._n_single + at[found]
        return feature

    def named(self, names: Sequence[str]) -> Integers:
        """Give the numbers of features by their names; 0 for one without a weight."""
        return self._features(*self._parts(map(self._parted, names)))

    def paired(self, prefix: str, first: Integers, second: Integers) -> Integers:
        """Give the features of two words behind a prefix; of one where the second is nothing."""
        return self._features(np.full(len(first), self._places[prefix]), first, second)

    def says(self, rows: Rows, scored: Booleans) -> Booleans:
        """Tell which sentences have a word that is known, as :meth:`LinearModel.says` does.

        ``scored`` are those of which another scorer says something.
        """
        telling = np.flatnonzero(rows.bits & Is.PLAIN == 0)
        text = rows.text.take(telling)
        found = scored[text] | self._known.take(rows.stems.take(telling))
        found |= rows.has(telling, Is.TELLS)
        says = np.zeros(len(rows.first), dtype=np.bool_)
        says[text[found]] = True
        return says

    def words(self, words: Integers, n_words: Integers) -> Found:
        """Give each word of sentences, and each pair of neighbours.

        Parameters
        ----------
        words
            The numbers of the words of all sentences.
        n_words
            For each sentence how many are its own.
        """
        every = np.arange(len(n_words))
        text, text_of_framed = np.repeat(every, n_words), np.repeat(every, n_words + 2)
        framed = np.full(len(text_of_framed), FIRST)
        framed[np.arange(len(words)) + 2 * text + 1] = words
        framed[np.cumsum(n_words + 2) - 1] = LAST
        first, second = framed[:-1], framed[1:]
        # As above, without an array for all pairs. None has $ before ^.
        places = np.flatnonzero((first > 0) & (second > 0))
        at, found = self._find((first[places] << _BITS) | second[places])
        # A sentence's words come first, then its pairs.
        return Found(
            np.concatenate([text, text_of_framed.take(places[found])]),
            np.concatenate([words, at[found] + self._n_single]),
        )

    def probabilities(
        self, words: Found, rules: Found, values: Floats, *, n_words: Integers
    ) -> tuple[Floats, Floats, Floats]:
        """Give the probabilities of negative, neutral and positive of each sentence.

        Parameters
        ----------
        words, rules
            Words and pairs of words; all else.
        values
            Those of the rules.
        n_words
            For each sentence how many words it has.
        """
        n_texts = len(n_words)
        scale = 1.0 / np.sqrt(np.maximum(n_words, 1))
        text = np.concatenate([np.arange(n_texts), rules.text])
        above, below = (
            summed(
                text,
                np.concatenate(
                    [
                        summed(words.text, weights.take(words.feature), n_texts) * scale,
                        weights.take(rules.feature) * values,
                    ]
                ),
                n_texts,
            )
            for weights in self._weights
        )
        return _softmax(above, self._neutral, below)


def _keys(prefix: Integers, first: Integers, second: Integers) -> Integers:
    """Give one number for a pair of words behind a prefix."""
    return (prefix << _BITS | first) << _BITS | second


def _softmax(above: Floats, neutral: float, below: Floats) -> tuple[Floats, Floats, Floats]:
    """Give the probabilities of negative, neutral and positive, by the exponential of one text."""
    highest = np.maximum(np.maximum(below, above), neutral)
    up, middle, down = (
        np.array([*map(math.exp, (odds - highest).tolist())]) for odds in (above, neutral, below)
    )
    total = up + middle + down
    return down / total, middle / total, up / total
