"""Bars of single symbols, as files and frames have them, become one table of adjusted prices.

A frame of a symbol has the columns ``adj_close, close, open, high, low, volume, dividend, split``
that there are, float64, by session; or ``wide`` alone, which is its adjusted close.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from signals.market.barchecks import check_bars
from signals.market.prices import PriceTable, build_table
from signals.market.quality import Fault

_Floats = npt.NDArray[np.float64]


def adjusted_table(
    bars: Mapping[str, pd.DataFrame],
    first: pd.Timestamp,
    last: pd.Timestamp,
    *,
    source: str,
    faults: Sequence[Fault],
) -> PriceTable:
    """Check the bars of each symbol, adjust them, and put them side by side through the border."""
    found = list(faults)
    series: dict[str, pd.DataFrame] = {}
    for symbol, columns in bars.items():
        found += check_bars(symbol, _as_bars(columns.loc[first:last]))
        series[symbol] = _adjust(symbol, columns, found).loc[first:last]
    return side_by_side(series, found, source=source)


def side_by_side(
    series: Mapping[str, pd.DataFrame],
    faults: Sequence[Fault],
    *,
    source: str,
    fetched_at: datetime | None = None,
) -> PriceTable:
    """Make one table, on the union of their sessions, of what each symbol has.

    ``series`` are frames of ``closes`` and, where there are any, ``opens`` and ``volume``.
    """
    days = pd.DatetimeIndex([], dtype="datetime64[us]", name="session")
    for one in series.values():
        days = days.union(pd.DatetimeIndex(one.index))

    def wide(what: str) -> pd.DataFrame | None:
        parts = {name: one[what] for name, one in series.items() if what in one}
        if not parts:
            return None
        return pd.DataFrame(parts, index=days, dtype="float64").reindex(columns=list(series))

    closes = wide("closes")
    if closes is None:
        closes = pd.DataFrame(index=days, dtype="float64")
    return build_table(
        closes,
        source=source,
        fetched_at=fetched_at,
        opens=wide("opens"),
        volume=wide("volume"),
        faults=faults,
    )


def _as_bars(columns: pd.DataFrame) -> pd.DataFrame:
    """Say 0 and 1 where a file says nothing, or 0 as yfinance does, of dividends and splits."""
    usual = {"dividend": 0.0, "split": 1.0}
    filled = {name: columns[name].fillna(value) for name, value in usual.items() if name in columns}
    bars = columns.assign(**filled)
    return bars.replace({"split": {0.0: 1.0}}) if "split" in bars else bars


def _adjust(symbol: str, columns: pd.DataFrame, faults: list[Fault]) -> pd.DataFrame:
    """Turn what a file has into adjusted closes and opens, and volume."""
    if "wide" in columns:
        return columns.rename(columns={"wide": "closes"})
    adjusted = "adj_close" in columns and bool(columns["adj_close"].notna().any())
    if not adjusted and "close" in columns:
        detail = f"{symbol} has no adjusted closes: its closes are taken as adjusted."
        faults.append(Fault(symbol, None, "adjustment_unknown", "marked", detail))
    values = {name: columns[name].to_numpy() for name in columns}
    closes = values["adj_close" if adjusted or "close" not in columns else "close"]
    found = {"closes": closes}
    if "open" in values and "close" in values:
        found["opens"] = adjust_opens(values["open"], values["close"], closes)
    if "volume" in values:
        found["volume"] = values["volume"]
    return pd.DataFrame(found, index=columns.index)


def adjust_opens(opens: _Floats, traded: _Floats, adjusted: _Floats) -> _Floats:
    """Adjust opens as closes are; without a close as traded there is none to adjust by."""
    found: _Floats = np.full(len(traded), np.nan)
    np.divide(adjusted, traded, out=found, where=traded > 0)
    found *= opens
    return found
