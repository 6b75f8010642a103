"""What a user calls prices, as a price source."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import pandas as pd

from signals.errors import ConfigError, PriceError
from signals.market.csvprices import CsvPrices
from signals.market.prices import FramePrices, PriceSource

Prices: TypeAlias = PriceSource | pd.DataFrame | str | Path
"""A price source, a frame of adjusted closes, a folder or file of CSV, a Parquet file, "yahoo"."""


def open_prices(prices: Prices) -> PriceSource:
    """Turn what a user calls prices into a price source.

    Parameters
    ----------
    prices
        A price source is given back as it is; a frame of adjusted closes becomes
        ``FramePrices``, and so does a file that ends in ``.parquet``, which holds one: dates as
        its index or in a column ``date`` or ``session``, and a column a symbol. A folder or any
        other file becomes ``CsvPrices``, "yahoo" ``YahooPrices``.

    Raises
    ------
    ConfigError
        There is no such folder or file, or pyarrow is not installed, which reads Parquet.
    PriceError
        A Parquet file is broken, or a file holds something else than prices.
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
                f"There are no prices at {prices}. Name a folder of CSV files, a Parquet "
                "file of closes, or yahoo."
            )
        if Path(prices).suffix.lower() == ".parquet" and Path(prices).is_file():
            return _read_parquet(Path(prices))
        return CsvPrices(prices)
    given: object = prices
    if isinstance(given, pd.Series):
        raise TypeError(
            "Prices are a frame, one column a symbol: series.to_frame('MSFT') makes one."
        )
    if not isinstance(prices, PriceSource):
        raise TypeError(
            f"{type(prices).__name__} holds no prices. Right would be a folder of CSV files, a "
            "frame of adjusted closes, 'yahoo', or an object with history(symbols, start, end)."
        )
    return prices


def _read_parquet(file: Path) -> FramePrices:
    try:
        frame = pd.read_parquet(file)
    except ImportError as error:
        raise ConfigError(
            f"{file.name} is a Parquet file, which pyarrow reads: pip install "
            "'market-news-signals[parquet]', or write it as CSV."
        ) from error
    except (OSError, ValueError) as error:
        raise PriceError(f"{file.name} can't be read as Parquet: {error}") from error
    day = next((name for name in ("date", "session", "Date") if name in frame.columns), None)
    try:
        if day is not None:  # as texts or as what Parquet calls a date too
            frame = frame.set_index(pd.DatetimeIndex(frame.pop(day)))
        if not {"symbol", "ticker"}.isdisjoint(frame.columns):
            raise PriceError(
                "it has a row a symbol and date. Right would be a column a symbol, as "
                "frame.pivot(index='date', columns='symbol', values='close') makes it."
            )
        return FramePrices(frame)
    except (ValueError, TypeError) as error:  # a PriceError, or no date
        raise PriceError(f"{file.name}: {error}") from error
