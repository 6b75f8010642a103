"""What may distort single events, and what became of all of them, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from signals.market.quality import LARGE_RETURNS, is_large
from signals.study.arrays import Integers
from signals.study.confounds import LOST_REASON, recaps
from signals.study.policies import before_news, count_unreadable, merged_by_date
from signals.study.status import fell_short

if TYPE_CHECKING:
    from signals.study.result import EventStudy

THIN_TRADING = 0.1
"""Share of zero returns above which a share trades thinly."""

STEADY_VOLATILITY = (0.67, 1.5)
"""Volatility ratios beyond which volatility has moved before the event."""

_COUNTED = {"pending": "of them pending", "studied": "of them without some window"}
_DOMINATED = 0.8  # R² beyond which a market may hold the share itself

FLAGS: Final[Mapping[str, str]] = {
    "overlapping": "another event of the share inside the window: both count the same move",
    "in_estimation": "other events of the share among the sessions that the model was fitted to",
    "thin": f"thin trading, more than {100 * THIN_TRADING:.0f} % of the returns are zero: try the "
    "model dimson",
    "large_returns": "a fall of more than {:.0f} % or a rise of more than {:.0f} %: a very large "
    "move, or a split that prices don't know".format(*(100 * abs(one) for one in LARGE_RETURNS)),
    "volatility_moved": "volatility has moved before the event: t and placebo are less sure",
    "before_news": "its session closed before the news was known: its return looks ahead",
    "recap": "the story tells that the share had moved: it can't have been the reason",
    "market_may_hold_share": f"the market may hold the share (R² above {_DOMINATED}) and hide its "
    "move",
}
"""What each flag of ``flagged`` means for a reader, in the order in which a report tells them."""


def flags(study: EventStudy) -> pd.DataFrame:
    """Give what may distort each event, one row an event.

    Returns
    -------
    ``overlapping`` (other events of the share whose window meets this one), ``in_estimation``
    (other events of the share inside this one's estimation window), ``zero_return_share``,
    ``large_returns`` (returns below -47 % or above 50 % in either window: a split?),
    ``volatility_moved``, ``market_may_hold_share`` (the share is the market's, or R² > 0.8),
    ``before_news`` (its session closed before its ``known_at``: look-ahead; False where that can't
    be read), ``recap`` (its story tells that the share's price moved, and so was written after it;
    False for events without such a column).
    """
    sample, (first, last) = study.sample, study.settings.window
    # Rows are the sessions of a share's own exchange: others' holidays part no two of its events.
    gap = len(sample.grid.labels) + 2 * (abs(sample.estimation[0]) + last - first + 2)
    key = sample.places.column * gap + sample.places.row
    ordered = np.sort(key)

    def between(low: int, high: int) -> Integers:
        """Count the events of the same share from ``low`` to ``high`` sessions away."""
        counted = np.searchsorted(ordered, key + high, "right")
        return np.asarray(counted - np.searchsorted(ordered, key + low, "left"), dtype=np.int64)

    reach = last - first
    large = np.zeros(len(key), dtype=np.int64)
    for rows in sample.batches(sample.estimation[1] - sample.estimation[0] + 1):
        for window in (sample.estimation, (first, last)):
            y, _ = sample.design(rows, *window)
            large[rows] += is_large(y).sum(axis=1)
    events = study.events
    ratio, (low, high) = events["volatility_ratio"], STEADY_VOLATILITY
    same = events["symbol"].eq(events["market"])
    return pd.DataFrame(
        {
            "overlapping": between(-reach, reach) - 1,
            "in_estimation": between(*sample.estimation),
            "zero_return_share": events["zero_return_share"],
            "large_returns": large,
            "volatility_moved": (ratio < low) | (ratio > high),
            "market_may_hold_share": same | (events["r2"] > _DOMINATED),
            "before_news": before_news(events),
            "recap": recaps(events),
        },
        index=events.index,
    )


def flagged(study: EventStudy) -> pd.DataFrame:
    """Tell of each event which of the ``flags`` are raised, and whether it trades thinly."""
    table = flags(study)
    table["thin"] = table.pop("zero_return_share") > THIN_TRADING
    return table.astype(bool)


def count_words(study: EventStudy) -> str:
    """Say how many events were studied, lack a window and were lost, why, and what looks ahead."""
    n, status = len(study.events), study.status
    short = status[fell_short(status)]
    counts = Counter(zip(short["status"], short["reason"], strict=True))
    parts = [f"{n} event{'s' if n > 1 else ''} studied, model {study.settings.model}"]
    parts += [
        f"{count} {_COUNTED.get(fate, fate)} ({reason})" for (fate, reason), count in counts.items()
    ]
    if study.lost_confounds:
        some = f"confounding event{'s' if study.lost_confounds > 1 else ''}"
        parts.append(f"{study.lost_confounds} {some} lost ({LOST_REASON})")
    if merged_by_date(study.events):
        return "; ".join([*parts, "merged by date: looks ahead"])
    early = int(before_news(study.events).sum())
    parts += [f"{early} in a session before the news: looks ahead"] if early else []
    unread = count_unreadable(study.events)
    parts += [f"{unread} with a known_at that can't be read: not checked"] if unread else []
    return "; ".join(parts)


def unpriced_by_year(status: pd.DataFrame) -> pd.DataFrame:
    """Count events and those without prices by year: a symbol that vanished is no coincidence."""
    status = status.dropna(subset=["session"])
    year = pd.to_datetime(status["session"]).dt.year.rename("year")
    lost = status["reason"].isin(["no_prices", "prices_end_before_event"])
    table = pd.DataFrame({"events": 1, "unpriced": lost.astype("int64")}, index=status.index)
    table = table.groupby(year).sum()
    table["share"] = table["unpriced"] / table["events"]
    return table
