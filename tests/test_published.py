from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings, strategies as st

from signals.errors import ArticleError
from signals.news.published import parse_published, parse_updated


@pytest.mark.parametrize(
    ("stamp", "precision", "known_at"),
    [
        ("2025-07-21T15:11:30-04:00", "second", "2025-07-21T19:11:31"),
        ("2025-07-21T15:11-04:00", "minute", "2025-07-21T19:12:00"),
        ("2025-07-21 19:11Z", "minute", "2025-07-21T19:12:00"),
        ("20250917T175959Z", "second", "2025-09-17T18:00:00"),
        ("2025-07-21T19:11:30.750Z", "second", "2025-07-21T19:11:31"),
        ("Mon, 21 Jul 2025 15:11:00 GMT", "second", "2025-07-21T15:11:01"),
        ("Mon, 21 Jul 2025 15:11:00 -0400", "second", "2025-07-21T19:11:01"),
        ("21 Jul 2025 15:11 EDT", "minute", "2025-07-21T19:12:00"),
        ("Jul. 21, 2025 3:11 PM ET", "minute", "2025-07-21T19:12:00"),
        ("January 21, 2025 at 12:05 a.m. ET", "minute", "2025-01-21T05:06:00"),
        ("Jul 21, 2025 | 3.11pm ET", "minute", "2025-07-21T19:12:00"),
        ("July 21, 2025 — 03:11 pm EDT", "minute", "2025-07-21T19:12:00"),
        ("Jul 21, 2025 – 3:11 PM EDT", "minute", "2025-07-21T19:12:00"),
        ("Jul 21, 2025 - 3:11 PM EDT", "minute", "2025-07-21T19:12:00"),
        ("21-Jul-2025 15:11 SGT", "minute", "2025-07-21T07:12:00"),
        ("Mon Jul 21 15:11:00 +0000 2025", "second", "2025-07-21T15:11:01"),
        ("Mon Jul 21 15:11:00 UTC 2025", "second", "2025-07-21T15:11:01"),
        ("Jul 21, 2025 12:00 PM GMT", "minute", "2025-07-21T12:01:00"),
        ("2025-07-21 19:11:00 UTC", "second", "2025-07-21T19:11:01"),
        ("2025-07-21 15:11:00 ET", "second", "2025-07-21T19:11:01"),
        ("2025-07-21T15:11:00-0400", "second", "2025-07-21T19:11:01"),
        ("2025-07-21T19:11:00.000+0000", "second", "2025-07-21T19:11:01"),
        ("Mon, 21 Jul 2025 15:11:00 +0000 (UTC)", "second", "2025-07-21T15:11:01"),
        ("Mon, July 21, 2025 at 3:11 PM EDT", "minute", "2025-07-21T19:12:00"),
        ("Monday 21 July 2025", "day", "2025-07-22T12:00:00"),
        ("2025-07-21", "day", "2025-07-22T12:00:00"),
        ("July 21, 2025", "day", "2025-07-22T12:00:00"),
        ("21 July 2025", "day", "2025-07-22T12:00:00"),
        ("21st Jul., 2025 15:11 GMT", "minute", "2025-07-21T15:12:00"),
        ("Jul. 21, 2025 1:11 PM ET", "minute", "2025-07-21T17:12:00"),
        ("Mon, 21 Jul 2025 15:11:00 UT", "second", "2025-07-21T15:11:01"),
        ("21 Jul 2025 15:11 AEST", "minute", "2025-07-21T05:12:00"),
        ("2025-W30-1", "day", "2025-07-22T12:00:00"),
        ("July 21, 2025 06:45 AM Eastern Daylight Time", "minute", "2025-07-21T10:46:00"),
        ("Jan 21, 2025 6:45 AM Eastern Time", "minute", "2025-01-21T11:46:00"),
        ("July 21, 2025 / 8:30 AM EDT", "minute", "2025-07-21T12:31:00"),
        ("PUBLISHED MON, JUL 21 2025 4:05 PM EDT", "minute", "2025-07-21T20:06:00"),
        ("First Published: Jul 21, 2025 | 3:11 PM GMT", "minute", "2025-07-21T15:12:00"),
        ("Published July 21, 2025", "day", "2025-07-22T12:00:00"),
        ("Published Jul 21, 2025 • 3 minute read", "day", "2025-07-22T12:00:00"),
        ("8:00pm, 21 Jul 2025 HKT", "minute", "2025-07-21T12:01:00"),
        ("08:05 EDT Jul 21, 2025", "minute", "2025-07-21T12:06:00"),
        ("July 21, 2025 at 6:04 AM GMT+8", "minute", "2025-07-20T22:05:00"),
        ("July 21, 2025 at 6:04 AM GMT-3:30", "minute", "2025-07-21T09:35:00"),
        ("Jul 21, 2025 07:30 ET (11:30 GMT)", "minute", "2025-07-21T11:31:00"),
    ],
)
def test_a_stamp_is_known_when_its_precision_ends(stamp, precision, known_at):
    time = parse_published(stamp)

    assert time.precision == precision
    assert time.known_at == datetime.fromisoformat(known_at).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("stamp", "why"),
    [
        ("2025-07-21T15:11", "no time zone"),
        ("Jul. 21, 2025 3:11 PM", "no time zone"),
        ("Mon, 21 Jul 2025 15:11:00 -0000", "no time zone"),
        ("20250721T191100", "no time zone"),
        ("1753125060", "seconds since 1970"),
        ("1753125060000", "seconds since 1970"),
        ("07/21/2025", "day or its month first"),
        ("21.07.2025 15:11", "day or its month first"),
        ("Mon, 21 Jul 2025 15:11:00 AST", "no time zone"),
        ("21 Jul 25 15:11:00 +0000", "no publication time"),
        ("9999-12-31T10:00Z", "no time of any news"),
        ("0001-06-01T10:00Z", "no time of any news"),
        ("Dec. 31, 9999 11:59 PM ET", "no time of any news"),
        ("yesterday", "no publication time"),
        ("Junk 5, 2025", "no publication time"),
        ("Mon, 21 Jul 2025 15:99999999999:00 +0000", "no publication time"),
        ("Mon, 21 Jul 2025 15:11:00 +99999999999000", "no publication time"),
        ("", "no publication time"),
        ("2025-02-30", "no day of the calendar"),
        ("Feb. 30, 2025", "no day of the calendar"),
        ("Jul. 21, 2025 13:11 PM ET", "no clock"),
        ("Jul. 21, 2025 3:71 PM ET", "no time of day"),
        ("Jul. 21, 2025 3:11 PM IST", "no zone known"),
        ("Jul. 21, 2025 3:11 PM EST", "not on EST that day"),
        ("Jan. 21, 2025 3:11 PM EDT", "not on EDT that day"),
        ("Jan. 21, 2025 3:11 PM Eastern Daylight Time", "not on EDT that day"),
        ("Jul. 21, 2025 3:11 PM Mumbai Time", "no publication time"),
        ("2025-07-21 03:11 PM", "no publication time"),
        ("Jul 21, 2025 07:30 ET (12:30 GMT)", "two instants"),
        ("July 21, 2025 6:04 AM GMT+15", "no zone known"),
        ("July 21, 2025 6:04 AM GMT+5:75", "no zone known"),
        ("07:00:05 21 Jul 2025", "no time zone"),
        ("Updated Jul 21, 2025 3:11 PM ET", "no publication time"),  # it came out before
        ("Jan. 21, 2025 3:11 PM AEST", "not on AEST that day"),
    ],
)
def test_what_is_no_instant_is_refused_with_a_sentence(stamp, why):
    with pytest.raises(ArticleError, match=why):
        parse_published(stamp)


@pytest.mark.parametrize("stamp", ["2025-07-21T15:11Z UTC", "2025-07-21 15:11-04:00 ET"])
def test_two_zones_are_one_too_many(stamp):
    with pytest.raises(ArticleError, match="two zones"):
        parse_published(stamp)


@pytest.mark.parametrize(
    ("stamp", "zone", "last"),
    [
        ("2025-07-21T15:11:30Z", None, "2025-07-21T15:11:30"),
        ("2025-07-21T15:11", "America/New_York", "2025-07-21T19:11:59"),
        ("2025-07-21T15:11", None, "2025-07-22T03:11:59"),
        ("2025-07-21", None, "2025-07-22T11:59:59"),
    ],
)
def test_a_revision_is_dated_to_the_last_second_that_its_stamp_may_mean(stamp, zone, last):
    found = parse_updated(stamp, zone=zone).last_second
    assert found.astimezone(UTC) == datetime.fromisoformat(last).replace(tzinfo=UTC)


@pytest.mark.parametrize("stamp", ["07/21/2025", "yesterday"])
def test_a_revision_whose_stamp_says_nothing_is_refused(stamp):
    with pytest.raises(ArticleError):
        parse_updated(stamp)


@pytest.mark.parametrize(
    ("stamp", "zone", "known_at"),
    [
        ("Jul 21, 2025, 10:15 AM IST", "Asia/Kolkata", "2025-07-21T04:46:00"),
        ("Jul 21, 2025, 10:15 AM IST", "Europe/Dublin", "2025-07-21T09:16:00"),
        ("21 Jul 2025 08:01 BST", "Europe/London", "2025-07-21T07:02:00"),
        ("2024-07-15 07:05 BST", "Europe/London", "2024-07-15T06:06:00"),
        ("2024-07-15T07:05:30 BST", "Europe/London", "2024-07-15T06:05:31"),
        ("2024-02-01 09:45 IST", "Asia/Kolkata", "2024-02-01T04:16:00"),
        ("Mon, 15 Jul 2024 07:05:30 BST", "Europe/London", "2024-07-15T06:05:31"),
        ("2024-07-15 07:05 ET", "Europe/London", "2024-07-15T11:06:00"),  # it is New York's alone
        ("2024-07-15 07:05 GMT+8", "Europe/London", "2024-07-14T23:06:00"),
    ],
)
def test_a_name_that_zones_share_is_the_one_that_the_reader_passes(stamp, zone, known_at):
    time = parse_published(stamp, zone=zone)
    assert time.known_at == datetime.fromisoformat(known_at).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("stamp", "zone"),
    [
        ("Jul 21, 2025, 10:15 AM IST", "Europe/London"),
        ("21 Jan 2025 08:01 BST", "Europe/London"),
        ("2024-07-15 07:05 BST", "Asia/Kolkata"),
        ("2024-01-15 07:05 BST", "Europe/London"),
        ("Mon, 15 Jul 2024 07:05:30 BST", "Asia/Kolkata"),
    ],
)
def test_a_name_that_the_clocks_of_that_zone_do_not_show_is_refused(stamp, zone):
    with pytest.raises(ArticleError, match="no zone known"):
        parse_published(stamp, zone=zone)


@pytest.mark.parametrize("stamp", ["2024-07-15 07:05 BST", "15 July 2024 07:05 BST"])
def test_of_a_name_that_zones_share_the_remedy_is_told(stamp):
    with pytest.raises(ArticleError, match="zone='Europe/London' would say"):
        parse_published(stamp)


def test_a_revision_with_the_name_of_an_unknown_zone_is_known_late():
    assert parse_updated("Mon, 15 Jul 2024 07:05:30 BST").known_at.hour == 19


def test_a_naive_datetime_is_refused():
    with pytest.raises(ArticleError, match="no time zone"):
        parse_published(datetime(2025, 7, 21, 15, 11))


def test_a_date_ends_in_the_zone_that_the_reader_passes():
    time = parse_published(date(2025, 7, 21), zone="America/New_York")

    assert time.known_at == datetime(2025, 7, 22, 4, tzinfo=UTC)
    assert not time.zone_assumed


def test_a_date_without_a_zone_is_flagged_and_ends_last_on_earth():
    time = parse_published("2025-07-21")

    assert time.zone_assumed
    assert time.known_at == datetime(2025, 7, 22, 12, tzinfo=UTC)


def test_a_day_of_25_hours_ends_after_25_hours():
    time = parse_published("2025-11-02", zone="America/New_York")

    assert time.known_at - time.instant.astimezone(UTC) == timedelta(hours=25)


def test_the_hour_that_no_clock_showed_is_refused():
    with pytest.raises(ArticleError, match="No clock in America/New_York"):
        parse_published("2025-03-09T02:30", zone="America/New_York")


def test_of_an_hour_that_came_twice_the_later_one_counts():
    time = parse_published("2025-11-02T01:30", zone="America/New_York")

    assert time.known_at == datetime(2025, 11, 2, 6, 31, tzinfo=UTC)


def test_an_unknown_zone_is_refused():
    with pytest.raises(ArticleError, match="no time zone"):
        parse_published("2025-07-21", zone="Atlantis/Capital")


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("2025-07-21T15:11Z", "2025-07-21", True),
        ("2025-07-21T15:11:30Z", "2025-07-21T15:11Z", True),
        ("2025-07-21T15:11Z", "2025-07-21T15:12Z", False),
        ("2025-07-23T15:11Z", "2025-07-21", False),
        ("2025-07-20T11:00Z", "2025-07-21", True),
        ("2025-07-20T09:00Z", "2025-07-21", False),
    ],
)
def test_two_stamps_agree_when_they_can_be_one_moment(one, other, agree):
    assert parse_published(one).agrees_with(parse_published(other)) is agree
    assert parse_published(other).agrees_with(parse_published(one)) is agree


@settings(deadline=None, max_examples=100)
@given(
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1)),
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from(["seconds", "minutes"]),
)
def test_nothing_is_known_before_it_was_published(moment, minutes, spelled):
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    time = parse_published(aware.isoformat(timespec=spelled))

    assert aware < time.known_at <= aware + timedelta(seconds=60)
