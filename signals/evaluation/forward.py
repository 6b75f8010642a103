"""Returns after the entry, raw, less the market's, or less what betas of the past explain."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.evaluation.entry import BETA_SESSIONS, Observations
from signals.evaluation.pricepanel import Panel
from signals.study.arrays import Booleans, Floats, Integers
from signals.study.factors import FactorTable, check_factor_values, read_factors

ReturnKind = Literal["raw", "market_adjusted", "factor_neutral"]
RETURN_KINDS: tuple[ReturnKind, ...] = get_args(ReturnKind)

LEAST_BETA = 120
"""Sessions that must have returns, of the ``BETA_SESSIONS`` over which betas are estimated."""


def forward_returns(
    panel: Panel,
    observations: Observations,
    horizon: int,
    *,
    kind: ReturnKind = "raw",
    factors: pd.DataFrame | None = None,
) -> Floats:
    """Give the simple return from each entry to the same kind of price ``horizon`` sessions on.

    Parameters
    ----------
    panel, observations
        Prices and entries.
    horizon
        In sessions; a horizon beyond the prices gives NaN.
    kind
        "raw"; "market_adjusted", less the market's return over the same two instants; or
        "factor_neutral", less betas times factor returns (the market's when there are no
        factors). Betas come from the 250 sessions that end before the entry, so that nothing
        of the future is in them.
    factors
        Returns by session, fractions, close to close.

    Returns
    -------
    (K,) fractions, NaN where a price or a beta is missing.
    """
    returns = panel.returns(observations.row, observations.column, 0, horizon)
    if kind == "raw":
        return returns
    market = panel.returns(observations.row, observations.market, 0, horizon)
    if kind == "market_adjusted":
        return returns - market
    if factors is None:
        return returns - _market_betas(panel, observations) * market
    moves = factors.reindex(pd.DatetimeIndex(panel.labels)).to_numpy(dtype=np.float64)
    at = observations.row, observations.column
    betas = _rolling_betas(_one_session(panel), moves, at, panel)
    explained = betas * _compounded(moves, observations.row, horizon, panel)
    return np.asarray(returns - explained.sum(axis=1), dtype=np.float64)


def _compounded(moves: Floats, rows: Integers, horizon: int, panel: Panel) -> Floats:
    """Compound factor returns over the sessions after each row; NaN where one is missing."""
    missing = ~np.isfinite(moves)
    steps = np.log1p(np.where(missing, 0.0, moves))
    start = np.zeros((1, moves.shape[1]))
    growth = np.vstack([start, np.cumsum(steps, axis=0)])
    holes = np.vstack([start, np.cumsum(missing, axis=0)])
    inside = rows + horizon < panel.high[rows]
    last = np.where(inside, rows + horizon, rows) + 1
    whole = inside[:, None] & (holes[last] == holes[rows + 1])
    return np.where(whole, np.expm1(growth[last] - growth[rows + 1]), np.nan)


def factors_over(factors: pd.DataFrame | FactorTable | None, panel: Panel) -> pd.DataFrame | None:
    """Give the factors that prices may follow: all but the riskless rate, "RF".

    Raises
    ------
    StudyError
        The index isn't made of sessions, returns look like percent, or none is of a session with
        prices.
    TypeError
        They are neither a table nor a frame.
    """
    given = read_factors(factors)
    if given is None:
        return None
    values = given.drop(columns="RF", errors="ignore")
    check_factor_values(values)
    values = values.astype("float64")
    if not values.index.isin(pd.DatetimeIndex(panel.days)).any():
        raise StudyError("The factors share no session with the prices.")
    return values


def _market_betas(panel: Panel, observations: Observations) -> Floats:
    """Estimate the beta of each observation to its own market."""
    if (observations.market < 0).any():
        raise StudyError("Factor-neutral returns need a market or factors: name one.")
    shares, betas = _one_session(panel), np.full(len(observations), np.nan)
    for market in np.unique(observations.market):
        chosen = np.flatnonzero(observations.market == market)
        at = observations.row[chosen], observations.column[chosen]
        betas[chosen] = _rolling_betas(shares, shares[:, [market]], at, panel)[:, 0]
    return betas


def _rolling_betas(
    shares: Floats, moves: Floats, at: tuple[Integers, Integers], panel: Panel
) -> Floats:
    """Estimate betas over the sessions that end before each entry, by running sums of products.

    ``shares`` and ``moves`` are returns by row of the panel, of all series and of what explains
    them; ``at`` are the rows and the columns of the entries.
    """
    rows, columns = at
    known = np.isfinite(shares) & np.isfinite(moves).all(axis=1, keepdims=True)
    share = np.where(known, shares, 0.0)
    regressors = np.column_stack([np.ones(len(moves)), np.nan_to_num(moves)])
    high = rows  # a return is known at the close of its session, before the entry's
    low = np.maximum(panel.low[rows], rows - BETA_SESSIONS)

    def between(values: Floats) -> Floats:
        total = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
        return np.asarray(total[high, columns] - total[low, columns])

    k = regressors.shape[1]
    xx = np.empty((len(rows), k, k))
    xy = np.empty((len(rows), k, 1))
    for i in range(k):
        xy[:, i, 0] = between(share * regressors[:, [i]])
        for j in range(i, k):
            both = (regressors[:, i] * regressors[:, j])[:, None]
            xx[:, i, j] = xx[:, j, i] = between(known * both)
    enough: Booleans = (xx[:, 0, 0] >= LEAST_BETA) & (np.abs(np.linalg.det(xx)) > 0)
    betas = np.full((len(rows), k - 1), np.nan)
    if enough.any():
        betas[enough] = np.linalg.solve(xx[enough], xy[enough])[:, 1:, 0]
    return betas


def _one_session(panel: Panel) -> Floats:
    """Give returns from each row's previous one; NaN in the first row of a calendar."""
    returns = np.full(panel.prices.shape, np.nan)
    returns[1:] = panel.prices[1:] / panel.prices[:-1] - 1
    returns[np.unique(panel.low)] = np.nan
    return returns
