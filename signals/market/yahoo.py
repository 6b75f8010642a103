"""Prices from Yahoo Finance: fetched through yfinance, kept as snapshots, every failure named.

:class:`YahooPrices` asks Yahoo and keeps what comes; :class:`KeptPrices` reads what was kept, and
asks nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pandas as pd

from signals.errors import PriceError, StoreError
from signals.files import cache_folder
from signals.market.bars import (
    compare_overlap,
    drop_unfinished,
    find_incomplete,
    read_yahoo_frame,
    table_of_bars,
)
from signals.market.prices import PriceTable, check_range, read_symbols
from signals.market.quality import Fault, faults_frame
from signals.market.snapshots import CLOCK_SLACK, Entry, SnapshotStore
from signals.market.yfclient import (
    Fetch,
    Patience,
    Progress,
    fetch_all,
    fetch_yahoo,
    refuse,
    strict_yfinance,
)

logger = logging.getLogger(__name__)

SYNC_COLUMNS: Final = (
    "symbol",
    "status",
    "reason",
    "first",
    "last",
    "fetched_at",
    "hash",
    "detail",
)
"""Columns of the table that a sync gives, in order."""

_Range = tuple[pd.Timestamp, pd.Timestamp]


def _now() -> datetime:
    return datetime.now(UTC)


def _present(clock: Callable[[], datetime]) -> datetime:
    """Ask a clock, which has to say in which zone it is."""
    now = clock()
    if now.tzinfo is None:
        raise PriceError(f"The clock gives {now.isoformat()}, without a time zone: add one.")
    return now


@dataclass(slots=True)
class _Answer:
    """The bars of one symbol, the snapshot that they are, and what is wrong with them."""

    bars: pd.DataFrame | None = None
    entry: Entry | None = None
    fetched_at: datetime | None = None
    faults: list[Fault] = field(default_factory=list)


class YahooPrices:
    """Daily prices from Yahoo Finance.

    Closes are Yahoo's "Adj Close"; opens are adjusted by the same proportion; volume is as Yahoo
    gives it. What was fetched is kept, and not fetched again as long as it covers what is asked:
    :meth:`sync` fetches anew. What lacks the price of a session that closed lately is fetched again
    as well: such a price may be late. Adjusted prices are rewritten at every dividend and split, so
    that a symbol's prices always come from one answer over the whole range. The bar of a session
    that hasn't closed yet is left out. When Yahoo can't be had, what was kept is used, with its
    age.

    Parameters
    ----------
    cache
        Folder for snapshots, and for yfinance's cookies and time zones; None for the user's cache.
    requests_per_second
        How many symbols are asked for in a second, at most.
    attempts
        How often one symbol is tried before it is given up.
    deadline
        Seconds for one call; what is left over then is refused. A request under way may take 20
        seconds longer.
    progress
        Called with how many symbols are done, of how many.
    clock
        Gives the present as an aware datetime. This is the one place below the command line that
        needs it: a live source has to say when it was asked.
    fetch
        What asks for one symbol, from the first to the last day, both included, and gives
        yfinance's frame or raises; called by several threads. yfinance itself when it is None.
    """

    def __init__(
        self,
        cache: str | Path | None = None,
        *,
        requests_per_second: float = 2.0,
        attempts: int = 4,
        deadline: float = 300.0,
        progress: Progress | None = None,
        clock: Callable[[], datetime] = _now,
        fetch: Fetch | None = None,
    ) -> None:
        if not requests_per_second > 0 or attempts < 1 or not deadline > 0:
            raise PriceError(
                "requests_per_second and deadline are more than 0, and attempts at least 1."
            )
        self._own_location = cache is not None
        self._cache = cache_folder() if cache is None else Path(cache)
        self._patience = Patience(requests_per_second, attempts, deadline)
        self._progress = progress
        self._clock = clock
        self._fetch = fetch or fetch_yahoo

    @property
    def snapshots(self) -> SnapshotStore:
        """What was fetched and kept."""
        return SnapshotStore(self._cache / "prices" / "yahoo")

    def history(self, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp) -> PriceTable:
        """Give the prices of some symbols from ``start`` to ``end``, both included.

        A symbol that can't be had is no column but a row of ``faults``: ``not_a_symbol``,
        ``unknown_symbol`` (Yahoo says that it has no such prices), ``rate_limited``,
        ``no_answer`` (the network), ``bad_answer`` or ``out_of_time``. One whose kept prices had
        to be used is marked ``not_refreshed``.

        Raises
        ------
        PriceError
            The range has a time zone, or ends before it starts.
        StoreError
            What was kept can't be read.
        """
        asked, now = check_range(start, end), _present(self._clock)
        wanted = read_symbols(symbols)
        latest = self.snapshots.latest()
        answers = {
            symbol: _read_kept(self.snapshots, latest[symbol])
            for symbol in wanted
            if symbol in latest and latest[symbol].covers(*asked, now)
        }
        # A snapshot that turned out to be damaged is fetched again.
        lacking = [name for name in wanted if name not in answers or answers[name].bars is None]
        answers |= self._refresh(lacking, asked, now)
        return _table({name: answers[name] for name in wanted}, asked, now)

    def sync(self, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
        """Fetch symbols anew and keep what comes.

        Returns
        -------
        DataFrame with ``SYNC_COLUMNS``, one row a symbol: ``status`` is "fetched", "kept" (Yahoo
        couldn't be had, so that the last snapshot stands) or "refused"; ``reason`` and ``detail``
        say why; ``first`` and ``last`` are the days that the snapshot covers, ``hash`` its name.

        Raises
        ------
        PriceError
            The range has a time zone, or ends before it starts.
        StoreError
            Nothing can be kept.
        """
        asked, now = check_range(start, end), _present(self._clock)
        answers = self._refresh(read_symbols(symbols), asked, now)
        rows = []
        for symbol, answer in answers.items():
            lost = next((one for one in answer.faults if one.fault == "not_kept"), None)
            if lost is not None:
                raise StoreError(f"{lost.detail} They belong in {self.snapshots.folder}.")
            rows.append(_row(symbol, answer))
        return pd.DataFrame(rows, columns=list(SYNC_COLUMNS))

    def check(self, symbols: Sequence[str]) -> pd.DataFrame:
        """Look for faults in the last snapshot of each symbol, without asking Yahoo.

        Returns
        -------
        DataFrame ``symbol, session, fault, action, detail``; a symbol that isn't kept, or whose
        snapshot is damaged, is refused.
        """
        latest = self.snapshots.latest()
        faults: list[Fault] = []
        for symbol in read_symbols(symbols):
            entry = latest.get(symbol)
            if entry is None:
                faults.append(_never_kept(symbol))
                continue
            answer = _read_kept(self.snapshots, entry)
            faults += answer.faults
            if answer.bars is not None:
                asked = (entry.first, entry.last)
                faults += find_incomplete(symbol, answer.bars, asked, entry.fetched_at)
                found = table_of_bars(
                    {symbol: answer.bars},
                    (),
                    source="yahoo",
                    fetched_at=entry.fetched_at,
                    asked=asked,
                ).faults
                faults += [Fault(*row) for row in found.itertuples(index=False)]
        return faults_frame(faults)

    def _refresh(self, symbols: Sequence[str], asked: _Range, now: datetime) -> dict[str, _Answer]:
        """Fetch symbols, each over all that was ever asked of it; fall back on what was kept."""
        if not symbols:
            return {}
        latest = self.snapshots.latest()
        ranges = {symbol: _widen(asked, latest.get(symbol)) for symbol in symbols}
        with strict_yfinance(self._cache, own_location=self._own_location):
            fetched = fetch_all(self._fetch, ranges, self._patience, self._progress)
        return {
            symbol: self._take(symbol, answer, ranges[symbol], (now, latest.get(symbol)))
            for symbol, answer in fetched.items()
        }

    def _take(
        self,
        symbol: str,
        answer: pd.DataFrame | Fault,
        asked: _Range,
        known: tuple[datetime, Entry | None],
    ) -> _Answer:
        """Keep what was fetched, after a look at the last snapshot; or use that one instead."""
        now, last = known
        if not isinstance(answer, Fault):
            try:
                bars = read_yahoo_frame(symbol, answer).loc[asked[0] : asked[1]]
            except PriceError as error:
                answer = refuse(symbol, "bad_answer", str(error))
            else:
                if bars["adj_close"].notna().any() or last is None:
                    return self._keep(symbol, bars, asked, known)
                answer = refuse(symbol, "bad_answer", f"Yahoo's answer for {symbol} has no price.")
        if last is None:
            return _Answer(faults=[answer])
        kept = _read_kept(self.snapshots, last)
        if kept.bars is None:
            return _Answer(faults=[answer, *kept.faults])
        kept.faults.append(_not_refreshed(last, now, answer.detail))
        return kept

    def _keep(
        self,
        symbol: str,
        bars: pd.DataFrame,
        asked: _Range,
        known: tuple[datetime, Entry | None],
    ) -> _Answer:
        now, last = known
        bars, faults = drop_unfinished(symbol, bars, now)
        before = None if last is None else _read_kept(self.snapshots, last).bars
        if before is not None:
            faults += compare_overlap(symbol, before, bars)
        entry = None
        try:
            entry = self.snapshots.keep(
                bars,
                symbol=symbol,
                source="yahoo",
                fetched_at=now,
                asked=asked,
                faults=faults,
            )
        except StoreError as error:
            faults.append(Fault(symbol, None, "not_kept", "marked", str(error)))
        return _Answer(bars, entry, now, faults)


class KeptPrices:
    """What was kept of Yahoo's prices, without asking anybody.

    A symbol's prices are those of its last snapshot, whole and with its age, however old it is and
    however little of the range it covers: each is marked ``not_refreshed``, and what it lacks is
    marked too.

    Parameters
    ----------
    cache
        As for :class:`YahooPrices`.
    clock
        Gives the present as an aware datetime, from which the age is told.
    """

    def __init__(
        self, cache: str | Path | None = None, *, clock: Callable[[], datetime] = _now
    ) -> None:
        folder = cache_folder() if cache is None else Path(cache)
        self.snapshots = SnapshotStore(folder / "prices" / "yahoo")
        self._clock = clock

    def history(self, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp) -> PriceTable:
        """Give the kept prices of some symbols from ``start`` to ``end``, both included.

        A symbol that was never kept, or whose snapshot is damaged, is a row of ``faults`` with the
        action "refused". The snapshot's ``fetched_at`` is that of the oldest one used.

        Raises
        ------
        PriceError
            The range has a time zone, or ends before it starts.
        StoreError
            What was kept can't be read.
        """
        asked, now = check_range(start, end), _present(self._clock)
        latest = self.snapshots.latest()
        answers: dict[str, _Answer] = {}
        for symbol in read_symbols(symbols):
            if symbol not in latest:
                answers[symbol] = _Answer(faults=[_never_kept(symbol)])
                continue
            answers[symbol] = _read_kept(self.snapshots, latest[symbol])
            if answers[symbol].bars is not None:
                said = "Yahoo wasn't asked."
                answers[symbol].faults.append(_not_refreshed(latest[symbol], now, said))
        return _table(answers, asked, now)


def _table(answers: Mapping[str, _Answer], asked: _Range, now: datetime) -> PriceTable:
    """Make the table of what was answered, in the order of the answers."""
    bars = {name: one.bars for name, one in answers.items() if one.bars is not None}
    faults = [fault for one in answers.values() for fault in one.faults]
    times = {name: answers[name].fetched_at or now for name in bars}
    for symbol, whole in bars.items():
        inside = whole.loc[asked[0] : asked[1]]
        faults += find_incomplete(symbol, inside, asked, times[symbol])
    oldest = min(times.values(), default=now)
    return table_of_bars(bars, faults, source="yahoo", fetched_at=oldest, asked=asked)


def _read_kept(snapshots: SnapshotStore, entry: Entry) -> _Answer:
    """Read a snapshot; one that is damaged gives no bars, and says so."""
    try:
        return _Answer(snapshots.load(entry), entry, entry.fetched_at, list(entry.faults))
    except StoreError as error:
        return _Answer(faults=[refuse(entry.symbol, "damaged", str(error))])


def _never_kept(symbol: str) -> Fault:
    return refuse(symbol, "not_kept", "No prices of it are kept: sync it.")


def _not_refreshed(entry: Entry, now: datetime, why: str) -> Fault:
    detail = f"{why} These prices were fetched {_age(entry.fetched_at, now)}."
    return Fault(entry.symbol, None, "not_refreshed", "marked", detail)


def _widen(asked: _Range, entry: Entry | None) -> _Range:
    """Ask for what the last snapshot had as well, so that the newest one always has the most."""
    if entry is None:
        return asked
    return min(asked[0], entry.first), max(asked[1], entry.last)


def _age(fetched_at: datetime, now: datetime) -> str:
    """Say when prices were fetched, and how long ago that is."""
    when = f"on {fetched_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if fetched_at > now + CLOCK_SLACK:
        return f"{when}, which is in the future: a clock was or is wrong"
    hours = max(timedelta(0), now - fetched_at) // timedelta(hours=1)
    return f"{when}, {hours} hours ago" if hours < 48 else f"{when}, {hours // 24} days ago"


def _row(symbol: str, answer: _Answer) -> dict[str, object]:
    fault = next((one for one in answer.faults if one.session is None), None)
    status = "refused"
    if answer.bars is not None:
        stale = any(one.fault == "not_refreshed" for one in answer.faults)
        status = "kept" if stale else "fetched"
    entry = answer.entry
    return {
        "symbol": symbol,
        "status": status,
        "reason": "" if fault is None else fault.fault,
        "first": None if entry is None else entry.first,
        "last": None if entry is None else entry.last,
        "fetched_at": None if entry is None else entry.fetched_at,
        "hash": "" if entry is None else entry.hash,
        "detail": "" if fault is None else fault.detail,
    }
