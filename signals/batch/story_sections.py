"""From the stories of a report to their records: what each says about a symbol, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from signals.batch.daily import DayFound
from signals.batch.inputs import Inputs
from signals.batch.links import Link, read_closely
from signals.news.securities import SecurityBook
from signals.report import spelling
from signals.report.daily import Story, StorySentence, SymbolStories

if TYPE_CHECKING:
    from signals.sentiment.articles import Scores
    from signals.sentiment.scorer import Scorer

MOST_STORIES = 5
"""Stories of one symbol that are shown; the others are in the table of stories."""

_MOST_SENTENCES = 3


def name_of(symbol: str) -> str:
    """Give the company of a symbol; empty when the book doesn't know it."""
    security = SecurityBook.default().get(symbol)
    return "" if security is None else security.name


def by_symbol(links: Sequence[Link]) -> dict[str, list[Link]]:
    """Gather links by symbol, the most relevant first, and of equals the earliest."""
    found: dict[str, list[Link]] = {}
    for one in sorted(links, key=lambda one: -one.score.relevance):
        found.setdefault(str(one.score.symbol), []).append(one)
    return found


def symbol_stories(
    inputs: Inputs, found: DayFound, *, revised: Mapping[str, str], scorer: Scorer
) -> tuple[SymbolStories, ...]:
    """Give the stories about each symbol, in the order of the watch list.

    Parameters
    ----------
    inputs, found
        Of the report.
    revised
        Article -> the one that it corrects.
    scorer
        What scored them; their sentences are scored again.
    """
    groups = by_symbol(found.links)
    shown = {one.article.id: one for links in groups.values() for one in links[:MOST_STORIES]}
    closely = {name: read_closely(one.article, scorer) for name, one in shown.items()}
    sections = []
    for symbol in inputs.plan.watch:
        links = groups.get(symbol, [])
        if links:
            stories = tuple(
                _story(one, remark_of(inputs, found, one, revised), inputs.plan.zone, closely)
                for one in links[:MOST_STORIES]
            )
            more = len(links) - len(stories)
            sections.append(SymbolStories(symbol, name_of(symbol), stories, more))
    return tuple(sections)


def remark_of(inputs: Inputs, found: DayFound, one: Link, revised: Mapping[str, str]) -> str:
    """Say what a reader should know about a story before it is believed."""
    remarks = []
    if one.article.id in revised:
        remarks.append("a correction of an earlier version")
    elif found.stories[one.article.id].novelty <= 0:
        remarks.append("told before")
    day = inputs.day(str(one.score.symbol))
    if one.article.known_at is not None and day.waits(one.article.known_at):
        remarks.append(f"pending: its session is {spelling.day(day.after)}")
    if one.article.precision == "day":
        remarks.append("known by its date only")
    return "; ".join(remarks)


def _story(one: Link, note: str, zone: str, closely: Mapping[str, Scores]) -> Story:
    article = one.article
    assert article.known_at is not None  # noqa: S101 - links hold dated articles only
    about = [
        sentence
        for sentence in closely[article.id].sentences
        if one.score.company in sentence.companies and sentence.score
    ]
    about.sort(key=lambda sentence: (-abs(sentence.weight * sentence.score), sentence.start))
    return Story(
        title=article.title or f"Article {article.id}",
        source=article.source,
        url=article.url,
        known=_instant(article.known_at, zone),
        score=one.score.score,
        label=one.score.label,
        relevance=one.score.relevance,
        sentences=tuple(
            StorySentence(
                spelling.shorten(article.text[sentence.start : sentence.end], 300),
                sentence.score,
                sentence.label,
            )
            for sentence in about[:_MOST_SENTENCES]
        ),
        remark=note,
    )


def _instant(known_at: datetime, zone: str) -> str:
    """Spell an instant in UTC and in the reader's zone."""
    text = spelling.instant(known_at)
    if zone == "UTC":
        return text
    local = known_at.astimezone(ZoneInfo(zone))
    return f"{text} ({local:%H:%M} {zone})"
