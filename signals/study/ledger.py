"""What becomes of the events of a study.

No event vanishes: each that can't be studied is entered in the ledger with a reason code and a
sentence, and keeps its row in the study's status.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.study.arrays import Booleans, Indices

_Which = Booleans | Indices

MISSED_BY_NOBODY = frozenset({"duplicate_company_session", "low_relevance", "no_company"})
"""Reasons of what is lost and missed by nobody: one with another, not asked for, of no share."""


class _Entry(NamedTuple):
    """What was found of some events: one detail for all, or one for each."""

    places: Indices
    status: str
    reason: str
    detail: str | list[str]


class Ledger:
    """What becomes of each of N events; the first reason to lose one stands.

    Attributes
    ----------
    alive
        (N,): True for events that nothing was found against.
    """

    def __init__(self, n_events: int) -> None:
        self.alive: Booleans = np.ones(n_events, dtype=np.bool_)
        self._entries: list[_Entry] = []

    def lose(self, which: _Which, reason: str, detail: Callable[[int], str] | str) -> None:
        """Lose events; ``detail`` is a sentence, or gives one for an event's place."""
        self.remark(which, "lost", reason, detail)
        self.alive[which] = False

    def remark(
        self, which: _Which, status: str, reason: str, detail: Callable[[int], str] | str
    ) -> None:
        """Enter why events, which stay alive, don't have all of their windows.

        ``which`` is a mask or places; events that are lost already keep their reason.
        """
        mask = np.zeros(len(self.alive), dtype=np.bool_)
        mask[which] = True
        places = np.flatnonzero(mask & self.alive)
        if len(places):
            said = detail if isinstance(detail, str) else [detail(int(one)) for one in places]
            self._entries.append(_Entry(places, status, reason, said))

    def status(self, events: pd.DataFrame) -> pd.DataFrame:
        """Give ``event_id, symbol, session, status, reason, detail``, one row an event."""
        columns = {name: events[name].array for name in ("event_id", "symbol", "session")}
        return pd.DataFrame({**columns, **self.fates()})

    def fates(self) -> dict[str, pd.api.extensions.ExtensionArray]:
        """Give the columns ``status, reason, detail``, one value an event."""
        texts = [np.full(len(self.alive), text, dtype=object) for text in ("studied", "", "")]
        for entry in self._entries:
            said = (entry.status, entry.reason, entry.detail)
            for column, value in zip(texts, said, strict=True):
                column[entry.places] = value
        names = ("status", "reason", "detail")
        return {name: pd.array(text, dtype="str") for name, text in zip(names, texts, strict=True)}

    def require_some(self, events: pd.DataFrame) -> None:
        """Raise a StudyError, with the reasons and its ``status``, when no event is left."""
        if self.alive.any():
            return
        if not len(events):
            raise StudyError("There are no events to study.", status=self.status(events))
        status = self.status(events)
        counts = status["reason"].value_counts(sort=False)
        reasons = ", ".join(f"{reason} ({count})" for reason, count in counts.items())
        firsts = " ".join(status.drop_duplicates("reason")["detail"])
        raise StudyError(
            f"None of the {len(events)} events can be studied: {reasons}. "
            f"The first{' of each' * (len(counts) > 1)}: {firsts}",
            status=status,
        )
