"""One article: its text with every part marked, and when anyone could first have known it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from signals.errors import ArticleError, ConfigError
from signals.news.markup import Page, read_markup
from signals.news.published import (
    Precision,
    PublicationTime,
    day_of_midnight,
    end_of_stamp,
    parse_published,
    parse_updated,
)
from signals.news.storable import MAX_BYTES, clean, decode
from signals.news.zones import TITLE_LENGTH, Zone, mark_zones, rejoin_wrapped_lines

PublishedFrom = Literal["user", "header", "payload", "feed", "html"]

_TABLES = frozenset({".csv", ".jsonl", ".ndjson", ".parquet"})

_HEADER = re.compile(r"(title|published|updated|source|url):[ \t]*(.*)", re.IGNORECASE)
_LOOKS_LIKE_HTML = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|article)\b", re.IGNORECASE)
_NO_FIELDS: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Article:
    """A news article. Every offset in this package points into ``text``.

    Attributes
    ----------
    id
        16 hex digits of the sha256 over source, publication time and text.
    source, title, url
        As stated; empty when nobody said. The title is also the first line of ``text``.
    text
        The whole text, line ends as line feeds, characters that can't be stored replaced.
    published
        When it was published, with a time zone; None when nobody said. With the precision
        "day" it is the midnight at which that day began.
    precision
        What the stamp resolves: a second, a minute or a day; None without ``published``.
    published_from
        Who said so; None without ``published``.
    zone_assumed
        True when a date came without a time zone: the day is then taken to end where it ends
        last on earth, at UTC-12, so that nothing is known too early.
    first_seen
        When a collector first saw it; None when nobody said.
    updated
        When this version of the text was published, if it is a revision; the last second that
        its stamp may mean.
    zones
        Parts of the text, in order, not overlapping; blanks between them belong to none.
    provider
        A vendor's own fields, verbatim.
    """

    id: str
    source: str
    title: str
    text: str = field(repr=False)
    published: datetime | None
    precision: Precision | None
    published_from: PublishedFrom | None
    zones: tuple[Zone, ...] = field(repr=False)
    url: str = ""
    zone_assumed: bool = False
    first_seen: datetime | None = None
    updated: datetime | None = None
    provider: Mapping[str, object] = field(
        default_factory=lambda: _NO_FIELDS, repr=False, hash=False
    )

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process, or into a copy."""
        stated = {one.name: getattr(self, one.name) for one in fields(self)}
        return _stated_again, (stated | {"provider": dict(self.provider)},)

    @property
    def known_at(self) -> datetime | None:
        """The UTC instant at which anyone could first know this text; None without a time.

        The end of the stamp's precision: a stamp of 15:11 may mean 15:11:59, so the story is known
        at 15:12:00, and one of 15:11:30 at 15:11:31. Of a revised text the revision's time counts.
        """
        if self.published is None or self.precision is None:
            return None
        if self.updated is not None and self.updated > self.published:
            return end_of_stamp(self.updated, "second")
        return end_of_stamp(self.published, self.precision)

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        title: str | None = None,
        published: str | date | datetime | None = None,
        zone: str | tzinfo | None = None,
        source: str | None = None,
        url: str | None = None,
    ) -> Article:
        """Make an article from plain text.

        The text may begin with lines ``Title:``, ``Published:``, ``Updated:``, ``Source:`` and
        ``URL:`` and an empty line, or with its title and such lines; arguments go before them.
        Without a title, a first line that reads like one is taken. Where ``Updated:`` is later
        than the publication, the text is known from then on.

        Parameters
        ----------
        text
            The article.
        title, source, url
            As stated elsewhere.
        published
            An aware datetime, a date, or text as for
            :func:`signals.news.published.parse_published`. It is taken to be the time of this
            text: what the article says of an update doesn't count then.
        zone
            The zone of a date, or of a time without one.

        Raises
        ------
        ArticleError
            The article is empty or binary, or its publication time means nothing.
        ConfigError
            ``published`` contradicts the article's own header.

        Examples
        --------
        >>> article = Article.from_text("Acme (NYSE:ACM) rose.", published="2025-07-21T19:11Z")
        >>> article.known_at.isoformat()
        '2025-07-21T19:12:00+00:00'
        """
        headers, body = _split_headers(clean(text))
        page = Page(
            title=_given("title", title) or headers.get("title", ""),
            source=_given("source", source) or headers.get("source", ""),
            url=_given("url", url) or headers.get("url", ""),
            published=headers.get("published"),
            text=rejoin_wrapped_lines(body),
        )
        time = _choose_time(published, zone, page.published, "header")
        article = cls.from_page(page, time)
        return _revised(article, headers.get("updated"), zone)

    @classmethod
    def from_html(
        cls,
        html: str,
        *,
        published: str | date | datetime | None = None,
        zone: str | tzinfo | None = None,
        source: str | None = None,
        url: str | None = None,
    ) -> Article:
        """Make an article from a web page; parameters and errors as for :meth:`from_text`.

        Title, times, source and address come from the page's JSON-LD, its ``og:`` and ``article:``
        properties, ``<time>`` and ``<h1>``; of times of its head that contradict each other the
        latest counts, and of those of its body none of another story or in prose. The text is
        of its ``<article>``, ``<main>`` or densest paragraphs. Captions, advertisements and lists
        of other stories are marked. A page that was changed after it was published is known from
        then on: nobody can tell what it said before.
        """
        page = read_markup(clean(html))
        told = _given("source", source) or page.source, _given("url", url) or page.url
        page = page._replace(source=told[0], url=told[1])
        time = _choose_time(published, zone, page.published, "html")
        article = cls.from_page(page, time)
        return _revised(article, page.updated, zone)

    @classmethod
    def from_page(
        cls, page: Page, time: tuple[PublicationTime, PublishedFrom] | None, **told: Any
    ) -> Article:
        """Make an article from what a page, a feed, a vendor or a table says of it, storably.

        No line of its text is read as a header, so that no text can date itself. What else is
        ``told`` are attributes of the article.

        Raises
        ------
        ArticleError
            It has neither a title nor a text.
        """
        body = page.text.strip("\n\t ")
        title = " ".join(page.title.split())
        if not body and not title:
            raise ArticleError("The article is empty.")
        if not title or _begins_with(body, title):
            text = body
        else:
            text = f"{title}\n\n{body}" if body else title
        zones = mark_zones(text, titled=bool(title), hints=page.hints)
        if not title and zones and zones[0].kind == "title":
            title = text[zones[0].start : zones[0].end]
        stamp, stated_by = time or (None, None)
        return cls(
            id=identify(page.source, stamp.instant if stamp else None, text),
            source=page.source,
            title=title,
            text=text,
            published=stamp.instant if stamp else None,
            precision=stamp.precision if stamp else None,
            published_from=stated_by,
            zones=zones,
            url=page.url,
            zone_assumed=bool(stamp and stamp.zone_assumed),
            **told,
        )


def read_article(
    path: str | Path,
    *,
    published: str | date | datetime | None = None,
    zone: str | tzinfo | None = None,
) -> Article:
    """Read an article from a file of plain text or HTML.

    Parameters
    ----------
    path
        The file: UTF-8, UTF-16 with its mark, or Windows-1252; at most 2 MB.
    published, zone
        As for :meth:`Article.from_text`.

    Raises
    ------
    ConfigError
        There is no such file, or ``published`` contradicts what the article states.
    ArticleError
        It is empty, binary, too large, a table, or its publication time means nothing.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            f"{path} can't be read: {error.strerror}. Name the file of an article; "
            "Article.from_text(text) makes one of a text."
        ) from error
    if path.suffix.lower() in _TABLES:
        raise ArticleError(
            f"{path.name} is a table of articles, not one of them: `signals score` and "
            "sg.open_source read it."
        )
    if len(content) > MAX_BYTES:
        raise ArticleError(
            f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB, which no news article is; "
            "split it into articles."
        )
    text = decode(content, path.name)
    try:
        if path.suffix.lower() in {".html", ".htm"} or _LOOKS_LIKE_HTML.match(text):
            return Article.from_html(text, published=published, zone=zone)
        return Article.from_text(text, published=published, zone=zone)
    except ArticleError as error:
        raise ArticleError(f"{path.name}: {error}") from error


def _given(what: str, text: str | None) -> str:
    """Make storable what the caller says beside an article."""
    if not isinstance(text, str | None):
        raise ArticleError(f"The {what} of an article is text or None, not {type(text).__name__}.")
    return clean(text) if text else ""


def _split_headers(text: str) -> tuple[dict[str, str], str]:
    """Part the header lines from the text; a text without an empty line behind them has none.

    The title may stand before them without its word, if none of them tells another.
    """
    headers: dict[str, str] = {}
    stated = 0
    place = len(text) - len(text.lstrip())
    while place < len(text):
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        line = text[place:end].strip()
        if not line:
            return (headers, text[end:]) if stated else ({}, text)
        match = _HEADER.fullmatch(line)
        if match:
            if match[1].lower() == "title" and len(headers) > stated:
                return {}, text
            headers[match[1].lower()] = match[2].strip()
            stated += 1
        elif headers or len(line) > TITLE_LENGTH:
            return {}, text
        else:
            headers["title"] = line
        place = end + 1
    return (headers, "") if stated == len(headers) else ({}, text)


def _choose_time(
    given: str | date | datetime | None,
    zone: str | tzinfo | None,
    stated: str | None,
    stated_by: PublishedFrom,
) -> tuple[PublicationTime, PublishedFrom] | None:
    """Take the reader's time before the article's own, and refuse two that can't both be true."""
    own = day_of_midnight(parse_published(stated, zone=zone), zone) if stated else None
    if given is None:
        return (own, stated_by) if own else None
    time = parse_published(given, zone=zone)
    if own and not time.agrees_with(own):
        raise ConfigError(
            f"The publication time {given} contradicts the article, which states {stated!r}. "
            "Leave it out, or mend the article."
        )
    return time, "user"


def _begins_with(body: str, title: str) -> bool:
    """Tell whether the first line of a text is its title, however its words are parted."""
    words = title.split(" ")  # of a long first line only so many are looked at
    return (
        body.lstrip().startswith(words[0])
        and body.partition("\n")[0].split(None, len(words)) == words
    )


def _stated_again(stated: dict[str, Any]) -> Article:
    return Article(**stated | {"provider": MappingProxyType(stated["provider"])})


def _revised(article: Article, updated: str | None, zone: str | tzinfo | None) -> Article:
    """Note when the text was changed, unless the reader says of which time it is."""
    if not updated or article.published is None or article.published_from == "user":
        return article
    changed = day_of_midnight(parse_updated(updated, zone=zone), zone).last_second
    return replace(article, updated=changed) if changed > article.published else article


def identify(source: str, published: datetime | None, text: str) -> str:
    """Give the id of an article of a source, a publication time and a text."""
    when = published.astimezone(UTC).isoformat() if published else ""
    return hashlib.sha256(f"{source}\x1f{when}\x1f{text}".encode()).hexdigest()[:16]
