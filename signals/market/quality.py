"""The checks that every price table passes at the border: refuse or mark, never fill.

``RULES`` is the whole gate: an ordered tuple of named checks. To add one, write a function from
:class:`PriceColumns` to faults and add its line. What is refused leaves the table; what is marked
stays, and is shown with every result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from signals.errors import PriceError, SymbolError
from signals.exchanges import calendar_name, mic_of
from signals.market.sessions import Sessions

FAULT_COLUMNS: Final = ("symbol", "session", "fault", "action", "detail")
LARGE_RETURNS: Final = (-0.47, 0.5)
"""Returns beyond these are marked: they are rarer than an unadjusted split.

On the day of a 2:1 split the share itself may rise by 6 %. Of 3.6 million returns of 1,000 American
shares 30 were lower and 79 higher.
"""

HUNDREDFOLD: Final = 50.0
"""Prices that differ by this factor from one session to the next are of two units."""

_COMMON_SPLITS: Final = (2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25)  # shares for one, or one for them

_NAMED: Final = 5  # symbols in a sentence
_RETURNS: Final = (
    " Are these returns, not prices? (1 + returns).cumprod() makes prices of simple ones."
)
_Matrix = npt.NDArray[np.float64]


class Fault(NamedTuple):
    """One fault of a price table; ``session`` is None when it is of the whole symbol.

    "refused" takes out the symbol, or that session's price; "marked" leaves it as it is.
    """

    symbol: str
    session: pd.Timestamp | None
    fault: str
    action: Literal["refused", "marked"]
    detail: str


def refuse(symbol: str, fault: str, detail: str) -> Fault:
    """Give the fault of a symbol that has no prices, or none that can be used."""
    return Fault(symbol, None, fault, "refused", detail)


@dataclass(frozen=True, eq=False, slots=True)
class PriceColumns:
    """What a rule sees: closes (sessions x symbols) of symbols that share one calendar.

    ``sessions`` is None where the exchange has no calendar; ``unknown`` says why.
    """

    prices: _Matrix
    index: pd.DatetimeIndex
    symbols: tuple[str, ...]
    sessions: Sessions | None
    unknown: str = ""


def check_index(index: pd.Index, what: str) -> pd.DatetimeIndex:
    """Prove that the rows of a table are sessions: tz-naive midnights, ascending, unique.

    Parameters
    ----------
    index
        The index of a price table.
    what
        What the table is called in the error.

    Returns
    -------
    DatetimeIndex named ``session``, ``datetime64[us]``.

    Raises
    ------
    PriceError
        The index holds no dates, or dates with a time zone or a time of day, or they are
        missing, repeated or out of order.
    """
    if not isinstance(index, pd.DatetimeIndex):
        raise PriceError(f"The index of {what} holds no dates: {_to_dates(index)}.")
    if index.tz is not None:
        raise PriceError(
            f"The dates of {what} have a time zone; sessions are plain dates: {_to_plain(index)}."
        )
    if index.hasnans:
        raise PriceError(f"A date of {what} is missing.")
    if (index != index.normalize()).any():
        odd = index[index != index.normalize()][0]
        raise PriceError(
            f"{odd} in {what} has a time of day; sessions are plain dates: "
            "frame.set_axis(frame.index.normalize()) takes it off."
        )
    if index.has_duplicates:
        twice = index[index.duplicated()][0]
        raise PriceError(f"{twice:%Y-%m-%d} is in {what} twice: keep one row a date.")
    if not index.is_monotonic_increasing:
        raise PriceError(
            f"The dates of {what} are not in ascending order: sort them, as sort_index() does."
        )
    return pd.DatetimeIndex(index.to_numpy(), name="session").as_unit("us")


def _to_plain(index: pd.DatetimeIndex) -> str:
    """Say how dates with a time zone become sessions: Tokyo's midnight is UTC's day before."""
    if (index == index.normalize()).all():
        return "take it off with tz_localize(None)"
    return (
        "index.tz_convert(zone).normalize().tz_localize(None), with the exchange's zone, makes "
        "sessions of instants"
    )


def _to_dates(index: pd.Index) -> str:
    """Say how an index without dates becomes one of dates."""
    if isinstance(index, pd.PeriodIndex):
        return "frame.to_timestamp() makes dates of periods"
    if pd.api.types.is_integer_dtype(index.dtype) and index.min() > 19_000_000:
        return "frame.set_axis(pandas.to_datetime(frame.index.astype('str'))) makes them of numbers"
    if pd.api.types.is_numeric_dtype(index.dtype):
        return "frame.set_index('date') takes those of a column"
    return "frame.set_axis(pandas.to_datetime(frame.index)) makes them of text"


def check_closes(closes: pd.DataFrame) -> list[Fault]:
    """Find the faults of a table of adjusted closes.

    Parameters
    ----------
    closes
        Sessions x symbols, float64, with an index that :func:`check_index` accepts. NaN means
        that there is no price.

    Returns
    -------
    Faults, rule by rule; :func:`faults_frame` makes a table of them. Every day is checked against
    the calendar of the exchange that the symbol's suffix names.
    """
    index = check_index(closes.index, "the price table")
    faults: list[Fault] = []
    for columns in _by_calendar(closes, index):
        for rule in RULES:
            faults.extend(rule(columns))
    return faults


def drop_impossible_opens(opens: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Take out opens that can't be prices, with a mark a symbol: its closes are no worse for it."""
    wrong = (opens <= 0) | np.isinf(opens)
    faults = []
    for symbol in wrong.columns[wrong.any()]:
        days = wrong.index[wrong[symbol]]
        detail = (
            f"{len(days)} of its opens are zero, negative or infinite, the first on "
            f"{days[0]:%Y-%m-%d}: it has none then."
        )
        faults.append(Fault(symbol, None, "open_impossible", "marked", detail))
    return opens.mask(wrong), faults


def faults_frame(faults: Iterable[Fault]) -> pd.DataFrame:
    """Make a table of faults: ``symbol, session, fault, action, detail``, NaT for no session."""
    frame = pd.DataFrame(list(faults), columns=list(FAULT_COLUMNS))
    frame["session"] = pd.to_datetime(frame["session"]).astype("datetime64[us]")
    return frame.astype({name: "str" for name in FAULT_COLUMNS if name != "session"})


def price_report(closes: pd.DataFrame, faults: pd.DataFrame) -> pd.DataFrame:
    """Describe a table of prices symbol by symbol.

    Parameters
    ----------
    closes, faults
        Of a ``PriceTable``.

    Returns
    -------
    One row a symbol, index ``symbol``: ``sessions`` with a price, ``first`` and ``last`` of them,
    ``zero_return_share`` (a fraction; thin trading), and how many faults were ``refused`` and
    ``marked``. A symbol that was refused has no session.
    """
    names = list(dict.fromkeys([*closes.columns, *faults["symbol"]]))
    priced = closes.notna()
    before = closes.ffill().shift()
    n_returns = (priced & before.notna()).sum()
    rows = pd.DataFrame(
        {
            "sessions": priced.sum(),
            "first": priced.idxmax().where(priced.any()) if len(priced) else pd.NaT,
            "last": priced[::-1].idxmax().where(priced.any()) if len(priced) else pd.NaT,
            "zero_return_share": (closes == before).sum() / n_returns.where(n_returns > 0),
        }
    ).reindex(names)
    rows["sessions"] = rows["sessions"].fillna(0).astype("int64")
    for action in ("refused", "marked"):
        count = faults.loc[faults["action"] == action, "symbol"].value_counts()
        rows[action] = count.reindex(names).fillna(0).astype("int64").to_numpy()
    days = dict.fromkeys(["first", "last"], "datetime64[us]")
    return rows.astype(days).rename_axis("symbol")


def name_a_few(names: Sequence[str], *, total: int | None = None) -> str:
    """Write the first few of some names, and how many more of ``total`` (or of them) there are."""
    more = (len(names) if total is None else total) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _by_calendar(closes: pd.DataFrame, index: pd.DatetimeIndex) -> Iterator[PriceColumns]:
    groups: dict[str, list[str]] = {}
    for symbol in closes.columns:
        groups.setdefault(_calendar_of(symbol), []).append(symbol)
    for symbols in groups.values():
        yield PriceColumns(
            closes[symbols].to_numpy(dtype=np.float64),
            index,
            tuple(symbols),
            *_sessions_of(symbols[0]),
        )


def _calendar_of(symbol: str) -> str:
    try:
        return calendar_name(mic_of(symbol))
    except SymbolError as error:
        return str(error)


def _sessions_of(symbol: str) -> tuple[Sessions | None, str]:
    """Give the sessions of a symbol, or why they are unknown."""
    try:
        return Sessions(mic_of(symbol)), ""
    except SymbolError as error:
        return None, str(error)


def _absent(columns: PriceColumns) -> Iterator[Fault]:
    for number in np.flatnonzero(np.isnan(columns.prices).all(axis=0)):
        symbol = columns.symbols[number]
        yield refuse(symbol, "no_prices", "There is no price in this range.")


def _impossible(columns: PriceColumns) -> Iterator[Fault]:
    for rule, wrong, words in (
        ("infinite_price", np.isinf(columns.prices), "infinite"),
        ("price_not_positive", columns.prices <= 0, "zero or negative"),
    ):
        for number in np.flatnonzero(wrong.any(axis=0)):
            rows = np.flatnonzero(wrong[:, number])
            first = columns.index[rows[0]]
            hint = _RETURNS if len(rows) > len(wrong) / 4 else ""
            detail = f"{len(rows)} of its prices are {words}, the first on {first:%Y-%m-%d}.{hint}"
            yield refuse(columns.symbols[number], rule, detail)


def is_large(returns: _Matrix) -> npt.NDArray[np.bool_]:
    """Tell which returns are so large that an unadjusted split is likelier."""
    low, high = LARGE_RETURNS
    return (returns < low) | (returns > high)


def _large_returns(columns: PriceColumns) -> Iterator[Fault]:
    """Mark large returns between a price and the priced one before it."""
    values = columns.prices
    if not len(values):
        return
    holed = np.flatnonzero(np.isnan(values).any(axis=0))
    filled = values.copy(order="K")
    filled[:, holed] = pd.DataFrame(values[:, holed]).ffill().to_numpy()
    with np.errstate(all="ignore"):
        returns = filled[1:] / filled[:-1] - 1.0
    rows, numbers = np.nonzero(is_large(returns))
    # Impossible prices have been refused by the rule above.
    prices = filled[rows, numbers], filled[rows + 1, numbers]
    usable = np.flatnonzero(np.logical_and.reduce([(one > 0) & np.isfinite(one) for one in prices]))
    for row, number in zip(rows[usable], numbers[usable], strict=True):
        symbol, session = columns.symbols[number], columns.index[row + 1]
        moved = returns[row, number]
        if max(1 + moved, 1 / (1 + moved)) >= HUNDREDFOLD:
            detail = (
                f"It moved by {moved:+.1%} on {session:%Y-%m-%d}: pence for pounds, or another "
                "factor of 100."
            )
            yield refuse(symbol, "hundredfold", detail)
            continue
        detail = f"It moved by {moved:+.1%} in one session: is a {_as_split(moved)} unadjusted?"
        yield Fault(symbol, session, "large_return", "marked", detail)


def _as_split(moved: float) -> str:
    """Name the split that a return would come from, if there is a common one."""
    for shares in _COMMON_SPLITS:
        for factor, words in ((1 / shares, f"{shares}:1 split"), (shares, f"1:{shares} split")):
            if abs((1 + moved) / factor - 1) < 0.06:
                return words
    return "split"


def _off_calendar(columns: PriceColumns) -> Iterator[Fault]:
    if columns.sessions is None:
        for symbol in columns.symbols:
            yield Fault(
                symbol,
                None,
                "no_calendar",
                "marked",
                f"{columns.unknown} Its days were not checked.",
            )
        return
    known = columns.sessions.labels()
    inside = (columns.index >= known[0]) & (columns.index <= known[-1])
    odd = inside & ~columns.index.isin(known)
    priced = ~np.isnan(columns.prices)
    for row, number in np.argwhere(priced & odd[:, np.newaxis]):
        yield Fault(
            columns.symbols[number],
            columns.index[row],
            "not_a_session",
            "marked",
            f"{columns.index[row]:%A %Y-%m-%d} is no session of {columns.sessions.mic}.",
        )


def _holes(columns: PriceColumns) -> Iterator[Fault]:
    """Mark sessions without a price between a symbol's first and last one."""
    if columns.sessions is None or not len(columns.index):
        return
    known = columns.sessions.labels()
    priced = ~np.isnan(columns.prices)
    first = priced.argmax(axis=0)
    last = len(priced) - 1 - priced[::-1].argmax(axis=0)
    left = known.searchsorted(columns.index[first], side="left")
    right = known.searchsorted(columns.index[last], side="right")
    place = known.get_indexer(columns.index)
    have = priced[place >= 0].sum(axis=0)
    days = known.to_numpy().astype("datetime64[D]")
    for number in np.flatnonzero(priced.any(axis=0) & (have < right - left)):
        expected = days[left[number] : right[number]]
        found = place[priced[:, number] & (place >= 0)] - left[number]
        missing = np.delete(expected, found)
        few = name_a_few([str(day) for day in missing[:5]], total=len(missing))
        yield Fault(
            columns.symbols[number],
            None,
            "holes",
            "marked",
            f"{len(missing)} of {len(expected)} sessions have no price: {few}.",
        )


RULES: Final[tuple[Callable[[PriceColumns], Iterator[Fault]], ...]] = (
    _absent,
    _impossible,
    _large_returns,
    _off_calendar,
    _holes,
)
