"""What a user calls prices, as a price source."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import pandas as pd

from signals.errors import ConfigError
from signals.market.prices import CsvPrices, FramePrices, PriceSource

Prices: TypeAlias = PriceSource | pd.DataFrame | str | Path
"""A price source, a frame of adjusted closes, a folder or file of CSV, or "yahoo"."""


def open_prices(prices: Prices) -> PriceSource:
    """Turn what a user calls prices into a price source.

    Parameters
    ----------
    prices
        A price source is given back as it is; a frame of adjusted closes becomes
        ``FramePrices``, a folder or file ``CsvPrices``, "yahoo" ``YahooPrices``.

    Raises
    ------
    ConfigError
        There is no such folder or file.
    TypeError
        It is none of these.
    """
    if isinstance(prices, pd.DataFrame):
        return FramePrices(prices)
    if isinstance(prices, str) and prices == "yahoo":
        from signals.market.yahoo import YahooPrices

        return YahooPrices()
    if isinstance(prices, str | Path):
        if not Path(prices).exists():
            raise ConfigError(
                f"There are no prices at {prices}. Name a folder of CSV files, or yahoo."
            )
        return CsvPrices(prices)
    if not isinstance(prices, PriceSource):
        raise TypeError(
            f"{type(prices).__name__} holds no prices. Right would be a folder of CSV files, a "
            "frame of adjusted closes, 'yahoo', or an object with history(symbols, start, end)."
        )
    return prices
