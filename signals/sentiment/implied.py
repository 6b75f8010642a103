"""Which sentences are about a company: those that name it, and those that go on about it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from sys import maxsize

from signals.news.mentions import Mention, Mentions

Span = tuple[int, int]

_SPOKEN_OF = re.compile(
    r"[\"“]?(?:The (?:company|group|stock|shares|\w+maker|retailer|lender|airline|carrier|insurer)"
    r"|Its|It|Shares|The company's)\b(?! of\b| in\b)"
)
_INITIALS = frozenset('TIS"“')  # of those, which most sentences don't begin with
_SPEAKS = re.compile(r"\b(?:[Ww]e|[Oo]ur)\b")
# Who says "we" in these is the company of the title.
_BY_ITSELF = (
    *("business wire", "pr newswire", "prnewswire", "globe newswire", "globenewswire"),
    *("accesswire", "earnings call", "call transcript"),
    *("today announced", "today reported", "today released"),
)
_BEGIN = 800  # characters in which a text shows what it is


def implied_places(mentions: Mentions, spans: Sequence[Span]) -> list[tuple[str, int]]:
    """Give the companies that sentences are about which name none, each with its sentence.

    Parameters
    ----------
    mentions, spans
        Those of a text, and its story's sentences, the title first.
    """
    text, names = mentions.article.text, mentions.spans
    found: dict[int, str] = {}
    lasts: dict[int, str] = {}  # several sentences may go on behind one mention
    for place, (start, end) in enumerate(spans):
        if text[start] not in _INITIALS or _SPOKEN_OF.match(text, start, end) is None:
            continue
        if _names_any(names, (start, end)):
            continue
        before = bisect_right(names, (start,)) - 1
        if before not in lasts:
            lasts[before] = _last_company(mentions[: before + 1], spans)
        found[place] = lasts[before]
    if speaker := _speaker(mentions, spans):
        for place, span in enumerate(spans):
            speaks = not found.get(place) and _SPEAKS.search(text, *span)
            if speaks and not _names_any(names, span):
                found[place] = speaker
    return [(company, place) for place, company in sorted(found.items()) if company]


def _names_any(names: Sequence[Span], span: Span) -> bool:
    """Tell whether a name stands in a sentence, or reaches into it: names don't overlap."""
    place = bisect_right(names, (span[1],)) - 1  # of the last that begins before its end
    return place >= 0 and names[place][1] > span[0]


def _last_company(before: Sequence[Mention], spans: Sequence[Span]) -> str:
    """Give the company of the last sentence that names any of these, where it is one alone."""
    company, last = "", -1
    for one in reversed(before):
        sentence = bisect_right(spans, (one.start, maxsize)) - 1
        if sentence < 0 or spans[sentence][1] <= one.start:
            continue  # between sentences of the story
        if last >= 0 and sentence < last:
            break
        if last >= 0 and one.company != company:
            return ""
        company, last = one.company, sentence
    return company


def _speaker(mentions: Mentions, spans: Sequence[Span]) -> str:
    """Give the company of the title that says "we" in its own release or call, or ""."""
    text = mentions.article.text
    begin = text[:_BEGIN].lower()
    if not spans or not ("wire" in begin or "call" in begin or "today " in begin):
        return ""
    if not any(sign in begin for sign in _BY_ITSELF):
        return ""
    titled = {one.company for one in mentions if one.start < spans[0][1]}
    return titled.pop() if len(titled) == 1 else ""


def stated_places(mentions: Sequence[Mention], spans: Sequence[Span]) -> list[int]:
    """Find the sentences in which a company is a subject outside boilerplate."""
    places: set[int] = set()
    for mention in mentions:
        if mention.boilerplate or mention.role != "subject":
            continue
        # The sentence in which it begins, and any that it reaches into.
        place = max(bisect_right(spans, (mention.start, maxsize)) - 1, 0)
        while place < len(spans) and spans[place][0] < mention.end:
            if spans[place][1] > mention.start:
                places.add(place)
            place += 1
    return sorted(places)
