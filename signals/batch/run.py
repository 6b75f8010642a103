"""One scheduled run: locked, idempotent, atomic.

A run reads the sources into the store, finds its session, makes the report in a folder of its own,
renames that folder into place, notes it in the store, moves ``latest`` and mails the report. A kill
at any moment leaves the last report as it was, and the next run does what is left to do.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from signals.batch.config import Config
from signals.errors import ConfigError, LockedError
from signals.exits import DONE, NOTHING, PARTIAL

if TYPE_CHECKING:
    import pandas as pd

    from signals.batch.days import Day
    from signals.batch.delivery import Said
    from signals.batch.inputs import Inputs
    from signals.batch.read_inputs import InputReader
    from signals.batch.records import Run
    from signals.batch.results import DayResults
    from signals.batch.store import Store

_LOG = logging.getLogger(__name__)
_PATIENCE = 0.1  # seconds to wait for the lock of another run


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one session's report.

    Attributes
    ----------
    code
        Exit code: 0 done, 3 partial, 4 nothing usable.
    state
        "made", "unchanged", "closed" (no exchange trades) or "nothing" (nothing usable).
    session
        ISO 8601; empty when there is none.
    folder
        Of the report; None without one.
    words
        For people.
    """

    code: int
    state: str
    session: str
    folder: Path | None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """How a run was asked for, and what it reads."""

    now: datetime
    progress: Callable[[str], None]
    reader: InputReader


def run_report(
    config: Config,
    *,
    session: str = "previous",
    since: str | None = None,
    offline: bool = False,
    now: datetime | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[Outcome]:
    """Make the report of a session, or of every session since a date that has none.

    Parameters
    ----------
    config
        The configuration.
    session
        "previous", the last one that has closed on each exchange, or a date.
    since
        A date: make every report from it on that is missing, up to ``session`` if that is a date.
    offline
        Ask no address: sources with one are left out, prices are the kept ones.
    now
        The present; the clock by default.
    progress
        Is told what is being done.

    Raises
    ------
    LockedError
        Another run holds the lock.
    ConfigError, StoreError, PriceError
        The configuration, the store or files of prices are wrong.
    """
    clock = datetime.now(UTC) if now is None else now
    with lock(config):
        # Behind the lock: who doesn't get it needs no pandas to be told so.
        from signals.batch.days import dates_at, days_on, days_until, trades_on
        from signals.batch.read_inputs import InputReader

        wanted = None if session == "previous" else _date(session, "--session")
        begin = None if since is None else _date(since, "--since")
        _prepare(config)
        asked = Asked(clock, progress, InputReader(config, clock, offline, progress))
        if begin is not None:
            missed = _missed(config, begin, wanted, clock)
            asked.reader.fetch_ahead(missed)
            for days in missed:
                yield _report_on(config, asked, days)
            if not missed:
                words = f"No report since {since} is missing."
                yield _without(config, asked, "unchanged", words=(words,))
        elif wanted is not None:
            days = days_on(config.watch, wanted)
            if any(day.session == wanted for day in days.values()):
                _refuse_open(days, clock)
                yield _report_on(config, asked, days)
            else:
                words = f"No exchange of the watch list trades on {wanted:%Y-%m-%d}."
                yield _without(config, asked, "closed", f"{wanted:%Y-%m-%d}", words=(words,))
        elif trades_on(config.watch, clock):
            yield _report_on(config, asked, days_until(config.watch, clock))
        else:
            today = " or ".join(f"{day:%Y-%m-%d}" for day in dates_at(config.watch, clock))
            words = f"No exchange of the watch list trades on {today}: nothing to do."
            hint = f"The last session can be had by name: --session {_last_closed(config, clock)}"
            yield _without(config, asked, "closed", words=(words, hint))


@contextmanager
def lock(config: Config) -> Iterator[None]:
    """Hold the lock of a configuration's state; it is free as soon as its holder has died.

    Raises
    ------
    LockedError
        Another run holds it.
    ConfigError
        The state folder can't be written.
    """
    from signals.files import hold, writable_folder

    writable_folder(config.state, of="state")
    taken = LockedError("Another run is at work on this configuration.")
    with hold(config.state / "lock", patience=_PATIENCE, taken=taken):
        yield


def _prepare(config: Config) -> None:
    """Give libraries a place for their caches: a timer's HOME may not be writable."""
    os.environ.setdefault("MPLCONFIGDIR", str((config.state / "matplotlib").absolute()))
    from signals.batch.publish import clear_unfinished
    from signals.files import writable_folder

    writable_folder(config.output / "runs")
    clear_unfinished(config.output)


def _missed(
    config: Config, begin: pd.Timestamp, end: pd.Timestamp | None, clock: datetime
) -> list[dict[str, Day]]:
    """Give the days of the reports that are missing from a date on, to another one if it is given.

    A date needs a report where no whole one has told of a session of that date. In New York's
    morning the report is called after Tokyo's date, and tells of New York's day before.
    """
    from signals.batch.days import days_closed, days_told, labels_since
    from signals.batch.store import Store

    if end is not None and end < begin:
        raise ConfigError(f"--session {end:%Y-%m-%d} lies before --since {begin:%Y-%m-%d}.")
    with Store(config.state) as store:
        whole = [run for run in store.runs_since(f"{begin:%Y-%m-%d}") if run.code == DONE]
    told = {
        (mic, day.session)
        for run in whole
        for mic, day in days_told(json.loads(run.symbols), config.watch).items()
    }
    missed = []
    # The last first: the report on a date also tells of what has closed elsewhere.
    for label in reversed(labels_since(config.watch, begin, clock)):
        if end is not None and label > end:
            continue
        days = days_closed(config.watch, label, clock)
        sessions = {(mic, day.session) for mic, day in days.items()}
        if any(session == label for _, session in sessions - told):
            missed.append(days)
            told |= sessions
    return missed[::-1]


def _last_closed(config: Config, clock: datetime) -> str:
    from signals.batch.days import days_until

    return max(f"{day.session:%Y-%m-%d}" for day in days_until(config.watch, clock).values())


def _date(text: str, option: str) -> pd.Timestamp:
    import pandas as pd

    try:
        return pd.Timestamp(datetime.strptime(text, "%Y-%m-%d"))  # noqa: DTZ007 - a date, no instant
    except ValueError as error:
        raise ConfigError(f"{option} takes a date like 2025-07-22, not {text[:40]!r}.") from error


def _report_on(config: Config, asked: Asked, days: Mapping[str, Day]) -> Outcome:
    """Make one session's report, unless it is there already."""
    from signals.batch.days import key_of
    from signals.batch.publish import publish
    from signals.batch.read_inputs import quick_key
    from signals.batch.store import Store

    with Store(config.state) as store:
        quick = quick_key(config, days, store)
        last = store.last_run_of(key_of(days))
        if last is not None and quick and quick == last.quick and _is_whole(config, last):
            return _unchanged(config, last, publish(config, store, last, now=asked.now))
        return _make(config, asked, days, store=store, quick=quick)


def _without(
    config: Config, asked: Asked, state: str, session: str = "", *, words: tuple[str, ...]
) -> Outcome:
    """Make no report; what earlier runs have left to do is done all the same."""
    from signals.batch.publish import publish
    from signals.batch.store import Store
    from signals.batch.store_file import FILE_NAME

    if not (config.state / FILE_NAME).exists():
        return Outcome(DONE, state, session, None, words)
    with Store(config.state) as store:
        said = publish(config, store, None, now=asked.now)
    return Outcome(DONE if said.whole else PARTIAL, state, session, None, (*words, *said.words))


def _refuse_open(days: Mapping[str, Day], now: datetime) -> None:
    """Refuse a session that has not closed: its prices are not known yet."""
    from signals.batch.records import ticks

    late = [day for day in days.values() if day.close > ticks(now)]
    if late:
        raise ConfigError(
            f"--session: {late[0].session:%Y-%m-%d} has not closed on {late[0].mic}; "
            "`previous` is the last session that has."
        )


def _make(
    config: Config, asked: Asked, days: Mapping[str, Day], *, store: Store, quick: str
) -> Outcome:
    """Read everything and make the report, unless its inputs made the last one."""
    from signals.batch.analyses import analyse_all
    from signals.batch.delivery import expect
    from signals.batch.health import status_words
    from signals.batch.publish import publish, write_run
    from signals.batch.records import Run
    from signals.batch.report_files import make_report
    from signals.sentiment.opening import open_scorer
    from signals.versions import code_digest, versions

    scorer = open_scorer(config.scorer)
    inputs = asked.reader.inputs(days, store)
    quick = "" if asked.reader.holds_future else quick
    failed = all(one.state == "failed" for one in inputs.sources)
    if failed and not any(_is_own(inputs, one.known_at) for one in inputs.articles):
        words = tuple(f"{one.name}: {one.detail}" for one in inputs.sources)
        words += publish(config, store, None, now=asked.now).words
        return Outcome(NOTHING, "nothing", inputs.label, None, (*words, "Nothing usable."))
    made_with = json.dumps([versions(), code_digest(), scorer.name, dict(config.options)])
    fingerprint = inputs.fingerprint(made_with)
    last = store.last_run_of(inputs.key)
    if last is not None and last.fingerprint == fingerprint and _is_whole(config, last):
        last = replace(last, quick=quick)
        store.record_run(last)
        return _unchanged(config, last, publish(config, store, last, now=asked.now))
    asked.progress("scoring")
    analysed = analyse_all(inputs.articles, store, scorer=scorer, progress=asked.progress)
    asked.progress("studying")
    report = make_report(
        inputs,
        analysed,
        scorer=scorer,
        revised=store.revised([article.id for article in inputs.articles]),
        options=config.options,
    )
    _keep(store, inputs, report.results)
    code = _code(inputs, report.results)
    folder = write_run(config.output, f"{inputs.label}-{fingerprint[:8]}", report.files)
    summary = json.dumps(report.summary, sort_keys=True)
    run = Run(folder.name, inputs.label, inputs.key, fingerprint, quick, code, summary)
    expect(config, store, run)
    store.record_run(run)
    said = publish(config, store, run, now=asked.now)
    words = (*said.words, *status_words(inputs, report.results))
    return Outcome(_with(code, said), "made", inputs.label, folder, words)


def _keep(store: Store, inputs: Inputs, results: DayResults) -> None:
    """Keep the stories, and the events of every session that has closed."""
    from signals.batch.days import trailing_first

    count = inputs.plan.study.trailing
    reach = {}
    for symbol in inputs.plan.watch:
        day = inputs.day(symbol)
        reach[symbol] = (f"{trailing_first(day, count):%Y-%m-%d}", f"{day.session:%Y-%m-%d}")
    store.save_stories(results.stories)
    store.save_events(results.events[results.closed], reach)


def _is_whole(config: Config, run: Run) -> bool:
    from signals.batch.publish import is_whole

    return is_whole(config.output / "runs" / run.folder)


def _unchanged(config: Config, run: Run, said: Said) -> Outcome:
    words = (f"Nothing is new: the report on {run.session} stands.", *said.words)
    folder = config.output / "runs" / run.folder
    return Outcome(_with(run.code, said), "unchanged", run.session, folder, words)


def _with(code: int, said: Said) -> int:
    """Give the exit code of a run whose report may not have reached all of its readers."""
    return code if said.whole else max(code, PARTIAL)


def _is_own(inputs: Inputs, known_at: datetime | None) -> bool:
    return known_at is not None and any(day.holds(known_at) for day in inputs.days.values())


def _code(inputs: Inputs, results: DayResults) -> int:
    """Tell a whole report from one in which something is missing."""
    from signals.batch.funnel import TOO_MANY

    late = [
        symbol
        for symbol, move in results.moves.items()
        if move.lag is None or move.lag > inputs.plan.max_age
    ]
    whole = {"good", "empty"}
    failed = any(one.state not in whole for one in inputs.sources)
    partial = failed or late or inputs.price_faults or results.funnel.lost.value > TOO_MANY
    partial = partial or not results.measured
    return PARTIAL if partial else DONE
