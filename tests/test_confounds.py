"""Dates of earnings and the like in the scheduled report: told, counted, recorded, verified."""

import pandas as pd
import pytest

from signals.batch.verify import verify_run
from signals.errors import ConfigError
from signals.study.confounds import confounding_dates

DATES = """symbol,session,what
MSFT,2025-07-02,a day
MSFT,2025-07-22,earnings
MSFT,2025-07-30,after the report
NVDA,2025-07-22,not on the list
SFTBY,2024-01-05,long before
"""
NEWS = {
    "one": ("2025-06-30T10:00-04:00", "Microsoft (NASDAQ:MSFT) won a great contract in Ohio."),
    "two": ("2025-07-15T11:00-04:00", "SoftBank (OTCPK:SFTBY) was sued for fraud in Tokyo."),
    "three": ("2025-07-21T15:00-04:00", "Microsoft (NASDAQ:MSFT) warned of a weak quarter."),
}


@pytest.fixture
def told(office):
    """An office with dates of earnings, which has not run yet."""
    for name, (published, text) in NEWS.items():
        office.tell(name, text, published, title=f"Story {name}")
    (office.folder / "earnings.csv").write_text(DATES)
    office.change("# confounds =", "confounds =")
    return office


def found(office):
    return [(one.kind, one.what) for one in verify_run(office.latest, office.config)]


def test_the_report_gives_the_means_with_and_without_confounded_events(told):
    told.report()

    kept = told.read("inputs/confounds.csv")
    assert kept == "symbol,session\nMSFT,2025-07-02\nMSFT,2025-07-22\n"
    text, page = told.read(), told.read("report.html")
    # openai-uk is known to the day only, and tells of both shares.
    assert "2 are known to the day only" in text
    assert "2 of 3 events had a date of earnings or the like" in text
    assert "MSFT 2025-06-30, MSFT 2025-07-21" in text
    for row, n in (("All events", 3), ("Without confounded events", 1)):
        assert f"| {row} | {n} |" in text
        assert f">{row}</th>" in page
    (moved,) = [row for row in told.rows("symbols.csv") if row["symbol"] == "MSFT"]
    assert "confounding date" in moved["flags"]
    assert "2 within reach of the events, of MSFT; the last is 2025-07-22" in text


def test_a_date_after_the_session_changes_no_report(told):
    told.report()
    page = told.read("report.html")
    with (told.folder / "earnings.csv").open("a") as file:
        file.write("MSFT,2025-07-23,the day after\nSFTBY,2025-08-07,earnings\n")

    assert told.report().state == "unchanged"
    assert told.read("report.html") == page
    assert found(told) == []


def test_a_changed_date_is_named_and_makes_a_new_edition(told):
    told.report()
    (told.folder / "earnings.csv").write_text(DATES.replace("2025-07-02", "2025-07-03"))

    assert found(told) == [("confounds", "MSFT 2025-07-02"), ("confounds", "MSFT 2025-07-03")]
    assert told.report().state == "made"
    assert found(told) == []


def test_a_table_that_went_and_one_that_was_touched_are_named(told):
    told.report()
    with (told.latest / "inputs/confounds.csv").open("a") as file:
        file.write("MSFT,2025-07-21\n")
    assert found(told) == [("file", "inputs/confounds.csv")]

    (told.folder / "earnings.csv").write_text("day\n2025-07-22\n")
    with pytest.raises(ConfigError, match=r"study\.confounds, earnings\.csv: .*'symbol'"):
        told.report()


def test_a_table_that_cannot_be_read_any_more_is_told_by_verify(told):
    told.report()
    (told.folder / "earnings.csv").write_text("symbol,session\nMSFT,soon\n")

    (one,) = verify_run(told.latest, told.config)

    assert (one.kind, "can't be read now" in one.detail) == ("confounds", True)


def test_rows_without_a_share_or_a_date_are_counted_and_verified(told):
    (told.folder / "earnings.csv").write_text(DATES + "MSFT,,soon\n,2025-07-21,whose?\nNVDA,,\n")

    told.report()

    text = told.read()
    assert "2 within reach of the events, of MSFT; the last is 2025-07-22." in text
    assert "2 rows without a symbol or a date count for nothing" in text
    assert "Dates of earnings and the like: doubtful" in text
    assert found(told) == []

    (told.folder / "earnings.csv").write_text(DATES + "MSFT,,soon\nMSFT,,soon\n")
    assert found(told) == [
        ("confounds", "MSFT without a date"), ("confounds", "no symbol 2025-07-21"),
    ]  # fmt: skip


def test_a_table_without_any_share_of_the_list_is_doubtful(told):
    (told.folder / "earnings.csv").write_text("symbol,session\nMSFT US,2025-07-22\n")

    told.report()

    assert "Where one should: are the symbols spelled as on the watch list?" in told.read()


def test_a_report_without_the_option_speaks_of_no_confounds(office):
    office.report()

    assert "confound" not in office.read()
    assert not (office.latest / "inputs/confounds.csv").exists()


def test_a_time_counts_in_the_first_session_that_closes_after_it():
    table = pd.DataFrame({"symbol": ["MSFT"], "known_at": ["2025-07-22T16:05:00-04:00"]})

    assert confounding_dates(table)["session"].tolist() == [pd.Timestamp("2025-07-23")]


def test_a_time_counts_where_a_row_has_no_date():
    table = pd.DataFrame(
        {
            "symbol": ["MSFT", "MSFT", "AAPL", "F"],
            "session": ["2025-07-21", None, None, None],
            "known_at": [
                "2025-01-02T09:00:00Z",
                "2025-07-22T16:05:00-04:00",
                None,
                "2025-07-24T10:00Z",
            ],
        },
        index=[7, 7, 3, 1],
    )

    dates = confounding_dates(table)

    expected = pd.to_datetime(["2025-07-21", "2025-07-23", None, "2025-07-24"])
    assert dates["session"].tolist() == expected.tolist()
    assert dates["symbol"].tolist() == table["symbol"].tolist()


def test_a_date_of_a_weekend_marks_a_symbol_on_the_next_session(told):
    (told.folder / "earnings.csv").write_text("symbol,session\nMSFT,2025-07-19\n")

    told.report(session="2025-07-21")

    flags = {row["symbol"]: row["flags"] for row in told.rows("symbols.csv")}
    assert "confounding date" in flags["MSFT"]
    assert "confounding date" not in flags["SFTBY"]
