"""Two sessions of one price, and Yahoo Finance that answers with them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from signals.market.bars import BAR_COLUMNS
from signals.market.snapshots import SnapshotStore
from signals.market.yahoo import YahooPrices

NOW = datetime(2025, 9, 1, tzinfo=UTC)
DAYS = pd.DatetimeIndex(["2025-07-21", "2025-07-22"], name="session").as_unit("us")
ASKED = (DAYS[0], DAYS[1])


def bars(price: float = 100.0) -> pd.DataFrame:
    values = dict.fromkeys(BAR_COLUMNS, price) | {"dividend": 0.0, "split": 1.0}
    return pd.DataFrame(values, index=DAYS)


def keep(store: SnapshotStore, symbol: str = "MSFT", price: float = 100.0):
    return store.keep(bars(price), symbol=symbol, source="yahoo", fetched_at=NOW, asked=ASKED)


def yahoo(cache: Path, answer, at: datetime = NOW) -> YahooPrices:
    def fetch(symbol, first, last):
        if isinstance(answer, Exception):
            raise answer
        names = {name.title(): name for name in ("open", "high", "low", "close", "volume")}
        frame = bars(answer).rename(columns={name: title for title, name in names.items()})
        frame = frame.rename(columns={"adj_close": "Adj Close"})
        frame.index = frame.index.tz_localize("America/New_York")
        return frame

    return YahooPrices(cache, requests_per_second=1000, attempts=1, clock=lambda: at, fetch=fetch)
