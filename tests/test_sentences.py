import pytest
from clock import doubling
from hypothesis import given, settings, strategies as st

from signals.news.sentences import sentence_spans


def split(text):
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["It was filed by the U.K.", "The agreement calls for more."],
        ["U.K. Technology Secretary Peter Kyle said so.", "He left."],
        ["Apple Inc. rose 3.5% to $1.5 billion.", "Shares fell later."],
        ["Mr. Cook met Dr. No. at 4 p.m. in St. Louis."],
        ["“That is why.”", "He meant it."],
        ['"We won!"', "She smiled."],
        ["Really?!", "Yes."],
        ["J. P. Morgan and Philip K. Dick never met."],
        ["Yahoo! Inc. agreed."],
        ["The results came on Jan. 5.", "They were good."],
        ["It waits... and waits.", "Then it acts."],
        ["He works in the U.S.", "The rest works abroad."],
        ["No. 1 in the field."],
    ],
)
def test_sentences_survive_abbreviations_numbers_and_quotes(sentences):
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "plain",
    [
        "Shares rose. It fell. Approx. Four left. Dr. Who came. Acme grew. Inc. Magazine did.",
        "He met Prof. Smith today. She spoke. Then Bros. Corp. Ltd. closed. They left.",
    ],
)
def test_an_odd_end_in_a_line_changes_no_other(plain):
    assert split(f"{plain} Why? Because.") == [*split(plain), "Why?", "Because."]


def test_a_line_break_ends_a_sentence():
    assert split("Acme rises\n\n  Acme rose. It fell.\n") == [
        "Acme rises",
        "Acme rose.",
        "It fell.",
    ]


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet=st.sampled_from("aA .!?\n\"'”)1"), max_size=80))
def test_only_blanks_lie_between_sentences(text):
    place = 0
    for start, end in sentence_spans(text):
        assert text[place:start].strip() == ""
        assert text[start:end].strip() == text[start:end] != ""
        place = end
    assert text[place:].strip() == ""


@pytest.mark.parametrize("piece", [".", ". ", '."', "U. ", "a.b ", "\n", "Inc. A "])
def test_hostile_text_takes_linear_time(piece):
    assert doubling(sentence_spans, piece * (60_000 // len(piece))) <= 2.5
