"""One shard in, one folder of Parquet out.

A shard's folder appears whole, by one renaming, or not at all: whoever makes it a second time
finds it there and throws the own one away. So no row is lost or doubled, whatever is killed when.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from signals.corpus.formats import Shard
from signals.corpus.rows import Row, read_shard
from signals.corpus.workers import Outcome
from signals.errors import SignalsError, StoreError
from signals.news.article import Article
from signals.news.mentions import find_all_mentions
from signals.news.tellings import opening_of
from signals.sentiment.articles import score_found
from signals.sentiment.opening import open_scorer
from signals.sentiment.scorer import Scorer, left_out

if TYPE_CHECKING:
    import pyarrow as pa

BATCH: Final = 500
"""Rows that are scored and written at once."""

TABLES: Final = ("articles", "scores", "quarantine")
"""The Parquet files of a shard."""


def score_shard(shard: Shard, out: str, scorer: str) -> dict[str, int]:
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
        with atomic_folder(done) as beside, without_gc():
            counts = _write_tables(shard, beside, scorer)
            (beside / "counts.json").write_text(json.dumps(counts, sort_keys=True))
    except OSError as error:
        raise StoreError(
            f"Shard {shard.name} can't be written to {out}: {error.strerror or error}. "
            "Make room and run the same command again: what is done is kept."
        ) from error
    return counts_of(done)


def attempt_shard(shard: Shard, *, out: str, scorer: str) -> Outcome[Shard]:
    """Score a shard; what is wrong with the shard is its outcome, a full disk is an error."""
    try:
        return Outcome(shard, score_shard(shard, out, scorer))
    except StoreError as error:
        return Outcome(shard, None, str(error), ends_run=True)
    except (SignalsError, OSError, ValueError) as error:
        return Outcome(shard, None, f"{type(error).__name__}: {error}"[:300])


@contextmanager
def atomic_folder(done: Path) -> Iterator[Path]:
    """Give a folder to write to, which becomes ``done`` when all of it is there."""
    beside = Path(tempfile.mkdtemp(dir=done.parent, prefix=f".{done.name}."))
    try:
        yield beside
        beside.chmod(0o755)
        _rename(beside, done)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@contextmanager
def without_gc() -> Iterator[None]:
    """Hold back the collector of cycles, which would look through all that is kept, in vain.

    What scoring makes has no cycles and goes when nobody holds it; a fifth of the time is saved.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _rename(beside: Path, done: Path) -> None:
    """Put a folder in place, unless another worker was faster with the same one."""
    try:
        beside.rename(done)
    except OSError:
        if not done.is_dir():
            raise


def _write_tables(shard: Shard, folder: Path, scorer: str) -> dict[str, int]:
    with ExitStack() as files:
        sinks = {n: files.enter_context((folder / f"{n}.parquet").open("wb")) for n in TABLES}
        counts = write_rows(read_shard(shard), sinks, _scorer(scorer))
        for file in sinks.values():
            file.flush()
            os.fsync(file.fileno())
    return counts


def write_rows(
    rows: Iterator[Row], sinks: Mapping[str, BinaryIO], scorer: Scorer
) -> dict[str, int]:
    """Score rows in batches, and write the ``TABLES`` of them; give what they count."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    counts = {"rows": 0, "articles": 0, "undated": 0, "scores": 0, "quarantined": 0}
    schemas = _schemas()
    writers = {name: pq.ParquetWriter(sink, schemas[name]) for name, sink in sinks.items()}
    try:
        while batch := list(islice(rows, BATCH)):
            for name, columns in tables_of(batch, scorer).items():
                if columns["place"]:
                    table = pa.Table.from_pydict(columns, schema=schemas[name])
                    writers[name].write_table(table)
                counts["quarantined" if name == "quarantine" else name] += len(columns["place"])
                if name == "articles":
                    counts["undated"] += columns["known_at"].count(None)
            counts["rows"] += len(batch)
    finally:
        for writer in writers.values():
            writer.close()
    return counts


@lru_cache(maxsize=4)
def _scorer(name: str) -> Scorer:
    """Make a scorer once a worker."""
    return open_scorer(name)


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
        "unresolved": pa.list_(text),  # why notations name no listing
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
        "recap": text,
    }
    return {
        "articles": pa.schema(list(article.items())),
        "scores": pa.schema(list(security.items())),
        "quarantine": pa.schema([("place", text), ("reason", text), ("detail", text)]),
    }


def tables_of(batch: Sequence[Row], scorer: Scorer) -> dict[str, dict[str, list[Any]]]:
    """Score a batch of rows: of each table its columns."""
    rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in TABLES}
    rows["quarantine"] = [(row.place, row.reason, row.detail) for row in batch if not row.article]
    articles, places = _each_once(batch)
    why = [left_out(scorer, article) for article in articles]
    found = find_all_mentions(articles)
    scored = score_found(found, scorer)
    for place, number in places:
        if no_news := why[number]:
            rows["quarantine"].append((place, *no_news))
            continue
        mentions, scores = found[number], scored[number]
        companies = [one.company for one in mentions.entities if one.relevance > 0]
        one = opening_of(mentions.article, companies)
        known = one.known_at, mentions.article.precision
        unresolved = [one.reason for one in mentions.unresolved]
        story = one.title, one.text, one.companies, scores.whole.score, unresolved
        rows["articles"].append((place, one.article_id, *known, *story))
        rows["scores"] += [
            (
                *(place, one.article_id, *said[:3], *known),  # its symbol, mic and company first
                *(said.score, said.relevance, said.scorer, said.recap),
            )
            for said in scores.said
        ]
    return {name: _columns(name, rows[name]) for name in TABLES}


def _each_once(batch: Sequence[Row]) -> tuple[list[Article], list[tuple[str, int]]]:
    """Give each article once, and of each row its place and the number of its article.

    A vendor files a story under each of its symbols: scoring it once is enough.
    """
    articles: list[Article] = []
    places: list[tuple[str, int]] = []
    numbers: dict[str, int] = {}
    for row in batch:
        if row.article is None:
            continue
        number = numbers.setdefault(row.article.id, len(articles))
        # The id leaves out some of an article, such as how exactly its time is known.
        if number == len(articles) or articles[number] != row.article:
            number = len(articles)
            articles.append(row.article)
        places.append((row.place, number))
    return articles, places


def _columns(name: str, rows: Sequence[tuple[object, ...]]) -> dict[str, list[Any]]:
    names = _schemas()[name].names
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    return {name: list(column) for name, column in zip(names, columns, strict=True)}


def counts_of(folder: Path) -> dict[str, int]:
    """Read what a finished shard counted."""
    counts: dict[str, int] = json.loads((folder / "counts.json").read_text())
    return counts


def read_columns(folder: Path, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    """Read columns, all by default, of one of the ``TABLES`` of a finished shard."""
    import pyarrow.parquet as pq

    return pq.read_table(folder / f"{name}.parquet", columns=columns)


def finished(out: Path) -> list[Path]:
    """List the folders of finished shards, in their order."""
    return sorted(path for path in (out / "shards").glob("[0-9]*") if path.is_dir())
