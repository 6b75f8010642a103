"""What vendors of news answer: one row of ``VENDORS`` a shape, read by the same few lines.

A row says where the items are, what an item of this vendor has and no other's, and under which
names its parts are. To teach it a vendor, add a row and a fixture.

Times: Alpha Vantage's ``time_published`` is UTC though it doesn't say so; Finnhub and the older
shape of Yahoo count seconds; GDELT's ``seendate`` stands on a grid of 15 minutes, so that the
article is taken as known when that quarter of an hour has ended.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from signals.news.published import PublicationTime

_COMPACT = re.compile(r"(\d{8}T\d{4}(?:\d{2})?)(Z?)")
_SECONDS = re.compile(r"\d{1,11}")
_QUARTER = timedelta(minutes=15)


def _as_written(value: object) -> object:
    return value


def _compact_utc(value: object) -> object:
    """Read 20250917T175959, in UTC though it doesn't say so."""
    match = _COMPACT.fullmatch(value.strip()) if isinstance(value, str) else None
    return f"{match[1]}Z" if match else value


def _since_epoch(value: object) -> object:
    """Read seconds since 1970, as a number or as a text; 0 and milliseconds are none."""
    if isinstance(value, str) and _SECONDS.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**10:
        return datetime.fromtimestamp(value, UTC)
    return "" if value == 0 else value


def _quarter_hour(value: object) -> object:
    """Give the last minute of the quarter of an hour that a stamp of GDELT begins."""
    match = _COMPACT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or not match[2]:
        return value
    try:
        seen = datetime.fromisoformat(f"{match[1]}Z")
    except ValueError:
        return value
    begin = seen.replace(minute=seen.minute // 15 * 15, second=0)
    return PublicationTime(begin + _QUARTER - timedelta(minutes=1), "minute")


@dataclass(frozen=True, slots=True)
class Vendor:
    """One shape of answer. Names of parts within parts are joined by dots.

    Attributes
    ----------
    name
        As ``vendor`` in a configuration; two shapes of one vendor share it.
    items
        Where the list of items is, when the answer isn't that list itself.
    marks
        What an item of this shape has, and those of other shapes in the same place haven't.
    published, updated, first_seen
        Its stamps; empty for none.
    stamp
        What makes of a stamp something with a zone.
    title, source
        Its headline and its publisher.
    texts, markups
        Where its text may be, the fullest first; HTML goes before text.
    urls
        Where its address may be.
    publisher
        Who publishes what names no publisher.
    """

    name: str
    items: str
    marks: tuple[str, ...]
    published: str
    title: str
    source: str
    urls: tuple[str, ...]
    texts: tuple[str, ...] = ()
    markups: tuple[str, ...] = ()
    updated: str = ""
    first_seen: str = ""
    stamp: Callable[[object], object] = _as_written
    publisher: str = ""


VENDORS: tuple[Vendor, ...] = (
    Vendor(
        name="yfinance",
        items="news",
        marks=("content.pubDate",),
        published="content.pubDate",
        updated="content.displayTime",
        title="content.title",
        source="content.provider.displayName",
        urls=("content.canonicalUrl.url", "content.clickThroughUrl.url"),
        markups=("content.description",),
        texts=("content.summary",),
    ),
    Vendor(
        name="yfinance",
        items="news",
        marks=("providerPublishTime",),
        published="providerPublishTime",
        title="title",
        source="publisher",
        urls=("link",),
        texts=("summary",),
        stamp=_since_epoch,
    ),
    Vendor(
        name="alphavantage",
        items="feed",
        marks=("time_published",),
        published="time_published",
        title="title",
        source="source",
        urls=("url",),
        texts=("summary",),
        stamp=_compact_utc,
    ),
    Vendor(
        name="polygon",
        items="results",
        marks=("published_utc",),
        published="published_utc",
        title="title",
        source="publisher.name",
        urls=("article_url", "amp_url"),
        texts=("description",),
    ),
    Vendor(
        name="benzinga",
        items="",
        marks=("created", "updated"),
        published="created",
        updated="updated",
        title="title",
        source="",
        publisher="Benzinga",
        urls=("url",),
        markups=("body", "teaser"),
    ),
    Vendor(
        name="finnhub",
        items="",
        marks=("datetime", "headline"),
        published="datetime",
        title="headline",
        source="source",
        urls=("url",),
        texts=("summary",),
        stamp=_since_epoch,
    ),
    Vendor(
        name="tiingo",
        items="",
        marks=("publishedDate", "crawlDate"),
        published="publishedDate",
        first_seen="crawlDate",
        title="title",
        source="source",
        urls=("url",),
        texts=("description",),
    ),
    Vendor(
        name="newsapi",
        items="articles",
        marks=("publishedAt",),
        published="publishedAt",
        title="title",
        source="source.name",
        urls=("url",),
        texts=("content", "description"),
    ),
    Vendor(
        name="marketaux",
        items="data",
        marks=("published_at",),
        published="published_at",
        title="title",
        source="source",
        urls=("url",),
        texts=("description", "snippet"),
    ),
    Vendor(
        name="gdelt",
        items="articles",
        marks=("seendate",),
        published="seendate",
        title="title",
        source="domain",
        urls=("url",),
        stamp=_quarter_hour,
    ),
)
ALIASES: Mapping[str, str] = {
    "massive": "polygon",
    "alpha_vantage": "alphavantage",
    "polygon.io": "polygon",
    "yahoo": "yfinance",
}
