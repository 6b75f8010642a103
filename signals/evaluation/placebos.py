"""Coefficients that a signal reaches where it can know nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from signals.errors import StudyError
from signals.evaluation.coefficients import SessionSeries, session_coefficients, shuffle_within
from signals.evaluation.quantiles import stability_table
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
    reason = ""
    observed = _mean_ic(sample.coefficients[horizon])
    if kind == "shuffled":
        returns = sample.returns[horizon]
        values = [_mean_ic(_shuffled(sample, returns, generator)) for _ in range(draws)]
    elif kind == "shifted":
        possible = _possible_shifts(sample, horizon)
        reason = _why_too_few(sample, horizon, possible)
        if len(possible) > draws:
            possible = np.sort(generator.choice(possible, size=draws, replace=False))
        values = [
            _mean_ic(sample.correlate(_shifted(sample, horizon, shift))) for shift in possible
        ]
    else:
        raise StudyError(f"There is no placebo {kind!r}; there are 'shifted' and 'shuffled'.")
    drawn = np.array(values, dtype=np.float64)
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) < LEAST_PLACEBOS or not np.isfinite(observed):
        reason = f"{len(drawn)} placebos are possible; it takes {LEAST_PLACEBOS} or more"
    if reason:
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


def _possible_shifts(sample: Sample, horizon: int) -> Integers:
    """Give all shifts in sessions that are not so small that returns overlap the true ones."""
    span = int(sample.observations.day[-1] - sample.observations.day[0]) + 1
    least = _least_shift(horizon)
    return np.arange(least, span - horizon - least)


def _why_too_few(sample: Sample, horizon: int, possible: Integers) -> str:
    """Say that too few shifts lie apart for a rank to mean something; empty where they don't.

    Coefficients of neighbouring shifts are alike, over the horizon and as long as scores persist:
    of a hundred of them a handful may be independent.
    """
    apart = int(len(possible) / (horizon + _persistence(sample)))
    if apart >= LEAST_PLACEBOS:
        return ""
    return (
        f"of {len(possible)} possible shifts {apart} lie apart, by the horizon and as scores "
        f"persist; it takes {LEAST_PLACEBOS} or more"
    )


def _persistence(sample: Sample) -> float:
    """Give for how many sessions scores are as they were: of an AR(1) as persistent as any lag."""
    table = stability_table(sample)
    told = table["autocorrelation"] > 3 / np.sqrt(table["n_pairs"].clip(lower=1))
    known = table["autocorrelation"][told].clip(upper=1 - 1e-9)
    root = known ** (1 / known.index.to_numpy(dtype=np.float64))
    return float((2 * root / (1 - root)).max()) if len(root) else 0.0


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
