"""Putting a finished report where its readers look: renamed into place, then pointed to, then sent.

Each step looks first whether it has been done, so that a run which follows a kill does the rest.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from signals.batch.delivery import Said, deliver
from signals.errors import ConfigError
from signals.files import write_bytes, write_text

if TYPE_CHECKING:
    from signals.batch.config import Config
    from signals.batch.records import Run
    from signals.batch.store import Store

_LOG = logging.getLogger(__name__)
MANIFEST = "manifest.json"
"""Names every file of a run."""

_BUILDING = ".building-"
_LATEST = "latest"


def write_run(output: Path, name: str, files: Mapping[str, bytes]) -> Path:
    """Write a report's files into a new folder and rename it into place when all are there.

    Raises
    ------
    ConfigError
        The folder can't be written, for instance since the disk is full; nothing is left behind.
    """
    runs = output / "runs"
    building = Path(tempfile.mkdtemp(dir=runs, prefix=_BUILDING))
    try:
        for file, content in files.items():
            place = building / file
            place.parent.mkdir(exist_ok=True)
            write_bytes(place, content)
        building.chmod(0o755)
        target, number = runs / name, 2
        while target.exists():
            there = target / MANIFEST
            if is_whole(target) and there.read_bytes() == files[MANIFEST]:
                return target  # a run that was killed after this step
            target, number = runs / f"{name}-{number}", number + 1
        building.rename(target)
    except OSError as error:
        raise ConfigError(f"The report can't be written to {runs}: {error.strerror}.") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def is_whole(folder: Path) -> bool:
    """Tell whether a run's folder holds its manifest and each file that it names."""
    try:
        names = list(json.loads((folder / MANIFEST).read_bytes())["files"])
    except (OSError, ValueError, LookupError, TypeError):
        return False
    return all((folder / name).is_file() for name in names)


def clear_unfinished(output: Path) -> None:
    """Take away what killed runs left half made; only the holder of the lock may ask for it."""
    for path in (output / "runs").glob(f"{_BUILDING}*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in output.glob(f".{_LATEST}.*"):
        path.unlink(missing_ok=True)


def publish(config: Config, store: Store, run: Run | None, *, now: datetime) -> Said:
    """Point to the report of the newest session, and send this one where that was not done.

    Mails that were refused before are sent as well, on a day without a report (None) too.

    Returns
    -------
    What a reader should know, such as that a mail was refused.
    """
    newest = store.last_run()
    words = () if newest is None else _point(config.output, newest.folder)
    said = deliver(config, store, run, now=now)
    return Said((*words, *said.words), said.whole and not words)


def _point(output: Path, folder: str) -> tuple[str, ...]:
    """Move ``latest``; where links can't be made, ``latest.txt`` names the folder.

    Returns
    -------
    What has to be done where something else stands in the place of the link.
    """
    link, target, named = output / _LATEST, Path("runs") / folder, output / f"{_LATEST}.txt"
    if not (link.is_symlink() and link.readlink() == target):
        beside = output / f".{_LATEST}.{os.getpid()}"
        try:
            beside.unlink(missing_ok=True)
            beside.symlink_to(target, target_is_directory=True)
            beside.replace(link)
        except OSError:
            beside.unlink(missing_ok=True)
            words = f"{target.as_posix()}\n"
            if not named.is_file() or named.read_text(encoding="utf-8") != words:
                write_text(named, words)
            return _blocked_words(link, named)
    named.unlink(missing_ok=True)  # of a time when no link could be made
    return ()


def _blocked_words(link: Path, named: Path) -> tuple[str, ...]:
    if not link.is_dir() or link.is_symlink():
        return ()
    words = (
        f"{link} is a folder and no link, as copies that follow links make it: it goes on showing "
        f"an older report. Remove it, and the next run makes the link; {named.name} beside it "
        "names the newest report."
    )
    _LOG.warning("%s", words)
    return (words,)
