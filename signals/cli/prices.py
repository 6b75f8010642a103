"""``signals prices``: what is kept of Yahoo's prices."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from signals.cli.show import bar, count
from signals.errors import ConfigError
from signals.exits import DONE, NOTHING, PARTIAL

if TYPE_CHECKING:
    import pandas as pd


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    prices = commands.add_parser(
        "prices",
        help="what is kept of Yahoo's prices: fetch anew, list, check",
        description="sync fetches symbols anew and keeps what comes; show lists what is kept; "
        "check looks for faults in it. Nothing that was kept is ever changed.",
        epilog="Examples:\n"
        "  signals prices sync MSFT SPY --start 2024-01-01\n"
        "  signals prices show\n"
        "\nExit codes: 0 done; 2 usage; 3 partial: a symbol can't be had anew, isn't kept, or "
        "has a fault that refuses it; 4 none of them can be had, or is kept.",
    )
    prices.add_argument("action", choices=("sync", "show", "check"), help="see above")
    prices.add_argument("symbols", nargs="*", metavar="SYMBOL", help="all that is kept by default")
    prices.add_argument("--start", metavar="DATE", help="sync: first day (default: two years back)")
    prices.add_argument("--end", metavar="DATE", help="sync: last day (default: today)")
    prices.add_argument("--cache", metavar="DIR", type=Path, help="default: the user's cache")
    prices.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Run the command and give its exit code."""
    from signals.market.yahoo import YahooPrices

    source = YahooPrices(options.cache, progress=bar("symbols"))
    kept = source.snapshots.latest()
    symbols = options.symbols or sorted(kept)
    if not symbols:
        raise ConfigError("No prices are kept yet: signals prices sync SYMBOL... fetches some.")
    if options.action == "sync":
        table = source.sync(symbols, *_days(options))
        print(table.drop(columns="detail").fillna("").to_string(index=False))
        for row in table[table["reason"] != ""].to_dict("records"):
            symbol = " ".join(str(row["symbol"]).split())  # it may be anything
            print(f"signals: {symbol}: {row['detail']}", file=sys.stderr)
        if table["status"].eq("refused").all():
            return NOTHING
        return DONE if table["status"].eq("fetched").all() else PARTIAL
    table = source.snapshots.show(symbols)
    if options.action == "show":
        if len(table):
            print(table.to_string(index=False))
        absent = [symbol for symbol in symbols if symbol not in kept]
        for symbol in absent:
            print(
                f"signals: {symbol} is not kept: signals prices sync fetches it.", file=sys.stderr
            )
        return DONE if not absent else PARTIAL if len(table) else NOTHING
    faults = source.check(symbols)
    none = f"No fault in {count(len(symbols), 'symbol')}."
    print(faults.to_string(index=False) if len(faults) else none)
    return PARTIAL if faults["action"].eq("refused").any() else DONE


def _days(options: argparse.Namespace) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Give the first and last day that were asked for; two years up to today by default."""
    import pandas as pd

    try:
        today = datetime.now(UTC).date()
        end = pd.Timestamp(date.fromisoformat(options.end) if options.end else today)
        start = pd.Timestamp(date.fromisoformat(options.start)) if options.start else None
    except ValueError as error:
        given = " and ".join(filter(None, (options.start, options.end)))
        raise ConfigError(f"--start and --end are dates like 2025-07-21, not {given}.") from error
    return start if start is not None else end - pd.DateOffset(years=2), end
