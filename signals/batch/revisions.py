"""Later versions of a text at one address, and which of them were changed without a word."""

from __future__ import annotations

from datetime import datetime

from signals.batch.records import ticks
from signals.news.article import Article


def stated_order(article: Article) -> tuple[int, str]:
    """Give what articles are sorted by into the order in which they say that they were known."""
    return -1 if article.known_at is None else ticks(article.known_at), article.id


def is_silent(
    article: Article, *, published: object, updated: object, known_at: object, title: object
) -> bool:
    """Tell whether an article claims to be no later than a kept version of it (its columns).

    It can't have been known then: at its address stood the other text. Without a time it claims
    nothing. Of a day, an address that is a publisher's may have several stories: only those of one
    title are versions.
    """
    if article.known_at is None or article.published is None or known_at is None:
        return False
    no_later = ticks(article.known_at) <= int(str(known_at))
    if article.precision == "day":
        return no_later and article.title == title
    # What is of 14:00 is known at 14:01, and yet states to be no later than 14:00:00.
    kept = max(datetime.fromisoformat(str(one)) for one in (published, updated) if one)
    return no_later or max(article.published, article.updated or article.published) <= kept
