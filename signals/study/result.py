"""What an event study found: abnormal returns, windows, tests, and what became of each event."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.market.prices import PriceTable
from signals.study import inference
from signals.study.inference import Significance
from signals.study.fits import Booleans
from signals.study.panel import Sample
from signals.study.settings import Settings, Window, check_window
from signals.study.windows import WindowResults, car_table, placebo_ranks

_SUMMARY = (
    "n,n_sessions,caar,ci_low,ci_high,test,statistic,df,p_value,placebo_p,n_effective,mde,reason"
).split(",")


@dataclass(frozen=True, eq=False, repr=False)
class EventStudy:
    """Abnormal returns around events, and whether they differ from zero.

    Returns are simple and fractions (0.01 is 1 %). Offsets count sessions of the event's own
    exchange; windows include both ends. A window with a hole is NaN and says why. Session 0
    contains the move before the news as well: it shows association, never prediction.

    Attributes
    ----------
    events
        One row a studied event, index ``event_id``: the columns that came in, ``market``, and
        the fit: ``alpha, beta`` (NaN when the model has none), ``sigma``, ``n_obs`` (M), ``df``,
        ``r2``, ``estimation_start`` and ``estimation_end`` (sessions of the first and the last
        valid pair), ``zero_return_share``, and ``volatility_ratio``: the deviation of the last
        20 residuals over that of all; outside 0.67-1.5 volatility has moved, and the t test
        and the placebo with it. Nothing here depends on a price after the estimation window.
    abnormal, sar
        Events x offsets: abnormal return, and the same over its standard error (of a forecast,
        exact). NaN where a session has no return.
    status
        One row an event that came in, in its order: ``event_id, symbol, session, status,
        reason, detail``. "studied"; "pending" when it is studied but prices end inside its
        window; "lost" with the reason.
    prices, settings
        The prices that were used, and the arguments.
    sample
        The arrays behind it all, for other rooms of this package.
    """

    events: pd.DataFrame
    abnormal: pd.DataFrame
    sar: pd.DataFrame
    status: pd.DataFrame
    prices: PriceTable
    settings: Settings
    sample: Sample = field(repr=False)

    @property
    def standard_errors(self) -> pd.DataFrame:
        """Events x offsets: the exact standard errors of the abnormal returns."""
        abnormal, errors = self.sample.abnormal(*self.settings.window)
        errors[np.isnan(abnormal)] = np.nan
        return pd.DataFrame(errors, index=self.abnormal.index, columns=self.abnormal.columns)

    def car(self, start: int, end: int) -> pd.DataFrame:
        """Give the cumulative abnormal return of each event over one window.

        Returns
        -------
        One row an event: ``car, se`` (exact, with the covariance of forecast errors), ``scar``
        and ``t`` (CAR over its error), ``df``, ``p_value``, ``ci_low, ci_high`` (95 %),
        ``placebo_p`` (rank among the ``n_placebo`` windows of this length in the estimation
        period), ``mde`` (the effect that would be seen in 80 % of cases), ``reason``.

        Raises
        ------
        StudyError
            The window is reversed, or reaches outside the study's.
        """
        check_window((start, end), self.settings.window)
        table = car_table(self.sample, start, end)
        placebo_p, n_placebo = placebo_ranks(self.sample, table["scar"].to_numpy(), end - start + 1)
        table.insert(8, "placebo_p", placebo_p)
        table.insert(9, "n_placebo", n_placebo)
        return table.set_index(self.events.index)

    def cumulative(self, event_id: Hashable) -> pd.DataFrame:
        """Give one event's CAR from the first offset of the window up to each offset.

        Returns
        -------
        Index ``offset``; ``car, se, ci_low, ci_high``, NaN from the first hole on.

        Raises
        ------
        StudyError
            No studied event has this id.
        """
        if event_id not in self.events.index:
            raise StudyError(f"No studied event has the id {event_id!r}; see .status.")
        one = self.sample.take(np.asarray(self.events.index == event_id))
        first, last = self.settings.window
        offsets = pd.RangeIndex(first, last + 1, name="offset")
        pairs = np.array([one.cumulative(first, offset) for offset in offsets])[:, :, 0]
        car, se = pairs[:, 0], pairs[:, 1]
        margin = inference.t_quantile(0.975, one.fit.df) * se
        return pd.DataFrame(
            {"car": car, "se": se, "ci_low": car - margin, "ci_high": car + margin}, index=offsets
        )

    def caar(self, windows: tuple[Window, ...] | None = None) -> pd.DataFrame:
        """Give the mean CAR over events for each window, with the headline test.

        The test is chosen by the data (``inference.headline_test``) and named. ``se`` and the
        95 % interval apply the test's variance to CAR; the statistic is of SCAR. The two can
        disagree when events differ in noise, so ``mean_scar`` stands beside them.

        Returns
        -------
        One row a window, index "(start, end)": ``start, end, n, n_sessions, caar, se, ci_low,
        ci_high, mean_scar, test, statistic, df, p_value, placebo_p`` (of a single event),
        ``n_effective`` (how many independent events would say as much), ``mde, reason``.

        Raises
        ------
        StudyError
            As ``car``.
        """
        return self._caar(np.ones(len(self.events), dtype=np.bool_), windows)

    def by(self, column: str, windows: tuple[Window, ...] | None = None) -> pd.DataFrame:
        """Give ``caar`` for each value of a column of ``events``; missing values are a group.

        Raises
        ------
        StudyError
            There is no such column.
        """
        if column not in self.events.columns:
            raise StudyError(
                f"The events have no column {column!r}; there are {', '.join(self.events.columns)}."
            )
        codes, values = pd.factorize(self.events[column], use_na_sentinel=False)
        groups = {value: self._caar(codes == code, windows) for code, value in enumerate(values)}
        table: pd.DataFrame = pd.concat(groups, names=[column])
        return table

    def aar(self) -> pd.DataFrame:
        """Give the mean abnormal return at each offset, with the headline test of that session.

        Returns
        -------
        Index ``offset``; ``aar`` and the other columns of ``caar``.
        """
        first, last = self.settings.window
        table = self.caar(tuple((offset, offset) for offset in range(first, last + 1)))
        table = table.rename(columns={"start": "offset", "caar": "aar"})
        table = table.set_index("offset")
        return table.drop(columns="end")

    def tests(self, window: Window) -> tuple[Significance, ...]:
        """Run the tests of ``settings.tests`` on one window; those that don't apply say why.

        Raises
        ------
        StudyError
            As ``car``.
        """
        check_window(window, self.settings.window)
        results = WindowResults(self.sample, *window)
        return tuple(results.run(name) for name in self.settings.tests)

    def summary(self) -> pd.DataFrame:
        """Give the columns of ``caar`` that a reader needs first."""
        table = self.caar()[_SUMMARY]
        empty = [name for name in ("placebo_p", "reason") if _is_blank(table[name])]
        return table.drop(columns=empty)

    def __repr__(self) -> str:
        """Tell how many events were studied and lost, with the summary."""
        return f"EventStudy: {self._counts()}\n{self.summary().to_string()}"

    def _repr_html_(self) -> str:
        """Show the counts and the summary in a notebook."""
        return f"<p>EventStudy: {self._counts()}</p>{self.summary().to_html()}"

    def _counts(self) -> str:
        counts = self.status["status"].value_counts(sort=False)
        lost = self.status.loc[self.status["status"] == "lost", "reason"].value_counts(sort=False)
        n = len(self.events)
        parts = [f"{n} event{'s' if n > 1 else ''} studied, model {self.settings.model}"]
        parts += [f"{counts['pending']} of them pending"] if "pending" in counts else []
        parts += [f"{count} lost ({reason})" for reason, count in lost.items()]
        return "; ".join(parts)

    def _caar(self, chosen: Booleans, windows: tuple[Window, ...] | None) -> pd.DataFrame:
        wanted = self.settings.windows if windows is None else windows
        for window in wanted:
            check_window(window, self.settings.window)
        sample = self.sample.take(chosen)
        rows = [WindowResults(sample, *window).row() for window in wanted]
        labels = pd.Index([f"({start}, {end})" for start, end in wanted], name="window")
        return pd.DataFrame(rows, index=labels)


def _is_blank(column: pd.Series) -> bool:
    return bool((column.isna() | (column == "")).all())
