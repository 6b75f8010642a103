"""What changed since the last report: it comes before everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from signals.batch.inputs import Inputs
from signals.report import spelling
from signals.report.daily import SymbolRow
from signals.report.html import WindowRow
from signals.report.study_sections import window_rows
from signals.report.verdicts import HEADLINE

if TYPE_CHECKING:
    from signals.study.result import EventStudy

_MOST = 60  # events whose closed windows are shown


def changes(inputs: Inputs, rows: tuple[SymbolRow, ...]) -> tuple[str, ...]:
    """Say what changed, a sentence each; that nothing did is a sentence too."""
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
    return tuple(words) or ("Nothing that would need attention.",)


def closed_windows(inputs: Inputs, study: EventStudy | None) -> tuple[WindowRow, ...]:
    """Give the window that decides of each event for which it closed in the report's session."""
    if study is None:
        return ()
    before = {symbol: inputs.day(symbol).before for symbol in inputs.plan.watch}
    events = study.events
    recent = events[events["session"] == pd.to_datetime(events["symbol"].map(before))]
    rows = [
        row
        for windows in window_rows(study, events=recent).values()
        for row in windows
        if row.window == HEADLINE and row.effect is not None
    ]
    return tuple(rows[:_MOST])


def _flag_words(row: SymbolRow, again: str = "") -> str:
    stories = f"{row.stories or 'no'} novel stor{'y' if row.stories == 1 else 'ies'}"
    return (
        f"{row.symbol} moved abnormally{again}: {spelling.percent(row.effect)} "
        f"({spelling.interval(row.ci_low, row.ci_high)}, {spelling.p_equals(row.p_value)}), with "
        f"{stories}."
    )
