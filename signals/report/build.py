"""A whole report from what a run found out: its figures and its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from signals.report.gallery import Drawing, event_drawings, joint_drawing, sentiment_drawing
from signals.report.html import ReportData, TogetherSection
from signals.report.sections import article_section, own_events
from signals.report.study_sections import (
    Findings,
    estimate_rows,
    losses,
    method_words,
    studied,
    together_section,
)
from signals.report.verdicts import run_words

if TYPE_CHECKING:
    import pandas as pd

    from signals.news.article import Article
    from signals.news.mentions import Mentions
    from signals.sentiment.articles import Scores
    from signals.study.result import EventStudy

JOINT = "joint"
"""Key of the figures that belong to all events together, beside the ids of articles."""

LEAST_TOGETHER = 5
"""Events of a single article from which on their mean is shown."""


class Reading(Protocol):
    """One article that was read: what it is called, what it mentions and what it says."""

    @property
    def name(self) -> str:
        """What the run calls it, such as its file name."""
        ...

    @property
    def article(self) -> Article:
        """The article."""
        ...

    @property
    def mentions(self) -> Mentions:
        """Its mentions."""
        ...

    @property
    def scores(self) -> Scores:
        """What it says about each security, and as a whole."""
        ...


def draw_all(
    readings: Sequence[Reading], *, events: pd.DataFrame, study: EventStudy | None
) -> dict[str, tuple[Drawing, ...]]:
    """Draw the figures of a run: by article id, and under ``JOINT`` those of all events.

    Parameters
    ----------
    readings
        The articles that could be read.
    events
        What ``align`` gave for them.
    study
        The event study over those events; None when nothing could be priced.
    """
    drawings = {}
    for reading in readings:
        own: tuple[Drawing, ...] = ()
        if study is not None:
            mine = own_events(reading.article, events)
            own = event_drawings(study, studied(study, list(mine["event_id"])))
        sentiment = sentiment_drawing(reading.article, reading.scores)
        drawings[reading.article.id] = own if sentiment is None else (*own, sentiment)
    if study is not None and len(study.events) > 1:
        drawings[JOINT] = (joint_drawing(study),)
    return drawings


def report_data(
    readings: Sequence[Reading],
    *,
    events: pd.DataFrame,
    study: EventStudy | None,
    status: pd.DataFrame,
    drawings: Mapping[str, Sequence[Drawing]],
    generator: str,
    manifest: Sequence[tuple[str, str]] = (),
) -> ReportData:
    """Make a report's data.

    Parameters
    ----------
    readings, events, study
        As for :func:`draw_all`.
    status
        What became of everything, ``article, article_id, event_id, symbol, session, status,
        reason, detail``; rows without an article and an event are losses of the whole run.
    drawings
        What :func:`draw_all` gave.
    generator
        Name and version of the program.
    manifest
        What the run was made of: names with versions or hashes.
    """
    findings = Findings.of(events, study, status=status)
    articles = tuple(
        article_section(
            reading.article,
            reading.mentions,
            scores=reading.scores,
            findings=findings,
            drawings=drawings.get(reading.article.id, ()),
        )
        for reading in readings
    )
    of_the_run = status[
        status["article_id"].fillna("").eq("") & status["event_id"].fillna("").eq("")
    ]
    lost = losses(of_the_run)
    scorers = dict.fromkeys(reading.scores.article.scorer for reading in readings)
    single = len(articles) == 1
    return ReportData(
        title=articles[0].title if single else f"{len(articles)} articles and their prices",
        summary=run_words(articles, lost),
        articles=articles,
        together=_together(study, drawings, single=single),
        estimates=() if study is None else estimate_rows(study),
        method=method_words(study, scorer=", ".join(scorers)),
        losses=lost,
        manifest=tuple(manifest),
        generator=generator,
    )


def _together(
    study: EventStudy | None, drawings: Mapping[str, Sequence[Drawing]], *, single: bool
) -> TogetherSection | None:
    """Give the joint test with its figure; None where a mean of the events says nothing."""
    if study is None or (single and len(study.events) < LEAST_TOGETHER):
        return None
    figures = tuple(drawing.part() for drawing in drawings.get(JOINT, ()))
    return together_section(study, figures=figures)
