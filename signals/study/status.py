"""One table of what became of everything: ``studied``, ``pending`` or ``lost``, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import pandas as pd

from signals.study.ledger import MISSED_BY_NOBODY

STATUS_COLUMNS: Final = (
    *("article", "article_id", "event_id", "symbol", "session", "status", "reason", "detail"),
)
"""The columns of a status table, in order."""

NO_COMPANY: Final = ("no_company", "It is about no listed company.")
"""Of an article that names none: the reason, and its sentence."""


def loss_row(
    name: str, reason: str, detail: str, *, article_id: str = "", symbol: str = ""
) -> dict[str, object]:
    """Give the row of what is lost before it is an event, such as an article; ``name`` calls it."""
    return {
        "article": name,
        "article_id": article_id,
        "symbol": symbol,
        "status": "lost",
        "reason": reason,
        "detail": detail,
    }


def missed(losses: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """Give the rows of which something is missing."""
    return [one for one in losses if one["reason"] not in MISSED_BY_NOBODY]


def status_table(studied: pd.DataFrame, losses: Sequence[dict[str, object]] = ()) -> pd.DataFrame:
    """Make one table: first what was lost before there were events, then the events."""
    rows = pd.DataFrame(list(losses), columns=list(STATUS_COLUMNS))
    frame = pd.concat([rows, studied], ignore_index=True) if len(studied) else rows
    frame = frame.reindex(columns=list(STATUS_COLUMNS))
    texts = [name for name in STATUS_COLUMNS if name != "session"]
    frame[texts] = frame[texts].astype(object).fillna("")
    return frame


def fell_short(status: pd.DataFrame) -> pd.Series[bool]:
    """Tell which rows are anything but studied, or lack a window: all that have a reason."""
    return status["status"].ne("studied") | status["reason"].fillna("").ne("")


def words_by_reason(
    noun: str, lost: Sequence[tuple[str, str, str]], of: str = ""
) -> dict[str, str]:
    """Say by reason how much was lost, and the first of each: rows of reason, place and detail."""
    firsts = {reason: f"The first, {place}: {detail}" for reason, place, detail in reversed(lost)}
    counts = Counter(reason for reason, _, _ in lost)
    return {
        f"{n:,} {noun}{'s' if n > 1 else ''}{of}, {reason.replace('_', ' ')}": firsts[reason]
        for reason, n in sorted(counts.items())
    }
