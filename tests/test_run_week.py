"""A week of mornings as a timer would make them: a half day, a holiday, a dead source, a limit."""

import shutil
from datetime import UTC, datetime

import pandas as pd
import pytest
from batch_samples import LATER, closed_in
from yfinance.exceptions import YFRateLimitError

from signals.market.csvprices import CsvPrices
from signals.market.yahoo import YahooPrices
from signals.sources.folder import FolderSource

NEWS = {
    # Known in the session of Monday 30 June, after its close, on the half day, on the holiday.
    "mon": ("2025-06-30T10:00-04:00", "Microsoft (NASDAQ:MSFT) won a great contract."),
    "mon-late": (
        "2025-06-30T17:00-04:00",
        "SoftBank Group (OTCPK:SFTBY) warned of a bad loss.",
    ),
    "wed": ("2025-07-02T11:00-04:00", "Microsoft (NASDAQ:MSFT) was sued for fraud."),
    "half-day": ("2025-07-03T13:30-04:00", "Microsoft (NASDAQ:MSFT) celebrates good results."),
    "holiday": ("2025-07-04T12:00-04:00", "SoftBank Group (OTCPK:SFTBY) gained support."),
    "tue": ("2025-07-08T15:59-04:00", "Microsoft (NASDAQ:MSFT) was praised."),
}


class Vendor:
    """Prices of the samples, given as Yahoo gives them; it can limit the rate of a symbol."""

    def __init__(self, path, cache):
        self._source = CsvPrices(path)
        self._cache = cache
        self.limited = ()
        self.late = ()
        self.asked = []

    def at(self, now):
        return YahooPrices(
            self._cache, requests_per_second=1e6, attempts=1, fetch=self.answer, clock=lambda: now
        )

    def answer(self, symbol, first, last):
        self.asked.append(symbol)
        if symbol in self.limited:
            raise YFRateLimitError
        closes = self._source.history([symbol], first, last).closes[symbol].dropna()
        closes = closes[:-1] if symbol in self.late else closes
        frame = pd.DataFrame(dict.fromkeys(("Open", "Close", "Adj Close"), closes))
        frame = frame.assign(High=closes, Low=closes, Volume=1e6, Dividends=0.0)
        frame["Stock Splits"] = 0.0
        return frame.set_axis(frame.index.tz_localize("America/New_York"))


@pytest.fixture
def week(office, monkeypatch):
    """Run every morning of the week; give for each its outcome and its report as text."""
    for path in (office.folder / "news").iterdir():
        path.unlink()
    office.change('kind = "csv"', 'kind = "yahoo"')
    office.change('path = "prices"', "")
    second = '[[sources]]\nkind = "folder"\nname = "second"\npath = "quiet"\n\n[prices]'
    office.change("[prices]", second)
    (office.folder / "quiet").mkdir()
    vendor = Vendor(office.folder / "prices", office.folder / "yahoo")
    mornings = {}
    for day in (1, 2, 3, 4, 7, 8, 9):
        now = datetime(2025, 7, day, 12, 0, tzinfo=UTC)
        for name, (published, text) in NEWS.items():
            if pd.Timestamp(published) < now:
                office.tell(name, text, published, title=f"Story of {name}")
        vendor.limited = ("SFTBY",) if day == 8 else ()
        if day == 9:
            shutil.move(office.folder / "news", office.folder / "away")
        source = vendor.at(now)
        monkeypatch.setattr("signals.batch.prices.price_source", lambda *_, **__: source)  # noqa: B023
        outcome = office.report(session="previous", now=now)
        text = "" if outcome.folder is None else (outcome.folder / "report.md").read_text()
        mornings[day] = (outcome, text)
    return mornings


def test_a_week_of_mornings(week):
    seen = {day: (one.session, one.state, one.code) for day, (one, _) in week.items()}

    assert seen == {
        1: ("2025-06-30", "made", 0),
        2: ("2025-07-01", "made", 0),
        3: ("2025-07-02", "made", 0),
        4: ("", "closed", 0),
        7: ("2025-07-03", "made", 0),
        8: ("2025-07-07", "made", 3),
        9: ("2025-07-08", "made", 3),
    }
    first, second, third, monday, tuesday, last = (week[day][1] for day in (1, 2, 3, 7, 8, 9))
    # What came after the close waits, and is counted in the next report's session.
    assert "Story of mon " in first and "pending: its session is 2025-07-01" in first
    assert "Story of mon-late" in second and "pending: " not in second
    assert second.count("was pending in the last report") == 1
    assert "was pending" not in first
    # Each window of sessions 0 and +1 is told when it closes, and what changed comes first.
    assert "since the report on 2025-06-30" in second
    assert "MSFT, 2025-06-30: window 0 to +1 has closed" in second
    assert "SFTBY, 2025-07-01: window 0 to +1 has closed" in third
    assert "MSFT: the news turned" not in third  # there was none on Tuesday to turn from
    # Monday's report covers the half day's close to Monday's open: both stories wait for Monday.
    assert "Story of half-day" in monday and "Story of holiday" in monday
    assert monday.count("pending: its session is 2025-07-07") == 2
    half_day = "session of 2025-07-03, a short one that closed at 2025-07-03 13:00 America/New"
    assert half_day in monday.replace("\\_", "_") and "a short one" not in third
    # A limited vendor: the kept prices with their age.
    limited = "Prices of SFTBY: doubtful. Yahoo takes no more requests: wait. These prices were "
    assert f"{limited}fetched on 2025-07-07 12:00 UTC, 24 hours ago." in tuesday
    assert "price is 1 session old" in tuesday
    # A dead source is no quiet day; what is kept of it is still studied.
    assert "samples failed: that there is no story from it means nothing" in last.replace("*", "")
    assert "Sessions since the last price" not in last
    assert "The study holds" in last


def test_prices_that_come_later_in_a_morning_make_its_report_whole(office, monkeypatch):
    office.change('kind = "csv"', 'kind = "yahoo"')
    office.change('path = "prices"', "")
    vendor = Vendor(office.folder / "prices", office.folder / "yahoo")
    vendor.late = ("MSFT", "SPY")
    for path in (office.folder / "news").iterdir():
        path.unlink()  # some of them are of the days after
    office.tell("mon", NEWS["mon"][1], "2025-07-22T10:00-04:00")
    made = []
    for hour in (11, 12, 13):
        now = datetime(2025, 7, 23, hour, 0, tzinfo=UTC)
        source = vendor.at(now)
        monkeypatch.setattr("signals.batch.prices.price_source", lambda *_, **__: source)  # noqa: B023
        made.append(office.report(session="previous", now=now))
        vendor.late = ()

    assert [(one.state, one.code) for one in made] == [("made", 3), ("made", 0), ("unchanged", 0)]
    assert sorted(vendor.asked) == ["MSFT", "MSFT", "SFTBY", "SPY", "SPY"]


def test_a_report_made_at_the_close_waits_for_its_prices_and_says_so(office, monkeypatch):
    """A bar of minutes after the close isn't final: the next run asks for it again."""
    office.change('kind = "csv"', 'kind = "yahoo"')
    office.change('path = "prices"', "")
    vendor = Vendor(office.folder / "prices", office.folder / "yahoo")
    for path in (office.folder / "news").iterdir():
        path.unlink()
    office.tell("mon", NEWS["mon"][1], "2025-07-22T10:00-04:00")
    made, said = [], []
    for minute in (1, 10, 35):
        now = datetime(2025, 7, 22, 20, minute, tzinfo=UTC)
        source = vendor.at(now)
        monkeypatch.setattr("signals.batch.prices.price_source", lambda *_, **__: source)  # noqa: B023
        made.append(office.report(session="previous", now=now))
        said.append(office.read())

    assert [(one.session, one.code) for one in made] == [
        *(("2025-07-22", code) for code in (3, 3, 0)),
    ]
    why = "had not been closed for 30 minutes"
    assert [why in one for one in said] == [True, True, False]
    assert len(vendor.asked) == 6


def test_a_window_is_told_once_however_late_its_price_or_its_news_came(office, monkeypatch):
    office.change('kind = "csv"', 'kind = "yahoo"')
    office.change('path = "prices"', "")
    for path in (office.folder / "news").iterdir():
        path.unlink()
    vendor = Vendor(office.folder / "prices", office.folder / "yahoo")
    office.tell("mon", NEWS["mon"][1], "2025-06-30T10:00-04:00")
    told = {}
    for day in (1, 2, 3, 7, 8):
        now = datetime(2025, 7, day, 12, 0, tzinfo=UTC)
        vendor.late = ("MSFT",) if day == 2 else ()
        if day == 7:
            office.tell("late", NEWS["mon-late"][1], "2025-06-30T11:00-04:00")
        source = vendor.at(now)
        monkeypatch.setattr("signals.batch.prices.price_source", lambda *_, **__: source)  # noqa: B023
        office.report(session="previous", now=now)
        told[day] = closed_in(office.latest)

    assert told == {1: [], 2: [], 3: ["MSFT, 2025-06-30"], 7: ["SFTBY, 2025-06-30"], 8: []}


def test_a_symbol_that_joins_the_watch_list_has_no_windows_of_the_time_before(office):
    for path in (office.folder / "news").iterdir():
        path.unlink()
    office.change('watch = ["MSFT", "SFTBY"]', 'watch = ["MSFT"]')
    for day in ("14", "17", "18"):
        text = f"SoftBank Group (OTCPK:SFTBY) opens plant {day}00 in the {day}th valley of {day}."
        office.tell(day, text, f"2025-07-{day}T10:00-04:00", title=f"Plant {day}00")
    office.report(session="2025-07-17")
    office.change('watch = ["MSFT"]', 'watch = ["MSFT", "SFTBY"]')
    told = {}
    for day in ("18", "21", "22"):
        office.report(session=f"2025-07-{day}")
        told[day] = closed_in(office.latest)

    assert told == {"18": ["SFTBY, 2025-07-17"], "21": ["SFTBY, 2025-07-18"], "22": []}


def test_a_window_is_told_once_where_its_company_has_a_new_symbol(office):
    for path in (office.folder / "news").iterdir():
        path.unlink()
    prices = office.folder / "prices/closes.csv"
    prices.write_text(prices.read_text().replace("MSFT", "FB", 1))
    office.change('watch = ["MSFT", "SFTBY"]', 'watch = ["FB"]')
    for day in ("14", "17", "18"):
        text = f"Meta Platforms (NASDAQ:META) opens plant {day}00 in the {day}th valley of {day}."
        office.tell(day, text, f"2025-07-{day}T10:00-04:00", title=f"Plant {day}00")
    told = {}
    for day in ("17", "18", "21", "22"):
        if day == "21":  # the vendor is first, and the watch list follows
            prices.write_text(prices.read_text().replace("FB", "META", 1))
        if day == "22":
            office.change('watch = ["FB"]', 'watch = ["META"]')
        office.report(session=f"2025-07-{day}")
        told[day] = closed_in(office.latest)

    assert told == {"17": [], "18": ["FB, 2025-07-17"], "21": [], "22": ["META, 2025-07-18"]}


def test_missed_sessions_are_caught_up_with_one_question_to_each(office, monkeypatch):
    office.change('kind = "csv"', 'kind = "yahoo"')
    office.change('path = "prices"', "")
    now = datetime(2025, 7, 9, 12, 0, tzinfo=UTC)
    for path in (office.folder / "news").iterdir():
        path.unlink()
    for name, (published, text) in NEWS.items():
        office.tell(name, text, published, title=f"Story of {name}")
    vendor = Vendor(office.folder / "prices", office.folder / "yahoo")
    source = vendor.at(now)
    monkeypatch.setattr("signals.batch.prices.price_source", lambda *_, **__: source)
    read = []
    table = "signals.sources.folder.FolderSource._read_file"
    real = FolderSource._read_file
    monkeypatch.setattr(table, lambda self, *told: read.append(told) or real(self, *told))

    made = office.run(session="previous", since="2025-06-30", now=now)

    assert [one.session[5:] for one in made] == [
        *("06-30", "07-01", "07-02", "07-03", "07-07", "07-08"),
    ]
    assert [one.code for one in made] == [0] * 6
    assert sorted(vendor.asked) == ["MSFT", "SFTBY", "SPY"]
    assert len(read) == len(list((office.folder / "news").iterdir()))
    # None of it is late for the report of its own session.
    assert "came in only after" not in "".join(
        (one.folder / "report.md").read_text() for one in made
    )
    (again,) = office.run(session="previous", since="2025-06-30", now=now)
    assert again.state == "unchanged"


def test_offline_the_kept_prices_are_enough_when_they_reach_the_session(office, monkeypatch):
    office.change('kind = "csv"', 'kind = "yahoo"')
    office.change('path = "prices"', "")
    vendor = Vendor(office.folder / "prices", office.config.state / "yahoo")
    with monkeypatch.context() as patch:
        source = vendor.at(LATER)
        patch.setattr("signals.batch.prices.price_source", lambda *_, **__: source)
        assert office.report().code == 0

    assert office.report(offline=True).state == "unchanged"
    assert office.report(session="2025-07-24", offline=True).code == 3
    told = "Prices of MSFT, SFTBY, SPY: doubtful. Yahoo wasn't asked. These prices were"
    assert told in office.read()
