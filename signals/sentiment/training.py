r"""Make the weights of the default scorer from labelled headlines.

::

    python -m signals.sentiment.training --sentfin sentfin.csv --tfns tfns.csv \
        --fpb fpb.csv --ssix ssix.csv --out signals/sentiment/weights

Needs the extra ``[train]``. Trained on SEntFiN 1.0 (Sinha et al., 2022) and Twitter Financial
News, both under the MIT licence; Financial PhraseBank and the headlines of FiQA and SemEval-2017
only set cut-offs and measure. One in five clusters of alike headlines is held out while
cut-offs are set and the recorded scores are measured; the weights are then fitted to all.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import logging
import platform
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from signals.errors import ConfigError
from signals.files import write_bytes, write_text
from signals.sentiment.entity import mark_target, target_rules, target_words
from signals.sentiment.features import words
from signals.sentiment.finance import SentenceReader
from signals.sentiment.linear import LinearModel, read_model
from signals.sentiment.tuning import is_held_out, tune_about, tune_finance

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_LOG = logging.getLogger(__name__)
_TRAINED = ("sentfin", "tfns")
_LABELS = {"negative": 0, "neutral": 1, "positive": 2}
_RARE = 3  # texts that a feature must be in
_PENALTY = 0.2  # C of the logistic regression
_WORD_SCALE, _RULE_SCALE = 2.5, 4.0  # the larger, the less a feature is held back
_SMALLEST = 0.01  # weights below are dropped, in log-odds of a sentence of one token


class Example(NamedTuple):
    """A text with its label, and the company that the label is about, if any."""

    text: str
    label: int
    cluster: str
    target: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """How a model is fitted: what it reads, and how far words are told apart by their evidence.

    ``evidence`` is the power of the log-ratio of a word's counts by which it is scaled (Wang and
    Manning, 2012): words that are equally frequent everywhere are held back.
    """

    name: str
    read: Callable[[Example], tuple[dict[str, float], dict[str, float]]]
    evidence: float


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read a table; every row has a text and a known label.

    Raises
    ------
    ConfigError
        A column is missing, or a row has no text or an unknown label: the rows are named.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    bad = [
        number
        for number, row in enumerate(rows, start=2)
        if not row.get("text") or row.get("label") not in _LABELS or not row.get("cluster")
    ]
    if bad or not rows:
        raise ConfigError(
            f"{path}: {len(bad)} of {len(rows)} rows lack a text, a cluster or a label "
            f"(negative, neutral, positive); the first are {bad[:5]}."
        )
    return rows


def headlines(rows: Sequence[Mapping[str, str]]) -> list[Example]:
    """Give the companies of SEntFiN's headlines, each with the others of its headline."""
    names: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        names[row["text"]].append(row["target"])
    return [
        Example(
            row["text"],
            _LABELS[row["label"]],
            row["cluster"],
            row["target"],
            tuple(name for name in names[row["text"]] if name != row["target"]),
        )
        for row in rows
    ]


def sentences(examples: Sequence[Example]) -> list[Example]:
    """Give the headlines whose companies share a label, once each, masked and as written."""
    labels: dict[str, set[int]] = defaultdict(set)
    for one in examples:
        labels[one.text].add(one.label)
    once = {one.text: one for one in examples if len(labels[one.text]) == 1}
    plain = [one._replace(target="", others=()) for one in once.values()]
    return [*once.values(), *plain]


def tweets(rows: Sequence[Mapping[str, str]]) -> list[Example]:
    """Give texts without a company."""
    return [Example(row["text"], _LABELS[row["label"]], row["cluster"]) for row in rows]


def recipes() -> tuple[Recipe, Recipe]:
    """Give the recipes of the two models: of a sentence, and of a company in it."""
    reader = SentenceReader()

    def of_sentence(one: Example) -> tuple[dict[str, float], dict[str, float]]:
        text = mark_target(one.text, one.target, one.others, alike=True)
        _, row, rules = reader.read(text)
        return _sums(
            ((feature.name, 1.0) for feature in words(row)),
            ((feature.name, value) for feature, value in rules),
            len(row.tokens),
        )

    def of_company(one: Example) -> tuple[dict[str, float], dict[str, float]]:
        _, row, rules = reader.read(mark_target(one.text, one.target, one.others))
        return _sums(
            ((feature.name, 1.0) for feature in (*words(row), *target_words(row))),
            (
                *((feature.name, value) for feature, value in rules),
                *((feature.name, 1.0) for feature in target_rules(row)),
            ),
            len(row.tokens),
        )

    return Recipe("finance", of_sentence, 0.6), Recipe("about", of_company, 0.7)


def _sums(
    found: Iterable[tuple[str, float]], rules: Iterable[tuple[str, float]], n_tokens: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Sum up features as a model does when it scores."""
    sums: tuple[dict[str, float], dict[str, float]] = ({}, {})
    for table, features, scale in (
        (sums[0], found, max(n_tokens, 1) ** -0.5),
        (sums[1], rules, 1.0),
    ):
        for name, value in features:
            table[name] = table.get(name, 0.0) + value * scale
    return sums


def fit(recipe: Recipe, examples: Sequence[Example]) -> dict[str, Any]:
    """Fit a model.

    Returns
    -------
    dict
        ``names``; ``weights`` (features x 2, log-odds of positive and negative against neutral);
        ``neutral``, the log-odds of neutral.
    """
    from sklearn.linear_model import LogisticRegression

    read = [recipe.read(one) for one in examples]
    labels = np.array([one.label for one in examples])
    counts = Counter(name for tables in read for table in tables for name in table)
    names = sorted(name for name, count in counts.items() if count >= _RARE)
    at = {name: place for place, name in enumerate(names)}
    rules = {name for _, table in read for name in table}
    matrix = _matrix([{**found, **ruled} for found, ruled in read], at)
    scale = _WORD_SCALE * _evidence(matrix, labels) ** recipe.evidence
    scale[[at[name] for name in rules if name in at]] = _RULE_SCALE
    model = LogisticRegression(C=_PENALTY, max_iter=500, tol=1e-3)
    model.fit(matrix @ sp.diags(scale), labels)
    log_odds = model.coef_ * scale
    weights = np.stack([log_odds[2] - log_odds[1], log_odds[0] - log_odds[1]], axis=1)
    kept = np.abs(weights).max(axis=1) >= _SMALLEST
    # How often a corpus is positive or negative says nothing of a text.
    neutral = model.intercept_[1] - (model.intercept_[0] + model.intercept_[2]) / 2
    return {
        "names": [name for name, keep in zip(names, kept, strict=True) if keep],
        "weights": weights[kept].astype(np.float16),
        "neutral": float(neutral),
    }


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
    for label in range(len(_LABELS)):
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


def unpack(content: bytes, name: str) -> LinearModel:
    """Give the model that was just packed."""
    return read_model(content, hashlib.sha256(content).hexdigest(), name=name)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train both models and write weights and records."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(prog="python -m signals.sentiment.training")
    for name, what in (
        ("sentfin", "SEntFiN 1.0: text, target, label, cluster"),
        ("tfns", "Twitter Financial News: text, label, cluster"),
        ("fpb", "Financial PhraseBank, to set cut-offs: text, label, agree_min_pct, cluster"),
        ("ssix", "FiQA and SemEval-2017, to measure: text, target, score, kind, label, cluster"),
    ):
        parser.add_argument(f"--{name}", type=Path, required=name in _TRAINED, help=what)
    parser.add_argument("--out", type=Path, required=True, help="folder of the weights")
    options = parser.parse_args(arguments)
    given = {name: getattr(options, name) for name in ("sentfin", "tfns", "fpb", "ssix")}
    paths = {name: path for name, path in given.items() if path}
    tables = {name: read_csv(path) for name, path in paths.items()}
    companies = headlines(tables["sentfin"])
    texts = [*sentences(companies), *tweets(tables["tfns"])]
    finance, about = recipes()
    options.out.mkdir(parents=True, exist_ok=True)
    half = unpack(pack(fit(finance, _kept(texts)), (0.0, 0.0), 1.0), "finance")
    cutoffs, scores = tune_finance(half, tables)
    _write(options.out, finance, (fit(finance, texts), cutoffs, 1.0), scores=scores, paths=paths)
    fitted = unpack(pack(fit(about, _kept(companies)), (0.0, 0.0), 1.0), "about")
    cutoffs, blend, measured = tune_about(fitted, half, tables)
    made = (fit(about, companies), cutoffs, blend)
    _write(options.out, about, made, scores=measured, paths=paths)


def _kept(examples: Sequence[Example]) -> list[Example]:
    return [one for one in examples if not is_held_out(one.cluster)]


def _write(
    folder: Path,
    recipe: Recipe,
    made: tuple[Mapping[str, Any], tuple[float, float], float],
    *,
    scores: Mapping[str, object],
    paths: Mapping[str, Path],
) -> None:
    """Write weights and, beside them, what they were made of."""
    content = pack(*made)
    record = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "features": len(made[0]["names"]),
        "constants": {"neutral": made[0]["neutral"], "cutoffs": made[1], "blend": made[2]},
        "trained_on": _TRAINED if recipe.name == "finance" else _TRAINED[:1],
        "data_sha256": {
            name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in paths.items()
        },
        "development_scores": scores,
        "versions": {
            "python": platform.python_version(),
            **{
                name: version(name) for name in ("numpy", "scipy", "scikit-learn", "vaderSentiment")
            },
        },
    }
    write_bytes(folder / f"{recipe.name}.npz", content)
    write_text(folder / f"{recipe.name}.json", json.dumps(record, indent=1) + "\n")
    _LOG.info("%s: %d features, %d bytes", recipe.name, record["features"], len(content))


if __name__ == "__main__":
    main()
