"""When was it published: strict parsing that never guesses a zone, a day or a century.

Accepted are ISO 8601 (the name of a zone may follow it), the dates of e-mail and RSS (RFC 822),
and what news sites print ("Jul. 21, 2025 3:11 PM ET", "21 July 2025"). A time without a zone is
refused; "07/21/2025" is refused, since half of the world reads it otherwise. A name of a zone that
several places share ("IST") counts where the zone that the caller passes is called so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from signals.errors import ArticleError

Precision = Literal["second", "minute", "day"]

LAST_ZONE_ON_EARTH = timezone(timedelta(hours=-12))
"""Where a day ends last: a date without a zone is taken to end there."""
FIRST_ZONE_ON_EARTH = timezone(timedelta(hours=14))

_EXAMPLE = "Right would be 2025-07-21T15:11:00-04:00, 2025-07-21T19:11Z or the date 2025-07-21."

# What sites print after a time. A plain "ET" follows the clocks of New York; "EST" and "EDT" state
# which half of the year they mean, and are refused in the other one.
_ZONES: dict[str, tuple[str, int | None]] = {
    "ET": ("America/New_York", None),
    "EST": ("America/New_York", -300),
    "EDT": ("America/New_York", -240),
    "CT": ("America/Chicago", None),
    "CDT": ("America/Chicago", -300),
    "MT": ("America/Denver", None),
    "PT": ("America/Los_Angeles", None),
    "PST": ("America/Los_Angeles", -480),
    "PDT": ("America/Los_Angeles", -420),
    "GMT": ("UTC", 0),
    "UTC": ("UTC", 0),
    "UT": ("UTC", 0),
    "Z": ("UTC", 0),
    "CET": ("Europe/Berlin", 60),
    "CEST": ("Europe/Berlin", 120),
    "JST": ("Asia/Tokyo", 540),
    "HKT": ("Asia/Hong_Kong", 480),
    "KST": ("Asia/Seoul", 540),
    "SGT": ("Asia/Singapore", 480),
    "AEST": ("Australia/Sydney", 600),
    "AEDT": ("Australia/Sydney", 660),
    "NZST": ("Pacific/Auckland", 720),
    "NZDT": ("Pacific/Auckland", 780),
}
_MONTHS = {
    name[:length]: number
    for number, name in enumerate(
        "january february march april may june july august september october november "
        "december".split(),
        start=1,
    )
    for length in range(3, len(name) + 1)
}
_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SECONDS = re.compile(r"T?\d{1,2}:\d{2}:\d{2}|T\d{6}")
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}|\d{15,16}|\d{18,19}")
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(?:\.\d{1,6})?)?)(?:Z|[+-]\d\d:\d\d|( ?UTC))"
)
_SLASHED = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}")
# Not that of a date of e-mail, which goes on with a number.
_WEEKDAY = re.compile(
    r"\A(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? |"
    r"(?:mon|tue|wed|thu|fri|sat|sun)[.,]{0,2} (?=[a-z]))",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s-]([A-Za-z]{3,9}\.?),?[\s-](?=\d{4}\b)")
# As posts and C programs write it: "Tue Oct 21 16:05:00 +0000 2025".
_YEAR_LAST = re.compile(
    r"([A-Za-z]{3} )?([A-Za-z]{3}) (\d{1,2}) (\d\d:\d\d:\d\d) ([+-]\d{4}|[A-Z]{1,4}) (\d{4})"
)
_PRINTED = re.compile(
    r"(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
    r"(?:(?:,|\s?[|·•—–/]| -)?\s+(?:at\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})"
    r"(?::(?P<second>\d{2}))?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>[A-Za-z]{1,4}(?:[+-]\d{1,2}(?::?\d\d)?)?)?)?"
)
# What is printed around a stamp, and in another order.
_LABEL = re.compile(r"\A(?:first )?(?:published|posted)(?: on)? ?:? ", re.IGNORECASE)
_TIME_TO_READ = re.compile(r" ?[|·•] \d+ min(?:ute)?s? read\Z", re.IGNORECASE)
_TIME_FIRST = re.compile(
    r"(\d{1,2}[:.]\d\d(?::\d\d)?(?: ?[ap]\.?m\b\.?)?)(?: ([A-Z]{1,4}))?,? "
    r"((?:[A-Za-z]+,? )?(?:[A-Za-z]{3,9}\.? \d{1,2},?|\d{1,2} [A-Za-z]{3,9}\.?,?) \d{4})"
    r"(?(2)| ?([A-Z]{1,4})?)",
    re.IGNORECASE,
)
_SPELT_ZONE = re.compile(
    r"\b(?:(E)astern|(C)entral|(M)ountain|(P)acific) (?:([DS])(?:aylight|tandard) )?Time\Z"
)
_ZONE_NAME = re.compile(r"(?![AP]M\Z)[A-Za-z]{1,5}(?:[+-]\d{1,2}(?::?\d\d)?)?", re.IGNORECASE)
_OFFSET = re.compile(r"(?:GMT|UTC)([+-]\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_IN_LONDON_TOO = re.compile(r" \((\d\d:\d\d) GMT\)\Z")  # "07:30 ET (11:30 GMT)"


@dataclass(frozen=True, slots=True)
class PublicationTime:
    """A publication time: an instant with a zone, and how exactly it is known.

    Attributes
    ----------
    instant
        With the precision "day": the midnight at which that day began.
    precision
        "second", "minute" or "day".
    zone_assumed
        True for a date whose zone nobody stated: the instant is then in UTC-12.
    """

    instant: datetime
    precision: Precision
    zone_assumed: bool = False

    def __post_init__(self) -> None:
        if not 1 < self.instant.year < 9999:  # its end, or its day elsewhere, is no date
            raise ArticleError(f"{self.instant.isoformat()} is no time of any news.")

    @property
    def known_at(self) -> datetime:
        """The UTC instant at which the stamp's precision ends."""
        return end_of_stamp(self.instant, self.precision)

    @property
    def last_second(self) -> datetime:
        """The last second that the stamp may mean: the stamp itself when it has seconds."""
        if self.precision == "second":
            return self.instant
        return self.known_at - timedelta(seconds=1)

    def agrees_with(self, other: PublicationTime) -> bool:
        """Tell whether two stamps can be of one moment: their spans overlap."""
        return self._begin() < other.known_at and other._begin() < self.known_at

    def _begin(self) -> datetime:
        # The day of an unknown zone may have begun where days begin first.
        if self.zone_assumed:
            return self.instant.replace(tzinfo=FIRST_ZONE_ON_EARTH).astimezone(UTC)
        return self.instant.astimezone(UTC)


def end_of_stamp(instant: datetime, precision: Precision) -> datetime:
    """Give the UTC instant at which a stamp's second, minute or day is over.

    A stamp of 15:11 may mean 15:11:59, so the story is known at 15:12:00. A day ends at the next
    midnight of its own zone, which may be 23 or 25 hours on.
    """
    if precision == "day":
        return (instant + timedelta(days=1)).astimezone(UTC)
    whole = instant.astimezone(UTC).replace(microsecond=0)
    if precision == "minute":
        return whole.replace(second=0) + timedelta(minutes=1)
    return whole + timedelta(seconds=1)


def parse_updated(
    stamp: str | date | datetime, *, zone: str | tzinfo | None = None
) -> PublicationTime:
    """Read when a text was last changed; never earlier than the truth.

    As :func:`parse_published`, but that a time without a zone is taken to be of the zone in which
    it comes last on earth: a story isn't lost by a careless stamp of its revision, and known late.
    """
    if zone is None and not isinstance(stamp, datetime):
        try:
            return parse_published(stamp)
        except ArticleError:
            return parse_published(stamp, zone=LAST_ZONE_ON_EARTH)
    return parse_published(stamp, zone=zone)


def day_of_midnight(time: PublicationTime, zone: str | tzinfo | None) -> PublicationTime:
    """Take midnight for what pages, feeds and tables mean by it: a date without a time.

    The day is of the offset that the stamp states, or, since "00:00:00 UTC" states none that means
    anything, of ``zone`` or the zone in which days end last.
    """
    stamp = time.instant
    if time.precision == "day" or stamp.time() != datetime.min.time():
        return time
    return parse_published(stamp.date(), zone=stamp.tzinfo if stamp.utcoffset() else zone)


def parse_published(
    stamp: str | date | datetime, *, zone: str | tzinfo | None = None
) -> PublicationTime:
    """Read a publication time.

    Parameters
    ----------
    stamp
        A datetime with a zone, a date, or text: ISO 8601, RFC 822 or "Jul. 21, 2025 3:11 PM ET".
    zone
        The zone that a date, or a time without one, is in: an IANA name or a tzinfo. Without it a
        date ends where it ends last on earth (UTC-12), flagged, and a time is refused.

    Raises
    ------
    ArticleError
        It is no date, has no zone, could be read in two ways, or never happened on a clock.

    Examples
    --------
    >>> parse_published("2025-07-21T15:11Z").known_at.isoformat()
    '2025-07-21T15:12:00+00:00'
    >>> parse_published("2025-07-21").known_at.isoformat()
    '2025-07-22T12:00:00+00:00'
    """
    where = _time_zone(zone)
    if isinstance(stamp, str) and (instant := _INSTANT.fullmatch(stamp)):  # the commonest forms
        written = f"{instant[1]}Z" if instant[3] else stamp
        try:
            return PublicationTime(
                datetime.fromisoformat(written), "second" if instant[2] else "minute"
            )
        except ValueError:
            pass
    if isinstance(stamp, datetime):
        if str(stamp) == "NaT":
            raise ArticleError("NaT is no publication time: give None where none is known.")
        return _aware(stamp, "second", where, given=stamp.isoformat())
    text = _LABEL.sub("", " ".join(str(stamp).split()))  # of a date as well, and of a number
    if _DATE_ONLY.fullmatch(text):
        return _whole_day(_calendar_date(text), where)
    if _SLASHED.match(text):
        raise ArticleError(
            f"{text!r} may have its day or its month first: such dates are read in two ways. "
            f"{_EXAMPLE}"
        )
    if _EPOCH.fullmatch(text):
        raise ArticleError(
            f"{text!r} looks like seconds since 1970: turn it into a datetime in UTC first. "
            f"{_EXAMPLE}"
        )
    return _read_text(text, where)


def _read_text(text: str, zone: tzinfo | None) -> PublicationTime:
    again = _IN_LONDON_TOO.search(text)
    plain = _reordered(text[: again.start()] if again else text)
    for read in (_read_iso, _read_printed, _read_mail):
        found = read(plain, zone)
        if found is not None:
            if again and f"{found.instant.astimezone(UTC):%H:%M}" != again[1]:
                raise ArticleError(f"{text!r} names two instants. {_EXAMPLE}")
            return found
    raise ArticleError(f"{text[:60]!r} is no publication time known here. {_EXAMPLE}")


def _reordered(text: str) -> str:
    """Give a stamp as most print it: the day, the time, the letters of a zone."""
    text = _TIME_TO_READ.sub("", _YEAR_LAST.sub(r"\3 \2 \6 \4 \5", text))
    if first := _TIME_FIRST.fullmatch(text):
        text = f"{first[3]} {first[1]} {first[2] or first[4] or ''}".rstrip()
    return _SPELT_ZONE.sub(lambda zone: "".join(filter(None, zone.groups())) + "T", text)


def _calendar_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArticleError(f"{text!r} is no day of the calendar. {_EXAMPLE}") from error


def _time_zone(zone: str | tzinfo | None) -> tzinfo | None:
    if not isinstance(zone, str):
        return zone
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ArticleError(
            f"{zone[:60]!r} is no time zone; America/New_York, Europe/London and UTC are."
        ) from error


def _whole_day(day: date, zone: tzinfo | None) -> PublicationTime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone or LAST_ZONE_ON_EARTH)
    return PublicationTime(midnight, "day", zone_assumed=zone is None)


def _aware(
    stamp: datetime, precision: Precision, zone: tzinfo | None, *, given: str
) -> PublicationTime:
    """Give a stamp its zone, and refuse one that no clock has shown."""
    if stamp.tzinfo is not None:
        return PublicationTime(stamp, precision)
    if zone is None:
        raise ArticleError(f"{given!r} has no time zone, so it names no instant. {_EXAMPLE}")
    # When clocks go back an hour comes twice: the later one can't be too early.
    local = PublicationTime(stamp.replace(tzinfo=zone, fold=1), precision)
    if local.instant.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != stamp:
        raise ArticleError(f"No clock in {zone} showed {given!r}: daylight saving time began then.")
    return local


def _read_iso(text: str, zone: tzinfo | None) -> PublicationTime | None:
    """Read ISO 8601, with the name of a zone behind it or not: "2025-07-21 15:11:00 ET"."""
    before, _, name = text.rpartition(" ")
    named = _ZONE_NAME.fullmatch(name) is not None
    try:
        stamp = datetime.fromisoformat(before if named else text)
    except ValueError:
        return None
    if not re.search(r"\d[T ]\d", text):  # an ISO week or ordinal date: a day
        return None if named else _whole_day(stamp.date(), zone)
    if named:
        if stamp.tzinfo is not None:
            raise ArticleError(f"{text!r} states two zones. {_EXAMPLE}")
        stamp = _in_named_zone(stamp, name.upper(), text, zone)
    precision: Precision = "second" if _SECONDS.search(text) else "minute"
    return _aware(stamp, precision, zone, given=text)


def _read_mail(text: str, zone: tzinfo | None) -> PublicationTime | None:
    if not re.match(r"(?:[A-Za-z]{3},\s)?\d{1,2}\s[A-Za-z]{3}\s\d{4}\s\d", text):
        return None
    text = re.sub(r" \([^()]*\)\Z", "", text)  # a comment: "+0000 (UTC)"
    try:
        stamp = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    named = text.rsplit(" ", 1)[-1].upper()
    if named in _ZONES or (isinstance(zone, ZoneInfo) and named.isalpha()):
        stamp = _in_named_zone(stamp.replace(tzinfo=None), named, text, zone)
    elif not re.search(r"[+-]\d{4}$", text):
        # The mail parser takes unknown names of zones, and "-0000", for no zone at all.
        stamp = stamp.replace(tzinfo=None)
    precision: Precision = "second" if _SECONDS.search(text) else "minute"
    return _aware(stamp, precision, zone, given=text)


def _read_printed(text: str, zone: tzinfo | None) -> PublicationTime | None:
    plain = _WEEKDAY.sub("", text)
    day_first = _DAY_FIRST.match(plain)
    month_first = (
        f"{day_first[2]} {day_first[1]} {plain[day_first.end() :]}" if day_first else plain
    )
    match = _PRINTED.fullmatch(month_first)
    month = _MONTHS.get(match["month"].lower()) if match else None
    if match is None or month is None:
        return None
    try:
        day = date(int(match["year"]), month, int(match["day"]))
    except ValueError as error:
        raise ArticleError(f"{text!r} is no day of the calendar. {_EXAMPLE}") from error
    if match["hour"] is None:
        return _whole_day(day, zone)
    stamp = datetime.combine(day, _time_of_day(match, text))
    if match["zone"]:
        stamp = _in_named_zone(stamp, match["zone"].upper(), text, zone)
    return _aware(stamp, "second" if match["second"] else "minute", zone, given=text)


def _time_of_day(match: re.Match[str], text: str) -> time:
    """Read hour, minute and second, of a clock with am and pm or of one with 24 hours."""
    hour, half = int(match["hour"]), (match["half"] or "")[:1].lower()
    if half:
        if not 1 <= hour <= 12:
            raise ArticleError(f"{text!r}: no clock with am and pm shows {hour} hours. {_EXAMPLE}")
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(match["minute"]), int(match["second"] or 0))
    except ValueError as error:
        raise ArticleError(f"{text!r} is no time of day. {_EXAMPLE}") from error


def _in_named_zone(stamp: datetime, name: str, given: str, zone: tzinfo | None = None) -> datetime:
    if offset := _OFFSET.fullmatch(name):  # "GMT+8"
        east = timedelta(hours=abs(int(offset[1])), minutes=int(offset[2] or 0))
        if east > timedelta(hours=14):
            raise ArticleError(f"{name!r} in {given!r} is no zone known here. {_EXAMPLE}")
        return stamp.replace(tzinfo=timezone(-east if offset[1][0] == "-" else east))
    if name not in _ZONES:
        if zone is not None and stamp.replace(tzinfo=zone).tzname() == name:
            return _aware(stamp, "minute", zone, given=given).instant
        why = (
            f"the clocks of {zone} don't show it"
            if zone
            else "zone='Europe/London' would say whose it is"
        )
        raise ArticleError(f"{name!r} in {given!r} is no zone known here; {why}. {_EXAMPLE}")
    place, minutes = _ZONES[name]
    checked = _aware(stamp, "minute", ZoneInfo(place), given=given).instant
    if minutes is not None and checked.utcoffset() != timedelta(minutes=minutes):
        raise ArticleError(
            f"{given!r}: clocks in {place} were not on {name} that day, so it may mean two "
            f"instants. {_EXAMPLE}"
        )
    return checked
