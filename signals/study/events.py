"""Scores and sessions become events: the only joint of text and market.

An event is what one story says about one symbol, in the session in which the market could first
react to it. Nothing is dropped on the way: every score is in a row of :func:`align` or in a row
of :func:`unaligned`, with its reason, but for one of an article that was known before.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import numpy as np
import pandas as pd

from signals.errors import StudyError, SymbolError
from signals.market.sessions import Sessions, each_exchange
from signals.news.stories import Story
from signals.sentiment.scorer import Score
from signals.sentiment.scores import Scores
from signals.study.ledger import Ledger
from signals.study.policies import POLICIES, locate_by_policy, mark_policy

EVENT_TYPES: Final[Mapping[str, str]] = {
    "event_id": "str",
    "symbol": "str",
    "mic": "str",
    "company": "str",
    "session": "datetime64[us]",
    "phase": "str",
    "precision": "str",
    "known_at": "datetime64[us, UTC]",
    "score": "float64",
    "relevance": "float64",
    "novelty": "float64",
    "n_articles": "int64",
    "article_ids": "str",
    "story_id": "str",
    "complete_at": "datetime64[us, UTC]",
    "recap": "str",
}
"""The columns of an events frame, in order, and their types."""

OF_SCORES: Final = "article_id symbol mic company known_at precision score relevance recap".split()
"""Of a score: what events are made of."""

ScoresLike = Iterable["Score | Iterable[Score]"]
_ALL_NEW: Final = 100.0


def align(
    scores: ScoresLike,
    *,
    stories: Mapping[str, Story] | None = None,
    policy: str = "next_close",
) -> pd.DataFrame:
    """Put each score in the session in which the market could first react to it.

    That is the first session of the score's own exchange whose close is strictly after
    ``known_at``. The return of that session also contains what happened before the news: it shows
    association, never prediction.

    Parameters
    ----------
    scores
        Scores, or several collections of them.
    stories
        The story of each article id, as :func:`signals.group_stories` gives them; without it
        every article is a story of its own, all new.
    policy
        When news counts: "next_close". "same_date" merges by calendar date, as is often done, and
        looks ahead: news of the evening meets the day's move that it tells of. It is there for
        comparison only, marks every event id and adds a column ``policy``; no report takes it.

    Returns
    -------
    DataFrame with one row a (symbol, session, story), by ``known_at``, symbol and story:
    ``event_id, symbol, mic, company, session, phase, precision, known_at, complete_at, score,
    relevance, novelty, n_articles, article_ids, story_id, recap``. ``score`` (-1 to 1) is the mean
    of the row's scores, weighted by relevance; ``relevance`` is their greatest; ``known_at``,
    ``precision``, ``phase``, ``novelty`` and ``recap`` (where it tells of the share's price:
    "title", "text" or "") are those of the article that was known first.
    ``complete_at`` is when the last of them was known: before it nobody had this score.
    ``article_ids`` are separated by blanks. ``session`` is a tz-naive midnight, instants are in
    UTC. A score that belongs to no session is no row here: :func:`unaligned` gives it. The order
    of ``scores`` doesn't matter; of an article that is given with several times the first counts.

    Raises
    ------
    StudyError
        The policy is unknown, an instant is naive, a relevance lies outside 0 to 100, or an
        article is missing in ``stories``.
    """
    if policy not in POLICIES:
        raise StudyError(f"{policy!r} is no policy known here; {POLICIES[0]!r} is.")
    events = _events_of(_table_of(scores), stories, policy)
    return events if policy == "next_close" else mark_policy(events, policy)


def align_table(table: pd.DataFrame, *, stories: Mapping[str, Story] | None = None) -> pd.DataFrame:
    """Align scores that stand in a table, as :func:`align` does scores: millions in seconds.

    Parameters
    ----------
    table
        One row a score: ``article_id, symbol, mic, company, known_at`` (UTC), ``precision,
        score, relevance``, and ``recap`` where it has one. A row that belongs to no session is
        left out: its symbol, time or score is missing, or there is no calendar that reaches it.
    stories
        As for :func:`align`; without them the columns ``story_id`` and ``novelty`` of the table,
        where it has them.

    Raises
    ------
    StudyError
        An article is missing in ``stories``.
    """
    usable = table[
        table["symbol"].notna() & table["known_at"].notna() & np.isfinite(table["score"])
    ]
    if "recap" not in usable:
        usable = usable.assign(recap="")
    return _events_of(usable, stories, POLICIES[0])


def unaligned(scores: ScoresLike) -> pd.DataFrame:
    """Give the scores that :func:`align` can put in no session, each with its reason.

    Parameters
    ----------
    scores
        As for :func:`align`.

    Returns
    -------
    DataFrame ``article_id, symbol, status, reason, detail``, in the order of ``scores``;
    ``status`` is "lost". Reasons: ``no_symbol`` (a private company), ``no_time`` (the article has
    no publication time), ``no_score``, ``no_relevance``, ``no_calendar`` (of the exchange),
    ``outside_calendar``.
    """
    return unaligned_table(_table_of(scores))


def unaligned_table(table: pd.DataFrame) -> pd.DataFrame:
    """Give the rows that :func:`align_table` leaves out, as :func:`unaligned` does scores."""
    ledger = _place(table, POLICIES[0])[1]
    frame = table[["article_id", "symbol"]].astype("str").assign(**ledger.fates())
    return frame[~ledger.alive].reset_index(drop=True)


def _flatten(scores: ScoresLike | Score) -> Iterator[Score]:
    for item in [scores] if isinstance(scores, Score | Scores) else _several(scores):
        for one in _scores_of(item):
            if not isinstance(one, Score):
                raise StudyError(_no_scores(one))
            yield one


def _scores_of(item: Iterable[Score] | Score) -> Iterable[object]:
    """Give the scores of an article, or the one; an event doesn't say what they are made of."""
    if isinstance(item, Score):
        return [item]
    return item.without_reasons() if isinstance(item, Scores) else _several(item)


def _several(scores: ScoresLike | Iterable[Score]) -> Iterable[Iterable[Score] | Score]:
    if isinstance(scores, pd.DataFrame) or not isinstance(scores, Iterable):
        raise StudyError(_no_scores(scores))
    return scores


def _no_scores(given: object) -> str:
    if isinstance(given, pd.DataFrame):
        return (
            "A frame is no score: event_study() and evaluate() take one with symbol and known_at "
            "as it is, align() what score() gives."
        )
    return f"{given!r:.60} is no score: pass what score() gives, or several."


def _table_of(scores: ScoresLike) -> pd.DataFrame:
    """Put scores into a table, as ``align_table`` takes it."""
    every = list(_flatten(scores))
    table = pd.DataFrame({name: [getattr(one, name) for one in every] for name in OF_SCORES})
    return table.astype({"score": "float64", "relevance": "float64"})


def _events_of(
    table: pd.DataFrame, stories: Mapping[str, Story] | None, policy: str
) -> pd.DataFrame:
    placed, _ = _place(table, policy)
    if placed.empty:
        return _typed({name: [] for name in EVENT_TYPES})
    placed = _add_stories(_first_known(placed), stories)
    return _combine(placed.sort_values(["known_at", "article_id", "symbol"], kind="stable"))


def _place(table: pd.DataFrame, policy: str) -> tuple[pd.DataFrame, Ledger]:
    """Find session and phase of every score; the ledger has those that belong to none."""
    known, mics = table["known_at"], table["mic"].fillna("").tolist()
    ledger, beyond = Ledger(len(table)), np.zeros(len(table), dtype=np.bool_)
    _lose_incomplete(table, ledger)
    parts: list[pd.DataFrame] = []
    for mic, of_mic in each_exchange(mics):
        here = np.flatnonzero(of_mic & ledger.alive)
        if not len(here):
            continue
        try:
            sessions = Sessions(mic)
        except SymbolError as error:
            ledger.lose(here, "no_calendar", str(error))
            continue
        covered = sessions.covers(known.iloc[here])
        beyond[here[~covered]] = True
        if covered.any():
            inside = table.iloc[here[covered]].assign(mic=mic)
            parts.append(_in_sessions(sessions, inside, policy))
    ledger.lose(
        beyond,
        "outside_calendar",
        lambda place: (
            f"The calendar of {mics[place]} doesn't reach {known.iloc[place].isoformat()}."
        ),
    )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(), ledger


def _first_known(placed: pd.DataFrame) -> pd.DataFrame:
    """Keep of an article that is given at several times, such as updated later, the first one."""
    again = placed[placed.duplicated(["article_id", "symbol"], keep=False)]
    first = again.groupby(["article_id", "symbol"])["known_at"].transform("min")
    return placed.drop(index=again.index[again["known_at"] > first])


def _lose_incomplete(table: pd.DataFrame, ledger: Ledger) -> None:
    """Lose the scores that lack what an event takes.

    Raises
    ------
    StudyError
        A relevance lies outside 0 to 100.
    """
    company, score, relevance = (
        table[name].to_numpy() for name in ("company", "score", "relevance")
    )
    ledger.lose(
        table["symbol"].isna().to_numpy(),
        "no_symbol",
        lambda place: f"{company[place]} is listed nowhere, so it has no price.",
    )
    ledger.lose(
        table["known_at"].isna().to_numpy(),
        "no_time",
        "The article has no publication time: state one to put it in a session.",
    )
    ledger.lose(
        ~np.isfinite(score),
        "no_score",
        lambda place: f"Its score is {score[place]}, which is no number.",
    )
    ledger.lose(np.isnan(relevance), "no_relevance", "Its relevance is missing.")
    outside = np.flatnonzero(ledger.alive & ((relevance < 0) | (relevance > 100)))
    if len(outside):
        raise StudyError(
            f"The score of article {table['article_id'].iloc[outside[0]]} has a relevance of "
            f"{relevance[outside[0]]:g}; it goes from 0 to 100."
        )


def _in_sessions(sessions: Sessions, table: pd.DataFrame, policy: str) -> pd.DataFrame:
    """Add session and phase to scores of one exchange whose calendar reaches them."""
    known_at = pd.DatetimeIndex(pd.to_datetime(table["known_at"], utc=True)).as_unit("us")
    precision = table["precision"].fillna("")
    phase = np.where(precision == "day", "date-only", sessions.phase(known_at))
    return table.assign(
        session=locate_by_policy(sessions, known_at, policy),
        known_at=known_at,
        phase=phase,
        precision=precision,
    )


def _add_stories(placed: pd.DataFrame, stories: Mapping[str, Story] | None) -> pd.DataFrame:
    if stories is None and "story_id" in placed:
        return placed
    if stories is None:
        return placed.assign(story_id=placed["article_id"], novelty=_ALL_NEW)
    given: object = stories
    if not isinstance(given, Mapping):
        kind = type(given).__name__
        raise TypeError(f"stories are what group_stories() of the articles gives, not {kind}.")
    absent = sorted(set(placed["article_id"]) - set(stories))
    if absent:
        raise StudyError(f"Article {absent[0]} belongs to none of the {len(stories)} stories.")
    found = [stories[article_id] for article_id in placed["article_id"]]
    novelty = [one.about(name) for one, name in zip(found, placed["company"], strict=True)]
    return placed.assign(story_id=[one.story_id for one in found], novelty=novelty)


def _combine(placed: pd.DataFrame) -> pd.DataFrame:
    """Make one row of the scores of a (symbol, session, story); ``placed`` is sorted by time."""
    weighted = placed.assign(weighted=placed["score"] * placed["relevance"])
    groups = weighted.groupby(["symbol", "session", "story_id"], sort=True)
    of_first = ["mic", "company", "phase", "precision", "known_at", "novelty", "recap"]
    first = groups[of_first].first()
    weight = groups["relevance"].sum()
    score = (groups["weighted"].sum() / weight).where(weight > 0, groups["score"].mean())
    events = first.assign(
        score=score,
        relevance=groups["relevance"].max(),
        n_articles=groups["article_id"].nunique(),
        article_ids=groups["article_id"].first(),
        complete_at=groups["known_at"].max(),
    )
    # Most rows have one article: only the others are looked at one by one.
    several = weighted[groups["article_id"].transform("size") > 1]
    if len(several):
        ids = several.groupby(["symbol", "session", "story_id"], sort=True)["article_id"]
        joined = ids.agg(lambda one: " ".join(dict.fromkeys(one)))
        events.loc[joined.index, "article_ids"] = joined
    events = events.reset_index()
    events = events.sort_values(["known_at", "symbol", "story_id"], kind="stable")
    events["event_id"] = _event_ids(events)
    return _typed(events.reset_index(drop=True))


def _event_ids(events: pd.DataFrame) -> pd.Series[str]:
    """Name each event by symbol, session and the first 8 hex digits of its story.

    Where two names would be the same, both carry the whole hash of the story.
    """
    sessions = events["session"].drop_duplicates()
    written = dict(zip(sessions, sessions.dt.strftime("-%Y-%m-%d-"), strict=True))
    start = events["symbol"] + events["session"].map(written)
    whole = events["story_id"].map(_hex)
    short: pd.Series[str] = start + whole.str.slice(0, 8)
    return short.where(~short.duplicated(keep=False), start + whole)


def _hex(story_id: str) -> str:
    if re.fullmatch(r"[0-9a-f]{8,64}", story_id):
        return story_id
    return hashlib.sha256(story_id.encode()).hexdigest()


def _typed(columns: Mapping[str, list[object]] | pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame(columns)[list(EVENT_TYPES)]
    return frame.astype({name: str(kind) for name, kind in EVENT_TYPES.items()})
