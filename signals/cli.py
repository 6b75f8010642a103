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
    from signals.sentiment.scorer import Scorer

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
        "--scorer",
        default="finance",
        choices=("finance", "vader"),
        help="sentiment engine (default finance)",
    )
    analyse.add_argument("--out", required=True, metavar="DIR", type=Path, help="output folder")
    analyse.add_argument("--json", action="store_true", help="print a summary for machines")
    analyse.set_defaults(command=_analyse)
    _add_explain(commands)
    return parser


def _add_explain(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    explain = commands.add_parser(
        "explain",
        help="the words that make a score",
        description="Prints what an article says about a security, sentence by sentence, and what "
        "each word adds to the score; the parts add up to it.",
    )
    explain.add_argument("article", metavar="ARTICLE", type=Path)
    explain.add_argument(
        "--symbol", metavar="SYMBOL", help="a security of the article; the article itself without"
    )
    explain.add_argument(
        "--scorer",
        default="finance",
        choices=("finance", "vader"),
        help="sentiment engine (default finance)",
    )
    explain.set_defaults(command=_explain)


def _explain(options: argparse.Namespace) -> int:
    from signals.news.article import read_article
    from signals.sentiment.articles import score

    article = read_article(options.article)
    scores = score(article, scorer=_scorer(options.scorer))
    by_symbol = {one.symbol: one for one in scores}
    wanted = scores.article if options.symbol is None else by_symbol.get(options.symbol.upper())
    if wanted is None:
        known = ", ".join(str(symbol) for symbol in by_symbol) or "none"
        raise ArticleError(f"The article is not about {options.symbol}; it is about: {known}.")
    subject = wanted.symbol or "the whole article"
    print(f"{subject} {wanted.score:+.4f} {wanted.label}, by {wanted.scorer}")
    for sentence in scores.sentences:
        parts = [
            part for part in wanted.contributions if sentence.start <= part.start < sentence.end
        ]
        if parts:
            total = sum(part.value for part in parts)
            words = " ".join(article.text[sentence.start : sentence.end].split())
            print(f"\n{total:+.4f}  {words}")
            for part in sorted(parts, key=lambda part: -abs(part.value)):
                print(f"    {part.value:+.4f}  {part.what}  [{part.start}:{part.end}]")
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
        scorer=_scorer(options.scorer),
        published=options.published,
        zone=options.zone,
    )
    written = write_outputs(analysis, options.out, articles=options.articles)
    print(_for_machines(analysis, written) if options.json else _for_people(analysis, options.out))
    for row in analysis.missing.to_dict("records"):
        print(f"signals: {row['article'] or row['event_id']}: {row['detail']}", file=sys.stderr)
    return PARTIAL if len(analysis.missing) else DONE


def _scorer(name: str) -> Scorer:
    from signals.sentiment.finance import Finance
    from signals.sentiment.vader import Vader

    return Vader() if name == "vader" else Finance()


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
