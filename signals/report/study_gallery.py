"""The figures of a study of several events: their mean, the score, single events, second looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from signals.report.gallery import Drawing
from signals.report.study_plots import (
    MOST_SMALL,
    plot_caar,
    plot_caar_by_sign,
    plot_events,
    plot_random_dates,
    plot_sensitivity,
    plot_size_check,
)
from signals.study.robustness import LEAST_DRAWS

if TYPE_CHECKING:
    from signals.study.result import EventStudy
    from signals.study.settings import Window
    from signals.study.summed_study import SummedStudy

MOST_LOOKED_AT = 20_000
"""Events up to which a report draws placebos, sizes and other models: they take time."""


def joint_drawings(study: EventStudy, window: Window) -> tuple[Drawing, ...]:
    """Draw all events of a study together: their mean, and those that moved most."""
    car, error = study.sample.cumulative(*window)
    order = np.argsort(-np.abs(np.nan_to_num(car / error)), kind="stable")
    chosen = [str(key) for key in study.events.index[order[:MOST_SMALL]]]
    return mean_drawing(study, len(study.events)), largest_drawing(study, chosen)


def mean_drawing(study: EventStudy | SummedStudy, n: int) -> Drawing:
    """Draw the mean path of the ``n`` events of a study."""
    return Drawing.of(
        "mean",
        lambda ax: plot_caar(study, ax=ax),
        "Mean return beyond the model's, added up session by session (CAAR), with its 95 % "
        "interval. Bars are the single sessions (AAR).",
        f"Mean cumulative abnormal return of {n} events by session.",
    )


def largest_drawing(study: EventStudy, chosen: Sequence[str]) -> Drawing:
    """Draw the events that moved most, by their ids."""
    return Drawing.of(
        "largest-events",
        lambda ax: plot_events(study, chosen, ax=ax),
        "The events that moved most for their noise, on one scale. They were chosen by what they "
        "did, so that their intervals test nothing.",
        f"Cumulative abnormal returns of {len(chosen)} events, one small plot each.",
        height=0.6 + 1.15 * -(-len(chosen) // 3),
    )


def score_drawing(study: EventStudy | SummedStudy) -> Drawing:
    """Draw the mean path of events by the sign of their score."""
    return Drawing.of(
        "mean-by-sign",
        lambda ax: plot_caar_by_sign(study, ax=ax),
        "Events with a positive and with a negative score apart. Where prices follow news, the "
        "lines part at session 0, not before.",
        "Mean cumulative abnormal return by the sign of the score.",
    )


def look_drawings(study: EventStudy, window: Window) -> tuple[Drawing, ...]:
    """Draw the mean under other models, on random sessions, and the size of the tests.

    None for a study of more than ``MOST_LOOKED_AT`` events.
    """
    if len(study.events) > MOST_LOOKED_AT:
        return ()
    models, draws = study.sensitivity(windows=(window,)), study.placebo(window)
    sizes, few = study.size_check(window), ""
    if draws.attrs["n_independent"] < LEAST_DRAWS:
        few = (
            " The events lie so close that they move as one, and no more than "
            f"{draws.attrs['n_independent']} of the draws lie apart: they tell little."
        )
    return (
        Drawing.of(
            "models",
            lambda ax: plot_sensitivity(models, own=study.settings.model, ax=ax),
            "An effect that hangs on one model of normal returns is none to rely on.",
            "Mean abnormal return and its interval under each return model.",
            height=1.1 + 0.28 * len(models),
        ),
        Drawing.of(
            "random-sessions",
            lambda ax: plot_random_dates(draws, ax=ax),
            "Each draw moves the events to random sessions before them, where nothing happened; "
            "those whose windows meet move together. An effect stands out from the draws." + few,
            f"Histogram of {len(draws)} draws, with the observed statistic.",
        ),
        Drawing.of(
            "sizes",
            lambda ax: plot_size_check(sizes, ax=ax),
            "How often each test takes such draws for an effect: 5 % is right, the band is 3 to "
            "7 %. This report uses the test in blue." + few,
            "Share of draws that each test rejects.",
            height=1.1 + 0.28 * len(sizes),
        ),
    )
