"""What a score is: its label, its range, and what fits where a scorer is asked for."""

import math
import pickle
import subprocess
import sys

import pytest

from signals.errors import SignalsError
from signals.sentiment.finance import Finance
from signals.sentiment.lexicon import LexiconScorer
from signals.sentiment.scorer import Scorer, TextScore, label_of
from signals.sentiment.vader import Vader

SCORERS = [Vader(), Finance(), LexiconScorer({"gain": 1})]


@pytest.mark.parametrize(
    ("score", "label"),
    [
        (1.0, "positive"),
        (0.05, "positive"),
        (0.0499, "neutral"),
        (0.0, "neutral"),
        (-0.0499, "neutral"),
        (-0.05, "negative"),
        (-1.0, "negative"),
    ],
)
def test_a_label_changes_at_five_hundredths(score, label):
    assert label_of(score) == label


@pytest.mark.parametrize("score", [math.nan, math.inf, 1.001, -2.0])
def test_what_is_no_score_has_no_label(score):
    with pytest.raises(SignalsError, match=r"\[-1, 1\]"):
        label_of(score)


def test_scorers_and_an_object_of_the_same_shape_are_scorers():
    class Own:
        name = "own 1"

        def score_texts(self, texts):
            return [TextScore(0.0, "neutral", None, ()) for _ in texts]

    assert all(isinstance(one, Scorer) for one in (*SCORERS, Own()))
    assert not isinstance(object(), Scorer)


@pytest.mark.parametrize("scorer", [*SCORERS, Vader({"beats": 2.0})], ids=repr)
def test_a_scorer_travels_to_other_processes_and_gives_the_same_scores(scorer):
    text = "Acme beats Globex as orders gain 5 %, good!"
    other = pickle.loads(pickle.dumps(scorer))  # noqa: S301 - our own
    assert other.name == scorer.name
    assert other.score_texts([text]) == scorer.score_texts([text]) == [scorer.score_text(text)]


@pytest.mark.parametrize("text", [None, 1.5, math.nan, b"rose", 3])
@pytest.mark.parametrize("scorer", SCORERS, ids=repr)
def test_what_is_no_text_is_refused_and_said_what_it_is(scorer, text):
    for call in (scorer.score_text, scorer.score_texts):
        with pytest.raises(TypeError, match=type(text).__name__):
            call(text)
    with pytest.raises(TypeError, match="Text 1 of 2"):
        scorer.score_texts(["rose", text])


@pytest.mark.parametrize("scorer", SCORERS, ids=repr)
def test_one_text_is_not_taken_for_a_list_of_letters(scorer):
    for call in (scorer.score_texts, getattr(scorer, "scores_of", scorer.score_texts)):
        with pytest.raises(TypeError, match="score_text scores one"):
            call("good")


def test_a_score_shows_itself_in_a_line_and_keeps_its_parts_for_who_asks():
    found = []
    score = TextScore(0.5, "positive", {"positive": 0.75}, lambda: found.append(1) or ())
    assert repr(score) == "<TextScore: +0.500 positive, positive 0.750>"
    assert not found
    assert repr(TextScore(-0.25, "negative", None, ())) == "<TextScore: -0.250 negative>"


def test_importing_the_scorers_loads_no_tables_charts_or_arrays():
    code = (
        "import sys, signals.sentiment.articles, signals.sentiment.vader;"
        "print({'pandas', 'numpy', 'matplotlib', 'requests', 'yfinance'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
