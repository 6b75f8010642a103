"""Signals of known strength and prices that go with them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from signals.market.prices import build_table
from signals.market.sessions import Sessions

MARKET = "MKT"


class Made:
    """A price source of frames, with opens or without."""

    def __init__(self, closes, opens=None):
        self.closes, self.opens = closes, opens

    def history(self, symbols, start, end):
        have = [name for name in symbols if name in self.closes]
        opens = None if self.opens is None else self.opens.loc[start:end, have]
        return build_table(self.closes.loc[start:end, have], source="made", opens=opens)


def persistent(generator, sessions, names, persistence):
    """Scores, sessions x names, each an AR(1) of unit variance."""
    noise = generator.standard_normal((sessions, names))
    scores = np.empty_like(noise)
    scores[0] = noise[0]
    for at in range(1, sessions):
        scores[at] = persistence * scores[at - 1] + np.sqrt(1 - persistence**2) * noise[at]
    return scores


def sample(
    seed=0, *, sessions=120, names=20, persistence=0.0, strength=0.0, opens=False, mic="XNYS"
):
    """Events 20 minutes before each close, and prices that follow them as strongly as asked.

    A score moves the log return of the next session by ``strength`` deviations.
    """
    generator = np.random.default_rng(seed)
    calendar = Sessions(mic)
    start = calendar.labels().searchsorted(pd.Timestamp("2021-01-04"))
    labels = calendar.labels()[start : start + sessions + 30]
    scores = persistent(generator, sessions, names, persistence)
    moves = generator.standard_normal((len(labels), names))
    moves[11 : 11 + sessions] += strength * scores
    moves += generator.standard_normal((len(labels), 1))
    closes = pd.DataFrame(
        100 * np.exp(np.cumsum(0.01 * moves, axis=0)),
        index=labels,
        columns=[f"N{place:02d}{'.T' * (mic == 'XTKS')}" for place in range(names)],
    )
    closes[MARKET] = 100 * np.exp(np.cumsum(0.01 * moves.mean(axis=1)))
    known = calendar.closes[start + 10 : start + 10 + sessions] - pd.Timedelta(minutes=20)
    events = pd.DataFrame(
        {
            "symbol": np.tile(closes.columns[:-1], sessions),
            "known_at": np.repeat(known, names),
            "score": scores.ravel(),
        }
    )
    # An open equal to the close before it: what is known at a close is traded at its price.
    return events, Made(closes, closes.shift(1).bfill() if opens else None)
