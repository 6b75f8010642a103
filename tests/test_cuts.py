"""Windows are cut alone, or added up within whole series: nobody can tell by the numbers."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from signals.study.cuts import ModelCut
from signals.study.fits import Runs, products_of
from signals.study.fitting import fit_windows
from signals.study.models import Excess, Linear
from signals.study.panel import Places, ReturnGrid

MODELS = (
    Linear("mean", (), ("alpha",)),
    Linear(),
    Linear("dimson", ("market",) * 3, ("alpha", "lag", "beta", "lead"), leads=(-1, 0, 1)),
    Excess("capm", ("market", "riskfree"), ("alpha", "beta")),
)
CALENDARS, ROWS, SHARES = 2, 120, 4  # rows and shares of each calendar


def world(model, seed, events, *, markets):
    """Give events of shares on two calendars, each with its own markets, and their grid."""
    rng = np.random.default_rng(seed)
    names = len(set(model.inputs))
    returns = rng.normal(0, 0.02, (CALENDARS * ROWS, SHARES + markets * names))
    returns[rng.random(returns.shape) < 0.002] = np.nan
    labels = np.arange(len(returns)).astype("datetime64[D]").astype("datetime64[us]")
    grid = ReturnGrid(np.asfortranarray(returns), labels, np.arange(len(returns)), {})
    low = rng.integers(0, CALENDARS, events) * ROWS
    market = rng.integers(0, markets, events)[:, None] * names
    own = [sorted(set(model.inputs)).index(name) for name in model.inputs]
    inputs = SHARES + market + np.array(own, dtype=np.int64)
    row = low + rng.integers(20, ROWS, events)
    places = Places(row, low, low + ROWS, rng.integers(0, SHARES, events), inputs)
    return grid, places.take(places.order())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@given(
    seed=st.integers(0, 10_000),
    events=st.integers(1, 80),
    markets=st.integers(1, 2),
    start=st.integers(-40, -2),
    length=st.integers(1, 40),
)
def test_a_window_has_the_same_sums_cut_and_within_its_series(
    model, seed, events, markets, start, length
):
    grid, places = world(model, seed, events, markets=markets)
    cut = ModelCut.of(grid, places, model, (start, start + length - 1))
    every = slice(0, events)
    within = products_of(cut.runs(every))
    apart = products_of(Runs.apart(cut.response(every), cut.columns(every)))
    np.testing.assert_array_equal(within, apart)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_sums_are_those_of_loops(model):
    grid, places = world(model, 3, 60, markets=1)
    cut = ModelCut.of(grid, places, model, (-15, -2))
    sums = products_of(cut.runs(slice(0, 60)))
    for event in range(60):
        rows = slice(places.row[event] - 15, places.row[event] - 1)
        series = [grid.returns[:, one] for one in places.inputs[event]]
        if model.name == "dimson":
            series = [np.roll(one, -lead) for one, lead in zip(series, model.leads, strict=True)]
        y = grid.returns[rows, places.column[event]]
        x = [one[rows] for one in series]
        if model.name == "capm":
            y, x = y - x[1], [x[0] - x[1]]
        expected = [y.sum(), *((y * one).sum() for one in x), (y * y).sum()]
        np.testing.assert_allclose(sums[:, event], expected, rtol=1e-12, atol=1e-16)


def test_many_events_of_few_shares_are_added_up_without_a_copy_of_their_windows():
    model = MODELS[1]
    grid, places = world(model, 5, 80, markets=1)
    runs = ModelCut.of(grid, places, model, (-15, -2)).runs(slice(0, 80))
    assert np.shares_memory(runs.y, grid.returns)
    with pytest.raises(ValueError, match="read-only"):
        runs.y[:] = 0.0
    few = ModelCut.of(grid, places, model, (-15, -2)).runs(slice(0, 2))
    assert not np.shares_memory(few.y, grid.returns)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_an_event_alone_is_fitted_to_the_byte_as_among_many_of_its_share(model):
    grid, places = world(model, 7, 80, markets=1)
    together = fit_windows(grid, places, model, (-19, -2))
    for event in range(80):
        alone = fit_windows(grid, places.take(slice(event, event + 1)), model, (-19, -2))
        for name in ("coefficients", "inverse", "sigma", "r2", "n_obs"):
            np.testing.assert_array_equal(
                getattr(alone, name)[0], getattr(together, name)[event], strict=True
            )


def test_prices_outside_the_window_change_no_byte_of_its_fit():
    model = MODELS[1]
    grid, places = world(model, 9, 80, markets=1)
    fit = fit_windows(grid, places, model, (-19, -2))
    event = 40
    noise = np.random.default_rng(1).normal(0, 5, grid.returns.shape)
    window = slice(places.row[event] - 19, places.row[event] - 1)
    noise[window] = grid.returns[window]
    other = ReturnGrid(np.asfortranarray(noise), grid.labels, grid.ordinals, grid.columns)
    noised = fit_windows(other, places, model, (-19, -2))
    assert noised.coefficients[event].tobytes() == fit.coefficients[event].tobytes()
    assert noised.sigma[event] == fit.sigma[event]


def test_events_are_ordered_by_series_and_session():
    rng = np.random.default_rng(2)
    row, column = rng.integers(0, 70_000, (2, 500))
    zero = np.zeros(500, dtype=np.int64)
    for rows in (row, row % 90):  # of few NumPy sorts by counting
        places = Places(rows, zero, zero + 70_000, column % 7, zero[:, None])
        expected = sorted(range(500), key=lambda event: (column[event] % 7, rows[event], event))
        assert places.order().tolist() == expected
