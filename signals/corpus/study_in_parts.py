"""A study of millions of events of a scored corpus: in parts, added up, and reported as a whole.

Memory holds the stories of the corpus, its prices, the sums, and one part a process: nothing that
grows with the events but an id and a story an article.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from signals import __version__
from signals.batch.manifest import manifest_bytes, run_record, sha256
from signals.batch.outputs import file_name, files_by_name
from signals.batch.own_events import StudyOptions, study_table
from signals.corpus.losses import losses_before_events
from signals.corpus.partition import Partition, partition_of, write_parts
from signals.corpus.scored import (
    check_complete,
    files_of,
    identity,
)
from signals.corpus.scoring import check_pyarrow, locked
from signals.corpus.stories import STORIES, group_corpus
from signals.corpus.study_part import (
    SUMS,
    TABLES,
    Part,
    StudyPrices,
    attempt_part,
    keep_prices,
)
from signals.corpus.workers import Crew, run_tasks
from signals.csvtables import csv_bytes
from signals.errors import StoreError, StudyError
from signals.files import writable_folder, write_bytes, write_text, written
from signals.report.build import MOST_EVENTS
from signals.report.gallery import figure_files
from signals.report.html import render
from signals.report.provenance import provenance
from signals.report.study_plots import MOST_SMALL
from signals.report.summed_report import SummedFindings, draw_summed, summed_data
from signals.report.verdicts import HEADLINE
from signals.study.clocks import DATED, dated
from signals.study.confounds import confounding_dates, count_lost, lost_rows
from signals.study.estimate import Needed, fetch_needed
from signals.study.events import align_table
from signals.study.intake import read_table
from signals.study.result import EventStudy
from signals.study.status import status_table
from signals.study.study_sums import StudySums
from signals.study.summed_study import SummedStudy
from signals.study.tallies import Tallies

if TYPE_CHECKING:
    from signals.market.price_source import Prices
    from signals.news.stories import Story

_VERSION: Final = 6
_WORK: Final = ".parts"  # hidden: a folder of the user's is not called so


@dataclass(frozen=True, eq=False)
class StudiedInParts:
    """What a study in parts found, and the files that it wrote."""

    found: SummedFindings
    written: tuple[Path, ...]


def study_in_parts(
    folder: Path,
    out: Path,
    *,
    prices: Prices,
    asked: StudyOptions,
    crew: Crew | None = None,
    confounds: Path | None = None,
) -> StudiedInParts:
    """Study the events of a scored corpus in parts, and write the report and the tables.

    The tables of the events stand by company, and within one by time. Interrupted anywhere, the
    same call goes on with the parts that are missing.

    Parameters
    ----------
    folder, out
        The output folder of ``signals score``, and that of the study.
    prices
        As for :func:`signals.batch.own_events.study_events`.
    asked
        What is asked of the study.
    crew
        Who works on the stories and the parts; one process without it.
    confounds
        A table of earnings dates and the like, as for ``mark_confounds``.

    Raises
    ------
    ConfigError, StudyError, PriceError
        As for ``study_scored``; or a part can't be studied.
    LockedError
        Another run is at work on ``out``.
    StoreError
        The disk is full, or the scheduler went away. What is done is kept.
    """
    check_pyarrow()
    check_complete(folder)
    crew = Crew() if crew is None else crew
    lost = _lost_dates(confounds)  # before the work begins: it may be no such table
    with locked(out), _disk_errors_told(out), _nothing_of_no_event(out):
        partition = partition_of(folder)
        # The first and the last event of each share need the prices of all events.
        needed = fetch_needed(align_table(partition.ends), prices, **asked.arguments())
        work = out / _WORK
        read = [path for path in (*asked.factors, confounds) if path is not None]
        _prepare(
            folder,
            work,
            partition,
            needed=needed,
            asked=[asked, *map(_hash, read)],
            find_stories=partial(group_corpus, folder, out / STORIES, crew=crew),
        )
        _run(work, partition.n_parts, {"asked": asked, "confounds": confounds}, crew)
        found = _add_up(work, partition.n_parts, needed, asked)
        losses = losses_before_events(folder) + lost
        found = replace(found, set_aside=tuple(losses))
        (work / "status.csv").write_bytes(csv_bytes(status_table(pd.DataFrame(), losses)))
        files = _write(found, out, work, partition.n_parts, [*files_of(folder), *map(Path, read)])
        _clear(out)
    return StudiedInParts(found, tuple(files))


@contextmanager
def _disk_errors_told(out: Path) -> Iterator[None]:
    """Say of a full disk that it is one, and what helps."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{out} can't be written: {error.strerror or error}. Make room and run the same "
            "command again: what is done is kept."
        ) from error


@contextmanager
def _nothing_of_no_event(out: Path) -> Iterator[None]:
    """Keep nothing of a study without any event: the same command would find none again."""
    try:
        yield
    except StudyError as error:
        if error.status is not None:
            _clear(out)
        raise


def _clear(out: Path) -> None:
    """Remove what was kept for a run that would go on from here."""
    for name in (_WORK, STORIES):
        shutil.rmtree(out / name, ignore_errors=True)


def _prepare(
    folder: Path,
    work: Path,
    partition: Partition,
    *,
    needed: Needed,
    asked: Sequence[object],
    find_stories: Callable[[], Mapping[str, Story]],
) -> None:
    """Take up what a run before left in ``work`` of the same study, or begin it anew."""
    made_of = {
        "version": _VERSION,
        "signals": __version__,
        **identity(folder),
        "prices": [needed.prices.snapshot.source, needed.prices.snapshot.hash],
        "asked": sha256(str(asked).encode()),
        "parts": partition.n_parts,
    }
    plan = work / "plan.json"
    if plan.exists() and json.loads(plan.read_text()) == made_of:
        return
    shutil.rmtree(work, ignore_errors=True)
    write_parts(folder, work, partition=partition, stories=find_stories())
    keep_prices(needed, work / "prices")
    (work / "done").mkdir()
    write_text(plan, json.dumps(made_of))


def _lost_dates(confounds: Path | None) -> list[dict[str, object]]:
    if confounds is None:
        return []
    return lost_rows(count_lost(confounding_dates(read_table(confounds))))


def _hash(path: str | Path) -> str:
    return sha256(Path(path).read_bytes())


def _run(work: Path, n_parts: int, given: Mapping[str, Any], crew: Crew) -> None:
    """Study the parts that are missing."""
    missing = [Part(number) for number in range(n_parts) if not Part(number).folder(work).is_dir()]
    attempt = partial(attempt_part, work=str(work.absolute()), **given)
    done, failures = n_parts - len(missing), []
    for outcome in run_tasks(missing, attempt, workers=crew.workers, engine=crew.engine):
        if outcome.counts is None:
            failures.append(f"part {outcome.task.number}: {outcome.failure.rstrip('.')}")
        done += 1
        if crew.progress:
            crew.progress(done, n_parts)
    if failures:
        raise StudyError(
            f"{len(failures)} of {n_parts} parts can't be studied, and without them nothing is "
            f"said of the others: {'; '.join(sorted(failures)[:3])}. What is done is kept: the "
            "same command goes on."
        )


def _add_up(work: Path, n_parts: int, needed: Needed, asked: StudyOptions) -> SummedFindings:
    """Add up the parts in their order, and study the events that are shown by themselves."""
    sums, tallies = dict.fromkeys(SUMS, StudySums.none()), Tallies()
    shown = list[pd.DataFrame]()
    for number in range(n_parts):
        folder = Part(number).folder(work)
        for name in SUMS:
            with np.load(folder / name, allow_pickle=False) as arrays:
                sums[name] = sums[name] + StudySums.read(arrays)
        tallies = tallies + Tallies.read(json.loads((folder / "tallies.json").read_text()))
        shown.append(pd.read_parquet(folder / "shown.parquet"))
    if not tallies.studied:
        raise _no_event(tallies)
    labels = needed.labels.astype("datetime64[D]")
    sessions = np.unique(labels).astype(np.int64)
    study, others, told = (
        SummedStudy(one, sessions, needed.settings, needed.prices, HEADLINE)
        for one in sums.values()
    )
    events = pd.concat(shown, ignore_index=True)
    moved = events[events["rank"].lt(0) & (dated(events) == (study.clock == DATED))]
    chosen = (
        events[events["rank"].ge(0)].head(MOST_EVENTS),
        moved.sort_values("moved", ascending=False, kind="stable").head(MOST_SMALL),
    )
    first, largest = (_alone(rows, work, asked) for rows in chosen)
    # Those of another clock are no part of the means.
    some = all(one.count(study.clock) for one in (others, told))
    without, alone = (others, told) if some else (None, None)
    return SummedFindings(study, without, alone, tallies, first, largest, ())


def _no_event(tallies: Tallies) -> StudyError:
    """Say of each reason how many events it cost, and the first of them."""
    fates = tallies.fates
    reasons = ", ".join(f"{fate.reason} ({fate.n})" for fate in fates)
    firsts = " ".join(fate.detail for fate in fates)
    return StudyError(
        f"None of the {sum(fate.n for fate in fates)} events can be studied: {reasons}. "
        f"The first{' of each' * (len(fates) > 1)}: {firsts}",
        status=status_table(pd.DataFrame(fates)),
    )


def _alone(events: pd.DataFrame, work: Path, asked: StudyOptions) -> EventStudy:
    """Study a few events by themselves."""
    rows = events.drop(columns=["rank", "moved"]).reset_index(drop=True)
    study = study_table(rows, prices=StudyPrices(str(work / "prices")), asked=asked).study
    assert study is not None  # noqa: S101 (these events were studied before)
    return study


def _write(
    found: SummedFindings, out: Path, work: Path, n_parts: int, articles: Sequence[Path]
) -> list[Path]:
    """Write the report, the figures, the tables of all parts one below the other, the manifest."""
    made_of = provenance((), found.study.prices)
    drawings = draw_summed(found)
    data = summed_data(found, drawings, generator=f"signals {__version__}", manifest=made_of)
    contents = {"report.html": render(data).encode("utf-8", "replace")}
    for name, content in figure_files(drawings).items():
        contents[f"figures/{file_name(name)}"] = content
    writable_folder(out / "figures")
    paths = [write_bytes(out / name, content) for name, content in contents.items()]
    hashes = {name: sha256(content) for name, content in contents.items()}
    folders = [work, *(Part(number).folder(work) for number in range(n_parts))]
    for name in TABLES:
        paths.append(out / f"{name}.csv")
        tables = [one / paths[-1].name for one in folders]
        hashes[paths[-1].name] = _join([one for one in tables if one.exists()], paths[-1])
    record = run_record(made_of, files_by_name(articles), found.study.settings, hashes)
    return [*paths, write_bytes(out / "manifest.json", manifest_bytes(record))]


def _join(tables: Sequence[Path], path: Path) -> str:
    """Write tables one below the other under the heading of the first with rows; give the hash."""
    whole = hashlib.sha256()
    with written(path) as joined:
        heading = b""
        for table in tables:
            with table.open("rb") as file:
                first, rows = file.readline(), file.read(1 << 20)
                if rows and not heading:
                    heading = first
                    rows = first + rows
                while rows:
                    joined.write(rows)
                    whole.update(rows)
                    rows = file.read(1 << 20)
    return whole.hexdigest()
