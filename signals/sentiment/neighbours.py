"""What words say beside their neighbours: "make up 40 %" moves nothing, "-8 %" falls."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
from signals.sentiment.token_bits import Is, Token

_NOTHING = Token("", "", 0)  # beyond the ends of a sentence


def bind(tokens: list[Token], places: Sequence[int]) -> None:
    """Change tokens, in place, to what bound ones and their neighbours say beside each other.

    Two words that are one come first, and what all of it is said to be comes last.
    """
    every = _every(tokens, places)
    if every & Is.PHRASE:
        _each(tokens, places, Is.PHRASE, _phrase)
    for place in places:
        bound = tokens[place].bits
        for bits, rule in _RULES:
            if bound & bits:
                rule(tokens, place)
    if every & Is.OVERDONE:
        _each(tokens, places, Is.OVERDONE, _overdo)


def _every(tokens: Sequence[Token], places: Sequence[int]) -> int:
    """Give all bits that any of the tokens has."""
    bits = 0
    for place in places:
        bits |= tokens[place].bits
    return bits


def _each(
    tokens: list[Token], places: Sequence[int], bits: int, rule: Callable[[list[Token], int], None]
) -> None:
    for place in places:
        if tokens[place].has(bits):
            rule(tokens, place)


def _beside(tokens: list[Token], at: int) -> Token:
    return tokens[at] if 0 <= at < len(tokens) else _NOTHING


def _without(token: Token, bits: int) -> Token:
    return token._replace(bits=token.bits & ~bits)


def _still(token: Token) -> Token:
    """Take its direction from a token."""
    return _without(token, Is.DIRECTION)._replace(stem=STILL)


def _seal(tokens: list[Token], place: int) -> None:
    """Take who strikes or closes a deal for no strike and no closure; to strike oil is good."""
    struck = tokens[place].stem in STRUCK and _beside(tokens, place + 1).has(Is.ORE)
    if struck or _seals_deal(tokens, place):
        sealed = _without(tokens[place], Is.TOLD_OF)
        bits = sealed.bits | (Is.GOOD_NEWS if struck else 0)
        tokens[place] = sealed._replace(bits=bits, stem=SEALED)


def _seals_deal(tokens: list[Token], place: int) -> bool:
    """Tell whether a deal is what a word strikes or closes."""
    for token in tokens[place + 1 : place + 1 + DEAL_BEHIND]:
        if token.has(Is.DEAL):
            return True
        if token.has(Is.ENDS | Is.CAUSES | Is.PARTS):
            return False
    return False


def _spoil(tokens: list[Token], place: int) -> None:
    """Make a burden of "bad loans"."""
    behind = _beside(tokens, place + 1)
    if behind.has(Is.SPOILED):
        tokens[place] = _without(tokens[place], Is.NEWS)
        tokens[place + 1] = behind._replace(bits=behind.bits & ~Is.GOOD | Is.BAD | Is.BURDEN)


def _idle(tokens: list[Token], place: int) -> None:
    """Let nothing move in "make up" and "take charge"; "takes charge of $1 billion" costs it."""
    behind = _beside(tokens, place + 1)
    if behind.has(Is.PARTICLE) and not (
        behind.has(Is.BURDEN) and _beside(tokens, place + 3).amount
    ):
        tokens[place + 1] = _still(_without(tokens[place + 1], Is.NOUN | Is.BURDEN))


def _turn_leaves(tokens: list[Token], place: int) -> None:
    """Let nothing fall "this fall", "in the fall" and in a "fall TV lineup"."""
    if not tokens[place].has(Is.FALLS):
        _release(tokens, place)
        return
    early, before, first, second = (_beside(tokens, place + by) for by in (-2, -1, 1, 2))
    dated = before.has(Is.DATES) and not (first.has(Is.PARTS) and second.has(Is.NOUN))
    if before.stem == THE:
        dated = early.has(Is.PARTS) and not first.has(Is.PARTS)
    if dated or first.has(Is.SEASON) or (second.has(Is.SEASON) and not first.has(BETWEEN)):
        tokens[place] = _still(tokens[place])


def _release(tokens: list[Token], place: int) -> None:
    """Let nothing fall in "drops trailer"."""
    if not tokens[place].has(Is.DOWN):
        return
    for at in range(place + 1, min(place + 1 + RELEASED_BEHIND, len(tokens))):
        if tokens[at].has(Is.ENDS | Is.CAUSES | Is.PARTS | Is.DIRECTION | Is.PERCENT):
            return
        if tokens[at].has(Is.SEASON):
            tokens[place] = _without(tokens[place], Is.FINISHES | Is.DIRECTION)._replace(stem=STILL)
            return


def _phrase(tokens: list[Token], place: int) -> None:
    """Let two words say what they say together; the second begins no other phrase."""
    token, behind = tokens[place], _beside(tokens, place + 1)
    sign = PHRASED.get((token.stem, behind.stem))
    if sign is None:
        return
    tokens[place] = _without(token, Is.TELLS | Is.NOUN | Is.BURDEN)._replace(stem=STILL)
    tokens[place + 1] = behind = _without(behind, Is.PHRASE | Is.TELLS | Is.NOUN | Is.BURDEN)
    if not sign:
        return
    bits = behind.bits | (Is.UP | Is.BETTER if sign > 0 else Is.DOWN | Is.WORSE)
    tokens[place + 1] = behind._replace(bits=bits & ~Is.PLAIN, stem=TOGETHER[sign])


def _meet(tokens: list[Token], place: int) -> None:
    """Make a rise of "meets main goal", unless it is denied."""
    at = _first(tokens, place + 1, MET_BEHIND, Is.SHARE)
    if at is None or not tokens[at].has(Is.OUTLOOK):
        return
    if any(one.has(Is.NEGATES) for one in tokens[max(place - NEGATED, 0) : place]):
        return
    bits = tokens[place].bits & ~Is.NEWS | Is.UP | Is.BETTER
    tokens[place] = tokens[place]._replace(bits=bits, stem=MIRRORED[1])


def _overdo(tokens: list[Token], place: int) -> None:
    """Say the opposite of what is overdone."""
    for at in range(place - 1, max(place - 1 - OVERDONE_BEFORE, -1), -1):
        token = tokens[at]
        if token.has(Is.ENDS):
            return
        if token.has(Is.DIRECTION | Is.NEWS | Is.BURDEN):
            sign = 1 if token.has(Is.DOWN | Is.BAD_NEWS | Is.BURDEN) else -1
            bits = tokens[place].bits | (Is.UP | Is.BETTER if sign > 0 else Is.DOWN | Is.WORSE)
            tokens[place] = tokens[place]._replace(bits=bits)
            tokens[at] = _still(_without(token, Is.TELLS | Is.BURDEN))
            return


def _lose_weight(tokens: list[Token], place: int) -> None:
    """Take no weight loss for a loss; one of so many percent is what a drug is for."""
    behind = _beside(tokens, place + 1)
    if behind.has(Is.RESULT) and behind.has(Is.BAD):
        is_good = tokens[place].stem == WEIGHT and _beside(tokens, place - 1).has(Is.PERCENT)
        bits = behind.bits & ~Is.NEWS | (Is.GOOD_NEWS if is_good else 0)
        tokens[place + 1] = behind._replace(bits=bits, stem=STILL)


def _lie_under(tokens: list[Token], place: int) -> None:
    """Let nothing move in "falls under"."""
    if _beside(tokens, place - 1).has(Is.FALLS):
        tokens[place - 1] = _still(tokens[place - 1])


def _await(tokens: list[Token], place: int) -> None:
    """Take "than forecast" for no forecast and no comparison, and "below forecasts" for a miss."""
    before = _beside(tokens, place - 1)
    if before.stem in BESIDE:
        sign = BESIDE[before.stem]
        bits = before.bits | Is.BEATS | (Is.UP if sign > 0 else Is.DOWN)
        tokens[place - 1] = before._replace(bits=bits, stem=MIRRORED[sign])
    elif before.stem == THAN:
        tokens[place - 1] = _without(tokens[place - 1], Is.COMPARES)
        tokens[place] = _without(tokens[place], Is.NOUN)


def _unfall(tokens: list[Token], place: int) -> None:
    """Make a rise of "did not fall", good news of "not liable"; what is not dropped goes on."""
    behind = _beside(tokens, place + 1)
    if behind.has(Is.DOWN) and not behind.has(Is.BEGINS | Is.FINISHES | Is.LESS):
        tokens[place] = _without(tokens[place], Is.NEGATES)._replace(stem=STILL)
        tokens[place + 1] = behind._replace(bits=behind.bits ^ Is.DIRECTION, stem=MIRRORED[1])
        return
    at = place + 1 + (behind.has(Is.AT) and not behind.has(Is.DIRECTION))
    told = _beside(tokens, at)
    if told.has(Is.BAD_NEWS) and not told.has(KEPT):
        tokens[place] = _without(tokens[place], Is.NEGATES)._replace(stem=STILL)
        bits = told.bits & ~(Is.NEWS | Is.NOUN | Is.BURDEN) | Is.GOOD_NEWS
        tokens[at] = told._replace(bits=bits, stem=MIRRORED[1])


def _take(tokens: list[Token], place: int) -> None:
    """Make a rise of "takes market share"."""
    token = tokens[place]
    if _first(tokens, place + 1, SHARE_BEHIND, Is.SHARE) is not None:
        tokens[place] = token._replace(bits=token.bits & ~Is.NEWS | Is.UP, stem=MIRRORED[1])


def _oppose(tokens: list[Token], place: int) -> None:
    """Make a burden of a case against somebody, and a rejection of a vote."""
    token = tokens[place]
    if _beside(tokens, place + 1).stem != AGAINST:
        return
    if token.has(Is.CASE):
        bits = token.bits & ~Is.GOOD | Is.BAD | Is.BURDEN | Is.BAD_NEWS
        tokens[place] = token._replace(bits=bits)
    else:
        bits = token.bits & ~Is.NEWS | Is.BAD_NEWS
        tokens[place] = token._replace(bits=bits, stem=REJECTED)


def _measure(tokens: list[Token], place: int) -> None:
    """Turn the direction before "less than expected"; before "more than expected" it is enough.

    What fell less than that did better. Less than feared is better, whatever fell or rose.
    """
    awaited = _beside(tokens, place + 2)
    if not (_beside(tokens, place + 1).stem == THAN and awaited.has(Is.AWAITED)):
        return  # "less than 5 %" is an amount
    for at in range(place - 1, max(place - 1 - MEASURED_BEFORE, -1), -1):
        token = tokens[at]
        if token.has(Is.ENDS | Is.LESS | Is.MORE):
            return
        if token.has(Is.DIRECTION):
            if tokens[place].has(Is.MORE):
                tokens[place] = _still(tokens[place])
                return
            is_feared = awaited.has(Is.FEARED)
            turned = 1 if is_feared or token.has(Is.DOWN) else -1
            less = _without(tokens[place], Is.DIRECTION)
            bits = less.bits | (Is.UP if turned > 0 else Is.DOWN) | (Is.BETTER if is_feared else 0)
            tokens[place] = less._replace(bits=bits, stem=MIRRORED[turned])
            tokens[at] = _still(token)
            return


def _first(tokens: list[Token], start: int, most: int, bits: int) -> int | None:
    """Find the first of so many tokens with one of the bits, in the clause."""
    for at in range(start, min(start + most, len(tokens))):
        if tokens[at].has(bits):
            return at
        if tokens[at].has(Is.ENDS):
            return None
    return None


def _swing(tokens: list[Token], place: int) -> None:
    """Let "swings to a profit" rise and "swings to a loss" fall; a loss it comes from is over."""
    to = _first(tokens, place + 1, SWUNG_TO, Is.TO)
    at = None if to is None else _first(tokens, to + 1, SWUNG, Is.RESULT)
    if at is None:
        return
    sign = tokens[at].sign(Is.GOOD, Is.BAD)
    bits = tokens[place].bits | (Is.UP | Is.BETTER if sign > 0 else Is.DOWN | Is.WORSE)
    tokens[place] = tokens[place]._replace(bits=bits, stem=MIRRORED[sign])
    start = _first(tokens, at + 1, SWUNG_FROM, Is.FROM)
    old = None if start is None else _first(tokens, start + 1, SWUNG, Is.RESULT)
    if sign > 0 and old is not None:
        tokens[old] = _without(tokens[old], Is.NEWS)


def _ail(tokens: list[Token], place: int) -> None:
    """Make an illness that a direction moves bad to have."""
    if _beside(tokens, place + 1).has(Is.PRODUCT):
        return
    for at in range(place - 1, max(place - 1 - ILL_BEHIND, -1), -1):
        if tokens[at].has(Is.DIRECTION):
            tokens[place] = tokens[place]._replace(bits=tokens[place].bits | Is.BAD)
            return
        if tokens[at].has(Is.ENDS | Is.CAUSES | Is.PARTS):
            return


def _turn(tokens: list[Token], place: int) -> None:
    """Read "-8 %" as "falls 8 %", and "+8 %" as "rises".

    It is none in "a rate of -0.5 %", "3 % -4 %", "falls -8 %" and "-1 % to 1 %".
    """
    token = tokens[place]
    before = _beside(tokens, place - 1)
    first, second = _beside(tokens, place + 1), _beside(tokens, place + 2)
    sign = 1 if (token.amount or 0.0) > 0 else -1
    if _spans_zero(tokens, place):
        for unit in (place + 1, place + SPAN + 1):
            tokens[unit] = tokens[unit]._replace(stem=STILL)
        return
    if (
        (first.has(Is.MEASURE) or (first.has(Is.PER) and second.has(Is.MEASURE)))
        and not before.has(Is.AT | Is.COMPARES | Is.AWAITED | Is.PERCENT)
        and not any(one.has(Is.LEVEL) for one in tokens[max(place - 2, 0) : place])
        and before.sign(Is.UP, Is.DOWN) != sign
        and not _spans_zero(tokens, place - SPAN)
    ):
        bits = token.bits & ~Is.PLAIN | Is.FARES | (Is.UP if sign > 0 else Is.DOWN)
        tokens[place] = token._replace(stem=MIRRORED[sign], bits=bits)


def _spans_zero(tokens: list[Token], place: int) -> bool:
    """Tell a range from something that falls to something that rises."""
    joint, end, unit = (_beside(tokens, place + SPAN + by) for by in (-1, 0, 1))
    joins = joint.has(Is.TO | Is.JOINS) and not joint.has(Is.COMMA) and unit.has(Is.PERCENT)
    return joins and (_beside(tokens, place).amount or 0) * (end.amount or 0) < 0


def _slow(tokens: list[Token], place: int) -> None:
    """Let fall what rises in "up 1 % vs 5 %" and "growth of 1 %, previously 5 %"."""
    at = place - 2 - _beside(tokens, place - 1).has(Is.COMMA)
    old = place + 1 + _beside(tokens, place + 1).has(Is.PARTS)  # "compared with"
    if not (_beside(tokens, at + 1).has(Is.PERCENT) and _beside(tokens, old + 1).has(Is.PERCENT)):
        return
    if not 0 < (_beside(tokens, at).amount or 0) < (_beside(tokens, old).amount or 0):
        return
    for before in range(at - 1, max(at - 1 - SLOWED_BEFORE, -1), -1):
        if tokens[before].has(Is.UP):
            bits = tokens[before].bits & ~(Is.UP | Is.BETTER) | Is.DOWN
            tokens[before] = tokens[before]._replace(bits=bits, stem=MIRRORED[-1])
            return
        if tokens[before].has(Is.ENDS):
            return


_RULES: tuple[tuple[int, Callable[[list[Token], int], None]], ...] = (
    (Is.SEASON, _turn_leaves),
    (Is.PER, _lose_weight),
    (Is.LESS | Is.MORE, _measure),
    (Is.SEALS, _seal),
    (Is.SPOILS, _spoil),
    (Is.IDLE, _idle),
    (Is.UNDER, _lie_under),
    (Is.AWAITED, _await),
    (Is.SIGNED, _turn),
    (Is.NOT, _unfall),
    (Is.SWINGS, _swing),
    (Is.TAKES, _take),
    (Is.CASE | Is.VOTES, _oppose),
    (Is.ILL, _ail),
    (Is.COMPARES, _slow),
    (Is.MEETS, _meet),
)
"""What is asked of a word that is bound, by its bits."""
