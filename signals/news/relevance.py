"""How much an article is about a company: 0 to 100, as a sum of parts that a report can show."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple


class Presence(NamedTuple):
    """Where one company stands in an article's story; boilerplate and sources do not count.

    Attributes
    ----------
    in_title, in_lead
        Whether it is mentioned in the title, and in the first paragraph.
    first_sentence, sentences
        The first sentence that mentions it, counted from 0, and how many the story has.
    mentions, all_mentions
        Its own mentions, and those of all companies.
    explicit
        Whether the text states one of its symbols.
    companies
        How many companies the story mentions.
    """

    in_title: bool
    in_lead: bool
    first_sentence: int
    sentences: int
    mentions: int
    all_mentions: int
    explicit: bool
    companies: int


def relevance(presence: Presence) -> tuple[float, Mapping[str, float]]:
    """Give the relevance of a company, and what it is made of.

    40 points for the title, 15 for the first paragraph, up to 15 for coming early, 20 times its
    share of all mentions of companies, 10 for a stated symbol. In a round-up of more than five
    companies the sum is divided among them, by the square root of their number over five. At
    least 1 for a company that the story mentions, 0 for any other.

    Returns
    -------
    (float, mapping)
        Relevance in [0, 100], to a tenth; parts ``title``, ``lead``, ``position``, ``share``,
        ``explicit`` in points, and the factor ``roundup`` in (0, 1].
    """
    points, parts = _relevance(presence)
    return points, dict(parts)


@lru_cache(1 << 12)
def _relevance(presence: Presence) -> tuple[float, Mapping[str, float]]:
    if presence.mentions == 0:
        return 0.0, {}
    parts = {
        "title": 40.0 * presence.in_title,
        "lead": 15.0 * presence.in_lead,
        "position": 15.0 * (1 - presence.first_sentence / max(presence.sentences, 1)),
        "share": 20.0 * presence.mentions / presence.all_mentions,
        "explicit": 10.0 * presence.explicit,
    }
    roundup = min(1.0, math.sqrt(5 / presence.companies))
    total = max(1.0, sum(parts.values()) * roundup)
    return round(total, 1), {
        **{name: round(points, 2) for name, points in parts.items()},
        "roundup": round(roundup, 4),
    }
