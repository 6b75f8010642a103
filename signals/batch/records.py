"""What the store keeps, as records; articles and scores as rows of it, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from signals.news.article import Article
from signals.news.zones import Zone
from signals.sentiment.scorer import Score

if TYPE_CHECKING:
    from signals.news.mentions import Mention

Row = Sequence[object]
RefusedKey = tuple[str, str, str]
"""By which a refused item is known again: source, reason, and its digest, title or place."""

ARTICLE_COLUMNS = (
    "id source title url text published precision published_from zone_assumed first_seen updated "
    "known_at zones provider"
).split()
MENTION_COLUMNS = (
    "article_id symbol mic company start end how role boilerplate confidence"
).split()
SCORE_COLUMNS = "article_id symbol mic company score label relevance scorer recap".split()

_INSTANTS = ("published", "first_seen", "updated")  # of an article, kept as ISO 8601
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Analysed:
    """What was found in one article.

    ``mentions`` are empty where they were not asked for; ``unresolved`` are the reasons of
    notations that name no listing; ``words`` those of the text, in small letters;
    ``companies`` the keys of those that it is about.
    """

    article: Article
    mentions: tuple[Mention, ...]
    scores: tuple[Score, ...]
    unresolved: tuple[str, ...]
    words: tuple[str, ...]
    companies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Attributes
    ----------
    folder
        Name of its folder.
    session
        Its session, ISO 8601: the last of its days.
    key
        The name of all its days, see ``days.key_of``.
    fingerprint
        Hash of everything that went in.
    quick
        Hash of the files that went in, before they were read; empty when it can't be had.
    code
        Its exit code.
    symbols
        What it said, as JSON (``daily_data.summary_of``): the next report compares itself with it.
    """

    folder: str
    session: str
    key: str
    fingerprint: str
    quick: str
    code: int
    symbols: str

    @property
    def exchanges(self) -> frozenset[str]:
        """Those on whose sessions it was; reports of older versions didn't say."""
        return frozenset(json.loads(self.symbols).get("days", ()))


RUN_COLUMNS = [field.name for field in fields(Run)]


def ticks(instant: datetime) -> int:
    """Give an instant as microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def instant_of(microseconds: int) -> datetime:
    """Give the instant of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)


def article_row(article: Article) -> tuple[object, ...]:
    """Give an article in the order of ``ARTICLE_COLUMNS``."""
    named: dict[str, object] = {name: getattr(article, name) for name in ARTICLE_COLUMNS}
    for name in _INSTANTS:
        instant = getattr(article, name)
        named[name] = None if instant is None else instant.isoformat()
    named["zone_assumed"] = int(article.zone_assumed)
    named["known_at"] = None if article.known_at is None else ticks(article.known_at)
    named["zones"] = json.dumps([[zone.kind, zone.start, zone.end] for zone in article.zones])
    named["provider"] = json.dumps(_plain(article.provider), sort_keys=True, ensure_ascii=True)
    return tuple(named.values())


def article_of(row: Row) -> Article:
    """Make the article of a row in the order of ``ARTICLE_COLUMNS``."""
    named: dict[str, object] = dict(zip(ARTICLE_COLUMNS, row, strict=True))
    del named["known_at"]
    for name in _INSTANTS:
        named[name] = datetime.fromisoformat(str(named[name])) if named[name] else None
    named["zone_assumed"] = bool(named["zone_assumed"])
    named["zones"] = tuple(Zone(*zone) for zone in json.loads(str(named["zones"])))
    named["provider"] = MappingProxyType(json.loads(str(named["provider"])))
    return Article(**named)  # type: ignore[arg-type]


def score_row(score: Score) -> tuple[object, ...]:
    """Give a score in the order of ``SCORE_COLUMNS``."""
    return tuple(getattr(score, name) for name in SCORE_COLUMNS)


def score_of(row: Row, article: Article) -> Score:
    """Make the score of a row; what it is made of is not kept."""
    named = dict(zip(SCORE_COLUMNS, row, strict=True))
    return Score(
        **named,  # type: ignore[arg-type]
        known_at=article.known_at,
        precision=article.precision,
        contributions=(),
    )


def _plain(value: object) -> object:
    """Turn a vendor's fields into what JSON can hold."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
