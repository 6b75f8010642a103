"""A linear model fitted to what was read off labelled texts, and the bytes that hold it."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp

from signals.sentiment.arrays import Floats, Integers
from signals.sentiment.linear import LABELS, LinearModel, read_model

_RARE = 3  # texts that a feature must be in
_WORD_SCALE = 2.5  # the larger, the less a feature is held back
_SHARPNESS = 0.65  # of the log-odds: fits of one label against the rest overstate them
_SMALLEST = 0.01  # weights below are dropped, in log-odds of a sentence of one token


class Example(NamedTuple):
    """A text with its label, and the company that the label is about, if any."""

    text: str
    label: int
    cluster: str
    target: str = ""
    others: tuple[str, ...] = ()
    weight: float = 1.0


class Featured(NamedTuple):
    """What a model reads off an example: words by name, and rules; each with its value."""

    example: Example
    words: Mapping[str, float]
    rules: Mapping[str, float]


@dataclass(frozen=True)
class Recipe:
    """How a model is fitted: how far it is held back.

    ``penalty`` is C of the logistic regression. ``evidence`` is the power of the log-ratio of a
    word's counts by which it is scaled (Wang and Manning, 2012): words that are equally frequent
    everywhere are held back.
    """

    name: str
    penalty: float
    rule_scale: float
    evidence: float


SENTENCES = Recipe("finance", penalty=0.2, rule_scale=4.0, evidence=0.6)
COMPANIES = Recipe("about", penalty=0.15, rule_scale=2.5, evidence=0.7)


def fit(recipe: Recipe, readings: Sequence[Featured]) -> dict[str, Any]:
    """Fit a model: one logistic regression for each label against the rest.

    Returns
    -------
    dict
        ``names``; ``weights`` (features x 2, log-odds of positive and negative against neutral);
        ``neutral``, the log-odds of neutral.
    """
    from sklearn.linear_model import LogisticRegression

    labels = np.array([one.example.label for one in readings])
    counts = Counter(name for one in readings for table in one[1:] for name in table)
    names = sorted(name for name, count in counts.items() if count >= _RARE)
    at = {name: place for place, name in enumerate(names)}
    rules = {name for one in readings for name in one.rules}
    matrix = _matrix([{**one.words, **one.rules} for one in readings], at)
    scale = _WORD_SCALE * _evidence(matrix, labels) ** recipe.evidence
    scale[[at[name] for name in rules if name in at]] = recipe.rule_scale
    scaled = (matrix @ sp.diags(scale)).tocsr()
    model = LogisticRegression(
        C=recipe.penalty, solver="liblinear", dual=True, tol=1e-2, max_iter=1000, random_state=0
    )
    weights = np.array([one.example.weight for one in readings])
    log_odds, intercepts = [], []
    for label in range(len(LABELS)):
        model.fit(scaled, labels == label, sample_weight=weights)
        log_odds.append(model.coef_[0] * scale * _SHARPNESS)
        intercepts.append(float(model.intercept_[0]) * _SHARPNESS)
    pairs = np.stack([log_odds[2] - log_odds[1], log_odds[0] - log_odds[1]], axis=1)
    kept = np.abs(pairs).max(axis=1) >= _SMALLEST
    return {
        "names": [name for name, keep in zip(names, kept, strict=True) if keep],
        "weights": pairs[kept].astype(np.float16),
        # How often a corpus is positive or negative says nothing of a text.
        "neutral": intercepts[1] - (intercepts[0] + intercepts[2]) / 2,
    }


def model_of(recipe: Recipe, readings: Sequence[Featured]) -> LinearModel:
    """Fit a model as it is when it is read again, without cut-offs and unblended."""
    content = pack(fit(recipe, readings), (0.0, 0.0), 1.0)
    return read_model(content, hashlib.sha256(content).hexdigest(), name=recipe.name)


def _matrix(rows: Sequence[Mapping[str, float]], at: Mapping[str, int]) -> sp.csr_matrix:
    cells = [[(at[name], value) for name, value in row.items() if name in at] for row in rows]
    ends = np.cumsum([0, *map(len, cells)])
    flat = [cell for row in cells for cell in row]
    columns = np.array([column for column, _ in flat], dtype=np.int64)
    values = np.array([value for _, value in flat], dtype=np.float64)
    return sp.csr_matrix((values, columns, ends), shape=(len(rows), len(at)))


def _evidence(matrix: sp.csr_matrix, labels: Integers) -> Floats:
    """Say how unevenly a feature is spread: the largest |log-ratio| of its counts over labels."""
    present = (matrix > 0).astype(np.float64)
    ratios = []
    for label in range(len(LABELS)):
        inside = np.asarray(present[labels == label].sum(axis=0)).ravel() + 1.0
        outside = np.asarray(present[labels != label].sum(axis=0)).ravel() + 1.0
        ratios.append(np.abs(np.log(inside / inside.sum() / (outside / outside.sum()))))
    return np.max(ratios, axis=0)  # type: ignore[no-any-return]


def pack(fitted: Mapping[str, Any], cutoffs: tuple[float, float], blend: float) -> bytes:
    """Give the bytes of a weights file; the same model gives the same bytes."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        names=np.frombuffer("\n".join(fitted["names"]).encode(), dtype=np.uint8),
        weights=fitted["weights"],
        constants=np.array([fitted["neutral"], *cutoffs, blend]),
    )
    return buffer.getvalue()
