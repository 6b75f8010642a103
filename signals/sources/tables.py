"""Tables of articles: JSON Lines, CSV, Parquet and data frames, with the columns that you name.

Without a mapping columns are known by the names of the fields themselves (``title``, ``text``,
``published``, ...) and by those that FNSPID and vendors give them. Every other column, such as a
vendor's ``id`` and ``symbols``, is kept verbatim in ``Article.provider``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from signals.errors import ArticleError, ConfigError
from signals.news.article import Article
from signals.sources.csvrows import csv_rows
from signals.sources.refusals import ItemError, Quarantined, quarantine
from signals.sources.rowreaders import Record, frame_rows, json_lines, parquet_rows
from signals.sources.source import Draft, admit, check_times, is_nothing, own_name

if TYPE_CHECKING:
    import pandas as pd

FIELDS = ("published", "title", "text", "markup", "source", "url", "updated", "first_seen")
"""What a column may be mapped to; ``markup`` is the text as HTML."""

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "article", "body", "content", "description", "summary"),
    "title": ("title", "article_title", "headline"),
    "published": (
        *("published", "date", "published_at", "published_utc", "datetime", "created"),
        *("publishedat", "publisheddate", "published_date", "time_published", "created_at"),
    ),
    "source": ("source", "publisher"),
    "url": ("url", "link", "article_url"),
    "updated": (
        *("updated", "updated_at", "updatedat", "updated_utc", "last_updated", "lastupdated"),
        *("modified", "modified_at", "date_modified", "datemodified"),
    ),
}
"""What columns may be called, in any case; the first that says something in a row counts."""

TEXTS = frozenset({"title", "text", "markup"})
_KNOWN: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in FIELDS},
    **SPELLINGS,
}


@lru_cache(256)
def known_columns(written: tuple[object, ...]) -> Mapping[str, tuple[str, ...]]:
    """Give, for each field that a record has, the columns that may hold it, in their order."""
    spelled = {str(name).strip().lower(): str(name) for name in reversed(written)}
    found = {
        field: tuple(spelled[name] for name in names if name in spelled)
        for field, names in _KNOWN.items()
    }
    return {field: columns for field, columns in found.items() if columns}


def draft_of(
    record: Mapping[str, object],
    columns: Mapping[str, tuple[str, ...]],
    zone: str | tzinfo | None = None,
) -> Draft:
    """Take each field from the first of its columns that says something; keep the others."""
    draft = Draft(None, zone=zone)
    others = dict(record)
    for name, candidates in columns.items():
        for column in candidates:
            value = record.get(column)
            others.pop(column, None)
            if not is_nothing(value):
                break
        setattr(draft, name, value)
    draft.provider = others
    return draft


@dataclass(frozen=True, slots=True)
class _Table:
    """What the kinds of table have in common; ``CsvSource`` tells its parameters."""

    columns: Mapping[str, str] | None = field(default=None, kw_only=True)
    zone: str | tzinfo | None = field(default=None, kw_only=True)
    label: str = field(default="", kw_only=True)

    # Every row of other tables has all columns; an object of JSON Lines may lack some.
    _every_record_is_whole: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_times(None, self.zone)
        if self.columns is None:
            return
        strange = next((name for name in self.columns if name not in FIELDS), None)
        if strange is not None:
            raise ConfigError(f"{strange!r} is no field of an article; {', '.join(FIELDS)} are.")
        if "published" not in self.columns:
            raise ConfigError("The columns name none for published, so that nothing has a time.")
        if not TEXTS.intersection(self.columns):
            raise ConfigError("The columns name none for title, text or markup.")

    def _read(self, rows: Iterable[Record], name: str) -> Iterator[Article | Quarantined]:
        checked, unfit = False, None
        given = {name: (column,) for name, column in (self.columns or {}).items()}
        for place, record in rows:
            if isinstance(record, ItemError):
                yield quarantine(name, place, record)
                continue
            columns = given or known_columns(tuple(record))
            if not checked:
                strange = self._strange(record, columns, name)
                if strange is not None and self._every_record_is_whole:
                    raise strange
                checked, unfit = strange is None, unfit or strange
            yield admit(draft_of(record, columns, self.zone), source=name, place=place)
        if unfit is not None and not checked:
            raise unfit  # there was no record with the columns to read

    def _strange(
        self, record: Mapping[str, object], columns: Mapping[str, tuple[str, ...]], name: str
    ) -> ArticleError | None:
        """Say what is wrong with a record that hasn't got the columns to read."""
        told = {name for name, candidates in columns.items() if candidates[0] in record}
        whole = told == columns.keys() or not self._every_record_is_whole
        if whole and TEXTS & told and ("published" in told or self.columns is not None):
            return None
        names = ", ".join(str(name)[:30] for name in list(record)[:12])
        return ArticleError(
            f"{name} has the columns {names}; say with columns which of them are "
            "published, title and text."
        )


@dataclass(frozen=True, slots=True)
class _File(_Table):
    """A table in a file."""

    path: str | Path

    @property
    def name(self) -> str:
        """The label, or the file's name."""
        return self.label or own_name(self.path)


@dataclass(frozen=True, slots=True)
class JsonLinesSource(_File):
    """A file of JSON Lines, one object an article; its parameters are those of ``CsvSource``."""

    _every_record_is_whole: ClassVar[bool] = False

    def read(self) -> Iterator[Article | Quarantined]:
        """Give each line's article, or the reason why there is none."""
        return self._read(json_lines(Path(self.path)), self.name)


@dataclass(frozen=True, slots=True)
class CsvSource(_File):
    """A CSV file with a header, one row an article; lines that aren't UTF-8 are Windows-1252.

    Parameters
    ----------
    path
        The file.
    columns
        What its columns are, as ``{"published": "Date", "title": "Headline"}``: ``published,
        title, text, markup`` (the text as HTML), ``source, url, updated, first_seen``. None where
        they are called so, or as FNSPID and vendors do (``headline, content, created_at, ...``).
        Other columns are kept in ``Article.provider``.
    zone
        The zone of dates, and of times without one; without it such times are quarantined.
    label
        The source's name; the file's, when it is empty.

    Raises
    ------
    ConfigError
        The mapping names a field that there isn't, or no column for ``published``; or there is no
        such zone.
    """

    def read(self) -> Iterator[Article | Quarantined]:
        """Give each row's article, or the reason why there is none."""
        return self._read(csv_rows(Path(self.path)), self.name)


@dataclass(frozen=True, slots=True)
class ParquetSource(_File):
    """A Parquet file (needs the extra ``[parquet]``), with the parameters of ``CsvSource``."""

    def read(self) -> Iterator[Article | Quarantined]:
        """Give each row's article, or the reason why there is none."""
        return self._read(parquet_rows(Path(self.path)), self.name)


@dataclass(frozen=True, slots=True, eq=False)
class FrameSource(_Table):
    """News in a DataFrame, one row an article.

    Parameters
    ----------
    frame
        A frame of pandas, or of a library, such as polars, whose frames have ``to_pandas()``. An
        index that is named as a column of articles, such as ``published``, is read as one. Times
        are instants with a zone, dates, or text of either; midnight is a date, which ends where it
        ends last on earth if no zone is stated.
    columns, zone, label
        As for ``CsvSource``: the zone is that of dates, and of times without one, which are
        quarantined where none is given. Rows without a time are quarantined too.

    Raises
    ------
    ConfigError
        As for ``CsvSource``.
    TypeError
        ``frame`` is no DataFrame.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("Acme rose", "2025-07-21T19:11Z"), ("Acme fell", None)]
    >>> source = FrameSource(pd.DataFrame(rows, columns=["headline", "published_at"]))
    >>> [getattr(item, "reason", item.title) for item in source.read()]
    ['Acme rose', 'undated']
    """

    frame: pd.DataFrame = field(repr=False)

    def __post_init__(self) -> None:
        if not (hasattr(self.frame, "to_pandas") or hasattr(self.frame, "itertuples")):
            raise TypeError(
                "FrameSource takes a DataFrame with one row an article, not "
                f"{type(self.frame).__name__}. CsvSource and ParquetSource read files."
            )
        super(FrameSource, self).__post_init__()

    @property
    def name(self) -> str:
        """The label, or "frame"."""
        return self.label or "frame"

    def read(self) -> Iterator[Article | Quarantined]:
        """Give each row's article, or the reason why there is none."""
        return self._read(frame_rows(self.frame, index=known_columns), self.name)
