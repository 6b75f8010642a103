"""One part of a study: the scores of some companies in, sums and tables out.

A part's folder appears whole or not at all, as a shard's does, so that a study of millions can be
interrupted anywhere and taken up again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from signals.batch.own_events import StudyOptions, study_table
from signals.batch.tablefiles import abnormal_table, events_table
from signals.corpus.partition import scores_of
from signals.corpus.scored import each_once
from signals.corpus.shards import atomic_folder
from signals.corpus.workers import Outcome
from signals.csvtables import arrow_csv_bytes
from signals.errors import PriceError, SignalsError, StudyError
from signals.market.prices import PriceTable, Snapshot
from signals.pipeline import Analysis
from signals.report.build import MOST_EVENTS
from signals.report.study_plots import MOST_SMALL
from signals.report.verdicts import HEADLINE
from signals.study.clocks import dated, subset
from signals.study.confounds import mark_confounded, recaps
from signals.study.estimate import Needed
from signals.study.events import EVENT_TYPES, align_table
from signals.study.intake import read_table
from signals.study.status import status_table
from signals.study.study_sums import StudySums
from signals.study.tallies import Tallies

if TYPE_CHECKING:
    from signals.study.result import EventStudy

TABLES: Final = ("events", "abnormal_returns", "status")
"""The tables that a part leaves behind, as CSV."""

SUMS: Final = ("sums.npz", "sums_without_recaps.npz", "sums_of_recaps.npz")
"""The sums of a part: of all, and without and of those whose story tells that the share moved."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a study: its number."""

    number: int

    def folder(self, work: Path) -> Path:
        """Name the folder of what it leaves behind."""
        return work / "done" / f"{self.number:06d}"


@dataclass(frozen=True, slots=True)
class StudyPrices:
    """The prices of a study, kept in files so that each part reads those of its own shares."""

    folder: str

    def history(self, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp) -> PriceTable:
        """Give the kept prices of some symbols: of all sessions of the study, whatever is asked.

        Raises
        ------
        PriceError
            The study has no prices from ``start`` to ``end``.
        """
        kept = json.loads((Path(self.folder) / "snapshot.json").read_text())
        if not pd.Timestamp(kept["start"]) <= start <= end <= pd.Timestamp(kept["end"]):
            raise PriceError(f"No prices were kept from {start:%Y-%m-%d} to {end:%Y-%m-%d}.")
        fetched = kept["fetched_at"]
        faults = pd.read_parquet(Path(self.folder) / "faults.parquet")
        snapshot = Snapshot(
            kept["source"], datetime.fromisoformat(fetched) if fetched else None, kept["hash"]
        )
        closes = self._read("closes", symbols)
        volume = self._read("volume", symbols) if kept["has_volume"] else None
        return PriceTable(closes, snapshot, faults[faults["symbol"].isin(symbols)], volume=volume)

    def _read(self, name: str, symbols: Sequence[str]) -> pd.DataFrame:
        import pyarrow.parquet as pq

        path = Path(self.folder) / f"{name}.parquet"
        there = set(pq.read_schema(path).names)
        return pd.read_parquet(path, columns=[one for one in symbols if one in there])


def keep_prices(needed: Needed, folder: Path) -> StudyPrices:
    """Write the prices of a study to files."""
    table, labels = needed.prices, needed.labels
    folder.mkdir(parents=True)
    table.closes.to_parquet(folder / "closes.parquet")
    table.faults.to_parquet(folder / "faults.parquet")
    if table.volume is not None:
        table.volume.to_parquet(folder / "volume.parquet")
    fetched = table.snapshot.fetched_at
    snapshot = {
        "source": table.snapshot.source,
        "fetched_at": fetched.isoformat() if fetched else "",
        "hash": table.snapshot.hash,
        "has_volume": table.volume is not None,
        "start": str(labels.min()),
        "end": str(labels.max()),
    }
    (folder / "snapshot.json").write_text(json.dumps(snapshot))
    return StudyPrices(str(folder.absolute()))


def attempt_part(
    part: Part, *, work: str, asked: StudyOptions, confounds: Path | None = None
) -> Outcome[Part]:
    """Study a part; what is wrong with it is its outcome, a full disk ends the run."""
    try:
        return Outcome(part, study_part(part, Path(work), asked, confounds=confounds))
    except OSError as error:
        failure = f"{work} can't be written: {error.strerror or error}."
        return Outcome(part, None, failure, ends_run=True)
    except (SignalsError, ValueError) as error:
        return Outcome(part, None, str(error)[:500])


def study_part(
    part: Part, work: Path, asked: StudyOptions, *, confounds: Path | None = None
) -> dict[str, int]:
    """Study a part and leave its sums and tables behind; the same files every time.

    Parameters
    ----------
    part, work
        The part, and the folder of the run.
    asked
        What is asked of the study.
    confounds
        A table of earnings dates and the like, as for ``mark_confounded``.
    """
    folder = part.folder(work)
    if folder.is_dir():
        return {}
    frame = pd.read_parquet(scores_of(work, part.number))
    events = align_table(each_once(frame))
    events["echo"] = events.duplicated(["company", "story_id"])  # they stand in order of known_at
    analysis = _study(events, StudyPrices(str(work / "prices")), asked)
    study = analysis.study
    if confounds is not None and study is not None:
        # What the table of dates lacks is a loss of the run, which is told of once.
        study = mark_confounded(study, read_table(confounds, of="confounding events"))
        analysis = replace(analysis, study=study, events=study.events.reset_index())
    tallies = Tallies.of(analysis.status, study)
    sums = _sums_of(study)
    with atomic_folder(folder) as beside:
        tables = events_table(analysis.events), abnormal_table(analysis), analysis.status
        for name, table in zip(TABLES, tables, strict=True):
            (beside / f"{name}.csv").write_bytes(arrow_csv_bytes(table))
        for name, one in zip(SUMS, sums, strict=True):
            np.savez(beside / name, **one.arrays())  # type: ignore[arg-type]
        (beside / "tallies.json").write_text(json.dumps(tallies.record()))
        _shown(events, study).to_parquet(beside / "shown.parquet")
    return {"events": len(events)}


def _sums_of(study: EventStudy | None) -> tuple[StudySums, StudySums, StudySums]:
    """Add up the events of a part, and without and of those whose story tells of the move."""
    nothing = StudySums.none()
    if study is None:
        return nothing, nothing, nothing
    sums, held = StudySums.of(study, HEADLINE), recaps(study.events)
    if not held.any():
        return sums, sums, nothing
    if held.all():
        return sums, nothing, sums
    others, told = (StudySums.of(subset(study, which), HEADLINE) for which in (~held, held))
    return sums, others, told


def _study(events: pd.DataFrame, prices: StudyPrices, asked: StudyOptions) -> Analysis:
    """Study events, or tell of each why it can't be."""
    try:
        return study_table(events, prices=prices, asked=asked)
    except StudyError as error:
        if error.status is None:
            raise
        return Analysis((), events.iloc[:0], None, status_table(error.status))


def _shown(events: pd.DataFrame, study: EventStudy | None) -> pd.DataFrame:
    """Choose the events that a report may show: the first, and those that moved most by clock.

    ``rank`` counts the first from 0; ``moved`` is the size of SCAR of the others.
    """
    columns = [*EVENT_TYPES, "echo"]
    if study is None:
        return events.iloc[:0][columns].assign(rank=0, moved=0.0)
    given = study.events.reset_index()[columns]
    car, error = study.sample.cumulative(*HEADLINE)
    moved = np.abs(np.nan_to_num(car / error))
    order = np.argsort(-moved, kind="stable")
    by_day = dated(given)[order]
    chosen = np.concatenate([order[by_day][:MOST_SMALL], order[~by_day][:MOST_SMALL]])
    first = given.head(MOST_EVENTS).assign(rank=np.arange(min(len(given), MOST_EVENTS)), moved=-1.0)
    return pd.concat([first, given.iloc[chosen].assign(rank=-1, moved=moved[chosen])])
