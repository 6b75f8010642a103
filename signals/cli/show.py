"""What the commands print with: columns, progress bars, exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

SCORERS = ("finance", "vader")
DONE, UNEXPECTED, USAGE, PARTIAL, NOTHING, LOCKED = 0, 1, 2, 3, 4, 5


def columns(rows: Sequence[tuple[str, ...]]) -> str:
    """Set rows of cells in columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


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
