"""Putting a finished report where its readers look: renamed into place, then pointed to, then sent.

Each step looks first whether it has been done, so that a run which follows a kill does the rest.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from signals.errors import ConfigError
from signals.files import write_bytes, write_text

if TYPE_CHECKING:
    from signals.batch.config import Config, Delivery
    from signals.batch.records import Run
    from signals.batch.store import Store

_LOG = logging.getLogger(__name__)
MANIFEST = "manifest.json"
"""The file by which a run is known to be whole."""

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
            if there.is_file() and there.read_bytes() == files[MANIFEST]:
                return target  # a run that was killed after this step
            target, number = runs / f"{name}-{number}", number + 1
        building.rename(target)
    except OSError as error:
        raise ConfigError(f"The report can't be written to {runs}: {error.strerror}.") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def clear_unfinished(output: Path) -> None:
    """Take away what killed runs left half made; only the holder of the lock may ask for it."""
    for path in (output / "runs").glob(f"{_BUILDING}*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in output.glob(f".{_LATEST}.*"):
        path.unlink(missing_ok=True)


def publish(config: Config, store: Store, run: Run, *, now: datetime) -> tuple[str, ...]:
    """Point to the report of the newest session, and send this one where that was not done.

    Returns
    -------
    What a reader should know, such as that the mail was refused.
    """
    newest = store.last_run()
    if newest is not None:
        _point(config.output, newest.folder)
    return _deliver(config, store, run, now=now)


def _point(output: Path, folder: str) -> None:
    """Move ``latest``; where links can't be made, ``latest.txt`` names the folder."""
    link, target = output / _LATEST, Path("runs") / folder
    if link.is_symlink() and link.readlink() == target:
        return
    beside = output / f".{_LATEST}.{os.getpid()}"
    try:
        beside.unlink(missing_ok=True)
        beside.symlink_to(target, target_is_directory=True)
        beside.replace(link)
    except OSError:
        words = f"{target.as_posix()}\n"
        place = output / f"{_LATEST}.txt"
        if not place.is_file() or place.read_text(encoding="utf-8") != words:
            write_text(place, words)


def _deliver(config: Config, store: Store, run: Run, *, now: datetime) -> tuple[str, ...]:
    """Send a report once; what was begun and not ended is never repeated."""
    if config.delivery is None:
        return ()
    states = store.deliveries(run.key)
    words = [
        f"Mail to {one} was interrupted before; it is not sent again."
        for one, state in states.items()
        if state == "begun"
    ]
    waiting = [one for one in config.delivery.to if states.get(one) not in {"begun", "sent"}]
    if waiting:
        content = (config.output / "runs" / run.folder / "report.eml").read_bytes()
        store.record_delivery(run.key, waiting, state="begun")
        words += _send(content, config.delivery, waiting, store, key=run.key, now=now)
    return tuple(words)


def _send(
    content: bytes,
    delivery: Delivery,
    waiting: list[str],
    store: Store,
    *,
    key: str,
    now: datetime,
) -> list[str]:
    """Send a report to those who wait for it, note what became of it, and say so."""
    from signals.batch.mail import UncertainError, send

    try:
        refused = send(content, delivery, to=waiting, now=now)
    except UncertainError as error:
        _LOG.warning("%s", error)
        return [f"{error} It is not sent again."]
    except (OSError, ConfigError) as error:
        refused = dict.fromkeys(waiting, str(error))
    sent = [one for one in waiting if one not in refused]
    store.record_delivery(key, sent, state="sent")
    store.record_delivery(key, list(refused), state="refused")
    words = []
    for why in dict.fromkeys(refused.values()):
        names = ", ".join(one for one in refused if refused[one] == why)
        _LOG.warning("mail to %s was refused: %s", names, why)
        words.append(f"The mail to {names} was refused: {why}. The next run tries again.")
    return [*words, f"Mailed to {', '.join(sent)}."] if sent else words
