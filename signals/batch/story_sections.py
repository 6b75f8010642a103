"""From the stories of a report to their records: what each says about a symbol, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from signals.batch.inputs import Inputs
from signals.batch.links import Link
from signals.batch.results import DayResults
from signals.news.echoes import ECHOES
from signals.news.securities import SecurityBook
from signals.report import spelling
from signals.report.daily import Echo, Story, StorySentence, SymbolStories
from signals.sentiment.articles import score
from signals.sentiment.scorer import label_of

if TYPE_CHECKING:
    import pandas as pd

    from signals.news.echoes import Kind
    from signals.news.stories import Told
    from signals.sentiment.scorer import Scorer
    from signals.sentiment.scores import Scores

MOST_STORIES = 5
"""Stories of one symbol that are shown; the others are in the table of stories."""

_MOST_SENTENCES = 3
_MOST_ECHOES = 3
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
    score: float | None  # of its event; None where an earlier report had the story

    @property
    def first(self) -> Link:
        return self.links[0]


def _by_symbol(inputs: Inputs, results: DayResults) -> dict[str, list[_Tellings]]:
    """Gather the stories of each symbol: novel ones first, then by relevance."""
    tellings: dict[tuple[str, str], list[Link]] = {}
    for one in results.links:
        key = str(one.score.symbol), results.stories[one.article.id].story_id
        tellings.setdefault(key, []).append(one)
    fresh = {
        (symbol, story): float(score)
        for symbol, story, session, score in zip(
            *(results.events[name] for name in ("symbol", "story_id", "session", "score")),
            strict=True,
        )
        if session in own_sessions(inputs, symbol)
    }
    stories: dict[str, list[_Tellings]] = {}
    for key, links in tellings.items():
        stories.setdefault(key[0], []).append(_Tellings(links, fresh.get(key)))
    for gathered in stories.values():
        gathered.sort(key=lambda one: (one.score is None, -one.first.score.relevance))
    return stories


def symbol_stories(
    inputs: Inputs, results: DayResults, *, revised: Mapping[str, str], scorer: Scorer
) -> tuple[SymbolStories, ...]:
    """Give the stories about each symbol, in the order of the watch list.

    Parameters
    ----------
    inputs, results
        Of the report.
    revised
        Article -> the one that it corrects.
    scorer
        What scored them; their sentences are scored again.
    """
    groups = _by_symbol(inputs, results)
    shown = [one.first for stories in groups.values() for one in stories[:MOST_STORIES]]
    closely = {one.article.id: score(one.article, scorer=scorer) for one in shown}
    told = {one.opening.article_id: one for one in results.stories.told}
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
    symbol, known_at = str(one.score.symbol), one.article.known_at
    assert known_at is not None  # noqa: S101 - links hold dated articles only
    day, before = inputs.day(symbol), inputs.day_before(symbol)
    counts = told.kind not in ECHOES  # an echo waits for nothing
    if day.waits(known_at) and counts:
        remarks.append(f"pending: its session is {spelling.day(day.after)}")
    if before is not None and before.holds(known_at) and one.article.id not in inputs.late:
        if before.session == day.session:
            remarks.append("told in the last report")
        elif counts:
            remarks.append("was pending in the last report")
    if one.article.precision == "day":
        remarks.append("known by its date only")
    if one.score.recap:
        where = "its title" if one.score.recap == "title" else "it"
        remarks.append(f"{where} tells that the price had moved")
    return "; ".join(remarks)


def _story(tellings: _Tellings, note: str, zone: str, closely: Scores) -> Story:
    one = tellings.first
    article = one.article
    assert article.known_at is not None  # noqa: S101 - links hold dated articles only
    about = [sentence for sentence in closely.sentences_about(one.score.company) if sentence.score]
    about.sort(key=lambda sentence: (-abs(sentence.weight * sentence.score), sentence.start))
    echoes = tellings.links[1:]
    alone = joint = one.score.score
    if echoes and tellings.score is not None:
        joint = min(1.0, max(-1.0, tellings.score))
    same = spelling.signed(joint) == spelling.signed(alone)
    return Story(
        title=article.title or f"Article {article.id}",
        source=article.source,
        url=article.url,
        known=known_words(article.known_at, zone),
        score=joint,
        label=label_of(joint),
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
        first=None if same else alone,
        echoes=tuple(
            Echo(again.article.title, again.article.source, again.score.score)
            for again in echoes[:_MOST_ECHOES]
        ),
        more_echoes=max(0, len(echoes) - _MOST_ECHOES),
    )


def known_words(known_at: datetime, zone: str) -> str:
    """Spell an instant in the reader's zone, with its day, and in UTC."""
    if zone == "UTC":
        return f"{known_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    local, utc = known_at.astimezone(ZoneInfo(zone)), known_at.astimezone(UTC)
    other = f"{utc:%H:%M}" if utc.date() == local.date() else f"{utc:%Y-%m-%d %H:%M}"
    return f"{local:%Y-%m-%d %H:%M} {zone}, {other} UTC"
