"""Does a signal predict returns? Correlations by session, tested so that "no" is an answer.

Mean information coefficients come with the cosine test on their series, which holds its size
when the signal persists and returns overlap; the usual t-test does not. Quantiles, and reasons to
disbelieve a coefficient, are beside it in ``quantiles`` and ``robustness``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from signals.evaluation import exports, findings, grouping, placebos, quantiles as bins, robustness
from signals.evaluation.entry import Observations, enter, observe
from signals.evaluation.forward import RETURN_KINDS, factors_over, forward_returns
from signals.evaluation.ictables import adjusted, ic_row, ic_table, series_row
from signals.evaluation.sample import Sample, Settings
from signals.evaluation.signal import read_signal
from signals.market.price_source import Prices, as_price_source
from signals.study.factors import FactorTable
from signals.study.settings import read_count, read_market

if TYPE_CHECKING:
    from pathlib import Path

_SHOWN = "ic,ci_low,ci_high,p_value,p_holm,mde,n,n_sessions,reason".split(",")


def _of_sample(make: Callable[[Sample], pd.DataFrame]) -> cached_property[pd.DataFrame]:
    """Make a property, computed once, of what makes a table of a sample, with its docstring."""

    def table(self: Evaluation) -> pd.DataFrame:
        return make(self.sample)

    table.__doc__ = make.__doc__
    return cached_property(table)


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """What a signal says about the returns that follow it.

    One observation is a company and an entry session. Entries lie after ``known_at``: at the
    first open at least 5 minutes later or, with closes only, the first close at least 15 minutes
    later. Returns are simple, fractions, and less the market's where a market was given.

    Attributes
    ----------
    ic
        One row a horizon: ``ic`` (mean rank information coefficient over sessions, weighted by
        names less one), ``se, ci_low, ci_high, df, p_value`` (cosine test), ``p_holm, p_bh``
        (adjusted over horizons), ``mde`` (what a test of this horizon alone would see in 80 % of
        cases), ``n`` (observations), ``n_sessions, median_names``, ``ic_sd`` (deviation of the
        sessions' coefficients: ``ic`` over it is the information ratio), ``ic_positive`` (the
        share of sessions in which it is above 0), ``linear_ic, linear_p``,
        ``pooled_ic, pooled_linear_ic`` (all sessions together, each demeaned), ``boot_low,
        boot_high`` (date-block bootstrap), ``nw_low, nw_high, bandwidth`` (Newey-West, fixed-b),
        ``iid_p`` (the usual t-test, to compare: it rejects too often), ``thin, constant``
        (sessions left out) and ``reason`` for a number that is missing.
    settings, sample
        The arguments, and the arrays behind it all.
    """

    ic: pd.DataFrame
    settings: Settings
    sample: Sample = field(repr=False)

    @cached_property
    def series(self) -> pd.DataFrame:
        """One row a session and horizon: ``session, horizon, n, rank_ic, linear_ic``."""
        parts = [
            pd.DataFrame(
                {
                    "session": self.sample.panel.days[one.day],
                    "horizon": horizon,
                    "n": one.n,
                    "rank_ic": one.rank,
                    "linear_ic": one.linear,
                }
            )
            for horizon, one in self.sample.coefficients.items()
        ]
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def observations(self) -> pd.DataFrame:
        """One row a company and entry session, with returns as ``return_1`` and so on, fractions.

        The other columns are ``company, symbol, session, score`` (the mean of its ``n_events``
        events, by relevance), and ``earnings`` where events are so marked.
        """
        obs: Observations = self.sample.observations
        columns = {
            "company": self.sample.first("company").array,
            "symbol": self.sample.first("symbol").array,
            "session": self.sample.panel.labels[obs.row],
            "score": obs.score,
            "n_events": np.bincount(obs.of_event[obs.of_event >= 0], minlength=len(obs)),
        }
        if self.sample.earnings is not None:
            columns["earnings"] = self.sample.earnings
        returns = {f"return_{horizon}": found for horizon, found in self.sample.returns.items()}
        return pd.DataFrame(columns | returns)

    @cached_property
    def status(self) -> pd.DataFrame:
        """One row an event, in their order: ``event_id, symbol, session, status, reason, detail``.

        ``session`` is that of the entry, NaT where there is none; ``status`` "studied" or "lost".
        """
        rows = self.sample.entries.row
        session = pd.Series(pd.NaT, range(len(rows)), dtype="datetime64[us]")
        session[rows >= 0] = self.sample.panel.labels[rows[rows >= 0]]
        return self.sample.signal.status(session)

    @cached_property
    def by_return(self) -> pd.DataFrame:
        """The columns of ``ic`` for raw, market-adjusted and factor-neutral returns.

        Index ``returns, horizon``. Market-adjusted returns are there when a market was given, the
        factor-neutral ones (less betas times the factors, or the market) with either.
        """
        parts = {}
        for kind in RETURN_KINDS:
            if kind == "raw" or self.settings.has_market or (
                kind == "factor_neutral" and self.sample.factors is not None
            ):  # fmt: skip
                parts[kind] = ic_table(self.sample, kind)
        return pd.concat(parts, names=["returns"])

    slopes = _of_sample(robustness.slope_table)
    quantiles = _of_sample(bins.quantile_table)
    spreads = _of_sample(bins.spread_table)
    hit_rates = _of_sample(bins.hit_table)
    coverage = _of_sample(bins.coverage_table)
    stability = _of_sample(bins.stability_table)
    turnover = _of_sample(bins.turnover_table)
    lookahead = _of_sample(robustness.lookahead_table)
    echoes = _of_sample(robustness.echo_table)
    earnings = _of_sample(robustness.earnings_table)
    concentration = _of_sample(robustness.concentration_table)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """The columns of ``ic`` over the shortest horizon by year, phase, size, novelty and so on.

        Index ``by, group``. Groupings that put all observations into one group are left out;
        p-values are adjusted over all groups of all groupings.
        """
        horizon = self.settings.horizons[0]
        rows = {
            (by, str(name)): row
            for by, groups in grouping.usual_groups(self.sample).items()
            for name, row in self._rows_by(groups, horizon).items()
        }
        if not rows:
            empty = self.ic.iloc[:0].reset_index(drop=True)
            return empty.set_index(pd.MultiIndex.from_arrays([[], []], names=["by", "group"]))
        table = pd.DataFrame.from_dict(rows, orient="index")
        return adjusted(table.rename_axis(["by", "group"]))

    def by(self, column: str, *, horizon: int | None = None) -> pd.DataFrame:
        """Give the columns of ``ic`` by group, p-values adjusted over groups.

        Parameters
        ----------
        column
            "year", "phase", "size" (articles: 1, 2-4, 5 and more), "novelty", "relevance", or
            any column of the events, such as "sector" or "earnings".
        horizon
            In sessions; the shortest by default.

        Raises
        ------
        StudyError
            The events have no such column, or the horizon was not evaluated.
        """
        rows = self._rows_by(
            grouping.groups_of(self.sample, column), self.settings.horizon(horizon)
        )
        return adjusted(pd.DataFrame.from_dict(rows, orient="index").rename_axis(column))

    def placebo(
        self, kind: str = "shifted", *, horizon: int | None = None, draws: int = 199
    ) -> placebos.Placebo:
        """Ask how large a coefficient this signal reaches where it can know nothing.

        Parameters
        ----------
        kind
            "shifted" moves the signal in time and keeps its persistence, and has no p where fewer
            than 19 shifts lie apart; "shuffled" shuffles it inside each session, which destroys
            persistence and so reassures too easily.
        horizon
            In sessions; the shortest by default.
        draws
            How many placebos, 19 or more; time has no more than its sessions allow.

        Raises
        ------
        StudyError
            The kind is unknown, the horizon was not evaluated, or the draws are too few.
        """
        draws = read_count(draws, "draws", placebos.LEAST_PLACEBOS)
        return placebos.placebo(self.sample, kind, self.settings.horizon(horizon), draws)

    def verdict(self) -> tuple[str, ...]:
        """Say in sentences what was found, and what could not have been seen."""
        return findings.verdict(self.ic, self.lookahead)

    def summary(self) -> pd.DataFrame:
        """Give the columns of ``ic`` that a reader looks at first; a ``reason`` if there is one."""
        table = self.ic[_SHOWN]
        return table if table["reason"].any() else table.drop(columns="reason")

    def to_alphalens(self, *, horizons: Sequence[int] | int | None = None) -> pd.DataFrame:
        """Give factor data as alphalens-reloaded takes it, for some horizons or all.

        Index ``date`` (the entry session, UTC) and ``asset``; forward returns ``1D, 2D`` and so on,
        ``factor`` and ``factor_quantile``. Observations that lack one of them are left out.

        Raises
        ------
        StudyError
            A horizon was not evaluated, or no observation is complete.
        """
        return exports.to_alphalens(self.sample, horizons)

    def to_quantstats(self) -> pd.Series:
        """Give the top less the bottom quantile's return of each session, without costs.

        Held for one session; the index is the tz-naive date on which it is closed, and a session
        without both quantiles earns 0.

        Raises
        ------
        StudyError
            The horizon of one session was not evaluated, or no session has both quantiles.
        """
        return exports.to_quantstats(self.sample)

    def to_vendor(self, style: str) -> pd.DataFrame:
        """Give the events under the column names of a vendor's feed; ``style`` is which.

        "alpha_vantage": ``time_published, ticker, relevance_score`` (0-1),
        ``ticker_sentiment_score`` (-1 to 1), ``ticker_sentiment_label``. "ravenpack":
        ``TIMESTAMP_UTC, RP_STORY_ID, RP_ENTITY_ID, TICKER, RELEVANCE, EVENT_SENTIMENT_SCORE`` (-1
        to 1), ``ENS`` (novelty, 0-100). The scores are ours: only the names are theirs, and their
        identifiers are our own story ids and companies. Lost events are in it too.

        Raises
        ------
        StudyError
            There is no such style.
        """
        return exports.to_vendor(self.sample, style)

    def write(self, folder: str | Path) -> list[Path]:
        """Write its tables as CSV, the observations as Parquet too where pyarrow is there.

        The folder is made when it is missing. Gives the paths of the files.
        """
        return exports.write_tables(self, folder)

    def _rows_by(self, groups: pd.Series, horizon: int) -> dict[object, dict[str, object]]:
        """Give a row of coefficients for each group of observations."""
        returns = self.sample.returns[horizon]
        return {
            name: ic_row(self.sample, returns, horizon, groups.isin([name]).to_numpy())
            for name in grouping.in_order(groups)
        }

    def __repr__(self) -> str:
        n, sessions = (int(self.ic[name].max()) for name in ("n", "n_sessions"))
        horizons = ", ".join(map(str, self.settings.horizons))
        return f"<Evaluation: {n:,} observations in {sessions} sessions; horizons {horizons}>"

    def _repr_html_(self) -> str:
        from html import escape

        words = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.verdict())
        return words + self.summary().to_html()


def evaluate(
    events: pd.DataFrame,
    prices: Prices,
    *,
    horizons: Sequence[int] | int = (1, 2, 5, 10),
    market: str | Mapping[str, str] | None = None,
    factors: pd.DataFrame | FactorTable | None = None,
    quantiles: int = 5,
    seed: int = 0,
) -> Evaluation:
    """Evaluate whether a score predicts the returns after it was known.

    Parameters
    ----------
    events
        ``symbol``, ``known_at`` (an instant with its zone) and ``score``; ``align`` gives them.
        ``company, mic, relevance, novelty, story_id, phase, n_articles`` are used where they
        are; other columns can be grouped by. A score of several articles is entered when the last
        of them was known, ``complete_at``.
    prices
        A price source, a frame that ``FramePrices`` takes, a folder of CSV files, a Parquet file of
        closes or "yahoo". With opens for every series entries are at opens.
    horizons
        In sessions from the entry: some, or one alone.
    market
        As for :func:`signals.event_study`: entered at the same instant and deducted.
    factors
        Returns by session (fractions, close to close) for factor-neutral returns; with them
        entries are at closes. The riskless rate of a table, "RF", is none of them.
    quantiles
        How many bins a session's scores are cut into.
    seed
        Of bootstrap and placebo.

    Raises
    ------
    StudyError
        A column is missing, no event is left (its ``status`` says why), or an argument means
        nothing.
    """
    settings = Settings.read(
        horizons, has_market=market is not None, quantiles=quantiles, seed=seed
    )
    signal = read_signal(events)
    panel, entries = enter(
        signal,
        as_price_source(prices),
        market=read_market(market),
        longest=settings.horizons[-1],
        closes_only=factors is not None,
    )
    observations = observe(signal, panel, entries, signal.ledger.alive)
    returns = {
        horizon: forward_returns(panel, observations, horizon, kind=settings.kind)
        for horizon in settings.horizons
    }
    sample = Sample(
        signal, panel, entries, observations, returns, factors_over(factors, panel), settings
    )
    rows = {
        horizon: series_row(found, horizon, seed=seed)
        for horizon, found in sample.coefficients.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("horizon")
    return Evaluation(ic=adjusted(table), settings=settings, sample=sample)
