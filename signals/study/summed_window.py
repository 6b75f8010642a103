"""One window of many events, of which only sums are known: the tests and the row of a table.

``SummedWindow`` says of sums what ``WindowResults`` says of a sample of events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from signals.study import clusters, inference, ranks, significance
from signals.study.arrays import Floats, Integers
from signals.study.clusters import ClusterSums
from signals.study.cosines import Cosines
from signals.study.effects import Row
from signals.study.settings import Window
from signals.study.significance import Significance
from signals.study.study_sums import PAIR_BASE, TOTALS, GroupSums
from signals.study.sums_for_tests import SumsForTests
from signals.study.weighting import MEAN, Contrast, Weighting
from signals.study.windows import caar_row

_NAN = float("nan")
_NOT_IN_SUMS = "sums over parts of the events don't tell it: study fewer events in one piece"


@dataclass(frozen=True, eq=False)
class SummedWindow:
    """One group of events over one window, as ``WindowResults`` has it, from sums alone.

    Attributes
    ----------
    window, sums
        The window, and the sums over the events.
    ordinals, day
        (S,): the ordinals of the sessions of the sums, and their days since 1970.
    tested
        What tests beside those of means read; None for a group or a window without.
    """

    window: Window
    sums: GroupSums
    ordinals: Integers
    day: Integers
    tested: SumsForTests | None = None

    @property
    def length(self) -> int:
        """Sessions of the window."""
        return self.window[1] - self.window[0] + 1

    @property
    def n(self) -> int:
        """Events whose window is complete."""
        return int(self.sums.by_session[0].sum())

    @property
    def n_sessions(self) -> int:
        """Their distinct sessions."""
        return int(np.count_nonzero(self.sums.by_session[0]))

    def total(self, name: str) -> float:
        """Give one of the sums over all events, by its name in ``study_sums.TOTALS``."""
        return float(self.sums.totals[TOTALS.index(name)])

    def mean(self, name: str) -> float:
        """Give the mean of CAR or SCAR."""
        return self.total(name) / self.n if self.n else _NAN

    def variance(self, name: str) -> float:
        """Give the variance of CAR or SCAR over events, N - 1 in its denominator."""
        return (self.total(f"{name}2") - self.n * self.mean(name) ** 2) / (self.n - 1)

    def all_equal(self, name: str) -> bool:
        """Tell whether all CAR, or SCAR, are equal but for rounding."""
        place = ("car", "scar").index(name)
        low, high = self.sums.low[place], self.sums.high[place]
        return bool(high - low <= 1e-12 * max(abs(low), abs(high)))

    @cached_property
    def weighting(self) -> Weighting:
        """How a mean is made of the events."""
        count, sessions = self.sums.by_session[0], (self.ordinals, self.day)
        return weighting_in(self.sums, count, sessions)

    @cached_property
    def cosines(self) -> Cosines:
        """Lay cosines over the sessions, with the pairs of windows of one share that meet."""
        return Cosines.over(self.weighting, length=self.length)

    def error(self, name: str) -> float:
        """Give the cosine error of the mean of CAR or SCAR."""
        count, car, scar = self.sums.by_session
        total = {"car": car, "scar": scar}[name] - count * self.mean(name)
        return float(np.sqrt(self.cosines.variance_of(total[count > 0])))

    def row(self) -> Row:
        """Give this window's row of the ``caar`` table."""
        result, se, effective = self._headline()
        return caar_row(
            self.window,
            result,
            counts=(self.n, self.n_sessions),
            means=(self.mean("car"), self.mean("scar")),
            se=se,
            n_effective=effective,
            placebo_p=_NAN,
        )

    def tests(self) -> tuple[Significance, ...]:
        """Run all tests on the window; those that sums can't tell say so."""
        return tuple(self.run(name) for name in significance.TESTS)

    def run(self, name: str) -> Significance:
        """Run one test by name, as ``WindowResults`` does."""
        known = {
            "t": self._single,
            "cross_sectional_t": lambda: self._mean_test(name, "car"),
            "bmp": lambda: self._mean_test(name, "scar"),
            "patell": self._patell,
            "cosine": self._cosine,
            "sign": self._sign,
        }
        counts = self.n, self.n_sessions
        if self.n < 2 and name not in {"t", "placebo"}:
            return significance.invalid(name, counts, significance.mean_test_reason(self.n))
        if name in known:
            return known[name]()
        if name in _OF_TESTED and self.tested is not None:
            return _OF_TESTED[name](self, self.tested)
        return significance.invalid(name, counts, _NOT_IN_SUMS)

    def skewness_adjusted_t(self, sums: SumsForTests) -> Significance:
        """Run the test of that name; see ``inference.skewness_adjusted_t``."""
        if self.all_equal("car"):
            return significance.invalid("skewness_adjusted_t", (self.n,) * 2, inference.NO_VARIANCE)
        mean, deviation = self.mean("car"), float(np.sqrt(self.variance("car")))
        third = sums.cubes / self.n - 3 * mean * self.total("car2") / self.n + 2 * mean**3
        return inference.skewness_adjusted_of(self.n, mean, deviation, third)

    @property
    def dates(self) -> ClusterSums:
        """Sums of SCAR about their mean over sessions."""
        count, _, scar = self.sums.by_session[:, self.sums.by_session[0] > 0]
        return ClusterSums.of(count, scar - count * self.mean("scar"))

    def _headline(self) -> tuple[Significance, float, float]:
        """Give the result of the headline test, the error of CAAR and the effective number."""
        if self.n <= 1:
            result = self._single()
            return result, self.total("se") if result.valid else _NAN, 1.0 if self.n else _NAN
        days = self.weighting.day
        overlap = self.n > len(days) or bool((np.diff(days) < self.length).any())
        name = inference.headline_test(self.n, self.n_sessions, overlap=overlap)
        result = self.run(name)
        if not result.valid:
            return result, _NAN, _NAN
        if name == "bmp":
            return result, float(np.sqrt(self.variance("car") / self.n)), float(self.n)
        effective = self.variance("scar") / self.error("scar") ** 2
        return result, self.error("car"), min(float(self.n), effective)

    def _single(self) -> Significance:
        if reason := inference.why_not_single(self.n):
            return significance.invalid("t", (self.n, self.n_sessions), reason)
        return inference.single_t(self.total("car"), self.total("se"), self.total("df"))

    def _mean_test(self, name: str, values: str) -> Significance:
        if self.all_equal(values):
            return significance.invalid(name, (self.n,) * 2, inference.NO_VARIANCE)
        statistic = np.sqrt(self.n) * self.mean(values) / np.sqrt(self.variance(values))
        return significance.valid_t(name, float(statistic), self.n - 1, (self.n,) * 2)

    def _patell(self) -> Significance:
        n = int(self.total("free"))
        if n < 2:
            return significance.invalid("patell", (n, n), significance.mean_test_reason(n))
        z = self.total("free_scar") / np.sqrt(self.total("variance"))
        return significance.normal("patell", float(z), (n, n))

    def _cosine(self) -> Significance:
        counts = self.n, self.n_sessions
        if reason := inference.why_no_cosine(self.n_sessions, equal=self.all_equal("scar")):
            return significance.invalid("cosine", counts, reason)
        statistic = self.mean("scar") / self.error("scar")
        return significance.valid_t("cosine", statistic, self.cosines.df, counts)

    def _sign(self) -> Significance:
        return ranks.sign_of("sign", self.total("positive"), int(self.total("signed")), 0.5)


# Tests that read more than sums by session.
_OF_TESTED: Mapping[str, Callable[[SummedWindow, SumsForTests], Significance]] = {
    "skewness_adjusted_t": SummedWindow.skewness_adjusted_t,
    "generalised_sign": lambda one, sums: ranks.sign_of(
        "generalised_sign", one.total("positive"), one.n, sums.shares / one.n
    ),
    "crude_dependence": lambda one, sums: inference.crude_dependence(
        one.mean("car"), sums.aar_before, length=one.length, n_events=one.n
    ),
    "bmp_episode": lambda one, sums: clusters.clustered_of(
        "bmp_episode", one.n, one.mean("scar"), sums.episodes.about(one.mean("scar"))
    ),
    "bmp_date": lambda one, _: clusters.clustered_of(
        "bmp_date", one.n, one.mean("scar"), one.dates
    ),
    "bmp_two_way": lambda one, sums: clusters.two_way_of(
        one.n,
        one.mean("scar"),
        (
            sums.episodes.about(one.mean("scar")),
            one.dates,
            sums.cells.about(one.mean("scar")),
        ),
    ),
}


def weighting_in(
    sums: GroupSums,
    count: Floats,
    sessions: tuple[Integers, Integers],
    *,
    gram: Floats | None = None,
    contrast: Contrast = MEAN,
) -> Weighting:
    """Read from sums how an estimate is made of the events.

    Parameters
    ----------
    sums
        The sums, whose ``products`` are of the same x as ``gram``.
    count
        (S,): events of each session.
    sessions
        The ordinals and days since 1970 of the sessions, as in ``SummedWindow``.
    gram, contrast
        (S, p, p): Σxx' of ``Weighting``, and its contrast; those of a mean by default.
    """
    ordinals, days = sessions
    held = count > 0
    day = ordinals[held]
    first, gap = sums.pairs // PAIR_BASE, sums.pairs % PAIR_BASE
    one, other = (ordinals[np.searchsorted(days, one)] for one in (first, first + gap))
    return Weighting(
        day=day,
        count=count[held].astype(np.int64),
        gram=(count[:, None, None] if gram is None else gram)[held],
        contrast=contrast,
        one=np.searchsorted(day, one),
        other=np.searchsorted(day, other),
        shared=sums.products,
    )
