"""How the values of events enter an estimate, and which of them go together.

An estimate is a mean of N values v of events, each times its weight: (1/N) Σ h v with h = x'g. What
an event's x is depends on the estimate: 1 for a mean; for a difference of two means, whether the
event is of the one and of the other kind; for a slope, 1 and the score. The error of the estimate
is made of the residuals of v from a regression on x. What they have in common is known before any
value is seen: from the weights, the sessions, and the windows of one share that overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from signals.study.arrays import Floats, Integers


class Contrast(NamedTuple):
    """What an estimate is of x: ``weights`` (p,) is g, and ``one`` (p,) is a with x'a = 1."""

    weights: Floats
    one: Floats


MEAN = Contrast(np.ones(1), np.ones(1))
"""That of a mean, whose x is 1."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of events of one share whose windows meet: two numbers of events (P,) each.

    ``gap`` (P,) is how many sessions the second event stands after the first.
    """

    one: Integers
    other: Integers
    gap: Integers

    @classmethod
    def none(cls) -> Pairs:
        """Give no pairs."""
        empty = np.empty(0, dtype=np.int64)
        return cls(empty, empty, empty)

    @classmethod
    def of(cls, sessions: Integers, series: Integers, *, length: int) -> Pairs:
        """Find the pairs among events, of ordinals of sessions (N,) and shares (N,).

        Windows of ``length`` sessions meet when fewer lie between their starts.
        """
        order = np.lexsort((sessions, series))
        share, day = series[order], sessions[order]
        found = [(order[:0], order[:0], day[:0])]
        for step in range(1, len(order)):
            gap = day[step:] - day[:-step]
            near = np.flatnonzero((share[step:] == share[:-step]) & (gap < length))
            if not len(near):
                break
            found.append((order[near], order[near + step], gap[near]))
        return cls(*(np.concatenate(part) for part in zip(*found, strict=True)))


@dataclass(frozen=True, eq=False)
class Weighting:
    """How an estimate weights its events, added up by session.

    Attributes
    ----------
    day
        (G,): ordinals of the events' distinct sessions, ascending.
    count
        (G,): events of each.
    gram
        (G, p, p): Σxx' over the events of each.
    contrast
        g, and what makes 1 of each x.
    one, other
        (P,): numbers of sessions of which events of one share have windows that meet; ``other``
        is not before ``one``.
    shared
        (P, p, p): Σxx' over such pairs, x of the first and x' of the second event, each times the
        share of a window that both have.
    """

    day: Integers
    count: Integers
    gram: Floats
    contrast: Contrast
    one: Integers
    other: Integers
    shared: Floats

    @classmethod
    def of(
        cls,
        sessions: Integers,
        series: Integers | None,
        *,
        length: int,
        rows: Integers | None = None,
        x: Floats | None = None,
        contrast: Contrast = MEAN,
    ) -> Weighting:
        """Add up the weights of events.

        Parameters
        ----------
        sessions, series
            (N,): ordinals of the events' sessions, and the share of each; None where each value
            is of its own.
        length
            L, sessions of a window. Two that start h sessions apart share 1 - h/L of them.
        rows
            (N,): places of the sessions on the share's own exchange, where ``sessions`` are those
            of several: holidays of others part no two windows of a share.
        x, contrast
            (N, p): x, and what the estimate is of it; those of a mean by default.
        """
        own = sessions if rows is None else rows
        x = np.ones((len(sessions), 1)) if x is None else x
        day, place, count = np.unique(sessions, return_inverse=True, return_counts=True)
        gram = add_products(x, x, place, len(day))
        pairs = Pairs.none() if series is None else Pairs.of(own, series, length=length)
        first, second = x[pairs.one], x[pairs.other]
        shared = first[:, :, None] * second[:, None, :] * (1 - pairs.gap / length)[:, None, None]
        return cls(
            day=day,
            count=count,
            gram=gram,
            contrast=contrast,
            one=place[pairs.one],
            other=place[pairs.other],
            shared=shared,
        )


def add_products(left: Floats, right: Floats, place: Integers, size: int) -> Floats:
    """Add up xx' of N pairs of rows by place (N,): (size, p, p)."""
    width = left.shape[1]
    sums = np.empty((size, width, width))
    for i in range(width):
        for j in range(width):
            sums[:, i, j] = np.bincount(place, left[:, i] * right[:, j], minlength=size)
    return sums
