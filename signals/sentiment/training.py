r"""Make the weights of the default scorer from labelled headlines.

::

    python -m signals.sentiment.training --sentfin sentfin.csv --tfns tfns.csv \
        --fpb fpb.csv --ssix ssix.csv --out signals/sentiment/weights

Needs the extra ``[train]``. Trained on SEntFiN 1.0 (Sinha et al., 2022) and Twitter Financial
News, both under the MIT licence; Financial PhraseBank and the headlines of FiQA and SemEval-2017
only set cut-offs and measure. Clusters of alike headlines are parted in five: each fifth is held
out in turn while cut-offs are set and the recorded scores are measured; the weights are then
fitted to all. What the model of companies reads of the model of sentences always comes from one
that was not fitted to the same cluster.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import logging
import platform
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from signals.errors import ConfigError
from signals.files import write_bytes, write_text
from signals.sentiment import finance_words, market_words
from signals.sentiment.entity import MarkedSentence, find_names, mark_sentence
from signals.sentiment.features import is_outweighed, moves, words
from signals.sentiment.finance import Finance, SentenceReader
from signals.sentiment.fitting import (
    COMPANIES,
    SENTENCES,
    Example,
    Featured,
    Recipe,
    fit,
    model_of,
    pack,
)
from signals.sentiment.linear import LABELS, LinearModel
from signals.sentiment.tuning import FOLDS, fold_of, tune_about, tune_finance

_LOG = logging.getLogger(__name__)
_TRAINED = ("sentfin", "tfns")
_COLUMNS = {
    "sentfin": ("SEntFiN 1.0", "text target label n_targets cluster"),
    "tfns": ("Twitter Financial News", "text label cluster"),
    "fpb": ("Financial PhraseBank, to set cut-offs", "text label agree_min_pct cluster"),
    "ssix": ("FiQA and SemEval-2017, to measure", "text target score kind label cluster"),
}
"""Table -> what it is, and the columns that are read. ``cluster`` is a key that alike texts share,
``n_targets`` the number of companies of a headline; of ``kind`` "headline" is what is measured."""

_TOLD_APART = 3.0  # what a headline weighs whose companies have several labels


def read_csv(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Read a table; every row has a text and a known label.

    Raises
    ------
    ConfigError
        A column is missing, or a row has no text or an unknown label: they are named.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, there = list(reader), reader.fieldnames or ()
    if lacking := [name for name in columns if name not in there]:
        raise ConfigError(f"{path} lacks the columns {', '.join(lacking)}.")
    bad = [
        number
        for number, row in enumerate(rows, start=2)
        if not row.get("text") or row.get("label") not in LABELS or not row.get("cluster")
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
    labels: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        names[row["text"]].append(row["target"])
        labels[row["text"]].add(row["label"])
    return [
        Example(
            row["text"],
            LABELS.index(row["label"]),
            row["cluster"],
            row["target"],
            tuple(name for name in names[row["text"]] if name != row["target"]),
            _TOLD_APART if len(labels[row["text"]]) > 1 else 1.0,
        )
        for row in rows
    ]


def told_alike(examples: Sequence[Example]) -> list[Example]:
    """Leave out headlines in which one direction outweighs another.

    Whoever labelled them went now by what came first, "beats estimates, cuts outlook", now by the
    shares: scores go by the rule.
    """
    reader = SentenceReader()
    return [
        one for one in examples if not is_outweighed(moves(reader.tokens.row(_masked(reader, one))))
    ]


def _masked(reader: SentenceReader, one: Example) -> str:
    return mark_sentence(reader, find_names(one.text, one.target, one.others)).alike


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
    return [Example(row["text"], LABELS.index(row["label"]), row["cluster"]) for row in rows]


def read_sentences(examples: Sequence[Example]) -> list[Featured]:
    """Read what the model of sentences reads: names are masked alike."""
    reader = SentenceReader()
    readings = []
    for one in examples:
        _, row, rules = reader.read(_masked(reader, one))
        found = _sums(
            ((name, 1.0) for name, _, _ in words(row)),
            ((name, value) for (name, _, _), value in rules),
            len(row.tokens),
        )
        readings.append(Featured(one, *found))
    return readings


def read_companies(
    examples: Sequence[Example],
    marked: Sequence[MarkedSentence],
    said: Sequence[tuple[float, float]],
) -> list[Featured]:
    """Read what the model of companies reads.

    ``said`` is what a model of sentences says of each sentence and of the target's clause.
    """
    return [
        Featured(
            example,
            *_sums(
                ((name, 1.0) for name, _, _ in one.features()),
                ((name, value) for (name, _, _), value in one.rules(*scores)),
                len(one.named.row.tokens),
            ),
        )
        for example, one, scores in zip(examples, marked, said, strict=True)
    ]


def say(finance: Finance, marked: Sequence[MarkedSentence]) -> list[tuple[float, float]]:
    """Score sentences, and the clauses of their targets."""
    wholes = finance.score_texts([one.alike for one in marked])
    clauses = finance.score_texts([one.clause_text for one in marked])
    return [(one.score, part.score) for one, part in zip(wholes, clauses, strict=True)]


def say_unseen(
    readings: Sequence[Featured], examples: Sequence[Example], marked: Sequence[MarkedSentence]
) -> list[tuple[float, float]]:
    """Score each sentence by a model that was not fitted to its cluster.

    ``readings`` are those that the models are fitted to, each but for one fifth of them. The
    parts are others than those that are held out to measure.
    """
    said = [(0.0, 0.0)] * len(examples)
    for fold in range(FOLDS):
        rest = [one for one in readings if _part(one.example) != fold]
        places = [place for place, one in enumerate(examples) if _part(one) == fold]
        given = say(Finance(model_of(SENTENCES, rest)), [marked[place] for place in places])
        for place, scores in zip(places, given, strict=True):
            said[place] = scores
    return said


def _part(example: Example) -> int:
    return fold_of(f"say {example.cluster}")


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


def main(arguments: Sequence[str] | None = None) -> None:
    """Train both models and write weights and records."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(prog="python -m signals.sentiment.training")
    for name, (what, columns) in _COLUMNS.items():
        told = f"{what}: {columns.replace(' ', ', ')}"
        parser.add_argument(f"--{name}", type=Path, required=name in _TRAINED, help=told)
    parser.add_argument("--out", type=Path, required=True, help="folder of the weights")
    options = parser.parse_args(arguments)
    given = {name: getattr(options, name) for name in _COLUMNS}
    paths = {name: path for name, path in given.items() if path}
    tables = {name: read_csv(path, _COLUMNS[name][1].split()) for name, path in paths.items()}
    options.out.mkdir(parents=True, exist_ok=True)
    companies = told_alike(headlines(tables["sentfin"]))
    readings = read_sentences(told_alike([*sentences(companies), *tweets(tables["tfns"])]))
    halves = [
        model_of(SENTENCES, [one for one in readings if fold_of(one.example.cluster) != fold])
        for fold in range(FOLDS)
    ]
    cutoffs, scores = tune_finance(halves, tables)
    made = (fit(SENTENCES, readings), cutoffs, 1.0)
    _write(options.out, SENTENCES, made, scores=scores, paths=paths)
    reader = SentenceReader()
    marked = [
        mark_sentence(reader, find_names(one.text, one.target, one.others)) for one in companies
    ]
    abouts = [_held_out(readings, companies, marked, fold=fold) for fold in range(FOLDS)]
    cutoffs, blend, measured = tune_about(abouts, halves, tables)
    said = say_unseen(readings, companies, marked)
    made = (fit(COMPANIES, read_companies(companies, marked, said)), cutoffs, blend)
    _write(options.out, COMPANIES, made, scores=measured, paths=paths)


def _held_out(
    readings: Sequence[Featured],
    companies: Sequence[Example],
    marked: Sequence[MarkedSentence],
    *,
    fold: int,
) -> LinearModel:
    """Fit a model of companies that has seen nothing of a fold, nor has what it reads."""
    rest = [one for one in readings if fold_of(one.example.cluster) != fold]
    places = [place for place, one in enumerate(companies) if fold_of(one.cluster) != fold]
    kept = [companies[place] for place in places]
    shown = [marked[place] for place in places]
    return model_of(COMPANIES, read_companies(kept, shown, say_unseen(rest, kept, shown)))


def digest_of_words() -> str:
    """Hash the lists of words that the scorer reads, with which weights are made anew."""
    every = {**vars(finance_words), **vars(market_words)}
    lists = {k: v for k, v in every.items() if isinstance(v, frozenset | dict)}
    told = {k: v if isinstance(v, dict) else sorted(v) for k, v in lists.items() if k.isupper()}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


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
        "trained_on": _TRAINED,
        "data_sha256": {
            name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in paths.items()
        },
        "words_sha256": digest_of_words(),
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
