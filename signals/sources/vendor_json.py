"""Answers of vendors, as JSON: whose an answer is, and what of it is news.

The shapes themselves are rows of :mod:`signals.sources.vendors`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from signals.errors import ArticleError, ConfigError
from signals.news.article import Article
from signals.news.storable import clean
from signals.sources.refusals import ItemError, Quarantined, quarantine
from signals.sources.rowreaders import parse_json
from signals.sources.source import Draft, admit, opened, own_name
from signals.sources.vendors import ALIASES, VENDORS, Vendor

MAX_ANSWER = 64_000_000
"""Bytes of the largest answer that is read; a vendor's page of news has fewer than 5 million."""

# Where vendors say what went wrong, also in answers with the status 200.
_COMPLAINTS = ("Note", "Information", "Error Message", "error", "errors", "detail", "message")
# Some complaints repeat the key of the one who asked.
_KEY_LIKE = re.compile(r"\b(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{10,}|\b[A-Z]{12,}\b")
# What NewsAPI puts where it cuts a text.
_CUT_SHORT = re.compile(r"\s*\[\+\d{1,9} chars\]\s*$")


@dataclass(frozen=True, slots=True)
class VendorSource:
    """Answers of a vendor of news that were saved as JSON.

    Parameters
    ----------
    path
        A file, or a folder of ``*.json`` files that are read in the order of their names.
    vendor
        A name of ``signals.sources.vendors``, such as ``yfinance``, ``alphavantage`` or
        ``finnhub``, in any spelling; None to tell by the answer.
    label
        The source's name; the file's or folder's, when it is empty.

    Raises
    ------
    ConfigError
        No vendor has this name.
    """

    path: str | Path
    vendor: str | None = None
    label: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        _rows(self.vendor)

    @property
    def name(self) -> str:
        """The label, or the name of the file or folder."""
        return self.label or own_name(self.path)

    def read(self) -> Iterator[Article | Quarantined]:
        """Give each item's article, or the reason why there is none.

        In a folder a file that fails doesn't take the others with it: they are read first.

        Raises
        ------
        ArticleError
            A file is missing, too large, no JSON, no answer of this vendor, or a complaint.
        """
        path = Path(self.path)
        if not path.is_dir():
            yield from self._read_file(path, "")
            return
        try:
            files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".json")
        except OSError as error:
            told = f"The folder {path.name} can't be read: {error.strerror}."
            raise ArticleError(told) from error
        if not files:
            raise ArticleError(f"The folder {path.name} holds no file *.json.")
        failures: list[str] = []
        for file in files:
            try:
                yield from self._read_file(file, f"{file.name}, ")
            except ArticleError as error:
                failures.append(str(error))
        if failures:
            raise ArticleError(" ".join(failures[:5]))

    def _read_file(self, path: Path, where: str) -> Iterator[Article | Quarantined]:
        with opened(path) as file:
            content = file.read(MAX_ANSWER + 1)
        if len(content) > MAX_ANSWER:
            raise ArticleError(f"{path.name} is larger than {MAX_ANSWER:,} bytes: split it.")
        try:
            payload = parse_json(content.decode("utf-8-sig"))
        except (UnicodeDecodeError, ItemError) as refusal:
            start = _masked(content[:120].decode("utf-8", "replace"))
            raise ArticleError(f"{path.name} is no JSON; it begins {start!r}.") from refusal
        try:
            yield from read_vendor(payload, self.vendor, source=self.name, where=where)
        except ArticleError as error:
            raise ArticleError(f"{path.name}: {error}") from error


def read_vendor(
    payload: object, vendor: str | None = None, *, source: str = "vendor", where: str = ""
) -> Iterator[Article | Quarantined]:
    """Read an answer of a vendor that is at hand, as parsed JSON.

    Parameters
    ----------
    payload
        The whole answer, or its list of items, such as ``yfinance.Ticker("MSFT").news``.
    vendor
        As for :class:`VendorSource`.
    source
        What to call it.
    where
        What to put before the place of an item.

    Raises
    ------
    ArticleError
        It is a complaint, such as of a rate limit, or no answer of this vendor.
    ConfigError
        No vendor has this name.
    """
    rows = _rows(vendor)
    items = _items(payload, rows)
    if not items and (complaint := _complaint(payload)):
        raise ArticleError(f"Instead of news it says {complaint!r}.")
    if items is None and vendor is not None and payload == {}:
        return  # GDELT's way to say that there is nothing
    usual = None if items is None else _usual(rows, items, named=vendor is not None)
    if items is None or usual is None:
        raise ArticleError(f"It is no answer {_of(vendor)}.")
    shapes = [row for row in rows if row.name == usual.name]
    for number, item in enumerate(items, start=1):
        place = f"{where}item {number}"
        if not isinstance(item, Mapping):
            error = ItemError("malformed", "The item is no JSON object.")
            yield quarantine(source, place, error, holds=[item])
            continue
        row = next((row for row in shapes if _has_marks(row, item)), usual)
        yield admit(_draft(row, item), source=source, place=place)


def _usual(rows: Sequence[Vendor], items: Sequence[object], *, named: bool) -> Vendor | None:
    """Give the first shape that any item has; where none has one, that of a vendor ``named``."""
    marked = (row for row in rows if any(_has_marks(row, item) for item in items))
    return next(marked, rows[0] if named or not items else None)


def _rows(vendor: str | None) -> Sequence[Vendor]:
    if vendor is None:
        return VENDORS
    name = vendor.lower().replace(" ", "").replace("-", "")
    name = ALIASES.get(name, name)
    rows = [row for row in VENDORS if row.name == name]
    if not rows:
        raise ConfigError(f"{vendor!r} is no vendor known here; {_names()} are.")
    return rows


def _names() -> str:
    return ", ".join(dict.fromkeys(row.name for row in VENDORS))


def _of(vendor: str | None) -> str:
    return f"of {vendor}" if vendor else f"of a vendor known here, which are {_names()}"


def _items(payload: object, rows: Sequence[Vendor]) -> Sequence[object] | None:
    """Give the list of items: the answer itself, or what it holds under a vendor's name for it."""
    if isinstance(payload, list | tuple):
        return payload
    if not isinstance(payload, Mapping):
        return None
    for row in rows:
        held = payload.get(row.items)
        if isinstance(held, list):
            return held
    return None


def _has_marks(row: Vendor, item: object) -> bool:
    return all(_part(item, mark) is not None for mark in row.marks)


def _part(item: object, name: str) -> object:
    """Give a part of an item, named by way of the parts that it lies in; None without it."""
    if not name:
        return None
    for step in name.split("."):
        if not isinstance(item, Mapping):
            return None
        item = item.get(step)
    return item


def _fullest(item: object, names: Sequence[str]) -> object:
    return next((part for name in names if (part := _part(item, name))), None)


def _draft(row: Vendor, item: Mapping[str, object]) -> Draft:
    text = _fullest(item, row.texts)
    return Draft(
        published=row.stamp(_part(item, row.published)),
        updated=row.stamp(_part(item, row.updated)),
        first_seen=row.stamp(_part(item, row.first_seen)),
        title=_part(item, row.title),
        markup=_fullest(item, row.markups),
        text=_CUT_SHORT.sub("", text) if isinstance(text, str) else text,
        source=_part(item, row.source) or row.publisher,
        url=_fullest(item, row.urls),
        provider=item,
    )


def _complaint(payload: object) -> str:
    """Give what an answer without news complains of; empty when it doesn't."""
    if not isinstance(payload, Mapping):
        return ""
    for key in _COMPLAINTS:
        if told := _words_of(payload.get(key)):
            return _masked(told)
    status = payload.get("status")
    if isinstance(status, str) and status.lower() in {"error", "not_authorized"}:
        return status
    return ""


def _words_of(told: object) -> str:
    """Give the words of a complaint, whatever they are packed in; empty without any."""
    if isinstance(told, Mapping):
        told = told.get("message") or told.get("code")
    if isinstance(told, list) and told:
        told = _part(told[0], "value") or _part(told[0], "message") or told[0]
    return told if isinstance(told, str) and told.strip() else ""


def _masked(told: str) -> str:
    return _KEY_LIKE.sub("***", " ".join(clean(told).split()))[:200]
