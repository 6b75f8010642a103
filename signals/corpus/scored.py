"""What ``signals score`` left behind: its events for an evaluation, and a study of them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from signals.batch.own_events import StudyOptions, study_table
from signals.corpus.engine import Crew, Status, check_pyarrow, locked, status_of
from signals.corpus.shards import finished, read_scored, read_stories, refused_rows
from signals.corpus.stories import group_corpus
from signals.errors import StudyError
from signals.pipeline import Analysis, status_table

if TYPE_CHECKING:
    import pandas as pd

    from signals.market.opening import Prices

STORIES: Final = ".stories"
"""What stories are kept in while a run looks for them; no folder of the user's is called so."""

_USUALLY: Final = StudyOptions()

MOST_EVALUATED: Final = 2_000_000
"""Scores of a corpus that are evaluated at once: some 3 GB of memory."""


def study_scored(folder: Path, *, prices: Prices, asked: StudyOptions = _USUALLY) -> Analysis:
    """Study the events of a scored corpus: each story of a company and session is one event.

    An event whose story was told of the company before, in an earlier session, is an echo, as its
    column ``echo`` says; a report shows the means with and without echoes.

    Parameters
    ----------
    folder
        The output folder of ``signals score``.
    prices, asked
        As for :func:`signals.batch.own_events.study_events`.

    Raises
    ------
    ConfigError
        The folder holds no output of ``signals score``.
    StudyError
        Shards are missing, or no event can be studied.
    PriceError
        Prices are malformed.
    """
    status = check_complete(folder)
    events = read_scored(folder, stories=read_stories(folder))
    events["echo"] = events.duplicated(["company", "story_id"])  # they stand in order of known_at
    analysis = study_table(events, prices=prices, asked=asked)
    losses = losses_of(folder, status)
    if analysis.study is None or not losses:
        return analysis
    return replace(analysis, status=status_table(analysis.study.status, losses))


def scored_events(folder: Path, out: Path, *, crew: Crew) -> pd.DataFrame:
    """Read the events of a scored corpus for an evaluation, all at once.

    Parameters
    ----------
    folder
        The output folder of ``signals score``.
    out
        The output folder of the evaluation: stories that were found before a run was interrupted
        stand there until it is done.
    crew
        Who looks for the stories.

    Raises
    ------
    ConfigError
        The folder holds no output of ``signals score``.
    LockedError
        Another run is at work on ``out``.
    StoreError
        The disk is full, or the scheduler went away.
    StudyError
        Shards are missing, there is no score, or there are too many for the memory.
    """
    check_size(folder)
    with locked(out):
        stories = group_corpus(folder, out / STORIES, crew=crew)
        shutil.rmtree(out / STORIES, ignore_errors=True)
    return read_scored(folder, stories=stories)


def check_size(folder: Path) -> None:
    """Refuse a scored corpus whose events can't be read all at once.

    Raises
    ------
    ConfigError, StudyError
        As ``scored_events``.
    """
    check_pyarrow()
    scores = check_complete(folder).scores
    if not scores:
        raise StudyError(f"{folder} holds no score of a security.")
    if scores > MOST_EVALUATED:
        raise StudyError(
            f"{folder} holds {scores:,} scores; {MOST_EVALUATED:,} are read at once, in some 3 GB "
            "of memory. Score the corpus in parts of time, such as a year of files each, into "
            "folders of their own, and take each by itself. `signals study` takes a corpus of any "
            "size."
        )


def check_complete(folder: Path) -> Status:
    """Refuse a scored corpus with shards that are missing; give its counts.

    Shards that were set aside are no reason to study nothing: they are losses that a report tells.

    Raises
    ------
    ConfigError, StudyError
        It is none, or shards are missing.
    """
    status = status_of(folder)
    aside = sum(name.startswith("shard ") for name in status.failed)
    if status.finished + aside < status.shards:
        raise StudyError(
            f"{status.finished} of {status.shards} shards of {folder} are done. Run `signals "
            "score` again to finish them, or to see what is wrong with the others."
        )
    return status


def losses_of(folder: Path, status: Status) -> list[dict[str, object]]:
    """Give what a corpus lost before any event, in rows of a status table.

    Files and shards that were set aside, rows that are no articles, by reason, and articles that
    state no time.
    """
    losses = [(name, "set_aside", why) for name, why in status.failed.items()]
    losses += [
        (f"{n:,} row{'s' if n > 1 else ''} of the corpus", reason, f"The first, {first}")
        for reason, (n, first) in sorted(refused_rows(folder).items())
    ]
    if status.undated:
        told = "No session can be told for what states no time."
        many = "s" if status.undated > 1 else ""
        losses.append((f"{status.undated:,} article{many} of the corpus", "undated", told))
    return [
        {
            "article": name if reason == "set_aside" else f"{name}, {reason.replace('_', ' ')}",
            "status": "lost",
            "reason": reason,
            "detail": detail,
        }
        for name, reason, detail in losses
    ]


def loss_words(losses: Sequence[Mapping[str, object]]) -> dict[str, str]:
    """Give the losses of a corpus as a report tells them: what, and why."""
    return {str(one["article"]): str(one["detail"]) for one in losses}


def files_of(folder: Path) -> list[Path]:
    """List what a study of a scored corpus reads, for its manifest."""
    return [shard / f"{name}.parquet" for shard in finished(folder) for name in _READ]


_READ = ("articles", "scores")
