"""Prices from Yahoo Finance, through yfinance: one symbol a call, every failure with its reason.

Never ``yfinance.download``: it answers a dead network, a rate limit and a delisting alike, with a
table in which the symbol is missing. ``Ticker.history`` raises, when it is told to; what it raises
is sorted here into what a retry can heal and what it can't.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from signals.errors import PriceError, StudyError, SymbolError
from signals.exchanges import mic_of, validate_symbol
from signals.market.prices import PriceTable, build_table, check_range
from signals.market.quality import Fault
from signals.market.sessions import Sessions

logger = logging.getLogger(__name__)

Fetch = Callable[[str, pd.Timestamp, pd.Timestamp], pd.DataFrame]

_LONGEST_WAIT: Final = 30.0
_NEEDED: Final = ("Open", "Close", "Adj Close", "Volume")
# Beside network errors: what yfinance runs into when it reads an answer of another shape.
_UNREADABLE: Final = (ValueError, KeyError, IndexError, TypeError, AttributeError)


def _now() -> datetime:
    return datetime.now(UTC)


class YahooPrices:
    """Daily prices from Yahoo Finance.

    Closes are Yahoo's "Adj Close"; opens are adjusted by the same proportion; volume is as Yahoo
    gives it. Adjusted prices are rewritten at every dividend and split: compute returns within one
    table, and don't append one fetch to another. The bar of a session that hasn't closed yet is
    left out.

    Parameters
    ----------
    cache
        Folder in which yfinance keeps cookies and time zones; None for its own, in the user's
        cache.
    requests_per_second
        How many symbols are asked for in a second, at most.
    attempts
        How often one symbol is tried before it is given up.
    deadline
        Seconds for one call of :meth:`history`; symbols that are left over then are refused.
    seed
        Of the jitter between attempts.
    clock
        Gives the present as an aware datetime. This is the one place below the command line that
        needs it: a live source has to say when it was asked.
    fetch
        What asks for one symbol, from the first to the last day, both included, and gives
        yfinance's frame or raises; yfinance itself when it is None.
    """

    def __init__(
        self,
        cache: str | Path | None = None,
        *,
        requests_per_second: float = 2.0,
        attempts: int = 4,
        deadline: float = 300.0,
        seed: int = 0,
        clock: Callable[[], datetime] = _now,
        fetch: Fetch | None = None,
    ) -> None:
        if not requests_per_second > 0 or attempts < 1 or not deadline > 0:
            raise PriceError(
                "requests_per_second and deadline are more than 0, and attempts at least 1."
            )
        self._cache = cache
        self._pause = 1.0 / requests_per_second
        self._attempts = attempts
        self._deadline = deadline
        self._seed = seed
        self._clock = clock
        self._fetch = fetch

    def history(self, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp) -> PriceTable:
        """Fetch the prices of some symbols from ``start`` to ``end``, both included.

        A symbol that can't be had is no column but a row of ``faults``: ``not_a_symbol``,
        ``unknown_symbol`` (Yahoo says that it has no such prices), ``rate_limited``,
        ``no_answer`` (the network), ``bad_answer`` or ``out_of_time``.

        Raises
        ------
        PriceError
            The range has a time zone, or ends before it starts.
        """
        first, last = check_range(start, end)
        fetched_at = self._clock()
        with _strict_yfinance(self._cache):
            run = _Run(
                self._fetch or _fetch_yahoo,
                pause=self._pause,
                attempts=self._attempts,
                until=time.monotonic() + self._deadline,
                jitter=np.random.default_rng(self._seed),
            )
            frames, faults = run.fetch_all(list(dict.fromkeys(symbols)), first, last)
        tables: dict[str, pd.DataFrame] = {}
        for symbol, frame in frames.items():
            try:
                table = _as_sessions(symbol, frame).loc[first:last]
            except PriceError as error:
                faults.append(_refuse(symbol, "bad_answer", str(error)))
                continue
            tables[symbol] = _compare_with_calendar(
                symbol, table, (first, last), fetched_at, faults
            )

        def wide(what: str) -> pd.DataFrame:
            if not tables:
                return pd.DataFrame(index=pd.DatetimeIndex([], dtype="datetime64[us]"))
            return pd.concat({name: one[what] for name, one in tables.items()}, axis=1).sort_index()

        return build_table(
            wide("closes"),
            source="yahoo",
            fetched_at=fetched_at,
            opens=wide("opens"),
            volume=wide("volume"),
            faults=faults,
        )


class _Run:
    """One call of ``history``: its pace, its attempts and the end of its patience."""

    def __init__(
        self,
        fetch: Fetch,
        *,
        pause: float,
        attempts: int,
        until: float,
        jitter: np.random.Generator,
    ) -> None:
        self._fetch = fetch
        self._pause = pause
        self._attempts = attempts
        self._until = until
        self._jitter = jitter
        self._next = time.monotonic()

    def fetch_all(
        self, symbols: Sequence[str], first: pd.Timestamp, last: pd.Timestamp
    ) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
        """Fetch each symbol; give the frames, and a fault for each symbol without one."""
        frames: dict[str, pd.DataFrame] = {}
        faults: list[Fault] = []
        for symbol in symbols:
            try:
                validate_symbol(symbol)
            except SymbolError as error:
                faults.append(_refuse(symbol, "not_a_symbol", str(error)))
                continue
            answer = self._fetch_one(symbol, first, last)
            if isinstance(answer, Fault):
                faults.append(answer)
            else:
                frames[symbol] = answer
        return frames, faults

    def _fetch_one(
        self, symbol: str, first: pd.Timestamp, last: pd.Timestamp
    ) -> pd.DataFrame | Fault:
        """Try one symbol until it is there, can't be there, or has been tried often enough."""
        from yfinance.exceptions import (
            YFException,
            YFPricesMissingError,
            YFRateLimitError,
            YFTzMissingError,
        )

        fault = _refuse(symbol, "out_of_time", "The time for fetching prices was used up.")
        for attempt in range(self._attempts):
            if not self._wait_for_turn():
                return fault
            try:
                return self._fetch(symbol, first, last)
            except (YFPricesMissingError, YFTzMissingError) as error:
                # What yfinance makes of it, "possibly delisted", is a guess: only Yahoo's own
                # words are passed on.
                said = getattr(error, "yahoo_reason", None)
                words = f": {said}" if said else ", or doesn't know the symbol."
                detail = f"Yahoo has no prices of {symbol} in this range{words}"
                return _refuse(symbol, "unknown_symbol", detail)
            except YFRateLimitError:
                fault = _refuse(symbol, "rate_limited", "Yahoo takes no more requests: wait.")
                self._put_off(attempt, 4.0)
            except OSError as error:
                fault = _refuse(symbol, "no_answer", f"Yahoo can't be reached: {_short(error)}")
                self._put_off(attempt, 1.0)
            except (YFException, *_UNREADABLE) as error:
                fault = _refuse(symbol, "bad_answer", f"Yahoo's answer is no use: {_short(error)}")
                self._put_off(attempt, 1.0)
            logger.info("%s: attempt %d failed: %s", symbol, attempt + 1, fault.detail)
        return fault

    def _wait_for_turn(self) -> bool:
        """Wait until the next request is due; False when that is after the deadline."""
        due = max(self._next, time.monotonic())
        if due > self._until:
            return False
        time.sleep(max(0.0, due - time.monotonic()))
        self._next = time.monotonic() + self._pause
        return True

    def _put_off(self, attempt: int, factor: float) -> None:
        """Put the next request off for longer with each attempt, and forget the bad answer.

        yfinance keeps whatever was answered for a range in the past, so that without this a retry
        would send no request and fail for ever.
        """
        from yfinance.data import YfData

        YfData.cache_get.cache_clear()
        wait = factor * self._pause * 2.0**attempt * self._jitter.uniform(0.75, 1.25)
        self._next = time.monotonic() + min(wait, _LONGEST_WAIT)


def _fetch_yahoo(symbol: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Ask Yahoo for one symbol; yfinance's ``end`` is exclusive."""
    import yfinance

    frame: pd.DataFrame = yfinance.Ticker(symbol).history(
        start=f"{first:%Y-%m-%d}",
        end=f"{last + pd.Timedelta(days=1):%Y-%m-%d}",
        auto_adjust=False,
        actions=True,
        keepna=True,
    )
    return frame


@contextmanager
def _strict_yfinance(cache: str | Path | None) -> Iterator[None]:
    """Let yfinance raise what goes wrong for as long as this lasts; by default it only logs it.

    Its log is held back meanwhile: each failure has its row of faults.
    """
    import yfinance

    log = logging.getLogger("yfinance")
    level = log.level
    if cache is not None:
        yfinance.set_tz_cache_location(str(cache))
    before = yfinance.config.debug.hide_exceptions
    yfinance.config.debug.hide_exceptions = False
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            # yfinance asks that its own deprecations be shown; pandas 3 gives it some.
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        log.setLevel(level)
        yfinance.config.debug.hide_exceptions = before


def _as_sessions(symbol: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Turn yfinance's frame into adjusted closes and opens, and volume, by session.

    Its index is midnight in the exchange's time zone. Rows without a close are holes: their
    volume of 0 is no volume.
    """
    absent = [name for name in _NEEDED if name not in frame.columns]
    if absent:
        raise PriceError(f"Yahoo's answer for {symbol} has no {absent[0]!r}.")
    days = pd.DatetimeIndex(frame.index).tz_localize(None).normalize()
    if days.has_duplicates:
        raise PriceError(f"Yahoo gives {days[days.duplicated()][0]:%Y-%m-%d} twice for {symbol}.")
    numbers = frame[list(_NEEDED)].astype("float64")
    closes = numbers["Adj Close"]
    found = pd.DataFrame(
        {
            "closes": closes,
            "opens": numbers["Open"] * (closes / numbers["Close"]),
            "volume": numbers["Volume"].where(closes.notna()),
        }
    )
    return found.set_axis(pd.DatetimeIndex(days, name="session").as_unit("us")).sort_index()


def _compare_with_calendar(
    symbol: str,
    table: pd.DataFrame,
    asked: tuple[pd.Timestamp, pd.Timestamp],
    fetched_at: datetime,
    faults: list[Fault],
) -> pd.DataFrame:
    """Take out the bars of sessions that hadn't closed yet; mark an answer that is too short.

    Yahoo may give 2 of 60 rows and call it an answer. A share that was listed later looks the
    same, so that it is marked and not refused. Holes between two prices are found at the border.
    """
    try:
        sessions = Sessions(mic_of(symbol))
        last_closed = sessions.last_closed(fetched_at)
    except (SymbolError, StudyError) as error:
        detail = f"Whether its last session had closed is unknown: {error}"
        faults.append(Fault(symbol, None, "close_unknown", "marked", detail))
        return table
    unfinished = table.index > last_closed
    for session in table.index[unfinished]:
        detail = f"It hadn't closed yet at {fetched_at.isoformat(timespec='seconds')}."
        faults.append(Fault(symbol, session, "unfinished_bar", "refused", detail))
    finished = table[~unfinished]
    expected = sessions.labels(asked[0], min(asked[1], last_closed))
    priced = finished.index[finished["closes"].notna()]
    if len(priced) and len(expected):
        early, late = int((expected < priced[0]).sum()), int((expected > priced[-1]).sum())
        if early or late:
            detail = (
                f"Of {len(expected)} sessions asked for, {early} before its first price and "
                f"{late} after its last one are missing."
            )
            faults.append(Fault(symbol, None, "incomplete", "marked", detail))
    return finished


def _refuse(symbol: str, fault: str, detail: str) -> Fault:
    return Fault(symbol[:40], None, fault, "refused", detail)


def _short(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:160]}" if text else type(error).__name__
