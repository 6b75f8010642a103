"""The rules of :mod:`signals.sentiment.features` for many sentences at once, by NumPy.

They run over all tokens that they ask about at the same time.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from signals.sentiment.arrays import Booleans, Integers
from signals.sentiment.features import (
    BURDEN,
    COMPARED,
    COMPARED_WITH,
    OBJECT_BEFORE,
    OBJECT_BEHIND,
    OUTWEIGHED,
    RANGED,
    SIGNS,
    SUBJECT_BEFORE,
)
from signals.sentiment.neighbour_marks import MIRRORED, NEGATED, STILL
from signals.sentiment.rows_batch import FAR, Rows, last_before, next_behind
from signals.sentiment.token_bits import Is

# Moves are numbered by their kind, the sign, and negation; D0 is of what is not known.
_KINDS = ("D", "D0", "E", "C", "c", OUTWEIGHED)
MOVES = [
    f"D{SIGNS[-sign]}" if kind == OUTWEIGHED else f"{kind[0]}{SIGNS[sign]}{kind[1:]}{turned}"
    for kind, sign, turned in product(_KINDS, (-1, 0, 1), ("", "n"))
]
"""The names of all moves that there may be; one that is outweighed says what outweighs it."""


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


def is_outweighed(rows: Rows, moved: Moves) -> Booleans:
    """Tell of which sentences one move outweighs another."""
    light = moved.text[moved.code >= _codes(OUTWEIGHED, np.array(-1))]
    return np.bincount(light, minlength=len(rows.first)) > 0


class Telling:
    """Puts one word for what moves and is bad to have, as :func:`signals.sentiment.features.told`.

    Parameters
    ----------
    numbers
        Word -> its number.
    """

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self._burden, self._still = numbers[BURDEN], numbers[STILL]
        self._mirrored = np.array([numbers[MIRRORED[sign]] for sign in (-1, 1)])

    def __call__(self, rows: Rows, moved: Moves) -> Rows:
        """Give sentences whose ``moved`` are told."""
        at = np.flatnonzero(moved.code < _codes("D0", np.array(-1)))
        both = np.stack([moved.first[at], moved.last[at]], axis=1)
        is_bad = rows.has(both, Is.BAD)
        bad = is_bad.any(axis=1)
        words = self._mirrored[(moved.code[at[bad]] >= _codes("D", np.array(0))).astype(np.int64)]
        stems = rows.stems.copy()
        stems[both[bad].ravel()] = np.where(is_bad[bad], self._burden, words[:, None]).ravel()
        light = moved.code >= _codes(OUTWEIGHED, np.array(-1))
        if light.any():
            both = np.concatenate([moved.first[light], moved.last[light]])
            stems[both[rows.has(both, Is.DIRECTION)]] = self._still
        return rows._replace(stems=stems)


def _codes(kind: str, sign: npt.NDArray[np.generic], *, turned: Booleans | int = 0) -> Integers:
    """Give the numbers of moves: their places in the list of their names."""
    codes: Integers = (_KINDS.index(kind) * 3 + 1 + sign.astype(np.int64)) * 2 + turned
    return codes


def _nouns(rows: Rows, bits: int) -> Integers:
    """Find what is good or bad to have."""
    found = np.flatnonzero(rows.bits & bits)
    return np.concatenate([[-FAR], found[~rows.has(found, Is.ASIDE)], [FAR]])


def _directions(rows: Rows) -> Moves:
    """Give what moves and which way, and what is news: two of each token that tells any."""
    at = np.flatnonzero(rows.bits & Is.TELLS)
    text = rows.text[at]
    negation = last_before(rows.places(Is.NEGATES), at)
    turned = (negation >= rows.first[text]) & (at - negation <= NEGATED)
    moved, sign = _moves(rows, at)
    better = rows.sign(at, Is.BETTER, Is.WORSE)
    good = np.where(better, better, sign * rows.sign(moved, Is.GOOD, Is.BAD))
    directions = np.where(
        moved == at, _codes("D0", sign, turned=turned), _codes("D", good, turned=turned)
    )
    known = np.where(moved == at, sign, good)
    light = _outweighed(rows, at, moved, np.where(turned, 0, known))
    directions = np.where(light, _codes(OUTWEIGHED, known), directions)
    news = _mirrored(rows, at, (moved, sign), ~turned)
    news = _codes("E", news, turned=turned)
    first, last = np.minimum(at, moved), np.maximum(at, moved)
    return Moves(
        np.repeat(text, 2),
        np.stack([directions, news], axis=1).ravel(),
        np.stack([first, at], axis=1).ravel(),
        np.stack([last, at], axis=1).ravel(),
    )


def _outweighed(rows: Rows, at: Integers, moved: Integers, signs: Integers) -> Booleans:
    """Tell which directions others of their sentences outweigh; 0 is the sign of what is none."""
    text, n_texts = rows.text[at], len(rows.first)
    rises, falls = (np.bincount(text[signs == sign], minlength=n_texts) > 0 for sign in (1, -1))
    light = np.zeros(len(at), dtype=np.bool_)
    both = rises & falls
    if not both.any():
        return light
    named = np.bincount(rows.text[np.flatnonzero(rows.bits & Is.NAME)], minlength=n_texts)
    of = np.flatnonzero((both & (named <= 1))[text] & (signs != 0))
    place, noun, text, sign = at[of], moved[of], text[of], signs[of]
    is_outlook = (noun != place) & rows.has(noun, Is.OUTLOOK)
    is_own = (noun == place) & (rows.near(place, -1) & Is.NAME != 0)
    is_price = rows.has(place, Is.FARES) & (is_own | ((noun < place) & rows.has(noun, Is.PRICED)))
    weights = np.where(is_price, 3, 2 * is_outlook)
    beats = np.where(is_outlook & (noun < place), 2, 1)
    weights = np.where(rows.has(place, Is.BEATS), beats, weights)
    most = np.zeros(n_texts, dtype=np.int64)
    np.maximum.at(most, text, weights)
    strongest = weights == most[text]
    rises, falls = (
        np.bincount(text[strongest & (sign == one)], minlength=n_texts) > 0 for one in (1, -1)
    )
    decided = (most > 0) & (rises != falls)
    begins = (rows.bits & Is.ENDS).astype(np.bool_)
    begins[rows.first[text]] = True
    clause = np.cumsum(begins)[place]
    light[of] = decided[text] & (sign == np.where(falls, 1, -1)[text])
    light[of] &= ~np.isin(clause, clause[strongest])
    return light


def _mirrored(
    rows: Rows, at: Integers, moves: tuple[Integers, Integers], plain: Booleans
) -> Integers:
    """Give what is news: a lawsuit is good when it ends, a success bad when one begins."""
    moved, sign = moves
    news = rows.sign(at, Is.GOOD_NEWS, Is.BAD_NEWS)
    told = news.copy()
    fated = plain & (moved != at) & rows.has(moved, Is.BURDEN)
    fated &= sign == rows.sign(at, Is.BEGINS, Is.FINISHES)
    for fate in (-1, 1):
        of = np.flatnonzero(fated & (sign == fate))
        if len(of):
            both = np.isin(at, np.concatenate([at[of], moved[of]]))
            told[both & plain & (news == fate)] = -fate
    return told


def _moves(rows: Rows, at: Integers) -> tuple[Integers, Integers]:
    """Find what tokens move, themselves where that is not named, and which way."""
    moved, sign = at.copy(), np.zeros_like(at)
    fated = np.flatnonzero(rows.bits[at] & (Is.BEGINS | Is.FINISHES))
    moved[fated] = _nearest(_around(rows, at[fated], Is.BURDEN))
    is_burden = moved != at
    sign[is_burden] = rows.sign(at[is_burden], Is.BEGINS, Is.FINISHES)
    rest = np.flatnonzero(rows.has(at, Is.DIRECTION) & ~is_burden)
    moved[rest], sign[rest] = _moved(rows, at[rest])
    return moved, sign


class _Around(NamedTuple):
    """The last noun before tokens and the first behind, and whether they are near."""

    at: Integers
    last: Integers
    is_before: Booleans
    following: Integers
    is_behind: Booleans


def _around(rows: Rows, at: Integers, bits: int) -> _Around:
    """Find the nouns around tokens in their clauses; of nouns in a row, as "net debt", the last."""
    nouns = _nouns(rows, bits)
    ends = rows.places(Is.ENDS)
    first, stop = rows.first[rows.text[at]], rows.stop[rows.text[at]]
    last, following = last_before(nouns, at), next_behind(nouns, at)
    begins = rows.has(at, Is.BEGINS) & (rows.near(at, 1) & Is.CAUSES != 0) & (bits == Is.BURDEN)
    is_before = (last >= first) & (last > last_before(ends, at)) & (at - last <= OBJECT_BEFORE)
    is_behind = (
        (following < stop)
        & (following < next_behind(rows.places(Is.ENDS | Is.COMPARES | Is.CAUSES), at + begins))
        & (following - at <= OBJECT_BEHIND)
    )
    ends_run = np.append(np.flatnonzero(np.diff(nouns) != 1), len(nouns) - 1)
    ends_run = nouns[ends_run[np.searchsorted(ends_run, np.searchsorted(nouns, following))]]
    following = np.minimum(np.minimum(ends_run, at + OBJECT_BEHIND), stop - 1)
    return _Around(at, last, is_before, following, is_behind)


def _nearest(one: _Around) -> Integers:
    """Give the nearer noun, the tokens themselves where there is none."""
    at, last, is_before, following, is_behind = one
    nearer = is_behind & (~is_before | (following - at < at - last))
    return np.where(nearer, following, np.where(is_before, last, at))


def _moved(rows: Rows, at: Integers) -> tuple[Integers, Integers]:
    """Find the nearest noun of the clause, else the last one before it, else the token itself."""
    around = _around(rows, at, Is.NOUN)
    last = around.last
    is_bad = rows.has(np.maximum(last, 0), Is.BAD)  # where there is none, any
    only_causes = rows.has(at, Is.MOVER) | (last_before(rows.places(Is.CAUSES), at) > last)
    is_before = around.is_before & ~(is_bad & only_causes)
    is_across = (
        ~is_before
        & ~around.is_behind
        & (last >= rows.first[rows.text[at]])
        & (last > last_before(rows.places(Is.STOPS), at))
        & (at - last <= SUBJECT_BEFORE)
    )
    moved = _nearest(around._replace(is_before=is_before | (is_across & ~is_bad)))
    return moved, np.where(is_across & is_bad, 0, rows.sign(at, Is.UP, Is.DOWN))


def _comparisons(rows: Rows) -> Moves:
    """Compare each amount with the next: "to 5.2 from 4.1", "a profit of 3 against a loss"."""
    rows, amounts = _in_the_middle(rows, np.flatnonzero(rows.bits & Is.AMOUNT))
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
    subject = last_before(_nouns(rows, Is.NOUN), new)
    named = (subject >= first) & (new - subject <= SUBJECT_BEFORE)
    subject = np.where(named, subject, new)
    is_loss = named & rows.has(subject, Is.RESULT) & rows.has(subject, Is.BAD)
    one, other = (
        np.where(is_loss, np.abs(rows.amounts[at]), rows.amounts[at]) for at in (new, old)
    )
    sign = np.where(rising, -1, 1) * np.sign(one - other).astype(np.int64)
    result = next_behind(rows.places(Is.RESULT), hinge - 1)
    result = np.where(result < np.minimum(old + COMPARED_WITH, stop), result, new)
    good, against = rows.sign(subject, Is.GOOD, Is.BAD), rows.sign(result, Is.GOOD, Is.BAD)
    turned = (against != 0) & (against != good) & rows.has(subject, Is.RESULT)
    codes = np.where(named, _codes("C", np.where(turned, good, sign * good)), _codes("c", sign))
    return Moves(rows.text[new], codes, subject, old)


def _in_the_middle(rows: Rows, amounts: Integers) -> tuple[Rows, Integers]:
    """Put the middle for each of two ranges, and leave out where they start."""
    if len(amounts) < 4:
        return rows, amounts
    first, second, third, fourth = (amounts[k : len(amounts) - 3 + k] for k in range(4))
    found = (second - first <= RANGED) & (fourth - third <= RANGED)
    for at in (second, fourth):
        found &= rows.has(at - 1, Is.TO | Is.JOINS) & ~rows.has(at - 1, Is.COMMA)
    found &= next_behind(rows.places(Is.COMPARES), second) < third
    found &= rows.text[first] == rows.text[fourth]
    if not found.any():
        return rows, amounts
    values = rows.amounts.copy()
    for least, most in ((first[found], second[found]), (third[found], fourth[found])):
        values[most] = (rows.amounts[least] + rows.amounts[most]) / 2
    gone = np.concatenate([first[found], third[found]])
    return rows._replace(amounts=values), np.setdiff1d(amounts, gone)


def _has_unit(rows: Rows, places: Integers, stop: Integers) -> Booleans:
    """Tell whether a percent sign stands behind."""
    behind = np.minimum(places + 1, stop - 1)
    return rows.has(behind, Is.PERCENT)
