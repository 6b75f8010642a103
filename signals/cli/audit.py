"""``signals audit``: whether a study looks ahead."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from signals.cli.show import DONE, PARTIAL


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    audit = commands.add_parser(
        "audit",
        help="does a study of these events or articles look ahead?",
        description="Puts noise on all prices after the news and looks whether anything before it "
        "changes; examines the corpus's clock; shows what merging by calendar date would have "
        "made of the events; and lists how each came into its session.",
        epilog="Examples:\n"
        "  signals audit out/events.csv --prices data/prices\n"
        "  signals audit data/articles/openai-uk.txt --prices data/prices\n",
    )
    audit.add_argument(
        "inputs",
        nargs="+",
        metavar="EVENTS.csv|ARTICLE",
        type=Path,
        help="one table with symbol, known_at and score, as analyse writes it, or articles",
    )
    audit.add_argument("--prices", required=True, metavar="DIR|yahoo")
    audit.add_argument("--market", default="SPY", metavar="SYMBOL")
    audit.add_argument("--json", action="store_true", help="print the findings for machines")
    audit.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Run the command and give its exit code."""
    from signals.batch.audits import audit_files

    found = audit_files(options.inputs, prices=options.prices, market=options.market)
    if options.json:
        tables = {"changed": found.perturbation.changed, "comparison": found.comparison}
        rows = {name: table.to_dict("records") for name, table in tables.items()}
        print(json.dumps({"verdicts": found.verdicts, **rows}, sort_keys=True, default=str))
    else:
        parts = ["\n".join(found.verdicts)]
        parts += [t.to_string(index=False) for t in (found.comparison, found.policies) if len(t)]
        print("\n\n".join(parts))
    return DONE if found.perturbation.changed.empty else PARTIAL
