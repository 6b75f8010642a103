"""What a run was made of: versions, settings, and the sha256 of everything it read and wrote."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signals.study.settings import Settings


def run_record(
    made_of: Sequence[tuple[str, str]],
    articles: Mapping[str, Path],
    settings: Settings | None,
    outputs: Mapping[str, str],
) -> dict[str, object]:
    """Describe a run, without the clock: two runs on the same inputs give the same record.

    Parameters
    ----------
    made_of
        Names with versions or hashes, as ``report.provenance`` gives them.
    articles
        Name -> file of what was read.
    settings
        Of the study; None without one.
    outputs
        Name -> sha256 of each file that was written.
    """
    return {
        "made_of": [list(row) for row in made_of],
        "articles": {name: sha256(path.read_bytes()) for name, path in sorted(articles.items())},
        "settings": None if settings is None else _settings(settings),
        "outputs": dict(sorted(outputs.items())),
    }


def _settings(settings: Settings) -> dict[str, object]:
    record = {field.name: getattr(settings, field.name) for field in fields(settings)}
    if isinstance(settings.market, Mapping):
        record["market"] = dict(settings.market)
    return record


def sha256(content: bytes) -> str:
    """Give the sha256 of some bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def manifest_bytes(record: Mapping[str, object]) -> bytes:
    """Write a record as JSON that a person can read and compare line by line."""
    text = json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    return text.encode("utf-8", "replace")  # a file's name need not be UTF-8
