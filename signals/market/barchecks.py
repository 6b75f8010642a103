"""What bars say about themselves: prices as traded against adjusted ones, dividends and splits.

``BAR_RULES`` is the whole of it: an ordered tuple of named checks of one symbol's bars, beside the
checks of adjusted closes in ``signals.market.quality``. A fault that makes a false return of many
per cent takes the symbol out; a smaller one marks the session, with its size. Nothing is mended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from signals.market.quality import Fault, refuse

UNEXPLAINED: Final = 2e-3
"""An adjustment that the dividends don't explain is marked from here on; below it is rounding."""

LEAST_SPLIT: Final = 0.2
"""A step by less than this is taken for no split: 5:4 is the smallest common one."""

_Floats = npt.NDArray[np.float64]
_Rule = Callable[[str, pd.DataFrame], Iterator[Fault]]


def check_bars(symbol: str, bars: pd.DataFrame) -> list[Fault]:
    """Find the faults of one symbol's bars; columns that a source hasn't got are not checked."""
    return [fault for rule in BAR_RULES for fault in rule(symbol, bars)]


def _range_of_bar(symbol: str, bars: pd.DataFrame) -> Iterator[Fault]:
    """Mark a high below the open or the close, or a low above them."""
    if not {"open", "high", "low", "close"} <= set(bars.columns):
        return
    first, last = bars["open"].to_numpy(), bars["close"].to_numpy()
    most = np.fmax(first, last)
    slack = 1e-6 * most
    high = bars["high"].to_numpy() < most - slack
    low = bars["low"].to_numpy() > np.fmin(first, last) + slack
    for session in bars.index[high | low]:
        row = bars.loc[session]
        detail = (
            f"Open {row['open']:g}, high {row['high']:g}, low {row['low']:g}, close "
            f"{row['close']:g} can't be of one session."
        )
        yield Fault(symbol, session, "bar_contradicts", "marked", detail)


def _close_as_traded(symbol: str, bars: pd.DataFrame) -> Iterator[Fault]:
    """Mark a close as traded that is no price beside an adjusted one, which is used."""
    if not {"close", "adj_close"} <= set(bars.columns):
        return
    wrong = (bars["close"].to_numpy() <= 0) & (bars["adj_close"].to_numpy() > 0)
    for session, row in bars[wrong].iterrows():
        detail = (
            f"Its close is {row['close']:g} beside an adjusted one of {row['adj_close']:g}: it has "
            "no open then."
        )
        yield Fault(symbol, pd.Timestamp(str(session)), "close_not_positive", "marked", detail)


def _splits(symbol: str, bars: pd.DataFrame) -> Iterator[Fault]:
    """Refuse prices that a recorded split was not applied to, or was applied to twice.

    It is looked for where returns come from: closes as traded show every split, and are right.
    """
    used = "adj_close" if "adj_close" in bars else "close"
    if not {used, "split"} <= set(bars.columns):
        return
    priced = bars[bars[used] > 0]
    step = np.log(priced[used]).diff()
    for session, ratio in priced["split"][priced["split"].ne(1) & (priced["split"] > 0)].items():
        size, moved = float(np.log(ratio)), float(step.loc[session])
        # The share itself moves too: it must look more like the split than like nothing.
        if (
            abs(size) < np.log(1 + LEAST_SPLIT)
            or not min(abs(moved + size), abs(moved - size)) < abs(size) / 2
        ):
            continue
        how = "was not applied" if moved * size < 0 else "was applied twice or upside down"
        detail = (
            f"Its close moved by {np.expm1(moved):+.1%} on the day of a {ratio:g}:1 split: the "
            f"split {how} to the prices before."
        )
        day = pd.Timestamp(str(session))
        yield refuse(symbol, "bad_split", f"{day:%Y-%m-%d}: {detail}")


def _adjustment(symbol: str, bars: pd.DataFrame) -> Iterator[Fault]:
    """Mark steps of the adjustment that the dividends don't explain.

    The factor adj_close / close is multiplied by 1 - dividend / close before, at each dividend,
    going back in time. So it never falls as time goes on; where it does, two bases are spliced.
    Where no dividends are recorded only that can be seen. Closes as traded step at a split and
    their adjusted ones don't: that is no fault.
    """
    if not {"close", "adj_close"} <= set(bars.columns):
        return
    closes, adjusted = bars["close"].to_numpy(), bars["adj_close"].to_numpy()
    priced = (closes > 0) & (adjusted > 0)
    days, closes, adjusted = bars.index[priced][1:], closes[priced], adjusted[priced]
    recorded = "dividend" in bars
    dividends = bars["dividend"].to_numpy()[priced][1:] if recorded else np.zeros(len(days))
    with np.errstate(all="ignore"):  # of infinite prices, which are refused elsewhere
        factor = adjusted / closes
        paid = 1 - np.minimum(dividends / closes[:-1], 0.99)
        actual = factor[:-1] / factor[1:]
        gap = actual / paid - 1
        odd = np.abs(gap) > np.maximum(UNEXPLAINED, _rounding(closes, adjusted))
        odd &= ~_splits_of_traded(closes, adjusted)
    if not recorded:
        odd &= gap > 0
    for number in np.flatnonzero(odd).tolist():
        dividend, step, day = float(dividends[number]), float(actual[number] - 1), days[number]
        false = f"a false return of {float(paid[number] / actual[number] - 1):+.2%}"
        if dividend > 0 and abs(step) < UNEXPLAINED:
            detail = f"Its dividend of {dividend:g} was not adjusted for: {false}."
            yield Fault(symbol, day, "missed_dividend", "marked", detail)
        elif step > UNEXPLAINED and dividend == 0:
            detail = f"Its adjustment factor falls here, as where two bases are spliced: {false}."
            yield Fault(symbol, day, "spliced_bases", "marked", detail)
        else:
            moved = float(-gap[number])
            detail = f"Its adjustment moves by more than its dividends explain: {moved:+.2%}."
            yield Fault(symbol, day, "unexplained_adjustment", "marked", detail)


def _rounding(closes: _Floats, adjusted: _Floats) -> _Floats | float:
    """Give by how much cents alone may move the factor; nothing where prices have more digits."""
    if any((np.round(prices, 2) != prices).any() for prices in (closes, adjusted)):
        return 0.0
    halves = 0.005 / closes + 0.005 / adjusted
    return halves[1:] + halves[:-1]


def _splits_of_traded(closes: _Floats, adjusted: _Floats) -> npt.NDArray[np.bool_]:
    """Tell where the close as traded jumps as at a split, and the adjusted one doesn't."""
    traded, used = (np.abs(np.diff(np.log(one))) for one in (closes, adjusted))
    return np.asarray((traded > np.log(1 + LEAST_SPLIT)) & (used < traded / 2), dtype=np.bool_)


BAR_RULES: Final[tuple[_Rule, ...]] = (_range_of_bar, _close_as_traded, _splits, _adjustment)
