"""Which companies an article mentions, where, how surely, and how much it is about each."""

from __future__ import annotations

import html
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, get_args, overload

from signals.errors import SymbolError
from signals.exchanges import Listing
from signals.news.article import Article
from signals.news.codes import (
    find_bare,
    find_bloomberg,
    find_identifiers,
    find_open_lists,
    find_pairs,
    find_rics,
    find_ticker_lines,
)
from signals.news.highlight import Mark, markup
from signals.news.listings import ListingChoice, choose_listings
from signals.news.names import link_names
from signals.news.notations import Found, How, Reading, find_cashtags, find_prefixed
from signals.news.places import Places, Zones, story_spans
from signals.news.plain import PlainText
from signals.news.relevance import Presence, relevance
from signals.news.roles import Role, role_of
from signals.news.securities import SecurityBook
from signals.news.sentences import sentence_spans

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Entity", "How", "Mention", "Mentions", "Role", "Unresolved", "find_mentions"]


class Recogniser(NamedTuple):
    """One notation of a listing, by name, and what finds it."""

    name: str
    find: Callable[[Reading], list[Found]]


RECOGNISERS: tuple[Recogniser, ...] = (
    Recogniser("exchange prefix", find_prefixed),
    Recogniser("cashtag", find_cashtags),
    Recogniser("number of a security", find_identifiers),
    Recogniser("Reuters code", find_rics),
    Recogniser("Bloomberg code", find_bloomberg),
    Recogniser("line of tickers", find_ticker_lines),
    Recogniser("tickers in brackets", find_bare),
    Recogniser("tickers in a row", find_open_lists),
    Recogniser("cryptocurrency pair", find_pairs),
)
"""Notations in the order of trust: where two overlap, the earlier one counts."""

_CHOICES = get_args(ListingChoice)
_SENTENCE_REACH = 300


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
    """The mentions of one article, in order of their place; shows itself in a notebook.

    Attributes
    ----------
    article, entities, unresolved
        The article, its companies, and the notations that name no listing.
    story
        Spans of the story's sentences in the article's text, the title whole.
    """

    def __init__(
        self,
        article: Article,
        mentions: Sequence[Mention],
        entities: Sequence[Entity],
        unresolved: Sequence[Unresolved] = (),
        *,
        story: Sequence[tuple[int, int]] | None = None,
    ) -> None:
        self.article = article
        if story is None:
            story = story_spans(article, sentence_spans(article.text))
        self.story = story
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
            f"<td>{entity.relevance:g}</td><td>{len(entity.mentions)}</td></tr>"
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
                    f"background:{'#eee' if mention.boilerplate else '#ffe9a8'}",
                    f"{mention.symbol or 'no symbol'}, {mention.how}, {mention.role}",
                ),
            )
            for mention in self
        ]
        text = markup(self.article.text, spans)
        return (
            "<table><tr><th>company</th><th>symbol</th><th>relevance</th><th>mentions</th></tr>"
            f'{rows}</table><div style="white-space:pre-wrap;max-width:45em">{text}</div>'
        )


def find_mentions(
    article: Article, *, book: SecurityBook | None = None, listing: ListingChoice = "as_written"
) -> Mentions:
    """Find the companies that an article mentions.

    Listings that the text states are taken as they are, whether or not the book has them; names
    are those that a stated listing explains, and those that the book knows on the day of the
    article. What is in boilerplate is kept and marked.

    Parameters
    ----------
    article
        The article.
    book
        Where names and symbols are looked up; ``SecurityBook.default()`` by default. An empty one
        leaves what the text itself explains.
    listing
        Which listing of a company is meant: ``"as_written"`` the first that the text states, else
        the one in New York unless the text speaks of the company's home market, else the home
        listing; ``"primary"`` the home listing; ``"us"`` the American one, over the counter too.

    Raises
    ------
    SymbolError
        ``listing`` is none of the three.

    Examples
    --------
    >>> found = find_mentions(Article.from_text("Acme (NYSE:ACM) rose. Acme makes anvils."))
    >>> [(mention.symbol, mention.start, mention.how) for mention in found]
    [('ACM', 0, 'name'), ('ACM', 6, 'explicit'), ('ACM', 22, 'name')]
    """
    if listing not in _CHOICES:
        raise SymbolError(f"listing is one of {_CHOICES}; got {listing!r}.")
    book = SecurityBook.default() if book is None else book
    plain = PlainText(article.text)
    reading = Reading(plain.text, book, article.published.date() if article.published else None)
    stated, unresolved = _read_notations(reading)
    stated, names = link_names(reading, stated)
    places = Places(article, plain)
    found = [
        one
        for one in (*stated, *names)
        if one.listing or not _credits_a_picture(reading, one, places, plain)
    ]
    found.sort(key=_start)
    choice = choose_listings(reading, found, listing)
    mentions = []
    for one, role in zip(found, _roles(reading, found, places), strict=True):
        own = one.listing if listing == "as_written" else None
        symbol, mic = own or choice[one.company] or (None, None)
        start, end = plain.origin(one.start, one.end)
        where = article.id, symbol, mic, one.company, start, end
        mentions.append(Mention(*where, one.how, role, places.boilerplate(start), one.confidence))
    entities = _gather(mentions, {one.company: one.name for one in found}, choice, places)
    failed = [Unresolved(*plain.origin(one.start, one.end), one.reason) for one in unresolved]
    return Mentions(article, mentions, entities, failed, story=places.story)


def _start(found: Found) -> int:
    return found.start


def _credits_a_picture(reading: Reading, one: Found, places: Places, plain: PlainText) -> bool:
    """Tell whether a name is an agency's in a caption: "Ada Painter/Getty Images"."""
    if not places.has_captions or places.kind(plain.origin(one.start, one.end)[0]) != "caption":
        return False
    listings = reading.book.listings(one.company, reading.as_of)
    return bool(listings) and listings[0].kind == "publisher"


def _read_notations(reading: Reading) -> tuple[list[Found], list[Found]]:
    """Run the recognisers in their order: what names a listing, and what fails to."""
    taken: list[Found] = []
    for recogniser in RECOGNISERS:
        found = recogniser.find(reading)
        if not found:
            continue
        earlier = sorted((one.start, one.end) for one in taken)
        starts = [start for start, _ in earlier]
        for one in found:
            before = bisect_right(starts, one.end - 1) - 1
            if before < 0 or earlier[before][1] <= one.start:
                taken.append(one)
    taken.sort(key=_start)
    return [one for one in taken if one.listing], [one for one in taken if not one.listing]


def _roles(reading: Reading, found: Sequence[Found], places: Places) -> list[Role]:
    """Tell of each mention whether it is a subject or a source."""
    companies: dict[int, set[str]] = {}
    roles: list[Role] = []
    for index, one in enumerate(found):
        before = found[index - 1] if index else None
        if one.how not in {"name", "alias"}:
            adjoins = before and before.company == one.company and one.start - before.end <= 3
            roles.append(roles[-1] if adjoins else "subject")
            continue
        listings = reading.book.listings(one.company, reading.as_of)
        if not listings or listings[0].kind == "company":
            roles.append("subject")
            continue
        if not companies:
            for other in found:
                companies.setdefault(places.sentence(other.start), set()).add(other.company)
        number = places.sentence(one.start)
        begin, stop = places.sentences[number]
        end = one.end
        after = found[index + 1] if index + 1 < len(found) else None
        if after and after.company == one.company and after.start - end <= 3:
            end = after.end + 1  # "Morgan Stanley (NYSE:MS) upgrades": read on behind the bracket
        # A "sentence" of a megabyte is read only around the name.
        begin, stop = max(begin, one.start - _SENTENCE_REACH), min(stop, end + _SENTENCE_REACH)
        roles.append(
            role_of(
                reading.text[begin:stop],
                one.start - begin,
                end - begin,
                kind=listings[0].kind,
                others=len(companies[number]) > 1,
            )
        )
    return roles


def _gather(
    mentions: Sequence[Mention],
    names: Mapping[str, str],
    choice: Mapping[str, Listing | None],
    places: Places,
) -> list[Entity]:
    """Gather the mentions of each company, the most relevant company first."""
    by_company: dict[str, list[Mention]] = {}
    story: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_company.setdefault(mention.company, []).append(mention)
        if mention.role == "subject" and not mention.boilerplate:
            story.setdefault(mention.company, []).append(mention)
    total = sum(map(len, story.values()))
    entities: list[Entity] = []
    for company, own in by_company.items():
        told = story.get(company, [])
        kinds = {places.kind(mention.start) for mention in told} if told else set()
        presence = Presence(
            in_title="title" in kinds,
            in_lead="lead" in kinds,
            first_sentence=places.story_sentence(told[0].start) if told else 0,
            sentences=places.story_length,
            mentions=len(told),
            all_mentions=total,
            explicit=any(mention.how not in {"name", "alias"} for mention in told),
            companies=len(story),
        )
        listing = choice[company]
        symbol, mic = listing or (None, None)
        points, parts = relevance(presence)
        entities.append(Entity(company, names[company], symbol, mic, points, parts, tuple(own)))
    return sorted(entities, key=lambda entity: (-entity.relevance, entity.mentions[0].start))
