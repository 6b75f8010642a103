"""The checks pass for our own objects, and fail for objects with one thing wrong each."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

import numpy as np
import pandas as pd
import pytest

from signals.market.csvprices import CsvPrices
from signals.market.frames import FramePrices
from signals.news.article import Article
from signals.sentiment.opening import SCORERS, open_scorer
from signals.sentiment.scorer import TextScore
from signals.sentiment.vader import Vader
from signals.sources.refusals import Quarantined
from signals.study.models import MODELS, Excess, Linear
from signals.testing import (
    check_article_source,
    check_price_source,
    check_return_model,
    check_scorer,
)

START, END = pd.Timestamp("2025-07-01"), pd.Timestamp("2025-07-31")
GOOD = Article.from_text("Acme rose.", published="2025-07-21T19:11Z", url="https://e.example/1")


@dataclass
class Items:
    """A source of whatever a test wants it to give."""

    items: list
    name: str = "items"

    def read(self):
        yield from self.items


def test_a_source_of_dated_articles_passes():
    check_article_source(Items([GOOD, Quarantined("items", "line 2", "undated", "No time.")]))


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (None, "gives a NoneType"),
        (Article.from_text("Acme rose."), "has no time"),
        (replace(GOOD, text=" "), "is empty"),
        (replace(GOOD, text="\ud800" * 10), "half of a character"),
        (replace(GOOD, title="\x00"), "NUL"),
        (replace(GOOD, text="A"), "ends after the text"),
        (replace(GOOD, zones=GOOD.zones * 2), "overlaps"),
        (replace(GOOD, url="javascript:alert(1)"), "no address"),
        (replace(GOOD, id="1"), "no id"),
        (replace(GOOD, first_seen=datetime(2025, 7, 21)), "has no zone"),
        (Quarantined("other", "line 2", "undated", "No time."), "of another source"),
        (Quarantined("items", "line 2", "No time!", "No time."), "no reason code"),
        (Quarantined("items", "", "undated", "No time."), "where or why"),
    ],
)
def test_a_source_with_one_bad_item_fails(item, told):
    with pytest.raises(AssertionError, match=told):
        check_article_source(Items([GOOD, item]))


def test_a_source_that_is_called_by_a_path_or_reads_once_fails():
    class Once(Items):
        def read(self):
            while self.items:
                yield self.items.pop()

    with pytest.raises(AssertionError, match="path of one machine"):
        check_article_source(Items([GOOD], name="/data/news"))
    with pytest.raises(AssertionError, match="two different things"):
        check_article_source(Once([GOOD]))
    with pytest.raises(AssertionError, match="no name and read"):
        check_article_source([GOOD])


def test_our_price_sources_pass(root):
    check_price_source(CsvPrices(root / "data/prices"), ["MSFT", "SPY"], START, END)
    frame = pd.DataFrame({"SPY": [1.0, 2.0]}, index=pd.to_datetime(["2025-07-01", "2025-07-02"]))
    check_price_source(FramePrices(frame), ["SPY"], START, END)
    bars = pd.concat({"Close": frame, "Open": frame, "Volume": frame}, axis=1)
    check_price_source(FramePrices(bars), ["SPY"], "2025-07-01", "2025-07-31")


def changed(**changes):
    """A price source whose tables differ in one thing from good ones."""

    class Changed(FramePrices):
        def history(self, symbols, start, end):
            table = super().history(symbols, start, end)
            return replace(table, **{name: make(table) for name, make in changes.items()})

    frame = pd.DataFrame({"SPY": [1.0, 2.0]}, index=pd.to_datetime(["2025-07-01", "2025-07-02"]))
    return Changed(frame)


numbers = count()


def other(one, **changes):
    """A score that differs in one thing."""
    names = ("score", "label", "probabilities", "contributions")
    return TextScore(**{name: getattr(one, name) for name in names} | changes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"closes": lambda table: table.closes[::-1]}, "aren't in order"),
        ({"closes": lambda table: table.closes.rename_axis("date")}, "isn't called session"),
        ({"closes": lambda table: -table.closes}, "close is less than 0"),
        ({"closes": lambda table: 0 * table.closes}, "close isn't more than 0"),
        ({"closes": lambda table: table.closes * np.inf}, "close is infinite"),
        ({"closes": lambda table: table.closes * np.nan}, "SPY is lost without a reason"),
        ({"closes": lambda table: table.closes[:0]}, "SPY is lost without a reason"),
        ({"opens": lambda table: 0 * table.closes}, "open isn't more than 0"),
        ({"volume": lambda table: -table.closes}, "volume is less than 0"),
        ({"closes": lambda table: table.closes + next(numbers)}, "asked for twice, has other"),
        ({"closes": lambda table: table.closes.shift(freq="1h")}, "isn't a midnight"),
        ({"closes": lambda table: table.closes.shift(freq="-9D")}, "leaves the range"),
        ({"opens": lambda table: table.closes[:1]}, "other sessions"),
        ({"faults": lambda table: table.faults[:0]}, "lost without a reason"),
        ({"faults": lambda table: table.faults[["symbol"]]}, "other columns"),
        (
            {"snapshot": lambda table: replace(table.snapshot, hash=str(next(numbers)))},
            "other prices",
        ),
    ],
)
def test_a_price_source_with_one_thing_wrong_fails(changes, told):
    with pytest.raises(AssertionError, match=told):
        check_price_source(changed(**changes), ["SPY"], START, END)


@pytest.mark.parametrize(
    ("labelled", "told"),
    [
        (lambda closes, symbols: closes.set_axis(symbols[: len(closes.columns)], axis=1), "order"),
        (lambda closes, symbols: closes * len(symbols), "itself"),
    ],
)
def test_a_price_source_whose_prices_depend_on_how_it_is_asked_fails(labelled, told):
    class Labelled(FramePrices):
        def history(self, symbols, start, end):
            table = super().history(symbols, start, end)
            closes = table.closes[sorted(table.closes)]
            return replace(
                table, closes=labelled(closes, [one for one in symbols if one in closes])
            )

    frame = pd.DataFrame({"MSFT": [5.0, 6.0], "SPY": [1.0, 2.0]}, ["2025-07-01", "2025-07-02"])
    with pytest.raises(AssertionError, match=f"{told}, has other prices"):
        check_price_source(Labelled(frame), ["MSFT", "SPY"], START, END)


@pytest.mark.parametrize("name", SCORERS)
def test_our_scorers_pass(name):
    check_scorer(open_scorer(name))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda found: found[:-1], "5 texts give 4 scores"),
        (lambda found: [other(one, score=2.0) for one in found], "outside of"),
        (lambda found: [other(one, label="good") for one in found], "has label"),
        (lambda found: [other(one, score=0.125) for one in found], "don't add up"),
        (lambda found: [other(one, label="positive") for one in found], "is labelled positive"),
        (
            lambda found: [
                other(one, probabilities={"positive": 1.5, "negative": -0.5}) for one in found
            ],
            "isn't in 0 to 1",
        ),
        (
            lambda found: [other(one, probabilities={"positive": 0.5}) for one in found],
            "probabilities add up to 0.5",
        ),
        (lambda found: [one.score for one in found], "gives float, no TextScore"),
    ],
)
def test_a_scorer_with_one_thing_wrong_fails(change, told):
    class Changed(Vader):
        def score_texts(self, texts):
            return change(super().score_texts(texts))

    with pytest.raises(AssertionError, match=told):
        check_scorer(Changed())


@pytest.mark.parametrize("way", ["scores_of", "score_text"])
def test_a_scorer_whose_quick_way_says_something_else_fails(way):
    def other_numbers(self, texts):
        return [0.5] * len(texts)

    def other_text(self, text):
        return other(Vader().score_text(text), score=0.5)

    made = {"scores_of": other_numbers, "score_text": other_text}[way]
    quick = {"scores_of": Vader.scores_of}
    with pytest.raises(AssertionError, match="something else than score_texts"):
        check_scorer(type("Changed", (Vader,), quick | {way: made})())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_our_return_models_pass(model):
    check_return_model(model)


def test_a_model_that_looks_ahead_fails():
    class Ahead(Linear):
        def design(self, returns, inputs):
            y, x = super().design(returns, inputs)
            return y - np.nanmean(y, axis=1, keepdims=True), x

    with pytest.raises(AssertionError, match="lets a later session change an earlier one"):
        check_return_model(Ahead())


def test_a_model_whose_columns_are_not_those_of_its_design_fails():
    class Other(Linear):
        def columns(self, inputs):
            return [2 * one for one in inputs]

        def design(self, returns, inputs):
            return Linear().design(returns, inputs)

    with pytest.raises(AssertionError, match="say something else than design"):
        check_return_model(Other())


def test_a_model_that_writes_into_the_returns_fails():
    class InPlace(Excess):
        def response(self, returns, inputs):
            returns -= inputs[-1]
            return returns

    with pytest.raises(AssertionError, match="write into what they are given"):
        check_return_model(InPlace())


def test_a_model_that_counts_holes_fails():
    class Filling(Linear):
        def fit(self, y, x):
            return super().fit(np.nan_to_num(y), x)

    with pytest.raises(AssertionError, match="A hole is counted"):
        check_return_model(Filling())
