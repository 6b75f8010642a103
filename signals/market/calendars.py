"""Opens and closes of every exchange's sessions, as arrays that are read in milliseconds.

The arrays of one version of exchange_calendars, put right where ``corrections.py`` knows better,
are shipped in ``calendars.npz``, made by ``data/calendars/build.py``: the library takes 0.7 s to
import and up to 3 s for a calendar, and pandas 3 broke three of its calendars. With another version
of the library installed, calendars are built by it and kept in the user's cache under that version;
the shipped ones then only stand in for what it can't build.

Calendars always have the same fixed range, ``FIRST_DAY`` to ``LAST_DAY`` (or as much of it as the
library knows of an exchange): the library's own default range starts and ends relative to today,
and would make the same study answer differently tomorrow.
"""

from __future__ import annotations

import io
import logging
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from signals.errors import ConfigError, SymbolError
from signals.files import cache_folder, write_bytes
from signals.market.corrections import DAYS_OF, TABLE_HASH, correct

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar

logger = logging.getLogger(__name__)

Ticks: TypeAlias = "npt.NDArray[np.int64]"  # microseconds since 1970, UTC

FIRST_DAY: Final = pd.Timestamp("1990-01-01")
LAST_DAY: Final = pd.Timestamp("2030-12-31")
"""The range of every calendar. Sessions to come follow today's rules and may still change."""

_SHIPPED: Final = Path(__file__).with_name("calendars.npz")
_MINUTE: Final = 60 * 1_000_000
_DAY: Final = 24 * 60 * _MINUTE
_STRETCH: Final = 36  # 2^36 microseconds, 19 hours: to shift is far quicker than to divide
# What the library raises beyond its recorded years, and where pandas 3 broke a calendar.
_UNBUILDABLE = (ValueError, NotImplementedError)
# What reading a file of arrays raises when it isn't there, or isn't one.
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


@dataclass(frozen=True, eq=False, slots=True)
class Lookup:
    """Closes of one calendar, or of several one behind the other, and where to look for instants.

    The same as ``np.searchsorted(closes, instants, side="right")``, many times as fast: the first
    close of the instant's stretch of 19 hours is looked up, and passed by where it isn't later.

    Attributes
    ----------
    shift
        Of each calendar: what makes of the number of a stretch its place in ``start``.
    start
        The place of the first close in or after each stretch.
    closes, labels
        Of each calendar, with one behind its last that no instant reaches.
    most
        The most closes in one stretch; two, where a half day follows a long one.
    """

    shift: Ticks
    start: npt.NDArray[np.intp]
    closes: Ticks
    labels: npt.NDArray[np.datetime64]
    most: int

    @classmethod
    def of(cls, closes: Ticks, labels: pd.DatetimeIndex) -> Lookup:
        """Make one of a calendar's closes, ascending."""
        stretch = closes >> _STRETCH
        known = np.arange(stretch[0] - 1, stretch[-1] + 2)
        return cls(
            -known[:1],
            np.searchsorted(stretch, known),
            np.append(closes, np.iinfo(np.int64).max),
            np.append(labels.to_numpy(), np.datetime64("NaT", "us")),
            int(np.bincount(stretch - stretch[0]).max()),
        )

    @classmethod
    def join(cls, parts: Sequence[Lookup]) -> Lookup:
        """Put several one behind the other."""
        stretches = np.cumsum([0, *(len(one.start) for one in parts[:-1])])
        places = np.cumsum([0, *(len(one.closes) for one in parts[:-1])])
        return cls(
            np.array([one.shift[0] for one in parts]) + stretches,
            np.concatenate([one.start + at for one, at in zip(parts, places, strict=True)]),
            np.concatenate([one.closes for one in parts]),
            np.concatenate([one.labels for one in parts]),
            max(one.most for one in parts),
        )

    def find(self, ticks: Ticks, shift: Ticks) -> npt.NDArray[np.intp]:
        """Give the place of the first close strictly after each instant.

        ``shift`` is that of the calendar, whose first and last close the instants lie between.
        """
        place: npt.NDArray[np.intp] = self.start[(ticks >> _STRETCH) + shift]
        for _ in range(self.most):
            place += self.closes[place] <= ticks
        return place


@dataclass(frozen=True, eq=False)
class Calendar:
    """Opens and closes of one calendar, ascending, as microseconds since 1970 in UTC.

    Nothing of it can be written to: the whole process reads it.
    """

    name: str
    zone: str
    labels: pd.DatetimeIndex
    opens: Ticks
    closes: Ticks

    @classmethod
    def of(cls, name: str, zone: str, midnights: Ticks, opens: Ticks, closes: Ticks) -> Calendar:
        """Make one of instants, its labels of the midnights that its sessions are called by."""
        for ticks in (midnights, opens, closes):
            ticks.setflags(write=False)
        days = midnights.view("datetime64[us]")
        # Of a copy the flag would be lost.
        return cls(name, zone, pd.DatetimeIndex(days, name="session", copy=False), opens, closes)

    @cached_property
    def lookup(self) -> Lookup:
        """Where to look for an instant."""
        return Lookup.of(self.closes, self.labels)

    def first_close_after(self, ticks: Ticks) -> npt.NDArray[np.intp]:
        """Give the place of the first close strictly after each instant; their number for none."""
        if not self.covers(ticks):
            ticks = np.clip(ticks, self.closes[0] - 1, self.closes[-1])
        return self.lookup.find(ticks, self.lookup.shift)

    def covers(self, ticks: Ticks) -> bool:
        """Tell whether all instants lie between the first close and the last one."""
        low, high = self.closes[0], self.closes[-1]
        return not len(ticks) or bool(low <= ticks.min() and ticks.max() < high)


@lru_cache(maxsize=64)
def load_calendar(name: str) -> Calendar:
    """Give a calendar: shipped, from the user's cache, or built now; kept for this process.

    Raises
    ------
    SymbolError
        It is neither shipped nor can the installed library build it.
    """
    installed = made_by()
    shipped = _read(_SHIPPED, name)
    if shipped is not None and shipped[0] == installed:
        return shipped[1]
    kept = cache_folder() / "calendars" / f"{name}-{installed.replace(' ', '-')}.npz"
    found = _read(kept, name)
    if found is not None and found[0] == installed:
        return found[1]
    try:
        built = build_calendar(name)
    except SymbolError:
        if shipped is None:
            raise
        logger.info("%s comes from exchange_calendars %s.", name, shipped[0])
        return shipped[1]
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(kept, pack_calendars({name: built}, installed))
    except (OSError, ConfigError) as error:
        # The calendar is here all the same; only the next process builds it again.
        logger.info("The calendar %s isn't kept: %s", name, error)
    return built


def made_by() -> str:
    """Name what calendars that are built now are made by: the library and the corrections."""
    return f"{version('exchange_calendars')} {TABLE_HASH}"


def pack_calendars(calendars: Mapping[str, Calendar], maker: str) -> bytes:
    """Make a file of calendars, with what made them.

    Sessions are kept as days since 1970, and their opens and closes as minutes from the midnight
    (UTC) of that day; differences of neighbours are small, and pack well.
    """
    arrays: dict[str, npt.NDArray[np.generic]] = {"version": np.array(maker)}
    for name in sorted(calendars):
        one = calendars[name]
        days = cast("Ticks", one.labels.asi8) // _DAY
        rows = [days, *((ticks - days * _DAY) // _MINUTE for ticks in (one.opens, one.closes))]
        arrays[name] = np.diff(np.array(rows, dtype=np.int32), axis=1, prepend=0)
        arrays[f"{name}.zone"] = np.array(one.zone)
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    return content.getvalue()


def _read(file: Path, name: str) -> tuple[str, Calendar] | None:
    """Read a calendar and what made it; None when the file hasn't got it."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            if name not in arrays:
                return None
            maker, zone = str(arrays["version"]), str(arrays[f"{name}.zone"])
            days, opens, closes = np.cumsum(arrays[name], axis=1, dtype=np.int64)
    except _UNREADABLE:
        return None
    midnights = days * _DAY
    opens, closes = midnights + opens * _MINUTE, midnights + closes * _MINUTE
    return maker, Calendar.of(name, zone, midnights, opens, closes)


def build_calendar(name: str) -> Calendar:
    """Build a calendar by the installed library, and correct it where it is known to be wrong.

    It has as much of the fixed range as the library knows.

    Raises
    ------
    SymbolError
        The installed library, with the installed pandas, can't build it.
    """
    with _quiet():
        calendar = _build(DAYS_OF.get(name, name))
        zone = str(calendar.tz)
        hours = correct(name, zone, calendar.schedule[["open", "close"]])
    instants = (_column(one) for one in (hours.index, hours["open"], hours["close"]))
    return Calendar.of(name, zone, *instants)


def _column(instants: pd.Series[Any] | pd.Index[Any]) -> Ticks:
    # A copy, since the library holds its own for whoever asks it next.
    return cast("Ticks", pd.DatetimeIndex(instants).as_unit("us").asi8).copy()


def _build(name: str) -> ExchangeCalendar:
    """Build a calendar over the fixed range, or over the part of it that the library records."""
    import exchange_calendars

    try:
        return exchange_calendars.get_calendar(name, start=FIRST_DAY, end=LAST_DAY)
    except _UNBUILDABLE:
        # Either the library records fewer years of this exchange, and only a calendar tells
        # which, or it can't be built at all.
        pass
    try:
        recent = exchange_calendars.get_calendar(name, start="2024-01-01", end="2024-12-31")
        least, most = recent.bound_min(), recent.bound_max()
        return exchange_calendars.get_calendar(
            name,
            start=FIRST_DAY if least is None else max(FIRST_DAY, least),
            end=LAST_DAY if most is None else min(LAST_DAY, most),
        )
    except _UNBUILDABLE as error:
        raise SymbolError(
            f"The calendar {name} can't be built by the installed exchange_calendars and pandas, "
            "so its sessions are unknown."
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Hold back the deprecations of pandas 3 that exchange_calendars 4.13 runs into.

    They speak to its authors, are raised inside pandas, and differ from calendar to calendar, so
    that only the place where a calendar is built can name them all.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
