"""A corpus of any size, scored in shards that can be interrupted anywhere and taken up again."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

from signals import __version__
from signals.corpus.corpusfiles import CorpusFile, Stamp, files_of, stamps_of
from signals.corpus.formats import Shard, printable
from signals.corpus.rows import CHANGED, SHARD_BYTES, Row, cut
from signals.corpus.shards import attempt_shard, counts_of, finished
from signals.corpus.workers import run_tasks
from signals.errors import ConfigError, LockedError
from signals.files import check_folder, hold, writable_folder, write_text
from signals.sentiment.opening import open_scorer
from signals.sources.rowreaders import Part

VERSION: Final = 5
"""Of what is scored: another one where files or columns are others."""


@dataclass(frozen=True, slots=True)
class Status:
    """How far a run is, and what was set aside.

    Attributes
    ----------
    shards, finished
        All shards, and those that are done.
    rows, articles, undated, scores, quarantined
        Counts over the finished shards; the undated ones among the articles state no time.
    failed
        Shards and files that were set aside: name -> reason.
    """

    shards: int
    finished: int
    rows: int = 0
    articles: int = 0
    undated: int = 0
    scores: int = 0
    quarantined: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """All shards are done, and no file was left out."""
        return self.finished == self.shards and not self.failed


def score_corpus(
    corpus: Path,
    out: Path,
    *,
    scorer: str = "default",
    workers: int = 1,
    engine: str = "local",
    progress: Callable[[int, int], None] | None = None,
    shard_bytes: int = SHARD_BYTES,
) -> Status:
    """Score a corpus into ``out``/shards/, or what is still missing of it.

    Parameters
    ----------
    corpus
        A file, or a folder of files: .jsonl, .csv, .parquet.
    out
        The output folder. What a run before finished there is kept.
    scorer
        Its name, as ``signals.sentiment.opening.open_scorer`` takes it.
    workers
        Processes of this machine; 1 works in this one. A script asks for more under
        ``if __name__ == "__main__":``, since each of them reads the script again.
    engine
        "local"; "dask", a cluster on this machine; or the address of a running Dask scheduler,
        such as tcp://10.0.0.1:8786.
    progress
        Called with the number of finished shards and of all shards.
    shard_bytes
        How much of a file one shard takes.

    Raises
    ------
    ConfigError
        There is no such corpus, or ``out`` holds the output of another one or another version.
    LockedError
        Another run is at work on ``out``.
    StoreError
        The disk is full, or the scheduler went away. What is done is kept.
    """
    check_pyarrow()
    open_scorer(scorer)
    if not corpus.exists():
        raise ConfigError(f"There is no corpus at {corpus}.")
    if out.resolve() == corpus.resolve():
        raise ConfigError(f"{out} is the corpus itself: name another folder, such as one in it.")
    check_folder(out)
    with locked(out), _nothing_of_a_refused_run(out):
        writable_folder(out / "shards")
        stamps = stamps_of(corpus)  # before anything is read of it
        plan = _open_plan(corpus, out, scorer, shard_bytes)
        shards = _shards_of(plan, corpus, stamps)
        failed = {row["place"]: row["detail"] for row in plan["unreadable"]}
        there = {path.name for path in finished(out)}
        missing = [shard for shard in shards if shard.name not in there]
        done = len(shards) - len(missing)
        work = partial(attempt_shard, out=str(out.absolute()), scorer=scorer)
        for outcome in run_tasks(missing, work, workers=workers, engine=engine):
            if outcome.counts is None:
                failed[_describe(outcome.task)] = printable(outcome.failure)
            done += 1
            if progress:
                progress(done, len(shards))
        failed |= _changed_since(stamps, corpus)
        write_text(out / "failed.json", json.dumps(failed, indent=1, sort_keys=True))
        _sweep(out / "shards")
    return status_of(out)


@contextmanager
def _nothing_of_a_refused_run(out: Path) -> Iterator[None]:
    """Take away what a run has made that is refused before any shard.

    Where the folder of the shards was there before, it may hold somebody's files.
    """
    plan, shards = out / "plan.json", out / "shards"
    begun, somebodys = plan.exists(), shards.exists()
    try:
        yield
    except ConfigError:
        if not begun and not finished(out):
            plan.unlink(missing_ok=True)
            if not somebodys:
                shutil.rmtree(shards, ignore_errors=True)
        raise


def _sweep(shards: Path) -> None:
    """Remove what killed workers left of shards that others have finished since.

    Of no other shard: a worker of a cluster whose client was killed may still be writing it.
    """
    for left in shards.glob(".*"):
        if (shards / left.name.split(".")[1]).is_dir():
            shutil.rmtree(left, ignore_errors=True)


def status_of(out: Path) -> Status:
    """Tell how far a run is, also while it runs.

    Raises
    ------
    ConfigError
        ``out`` is no output of ``signals score``.
    """
    plan = _read_plan(out)
    totals = {"rows": 0, "articles": 0, "undated": 0, "scores": 0, "quarantined": 0}
    folders = finished(out)
    for folder in folders:
        for name, count in counts_of(folder).items():
            totals[name] += count
    record = out / "failed.json"
    failed: dict[str, str] = json.loads(record.read_text()) if record.exists() else {}
    for folder in folders:  # of an earlier run, in this one they are done
        for name in [one for one in failed if one.startswith(f"shard {folder.name}:")]:
            del failed[name]
    return Status(len(plan["shards"]), len(folders), **totals, failed=failed)


def check_version(out: Path) -> None:
    """Raise a ConfigError where another version of this package has scored a corpus."""
    if _read_plan(out).get("version") != VERSION:
        raise ConfigError(
            f"{out} holds what another version of signals has scored: score the corpus again, into "
            "another folder."
        )


def check_pyarrow() -> None:
    """Raise a ConfigError where Parquet can't be read."""
    if find_spec("pyarrow") is None:
        raise ConfigError("pyarrow is missing: pip install 'market-news-signals[scale]'.")


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Make an output folder and hold its lock, or raise a LockedError at once.

    Of a run that leaves nothing behind, the lock and the folders go as well.
    """
    made = list(takewhile(lambda folder: not folder.exists(), (out, *out.parents)))
    writable_folder(out)
    before = set(out.iterdir())
    taken = LockedError(f"Another run is at work on {out}. Wait for it, or end it.")
    with hold(out / ".lock", patience=0, taken=taken):
        try:
            yield
        finally:
            if set(out.iterdir()) - before == {out / ".lock"}:
                with suppress(OSError):  # somebody else's file is in it by now
                    (out / ".lock").unlink()
                    for folder in made:
                        folder.rmdir()


def _open_plan(corpus: Path, out: Path, scorer: str, shard_bytes: int) -> dict[str, Any]:
    """Take up the plan of a run before, or make one; refuse that of something else."""
    made_of = {
        "version": VERSION,
        "signals": __version__,
        "scorer": open_scorer(scorer).name,
        "corpus": _identity(corpus),
    }
    if (out / "plan.json").exists():
        plan = _read_plan(out)
        for what, mine in made_of.items():
            if (had := plan.get(what)) != mine:
                why = f"it has {_short(had)}, this run {_short(mine)}"
                if what == "corpus":
                    why = _changed(had, mine) or why
                raise ConfigError(
                    f"{out} holds the output of another {what}: {why}. Name another folder."
                )
        return plan
    shards, unreadable = cut(corpus, shard_bytes=shard_bytes)
    plan = made_of | {
        "shards": [_planned(shard) for shard in shards],
        "unreadable": [_without_article(row) for row in unreadable],
    }
    write_text(out / "plan.json", json.dumps(plan, sort_keys=True))
    return plan


def _planned(shard: Shard) -> dict[str, Any]:
    """Give what a plan keeps of a shard: wherever the corpus is."""
    kept = asdict(shard)
    del kept["root"], kept["stamp"]
    return kept


def _shards_of(plan: Mapping[str, Any], corpus: Path, stamps: Mapping[str, Stamp]) -> list[Shard]:
    """Give the shards of a plan in the corpus as it is now."""
    root = str((corpus if corpus.is_dir() else corpus.parent).absolute())
    return [
        Shard(
            one["number"],
            one["path"],
            one["kind"],
            Part(*one["part"]),
            tuple(one["header"]),
            root,
            stamps.get(one["path"], (0, 0)),
        )
        for one in plan["shards"]
    ]


def _changed_since(stamps: Mapping[str, Stamp], corpus: Path) -> dict[str, str]:
    """Name the files that were written to, have come or have gone since they had these stamps."""
    now = stamps_of(corpus)
    names = sorted(stamps.keys() | now.keys())
    return {printable(one): f"It {CHANGED}" for one in names if stamps.get(one) != now.get(one)}


def _without_article(row: Row) -> dict[str, str]:
    return {"place": row.place, "reason": row.reason, "detail": row.detail}


def _read_plan(out: Path) -> dict[str, Any]:
    try:
        plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{out} holds no output of `signals score`.") from error
    if not isinstance(plan, dict) or "shards" not in plan:
        raise ConfigError(f"{out / 'plan.json'} is no plan of `signals score`.")
    return plan


def _identity(corpus: Path) -> list[list[str | int]]:
    """Tell a corpus from another: names, sizes and contents of its files, at a gigabyte a second.

    Not where it is: it may be moved between two runs. A time that is corrected in its place leaves
    the size, and a copy may leave every stamp.
    """
    return [[one.name, one.path.lstat().st_size, _digest(one)] for one in files_of(corpus)]


def _digest(file: CorpusFile) -> str:
    """Hash a file; empty for one that is not read, and for one that can't be."""
    if file.unread:
        return ""
    try:
        with file.path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""


def _changed(had: object, mine: object) -> str:
    """Say which file is there as it was, but for what it holds; empty where others are there."""
    if not isinstance(had, list) or not isinstance(mine, list):
        return ""
    names = [one[0] for one in had if one not in mine]
    changed = [one[0] for one in mine if one not in had]
    return f"{changed[0]} holds something else than then" if changed and names == changed else ""


def _describe(shard: Shard) -> str:
    return f"shard {shard.name}: {shard.place}"


def _short(what: object) -> str:
    text = str(what)
    return text if len(text) <= 80 else f"{text[:77]}..."
