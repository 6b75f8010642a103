"""Texts as bytes: find, by NumPy, the few tokens that VADER's rules may look at.

All texts are joined. Tokens are parted where blanks are, punctuation is stripped from their ends
and capitals are made small, as :func:`~signals.sentiment.vader_words.bare` does for one token; a
table of hashes then tells which may be in the word lists. It may let others pass, but misses none.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from signals.sentiment.vader_words import expand_emoji

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

_END = "\0"  # between two texts
_WINDOW = 8  # bytes of a word that are looked at, together with its length
_MASKS = np.array([(1 << 8 * n) - 1 for n in range(_WINDOW + 1)], dtype=np.uint64)
_SLOTS = 20  # bits of the table
_MULTIPLIERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)
_PUNCTUATION = np.isin(np.arange(256), [ord(mark) for mark in string.punctuation])
_MOST_MARKS = 3  # stripped here at each end of a token; one with more of them always passes
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
    first: Integers
    stop: Integers
    passed: Integers
    unread: Booleans

    def written(self, places: Integers | slice) -> list[bytes]:
        """Give tokens, as they are written."""
        starts, ends = self.starts[places].tolist(), self.ends[places].tolist()
        data = self.data
        return [data[start:end] for start, end in zip(starts, ends, strict=True)]


def slots_of(words: Iterable[str]) -> Booleans:
    """Make the table of hashes of these words, which are in lower case."""
    keys = [word.encode("utf-8", "surrogatepass") for word in words]
    windows = np.frombuffer(b"".join(key[:_WINDOW].ljust(_WINDOW, b"\0") for key in keys), "<u8")
    lengths = np.array([len(key) for key in keys])
    slots = np.zeros(1 << _SLOTS, dtype=np.bool_)
    slots[_slots(windows.copy(), lengths)] = True
    return slots


def find_tokens(texts: Sequence[str], slots: Booleans) -> Tokens:
    """Part texts into tokens, and find those that may be one of the words of a table."""
    readable = [text if text.isascii() else _readable(text) for text in texts]
    joined = _END.join(["", *readable, _END * 2 * _WINDOW])
    if joined.count(_END) > len(texts) + 2 * _WINDOW + 1:
        readable = [text.replace(_END, "\x01") for text in readable]
        joined = _END.join(["", *readable, _END * 2 * _WINDOW])
    encoded = joined.encode()
    data = np.frombuffer(encoded, np.uint8)
    blank = data <= 32
    edge = np.zeros(len(data), dtype=np.bool_)
    np.not_equal(blank[:-1], blank[1:], out=edge[1:])
    edges = np.flatnonzero(edge)
    starts, ends = edges[::2].copy(), edges[1::2].copy()
    low = np.flatnonzero(data < 32)
    bounds = low[data.take(low) == 0][: len(texts) + 1]
    unread = np.zeros(len(texts), dtype=np.bool_)
    unread[np.searchsorted(bounds, low[_CONTROLS.take(data.take(low))]) - 1] = True
    bounds = np.searchsorted(starts, bounds)
    passed = _passing(data, starts, ends, slots)
    return Tokens(readable, encoded, starts, ends, bounds[:-1], bounds[1:], passed, unread)


def _passing(data: Bytes, starts: Integers, ends: Integers, slots: Booleans) -> Integers:
    """Find the tokens of these places that a table of hashes holds, or that it can't tell."""
    first, stop = starts.copy(), ends.copy()
    closed = np.flatnonzero(_PUNCTUATION.take(data.take(ends - 1)))
    opened = np.flatnonzero(_PUNCTUATION.take(data.take(starts)))
    for _ in range(_MOST_MARKS):
        stop[closed] -= _PUNCTUATION.take(data.take(stop[closed] - 1))
        first[opened] += _PUNCTUATION.take(data.take(first[opened]))
    marked = np.concatenate([closed, opened])
    more = _PUNCTUATION.take(data.take(stop[marked] - 1)) | _PUNCTUATION.take(
        data.take(first[marked])
    )
    short = marked[stop[marked] - first[marked] <= 2]
    first[short], stop[short] = starts[short], ends[short]
    stop -= first
    small = data + ((data - np.uint8(65)) < 26).view(np.uint8) * np.uint8(32)
    passes = slots.take(_slots(_windows(small, first), stop))
    passes[marked[more]] = True
    written = small.tobytes()
    at = written.find(b"n't")
    while at >= 0:
        passes[np.searchsorted(starts, at, "right") - 1] = True
        at = written.find(b"n't", at + 1)
    return np.flatnonzero(passes)


def _windows(data: Bytes, places: Integers) -> Words:
    """Give the eight bytes from each place on, as one number; from two that are aligned.

    In place where it can be: most of the time goes into making arrays.
    """
    aligned = data[: len(data) // _WINDOW * _WINDOW].view("<u8")
    at = places >> 3
    within = places & 7
    within <<= 3
    bits = within.view(np.uint64)
    here = aligned.take(at)
    here >>= bits
    at += 1
    behind = aligned.take(at)
    behind <<= np.uint64(1)  # in two steps: 64 bits can't be shifted out at once
    np.subtract(np.uint64(63), bits, out=bits)
    behind <<= bits
    here |= behind
    return here


def _slots(windows: Words, lengths: Integers) -> Integers:
    """Hash words by their first eight bytes and their lengths; the windows are used up."""
    windows &= _MASKS.take(lengths, mode="clip")
    windows *= _MULTIPLIERS[0]
    windows += lengths.view(np.uint64) * _MULTIPLIERS[1]
    windows ^= windows >> np.uint64(29)
    windows *= _MULTIPLIERS[0]
    windows >>= np.uint64(64 - _SLOTS)
    return windows.view(np.int64)


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
