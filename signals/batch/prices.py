"""Prices of a run: none after its session, and the kept ones where a vendor gives none today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from signals.batch.config import Prices
from signals.batch.days import Day
from signals.batch.inputs import Plan
from signals.batch.store import Store
from signals.exchanges import mic_of
from signals.market.prices import PriceSource
from signals.market.sessions import Sessions

_ESTIMATION = 270  # sessions before the earliest event: its estimation window and some more


@dataclass(frozen=True, eq=False)
class PricesRead:
    """The closes of a run, the name of their source, and symbol -> what is wrong."""

    closes: pd.DataFrame
    source: str
    faults: Mapping[str, str]


def read_prices(
    config: Prices, plan: Plan, days: Mapping[str, Day], *, store: Store, offline: bool
) -> PricesRead:
    """Read the prices of the watch list and its markets up to each exchange's session.

    What a vendor refuses is taken whole from what the store kept of the last answer, and is named.

    Raises
    ------
    PriceError
        Files of prices are malformed.
    """
    first = min(_first_session(plan, day) for day in days.values())
    last = max(day.session for day in days.values())
    if config.kind == "yahoo" and offline:
        closes, faults = pd.DataFrame(), dict.fromkeys(plan.symbols, "The run was offline.")
    else:
        table = _open(config, store).history(plan.symbols, first, last)
        refused = table.faults[
            (table.faults["action"] == "refused") & table.faults["session"].isna()
        ]
        closes = table.closes
        faults = {str(row["symbol"]): str(row["detail"]) for row in refused.to_dict("records")}
    if config.kind == "yahoo":
        closes, faults = _complete(closes, faults, store)
    closes = _clip(closes, days)
    return PricesRead(closes.loc[closes.index >= first], config.kind, faults)


def _open(config: Prices, store: Store) -> PriceSource:
    from signals.market.opening import open_prices

    if config.path is not None:
        return open_prices(config.path)
    from signals.market.yahoo import YahooPrices

    return YahooPrices(cache=store.path.parent / "yahoo")


def _first_session(plan: Plan, day: Day) -> pd.Timestamp:
    labels = Sessions(day.mic).labels(end=day.session)
    return labels[max(len(labels) - plan.study.trailing - _ESTIMATION, 0)]


def _complete(
    closes: pd.DataFrame, faults: Mapping[str, str], store: Store
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Keep what was answered, and take what was refused from what is kept.

    A series is kept and taken whole: adjusted prices of two downloads can't be joined.
    """
    answered = {
        str(symbol): {f"{day:%Y-%m-%d}": float(value) for day, value in series.dropna().items()}
        for symbol, series in closes.items()
    }
    store.keep_closes("yahoo", {name: series for name, series in answered.items() if series})
    told: dict[str, str] = {}
    series: dict[str, pd.Series] = {str(name): column for name, column in closes.items()}
    for symbol, detail in faults.items():
        kept = store.kept_closes("yahoo", symbol)
        if not kept:
            told[symbol] = detail
            continue
        index = pd.DatetimeIndex(pd.to_datetime(list(kept), format="%Y-%m-%d"), name="session")
        series[symbol] = pd.Series(list(kept.values()), index.as_unit("us"), dtype="float64")
        told[symbol] = f"{detail} The kept prices are used; they end on {list(kept)[-1]}."
    return pd.DataFrame(series), told


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
