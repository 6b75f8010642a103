"""One shard in, one folder of Parquet out; what can be read back from many of them.

A shard's folder appears whole, by one renaming, or not at all: whoever makes it a second time
finds it there and throws the own one away. So no row is lost or doubled, whatever is killed when.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from signals.batch.corpus import Row, Shard, read_shard
from signals.errors import ArticleError, ConfigError, StoreError
from signals.news.article import Article
from signals.news.mentions import find_mentions
from signals.news.stories import Stories, group_openings
from signals.news.tellings import Opening, opening_of
from signals.sentiment.articles import Scores, score
from signals.sentiment.scorer import Score, Scorer, label_of
from signals.study.events import align

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH: Final = 500
_TABLES: Final = ("articles", "scores", "quarantine")


def score_articles(
    articles: Iterable[Article], *, scorer: Scorer | None = None
) -> Iterator[tuple[Opening, Scores]]:
    """Score articles one by one: of each its opening, for its story, and its scores."""
    for article in articles:
        mentions = find_mentions(article)
        companies = [one.company for one in mentions.entities if one.relevance > 0]
        yield opening_of(article, companies), score(article, scorer=scorer, mentions=mentions)


def score_shard(shard: Shard, out: str, scorer: str = "vader") -> dict[str, int]:
    """Score a shard and leave ``out``/shards/<its number>/ behind; the same file every time.

    Returns
    -------
    How many rows were read, scored and set aside, and how many scores of securities there are.

    Raises
    ------
    StoreError
        The output can't be written.
    """
    done = Path(out) / "shards" / shard.name
    if done.is_dir():
        return counts_of(done)
    try:
        beside = Path(tempfile.mkdtemp(dir=done.parent, prefix=f".{shard.name}."))
        try:
            counts = _write_tables(shard, beside, scorer)
            (beside / "counts.json").write_text(json.dumps(counts, sort_keys=True))
            beside.chmod(0o755)
            _rename(beside, done)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise StoreError(
            f"Shard {shard.name} can't be written to {out}: {error.strerror or error}. "
            "Make room and run the same command again: what is done is kept."
        ) from error
    return counts_of(done)


def _rename(beside: Path, done: Path) -> None:
    """Put a folder in place, unless another worker was faster with the same one."""
    try:
        beside.rename(done)
    except OSError:
        if not done.is_dir():
            raise


def _write_tables(shard: Shard, folder: Path, scorer: str) -> dict[str, int]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    counts = {"rows": 0, "articles": 0, "scores": 0, "quarantined": 0}
    schemas = _schemas()
    writers = {n: pq.ParquetWriter(folder / f"{n}.parquet", schemas[n]) for n in _TABLES}
    try:
        rows = read_shard(shard)
        while batch := list(islice(rows, _BATCH)):
            tables = _tables(batch, _scorer(scorer))
            for name, records in tables.items():
                if records:
                    table = pa.Table.from_pylist(records, schema=schemas[name])
                    writers[name].write_table(table)
            counts["rows"] += len(batch)
            counts["articles"] += len(tables["articles"])
            counts["scores"] += len(tables["scores"])
            counts["quarantined"] += len(tables["quarantine"])
    finally:
        for writer in writers.values():
            writer.close()
    for name in _TABLES:
        with (folder / f"{name}.parquet").open("rb+") as file:
            os.fsync(file.fileno())
    return counts


@lru_cache(maxsize=4)
def _scorer(name: str) -> Scorer:
    """Make a scorer once a worker."""
    if name == "vader":
        from signals.sentiment.vader import Vader

        return Vader()
    raise ConfigError(f"{name!r} is no scorer known here.")


def _schemas() -> dict[str, pa.Schema]:
    import pyarrow as pa

    text, number, instant = pa.string(), pa.float64(), pa.timestamp("us", tz="UTC")
    article = {
        "place": text,
        "article_id": text,
        "known_at": instant,
        "precision": text,
        "title": text,
        "opening": text,
        "companies": pa.list_(text),
        "score": number,
    }
    security = {
        "place": text,
        "article_id": text,
        "symbol": text,
        "mic": text,
        "company": text,
        "known_at": instant,
        "precision": text,
        "score": number,
        "relevance": number,
        "scorer": text,
    }
    return {
        "articles": pa.schema(list(article.items())),
        "scores": pa.schema(list(security.items())),
        "quarantine": pa.schema([("place", text), ("reason", text), ("detail", text)]),
    }


def _tables(batch: Sequence[Row], scorer: Scorer) -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in _TABLES}
    for row in batch:
        if row.article is None:
            tables["quarantine"].append(
                {"place": row.place, "reason": row.reason, "detail": row.detail}
            )
            continue
        ((opening, scores),) = score_articles([row.article], scorer=scorer)
        whole = scores.article
        tables["articles"].append(
            {
                "place": row.place,
                "article_id": opening.article_id,
                "known_at": opening.known_at,
                "precision": whole.precision,
                "title": opening.title,
                "opening": opening.text,
                "companies": list(opening.companies),
                "score": whole.score,
            }
        )
        tables["scores"] += [_record(row.place, one) for one in scores]
    return tables


def _record(place: str, one: Score) -> dict[str, Any]:
    names = "article_id symbol mic company known_at precision score relevance scorer".split()
    return {"place": place} | {name: getattr(one, name) for name in names}


def counts_of(folder: Path) -> dict[str, int]:
    """Read what a finished shard counted."""
    counts: dict[str, int] = json.loads((folder / "counts.json").read_text())
    return counts


def finished(out: Path) -> list[Path]:
    """List the folders of finished shards, in their order."""
    return sorted(path for path in (out / "shards").glob("[0-9]*") if path.is_dir())


def digest(out: Path) -> str:
    """Hash all that was written, in the order of the shards: equal rows give equal hashes."""
    whole = hashlib.sha256()
    for folder in finished(out):
        for name in _TABLES:
            whole.update((folder / f"{name}.parquet").read_bytes())
    return whole.hexdigest()


def read_table(out: Path, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read one table of all finished shards: articles, scores or quarantine.

    Raises
    ------
    ArticleError
        No shard is finished.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts = [
        pq.read_table(folder / f"{name}.parquet", columns=list(columns) if columns else None)
        for folder in finished(out)
    ]
    if not parts:
        raise ArticleError(f"{out} holds no finished shard: run `signals score` first.")
    frame: pd.DataFrame = pa.concat_tables(parts).to_pandas()
    return frame


def read_stories(out: str | Path) -> Stories:
    """Group the articles of a scored corpus into stories, in the order of ``known_at``."""
    columns = ["article_id", "known_at", "title", "opening", "companies"]
    frame = read_table(Path(out), "articles", columns).drop_duplicates("article_id")
    return group_openings(
        Opening(
            row["article_id"],
            None if pd.isna(row["known_at"]) else row["known_at"].to_pydatetime(),
            row["title"],
            row["opening"],
            tuple(row["companies"]),
        )
        for row in frame.to_dict("records")
    )


def read_scored(out: str | Path, *, stories: Stories | None = None) -> pd.DataFrame:
    """Read the events of a scored corpus, security by security.

    Parameters
    ----------
    out
        The folder that ``signals score`` wrote.
    stories
        As :func:`read_stories` gives them; without them every article is a story of its own.

    Returns
    -------
    Events as :func:`signals.align` gives them. Rows of one article id count once.

    Raises
    ------
    ArticleError
        No shard is finished.
    """
    frame = read_table(Path(out), "scores").drop_duplicates(["article_id", "symbol"])
    parts = [
        align(_scores(part), stories=stories) for _, part in frame.groupby("symbol", sort=True)
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        return align([])
    events = pd.concat(parts, ignore_index=True)
    order = ["known_at", "symbol", "story_id"]
    return events.sort_values(order, kind="stable").reset_index(drop=True)


def _scores(part: pd.DataFrame) -> Iterator[Score]:
    for row in part.drop(columns="place").to_dict("records"):
        known_at = None if pd.isna(row["known_at"]) else row["known_at"].to_pydatetime()
        fields: dict[str, Any] = {str(name): value for name, value in row.items()}
        fields |= {"known_at": known_at, "label": label_of(row["score"]), "contributions": ()}
        yield Score(**fields)
