"""The command line: one small function a command; the only place that prints.

Exit codes: 0 done; 1 unexpected; 2 usage or configuration; 3 partial, the report says what is
missing; 4 nothing usable. Results go to stdout, progress and errors to stderr.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from signals import __version__
from signals.errors import ArticleError, ConfigError, SignalsError

if TYPE_CHECKING:
    import pandas as pd

    from signals.market.prices import PriceSource
    from signals.pipeline import Analysis

DONE, UNEXPECTED, USAGE, PARTIAL, NOTHING = 0, 1, 2, 3, 4


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
    _add_audit(commands)
    _add_prices(commands)
    return parser


def _add_audit(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    audit = commands.add_parser(
        "audit",
        help="does a study of these events or articles look ahead?",
        description="Puts noise on all prices after the news and looks whether anything before it "
        "changes; examines the corpus's clock; shows what merging by calendar date would have "
        "made of the events; and lists how each came into its session.",
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
    audit.set_defaults(command=_audit)


def _add_prices(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    prices = commands.add_parser(
        "prices",
        help="what is kept of Yahoo's prices: fetch anew, list, check",
        description="sync fetches symbols anew and keeps what comes; show lists what is kept; "
        "check looks for faults in it. Nothing that was kept is ever changed.",
    )
    prices.add_argument("action", choices=("sync", "show", "check"))
    prices.add_argument("symbols", nargs="*", metavar="SYMBOL", help="all that is kept by default")
    prices.add_argument("--start", metavar="DATE", help="first day (default: two years back)")
    prices.add_argument("--end", metavar="DATE", help="last day (default: today)")
    prices.add_argument("--cache", metavar="DIR", type=Path, help="default: the user's cache")
    prices.set_defaults(command=_prices)


def _analyse(options: argparse.Namespace) -> int:
    from signals.batch.outputs import check_articles, write_outputs
    from signals.files import check_folder
    from signals.pipeline import analyse

    check_articles(options.articles)
    check_folder(options.out)
    _check_published(options)
    analysis = analyse(
        _with_progress(options.articles),
        prices=_source(options.prices),
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


def _audit(options: argparse.Namespace) -> int:
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


def _prices(options: argparse.Namespace) -> int:
    from signals.market.yahoo import YahooPrices

    source = YahooPrices(options.cache, progress=_bar("symbols"))
    kept = source.snapshots.latest()
    symbols = options.symbols or sorted(kept)
    if not symbols:
        raise ConfigError("No prices are kept yet: signals prices sync SYMBOL... fetches some.")
    if options.action == "sync":
        table = source.sync(symbols, *_days(options))
        print(table.drop(columns="detail").to_string(index=False))
        for row in table[table["reason"] != ""].to_dict("records"):
            print(f"signals: {row['symbol']}: {row['detail']}", file=sys.stderr)
        return DONE if table["status"].eq("fetched").all() else PARTIAL
    table = source.snapshots.show(symbols)
    if options.action == "show":
        print(table.to_string(index=False))
        return DONE if len(table) else NOTHING
    faults = source.check(symbols)
    print(faults.to_string(index=False) if len(faults) else f"No fault in {len(symbols)} symbols.")
    return PARTIAL if faults["action"].eq("refused").any() else DONE


def _days(options: argparse.Namespace) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Give the first and last day that were asked for; two years up to today by default."""
    import pandas as pd

    try:
        today = datetime.now(UTC).date()
        end = pd.Timestamp(date.fromisoformat(options.end) if options.end else today)
        start = pd.Timestamp(date.fromisoformat(options.start)) if options.start else None
    except ValueError as error:
        raise ConfigError(f"--start and --end are dates like 2025-07-21: {error}.") from error
    return start if start is not None else end - pd.DateOffset(years=2), end


def _check_published(options: argparse.Namespace) -> None:
    """Refuse a publication time that means nothing before any article is read."""
    from signals.news.published import parse_published

    try:
        parse_published(options.published or "2000-01-01", zone=options.zone)
    except ArticleError as error:
        raise ConfigError(f"--published or --zone: {error}") from error


def _with_progress(articles: Sequence[Path]) -> Iterator[Path]:
    """Give the articles one by one; on a terminal, show how far a run of several is."""
    show = _bar("articles") if len(articles) > 1 else None
    for done, path in enumerate(articles):
        yield path
        if show is not None:
            show(done + 1, len(articles))


def _bar(what: str) -> Callable[[int, int], None] | None:
    """Give what draws a progress bar, or None where there is no terminal to draw it on."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, of: int) -> None:
        filled = 30 * done // of
        bar = "#" * filled + "." * (30 - filled)
        end = "\n" if done == of else ""
        print(f"\r{bar} {done} of {of} {what}", end=end, file=sys.stderr, flush=True)

    return show


def _source(prices: str) -> PriceSource | str:
    """Give Yahoo a progress bar; leave the rest to the pipeline."""
    bar = _bar("symbols")
    if prices != "yahoo" or bar is None:
        return prices
    from signals.market.yahoo import YahooPrices

    return YahooPrices(progress=bar)


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
