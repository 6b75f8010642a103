"""A whole report from what a run found out: its figures and its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from signals.report.article_section import article_section, own_events
from signals.report.gallery import Drawing, event_drawings, joint_drawing, sentiment_drawing
from signals.report.html import ArticleSection, FigurePart, ReportData, Section, TogetherSection
from signals.report.losses import losses
from signals.report.price_section import price_section
from signals.report.study_gallery import joint_drawings, look_drawings, score_drawing
from signals.report.study_looks import (
    early_words,
    looks_section,
    score_section,
    score_words,
    why_unscored,
)
from signals.report.study_sections import (
    Findings,
    estimate_rows,
    headline_window,
    method_words,
    studied,
    together_section,
)
from signals.report.verdicts import run_words
from signals.study.clocks import timed

if TYPE_CHECKING:
    import pandas as pd

    from signals.news.article import Article
    from signals.news.mentions import Mentions
    from signals.sentiment.scores import Scores
    from signals.study.result import EventStudy

JOINT, SCORE, LOOKS = "joint", "score", "looks"
"""Keys of figures of all events together, beside the ids of articles: their mean, what follows
the score, and second looks."""

MOST_EVENTS = 200
"""Events whose models, and in a study without articles whose windows, are shown one by one."""

MOST_LOSSES = 200
"""What fell out of a study without articles is told one by one, or counted by reason beyond."""

LEAST_TOGETHER = 5
"""Events from which on they are looked at together: of a single article, their mean at all."""


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
    """Draw the figures of a run: by article id, and those of all events together.

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
    if study is None:
        return drawings
    pooled, window = timed(study), headline_window(study)
    if len(pooled.events) < LEAST_TOGETHER:
        joint = (joint_drawing(study),) if len(study.events) > 1 else ()
        ids = [] if readings else [str(key) for key in study.events.index]
        drawings[JOINT] = (*joint, *event_drawings(study, ids))
    else:
        drawings[JOINT] = joint_drawings(pooled, window)
        drawings[SCORE] = () if why_unscored(pooled) else (score_drawing(pooled),)
        drawings[LOOKS] = look_drawings(pooled, window)
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
    most = None if readings else MOST_EVENTS
    findings = Findings.of(events, study, status=status, most=most)
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
    of_the_run = status["article_id"].eq("") & status["event_id"].eq("")
    lost = losses(status[of_the_run]) if articles else losses(status, most=MOST_LOSSES)
    score, looks = _whole(study, drawings)
    summary = run_words(articles, lost)
    if study is not None and score is not None and score.tables and not articles:
        summary = score_words(timed(study), headline_window(study))
    summary = summary if study is None else (*early_words(study), *summary)
    scorers = dict.fromkeys(reading.scores.article.scorer for reading in readings)
    together = _together(findings, drawings, n_articles=len(articles))
    joint = together is not None and bool(together.windows)
    return ReportData(
        title=_title(articles, study),
        summary=summary,
        articles=articles,
        together=together,
        estimates=() if study is None else estimate_rows(study, most=MOST_EVENTS),
        method=method_words(
            None if study is None else study.settings,
            n_events=0 if study is None else len(study.events),
            scorer=", ".join(scorers),
            joint=joint,
            most=MOST_EVENTS,
        ),
        losses=lost,
        prices=None if study is None else price_section(study.prices),
        manifest=tuple(manifest),
        generator=generator,
        score=score,
        looks=looks,
    )


def _whole(
    study: EventStudy | None, drawings: Mapping[str, Sequence[Drawing]]
) -> tuple[Section | None, tuple[Section, ...]]:
    """Give what follows the score, and second looks, where there are events enough."""
    if study is None or len(timed(study).events) < LEAST_TOGETHER:
        return None, ()
    window = headline_window(study)
    score = score_section(study, window, _parts(drawings, SCORE))
    return score, (looks_section(study, window, _parts(drawings, LOOKS)),)


def _parts(drawings: Mapping[str, Sequence[Drawing]], key: str) -> tuple[FigurePart, ...]:
    return tuple(drawing.part() for drawing in drawings.get(key, ()))


def _title(articles: Sequence[ArticleSection], study: EventStudy | None) -> str:
    """Name the page by its article, or by how much is in it."""
    if len(articles) == 1:
        return articles[0].title
    if articles:
        return f"{len(articles)} articles and their prices"
    count = 0 if study is None else len(study.events)
    return f"Event study of {count:,} event{'' if count == 1 else 's'}"


def _together(
    findings: Findings, drawings: Mapping[str, Sequence[Drawing]], *, n_articles: int
) -> TogetherSection | None:
    """Give the joint test with its figures; None where a mean of the events says nothing."""
    study = findings.study
    if study is None or (n_articles == 1 and len(study.events) < LEAST_TOGETHER):
        return None
    shown = () if n_articles else tuple(findings.windows.values())
    each = tuple(chain.from_iterable(shown))
    if len(study.events) >= LEAST_TOGETHER:
        each = tuple(row for row in each if row.decides)
    return together_section(study, figures=_parts(drawings, JOINT), each=each)
