"""``signals init``, ``report``, ``verify``, ``export`` and ``doctor``: unattended runs."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from signals.cli.show import count
from signals.errors import ConfigError
from signals.exits import DONE, LOCKED, PARTIAL, USAGE

if TYPE_CHECKING:
    from signals.batch.run import Outcome
    from signals.batch.verify import Difference

    # argparse has no public name for it.
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001

_CONFIG = Path("signals.toml")
_MOST_OF_A_KIND, _FIRST_OF_A_KIND = 5, 3  # differences that are told one by one, and of more


def add(commands: _Commands) -> None:
    """Add the commands of unattended runs."""
    _add_init(commands)
    for command in (_add_report, _add_verify, _add_export, _add_doctor):
        command(commands).add_argument(
            "--config",
            type=Path,
            default=_CONFIG,
            metavar="FILE",
            help="the configuration (default signals.toml)",
        )


def _add_init(commands: _Commands) -> None:
    new = commands.add_parser(
        "init",
        help="write a commented signals.toml",
        description="Writes a commented configuration: in a clone one that works offline on the "
        "samples, elsewhere one that reads a folder news and fetches prices. A file that is there "
        "is left as it is.",
        epilog="Example:\n  signals init\n",
    )
    new.add_argument("path", nargs="?", type=Path, default=_CONFIG, help="the file to write")
    new.set_defaults(command=_init)


def _add_report(commands: _Commands) -> argparse.ArgumentParser:
    report = commands.add_parser(
        "report",
        help="the scheduled report on a watch list",
        description="Makes the report on the previous session of each exchange of the watch list: "
        "locked, idempotent, atomic. On a day without trading it does nothing.",
        epilog="Examples:\n"
        "  signals report\n"
        "  signals report --session 2025-07-22 --offline\n"
        "  signals report --config desk.toml --since 2025-07-01 --log-json\n"
        "\nExit codes: 0 done; 2 usage or configuration; 3 partial, the report says what is "
        "missing; 4 nothing usable; 5 another run holds the lock.",
    )
    report.add_argument(
        "--session", default="previous", metavar="DATE", help="a session, or previous (default)"
    )
    report.add_argument(
        "--since",
        metavar="DATE",
        help="every session from then on without a report; with --session, up to that one",
    )
    report.add_argument("--offline", action="store_true", help="ask no address; use what is kept")
    report.add_argument("--json", action="store_true", help="print a status line for machines")
    report.add_argument("--log-json", action="store_true", help="write the log as JSON lines")
    report.set_defaults(command=_report)
    return report


def _add_verify(commands: _Commands) -> argparse.ArgumentParser:
    verify = commands.add_parser(
        "verify",
        help="repeat a run and name what differs",
        description="Repeats a run of signals report offline, from what its folder and the store "
        "keep, and compares today's files, options, words and versions with those of the run. "
        "Names each price, word, article, option or version that is no longer as it was; of many "
        "of a kind, such as the prices of another source, how many there are and the first.",
        epilog="Examples:\n  signals verify out/daily/latest\n"
        "  signals verify out/daily/latest --json\n"
        "\nExit codes: 0 everything is as it was; 2 usage; 3 something differs.",
    )
    verify.add_argument("run", type=Path, metavar="RUN", help="a folder, such as out/daily/latest")
    verify.add_argument("--json", action="store_true", help="print all that differs for machines")
    verify.set_defaults(command=_verify)
    return verify


def _add_export(commands: _Commands) -> argparse.ArgumentParser:
    export = commands.add_parser(
        "export",
        help="write what the store keeps as tables",
        description="Writes articles, mentions, scores, stories, events, runs and deliveries, a "
        "file each, as they were at one moment; a run may be at work meanwhile.",
        epilog="Example:\n  signals export --out tables --format parquet\n",
    )
    export.add_argument("--out", required=True, type=Path, metavar="DIR", help="output folder")
    export.add_argument(
        "--format",
        default="csv",
        choices=("csv", "jsonl", "parquet"),
        help="of the files (default csv; parquet needs pyarrow)",
    )
    export.set_defaults(command=_export)
    return export


def _add_doctor(commands: _Commands) -> argparse.ArgumentParser:
    doctor = commands.add_parser(
        "doctor",
        help="check what a scheduled run needs",
        description="Looks at the clock, calendars, folders, the store, each source, prices, the "
        "scorer and the mail server. Secrets are looked up and never shown.",
        epilog="Example:\n  signals doctor --config signals.toml\n"
        "\nExit codes: 0 nothing is missing; 2 something is.",
    )
    doctor.set_defaults(command=_doctor)
    return doctor


def _init(options: argparse.Namespace) -> int:
    from signals.batch.configfile import fresh_config, sample_config
    from signals.files import writable_folder, write_text

    if options.path.exists():
        raise ConfigError(f"{options.path} is there already; it is left as it is.")
    folder = options.path.parent
    named = "" if options.path == _CONFIG else f" --config {options.path}"
    if all((folder / name).is_dir() for name in ("data/articles", "data/prices")):
        write_text(options.path, sample_config())
        print(f"{options.path} is written. Try it: signals report{named} --session 2025-07-22")
        return DONE
    writable_folder(folder / "news", of="news")
    write_text(options.path, fresh_config())
    print(
        f"{options.path} is written, and a folder {folder / 'news'} beside it. Put articles there, "
        "or name other sources; name your symbols in watch. Prices come from Yahoo Finance unless "
        f"you name files. What is still missing: signals doctor{named}"
    )
    return DONE


def _report(options: argparse.Namespace) -> int:
    from signals.batch.configfile import read_config
    from signals.batch.run import run_report
    from signals.errors import LockedError

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
            _clear_progress()
            print(_status_line(outcome) if options.json else _status_words(outcome), flush=True)
            code = max(code, outcome.code)
    except LockedError:
        if options.json:
            print(json.dumps({"code": LOCKED, "state": "locked"}, sort_keys=True))
        raise
    finally:
        _clear_progress()
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


def _clear_progress() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


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
    from signals.batch.configfile import read_config
    from signals.batch.verify import manifest_of, verify_run

    manifest_of(options.run)  # no configuration is missed for what is no run
    found = verify_run(options.run, read_config(options.config))
    code = PARTIAL if found else DONE
    if options.json:
        told = {"code": code, "differences": [asdict(one) for one in found]}
        print(json.dumps(told, sort_keys=True, ensure_ascii=False))
    else:
        print("\n".join(_differences(found)))
    return code


def _differences(found: Sequence[Difference]) -> Iterator[str]:
    """Name what differs; of many of one kind how many, and the first of some."""
    if not found:
        yield "Everything is as it was: the run repeats to the same bytes."
    moved = any(one.kind == "option" and one.what.startswith("prices.") for one in found)
    for kind, group in groupby(found, key=attrgetter("kind")):
        alike = list(group)
        if len(alike) <= _MOST_OF_A_KIND:
            yield from (f"{kind} {one.what}: {one.detail}" for one in alike)
            continue
        firsts = {one.what.partition(" ")[0]: one for one in reversed(alike)}
        of = f" of {count(len(firsts), 'symbol')}" if kind == "price" else ""
        why = ", as they come from another source now" if of and moved else ""
        many = f"{len(alike):,} {kind.rstrip('s')}s{of} differ{why}"
        yield f"{many}; --json names all of them, the first are:"
        shown = list(reversed(firsts.values()))[:_FIRST_OF_A_KIND]
        yield from (f"  {one.what}: {one.detail}" for one in shown)


def _export(options: argparse.Namespace) -> int:
    from signals.batch.configfile import read_config
    from signals.batch.export import export_tables
    from signals.batch.store import Store

    with Store(read_config(options.config).state) as store:
        for path in export_tables(store, options.out, form=options.format):
            print(path)
    return DONE


def _doctor(options: argparse.Namespace) -> int:
    from signals.batch.configfile import read_config
    from signals.batch.doctor import examine

    findings = examine(read_config(options.config))
    for one in findings:
        print(f"{one.state:<6}  {one.what}: {one.detail}")
    return USAGE if any(one.state == "fault" for one in findings) else DONE
