"""What can't be an article, and why: nothing that a source holds is dropped in silence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from signals.errors import ArticleError
from signals.news.article import Article
from signals.news.storable import clean

_MAX_DETAIL = 300
_MAX_TITLE = 80


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An item that can't be used, and why.

    Attributes
    ----------
    source
        The name of its source.
    place
        Where it is in its source, such as "line 12" or "item 3".
    reason
        ``undated``, ``naive_time``, ``bad_time``, ``implausible_time``, ``future_time``,
        ``empty``, ``oversized``, ``malformed``, ``unreadable`` or ``unknown_format``.
    detail
        A sentence.
    title
        Its title, where it states one that can be read.
    digest
        Hash of what it holds, by which it is known again wherever it stands; empty where nothing
        of it can be read.
    """

    source: str
    place: str
    reason: str
    detail: str
    title: str = ""
    digest: str = ""


class ItemError(ArticleError):
    """One item is refused; ``reason`` is the code that its :class:`Quarantined` gets.

    ``content`` is what stands in its place, where that is no item at all.
    """

    def __init__(self, reason: str, detail: str, content: bytes = b"") -> None:
        super().__init__(detail)
        self.reason = reason
        self.content = content


def quarantine(
    source: str, place: str, error: ItemError, *, title: str = "", holds: Sequence[object] = ()
) -> Quarantined:
    """Note that an item was refused; ``holds`` is all that tells it from others."""
    start = " ".join(clean(title[: 2 * _MAX_DETAIL]).split())[:_MAX_TITLE]
    detail = clean(str(error))[:_MAX_DETAIL]
    digest = _digest_of(holds or [error.content])
    return Quarantined(source, clean(place), error.reason, detail, start, digest)


def _digest_of(parts: Iterable[object]) -> str:
    told = [repr(one) for one in parts if one and isinstance(one, str | bytes | int | date)]
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()[:16] if told else ""


def refuse_future(
    items: Iterable[Article | Quarantined], present: datetime, *, source: str
) -> Iterator[Article | Quarantined]:
    """Refuse articles that claim to be from the future, where the present is known.

    Parameters
    ----------
    items
        What a source gives.
    present
        An aware datetime. A stamp may be five minutes later: clocks differ.
    source
        The name of the source.
    """
    limit = present + timedelta(minutes=5)
    for item in items:
        if isinstance(item, Article) and item.published is not None:
            # A day of an unknown zone may have begun 26 hours before it does in UTC-12.
            begun = item.published - timedelta(hours=26 if item.zone_assumed else 0)
            if max(begun, item.updated or begun) > limit:
                detail = f"It claims to be of {item.published.isoformat()}, which is yet to come."
                place = item.url or item.title[:_MAX_TITLE]
                title = item.title[:_MAX_TITLE]
                yield Quarantined(source, place, "future_time", detail, title, item.id)
                continue
        yield item
