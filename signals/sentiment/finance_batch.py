"""What the default scorer says of many sentences at once, by NumPy.

Sums are made in the order in which
:meth:`~signals.sentiment.linear.LinearModel.probabilities` makes them for one sentence, so that
both give the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from signals.sentiment.arrays import Floats, blocks_of
from signals.sentiment.features_batch import MOVES, Telling, moves
from signals.sentiment.linear import NOTHING, LinearModel
from signals.sentiment.linear_batch import FeatureTable, Found
from signals.sentiment.tokens_batch import RowReader


class BatchReader:
    """Gives the probabilities of many sentences.

    Parameters
    ----------
    model
        The weights.
    """

    def __init__(self, model: LinearModel) -> None:
        self._table = FeatureTable(model)
        self._moves = self._table.named(MOVES)
        self._compound = self._table.named(["V-", "V+"])
        self._rows = RowReader(self._table.numbers)
        self._tell = Telling(self._table.numbers)

    def probabilities(
        self, texts: Sequence[str], compounds: Sequence[float]
    ) -> tuple[Floats, Floats, Floats]:
        """Give the probabilities of negative, neutral and positive of each sentence.

        Parameters
        ----------
        texts
            The sentences.
        compounds
            VADER's compound of each.
        """
        said = np.array(compounds)
        blocks: list[Sequence[Floats]] = []
        done = 0
        for block in blocks_of(texts):
            blocks.append(self._block(block, said[done : done + len(block)]))
            done += len(block)
        negative, neutral, positive = map(np.concatenate, zip(*blocks, strict=True))
        return negative, neutral, positive

    def _block(self, texts: Sequence[str], said: Floats) -> Sequence[Floats]:
        rows = self._rows.rows(texts)
        n_tokens = rows.stop - rows.first
        moved = moves(rows)
        # In this order: moves, VADER's compound.
        rules = Found(
            np.concatenate([moved.text, np.arange(len(texts))]),
            np.concatenate([self._moves[moved.code], self._compound[(said > 0).astype(np.int64)]]),
        )
        values = np.concatenate([np.ones(len(moved.text)), np.abs(said)])
        rows = self._tell(rows, moved)
        words = self._table.words(rows.stems, n_tokens)
        given = self._table.probabilities(words, rules, values, n_words=n_tokens)
        says = self._table.says(rows, said != 0)
        return [
            np.where(says, column, nothing) for column, nothing in zip(given, NOTHING, strict=True)
        ]


@lru_cache(maxsize=4)
def batch_reader(model: LinearModel) -> BatchReader:
    """Give the reader for a model, which remembers words; later calls give the same object."""
    return BatchReader(model)
