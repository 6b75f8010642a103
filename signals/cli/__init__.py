"""The command line: one small module a command; the only place that prints.

Exit codes: 0 done; 1 stopped, a full disk, or unexpected; 2 usage or configuration; 3 partial, the
report says what is missing; 4 nothing usable; 5 another run holds the lock. Results go to stdout,
progress and errors to stderr.
"""

from __future__ import annotations

import argparse
import codecs
import errno
import os
import sys
from collections.abc import Callable, Sequence

from signals import __version__
from signals.cli import (
    analyse,
    audit,
    companies,
    evaluate,
    explain,
    mentions,
    prices,
    scheduled,
    score,
    study,
)
from signals.cli.options import Parser
from signals.errors import ArticleError, LockedError, SignalsError
from signals.exits import LOCKED, NOTHING, UNEXPECTED, USAGE

_COMMANDS = (
    analyse,
    mentions,
    explain,
    study,
    evaluate,
    scheduled,
    score,
    audit,
    prices,
    companies,
)
"""In the order in which --help lists them."""


_DISK = {errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)}
_LACKING = "signals.lacking"
_PLAIN = {"−": "-", "\u00a0": " "}  # what numbers are spelled with


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """Write what an encoding lacks (a minus in that of Windows) plainly, or by its number."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    told = (_PLAIN.get(one) or one.encode("ascii", "backslashreplace").decode() for one in lacking)
    return "".join(told), error.end


codecs.register_error(_LACKING, _plainly)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code."""
    _open_streams()
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        code = command(options)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the results has had enough, as `head` has
        _drop_output()
        return UNEXPECTED
    except ArticleError as error:
        print(f"signals: {error}", file=sys.stderr)
        return NOTHING
    except SignalsError as error:
        print(f"signals: {error}", file=sys.stderr)
        return _code_of(error)
    except OSError as error:  # a full disk, a file that is gone by now
        where = f"{error.filename}: " if error.filename else ""
        print(f"signals: {where}{error.strerror or error}.", file=sys.stderr)
        _drop_output()
        return UNEXPECTED
    except KeyboardInterrupt:
        print("signals: stopped; nothing was half written.", file=sys.stderr)
        return UNEXPECTED
    return code


def _code_of(error: SignalsError) -> int:
    """Tell wrong usage from a lock that is held, and from a disk that is full or fails."""
    if isinstance(error, LockedError):
        return LOCKED
    cause = error.__cause__
    broken = isinstance(cause, OSError) and cause.errno in _DISK
    kept = str(getattr(cause, "sqlite_errorname", "")).startswith(("SQLITE_FULL", "SQLITE_IOERR"))
    return UNEXPECTED if broken or kept else USAGE


def _open_streams() -> None:
    """Make both streams take any text, and be there where whoever started this closed them."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: PTH123, SIM115 - as long as it runs
        # A headline with a character that the terminal lacks is no reason to stop.
        getattr(getattr(sys, name), "reconfigure", lambda **_: None)(errors=_LACKING)


def _drop_output() -> None:
    """Let go of results that can't be written: Python would flush them once more at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = Parser(
        prog="signals",
        description="Which shares a story is about, what it says about each, and whether prices "
        "moved.",
    )
    parser.add_argument("--version", action="version", version=f"signals {__version__}")
    commands = parser.add_subparsers(
        title="commands",
        required=True,
        metavar="COMMAND",
        parser_class=Parser,
    )
    for command in _COMMANDS:
        command.add(commands)
    return parser
