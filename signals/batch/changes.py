"""What changed since the last report: it comes before everything else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from signals.batch.inputs import Inputs
from signals.batch.story_sections import known_words
from signals.report import spelling
from signals.report.daily import ClosedWindow, SymbolRow
from signals.report.verdicts import HEADLINE

if TYPE_CHECKING:
    from signals.batch.links import Link
    from signals.study.result import EventStudy

_MOST_CLOSED = 60  # events whose closed windows are shown
_MOST_LATE = 5  # stories that came in late and are named


def changes(
    inputs: Inputs, rows: tuple[SymbolRow, ...], *, late: Sequence[Link] = ()
) -> tuple[str, ...]:
    """Say what changed, a sentence each; that nothing did is a sentence too.

    ``late`` are stories of earlier sessions that came in only now.
    """
    previous = inputs.previous
    if not previous:
        flagged = [_flag_words(row) for row in rows if row.flagged]
        return ("This is the first report.", *flagged)
    before = previous["symbols"]
    words: list[str] = []
    for row in rows:
        was = before.get(row.symbol)
        if was is None:
            words.append(f"{row.symbol} is new on the watch list.")
            was = {"flagged": False, "label": "", "priced": True}
        if row.flagged:
            again = ", as it was before" if was["flagged"] else ""
            words.append(_flag_words(row, again))
        elif was["flagged"]:
            words.append(f"{row.symbol} is flagged no longer.")
        if row.label and was["label"] and row.label != was["label"]:
            words.append(f"{row.symbol}: the news turned from {was['label']} to {row.label}.")
        if was["priced"] != (row.move is not None):
            article = "a" if row.move is not None else "no"
            words.append(f"{row.symbol} has {article} price of its session now.")
    names = {row.symbol for row in rows}
    words += [f"{name} left the watch list." for name in sorted(set(before) - names)]
    failed = {one.name for one in inputs.sources if one.state == "failed"}
    words += [f"{name} fails now." for name in sorted(failed - set(previous["failed"]))]
    words += [f"{name} is back." for name in sorted(set(previous["failed"]) - failed)]
    words += _late_words(inputs, [one for one in late if str(one.score.symbol) in before])
    return tuple(words) or ("Nothing that would need attention.",)


def closed_windows(inputs: Inputs, study: EventStudy | None) -> tuple[ClosedWindow, ...]:
    """Give the window that decides of each event for which it closed in the report's session."""
    if study is None:
        return ()
    before = {symbol: inputs.day(symbol).before for symbol in inputs.plan.watch}
    events = study.events
    recent = events[events["session"] == pd.to_datetime(events["symbol"].map(before))]
    cars = study.car(*HEADLINE).loc[recent.index]
    rows = [
        ClosedWindow(
            symbol=str(event["symbol"]),
            session=spelling.day(event["session"]),
            score=float(event["score"]),
            window=HEADLINE,
            effect=float(car["car"]),
            ci_low=float(car["ci_low"]),
            ci_high=float(car["ci_high"]),
            p_value=float(car["p_value"]),
            placebo_p=float(car["placebo_p"]),
            n_obs=int(event["n_obs"]),
        )
        for (_, event), (_, car) in zip(recent.iterrows(), cars.iterrows(), strict=True)
        if np.isfinite(car["car"])
    ]
    return tuple(sorted(rows, key=lambda row: (row.p_value, row.symbol))[:_MOST_CLOSED])


def _late_words(inputs: Inputs, late: Sequence[Link]) -> list[str]:
    words = []
    for one in late[:_MOST_LATE]:
        assert one.article.known_at is not None  # noqa: S101 - links hold dated articles only
        title = spelling.shorten(one.article.title, 100) or f"article {one.article.id}"
        words.append(
            f"{one.score.symbol}: “{title}” came in only after the report on its session; it was "
            f"known at {known_words(one.article.known_at, inputs.plan.zone)}."
        )
    more = len(late) - len(words)
    if more:
        words.append(f"So did {more} more stor{'y' if more == 1 else 'ies'}.")
    return words


def _flag_words(row: SymbolRow, again: str = "") -> str:
    stories = f"{row.stories or 'no'} novel stor{'y' if row.stories == 1 else 'ies'}"
    return (
        f"{row.symbol} moved abnormally{again}: {spelling.percent(row.effect)} "
        f"({spelling.interval(row.ci_low, row.ci_high)}, {spelling.p_equals(row.p_value)}), with "
        f"{stories}."
    )
