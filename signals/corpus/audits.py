"""An audit of files: a table of events, or articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from signals.corpus.corpusfiles import is_scored
from signals.corpus.losses import loss_words, losses_before_events
from signals.corpus.scored import read_scored
from signals.corpus.study_at_once import check_size
from signals.errors import ArticleError, ConfigError
from signals.market.price_source import Prices, as_price_source
from signals.news.article import Article, read_article
from signals.news.mentions import find_all_mentions
from signals.sentiment.articles import score_found
from signals.sentiment.finance import Finance
from signals.sources.opening import open_source
from signals.sources.refusals import Quarantined
from signals.study.audit import Audit, audit
from signals.study.events import align, unaligned
from signals.study.intake import read_table
from signals.study.status import missed, words_by_reason

_CORPORA: Mapping[str, str] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}


def audit_files(
    inputs: Sequence[str | Path], *, prices: Prices, market: str = "SPY"
) -> tuple[Audit, dict[str, str]]:
    """Audit a table of events, or the events of some articles, for look-ahead.

    Also gives what was lost before any event, by reason, and why.

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
    source = as_price_source(prices)
    paths = [Path(one) for one in inputs]
    events = _events_of(paths[0]) if len(paths) == 1 else None
    if events is not None:
        return audit(events, source, market=market), _lost_when_scored(paths[0])
    if table := next((path for path in paths if path.suffix.lower() == ".csv"), None):
        raise ConfigError(f"{table} is a table of events, which is audited by itself.")
    articles: list[Article] = []
    lost: dict[str, str] = {}
    for path in paths:
        read, refused = _read(path)
        articles += read
        rows = [(one.reason, one.place, one.detail) for one in refused]
        lost |= words_by_reason("item", rows, f" of {path.name}")
    # What they say is of no account here, whatever language it is in.
    scores = score_found(find_all_mentions(articles), Finance())
    columns = unaligned(scores)[["reason", "symbol", "detail"]]
    lost |= words_by_reason("score", list(columns.itertuples(index=False, name=None)))
    return audit(align(scores), source, market=market, stamps=_stamps(articles)), lost


def _events_of(path: Path) -> pd.DataFrame | None:
    """Read a table of events, or those of a scored corpus, each article told once; else None."""
    if is_scored(path):
        check_size(path)
        return read_scored(path)
    kind = path.suffix.lower()
    if kind == ".csv" or (kind == ".parquet" and "symbol" in _columns_of(path)):
        return read_table(path)
    return None


def _lost_when_scored(path: Path) -> dict[str, str]:
    """Give what a scored corpus lost before any event; nothing for a table of events."""
    return loss_words(missed(losses_before_events(path))) if path.is_dir() else {}


def _columns_of(path: Path) -> list[str]:
    """Name the columns of a Parquet file; none where it can't be read."""
    try:
        import pyarrow.parquet as pq

        return list(pq.read_schema(path).names)
    except (ImportError, OSError, ValueError):
        return []


def _read(path: Path) -> tuple[list[Article], list[Quarantined]]:
    """Read one article, or those of a folder or a corpus, and what is quarantined."""
    kind = "folder" if path.is_dir() else _CORPORA.get(path.suffix.lower())
    if kind is None:
        article = read_article(path)
        if article.known_at is None:
            raise ArticleError(f"{path.name} states no publication time, so it has no session.")
        return [article], []
    items = list(open_source({"kind": kind, "path": str(path)}).read())
    articles = [item for item in items if isinstance(item, Article)]
    refused = [item for item in items if isinstance(item, Quarantined)]
    if not articles:
        why = f": {refused[0].detail}" if refused else "."
        raise ArticleError(f"{path.name} holds no article that can be read{why}")
    return articles, refused


def _stamps(articles: Sequence[Article]) -> pd.DataFrame:
    """Give what articles state of their times, as ``audit`` reads it."""
    rows = [(one.published, one.first_seen, one.precision or "") for one in articles]
    table = pd.DataFrame(rows, columns=["published", "first_seen", "precision"])
    instants = ["published", "first_seen"]
    table[instants] = table[instants].apply(pd.to_datetime, utc=True)
    return table
