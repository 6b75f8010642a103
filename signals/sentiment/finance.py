"""The default scorer: a linear model of financial news, with directions, comparisons and VADER.

Trained on SEntFiN 1.0 and Twitter Financial News by :mod:`signals.sentiment.training`; the
features are in :mod:`signals.sentiment.features`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from signals.sentiment.features import (
    PLACELESS,
    Feature,
    Rules,
    moves,
    told,
    weighed,
    word_names,
    words,
)
from signals.sentiment.linear import LinearModel, Probabilities, contributions, load_model
from signals.sentiment.scorer import (
    ENGLISH,
    Contribution,
    TextScore,
    checked_text,
    checked_texts,
)
from signals.sentiment.token_bits import Row
from signals.sentiment.tokens import TokenReader
from signals.sentiment.vader import Vader

if TYPE_CHECKING:
    from signals.sentiment.arrays import Floats
    from signals.sentiment.finance_batch import BatchReader

FEW = 32
"""Texts for which arrays don't pay are fewer."""
_VADER = "V"  # the first letter of VADER's compound, by its sign

Sources = Mapping[str, Callable[[], Iterable[Contribution]]]
"""First letter of the name of a score -> what finds the score's parts, for whoever explains it."""


class Sentence(NamedTuple):
    """A text that was read."""

    text: str
    row: Row
    rules: Rules


class SentenceReader:
    """Reads a sentence as the models need it: its tokens, and its rules with their values.

    Attributes
    ----------
    tokens, vader
        What reads them alone; each has a memory.
    """

    def __init__(self) -> None:
        self.tokens = TokenReader()
        self.vader = Vader()

    def read(self, text: str) -> Sentence:
        """Give the tokens; the directions and comparisons; VADER's compound without its place."""
        row = self.tokens.row(text)
        found = moves(row)
        row = told(row, found)
        rules: Rules = [(feature, 1.0) for feature in weighed(found)]
        compound = self.vader.compound(text)
        if compound and row.tokens:
            name = f"{_VADER}{'+' if compound > 0 else '-'}"
            rules.append(((name, PLACELESS, PLACELESS), abs(compound)))
        return Sentence(text, row, rules)

    def explained(
        self,
        model: LinearModel,
        read: Sentence,
        score: float,
        *,
        features: Iterable[Feature],
        sources: Sources | None = None,
    ) -> tuple[Contribution, ...]:
        """Say what the score of a sentence is made of.

        ``features`` are its words with their places; ``sources`` find the parts of scores other
        than VADER's that are among its rules.
        """
        text, row, rules = read
        if not model.says(row, rules):
            return ()
        spans = self.tokens.spans(text)
        given = {_VADER: lambda: self.vader.score_text(text).contributions, **(sources or {})}
        placed = _placed(rules, spans, given)
        parts = model.parts(row, features, placed, score=score)
        return contributions(text, row.tokens, spans, parts)


def _placed(rules: Rules, spans: Sequence[tuple[int, int]], sources: Sources) -> Rules:
    """Share scores among the tokens that they come from."""
    placed: Rules = []
    starts = [start for start, _ in spans]
    found: dict[str, list[tuple[int, float]]] = {}
    for feature, value in rules:
        name, first, _ = feature
        if first != PLACELESS:
            placed.append((feature, value))
            continue
        source = name[0]
        if source not in found:
            found[source] = [
                (max(bisect_right(starts, part.start) - 1, 0), part.value)
                for part in sources[source]()
            ]
        sign = 1.0 if name[1] == "+" else -1.0
        placed += (((name, at, at), sign * part) for at, part in found[source])
    return placed


class Finance:
    """A linear model of sentences of financial news: the default scorer.

    The score is P(positive) - P(negative), the label is by cut-offs that were set on development
    data. The contributions are those of the words: each with the pairs of words, the directions
    ("profit rose"), the comparisons ("to 5.2 from 4.1") and the part of VADER's compound in which
    it stands. A word that means nothing by itself may have a part, too: texts with "which" were
    seldom for or against anything. Names of companies are best masked, as :func:`signals.score`
    does.

    Parameters
    ----------
    model
        Other weights than the package's.

    Attributes
    ----------
    language
        The one that it reads.
    reader
        Reads sentences, and remembers their words.

    Raises
    ------
    ConfigError
        The weights are not those that were recorded when they were trained.

    Examples
    --------
    >>> Finance().score_text("Operating loss narrowed to 0.2 million from 1.3 million.").label
    'positive'
    """

    language = ENGLISH

    def __init__(self, model: LinearModel | None = None) -> None:
        self._model = load_model("finance") if model is None else model
        self.reader = SentenceReader()

    def __reduce__(self) -> tuple[type[Finance], tuple[LinearModel | None]]:
        """Travel to another process without the cache."""
        shipped = self._model is load_model("finance")
        return type(self), (None if shipped else self._model,)

    def __repr__(self) -> str:
        return f"<Finance: {self.name}>"

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
        return self._scored(text, self._given(self.reader.read(checked_text(text))))

    def score_texts(self, texts: Sequence[str]) -> list[TextScore]:
        """Score each text as :meth:`score_text` does.

        Raises
        ------
        TypeError
            ``texts`` is one string, or one of them is not a string.
        """
        checked = checked_texts(texts)
        if len(checked) < FEW:
            return [*map(self.score_text, checked)]
        rows = zip(*(column.tolist() for column in self._columns(checked)), strict=True)
        return [*map(self._scored, checked, rows)]

    def _scored(self, text: str, given: Probabilities) -> TextScore:
        return self._model.scored(given, partial(self._explain, text))

    def _explain(self, text: str) -> tuple[Contribution, ...]:
        """Read a text again to say what its score is made of: few are asked for."""
        read = self.reader.read(text)
        negative, _, positive = self._given(read)
        return self.reader.explained(
            self._model, read, positive - negative, features=words(read.row)
        )

    def scores_of(self, texts: Sequence[str]) -> list[float]:
        """Give the score of each text alone."""
        checked = checked_texts(texts)
        if len(checked) < FEW:
            given = map(self._given, map(self.reader.read, checked))
            return [positive - negative for negative, _, positive in given]
        negative, _, positive = self._columns(checked)
        scores: list[float] = (positive - negative).tolist()
        return scores

    def _given(self, read: Sentence) -> Probabilities:
        return self._model.probabilities(read.row, word_names(read.row), read.rules)

    def _columns(self, texts: Sequence[str]) -> tuple[Floats, Floats, Floats]:
        """Give the probabilities of many texts."""
        return self._batch.probabilities(texts, self.reader.vader.compounds(texts))

    @cached_property
    def _batch(self) -> BatchReader:
        # Imported here: one text needs no arrays.
        from signals.sentiment.finance_batch import batch_reader

        return batch_reader(self._model)
