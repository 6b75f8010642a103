"""An audit of files: a table of events, or articles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from signals.market.opening import Prices, open_prices
from signals.news.article import read_article
from signals.sentiment.articles import score
from signals.study.audit import Audit, audit
from signals.study.events import align
from signals.study.intake import read_table


def audit_files(inputs: Sequence[str | Path], *, prices: Prices, market: str = "SPY") -> Audit:
    """Audit a table of events, or the events of some articles, for look-ahead.

    Parameters
    ----------
    inputs
        One CSV file with ``symbol``, and ``known_at``, ``session`` and ``score`` as far as there
        are any; or articles.
    prices, market
        As for :func:`signals.analyse`.

    Raises
    ------
    ArticleError, ConfigError, PriceError, StudyError
        A file can't be read, or the events can't be studied.
    """
    source = open_prices(prices)
    paths = [Path(one) for one in inputs]
    if len(paths) == 1 and paths[0].suffix.lower() == ".csv":
        events = read_table(paths[0])
    else:
        events = align([score(read_article(path)) for path in paths])
    return audit(events, source, market=market)
