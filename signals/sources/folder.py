"""A folder of articles: text and HTML files, in the order of their names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

from signals.errors import ArticleError, ConfigError
from signals.news.article import Article, read_article
from signals.news.storable import MAX_BYTES
from signals.sources.refusals import ItemError, Quarantined, quarantine
from signals.sources.source import check_plausible, check_times, own_name

_KINDS = frozenset({".txt", ".text", ".md", ".html", ".htm", ".xhtml"})


@dataclass(frozen=True, slots=True)
class FolderSource:
    """The text and HTML files of a folder and of the folders in it, sorted by name.

    Hidden files and folders are passed over; a file of another kind is quarantined, and so is a
    link to a folder, which is not followed.

    Parameters
    ----------
    path
        The folder.
    published, zone
        As for :func:`signals.read_article`, for articles that don't state their own.
    label
        The source's name; the folder's, when it is empty.

    Raises
    ------
    ConfigError
        The time or the zone means nothing.
    """

    path: str | Path
    published: str | date | datetime | None = field(default=None, kw_only=True)
    zone: str | tzinfo | None = field(default=None, kw_only=True)
    label: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        check_times(self.published, self.zone)

    @property
    def name(self) -> str:
        """The label, or the folder's name."""
        return self.label or own_name(self.path)

    def read(self) -> Iterator[Article | Quarantined]:
        """Give each file's article, or the reason why there is none.

        Raises
        ------
        ArticleError
            There is no such folder, or it can't be read.
        """
        root = Path(self.path)
        if not root.is_dir():
            raise ArticleError(f"{root.name} is no folder of articles.")
        try:
            files = sorted(entries(root), key=lambda file: file.relative_to(root).as_posix())
        except OSError as error:
            name = Path(error.filename or root).name
            raise ArticleError(f"The folder {name} can't be read: {error.strerror}.") from error
        for file in files:
            yield self._read_file(file, file.relative_to(root).as_posix())

    def _read_file(self, file: Path, place: str) -> Article | Quarantined:
        title = ""
        try:
            article = self._read_article(file)
            title = article.title
            _check_time(article)
        except ItemError as error:
            return quarantine(self.name, place, error, title=title, holds=[_begin_of(file)])
        return article

    def _read_article(self, file: Path) -> Article:
        _check_kind(file)
        try:
            return read_article(file, published=self.published, zone=self.zone)
        except (ArticleError, ConfigError) as error:
            raise ItemError(self._reason(file), str(error)) from error

    def _reason(self, file: Path) -> str:
        """Tell a file that lacks nothing but a zone from one that can't be read."""
        try:
            if file.stat().st_size > MAX_BYTES:
                return "oversized"
            read_article(file, zone=UTC)
        except (OSError, ArticleError, ConfigError):
            return "unreadable"
        # What can be read by itself fails by its zone, or contradicts the time that was given.
        return "naive_time" if self.published is None else "bad_time"


def _check_time(article: Article) -> None:
    if article.published is None:
        detail = "It states no publication time: give it a line Published:, or the folder one."
        raise ItemError("undated", detail)
    check_plausible(article.published)


def _check_kind(file: Path) -> None:
    """Refuse what lies in a folder and is no file of an article."""
    if told := no_file(file):
        raise ItemError("unreadable", told)
    if file.suffix.lower() not in _KINDS:
        kinds = ", ".join(sorted(_KINDS))
        told = f"{file.name} is none of the kinds that are read: {kinds}."
        raise ItemError("unknown_format", told)


def _begin_of(file: Path) -> bytes:
    """Read what tells a file from another of its name; of a pipe or the like nothing."""
    with suppress(OSError):
        if file.is_file():
            with file.open("rb") as opened:
                return opened.read(MAX_BYTES)
    return b""


def no_file(path: Path) -> str:
    """Say why what ``entries`` gives is no file; nothing of one."""
    if path.is_dir():
        return f"{path.name} is a link to a folder: name that folder as a source of its own."
    if not path.is_file():
        return f"{path.name} is a pipe, a device or a link to nothing, no file."
    return ""


def entries(folder: Path) -> Iterator[Path]:
    """Give what lies in a folder and in the folders in it, but for what is hidden.

    Links to folders are given, not followed.

    Raises
    ------
    OSError
        A folder can't be read.
    """
    folders = [folder]
    while folders:
        for entry in folders.pop().iterdir():
            if entry.name.startswith("."):
                continue
            if entry.is_dir() and not entry.is_symlink():
                folders.append(entry)
            else:
                yield entry
