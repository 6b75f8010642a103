"""Which session a report is about, on each exchange, and which news belongs to it.

The report on session s holds what was known from the close of the session before s to the open of
the session after it: what came before the close of s has a return, what came later waits for one.
A Monday's report so covers everything up to Monday's open. None of this depends on when the report
is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from signals.batch.records import ticks
from signals.errors import ConfigError
from signals.exchanges import mic_of
from signals.market.sessions import Sessions

_SHORT = 0.85  # of a usual session's length


@dataclass(frozen=True, slots=True)
class Day:
    """The session of a report on one exchange.

    Attributes
    ----------
    mic
        The exchange.
    before, session, after
        Labels of the session before, the report's own, and the next one.
    start, open, close, end
        Close of the session before, own open and close, and open of the next one: microseconds
        since 1970.
    """

    mic: str
    before: pd.Timestamp
    session: pd.Timestamp
    after: pd.Timestamp
    start: int
    open: int
    close: int
    end: int

    def holds(self, known_at: datetime) -> bool:
        """Tell whether news that was known at an instant belongs to this report."""
        return self.start <= ticks(known_at) < self.end

    def is_past(self, known_at: datetime) -> bool:
        """Tell whether news that was known at an instant belongs to an earlier report."""
        return ticks(known_at) < self.start

    def waits(self, known_at: datetime) -> bool:
        """Tell whether its event session is the next one, so that its windows are pending."""
        return self.close <= ticks(known_at) < self.end

    def reaches(self, known_at: datetime) -> bool:
        """Tell whether news that was known at an instant belongs to this report or one before."""
        return ticks(known_at) < self.end


def days_until(symbols: Iterable[str], now: datetime) -> dict[str, Day]:
    """Give for each exchange of some symbols the last session that had closed by an instant."""
    return {mic: day_of(mic, Sessions(mic).last_closed(now)) for mic in _mics(symbols)}


def days_on(symbols: Iterable[str], label: pd.Timestamp) -> dict[str, Day]:
    """Give for each exchange of some symbols its session on a date, or the last one before it.

    Raises
    ------
    ConfigError
        A calendar doesn't reach the date.
    """
    found = {}
    for mic in _mics(symbols):
        labels = Sessions(mic).labels(end=label)
        if len(labels) < 2 or Sessions(mic).labels()[-2] < label:
            raise ConfigError(f"The calendar of {mic} doesn't reach {label:%Y-%m-%d}.")
        found[mic] = day_of(mic, labels[-1])
    return found


def days_closed(symbols: Iterable[str], label: pd.Timestamp, now: datetime) -> dict[str, Day]:
    """Give for each exchange of some symbols the last session up to a date that had closed."""
    names = list(symbols)
    last = days_until(names, now)
    days = days_on(names, label).items()
    return {mic: last[mic] if day.close > ticks(now) else day for mic, day in days}


def label_of(days: Mapping[str, Day]) -> str:
    """Give the date by which a report is called: the last session of its days, ISO 8601."""
    return max(f"{day.session:%Y-%m-%d}" for day in days.values())


def key_of(days: Mapping[str, Day]) -> str:
    """Name the sessions of a report, so that names sort as reports follow one another.

    Where exchanges stand on several dates two reports can have one label: on a holiday of Tokyo's,
    New York's day before is told under the date under which Tokyo's was told that morning.
    """
    sessions = {mic: f"{day.session:%Y-%m-%d}" for mic, day in sorted(days.items())}
    first = min(sessions.values())
    if first == max(sessions.values()):
        return first
    return " ".join([first, *(f"{mic} {session}" for mic, session in sessions.items())])


def days_told(previous: Mapping[str, Any], watch: Sequence[str]) -> dict[str, Day]:
    """Give the session on each exchange of which a report told, by its summary; {} without one.

    Made in the morning of New York it told of Tokyo's session of that date, and of New York's of
    the day before.
    """
    if "days" in previous:
        return {mic: day_of(mic, pd.Timestamp(day)) for mic, day in previous["days"].items()}
    # Reports of older versions didn't say.
    return days_on(watch, pd.Timestamp(previous["session"])) if previous else {}


def day_of(mic: str, label: pd.Timestamp) -> Day:
    """Give the day of one session of an exchange."""
    sessions = Sessions(mic)
    place = int(sessions.labels().get_loc(label))  # type: ignore[arg-type]
    return Day(
        mic=mic,
        before=sessions.labels()[place - 1],
        session=label,
        after=sessions.labels()[place + 1],
        start=ticks(sessions.closes[place - 1].to_pydatetime()),
        open=ticks(sessions.opens[place].to_pydatetime()),
        close=ticks(sessions.closes[place].to_pydatetime()),
        end=ticks(sessions.opens[place + 1].to_pydatetime()),
    )


def is_short(day: Day) -> bool:
    """Tell whether a session was much shorter than those of the month before it, as half days are.

    Where hours move with New York's clocks, sessions of an ordinary summer are an eighth shorter.
    """
    sessions = Sessions(day.mic)
    place = int(sessions.labels().get_loc(day.session))  # type: ignore[arg-type]
    month = slice(max(place - 20, 0), place)
    lengths = sorted(sessions.closes[month] - sessions.opens[month])
    own = sessions.closes[place] - sessions.opens[place]
    return bool(lengths) and bool(own < _SHORT * lengths[len(lengths) // 2])


def trades_on(symbols: Iterable[str], now: datetime) -> bool:
    """Tell whether any exchange of some symbols trades on its own calendar day at an instant."""
    mics = _mics(symbols)
    return any(len(Sessions(mic).labels(_date_at(mic, now), _date_at(mic, now))) for mic in mics)


def dates_at(symbols: Iterable[str], now: datetime) -> list[pd.Timestamp]:
    """Give the calendar days that the exchanges of some symbols have at an instant."""
    return sorted({_date_at(mic, now) for mic in _mics(symbols)})


def _date_at(mic: str, now: datetime) -> pd.Timestamp:
    return pd.Timestamp(now).tz_convert(Sessions(mic).zone).tz_localize(None).normalize()


def labels_since(symbols: Iterable[str], since: pd.Timestamp, now: datetime) -> list[pd.Timestamp]:
    """Give every date from ``since`` on with a session of any exchange that has closed."""
    names = list(symbols)
    found: set[pd.Timestamp] = set()
    for mic in _mics(names):
        found.update(Sessions(mic).labels(since, Sessions(mic).last_closed(now)))
    return sorted(found)


def trailing_first(day: Day, count: int) -> pd.Timestamp:
    """Give the first of the last ``count`` sessions up to a day's own."""
    labels = Sessions(day.mic).labels(end=day.session)
    return labels[max(len(labels) - count, 1)]


def trailing_start(day: Day, count: int) -> int:
    """Give the close before the first of the last ``count`` sessions, in microseconds."""
    return day_of(day.mic, trailing_first(day, count)).start


def _mics(symbols: Iterable[str]) -> list[str]:
    return sorted({mic_of(symbol) for symbol in symbols})
