"""The text chain against loops over flashtext and vaderSentiment, in turns in one process."""

import gc
import math
import statistics
import time

import pytest
from benchmarks.made_news import articles
from benchmarks.pairs import compare
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

import signals as sg
from signals.corpus.rows import Row
from signals.corpus.shards import tables_of
from signals.news.securities import SecurityBook
from signals.sentiment.articles import _mask, _story

pytestmark = pytest.mark.benchmark
ROWS = 500


def test_the_text_chain_is_faster_than_loops_over_the_peers(capsys):
    flashtext = pytest.importorskip("flashtext")
    peer = flashtext.KeywordProcessor()
    for name in SecurityBook.default()._names:
        peer.add_keyword(name)
    vader, analyser = sg.Vader(), SentimentIntensityAnalyzer()
    rows = list(articles(ROWS, seed=7))
    # The loops are given the sentences, with names masked: splitting is on our side alone.
    sentences = []
    for mentions in [sg.find_mentions(sg.Article.from_text(**row)) for row in rows]:
        masked = _mask(mentions.article.text, mentions.spans)
        sentences.append([masked[start:end] for start, end in _story(mentions)])

    def ours():
        made = [sg.Article.from_text(**row) for row in rows]
        return [one.whole.score for one in sg.score_articles(made, scorer=vader)]

    def theirs():
        scores = []
        for row, texts in zip(rows, sentences, strict=True):
            peer.extract_keywords(f"{row['title']}\n\n{row['text']}")
            given = [analyser.polarity_scores(text)["compound"] for text in texts]
            weights = [1.0 / k for k in range(1, len(given) + 1)]
            weighted = [one * share for one, share in zip(given, weights, strict=True)]
            scores.append(math.fsum(weighted) / math.fsum(weights))
        return scores

    assert ours() == theirs()
    gc.collect()
    gc.freeze()
    ratios = []
    for _ in range(5):
        begun = time.process_time()
        ours()
        middle = time.process_time()
        theirs()
        end = time.process_time()
        ratios.append((end - middle) / (middle - begun))
    gc.unfreeze()
    ratio = statistics.median(ratios)
    with capsys.disabled():
        each = (end - middle) / ROWS * 1e6 / ratio
        print(f"\n{ROWS} articles: {ratio:.1f} times the loops, {each:.0f} us an article {ratios}")
    assert ratio > 5.0  # a tenth below what is reached; the goal, 10, is missed: see RESULTS.md


def test_the_default_scorer_takes_less_than_twice_what_vader_takes_on_a_corpus(capsys):
    made = [sg.Article.from_text(**row) for row in articles(6 * ROWS, seed=11)]
    rows = [Row(str(place), article) for place, article in enumerate(made)]
    finance, vader = sg.Finance(), sg.Vader()

    def scored_by(scorer):
        for first in range(0, len(rows), ROWS):
            tables_of(rows[first : first + ROWS], scorer)

    ratio = compare(lambda: scored_by(finance), lambda: scored_by(vader))
    with capsys.disabled():
        print(f"\n{len(rows)} articles, their companies too: finance against vader {ratio}")
    assert ratio.median < 2.0
