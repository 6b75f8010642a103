"""What an event study found: abnormal returns, windows, tests, and what became of each event."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.market.prices import PriceTable
from signals.study import clocks, clusters, effects, event_flags, robustness, significance
from signals.study.arrays import Booleans
from signals.study.confounds import caar_by_confounds, caar_by_recaps, without_recaps
from signals.study.policies import MERGED, merged_by_date
from signals.study.sample import Sample
from signals.study.settings import (
    Settings,
    Window,
    Windows,
    check_column_name,
    check_window,
    read_count,
    read_windows,
    window_of,
)
from signals.study.significance import Significance
from signals.study.windows import WindowResults, car_path, car_table, placebo_ranks

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
        the fit: the model's coefficients, ``alpha``, ``beta`` and ``beta_se`` (NaN when it has
        none; of dimson beta is the sum of its slopes), ``sigma``, ``n_obs`` (M), ``df``, ``r2``,
        ``estimation_start`` and ``estimation_end`` (sessions of the first and the last valid
        pair), ``zero_return_share``, and ``volatility_ratio``: the deviation of the last
        20 residuals over that of all; outside 0.67-1.5 volatility has moved, and the t test
        and the placebo with it. Nothing here depends on a price after the estimation window.
    abnormal, sar
        Events x offsets: abnormal return, and the same over its standard error (of a forecast,
        exact). NaN where a session has no return.
    status
        One row an event that came in, in its order: ``event_id, symbol, session, status,
        reason, detail``. "studied", with a reason where a window has a hole; "pending" when it
        is studied but its window waits for prices, of the market too; "lost" with the reason.
    prices, settings, sample
        The prices that were used, the arguments, and the arrays behind it all.
    lost_confounds
        How many rows of ``confounds`` count for nothing: they name no symbol or no time.
    """

    events: pd.DataFrame
    abnormal: pd.DataFrame
    sar: pd.DataFrame
    status: pd.DataFrame
    prices: PriceTable
    settings: Settings
    sample: Sample = field(repr=False)
    lost_confounds: int = 0

    @property
    def standard_errors(self) -> pd.DataFrame:
        """Events x offsets: the exact standard errors of the abnormal returns."""
        abnormal, errors = self.sample.abnormal(*self.settings.window)
        errors[np.isnan(abnormal)] = np.nan
        return pd.DataFrame(errors, index=self.abnormal.index, columns=self.abnormal.columns)

    def car(self, start: int | Window, end: int | None = None) -> pd.DataFrame:
        """Give the cumulative abnormal return of each event over a window: (0, 1), or 0, 1.

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
        start, end = window_of(start, end, self.settings.window)
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
        return car_path(one, self.settings.window)

    @property
    def mixes_precisions(self) -> bool:
        """Whether some events are known to the day only and others have a time: never pooled."""
        return clocks.mixed(self.events)

    def bhar(self, start: int | Window, end: int | None = None) -> pd.Series:
        """Give each event's buy-and-hold abnormal return, Π(1 + R) - Π(1 + E[R]); NaN for a hole.

        E[R] is what the model expects, with RF where it has one. ``inference.skewness_adjusted_t``
        tests its mean: Lyon, Barber and Tsai, Journal of Finance 54 (1999).

        Raises
        ------
        StudyError
            As ``car``; or returns are logarithms.
        """
        start, end = window_of(start, end, self.settings.window)
        if self.settings.returns == "log":
            raise StudyError("Buy-and-hold returns are simple: ask for returns='simple'.")
        return pd.Series(self.sample.buy_and_hold(start, end), self.events.index, name="bhar")

    def caar(self, windows: Windows | None = None, *, adjust: str | None = None) -> pd.DataFrame:
        """Give the mean CAR over events for each window, with the headline test.

        The test is chosen by the data (``inference.headline_test``) and named. ``se`` and the
        95 % interval apply the test's variance to CAR; the statistic is of SCAR. The two can
        disagree when events differ in noise, so ``mean_scar`` stands beside them.

        Returns
        -------
        One row a window, index "(start, end)": ``start, end, n, n_sessions, caar, se, ci_low,
        ci_high, mean_scar, test, statistic, df, p_value, placebo_p`` (of a single event),
        ``n_effective`` (how many independent events would say as much), ``mde, reason``; and
        ``policy`` where the events were merged by calendar date, which looks ahead. With
        ``adjust`` ("holm" or "benjamini_hochberg") ``p_adjusted`` allows for several windows;
        ``mde`` is always of a test of its window alone.

        Events known to the day are never pooled with timed ones: where both are in the study, each
        table has rows for either, by an outer index ``clock``: "timed" and "dated".

        Raises
        ------
        StudyError
            As ``car``.
        """
        return significance.adjusted(self._parted(partial(self._caar, windows=windows)), adjust)

    def by(
        self,
        column: str,
        windows: Windows | None = None,
        *,
        adjust: str | None = None,
    ) -> pd.DataFrame:
        """Give ``caar`` for each value of a column of ``events``, the outer index; NaN is one.

        ``adjust`` allows for the number of groups and windows, as for ``caar``.

        Raises
        ------
        StudyError
            There is no such column.
        """
        check_column_name(column)
        if column not in self.events.columns:
            raise StudyError(
                f"The events have no column {column!r}; there are {', '.join(self.events.columns)}."
            )
        codes, values = pd.factorize(self.events[column], use_na_sentinel=False)
        groups = {value: codes == code for code, value in enumerate(values)}
        make = partial(self._caar, windows=windows)
        return significance.adjusted(clocks.grouped(make, groups, self.events, name=column), adjust)

    def aar(self) -> pd.DataFrame:
        """Give the mean abnormal return at each offset, with the headline test of that session.

        Returns
        -------
        Index ``offset``; ``aar`` and the other columns of ``caar``.
        """
        table = self.caar(self.settings.offsets)
        table = table.rename(columns={"start": "offset", "caar": "aar"})
        table = table.set_index("offset", append=True).droplevel("window")
        return table.drop(columns="end")

    def tests(self, window: Window) -> tuple[Significance, ...]:
        """Run the tests of ``settings.tests`` on one window; those that don't apply say why.

        Of timed events alone where both clocks are there; ``pandas.DataFrame`` makes a table.

        Raises
        ------
        StudyError
            As ``car``.
        """
        check_window(window, self.settings.window)
        results = WindowResults(clocks.timed(self).sample, *window)
        return tuple(results.run(name) for name in self.settings.tests)

    def spread(self, column: str = "score", window: Window = (0, 1)) -> pd.DataFrame:
        """Give CAAR of events with a positive score less that of negative ones, others left out.

        One row, with the columns of ``sentiment``, and raises as it does.
        """
        return self._effects(window, {"spread": lambda one: effects.spread(one, column, window)})

    def slope(self, column: str = "score", window: Window = (0, 1)) -> pd.DataFrame:
        """Give the slope of SCAR on a score: one row, with the columns of ``sentiment``."""
        return self._effects(window, {"slope": lambda one: effects.slope(one, column, window)})

    def sentiment(self, column: str = "score", window: Window = (0, 1)) -> pd.DataFrame:
        """Give what a study of sentiment leads with, one row a question.

        Returns
        -------
        ``spread`` (a fraction) and ``slope`` (standard deviations a unit of score); beside them
        ``size`` (how much larger |SCAR|^⅔ is than without an event, a fraction) and ``log_volume``
        (beyond its mean in the estimation window), which show a reaction of either sign. Index
        ``effect``; ``n_positive, n_negative`` (of ``spread``), ``n, n_sessions, estimate, se,
        ci_low, ci_high, test, statistic, df, p_value, n_effective, mde, reason``.

        Raises
        ------
        StudyError
            The column is missing or holds no numbers, or as ``car``.
        """
        return self._effects(
            window,
            {
                "spread": lambda one: effects.spread(one, column, window),
                "slope": lambda one: effects.slope(one, column, window),
                "size": lambda one: effects.magnitude(one, window),
                "log_volume": lambda one: effects.volume(one, window),
            },
        )

    def bootstrap(self, window: Window, *, draws: int = 999) -> tuple[float, float]:
        """Give a 95 % interval of CAAR from circular blocks of sessions, 19 ``draws`` or more.

        Künsch, Annals of Statistics 17 (1989). NaN with events in fewer than 5 sessions.
        """
        check_window(window, self.settings.window)
        draws = read_count(draws, "draws", robustness.LEAST_DRAWS)
        one, seed = WindowResults(clocks.timed(self).sample, *window), self.settings.seed
        return clusters.block_bootstrap(
            one.car, np.ones(one.n), one.sessions, least=one.length, draws=draws, seed=seed
        )

    placebo = robustness.placebo
    size_check = robustness.size_check
    power = robustness.power
    sensitivity = robustness.sensitivity
    flags = event_flags.flags

    def drift(self, window: Window = (-5, -1)) -> pd.DataFrame:
        """Give ``caar`` before the event, by ``precision`` of the time: a sign of looking ahead.

        News can't move prices before it is known. What shows was known earlier, has a wrong time,
        or followed the price.
        """
        if "precision" in self.events:
            return self.by("precision", (window,))
        return self.caar((window,))

    confounds = caar_by_confounds
    recaps = caar_by_recaps
    without_recaps = without_recaps

    def unpriced_by_year(self) -> pd.DataFrame:
        """Count ``events``, those ``unpriced`` and their ``share`` by year: who survived."""
        return event_flags.unpriced_by_year(self.status)

    def calendar_portfolio(self, window: Window) -> pd.DataFrame:
        """Give the mean abnormal return of a portfolio that holds each share inside its window.

        A session's is the mean of those held in it: Jaffe, Journal of Business 47 (1974). One row,
        with the columns of ``sentiment``; ``n`` counts events, ``n_sessions`` those of the holding.
        """
        row = {"calendar_portfolio": lambda one: effects.calendar_portfolio(one, window)}
        return self._effects(window, row)

    def mean_bhar(self, start: int | Window, end: int | None = None) -> pd.DataFrame:
        """Give the mean of ``bhar`` with cosine errors: one row, with the columns of ``sentiment``.

        ``skewness_adjusted_p`` is of Johnson's t, which takes events as independent.
        """
        window = window_of(start, end, self.settings.window)
        return self._effects(window, {"mean_bhar": lambda one: effects.mean_bhar(one, window)})

    def path(self) -> pd.DataFrame:
        """Give CAAR from the first offset of the window up to each offset, and AAR beside it.

        Returns
        -------
        Index ``offset``; the columns of ``caar``, and ``aar``.
        """
        table = self._parted(self._path)
        return table.assign(aar=self.aar()["aar"])

    def path_by_sign(self, column: str = "score") -> pd.DataFrame:
        """Give ``caar`` up to each ``offset`` for events by ``sign`` of the score, the index.

        Raises
        ------
        StudyError
            The column is missing or holds no numbers, or no event has one.
        """
        groups = effects.by_sign(self, column)
        return clocks.grouped(self._path, groups, self.events, name="sign")

    def _effects(
        self, window: Window, rows: Mapping[str, Callable[[EventStudy], effects.Row]]
    ) -> pd.DataFrame:
        check_window(window, self.settings.window)

        def table(chosen: Booleans) -> pd.DataFrame:
            some = clocks.subset(self, chosen)
            return effects.table({name: row(some) for name, row in rows.items()})

        return self._marked(self._parted(table))

    def _parted(self, make: clocks.Make) -> pd.DataFrame:
        whole = np.ones(len(self.events), dtype=np.bool_)
        return clocks.parted(make, whole, self.events)

    def summary(self) -> pd.DataFrame:
        """Give the columns of ``caar`` that a reader needs first, by precision if mixed.

        ``placebo_p`` and ``reason`` are left out where no row has one.
        """
        whole = self.by("precision") if self.mixes_precisions else self.caar()
        table = self._marked(whole[_SUMMARY])
        empty = [name for name in ("placebo_p", "reason") if _is_blank(table[name])]
        return table.drop(columns=empty)

    def __repr__(self) -> str:
        """Tell how many events were studied and lost, with the summary."""
        return f"EventStudy: {event_flags.count_words(self)}\n{self.summary().to_string()}"

    def _repr_html_(self) -> str:
        """Show the counts and the summary in a notebook."""
        return f"<p>EventStudy: {event_flags.count_words(self)}</p>{self.summary().to_html()}"

    def _caar(self, chosen: Booleans, windows: Windows | None) -> pd.DataFrame:
        wanted = self.settings.windows if windows is None else read_windows(windows)
        for window in wanted:
            check_window(window, self.settings.window)
        sample = self.sample.take(chosen)
        rows = [WindowResults(sample, *window).row() for window in wanted]
        labels = pd.Index([f"({start}, {end})" for start, end in wanted], name="window")
        return self._marked(pd.DataFrame(rows, index=labels))

    def _path(self, chosen: Booleans) -> pd.DataFrame:
        table = self._caar(chosen, self.settings.path)
        return table.rename(columns={"end": "offset"}).set_index("offset").drop(columns="start")

    def _marked(self, table: pd.DataFrame) -> pd.DataFrame:
        """Write into a table that its events were merged by calendar date, where they were."""
        return table.assign(policy=MERGED) if merged_by_date(self.events) else table


def _is_blank(column: pd.Series) -> bool:
    return bool((column.isna() | (column == "")).all())
