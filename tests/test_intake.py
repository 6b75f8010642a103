"""Events are the same, however their table is kept."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from evaluation_samples import sample
from study_samples import SESSION, events, invent

import signals as sg
from signals.errors import StudyError
from signals.study.columns import read_numbers
from signals.study.intake import read_events

KNOWN = pd.to_datetime(["2025-07-22T16:05:00-04:00", "2025-07-23T09:00:00-04:00"])
EVENTS = pd.DataFrame({"symbol": ["MSFT", "AAPL"], "known_at": KNOWN, "score": [0.5, -0.25]})
DAYS = pd.DatetimeIndex(["2025-07-23", "2025-07-24"])
DATED = pd.DataFrame({"symbol": ["MSFT", "AAPL"], "session": DAYS})


class Foreign:
    """A frame of another library, which makes one of pandas."""

    def to_pandas(self):
        return EVENTS


SHAPES = {
    "an index of instants": EVENTS.set_index("known_at"),
    "an index of symbols and instants": EVENTS.set_index(["symbol", "known_at"]),
    "an index that repeats": EVENTS.set_axis([7, 7]),
    "an index with a name of its own": EVENTS.rename_axis("known_at"),
    "blanks about the symbols": EVENTS.assign(symbol=[" MSFT", "AAPL "]),
    "Arrow's types": EVENTS.convert_dtypes(dtype_backend="pyarrow"),
    "another library": Foreign(),
}


@pytest.mark.parametrize("table", SHAPES.values(), ids=SHAPES)
def test_events_in_another_shape_are_the_same_events(table):
    frame, _, ledger = read_events(table)
    assert ledger.alive.all()
    assert frame["event_id"].tolist() == ["MSFT-2025-07-23", "AAPL-2025-07-23"]
    assert [one.isoformat() for one in pd.to_datetime(frame["known_at"], utc=True)] == [
        "2025-07-22T20:05:00+00:00",
        "2025-07-23T13:00:00+00:00",
    ]


@pytest.mark.parametrize(
    "sessions",
    [
        DAYS.to_period("D"),
        pd.Series(DAYS, dtype="timestamp[ns][pyarrow]"),
        pd.Series(DAYS.date, dtype=pd.ArrowDtype(pa.date32())),
        pd.Categorical(["2025-07-23", "2025-07-24"]),
        [" 2025-07-23", "2025-07-24"],
    ],
)
def test_sessions_of_any_type_of_dates_are_read(sessions):
    frame, _, ledger = read_events(DATED.assign(session=pd.Series(sessions)))
    assert ledger.alive.all()
    assert frame["session"].tolist() == list(DAYS)


@pytest.mark.parametrize("part", ["2025-07", "2025", "2025-7-1"])
@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_a_part_of_a_date_is_no_session(part, dtype):
    """pandas would make the first day of a month or of a year of it."""
    sessions = pd.Series(["2025-07-23", part]).astype(dtype)
    with pytest.raises(StudyError, match=f"session '{part}' is no date like 2025-07-22"):
        read_events(DATED.assign(session=sessions))


@pytest.mark.parametrize("others", [["2025-07-23T13:00:00Z"], ["2025-07-23T13:00Z"]])
def test_a_blank_known_at_is_a_missing_one_among_times_of_any_spelling(others):
    frame, _, ledger = read_events(EVENTS.assign(known_at=["", *others]))
    assert ledger.status(frame)["reason"].tolist() == ["no_time", ""]


def test_decimals_and_objects_that_are_numbers_are_numbers():
    assert read_numbers(pd.Series([Decimal("0.5"), None])).tolist()[0] == 0.5
    assert read_numbers(pd.Series([1, 0.5], dtype="object")).tolist() == [1.0, 0.5]
    with pytest.raises(StudyError, match=r"holds no numbers but '0\.5'"):
        read_numbers(pd.Series(["0.5"], name="score"))


def test_what_is_missing_may_be_missing_in_any_way():
    assert np.isnan(read_numbers(pd.Series([0.5, pd.NA, None], dtype="object"))[1:]).all()
    table = events(("A", SESSION), ("B", SESSION))
    for dtype in ("string", "object"):
        precision = pd.Series(["day", pd.NA], dtype=dtype)
        study = sg.event_study(table.assign(precision=precision), invent("AB"), market="SPY")
        assert study.caar((0, 1)).reset_index()["clock"].tolist() == ["timed", "dated"]


@pytest.mark.parametrize("dtype", ["string", "object", "category"])
def test_groups_of_an_evaluation_may_be_missing_in_any_way(dtype):
    table, prices = sample(names=12, sessions=40)
    sector = table["symbol"].map({f"N{place:02}": "a" for place in range(8)})
    plain = sg.evaluate(table.assign(sector=sector), prices, horizons=(1,)).by("sector")
    found = sg.evaluate(table.assign(sector=sector.astype(dtype)), prices, horizons=(1,))
    assert found.by("sector")["n"].tolist() == plain["n"].tolist() == [8 * 40]


def test_the_events_of_a_study_can_be_studied_again():
    table = events(("A", SESSION), ("B", SESSION)).assign(kind=["x", "y"])
    first = sg.event_study(table, invent("AB"), market="SPY")
    again = sg.event_study(first.events[first.events["kind"] == "y"], invent("AB"), model="mean")
    assert again.events.index.tolist() == [first.events.index[1]]
    assert again.events.columns.tolist() == first.events.columns.tolist()
    assert again.events["beta"].isna().all()
    thin = sg.event_study(table, invent("AB"), market="SPY", model="dimson")
    np.testing.assert_allclose(
        thin.events["beta"], thin.events[["beta_before", "beta_same", "beta_after"]].sum(axis=1)
    )
    again = sg.event_study(thin.events, invent("AB"), market="SPY")
    assert again.events.columns.is_unique and "beta_same" not in again.events


@pytest.mark.parametrize("ids", [[7, 8], [7.5, 8.5], pd.Series([7, 8], dtype="Int64")])
def test_numbers_name_events_as_their_texts_do(ids, tmp_path):
    table = events(("A", SESSION), ("B", SESSION)).assign(event_id=ids)
    study = sg.event_study(table, invent("AB"), market="SPY")
    assert study.events.index.tolist() == [str(one) for one in ids]
    assert sg.write_report(study, tmp_path / "report.html").exists()


def test_a_missing_company_is_the_one_that_other_events_of_the_share_have():
    rows = [("A", "a"), ("A", None), ("B", None), ("C", "x"), ("C", "y"), ("C", None), (None, None)]
    table = pd.DataFrame(rows, columns=["symbol", "company"]).assign(session=SESSION)
    frame, _, _ = read_events(table)
    assert frame["company"].tolist()[:6] == ["a", "a", "B", "x", "y", "C"]
    assert pd.isna(frame["company"].iloc[6])


def test_own_events_beside_aligned_ones_count_no_company_twice():
    table, prices = sample(names=8, sessions=40)
    named = table.assign(company=table["symbol"].str.lower())
    found = sg.evaluate(pd.concat([named, table], ignore_index=True), prices, horizons=(1,))
    alone = sg.evaluate(named, prices, horizons=(1,))
    assert found.coverage["share"].tolist() == alone.coverage["share"].tolist()
    assert found.coverage["share"].max() <= 1
    assert found.ic.loc[1, "n"] == alone.ic.loc[1, "n"] == 8 * 40
    np.testing.assert_allclose(found.ic["ic"], alone.ic["ic"])


def test_earnings_of_another_library_mark_its_events():
    class Reports:
        def to_pandas(self):
            return DATED.assign(symbol=" MSFT ")

    marked = sg.mark_earnings(Foreign(), Reports())
    assert marked["earnings"].tolist() == [True, False]


def test_a_share_of_an_unknown_exchange_is_in_no_session_of_new_york():
    """London has closed at noon in New York: a price of the day would not know the news."""
    table = pd.DataFrame({"symbol": ["VOD.LN", "VOD.L"], "known_at": "2025-07-22T16:00:00+00:00"})
    frame, _, ledger = read_events(table)
    assert ledger.status(frame)["reason"].tolist() == ["no_calendar", ""]
    assert frame["session"].tolist()[1] == pd.Timestamp("2025-07-23")
    told, _, ledger = read_events(table.assign(mic="XLON"))
    assert ledger.alive.all()
    assert told["session"].tolist() == [pd.Timestamp("2025-07-23")] * 2


@pytest.mark.parametrize("symbol", ["BTC-USD", "CL=F", "EURUSD=X"])
def test_what_has_hours_of_its_own_is_in_no_session_of_new_york(symbol):
    """A future that is settled at 14:30 does not know the news of 15:00, though New York closes
    later: its price of the day would be one from before the news."""
    table = pd.DataFrame({"symbol": [symbol, "MSFT"], "known_at": "2025-07-22T19:00:00+00:00"})
    for one in (table, table.assign(session="2025-07-22")):
        frame, _, ledger = read_events(one)
        status = ledger.status(frame)
        assert status["reason"].tolist() == ["no_calendar", ""]
        assert (
            "A column 'mic' may name the exchange with whose sessions its prices"
            in status["detail"][0]
        )
    frame, _, ledger = read_events(table.assign(mic="XNYS"))
    assert ledger.alive.all()
    assert frame["session"].tolist() == [pd.Timestamp("2025-07-22")] * 2


def test_an_evaluation_enters_nothing_in_sessions_that_are_not_its_own():
    table, prices = sample(names=8)
    table["symbol"] = table["symbol"].replace({"N00": "CL=F"})
    prices.closes = prices.closes.rename(columns={"N00": "CL=F"})
    is_future = table["symbol"].eq("CL=F").to_numpy()

    status = sg.evaluate(table, prices, horizons=(1,)).status
    assert status["detail"][is_future].str.contains("A column 'mic' may name").all()
    assert (status["reason"].eq("no_calendar").to_numpy() == is_future).all()
    status = sg.evaluate(table.assign(mic="XNYS"), prices, horizons=(1,)).status
    assert not status["reason"].eq("no_calendar").any()
