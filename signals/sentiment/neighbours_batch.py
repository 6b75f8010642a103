"""What words say beside their neighbours, for many sentences by NumPy.

The rules are those of :mod:`signals.sentiment.neighbours`, in an order that gives what each
sentence gets by itself, word by word.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from signals.sentiment.arrays import Booleans, Integers
from signals.sentiment.neighbour_marks import (
    AGAINST,
    BESIDE,
    BETWEEN,
    DEAL_BEHIND,
    ILL_BEHIND,
    KEPT,
    MEASURED_BEFORE,
    MET_BEHIND,
    MIRRORED,
    NEGATED,
    OVERDONE_BEFORE,
    PHRASED,
    REJECTED,
    RELEASED_BEHIND,
    SEALED,
    SHARE_BEHIND,
    SLOWED_BEFORE,
    SPAN,
    STILL,
    STRUCK,
    SWUNG,
    SWUNG_FROM,
    SWUNG_TO,
    THAN,
    THE,
    TOGETHER,
    WEIGHT,
)
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
        self._still, self._sealed, self._rejected = (
            stems[one] for one in (STILL, SEALED, REJECTED)
        )
        self._the, self._weight = stems[THE], stems[WEIGHT]
        self._than, self._against = stems[THAN], stems[AGAINST]
        self._beside = {sign: stems[stem] for stem, sign in BESIDE.items()}
        self._together = {sign: stems[stem] for sign, stem in TOGETHER.items()}
        self._struck = np.array([stems[one] for one in STRUCK])
        self._phrased = {
            (stems[first], stems[second]): sign for (first, second), sign in PHRASED.items()
        }
        self._mirrored = np.array([stems[MIRRORED[sign]] for sign in (-1, 1)])

    def __call__(self, rows: Rows) -> None:
        """Change tokens, in place, to what they say beside their neighbours."""
        bits = rows.bits
        bound = np.flatnonzero(bits & Is.BOUND)
        self._phrase(rows, bound)
        self._release(rows, bound)
        self._unfall(rows, bound)
        spoils = _beside(rows, bound, 1, (Is.SPOILS, Is.SPOILED))
        idle = _beside(rows, bound, 1, (Is.IDLE, Is.PARTICLE))
        third = np.minimum(idle + 3, len(bits) - 1)
        costs = (rows.near(idle, 1) & Is.BURDEN != 0) & (rows.amounts[third] != 0)
        idle = idle[~(costs & (rows.text[third] == rows.text[idle]) & (third == idle + 3))]
        under = _beside(rows, bound, -1, (Is.UNDER, Is.FALLS))
        awaited = self._by(rows, bound, -1, (Is.AWAITED, self._than))
        measures = self._by(rows, bound, 1, (Is.LESS | Is.MORE, self._than))
        still = np.concatenate([idle + 1, under - 1])
        bits[still] &= ~Is.DIRECTION
        bits[idle + 1] &= ~(Is.NOUN | Is.BURDEN)
        self._turn_leaves(rows, bound)
        self._meet(rows, bound)
        self._stand(rows, bound)
        self._swing(rows, bound)
        self._lose_weight(rows, bound)
        self._take(rows, bound)
        self._turn(rows, bound)
        self._oppose(rows, bound)
        _ail(rows, bound)
        measures, measured = _measured(rows, measures)
        is_more = rows.has(measures, Is.MORE)
        more, less, turned = measures[is_more], measures[~is_more], measured[~is_more]
        struck, sealing = self._sealing(rows, bound)
        bits[more] &= ~Is.DIRECTION
        bits[sealing] &= ~Is.TOLD_OF
        bits[struck] |= Is.GOOD_NEWS
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
        self._slow(rows, bound)
        self._overdo(rows, bound)

    def _by(self, rows: Rows, bound: Integers, step: int, of: tuple[int, int]) -> Integers:
        """Find those of tokens with a bit that stand beside a word, as :func:`_beside` does."""
        bits, stem = of
        at = _beside(rows, bound, step, (bits, -1))
        found: Integers = at[rows.stems[at + step] == stem]
        return found

    def _phrase(self, rows: Rows, bound: Integers) -> None:
        """Let two words say what they say together, in place."""
        at = bound[rows.has(bound, Is.PHRASE)]
        at = at[at + 1 < rows.stop[rows.text[at]]]
        pairs = zip(rows.stems[at].tolist(), rows.stems[at + 1].tolist(), strict=True)
        last = -1
        for place, pair in zip(at.tolist(), pairs, strict=True):
            sign = self._phrased.get(pair)
            if sign is None or place == last:
                continue
            last = place + 1
            rows.bits[place] &= ~(Is.TELLS | Is.NOUN | Is.BURDEN)
            rows.stems[place] = self._still
            rows.bits[last] &= ~(Is.PHRASE | Is.TELLS | Is.NOUN | Is.BURDEN)
            if not sign:
                continue
            rows.bits[last] &= ~Is.PLAIN
            rows.bits[last] |= Is.UP | Is.BETTER if sign > 0 else Is.DOWN | Is.WORSE
            rows.stems[last] = self._together[sign]

    def _release(self, rows: Rows, bound: Integers) -> None:
        """Let nothing fall in "drops trailer", in place."""
        at = bound[rows.has(bound, Is.SEASON) & rows.has(bound, Is.DOWN)]
        at = at[~rows.has(at, Is.FALLS)]
        if not len(at):
            return
        apart = rows.places(Is.ENDS | Is.CAUSES | Is.PARTS | Is.DIRECTION | Is.PERCENT)
        found = next_behind(rows.places(Is.SEASON), at)
        is_near = (found - at <= RELEASED_BEHIND) & (found < rows.stop[rows.text[at]])
        at = at[is_near & (found < next_behind(apart, at))]
        rows.bits[at] &= ~(Is.FINISHES | Is.DIRECTION)
        rows.stems[at] = self._still

    def _meet(self, rows: Rows, bound: Integers) -> None:
        """Make a rise of "meets main goal", in place."""
        at = bound[rows.has(bound, Is.MEETS)]
        if not len(at):
            return
        goal, found = _first(rows, at, MET_BEHIND, Is.SHARE)
        at, goal = at[found], goal[found]
        negation = last_before(rows.places(Is.NEGATES), at)
        denied = (negation >= rows.first[rows.text[at]]) & (at - negation <= NEGATED)
        at = at[rows.has(goal, Is.OUTLOOK) & ~denied]
        rows.bits[at] = rows.bits[at] & ~Is.NEWS | Is.UP | Is.BETTER
        rows.stems[at] = self._mirrored[1]

    def _stand(self, rows: Rows, bound: Integers) -> None:
        """Take "below forecasts" for a miss, in place."""
        at = bound[rows.has(bound, Is.AWAITED)]
        at = at[at > rows.first[rows.text[at]]] - 1
        for sign, stem in self._beside.items():
            of = at[rows.stems[at] == stem]
            rows.bits[of] |= Is.BEATS | (Is.UP if sign > 0 else Is.DOWN)
            rows.stems[of] = self._mirrored[int(sign > 0)]

    def _overdo(self, rows: Rows, bound: Integers) -> None:
        """Say the opposite of what is overdone, in place; such words are few."""
        for place in bound[rows.has(bound, Is.OVERDONE)].tolist():
            start = max(place - OVERDONE_BEFORE, int(rows.first[rows.text[place]]))
            for at in range(place - 1, start - 1, -1):
                bits = int(rows.bits[at])
                if bits & Is.ENDS:
                    break
                if bits & (Is.DIRECTION | Is.NEWS | Is.BURDEN):
                    is_good = bits & (Is.DOWN | Is.BAD_NEWS | Is.BURDEN) != 0
                    rows.bits[place] |= Is.UP | Is.BETTER if is_good else Is.DOWN | Is.WORSE
                    rows.bits[at] &= ~(Is.TELLS | Is.BURDEN)
                    rows.stems[at] = self._still
                    break

    def _unfall(self, rows: Rows, bound: Integers) -> None:
        """Read "did not miss" as a rise, in place."""
        negated = _beside(rows, bound, 1, (Is.NOT, Is.DOWN | Is.AT | Is.BAD_NEWS))
        at = negated[rows.has(negated + 1, Is.DOWN)]
        at = at[~rows.has(at + 1, Is.BEGINS | Is.FINISHES | Is.LESS)]
        rows.bits[at] &= ~Is.NEGATES
        rows.bits[at + 1] ^= Is.DIRECTION
        rows.stems[at] = self._still
        rows.stems[at + 1] = self._mirrored[1]
        negated = negated[rows.has(negated, Is.NEGATES)]
        told = negated + 1 + (rows.has(negated + 1, Is.AT) & ~rows.has(negated + 1, Is.DIRECTION))
        told, negated = (one[told < rows.stop[rows.text[negated]]] for one in (told, negated))
        good = rows.has(told, Is.BAD_NEWS) & ~rows.has(told, KEPT)
        told, negated = told[good], negated[good]
        rows.bits[negated] &= ~Is.NEGATES
        rows.stems[negated] = self._still
        rows.bits[told] = rows.bits[told] & ~(Is.NEWS | Is.NOUN | Is.BURDEN) | Is.GOOD_NEWS
        rows.stems[told] = self._mirrored[1]

    def _turn_leaves(self, rows: Rows, bound: Integers) -> None:
        """Let nothing fall "this fall" and in a "fall TV lineup", in place."""
        at = bound[rows.has(bound, Is.SEASON) & rows.has(bound, Is.FALLS)]
        if not len(at):
            return
        early, before, first, second = (rows.near(at, by) for by in (-2, -1, 1, 2))
        the = (before != 0) & (rows.stems[at - 1] == self._the)
        parts = first & Is.PARTS != 0
        dated = (before & Is.DATES != 0) & ~(parts & (second & Is.NOUN != 0))
        dated = np.where(the, (early & Is.PARTS != 0) & ~parts, dated)
        dated |= first & Is.SEASON != 0
        at = at[dated | ((second & Is.SEASON != 0) & (first & BETWEEN == 0))]
        rows.bits[at] &= ~Is.DIRECTION
        rows.stems[at] = self._still

    def _lose_weight(self, rows: Rows, bound: Integers) -> None:
        """Take no weight loss for a loss, in place."""
        at = _beside(rows, bound, 1, (Is.PER, Is.RESULT))
        at = at[rows.has(at + 1, Is.BAD)]
        is_good = (rows.stems[at] == self._weight) & (rows.near(at, -1) & Is.PERCENT != 0)
        rows.bits[at + 1] &= ~Is.NEWS
        rows.bits[at[is_good] + 1] |= Is.GOOD_NEWS
        rows.stems[at + 1] = self._still

    def _swing(self, rows: Rows, bound: Integers) -> None:
        """Let "swings to a profit" rise and "swings to a loss" fall, in place."""
        at = bound[rows.has(bound, Is.SWINGS)]
        if not len(at):
            return
        to, found = _first(rows, at, SWUNG_TO, Is.TO)
        at, to = at[found], to[found]
        result, found = _first(rows, to, SWUNG, Is.RESULT)
        at, result = at[found], result[found]
        is_good = rows.has(result, Is.GOOD)
        rows.bits[at] |= np.where(is_good, Is.UP | Is.BETTER, Is.DOWN | Is.WORSE)
        rows.stems[at] = self._mirrored[is_good.astype(np.int64)]
        start, found = _first(rows, result[is_good], SWUNG_FROM, Is.FROM)
        old, found = _first(rows, start[found], SWUNG, Is.RESULT)
        rows.bits[old[found]] &= ~Is.NEWS

    def _take(self, rows: Rows, bound: Integers) -> None:
        """Let "takes market share" rise, in place."""
        at = bound[rows.has(bound, Is.TAKES)]
        if not len(at):
            return
        _, found = _first(rows, at, SHARE_BEHIND, Is.SHARE)
        rows.bits[at[found]] = rows.bits[at[found]] & ~Is.NEWS | Is.UP
        rows.stems[at[found]] = self._mirrored[1]

    def _oppose(self, rows: Rows, bound: Integers) -> None:
        """Make burdens of cases against somebody, and rejections of votes, in place."""
        cases = self._by(rows, bound, 1, (Is.CASE, self._against))
        rows.bits[cases] = rows.bits[cases] & ~Is.GOOD | Is.BAD | Is.BURDEN | Is.BAD_NEWS
        votes = self._by(rows, bound, 1, (Is.VOTES, self._against))
        rows.bits[votes] = rows.bits[votes] & ~Is.NEWS | Is.BAD_NEWS
        rows.stems[votes] = self._rejected

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
        spans = _spans_zero(rows, at)
        for by in (1, SPAN + 1):
            rows.stems[at[spans] + by] = self._still
        is_move &= ~spans & ~_spans_zero(rows, at - SPAN)
        at, rises = at[is_move], rises[is_move]
        rows.bits[at] = rows.bits[at] & ~Is.PLAIN | Is.FARES | np.where(rises, Is.UP, Is.DOWN)
        rows.stems[at] = self._mirrored[rises.astype(np.int64)]

    def _sealing(self, rows: Rows, bound: Integers) -> tuple[Integers, Integers]:
        """Find the tokens that strike ore, and these with those that strike or close a deal."""
        at = bound[rows.has(bound, Is.SEALS)]
        if not len(at):
            return at, at
        ores = at[np.isin(rows.stems[at], self._struck) & (rows.near(at, 1) & Is.ORE != 0)]
        deal = next_behind(rows.places(Is.DEAL), at)
        apart = next_behind(rows.places(Is.ENDS | Is.CAUSES | Is.PARTS), at)
        stop = np.minimum(rows.stop[rows.text[at]], at + DEAL_BEHIND + 1)
        return ores, np.concatenate([ores, at[(deal < apart) & (deal < stop)]])

    def _slow(self, rows: Rows, bound: Integers) -> None:
        """Let fall what rises in "up 1 % vs 5 %", in place."""
        at = bound[rows.has(bound, Is.COMPARES)]
        parted = rows.near(at, 1) & Is.PARTS != 0
        old = at + 1 + parted
        is_share = np.where(parted, rows.near(at, 3), rows.near(at, 2)) & Is.PERCENT != 0
        at, old = at[is_share], old[is_share]
        new = at - 2 - (rows.near(at, -1) & Is.COMMA != 0)
        is_slow = (new >= rows.first[rows.text[at]]) & rows.has(new + 1, Is.PERCENT)
        is_slow &= (rows.amounts[new] > 0) & (rows.amounts[new] < rows.amounts[old])
        at, new = at[is_slow], new[is_slow]
        if not len(at):
            return
        rises = last_before(rows.places(Is.UP), new)
        is_near = (new - rises <= SLOWED_BEFORE) & (rises >= rows.first[rows.text[at]])
        rises = rises[is_near & (rises >= last_before(rows.places(Is.ENDS), new))]
        rows.bits[rises] = rows.bits[rises] & ~(Is.UP | Is.BETTER) | Is.DOWN
        rows.stems[rises] = self._mirrored[0]


def _spans_zero(rows: Rows, at: Integers) -> Booleans:
    """Tell a range from something that falls to something that rises."""
    stop = len(rows.bits) - 1
    start, joint, end, unit = (np.clip(at + by, 0, stop) for by in (0, SPAN - 1, SPAN, SPAN + 1))
    inside: Booleans = (
        (start == at) & (unit == at + SPAN + 1) & (rows.text[start] == rows.text[unit])
    )
    inside &= rows.has(joint, Is.TO | Is.JOINS) & ~rows.has(joint, Is.COMMA)
    return inside & rows.has(unit, Is.PERCENT) & (rows.amounts[start] * rows.amounts[end] < 0)


def _beside(rows: Rows, bound: Integers, step: int, bits: tuple[int, int]) -> Integers:
    """Find those of tokens with the one bit that stand beside one with the other.

    ``step`` is 1 where that one is behind, -1 where it is before, in the same sentence.
    """
    at = bound[rows.has(bound, bits[0])]
    beside = np.clip(at + step, 0, len(rows.bits) - 1)
    found = rows.has(beside, bits[1]) & (rows.text[beside] == rows.text[at]) & (beside != at)
    stand: Integers = at[found]
    return stand


def _first(rows: Rows, at: Integers, most: int, bits: int) -> tuple[Integers, Booleans]:
    """Find the first of so many tokens behind others with one of the bits, in their clauses."""
    found = next_behind(rows.places(bits), at)
    near = (found - at <= most) & (found < rows.stop[rows.text[at]])
    return found, near & (found <= next_behind(rows.places(Is.ENDS), at))


def _ail(rows: Rows, bound: Integers) -> None:
    """Make illnesses that a direction moves bad to have, in place."""
    at = bound[rows.has(bound, Is.ILL)]
    if not len(at):
        return
    direction = last_before(rows.places(Is.DIRECTION), at)
    moved = (at - direction <= ILL_BEHIND) & (direction >= rows.first[rows.text[at]])
    moved &= direction >= last_before(rows.places(Is.ENDS | Is.CAUSES | Is.PARTS), at)
    moved &= rows.near(at, 1) & Is.PRODUCT == 0
    rows.bits[at[moved]] |= Is.BAD


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
