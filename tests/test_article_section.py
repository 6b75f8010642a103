"""From real results to a report: nothing is lost on the way, and two runs write the same."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from sketches import sketched

import signals as sg
from signals.market.frames import FramePrices
from signals.market.sessions import Sessions
from signals.news.article import Article
from signals.news.mentions import Mentions, find_mentions
from signals.report import article_section
from signals.report.build import JOINT, draw_all, report_data
from signals.report.html import Loss, render
from signals.report.losses import losses
from signals.report.study_sections import Findings, together_section
from signals.sentiment.articles import score
from signals.sentiment.scores import Scores
from signals.study.estimate import event_study
from signals.study.events import align

STORY = """Contoso aside, Microsoft (NASDAQ:MSFT) reports a great and strong quarter

Microsoft (NASDAQ:MSFT) won many new customers. Its rival SoftBank Group (OTCPK:SFTBY) suffered \
a terrible loss in the same months.

OpenAI, which is private, said nothing.

More on Microsoft
- Why Apple (NASDAQ:AAPL) is a disaster
"""


@dataclass(frozen=True)
class Reading:
    name: str
    article: Article
    mentions: Mentions
    scores: Scores


def read(text: str = STORY, published: str | None = "2025-07-21T16:10:00-04:00") -> Reading:
    article = Article.from_text(text, published=published, source="A newswire")
    mentions = find_mentions(article)
    return Reading("story.txt", article, mentions, score(article, mentions=mentions))


@pytest.fixture(scope="module")
def prices() -> FramePrices:
    """Random walks of three symbols on the sessions of New York; MSFT jumps on 2025-07-22."""
    days = Sessions("XNYS").labels("2024-06-03", "2025-08-15")
    draws = np.random.default_rng(7).normal(0, 0.01, (len(days), 3))
    draws[:, 0] += draws[:, 2]
    draws[days.get_loc("2025-07-22"), 0] += 0.15
    frame = pd.DataFrame(100 * np.exp(draws.cumsum(axis=0)), days, ["MSFT", "SFTBY", "SPY"])
    return FramePrices(frame.rename_axis("session"))


def run(readings: list[Reading], prices: FramePrices):
    with sketched():
        return _run(readings, prices)


def _run(readings: list[Reading], prices: FramePrices):
    events = align([one.scores for one in readings])
    study = event_study(events, prices, market="SPY")
    status = study.status.assign(article="", article_id="")
    drawings = draw_all(readings, events=events, study=study)
    data = report_data(
        readings,
        events=events,
        study=study,
        status=status,
        drawings=drawings,
        generator="signals 0",
        manifest=[("prices", "00")],
    )
    return study, drawings, data


@pytest.fixture(scope="module")
def made(prices):
    reading = read()
    return reading, *run([reading], prices)


def test_each_listed_company_has_a_row_a_verdict_and_every_window(made):
    _, study, _, data = made
    (article,) = data.articles
    listed = [row.symbol for row in article.securities if row.symbol and row.relevance]
    assert sorted(listed) == ["MSFT", "SFTBY"]
    assert [verdict.symbol for verdict in article.verdicts] == listed
    assert len(article.windows) == 2 * len(study.settings.windows)
    assert sum(row.decides for row in article.windows) == 2


def test_numbers_are_those_of_the_study(made):
    _, study, _, data = made
    table = study.car(-1, 1).join(study.events["symbol"]).set_index("symbol")
    for row in data.articles[0].windows:
        if row.window == (-1, 1):
            expected = table.loc[row.subject.split(",")[0]]
            assert row.effect == expected["car"]
            assert row.p_value == expected["p_value"]
            assert row.placebo_p == expected["placebo_p"]
            assert row.mde == expected["mde"]


def test_a_jump_is_a_verdict_and_a_walk_is_none(made):
    tones = {one.symbol: one.tone for one in made[-1].articles[0].verdicts}
    assert tones == {"MSFT": "moved", "SFTBY": "ordinary"}


def test_a_company_and_the_whole_article_differ_and_both_are_explained(made):
    article = made[-1].articles[0]
    rows = {row.symbol: row for row in article.securities}
    assert rows["MSFT"].score > article.article_row.score > rows["SFTBY"].score
    for row in (article.article_row, rows["MSFT"], rows["SFTBY"]):
        assert math.fsum(part.value for part in row.words) == pytest.approx(row.score, abs=1e-9)


def test_a_private_company_and_boilerplate_are_shown_and_not_scored(made):
    rows = {row.name: row for row in made[-1].articles[0].securities}
    private = rows["OpenAI"]
    assert (private.symbol, private.score, private.basis) == ("", None, "not scored: no listing")
    boilerplate = rows["Apple"]
    assert (boilerplate.relevance, boilerplate.score) == (0, None)
    assert boilerplate.remark == "named in boilerplate only"


def test_the_text_is_whole_and_its_marks_stand_where_they_belong(made):
    reading, *_, data = made
    paragraphs = data.articles[0].paragraphs
    shown = ["".join(piece.text for piece in one.pieces) for one in paragraphs]
    assert shown == [line for line in reading.article.text.split("\n") if line.strip()]
    marked = {
        mark: [piece.text for one in paragraphs for piece in one.pieces if mark in piece.marks]
        for mark in ("positive", "negative", "private")
    }
    assert {"great", "strong", "won"} <= set(marked["positive"])
    assert {"suffered", "terrible", "loss"} <= set(marked["negative"])
    assert marked["private"] == ["OpenAI"]
    assert [one.boilerplate for one in paragraphs][-2:] == [True, True]
    assert not any(one.boilerplate for one in paragraphs[:-2])


def test_facts_say_when_it_was_known_and_which_session_counts(made):
    rows = {fact.term: fact for fact in made[-1].articles[0].facts}
    assert rows["Published"].text == "2025-07-21 16:10:00-04:00"
    assert rows["Known at"].text == "2025-07-21 20:10:01 UTC"
    assert rows["Event session"].text.startswith("2025-07-22 for ")
    assert "after the close" in rows["Event session"].note


def test_a_date_without_a_zone_says_where_its_day_was_taken_to_end():
    rows = {fact.term: fact for fact in article_section.facts(read(published="2025-07-21").article)}
    assert rows["Published"].text == "2025-07-21, no time of day"
    assert "UTC−12" in rows["Published"].note
    assert rows["Known at"].text == "2025-07-22 12:00 UTC"


def test_every_event_and_the_sentences_are_drawn(made):
    reading, _, drawings, _ = made
    names = [one.name for one in drawings[reading.article.id]]
    assert sorted(names) == sorted(
        [
            "event-window-MSFT-2025-07-22",
            "price-MSFT-2025-07-22",
            "event-window-SFTBY-2025-07-22",
            "price-SFTBY-2025-07-22",
            f"sentiment-{reading.article.id}",
        ]
    )


def test_two_runs_write_the_same_bytes(made, prices):
    again = run([read()], prices)[-1]
    assert render(again) == render(made[-1])


def test_two_events_of_one_article_have_no_mean(made):
    assert made[-1].together is None
    assert not any("Several events" in sentence for sentence in made[-1].method)


def test_an_undated_article_is_read_and_not_priced(prices):
    undated = read(published=None)
    data = run([undated, read()], prices)[-1]
    article = data.articles[0]
    assert "no publication time" in article.plainly
    assert {verdict.tone for verdict in article.verdicts} == {"unpriced"}
    assert article.windows == ()
    assert article.securities
    assert data.together is not None


def test_what_fell_out_is_shown_where_it_belongs(prices):
    tesla = read("Tesla (NASDAQ:TSLA) won customers\n\nTesla is great.")
    data = run([read(), tesla], prices)[-1]
    first, second = data.articles
    assert not first.losses
    assert {loss.what.split(",")[0] for loss in second.losses} == {"TSLA"}
    assert second.verdicts[0].tone == "unpriced"
    assert "TSLA" in " ".join(second.verdicts[0].sentences)


def test_a_story_without_companies_says_so_and_renders(prices):
    data = run([read("A bakery opens\n\nThe bread is great."), read()], prices)[-1]
    assert data.articles[0].plainly.startswith("The story is about no listed company")
    assert data.articles[0].verdicts == ()
    render(data)


def test_an_empty_story_renders(prices):
    empty = read("(Reporting by Somebody; Editing by Nobody)")
    page = render(run([empty, read()], prices)[-1])
    assert "Article" in page


@pytest.mark.usefixtures("sketched")
def test_a_study_without_articles_has_a_report_of_its_own(made, prices):
    study = made[1]
    events = study.events.reset_index()
    status = study.status.assign(article="", article_id="")
    drawings = draw_all((), events=events, study=study)
    data = report_data(
        (), events=events, study=study, status=status, drawings=drawings, generator="signals 0"
    )
    assert data.title == "Event study of 2 events"
    assert len(data.together.each) == 2 * len(study.settings.windows)
    assert len(drawings[JOINT]) == 1 + 2 * 2
    assert "Each event" in render(data)


def test_a_study_of_many_events_shows_the_first_and_counts_what_fell_out_by_reason(made):
    study = made[1]
    lost = [
        {"event_id": f"E{n}", "symbol": f"S{n}", "session": pd.Timestamp("2025-07-22")}
        | {"status": "lost", "reason": reason, "detail": f"Why {n}."}
        for n, reason in enumerate(["no_prices"] * 150 + ["window_incomplete"] * 60 + ["odd"])
    ]
    table = pd.concat([study.status, pd.DataFrame(lost)])
    few, many = losses(table, most=211), losses(table, most=210)
    assert len(few) == 211 and few[0] == Loss("S0, 2025-07-22", "lost", "Why 0.")
    assert [(one.what, one.reason) for one in many] == [
        ("150 events", "no prices: S0, 2025-07-22: Why 0."),
        ("60 events", "window incomplete: S150, 2025-07-22: Why 150."),
        ("S210, 2025-07-22", "Why 210."),
    ]
    assert len(losses(table)) == 211
    # Windows are computed of the events that are shown, and are the same as those of all.
    one = Findings.of(study.events, study, status=table, most=1)
    assert list(one.windows) == list(study.events.index[:1])
    whole = Findings.of(study.events, study, status=table).windows
    assert one.windows[study.events.index[0]] == whole[study.events.index[0]]


@pytest.mark.usefixtures("sketched")
def test_losses_of_the_whole_run_stand_apart(made, prices):
    reading, study, drawings, _ = made
    unread = pd.DataFrame(
        [
            {
                "article": "broken.txt",
                "article_id": "",
                "event_id": "",
                "symbol": "",
                "status": "lost",
                "reason": "unreadable",
                "detail": "It is binary.",
            }
        ]
    )
    status = pd.concat([unread, study.status.assign(article="", article_id="")])
    data = report_data(
        [reading],
        events=align([reading.scores]),
        study=study,
        status=status,
        drawings=drawings,
        generator="signals 0",
    )
    assert [(loss.what, loss.reason) for loss in data.losses] == [("broken.txt", "It is binary.")]
    assert data.summary == ("1 article was read, 1 could not be used.",)


def test_an_update_is_told(prices):
    article = read().article
    updated = pd.Timestamp("2025-07-21T21:00:00Z").to_pydatetime()
    rows = {fact.term for fact in article_section.facts(_with(article, updated=updated))}
    assert "Updated" in rows


def _with(article: Article, **changes: object) -> Article:
    from dataclasses import replace

    return replace(article, **changes)


def test_events_known_to_the_day_are_never_pooled_with_timed_ones(root, tmp_path):
    analysis = sg.analyse(
        [root / "data/articles/openai-uk.txt", root / "data/articles/microsoft-results.txt"],
        prices=root / "data/prices",
    )

    section = together_section(analysis.study)

    told = dict.fromkeys((row.subject, row.n) for row in section.windows)
    assert list(told) == [("Events with a time", 1), ("Events with a date only", 2)]
    page = analysis.report(tmp_path / "page.html").read_text(encoding="utf-8")
    headings = re.findall(r'class="group"><th[^>]*>(Events[^<]+)', page)
    assert headings == ["Events with a time", "Events with a date only"]
