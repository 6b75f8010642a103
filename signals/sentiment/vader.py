"""The scores of vaderSentiment 3.3.2, exactly, in time linear in the length of the text.

Hutto, C. J. and Gilbert, E. E. (2014), "VADER: A Parsimonious Rule-based Model for Sentiment
Analysis of Social Media Text", ICWSM-14. The word lists are in
:mod:`signals.sentiment.vader_words`, the rules in :mod:`signals.sentiment.vader_rules`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, overload

from signals.sentiment.scorer import (
    ENGLISH,
    Contribution,
    TextScore,
    checked_text,
    checked_texts,
    label_of,
)
from signals.sentiment.vader_rules import Valenced, emphasis, polarity, read, squashing
from signals.sentiment.vader_words import (
    Vocabulary,
    bare,
    checked_lexicon,
    expand_emoji,
    shipped_digest,
    tables,
)

if TYPE_CHECKING:
    from signals.sentiment.vader_batch import BatchReader

_VERSION = "3.3.2"
_DIGEST = "b0084874"  # of that version's word lists
_FEW, _SHORT = 64, 8_000  # texts, and their characters, for which arrays don't pay
_TOKEN = re.compile(r"\S+")  # what str.split() gives


class Vader:
    """vaderSentiment 3.3.2, to the last digit, without its quadratic time.

    Parameters
    ----------
    lexicon
        Word -> valence, in place of the package's own (-4 to 4 there). To add words, pass
        ``{**Vader().lexicon, "beats": 2.0}``. Tokens are looked up in lower case, so a key with
        capitals or with blanks never matches, as in the original. Nothing is shared: another
        ``Vader`` doesn't see it.

    Raises
    ------
    ConfigError
        A key is not a string, or a valence not a finite number; the entry is named.

    Examples
    --------
    >>> Vader().polarity_scores("VADER is smart, handsome, and funny!")
    {'neg': 0.0, 'neu': 0.248, 'pos': 0.752, 'compound': 0.8439}
    """

    def __init__(self, lexicon: Mapping[str, float] | None = None) -> None:
        self._lexicon = tables().lexicon if lexicon is None else checked_lexicon(lexicon)
        self._vocabulary = Vocabulary(self._lexicon)

    def __reduce__(self) -> tuple[type[Vader], tuple[dict[str, float] | None]]:
        """Travel to another process without the cache."""
        shipped = self._lexicon is tables().lexicon
        return type(self), (None if shipped else dict(self._lexicon),)

    @property
    def lexicon(self) -> Mapping[str, float]:
        """Word -> valence; can't be changed."""
        return self._lexicon

    @property
    def language(self) -> str:
        """English; "" with a lexicon of your own, which may be of any language."""
        return ENGLISH if self._lexicon is tables().lexicon else ""

    def __repr__(self) -> str:
        return f"<Vader: {self.name}>"

    @cached_property
    def name(self) -> str:
        """``vader 3.3.2``, with a digest of the word lists when they aren't that version's."""
        shipped = self._lexicon is tables().lexicon
        digest = shipped_digest() if shipped else tables().digest(self._lexicon)
        return f"vader {_VERSION}" if digest == _DIGEST else f"vader {_VERSION} lexicon {digest}"

    # A string is itself an iterable of strings, but the first signature takes it.
    @overload
    def polarity_scores(self, text: str) -> dict[str, float]: ...  # type: ignore[overload-overlap]
    @overload
    def polarity_scores(self, text: Iterable[str]) -> list[dict[str, float]]: ...
    def polarity_scores(
        self, text: str | Iterable[str]
    ) -> dict[str, float] | list[dict[str, float]]:
        """Score one text, or each of several, as vaderSentiment does.

        Parameters
        ----------
        text
            A text, or a list of texts.

        Returns
        -------
        dict or list of dict
            ``neg``, ``neu``, ``pos``: proportions that add up to 1 before rounding to 3 places;
            ``compound``: in [-1, 1], 4 places. All 0.0 for a text without words.

        Raises
        ------
        TypeError
            Something is not a string: None, a NaN, bytes.
        """
        if isinstance(text, str):
            expanded, _ = expand_emoji(text)
            return polarity(expanded, read(expanded, self._vocabulary))
        texts = checked_texts(text)
        if _are_few(texts):
            return [self.polarity_scores(one) for one in texts]
        rows = zip(*(column.tolist() for column in self._batch.columns(texts)), strict=True)
        return [
            {"neg": neg, "neu": neu, "pos": pos, "compound": compound}
            for neg, neu, pos, compound in rows
        ]

    @cached_property
    def _batch(self) -> BatchReader:
        # Imported here: one text needs no arrays.
        from signals.sentiment.vader_batch import BatchReader

        return BatchReader(self._vocabulary, lambda text: [*self.polarity_scores(text).values()])

    def scores_of(self, texts: Sequence[str]) -> list[float]:
        """Give the score of each text alone: its compound."""
        return self.compounds(checked_texts(texts))

    def compounds(self, texts: Sequence[str]) -> list[float]:
        """Give the compound of each text alone."""
        if _are_few(texts):
            return [self.compound(text) for text in texts]
        compounds: list[float] = self._batch.compounds(texts).tolist()
        return compounds

    def compound(self, text: str) -> float:
        """Give the compound of one text alone."""
        expanded, _ = expand_emoji(text)
        reading = read(expanded, self._vocabulary)
        return polarity(expanded, reading)["compound"] if reading.at else 0.0

    def score_text(self, text: str) -> TextScore:
        """Score one text: VADER's compound, its label, and what each word adds to it.

        The parts are the valences of the words and of ``!`` and ``?``, all times the same
        1 / sqrt(v^2 + 15), where v is their sum: finite also where they cancel. The rounding to
        4 places is shared in proportion to their sizes. What "but", a negation or a booster does
        is in the part of the word that it modifies. VADER has no probabilities.

        Raises
        ------
        TypeError
            The text is not a string: None, a NaN, bytes.
        """
        return self._scored(text, self.compound(checked_text(text)))

    def _scored(self, text: str, score: float) -> TextScore:
        def explain() -> tuple[Contribution, ...]:
            expanded, origin = expand_emoji(text)
            reading = read(expanded, self._vocabulary)
            parts = _parts(expanded, reading) if reading.at else []
            if origin is not None:
                parts = [
                    part._replace(start=origin[part.start], end=origin[part.end - 1] + 1)
                    for part in parts
                ]
            return _squashed(parts, score) if parts else ()

        return TextScore(score, label_of(score), None, explain)

    def score_texts(self, texts: Sequence[str]) -> list[TextScore]:
        """Score each text as :meth:`score_text` does.

        Raises
        ------
        TypeError
            ``texts`` is one string, or one of them is not a string.
        """
        checked = checked_texts(texts)
        scores = self.compounds(checked)
        return [self._scored(text, score) for text, score in zip(checked, scores, strict=True)]


def _are_few(texts: Sequence[str]) -> bool:
    """Tell whether texts are sooner scored one by one than by arrays."""
    return len(texts) < _FEW and sum(map(len, texts)) < _SHORT


class _Part(NamedTuple):
    """A valence and the word or mark that it comes from, ``text[start:end]``."""

    start: int
    end: int
    what: str
    value: float


def _parts(text: str, reading: Valenced) -> list[_Part]:
    """Find where the valences of words and punctuation come from, in order."""
    tokens = [match.span() for match in islice(_TOKEN.finditer(text), reading.at[-1] + 1)]
    parts = []
    for i, valence in zip(reading.at, reading.valences, strict=True):
        start, end = tokens[i]
        raw = text[start:end]
        word = bare(raw)
        start += raw.index(word)
        parts.append(_Part(start, start + len(word), word.lower(), valence))
    total = sum(reading.valences)
    if total:
        parts += _emphasis_parts(text, math.copysign(1.0, total))
        parts.sort()
    return parts


def _emphasis_parts(text: str, sign: float) -> list[_Part]:
    """Share the emphasis among the first four exclamation marks and the first four questions."""
    parts = []
    for mark, added in zip("!?", emphasis(text), strict=True):
        if added:
            marks = islice(re.finditer(re.escape(mark), text), 4)
            places = [match.start() for match in marks]
            value = sign * added / len(places)
            parts += [_Part(place, place + 1, mark, value) for place in places]
    return parts


def _squashed(parts: Sequence[_Part], score: float) -> tuple[Contribution, ...]:
    """Scale valences so that they add up to the score, as :meth:`Vader.score_text` says."""
    total = math.fsum(part.value for part in parts)
    factor = squashing(total)
    rounding = (score - total * factor) / math.fsum(abs(part.value) for part in parts)
    return tuple(
        Contribution(p.start, p.end, p.what, p.value * factor + abs(p.value) * rounding)
        for p in parts
    )
