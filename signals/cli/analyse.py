"""``signals analyse``: articles in, an event study and a report out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from signals.cli.options import add_market, add_prices, add_scorer, add_time, check_time
from signals.cli.show import bar, columns, what_is_missing
from signals.exits import DONE, PARTIAL

if TYPE_CHECKING:
    from signals.market.prices import PriceSource
    from signals.pipeline import Analysis


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    analyse = commands.add_parser(
        "analyse",
        help="articles in, an event study and a report out",
        description="Reads articles (plain text or HTML), finds the shares they are about, scores "
        "what they say about each, and studies how prices moved around them. Writes report.html, "
        "events.csv, abnormal_returns.csv, manifest.json and figures/ to the output folder.",
        epilog="Examples:\n"
        "  signals analyse data/articles/openai-uk.txt --prices data/prices --out out\n"
        "  signals analyse news/*.html --zone America/New_York --prices yahoo --out out\n"
        "\nExit codes: 0 done; 2 usage; 3 partial, the report says what is missing; 4 nothing "
        "usable.",
    )
    analyse.add_argument(
        "articles", nargs="+", metavar="ARTICLE", type=Path, help="files of text or HTML"
    )
    add_time(analyse)
    add_prices(analyse)
    add_market(analyse)
    analyse.add_argument(
        "--model",
        default="market",
        choices=("market", "market_adjusted", "mean", "dimson", "scholes_williams"),
        help="return model (default market)",
    )
    add_scorer(analyse)
    analyse.add_argument("--out", required=True, metavar="DIR", type=Path, help="output folder")
    analyse.add_argument("--json", action="store_true", help="print a summary for machines")
    analyse.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Run the command and give its exit code."""
    from signals.batch.outputs import check_files, write_outputs
    from signals.files import check_folder
    from signals.pipeline import analyse
    from signals.sentiment.opening import open_scorer

    check_files(options.articles, right="Name one or several files of text or HTML.")
    check_folder(options.out)
    check_time(options)
    analysis = analyse(
        _with_progress(options.articles),
        prices=_source(options.prices),
        market=options.market,
        model=options.model,
        scorer=open_scorer(options.scorer),
        published=options.published,
        zone=options.zone,
    )
    written = write_outputs(analysis, options.out, articles=options.articles)
    print(for_machines(analysis, written) if options.json else _for_people(analysis, options.out))
    for line in what_is_missing(analysis.missing):
        print(f"signals: {line}", file=sys.stderr)
    return PARTIAL if len(analysis.missing) else DONE


def _with_progress(articles: Sequence[Path]) -> Iterator[Path]:
    """Give the articles one by one; on a terminal, show how far a run of several is."""
    show = bar("articles") if len(articles) > 1 else None
    for done, path in enumerate(articles):
        yield path
        if show is not None:
            show(done + 1, len(articles))


def _source(prices: str) -> PriceSource | str:
    """Give Yahoo a progress bar; leave the rest to the pipeline."""
    shown = bar("symbols")
    if prices != "yahoo" or shown is None:
        return prices
    from signals.market.yahoo import YahooPrices

    return YahooPrices(progress=shown)


def _for_people(analysis: Analysis, out: Path) -> str:
    """Say in a few lines what the report shows at length."""
    from signals.report import spelling

    lines = []
    for reading in analysis.readings:
        article = reading.article
        known = "it states no publication time, so that it can't be priced"
        if article.known_at is not None:
            known = f"known to everyone at {spelling.instant(article.known_at)}"
        lines += [article.title or reading.name, f"  {known}"]
        unlisted = [
            e.name for e in reading.mentions.entities if e.symbol is None and e.relevance > 0
        ]
        if unlisted:
            lines.append(f"  about, but not listed: {', '.join(unlisted)}")
        if not len(reading.scores):
            lines.append("  about no listed company")
    table = _table_of_events(analysis)
    told = "says how sure that is, and why" if table else "tells what was read; no move is measured"
    return "\n".join(
        [*lines, *(["", table] if table else []), "", f"{out / 'report.html'} {told}."]
    )


def _table_of_events(analysis: Analysis) -> str:
    """One row a studied event: what was said, and the move over the window that decides."""
    from signals.report import spelling
    from signals.report.verdicts import HEADLINE

    summary = analysis.summary()
    if summary.empty:
        return ""
    window = f"CAR({HEADLINE[0]},{HEADLINE[1]})"
    rows = [("symbol", "session", "sentiment", window, "95 % interval", "p", "would be seen")]
    rows += [
        (
            str(row["symbol"]),
            f"{row['session']:%Y-%m-%d}",
            spelling.signed(row["score"]),
            spelling.percent(row["car"]),
            spelling.interval(row["ci_low"], row["ci_high"]),
            spelling.p_value(row["p_value"]),
            spelling.size(row["mde"]),
        )
        for row in summary.to_dict("records")
    ]
    return columns(rows)


def for_machines(analysis: Analysis, written: Sequence[Path]) -> str:
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
