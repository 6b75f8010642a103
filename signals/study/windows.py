"""One window of a sample of events: each event's CAR, the tests, and the row of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np
import pandas as pd

from signals.study import clusters, correlation, inference, ranks, significance
from signals.study.arrays import Floats, Integers
from signals.study.cosines import Cosines
from signals.study.estimation_stats import EstimationStats
from signals.study.sample import Sample
from signals.study.significance import Significance

_INCOMPLETE = "a session of the window has no return"
_NAN = float("nan")
_RANKED = frozenset({"rank", "grank_t", "grank_z"})  # after division by the events' deviation


def car_table(sample: Sample, start: int, end: int) -> pd.DataFrame:
    """Give CAR, its exact error, t test, 95 % interval and ``mde``, one row an event of a sample.

    NaN, with a ``reason``, where the window has a hole. Columns as in ``EventStudy.car``.
    """
    car, se = sample.cumulative(start, end)
    df = np.where(np.isnan(car), np.nan, sample.fit.df)
    scar = car / se
    margin = significance.t_quantile(0.975, df) * se
    return pd.DataFrame(
        {
            "car": car,
            "se": se,
            "scar": scar,
            "t": scar,
            "df": df,
            "p_value": significance.p_of_t(scar, df),
            "ci_low": car - margin,
            "ci_high": car + margin,
            "mde": significance.minimum_detectable_effect(se, df),
            "reason": np.where(np.isnan(car), _INCOMPLETE, ""),
        }
    )


def car_path(sample: Sample, window: tuple[int, int]) -> pd.DataFrame:
    """Give CAR of a sample's only event from the first offset up to each; see ``EventStudy``."""
    offsets = pd.RangeIndex(window[0], window[1] + 1, name="offset")
    pairs = np.array([sample.cumulative(window[0], offset) for offset in offsets])[:, :, 0]
    car, se = pairs[:, 0], pairs[:, 1]
    margin = significance.t_quantile(0.975, sample.fit.df) * se
    return pd.DataFrame(
        {"car": car, "se": se, "ci_low": car - margin, "ci_high": car + margin}, index=offsets
    )


def placebo_ranks(sample: Sample, scar: Floats, length: int) -> tuple[Floats, Integers]:
    """Give each event's placebo p-value and the number of windows that it is ranked among.

    See ``inference.placebo``; NaN where SCAR is, or where no window is complete.
    """
    p_values = np.full(len(scar), np.nan)
    counts = np.zeros(len(scar), dtype=np.int64)
    for rows, residuals, x in sample.estimation_windows():
        fit = sample.fit.take(rows)
        statistics = np.abs(
            inference.placebo_statistics(residuals, x, fit.inverse, fit.sigma, length=length)
        )
        counts[rows] = np.isfinite(statistics).sum(axis=1)
        above = (statistics >= np.abs(scar[rows])[:, None]).sum(axis=1)
        p_values[rows] = (1 + above) / (1 + counts[rows])
    return np.where(np.isnan(scar) | (counts == 0), np.nan, p_values), counts


def caar_row(
    window: tuple[int, int],
    result: Significance,
    *,
    counts: tuple[int, int],
    means: tuple[float, float],
    se: float,
    n_effective: float,
    placebo_p: float,
) -> dict[str, object]:
    """Give a row of the ``caar`` table.

    Parameters
    ----------
    window, result
        The window, and what its headline test says.
    counts, means
        Events and sessions; the means of CAR and of SCAR.
    se, n_effective
        The error of the mean CAR, and how many independent events would vary as much.
    placebo_p
        Of a single event; else NaN.
    """
    margin = float(significance.t_quantile(0.975, result.df)) * se
    return {
        "start": window[0],
        "end": window[1],
        "n": counts[0],
        "n_sessions": counts[1],
        "caar": means[0],
        "se": se,
        "ci_low": means[0] - margin,
        "ci_high": means[0] + margin,
        "mean_scar": means[1],
        "test": result.name,
        "statistic": result.statistic,
        "df": result.df,
        "p_value": result.p_value,
        "placebo_p": placebo_p,
        "n_effective": n_effective,
        "mde": float(significance.minimum_detectable_effect(se, result.df)),
        "reason": result.reason,
    }


class WindowResults:
    """What the tests and the table's row say of one window of a sample.

    Events whose window has a hole are left out; ``n`` counts the others.
    """

    def __init__(self, sample: Sample, start: int, end: int) -> None:
        self.window = start, end
        self.length = end - start + 1
        car, se = sample.cumulative(start, end)
        self.complete = complete = np.isfinite(car)
        self.sample = sample if complete.all() else sample.take(complete)
        self.car, self.se = car[complete], se[complete]
        self.scar = self.car / self.se
        self.sessions = sample.grid.ordinals[self.sample.places.row]
        self.n = len(self.car)
        self.n_sessions = len(np.unique(self.sessions))

    @cached_property
    def window_correlation(self) -> float:
        """Mean correlation r̄ of the events' windows."""
        return correlation.of_windows(self.sample, *self.window)

    def headline(self) -> str:
        """Name the test that these events allow."""
        if self.n <= 1:
            return "t"
        ordinals, row = self.sample.grid.ordinals, self.sample.places.row
        overlap = inference.overlapping(
            ordinals[row + self.window[0]], ordinals[row + self.window[1]]
        )
        return inference.headline_test(self.n, self.n_sessions, overlap=overlap)

    @property
    def pair_correlation(self) -> float:
        """Mean correlation of all pairs of events; NaN where a share has several."""
        return correlation.of_pairs(self.sample)

    def run(self, name: str) -> Significance:
        """Run one test by name."""
        if name in {"t", "placebo"}:
            return self._single(name)
        if self.n < 2:
            return significance.invalid(
                name, (self.n, self.n_sessions), significance.mean_test_reason(self.n)
            )
        if name in _RANKED and (reason := self._why_not_ranked()):
            return significance.invalid(name, (self.n, self.n_sessions), reason)
        return _OF_EVENTS[name](self)

    def _why_not_ranked(self) -> str:
        if inference.all_equal(self.scar):
            return inference.NO_VARIANCE
        if self.n < ranks.LEAST_EVENTS:
            return f"it takes {ranks.LEAST_EVENTS} events or more; there are {self.n}"
        return ""

    @property
    def episodes(self) -> Integers:
        """Number of each event's episode."""
        # Rows are the sessions of a share's own exchange: others' holidays part no two windows.
        places = self.sample.places
        return clusters.episodes(places.column, places.row, length=self.length)

    @cached_property
    def cosines(self) -> Cosines:
        """Cosines over the sessions of the events, by which means are judged."""
        places = self.sample.places
        return Cosines.of(self.sessions, length=self.length, series=places.column, rows=places.row)

    @cached_property
    def estimation_stats(self) -> EstimationStats:
        """What tests compare the events with: their estimation windows."""
        return EstimationStats.read(self.sample, self.window, self.scar)

    def row(self) -> dict[str, object]:
        """Give this window's row of the ``caar`` table."""
        name = self.headline()
        result = self.run(name)
        se = self._error(name) if result.valid else _NAN
        return caar_row(
            self.window,
            result,
            counts=(self.n, self.n_sessions),
            means=(float(self.car.mean()), float(self.scar.mean())) if self.n else (_NAN, _NAN),
            se=se,
            n_effective=self._effective(name) if result.valid else _NAN,
            placebo_p=self.run("placebo").p_value,
        )

    def _single(self, name: str) -> Significance:
        if reason := inference.why_not_single(self.n):
            return significance.invalid(name, (self.n, self.n_sessions), reason)
        if name == "t":
            return inference.single_t(self.car[0], self.se[0], self.sample.fit.df[0])
        _, residuals, x = next(self.sample.estimation_windows())
        fit = self.sample.fit
        placebos = inference.placebo_statistics(
            residuals, x, fit.inverse, fit.sigma, length=self.length
        )
        return inference.placebo(self.scar[0], placebos[0])

    def _error(self, name: str) -> float:
        """Apply the variance of the headline test to CAR."""
        if name == "t":
            return float(self.se[0])
        if name == "cosine":
            return float(np.sqrt(self.cosines.variance(self.car)))
        plain = float(self.car.std(ddof=1) / np.sqrt(self.n))
        if name == "bmp":
            return plain
        return plain / inference.kp_factor(self.window_correlation, self.n)

    def _effective(self, name: str) -> float:
        """Give the number of independent events whose mean SCAR would vary as much."""
        if name == "cosine":
            variance = self.cosines.variance(self.scar)
            return min(float(self.n), float(self.scar.var(ddof=1)) / variance)
        if name == "generalised_kp":
            return self.n / (1 + (self.n - 1) * self.window_correlation)
        return float(self.n)


# A test of several events; ``significance.WORDS`` has what it is called, and its null hypothesis.
_OF_EVENTS: Mapping[str, Callable[[WindowResults], Significance]] = {
    "cross_sectional_t": lambda one: inference.cross_sectional_t(one.car),
    "skewness_adjusted_t": lambda one: inference.skewness_adjusted_t(one.car),
    "patell": lambda one: inference.patell(one.scar, one.sample.fit.df),
    "adjusted_patell": lambda one: inference.patell(
        one.scar, one.sample.fit.df, correlation=one.pair_correlation
    ),
    "bmp": lambda one: inference.bmp(one.scar),
    "kp_bmp": lambda one: inference.generalised_kp(
        one.scar, one.pair_correlation, one.n_sessions, name="kp_bmp"
    ),
    "generalised_kp": lambda one: inference.generalised_kp(
        one.scar, one.window_correlation, one.n_sessions
    ),
    "cosine": lambda one: inference.cosine_of(one.scar, one.cosines),
    "bmp_episode": lambda one: clusters.clustered("bmp_episode", one.scar, one.episodes),
    "bmp_date": lambda one: clusters.clustered("bmp_date", one.scar, one.sessions),
    "bmp_two_way": lambda one: clusters.two_way(one.scar, one.episodes, one.sessions),
    "crude_dependence": lambda one: inference.crude_dependence(
        float(one.car.mean()), one.estimation_stats.aar, length=one.length, n_events=one.n
    ),
    "rank": lambda one: ranks.corrado_zivney(one.estimation_stats.rank, one.n),
    "grank_t": lambda one: ranks.grank_t(one.estimation_stats.grank, one.n),
    "grank_z": lambda one: ranks.grank_z(one.estimation_stats.grank, one.n),
    "sign": lambda one: ranks.sign(one.car),
    "generalised_sign": lambda one: ranks.generalised_sign(
        one.car, one.estimation_stats.share_positive
    ),
    "wilcoxon": lambda one: ranks.wilcoxon(one.car),
}
