"""Plots of an event study as a whole: each takes a result and an Axes and gives the Axes back.

Nothing is computed here but percent from fractions: paths, placebos, models and sizes are tables
that the study gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.report.drawing import (
    AMBER,
    BLUE,
    DASHED,
    GREEN,
    GREY,
    axes_or_new,
    draw_frame,
    draw_legend,
    expect_given,
    framed,
    ink,
    mark_event,
    set_title,
    show_verbatim,
)
from signals.report.model_names import model_name
from signals.report.plots import TONES, event_name
from signals.report.spelling import number, p_equals, window
from signals.study.clocks import timed_path
from signals.study.significance import called

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from signals.study.result import EventStudy
    from signals.study.summed_study import SummedStudy

MOST_SMALL = 12
"""Events that ``plot_events`` draws at most."""

_OFFSETS = "Sessions from the event session (0)"
_SIGNS = {"positive": TONES["positive"], "negative": TONES["negative"], "zero": TONES["neutral"]}
_TITLE = 150  # points of a small title's letters together: more would meet its neighbour's
_MOST_TICKS = 13
_WIDE = 1000  # events whose number has no room below an offset
_BARS = 24


def plot_caar(study: EventStudy | SummedStudy, *, ax: Axes | None = None) -> Axes:
    """Draw the mean cumulative abnormal return by offset with its 95 % band, and AAR as bars.

    The number of events stands in the legend, or below each offset where it differs and there is
    room.

    Parameters
    ----------
    study
        The event study.
    ax
        Where to draw; None for a new pyplot figure.
    """
    expect_given(study, "path", "event_study")
    axes, path = framed(ax), timed_path(study.path())
    mark_event(axes)
    offsets = path.index.to_numpy(dtype=float)
    axes.bar(offsets, 100 * path["aar"], width=0.55, color=AMBER, alpha=0.55, label="AAR")
    counts = path["n"].astype(int)
    low, high = counts.min(), counts.max()
    below = low < high < _WIDE
    between = f"{high:,}" if low == high else f"{low:,} to {high:,}"
    _band(axes, path, BLUE, "CAAR" if below else f"CAAR of {between} events")
    ticks = _ticks(path)
    names = [f"{number(k, 0)}\n{counts[k]}" if below else number(k, 0) for k in ticks]
    axes.set_xticks(ticks, names)
    axes.set_xlabel(f"{_OFFSETS}; below it the events" if below else _OFFSETS)
    axes.set_ylabel("Abnormal return, %")
    set_title(axes, f"Mean abnormal return, added up{_pooled(study)}")
    draw_legend(axes, columns=3)
    return axes


def plot_caar_by_sign(
    study: EventStudy | SummedStudy, column: str = "score", *, ax: Axes | None = None
) -> Axes:
    """Draw the mean cumulative abnormal return of events by the sign of their score.

    The scale is that of positive and negative scores: a few events with a score of zero, whose band
    is wide, may reach beyond it.

    Parameters
    ----------
    study
        The event study.
    column
        The column of its events that holds the score.
    ax
        Where to draw; None for a new pyplot figure.

    Raises
    ------
    StudyError
        The column is missing or holds no numbers, or no event has a score.
    """
    expect_given(study, "path_by_sign", "event_study")
    paths = timed_path(study.path_by_sign(column))
    axes = framed(ax)
    mark_event(axes)
    for sign, colour in _SIGNS.items():
        if sign in paths.index.get_level_values("sign"):
            if sign == "zero" and len(axes.collections):
                axes.set_ylim(axes.get_ylim())
            path = paths[paths.index.get_level_values("sign") == sign].droplevel("sign")
            n = int(path["n"].max())
            _band(axes, path, colour, f"{sign}: {n:,} event{'s' * (n != 1)}", band="")
    axes.set_xticks(_ticks(paths.droplevel("sign").groupby(level="offset").head(1)))
    axes.set_xlabel(_OFFSETS)
    axes.set_ylabel("CAAR, %, with 95 % bands")
    set_title(axes, f"Mean abnormal return by sign of the {column}{_pooled(study)}")
    draw_legend(axes)
    return axes


def _pooled(study: EventStudy | SummedStudy) -> str:
    """Say in a title that events known to the day only are not in it, where there are some."""
    return " (events with a time)" if study.mixes_precisions else ""


def plot_events(
    study: EventStudy, event_ids: Sequence[str] | str | None = None, *, ax: Axes | None = None
) -> Axes:
    """Draw single events as small multiples on one scale: CAR by offset with its 95 % band.

    Parameters
    ----------
    study
        The event study.
    event_ids
        Which events, at most ``MOST_SMALL``; None for the first of the study.
    ax
        Where to draw: each event has axes of its own inside; None for a new pyplot figure.

    Raises
    ------
    StudyError
        There is no such event, or none at all.
    """
    expect_given(study, "abnormal", "event_study")
    asked = [event_ids] if isinstance(event_ids, str) else event_ids
    chosen = list(study.events.index if asked is None else asked)[:MOST_SMALL]
    if not chosen:
        raise StudyError("There is no event to draw.")
    paths = {key: study.cumulative(key) for key in chosen}
    axes = axes_or_new(ax)
    axes.set_axis_off()
    columns = min(3, len(chosen))
    rows = -(-len(chosen) // columns)
    bands = 100 * pd.concat([path[["ci_low", "ci_high"]] for path in paths.values()])
    low, high = min(0.0, bands["ci_low"].min()), max(0.0, bands["ci_high"].max())
    for place, (key, path) in enumerate(paths.items()):
        row, column = divmod(place, columns)
        width, height = 1 / columns, 1 / rows
        small = axes.inset_axes(
            (column * width, 1 - (row + 0.8) * height, 0.88 * width, 0.62 * height)
        )
        draw_frame(small)
        small.axhline(0, color=ink(), linewidth=0.7)
        small.axvline(0, color=GREY, linewidth=0.8, linestyle=DASHED)
        _band(small, path.rename(columns={"car": "caar"}), BLUE, "", marker=0)
        small.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
        small.tick_params(labelsize=8.5, labelleft=column == 0, length=2)
        small.locator_params(axis="x", integer=True, nbins=4)
        small.locator_params(axis="y", nbins=3)
        name = event_name(study.events, key)
        set_title(small, name, fontsize=min(9.0, _TITLE / len(name)))
    set_title(axes, "Single events: CAR, %, with 95 % bands")
    return axes


def plot_random_dates(draws: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the statistics of the same events on random sessions, and the observed one as a line.

    Parameters
    ----------
    draws
        What ``EventStudy.placebo`` gives.
    ax
        Where to draw; None for a new pyplot figure.
    """
    expect_given(draws, "statistic", "EventStudy.placebo")
    axes = framed(ax)
    known = draws["statistic"].dropna()
    observed, p_value = draws.attrs["statistic"], draws.attrs["p_value"]
    reach = 1.05 * max(float(known.abs().max()), abs(observed))
    axes.hist(
        known, bins=np.linspace(-reach, reach, _BARS + 1).tolist(), color=GREY, alpha=0.7,
        label=f"{len(known):,} draws of random sessions",
    )  # fmt: skip
    axes.axvline(
        observed, color=BLUE, linewidth=2, label=f"the events themselves, {p_equals(p_value)}"
    )
    axes.set_xlabel("Mean SCAR over its standard error")
    axes.set_ylabel("Draws")
    set_title(axes, "The same events on random sessions")
    draw_legend(axes, columns=1)
    return axes


def plot_sensitivity(table: pd.DataFrame, *, own: str = "", ax: Axes | None = None) -> Axes:
    """Draw CAAR and its 95 % interval under each return model, for one window.

    Parameters
    ----------
    table
        What ``EventStudy.sensitivity`` gives; of several windows the first is drawn.
    own
        The study's model, which is drawn in colour.
    ax
        Where to draw; None for a new pyplot figure.
    """
    expect_given(table, "start", "EventStudy.sensitivity")
    rows = table.groupby(level="model", sort=False).head(1)
    models = list(rows.index.get_level_values("model"))
    axes = _horizontal(ax, [model_name(name) for name in models])
    for place, (model, row) in enumerate(zip(models, rows.to_dict("records"), strict=True)):
        colour = BLUE if model == own else GREY
        _interval(axes, place, (row["caar"], row["ci_low"], row["ci_high"]), colour)
    start, end = int(rows["start"].iloc[0]), int(rows["end"].iloc[0])
    axes.axvline(0, color=ink(), linewidth=0.8)
    axes.set_xlabel("Mean abnormal return, %, with 95 % intervals")
    set_title(axes, f"Sessions {window((start, end))} by return model")
    return axes


def plot_size_check(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how often each test rejects where nothing happened, against the 5 % that it promises.

    Parameters
    ----------
    table
        What ``EventStudy.size_check`` gives; its last test, the headline, is drawn in colour.
    ax
        Where to draw; None for a new pyplot figure.
    """
    expect_given(table, "rejected", "EventStudy.size_check")
    axes = _horizontal(ax, [called(str(name)) for name in table.index])
    axes.axvspan(3, 7, color=GREEN, alpha=0.15, linewidth=0)
    axes.axvline(5, color=GREEN, linewidth=1.4)
    for place, row in enumerate(table.to_dict("records")):
        colour = BLUE if place == len(table) - 1 else GREY
        _interval(axes, place, (row["rejected"], row["ci_low"], row["ci_high"]), colour)
    axes.set_xlim(left=0)
    draws = int(table["draws"].max())
    axes.set_xlabel(f"Share of {draws:,} draws that is rejected, %")
    set_title(axes, "Size of the tests at 5 %")
    return axes


def _band(
    axes: Axes,
    path: pd.DataFrame,
    colour: str,
    label: str,
    *,
    band: str = "95 % interval",
    marker: float = 4,
) -> None:
    """Draw a path with its band; a missing part is a gap."""
    offsets = path.index.to_numpy(dtype=float)
    low, high = (100 * path[name].to_numpy(dtype=float) for name in ("ci_low", "ci_high"))
    named = band if band and label else "_"
    axes.fill_between(offsets, low, high, color=colour, alpha=0.16, linewidth=0, label=named)
    axes.plot(
        offsets, 100 * path["caar"], color=colour, linewidth=1.8, marker="o", markersize=marker,
        label=label or "_",
    )  # fmt: skip


def _horizontal(ax: Axes | None, names: Sequence[str]) -> Axes:
    """Give axes with a row a name, the first on top."""
    axes = framed(ax)
    axes.set_yticks(range(len(names)), names)
    for label in axes.get_yticklabels():
        show_verbatim(label)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    return axes


def _interval(axes: Axes, place: int, values: tuple[float, float, float], colour: str) -> None:
    middle, low, high = (100 * value for value in values)
    axes.plot([low, high], [place, place], color=colour, linewidth=2.2, solid_capstyle="round")
    axes.plot([middle], [place], marker="o", markersize=6, color=colour)


def _ticks(path: pd.DataFrame) -> list[int]:
    """Give the offsets that are labelled: each, or as many as there is room for, 0 among them."""
    step = -(-len(path) // _MOST_TICKS)
    return [int(offset) for offset in path.index if offset % step == 0]
