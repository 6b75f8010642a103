"""Texts as bytes: find, by NumPy, the few tokens that VADER's rules may look at.

All texts are joined and parted where blanks are. A table of hashes of the first letters of words
tells which tokens may be in the word lists: it lets others pass, but misses none. What those that
pass are is remembered by their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from signals.sentiment.arrays import Booleans, Integers
from signals.sentiment.vader_words import expand_emoji

Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.uint16]
Words = npt.NDArray[np.uint64]

_END = "\0"  # between two texts
_WINDOW = 8  # bytes of a token in one number
_LONGEST = 2 * _WINDOW  # bytes of a token that is remembered
_MASKS = np.array([(1 << 8 * n) - 1 for n in range(_WINDOW + 1)], dtype=np.uint64)
_SLOTS = 15  # bits of the memory for tokens
_MULTIPLIERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_CONTROLS = ~np.isin(np.arange(256), [0, *range(9, 14), *range(28, 256)])  # that are no blanks


class Tokens(NamedTuple):
    """The tokens of all texts.

    Attributes
    ----------
    texts
        The texts, with words in place of emoji.
    data
        The texts as bytes.
    starts, ends
        Where each token stands in them.
    bounds
        Where each text begins, and where the last one ends: the byte before.
    first, stop
        For each text its first token and the one behind its last.
    passed
        The tokens that the rules may look at.
    unread
        Texts that bytes can't tell: other blanks than those of ASCII, capitals, ...
    """

    texts: Sequence[str]
    data: bytes
    starts: Integers
    ends: Integers
    bounds: Integers
    first: Integers
    stop: Integers
    passed: Integers
    unread: Booleans

    def written(self, places: Integers | slice) -> list[bytes]:
        """Give tokens, as they are written."""
        starts, ends = self.starts[places].tolist(), self.ends[places].tolist()
        data = self.data
        return [data[start:end] for start, end in zip(starts, ends, strict=True)]


class Known(NamedTuple):
    """Tells which tokens may be one of some words.

    Attributes
    ----------
    starts
        Whether a word begins with letters of this hash, maybe behind a mark.
    single
        Whether this byte alone is a word.
    """

    starts: Booleans
    single: Booleans


def known_words(words: Iterable[str]) -> Known:
    """Make the tables of these words, which are in lower case."""
    keys = [word.encode("utf-8", "surrogatepass") for word in words]
    data = np.frombuffer(b"\0".join([*keys, b"\0" * _LONGEST]), np.uint8)
    places = np.cumsum([0, *(len(key) + 1 for key in keys[:-1])])
    starts = np.zeros(1 << 16, dtype=np.bool_)
    starts[_starting(_codes(data), places)] = True
    starts[0] = True  # two marks first
    single = np.zeros(256, dtype=np.bool_)
    for key in keys:
        if len(key) == 1:
            single[[key[0], key.upper()[0]]] = True
    return Known(starts, single)


def find_tokens(texts: Sequence[str], known: Known) -> Tokens:
    """Part texts into tokens, and find those that may be one of some words."""
    joined = _END.join(["", *texts, _END * _LONGEST])
    if not joined.isascii():
        texts = [text if text.isascii() else _readable(text) for text in texts]
        joined = _END.join(["", *texts, _END * _LONGEST])
    encoded = joined.encode()
    data = np.frombuffer(encoded, np.uint8)
    low = np.flatnonzero(data < 32)
    controls = data.take(low)
    bounds = low[controls == 0]
    if len(bounds) > len(texts) + _LONGEST + 1:
        return find_tokens([text.replace(_END, "\x01") for text in texts], known)
    bounds = bounds[: len(texts) + 1]
    unread = np.zeros(len(texts), dtype=np.bool_)
    unread[np.searchsorted(bounds, low[_CONTROLS.take(controls)]) - 1] = True
    blank = data <= 32
    edge = np.zeros(len(data), dtype=np.bool_)
    np.greater(blank[:-1], blank[1:], out=edge[1:])
    starts = np.flatnonzero(edge)
    np.less(blank[:-1], blank[1:], out=edge[1:])
    ends = np.flatnonzero(edge)
    at = np.searchsorted(starts, bounds)
    passed = _passing(data, starts, ends, known)
    return Tokens(texts, encoded, starts, ends, bounds, at[:-1], at[1:], passed, unread)


def _passing(data: Bytes, starts: Integers, ends: Integers, known: Known) -> Integers:
    """Find the tokens that may be one of some words, or have "n't" in them."""
    passes = known.starts.take(_starting(_codes(data), starts))
    marks = np.flatnonzero(data == ord("'"))
    negating = marks[
        (data.take(marks - 1) | 32 == ord("n")) & (data.take(marks + 1) | 32 == ord("t"))
    ]
    passes[np.searchsorted(starts, negating, "right") - 1] = True
    passed = np.flatnonzero(passes)
    begins = starts.take(passed)
    return passed[(ends.take(passed) - begins > 1) | known.single.take(data.take(begins))]


def _starting(codes: Codes, places: Integers) -> Codes:
    """Give the hashes of tokens: those behind the first byte where that is a mark."""
    given = codes.take(places)
    marked = np.flatnonzero(given == 0)
    given[marked] = codes.take(places[marked] + 1)
    return given


def _codes(data: Bytes) -> Codes:
    """Hash the letters and digits that stand at each place and behind it, at most six.

    In lower case, whatever follows them; 0 where there is none. From one to two, to four, to six:
    what stands behind any other character is masked.
    """
    lower = data | 32
    letter = (lower - 97 < 26) | (lower - 48 < 10) | (data > 127)
    one = (lower * letter.view(np.uint8)).astype(np.uint16)
    is_one = -letter.astype(np.uint16)  # all bits, or none
    two = one[:-1] * 31_153
    two += one[1:] & is_one[:-1]
    are_two = is_one[:-1] & is_one[1:]
    four = two[:-2] * 40_503
    four += two[2:] & are_two[:-2]
    are_four = are_two[:-4] & are_two[2:-2]
    six = four[:-2] * 58_741
    six += two[4:] & are_four
    return six


def no_memory() -> Words:
    """Give a memory for tokens: in each column a token's first eight bytes, the next, its number.

    The column is named by a hash of its bytes; another token of that hash takes it over.
    """
    return np.zeros((3, 1 << _SLOTS), dtype=np.uint64)


def recall(tokens: Tokens, memory: Words, number: Callable[[bytes], int]) -> Integers:
    """Give the numbers of the tokens that passed, and put those that are new into the memory."""
    starts = tokens.starts.take(tokens.passed)
    lengths = tokens.ends.take(tokens.passed) - starts
    windows = np.ndarray((len(tokens.data) - _WINDOW + 1,), "<u8", tokens.data, 0, (1,))
    first = windows[starts] & _MASKS.take(lengths, mode="clip")
    second = windows[starts + _WINDOW] & _MASKS.take(lengths - _WINDOW, mode="clip")
    slots = second * _MULTIPLIERS[0]
    slots ^= first
    slots *= _MULTIPLIERS[1]
    slots >>= np.uint64(64 - _SLOTS)
    at = slots.view(np.int64)
    kept_first, kept_second, numbers = memory.take(at, axis=1)
    new = (kept_first != first) | (kept_second != second) | (lengths > _LONGEST)
    if new.any():
        written = tokens.written(tokens.passed[new])
        told = {raw: number(raw) for raw in set(written)}
        numbers[new] = [*map(told.__getitem__, written)]
        new &= lengths <= _LONGEST
        memory[:, at[new]] = first[new], second[new], numbers[new]
    return np.asarray(numbers, dtype=np.int64)


def _readable(text: str) -> str:
    """Put words for emoji and spaces for no-break spaces; a control where bytes can't tell."""
    text = expand_emoji(text)[0].replace("\xa0", " ")
    return "\x01" if any(map(_is_odd, _NOT_ASCII.findall(text))) else text


@lru_cache(maxsize=1 << 12)
def _is_odd(character: str) -> bool:
    """Tell a blank, a capital or a lone surrogate."""
    return (
        character.isspace() or character.lower() != character or "\ud800" <= character <= "\udfff"
    )
