"""What ``signals score`` left behind: is all of it there, its stories and its events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from signals.batch.manifest import sha256
from signals.corpus.scoring import Status, check_version, status_of
from signals.corpus.shards import counts_of, finished, read_columns
from signals.errors import ArticleError, StudyError, SymbolError
from signals.market.sessions import Sessions, each_exchange
from signals.news.stories import Story, follow_openings
from signals.news.tellings import Opening
from signals.study.arrays import Booleans
from signals.study.events import align_table

if TYPE_CHECKING:
    import pyarrow as pa

OPENING_COLUMNS: Final = ["article_id", "known_at", "title", "opening", "companies"]
"""Of the articles of a shard: what stories are found by."""

_SLICE: Final = 10_000  # openings that are made at once


def check_complete(folder: Path) -> Status:
    """Refuse a scored corpus with shards that are missing; give its counts.

    Shards that were set aside are no reason to study nothing: they are losses that a report tells.

    Raises
    ------
    ConfigError, StudyError
        It is none, or of another version, or shards are missing.
    """
    check_version(folder)
    status = status_of(folder)
    aside = sum(name.startswith("shard ") for name in status.failed)
    if status.finished + aside < status.shards:
        raise StudyError(
            f"{status.finished} of {status.shards} shards of {folder} are done. Run `signals "
            "score` again to finish them, or to see what is wrong with the others."
        )
    return status


def in_sessions(scores: pd.DataFrame) -> Booleans:
    """Tell which scores belong to a session, as ``align_table`` does."""
    usable = scores["symbol"].notna() & scores["known_at"].notna() & np.isfinite(scores["score"])
    places = np.flatnonzero(usable)
    found = np.zeros(len(scores), dtype=np.bool_)
    for mic, chosen in each_exchange(scores["mic"].fillna("").iloc[places].tolist()):
        try:
            sessions = Sessions(mic)
        except SymbolError:
            continue
        here = places[chosen]
        found[here] = sessions.covers(pd.DatetimeIndex(scores["known_at"].iloc[here]))
    return found


def files_of(folder: Path) -> list[Path]:
    """List what a study of a scored corpus reads, for its manifest."""
    return [
        shard / f"{name}.parquet" for shard in finished(folder) for name in ("articles", "scores")
    ]


def identity(out: Path) -> dict[str, str]:
    """Tell a scored corpus from another, and from itself with more shards: hashes by name."""
    counts = json.dumps([counts_of(folder) for folder in finished(out)])
    return {
        "corpus": sha256((out / "plan.json").read_bytes()),
        "counts": sha256(counts.encode()),
    }


def titles_alone(out: Path) -> bool:
    """Tell whether the articles of the first shard have titles, and none has a text.

    So it is with headlines, and where the column of texts has a name that is not known.
    """
    for folder in finished(out)[:1]:
        table = read_columns(folder, "articles", ["title", "opening"])
        return any(table["title"].to_pylist()) and not any(table["opening"].to_pylist())
    return False


def read_table(out: Path, name: str) -> pd.DataFrame:
    """Read one table of all finished shards: articles, scores or quarantine.

    Raises
    ------
    ArticleError
        No shard is finished.
    """
    frame: pd.DataFrame = _read(out, name).to_pandas()
    return frame


def _read(out: Path, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    import pyarrow as pa

    parts = [read_columns(folder, name, columns) for folder in finished(out)]
    if not parts:
        raise ArticleError(f"{out} holds no finished shard: run `signals score` first.")
    return pa.concat_tables(parts)


def read_stories(out: str | Path) -> dict[str, Story]:
    """Group the articles of a scored corpus into stories, in the order of ``known_at``.

    Returns
    -------
    For each article id its story, as :func:`signals.align` takes it. Memory holds these, the
    openings as they were written, some 500 bytes each, and the tellings of three days.

    Raises
    ------
    ArticleError
        No shard is finished.
    """
    stories: dict[str, Story] = {}
    table = _read(Path(out), "articles", OPENING_COLUMNS)
    for article_id, story in follow_openings(openings_of(table)):
        stories.setdefault(article_id, brief(story))
    return stories


def brief(story: Story) -> Story:
    """Drop the novelty by company where all equal the story's own, which then answers for each."""
    alike = set(story.by_company.values()) <= {story.novelty}
    return Story(story.story_id, story.novelty) if alike else story


def openings_of(table: pa.Table) -> Iterator[Opening]:
    """Read the openings of articles, each once, in the order in which they became known.

    ``table`` has the ``OPENING_COLUMNS``.
    """
    import pyarrow.compute as pc

    order = pc.sort_indices(
        table, sort_keys=[("known_at", "ascending"), ("article_id", "ascending")]
    )
    seen: set[str] = set()
    for start in range(0, len(order), _SLICE):
        columns = [one.to_pylist() for one in table.take(order[start : start + _SLICE]).columns]
        for article_id, known_at, title, text, companies in zip(*columns, strict=True):
            if article_id not in seen:
                yield Opening(article_id, known_at, title, text, tuple(companies))
            seen.add(article_id)


def read_scored(out: str | Path, *, stories: Mapping[str, Story] | None = None) -> pd.DataFrame:
    """Read the events of a scored corpus, security by security.

    Parameters
    ----------
    out
        The folder that ``signals score`` wrote.
    stories
        As :func:`read_stories` gives them; without them every article is a story of its own.

    Returns
    -------
    Events as :func:`signals.align` gives them. Rows of one article id count once, as they were
    known first.

    Raises
    ------
    ArticleError
        No shard is finished.
    """
    return align_table(each_once(read_table(Path(out), "scores")), stories=stories)


def each_once(scores: pd.DataFrame) -> pd.DataFrame:
    """Keep one row of an article and symbol: that which was known first, wherever it stands."""
    in_order = scores.sort_values("known_at", kind="stable")
    return in_order.drop_duplicates(["article_id", "symbol"])
