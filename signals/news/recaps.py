"""Which stories tell of the move of a share's price: they can't be what moved it.

A story that says "Acme shares fell 5 % on Tuesday" was written when they had fallen. What it
reports is in the return of its own session, whatever else it says, so that score and return go
together without any news. Such stories are told apart, never left out.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from signals.news.vocabulary import MOVES

Span = tuple[int, int]
Name = tuple[int, int, str]  # where it begins and ends, and whose it is
Recap = Literal["title", "text", ""]
"""Where a story tells of a move: in its title, behind it, or nowhere."""

_NAME = "\N{SECTION SIGN}"  # stands for the name of another company
_WORD = re.compile(rf"{_NAME}|\$?\d[\d.,]*\d|\d|%|[a-z][\w.'’-]*\w|[a-z]|[.;:,]")
# Patterns that begin with letters, and look back behind them, skip all else at once.
_SHARES = tuple(
    re.compile(pattern)
    for pattern in (
        r"hare(?<=\b[sS]hare)s?\b",
        r"tock(?<=\b[sS]tock)s?\b",
        r"D(?<=\bAD)[RS]s?\b",
        r"crip(?<=\b[sS]crip)\b",
    )
)
_PERCENT = frozenset("% pct percent per pc".split())
_NO_PRICE_BEFORE = frozenset("per a market".split())  # "40 cents a share"
_NO_PRICE_BEHIND = frozenset(
    "buyback buybacks repurchase repurchases split splits count offering offerings sale sales "
    "option options issue issuance outstanding capital exchange market dividend award awards "
    "target".split()
)
# With an amount they tell of a move, "adds 4 %"; without one of anything else.
_WITH_AMOUNT = frozenset("loses lost lose adds added add sheds shed gains gained gain".split())
_MOVED = (
    MOVES
    | frozenset(
        "rise rising risen fall falling fallen jump jumping surge surging soar soaring climb "
        "climbing advance advanced rally rallying spike spiking pop pops popped popping leap "
        "leaped leaping rocket rockets rocketed rebound drop dropping slip slipping slide "
        "sliding slump slumping sink sinking plunge plunging tumble tumbling crash crashing "
        "tank tanks tanked tanking plummet dive dip dipping ease eases eased retreat decline "
        "declines declined declining crater craters cratered collapse collapses collapsed "
        "weaken weakens weakened bounce bounces bounced crack cracks cracked whipsaw whipsaws "
        "whipsawed doubled doubling halved skid stumble stumbles stumbled recover recovers "
        "recovered halted moved gaining zoom zooms zoomed inch inches inched edge edging".split()
    )
) - _WITH_AMOUNT
_WAYS = frozenset("up down higher lower flat changed unchanged".split())
_BOTH_WAYS = frozenset("pare pares pared erase erases erased extend extends extended".split())
_REACHES = frozenset(
    "hit hits touch touches touched reach reaches reached notch notches notched at near".split()
)
_LEADS = frozenset("lead leads led leading drag drags dragged among".split())
_GOALS: Final = (
    (_BOTH_WAYS, frozenset("loss losses gain gains".split())),
    (_REACHES, frozenset("high low highs lows highest lowest weakest strongest day".split())),
    (_LEADS, frozenset("higher lower gainers losers decliners performers".split())),
)
_DRIVES = frozenset("hit hits lift lifts lifted boost boosts boosted hammers hammered".split())
_STANDS = frozenset(
    "is are was were be been being has have had trade trades traded trading close closes closed "
    "end ends ended finish finishes finished open opens opened last seen settle settles settled "
    "little by as much nearly almost about around more than over a an some".split()
)
# What may stand behind a name that moved: not what it moves, as in "drops its plan".
_AFTER = frozenset("as after amid following ahead despite".split())
_BEHIND = frozenset("on in most for with before . , ; :".split())
_ENDS = frozenset(
    "could would may might can will should to if after as amid when while before than that but "
    ". ; :".split()
)
_TRADING = frozenset(
    "premarket pre-market after-hours extended early late morning afternoon midday trading "
    "today session".split()
)
_LONG = frozenset("year years months since decade far quarter".split())
_NOW = _TRADING | frozenset("monday tuesday wednesday thursday friday close".split())
_PASSED = _STANDS | {"", "and", "&"}
_FIRST = _MOVED | _WITH_AMOUNT | _WAYS | _BOTH_WAYS | _REACHES | _LEADS
_GAP = 7  # words from shares to what they do
_NEAR = 4  # words from a move to where it led
_OWNED, _OF = 30, 5  # characters from a name to its shares; of " of ", to a name
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
    names = sorted((*span, company) for company, spans in named.items() for span in spans)
    # Of each word for shares its second letter, and its end.
    shares = sorted(one.span() for pattern in _SHARES for one in pattern.finditer(text))
    told: dict[str, int] = {}
    place, alone = 0, ""
    for number, (start, end) in enumerate(story):
        begun = place
        while place < len(names) and names[place][0] < end:
            place += 1
        here = names[begun:place]
        if here:
            alone = here[0][2] if all(one[2] == here[0][2] for one in here) else ""
        for at, (_, stop, _) in enumerate(here):
            if _may_move(text, stop) and _name_moves(_words(text, (stop, end), here[at + 1 :])):
                told = dict.fromkeys(_listed(text, here[: at + 1]), number) | told
        first = bisect_left(shares, (start,))
        for second, stop in shares[first : bisect_left(shares, (end,), first)]:
            if company := alone or _owner((second - 1, stop), here):
                before = _words(text, (max(start, second - _OWNED), second - 1), here)
                if _shares_move(before[-1:], _words(text, (stop, end), here)):
                    told.setdefault(company, number)
    return {name: "title" if titled and not number else "text" for name, number in told.items()}


def _listed(text: str, names: Sequence[Name]) -> list[str]:
    """Give the company of the last name, and those in a row with it: "Acme, Globex and Initech"."""
    listed = [names[-1][2]]
    for one, behind in zip(names[-2::-1], names[:0:-1], strict=True):
        if text[one[1] : behind[0]].strip(" ,()") not in {"", "and", "&"}:
            break
        listed.append(one[2])
    return listed


def _may_move(text: str, stop: int) -> bool:
    """Tell whether the first words behind a name may tell of a move: most do not."""
    for written in text[stop : stop + _NEXT].lower().split():
        word = written.strip(",.;)%")
        if word not in _PASSED and not word.endswith("ly"):
            return word in _FIRST or word[:1].isdigit()
    return False


def _owner(shares: Span, names: Sequence[Name]) -> str:
    """Tell which of several companies of a sentence shares belong to; "" where none is near."""
    for start, stop, company in reversed(names):
        if 0 <= shares[0] - stop < _OWNED or 0 <= start - shares[1] < _OF:
            return company
    return ""


def _words(text: str, span: Span, names: Sequence[Name]) -> list[str]:
    """Give the words of a part of a sentence in small letters, each name in it as one sign."""
    start, end = span[0], min(span[1], span[0] + _READ)
    pieces: list[str] = []
    for begin, stop, _ in names:
        if start <= begin < end:
            pieces += (text[start:begin], f" {_NAME} ")
            start = stop
    return _WORD.findall("".join([*pieces, text[start:end]]).lower())


def _shares_move(before: Sequence[str], behind: Sequence[str]) -> bool:
    """Tell whether shares have a price that moves, by the words around."""
    if not (_NO_PRICE_BEFORE.isdisjoint(before) and _NO_PRICE_BEHIND.isdisjoint(behind[:1])):
        return False
    if not _DRIVES.isdisjoint(before):
        return True
    for at, word in enumerate(behind[:_GAP]):
        if word in _ENDS:
            break
        if word in _BOTH_WAYS or word in _REACHES:
            return _led_to(behind, at)
        amount = _is_amount(behind, at + 1)
        stands = amount or at == 0 or behind[at - 1] in _STANDS | _PERCENT
        if word in _MOVED or (word in _WITH_AMOUNT and amount) or (word in _WAYS and stands):
            return _is_of_days(behind, at)
    return False


def _name_moves(words: Sequence[str]) -> bool:
    """Tell whether a company moves as its price does, by the words behind its name."""
    at = 0
    while at < len(words) and (words[at] in _STANDS or words[at].endswith("ly")):
        at += 1
    word, near = words[at] if at < len(words) else "", words[at + 1 : at + 1 + _NEAR]
    if word in _BOTH_WAYS or word in _REACHES or word in _LEADS:
        return _led_to(words, at)
    behind = near[0] if near else "."
    amount, traded = _is_amount(words, at + 1), not _TRADING.isdisjoint(near)
    if word in _MOVED | _WITH_AMOUNT and behind in _WAYS:
        moved = True
    elif word in _WAYS or (word[:1].isdigit() and not _WAYS.isdisjoint(near)):
        moved = at > 0 or amount or traded or not near
    elif word in _WITH_AMOUNT:
        worth = {"market", "value"} <= {*words[at : at + 2 * _NEAR]}
        moved = amount or traded or worth or behind in _AFTER
    else:
        moved = word in _MOVED and (amount or behind in _AFTER | _BEHIND)
    return moved and _is_of_days(words, at)


def _led_to(words: Sequence[str], at: int) -> bool:
    """Tell whether a verb takes a price somewhere: "pares gains", "hits a record high"."""
    goals = next(goals for verbs, goals in _GOALS if words[at] in verbs)
    for word in words[at + 1 : at + 1 + 2 * _NEAR]:
        if word in goals:
            return True
        if word in _ENDS:
            return False
    return False


def _is_amount(words: Sequence[str], at: int) -> bool:
    """Tell whether a share of the price comes next: "as much as 9 %"."""
    while at < len(words) and words[at] in _STANDS:
        at += 1
    return at + 1 < len(words) and words[at][0].isdigit() and words[at + 1] in _PERCENT


def _is_of_days(words: Sequence[str], at: int) -> bool:
    """Tell whether a move is one of a session, as it is where no year or month is told."""
    behind = words[at : at + _CLAUSE]
    return _LONG.isdisjoint(behind) or not _NOW.isdisjoint(behind)
