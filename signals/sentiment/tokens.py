"""Sentences as tokens, with what is known of each; amounts; names that were masked."""

from __future__ import annotations

import re
from itertools import chain, compress, count
from operator import itemgetter
from typing import NamedTuple

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
    DOWN,
    FALLS,
    FINISHES,
    GOOD,
    GOOD_NEWS,
    IDLE,
    LESS,
    MOVERS,
    NEGATIONS,
    PARTICLES,
    SCALES,
    SPOILED,
    SPOILS,
    UNDER,
    UP,
    WORSE,
)

ENTITY, TARGET, OTHER = "xent", "xtgt", "xoth"
"""What stands for a masked name, a cashtag or a handle; for the target; for another company."""

TARGET_FILLER, OTHER_FILLER = "\ue000", "\ue001"
"""Characters of no script: they overwrite the names of the target and of the others."""

_ALIKE = "X"  # overwrites all names where it doesn't matter whose they are
_BRACKETS = frozenset("()")
_MARKS = {TARGET_FILLER: TARGET, OTHER_FILLER: OTHER, **{mark: mark for mark in _BRACKETS}}
NAMES = frozenset({ENTITY, TARGET, OTHER})
"""All of these."""

STILL = "~0"
"""Stands for a direction that is none beside its neighbours."""

MIRRORED = {1: "ris", -1: "fal"}
"""Stand for a direction by what it means: costs that fall are read as something that rises."""

FEARED = "feared"
"""Less than that is good, whatever it is."""

TURNED_BEFORE = 4
"""Tokens between "less than" and the direction that it turns."""

_NUMBER = "0"
_TOKEN = re.compile(
    r"https?://\S+"
    r"|[@$][^\W\d]\w*(?:\.\w+)?"  # a handle or a cashtag
    r"|&\w+;"  # left over from a web page
    r"|(?<!\S)-\d+(?:[.,]\d+)*|\d+(?:[.,]\d+| \.\d+)*"  # some wires write "EUR1 .4"
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
    """What the features need to know of a token; the words that matter are in finance_words.

    Rules look at ``norm``, weights are of ``stem``. ``fate`` is what happens to a burden: 1 where
    it comes, -1 where it goes. The neighbours of a ``bound`` token change what either says. A
    direction is ``better`` where it is good whatever moves: 1, or -1 where it is bad.
    """

    norm: str
    stem: str
    direction: int = 0
    good: int = 0
    burden: bool = False
    fate: int = 0
    news: int = 0
    negates: bool = False
    compares: bool = False
    causes: bool = False
    ends: bool = False
    special: bool = False
    moves: bool = False
    bound: bool = False
    better: int = 0
    amount: float | None = None


STEM_OF, MOVES, GOOD_OF, BURDENS_OF, NEGATES, ENDS, _BOUND, _SPECIAL = (
    itemgetter(Token._fields.index(name))
    for name in ("stem", "moves", "good", "burden", "negates", "ends", "bound", "special")
)
"""Fields of a token, for loops that don't pass through Python."""


class Row(NamedTuple):
    """The tokens of a sentence, and the amounts among them by place."""

    tokens: list[Token]
    amounts: dict[int, float]


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
    special = _special(raw)
    if special:
        return Token(
            special, special, special=True, amount=_amount(raw) if special == _NUMBER else None
        )
    norm = raw.lower().replace("’", "'").removesuffix("'s")
    norm = "x" if norm in NAMES else _SAME.get(norm, norm)  # spelled like a mark, but no name
    return LISTED.get(norm) or Token(norm, _stem(norm), negates=norm.endswith("n't"))


def _listed(norm: str) -> Token:
    """Say what the lists of words tell of a word."""
    direction = (norm in UP) - (norm in DOWN)
    fate = (norm in BEGINS) - (norm in FINISHES)
    news = (norm in GOOD_NEWS) - (norm in BAD_NEWS)
    return Token(
        norm,
        _stem(norm),
        direction=direction,
        good=(norm in GOOD) - (norm in BAD or norm in BURDENS),
        burden=norm in BURDENS,
        fate=fate,
        news=news,
        moves=bool(direction or fate or news),
        bound=norm in _BINDING,
        better=(norm in BETTER) - (norm in WORSE),
        negates=norm in NEGATIONS,
        compares=norm in COMPARES,
        causes=norm in CAUSES,
        ends=norm in CLAUSE_ENDS,
    )


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
    if raw[-1].isdecimal() and (first.isdecimal() or first == "-"):
        return _NUMBER
    if first in "$@" or _FILLER.fullmatch(raw):
        return ENTITY
    if first == "&":
        return _WEB.get(raw, "&")
    return "url" if raw.startswith("http") else ""


_BINDING = frozenset().union(SPOILS, IDLE, UNDER, LESS, AWAITED)
LISTED = {
    norm: _listed(norm)
    for norm in frozenset().union(
        *(UP, DOWN, GOOD, BAD, BURDENS, BEGINS, FINISHES, GOOD_NEWS, BAD_NEWS),
        *(NEGATIONS, COMPARES, CAUSES, CLAUSE_ENDS, MOVERS),
        *(_BINDING, SPOILED, PARTICLES, FALLS),
    )
}
"""The words of any list."""


class TokenReader:
    """Parts sentences into tokens, with a memory for them."""

    def __init__(self) -> None:
        self._chunks = _Chunks()

    def row(self, text: str) -> Row:
        """Part a sentence into tokens; a masked name of several words is one token.

        Amounts in brackets are left out: they repeat others in another currency.
        """
        tokens = list(chain.from_iterable(map(self._chunks.__getitem__, chunks_of(text))))
        special = [*compress(count(), map(_SPECIAL, tokens))]
        row = _arranged(tokens, special) if special else Row(tokens, {})
        if any(map(_BOUND, row.tokens)):
            _bind(row)
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


def _arranged(found: list[Token], special: list[int]) -> Row:
    """Join masked names, leave out brackets, collect amounts with their scales."""
    amounts: dict[int, float] = {}
    before, last = -1, ""
    for place in special:
        token = found[place]
        norm = token.norm
        if norm in _BRACKETS or (norm == last and norm in NAMES and place == before + 1):
            return _rearranged(found)
        if token.amount is not None:
            behind = found[place + 1].norm if place + 1 < len(found) else ""
            amounts[place] = token.amount * SCALES.get(behind, 1.0)
        before, last = place, norm
    return Row(found, amounts)


def _rearranged(found: list[Token]) -> Row:
    """Do the same where tokens fall out."""
    tokens: list[Token] = []
    amounts: dict[int, float] = {}
    last = ""
    in_brackets = False
    for token in found:
        norm = token.norm
        if token.special:
            if norm == last and norm in NAMES:
                continue
            if norm == _NUMBER:
                if token.amount is not None and not in_brackets:
                    amounts[len(tokens)] = token.amount
            elif norm in _BRACKETS:
                in_brackets = norm == "("
                continue
        elif last == _NUMBER and norm in SCALES and len(tokens) - 1 in amounts:
            amounts[len(tokens) - 1] *= SCALES[norm]
        last = norm if token.special else ""
        tokens.append(token)
    return Row(tokens, amounts)


def _bind(row: Row) -> None:
    """Change tokens, in place, to what they say beside their neighbours."""
    tokens = row.tokens
    for place in [*compress(count(), map(_BOUND, tokens))]:
        token, before = tokens[place], tokens[place - 1] if place else None
        behind = tokens[place + 1] if place + 1 < len(tokens) else None
        if token.norm in LESS and behind is not None and behind.norm == "than":
            _turn(tokens, place)
        elif token.norm in SPOILS and behind is not None and behind.norm in SPOILED:
            tokens[place] = token._replace(news=0, moves=bool(token.direction or token.fate))
            tokens[place + 1] = behind._replace(good=-1, burden=True)
        elif token.norm in IDLE and behind is not None and behind.norm in PARTICLES:
            tokens[place + 1] = _still(behind)
        elif token.norm in UNDER and before is not None and before.norm in FALLS:
            tokens[place - 1] = _still(before)
        elif token.norm in AWAITED and before is not None and before.norm == "than":
            tokens[place - 1] = before._replace(compares=False)
            tokens[place] = token._replace(good=0)


def _still(token: Token) -> Token:
    """Take its direction from a token."""
    return token._replace(direction=0, stem=STILL, moves=bool(token.fate or token.news))


def _turn(tokens: list[Token], place: int) -> None:
    """Turn the direction before "less than expected": what fell less than that did better.

    Less than feared is better, whatever fell or rose.
    """
    if place + 2 >= len(tokens) or tokens[place + 2].norm not in AWAITED:
        return  # "less than 5 %" is an amount
    for at in range(place - 1, max(place - 1 - TURNED_BEFORE, -1), -1):
        token = tokens[at]
        if token.ends or token.norm in LESS:
            return
        if token.direction:
            feared = tokens[place + 2].norm == FEARED
            turned = 1 if feared else -token.direction
            less = tokens[place]._replace(
                direction=turned, stem=MIRRORED[turned], better=int(feared)
            )
            tokens[place] = less
            tokens[at] = _still(token)
            return


def _amount(raw: str) -> float | None:
    """Read an amount; None for a year or a date. Commas part thousands."""
    plain = raw.replace(",", "").replace(" ", "")
    if plain.count(".") > 1 or len(plain) > MAX_CACHED_LENGTH:
        return None
    if len(raw) == 4 and plain.isdecimal() and 1900 <= int(plain) < 2100:
        return None
    return float(plain)
