"""Prices of a run: none after its session, and the kept ones where a vendor gives none today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from signals.batch.config import Prices
from signals.batch.days import Day
from signals.batch.inputs import Plan
from signals.exchanges import mic_of
from signals.market.prices import PriceSource
from signals.market.quality import Fault
from signals.market.sessions import Sessions
from signals.study.settings import ESTIMATION

_BEFORE = 20 - ESTIMATION[0]  # sessions before the earliest event: its estimation, and some more


@dataclass(frozen=True, eq=False)
class PricesRead:
    """The closes of a run, the name of their source, and what was found against them.

    ``faults`` are symbol -> why it has none, or only old ones; ``marks`` what else was marked.
    """

    closes: pd.DataFrame
    source: str
    faults: Mapping[str, str]
    marks: tuple[Fault, ...]


def read_prices(
    config: Prices, plan: Plan, days: Mapping[str, Day], *, state: Path, offline: bool
) -> PricesRead:
    """Read the prices of the watch list and its markets up to each exchange's session.

    What a vendor refuses is taken whole from what was kept of its last answer, and is named.

    Raises
    ------
    PriceError
        Files of prices are malformed.
    StoreError
        Kept prices can't be read.
    """
    first = min(_first_session(plan, day) for day in days.values())
    last = max(day.session for day in days.values())
    source = price_source(config, state, offline=offline)
    table = source.history(plan.symbols, first, last)
    closes = _clip(table.closes, days)
    whole = table.faults[table.faults["session"].isna()]
    refused = whole[whole["action"] == "refused"]
    kept = whole[whole["fault"] == "not_refreshed"]
    if offline:  # as was asked for: only what is too old is told
        kept = kept[[not _reaches(closes, symbol, days) for symbol in kept["symbol"]]]
    faults = {
        str(row["symbol"]): str(row["detail"])
        for found in (_too_early(table.faults, days), refused, kept)
        for row in found.to_dict("records")
    }
    return PricesRead(
        closes.loc[closes.index >= first], config.kind, faults, _marks(table.faults, days)
    )


def fetch_ahead(
    config: Prices, plan: Plan, days: Sequence[Mapping[str, Day]], *, state: Path
) -> None:
    """Fetch what a vendor has from the first to the last of some sessions, and keep it.

    Raises
    ------
    StoreError
        Kept prices can't be read.
    """
    if config.path is None:
        first = min(_first_session(plan, day) for one in days for day in one.values())
        last = max(day.session for one in days for day in one.values())
        price_source(config, state, offline=False).history(plan.symbols, first, last)


def _marks(faults: pd.DataFrame, days: Mapping[str, Day]) -> tuple[Fault, ...]:
    """Give what was marked up to each exchange's session, but for the age of kept prices."""
    last = max(day.session for day in days.values())
    told = faults[(faults["action"] == "marked") & (faults["fault"] != "not_refreshed")]
    marks = []
    for symbol, session, fault, action, detail in told.itertuples(index=False, name=None):
        day = days.get(mic_of(symbol))
        when = None if pd.isna(session) else session
        if when is None or when <= (last if day is None else day.session):
            marks.append(Fault(symbol, when, fault, action, detail))
    return tuple(marks)


def price_source(config: Prices, state: Path, *, offline: bool) -> PriceSource:
    """Open the prices of a configuration; fetched ones are kept below the state folder."""
    from signals.market.price_source import as_price_source

    if config.path is not None:
        return as_price_source(config.path)
    from signals.market.keptprices import KeptPrices
    from signals.market.yahoo import YahooPrices

    return (KeptPrices if offline else YahooPrices)(state / "yahoo")


def _too_early(faults: pd.DataFrame, days: Mapping[str, Day]) -> pd.DataFrame:
    """Give what was refused of a session that has closed: the run came right after its close."""
    bars = faults[faults["fault"] == "unfinished_bar"]
    ends = [days.get(mic_of(symbol)) for symbol in bars["symbol"]]
    closed = [
        day is not None and session <= day.session
        for day, session in zip(ends, bars["session"], strict=True)
    ]
    return bars[closed]


def _reaches(closes: pd.DataFrame, symbol: str, days: Mapping[str, Day]) -> bool:
    """Tell whether a symbol has a price of its session; a market's exchange may be none of them."""
    day = days.get(mic_of(symbol))
    last = closes[symbol].last_valid_index() if symbol in closes else None
    return last is not None and (day is None or last == day.session)


def _first_session(plan: Plan, day: Day) -> pd.Timestamp:
    labels = Sessions(day.mic).labels(end=day.session)
    return labels[max(len(labels) - plan.study.trailing - _BEFORE, 0)]


def _clip(closes: pd.DataFrame, days: Mapping[str, Day]) -> pd.DataFrame:
    """Take out every close after the session of its exchange: nobody could know it."""
    if closes.empty:
        index = pd.DatetimeIndex([], dtype="datetime64[us]", name="session")
        return pd.DataFrame(index=index, dtype="float64")
    clipped = closes.sort_index().copy()
    newest = max(day.session for day in days.values())
    for symbol in clipped.columns:
        day = days.get(mic_of(str(symbol)))
        # A market of another exchange than the watched ones ends with the newest of them.
        end = newest if day is None else day.session
        clipped.loc[clipped.index > end, symbol] = float("nan")
    kept = clipped.dropna(how="all")
    return kept.rename_axis(index="session", columns=None)
