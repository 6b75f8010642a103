"""VADER's word lists, and what its rules need to know of each token of a text.

Words that no rule looks at are all the same to us, so that a text is read once, through a cache
from raw tokens to words. The lists are those of the installed package, read once.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from numbers import Real
from types import MappingProxyType
from typing import Any

from signals.errors import ConfigError

_MAX_VALENCE = 1e6  # of a lexicon's entry: sums of squares stay far from overflow
MAX_CACHED = 1 << 16  # tokens remembered; the cache is emptied when it is full
MAX_CACHED_LENGTH = 64  # longer tokens are not remembered
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")  # as every emoji is
# Words, other than negations, boosters and parts of idioms, that rules name. Some of them do so
# without another one beside them.
_ACTING = frozenset("but no least so this".split())
_NAMED = _ACTING | frozenset("kind of or nor at very doubt".split())


@dataclass(frozen=True, slots=True)
class Tables:
    """The word lists of the installed vaderSentiment, never changed."""

    lexicon: Mapping[str, float]
    emoji: dict[str, str]
    boosters: dict[str, float]
    negations: frozenset[str]
    idioms: dict[str, float]

    def digest(self, lexicon: Mapping[str, float]) -> str:
        """Digest all lists, with this lexicon in place of the package's: 8 hex digits."""
        lists = (lexicon, self.emoji, self.boosters, dict.fromkeys(self.negations), self.idioms)
        text = repr([sorted(table.items()) for table in lists])
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


@cache
def tables() -> Tables:
    """Read the lists of the installed package; later calls give the same object."""
    # Imported here: it is needed only for its three short lists.
    from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE, SPECIAL_CASES

    return Tables(
        lexicon=MappingProxyType({w: float(v) for w, v in _rows("vader_lexicon.txt")}),
        # The original walks the text by code points: longer keys never match.
        emoji={key: words for key, words in _rows("emoji_utf8_lexicon.txt") if len(key) == 1},
        boosters=dict(BOOSTER_DICT),
        negations=frozenset(NEGATE),
        # Idioms are sought in rows of words: one of a single word never matches.
        idioms={words: float(v) for words, v in SPECIAL_CASES.items() if " " in words},
    )


@cache
def shipped_digest() -> str:
    """Digest the lists as they are in the installed package."""
    return tables().digest(tables().lexicon)


def _phrases() -> list[str]:
    """Give the idioms and the boosters of two words."""
    return [*tables().idioms, *(words for words in tables().boosters if " " in words)]


@cache
def telling_words() -> frozenset[str]:
    """Give the longest word of each phrase: where none of them is, no phrase is."""
    return frozenset(max(words.split(), key=len) for words in _phrases())


def _rows(name: str) -> Iterator[tuple[str, str]]:
    text = files("vaderSentiment").joinpath(name).read_text("utf-8")
    for line in text.split("\n"):
        if line:
            key, value = line.strip().split("\t")[:2]
            yield key, value


def checked_lexicon(lexicon: Mapping[Any, Any]) -> Mapping[str, float]:
    """Copy a user's lexicon.

    Raises
    ------
    ConfigError
        A key is not a string, or a valence not a finite number; the entry is named.
    """
    if not isinstance(lexicon, Mapping):
        raise ConfigError(f"A lexicon maps words to numbers; {type(lexicon).__name__} doesn't.")
    for word, valence in lexicon.items():
        if not isinstance(word, str):
            raise ConfigError(f"The lexicon's key {word!r} is not a string.")
        number = isinstance(valence, Real) and not isinstance(valence, bool)
        if not number or not -_MAX_VALENCE <= valence <= _MAX_VALENCE:
            raise ConfigError(
                f"The lexicon gives {word!r} the valence {valence!r}; give it a number, "
                "usually from -4 to 4."
            )
    return MappingProxyType({word: float(valence) for word, valence in lexicon.items()})


@dataclass(frozen=True, slots=True)
class Word:
    """What the rules need to know of a token.

    Attributes
    ----------
    lower, upper
        The token in lower case (empty for a plain word), and whether it is in capitals.
    known
        In the lexicon, so that it modifies nothing.
    value
        Its valence in the lexicon; None when it can't score.
    boost, negates
        What it does to a word behind it.
    modifies
        It is not known, and boosts or negates.
    acts
        It may change the valence of a word behind it, or its own, by itself: where no such word is
        near, the valence is the lexicon's.
    idiomatic
        Part of an idiom, or of a booster of two words.
    marked
        It scores, or it is "but".
    """

    lower: str
    upper: bool = False
    known: bool = False
    value: float | None = None
    boost: float = 0.0
    negates: bool = False
    modifies: bool = False
    acts: bool = False
    idiomatic: bool = False
    marked: bool = False


PLAIN = Word("")
"""A word that no rule looks at."""

_PLAIN_UPPER = Word("", upper=True)


class Vocabulary(dict[str, Word]):
    """Raw token -> word. A token that is not there is looked up in the lists and remembered."""

    def __init__(self, lexicon: Mapping[str, float]) -> None:
        super().__init__()
        self._lexicon = lexicon
        self._boosters = tables().boosters
        self._negations = tables().negations
        self._idiomatic = frozenset(word for words in _phrases() for word in words.split())

    def looked_at(self) -> set[str]:
        """Give the words, in lower case, that rules look at, but for those with "n't" in them.

        Of each idiom only one word: where that is not, the idiom is not.
        """
        lists = (self._lexicon, self._boosters, self._negations, _NAMED, telling_words())
        return set().union(*lists)

    def __missing__(self, raw: str) -> Word:
        word = self._look_up(raw)
        if len(raw) <= MAX_CACHED_LENGTH:
            if len(self) >= MAX_CACHED:
                self.clear()
            self[raw] = word
        return word

    def _look_up(self, raw: str) -> Word:
        token = bare(raw)
        lower, upper = token.lower(), token.isupper()
        known = lower in self._lexicon
        boost = self._boosters.get(lower, 0.0)
        negates = lower in self._negations or "n't" in lower
        idiomatic = lower in self._idiomatic
        if not (known or boost or negates or idiomatic or lower in _NAMED):
            return _PLAIN_UPPER if upper else PLAIN
        value = self._lexicon[lower] if known and not boost else None
        return Word(
            lower,
            upper=upper,
            known=known,
            value=value,
            boost=boost,
            negates=negates,
            modifies=not known and (boost != 0 or negates),
            acts=bool(boost or negates or lower in _ACTING or lower in telling_words()),
            idiomatic=idiomatic,
            marked=value is not None or lower == "but",
        )


def bare(raw: str) -> str:
    """Strip a token's punctuation, unless so little remains that it was an emoticon."""
    stripped = raw.strip(string.punctuation)
    return raw if len(stripped) <= 2 else stripped


def expand_emoji(text: str) -> tuple[str, list[int] | None]:
    """Put words in place of emoji.

    The original puts a space before an emoji's words, unless one is there, but none behind.

    Returns
    -------
    text
        The text with words.
    origin
        For each of its characters the place in the given text that it comes from; None when
        nothing changed.
    """
    if text.isascii():
        return text, None
    emoji = tables().emoji
    if emoji.keys().isdisjoint(_NOT_ASCII.findall(text)):
        return text, None
    pieces: list[str] = []
    origin: list[int] = []
    done = 0
    for match in _NOT_ASCII.finditer(text):
        if match[0] not in emoji:
            continue
        at = match.start()
        words = emoji[match[0]] if at == 0 or text[at - 1] == " " else " " + emoji[match[0]]
        pieces += (text[done:at], words)
        origin += [*range(done, at), *[at] * len(words)]
        done = at + 1
    pieces.append(text[done:])
    origin += range(done, len(text))
    return "".join(pieces), origin
