"""What became of a report's own news, step by step: nothing vanishes without a reason.

Articles are read, parsed, dated, linked and novel; their links to symbols become events, which are
aligned, priced and studied. "Lost" failed; "pending" waits for its window to close; "aside" doesn't
belong here by design. Only what is lost counts against the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from signals.batch.inputs import Refused
from signals.batch.links import Dropped, Link
from signals.report.daily import Step
from signals.report.html import Loss

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

TOO_MANY = 0.30
"""Share of losses from which a report as a whole is doubtful."""

_UNDATED = ("undated", "naive_time", "bad_time", "implausible_time", "future_time")
_UNPRICED = (
    *("no_prices", "no_market_prices"),
    *("prices_end_before_event", "market_prices_end_before_event"),
)
MARKET_NOT_CLOSED = "market_not_closed"
"""Reason of events whose market trades until later on their date: they are pending."""
_REPEATED = "duplicate_company_session"


Own = set[tuple[str, str | None]]
"""Ids of articles, with symbols that they tell of."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many items or events were lost, of those that don't wait."""

    unit: str
    lost: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0 to 1."""
        return self.lost / self.of if self.of else float(self.lost > 0)


@dataclass(frozen=True, slots=True)
class Funnel:
    """The steps, each loss, and the share that was lost of items or of events: the greater one."""

    steps: tuple[Step, ...]
    losses: tuple[Loss, ...]
    lost: Share


def count_day(
    refused: Sequence[Refused],
    *,
    own: Own,
    dropped: Sequence[Dropped],
    novel: Sequence[Link],
    unaligned: pd.DataFrame,
    events: pd.DataFrame,
    status: pd.DataFrame,
) -> Funnel:
    """Count what became of the news of one report.

    Parameters
    ----------
    refused
        Items of sources that are no articles.
    own
        Articles and the symbols that they tell of in this report; one that tells of two exchanges
        may tell of one in the report before.
    dropped, novel
        The report's articles without a link; of all links those that tell a story first.
    unaligned, events, status
        What aligning and studying gave.
    """
    about = {article for article, _ in own}
    undated = [one for one in refused if one.reason in _UNDATED]
    unread = [one for one in refused if one.reason not in _UNDATED]
    mine = [one for one in novel if (one.article.id, one.score.symbol) in own]
    told_before = len(about) - len({one.article.id for one in mine})
    homeless = [
        row for row in unaligned.to_dict("records") if (row["article_id"], row["symbol"]) in own
    ]
    articles = len(about) + len(dropped)
    items = articles + len(refused)
    news = (
        _step("read", "items", items, ()),
        _step("parsed", "items", items, [("lost", one.reason) for one in unread]),
        _step("dated", "items", items - len(unread), [("lost", one.reason) for one in undated]),
        _step("linked", "articles", articles, [(one.status, one.reason) for one in dropped]),
        _step("novel", "articles", len(about), [("aside", "told_before")] * told_before),
    )
    aligned = _step(
        "aligned", "links to symbols", len(mine), [("lost", row["reason"]) for row in homeless]
    )
    later, event_losses = _count_events(events, own, status)
    losses = (
        *(Loss(_name(one), "lost", one.detail) for one in refused),
        *(Loss(one.article.title, "lost", one.detail) for one in dropped if one.status == "lost"),
        *(Loss(row["symbol"], "lost", row["detail"]) for row in homeless),
        *event_losses,
    )
    shares = (
        _share("items", news[1:], news[0]),
        _share("events", (aligned, *later), aligned),
    )
    greater = max(shares, key=lambda one: one.value)
    return Funnel((*news, aligned, *later), losses, greater)


def first_in(own: Own, events: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell for each event whether ``own`` holds its first article and its symbol."""
    told = zip(events["article_ids"], events["symbol"], strict=True)
    return np.array([(ids.partition(" ")[0], symbol) in own for ids, symbol in told], dtype=bool)


def _count_events(
    events: pd.DataFrame, own: Own, status: pd.DataFrame
) -> tuple[tuple[Step, Step], list[Loss]]:
    """Count the events that the report's own articles were the first to tell, and name the lost."""
    mine = events.loc[first_in(own, events)]
    rows = status.set_index("event_id").reindex(mine["event_id"])
    waiting = int(rows["status"].isna().sum())
    gone = rows[rows["status"] == "lost"]
    is_unpriced, is_repeated = gone["reason"].isin(_UNPRICED), gone["reason"] == _REPEATED
    unpriced, unstudied = gone[is_unpriced], gone[~is_unpriced & ~is_repeated]
    unmeasured = int(rows["reason"].eq(MARKET_NOT_CLOSED).sum())
    pending = [("pending", "session_not_closed")] * waiting
    pending += [("pending", MARKET_NOT_CLOSED)] * unmeasured
    priced = _step(
        "priced", "events", len(mine), [*pending, *(("lost", one) for one in unpriced["reason"])]
    )
    repeated = [("aside", _REPEATED)] * int(is_repeated.sum())
    studied = _step(
        "studied",
        "events",
        priced.left,
        [*repeated, *(("lost", one) for one in unstudied["reason"])],
    )
    losses = [
        Loss(str(row["symbol"]), "lost", row["detail"])
        for lost in (unpriced, unstudied)
        for row in lost.to_dict("records")
    ]
    return (priced, studied), losses


def _step(name: str, unit: str, entered: int, gone: Sequence[tuple[str, str]]) -> Step:
    """Count what did not go on: the status and the reason of each."""
    reasons, statuses = Counter(gone), Counter(status for status, _ in gone)
    ranked = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return Step(
        name=name,
        unit=unit,
        entered=entered,
        left=entered - len(gone),
        lost=statuses["lost"],
        pending=statuses["pending"],
        aside=statuses["aside"],
        reasons=tuple(f"{count} {reason.replace('_', ' ')}" for (_, reason), count in ranked),
    )


def _name(one: Refused) -> str:
    place = f"{one.source}: {one.place}"
    return place if one.title in {"", one.place} else f"{place}, {one.title}"


def _share(unit: str, steps: Sequence[Step], first: Step) -> Share:
    pending = sum(step.pending for step in steps)
    return Share(unit, sum(step.lost for step in steps), max(first.entered - pending, 0))
