"""What :mod:`signals.sentiment.target` reads off many sentences at once, by NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from signals.sentiment.arrays import Booleans, Floats, Integers
from signals.sentiment.features_batch import MOVES, Moves
from signals.sentiment.finance_names import KINDS
from signals.sentiment.linear_batch import FIRST, LAST, NOTHING, FeatureTable, Found
from signals.sentiment.rows_batch import FAR, Rows, last_before, next_behind
from signals.sentiment.target import ASIDES, CLAUSE, MOST_PLACES, NEAR, SENTENCE
from signals.sentiment.token_bits import Is

_SIDES = ("a:", "b:", "na:", "nb:")
_BESIDE = ("pre1:", "pre2:", "post1:", "post2:")
_SIGNS = ("-", "+")
_SAID = tuple(f"{SENTENCE}{sign} {side} " for sign in _SIGNS for side in ("pre", "post"))
PREFIXES = (*_SIDES, *_BESIDE, "k:", *_SAID)
"""What stands before features of words beside the target."""

_STANDS = ("first", "behind", "colon")


class Targets(NamedTuple):
    """Where sentences name their targets, and others; each names its target.

    Attributes
    ----------
    rows
        Their tokens.
    places
        All tokens that are names of targets: of each sentence as many as count.
    first
        The first of them in each sentence.
    n_targets, n_others
        How many names count in each.
    before
        How many of the others stand before the first name of the target.
    colon, quoted
        Whether there is a colon, and whether the target is first named behind the last one.
    own, others
        The kinds of the target's names and of the others', as columns in the order of ``KINDS``.
    """

    rows: Rows
    places: Integers
    first: Integers
    n_targets: Integers
    n_others: Integers
    before: Integers
    colon: Booleans
    quoted: Booleans
    own: Integers
    others: Integers

    def beside(self, by: int, absent: int) -> Integers:
        """Give the stems so many tokens behind the targets; ``absent`` where there is none."""
        at = self.first + by
        inside = (at >= self.rows.first) & (at < self.rows.stop)
        return np.where(inside, self.rows.stems.take(at, mode="clip"), absent)

    def clauses(self) -> tuple[Integers, Integers]:
        """Find the first and the last token of the clause in which each target is first named."""
        rows = self.rows
        ends = rows.places(Is.ENDS)
        first = np.maximum(last_before(ends, self.first), rows.first)
        last = wider = np.minimum(next_behind(ends, self.first), rows.stop) - 1
        tells = np.concatenate([[0], np.cumsum(rows.bits & Is.TELLS != 0)])
        for _ in range(ASIDES):
            comma = np.minimum(wider + 1, rows.stop - 1)
            goes_on = (tells[wider + 1] == tells[first]) & rows.has(comma, Is.COMMA)
            goes_on &= wider + 1 < rows.stop
            further = np.minimum(next_behind(ends, wider + 1), rows.stop) - 1
            wider = np.where(goes_on, further, wider)
        return first, np.where(tells[wider + 1] > tells[first], wider, last)

    def says(self, first: Integers, last: Integers) -> Booleans:
        """Tell which clauses have more than names and plain words."""
        said = np.concatenate([[0], np.cumsum(self.rows.bits & Is.PLAIN == 0)])
        more: Booleans = said[last + 1] > said[first]
        return more


def names_target(rows: Rows) -> Booleans:
    """Tell which sentences name their target."""
    named = rows.text[np.flatnonzero(rows.bits & Is.TARGET)]
    return np.bincount(named, minlength=len(rows.first)) > 0


def parted(rows: Rows) -> Rows:
    """Let "and" before a name begin a clause, as :func:`signals.sentiment.target.parted` does."""
    names = np.flatnonzero(rows.bits & Is.NAME)
    text = rows.text[names]
    names = names[1:][(text[1:] == text[:-1]) & (names[1:] < rows.stop[text[1:]] - 1)]
    begins = names - 1
    begins = begins[
        rows.has(begins, Is.JOINS)
        & ~rows.has(begins - 1, Is.NAME | Is.JOINS)
        & ~rows.has(begins + 2, Is.JOINS)
    ]
    bits = rows.bits.copy()
    bits[begins] |= Is.ENDS
    return rows._replace(bits=bits)


def targets_of(rows: Rows, own: Integers, others: Integers) -> Targets:
    """Find the names of sentences; ``own`` and ``others`` are their kinds, as bits."""
    places = np.flatnonzero(rows.bits & Is.TARGET)
    text = rows.text[places]
    # Of a sentence that repeats a name endlessly the first places, as for one sentence.
    places = places[np.arange(len(text)) - np.searchsorted(text, text) < MOST_PLACES]
    n_targets = np.bincount(rows.text[places], minlength=len(rows.first))
    first = places[np.cumsum(n_targets) - n_targets]
    named = np.flatnonzero(rows.bits & Is.OTHER)
    begin, here, stop = (np.searchsorted(named, at) for at in (rows.first, first, rows.stop))
    colon = last_before(rows.places(Is.COLON), rows.stop)
    kinds = np.arange(len(KINDS))
    return Targets(
        rows,
        places,
        first,
        n_targets,
        np.minimum(stop - begin, MOST_PLACES),
        np.minimum(here - begin, MOST_PLACES),
        colon >= rows.first,
        (colon >= rows.first) & (colon < first),
        own[:, np.newaxis] >> kinds & 1,
        others[:, np.newaxis] >> kinds & 1,
    )


class TargetTable:
    """The features of a model that are about targets, by number.

    Parameters
    ----------
    table
        All its features; :data:`PREFIXES` are among their prefixes.
    """

    def __init__(self, table: FeatureTable) -> None:
        self._table = table
        self._kind_words = np.array([table.numbers[kind] for kind in KINDS])
        self._kind = self._grid("k:{}", KINDS)
        self._kind_stands = self._grid("k:{} {}{}", KINDS, _STANDS, ("", " alone"))
        self._kind_versus = self._grid("k:{}/{}", KINDS, KINDS)
        self._move = self._grid("{}", MOVES)
        self._move_stands = self._grid("{}:{}", ("out", "in"), MOVES)
        self._at = self._grid("at:{}", range(4))
        self._others = self._grid("others:{}", range(5))
        self._before = self._grid("before:{}", range(3))
        self._behind = self._grid("behind:{}", range(3))
        self._end = self._grid("at:{}", ("end",))
        self._colon = self._grid("colon:{}", ("before", "behind"))
        self._said = self._grid(SENTENCE + "{}", _SIGNS)
        self._said_order = self._grid(SENTENCE + "{} {}/{}", _SIGNS, range(3), range(4))
        self._said_colon = self._grid(SENTENCE + "{} colon {}", _SIGNS, (False, True))
        self._said_kind = self._grid(SENTENCE + "{} {}", _SIGNS, KINDS)
        self._said_kind_order = self._grid(SENTENCE + "{} {} {}", _SIGNS, KINDS, range(2))
        self._said_versus = self._grid(SENTENCE + "{} {}/{}", _SIGNS, KINDS, KINDS)
        self._said_clause = self._grid(CLAUSE + "{}", _SIGNS)

    def _grid(self, name: str, *axes: Sequence[object]) -> Integers:
        """Give the features whose names are made of one of each."""
        names = [name.format(*cell) for cell in product(*axes)]
        return self._table.named(names).reshape(*map(len, axes))

    def words(self, one: Targets) -> Found:
        """Give what :func:`signals.sentiment.target.target_words` does, behind the words alone."""
        rows = one.rows
        alone = self._table.words(rows.stems, rows.stop - rows.first)
        return Found.joined(alone, self._sides(one), self._beside(one), self._kinds(one))

    def _sides(self, one: Targets) -> Found:
        """Give each word by its side of the nearest name of the target, and by nearness."""
        rows, table = one.rows, self._table
        every = np.arange(len(rows.stems))
        is_target = (rows.bits & Is.TARGET).astype(np.bool_)
        counted = np.zeros(len(every), dtype=np.int64)
        counted[one.places] = 1
        passed = np.cumsum(counted)
        places = np.concatenate([[-FAR], one.places, [FAR]])
        last, following = places[passed], places[passed + 1]
        behind = np.where(last >= rows.first[rows.text], every - last, FAR)
        before = np.where(following < rows.stop[rows.text], following - every, FAR)
        is_near = ~is_target & (np.minimum(behind, before) <= NEAR)
        side, near_side = (
            np.where(behind < before, table.first[after], table.first[ahead]) + rows.stems
            for after, ahead in (("a:", "b:"), ("na:", "nb:"))
        )
        return Found.in_turn(
            rows.text, np.where(is_target, 0, side), np.where(is_near, near_side, 0)
        )

    def _beside(self, one: Targets) -> Found:
        """Give what stands beside the targets."""
        two_back, back, behind, two_behind = (one.beside(by, NOTHING) for by in (-2, -1, 1, 2))
        is_second = two_back == NOTHING
        return Found.in_turn(
            np.arange(len(one.first)),
            self._table.paired(
                "pre2:",
                np.where(is_second, back, two_back),
                np.where(is_second, NOTHING, back),
            ),
            self._table.first["pre1:"] + back,
            self._table.first["post1:"] + behind,
            self._table.paired("post2:", behind, two_behind),
        )

    def _kinds(self, one: Targets) -> Found:
        """Give the kinds of targets by where they stand, by their neighbours, by others' kinds."""
        text, kind = np.nonzero(one.own)
        words = self._kind_words[kind]
        stands = np.where(one.quoted, 2, one.before > 0)[text]
        alone = (one.n_others == 0).astype(np.int64)[text]
        return Found.in_turn(
            text,
            self._kind[kind],
            self._kind_stands[kind, stands, alone],
            self._table.paired("k:", one.beside(-1, FIRST)[text], words),
            self._table.paired("k:", words, one.beside(1, LAST)[text]),
            *(self._kind_versus[kind] * one.others[text]).T,
        )

    def rules(
        self, one: Targets, moved: Moves, said: Floats, said_of_clause: Floats
    ) -> tuple[Found, Floats]:
        """Give the moves, and what ``target_rules`` and ``said_rules`` give; and their values.

        Parameters
        ----------
        one, moved
            The sentences and their moves.
        said, said_of_clause
            What the model of sentences says of each, and of the target's clause.
        """
        every = np.arange(len(said))
        places = (
            Found(moved.text, self._move[moved.code]),
            Found(moved.text, self._move_stands[_in_clause(one, moved), moved.code]),
            self._stands(one),
        )
        sign = (said > 0).astype(np.int64)
        parts = self._parts(one, sign), self._said_kinds(one, sign)
        clause = Found(every, self._said_clause[(said_of_clause > 0).astype(np.int64)])
        values = [np.ones(len(found.text)) for found in places]
        values += [np.abs(said)[found.text] for found in parts]
        return Found.joined(*places, *parts, clause), np.concatenate(
            [*values, np.abs(said_of_clause)]
        )

    def _stands(self, one: Targets) -> Found:
        """Give where targets stand."""
        at = one.first - one.rows.first
        is_last = one.first == one.rows.stop - 1
        return Found.in_turn(
            np.arange(len(at)),
            self._at[np.minimum(at, 3)],
            self._others[np.minimum(one.n_others, 4)],
            self._before[np.minimum(one.before, 2)],
            self._behind[np.minimum(one.n_others - one.before, 2)],
            np.where(is_last, self._end, 0),
            np.where(one.colon, self._colon[one.quoted.astype(np.int64)], 0),
        )

    def _parts(self, one: Targets, sign: Integers) -> Found:
        """Give what is said of a sentence by the part that the target plays in it."""
        before, behind = (
            np.array([self._table.first[f"{SENTENCE}{either} {side} "] for either in _SIGNS])[sign]
            + stems
            for side, stems in (("pre", one.beside(-1, FIRST)), ("post", one.beside(1, LAST)))
        )
        order = np.minimum(one.before, 2)
        count = np.minimum(one.n_targets + one.n_others, 3)
        return Found.in_turn(
            np.arange(len(sign)),
            self._said[sign],
            self._said_order[sign, order, count],
            before,
            behind,
            np.where(one.colon, self._said_colon[sign, one.quoted.astype(np.int64)], 0),
        )

    def _said_kinds(self, one: Targets, sign: Integers) -> Found:
        """Give the same by the kinds of targets and of others."""
        text, kind = np.nonzero(one.own)
        sign, order = sign[text], np.minimum(one.before, 1)[text]
        return Found.in_turn(
            text,
            self._said_kind[sign, kind],
            self._said_kind_order[sign, kind, order],
            *(self._said_versus[sign, kind] * one.others[text]).T,
        )


def _in_clause(one: Targets, moved: Moves) -> Integers:
    """Give 1 for a move that begins or ends in a clause that names the target, 0 for another."""
    rows = one.rows
    begins = (rows.bits & Is.ENDS).astype(np.bool_)
    begins[rows.first] = True
    clause = np.cumsum(begins)
    named = np.zeros(len(clause) + 1, dtype=np.int64)
    named[clause[one.places]] = 1
    return named[clause[moved.first]] | named[clause[moved.last]]
