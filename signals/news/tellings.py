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
from operator import xor
from typing import Final, Literal, NamedTuple

from signals.exchanges import find_venue
from signals.news.article import Article

Kind = Literal["first", "copy", "paraphrase", "follow-up", "correction"]

ECHOES: Final[frozenset[Kind]] = frozenset({"copy", "paraphrase"})
"""Kinds that tell nothing new."""

OPENING: Final = 420
"""How many characters behind the title are read: two or three sentences."""

_SKETCH = 6  # two texts that share half of their runs share one of six marks in 98 of 100 cases
_SMALL = 12.0  # bare counts up to here are dates, editions and lists

# Cut-offs, set on data/labelled/stories.jsonl.
_COPY: Final = 0.65  # of all words shared
_SHARED: Final = 0.36  # of the shorter text's words, for a paraphrase
_SHARED_OF_ALL: Final = 0.20
_MOULD: Final = 0.5  # of the longer title, for two titles of one mould
_UNNAMED: Final = 1.5  # times as much where no company is shared

# What happens to companies, in the words that reporters choose between. A word stands once.
HAPPENINGS: Final = {
    "acquire": "acquire acquisition buy purchase takeover merger merge snap",
    "appeal": "appeal protest contest",
    "appoint": "appoint name hire successor succeed",
    "approve": "approve approval clear cleared greenlight go-ahead green",
    "reject": "reject rejection decline-to deny",
    "bankrupt": "bankrupt bankruptcy insolvency insolvent",
    "breach": "hack hacker breach theft stole stolen cyberattack",
    "buyback": "buyback repurchase",
    "contract": "contract award order win land",
    "deal": "agreement tentative avert settle settlement",
    "delay": "delay postpone",
    "depart": "depart departure resign resignation step exit quit",
    "dividend": "dividend payout",
    "fine": "fine fined penalty",
    "guidance": "guidance outlook forecast warn",
    "invest": "invest investment stake bet",
    "layoff": "layoff layoffs job jobs",
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
WEAK: Final = frozenset(
    "buyback contract dividend guidance invest list outage rating suspend".split()
)
"""Happenings that one reporter puts into the title and another leaves out."""

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
    "due during each expect for from get give had has have he her his how if in into is it its "
    "just last like make may me month monday most new next not now of off on one only or other our "
    "out over own per plan report said say says see share she since so some still stock such take "
    "than that the their them then there they this through to today tuesday two under until up us "
    "week billion bn million mln quarter quarterly was we wednesday thursday friday saturday "
    "sunday were what when which while who will with would year you".split()
)
_LEGAL_FORMS = frozenset("ag co company corp corporation group inc ltd nv plc sa se".split())
_MONTHS = frozenset("jan feb mar apr may jun jul aug sep sept oct nov dec".split())

_WORD = re.compile(r"[^\W\d_][^\W_]*(?:[-&][^\W_]+)*")
_ASCII_WORD = re.compile(r"[a-z][a-z0-9]*(?:[-&][a-z0-9]+)*")  # the same, faster
# A pattern that begins with a character, and looks back behind it, skips the others at once.
_NUMBER = re.compile(
    r"(\d(?<![\w.:].)[\d,]{0,18}(?:\.\d{1,6})?)"
    r"(?:[\s-]?(trillion|tn|billion|bln|bn|million|mln|mn|m|b|k|thousand)\b)?"
    r"(\s?(?:%|percent|per cent))?(\s(?:dollars|euros|pounds|yen)\b)?"
)
_CURRENCY = re.compile(r"(?<![\w.:])(?:us|c|a|hk)?[$€£¥]\s?\Z")
_SCALE = {"t": 1e12, "b": 1e9, "m": 1e6, "k": 1e3}
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
        Stems that name companies, which all that is told of them shares: those of their keys and
        of notations such as (NYSE:KO).
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
    title_told = _content(title)
    told = title_told + _content(text)
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
        names=_names(opening.companies, f"{title} {text}"),
        correction=bool(_CORRECTION.match(opening.title) or _CORRECTION.match(opening.text)),
        marks=(*_sketch(told), *named) if everything else (),
    )


def _content(text: str) -> list[str]:
    """Give the stems of a text's words, in their order, without common ones."""
    words = (_ASCII_WORD if text.isascii() else _WORD).findall(text)
    return list(filter(None, map(_stem, words)))


def _names(companies: tuple[str, ...], text: str) -> frozenset[str]:
    found = [*_CASHTAG.findall(text)] if "$" in text else []
    for match in _TICKER.finditer(text):
        before = text[max(0, match.start() - 12) : match.start()].replace("(", " ").split()
        if find_venue(before[-1]) is not None:
            found += before[-1], match[1]
    return frozenset(_content(" ".join(found))).union(*map(_words_of_key, companies))


@lru_cache(maxsize=100_000)
def _words_of_key(company: str) -> frozenset[str]:
    return frozenset((company, *_content(company.replace("-", " "))))


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
    stem = _cut(word)
    return "" if stem in _STOPWORDS else stem


def _cut(word: str) -> str:
    if len(word) > 3:
        for end in ("ing", "ed", "es", "s"):
            if word.endswith(end) and len(word) - len(end) >= 3 and not word.endswith("ss"):
                cut = word[: -len(end)]
                if end in {"ing", "ed"}:
                    cut = cut[:-1] if len(cut) > 3 and cut[-1] == cut[-2] not in "ls" else cut
                for whole in (cut, cut + "e"):
                    if whole in _KIND_OF or whole in _DIRECTION_OF:
                        return whole
                return cut
    return word


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
        if scale:
            value *= _SCALE[scale[0]]
        money = coin or _CURRENCY.search(text, max(0, match.start() - 4), match.start())
        bare = not (money or percent or scale)
        if bare and (value <= _SMALL or (1980 <= value < 2050 and "." not in digits)):
            continue
        unit = "%" if percent else "money" if money else "count"
        found.add(f"{unit}{value:.4g}")
    return frozenset(found)


def apart(share: float) -> float:
    """Tell of two texts that share so much, as :func:`closeness` says, how much they do not.

    Of all members of one and all members of the other, the part that is in one of them alone.
    """
    return (1 - share) / (1 + share)


FURTHEST: Final = apart(_SHARED_OF_ALL)
"""Texts that are further apart have nothing to do with one another."""


def closeness(telling: Telling, earlier: Telling) -> float:
    """Tell how much of their words two texts share, 0 to 1.

    0 means that they share too little, no company, or its name alone: they are not one story.
    """
    one, other = telling.everything, earlier.everything
    if not (alike := one & other):
        return 0.0
    strictness = 1.0
    if telling.companies.isdisjoint(earlier.companies):
        if telling.companies and earlier.companies:
            return 0.0
        strictness = _UNNAMED
    shared = len(alike)
    of_all = shared / (len(one) + len(other) - shared)
    of_shorter = shared / min(len(one), len(other))
    if of_shorter < _SHARED * strictness or of_all < _SHARED_OF_ALL * strictness:
        return 0.0
    told = alike - telling.names - earlier.names
    return of_all if told and not told <= _LEGAL_FORMS else 0.0


def kind_of(telling: Telling, earlier: Telling, of_all: float) -> Kind:
    """Tell what a text is to an earlier one of which it shares so much, as :func:`closeness` says.

    "first" means that it tells something else in much the same words.
    """
    if telling.correction and not earlier.correction:
        return "correction"
    if _contradicts(telling, earlier):
        return "first"
    if _adds(telling, earlier):
        return "follow-up"
    return "copy" if of_all >= _COPY else "paraphrase"


def _contradicts(one: Telling, other: Telling) -> bool:
    """Tell whether both state what can't be of one happening: periods, figures, directions."""
    for mine, theirs in ((one.years, other.years), (one.quarters, other.quarters)):
        if mine and theirs and mine.isdisjoint(theirs):
            return True
    if one.title_numbers - other.numbers and other.title_numbers - one.numbers:
        return True
    if one.directions and other.directions and not one.directions & other.directions:
        return True
    return _swapped(one, other)


def _swapped(one: Telling, other: Telling) -> bool:
    """Tell whether two titles are of one mould, with other names filled in on both sides."""
    alike = one.title_words & other.title_words
    mine = one.title_words - other.everything - INTERCHANGEABLE
    theirs = other.title_words - one.everything - INTERCHANGEABLE
    longer = max(len(one.title_words), len(other.title_words))
    return bool(mine and theirs) and len(alike) >= _MOULD * longer


def _adds(telling: Telling, earlier: Telling) -> bool:
    """Tell whether the later title has a happening or a figure that the earlier text lacks."""
    if telling.title_happenings - earlier.happenings - WEAK:
        return True
    return bool(telling.title_numbers - earlier.numbers) and not (telling.numbers & earlier.numbers)
