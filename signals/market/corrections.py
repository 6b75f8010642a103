"""Hours and days of exchanges that exchange_calendars tells otherwise than the exchanges did.

A row is used where the library says what it corrects, so that it rests once the library is right.
Where a day or an hour isn't known for certain, the earlier hour is taken: a close that is said too
late would put news into a session that had ended, an open that is said too late would buy at a
price from before the news.
"""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

import pandas as pd


class _Hour(NamedTuple):
    calendar: str
    since: str
    which: str
    library: str
    true: str
    zone: str
    told: str


class _Day(NamedTuple):
    calendar: str
    days: str
    hours: str
    told: str


# From a day on, until the next row of the same hour: what the library says in the exchange's own
# zone, and what is true in the zone beside it.
_HOURS: Final = """
BVMF | 2019-11-04 | close | 18:00 | 16:00 | America/New_York | B3: until 17:00 while New York is on summer time (until 18:00, since 2022 17:55, otherwise), changed with its clocks
XMEX | 2022-10-30 | open  | 08:30 | 09:30 | America/New_York | BMV, after Mexico gave up summer time: 7:30 to 14:00 while New York is on summer time
XMEX | 2022-10-30 | close | 15:00 | 16:00 | America/New_York | as its open
XBUE | 2025-07-28 | open  | 11:00 | 10:30 | America/Argentina/Buenos_Aires | BYMA's table of hours
XPHS | 1990-01-01 | close | 15:30 | 12:10 | Asia/Manila | PSE, until September 2011; of earlier years not known for certain
XPHS | 2011-10-03 | close | 15:30 | 13:00 | Asia/Manila | PSE, July 2011
XPHS | 2012-01-02 | close | 15:30 | 15:30 | Asia/Manila | PSE, December 2011
XPHS | 2020-03-16 | close | 15:30 | 13:00 | Asia/Manila | PSE, March 2020
XPHS | 2020-03-17 | open  | 09:30 | 09:00 | Asia/Manila | PSE, March 2020; until when isn't known
XPHS | 2021-12-06 | open  | 09:30 | 09:30 | Asia/Manila | PSE, memorandum of 2021-11-22
XPHS | 2021-12-06 | close | 15:30 | 15:00 | Asia/Manila | PSE, memorandum of 2021-11-22
XPHS | 2022-01-14 | close | 15:30 | 13:00 | Asia/Manila | PSE, January 2022
XPHS | 2022-03-01 | close | 15:30 | 15:00 | Asia/Manila | PSE, February 2022, where another memorandum said 2 February
XETR | 2000-06-02 | close | 17:30 | 20:00 | Europe/Berlin | Deutsche Boerse, 2000
XETR | 2003-11-03 | close | 17:30 | 17:30 | Europe/Berlin | Deutsche Boerse, 2003
XFRA | 1990-01-01 | close | 17:30 | 17:00 | Europe/Berlin | the floor, until June 2000
XFRA | 2000-06-02 | close | 17:30 | 20:00 | Europe/Berlin | Deutsche Boerse, 2000; kept when Xetra went back to 17:30 in 2003
XFRA | 2011-06-01 | open  | 09:00 | 08:00 | Europe/Berlin | Deutsche Boerse, March 2011
XFRA | 2021-11-29 | close | 17:30 | 22:00 | Europe/Berlin | Deutsche Boerse, November 2021
XSTU | 2018-01-01 | open  | 08:00 | 07:30 | Europe/Berlin | exchange_calendars; in 2017 it was 8:00
XSTU | 1990-01-01 | close | 22:00 | 17:00 | Europe/Berlin | as Frankfurt's floor
XSTU | 2000-06-02 | close | 22:00 | 20:00 | Europe/Berlin | the regional exchanges, 2000
XSTU | 2017-01-01 | close | 22:00 | 22:00 | Europe/Berlin | Boerse Stuttgart's hours of 2017; since when isn't known
XDUS | 1990-01-01 | close | 22:00 | 17:00 | Europe/Berlin | as Frankfurt's floor
XDUS | 2000-06-02 | close | 22:00 | 20:00 | Europe/Berlin | the regional exchanges, 2000
XDUS | 2024-06-01 | close | 22:00 | 22:00 | Europe/Berlin | exchange_calendars, June 2024; since when isn't known
XHAM | 1990-01-01 | close | 22:00 | 17:00 | Europe/Berlin | as Frankfurt's floor
XHAM | 2000-06-02 | close | 22:00 | 20:00 | Europe/Berlin | the regional exchanges, 2000 and 2003
XHAM | 2024-06-01 | close | 22:00 | 22:00 | Europe/Berlin | exchange_calendars, June 2024; since when isn't known
"""  # noqa: E501 (one line is one change of hours)

# Days by themselves, and what they were in the exchange's own zone.
_DAYS: Final = """
XHKG | 2023-09-01 | closed      | HKEX: typhoon signal no. 8, all day
XHKG | 2023-09-08 | closed      | HKEX: black rainstorm, all day
XTAI | 2024-10-31 | closed      | TWSE: typhoon Kong-rey
XMOS | 2022-02-28 to 2022-03-23 | closed | Bank of Russia: no trading in shares
XMOS | 2022-03-24 | 09:50-14:00 | Bank of Russia: trading in 33 shares
XBOM | 2026-02-01 | 09:15-15:30 | NSE and BSE: the budget, on a Sunday
XKRX | 2021-11-18 | 10:00-16:30 | KRX: the day of the university entrance examination
XKRX | 2022-11-17 | 10:00-16:30 | KRX: the same
XKRX | 2023-11-16 | 10:00-16:30 | KRX: the same
XKRX | 2024-11-14 | 10:00-16:30 | KRX: the same
XKRX | 2025-11-13 | 10:00-16:30 | KRX: the same
"""

DAYS_OF: Final = {"XSTU": "XDUS"}
"""Calendars that are built from the days of another.

In 2017 Stuttgart was closed on three days on which the library's own calendar of it has sessions.
"""

TABLE_HASH: Final = hashlib.sha256(f"{_HOURS}{_DAYS}{DAYS_OF}".encode()).hexdigest()[:8]
"""It tells calendars that were corrected by this table from all others."""


def _cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in row.split("|")] for row in table.strip().splitlines()]


_HOUR_ROWS: Final = tuple(_Hour._make(cells) for cells in _cells(_HOURS))
_DAY_ROWS: Final = tuple(_Day._make(cells) for cells in _cells(_DAYS))


def correct(calendar: str, zone: str, told: pd.DataFrame) -> pd.DataFrame:
    """Correct the sessions of a calendar as the library tells them.

    Parameters
    ----------
    calendar, zone
        The calendar's name, and the time zone of its exchange.
    told
        ``open`` and ``close`` of each session as instants, by its label (a tz-naive midnight).

    Returns
    -------
    DataFrame of the same columns; days may be more or fewer.
    """
    hours = told.copy()
    for row in _HOUR_ROWS:
        if row.calendar == calendar:
            local = told[row.which].dt.tz_convert(zone).dt.strftime("%H:%M")
            chosen = (told.index >= pd.Timestamp(row.since)) & (local == row.library)
            hours.loc[chosen, row.which] = _instants(told.index[chosen], row.true, row.zone)
    for one in _DAY_ROWS:
        if one.calendar == calendar:
            first, _, last = one.days.partition(" to ")
            days = pd.date_range(first, last or first)
            hours = hours.drop(days, errors="ignore")
            if one.hours != "closed":
                opens, closes = (_instants(days, hour, zone) for hour in one.hours.split("-"))
                added = pd.DataFrame({"open": opens, "close": closes}, index=days)
                hours = pd.concat([hours, added]).sort_index()
    return hours


def _instants(days: pd.DatetimeIndex, hour: str, zone: str) -> pd.DatetimeIndex:
    return (days + pd.Timedelta(f"{hour}:00")).tz_localize(zone).tz_convert("UTC")
