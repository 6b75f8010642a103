"""The command line: one small function a command; the only place that prints.

Exit codes: 0 done; 1 unexpected; 2 usage or configuration; 3 partial, the report says what is
missing; 4 nothing usable; 5 another run holds the lock. Results go to stdout, progress and errors
to stderr.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from signals import __version__
from signals.errors import ArticleError, ConfigError, SignalsError

if TYPE_CHECKING:
    from signals.batch.run import Outcome
    from signals.pipeline import Analysis

DONE, UNEXPECTED, USAGE, PARTIAL, NOTHING, LOCKED = 0, 1, 2, 3, 4, 5
_CONFIG = Path("signals.toml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A headline with a character that the terminal lacks is no reason to stop.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except ArticleError as error:
        print(f"signals: {error}", file=sys.stderr)
        return NOTHING
    except SignalsError as error:
        print(f"signals: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("signals: stopped; nothing was half written.", file=sys.stderr)
        return UNEXPECTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="signals",
        description="Which shares a story is about, what it says about each, and whether prices "
        "moved.",
    )
    parser.add_argument("--version", action="version", version=f"signals {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    analyse = commands.add_parser(
        "analyse",
        help="articles in, an event study and a report out",
        description="Reads articles (plain text or HTML), finds the shares they are about, scores "
        "what they say about each, and studies how prices moved around them. Writes report.html, "
        "events.csv, abnormal_returns.csv, manifest.json and figures/ to the output folder.",
        epilog="Exit codes: 0 done; 2 usage; 3 partial, the report says what is missing; 4 nothing "
        "usable.",
    )
    analyse.add_argument("articles", nargs="+", metavar="ARTICLE", type=Path)
    analyse.add_argument(
        "--published",
        metavar="ISO",
        help="when it was published, for articles that don't say: 2025-07-21T15:11Z, or a date",
    )
    analyse.add_argument(
        "--zone", metavar="NAME", help="time zone of dates without one, such as America/New_York"
    )
    analyse.add_argument(
        "--prices",
        required=True,
        metavar="DIR|yahoo",
        help="a folder of CSV files, or yahoo for Yahoo Finance",
    )
    analyse.add_argument(
        "--market", default="SPY", metavar="SYMBOL", help="what stands for the market (default SPY)"
    )
    analyse.add_argument(
        "--model",
        default="market",
        choices=("market", "market_adjusted", "mean"),
        help="return model (default market)",
    )
    analyse.add_argument(
        "--scorer", default="vader", choices=("vader",), help="sentiment engine (default vader)"
    )
    analyse.add_argument("--out", required=True, metavar="DIR", type=Path, help="output folder")
    analyse.add_argument("--json", action="store_true", help="print a summary for machines")
    analyse.set_defaults(command=_analyse)
    _add_scheduled(commands)
    return parser


def _add_scheduled(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of unattended runs."""
    new = commands.add_parser(
        "init", help="write a commented signals.toml that works on the samples"
    )
    new.add_argument("path", nargs="?", type=Path, default=_CONFIG, help="the file to write")
    new.set_defaults(command=_init)

    report = commands.add_parser(
        "report",
        help="the scheduled report on a watch list",
        description="Makes the report on the previous session of each exchange of the watch list: "
        "locked, idempotent, atomic. On a day without trading it does nothing.",
        epilog="Exit codes: 0 done; 2 usage or configuration; 3 partial, the report says what is "
        "missing; 4 nothing usable; 5 another run holds the lock.",
    )
    report.add_argument(
        "--session", default="previous", metavar="DATE", help="a session, or previous (default)"
    )
    report.add_argument(
        "--since", metavar="DATE", help="every session from then on without a report"
    )
    report.add_argument("--offline", action="store_true", help="ask no address; use what is kept")
    report.add_argument("--json", action="store_true", help="print a status line for machines")
    report.add_argument("--log-json", action="store_true", help="write the log as JSON lines")
    report.set_defaults(command=_report)

    verify = commands.add_parser("verify", help="repeat a run and name what differs")
    verify.add_argument("run", type=Path, metavar="RUN", help="a folder, such as out/daily/latest")
    verify.set_defaults(command=_verify)

    export = commands.add_parser("export", help="write what the store keeps as tables")
    export.add_argument("--out", required=True, type=Path, metavar="DIR", help="output folder")
    export.add_argument("--format", default="csv", choices=("csv", "jsonl", "parquet"))
    export.set_defaults(command=_export)

    doctor = commands.add_parser("doctor", help="check what a scheduled run needs")
    doctor.set_defaults(command=_doctor)
    for command in (report, verify, export, doctor):
        command.add_argument(
            "--config", type=Path, default=_CONFIG, metavar="FILE", help="default signals.toml"
        )


def _analyse(options: argparse.Namespace) -> int:
    from signals.batch.outputs import check_articles, write_outputs
    from signals.files import check_folder
    from signals.pipeline import analyse

    check_articles(options.articles)
    check_folder(options.out)
    _check_published(options)
    analysis = analyse(
        _with_progress(options.articles),
        prices=options.prices,
        market=options.market,
        model=options.model,
        published=options.published,
        zone=options.zone,
    )
    written = write_outputs(analysis, options.out, articles=options.articles)
    print(_for_machines(analysis, written) if options.json else _for_people(analysis, options.out))
    for row in analysis.missing.to_dict("records"):
        print(f"signals: {row['article'] or row['event_id']}: {row['detail']}", file=sys.stderr)
    return PARTIAL if len(analysis.missing) else DONE


def _check_published(options: argparse.Namespace) -> None:
    """Refuse a publication time that means nothing before any article is read."""
    from signals.news.published import parse_published

    try:
        parse_published(options.published or "2000-01-01", zone=options.zone)
    except ArticleError as error:
        raise ConfigError(f"--published or --zone: {error}") from error


def _with_progress(articles: Sequence[Path]) -> Iterator[Path]:
    """Give the articles one by one; on a terminal, show how far a run of several is."""
    shown = len(articles) > 1 and sys.stderr.isatty()
    for done, path in enumerate(articles):
        yield path
        if shown:
            filled = 30 * (done + 1) // len(articles)
            bar = "#" * filled + "." * (30 - filled)
            end = "\n" if done + 1 == len(articles) else ""
            text = f"\r{bar} {done + 1} of {len(articles)} articles"
            print(text, end=end, file=sys.stderr, flush=True)


def _for_people(analysis: Analysis, out: Path) -> str:
    """Say in a few lines what the report shows at length."""
    from signals.report import spelling

    lines = []
    for reading in analysis.readings:
        article = reading.article
        known = spelling.instant(article.known_at) if article.known_at else "nobody knows when"
        lines += [article.title or reading.name, f"  known to everyone at {known}"]
        unlisted = [
            e.name for e in reading.mentions.entities if e.symbol is None and e.relevance > 0
        ]
        if unlisted:
            lines.append(f"  about, but not listed: {', '.join(unlisted)}")
        if not len(reading.scores):
            lines.append("  about no listed company")
    table = _table_of_events(analysis)
    if table:
        lines += ["", table]
    return "\n".join([*lines, "", f"{out / 'report.html'} says how sure that is, and why."])


def _table_of_events(analysis: Analysis) -> str:
    """One row a studied event: what was said, and the move over the window that decides."""
    from signals.report import spelling
    from signals.report.verdicts import HEADLINE

    if analysis.study is None:
        return ""
    window = f"CAR({HEADLINE[0]},{HEADLINE[1]})"
    rows = [("symbol", "session", "sentiment", window, "95 % interval", "p", "would be seen")]
    cars = analysis.study.car(*HEADLINE)
    events = analysis.study.events.to_dict("records")
    for event, car in zip(events, cars.to_dict("records"), strict=True):
        rows.append(
            (
                str(event["symbol"]),
                f"{event['session']:%Y-%m-%d}",
                spelling.signed(event["score"]),
                spelling.percent(car["car"]),
                spelling.interval(car["ci_low"], car["ci_high"]),
                spelling.p_value(car["p_value"]),
                spelling.size(car["mde"]),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _for_machines(analysis: Analysis, written: Sequence[Path]) -> str:
    """Give the same as one line of JSON."""
    return json.dumps(
        {
            "articles": len(analysis.readings),
            "events": len(analysis.events),
            "studied": 0 if analysis.study is None else len(analysis.study.events),
            "missing": [
                {name: row[name] for name in ("article", "symbol", "reason")}
                for row in analysis.missing.to_dict("records")
            ],
            "files": [str(path) for path in written],
        },
        sort_keys=True,
    )


def _init(options: argparse.Namespace) -> int:
    from signals.batch.config import sample_config
    from signals.files import write_text

    if options.path.exists():
        raise ConfigError(f"{options.path} is there already; it is left as it is.")
    write_text(options.path, sample_config())
    print(f"{options.path} is written. Try it: signals report --session 2025-07-22")
    return DONE


def _report(options: argparse.Namespace) -> int:
    from signals.batch.config import read_config
    from signals.batch.run import LockedError, run_report

    _log(as_json=options.log_json)
    config = read_config(options.config)
    for remark in config.remarks:
        logging.getLogger("signals").warning(remark)
    code = DONE
    try:
        outcomes = run_report(
            config,
            session=options.session,
            since=options.since,
            offline=options.offline,
            progress=_show_progress,
        )
        for outcome in outcomes:
            print(_status_line(outcome) if options.json else _status_words(outcome), flush=True)
            code = max(code, outcome.code)
    except LockedError as error:
        if options.json:
            print(json.dumps({"code": LOCKED, "state": "locked"}, sort_keys=True))
        print(f"signals: {error}", file=sys.stderr)
        return LOCKED
    return code


def _status_line(outcome: Outcome) -> str:
    return json.dumps(
        {
            "code": outcome.code,
            "state": outcome.state,
            "session": outcome.session,
            "folder": None if outcome.folder is None else outcome.folder.as_posix(),
            "words": outcome.words,
        },
        sort_keys=True,
        ensure_ascii=False,
    )


def _status_words(outcome: Outcome) -> str:
    lines = [f"{outcome.session} {outcome.state}".strip(), *(f"  {one}" for one in outcome.words)]
    if outcome.folder is not None:
        latest = outcome.folder.parent.parent / "latest"
        newest = latest.resolve() == outcome.folder.resolve()
        lines.append(f"  {((latest if newest else outcome.folder) / 'report.html').as_posix()}")
    return "\n".join(lines)


def _show_progress(words: str) -> None:
    """On a terminal, say what is being done; a log gets it in any case."""
    logging.getLogger("signals.batch").info(words)
    if sys.stderr.isatty():
        print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)


class _JsonLines(logging.Formatter):
    """Writes each record of the log as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        return json.dumps(
            {
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
                "level": record.levelname.lower(),
                "logger": record.name,
                "message": record.getMessage(),
            },
            ensure_ascii=False,
        )


def _log(*, as_json: bool) -> None:
    """Send the log to stderr: warnings as sentences, or everything as lines of JSON."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLines() if as_json else logging.Formatter("signals: %(message)s"))
    logger = logging.getLogger("signals")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO if as_json else logging.WARNING)
    logger.propagate = False


def _verify(options: argparse.Namespace) -> int:
    from signals.batch.config import read_config
    from signals.batch.verify import verify_run

    found = verify_run(options.run, read_config(options.config))
    for one in found:
        print(f"{one.kind} {one.what}: {one.detail}")
    if not found:
        print("Everything is as it was: the run repeats to the same bytes.")
    return PARTIAL if found else DONE


def _export(options: argparse.Namespace) -> int:
    from signals.batch.config import read_config
    from signals.batch.export import export_tables
    from signals.batch.store import Store

    with Store(read_config(options.config).state) as store:
        for path in export_tables(store, options.out, form=options.format):
            print(path)
    return DONE


def _doctor(options: argparse.Namespace) -> int:
    from signals.batch.config import read_config
    from signals.batch.doctor import examine

    findings = examine(read_config(options.config))
    for one in findings:
        print(f"{one.state:<6}  {one.what}: {one.detail}")
    return USAGE if any(one.state == "fault" for one in findings) else DONE
