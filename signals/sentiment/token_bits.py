"""What the rules ask of a token, as bits of one number."""

from __future__ import annotations

from signals.sentiment.finance_words import (
    AWAITED,
    FALLS,
    IDLE,
    LESS,
    MOVERS,
    PARTICLES,
    RESULTS,
    SPOILED,
    SPOILS,
    UNDER,
)
from signals.sentiment.tokens import ENTITY, FEARED, LISTED, OTHER, TARGET, Token


class Is:
    """What the rules ask of a token, as bits of one number."""

    UP, DOWN, GOOD, BAD, GOOD_NEWS, BAD_NEWS = (1 << bit for bit in range(6))
    NEGATES, COMPARES, ENDS, AMOUNT, RESULT, ASIDE = (1 << bit for bit in range(6, 12))
    BRACKET, OPENS, STOPS, BESIDE, FROM, TO, PERCENT = (1 << bit for bit in range(12, 19))
    COLON, ENTITY, TARGET, OTHER, CAUSES, PER = (1 << bit for bit in range(19, 25))
    BURDEN, BEGINS, FINISHES, THAN = (1 << bit for bit in range(25, 29))
    SPOILS, SPOILED, IDLE, PARTICLE, UNDER, FALLS = (1 << bit for bit in range(29, 35))
    LESS, AWAITED, MOVER, FEARED, BETTER, WORSE = (1 << bit for bit in range(35, 41))
    BOUND = SPOILS | IDLE | UNDER | LESS | AWAITED


_NORM = {
    "(": Is.BRACKET | Is.OPENS,
    ")": Is.BRACKET,
    ":": Is.COLON,
    ";": Is.STOPS,
    ".": Is.STOPS,
    "before": Is.BESIDE,
    "after": Is.BESIDE,
    "from": Is.FROM,
    "to": Is.TO,
    "%": Is.PERCENT,
    "per": Is.PER,
    "than": Is.THAN,
    FEARED: Is.FEARED,
}
_NAMES = {ENTITY: Is.ENTITY, TARGET: Is.TARGET, OTHER: Is.OTHER}
_SETS = (
    (RESULTS, Is.RESULT),
    (SPOILS, Is.SPOILS),
    (SPOILED, Is.SPOILED),
    (IDLE, Is.IDLE),
    (PARTICLES, Is.PARTICLE),
    (UNDER, Is.UNDER),
    (FALLS, Is.FALLS),
    (LESS, Is.LESS),
    (AWAITED, Is.AWAITED),
    (MOVERS, Is.MOVER),
)


def bits_of(token: Token) -> int:
    """Say what is known of a token."""
    bits = _NORM.get(token.norm, 0)
    if token.special:
        bits |= _NAMES.get(token.norm, 0)
    elif token.norm not in LISTED and not token.negates:
        return bits
    for words, bit in _SETS:
        if token.norm in words:
            bits |= bit
    for value, above, below in (
        (token.direction, Is.UP, Is.DOWN),
        (token.good, Is.GOOD, Is.BAD),
        (token.burden, Is.BURDEN, 0),
        (token.fate, Is.BEGINS, Is.FINISHES),
        (token.better, Is.BETTER, Is.WORSE),
        (token.news, Is.GOOD_NEWS, Is.BAD_NEWS),
        (token.negates, Is.NEGATES, 0),
        (token.compares, Is.COMPARES, 0),
        (token.causes, Is.CAUSES, 0),
        (token.ends, Is.ENDS, 0),
        (token.amount is not None, Is.AMOUNT, 0),
    ):
        if value:
            bits |= above if value > 0 else below
    return bits
