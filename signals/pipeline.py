"""The main path, in the order that data flows. A newcomer reads this first.

article -> mentions -> scores -> events -> study -> report. Each step is one function of one
room; this module only calls them in order and keeps count of what fell out on the way, and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from signals import __version__
from signals.errors import ArticleError, ConfigError, StudyError
from signals.evaluation.evaluate import Evaluation
from signals.files import writable_folder, write_text
from signals.market.price_source import Prices, as_price_source
from signals.market.prices import PriceSource, PriceTable
from signals.news.article import Article, read_article
from signals.news.given import given_articles
from signals.news.mentions import Mentions, find_mentions
from signals.report.verdicts import HEADLINE
from signals.sentiment.articles import score
from signals.sentiment.asking import expect_scorer
from signals.sentiment.scorer import left_out
from signals.sentiment.scores import Scores
from signals.sources.refusals import ItemError, Quarantined
from signals.sources.source import ArticleSource
from signals.study.confounds import lost_rows
from signals.study.estimate import event_study
from signals.study.events import align, unaligned
from signals.study.ledger import MISSED_BY_NOBODY
from signals.study.policies import merged_by_date
from signals.study.result import EventStudy
from signals.study.settings import WINDOWS
from signals.study.status import NO_COMPANY, loss_row, status_table

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from matplotlib.axes import Axes

    from signals.report.gallery import Drawing
    from signals.sentiment.scorer import Scorer

SUMMARY_COLUMNS = ["symbol", "session", "phase", "score", "relevance"]
_CAR_COLUMNS = "car se scar t df p_value ci_low ci_high placebo_p n_placebo mde reason".split()


@dataclass(frozen=True, eq=False, repr=False)
class Reading:
    """One article that was read: what it mentions and what it says."""

    name: str
    article: Article
    mentions: Mentions
    scores: Scores

    def __repr__(self) -> str:
        return f"<Reading of {self.name}: {self.mentions!r}, {self.scores!r}>"


@dataclass(frozen=True, eq=False, repr=False)
class Analysis:
    """Everything that one run found out. Shows itself in a notebook.

    Attributes
    ----------
    readings
        One an article that could be read.
    events
        One row a (symbol, session, story), as :func:`signals.align` gives them.
    study
        The event study; None when nothing could be priced.
    status
        One row for each article, notation or event, with what became of it: ``studied``,
        ``pending`` or ``lost``, and the reason.
    """

    readings: tuple[Reading, ...]
    events: pd.DataFrame
    study: EventStudy | None
    status: pd.DataFrame

    @property
    def _only(self) -> Reading:
        if len(self.readings) != 1:
            raise ArticleError(
                f"There are {len(self.readings)} articles here: look at .readings one by one."
            )
        return self.readings[0]

    @property
    def article(self) -> Article:
        """The article, when there is one only."""
        return self._only.article

    @property
    def mentions(self) -> Mentions:
        """Its mentions."""
        return self._only.mentions

    @property
    def scores(self) -> Scores:
        """What it says about each security."""
        return self._only.scores

    @property
    def lost(self) -> pd.DataFrame:
        """The rows of ``status`` that fell out, each with its reason."""
        return self.status[self.status["status"] == "lost"]

    @property
    def missing(self) -> pd.DataFrame:
        """What a reader misses: ``lost`` without the events that are one with another.

        Two listings of a company, or two stories of one session, are one event; the other rows of
        it are accounted for, but nothing is missing. Nor are events that are too little about
        their share for what was asked, and articles about no listed company.
        """
        lost = self.lost
        return lost[~lost["reason"].isin(MISSED_BY_NOBODY)]

    def summary(self) -> pd.DataFrame:
        """Give one row a studied event: what was said, and the move over sessions 0 and 1.

        Index ``event_id``; columns ``symbol, session, phase, score, relevance`` and those of
        :meth:`signals.EventStudy.car`. Returns are fractions. No rows when nothing was priced.
        """
        if self.study is None:
            none = pd.Index([], dtype=str, name="event_id")
            return pd.DataFrame(index=none, columns=[*SUMMARY_COLUMNS, *_CAR_COLUMNS])
        start, end = HEADLINE
        return self.study.events[SUMMARY_COLUMNS].join(self.study.car(start, end))

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw the cumulative abnormal return around the events, or, unpriced, the sentiment."""
        from signals.report.plots import plot_event_window, plot_sentiment

        if self.study is None:
            return plot_sentiment(self.scores, text=self.article.text, ax=ax)
        return plot_event_window(self.study, ax=ax)

    def report(self, path: str | Path) -> Path:
        """Write the report as one HTML file; see :func:`write_report`."""
        return write_report(self, path)

    def __repr__(self) -> str:
        studied = 0 if self.study is None else len(self.study.events)
        return (
            f"<Analysis: {len(self.readings)} read, {studied} event{'s' * (studied != 1)} studied, "
            f"{len(self.missing)} missing>"
        )

    def _repr_html_(self) -> str:
        parts = []
        for reading in self.readings:
            parts += [reading.mentions._repr_html_(), reading.scores._repr_html_()]
        summary = self.summary()
        if len(summary):
            shown = [*SUMMARY_COLUMNS, "car", "ci_low", "ci_high", "p_value", "placebo_p", "mde"]
            parts.append("<p>Abnormal returns over sessions 0 and 1, as fractions:</p>")
            rounded = "{:.4g}".format
            parts.append(summary[shown].to_html(index=False, escape=True, float_format=rounded))
        lost = self.lost
        if len(lost):
            parts.append(lost.to_html(index=False, escape=True))
        return "\n".join(parts)


def analyse(
    articles: Article | str | Path | Iterable[Article | str | Path] | ArticleSource,
    *,
    prices: Prices,
    market: str | Mapping[str, str] = "SPY",
    model: str = "market",
    scorer: Scorer | None = None,
    published: str | date | datetime | None = None,
    zone: str | tzinfo | None = None,
) -> Analysis:
    """Read articles, score what they say about each share, and study how its price moved.

    Parameters
    ----------
    articles
        One or several, as files or as :class:`signals.Article`; or a source of them, such as
        :class:`signals.FrameSource`, each item of which that is quarantined is a row of ``status``.
    prices
        A folder of CSV files, a Parquet file of closes, ``"yahoo"``, a frame of adjusted closes,
        or any price source.
    market
        What stands for the market, as for :func:`signals.event_study`.
    model
        The return model: "market", "market_adjusted", "mean", "dimson" or "scholes_williams".
    scorer
        What scores the sentences; :class:`signals.Finance` by default.
    published, zone
        Publication time of articles that don't state one, as for :func:`signals.read_article`.

    Returns
    -------
    Analysis
        With a row of ``status`` for everything that fell out, and its reason; an article in a
        language that the scorer doesn't read (``not_english``), one about no listed company
        (``no_company``), a law firm's notice to shareholders (``solicitation``) and what a fund
        held when a quarter ended (``holdings_notice``) among it.

    Raises
    ------
    ArticleError
        No article could be read.
    ConfigError, PriceError, StudyError
        A file is missing, the publication times contradict, the prices are malformed, or the
        market has no prices.
    """
    given: object = [articles] if isinstance(articles, Article | str | Path) else articles
    if isinstance(given, ArticleSource):
        given = list(given.read())  # with what is quarantined
    source = as_price_source(prices)
    readings: list[Reading] = []
    losses: list[dict[str, object]] = []
    for item in given_articles(given, "analyse"):
        if isinstance(item, Quarantined):
            losses.append(loss_row(item.title or item.place, item.reason, item.detail))
            continue
        name = item.title or item.id if isinstance(item, Article) else Path(item).name
        try:
            readings.append(_read(name, item, scorer, published=published, zone=zone))
        except ArticleError as error:
            # The one guard per article: a malformed one doesn't take the others with it.
            reason = error.reason if isinstance(error, ItemError) else "unreadable"
            losses.append(loss_row(name, reason, str(error)))
    if not readings:
        raise ArticleError(" ".join(str(loss["detail"]) for loss in losses) or "No article given.")
    for reading in readings:
        losses.extend(_losses_of_text(reading))
    events = align([reading.scores for reading in readings])
    study, studied = _study(events, source, model=model, market=market)
    status = status_table(studied, losses)
    return Analysis(tuple(readings), events, study, status)


def write_report(result: Analysis | EventStudy | Evaluation, path: str | Path) -> Path:
    """Write what was found out as one HTML file that needs nothing else.

    Parameters
    ----------
    result
        An analysis, an event study of your own events, or an evaluation.
    path
        The file; its folder is made when it is missing.

    Raises
    ------
    ConfigError
        The file can't be written, or is a folder.
    StudyError
        Its events were merged by calendar date.
    TypeError
        The result is something else.
    """
    from signals.report.evaluation_page import evaluation_report

    given: object = result
    if not isinstance(given, Analysis | EventStudy | Evaluation):
        raise TypeError(
            "write_report takes what analyse(), event_study() or evaluate() gives, not a "
            f"{type(given).__name__}."
        )
    path = Path(path)
    if path.is_dir():
        raise ConfigError(f"{path} is a folder: name the file, as {path / 'report.html'}.")
    if isinstance(result, Evaluation):
        writable_folder(path.parent)
        return write_text(path, evaluation_report(result, generator=f"signals {__version__}"))
    page = report_of(analysis_of(result))[0]
    writable_folder(path.parent)
    return write_text(path, page)


def report_of(analysis: Analysis) -> tuple[str, dict[str, tuple[Drawing, ...]]]:
    """Make the HTML of any report of events, and figures, of which ``figure_files`` makes files.

    Raises
    ------
    StudyError
        Its events were merged by calendar date.
    """
    from signals.report.build import draw_all, report_data
    from signals.report.html import render
    from signals.report.provenance import provenance

    if merged_by_date(analysis.events):
        raise StudyError(
            "These events were merged by calendar date, which looks ahead: no report is made of "
            "them. Align them again without policy=."
        )
    drawings = draw_all(analysis.readings, events=analysis.events, study=analysis.study)
    data = report_data(
        analysis.readings,
        events=analysis.events,
        study=analysis.study,
        status=analysis.status,
        drawings=drawings,
        generator=f"signals {__version__}",
        manifest=provenance(analysis.readings, prices_of(analysis)),
    )
    return render(data), drawings


def prices_of(analysis: Analysis) -> PriceTable | None:
    """Give the prices that an analysis studied; None when nothing could be priced."""
    return None if analysis.study is None else analysis.study.prices


def analysis_of(result: Analysis | EventStudy) -> Analysis:
    """Give an analysis as it is, and a study of one's own events as one without articles."""
    if isinstance(result, Analysis):
        return result
    status = status_table(result.status, lost_rows(result.lost_confounds))
    return Analysis((), result.events.reset_index(), result, status)


def _read(
    name: str,
    item: Article | str | Path,
    scorer: Scorer | None,
    *,
    published: str | date | datetime | None,
    zone: str | tzinfo | None,
) -> Reading:
    article = item
    if not isinstance(article, Article):
        article = read_article(article, published=published, zone=zone)
    if why := left_out(expect_scorer(scorer), article):
        raise ItemError(*why)
    mentions = find_mentions(article)
    return Reading(name, article, mentions, score(article, scorer=scorer, mentions=mentions))


def _study(
    events: pd.DataFrame, source: PriceSource, *, model: str, market: str | Mapping[str, str]
) -> tuple[EventStudy | None, pd.DataFrame]:
    """Run the study, or give the reasons why no event could be studied."""
    if events.empty:
        return None, pd.DataFrame()
    windows = WINDOWS
    if events["precision"].eq("day").any():
        # The news may have come out during the session before the one in which it was known.
        windows = ((-1, 0), *WINDOWS)
    try:
        study = event_study(events, source, model=model, market=market, windows=windows)
    except StudyError as error:
        if error.status is None or error.lacks_market:
            raise
        return None, error.status
    return study, study.status


def _losses_of_text(reading: Reading) -> list[dict[str, object]]:
    """Name what the text offered and the study can't use."""
    article_id = reading.article.id
    losses = [
        loss_row(reading.name, "unknown_exchange", item.reason, article_id=article_id)
        for item in reading.mentions.unresolved
    ]
    if reading.article.known_at is None:
        detail = (
            "The article states no publication time, so it is never priced. Give one with "
            "published= or --published, or begin the text with a line Published: and an empty line."
        )
        return [*losses, loss_row(reading.name, "undated", detail, article_id=article_id)]
    losses.extend(
        loss_row(
            reading.name, row["reason"], row["detail"], article_id=article_id, symbol=row["symbol"]
        )
        for row in unaligned(reading.scores).to_dict("records")
    )
    if not losses and not len(reading.scores):
        losses.append(loss_row(reading.name, *NO_COMPANY, article_id=article_id))
    return losses
