"""Which of many headlines copy an earlier one, in a few microseconds each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from signals.news.tellings import pairs_and_sketch

_COMMON: Final = 8  # unlike texts under one mark
_EVERYWHERE: Final = (-1,) * _COMMON


def near_copies(texts: Sequence[str], *, similarity: float = 0.7) -> list[int]:
    """Find the first of the texts that each one nearly copies.

    Parameters
    ----------
    texts
        Headlines or short texts, in the order in which they became known.
    similarity
        Share of all pairs of neighbouring words that two texts have in common (Jaccard).

    Returns
    -------
    list of int
        For each text the place of the earliest one that it copies; its own place when none does.
    """
    first: list[int] = []
    holders: dict[int, tuple[int, ...]] = {}
    for place, text in enumerate(texts):
        pairs, marks = pairs_and_sketch(text)
        held = [holders[mark] for mark in marks if mark in holders]
        model = _model(pairs, held, texts, similarity) if held else None
        first.append(place if model is None else model)
        if model is None:
            _hold(holders, marks, place)
    return first


def _model(
    marked: list[int], held: Sequence[tuple[int, ...]], texts: Sequence[str], similarity: float
) -> int | None:
    """Find the earliest of the texts that resembles these pairs of words."""
    pairs = set(marked)
    for one in sorted({one for places in held for one in places if one >= 0}):
        other = set(pairs_and_sketch(texts[one])[0])
        shared = len(pairs & other)
        if shared >= similarity * (len(pairs) + len(other) - shared):
            return one
    return None


def _hold(holders: dict[int, tuple[int, ...]], marks: Iterable[int], place: int) -> None:
    for mark in marks:
        held = holders.get(mark)
        if held is None:
            holders[mark] = (place,)
        else:
            # A run of words that stands in many unlike texts tells nothing: it is not followed.
            holders[mark] = (*held, place) if len(held) < _COMMON else _EVERYWHERE
