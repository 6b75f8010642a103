"""Sentences as tokens, with what is known of each; amounts; names that were masked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from signals.sentiment.finance_words import SCALES
from signals.sentiment.token_bits import BITS, Is

ENTITY, TARGET, OTHER = "xent", "xtgt", "xoth"
"""What stands for a masked name, a cashtag or a handle; for the target; for another company."""

TARGET_FILLER, OTHER_FILLER = "\ue000", "\ue001"
"""Characters of no script: they overwrite the names of the target and of the others."""

_NUMBER = "0"
_ALIKE = "X"  # overwrites all names where it doesn't matter whose they are
_BRACKETS = frozenset("()")
_MARKS = {TARGET_FILLER: TARGET, OTHER_FILLER: OTHER, **{mark: mark for mark in _BRACKETS}}
_MARKED = {
    ENTITY: Is.ENTITY | Is.PLAIN,
    TARGET: Is.TARGET | Is.PLAIN,
    OTHER: Is.OTHER | Is.PLAIN,
    **dict.fromkeys((_NUMBER, "url", "&", "'"), Is.PLAIN),
    "(": Is.BRACKET | Is.OPENS,
    ")": Is.BRACKET,
}
NAMES = frozenset({ENTITY, TARGET, OTHER})
"""All of these."""

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

_SIGNS = "+-–−"
_SIGNED = re.escape(_SIGNS)
_MINUS = str.maketrans("–−", "--")
_TOKEN = re.compile(
    r"https?://\S+"
    r"|[@$][^\W\d]\w*(?:\.\w+)?"  # a handle or a cashtag
    r"|&\w+;"  # left over from a web page
    rf"|(?<![\w%)\]$€£¥./{_SIGNED}])[{_SIGNED}]\d+(?:[.,]\d+)*"  # "3-4" has no sign
    r"|\d+(?:[.,]\d+| \.\d+)*"  # some wires write "EUR1 .4"
    r"|(?:[A-Za-z]\.){2,}"
    r"|[^\W\d]+(?:['’][^\W\d]+)*"
    rf"|{TARGET_FILLER}+|{OTHER_FILLER}+"
    r"|[%?!:;,|.…()]"
    r"|[\u2600-\u27bf\U0001f000-\U0001faff]+"  # pictures
    r"|[-–—]+(?!\S)"
)
_CHUNK = re.compile(r"\S+")
_APART = re.compile(r" \.\d")  # there may be an amount in two chunks
_FILLER = re.compile(r"[Xx_]+")
_SAME = {"percent": "%", "pct": "%", "–": "-", "—": "-", "--": "-"}
_ENDINGS = ("ingly", "edly", "ings", "ing", "ied", "ies", "ed", "es", "ers", "er", "ly", "s", "e")
_STEM = 3  # letters that stay
_WEB = {"&apos;": "'", "&amp;": "&"}
MAX_CACHED = 1 << 16
"""Chunks remembered; a cache is emptied when it is full."""
MAX_CACHED_LENGTH = 40
"""Longer ones are not remembered."""


def alike(marked: str) -> str:
    """Overwrite the names of a text alike that were marked as the target's and the others'."""
    return marked.replace(TARGET_FILLER, _ALIKE).replace(OTHER_FILLER, _ALIKE)


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


class _Chunks(dict[str, tuple[Token, ...]]):
    """What stands between two blanks -> its tokens; what is not there is read and remembered."""

    def __missing__(self, chunk: str) -> tuple[Token, ...]:
        tokens = tokens_of(chunk)
        if len(chunk) <= MAX_CACHED_LENGTH:
            if len(self) >= MAX_CACHED:
                self.clear()
            self[chunk] = tokens
        return tokens


def chunks_of(text: str) -> list[str]:
    """Part a text at its blanks; at its tokens, where an amount may stand in two chunks."""
    apart = " ." in text and _APART.search(text)
    return _TOKEN.findall(text) if apart else text.split()


def chunk_starts(text: str) -> list[int]:
    """Say where the chunks of a text start."""
    apart = " ." in text and _APART.search(text)
    return [match.start() for match in (_TOKEN if apart else _CHUNK).finditer(text)]


def tokens_of(chunk: str) -> tuple[Token, ...]:
    """Part a chunk into tokens."""
    return tuple(map(_look_up, (chunk,) if chunk.isalpha() else _TOKEN.findall(chunk)))


def spans_of(chunk: str) -> list[tuple[int, int]]:
    """Say where the tokens of a chunk stand in it."""
    if chunk.isalpha():
        return [(0, len(chunk))]
    return [match.span() for match in _TOKEN.finditer(chunk)]


def _look_up(raw: str) -> Token:
    if special := _special(raw):
        amount = _amount(raw) if special == _NUMBER else None
        bits = _MARKED.get(special, 0)
        if amount is not None:
            bits |= Is.AMOUNT
        if amount and raw[0] in _SIGNS:
            bits |= Is.SIGNED
        return Token(special, special, bits, amount)
    norm = raw.lower().replace("’", "'").removesuffix("'s")
    norm = "x" if norm in NAMES else _SAME.get(norm, norm)  # spelled like a mark, but no name
    norm = "%" if raw == "pc" else norm  # a PC is a computer
    bits = BITS.get(norm, Is.NEGATES if norm.endswith("n't") else 0)
    return Token(norm, _stem(norm), bits)


def _stem(norm: str) -> str:
    """Cut an ending off: "rallies" and "rallied" have one weight."""
    if len(norm) <= _STEM or not norm.isalpha():
        return norm
    ending = next(filter(norm.endswith, _ENDINGS)) if norm.endswith(_ENDINGS) else ""
    stem = norm.removesuffix(ending) if len(norm) - len(ending) >= _STEM else norm
    if len(stem) > _STEM and stem[-1] == stem[-2]:
        stem = stem[:-1]
    return stem[:-1] + "y" if stem[-1] == "i" else stem


def _special(raw: str) -> str:
    """Name what is not a word: a number, a name, an address; empty for a word."""
    first = raw[0]
    if raw.isalpha() and first not in "Xx" and not raw.startswith("http"):
        return ""
    if first in _MARKS:
        return _MARKS[first]
    if raw[-1].isdecimal() and (first.isdecimal() or first in _SIGNS):
        return _NUMBER
    if first in "$@" or _FILLER.fullmatch(raw):
        return ENTITY
    if first == "&":
        return _WEB.get(raw, "&")
    return "url" if raw.startswith("http") else ""


_NOTHING = Token("", "", 0)  # beyond the ends of a sentence


class TokenReader:
    """Parts sentences into tokens, with a memory for them."""

    def __init__(self) -> None:
        self._chunks = _Chunks()

    def row(self, text: str) -> Row:
        """Part a sentence into tokens; a masked name of several words is one token.

        Amounts in brackets are left out: they repeat others in another currency.
        """
        row = _arranged(chain.from_iterable(map(self._chunks.__getitem__, chunks_of(text))))
        for place in row.places(Is.BOUND):
            _bind(row.tokens, place)
        return row

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Say where the tokens of a sentence stand."""
        spans: list[tuple[int, int]] = []
        last = ""
        for match in _TOKEN.finditer(text):
            norm = _special(match[0])
            if norm in _BRACKETS:
                continue
            if norm == last and norm in NAMES:
                spans[-1] = (spans[-1][0], match.end())
            else:
                spans.append(match.span())
            last = norm
        return spans


def _arranged(found: Iterable[Token]) -> Row:
    """Join masked names, leave out brackets, collect amounts with their scales."""
    tokens: list[Token] = []
    amounts: dict[int, float] = {}
    in_brackets = False
    for token in found:
        bits = token.bits
        if bits & Is.BRACKET:
            in_brackets = token.has(Is.OPENS)
            continue
        if bits & Is.NAME and tokens and tokens[-1].norm == token.norm:
            continue
        if token.amount is not None:
            if not in_brackets:
                amounts[len(tokens)] = token.amount
        elif amounts and token.norm in SCALES and len(tokens) - 1 in amounts:
            amounts[len(tokens) - 1] *= SCALES[token.norm]
        tokens.append(token)
    return Row(tokens, amounts)


def _bind(tokens: list[Token], place: int) -> None:
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


def _amount(raw: str) -> float | None:
    """Read an amount; None for a year or a date. Commas part thousands."""
    plain = raw.replace(",", "").replace(" ", "").translate(_MINUS)
    if plain.count(".") > 1 or len(plain) > MAX_CACHED_LENGTH:
        return None
    if len(raw) == 4 and plain.isdecimal() and 1900 <= int(plain) < 2100:
        return None
    return float(plain)
