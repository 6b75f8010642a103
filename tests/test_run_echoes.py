"""A story is told once in a report, however many articles tell it; what repeats it is an echo."""

from datetime import UTC, datetime

import pytest

from signals.batch.store import Store
from signals.batch.verify import verify_run

RECALL = (
    "Microsoft (NASDAQ:MSFT) recalls 41,000 tablets after two batteries caught fire, the company "
    "said on Tuesday. The recall covers devices that were sold in Europe since May."
)
IN_OTHER_WORDS = (
    "Fires in two batteries have made Microsoft (NASDAQ:MSFT) recall tablets, 41,000 of them. It "
    "asks whoever holds one to stop charging it."
)
TITLE = "Microsoft recalls 41,000 tablets"
WEDNESDAY = datetime(2025, 7, 24, 11, 0, tzinfo=UTC)


@pytest.fixture
def office(office):
    for path in (office.folder / "news").iterdir():
        path.unlink()
    office.tell("first", RECALL, "2025-07-22T10:00-04:00", title=TITLE)
    return office


def msft(office):
    (row,) = [row for row in office.rows("symbols.csv") if row["symbol"] == "MSFT"]
    return row


def test_a_copy_and_a_paraphrase_are_echoes_of_one_story(office):
    office.tell("copy", RECALL, "2025-07-22T11:00-04:00", title=TITLE)
    office.tell("words", IN_OTHER_WORDS, "2025-07-22T12:00-04:00", title="Batteries: a recall")
    office.tell("other", "Microsoft (NASDAQ:MSFT) sued over fees.", "2025-07-22T13:00-04:00")

    office.report()

    assert (msft(office)["stories"], msft(office)["echoes"]) == ("2", "2")
    assert [(row["kind"], row["novelty"]) for row in office.rows("stories.csv")] == [
        ("first", "100.0"), ("copy", "75.0"), ("paraphrase", "56.25"), ("first", "100.0"),
    ]  # fmt: skip
    text = office.read()
    assert "lost: 0. Novel stories: 2, about 1 of 2 symbols; echoes: 2." in text
    assert text.count("    - told again: ") == 2
    assert "| MSFT | 2 +2 |" in text
    assert "+2 echoes" in office.read("report.html")
    (event,) = [row for row in office.rows("events.csv") if int(row["n_articles"]) == 3]
    assert event["known_at"].startswith("2025-07-22T14:01:00")


def test_an_echo_about_two_symbols_is_one_echo_of_all_that_was_read(office):
    both = "Microsoft (NASDAQ:MSFT) and SoftBank (OTCPK:SFTBY) won a contract for chips in Texas."
    for name, hour in (("one", 11), ("two", 12)):
        office.tell(name, both, f"2025-07-22T{hour}:00-04:00", title="A contract in Texas")

    office.report()

    assert [row["echoes"] for row in office.rows("symbols.csv")] == ["1", "1"]
    assert "Items read: 3, lost: 0. Novel stories: 2, about 2 of 2 symbols; echoes: 1." in (
        office.read()
    )


def test_an_echo_in_a_later_session_is_no_event(office):
    office.tell("echo", RECALL, "2025-07-23T11:00-04:00", title=TITLE)

    office.report(session="2025-07-23", now=WEDNESDAY)

    assert (msft(office)["stories"], msft(office)["echoes"]) == ("0", "1")
    assert [row["session"] for row in office.rows("events.csv")] == ["2025-07-22"]
    assert "an echo, a copy of an earlier story" in office.read()
    funnel = {row["name"]: row for row in office.rows("funnel.csv")}
    assert (funnel["novel"]["aside"], funnel["novel"]["reasons"]) == ("1", "1 told before")


def test_what_was_told_before_the_trailing_window_is_not_new(office):
    office.change("trailing = 60", "trailing = 1")
    office.tell("echo", RECALL, "2025-07-23T11:00-04:00", title=TITLE)

    office.report(session="2025-07-23", now=WEDNESDAY)

    assert msft(office)["stories"] == "0"
    assert office.rows("events.csv") == []


def test_a_correction_is_a_story_of_its_own(office):
    text = RECALL.replace("41,000", "14,000")
    office.tell("right", text, "2025-07-22T12:00-04:00", title=f"CORRECTED-{TITLE}")

    office.report()

    assert msft(office)["stories"] == "2"
    assert "corrects an earlier story" in office.read()


CUT = (
    "Microsoft (NASDAQ:MSFT) will cut its output of tablets in {} as demand for them is weak, "
    "sources close to the group said on Tuesday in Seattle."
)
RAISED = CUT.replace("cut", "raise").replace("weak", "strong, a great success")


@pytest.mark.parametrize(
    "text", [RAISED.format("Peru"), f"{CUT.format('Chile')} This corrects an earlier version."]
)
def test_a_text_that_is_taken_back_at_its_address_is_a_correction_and_counts(office, text):
    title = "Microsoft to cut output of tablets"
    office.tell("output", CUT.format("Peru"), "2025-07-22T11:00-04:00", title=title)
    office.report(now=datetime(2025, 7, 23, 11, 0, tzinfo=UTC))
    changed = office.tell("output", text, "2025-07-22T11:00-04:00", title=title)
    office.report(session="2025-07-23", now=WEDNESDAY)  # known since it was seen
    # What only repeats the correction is its echo.
    changed.write_text(changed.read_text().replace("close to", "near"))
    outcome = office.report(session="2025-07-24", now=datetime(2025, 7, 25, 11, 0, tzinfo=UTC))

    events = [row for row in office.rows("events.csv") if int(row["novelty"][:3]) == 100]
    assert [row["session"] for row in events] == ["2025-07-22", "2025-07-22", "2025-07-24"]
    kinds = {row["kind"]: row for row in office.rows("stories.csv")}
    assert "corrects an earlier story; a later version" in kinds["correction"]["remark"]
    assert kinds["correction"]["follows"] != kinds["correction"]["story_id"]
    (again,) = [row for kind, row in kinds.items() if kind in {"copy", "paraphrase"}]
    assert again["story_id"] == kinds["correction"]["article_id"]
    assert "pending" not in again["remark"]
    assert verify_run(outcome.folder, office.config) == []


def test_a_text_that_is_changed_in_a_word_at_its_address_stays_an_echo_that_waits_for_nothing(
    office,
):
    office.tell("output", CUT.format("Peru"), "2025-07-22T11:00-04:00", title="Tablets")
    office.report(now=datetime(2025, 7, 23, 11, 0, tzinfo=UTC))
    office.tell("output", CUT.format("Chile"), "2025-07-22T11:00-04:00", title="Tablets")
    for day in (23, 24):
        now = datetime(2025, 7, day + 1, 11, 0, tzinfo=UTC)
        office.report(session=f"2025-07-{day}", now=now)

        (row,) = office.rows("stories.csv")
        assert row["kind"] in {"copy", "paraphrase"}
        assert "pending" not in row["remark"]


@pytest.mark.parametrize(
    ("text", "published", "sessions"),
    [
        # The text was changed without a word, and read a week later.
        (RECALL.replace("caught", "had caught"), "2025-07-22T10:00-04:00", ["2025-07-22"]),
        # The time was changed: to a later one, to an earlier one, which nobody can have known.
        (RECALL, "2025-07-29T10:00-04:00", ["2025-07-22"]),
        (RECALL, "2025-07-15T10:00-04:00", ["2025-07-22"]),
        # The same address tells something else.
        (
            "Microsoft (NASDAQ:MSFT) was sued for fraud over fees of its cloud in Peru.",
            "2025-07-29T10:00-04:00",
            ["2025-07-22", "2025-07-29"],
        ),
    ],
)
def test_a_later_version_of_an_article_is_no_second_event(office, text, published, sessions):
    office.report()
    office.tell("first", text, published, title=TITLE if "recalls" in text else "Sued")
    outcome = office.report(session="2025-07-29", now=datetime(2025, 7, 30, 11, 0, tzinfo=UTC))

    assert [row["session"] for row in office.rows("events.csv")] == sessions
    with Store(office.config.state) as store:
        columns, rows = store.table("stories")
        stories = [dict(zip(columns, row, strict=True)) for row in rows]
    assert len({one["story_id"] for one in stories}) == len(sessions)
    assert max(one["kind"] for one in stories) == "first"
    assert verify_run(outcome.folder, office.config) == []


def test_the_store_keeps_one_story_and_one_event_when_an_earlier_telling_comes_late(office):
    office.report()
    office.tell("late", RECALL, "2025-07-22T09:45-04:00", title=TITLE)
    office.report()

    with Store(office.config.state) as store:
        columns, rows = store.table("stories")
        stories = [dict(zip(columns, row, strict=True)) for row in rows]
        events = list(store.table("events")[1])
    assert len({one["story_id"] for one in stories}) == 1
    assert sorted(one["kind"] for one in stories) == ["copy", "first"]
    assert len(events) == 1
    assert office.rows("events.csv")[0]["story_id"] == stories[0]["story_id"]


def test_a_report_on_an_older_session_leaves_the_events_of_newer_ones(office):
    office.tell("new", "Microsoft (NASDAQ:MSFT) was sued.", "2025-07-23T11:00-04:00", title="Sued")
    office.report(session="2025-07-23", now=WEDNESDAY)
    office.tell("old", "Microsoft (NASDAQ:MSFT) hired.", "2025-07-21T11:00-04:00", title="Hired")

    office.report(session="2025-07-21", now=WEDNESDAY)

    with Store(office.config.state) as store:
        columns, rows = store.table("events")
        place = list(columns).index("session")
        assert [row[place] for row in rows] == ["2025-07-21", "2025-07-22", "2025-07-23"]


def test_what_is_about_nobody_on_the_list_is_counted_in_the_first_report_alone(office):
    office.tell("other", "Apple (NASDAQ:AAPL) hired.", "2025-07-22T17:00-04:00", title="Hired")

    counts = []
    for session in ("2025-07-22", "2025-07-23"):
        office.report(session=session, now=WEDNESDAY)
        (linked,) = [row for row in office.rows("funnel.csv") if row["name"] == "linked"]
        counts.append((linked["entered"], linked["reasons"]))

    assert counts == [("2", "1 not watched"), ("0", "")]
