"""The arguments of a study, read and checked before anything is fetched."""

from __future__ import annotations

import operator
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.study.factors import check_factor_values
from signals.study.models import ReturnModel, leads_of
from signals.study.trade_to_trade import check_bridging

Window = tuple[int, int]
Windows = Sequence[Window] | Window
"""Some windows, or one alone."""

ESTIMATION: Window = (-250, -11)
"""The sessions to which a model is fitted, unless others are asked for."""

WINDOWS: tuple[Window, ...] = ((0, 0), (0, 1), (-1, 1), (-5, 5))
"""What a study tells of, and every report, unless others are asked for."""

CHOICES = {"returns": ("simple", "log"), "missing": ("drop", "trade_to_trade")}
"""What some arguments may be; the first is the default."""

_ONE_SYMBOL = re.compile(r"[^=]*(=[XF])?")  # Yahoo's currencies and futures: EURUSD=X, GC=F


@dataclass(frozen=True)
class Settings:
    """How a study was asked for: the arguments of ``event_study``, the model by its name.

    ``market`` is one symbol, or a mapping from symbol to market; ``factors`` are the names of
    the columns that were given, ``factors_from`` their source and vintage.
    """

    model: str
    market: str | Mapping[str, str] | None
    factors: tuple[str, ...]
    estimation: Window
    min_obs: int
    window: Window
    windows: tuple[Window, ...]
    tests: tuple[str, ...]
    seed: int
    returns: str = "simple"
    missing: str = "drop"
    min_relevance: float = 0.0
    factors_from: str = ""

    @property
    def path(self) -> tuple[Window, ...]:
        """The windows from the first offset up to each."""
        first, last = self.window
        return tuple((first, offset) for offset in range(first, last + 1))

    @property
    def offsets(self) -> tuple[Window, ...]:
        """The windows of one session each."""
        first, last = self.window
        return tuple((offset, offset) for offset in range(first, last + 1))

    @property
    def drift(self) -> tuple[Window, ...]:
        """The window before the event, in which nothing should move; none where there is none."""
        start, end = max(-5, self.window[0]), min(-1, self.window[1])
        return ((start, end),) if start <= end else ()


def read_market(market: str | Mapping[str, str] | None) -> str | Mapping[str, str] | None:
    """Give the market as settings keep it: a mapping is copied, so that nobody changes it.

    Raises
    ------
    StudyError
        It is neither a symbol nor a mapping from symbols.
    """
    if market is None or isinstance(market, str):
        return market
    try:
        given = {str(symbol): own for symbol, own in market.items()}
    except AttributeError:
        raise StudyError(
            f"market= is a symbol, as 'SPY', or a mapping from each symbol to its own market, not "
            f"a {type(market).__name__}."
        ) from None
    if given and not any(isinstance(own, str) for own in given.values()):
        raise StudyError(
            "market= names no symbol: it is one, as 'SPY', or a mapping from each symbol to its "
            "own market. The prices of a market are a column of the prices."
        )
    return given


def parse_markets(
    market: str | Mapping[str, str] | None, symbols: Iterable[str]
) -> str | Mapping[str, str] | None:
    """Give each symbol its market where a text such as "SPY,9984.T=^N225" names several.

    Raises
    ------
    StudyError
        It names no market for the shares that have none of their own, or several.
    """
    if not isinstance(market, str):
        return market
    parts = [part.strip() for part in market.split(",")]
    rest = [part for part in parts if _ONE_SYMBOL.fullmatch(part)]
    own = dict(part.split("=", 1) for part in parts if part not in rest)
    if len(rest) != 1 or not all((rest[0], *own, *own.values())):
        raise StudyError(
            f"market {market!r} can't be read: name one market for all, then others for some "
            "shares, as in SPY,9984.T=^N225."
        )
    return {symbol: own.get(symbol, rest[0]) for symbol in symbols} if own else rest[0]


def read_window(window: Sequence[int], name: str) -> Window:
    """Give a window as two integers in order.

    Raises
    ------
    StudyError
        It isn't two integers, or it ends before it starts.
    """
    try:
        start, end = (operator.index(offset) for offset in window)
    except (TypeError, ValueError):
        raise StudyError(
            f"{name}={window!r} is no window: give two offsets in sessions, as in (-1, 1)."
        ) from None
    if end < start:
        raise StudyError(f"{name}=({start}, {end}) ends before it starts: swap its ends.")
    return start, end


def read_windows(windows: Windows) -> tuple[Window, ...]:
    """Give windows as pairs of integers; two numbers are one window.

    Raises
    ------
    StudyError
        There is none, or one is no window.
    """
    try:
        several = list(windows)
    except TypeError:
        several = [windows]
    if len(several) == 2 and not any(isinstance(one, Iterable) for one in several):
        return (read_window(several, "window"),)  # type: ignore[arg-type] # read there
    if not several:
        raise StudyError("windows is empty: name at least one, as in [(-1, 1)].")
    return tuple(read_window(one, "each of windows") for one in several)  # type: ignore[arg-type]


def read_count(value: int, name: str, least: int) -> int:
    """Give a whole number that is large enough.

    Raises
    ------
    StudyError
        It is none, or too small.
    """
    try:
        count = operator.index(value)
    except TypeError:
        raise StudyError(f"{name}={value!r} is no whole number.") from None
    if count < least:
        raise StudyError(f"{name}={count} is too few: it takes {least} or more.")
    return count


def read_relevance(value: float) -> float:
    """Give a relevance, a number from 0 to 100.

    Raises
    ------
    StudyError
        It is none.
    """
    if not isinstance(value, int | float | np.number) or not 0 <= value <= 100:
        raise StudyError(f"min_relevance={value!r} is no relevance: it is a number from 0 to 100.")
    return float(value)


def read_seed(seed: int) -> int:
    """Give a seed, a whole number from 0 on.

    Raises
    ------
    StudyError
        It is none.
    """
    if isinstance(seed, int | np.integer) and seed >= 0:
        return int(seed)
    raise StudyError(f"seed={seed!r} is no whole number from 0 on.")


def check_column_name(column: Any) -> None:
    """Raise a StudyError for what can be no name of a column, such as a list or a Series."""
    if not isinstance(column, Hashable):
        kind = type(column).__name__
        raise StudyError(f"A column of the events is named by one name, not by a {kind}.")


def check_window(window: Window, outer: Window) -> None:
    """Raise a StudyError unless a window is ordered and lies inside the study's."""
    start, end = read_window(window, "window")
    if start < outer[0] or end > outer[1]:
        raise StudyError(
            f"The window ({start}, {end}) reaches outside window={outer}: widen window, or ask "
            "for a shorter one."
        )


def window_of(start: int | Window, end: int | None, outer: Window) -> Window:
    """Read a window given as (0, 1) or as 0, 1; raises as ``check_window``."""
    window: Any = start if end is None else (start, end)
    check_window(window, outer)
    return read_window(window, "window")


def check_settings(settings: Settings, model: ReturnModel) -> None:
    """Raise a StudyError when arguments contradict one another, or the model."""
    estimation, window = settings.estimation, settings.window
    for one in settings.windows:
        check_window(one, window)
    for name, known in CHOICES.items():
        given = getattr(settings, name)
        if given not in known:
            raise StudyError(f"{name}={given!r} is neither {' nor '.join(map(repr, known))}.")
    if settings.missing == "trade_to_trade":
        check_bridging(model)
    if estimation[1] + max((0, *leads_of(model))) >= min(window[0], 0):
        raise StudyError(
            f"estimation={estimation} must end before the event and before window={window} "
            "starts: what is measured may not be part of what it is measured against."
        )
    width = estimation[1] - estimation[0] + 1
    least = len(model.parameters) + 2
    if not least <= settings.min_obs <= width:
        raise StudyError(
            f"min_obs={settings.min_obs} can't be: the model {model.name} takes {least} pairs or "
            f"more, and estimation={estimation} has {width} sessions."
        )
    if "market" not in model.inputs or "market" in settings.factors:
        return
    if settings.market is None or not len(settings.market):
        raise StudyError(
            f"The model {model.name!r} needs a market: name its symbol, as in market='SPY'; "
            "model='mean' needs none."
        )


def check_factors(factors: pd.DataFrame | None, model: ReturnModel) -> None:
    """Raise a StudyError unless factors are there for a model that reads them, and readable."""
    wanted = [name for name in model.inputs if name != "market"]
    columns = [] if factors is None else [str(name) for name in factors.columns]
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise StudyError(
            f"The model {model.name!r} reads {missing[0]!r}: give it as a column of factors=, "
            "returns by session as fractions, or on the command line as --factors FILE."
        )
    if factors is None:
        return
    if not set(columns) & set(model.inputs):
        raise StudyError(
            f"The model {model.name!r} reads no factors: leave factors= out, or name a model "
            "that does."
        )
    check_factor_values(factors)


def markets_of(events: pd.DataFrame, settings: Settings, model: ReturnModel) -> pd.Series:
    """Give the market of each event; missing where a model without one was given none.

    Raises
    ------
    StudyError
        The market's text can't be read, or the model needs a market and the mapping has none for a
        symbol.
    """
    market = parse_markets(settings.market, events["symbol"].unique())
    if market is None or isinstance(market, str):
        return pd.Series(market, events.index, dtype="str")
    markets = events["symbol"].map(dict(market)).astype("str")
    lacking = events["symbol"][markets.isna()]
    if len(lacking) and "market" in model.inputs and "market" not in settings.factors:
        raise StudyError(
            f"market= names no market for {lacking.iloc[0]!r}, and the model {model.name!r} needs "
            "one for each symbol."
        )
    return markets
