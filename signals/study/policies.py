"""When news counts: by the first close after it, or merged by calendar date, which looks ahead."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from signals.market.sessions import Sessions, each_exchange
from signals.study.arrays import Booleans
from signals.study.columns import read_known, read_texts

MERGED: Final = "same_date"
POLICIES: Final = ("next_close", MERGED)
"""When news counts. "same_date" looks ahead: it is there for comparison, and marks itself."""


def locate_by_policy(
    sessions: Sessions, known_at: pd.DatetimeIndex, policy: str
) -> pd.DatetimeIndex:
    """Give the session of each instant: by the first close after it, or by its calendar date.

    By date it is the session of the exchange's local day, or the next one after a day without.
    ``known_at`` is the end of a stamp, so that the day is that of the moment before it.

    Raises
    ------
    StudyError
        As ``Sessions.locate``.
    """
    located = sessions.locate(known_at)
    if policy == "next_close":
        return located
    moment = known_at.as_unit("us") - pd.Timedelta(1, "us")
    days = moment.tz_convert(sessions.zone).tz_localize(None).normalize()
    labels = sessions.labels()
    # It is never later than the session of the first close, which the calendar reaches.
    return labels[labels.searchsorted(days)].rename("session")


def merged_by_date(events: pd.DataFrame) -> bool:
    """Tell whether any of some events was put in its session by calendar date.

    Their column ``policy`` says so, or their ids (a column, or the index), which keep the mark
    where a table has lost that column.
    """
    if "policy" in events and events["policy"].eq(MERGED).any():
        return True
    ids = events["event_id"] if "event_id" in events else pd.Series(events.index)
    return bool(ids.astype("str").str.endswith(f"-{MERGED}").any())


def before_news(events: pd.DataFrame) -> Booleans:
    """Tell which events stand in a session that closed before they were known: look-ahead.

    Those without a ``known_at`` that can be read, as of a study by session alone, do not.
    """
    early = np.zeros(len(events), dtype=np.bool_)
    if "known_at" not in events:
        return early
    known = read_known(events["known_at"]).array
    for mic, chosen in each_exchange(events["mic"].tolist()):
        sessions = Sessions(mic)
        days = pd.DatetimeIndex(events["session"].array[chosen])
        closes = sessions.closes[sessions.labels().get_indexer(days)]
        early[chosen] = closes <= known[chosen]
    return early


def count_unreadable(events: pd.DataFrame) -> int:
    """Count the events whose ``known_at`` can't be read, so that ``before_news`` can't tell."""
    if "known_at" not in events:
        return 0
    given = read_texts(events["known_at"]).notna()
    return int((given & read_known(events["known_at"]).isna()).sum())


def mark_policy(events: pd.DataFrame, policy: str) -> pd.DataFrame:
    """Write the policy into a column, and into each id, which every output carries."""
    ids = events["event_id"] + f"-{policy}"
    return events.assign(event_id=ids.astype("str"), policy=policy)
