"""What many sentences say about one company each, by NumPy.

Sums are made in the order in which
:meth:`~signals.sentiment.linear.LinearModel.probabilities` makes them for one sentence, so that
both give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from signals.sentiment.arrays import Booleans, Floats, Integers, blocks_of
from signals.sentiment.features_batch import Telling, is_outweighed, moves
from signals.sentiment.linear import LinearModel
from signals.sentiment.linear_batch import FeatureTable
from signals.sentiment.rivals import OPPOSED, ORDINARY
from signals.sentiment.target import CLAUSE_SHARE, Marked
from signals.sentiment.target_batch import (
    PREFIXES,
    Targets,
    TargetTable,
    names_target,
    parted,
    targets_of,
)
from signals.sentiment.tokens import alike
from signals.sentiment.tokens_batch import RowReader

Say = Callable[[Sequence[str]], Sequence[float]]
"""What a model of sentences says of texts whose names are overwritten alike."""


class BatchReader:
    """Gives the scores of many sentences, each about one company.

    Parameters
    ----------
    model
        The weights.
    """

    def __init__(self, model: LinearModel) -> None:
        self._blend = model.blend
        self._table = FeatureTable(model, PREFIXES)
        self._targets = TargetTable(self._table)
        self._rows = RowReader(self._table.numbers)
        self._tell = Telling(self._table.numbers)

    def scores(self, marked: Sequence[Marked], said: Sequence[float], say: Say) -> list[float]:
        """Give the score of each sentence: what is said of it where it doesn't name its target.

        Parameters
        ----------
        marked
            The sentences.
        said
            What a model of sentences says of each.
        say
            That model: it is asked for clauses.
        """
        known = np.array(said)
        scores: list[float] = []
        for texts in blocks_of([one.text for one in marked]):
            block = slice(len(scores), len(scores) + len(texts))
            scores += self._block(marked[block], known[block], say).tolist()
        return scores

    def _block(self, marked: Sequence[Marked], said: Floats, say: Say) -> Floats:
        rows = self._rows.rows([one.text for one in marked])
        named = names_target(rows)
        if not named.all():
            given, at = said.copy(), np.flatnonzero(named)
            if len(at):
                given[at] = self._block([marked[place] for place in at.tolist()], said[at], say)
            return given
        own, others = (
            np.array(kinds) for kinds in ([one.own for one in marked], [o.others for o in marked])
        )
        rows = parted(rows)
        moved = moves(rows)
        targets = targets_of(self._tell(rows, moved), own, others)
        clauses = _clauses(targets, marked, is_outweighed(rows, moved))
        clause = said.copy()
        clause[clauses.at] = say([alike(text) for text in clauses.texts])
        rules, values = self._targets.rules(targets, moved, said, clause)
        negative, _, positive = self._table.probabilities(
            self._targets.words(targets), rules, values, n_words=rows.stop - rows.first
        )
        own_scores = np.where(
            self._table.says(targets.rows, (said != 0) | (clause != 0)), positive - negative, 0.0
        )
        share = np.where(others > 0, 1.0, self._blend)
        scores: Floats = share * own_scores + (1.0 - share) * said
        if apart := clauses.apart:
            at = np.array([*apart])
            part = self._block([*apart.values()], clause[at], say)
            scores[at] = CLAUSE_SHARE * part + (1.0 - CLAUSE_SHARE) * scores[at]
        goes = np.array([one.part for one in marked])
        opposite = np.where(goes == OPPOSED, 0.0 - clause, 0.0)
        return np.where(goes == ORDINARY, scores, opposite)


class _Clauses(NamedTuple):
    """The clauses of targets that are not whole sentences.

    Attributes
    ----------
    at, texts
        The sentences they are of, and what stands there.
    apart
        Those that are scored by themselves too, by sentence.
    """

    at: Integers
    texts: list[str]
    apart: dict[int, Marked]


def _clauses(targets: Targets, marked: Sequence[Marked], whole: Booleans) -> _Clauses:
    rows = targets.rows
    first, last = targets.clauses()
    at = np.flatnonzero(~whole & ((first > rows.first) | (last < rows.stop - 1)))
    first, last = first[at], last[at]
    starts, ends = rows.spans(first, last)
    spans = [*zip(starts.tolist(), ends.tolist(), strict=True)]
    sentences = at.tolist()
    apart = {
        place: part
        for place, span, says in zip(
            sentences, spans, targets.says(first, last).tolist(), strict=True
        )
        if says and (part := marked[place].apart(span))
    }
    texts = [marked[place].text[slice(*span)] for place, span in zip(sentences, spans, strict=True)]
    return _Clauses(at, texts, apart)


@lru_cache(maxsize=4)
def batch_reader(model: LinearModel) -> BatchReader:
    """Give the reader for a model, which remembers words; later calls give the same object."""
    return BatchReader(model)
