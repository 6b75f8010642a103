"""News that came late is told by the next report, in whatever order reports are made."""

import sqlite3
from datetime import UTC, datetime

import pytest

from signals.batch import schema
from signals.batch.records import Run
from signals.batch.store import Store
from signals.batch.store_file import FILE_NAME

WON = "Microsoft (NASDAQ:MSFT) won a great contract in Peru."


def at(day, hour=11):
    return datetime(2025, 7, day, hour, 0, tzinfo=UTC)


@pytest.fixture
def office(office):
    for path in (office.folder / "news").iterdir():
        path.unlink()
    office.tell("old", "SoftBank (OTCPK:SFTBY) hired.", "2025-07-18T10:00-04:00", title="Hired")
    return office


def late_words(outcome):
    lines = (outcome.folder / "report.md").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if "it was known at" in line]


def test_what_a_past_day_that_is_made_again_has_read_is_late_for_the_next_report(office):
    office.report(session="2025-07-21", now=at(22))
    office.report(session="2025-07-22", now=at(23))
    office.tell("late", WON, "2025-07-22T15:00-04:00", title="A contract")
    (office.folder / "news/undated.txt").write_text("Microsoft (NASDAQ:MSFT) rose.")

    again = office.report(session="2025-07-21", now=at(23, 15))
    outcome = office.report(session="2025-07-23", now=at(24))

    assert late_words(again) == []
    assert late_words(outcome) == [
        "- MSFT: “A contract” came in only after the report on its session; it was known at "
        "2025-07-22 15:01 America/New\\_York, 19:01 UTC."
    ]
    # So is what was refused, and only there.
    lost = [(one.folder / "funnel.csv").read_text().count("1 undated") for one in (again, outcome)]
    assert lost == [0, 1]


def test_news_of_a_session_without_a_report_is_not_called_late_for_one(office):
    office.report(session="2025-07-21", now=at(22))
    office.tell("late", WON, "2025-07-22T10:00-04:00", title="A contract")

    outcome = office.report(session="2025-07-23", now=at(24))
    assert late_words(outcome) == [
        "- MSFT: “A contract” is of 2025-07-22, on which no report was made; it was known at "
        "2025-07-22 10:01 America/New\\_York, 14:01 UTC."
    ]

    # Once that report is made, and has it, it is late for none.
    (missed,) = office.run(since="2025-07-22", session="2025-07-22", now=at(24, 12))
    assert "A contract" in (missed.folder / "report.md").read_text(encoding="utf-8")
    assert late_words(missed) == []
    again = office.report(session="2025-07-23", now=at(24, 13))
    assert (again.state, late_words(again)) == ("made", [])
    assert office.report(session="2025-07-23", now=at(24, 14)).state == "unchanged"


def test_an_earlier_telling_that_comes_late_says_where_it_takes_its_event(office):
    office.tell("news", WON, "2025-07-21T10:00-04:00", title="A contract")
    office.report(session="2025-07-18", now=at(19))
    office.report(session="2025-07-21", now=at(22))
    office.tell("copy", WON, "2025-07-18T11:00-04:00", title="A contract")

    outcome = office.report(session="2025-07-22", now=at(23))

    assert late_words(outcome) == [
        "- MSFT: “A contract” came in only after the report on its session; it was known at "
        "2025-07-18 11:01 America/New\\_York, 15:01 UTC, before what had told its story: its event "
        "moves from 2025-07-21 to 2025-07-18."
    ]
    events = {row["symbol"]: row["session"] for row in office.rows("events.csv")}
    assert events["MSFT"] == "2025-07-18"
    # One of the same session moves nothing.
    office.tell("third", WON, "2025-07-18T10:30-04:00", title="A contract")
    (line,) = late_words(office.report(session="2025-07-23", now=at(24)))
    assert "10:31" in line and "moves from" not in line


def test_a_clock_that_ran_ahead_makes_no_news_late(office):
    office.tell("news", WON, "2025-07-21T10:00-04:00", title="A contract")
    office.report(session="previous", now=at(23))  # by the clock, a day too early
    right = office.report(session="previous", now=at(22))
    outcome = office.report(session="previous", now=at(23, 12))

    assert [one.session for one in (right, outcome)] == ["2025-07-21", "2025-07-22"]
    assert "A contract" in (right.folder / "report.md").read_text(encoding="utf-8")
    assert late_words(right) == late_words(outcome) == []


def test_a_store_that_kept_for_which_report_news_was_read_knows_after_which_run_that_was(tmp_path):
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    before = schema.MIGRATIONS[: schema.MIGRATIONS.index(schema._AFTER_RUNS)]
    for statements in before:
        connection.executescript(statements)
    for number, day in ((1, "21"), (2, "22"), (3, "21")):
        connection.execute(
            "INSERT INTO runs VALUES (?, ?, 'x', '', 0, '{}', ?, ?)",
            (f"r{number}", f"2025-07-{day}", number, f"2025-07-{day}"),
        )
    for name, key in (("old", ""), ("first", "2025-07-21"), ("second", "2025-07-22"), ("now", "9")):
        connection.execute(
            "INSERT INTO articles VALUES (?, 's', 't', '', 'x', NULL, NULL, NULL, 0, NULL, NULL, "
            "0, '[]', '{}', NULL, '', ?)",
            (name, key),
        )
    connection.execute(f"PRAGMA user_version = {len(before)}")
    connection.execute(f"PRAGMA application_id = {schema.APPLICATION}")
    connection.commit()
    connection.close()

    def after(store, folder):
        return store.collected_after(Run(folder, *[""] * 4, 0, ""))

    with Store(tmp_path) as store:
        found = [after(store, folder) for folder in ("r1", "r2", "r3")]
        # Of what was read since, nothing says after which of the runs that was.
        assert found == [{"second", "now"}, {"now"}, {"now"}]
