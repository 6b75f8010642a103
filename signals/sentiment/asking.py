"""How a scorer is asked: by which of its methods, and what is refused of its answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from signals.errors import ConfigError, SignalsError
from signals.sentiment.finance import Finance
from signals.sentiment.scorer import Given, NumberScorer, Scorer, TextScore
from signals.sentiment.scores import explained

_REMEMBERED = 64  # sentences whose explanation may be asked for again


def expect_scorer(scorer: Scorer | None) -> Scorer:
    """Give a scorer as it is, :class:`~signals.sentiment.finance.Finance` where there is none.

    Raises
    ------
    ConfigError
        It is no scorer.
    """
    scorer = Finance() if scorer is None else scorer
    if isinstance(scorer, type) or not isinstance(scorer, Scorer):
        raise ConfigError(
            "A scorer is an object with a name and score_texts(texts), as Vader() is; "
            f"{scorer!r:.60} is none."
        )
    return scorer


def nearest_way(scorer: Scorer) -> str:
    """Name the method by which a scorer is asked: ``scores_of``, ``score_texts``, ``score_text``.

    It is the quickest of those that the nearest of its classes defines, so that one derived from
    :class:`signals.Vader` that overrides one of them is read through what it overrides.
    """
    held = isinstance(scorer, NumberScorer)
    ways = ("scores_of", "score_texts", "score_text") if held else ("score_texts",)
    found = (way for kind in type(scorer).__mro__ for way in ways if way in vars(kind))
    return next(found, "score_texts")


def keeps_finance(scorer: Finance) -> bool:
    """Tell whether a scorer says of texts what its model says, and no derived class otherwise."""
    ways = ("scores_of", "score_texts", "score_text")
    return all(getattr(type(scorer), way) is getattr(Finance, way) for way in ways)


def ask(scorer: Scorer, texts: list[str]) -> Given:
    """Score the sentences, and refuse what is no score."""
    way = nearest_way(scorer)
    if isinstance(scorer, NumberScorer) and way == "scores_of":
        numbers = scorer.scores_of(texts) if texts else []
        _check_count(scorer.name, len(numbers), texts)
        for text, number in zip(texts, numbers, strict=True):
            if not -1.0 <= number <= 1.0:
                raise SignalsError(_no_score(scorer.name, text, number))
        # A sentence is explained for each of its companies: once is enough.
        return Given(numbers, lru_cache(_REMEMBERED)(lambda place: scorer.score_text(texts[place])))
    if isinstance(scorer, NumberScorer) and way == "score_text":
        given = [*map(scorer.score_text, texts)]
    else:
        given = list(scorer.score_texts(texts)) if texts else []
    _check_count(scorer.name, len(given), texts)
    for text, one in zip(texts, given, strict=True):
        _check(scorer.name, text, one)
    return Given.found(given)


def _check_count(name: str, count: int, texts: Sequence[str]) -> None:
    if count != len(texts):
        raise SignalsError(f"{name} gave {count} scores for {len(texts)} texts.")


def _no_score(name: str, text: str, score: float) -> str:
    return f"{name} gave the score {score!r} to {text[:60]!r}; a score lies in [-1, 1]."


def _check(name: str, text: str, given: TextScore) -> None:
    """Refuse what is no score of a sentence; parts that wait are checked when they are found."""
    if not isinstance(given, TextScore):
        raise SignalsError(f"{name} gave {type(given).__name__}; score_texts gives TextScores.")
    if not -1.0 <= given.score <= 1.0:
        raise SignalsError(_no_score(name, text, given.score))
    if not given.waits:
        explained(name, text, given)
