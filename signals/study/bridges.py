"""Returns from trade to trade, put beside those of one session; see ``signals.study.traded``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from signals.study.fits import Floats, Integers
from signals.study.panel import Places, ReturnGrid


def bridge_holes(
    grid: ReturnGrid, places: Places, closes: pd.DataFrame, factors: Collection[str], *, log: bool
) -> tuple[ReturnGrid, Places]:
    """Add to a grid, for each share, its returns from trade to trade and what goes with them.

    Parameters
    ----------
    grid, places
        One-session returns, and where the events and the series of their model stand there.
    closes
        Sessions x symbols.
    factors
        Names of the grid's columns that are factors: compounded over the sessions of a return.
    log
        Whether returns are logarithms.

    Returns
    -------
    The grid with more columns, and places that read those: NaN in a session without a price.
    """
    name_of = {place: name for name, place in grid.columns.items()}
    prices = closes.reindex(index=pd.DatetimeIndex(grid.labels))
    made: dict[tuple[int, int, int], int] = {}
    columns: list[Floats] = []

    def add(low: int, share: int, series: int, values: Floats, rows: Integers) -> int:
        key = low, share, series
        if key not in made:
            made[key] = grid.returns.shape[1] + len(columns)
            columns.append(np.full(len(grid.labels), np.nan))
            columns[-1][rows] = values
        return made[key]

    keys = np.column_stack([places.low, places.high, places.column, places.inputs])
    unique, which = np.unique(keys, axis=0, return_inverse=True)
    found = np.empty((len(unique), places.inputs.shape[1] + 2), dtype=np.int64)
    for number, (low, high, share, *inputs) in enumerate(unique.tolist()):
        own = prices[name_of[share]].to_numpy(dtype=np.float64)
        rows = low + np.flatnonzero(np.isfinite(own[low:high]))
        start, end = rows[:-1], rows[1:]
        for place, series in enumerate((share, *inputs)):
            name = name_of[series]
            if name in factors:
                gross = _compound(grid.returns[:, series], start, end, log=log)
            else:
                path = prices[name].to_numpy(dtype=np.float64)
                gross = path[end] / path[start]
            found[number, place] = add(low, share, series, np.log(gross) if log else gross - 1, end)
        found[number, -1] = add(low, share, -1, (end - start).astype(np.float64), end)
    mine = found[which.ravel()]
    returns = np.asfortranarray(np.column_stack([grid.returns, *columns]))
    wider = replace(grid, returns=returns)
    return wider, replace(places, column=mine[:, 0], inputs=mine[:, 1:])


def _compound(returns: Floats, start: Integers, end: Integers, *, log: bool) -> Floats:
    """Give gross returns of a factor over the sessions after ``start`` up to ``end``."""
    if not len(end):
        return np.empty(0)
    gross = np.exp(returns) if log else 1 + returns
    return np.asarray(np.multiply.reduceat(gross[: end[-1] + 1], start + 1), dtype=np.float64)
