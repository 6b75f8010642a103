"""From the results of a report to the records that its page shows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from signals import __version__
from signals.batch.changes import (
    changes,
    closed_windows,
    failing,
    unchanged_words,
    windows_told,
)
from signals.batch.confounds import has_date
from signals.batch.days import is_short
from signals.batch.funnel import first_in
from signals.batch.health import SILENT, alarms, health, price_doubts, some_of
from signals.batch.inputs import Inputs
from signals.batch.records import instant_of
from signals.batch.results import DayResults, Move
from signals.batch.story_sections import known_words, name_of, own_sessions, symbol_stories
from signals.batch.study_words import confounds_section, study_words
from signals.report import spelling
from signals.report.daily import DailyData, SymbolRow
from signals.report.gallery import Drawing
from signals.report.html import Section
from signals.report.losses import losses
from signals.report.move_plot import plot_moves
from signals.report.price_section import price_section
from signals.report.study_sections import method_words, together_section
from signals.sentiment.scorer import label_of
from signals.study.confounds import recaps
from signals.study.status import fell_short

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from signals.sentiment.scorer import Scorer

_MOST_MOVES = 15  # symbols in the plot
_MOST_LOSSES = 200


def daily_data(
    inputs: Inputs,
    results: DayResults,
    *,
    scorer: Scorer,
    revised: Mapping[str, str],
    manifest: tuple[tuple[str, str], ...],
) -> tuple[DailyData, tuple[Drawing, ...]]:
    """Make the records of a report, and its figures.

    Parameters
    ----------
    inputs, results
        What went in, and what came out.
    scorer
        What scored the articles.
    revised
        Article -> the one that it corrects.
    manifest
        What the report is made of: names with versions or hashes.
    """
    rows = symbol_rows(inputs, results)
    drawings = _drawings(rows, inputs.plan.study.flag_window)
    stories = symbol_stories(inputs, results, revised=revised, scorer=scorer)
    order = {row.symbol: place for place, row in enumerate(rows)}
    joint = results.study is not None and len(results.study.events) > 1
    settings = None if results.study is None else results.study.settings
    doubts, closed = alarms(inputs, results), closed_windows(inputs, results.study)
    data = DailyData(
        title=f"Watch list, session of {inputs.label}",
        kicker=_kicker(inputs),
        alarms=doubts,
        since=str(inputs.previous.get("session", "")),
        changes=changes(inputs, rows, late=results.late) or (unchanged_words(doubts, closed),),
        closed=closed,
        summary=_summary(inputs, results, rows),
        symbols=rows,
        flag_window=spelling.window(inputs.plan.study.flag_window),
        stories=tuple(sorted(stories, key=lambda one: order[one.symbol])),
        figures=tuple(drawing.part() for drawing in drawings),
        together=None if results.study is None else together_section(results.study),
        sections=tuple(filter(None, (confounds_section(results.study),))),
        study_words=study_words(inputs, results),
        funnel=results.funnel.steps,
        health=health(inputs, results),
        losses=(*results.funnel.losses, *_old_losses(results))[:_MOST_LOSSES],
        prices=_prices(inputs),
        method=(*_flag_words(inputs), *method_words(settings, scorer=scorer.name, joint=joint)),
        manifest=manifest,
        generator=f"signals {__version__}",
    )
    return data, drawings


def _prices(inputs: Inputs) -> Section | None:
    """Say what the prices are worth; ``health`` tells which are missing."""
    days = inputs.closes.index
    if not len(days):
        return None
    return price_section(inputs.history(list(inputs.closes.columns), days[0], days[-1]))


def symbol_rows(inputs: Inputs, results: DayResults) -> tuple[SymbolRow, ...]:
    """Give a row for each symbol: flagged first, then by stories, then as on the watch list."""
    articles = Counter(one.score.symbol for one in results.links)
    own = _own_events(inputs, results)
    events = dict(iter(own.groupby("symbol")))
    rows = [
        _symbol_row(
            inputs,
            results,
            symbol,
            events=events.get(symbol, own.iloc[:0]),
            articles=articles[symbol],
        )
        for symbol in inputs.plan.watch
    ]
    return tuple(sorted(rows, key=_attention))


def _attention(row: SymbolRow) -> tuple[object, ...]:
    return not row.flagged, -row.stories, -row.pending, not row.flags


def _own_events(inputs: Inputs, results: DayResults) -> pd.DataFrame:
    """Give the events of the report's session, and those that wait for the next."""
    pairs = zip(results.events["symbol"], results.events["session"], strict=True)
    is_own = [session in own_sessions(inputs, symbol) for symbol, session in pairs]
    return results.events[np.array(is_own, dtype=bool)]


def _is_waiting(inputs: Inputs, events: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which events wait for the session after the report's: no move of its is theirs."""
    sessions = zip(events["symbol"], events["session"], strict=True)
    return np.array([day > inputs.day(name).session for name, day in sessions], dtype=bool)


def summary_of(inputs: Inputs, data: DailyData, results: DayResults) -> dict[str, Any]:
    """Give what the next report compares itself with."""
    return {
        "session": inputs.label,
        "days": {mic: f"{day.session:%Y-%m-%d}" for mic, day in sorted(inputs.days.items())},
        "symbols": {
            row.symbol: {
                "flagged": row.flagged,
                "label": row.label,
                "priced": not math.isnan(results.moves[row.symbol].move),
            }
            for row in data.symbols
        },
        "closed": windows_told(data.closed),
        "failed": failing(inputs),
    }


def _symbol_row(
    inputs: Inputs, results: DayResults, symbol: str, *, events: pd.DataFrame, articles: int
) -> SymbolRow:
    is_waiting = _is_waiting(inputs, events)
    told, waiting = events[~is_waiting], events[is_waiting]
    score = _mean_score(told)
    move, day = results.moves[symbol], inputs.day(symbol)
    return SymbolRow(
        symbol=symbol,
        name=name_of(symbol),
        session=spelling.day(day.session),
        stories=len(told),
        echoes=articles - len(events),
        pending=len(waiting),
        pending_score=_mean_score(waiting),
        score=score,
        label="" if score is None else label_of(score),
        move=_number(move.move),
        effect=_number(move.effect),
        ci_low=_number(move.ci_low),
        ci_high=_number(move.ci_high),
        p_value=_number(move.p_value),
        placebo_p=_number(move.placebo_p),
        n_obs=move.n_obs,
        flagged=move.flagged,
        flags=_flags(inputs, symbol, move, events=events),
        remark=move.reason,
    )


def _mean_score(events: pd.DataFrame) -> float | None:
    """Average the scores of events by relevance; None without any."""
    weight = math.fsum(events["relevance"])
    if not weight:
        return None
    return min(1.0, max(-1.0, math.fsum(events["relevance"] * events["score"]) / weight))


def _flags(inputs: Inputs, symbol: str, move: Move, *, events: pd.DataFrame) -> tuple[str, ...]:
    day = inputs.day(symbol)
    flags = []
    if move.flagged:
        flags.append("abnormal move")
    if move.lag is None:
        flags.append("no price")
    elif move.lag:
        flags.append(f"price is {move.lag} session{'s' if move.lag > 1 else ''} old")
    elif math.isnan(move.effect):
        flags.append("not measured")
    flags += price_doubts(inputs, symbol)
    if has_date(inputs, symbol):
        flags.append("confounding date")
    if len(events) and recaps(events).all():
        flags.append("no story but of the move")
    if spelling.day(day.session) != inputs.label:
        flags.append(f"session {spelling.day(day.session)}")
    return tuple(flags)


def _kicker(inputs: Inputs) -> str:
    parts = []
    for mic, day in sorted(inputs.days.items()):
        close = known_words(instant_of(day.close), inputs.plan.zone)
        short = f", a short one that closed at {close}" if is_short(day) else ""
        parts.append(
            f"{mic}, session of {spelling.day(day.session)}{short}: news up to its next open on "
            f"{spelling.day(day.after)}"
        )
    return "; ".join(parts)


def _summary(inputs: Inputs, results: DayResults, rows: tuple[SymbolRow, ...]) -> tuple[str, ...]:
    own = _own_events(inputs, results)
    is_new = first_in(results.own, own)
    words = [_count_words(inputs, results, rows, novel=own[is_new])]
    told = own.loc[~is_new, "story_id"].nunique()
    if told:
        stories = "1 story" if told == 1 else f"{told} stories"
        words.append(
            f"Shown again and not counted: {stories} of exchanges without a session since the last "
            "report."
        )
    waiting = own.loc[_is_waiting(inputs, own), "story_id"].nunique()
    if waiting:
        names = some_of([row.symbol for row in rows if row.pending])
        many = f"{waiting} {'story waits for its' if waiting == 1 else 'stories wait for their'}"
        words.append(
            f"Known after the close or overnight, {many} session and count"
            f"{'s' if waiting == 1 else ''} in no sentiment here: {names}."
        )
    return tuple(words)


def _count_words(
    inputs: Inputs, results: DayResults, rows: tuple[SymbolRow, ...], *, novel: pd.DataFrame
) -> str:
    """Count what was read and what of it is new, or say that there was nothing."""
    steps = {step.name: step for step in results.funnel.steps}
    read, lost = steps["read"].entered, Counter[str]()
    for step in results.funnel.steps:
        lost["items" if step.unit in {"items", "articles"} else "events"] += step.lost
    if not read:
        silent = sum(one.state in SILENT for one in inputs.sources)
        if silent:
            return (
                f"Nothing was read, and {silent} of {len(inputs.sources)} sources failed, gave "
                "nothing usable or were not asked: this is no sign of a quiet day."
            )
        return "No news: every source was read, and none had any of this session."
    events = f"; events lost: {lost['events']}" if lost["events"] else ""
    # One article may echo a story of several symbols: it is read, and counted, once.
    return (
        f"Items read: {read}, lost: {lost['items']}{events}. "
        f"Novel stories: {novel['story_id'].nunique()}, about {novel['symbol'].nunique()} of "
        f"{len(rows)} symbols; echoes: {steps['novel'].aside}. "
        f"Flagged moves: {_flag_count(rows)}."
    )


def _flag_count(rows: tuple[SymbolRow, ...]) -> str:
    if all(row.effect is None for row in rows):
        return "none measured"
    return str(sum(row.flagged for row in rows))


def _old_losses(results: DayResults) -> tuple[Any, ...]:
    """Give the events of the trailing window that were lost, or lack a window for good."""
    if results.status.empty:
        return ()
    told = {loss.reason for loss in results.funnel.losses}
    short = results.status[fell_short(results.status)]
    lost = short[short["status"] != "pending"]
    return tuple(loss for loss in losses(lost) if loss.reason not in told)


def _flag_words(inputs: Inputs) -> tuple[str, ...]:
    window = spelling.window(inputs.plan.study.flag_window)
    share = f"{100 * inputs.plan.study.false_flags:g}\N{NO-BREAK SPACE}%"
    return (
        (
            f"Flag: the abnormal return over session {window} of each symbol, with or without "
            "news. Its t test must pass Benjamini-Hochberg over the "
            f"watch list, so that at most {share} of the flags are expected to be false, and its "
            "placebo rank 5\N{NO-BREAK SPACE}% as well."
        ),
        (
            "News: what was known from the close of the session before to the open of the session "
            "after. What came after the close waits for the next session and is pending; the "
            "next report has it again, with its session."
        ),
        (
            "Stories and sentiment of a symbol are those of its session, known before its close; "
            "how many are pending, and what those say, stands beneath."
        ),
        (
            "Novel: the first telling of a story about a symbol. What tells it again within three "
            "days, as a copy or in other words, is an echo: one of the same session counts for the "
            "story's score, a later one for nothing. Corrections and new facts are stories of "
            "their own."
        ),
    )


def _drawings(rows: tuple[SymbolRow, ...], window: tuple[int, int]) -> tuple[Drawing, ...]:
    shown = [row for row in rows if row.effect is not None and not row.quiet][:_MOST_MOVES]
    if not shown:
        return ()
    over = f"Abnormal return over session {spelling.window(window)} with its 95 % interval"
    return (
        Drawing.of(
            "moves",
            lambda ax: plot_moves(shown, ax=ax),
            f"{over}; flagged symbols in blue.",
            f"Abnormal returns of {len(shown)} symbols with their intervals.",
            height=1.2 + 0.22 * len(shown),
        ),
    )


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
