"""Invented prices, a source that gives them and events to be studied with them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from signals.market.prices import PriceTable, Snapshot
from signals.market.sessions import Sessions

SESSION = pd.Timestamp("2025-07-22")
ESTIMATED = [
    "alpha", "beta", "beta_se", "sigma", "n_obs", "df", "r2",
    "estimation_start", "estimation_end", "zero_return_share", "volatility_ratio",
]  # fmt: skip


class Frame:
    """A price source over one frame, which remembers what it was asked."""

    def __init__(self, closes, faults=None):
        self.closes = closes
        self.faults = faults
        self.asked = []

    def history(self, symbols, start, end):
        self.asked.append((list(symbols), start, end))
        known = [symbol for symbol in symbols if symbol in self.closes]
        columns = ["symbol", "session", "fault", "action", "detail"]
        faults = pd.DataFrame(columns=columns) if self.faults is None else self.faults
        return PriceTable(self.closes.loc[start:end, known], Snapshot("a test", None, ""), faults)


def invent(symbols, *, mic="XNYS", seed=0, start="2023-01-02", end="2025-09-12"):
    """Prices of invented shares that follow an invented SPY, on the sessions of an exchange."""
    rng = np.random.default_rng(seed)
    sessions = Sessions(mic).labels(pd.Timestamp(start), pd.Timestamp(end))
    market = rng.normal(0.0003, 0.01, len(sessions))
    returns = {"SPY": market}
    for symbol in symbols:
        returns[symbol] = 0.8 * market + rng.normal(0, 0.015, len(sessions))
    closes = 100 * (1 + pd.DataFrame(returns, index=sessions)).cumprod()
    return closes.rename_axis("session")


def events(*rows, **columns):
    table = pd.DataFrame(rows, columns=["symbol", "session"]).assign(**columns)
    table["session"] = pd.to_datetime(table["session"])
    return table


DAYS = Sessions("XNYS").labels(pd.Timestamp("2025-03-03"))[:60:6]
TABLE = pd.DataFrame(
    [(symbol, day) for day in DAYS for symbol in "ABC"], columns=["symbol", "session"]
)
TABLE["score"] = np.where(np.arange(len(TABLE)) % 2, 0.6, -0.4)
TABLE["phase"] = np.where(np.arange(len(TABLE)) % 3, "intraday", "pre-open")


def moved(closes, size=0.06):
    """Let prices follow the score from the event session on."""
    after = closes.copy()
    for row in TABLE.to_dict("records"):
        after.loc[row["session"] :, row["symbol"]] *= 1 + size * row["score"]
    return after


def window_error(fit, x):
    """Give the standard error of the sum of abnormal returns over all sessions of x."""
    return fit.forecast_error(x.sum(axis=1, keepdims=True), x.shape[1])[:, 0]
