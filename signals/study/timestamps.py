"""What a corpus's clocks say about themselves: dates passed off as midnights, weekends, a shift.

News about American shares follows New York's day: it rises at 7, peaks at 8 and again at 16
o'clock, and sleeps at night and on weekends. A corpus whose clock is wrong by some hours shows the
same day elsewhere. The shift is the one that makes its hours most likely. Where a collector noted
when it first saw articles, that second clock is held against the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.study.arrays import Floats
from signals.study.clocks import dated
from signals.study.columns import read_instants
from signals.study.intake import as_rows, columns_of

NEW_YORK_HOURS: Final = np.array(
    [3, 1, 5, 6, 42, 24, 50, 114, 129, 114, 93, 66, 72, 42, 38, 38, 93, 42, 13, 7, 3, 2, 1, 1],
    dtype=np.float64,
)
"""Articles in a thousand by New York hour, counted in 3,749 headlines of 2009-2020."""

ENOUGH: Final = 500
"""Articles with a time of day from which on the shift is trusted to one hour."""

FEW: Final = 50
"""Articles with a time of day below which nothing is said of a shift."""

_NOISE: Final = 0.05  # share of articles that keep no hours: no hour is impossible
_CHI2_95: Final = 3.841


@dataclass(frozen=True, eq=False)
class Clock:
    """What the publication times of a corpus look like.

    Attributes
    ----------
    n, n_timed
        Articles, and those with a time of day (not at 00:00:00 UTC).
    midnight_share, weekend_share
        Fractions: stamped 00:00:00 UTC; published on a Saturday or Sunday of ``zone``.
    hours
        Timed articles by local hour, index 0-23.
    shift, shift_low, shift_high
        Hours by which the clock is late (negative: early), with its 95 % interval; NaN where the
        hours don't look like a day of news, wherever it is put.
    zone
        The zone in which hours are counted.
    verdict
        All of it in words.
    """

    n: int
    n_timed: int
    midnight_share: float
    weekend_share: float
    hours: pd.Series
    shift: float
    shift_low: float
    shift_high: float
    zone: str
    verdict: str


def examine_clock(
    instants: pd.DatetimeIndex,
    *,
    zone: str = "America/New_York",
    reference: Floats = NEW_YORK_HOURS,
) -> Clock:
    """Look at the publication times of a corpus.

    Parameters
    ----------
    instants
        Aware publication times, one an article.
    zone
        The zone whose day the news should follow.
    reference
        Articles by hour of that zone (24 numbers) in a corpus whose clock is right.

    Raises
    ------
    StudyError
        There is no time, one is naive or missing, or the reference isn't 24 counts.
    """
    if not len(instants):
        raise StudyError("There is no publication time to examine.")
    if instants.tz is None or instants.hasnans:
        raise StudyError("Every publication time needs a time zone, and none may be missing.")
    if reference.shape != (24,) or not (reference >= 0).all() or not reference.sum() > 0:
        raise StudyError("The reference is 24 counts, one an hour of the day.")
    universal = instants.tz_convert("UTC")
    midnight = universal == universal.normalize()
    local = instants.tz_convert(zone)
    counts = np.bincount(local[~midnight].hour, minlength=24).astype(np.float64)
    shift = _estimate_shift(counts, reference)
    weekend = float((local.day_of_week >= 5)[~midnight].mean()) if counts.sum() else np.nan
    n_timed = int(counts.sum())
    share = float(midnight.mean())
    return Clock(
        n=len(instants),
        n_timed=n_timed,
        midnight_share=share,
        weekend_share=weekend,
        hours=pd.Series(counts.astype(np.int64), index=pd.RangeIndex(24, name="hour")),
        shift=shift[0],
        shift_low=shift[1],
        shift_high=shift[2],
        zone=zone,
        verdict=_judge(n_timed, share, weekend, shift, zone),
    )


@dataclass(frozen=True, slots=True)
class Delays:
    """How long after its publication an article was first seen, as far as both are known.

    Attributes
    ----------
    n
        Articles with both times.
    before_share
        Fraction that was seen before it was published, by more than a minute.
    median, late
        Hours after which half of them, and 95 %, had been seen.
    verdict
        All of it in words.
    """

    n: int
    before_share: float
    median: float
    late: float
    verdict: str


def compare_clocks(published: pd.DatetimeIndex, first_seen: pd.DatetimeIndex) -> Delays | None:
    """Hold when articles were first seen against when they say they were published.

    Parameters
    ----------
    published, first_seen
        (N,) aware; NaT where one is unknown. Give the instant for a time of day, and the end of the
        day for a date.

    Returns
    -------
    None when no article has both.
    """
    hours = pd.Series((first_seen - published) / pd.Timedelta(hours=1)).dropna()
    if hours.empty:
        return None
    before = float((hours < -1 / 60).mean())
    median, late = (float(hours.quantile(share)) for share in (0.5, 0.95))
    words = (
        f"Of {len(hours)} articles with both times, half were first seen within {median:.1f} hours "
        f"of their publication and 95 % within {late:.1f}."
    )
    if before > _NOISE:
        words = (
            f"{before:.0%} of {len(hours)} articles were first seen before they say they were "
            "published: one of the two clocks is wrong."
        )
    elif median > 1:
        words += " What this collector could act on begins when it saw them, not before."
    return Delays(len(hours), before, median, late, words)


def examine_stamps(stamps: pd.DataFrame) -> tuple[Clock | None, Delays | None]:
    """Look at both clocks of a corpus: those of its stamps that have a time of day.

    Parameters
    ----------
    stamps
        One row an article: ``published``, and where it is known ``first_seen`` (each with a zone;
        NaT for none) and ``precision`` ("day" for a date alone).

    Raises
    ------
    StudyError
        No column is called ``published``, or a time can't be read or has no zone.
    TypeError
        They are no DataFrame.
    """
    rows = as_rows(stamps)
    if "published" not in rows:
        raise StudyError(f"The stamps have no column 'published'{columns_of(rows)}.")
    rows = rows.reindex(columns=["published", "first_seen", "precision"])
    published = pd.DatetimeIndex(read_instants(rows["published"])).tz_convert("UTC")
    seen = pd.DatetimeIndex(read_instants(rows["first_seen"])).tz_convert("UTC")
    timed = ~dated(rows) & published.notna()
    clock = examine_clock(published[timed]) if timed.any() else None
    return clock, compare_clocks(published[timed], seen[timed])


def _estimate_shift(counts: Floats, reference: Floats) -> tuple[float, float, float]:
    """Give the likeliest shift in hours with its interval; NaN where none fits better than none.

    The interval holds the shifts whose log-likelihood is within the chi-square bound of the best,
    widened by how much worse the best one fits than chance alone explains: corpora differ.
    """
    n = counts.sum()
    if not n:
        return (np.nan, np.nan, np.nan)
    expected = (1 - _NOISE) * reference / reference.sum() + _NOISE / 24
    shifts = np.arange(-11, 13)
    fits = np.array([counts @ np.log(np.roll(expected, shift)) for shift in shifts])
    best = int(fits.argmax())
    if fits[best] <= n * np.log(1 / 24):
        return (np.nan, np.nan, np.nan)
    means = n * np.roll(expected, shifts[best])
    spread = max(1.0, float(((counts - means) ** 2 / means).sum()) / 23)
    # A day is a circle: the interval is what is near the best one, on either side.
    near = (shifts - shifts[best] + 11) % 24 - 11
    inside = near[2 * (fits[best] - fits) <= _CHI2_95 * spread]
    centre = float(shifts[best])
    return (centre, centre + float(inside.min()), centre + float(inside.max()))


def _judge(
    n_timed: int,
    midnight: float,
    weekend: float,
    shift: tuple[float, float, float],
    zone: str,
) -> str:
    words = []
    if midnight > 0.02:
        words.append(
            f"{midnight:.0%} of the stamps are 00:00:00 UTC: dates that pass as times. Give them "
            "as dates, which are known when their day has ended."
        )
    if not n_timed:
        return " ".join([*words, "No stamp has a time of day: nothing more can be said."])
    if weekend > 0.15 and n_timed >= FEW:
        words.append(
            f"{weekend:.0%} of the stamps with a time fall on weekends, where business news has "
            "1-5 %: a shifted clock, or other news."
        )
    centre, low, high = shift
    if n_timed < FEW:
        stamps = "1 stamp with a time is" if n_timed == 1 else f"{n_timed} stamps with a time are"
        words.append(f"{stamps} too few to judge a clock by.")
        return " ".join(words)
    if np.isnan(centre):
        words.append(f"Its hours look like no day of news in {zone}: its clock can't be judged.")
    elif low <= 0 <= high:
        words.append(f"Its hours look like a day of news in {zone}: no shift is seen.")
    else:
        how = "late" if centre > 0 else "early"
        interval = f"{low:+.0f} to {high:+.0f}"
        size = "1 hour" if abs(centre) == 1 else f"{abs(centre):.0f} hours"
        words.append(f"Its clock looks {size} {how} ({interval}).")
    if n_timed < ENOUGH:
        words.append(
            f"{n_timed} stamps with a time are few: from {ENOUGH} on a shift is sure to 1 h."
        )
    return " ".join(words)
