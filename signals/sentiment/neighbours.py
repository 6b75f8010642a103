"""What words say beside their neighbours: "make up 40 %" moves nothing, "-8 %" falls."""

from __future__ import annotations

from signals.sentiment.token_bits import Is, Token

STILL = "~0"
"""Stands for a direction that is none beside its neighbours."""

MIRRORED = {1: "ris", -1: "fal"}
"""Stand for a direction by what it means: costs that fall are read as something that rises."""

SEALED = "~d"
"""Stands for a word that seals a deal."""

MEASURED_BEFORE = 4
"""Tokens between "less than" and the direction that it turns, or "more than" and its own."""

DEAL_BEHIND = 5
"""Tokens between a word that seals and the deal."""


_NOTHING = Token("", "", 0)  # beyond the ends of a sentence


def bind(tokens: list[Token], place: int) -> None:
    """Change tokens, in place, to what a bound one and its neighbours say beside each other."""
    token = tokens[place]
    before = tokens[place - 1] if place else _NOTHING
    behind = tokens[place + 1] if place + 1 < len(tokens) else _NOTHING
    if token.has(Is.LESS | Is.MORE) and behind.has(Is.THAN):
        _measure(tokens, place)
    elif token.has(Is.SEALS) and _seals_deal(tokens, place):
        tokens[place] = _without(token, Is.TOLD_OF)._replace(stem=SEALED)
    elif token.has(Is.SPOILS) and behind.has(Is.SPOILED):
        tokens[place] = _without(token, Is.NEWS)
        tokens[place + 1] = behind._replace(bits=behind.bits & ~Is.GOOD | Is.BAD | Is.BURDEN)
    elif token.has(Is.IDLE) and behind.has(Is.PARTICLE):
        tokens[place + 1] = _still(behind)
    elif token.has(Is.UNDER) and before.has(Is.FALLS):
        tokens[place - 1] = _still(before)
    elif token.has(Is.AWAITED) and before.has(Is.THAN):
        tokens[place - 1] = _without(before, Is.COMPARES)
        tokens[place] = _without(token, Is.NOUN)
    elif token.has(Is.SIGNED):
        _turn(tokens, place)


def _without(token: Token, bits: int) -> Token:
    return token._replace(bits=token.bits & ~bits)


def _still(token: Token) -> Token:
    """Take its direction from a token."""
    return _without(token, Is.DIRECTION)._replace(stem=STILL)


def _seals_deal(tokens: list[Token], place: int) -> bool:
    """Tell whether a deal is what a word strikes or closes: no strike, and nothing that shuts."""
    if tokens[place].has(Is.STRIKES) and any(one.has(Is.ORE) for one in tokens[place + 1 :][:1]):
        return True
    for token in tokens[place + 1 : place + 1 + DEAL_BEHIND]:
        if token.has(Is.DEAL):
            return True
        if token.has(Is.ENDS | Is.CAUSES | Is.PARTS):
            return False
    return False


def _measure(tokens: list[Token], place: int) -> None:
    """Turn the direction before "less than expected"; before "more than expected" it is enough.

    What fell less than that did better. Less than feared is better, whatever fell or rose.
    """
    awaited = tokens[place + 2] if place + 2 < len(tokens) else _NOTHING
    if not awaited.has(Is.AWAITED):
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


def _turn(tokens: list[Token], place: int) -> None:
    """Read "-8 %" as "falls 8 %", and "+8 %" as "rises".

    It is none in "a rate of -0.5 %", "3 % -4 %" and "falls -8 %".
    """
    token = tokens[place]
    before = tokens[place - 1] if place else _NOTHING
    first, second = [*tokens[place + 1 : place + 3], _NOTHING, _NOTHING][:2]
    sign = 1 if (token.amount or 0.0) > 0 else -1
    if (
        (first.has(Is.MEASURE) or (first.has(Is.PER) and second.has(Is.MEASURE)))
        and not before.has(Is.AT | Is.COMPARES | Is.AWAITED | Is.PERCENT)
        and not any(one.has(Is.LEVEL) for one in tokens[max(place - 2, 0) : place])
        and before.sign(Is.UP, Is.DOWN) != sign
    ):
        bits = token.bits & ~Is.PLAIN | (Is.UP if sign > 0 else Is.DOWN)
        tokens[place] = token._replace(stem=MIRRORED[sign], bits=bits)
