"""Coefficients that a signal reaches where it can know nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from signals.errors import StudyError
from signals.evaluation.coefficients import SessionSeries, session_coefficients, shuffle_within
from signals.evaluation.sample import Sample
from signals.study.arrays import Floats, Integers
from signals.study.significance import rank_p_value

LEAST_PLACEBOS = 19  # of 19 the rank of a signal beyond all of them is p = 5 %


@dataclass(frozen=True, eq=False, repr=False)
class Placebo:
    """Coefficients that a signal reaches where it can know nothing.

    Attributes
    ----------
    kind, horizon
        As asked for.
    observed
        The signal's own coefficient.
    values
        (draws,) coefficients of the placebos.
    p_value
        (1 + placebos at least as large) / (1 + draws); NaN with a ``reason``.
    """

    kind: str
    horizon: int
    observed: float
    values: Floats
    p_value: float
    reason: str = ""

    @property
    def middle(self) -> tuple[float, float]:
        """The bounds of the middle 95 % of the placebos; NaN where they are too few."""
        if self.reason:
            return float("nan"), float("nan")
        low, high = np.quantile(self.values, [0.025, 0.975])
        return float(low), float(high)

    def __repr__(self) -> str:
        if self.reason:
            return f"<Placebo: {self.kind}, horizon {self.horizon}; {self.reason}>"
        low, high = self.middle
        return (
            f"<Placebo: {self.kind}, horizon {self.horizon}; {self.observed:+.4f} observed, p = "
            f"{self.p_value:.3f}; 95 % of {len(self.values)} placebos {low:+.4f} to {high:+.4f}>"
        )


def placebo(sample: Sample, kind: str, horizon: int, draws: int) -> Placebo:
    """Shift the signal in time, or shuffle it inside sessions; see ``Evaluation.placebo``."""
    generator = np.random.default_rng(sample.settings.seed)
    observed = _mean_ic(sample.coefficients[horizon])
    if kind == "shuffled":
        returns = sample.returns[horizon]
        values = [_mean_ic(_shuffled(sample, returns, generator)) for _ in range(draws)]
    elif kind == "shifted":
        values = [
            _mean_ic(sample.correlate(_shifted(sample, horizon, shift)))
            for shift in _shifts(sample, horizon, draws, generator)
        ]
    else:
        raise StudyError(f"There is no placebo {kind!r}; there are 'shifted' and 'shuffled'.")
    drawn = np.array(values, dtype=np.float64)
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) < LEAST_PLACEBOS or not np.isfinite(observed):
        reason = f"{len(drawn)} placebos are possible; it takes {LEAST_PLACEBOS} or more"
        return Placebo(kind, horizon, observed, drawn, float("nan"), reason)
    return Placebo(kind, horizon, observed, drawn, rank_p_value(observed, drawn))


def _mean_ic(found: SessionSeries) -> float:
    if not len(found.n):
        return float("nan")
    return float(np.average(found.rank, weights=found.weights))


def _shuffled(sample: Sample, returns: Floats, generator: np.random.Generator) -> SessionSeries:
    """Correlate scores with returns that are shuffled inside each session."""
    order = shuffle_within(sample.groups, generator)
    score, ranks = sample.observations.score[order], sample.ranks[order]
    return session_coefficients(sample.groups, score, returns, ranks=ranks)


def _shifts(sample: Sample, horizon: int, draws: int, generator: np.random.Generator) -> Integers:
    """Draw distinct shifts in sessions, none so small that returns overlap the true ones."""
    span = int(sample.observations.day[-1] - sample.observations.day[0]) + 1
    least = _least_shift(horizon)
    possible = np.arange(least, span - horizon - least)
    if len(possible) <= draws:
        return possible
    return np.sort(generator.choice(possible, size=draws, replace=False))


def _shifted(sample: Sample, horizon: int, shift: int) -> Floats:
    """Give returns ``shift`` sessions after each entry; over the end it goes on at the start.

    An exchange whose events span fewer sessions than all of them together takes as its own shift
    one that it has room for; NaN where it has none.
    """
    obs, panel = sample.observations, sample.panel
    least = _least_shift(horizon)
    rows, moved = obs.row.copy(), np.zeros(len(obs), dtype=np.bool_)
    block = sample.entries.block[obs.first]
    for number in range(len(panel.blocks)):
        here = block == number
        if not here.any():
            continue
        low = int(rows[here].min())
        span = int(rows[here].max()) - low + 1 - horizon
        room = span - 2 * least
        if room > 0:
            own = least + (shift - least) % room
            rows[here] = low + (rows[here] - low + own) % span
            moved |= here
    returns = panel.returns(rows, obs.column, 0, horizon)
    if sample.settings.has_market:
        returns -= panel.returns(rows, obs.market, 0, horizon)
    return np.where(moved, returns, np.nan)


def _least_shift(horizon: int) -> int:
    """Give the fewest sessions by which a return is moved, well beyond those that overlap it."""
    return 2 * horizon + 5
