"""Many sentences as tokens, by NumPy: what :class:`~signals.sentiment.tokens.TokenReader` finds."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from signals.sentiment.arrays import Floats, Integers
from signals.sentiment.finance_words import SCALES
from signals.sentiment.neighbour_marks import QUARTER
from signals.sentiment.neighbours_batch import Binding
from signals.sentiment.rows_batch import FAR, Read, Rows, Table, last_before
from signals.sentiment.token_bits import Is
from signals.sentiment.tokens import (
    APART,
    MAX_CACHED_LENGTH,
    REPEATED_BEFORE,
    chunks_of,
    spans_of,
    tokens_of,
)

_MAX_KEPT = 1 << 17  # tokens that are remembered; all are forgotten when there are more


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

    def table(self) -> Table:
        """Give all that is known; what is found later is not in it."""
        if len(self._table.ends) < len(self._ends):
            self._table = self._made()
        return self._table

    def _made(self) -> Table:
        return Table(*map(np.array, (self._ends, self._counts, self._lengths, *self._columns)))


class RowReader:
    """Parts many sentences into tokens, and remembers what stands between two blanks.

    Parameters
    ----------
    stems
        Stem -> its number.
    """

    def __init__(self, stems: Mapping[str, int]) -> None:
        self._stems = stems
        self._bind = Binding(stems)
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
        read = Read(texts, table, n_chunks, numbers, places, first, last)
        places, text, bits = places[first], text[first], bits[first]
        stop = np.cumsum(np.bincount(text, minlength=len(texts)))
        first = np.concatenate([[0], stop[:-1]])
        amounts = table.amounts.take(places)
        rows = Rows(table.stems.take(places), bits, text, amounts, first, stop, read)
        _leave_out(rows, self._stems[QUARTER])
        _scale(rows, table.scales, places)
        self._bind(rows)
        _set_aside(rows)
        return rows


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


def _leave_out(rows: Rows, quarter: int) -> None:
    """Leave out, in place, amounts in brackets that are others again."""
    at = np.flatnonzero(rows.bits & Is.BOOKED)
    at = at[rows.has(at, Is.AMOUNT)]
    if not len(at):
        return
    last = last_before(np.concatenate([[-FAR], np.flatnonzero(rows.amounts), [FAR]]), at)
    again = (last >= rows.first[rows.text[at]]) & (at - last <= REPEATED_BEFORE)
    again &= last > last_before(rows.places(APART), at)
    again &= (last == rows.first[rows.text[at]]) | (rows.stems[np.maximum(last - 1, 0)] != quarter)
    rows.bits[at[again]] &= ~Is.AMOUNT


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
