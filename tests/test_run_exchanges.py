"""A watch list that loses or wins an exchange, and the reports that follow one another then."""

from datetime import UTC, datetime

from batch_samples import watch_tokyo

from signals.batch.run import Outcome
from signals.batch.store import Store


def at(day, hour=11):
    return datetime(2025, 7, day, hour, 0, tzinfo=UTC)


def text(outcome: Outcome):
    return (outcome.folder / "report.md").read_text(encoding="utf-8")


def watch(office, names):
    now = office.path.read_text()
    now = now.replace('\n"7203.T" = "^N225"', "")  # a market of its own takes a share
    start = now.index("watch = [")
    office.path.write_text(now.replace(now[start : now.index("]", start) + 1], f"watch = {names}"))


def test_a_report_without_an_exchange_that_left_the_list_is_the_newest(office):
    watch_tokyo(office)
    first = office.report(session="previous", now=at(23))
    assert first.session == "2025-07-23"  # Tokyo's; New York's is the 22nd
    assert "There is no report on an earlier session to compare with." in text(first)

    watch(office, '["MSFT"]')
    second = office.report(session="previous", now=at(23, 12))
    assert office.latest.resolve() == second.folder.resolve()
    assert "There is no report on an earlier session to compare with." in text(second)
    assert office.report(session="previous", now=at(23, 13)).state == "unchanged"

    third = office.report(session="previous", now=at(24))
    assert "What changed since the report on 2025-07-22" in text(third)
    assert office.latest.resolve() == third.folder.resolve()
    # A past day that is made again is no newer than it was.
    office.report(session="2025-07-22", now=at(24, 12))
    assert office.latest.resolve() == third.folder.resolve()


def test_a_report_with_an_exchange_that_joined_the_list_is_the_newest(office):
    watch_tokyo(office)
    watch(office, '["MSFT"]')
    office.report(session="previous", now=at(23))
    watch(office, '["MSFT", "7203.T"]')
    second = office.report(session="previous", now=at(23, 12))
    third = office.report(session="previous", now=at(24))

    assert "What changed since the report on 2025-07-22" in text(second)
    assert "What changed since the report on 2025-07-23" in text(third)
    assert office.latest.resolve() == third.folder.resolve()
    with Store(office.config.state) as store:
        newest = [run.folder for run in store.last_runs(2)]
    assert newest == [third.folder.name, second.folder.name]


def test_an_older_morning_of_the_same_exchanges_that_is_made_again_stays_the_older_one(office):
    """On 3 July both had closed in New York's evening; in its morning Tokyo's 4th as well."""
    watch_tokyo(office)
    evening = {"session": "2025-07-03", "now": at(3, 22)}
    office.report(**evening)
    morning = office.report(session="previous", now=at(4))
    office.tell("more", "Microsoft (NASDAQ:MSFT) won.", "2025-07-03T10:00-04:00")

    assert office.report(**evening).state == "made"

    assert office.latest.resolve() == morning.folder.resolve()


def test_an_event_whose_market_trades_until_later_is_pending_and_not_lost(office):
    """Tokyo's 23rd has closed, and is measured on New York's, which has not opened."""
    for path in (office.folder / "news").iterdir():
        path.unlink()
    watch_tokyo(office)
    watch(office, '["MSFT", "7203.T"]')
    office.tell("news", "Toyota (TYO:7203) won a contract.", "2025-07-23T10:00+09:00")

    outcome = office.report(session="previous", now=at(23))

    rows = {row["name"]: row for row in office.rows("funnel.csv")}
    assert [rows["priced"][name] for name in ("entered", "left", "lost", "pending")] == [
        "1", "0", "0", "1",
    ]  # fmt: skip
    assert rows["priced"]["reasons"] == "1 market not closed"
    (row,) = office.rows("status.csv")
    assert (row["status"], row["detail"]) == (
        "pending",
        "Its market, SPY, has not closed on its date yet.",
    )
    assert (outcome.code, "were lost" in text(outcome)) == (0, False)
    assert "events lost" not in text(outcome)

    office.report(session="previous", now=at(24))
    assert [row["status"] for row in office.rows("status.csv")] == [
        "pending"
    ]  # windows close later
    assert "The study holds 1 event" in office.read()
