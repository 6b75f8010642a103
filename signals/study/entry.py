"""When a signal could first be traded on, and what prices did from there.

The entry is the first open at least 5 minutes after a story was known or, where there are only
closes, the first close at least 15 minutes after it: nobody trades on a story at the price of the
same second. The market's leg is entered at the same instant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from signals.errors import StudyError, SymbolError
from signals.market.prices import PriceSource, PriceTable
from signals.market.sessions import Sessions
from signals.study.fits import Booleans, Floats, Integers
from signals.study.intake import Ledger
from signals.study.signal import Signal, mean_score

Entry = Literal["open", "close"]

AFTER_KNOWN: Mapping[Entry, pd.Timedelta] = {
    "open": pd.Timedelta(minutes=5),
    "close": pd.Timedelta(minutes=15),
}
"""How long after it is known a story can first be traded on, at an open and at a close."""

LOOKBACK = 270
"""Sessions of prices before the first entry: for betas (250) and momentum (20)."""


@dataclass(frozen=True, eq=False)
class Block:
    """The rows of one calendar: its sessions, the first row, and that row's place among them."""

    sessions: Sessions
    row: int
    place: int
    length: int

    def rows(self, places: npt.NDArray[np.intp]) -> Integers:
        """Give the rows of sessions by their places on the calendar; -1 outside the block."""
        inside = (places >= self.place) & (places < self.place + self.length)
        return np.where(inside, places - self.place + self.row, -1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Panel:
    """Prices at the entries of all calendars, their blocks below one another.

    Attributes
    ----------
    prices
        (rows, series): adjusted opens or closes; NaN where there is none.
    labels
        (rows,): session labels, ``datetime64[us]``.
    ordinals
        (rows,): place of each label among the sessions of all calendars together.
    days
        (sessions,): the label of each ordinal.
    high, low
        (rows,): the block that a row lies in, ``high`` excluded.
    columns
        Place of each series.
    entry
        Whether the prices are opens or closes.
    closes
        (rows, series): adjusted closes, whatever the entry.
    blocks
        The calendars, in the order of their blocks.
    table
        The prices as they came.
    """

    prices: Floats
    closes: Floats
    labels: npt.NDArray[np.datetime64]
    ordinals: Integers
    days: npt.NDArray[np.datetime64]
    low: Integers
    high: Integers
    columns: Mapping[str, int]
    entry: Entry
    blocks: tuple[Block, ...]
    table: PriceTable

    def change(self, rows: Integers, columns: Integers, start: int, end: int) -> Floats:
        """Give the simple return from ``rows + start`` to ``rows + end``.

        NaN where one of them lies outside the calendar's block or has no price, or where the
        column is -1.
        """
        first, last = rows + start, rows + end
        inside = (first >= self.low[rows]) & (last < self.high[rows]) & (columns >= 0)
        safe = np.where(inside, columns, 0)
        before = self.prices[np.where(inside, first, 0), safe]
        after = self.prices[np.where(inside, last, 0), safe]
        return np.where(inside, after / before - 1, np.nan)


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
    """What is correlated: one row a company and entry session, K of them, by session.

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
    group
        (N,): observation of each event; -1 for one that is in none.
    """

    day: Integers
    row: Integers
    column: Integers
    market: Integers
    score: Floats
    first: npt.NDArray[np.intp]
    group: Integers

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
    frame, ledger = signal.frame, signal.ledger
    markets = _markets(frame, market)
    calendars = list(_calendars(frame, ledger))
    ledger.require_some(_with_session(frame))
    names = [str(name) for name in frame["symbol"][ledger.alive].unique()]
    legs = [str(name) for name in pd.unique(markets[ledger.alive]) if name]
    start, end = _span(frame, ledger.alive, calendars, longest)
    table = prices.history([*names, *(leg for leg in legs if leg not in names)], start, end)
    for leg in legs:
        if leg not in table.closes or table.closes[leg].isna().all():
            raise StudyError(f"The market {leg} has no prices from {start:%Y-%m-%d} on.")
    entry: Entry = "close" if closes_only or not _has_opens(table) else "open"
    panel = _build_panel(table, [one for one, _ in calendars], entry)
    block = np.full(len(frame), -1, dtype=np.int64)
    for number, (_, places) in enumerate(calendars):
        block[places] = number
    row = entry_rows(panel, block, signal.known)
    column = _codes(frame["symbol"], panel.columns)
    beyond = f"The prices have no {entry} at which it could be entered."
    ledger.lose(row < 0, "no_entry", beyond)
    _lose_unpriced(ledger, panel, row, column)
    ledger.require_some(_with_session(frame))
    row[~ledger.alive] = -1
    return panel, Entries(row, column, _codes(markets, panel.columns), block)


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
    is none), as they do in ``align``.
    """
    frame = signal.frame
    chosen = np.flatnonzero(keep & (entries.row >= 0) & signal.ledger.alive)
    company = pd.factorize(frame["company"])[0][chosen].astype(np.int64)
    day = panel.ordinals[entries.row[chosen]]
    known = signal.known[chosen]
    order = np.lexsort((known, company, day))
    chosen, company, day = chosen[order], company[order], day[order]
    new = np.ones(len(chosen), dtype=np.bool_)
    new[1:] = (day[1:] != day[:-1]) | (company[1:] != company[:-1])
    starts = np.flatnonzero(new)
    group = np.full(len(frame), -1, dtype=np.int64)
    group[chosen] = np.cumsum(new) - 1
    first = chosen[starts]
    return Observations(
        day=day[starts],
        row=entries.row[first],
        column=entries.column[first],
        market=entries.market[first],
        score=mean_score(frame, chosen, starts),
        first=first,
        group=group,
    )


def _with_session(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(session=pd.Series(pd.NaT, frame.index)) if "session" not in frame else frame


def _markets(
    frame: pd.DataFrame, market: str | Mapping[str, str] | None
) -> npt.NDArray[np.object_]:
    """Name the market of each event; an empty text for none."""
    if market is None or isinstance(market, str):
        return np.full(len(frame), market or "", dtype=object)
    codes, symbols = pd.factorize(frame["symbol"])
    found = [market.get(symbol, "") for symbol in symbols]
    absent = [symbol for symbol, leg in zip(symbols, found, strict=True) if not leg]
    if absent:
        raise StudyError(f"The mapping of markets names none for {absent[0]}.")
    return np.array([*found, ""], dtype=object)[codes]


def _calendars(
    frame: pd.DataFrame, ledger: Ledger
) -> Iterator[tuple[Sessions, npt.NDArray[np.intp]]]:
    """Give each calendar that is needed once, with the places of its events."""
    codes, mics = pd.factorize(frame["mic"])
    shared: dict[str, tuple[Sessions, list[int]]] = {}
    for code, mic in enumerate(mics):
        try:
            sessions = Sessions(mic)
        except SymbolError as error:
            ledger.lose(codes == code, "no_calendar", str(error))
            continue
        shared.setdefault(sessions.calendar, (sessions, []))[1].append(code)
    for sessions, members in shared.values():
        places = np.flatnonzero(np.isin(codes, members) & ledger.alive)
        covered = sessions.covers(pd.DatetimeIndex(frame["known_at"].iloc[places]))
        outside = f"The calendar {sessions.calendar} doesn't reach its known_at."
        ledger.lose(places[~covered], "outside_calendar", outside)
        if covered.any():
            yield sessions, places[covered]


def _span(
    frame: pd.DataFrame,
    alive: Booleans,
    calendars: Sequence[tuple[Sessions, npt.NDArray[np.intp]]],
    longest: int,
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Give the first and the last session whose prices are needed, on any calendar."""
    known = frame["known_at"][alive]
    days = (known.min().tz_localize(None).normalize(), known.max().tz_localize(None).normalize())
    firsts, lasts = [], []
    for sessions, _ in calendars:
        labels = sessions.labels()
        low = max(0, int(labels.searchsorted(days[0])) - LOOKBACK)
        # The entry may be two sessions after the day of the story, in UTC.
        high = min(len(labels) - 1, int(labels.searchsorted(days[1])) + longest + 3)
        firsts.append(labels[low])
        lasts.append(labels[high])
    return min(firsts), max(lasts)


def _has_opens(table: PriceTable) -> bool:
    """Whether each series has opens: entries at opens and closes are never mixed."""
    if table.opens is None or not len(table.opens):
        return False
    return bool(table.opens.notna().any().all())


def _build_panel(table: PriceTable, calendars: Sequence[Sessions], entry: Entry) -> Panel:
    """Put prices on the calendars of their exchanges."""
    closes = table.closes
    if not len(closes):
        raise StudyError("The prices hold no session from the first event on.")
    blocks, found = [], []
    total = 0
    for sessions in calendars:
        labels = sessions.labels(closes.index[0], closes.index[-1])
        first = int(sessions.labels().searchsorted(closes.index[0]))
        blocks.append(Block(sessions, total, first, len(labels)))
        found.append(labels)
        total += len(labels)
    joined = np.concatenate([one.to_numpy(dtype="datetime64[us]") for one in found])
    days, ordinals = np.unique(joined, return_inverse=True)
    place = np.concatenate([closes.index.get_indexer(one) for one in found])
    sizes = [one.length for one in blocks]
    on_close = _on_calendars(closes, place, "close")
    opens = table.opens if entry == "open" else None
    return Panel(
        prices=on_close if opens is None else _on_calendars(opens, place, "open"),
        closes=on_close,
        labels=joined,
        ordinals=ordinals.astype(np.int64),
        days=days,
        low=np.repeat([one.row for one in blocks], sizes).astype(np.int64),
        high=np.repeat([one.row + one.length for one in blocks], sizes).astype(np.int64),
        columns={str(name): place for place, name in enumerate(closes.columns)},
        entry=entry,
        blocks=tuple(blocks),
        table=table,
    )


def _on_calendars(prices: pd.DataFrame, place: npt.NDArray[np.intp], what: Entry) -> Floats:
    values = prices.to_numpy(dtype=np.float64)
    wrong = np.isinf(values) | (values <= 0)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise StudyError(
            f"{prices.columns[column]} has the {what} {values[row, column]} on "
            f"{prices.index[row]:%Y-%m-%d}: prices must be positive and finite, or missing."
        )
    return np.where(place[:, None] >= 0, values[place], np.nan)


def _codes(names: pd.Series | npt.NDArray[np.object_], columns: Mapping[str, int]) -> Integers:
    codes, unique = pd.factorize(names)
    found = np.array([*(columns.get(str(name), -1) for name in unique), -1], dtype=np.int64)
    return found[codes]


def _lose_unpriced(ledger: Ledger, panel: Panel, row: Integers, column: Integers) -> None:
    faults = panel.table.faults
    reasons = dict(zip(faults["symbol"], faults["detail"], strict=True)) if len(faults) else {}
    first = next(iter(reasons.values()), "")
    ledger.lose(column < 0, "no_prices", f"Its symbol has no prices. {first}".strip())
    known = (column >= 0) & (row >= 0)
    missing = np.zeros(len(row), dtype=np.bool_)
    missing[known] = np.isnan(panel.prices[row[known], column[known]])
    ledger.lose(missing, "no_entry_price", f"It has no {panel.entry} in its entry session.")
