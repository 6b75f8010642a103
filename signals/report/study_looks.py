"""Sections of a report about a study of several events: the score, and what else it could be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.report import spelling
from signals.report.html import FigurePart, Section, Table
from signals.report.verdicts import ASSOCIATION, LEVEL, unseen_words
from signals.report.with_without import (
    EFFECT_COLUMNS,
    as_effect,
    confounds_table,
    difference_words,
    effect_cells,
    has_recaps,
    recaps_table,
    without_recaps_words,
)
from signals.study.clocks import timed
from signals.study.confounds import recaps
from signals.study.effects import score_values
from signals.study.event_flags import FLAGS, flagged
from signals.study.policies import before_news, count_unreadable
from signals.study.significance import called

if TYPE_CHECKING:
    from signals.study.result import EventStudy
    from signals.study.significance import Significance

_NAMED = 3  # events that a flag names
_TITLE = "Do prices follow the score?"
_QUESTIONS = {
    "spread": "Mean CAR, positive less negative scores",
    "slope": "Slope of SCAR on the score",
    "size": "Size of moves of either sign, |SCAR|^⅔",
    "log_volume": "Trading volume, logarithm",
}
_SCORE_CAPTION = (
    "Sessions {window}. SCAR is an event's CAR over its standard error; the slope says by how many "
    "standard errors it is higher when the score is higher by 1. The size of moves is by how much "
    "|SCAR|^⅔ is larger than without news, volume is less its mean before the event: they show a "
    "reaction whose sign the score does not know. Intervals allow for events that share sessions. "
    "The last column is the smallest effect that a test at 5 % would find four times out of five."
)


def why_unscored(study: EventStudy) -> str:
    """Say why nobody can ask whether prices follow the events' score; "" where one can."""
    if "score" not in study.events:
        return "The events have no score."
    try:
        score = score_values(study, "score")
    except StudyError as error:
        return str(error)
    found = np.unique(score[np.isfinite(score)])
    if len(found) > 1:
        return ""
    return f"The score of each event is {found[0]:g}." if len(found) else "No event has a score."


def score_section(
    study: EventStudy, window: tuple[int, int], figures: tuple[FigurePart, ...] = ()
) -> Section | None:
    """Ask whether prices follow the score: spread, slope, and reactions of either sign.

    Where the scores can't tell, it says why; None of events without any.
    """
    pooled = timed(study)
    if "score" not in pooled.events or pooled.events["score"].isna().all():
        return None
    if why := why_unscored(pooled):
        return Section(_TITLE, (f"That can't be said. {why}",))
    table = pooled.sentiment("score", window)
    others = pooled.without_recaps().sentiment("score", window) if has_recaps(pooled) else None
    words = _pooling_words(study)
    return sentiment_section(table, window, words=words, figures=figures, without_recaps=others)


def sentiment_section(
    table: pd.DataFrame,
    window: tuple[int, int],
    *,
    words: tuple[str, ...],
    figures: tuple[FigurePart, ...],
    without_recaps: pd.DataFrame | None = None,
) -> Section:
    """Say what ``EventStudy.sentiment`` found; ``words`` tell which events it is about.

    ``without_recaps`` is the same of the events whose story doesn't tell that the share had moved.
    """
    rows = _question_rows(table)
    if without_recaps is not None:
        rows += [
            (f"{question}, without stories that tell of the move", *cells)
            for question, *cells in _question_rows(without_recaps.loc[["spread", "slope"]])
        ]
    caption = _SCORE_CAPTION.format(window=spelling.window(window))
    return Section(
        _TITLE,
        words,
        (Table.without_blanks(caption, ("Question", *EFFECT_COLUMNS), rows),),
        figures,
    )


def _question_rows(table: pd.DataFrame) -> list[tuple[str, ...]]:
    return [
        (_QUESTIONS[str(name)], *effect_cells(row, fraction=name in ("spread", "size")))
        for name, row in table.iterrows()
    ]


def early_words(study: EventStudy) -> tuple[str, ...]:
    """Say how many events stand in a session before their news, or may: it comes first."""
    n = len(study.events)
    early, unread = int(before_news(study.events).sum()), count_unreadable(study.events)
    words = []
    if early:
        words.append(
            f"Look-ahead: {early:,} of {n:,} events stand in a session that had closed before "
            "their news was known. What prices did there is no reaction to it."
        )
    if unread:
        words.append(
            f"Of {unread:,} of {n:,} events nobody can tell whether their session had closed "
            "before their news was known: their known_at can't be read."
        )
    return tuple(words)


def score_words(study: EventStudy, window: tuple[int, int]) -> tuple[str, ...]:
    """Say whether positive news was followed by higher returns than negative news.

    Or, where scores are all of one sign, higher scores by higher returns than lower ones.
    """
    spread, slope = (
        one.iloc[0] for one in (study.spread("score", window), study.slope("score", window))
    )
    if spread["reason"] and not slope["reason"]:
        return (_slope_words(slope, window),)
    said = spread_words(spread, window)
    if not has_recaps(study):
        return (said,)
    counts = int(recaps(study.events).sum()), len(study.events)
    row = study.without_recaps().spread("score", window).iloc[0]
    return said, without_recaps_words(counts, row)


def _slope_words(row: pd.Series[Any], window: tuple[int, int]) -> str:
    """Say what the row ``slope`` of ``EventStudy.sentiment`` found."""
    found = (
        f"Over sessions {spelling.window(window)}, a share's SCAR, its return beyond what the "
        f"model expects in standard errors, goes by {spelling.signed(row['estimate'])} with a "
        f"score that is higher by 1 ({row['n']:,} events; 95\N{NO-BREAK SPACE}% interval "
        f"{spelling.bounds(row['ci_low'], row['ci_high'])}; {spelling.p_equals(row['p_value'])}, "
        f"{called('cosine')})."
    )
    if row["p_value"] < LEVEL:
        way = "with" if row["estimate"] > 0 else "against"
        return f"{found} Chance alone would rarely give that: prices moved {way} the score."
    return (
        f"{found} Chance alone gives that often enough: it can't be said that prices follow the "
        "score."
    )


def spread_words(row: pd.Series[Any], window: tuple[int, int]) -> str:
    """Say what the row ``spread`` of ``EventStudy.sentiment`` found."""
    positive, negative = int(row["n_positive"]), int(row["n_negative"])
    counts = f"{positive:,} events with a positive and {negative:,} with a negative"
    if row["reason"]:
        return f"Whether prices follow the score can't be said of {counts} score: {row['reason']}."
    more, sure = difference_words(row)
    found = (
        f"Over sessions {spelling.window(window)}, shares with a positive score returned {more} "
        f"than those with a negative one, beyond what the model expects ({counts} score; {sure})."
    )
    if row["p_value"] < LEVEL:
        way = "with" if row["estimate"] > 0 else "against"
        return f"{found} Chance alone would rarely give that: prices moved {way} the score."
    return (
        f"{found} Chance alone gives that often enough: it can't be said that prices follow the "
        f"score. {unseen_words('difference', row['mde'], row['df'])}"
    )


@dataclass(frozen=True, eq=False)
class Looks:
    """What else could have made the numbers of a study.

    Attributes
    ----------
    before, drift
        The window before the event, if there is one, and ``EventStudy.drift`` over it.
    phases
        ``caar`` by the phase of the session, with ``p_adjusted``; None for fewer than two.
    flags
        For each flag of ``event_flags.flagged`` how many events raise it, and the first of them.
    n
        Events in all.
    years
        ``EventStudy.unpriced_by_year``.
    words
        Which events are pooled.
    within
        The sessions around an event that the study shows.
    tests
        ``EventStudy.tests`` of the window.
    confounds
        ``EventStudy.confounds`` of the window; None for a study that was given none.
    recaps
        ``EventStudy.recaps`` of the window; None where no story, or each, tells of a move.
    """

    before: tuple[int, int] | None
    drift: pd.DataFrame
    phases: pd.DataFrame | None
    flags: Mapping[str, tuple[int, Sequence[str]]]
    n: int
    years: pd.DataFrame
    words: tuple[str, ...]
    within: tuple[int, int]
    tests: tuple[Significance, ...]
    confounds: pd.DataFrame | None = None
    recaps: pd.DataFrame | None = None


def looks_section(
    study: EventStudy, window: tuple[int, int], figures: tuple[FigurePart, ...] = ()
) -> Section:
    """Show what else could have made the numbers: drift, phases, flags, symbols without prices."""
    pooled, before = timed(study), next(iter(study.settings.drift), None)
    has_phases = "phase" in pooled.events and len(set(pooled.events["phase"].dropna())) > 1
    raised = flagged(study)
    hits = {str(name): raised.index[column] for name, column in raised.items()}
    looks = Looks(
        before=before,
        drift=pd.DataFrame() if before is None else study.drift(before),
        phases=pooled.by("phase", (window,), adjust="holm") if has_phases else None,
        flags={name: (len(hit), _called(study.events, hit[:_NAMED])) for name, hit in hits.items()},
        n=len(study.events),
        years=study.unpriced_by_year(),
        words=_pooling_words(study),
        within=study.settings.window,
        tests=study.tests(window),
        confounds=pooled.confounds(windows=(window,)) if "confounded" in pooled.events else None,
        recaps=pooled.recaps((window,)) if has_recaps(pooled) else None,
    )
    return second_looks(looks, window, figures)


def second_looks(
    looks: Looks, window: tuple[int, int], figures: tuple[FigurePart, ...] = ()
) -> Section:
    """Make the section of second looks from what was found."""
    said = (
        "Before the news nothing should move: what shows there was known earlier, has a wrong "
        f"time, or followed the price. {ASSOCIATION}"
    )
    tables = [_drift_table(looks), *_phase_table(looks.phases, window)]
    tables.append(_tests_table(looks.tests, window))
    if looks.confounds is not None:
        tables.append(confounds_table(looks.confounds, window, within=looks.within))
    if looks.recaps is not None:
        tables.append(recaps_table(looks.recaps, window))
    tables += _flag_table(looks)
    tables += _unpriced_table(looks.years)
    return Section("What else could it be?", (said, *looks.words), tuple(tables), figures)


def _pooling_words(study: EventStudy) -> tuple[str, ...]:
    """Say which events are pooled, where some are known to the day only."""
    if not study.mixes_precisions:
        return ()
    n = len(timed(study).events)
    return pooling_words(n, len(study.events) - n)


def pooling_words(n_timed: int, n_dated: int) -> tuple[str, ...]:
    """Say that events with a time are not pooled with those known to the day."""
    said = (
        f"Means and figures are of the {n_timed:,} event{'' if n_timed == 1 else 's'} with a time; "
        f"{n_dated:,} {'is' if n_dated == 1 else 'are'} known to the day only, and may have moved "
        "prices the session before: the two are never pooled."
    )
    return (said,)


def _drift_table(looks: Looks) -> Table:
    if looks.before is None:
        return Table("The study has none of the five sessions before the event.", (), ())
    table = looks.drift.reset_index()
    if "precision" not in table:
        table["precision"] = ""
    rows = [
        (
            f"Known to the {row['precision']}" if row["precision"] else "All events",
            *effect_cells(as_effect(row)),
        )
        for _, row in table.iterrows()
    ]
    caption = f"Drift before the news: mean CAR of sessions {spelling.window(looks.before)}."
    return Table.without_blanks(caption, ("Time", *EFFECT_COLUMNS), rows)


def _phase_table(phases: pd.DataFrame | None, window: tuple[int, int]) -> list[Table]:
    if phases is None:
        return []
    rows = [
        (str(row["phase"]), *effect_cells(as_effect(row)), spelling.p_value(row["p_adjusted"]))
        for _, row in phases.reset_index().iterrows()
    ]
    caption = (
        f"By the phase of the session in which the news came: mean CAR of sessions "
        f"{spelling.window(window)}. The last p allows for the number of phases (Holm); what is "
        "visible is what a test of that phase alone would find four times out of five."
    )
    return [Table.without_blanks(caption, ("Phase", *EFFECT_COLUMNS, "p, Holm"), rows)]


def _tests_table(tests: Sequence[Significance], window: tuple[int, int]) -> Table:
    """Show what the tests of several events say, each that can't be believed with its reason."""
    rows = [
        (
            called(one.name),
            f"{spelling.number(one.statistic)}{_freedom(one.df)}" if one.valid else one.reason,
            spelling.p_value(one.p_value) if one.valid else "",
        )
        for one in tests
        if one.name not in {"t", "placebo"}
    ]
    caption = (
        f"The same events by other tests, sessions {spelling.window(window)}. The verdict rests on "
        "the test that the table of means names, which was chosen by how the events overlap, not "
        "by its result; those that take events as independent, or don't know what the variance "
        "does at the news, reject more often."
    )
    return Table(caption, ("Test", "Statistic (df)", "p"), tuple(rows))


def _freedom(df: float) -> str:
    return f" ({df:.0f})" if math.isfinite(df) else ""


def _flag_table(looks: Looks) -> list[Table]:
    rows = []
    for name, meaning in FLAGS.items():
        count, first = looks.flags.get(name, (0, ()))
        if count:
            more = f" and {count - _NAMED:,} more" if count > _NAMED else ""
            share = f"{100 * count / looks.n:.0f}\N{NO-BREAK SPACE}%"
            which = spelling.unbroken(", ".join(first)) + more
            rows.append((meaning, f"{count:,}", share, which))
    if not rows:
        return []
    caption = "What may distort single events, and in how many it was found."
    return [Table(caption, ("Flag", "Events", "Share", "Which"), tuple(rows))]


def _unpriced_table(table: pd.DataFrame) -> list[Table]:
    if not table["unpriced"].any():
        return []
    rows = [
        (str(year), f"{row['events']:,.0f}", f"{row['unpriced']:,.0f}")
        for year, row in table.iterrows()
    ]
    caption = (
        "Events of symbols without prices, by year. A share that has vanished often did badly: "
        "a study of survivors looks better than it was."
    )
    return [Table(caption, ("Year", "Events", "Without prices"), tuple(rows))]


def _called(events: pd.DataFrame, keys: Sequence[Any] | pd.Index) -> list[str]:
    chosen = events.loc[list(keys)]
    return [
        f"{symbol} {spelling.day(session)}"
        for symbol, session in zip(chosen["symbol"], chosen["session"], strict=True)
    ]
