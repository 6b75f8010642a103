"""What words say beside their neighbours, for many sentences by NumPy.

The rules are those of :mod:`signals.sentiment.neighbours`, in an order that gives what each
sentence gets by itself, word by word.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from signals.sentiment.arrays import Integers
from signals.sentiment.neighbours import DEAL_BEHIND, MEASURED_BEFORE, MIRRORED, SEALED, STILL
from signals.sentiment.rows_batch import Rows, last_before, next_behind
from signals.sentiment.token_bits import Is


class Binding:
    """Changes tokens to what they say beside their neighbours.

    Parameters
    ----------
    stems
        Stem -> its number.
    """

    def __init__(self, stems: Mapping[str, int]) -> None:
        self._still, self._sealed = stems[STILL], stems[SEALED]
        self._mirrored = np.array([stems[MIRRORED[sign]] for sign in (-1, 1)])

    def __call__(self, rows: Rows) -> None:
        """Change tokens, in place, to what they say beside their neighbours."""
        bits = rows.bits
        bound = np.flatnonzero(bits & Is.BOUND)
        spoils = _beside(rows, bound, 1, (Is.SPOILS, Is.SPOILED))
        idle = _beside(rows, bound, 1, (Is.IDLE, Is.PARTICLE))
        under = _beside(rows, bound, -1, (Is.UNDER, Is.FALLS))
        awaited = _beside(rows, bound, -1, (Is.AWAITED, Is.THAN))
        measures = _beside(rows, bound, 1, (Is.LESS | Is.MORE, Is.THAN))
        still = np.concatenate([idle + 1, under - 1])
        bits[still] &= ~Is.DIRECTION
        self._turn(rows, bound)
        measures, measured = _measured(rows, measures)
        is_more = rows.has(measures, Is.MORE)
        more, less, turned = measures[is_more], measures[~is_more], measured[~is_more]
        sealing = _sealing(rows, bound)
        bits[more] &= ~Is.DIRECTION
        bits[sealing] &= ~Is.TOLD_OF
        rows.stems[sealing] = self._sealed
        feared, falls = rows.has(less + 2, Is.FEARED), rows.has(turned, Is.DOWN)
        bits[turned] &= ~Is.DIRECTION
        rises = falls | feared
        bits[less[rises]] ^= Is.DIRECTION
        bits[less[feared]] |= Is.BETTER
        rows.stems[less] = self._mirrored[rises.astype(np.int64)]
        rows.stems[np.concatenate([still, more, turned])] = self._still
        bits[spoils] &= ~Is.NEWS
        bits[spoils + 1] = bits[spoils + 1] & ~Is.GOOD | Is.BAD | Is.BURDEN
        bits[awaited - 1] &= ~Is.COMPARES
        bits[awaited] &= ~Is.GOOD

    def _turn(self, rows: Rows, bound: Integers) -> None:
        """Read "-8 %" as "falls 8 %", in place."""
        at = bound[rows.has(bound, Is.SIGNED)]
        if not len(at):
            return
        rises = rows.amounts[at] > 0
        earlier, before, first, second = (rows.near(at, by) for by in (-2, -1, 1, 2))
        is_move = (first & Is.MEASURE != 0) | ((first & Is.PER != 0) & (second & Is.MEASURE != 0))
        is_move &= before & (Is.AT | Is.COMPARES | Is.AWAITED | Is.PERCENT) == 0
        is_move &= (earlier | before) & Is.LEVEL == 0
        is_move &= before & np.where(rises, Is.UP, Is.DOWN) == 0
        at, rises = at[is_move], rises[is_move]
        rows.bits[at] = rows.bits[at] & ~Is.PLAIN | np.where(rises, Is.UP, Is.DOWN)
        rows.stems[at] = self._mirrored[rises.astype(np.int64)]


def _beside(rows: Rows, bound: Integers, step: int, bits: tuple[int, int]) -> Integers:
    """Find those of tokens with the one bit that stand beside one with the other.

    ``step`` is 1 where that one is behind, -1 where it is before, in the same sentence.
    """
    at = bound[rows.has(bound, bits[0])]
    beside = np.clip(at + step, 0, len(rows.bits) - 1)
    found = rows.has(beside, bits[1]) & (rows.text[beside] == rows.text[at]) & (beside != at)
    stand: Integers = at[found]
    return stand


def _measured(rows: Rows, measures: Integers) -> tuple[Integers, Integers]:
    """Find those of "less" and "more" that tell of a direction, and the directions."""
    measures = measures[measures + 2 < rows.stop[rows.text[measures]]]
    measures = measures[rows.has(measures + 2, Is.AWAITED)]
    if not len(measures):
        return measures, measures
    first = rows.first[rows.text[measures]]
    at = last_before(rows.places(Is.DIRECTION), measures)
    found = (at >= np.maximum(first, measures - MEASURED_BEFORE)) & (
        at > last_before(rows.places(Is.ENDS | Is.LESS | Is.MORE), measures)
    )
    return measures[found], at[found]


def _sealing(rows: Rows, bound: Integers) -> Integers:
    """Find the tokens that strike or close a deal."""
    at = bound[rows.has(bound, Is.SEALS)]
    if not len(at):
        return at
    ores = _beside(rows, at, 1, (Is.STRIKES, Is.ORE))
    deal = next_behind(rows.places(Is.DEAL), at)
    apart = next_behind(rows.places(Is.ENDS | Is.CAUSES | Is.PARTS), at)
    stop = np.minimum(rows.stop[rows.text[at]], at + DEAL_BEHIND + 1)
    return np.concatenate([ores, at[(deal < apart) & (deal < stop)]])
