"""What a report finds out, from its inputs alone: no clock, no store, no network.

Links to the watch list become events; those of past sessions are studied together, and each
symbol's own session is measured, with or without news. What falls out is entered in the funnel.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from signals.batch.confounds import REACH
from signals.batch.days import Day, trailing_first
from signals.batch.funnel import MARKET_NOT_CLOSED, Funnel, Own, count_day
from signals.batch.inputs import Inputs
from signals.batch.links import Link, first_told, link
from signals.batch.records import Analysed
from signals.batch.revisions import corrections
from signals.errors import StudyError
from signals.exchanges import mic_of
from signals.news.stories import Stories, group_openings, join_revisions
from signals.news.tellings import opening_of
from signals.report.verdicts import HEADLINE, LEVEL
from signals.study.confounds import mark_confounded
from signals.study.estimate import event_study
from signals.study.events import align, unaligned
from signals.study.result import EventStudy
from signals.study.significance import benjamini_hochberg

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from signals.news.article import Article
    from signals.sentiment.scorer import Score, Scorer


@dataclass(frozen=True, eq=False)
class Move:
    """What the price of one symbol did in its session.

    Attributes
    ----------
    move
        Its return; NaN without two prices.
    effect, ci_low, ci_high, p_value, placebo_p
        Over the window that flags; NaN where it can't be had.
    n_obs
        Sessions in the estimation window (M); None where it can't be had.
    flagged
        Whether it stands out over the watch list.
    lag
        By how many sessions its last price lies before its session; None without any price.
    reason
        Why a number is missing.
    """

    move: float
    effect: float
    ci_low: float
    ci_high: float
    p_value: float
    placebo_p: float
    n_obs: int | None
    flagged: bool
    lag: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Late:
    """A telling that came late, and what told its story first until then; None where nothing did.

    Where that was in a later session, the event moves.
    """

    link: Link
    before: Link | None


@dataclass(frozen=True, eq=False)
class DayResults:
    """What one report finds out.

    Attributes
    ----------
    links
        Tellings of the report's own news about symbols of the watch list, as they became known.
    own
        Articles and symbols of those that count in this report. The others were counted in the
        report before, since when their exchange has had no session.
    late
        Tellings of earlier news that came in only after the report before.
    stories
        The story of each article.
    events
        Of the trailing window and of news that waits for its session, one row a symbol and story:
        what is told again in a later session is no event.
    closed
        For each event whether its session has closed.
    study
        Over those whose session has closed; None when none could be studied.
    status
        What became of each event of the study.
    moves
        Of each symbol of the watch list.
    funnel
        What became of the report's own news.
    """

    links: tuple[Link, ...]
    own: Own
    late: tuple[Late, ...]
    stories: Stories
    events: pd.DataFrame
    closed: NDArray[np.bool_]
    study: EventStudy | None
    status: pd.DataFrame
    moves: Mapping[str, Move]
    funnel: Funnel

    @property
    def measured(self) -> int:
        """Of how many symbols the move could be measured."""
        return sum(move.n_obs is not None for move in self.moves.values())


def day_results(
    inputs: Inputs,
    analysed: Mapping[str, Analysed],
    *,
    scorer: Scorer,
    revised: Mapping[str, str],
) -> DayResults:
    """Find out what a report says.

    Parameters
    ----------
    inputs
        Its inputs.
    analysed
        What was found in each of its articles, by id.
    scorer
        What scored them.
    revised
        Article -> the one that it corrects.
    """
    plan = inputs.plan
    grouped = group_openings(
        opening_of(article, analysed[article.id].companies) for article in inputs.articles
    )
    links, dropped = link(
        inputs.articles,
        analysed,
        plan.watch,
        min_relevance=plan.study.min_relevance,
        scorer=scorer,
    )
    corrected = corrections(revised, inputs.articles, links)
    stories = join_revisions(grouped, revised, corrected=corrected)
    # Another exchange's span may reach further: what lies behind a symbol's own end is told later.
    links = [one for one in links if _day_of(inputs, one).reaches(_known_at(one))]
    scores = [one.score for one in links]
    events = _events_of(inputs, scores, stories)
    sessions = zip(events["symbol"], events["session"], strict=True)
    closed = np.array([day <= inputs.day(name).session for name, day in sessions], dtype=bool)
    study, status = study_trailing(inputs, events[closed])
    status = _waiting_for_market(inputs, status)
    held = tuple(one for one in links if _day_of(inputs, one).holds(_known_at(one)))
    late = set(inputs.late)
    own = {
        (one.article.id, one.score.symbol)
        for one in held
        if one.article.id in late or not inputs.repeats(str(one.score.symbol))
    }
    return DayResults(
        links=held,
        own=own,
        late=_late(inputs, links, stories),
        stories=stories,
        events=events,
        closed=closed,
        study=study,
        status=status,
        moves=measure_moves(inputs),
        funnel=count_day(
            inputs.refused,
            own=own,
            dropped=[one for one in dropped if _is_own(inputs, one.article, late)],
            novel=first_told(links, stories),
            unaligned=unaligned(scores),
            events=events,
            status=status,
        ),
    )


def _late(inputs: Inputs, links: Sequence[Link], stories: Stories) -> tuple[Late, ...]:
    """Give the first tellings of earlier news that came in only after the report before."""

    def key(one: Link) -> tuple[str, str | None]:
        return stories[one.article.id].story_id, one.score.symbol

    late = set(inputs.late)
    in_time = first_told([one for one in links if one.article.id not in late], stories)
    before = {key(one): one for one in in_time}
    return tuple(
        Late(one, before.get(key(one)))
        for one in first_told(links, stories)
        if one.article.id in late and _day_of(inputs, one).is_past(_known_at(one))
    )


def _events_of(inputs: Inputs, scores: Sequence[Score], stories: Stories) -> pd.DataFrame:
    """Give the events of the trailing window and of what waits, one a symbol and story."""
    events = align(scores, stories=stories)
    count = inputs.plan.study.trailing
    first = {symbol: trailing_first(inputs.day(symbol), count) for symbol in inputs.plan.watch}
    inside = events["session"] >= pd.to_datetime(events["symbol"].map(first))
    # Events come in the order of ``known_at``: the first of a story tells it.
    again = events.duplicated(["symbol", "story_id"])
    return events[inside & ~again].reset_index(drop=True)


def study_trailing(inputs: Inputs, events: pd.DataFrame) -> tuple[EventStudy | None, pd.DataFrame]:
    """Study the events of the trailing window together.

    Returns
    -------
    The study, None when nothing can be studied, and what became of each event.
    """
    nothing = pd.DataFrame(columns="event_id symbol session status reason detail".split())
    if events.empty:
        return None, nothing
    windows = inputs.plan.study.windows
    if HEADLINE not in windows:
        windows = (*windows, HEADLINE)
    if events["precision"].eq("day").any() and (-1, 0) not in windows:
        # The news may have come out during the session before the one in which it was known.
        windows = ((-1, 0), *windows)
    try:
        study = _event_study(inputs, events.reset_index(drop=True), windows)
    except StudyError as error:
        return None, nothing if error.status is None else error.status
    if inputs.confounds is not None:
        study = mark_confounded(study, inputs.confounds)
    return study, study.status


def _waiting_for_market(inputs: Inputs, status: pd.DataFrame) -> pd.DataFrame:
    """Call pending what lacks the price of a market that trades until later on that date."""
    markets = [inputs.plan.market_of(str(symbol)) for symbol in status["symbol"]]
    days = [inputs.days.get(mic_of(market)) for market in markets]
    is_open = [
        day is not None and day.session < session
        for day, session in zip(days, status["session"], strict=True)
    ]
    waits = status["reason"].eq("market_prices_end_before_event") & np.array(is_open, dtype=bool)
    details = [f"Its market, {market}, has not closed on its date yet." for market in markets]
    return status.assign(
        status=status["status"].mask(waits, "pending"),
        reason=status["reason"].mask(waits, MARKET_NOT_CLOSED),
        detail=status["detail"].mask(waits, pd.Series(details, index=status.index, dtype=object)),
    )


def measure_moves(inputs: Inputs) -> dict[str, Move]:
    """Measure the session of every symbol of the watch list, and flag what stands out.

    A symbol is flagged when its p-value passes Benjamini-Hochberg over the watch list and its
    placebo rank, which takes no return as normal, passes as well.
    """
    watch = inputs.plan.watch
    window = inputs.plan.study.flag_window
    asked = pd.DataFrame(
        {
            "event_id": list(watch),
            "symbol": list(watch),
            "company": list(watch),
            "session": [inputs.day(symbol).session for symbol in watch],
        }
    )
    cars = pd.DataFrame(columns="car ci_low ci_high p_value placebo_p reason n_obs".split())
    try:
        study = _event_study(inputs, asked, (window,))
        cars, status = study.car(*window).assign(n_obs=study.events["n_obs"]), study.status
    except StudyError as error:
        if error.status is None:
            raise
        status = error.status
    cars = cars.reindex(list(watch))
    rows = cars.astype({"reason": "object"}).to_dict("index")
    reasons = status.set_index("event_id")["detail"].reindex(list(watch)).fillna("")
    p_values = cars["p_value"].to_numpy(dtype=np.float64)
    passes = benjamini_hochberg(p_values) <= inputs.plan.study.false_flags
    moves = {}
    for symbol, passed in zip(watch, passes, strict=True):
        row = rows[symbol]
        placebo = float(row["placebo_p"])
        measured = bool(np.isfinite(float(row["car"])))
        moves[symbol] = Move(
            move=_move(inputs, symbol),
            effect=float(row["car"]),
            ci_low=float(row["ci_low"]),
            ci_high=float(row["ci_high"]),
            p_value=float(row["p_value"]),
            placebo_p=placebo,
            n_obs=int(row["n_obs"]) if measured else None,
            flagged=bool(passed) and placebo < LEVEL,
            lag=_lag(inputs, symbol),
            reason=""
            if measured
            else inputs.price_faults.get(symbol) or str(reasons[symbol] or row["reason"]),
        )
    return moves


def _event_study(
    inputs: Inputs, events: pd.DataFrame, windows: Sequence[tuple[int, int]]
) -> EventStudy:
    return event_study(
        events,
        inputs,
        model=inputs.plan.study.model,
        market={symbol: inputs.plan.market_of(symbol) for symbol in inputs.plan.watch},
        window=(-REACH, REACH),
        windows=tuple(windows),
    )


def _day_of(inputs: Inputs, one: Link) -> Day:
    return inputs.day(str(one.score.symbol))


def _known_at(one: Link) -> datetime:
    assert one.article.known_at is not None  # noqa: S101 - what is undated was refused
    return one.article.known_at


def _is_own(inputs: Inputs, article: Article, late: Collection[str]) -> bool:
    """Tell whether an article without a link counts in this report: the first that can tell it."""
    known_at = article.known_at
    assert known_at is not None  # noqa: S101 - what is undated was refused
    if article.id not in late and any(day.holds(known_at) for day in inputs.days_before.values()):
        return False
    return any(day.holds(known_at) for day in inputs.days.values())


def _move(inputs: Inputs, symbol: str) -> float:
    if symbol not in inputs.closes:
        return float("nan")
    day = inputs.day(symbol)
    pair = inputs.closes[symbol].reindex([day.before, day.session])
    return float(pair.iloc[1] / pair.iloc[0] - 1)


def _lag(inputs: Inputs, symbol: str) -> int | None:
    """Count the sessions between the last price of a symbol and its report's session."""
    from signals.market.sessions import Sessions

    last = inputs.closes[symbol].last_valid_index() if symbol in inputs.closes else None
    if last is None:
        return None
    day = inputs.day(symbol)
    return len(Sessions(day.mic).labels(pd.Timestamp(last), day.session)) - 1  # type: ignore[arg-type]
