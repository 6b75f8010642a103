"""Sentences as tokens, with what is known of each; amounts; names that were masked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

from signals.sentiment.finance_words import SCALES
from signals.sentiment.neighbour_marks import MIRRORED, QUARTER
from signals.sentiment.neighbours import bind
from signals.sentiment.token_bits import BITS, Is, Row, Token, stem_of

ENTITY, TARGET, OTHER = "xent", "xtgt", "xoth"
"""What stands for a masked name, a cashtag or a handle; for the target; for another company."""

TARGET_FILLER, OTHER_FILLER = "\ue000", "\ue001"
"""Characters of no script: they overwrite the names of the target and of the others."""
FILLERS = frozenset({TARGET_FILLER, OTHER_FILLER})

_NUMBER = "0"
_ALIKE = "X"  # overwrites all names where it doesn't matter whose they are
_BRACKETS = frozenset("()")
_MARKED = {
    ENTITY: Is.ENTITY | Is.PLAIN,
    TARGET: Is.TARGET | Is.PLAIN,
    OTHER: Is.OTHER | Is.PLAIN,
    **dict.fromkeys((_NUMBER, "url", "&", "'"), Is.PLAIN),
    "(": Is.BRACKET | Is.OPENS,
    ")": Is.BRACKET,
    MIRRORED[1]: Is.UP | Is.FARES | Is.JOINS,
    MIRRORED[-1]: Is.DOWN | Is.FARES | Is.JOINS,
}
NAMES = frozenset({ENTITY, TARGET, OTHER})
"""All of these."""

ARROWS = {**dict.fromkeys("▲△↑⬆🔺", 1), **dict.fromkeys("▼▽↓⬇🔻", -1)}
"""Marks before or behind what rises and falls in lists of movers."""
_MARKS = {
    TARGET_FILLER: TARGET,
    OTHER_FILLER: OTHER,
    **{mark: mark for mark in _BRACKETS},
    **{mark: MIRRORED[sign] for mark, sign in ARROWS.items()},
}
_SIGNS = "+-–−"
_SIGNED = re.escape(_SIGNS)
_CURRENCIES = "$€£¥"
_BOOKED = frozenset(f"({_CURRENCIES}")
"""What "($0.10)" and "$(0.10)" begin with."""
_PLAIN = str.maketrans("–−(", "---", f", US{_CURRENCIES})")
_TOKEN = re.compile(
    r"https?://\S+"
    r"|[@$][^\W\d]\w*(?:\.\w+)?"  # a handle or a cashtag
    r"|&\w+;"  # left over from a web page
    rf"|(?<!\w)\((?:[{_CURRENCIES}]\d+(?:[.,]\d+)*|\d+\.\d+)\)"  # accountants' minus
    rf"|[{_CURRENCIES}]\(\d+(?:[.,]\d+)*\)"
    rf"|(?<![\w%)\]$€£¥./{_SIGNED}])[{_SIGNED}](?:(?:US)?[{_CURRENCIES}])?"  # "3-4" has no sign
    r"(?:\d+(?:[.,]\d+)*|\.\d+)"
    rf"|(?<![^\s(])[{_CURRENCIES}][{_SIGNED}]\d+(?:[.,]\d+)*"
    r"|\d+(?:[.,]\d+| \.\d+)*"  # some wires write "EUR1 .4"
    r"|(?:[A-Za-z]\.){2,}"
    r"|[^\W\d]+(?:['’][^\W\d]+)*"
    rf"|{TARGET_FILLER}+|{OTHER_FILLER}+"
    rf"|[%?!:;,|.…(){''.join(ARROWS)}]"
    r"|[\u2600-\u27bf\U0001f000-\U0001faff]+"  # pictures
    r"|[-–—]+(?!\S)"
)
_RANGE = re.compile(rf"\d%?[-–—][{_SIGNED}]?[{_CURRENCIES}]?\d")
_CHUNK = re.compile(r"\S+")
_APART = re.compile(r" \.\d")  # there may be an amount in two chunks
_FILLER = re.compile(r"[Xx_]+")
_SAME = {"percent": "%", "pct": "%", "–": "-", "—": "-", "--": "-"}
_WEB = {"&apos;": "'", "&amp;": "&"}
REPEATED_BEFORE = 4
"""Tokens between an amount and the same in another currency."""
APART = Is.COMPARES | Is.ENDS | Is.DIRECTION
"""What stands between two amounts of which one is not the other again."""
_DIGITS = 9  # of the middle of a range, so that equal ones are
MAX_CACHED = 1 << 16
"""Chunks remembered; a cache is emptied when it is full."""
MAX_CACHED_LENGTH = 40
"""Longer ones are not remembered."""


def alike(marked: str) -> str:
    """Overwrite the names of a text alike that were marked as the target's and the others'."""
    return marked.replace(TARGET_FILLER, _ALIKE).replace(OTHER_FILLER, _ALIKE)


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
    if chunk.isalpha():
        return (_look_up(chunk),)
    tokens = list(map(_look_up, _TOKEN.findall(chunk)))
    ends = [place for place, token in enumerate(tokens) if token.has(Is.AMOUNT)]
    if len(ends) == 2 and _RANGE.search(chunk):
        for place, end in zip(ends, _range(*(tokens[place] for place in ends)), strict=True):
            tokens[place] = end
    return tuple(tokens)


def _range(low: Token, high: Token) -> tuple[Token, Token]:
    """Give what a range starts with, which is no amount, and its end, which has its middle.

    One that spans zero has no sign.
    """
    least, most = low.amount or 0.0, high.amount or 0.0
    lost = Is.AMOUNT | (Is.SIGNED if least < 0 < most else 0)
    middle = round((least + most) / 2, _DIGITS)
    return low._replace(bits=low.bits & ~lost), high._replace(amount=middle)


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
            bits |= Is.AMOUNT | (Is.BOOKED if raw[-1] == ")" else 0)
        if amount and raw[0] in _SIGNS:
            bits |= Is.SIGNED
        return Token(special, special, bits, amount)
    norm = raw.lower().replace("’", "'").removesuffix("'s")
    norm = "x" if norm in NAMES else _SAME.get(norm, norm)  # spelled like a mark, but no name
    norm = "%" if raw == "pc" else norm  # a PC is a computer
    bits = BITS.get(norm, Is.NEGATES | Is.NOT if norm.endswith("n't") else 0)
    return Token(norm, stem_of(norm), bits)


def _special(raw: str) -> str:
    """Name what is not a word: a number, a name, an address; empty for a word."""
    first = raw[0]
    if raw.isalpha() and first not in "Xx" and not raw.startswith("http"):
        return ""
    if raw in _MARKS or first in FILLERS:
        return _MARKS[first]
    if (raw[-1] == ")" and first in _BOOKED) or (
        raw[-1].isdecimal() and (first.isdecimal() or first in _SIGNS or raw[1] in _SIGNS)
    ):
        return _NUMBER
    if first in "$@" or _FILLER.fullmatch(raw):
        return ENTITY
    if first == "&":
        return _WEB.get(raw, "&")
    return "url" if raw.startswith("http") else ""


class TokenReader:
    """Parts sentences into tokens, with a memory for them."""

    def __init__(self) -> None:
        self._chunks = _Chunks()

    def row(self, text: str) -> Row:
        """Part a sentence into tokens; a masked name of several words is one token.

        Amounts in brackets are left out: they repeat others in another currency. Where none stands
        before, "($0.10)" is a loss.
        """
        row = _arranged(chain.from_iterable(map(self._chunks.__getitem__, chunks_of(text))))
        bind(row.tokens, row.places(Is.BOUND))
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
        if token.amount is not None and bits & Is.AMOUNT:
            if not (in_brackets or (bits & Is.BOOKED and _repeats(tokens))):
                amounts[len(tokens)] = token.amount
        elif amounts and token.norm in SCALES and len(tokens) - 1 in amounts:
            amounts[len(tokens) - 1] *= SCALES[token.norm]
        tokens.append(token)
    return Row(tokens, amounts)


def _repeats(tokens: list[Token]) -> bool:
    """Tell whether an amount that is next follows another one that it isn't set against."""
    for at in range(len(tokens) - 1, max(len(tokens) - 1 - REPEATED_BEFORE, -1), -1):
        if tokens[at].amount:
            return at == 0 or tokens[at - 1].stem != QUARTER
        if tokens[at].has(APART):
            return False
    return False


def _amount(raw: str) -> float | None:
    """Read an amount; None for a year or a date. Commas part thousands."""
    plain = raw.translate(_PLAIN)
    if plain.count(".") > 1 or len(plain) > MAX_CACHED_LENGTH:
        return None
    if len(raw) == 4 and plain.isdecimal() and 1900 <= int(plain) < 2100:
        return None
    return float(plain)
