"""The tokens of many sentences as arrays, and where they stand in the texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from signals.sentiment.arrays import Booleans, Floats, Integers
from signals.sentiment.tokens import chunk_starts

FAR = 1 << 40
"""Tokens, more than there are."""


class Table(NamedTuple):
    """What is known of chunks, by number: where their tokens are, and what those are."""

    ends: Integers
    counts: Integers
    lengths: Integers  # of chunks
    stems: Integers
    bits: Integers
    amounts: Floats
    scales: Floats
    starts: Integers  # of tokens in their chunks
    stops: Integers


class Read(NamedTuple):
    """Sentences as they were read.

    Attributes
    ----------
    texts, table
        The sentences; what is known of their chunks.
    n_chunks, chunks
        How many chunks each has, and their numbers.
    places
        For each token where it is in the table; here are also those that fall out.
    first, last
        For each token that stays its own place among these, and that of the last part of its name.
    """

    texts: Sequence[str]
    table: Table
    n_chunks: Integers
    chunks: Integers
    places: Integers
    first: Integers
    last: Integers


class Rows(NamedTuple):
    """The tokens of many sentences, one behind the other.

    Attributes
    ----------
    stems, bits
        The number of each token's stem, and what is known of it.
    text
        Its sentence.
    amounts
        Its amount, where it is one.
    first, stop
        For each sentence its first token, and the one behind its last.
    read
        What they come from.
    """

    stems: Integers
    bits: Integers
    text: Integers
    amounts: Floats
    first: Integers
    stop: Integers
    read: Read

    def places(self, bits: int) -> Integers:
        """Find tokens; one stands far before and one far behind all."""
        return np.concatenate([[-FAR], np.flatnonzero(self.bits & bits), [FAR]])

    def has(self, places: Integers, bits: int) -> Booleans:
        """Tell whether tokens have one of these bits."""
        return (self.bits[places] & bits).astype(np.bool_)

    def near(self, places: Integers, by: int) -> Integers:
        """Give the bits of tokens so far behind others of their sentences; 0 where none is."""
        at = np.clip(places + by, 0, max(len(self.bits) - 1, 0))
        inside = (at == places + by) & (self.text[at] == self.text[places])
        return np.where(inside, self.bits[at], 0)

    def sign(self, places: Integers, above: int, below: int) -> Integers:
        """Give 1 for a token with the one bit, -1 for one with the other, 0 for none."""
        return self.has(places, above).astype(np.int64) - self.has(places, below)

    def spans(self, first: Integers, last: Integers) -> tuple[Integers, Integers]:
        """Say where pieces from a token to another one start and end in their sentences."""
        table, places = self.read.table, self.read.places
        first, last = self.read.first[first], self.read.last[last]
        starts = _starts(self.read)
        ends = np.cumsum(table.counts[self.read.chunks])  # of chunks, in tokens
        from_chunk, to_chunk = (starts[np.searchsorted(ends, at, "right")] for at in (first, last))
        return from_chunk + table.starts[places[first]], to_chunk + table.stops[places[last]]


def _starts(read: Read) -> Integers:
    """Say where chunks start in their sentences: mostly there is one blank between two."""
    lengths = read.table.lengths[read.chunks] + 1
    ends = np.cumsum(lengths)
    stop = np.cumsum(read.n_chunks)
    reached = np.concatenate([[0], ends])[stop]
    begun = np.concatenate([[0], reached[:-1]])
    starts: Integers = ends - lengths - np.repeat(begun, read.n_chunks)
    sizes = (reached - begun - 1).tolist()
    for text, (size, sentence) in enumerate(zip(sizes, read.texts, strict=True)):
        if size != len(sentence) or " ." in sentence:  # other blanks, or chunks of single tokens
            starts[stop[text] - read.n_chunks[text] : stop[text]] = chunk_starts(sentence)
    return starts


def last_before(marks: Integers, places: Integers) -> Integers:
    """Find the last mark before each place; the marks are those of :meth:`Rows.places`."""
    return marks.take(np.searchsorted(marks, places) - 1)


def next_behind(marks: Integers, places: Integers) -> Integers:
    """Find the first mark behind each place."""
    return marks.take(np.searchsorted(marks, places, "right"))
