"""Returns from trade to trade: what to do where a share has sessions without a price.

By default a return over several sessions is dropped: the pair is missing. Here it is kept, beside
what the market did over the same sessions. A return over n sessions has n times the mean and n
times the variance of one, so that both sides are divided by √n before the model is fitted, and the
forecast error of such a return is s²(n + x'Ax). A window's sum is known when it begins and ends at
a price; a hole inside it is bridged by the next return.

Maynes and Rumsey, "Conducting event studies with thinly traded stocks", Journal of Banking &
Finance 17 (1993).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.study.arrays import Floats, Integers
from signals.study.fits import Fit
from signals.study.models import ReturnModel, leads_of
from signals.study.panel import Places, ReturnGrid

_SPAN = "sessions since the last price"


@dataclass(frozen=True)
class TradeToTrade:
    """A return model whose constant counts the sessions that a return covers.

    It reads the series of ``model`` and one more: the number of sessions since the last price.
    """

    model: ReturnModel

    @property
    def name(self) -> str:
        """What tables call it."""
        return self.model.name

    @property
    def inputs(self) -> tuple[str, ...]:
        """The series of the model, and the sessions that each return covers."""
        return (*self.model.inputs, _SPAN)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Those of the model; alpha is by session."""
        return self.model.parameters

    def design(self, returns: Floats, inputs: Floats) -> tuple[Floats, Floats]:
        """Give y and x of the model, with the sessions covered in place of ones."""
        y, x = self.model.design(returns, inputs[:, :, :-1])
        if not (x[:, :, 0] == 1).all():
            raise StudyError(
                f"missing='trade_to_trade' takes a model whose first regressor is a constant; "
                f"that of {self.name!r} is none."
            )
        x[:, :, 0] = inputs[:, :, -1]
        return y, x

    def fit(self, y: Floats, x: Floats) -> Fit:
        """Fit the model with both sides divided by √n."""
        return self.model.fit(*weigh(y, x))


def check_bridging(model: ReturnModel) -> None:
    """Raise a StudyError where a model treats thin trading in its own way."""
    if any(leads_of(model)):
        raise StudyError(
            f"The model {model.name!r} reads the market of neighbouring sessions, and returns from "
            "trade to trade have none: choose one of the two remedies for thin trading."
        )


def weigh(y: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Divide y (N, sessions) and x (N, sessions, k) by √n, so that all residuals vary alike."""
    root = np.sqrt(x[:, :, 0])
    return y / root, x / root[:, :, None]


def join(y: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Give y and x of a window so that they can be added up over its holes.

    A hole that a later return of the window covers is zero. A window whose returns don't follow
    one another from its begin to its end is NaN throughout.
    """
    known = np.isfinite(y) & np.isfinite(x).all(axis=2)
    session = np.arange(y.shape[1])
    last = np.maximum.accumulate(np.where(known, session, -1), axis=1)
    before = np.concatenate([np.full((len(y), 1), -1), last[:, :-1]], axis=1)
    follows = ~known | (x[:, :, 0] == session - before)
    whole = known[:, -1] & follows.all(axis=1)
    hole = np.where(whole, 0.0, np.nan)[:, None]
    return np.where(known & whole[:, None], y, hole), np.where(
        (known & whole[:, None])[:, :, None], x, hole[:, :, None]
    )


def bridge_holes(
    grid: ReturnGrid, places: Places, closes: pd.DataFrame, *, log: bool
) -> tuple[ReturnGrid, Places]:
    """Add to a grid, for each share, its returns from trade to trade and what goes with them.

    Parameters
    ----------
    grid, places
        One-session returns, and where the events and the series of their model stand there.
    closes
        Sessions x symbols.
    log
        Whether returns are logarithms.

    Returns
    -------
    The grid with more columns, and places that read those: NaN in a session without a price.
    Factors are compounded over the sessions of a return.
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
            if series in name_of:
                path = prices[name_of[series]].to_numpy(dtype=np.float64)
                gross = path[end] / path[start]
            else:
                gross = _compound(grid.returns[:, series], start, end, log=log)
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
