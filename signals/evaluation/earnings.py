"""Which stories came out around a company's earnings: the first thing to suspect of a signal."""

from __future__ import annotations

import numpy as np
import pandas as pd

from signals.errors import StudyError, SymbolError
from signals.evaluation.signal import read_signal
from signals.market.sessions import Sessions
from signals.market.userframes import as_pandas
from signals.study.arrays import Booleans, Indices, Integers
from signals.study.confounds import confounding_dates, count_lost
from signals.study.later_symbols import with_earlier_symbols

REPORTS = "Reports of earnings"
"""What a table of them is called in an error."""

AROUND = 1
"""Sessions before and after a report that count as its days."""


def mark_earnings(events: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Mark the events that fall on days with earnings.

    Parameters
    ----------
    events
        As for ``evaluate``: ``symbol``, ``known_at`` and ``score``.
    reports
        One row a report of earnings: ``symbol``, and ``session`` (the date of the first session
        that could react) or ``known_at`` (an instant with its zone).

    Returns
    -------
    The events with a column ``earnings``: True where the story's session, the first that closes
    after it was known, is the report's, the one before or the one after.

    Raises
    ------
    StudyError
        A column is missing, a report names no symbol or no time, or none is of a symbol that the
        events name.
    TypeError
        The reports are no DataFrame.
    """
    dates = confounding_dates(reports, of=REPORTS)
    lost = count_lost(dates)
    if lost:
        raise StudyError(
            f"{lost} of {len(dates)} reports of earnings have no symbol, or neither known_at nor "
            "session, or only a known_at and no exchange whose sessions are known: leave them out, "
            "as reports.dropna(subset=['symbol', 'session']) does."
        )
    signal = read_signal(events)
    alive = signal.ledger.alive
    last = pd.Series(signal.known[alive]).groupby(signal.symbol.codes[alive]).max()
    names = [signal.symbol.names[code] for code in last.index.to_numpy(dtype=np.int64)]
    days = pd.to_datetime(last.to_numpy(), unit="us")
    dates = with_earlier_symbols(dates, dict(zip(names, days, strict=True)))
    symbols = dates["symbol"]
    shares = pd.Index(signal.symbol.names).get_indexer(pd.Index(symbols))
    if not (shares >= 0).any():
        raise StudyError(
            f"None of the {len(dates)} reports of earnings is of a symbol of the events; the "
            f"first is of {symbols.iloc[0] if len(symbols) else 'none'}."
        )
    marked = np.zeros(len(signal.known), dtype=np.bool_)
    for code, mic in enumerate(signal.mic.names):
        try:
            sessions = Sessions(mic)
        except SymbolError:
            continue  # evaluate loses these events, with the reason
        here = np.flatnonzero((signal.mic.codes == code) & signal.ledger.alive)
        told = np.flatnonzero(np.isin(shares, signal.symbol.codes[here]))
        first_close = np.searchsorted(sessions.closes.asi8, signal.known[here], side="right")
        reacting = sessions.labels().searchsorted(dates["session"].iloc[told].to_numpy())
        marked[here] = _near((signal.symbol.codes[here], first_close), (shares[told], reacting))
    return pd.DataFrame(as_pandas(events)).assign(earnings=marked)


def _near(stories: tuple[Integers, Indices], reports: tuple[Indices, Indices]) -> Booleans:
    """Tell which stories, shares and places of sessions, are around a report of their share."""
    width = int(max(place.max(initial=0) for _, place in (stories, reports))) + 2 * AROUND + 1
    story, report = (share * width + place + AROUND for share, place in (stories, reports))
    around = np.arange(-AROUND, AROUND + 1)
    return np.isin(story, (report[:, None] + around).ravel())
