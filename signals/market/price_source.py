"""A price source of whatever a user calls prices."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from signals.errors import ConfigError, PriceError
from signals.market.csvprices import CsvPrices
from signals.market.frames import FramePrices
from signals.market.prices import PriceSource
from signals.market.userframes import as_pandas

Prices: TypeAlias = PriceSource | pd.DataFrame | str | Path
"""A price source, a frame of adjusted closes, a folder or file of CSV, a Parquet file, "yahoo"."""


def as_price_source(prices: Prices) -> PriceSource:
    """Turn what a user calls prices into a price source.

    Parameters
    ----------
    prices
        A price source is given back as it is; a frame becomes ``FramePrices``, and so does a file
        that ends in ``.parquet``, which holds one. A folder or any other file becomes
        ``CsvPrices``, "yahoo" ``YahooPrices``.

    Raises
    ------
    ConfigError
        There is no such folder or file, or pyarrow is not installed, which reads Parquet.
    PriceError
        A Parquet file is broken, or a file holds something else than prices.
    TypeError
        It is none of these.
    """
    given = as_pandas(prices)
    if isinstance(given, pd.DataFrame):
        return FramePrices(given)
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
    if isinstance(given, Mapping):
        raise TypeError(
            "Prices are one frame: pandas.concat(prices, axis=1) makes it of a dict of symbols."
        )
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
    try:
        return FramePrices(frame)
    except PriceError as error:
        raise PriceError(f"{file.name}: {error}") from error
