"""Means with and without events that something else may have moved, or that tell of the move.

Dates of earnings and the like confound the events that have one in their window.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.market.userframes import as_pandas
from signals.news.recaps import RECAPS
from signals.study.arrays import Booleans
from signals.study.clocks import grouped, subset
from signals.study.columns import read_sessions, read_texts
from signals.study.intake import as_rows, read_events
from signals.study.later_symbols import with_earlier_symbols
from signals.study.settings import Windows
from signals.study.status import loss_row

if TYPE_CHECKING:
    from signals.study.result import EventStudy


LOST_REASON = "no_symbol_or_time"


def confounding_dates(confounds: pd.DataFrame, *, of: str = "Confounding events") -> pd.DataFrame:
    """Read earnings dates and the like: ``symbol`` and ``session``, one row each, NaT for none.

    Parameters
    ----------
    confounds
        ``symbol``, and ``session`` (a date, which counts in the next session where it is none) or
        ``known_at`` (an instant, which counts in the first session that closes after it).
    of
        What they are called in an error.

    Raises
    ------
    StudyError
        A column is missing or can't be read.
    TypeError
        They are no DataFrame.
    """
    given = as_pandas(confounds)
    if not isinstance(given, pd.DataFrame):
        raise TypeError(
            f"{of} are a DataFrame with one row each, not "
            f"{type(given).__name__}: its columns are symbol, and session or known_at."
        )
    confounds = as_rows(given)
    if "symbol" not in confounds or not {"session", "known_at"} & set(confounds):
        raise StudyError(
            f"{of} need a column 'symbol', and 'session' (a date) or 'known_at'; "
            f"there are {', '.join(map(repr, confounds))}."
        )
    days = pd.Series(pd.NaT, confounds.index, dtype="datetime64[us]")
    if "session" in confounds:
        days = read_sessions(confounds["session"])
    timed = days.isna() & ("known_at" in confounds)
    if timed.any():
        told = confounds.columns.intersection(["symbol", "known_at", "mic"])
        placed = read_events(confounds.loc[timed, told])[0]
        days = days.mask(timed, pd.Series(placed["session"].to_numpy(), days.index[timed]))
    return pd.DataFrame({"symbol": read_texts(confounds["symbol"]), "session": days})


def count_lost(dates: pd.DataFrame) -> int:
    """Count the rows of ``confounding_dates`` that count for nothing: no symbol, or no date."""
    return int(dates[["symbol", "session"]].isna().any(axis=1).sum())


def lost_rows(n: int, *, of: str = "confounding event") -> list[dict[str, object]]:
    """Say in a row of a status table how many dates are lost, and ``of`` what; none for none."""
    if not n:
        return []
    detail = (
        "A row without a symbol, or with neither session nor known_at on the calendar of its "
        "exchange, marks no event."
    )
    return [loss_row(f"{n:,} {of}{'' if n == 1 else 's'}", LOST_REASON, detail)]


def mark_confounded(study: EventStudy, confounds: pd.DataFrame) -> EventStudy:
    """Mark the events that have another known event of the same share inside their window.

    Parameters
    ----------
    study
        The study.
    confounds
        As for ``confounding_dates``.

    Returns
    -------
    The study, whose events have a column ``confounded``, and which counts the dates that are lost.

    Raises
    ------
    StudyError
        A column is missing or can't be read.
    """
    given = confounding_dates(confounds)
    dates = _of_events(study, given)
    days = dates["session"].to_numpy(dtype="datetime64[us]")
    grid, places = study.sample.grid, study.sample.places
    first, last = study.settings.window
    symbols = study.events["symbol"].to_numpy()
    hit = np.zeros(len(places), dtype=np.bool_)
    before = grid.labels[np.clip(places.row + first - 1, places.low, places.high - 1)]
    end = grid.labels[np.clip(places.row + last, places.low, places.high - 1)]
    for symbol, rows in dates.groupby("symbol").indices.items():
        own = np.sort(days[rows])
        mine = symbols == symbol
        until = np.searchsorted(own, end[mine], "right")
        hit[mine] = until > np.searchsorted(own, before[mine], "right")
    events = study.events.assign(confounded=hit)
    return replace(study, events=events, lost_confounds=count_lost(given))


def confounded(study: EventStudy, confounds: pd.DataFrame) -> EventStudy:
    """Mark events as ``mark_confounded`` does, by dates of which some are of their shares.

    Raises
    ------
    StudyError
        As ``mark_confounded``, or none of the dates is of a symbol of the events: spelled otherwise
        they would say of each event that nothing confounds it.
    """
    given = confounding_dates(confounds)
    named = _of_events(study, given)["symbol"].dropna()
    if len(named) and not named.isin(study.status["symbol"]).any():
        raise StudyError(
            f"None of the {len(given)} confounding events is of a symbol of the events; the first "
            f"is of {named.iloc[0]}."
        )
    return mark_confounded(study, given)


def _of_events(study: EventStudy, dates: pd.DataFrame) -> pd.DataFrame:
    """Give dates also under the symbols by which events of the time call a share."""
    latest = study.events.groupby("symbol")["session"].max()
    return with_earlier_symbols(dates, {str(symbol): day for symbol, day in latest.items()})


def caar_by_confounds(
    study: EventStudy, confounds: pd.DataFrame | None = None, windows: Windows | None = None
) -> pd.DataFrame:
    """Give ``caar`` with and without events that earnings dates and the like confound.

    ``confounds`` is as for ``event_study``; None for those that the study was given. The outer
    index, ``confounded``, is "all", "without" and "with"; ``attrs`` has ``lost_confounds``.
    """
    if confounds is not None:
        study = confounded(study, confounds)
    if "confounded" not in study.events:
        raise StudyError("The study was given no confounds: name them, as for event_study.")
    held = study.events["confounded"].to_numpy(dtype=np.bool_)
    table = _with_and_without(study, held, "confounded", windows)
    table.attrs["lost_confounds"] = study.lost_confounds
    return table


def caar_by_recaps(study: EventStudy, windows: Windows | None = None) -> pd.DataFrame:
    """Give ``caar`` with and without events whose story tells that the share's price had moved.

    Such a story is no reason of the move that it tells of, which lies in its own session or in the
    one before. The outer index, ``recap``, is "all", "without" and "with".

    Raises
    ------
    StudyError
        The events have no column ``recap`` ("title", "text" or ""), as those of ``align`` have, or
        it says something else.
    """
    return _with_and_without(study, _told_recaps(study), "recap", windows)


def without_recaps(study: EventStudy) -> EventStudy:
    """Give the study without the events whose story tells that the share's price had moved.

    Their scores follow the move that they tell of, so that prices seem to follow the score.

    Raises
    ------
    StudyError
        The events have no column ``recap``, or none would be left.
    """
    held = _told_recaps(study)
    if held.all():
        raise StudyError("The story of each event tells that the price had moved: none is left.")
    return subset(study, ~held)


def _told_recaps(study: EventStudy) -> Booleans:
    if "recap" not in study.events:
        raise StudyError(
            "The events have no column 'recap', which says where their story tells of the move of "
            "the price: 'title', 'text', or '' for nowhere."
        )
    if others := set(study.events["recap"].dropna()) - RECAPS:
        raise StudyError(
            "A column 'recap' says where the story of an event tells of the move of the price: "
            f"'title', 'text', or '' for nowhere; got {min(others, key=str)!r}."
        )
    return recaps(study.events)


def recaps(events: pd.DataFrame) -> Booleans:
    """Tell of each event whether its story tells that the price had moved; False if unknown."""
    if "recap" not in events:
        return np.zeros(len(events), dtype=np.bool_)
    return events["recap"].isin(RECAPS - {""}).to_numpy(dtype=np.bool_)


def _with_and_without(
    study: EventStudy, held: Booleans, name: str, windows: Windows | None
) -> pd.DataFrame:
    groups = {"all": np.ones_like(held), "without": ~held, "with": held}

    def make(chosen: Booleans) -> pd.DataFrame:
        return subset(study, chosen).caar(windows)

    return grouped(make, groups, study.events, name=name)
