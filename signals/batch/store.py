"""What is kept between runs: articles and what was found in them, runs, and who had their mail.

Articles are kept under the hash of their content, so that a second sight of one changes nothing
and a correction is a row of its own that names what it revises.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from signals.batch.records import (
    ARTICLE_COLUMNS,
    MENTION_COLUMNS,
    RUN_COLUMNS,
    SCORE_COLUMNS,
    Analysed,
    RefusedKey,
    Run,
    article_of,
    article_row,
    score_of,
    score_row,
)
from signals.batch.revisions import is_silent, stated_order
from signals.batch.store_file import StoreFile, errors_told
from signals.errors import StoreError
from signals.news.article import Article

if TYPE_CHECKING:
    import pandas as pd

    from signals.news.stories import Stories
    from signals.sentiment.scorer import Score

TABLES = ("articles", "mentions", "scores", "stories", "events", "runs", "deliveries")
"""What ``signals export`` gives."""


class Store(StoreFile):
    """What the file of a configuration keeps."""

    def add_articles(self, articles: Iterable[Article], *, collected_at: str) -> int:
        """Keep articles that are not known yet; give how many those are.

        One with the source and address of a known one is kept beside it and names it. Where it
        claims to be no later, the text was changed without a word: it is known since it was seen,
        at ``collected_at``. (When a source first saw an address says nothing of a later text.)
        Those of one call were seen at once: they are taken in the order that they state. With
        each is kept which run was the newest then.
        """
        names = [*ARTICLE_COLUMNS, "revises", "collected_at", "collected_after"]
        insert = _insert("articles", names)
        added = 0
        with self.transaction() as connection:
            after = self._value("SELECT coalesce(max(number), 0) FROM runs")
            for article in sorted(articles, key=stated_order):
                if self._value("SELECT 1 FROM articles WHERE id = ?", article.id):
                    continue
                revises, dated = self._revision(article, datetime.fromisoformat(collected_at))
                connection.execute(insert, (*article_row(dated), revises, collected_at, after))
                added += 1
        return added

    def _revision(self, article: Article, collected: datetime) -> tuple[str | None, Article]:
        """Find what an article revises, and date one that was changed without a word."""
        # The newest version known before, that is no other's past: corrections form a chain. On
        # one day an address that is a publisher's, not a story's, may have many stories.
        title = article.title if article.precision == "day" else None
        rows = self._rows(
            "SELECT id, published, updated, known_at, title FROM articles "
            "WHERE source = ? AND url = ? AND url <> '' AND id <> ? "
            "ORDER BY title IS ? DESC, known_at DESC, id LIMIT 1",
            *(article.source, article.url, article.id, title),
        )
        if not rows:
            return None, article
        revises, *kept = rows[0]
        names = ("published", "updated", "known_at", "title")
        if is_silent(article, **dict(zip(names, kept, strict=True))):
            article = replace(article, updated=collected)
        return str(revises), article

    def add_refusals(self, items: Iterable[RefusedKey], *, key: str) -> None:
        """Keep that items were refused, and for the report of which key that was seen first.

        What is seen for an older report than the newest is for the next behind that one.
        """
        with self.transaction() as connection:
            newest = str(self._value("SELECT coalesce(max(key), '') FROM runs"))
            key = key if key >= newest else f"{newest}\t"  # sorts right behind it
            connection.executemany(
                _insert("refusals", "source reason item session".split(), "OR IGNORE"),
                [(*one, key) for one in items],
            )

    def refused_for(self, *, after: str, key: str) -> set[RefusedKey]:
        """Give what was first refused for a report behind ``after``, up to that of ``key``."""
        query = "SELECT source, reason, item FROM refusals WHERE session > ? AND session <= ?"
        return {(str(a), str(b), str(c)) for a, b, c in self._rows(query, after, key)}

    def collected_after(self, run: Run) -> set[str]:
        """Give the ids of what came in after a run was made: it can't have told of it."""
        query = (
            "SELECT id FROM articles "
            "WHERE collected_after >= (SELECT number FROM runs WHERE folder = ?)"
        )
        return {str(row[0]) for row in self._rows(query, run.folder)}

    def articles_between(self, start: int, end: int) -> list[Article]:
        """Give the articles known from ``start`` to ``end`` (microseconds, both included)."""
        rows = self._rows(
            f"SELECT {', '.join(ARTICLE_COLUMNS)} FROM articles "
            "WHERE known_at BETWEEN ? AND ? ORDER BY known_at, id",
            start,
            end,
        )
        return [article_of(row) for row in rows]

    def articles_named(self, ids: Sequence[str]) -> dict[str, Article]:
        """Give articles by their ids; those that are not kept are missing."""
        columns = ", ".join(ARTICLE_COLUMNS)
        found = {}
        for row in self._chunks(f"SELECT {columns} FROM articles WHERE id", ids):
            article = article_of(row)
            found[article.id] = article
        return found

    def revised(self, ids: Sequence[str]) -> dict[str, str]:
        """Give for each of some articles that is a correction the id of what it revises."""
        query = "SELECT id, revises FROM articles WHERE revises IS NOT NULL AND id"
        return {str(row[0]): str(row[1]) for row in self._chunks(query, ids)}

    def analysed(self, articles: Sequence[Article], engine: str) -> dict[str, Analysed]:
        """Give what is kept of articles, by id, where ``engine`` found it; without mentions."""
        by_id = {article.id: article for article in articles}
        columns = "article_id, engine, unresolved, words, companies"
        query = f"SELECT {columns} FROM analyses WHERE article_id"
        rows = [row for row in self._chunks(query, list(by_id)) if row[1] == engine]
        scores: dict[str, list[Score]] = {str(row[0]): [] for row in rows}
        columns = ", ".join(SCORE_COLUMNS)
        query = f"SELECT {columns} FROM scores WHERE article_id"
        for row in self._chunks(query, list(scores)):
            scores[str(row[0])].append(score_of(row, by_id[str(row[0])]))
        return {
            str(key): Analysed(
                by_id[str(key)],
                (),
                tuple(sorted(scores[str(key)], key=lambda one: (-one.relevance, one.symbol or ""))),
                tuple(json.loads(str(unresolved))),
                tuple(json.loads(str(words))),
                tuple(json.loads(str(companies))),
            )
            for key, _, unresolved, words, companies in rows
        }

    def save_analyses(self, found: Iterable[Analysed], engine: str) -> None:
        """Keep what was found in articles, in place of what an older engine found."""
        with self.transaction() as connection:
            for one in found:
                key = one.article.id
                for table in ("mentions", "scores", "analyses"):
                    connection.execute(f"DELETE FROM {table} WHERE article_id = ?", (key,))
                connection.execute(
                    _insert("analyses", "article_id engine unresolved words companies".split()),
                    (key, engine, *map(json.dumps, (one.unresolved, one.words, one.companies))),
                )
                connection.executemany(
                    _insert("mentions", ["place", *MENTION_COLUMNS]),
                    [
                        (place, *(getattr(each, name) for name in MENTION_COLUMNS))
                        for place, each in enumerate(one.mentions)
                    ],
                )
                connection.executemany(
                    _insert("scores", SCORE_COLUMNS),
                    [score_row(each) for each in one.scores],
                )

    def save_stories(self, stories: Stories) -> None:
        """Keep the story of each article, in place of what an earlier run made of it."""
        rows = []
        for one in stories.told:
            name = one.opening.article_id
            rows.append((name, one.story_id, one.kind, one.follows, stories[name].novelty))
        names = "article_id story_id kind follows novelty".split()
        with self.transaction() as connection:
            connection.executemany(_insert("stories", names, "OR REPLACE"), rows)

    def save_events(self, events: pd.DataFrame, reach: Mapping[str, tuple[str, str]]) -> None:
        """Keep events, in place of all that were kept of some symbols and sessions.

        Parameters
        ----------
        events
            Of those symbols and sessions, and of no others.
        reach
            Symbol -> its first and last session, ISO 8601: what is told of them is all there is.
            What was told of their companies under another symbol, such as a former one, is told
            under theirs.
        """
        from signals.batch.tablefiles import events_table

        rows = list(events_table(events).itertuples(index=False, name=None))
        spans = dict(reach)
        for symbol, company in set(zip(events["symbol"], events["company"], strict=True)):
            query = "SELECT DISTINCT symbol FROM events WHERE company = ?"
            for (other,) in self._rows(query, company):
                spans.setdefault(str(other), reach[symbol])
        with self.transaction() as connection:
            connection.executemany(
                "DELETE FROM events WHERE symbol = ? AND session BETWEEN ? AND ?",
                [(symbol, first, last) for symbol, (first, last) in spans.items()],
            )
            connection.executemany(_insert("events", list(map(str, events)), "OR REPLACE"), rows)

    def last_run(self, *, before: str = "9999") -> Run | None:
        """Give the last finished run on the newest session before a key.

        Where a watch list lost or won an exchange, two keys can begin with one date: then those
        count whose exchanges are those of the run made last.
        """
        runs = self._runs(
            "WHERE key < ?1 AND substr(key, 1, 10) = "
            "(SELECT max(substr(key, 1, 10)) FROM runs WHERE key < ?1) ORDER BY number DESC",
            before,
        )
        alike = [run for run in runs if run.exchanges == runs[0].exchanges]
        return max(alike, key=lambda run: run.key, default=None)

    def last_run_of(self, key: str) -> Run | None:
        """Give the last finished run of a key."""
        return next(iter(self._runs("WHERE key = ? ORDER BY number DESC LIMIT 1", key)), None)

    def last_runs(self, count: int) -> list[Run]:
        """Give the last finished run of each of the last keys, the newest first."""
        return self._runs(
            "WHERE number IN (SELECT max(number) FROM runs GROUP BY key) ORDER BY key DESC LIMIT ?",
            count,
        )

    def run_in(self, folder: str) -> Run | None:
        """Give the finished run whose folder has a name."""
        return next(iter(self._runs("WHERE folder = ?", folder)), None)

    def runs_since(self, session: str) -> list[Run]:
        """Give the last finished run of each key whose session is this one or a later one."""
        runs = self._runs("WHERE session >= ? ORDER BY number", session)
        return list({run.key: run for run in runs}.values())

    def _runs(self, which: str, *values: object) -> list[Run]:
        rows = self._rows(f"SELECT {', '.join(RUN_COLUMNS)} FROM runs {which}", *values)
        return [Run(*row) for row in rows]  # type: ignore[arg-type]

    def record_run(self, run: Run) -> None:
        """Keep a finished run; one with this folder becomes the last of its key again."""
        with self.transaction() as connection:
            number = self._value("SELECT coalesce(max(number), 0) + 1 FROM runs")
            connection.execute(
                _insert("runs", [*RUN_COLUMNS, "number"], "OR REPLACE"),
                (*(getattr(run, name) for name in RUN_COLUMNS), number),
            )

    def deliveries(self, key: str) -> dict[str, str]:
        """Give for each recipient of the report of a key what became of it."""
        query = "SELECT recipient, state FROM deliveries WHERE session = ?"
        return {str(row[0]): str(row[1]) for row in self._rows(query, key)}

    def held_editions(self, key: str) -> dict[str, str]:
        """Give for each recipient who had a report of a key the folder of the last one."""
        query = "SELECT recipient, detail FROM deliveries WHERE session = ? AND detail <> ''"
        return {str(row[0]): str(row[1]) for row in self._rows(query, key)}

    def record_delivery(
        self, key: str, recipients: Sequence[str], *, state: str, edition: str = ""
    ) -> None:
        """Note what became of the report of a key for some recipients, and which they hold."""
        insert = _insert("deliveries", "session recipient state detail".split())
        insert += (
            " ON CONFLICT DO UPDATE SET state = excluded.state, "
            "detail = CASE excluded.detail WHEN '' THEN detail ELSE excluded.detail END"
        )
        with self.transaction() as connection:
            connection.executemany(insert, [(key, one, state, edition) for one in recipients])

    def table(self, name: str) -> tuple[dict[str, str], Iterator[tuple[object, ...]]]:
        """Give a table's columns with their types, and its rows one by one, by their key.

        Raises
        ------
        StoreError
            There is no such table.
        """
        if name not in TABLES:
            raise StoreError(f"There is no table {name!r}; there are {', '.join(TABLES)}.")
        with errors_told(self.path):
            cursor = self._connection.execute(f"SELECT * FROM {name}")
        info = self._rows(f"PRAGMA table_info({name})")
        return {str(row[1]): str(row[2]) for row in info}, cursor


def _insert(table: str, columns: Sequence[str], where_there: str = "") -> str:
    """Write the statement that adds a row; columns are named, as migrations set their order."""
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    return f"INSERT {where_there} INTO {table} ({names}) VALUES ({marks})"
