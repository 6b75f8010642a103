"""A linear model over features of a sentence: its weights, its probabilities, its parts.

Two numbers for each feature, what it adds to the log-odds of positive and of negative against
neutral. The score is P(positive) - P(negative): without any known feature it is 0.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain

from signals.errors import ConfigError
from signals.sentiment.features import PLACELESS, Feature, Rules
from signals.sentiment.scorer import Contribution, Label, TextScore
from signals.sentiment.token_bits import Is, Row, Token
from signals.sentiment.tokens import NAMES

# Gauss-Legendre over [0, 1]: places and weights.
_PLACES = (0.06943184420297371, 0.33000947820757187, 0.6699905217924281, 0.9305681557970263)
_WEIGHTS = (0.17392742256872692, 0.32607257743127307, 0.32607257743127307, 0.17392742256872692)

LABELS: tuple[Label, ...] = ("negative", "neutral", "positive")
"""Labels, in the order of their numbers and probabilities."""

Probabilities = tuple[float, float, float]
"""Of negative, neutral and positive."""

NOTHING: Probabilities = (0.0, 1.0, 0.0)
"""Those of a text that says nothing: it has no words but plain ones."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """The weights of a linear model, never changed.

    Attributes
    ----------
    weights
        Feature -> what it adds to the log-odds of positive and of negative against neutral.
        Words and pairs of words count 1 / sqrt(number of tokens) each, all else 1.
    neutral
        The log-odds of neutral, without any feature.
    cutoffs
        What is added to the log-odds of negative and of positive before a label is given.
    blend
        The model's share where it is blended with another one's score; 1 where it is not.
    digest
        sha256 of the file, 8 hex digits.
    """

    weights: dict[str, tuple[float, float]]
    neutral: float
    cutoffs: tuple[float, float]
    blend: float
    digest: str

    def says(self, row: Row, rules: Rules) -> bool:
        """Tell whether a sentence has more than names and plain words: a word that is known."""
        telling = False
        for token in row.tokens:
            if not token.bits & Is.PLAIN:
                if token.bits & Is.TELLS or token.stem in self.weights:
                    return True
                telling = True
        return telling and any(first == PLACELESS for (_, first, _), _ in rules)

    def probabilities(self, row: Row, names: Iterable[str], rules: Rules) -> Probabilities:
        """Give the probabilities of negative, neutral and positive.

        Parameters
        ----------
        row
            The tokens.
        names
            Words and pairs of words.
        rules
            All else, each with its value.
        """
        if not self.says(row, rules):
            return NOTHING
        known = self.weights.get
        above = below = 0.0
        for up, down in filter(None, map(known, names)):
            above += up
            below += down
        scale = 1.0 / math.sqrt(len(row.tokens))
        above, below = above * scale, below * scale
        for (name, _, _), value in rules:
            weight = known(name)
            if weight is not None:
                above += weight[0] * value
                below += weight[1] * value
        positive, neutral, negative = _softmax(above, self.neutral, below)
        return negative, neutral, positive

    def parts(
        self,
        row: Row,
        features: Iterable[Feature],
        rules: Iterable[tuple[Feature, float]],
        *,
        score: float,
    ) -> list[float]:
        """Share a score among the tokens.

        A token's part is the sum of its features' parts; a feature of two tokens is shared
        equally. A feature's part is what it adds while all of them grow together from nothing
        (Aumann and Shapley, 1974), so that the parts add up to the score.
        """
        n = len(row.tokens)
        up, down = [0.0] * n, [0.0] * n
        scale = 1.0 / math.sqrt(max(n, 1))
        for (name, first, last), value in chain(((one, scale) for one in features), rules):
            weight = self.weights.get(name)
            if weight is not None:
                positive, negative = weight[0] * value * 0.5, weight[1] * value * 0.5
                up[first] += positive
                up[last] += positive
                down[first] += negative
                down[last] += negative
        return _shared(up, down, self.neutral, score)

    def scored(
        self,
        probabilities: Probabilities,
        explain: Callable[[], tuple[Contribution, ...]],
    ) -> TextScore:
        """Give the score and the label of probabilities of negative, neutral and positive."""
        negative, neutral, positive = probabilities
        return TextScore(
            positive - negative,
            self.label(negative, neutral, positive),
            dict(zip(LABELS, probabilities, strict=True)),
            explain,
        )

    def label(self, negative: float, neutral: float, positive: float) -> Label:
        """Label by the model's own cut-offs, which were set on development data."""
        against = negative * math.exp(self.cutoffs[0])
        in_favour = positive * math.exp(self.cutoffs[1])
        if in_favour > neutral and in_favour > against:
            return "positive"
        return "negative" if against > neutral and against > in_favour else "neutral"


def _shared(
    up: Sequence[float], down: Sequence[float], neutral: float, score: float
) -> list[float]:
    """Turn each token's log-odds into a part of the score."""
    above, below = math.fsum(up), math.fsum(down)
    in_favour = against = 0.0  # the mean slopes of the score on the way from nothing
    for place, weight in zip(_PLACES, _WEIGHTS, strict=True):
        here, _, there = _softmax(above * place, neutral, below * place)
        in_favour += weight * here * (1.0 - here + there)
        against += weight * there * (1.0 + here - there)
    parts = [in_favour * a - against * b for a, b in zip(up, down, strict=True)]
    size = math.fsum(map(abs, parts))
    if size > 0:
        rest = (score - math.fsum(parts)) / size  # of the quadrature
        parts = [part + abs(part) * rest for part in parts]
    return parts


def _softmax(above: float, neutral: float, below: float) -> tuple[float, float, float]:
    highest = max(below, above)
    highest = max(highest, neutral)
    up = math.exp(above - highest)
    middle = math.exp(neutral - highest)
    down = math.exp(below - highest)
    total = up + middle + down
    return up / total, middle / total, down / total


def contributions(
    text: str, tokens: Sequence[Token], spans: Sequence[tuple[int, int]], parts: Sequence[float]
) -> tuple[Contribution, ...]:
    """Give the tokens whose part is not 0, as they stand in the text; masked ones are names."""
    return tuple(
        Contribution(start, end, "name" if token.norm in NAMES else text[start:end].lower(), value)
        for token, (start, end), value in zip(tokens, spans, parts, strict=True)
        if value
    )


@cache
def load_model(name: str) -> LinearModel:
    """Load weights of the package, ``finance`` or ``about``; later calls give the same object.

    Raises
    ------
    ConfigError
        The file is missing, or its digest is not the recorded one.
    """
    folder = files("signals.sentiment").joinpath("weights")
    try:
        content = folder.joinpath(f"{name}.npz").read_bytes()
        record = json.loads(folder.joinpath(f"{name}.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"The weights {error.filename} are missing: install again.") from error
    return read_model(content, record["sha256"], name=name)


def read_model(content: bytes, sha256: str, *, name: str) -> LinearModel:
    """Read a model from the bytes of its file.

    Raises
    ------
    ConfigError
        The bytes are not those that were recorded.
    """
    import numpy as np

    digest = hashlib.sha256(content).hexdigest()
    if digest != sha256:
        raise ConfigError(
            f"The weights {name}.npz have the digest {digest[:8]}, but {sha256[:8]} is recorded "
            "beside them: the file was changed. Install again, or train anew."
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        names = stored["names"].tobytes().decode("utf-8").split("\n")
        pairs = stored["weights"].astype(np.float64)
        neutral, negative, positive, blend = stored["constants"].tolist()
    columns = zip(pairs[:, 0].tolist(), pairs[:, 1].tolist(), strict=True)
    weights = dict(zip(names, columns, strict=True))
    return LinearModel(weights, neutral, (negative, positive), blend, digest[:8])
