from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import signals as sg
from signals.errors import StudyError
from signals.market.sessions import Sessions
from signals.news.stories import Story
from signals.sentiment.scorer import Score
from signals.study.events import EVENT_TYPES, OF_SCORES, align, align_table, unaligned
from signals.study.policies import POLICIES

COLUMNS = (
    "event_id symbol mic company session phase precision known_at score relevance novelty "
    "n_articles article_ids story_id complete_at recap"
).split()

BASE = Score(
    article_id="0123456789abcdef",
    symbol="MSFT",
    mic="XNAS",
    company="microsoft",
    known_at=datetime(2025, 7, 22, 14, 0, tzinfo=UTC),
    precision="minute",
    score=0.5,
    label="positive",
    relevance=80.0,
    scorer="test 1",
    contributions=(),
)


def score(**changes) -> Score:
    return replace(BASE, **changes)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_date_without_a_time_belongs_to_the_session_after_the_day_has_ended_everywhere():
    dated = score(known_at=at("2025-07-22T12:00:00+00:00"), precision="day")
    event = align([dated]).iloc[0]
    assert event["session"] == pd.Timestamp("2025-07-22")
    assert event["phase"] == "date-only"
    assert event["precision"] == "day"
    assert event["event_id"] == "MSFT-2025-07-22-01234567"
    assert event["known_at"] == pd.Timestamp("2025-07-22T12:00Z")


@pytest.mark.parametrize("turn", [1, -1])
def test_an_article_that_is_given_again_with_a_later_time_counts_when_it_was_known_first(turn):
    later = score(known_at=at("2025-07-24T14:00:00+00:00"))
    other = score(known_at=at("2025-07-24T15:00:00+00:00"), symbol="AAPL", company="apple")

    events = align([later, score(), score(score=0.7), other][::turn])

    assert events["symbol"].tolist() == ["MSFT", "AAPL"]
    assert events["known_at"].tolist() == [BASE.known_at, other.known_at]
    assert events["score"].tolist() == pytest.approx([0.6, 0.5])


def test_one_score_is_one_row_with_every_column_in_order():
    events = align([score()])
    assert list(events.columns) == COLUMNS == list(EVENT_TYPES)
    told = re.findall(r"\w+", align.__doc__)
    assert [name for name in (*COLUMNS, *POLICIES) if name not in told] == [], "not in its help"
    told = re.findall(r"\w+", align_table.__doc__)
    assert [name for name in OF_SCORES if name not in told] == [], "not in the help of align_table"
    row = events.iloc[0]
    assert (row["symbol"], row["mic"], row["company"]) == ("MSFT", "XNAS", "microsoft")
    assert (row["score"], row["relevance"], row["novelty"]) == (0.5, 80.0, 100.0)
    assert (row["n_articles"], row["article_ids"]) == (1, BASE.article_id)
    assert row["story_id"] == BASE.article_id
    assert row["phase"] == "intraday"


def test_no_score_gives_an_empty_frame_of_the_same_columns_and_types():
    empty, full = align([]), align([score()])
    assert len(empty) == 0
    assert list(empty.columns) == list(full.columns)
    assert list(empty.dtypes) == list(full.dtypes)
    assert str(full["known_at"].dtype) == "datetime64[us, UTC]"
    assert str(full["session"].dtype) == "datetime64[us]"
    assert list(sg.unaligned([]).columns) == ["article_id", "symbol", "status", "reason", "detail"]


@settings(deadline=None, max_examples=50)
@given(
    mic=st.sampled_from(["XNAS", "PINX", "XTKS", "XLON"]),
    moments=st.lists(
        st.tuples(st.integers(10, 8_000), st.sampled_from([-1_000_000, -1, 0, 1, 1_000_000])),
        min_size=1,
        max_size=10,
        unique=True,
    ),
)
def test_the_session_is_the_first_to_close_after_the_news(mic, moments):
    sessions = Sessions(mic)
    labels, closes = sessions.labels(), sessions.closes
    known = [closes[place] + timedelta(microseconds=shift) for place, shift in moments]
    events = align(
        [
            score(article_id=f"{number:016x}", mic=mic, known_at=when.to_pydatetime())
            for number, when in enumerate(known)
        ]
    )
    assert sorted(events["known_at"]) == sorted(known)
    for event in events.itertuples():
        found = labels.get_loc(event.session)
        assert closes[found] > event.known_at >= closes[found - 1]


def test_the_same_story_on_two_exchanges_is_placed_on_each():
    known_at = at("2025-07-22T10:00:00+00:00")
    events = align(
        [
            score(symbol="SFTBY", mic="PINX", known_at=known_at),
            score(symbol="9984.T", mic="XTKS", known_at=known_at),
        ]
    )
    assert list(events["symbol"]) == ["9984.T", "SFTBY"]
    assert list(events["session"].dt.strftime("%d")) == ["23", "22"]
    assert list(events["phase"]) == ["after-close", "pre-open"]


def test_articles_of_one_story_become_one_event_weighted_by_relevance():
    scores = [
        score(article_id="b", score=-0.2, relevance=20.0, known_at=at("2025-07-22T15:00:00+00:00")),
        score(article_id="a", score=0.6, relevance=60.0, precision="second"),
    ]
    stories = {"a": Story("s1", 100.0), "b": Story("s1", 12.0)}
    events = align(scores, stories=stories)
    assert len(events) == 1
    row = events.iloc[0]
    assert row["score"] == pytest.approx((0.6 * 60 - 0.2 * 20) / 80)
    assert (row["relevance"], row["n_articles"], row["article_ids"]) == (60.0, 2, "a b")
    assert (row["known_at"], row["precision"], row["novelty"]) == (BASE.known_at, "second", 100.0)
    assert row["story_id"] == "s1"
    assert row["complete_at"] == at("2025-07-22T15:00:00+00:00")
    assert len(align(scores)) == 2


def test_scores_without_any_relevance_count_alike():
    scores = [
        score(article_id=name, score=value, relevance=0.0)
        for name, value in (("a", 1.0), ("b", 0.0))
    ]
    stories = dict.fromkeys("ab", Story("s", 100.0))
    assert align(scores, stories=stories)["score"].iloc[0] == 0.5


def test_several_collections_are_taken_as_one():
    first, second = score(), score(article_id="f" * 16)
    assert align([[first], [second]]).equals(align([first, second]))


def test_rows_are_in_order_of_time_whatever_the_order_of_the_scores():
    scores = [
        score(
            article_id=f"{number % 7:016x}",
            symbol=f"S{number % 3}",
            score=number / 40 - 0.3,
            relevance=float(number),
            known_at=BASE.known_at + timedelta(hours=5 * (number % 4)),
        )
        for number in range(24)
    ]
    expected = align(scores)
    assert expected["known_at"].is_monotonic_increasing
    assert expected["event_id"].is_unique
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(len(scores))
        shuffled = align([scores[place] for place in order])
        pd.testing.assert_frame_equal(shuffled, expected, check_exact=True)


def test_events_whose_names_would_be_the_same_carry_the_whole_story():
    ids = ["0123456700000000", "0123456711111111"]
    events = align([score(article_id=name) for name in ids])
    assert list(events["event_id"]) == [f"MSFT-2025-07-22-{name}" for name in ids]


def test_what_belongs_to_no_session_is_lost_with_its_reason():
    scores = [
        score(article_id="private", symbol=None, mic=None, company="openai"),
        score(article_id="undated", known_at=None, precision=None),
        score(article_id="kept"),
        score(article_id="dubai", symbol="EMAAR.AE", mic="XDFM"),
        score(article_id="unknown", symbol="X", mic="ZZZZ"),
        score(article_id="nowhere", symbol="X", mic=None),
        score(article_id="old", known_at=at("1970-01-01T00:00:00+00:00")),
        score(article_id="far", known_at=at("2031-06-01T00:00:00+00:00")),
        score(article_id="nan", score=float("nan")),
        score(article_id="weightless", relevance=float("nan")),
    ]
    lost = unaligned(scores)
    assert dict(zip(lost["article_id"], lost["reason"], strict=True)) == {
        "private": "no_symbol",
        "undated": "no_time",
        "dubai": "no_calendar",
        "unknown": "no_calendar",
        "nowhere": "no_calendar",
        "old": "outside_calendar",
        "far": "outside_calendar",
        "nan": "no_score",
        "weightless": "no_relevance",
    }
    assert list(lost["article_id"]) == [
        one.article_id for one in scores if one.article_id != "kept"
    ]
    assert set(lost["status"]) == {"lost"}
    assert lost["detail"].str.endswith(".").all()
    assert list(align(scores)["article_ids"]) == ["kept"]


@pytest.mark.parametrize("wrong", [-5.0, 100.5])
def test_a_relevance_on_another_scale_is_refused(wrong):
    with pytest.raises(StudyError, match=f"article nick has a relevance of {wrong:g}; it goes"):
        align([score(article_id="nick", relevance=wrong)])


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.builds(
            score,
            article_id=st.sampled_from(["aa", "bb", "cc", "dd"]),
            symbol=st.sampled_from([None, "MSFT", "9984.T"]),
            mic=st.sampled_from([None, "XNAS", "XTKS", "XDFM"]),
            known_at=st.one_of(
                st.none(),
                st.datetimes(timezones=st.just(UTC)).filter(lambda when: when.year > 1700),
            ),
            relevance=st.floats(0, 100),
        ),
        max_size=12,
    )
)
def test_every_article_is_in_an_event_or_among_the_lost(scores):
    events, lost = align(scores), unaligned(scores)
    placed = {name for ids in events["article_ids"] for name in ids.split()}
    assert placed | set(lost["article_id"]) == {one.article_id for one in scores}
    assert len(lost) <= len(scores)
    assert np.isfinite(events["score"]).all()


def test_another_policy_a_naive_time_and_an_article_of_no_story_are_refused():
    with pytest.raises(StudyError, match="'last_close' is no policy known here; 'next_close' is"):
        align([score()], policy="last_close")
    with pytest.raises(StudyError, match="has no time zone"):
        align([score(known_at=datetime(2025, 7, 22, 14))])
    with pytest.raises(StudyError, match="belongs to none of the 0 stories"):
        align([score()], stories={})
    with pytest.raises(StudyError, match="is no score"):
        align(["MSFT"])


def test_merging_by_date_marks_every_event_and_looks_ahead():
    one = score(known_at=at("2025-07-22T18:00:00-04:00"))
    ours, merged = align([one]), align([one], policy="same_date")
    assert list(ours["session"].dt.strftime("%d")) == ["23"]
    assert list(merged["session"].dt.strftime("%d")) == ["22"]
    assert "policy" not in ours and list(merged["policy"]) == ["same_date"]
    assert merged["event_id"][0].endswith("-same_date")
