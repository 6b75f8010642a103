from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from signals.batch.health import _ODD
from signals.errors import PriceError
from signals.market.quality import (
    FAULT_COLUMNS,
    Fault,
    check_closes,
    check_index,
    faults_frame,
    price_report,
)
from signals.market.sessions import Sessions


def table(**columns) -> pd.DataFrame:
    """Quiet prices on the first sessions of July 2025, changed by the test."""
    days = Sessions("XNYS").labels(pd.Timestamp("2025-07-01"), pd.Timestamp("2025-07-31"))
    quiet = pd.Series(100 + np.arange(len(days)) * 0.1, index=days)
    return pd.DataFrame({name: quiet.copy() for name in columns or {"MSFT": None}})


def found(closes: pd.DataFrame) -> list[tuple[str, str, str]]:
    return [(one.symbol, one.fault, one.action) for one in check_closes(closes)]


def test_quiet_prices_have_no_fault():
    assert check_closes(table()) == []


@pytest.mark.parametrize(
    ("price", "fault"),
    [
        (np.inf, "infinite_price"),
        (-1.0, "price_not_positive"),
        (0.0, "price_not_positive"),
        (-np.inf, "infinite_price"),
    ],
)
def test_an_impossible_price_refuses_the_symbol(price, fault):
    closes = table()
    closes.loc["2025-07-10", "MSFT"] = price
    first = next(one for one in check_closes(closes) if one.fault == fault)
    assert (first.symbol, first.session, first.action) == ("MSFT", None, "refused")
    assert "2025-07-10" in first.detail


def test_a_symbol_without_any_price_is_refused():
    assert found(table().assign(MSFT=np.nan)) == [("MSFT", "no_prices", "refused")]


@pytest.mark.parametrize(
    ("factor", "marked"),
    [
        (0.25, True),
        (0.495, True),
        (0.5, True),
        (0.52, True),
        (0.54, False),
        (1.49, False),
        (4, True),
    ],
)
def test_a_return_as_large_as_a_split_is_marked(factor, marked):
    closes = table()
    closes.loc["2025-07-15":, "MSFT"] = closes.loc["2025-07-14", "MSFT"] * factor
    faults = check_closes(closes)
    assert [one.fault for one in faults] == ["large_return"] * marked
    if marked:
        assert faults[0].session == pd.Timestamp("2025-07-15")
        assert f"{factor - 1:+.1%}" in faults[0].detail


def test_a_return_over_a_hole_is_seen_too():
    closes = table()
    closes.loc["2025-07-15":, "MSFT"] *= 10
    closes.loc["2025-07-15", "MSFT"] = np.nan
    assert found(closes) == [("MSFT", "large_return", "marked"), ("MSFT", "holes", "marked")]


def test_a_saturday_is_marked_only_for_the_symbol_that_has_it():
    closes = table(MSFT=None, SPY=None)
    closes.loc[pd.Timestamp("2025-07-12")] = [100.0, np.nan]
    faults = check_closes(closes.sort_index())
    assert [(one.symbol, one.fault) for one in faults] == [("MSFT", "not_a_session")]
    assert faults[0].session == pd.Timestamp("2025-07-12")
    assert "Saturday 2025-07-12" in faults[0].detail


def test_holes_are_counted_and_never_filled():
    closes = table()
    closes.loc["2025-07-08":"2025-07-09", "MSFT"] = np.nan
    faults = check_closes(closes.drop(index=pd.Timestamp("2025-07-11")))
    assert [(one.fault, one.action, one.session) for one in faults] == [("holes", "marked", None)]
    assert "3 of 22 sessions" in faults[0].detail
    assert "2025-07-08, 2025-07-09, 2025-07-11" in faults[0].detail


def test_prices_that_start_late_or_end_early_are_no_holes():
    closes = table()
    closes.loc[:"2025-07-03", "MSFT"] = np.nan
    closes.loc["2025-07-28":, "MSFT"] = np.nan
    assert check_closes(closes) == []


def test_each_symbol_is_held_against_its_own_exchange():
    days = Sessions("XTKS").labels(pd.Timestamp("2025-07-01"), pd.Timestamp("2025-07-31"))
    closes = pd.DataFrame({"9984.T": 100.0, "MSFT": 100.0}, index=days)
    assert [(one.symbol, one.fault) for one in check_closes(closes)] == [
        ("MSFT", "not_a_session"),  # 4 July; Tokyo's Marine Day is the hole
        ("MSFT", "holes"),
    ]


def test_an_exchange_without_a_calendar_is_said():
    faults = check_closes(table().rename(columns={"MSFT": "FPT.VN"}))
    assert [(one.fault, one.action) for one in faults] == [("no_calendar", "marked")]


def test_the_days_of_an_unknown_index_are_not_held_against_new_york():
    july = Sessions("XETR").labels(pd.Timestamp("2025-07-01"), pd.Timestamp("2025-07-31"))
    index = pd.Series(100 + np.arange(len(july)) * 0.1, index=july)

    (fault,) = check_closes(pd.DataFrame({"^SOMETHING": index}))

    assert fault.fault == "no_calendar"
    assert fault.detail == (
        "It is an index whose exchange isn't known here, so its sessions are unknown. Its days "
        "were not checked."
    )
    assert check_closes(pd.DataFrame({"^STOXX50E": index})) == []


def test_days_before_the_calendar_begins_are_not_blamed():
    closes = pd.DataFrame(
        {"MSFT": [1.0, 1.1]}, index=pd.DatetimeIndex(["1988-01-02", "1988-01-04"])
    )
    assert check_closes(closes) == []


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (pd.DatetimeIndex(["2025-07-02", "2025-07-01"]), "ascending"),
        (pd.DatetimeIndex(["2025-07-01", "2025-07-01"]), "2025-07-01 is in the table twice"),
        (pd.DatetimeIndex(["2025-07-01T16:00", "2025-07-02T16:00"]), "time of day"),
        (pd.DatetimeIndex(["2025-07-01", "2025-07-02"], tz="UTC"), "time zone"),
        (pd.DatetimeIndex(["2025-07-01", None]), "missing"),
        (pd.Index(["2025-07-01", "2025-07-02"]), "no dates"),
    ],
)
def test_an_index_that_is_no_list_of_sessions_is_refused(index, words):
    with pytest.raises(PriceError, match=words):
        check_index(index, "the table")


def test_the_table_of_faults_keeps_its_columns_when_it_is_empty():
    empty = faults_frame([])
    full = faults_frame([Fault("MSFT", None, "holes", "marked", "x")])
    assert tuple(empty.columns) == tuple(full.columns) == FAULT_COLUMNS
    assert list(empty.dtypes) == list(full.dtypes)
    assert full["session"].isna().all()


@pytest.mark.parametrize("days", ["2025-07-15", "2025-07-15:"])
@pytest.mark.parametrize("factor", [100, 0.01])
def test_prices_a_hundred_times_off_refuse_the_symbol(days, factor):
    closes = table()
    first = days.rstrip(":")
    rows = slice(first, None) if days.endswith(":") else slice(first, first)
    closes.loc[rows, "MSFT"] *= factor
    assert {(one.fault, one.action, one.session) for one in check_closes(closes)} == {
        ("hundredfold", "refused", None)
    }


def test_a_large_return_names_the_split_that_would_make_it():
    closes = table()
    closes.loc["2025-07-15":, "MSFT"] /= 4
    (fault,) = check_closes(closes)
    assert "4:1 split" in fault.detail


def test_the_report_of_prices_has_a_row_for_each_symbol_refused_or_not():
    closes = table()
    closes.loc["2025-07-15":"2025-07-16", "MSFT"] = closes.loc["2025-07-14", "MSFT"]
    faults = faults_frame([Fault("NOPE", None, "unknown_symbol", "refused", "x")])
    rows = price_report(closes, faults)
    assert list(rows.index) == ["MSFT", "NOPE"]
    assert rows.loc["MSFT", "zero_return_share"] == pytest.approx(2 / 21)
    assert list(rows["sessions"]) == [22, 0]
    assert list(rows["refused"]) == [0, 1]


def test_marks_that_make_a_report_doubtful_are_marks_of_prices(root):
    rules = (root / "signals/market").glob("*.py")
    words = "".join(path.read_text(encoding="utf-8") for path in rules)
    assert [mark for mark in sorted(_ODD) if f'"{mark}"' not in words] == []
