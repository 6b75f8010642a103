"""What a result was made of: articles, prices, scorers and versions."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from signals.versions import versions

if TYPE_CHECKING:
    from signals.market.prices import PriceTable
    from signals.report.build import Reading


def provenance(readings: Sequence[Reading], prices: PriceTable | None) -> list[tuple[str, str]]:
    """Name what a result was made of, without the clock: names, and versions or hashes."""
    rows = [(f"article {reading.name}", reading.article.id) for reading in readings]
    if prices is not None:
        snapshot = prices.snapshot
        fetched = f", fetched {snapshot.fetched_at.isoformat()}" if snapshot.fetched_at else ""
        rows.append((f"prices {snapshot.source}{fetched}", snapshot.hash))
    scorers = {score.scorer for reading in readings for score in reading.scores}
    rows += [("scorer", name) for name in sorted(scorers)]
    return [*rows, ("signals", version("market-news-signals")), *versions().items()]
