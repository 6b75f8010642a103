"""The default scorer: a linear model of financial news, with directions, comparisons and VADER.

Trained on SEntFiN 1.0 and Twitter Financial News by :mod:`signals.sentiment.training`; the
features are in :mod:`signals.sentiment.features`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property

from signals.sentiment.features import Feature, FeatureReader, Row, moves, words
from signals.sentiment.linear import LinearModel, contributions, load_model
from signals.sentiment.scorer import TextScore, checked_text, checked_texts
from signals.sentiment.vader import Vader

Rules = list[tuple[Feature, float]]

NOTHING = TextScore(0.0, "neutral", {"negative": 0.0, "neutral": 1.0, "positive": 0.0}, ())
"""What is said of a text without words."""


class SentenceReader:
    """Reads a sentence as the model needs it: its tokens, and its rules with their values."""

    def __init__(self) -> None:
        self._features = FeatureReader()
        self._vader = Vader()

    def read(self, text: str) -> tuple[Row, Rules]:
        """Give the tokens, and the directions, comparisons and VADER's compound."""
        row = self._features.row(text)
        rules: Rules = [(feature, 1.0) for feature in moves(row)]
        if row.tokens:
            rules += self._compound(text, row)
        return row, rules

    def _compound(self, text: str, row: Row) -> Iterable[tuple[Feature, float]]:
        """Share VADER's compound among the tokens that it comes from."""
        given = self._vader.score_text(text)
        sign = 1.0 if given.score > 0 else -1.0
        name = "V+" if given.score > 0 else "V-"
        if given.score:
            starts = [start for start, _ in row.spans]
            for part in given.contributions:
                place = max(bisect_right(starts, part.start) - 1, 0)
                yield Feature(name, place, place), sign * part.value


class Finance:
    """A linear model of sentences of financial news: the default scorer.

    The score is P(positive) - P(negative), the label is by cut-offs that were set on development
    data. The contributions are those of the words: each with the pairs of words, the directions
    ("profit rose"), the comparisons ("to 5.2 from 4.1") and the part of VADER's compound in which
    it stands. Names of companies are best masked, as :func:`signals.score` does.

    Parameters
    ----------
    model
        Other weights than the package's.

    Raises
    ------
    ConfigError
        The weights are not those that were recorded when they were trained.

    Examples
    --------
    >>> Finance().score_text("Operating loss narrowed to 0.2 million from 1.3 million.").label
    'positive'
    """

    def __init__(self, model: LinearModel | None = None) -> None:
        self._model = load_model("finance") if model is None else model
        self._reader = SentenceReader()

    def __reduce__(self) -> tuple[type[Finance], tuple[LinearModel | None]]:
        """Travel to another process without the cache."""
        shipped = self._model is load_model("finance")
        return type(self), (None if shipped else self._model,)

    @cached_property
    def name(self) -> str:
        """``finance`` and a digest of the weights."""
        return f"finance {self._model.digest}"

    def score_text(self, text: str) -> TextScore:
        """Score one text; 0.0 and neutral when it has no words.

        Raises
        ------
        TypeError
            The text is not a string: None, a NaN, bytes.
        """
        text = checked_text(text)
        row, rules = self._reader.read(text)
        if not row.tokens:
            return NOTHING
        given = self._model.explain(row, words(row), rules)
        label = self._model.label(given.probabilities)
        return TextScore(
            given.score, label, given.probabilities, contributions(text, row, given.parts)
        )

    def score_texts(self, texts: Sequence[str]) -> list[TextScore]:
        """Score each text as :meth:`score_text` does.

        Raises
        ------
        TypeError
            ``texts`` is one string, or one of them is not a string.
        """
        if isinstance(texts, str):
            raise TypeError("score_texts takes a list of texts; score_text scores one.")
        return [self.score_text(text) for text in checked_texts(texts)]
