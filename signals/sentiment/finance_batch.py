"""What the default scorer reads off many sentences at once, by NumPy.

The rules of :mod:`signals.sentiment.features` run over all tokens that they ask about at the same
time, and sums are made in the order in which
:meth:`~signals.sentiment.linear.LinearModel.probabilities` makes them for one sentence, so that
both give the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice, product

import numpy as np
import numpy.typing as npt

from signals.sentiment.features import (
    COMPARED,
    COMPARED_WITH,
    NEGATED,
    OBJECT_BEFORE,
    OBJECT_BEHIND,
    SIGNS,
    SUBJECT_BEFORE,
)
from signals.sentiment.linear import LinearModel, Probabilities
from signals.sentiment.linear_batch import WordTable
from signals.sentiment.tokens_batch import FAR, Is, RowReader, Rows
from signals.sentiment.vader_batch import blocks_of, summed

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Coded = tuple[Integers, Integers]
"""Sentences, in order, and the number of a rule that each has."""

# Rules are numbered by their kind, the sign, the sign of what moves, if any, and negation.
_KINDS = "DMECcV"
_RULES = [
    f"{kind}{SIGNS[sign]}{'' if moved is None else SIGNS[moved]}{turned}"
    for kind, sign, moved, turned in product(_KINDS, (-1, 0, 1), (-1, 0, 1, None), ("", "n"))
]


class BatchReader:
    """Gives the probabilities of many sentences.

    Parameters
    ----------
    model
        The weights.
    """

    def __init__(self, model: LinearModel) -> None:
        self._neutral = model.neutral
        self._words = WordTable(model.weights)
        self._weights = np.array([model.weights.get(name, (0.0, 0.0)) for name in _RULES]).T.copy()
        self._rows = RowReader(self._words.numbers)

    def probabilities(
        self, texts: Sequence[str], compounds: Sequence[float]
    ) -> Iterator[Probabilities | None]:
        """Give the probabilities of each sentence; None for one without words.

        Parameters
        ----------
        texts
            The sentences.
        compounds
            VADER's compound of each.
        """
        said = iter(compounds)
        for block in blocks_of(texts):
            yield from self._block(block, np.array([*islice(said, len(block))]))

    def _block(self, texts: Sequence[str], said: Floats) -> Iterator[Probabilities | None]:
        rows = self._rows.rows(texts)
        n_tokens = rows.stop - rows.first
        scale = 1.0 / np.sqrt(np.maximum(n_tokens, 1))
        every = np.arange(len(texts))
        # In this order: words and pairs of words, moves, comparisons, VADER's compound.
        rules = _moves(rows), _comparisons(rows), (every, _codes("V", np.sign(said)))
        text = np.concatenate([every, *(places for places, _ in rules)])
        codes = np.concatenate([codes for _, codes in rules])
        values = np.ones(len(codes))
        values[-len(said) :] = np.abs(said)
        words = self._words.sums(rows.stems, n_tokens)
        above, below = (
            summed(text, np.concatenate([own * scale, weights[codes] * values]), len(texts))
            for own, weights in zip(words, self._weights, strict=True)
        )
        given = _softmax(above, self._neutral, below)
        return (one if n else None for one, n in zip(given, n_tokens.tolist(), strict=True))


def _before(marks: Integers, places: Integers) -> Integers:
    """Find the last mark before each place."""
    return marks[np.searchsorted(marks, places) - 1]


def _behind(marks: Integers, places: Integers) -> Integers:
    """Find the first mark behind each place."""
    return marks[np.searchsorted(marks, places, "right")]


def _codes(
    kind: str,
    sign: npt.NDArray[np.generic],
    *,
    moved: Integers | None = None,
    turned: Booleans | int = 0,
) -> Integers:
    """Give the numbers of rules: their places in the list of their names."""
    first = (_KINDS.index(kind) * 3 + 1 + sign.astype(np.int64)) * 4
    return (first + (3 if moved is None else moved + 1)) * 2 + turned


def _nouns(rows: Rows) -> Integers:
    """Find what is good or bad to have."""
    found = np.flatnonzero(rows.bits & (Is.GOOD | Is.BAD))
    return np.concatenate([[-FAR], found[~rows.has(found, Is.ASIDE)], [FAR]])


def _moves(rows: Rows) -> Coded:
    """Give what moves and which way, and what is news: three rules each, some without a weight."""
    at = np.flatnonzero(rows.bits & (Is.UP | Is.DOWN | Is.GOOD_NEWS | Is.BAD_NEWS))
    text = rows.text[at]
    first = rows.first[text]
    negation = _before(rows.places(Is.NEGATES), at)
    turned = (negation >= first) & (at - negation <= NEGATED)
    direction = rows.sign(at, Is.UP, Is.DOWN)
    moved = _moved(rows, at)
    good = np.where(moved >= 0, rows.sign(np.maximum(moved, 0), Is.GOOD, Is.BAD), 0)
    codes = (
        _codes("D", direction, moved=good, turned=turned),
        _codes("M", good * direction, turned=turned),
        _codes("E", rows.sign(at, Is.GOOD_NEWS, Is.BAD_NEWS), turned=turned),
    )
    return np.repeat(text, 3), np.stack(codes, axis=1).ravel()


def _moved(rows: Rows, at: Integers) -> Integers:
    """Find the nearest noun of the clause, else the last one before it; negative where none is."""
    nouns = _nouns(rows)
    ends = rows.places(Is.ENDS)
    first, stop = rows.first[rows.text[at]], rows.stop[rows.text[at]]
    last, following = _before(nouns, at), _behind(nouns, at)
    is_before = (last >= first) & (last > _before(ends, at)) & (at - last <= OBJECT_BEFORE)
    is_behind = (
        (following < stop)
        & (following < _behind(rows.places(Is.ENDS | Is.COMPARES), at))
        & (following - at <= OBJECT_BEHIND)
    )
    is_across = (
        ~is_before
        & ~is_behind
        & (last >= first)
        & (last > _before(rows.places(Is.STOPS), at))
        & (at - last <= SUBJECT_BEFORE)
    )
    nearer = is_behind & (~is_before | (following - at < at - last))
    return np.where(nearer, following, np.where(is_before | is_across, last, -1))


def _comparisons(rows: Rows) -> Coded:
    """Compare each amount with the next: "to 5.2 from 4.1", "a profit of 3 against a loss"."""
    amounts = np.flatnonzero(rows.bits & Is.AMOUNT)
    new, old = amounts[:-1], amounts[1:]
    near = (rows.text[new] == rows.text[old]) & (old - new <= COMPARED)
    new, old = new[near], old[near]
    first, stop = rows.first[rows.text[new]], rows.stop[rows.text[new]]
    rising = _before(rows.places(Is.FROM), new) >= np.maximum(new - 3, first)
    rising &= _behind(rows.places(Is.TO), new) < old
    hinge = np.where(rising, new + 1, _behind(rows.places(Is.COMPARES), new))
    same_unit = _has_unit(rows, new, stop) == _has_unit(rows, old, stop)
    found = same_unit & (hinge < old)
    new, old, first, stop, rising, hinge = (
        column[found] for column in (new, old, first, stop, rising, hinge)
    )
    higher, lower = rows.amounts[new] > rows.amounts[old], rows.amounts[new] < rows.amounts[old]
    sign = np.where(rising, -1, 1) * (higher.astype(np.int64) - lower)
    subject = _before(_nouns(rows), new)
    named = (subject >= first) & (new - subject <= SUBJECT_BEFORE)
    subject = np.where(named, subject, new)
    result = _behind(rows.places(Is.RESULT), hinge - 1)
    result = np.where(result < np.minimum(old + COMPARED_WITH, stop), result, new)
    good, against = rows.sign(subject, Is.GOOD, Is.BAD), rows.sign(result, Is.GOOD, Is.BAD)
    turned = (against != 0) & (against != good) & rows.has(subject, Is.RESULT)
    moved = _codes("C", np.where(turned, good, sign * good))
    return rows.text[new], np.where(named, moved, _codes("c", sign))


def _has_unit(rows: Rows, places: Integers, stop: Integers) -> Booleans:
    """Tell whether a percent sign stands behind."""
    behind = np.minimum(places + 1, stop - 1)
    return rows.has(behind, Is.PERCENT)


def _softmax(above: Floats, neutral: float, below: Floats) -> list[Probabilities]:
    """Give the probabilities of negative, neutral and positive, by the exponential of one text."""
    highest = np.maximum(np.maximum(below, above), neutral)
    up, middle, down = (
        np.array([*map(math.exp, (odds - highest).tolist())]) for odds in (above, neutral, below)
    )
    total = up + middle + down
    columns = (down / total, middle / total, up / total)
    return [*zip(*(column.tolist() for column in columns), strict=True)]
