"""Files that are either wholly there or not there: written beside their target and renamed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from signals.errors import ConfigError, SignalsError, StoreError

_PATIENCE = 30  # seconds to wait for the lock of a folder


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file so that a reader sees the old content or the new, never a part.

    Parameters
    ----------
    path
        The target; its folder must exist.
    content
        Everything that the file will hold.

    Raises
    ------
    ConfigError
        The folder can't be written.
    """
    with written(path) as file:
        file.write(content)
    return path


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to, which takes the place of ``path`` when all of it is there.

    Raises
    ------
    ConfigError
        The folder can't be written.
    """
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise ConfigError(f"{path.parent} can't be written: {error.strerror}.") from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except OSError as error:
        raise ConfigError(f"{path} can't be written: {error.strerror}.") from error
    finally:
        Path(beside).unlink(missing_ok=True)  # renamed by now, unless something went wrong


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8 text with line feeds, as :func:`write_bytes` does."""
    return write_bytes(path, text.encode("utf-8", "replace"))


def check_folder(path: Path, *, of: str = "output") -> None:
    """Refuse a folder that can't be made or written, before the work begins; ``of`` names it.

    Raises
    ------
    ConfigError
        It is a file, or lies below one, or may not be written.
    """
    nearest = next(
        folder for folder in (path.absolute(), *path.absolute().parents) if folder.exists()
    )
    if not nearest.is_dir():
        raise ConfigError(f"The {of} folder {path} can't be made: {nearest} is a file.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise ConfigError(f"The {of} folder {path} can't be written. Name another one.")


def writable_folder(path: Path, *, of: str = "output") -> Path:
    """Make a folder when it is missing, and prove that a file can be written; ``of`` names it.

    Raises
    ------
    ConfigError
        It is a file, or it can't be made or written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise ConfigError(
            f"The {of} folder {path} can't be written: {error.strerror}. Name another one."
        ) from error
    return path


def cache_folder() -> Path:
    """Give the folder of this program in the user's cache; it need not exist yet."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("market-news-signals", appauthor=False))


@contextmanager
def hold(lock: Path, *, patience: float, taken: SignalsError) -> Iterator[None]:
    """Hold a lock file for as long as this lasts; a process that is killed gives its lock back.

    Raises
    ------
    SignalsError
        ``taken``, when another process holds it for longer than ``patience`` seconds.
    """
    from filelock import FileLock, Timeout

    holder = FileLock(lock)
    try:
        holder.acquire(timeout=patience)
    except Timeout as error:
        raise taken from error
    try:
        yield
    finally:
        holder.release()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which is made when it is missing; two processes take turns.

    Raises
    ------
    StoreError
        The folder can't be written, or another process holds the lock for longer.
    """
    taken = StoreError(
        f"Another process has held the lock of {folder} for {_PATIENCE} s: try again."
    )
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(hold(folder / ".lock", patience=_PATIENCE, taken=taken))
        except OSError as error:
            raise StoreError(f"{folder} can't be written: {error.strerror}.") from error
        yield
