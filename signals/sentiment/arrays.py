"""What the modules share that read many texts at once: kinds of arrays, blocks of texts, sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

_MOST_CHARACTERS = 1 << 19  # of the texts that are scored at once: their arrays fit the cache


def blocks_of(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Part texts into rows of so many characters, or of one longer text."""
    first = size = 0
    for place, text in enumerate(texts):
        if place > first and size + len(text) > _MOST_CHARACTERS:
            yield texts[first:place]
            first, size = place, 0
        size += len(text)
    yield texts[first:]


def summed(text: Integers, values: Floats, n_texts: int) -> Floats:
    """Sum up by text, in order."""
    return np.bincount(text, values, n_texts).astype(np.float64, copy=False)
