"""What an article mentions, as records: its mentions, its companies, what could not be resolved."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, overload

from signals.news.article import Article
from signals.news.highlight import Mark, markup
from signals.news.places import Zones, story_spans
from signals.news.reading import How
from signals.news.recaps import Recap
from signals.news.roles import Role
from signals.news.sentences import sentence_spans

if TYPE_CHECKING:
    import pandas as pd

Span = tuple[int, int]


class Mention(NamedTuple):
    """One place where the text speaks of a company.

    Attributes
    ----------
    article_id
        The article's id.
    symbol, mic
        The listing in Yahoo's spelling, and its exchange; None for a private company.
    company
        Key shared by all listings of an issuer; the symbol of one that no list has.
    start, end
        ``article.text[start:end]`` is what was matched.
    how
        By which notation.
    role
        "source" when the company speaks as broker, analyst, publisher or venue.
    boilerplate
        True in a caption, a list of related stories, a disclosure or an "about" text.
    confidence
        In (0, 1].
    """

    article_id: str
    symbol: str | None
    mic: str | None
    company: str
    start: int
    end: int
    how: How
    role: Role
    boilerplate: bool
    confidence: float


class Unresolved(NamedTuple):
    """A notation that looks like a listing but names none, with the reason."""

    start: int
    end: int
    reason: str


class Entity(NamedTuple):
    """One company of an article, with all its mentions.

    Attributes
    ----------
    company, name, symbol, mic
        The issuer's key and name, and the listing that the text chose; symbol and mic are None
        for a private company.
    relevance
        0 to 100: how much the article is about it.
    relevance_parts
        What the relevance is made of: part -> points, and the factor of a round-up.
    mentions
        Its mentions, in order.
    recap
        Where the story tells that the price of its shares moved: "title", "text" or nowhere, "".
    """

    company: str
    name: str
    symbol: str | None
    mic: str | None
    relevance: float
    relevance_parts: Mapping[str, float]
    mentions: tuple[Mention, ...]
    recap: Recap = ""


Told = tuple[tuple[Mention, ...], tuple[Entity, ...], tuple[Unresolved, ...]]
"""Mentions, companies and unresolved notations of one article."""


class Mentions(Sequence[Mention]):
    """The mentions of one article, in order of their place; shows itself in a notebook.

    Parameters
    ----------
    article
        The article.
    tell
        Gives the mentions, the entities and what is unresolved; called once, when somebody asks.
    spans
        Where the mentions stand in the article's text, in order.
    story
        Spans of its story's sentences, the title whole.
    """

    def __init__(
        self,
        article: Article,
        tell: Callable[[], Told],
        *,
        spans: Sequence[Span],
        story: Sequence[Span],
    ) -> None:
        self.article = article
        self.spans = spans
        self.story = story
        self._tell = tell
        self._known: Told | None = None

    @classmethod
    def of(
        cls,
        article: Article,
        mentions: Iterable[Mention],
        entities: Iterable[Entity],
        unresolved: Iterable[Unresolved] = (),
    ) -> Mentions:
        """Make them of records."""
        told = tuple(mentions), tuple(entities), tuple(unresolved)
        spans = [(one.start, one.end) for one in told[0]]
        story = story_spans(article, sentence_spans(article.text))
        return cls(article, lambda: told, spans=spans, story=story)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process, or into a copy, with everything found and without the book."""
        return Mentions.of, (self.article, *self._told)

    @property
    def _told(self) -> Told:
        if self._known is None:
            self._known = self._tell()
        return self._known

    @property
    def entities(self) -> tuple[Entity, ...]:
        """Its companies, the most relevant first."""
        return self._told[1]

    @property
    def unresolved(self) -> tuple[Unresolved, ...]:
        """The notations that name no listing."""
        return self._told[2]

    def __len__(self) -> int:
        return len(self.spans)

    @overload
    def __getitem__(self, index: int) -> Mention: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Mention, ...]: ...
    def __getitem__(self, index: int | slice) -> Mention | tuple[Mention, ...]:
        return self._told[0][index]

    def __iter__(self) -> Iterator[Mention]:
        return iter(self._told[0])

    def to_frame(self) -> pd.DataFrame:
        """Give a table, one row a mention, in the order of the text.

        Columns: symbol, mic, company, name, text (as written), start, end, how, role,
        boilerplate, confidence, zone (None between zones), relevance (of the company, 0-100).
        """
        import pandas as pd

        zones = Zones(self.article)
        entities = {entity.company: entity for entity in self.entities}
        columns = "symbol mic company name text start end how role boilerplate confidence zone"
        rows = [
            (
                mention.symbol,
                mention.mic,
                mention.company,
                entities[mention.company].name,
                self.article.text[mention.start : mention.end],
                mention.start,
                mention.end,
                mention.how,
                mention.role,
                mention.boilerplate,
                mention.confidence,
                zones.kind(mention.start),
                entities[mention.company].relevance,
            )
            for mention in self
        ]
        return pd.DataFrame(rows, columns=[*columns.split(), "relevance"])

    def __repr__(self) -> str:
        found = ", ".join(
            f"{entity.symbol or entity.name} {entity.relevance:g}" for entity in self.entities
        )
        return f"<Mentions: {len(self)} of {len(self.entities)} companies: {found}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(entity.name)}</td><td>{html.escape(entity.symbol or '')}</td>"
            f"<td>{entity.relevance:g}</td><td>{_why(entity)}</td><td>{len(entity.mentions)}</td></tr>"
            for entity in self.entities
        )
        spans = [
            (zone.start, zone.end, Mark("color:#888"))
            for zone in self.article.zones
            if zone.boilerplate
        ]
        spans += [
            (
                mention.start,
                mention.end,
                Mark(
                    _STYLES["boilerplate" if mention.boilerplate else mention.role],
                    f"{mention.symbol or 'no symbol'}, {mention.how}, {mention.role}",
                ),
            )
            for mention in self
        ]
        text = markup(self.article.text, spans)
        legend = " ".join(f'<span style="{style}">{word}</span>' for word, style in _STYLES.items())
        return (
            "<table><tr><th>company</th><th>symbol</th><th>relevance</th><th>because of</th>"
            f"<th>mentions</th></tr>{rows}</table><p>{legend}</p>"
            f'<div style="white-space:pre-wrap;max-width:45em">{text}</div>'
        )


# With a colour of its own for the letters, so that a dark notebook shows them too.
_STYLES = {
    "subject": "background:#ffe9a8;color:#222",
    "source": "background:#d9e6f7;color:#222",
    "boilerplate": "background:#eee;color:#777",
}


def _why(entity: Entity) -> str:
    """Say what a relevance is made of: "title 40 + lead 15, round-up x 0.9"."""
    parts = dict(entity.relevance_parts)
    roundup = parts.pop("roundup", 1.0)
    points = " + ".join(f"{name} {value:.3g}" for name, value in parts.items() if value)
    return f"{points}, round-up × {roundup:.2g}" if roundup < 1 else points
