"""Events that are hardly about their share can be left out of a study, each with its reason."""

import pandas as pd
import pytest
from study_samples import SESSION, events, invent

import signals as sg
from signals.batch.own_events import StudyOptions, study_table
from signals.errors import StudyError


@pytest.fixture(scope="module")
def prices():
    return invent(["AAA", "BBB", "CCC"])


def told(**columns):
    return events(*((name, SESSION) for name in ("AAA", "BBB", "CCC")), **columns)


def test_events_under_the_least_relevance_are_lost_with_it(prices):
    table = told(relevance=[40.0, 9.5, None])
    study = sg.event_study(table, prices, market="SPY", min_relevance=10)
    lost = study.status[study.status["status"] == "lost"]
    assert study.events["symbol"].tolist() == ["AAA"]
    assert lost["reason"].tolist() == ["low_relevance"] * 2
    assert lost["detail"].iloc[0] == "Its relevance is 9.5, and 10 is asked for."


def test_what_was_not_asked_for_is_not_missing(prices):
    table = told(relevance=[40.0, 9.5, 3.0])
    analysis = study_table(table, prices=prices, asked=StudyOptions(min_relevance=10))
    assert len(analysis.lost) == 2
    assert analysis.missing.empty


def test_by_default_all_events_count(prices):
    table = told(relevance=[40.0, 0.0, None])
    assert len(sg.event_study(table, prices, market="SPY").events) == 3


def test_one_that_is_left_out_takes_no_place(prices):
    """Of several events of a session the first counts: the first of those that are asked for."""
    first = told(relevance=5.0, known_at="2025-07-21T12:00Z").iloc[[0]]
    later = told(relevance=80.0, known_at="2025-07-21T13:00Z").iloc[[0]]
    table = pd.concat([first, later], ignore_index=True).assign(event_id=["first", "later"])
    study = sg.event_study(table, prices, market="SPY", min_relevance=10)
    assert study.events.index.tolist() == ["later"]


def test_without_a_relevance_none_can_be_asked_for(prices):
    with pytest.raises(StudyError, match="asks for a column 'relevance'"):
        sg.event_study(told(), prices, market="SPY", min_relevance=10)
    with pytest.raises(StudyError, match="no relevance: it is a number from 0 to 100"):
        sg.event_study(told(relevance=5.0), prices, market="SPY", min_relevance=101)


def test_a_report_says_so(prices, tmp_path):
    study = sg.event_study(
        told(relevance=[40.0, 50.0, 3.0]), prices, market="SPY", min_relevance=10
    )
    sg.write_report(study, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Events whose relevance is under 10 are left out." in text
