"""The command line: one small function a command; the only place that prints.

Exit codes: 0 done; 1 unexpected; 2 usage or configuration; 3 partial, the report says what is
missing; 4 nothing usable. Results go to stdout, progress and errors to stderr.
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
    _add_mentions(commands)
    _add_companies(commands)
    return parser


def _add_mentions(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    mentions = commands.add_parser(
        "mentions",
        help="which companies an article mentions, where, and how much it is about each",
        description="Reads one article (plain text or HTML) and prints the companies that it "
        "mentions, the most relevant first, and every place of each.",
    )
    mentions.add_argument("article", metavar="ARTICLE", type=Path)
    mentions.add_argument(
        "--published", metavar="ISO", help="when, for an article that doesn't say"
    )
    mentions.add_argument(
        "--listing", default="as_written", choices=("as_written", "primary", "us")
    )
    mentions.add_argument(
        "--companies", metavar="FILE", type=Path, help="a table that companies refresh has written"
    )
    mentions.add_argument("--json", action="store_true", help="print a list for machines")
    mentions.set_defaults(command=_mentions)


def _add_companies(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    companies = commands.add_parser("companies", help="the table of companies")
    actions = companies.add_subparsers(title="actions", required=True, metavar="ACTION")
    refresh = actions.add_parser(
        "refresh",
        help="add what a public list has today",
        description="Writes the package's table and what the list has besides; the package's own "
        "table stays as it is. Use the new one with signals mentions --companies.",
    )
    refresh.add_argument("--source", default="sec", choices=("sec",))
    refresh.add_argument("--contact", required=True, metavar="MAIL", help="the SEC asks for it")
    refresh.add_argument("--out", metavar="FILE", type=Path, help="default: the user's cache")
    refresh.add_argument("--url", help=argparse.SUPPRESS)
    refresh.set_defaults(command=_refresh)


def _mentions(options: argparse.Namespace) -> int:
    from signals.news.article import read_article
    from signals.news.mentions import find_mentions
    from signals.news.securities import SecurityBook

    book = None
    if options.companies:
        try:
            book = SecurityBook.from_table(options.companies.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"--companies can't be read: {error}") from error
    article = read_article(options.article, published=options.published)
    found = find_mentions(article, book=book, listing=options.listing)
    if options.json:
        keys = ("symbol", "mic", "company", "start", "end", "how", "role", "boilerplate")
        relevance = {entity.company: entity.relevance for entity in found.entities}
        rows = [
            {key: getattr(one, key) for key in keys} | {"relevance": relevance[one.company]}
            for one in found
        ]
        print(json.dumps(rows))
        return DONE
    for entity in found.entities:
        print(f"{entity.relevance:5.1f}  {entity.symbol or '-':<12}  {entity.name}")
        for one in entity.mentions:
            written = " ".join(article.text[one.start : one.end].split())
            told = [one.how, one.role, *(["boilerplate"] * one.boilerplate)]
            print(f"       {one.start:>6}  {written}  ({', '.join(told)})")
    for failed in found.unresolved:
        print(f"signals: {failed.reason}", file=sys.stderr)
    return DONE


def _refresh(options: argparse.Namespace) -> int:
    from signals.sources.companies import SEC_LIST, default_table, refresh_companies

    path = options.out or default_table()
    new = refresh_companies(path, contact=options.contact, url=options.url or SEC_LIST)
    print(f"{new} new listings; the table is {path}")
    return DONE


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
