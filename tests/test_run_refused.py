"""What a source holds and is no article is told once, and never passes for a quiet day."""

import json
from datetime import UTC, datetime

import pytest

TUESDAY, WEDNESDAY = "2025-07-22", "2025-07-23"
MORNING = datetime(2025, 7, 24, 11, 0, tzinfo=UTC)


@pytest.fixture
def wire(office):
    """An office whose one source is a file that its vendor writes anew each day."""
    office.change('kind = "folder"', 'kind = "jsonl"')
    office.change('path = "news"', 'path = "wire.jsonl"')
    office.wire = office.folder / "wire.jsonl"
    return office


def write(path, *items):
    path.write_text("".join(f"{json.dumps(one)}\n" for one in items))


def funnel(office):
    return {row["name"]: (row["entered"], row["lost"]) for row in office.rows("funnel.csv")}


def naive(day, *texts):
    return [{"text": text, "published": f"{day} 15:00:00"} for text in texts]


def test_a_source_whose_every_item_is_refused_is_no_quiet_day_on_any_day(wire):
    said = []
    for day, names in ((TUESDAY, ("MSFT", "SFTBY")), (WEDNESDAY, ("MSFT", "AAPL"))):
        write(wire.wire, *naive(day, *(f"NASDAQ:{name} rose." for name in names)))
        said.append(wire.report(session=day, now=MORNING))
        assert funnel(wire)["dated"] == ("2", "2")
        assert "samples gave nothing usable: that there is no story from it" in wire.read(
            "report.html"
        )
        assert "doubtful" in wire.read("report.eml")
        assert "No news" not in wire.read()
    assert [one.code for one in said] == [3, 3]

    # The same items again: told, and yet the source is as useless as before.
    outcome = wire.report(session="2025-07-24", now=datetime(2025, 7, 25, 11, 0, tzinfo=UTC))
    assert funnel(wire)["read"] == ("0", "0")
    assert outcome.code == 3
    assert "samples gave nothing usable: It gave no article, and 2 items were refused." in (
        outcome.words
    )
    assert "No news" not in wire.read()
    assert "1 of 1 sources failed, gave nothing usable or were not asked" in wire.read()


GOOD = {"title": "Good", "text": "MSFT rose.", "published": "2025-07-22T15:00Z"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"title": "Wrap", "text": "NASDAQ:MSFT."}, {"title": "Wrap", "text": "NASDAQ:AAPL."}),
        ({"title": "Wrap", "url": "https://a.test/1"}, {"title": "Wrap", "url": "https://a.test/2"}),
        ({"text": "It rose.", "published": "22"}, {"text": "It rose.", "published": "23"}),
        ("MSFT", "AAPL"),
    ],
)  # fmt: skip
def test_another_item_is_lost_anew_whatever_it_shares_with_one_before(wire, first, second):
    write(wire.wire, first, GOOD)
    wire.report(session=TUESDAY, now=MORNING)
    assert sum(int(lost) for _, lost in funnel(wire).values()) == 1

    write(wire.wire, GOOD, first, second)  # the first is known again in another place
    wire.report(session=WEDNESDAY, now=MORNING)
    assert sum(int(lost) for _, lost in funnel(wire).values()) == 1


def test_a_file_that_is_no_article_is_lost_anew_when_another_takes_its_name(office):
    path = office.folder / "news/morning.pdf"
    lost = []
    for day, content in ((TUESDAY, "one"), (WEDNESDAY, "one"), ("2025-07-24", "two")):
        path.write_text(content)
        office.report(session=day, now=datetime(2025, 7, 25, 11, 0, tzinfo=UTC))
        lost.append(funnel(office)["parsed"][1])

    assert lost == ["1", "0", "1"]


def test_what_was_refused_as_yet_to_come_is_read_once_its_time_has_come(office):
    """Stamped 8 hours ahead of a clock that is slow; no file changes until it is right."""
    for path in (office.folder / "news").iterdir():
        path.unlink()
    office.tell("now", "Microsoft (NASDAQ:MSFT) hired.", "2025-07-22T12:00Z", "Hired")
    office.tell("ahead", "Microsoft (NASDAQ:MSFT) was sued in Peru.", "2025-07-23T12:00Z", "Sued")
    early = office.report(session=TUESDAY, now=datetime(2025, 7, 23, 4, 0, tzinfo=UTC))
    assert funnel(office)["dated"] == ("2", "1")
    assert office.report(session=TUESDAY, now=datetime(2025, 7, 23, 5, 0, tzinfo=UTC)).state == (
        "unchanged"
    )

    outcome = office.report(session=TUESDAY, now=datetime(2025, 7, 23, 12, 30, tzinfo=UTC))

    assert (early.code, outcome.code, outcome.state) == (3, 0, "made")
    assert funnel(office)["dated"] == ("2", "0")
    assert "Sued" in office.read()


def test_a_row_of_a_csv_file_is_known_again_by_what_it_holds(wire):
    wire.change('kind = "jsonl"', 'kind = "csv"')
    good = "2025-07-22T15:00Z,Good,MSFT rose.\n"
    lost = []
    for day, rows in (
        (TUESDAY, ["a,b\n", good]),
        (WEDNESDAY, [good, "a,b\n"]),
        ("2025-07-24", [good, "c,d\n"]),
        ("2025-07-25", [good, 'c,"d"e\n']),
    ):
        wire.wire.write_text("".join(["published,title,text\n", *rows]))
        wire.report(session=day, now=datetime(2025, 7, 28, 11, 0, tzinfo=UTC))
        lost.append(funnel(wire)["parsed"][1])

    assert lost == ["1", "0", "1", "1"]
