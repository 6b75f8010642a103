"""Which sentences are about a company: those that name it, and those that go on about it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from sys import maxsize

from signals.news.mentions import Mention

_SPOKEN_OF = re.compile(
    r"[\"“]?(?:The (?:company|group|stock|shares|\w+maker|retailer|lender|airline|carrier|insurer)"
    r"|Its|It|Shares|The company's)\b(?! of\b| in\b)"
)
_SPEAKS = re.compile(r"\b(?:[Ww]e|[Oo]ur)\b")
# Who says "we" in these is the company of the title.
_BY_ITSELF = re.compile(
    r"(?i:business wire|pr ?newswire|globe ?newswire|accesswire|earnings call|call transcript)"
    r"|\btoday (?:announced|reported|released)\b"
)
_BEGIN = 800  # characters in which a text shows what it is


def implied_places(
    text: str, spans: Sequence[tuple[int, int]], named: Sequence[Sequence[str]]
) -> list[tuple[str, int]]:
    """Give the companies that sentences are about which name none, each with its sentence.

    Parameters
    ----------
    text, spans
        A text, and its story's sentences, the title first.
    named
        The companies that each sentence names.
    """
    found: list[tuple[str, int]] = []
    titled = set(named[0]) if named else set[str]()
    speaker = titled.pop() if len(titled) == 1 and _BY_ITSELF.search(text, 0, _BEGIN) else ""
    last = ""
    for place, (start, end) in enumerate(spans):
        if named[place]:
            last = named[place][0] if len(set(named[place])) == 1 else ""
        elif last and _SPOKEN_OF.match(text, start, end):
            found.append((last, place))
        elif speaker and _SPEAKS.search(text, start, end):
            found.append((speaker, place))
    return found


def stated_places(mentions: Sequence[Mention], spans: Sequence[tuple[int, int]]) -> list[int]:
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
