"""When a signal could first be traded on, and what prices did from there.

The entry is the first open at least 5 minutes after a story was known or, where there are only
closes, the first close at least 15 minutes after it: nobody trades on a story at the price of the
same second. The market's leg is entered at the same instant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from signals.errors import StudyError, SymbolError
from signals.evaluation.pricepanel import Entry, Panel, build_panel, has_opens
from signals.evaluation.signal import Signal, mean_score
from signals.market.prices import PriceSource, PriceTable
from signals.market.sessions import Sessions
from signals.study.arrays import Booleans, Floats, Indices, Integers
from signals.study.intake import MIC_HINT
from signals.study.later_symbols import fetch_history
from signals.study.settings import parse_markets

AFTER_KNOWN: Mapping[Entry, pd.Timedelta] = {
    "open": pd.Timedelta(minutes=5),
    "close": pd.Timedelta(minutes=15),
}
"""How long after it is known a story can first be traded on, at an open and at a close."""

BETA_SESSIONS = 250
"""Sessions before the entry over which betas are estimated."""

LOOKBACK = BETA_SESSIONS + 20
"""Sessions of prices before the first entry: for betas, and for momentum."""


@dataclass(frozen=True, eq=False)
class Entries:
    """Where N events enter: -1 in ``row`` for those that never do.

    Attributes
    ----------
    row, column, market
        (N,): row of the entry in the panel, the share's series, and its market's; -1 for none.
    block
        (N,): the event's calendar; -1 for none.
    """

    row: Integers
    column: Integers
    market: Integers
    block: Integers


@dataclass(frozen=True, eq=False)
class Observations:
    """What is correlated: one row a company, entry session and calendar, K of them, by session.

    Attributes
    ----------
    day
        (K,): ordinal of the entry session, ascending.
    row, column, market
        (K,): as in ``Entries``.
    score
        (K,): mean of the scores of the company's events that enter there, weighted by relevance.
    first
        (K,): place of the event that was known first.
    of_event
        (N,): observation of each event; -1 for one that is in none.
    """

    day: Integers
    row: Integers
    column: Integers
    market: Integers
    score: Floats
    first: Indices
    of_event: Integers

    def __len__(self) -> int:
        return len(self.day)


def enter(
    signal: Signal,
    prices: PriceSource,
    *,
    market: str | Mapping[str, str] | None,
    longest: int,
    closes_only: bool = False,
) -> tuple[Panel, Entries]:
    """Fetch prices once and find where each event enters; lose those that never do.

    Parameters
    ----------
    signal
        The events; its ledger is written to.
    prices
        Where prices come from.
    market
        A symbol, or symbol -> market, or None.
    longest
        The longest horizon in sessions.
    closes_only
        Enter at closes even where there are opens, for factors that are known at closes only.

    Raises
    ------
    StudyError
        The market has no prices, a price can't be one, or no event is left.
    """
    ledger = signal.ledger
    markets = _markets(signal, market)
    calendars = list(_calendars(signal))
    signal.require_some()
    table = _fetch(signal, prices, markets, _span(signal, calendars, longest))
    _lose_unpriced(signal, table)
    signal.require_some()
    entry: Entry = "close" if closes_only or not has_opens(table) else "open"
    panel = build_panel(table, [one for one, _ in calendars], entry)
    block = np.full(len(ledger.alive), -1, dtype=np.int64)
    for number, (_, places) in enumerate(calendars):
        block[places] = number
    row = entry_rows(panel, block, signal.known)
    column = _columns(signal.symbol.names, panel)[signal.symbol.codes]
    beyond = f"The prices have no {entry} at which it could be entered."
    ledger.lose(row < 0, "no_entry", beyond)
    missing = np.isnan(panel.prices.ravel().take(row * panel.prices.shape[1] + column, mode="clip"))
    ledger.lose(missing, "no_entry_price", f"It has no {entry} in its entry session.")
    signal.require_some()
    row[~ledger.alive] = -1
    return panel, Entries(row, column, _columns(markets, panel)[signal.symbol.codes], block)


def entry_rows(panel: Panel, block: Integers, known: Integers) -> Integers:
    """Find the row of the first open or close that is far enough after each instant.

    Parameters
    ----------
    panel
        The prices on their calendars.
    block
        (N,): the calendar of each instant; -1 for none.
    known
        (N,): microseconds since 1970, UTC.

    Returns
    -------
    (N,) rows of the panel; -1 where its prices hold none.
    """
    lag = int(AFTER_KNOWN[panel.entry] / pd.Timedelta(microseconds=1))
    row = np.full(len(known), -1, dtype=np.int64)
    for number, one in enumerate(panel.blocks):
        here = np.flatnonzero(block == number)
        instants = one.sessions.opens if panel.entry == "open" else one.sessions.closes
        row[here] = one.rows(np.searchsorted(instants.asi8, known[here] + lag, side="left"))
    return row


def observe(signal: Signal, panel: Panel, entries: Entries, keep: Booleans) -> Observations:
    """Make one observation of the events of a company that enter in one session.

    Several scores combine by their mean weighted by ``relevance`` (equal weights where there
    is none), as they do in ``align``. Those of two exchanges don't, since sessions of one date
    are entered hours apart: the later story was not known at the earlier entry.
    """
    chosen = np.flatnonzero(keep & (entries.row >= 0) & signal.ledger.alive)
    company = signal.company.codes[chosen]
    day = panel.ordinals[entries.row[chosen]]
    known = signal.known[chosen]
    key = day * len(signal.company.names) + company
    key = key * len(panel.blocks) + entries.block[chosen]
    step = np.diff(key)
    if not ((step > 0) | ((step == 0) & (np.diff(known) >= 0))).all():
        order = np.lexsort((known, key))
        chosen, day, key = chosen[order], day[order], key[order]
    new = np.ones(len(chosen), dtype=np.bool_)
    np.not_equal(key[1:], key[:-1], out=new[1:])
    starts = np.flatnonzero(new)
    of_event = np.full(len(keep), -1, dtype=np.int64)
    of_event[chosen] = np.cumsum(new) - 1
    first = chosen[starts]
    return Observations(
        day=day[starts],
        row=entries.row[first],
        column=entries.column[first],
        market=entries.market[first],
        score=mean_score(signal.frame, chosen, starts),
        first=first,
        of_event=of_event,
    )


def _markets(signal: Signal, market: str | Mapping[str, str] | None) -> list[str]:
    """Name the market of each distinct symbol; an empty text for none."""
    names = signal.symbol.names
    market = parse_markets(market, names)
    if market is None or isinstance(market, str):
        return [market or ""] * len(names)
    absent = [name for name in names if not market.get(name)]
    if absent:
        raise StudyError(f"The mapping of markets names none for {absent[0]}.")
    return [market[name] for name in names]


def _calendars(signal: Signal) -> Iterator[tuple[Sessions, Indices]]:
    """Give each calendar that is needed once, with the places of its events."""
    mic, ledger = signal.mic, signal.ledger
    shared: dict[str, tuple[Sessions, list[int]]] = {}
    for code, name in enumerate(mic.names):
        try:
            sessions = Sessions(name)
        except SymbolError as error:
            ledger.lose(mic.codes == code, "no_calendar", f"{error} {MIC_HINT}")
            continue
        shared.setdefault(sessions.calendar, (sessions, []))[1].append(code)
    for sessions, members in shared.values():
        of_it = np.zeros(len(mic.names) + 1, dtype=np.bool_)
        of_it[members] = True
        places = np.flatnonzero(of_it[mic.codes] & ledger.alive)
        instants = pd.DatetimeIndex(signal.known[places].view("datetime64[us]"), tz="UTC")
        covered = sessions.covers(instants)
        outside = f"The calendar {sessions.calendar} doesn't reach its known_at."
        ledger.lose(places[~covered], "outside_calendar", outside)
        if covered.any():
            yield sessions, places[covered]


def _fetch(
    signal: Signal,
    prices: PriceSource,
    markets: Sequence[str],
    span: tuple[pd.Timestamp, pd.Timestamp],
) -> PriceTable:
    """Ask once for the prices of all shares and markets."""
    alive = signal.ledger.alive
    last = pd.Series(signal.known[alive]).groupby(signal.symbol.codes[alive]).max()
    days = {
        signal.symbol.names[place]: pd.Timestamp(known, unit="us").normalize()
        for place, known in zip(last.index, last, strict=True)
    }
    legs = list(dict.fromkeys(markets[place] for place in last.index if markets[place]))
    table = fetch_history(prices, days, legs, *span)
    for leg in legs:
        if leg not in table.closes or table.closes[leg].isna().all():
            raise StudyError(f"The market {leg} has no prices from {span[0]:%Y-%m-%d} on.")
    return table


def _span(
    signal: Signal,
    calendars: Sequence[tuple[Sessions, Indices]],
    longest: int,
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Give the first and the last session whose prices are needed, on any calendar."""
    known = signal.known[signal.ledger.alive]
    days = [pd.Timestamp(int(one), unit="us").normalize() for one in (known.min(), known.max())]
    firsts, lasts = [], []
    for sessions, _ in calendars:
        labels = sessions.labels()
        low = max(0, int(labels.searchsorted(days[0])) - LOOKBACK)
        # The entry may be two sessions after the day of the story, in UTC.
        high = min(len(labels) - 1, int(labels.searchsorted(days[1])) + longest + 3)
        firsts.append(labels[low])
        lasts.append(labels[high])
    return min(firsts), max(lasts)


def _columns(names: Sequence[str], panel: Panel) -> Integers:
    """Give the panel's column of each name, and -1 at the end for a name that is missing."""
    return np.array([*(panel.columns.get(name, -1) for name in names), -1], dtype=np.int64)


def _lose_unpriced(signal: Signal, table: PriceTable) -> None:
    """Lose the events of symbols that have no prices, with what the source says of them."""
    symbol = signal.symbol
    has = np.array([*(name in table.closes for name in symbol.names), False])

    why = cache(table.why_missing)

    def say_missing(place: int) -> str:
        return why(symbol.names[symbol.codes[place]])

    signal.ledger.lose(~has[symbol.codes], "no_prices", say_missing)
