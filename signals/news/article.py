"""One article: its text with every part marked, and when anyone could first have known it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Literal

Precision = Literal["second", "minute", "day"]
PublishedFrom = Literal["user", "header", "payload", "feed", "html"]
ZoneKind = Literal["title", "lead", "body", "caption", "related", "disclosure", "about"]

BOILERPLATE_KINDS: frozenset[str] = frozenset({"caption", "related", "disclosure", "about"})
"""Zones that say nothing new about a company: kept and marked, left out of every score."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of an article's text, ``text[start:end]``, and what kind of part it is.

    ``title``, ``lead`` (the first paragraph) and ``body`` are the story. ``caption`` belongs to a
    picture, ``related`` lists other stories, ``disclosure`` speaks of the author's or the
    publisher's interests, ``about`` is a company's or a publisher's own description.
    """

    kind: ZoneKind
    start: int
    end: int

    @property
    def boilerplate(self) -> bool:
        """Whether the zone is no part of the story."""
        return self.kind in BOILERPLATE_KINDS


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
        When this version of the text was published, if it is a revision.
    zones
        Parts of the text, in order, not overlapping; blanks between them belong to none.
    provider
        A vendor's own fields, verbatim.
    """

    id: str
    source: str
    title: str
    text: str
    published: datetime | None
    precision: Precision | None
    published_from: PublishedFrom | None
    zones: tuple[Zone, ...]
    url: str = ""
    zone_assumed: bool = False
    first_seen: datetime | None = None
    updated: datetime | None = None
    provider: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def known_at(self) -> datetime | None:
        """The UTC instant at which anyone could first know this text; None without a time.

        The end of the stamp's precision: a stamp of 15:11 may mean 15:11:59, so the story is
        known at 15:12:00, and one of 15:11:30 at 15:11:31. Of a revised text the revision's time
        counts. Never earlier than the truth.
        """
        if self.published is None or self.precision is None:
            return None
        stamp = self.published
        if self.updated is not None and self.updated > stamp:
            return _end_of_stamp(self.updated, "second")
        return _end_of_stamp(stamp, self.precision)
