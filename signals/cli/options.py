"""The commands' options: help in paragraphs, refusals with the nearest name, what several share."""

from __future__ import annotations

import argparse
import re
from difflib import get_close_matches
from typing import Any, NoReturn

from signals.errors import ArticleError, ConfigError
from signals.sentiment.opening import SCORERS


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


def add_time(command: argparse.ArgumentParser) -> None:
    """Add the options that date articles which don't do so themselves."""
    command.add_argument(
        "--published",
        metavar="ISO",
        help="when it was published, for articles that don't say: 2025-07-21T15:11Z, or a date",
    )
    command.add_argument(
        "--zone", metavar="NAME", help="time zone of dates without one, such as America/New_York"
    )


def check_time(options: argparse.Namespace) -> None:
    """Refuse a publication time that means nothing before any article is read.

    Raises
    ------
    ConfigError
        It has no zone, or can't be read.
    """
    from signals.news.published import parse_published

    try:
        parse_published(options.published or "2000-01-01", zone=options.zone)
    except ArticleError as error:
        raise ConfigError(f"--published or --zone: {error}") from error


def add_prices(command: argparse.ArgumentParser) -> None:
    """Add the option that says where prices come from."""
    command.add_argument(
        "--prices",
        required=True,
        metavar="DIR|yahoo",
        help="a folder of CSV files, a CSV or Parquet file, or yahoo for Yahoo Finance",
    )


def add_market(command: argparse.ArgumentParser) -> None:
    """Add the option that says what stands for the market."""
    command.add_argument(
        "--market",
        default="SPY",
        metavar="SYMBOL",
        help="what stands for the market (default SPY); with another one for some shares as in "
        "SPY,9984.T=^N225",
    )


def add_scorer(command: argparse.ArgumentParser) -> None:
    """Add the option that names a sentiment engine."""
    default = next(iter(SCORERS))
    command.add_argument(
        "--scorer", default=default, choices=SCORERS, help=f"sentiment engine (default {default})"
    )


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
    if options.scheduler and options.engine != "dask":
        raise ConfigError("--scheduler is an address of Dask: add --engine dask.")
    return str(options.scheduler or options.engine)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a number of processes is 1 or more, not {text!r}")
    return int(text)
