"""What was kept of Yahoo's prices: read without asking anybody, each with its age."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from signals.errors import PriceError, StoreError
from signals.files import cache_folder
from signals.market.bars import find_incomplete, table_of_bars
from signals.market.prices import PriceTable, check_range, read_symbols
from signals.market.quality import Fault, refuse
from signals.market.snapshots import CLOCK_SLACK, Entry, SnapshotStore

Range = tuple[pd.Timestamp, pd.Timestamp]


@dataclass(slots=True)
class Answer:
    """The bars of one symbol, the snapshot that they are, and what is wrong with them."""

    bars: pd.DataFrame | None = None
    entry: Entry | None = None
    fetched_at: datetime | None = None
    faults: list[Fault] = field(default_factory=list)


def utc_now() -> datetime:
    """Ask this machine's clock."""
    return datetime.now(UTC)


def present(clock: Callable[[], datetime]) -> datetime:
    """Ask a clock, which has to say in which zone it is."""
    now = clock()
    if now.tzinfo is None:
        raise PriceError(f"The clock gives {now.isoformat()}, without a time zone: add one.")
    return now


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
        self, cache: str | Path | None = None, *, clock: Callable[[], datetime] = utc_now
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
        asked, now = check_range(start, end), present(self._clock)
        latest = self.snapshots.latest()
        answers: dict[str, Answer] = {}
        for symbol in read_symbols(symbols):
            if symbol not in latest:
                fault = refuse(symbol, "not_kept", "No price is kept, and Yahoo wasn't asked.")
                answers[symbol] = Answer(faults=[fault])
                continue
            answers[symbol] = read_kept(self.snapshots, latest[symbol])
            if answers[symbol].bars is not None:
                said = "Yahoo wasn't asked."
                answers[symbol].faults.append(not_refreshed(latest[symbol], now, said))
        return table_of_answers(answers, asked, now)


def table_of_answers(answers: Mapping[str, Answer], asked: Range, now: datetime) -> PriceTable:
    """Make the table of what was answered, in the order of the answers."""
    bars = {name: one.bars for name, one in answers.items() if one.bars is not None}
    faults = [fault for one in answers.values() for fault in one.faults]
    times = {name: answers[name].fetched_at or now for name in bars}
    for symbol, whole in bars.items():
        inside = whole.loc[asked[0] : asked[1]]
        faults += find_incomplete(symbol, inside, asked, times[symbol])
    oldest = min(times.values(), default=now)
    return table_of_bars(bars, faults, source="yahoo", fetched_at=oldest, asked=asked)


def read_kept(snapshots: SnapshotStore, entry: Entry) -> Answer:
    """Read a snapshot; one that is damaged gives no bars, and says so."""
    try:
        return Answer(snapshots.load(entry), entry, entry.fetched_at, list(entry.faults))
    except StoreError as error:
        return Answer(faults=[refuse(entry.symbol, "damaged", str(error))])


def not_refreshed(entry: Entry, now: datetime, why: str) -> Fault:
    """Mark kept prices that are used, with their age, and say why no newer ones are."""
    detail = f"{why} These prices were fetched {_age(entry.fetched_at, now)}."
    return Fault(entry.symbol, None, "not_refreshed", "marked", detail)


def _age(fetched_at: datetime, now: datetime) -> str:
    """Say when prices were fetched, and how long ago that is."""
    when = f"on {fetched_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if fetched_at > now + CLOCK_SLACK:
        return f"{when}, which is in the future: a clock was or is wrong"
    hours = max(timedelta(0), now - fetched_at) // timedelta(hours=1)
    return f"{when}, {hours} hours ago" if hours < 48 else f"{when}, {hours // 24} days ago"
