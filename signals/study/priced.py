"""Events meet prices: what is fetched, and where each event stands in the grid of returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.market.prices import PriceSource, PriceTable
from signals.study.arrays import Booleans, Dates, Indices, Integers
from signals.study.factors import last_session
from signals.study.intake import Calendars
from signals.study.later_symbols import fetch_history
from signals.study.ledger import Ledger
from signals.study.panel import Places, ReturnGrid, build_grid
from signals.study.settings import Settings


@dataclass(frozen=True, eq=False)
class PriceRequest:
    """What a study needs prices for.

    Attributes
    ----------
    source
        Where prices come from.
    settings
        The study's arguments.
    inputs, leads
        The series that the model reads beside the share's own, and how many sessions later.
    factors
        Further series by session, or None.
    """

    source: PriceSource
    settings: Settings
    inputs: tuple[str, ...]
    leads: tuple[int, ...]
    factors: pd.DataFrame | None

    @property
    def roles(self) -> tuple[str, ...]:
        """Columns of the events that name series with prices.

        The market is none of them when no model reads it, or when factors hold one.
        """
        reads_market = "market" in self.inputs and "market" not in self.settings.factors
        return ("symbol", "market") if reads_market else ("symbol",)


@dataclass(frozen=True, eq=False)
class PricedEvents:
    """The events that have prices, K of the N that came in.

    Attributes
    ----------
    chosen
        (K,): their places among those that came in, by series and row of the grid.
    table
        The prices.
    grid, places
        Returns on the calendars, and where the K events stand there.
    ends
        (K,) by role, "symbol", "market" and "factors" where the model reads them: the last session
        with a price of it, or with all factors.
    """

    chosen: Indices
    table: PriceTable
    grid: ReturnGrid
    places: Places
    ends: Mapping[str, Dates]


@dataclass(frozen=True, eq=False)
class Block:
    """The part of a calendar that a study needs: its labels, and its rows in the grid."""

    labels: pd.DatetimeIndex
    low: int
    shift: int  # the session at place p of the calendar is in row p + shift


def price_events(
    frame: pd.DataFrame, calendars: Calendars, ledger: Ledger, request: PriceRequest
) -> PricedEvents:
    """Fetch the prices that events need, once, and turn them into returns.

    Events without prices, or whose prices end before their session, are lost in the ledger.

    Raises
    ------
    StudyError
        The source's table is no PriceTable as promised, a price can't be one, or no event is left.
    """
    table, blocks = fetch_prices(frame, calendars, ledger, request)
    ends = _find_ends(frame, table, request)
    for role in request.roles:
        _lose_unpriced(frame, role, ends[role], table, ledger)
    if "factors" in ends:
        _lose_unfactored(frame, ends["factors"], ledger)
    ledger.require_some(frame)
    chosen = np.flatnonzero(ledger.alive)
    events = frame.iloc[chosen]
    grid = build_grid(
        table.closes.reindex(columns=_symbols(events, request)),
        [block.labels for block in blocks],
        request.factors,
        log=request.settings.returns == "log",
    )
    places = _find_places(
        calendars.which[chosen],
        calendars.position[chosen],
        blocks,
        _find_series(events, grid, request),
    )
    order = places.order()
    chosen = chosen[order]
    return PricedEvents(
        chosen=chosen,
        table=table,
        grid=grid,
        places=places.take(order),
        ends={role: end[chosen] for role, end in ends.items()},
    )


def fetch_prices(
    frame: pd.DataFrame, calendars: Calendars, ledger: Ledger, request: PriceRequest
) -> tuple[PriceTable, list[Block]]:
    """Fetch the prices that events need, and give the parts of the calendars that they stand on.

    Raises
    ------
    StudyError
        The source's table is no PriceTable as promised.
    """
    blocks = _cut_calendars(calendars, ledger.alive, request)
    return _fetch(frame[ledger.alive], blocks, request), blocks


def _cut_calendars(calendars: Calendars, alive: Booleans, request: PriceRequest) -> list[Block]:
    """Cut each calendar to the sessions that events need, one more before for the first return."""
    settings = request.settings
    before, after = min((0, *request.leads)), max((0, *request.leads))
    blocks: list[Block] = []
    low = 0
    for code, labels in enumerate(calendars.labels):
        positions = calendars.position[alive & (calendars.which == code)]
        start = end = 0
        if len(positions):
            start = max(0, int(positions.min()) + settings.estimation[0] + before - 1)
            end = int(positions.max()) + max(0, settings.window[1] + after) + 1
        blocks.append(Block(labels[start:end], low, low - start))
        low += len(blocks[-1].labels)
    return blocks


def _symbols(events: pd.DataFrame, request: PriceRequest) -> list[str]:
    """Give the series whose prices are needed, sorted, each once."""
    return sorted(set().union(*(events[role].unique() for role in request.roles)))


def _fetch(events: pd.DataFrame, blocks: list[Block], request: PriceRequest) -> PriceTable:
    """Ask once for all prices from the first session needed to the last."""
    start = min(block.labels[0] for block in blocks if len(block.labels))
    end = max(block.labels[-1] for block in blocks if len(block.labels))
    last = events.groupby("symbol", sort=False)["session"].max()
    days = {str(symbol): day for symbol, day in last.items()}
    others = set(_symbols(events, request)) - set(days)
    table = fetch_history(request.source, days, sorted(others), start, end)
    index = table.closes.index
    if not isinstance(index, pd.DatetimeIndex) or index.tz is not None:
        raise StudyError(
            "The price source's closes must have tz-naive session labels as their index; "
            "signals.testing.check_price_source tells what a source promises."
        )
    return table


def _find_ends(frame: pd.DataFrame, table: PriceTable, request: PriceRequest) -> dict[str, Dates]:
    """Give the last session of each series that events read (N,), by role; NaT without any."""
    last = _last_prices(table)
    # A name without a column has place -1: the NaT at the end.
    ends = {
        role: last[table.closes.columns.get_indexer(pd.Index(frame[role]))]
        for role in request.roles
    }
    names = [name for name in request.inputs if name in request.settings.factors]
    if request.factors is not None and names:
        ends["factors"] = np.full(len(frame), last_session(request.factors, names))
    return ends


def _last_prices(table: PriceTable) -> Dates:
    """Give the last session with a price of each column, NaT without any, and a NaT more."""
    known = table.closes.notna().to_numpy()
    last = np.full(known.shape[1] + 1, np.datetime64("NaT", "us"))
    if len(known):
        labels = table.closes.index.to_numpy()[len(known) - 1 - known[::-1].argmax(axis=0)]
        last[:-1] = np.where(known.any(axis=0), labels, last[:-1])
    return last


def _lose_unpriced(
    frame: pd.DataFrame,
    role: str,
    ends: Dates,
    table: PriceTable,
    ledger: Ledger,
) -> None:
    """Lose events whose share or market has no price, or none as late as the event."""
    names = frame[role].to_numpy()
    sessions = frame["session"].to_numpy(dtype="datetime64[us]")

    why = cache(table.why_missing)

    def say_missing(place: int) -> str:
        return why(names[place])

    def say_end(place: int) -> str:
        return (
            f"Prices of {names[place]} end on {np.datetime_as_string(ends[place], unit='D')}, "
            f"before the event session {np.datetime_as_string(sessions[place], unit='D')}."
        )

    of = {"symbol": "", "market": "market_"}[role]
    ledger.lose(np.isnat(ends), f"no_{of}prices", say_missing)
    ledger.lose(ends < sessions, f"{of}prices_end_before_event", say_end)


def _lose_unfactored(frame: pd.DataFrame, ends: Dates, ledger: Ledger) -> None:
    """Lose events after the last session with all the factors that the model reads."""
    text = np.datetime_as_string(ends[0], unit="D")
    late = ~(frame["session"].to_numpy(dtype="datetime64[us]") <= ends)
    ledger.lose(late, "factors_end_before_event", f"The factors end on {text}, before the event.")


def _find_series(
    events: pd.DataFrame, grid: ReturnGrid, request: PriceRequest
) -> tuple[Integers, Integers]:
    """Give the grid's column of each event's share (K,), and of its inputs (K, f)."""
    inputs = np.empty((len(events), len(request.inputs)), dtype=np.int64)
    for number, name in enumerate(request.inputs):
        own = name == "market" and "market" in request.roles
        inputs[:, number] = _numbers(events["market"], grid.columns) if own else grid.factors[name]
    return _numbers(events["symbol"], grid.columns), inputs


def _numbers(names: pd.Series, columns: Mapping[str, int]) -> Integers:
    """Give the grid's column of each name."""
    codes, unique = pd.factorize(names)
    return np.array([columns[name] for name in unique], dtype=np.int64)[codes]


def _find_places(
    which: Integers,
    position: Integers,
    blocks: list[Block],
    series: tuple[Integers, Integers],
) -> Places:
    """Give the rows of events in the grid, from their calendar and their place in it."""
    low = np.array([block.low for block in blocks], dtype=np.int64)
    size = np.array([len(block.labels) for block in blocks], dtype=np.int64)
    shift = np.array([block.shift for block in blocks], dtype=np.int64)
    return Places(
        row=position + shift[which],
        low=low[which],
        high=(low + size)[which],
        column=series[0],
        inputs=series[1],
    )
