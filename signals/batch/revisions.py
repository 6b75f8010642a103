"""Later versions of a text at one address: which were changed without a word, which corrected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from signals.batch.records import ticks
from signals.news.article import Article

if TYPE_CHECKING:
    from signals.batch.links import Link

_CORRECTS = re.compile(
    r"\bcorrect(?:s|ed|ing|ion)\b[^.]{0,80}\b(?:earlier|previous|version|headline|paragraph|figure)"
    r"|\b(?:earlier|previous) version\b[^.]{0,80}\b(?:incorrect|wrong|error|misstated)",
    re.IGNORECASE,
)


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


def corrections(
    revised: Mapping[str, str], articles: Iterable[Article], links: Iterable[Link]
) -> set[str]:
    """Give the later versions that take back what the one before said.

    They say that they correct it, or what they say about a symbol has turned from good to bad or
    from bad to good.

    Parameters
    ----------
    revised
        Article -> the version before.
    articles, links
        All versions, and what they say about symbols.
    """
    says = {one.id: bool(_CORRECTS.search(one.text)) for one in articles}
    labels: dict[str, dict[str | None, str]] = {}
    for link in links:
        labels.setdefault(link.article.id, {})[link.score.symbol] = link.score.label
    return {
        new
        for new, old in revised.items()
        if (says.get(new) and not says.get(old, True))
        or any(
            {label, labels.get(old, {}).get(symbol)} == {"positive", "negative"}
            for symbol, label in labels.get(new, {}).items()
        )
    }
