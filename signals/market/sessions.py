"""Exchange calendars: which session an instant belongs to, and when in the session it falls.

A session is a tz-naive midnight label, as in exchange_calendars, which stays the oracle of the
tests. Here its opens and closes are kept as sorted arrays, so that a million instants are found by
one binary search.

Calendars are always built for the same fixed range, ``FIRST_DAY`` to ``LAST_DAY`` (or as much of
it as the library knows of an exchange): the library's own default range starts and ends relative
to today, and would make the same study answer differently tomorrow.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from signals.errors import StudyError, SymbolError
from signals.exchanges import calendar_name

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar

Phase = Literal["pre-open", "intraday", "last-30-minutes", "after-close", "date-only"]
Instants: TypeAlias = (
    "pd.DatetimeIndex | pd.Series[pd.Timestamp] | Sequence[datetime] | datetime | npt.NDArray[Any]"
)
_Ticks: TypeAlias = "npt.NDArray[np.int64]"  # microseconds since 1970, UTC

FIRST_DAY: Final = pd.Timestamp("1990-01-01")
LAST_DAY: Final = pd.Timestamp("2030-12-31")
"""The range of every calendar. Sessions to come follow today's rules and may still change."""

_THIRTY_MINUTES: Final = 30 * 60 * 1_000_000
# What the library raises beyond its recorded years, and where pandas 3 broke a calendar.
_UNBUILDABLE = (ValueError, NotImplementedError)


@dataclass(frozen=True, eq=False, slots=True)
class _Calendar:
    """Opens and closes of one calendar, ascending, as microseconds since 1970 in UTC."""

    name: str
    zone: str
    labels: pd.DatetimeIndex
    opens: _Ticks
    closes: _Ticks


class Sessions:
    """The sessions of the exchange with a given MIC.

    Parameters
    ----------
    mic
        ISO 10383 code, such as "XNYS" or "XTKS".

    Attributes
    ----------
    mic, calendar, zone
        The code, the name of its calendar in exchange_calendars, and the exchange's time zone.

    Raises
    ------
    SymbolError
        The MIC is unknown, or no calendar of that exchange can be built.
    """

    __slots__ = ("_calendar", "calendar", "mic", "zone")

    def __init__(self, mic: str) -> None:
        self.mic = mic
        self.calendar = calendar_name(mic)
        self._calendar = _load(self.calendar)
        self.zone = self._calendar.zone

    def __repr__(self) -> str:
        first, last = self._calendar.labels[0], self._calendar.labels[-1]
        return f"Sessions({self.mic!r})  # {first:%Y-%m-%d} to {last:%Y-%m-%d}"

    @property
    def opens(self) -> pd.DatetimeIndex:
        """Open of every session, ``datetime64[us, UTC]``, ascending."""
        return _as_instants(self._calendar.opens)

    @property
    def closes(self) -> pd.DatetimeIndex:
        """Close of every session, ``datetime64[us, UTC]``, ascending."""
        return _as_instants(self._calendar.closes)

    def labels(
        self, start: pd.Timestamp | None = None, end: pd.Timestamp | None = None
    ) -> pd.DatetimeIndex:
        """Labels of the sessions from ``start`` to ``end``, both included; all by default.

        Tz-naive midnights, ``datetime64[us]``, ascending. A range that reaches beyond the calendar
        gives the sessions that the calendar knows.
        """
        labels = self._calendar.labels
        left = 0 if start is None else labels.searchsorted(start, side="left")
        right = len(labels) if end is None else labels.searchsorted(end, side="right")
        return labels[int(left) : int(right)]

    def locate(self, instants: Instants) -> pd.DatetimeIndex:
        """Give the session in which the market could first react to each instant.

        It is the first session whose close is strictly after the instant: an instant exactly at a
        close belongs to the next session. The session may have opened before the instant, so its
        return contains what happened before.

        Parameters
        ----------
        instants
            Aware datetimes: an index, a series, a list or one alone.

        Returns
        -------
        DatetimeIndex named ``session``: one tz-naive midnight an instant, ``datetime64[us]``.

        Raises
        ------
        StudyError
            An instant is naive or missing, or the calendar doesn't reach it.
        """
        return self._calendar.labels[self._search(instants)[1]].rename("session")

    def covers(self, instants: Instants) -> npt.NDArray[np.bool_]:
        """Tell of each instant whether the calendar reaches it, so that ``locate`` can answer."""
        place = np.searchsorted(self._calendar.closes, _ticks(instants), side="right")
        covered: npt.NDArray[np.bool_] = (place > 0) & (place < len(self._calendar.closes))
        return covered

    def phase(self, instants: Instants) -> npt.NDArray[np.object_]:
        """Tell where in its session each instant falls.

        With s the session that ``locate`` gives: "last-30-minutes" from 30 minutes before the
        close of s, "intraday" from the open of s (a lunch break is part of the session),
        "after-close" before that open when it is still the local calendar day on which the
        previous session closed, else "pre-open" (nights, weekends and holidays too). What is known
        by its date alone has no phase in this sense: ``align`` calls it "date-only".

        Raises
        ------
        StudyError
            As ``locate``.
        """
        ticks, place = self._search(instants)
        opens, closes = self._calendar.opens[place], self._calendar.closes[place]
        same_day = self._local_day(ticks) == self._local_day(self._calendar.closes[place - 1])
        phases: npt.NDArray[np.object_] = np.full(len(ticks), "intraday", dtype=object)
        phases[ticks >= closes - _THIRTY_MINUTES] = "last-30-minutes"
        phases[ticks < opens] = "pre-open"
        phases[(ticks < opens) & same_day] = "after-close"
        return phases

    def last_closed(self, instant: datetime) -> pd.Timestamp:
        """Give the last session that had closed at an instant (its close may be that instant).

        Raises
        ------
        StudyError
            As ``locate``.
        """
        place = int(self._search(instant)[1][0])
        return self._calendar.labels[place - 1]

    def _search(self, instants: Instants) -> tuple[_Ticks, npt.NDArray[np.intp]]:
        """Find the position of the first close after each instant.

        Before the first close and after the last one a binary search still answers, and wrongly:
        both are refused. So the previous session always exists.
        """
        ticks = _ticks(instants)
        closes = self._calendar.closes
        place = np.searchsorted(closes, ticks, side="right")
        outside = (place == 0) | (place == len(closes))
        if outside.any():
            labels = self._calendar.labels
            raise StudyError(
                f"{_as_instants(ticks[outside])[0].isoformat()} lies outside the calendar of "
                f"{self.mic}, which is known here from {labels[0]:%Y-%m-%d} to "
                f"{labels[-1]:%Y-%m-%d}."
            )
        return ticks, place

    def _local_day(self, ticks: _Ticks) -> pd.DatetimeIndex:
        return _as_instants(ticks).tz_convert(self.zone).tz_localize(None).normalize()


def locate(instants: Instants, mics: Sequence[str]) -> pd.DatetimeIndex:
    """Give the session of each instant on the exchange beside it, as ``Sessions.locate`` does.

    Parameters
    ----------
    instants
        Aware datetimes.
    mics
        One MIC an instant; exchanges may be mixed.

    Raises
    ------
    StudyError
        The lengths differ, or as ``Sessions.locate``.
    SymbolError
        There is no calendar of an exchange.
    """
    ticks = _ticks(instants)
    if len(ticks) != len(mics):
        raise StudyError(f"There are {len(ticks)} instants and {len(mics)} exchanges beside them.")
    found = np.empty(len(ticks), dtype="datetime64[us]")
    aware = _as_instants(ticks)
    for mic, chosen in each_exchange(mics):
        found[chosen] = Sessions(mic).locate(aware[chosen]).to_numpy()
    return pd.DatetimeIndex(found, name="session")


def each_exchange(mics: Sequence[str]) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    """Give each MIC that occurs, in order of appearance, and where it stands."""
    codes, names = pd.factorize(np.asarray(mics, dtype=object))
    for code, mic in enumerate(names):
        yield str(mic), codes == code


def _ticks(instants: Instants) -> _Ticks:
    """Turn aware instants into microseconds since 1970 in UTC, whatever their unit and zone."""
    index = _index_of(instants)
    if index.tz is None and len(index):
        raise StudyError(
            f"{index[0].isoformat()} has no time zone, so it is no instant: add one, as in "
            "2025-07-21T15:11:00-04:00."
        )
    if index.hasnans:
        raise StudyError("An instant is missing: what was never dated belongs to no session.")
    return cast("_Ticks", index.as_unit("us").asi8)


def _index_of(instants: Instants) -> pd.DatetimeIndex:
    if isinstance(instants, datetime):
        instants = [instants]
    if isinstance(instants, Sequence):
        # pandas would read the naive ones of a mixed list as UTC.
        naive = next((one for one in instants if _is_naive(one)), None)
        if naive is not None:
            return pd.DatetimeIndex([naive])
        return pd.to_datetime(list(instants), utc=True)
    return pd.DatetimeIndex(instants)


def _is_naive(instant: object) -> bool:
    if not isinstance(instant, datetime):
        raise StudyError(f"{instant!r} is no instant: give a datetime with a time zone.")
    return not pd.isna(instant) and instant.tzinfo is None


def _as_instants(ticks: _Ticks) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(ticks.view("datetime64[us]")).tz_localize("UTC")


@lru_cache(maxsize=64)
def _load(name: str) -> _Calendar:
    """Build a calendar once a process and keep its arrays."""
    with _quiet():
        calendar = _build(name)
        return _Calendar(
            name=name,
            zone=str(calendar.tz),
            labels=pd.DatetimeIndex(calendar.sessions.to_numpy(), name="session").as_unit("us"),
            opens=_column(calendar.opens),
            closes=_column(calendar.closes),
        )


def _column(instants: pd.Series[pd.Timestamp]) -> _Ticks:
    return cast("_Ticks", pd.DatetimeIndex(instants).as_unit("us").asi8)


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
