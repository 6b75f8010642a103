"""Is everything there that a scheduled run needs? One finding for each thing, no secret shown."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from signals.batch.config import Config
from signals.errors import SignalsError, SymbolError
from signals.files import check_folder

if TYPE_CHECKING:
    import pandas as pd

_OLDEST = datetime(2025, 1, 1, tzinfo=UTC)
_RECENT = 730  # days; a share without a price in them can't be measured


class Finding(NamedTuple):
    """One thing that was looked at: "ok", "remark" or "fault", and what was seen."""

    state: str
    what: str
    detail: str


def examine(config: Config, *, now: datetime | None = None) -> list[Finding]:
    """Look at everything; nothing is written but probes that are taken away again.

    Parameters
    ----------
    config
        The configuration.
    now
        The present; the clock by default.
    """
    clock = datetime.now(UTC) if now is None else now
    checks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("clock", lambda: _clock(clock)),
        ("calendars", lambda: _calendars(config, clock)),
        ("output", lambda: _folder("output", config.output)),
        ("state", lambda: _folder("state", config.state)),
        ("store", lambda: _store(config)),
        ("sources", lambda: _sources(config)),
        ("prices", lambda: _prices(config, clock)),
        ("confounds", lambda: _confounds(config, clock)),
        ("sentiment", lambda: _scorer(config)),
        ("keys", lambda: _keys(config)),
    ]
    findings = [Finding("remark", "configuration", one) for one in config.remarks]
    for what, check in checks:
        try:
            findings += check()
        except SignalsError as error:
            findings.append(Finding("fault", what, str(error)))
    return findings


def _clock(now: datetime) -> Iterator[Finding]:
    state = "ok" if now > _OLDEST else "fault"
    yield Finding(state, "clock", f"It is {now:%Y-%m-%d %H:%M} UTC by this machine.")


def _calendars(config: Config, now: datetime) -> Iterator[Finding]:
    from signals.batch.days import days_until

    for mic, day in days_until(config.watch, now).items():
        words = f"exchange_calendars {version('exchange_calendars')}; the previous session of"
        yield Finding("ok", "calendar", f"{words} {mic} is {day.session:%Y-%m-%d}.")


def _folder(what: str, path: Path) -> Iterator[Finding]:
    check_folder(path, of=what)
    if path.is_dir():
        try:
            with tempfile.TemporaryFile(dir=path):
                pass
        except OSError as error:
            yield Finding("fault", what, f"{path} can't be written: {error.strerror}.")
            return
    free = os.statvfs(_nearest(path)) if hasattr(os, "statvfs") else None
    room = "" if free is None else f", {free.f_bavail * free.f_frsize / 1e9:.1f} GB free"
    yield Finding("ok", what, f"{path} can be written{room}.")


def _nearest(path: Path) -> Path:
    return next(one for one in (path.absolute(), *path.absolute().parents) if one.exists())


def _store(config: Config) -> Iterator[Finding]:
    from signals.batch.store import Store
    from signals.batch.store_file import FILE_NAME

    if not (config.state / FILE_NAME).exists():
        yield Finding("ok", "store", "There is none yet; the first run makes it.")
        return
    with Store(config.state) as store:
        result = store.check()
        last = store.last_run()
    yield Finding("ok" if result == "ok" else "fault", "store", f"SQLite's own check: {result}.")
    words = f"The last report is on {last.session}." if last else "There is no report yet."
    yield Finding("ok", "store", words)


def _sources(config: Config) -> Iterator[Finding]:
    from signals.sources.opening import open_source
    from signals.sources.refusals import Quarantined

    for table in config.sources:
        source = open_source(table)
        try:
            items = list(source.read())
        except SignalsError as error:
            yield Finding("fault", f"source {source.name}", str(error))
            continue
        bad = sum(isinstance(one, Quarantined) for one in items)
        state = "ok" if len(items) > bad else "remark"
        words = f"{len(items) - bad} articles, {bad} items that are none."
        if bad:
            first = next(one for one in items if isinstance(one, Quarantined))
            named = first.place in first.detail
            words += f" The first: {first.detail if named else f'{first.place}: {first.detail}'}"
        elif not items:
            words = "It can be read, and holds nothing."
        yield Finding(state, f"source {source.name}", words)


def _prices(config: Config, now: datetime) -> Iterator[Finding]:
    import pandas as pd

    from signals.batch.inputs import Plan
    from signals.market.price_source import as_price_source

    source = as_price_source(config.prices.path or "yahoo")
    symbols = Plan.of(config).symbols
    if config.prices.path is None:
        symbols = (config.market,)  # one question is enough to see whether the vendor answers
    end = pd.Timestamp(now.date())
    table = source.history(symbols, end - pd.Timedelta(days=_RECENT), end)
    absent = [one for one in symbols if one not in table.closes]
    if absent and config.prices.path is not None:
        # Files are asked again, for all that they have: prices may have ended long ago.
        older = source.history(absent, pd.Timestamp.min.ceil("D"), end)
        absent = [one for one in absent if one not in older.closes]
        for name in map(str, older.closes.columns):
            yield _last_price(config, name, older.closes[name], now)._replace(state="fault")
    if absent:
        details = table.faults.loc[table.faults["symbol"] == absent[0], "detail"]
        words = [f"No price of {', '.join(absent)}.", *details[:1], *_later_words(absent)]
        yield Finding("fault", "prices", " ".join(words))
    for name in map(str, table.closes.columns):
        yield _last_price(config, name, table.closes[name], now)


def _last_price(config: Config, name: str, closes: pd.Series, now: datetime) -> Finding:
    """Say of when the last price of a symbol is, and whether that is too long ago."""
    import pandas as pd

    from signals.exchanges import mic_of
    from signals.market.sessions import Sessions

    last = pd.Timestamp(closes.last_valid_index())  # type: ignore[arg-type]
    words = f"{name}: the last one is of {last:%Y-%m-%d}"
    try:
        sessions = Sessions(mic_of(name))
    except SymbolError as error:
        return Finding("remark", "prices", f"{words}. {error}")
    late = len(sessions.labels(last, sessions.last_closed(now))) - 1
    if late > config.prices.max_age:
        return Finding("remark", "prices", f"{words}, {late} sessions before the last close.")
    return Finding("ok", "prices", f"{words}.")


def _later_words(symbols: list[str]) -> Iterator[str]:
    """Name the symbols of now of shares that were renamed: it is these that a report watches."""
    from signals.news.securities import SecurityBook

    book = SecurityBook.default()
    for symbol in symbols:
        share = book.get(symbol)
        if share and share.valid_to and (later := book.later_symbol(symbol, share.valid_to)):
            yield (
                f"{symbol} became {later} after {share.valid_to:%Y-%m-%d}: studies of old news "
                "find its prices under that, a watch list names it so."
            )


def _confounds(config: Config, now: datetime) -> Iterator[Finding]:
    if config.confounds is None:
        return
    from signals.batch.confounds import read_confounds
    from signals.batch.days import days_until
    from signals.batch.inputs import Plan
    from signals.study.confounds import count_lost

    dates = read_confounds(config.confounds, Plan.of(config), days_until(config.watch, now))
    lost, dates = count_lost(dates), dates.dropna()
    names = dates["symbol"].nunique()
    words = (
        f"{len(dates)} date{'' if len(dates) == 1 else 's'} within reach of the report, of {names} "
        f"symbol{'' if names == 1 else 's'} of the watch list."
    )
    rows, count = ("row", "counts") if lost == 1 else ("rows", "count")
    words += f" {lost} {rows} without a symbol or a date {count} for nothing." if lost else ""
    yield Finding("ok" if names and not lost else "remark", "confounds", words)


def _scorer(config: Config) -> Iterator[Finding]:
    from signals.sentiment.opening import open_scorer

    yield Finding("ok", "sentiment", open_scorer(config.scorer).name)


def _keys(config: Config) -> Iterator[Finding]:
    if config.delivery is None:
        yield Finding("ok", "delivery", "None is configured.")
        return
    for name in filter(None, (config.delivery.user_env, config.delivery.password_env)):
        there = name in os.environ
        words = "is set." if there else "is not set in the environment."
        yield Finding("ok" if there else "fault", "delivery", f"{name} {words}")
    try:
        import socket

        address = (config.delivery.host, config.delivery.port)
        socket.create_connection(address, timeout=5).close()
    except OSError as error:
        yield Finding("fault", "delivery", f"{config.delivery.host} can't be reached: {error}.")
