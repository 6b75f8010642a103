"""What a study is given: events read, and placed on the calendars of their exchanges."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from signals.errors import ConfigError, StudyError, SymbolError
from signals.exchanges import mic_of
from signals.market.sessions import Sessions, each_exchange
from signals.market.userframes import as_pandas
from signals.news.recaps import RECAPS
from signals.study.arrays import Integers
from signals.study.columns import read_instants, read_sessions, read_texts
from signals.study.ledger import Ledger
from signals.study.models import BETAS

_ALWAYS = (
    *("sigma", "n_obs", "df", "r2", "estimation_start", "estimation_end"),
    *("zero_return_share", "volatility_ratio"),
)

COMPUTED = ("market", "alpha", "beta", "beta_se", *BETAS, *_ALWAYS)
"""Columns that a study writes beside those that came in; the first not with all models."""

_IN_INDEX = ("event_id", "symbol", "known_at", "session", "score")
"""Columns that may stand in the index as well."""

MIC_HINT = "A column 'mic' may name the exchange with whose sessions its prices open and close."
"""What helps an event whose symbol tells no sessions."""


@dataclass(frozen=True, eq=False)
class Calendars:
    """Where N events stand on the calendars of their exchanges.

    Attributes
    ----------
    labels
        All session labels of each calendar.
    which, position
        (N,): the event's calendar, and the place of its session there; -1 where there is none.
    """

    labels: list[pd.DatetimeIndex]
    which: Integers
    position: Integers


def read_events(events: pd.DataFrame) -> tuple[pd.DataFrame, Calendars, Ledger]:
    """Bring events to one shape and find their sessions on their exchanges' calendars.

    ``mic`` comes from the symbol's suffix where it is missing, ``company`` is read as
    ``read_companies`` does, and ``event_id``, a text, is made when there is none. Events that have
    ``known_at`` and no session are put in the first one whose close is strictly later. What an
    earlier study wrote beside its events is left out, other columns are carried along.

    Raises
    ------
    StudyError
        A column that is needed is missing, one has a name that the study writes itself, ids
        repeat, or sessions aren't tz-naive midnights.
    """
    frame = _without_results(as_rows(events))
    _check_columns(frame)
    ledger = Ledger(len(frame))
    frame["symbol"] = read_texts(frame["symbol"])
    nameless = frame["symbol"].isna()
    ledger.lose(nameless.to_numpy(), "no_symbol", "It names no symbol.")
    exchange_of = {symbol: mic_of(symbol) for symbol in frame["symbol"].dropna().unique()}
    derived = frame["symbol"].map(exchange_of).astype("str").fillna("")
    frame["mic"] = _fill(frame, "mic", derived)
    frame["company"] = read_companies(frame)
    if "session" in frame:
        frame["session"] = read_sessions(frame["session"])
    else:
        frame["session"] = pd.Series(pd.NaT, frame.index, dtype="datetime64[us]")
    calendars = _place(frame, ledger)
    if "event_id" not in frame:
        frame["event_id"] = _make_ids(frame)
    if frame["event_id"].isna().any():
        raise StudyError("An event_id is missing: give each event one, or leave the column out.")
    frame["event_id"] = frame["event_id"].astype("str")
    repeated = frame["event_id"].duplicated()
    if repeated.any():
        raise StudyError(
            f"The event_id {str(frame['event_id'][repeated].iloc[0])!r} is there more than once: "
            "give each event its own, or leave the column out."
        )
    return frame, calendars, ledger


def as_rows(events: pd.DataFrame) -> pd.DataFrame:
    """Give the events as numbered rows; an index named as a column of theirs becomes that column.

    A ``recap`` of "", which is missing in a CSV file, is "" again.

    Raises
    ------
    StudyError
        Two columns have one name.
    TypeError
        ``events`` is no DataFrame, nor of a library, such as polars, that makes one.
    """
    given = as_pandas(events)
    if isinstance(given, pd.Series):
        raise TypeError(
            "Events are a DataFrame with one row each, not Series: one by instant and symbol "
            "becomes events by series.rename_axis(['known_at', 'symbol']).reset_index(name='score')"
        )
    if not isinstance(given, pd.DataFrame):
        raise TypeError(
            f"Events are a DataFrame with one row each, not {type(given).__name__}: align(scores) "
            "makes one of scores, and pandas.DataFrame of your own with symbol and session."
        )
    if given.columns.has_duplicates:
        twice = given.columns[given.columns.duplicated()][0]
        raise StudyError(f"The events have two columns {twice!r}: keep one.")
    named = [name for name in _IN_INDEX if name in given.index.names and name not in given.columns]
    rows = (given.reset_index(named) if named else given).reset_index(drop=True)
    if "recap" in rows and set(rows["recap"].dropna()) <= RECAPS:
        rows["recap"] = rows["recap"].astype("str").fillna("")
    return rows


def read_table(path: Path, *, of: str = "events") -> pd.DataFrame:
    """Read a user's own events, or what ``of`` calls them, from CSV or Parquet.

    Raises
    ------
    ConfigError
        There is no such file, or it is no table.
    """
    if path.is_dir():
        raise ConfigError(f"{path} is a folder. Name a CSV or Parquet file of {of}.")
    if not path.is_file():
        raise ConfigError(f"There is no file of {of} at {path}.")
    if path.suffix.lower() in {".json", ".jsonl", ".ndjson"}:
        raise ConfigError(
            f"{path.name} is JSON: write {of} as CSV or Parquet. `signals score` makes events of "
            "articles; name the folder that it wrote."
        )
    try:
        if path.suffix.lower() == ".parquet":
            return pd.read_parquet(path)
        texts = {"symbol": "str", "event_id": "str", "article_ids": "str"}
        # "NA" is a symbol as well.
        return pd.read_csv(path, dtype=texts, keep_default_na=False, na_values=[""])
    except (ValueError, OSError, ImportError) as error:
        raise ConfigError(f"{path.name} can't be read as a table of {of}: {error}") from error


def _without_results(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out what a study computed, from a table that has all that every study computes."""
    if not set(_ALWAYS) <= set(frame.columns):
        return frame
    return frame.drop(columns=frame.columns.intersection([*COMPUTED]))


def _place(frame: pd.DataFrame, ledger: Ledger) -> Calendars:
    """Fill ``session`` from ``known_at`` where it is missing, and look it up on the calendar."""
    labels: dict[str, pd.DatetimeIndex] = {}
    which = np.full(len(frame), -1, dtype=np.int64)
    position = np.full(len(frame), -1, dtype=np.int64)
    instants = _instants_of(frame)
    missing = frame["session"].isna().to_numpy()
    ledger.lose(missing & instants.isna(), "no_time", "It has neither a session nor known_at.")
    for mic, of_mic in each_exchange(frame["mic"].tolist()):
        chosen = of_mic & ledger.alive
        if not chosen.any():
            continue
        try:
            sessions = Sessions(mic)
        except SymbolError as error:
            ledger.lose(chosen, "no_calendar", f"{error} {MIC_HINT}")
            continue
        timed = chosen & missing
        if timed.any():
            reached = timed.copy()
            reached[timed] = sessions.covers(instants[timed])
            beyond = f"The calendar of {mic} doesn't reach its known_at."
            ledger.lose(timed & ~reached, "outside_calendar", beyond)
            frame.loc[reached, "session"] = sessions.locate(instants[reached]).to_numpy()
            chosen &= ledger.alive
        known = labels.setdefault(sessions.calendar, sessions.labels())
        which[chosen] = list(labels).index(sessions.calendar)
        position[chosen] = known.get_indexer(pd.DatetimeIndex(frame.loc[chosen, "session"]))
    calendars = Calendars(list(labels.values()), which, position)

    def say(place: int) -> str:
        known, day = calendars.labels[which[place]], frame["session"].iloc[place]
        mic = frame["mic"].iloc[place]
        if known[0] <= day <= known[-1]:
            return (
                f"{day:%Y-%m-%d} is no session of {mic}; Sessions(mic).locate(known_at) gives one."
            )
        return (
            f"{day:%Y-%m-%d} lies outside the calendar of {mic}, which goes from "
            f"{known[0]:%Y-%m-%d} to {known[-1]:%Y-%m-%d}."
        )

    ledger.lose(position < 0, "outside_calendar", say)
    return calendars


def _instants_of(frame: pd.DataFrame) -> pd.DatetimeIndex:
    """Read when events without a session were known; NaT for the others, which are not read."""
    missing = frame["session"].isna()
    if "known_at" not in frame or not missing.any():
        return pd.DatetimeIndex(np.full(len(frame), "NaT", dtype="datetime64[us]"), tz="UTC")
    return pd.DatetimeIndex(read_instants(frame["known_at"].where(missing)))


def columns_of(frame: pd.DataFrame) -> str:
    """Name the first columns that there are, for a sentence about one that is missing."""
    names = ", ".join(str(name)[:30] for name in list(frame.columns)[:12])
    return f"; there are {names}" if names else ""


def _check_columns(frame: pd.DataFrame) -> None:
    if "symbol" not in frame:
        raise StudyError(
            f"The events have no column 'symbol', the share in Yahoo's spelling{columns_of(frame)}."
        )
    if "session" not in frame and "known_at" not in frame:
        raise StudyError(
            "The events have neither a column 'session' (a date of trading) nor 'known_at' (the "
            f"time at which anyone could know, with its zone){columns_of(frame)}."
        )
    for name in COMPUTED:
        if name in frame:
            raise StudyError(
                f"The events have a column {name!r}, which the study writes itself: rename it."
            )


def _fill(frame: pd.DataFrame, name: str, otherwise: pd.Series) -> pd.Series:
    """Give a column of text, with another's values where it has none."""
    if name not in frame:
        return otherwise
    return read_texts(frame[name]).fillna(otherwise)


def read_companies(frame: pd.DataFrame) -> pd.Series:
    """Give the company of each event: a share has one, whichever of its rows names it.

    Where it is missing it is the one that other rows give the same symbol, or the symbol where
    they give none, or several.
    """
    symbol = frame["symbol"]
    if "company" not in frame:
        return symbol
    told = read_texts(frame["company"])
    if not told.isna().any():
        return told
    pairs = pd.DataFrame({"symbol": symbol, "company": told}).dropna().drop_duplicates()
    known = pairs.drop_duplicates("symbol", keep=False).set_index("symbol")["company"]
    return told.fillna(symbol.map(known).astype("str")).fillna(symbol)


def scored_at(frame: pd.DataFrame) -> Integers:
    """Give when each event's score could be had, as microseconds since 1970 in UTC.

    A score that combines articles can be had when the last of them is known, ``complete_at``.
    Where that is missing or earlier, ``known_at`` counts: the least number where it is missing.
    """
    known = pd.DatetimeIndex(frame["known_at"]).as_unit("us").asi8
    if "complete_at" not in frame:
        return known
    complete = read_instants(frame["complete_at"]).dt.as_unit("us")
    return np.maximum(known, pd.DatetimeIndex(complete).asi8)


def _make_ids(frame: pd.DataFrame) -> pd.Series:
    """Name events by symbol and session, with a number where that repeats."""
    days = np.datetime_as_string(frame["session"].to_numpy(dtype="datetime64[D]"))
    days = np.where(days == "NaT", "undated", days)
    names = frame["symbol"].fillna("none") + "-" + pd.Series(days, frame.index, dtype="str")
    if not names.duplicated().any():
        return names
    number = names.groupby(names).cumcount() + 1
    return names.where(number == 1, names + "-" + number.astype("str"))
