"""The events of a scored corpus, all at once: studied, or read for an evaluation."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from signals.batch.own_events import StudyOptions, study_table
from signals.corpus.losses import losses_before_events
from signals.corpus.scored import check_complete, read_scored, read_stories
from signals.corpus.scoring import check_pyarrow, locked
from signals.corpus.stories import STORIES, group_corpus
from signals.corpus.workers import Crew
from signals.errors import StudyError
from signals.pipeline import Analysis
from signals.study.status import status_table

if TYPE_CHECKING:
    import pandas as pd

    from signals.market.price_source import Prices

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
    check_complete(folder)
    events = read_scored(folder, stories=read_stories(folder))
    events["echo"] = events.duplicated(["company", "story_id"])  # they stand in order of known_at
    analysis = study_table(events, prices=prices, asked=asked)
    losses = losses_before_events(folder)
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
