"""Tokens, what the rules ask of them, as bits of one number, and which words have these bits."""

from __future__ import annotations

from typing import NamedTuple

from signals.sentiment import finance_words as lists, market_words as takes


class Is:
    """What the rules ask of a token, as bits of one number.

    A burden is ``BAD`` as well; it ``BEGINS``, or ``FINISHES``. A direction is ``BETTER`` or
    ``WORSE`` where that is so whatever moves. ``LESS`` than ``FEARED`` is good, whatever it is.
    Names, numbers and marks are ``PLAIN``: by themselves they say nothing.
    """

    UP, DOWN, GOOD, BAD, GOOD_NEWS, BAD_NEWS = (1 << bit for bit in range(6))
    NEGATES, COMPARES, ENDS, AMOUNT, RESULT, ASIDE = (1 << bit for bit in range(6, 12))
    BRACKET, OPENS, STOPS, BESIDE, FROM, TO, PERCENT = (1 << bit for bit in range(12, 19))
    COLON, ENTITY, TARGET, OTHER, CAUSES, PER = (1 << bit for bit in range(19, 25))
    BURDEN, BEGINS, FINISHES, PHRASE = (1 << bit for bit in range(25, 29))
    SPOILS, SPOILED, IDLE, PARTICLE, UNDER, FALLS = (1 << bit for bit in range(29, 35))
    LESS, AWAITED, MOVER, MEETS, BETTER, WORSE = (1 << bit for bit in range(35, 41))
    MORE, SEALS, DEAL, PARTS, OVERDONE, ORE, JOINS = (1 << bit for bit in range(41, 48))
    COMMA, SIGNED, MEASURE, AT, LEVEL, PLAIN = (1 << bit for bit in range(48, 54))
    NOT, SWINGS, CASE, FARES, VOTES, ILL, PRODUCT = (1 << bit for bit in range(54, 61))
    TAKES, SHARE, SEASON = 1 << 61, 1 << 62, -1 << 63  # the last is the sign of an int64
    DATES = OPENS  # of what is no bracket
    OUTLOOK, PRICED, FEARED = BETTER, WORSE, WORSE  # of what is no direction
    BEATS = ASIDE  # of what is no noun
    BOOKED = ORE  # of an amount: in brackets, as accountants write what is below zero
    DIRECTION, NOUN, NEWS = UP | DOWN, GOOD | BAD, GOOD_NEWS | BAD_NEWS
    TELLS = DIRECTION | BEGINS | FINISHES | NEWS
    TOLD_OF = BEGINS | FINISHES | NEWS | NOUN | BURDEN
    NAME = ENTITY | TARGET | OTHER
    BOUND = SPOILS | IDLE | UNDER | LESS | MORE | AWAITED | SEALS | SIGNED
    BOUND |= NOT | SWINGS | CASE | VOTES | ILL | TAKES | COMPARES | SEASON | PER
    BOUND |= PHRASE | MEETS | OVERDONE
    """Its neighbours change what either says."""


class Token(NamedTuple):
    """What the features need to know of a token.

    Rules look at ``bits``, which are those of :class:`Is`, weights are of ``stem``.
    """

    norm: str
    stem: str
    bits: int
    amount: float | None = None

    def has(self, bits: int) -> bool:
        """Tell whether it has one of these bits."""
        return self.bits & bits != 0

    def sign(self, above: int, below: int) -> int:
        """Give 1 where it has the one bit, -1 where it has the other, 0 for none."""
        return self.has(above) - self.has(below)


class Row(NamedTuple):
    """The tokens of a sentence, and the amounts among them by place."""

    tokens: list[Token]
    amounts: dict[int, float]

    def places(self, bits: int) -> list[int]:
        """Find the tokens that have one of these bits."""
        return [at for at, token in enumerate(self.tokens) if token.bits & bits]


_ENDINGS = ("ingly", "edly", "ings", "ing", "ied", "ies", "ed", "es", "ers", "er", "ly", "s", "e")
_STEM = 3  # letters that stay
_STEMS = {
    **dict.fromkeys(("offering", "offerings"), "offering"),
    "placing": "placing",
}
"""Words that say another thing than their stems would: an offering is no offer."""

_VEHICLES = "autopilot highway truck suv airplane airliner robotaxi motorcycle".split()
"""What has a crash that is none of a market, beside those of the lists."""

_FALL = "fall"
_SEASONAL = (
    "lineup lineups event events collection collections season semester term drinks drink menu "
    "menus schedule schedules launch launches preview previews catalog catalogue catalogues "
    "fashion foliage classes flavours flavors clothing wardrobe premiere premieres"
).split()
"""What stands behind the season, and not behind what falls."""

_LISTS = (
    *((lists.UP, Is.UP), (lists.DOWN, Is.DOWN), (lists.BETTER, Is.BETTER), (lists.WORSE, Is.WORSE)),
    *((lists.GOOD, Is.GOOD), (lists.BAD, Is.BAD), (lists.BURDENS, Is.BAD | Is.BURDEN)),
    *((lists.BEGINS, Is.BEGINS), (lists.FINISHES, Is.FINISHES)),
    *((lists.GOOD_NEWS, Is.GOOD_NEWS), (lists.BAD_NEWS, Is.BAD_NEWS)),
    *((lists.NEGATIONS, Is.NEGATES), (lists.COMPARES, Is.COMPARES), (lists.CAUSES, Is.CAUSES)),
    *((lists.CLAUSE_ENDS, Is.ENDS), (lists.RESULTS, Is.RESULT), (lists.MOVERS, Is.MOVER)),
    *(
        (lists.SPOILS, Is.SPOILS),
        (lists.SPOILED, Is.SPOILED),
        (lists.IDLE, Is.IDLE),
        (lists.PARTICLES, Is.PARTICLE),
    ),
    *(
        (lists.UNDER, Is.UNDER),
        (lists.FALLS, Is.FALLS),
        (lists.LESS, Is.LESS),
        (lists.AWAITED, Is.AWAITED),
    ),
    *(
        (lists.MORE, Is.MORE),
        (lists.SEALS, Is.SEALS),
        (lists.DEALS, Is.DEAL),
        (lists.PREPOSITIONS, Is.PARTS),
    ),
    *((lists.STRIKES, Is.SEALS), (lists.ORES, Is.ORE)),
    *((";.", Is.STOPS), (":", Is.COLON), ("%", Is.PERCENT), (("before", "after"), Is.BESIDE)),
    *(
        (("from",), Is.FROM),
        (("to",), Is.TO),
        (("per", "weight", "hair", "hearing", "memory"), Is.PER),
    ),
    (("feared",), Is.FEARED),
    *((("previously",), Is.COMPARES), (("in", *_VEHICLES), Is.IDLE)),
    *((takes.PHRASE_STARTS, Is.PHRASE), (takes.MEETS, Is.MEETS)),
    *((takes.OVERDONE, Is.OVERDONE), (takes.FARES, Is.FARES), (takes.BEATS, Is.BEATS)),
    *((takes.OUTLOOKS, Is.OUTLOOK), (takes.PRICED, Is.PRICED)),
    *((takes.GOALS, Is.OUTLOOK | Is.SHARE), (takes.DROPS, Is.SEASON), (takes.RELEASES, Is.SEASON)),
    *((("this", "next", "last", "the"), Is.DATES), ((_FALL, *_SEASONAL), Is.SEASON)),
    *((lists.MEASURES, Is.MEASURE), (lists.AT, Is.AT), (lists.LEVELS, Is.LEVEL)),
    *((lists.PLAIN, Is.PLAIN), (lists.NOTS, Is.NOT), (lists.SWINGS, Is.SWINGS)),
    *((lists.CASES, Is.CASE), (lists.VOTES, Is.VOTES)),
    *((lists.ILLS, Is.ILL), (lists.PRODUCTS, Is.PRODUCT)),
    *((lists.TAKES, Is.TAKES), (("share",), Is.SHARE)),
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


def stem_of(norm: str) -> str:
    """Cut an ending off: "rallies" and "rallied" have one weight."""
    if len(norm) <= _STEM or not norm.isalpha() or norm in _STEMS:
        return _STEMS.get(norm, norm)
    ending = next(filter(norm.endswith, _ENDINGS)) if norm.endswith(_ENDINGS) else ""
    stem = norm.removesuffix(ending) if len(norm) - len(ending) >= _STEM else norm
    if len(stem) > _STEM and stem[-1] == stem[-2]:
        stem = stem[:-1]
    return stem[:-1] + "y" if stem[-1] == "i" else stem
