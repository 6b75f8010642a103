"""``signals companies``: the table of companies."""

from __future__ import annotations

import argparse
from pathlib import Path

from signals.exits import DONE


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    companies = commands.add_parser(
        "companies",
        help="the table of companies",
        description="The companies that articles are searched for: what a public list has besides "
        "those of the package.",
    )
    actions = companies.add_subparsers(title="actions", required=True, metavar="ACTION")
    refresh = actions.add_parser(
        "refresh",
        help="add what a public list has today",
        description="Writes the package's table and what the list has besides; the package's own "
        "table stays as it is. Use the new one with signals mentions --companies.",
        epilog="Example:\n"
        "  signals companies refresh --contact you@example.com --out companies.tsv\n",
    )
    refresh.add_argument("--source", default="sec", choices=("sec",), help="whose list")
    refresh.add_argument("--contact", required=True, metavar="MAIL", help="the SEC asks for it")
    refresh.add_argument("--out", metavar="FILE", type=Path, help="default: the user's cache")
    refresh.add_argument("--url", help=argparse.SUPPRESS)
    refresh.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Run the command and give its exit code."""
    from signals.sources.companies import SEC_LIST, default_table, refresh_companies

    path = options.out or default_table()
    new = refresh_companies(path, contact=options.contact, url=options.url or SEC_LIST)
    print(f"{new} new listings; the table is {path}")
    return DONE
