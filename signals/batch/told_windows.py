"""Which windows are still to be told: each that has closed is told by one report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signals.batch.days import Day, days_told, key_of, trailing_first
from signals.batch.links import listings_of
from signals.exchanges import mic_of
from signals.news.securities import SecurityBook

if TYPE_CHECKING:
    import pandas as pd

    from signals.batch.store import Store

_LOOKED_THROUGH = 10  # sessions in which a price or news that came late still closes a window


@dataclass(frozen=True, slots=True)
class ToldWindows:
    """Of which windows other reports have told.

    Attributes
    ----------
    since
        Symbol -> the first session whose window may be told now, ISO 8601.
    windows
        Session and symbol of those from then on that were told.
    """

    since: Mapping[str, str]
    windows: tuple[tuple[str, str], ...]


def read_told_windows(store: Store, days: Mapping[str, Day], watch: Sequence[str]) -> ToldWindows:
    """Look through the reports on the last sessions, but for one on the same days.

    Those on later days count too, since a report that was missed is made after them. A symbol that
    has joined the watch list has no windows of the time before, unless it is a company's new one.
    """
    key = key_of(days)
    previous = store.last_run(before=key)
    before = {} if previous is None else days_told(json.loads(previous.symbols), watch)
    first, newest = {}, {}
    for mic, day in days.items():
        newest[mic] = before[mic].session if mic in before else day.before
        reach = trailing_first(day, _LOOKED_THROUGH) if mic in before else day.before
        first[mic] = min(newest[mic], reach)
    runs = store.runs_since(f"{min(first.values()):%Y-%m-%d}")
    others = {run.key: json.loads(run.symbols) for run in runs if run.key != key}
    names = _names(others.values(), watch)
    joined: dict[str, pd.Timestamp] = {}  # the session before that of its first report
    for summary in (others[one] for one in sorted(others) if one < key):
        told = days_told(summary, watch)
        for name in {names[symbol] for symbol in summary["symbols"] if symbol in names}:
            if mic_of(name) in told:
                joined.setdefault(name, told[mic_of(name)].before)
    since = {
        symbol: f"{max(first[mic], joined.get(symbol, newest[mic])):%Y-%m-%d}"
        for symbol, mic in ((symbol, mic_of(symbol)) for symbol in watch)
    }
    windows = {
        (session, names[symbol])
        for summary in others.values()
        for session, symbols in summary.get("closed", {}).items()
        for symbol in symbols
        if symbol in names
        and since[names[symbol]] <= session <= f"{days[mic_of(names[symbol])].before:%Y-%m-%d}"
    }
    return ToldWindows(since, tuple(sorted(windows)))


def _names(summaries: Iterable[Mapping[str, Any]], watch: Sequence[str]) -> dict[str, str]:
    """Give for each symbol that is watched, or was, the company's symbol on the watch list."""
    book, listings = SecurityBook.default(), listings_of(watch)
    names = {symbol: symbol for symbol in watch}
    for symbol in {symbol for summary in summaries for symbol in summary["symbols"]} - {*watch}:
        security = book.get(symbol)
        if security is not None and security.company in listings:
            names[symbol] = listings[security.company]
    return names
