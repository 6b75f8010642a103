"""What the commands print with: columns and progress bars."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import pandas as pd

_MOST_LINES = 20


class Paragraphs(argparse.HelpFormatter):
    """Help whose paragraphs stay apart, and whose examples stay as they are written."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        parts = [
            part if "\n  " in part else super(Paragraphs, self)._fill_text(part, width, indent)
            for part in text.strip().split("\n\n")
        ]
        return "\n\n".join(parts)


class Parser(argparse.ArgumentParser):
    """A parser of a command, whose help is in paragraphs."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(formatter_class=Paragraphs, **settings)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Refuse an option that there is not under the command's own name, with the nearest one."""
        found, strange = super().parse_known_args(args, namespace)
        wrong = next((one for one in strange if one.startswith("--")), None)
        if wrong is not None:
            name = wrong.partition("=")[0]
            near = get_close_matches(name, self._option_string_actions, n=1)
            hint = f" did you mean {near[0]}?" if near else " see --help."
            self.error(f"there is no option {name};{hint}")
        return found, strange

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with a command line; of a command that there is not, the nearest."""
        wrong, rest = re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)", message), ""
        if wrong is not None:
            near = get_close_matches(wrong[1], re.findall(r"[\w-]+", wrong[2]), n=1)
            rest = f"; did you mean {near[0]}?" if near else ""
        super().error(message + rest)


def add_engine(command: argparse.ArgumentParser) -> None:
    """Add the options that say who works on the parts of a corpus."""
    command.add_argument("--workers", metavar="N", type=_count, default=1, help="processes")
    command.add_argument(
        "--engine", choices=("local", "dask"), default="local", help="who runs them"
    )
    command.add_argument("--scheduler", metavar="ADDRESS", help="of a running Dask cluster")


def engine_of(options: argparse.Namespace) -> str:
    """Read those options: "local", "dask", or the address of a scheduler.

    Raises
    ------
    ConfigError
        They contradict one another.
    """
    from signals.errors import ConfigError

    if options.scheduler and options.engine != "dask":
        raise ConfigError("--scheduler is an address of Dask: add --engine dask.")
    return str(options.scheduler or options.engine)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a number of processes is 1 or more, not {text!r}")
    return int(text)


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
