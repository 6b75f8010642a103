"""``signals study``: events in, your own or of a scored corpus; an event study and a report out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from signals.cli.options import add_engine, add_market, add_prices, engine_of
from signals.cli.show import bar, columns, count, what_is_missing
from signals.errors import StudyError
from signals.exits import DONE, NOTHING, PARTIAL
from signals.report.model_names import MODEL_WORDS

if TYPE_CHECKING:
    import pandas as pd

    from signals.batch.own_events import StudyOptions
    from signals.market.prices import PriceSource
    from signals.pipeline import Analysis


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    study = commands.add_parser(
        "study",
        help="your own events in, an event study and a report out",
        description="Studies events of your own: a CSV file with the columns symbol, and session "
        "(a date of trading) or known_at (a time with its zone); or a corpus: the output folder "
        "of `signals score`. With a column score it also says "
        "whether prices follow the score. Writes report.html, events.csv, abnormal_returns.csv, "
        "status.csv, manifest.json and figures/ to the output folder. A corpus with more than "
        "20,000 scores is studied in parts, by company, with --workers processes; interrupted "
        "anywhere, the same command takes it up again.",
        epilog="Examples:\n"
        "  signals study events.csv --prices data/prices --out out\n"
        "  signals study scores --prices yahoo --model ff3 --factors factors.csv --out out\n"
        "\nExit codes: 0 done; 2 usage; 3 partial, the report says what is missing; 4 nothing "
        "usable; 5 another run is at work on the output folder.",
    )
    study.add_argument(
        "events", metavar="EVENTS.csv|DIR", type=Path, help="a table of events, or a scored corpus"
    )
    add_prices(study)
    add_market(study)
    _add_model(study)
    add_engine(study)
    study.add_argument("--out", required=True, metavar="DIR", type=Path, help="output folder")
    study.add_argument("--json", action="store_true", help="print a summary for machines")
    study.set_defaults(command=run)


def _add_model(study: argparse.ArgumentParser) -> None:
    """Add the options that say how normal returns are modelled."""
    study.add_argument(
        "--model",
        default="market",
        metavar="NAME",
        help=f"return model (default market): {', '.join(MODEL_WORDS)}",
    )
    study.add_argument(
        "--factors",
        action="append",
        default=[],
        metavar="FILE",
        type=Path,
        help="daily factors in a CSV file of Kenneth French's data library; may be repeated",
    )
    study.add_argument(
        "--returns", default="simple", choices=("simple", "log"), help="simple (default) or log"
    )
    study.add_argument(
        "--missing",
        default="drop",
        choices=("drop", "trade_to_trade"),
        help="returns over sessions without a price: drop them (default), or hold them against the "
        "market's over the same sessions, for shares that trade thinly",
    )
    study.add_argument(
        "--min-relevance",
        default=0.0,
        metavar="N",
        type=float,
        help="leave out events that are less about their share, 0 (default: all count) to 100",
    )
    study.add_argument(
        "--confounds",
        metavar="FILE",
        type=Path,
        help="dates of earnings and the like, a table of symbol, and known_at or session: means "
        "with and without the events that have one in their window",
    )


def run(options: argparse.Namespace) -> int:
    """Run the command and give its exit code."""
    from signals.batch.outputs import check_files, write_outputs
    from signals.batch.own_events import StudyOptions, mark_confounds, study_events
    from signals.cli.analyse import for_machines
    from signals.corpus.scored import check_complete, files_of
    from signals.corpus.study_at_once import study_scored
    from signals.files import check_folder
    from signals.market.price_source import as_price_source
    from signals.report.study_gallery import MOST_LOOKED_AT

    corpus, engine = options.events.is_dir(), engine_of(options)
    events = files_of(options.events) if corpus else [options.events]
    confounds = [options.confounds] if options.confounds else []
    check_files(events, right="Name a CSV or Parquet file, or the output folder of signals score.")
    check_files(options.factors, right="Name a CSV file of daily factors.")
    check_files(confounds, right="Name a table of symbol, and known_at or session.")
    check_folder(options.out)
    prices = as_price_source(options.prices)
    given = {field.name: getattr(options, field.name) for field in fields(StudyOptions)}
    asked = StudyOptions(**given | {"factors": tuple(options.factors)})
    try:
        if corpus and check_complete(options.events).scores > MOST_LOOKED_AT:
            return _run_in_parts(options, prices, asked, engine)
        study = study_scored if corpus else study_events
        analysis = study(options.events, prices=prices, asked=asked)
    except StudyError as error:
        if error.status is None or error.lacks_market:
            raise
        print(f"signals: {error}", file=sys.stderr)
        return NOTHING
    if options.confounds:
        analysis = mark_confounds(analysis, options.confounds)
    written = write_outputs(analysis, options.out, articles=[*events, *options.factors, *confounds])
    print(for_machines(analysis, written) if options.json else _for_people(analysis, options.out))
    for line in what_is_missing(analysis.missing):
        print(f"signals: {line}", file=sys.stderr)
    return PARTIAL if len(analysis.missing) else DONE


def _run_in_parts(
    options: argparse.Namespace, prices: PriceSource, asked: StudyOptions, engine: str
) -> int:
    """Study a large corpus in parts."""
    from signals.corpus.study_in_parts import study_in_parts
    from signals.corpus.workers import Crew
    from signals.study.status import missed

    crew = Crew(options.workers, engine, bar("parts"), bar("blocks of stories"))
    done = study_in_parts(
        options.events,
        options.out,
        prices=prices,
        asked=asked,
        crew=crew,
        confounds=options.confounds,
    )
    found, tallies, set_aside = done.found.study, done.found.tallies, missed(done.found.set_aside)
    if options.json:
        record = {
            "events": tallies.studied,
            "studied": tallies.studied,
            "missing": [
                *(
                    {name: one[name] for name in ("article", "symbol", "reason")}
                    for one in set_aside
                ),
                *(
                    {"article": "", "symbol": one.symbol, "reason": one.reason, "events": one.n}
                    for one in tallies.missing
                ),
            ],
            "files": [str(path) for path in done.written],
        }
        print(json.dumps(record, sort_keys=True))
    else:
        print(_summary_text(found.summary(), _score_lines(found.sentiment()), options.out))
    for one in set_aside:
        print(f"signals: {one['article']}: {one['detail']}", file=sys.stderr)
    for fate in tallies.missing:
        first = f"{fate.symbol}, {fate.session}: {fate.detail}"
        many = count(fate.n, "event")
        print(f"signals: {many} {fate.status}, {fate.reason}: {first}", file=sys.stderr)
    return PARTIAL if tallies.missing or set_aside else DONE


def _for_people(analysis: Analysis, out: Path) -> str:
    """Say what the events did together, a line a window."""
    from signals.study.clocks import timed

    study = analysis.study
    assert study is not None  # noqa: S101 (study_events raises when there is none)
    scored = "score" in study.events and len(study.events) > 1
    lines = _score_lines(timed(study).sentiment("score", (0, 1))) if scored else []
    return _summary_text(study.summary(), lines, out)


def _summary_text(summary: pd.DataFrame, lines: Sequence[str], out: Path) -> str:
    """Set a study's summary in columns, with further lines below."""
    from signals.report import spelling
    from signals.report.verdicts import LEVEL, visible_from

    rows = [("window", "n", "CAAR", "95 % interval", "test", "p", "would be seen")]
    # Events known to the day stand apart from timed ones: the index has two levels then.
    rows += [
        (
            f"{window[1]}, known to the {window[0]}" if isinstance(window, tuple) else str(window),
            str(row["n"]),
            spelling.percent(row["caar"]),
            spelling.interval(row["ci_low"], row["ci_high"]),
            str(row["test"]),
            spelling.p_value(row["p_value"]),
            spelling.size(visible_from(row["mde"], row["df"])),
        )
        for window, row in summary.iterrows()
    ]
    # Where no window lacks its test, a summary has no reasons.
    untested = summary[summary["p_value"].isna()].reindex(columns=["test", "reason"])
    why = [f"{test}: {reason}" for test, reason in untested.to_numpy()]
    tested = summary[summary["p_value"].notna()]
    leaves_out_zero = tested["ci_low"] * tested["ci_high"] > 0
    if (leaves_out_zero != (tested["p_value"] < LEVEL)).any():
        why.append(
            "p weighs each event by its own noise, the interval of the mean doesn't: where one "
            "leaves out 0 and the other doesn't, nothing is sure."
        )
    report = f"{out / 'report.html'} says how sure that is, and why."
    return "\n".join([columns(rows), *dict.fromkeys(why), *lines, "", report])


def _score_lines(effects: pd.DataFrame) -> list[str]:
    """Say whether prices follow the score."""
    from signals.report import spelling

    lines = [""]
    spread, slope = effects.to_dict("records")[:2]
    for name, row, shown in (
        ("positive less negative scores", spread, spelling.percent(spread["estimate"])),
        ("slope of SCAR on the score", slope, spelling.signed(slope["estimate"])),
    ):
        told = row["reason"] or f"{shown}, {spelling.p_equals(row['p_value'])}"
        lines.append(f"{name}, (0, 1): {told}")
    return lines
