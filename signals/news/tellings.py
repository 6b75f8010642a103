"""What a text tells, as sets that two texts can be compared by: words, numbers, happenings.

Only the title and the opening are read: there a news story says what happened, and copies differ
most behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import dropwhile
from operator import xor
from typing import Final, NamedTuple

from signals.exchanges import find_venue
from signals.news.article import Article
from signals.news.before import capitalised_run, written_before

OPENING: Final = 420
"""How many characters behind the title are read: two or three sentences."""

_SKETCH = 6  # two texts that share half of their runs share one of six marks in 98 of 100 cases
_SMALL = 12.0  # bare counts up to here are dates, editions and lists

# What happens to companies, in the words that reporters choose between. A word stands once.
HAPPENINGS: Final = {
    "acquire": "acquire acquisition buy purchase takeover merger merge snap",
    "appeal": "appeal protest contest",
    "appoint": "appoint name hire successor succeed",
    "approve": "approve approval clear greenlight go-ahead green",
    "reject": "reject rejection deny",
    "bankrupt": "bankrupt bankruptcy insolvency insolvent",
    "breach": "hack hacker breach theft stole stolen cyberattack",
    "buyback": "buyback repurchase",
    "contract": "contract award order win land",
    "deal": "agreement tentative avert settle settlement",
    "delay": "delay postpone",
    "depart": "depart departure resign resignation step exit quit",
    "dividend": "dividend payout",
    "fine": "fine penalty",
    "guidance": "guidance outlook forecast warn",
    "invest": "invest investment stake bet",
    "layoff": "layoff job",
    "lawsuit": "sue sued lawsuit suit class-action",
    "list": "ipo listing",
    "debut": "debut trading",
    "outage": "outage crash failure",
    "probe": "probe investigate investigation inquiry",
    "ransom": "ransom",
    "rating": "upgrade downgrade rating",
    "recall": "recall",
    "split": "split",
    "strike": "strike walkout",
    "suspend": "suspend halt scrap withdraw cancel",
}
_UP = (
    "add rise rose raise lift jump gain climb surge grow grew growth smash record hike increase "
    "higher more beat top"
)
_DOWN = "fall fell drop slump sink decline cut lower slip shrink lose lost down weak miss"
_KIND_OF = {word: kind for kind, words in HAPPENINGS.items() for word in words.split()}
_DIRECTION_OF = dict.fromkeys(_UP.split(), "up") | dict.fromkeys(_DOWN.split(), "down")
_KINDS, _DIRECTIONS = frozenset(_KIND_OF), frozenset(_DIRECTION_OF)
INTERCHANGEABLE: Final = _KINDS | _DIRECTIONS
"""Words that say what happened, not to whom: another word may stand for each."""
_STOPWORDS = frozenset(
    "a about after all also an and another any are as at back be been before by can could did do "
    "does due during each expect for from get give had has have he her his how if in into is it "
    "its just last like make may me month monday most new next not now of off on one only or other "
    "our out over own per plan report said say says see share she since so some still stock such "
    "take than that the their them then there these they this those through to today tuesday two "
    "under until up us week billion bn million mln quarter quarterly was we wednesday thursday "
    "friday saturday sunday were what when which while who will with would year you".split()
)
_ENDS, _SHORTEST = ("ing", "ed", "es", "s"), 3  # what is cut, and how many letters stay
_WHOLE = INTERCHANGEABLE | _STOPWORDS  # "this", "succeed": no end of theirs is cut

_WORD = re.compile(r"[^\W\d_][^\W_]*(?:[-&][^\W_]+)*")
_ASCII_WORD = re.compile(r"[a-z][a-z0-9]*(?:[-&][a-z0-9]+)*")  # the same, faster
_SCALES = {
    **dict.fromkeys(("trillion", "tn"), 1e12),
    **dict.fromkeys(("billion", "bln", "bn", "b"), 1e9),
    **dict.fromkeys(("million", "mln", "mn", "m"), 1e6),
    **dict.fromkeys(("thousand", "k"), 1e3),
}
# A pattern that begins with a character, and looks back behind it, skips the others at once.
_NUMBER = re.compile(
    r"(\d(?<![\w.:].)[\d,]{0,18}(?:\.\d{1,6})?)"
    rf"(?:[\s-]?({'|'.join(_SCALES)})\b)?"
    r"(\s?(?:%|percent|per cent))?(\s(?:dollars|euros|pounds|yen)\b)?"
)
_CURRENCY = re.compile(r"(?<![\w.:])(?:us|c|a|hk)?[$€£¥]\s?\Z")
_PERIOD = re.compile(r"[qh12](?<!\w.)(?:(?<=q)[1-4]|(?<=h)[12]|(?<=2)0[0-4]\d|(?<=1)9[89]\d)\b")
_SPELLED_PERIOD = re.compile(r"\b(first|second|third|fourth|1st|2nd|3rd|4th)[ -](quarter|half)\b")
_ORDINAL = {"first": "1", "second": "2", "third": "3", "fourth": "4"}
_TICKER = re.compile(r":(?<=[a-z]:)\s?([a-z0-9][a-z0-9.&-]{0,9})")
_CASHTAG = re.compile(r"\$([a-z]{1,6})\b")
_CORRECTION = re.compile(r"\W*(?:correct(?:ed|ion|s)|refile|clarification)\b", re.IGNORECASE)
_DECORATION = re.compile(
    r"\s*(?:(?:update|wrapup|recast)\s*\d*\s*[-:]|brief\s*[-:]|breaking\s*[-:]|exclusive\s*[-:])\s*",
    re.IGNORECASE,
)


class Opening(NamedTuple):
    """The part of an article by which its story is known; all that a later run needs of it.

    Attributes
    ----------
    article_id, known_at
        As the article has them.
    title, text
        Its title, and what stands behind it outside boilerplate, cut to ``OPENING`` characters.
    companies
        Keys of the companies that it is about.
    """

    article_id: str
    known_at: datetime | None
    title: str
    text: str
    companies: tuple[str, ...]


class Telling(NamedTuple):
    """What an opening says, as sets. Words that mean one happening are one.

    Attributes
    ----------
    title_words
        Stems of the words in the title, without common ones.
    numbers, title_numbers
        Amounts with their unit: "money4.2e+09", "%13", "count239000".
    happenings, title_happenings
        Keys of ``HAPPENINGS``.
    directions
        "up" and "down", as the title has them; as the text has them where the title has none.
    years, quarters
        "2024"; "q3" and "h1".
    everything
        Stems of all words, and numbers: two tellings are compared by these before all else.
    companies
        As the opening has them.
    names
        Stems that name companies, which all that is told of them shares: those of their keys, and
        of notations such as (NYSE:KO) with the name before them.
    correction
        It says of itself that it corrects something.
    marks
        What a later telling of the same story would have too: the smallest hashes of its runs of
        words, and each of its companies, alone and with numbers, happenings and words of the
        title.
    """

    title_words: frozenset[str]
    numbers: frozenset[str]
    title_numbers: frozenset[str]
    happenings: frozenset[str]
    title_happenings: frozenset[str]
    directions: frozenset[str]
    years: frozenset[str]
    quarters: frozenset[str]
    everything: frozenset[str]
    companies: frozenset[str]
    names: frozenset[str]
    correction: bool
    marks: tuple[int | str, ...]


def opening_of(article: Article, companies: Iterable[str]) -> Opening:
    """Take of an article what tells its story apart from others."""
    pieces: list[str] = []
    length = 0
    for zone in article.zones:
        if zone.kind == "title" or zone.boilerplate:
            continue
        pieces.append(article.text[zone.start : min(zone.end, zone.start + OPENING - length)])
        length += len(pieces[-1]) + 1
        if length >= OPENING:
            break
    text = " ".join(pieces)
    return Opening(
        article.id, article.known_at, article.title[:OPENING], text, tuple(sorted(set(companies)))
    )


def telling_of(opening: Opening) -> Telling:
    """Read an opening."""
    title, text = opening.title.lower(), opening.text.lower()
    if ":" in title or "-" in title:
        title = _DECORATION.sub("", title, count=1)
    title_told = stems_of(title)
    told = title_told + stems_of(text)
    title_words, words = frozenset(title_told), frozenset(told)
    title_numbers = _numbers(title)
    numbers = title_numbers | _numbers(text)
    periods = _periods(f"{title}\n{text}")
    years = frozenset(filter(str.isdigit, periods))
    happenings = _happenings(words)
    everything = words | numbers
    directions = _directions(title_words) or _directions(words)
    longest = sorted(sorted(title_words), key=len, reverse=True)
    facts = dict.fromkeys((*sorted(numbers)[:4], *sorted(happenings)[:3], *longest[:4], ""))
    named = [f"{company} {fact}" for company in opening.companies for fact in facts]
    return Telling(
        title_words=title_words,
        numbers=numbers,
        title_numbers=title_numbers,
        happenings=happenings,
        title_happenings=_happenings(title_words),
        directions=directions,
        years=years,
        quarters=periods - years,
        everything=everything,
        companies=frozenset(opening.companies),
        names=_names(opening.companies, f"{opening.title} {opening.text}"),
        correction=bool(_CORRECTION.match(opening.title) or _CORRECTION.match(opening.text)),
        marks=(*_sketch(told), *named) if everything else (),
    )


def stems_of(text: str) -> list[str]:
    """Give the stems of a text's words, in their order, without common ones."""
    words = (_ASCII_WORD if text.isascii() else _WORD).findall(text)
    return list(filter(None, map(_stem, words)))


def _names(companies: tuple[str, ...], written: str) -> frozenset[str]:
    text = written.lower()
    found = [*_CASHTAG.findall(text)] if "$" in text else []
    for match in _TICKER.finditer(text):
        before = text[max(0, match.start() - 12) : match.start()].replace("(", " ").split()
        if find_venue(before[-1]) is not None:
            found += before[-1], match[1], *_called(written, match)
    return frozenset(stems_of(" ".join(found))).union(*map(_words_of_key, companies))


def _called(written: str, ticker: re.Match[str]) -> list[str]:
    """Give the words of the name before a ticker's bracket, from one that begins as it does.

    A company that no list has is known by its symbol, which tells no word of its name.
    """
    bracket = written.rfind("(", max(0, ticker.start() - 12), ticker.start())
    if bracket < 0:
        return []
    name = [word.lower() for _, word in capitalised_run(written_before(written, bracket)[0])]
    return [*dropwhile(lambda word: word[:1] != ticker[1][0], name)]


@lru_cache(maxsize=100_000)
def _words_of_key(company: str) -> frozenset[str]:
    return frozenset((company, *stems_of(company.replace("-", " "))))


def _sketch(words: list[str]) -> list[int]:
    """Give the smallest hashes of a text's runs of three words.

    A bottom-k sketch: each of the smallest hashes of two texts together belongs to both with the
    probability of their Jaccard similarity. Broder (1997), "On the resemblance and containment of
    documents".
    """
    hashes = list(map(_hash, words))
    pairs = list(map(xor, hashes, hashes[1:])) or hashes
    runs = list(map(xor, pairs, hashes[2:])) or pairs
    return sorted(set(runs))[:_SKETCH]


@lru_cache(maxsize=100_000)
def _hash(word: str) -> int:
    """Hash a word, in every process alike."""
    return int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=4).digest())


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    """Cut the ends that English puts on words; rough, but alike. A common word is cut to ""."""
    stem = word if word in _WHOLE else _cut(word)
    return "" if stem in _STOPWORDS else stem


def _cut(word: str) -> str:
    ends = (end for end in _ENDS if word.endswith(end) and len(word) - len(end) >= _SHORTEST)
    end = next(ends, "")
    if not end or word.endswith("ss"):
        return word
    cut = word.removesuffix(end)
    if end in {"ing", "ed"} and len(cut) > _SHORTEST and cut[-1] == cut[-2] not in "ls":
        cut = cut[:-1]  # "dropped"
    return next((one for one in (cut, f"{cut}e") if one in INTERCHANGEABLE), cut)


def _happenings(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(_KIND_OF.__getitem__, words & _KINDS))


def _directions(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(_DIRECTION_OF.__getitem__, words & _DIRECTIONS))


def _periods(text: str) -> frozenset[str]:
    found = set(_PERIOD.findall(text))
    if "quarter" in text or "half" in text:
        for ordinal, what in _SPELLED_PERIOD.findall(text):
            found.add(what[0] + _ORDINAL.get(ordinal, ordinal[:1]))
    return frozenset(found)


def _numbers(text: str) -> frozenset[str]:
    found = set()
    for match in _NUMBER.finditer(text):
        digits, scale, percent, coin = match.groups()
        value = float(digits.replace(",", ""))
        value *= _SCALES.get(scale, 1.0)
        money = coin or _CURRENCY.search(text, max(0, match.start() - 4), match.start())
        bare = not (money or percent or scale)
        if bare and (value <= _SMALL or (1980 <= value < 2050 and "." not in digits)):
            continue
        unit = "%" if percent else "money" if money else "count"
        found.add(f"{unit}{value:.4g}")
    return frozenset(found)
