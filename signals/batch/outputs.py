"""The files that a single command leaves behind: made in memory, then each renamed into place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from signals import __version__
from signals.batch.manifest import manifest_bytes, run_record, sha256
from signals.batch.tablefiles import abnormal_table, events_table
from signals.csvtables import csv_bytes
from signals.errors import ConfigError
from signals.files import writable_folder, write_bytes, write_text
from signals.pipeline import prices_of, report_of
from signals.report.evaluation_page import evaluation_report
from signals.report.gallery import figure_files
from signals.report.html import Loss
from signals.report.provenance import provenance
from signals.study.status import status_table

if TYPE_CHECKING:
    from signals.evaluation.evaluate import Evaluation
    from signals.pipeline import Analysis


def write_outputs(analysis: Analysis, out: Path, *, articles: Sequence[Path]) -> list[Path]:
    """Write report.html, events.csv, abnormal_returns.csv, status.csv, figures/, manifest.json.

    Parameters
    ----------
    analysis
        What the run found out.
    out
        The folder; it is made when it is missing. The manifest is written last.
    articles
        The files that were read, for the manifest.

    Returns
    -------
    list of Path
        The files, the manifest last.

    Raises
    ------
    ConfigError
        The folder can't be written.
    """
    html, drawings = report_of(analysis)
    contents: dict[str, bytes] = {
        "report.html": html.encode("utf-8", "replace"),
        "events.csv": csv_bytes(events_table(analysis.events)),
        "abnormal_returns.csv": csv_bytes(abnormal_table(analysis)),
        "status.csv": csv_bytes(analysis.status),
    }
    for name, content in figure_files(drawings).items():
        contents[f"figures/{file_name(name)}"] = content
    record = run_record(
        provenance(analysis.readings, prices_of(analysis)),
        files_by_name(articles),
        None if analysis.study is None else analysis.study.settings,
        {name: sha256(content) for name, content in contents.items()},
    )
    contents["manifest.json"] = manifest_bytes(record)
    writable_folder(out)
    if any(name.startswith("figures/") for name in contents):
        writable_folder(out / "figures")
    return [write_bytes(out / name, content) for name, content in contents.items()]


def write_evaluation(found: Evaluation, out: Path, *, losses: Sequence[dict[str, object]]) -> None:
    """Write evaluation.html and its tables.

    Parameters
    ----------
    found
        What ``evaluate`` gave.
    out
        The folder; it is made when it is missing.
    losses
        What was lost before there were events, as ``losses_before_events`` gives it.

    Raises
    ------
    ConfigError
        The folder can't be written.
    """
    found.write(out)
    if losses:
        write_bytes(out / "status.csv", csv_bytes(status_table(found.status, losses)))
    lost = [Loss(*(str(one[name]) for name in ("article", "reason", "detail"))) for one in losses]
    page = evaluation_report(found, generator=f"signals {__version__}", lost=lost)
    write_text(out / "evaluation.html", page)


def check_files(files: Sequence[Path], *, right: str) -> None:
    """Refuse a run before its work begins when what it reads is missing, or no file.

    ``right`` is the sentence that says what would be right.

    Raises
    ------
    ConfigError
        There is no such file, or it is a folder, a pipe or a device.
    """
    for path in files:
        if not path.is_file():
            there = "is a folder" if path.is_dir() else "is a pipe or a device, no file"
            what = there if path.exists() else "does not exist"
            raise ConfigError(f"{path} {what}. {right}")


def files_by_name(files: Sequence[Path]) -> dict[str, Path]:
    """Give files by their names, numbered when two are alike."""
    named: dict[str, Path] = {}
    for path in files:
        name, number = path.name, 2
        while name in named:
            name, number = f"{path.name} ({number})", number + 1
        named[name] = path
    return named


def file_name(name: str) -> str:
    """Give a name that any file system takes."""
    return re.sub(r"[^A-Za-z0-9._=^-]+", "-", name).lstrip(".") or "figure"
