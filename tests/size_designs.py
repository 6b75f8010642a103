"""Samples of true nulls, as news makes them, to see how often a test rejects.

A panel is fitted once, with an event in every cell; a sample is a choice of cells. Effects and
disturbances of the event window are added to CAR.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from signals.market.sessions import Sessions
from signals.study.fitting import fit_windows
from signals.study.models import Linear
from signals.study.panel import Places, ReturnGrid
from signals.study.sample import Sample
from signals.study.windows import WindowResults

ESTIMATION, WINDOW = (-250, -11), (-5, 5)
TESTS = ("headline", "bmp", "bmp_episode", "bmp_two_way", "generalised_kp", "cross_sectional_t")


@dataclass(frozen=True, eq=False)
class Panel:
    sample: Sample  # one event a usable cell, by share and session
    cell: np.ndarray  # (sessions, shares): its place in the sample, -1 where there is none
    kin: np.ndarray  # (shares, shares): every share's others, the most correlated first
    least: float  # part of the shares that trade in a session which may hold events

    @cached_property
    def sessions(self):
        return np.flatnonzero((self.cell >= 0).mean(axis=1) > self.least)


def fit_panel(returns, market):
    """Fit the market model before every cell of a table of returns (sessions, shares)."""
    order, width = np.arange(len(returns)), returns.shape[1]
    place = np.zeros(width, dtype=int)
    sample = fit_cells(returns, market[:, None], [order], place)
    residuals = np.where(np.isfinite(returns), returns, 0.0) - np.nan_to_num(market)[:, None]
    return lay_out(sample, returns.shape, residuals, least=0.9)


def fit_cells(returns, markets, calendars, exchange):
    """Fit every share (sessions, shares) on the market and the sessions of its exchange.

    ``calendars`` are the places of each exchange's sessions among all of them.
    """
    width, order = returns.shape[1], np.concatenate(calendars)
    labels = order.astype("datetime64[D]").astype("datetime64[us]")
    table = np.asfortranarray(np.column_stack([returns, markets])[order])
    grid = ReturnGrid(table, labels, order, {})
    parts, low = [], 0
    for number, one in enumerate(calendars):
        high = low + len(one)
        rows = np.arange(low - ESTIMATION[0] + 1, high - 6)
        row, column = (
            part.ravel() for part in np.meshgrid(rows, np.flatnonzero(exchange == number))
        )
        there = np.isfinite(table[row, column])
        row, column = row[there], column[there]
        block, reads = np.zeros_like(row), np.full((len(row), 1), width + number)
        parts.append((row, block + low, block + high, column, reads))
        low = high
    places = Places(*(np.concatenate(part) for part in zip(*parts, strict=True)))
    places = places.take(places.order())
    fit = fit_windows(grid, places, Linear(), ESTIMATION)
    usable = np.isfinite(fit.sigma) & (fit.n_obs >= 200)
    return Sample(grid, places, Linear(), fit, ESTIMATION, WINDOW).take(usable)


def lay_out(sample, shape, residuals, *, least):
    """Say which event of a sample stands in which cell, and which shares go together."""
    cell = np.full(shape, -1)
    places = sample.places
    cell[sample.grid.ordinals[places.row], places.column] = np.arange(len(places))
    kin = np.argsort(-np.corrcoef(residuals.T), axis=1)
    return Panel(sample, cell, kin, least)


def invent_returns(rng, markets, *, shares):
    """Related shares: sixteen sectors with a shock of their own, tails of a t with 5."""
    height = len(markets)
    sector = np.repeat(0.008 * rng.standard_normal((height, 16)), shares // 16, axis=1)
    noise = 0.016 * rng.standard_t(5, (height, shares)) / np.sqrt(5 / 3)
    return markets * rng.uniform(0.6, 1.4, shares) + sector + noise


def synthetic_panel(seed=20250722, *, shares=160, height=700):
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0003, 0.01, height)
    returns = invent_returns(rng, np.repeat(market[:, None], shares, axis=1), shares=shares)
    return fit_panel(returns, market)


def two_exchanges(seed=20250722, *, shares=160):
    """Shares of New York and Tokyo, half of each sector on either, with holidays of their own."""
    rng = np.random.default_rng(seed)
    days = [
        Sessions(mic).labels(pd.Timestamp("2021-01-04"), pd.Timestamp("2023-10-31"))
        for mic in ("XNYS", "XTKS")
    ]
    union, exchange = days[0].union(days[1]), np.arange(shares) % 2
    world = rng.normal(0.0003, 0.007, len(union))
    markets = world[:, None] + rng.normal(0, 0.007, (len(union), 2))
    returns = invent_returns(rng, markets[:, exchange], shares=shares)
    calendars = [union.get_indexer(one) for one in days]
    sample = fit_cells(returns, markets, calendars, exchange)
    return lay_out(sample, returns.shape, returns - markets[:, exchange], least=0.4)


def independent(panel, rng):
    return rng.choice(panel.sessions, 50), rng.integers(0, panel.cell.shape[1], 50)


def on_dates(panel, rng, dates):
    days = rng.choice(panel.sessions, dates, replace=False)
    shares = rng.choice(panel.cell.shape[1], 50, replace=False)
    return np.resize(days, 50), shares


def one_date(panel, rng):
    return on_dates(panel, rng, 1)


def three_dates(panel, rng):
    return on_dates(panel, rng, 3)


def ten_dates_related(panel, rng):
    days = rng.choice(panel.sessions, 10, replace=False)
    return np.repeat(days, 5), np.tile(panel.kin[rng.integers(len(panel.kin)), :5], 10)


def episodes(panel, rng):
    starts = rng.choice(panel.sessions[:-5], 40)
    shares = rng.integers(0, panel.cell.shape[1], 40)
    return (starts[:, None] + np.arange(5)).ravel(), np.repeat(shares, 5)


def watch_list(panel, rng, shares):
    start = rng.choice(panel.sessions[:-60])
    day, share = np.nonzero(rng.random((60, 30)) < 0.3)
    return start + day, shares[share]


def watch_unrelated(panel, rng):
    return watch_list(panel, rng, rng.choice(panel.cell.shape[1], 30, replace=False))


def watch_related(panel, rng):
    return watch_list(panel, rng, panel.kin[rng.integers(len(panel.kin)), :30])


def one_among_ten(panel, rng):
    shares = rng.choice(panel.cell.shape[1], 11, replace=False)
    long = rng.choice(panel.sessions[:-60]) + np.arange(60)
    return np.append(long, rng.choice(panel.sessions, 10)), np.append(
        np.full(60, shares[0]), shares[1:]
    )


DESIGNS = {
    "independent": independent,
    "one common date": one_date,
    "3 dates": three_dates,
    "10 dates x 5 related shares": ten_dates_related,
    "event-day sd x 1.5": independent,
    "sector shock, 10 dates": ten_dates_related,
    "40 episodes of 5 articles": episodes,
    "watch list 30 x 60": watch_unrelated,
    "watch list 30 x 60, related": watch_related,
    "one company with 60 articles among ten": one_among_ten,
}
CLUSTERED = tuple(DESIGNS)[6:9]


def disturb(name, results, rng):
    """Add what the design does on event days, none of which moves the mean."""
    sigma = results.sample.fit.sigma
    if name == "event-day sd x 1.5":
        results.car = results.car + np.sqrt(1.25) * sigma * rng.standard_normal(results.n)
    if name.startswith("sector shock"):
        days, place = np.unique(results.sessions, return_inverse=True)
        results.car = results.car + sigma * rng.standard_normal(len(days))[place]
    results.scar = results.car / results.se


def rejections(panel, name, window, *, samples, seed, effect=0.0, tests=TESTS):
    """Give the rejection rate at 5 % of each test, and the coverage of the headline interval."""
    rng = np.random.default_rng(seed)
    counts, covered = np.zeros(len(tests)), 0
    for _ in range(samples):
        day, share = DESIGNS[name](panel, rng)
        place = np.unique(panel.cell[day, share])
        results = WindowResults(panel.sample.take(place[place >= 0]), *window)
        disturb(name, results, rng)
        results.car = results.car + effect
        results.scar = results.car / results.se
        row = results.row()
        p_values = [
            row["p_value"] if one == "headline" else results.run(one).p_value for one in tests
        ]
        counts += np.array(p_values) < 0.05
        covered += row["ci_low"] <= effect <= row["ci_high"]
    rates = dict(zip(tests, (counts / samples).tolist(), strict=True))
    return rates | {"coverage": float(covered / samples)}
