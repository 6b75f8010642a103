"""Events as an evaluation reads them: who, when it was known, and the score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.exchanges import mic_of
from signals.study.arrays import Floats, Indices, Integers
from signals.study.columns import read_instants, read_numbers, read_texts
from signals.study.intake import as_rows, columns_of, read_companies, scored_at
from signals.study.ledger import Ledger


@dataclass(frozen=True, eq=False)
class Categories:
    """A column of texts, N of them, each distinct one once.

    Attributes
    ----------
    codes
        (N,): the place of each in ``names``; -1 where it is missing.
    names
        The distinct ones, in order of appearance.
    """

    codes: Integers
    names: tuple[str, ...]

    @classmethod
    def read(cls, column: pd.Series) -> Categories:
        """Tell the texts of a column apart, whatever the order of the rows."""
        codes, names = pd.factorize(column, sort=True)
        return cls(codes.astype(np.int64), tuple(str(name) for name in names))

    def map(self, function: Callable[[str], str]) -> Categories:
        """Put another text in the place of each, asking once for each distinct one."""
        made = np.array([function(one) for one in self.names], dtype=object)
        codes, names = pd.factorize(made, sort=True)
        return Categories(np.append(codes, -1)[self.codes], tuple(str(name) for name in names))

    def column(self) -> pd.Series:
        """Give the texts themselves."""
        texts = pd.array(list(self.names), dtype="str")
        return pd.Series(texts.take(self.codes, allow_fill=True))


@dataclass(frozen=True, eq=False)
class Signal:
    """Events as they were read, N of them.

    Attributes
    ----------
    frame
        One row an event: ``symbol, company, known_at, score`` and what came in.
    ledger
        What becomes of each.
    symbol, mic, company
        The share, its exchange and its company, each distinct text once.
    known
        (N,): when the score was known, ``complete_at`` or else ``known_at``, as microseconds since
        1970, UTC; the least number where missing.
    """

    frame: pd.DataFrame
    ledger: Ledger
    symbol: Categories
    mic: Categories
    company: Categories
    known: Integers

    @cached_property
    def event_ids(self) -> pd.Series:
        """The events' own ids, or their places where they have none."""
        if "event_id" in self.frame:
            return self.frame["event_id"]
        return pd.Series(pd.RangeIndex(len(self.frame)).astype("str"))

    def status(self, session: pd.Series | None = None) -> pd.DataFrame:
        """Give the ledger's table, with entry sessions where they are known."""
        known = pd.Series(pd.NaT, self.frame.index) if session is None else session
        columns = {"event_id": self.event_ids, "symbol": self.frame["symbol"], "session": known}
        return self.ledger.status(pd.DataFrame(columns))

    def require_some(self) -> None:
        """Raise a StudyError, with its ``status``, when no event is left."""
        if not self.ledger.alive.any():
            events = self.frame.assign(event_id=self.event_ids, session=None)
            self.ledger.require_some(events)


def read_signal(events: pd.DataFrame) -> Signal:
    """Bring events to one shape; those that can't be used are lost with a reason.

    Raises
    ------
    StudyError
        A column is missing (``symbol, known_at, score``), there is no event (with a ``status``),
        what should be a time or a number is none, or a relevance lies outside 0 to 100.
    """
    frame = as_rows(events)
    for name, meaning in (
        ("symbol", "the share in Yahoo's spelling"),
        ("known_at", "the time at which anyone could know, with its zone: a session is no time"),
        ("score", "the signal"),
    ):
        if name not in frame:
            raise StudyError(
                f"The events have no column {name!r}, {meaning}{columns_of(frame)}. A frame of one "
                "column a symbol becomes events by melt, as the README shows."
            )
    if not len(frame):
        none = pd.DataFrame(columns=["event_id", "symbol", "session"])
        raise StudyError("There are no events to evaluate.", status=Ledger(0).status(none))
    frame["symbol"] = read_texts(frame["symbol"])
    frame["known_at"] = read_instants(frame["known_at"]).dt.tz_convert("UTC").dt.as_unit("us")
    for name in ("score", "relevance", "novelty", "n_articles"):
        if name in frame:
            frame[name] = read_numbers(frame[name])
    if "earnings" in frame and frame["earnings"].isna().all():
        del frame["earnings"]
    if "earnings" in frame:
        frame["earnings"] = _read_marks(frame["earnings"])
    symbol = Categories.read(frame["symbol"])
    mic = _fill(frame, "mic", symbol.map(mic_of))
    company = symbol if "company" not in frame else Categories.read(read_companies(frame))
    frame["company"] = company.column()
    ledger = Ledger(len(frame))
    ledger.lose(frame["symbol"].isna().to_numpy(), "no_symbol", "It names no symbol.")
    ledger.lose(frame["known_at"].isna().to_numpy(), "no_time", "It has no known_at.")
    finite = np.isfinite(frame["score"].to_numpy())
    ledger.lose(~finite, "no_score", "Its score is missing or infinite.")
    if "relevance" in frame:
        _check_relevance(frame["relevance"], ledger)
    return Signal(frame, ledger, symbol, mic, company, scored_at(frame))


def _read_marks(column: pd.Series) -> pd.Series:
    """Read what ``mark_earnings`` writes, True or False, or 1 or 0; False where it is missing.

    Raises
    ------
    StudyError
        It holds anything else.
    """
    told = column.dropna().astype("object")
    others = told[~told.isin([True, False])]
    if len(others):
        raise StudyError(
            f"A column 'earnings' says True or False, or 1 or 0, of each event, as mark_earnings() "
            f"does; it holds {others.iloc[0]!r:.40}."
        )
    marked = pd.Series(data=False, index=column.index)
    marked[told.index] = told.astype("bool")
    return marked


def _check_relevance(relevance: pd.Series, ledger: Ledger) -> None:
    """Lose the events whose relevance is missing; refuse one on another scale.

    Raises
    ------
    StudyError
        One is below 0 or above 100.
    """
    outside = relevance[(relevance < 0) | (relevance > 100)]
    if len(outside):
        raise StudyError(
            f"A relevance of {outside.iloc[0]:g} is none: it goes from 0 to 100 and weighs the "
            "scores of a session that are told together. Without the column they weigh alike."
        )
    ledger.lose(relevance.isna().to_numpy(), "no_relevance", "Its relevance is missing.")


def _fill(frame: pd.DataFrame, name: str, otherwise: Categories) -> Categories:
    """Tell the texts of a column apart, with others where it has none."""
    if name not in frame:
        return otherwise
    frame[name] = read_texts(frame[name]).fillna(otherwise.column())
    return Categories.read(frame[name])


def mean_score(frame: pd.DataFrame, chosen: Indices, starts: Indices) -> Floats:
    """Give the mean score of each run of chosen events, weighted by ``relevance``."""
    score: Floats = frame["score"].to_numpy(dtype=np.float64)[chosen]
    if len(starts) == len(chosen):
        return score
    weight = np.ones(len(frame))
    if "relevance" in frame:
        weight = frame["relevance"].to_numpy(dtype=np.float64)
    weight = weight[chosen]
    total = np.add.reduceat(weight, starts)
    weighted = np.add.reduceat(weight * score, starts) / np.where(total > 0, total, 1.0)
    counts = np.diff(np.append(starts, len(chosen)))
    plain = np.add.reduceat(score, starts) / counts
    mean = np.where(total > 0, weighted, plain)
    # One event alone keeps its score to the last bit, so that equal scores stay tied.
    return np.where(counts == 1, score[starts], mean)
