"""The rules of :mod:`signals.sentiment.features` for many sentences at once, by NumPy.

They run over all tokens that they ask about at the same time.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from signals.sentiment.features import (
    COMPARED,
    COMPARED_WITH,
    MOVED_BAD,
    NEGATED,
    OBJECT_BEFORE,
    OBJECT_BEHIND,
    SIGNS,
    SUBJECT_BEFORE,
    TOLD,
)
from signals.sentiment.tokens_batch import FAR, Is, Rows, last_before, next_behind

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

# Moves are numbered by their kind, the sign, the sign of what moves, if any, and negation.
_KINDS = "DMECc"
MOVES = [
    f"{kind}{SIGNS[sign]}{'' if moved is None else SIGNS[moved]}{turned}"
    for kind, sign, moved, turned in product(_KINDS, (-1, 0, 1), (-1, 0, 1, None), ("", "n"))
]
"""The names of all moves that there may be."""


_BAD = np.array([name.startswith(MOVED_BAD) for name in MOVES])
_TOLD = np.array([name[1] == "+" for name in MOVES]).astype(np.int64)


class Moves(NamedTuple):
    """What :func:`signals.sentiment.features.moves` finds, in its order for each sentence.

    Attributes
    ----------
    text
        The sentence of each.
    code
        Its place among :data:`MOVES`; some are never found, and have no weight.
    first, last
        Its first and last token, among those of all sentences.
    """

    text: Integers
    code: Integers
    first: Integers
    last: Integers


def moves(rows: Rows) -> Moves:
    """Give what moves and which way, what is news, and numbers that are compared."""
    return Moves(*map(np.concatenate, zip(_directions(rows), _comparisons(rows), strict=True)))


class Telling:
    """Puts one word for what moves and is bad to have, as :func:`signals.sentiment.features.told`.

    Parameters
    ----------
    numbers
        Word -> its number.
    """

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self._told = np.array([numbers[TOLD[sign]] for sign in "-+"])

    def __call__(self, rows: Rows, moved: Moves) -> Rows:
        """Give sentences whose ``moved`` are told."""
        at = np.flatnonzero(_BAD[moved.code])
        stems = rows.stems.copy()
        words = self._told[_TOLD[moved.code[at]]]
        stems[np.stack([moved.first[at], moved.last[at]], axis=1).ravel()] = np.repeat(words, 2)
        return rows._replace(stems=stems)


def _codes(
    kind: str,
    sign: npt.NDArray[np.generic],
    *,
    moved: Integers | None = None,
    turned: Booleans | int = 0,
) -> Integers:
    """Give the numbers of moves: their places in the list of their names."""
    first = (_KINDS.index(kind) * 3 + 1 + sign.astype(np.int64)) * 4
    return (first + (3 if moved is None else moved + 1)) * 2 + turned


def _nouns(rows: Rows) -> Integers:
    """Find what is good or bad to have."""
    found = np.flatnonzero(rows.bits & (Is.GOOD | Is.BAD))
    return np.concatenate([[-FAR], found[~rows.has(found, Is.ASIDE)], [FAR]])


def _directions(rows: Rows) -> Moves:
    """Give what moves and which way, and what is news: three of each token that tells any."""
    at = np.flatnonzero(rows.bits & (Is.UP | Is.DOWN | Is.GOOD_NEWS | Is.BAD_NEWS))
    text = rows.text[at]
    negation = last_before(rows.places(Is.NEGATES), at)
    turned = (negation >= rows.first[text]) & (at - negation <= NEGATED)
    direction = rows.sign(at, Is.UP, Is.DOWN)
    moved = _moved(rows, at)
    good = np.where(moved == at, 0, rows.sign(moved, Is.GOOD, Is.BAD))
    codes = (
        _codes("D", direction, moved=good, turned=turned),
        _codes("M", good * direction, turned=turned),
        _codes("E", rows.sign(at, Is.GOOD_NEWS, Is.BAD_NEWS), turned=turned),
    )
    first, last = np.minimum(at, moved), np.maximum(at, moved)
    return Moves(
        np.repeat(text, 3),
        np.stack(codes, axis=1).ravel(),
        np.stack([first, first, at], axis=1).ravel(),
        np.stack([last, last, at], axis=1).ravel(),
    )


def _moved(rows: Rows, at: Integers) -> Integers:
    """Find the nearest noun of the clause, else the last one before it, else the token itself."""
    nouns = _nouns(rows)
    ends = rows.places(Is.ENDS)
    first, stop = rows.first[rows.text[at]], rows.stop[rows.text[at]]
    last, following = last_before(nouns, at), next_behind(nouns, at)
    is_before = (last >= first) & (last > last_before(ends, at)) & (at - last <= OBJECT_BEFORE)
    is_behind = (
        (following < stop)
        & (following < next_behind(rows.places(Is.ENDS | Is.COMPARES | Is.CAUSES), at))
        & (following - at <= OBJECT_BEHIND)
    )
    # Of nouns in a row, as in "net debt", the last.
    ends_run = np.append(np.flatnonzero(np.diff(nouns) != 1), len(nouns) - 1)
    ends_run = nouns[ends_run[np.searchsorted(ends_run, np.searchsorted(nouns, following))]]
    following = np.minimum(np.minimum(ends_run, at + OBJECT_BEHIND), stop - 1)
    is_across = (
        ~is_before
        & ~is_behind
        & (last >= first)
        & (last > last_before(rows.places(Is.STOPS), at))
        & (at - last <= SUBJECT_BEFORE)
    )
    nearer = is_behind & (~is_before | (following - at < at - last))
    return np.where(nearer, following, np.where(is_before | is_across, last, at))


def _comparisons(rows: Rows) -> Moves:
    """Compare each amount with the next: "to 5.2 from 4.1", "a profit of 3 against a loss"."""
    amounts = np.flatnonzero(rows.bits & Is.AMOUNT)
    new, old = amounts[:-1], amounts[1:]
    near = (rows.text[new] == rows.text[old]) & (old - new <= COMPARED)
    new, old = new[near], old[near]
    first, stop = rows.first[rows.text[new]], rows.stop[rows.text[new]]
    rising = last_before(rows.places(Is.FROM), new) >= np.maximum(new - 3, first)
    rising &= next_behind(rows.places(Is.TO), new) < old
    hinge = np.where(rising, new + 1, next_behind(rows.places(Is.COMPARES), new))
    same_unit = _has_unit(rows, new, stop) == _has_unit(rows, old, stop)
    found = same_unit & (hinge < old)
    new, old, first, stop, rising, hinge = (
        column[found] for column in (new, old, first, stop, rising, hinge)
    )
    higher, lower = rows.amounts[new] > rows.amounts[old], rows.amounts[new] < rows.amounts[old]
    sign = np.where(rising, -1, 1) * (higher.astype(np.int64) - lower)
    subject = last_before(_nouns(rows), new)
    named = (subject >= first) & (new - subject <= SUBJECT_BEFORE)
    subject = np.where(named, subject, new)
    result = next_behind(rows.places(Is.RESULT), hinge - 1)
    result = np.where(result < np.minimum(old + COMPARED_WITH, stop), result, new)
    good, against = rows.sign(subject, Is.GOOD, Is.BAD), rows.sign(result, Is.GOOD, Is.BAD)
    turned = (against != 0) & (against != good) & rows.has(subject, Is.RESULT)
    codes = np.where(named, _codes("C", np.where(turned, good, sign * good)), _codes("c", sign))
    return Moves(rows.text[new], codes, subject, old)


def _has_unit(rows: Rows, places: Integers, stop: Integers) -> Booleans:
    """Tell whether a percent sign stands behind."""
    behind = np.minimum(places + 1, stop - 1)
    return rows.has(behind, Is.PERCENT)
