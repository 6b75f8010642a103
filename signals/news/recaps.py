"""Which stories tell of the move of a share's price: they can't be what moved it.

A story that says "Acme shares fell 5 % on Tuesday" was written when they had fallen. What it
reports is in the return of its own session, whatever else it says, so that score and return go
together without any news. Such stories are told apart, never left out.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args

from ahocorasick_rs import BytesAhoCorasick

from signals.news.joined import in_bytes
from signals.news.recap_clauses import NAME, is_amount, name_moves, shares_move
from signals.news.recap_words import (
    CLOSES,
    FIRST,
    NEEDED,
    OBLIQUE,
    OTHERS,
    PASSED,
    SIGNED,
    UNREAL,
)

Span = tuple[int, int]
Name = tuple[int, int, str]  # where it begins and ends, and whose it is
Recap = Literal["title", "text", ""]
"""Where a story tells of a move: in its title, behind it, or nowhere."""
RECAPS: Final = frozenset(get_args(Recap))

_WORD = re.compile(
    rf"{NAME}|\d+-[a-z]+|\$?\d[\d.,]*\d|\d|%|[a-z][\w.'’-]*\w|[a-z]|[.;:,]"
    r"|(?<!\w)[+\N{MINUS SIGN}-](?=\d)"
)
# Patterns that begin with letters, and look back behind them, skip all else at once.
_SHARES = tuple(
    re.compile(pattern)
    for pattern in (
        r"hare(?<=\b[sS]hare)(?:s|(?i: price)|)\b",
        r"HARE(?<=\bSHARE)(?:S| PRICE|)\b",
        r"tock(?<=\b[sS]tock)s?\b",
        r"TOCK(?<=\bSTOCK)S?\b",
        r"D(?<=\bAD)[RS]s?\b",
        r"crip(?<=\b[sS]crip)\b",
        r"arket(?<=\b[mM]arket) (?:value|cap|capitali[sz]ation)\b",
    )
)
_OF_SHARES = BytesAhoCorasick([b"hare", b"HARE", b"tock", b"TOCK", b"AD", b"crip", b"arket"])
_FIRST_WORD = re.compile(r" ([A-Za-z]+) ")
_OPENING = FIRST | PASSED | CLOSES
_NEAR = 4  # names of a sentence among which the owner of shares is sought
_OWNED, _OF = 30, 5  # characters from a name to its shares; of " of ", to a name
_DASHES = (" — The ", " – The ", " - The ")
_READ = 90  # characters behind a name or shares
_NEXT = 30  # characters that are looked at first


def find_recaps(
    text: str, story: Sequence[Span], named: Mapping[str, Sequence[Span]], *, titled: bool
) -> dict[str, Recap]:
    """Find the companies of whose shares a story tells that they moved, and where first.

    Parameters
    ----------
    text
        The article's.
    story
        Its sentences that are the story.
    named
        Company -> where the story names it. Shares that stand beside no name are those of the one
        company of their sentence, or of the last sentence that names one.
    titled
        Whether the first sentence is the title.
    """
    shares = _shares_in(text)
    if not shares and not any(_may_move(text, stop) for own in named.values() for _, stop in own):
        return {}  # most stories
    names = sorted([(*span, company) for company, spans in named.items() for span in spans])
    told: dict[str, int] = {}
    place, alone = 0, ""
    for number, (start, end) in enumerate(story):
        begun = place
        while place < len(names) and names[place][0] < end:
            place += 1
        here = names[begun:place]
        if here:
            alone = here[0][2] if len({one[2] for one in here}) == 1 else ""
            for company in _moved(text, (start, end), here):
                told.setdefault(company, number)
        first = bisect_left(shares, (start,))
        for second, stop in shares[first : bisect_left(shares, (end,), first)]:
            if company := alone or _owner((second - 1, stop), here):
                before = _words(text, (max(start, second - _OWNED), second - 1), here)
                if text[stop - 5 : stop].lower() in OTHERS and before[-1:] != [NAME]:
                    continue
                if shares_move(before, _words(text, (stop, end), here)):
                    told.setdefault(company, number)
    return {name: "title" if titled and not number else "text" for name, number in told.items()}


def _shares_in(text: str) -> list[Span]:
    """Give of each word for shares where its second letter stands, and its end."""
    if not _OF_SHARES.find_matches_as_indexes(in_bytes(text)):
        return []
    return sorted(one.span() for pattern in _SHARES for one in pattern.finditer(text))


def _moved(text: str, sentence: Span, names: Sequence[Name]) -> list[str]:
    """Give the companies of a sentence that move as their prices do."""
    start, end = sentence
    moved: list[str] = []
    for at, (_, stop, _) in enumerate(names):
        if _may_move(text, stop):
            words = _words(text, (stop, end), names)
            words = words[1:] if words[:1] == ["which"] else words
            # "Acme fell 3 % and Globex 2 %".
            if name_moves(words) or (moved and is_amount(words, 0)):
                moved += _listed(text, start, names, at)
    return moved


def _listed(text: str, start: int, names: Sequence[Name], at: int) -> list[str]:
    """Give the company of a name, and those in a row before it: "Acme, Globex and Initech".

    Nothing where they are not what moves, but what it belongs to.
    """
    first = at
    while first and text[names[first - 1][1] : names[first][0]].strip(" ,()") in {"", "and", "&"}:
        first -= 1
    begin = names[first][0]
    before = _words(text, (max(start, begin - _OWNED), begin), ())
    owned = (
        before[-1:]
        and before[-1] in OBLIQUE
        and before[-2:-1] not in (["shares"], ["stock"], ["price"])
    )
    if owned or not UNREAL.isdisjoint(before[-2:]):
        return []
    return [company for _, _, company in names[first : at + 1]]


def _may_move(text: str, stop: int) -> bool:
    """Tell whether the first words behind a name may tell of a move: most do not."""
    stop += text.startswith(")", stop)  # of "(NYSE:ACM)"
    if text.startswith(_DASHES, stop):
        return "%" in text[stop : stop + _READ]
    if text.startswith(" which ", stop):
        stop += 6
    return _may_go_on_to_move(text, stop)


def _may_go_on_to_move(text: str, stop: int) -> bool:
    first = _FIRST_WORD.match(text, stop)
    word = first[1].lower() if first else ""
    if first and word not in _OPENING and not word.endswith("ly"):
        return False
    if needed := NEEDED.get(word):
        return needed in text[stop : stop + _READ].lower()
    if word in CLOSES:
        reach = text[stop : stop + _READ]
        if "%" in reach and "$" in reach:
            return True
    if text.startswith(", ", stop):
        comma = text.find(", ", stop + 1, stop + _READ)
        if comma > 0 and _may_move(text, comma + 1):
            return True
        if text.startswith("which", stop + 2):
            stop += 7
    for written in text[stop : stop + _NEXT].lower().split():
        word = written.strip(",.;()%")
        if word not in PASSED and not word.endswith("ly"):
            return word in FIRST or word[:1] in SIGNED
    return False


def _owner(shares: Span, names: Sequence[Name]) -> str:
    """Tell which of several companies of a sentence shares belong to; "" where none is near."""
    near = bisect_left(names, (shares[1] + _OF,))
    for start, stop, company in reversed(names[max(near - _NEAR, 0) : near]):
        if 0 <= shares[0] - stop < _OWNED or 0 <= start - shares[1] < _OF:
            return company
    return ""


def _words(text: str, span: Span, names: Sequence[Name]) -> list[str]:
    """Give the words of a part of a sentence in small letters, each name in it as one sign."""
    start, end = span[0], min(span[1], span[0] + _READ)
    pieces: list[str] = []
    first = max(bisect_left(names, (start,)) - 1, 0)
    for begin, stop, _ in names[first : bisect_left(names, (end,), first)]:
        if start < stop:
            pieces += (text[start:begin], f" {NAME} ")
            start = stop
    return _WORD.findall("".join([*pieces, text[start:end]]).lower().replace(" - ", " ; "))
