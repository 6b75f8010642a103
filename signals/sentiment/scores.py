"""What an article says, of itself and of each of its securities.

Numbers are there at once; what they are made of is put together when somebody looks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, NamedTuple, overload

from signals.errors import SignalsError, SymbolError
from signals.news.article import Article
from signals.news.recaps import Recap
from signals.sentiment.scorer import Contribution, Given, Label, Score, TextScore, label_of
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


class Said(NamedTuple):
    """What is said of one security, or of the whole article: a score without its reasons.

    Attributes
    ----------
    symbol, mic, company, relevance
        Of the security; None, None, "" and 100 for the article.
    score
        In [-1, 1].
    scorer
        Name and version of the scorer.
    places
        Which of the article's sentences are about it, from 0 on.
    given
        What the scorer says of each of these.
    name
        What a reader calls the company; empty for the article.
    recap
        Where the article tells of its price, as in :class:`~signals.sentiment.scorer.Score`.
    """

    symbol: str | None
    mic: str | None
    company: str
    relevance: float
    score: float
    scorer: str
    places: Sequence[int]
    given: Given
    name: str = ""
    recap: Recap = ""

    def record(self, article: Article, parts: Iterable[Contribution] = ()) -> Score:
        """Give the score of this article's, with the parts that it is the sum of, or without."""
        return Score(
            article_id=article.id,
            symbol=self.symbol,
            mic=self.mic,
            company=self.company,
            known_at=article.known_at,
            precision=article.precision,
            score=self.score,
            label=label_of(self.score),
            relevance=self.relevance,
            scorer=self.scorer,
            contributions=tuple(sorted(parts, key=lambda part: (part.start, part.end))),
            recap=self.recap,
        )


Told = tuple[Sequence[Said], Mapping[str, Sequence[int]]]
"""What is said of each security; company -> places of the sentences that are about it."""


def weight(place: int) -> float:
    """Weigh a sentence by its place in the story, from 0 on, before normalising."""
    return 1.0 / (place + 1)


class Scores(Sequence[Score]):
    """What one article says about each of its securities; shows itself in a notebook.

    The sequence holds one :class:`Score` for each security with a symbol and a relevance above 0,
    the most relevant first; ``scores["MSFT"]`` is that of a symbol.

    Parameters
    ----------
    of
        The article.
    spans
        Its sentences, ``of.text[start:end]``.
    whole
        What it says as a whole.
    tell
        Gives what it says of each security, and for each company the places of the sentences that
        are about it; called when somebody asks.

    Attributes
    ----------
    whole
        The article's score without its reasons, for those who read millions.
    """

    def __init__(
        self,
        of: Article,
        spans: Sequence[tuple[int, int]],
        *,
        whole: Said,
        tell: Callable[[], Told],
    ) -> None:
        self._of = of
        self._spans = spans
        self.whole = whole
        self._tell = tell
        self._known: Told | None = None

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process, or into a copy, with everything found."""
        return _found, (self._of, self._spans, self.whole, self._told)

    @property
    def _told(self) -> Told:
        if self._known is None:  # a cached_property takes a lock, which costs more than the rest
            self._known = self._tell()
        return self._known

    @property
    def said(self) -> Sequence[Said]:
        """The score of each security without its reasons, the most relevant first."""
        return self._told[0]

    @cached_property
    def article(self) -> Score:
        """The article's own score: no symbol, no company, relevance 100."""
        return _explained(self._of, self._spans, self.whole)

    @cached_property
    def _scores(self) -> tuple[Score, ...]:
        return tuple(_explained(self._of, self._spans, one) for one in self.said)

    @cached_property
    def sentences(self) -> tuple[SentenceScore, ...]:
        """The sentences that were scored, in order."""
        total = math.fsum(map(weight, range(len(self._spans))))
        companies: list[list[str]] = [[] for _ in self._spans]
        for company, places in self._told[1].items():
            for place in places:
                companies[place].append(company)
        return tuple(
            SentenceScore(
                *span, given.score, given.label, weight(place) / total, tuple(companies[place])
            )
            for place, (span, given) in enumerate(zip(self._spans, self.whole.given, strict=True))
        )

    def sentences_about(self, company: str) -> tuple[SentenceScore, ...]:
        """Give the sentences about a company, with what each says of it.

        Their scores, weighted, add up to the company's score; the weights add up to 1. Empty for a
        company that is not scored.
        """
        told = {said.company: said for said in self.said}
        if company not in told:
            return ()
        said = told[company]
        total = math.fsum(map(weight, said.places))
        return tuple(
            replace(
                self.sentences[place],
                score=given.score,
                label=given.label,
                weight=weight(place) / total,
            )
            for place, given in zip(said.places, said.given, strict=True)
        )

    def __len__(self) -> int:
        return len(self.said)

    @overload
    def __getitem__(self, index: int | str) -> Score: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Score, ...]: ...
    def __getitem__(self, index: int | str | slice) -> Score | tuple[Score, ...]:
        """Give a score by its place or its symbol.

        Raises
        ------
        IndexError
            There is no such place.
        SymbolError
            The article is not about that symbol.
        """
        if not isinstance(index, str):
            return self._scores[index]
        symbols = [said.symbol for said in self.said]
        if index not in symbols:
            known = ", ".join(map(str, symbols)) or "none"
            raise SymbolError(f"There is no score of {index!r} here; the symbols are: {known}.")
        return self._scores[symbols.index(index)]

    def __contains__(self, item: object) -> bool:
        """Tell whether a score is there, or one of a symbol."""
        if isinstance(item, str):
            return any(said.symbol == item for said in self.said)
        return item in self._scores

    def __iter__(self) -> Iterator[Score]:
        return iter(self._scores)

    def __repr__(self) -> str:
        parts = (f"{one.symbol} {one.score:+.3f}" for one in self.said)
        return f"<Scores: {', '.join([f'article {self.whole.score:+.3f}', *parts])}>"

    def without_reasons(self) -> Iterator[Score]:
        """Give the scores without contributions, which take most of the time: for tables."""
        return (one.record(self._of) for one in self.said)

    def to_frame(self) -> pd.DataFrame:
        """Give one row for each security.

        Returns
        -------
        DataFrame
            ``article_id, symbol, mic, company``; ``known_at`` (UTC, NaT without a publication
            time); ``precision``; ``score`` in [-1, 1]; ``label``; ``relevance`` (0 to 100);
            ``scorer``; ``recap``, where the article tells that the price moved ("title", "text"
            or ""). The columns and their types are there also without a row.
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
            "recap": "str",
        }
        scores = [*self.without_reasons()]
        columns = {
            name: pd.Series([getattr(one, name) for one in scores], dtype=kind)
            for name, kind in types.items()
        }
        return pd.DataFrame(columns)

    def _repr_html_(self) -> str:
        named = ["the whole article", *(one.name for one in self.said)]
        rows = "".join(map(_html_row, named, (self.article, *self._scores)))
        return (
            "<table><thead><tr><th>symbol</th><th>company</th><th>relevance</th><th>score</th>"
            "<th>label</th><th>words that weigh most</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )


def _found(of: Article, spans: Sequence[tuple[int, int]], whole: Said, told: Told) -> Scores:
    return Scores(of, spans, whole=whole, tell=lambda: told)


def explained(name: str, text: str, given: TextScore) -> tuple[Contribution, ...]:
    """Give the parts of a sentence's score; what they leave over is a part, the whole sentence.

    Raises
    ------
    SignalsError
        A part is not a finite number, or lies outside the sentence.
    """
    parts = given.contributions
    for part in parts:
        if not (math.isfinite(part.value) and 0 <= part.start <= part.end <= len(text)):
            raise SignalsError(f"{name} gave {part!r} for {text[:60]!r}, which is no part of it.")
    rest = given.score - math.fsum(part.value for part in parts)
    if abs(rest) <= _TOLERANCE:
        return parts
    return (*parts, Contribution(0, len(text), "sentence", rest))


def _explained(article: Article, spans: Sequence[tuple[int, int]], said: Said) -> Score:
    """Give a score with its contributions, which point into the article's text."""
    total = math.fsum(map(weight, said.places))
    parts: list[Contribution] = []
    for place, given in zip(said.places, said.given, strict=True):
        start, end = spans[place]
        share = weight(place) / total
        parts += (
            Contribution(start + part.start, start + part.end, part.what, part.value * share)
            for part in explained(said.scorer, article.text[start:end], given)
        )
    return said.record(article, parts)


def _html_row(name: str, score: Score) -> str:
    parts, _ = telling(score.contributions)
    strongest = sorted(parts, key=lambda part: -abs(part.value))[:_SHOWN_WORDS]
    words = ", ".join(f"{part.what} {part.value:+.3f}" for part in strongest)
    cells = (
        score.symbol or "",
        name,
        f"{score.relevance:.0f}" if score.company else "",
        f"{score.score:+.3f}",
        score.label,
        words,
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
