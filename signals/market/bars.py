"""Daily bars: all that a price vendor says of one symbol, as it was fetched.

A frame of bars has one row a session (tz-naive midnights, ``datetime64[us]``, ascending, unique)
and the columns of ``BAR_COLUMNS``, float64. ``close`` and the other prices are as traded but for
splits, as Yahoo gives them; ``adj_close`` is adjusted for dividends too; ``dividend`` is 0 and
``split`` is 1 in an ordinary session. NaN is what the vendor didn't say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import pandas as pd

from signals.errors import PriceError, StudyError, SymbolError
from signals.exchanges import mic_of
from signals.market.barchecks import check_bars
from signals.market.bartables import adjust_opens, side_by_side
from signals.market.prices import PriceTable
from signals.market.quality import Fault, check_index
from signals.market.sessions import Sessions

BAR_COLUMNS: Final = (
    "open",
    "high",
    "low",
    "close",
    "adj_close",
    "volume",
    "dividend",
    "split",
)
MOVED: Final = 5e-4
"""Adjusted prices of two fetches may differ by a factor; a wider spread of it is no rounding."""

SETTLING: Final = timedelta(minutes=30)
"""How long after its close the bar of a session isn't final yet.

Yahoo's quotes are 15 to 20 minutes late in London, Frankfurt and Tokyo, and closing auctions print
after the nominal close.
"""

ASK_AGAIN: Final = timedelta(days=1)
"""When an answer that begins late or ends early is asked for again."""

_LATE: Final = 5  # sessions after which a price that is missing won't come: the share has ended
_FEW: Final = 5  # prices that a vendor may take back from one answer to the next
_UNKNOWN: Final = timedelta(days=2)  # where nobody knows when sessions close, none ends later

_FROM_YAHOO: Final = {
    "Open": "open",
    "High": "high",
    "Low": "low",
    "Close": "close",
    "Adj Close": "adj_close",
    "Volume": "volume",
    "Dividends": "dividend",
    "Stock Splits": "split",
}
_NEEDED: Final = ("Open", "Close", "Adj Close", "Volume")


def read_yahoo_frame(symbol: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Turn yfinance's frame, whose index is midnight in the exchange's zone, into bars.

    Raises
    ------
    PriceError
        It lacks a column, has a session twice, or holds what is no number.
    """
    absent = [name for name in _NEEDED if name not in frame.columns]
    if absent:
        raise PriceError(f"Yahoo's answer for {symbol} has no {absent[0]!r}.")
    days = pd.DatetimeIndex(frame.index).tz_localize(None).normalize()
    if days.has_duplicates:
        raise PriceError(f"Yahoo gives {days[days.duplicated()][0]:%Y-%m-%d} twice for {symbol}.")
    bars = frame.rename(columns=_FROM_YAHOO).reindex(columns=list(BAR_COLUMNS))
    try:
        bars = bars.astype("float64").set_axis(days).sort_index()
    except (TypeError, ValueError) as error:
        raise PriceError(f"Yahoo's answer for {symbol} holds what is no number.") from error
    bars["dividend"] = bars["dividend"].fillna(0.0)
    bars["split"] = bars["split"].fillna(0.0).replace(0.0, 1.0)
    return bars.set_axis(check_index(bars.index, f"the bars of {symbol}"))


def last_settled(symbol: str, at: datetime) -> pd.Timestamp | None:
    """Give the last session of a symbol's exchange whose bar was final; None when nobody knows."""
    try:
        return Sessions(mic_of(symbol)).last_closed(at - SETTLING)
    except (SymbolError, StudyError):
        return None


def last_final(symbol: str, at: datetime) -> pd.Timestamp:
    """Give the last day whose bar was final: without a calendar, two days before."""
    settled = last_settled(symbol, at)
    return _day_of(at) - _UNKNOWN if settled is None else settled


def _day_of(at: datetime) -> pd.Timestamp:
    return pd.Timestamp(at.astimezone(UTC).date())


def drop_unfinished(
    symbol: str, bars: pd.DataFrame, fetched_at: datetime
) -> tuple[pd.DataFrame, list[Fault]]:
    """Take out the bars that weren't final when they were fetched.

    Where nobody knows when a session closes, those are the bars of the day of the fetch (UTC) and
    of days after it.
    """
    settled = last_settled(symbol, fetched_at)
    faults = []
    if settled is None:
        unknown = (
            "Whether its last session had closed is unknown: there is no calendar for it that "
            f"reaches {fetched_at:%Y-%m-%d}, when it was fetched."
        )
        faults.append(Fault(symbol, None, "close_unknown", "marked", unknown))
        final = bars.index < _day_of(fetched_at)
        why = "may not have been over"
    else:
        final = bars.index <= settled
        why = f"had not been closed for {SETTLING // timedelta(minutes=1)} minutes"
    detail = (
        f"At {fetched_at.isoformat(timespec='seconds')} it {why}, so that its prices weren't final."
    )
    odd = bars.index[~final]
    faults += [Fault(symbol, day, "unfinished_bar", "refused", detail) for day in odd]
    return bars[final], faults


def covered_until(
    symbol: str, bars: pd.DataFrame, asked: pd.Timestamp, fetched_at: datetime
) -> pd.Timestamp:
    """Give the last day for which an answer stands, of those asked for.

    That is the last day whose bar was final when it was fetched. Where the prices of the last
    few sessions are missing they may be late, so that it stands until its last price only.
    """
    last = min(asked, last_final(symbol, fetched_at))
    settled = last_settled(symbol, fetched_at)
    priced = _priced(bars)
    if settled is None or not len(priced):
        return last
    if len(Sessions(mic_of(symbol)).labels(priced[-1], settled)) - 1 <= _LATE:
        return min(last, pd.Timestamp(priced[-1]))
    return last


def _priced(bars: pd.DataFrame) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(bars.index[bars["adj_close"].notna()])


def check_kept_days(symbol: str, old: pd.DataFrame, new: pd.DataFrame) -> None:
    """Prove that an answer over the whole of an older one's range has its prices too.

    Raises
    ------
    PriceError
        It has no price, or lacks more than a few of them.
    """
    had, has = _priced(old), _priced(new)
    if not len(has):
        raise PriceError(f"Yahoo's answer for {symbol} has no price.")
    lost = had.difference(has)
    if len(lost) > _FEW:
        raise PriceError(
            f"Yahoo's answer for {symbol} lacks {len(lost)} of the {len(had)} prices that it gave "
            f"before, the first of {lost[0]:%Y-%m-%d}."
        )


def is_doubtful(
    symbol: str,
    bars: pd.DataFrame,
    asked: tuple[pd.Timestamp, pd.Timestamp],
    at: datetime,
    before: tuple[pd.DataFrame, datetime] | None,
) -> bool:
    """Tell whether an answer is incomplete, and none of a day or more before it said the same.

    A share that was listed later, or has ended, is answered likewise each day.
    """
    if not find_incomplete(symbol, bars, asked, at):
        return False
    if before is None or at - before[1] < ASK_AGAIN:
        return True
    had, has = _priced(before[0]), _priced(bars)
    return not len(had) or not has[has <= last_final(symbol, before[1])].equals(had)


def find_incomplete(
    symbol: str, bars: pd.DataFrame, asked: tuple[pd.Timestamp, pd.Timestamp], at: datetime
) -> list[Fault]:
    """Mark an answer that begins late or ends early.

    Yahoo may give 2 of 60 rows and call it an answer. A share that was listed later looks the
    same, so that it is marked and not refused. Holes between two prices are found at the border.
    """
    settled = last_settled(symbol, at)
    priced = _priced(bars)
    if settled is None or not len(priced):
        return []
    expected = Sessions(mic_of(symbol)).labels(asked[0], min(asked[1], settled))
    early, late = int((expected < priced[0]).sum()), int((expected > priced[-1]).sum())
    if not early and not late:
        return []
    detail = (
        f"Of {len(expected)} sessions asked for, {early} before its first price and {late} after "
        "its last one are missing."
    )
    return [Fault(symbol, None, "incomplete", "marked", detail)]


def compare_overlap(symbol: str, old: pd.DataFrame, new: pd.DataFrame) -> list[Fault]:
    """Mark a history that was rewritten otherwise than by one factor.

    A dividend or split since the last fetch multiplies all earlier adjusted prices by the same
    number. Where the ratio of both fetches isn't constant, one of the two has been mended.
    """
    both = old.index.intersection(new.index)
    ratio = (new.loc[both, "adj_close"] / old.loc[both, "adj_close"]).dropna()
    if ratio.empty or not (old.loc[ratio.index, "adj_close"] > 0).all():
        return []
    spread = float(ratio.max() / ratio.min() - 1)
    if spread <= MOVED:
        return []
    where = (ratio / ratio.shift() - 1).abs().idxmax()
    detail = (
        f"The last two fetches differ by more than a factor: their ratio spreads by {spread:.2%} "
        f"and moves most at {where:%Y-%m-%d}. The newer one is used."
    )
    return [Fault(symbol, pd.Timestamp(where), "history_rewritten", "marked", detail)]


def table_of_bars(
    bars: Mapping[str, pd.DataFrame],
    faults: Sequence[Fault],
    *,
    source: str,
    fetched_at: datetime,
    asked: tuple[pd.Timestamp, pd.Timestamp],
) -> PriceTable:
    """Put the bars of several symbols side by side, as adjusted prices, through the border."""
    found = list(faults)
    series = {}
    for symbol, whole in bars.items():
        one = whole.loc[asked[0] : asked[1]]
        found += check_bars(symbol, one)
        adjusted = one["adj_close"]
        prices = (one[name].to_numpy() for name in ("open", "close", "adj_close"))
        opens, volume = adjust_opens(*prices), one["volume"]
        series[symbol] = pd.DataFrame(
            {"closes": adjusted, "opens": opens, "volume": volume.where(adjusted.notna())}
        )
    return side_by_side(series, found, source=source, fetched_at=fetched_at)
