"""Near-copies among many headlines: the same as comparing each with every one before it."""

from itertools import pairwise

import pytest
from benchmarks.made_news import headlines
from hypothesis import given, settings, strategies as st

from signals.corpus.copies import near_copies
from signals.errors import ConfigError

WORDS = "Acme beats estimates as sales of pumps rise 5% in Ohio UPDATE BRIEF".split()


def one_by_one(texts, similarity):
    """Compare each text with each model before it, by sets of pairs of words."""
    sets = []
    for text in texts:
        words = text.lower().split()
        sets.append(set(pairwise(words)) or set(words))
    first = []
    for place, pairs in enumerate(sets):
        models = (other for other in range(place) if first[other] == other)
        alike = (
            model
            for model in models
            if pairs and len(pairs & sets[model]) >= similarity * len(pairs | sets[model])
        )
        first.append(next(alike, place))
    return first


def test_planted_copies_are_found_and_nothing_else():
    texts, truth = headlines(20_000, seed=1)

    found = near_copies(texts)

    planted = {(n, t) for n, t in enumerate(truth) if t != n}
    marked = {(n, f) for n, f in enumerate(found) if f != n}
    assert len(planted & marked) / len(planted) >= 0.999
    assert len(planted & marked) / len(marked) >= 0.99


@settings(max_examples=80)
@given(
    texts=st.lists(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join), max_size=14
    ),
    similarity=st.sampled_from([0.55, 0.7, 0.9, 1.0]),
)
def test_none_is_missed_that_comparing_all_with_all_finds(texts, similarity):
    assert near_copies(texts, similarity=similarity) == one_by_one(texts, similarity)


def test_edited_texts_copy_the_first_one_and_order_decides():
    texts = [
        "Acme beats estimates as sales of pumps rise in Ohio",
        "UPDATE 1-Acme beats estimates as sales of pumps rise in Ohio",
        "Globex misses estimates as costs of trucks rise in Texas",
        "ACME BEATS ESTIMATES AS SALES OF PUMPS RISE IN OHIO",
    ]
    assert near_copies(texts) == [0, 0, 2, 0]
    assert near_copies(texts[::-1]) == [0, 1, 0, 0]


def test_thousands_of_editions_of_one_headline_are_one_story():
    texts = [
        f"Acme beats estimates as sales of pumps rise in Ohio, edition {n}" for n in range(9_000)
    ]
    assert set(near_copies(texts)) == {0}
    assert set(near_copies(["the same"] * 100_000)) == {0}


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["  ", "x"], ["x", "X", "x y"]])
def test_texts_without_words_are_no_trouble(texts):
    assert len(near_copies(texts)) == len(texts)


@pytest.mark.parametrize("similarity", [0.5, 0.0, 1.1, float("nan")])
def test_a_similarity_that_cannot_be_told_is_refused(similarity):
    with pytest.raises(ConfigError, match="similarity"):
        near_copies(["a b", "a b"], similarity=similarity)
