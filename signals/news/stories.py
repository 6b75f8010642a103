"""Many articles, one story: copies and other words for the same fact, oldest first.

A story is known by its first telling. What tells it again is its echo; a correction, or a text
that adds a fact, is a story of its own that follows the first. An article is compared only with
what was known before it, never with hindsight, and so the state of yesterday's run is all that
today's needs.
"""

from __future__ import annotations

import json
from bisect import bisect_right, insort
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from signals.errors import SignalsError
from signals.news.article import Article
from signals.news.earlier import WINDOW, EarlierTellings, Link
from signals.news.echoes import ECHOES, Kind, closeness, kind_of
from signals.news.given import Readable, given_articles
from signals.news.mentions import Mentions, find_mentions
from signals.news.tellings import Opening, opening_of, telling_of

_NOVELTY_WINDOW: Final = timedelta(hours=24)
_VERSION: Final = 2  # of a state
_FADING: Final = 0.75  # of its novelty, with every time that a story was told of a company


class Story(NamedTuple):
    """Which story an article belongs to, and how new it was in it: 0 (a copy) to 100 (first).

    ``novelty`` is the greatest of its companies; ``by_company`` has that of each.
    """

    story_id: str
    novelty: float
    by_company: Mapping[str, float] = MappingProxyType({})

    def about(self, company: str) -> float:
        """Give the novelty for one company."""
        return self.by_company.get(company, self.novelty)


class Told(NamedTuple):
    """One row of what a later run needs: an opening, and what was made of it."""

    opening: Opening
    story: Story
    kind: Kind
    follows: str  # the story that it corrects or adds to, or ""

    @property
    def story_id(self) -> str:
        """Name its story."""
        return self.story.story_id


class Stories(Mapping[str, Story]):
    """The story of each article id, as :func:`signals.align` takes it.

    Attributes
    ----------
    told
        One row an article of this run, in the order in which they became known.
    state
        What the next run needs: the tellings of the last 72 hours.
    """

    def __init__(self, stories: Mapping[str, Story], told: Sequence[Told], state: StoryState):
        self._stories = dict(stories)
        self.told = tuple(told)
        self.state = state

    def __getitem__(self, article_id: str) -> Story:
        return self._stories[article_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._stories)

    def __len__(self) -> int:
        return len(self._stories)

    def __repr__(self) -> str:
        stories = len({story.story_id for story in self.values()})
        return f"<Stories: {len(self)} articles tell {stories}>"


@dataclass(frozen=True, slots=True)
class StoryState:
    """The tellings that a later article may repeat, oldest first."""

    told: tuple[Told, ...] = ()

    def to_json(self) -> str:
        """Write the state as text that :meth:`from_json` reads."""
        rows = [
            [
                *(article_id, known_at and known_at.isoformat(), *what, *story[:2]),
                *(dict(story.by_company), kind, follows),
            ]
            for (article_id, known_at, *what), story, kind, follows in self.told
        ]
        return json.dumps({"version": _VERSION, "told": rows}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> StoryState:
        """Read a state.

        Raises
        ------
        SignalsError
            It is no state, or one of another version.
        """
        try:
            content = json.loads(text)
            if content["version"] != _VERSION:
                raise SignalsError(f"Stories of version {content['version']} can't be read here.")
            told = [
                Told(
                    Opening(row[0], datetime.fromisoformat(row[1]), row[2], row[3], tuple(row[4])),
                    Story(*row[5:8]),
                    *row[8:],
                )
                for row in content["told"]
            ]
        except (ValueError, KeyError, TypeError, IndexError) as error:
            if isinstance(error, SignalsError):
                raise
            raise SignalsError(f"These are no stories of an earlier run: {error}.") from error
        return cls(tuple(told))


def group_stories(
    articles: Iterable[Article | Mentions] | Readable,
    *,
    state: StoryState | None = None,
    window: timedelta = WINDOW,
) -> Stories:
    """Find the story of each article.

    Parameters
    ----------
    articles
        Articles, or what :func:`signals.find_mentions` found in them, in any order: they are
        taken in the order of ``known_at``. Or a source: a warning counts what it quarantines.
    state
        Of the run before, ``stories.state``. An article that it has keeps its story and novelty,
        as one does that a feed still holds.
    window
        How long after a telling another one can belong to its story.

    Returns
    -------
    Stories, a mapping article id -> :class:`Story`, to be passed to :func:`signals.align`. An
    article without a time is a story of its own and echoes nothing. Novelty is 100 for the first
    telling of a company's story; every earlier telling within 24 hours takes a quarter of it.

    Examples
    --------
    >>> text = "Acme (NYSE:ACM) called back 300 anvils after a hammer broke on Tuesday."
    >>> one = Article.from_text(text, published="2025-07-21T19:11Z")
    >>> two = Article.from_text(text, title="Anvils called back", published="2025-07-21T20:00Z")
    >>> stories = group_stories([two, one])
    >>> stories[one.id].story_id == stories[two.id].story_id, stories[two.id].novelty
    (True, 75.0)
    """
    given = given_articles(articles, "group_stories")
    return group_openings(map(_open, given), state=state, window=window)


def group_openings(
    openings: Iterable[Opening], *, state: StoryState | None = None, window: timedelta = WINDOW
) -> Stories:
    """Find the story of each opening, as :func:`group_stories` does of articles."""
    before = (state or StoryState()).told
    earlier, ledger = EarlierTellings(window), _Ledger(window)
    for told in before:
        one = told.opening
        earlier.remember(one)
        ledger.keep(one.article_id, one.known_at, one.companies, told.story_id)
    known = {told.opening.article_id: told for told in before}
    once: dict[str, Told] = {}
    for opening in sorted(openings, key=_order):
        if opening.article_id in once:
            continue  # the same text of the same second from the same source is one article
        if opening.article_id in known:
            once[opening.article_id] = known[opening.article_id]
            continue
        link = earlier.link(opening)
        story, follows = ledger.enter(link)
        once[opening.article_id] = Told(opening, story, link.kind, follows)
    stories = {article_id: told.story for article_id, told in once.items()}
    rows = list(once.values())
    return Stories(stories, rows, _state([*(known | once).values()], window))


def _state(told: Sequence[Told], window: timedelta) -> StoryState:
    """Keep what is within the window of the last telling."""
    dated = sorted(
        (one for one in told if one.opening.known_at), key=lambda one: _order(one.opening)
    )
    if not dated:
        return StoryState()
    since = _order(dated[-1].opening)[1] - window
    return StoryState(tuple(one for one in dated if _order(one.opening)[1] >= since))


def join_revisions(
    stories: Stories, revised: Mapping[str, str], *, corrected: Collection[str] = ()
) -> Stories:
    """Give later versions of an article the story of the first, however long after it they came.

    Parameters
    ----------
    stories
        Of all versions.
    revised
        Article id -> the id of the version before. One that says something else keeps its story.
    corrected
        Ids of versions that take back what the one before said, in whatever words: a correction
        is a story of its own, and what only repeats it is its echo.
    """
    told = {one.opening.article_id: one for one in stories.told}
    kinds: dict[str, Kind] = {}
    same: dict[str, str] = {}
    for new, old in revised.items():
        if new in told and old in told:
            earlier, later = sorted((told[new], told[old]), key=lambda one: _order(one.opening))
            kind = _kind_of_openings(later.opening, earlier.opening)
            if later.kind == "first" and kind in ECHOES:
                kinds[later.opening.article_id] = kind
                same[later.story_id] = earlier.story_id

    def joined(story_id: str) -> str:
        while story_id in same:  # ends: each is told before the next
            story_id = same[story_id]
        return story_id

    rows = [
        one._replace(
            story=one.story._replace(story_id=joined(one.story_id)),
            kind=kinds.get(one.opening.article_id, one.kind),
            follows=joined(one.follows),
        )
        for one in stories.told
    ]
    named = {key: one._replace(story_id=joined(one.story_id)) for key, one in stories.items()}
    return _part_corrections(Stories(named, rows, stories.state), revised, corrected)


def _part_corrections(
    stories: Stories, revised: Mapping[str, str], corrected: Collection[str]
) -> Stories:
    """Make corrections stories of their own, and later versions that repeat one its echoes."""
    own: dict[str, Story] = {}
    rows = []
    for one in stories.told:  # each is told before the next
        name, told = one.opening.article_id, one
        if one.kind in ECHOES and name in corrected:
            own[name] = Story(name, 100.0)
            told = one._replace(story=own[name], kind="correction", follows=one.story_id)
        elif one.kind in ECHOES and revised.get(name) in own:
            own[name] = one.story._replace(story_id=own[revised[name]].story_id)
            told = one._replace(story=own[name])
        rows.append(told)
    return Stories({**stories, **own}, rows, stories.state)


def _kind_of_openings(later: Opening, earlier: Opening) -> Kind:
    telling, before = telling_of(later), telling_of(earlier)
    share = closeness(telling, before)
    return kind_of(telling, before, share) if share else "first"


def follow_openings(openings: Iterable[Opening]) -> Iterator[tuple[str, Story]]:
    """Find the story of each opening while they come, in the order of ``known_at``, then id.

    Nothing is kept but what the window holds: for more openings than memory does.
    """
    return chain_links(map(EarlierTellings(WINDOW).link, openings))


def chain_links(links: Iterable[Link]) -> Iterator[tuple[str, Story]]:
    """Find the story of each link, in the order of ``known_at``, then id, as they come."""
    ledger = _Ledger(WINDOW)
    for link in links:
        yield link.article_id, ledger.enter(link)[0]


def _open(item: Article | Mentions) -> Opening:
    mentions = item if isinstance(item, Mentions) else find_mentions(item)
    companies = (one.company for one in mentions.entities if one.relevance > 0)
    return opening_of(mentions.article, companies)


def _order(opening: Opening) -> tuple[bool, datetime, str]:
    known_at = opening.known_at or datetime.max.replace(tzinfo=UTC)
    return opening.known_at is None, known_at, opening.article_id


@dataclass(slots=True)
class _Ledger:
    """Of the tellings of the window their stories, and when each was told of a company."""

    window: timedelta
    told: deque[tuple[datetime, str, str, tuple[str, ...]]] = field(default_factory=deque)
    story_of: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    times: dict[tuple[str, str], list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def enter(self, link: Link) -> tuple[Story, str]:
        """Give the story of a link, and the story that it follows or ""."""
        if link.known_at is not None:
            self._forget(link.known_at)
        model = self.story_of[link.model][0] if link.model else ""
        story_id = model if link.kind in ECHOES else link.article_id
        story = Story(story_id, *self._novelty(link, story_id))
        self.keep(link.article_id, link.known_at, link.companies, story_id)
        return story, "" if link.kind in ECHOES else model

    def keep(
        self, article_id: str, known_at: datetime | None, companies: tuple[str, ...], story_id: str
    ) -> None:
        """Note a telling of a story."""
        if known_at is None:
            return
        row = known_at, article_id, story_id, companies
        if self.told and known_at < self.told[-1][0]:
            insort(self.told, row)
        else:
            self.told.append(row)
        self.story_of[article_id] = story_id, known_at
        for company in ("", *companies):
            insort(self.times[story_id, company], known_at)

    def _novelty(self, link: Link, story_id: str) -> tuple[float, Mapping[str, float]]:
        """Count how often its story was told of each company in the last day."""
        now = link.known_at
        fresh: dict[str, float] = {}
        for company in ("", *link.companies):
            times = self.times.get((story_id, company))
            recent = 0
            if now and times:
                recent = bisect_right(times, now) - bisect_right(times, now - _NOVELTY_WINDOW)
            fresh[company] = round(100.0 * _FADING**recent, 6)
        overall = fresh.pop("")
        return max(fresh.values(), default=overall), fresh

    def _forget(self, now: datetime) -> None:
        """Drop what has left the window, so that memory follows the window, not the corpus."""
        since = now - self.window
        while self.told and self.told[0][0] < since:
            known_at, article_id, story_id, companies = self.told.popleft()
            if self.story_of.get(article_id) == (story_id, known_at):
                del self.story_of[article_id]
            for company in ("", *companies):
                times = self.times[story_id, company]
                times.remove(known_at)
                if not times:
                    del self.times[story_id, company]
