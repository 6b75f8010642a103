"""Speed of the scorers against vaderSentiment; run with -m benchmark."""

import csv
import operator

import pytest
from pairs import compare
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from signals.sentiment.entity import About, find_names
from signals.sentiment.finance import Finance
from signals.sentiment.vader import Vader

pytestmark = pytest.mark.benchmark


@pytest.fixture(scope="module")
def texts(shared):
    def read(name):
        with (shared / "text" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return [row["text"] for row in csv.DictReader(file)][:2000]

    sentences = read("fpb")
    articles = [" ".join(sentences[k : k + 12]) for k in range(0, 1200, 12)]
    return {"headlines": read("sentfin"), "sentences": sentences, "articles": articles}


@pytest.mark.parametrize(
    ("kind", "gate"), [("headlines", 10.0), ("sentences", 15.0), ("articles", 25.0)]
)
def test_vader_against_the_original(texts, kind, gate):
    oracle, own = SentimentIntensityAnalyzer(), Vader()
    ratio = compare(
        lambda: [oracle.polarity_scores(text) for text in texts[kind]],
        lambda: own.polarity_scores(texts[kind]),
        same=operator.eq,
    )
    print(f"vader, {kind}: {ratio}")
    assert ratio.median >= gate


@pytest.mark.parametrize("kind", ["headlines", "sentences"])
def test_finance_against_vadersentiment(texts, kind):
    oracle, own = SentimentIntensityAnalyzer(), Finance()
    ratio = compare(
        lambda: [oracle.polarity_scores(text) for text in texts[kind]],
        lambda: own.score_texts(texts[kind]),
    )
    print(f"finance, {kind}: {ratio}")
    assert ratio.median >= 2.0


def test_what_headlines_say_of_companies_many_against_one_by_one(shared):
    with (shared / "text" / "sentfin.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:3000]
    about, namings = About(), [find_names(row["text"], row["target"], []) for row in rows]
    ratio = compare(
        lambda: [about.score_each([one]).numbers[0] for one in namings],
        lambda: about.score_each(namings).numbers,
        same=operator.eq,
    )
    print(f"about, many against one by one: {ratio}")
    assert ratio.median >= 4.0


@pytest.mark.parametrize("kind", ["headlines", "sentences", "articles"])
def test_vader_one_text_at_a_time_against_the_original(texts, kind):
    oracle, own = SentimentIntensityAnalyzer(), Vader()
    ratio = compare(
        lambda: [oracle.polarity_scores(text) for text in texts[kind]],
        lambda: [own.polarity_scores(text) for text in texts[kind]],
        same=operator.eq,
    )
    print(f"vader, one by one, {kind}: {ratio}")
    assert ratio.median >= 4.0
