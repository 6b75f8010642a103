"""What many sentences say about one company each, by NumPy.

Sums are made in the order in which
:meth:`~signals.sentiment.linear.LinearModel.probabilities` makes them for one sentence, so that
both give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from signals.sentiment.arrays import Floats, Integers, blocks_of
from signals.sentiment.features_batch import Telling, moves
from signals.sentiment.linear import LinearModel
from signals.sentiment.linear_batch import FeatureTable
from signals.sentiment.target import Marked
from signals.sentiment.target_batch import (
    PREFIXES,
    Targets,
    TargetTable,
    names_target,
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
        own, others, known = (
            np.array(column)
            for column in ([one.own for one in marked], [one.others for one in marked], said)
        )
        scores: list[float] = []
        for texts in blocks_of([one.text for one in marked]):
            block = slice(len(scores), len(scores) + len(texts))
            scores += self._block(texts, own[block], others[block], known[block], say).tolist()
        return scores

    def _block(
        self, texts: Sequence[str], own: Integers, others: Integers, said: Floats, say: Say
    ) -> Floats:
        rows = self._rows.rows(texts)
        named = names_target(rows)
        if not named.all():
            scores, at = said.copy(), np.flatnonzero(named)
            if len(at):
                some = [texts[place] for place in at.tolist()]
                scores[at] = self._block(some, own[at], others[at], said[at], say)
            return scores
        moved = moves(rows)
        targets = targets_of(self._tell(rows, moved), own, others)
        clause = _said_of_clauses(targets, texts, said, say)
        rules, values = self._targets.rules(targets, moved, said, clause)
        negative, _, positive = self._table.probabilities(
            self._targets.words(targets), rules, values, n_words=rows.stop - rows.first
        )
        share = np.where(others > 0, 1.0, self._blend)
        return share * (positive - negative) + (1.0 - share) * said


def _said_of_clauses(targets: Targets, texts: Sequence[str], said: Floats, say: Say) -> Floats:
    """Ask for the clauses of targets, where these are not whole sentences."""
    rows = targets.rows
    first, last = targets.clauses()
    parts = np.flatnonzero((first > rows.first) | (last < rows.stop - 1))
    starts, ends = rows.spans(first[parts], last[parts])
    clauses = [
        alike(texts[text][start:end])
        for text, start, end in zip(parts.tolist(), starts.tolist(), ends.tolist(), strict=True)
    ]
    given = said.copy()
    given[parts] = say(clauses)
    return given


@lru_cache(maxsize=4)
def batch_reader(model: LinearModel) -> BatchReader:
    """Give the reader for a model, which remembers words; later calls give the same object."""
    return BatchReader(model)
