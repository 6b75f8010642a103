"""From articles to the watch list: which story is about which symbol, and what fell out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from signals.batch.records import Analysed
from signals.exchanges import mic_of
from signals.news.article import Article
from signals.news.securities import SecurityBook
from signals.news.stories import Story
from signals.sentiment.scorer import Score, Scorer, left_out
from signals.study.status import NO_COMPANY


@dataclass(frozen=True, slots=True)
class Link:
    """A story about a symbol of the watch list."""

    article: Article
    score: Score


@dataclass(frozen=True, slots=True)
class Dropped:
    """An article that links to no symbol: "lost" or "aside", and why."""

    article: Article
    status: str
    reason: str
    detail: str


def listings_of(watch: Sequence[str]) -> dict[str, str]:
    """Give for each company of a watch list its symbol there, the first of several."""
    book = SecurityBook.default()
    listings: dict[str, str] = {}
    for symbol in watch:
        security = book.get(symbol)
        if security is not None:
            listings.setdefault(security.company, symbol)
    return listings


def watcher(watch: Sequence[str]) -> Callable[[Score], Score | None]:
    """Make a function that gives a score under the watched symbol that it is about, or None.

    A story that names another listing of a company counts for the listing that is watched.
    """
    listings = listings_of(watch)

    def find(one: Score) -> Score | None:
        if one.symbol in watch:
            return one
        symbol = listings.get(one.company)
        return None if symbol is None else replace(one, symbol=symbol, mic=mic_of(symbol))

    return find


def link(
    articles: Iterable[Article],
    analysed: Mapping[str, Analysed],
    watch: Sequence[str],
    *,
    min_relevance: float,
    scorer: Scorer,
) -> tuple[list[Link], list[Dropped]]:
    """Link articles to the watch list.

    Returns
    -------
    The links, and for each article without any the reason: it is about nobody, or about others,
    or hardly about the symbol, or a law firm's notice or a list of holdings (all of them "aside"),
    or its only notation names nothing, or it is in a language that the scorer doesn't read
    ("lost").
    """
    find = watcher(watch)
    links: list[Link] = []
    dropped: list[Dropped] = []
    for article in articles:
        seen: dict[str, Score] = {}
        for one in analysed[article.id].scores:
            about = find(one)
            if about is not None and about.symbol is not None:
                # Of two listings of one company the more relevant comes first, and counts.
                seen.setdefault(about.symbol, about)
        close = [one for one in seen.values() if one.relevance >= min_relevance]
        if close and (why := left_out(scorer, article)):
            status = "lost" if why.reason == "not_english" else "aside"
            dropped.append(Dropped(article, status, *why))
            continue
        links += [Link(article, one) for one in close]
        if not close:
            dropped.append(_why(article, analysed[article.id], hardly=bool(seen)))
    return links, dropped


def first_told(links: Iterable[Link], stories: Mapping[str, Story]) -> list[Link]:
    """Give the links that tell a story of a symbol for the first time; the others are echoes.

    Parameters
    ----------
    links
        In the order in which their articles were known.
    stories
        The story of each article.
    """
    first: dict[tuple[str, str | None], Link] = {}
    for one in links:
        first.setdefault((stories[one.article.id].story_id, one.score.symbol), one)
    return list(first.values())


def _why(article: Article, found: Analysed, *, hardly: bool) -> Dropped:
    if hardly:
        detail = "It is hardly about the symbols of the watch list that it names."
        return Dropped(article, "aside", "low_relevance", detail)
    if found.scores:
        others = ", ".join(sorted({one.symbol or "" for one in found.scores})[:5])
        return Dropped(article, "aside", "not_watched", f"It is about {others}.")
    if found.unresolved:
        return Dropped(article, "lost", "unknown_exchange", found.unresolved[0])
    return Dropped(article, "aside", *NO_COMPANY)
