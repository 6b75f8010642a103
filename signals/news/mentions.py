"""Which companies an article mentions, where, how surely, and how much it is about each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import repeat
from operator import itemgetter
from typing import NamedTuple, get_args

from signals.errors import SymbolError
from signals.exchanges import Listing
from signals.news.article import Article
from signals.news.given import expect_article
from signals.news.listings import ListingChoice, choose_listings
from signals.news.mentioned import Entity, Mention, Mentions, Told, Unresolved
from signals.news.nameindex import fold
from signals.news.names import link_names
from signals.news.places import Places, Span, Zones, story_spans
from signals.news.plain import PlainText
from signals.news.reading import NAMED, Found, How, Reading, Taken
from signals.news.recaps import Recap, find_recaps
from signals.news.recognisers import SIGNS, read_notations
from signals.news.relevance import Presence, relevance
from signals.news.roles import Role, roles_of
from signals.news.securities import SecurityBook
from signals.news.sentences import sentence_spans

__all__ = [
    "Entity",
    "How",
    "Mention",
    "Mentions",
    "Role",
    "Unresolved",
    "find_all_mentions",
    "find_mentions",
]


_CHOICES = get_args(ListingChoice)
_REPORTERS = re.compile(r"\b(?:[Rr]eporting|[Ee]diting|[Ww]riting) by [^\n]{0,300}")
_BY_START, _SPAN = itemgetter(0), itemgetter(0, 1)  # of what was found


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
    TypeError
        ``article`` is not an article.
    SymbolError
        ``listing`` is none of the three.

    Examples
    --------
    >>> found = find_mentions(Article.from_text("Acme (NYSE:ACM) rose. Acme makes anvils."))
    >>> [(mention.symbol, mention.start, mention.how) for mention in found]
    [('ACM', 0, 'name'), ('ACM', 6, 'explicit'), ('ACM', 22, 'name')]
    """
    return find_all_mentions([article], book=book, listing=listing)[0]


def find_all_mentions(
    articles: Sequence[Article],
    *,
    book: SecurityBook | None = None,
    listing: ListingChoice = "as_written",
) -> list[Mentions]:
    """Find the companies of many articles as :func:`find_mentions` does, in less time for each.

    What all texts can be asked at once is asked once. Some hundreds of articles are enough.

    Raises
    ------
    TypeError, SymbolError
        As for :func:`find_mentions`.
    """
    for article in articles:
        expect_article(article, "find_mentions")
    if listing not in _CHOICES:
        raise SymbolError(f"listing is one of {_CHOICES}; got {listing!r}.")
    book = SecurityBook.default() if book is None else book
    if not isinstance(book, SecurityBook):
        raise TypeError(f"book is a SecurityBook, not {type(book).__name__}.")
    plains = [PlainText(article.text) for article in articles]
    readings = _read(articles, plains, book)
    return [*map(_link, articles, plains, readings, repeat(listing))]


def _read(
    articles: Sequence[Article], plains: Sequence[PlainText], book: SecurityBook
) -> list[Reading]:
    """Look at all texts at once for names of the book and for signs of notations."""
    texts = [plain.text for plain in plains]
    folded = [fold(text) for text in texts]
    names = book.scan(folded)
    signs = SIGNS.of(texts, folded)
    return [
        Reading(
            text,
            small,
            found,
            held,
            book=book,
            as_of=article.published.date() if article.published else None,
        )
        for article, text, small, found, held in zip(
            articles, texts, folded, names, signs, strict=True
        )
    ]


def _link(article: Article, plain: PlainText, reading: Reading, listing: ListingChoice) -> Mentions:
    """Find what one article mentions; who it is about is told when somebody asks."""
    stated, unresolved = read_notations(reading)
    stated, names = link_names(reading, stated)
    found = [*stated, *_without_reporters(reading, names)]
    sentences = sentence_spans(article.text)
    if "caption" in [zone.kind for zone in article.zones]:
        zones = Zones(article)
        found = [
            one
            for one in found
            if one.listing or not _credits_a_picture(reading, one, zones, plain)
        ]
    found.sort(key=_BY_START)
    spans = [*map(_SPAN, found)]
    if not plain.is_original:
        spans = [plain.origin(*span) for span in spans]
    story = story_spans(article, sentences)
    linked = _Linked(article, plain, reading, found, spans, unresolved, sentences, story)
    return Mentions(article, partial(_tell, linked, listing), spans=spans, story=story)


class _Linked(NamedTuple):
    """What was found in an article.

    Attributes
    ----------
    article, plain, reading
        The article, its text as patterns read it, and what was read there.
    found
        What names a company, in order.
    spans
        Where each of it stands in the article's own text.
    unresolved
        What names no listing.
    sentences
        Spans of all sentences of the article's own text.
    story
        Those of the story, its title whole.
    """

    article: Article
    plain: PlainText
    reading: Reading
    found: Sequence[Found]
    spans: Sequence[Span]
    unresolved: Sequence[Found]
    sentences: Sequence[Span]
    story: Sequence[Span]


def _tell(linked: _Linked, listing: ListingChoice) -> Told:
    """Make the records of an article: its mentions, its companies, what is unresolved."""
    article, plain, reading, found, spans, unresolved, sentences, story = linked
    places = Places(article, plain, sentences)
    choice = choose_listings(reading, found, listing)
    mentions = []
    for one, role, (start, end) in zip(found, roles_of(reading, found, places), spans, strict=True):
        company = one.company
        own = one.listing if listing == "as_written" else None
        symbol, mic = own or choice[company] or (None, None)
        where = article.id, symbol, mic, company, start, end
        boilerplate = places.boilerplate(start)
        mentions.append(Mention(*where, one.how, role, boilerplate, one.confidence))
    entities = _gather(mentions, {one.company: one.name for one in found}, choice, places)
    recaps = _recaps_in(article, story, entities)
    if recaps:
        entities = [one._replace(recap=recaps.get(one.company, "")) for one in entities]
    failed = (Unresolved(*plain.origin(one.start, one.end), one.reason) for one in unresolved)
    return tuple(mentions), tuple(entities), tuple(failed)


def _recaps_in(
    article: Article, story: Sequence[Span], entities: Sequence[Entity]
) -> dict[str, Recap]:
    """Find the companies whose shares the story says have moved."""
    named = {
        entity.company: [
            (one.start, one.end)
            for one in entity.mentions
            if one.role == "subject" and not one.boilerplate
        ]
        for entity in entities
        if entity.relevance > 0
    }
    titled = any(zone.kind == "title" for zone in article.zones)
    return find_recaps(article.text, story, named, titled=titled)


def _without_reporters(reading: Reading, names: list[Found]) -> list[Found]:
    """Leave out people who are called like a company: "(Reporting by Ada Shimizu)"."""
    if "ing by " not in reading.text:
        return names
    told = Taken(one.span() for one in _REPORTERS.finditer(reading.text))
    return [one for one in names if not told.overlaps(one.start, one.start + 1)]


def _credits_a_picture(reading: Reading, one: Found, zones: Zones, plain: PlainText) -> bool:
    """Tell whether a name is an agency's in a caption: "Ada Painter/Getty Images"."""
    zone = zones.kind(plain.origin(one.start, one.end)[0])
    return zone == "caption" and reading.kind(one.company) == "publisher"


def _gather(
    mentions: Sequence[Mention],
    names: Mapping[str, str],
    choice: Mapping[str, Listing | None],
    places: Places,
) -> list[Entity]:
    """Gather the mentions of each company, the most relevant company first."""
    by_company: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_company.setdefault(mention.company, []).append(mention)
    story = [
        [mention for mention in own if mention.role == "subject" and not mention.boilerplate]
        for own in by_company.values()
    ]
    total = sum(map(len, story))
    companies = sum(map(bool, story))
    entities: list[Entity] = []
    for (company, own), told in zip(by_company.items(), story, strict=True):
        kinds = {places.kind(mention.start) for mention in told}
        presence = Presence(
            "title" in kinds,
            "lead" in kinds,
            places.story_sentence(told[0].start) if told else 0,
            places.story_length,
            len(told),
            total,
            not NAMED.issuperset([mention.how for mention in told]),
            companies,
        )
        symbol, mic = choice[company] or (None, None)
        points, parts = relevance(presence)
        entities.append(Entity(company, names[company], symbol, mic, points, parts, tuple(own)))
    return sorted(entities, key=lambda entity: (-entity.relevance, entity.mentions[0].start))
