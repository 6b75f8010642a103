"""Events as an evaluation reads them: who, when it was known, and the score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from signals.errors import StudyError
from signals.exchanges import mic_of
from signals.study.fits import Floats, Integers
from signals.study.intake import Ledger, read_instants


@dataclass(frozen=True, eq=False)
class Signal:
    """Events as they were read, N of them.

    Attributes
    ----------
    frame
        One row an event: ``event_id, symbol, company, mic, known_at, score`` and what came in.
    ledger
        What becomes of each.
    """

    frame: pd.DataFrame
    ledger: Ledger

    @property
    def known(self) -> Integers:
        """(N,): ``known_at`` as microseconds since 1970, UTC; the least number where missing."""
        return pd.DatetimeIndex(self.frame["known_at"]).as_unit("us").asi8


def read_signal(events: pd.DataFrame) -> Signal:
    """Bring events to one shape; those that can't be used are lost with a reason.

    Raises
    ------
    StudyError
        A column is missing (``symbol, known_at, score``), there is no event, or what should be
        a time or a number is none.
    """
    frame = events.reset_index(drop=events.index.name != "event_id" or "event_id" in events)
    for name, meaning in (
        ("symbol", "the share in Yahoo's spelling"),
        ("known_at", "the time at which anyone could know, with its zone: a session is no time"),
        ("score", "the signal"),
    ):
        if name not in frame:
            raise StudyError(f"The events have no column {name!r}, {meaning}.")
    if not len(frame):
        raise StudyError("There are no events to evaluate.")
    frame["symbol"] = frame["symbol"].astype("str")
    frame["known_at"] = read_instants(frame["known_at"]).dt.tz_convert("UTC").dt.as_unit("us")
    try:
        frame["score"] = frame["score"].astype("float64")
    except (ValueError, TypeError) as error:
        raise StudyError(f"A score is no number: {error}.") from error
    if "event_id" not in frame:
        frame["event_id"] = pd.RangeIndex(len(frame)).astype("str")
    codes, symbols = pd.factorize(frame["symbol"])
    mics = np.array([mic_of(symbol) for symbol in symbols] or [""], dtype=object)[codes]
    for name, otherwise in (("mic", pd.Series(mics, frame.index)), ("company", frame["symbol"])):
        given = frame[name].astype("str") if name in frame else otherwise.astype("str")
        frame[name] = given.where(given.notna() & (given != ""), otherwise)
    ledger = Ledger(len(frame))
    ledger.lose(frame["symbol"].isna().to_numpy(), "no_symbol", "It names no symbol.")
    ledger.lose(frame["known_at"].isna().to_numpy(), "no_time", "It has no known_at.")
    finite = np.isfinite(frame["score"].to_numpy())
    ledger.lose(~finite, "no_score", "Its score is missing or infinite.")
    return Signal(frame, ledger)


def mean_score(
    frame: pd.DataFrame, chosen: npt.NDArray[np.intp], starts: npt.NDArray[np.intp]
) -> Floats:
    """Give the mean score of each run of chosen events, weighted by ``relevance``."""
    score: Floats = frame["score"].to_numpy(dtype=np.float64)[chosen]
    if not len(starts):
        return score
    weight = np.ones(len(frame))
    if "relevance" in frame:
        weight = frame["relevance"].fillna(0.0).to_numpy(dtype=np.float64)
    weight = np.maximum(weight[chosen], 0.0)
    total = np.add.reduceat(weight, starts)
    weighted = np.add.reduceat(weight * score, starts) / np.where(total > 0, total, 1.0)
    counts = np.diff(np.append(starts, len(chosen)))
    plain = np.add.reduceat(score, starts) / counts
    mean = np.where(total > 0, weighted, plain)
    # One event alone keeps its score to the last bit, so that equal scores stay tied.
    return np.where(counts == 1, score[starts], mean)
