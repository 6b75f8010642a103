"""The state of what a report rests on: for the page, for its alarms, and for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from signals.batch.days import trailing_first
from signals.batch.funnel import TOO_MANY
from signals.batch.inputs import Inputs
from signals.batch.results import DayResults
from signals.report import spelling
from signals.report.daily import Health, State
from signals.study.confounds import count_lost
from signals.study.settings import ESTIMATION

if TYPE_CHECKING:
    import pandas as pd

    from signals.market.quality import Fault

_MOST_NAMES = 10
_LONG_GONE = 10  # sessions without a price, after which no vendor is merely late
MEASURED = 1 - ESTIMATION[0]
"""Sessions whose returns enter what is measured of the last one: its model's, and its own."""

SILENT = {"failed": "failed", "refused": "gave nothing usable", "unasked": "went unasked"}
"""States of sources whose silence says nothing of the day."""

_ODD = {"large_return", "spliced_bases"}
"""Marks of prices that may spoil what is measured of their symbol: a reader should look."""


def alarms(inputs: Inputs, results: DayResults) -> tuple[str, ...]:
    """Say what makes a report doubtful as a whole."""
    words = []
    for state, verb in SILENT.items():
        names = [one.name for one in inputs.sources if one.state == state]
        if names:
            words.append(
                f"{spelling.join(names)} {verb}: that there is no story from it means nothing."
            )
    words += [f"{lost}; see data health for the reasons." for lost in _loss_words(results)]
    unpriced = sum(move.lag is None or move.lag > 0 for move in results.moves.values())
    if unpriced > TOO_MANY * len(results.moves):
        verb = "has no price of its" if unpriced == 1 else "have no price of their"
        why = Counter(inputs.price_faults.values()).most_common(1)
        words.append(
            f"{unpriced} of {len(results.moves)} symbols {verb} session."
            + "".join(f" {detail}" for detail, _ in why)
        )
    return tuple(words)


def _loss_words(results: DayResults) -> list[str]:
    """Say how much of the news was lost, where that is too much."""
    lost = results.funnel.lost
    if lost.value <= TOO_MANY:
        return []
    share = f"{100 * lost.value:.0f}\N{NO-BREAK SPACE}%"
    verb = "was" if lost.lost == 1 else "were"
    return [f"{lost.lost} of {lost.of} {lost.unit} ({share}) {verb} lost"]


def health(inputs: Inputs, results: DayResults) -> tuple[Health, ...]:
    """Say what became of each source, of the prices, and what is odd in the configuration."""
    states: dict[str, State] = {"good": "good", "failed": "failed", "refused": "failed"}
    rows = [
        Health(f"Source {one.name}", states.get(one.state, "doubtful"), one.detail)
        for one in inputs.sources
    ]
    rows.append(_prices(inputs, results))
    rows += [
        Health(f"Prices of {names}", "doubtful", detail) for names, detail in price_faults(inputs)
    ]
    if inputs.confounds is not None:
        rows.append(_confounds(inputs.confounds))
    rows += [Health("Configuration", "doubtful", one) for one in inputs.plan.remarks]
    return tuple(rows)


def _prices(inputs: Inputs, results: DayResults) -> Health:
    """Say how many symbols have a price, how old those of the others are, and what is odd."""
    lags = [move.lag for move in results.moves.values()]
    current = sum(lag == 0 for lag in lags)
    late = [f"{name} {move.lag}" for name, move in results.moves.items() if move.lag]
    absent = [name for name, move in results.moves.items() if move.lag is None]
    verb = "has a price of its" if current == 1 else "have a price of their"
    words = [f"{current} of {len(lags)} symbols {verb} session."]
    if late:
        words.append(f"Sessions since the last price: {some_of(late)}.")
    if current and any((lag or 0) > _LONG_GONE for lag in lags):
        words.append("A share that has left its exchange is best taken off watch.")
    if absent:
        words.append(f"No price at all: {some_of(absent)}.")
    words += _mark_words(inputs)
    odd = any(one.fault in _ODD for one in inputs.price_marks)
    state: State = "failed" if not current else "doubtful" if odd or current < len(lags) else "good"
    return Health(f"Prices from {inputs.price_source}", state, " ".join(words))


def price_doubts(inputs: Inputs, symbol: str) -> list[str]:
    """Say whose prices hold a mark that may spoil what is measured of a symbol's session."""
    since = trailing_first(inputs.day(symbol), MEASURED)
    odd = {
        one.symbol
        for one in inputs.price_marks
        if one.fault in _ODD and (one.session is None or one.session >= since)
    }
    words = {inputs.plan.market_of(symbol): "market's prices in doubt", symbol: "prices in doubt"}
    return [said for name, said in words.items() if name in odd]


def _confounds(dates: pd.DataFrame) -> Health:
    what, n_lost = "Dates of earnings and the like", count_lost(dates)
    lost = ""
    if n_lost:
        lost = (
            f" {n_lost} row{'' if n_lost == 1 else 's'} without a symbol or a date "
            f"count{'s' if n_lost == 1 else ''} for nothing: give it session or known_at."
        )
    dates = dates.dropna()
    if not len(dates):
        return Health(
            what,
            "doubtful",
            "None of a share of the watch list lies within reach of the events, up to this "
            "session. Where one should: are the symbols spelled as on the watch list?" + lost,
        )
    last = spelling.day(dates["session"].max())
    words = f"{len(dates)} within reach of the events, of {some_of(list(dates['symbol'].unique()))}"
    return Health(what, "doubtful" if lost else "good", f"{words}; the last is {last}.{lost}")


def _mark_words(inputs: Inputs) -> list[str]:
    """Say what was marked in the prices, kind by kind, with the first of each."""
    kinds: dict[str, list[Fault]] = {}
    for one in inputs.price_marks:
        kinds.setdefault(one.fault, []).append(one)
    words = []
    for kind, marks in sorted(kinds.items()):
        count = f" {len(marks)} times; the first," if len(marks) > 1 else ""
        first = marks[0]
        when = f" on {first.session:%Y-%m-%d}" if first.session is not None else ""
        words.append(
            f"Marked as {kind.replace('_', ' ')}, and used:{count} {first.symbol}{when}: "
            f"{first.detail}"
        )
    return words


def price_faults(inputs: Inputs) -> list[tuple[str, str]]:
    """Give why prices are missing or old: the symbols, and the reason that they share."""
    reasons: dict[str, list[str]] = {}
    for symbol, detail in sorted(inputs.price_faults.items()):
        reasons.setdefault(detail, []).append(symbol)
    return [(some_of(symbols), detail) for detail, symbols in reasons.items()]


def some_of(names: Sequence[str]) -> str:
    """Name the first ten, and how many more there are."""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{', '.join(names[:_MOST_NAMES])}{more}"


def status_words(inputs: Inputs, results: DayResults) -> tuple[str, ...]:
    """Say in a few lines, for a terminal or a log, what the report says first.

    Whatever makes a run partial is among it.
    """
    steps = " -> ".join(f"{step.name} {step.left}" for step in results.funnel.steps)
    words = [steps, *(f"{lost}; the report names each" for lost in _loss_words(results))]
    verbs = {**SILENT, "cut": "was cut"}
    words += [
        f"{one.name} {verbs[one.state]}: {one.detail}"
        for one in inputs.sources
        if one.state in verbs
    ]
    unpriced = [symbol for symbol, move in results.moves.items() if move.lag is None or move.lag]
    if unpriced:
        words.append(f"without a price of their session: {some_of(unpriced)}")
    words += [f"prices of {names}: {why}" for names, why in price_faults(inputs)]
    flagged = [symbol for symbol, move in results.moves.items() if move.flagged]
    none = "none" if results.measured else "none measured"
    return (*words, f"flagged: {some_of(flagged) or none}")
