"""From the stories of a report to their records: what each says about a symbol, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from signals.batch.daily import DayFound
from signals.batch.inputs import Inputs
from signals.batch.links import Link, read_closely
from signals.news.securities import SecurityBook
from signals.report import spelling
from signals.report.daily import Story, StorySentence, SymbolStories

if TYPE_CHECKING:
    import pandas as pd

    from signals.news.stories import Told
    from signals.news.tellings import Kind
    from signals.sentiment.scorer import Scorer
    from signals.sentiment.scores import Scores

MOST_STORIES = 5
"""Stories of one symbol that are shown; the others are in the table of stories."""

_MOST_SENTENCES = 3
_KINDS: Final[Mapping[Kind, str]] = {
    "copy": "an echo, a copy of an earlier story",
    "paraphrase": "an echo, in other words, of an earlier story",
    "follow-up": "adds to an earlier story",
    "correction": "corrects an earlier story",
}


def name_of(symbol: str) -> str:
    """Give the company of a symbol; empty when the book doesn't know it."""
    security = SecurityBook.default().get(symbol)
    return "" if security is None else security.name


def own_sessions(inputs: Inputs, symbol: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Give the sessions to which a report's own news about a symbol belongs."""
    day = inputs.day(symbol)
    return day.session, day.after


@dataclass(frozen=True, slots=True)
class _Tellings:
    """The articles of a report that tell one story about one symbol, the earliest first."""

    links: list[Link]
    novel: bool

    @property
    def first(self) -> Link:
        return self.links[0]


def _by_symbol(inputs: Inputs, found: DayFound) -> dict[str, list[_Tellings]]:
    """Gather the stories of each symbol: novel ones first, then by relevance."""
    tellings: dict[tuple[str, str], list[Link]] = {}
    for one in found.links:
        key = str(one.score.symbol), found.stories[one.article.id].story_id
        tellings.setdefault(key, []).append(one)
    fresh = {
        (symbol, story)
        for symbol, story, session in zip(
            *(found.events[name] for name in ("symbol", "story_id", "session")), strict=True
        )
        if session in own_sessions(inputs, symbol)
    }
    stories: dict[str, list[_Tellings]] = {}
    for key, links in tellings.items():
        stories.setdefault(key[0], []).append(_Tellings(links, key in fresh))
    for gathered in stories.values():
        gathered.sort(key=lambda one: (not one.novel, -one.first.score.relevance))
    return stories


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
    groups = _by_symbol(inputs, found)
    shown = [one.first for stories in groups.values() for one in stories[:MOST_STORIES]]
    closely = {one.article.id: read_closely(one.article, scorer) for one in shown}
    told = {one.opening.article_id: one for one in found.stories.told}
    sections = []
    for symbol in inputs.plan.watch:
        stories = groups.get(symbol, [])
        if stories:
            records = tuple(
                _story(
                    one,
                    remark_of(inputs, told[one.first.article.id], one.first, revised),
                    inputs.plan.zone,
                    closely[one.first.article.id],
                )
                for one in stories[:MOST_STORIES]
            )
            more = len(stories) - len(records)
            sections.append(SymbolStories(symbol, name_of(symbol), records, more))
    return tuple(sections)


def remark_of(inputs: Inputs, told: Told, one: Link, revised: Mapping[str, str]) -> str:
    """Say what a reader should know about an article before it is believed."""
    remarks = [_KINDS[told.kind]] if told.kind != "first" else []
    if one.article.id in revised:
        remarks.append("a later version at the same address")
    day = inputs.day(str(one.score.symbol))
    if one.article.known_at is not None and day.waits(one.article.known_at):
        remarks.append(f"pending: its session is {spelling.day(day.after)}")
    again = inputs.previous.get("session") == spelling.day(day.before)
    if again and one.article.known_at is not None and day.waited(one.article.known_at):
        remarks.append("was pending in the last report")
    if one.article.precision == "day":
        remarks.append("known by its date only")
    return "; ".join(remarks)


def _story(tellings: _Tellings, note: str, zone: str, closely: Scores) -> Story:
    one = tellings.first
    article = one.article
    assert article.known_at is not None  # noqa: S101 - links hold dated articles only
    about = [
        sentence
        for sentence in closely.sentences
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
        echoes=len(tellings.links) - 1,
    )


def _instant(known_at: datetime, zone: str) -> str:
    """Spell an instant in UTC and in the reader's zone."""
    text = spelling.instant(known_at)
    if zone == "UTC":
        return text
    local = known_at.astimezone(ZoneInfo(zone))
    return f"{text} ({local:%H:%M} {zone})"
