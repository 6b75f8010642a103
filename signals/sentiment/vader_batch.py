"""The rules of :mod:`signals.sentiment.vader_rules` for many texts at once, by NumPy.

The words that the rules look at become numbers, and the rules run over all words that score at
the same time, operation by operation as for one text. What arrays can't decide to the last digit
is scored again by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from signals.heap import keep_freed
from signals.sentiment.arrays import Booleans, Floats, Integers, blocks_of, summed
from signals.sentiment.vader_bytes import Tokens, find_tokens, known_words, no_memory, recall
from signals.sentiment.vader_rules import (
    ALPHA,
    EMPHASIS,
    NEGATION,
    THREE_BACK,
    TWO_BACK,
    emphasis,
    idiom,
    weigh_but,
)
from signals.sentiment.vader_words import (
    MAX_CACHED,
    PLAIN,
    Vocabulary,
    Word,
    bare,
    telling_words,
)

Numbers = npt.NDArray[np.int32]

_KEPT = 1 << 23  # bytes, more than any array of a block
_CLOSE = 1e-6  # to 0, or to a tie of two roundings: the last digit of a sum may decide
_PLAIN, _BEFORE = 0, 1  # the numbers of a plain word, and of what stands before a text
_AROUND = np.arange(-3, 2)[:, np.newaxis]  # the words that rules look at
_OUTSIDE = np.where(_AROUND < 0, _BEFORE, _PLAIN)

# What the rules ask of a word, as bits of one number.
_UPPER, _KNOWN, _SCORES, _NEGATES, _TELLING = (1 << bit for bit in range(5))
_NAMED = "but kind of no or nor least at very so this never without doubt".split()
_NAME = {word: 1 << bit for bit, word in enumerate(_NAMED, start=5)}


class Columns(NamedTuple):
    """The four numbers of each text."""

    neg: Floats
    neu: Floats
    pos: Floats
    compound: Floats


class _Table(NamedTuple):
    """What is known of a word, by its number."""

    bits: Integers
    value: Floats
    boost: Floats


class _Hits(NamedTuple):
    """The words that score: their places among all tokens, their texts, their valences."""

    at: Integers
    text: Integers
    valence: Floats


class _Near(NamedTuple):
    """The words so many places before those that score, or behind them."""

    bits: Integers
    boost: Floats

    def has(self, bits: int) -> Booleans:
        return (self.bits & bits).astype(np.bool_)

    def named(self, *words: str) -> Booleans:
        return self.has(sum(_NAME[word] for word in words))

    def boosting(self, valence: Floats) -> Floats:
        """Say what boosters add: away from 0, or towards it."""
        return np.where(valence < 0, -self.boost, self.boost)


class BatchReader:
    """Scores many texts, and remembers their tokens.

    Parameters
    ----------
    vocabulary
        Tells what a token is.
    one
        Scores one text by itself: neg, neu, pos and compound.
    """

    def __init__(self, vocabulary: Vocabulary, one: Callable[[str], Sequence[float]]) -> None:
        self._vocabulary = vocabulary
        self._one = one
        self._known = known_words(vocabulary.looked_at())
        keep_freed(_KEPT)
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._memory = no_memory()
        self._words = [PLAIN, Word("", known=True)]
        self._numbers = {word: number for number, word in enumerate(self._words)}
        self._table = _table(self._words)

    def _number(self, raw: bytes) -> int:
        word = self._vocabulary[raw.decode()]
        if word is PLAIN:
            return _PLAIN
        number = self._numbers.setdefault(word, len(self._words))
        if number == len(self._words):
            self._words.append(word)
        return number

    def columns(self, texts: Sequence[str]) -> Columns:
        """Score each text."""
        blocks = [self._block(block) for block in blocks_of(texts)]
        return Columns(*map(np.concatenate, zip(*blocks, strict=True)))

    def compounds(self, texts: Sequence[str]) -> Floats:
        """Give the compound of each text alone: fewer of them have to be scored by themselves."""
        return np.concatenate([self._compounds(block) for block in blocks_of(texts)])

    def _block(self, texts: Sequence[str]) -> Columns:
        tokens, hits, odd = self._hits(texts)
        added = _added(tokens)
        compound, close = _compounds(hits, added)
        n_tokens = tokens.stop - tokens.first
        neg, neu, pos, undecided = _proportions(hits, n_tokens, added)
        given = Columns(neg, neu, pos, compound)
        for place in np.flatnonzero(odd | close | undecided).tolist():
            for column, number in zip(given, self._one(texts[place]), strict=True):
                column[place] = number
        return given

    def _compounds(self, texts: Sequence[str]) -> Floats:
        tokens, hits, odd = self._hits(texts)
        compound, close = _compounds(hits, _added(tokens))
        for place in np.flatnonzero(odd | close).tolist():
            *_, compound[place] = self._one(texts[place])
        return compound

    def _hits(self, texts: Sequence[str]) -> tuple[Tokens, _Hits, Booleans]:
        """Find what scores in each text, and the texts that arrays can't read."""
        tokens = find_tokens(texts, self._known)
        with self._lock:
            if len(self._words) > MAX_CACHED:
                self._forget()
            known = recall(tokens, self._memory, self._number)
            if len(self._table.bits) < len(self._words):
                self._table = _table(self._words)
            table = self._table
        numbers = np.full(len(tokens.starts), _PLAIN, dtype=np.int32)
        numbers[tokens.passed] = known
        hits, shouted = _valences(table, tokens, numbers)
        return tokens, hits, tokens.unread | shouted


def _table(words: Sequence[Word]) -> _Table:
    telling = telling_words()
    bits = [
        (_UPPER if word.upper else 0)
        | (_KNOWN if word.known else 0)
        | (_SCORES if word.value is not None else 0)
        | (_NEGATES if word.modifies and word.negates else 0)
        | (_TELLING if word.lower in telling else 0)
        | _NAME.get(word.lower, 0)
        for word in words
    ]
    return _Table(
        np.array(bits, dtype=np.int64),
        np.array([word.value or 0.0 for word in words]),
        np.array([word.boost if word.modifies else 0.0 for word in words]),
    )


def _valences(table: _Table, tokens: Tokens, numbers: Numbers) -> tuple[_Hits, Booleans]:
    """Find the words that score with their valences, and the texts where capitals count."""
    passed = table.bits[numbers[tokens.passed]]
    at = tokens.passed[passed & _SCORES != 0]
    text = np.searchsorted(tokens.stop, at, "right")
    three, two, one, word, after = _around(table, tokens, numbers, at, text)
    value = table.value[numbers[at]]
    valence = np.where(word.named("no") & after.has(_KNOWN), 0.0, value)
    no = one.named("no") | two.named("no") | (three.named("no") & one.named("or", "nor"))
    valence = np.where(no, value * NEGATION, valence)
    valence = _modified(valence, one, two, three)
    if np.any(passed & _TELLING):
        telling = tokens.passed[passed & _TELLING != 0]
        near = np.searchsorted(telling, at - 3) < np.searchsorted(telling, at + 2, "right")
        for hit in np.flatnonzero(near & ~three.has(_KNOWN)).tolist():
            valence[hit] = idiom(_words_around(tokens, at[hit], text[hit]), valence[hit])
    least = one.named("least") & ~one.has(_KNOWN) & ~two.named("at", "very")
    valence[least] *= NEGATION
    valence[word.named("kind") & after.named("of")] = 0.0
    shouted = np.zeros(len(tokens.stop), dtype=np.bool_)
    upper = word.bits | one.bits | two.bits | three.bits
    shouted[text[upper & _UPPER != 0]] = True
    scores = valence != 0
    hits = _Hits(at[scores], text[scores], valence[scores])
    _weigh_buts(hits, tokens, tokens.passed[passed & _NAME["but"] != 0])
    return hits, shouted


def _around(
    table: _Table, tokens: Tokens, numbers: Numbers, at: Integers, text: Integers
) -> Iterator[_Near]:
    """Give the words three, two and one before those at these places, these, one behind."""
    places = at + _AROUND
    inside = (places >= tokens.first[text]) & (places < tokens.stop[text])
    found = np.where(inside, numbers.take(places, mode="clip"), _OUTSIDE)
    return map(_Near, table.bits[found], table.boost[found])


def _modified(valence: Floats, one: _Near, two: _Near, three: _Near) -> Floats:
    """Apply boosters and negations one, two and three words back."""
    valence = valence + one.boosting(valence)
    valence = np.where(one.has(_NEGATES), valence * NEGATION, valence)
    valence = valence + two.boosting(valence) * TWO_BACK
    so = one.named("so", "this")
    never = two.named("never") & two.has(_NEGATES) & so
    turned = two.has(_NEGATES) & ~(two.named("without") & one.named("doubt"))
    valence = np.where(never, valence * EMPHASIS, np.where(turned, valence * NEGATION, valence))
    valence = valence + three.boosting(valence) * THREE_BACK
    never = ~three.has(_KNOWN) & (so | (three.named("never") & two.named("so", "this")))
    doubt = two.named("doubt") | one.named("doubt")
    turned = three.has(_NEGATES) & ~(three.named("without") & doubt)
    return np.where(never, valence * EMPHASIS, np.where(turned, valence * NEGATION, valence))


def _words_around(tokens: Tokens, at: int, text: int) -> list[str]:
    """Give the words from three before to two behind, in lower case; empty beyond the text."""
    first, stop = max(at - 3, tokens.first[text]), min(at + 3, tokens.stop[text])
    words = [bare(token.decode()).lower() for token in tokens.written(slice(first, stop))]
    return [*[""] * (first - at + 3), *words, *[""] * (at + 3 - stop)]


def _weigh_buts(hits: _Hits, tokens: Tokens, buts: Integers) -> None:
    """Halve what stands before the first "but" of a text, in place, and raise what is behind."""
    texts, firsts = np.unique(np.searchsorted(tokens.stop, buts, "right"), return_index=True)
    begins = np.searchsorted(hits.text, texts).tolist()
    ends = np.searchsorted(hits.text, texts, "right").tolist()
    for but, begin, end in zip(buts[firsts].tolist(), begins, ends, strict=True):
        valences = hits.valence[begin:end].tolist()
        weigh_but(hits.at[begin:end].tolist(), valences, but)
        hits.valence[begin:end] = valences


def _added(tokens: Tokens) -> Floats:
    """Say what exclamation and question marks add to the size of each text's score."""
    data = np.frombuffer(tokens.data, np.uint8)
    marks = np.flatnonzero((data == ord("!")) | (data == ord("?")))
    added = np.zeros(len(tokens.texts))
    for text in np.unique(np.searchsorted(tokens.bounds, marks) - 1).tolist():
        added[text] = sum(emphasis(tokens.texts[text]))
    return added


def _compounds(hits: _Hits, added: Floats) -> tuple[Floats, Booleans]:
    """Sum up as for one text; and tell where the last digit of a sum may decide."""
    n_texts = len(added)
    total = summed(hits.text, hits.valence, n_texts)
    close = (np.abs(total) < _CLOSE) & (added > 0)  # its sign decides the sign of what is added
    total = total + np.sign(total) * added
    compound, tied = _rounded(total / np.sqrt(total * total + ALPHA), 4)
    return compound, close | tied


def _proportions(
    hits: _Hits, n_tokens: Integers, added: Floats
) -> tuple[Floats, Floats, Floats, Booleans]:
    """Give negative, neutral and positive proportions; and where the last digit may decide."""
    _, text, valence = hits
    n_texts = len(n_tokens)
    positive = summed(text, np.where(valence > 0, valence + 1.0, 0.0), n_texts)
    negative = summed(text, np.where(valence < 0, valence - 1.0, 0.0), n_texts)
    over = positive + negative
    positive = positive + np.where(over > 0, added, 0.0)
    negative = negative - np.where(over < 0, added, 0.0)
    n_hits = np.bincount(text, minlength=n_texts)
    neutral = n_tokens - n_hits
    whole = np.where(n_tokens > 0, positive - negative + neutral, 1.0)
    close = (n_hits > 0) & (np.abs(over) < _CLOSE) & (added > 0)
    columns: list[Floats] = []
    for number in (np.abs(negative / whole), neutral / whole, positive / whole):
        column, tied = _rounded(number, 3)
        columns.append(column)
        close |= tied
    neg, neu, pos = columns
    return neg, neu, pos, close


def _rounded(number: Floats, places: int) -> tuple[Floats, Booleans]:
    """Round, and tell where that is close to a tie."""
    scaled = number * 10.0**places
    return np.rint(scaled) / 10.0**places, np.abs(scaled - np.floor(scaled) - 0.5) < _CLOSE
