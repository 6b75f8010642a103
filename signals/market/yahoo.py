"""Prices from Yahoo Finance: fetched through yfinance, kept as snapshots, every failure named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import pandas as pd

from signals.errors import PriceError, StoreError
from signals.files import cache_folder
from signals.market.bars import (
    check_kept_days,
    compare_overlap,
    drop_unfinished,
    find_incomplete,
    is_doubtful,
    read_yahoo_frame,
    table_of_bars,
)
from signals.market.keptprices import (
    Answer,
    Range,
    not_refreshed,
    present,
    read_kept,
    table_of_answers,
    utc_now,
)
from signals.market.prices import PriceTable, check_range, read_symbols
from signals.market.quality import Fault, faults_frame, refuse
from signals.market.snapshots import Entry, SnapshotStore
from signals.market.yfclient import (
    Fetch,
    Patience,
    Progress,
    fetch_all,
    fetch_yahoo,
    strict_yfinance,
)

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


class YahooPrices:
    """Daily prices from Yahoo Finance.

    Closes are Yahoo's "Adj Close"; opens are adjusted by the same proportion; volume is as Yahoo
    gives it. What was fetched is kept, and not fetched again as long as it covers what is asked:
    :meth:`sync` fetches anew. What lacks the price of a session that closed lately is fetched again
    as well: such a price may be late. Adjusted prices are rewritten at every dividend and split, so
    that a symbol's prices always come from one answer over the whole range: one that lacks more
    than a few prices that were given before is a bad one, and one that begins late or ends early is
    asked for again a day later. The bar of a session that hasn't been closed for half an hour isn't
    final and is left out, and so is today's where there is no calendar to tell. When Yahoo can't be
    had, what was kept is used, with its age.

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
        clock: Callable[[], datetime] = utc_now,
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

    def __repr__(self) -> str:
        return f"<YahooPrices: kept in {self._cache}>"

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
        asked, now = check_range(start, end), present(self._clock)
        wanted = read_symbols(symbols)
        latest = self.snapshots.latest()
        answers = {
            symbol: read_kept(self.snapshots, latest[symbol])
            for symbol in wanted
            if symbol in latest and latest[symbol].covers(*asked, now)
        }
        # A snapshot that turned out to be damaged is fetched again.
        lacking = [name for name in wanted if name not in answers or answers[name].bars is None]
        answers |= self._refresh(lacking, asked, now)
        return table_of_answers({name: answers[name] for name in wanted}, asked, now)

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
        asked, now = check_range(start, end), present(self._clock)
        answers = self._refresh(read_symbols(symbols), asked, now)
        rows = []
        for symbol, answer in answers.items():
            lost = next((one for one in answer.faults if one.fault == "not_kept"), None)
            if lost is not None:
                raise StoreError(f"{lost.detail} They belong in {self.snapshots.folder}.")
            if answer.bars is not None:
                answer.faults += find_incomplete(
                    symbol, answer.bars, asked, answer.fetched_at or now
                )
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
                faults.append(refuse(symbol, "not_kept", "No price of it is kept: sync it."))
                continue
            answer = read_kept(self.snapshots, entry)
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

    def _refresh(self, symbols: Sequence[str], asked: Range, now: datetime) -> dict[str, Answer]:
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
        asked: Range,
        known: tuple[datetime, Entry | None],
    ) -> Answer:
        """Keep what was fetched, after a look at the last snapshot; or use that one instead."""
        now, last = known
        kept = Answer() if last is None else read_kept(self.snapshots, last)
        if not isinstance(answer, Fault):
            try:
                bars = read_yahoo_frame(symbol, answer).loc[asked[0] : asked[1]]
                if kept.bars is not None:
                    check_kept_days(symbol, kept.bars, bars)
            except PriceError as error:
                answer = refuse(symbol, "bad_answer", str(error))
            else:
                return self._keep(symbol, bars, asked, now, kept)
        if last is None or kept.bars is None:
            return Answer(faults=[answer, *kept.faults])
        kept.faults.append(not_refreshed(last, now, answer.detail))
        return kept

    def _keep(
        self, symbol: str, bars: pd.DataFrame, asked: Range, now: datetime, kept: Answer
    ) -> Answer:
        bars, faults = drop_unfinished(symbol, bars, now)
        before = None
        if kept.bars is not None and kept.fetched_at is not None:
            faults += compare_overlap(symbol, kept.bars, bars)
            before = (kept.bars, kept.fetched_at)
        entry = None
        try:
            entry = self.snapshots.keep(
                bars,
                symbol=symbol,
                source="yahoo",
                fetched_at=now,
                asked=asked,
                faults=faults,
                doubtful=is_doubtful(symbol, bars, asked, now, before),
            )
        except StoreError as error:
            faults.append(Fault(symbol, None, "not_kept", "marked", str(error)))
        return Answer(bars, entry, now, faults)


def _widen(asked: Range, entry: Entry | None) -> Range:
    """Ask for what the last snapshot had as well, so that the newest one always has the most."""
    if entry is None:
        return asked
    return min(asked[0], entry.first), max(asked[1], entry.last)


def _row(symbol: str, answer: Answer) -> dict[str, object]:
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
