"""Plots of results: each takes a result and an Axes and gives the Axes back.

Nothing is computed here but percent from fractions and an index from prices. ``ax=None`` draws
on a new pyplot figure; whoever passes an Axes owns the figure. Text of other people (titles,
sentences, symbols) is shown as it stands: a ``$`` is never mathematics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signals.errors import StudyError
from signals.report.drawing import (
    BLUE,
    DASHED,
    GREY,
    LINES,
    VERMILLION,
    draw_legend,
    expect_given,
    framed,
    ink,
    label_of,
    mark_event,
    set_title,
    show_verbatim,
    spell_dates,
)
from signals.report.spelling import day, number, shorten, signed
from signals.study.policies import merged_by_date

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from signals.sentiment.scores import Scores
    from signals.study.result import EventStudy

TONES = {"positive": BLUE, "neutral": GREY, "negative": VERMILLION}

_BEFORE = 30  # sessions of price shown before the event: a month and a half


def plot_event_window(
    study: EventStudy, event_id: str | None = None, *, ax: Axes | None = None
) -> Axes:
    """Draw the cumulative abnormal return by offset.

    One event is drawn with its 95 % band. With several and no ``event_id`` each has a line of
    its own without a band: bands of many events hide each other. The mean of many, with its
    band, is ``plot_caar``.

    Parameters
    ----------
    study
        The event study.
    event_id
        Which event; None for all of them.
    ax
        Where to draw; None for a new pyplot figure.

    Raises
    ------
    StudyError
        There is no such event, or none at all.
    """
    expect_given(study, "cumulative", "event_study")
    events = _chosen(study, event_id)
    axes = framed(ax)
    mark_event(axes)
    single, few = len(events) == 1, len(events) <= len(LINES)
    if few:
        _draw_paths(axes, study, events)
    else:
        _draw_many_paths(axes, study)
    axes.set_xlabel("Sessions from the event session (0)")
    axes.set_ylabel("Cumulative abnormal return, %")
    axes.locator_params(axis="x", integer=True)
    what = event_name(events, events.index[0]) if single else f"{len(events)} events"
    set_title(axes, f"{what}: cumulative abnormal return{_caution(study)}")
    if few:
        draw_legend(axes)
    return axes


def _draw_paths(axes: Axes, study: EventStudy, events: pd.DataFrame) -> None:
    """Draw a line for each event, the only one with its band."""
    single = len(events) == 1
    for key, colour in zip(events.index, LINES, strict=False):
        path = study.cumulative(key)
        offsets = path.index.to_numpy(dtype=float)
        if single:
            low, high = 100 * path["ci_low"], 100 * path["ci_high"]
            axes.fill_between(
                offsets, low, high, color=colour, alpha=0.18, linewidth=0, label="95 % interval"
            )
        name = "CAR" if single else event_name(events, key)
        axes.plot(
            offsets,
            100 * path["car"],
            color=colour,
            linewidth=1.8,
            marker="o",
            markersize=4,
            label=label_of(name),
        )


def _draw_many_paths(axes: Axes, study: EventStudy) -> None:
    """Draw the lines of all events as one artist: one each takes a minute for some thousands."""
    from matplotlib.collections import LineCollection

    offsets = study.abnormal.columns.to_numpy(dtype=float)
    first, end = study.settings.window
    cars = [study.sample.cumulative(first, last)[0] for last in range(first, end + 1)]
    paths = 100 * np.column_stack(cars)
    points = np.stack([np.broadcast_to(offsets, paths.shape), paths], axis=-1)
    axes.add_collection(LineCollection(list(points), colors=LINES, linewidths=0.9))
    axes.autoscale_view()


def plot_prices(study: EventStudy, event_id: str | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw the adjusted close around an event, the market rebased to it, the event marked.

    The market starts at the security's price in the first session shown, so that both are read
    on one axis. A session without a price is a gap.

    Parameters
    ----------
    study
        The event study.
    event_id
        Which event; None when the study has only one.
    ax
        Where to draw; None for a new pyplot figure.

    Raises
    ------
    StudyError
        There is no such event, or several and none was named.
    """
    expect_given(study, "cumulative", "event_study")
    events = _chosen(study, event_id)
    if len(events) > 1:
        raise StudyError(
            f"The study has {len(events)} events: name one by its event_id, such as "
            f"{events.index[0]!r}."
        )
    event = events.iloc[0]
    symbol = str(event["symbol"])
    closes = study.prices.closes
    place = int(closes.index.searchsorted(event["session"]))
    last = place + study.settings.window[1]
    shown = closes.iloc[max(0, place - _BEFORE) : last + 1]
    axes = framed(ax)
    axes.plot(
        shown.index, shown[symbol], color=BLUE, linewidth=1.8, zorder=3, label=label_of(symbol)
    )
    market = market_of(study, str(events.index[0]))
    if market is not None and market != symbol and market in shown.columns:
        both = shown[[symbol, market]].dropna()
        if len(both):
            rebased = shown[market] * (both[symbol].iloc[0] / both[market].iloc[0])
            axes.plot(
                shown.index,
                rebased,
                color=GREY,
                linewidth=1.4,
                linestyle=(0, (5, 2)),
                label=label_of(f"{market}, rebased"),
            )
    session = event["session"]
    axes.axvline(session, color=VERMILLION, linewidth=1.1, label=f"event session, {day(session)}")
    spell_dates(axes)
    axes.set_ylabel("Adjusted close")
    set_title(axes, f"{symbol}: price around the event{_caution(study)}")
    draw_legend(axes, columns=3)
    return axes


def plot_sentiment(
    scores: Scores, *, text: str | None = None, limit: int = 40, ax: Axes | None = None
) -> Axes:
    """Draw the score of each sentence as a bar, and the article's weighted score as a line.

    Parameters
    ----------
    scores
        The scores of one article.
    text
        The article's text; with it each bar is labelled with the start of its sentence.
    limit
        At most this many sentences, from the first; the axis says so when there are more.
    ax
        Where to draw; None for a new pyplot figure.
    """
    expect_given(scores, "sentences", "score")
    axes = framed(ax)
    sentences = scores.sentences[:limit]
    places = np.arange(len(sentences), dtype=float)
    axes.barh(
        places,
        [sentence.score for sentence in sentences],
        color=[TONES[sentence.label] for sentence in sentences],
        height=0.62,
    )
    axes.axvline(0, color=ink(), linewidth=0.8)
    own = scores.article.score
    axes.axvline(
        own,
        color=ink(),
        linewidth=1.4,
        linestyle=DASHED,
        label=f"the article, weighted: {signed(own)}",
    )
    names = [
        f"{place}" if text is None else f"{place}  {shorten(text[part.start : part.end], 30)}"
        for place, part in enumerate(sentences, start=1)
    ]
    axes.set_yticks(places, names)
    for label in axes.get_yticklabels():
        show_verbatim(label)
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlim(-1, 1)
    total = len(scores.sentences)
    more = f" (first {limit} of {total} sentences)" if total > limit else ""
    axes.set_xlabel(f"Score, {number(-1, 0)} to +1{more}")
    set_title(axes, "Sentiment by sentence")
    draw_legend(axes)
    return axes


def market_of(study: EventStudy, event_id: str) -> str | None:
    """Give the symbol of the market that an event was measured against; None without one."""
    market = study.events.loc[event_id].get("market")
    return market if isinstance(market, str) and market else None


def _chosen(study: EventStudy, event_id: str | None) -> pd.DataFrame:
    """Give the event asked for, or all of them, as rows of the study's events."""
    events = study.events
    if not len(events):
        raise StudyError("The study has no event to draw: each fell out, and its status says why.")
    if event_id is None:
        return events
    if event_id not in events.index:
        raise StudyError(f"The study has no event {event_id!r}: its events name those it has.")
    return events.loc[[event_id]]


def event_name(events: pd.DataFrame, key: str) -> str:
    """Call an event by its symbol and session."""
    event = events.loc[key]
    return f"{event['symbol']} {event['session']:%Y-%m-%d}"


def _caution(study: EventStudy) -> str:
    """Say in a title that events were merged by calendar date, where they were."""
    return " (merged by date: looks ahead)" if merged_by_date(study.events) else ""
