"""What a source of articles is, and the one that a table of a configuration describes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from signals.errors import ArticleError, ConfigError
from signals.news.article import Article, read_article

_SUFFIXES = frozenset({".txt", ".html", ".htm"})


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An item that a source gave and that is no article: where it stands, and why."""

    source: str
    place: str
    reason: str
    detail: str


@runtime_checkable
class ArticleSource(Protocol):
    """Anything that gives articles, one after the other."""

    @property
    def name(self) -> str:
        """What reports call it."""
        ...

    def read(self) -> Iterator[Article | Quarantined]:
        """Give each item; raises an ArticleError when the source itself fails."""
        ...


class FolderSource:
    """The text and HTML files of a folder, sorted by name."""

    def __init__(self, path: str | Path, *, zone: str | None = None, name: str = "") -> None:
        self._path = Path(path)
        self._zone = zone
        self.name = name or self._path.name

    def read(self) -> Iterator[Article | Quarantined]:
        """Give each file as an article."""
        if not self._path.is_dir():
            raise ArticleError(f"The folder of {self.name} is not there.")
        for path in sorted(self._path.iterdir()):
            if path.suffix.lower() not in _SUFFIXES:
                continue
            try:
                article = read_article(path, zone=self._zone)
            except (ArticleError, ConfigError) as error:
                yield Quarantined(self.name, path.name, "unreadable", str(error))
                continue
            if article.known_at is None:
                detail = "It states no publication time."
                yield Quarantined(self.name, path.name, "undated", detail)
            else:
                yield article


def open_source(table: Mapping[str, object]) -> ArticleSource:
    """Open the source that a [[sources]] table describes.

    Raises
    ------
    ConfigError
        The kind is unknown.
    """
    if table.get("kind") != "folder":
        raise ConfigError(f"{table.get('kind')!r} is no kind of source known here; folder is.")
    zone = table.get("zone")
    return FolderSource(
        str(table["path"]),
        zone=None if zone is None else str(zone),
        name=str(table.get("name", "")),
    )
