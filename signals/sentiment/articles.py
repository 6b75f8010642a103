"""From sentences to articles: what a story says, and what it says about each security.

A scorer sees one sentence at a time: on a whole article VADER saturates, and what is said of one
company is not what is said of another. Early sentences weigh most, boilerplate is left out, and
names of companies are masked, since "United" and "share" are not praise.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, overload

from signals.errors import ConfigError, SignalsError
from signals.news.article import Article
from signals.news.mentions import Entity, Mention, Mentions, find_mentions
from signals.news.sentences import sentence_spans
from signals.sentiment.entity import About
from signals.sentiment.finance import Finance
from signals.sentiment.scorer import Contribution, Label, Score, Scorer, TextScore, label_of
from signals.sentiment.shown import telling

if TYPE_CHECKING:
    import pandas as pd

_TOLERANCE = 1e-10  # parts that add up to a sentence's score so closely are left as they are
_SHOWN_WORDS = 5  # in a notebook's table


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """One sentence of the story.

    Attributes
    ----------
    start, end
        ``article.text[start:end]`` is the sentence.
    score, label
        What the scorer says of it, the names of companies masked.
    weight
        Its share in the article's score; the shares of an article add up to 1.
    companies
        Keys of the companies that it is about, listed or not.
    """

    start: int
    end: int
    score: float
    label: Label
    weight: float
    companies: tuple[str, ...]


class Scores(Sequence[Score]):
    """What one article says about each of its securities; shows itself in a notebook.

    The sequence holds one :class:`Score` for each security with a symbol and a relevance above 0,
    the most relevant first.

    Attributes
    ----------
    article
        The article's own score: no symbol, no company, relevance 100.
    sentences
        The sentences that were scored, in order.
    """

    def __init__(
        self, scores: Sequence[Score], *, article: Score, sentences: Sequence[SentenceScore] = ()
    ) -> None:
        self._scores = tuple(scores)
        self.article = article
        self.sentences = tuple(sentences)

    def __len__(self) -> int:
        return len(self._scores)

    @overload
    def __getitem__(self, index: int) -> Score: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Score, ...]: ...
    def __getitem__(self, index: int | slice) -> Score | tuple[Score, ...]:
        return self._scores[index]

    def __iter__(self) -> Iterator[Score]:
        return iter(self._scores)

    def __repr__(self) -> str:
        parts = (f"{one.symbol} {one.score:+.3f}" for one in self._scores)
        return f"<Scores: {', '.join([f'article {self.article.score:+.3f}', *parts])}>"

    def to_frame(self) -> pd.DataFrame:
        """Give one row for each security.

        Returns
        -------
        DataFrame
            ``article_id, symbol, mic, company``; ``known_at`` (UTC, NaT without a publication
            time); ``precision``; ``score`` in [-1, 1]; ``label``; ``relevance`` (0 to 100);
            ``scorer``. The columns and their types are there also without a row.
        """
        import pandas as pd

        types = {
            "article_id": "str",
            "symbol": "str",
            "mic": "str",
            "company": "str",
            "known_at": "datetime64[us, UTC]",
            "precision": "str",
            "score": "float64",
            "label": "str",
            "relevance": "float64",
            "scorer": "str",
        }
        columns = {
            name: pd.Series([getattr(one, name) for one in self._scores], dtype=kind)
            for name, kind in types.items()
        }
        return pd.DataFrame(columns)

    def _repr_html_(self) -> str:
        rows = "".join(map(_html_row, (self.article, *self._scores)))
        return (
            "<table><thead><tr><th>symbol</th><th>company</th><th>relevance</th><th>score</th>"
            "<th>label</th><th>words that weigh most</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )


def score(
    article: Article, *, scorer: Scorer | None = None, mentions: Mentions | None = None
) -> Scores:
    """Score an article and each of its securities, sentence by sentence.

    The k-th sentence of the story (title, lead and body; only sentences with a letter) weighs
    1/k; the title is the first sentence, whole. The article's score is the weighted mean of its
    sentences' scores. A security's is the mean, with the same weights, of the sentences that are
    about it: those in which it is a subject outside boilerplate. :class:`Finance` scores each of
    these for that company, as :class:`~signals.sentiment.entity.About` does; of any other scorer
    it is the score of the sentence. The contributions of a score add up to it within 1e-9 and
    point into ``article.text``. Labels are positive from 0.05 and
    negative from -0.05, whatever the scorer's own cut-offs are.

    Without a sentence there is nothing to be for or against: a relevant security that no scored
    sentence is about, and an article that is all boilerplate, score 0.0, neutral, with no
    contributions. No score is ever NaN. Scores use nothing but the article.

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
        ``article`` is not an article.
    SignalsError
        The mentions are another article's; the scorer gives a wrong number of scores, a score
        outside [-1, 1], or contributions that lie outside the sentence.
    ConfigError
        ``scorer`` is no scorer.
    """
    if not isinstance(article, Article):
        raise TypeError(
            f"score() takes an Article, not {type(article).__name__}; "
            "read_article(path) and Article.from_text(text) make one."
        )
    scorer = Finance() if scorer is None else scorer
    if not isinstance(scorer, Scorer):
        raise ConfigError(
            f"A scorer has a name and score_texts(texts); {type(scorer).__name__} lacks one."
        )
    mentions = find_mentions(article) if mentions is None else mentions
    if mentions.article.id != article.id:
        raise SignalsError(
            f"These mentions are of article {mentions.article.id}, not of {article.id}."
        )
    spans = _story(article)
    masked = _mask(article.text, mentions)
    given = _ask(scorer, [masked[start:end] for start, end in spans])
    pieces = [
        _Piece(start, end, 1.0 / k, one)
        for k, ((start, end), one) in enumerate(zip(spans, given, strict=True), start=1)
    ]
    starts = [start for start, _ in spans]
    about = {one.company: _places(one.mentions, pieces, starts) for one in mentions.entities}
    tell = About(scorer) if isinstance(scorer, Finance) else None
    securities = [
        _score(
            article,
            scorer.name if tell is None else tell.name,
            _pieces_about(
                entity, [pieces[place] for place in about[entity.company]], mentions, tell
            ),
            entity,
        )
        for entity in mentions.entities
        if entity.symbol is not None and entity.relevance > 0
    ]
    return Scores(
        sorted(securities, key=lambda one: (-one.relevance, one.symbol or "")),
        article=_score(article, scorer.name, pieces, None),
        sentences=_sentences(pieces, about),
    )


class _Piece(NamedTuple):
    """A sentence of the story: its place, its weight before normalising, its score."""

    start: int
    end: int
    weight: float
    given: TextScore


def _story(article: Article) -> list[tuple[int, int]]:
    """Find the story's sentences, the title whole: a headline has no full stops to go by."""
    text = article.text
    zones = (
        [(zone.start, zone.end)]
        if zone.kind == "title"
        else sentence_spans(text, zone.start, zone.end)
        for zone in article.zones
        if not zone.boilerplate
    )
    spans = chain.from_iterable(zones)
    return [(start, end) for start, end in spans if any(map(str.isalpha, text[start:end]))]


def _mask(text: str, mentions: Sequence[Mention]) -> str:
    """Overwrite the names of companies, so that no scorer reads them as words.

    Character by character, so that offsets hold: blanks stay (rules count the tokens between two
    words), a capital becomes ``X`` and a small letter ``x`` (whether a token is in capitals, and
    so whether other capitals stand out, stays as it was), all else ``_`` (the mark of "Yahoo!" is
    no emphasis, the digit of "3M" no amount). No word or emoticon of VADER's lexicon consists of
    these, even with punctuation around.
    """
    pieces: list[str] = []
    done = 0
    for mention in sorted(mentions, key=lambda one: (one.start, one.end)):
        if mention.end > done:
            start = max(mention.start, done)
            pieces += (text[done:start], "".join(map(_filler, text[start : mention.end])))
            done = mention.end
    return "".join([*pieces, text[done:]])


def _filler(character: str) -> str:
    if character.isspace():
        return character
    if character.isupper():
        return "X"
    return "x" if character.islower() or character.istitle() else "_"


def _ask(scorer: Scorer, texts: list[str]) -> list[TextScore]:
    """Score the sentences, and refuse what is no score."""
    given = list(scorer.score_texts(texts)) if texts else []
    if len(given) != len(texts):
        raise SignalsError(f"{scorer.name} gave {len(given)} scores for {len(texts)} texts.")
    return [_checked(scorer.name, text, one) for text, one in zip(texts, given, strict=True)]


def _checked(name: str, text: str, given: TextScore) -> TextScore:
    """Check a sentence's score; what its parts leave over becomes a part, the whole sentence."""
    if not isinstance(given, TextScore):
        raise SignalsError(f"{name} gave {type(given).__name__}; score_texts gives TextScores.")
    if not -1.0 <= given.score <= 1.0:
        raise SignalsError(
            f"{name} gave the score {given.score!r} to {text[:60]!r}; a score lies in [-1, 1]."
        )
    for part in given.contributions:
        if not (math.isfinite(part.value) and 0 <= part.start <= part.end <= len(text)):
            raise SignalsError(f"{name} gave {part!r} for {text[:60]!r}, which is no part of it.")
    rest = given.score - math.fsum(part.value for part in given.contributions)
    if abs(rest) <= _TOLERANCE:
        return given
    whole = Contribution(0, len(text), "sentence", rest)
    return TextScore(given.score, given.label, given.probabilities, (*given.contributions, whole))


def _places(
    mentions: Sequence[Mention], pieces: Sequence[_Piece], starts: Sequence[int]
) -> list[int]:
    """Find the sentences in which a company is a subject outside boilerplate."""
    places: set[int] = set()
    for mention in mentions:
        if mention.boilerplate or mention.role != "subject":
            continue
        # The sentence in which it begins, and any that it reaches into.
        place = max(bisect_right(starts, mention.start) - 1, 0)
        while place < len(pieces) and pieces[place].start < mention.end:
            if pieces[place].end > mention.start:
                places.add(place)
            place += 1
    return sorted(places)


def _score(article: Article, name: str, pieces: Sequence[_Piece], entity: Entity | None) -> Score:
    """Combine sentences to the score of a security, or without one of the article."""
    total = math.fsum(piece.weight for piece in pieces)
    mean = math.fsum(piece.weight * piece.given.score for piece in pieces) / (total or 1.0)
    mean = min(max(mean, -1.0), 1.0)  # a mean may leave the range by its last digit
    parts = [
        Contribution(
            piece.start + part.start,
            piece.start + part.end,
            part.what,
            part.value * (piece.weight / total),
        )
        for piece in pieces
        for part in piece.given.contributions
    ]
    return Score(
        article_id=article.id,
        symbol=entity.symbol if entity else None,
        mic=entity.mic if entity else None,
        company=entity.company if entity else "",
        known_at=article.known_at,
        precision=article.precision,
        score=mean,
        label=label_of(mean),
        relevance=entity.relevance if entity else 100.0,
        scorer=name,
        contributions=tuple(sorted(parts, key=lambda part: (part.start, part.end))),
    )


def _pieces_about(
    entity: Entity, pieces: Sequence[_Piece], mentions: Mentions, about: About | None
) -> Sequence[_Piece]:
    """Score each sentence for one company, where the scorer can tell companies apart."""
    if about is None:
        return pieces
    text = mentions.article.text
    starts = [mention.start for mention in mentions]
    scored = []
    for piece in pieces:
        own: list[tuple[int, int]] = []
        others: list[tuple[int, int]] = []
        # A name may begin before the sentence: one of them, since names don't overlap.
        first = max(bisect_right(starts, piece.start) - 1, 0)
        for mention in mentions[first : bisect_right(starts, piece.end)]:
            start, end = max(mention.start, piece.start), min(mention.end, piece.end)
            if start < end:
                span = (start - piece.start, end - piece.start)
                (own if mention.company == entity.company else others).append(span)
        given = about.score_spans(text[piece.start : piece.end], target=own, others=others)
        scored.append(
            piece._replace(given=_checked(about.name, text[piece.start : piece.end], given))
        )
    return scored


def _sentences(pieces: Sequence[_Piece], about: Mapping[str, Sequence[int]]) -> list[SentenceScore]:
    total = math.fsum(piece.weight for piece in pieces)
    companies: list[list[str]] = [[] for _ in pieces]
    for company, places in about.items():
        for place in places:
            companies[place].append(company)
    return [
        SentenceScore(
            piece.start,
            piece.end,
            piece.given.score,
            piece.given.label,
            piece.weight / total,
            tuple(names),
        )
        for piece, names in zip(pieces, companies, strict=True)
    ]


def _html_row(score: Score) -> str:
    strongest = sorted(telling(score.contributions)[0], key=lambda part: -abs(part.value))[
        :_SHOWN_WORDS
    ]
    words = ", ".join(f"{part.what} {part.value:+.3f}" for part in strongest)
    cells = (
        score.symbol or "",
        score.company or "the whole article",
        f"{score.relevance:.0f}" if score.company else "",
        f"{score.score:+.3f}",
        score.label,
        words,
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
