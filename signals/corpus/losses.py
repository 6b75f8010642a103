"""What a scored corpus lost, by reason: how much, and the first of it by its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from signals.corpus.scored import in_sessions
from signals.corpus.scoring import status_of
from signals.corpus.shards import counts_of, finished, read_columns
from signals.study.events import OF_SCORES, unaligned_table
from signals.study.status import NO_COMPANY, loss_row

if TYPE_CHECKING:
    import pyarrow as pa

_Counted = dict[str, tuple[int, str]]  # reason -> how many, and the first with its place


def losses_of(folder: Path) -> list[dict[str, object]]:
    """Give what was lost when a corpus was scored, in rows of a status table.

    Files and shards that were set aside, rows that are no articles, by reason, and articles that
    state no time.
    """
    status = status_of(folder)
    losses = [loss_row(name, "set_aside", why) for name, why in status.failed.items()]
    losses += _told("row", _refused_rows(folder))
    if status.undated:
        many = "s" if status.undated > 1 else ""
        name = f"{status.undated:,} article{many} of the corpus, undated"
        told = "No session can be told for what states no time."
        losses.append(loss_row(name, "undated", told))
    return losses


def losses_before_events(folder: Path) -> list[dict[str, object]]:
    """Give what a corpus lost before any event.

    Beside ``losses_of`` notations of no exchange that is known, scores of no session, and the
    articles about no listed company, each once however many rows it has.
    """
    return [
        *losses_of(folder),
        *_told("notation", _unresolved(folder)),
        *_told("score", _out_of_session(folder)),
        *_told("article", _without_company(folder)),
    ]


def loss_words(losses: Sequence[Mapping[str, object]]) -> dict[str, str]:
    """Give the losses of a corpus as a report tells them: what, and why."""
    return {str(one["article"]): str(one["detail"]) for one in losses}


def _told(noun: str, found: _Counted) -> Iterator[dict[str, object]]:
    """Give one row for all that fell out for a reason: how many, and the first of them."""
    for reason, (n, first) in sorted(found.items()):
        name = f"{n:,} {noun}{'s' if n > 1 else ''} of the corpus, {reason.replace('_', ' ')}"
        yield loss_row(name, reason, f"The first, {first}")


def _refused_rows(folder: Path) -> _Counted:
    """Count the rows that are no articles."""
    found: _Counted = {}
    for shard in finished(folder):
        if not counts_of(shard)["quarantined"]:
            continue
        rows = read_columns(shard, "quarantine", ["reason", "place", "detail"])
        for reason, place, detail in zip(*(one.to_pylist() for one in rows.columns), strict=True):
            n, first = found.get(reason, (0, detail if place in detail else f"{place}: {detail}"))
            found[reason] = n + 1, first
    return found


def _unresolved(folder: Path) -> _Counted:
    """Count the notations that name no listing."""
    seen: set[str] = set()
    n, first = 0, ""
    for shard in finished(folder):
        for place, article_id, reasons in _rows_of(_with_notations(shard)):
            if article_id not in seen:
                first = first or f"{place}: {reasons[0]}"
                n += len(reasons)
            seen.add(article_id)
    return {"unknown_exchange": (n, first)} if n else {}


def _with_notations(shard: Path) -> pa.Table:
    """Give place, id and reasons of the articles that have such notations."""
    import pyarrow.compute as pc

    table = read_columns(shard, "articles", ["place", "article_id", "unresolved"])
    return table.filter(pc.greater(pc.list_value_length(table["unresolved"]), 0))


def _rows_of(table: pa.Table) -> Iterator[tuple[str, str, list[str]]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


def _out_of_session(folder: Path) -> _Counted:
    """Count the scores that belong to no session."""
    found: _Counted = {}
    seen: set[tuple[str, str]] = set()
    for shard in finished(folder):
        scores = read_columns(shard, "scores", OF_SCORES).to_pandas()
        odd = scores[scores["known_at"].notna().to_numpy() & ~in_sessions(scores)]
        for row in unaligned_table(odd).to_dict("records"):
            if (of := (row["article_id"], row["symbol"])) not in seen:
                n, first = found.get(row["reason"], (0, f"{row['symbol']}: {row['detail']}"))
                found[row["reason"]] = n + 1, first
            seen.add(of)
    return found


def _without_company(folder: Path) -> _Counted:
    """Count the articles about no listed company that nothing else was told of."""
    import pyarrow as pa
    import pyarrow.compute as pc

    ids = [pa.chunked_array([], pa.string())]
    first = ""
    for shard in finished(folder):
        table = read_columns(shard, "articles", ["place", "article_id", "known_at", "unresolved"])
        scored = read_columns(shard, "scores", ["article_id"])["article_id"]
        told = pc.or_(
            pc.is_in(table["article_id"], scored),
            pc.greater(pc.list_value_length(table["unresolved"]), 0),
        )
        table = table.filter(pc.and_not(pc.is_valid(table["known_at"]), told))
        if len(table) and not first:
            first = f"{table['place'][0].as_py()}: {NO_COMPANY[1]}"
        ids.append(table["article_id"])
    n = pc.count_distinct(
        pa.chunked_array([part for one in ids for part in one.chunks], pa.string())
    )
    return {NO_COMPANY[0]: (n.as_py(), first)} if first else {}
