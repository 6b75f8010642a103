"""Asking Yahoo through yfinance: paced, a few at once, each failure sorted into its reason.

Never ``yfinance.download``: it answers a dead network, a rate limit and a delisting alike, with a
table in which the symbol is missing. ``Ticker.history`` raises, when it is told to; what it raises
is sorted here into what a retry can heal and what it can't.
"""

from __future__ import annotations

import atexit
import logging
import shutil
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from signals.errors import StoreError, SymbolError
from signals.exchanges import validate_symbol
from signals.files import cache_folder, locked
from signals.market.quality import Fault, refuse

logger = logging.getLogger(__name__)

Fetch = Callable[[str, pd.Timestamp, pd.Timestamp], pd.DataFrame]
Progress = Callable[[int, int], None]
Ranges = Mapping[str, tuple[pd.Timestamp, pd.Timestamp]]

THREADS: Final = 4
_CACHES_TAKE: Final = 256 * 1024  # bytes, with SQLite's logs beside them
_LONGEST_WAIT: Final = 30.0
_TIMEOUT: Final = 10.0
_SURE_AFTER: Final = 3  # attempts after which a missing symbol without Yahoo's own word is believed
# Beside network errors: what yfinance runs into when it reads an answer of another shape.
_UNREADABLE: Final = (ValueError, KeyError, IndexError, TypeError, AttributeError)
_SAID_OF_UNKNOWN: Final = ("no data found", "delisted", "data doesn't exist", "not found")


@dataclass(frozen=True, slots=True)
class Patience:
    """How fast to ask and when to give up: symbols a second, attempts each, seconds in all."""

    requests_per_second: float
    attempts: int
    deadline: float


def fetch_all(
    fetch: Fetch, ranges: Ranges, patience: Patience, progress: Progress | None = None
) -> dict[str, pd.DataFrame | Fault]:
    """Fetch each symbol over its range; give its frame, or the fault that says why there is none.

    The first symbol is asked for in this thread, which fetches yfinance's cookie; the others by a
    few threads. The answer has every symbol, in the order of ``ranges``.
    """
    run = _Run(fetch, patience)
    answers: dict[str, pd.DataFrame | Fault] = {}
    valid: list[str] = []
    for symbol in ranges:
        try:
            validate_symbol(symbol)
        except SymbolError as error:
            answers[symbol] = refuse(symbol[:40], "not_a_symbol", str(error))
        else:
            valid.append(symbol)

    def told(symbol: str, answer: pd.DataFrame | Fault) -> None:
        answers[symbol] = answer
        if progress is not None:
            progress(len(answers), len(ranges))

    for symbol in valid[:1]:
        told(symbol, run.ask(symbol, *ranges[symbol]))
    with ThreadPoolExecutor(THREADS, thread_name_prefix="prices") as pool:
        futures = {pool.submit(run.ask, name, *ranges[name]): name for name in valid[1:]}
        try:
            for future in as_completed(futures):
                told(futures[future], future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return {symbol: answers[symbol] for symbol in ranges}


class _Run:
    """One round of requests: its pace, its attempts and the end of its patience."""

    def __init__(self, fetch: Fetch, patience: Patience) -> None:
        self._fetch = fetch
        self._pause = 1.0 / patience.requests_per_second
        self._attempts = patience.attempts
        self._until = time.monotonic() + patience.deadline
        self._next = time.monotonic()
        self._lock = threading.Lock()

    def ask(self, symbol: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame | Fault:
        """Try one symbol until it is there, can't be there, or has been tried often enough."""
        from yfinance.data import YfData

        jitter = np.random.default_rng([*symbol.encode()])
        fault = refuse(symbol, "out_of_time", "The time for fetching prices was used up.")
        earliest = 0.0
        for attempt in range(self._attempts):
            if not self._wait_for_turn(earliest):
                return fault
            answer = self._try(symbol, first, last)
            if not isinstance(answer, _Failure):
                return answer
            fault = answer.fault
            logger.info("%s: attempt %d failed: %s", symbol, attempt + 1, fault.detail)
            # yfinance keeps whatever was answered for a range in the past: without this a retry,
            # or the next call, would send no request and fail for ever.
            YfData.cache_get.cache_clear()
            if attempt + 1 >= answer.attempts:
                return fault
            wait = answer.factor * self._pause * 2.0**attempt * jitter.uniform(0.75, 1.25)
            earliest = time.monotonic() + min(wait, _LONGEST_WAIT)
            if fault.fault == "rate_limited":
                with self._lock:  # it is meant for all
                    self._next = max(self._next, earliest)
        return fault

    def _wait_for_turn(self, earliest: float) -> bool:
        """Wait until the next request is due; False when that is after the deadline."""
        with self._lock:
            due = max(self._next, earliest, time.monotonic())
            if due > self._until:
                return False
            if earliest <= self._next + self._pause:  # else others may go before
                self._next = due + self._pause
        time.sleep(max(0.0, due - time.monotonic()))
        return True

    def _try(self, symbol: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame | _Failure:
        """Ask once, and sort what goes wrong into what a retry may heal and what it can't."""
        from peewee import PeeweeException
        from yfinance.exceptions import YFException, YFRateLimitError, YFTickerMissingError

        try:
            return self._fetch(symbol, first, last)
        except YFTickerMissingError as error:
            return _missing(symbol, error)
        except YFRateLimitError:
            fault = refuse(symbol, "rate_limited", "Yahoo takes no more requests: wait.")
            return _Failure(fault, self._attempts, 4.0)
        except OSError as error:
            fault = refuse(symbol, "no_answer", f"Yahoo can't be reached: {_short(error)}")
        except (YFException, PeeweeException, *_UNREADABLE) as error:
            fault = refuse(symbol, "bad_answer", f"Yahoo's answer is no use: {_short(error)}")
        return _Failure(fault, self._attempts)


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why an attempt failed, and after how many attempts that is believed."""

    fault: Fault
    attempts: int
    factor: float = 1.0


def _missing(symbol: str, error: Exception) -> _Failure:
    """Sort "missing" into Yahoo's own word, which stands, and yfinance's guess, which may not.

    What yfinance makes of an answer without prices, "possibly delisted", may as well be a server
    in trouble; only Yahoo's own words are passed on.
    """
    said = str(getattr(error, "yahoo_reason", None) or "")
    if said and not any(words in said.lower() for words in _SAID_OF_UNKNOWN):
        return _Failure(refuse(symbol, "bad_answer", f"Yahoo says: {said[:160]}"), _SURE_AFTER)
    words = f": {said}" if said else ", or doesn't know the symbol."
    detail = f"Yahoo has no prices of {symbol} in this range{words}"
    return _Failure(refuse(symbol, "unknown_symbol", detail), 1 if said else _SURE_AFTER)


def fetch_yahoo(
    symbol: str, first: pd.Timestamp, last: pd.Timestamp, *, timeout: float = _TIMEOUT
) -> pd.DataFrame:
    """Ask Yahoo for one symbol, from the first to the last day, both included.

    Parameters
    ----------
    symbol
        In Yahoo's spelling, validated.
    first, last
        Plain days; yfinance's own ``end`` is exclusive.
    timeout
        Seconds after which a request is given up.
    """
    import yfinance

    frame: pd.DataFrame = yfinance.Ticker(symbol).history(
        start=f"{first:%Y-%m-%d}",
        end=f"{last + pd.Timedelta(days=1):%Y-%m-%d}",
        auto_adjust=False,
        actions=True,
        keepna=True,
        timeout=timeout,
    )
    return frame


@contextmanager
def strict_yfinance(cache: Path, *, own_location: bool) -> Iterator[None]:
    """Let yfinance raise what goes wrong for as long as this lasts; by default it only logs it.

    Its caches of cookies and time zones are opened here, in the main thread and by one process at
    a time: opened by several at once, they answer "database is locked" and symbols go missing. Its
    log is held back meanwhile: each failure has its row of faults.
    """
    import yfinance

    log = logging.getLogger("yfinance")
    level = log.level
    before = yfinance.config.debug.hide_exceptions
    yfinance.config.debug.hide_exceptions = False
    log.setLevel(logging.CRITICAL)
    try:
        with _no_deprecations():
            folder = cache / "py-yfinance" if own_location else _shared_caches()
            if not _has_room(folder):
                folder, own_location = _passing_folder(), True
            if own_location:
                yfinance.set_tz_cache_location(str(folder))
            try:
                with locked(cache):
                    _open_caches()
            except StoreError as error:
                logger.info("yfinance's caches are opened without a lock: %s", error)
                _open_caches()
            yield
    finally:
        log.setLevel(level)
        yfinance.config.debug.hide_exceptions = before


def _shared_caches() -> Path:
    """Give the folder in which yfinance keeps cookies and time zones by itself."""
    return cache_folder().parent / "py-yfinance"


def _has_room(folder: Path) -> bool:
    """Tell whether yfinance's caches can be kept in a folder; on a full disk it would break."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(bytes(_CACHES_TAKE))
    except OSError as error:
        logger.info("yfinance's caches can't be kept in %s: %s", folder, error)
        return False
    return True


def _passing_folder() -> Path:
    """Make a folder that is gone when the process ends."""
    folder = tempfile.mkdtemp(prefix="py-yfinance-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@contextmanager
def _no_deprecations() -> Iterator[None]:
    """Hold back the deprecations that pandas 3 gives yfinance, which asks that they be shown.

    A filter alone doesn't: pandas sets "always" for a moment, now and then, and what one thread
    sets holds for all. So they are passed over where warnings are shown as well.
    """
    shown = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        if not issubclass(category, DeprecationWarning):
            shown(message, category, *where, **more)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.showwarning = show
        yield


def _open_caches() -> None:
    from yfinance import cache

    cache.get_tz_cache().lookup("")
    cache.get_cookie_cache().lookup("")


def _short(error: BaseException) -> str:
    # curl ends by naming a page about its own numbers.
    text = " ".join(str(error).split()).partition(" See http")[0]
    return f"{type(error).__name__}: {text[:160]}" if text else type(error).__name__
