"""What became of a report's own news, step by step: nothing vanishes without a reason.

Articles are read, parsed, dated, linked and novel; their links to symbols become events, which are
aligned, priced and studied. "Lost" failed; "pending" waits for its window to close; "aside" doesn't
belong here by design. Only what is lost counts against the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from signals.batch.inputs import Refused
from signals.batch.links import Dropped, Link
from signals.report.daily import Step
from signals.report.html import Loss

if TYPE_CHECKING:
    import pandas as pd

TOO_MANY = 0.30
"""Share of losses from which a report as a whole is doubtful."""

_UNDATED = ("undated", "naive_time", "bad_time", "implausible_time", "future_time")
_UNPRICED = ("no_prices", "no_market_prices", "prices_end_before_event")
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


@dataclass
class _Counter:
    """Counts the losses of one step."""

    name: str
    unit: str
    entered: int
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, status: str, reason: str, count: int = 1) -> None:
        self.counts[status, reason] += count

    def step(self) -> Step:
        def total(wanted: str) -> int:
            return sum(count for (status, _), count in self.counts.items() if status == wanted)

        gone = sum(self.counts.values())
        ranked = sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))
        return Step(
            name=self.name,
            unit=self.unit,
            entered=self.entered,
            left=self.entered - gone,
            lost=total("lost"),
            pending=total("pending"),
            aside=total("aside"),
            reasons=tuple(
                f"{count} {reason.replace('_', ' ')}" for (_, reason), count in ranked if count
            ),
        )


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
    losses = [Loss(_name(one), "lost", one.detail) for one in refused]
    undated = [one for one in refused if one.reason in _UNDATED]
    read = len(about) + len(dropped) + len(refused)
    steps = [_Counter("read", "items", read), _Counter("parsed", "items", read)]
    for one in refused:
        if one.reason not in _UNDATED:
            steps[-1].add("lost", one.reason)
    steps.append(_Counter("dated", "items", len(about) + len(dropped) + len(undated)))
    for one in undated:
        steps[-1].add("lost", one.reason)

    steps.append(_Counter("linked", "articles", len(about) + len(dropped)))
    for gone in dropped:
        steps[-1].add(gone.status, gone.reason)
        if gone.status == "lost":
            losses.append(Loss(gone.article.title, "lost", gone.detail))
    steps.append(_Counter("novel", "articles", len(about)))
    mine = [one for one in novel if (one.article.id, one.score.symbol) in own]
    steps[-1].add("aside", "told_before", len(about) - len({one.article.id for one in mine}))
    steps.append(_Counter("aligned", "links to symbols", len(mine)))
    for row in unaligned.to_dict("records"):
        if (row["article_id"], row["symbol"]) not in own:
            continue
        steps[-1].add("lost", row["reason"])
        losses.append(Loss(row["symbol"], "lost", row["detail"]))
    steps += _count_events(events, own, status, losses)
    done = tuple(step.step() for step in steps)
    shares = [_share("items", done[1:5], done[0]), _share("events", done[5:], done[5])]
    return Funnel(done, tuple(losses), max(shares, key=lambda one: one.value))


def _count_events(
    events: pd.DataFrame, own: Own, status: pd.DataFrame, losses: list[Loss]
) -> list[_Counter]:
    """Count the events that the report's own articles were the first to tell."""
    told = zip(events["article_ids"], events["symbol"], strict=True)
    is_own = [(ids.partition(" ")[0], symbol) in own for ids, symbol in told]
    mine = events.loc[np.array(is_own, dtype=bool)]
    known = status.set_index("event_id")
    rows = known.reindex(mine["event_id"])
    priced = _Counter("priced", "events", len(mine))
    waiting = int(rows["status"].isna().sum())
    priced.add("pending", "session_not_closed", waiting)
    lost = rows[rows["status"] == "lost"]
    for _, row in lost[lost["reason"].isin(_UNPRICED)].iterrows():
        priced.add("lost", row["reason"])
        losses.append(Loss(str(row["symbol"]), "lost", row["detail"]))
    studied = _Counter("studied", "events", priced.step().left)
    for _, row in lost[~lost["reason"].isin(_UNPRICED)].iterrows():
        kind = "aside" if row["reason"] == _REPEATED else "lost"
        studied.add(kind, row["reason"])
        if kind == "lost":
            losses.append(Loss(str(row["symbol"]), "lost", row["detail"]))
    return [priced, studied]


def _name(one: Refused) -> str:
    place = f"{one.source}: {one.place}"
    return place if one.title in {"", one.place} else f"{place}, {one.title}"


def _share(unit: str, steps: Sequence[Step], first: Step) -> Share:
    pending = sum(step.pending for step in steps)
    return Share(unit, sum(step.lost for step in steps), max(first.entered - pending, 0))
