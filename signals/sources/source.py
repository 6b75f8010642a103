"""What an article source is, and the gate that all of them go through.

Whatever it comes from, an item is first a :class:`Draft`, and :func:`admit` turns it into an
article or says why it can't be one. Nothing undated gets past it, no time is guessed, and nothing
is dropped in silence.
"""

from __future__ import annotations

import html
import math
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Protocol, runtime_checkable

from signals.errors import ArticleError, ConfigError
from signals.news.article import Article, PublishedFrom
from signals.news.markup import Page, read_markup
from signals.news.published import (
    LAST_ZONE_ON_EARTH,
    PublicationTime,
    day_of_midnight,
    parse_published,
)
from signals.news.storable import MAX_BYTES, clean
from signals.news.zones import rejoin_wrapped_lines
from signals.sources.refusals import ItemError, Quarantined, quarantine

MAX_RECORD = 2 * MAX_BYTES
"""Bytes of the largest record of a table that is read: an article, and what is told about it."""

_MAX_DEPTH = 50
_LINK = re.compile(r"https?://[^\s\x00-\x20\x7f<>\"\\]{1,2000}", re.IGNORECASE)
# Titles are text, but many vendors write them as HTML does: "Moody&#39;s".
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
# A stamp outside of these years is a mistake, not news.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MIDNIGHT = _EPOCH.time()


@runtime_checkable
class ArticleSource(Protocol):
    """Anything that articles come from: pass your own object where a source is asked for."""

    @property
    def name(self) -> str:
        """What reports call it: no path, so that it is the same on every machine."""
        ...

    def read(self) -> Iterator[Article | Quarantined]:
        """Give each item, as an article or with the reason why it is none.

        Raises
        ------
        ArticleError
            The source itself fails: it is missing, unreachable or in another format.
        """
        ...


@dataclass(slots=True)  # not frozen, which takes twice as long to make: one a row of a corpus
class Draft:
    """What a source says of one item, before anything of it is believed.

    Attributes
    ----------
    published
        A stamp as written, a date or a datetime; or a time that the source has read itself.
    published_from
        Who states it.
    title, text
        Of any type; what is no text is refused.
    markup
        The text as HTML; it goes before ``text``.
    source, url
        The publisher and the address; an address that isn't http(s) is left out.
    updated, first_seen
        Stamps as for ``published``.
    zone
        The zone of stamps that state none.
    provider
        The source's own fields, kept verbatim.
    """

    published: object
    published_from: PublishedFrom = "payload"
    title: object = None
    text: object = None
    markup: object = None
    source: object = None
    url: object = None
    updated: object = None
    first_seen: object = None
    zone: str | tzinfo | None = None
    provider: Mapping[str, object] = field(default_factory=dict)


def admit(draft: Draft, *, source: str, place: str) -> Article | Quarantined:
    """Turn a draft into an article, or say why it can't be one."""
    try:
        return article_of(draft, read_time(draft.published, draft.zone))
    except ItemError as error:
        title = draft.title if isinstance(draft.title, str) else ""
        holds = (draft.published, draft.url, draft.title, draft.text, draft.markup)
        return quarantine(source, place, error, title=title, holds=holds)


def article_of(draft: Draft, time: PublicationTime | None) -> Article:
    """Turn a draft, whose publication time was read, into an article.

    Raises
    ------
    ItemError
        It can't be one.
    """
    told: dict[str, object] = {}
    if not is_nothing(draft.updated):
        told["updated"] = _revision(draft)
    if not is_nothing(draft.first_seen):
        told["first_seen"] = read_time(draft.first_seen, draft.zone).last_second
    page = _page(draft)
    if draft.provider and isinstance(provider := verbatim(draft.provider), dict):
        told["provider"] = MappingProxyType(provider)
    try:
        return Article.from_page(page, (time, draft.published_from) if time else None, **told)
    except ArticleError as error:
        raise ItemError("empty", "It has neither a title nor a text.") from error


def check_times(published: str | date | datetime | None, zone: str | tzinfo | None) -> None:
    """Refuse a time or a zone that means nothing before every item is quarantined for it.

    Raises
    ------
    ConfigError
        It is no zone, or no time with it.
    """
    if zone is not None and not isinstance(zone, str | tzinfo):
        raise ConfigError(f"zone= is a name such as America/New_York, not {_shown(zone)}.")
    try:
        parse_published(published or "2000-01-01", zone=zone)
    except ArticleError as error:
        raise ConfigError(f"published or zone: {error}") from error


def own_name(path: str | Path) -> str:
    """Give the name of a file or folder itself, also where it is written ``.`` or ``..``."""
    return clean(Path(os.path.abspath(path)).name)  # noqa: PTH100 - of a link its own name


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a source's file; a pipe or a device, which may never end, is refused.

    Raises
    ------
    ArticleError
        It is missing, no file, or can't be read.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise ArticleError(f"{path.name} is a pipe or a device, no file.")
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise ArticleError(f"{path.name} can't be read: {error.strerror}.") from error


def read_time(value: object, zone: str | tzinfo | None) -> PublicationTime:
    """Read the stamp of an item; whatever may be earlier than the truth is refused or widened.

    Midnight is read as a date without a time, as ``day_of_midnight`` tells, also where it states
    no zone.

    Raises
    ------
    ItemError
        There is no stamp, it has no zone, it can't be read, or no news is of that time.
    """
    time = _parse(value, zone)
    check_plausible(time.instant)
    return day_of_midnight(time, zone)


def check_plausible(stamp: datetime) -> None:
    """Refuse a stamp of which no news is.

    Raises
    ------
    ItemError
        It is centuries away, or a 0 that was taken for a time.
    """
    if not _FIRST_YEAR <= stamp.year <= _LAST_YEAR or (stamp.year <= 1970 and _is_epoch(stamp)):
        raise ItemError("implausible_time", f"No news is of {stamp.isoformat()}.")


def _is_epoch(stamp: datetime) -> bool:
    """Tell a 0 that was taken for a time."""
    return stamp == _EPOCH or stamp.date() == _EPOCH.date()


def _parse(value: object, zone: str | tzinfo | None) -> PublicationTime:
    if is_nothing(value):
        raise ItemError("undated", "It states no publication time.")
    if isinstance(value, PublicationTime):
        return value
    if isinstance(value, datetime) and hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime(warn=False)  # of pandas, to the nanosecond
    if not isinstance(value, (str, date)) or (isinstance(value, str) and len(value) > 100):
        raise ItemError("bad_time", f"{_shown(value)} is no publication time.")
    try:
        return parse_published(value, zone=zone)
    except ArticleError as error:
        naive = _naive(value)
        if naive is not None and naive.time() == _MIDNIGHT:
            return parse_published(naive.date(), zone=zone)
        raise ItemError("bad_time" if naive is None else "naive_time", str(error)) from error
    except OverflowError as error:
        raise ItemError("bad_time", f"{_shown(value)} is no publication time.") from error


def is_nothing(value: object) -> bool:
    """Tell what tables and vendors write where they have nothing: null, NaN, blanks."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or (isinstance(value, float) and math.isnan(value))


def _shown(value: object) -> str:
    """Show a value that isn't what it should be, however large or deeply nested it is."""
    if isinstance(value, str):
        return repr(value[:60])
    if (
        value is None
        or isinstance(value, bool | float)
        or (isinstance(value, int) and abs(value) < 10**18)
    ):
        return repr(value)
    return f"a value of type {type(value).__name__}"


def _naive(value: str | date) -> datetime | None:
    """Give the time of a stamp that lacks nothing but a zone, in UTC."""
    try:
        return parse_published(value, zone=UTC).instant
    except (ArticleError, OverflowError):
        return None


def _revision(draft: Draft) -> datetime:
    """Give the last second that the stamp of a revision may mean.

    One without a zone is of the zone in which it comes last: a story isn't lost by it, but late.
    """
    try:
        return read_time(draft.updated, draft.zone).last_second
    except ItemError as error:
        if error.reason != "naive_time":
            raise
    return read_time(draft.updated, LAST_ZONE_ON_EARTH).last_second


def _page(draft: Draft) -> Page:
    title, source, url = _line(draft.title), _line(draft.source), _line(draft.url)
    if "&" in title:
        title = clean(_REFERENCE.sub(lambda match: html.unescape(match[0]), title))
    url = url if _LINK.fullmatch(url) else ""
    if draft.markup is not None and (markup := _text(draft.markup)):
        page = read_markup(clean(markup))
        if page.text:
            return Page(title, source, url, None, clean(page.text), page.hints)
    return Page(title, source, url, None, rejoin_wrapped_lines(clean(_text(draft.text))))


def _line(value: object) -> str:
    line = " ".join(_text(value).split())
    return line if line.isprintable() else clean(line)


def _text(value: object) -> str:
    if not isinstance(value, str):
        if is_nothing(value):
            return ""
        raise ItemError("malformed", f"{_shown(value)} stands where a text belongs.")
    if len(value) > MAX_BYTES:
        raise ItemError(
            "oversized", f"It is larger than {MAX_BYTES // 1_000_000} MB, which no article is."
        )
    return value


def verbatim(value: object, depth: int = 0) -> object:
    """Give a vendor's value as something that any file can hold.

    Texts, numbers, truth values, lists and mappings stay as they are, but for lone surrogates;
    NaN and the infinities, which JSON lacks, become None; times ISO 8601; anything else its text.

    Raises
    ------
    ItemError
        It is nested more than 50 deep.
    """
    if depth > _MAX_DEPTH:
        raise ItemError("malformed", f"Its fields are nested more than {_MAX_DEPTH} deep.")
    if isinstance(value, str):
        return _storable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {_storable(str(name)): verbatim(part, depth + 1) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [verbatim(part, depth + 1) for part in value]
    return value.isoformat() if isinstance(value, date) else str(value)


def _storable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
