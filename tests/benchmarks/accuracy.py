"""The accuracy of every scorer on the development data: python tests/benchmarks/accuracy.py DIR.

The weights of Finance and About were fitted to sentfin and tfns: on these their rows are the
held-out scores that were recorded when they were trained.
"""

import csv
import json
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np

from signals.sentiment.entity import About
from signals.sentiment.finance import Finance
from signals.sentiment.linear import LABELS
from signals.sentiment.tuning import accuracy, company_scores, cosine, labels_of, macro_f1
from signals.sentiment.vader import Vader


def read(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measure_texts(scorer, rows):
    """How often a scorer's own labels are right."""
    given = scorer.score_texts([row["text"] for row in rows])
    found = np.array([LABELS.index(one.label) for one in given])
    truth = labels_of(rows)
    return {"accuracy": accuracy(truth, found), "macro_f1": macro_f1(truth, found)}


def main(folder):
    tables = {name: read(folder, name) for name in ("sentfin", "tfns", "fpb", "ssix")}
    agreed = [row for row in tables["fpb"] if row["agree_min_pct"] == "100"]
    single = [row for row in tables["sentfin"] if row["n_targets"] == "1"]
    ssix = [row for row in tables["ssix"] if row["kind"] == "headline"]
    truth = np.array([float(row["score"]) for row in ssix])
    print("| scorer | FPB | FPB all-agree | SEntFiN one entity | TFNS | FiQA+SemEval cosine |")
    print("|---|---|---|---|---|---|")
    for scorer in (Vader(), Finance()):
        sets = [tables["fpb"], agreed]
        if isinstance(scorer, Vader):
            sets += [single, tables["tfns"]]
        found = [measure_texts(scorer, rows) for rows in sets]
        if isinstance(scorer, Finance):
            scores = record("finance")
            found += [scores["sentfin_one_company"], scores["tfns"]]
        cells = [f"{one['accuracy']:.1f}/{one['macro_f1']:.1f}" for one in found]
        given = scorer.score_texts([row["text"] for row in ssix])
        cells.append(f"{cosine(truth, np.array([one.score for one in given])):.2f}")
        print(f"| {scorer.name} | {' | '.join(cells)} |")
    about = About()
    given = np.array([one.score for one in company_scores(about, ssix)])
    print(f"\n{about.name}: held out {record('about')}; FiQA+SemEval {cosine(truth, given):.2f}")


def record(name):
    path = files("signals.sentiment").joinpath(f"weights/{name}.json")
    return json.loads(path.read_text("utf-8"))["development_scores"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
