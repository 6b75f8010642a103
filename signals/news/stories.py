"""Many articles, one story: copies and other words for the same fact, oldest first.

A story is known by its first telling. What tells it again is its echo; a correction, or a text
that adds a fact, is a story of its own that follows the first. An article is compared only with
what was known before it, never with hindsight, and so the state of yesterday's run is all that
today's needs.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import nsmallest
from operator import itemgetter
from types import MappingProxyType
from typing import Final, NamedTuple

from signals.errors import SignalsError
from signals.news.article import Article
from signals.news.mentions import Mentions, find_mentions
from signals.news.tellings import (
    Kind,
    Opening,
    Telling,
    compare,
    opening_of,
    telling_of,
)

WINDOW: Final = timedelta(hours=72)
"""How long after a telling another one can belong to its story."""
_NOVELTY_WINDOW: Final = timedelta(hours=24)
_FADING: Final = 0.75  # of its novelty, with every time that a story was told of a company
_POSTINGS: Final = 32  # so many tellings are kept under one mark: the time of a look-up is bounded
_COMPARED: Final = 64  # so many earlier tellings are compared, those that share most marks


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
    story_id: str
    kind: Kind
    follows: str  # the story that it corrects or adds to, or ""


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
                *(
                    one.opening.article_id,
                    one.opening.known_at and one.opening.known_at.isoformat(),
                ),
                *(one.opening.title, one.opening.text, one.opening.companies),
                *(one.story_id, one.kind, one.follows),
            ]
            for one in self.told
        ]
        return json.dumps({"version": 1, "told": rows}, ensure_ascii=False)

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
            if content["version"] != 1:
                raise SignalsError(f"Stories of version {content['version']} can't be read here.")
            told = [
                Told(
                    Opening(row[0], datetime.fromisoformat(row[1]), row[2], row[3], tuple(row[4])),
                    *row[5:],
                )
                for row in content["told"]
            ]
        except (ValueError, KeyError, TypeError, IndexError) as error:
            if isinstance(error, SignalsError):
                raise
            raise SignalsError(f"These are no stories of an earlier run: {error}.") from error
        return cls(tuple(told))


def group_stories(
    articles: Iterable[Article | Mentions],
    *,
    state: StoryState | None = None,
    window: timedelta = WINDOW,
) -> Stories:
    """Find the story of each article.

    Parameters
    ----------
    articles
        Articles, or what :func:`signals.find_mentions` found in them, in any order: they are
        taken in the order of ``known_at``.
    state
        Of the run before, ``stories.state``.
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
    return group_openings(map(_open, articles), state=state, window=window)


def group_openings(
    openings: Iterable[Opening], *, state: StoryState | None = None, window: timedelta = WINDOW
) -> Stories:
    """Find the story of each opening, as :func:`group_stories` does of articles."""
    index = _Index(window)
    for told in (state or StoryState()).told:
        index.remember(told, telling_of(told.opening))
    stories: dict[str, Story] = {}
    rows: list[Told] = []
    once: dict[str, Opening] = {}
    for opening in sorted(openings, key=_order):
        # The same text of the same second from the same source is one article.
        once.setdefault(opening.article_id, opening)
    for told, story in _follow(index, once.values()):
        stories[told.opening.article_id] = story
        rows.append(told)
    return Stories(stories, rows, index.state())


def follow_openings(
    openings: Iterable[Opening], *, window: timedelta = WINDOW
) -> Iterator[tuple[str, Story]]:
    """Find the story of each opening while they come, in the order of ``known_at``, then id.

    Nothing is kept but what the window holds: for more openings than memory does.
    """
    for told, story in _follow(_Index(window), openings):
        yield told.opening.article_id, story


def _follow(index: _Index, openings: Iterable[Opening]) -> Iterator[tuple[Told, Story]]:
    for opening in openings:
        telling = telling_of(opening)
        told = index.place(opening, telling)
        story = Story(told.story_id, *index.novelty(told))
        index.remember(told, telling)
        yield told, story


def _open(item: Article | Mentions) -> Opening:
    mentions = item if isinstance(item, Mentions) else find_mentions(item)
    companies = (one.company for one in mentions.entities if one.relevance > 0)
    return opening_of(mentions.article, companies)


def _order(opening: Opening) -> tuple[bool, datetime, str]:
    known_at = opening.known_at or datetime.max.replace(tzinfo=UTC)
    return opening.known_at is None, known_at, opening.article_id


@dataclass(slots=True)
class _Index:
    """The tellings of the window, found by the marks that a later one would share with them."""

    window: timedelta
    told: deque[tuple[Told, Telling]] = field(default_factory=deque)
    postings: dict[object, deque[tuple[Told, Telling]]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=_POSTINGS))
    )
    times: dict[tuple[str, str], deque[datetime]] = field(
        default_factory=lambda: defaultdict(deque)
    )

    def place(self, opening: Opening, telling: Telling) -> Told:
        """Compare an opening with what was known before it."""
        best: tuple[float, Told, Kind] | None = None
        for told, earlier in self._candidates(opening, telling):
            kind, closeness = compare(telling, earlier)
            if kind == "first":
                continue
            # An echo counts before a follow-up, the closer text before the other, then the older.
            rank = closeness + (kind in {"copy", "paraphrase"})
            if best is None or rank > best[0]:
                best = (rank, told, kind)
        if best is None:
            return Told(opening, opening.article_id, "first", "")
        _, told, kind = best
        if kind in {"follow-up", "correction"}:
            return Told(opening, opening.article_id, kind, told.story_id)
        return Told(opening, told.story_id, kind, "")

    def novelty(self, told: Told) -> tuple[float, Mapping[str, float]]:
        """Count how often its story was told of each company in the last day."""
        now = told.opening.known_at
        fresh: dict[str, float] = {}
        for company in ("", *told.opening.companies):
            times = self.times.get((told.story_id, company), ())
            recent = sum(1 for time in times if now and now - _NOVELTY_WINDOW < time <= now)
            fresh[company] = round(100.0 * _FADING**recent, 6)
        overall = fresh.pop("")
        return max(fresh.values(), default=overall), fresh

    def remember(self, told: Told, telling: Telling) -> None:
        """Keep a telling for those to come."""
        if told.opening.known_at is None:
            return
        row = (told, telling)
        self.told.append(row)
        for company in ("", *told.opening.companies):
            self.times[told.story_id, company].append(told.opening.known_at)
        self._forget(told.opening.known_at)
        if told.kind != "copy":  # whatever resembles a copy resembles its model
            for mark in _marks(telling):
                self.postings[mark].append(row)

    def state(self) -> StoryState:
        """Give what is still within the window of the last telling."""
        return StoryState(tuple(told for told, _ in self.told))

    def _candidates(self, opening: Opening, telling: Telling) -> list[tuple[Told, Telling]]:
        now = opening.known_at
        if now is None:
            return []
        since = now - self.window
        found: dict[int, tuple[Told, Telling]] = {}
        shared: Counter[int] = Counter()
        for mark in _marks(telling):
            rows = self.postings.get(mark, ())
            found.update(zip(map(id, rows), rows, strict=True))
            shared.update(map(id, rows))
        inside = [
            (-shared[key], _order(row[0].opening), key)
            for key, row in found.items()
            if since <= (row[0].opening.known_at or now) <= now
        ]
        closest = nsmallest(_COMPARED, inside) if len(inside) > _COMPARED else inside
        return [found[key] for _, _, key in sorted(closest, key=itemgetter(1))]

    def _forget(self, now: datetime) -> None:
        """Drop what has left the window, so that memory follows the window, not the corpus."""
        while self.told and (self.told[0][0].opening.known_at or now) < now - self.window:
            told, telling = self.told.popleft()
            for company in ("", *told.opening.companies):
                times = self.times[told.story_id, company]
                times.popleft()
                if not times:
                    del self.times[told.story_id, company]
            if told.kind == "copy":
                continue
            for mark in _marks(telling):
                rows = self.postings.get(mark)
                if rows and rows[0][0] is told:
                    rows.popleft()
                    if not rows:
                        del self.postings[mark]


def _marks(telling: Telling) -> Iterator[object]:
    """Give the marks under which a telling is found again, few enough to be cheap."""
    yield from telling.sketch
    for company in telling.companies:
        for number in sorted(telling.numbers)[:6]:
            yield company, number
        for happening in sorted(telling.happenings)[:4]:
            yield company, happening
        for word in sorted(telling.title_words, key=lambda word: (-len(word), word))[:5]:
            yield company, word
