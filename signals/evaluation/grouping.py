"""Groups of observations: by year, phase, size, novelty, relevance, or a column of the events."""

from __future__ import annotations

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.evaluation.sample import Sample
from signals.study.arrays import Floats
from signals.study.settings import check_column_name

GROUPINGS = ("year", "phase", "size", "novelty", "relevance", "sector")
"""What events are grouped by when nothing is asked for; those that they don't have are left out."""


def usual_groups(sample: Sample) -> dict[str, pd.Series]:
    """Give each of ``GROUPINGS`` that tells observations apart."""
    frame = sample.signal.frame
    found = {
        name: groups_of(sample, name)
        for name in GROUPINGS
        if name in frame or name in ("year", "phase", "size")
    }
    return {name: groups for name, groups in found.items() if len(groups.dropna().unique()) > 1}


def groups_of(sample: Sample, column: str) -> pd.Series:
    """Give the group of each observation; see ``Evaluation.by``."""
    obs, frame = sample.observations, sample.signal.frame
    check_column_name(column)
    if column == "year":
        return pd.Series(pd.DatetimeIndex(sample.panel.days[obs.day]).year)
    if column == "size":
        articles = frame["n_articles"].astype("float64") if "n_articles" in frame else 1.0
        weights = np.broadcast_to(articles, len(frame))
        placed = obs.of_event >= 0
        counts = np.bincount(obs.of_event[placed], weights=weights[placed], minlength=len(obs))
        return _cut(counts.astype(np.float64), [0, 2, 5, np.inf], ["1", "2-4", "5 and more"])
    if column == "phase" and "phase" not in frame:
        return _phases(sample)
    if column not in frame:
        raise StudyError(f"The events have no column {column!r} to group by.")
    values = sample.first(column)
    if column in ("novelty", "relevance"):
        edges, names = [-np.inf, 50, 100, np.inf], ["below 50", "50 to 99", "100"]
        return _cut(values.to_numpy(dtype=np.float64), edges, names)
    return values


def in_order(groups: pd.Series) -> list[object]:
    """Give the groups that there are, ascending; as text where they can't be compared."""
    found = list(groups.dropna().unique())
    try:
        return sorted(found)
    except TypeError:
        return sorted(found, key=str)


def _cut(values: Floats, edges: list[float], names: list[str]) -> pd.Series:
    found = pd.cut(values, edges, labels=names, right=False)
    return pd.Series(found, dtype="object")


def _phases(sample: Sample) -> pd.Series:
    known = sample.first("known_at")
    block = sample.entries.block[sample.observations.first]
    phases = np.full(len(known), "", dtype=object)
    for number, one in enumerate(sample.panel.blocks):
        here = block == number
        phases[here] = one.sessions.phase(pd.DatetimeIndex(known[here]))
    return pd.Series(phases)
