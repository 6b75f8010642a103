"""``signals score``: many articles in, scores in shards out."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from signals.cli.options import add_engine, add_scorer, engine_of
from signals.cli.show import bar, count
from signals.exits import DONE, NOTHING, PARTIAL

if TYPE_CHECKING:
    from signals.corpus.plan import Plan
    from signals.corpus.scoring import Status


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    score = commands.add_parser(
        "score",
        help="many articles in, scores in shards out",
        description="Scores a corpus of JSON Lines, CSV or Parquet files in shards. Interrupted "
        "anywhere, the same command takes it up again: no row is lost or doubled.",
        epilog="Examples:\n"
        "  signals score corpus.jsonl --out scores --plan\n"
        "  signals score corpus --out scores --workers 2\n"
        "\nExit codes: 0 done; 2 usage; 3 partial, --status says what is missing, or no "
        "article states a time; 4 nothing usable; 5 another run is at work on the output folder.",
    )
    score.add_argument("corpus", metavar="CORPUS", type=Path, help="a file, or a folder of files")
    score.add_argument("--out", required=True, metavar="DIR", type=Path, help="output folder")
    add_scorer(score)
    add_engine(score)
    score.add_argument("--json", action="store_true", help="print a summary for machines")
    instead = score.add_mutually_exclusive_group()
    instead.add_argument("--plan", action="store_true", help="only tell rows, time and memory")
    instead.add_argument("--status", action="store_true", help="only tell how far it is")
    score.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Run the command and give its exit code."""
    from signals.corpus.losses import loss_words, losses_of
    from signals.corpus.scoring import score_corpus, status_of

    engine = engine_of(options)
    if options.plan:
        return _plan(options)
    if options.status:
        status = status_of(options.out)
    else:
        status = score_corpus(
            options.corpus,
            options.out,
            scorer=options.scorer,
            workers=options.workers,
            engine=engine,
            progress=bar("shards"),
        )
    told = json.dumps(asdict(status), sort_keys=True) if options.json else _for_people(status)
    print("\n".join([told, *([] if options.json else _columns_lacking(status, options.out))]))
    for what, why in loss_words(losses_of(options.out)).items():
        print(f"signals: {what}: {why}", file=sys.stderr)
    if not status.rows and not status.failed and not options.status:
        print(f"signals: {options.corpus} holds no row.", file=sys.stderr)
    if not status.articles and not options.status:
        return NOTHING
    useless = 0 < status.articles == status.undated  # nothing can be studied of them
    return PARTIAL if useless or status.quarantined or not status.complete else DONE


def _plan(options: argparse.Namespace) -> int:
    """Tell rows, time and memory instead of scoring."""
    from signals.corpus.plan import plan_corpus

    plan = plan_corpus(
        options.corpus,
        workers=options.workers,
        scorer=options.scorer,
        start=time.process_time(),  # up to here
    )
    print(json.dumps(asdict(plan), sort_keys=True) if options.json else _plan_text(plan))
    return PARTIAL if plan.unreadable else DONE


def _for_people(status: Status) -> str:
    return (
        f"{status.finished} of {count(status.shards, 'shard')}: {count(status.rows, 'row')}, "
        f"{count(status.articles, 'article')}, {count(status.scores, 'score')} of securities, "
        f"{count(status.quarantined, 'row')} set aside"
    )


def _columns_lacking(status: Status, out: Path) -> list[str]:
    """Say what columns may be called where times or texts were not found."""
    from signals.corpus.scored import titles_alone
    from signals.sources.tables import SPELLINGS

    lines = []
    if status.undated > status.articles / 2:  # else a column was found, and single articles lack it
        called = ", ".join(SPELLINGS["published"])
        lines.append(f"where articles state no time: the column of times may be called {called}")
    if titles_alone(out):
        called = ", ".join(SPELLINGS["text"])
        lines.append(
            f"titles were scored, without texts: the column of texts may be called {called}"
        )
    return lines


def _plan_text(plan: Plan) -> str:
    lines = [
        f"about {count(plan.rows, 'row')} in {count(plan.shards, 'shard')}",
        f"about {count(max(plan.seconds, 1), 'second')} and {plan.memory / 1e9:.1f} GB of memory",
    ]
    return "\n".join([*lines, *(f"can't be read: {path}: {why}" for path, why in plan.unreadable)])
