"""Stories that tell of the move of a share's price, from the text to the reports."""

import re

import numpy as np
import pandas as pd
import pytest
from study_samples import Frame, invent

import signals as sg
from signals.news.recaps import find_recaps
from signals.report.study_looks import looks_section, score_section, score_words

MOVED = "Boeing (NYSE:BA) fell 4% on Tuesday after the regulator widened its probe."
NEWS = "Boeing (NYSE:BA) said that the regulator had widened its probe."


def recaps(text, title=None):
    article = sg.Article.from_text(text, title=title, published="2025-07-22T15:00Z")
    return {entity.symbol: entity.recap for entity in sg.find_mentions(article).entities}


def told(line):
    """Whether a line tells of a move: of what it names, or of the one company before it."""
    alone = recaps(line)
    return any((alone or recaps(f"Acme said so\n\nAcme (NYSE:ACM) said it. {line}")).values())


@pytest.fixture(scope="module")
def parts(root):
    text = (root / "tests/cases/recaps.txt").read_text(encoding="utf-8")
    return [
        [line.split(" | ", 1) for line in part.splitlines() if line and not line.startswith("#")]
        for part in text.split("====\n")
    ]


@pytest.mark.parametrize(
    ("number", "lines", "most"),
    [(0, 397, 19), (1, 222, 12), (3, 119, 3)],
    ids=["with rules", "after them", "of machines"],
)
def test_lines_that_tell_of_a_move_are_told_from_those_that_do_not(parts, number, lines, most):
    wrong = [(kind, text) for kind, text in parts[number] if told(text) != (kind == "1")]
    assert len(parts[number]) == lines
    assert len(wrong) <= most, wrong


def test_of_the_companies_of_a_story_those_that_moved_are_told(parts):
    wrong = []
    for moved, story in parts[2]:
        found = recaps(story.replace(" || ", "\n\n"))
        if {symbol for symbol, recap in found.items() if recap} != {*moved.split(",")} - {"-"}:
            wrong.append((moved, found, story))
    assert len(parts[2]) >= 100
    assert len(wrong) <= 7, wrong


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Boeing slides as probe widens\n\n{NEWS}", "title"),
        (f"Boeing probe widens\n\n{MOVED}", "text"),
        (f"Boeing probe widens\n\n{NEWS} Its shares were last seen down 4 percent.", "text"),
        (f"Boeing probe widens\n\n{NEWS}", ""),
    ],
)
def test_where_a_story_tells_first_is_known(text, expected):
    assert recaps(text) == {"BA": expected}


def test_of_several_companies_each_has_its_own():
    text = (
        "Airlines and makers\n\nBoeing (NYSE:BA) shares fell while Airbus (EPA:AIR) won an order. "
        "Ford (NYSE:F), General Motors (NYSE:GM) and Stellantis rose 2%. Shares of Nvidia and "
        "its rivals were not affected. Apple and Microsoft spoke. The stock dropped 3%."
    )
    found = recaps(text)
    assert found["BA"] == found["F"] == found["GM"] == "text"
    assert [found[name] for name in ("AIR.PA", "NVDA", "AAPL", "MSFT")] == [""] * 4


def test_boilerplate_tells_of_nothing():
    text = f"Boeing probe widens\n\n{NEWS}\n\nRelated stories\n- Boeing shares fall 4%\n- Boeing up"
    assert recaps(text) == {"BA": ""}


def test_a_long_text_takes_time_in_proportion():
    import time

    def seconds(count):
        text = "The shares fell. " * count
        story = [(17 * n, 17 * n + 16) for n in range(count)]
        begun = time.process_time()
        find_recaps(text, story, {"a": [(0, 3)]}, titled=False)
        return time.process_time() - begun

    seconds(100)
    assert min(seconds(8_000) for _ in range(3)) < 8 * min(seconds(2_000) for _ in range(3)) + 0.05


@pytest.mark.parametrize(
    "sentence",
    ["Acme (NYSE:ACM), {}.", "Shares of {}.", "Acme fell 3 % and {}."],
    ids=["companies in a row", "shares of them", "a long sentence"],
)
def test_a_sentence_of_many_companies_takes_time_in_proportion(sentence):
    import time

    def seconds(count):
        text = sentence.format("shares of Acme fell and " * count)
        names = [(one.start(), one.end()) for one in re.finditer("Acme", text)]
        begun = time.process_time()
        find_recaps(text, [(0, len(text))], {"a": names[::2], "b": names[1::2]}, titled=False)
        return time.process_time() - begun

    seconds(100)
    assert min(seconds(8_000) for _ in range(3)) < 8 * min(seconds(2_000) for _ in range(3)) + 0.05


def test_scores_and_events_carry_it():
    first = sg.Article.from_text(f"Boeing probe widens\n\n{NEWS}", published="2025-07-22T15:00Z")
    second = sg.Article.from_text(f"Boeing slides\n\n{MOVED}", published="2025-07-22T16:00Z")
    scores = [sg.score(article) for article in (first, second)]

    assert [one["BA"].recap for one in scores] == ["", "title"]
    assert scores[1].to_frame()["recap"].tolist() == ["title"]
    assert sg.align(scores).set_index("article_ids")["recap"].to_dict() == {
        first.id: "",
        second.id: "title",
    }
    stories = {one.article.article_id: sg.group_stories([first])[first.id] for one in scores}
    (event,) = sg.align(scores, stories=stories)["recap"]
    assert event == ""  # that of the article that was known first


@pytest.fixture(scope="module")
def study():
    """Thirty events that chance alone made, and ten stories that tell of the move of their day."""
    symbols = [f"S{n}" for n in range(40)]
    closes = invent(symbols, seed=3)
    sessions = closes.index[-60 - np.arange(40) * 7 % 40]
    events = pd.DataFrame({"symbol": symbols, "session": sessions})
    for symbol, session in events[30:].itertuples(index=False):
        closes.loc[session:, symbol] *= 1.06
    events["recap"] = np.where(np.arange(40) < 30, "", "title")
    return sg.event_study(events, Frame(closes), market="SPY")


def test_means_are_given_with_and_without_such_stories(study):
    table = study.recaps([(0, 0)]).droplevel("window")
    assert table.loc[["all", "without", "with"], "n"].tolist() == [40, 30, 10]
    assert table.loc["with", "caar"] > 0.05
    assert abs(table.loc["without", "caar"]) < 0.01
    np.testing.assert_allclose(table.loc["all", "caar"], study.caar([(0, 0)])["caar"].item())
    assert study.flags()["recap"].sum() == 10


def test_events_from_a_csv_file_say_the_same(study, tmp_path):
    path = tmp_path / "events.csv"
    study.events.assign(score=np.arange(40.0)).to_csv(path, index=False)
    events, prices = pd.read_csv(path, parse_dates=["session"]), Frame(study.prices.closes)
    assert events["recap"].isna().sum() == 30  # pandas reads "" as missing
    again = sg.event_study(events, prices, market="SPY")
    pd.testing.assert_frame_equal(again.recaps([(0, 0)]), study.recaps([(0, 0)]))
    assert set(again.by("recap", [(0, 0)]).index.get_level_values("recap")) == {"", "title"}
    events["known_at"] = events["session"].dt.tz_localize("UTC") + pd.Timedelta(hours=9)
    found = sg.evaluate(events, prices, horizons=(1,))
    assert set(found.by("recap").index) == {"", "title"}


@pytest.mark.parametrize("told", [True, "yes", 1])
def test_a_column_that_says_something_else_is_refused_where_it_is_asked_for(study, told):
    closes = study.prices.closes
    events = pd.DataFrame(
        {"symbol": ["S1", "S2"], "session": closes.index[[-60, -50]], "recap": [told, None]}
    )
    other = sg.event_study(events, Frame(closes), market="SPY")
    assert not other.flags()["recap"].any()
    with pytest.raises(sg.StudyError, match=f"'title', 'text', or '' for nowhere; got {told!r}"):
        other.recaps()


def test_the_report_of_a_study_shows_both(study):
    section = looks_section(study, (0, 0))
    (table,) = [one for one in section.tables if one.caption.startswith("With and without")]
    assert [row[0] for row in table.rows] == [
        "All events", "Without such stories", "Such stories alone",
    ]  # fmt: skip
    assert any(
        "it can't have been the reason" in row[0] for one in section.tables for row in one.rows
    )


def test_prices_follow_the_score_of_stories_that_tell_of_the_move_and_of_no_others(study):
    rng = np.random.default_rng(5)
    score = np.where(study.events["recap"] == "", rng.normal(0, 0.5, 40), 0.6)
    score[30::2] = -0.6  # of shares that fell
    closes = study.prices.closes.copy()
    for _, event in study.events[30::2].iterrows():
        closes.loc[event["session"] :, event["symbol"]] /= 1.06**2
    told = sg.event_study(study.events.assign(score=score), Frame(closes), market="SPY")

    assert len(told.without_recaps().events) == 30
    assert told.slope("score", (0, 0))["estimate"].item() > 1
    assert told.without_recaps().slope("score", (0, 0))["p_value"].item() > 0.05
    said, caution = score_words(told, (0, 0))
    assert "prices moved with the score" in said
    assert caution.startswith("The stories of 10 of the 40 events tell that the share had moved")
    assert caution.endswith("chance alone gives that often enough.")
    rows = [row[0] for row in score_section(told, (0, 0)).tables[0].rows]
    assert rows[-1] == "Slope of SCAR on the score, without stories that tell of the move"


def test_events_of_another_clock_are_not_what_is_left_of_those_with_a_time(study):
    told = study.events["recap"] == "title"
    events = study.events.assign(
        precision=np.where(told, "minute", "day"), score=np.tile([0.5, -0.5], 20)
    )
    mixed = sg.event_study(events, Frame(study.prices.closes), market="SPY")
    assert mixed.mixes_precisions
    rows = [row[0] for row in score_section(mixed, (0, 0)).tables[0].rows]
    assert not any("without stories" in row for row in rows)


def test_of_stories_that_all_tell_of_the_move_none_is_left(study):
    every = sg.event_study(
        study.events.assign(recap="text"), Frame(study.prices.closes), market="SPY"
    )
    with pytest.raises(sg.StudyError, match="none is left"):
        every.without_recaps()


def test_events_without_the_column_have_no_such_table(study):
    closes = study.prices.closes
    events = pd.DataFrame({"symbol": ["S1", "S2"], "session": closes.index[[-60, -50]]})
    other = sg.event_study(events, Frame(closes), market="SPY")
    assert not other.flags()["recap"].any()
    assert not any(
        "tells that the share" in one.caption for one in looks_section(other, (0, 0)).tables
    )
    with pytest.raises(sg.StudyError, match="no column 'recap'"):
        other.recaps()


def test_the_report_on_an_article_says_so(root, tmp_path):
    path = tmp_path / "moved.txt"
    path.write_text(
        "Published: 2025-07-22T11:00-04:00\n\nMicrosoft shares slide\n\n"
        "Microsoft (NASDAQ:MSFT) fell 2% on Tuesday after a warning."
    )
    page = sg.analyse(path, prices=root / "data/prices").report(tmp_path / "report.html")
    text = page.read_text(encoding="utf-8")
    assert "the title tells that its price moved" in text
    assert (
        "But its story tells that the price had moved, and can&#39;t have been the reason" in text
    )


def test_the_daily_report_says_so_and_keeps_it(office):
    text = "Microsoft (NASDAQ:MSFT) fell 2% on Tuesday after a warning about its cloud."
    office.tell("moved", text, "2025-07-22T11:00-04:00", title="Microsoft warns")
    office.tell("before", text, "2025-07-15T11:00-04:00", title="Microsoft sued")

    office.report(session="2025-07-15")
    flags = {row["symbol"]: row["flags"] for row in office.rows("symbols.csv")}
    assert "no story but of the move" in flags["MSFT"]

    office.report()
    assert "it tells that the price had moved" in office.read()
    assert "The story of 1 tells that the share had moved" in office.read()
    assert sorted(row["recap"] for row in office.rows("events.csv")) == ["", "", "text", "text"]
    flags = {row["symbol"]: row["flags"] for row in office.rows("symbols.csv")}
    assert "no story but of the move" not in flags["MSFT"]  # another tells of a deal
    office.report(session="2025-07-23")  # from the store
    assert "text" in {row["recap"] for row in office.rows("events.csv")}
