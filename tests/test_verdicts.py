"""The report says no more than its numbers allow."""

from __future__ import annotations

from dataclasses import replace

import pytest
import report_samples as samples

from signals.report import verdicts
from signals.report.html import Loss


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("p_value", "placebo_p", "tone"),
    [
        (0.31, 0.23, "ordinary"),
        (0.04, 0.04, "moved"),
        (0.04, 0.06, "unclear"),
        (0.06, 0.04, "unclear"),
        (0.05, 0.05, "ordinary"),
        (0.01, None, "unclear"),
        (0.5, None, "ordinary"),
        (None, None, "unpriced"),
        (float("nan"), 0.01, "unpriced"),
    ],
)
def test_a_price_moved_abnormally_only_when_both_tests_pass(p_value, placebo_p, tone):
    assert verdicts.tone(samples.window_row(p_value=p_value, placebo_p=placebo_p)) == tone


def test_an_ordinary_move_says_that_nothing_can_be_concluded_and_what_could_be_seen():
    verdict = verdicts.security_verdict(samples.security(), samples.window_row())
    words = plain(" ".join(verdict.sentences))
    assert verdict.headline == "No abnormal move can be shown"
    assert "neutral about it: +0.03 on a scale from −1 to +1, from 1 of 12 sentences" in words
    assert "−1.93 % beyond what the model expects" in words
    assert "(95 % interval −5.67 % to +1.80 %; p = 0.31; placebo p = 0.23)" in words
    assert "nothing can be concluded. An effect under 5.33 % would probably" in words


@pytest.mark.parametrize(("score", "way"), [(0.5, "the way"), (-0.5, "against the way")])
def test_an_abnormal_move_is_association_and_says_whether_the_story_leans_that_way(score, way):
    row = samples.window_row(effect=0.06, p_value=0.001, placebo_p=0.005)
    label = "positive" if score > 0 else "negative"
    verdict = verdicts.security_verdict(samples.security(score=score, label=label), row)
    words = plain(" ".join(verdict.sentences))
    assert plain(verdict.headline) == "Moved abnormally: +6.00 %"
    assert f"It went {way} the story leans." in words
    assert verdicts.ASSOCIATION in words


def test_a_move_that_one_test_passes_stays_open():
    row = samples.window_row(p_value=0.03, placebo_p=0.09)
    verdict = verdicts.security_verdict(samples.security(), row)
    assert verdict.tone == "unclear"
    assert "it stays open" in " ".join(verdict.sentences)


def test_moved_volatility_is_said_beside_the_number():
    row = samples.window_row(doubt="volatility has moved")
    assert verdicts.security_verdict(samples.security(), row).sentences[-1] == (
        "But volatility has moved."
    )


def test_a_hole_is_a_reason_and_no_number():
    row = samples.window_row(effect=float("nan"), reason="a session has no return")
    verdict = verdicts.security_verdict(samples.security(score=None, label=""), row)
    assert verdict.tone == "unpriced"
    assert verdict.sentences == (
        "No sentence of the story could be scored for it.",
        "Nothing can be concluded about its price. A session has no return.",
    )
    assert verdicts.event_words(row) == "Nothing can be concluded. A session has no return."


def test_what_an_article_comes_to_in_a_sentence():
    ordinary = verdicts.security_verdict(samples.security(), samples.window_row())
    lost = verdicts.unpriced_verdict(samples.security(), "no prices")
    assert verdicts.article_words(dated=True, verdicts=()).startswith(
        "The story is about no listed company"
    )
    assert "no publication time" in verdicts.article_words(dated=False, verdicts=(lost,))
    assert "no security could be priced" in verdicts.article_words(dated=True, verdicts=(lost,))
    assert "no price moved more" in verdicts.article_words(dated=True, verdicts=(ordinary,))


def test_many_moves_are_counted_against_what_chance_gives():
    row = samples.window_row(p_value=0.001, placebo_p=0.001)
    moved = verdicts.security_verdict(samples.security(), row)
    ordinary = verdicts.security_verdict(samples.security(symbol="A"), samples.window_row())
    words = plain(verdicts.article_words(dated=True, verdicts=(moved, *[ordinary] * 19)))
    assert words == (
        "MSFT moved abnormally around the news. Of 19 others nothing can be concluded. "
        "20 moves were tested: at 5 % chance alone gives about 1.0 by each test."
    )


def test_a_run_names_the_article_of_each_move_and_counts_the_unread():
    row = samples.window_row(p_value=0.001, placebo_p=0.001)
    moved = verdicts.security_verdict(samples.security(), row)
    articles = (samples.section(verdicts=()), samples.section(verdicts=(moved,)))
    assert verdicts.run_words(articles, (Loss("x.txt", "lost", "It is binary."),)) == (
        "2 articles were read, 1 could not be used. "
        "MSFT (article 2) moved abnormally around the news.",
    )
    assert verdicts.run_words(articles[:1], ()) == ()
    assert verdicts.run_words((), ()) == ()


@pytest.mark.parametrize(
    ("p_value", "words"), [(0.2, "nothing can be concluded"), (0.01, "association")]
)
def test_a_mean_of_events_is_held_to_the_same_measure(p_value, words):
    row = samples.window_row(n=12, p_value=p_value, test="cosine test")
    assert words in verdicts.together_words(row)
    assert "cosine test" in verdicts.together_words(row)


@pytest.mark.parametrize(
    ("mean_scar", "interval", "doubt"),
    [
        (0.34, (-0.0147, 0.0063), "its interval holds 0"),
        (-0.34, (-0.0147, 0.0063), "its interval holds 0"),
        (0.34, (-0.0147, -0.0003), "it points the other way"),
        (-0.34, (-0.0147, -0.0003), ""),
    ],
)
def test_a_mean_is_no_finding_where_it_does_not_bear_out_its_test(mean_scar, interval, doubt):
    low, high = interval
    row = samples.window_row(n=60, effect=-0.0042, p_value=0.03, ci_low=low, ci_high=high)
    words = verdicts.together_words(replace(row, mean_scar=mean_scar))
    assert ("Chance alone would rarely give that." in words) == (not doubt)
    assert doubt in words
    assert ("stays open" in words) == bool(doubt)


def test_an_interval_without_zero_is_no_finding_where_the_test_is_none():
    row = samples.window_row(n=60, effect=-0.01, p_value=0.2, ci_low=-0.019, ci_high=-0.001)
    words = verdicts.together_words(row)
    assert "By the noise of each event, chance alone gives that often enough" in words


def test_first_tellings_stand_beside_the_means_of_all_in_one_sentence():
    both = ("Events with a time", "Events with a date only")
    rows = [samples.window_row(subject=name, n=40, p_value=0.3, decides=True) for name in both]
    rows += [replace(row, subject=f"{row.subject}, first tellings only", n=30) for row in rows]
    words = verdicts.means_words(rows, n=80, repeated=20)
    assert words.startswith("80 events, of which 20 repeat a story told before. The mean of 40")
    assert words.count("Chance alone") == 2
    last = words.rpartition(" First tellings only: ")[2]
    assert last.startswith(("events with a time +", "events with a time −"))
    assert "; events with a date only" in last
    one = replace(rows[0], subject="First tellings only")
    assert verdicts.means_words([one], n=40, repeated=2).count("First tellings only") == 1


def test_one_event_and_no_event_are_spelled_as_such():
    row = samples.window_row(subject="Events with a date only", n=1)
    assert "The mean of 1 event with a date only over" in verdicts.together_words(row)
    none = samples.window_row(subject="Events with a date only", n=0, p_value=None, reason="none")
    assert verdicts.together_words(none) == (
        "Nothing can be concluded from events with a date only over sessions −1 to +1: none."
    )


def test_a_mean_without_a_valid_test_gives_no_number():
    row = samples.window_row(subject="", n=2, p_value=None, reason="two events on one session")
    assert verdicts.together_words(row) == (
        "Nothing can be concluded from the 2 events together over sessions −1 to +1: "
        "two events on one session."
    )


@pytest.mark.parametrize(("df", "told"), [(1, None), (9.9, None), (10, 0.02), (None, None)])
def test_from_few_degrees_of_freedom_nobody_can_tell_what_would_have_been_seen(df, told):
    assert verdicts.visible_from(0.02, df) == told
    words = verdicts.unseen_words("difference", 0.02, df)
    assert ("can't be told" in words) == (told is None)
    assert ("under 2.00" in words) == (told is not None)
