"""The prices behind a report: how many, how old, what was found against them, and their hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from signals.report import spelling
from signals.report.html import Section, Table

if TYPE_CHECKING:
    from signals.market.prices import PriceTable

MOST_FAULTS: Final = 100
"""Faults that are listed one by one; all of them are counted."""

MOST_SYMBOLS: Final = 30
"""Symbols that are described one by one, those with faults first."""


def price_section(prices: PriceTable) -> Section:
    """Make the section that tells what the prices of a report are worth.

    Parameters
    ----------
    prices
        The prices that were used, with the faults that the border found.
    """
    rows = prices.report()
    faults = prices.faults
    tables = (
        _counts(faults),
        _refused(faults),
        _listed(faults[faults["action"].ne("refused") | faults["session"].notna()]),
        _symbols(rows),
    )
    return Section(
        title="The prices",
        words=(_what(prices, rows), _verdict(rows)),
        tables=tuple(table for table in tables if table.rows),
    )


def _what(prices: PriceTable, rows: pd.DataFrame) -> str:
    """Say how many prices there are, whose, how old, and which snapshot they are."""
    priced = rows[rows["sessions"] > 0]
    count = f"{len(priced)} symbol{'' if len(priced) == 1 else 's'}"
    span = ""
    if len(priced):
        first, last = priced["first"].min(), priced["last"].max()
        span = f", {spelling.day(first)} to {spelling.day(last)}"
    snapshot = prices.snapshot
    age = "When their vendor was asked is not recorded."
    if snapshot.fetched_at is not None:
        age = f"The oldest were fetched at {spelling.instant(snapshot.fetched_at)}."
    return (
        f"Prices from {snapshot.source}: {count}{span}. {age} Snapshot {snapshot.hash[:16]}, the "
        "first digits of the SHA-256 of every price used."
    )


def _verdict(rows: pd.DataFrame) -> str:
    checked = "Every price was checked against its exchange's calendar, and nothing was filled."
    refused, marked = int(rows["refused"].sum()), int(rows["marked"].sum())
    if not refused and not marked:
        return f"{checked} No fault was found."
    return (
        f"{checked} Faults: {refused} refused (what they are about was taken out), {marked} "
        "marked (left as it is)."
    )


def _counts(faults: pd.DataFrame) -> Table:
    grouped = faults.groupby(["fault", "action"], sort=False)["symbol"].agg(["size", "nunique"])
    rows = tuple(
        (_words(fault), action, str(size), str(symbols))
        for (fault, action), size, symbols in grouped.itertuples(name=None)
    )
    return Table("Faults by reason", ("Fault", "Action", "How many", "Symbols"), rows)


def _refused(faults: pd.DataFrame) -> Table:
    """List the symbols that have no prices here, every one."""
    lost = faults[faults["action"].eq("refused") & faults["session"].isna()]
    rows = tuple(
        (str(row["symbol"]), _words(row["fault"]), str(row["detail"]))
        for row in lost.to_dict("records")
    )
    return Table("Symbols that were refused", ("Symbol", "Fault", "Details"), rows)


def _listed(faults: pd.DataFrame) -> Table:
    rows = tuple(
        (
            str(row["symbol"]),
            "all" if pd.isna(row["session"]) else spelling.day(row["session"]),
            _words(row["fault"]),
            str(row["action"]),
            str(row["detail"]),
        )
        for row in faults.head(MOST_FAULTS).to_dict("records")
    )
    columns = ("Symbol", "Session", "Fault", "Action", "Details")
    return Table(_caption("Other faults", len(rows), of=len(faults)), columns, rows)


def _symbols(rows: pd.DataFrame) -> Table:
    """Describe symbols that have prices: those with faults first, then in their own order."""
    priced = rows[rows["sessions"] > 0]
    order = (priced["refused"] + priced["marked"]).eq(0).sort_values(kind="stable").index
    shown = tuple(
        (
            str(symbol),
            str(row["sessions"]),
            f"{spelling.day(row['first'])} to {spelling.day(row['last'])}",
            spelling.size(row["zero_return_share"], 1),
            str(row["refused"] + row["marked"]),
        )
        for symbol, row in priced.loc[order[:MOST_SYMBOLS]].to_dict("index").items()
    )
    columns = ("Symbol", "Sessions", "From and to", "Returns of zero", "Faults")
    return Table(_caption("Symbols with prices", len(shown), of=len(priced)), columns, shown)


def _words(fault: object) -> str:
    return str(fault).replace("_", " ")


def _caption(what: str, shown: int, *, of: int) -> str:
    return what if shown == of else f"{what}: the first {shown} of {of}"
