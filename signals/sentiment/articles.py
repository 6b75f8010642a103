"""From sentences to articles: what a story says, and what it says about each security.

A scorer sees one sentence at a time: on a whole article VADER saturates, and what is said of one
company is not what is said of another. Early sentences weigh most, boilerplate is left out, and
names of companies are masked, since "United" and "share" are not praise.
"""

from __future__ import annotations

import math
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import accumulate, pairwise
from operator import mul
from sys import maxsize
from typing import NamedTuple

from signals.errors import SignalsError
from signals.news.article import Article
from signals.news.given import Readable, expect_article, given_articles
from signals.news.mentions import Entity, Mentions, find_all_mentions, find_mentions
from signals.sentiment.asking import ask, expect_scorer, keeps_finance
from signals.sentiment.entity import About, Naming
from signals.sentiment.finance import Finance
from signals.sentiment.implied import implied_places, stated_places
from signals.sentiment.scorer import Given, Scorer, left_out
from signals.sentiment.scores import Said, Scores, Told, weight

Span = tuple[int, int]
_MOST_NAMED = 64  # companies that one sentence may single out
_LISTED = Naming("", ())  # of a sentence that names more: it says of each what it says as a whole
_Companies = Sequence[tuple[Entity, Sequence[int]]]
"""The companies of an article, each with the places of the sentences that are about it."""


def score(
    article: Article, *, scorer: Scorer | None = None, mentions: Mentions | None = None
) -> Scores:
    """Score an article and each of its securities, sentence by sentence.

    The k-th sentence of the story (title, lead and body; only sentences with a letter) weighs
    1/k; the title is the first sentence, whole. The article's score is the weighted mean of its
    sentences' scores. A security's is the mean, with the same weights, of the sentences that are
    about it: those in which it is a subject outside boilerplate, and those that name no company
    but go on about it ("Its shares fell", "We" in its own release). :class:`Finance` scores each of
    these for that company, as :class:`~signals.sentiment.entity.About` does; of any other scorer,
    and where a sentence names more than 64 companies, it is the score of the sentence. The
    contributions of a score add up to it within 1e-9 and point into ``article.text``. Labels are
    positive from 0.05 and negative from -0.05, whatever the scorer's own cut-offs are.

    Without a sentence there is nothing to be for or against: a relevant security that no scored
    sentence is about, and an article that is all boilerplate, score 0.0, neutral, with no
    contributions. No score is ever NaN. Scores use nothing but the article. An article in a
    language that the scorer doesn't read, as far as its commonest words tell, is scored with a
    warning, since the numbers mean nothing; so are law firms' notices to shareholders and lists of
    what a fund held, which are no news.

    Parameters
    ----------
    article
        The article.
    scorer
        What scores its sentences; :class:`~signals.sentiment.finance.Finance` by default.
    mentions
        Its mentions; found by default.

    Raises
    ------
    TypeError
        ``article`` is not an article, or ``mentions`` are none.
    SignalsError
        The mentions are another article's; the scorer gives a wrong number of scores, a score
        outside [-1, 1], or contributions that lie outside the sentence.
    ConfigError
        ``scorer`` is no scorer.
    """
    expect_article(article, "score")
    mentions = find_mentions(article) if mentions is None else mentions
    if not isinstance(mentions, Mentions):
        raise TypeError(f"mentions are what find_mentions() gives, not {type(mentions).__name__}.")
    if mentions.article.id != article.id:
        raise SignalsError(
            f"These mentions are of article {mentions.article.id}, not of {article.id}."
        )
    scorer = expect_scorer(scorer)
    _warn_of_left_out([mentions], scorer)
    return score_found([mentions], scorer)[0]


def score_articles(
    articles: Iterable[Article | Mentions] | Readable, *, scorer: Scorer | None = None
) -> list[Scores]:
    """Score many articles as :func:`score` does each, their sentences all at once.

    Parameters
    ----------
    articles
        Articles, or what :func:`signals.find_mentions` found in them. Some hundreds or thousands:
        what is given is kept until all are scored. Or a source of articles, such as
        :class:`signals.FrameSource`: a warning counts what it quarantines, by reason.
    scorer
        What scores their sentences; :class:`~signals.sentiment.finance.Finance` by default.

    Returns
    -------
    list of Scores
        One an article, equal to what :func:`score` gives.

    Raises
    ------
    TypeError, SignalsError, ConfigError
        As for :func:`score`.
    """
    scorer = expect_scorer(scorer)
    found = _found(given_articles(articles, "score_articles"))
    _warn_of_left_out(found, scorer)
    return score_found(found, scorer)


def score_found(found: Sequence[Mentions], scorer: Scorer) -> list[Scores]:
    """Score articles as :func:`score_articles` does, whatever language they are in."""
    stories = [_story(one) for one in found]
    texts: list[str] = []
    for mentions, spans in zip(found, stories, strict=True):
        masked = _mask(mentions.article.text, mentions.spans)
        texts += [masked[start:end] for start, end in spans]
    given = ask(scorer, texts)
    scored: list[_Scored] = []
    begin = 0
    for mentions, spans in zip(found, stories, strict=True):
        scored.append(_Scored(mentions, spans, given.of(range(begin, begin + len(spans)))))
        begin += len(spans)
    tellings = _Tellings(scorer, scored)
    return [
        Scores(
            one.mentions.article,
            one.spans,
            whole=_said(None, scorer.name, range(len(one.spans)), one.given),
            tell=partial(tellings.of, number),
        )
        for number, one in enumerate(scored)
    ]


_LEAVE = "Leave such articles out, as analyse() does."
_ADVICE = {
    "not_english": (
        "Its score means nothing. Pass a scorer of your own that reads it, or leave such "
        "articles out."
    ),
    "solicitation": _LEAVE,
    "holdings_notice": _LEAVE,
}


def _warn_of_left_out(found: Sequence[Mentions], scorer: Scorer) -> None:
    """Warn of articles that are no news, or none that the scorer can read, once a reason."""
    reasons: dict[str, list[tuple[Article, str]]] = {}
    for article in (one.article for one in found):
        if why := left_out(scorer, article):
            reasons.setdefault(why.reason, []).append((article, why.detail))
    for reason, those in reasons.items():
        article, detail = those[0]
        count = f"{len(those)} of {len(found)} that are scored should not count"
        warnings.warn(
            f"{count} ({reason}). The first is {article.title or article.text!r:.60}. {detail} "
            f"{_ADVICE[reason]}",
            stacklevel=3,
        )


class _Scored(NamedTuple):
    """An article, its sentences and what is said of each."""

    mentions: Mentions
    spans: Sequence[Span]
    given: Given


class _Tellings:
    """What some articles say about each security.

    A scorer that can't tell companies apart says of each what it says of the sentences; one that
    can is asked for all articles at once, when somebody first asks for one.
    """

    def __init__(self, scorer: Scorer, articles: Sequence[_Scored]) -> None:
        self._scorer = scorer
        self._articles = articles
        self._told: list[Told] | None = None

    def of(self, number: int) -> Told:
        """Tell what an article says."""
        if not (isinstance(self._scorer, Finance) and keeps_finance(self._scorer)):
            return _as_sentences(self._articles[number], self._scorer.name)
        if self._told is None:
            self._told = _tell(About(self._scorer), self._articles)
        return self._told[number]


def _found(given: Sequence[Article | Mentions]) -> list[Mentions]:
    """Find the mentions of those that come without."""
    for one in given:
        if not isinstance(one, Mentions):
            expect_article(one, "score_articles")
    made = iter(find_all_mentions([one for one in given if isinstance(one, Article)]))
    return [next(made) if isinstance(one, Article) else one for one in given]


def _story(mentions: Mentions) -> list[Span]:
    """Give the story's sentences that have a letter."""
    text = mentions.article.text
    return [
        span
        for span in mentions.story
        if text[span[0]].isalpha() or any(map(str.isalpha, text[slice(*span)]))
    ]


def _mask(text: str, spans: Iterable[Span]) -> str:
    """Overwrite the names of companies, so that no scorer reads them as words.

    Character by character, so that offsets hold: blanks stay (rules count the tokens between two
    words), a capital becomes ``X`` and a small letter ``x`` (whether a token is in capitals, and
    so whether other capitals stand out, stays as it was), all else ``_`` (the mark of "Yahoo!" is
    no emphasis, the digit of "3M" no amount). No word or emoticon of VADER's lexicon consists of
    these, even with punctuation around.
    """
    pieces: list[str] = []
    done = 0
    for start, end in sorted(spans):
        if end > done:
            begin = max(start, done)
            pieces += (text[done:begin], _hidden(text[begin:end]))
            done = end
    return "".join([*pieces, text[done:]])


@lru_cache(1 << 12)
def _hidden(name: str) -> str:
    return "".join(map(_filler, name))


def _filler(character: str) -> str:
    if character.isspace():
        return character
    if character.isupper():
        return "X"
    return "x" if character.islower() or character.istitle() else "_"


def _companies(article: _Scored) -> _Companies:
    """Give the companies of an article; a sentence that names none may be about the last one."""
    mentions, spans, _ = article
    places = {one.company: stated_places(one.mentions, spans) for one in mentions.entities}
    for company, place in implied_places(mentions, spans):
        if places.get(company):
            places[company] = sorted([*places[company], place])
    return [(entity, places[entity.company]) for entity in mentions.entities]


def _is_scored(entity: Entity) -> bool:
    return entity.symbol is not None and entity.relevance > 0


def _as_sentences(article: _Scored, name: str) -> Told:
    """Say of each security what is said of its sentences."""
    companies = _companies(article)
    return _told(companies, name, (article.given.of(places) for _, places in companies))


def _tell(tell: About, articles: Sequence[_Scored]) -> list[Told]:
    """Score the sentences of each article for each of its securities, all at once."""
    companies = [_companies(one) for one in articles]
    namings: list[Naming] = []
    sentences: list[tuple[Given, int]] = []
    for one, found in zip(articles, companies, strict=True):
        scored = [(entity.company, places) for entity, places in found if _is_scored(entity)]
        namings += _namings(one, scored)
        sentences += [(one.given, place) for _, places in scored for place in places]
    numbers = [given.numbers[place] for given, place in sentences]
    wholes = Given(numbers, lambda number: sentences[number][0][sentences[number][1]])
    own = tell.score_each(namings, sentences=wholes)
    told: list[Told] = []
    done = 0
    for found in companies:
        counts = [len(places) if _is_scored(entity) else 0 for entity, places in found]
        bounds = [*accumulate(counts, initial=done)]
        told.append(_told(found, tell.name, (own.of(range(*two)) for two in pairwise(bounds))))
        done = bounds[-1]
    return told


def _told(companies: _Companies, scorer: str, given: Iterable[Given]) -> Told:
    """Combine the sentences that are about each security."""
    said = [
        _said(entity, scorer, places, own)
        for (entity, places), own in zip(companies, given, strict=True)
        if _is_scored(entity)
    ]
    said.sort(key=lambda one: (-one.relevance, one.symbol or ""))
    return said, {entity.company: places for entity, places in companies}


def _said(entity: Entity | None, scorer: str, places: Sequence[int], given: Given) -> Said:
    """Combine sentences to the score of a security, or without one of the article."""
    weights, total = _weights(places if isinstance(places, range) else tuple(places))
    mean = math.fsum(map(mul, weights, given.numbers)) / (total or 1.0)
    mean = min(max(mean, -1.0), 1.0)  # a mean may leave the range by its last digit
    if entity is None:
        return Said(None, None, "", 100.0, mean, scorer, places, given)
    listing = entity.symbol, entity.mic, entity.company, entity.relevance
    return Said(*listing, mean, scorer, places, given, entity.name, entity.recap)


@lru_cache(1 << 12)
def _weights(places: range | tuple[int, ...]) -> tuple[list[float], float]:
    weights = list(map(weight, places))
    return weights, math.fsum(weights)


def _namings(article: _Scored, companies: Iterable[tuple[str, Sequence[int]]]) -> Iterator[Naming]:
    """Say where the sentences about each company name it, and others."""
    mentions, spans, _ = article
    known: dict[int, tuple[str, list[tuple[str, Span]]]] = {}
    for company, places in companies:
        for place in places:
            if place not in known:
                text = mentions.article.text[slice(*spans[place])]
                known[place] = text, _names(mentions, spans[place])
            text, names = known[place]
            if len(names) > _MOST_NAMED and len({name for name, _ in names}) > _MOST_NAMED:
                yield _LISTED
                continue
            own = [at for name, at in names if name == company]
            if not own:
                yield _LISTED  # it names nobody, and all of it is meant
                continue
            yield Naming(text, own, [at for name, at in names if name != company])


def _names(mentions: Mentions, span: Span) -> list[tuple[str, Span]]:
    """Say where a sentence names companies, and which."""
    start, end = span
    names: list[tuple[str, Span]] = []
    # A name may begin before the sentence: one of them, since names don't overlap.
    first = max(bisect_right(mentions.spans, (start, maxsize)) - 1, 0)
    for mention in mentions[first : bisect_right(mentions.spans, (end, maxsize))]:
        begin, stop = max(mention.start, start), min(mention.end, end)
        if begin < stop:
            names.append((mention.company, (begin - start, stop - start)))
    return names
