"""What a score is: its label, its range, and what fits where a scorer is asked for."""

import math
import subprocess
import sys

import pytest

from signals.errors import SignalsError
from signals.sentiment.scorer import Scorer, TextScore, label_of
from signals.sentiment.vader import Vader


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


def test_vader_and_an_object_of_the_same_shape_are_scorers():
    class Own:
        name = "own 1"

        def score_texts(self, texts):
            return [TextScore(0.0, "neutral", None, ()) for _ in texts]

    assert isinstance(Vader(), Scorer)
    assert isinstance(Own(), Scorer)
    assert not isinstance(object(), Scorer)


def test_importing_the_scorers_loads_no_tables_charts_or_arrays():
    code = (
        "import sys, signals.sentiment.articles, signals.sentiment.vader;"
        "print({'pandas', 'numpy', 'matplotlib', 'requests', 'yfinance'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
