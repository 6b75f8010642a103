from __future__ import annotations

import json
import os
import tempfile
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from signals.errors import PriceError
from signals.market.keptprices import KeptPrices
from signals.market.prices import PriceSource
from signals.market.yahoo import YahooPrices

ROOT = Path(__file__).parents[1]
START, END = pd.Timestamp("2025-07-01"), pd.Timestamp("2025-07-31")
LATER = datetime(2025, 9, 1, tzinfo=UTC)


def frame(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    """An answer of yfinance: day, open, close, adjusted close."""
    days = pd.DatetimeIndex([row[0] for row in rows]).tz_localize("America/New_York")
    return pd.DataFrame(
        {
            "Open": [row[1] for row in rows],
            "Close": [row[2] for row in rows],
            "Adj Close": [row[3] for row in rows],
            "Volume": 1000,
        },
        index=days.as_unit("s").rename("Date"),
    )


TWO = frame(("2025-07-21", 100.0, 104.0, 52.0), ("2025-07-22", 105.0, 106.0, 53.0))


def source(*answers: pd.DataFrame | Exception, at: datetime = LATER, **options) -> YahooPrices:
    """A source whose network is a list of answers; the last one is repeated."""
    left = list(answers)
    options.setdefault("cache", tempfile.mkdtemp(dir=os.environ["XDG_CACHE_HOME"]))

    def fetch(symbol: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return YahooPrices(requests_per_second=1000, clock=lambda: at, fetch=fetch, **options)


def fetched(from_source: YahooPrices, days: str = "2025-07-21 2025-07-22"):
    first, last = map(pd.Timestamp, days.split())
    return from_source.history(["MSFT"], first, last)


def faults_of(table) -> list[tuple[str, str]]:
    return list(table.faults[["fault", "action"]].itertuples(index=False, name=None))


def test_a_text_is_one_symbol():
    table = source(TWO).history("MSFT", *map(pd.Timestamp, ("2025-07-21", "2025-07-22")))
    assert list(table.closes["MSFT"]) == [52, 53]


def test_opens_are_adjusted_as_closes_are_and_days_lose_their_zone():
    table = fetched(source(TWO))
    assert list(table.closes["MSFT"]) == [52, 53]
    assert table.opens is not None
    assert list(table.opens["MSFT"]) == [50, 52.5]
    assert list(table.closes.index) == [pd.Timestamp("2025-07-21"), pd.Timestamp("2025-07-22")]
    assert table.closes.index.dtype == "datetime64[us]"
    assert (table.snapshot.source, table.snapshot.fetched_at) == ("yahoo", LATER)
    assert table.faults.empty


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        ("2025-07-22T19:59:59+00:00", 1),
        ("2025-07-22T20:00:00+00:00", 1),
        ("2025-07-22T20:29:59+00:00", 1),
        ("2025-07-22T20:30:00+00:00", 2),
    ],
)
def test_the_bar_of_a_session_that_has_not_been_closed_for_half_an_hour_is_left_out(at, kept):
    table = fetched(source(TWO, at=datetime.fromisoformat(at)))
    assert len(table.closes) == kept
    assert faults_of(table) == [("unfinished_bar", "refused")] * (2 - kept)
    if kept < 2:
        said = f"At {at} it had not been closed for 30 minutes, so that its prices weren't final."
        assert list(table.faults["detail"]) == [said]


@pytest.mark.parametrize("seconds", [0, 1, 1799])
def test_a_price_of_just_after_the_close_is_no_final_one(tmp_path, seconds):
    """Quotes are late, and the closing auction prints after the close: the day is asked again."""
    close = datetime(2025, 7, 22, 20, tzinfo=UTC)
    early = frame(("2025-07-21", 100.0, 104.0, 52.0), ("2025-07-22", 105.0, 90.0, 45.0))
    first = source(early, at=close + timedelta(seconds=seconds), cache=tmp_path)
    assert list(fetched(first).closes["MSFT"]) == [52]
    again = source(early, at=close + timedelta(seconds=1799), cache=tmp_path)
    assert list(fetched(again).closes["MSFT"]) == [52]
    (one,) = again.snapshots.entries()  # what can't be had yet is not asked for again
    assert one.last == pd.Timestamp("2025-07-21")
    later = fetched(source(TWO, at=LATER, cache=tmp_path))
    assert list(later.closes["MSFT"]) == [52, 53] and later.faults.empty


def test_a_close_of_nothing_leaves_no_open_without_end():
    bad = frame(("2025-07-21", 100.0, 104.0, 52.0), ("2025-07-22", 105.0, 0.0, 53.0))
    table = fetched(source(bad))
    assert table.opens["MSFT"].fillna(0).tolist() == [50, 0]
    assert list(table.closes["MSFT"]) == [52, 53]
    assert faults_of(table) == [("close_not_positive", "marked")]


def test_an_answer_that_is_too_short_is_marked():
    table = fetched(source(TWO), "2025-07-17 2025-07-23")
    assert faults_of(table) == [("incomplete", "marked")]
    assert "Of 5 sessions asked for, 2 before" in table.faults["detail"][0]


@pytest.mark.parametrize(
    ("sessions", "asked"),
    [("2025-07-23", 2), ("2025-07-29", 2), ("2025-07-30", 1)],  # one late, five, and six: ended
)
def test_a_price_that_is_late_is_asked_for_again(tmp_path, sessions, asked):
    """An answer without the sessions that closed last says nothing of them."""
    end, calls = pd.Timestamp(sessions), []

    def fetch(symbol, first, last):
        calls.append(last)
        return TWO

    at = datetime(end.year, end.month, end.day, 23, tzinfo=UTC)
    prices = YahooPrices(tmp_path, requests_per_second=1e6, clock=lambda: at, fetch=fetch)
    for _ in range(2):
        prices.history(["MSFT"], pd.Timestamp("2025-07-21"), end)
    assert len(calls) == asked
    prices.history(["MSFT"], pd.Timestamp("2025-07-21"), pd.Timestamp("2025-07-22"))
    assert len(calls) == asked


def daily(days: pd.DatetimeIndex) -> pd.DataFrame:
    return frame(*[(f"{day:%Y-%m-%d}", 100.0, 100.0, 100.0) for day in days])


WEEKDAYS = pd.bdate_range("2025-07-07", "2025-07-22")  # without a holiday in New York


@pytest.mark.parametrize("good", [slice(-2, None), slice(None, -6), slice(0, 0)])
def test_an_answer_that_lacks_what_was_given_before_replaces_nothing(tmp_path, good):
    days, cache = f"{WEEKDAYS[0]:%Y-%m-%d} {WEEKDAYS[-1]:%Y-%m-%d}", tmp_path
    fetched(source(daily(WEEKDAYS), at=LATER, cache=cache), days)
    broken = source(daily(WEEKDAYS[good]), at=LATER + timedelta(days=1), cache=cache)
    (row,) = broken.sync(["MSFT"], *days.split()).to_dict("records")
    assert (row["status"], row["reason"]) == ("kept", "not_refreshed")
    said = {-2: "lacks 10 of the 12 prices", -6: "lacks 6 of the 12 prices"}
    assert said.get(good.start or good.stop, "has no price") in row["detail"]
    assert len(fetched(source(TimeoutError(), at=LATER, cache=cache), days).closes) == 12


def test_a_few_prices_that_are_taken_back_are_taken_back(tmp_path):
    days = f"{WEEKDAYS[0]:%Y-%m-%d} {WEEKDAYS[-1]:%Y-%m-%d}"
    fetched(source(daily(WEEKDAYS), cache=tmp_path), days)
    fewer = source(daily(WEEKDAYS.delete([3, 4])), cache=tmp_path)
    assert fewer.sync(["MSFT"], *days.split())["status"].tolist() == ["fetched"]
    assert len(fetched(fewer, days).closes) == 10


def test_a_sync_tells_of_an_incomplete_answer(tmp_path):
    (row,) = source(TWO, cache=tmp_path).sync(["MSFT"], START, END).to_dict("records")
    assert (row["status"], row["reason"]) == ("fetched", "incomplete")
    assert "13 before its first price and 7 after" in row["detail"]


def test_an_incomplete_answer_is_asked_for_again_until_another_says_the_same(tmp_path):
    calls = []

    def ask(at: datetime, answer: pd.DataFrame) -> int:
        def fetch(*_):
            calls.append(at)
            return answer

        prices = YahooPrices(tmp_path, requests_per_second=1e6, clock=lambda: at, fetch=fetch)
        prices.history(["MSFT"], START, END)
        return len(calls)

    day = timedelta(days=1)
    assert ask(LATER, daily(WEEKDAYS[:3])) == 1
    assert ask(LATER + day / 2, daily(WEEKDAYS)) == 1
    assert ask(LATER + day, daily(WEEKDAYS)) == 2  # it was a broken answer
    assert ask(LATER + 2 * day, daily(WEEKDAYS)) == 3  # and so may this one be
    assert ask(LATER + 9 * day, daily(WEEKDAYS)) == 3


@pytest.mark.parametrize("symbol", ["BTC-USD", "DX-Y.NYB", "EURUSD=X"])
def test_without_a_calendar_the_bar_of_the_day_is_not_final_and_is_asked_for_again(
    tmp_path, symbol
):
    calls = []

    def prices(at: str, *rows: tuple[str, float, float, float]):
        def fetch(*_):
            calls.append(at)
            return frame(*rows)

        clock = datetime.fromisoformat(at)
        one = YahooPrices(tmp_path, requests_per_second=1e6, clock=lambda: clock, fetch=fetch)
        return one.history([symbol], pd.Timestamp("2025-07-20"), pd.Timestamp("2025-07-29"))

    early = ("2025-07-21", 1.0, 1.0, 1.0), ("2025-07-22", 9.0, 9.0, 9.0)
    first = prices("2025-07-22T15:00:00+00:00", *early)
    assert first.closes[symbol].to_dict() == {pd.Timestamp("2025-07-21"): 1.0}
    assert ("unfinished_bar", "refused") in faults_of(first)
    prices("2025-07-22T16:00:00+00:00", *early)
    assert len(calls) == 1  # there is nothing newer to be had
    late = ("2025-07-21", 1.0, 1.0, 1.0), ("2025-07-22", 2.0, 2.0, 2.0)
    assert prices("2025-08-20T15:00:00+00:00", *late).closes[symbol].tolist() == [1.0, 2.0]
    prices("2025-09-20T15:00:00+00:00", *late)
    assert len(calls) == 2


def test_nulls_are_holes_and_their_volume_is_none():
    answer = frame(
        ("2025-07-21", 1.0, 1.0, 1.0),
        ("2025-07-22", np.nan, np.nan, np.nan),
        ("2025-07-23", 1.0, 1.0, 1.0),
    )
    table = fetched(source(answer), "2025-07-21 2025-07-23")
    assert faults_of(table) == [("holes", "marked")]
    assert len(table.closes) == 2


def test_it_says_where_its_prices_are_kept(tmp_path):
    assert repr(YahooPrices(tmp_path)) == f"<YahooPrices: kept in {tmp_path}>"


def test_an_answer_without_adjusted_closes_or_with_a_day_twice_is_no_use():
    for answer in (TWO.drop(columns="Adj Close"), pd.concat([TWO, TWO])):
        assert faults_of(fetched(source(answer))) == [("bad_answer", "refused")]


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (TimeoutError("slow"), "no_answer"),
        (ConnectionResetError(), "no_answer"),
        (json.JSONDecodeError("no", "<html>", 0), "bad_answer"),
        (KeyError("chart"), "bad_answer"),
        (TypeError("NoneType"), "bad_answer"),
    ],
)
def test_a_failure_is_tried_again_and_named_when_it_stays(error, fault):
    assert fetched(source(error, error, TWO)).faults.empty
    table = fetched(source(error, attempts=2))
    assert table.closes.empty
    assert faults_of(table) == [(fault, "refused")]


def test_each_attempt_forgets_what_yfinance_remembers():
    from yfinance.data import YfData

    forgotten = []
    clear = YfData.cache_get.cache_clear
    YfData.cache_get.cache_clear = lambda: forgotten.append(1)
    try:
        fetched(source(TimeoutError(), attempts=3))
    finally:
        YfData.cache_get.cache_clear = clear
    assert len(forgotten) == 3


def test_what_is_left_at_the_deadline_is_refused():
    table = fetched(source(TimeoutError(), deadline=1e-9))
    assert faults_of(table) == [("out_of_time", "refused")]


def test_an_error_that_nobody_foresaw_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        fetched(source(ZeroDivisionError()))


def test_yfinance_hides_its_errors_again_afterwards():
    import yfinance

    before = yfinance.config.debug.hide_exceptions
    fetched(source(TWO))
    assert yfinance.config.debug.hide_exceptions == before


def test_deprecations_of_pandas_are_not_shown_though_a_thread_lets_them_through():
    def fetch(symbol, first, last):
        with warnings.catch_warnings():  # as pandas does, for all threads
            warnings.simplefilter("always")
            warnings.warn("inplace", DeprecationWarning, stacklevel=1)
            warnings.warn("shown", UserWarning, stacklevel=1)
        return TWO

    cache = tempfile.mkdtemp(dir=os.environ["XDG_CACHE_HOME"])
    before = warnings.showwarning
    source = YahooPrices(cache, requests_per_second=1000, clock=lambda: LATER, fetch=fetch)
    with warnings.catch_warnings(record=True) as seen:
        assert len(source.history(["A", "B"], START, END).closes.columns) == 2
    assert [str(one.message) for one in seen] == ["shown", "shown"]
    assert warnings.showwarning is before


@pytest.mark.parametrize("options", [{"requests_per_second": 0}, {"attempts": 0}, {"deadline": -1}])
def test_settings_that_mean_nothing_are_refused(options):
    with pytest.raises(PriceError, match="more than 0"):
        YahooPrices(**options)


def test_a_clock_without_a_zone_is_refused():
    naive = LATER.replace(tzinfo=None)
    with pytest.raises(PriceError, match="without a time zone"):
        fetched(source(TWO, at=naive))


def test_a_clock_that_no_calendar_reaches_is_told():
    table = fetched(source(TWO, at=LATER.replace(year=2040)))
    assert faults_of(table) == [("close_unknown", "marked")]
    assert "reaches 2040-09-01" in table.faults["detail"][0]


def test_a_clock_that_is_years_behind_takes_no_bar_for_finished():
    table = fetched(source(TWO, at=LATER.replace(year=2020)))
    assert table.closes.empty
    assert ("unfinished_bar", "refused") in faults_of(table)


def test_it_is_a_price_source():
    assert isinstance(YahooPrices(), PriceSource)


def offline(cache: Path, at: datetime) -> KeptPrices:
    return KeptPrices(cache, clock=lambda: at)


def test_what_was_kept_is_read_with_its_age_and_nobody_is_asked(tmp_path):
    before = fetched(source(TWO, cache=tmp_path))
    kept = offline(tmp_path, LATER + timedelta(days=3))
    days = pd.Timestamp("2025-07-21"), pd.Timestamp("2025-07-22")
    table = kept.history(["MSFT", "NEVER"], *days)
    assert table.snapshot == before.snapshot
    pd.testing.assert_frame_equal(table.closes, before.closes)
    assert [tuple(row[:4]) for row in table.faults.itertuples(index=False)] == [
        ("MSFT", pd.NaT, "not_refreshed", "marked"),
        ("NEVER", pd.NaT, "not_kept", "refused"),
    ]
    assert "fetched on 2025-09-01 00:00 UTC, 3 days ago" in table.faults["detail"][0]
    assert table.why_missing("NEVER") == "NEVER: No price is kept, and Yahoo wasn't asked."
    assert isinstance(kept, PriceSource)


def test_what_a_kept_snapshot_does_not_cover_is_marked(tmp_path):
    fetched(source(TWO, cache=tmp_path))
    table = offline(tmp_path, LATER).history(
        ["MSFT"], pd.Timestamp("2025-07-17"), pd.Timestamp("2025-07-22")
    )
    assert faults_of(table) == [("not_refreshed", "marked"), ("incomplete", "marked")]
    assert list(table.closes["MSFT"]) == [52, 53]


def test_a_damaged_snapshot_is_refused_offline(tmp_path):
    fetched(source(TWO, cache=tmp_path))
    (bars,) = (tmp_path / "prices" / "yahoo" / "bars").glob("*.npz")
    bars.write_bytes(b"half")
    table = offline(tmp_path, LATER).history(["MSFT"], START, END)
    assert faults_of(table) == [("damaged", "refused")]
