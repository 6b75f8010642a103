"""Which stories tell of the move of a share's price: they can't be what moved it.

A story that says "Acme shares fell 5 % on Tuesday" was written when they had fallen. What it
reports is in the return of its own session, whatever else it says, so that score and return go
together without any news. Such stories are told apart, never left out.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Final, Literal, get_args

from ahocorasick_rs import BytesAhoCorasick

from signals.news.joined import in_bytes
from signals.news.recap_words import (
    AFTER,
    BEHIND,
    BREAKS,
    CHANGES,
    CLOSES,
    DRIVES,
    ELSE,
    ENDPOINTS,
    ENDS,
    FIRST,
    GOALS,
    KINDS,
    LEADING,
    LONG,
    MARKETS,
    MOVED,
    NEEDED,
    NO_PRICE_BEFORE,
    NO_PRICE_BEHIND,
    NOW,
    NOW_HERE,
    OBLIQUE,
    OTHERS,
    OUTDOES,
    PASSED,
    PERCENT,
    PLACES,
    SHARES_MOVED,
    SHARES_WITH_AMOUNT,
    SIGNED,
    SIGNS,
    STANDS,
    TRADES,
    TRADING,
    UNREAL,
    WAYS,
    WITH_AMOUNT,
    YEAR,
)

Span = tuple[int, int]
Name = tuple[int, int, str]  # where it begins and ends, and whose it is
Recap = Literal["title", "text", ""]
"""Where a story tells of a move: in its title, behind it, or nowhere."""
RECAPS: Final = frozenset(get_args(Recap))

_NAME = "\N{SECTION SIGN}"  # stands for the name of another company
_WORD = re.compile(
    rf"{_NAME}|\d+-[a-z]+|\$?\d[\d.,]*\d|\d|%|[a-z][\w.'’-]*\w|[a-z]|[.;:,]"
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
_NO_OTHERS = frozenset({_NAME, "the", "both"})  # behind "shares of"
_GAP = 12  # words from shares to what they do
_NEAR = 4  # words from a move to where it led
_OWNED, _OF = 30, 5  # characters from a name to its shares; of " of ", to a name
_DASHES = (" — The ", " – The ", " - The ")
_READ = 90  # characters behind a name or shares
_NEXT = 30  # characters that are looked at first
_CLAUSE = 9  # words behind a move in which its time is told


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
                if text[stop - 5 : stop].lower() in OTHERS and before[-1:] != [_NAME]:
                    continue
                if _shares_move(before, _words(text, (stop, end), here)):
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
            # "Acme fell 3 % and Globex 2 %".
            if _name_moves(words) or (moved and _is_amount(words, 0)):
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
            pieces += (text[start:begin], f" {_NAME} ")
            start = stop
    return _WORD.findall("".join([*pieces, text[start:end]]).lower().replace(" - ", " ; "))


def _shares_move(before: Sequence[str], behind: Sequence[str]) -> bool:
    """Tell whether shares have a price that moves, by the words around."""
    broken = [at for at, word in enumerate(before) if word in BREAKS]
    before = before[broken[-1] + 1 :] if broken else before
    if not _have_a_price(before, behind):
        return False
    subject = _whose(before)
    if subject not in TRADES:  # "a drop in Acme's shares", "interest in the shares rose"
        return subject in MOVED | WITH_AMOUNT and _is_of_days(behind, 0)
    return not DRIVES.isdisjoint(before[-1:]) or _they_move(behind)


def _they_move(behind: Sequence[str]) -> bool:
    """Tell whether the words behind shares are those of a move."""
    for at, word in enumerate(behind[:_GAP]):
        if word in ENDS:
            break
        if word in LEADING:
            named = behind[:2] != ["in", "the"] and at == 0 and word == "in"  # "in Green Acme"
            if not named and _led_to(behind, at):
                return True
            continue
        amount = _is_amount(behind, at + 1)
        stands = amount or at == 0 or behind[at - 1] in STANDS | PERCENT
        ended = behind[at + 1] if at + 1 < len(behind) else "."
        gained = word in SHARES_WITH_AMOUNT and (amount or (stands and ended in AFTER | BEHIND))
        moved = word in SHARES_MOVED or gained or (word in WAYS and stands)
        if moved and _is_of_days(behind, at):
            return True
    if behind[:1] == [","] and "," in behind[1:]:  # "its shares, down 20 % this year, rose"
        return _they_move(behind[behind.index(",", 1) + 1 :])
    return False


def _have_a_price(before: Sequence[str], behind: Sequence[str]) -> bool:
    """Tell whether shares are a company's, not counted, and what is said of them is no wish."""
    counted = before[-1:] and (before[-1][0].isdigit() or before[-1] in NO_PRICE_BEFORE)
    others = behind[:1] == ["of"] and _NO_OTHERS.isdisjoint(behind[1:4])
    long = not LONG.isdisjoint(before[-3:]) and "and" not in before[-3:]
    return not (
        counted
        or others
        or (long and NOW.isdisjoint(behind))
        or not NO_PRICE_BEHIND.isdisjoint(behind[:1])
        or not UNREAL.isdisjoint([*before[-3:], *behind[:1]])
    )


def _whose(before: Sequence[str]) -> str:
    """Give the word before "in" where shares stand behind it; "" where there is none."""
    at = len(before) - 2
    found = (n for n in (at, at + 1) if n > 0 and before[n] == "in" and before[n + 1 :] != [","])
    return next((before[n - 1] for n in found), "")


def _name_moves(words: Sequence[str]) -> bool:
    """Tell whether a company moves as its price does, by the words behind its name."""
    if words[:1] in ([","], ["the"]):
        return _is_told_beside(words) if words[0] == "," else _is_called(words)
    at = 0
    while at < len(words) and (words[at] in STANDS or words[at].endswith("ly")):
        at += 1
    word, near = words[at] if at < len(words) else "", words[at + 1 : at + 1 + _NEAR]
    if _closed_elsewhere(words) or _is_held_against_the_market(word, near):
        return True
    if word in LEADING:
        return _led_to(words, at)
    behind = near[0] if near else "."
    if _is_elsewhere(words, at + 1):
        return False
    amount, traded = _is_amount(words, at + 1), not TRADING.isdisjoint(near)
    if word in MOVED | WITH_AMOUNT and behind in WAYS:
        moved = True
    elif word[:1].isdigit():
        moved = not WAYS.isdisjoint(near) and (at > 0 or traded)
    elif word in WAYS:
        told = behind in BEHIND - {"for"} or not NOW_HERE.isdisjoint(near)
        moved = (told and at > 0) or behind in AFTER or amount or traded or not near
    elif word in WITH_AMOUNT:
        worth = {"market", "value"} <= {*words[at : at + 2 * _NEAR]}
        moved = amount or traded or worth or behind in AFTER
    else:
        ended = behind == "to" and not ENDPOINTS.isdisjoint(near)
        told = behind in AFTER | BEHIND and near[:2] != ["at", "the"]
        moved = word in MOVED and (amount or ended or told)
    return moved and _is_of_days(words, at)


def _closed_elsewhere(words: Sequence[str]) -> bool:
    """Tell whether a price was reached by a move: "closed at $27, a -1.7 % swing"."""
    if CLOSES.isdisjoint(words[:1]) or "%" not in words:
        return False
    priced = any(word[0] == "$" for word in words[1:_CLAUSE])
    return priced and not CHANGES.isdisjoint(words)


def _is_held_against_the_market(word: str, near: Sequence[str]) -> bool:
    """Tell whether a share has done more than others: "outpaces stock market gains".

    What "beats market expectations" is no price.
    """
    if "market" not in near or not (word in OUTDOES or (word in MOVED and "more" in near)):
        return False
    behind = near[near.index("market") + 1 :]
    return not behind or behind[0] in MARKETS


def _is_told_beside(words: Sequence[str]) -> bool:
    """Tell whether a company moves, by words between commas or behind them.

    "Acme, up 3 %", "Acme, which fell on Monday," and "Acme, a maker of chips, fell".
    """
    if words[1:2] == ["which"] and _name_moves(words[2:]):
        return True
    if words[1:2] == ["trading"] and _name_moves(words[2:]):
        return True
    if words[1:2] and words[1] in WAYS and _name_moves(words[1:]):
        return True
    behind = words[words.index(",", 1) + 1 :] if "," in words[1:] else []
    return bool(behind) and behind[0] not in WAYS | {","} and _name_moves(behind)


def _is_called(words: Sequence[str]) -> bool:
    """Tell whether what a company is called moves: "Acme — The maker of anvils slid 6%"."""
    for at, word in enumerate(words[1:_NEAR], start=2):
        if word in KINDS or word.endswith("maker"):
            reach = at + _NEAR if words[at : at + 1] == ["of"] else at + 1
            return any(_name_moves(words[n:]) for n in range(at, reach))
    return False


def _led_to(words: Sequence[str], at: int) -> bool:
    """Tell whether a verb takes a price somewhere: "pares gains", "hits a record high"."""
    goals = next(goals for verbs, goals in GOALS if words[at] in verbs)
    for word in words[at + 1 : at + 1 + 2 * _NEAR]:
        if word in goals:
            behind = words.index(word, at) + 1  # not in "the high end of its range"
            return words[behind : behind + 1] != ["end"] and not _is_elsewhere(words, behind)
        if word in ENDS:
            return False
    return False


def _is_elsewhere(words: Sequence[str], at: int) -> bool:
    """Tell whether what moved is in something else than a market: "a high in bookings"."""
    return words[at : at + 1] == ["in"] and PLACES.isdisjoint(words[at + 1 : at + 1 + _NEAR])


def _is_amount(words: Sequence[str], at: int) -> bool:
    """Tell whether a share of the price comes next: "as much as 9 %"."""
    while at < len(words) and (words[at] in STANDS or words[at] in SIGNS):
        at += 1
    if not (at + 1 < len(words) and words[at][0].isdigit() and words[at + 1] in PERCENT):
        return False
    if _is_elsewhere(words, at + 2):
        return False
    return ELSE.isdisjoint(words[at + 2 : at + 3]) or "value" in words[at + 2 :]


def _is_of_days(words: Sequence[str], at: int) -> bool:
    """Tell whether a move is one of a session, as it is where no year or month is told."""
    behind = [*takewhile(lambda word: word not in AFTER, words[at : at + _CLAUSE])]
    long = not LONG.isdisjoint(behind) or any(
        word == "in" and YEAR.fullmatch(year) for word, year in pairwise(behind)
    )
    return not long or not NOW.isdisjoint(behind)
