"""What changed since the last report: it comes before everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from signals.batch.inputs import Inputs
from signals.batch.story_sections import known_words
from signals.exchanges import mic_of
from signals.market.sessions import Sessions
from signals.report import spelling
from signals.report.daily import ClosedWindow, SymbolRow
from signals.report.verdicts import HEADLINE

if TYPE_CHECKING:
    from signals.batch.links import Link
    from signals.batch.results import Late
    from signals.study.result import EventStudy

_MOST_LATE = 5  # stories that came in late and are named


def changes(
    inputs: Inputs, rows: tuple[SymbolRow, ...], *, late: Sequence[Late] = ()
) -> tuple[str, ...]:
    """Say what changed, a sentence each; nothing where nothing did.

    Flags come first, each by itself; what several symbols share is said once. ``late`` are stories
    of earlier sessions that came in only now.
    """
    previous = inputs.previous
    if not previous:
        flagged = [_flag_words(row) for row in rows if row.flagged]
        return ("There is no report on an earlier session to compare with.", *flagged)
    before: Mapping[str, Any] = previous["symbols"]
    words = [
        _flag_words(row, ", as it was before" if _was(before, row, "flagged") else "")
        for row in rows
        if row.flagged
    ]
    words += _symbol_words(before, rows)
    words += _source_words(inputs)
    words += _late_words(inputs, [one for one in late if str(one.link.score.symbol) in before])
    return tuple(words)


def unchanged_words(alarms: Sequence[str], closed: Sequence[ClosedWindow]) -> str:
    """Say that nothing changed, on a page that has these alarms and closed windows beside."""
    if alarms or closed:
        return "No flag changed, and no source or price came or went."
    return "Nothing that would need attention."


def _source_words(inputs: Inputs) -> list[str]:
    """Say which sources fail since now, and what became of those that did before."""
    before = set(inputs.previous["failed"])
    states = {one.name: one.state for one in inputs.sources}
    verbs = {"failed": "fails", "refused": "gives nothing usable"}
    words = [
        f"{name} {verbs[state]} now."
        for name, state in sorted(states.items())
        if state in verbs and name not in before
    ]
    for name in sorted(before):
        if name not in states:
            words.append(f"{name} left the configuration.")
        elif states[name] == "unasked":
            words.append(f"{name} failed before, and went unasked.")
        elif states[name] not in verbs:
            words.append(f"{name} is back.")
    return words


def failing(inputs: Inputs) -> list[str]:
    """Name the sources that fail, also those that did and were not asked since."""
    before = inputs.previous.get("failed", ())
    return [
        one.name
        for one in inputs.sources
        if one.state in {"failed", "refused"} or (one.state == "unasked" and one.name in before)
    ]


def _was(before: Mapping[str, Any], row: SymbolRow, what: str) -> Any:
    return before.get(row.symbol, {"flagged": False, "label": "", "priced": True})[what]


def _symbol_words(before: Mapping[str, Any], rows: Sequence[SymbolRow]) -> list[str]:
    """Say which flags have gone, how news turned, and where prices or the watch list changed."""
    turned: dict[str, list[str]] = {}
    for row in rows:
        was = _was(before, row, "label")
        if row.label and was and row.label != was:
            turned.setdefault(f"from {was} to {row.label}", []).append(row.symbol)
    unflagged = [row.symbol for row in rows if _was(before, row, "flagged") and not row.flagged]
    priced = {row.symbol: row.move is not None for row in rows}
    was_priced = {row.symbol: _was(before, row, "priced") for row in rows}
    vanished = [one for one in priced if was_priced[one] and not priced[one]]
    back = [one for one in priced if priced[one] and not was_priced[one]]
    new = [one for one in priced if one not in before]
    left = sorted(set(before) - set(priced))
    return [
        *_said(unflagged, "is flagged no longer", "are flagged no longer"),
        *(f"The news about {spelling.join(names)} turned {how}." for how, names in turned.items()),
        *_said(vanished, "has no price of its session now", "have no price of their session now"),
        *_said(back, "has a price of its session again", "have a price of their session again"),
        *_said(new, "is new on the watch list", "are new on the watch list"),
        *_said(left, "left the watch list", "left the watch list"),
    ]


def _said(symbols: list[str], one: str, some: str) -> list[str]:
    """Say something of some symbols in one sentence; of none nothing."""
    verb = one if len(symbols) == 1 else some
    return [f"{spelling.join(symbols)} {verb}."] if symbols else []


def closed_windows(inputs: Inputs, study: EventStudy | None) -> tuple[ClosedWindow, ...]:
    """Give the window that decides of each event for which it has closed and was not told yet.

    A price or the news itself may have come late, so that the last sessions are looked through.
    """
    if study is None:
        return ()
    told, events = set(inputs.told_windows.windows), study.events
    is_due = [
        inputs.told_windows.since.get(symbol, session)
        <= session
        <= spelling.day(inputs.day(symbol).before)
        and (session, symbol) not in told
        for session, symbol in zip(
            map(spelling.day, events["session"]), events["symbol"], strict=True
        )
    ]
    recent = events[is_due]
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
    return tuple(sorted(rows, key=lambda row: (row.p_value, row.symbol)))


def windows_told(closed: Sequence[ClosedWindow]) -> dict[str, list[str]]:
    """Give for each session the symbols whose window a report tells of."""
    told: dict[str, list[str]] = {}
    for session, symbol in sorted({(row.session, row.symbol) for row in closed}):
        told.setdefault(session, []).append(symbol)
    return told


def _late_words(inputs: Inputs, late: Sequence[Late]) -> list[str]:
    words = []
    for one, before in ((each.link, each.before) for each in late[:_MOST_LATE]):
        assert one.article.known_at is not None  # noqa: S101 - links hold dated articles only
        title = spelling.shorten(one.article.title, 100) or f"article {one.article.id}"
        session = _session_of(one)
        how = "came in only after the report on its session"
        if session not in inputs.reported.get(mic_of(str(one.score.symbol)), ()):
            how = f"is of {session}, on which no report was made"
        words.append(
            f"{one.score.symbol}: “{title}” {how}; it was known at "
            f"{known_words(one.article.known_at, inputs.plan.zone)}{_moved(inputs, one, before)}."
        )
    more = len(late) - len(words)
    if more:
        words.append(f"{more} more stor{'y' if more == 1 else 'ies'} came in late.")
    return words


def _moved(inputs: Inputs, one: Link, before: Link | None) -> str:
    """Say where the event of a story was until an earlier telling of it came in."""
    last = inputs.day_before(str(one.score.symbol))
    if before is None or last is None:
        return ""
    session, was = _session_of(one), _session_of(before)
    if not session < was <= spelling.day(last.session):
        return ""
    return f", before what had told its story: its event moves from {was} to {session}"


def _session_of(one: Link) -> str:
    assert one.article.known_at is not None  # noqa: S101 - links hold dated articles only
    sessions = Sessions(mic_of(str(one.score.symbol)))
    return spelling.day(sessions.locate([one.article.known_at])[0])


def _flag_words(row: SymbolRow, again: str = "") -> str:
    stories = f"{row.stories or 'no'} novel stor{'y' if row.stories == 1 else 'ies'}"
    return (
        f"{row.symbol} moved abnormally{again}: {spelling.percent(row.effect)} "
        f"({spelling.interval(row.ci_low, row.ci_high)}, {spelling.p_equals(row.p_value)}), with "
        f"{stories}."
    )
