"""Which report counts a story, and what of a symbol's news its session may be credited with."""

import pytest
from batch_samples import watch_tokyo

RECALL = "Toyota (TSE:7203) recalls cars after two of them caught fire in Chiba."
GOOD = "Microsoft (NASDAQ:MSFT) won a great contract and celebrates superb results."
BAD = "Microsoft (NASDAQ:MSFT) was sued for fraud; horrible losses destroy its reputation."


@pytest.fixture
def office(office):
    for path in (office.folder / "news").iterdir():
        path.unlink()
    return office


def row_of(office, symbol):
    (row,) = [row for row in office.rows("symbols.csv") if row["symbol"] == symbol]
    return row


@pytest.mark.parametrize(
    ("published", "then"),
    [("2025-07-23T02:00+00:00", ("1", "0")), ("2025-07-23T08:00+00:00", ("0", "1"))],
)
def test_a_story_behind_its_own_exchange_s_next_open_is_the_next_report_s(office, published, then):
    """New York's span of the 22nd ends on the 23rd at 13:30 UTC, Tokyo's at 0:00."""
    watch_tokyo(office)
    office.tell("tokyo", RECALL, published, title="Cars are recalled")

    office.report(session="2025-07-22")

    row = row_of(office, "7203.T")
    assert (row["stories"], row["pending"], row["echoes"], row["flags"]) == ("0", "0", "0", "")
    assert office.rows("stories.csv") == [] and office.rows("events.csv") == []
    assert "Shown again" not in office.read() and "Known after" not in office.read()

    office.report(session="2025-07-23")

    row = row_of(office, "7203.T")
    assert (row["stories"], row["pending"], row["echoes"]) == (*then, "0")
    assert [one["title"] for one in office.rows("stories.csv")] == ["Cars are recalled"]
    assert "came in only after" not in office.read()


def test_no_symbol_has_fewer_articles_than_stories(office):
    watch_tokyo(office)
    for hour in range(0, 24, 3):
        office.tell(
            f"at{hour}",
            f"Toyota (TSE:7203) opens plant {hour}, says a {'xyzabcdef'[hour % 9]}{hour} paper.",
            f"2025-07-22T{hour:02}:30+00:00",
            title=f"Plant {hour} opens",
        )
    for day in (18, 22, 23):
        office.report(session=f"2025-07-{day}")
        shown = len([one for one in office.rows("stories.csv") if one["symbol"] == "7203.T"])
        row = row_of(office, "7203.T")
        assert int(row["echoes"]) >= 0
        assert sum(int(row[name]) for name in ("stories", "pending", "echoes")) == shown


def test_what_came_after_the_close_is_pending_and_no_part_of_the_session_s_sentiment(office):
    office.tell("day", BAD, "2025-07-22T10:00-04:00", title="Fraud")
    office.tell("night", GOOD, "2025-07-22T18:30-04:00", title="Contract")

    office.report(session="2025-07-22")

    row, text = row_of(office, "MSFT"), office.read()
    scores = {one["title"]: float(one["score"]) for one in office.rows("stories.csv")}
    assert (row["stories"], row["pending"], row["label"]) == ("1", "1", "negative")
    assert float(row["score"]) == pytest.approx(scores["Fraud"])
    assert float(row["pending_score"]) == pytest.approx(scores["Contract"]) and scores["Fraud"] < 0
    pending = f"+{scores['Contract']:.2f} pending"
    assert f"| MSFT | 1, 1 pending | −{-scores['Fraud']:.2f}, {pending} |" in text
    assert f"<small>{pending}</small>" in office.read("report.html")
    assert "1 story waits for its session and counts in no sentiment here: MSFT." in text
    for page in (text, office.read("report.html")):
        assert "known before the session's close; those known later are pending" in page

    office.report(session="2025-07-23")

    row, text = row_of(office, "MSFT"), office.read()
    assert (row["stories"], row["pending"], row["label"]) == ("1", "0", "positive")
    assert "The news about MSFT turned from negative to positive." in text
    assert f"the news said \N{MINUS SIGN}{-scores['Fraud']:.2f}" in text


def test_a_move_is_not_credited_with_news_that_came_after_it(office):
    path = office.folder / "prices/closes.csv"
    head, *lines = path.read_text().splitlines()
    place = head.split(",").index("MSFT")
    for number, line in enumerate(lines):
        cells = line.split(",")
        if cells[0] >= "2025-07-22" and cells[place]:
            cells[place] = str(float(cells[place]) * 0.8)
            lines[number] = ",".join(cells)
    path.write_text("\n".join([head, *lines, ""]))
    office.tell("night", GOOD, "2025-07-22T18:30-04:00", title="Contract")

    office.report(session="2025-07-22")

    row, text = row_of(office, "MSFT"), office.read()
    assert row["flagged"] == "True" and "MSFT moved abnormally: " in text
    assert "with no novel stories." in text
    assert (row["stories"], row["score"], row["label"]) == ("0", "", "")

    office.report(session="2025-07-23")

    assert "turned" not in office.read()
