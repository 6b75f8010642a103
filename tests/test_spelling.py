"""Numbers, times and foreign text, as a reader sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings, strategies as st

from signals.report import spelling

NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0123, "+1.23 %"),
        (-0.019348676, "−1.93 %"),
        (-0.00001, "0.00 %"),
        (0.0, "0.00 %"),
        (1.5, "+150.00 %"),
        (NAN, "–"),
        (None, "–"),
        (float("inf"), "–"),
    ],
)
def test_fractions_are_spelled_as_percent(value, text):
    assert spelling.percent(value).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.36, "0.36"),
        (0.0996, "0.10"),
        (0.0994, "0.099"),
        (0.0496, "0.050"),
        (0.001, "0.001"),
        (0.0009, "< 0.001"),
        (0.0, "< 0.001"),
        (1.0, "1.00"),
        (NAN, "–"),
    ],
)
def test_p_values_are_never_spelled_as_zero(value, text):
    assert spelling.p_value(value).replace("\N{NO-BREAK SPACE}", " ") == text


def test_p_values_in_a_sentence():
    spelled = [spelling.p_equals(value) for value in (0.36, 0.0001)]
    assert [one.replace("\N{NO-BREAK SPACE}", " ") for one in spelled] == ["p = 0.36", "p < 0.001"]


def test_intervals_windows_and_sizes():
    assert spelling.interval(-0.021, 0.003, 1).replace("\N{NO-BREAK SPACE}", " ") == (
        "−2.1 % to +0.3 %"
    )
    assert spelling.interval(NAN, 0.1) == "–"
    assert [spelling.window(one) for one in ((0, 0), (-1, 1), (-250, -11))] == [
        "0",
        "−1 to +1",
        "−250 to −11",
    ]
    assert spelling.size(-0.0123).replace("\N{NO-BREAK SPACE}", " ") == "1.23 %"
    assert spelling.size(None) == "–"


def test_instants_are_in_utc_with_seconds_only_where_they_matter():
    zone = timezone(timedelta(hours=-4))
    assert spelling.instant(datetime(2025, 7, 30, 16, 5, tzinfo=zone)) == "2025-07-30 20:05 UTC"
    assert spelling.instant(datetime(2025, 7, 30, 1, 2, 3, tzinfo=UTC)) == "2025-07-30 01:02:03 UTC"


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("a\x00b\x1bc\x7f", "abc"),
        ("left\u202eright\u2066x\u200f", "leftrightx"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("日本 ßé😀", "日本 ßé😀"),
    ],
)
def test_what_would_falsify_the_text_is_taken_out(given_text, shown):
    assert spelling.printable(given_text) == shown


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters()))
def test_printable_text_can_always_be_written_and_stays_printable(text):
    shown = spelling.printable(text)
    shown.encode("utf-8")
    assert spelling.printable(shown) == shown


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=80), st.integers(min_value=4, max_value=40))
def test_a_shortened_text_fits_in_one_line(text, length):
    short = spelling.shorten(text, length)
    assert len(short) <= length
    assert "\n" not in short


def test_a_text_is_cut_at_a_word_and_marked():
    assert spelling.shorten("The agreement calls for OpenAI", 20) == "The agreement calls…"
    assert spelling.shorten("x" * 30, 10) == "x" * 9 + "…"
    assert spelling.shorten("short", 10) == "short"


def test_the_bar_of_a_score_stays_inside_its_meter():
    assert spelling.meter(0.5) == "left: 50.0%; width: 25.0%"
    assert spelling.meter(-1.0) == "left: 0.0%; width: 50.0%"
    assert spelling.meter(7.0) == "left: 50.0%; width: 50.0%"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")],
)
def test_words_are_joined_as_in_a_sentence(words, sentence):
    assert spelling.join(words) == sentence
