"""Plots of an evaluation: each takes it and an Axes and gives the Axes back; computes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signals.report.drawing import (
    AMBER,
    BLUE,
    DASHED,
    GREY,
    VERMILLION,
    draw_legend,
    expect_given,
    framed,
    ink,
    set_title,
    spell_dates,
)
from signals.report.spelling import p_equals

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from signals.evaluation.evaluate import Evaluation
    from signals.evaluation.placebos import Placebo

_LEAST_BARS = 12
_DATES = 4  # along the axis of coverage


def plot_ic(evaluation: Evaluation, *, ax: Axes | None = None) -> Axes:
    """Draw the mean coefficient of each horizon with its 95 % interval, and what could be seen.

    The grey band is ``mde``: what a test of one horizon alone would see in four of five samples.
    """
    expect_given(evaluation, "ic", "evaluate")
    axes = _zeroed(ax)
    table = evaluation.ic
    places = np.arange(len(table))
    axes.bar(
        places, 2 * table["mde"], bottom=-table["mde"], color=GREY, alpha=0.22, width=0.7,
        label="too small to be seen",
    )  # fmt: skip
    _intervals(axes, places, table, ("ic", "ci_low", "ci_high"))
    axes.use_sticky_edges = False  # the band ends inside the picture, and is seen to
    axes.autoscale_view()
    axes.set_xticks(places, [str(horizon) for horizon in table.index])
    axes.set_xlabel("Horizon, sessions from the entry")
    axes.set_ylabel("Rank information coefficient")
    set_title(axes, "Does the score predict? Mean coefficient")
    draw_legend(axes)
    return axes


def plot_quantiles(
    evaluation: Evaluation, *, horizon: int | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the mean return of each quantile, relative to its session, with 95 % intervals.

    Raises
    ------
    StudyError
        The horizon was not evaluated.
    """
    expect_given(evaluation, "quantiles", "evaluate")
    axes = _zeroed(ax)
    chosen = evaluation.settings.horizon(horizon)
    whole = evaluation.quantiles.reset_index()
    table = whole[whole["horizon"] == chosen].set_index("quantile")
    places = np.arange(len(table))
    percent = table[["relative", "relative_low", "relative_high"]].mul(100)
    colours = [VERMILLION, *[GREY] * (len(table) - 2), BLUE]
    axes.bar(places, percent["relative"], color=colours, width=0.62, alpha=0.75)
    _intervals(axes, places, percent, ("relative", "relative_low", "relative_high"), marker="")
    axes.set_xticks(places, [str(one) for one in table.index])
    axes.set_xlabel("Quantile of the session's scores, lowest first")
    axes.set_ylabel("Return less the session's mean, %")
    set_title(axes, f"Returns by quantile over {_sessions(chosen)}")
    return axes


def plot_spread(evaluation: Evaluation, *, ax: Axes | None = None) -> Axes:
    """Draw the running sum of the top less the bottom quantile, held for one session each.

    In percent, without costs; of the raw return, or that less the market's where there is one.
    """
    expect_given(evaluation, "to_quantstats", "evaluate")
    axes = _zeroed(ax)
    returns = evaluation.to_quantstats()
    axes.plot(returns.index, 100 * returns.cumsum(), color=BLUE, linewidth=1.5)
    spell_dates(axes)
    axes.set_ylabel("Sum of returns, %")
    set_title(axes, "Top less bottom quantile, no costs")
    return axes


def plot_coverage(evaluation: Evaluation, *, ax: Axes | None = None) -> Axes:
    """Draw how many names each session has, gaps as gaps, and the least that counts.

    Where events are marked as of days with earnings, these are told apart from the others.
    """
    expect_given(evaluation, "coverage", "evaluate")
    from signals.evaluation.coefficients import LEAST_NAMES

    axes = _zeroed(ax)
    table = evaluation.coverage
    # Sessions stand side by side: on an axis of dates each weekend would look like a gap.
    places = np.arange(len(table) + 1) - 0.5
    shown = {"names": ("names", BLUE), "earnings": ("of them on days with earnings", AMBER)}
    for column, (label, colour) in shown.items():
        if column in table:
            axes.stairs(table[column], places, fill=True, color=colour, label=label)
    axes.axhline(
        LEAST_NAMES, color=VERMILLION, linewidth=1.4, linestyle=DASHED, zorder=3,
        label=f"{LEAST_NAMES} names: the least that counts",
    )  # fmt: skip
    ticks = np.unique(np.linspace(0, len(table) - 1, _DATES).astype(int))
    axes.set_xticks(ticks, [f"{table.index[place]:%Y-%m-%d}" for place in ticks])
    axes.set_ylabel("Names with a score")
    set_title(axes, "Coverage by entry session")
    draw_legend(axes)
    return axes


def plot_placebo(placebo: Placebo, *, ax: Axes | None = None) -> Axes:
    """Draw the coefficients of placebos, and the signal's own as a line.

    Parameters
    ----------
    placebo
        What ``Evaluation.placebo`` gives.
    ax
        Where to draw; None for a new pyplot figure.
    """
    expect_given(placebo, "p_value", "Evaluation.placebo")
    axes = _zeroed(ax)
    p_value = "" if placebo.reason else f", {p_equals(placebo.p_value)}"
    itself = f"the signal itself{p_value}"
    bars = max(_LEAST_BARS, int(np.sqrt(len(placebo.values))))
    axes.hist(placebo.values, bins=bars, color=GREY, alpha=0.7, label=f"{placebo.kind} signal")
    axes.axvline(placebo.observed, color=BLUE, linewidth=2, label=itself)
    axes.locator_params(axis="x", nbins=6)
    axes.set_xlabel("Rank information coefficient")
    axes.set_ylabel("Placebos")
    set_title(axes, f"{len(placebo.values)} placebos over {_sessions(placebo.horizon)}")
    draw_legend(axes)
    return axes


def _zeroed(ax: Axes | None) -> Axes:
    axes = framed(ax)
    axes.axhline(0, color=ink(), linewidth=0.8)
    return axes


def _intervals(
    axes: Axes,
    places: np.ndarray,
    table: pd.DataFrame,
    columns: tuple[str, ...],
    *,
    marker: str = "o",
) -> None:
    """Draw points with their intervals; one that is missing is left out."""
    middle, low, high = (table[name].to_numpy(dtype=float) for name in columns)
    known = np.isfinite(low)
    axes.errorbar(
        places[known],
        middle[known],
        yerr=[(middle - low)[known], (high - middle)[known]],
        color=ink() if not marker else BLUE,
        marker=marker,
        linestyle="",
        capsize=4,
        linewidth=1.6,
        label="95 % interval",
    )


def _sessions(count: int) -> str:
    return f"{count} session" + ("" if count == 1 else "s")
