"""What fell out on the way to a report, each with its reason."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import pandas as pd

from signals.report import spelling
from signals.report.html import Loss
from signals.study.status import fell_short

if TYPE_CHECKING:
    from signals.study.result import EventStudy

    Row = pd.Series[Any]


def status_losses(
    status: pd.DataFrame, article_id: str, event_ids: Collection[str]
) -> tuple[Loss, ...]:
    """Give the rows about an article or its events that were not studied or not to the end.

    ``status`` has ``article_id, event_id, symbol, session, status, reason, detail``.
    """
    own = (status["article_id"] == article_id) | status["event_id"].isin(list(event_ids))
    return losses(status[own])


def losses(status: pd.DataFrame, *, most: int | None = None) -> tuple[Loss, ...]:
    """Give the rows of a status table that were not studied, or not to the end, with their reasons.

    Where there are more than ``most``, those of one reason are counted, and the first is named.
    """
    lost = status[fell_short(status)]
    if most is None or len(lost) <= most:
        return tuple(_loss(row) for _, row in lost.iterrows())
    told = []
    for (_, reason), same in lost.groupby(["status", "reason"], sort=False):
        of = "events" if subject_of(same.iloc[0]) else "articles"
        told.append(counted_loss(len(same), _loss(same.iloc[0]), str(reason), of=of))
    return tuple(told)


def counted_loss(n: int, first: Loss, reason: str, *, of: str = "events") -> Loss:
    """Tell how many have a reason, and what it was of the first of them."""
    if n == 1:
        return first
    words = f"{reason.replace('_', ' ')}: {first.what}: {first.reason}"
    return Loss(f"{n:,} {of}", first.status, words)


def _loss(row: Row) -> Loss:
    return Loss(
        what=subject_of(row) or text_of(row.get("article")) or "the article",
        status=status_words(str(row["status"])),
        reason=reason_words(row),
    )


def status_words(status: str) -> str:
    """Say what became of an event that has a reason: one that is studied lacks some window."""
    return "studied in part" if status == "studied" else status


def price_losses(study: EventStudy, symbols: Collection[str]) -> tuple[Loss, ...]:
    """Give the faults of the prices of some symbols."""
    faults = study.prices.faults
    rows = faults[faults["symbol"].isin(list(symbols))]
    return tuple(
        Loss(
            what=subject_of(row),
            status=f"price {row['action']}",
            reason=reason_words(row, code="fault"),
        )
        for _, row in rows.iterrows()
    )


def reason_words(row: Row, *, code: str = "reason") -> str:
    """Spell the reason of a row: its detail when it has one, else its code."""
    detail = text_of(row.get("detail"))
    return detail or text_of(row.get(code)).replace("_", " ") or "no reason is recorded"


def subject_of(row: Row) -> str:
    """Name an event by its symbol and session; by its symbol when it has no session."""
    session = row.get("session")
    symbol = text_of(row.get("symbol"))
    return symbol if pd.isna(session) else f"{symbol}, {spelling.day(session)}"


def text_of(value: Any) -> str:
    """Give a plain text, empty for what is missing."""
    return "" if pd.isna(value) else str(value)
