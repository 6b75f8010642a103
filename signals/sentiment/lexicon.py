"""A scorer from a user's own list of words, such as Loughran and McDonald's."""

from __future__ import annotations

import csv
import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any

from signals.errors import ConfigError
from signals.sentiment.scorer import (
    Contribution,
    TextScore,
    checked_text,
    checked_texts,
    label_of,
)

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


class LexiconScorer:
    """Scores a text by the words of a list: their sum over the sum of their sizes.

    (positive - negative) / (positive + negative) where every word counts 1. No rule turns a word:
    "not good" counts as "good".

    Parameters
    ----------
    words
        Word -> number; above 0 is positive. The case of the words doesn't matter.
    name
        What is recorded with every score; a digest of the list is added.

    Raises
    ------
    ConfigError
        The list is empty, a key is no word, or a value is not a finite number.

    Examples
    --------
    >>> LexiconScorer({"gain": 1, "loss": -1, "fraud": -2}).score_text("Gain after fraud").score
    -0.3333333333333333
    """

    def __init__(self, words: Mapping[str, float], *, name: str = "lexicon") -> None:
        given: Any = words  # a user may pass anything
        if not isinstance(given, Mapping):
            kind = type(words).__name__
            raise ConfigError(
                f"A list of words gives each its value, as {{'gain': 1}}, not a {kind}."
            )
        if not words:
            raise ConfigError("A list of words to score by has at least one word.")
        self._words: dict[str, float] = {}
        for word, value in given.items():
            if not isinstance(word, str) or not _WORD.fullmatch(word):
                raise ConfigError(f"The list's entry {word!r} is no single word.")
            number = isinstance(value, Real) and not isinstance(value, bool)
            if not number or not math.isfinite(value):
                raise ConfigError(f"The list gives {word!r} the value {value!r}; give it a number.")
            self._words[word.lower()] = float(value)
        digest = hashlib.sha256(repr(sorted(self._words.items())).encode()).hexdigest()[:8]
        self.name = f"{name} {digest}"

    def __repr__(self) -> str:
        return f"<LexiconScorer: {self.name}, {len(self._words)} words>"

    @classmethod
    def from_csv(cls, path: str | Path, *, name: str = "lexicon") -> LexiconScorer:
        """Read a CSV file with the columns Word, Negative and Positive.

        As in Loughran and McDonald's master dictionary, which is theirs to download and to
        license: a number other than 0 marks a word, a negative one means that it was taken out.

        Raises
        ------
        ConfigError
            The file can't be read, a column is missing, or a line holds no number: it is named.
        """
        words: dict[str, float] = {}
        try:
            with Path(path).open(encoding="utf-8-sig", newline="") as file:
                rows = csv.DictReader(file)
                missing = {"Word", "Negative", "Positive"} - set(rows.fieldnames or ())
                if missing:
                    raise ConfigError(f"{path} lacks the columns {', '.join(sorted(missing))}.")
                for row in rows:
                    value = _value(row, f"{path}, line {rows.line_num}")
                    if value:
                        words[row["Word"]] = value
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path} can't be read as CSV: {error}.") from error
        return cls(words, name=name)

    def score_text(self, text: str) -> TextScore:
        """Score one text; 0.0 without a word of the list.

        Raises
        ------
        TypeError
            The text is not a string.
        """
        found = [
            (match, self._words[match[0].lower()])
            for match in _WORD.finditer(checked_text(text))
            if match[0].lower() in self._words
        ]
        size = math.fsum(abs(value) for _, value in found)
        if not size:
            return TextScore(0.0, "neutral", None, ())
        parts = tuple(
            Contribution(*match.span(), match[0].lower(), value / size) for match, value in found
        )
        score = min(max(math.fsum(part.value for part in parts), -1.0), 1.0)
        return TextScore(score, label_of(score), None, parts)

    def score_texts(self, texts: Sequence[str]) -> list[TextScore]:
        """Score each text as :meth:`score_text` does.

        Raises
        ------
        TypeError
            ``texts`` is one string, or one of them is not a string.
        """
        return [self.score_text(text) for text in checked_texts(texts)]


def _value(row: Mapping[str, str], where: str) -> float:
    """Read a word's value: 1 for positive, -1 for negative, 0 for neither."""
    try:
        positive, negative = (float(row[name] or 0) > 0 for name in ("Positive", "Negative"))
    except (TypeError, ValueError):
        given = f"{row['Positive']!r} and {row['Negative']!r}"
        raise ConfigError(f"{where}: Positive and Negative are {given}, not numbers.") from None
    return float(positive) - float(negative)
