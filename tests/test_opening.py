"""What a user calls prices: a source, a frame, a folder, or nothing of the kind."""

import pandas as pd
import pytest

import signals as sg
from signals.market.opening import open_prices

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
    assert open_prices(source) is source


def test_what_holds_no_prices_is_refused_by_name(tmp_path):
    with pytest.raises(TypeError, match=r"list holds no prices\. Right would be a folder"):
        open_prices([1.0, 2.0])
    with pytest.raises(sg.ConfigError, match="There are no prices at"):
        open_prices(tmp_path / "none")
