"""What the event study of a daily report rests on, in words; its placebo and its power."""

from __future__ import annotations

import math

from signals.batch.confounds import REACH
from signals.batch.funnel import MARKET_NOT_CLOSED
from signals.batch.health import some_of
from signals.batch.inputs import Inputs
from signals.batch.results import DayResults
from signals.errors import StudyError
from signals.report import spelling
from signals.report.html import Section, Table
from signals.report.study_looks import pooling_words
from signals.report.study_sections import headline_window
from signals.report.verdicts import LEAST_DF, few_words
from signals.report.with_without import confounds_table
from signals.study.clocks import dated, subset, timed
from signals.study.confounds import recaps
from signals.study.result import EventStudy
from signals.study.status import fell_short

_DRAWS = 199
_EFFECTS = (0.005, 0.01, 0.02)


def study_words(inputs: Inputs, results: DayResults) -> tuple[str, ...]:
    """Say how many events the study holds and how sure it can be, or why there is none."""
    trailing = f"the {inputs.plan.study.trailing} sessions up to {inputs.label}"
    if results.study is None:
        counts = results.status["reason"].value_counts()
        why = ", ".join(
            f"{count} {str(reason).replace('_', ' ')}" for reason, count in counts.items()
        )
        reason = f" ({why})" if why else ""
        return (f"No event of {trailing} could be studied{reason}, so nothing can be concluded.",)
    status = results.status[results.status["reason"] != MARKET_NOT_CLOSED]
    pending = int(status["status"].eq("pending").sum())
    count = len(results.study.events)
    words = f"The study holds {count} event{'' if count == 1 else 's'} of {trailing}, one a "
    words += "company and session."
    if pending:
        words += f" For {pending} of them not all windows have closed yet."
    if cut := int((results.status["status"].eq("studied") & fell_short(results.status)).sum()):
        which = ("s", "it") if cut == 1 else ("", "them")
        words += f" {cut} lack{which[0]} a return for good: no mean that needs it has {which[1]}."
    if told := int(recaps(results.study.events).sum()):
        words += (
            f" The stor{'y' if told == 1 else 'ies'} of {told} tell{'s' * (told == 1)} that the "
            "share had moved, and can't have been the reason."
        )
    return (words, *_second_looks(results.study))


def confounds_section(study: EventStudy | None) -> Section | None:
    """Give the means with and without confounded events; None for a study told of none.

    Events known to the day are left out, where there are others: they are never pooled.
    """
    if study is None or "confounded" not in study.events:
        return None
    pooled, window = timed(study), headline_window(study)
    events = pooled.events
    hit = events[events["confounded"]]
    names = [
        f"{symbol} {spelling.day(session)}"
        for symbol, session in zip(hit["symbol"], hit["session"], strict=True)
    ]
    count = f"{len(hit)} of {len(events)} event{'' if len(events) == 1 else 's'}"
    said = (
        f"{count} had a date of earnings or the like of the same share no more than {REACH} "
        f"sessions away{': ' if names else ''}{some_of(names)}. A date after the session of this "
        "report does not count in it."
    )
    tables: tuple[Table, ...] = ()
    if len(events) > 1:
        found = pooled.confounds(windows=(window,))
        tables = (confounds_table(found, window, within=study.settings.window),)
    others = len(study.events) - len(events)
    words = pooling_words(len(events), others) if others else ()
    return Section("With and without confounded events", (said, *words), tables)


def _second_looks(study: EventStudy) -> tuple[str, ...]:
    """Say what random dates give, and which effects would be seen; nothing of a single event.

    Events known to the day are left out, as they are never pooled with those known to the minute.
    """
    window = headline_window(study)
    pooled = subset(study, ~dated(study.events))
    try:
        drawn = pooled.placebo(window, draws=_DRAWS)
        chances = pooled.power(window, _EFFECTS)
    except StudyError:
        return ()
    over = f"over sessions {spelling.window(window)}"
    draws = int(drawn["statistic"].notna().sum())
    found = ", ".join(
        f"{spelling.size(effect, 1)} in {100 * chance:.0f}\N{NO-BREAK SPACE}%"
        for effect, chance in zip(_EFFECTS, chances, strict=True)
        if math.isfinite(chance)
    )
    words = (
        f"Placebo: on random sessions before the news the same events were tested {draws} times "
        f"{over}; the mean that was found ranks at {spelling.p_equals(drawn.attrs['p_value'])}."
    )
    df = float(pooled.caar(windows=(window,))["df"].iloc[0])
    if found and df < LEAST_DF:
        unknown = "which mean effect the test would find can't be told"
        return (words, f"Power: {unknown}: {few_words(df)}.")
    if not found:
        return (words,)
    return (words, f"Power: of samples like this one, the test finds a mean effect of {found}.")
