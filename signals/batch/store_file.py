"""The file of what is kept between runs: opened, brought to its newest form, read and written.

SQLite in WAL mode is readable while a run writes. Write-ahead logs don't work on network file
systems: the file belongs on a local disk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from signals.batch.schema import check_version, migrate, patiently
from signals.errors import StoreError

FILE_NAME = "signals.sqlite"

_BUSY_MILLISECONDS = 10_000
_CHUNK = 500  # values in one statement; SQLite takes some thousands


class StoreFile:
    """The file of a configuration's store; a context manager.

    Parameters
    ----------
    folder
        The state folder; it is made when it is missing.

    Raises
    ------
    StoreError
        The file is no store, is newer than this program, or can't be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The state folder {folder} can't be made: {error.strerror}."
            ) from error
        check_version(self.path)
        with errors_told(self.path):
            self._connection = sqlite3.connect(self.path, isolation_level=None)
            try:
                self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
                patiently(self._prepare, milliseconds=_BUSY_MILLISECONDS)
            except BaseException:
                self.close()
                raise

    def _prepare(self) -> None:
        """Bring the file to the newest form."""
        self._connection.execute("PRAGMA foreign_keys = ON")
        # A power cut may take the last transactions with it, but never a part of one.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        migrate(self._connection, self.path)
        if self._value("PRAGMA journal_mode") != "wal":
            self._connection.execute("PRAGMA journal_mode = WAL")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do several things wholly or not at all.

        Raises
        ------
        StoreError
            The disk is full, or the file can't be written or is damaged.
        """
        with errors_told(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See one state of the store for as long as this lasts, whatever a run writes meanwhile."""
        with errors_told(self.path):
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("COMMIT")

    def check(self) -> str:
        """Let SQLite check the file; "ok" when nothing is wrong."""
        return str(self._value("PRAGMA integrity_check"))

    def _chunks(self, query: str, values: Sequence[str]) -> Iterator[tuple[object, ...]]:
        for start in range(0, len(values), _CHUNK):
            chunk = values[start : start + _CHUNK]
            yield from self._rows(f"{query} IN ({', '.join('?' * len(chunk))})", *chunk)

    def _rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with errors_told(self.path):
            return self._connection.execute(query, values).fetchall()

    def _value(self, query: str, *values: object) -> object:
        rows = self._rows(query, *values)
        return rows[0][0] if rows else None


@contextmanager
def errors_told(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences."""
    try:
        yield
    except sqlite3.Error as error:
        # Without room even for its index of the log, SQLite speaks of an input or output error.
        full = getattr(error, "sqlite_errorname", "") in {"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"}
        words = "the disk is full" if full else str(error)
        raise StoreError(f"The store {path} can't be used: {words}.") from error
