"""What the commands print with: columns, losses and progress bars."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_MOST_LINES = 20


def columns(rows: Sequence[tuple[str, ...]]) -> str:
    """Set rows of cells in columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def count(number: float, noun: str) -> str:
    """Say how many: ``1 row``, ``2 rows``."""
    return f"{number:.0f} {noun}{'' if round(number) == 1 else 's'}"


def records(table: pd.DataFrame) -> list[dict[str, object]]:
    """Give rows as JSON takes them: what is missing or infinite is null."""
    import pandas as pd

    return [
        {
            str(name): None if pd.isna(cell) or cell in {math.inf, -math.inf} else cell
            for name, cell in row.items()
        }
        for row in table.to_dict("records")
    ]


def what_is_missing(missing: pd.DataFrame) -> Iterator[str]:
    """Say why events fell out: of many, how many for each reason, with the first of them."""
    if len(missing) <= _MOST_LINES:
        yield from map(_named_loss, missing.to_dict("records"))
        return
    for reason, rows in missing.groupby("reason", sort=True):
        first = rows.iloc[0].to_dict()
        # A row of a whole corpus says itself how many it is of.
        counts = len(rows) == 1 and not (first["event_id"] or first["symbol"])
        yield f"{'' if counts else f'{len(rows)} lost, {reason}: '}{_named_loss(first)}"
    yield "status.csv has them all"


def _named_loss(row: Mapping[Hashable, Any]) -> str:
    of = row["event_id"] or ", ".join(filter(None, (row["article"], row["symbol"])))
    return f"{of}: {row['detail']}"


def bar(what: str) -> Callable[[int, int], None] | None:
    """Give what draws a progress bar, or None where there is no terminal to draw it on."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, of: int) -> None:
        filled = 30 * done // of
        drawn = "#" * filled + "." * (30 - filled)
        end = "\n" if done == of else ""
        print(f"\r{drawn} {done} of {of} {what}", end=end, file=sys.stderr, flush=True)

    return show
