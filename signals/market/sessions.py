"""Exchange calendars: which session an instant belongs to, and when in the session it falls.

A session is a tz-naive midnight label, as in exchange_calendars, which stays the oracle of the
tests. Here its opens and closes are sorted arrays, so that a million instants are found by one
binary search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from signals.errors import SignalsError, StudyError
from signals.exchanges import calendar_name
from signals.market.calendars import Lookup, Ticks, load_calendar

Day: TypeAlias = "pd.Timestamp | date | str"
Instants: TypeAlias = (
    "pd.DatetimeIndex | pd.Series[pd.Timestamp] | Sequence[datetime] | datetime | npt.NDArray[Any]"
)

_PART: Final = 1 << 15  # instants at a time: their arrays stay in a processor's cache
_THIRTY_MINUTES: Final = 30 * 60 * 1_000_000


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
        self._calendar = load_calendar(self.calendar)
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

    def labels(self, start: Day | None = None, end: Day | None = None) -> pd.DatetimeIndex:
        """Labels of the sessions from ``start`` to ``end``, both included; all by default.

        Tz-naive midnights, ``datetime64[us]``, ascending. A range that reaches beyond the calendar
        gives the sessions that the calendar knows.

        Raises
        ------
        StudyError
            An end of the range is no date, or has a time zone.
        """
        labels = self._calendar.labels
        left = 0 if start is None else labels.searchsorted(read_day(start), side="left")
        right = len(labels) if end is None else labels.searchsorted(read_day(end), side="right")
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
        ticks, closes = _ticks(instants), self._calendar.closes
        covered: npt.NDArray[np.bool_] = (closes[0] <= ticks) & (ticks < closes[-1])
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

    def _search(self, instants: Instants) -> tuple[Ticks, npt.NDArray[np.intp]]:
        """Find the position of the first close after each instant.

        Before the first close and after the last one a binary search still answers, and wrongly:
        both are refused. So the previous session always exists.
        """
        ticks = _ticks(instants)
        return ticks, self._places(ticks)

    def _places(self, ticks: Ticks) -> npt.NDArray[np.intp]:
        if not self._calendar.covers(ticks):
            closes = self._calendar.closes
            outside = (ticks < closes[0]) | (closes[-1] <= ticks)
            labels = self._calendar.labels
            raise StudyError(
                f"{_as_instants(ticks[outside])[0].isoformat()} lies outside the calendar of "
                f"{self.mic}, which is known here from {labels[0]:%Y-%m-%d} to "
                f"{labels[-1]:%Y-%m-%d}."
            )
        return self._calendar.first_close_after(ticks)

    def lookup(self, ticks: Ticks, chosen: npt.NDArray[np.bool_]) -> Lookup:
        """Give where to look for some of many instants, which the calendar has to reach."""
        if not self._calendar.covers(ticks):
            self._places(ticks[chosen])
        return self._calendar.lookup

    def _local_day(self, ticks: Ticks) -> pd.DatetimeIndex:
        return _as_instants(ticks).tz_convert(self.zone).tz_localize(None).normalize()


def locate(instants: Instants, mics: Sequence[str] | pd.Categorical | str) -> pd.DatetimeIndex:
    """Give the session of each instant on the exchange beside it, as ``Sessions.locate`` does.

    Parameters
    ----------
    instants
        Aware datetimes.
    mics
        One MIC an instant, or one for all; exchanges may be mixed. For millions of them a
        Categorical is several times faster than texts, which must be told apart first.

    Raises
    ------
    StudyError
        The lengths differ, an exchange is missing, or as ``Sessions.locate``.
    SymbolError
        There is no calendar of an exchange.
    """
    ticks = _ticks(instants)
    if isinstance(mics, str):
        mics = [mics] * len(ticks)
    if len(ticks) != len(mics):
        raise StudyError(f"There are {len(ticks)} instants and {len(mics)} exchanges beside them.")
    codes, names = _codes(mics)
    present = [code for code in range(len(names)) if (codes == code).any()]
    calendars = []
    for code in present:
        sessions = Sessions(names[code])
        calendars.append(sessions.lookup(ticks, codes == code))
    found = np.empty(len(ticks), dtype="datetime64[us]")
    if present:
        lookup = Lookup.join(calendars)
        shift = np.zeros(len(names), dtype=np.int64)
        shift[present] = lookup.shift
        for low in range(0, len(ticks), _PART):
            part = slice(low, low + _PART)
            found[part] = lookup.labels[lookup.find(ticks[part], shift[codes[part]])]
    return pd.DatetimeIndex(found, name="session")


def each_exchange(
    mics: Sequence[str] | pd.Categorical,
) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    """Give each MIC that occurs, and where it stands.

    Raises
    ------
    StudyError
        One is missing.
    """
    codes, names = _codes(mics)
    for code, mic in enumerate(names):
        chosen = codes == code
        if chosen.any():
            yield mic, chosen


def _codes(
    mics: Sequence[str] | pd.Categorical,
) -> tuple[npt.NDArray[np.integer[Any]], list[str]]:
    """Tell exchanges apart: the place of each in the list of their MICs."""
    if isinstance(mics, pd.Categorical):
        codes, names = mics.codes, mics.categories.to_numpy()
    else:
        codes, names = pd.factorize(np.asarray(mics, dtype=object))
    if len(codes) and codes.min() < 0:
        raise StudyError("An exchange is missing: each instant needs the MIC of one beside it.")
    return codes, [str(name) for name in names]


def _ticks(instants: Instants) -> Ticks:
    """Turn aware instants into microseconds since 1970 in UTC, whatever their unit and zone."""
    index = _index_of(instants)
    if index.tz is None and len(index):
        raise StudyError(
            f"{index[0].isoformat()} has no time zone, so it is no instant: add one, as in "
            "2025-07-21T15:11:00-04:00."
        )
    if index.hasnans:
        raise StudyError("An instant is missing: what was never dated belongs to no session.")
    return cast("Ticks", index.as_unit("us").asi8)


def read_day(given: Day, error: type[SignalsError] = StudyError) -> pd.Timestamp:
    """Read one end of a range of sessions.

    Raises
    ------
    SignalsError
        It is no date, or has a time zone.
    """
    try:
        day = pd.Timestamp(given)
    except (ValueError, TypeError):
        day = None
    if day is None or pd.isna(day):
        raise error(f"A range of sessions runs between dates like 2025-07-22, not {given!r}.")
    if day.tzinfo is not None:
        raise error("A range of sessions runs between plain dates, without a time zone.")
    return day


def _index_of(instants: Any) -> pd.DatetimeIndex:
    if isinstance(instants, datetime):
        instants = [instants]
    if isinstance(instants, str) or not isinstance(instants, Iterable):
        raise StudyError(f"{instants!r} is no instant: give a datetime with a time zone.")
    if isinstance(instants, pd.Series | pd.Index | np.ndarray) and instants.dtype == np.object_:
        instants = list(instants)
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


def _as_instants(ticks: Ticks) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(ticks.view("datetime64[us]")).tz_localize("UTC")
