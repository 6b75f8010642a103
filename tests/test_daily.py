"""What a report finds out from its inputs: spans of news, flags, copies, what changed."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
import report_samples as samples
from hypothesis import given, strategies as st

from signals.batch.changes import changes, unchanged_words
from signals.batch.days import day_of, days_on, days_until, is_short, trades_on
from signals.batch.inputs import SourceState
from signals.errors import ConfigError
from signals.market.sessions import Sessions
from signals.report.daily import render_daily
from signals.report.daily_text import daily_markdown, subject_line
from signals.study.significance import benjamini_hochberg

ROW = samples.symbol_row()


@pytest.mark.parametrize(
    ("p_values", "expected"),
    [
        ([], []),
        ([float("nan")], [False]),
        ([0.04], [True]),
        ([0.04, 0.9], [False, False]),
        # 0.03 alone would fail at its rank, but 0.035 behind it passes and takes it along.
        ([0.01, 0.03, 0.035, 0.9], [True, True, True, False]),
        ([0.02] * 3 + [float("nan")] * 7, [True] * 3 + [False] * 7),
    ],
)
def test_benjamini_hochberg_flags_what_it_should(p_values, expected):
    assert list(benjamini_hochberg(np.array(p_values)) <= 0.05) == expected


@given(st.lists(st.floats(0, 1), max_size=30))
def test_flags_agree_with_the_definition(p_values):
    ranked = sorted(p_values)
    passing = [p for k, p in enumerate(ranked, 1) if p <= 0.05 * k / len(ranked)]
    cut = max(passing, default=-1)

    assert list(benjamini_hochberg(np.array(p_values)) <= 0.05) == [p <= cut for p in p_values]


@pytest.mark.parametrize(
    ("instant", "holds", "waits"),
    [
        ("2025-07-02T19:59:59Z", False, False),  # before the close of the session before
        ("2025-07-02T20:00:00Z", True, False),
        ("2025-07-03T16:59:59Z", True, False),  # the half day closes at 13:00
        ("2025-07-03T17:00:00Z", True, True),
        ("2025-07-07T13:29:59Z", True, True),  # Monday's open
        ("2025-07-07T13:30:00Z", False, False),
    ],
)
def test_a_report_holds_the_news_from_close_to_open(instant, holds, waits):
    day = day_of("XNYS", pd.Timestamp("2025-07-03"))
    known = datetime.fromisoformat(instant)

    assert (day.holds(known), day.waits(known)) == (holds, waits)


@given(st.integers(0, 5000), st.sampled_from([-1, 0, 1]))
def test_every_instant_belongs_to_the_report_of_its_session_or_waits_in_the_one_before(place, off):
    sessions = Sessions("XNYS")
    known = (sessions.closes[1000 + place] + timedelta(microseconds=off)).to_pydatetime()
    session = sessions.locate(known)[0]

    own = day_of("XNYS", session)
    before = day_of("XNYS", own.before)

    assert own.holds(known) and not own.waits(known)
    assert before.waits(known) == (known < sessions.opens[sessions.labels().get_loc(session)])


def test_each_exchange_has_its_own_previous_session():
    # Tuesday 22:00 in Tokyo, 9:00 in New York: Tokyo has closed.
    days = days_until(["MSFT", "9984.T"], datetime(2025, 7, 22, 13, 0, tzinfo=UTC))

    assert {mic: f"{day.session:%m-%d}" for mic, day in days.items()} == {
        "XNYS": "07-21",
        "XTKS": "07-22",
    }


@pytest.mark.parametrize(
    ("mic", "day", "short"),
    [
        ("XNYS", "2025-07-03", True),
        ("XNYS", "2025-07-07", False),
        ("XLON", "2025-12-24", True),
        ("BVMF", "2025-03-11", False),  # New York's clocks changed on the 9th: an hour less
        ("BVMF", "2025-03-05", True),  # Ash Wednesday
        ("XTAE", "2025-07-20", True),  # a Sunday
    ],
)
def test_a_half_day_is_told_from_a_whole_one(mic, day, short):
    assert is_short(day_of(mic, pd.Timestamp(day))) is short


def test_a_day_trades_when_any_exchange_of_the_list_does():
    fourth_of_july = datetime(2025, 7, 4, 12, 0, tzinfo=UTC)

    assert not trades_on(["MSFT"], fourth_of_july)
    assert trades_on(["MSFT", "9984.T"], fourth_of_july)


def test_a_date_beyond_the_calendar_is_refused():
    with pytest.raises(ConfigError, match="doesn't reach"):
        days_on(["MSFT"], pd.Timestamp("2050-01-01"))


class _Inputs:
    sources = (SourceState("wire", "good", ""),)

    def __init__(self, **symbols):
        self.previous = {"session": "2025-07-21", "symbols": symbols, "failed": ["wire"]}


def test_what_changed_is_told_symbol_by_symbol():
    inputs = _Inputs(
        MSFT={"flagged": False, "label": "negative", "priced": True},
        SFTBY={"flagged": True, "label": "", "priced": True},
        GONE={"flagged": False, "label": "", "priced": True},
    )
    rows = (ROW, replace(ROW, symbol="SFTBY", flagged=False, label="", move=None))

    words = changes(inputs, rows)

    assert words[0].startswith("MSFT moved abnormally: +2.00")
    assert words[1:] == (
        "SFTBY is flagged no longer.",
        "The news about MSFT turned from negative to positive.",
        "SFTBY has no price of its session now.",
        "GONE left the watch list.",
        "wire is back.",
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("good", ("wire is back.",)),
        ("empty", ("wire is back.",)),
        ("cut", ("wire is back.",)),
        ("unasked", ("wire failed before, and went unasked.",)),
        ("failed", ()),
        ("refused", ()),
        (None, ("wire left the configuration.",)),
    ],
)
def test_only_a_source_that_was_asked_and_answered_is_back(state, words):
    inputs = _Inputs()
    inputs.sources = (SourceState("wire", state, ""),) if state else ()

    assert changes(inputs, ()) == words


def test_a_source_that_fails_since_now_says_how():
    inputs = _Inputs()
    states = {"wire": "failed", "feed": "failed", "table": "refused", "news": "unasked"}
    inputs.sources = tuple(SourceState(name, state, "") for name, state in states.items())

    assert changes(inputs, ()) == ("feed fails now.", "table gives nothing usable now.")


def test_that_nothing_needs_attention_is_said_only_where_nothing_beside_it_does():
    closed = samples.daily().closed
    assert closed
    for alarms, windows in ((("It failed.",), ()), ((), closed)):
        assert unchanged_words(alarms, windows) == (
            "No flag changed, and no source or price came or went."
        )
    assert unchanged_words((), ()) == "Nothing that would need attention."


def test_what_several_symbols_share_is_said_once():
    was = {"flagged": False, "label": "negative", "priced": True}
    names = ("MSFT", "SFTBY", "NVDA")
    rows = tuple(replace(ROW, symbol=name, flagged=False, move=None) for name in (*names, "NEW"))

    assert changes(_Inputs(**dict.fromkeys(names, was)), rows)[:3] == (
        "The news about MSFT, SFTBY and NVDA turned from negative to positive.",
        "MSFT, SFTBY, NVDA and NEW have no price of their session now.",
        "NEW is new on the watch list.",
    )


def test_a_report_of_200_symbols_is_small_and_asks_nobody():
    page = render_daily(samples.daily())

    assert len(page.encode()) < 3_000_000
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")


def test_every_row_knows_its_place_in_every_order():
    moves, scores = [0.01, None, -0.02, 0.03], [0.5, 0.5, None, -0.5]
    rows = tuple(
        replace(ROW, symbol=name, move=move, score=score, stories=count)
        for name, move, score, count in zip("DCBA", moves, scores, range(4), strict=True)
    )
    page = render_daily(replace(samples.daily(4), symbols=rows))

    styles = re.findall(r'<tr[^>]* style="([^"]*)">\n<th scope="row"><strong>(\w)', page)
    for order, expected in {
        "symbol": "ABCD",
        "stories": "ABCD",
        "move": "ADBC",  # the greatest first, what is missing last
        "sentiment": "DCAB",  # equals as they come
    }.items():
        place = {symbol: int(re.search(rf"--{order}:(\d)", style)[1]) for style, symbol in styles}
        assert "".join(sorted(place, key=place.get)) == expected
        assert f'id="sort-{order}"' in page
    assert "sort-" not in render_daily(samples.daily(4), images=("cid:moves",)).split("<body>")[1]


def test_the_subject_of_a_mail_says_what_the_report_says_first():
    calm = replace(ROW, flagged=False)
    rows = (ROW, replace(ROW, symbol="SFTBY"), replace(calm, symbol="SPY"))
    data = replace(samples.daily(1), title="Watch list", symbols=rows)

    assert subject_line(data) == "Watch list: doubtful, flagged: MSFT, SFTBY"
    assert subject_line(replace(data, symbols=(calm,), alarms=())) == "Watch list: nothing flagged"
    assert subject_line(samples.daily(9)).endswith("flagged: S0, S1, S2, S3, S4 and 3 more")


def test_the_markdown_of_a_hostile_story_makes_no_markup():
    text = daily_markdown(samples.daily())

    assert "<script>" not in text
    assert "| S199 |" in text
    assert text.count("window 0 to +1 has closed at") == 8
    assert "- 1 more window has closed" in text
