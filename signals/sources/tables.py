"""Tables of articles: JSON Lines, CSV and Parquet, with the columns that you name.

Without a mapping two sets of columns are known: the names of the fields themselves (``title``,
``text``, ``published``, ...), and those of FNSPID. Every other column is kept verbatim in
``Article.provider``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Any, ClassVar

from signals.errors import ArticleError, ConfigError
from signals.news.article import Article
from signals.sources.records import Record, csv_rows, json_lines, parquet_rows
from signals.sources.source import Draft, ItemError, Quarantined, admit, quarantine

FIELDS = ("published", "title", "text", "markup", "source", "url", "updated", "first_seen")
"""What a column may be mapped to; ``markup`` is the text as HTML."""

FNSPID: Mapping[str, str] = {
    "published": "Date",
    "title": "Article_title",
    "text": "Article",
    "source": "Publisher",
    "url": "Url",
}
"""The columns of FNSPID, the set of financial news and prices; its summaries are kept aside."""

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "article", "body", "content"),
    "title": ("title", "article_title", "headline"),
    "published": ("published", "date", "published_at", "published_utc", "datetime", "created"),
    "source": ("source", "publisher"),
    "url": ("url", "link"),
}
"""What the columns of a corpus may be called, in any case; the first that is there counts."""

_TEXTS = frozenset({"title", "text", "markup"})
_OURS: Mapping[str, str] = {name: name for name in FIELDS}


@dataclass(frozen=True, slots=True)
class _Table:
    """What the three kinds of table have in common; ``CsvSource`` tells its parameters."""

    path: str | Path
    columns: Mapping[str, str] | None = field(default=None, kw_only=True)
    zone: str | tzinfo | None = field(default=None, kw_only=True)
    label: str = field(default="", kw_only=True)

    # Every row of a CSV or Parquet file has all columns; an object of JSON Lines may lack some.
    _every_record_is_whole: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.columns is None:
            return
        strange = next((name for name in self.columns if name not in FIELDS), None)
        if strange is not None:
            raise ConfigError(f"{strange!r} is no field of an article; {', '.join(FIELDS)} are.")
        if "published" not in self.columns:
            raise ConfigError("The columns name none for published, so that nothing has a time.")
        if not _TEXTS.intersection(self.columns):
            raise ConfigError("The columns name none for title, text or markup.")

    @property
    def name(self) -> str:
        """The label, or the file's name."""
        return self.label or Path(self.path).name

    def _read(self, rows: Callable[[Path], Iterator[Record]]) -> Iterator[Article | Quarantined]:
        columns: Mapping[str, str] | None = None
        name = self.name
        for place, record in rows(Path(self.path)):
            if isinstance(record, ItemError):
                yield quarantine(name, place, record)
                continue
            if columns is None:
                columns = self._columns_of(record)
            yield admit(self._draft(record, columns), source=name, place=place)

    def _columns_of(self, record: Mapping[str, object]) -> Mapping[str, str]:
        """Give the columns to read, and refuse a table that hasn't got them."""
        known = [self.columns] if self.columns is not None else [_OURS, FNSPID]
        for columns in known:
            told = {name: column for name, column in columns.items() if column in record}
            missing = columns.keys() - told.keys()
            if self.columns is not None and self._every_record_is_whole and missing:
                break
            if _TEXTS.intersection(told) and ("published" in told or self.columns is not None):
                return columns
        names = ", ".join(str(name)[:30] for name in list(record)[:12])
        raise ArticleError(
            f"{Path(self.path).name} has the columns {names}; say with columns which of them are "
            "published, title and text."
        )

    def _draft(self, record: Mapping[str, object], columns: Mapping[str, str]) -> Draft:
        told: dict[str, Any] = {name: record.get(column) for name, column in columns.items()}
        taken = set(columns.values())
        provider = {name: value for name, value in record.items() if name not in taken}
        return Draft(**told, zone=self.zone, provider=provider)


@dataclass(frozen=True, slots=True)
class JsonLinesSource(_Table):
    """A file of JSON Lines, one object an article; its parameters are those of ``CsvSource``."""

    _every_record_is_whole: ClassVar[bool] = False

    def read(self) -> Iterator[Article | Quarantined]:
        """Give each line's article, or the reason why there is none."""
        return self._read(json_lines)


@dataclass(frozen=True, slots=True)
class CsvSource(_Table):
    """A CSV file in UTF-8 with a header, one row an article.

    Parameters
    ----------
    path
        The file.
    columns
        What its columns are, as ``{"published": "Date", "title": "Headline"}``: ``published,
        title, text, markup`` (the text as HTML), ``source, url, updated, first_seen``. None where
        they are called so, or as in FNSPID. Other columns are kept in ``Article.provider``.
    zone
        The zone of dates, and of times without one; without it such times are quarantined.
    label
        The source's name; the file's, when it is empty.

    Raises
    ------
    ConfigError
        The mapping names a field that there isn't, or no column for ``published``.
    """

    def read(self) -> Iterator[Article | Quarantined]:
        """Give each row's article, or the reason why there is none."""
        return self._read(csv_rows)


@dataclass(frozen=True, slots=True)
class ParquetSource(_Table):
    """A Parquet file (needs the extra ``[parquet]``), with the parameters of ``CsvSource``."""

    def read(self) -> Iterator[Article | Quarantined]:
        """Give each row's article, or the reason why there is none."""
        return self._read(parquet_rows)
