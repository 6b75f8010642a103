"""The files of a corpus: which are read, and what is said of the others."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from signals.corpus.formats import KINDS
from signals.errors import ConfigError
from signals.sources.folder import entries, no_file

KNOWN: Final = ", ".join(sorted(KINDS))
_PACKED = frozenset({".gz", ".bz2", ".xz", ".zst", ".zstd", ".lz4", ".zip"})
# What lies beside data and holds none; all else is told of.
_NOTES = frozenset("readme license licence notes notice changelog citation terms _success".split())
_NOTE_ENDINGS = frozenset(
    ".md .rst .log .pdf .py .sh .sql .ipynb .toml .yaml .yml .cfg .md5 .sha1 .sha256 .crc".split()
)

Stamp = tuple[int, int]
"""Size and time of change of a file: another one where somebody has written to it."""


class CorpusFile(NamedTuple):
    """A file of a corpus.

    Attributes
    ----------
    path
        Where it is.
    name
        Its path within the corpus.
    unread
        Why it can't be read; empty where it may be.
    """

    path: Path
    name: str
    unread: str


def files_of(corpus: Path) -> list[CorpusFile]:
    """Give the files of a corpus by their names, and what else lies there but for notes.

    Hidden ones are none of it, nor is what this package has written into a folder of the corpus.

    Raises
    ------
    ConfigError
        There is no such corpus, it can't be read, or it is what this package has written.
    """
    if not corpus.exists():
        raise ConfigError(f"There is no corpus at {corpus}.")
    if corpus.is_dir() and is_written(corpus):
        command = "score" if is_scored(corpus) else "study"
        told = f"holds what `signals {command}` wrote: name the articles instead."
        raise ConfigError(f"{corpus} {told}")
    if not corpus.is_dir():
        return [CorpusFile(corpus, corpus.name, _why_unread(corpus))]
    try:
        there = sorted(entries(corpus))
    except OSError as error:
        raise ConfigError(f"{error.filename or corpus} can't be read: {error.strerror}.") from error
    written = set(filter(is_written, {path.parent for path in there}))
    return [
        CorpusFile(path, path.relative_to(corpus).as_posix(), _why_unread(path))
        for path in there
        if written.isdisjoint(path.parents) and not _is_note(path)
    ]


def is_scored(folder: Path) -> bool:
    """Tell whether ``signals score`` has written to a folder."""
    return (folder / "plan.json").is_file() and (folder / "shards").is_dir()


def is_written(folder: Path) -> bool:
    """Tell whether a folder holds scores, a report or an evaluation that this package wrote."""
    reported = (folder / "manifest.json").is_file() and (folder / "report.html").is_file()
    return reported or (folder / "evaluation.html").is_file() or is_scored(folder)


def stamp_of(path: Path) -> Stamp:
    """Give size and time of change of a file.

    Raises
    ------
    OSError
        It is gone.
    """
    there = path.stat()
    return there.st_size, there.st_mtime_ns


def stamps_of(corpus: Path) -> dict[str, Stamp]:
    """Give the stamp of each file that is read, by its name; none where the corpus is gone."""
    if not corpus.exists():
        return {}
    return {one.name: stamp_of(one.path) for one in files_of(corpus) if not one.unread}


def _is_note(path: Path) -> bool:
    ending = path.suffix.lower()
    named = path.stem.lower() in _NOTES and ending not in KINDS
    return path.is_file() and (named or ending in _NOTE_ENDINGS)


def _why_unread(path: Path) -> str:
    """Say why what lies in a corpus is not read; nothing of a file that may be."""
    ending = path.suffix.lower()
    if why := no_file(path):
        return why
    if ending in _PACKED:
        return "It is compressed: unpack it first."
    return "" if ending in KINDS else f"It is none of {KNOWN}: turn it into one."
