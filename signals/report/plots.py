"""Plots of results: each takes a result and an Axes and gives the Axes back.

Nothing is computed here but percent from fractions and an index from prices. ``ax=None`` draws
on a new pyplot figure; whoever passes an Axes owns the figure. Text of other people (titles,
sentences, symbols) is shown as it stands: a ``$`` is never mathematics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signals.errors import StudyError
from signals.report.spelling import day, number, printable, shorten, signed
from signals.study.events import merged_by_date

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from signals.sentiment.articles import Scores
    from signals.study.result import EventStudy

# The colours of Okabe and Ito (2008), told apart by readers with any colour vision.
BLUE = "#0072b2"
VERMILLION = "#d55e00"
GREEN = "#009e73"
PURPLE = "#cc79a7"
SKY = "#56b4e9"
AMBER = "#e69f00"
GREY = "#8a929c"
INK = "#24292f"
GRID = "#d9dde3"
LINES = (BLUE, VERMILLION, GREEN, PURPLE, AMBER, SKY)
TONES = {"positive": BLUE, "neutral": GREY, "negative": VERMILLION}

_BEFORE = 30  # sessions of price shown before the event: a month and a half


def plot_event_window(
    study: EventStudy, event_id: str | None = None, *, ax: Axes | None = None
) -> Axes:
    """Draw the cumulative abnormal return by offset.

    One event is drawn with its 95 % band. With several and no ``event_id`` each has a line of
    its own without a band: bands of many events hide each other.

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
    events = _chosen(study, event_id)
    axes = _axes(ax)
    _frame(axes)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.axvline(0, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)))
    single = len(events) == 1
    for place, key in enumerate(events.index):
        path = study.cumulative(key)
        colour = LINES[place % len(LINES)]
        offsets = path.index.to_numpy(dtype=float)
        if single:
            low, high = 100 * path["ci_low"], 100 * path["ci_high"]
            axes.fill_between(
                offsets, low, high, color=colour, alpha=0.18, linewidth=0, label="95 % interval"
            )
        name = _event_name(events, key) if not single else "CAR"
        width, size = (1.8, 4) if len(events) <= len(LINES) else (0.9, 0)
        axes.plot(
            offsets,
            100 * path["car"],
            color=colour,
            linewidth=width,
            marker="o",
            markersize=size,
            label=_label(name),
        )
    axes.set_xlabel("Sessions from the event session (0)")
    axes.set_ylabel("Cumulative abnormal return, %")
    axes.locator_params(axis="x", integer=True)
    what = _event_name(events, events.index[0]) if single else f"{len(events)} events"
    _title(axes, f"{what}: cumulative abnormal return{_caution(study)}")
    if single or len(events) <= len(LINES):
        _legend(axes)
    return axes


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
    axes = _axes(ax)
    _frame(axes)
    axes.plot(shown.index, shown[symbol], color=BLUE, linewidth=1.8, zorder=3, label=_label(symbol))
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
                label=_label(f"{market}, rebased"),
            )
    session = event["session"]
    axes.axvline(session, color=VERMILLION, linewidth=1.1, label=f"event session, {day(session)}")
    _dates(axes)
    axes.set_ylabel("Adjusted close")
    _title(axes, f"{symbol}: price around the event{_caution(study)}")
    _legend(axes, columns=3)
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
    axes = _axes(ax)
    _frame(axes)
    sentences = scores.sentences[:limit]
    places = np.arange(len(sentences), dtype=float)
    axes.barh(
        places,
        [sentence.score for sentence in sentences],
        color=[TONES[sentence.label] for sentence in sentences],
        height=0.62,
    )
    axes.axvline(0, color=INK, linewidth=0.8)
    own = scores.article.score
    axes.axvline(
        own,
        color=INK,
        linewidth=1.4,
        linestyle=(0, (4, 3)),
        label=f"the article, weighted: {signed(own)}",
    )
    names = [
        f"{place}" if text is None else f"{place}  {shorten(text[part.start : part.end], 30)}"
        for place, part in enumerate(sentences, start=1)
    ]
    axes.set_yticks(places, names)
    for label in axes.get_yticklabels():
        _verbatim(label)
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlim(-1, 1)
    total = len(scores.sentences)
    more = f" (first {limit} of {total} sentences)" if total > limit else ""
    axes.set_xlabel(f"Score, {number(-1, 0)} to +1{more}")
    _title(axes, "Sentiment by sentence")
    _legend(axes)
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


def _event_name(events: pd.DataFrame, key: str) -> str:
    """Give an event's symbol and session."""
    event = events.loc[key]
    return f"{event['symbol']} {event['session']:%Y-%m-%d}"


def _caution(study: EventStudy) -> str:
    """Say in a title that events were merged by calendar date, where they were."""
    return " (merged by date: looks ahead)" if merged_by_date(study.events) else ""


def _axes(ax: Axes | None) -> Axes:
    """Give the Axes passed, or one of a new pyplot figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots()[1]


def _frame(axes: Axes) -> None:
    """Draw what every plot shares: a light grid behind the data, no box."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(visible=True, color=GRID, linewidth=0.7)


def _title(axes: Axes, text: str) -> None:
    """Set a title that is read as it stands."""
    axes.set_title(printable(text), parse_math=False, loc="left")


def _label(text: str) -> str:
    """Give a text for the legend; matplotlib leaves out those that begin with an underscore."""
    return printable(text).lstrip("_") or "?"


def _legend(axes: Axes, *, columns: int = 2) -> None:
    """Put the legend below the axes, where it covers no data."""
    # The padding is counted in letters, so that it clears the axis label at any height.
    legend = axes.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        borderaxespad=4.2,
        ncols=min(columns, len(axes.get_legend_handles_labels()[0])),
        frameon=False,
        columnspacing=1.4,
    )
    for text in legend.get_texts():
        _verbatim(text)


def _verbatim(text: Text) -> None:
    """Show a text as it stands: a dollar sign is no mathematics."""
    text.set_parse_math(False)


def _dates(axes: Axes) -> None:
    """Spell dates along the x axis in full, so few that they can't overlap."""
    from matplotlib.dates import AutoDateLocator, DateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=4)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(DateFormatter("%Y-%m-%d"))  # type: ignore[no-untyped-call]
