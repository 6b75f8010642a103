from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from signals.errors import StudyError
from signals.study.timestamps import NEW_YORK_HOURS, compare_clocks, examine_clock, examine_stamps


def corpus(seed: int, n: int = 500, *, shift: int = 0, hours=NEW_YORK_HOURS) -> pd.DatetimeIndex:
    """Articles on weekdays of 2024, by New York's hours, by a clock that is ``shift`` off."""
    random = np.random.default_rng(seed)
    days = random.choice(pd.bdate_range("2024-01-01", "2024-12-31").to_numpy(), n)
    hour = random.choice(24, n, p=hours / hours.sum())
    local = pd.DatetimeIndex(days) + pd.to_timedelta(hour * 60 + random.integers(1, 60, n), "min")
    exact = local.tz_localize("America/New_York", nonexistent="shift_forward", ambiguous=True)
    return exact.tz_convert("UTC") + pd.Timedelta(hours=shift)


# Another corpus: earlier, with a broader morning and a weaker close.
OTHER = np.convolve(np.roll(NEW_YORK_HOURS, -1), [0.2, 0.5, 0.3], mode="same") + 4


@pytest.mark.parametrize("shift", [-8, -5, 4, 8])
@pytest.mark.parametrize("hours", [NEW_YORK_HOURS, OTHER], ids=["same kind", "another kind"])
def test_a_shifted_clock_is_found_to_one_hour(shift, hours):
    for seed in range(20):
        clock = examine_clock(corpus(seed, shift=shift, hours=hours))
        assert abs(clock.shift - shift) <= 1
        assert clock.shift_low <= clock.shift <= clock.shift_high
        assert ("early" if shift < 0 else "late") in clock.verdict


def test_one_hour_is_one_hour():
    clock = examine_clock(corpus(0, 3000, shift=1))
    assert (clock.shift, clock.shift_low) == (1, 1)
    assert "Its clock looks 1 hour late (+1 to " in clock.verdict


def test_a_clock_that_is_right_is_left_alone():
    for seed in range(20):
        clock = examine_clock(corpus(seed))
        assert clock.shift_low <= 0 <= clock.shift_high
        assert "no shift is seen" in clock.verdict


@pytest.mark.parametrize("shift", [0, -8])
def test_real_headlines_are_judged_rightly(shared, shift):
    stamps = pd.read_csv(shared / "tickers" / "headlines_2009_2020.csv")["date"]
    known = pd.DatetimeIndex(pd.to_datetime(stamps, utc=True))
    random = np.random.default_rng(0)
    for _ in range(20):
        some = known[random.integers(0, len(known), 500)] + pd.Timedelta(hours=shift)
        assert abs(examine_clock(some).shift - shift) <= 1


def test_dates_that_pass_as_midnights_are_named_and_not_counted_as_hours():
    stamps = corpus(0, 300)
    dates = pd.date_range("2024-01-01", periods=200, tz="UTC")
    clock = examine_clock(stamps.append(dates))
    assert clock.midnight_share == pytest.approx(0.4, abs=0.01)
    assert clock.n_timed == clock.hours.sum()
    assert "40% of the stamps are 00:00:00 UTC" in clock.verdict
    assert "nothing more can be said" in examine_clock(dates).verdict


def test_weekends_are_told_and_hours_like_no_day_of_news_are_not_judged():
    stamps = pd.date_range("2024-01-01 00:30", periods=2000, freq="61min", tz="UTC")
    clock = examine_clock(stamps)
    assert clock.weekend_share == pytest.approx(2 / 7, abs=0.02)
    assert np.isnan(clock.shift)
    assert "weekends" in clock.verdict and "can't be judged" in clock.verdict


def test_few_articles_are_not_judged():
    assert "too few" in examine_clock(corpus(0, 10)).verdict
    assert "from 500 on" in examine_clock(corpus(0, 100, shift=8)).verdict


def test_what_is_no_corpus_of_instants_is_refused():
    with pytest.raises(StudyError, match="no publication time"):
        examine_clock(pd.DatetimeIndex([], tz="UTC"))
    with pytest.raises(StudyError, match="time zone"):
        examine_clock(pd.DatetimeIndex(["2024-01-01"]))
    with pytest.raises(StudyError, match="24 counts"):
        examine_clock(corpus(0, 10), reference=np.ones(23))


def seen_after(published: pd.DatetimeIndex, hours: float, spread: float = 0.1):
    delays = hours + spread * np.random.default_rng(1).exponential(size=len(published))
    return published + pd.to_timedelta(delays, unit="h")


def test_a_collectors_clock_shows_a_shift_that_the_stamps_hide():
    published = corpus(0)
    quick = compare_clocks(published, seen_after(published, 0))
    assert quick.before_share == 0 and quick.median < 0.2
    assert "half were first seen within 0.1 hours" in quick.verdict

    late = compare_clocks(published, seen_after(published, 8))
    assert late.median == pytest.approx(8.07, abs=0.02)
    assert "begins when it saw them" in late.verdict

    early = compare_clocks(published, seen_after(published, -4))
    assert early.before_share == 1
    assert "one of the two clocks is wrong" in early.verdict


def test_articles_that_nobody_saw_are_not_compared():
    published = corpus(0, 3)
    assert compare_clocks(published, pd.DatetimeIndex([pd.NaT] * 3, tz="UTC")) is None
    seen = published[:1].append(pd.DatetimeIndex([pd.NaT] * 2, tz="UTC"))
    assert compare_clocks(published, seen).n == 1


def test_dates_alone_are_no_times_of_either_clock():
    published = corpus(0, 4)
    stamps = pd.DataFrame(
        {"published": published, "first_seen": published, "precision": ["day", "minute"] * 2}
    )
    clock, delays = examine_stamps(stamps)
    assert (clock.n, delays.n) == (2, 2)
    assert examine_stamps(stamps.assign(precision="day")) == (None, None)


def test_stamps_without_a_zone_are_refused_not_taken_for_utc():
    published = corpus(0, 4)
    for name in ("published", "first_seen"):
        stamps = pd.DataFrame({"published": published, "first_seen": published})
        stamps[name] = published.tz_convert("America/New_York").tz_localize(None)
        with pytest.raises(StudyError, match=f"^{name} 20.*needs a time zone"):
            examine_stamps(stamps)


@pytest.mark.parametrize("seen", [None, pd.NaT, ""])
def test_what_nobody_noted_of_stamps_may_be_missing(seen):
    published = corpus(0, 4)
    clock, delays = examine_stamps(pd.DataFrame({"published": published}))
    assert (clock.n, delays) == (4, None)
    stamps = pd.DataFrame({"published": published.astype("str"), "first_seen": seen})
    clock, delays = examine_stamps(stamps)
    assert (clock.n, delays) == (4, None)
    with pytest.raises(StudyError, match="no column 'published'; there are seen"):
        examine_stamps(pd.DataFrame({"seen": published}))
