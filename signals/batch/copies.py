"""Which articles tell the same story, as far as that can be seen without reading them.

Two articles are one story when their words are the same, or when one revises the other at the same
address. The one that was known first is all new, the others are not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from signals.news.article import Article
from signals.news.nameindex import fold
from signals.study.events import Story

NEW, TOLD = 100.0, 0.0


def group_copies(articles: Iterable[Article]) -> dict[str, Story]:
    """Give the story of each article, by its id.

    Parameters
    ----------
    articles
        In the order in which they were known.
    """
    first: dict[tuple[str, str], str] = {}
    stories: dict[str, Story] = {}
    for article in articles:
        keys = [("words", _digest(article.text))]
        if article.url:
            keys.append((f"address {article.source}", article.url))
        known = next((first[key] for key in keys if key in first), None)
        for key in keys:
            first.setdefault(key, known or article.id)
        stories[article.id] = Story(known or article.id, NEW if known is None else TOLD)
    return stories


def _digest(text: str) -> str:
    return hashlib.sha256(" ".join(fold(text).split()).encode()).hexdigest()
