"""Faults of yfinance's kind, made by us: each is found, and is named with its size."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from signals.market.barchecks import check_bars
from signals.market.sessions import Sessions

DAYS = Sessions("XNYS").labels(pd.Timestamp("2025-07-01"), pd.Timestamp("2025-07-31"))


def healthy(dividend: float = 0.0) -> pd.DataFrame:
    """Bars of a share that pays on 2025-07-15, adjusted as Yahoo does."""
    close = 100 + np.sin(np.arange(len(DAYS)))
    bars = pd.DataFrame({"open": close - 0.2, "close": close}, index=DAYS)
    bars["high"], bars["low"] = close + 1, close - 1
    bars["dividend"], bars["split"] = 0.0, 1.0
    bars.loc["2025-07-15", "dividend"] = dividend
    factor = np.where(DAYS < "2025-07-15", 1 - dividend / close[DAYS.get_loc("2025-07-14")], 1.0)
    bars["adj_close"] = close * factor
    return bars


def found(bars: pd.DataFrame) -> list[tuple[str, str, str]]:
    return [(one.fault, one.action, str(one.session)[:10]) for one in check_bars("X", bars)]


@pytest.mark.parametrize("dividend", [0.0, 0.5, 5.0])
def test_healthy_bars_have_no_fault(dividend):
    assert found(healthy(dividend)) == []


def test_rounding_to_two_decimals_is_no_fault():
    assert found(healthy(2.0).round(2)) == []


def test_a_missed_dividend_is_marked_with_the_return_that_it_fakes():
    bars = healthy(2.0)
    bars["adj_close"] = bars["close"]
    (fault,) = check_bars("X", bars)
    assert (fault.fault, fault.action) == ("missed_dividend", "marked")
    assert fault.session == pd.Timestamp("2025-07-15")
    assert "-1.9" in fault.detail or "-2.0" in fault.detail


def test_prices_spliced_from_two_bases_are_marked():
    bars = healthy()
    bars.loc["2025-07-22":, "adj_close"] *= 0.984
    (fault,) = check_bars("X", bars)
    assert (fault.fault, fault.action) == ("spliced_bases", "marked")
    assert fault.session == pd.Timestamp("2025-07-22")
    assert "-1.6" in fault.detail


def test_an_adjustment_without_its_dividend_is_marked():
    bars = healthy(3.0).assign(dividend=0.0)
    assert found(bars) == [("unexplained_adjustment", "marked", "2025-07-15")]


@pytest.mark.parametrize("ratio", [4.0, 1.5, 0.1])
def test_a_split_that_was_not_applied_refuses_the_symbol(ratio):
    bars = healthy()
    prices = ["open", "high", "low", "close", "adj_close"]
    bars.loc[:"2025-07-14", prices] *= ratio
    assert found(bars) == []  # nobody recorded a split: the gate of returns marks it
    bars.loc["2025-07-15", "split"] = ratio
    assert found(bars) == [("bad_split", "refused", "None")]


def test_a_split_that_was_applied_is_no_fault():
    bars = healthy()
    bars.loc["2025-07-15", "split"] = 4.0
    assert found(bars) == []


@pytest.mark.parametrize("ratio", [4.0, 0.1])
@pytest.mark.parametrize("recorded", [True, False])
def test_closes_as_traded_show_a_split_that_the_adjusted_ones_were_given(ratio, recorded):
    bars = healthy(0.5)
    bars.loc[:"2025-07-21", ["open", "high", "low", "close"]] *= ratio
    bars.loc["2025-07-15", "dividend"] *= ratio
    if recorded:
        bars.loc["2025-07-22", "split"] = ratio
    assert found(bars) == []


def test_without_dividends_only_a_factor_that_falls_is_a_fault():
    bars = healthy(5.0)[["close", "adj_close"]]
    assert found(bars) == []
    bars.loc["2025-07-22":, "adj_close"] *= 0.984
    assert found(bars) == [("spliced_bases", "marked", "2025-07-22")]


def test_cents_of_a_share_worth_little_are_rounding_and_other_steps_are_not():
    bars = healthy()[["close", "adj_close"]]
    cheap = (bars * [0.02, 0.0191]).round(2)
    assert found(cheap) == []
    cheap.loc["2025-07-22":, "adj_close"] -= 0.1
    assert found(cheap.round(2)) == [("spliced_bases", "marked", "2025-07-22")]


@pytest.mark.parametrize(("column", "value"), [("high", 99.0), ("low", 102.0)])
def test_a_high_below_or_a_low_above_the_close_is_marked(column, value):
    bars = healthy()
    bars.loc["2025-07-02", column] = value
    assert found(bars) == [("bar_contradicts", "marked", "2025-07-02")]


def test_columns_that_a_source_has_not_got_are_not_checked():
    assert check_bars("X", healthy()[["adj_close"]]) == []
