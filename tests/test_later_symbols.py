"""Shares that are called otherwise today: their prices are those of their later symbol."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

import signals as sg
from signals.errors import PriceError
from signals.news.securities import Security, SecurityBook

DAYS = sg.Sessions("XNYS").labels(pd.Timestamp("2013-06-03"), pd.Timestamp("2016-12-30"))


def closes(*names, since=None):
    rng = np.random.default_rng(5)
    walk = 100 * np.exp(rng.normal(0, 0.01, (len(DAYS), len(names))).cumsum(axis=0))
    frame = pd.DataFrame(walk, DAYS, list(names))
    return frame if since is None else frame.where(frame.index >= since)


def events(*symbols, day="2015-07-30"):
    known = pd.Timestamp(day, tz="UTC") + pd.Timedelta(hours=12)
    return pd.DataFrame({"symbol": symbols, "known_at": known, "score": 0.5})


@pytest.mark.parametrize(
    ("symbol", "day", "later"),
    [
        ("FB", date(2015, 7, 30), "META"),
        ("SYMC", date(2015, 7, 30), "GEN"),  # by way of NLOK
        ("TOT", date(2015, 7, 30), "TTE"),  # New York's, not TTE.PA in euros
        ("FP.PA", date(2015, 7, 30), "TTE.PA"),
        ("RDS-A", date(2015, 7, 30), "SHEL"),
        ("RIMM", date(2012, 7, 30), "BB"),  # by way of BBRY
        ("RIM.TO", date(2012, 7, 30), "BB.TO"),
        ("APH.TO", date(2018, 7, 30), None),  # APHA began then, in dollars
        ("META", date(2025, 7, 30), None),
        ("TWTR", date(2015, 7, 30), None),  # bought: nothing goes on
        ("S", date(2015, 7, 30), None),  # Sprint; what S is today is another company
        ("NOSUCH1", date(2015, 7, 30), None),
    ],
)
def test_the_book_knows_what_a_share_is_called_later(symbol, day, later):
    assert SecurityBook.default().later_symbol(symbol, day) == later


def test_a_share_goes_on_only_where_the_next_symbol_begins_at_once():
    first = Security("OLD", "XNYS", "Acme", company="acme", valid_to=date(2015, 1, 2))
    again = Security("NEW", "XNYS", "Acme", company="acme", valid_from=date(2018, 1, 2))
    assert SecurityBook([first, again]).later_symbol("OLD", date(2014, 1, 2)) is None


def test_a_study_finds_prices_under_the_later_symbol():
    prices = closes("META", "GEN", "SPY")
    study = sg.event_study(events("FB", "SYMC"), prices, market="SPY")
    same = sg.event_study(events("META", "GEN"), prices, market="SPY")

    assert study.status["status"].tolist() == ["studied", "studied"]
    np.testing.assert_array_equal(study.abnormal.to_numpy(), same.abnormal.to_numpy())
    marks = study.prices.faults
    assert marks["symbol"].tolist() == ["FB", "SYMC"]
    assert set(marks["fault"]) == {"later_symbol"}
    assert "META" in marks["detail"].iloc[0]


def test_prices_of_its_own_come_first():
    prices = closes("FB", "META", "SPY")
    study = sg.event_study(events("FB"), prices, market="SPY")
    assert study.prices.closes["FB"].equals(
        prices["FB"].rename_axis("session")[study.prices.closes.index]
    )
    assert study.prices.faults.empty


def test_prices_that_begin_after_the_event_are_somebody_elses():
    """Yahoo gives a symbol that is free again to another share."""
    own = closes("META", "SPY")
    other = own[["SPY"]].set_axis(["FB"], axis=1)
    prices = own.join(other[other.index >= "2015-08-05"])

    study = sg.event_study(events("FB"), prices, market="SPY")

    found = study.prices.closes["FB"]
    np.testing.assert_array_equal(found.to_numpy(), own["META"][found.index].to_numpy())


def test_what_has_no_later_symbol_is_lost_as_before():
    study = sg.event_study(events("FB", "TWTR"), closes("META", "SPY"), market="SPY")
    assert dict(zip(study.status["symbol"], study.status["reason"], strict=True)) == {
        "FB": "",
        "TWTR": "no_prices",
    }


def test_what_is_lost_under_both_symbols_says_why_under_both():
    prices = closes("META", "AAPL", "SPY")
    prices.loc["2015-06-01", "META"] = -5.0
    study = sg.event_study(events("FB", "AAPL"), prices, market="SPY")
    detail = study.status["detail"].iloc[0]
    assert detail.startswith("The frame of prices has no column FB")
    assert "It was called META later. META: " in detail
    assert "2015-06-01" in detail
    assert study.prices.faults["symbol"].tolist() == ["FB"]


def test_prices_that_were_kept_say_it_once():
    class Kept:
        def history(self, *_):
            return first.prices

    table = events("FB", "AAPL")
    first = sg.event_study(table, closes("AAPL", "SPY"), market="SPY")
    again = sg.event_study(table, Kept(), market="SPY")
    assert "later" in first.status["detail"].iloc[0]
    assert again.status.equals(first.status)


def test_opens_and_volume_come_along():
    bars = {
        name: closes("META", "SPY") * factor
        for name, factor in (("Close", 1.0), ("Open", 0.99), ("Volume", 1e4))
    }
    frame = pd.concat(bars, axis=1)
    table = sg.event_study(events("FB"), frame, market="SPY").prices
    assert set(table.opens) == set(table.volume) == set(table.closes) == {"FB", "SPY"}
    assert table.volume["FB"].notna().all()


def test_an_evaluation_finds_them_too():
    days = DAYS[-250:-20]
    rows = [events("FB", "SYMC", day=str(day.date())) for day in days]
    table = pd.concat(rows, ignore_index=True)
    table["score"] = np.random.default_rng(1).normal(size=len(table)).clip(-1, 1)
    found = sg.evaluate(table, closes("META", "GEN"), horizons=(1,))
    assert "no_prices" not in set(found.status["reason"])


@pytest.mark.parametrize("called", ["FB", "META"])
def test_dates_of_earnings_are_found_under_either_symbol(called):
    both = pd.concat([events("FB"), events("FB", day="2015-11-30")])
    reports = pd.DataFrame({"symbol": [called], "session": ["2015-07-30"]})
    study = sg.event_study(both, closes("META", "SPY"), market="SPY", confounds=reports)

    assert study.events["confounded"].tolist() == [True, False]
    assert study.lost_confounds == 0
    assert sg.mark_earnings(both, reports)["earnings"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda table: table.closes, "gives a PriceTable, not DataFrame"),
        (lambda _: None, "gives a PriceTable, not NoneType"),
        (lambda table: replace(table, closes=table.closes[::-1]), "Own give"),
        (lambda table: replace(table, closes=table.closes.tz_localize("UTC")), "Own gives"),
        (lambda table: replace(table, closes=table.closes.iloc[:, [0, 0]]), "two columns of"),
    ],
)
def test_a_source_of_ones_own_is_checked_where_its_prices_come_in(change, told):
    class Own:
        def history(self, symbols, start, end):
            return change(sg.FramePrices(closes("MSFT", "SPY")).history(symbols, start, end))

    with pytest.raises(PriceError, match=told):
        sg.event_study(events("MSFT"), Own(), market="SPY")
