"""What the linear scorers read off a sentence: words, pairs of words, directions, comparisons.

Each feature is a name and the tokens that it comes from, so that a score can be traced back to
the text. Training and scoring both come through here, so that they can't differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from signals.sentiment.finance_words import (
    BAD,
    BAD_NEWS,
    CLAUSE_ENDS,
    COMPARES,
    DOWN,
    GOOD,
    GOOD_NEWS,
    NEGATIONS,
    RESULTS,
    SCALES,
    UP,
)

ENTITY, TARGET, OTHER = "xent", "xtgt", "xoth"
"""What stands for a masked name, a cashtag or a handle; for the target; for another company."""

TARGET_FILLER, OTHER_FILLER = "\ue000", "\ue001"
"""Characters of no script: they overwrite the names of the target and of the others."""

_MASKED = {TARGET_FILLER: TARGET, OTHER_FILLER: OTHER}
NAMES = frozenset({ENTITY, TARGET, OTHER})
"""All of these."""

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
    r"|[-–—]+(?=\s)"
)
_BRACKETS = frozenset("()")
_FILLER = re.compile(r"[Xx_]+")
_SAME = {"percent": "%", "pct": "%", "–": "-", "—": "-", "--": "-"}
_WEB = {"&apos;": "'", "&amp;": "&"}
_QUOTES = str.maketrans("’", "'")
_SIGNS = {1: "+", -1: "-", 0: "0"}

_MAX_CACHED = 1 << 16  # tokens remembered; the cache is emptied when it is full
_MAX_CACHED_LENGTH = 40
_OBJECT_BEFORE, _OBJECT_BEHIND = 7, 5  # tokens between a direction and what moves, in its clause
_SUBJECT_BEFORE = 23  # the same, across clauses: "Profit was 4 million, down from 5"
_NEGATED = 3  # tokens between a negation and what it turns
_COMPARED = 14  # tokens between two numbers that are compared
_COMPARED_WITH = 6  # tokens behind the second number that say what it is


class Token(NamedTuple):
    """What the features need to know of a token; the words that matter are in finance_words."""

    norm: str
    direction: int = 0
    good: int = 0
    news: int = 0
    negates: bool = False
    compares: bool = False
    ends: bool = False
    special: bool = False
    moves: bool = False


class Feature(NamedTuple):
    """A feature of a sentence, from the tokens ``first`` and ``last`` (often the same)."""

    name: str
    first: int
    last: int


class Row(NamedTuple):
    """The tokens of a sentence, and the amounts among them by place."""

    tokens: list[Token]
    amounts: dict[int, float]


class _Tokens(dict[str, Token]):
    """Raw token -> token; what is not there is looked up and remembered."""

    def __missing__(self, raw: str) -> Token:
        token = _look_up(raw)
        if len(raw) <= _MAX_CACHED_LENGTH:
            if len(self) >= _MAX_CACHED:
                self.clear()
            self[raw] = token
        return token


def _look_up(raw: str) -> Token:
    special = _special(raw)
    if special:
        return Token(special, special=True)
    norm = raw.lower().translate(_QUOTES).removesuffix("'s")
    norm = _SAME.get(norm, norm)
    direction = (norm in UP) - (norm in DOWN)
    news = (norm in GOOD_NEWS) - (norm in BAD_NEWS)
    return Token(
        norm,
        direction=direction,
        good=(norm in GOOD) - (norm in BAD),
        news=news,
        moves=bool(direction or news),
        negates=norm in NEGATIONS or norm.endswith("n't"),
        compares=norm in COMPARES,
        ends=norm in CLAUSE_ENDS,
    )


def _special(raw: str) -> str:
    """Name what is not a word: a number, a name, an address; empty for a word."""
    first = raw[0]
    if raw in _BRACKETS:
        return raw
    if raw[-1].isdecimal() and (first.isdecimal() or first == "-"):
        return _NUMBER
    if first in _MASKED:
        return _MASKED[first]
    if first in "$@" or _FILLER.fullmatch(raw):
        return ENTITY
    if first == "&":
        return _WEB.get(raw, "&")
    return "url" if raw.startswith("http") else ""


class FeatureReader:
    """Parts sentences into tokens, with a memory for them."""

    def __init__(self) -> None:
        self._tokens = _Tokens()

    def row(self, text: str) -> Row:
        """Part a sentence into tokens; a masked name of several words is one token.

        Amounts in brackets are left out: they repeat others in another currency.
        """
        known = self._tokens
        tokens: list[Token] = []
        amounts: dict[int, float] = {}
        last = ""
        in_brackets = False
        for raw in _TOKEN.findall(text):
            token = known[raw]
            norm = token.norm
            if token.special:
                if norm == last and norm in NAMES:
                    continue
                if norm == _NUMBER and not in_brackets:
                    amount = _amount(raw)
                    if amount is not None:
                        amounts[len(tokens)] = amount
                elif norm in _BRACKETS:
                    in_brackets = norm == "("
                    continue
            elif last == _NUMBER and norm in SCALES and len(tokens) - 1 in amounts:
                amounts[len(tokens) - 1] *= SCALES[norm]
            last = norm
            tokens.append(token)
        return Row(tokens, amounts)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Say where the tokens of a sentence stand."""
        spans: list[tuple[int, int]] = []
        last = ""
        for match in _TOKEN.finditer(text):
            norm = self._tokens[match[0]].norm
            if norm in _BRACKETS:
                continue
            if norm == last and norm in NAMES:
                spans[-1] = (spans[-1][0], match.end())
            else:
                spans.append(match.span())
            last = norm
        return spans


def _amount(raw: str) -> float | None:
    """Read an amount; None for a year or a date. Commas part thousands."""
    plain = raw.replace(",", "").replace(" ", "")
    if plain.count(".") > 1 or len(plain) > _MAX_CACHED_LENGTH:
        return None
    if len(raw) == 4 and plain.isdecimal() and 1900 <= int(plain) < 2100:
        return None
    return float(plain)


def word_names(row: Row) -> list[str]:
    """Give the names of :func:`words` alone: scoring many texts needs no places."""
    norms = [token.norm for token in row.tokens]
    if not norms:
        return norms
    pairs = zip(["^", *norms], [*norms, "$"], strict=True)
    return norms + [f"{one} {two}" for one, two in pairs]


def words(row: Row) -> Iterator[Feature]:
    """Give each word, and each pair of neighbours; ``^`` and ``$`` stand at the ends."""
    before = "^"
    place = -1
    for place, token in enumerate(row.tokens):
        norm = token.norm
        yield Feature(norm, place, place)
        yield Feature(f"{before} {norm}", max(place - 1, 0), place)
        before = norm
    if place >= 0:
        yield Feature(f"{before} $", place, place)


def moves(row: Row) -> list[Feature]:
    """Give what moves and which way, what is news by itself, and numbers that are compared.

    ``D+-`` says that something bad grew, ``M-`` that this is bad, ``E+`` names good news and
    ``C+`` an amount that is better than the one that it is set against (``c+`` merely larger).
    An ``n`` behind says that a negation stands before.
    """
    found: list[Feature] = []
    tokens = row.tokens
    for place, token in enumerate(tokens):
        if token.moves:
            turned = (
                "n" if any(one.negates for one in tokens[max(place - _NEGATED, 0) : place]) else ""
            )
            if token.direction:
                at, good = _moved(tokens, place)
                first, last = min(place, at), max(place, at)
                found.append(
                    Feature(f"D{_SIGNS[token.direction]}{_SIGNS[good]}{turned}", first, last)
                )
                if good:
                    found.append(Feature(f"M{_SIGNS[good * token.direction]}{turned}", first, last))
            if token.news:
                found.append(Feature(f"E{_SIGNS[token.news]}{turned}", place, place))
    if len(row.amounts) > 1:
        found += _comparisons(row)
    return found


def _moved(tokens: Sequence[Token], place: int) -> tuple[int, int]:
    """Find what a direction moves: the nearest noun of its clause, else the last one before it."""
    before = _nearest(tokens, range(place - 1, max(place - 1 - _OBJECT_BEFORE, -1), -1))
    stop = min(place + 1 + _OBJECT_BEHIND, len(tokens))
    behind = _nearest(tokens, range(place + 1, stop), compared=True)
    if before is None and behind is None:
        before = _nearest(
            tokens, range(place - 1, max(place - 1 - _SUBJECT_BEFORE, -1), -1), across=True
        )
    if before is None or (behind is not None and behind - place < place - before):
        before = behind
    return (place, 0) if before is None else (before, tokens[before].good)


def _nearest(
    tokens: Sequence[Token], places: range, *, compared: bool = False, across: bool = False
) -> int | None:
    """Find the first noun that is good or bad to have, up to the end of the clause."""
    for place in places:
        token = tokens[place]
        if (compared and token.compares) or (token.norm in ";." if across else token.ends):
            return None
        if token.good and not _is_aside(tokens, place):
            return place
    return None


def _is_aside(tokens: Sequence[Token], place: int) -> bool:
    """Tell "profit before taxes" from taxes."""
    return tokens[place].good < 0 and place > 0 and tokens[place - 1].norm in {"before", "after"}


def _comparisons(row: Row) -> Iterator[Feature]:
    """Compare each amount with the next: "to 5.2 from 4.1", "a profit of 3 against a loss"."""
    places = list(row.amounts)
    for new, old in pairwise(places):
        if old - new <= _COMPARED and _unit(row, new) == _unit(row, old):
            found = _comparison(row, new, old)
            if found:
                yield found


def _comparison(row: Row, new: int, old: int) -> Feature | None:
    tokens = row.tokens
    between = range(new + 1, old)
    rising = any(one.norm == "from" for one in tokens[max(new - 3, 0) : new]) and any(
        tokens[place].norm == "to" for place in between
    )
    hinge = next((place for place in between if rising or tokens[place].compares), None)
    if hinge is None:
        return None
    sign = (row.amounts[new] > row.amounts[old]) - (row.amounts[new] < row.amounts[old])
    sign = -sign if rising else sign  # "from 4.1 to 5.2": the old one comes first
    subject = next(
        (
            place
            for place in range(new, max(new - _SUBJECT_BEFORE, 0) - 1, -1)
            if tokens[place].good and not _is_aside(tokens, place)
        ),
        None,
    )
    if subject is None:
        return Feature(f"c{_SIGNS[sign]}", new, old)
    good = tokens[subject].good
    against = next(
        (one.good for one in tokens[hinge : old + _COMPARED_WITH] if one.norm in RESULTS), 0
    )
    turned = against and against != good and tokens[subject].norm in RESULTS
    return Feature(f"C{_SIGNS[good if turned else sign * good]}", subject, old)


def _unit(row: Row, place: int) -> bool:
    return place + 1 < len(row.tokens) and row.tokens[place + 1].norm == "%"
