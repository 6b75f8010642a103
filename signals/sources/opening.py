"""From a table of ``signals.toml``, or a frame, to a source: every key and its type are checked."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from signals.errors import ConfigError
from signals.sources.feeds import FeedSource
from signals.sources.folder import FolderSource
from signals.sources.source import ArticleSource
from signals.sources.tables import CsvSource, FrameSource, JsonLinesSource, ParquetSource
from signals.sources.vendor_json import VendorSource

if TYPE_CHECKING:
    import pandas as pd

_Kind = tuple[Callable[..., ArticleSource], Mapping[str, str]]

_TABLE = {"columns": "a table of texts", "zone": "a text"}
KINDS: Mapping[str, _Kind] = {
    "folder": (FolderSource, {"published": "a text", "zone": "a text"}),
    "jsonl": (JsonLinesSource, _TABLE),
    "csv": (CsvSource, _TABLE),
    "parquet": (ParquetSource, _TABLE),
    "feed": (
        FeedSource,
        {
            "allow_hosts": "a list of texts",
            "timeout": "a number",
            "max_bytes": "a whole number",
            "max_redirects": "a whole number",
            "zone": "a text",
        },
    ),
    "vendor": (VendorSource, {"vendor": "a text"}),
}
"""Kind -> what makes it, and its keys beside kind, path and name, with what they hold."""

_SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    **dict.fromkeys((".rss", ".atom", ".xml"), "feed"),
}
_COMMON = {"kind": "a text", "path": "a text", "name": "a text"}


def open_source(
    table: Mapping[str, object] | pd.DataFrame | str | Path, *, folder: str | Path = "."
) -> ArticleSource:
    """Make the source that a ``[[sources]]`` table describes; nothing is read yet.

    Parameters
    ----------
    table
        ``kind`` ("folder", "jsonl", "csv", "parquet", "feed" or "vendor"), ``path`` (for a feed
        also ``url``), ``name`` if you like, and what the kind takes beside. Or a path alone, of a
        folder or of a file whose name tells its kind, or the address of a feed. Or a frame of
        articles: a :class:`FrameSource`, which takes more, is made of it.
    folder
        What relative paths are relative to.

    Raises
    ------
    ConfigError
        A key is missing, unknown, or of the wrong type; it is named.

    Examples
    --------
    >>> open_source({"kind": "csv", "path": "news/today.csv", "zone": "UTC"}).name
    'today.csv'
    >>> open_source("news/today.csv").name
    'today.csv'
    """
    given: object = table
    if isinstance(table, str | Path):
        table = _told_by_its_name(str(table), Path(folder))
    if not isinstance(table, Mapping):
        if hasattr(table, "columns"):
            return FrameSource(table)
        told = "{'kind': 'folder', 'path': 'news'}"
        raise ConfigError(
            f"A source is a mapping such as {told}, a path, or a frame, not {type(given).__name__}."
        )
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ConfigError(f"kind = {kind!r} is no kind of source; {', '.join(KINDS)} are.")
    make, keys = KINDS[kind]
    known = {**_COMMON, **keys, **({"url": "a text"} if kind == "feed" else {})}
    for key, value in table.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise ConfigError(f"{key} is no key of a source of the kind {kind}.{hint}")
        if not _holds(known[key], value):
            raise ConfigError(
                f"{key} = {value!r} of a source of the kind {kind}: it takes {known[key]}."
            )
    options = {key: _frozen(value) for key, value in table.items() if key in keys}
    return make(_place(table, Path(folder)), label=str(table.get("name", "")), **options)


def _told_by_its_name(path: str, folder: Path) -> Mapping[str, object]:
    """Give the table that a path alone stands for."""
    if path.lower().startswith(("http://", "https://")):
        return {"kind": "feed", "url": path}
    if (folder / Path(path).expanduser()).is_dir():
        return {"kind": "folder", "path": path}
    kind = _SUFFIXES.get(Path(path).suffix.lower())
    if kind is None:
        raise ConfigError(
            f"What {path} is can't be told by its name: it is no folder, and ends in none of "
            f"{', '.join(_SUFFIXES)}. A mapping says it: {{'kind': 'jsonl', 'path': {path!r}}}."
        )
    return {"kind": kind, "path": path}


def _place(table: Mapping[str, object], folder: Path) -> str | Path:
    given = [key for key in ("path", "url") if table.get(key)]
    if len(given) != 1:
        kind = table["kind"]
        needed = "either path or url" if kind == "feed" else "a path"
        raise ConfigError(f"A source of the kind {kind} needs {needed}.")
    place = str(table[given[0]])
    if given == ["url"] or (table["kind"] == "feed" and "://" in place):
        if not place.lower().startswith(("http://", "https://")):
            raise ConfigError("url is an address that begins with https:// or http://.")
        return place
    return folder / Path(place).expanduser()


def _holds(what: str, value: object) -> bool:
    if what == "a text":
        return isinstance(value, str)
    if what == "a whole number":
        return isinstance(value, int) and not isinstance(value, bool)
    if what == "a number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if what == "a table of texts":
        parts = list(value.values()) if isinstance(value, Mapping) else [None]
    else:
        parts = list(value) if isinstance(value, list | tuple) else [None]
    return all(isinstance(part, str) for part in parts)


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
