"""A frame of prices gives the same table, however its dates, numbers and columns are kept."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from signals.errors import PriceError
from signals.market.frames import FramePrices
from signals.market.price_source import as_price_source

DAYS = pd.DatetimeIndex(["2025-07-21", "2025-07-22", "2025-07-23"])
CLOSES = pd.DataFrame({"MSFT": [510.0, 505.25, 505.75], "7203.T": [2450.0, np.nan, 2801.0]}, DAYS)
START, END = pd.Timestamp("2025-07-01"), pd.Timestamp("2025-07-31")


def table_of(frame):
    return FramePrices(frame).history(["MSFT", "7203.T"], START, END)


def with_index(index):
    return CLOSES.set_axis(index)


class Foreign:
    """A frame of another library, which makes one of pandas, dates in a column."""

    def to_pandas(self):
        return CLOSES.rename_axis("date").reset_index()


SHAPES = {
    "in descending order": CLOSES.iloc[::-1],
    "midnights of New York": CLOSES.tz_localize("America/New_York"),
    "midnights of Tokyo": CLOSES.tz_localize("Asia/Tokyo"),
    "text": with_index(DAYS.strftime("%Y-%m-%d")),
    "text with a zone that changes": with_index(
        ["2025-07-21 00:00:00-04:00", "2025-07-22 00:00:00-05:00", "2025-07-23"]
    ),
    "plain dates": with_index(pd.Index(DAYS.date)),
    "objects": with_index(pd.Index(list(DAYS), dtype=object)),
    "periods": with_index(DAYS.to_period("D")),
    "Arrow's dates": with_index(pd.Index(DAYS.date, dtype=pd.ArrowDtype(pa.date32()))),
    "Arrow's instants": with_index(pd.Index(DAYS, dtype="timestamp[ns][pyarrow]")),
    "Arrow's texts": with_index(pd.Index(DAYS.strftime("%Y-%m-%d"), dtype="string[pyarrow]")),
    "dates in a column": CLOSES.rename_axis("Date").reset_index(),
    "blanks about the symbols": CLOSES.rename(columns=" {} ".format),
    "decimals": CLOSES.map(lambda one: None if np.isnan(one) else Decimal(str(one))),
    "objects for numbers": CLOSES.astype("object"),
    "Arrow's numbers": CLOSES.convert_dtypes(dtype_backend="pyarrow"),
    "another library": Foreign(),
}


@pytest.mark.parametrize("frame", SHAPES.values(), ids=SHAPES)
def test_the_same_prices_in_another_shape_give_the_same_table(frame):
    table = table_of(frame)
    assert table.closes.index.equals(DAYS.as_unit("us"))
    pd.testing.assert_frame_equal(
        table.closes, CLOSES, check_freq=False, check_names=False, check_index_type=False
    )
    assert table.snapshot == table_of(CLOSES).snapshot


def test_midnights_of_another_zone_are_never_taken_for_dates():
    with pytest.raises(PriceError, match="with the exchange's zone"):
        FramePrices(CLOSES.tz_localize("Asia/Tokyo").tz_convert("UTC"))


def test_a_frame_of_another_library_is_prices_wherever_prices_are_asked_for():
    assert repr(as_price_source(Foreign())) == "<FramePrices: MSFT, 7203.T>"


def download(*, adjusted, by="field"):
    """Make what yfinance.download gives for two shares, one of which has a holiday."""
    fields = {"Close": CLOSES, "Open": CLOSES + 1, "High": CLOSES + 2, "Low": CLOSES - 1}
    fields["Volume"] = CLOSES * 0 + 1000
    if not adjusted:
        fields["Adj Close"] = CLOSES / 2
    frame = pd.concat(fields, axis=1, names=["Price", "Ticker"])
    return frame if by == "field" else frame.swaplevel(axis=1).sort_index(axis=1)


@pytest.mark.parametrize("by", ["field", "symbol"])
def test_what_yfinance_downloads_is_read_with_its_opens_and_volume(by):
    table = table_of(download(adjusted=False, by=by))
    assert table.closes["MSFT"].tolist() == [255.0, 252.625, 252.875]
    assert table.opens["MSFT"].tolist() == [255.5, 253.125, 253.375]
    assert table.volume["MSFT"].tolist() == [1000, 1000, 1000]
    assert table.closes["7203.T"].isna().tolist() == [False, True, False]
    assert "adjustment_unknown" not in set(table.faults["fault"])


@pytest.mark.parametrize("by", ["field", "symbol"])
def test_closes_that_do_not_say_that_they_are_adjusted_are_marked(by):
    table = table_of(download(adjusted=True, by=by))
    assert table.closes["MSFT"].tolist() == [510.0, 505.25, 505.75]
    assert table.opens["MSFT"].tolist() == [511.0, 506.25, 506.75]
    marked = table.faults[table.faults["fault"] == "adjustment_unknown"]
    assert marked["symbol"].tolist() == ["MSFT", "7203.T"]


def test_bars_in_a_frame_are_checked_as_those_of_a_file_are():
    frame = download(adjusted=False)
    frame.loc["2025-07-22", ("Low", "MSFT")] = 600.0
    faults = table_of(frame).faults
    assert "bar_contradicts" in set(faults.loc[faults["symbol"] == "MSFT", "fault"])


def test_a_symbol_that_no_bars_are_of_is_a_row_with_a_reason():
    table = FramePrices(download(adjusted=True)).history(["NVDA"], START, END)
    assert table.faults["detail"].tolist() == [
        "The frame of prices has no column NVDA; it has MSFT, 7203.T."
    ]


def test_the_bars_of_one_share_count_under_the_name_that_the_message_tells_to_give():
    bars = download(adjusted=True, by="symbol")["MSFT"].tz_localize("America/New_York")
    with pytest.raises(PriceError, match=r"pandas\.concat\(\{'MSFT': frame\}, axis=1\)"):
        FramePrices(bars)
    table = FramePrices(pd.concat({"MSFT": bars}, axis=1)).history(["MSFT"], START, END)
    assert table.closes["MSFT"].tolist() == CLOSES["MSFT"].tolist()
