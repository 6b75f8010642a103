"""The command line: one small function a command; the only place that prints.

Exit codes: 0 done; 1 unexpected; 2 usage or configuration; 3 partial, the report says what is
missing; 4 nothing usable; 5 another run holds the lock. Results go to stdout, progress and
errors to stderr.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from signals import __version__
from signals.errors import ArticleError, ConfigError, SignalsError

if TYPE_CHECKING:
    from signals.batch.engine import Plan
    from signals.pipeline import Analysis

DONE, UNEXPECTED, USAGE, PARTIAL, NOTHING, LOCKED = 0, 1, 2, 3, 4, 5


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
    _add_score(commands)
    return parser


def _add_score(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    score = commands.add_parser(
        "score",
        help="many articles in, scores in shards out",
        description="Scores a corpus of JSON Lines, CSV or Parquet files in shards. Interrupted "
        "anywhere, the same command takes it up again: no row is lost or doubled.",
        epilog="Exit codes: 0 done; 2 usage; 3 partial, --status says what is missing; 4 nothing "
        "usable; 5 another run is at work on the output folder.",
    )
    score.add_argument("corpus", metavar="CORPUS", type=Path, help="a file, or a folder of files")
    score.add_argument("--out", required=True, metavar="DIR", type=Path, help="output folder")
    score.add_argument("--workers", metavar="N", type=_count, default=1, help="processes")
    score.add_argument("--engine", choices=("local", "dask"), default="local", help="who runs them")
    score.add_argument("--scheduler", metavar="ADDRESS", help="of a running Dask cluster")
    score.add_argument("--json", action="store_true", help="print a summary for machines")
    instead = score.add_mutually_exclusive_group()
    instead.add_argument("--plan", action="store_true", help="only tell rows, time and memory")
    instead.add_argument("--status", action="store_true", help="only tell how far it is")
    score.set_defaults(command=_score)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a number of processes is 1 or more")
    return number


def _score(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from signals.batch.engine import LockedError, plan_corpus, score_corpus, status_of

    if options.plan:
        plan = plan_corpus(options.corpus, workers=options.workers)
        print(json.dumps(asdict(plan), sort_keys=True) if options.json else _for_planners(plan))
        return PARTIAL if plan.unreadable else DONE
    try:
        status = (
            status_of(options.out)
            if options.status
            else score_corpus(
                options.corpus,
                options.out,
                workers=options.workers,
                engine=options.engine,
                scheduler=options.scheduler,
                progress=_show_shards if sys.stderr.isatty() else None,
            )
        )
    except LockedError as error:
        print(f"signals: {error}", file=sys.stderr)
        return LOCKED
    if options.json:
        print(json.dumps(asdict(status), sort_keys=True))
    else:
        print(
            f"{status.finished} of {status.shards} shards: {status.rows} rows, "
            f"{status.articles} articles, {status.scores} scores of securities, "
            f"{status.quarantined} rows set aside"
        )
    for name, reason in status.failed.items():
        print(f"signals: {name}: {reason}", file=sys.stderr)
    if not status.articles and not options.status:
        return NOTHING
    return DONE if status.complete and not status.quarantined else PARTIAL


def _for_planners(plan: Plan) -> str:
    lines = [
        f"about {plan.rows} rows in {plan.shards} shards",
        f"about {plan.seconds:.0f} seconds and {plan.memory / 1e9:.1f} GB of memory",
    ]
    return "\n".join([*lines, *(f"can't be read: {path}: {why}" for path, why in plan.unreadable)])


def _show_shards(done: int, shards: int) -> None:
    filled = 30 * done // shards
    end = "\n" if done == shards else ""
    bar = "#" * filled + "." * (30 - filled)
    print(f"\r{bar} {done} of {shards} shards", end=end, file=sys.stderr, flush=True)


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
