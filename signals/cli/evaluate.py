"""``signals evaluate``: whether a score predicts returns."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from signals.cli.options import add_engine, add_prices, engine_of
from signals.cli.show import bar, count, records
from signals.errors import ConfigError, StudyError
from signals.exits import DONE, NOTHING, PARTIAL

if TYPE_CHECKING:
    import pandas as pd

    from signals.evaluation.evaluate import Evaluation


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    evaluate = commands.add_parser(
        "evaluate",
        help="does a score predict returns? events and prices in, a tear sheet out",
        description="Correlates scores with the returns after they were known, tests it so that "
        "'no' is an answer, and looks for look-ahead, echoes and chance. Writes evaluation.html "
        "and its tables as CSV to the output folder.",
        epilog="Examples:\n"
        "  signals evaluate --events events.csv --prices data/prices --out out\n"
        "  signals evaluate --events scores --workers 2 --prices data/prices --out out\n"
        "  signals evaluate --store out/state --prices yahoo --market SPY --out out\n"
        "\nExit codes: 0 done; 2 usage; 3 partial, status.csv says what fell out; 4 no event "
        "is left; 5 another run is at work on the output folder.",
    )
    _add_events(evaluate)
    add_prices(evaluate)
    evaluate.add_argument(
        "--market",
        metavar="SYMBOL",
        help="what is deducted from returns, as for analyse; nothing by default",
    )
    evaluate.add_argument(
        "--horizons", default="1,2,5,10", metavar="LIST", help="in sessions (default 1,2,5,10)"
    )
    evaluate.add_argument(
        "--earnings",
        metavar="FILE",
        type=Path,
        help="dates of earnings, to be told apart: symbol, and known_at or session",
    )
    evaluate.add_argument(
        "--factors",
        action="append",
        default=[],
        metavar="FILE",
        type=Path,
        help="daily factors in a CSV file of Kenneth French's data library, for factor-neutral "
        "returns beside the others; entries are at closes then; may be repeated",
    )
    evaluate.add_argument("--seed", default=0, type=int, help="of bootstrap and placebo")
    add_engine(evaluate)
    evaluate.add_argument("--out", required=True, metavar="DIR", type=Path, help="output folder")
    evaluate.add_argument("--json", action="store_true", help="print a summary for machines")
    evaluate.set_defaults(command=run)


def _add_events(evaluate: argparse.ArgumentParser) -> None:
    """Add the options that say where the events come from."""
    events = evaluate.add_mutually_exclusive_group(required=True)
    events.add_argument(
        "--events",
        metavar="FILE|DIR",
        type=Path,
        help="CSV or Parquet with symbol, known_at (with its zone) and score, such as events.csv; "
        "or the output folder of `signals score`",
    )
    events.add_argument(
        "--store",
        metavar="DIR",
        type=Path,
        help="the events that scheduled runs kept, in the folder that signals.toml calls state",
    )


def run(options: argparse.Namespace) -> int:
    """Run the command and give its exit code."""
    from signals.batch.outputs import write_evaluation
    from signals.evaluation.evaluate import evaluate
    from signals.files import check_folder
    from signals.market.price_source import as_price_source
    from signals.study.factors import FactorTable
    from signals.study.status import missed

    check_folder(options.out)
    try:
        horizons = [int(one) for one in options.horizons.split(",")]
    except ValueError as error:
        raise ConfigError(f"--horizons {options.horizons!r} is no list such as 1,5.") from error
    prices = as_price_source(options.prices)  # before the stories of a corpus are sought
    reports, losses = _reports(options.earnings)
    try:
        found = evaluate(
            _events(options, reports),
            prices,
            horizons=horizons,
            market=options.market,
            factors=FactorTable.read_french(*options.factors) if options.factors else None,
            seed=options.seed,
        )
    except StudyError as error:
        if error.status is None:
            raise
        print(f"signals: {error}", file=sys.stderr)
        return NOTHING
    losses = _losses_before(options.events) + losses
    write_evaluation(found, options.out, losses=losses)
    losses = missed(losses)
    lost = found.status[found.status["status"] == "lost"]
    print(_for_machines(found, lost, losses) if options.json else _for_people(found, options.out))
    for reason, rows in lost.groupby("reason"):
        many = count(len(rows), "event")
        print(f"signals: {many}: {reason}: {rows['detail'].iloc[0]}", file=sys.stderr)
    for one in losses:
        print(f"signals: {one['article']}: {one['detail']}", file=sys.stderr)
    return PARTIAL if len(lost) or losses else DONE


def _for_people(found: Evaluation, out: Path) -> str:
    return "\n".join([*found.verdict(), "", f"{out / 'evaluation.html'} says why."])


def _for_machines(
    found: Evaluation, lost: pd.DataFrame, losses: Sequence[Mapping[str, object]]
) -> str:
    """Give the verdict and the coefficients as one line of JSON, with what is missing."""
    missing = [{"article": one["article"], "symbol": "", "reason": one["reason"]} for one in losses]
    missing += [{"article": "", **row} for row in records(lost[["symbol", "reason"]])]
    told = {"verdict": found.verdict(), "ic": records(found.ic.reset_index()), "missing": missing}
    return json.dumps(told, sort_keys=True, allow_nan=False)


def _reports(path: Path | None) -> tuple[pd.DataFrame | None, list[dict[str, object]]]:
    """Read days with earnings, where they are given, and say how many rows name none."""
    from signals.evaluation.earnings import REPORTS
    from signals.study.confounds import confounding_dates, count_lost, lost_rows
    from signals.study.intake import read_table

    if path is None:
        return None, []
    dates = confounding_dates(read_table(path, of="days with earnings"), of=REPORTS)
    return dates.dropna(), lost_rows(count_lost(dates), of="report of earnings")


def _events(options: argparse.Namespace, reports: pd.DataFrame | None) -> pd.DataFrame:
    """Read the events asked for, with days of earnings marked where they are given."""
    from signals.batch.own_events import kept_events
    from signals.evaluation.earnings import mark_earnings
    from signals.study.intake import read_table

    if options.store:
        events = kept_events(options.store)
    elif options.events.is_dir():
        from signals.corpus.study_at_once import scored_events
        from signals.corpus.workers import Crew

        crew = Crew(options.workers, engine_of(options), grouping=bar("blocks of stories"))
        events = scored_events(options.events, options.out, crew=crew)
    else:
        events = read_table(options.events)
    return events if reports is None else mark_earnings(events, reports)


def _losses_before(events: Path | None) -> list[dict[str, object]]:
    """Give what a scored corpus lost before any event, with the reason."""
    if events is None or not events.is_dir():
        return []
    from signals.corpus.losses import losses_before_events

    return losses_before_events(events)
