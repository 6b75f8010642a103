"""Many sentences as tokens, by NumPy: what :class:`~signals.sentiment.tokens.TokenReader` finds."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from signals.sentiment.arrays import Booleans, Floats, Integers
from signals.sentiment.finance_words import SCALES
from signals.sentiment.token_bits import Is
from signals.sentiment.tokens import (
    DEAL_BEHIND,
    MAX_CACHED_LENGTH,
    MEASURED_BEFORE,
    MIRRORED,
    SEALED,
    STILL,
    chunk_starts,
    chunks_of,
    spans_of,
    tokens_of,
)

_MAX_KEPT = 1 << 17  # tokens that are remembered; all are forgotten when there are more
FAR = 1 << 40
"""Tokens, more than there are."""


class _Table(NamedTuple):
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


class _Read(NamedTuple):
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
    table: _Table
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
    read: _Read

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


def _starts(read: _Read) -> Integers:
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


class _Chunks(dict[str, int]):
    """What stands between two blanks -> its number; what is not there is read and remembered."""

    def __init__(self, stems: Mapping[str, int]) -> None:
        super().__init__()
        self._stems = stems
        self._ends: array[int] = array("q")
        self._counts: array[int] = array("q")
        self._lengths: array[int] = array("q")
        self._columns: tuple[array[Any], ...] = tuple(map(array, "qqddqq"))
        self._table = self._made()

    def __missing__(self, chunk: str) -> int:
        tokens = tokens_of(chunk)
        stems, bits, amounts, scales, starts, stops = self._columns
        for token, (start, stop) in zip(tokens, spans_of(chunk), strict=True):
            stems.append(self._stems[token.stem])
            bits.append(token.bits)
            amounts.append(token.amount or 0.0)
            scales.append(SCALES.get(token.norm, 1.0))
            starts.append(start)
            stops.append(stop)
        number = len(self._ends)
        self._counts.append(len(tokens))
        self._ends.append(len(stems))
        self._lengths.append(len(chunk))
        if len(chunk) <= MAX_CACHED_LENGTH:
            self[chunk] = number
        return number

    def numbers(self, texts: Iterable[str]) -> tuple[Integers, Integers]:
        """Give how many chunks each text has, and the numbers of all chunks.

        A text is forgotten before the next one is parted: strings that are many are slow.
        """
        counts: list[int] = []

        def chunks() -> Iterator[list[str]]:
            for text in texts:
                found = chunks_of(text)
                counts.append(len(found))
                yield found

        numbers = map(self.__getitem__, chain.from_iterable(chunks()))
        every = np.fromiter(numbers, np.int64)
        return np.array(counts, dtype=np.int64), every

    def table(self) -> _Table:
        """Give all that is known; what is found later is not in it."""
        if len(self._table.ends) < len(self._ends):
            self._table = self._made()
        return self._table

    def _made(self) -> _Table:
        return _Table(*map(np.array, (self._ends, self._counts, self._lengths, *self._columns)))


class RowReader:
    """Parts many sentences into tokens, and remembers what stands between two blanks.

    Parameters
    ----------
    stems
        Stem -> its number.
    """

    def __init__(self, stems: Mapping[str, int]) -> None:
        self._stems = stems
        self._still, self._sealed = stems[STILL], stems[SEALED]
        self._mirrored = np.array([stems[MIRRORED[sign]] for sign in (-1, 1)])
        self._chunks = _Chunks(stems)
        self._lock = threading.Lock()

    def rows(self, texts: Sequence[str]) -> Rows:
        """Part each sentence into tokens, as :meth:`TokenReader.row` does."""
        with self._lock:
            if len(self._chunks.table().bits) > _MAX_KEPT:
                self._chunks = _Chunks(self._stems)
            n_chunks, numbers = self._chunks.numbers(texts)
            table = self._chunks.table()
        counts = table.counts.take(numbers)
        places = np.repeat(table.ends.take(numbers) - np.cumsum(counts), counts)
        places += np.arange(len(places))
        text = np.repeat(np.repeat(np.arange(len(texts)), n_chunks), counts)
        bits = table.bits.take(places)
        first, last = _kept(bits, text)
        read = _Read(texts, table, n_chunks, numbers, places, first, last)
        places, text, bits = places[first], text[first], bits[first]
        stop = np.cumsum(np.bincount(text, minlength=len(texts)))
        first = np.concatenate([[0], stop[:-1]])
        amounts = table.amounts.take(places)
        rows = Rows(table.stems.take(places), bits, text, amounts, first, stop, read)
        _scale(rows, table.scales, places)
        self._bind(rows)
        _set_aside(rows)
        return rows

    def _bind(self, rows: Rows) -> None:
        """Change tokens, in place, to what they say beside their neighbours."""
        bits = rows.bits
        bound = np.flatnonzero(bits & Is.BOUND)
        spoils = _beside(rows, bound, 1, (Is.SPOILS, Is.SPOILED))
        idle = _beside(rows, bound, 1, (Is.IDLE, Is.PARTICLE))
        under = _beside(rows, bound, -1, (Is.UNDER, Is.FALLS))
        awaited = _beside(rows, bound, -1, (Is.AWAITED, Is.THAN))
        measures = _beside(rows, bound, 1, (Is.LESS | Is.MORE, Is.THAN))
        still = np.concatenate([idle + 1, under - 1])
        bits[still] &= ~Is.DIRECTION
        self._turn(rows, bound)
        measures, measured = _measured(rows, measures)
        is_more = rows.has(measures, Is.MORE)
        more, less, turned = measures[is_more], measures[~is_more], measured[~is_more]
        sealing = _sealing(rows, bound)
        bits[more] &= ~Is.DIRECTION
        bits[sealing] &= ~Is.TOLD_OF
        rows.stems[sealing] = self._sealed
        feared, falls = rows.has(less + 2, Is.FEARED), rows.has(turned, Is.DOWN)
        bits[turned] &= ~Is.DIRECTION
        rises = falls | feared
        bits[less[rises]] ^= Is.DIRECTION
        bits[less[feared]] |= Is.BETTER
        rows.stems[less] = self._mirrored[rises.astype(np.int64)]
        rows.stems[np.concatenate([still, more, turned])] = self._still
        bits[spoils] &= ~Is.NEWS
        bits[spoils + 1] = bits[spoils + 1] & ~Is.GOOD | Is.BAD | Is.BURDEN
        bits[awaited - 1] &= ~Is.COMPARES
        bits[awaited] &= ~Is.GOOD

    def _turn(self, rows: Rows, bound: Integers) -> None:
        """Read "-8 %" as "falls 8 %", in place."""
        at = bound[rows.has(bound, Is.SIGNED)]
        if not len(at):
            return
        rises = rows.amounts[at] > 0
        earlier, before, first, second = (rows.near(at, by) for by in (-2, -1, 1, 2))
        is_move = (first & Is.MEASURE != 0) | ((first & Is.PER != 0) & (second & Is.MEASURE != 0))
        is_move &= before & (Is.AT | Is.COMPARES | Is.AWAITED | Is.PERCENT) == 0
        is_move &= (earlier | before) & Is.LEVEL == 0
        is_move &= before & np.where(rises, Is.UP, Is.DOWN) == 0
        at, rises = at[is_move], rises[is_move]
        rows.bits[at] = rows.bits[at] & ~Is.PLAIN | np.where(rises, Is.UP, Is.DOWN)
        rows.stems[at] = self._mirrored[rises.astype(np.int64)]


def _beside(rows: Rows, bound: Integers, step: int, bits: tuple[int, int]) -> Integers:
    """Find those of tokens with the one bit that stand beside one with the other.

    ``step`` is 1 where that one is behind, -1 where it is before, in the same sentence.
    """
    at = bound[rows.has(bound, bits[0])]
    beside = np.clip(at + step, 0, len(rows.bits) - 1)
    found = rows.has(beside, bits[1]) & (rows.text[beside] == rows.text[at]) & (beside != at)
    stand: Integers = at[found]
    return stand


def _measured(rows: Rows, measures: Integers) -> tuple[Integers, Integers]:
    """Find those of "less" and "more" that tell of a direction, and the directions."""
    measures = measures[measures + 2 < rows.stop[rows.text[measures]]]
    measures = measures[rows.has(measures + 2, Is.AWAITED)]
    if not len(measures):
        return measures, measures
    first = rows.first[rows.text[measures]]
    at = last_before(rows.places(Is.DIRECTION), measures)
    found = (at >= np.maximum(first, measures - MEASURED_BEFORE)) & (
        at > last_before(rows.places(Is.ENDS | Is.LESS | Is.MORE), measures)
    )
    return measures[found], at[found]


def _sealing(rows: Rows, bound: Integers) -> Integers:
    """Find the tokens that strike or close a deal."""
    at = bound[rows.has(bound, Is.SEALS)]
    if not len(at):
        return at
    ores = _beside(rows, at, 1, (Is.STRIKES, Is.ORE))
    deal = next_behind(rows.places(Is.DEAL), at)
    apart = next_behind(rows.places(Is.ENDS | Is.CAUSES | Is.PARTS), at)
    stop = np.minimum(rows.stop[rows.text[at]], at + DEAL_BEHIND + 1)
    return np.concatenate([ores, at[(deal < apart) & (deal < stop)]])


def _kept(bits: Integers, text: Integers) -> tuple[Integers, Integers]:
    """Find the tokens that stay: no brackets, and of a name of several words the first.

    Amounts in brackets stay, but are none any more. Beside each stands the last word of its name.
    """
    brackets = np.flatnonzero(bits & Is.BRACKET)
    if len(brackets):
        amounts = np.flatnonzero(bits & Is.AMOUNT)
        last = np.searchsorted(brackets, amounts) - 1
        bracket = brackets[last]  # where last is -1, any
        inside = (last >= 0) & (text[bracket] == text[amounts]) & (bits[bracket] & Is.OPENS != 0)
        bits[amounts[inside]] &= ~Is.AMOUNT
    kept = np.flatnonzero(bits & Is.BRACKET == 0)
    name, text = bits[kept] & Is.NAME, text[kept]
    again = np.flatnonzero((name[1:] != 0) & (name[1:] == name[:-1]) & (text[1:] == text[:-1]))
    return np.delete(kept, again + 1), np.delete(kept, again)


def _scale(rows: Rows, scales: Floats, places: Integers) -> None:
    """Multiply amounts, in place, by the word behind them."""
    amounts = np.flatnonzero(rows.bits & Is.AMOUNT)
    amounts = amounts[amounts + 1 < rows.stop[rows.text[amounts]]]
    rows.amounts[amounts] *= scales[places[amounts + 1]]


def _set_aside(rows: Rows) -> None:
    """Mark the taxes of "profit before taxes" and the share of "loss per share", in place."""
    nouns = np.flatnonzero(rows.bits & Is.NOUN)
    nouns = nouns[nouns > rows.first[rows.text[nouns]]]
    aside = rows.has(nouns - 1, Is.PER) | (rows.has(nouns, Is.BAD) & rows.has(nouns - 1, Is.BESIDE))
    rows.bits[nouns[aside]] |= Is.ASIDE
