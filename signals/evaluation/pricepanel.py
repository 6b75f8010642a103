"""Prices on the calendars of their exchanges, one below the other, at opens or at closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from signals.errors import StudyError
from signals.evaluation.coefficients import PART
from signals.market.prices import PriceTable
from signals.market.sessions import Sessions
from signals.study.arrays import Dates, Floats, Indices, Integers
from signals.study.panel import check_prices

if TYPE_CHECKING:
    import pandas as pd

Entry = Literal["open", "close"]


@dataclass(frozen=True, eq=False)
class Block:
    """The rows of one calendar: its sessions, the first row, and that row's place among them."""

    sessions: Sessions
    row: int
    place: int
    length: int

    def rows(self, places: Indices) -> Integers:
        """Give the rows of sessions by their places on the calendar; -1 outside the block."""
        inside = (places >= self.place) & (places < self.place + self.length)
        return np.where(inside, places - self.place + self.row, -1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Panel:
    """Prices at the entries of all calendars, their blocks below one another.

    Attributes
    ----------
    prices
        (rows, series): adjusted opens or closes; NaN where there is none.
    labels
        (rows,): session labels, ``datetime64[us]``.
    ordinals
        (rows,): place of each label among the sessions of all calendars together.
    days
        (sessions,): the label of each ordinal.
    high, low
        (rows,): the block that a row lies in, ``high`` excluded.
    columns
        Place of each series.
    entry
        Whether the prices are opens or closes.
    closes
        (rows, series): adjusted closes, whatever the entry.
    blocks
        The calendars, in the order of their blocks.
    table
        The prices as they came.
    """

    prices: Floats
    closes: Floats
    labels: Dates
    ordinals: Integers
    days: Dates
    low: Integers
    high: Integers
    columns: Mapping[str, int]
    entry: Entry
    blocks: tuple[Block, ...]
    table: PriceTable

    def returns(self, rows: Integers, columns: Integers, start: int, end: int) -> Floats:
        """Give the simple return from ``rows + start`` to ``rows + end``.

        NaN where one of them lies outside the calendar's block or has no price, or where the
        column is -1.
        """
        found = np.empty(len(rows))
        for low in range(0, len(rows), PART):
            at = slice(low, low + PART)
            found[at] = self._returns(rows[at], columns[at], start, end)
        return found

    def _returns(self, rows: Integers, columns: Integers, start: int, end: int) -> Floats:
        inside = (rows + end < self.high[rows]) & (columns >= 0)
        if start < 0:
            inside &= rows + start >= self.low[rows]
        width = self.prices.shape[1]
        at = rows * width + columns
        flat = self.prices.ravel()
        before = flat.take(at + start * width, mode="clip")
        after = flat.take(at + end * width, mode="clip")
        return np.where(inside, after / before - 1, np.nan)


def has_opens(table: PriceTable) -> bool:
    """Whether each series has opens: entries at opens and closes are never mixed."""
    if table.opens is None or not len(table.opens):
        return False
    return bool(table.opens.notna().any().all())


def build_panel(table: PriceTable, calendars: Sequence[Sessions], entry: Entry) -> Panel:
    """Put prices on the calendars of their exchanges."""
    closes = table.closes
    if not len(closes):
        raise StudyError("The prices hold no session from the first event on.")
    blocks, found = [], []
    total = 0
    for sessions in calendars:
        labels = sessions.labels(closes.index[0], closes.index[-1])
        first = int(sessions.labels().searchsorted(closes.index[0]))
        blocks.append(Block(sessions, total, first, len(labels)))
        found.append(labels)
        total += len(labels)
    joined = np.concatenate([one.to_numpy(dtype="datetime64[us]") for one in found])
    days, ordinals = np.unique(joined, return_inverse=True)
    place = np.concatenate([closes.index.get_indexer(one) for one in found])
    sizes = [one.length for one in blocks]
    on_close = _on_calendars(closes, place, "closes")
    opens = table.opens if entry == "open" else None
    return Panel(
        prices=on_close if opens is None else _on_calendars(opens, place, "opens"),
        closes=on_close,
        labels=joined,
        ordinals=ordinals.astype(np.int64),
        days=days,
        low=np.repeat([one.row for one in blocks], sizes).astype(np.int64),
        high=np.repeat([one.row + one.length for one in blocks], sizes).astype(np.int64),
        columns={str(name): place for place, name in enumerate(closes.columns)},
        entry=entry,
        blocks=tuple(blocks),
        table=table,
    )


def _on_calendars(prices: pd.DataFrame, place: Indices, does: str) -> Floats:
    check_prices(prices, does=does)
    values = prices.to_numpy(dtype=np.float64)
    return np.where(place[:, None] >= 0, values[place], np.nan)
