"""Cut-offs, the blend and the recorded scores, on development data that no weight was fitted to."""

from __future__ import annotations

import logging
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from signals.sentiment.arrays import Floats, Integers
from signals.sentiment.entity import About, find_names
from signals.sentiment.finance import Finance
from signals.sentiment.linear import LABELS, LinearModel
from signals.sentiment.scorer import TextScore

Table = Sequence[Mapping[str, str]]

_LOG = logging.getLogger(__name__)
FOLDS = 5
"""Parts of the clusters of alike texts, of which each is held out in turn."""

_OFFSETS = np.arange(-0.6, 1.01, 0.1)  # of the cut-offs that are tried
_BLENDS = np.arange(0.2, 1.01, 0.2)


def accuracy(truth: Integers, given: Integers) -> float:
    """Give the share of labels that are right, in percent."""
    return float(100.0 * np.mean(truth == given))


def macro_f1(truth: Integers, given: Integers) -> float:
    """Give the mean F1 of the labels that occur, in percent."""
    scores = []
    for label in np.union1d(truth, given):
        right = np.sum((truth == label) & (given == label))
        scores.append(2.0 * right / (np.sum(truth == label) + np.sum(given == label)))
    return float(100.0 * np.mean(scores))


def cosine(truth: Floats, given: Floats) -> float:
    """Give the cosine of two rows of scores, as SemEval-2017 task 5 does; 0 for a row of 0."""
    size = np.linalg.norm(truth) * np.linalg.norm(given)
    return float(truth @ given / size) if size else 0.0


def labels_of(rows: Table) -> Integers:
    """Give labels as numbers."""
    return np.array([LABELS.index(row["label"]) for row in rows])


def probabilities(given: Sequence[TextScore]) -> Floats:
    """Give texts x labels."""
    return np.array([[(one.probabilities or {})[label] for label in LABELS] for one in given])


def label_by(given: Floats, cutoffs: tuple[float, float]) -> Integers:
    """Label as :meth:`LinearModel.label` does."""
    shifted = given * np.exp([cutoffs[0], 0.0, cutoffs[1]])
    return np.asarray(shifted.argmax(axis=1), dtype=np.int64)


def best_cutoffs(sets: Sequence[tuple[Floats, Integers]]) -> tuple[float, float]:
    """Find the cut-offs with the highest mean of accuracy and F1 over all sets."""
    tried = []
    for negative in _OFFSETS:
        for positive in _OFFSETS:
            total = 0.0
            for given, truth in sets:
                found = label_by(given, (negative, positive))
                total += accuracy(truth, found) + macro_f1(truth, found)
            tried.append((total, float(round(negative, 1)), float(round(positive, 1))))
    _, negative, positive = max(tried)
    return negative, positive


def fold_of(cluster: str) -> int:
    """Give the part to which a cluster of alike texts belongs."""
    return zlib.crc32(cluster.encode()) % FOLDS


def held_out(rows: Table, fold: int) -> list[Mapping[str, str]]:
    """Give the rows of a part of the clusters."""
    return [row for row in rows if fold_of(row["cluster"]) == fold]


def measure_companies(found: Integers, rows: Table) -> dict[str, float]:
    """Measure labels of companies: where those of a headline differ, and whole headlines.

    Returns
    -------
    dict
        ``differing``: accuracy over the companies of headlines whose labels differ; ``all_right``:
        headlines of several companies with every one right; ``single``: those of one company.
    """
    truth = labels_of(rows)
    groups: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        groups[row["text"]].append(place)
    several = [group for group in groups.values() if len(group) > 1]
    differing = [i for group in several if len(set(truth[group])) > 1 for i in group]
    single = [group[0] for group in groups.values() if len(group) == 1]
    right = [bool(np.all(truth[group] == found[group])) for group in several]
    return {
        "n_differing": len(differing),
        "differing": accuracy(truth[differing], found[differing]),
        "n_several": len(several),
        "all_right": float(100.0 * np.mean(right)),
        "n_single": len(single),
        "single": accuracy(truth[single], found[single]),
    }


def company_scores(about: About, rows: Table) -> list[TextScore]:
    """Score each row's text for its target, the text's other targets known."""
    names: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        names[row["text"]].append(row["target"])
    namings = [find_names(row["text"], row["target"], names[row["text"]]) for row in rows]
    return list(about.score_each(namings))


def tune_finance(
    models: Sequence[LinearModel], tables: Mapping[str, Table]
) -> tuple[tuple[float, float], dict[str, object]]:
    """Set the cut-offs and measure, by models that were each fitted without one of the folds.

    Returns
    -------
    cutoffs, scores
        The scores are those with these cut-offs, by set: of the sets that were trained on each
        row by the model that has not seen it, of others by the first model.
    """
    single = [row for row in tables["sentfin"] if row["n_targets"] == "1"]
    sets = {
        "sentfin_one_company": _in_turn(models, single),
        "tfns": _in_turn(models, tables["tfns"]),
    }
    first = Finance(models[0])
    if "fpb" in tables:
        given = first.score_texts([row["text"] for row in tables["fpb"]])
        labels = labels_of(tables["fpb"])
        agreed = np.array([row["agree_min_pct"] == "100" for row in tables["fpb"]])
        sets["fpb"] = probabilities(given), labels
        sets["fpb_all_agree"] = probabilities(given)[agreed], labels[agreed]
    cutoffs = best_cutoffs(list(sets.values()))
    scores: dict[str, object] = {}
    for name, (given_, truth) in sets.items():
        found = label_by(given_, cutoffs)
        scores[name] = {
            "n": len(truth),
            "accuracy": accuracy(truth, found),
            "macro_f1": macro_f1(truth, found),
        }
    if "ssix" in tables:
        rows = [row for row in tables["ssix"] if row["kind"] == "headline"]
        scores["ssix_headlines_cosine"] = _cosine(
            rows, first.score_texts([row["text"] for row in rows])
        )
    return cutoffs, scores


def _in_turn(models: Sequence[LinearModel], rows: Table) -> tuple[Floats, Integers]:
    """Give probabilities and labels, each row scored by the model that has not seen it."""
    parts = [held_out(rows, fold) for fold in range(FOLDS)]
    given = [
        probabilities(Finance(model).score_texts([row["text"] for row in part]))
        for model, part in zip(models, parts, strict=True)
    ]
    return np.concatenate(given), labels_of([row for part in parts for row in part])


def tune_about(
    models: Sequence[LinearModel], sentences: Sequence[LinearModel], tables: Mapping[str, Table]
) -> tuple[tuple[float, float], float, dict[str, float]]:
    """Set the blend and the cut-offs of the model of companies, and measure it.

    ``models`` and ``sentences`` were each fitted without one of the folds.

    Returns
    -------
    cutoffs, blend, scores
        The blend is the one with the highest sum of the shares that are right and of a hundred
        times the cosine on headlines of other makers.
    """
    parts = [held_out(tables["sentfin"], fold) for fold in range(FOLDS)]
    rows = [row for part in parts for row in part]
    others = [row for row in tables.get("ssix", ()) if row["kind"] == "headline"]
    tried = []
    for blend in _BLENDS:
        abouts = [
            About(Finance(sentence), model=replace(model, blend=float(blend)))
            for model, sentence in zip(models, sentences, strict=True)
        ]
        given = np.concatenate(
            [
                probabilities(company_scores(about, part))
                for about, part in zip(abouts, parts, strict=True)
            ]
        )
        cutoffs = best_cutoffs([(given, labels_of(rows))])
        scores: dict[str, float] = measure_companies(label_by(given, cutoffs), rows)
        worth = scores["single"] + scores["differing"] + scores["all_right"]
        if others:
            scores["ssix_headlines_cosine"] = _cosine(others, company_scores(abouts[0], others))
            worth += 100.0 * scores["ssix_headlines_cosine"]
        _LOG.info("blend %.1f: %s", blend, scores)
        tried.append((worth, float(round(blend, 1)), cutoffs, scores))
    _, blend, cutoffs, scores = max(tried, key=lambda one: one[0])
    return cutoffs, blend, scores


def _cosine(rows: Table, given: Sequence[TextScore]) -> float:
    return cosine(
        np.array([float(row["score"]) for row in rows]), np.array([one.score for one in given])
    )
