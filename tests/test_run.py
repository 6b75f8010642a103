"""One scheduled run: idempotent, atomic, and each thing that can go wrong with its exit code."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from batch_samples import LATER, SESSION, Office, closed_in, contents, watch_tokyo

from signals.batch import daily_data, health, publish, run as running
from signals.batch.configfile import read_config, sample_config
from signals.batch.doctor import examine
from signals.batch.run import lock
from signals.batch.store import Store
from signals.cli import main
from signals.errors import ConfigError, LockedError, PriceError
from signals.report.daily import ClosedWindow


def test_a_run_makes_every_file_of_a_report(illustrated):
    office = illustrated
    outcome = office.report()

    assert (outcome.code, outcome.state, outcome.session) == (0, "made", SESSION)
    assert set(contents(office.latest)) - {"events.parquet"} == {
        "report.html", "report.md", "report.eml", "symbols.csv", "stories.csv", "events.csv",
        "status.csv", "funnel.csv", "manifest.json", "figures/moves.svg", "figures/moves.png",
        "inputs/inputs.json", "inputs/closes.csv", "inputs/words.csv",
    }  # fmt: skip
    assert [row["symbol"] for row in office.rows("symbols.csv")] == ["MSFT", "SFTBY"]
    assert all(int(row["n_obs"]) >= 120 for row in office.rows("symbols.csv"))


@pytest.mark.parametrize(
    ("window", "told"), [("[0, 0]", "session 0"), ("[-2, 0]", "session −2 to 0")]
)
def test_the_figure_says_over_which_sessions_it_is(illustrated, window, told):
    illustrated.change("flag_window = [0, 0]", f"flag_window = {window}")
    illustrated.report()

    assert f"Abnormal return over {told} with its 95" in illustrated.read("report.html")


def test_events_are_a_typed_table_where_pyarrow_is_installed(office):
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra [parquet]")
    office.report()

    events = parquet.read_table(office.latest / "events.parquet").to_pylist()

    assert [(one["symbol"], one["session"]) for one in events] == [
        ("MSFT", datetime(2025, 7, 22)),
        ("SFTBY", datetime(2025, 7, 22)),
    ]
    assert events[0]["known_at"] == datetime(2025, 7, 22, 12, tzinfo=UTC)
    assert [str(one["score"]) for one in events] == [
        row["score"] for row in office.rows("events.csv")
    ]


def test_the_same_inputs_in_two_folders_give_the_same_bytes(illustrated, tmp_path_factory):
    office = illustrated
    other = Office(tmp_path_factory.mktemp("elsewhere"))

    office.report()
    other.report(now=datetime(2025, 10, 1, tzinfo=UTC))

    assert contents(office.latest) == contents(other.latest)


def test_a_second_run_without_anything_new_changes_no_file(office):
    office.report()
    before = contents(office.folder)
    times = {path: path.stat().st_mtime_ns for path in (office.folder / "out/daily").rglob("*")}

    assert office.report().state == "unchanged"
    assert contents(office.folder) == before
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_a_company_that_is_watched_under_another_symbol_keeps_one_event_a_story(office):
    office.report()
    office.change('watch = ["MSFT", "SFTBY"]', 'watch = ["MSFT", "9984.T"]')
    office.report(session="2025-07-23")

    with Store(office.config.state) as store:
        columns, rows = store.table("events")
        events = [dict(zip(columns, row, strict=True)) for row in rows]
    assert [
        (one["symbol"], one["company"]) for one in sorted(events, key=lambda e: e["company"])
    ] == [
        ("MSFT", "microsoft"),
        ("9984.T", "softbank-group"),
    ]


def test_a_report_whose_folder_is_not_whole_is_made_again(office):
    first = office.report().folder
    before = contents(first)
    (first / "manifest.json").unlink()

    second = office.report()

    assert second.state == "made"
    assert contents(second.folder) == before


@pytest.mark.parametrize("name", ["report.html", "report.eml", "inputs/closes.csv"])
def test_a_report_that_lacks_a_file_is_made_again(office, name):
    first = office.report().folder
    before = contents(first)
    (first / name).unlink()

    second = office.report()

    assert second.state == "made"
    assert contents(second.folder) == before == contents(office.latest)
    assert office.report().state == "unchanged"


def test_a_folder_in_the_place_of_latest_is_told_with_what_to_do(office):
    """As a copy makes it that follows links."""
    office.report(session="2025-07-21")
    copy = shutil.copytree(office.latest, office.folder / "copy")
    office.latest.unlink()
    copy.rename(office.latest)

    for state in ("made", "unchanged"):
        told = office.report()

        assert (told.code, told.state) == (3, state)
        (words,) = [one for one in told.words if "is a folder and no link" in one]
        assert "Remove it, and the next run makes the link" in words
        named = office.latest.with_name("latest.txt").read_text()
        assert named == f"runs/{told.folder.name}\n"

    shutil.rmtree(office.latest)
    assert office.report().code == 0
    assert office.latest.resolve() == told.folder.resolve()
    assert not office.latest.with_name("latest.txt").exists()
    assert not list(office.latest.parent.glob(".latest*"))


def test_a_system_without_links_has_a_file_that_names_the_newest(office, monkeypatch):
    def refuse(*_, **__):
        raise OSError("links need a privilege")

    monkeypatch.setattr(Path, "symlink_to", refuse)

    told = office.report()

    assert told.code == 0
    assert office.latest.with_name("latest.txt").read_text() == f"runs/{told.folder.name}\n"


def test_a_day_without_trading_is_named_as_its_exchanges_name_it(office):
    """In New York it is still Sunday, the 20th, when it is Monday in Greenwich."""
    night = datetime(2025, 7, 21, 2, 0, tzinfo=UTC)
    told = office.report(session="previous", now=night)
    assert told.words[0] == "No exchange of the watch list trades on 2025-07-20: nothing to do."

    office.change('watch = ["MSFT", "SFTBY"]', 'watch = ["MSFT", "7203.T"]')
    told = office.report(session="previous", now=night)  # Tokyo's 21st is a holiday
    assert told.words[0].endswith("trades on 2025-07-20 or 2025-07-21: nothing to do.")


def test_a_new_story_makes_a_new_edition_and_leaves_the_old_one(office):
    first = office.report().folder
    office.tell("late", "Microsoft (NASDAQ:MSFT) rose on great news.", "2025-07-22T10:00-04:00")

    second = office.report()

    assert second.state == "made" and second.folder != first
    assert office.latest.resolve() == second.folder.resolve()
    assert (first / "report.html").is_file()
    assert office.rows("symbols.csv")[0]["stories"] == "2"


def test_on_a_day_without_trading_nothing_is_done(office):
    holiday = datetime(2025, 7, 4, 12, 0, tzinfo=UTC)

    outcome = office.report(session="previous", now=holiday)
    assert outcome.state == "closed"
    assert outcome.words[1] == "The last session can be had by name: --session 2025-07-03"
    assert office.report(session="2025-07-04").code == 0
    assert not (office.folder / "out/daily/latest").exists()


def test_previous_is_the_last_session_that_has_closed(office):
    # Monday morning in New York: Friday.
    monday = datetime(2025, 7, 21, 12, 0, tzinfo=UTC)

    assert office.report(session="previous", now=monday).session == "2025-07-18"


def test_a_session_that_has_not_closed_is_refused(office):
    with pytest.raises(ConfigError, match="has not closed"):
        office.run(session="2025-07-23", now=datetime(2025, 7, 23, 11, 0, tzinfo=UTC))


@pytest.mark.parametrize("text", ["tomorrow", "2025-7-1-1", "2025-02-30"])
def test_a_session_that_is_no_date_is_refused(office, text):
    with pytest.raises(ConfigError, match="takes a date"):
        office.run(session=text)


def test_missed_sessions_are_caught_up_once(office):
    wednesday = datetime(2025, 7, 23, 11, 0, tzinfo=UTC)
    for path in (office.folder / "news").iterdir():
        if path.name != "openai-uk.txt":
            path.unlink()  # they are yet to come

    made = office.run(since="2025-07-18", now=wednesday)

    assert [one.session for one in made] == ["2025-07-18", "2025-07-21", "2025-07-22"]
    (again,) = office.run(since="2025-07-18", now=wednesday)
    assert (again.code, again.state, again.session) == (0, "unchanged", "")
    assert again.words == ("No report since 2025-07-18 is missing.",)
    assert "since the report on 2025-07-21" in office.read()


def test_missed_sessions_are_made_up_to_the_one_that_is_named(office):
    made = office.run(since="2025-07-17", session="2025-07-21", now=LATER)

    assert [one.session for one in made] == ["2025-07-17", "2025-07-18", "2025-07-21"]
    with pytest.raises(ConfigError, match="lies before --since"):
        office.run(since="2025-07-22", session="2025-07-21")


@pytest.mark.parametrize(("column", "measured"), [("MSFT", 251), ("SPY", 251), ("MSFT", 20)])
def test_prices_with_what_may_be_a_split_are_doubtful_and_say_when(
    office, column, measured, monkeypatch
):
    monkeypatch.setattr(health, "MEASURED", measured)
    path = office.folder / "prices/closes.csv"
    lines = path.read_text().splitlines()
    at = next(k for k, line in enumerate(lines) if line.startswith("2025-06-02"))
    place = lines[0].split(",").index(column)
    for k in range(1, at):
        cells = lines[k].split(",")
        cells[place] = str(10 * float(cells[place]))
        lines[k] = ",".join(cells)
    path.write_text("\n".join(lines))

    office.report()

    text = office.read()
    assert "Prices from csv: doubtful" in text
    assert f"{column} on 2025-06-02: It moved by" in text and "is a 10:1 split unadjusted?" in text
    flags = {row["symbol"]: row["flags"].split("; ") for row in office.rows("symbols.csv")}
    # A split so far back that no return of it enters is told of the prices alone.
    assert ("prices in doubt" in flags["MSFT"]) == (column == "MSFT" and measured > 20)
    assert "prices in doubt" not in flags["SFTBY"]
    assert all(("market's prices in doubt" in row) == (column == "SPY") for row in flags.values())


def test_each_exchange_tells_of_its_own_news_once_and_is_measured_on_its_own_market(office):
    watch_tokyo(office)
    office.tell("day", "Microsoft (NASDAQ:MSFT) won a great contract.", "2025-07-02T10:00-04:00")

    # On the third, New York's news of the second still lies in Tokyo's span: it was told before.
    read = [office.report(session=f"2025-07-0{day}").words[0].split(" -> ")[0] for day in (2, 3)]
    assert read == ["read 1", "read 0"]
    assert "MSFT, 2025-07-02: window 0 to +1 has closed" in office.read()

    recall = "Microsoft (NASDAQ:MSFT) recalls 41,000 tablets after two batteries caught fire."
    office.tell("eve", recall, "2025-07-03T17:00-04:00", title="Tablets are recalled")
    office.report(session="2025-07-03")
    office.tell("fourth", "Toyota (TSE:7203) recalls cars.", "2025-07-04T11:00+09:00")
    office.tell(
        "late",
        "Regulators in Brussels sued Microsoft (NASDAQ:MSFT) for fraud over its cloud licences.",
        "2025-07-03T18:00-04:00",
        title="Brussels takes a software group to court",
    )

    office.report(session="2025-07-04")  # New York is closed
    assert "has closed" not in office.read()
    text = office.read()
    (eve,) = [line for line in text.splitlines() if "2025-07-03 17:01" in line]
    (late,) = [line for line in text.splitlines() if "2025-07-03 18:01" in line]
    assert "Items read: 2, lost: 0. Novel stories: 2, about 2 of 2 symbols; echoes: 0." in text
    assert "Shown again and not counted: 1 story of exchanges without a session" in text
    assert "pending: its session is 2025-07-07; told in the last report" in eve
    assert "pending: its session is 2025-07-07" in late and "told in" not in late
    rows = {row["symbol"]: row for row in office.rows("symbols.csv")}
    assert rows["7203.T"]["session"] == "2025-07-04" and rows["7203.T"]["n_obs"] == "192"
    assert rows["MSFT"]["session"] == "2025-07-03"
    assert "holes" not in office.read() and "not a session" not in office.read()


def test_a_morning_in_which_one_exchange_has_closed_and_another_not(office):
    """In New York's morning Tokyo has closed already: each report tells of two dates."""
    watch_tokyo(office)
    for path in (office.folder / "news").iterdir():
        path.unlink()
    news = (
        (7, "Peru sues Microsoft (NASDAQ:MSFT) over fees for licences of schools and libraries."),
        (
            8,
            "A plant for cables opens in Texas, which Microsoft (NASDAQ:MSFT) will share with two.",
        ),
        (9, "Batteries caught fire, so Microsoft (NASDAQ:MSFT) calls tablets sold since May back."),
    )
    for day, told in news:
        office.tell(f"{day}", told, f"2025-07-0{day}T10:00-04:00", title=told[:9])

        now = datetime(2025, 7, day + 1, 11, 0, tzinfo=UTC)
        outcome = office.report(session="previous", now=now)
        rows = {row["symbol"]: row["session"] for row in office.rows("symbols.csv")}
        text = office.read()

        assert rows == {"7203.T": f"2025-07-{day + 1:02}", "MSFT": f"2025-07-{day:02}"}
        assert outcome.words[0].startswith("read 1 -> ")
        assert f"- {told[:9]} (wire" in text and "told in the last report" not in text
        assert (f"MSFT, 2025-07-{day - 1:02}: window 0 to +1 has closed" in text) == (day > 7)


def test_every_window_that_counts_as_told_is_shown(office, monkeypatch):
    days = pd.bdate_range("2025-03-03", periods=70).strftime("%Y-%m-%d")
    many = tuple(
        ClosedWindow("MSFT", day, 0.5, (0, 1), 0.01, -0.01, 0.03, 0.3, 0.3, 200) for day in days
    )
    monkeypatch.setattr(daily_data, "closed_windows", lambda *_: many)
    office.tell("day", "Microsoft (NASDAQ:MSFT) won a great contract.", "2025-07-02T10:00-04:00")

    office.report(session="2025-07-02")

    page = office.read("report.html")
    with Store(office.config.state) as store:
        told = json.loads(store.last_run().symbols)["closed"]
    assert sorted(told) == list(days)
    assert all(f"<strong>MSFT</strong> <small>{day}</small>" in page for day in days)


def test_since_ends_with_the_exchanges_that_have_closed(office):
    watch_tokyo(office)

    made = office.run(
        session="previous", since="2025-07-08", now=datetime(2025, 7, 10, 11, 0, tzinfo=UTC)
    )

    assert [one.session for one in made] == ["2025-07-08", "2025-07-09", "2025-07-10"]
    assert office.rows("symbols.csv")[0]["session"] == "2025-07-09"


def morning(office, day, **asked):
    now = datetime(2025, 7, day, 11, 0, tzinfo=UTC)
    return office.run(**{"session": "previous", "now": now} | asked)


def test_a_morning_on_a_holiday_of_one_exchange_has_a_report_of_its_own(office):
    """On 21 July Tokyo was closed: New York's 18th has Tokyo's date, which was told before."""
    watch_tokyo(office)
    for path in (office.folder / "news").iterdir():
        path.unlink()
    office.tell("one", "Microsoft (NASDAQ:MSFT) was sued.", "2025-07-16T10:00-04:00")
    (friday,) = morning(office, 18)
    text = "Batteries caught fire, so Microsoft (NASDAQ:MSFT) calls tablets back."
    office.tell("two", text, "2025-07-17T10:00-04:00", title="Tablets burn")

    (monday,) = morning(office, 21)

    assert (friday.session, monday.session) == ("2025-07-18", "2025-07-18")
    assert closed_in(friday.folder) == ["MSFT, 2025-07-16"]
    assert closed_in(monday.folder) == ["MSFT, 2025-07-17"]
    text = (monday.folder / "report.md").read_text()
    assert "since the report on 2025-07-18" in text
    assert "“Tablets burn” came in only after the report on its session" in text
    (tuesday,) = morning(office, 22)
    assert tuesday.session == "2025-07-22" and closed_in(tuesday.folder) == []
    assert [one.state for one in morning(office, 22, since="2025-07-18")] == ["unchanged"]


def test_since_makes_what_no_report_has_told_and_tells_no_window_again(office):
    watch_tokyo(office)
    for path in (office.folder / "news").iterdir():
        path.unlink()
    news = {
        "one": ("Microsoft (NASDAQ:MSFT) was sued.", "2025-07-16T10:00-04:00"),
        "two": ("Toyota (TSE:7203) recalls cars.", "2025-07-16T11:00+09:00"),
        "three": (
            "Batteries caught fire, so Microsoft (NASDAQ:MSFT) calls tablets back.",
            "2025-07-17T10:00-04:00",
        ),
    }
    for name, (text, published) in news.items():
        office.tell(name, text, published, title=text[-20:])
    made = [*morning(office, 17), *morning(office, 22)]  # 18 and 21 July were missed

    late = morning(office, 22, since="2025-07-16")

    assert [one.session for one in late] == ["2025-07-16", "2025-07-17", "2025-07-18"]
    told = [one for run in (*made, *late) for one in closed_in(run.folder)]
    assert sorted(told) == ["7203.T, 2025-07-16", "MSFT, 2025-07-16", "MSFT, 2025-07-17"]
    assert [one.state for one in morning(office, 22, since="2025-07-16")] == ["unchanged"]


def test_the_doctor_remarks_a_market_whose_days_nobody_knows(office):
    office.change('default = "SPY"', 'default = "^SOMETHING"')
    path = office.folder / "prices/closes.csv"
    path.write_text(path.read_text().replace("SPY", "^SOMETHING"))

    (told,) = [one for one in examine(office.config, now=LATER) if "^SOME" in one.detail]

    assert (told.state, told.what) == ("remark", "prices")
    assert "an index whose exchange isn't known here" in told.detail


def test_the_doctor_remarks_prices_that_end_before_the_last_close(office):
    found = {
        one.detail[:4]: one for one in examine(office.config, now=LATER) if "price" in one.what
    }
    assert found["MSFT"].state == "ok"  # to 12 September

    late = examine(office.config, now=datetime(2025, 9, 19, 22, tzinfo=UTC))

    (one,) = [one for one in late if one.detail.startswith("MSFT: ")]
    assert one.state == "remark" and "5 sessions before the last close" in one.detail


def test_the_doctor_tells_prices_that_are_absent_from_those_that_are_too_old(office):
    path = office.folder / "prices/closes.csv"
    path.write_text(path.read_text().replace("SFTBY", "META"))
    office.change('watch = ["MSFT", "SFTBY"]', 'watch = ["MSFT", "FB"]')

    found = examine(office.config, now=datetime(2029, 9, 19, 22, tzinfo=UTC))

    told = [one for one in found if one.what == "prices"]
    assert [one.state for one in told] == ["fault"] * 3
    for one, name in zip(told, ("MSFT", "SPY"), strict=False):
        assert one.detail.startswith(f"{name}: the last one is of 2025-09-12, ")
        assert one.detail.endswith("sessions before the last close.")
    assert told[-1].detail.startswith("No price of FB. prices holds no price of FB; it has ")
    assert "FB became META after 2022-06-08: studies of old news find" in told[-1].detail


def test_a_session_that_has_closed_elsewhere_is_no_session_of_a_share_that_still_trades(office):
    watch_tokyo(office)

    office.report(session="previous", now=datetime(2025, 7, 22, 7, 0, tzinfo=UTC))

    last = office.rows("inputs/closes.csv")[-1]
    assert (last["session"], last["MSFT"]) == ("2025-07-22", "")
    assert float(last["7203.T"]) > 0


def test_a_report_made_late_knows_no_price_after_its_session(office):
    office.report()

    last = office.read("inputs/closes.csv").splitlines()[-1]

    assert last.startswith(SESSION)


# What goes wrong.


def test_a_dead_source_is_told_apart_from_no_news(office):
    office.report(session="2025-07-21")
    shutil.move(office.folder / "news", office.folder / "gone")
    office.change(
        "[prices]", '[[sources]]\nkind = "folder"\nname = "second"\npath = "more"\n[prices]'
    )
    (office.folder / "more").mkdir()

    outcome = office.report()

    assert outcome.code == 3
    assert "samples failed" in office.read()
    assert "Source second: doubtful. It answered, and had nothing." in office.read()
    assert '<p class="alarm"' in office.read("report.html")


def test_when_every_source_is_dead_the_last_report_stays(office):
    office.report(session="2025-07-18")
    before = office.latest.resolve()
    shutil.rmtree(office.folder / "news")

    outcome = office.report(session="2025-09-05", now=datetime(2025, 9, 6, tzinfo=UTC))

    assert (outcome.code, outcome.state, outcome.folder) == (4, "nothing", None)
    assert office.latest.resolve() == before


def test_a_source_that_comes_back_gives_a_new_edition(office):
    office.change(
        "[prices]", '[[sources]]\nkind = "folder"\nname = "second"\npath = "more"\n[prices]'
    )
    assert office.report().code == 3
    (office.folder / "more").mkdir()
    shutil.copy(office.folder / "news/openai-uk.txt", office.folder / "more/again.txt")

    outcome = office.report()

    assert (outcome.code, outcome.state) == (0, "made")
    assert "failed" not in office.read().split("## How")[0].replace("failed.", "")


def test_prices_that_end_too_early_are_shown_with_their_age(office):
    path = office.folder / "prices/closes.csv"
    lines = path.read_text().splitlines()
    end = next(place for place, line in enumerate(lines) if line.startswith("2025-07-18"))
    path.write_text("\n".join(lines[: end + 1]) + "\n")

    assert office.report().code == 3
    assert "price is 2 sessions old" in office.read()
    assert "Sessions since the last price: MSFT 2, SFTBY 2." in office.read()
    assert "have no price of their session" in office.read("report.html")
    assert "taken off watch" not in office.read()
    assert "Flagged moves: none measured." in office.read()
    # One article about two symbols: none of it was lost but their events.
    assert "Items read: 1, lost: 0; events lost: 2. Novel stories: 1" in office.read()

    for place in range(end - 14, end + 1):
        day, _, rest = lines[place].split(",", 2)
        lines[place] = f"{day},,{rest}"
    path.write_text("\n".join(lines[: end + 1]) + "\n")
    text = (office.report(session="2025-07-18").folder / "report.md").read_text()
    assert "MSFT 15. A share that has left its exchange is best taken off watch." in text


def test_prices_that_are_old_by_no_more_than_is_allowed_are_partial_where_nothing_is_measured(
    office,
):
    path = office.folder / "prices/closes.csv"
    lines = path.read_text().splitlines()
    end = next(place for place, line in enumerate(lines) if line.startswith("2025-07-21"))
    path.write_text("\n".join(lines[: end + 1]) + "\n")
    office.change("max_age = 0", "max_age = 1")
    (office.folder / "news/openai-uk.txt").unlink()  # whose event would be lost

    outcome = office.report()

    assert (outcome.code, outcome.words[-1]) == (3, "flagged: none measured")
    assert "doubtful, no move measured" in office.read("report.eml")
    # Of one symbol that has its price the move is measured, and the others may be as old.
    cells = lines[end + 1].split(",")
    cells[lines[0].split(",").index("SFTBY")] = ""
    path.write_text("\n".join([*lines[: end + 1], ",".join(cells)]) + "\n")
    outcome = office.report()
    assert (outcome.code, outcome.words[-1]) == (0, "flagged: none")


def test_malformed_prices_stop_a_run_and_leave_the_last_report(office):
    office.report(session="2025-07-21")
    before = contents(office.latest)
    path = office.folder / "prices/closes.csv"
    path.write_text(path.read_text() + "2025-09-15,abc,1,1\n")

    with pytest.raises(PriceError, match="abc"):
        office.run()

    assert contents(office.latest) == before


def test_undated_and_unreadable_and_future_items_are_counted_with_their_reasons(office):
    (office.folder / "news/undated.txt").write_text("Microsoft (NASDAQ:MSFT) rose.")
    (office.folder / "news/binary.txt").write_bytes(b"\x00\x01" * 100)
    office.tell("future", "Microsoft (NASDAQ:MSFT) rose.", "2031-01-01T10:00Z")
    office.tell("unknown", "Bolt (NASDQA:BOLT) fell.", "2025-07-22T10:00-04:00")

    outcome = office.report()

    steps = {row["name"]: row for row in office.rows("funnel.csv")}
    assert steps["parsed"]["lost"] == "1"
    assert steps["dated"]["lost"] == "2"
    assert steps["dated"]["reasons"] == "1 future time; 1 undated"
    assert steps["linked"]["reasons"] == "1 unknown exchange"
    assert outcome.code == 3
    told = "4 of 5 items (80\N{NO-BREAK SPACE}%) were lost"
    assert told in office.read("report.html")


def test_what_is_not_in_english_is_lost_where_it_is_about_the_watch_list(office):
    text = "Der Gewinn von {} stieg im Quartal, und die Prognose für das Jahr wird erhöht."
    for name, company in (("watched", "Microsoft (NASDAQ:MSFT)"), ("other", "SAP (XETRA:SAP)")):
        office.tell(name, text.format(company), "2025-07-22T11:00-04:00", title=f"Gut {name}")

    office.report()

    linked = next(row for row in office.rows("funnel.csv") if row["name"] == "linked")
    assert (linked["lost"], linked["aside"]) == ("1", "1")
    assert "1 not english" in linked["reasons"]
    assert "It is not in English" in office.read("report.html")
    assert [row["n_articles"] for row in office.rows("events.csv")] == ["1", "1"]


def test_an_event_that_lacks_a_return_is_counted_with_its_reason(office):
    office.tell("one", "Microsoft (NASDAQ:MSFT) won a great contract.", "2025-07-14T11:00-04:00")
    path = office.folder / "prices/closes.csv"
    closes = pd.read_csv(path, index_col=0)
    closes.loc["2025-07-16", "MSFT"] = None
    closes.to_csv(path)

    office.report()

    assert "1 lacks a return for good: no mean that needs it has it." in office.read()
    page = office.read("report.html")
    assert "MSFT, 2025-07-14" in page
    assert "No abnormal return at offset 2, 3" in page


def test_the_report_says_what_its_prices_are_worth(office):
    office.report(session=SESSION)
    page = office.read("report.html")
    assert "What the prices are worth" in page
    assert "Every price was checked against its exchange" in page
    assert "Symbols with prices" in page and "Snapshot " in page


def test_an_item_without_a_date_is_told_in_one_report_and_not_in_every_later_one(office):
    (office.folder / "news/undated.txt").write_text("Microsoft (NASDAQ:MSFT) rose.")
    office.report(session="2025-07-18")
    first = {row["name"]: row["lost"] for row in office.rows("funnel.csv")}
    (office.folder / "news/another.txt").write_text("Title: Undated too\n\nNASDAQ:MSFT fell.")

    office.report(session="2025-07-21")

    second = {row["name"]: row["lost"] for row in office.rows("funnel.csv")}
    assert (first["dated"], second["dated"]) == ("1", "1")
    page = office.read("report.html")
    assert "another.txt, Undated too" in page and "samples: undated.txt" not in page
    assert "2 items were refused" in page  # the source still holds both


def test_a_story_that_comes_in_after_its_report_is_told_in_the_next(office):
    office.tell("old", "Microsoft (NASDAQ:MSFT) won a contract.", "2025-07-17T10:00-04:00")
    office.report(session="2025-07-18")
    assert "came in only after" not in office.read()  # nothing is late for the first
    office.tell(
        "late",
        "Regulators in Brussels sued Microsoft (NASDAQ:MSFT) for fraud over its cloud licences.",
        "2025-07-18T10:00-04:00",
        title="Brussels takes a software group to court",
    )

    office.report(session="2025-07-21")

    assert (
        "- MSFT: “Brussels takes a software group to court” came in only after the report on its "
        "session; it was known at 2025-07-18 10:01 America/New\\_York, 14:01 UTC."
    ) in office.read()
    assert office.report(session="2025-07-21").state == "unchanged"
    # Before the open, but after the report that would have called it pending was made.
    office.tell("dawn", "Microsoft (NASDAQ:MSFT) names a chief.", "2025-07-22T08:00-04:00")
    office.report(session="2025-07-22")
    assert "came in only after" not in office.read()
    (told,) = [line for line in office.read().splitlines() if "2025-07-22 08:01" in line]
    assert "was pending in the last report" not in told


def test_no_power_is_told_of_a_handful_of_events(office):
    for day, name in ((14, "MSFT"), (16, "SFTBY")):
        listing = {"MSFT": "NASDAQ:MSFT", "SFTBY": "OTCPK:SFTBY"}[name]
        office.tell(name, f"A contract for ({listing}) in Peru.", f"2025-07-{day}T10:00-04:00")

    office.report(session="2025-07-21")

    why = "its error rests on too few degrees of freedom (1)."
    text = office.read()
    assert "The study holds 2 events" in text
    assert f"Power: which mean effect the test would find can't be told: {why}" in text
    assert f"What mean effect would have been seen can't be told: {why}" in text
    assert "would probably have gone unseen" not in text


def test_windows_that_closed_in_sessions_without_a_report_are_told_in_the_next(office):
    office.tell("old", "Microsoft (NASDAQ:MSFT) won a contract.", "2025-07-17T10:00-04:00")
    office.report(session="2025-07-17")
    assert "has closed" not in office.read()

    office.report(session="2025-07-22")

    assert "MSFT, 2025-07-17: window 0 to +1 has closed" in office.read()


def test_echoes_count_in_the_score_of_their_story_and_are_named(office):
    office.tell(
        "first",
        "Microsoft (NASDAQ:MSFT) agreed to buy Acme Software for 2 billion dollars in cash, the "
        "company said on Tuesday. The deal closes in spring.",
        "2025-07-22T10:00-04:00",
        title="Microsoft agrees to buy Acme Software",
    )
    office.tell(
        "second",
        "Microsoft (NASDAQ:MSFT) agreed to buy Acme Software for 2 billion dollars in cash, the "
        "company said on Tuesday. Analysts call it a terrible disaster for "
        "Microsoft.",
        "2025-07-22T11:00-04:00",
        title="Microsoft agrees to buy Acme Software",
    )

    office.report()

    (row,) = [row for row in office.rows("symbols.csv") if row["symbol"] == "MSFT"]
    scores = [float(one["score"]) for one in office.rows("stories.csv") if "Acme" in one["title"]]
    page = office.read("report.html")
    assert (row["stories"], row["echoes"]) == ("2", "1")
    assert f"over all tellings, {scores[0]:+.2f} in this one".replace("-", "−") in page
    assert "Told again: Microsoft agrees to buy Acme Software (wire, " in page


def test_a_quiet_day_is_told_apart_from_one_of_which_nothing_was_read(office):
    for path in (office.folder / "news").iterdir():
        path.unlink()
    office.tell("old", "Microsoft (NASDAQ:MSFT) won a contract.", "2025-07-17T10:00-04:00")
    assert office.report().code == 0
    assert "No news: every source was read, and none had any of this session." in office.read()

    office.change('kind = "folder"', 'kind = "feed"')
    office.change('path = "news"', 'url = "https://news.invalid/rss"')
    outcome = office.report(offline=True)
    assert outcome.code == 3
    assert "samples went unasked: The run was offline, and asked no address." in outcome.words
    assert "doubtful, nothing flagged" in office.read("report.eml")
    assert (
        "Nothing was read, and 1 of 1 sources failed, gave nothing usable or were not asked"
        in office.read()
    )


def test_a_folder_that_cannot_be_written_is_a_sentence(office):
    (office.folder / "out").write_text("a file")

    with pytest.raises(ConfigError, match=r"The state folder .* can't be written"):
        office.run()
    (found,) = [one for one in examine(office.config, now=LATER) if one.what == "state"]
    assert (found.state, found.detail[:17]) == ("fault", "The state folder ")


def test_a_full_disk_leaves_the_last_report_and_no_remains(office, monkeypatch):
    office.report(session="2025-07-21")
    before = contents(office.folder / "out/daily")

    def full(path, content):
        raise ConfigError(f"{path} can't be written: No space left on device.")

    monkeypatch.setattr(publish, "write_bytes", full)
    with pytest.raises(ConfigError, match="No space left"):
        office.run()

    assert contents(office.folder / "out/daily") == before


# Two at once, and kills.


def test_of_two_runs_at_once_the_second_says_so_within_a_second(office, capsys, monkeypatch):
    monkeypatch.chdir(office.folder)
    with lock(office.config):
        start = time.monotonic()
        code = main(["report", "--session", SESSION, "--json"])
        taken = time.monotonic() - start

    assert code == 5
    assert json.loads(capsys.readouterr().out) == {"code": 5, "state": "locked"}
    assert taken < 1


def test_who_does_not_get_the_lock_loads_nothing_heavy_to_be_told_so(office):
    code = "import sys; from signals.cli import main; code = main(['report']); "
    code += "sys.exit(9 if 'pandas' in sys.modules else code)"
    with lock(office.config):
        process = subprocess.run(
            [sys.executable, "-c", code], cwd=office.folder, capture_output=True, check=False
        )

    assert process.returncode == 5, process.stderr


def test_a_lock_is_free_when_its_holder_was_killed(office):
    code = "import time, sys\nfrom signals.batch.run import lock\n"
    code += "from signals.batch.configfile import read_config\n"
    code += "with lock(read_config(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(office.path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(LockedError):
        office.run()

    holder.kill()
    holder.wait()
    holder.stdout.close()

    assert office.report().state == "made"


STEPS = {
    "while articles are kept": (Store, "save_analyses"),
    "before the report is written": (running, "_code"),
    "while it is written": (publish, "write_bytes"),
    "before it is put in its place": (Path, "rename"),
    "before the run is noted": (Store, "record_run"),
    "before latest is moved": (publish, "_point"),
    "after latest was moved": (publish, "deliver"),
}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the kill is sent in a fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_leaves_the_last_report_and_the_next_run_completes(
    office, monkeypatch, step
):
    office.report(session="2025-07-21")
    before = contents(office.latest)
    office.tell("new", "Microsoft (NASDAQ:MSFT) rose.", "2025-07-22T10:00-04:00")
    place, name = STEPS[step]
    child = os.fork()
    if child == 0:
        setattr(place, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        try:
            office.run()
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL

    if step != "after latest was moved":
        assert contents(office.latest) == before
    with Store(office.config.state) as store:
        assert store.check() == "ok"
    assert office.report().session == SESSION
    assert office.rows("symbols.csv")[0]["session"] == SESSION
    assert not list((office.folder / "out/daily/runs").glob(".*"))


# The command line.


def test_the_commands_work_from_init_to_export(root, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").symlink_to(root / "data")

    (tmp_path / "manifest.json").write_text("{}")
    assert main(["verify", "."]) == 2
    assert "is no record of a run of `signals report`" in capsys.readouterr().err
    assert main(["init"]) == 0
    assert main(["init"]) == 2
    assert main(["report", "--session", SESSION]) == 0
    capsys.readouterr()
    assert main(["report", "--session", SESSION, "--json"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["state"], line["code"], line["session"]) == ("unchanged", 0, SESSION)
    assert main(["verify", "out/daily/latest"]) == 0
    assert main(["export", "--out", "tables", "--format", "jsonl"]) == 0
    assert len((tmp_path / "tables/articles.jsonl").read_text().splitlines()) == 5
    assert main(["export", "--out", "tables", "--format", "csv"]) == 0
    assert (tmp_path / "tables/events.csv").read_text().count(",2025-07-22,") == 2
    assert main(["doctor"]) == 0


def test_a_reader_who_has_had_enough_is_no_traceback(office):
    code = "import sys; from signals.cli import main; sys.exit(main(['report', '--json', "
    code += "'--session', '2025-07-04']))"
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run(
        [sys.executable, "-c", code],
        cwd=office.folder,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)

    assert (process.returncode, process.stderr) == (1, b"")


def test_progress_is_shown_on_a_terminal_alone_and_leaves_no_trace(office, monkeypatch, capsys):
    monkeypatch.chdir(office.folder)
    main(["report", "--session", "2025-07-21"])
    assert capsys.readouterr().err == ""

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    main(["report", "--session", SESSION])

    told = capsys.readouterr().err
    assert "\r\x1b[Kreading samples\r" in told and told.endswith("studying\r\x1b[K\r\x1b[K")


def test_the_log_can_be_lines_of_json(office, monkeypatch, capsys):
    monkeypatch.chdir(office.folder)

    main(["report", "--session", SESSION, "--log-json"])

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert {"time", "level", "logger", "message"} == set(lines[0])
    assert any("samples" in line["message"] for line in lines)


def test_a_story_that_is_hardly_about_a_symbol_is_set_aside(office):
    office.change("min_relevance = 10 ", "min_relevance = 100")

    outcome = office.report()

    (linked,) = [row for row in office.rows("funnel.csv") if row["name"] == "linked"]
    assert (linked["aside"], linked["lost"], linked["reasons"]) == ("1", "0", "1 low relevance")
    assert outcome.code == 0 and office.rows("stories.csv") == []


def test_a_source_that_is_cut_says_so(office, monkeypatch):
    monkeypatch.setattr("signals.batch.read_sources.MOST_ITEMS", 2)

    outcome = office.report()

    told = "It gave 2 items, the most that is read at a time"
    assert told in (office.latest / "report.html").read_text(encoding="utf-8")
    assert outcome.code == 3
    assert any(one.startswith(f"samples was cut: {told}") for one in outcome.words)


def test_a_run_that_has_lost_much_says_so_where_it_is_started(office):
    (office.folder / "news/undated.txt").write_text("Microsoft rose")

    outcome = office.report()

    assert outcome.code == 3
    assert "1 of 2 items (50\N{NO-BREAK SPACE}%) was lost; the report names each" in outcome.words


@pytest.fixture
def outage(monkeypatch):
    """No price can be fetched, and nobody waits for one."""

    def out(*_, **__):
        raise OSError("no way there")

    monkeypatch.setattr("signals.market.yahoo.fetch_yahoo", out)
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.mark.usefixtures("outage")
def test_init_in_an_empty_folder_makes_one_for_articles_and_says_what_comes_next(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)

    assert main(["init"]) == 0

    told = capsys.readouterr().out
    assert "a folder news beside it" in told and "signals doctor" in told
    assert sorted(one.name for one in tmp_path.iterdir()) == ["news", "signals.toml"]
    config = read_config(tmp_path / "signals.toml")
    assert (config.prices.kind, config.prices.path) == ("yahoo", None)
    assert [Path(table["path"]).name for table in config.sources] == ["news"]
    assert main(["doctor"]) == 2
    told = capsys.readouterr().out
    assert "remark  source news: It can be read, and holds nothing." in told
    assert "fault   prices: No price of SPY. Yahoo can't be reached" in told
    assert (tmp_path / "news").exists() and not (tmp_path / "out").exists()


def test_init_in_a_clone_takes_the_samples(root, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").symlink_to(root / "data")

    assert main(["init", "morning.toml"]) == 0

    assert (tmp_path / "morning.toml").read_text() == sample_config()
    told = capsys.readouterr().out.partition("Try it: signals ")[2].split()
    assert main([*told, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "made"
    assert main(["report", "--config", "evening.toml"]) == 2
    assert "Name another one with --config, or let `signals init`" in capsys.readouterr().err


def test_the_check_that_init_names_finds_the_file_that_it_wrote(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signals.batch.doctor.examine", lambda _: [])

    assert main(["init", "desk/morning.toml"]) == 0

    assert main(capsys.readouterr().out.partition("missing: signals ")[2].split()) == 0


@pytest.mark.usefixtures("outage")
def test_an_outage_of_prices_is_told_once_and_not_for_each_symbol(office):
    office.change('kind = "csv"', 'kind = "yahoo"')
    office.change('path = "prices"', "")

    outcome = office.report()

    assert outcome.code == 3
    told = "prices of MSFT, SFTBY, SPY: Yahoo can't be reached: OSError: no way there"
    assert told in outcome.words
    text = office.read()
    assert text.count("Prices of ") == 1
    assert "**2 of 2 symbols have no price of their session. Yahoo can't be reached" in text
