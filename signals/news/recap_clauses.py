"""Whether the words behind a name, or around shares, are those of the move of a price.

All are in small letters, as :mod:`signals.news.recaps` cuts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

from signals.news.recap_words import (
    AFTER,
    BEHIND,
    BREAKS,
    CHANGES,
    CLOSES,
    COINS,
    COUNTED,
    DRIVES,
    ELSE,
    ENDPOINTS,
    ENDS,
    GOALS,
    KINDS,
    LEADING,
    LONG,
    MARKETS,
    MOVED,
    NO_PRICE_BEFORE,
    NO_PRICE_BEHIND,
    NOW,
    NOW_HERE,
    OUTDOES,
    PERCENT,
    PLACES,
    SHARES_MOVED,
    SHARES_WITH_AMOUNT,
    SIGNS,
    STANDS,
    TRADES,
    TRADING,
    UNREAL,
    WAYS,
    WITH_AMOUNT,
    YEAR,
)

NAME = "\N{SECTION SIGN}"
"""What stands for the name of another company."""

_NO_OTHERS = frozenset({NAME, "the", "both"})  # behind "shares of"
_GAP = 12  # words from shares to what they do
_SUMS = "$0123456789"
_CLAUSE = 9  # words behind a move in which its time is told
_NEAR = 4  # words from a move to where it led


def shares_move(before: Sequence[str], behind: Sequence[str]) -> bool:
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
        amount = is_amount(behind, at + 1)
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


def name_moves(words: Sequence[str]) -> bool:
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
    amount, traded = is_amount(words, at + 1), not TRADING.isdisjoint(near)
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
    if words[1:2] == ["which"] and name_moves(words[2:]):
        return True
    if words[1:2] == ["trading"] and name_moves(words[2:]):
        return True
    if words[1:2] and words[1] in WAYS and name_moves(words[1:]):
        return True
    behind = words[words.index(",", 1) + 1 :] if "," in words[1:] else []
    return bool(behind) and behind[0] not in WAYS | {","} and name_moves(behind)


def _is_called(words: Sequence[str]) -> bool:
    """Tell whether what a company is called moves: "Acme — The maker of anvils slid 6%"."""
    for at, word in enumerate(words[1:_NEAR], start=2):
        if word in KINDS or word.endswith("maker"):
            reach = at + _NEAR if words[at : at + 1] == ["of"] else at + 1
            return any(name_moves(words[n:]) for n in range(at, reach))
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


def is_amount(words: Sequence[str], at: int) -> bool:
    """Tell whether a share of the price comes next: "as much as 9 %", "25 cents, or 1 %"."""
    if _is_price_to_price(words, at):
        return True
    at = _behind_a_sum(words, at)
    while at < len(words) and (words[at] in STANDS or words[at] in SIGNS):
        at += 1
    if not (at + 1 < len(words) and words[at][0].isdigit() and words[at + 1] in PERCENT):
        return False
    if _is_elsewhere(words, at + 2):
        return False
    return ELSE.isdisjoint(words[at + 2 : at + 3]) or "value" in words[at + 2 :]


def _behind_a_sum(words: Sequence[str], at: int) -> int:
    """Give where the share of a price comes behind what it is in money: "$2.15, or 1.1 %"."""
    end = at + 1 + (words[at : at + 1] == ["rs"])
    end += not COINS.isdisjoint(words[end : end + 1])
    end += words[end : end + 1] == [","]
    return end + 1 if words[end : end + 1] == ["or"] else at


def _is_price_to_price(words: Sequence[str], at: int) -> bool:
    """Tell whether what a price moved by and where to come next: "down $57 to $1,184"."""
    told = words[at : at + 4]
    priced = len(told) > 2 and told[1] == "to" and told[2][0] == "$" and told[0][0] in _SUMS
    return priced and COUNTED.isdisjoint(told[3:])


def _is_of_days(words: Sequence[str], at: int) -> bool:
    """Tell whether a move is one of a session, as it is where no year or month is told."""
    behind = [*takewhile(lambda word: word not in AFTER, words[at : at + _CLAUSE])]
    long = not LONG.isdisjoint(behind) or any(
        word == "in" and YEAR.fullmatch(year) for word, year in pairwise(behind)
    )
    return not long or not NOW.isdisjoint(behind)
