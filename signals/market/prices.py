"""Prices as a table of sessions and symbols, and the sources they come from.

Whatever the source, its table goes through :func:`build_table`, so that no price enters without the
checks of ``signals.market.quality``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd

from signals.errors import PriceError
from signals.market.quality import (
    Fault,
    check_closes,
    drop_impossible_opens,
    faults_frame,
    name_a_few,
    price_report,
)
from signals.market.sessions import read_day


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Which prices these are: their source, when they were fetched, a hash of their content.

    ``fetched_at`` is None for prices that were read from a file or a frame.
    """

    source: str
    fetched_at: datetime | None
    hash: str


@dataclass(frozen=True, eq=False)
class PriceTable:
    """Adjusted prices of some symbols, one row a session.

    Attributes
    ----------
    closes
        Adjusted closes, float64; index ``session`` (tz-naive midnights, ``datetime64[us]``,
        ascending, unique), one column a symbol. NaN where a symbol has no price in a session.
        A symbol without any price has no column, and a row of ``faults`` that says why.
    snapshot
        Which prices these are.
    faults
        One row a fault: ``symbol, session, fault, action, detail``; ``session`` is NaT when the
        fault is of the whole symbol; ``action`` is "refused" or "marked".
    opens, volume
        Of the same shape as ``closes``, opens adjusted likewise; None where the source has none.
    """

    closes: pd.DataFrame
    snapshot: Snapshot
    faults: pd.DataFrame
    opens: pd.DataFrame | None = None
    volume: pd.DataFrame | None = None

    def report(self) -> pd.DataFrame:
        """Describe each symbol: sessions, first and last, zero returns, faults by action."""
        return price_report(self.closes, self.faults)

    def why_missing(self, symbol: str) -> str:
        """Say why there is no price of a symbol, in the words of its source where it has any."""
        of_symbol = self.faults[self.faults["symbol"] == symbol]
        refused = of_symbol.loc[of_symbol["action"] == "refused", "detail"]
        if refused.empty:
            return f"{self.snapshot.source} has no prices of {symbol}."
        detail = str(refused.iloc[0])
        return detail if symbol in detail else f"{symbol}: {detail}"

    def __repr__(self) -> str:
        index = self.closes.index
        span = f" from {index[0]:%Y-%m-%d} to {index[-1]:%Y-%m-%d}" if len(index) else ""
        return (
            f"<PriceTable: {name_a_few(list(self.closes.columns))}; {len(index)} sessions{span}; "
            f"{self.snapshot.source}, {len(self.faults)} faults>"
        )


@runtime_checkable
class PriceSource(Protocol):
    """Anything that has price histories: pass your own object where prices are asked for."""

    def history(self, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp) -> PriceTable:
        """Give the prices of some symbols from ``start`` to ``end``, both included.

        Parameters
        ----------
        symbols
            A list, in Yahoo's spelling; those that repeat have one column.
        start, end
            Plain dates.

        Returns
        -------
        A column for each symbol that has prices, and for each other one a row of ``faults`` with
        the action "refused" and the reason; ``signals.testing.check_price_source`` checks it.
        """
        ...


def build_table(
    closes: pd.DataFrame,
    *,
    source: str,
    fetched_at: datetime | None = None,
    opens: pd.DataFrame | None = None,
    volume: pd.DataFrame | None = None,
    faults: Iterable[Fault] = (),
) -> PriceTable:
    """Pass a table through the border: check it, take out what is refused, name it by its hash.

    Parameters
    ----------
    closes
        Adjusted closes, sessions x symbols. Rows without any price are left out.
    source
        What kind of source it is, such as "csv": no path.
    fetched_at
        When it was fetched; None for a file.
    opens, volume
        Of the same index and columns as ``closes``. Opens that can't be prices are taken out, and
        that is marked.
    faults
        What the source found itself; a symbol that it refused needs no column. A row that it
        refused, with the row's session, is out of the table already.

    Raises
    ------
    PriceError
        The index is not made of sessions in order.
    """
    closes = closes.dropna(how="all").rename_axis(index="session", columns=None)
    found = [*faults, *check_closes(closes)]
    refused = {one.symbol for one in found if one.action == "refused" and one.session is None}
    keep = [name for name in closes.columns if name not in refused]
    kept = closes[keep].dropna(how="all")

    def like_closes(frame: pd.DataFrame | None) -> pd.DataFrame | None:
        return None if frame is None else frame.reindex(index=kept.index, columns=keep)

    opens, volume = like_closes(opens), like_closes(volume)
    if opens is not None:
        opens, marks = drop_impossible_opens(opens)
        found += marks
    snapshot = Snapshot(source, fetched_at, _hash(kept, opens, volume))
    return PriceTable(kept, snapshot, faults_frame(found), opens, volume)


def add_columns(
    table: PriceTable, other: PriceTable, called: Mapping[str, str], faults: Iterable[Fault]
) -> PriceTable:
    """Add columns of another table to one, under names of its own, in place of what it has of them.

    Parameters
    ----------
    table, other
        The tables; opens and volume are NaN where one of the two has none.
    called
        The name in ``table`` of each column that is taken -> its name in ``other``.
    faults
        What is to be said of some symbols, in place of what ``table`` says of them.
    """
    closes = _join(table.closes, other.closes, called)
    opens, volume = (
        None
        if getattr(table, name) is None and getattr(other, name) is None
        else _join(_or_empty(table, name), _or_empty(other, name), called).reindex(closes.index)
        for name in ("opens", "volume")
    )
    marks, told = faults_frame(faults), other.faults
    found = [
        table.faults[~table.faults["symbol"].isin([*called, *marks["symbol"]])],
        *(told[told["symbol"].eq(theirs)].assign(symbol=ours) for ours, theirs in called.items()),
        marks,
    ]
    snapshot = replace(table.snapshot, hash=_hash(closes, opens, volume))
    return PriceTable(closes, snapshot, pd.concat(found, ignore_index=True), opens, volume)


def _or_empty(table: PriceTable, name: str) -> pd.DataFrame:
    values: pd.DataFrame | None = getattr(table, name)
    return table.closes * np.nan if values is None else values


def _join(own: pd.DataFrame, other: pd.DataFrame, called: Mapping[str, str]) -> pd.DataFrame:
    taken = other[[*called.values()]].set_axis([*called], axis=1)
    return own.drop(columns=[*called], errors="ignore").join(taken, how="outer").sort_index()


def read_symbols(symbols: Sequence[str] | str) -> list[str]:
    """Give the symbols that were asked for, each once; a text is one symbol."""
    return [symbols] if isinstance(symbols, str) else list(dict.fromkeys(symbols))


def check_range(start: pd.Timestamp, end: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Give the first and last day of a range as tz-naive midnights.

    Raises
    ------
    PriceError
        One is no date or has a time zone, or the range ends before it starts.
    """
    first, last = (read_day(one, PriceError) for one in (start, end))
    if last < first:
        raise PriceError(f"The range ends on {last:%Y-%m-%d}, before its start {first:%Y-%m-%d}.")
    return first.normalize(), last.normalize()


def _hash(*frames: pd.DataFrame | None) -> str:
    """Hash sessions, symbols and values: the same prices give the same 64 hex digits anywhere."""
    digest = hashlib.sha256()
    for frame in frames:
        if frame is None:
            digest.update(b"absent;")
            continue
        ordered = frame[sorted(frame.columns)]
        digest.update(("|".join(ordered.columns) + f";{len(ordered)};").encode())
        digest.update(ordered.index.to_numpy(dtype="datetime64[us]").astype("<i8").data)
        values = np.add(ordered.to_numpy(dtype="<f8"), 0.0, order="C")  # no negative zero
        values[np.isnan(values)] = np.nan  # one kind of NaN
        digest.update(values.data)
    return digest.hexdigest()
