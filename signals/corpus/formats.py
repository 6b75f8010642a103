"""The formats of a corpus: JSON Lines, CSV and Parquet, how a file is cut and how it is read.

A shard is a part of one file. To cut a file it is read once, but for Parquet: a line break may
stand inside a quoted text, and rows are told by their lines. A format is a row of ``FORMATS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from signals.errors import ArticleError
from signals.sources.csvrows import csv_begins, csv_rows
from signals.sources.rowreaders import (
    Begin,
    Part,
    Record,
    json_begins,
    json_lines,
    parquet_begins,
    parquet_rows,
)
from signals.sources.tables import SPELLINGS, TEXTS, known_columns

KEPT = frozenset({"language"})
"""Columns that are no field of an article, and tell of it all the same."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of a file of a corpus.

    Attributes
    ----------
    number
        Its place among the shards of the corpus.
    path
        Of its file, within the corpus.
    kind, part
        The format of the file, and which part of it.
    header
        The names of the columns, as far as they are needed to read it.
    root, stamp
        Where the corpus is, and what ``stamp_of`` said of the file when it was cut: what a plan
        does not keep, since a corpus may be moved.
    """

    number: int
    path: str
    kind: str
    part: Part
    header: tuple[str, ...] = ()
    root: str = ""
    stamp: tuple[int, int] = (0, 0)

    @property
    def name(self) -> str:
        """Name its folder of output."""
        return f"{self.number:06d}"

    @property
    def file(self) -> Path:
        """Say where its file is."""
        return Path(self.root) / self.path

    @property
    def place(self) -> str:
        """Say which part of which file it is."""
        noun = "rows" if self.kind == "parquet" else "lines"
        named = printable(self.path)
        return f"{named}, {noun} {self.part.first:,} to {self.part.behind - 1:,}"


def printable(name: str) -> str:
    """Give a file's name as text: it need not be UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode()


_Cut = tuple[Sequence[str], Iterator[Begin]]  # the names of columns, and where records begin


def _cut_json(path: Path) -> _Cut:
    return (), json_begins(path)


def _cut_csv(path: Path) -> _Cut:
    names, begins = csv_begins(path)
    _check(names)
    return names, begins


def _cut_parquet(path: Path) -> _Cut:
    names, begins = parquet_begins(path)
    _check(names)
    known = KEPT.union(*known_columns(tuple(names)).values())
    return [name for name in names if name in known], begins


def _check(names: Sequence[str]) -> None:
    """Refuse a table without a column of texts. It may lack times, which a source of news needs."""
    if TEXTS.isdisjoint(known_columns(tuple(names))):
        here = ", ".join(names[:9])
        texts, titles = ", ".join(SPELLINGS["text"]), ", ".join(SPELLINGS["title"])
        raise ArticleError(
            f"None of its columns ({here}) has texts: columns of texts may be called {texts}; of "
            f"titles {titles}."
        )


class _Format(NamedTuple):
    """What files of a kind end in, how one is cut, and how the records of its parts are read."""

    endings: tuple[str, ...]
    cut: Callable[[Path], _Cut]
    read: Callable[[Path, Part, Sequence[str]], Iterator[Record]]


FORMATS: Mapping[str, _Format] = {
    "jsonl": _Format((".jsonl", ".ndjson"), _cut_json, json_lines),
    "csv": _Format((".csv",), _cut_csv, csv_rows),
    "parquet": _Format((".parquet",), _cut_parquet, parquet_rows),
}
KINDS = {ending: kind for kind, one in FORMATS.items() for ending in one.endings}
"""What the name of a file ends in -> its format, by its name in ``FORMATS``."""
