"""By which rule events came into their sessions, and what another rule would have made of them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from signals.errors import StudyError, SymbolError
from signals.market.prices import PriceSource
from signals.market.sessions import Sessions, each_exchange
from signals.study.columns import read_instants
from signals.study.estimate import event_study
from signals.study.inference import cross_sectional_t
from signals.study.intake import as_rows, read_events, scored_at
from signals.study.policies import POLICIES, locate_by_policy

EARLY: Final = "earlier than the news"
"""What the policy of an event is called whose given session closed before it was known."""


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
    One row a policy and offset (0, 1): ``policy, offset, n, n_sessions, mean`` (of the sessions'
    means, in standard errors), ``statistic, df, p_value, note``.
    """
    events = as_rows(events)
    for name in ("known_at", "score"):
        if name not in events:
            raise StudyError(f"The events have no column {name!r}, which this comparison reads.")
    rows: list[dict[str, object]] = []
    for policy in POLICIES:
        frame = place_events(events.drop(columns="session", errors="ignore"), policy)
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
        "mean": float(by_session.mean()) if len(signed) else np.nan,
        "statistic": test.statistic,
        "df": test.df,
        "p_value": test.p_value,
    }


def compare_words(table: pd.DataFrame) -> tuple[str, ...]:
    """Say in sentences what :func:`compare_policies` found; none of an empty table."""
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
        return (f"Too few event sessions to compare policies: {ours['n_sessions']}.",)
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
    reaches have NaT. ``policy`` is "next_close", "earlier than the news" or "later", and empty
    where nobody knows when the news was known.

    Raises
    ------
    StudyError
        As ``event_study``, or a ``known_at`` can't be read or has no time zone.
    """
    frame = place_events(events)
    known = pd.DatetimeIndex(frame["known_at"])
    scored = pd.DatetimeIndex(scored_at(frame).view("datetime64[us]")).tz_localize("UTC")
    opens = pd.Series(pd.NaT, frame.index, dtype="datetime64[us, UTC]")
    closes = opens.copy()
    phases = np.full(len(frame), "", dtype=object)
    rule = frame["session"].copy()
    for mic, chosen in each_exchange(frame["mic"].tolist()):
        here = np.flatnonzero(chosen & frame["session"].notna().to_numpy())
        if not len(here):
            continue
        try:
            sessions = Sessions(mic)
        except SymbolError:
            rule.iloc[here] = pd.NaT  # no study takes them, and says why
            continue
        place = sessions.labels().get_indexer(pd.DatetimeIndex(frame["session"].iloc[here]))
        trades = place >= 0
        opens.iloc[here[trades]] = sessions.opens[place[trades]]
        closes.iloc[here[trades]] = sessions.closes[place[trades]]
        timed = here[known[here].notna()]
        phases[timed] = sessions.phase(known[timed])
        rule.iloc[timed] = sessions.locate(known[timed]).to_numpy()
    precision = frame.get("precision", pd.Series("", frame.index))
    return pd.DataFrame(
        {
            "event_id": frame["event_id"],
            "symbol": frame["symbol"],
            "known_at": known,
            "precision": precision,
            "phase": np.where(precision.isin(["day"]), "date-only", phases),
            "policy": np.select(
                [
                    known.isna() | rule.isna().to_numpy(),
                    frame["session"] < rule,
                    frame["session"] > rule,
                ],
                ["", EARLY, "later"],
                "next_close",
            ),
            "session": frame["session"],
            "opens": opens,
            "closes": closes,
            "tradable": np.where(opens > scored, "open of session 0", "session 1"),
        }
    )


def place_events(events: pd.DataFrame, policy: str = "next_close") -> pd.DataFrame:
    """Read events, and put those without a session in one."""
    frame, _, ledger = read_events(events)
    if "known_at" in frame:
        frame["known_at"] = read_instants(frame["known_at"]).dt.tz_convert("UTC").dt.as_unit("us")
    if policy != "next_close":
        sessions_by = pd.Series(pd.NaT, frame.index, dtype="datetime64[us]")
        for mic, chosen in each_exchange(frame["mic"].tolist()):
            here = chosen & ledger.alive
            if here.any():
                known = pd.DatetimeIndex(frame["known_at"][here])
                found = locate_by_policy(Sessions(mic), known, policy)
                sessions_by[here] = found.to_numpy()
        frame["session"] = sessions_by
    return frame
