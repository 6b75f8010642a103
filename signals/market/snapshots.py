"""Prices that were fetched, kept append-only in the user's cache.

A folder of snapshots holds ``log.jsonl``, one line a fetch, and ``bars/``, the bars of each fetch
in a file that is named by the hash of its content. Nothing is changed once it is written. A process
that is killed half-way leaves a file beside its target, or half a line: neither is ever read, and
the next writer clears them away. Adjusted prices are rewritten by every dividend, so that fetches
are never joined: each snapshot of a symbol is one answer, over the whole range.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from signals.errors import ConfigError, StoreError
from signals.files import locked, write_bytes
from signals.market.bars import ASK_AGAIN, BAR_COLUMNS, covered_until, last_final
from signals.market.quality import Fault

CLOCK_SLACK: Final = timedelta(minutes=5)
"""A snapshot from further in the future was stamped by a clock that was wrong."""

_STALE_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One fetch of one symbol: when, which days were asked for, and the hash of its bars.

    ``last`` is no later than the last day whose bar was final when it was fetched, nor than the
    last price where those of the last few sessions were late; ``faults`` are what was found at the
    fetch and can't be seen in the bars; one that is ``doubtful`` lacks a beginning or an end that
    another answer may have.
    """

    symbol: str
    source: str
    fetched_at: datetime
    first: pd.Timestamp
    last: pd.Timestamp
    hash: str
    faults: tuple[Fault, ...] = ()
    doubtful: bool = False

    def covers(self, first: pd.Timestamp, last: pd.Timestamp, now: datetime) -> bool:
        """Tell whether it has all that could be had by now of a range of days."""
        if self.fetched_at > now + CLOCK_SLACK:
            return False
        if self.doubtful and now - self.fetched_at >= ASK_AGAIN:
            return False
        # ``last`` of what an older version kept may be a day whose bar wasn't final.
        had = min(self.last, last_final(self.symbol, self.fetched_at))
        return self.first <= first and had >= min(last, last_final(self.symbol, now))


class SnapshotStore:
    """The snapshots of one source.

    Parameters
    ----------
    folder
        Where they are kept; made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._log = folder / "log.jsonl"
        self._bars = folder / "bars"

    def entries(self) -> list[Entry]:
        """Give every fetch that was kept, oldest first; half-written lines are passed over."""
        try:
            content = self._log.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise StoreError(f"The prices kept in {self.folder} can't be read: {error}.") from error
        return list(_read_lines(content))

    def latest(self) -> dict[str, Entry]:
        """Give the last fetch of each symbol."""
        return {entry.symbol: entry for entry in self.entries()}

    def show(self, symbols: Sequence[str]) -> pd.DataFrame:
        """List the fetches of some symbols: ``symbol, fetched_at, first, last, source, hash``."""
        names = ["symbol", "fetched_at", "first", "last", "source", "hash"]
        rows = [
            [getattr(entry, name) for name in names]
            for entry in self.entries()
            if entry.symbol in symbols
        ]
        return pd.DataFrame(rows, columns=names)

    def load(self, entry: Entry) -> pd.DataFrame:
        """Read the bars of a fetch.

        Raises
        ------
        StoreError
            They are missing, or are not what was kept.
        """
        try:
            content = self._file(entry.hash).read_bytes()
        except OSError as error:
            raise StoreError(f"Kept prices of {entry.symbol} can't be read: {error}.") from error
        if hashlib.sha256(content).hexdigest() != entry.hash:
            raise StoreError(
                f"The kept prices of {entry.symbol} are damaged: fetch them again with "
                f"signals prices sync {entry.symbol}."
            )
        return unpack_bars(content)

    def keep(
        self,
        bars: pd.DataFrame,
        *,
        symbol: str,
        source: str,
        fetched_at: datetime,
        asked: tuple[pd.Timestamp, pd.Timestamp],
        faults: Sequence[Fault] = (),
        doubtful: bool = False,
    ) -> Entry:
        """Keep one fetch: first its bars, then its line in the log.

        Raises
        ------
        StoreError
            The folder can't be written, or another process holds its lock for too long.
        """
        content = pack_bars(bars)
        last = covered_until(symbol, bars, asked[1], fetched_at)
        digest = hashlib.sha256(content).hexdigest()
        entry = Entry(symbol, source, fetched_at, asked[0], last, digest, tuple(faults), doubtful)
        try:
            with locked(self.folder):
                self._bars.mkdir(exist_ok=True)
                self._clear_away()
                if not self._file(digest).exists() or self._file(digest).read_bytes() != content:
                    write_bytes(self._file(digest), content)
                self._append(_line(entry))
        except (OSError, ConfigError, StoreError) as error:
            # Where the folder is belongs in no report; the system's own word says enough.
            reason = getattr(error.__cause__ or error, "strerror", None) or str(error).rstrip(".")
            raise StoreError(f"Prices can't be kept: {reason}.") from error
        return entry

    def _file(self, digest: str) -> Path:
        return self._bars / f"{digest}.npz"

    def _append(self, line: bytes) -> None:
        """Write a line that is on the disk when this returns; end a half-written one before it."""
        with self._log.open("a+b") as log:
            if log.tell():
                log.seek(-1, os.SEEK_END)
                if log.read(1) != b"\n":
                    line = b"\n" + line
            log.write(line)
            log.flush()
            os.fsync(log.fileno())

    def _clear_away(self) -> None:
        """Remove what killed processes left beside their targets, an hour ago or more."""
        for left in self._bars.glob(".*.npz.*"):
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                left.unlink(missing_ok=True)


def pack_bars(bars: pd.DataFrame) -> bytes:
    """Make the bytes of a frame of bars: the same bars give the same bytes."""
    content = io.BytesIO()
    np.savez_compressed(
        content,
        days=bars.index.to_numpy(dtype="datetime64[D]").astype("<i4"),
        values=bars[list(BAR_COLUMNS)].to_numpy(dtype="<f8"),
    )
    return content.getvalue()


def unpack_bars(content: bytes) -> pd.DataFrame:
    """Read what :func:`pack_bars` made."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        days, values = arrays["days"], arrays["values"]
    index = pd.DatetimeIndex(days.astype("datetime64[D]").astype("datetime64[us]"), name="session")
    return pd.DataFrame(values, index=index, columns=list(BAR_COLUMNS))


def _line(entry: Entry) -> bytes:
    record = {
        "symbol": entry.symbol,
        "source": entry.source,
        "fetched_at": entry.fetched_at.isoformat(),
        "first": f"{entry.first:%Y-%m-%d}",
        "last": f"{entry.last:%Y-%m-%d}",
        "hash": entry.hash,
        "faults": [
            [one.fault, one.session and f"{one.session:%Y-%m-%d}", one.action, one.detail]
            for one in entry.faults
        ],
        "doubtful": entry.doubtful,
    }
    return json.dumps(record).encode() + b"\n"


def _read_lines(content: bytes) -> Iterator[Entry]:
    for line in content.split(b"\n"):
        try:
            record = json.loads(line)
            yield Entry(
                str(record["symbol"]),
                str(record["source"]),
                datetime.fromisoformat(record["fetched_at"]),
                pd.Timestamp(record["first"]),
                pd.Timestamp(record["last"]),
                str(record["hash"]),
                tuple(
                    Fault(record["symbol"], day and pd.Timestamp(day), name, action, detail)
                    for name, day, action, detail in record["faults"]
                ),
                bool(record.get("doubtful")),
            )
        except (ValueError, KeyError, TypeError):
            continue  # a process was killed while it wrote this line
