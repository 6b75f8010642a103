"""What a user calls prices: a source, a frame, a folder, or nothing of the kind."""

import re

import pandas as pd
import pytest

import signals as sg
from signals.market.price_source import as_price_source

EVENT = pd.DataFrame({"symbol": ["MSFT"], "session": ["2025-07-22"]})


def test_a_study_takes_a_folder_a_frame_and_a_source_alike(root):
    source = sg.CsvPrices(root / "data" / "prices")
    closes = source.history(["MSFT", "SPY"], pd.Timestamp("2024-01-01"), pd.Timestamp.max).closes
    effects = [
        sg.event_study(EVENT, prices, market="SPY").car(0, 1)["car"].iloc[0]
        for prices in (source, root / "data" / "prices", str(root / "data" / "prices"), closes)
    ]
    assert effects == [effects[0]] * 4


def test_a_source_is_given_back_as_it_is(root):
    source = sg.CsvPrices(root / "data" / "prices")
    assert as_price_source(source) is source


def test_what_holds_no_prices_is_refused_by_name(tmp_path):
    with pytest.raises(TypeError, match=r"list holds no prices\. Right would be a folder"):
        as_price_source([1.0, 2.0])
    with pytest.raises(sg.ConfigError, match="There are no prices at"):
        as_price_source(tmp_path / "none")


def test_a_dict_of_frames_is_told_how_it_becomes_one():
    closes = pd.DataFrame({"Close": [1.0, 2.0]}, pd.bdate_range("2025-07-01", periods=2))
    prices = {"MSFT": closes}
    with pytest.raises(TypeError, match=r"pandas\.concat\(prices, axis=1\)"):
        as_price_source(prices)
    assert repr(as_price_source(pd.concat(prices, axis=1))) == "<FramePrices: MSFT>"


def test_one_share_without_a_frame_is_told_how_it_becomes_one():
    with pytest.raises(TypeError, match=r"series\.to_frame\('MSFT'\) makes one"):
        as_price_source(pd.Series([1.0, 2.0], pd.bdate_range("2025-07-01", periods=2)))


TOKYO = pd.date_range("2025-07-01", periods=3, tz="Asia/Tokyo")


@pytest.mark.parametrize(
    ("index", "cure", "sessions"),
    [
        (
            TOKYO.tz_convert("UTC"),  # the evening before
            "index.tz_convert(zone).normalize().tz_localize(None)",
            TOKYO.tz_convert("UTC").tz_convert("Asia/Tokyo").normalize().tz_localize(None),
        ),
        (
            pd.Index([20250701, 20250702, 20250703]),
            "pandas.to_datetime(frame.index.astype('str'))",
            pd.to_datetime(pd.Index([20250701, 20250702, 20250703]).astype("str")),
        ),
    ],
)
def test_what_a_message_on_dates_tells_makes_the_sessions(index, cure, sessions):
    closes = pd.DataFrame({"7203.T": [1.0, 2.0, 3.0]}, index)
    with pytest.raises(sg.PriceError, match=re.escape(cure)):
        as_price_source(closes)
    table = as_price_source(closes.set_axis(sessions)).history(
        ["7203.T"], pd.Timestamp("2025-01-01"), pd.Timestamp("2026-01-01")
    )
    assert [f"{one:%m-%d}" for one in table.closes.index] == ["07-01", "07-02", "07-03"]


def test_a_parquet_file_holds_a_frame_of_closes(root, tmp_path):
    source = sg.CsvPrices(root / "data" / "prices")
    closes = source.history(["MSFT", "SPY"], pd.Timestamp("2024-01-01"), pd.Timestamp.max).closes
    texts = closes.set_axis(closes.index.strftime("%Y-%m-%d")).rename_axis("date").reset_index()
    days = closes.set_axis(closes.index.date).rename_axis("session").reset_index()
    for number, frame in enumerate((closes, texts, days)):
        file = tmp_path / f"{number}.parquet"
        frame.to_parquet(file)
        read = as_price_source(str(file)).history(["SPY"], closes.index[0], closes.index[-1])
        pd.testing.assert_frame_equal(read.closes, closes[["SPY"]], check_freq=False)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ({"date": ["2024-01-02"], "symbol": ["SPY"], "close": [1.0]}, "one column a symbol"),
        ({"date": ["yesterday"], "SPY": [1.0]}, "odd.parquet: "),
        ({"date": [True], "SPY": [1.0]}, "odd.parquet: "),
        ({"SPY": [1.0]}, "holds no dates"),
        ({"date": ["2024-01-02"], "SPY": ["high"]}, "holds no numbers"),
    ],
)
def test_another_parquet_file_is_refused_with_what_would_be_right(tmp_path, frame, said):
    file = tmp_path / "odd.parquet"
    pd.DataFrame(frame).to_parquet(file)
    with pytest.raises(sg.PriceError, match=said):
        as_price_source(file)


def test_a_broken_parquet_file_is_named(tmp_path):
    (tmp_path / "odd.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(sg.PriceError, match=r"odd\.parquet can't be read as Parquet"):
        as_price_source(tmp_path / "odd.parquet")
