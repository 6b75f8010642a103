"""Everything that goes into reports, read and brought together; sources are read once a command."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from signals.batch.config import Config
from signals.batch.confounds import read_confounds
from signals.batch.days import Day, days_told, key_of, label_of, trailing_start
from signals.batch.inputs import Inputs, Plan
from signals.batch.prices import fetch_ahead, read_prices
from signals.batch.read_sources import SourcesRead, files_of, read_sources
from signals.batch.store import Store
from signals.batch.told_windows import read_told_windows
from signals.news.article import Article
from signals.news.earlier import WINDOW
from signals.versions import code_digest, versions


@dataclass
class InputReader:
    """Reads what reports are made of: sources once a command, the rest for each report.

    Attributes
    ----------
    config, now, offline, progress
        As ``run_report`` was asked.
    """

    config: Config
    now: datetime
    offline: bool
    progress: Callable[[str], None]
    _sources_read: SourcesRead | None = field(default=None, init=False)

    def fetch_ahead(self, days: Sequence[Mapping[str, Day]]) -> None:
        """Fetch the prices of several reports at once, so that each finds them kept."""
        if len(days) > 1 and not self.offline:
            self.progress("fetching prices")
            fetch_ahead(self.config.prices, Plan.of(self.config), days, state=self.config.state)

    def inputs(self, days: Mapping[str, Day], store: Store) -> Inputs:
        """Read everything that goes into the report on a session."""
        config, plan = self.config, Plan.of(self.config)
        key = key_of(days)
        start = min(trailing_start(day, plan.study.trailing) for day in days.values())
        # The first stories of the window may repeat what was told before it.
        start -= WINDOW // timedelta(microseconds=1)
        sources = self._read_sources(store, key, since=start)
        self.progress("reading prices")
        prices = read_prices(config.prices, plan, days, state=config.state, offline=self.offline)
        articles = store.articles_between(start, max(day.end for day in days.values()) - 1)
        previous = store.last_run(before=key)
        after = "" if previous is None else previous.key
        refused = store.refused_for(after=after, key=key)
        # The first report has nothing to be late for.
        come = set() if previous is None else store.collected_after(previous)
        summary = {} if previous is None else json.loads(previous.symbols)
        before = days_told(summary, config.watch)
        late = [
            one for one in articles if one.id in come and _could_be_told(days, before, one.known_at)
        ]
        return Inputs(
            label=label_of(days),
            plan=plan,
            days=days,
            articles=tuple(articles),
            late=tuple(one.id for one in late),
            reported=_reported(late, store, key, config.watch),
            gone=tuple(one.id for one in articles if one.id not in sources.shown),
            refused=tuple(one for one in sources.refused if one.key in refused),
            sources=sources.states,
            closes=prices.closes,
            price_source=prices.source,
            price_faults=prices.faults,
            price_marks=prices.marks,
            confounds=None
            if config.confounds is None
            else read_confounds(config.confounds, plan, days),
            previous=summary,
            told_windows=read_told_windows(store, days, config.watch),
        )

    @property
    def holds_future(self) -> bool:
        """Whether a source holds what is yet to come: the same files give more by and by."""
        read = self._sources_read
        return read is not None and any(one.reason == "future_time" for one in read.refused)

    def _read_sources(self, store: Store, key: str, *, since: int) -> SourcesRead:
        if self._sources_read is None:
            self._sources_read = read_sources(
                self.config.sources,
                store,
                now=self.now,
                since=since,
                key=key,
                offline=self.offline,
                progress=self.progress,
            )
        return self._sources_read


def quick_key(config: Config, days: Mapping[str, Day], store: Store) -> str:
    """Hash the files that a run would read, without parsing them.

    Empty when something else than files goes in: then only reading tells what is new.
    """
    sources = [files_of(table) for table in config.sources]
    if config.prices.path is None or any(files is None for files in sources):
        return ""
    others = files_of({"path": config.prices.path}) or []
    others += [config.confounds] if config.confounds else []
    previous = store.last_run(before=key_of(days))
    digest = hashlib.sha256()
    parts = [
        dict(config.options),
        versions(),
        code_digest(),
        {mic: str(day.session) for mic, day in sorted(days.items())},
        [] if previous is None else [previous.folder, previous.symbols],
        asdict(read_told_windows(store, days, config.watch)),
    ]
    digest.update(json.dumps(parts, sort_keys=True).encode())
    for path in [*(path for files in sources for path in files or []), *others]:
        digest.update(f"{path.name}\x00".encode("utf-8", "replace"))
        try:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError:
            return ""
    return digest.hexdigest()


def _reported(
    late: Sequence[Article], store: Store, key: str, watch: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Give for each exchange the sessions, since news that came late, that other reports told."""
    if not late:
        return {}
    first = min(one.known_at for one in late if one.known_at) - timedelta(days=1)
    found: dict[str, set[str]] = {}
    for run in store.runs_since(f"{first:%Y-%m-%d}"):
        if run.key != key:
            for mic, day in days_told(json.loads(run.symbols), watch).items():
                found.setdefault(mic, set()).add(f"{day.session:%Y-%m-%d}")
    return {mic: tuple(sorted(sessions)) for mic, sessions in sorted(found.items())}


def _could_be_told(
    days: Mapping[str, Day], before: Mapping[str, Day], known_at: datetime | None
) -> bool:
    """Tell whether a report before could have told of what was known at an instant."""
    return known_at is not None and (
        any(day.is_past(known_at) for day in days.values())
        or any(day.reaches(known_at) for day in before.values())
    )
