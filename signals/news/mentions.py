"""Which companies an article mentions, where, how surely, and how much it is about each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, overload

from signals.news.article import Article

if TYPE_CHECKING:
    import pandas as pd

How = Literal["explicit", "cashtag", "ric", "bloomberg", "name", "alias"]
Role = Literal["subject", "source"]


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where the text speaks of a company.

    Attributes
    ----------
    article_id
        The article's id.
    symbol, mic
        The listing in Yahoo's spelling, and its exchange; None for a private company.
    company
        Key shared by all listings of an issuer.
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


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A notation that looks like a listing but names none, with the reason."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Entity:
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
    """

    company: str
    name: str
    symbol: str | None
    mic: str | None
    relevance: float
    relevance_parts: Mapping[str, float]
    mentions: tuple[Mention, ...]


class Mentions(Sequence[Mention]):
    """The mentions of one article, in order of their place; shows itself in a notebook."""

    def __init__(
        self,
        article: Article,
        mentions: Sequence[Mention],
        entities: Sequence[Entity],
        unresolved: Sequence[Unresolved] = (),
    ) -> None:
        self.article = article
        self._mentions = tuple(mentions)
        self.entities = tuple(entities)
        self.unresolved = tuple(unresolved)

    def __len__(self) -> int:
        return len(self._mentions)

    @overload
    def __getitem__(self, index: int) -> Mention: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Mention, ...]: ...
    def __getitem__(self, index: int | slice) -> Mention | tuple[Mention, ...]:
        return self._mentions[index]

    def __iter__(self) -> Iterator[Mention]:
        return iter(self._mentions)
