"""The tables of a study whose events were added up in parts.

They equal those of an ``EventStudy`` of all events to the last digits, in which additions in
another order differ. Left out is what sums can't tell: tests that rank events or correlate them,
and say so; single events, which are in the parts' own tables; and the draws of second looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.market.prices import PriceTable
from signals.study import effects, significance
from signals.study.arrays import Floats, Integers
from signals.study.clocks import DATED, TIMED
from signals.study.effects import Row
from signals.study.settings import Settings, Window, Windows, read_windows
from signals.study.significance import Significance
from signals.study.study_sums import (
    POWERS,
    TESTED,
    TOTALS,
    GroupSums,
    Key,
    StudySums,
)
from signals.study.summed_window import SummedWindow, weighting_in
from signals.study.sums_for_tests import SumsForTests
from signals.study.weighting import MEAN, Contrast, Weighting

_NAN = float("nan")
_ORDER = ("second", "minute", "day", "pre-open", "intraday", "last-30-minutes", "after-close")


@dataclass(frozen=True, eq=False)
class SummedStudy:
    """A study of many events from the sums of its parts: the tables of ``EventStudy``, no events.

    Attributes
    ----------
    sums
        The sums over all events.
    sessions
        All sessions of all calendars that the study reads, ascending, in days since 1970: calendar
        time counts them.
    settings, prices
        The arguments, and the prices that were used.
    headline
        The window that decides.
    """

    sums: StudySums
    sessions: Integers
    settings: Settings
    prices: PriceTable
    headline: Window

    @property
    def clock(self) -> str:
        """The clock of the means: timed events, and those known to the day where there are none."""
        return TIMED if self.count(TIMED) or not self.count(DATED) else DATED

    @property
    def mixes_precisions(self) -> bool:
        """Whether some events are known to the day only and others to the minute or better."""
        return bool(self.count(TIMED) and self.count(DATED))

    def count(self, clock: str, group: str = "") -> int:
        """Count the events of a group that have some window complete."""
        keys = [key for key in self.sums.groups if (key.clock, key.group) == (clock, group)]
        counts = [int(self.sums.groups[key].by_session[0].sum()) for key in keys]
        return max(counts, default=0)

    def window(self, clock: str, group: str, window: Window) -> SummedWindow:
        """Give the sums of one group over one window."""
        days = self.sums.days
        none = GroupSums(np.zeros((3, len(days))), np.zeros(len(TOTALS)))
        sums = self.sums.groups.get(Key(clock, group, *window), none)
        tested = self.sums.groups.get(Key(clock, TESTED, *window)) if not group else None
        return SummedWindow(
            window,
            sums,
            np.searchsorted(self.sessions, days),
            days,
            None if tested is None else SumsForTests(tested.totals),
        )

    def caar(
        self,
        windows: Windows | None = None,
        *,
        clock: str | None = None,
        group: str = "",
    ) -> pd.DataFrame:
        """Give the mean CAR for each window, as ``EventStudy.caar``, of the events of one clock.

        Raises
        ------
        StudyError
            The parts were not added up over one of the windows.
        """
        wanted = self.settings.windows if windows is None else read_windows(windows)
        chosen = self.clock if clock is None else clock
        added = {
            (k.start, k.end) for k in self.sums.groups if (k.clock, k.group) == (chosen, group)
        }
        absent = next((one for one in wanted if one not in added), None)
        if added and absent is not None:
            told = ", ".join(map(str, sorted(added)))
            raise StudyError(f"The parts were not added up over {absent}; they were over {told}.")
        rows = [self.window(chosen, group, window).row() for window in wanted]
        labels = pd.Index([f"({start}, {end})" for start, end in wanted], name="window")
        return pd.DataFrame(rows, index=labels)

    def by(
        self, column: str, windows: Windows | None = None, *, adjust: str | None = None
    ) -> pd.DataFrame:
        """Give ``caar`` by "precision" of all events, or by "phase" of those of the clock.

        Raises
        ------
        StudyError
            The events have no such column, or the parts were not added up by it or over a window.
        """
        prefix = f"{column} "
        found = {
            (key.clock, key.group.removeprefix(prefix))
            for key in self.sums.groups
            if key.group.startswith(prefix) and (column == "precision" or key.clock == self.clock)
        }
        if not found:
            raise StudyError(
                f"The parts were not added up by {column!r}: they are by 'precision' and 'phase', "
                "where events have these columns."
            )
        order = {name: place for place, name in enumerate(_ORDER)}
        tables = {
            value: self.caar(windows, clock=clock, group=f"{prefix}{value}")
            for clock, value in sorted(found, key=lambda one: (order.get(one[1], 99), one[1]))
        }
        table: pd.DataFrame = pd.concat(tables, names=[column])
        return significance.adjusted(table, adjust)

    def aar(self) -> pd.DataFrame:
        """Give the mean abnormal return at each offset, as ``EventStudy.aar``."""
        table = self.caar(self.settings.offsets)
        table = table.rename(columns={"start": "offset", "caar": "aar"})
        return table.set_index("offset").drop(columns="end")

    def path(self) -> pd.DataFrame:
        """Give CAAR up to each offset, and AAR beside it, as ``EventStudy.path``."""
        return self._path("").assign(aar=self.aar()["aar"])

    def path_by_sign(self, column: str = "score") -> pd.DataFrame:
        """Give CAAR up to each offset by the sign of the score, as ``EventStudy.path_by_sign``.

        Raises
        ------
        StudyError
            Another column is asked for: the parts were added up by the sign of the score.
        """
        if column != "score":
            raise StudyError(
                f"The parts were added up by the sign of the score, not of {column!r}."
            )
        groups = [f"sign {name}" for name in effects.SIGNS]
        paths = {
            group.removeprefix("sign "): self._path(group)
            for group in groups
            if self.count(self.clock, group)
        }
        table: pd.DataFrame = pd.concat(paths, names=["sign"])
        return table

    def confounds(self) -> pd.DataFrame | None:
        """Give ``caar`` as ``EventStudy.confounds``; None for a study that was given none."""
        groups = {"all": "", "without": "confounded without", "with": "confounded with"}
        if not any(self.count(self.clock, group) for group in groups.values() if group):
            return None
        windows = (self.headline,)
        tables = {name: self.caar(windows, group=group) for name, group in groups.items()}
        table: pd.DataFrame = pd.concat(tables, names=["confounded"])
        return table

    def drift(self) -> pd.DataFrame:
        """Give ``caar`` before the event by precision, as ``EventStudy.drift``."""
        return self.by("precision", self.settings.drift)

    def summary(self) -> pd.DataFrame:
        """Give ``caar``, by precision where there are two clocks."""
        return self.by("precision") if self.mixes_precisions else self.caar()

    def tests(self, window: Window) -> tuple[Significance, ...]:
        """Run the tests on one window; those that sums can't tell say so."""
        return self.window(self.clock, "", window).tests()

    def sentiment(self) -> pd.DataFrame:
        """Give what a study of sentiment leads with, as ``EventStudy.sentiment``."""
        rows = {
            "spread": self.spread(),
            "slope": self._slope(),
            "size": self._excess("size"),
            "log_volume": self._excess("log_volume"),
        }
        if self.prices.volume is None:
            rows["log_volume"] |= {"reason": effects.NO_VOLUME}
        return effects.table(rows)

    def spread(self) -> Row:
        """Give CAAR of events with a positive score less that of negative ones."""
        up, down = (
            self.window(self.clock, f"sign {sign}", self.headline)
            for sign in ("positive", "negative")
        )
        row: Row = {"n_positive": up.n, "n_negative": down.n}
        n, sums = up.n + down.n, self._sums_of("spread", 2, 0)
        count = sums.by_session.sum(axis=0)
        if min(up.n, down.n) < 2:
            reason = "it takes two events or more of either sign"
            return row | self._no_effect(count, reason)
        influence = np.zeros(len(self.sums.days))
        square = 0.0
        for one, factor in ((up, n / up.n), (down, -n / down.n)):
            held, car, _ = one.sums.by_session
            influence += factor * (car - held * one.mean("car"))
            square += factor**2 * one.variance("car") * (one.n - 1)
        estimate = up.mean("car") - down.mean("car")
        weighting = self._weighting(
            sums,
            count,
            gram=sums.by_session.T[:, :, None] * np.eye(2),
            contrast=effects.spread_contrast(up.n, down.n),
        )
        return row | self._effect(estimate, influence, weighting, square=square)

    def _slope(self) -> Row:
        sums = self._sums_of("slope", 5, len(POWERS))
        n, x, y, xy, xx = sums.by_session
        centre = _Moments.of(sums.totals)
        square = centre.of_powers(2, 0) if centre.n > 2 else 0.0
        if square <= 1e-12:
            reason = "it takes three events or more with different scores"
            return self._no_effect(n, reason)
        gram = np.moveaxis(np.array([[n, x], [x, xx]]), 2, 0)
        contrast = effects.slope_contrast(centre.x, square)
        weighting = self._weighting(sums, n, gram=gram, contrast=contrast)
        slope = centre.of_powers(1, 1) / square
        mean_x, mean_y = centre.x, centre.y
        joint = xy - mean_y * x - mean_x * y + n * mean_x * mean_y
        influence = (joint - slope * (xx - 2 * mean_x * x + n * mean_x**2)) / square
        spread = centre.of_powers(2, 2) - 2 * slope * centre.of_powers(3, 1)
        spread += slope**2 * centre.of_powers(4, 0)
        square = centre.n * spread / square**2
        return self._effect(slope, influence, weighting, square=square)

    def _excess(self, name: str) -> Row:
        sums = self._sums_of(name, 2, 2)
        count, total = sums.by_session
        n = int(count.sum())
        if n < 2:
            return self._no_effect(count, significance.mean_test_reason(n))
        mean = float(sums.totals[0]) / n
        square = float(sums.totals[1]) - n * mean**2
        weighting = self._weighting(sums, count)
        return self._effect(mean, total - count * mean, weighting, square=square)

    def _effect(
        self, estimate: float, influence: Floats, weighting: Weighting, *, square: float
    ) -> Row:
        """Give an estimate from its influence values by session (S,) and its weighting."""
        held = np.isin(np.searchsorted(self.sessions, self.sums.days), weighting.day)
        return effects.effect_row(
            estimate, influence[held], weighting, square=square, length=self._length
        )

    def _no_effect(self, count: Floats, reason: str) -> Row:
        """Give the row of an estimate that can't be, of so many events by session (S,)."""
        none = GroupSums(np.zeros((1, len(count))), np.empty(0))
        weighting = self._weighting(none, count)
        influence = np.zeros(len(weighting.day))
        return effects.effect_row(
            _NAN, influence, weighting, square=0.0, length=self._length, reason=reason
        )

    def _weighting(
        self,
        sums: GroupSums,
        count: Floats,
        *,
        gram: Floats | None = None,
        contrast: Contrast = MEAN,
    ) -> Weighting:
        sessions = np.searchsorted(self.sessions, self.sums.days), self.sums.days
        return weighting_in(sums, count, sessions, gram=gram, contrast=contrast)

    @property
    def _length(self) -> int:
        return self.headline[1] - self.headline[0] + 1

    def _sums_of(self, name: str, rows: int, totals: int) -> GroupSums:
        none = GroupSums(np.zeros((rows, len(self.sums.days))), np.zeros(totals))
        return self.sums.groups.get(Key(self.clock, name, *self.headline), none)

    def _path(self, group: str) -> pd.DataFrame:
        table = self.caar(self.settings.path, group=group)
        return table.rename(columns={"end": "offset"}).set_index("offset").drop(columns="start")


@dataclass(frozen=True)
class _Moments:
    """Moments of a score and of SCAR about their means ``x`` and ``y``, of ``n`` events."""

    n: int
    x: float
    y: float
    raw: tuple[float, ...]

    @classmethod
    def of(cls, totals: Floats) -> _Moments:
        """Read sums of products of powers, in the order of ``study_sums.POWERS``."""
        n = int(totals[POWERS.index((0, 0))])
        raw = tuple(float(one) / max(n, 1) for one in totals)
        return cls(n, raw[POWERS.index((1, 0))], raw[POWERS.index((0, 1))], raw)

    def of_powers(self, p: int, q: int) -> float:
        """Give the mean of (score - its mean)^p (SCAR - its mean)^q."""
        return sum(
            comb(p, i) * comb(q, j) * (-self.x) ** (p - i) * (-self.y) ** (q - j)
            * self.raw[POWERS.index((i, j))]
            for i in range(p + 1)
            for j in range(q + 1)
        )  # fmt: skip
