"""The tables of the store, as an ordered list of migrations.

A store says in ``PRAGMA user_version`` how many of them it has seen. To keep something new, append
a migration; one that has been released is never edited.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from signals.errors import StoreError

APPLICATION: Final = 0x5347_4E4C
"""Marks a SQLite file as one of ours."""

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}

_ARTICLES = """
CREATE TABLE articles (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL,
    text TEXT NOT NULL, published TEXT, precision TEXT, published_from TEXT,
    zone_assumed INTEGER NOT NULL, first_seen TEXT, updated TEXT,
    known_at INTEGER, zones TEXT NOT NULL, provider TEXT NOT NULL,
    revises TEXT, collected_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX articles_by_time ON articles (known_at);
CREATE INDEX articles_by_address ON articles (source, url);
CREATE TABLE analyses (
    article_id TEXT PRIMARY KEY REFERENCES articles (id), engine TEXT NOT NULL,
    unresolved TEXT NOT NULL, words TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE mentions (
    article_id TEXT NOT NULL REFERENCES articles (id), place INTEGER NOT NULL,
    symbol TEXT, mic TEXT, company TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    how TEXT NOT NULL, role TEXT NOT NULL, boilerplate INTEGER NOT NULL, confidence REAL NOT NULL,
    PRIMARY KEY (article_id, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE scores (
    article_id TEXT NOT NULL REFERENCES articles (id), symbol TEXT NOT NULL, mic TEXT NOT NULL,
    company TEXT NOT NULL, score REAL NOT NULL, label TEXT NOT NULL, relevance REAL NOT NULL,
    scorer TEXT NOT NULL, PRIMARY KEY (article_id, company, symbol)
) STRICT, WITHOUT ROWID;
CREATE TABLE events (
    event_id TEXT PRIMARY KEY, symbol TEXT NOT NULL, mic TEXT NOT NULL, company TEXT NOT NULL,
    session TEXT NOT NULL, phase TEXT NOT NULL, precision TEXT NOT NULL, known_at TEXT NOT NULL,
    score REAL NOT NULL, relevance REAL NOT NULL, novelty REAL NOT NULL,
    n_articles INTEGER NOT NULL, article_ids TEXT NOT NULL, story_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

_RUNS = """
CREATE TABLE runs (
    folder TEXT PRIMARY KEY, session TEXT NOT NULL, fingerprint TEXT NOT NULL,
    quick TEXT NOT NULL, code INTEGER NOT NULL, symbols TEXT NOT NULL, number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX runs_by_session ON runs (session, number);
CREATE TABLE deliveries (
    session TEXT NOT NULL, recipient TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (session, recipient)
) STRICT, WITHOUT ROWID;
"""

_PRICES = """
CREATE TABLE closes (
    source TEXT NOT NULL, symbol TEXT NOT NULL, session TEXT NOT NULL, close REAL NOT NULL,
    PRIMARY KEY (source, symbol, session)
) STRICT, WITHOUT ROWID;
"""

# What was found before is found again: it lacks the companies by which stories are told apart.
# Kept prices are those of ``signals.market.snapshots``.
_STORIES = """
CREATE TABLE stories (
    article_id TEXT PRIMARY KEY REFERENCES articles (id), story_id TEXT NOT NULL,
    kind TEXT NOT NULL, follows TEXT NOT NULL, novelty REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX stories_by_id ON stories (story_id);
DELETE FROM analyses;
ALTER TABLE analyses ADD COLUMN companies TEXT NOT NULL DEFAULT '[]';
CREATE INDEX events_by_session ON events (symbol, session);
DROP TABLE closes;
"""

# When the last article of an event was known: before it nobody had the event's score.
_COMPLETE = """
ALTER TABLE events ADD COLUMN complete_at TEXT NOT NULL DEFAULT '';
UPDATE events SET complete_at = CASE n_articles WHEN 1 THEN known_at ELSE coalesce((
    SELECT strftime('%Y-%m-%dT%H:%M:%S', max(articles.known_at) / 1000000 + 1, 'unixepoch')
        || '+00:00'
    FROM json_each('["' || replace(article_ids, ' ', '","') || '"]')
    JOIN articles ON articles.id = json_each.value
), known_at) END;
"""

# For which session's report something was first seen: only that one tells of it.
_ARRIVALS = """
ALTER TABLE articles ADD COLUMN collected_for TEXT NOT NULL DEFAULT '';
CREATE INDEX articles_by_arrival ON articles (collected_for);
CREATE TABLE refusals (
    source TEXT NOT NULL, reason TEXT NOT NULL, item TEXT NOT NULL, session TEXT NOT NULL,
    PRIMARY KEY (source, reason, item)
) STRICT, WITHOUT ROWID;
"""

# Two reports can have one session where exchanges stand on several dates.
_KEYS = """
ALTER TABLE runs ADD COLUMN key TEXT NOT NULL DEFAULT '';
UPDATE runs SET key = session;
CREATE INDEX runs_by_key ON runs (key, number);
"""

# Where a story tells that the share's price moved. What was found before is found again.
_RECAPS = """
DELETE FROM analyses;
ALTER TABLE scores ADD COLUMN recap TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN recap TEXT NOT NULL DEFAULT '';
"""

# After which run something came in: what a report made before could not have told. Refusals keep
# for which report they were seen.
_AFTER_RUNS = """
ALTER TABLE articles ADD COLUMN collected_after INTEGER NOT NULL DEFAULT -1;
UPDATE articles SET collected_after = coalesce(
    (SELECT min(number) - 1 FROM runs WHERE key >= collected_for),
    (SELECT max(number) FROM runs), 0
) WHERE collected_for <> '';
DROP INDEX articles_by_arrival;
ALTER TABLE articles DROP COLUMN collected_for;
CREATE INDEX articles_by_arrival ON articles (collected_after);
"""

MIGRATIONS: Final[tuple[str, ...]] = (
    _ARTICLES,
    _RUNS,
    _PRICES,
    _STORIES,
    _COMPLETE,
    _ARRIVALS,
    _KEYS,
    _RECAPS,
    _AFTER_RUNS,
)
"""In order; the n-th brings a store from version n - 1 to n."""


def check_version(path: Path) -> None:
    """Refuse a file that is no store of ours, or that a newer version has written.

    It looks at the file's first hundred bytes and changes nothing. While a run is at work, or after
    one was killed, the truth may stand beside the file: then :func:`migrate` looks.

    Raises
    ------
    StoreError
        It is something else, or newer.
    """
    if any(path.with_name(path.name + ending).exists() for ending in ("-wal", "-journal")):
        return
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"The store {path} can't be read: {error.strerror}.") from error
    if not head:
        return
    ours = head[:16] == b"SQLite format 3\x00" and len(head) == 100
    if not ours or int.from_bytes(head[68:72], "big") != APPLICATION:
        raise _foreign(path)
    _refuse_newer(path, int.from_bytes(head[60:64], "big"))


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a store to the newest version, one migration a transaction.

    Raises
    ------
    StoreError
        A newer version of this program has written it.
    """
    while _version(connection, path) < len(MIGRATIONS):
        with _transaction(connection, "IMMEDIATE"):
            # Another process may have brought it further before this one had its turn.
            seen = _read_version(connection, path)
            for statement in _steps(seen):
                connection.execute(statement)


def _steps(seen: int) -> Iterator[str]:
    """Give the statements that bring a store from a version to the next; none from the newest.

    One by one: ``executescript`` would end the transaction first.
    """
    for script in MIGRATIONS[seen : seen + 1]:
        statement = ""
        for part in script.split(";"):
            statement += f"{part};"
            if sqlite3.complete_statement(statement):
                yield statement
                statement = ""
        yield f"PRAGMA application_id = {APPLICATION}"
        yield f"PRAGMA user_version = {seen + 1}"


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Give a store's version as of one moment, however it is brought further meanwhile."""
    with _transaction(connection, "DEFERRED"):
        return _read_version(connection, path)


def _read_version(connection: sqlite3.Connection, path: Path) -> int:
    seen = int(connection.execute("PRAGMA user_version").fetchone()[0])
    mark = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if mark != APPLICATION and tables:
        raise _foreign(path)
    _refuse_newer(path, seen)
    return seen


@contextmanager
def _transaction(connection: sqlite3.Connection, kind: str) -> Iterator[None]:
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def patiently(prepare: Callable[[], None], *, milliseconds: int) -> None:
    """Try again while others open the file too.

    SQLite itself doesn't wait for one that switches to the log, makes it anew, or takes it away.
    """
    end = time.monotonic() + milliseconds / 1000
    while True:
        try:
            return prepare()
        except sqlite3.OperationalError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code not in _BUSY or time.monotonic() >= end:
                raise
        time.sleep(0.01)


def _foreign(path: Path) -> StoreError:
    return StoreError(f"{path} is no store of this program: name another folder as state.")


def _refuse_newer(path: Path, version: int) -> None:
    if version > len(MIGRATIONS):
        raise StoreError(
            f"The store {path} has version {version}, written by a newer signals; this one knows "
            f"{len(MIGRATIONS)}. Update signals, or name another folder as state."
        )
