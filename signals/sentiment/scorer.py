"""What a scorer is and what it gives; what an article says about one security."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, NamedTuple, Protocol, overload, runtime_checkable

from signals.errors import SignalsError
from signals.news.article import Article
from signals.news.holdings import is_holdings_notice
from signals.news.language import why_foreign
from signals.news.published import Precision
from signals.news.recaps import Recap
from signals.news.solicitations import is_solicitation

Label = Literal["positive", "neutral", "negative"]

ENGLISH: Final = "English"
"""The ``language`` of a scorer that reads no other."""

NEUTRAL_BELOW = 0.05
"""Scores nearer to 0 than this are neutral: VADER's own cut-off."""


def label_of(score: float) -> Label:
    """Label a score: positive from 0.05, negative from -0.05, neutral between.

    Raises
    ------
    SignalsError
        The score is not a number in [-1, 1].
    """
    if not -1.0 <= score <= 1.0:
        raise SignalsError(f"A score lies in [-1, 1]; {score!r} does not.")
    if score >= NEUTRAL_BELOW:
        return "positive"
    return "negative" if score <= -NEUTRAL_BELOW else "neutral"


class Contribution(NamedTuple):
    """A part of a score and the words it comes from, ``text[start:end]``.

    The parts of a score add up to it within 1e-9. ``what`` names the word or the rule.
    """

    start: int
    end: int
    what: str
    value: float


class TextScore:
    """How positive one text is; not to be changed.

    A plain class with slots and no frozen dataclass: finding the contributions costs more than
    the score, so that they may wait until somebody looks at them.

    Attributes
    ----------
    score
        In [-1, 1].
    label
        By the scorer's own cut-offs.
    probabilities
        Of each label, when the scorer has them; else None.
    contributions
        What the score is made of, offsets into the scored text. A scorer may give a function that
        finds them, which is called when they are first looked at.
    """

    __slots__ = ("_contributions", "label", "probabilities", "score")

    def __init__(
        self,
        score: float,
        label: Label,
        probabilities: Mapping[str, float] | None,
        contributions: tuple[Contribution, ...] | Callable[[], tuple[Contribution, ...]],
    ) -> None:
        self.score = score
        self.label = label
        self.probabilities = probabilities
        self._contributions = contributions

    @property
    def waits(self) -> bool:
        """Whether nobody has looked at the contributions yet, and they are still to be found."""
        return callable(self._contributions)

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """What the score is made of."""
        if callable(self._contributions):
            self._contributions = self._contributions()
        return self._contributions

    def _fields(self) -> tuple[object, ...]:
        return (self.score, self.label, self.probabilities, self.contributions)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TextScore) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash((self.score, self.label))

    def __repr__(self) -> str:
        told = {} if self.probabilities is None else self.probabilities
        shares = "".join(f", {label} {share:.3f}" for label, share in told.items())
        return f"<TextScore: {self.score:+.3f} {self.label}{shares}>"

    def __reduce__(self) -> tuple[type[TextScore], tuple[object, ...]]:
        """Travel to another process with the contributions found."""
        return type(self), self._fields()


def checked_text(text: str) -> str:
    """Give the text when it is a string.

    Raises
    ------
    TypeError
        It is None, a NaN, bytes, ...
    """
    if not isinstance(text, str):
        raise TypeError(f"A text to score is a string, not {type(text).__name__}.")
    return text


def checked_texts(texts: Iterable[str]) -> list[str]:
    """Give the texts as a list.

    Raises
    ------
    TypeError
        They are one string, or one of them is not a string; its place is named.
    """
    if isinstance(texts, str):
        raise TypeError("Texts to score are a list of strings; score_text scores one.")
    if not isinstance(texts, Iterable) or isinstance(texts, bytes | bytearray | Mapping):
        raise TypeError(f"Texts to score are a list of strings, not {type(texts).__name__}.")
    checked = list(texts)
    if set(map(type, checked)) <= {str}:
        return checked
    for i, text in enumerate(checked):
        if not isinstance(text, str):
            raise TypeError(
                f"Text {i} of {len(checked)} is {type(text).__name__}, not a string; "
                "leave out rows that have no text."
            )
    return checked


@runtime_checkable
class Scorer(Protocol):
    """Anything that scores texts: pass your own object where a scorer is asked for.

    One that reads English alone may say so, ``language = "English"``: it is then asked for no
    article that is told to be in another language.
    """

    @property
    def name(self) -> str:
        """Name and version, as recorded with every score."""
        ...

    def score_texts(self, texts: Sequence[str]) -> list[TextScore]:
        """Score each text; the same text always gets the same score."""
        ...


@runtime_checkable
class NumberScorer(Scorer, Protocol):
    """A scorer that gives numbers alone sooner than numbers with what they are made of."""

    def scores_of(self, texts: Sequence[str]) -> list[float]:
        """Give the score of each text, as :meth:`Scorer.score_texts` does."""
        ...

    def score_text(self, text: str) -> TextScore:
        """Score one text."""
        ...


def why_unread(scorer: Scorer, article: Article) -> str:
    """Say why a scorer can't read an article; "" where it can, and where nothing tells."""
    if getattr(scorer, "language", None) != ENGLISH or not (why := why_foreign(article)):
        return ""
    return f"It is not in {ENGLISH} ({why}), and {scorer.name} reads nothing else."


class LeftOut(NamedTuple):
    """Why an article counts for nothing: a code, and a sentence."""

    reason: str
    detail: str


def left_out(scorer: Scorer, article: Article) -> LeftOut | None:
    """Say why an article is no news that can be scored; None for one that is.

    Reasons: ``not_english``, of a scorer that reads nothing else, ``solicitation`` and
    ``holdings_notice``.
    """
    if unread := why_unread(scorer, article):
        return LeftOut("not_english", unread)
    if is_solicitation(article):
        detail = "It is a law firm's notice to shareholders, which is an advertisement and no news."
        return LeftOut("solicitation", detail)
    if is_holdings_notice(article):
        detail = (
            "It lists what a fund held when a quarter ended, weeks ago, and nobody did that day."
        )
        return LeftOut("holdings_notice", detail)
    return None


class Given(Sequence[TextScore]):
    """What a scorer says of some texts: numbers at once, the rest when somebody looks.

    Parameters
    ----------
    numbers
        The score of each text.
    make
        Gives the whole score of a text, by its place.
    places
        The places of these texts among those that ``make`` knows; by default they are all.
    """

    __slots__ = ("_make", "_places", "numbers")

    def __init__(
        self,
        numbers: Sequence[float],
        make: Callable[[int], TextScore],
        places: Sequence[int] | None = None,
    ) -> None:
        self.numbers = numbers
        self._make = make
        self._places = range(len(numbers)) if places is None else places

    @classmethod
    def found(cls, scores: Sequence[TextScore]) -> Given:
        """Make it of scores that are there."""
        return cls([one.score for one in scores], scores.__getitem__)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process, or into a copy, with everything found."""
        return Given.found, (list(self),)

    def of(self, places: Sequence[int]) -> Given:
        """Give what is said of some of the texts."""
        if isinstance(places, range):
            some = slice(places.start, places.stop, places.step)
            return Given(self.numbers[some], self._make, self._places[some])
        own = [self.numbers[place] for place in places]
        return Given(own, self._make, [self._places[place] for place in places])

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, index: int) -> TextScore: ...
    @overload
    def __getitem__(self, index: slice) -> list[TextScore]: ...
    def __getitem__(self, index: int | slice) -> TextScore | list[TextScore]:
        places = self._places[index]
        return self._make(places) if isinstance(places, int) else [*map(self._make, places)]


@dataclass(frozen=True, slots=True)
class Score:
    """What one article says about one security, and when that could be known.

    Attributes
    ----------
    article_id, symbol, mic, company
        Which article and which listing.
    known_at
        UTC instant at which anyone could first know it; None for an article without a time.
    precision
        What the publication time resolves: "second", "minute", "day", or None.
    score
        In [-1, 1].
    label
        "positive", "neutral" or "negative".
    relevance
        0 to 100: how much the article is about it.
    scorer
        Name and version of the scorer.
    contributions
        What the score is made of, offsets into the article's text.
    recap
        Where the article tells that the share's price moved: "title", "text" or nowhere, "". What
        it tells is in the return of its session, or of the one before, whatever it says else.
    """

    article_id: str
    symbol: str | None
    mic: str | None
    company: str
    known_at: datetime | None
    precision: Precision | None
    score: float
    label: Label
    relevance: float
    scorer: str
    contributions: tuple[Contribution, ...] = field(repr=False)
    recap: Recap = ""
