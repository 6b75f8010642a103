"""What the rules ask of a token, as bits of one number, and which words have them."""

from __future__ import annotations

from signals.sentiment.finance_words import (
    AWAITED,
    BAD,
    BAD_NEWS,
    BEGINS,
    BETTER,
    BURDENS,
    CAUSES,
    CLAUSE_ENDS,
    COMPARES,
    DEALS,
    DOWN,
    FALLS,
    FINISHES,
    GOOD,
    GOOD_NEWS,
    IDLE,
    LESS,
    MORE,
    MOVERS,
    NEGATIONS,
    ORES,
    PARTICLES,
    PREPOSITIONS,
    RESULTS,
    SEALS,
    SPOILED,
    SPOILS,
    STRIKES,
    UNDER,
    UP,
    WORSE,
)


class Is:
    """What the rules ask of a token, as bits of one number.

    A burden is ``BAD`` as well; it ``BEGINS``, or ``FINISHES``. A direction is ``BETTER`` or
    ``WORSE`` where that is so whatever moves. ``LESS`` than ``FEARED`` is good, whatever it is.
    """

    UP, DOWN, GOOD, BAD, GOOD_NEWS, BAD_NEWS = (1 << bit for bit in range(6))
    NEGATES, COMPARES, ENDS, AMOUNT, RESULT, ASIDE = (1 << bit for bit in range(6, 12))
    BRACKET, OPENS, STOPS, BESIDE, FROM, TO, PERCENT = (1 << bit for bit in range(12, 19))
    COLON, ENTITY, TARGET, OTHER, CAUSES, PER = (1 << bit for bit in range(19, 25))
    BURDEN, BEGINS, FINISHES, THAN = (1 << bit for bit in range(25, 29))
    SPOILS, SPOILED, IDLE, PARTICLE, UNDER, FALLS = (1 << bit for bit in range(29, 35))
    LESS, AWAITED, MOVER, FEARED, BETTER, WORSE = (1 << bit for bit in range(35, 41))
    MORE, SEALS, DEAL, PARTS, STRIKES, ORE, JOINS = (1 << bit for bit in range(41, 48))
    COMMA = 1 << 48
    DIRECTION, NOUN, NEWS = UP | DOWN, GOOD | BAD, GOOD_NEWS | BAD_NEWS
    TELLS = DIRECTION | BEGINS | FINISHES | NEWS
    TOLD_OF = BEGINS | FINISHES | NEWS | NOUN | BURDEN
    NAME = ENTITY | TARGET | OTHER
    PLAIN = NAME | ENDS | JOINS
    """A token without any of these says something."""
    BOUND = SPOILS | IDLE | UNDER | LESS | MORE | AWAITED | SEALS
    """Its neighbours change what either says."""


_LISTS = (
    *((UP, Is.UP), (DOWN, Is.DOWN), (BETTER, Is.BETTER), (WORSE, Is.WORSE)),
    *((GOOD, Is.GOOD), (BAD, Is.BAD), (BURDENS, Is.BAD | Is.BURDEN)),
    *((BEGINS, Is.BEGINS), (FINISHES, Is.FINISHES)),
    *((GOOD_NEWS, Is.GOOD_NEWS), (BAD_NEWS, Is.BAD_NEWS)),
    *((NEGATIONS, Is.NEGATES), (COMPARES, Is.COMPARES), (CAUSES, Is.CAUSES)),
    *((CLAUSE_ENDS, Is.ENDS), (RESULTS, Is.RESULT), (MOVERS, Is.MOVER)),
    *((SPOILS, Is.SPOILS), (SPOILED, Is.SPOILED), (IDLE, Is.IDLE), (PARTICLES, Is.PARTICLE)),
    *((UNDER, Is.UNDER), (FALLS, Is.FALLS), (LESS, Is.LESS), (AWAITED, Is.AWAITED)),
    *((MORE, Is.MORE), (SEALS, Is.SEALS), (DEALS, Is.DEAL), (PREPOSITIONS, Is.PARTS)),
    *((STRIKES, Is.STRIKES), (ORES, Is.ORE)),
    *((";.", Is.STOPS), (":", Is.COLON), ("%", Is.PERCENT), (("before", "after"), Is.BESIDE)),
    *(
        (("from",), Is.FROM),
        (("to",), Is.TO),
        (("per", "weight", "hair", "hearing", "memory"), Is.PER),
        (("than",), Is.THAN),
    ),
    (("feared",), Is.FEARED),
    *((("and", "or", ","), Is.JOINS), ((",",), Is.COMMA)),
)


def _of_lists() -> dict[str, int]:
    bits: dict[str, int] = {}
    for words, bit in _LISTS:
        for word in words:
            bits[word] = bits.get(word, 0) | bit
    return bits


BITS = _of_lists()
"""Word -> its bits; a word that is not there has none."""
