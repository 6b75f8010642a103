"""A study of what ``signals score`` left behind: events of the shards, stories, prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from signals.batch.engine import Status, status_of
from signals.batch.own_events import study_table
from signals.batch.shards import finished, read_scored, read_stories
from signals.errors import StudyError
from signals.pipeline import Analysis, status_table

if TYPE_CHECKING:
    from signals.market.opening import Prices


def study_scored(
    folder: Path,
    *,
    prices: Prices,
    market: str | Mapping[str, str] = "SPY",
    model: str = "market",
    factors: Sequence[str | Path] = (),
    returns: str = "simple",
    missing: str = "drop",
) -> Analysis:
    """Study the events of a scored corpus: each story of a company and session is one event.

    An event whose story was told of the company before, in an earlier session, is an echo, as its
    column ``echo`` says; a report shows the means with and without echoes.

    Parameters
    ----------
    folder
        The output folder of ``signals score``.
    prices, market, model, factors, returns, missing
        As for :func:`signals.batch.own_events.study_events`.

    Raises
    ------
    ConfigError
        The folder holds no output of ``signals score``.
    StudyError
        Shards are missing, or no event can be studied.
    PriceError
        Prices are malformed.
    """
    status = check_complete(folder)
    events = read_scored(folder, stories=read_stories(folder))
    events["echo"] = events.duplicated(["company", "story_id"])  # they stand in order of known_at
    analysis = study_table(
        events,
        prices=prices,
        market=market,
        model=model,
        factors=factors,
        returns=returns,
        missing=missing,
    )
    losses = losses_of(status)
    if analysis.study is None or not losses:
        return analysis
    return replace(analysis, status=status_table(analysis.study.status, losses))


def check_complete(folder: Path) -> Status:
    """Refuse a scored corpus with shards that are missing; give its counts.

    Shards that were set aside are no reason to study nothing: they are losses that a report tells.

    Raises
    ------
    ConfigError, StudyError
        It is none, or shards are missing.
    """
    status = status_of(folder)
    aside = sum(name.startswith("shard ") for name in status.failed)
    if status.finished + aside < status.shards:
        raise StudyError(
            f"{status.finished} of {status.shards} shards of {folder} are done. Run `signals "
            "score` again to finish them, or to see what is wrong with the others."
        )
    return status


def losses_of(status: Status) -> list[dict[str, object]]:
    """Give what a corpus lost before any event: files and shards that were set aside, and why."""
    return [
        {"article": name, "status": "lost", "reason": "set_aside", "detail": reason}
        for name, reason in status.failed.items()
    ]


def files_of(folder: Path) -> list[Path]:
    """List what a study of a scored corpus reads, for its manifest."""
    return [shard / f"{name}.parquet" for shard in finished(folder) for name in _READ]


_READ = ("articles", "scores")
