"""Events known to the day only and events with a time are never pooled: their tables are parted.

The first may have moved prices the session before, so that a mean of both is of neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from signals.study.arrays import Booleans

if TYPE_CHECKING:
    from signals.study.result import EventStudy

TIMED, DATED = "timed", "dated"
"""The two clocks: known to the minute or better, and known to the day only."""

Make = Callable[[Booleans], pd.DataFrame]
"""Makes the table of the events that it is given a mask of."""


def dated(events: pd.DataFrame) -> Booleans:
    """Tell which events are known to the day only."""
    if "precision" not in events:
        return np.zeros(len(events), dtype=np.bool_)
    return events["precision"].isin(["day"]).to_numpy(dtype=np.bool_)


def mixed(events: pd.DataFrame) -> bool:
    """Tell whether some events are known to the day only and others to the minute or better."""
    by_day = dated(events)
    return bool(by_day.any() and not by_day.all())


def parted(make: Make, chosen: Booleans, events: pd.DataFrame) -> pd.DataFrame:
    """Make a table of some events; one of each clock where all events have both.

    Returns
    -------
    The table, or both below one another with an outer index ``clock``.
    """
    by_day = dated(events)
    if not mixed(events):
        return make(chosen)
    masks = {TIMED: chosen & ~by_day, DATED: chosen & by_day}
    held = {clock: make(mask) for clock, mask in masks.items() if mask.any()}
    table: pd.DataFrame = pd.concat(held or {TIMED: make(chosen)}, names=["clock"])
    return table


def grouped(
    make: Make, groups: Mapping[Any, Booleans], events: pd.DataFrame, *, name: str
) -> pd.DataFrame:
    """Make a table of each group of events, parted; those by precision have one clock each."""
    of_group = make if name == "precision" else partial(parted, make, events=events)
    tables = {key: of_group(mask) for key, mask in groups.items()}
    table: pd.DataFrame = pd.concat(tables, names=[name])
    return table


def subset(study: EventStudy, chosen: Booleans) -> EventStudy:
    """Give the study of some of its events; what was lost stays in ``status``."""
    told = np.ones(len(study.status), dtype=np.bool_)
    told[np.flatnonzero(study.status["status"] != "lost")] = chosen  # in the order of the events
    return replace(
        study,
        events=study.events[chosen],
        abnormal=study.abnormal[chosen],
        sar=study.sar[chosen],
        status=study.status[told].reset_index(drop=True),
        sample=study.sample.take(chosen),
    )


def timed(study: EventStudy) -> EventStudy:
    """Give a study without the events known to the day only, where both kinds are in it."""
    if not study.mixes_precisions:
        return study
    return subset(study, ~dated(study.events))


def timed_path(path: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of timed events of a table that may be parted."""
    if "clock" not in path.index.names:
        return path
    return path[path.index.get_level_values("clock") == TIMED].droplevel("clock")
