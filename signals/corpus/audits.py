"""An audit of files: a table of events, or articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from signals.errors import ArticleError, ConfigError
from signals.market.opening import Prices, open_prices
from signals.news.article import Article, read_article
from signals.sentiment.articles import score
from signals.sources.opening import open_source
from signals.study.audit import Audit, audit
from signals.study.events import align
from signals.study.intake import read_table

_CORPORA: Mapping[str, str] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}


def audit_files(inputs: Sequence[str | Path], *, prices: Prices, market: str = "SPY") -> Audit:
    """Audit a table of events, or the events of some articles, for look-ahead.

    Parameters
    ----------
    inputs
        One table, CSV or Parquet, with ``symbol``, and ``known_at``, ``session`` and ``score`` as
        far as there are any; the output folder of ``signals score``; or articles: files of one
        each, folders of them, or corpora of JSON Lines or Parquet.
    prices, market
        As for :func:`signals.analyse`.

    Raises
    ------
    ArticleError, ConfigError, PriceError, StudyError
        A file can't be read, no article of it can, or the events can't be studied.
    """
    source = open_prices(prices)
    paths = [Path(one) for one in inputs]
    events = _events_of(paths[0]) if len(paths) == 1 else None
    if events is not None:
        return audit(events, source, market=market)
    if table := next((path for path in paths if path.suffix.lower() == ".csv"), None):
        raise ConfigError(f"{table} is a table of events, which is audited by itself.")
    articles = [article for path in paths for article in _read(path)]
    events = align([score(article) for article in articles])
    return audit(events, source, market=market, stamps=_stamps(articles))


def _events_of(path: Path) -> pd.DataFrame | None:
    """Read a table of events, or those of a scored corpus, each article told once; else None."""
    if (path / "plan.json").is_file():
        from signals.corpus.scored import check_size
        from signals.corpus.shards import read_scored

        check_size(path)
        return read_scored(path)
    kind = path.suffix.lower()
    if kind == ".csv" or (kind == ".parquet" and "symbol" in _columns_of(path)):
        return read_table(path)
    return None


def _columns_of(path: Path) -> list[str]:
    """Name the columns of a Parquet file; none where it can't be read."""
    try:
        import pyarrow.parquet as pq

        return list(pq.read_schema(path).names)
    except (ImportError, OSError, ValueError):
        return []


def _read(path: Path) -> Iterator[Article]:
    """Read one article, or those of a folder or a corpus; what is quarantined is left out."""
    kind = "folder" if path.is_dir() else _CORPORA.get(path.suffix.lower())
    if kind is None:
        yield read_article(path)
        return
    items = list(open_source({"kind": kind, "path": str(path)}).read())
    articles = [item for item in items if isinstance(item, Article)]
    if not articles:
        why = f": {items[0].detail}" if items else "."  # type: ignore[union-attr]
        raise ArticleError(f"{path.name} holds no article that can be read{why}")
    yield from articles


def _stamps(articles: Sequence[Article]) -> pd.DataFrame:
    """Give what articles state of their times, as ``audit`` reads it."""
    rows = [(one.published, one.first_seen, one.precision or "") for one in articles]
    table = pd.DataFrame(rows, columns=["published", "first_seen", "precision"])
    instants = ["published", "first_seen"]
    table[instants] = table[instants].apply(pd.to_datetime, utc=True)
    return table
