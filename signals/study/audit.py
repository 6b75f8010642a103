"""Does a study look ahead? Four looks at a user's own events and prices.

Noise put on prices after the news was known may change nothing that a study says of before it
(:func:`perturb`). The corpus's clock is examined (``signals.study.timestamps``). Events are put in
sessions by calendar date as well, to see what that would have made of them
(:func:`compare_policies`). And the policy that placed each event is listed
(:func:`list_policies`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Final

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.market.price_source import Prices, as_price_source
from signals.market.prices import PriceSource, PriceTable
from signals.study.audit_policies import (
    EARLY,
    compare_policies,
    compare_words,
    list_policies,
    place_events,
)
from signals.study.estimate import event_study
from signals.study.intake import COMPUTED, as_rows
from signals.study.ledger import MISSED_BY_NOBODY
from signals.study.models import leads_of
from signals.study.status import words_by_reason
from signals.study.timestamps import Clock, Delays, examine_stamps

Measure = Callable[[pd.DataFrame, PriceSource], pd.DataFrame]

MOST_SESSIONS: Final = 50
"""Event sessions that are perturbed, spread evenly over those there are."""

_EARLIER: Final = pd.Timedelta(days=14)
"""By how much merging by calendar date puts an event earlier at most: over a long holiday."""

_FIT: Final = [name for name in COMPUTED if name != "market"]


@dataclass(frozen=True, eq=False)
class Perturbation:
    """What noise after the news changed of what was known before it.

    Attributes
    ----------
    n_events, n_sessions
        Events and event sessions that were perturbed.
    changed
        One row a quantity that changed: ``event_id, session, quantity, before, after``.
    """

    n_events: int
    n_sessions: int
    changed: pd.DataFrame

    @property
    def verdict(self) -> str:
        """The outcome in words."""
        if not self.n_events:
            return "No event has prices: nothing could be perturbed."
        if self.changed.empty:
            return (
                "Noise after the news changed no byte of what the events are measured against: no "
                f"look-ahead (events: {self.n_events}, in sessions: {self.n_sessions})."
            )
        names = ", ".join(dict.fromkeys(self.changed["quantity"]))
        n_leaking = self.changed["event_id"].nunique()
        some = f"{n_leaking} event{'' if n_leaking == 1 else 's'}"
        return f"LOOK-AHEAD: noise after the news changed {names} of {some}."


@dataclass(frozen=True, eq=False, repr=False)
class Audit:
    """Four looks at a set of events.

    ``comparison`` is empty where the events have no scores or times; ``clock`` is None where no
    stamp has a time of day, ``delays`` where nobody noted when articles were first seen. ``lost``
    has one row an event that no study could take: ``event_id, symbol, session, status, reason,
    detail``.
    """

    perturbation: Perturbation
    clock: Clock | None
    delays: Delays | None
    comparison: pd.DataFrame
    policies: pd.DataFrame
    lost: pd.DataFrame

    @property
    def loss_words(self) -> dict[str, str]:
        """How many events were lost, by reason, and the first of each."""
        columns = self.lost[["reason", "event_id", "detail"]]
        return words_by_reason("event", list(columns.itertuples(index=False, name=None)))

    @property
    def verdicts(self) -> tuple[str, ...]:
        """What was found, in words."""
        clocks = tuple(one.verdict for one in (self.clock, self.delays) if one is not None)
        words = (self.perturbation.verdict, *clocks, *compare_words(self.comparison))
        early = int(self.policies["policy"].eq(EARLY).sum()) if len(self.policies) else 0
        if early:
            stand = "event stands" if early == 1 else "events stand"
            words += (f"LOOK-AHEAD: {early} {stand} in a session that closed before the news.",)
        return words

    def __repr__(self) -> str:
        return "\n".join(("<Audit>", *self._words()))

    def _words(self) -> list[str]:
        return [*self.verdicts, *(f"Lost: {one}. {why}" for one, why in self.loss_words.items())]

    def _repr_html_(self) -> str:
        words = "".join(f"<p>{escape(one)}</p>" for one in self._words())
        return words + (self.comparison.to_html(index=False) if len(self.comparison) else "")


def audit(
    events: pd.DataFrame,
    prices: Prices,
    *,
    market: str | None = None,
    model: str = "market",
    stamps: pd.DataFrame | None = None,
    seed: int = 0,
) -> Audit:
    """Audit events and prices for look-ahead.

    Parameters
    ----------
    events
        As for ``event_study``, with ``known_at`` for all but the perturbation, and ``score`` for
        the comparison of policies.
    prices, market, model
        As for ``event_study``, which tells what is lost: it has a row of ``lost``, and its reason.
    stamps
        The times of the articles behind the events, as ``examine_stamps`` takes them; without it
        the clock is judged by ``known_at``, once for each of the events' ``article_ids``.
    seed
        Of the noise.

    Raises
    ------
    StudyError
        As ``event_study``: the error's ``status`` has a row an event where every one fell out.
    """
    events = as_rows(events)
    source = _ReadOnce(as_price_source(prices))
    # Of all events at once: what is lost here is lost by the looks below as well.
    status = event_study(events, source, market=market, model=model).status
    missing = status["status"].eq("lost") & ~status["reason"].isin(MISSED_BY_NOBODY)
    lost = status[missing].reset_index(drop=True)

    def measure(some: pd.DataFrame, given: PriceSource) -> pd.DataFrame:
        return measure_before(some, given, market=market, model=model)

    perturbation = perturb(events, source, measure=measure, seed=seed)
    if "known_at" not in events:
        return Audit(perturbation, None, None, pd.DataFrame(), pd.DataFrame(), lost)
    policies = list_policies(events)
    clock, delays = examine_stamps(_stamps_of(events, policies) if stamps is None else stamps)
    comparison = pd.DataFrame()
    if "score" in events and policies["known_at"].notna().any():
        comparison = compare_policies(events, source, market=market, model=model)
    return Audit(perturbation, clock, delays, comparison, policies, lost)


def _stamps_of(events: pd.DataFrame, policies: pd.DataFrame) -> pd.DataFrame:
    """Give the times of the articles behind events, as far as the events tell them apart."""
    stamps = pd.DataFrame(
        {
            "published": policies["known_at"],
            "first_seen": pd.NaT,
            "precision": policies["precision"],
        }
    )
    if "article_ids" not in events:
        return stamps
    return stamps[~events["article_ids"].duplicated().to_numpy()]


def measure_before(
    events: pd.DataFrame, prices: PriceSource, *, market: str | None, model: str
) -> pd.DataFrame:
    """Give what a study says of before its events: the fit, and each session before the event.

    Returns
    -------
    One row an event, index ``event_id``: the fit's columns, and for each negative offset the
    abnormal return and its standard error; but for those whose model reads the event session.
    """
    study = event_study(events, prices, market=market, model=model)
    ahead = max((0, *leads_of(study.sample.model)))
    parts = [study.events[study.events.columns.intersection(_FIT, sort=False)]]
    for name, table in (("abnormal", study.abnormal), ("error", study.standard_errors)):
        before = table[[offset for offset in table.columns if int(offset) + ahead < 0]]
        parts.append(before.add_prefix(f"{name} "))
    return pd.concat(parts, axis=1)


def perturb(
    events: pd.DataFrame,
    prices: PriceSource,
    *,
    measure: Measure,
    seed: int = 0,
    most: int = MOST_SESSIONS,
) -> Perturbation:
    """Put noise on every price from an event's session on, and see what changes before it.

    The close of the event session comes after ``known_at``; so do all prices of later sessions.
    Sessions of which nothing can be measured, since no event there has prices, don't count.

    Parameters
    ----------
    events, prices
        As for ``event_study``.
    measure
        Gives the quantities that may not change, one row an event (``measure_before``, or your
        own feature); quantities are compared byte by byte.
    seed
        Of the noise.
    most
        Greatest number of event sessions to perturb.
    """
    frame = place_events(events)
    days = frame["session"].dropna().drop_duplicates().sort_values()
    chosen = days.iloc[np.unique(np.linspace(0, len(days) - 1, min(most, len(days))).astype(int))]
    rows: list[dict[str, object]] = []
    n_events = n_sessions = 0
    for number, session in enumerate(chosen):
        here = frame[frame["session"] == session]
        noisy = _Noisy(prices, session, np.random.default_rng([seed, number]))
        try:
            before = measure(here, prices)
        except StudyError:
            continue  # none of these events has prices
        try:
            after = measure(here, noisy).reindex(index=before.index, columns=before.columns)
        except StudyError:
            after = before.iloc[:0].reindex(before.index)  # none of it, each column as it may be
        n_events, n_sessions = n_events + len(before), n_sessions + 1
        rows += _differences(session, before, after)
    columns = ["event_id", "session", "quantity", "before", "after"]
    return Perturbation(n_events, n_sessions, pd.DataFrame(rows, columns=columns))


class _ReadOnce:
    """A price source that is asked once for all that lies within one of its answers.

    Of faults it gives those that refuse: a study reads no others. The snapshot is the answer's.
    """

    def __init__(self, prices: PriceSource) -> None:
        self._prices = prices
        self._answers: list[tuple[frozenset[str], pd.Timestamp, pd.Timestamp, PriceTable]] = []

    def _answer(self, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp) -> PriceTable:
        for known, first, last, table in self._answers:
            if known.issuperset(symbols) and first <= start and end <= last:
                return table
        early = start - _EARLIER
        table = self._prices.history(symbols, early, end)
        self._answers.append((frozenset(symbols), early, end, table))
        return table

    def history(self, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp) -> PriceTable:
        """Give the source's prices, out of an answer that holds them."""
        table = self._answer(symbols, start, end)
        have = [name for name in dict.fromkeys(symbols) if name in table.closes]

        def part(frame: pd.DataFrame | None) -> pd.DataFrame | None:
            return None if frame is None else frame.loc[start:end, have]

        faults = table.faults[table.faults["action"].eq("refused")]
        faults = faults[faults["symbol"].isin(set(symbols))]
        if not (faults["session"].isna() | faults["session"].between(start, end)).all():
            # What spoils a series outside of what is asked for now may not refuse it.
            return self._prices.history(symbols, start, end)
        return replace(
            table,
            closes=table.closes.loc[start:end, have],
            faults=faults,
            opens=part(table.opens),
            volume=part(table.volume),
        )


class _Noisy:
    """A price source with noise of 10 % on all prices from one session on."""

    def __init__(
        self, prices: PriceSource, since: pd.Timestamp, random: np.random.Generator
    ) -> None:
        self._prices = prices
        self._since = since
        self._random = random

    def history(self, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp) -> PriceTable:
        """Give the source's prices, with the noise."""
        table = self._prices.history(symbols, start, end)
        late = np.asarray(table.closes.index >= self._since)
        factor = np.ones(table.closes.shape)
        factor[late] = np.exp(0.1 * self._random.standard_normal(factor[late].shape))
        opens = None if table.opens is None else table.opens * factor
        return replace(table, closes=table.closes * factor, opens=opens)


def _differences(
    session: pd.Timestamp, before: pd.DataFrame, after: pd.DataFrame
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for name in before.columns:
        one, other = before[name].to_numpy(), after[name].to_numpy()
        for place, event_id in enumerate(before.index):
            if _content(one[place : place + 1]) != _content(other[place : place + 1]):
                rows.append(
                    {
                        "event_id": event_id,
                        "session": session,
                        "quantity": str(name),
                        "before": one[place],
                        "after": other[place],
                    }
                )
    return rows


def _content(value: np.ndarray) -> bytes:
    """Give the bytes of one value; those of a text or another object say only where it lies."""
    if value.dtype != object:
        return value.tobytes()
    return b"" if pd.isna(value)[0] else repr(value[0]).encode()
