"""A scorer from a user's own list of words, and the words that explain a score."""

import math
from fractions import Fraction

import numpy as np
import pytest

from signals.cli import main
from signals.errors import ConfigError
from signals.news.article import read_article
from signals.sentiment.articles import score
from signals.sentiment.lexicon import LexiconScorer
from signals.sentiment.scorer import Contribution
from signals.sentiment.shown import telling
from signals.testing import check_scorer

MASTER = """Word,Seq_num,Word Count,Negative,Positive,Uncertainty
ABANDON,1,10,2009,0,0
GAIN,2,20,0,2009,0
GAINED,3,20,0,-2020,0
TABLE,4,30,0,0,0
"""


@pytest.fixture
def written(tmp_path):
    def write(content):
        path = tmp_path / "words.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return write


def test_a_master_dictionary_is_read_by_its_columns(written):
    scorer = LexiconScorer.from_csv(written(MASTER), name="own")
    scored = scorer.score_text("Gain, gain: abandon the table, gained")
    assert scored.score == pytest.approx(1 / 3)
    assert [(part.start, part.end, part.what) for part in scored.contributions] == [
        (0, 4, "gain"),
        (6, 10, "gain"),
        (12, 19, "abandon"),
    ]
    assert abs(math.fsum(part.value for part in scored.contributions) - scored.score) < 1e-9
    assert scorer.name.startswith("own ")
    check_scorer(scorer, ["gain", "", "the table", "Abandon the gain"])


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (MASTER + "LOSS,5,1,yes,0,0\n", "line 6.*'yes'"),
        ("Word,Negative\nLOSS,1\n", "lacks the columns Positive"),
        ("Word,Negative,Positive\nTABLE,0,0\n", "at least one word"),
        ("Word,Negative,Positive\ntwo words,1,0\n", "'two words'"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_its_line(written, content, what):
    with pytest.raises(ConfigError, match=what):
        LexiconScorer.from_csv(written(content))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.csv can't be read"):
        LexiconScorer.from_csv(tmp_path / "none.csv")


def test_a_value_may_be_any_real_number():
    given = LexiconScorer({"gain": np.int64(1), "loss": np.float32(-1), "fraud": Fraction(-2)})
    assert given.name == LexiconScorer({"gain": 1, "loss": -1, "fraud": -2}).name


@pytest.mark.parametrize("value", ["1", None, math.nan, True])
def test_a_value_that_is_no_number_is_refused_by_its_word(value):
    with pytest.raises(ConfigError, match="'gain'"):
        LexiconScorer({"gain": value})


def test_words_that_tell_nothing_are_one_rest_and_nothing_is_lost():
    parts = [
        Contribution(0, 3, "the", 0.2),
        Contribution(4, 8, "gain", 0.5),
        Contribution(9, 12, "odd", 0.001),
        Contribution(12, 13, ".", -0.1),
    ]
    shown, rest = telling(parts)
    assert [part.what for part in shown] == ["gain"]
    assert sorted([*shown, *rest]) == parts
    assert telling(parts[:1]) == (parts[:1], [])
    assert telling([]) == ([], [])


@pytest.mark.parametrize("symbol", ["MSFT", None])
def test_explain_prints_parts_that_add_up_with_their_places(root, capsys, symbol):
    path = root / "data" / "articles" / "openai-uk.txt"
    asked = [] if symbol is None else ["--symbol", symbol]
    assert main(["explain", str(path), *asked]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    parts = [line.split() for line in lines if line.startswith("    ")]
    article = read_article(path)
    scores = score(article)
    wanted = scores.article if symbol is None else next(s for s in scores if s.symbol == symbol)
    assert f"{wanted.score:+.4f}" in head
    assert len(parts) == len(wanted.contributions)
    assert sum(float(part[0]) for part in parts) == pytest.approx(wanted.score, abs=2e-2)
    for part in parts:
        start, end = map(int, part[-1].strip("[]").split(":"))
        assert " ".join(part[1:-1]) in {article.text[start:end].lower(), "name"}


def test_explain_names_what_the_article_is_about_when_asked_for_something_else(root, capsys):
    path = root / "data" / "articles" / "openai-uk.txt"
    assert main(["explain", str(path), "--symbol", "AAPL"]) != 0
    assert "MSFT" in capsys.readouterr().err
