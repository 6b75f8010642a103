"""Robustness of a study: what else could have made its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.study import inference, ranks, significance
from signals.study.arrays import Floats, Integers
from signals.study.clocks import timed
from signals.study.fitting import fit_windows
from signals.study.models import MODELS, ReturnModel, find_model, leads_of
from signals.study.sample import Sample
from signals.study.settings import Window, Windows, check_window, read_count
from signals.study.trade_to_trade import TradeToTrade, bridge_holes, check_bridging
from signals.study.windows import WindowResults

if TYPE_CHECKING:
    from signals.study.result import EventStudy

LEAST_DRAWS = 19
"""Fewer can't tell what happens in one of twenty."""

TOGETHER = 20
"""Sessions of events that move as one, where their windows meet: more would leave no room for
different draws, fewer would part too many windows that overlap."""

_EFFECTS = (0.001, 0.003, 0.005, 0.01)  # whose power is told where none is named


def placebo(study: EventStudy, window: Window, *, draws: int = 199) -> pd.DataFrame:
    """Move all events to random sessions of their estimation windows, and test again.

    Events of one session move together, and so do those of up to 20 sessions whose windows meet:
    what they share stays shared. p is the rank of the observed mean SCAR over its headline error
    among those drawn: (1 + k)/(1 + draws), where k of them are at least as large. Where all events
    move as one, few draws can lie apart, ``n_independent``, and p is 1/(1 + that many) or more.
    Drawn from the study's ``seed``; ``plot_random_dates`` draws it.

    Parameters
    ----------
    window
        Two offsets inside the study's window, as (0, 1).
    draws
        How many, 19 or more.

    Returns
    -------
    One row a draw: ``mean_scar, statistic``; the observed values, ``p_value`` and
    ``n_independent`` (how many draws can lie apart) are in ``attrs``.

    Raises
    ------
    StudyError
        Fewer than two events have the window, none has a complete window before the event, their
        values are all equal, or the draws are too few.
    """
    results, drawn, n_independent = _on_random_dates(timed(study), window, draws)
    table = pd.DataFrame(
        [_studentised(results, scar) for scar in drawn.T],
        columns=["mean_scar", "statistic"],
    )
    table.index.name = "draw"
    mean, statistic = _studentised(results, results.scar)
    if not np.isfinite(statistic):
        raise StudyError(f"There is no placebo: {inference.NO_VARIANCE}.")
    known = table["statistic"].dropna()
    if not len(known):
        raise StudyError("No window of this length before the events is complete.")
    ranked = significance.rank_p_value(statistic, known.to_numpy())
    p_value = max(ranked, 1 / (1 + n_independent))
    table.attrs = {"mean_scar": mean, "statistic": statistic, "p_value": p_value}
    table.attrs["n_independent"] = n_independent
    return table


def size_check(study: EventStudy, window: Window, *, draws: int = 400) -> pd.DataFrame:
    """Count how often tests reject when the same events lie on random sessions before them.

    Nothing happened there, so that a true test rejects in 5 % of the draws. Events whose windows
    meet move together, ``window`` and ``draws`` are as for ``placebo``; ``plot_size_check`` draws
    it.

    Returns
    -------
    Index ``test``, the headline test last: ``rejected`` (a share, at 5 %), its 95 % interval
    ``ci_low, ci_high`` (Wilson 1927, of the draws that can lie apart: ``n_independent`` in
    ``attrs``), ``draws`` in which the test was valid, ``n, n_sessions``.

    Raises
    ------
    StudyError
        As ``placebo``.
    """
    results, drawn, n_independent = _on_random_dates(timed(study), window, draws)
    df, headline = results.sample.fit.df, results.headline()

    def headline_of(scar: Floats) -> significance.Significance:
        if headline == "cosine":
            return _cosine(results, scar)
        correlation = results.window_correlation if headline == "generalised_kp" else 0.0
        return inference.generalised_kp(scar, correlation, results.n_sessions, name=headline)

    tests: dict[str, Callable[[Floats], significance.Significance]] = {
        "patell": lambda scar: inference.patell(scar, df),
        "sign": ranks.sign,
        "bmp": inference.bmp,
        headline: headline_of,
    }
    rows = {}
    for name, test in tests.items():
        p_values = np.array([test(scar).p_value for scar in drawn.T])
        known = p_values[np.isfinite(p_values)]
        share = float((known < 0.05).mean()) if len(known) else float("nan")
        low, high = _wilson(share, min(len(known), n_independent))
        rows[name] = (share, low, high, len(known), results.n, results.n_sessions)
    columns = ["rejected", "ci_low", "ci_high", "draws", "n", "n_sessions"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.attrs["n_independent"] = n_independent
    return table.rename_axis(index="test")


def _wilson(share: float, n: int) -> tuple[float, float]:
    """Give Wilson's 95 % interval of a share of n; NaN for none of none."""
    if not n:
        return float("nan"), float("nan")
    z = 1.959963984540054
    wide = z * z / n
    middle = (share + wide / 2) / (1 + wide)
    half = z * np.sqrt(share * (1 - share) / n + wide / (4 * n)) / (1 + wide)
    return float(middle - half), float(middle + half)


def _on_random_dates(
    study: EventStudy, window: Window, draws: int
) -> tuple[WindowResults, Floats, int]:
    """Give SCAR (events, draws) of windows at random places of the estimation windows.

    And how many of the draws can lie apart.
    """
    check_window(window, study.settings.window)
    draws = read_count(draws, "draws", LEAST_DRAWS)
    results = WindowResults(study.sample, *window)
    if results.n < 2:
        raise StudyError("A placebo on random dates takes two events or more; see car().")
    rng = np.random.default_rng(study.settings.seed)
    group, extents = _moved_together(results.sessions, results.length)
    width = study.settings.estimation[1] - study.settings.estimation[0] + 1
    if results.length > width:
        raise StudyError(
            f"No window of {results.length} sessions fits into the {width} of the estimation "
            "window: ask for a shorter one, or estimate over more sessions."
        )
    starts = rng.integers(0, width - results.length + 1, (draws, len(extents)))
    drawn = np.full((results.n, draws), np.nan)
    sample = results.sample
    for rows, residuals, x in sample.estimation_windows():
        fit = sample.fit.take(rows)
        statistics = inference.placebo_statistics(
            residuals, x, fit.inverse, fit.sigma, length=results.length
        )
        drawn[rows] = np.take_along_axis(statistics, starts[:, group[rows]].T, axis=1)
    apart = float(np.prod(np.maximum(width // extents, 1.0)))
    return results, drawn, int(min(apart, draws))


def _moved_together(sessions: Integers, length: int) -> tuple[Integers, Integers]:
    """Give the group of events with which each moves, and how many sessions each group covers.

    Runs of sessions whose windows meet, cut into parts of ``TOGETHER`` sessions.
    """
    days = np.unique(sessions)
    run = np.concatenate([[0], np.cumsum(np.diff(days) >= length)])
    since = days - days[np.searchsorted(run, run)]
    first = days - since % max(TOGETHER, length)
    own, group = np.unique(first, return_inverse=True)
    last = days[np.searchsorted(first, own, side="right") - 1]
    return group[np.searchsorted(days, sessions)], last - own + length


def _studentised(results: WindowResults, scar: Floats) -> tuple[float, float]:
    """Give the mean SCAR, and that over its cosine error, or plain error in few sessions."""
    known = np.isfinite(scar)
    if known.sum() < 2:
        return float("nan"), float("nan")
    values = scar[known]
    if len(np.unique(results.sessions[known])) >= significance.LEAST_SESSIONS:
        return float(values.mean()), _cosine(results, scar).statistic
    return float(values.mean()), inference.bmp(values).statistic


def _cosine(results: WindowResults, scar: Floats) -> significance.Significance:
    """Test other SCAR of the events (N,) as the table does; NaN for a window with a hole."""
    if np.isfinite(scar).all():
        return inference.cosine_of(scar, results.cosines)
    places, length = results.sample.places, results.length
    return inference.cosine(
        scar, results.sessions, length=length, series=places.column, rows=places.row
    )


def power(
    study: EventStudy, window: Window, effects: Sequence[float] | float = _EFFECTS
) -> pd.Series:
    """Give the chance that a mean effect would be found at 5 %, with these events.

    It is that of a t test of CAAR with the error and the degrees of freedom of ``caar``, as for its
    ``mde``. Where events differ in how much they
    moved, that error is large: the headline test, of standardised returns, may then see more.

    Parameters
    ----------
    window
        Two offsets inside the study's window, as (0, 1).
    effects
        Mean cumulative abnormal returns, fractions: 0.01 is 1 %; several, or one.

    Returns
    -------
    Index ``effect``: ``power``, from 0.05 to 1; NaN where the window has no valid test.

    Raises
    ------
    StudyError
        The window is reversed, or reaches outside the study's; an effect is no number.
    """
    check_window(window, study.settings.window)
    row = pd.Series(WindowResults(timed(study).sample, *window).row())
    se, df = float(row["se"]), float(row["df"])
    try:
        sizes = np.atleast_1d(np.asarray(effects, dtype=np.float64))
    except (ValueError, TypeError):
        raise StudyError(f"effects={effects!r} are no numbers: 0.01 is 1 %.") from None
    chance = significance.power_of_t(sizes / se, df)
    return pd.Series(chance, index=pd.Index(sizes, name="effect"), name="power")


def sensitivity(
    study: EventStudy,
    models: Sequence[str | ReturnModel] | str | ReturnModel | None = None,
    windows: Windows | None = None,
) -> pd.DataFrame:
    """Give ``caar`` under other return models, on the events of the study.

    A model that reads more series may have too few sessions (``min_obs``) before an event, or none
    that determine it: its rows count the others in ``n``.

    ``plot_sensitivity`` draws it.

    Parameters
    ----------
    models
        Models whose series the study has, or one alone; None for all of those with a name.
    windows
        As for ``caar``.

    Returns
    -------
    Index ``model, window``; the columns of ``caar``.

    Raises
    ------
    StudyError
        A model that was named reads a series that the study doesn't have, or none was named.
    """
    chosen = _fitting_models(study) if models is None else _named_models(study, models)
    tables = {
        model.name: replace(study, sample=_refit(study, model)).caar(windows) for model in chosen
    }
    return pd.concat(tables, names=["model"])


def _fitting_models(study: EventStudy) -> list[ReturnModel]:
    """Give the models with a name whose series the study has, and that can bridge its holes."""
    bridged = study.settings.missing == "trade_to_trade"
    return [
        model
        for model in MODELS
        if not _lacking(study, model) and not (bridged and any(leads_of(model)))
    ]


def _named_models(
    study: EventStudy, models: Sequence[str | ReturnModel] | str | ReturnModel
) -> list[ReturnModel]:
    """Give models that were named, or say why one can't be fitted."""
    if isinstance(models, str) or not isinstance(models, Sequence):
        models = [models]
    if not models:
        raise StudyError("models is empty: name one, or leave it out for all of those with a name.")
    found = [find_model(model) for model in models]
    for model in found:
        if lacking := _lacking(study, model):
            raise StudyError(
                f"The model {model.name!r} reads {lacking[0]!r}, which the study doesn't have: "
                "give it as market= or factors= of event_study."
            )
    return found


def _lacking(study: EventStudy, model: ReturnModel) -> list[str]:
    return [name for name in model.inputs if _series(study, name) is None]


def _series(study: EventStudy, name: str) -> Integers | None:
    """Give the grid's column of an input for each event; None where the grid has none."""
    grid = study.sample.grid
    if name in grid.factors:
        return np.full(len(study.events), grid.factors[name], dtype=np.int64)
    names = study.events["market"]
    if name != "market" or not names.isin(list(grid.columns)).all():
        return None
    return np.array([grid.columns[str(one)] for one in names], dtype=np.int64)


def _refit(study: EventStudy, model: ReturnModel) -> Sample:
    """Fit another model to the same windows; NaN where it has too few sessions for it."""
    inputs = np.empty((len(study.events), len(model.inputs)), dtype=np.int64)
    for number, name in enumerate(model.inputs):
        series = _series(study, name)
        if series is not None:
            inputs[:, number] = series
    sample, settings = study.sample, study.settings
    grid, places = sample.grid, replace(sample.places, inputs=inputs)
    if settings.missing == "trade_to_trade":
        check_bridging(model)
        own = np.array([grid.columns[name] for name in study.events["symbol"]], dtype=np.int64)
        places = replace(places, column=own)
        model, log = TradeToTrade(model), settings.returns == "log"
        grid, places = bridge_holes(grid, places, study.prices.closes, log=log)
    fit = fit_windows(grid, places, model, sample.estimation)
    fit.coefficients[fit.n_obs < settings.min_obs] = np.nan
    return Sample(grid, places, model, fit, sample.estimation, sample.event)
