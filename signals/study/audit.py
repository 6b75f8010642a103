"""Does a study look ahead? Four looks at a user's own events and prices.

Noise put on prices after the news was known may change nothing that a study says of before it
(:func:`perturb`). The corpus's clock is examined (``signals.study.forensics``). Events are put in
sessions by calendar date as well, to see what that would have made of them
(:func:`compare_policies`). And the policy that placed each event is listed
(:func:`list_policies`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.market.prices import PriceSource, PriceTable
from signals.market.sessions import Sessions, each_exchange
from signals.study.estimate import event_study
from signals.study.events import locate_by_policy
from signals.study.forensics import Clock, Delays, examine_stamps
from signals.study.inference import cross_sectional_t
from signals.study.intake import COMPUTED, read_events
from signals.study.signal import scored_at

Measure = Callable[[pd.DataFrame, PriceSource], pd.DataFrame]

EARLY: Final = "earlier than the news"
"""What the policy of an event is called whose given session closed before it was known."""

MOST_SESSIONS: Final = 50
"""Event sessions that are perturbed, spread evenly over those there are."""

_FIT: Final = tuple(name for name in COMPUTED if name != "market")


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
                f"Noise after the news changed no byte of what {self.n_events} events in "
                f"{self.n_sessions} sessions are measured against: no look-ahead."
            )
        names = ", ".join(dict.fromkeys(self.changed["quantity"]))
        n_leaking = self.changed["event_id"].nunique()
        return f"LOOK-AHEAD: noise after the news changed {names} of {n_leaking} events."


@dataclass(frozen=True, eq=False)
class Audit:
    """Four looks at a set of events.

    ``comparison`` is empty where the events have no scores; ``clock`` is None where no stamp has a
    time of day, ``delays`` where nobody noted when articles were first seen.
    """

    perturbation: Perturbation
    clock: Clock | None
    delays: Delays | None
    comparison: pd.DataFrame
    policies: pd.DataFrame

    @property
    def verdicts(self) -> tuple[str, ...]:
        """What was found, in words."""
        clocks = tuple(one.verdict for one in (self.clock, self.delays) if one is not None)
        words = (self.perturbation.verdict, *clocks, *_compare_words(self.comparison))
        early = int(self.policies["policy"].eq(EARLY).sum()) if len(self.policies) else 0
        if early:
            words += (
                f"LOOK-AHEAD: {early} events stand in a session that closed before the news.",
            )
        return words


def audit(
    events: pd.DataFrame,
    prices: PriceSource,
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
        As for ``event_study``.
    stamps
        The times of the articles behind the events, as ``examine_stamps`` takes them; without it
        the clock is judged by ``known_at``, once for each of the events' ``article_ids``.
    seed
        Of the noise.

    Raises
    ------
    StudyError
        As ``event_study``.
    """

    def measure(some: pd.DataFrame, source: PriceSource) -> pd.DataFrame:
        return measure_before(some, source, market=market, model=model)

    perturbation = perturb(events, prices, measure=measure, seed=seed)
    if "known_at" not in events:
        return Audit(perturbation, None, None, pd.DataFrame(), pd.DataFrame())
    policies = list_policies(events)
    clock, delays = examine_stamps(_stamps_of(events, policies) if stamps is None else stamps)
    comparison = pd.DataFrame()
    if "score" in events:
        comparison = compare_policies(events, prices, market=market, model=model)
    return Audit(perturbation, clock, delays, comparison, policies)


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
    abnormal return and its standard error.
    """
    study = event_study(events, prices, market=market, model=model)
    parts = [study.events[list(_FIT)]]
    for name, table in (("abnormal", study.abnormal), ("error", study.standard_errors)):
        before = table[[offset for offset in table.columns if int(offset) < 0]]
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
    frame = _placed(events)
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
            after = before * np.nan
        n_events, n_sessions = n_events + len(before), n_sessions + 1
        rows += _differences(session, before, after)
    columns = ["event_id", "session", "quantity", "before", "after"]
    return Perturbation(n_events, n_sessions, pd.DataFrame(rows, columns=columns))


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
            if one[place : place + 1].tobytes() != other[place : place + 1].tobytes():
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


def compare_policies(
    events: pd.DataFrame,
    prices: PriceSource,
    *,
    market: str | None = None,
    model: str = "market",
) -> pd.DataFrame:
    """Measure events put in sessions by our rule, and merged by calendar date.

    The abnormal return in the direction of each score, standardised, is averaged by session and
    tested with t over the sessions, so that what many shares do on one day counts once.

    Parameters
    ----------
    events
        As for ``event_study``, with ``known_at`` and ``score``.
    prices, market, model
        As for ``event_study``.

    Returns
    -------
    One row a policy and offset (0, 1): ``policy, offset, n, n_sessions, mean`` (in standard
    errors), ``statistic, df, p_value, note``.
    """
    for name in ("known_at", "score"):
        if name not in events:
            raise StudyError(f"The events have no column {name!r}, which this comparison reads.")
    rows: list[dict[str, object]] = []
    for policy in ("next_close", "same_date"):
        frame = _placed(events.drop(columns="session", errors="ignore"), policy)
        study = event_study(frame[frame["session"].notna()], prices, market=market, model=model)
        sign = np.sign(study.events["score"])
        for offset in (0, 1):
            signed = (study.sar[offset] * sign)[sign != 0].dropna()
            by_session = signed.groupby(study.events["session"].loc[signed.index]).mean()
            rows.append({"policy": policy, "offset": offset, **_t_test(signed, by_session)})
    table = pd.DataFrame(rows)
    notes = {
        ("next_close", 0): "contains the move before the news: association, not prediction",
        ("next_close", 1): "the first session that could be traded whole",
    }
    keys = zip(table["policy"], table["offset"], strict=True)
    return table.assign(note=[notes.get(key, "looks ahead: never a result") for key in keys])


def _t_test(signed: pd.Series, by_session: pd.Series) -> dict[str, object]:
    """Test whether the sessions' means are zero."""
    test = cross_sectional_t(by_session.to_numpy(dtype=np.float64))
    return {
        "n": len(signed),
        "n_sessions": len(by_session),
        "mean": float(signed.mean()) if len(signed) else np.nan,
        "statistic": test.statistic,
        "df": test.df,
        "p_value": test.p_value,
    }


def _compare_words(table: pd.DataFrame) -> tuple[str, ...]:
    if table.empty:
        return ()
    rows = {(row["policy"], row["offset"]): row for row in table.to_dict("records")}
    ours, next_session = rows["next_close", 0], rows["next_close", 1]
    merged = rows["same_date", 0]
    found = (
        f"Merged by calendar date t would be {merged['statistic']:+.1f}; by the first close after "
        f"the news it is {ours['statistic']:+.1f} in session 0 and "
        f"{next_session['statistic']:+.1f} in session 1."
    )
    if np.isnan(merged["statistic"]) or np.isnan(ours["statistic"]):
        return (f"{ours['n_sessions']} event sessions are too few to compare policies.",)
    words = [found]
    if ours["p_value"] < 0.05 and abs(next_session["statistic"]) < abs(ours["statistic"]) / 2:
        words.append(
            "What session 0 shows is gone in session 1: the move may have come before the news, "
            "as with recaps of the day."
        )
    if merged["p_value"] < 0.05 <= ours["p_value"]:
        words.append("What the calendar date shows is look-ahead: it is gone when time is kept.")
    return tuple(words)


def list_policies(events: pd.DataFrame) -> pd.DataFrame:
    """Tell of each event by which rule it came into its session, and when it could be traded.

    Returns
    -------
    One row an event: ``event_id, symbol, known_at, precision, phase, policy, session, opens,
    closes, tradable``: "open of session 0" when that open is later than ``known_at`` (and
    ``complete_at``, of a score that combines articles), else "session 1"; events that no calendar
    reaches have NaT. ``policy`` is "next_close", "earlier than the news" or "later".
    """
    frame = _placed(events)
    known = pd.DatetimeIndex(frame["known_at"])
    scored = pd.DatetimeIndex(scored_at(frame).view("datetime64[us]")).tz_localize("UTC")
    opens = pd.Series(pd.NaT, frame.index, dtype="datetime64[us, UTC]")
    closes = opens.copy()
    phases = pd.Series("", frame.index, dtype="object")
    rule = frame["session"].copy()
    for mic, chosen in each_exchange(frame["mic"].tolist()):
        here = chosen & frame["session"].notna().to_numpy()
        if here.any():
            sessions = Sessions(mic)
            place = sessions.labels().get_indexer(pd.DatetimeIndex(frame.loc[here, "session"]))
            opens[here], closes[here] = sessions.opens[place], sessions.closes[place]
            phases[here] = sessions.phase(known[here])
            rule[here] = sessions.locate(known[here]).to_numpy()
    precision = frame.get("precision", pd.Series("", frame.index))
    return pd.DataFrame(
        {
            "event_id": frame["event_id"],
            "symbol": frame["symbol"],
            "known_at": known,
            "precision": precision,
            "phase": phases.where(precision.ne("day"), "date-only"),
            "policy": np.select(
                [frame["session"] < rule, frame["session"] > rule], [EARLY, "later"], "next_close"
            ),
            "session": frame["session"],
            "opens": opens,
            "closes": closes,
            "tradable": np.where(opens > scored, "open of session 0", "session 1"),
        }
    )


def _placed(events: pd.DataFrame, policy: str = "next_close") -> pd.DataFrame:
    """Read events, and put those without a session in one."""
    frame, _, ledger = read_events(events)
    if "known_at" in frame:
        frame["known_at"] = pd.to_datetime(frame["known_at"], utc=True, format="ISO8601")
    if policy != "next_close":
        placed = pd.Series(pd.NaT, frame.index, dtype="datetime64[us]")
        for mic, chosen in each_exchange(frame["mic"].tolist()):
            here = chosen & ledger.alive
            if here.any():
                known = pd.DatetimeIndex(frame["known_at"][here])
                found = locate_by_policy(Sessions(mic), known, policy)
                placed[here] = found.to_numpy()
        frame["session"] = placed
    return frame
