"""``signals audit``: whether a study looks ahead."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from signals.cli.options import add_market, add_prices
from signals.cli.show import count, records
from signals.errors import StudyError
from signals.exits import DONE, NOTHING, PARTIAL

if TYPE_CHECKING:
    import pandas as pd

    from signals.study.timestamps import Clock, Delays

_WIDTH = 50  # characters of the longest bar
_ENTRIES = 50  # events that are shown one by one


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
        "  signals audit data/articles/openai-uk.txt --prices data/prices\n"
        "\nExit codes: 0 done, and nothing changes; 2 usage; 3 something before the news changes, "
        "or an article was set aside or an event lost; 4 nothing usable.",
    )
    audit.add_argument(
        "inputs",
        nargs="+",
        metavar="EVENTS.csv|ARTICLE",
        type=Path,
        help="one table with symbol, known_at and score, as analyse writes it, in CSV or Parquet; "
        "the output folder of `signals score`; or articles, folders of them, and corpora of JSON "
        "Lines or Parquet",
    )
    add_prices(audit)
    add_market(audit)
    audit.add_argument("--json", action="store_true", help="print the findings for machines")
    audit.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Run the command and give its exit code."""
    from signals.corpus.audits import audit_files

    try:
        found, lost = audit_files(options.inputs, prices=options.prices, market=options.market)
    except StudyError as error:
        if error.status is None or error.lacks_market:
            raise
        print(f"signals: {error}", file=sys.stderr)
        return NOTHING
    lost |= found.loss_words
    if options.json:
        tables = {
            "changed": found.perturbation.changed,
            "comparison": found.comparison,
            "policies": found.policies,
            "missing": found.lost,
        }
        rows = {name: records(table) for name, table in tables.items()}
        clocks = {"clock": _plain(found.clock), "delays": _plain(found.delays)}
        told = {"verdicts": found.verdicts, "lost": lost, **clocks, **rows}
        print(json.dumps(told, sort_keys=True, default=str, allow_nan=False))
    else:
        parts = ["\n".join(found.verdicts)]
        parts += [] if found.clock is None else [_day_of(found.clock)]
        parts += _comparison(found.comparison)
        parts += _entries(found.policies)
        print("\n\n".join(parts))
    for what, why in lost.items():
        print(f"signals: {what}: {why}", file=sys.stderr)
    return PARTIAL if lost or len(found.perturbation.changed) else DONE


def _comparison(table: pd.DataFrame) -> list[str]:
    """Show what each policy would find, in the unit that the column's own name lacks."""
    if table.empty:
        return []
    head = "Mean of the abnormal returns in the score's direction, in standard errors, by policy:"
    return [f"{head}\n{table.to_string(index=False)}"]


def _entries(policies: pd.DataFrame) -> list[str]:
    """Show how each event came into its session; of many, how many in each way, and the first."""
    if len(policies) <= _ENTRIES:
        return [policies.to_string(index=False)] if len(policies) else []
    ways = policies.groupby(["precision", "phase", "policy", "tradable"], sort=False)
    return [
        ways.size().rename("events").reset_index().to_string(index=False),
        policies.head(_ENTRIES).to_string(index=False),
        f"The first {_ENTRIES} of {len(policies):,} events; --json prints them all.",
    ]


def _day_of(clock: Clock) -> str:
    """Draw the stamps by hour, with the figures that the verdict rests on."""
    head = (
        f"{count(clock.n, 'stamp')}: {clock.midnight_share:.1%} at 00:00:00 UTC, "
        f"{clock.weekend_share:.1%} of those with a time on weekends; "
        f"shift in hours {_shift_of(clock)}."
    )
    most = max(1, int(clock.hours.max()))
    bars = [
        f"{hour:02d}  {n:>7}  {'#' * round(_WIDTH * n / most)}".rstrip()
        for hour, n in clock.hours.items()
    ]
    return "\n".join([head, f"Stamps by hour in {clock.zone}:", *bars])


def _shift_of(clock: Clock) -> str:
    if math.isnan(clock.shift):
        return "unknown"
    return f"{clock.shift:+.0f} (95 % {clock.shift_low:+.0f} to {clock.shift_high:+.0f})"


def _plain(found: Clock | Delays | None) -> dict[str, object] | None:
    """Give fields as JSON takes them: NaN, which it lacks, is null."""
    if found is None:
        return None
    fields = {name: getattr(found, name) for name in found.__dataclass_fields__}
    fields = {name: list(one) if name == "hours" else one for name, one in fields.items()}
    return {
        name: None if isinstance(one, float) and math.isnan(one) else one
        for name, one in fields.items()
    }
