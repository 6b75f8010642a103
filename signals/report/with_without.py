"""Rows of effects, and those of studies with and without some of their events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from signals.report import spelling
from signals.report.html import Table
from signals.report.verdicts import LEVEL, visible_from
from signals.study.confounds import recaps
from signals.study.significance import called

if TYPE_CHECKING:
    import pandas as pd

    from signals.study.result import EventStudy

EFFECT_COLUMNS: Final = (
    *("Events", "Sessions", "Estimate", "95 % interval", "t (df)", "p", "Visible from"),
)
"""What ``effect_cells`` gives."""

_CONFOUNDED = {
    "all": "All events",
    "without": "Without confounded events",
    "with": "Confounded events alone",
}
_RECAPS = {
    "all": "All events",
    "without": "Without such stories",
    "with": "Such stories alone",
}


def has_recaps(study: EventStudy) -> bool:
    """Whether the stories of some events, and not of all, tell that the share had moved."""
    return len(set(recaps(study.events))) > 1


def without_recaps_words(counts: tuple[int, int], row: pd.Series[Any]) -> str:
    """Say whether prices follow the score of stories that don't tell of the move.

    ``counts`` are the events whose story does, and all; ``row`` is ``spread`` of the others.
    """
    held, n = counts
    said = (
        f"The stories of {held:,} of the {n:,} events tell that the share had moved: their score "
        "follows the move."
    )
    if row["reason"]:
        return f"{said} Of the others nothing can be said: {row['reason']}."
    often = "would rarely give that" if row["p_value"] < LEVEL else "gives that often enough"
    more, sure = difference_words(row)
    return (
        f"{said} Of the others, those with a positive score returned {more} than those with a "
        f"negative one ({sure}): chance alone {often}."
    )


def difference_words(row: pd.Series[Any]) -> tuple[str, str]:
    """Say how large a difference of two means is, "2 % more", and how sure."""
    more = "more" if row["estimate"] >= 0 else "less"
    sure = (
        f"95\N{NO-BREAK SPACE}% interval {spelling.interval(row['ci_low'], row['ci_high'])}; "
        f"{spelling.p_equals(row['p_value'])}, {called('cosine')}"
    )
    return f"{spelling.size(row['estimate'])} {more}", sure


def confounds_table(
    confounds: pd.DataFrame, window: tuple[int, int], *, within: tuple[int, int]
) -> Table:
    """Show what ``EventStudy.confounds`` gave of one window, without parted clocks.

    ``within`` are the sessions around an event that the study shows.
    """
    caption = (
        "With and without the events that have an earnings date, or another that you named, of "
        f"their own share within sessions {spelling.window(within)}: mean CAR of sessions "
        f"{spelling.window(window)}. What goes away without them was not the news."
    )
    return _parted_table(confounds, caption, _CONFOUNDED)


def recaps_table(recaps: pd.DataFrame, window: tuple[int, int]) -> Table:
    """Show what ``EventStudy.recaps`` gave of one window, without parted clocks."""
    caption = (
        "With and without the events whose story tells that the share's price had moved, as in "
        f'"shares fell 5 % on Tuesday": mean CAR of sessions {spelling.window(window)}. Such a '
        "story followed the move that it tells of. What goes away without them was not the news."
    )
    return _parted_table(recaps, caption, _RECAPS)


def _parted_table(table: pd.DataFrame, caption: str, called: Mapping[str, str]) -> Table:
    rows = [
        (called[str(row.iloc[0])], *effect_cells(as_effect(row)))
        for _, row in table.reset_index().iterrows()
    ]
    return Table.without_blanks(caption, ("Which", *EFFECT_COLUMNS), rows)


def as_effect(row: pd.Series[Any]) -> pd.Series[Any]:
    """Give a row of ``caar`` under the names of ``EventStudy.sentiment``."""
    return row.rename({"caar": "estimate"})


def effect_cells(row: pd.Series[Any], *, fraction: bool = True) -> tuple[str, ...]:
    """Spell a row of numbers; of one that can't be had, the reason."""
    counts = (f"{row['n']:,.0f}", f"{row['n_sessions']:,.0f}")
    if spelling.missing(row["p_value"]):
        return (*counts, str(row["reason"]) or "can't be computed", "", "", "", "")
    low, high = row["ci_low"], row["ci_high"]
    mde = visible_from(row["mde"], row["df"])
    if fraction:
        spelled = (spelling.percent(row["estimate"]), spelling.interval(low, high))
        visible = spelling.size(mde)
    else:
        spelled = (spelling.signed(row["estimate"]), spelling.bounds(low, high))
        visible = spelling.number(mde)
    test = f"{spelling.number(row['statistic'])} ({row['df']:.0f})"
    return (*counts, *spelled, test, spelling.p_value(row["p_value"]), visible)
