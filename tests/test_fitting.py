"""What events of one session share is computed once; nobody can tell by the numbers."""

from dataclasses import replace

import numpy as np
import pytest

from signals.study.fitting import fit_windows
from signals.study.models import MODELS, Linear, reads_columns
from signals.study.panel import Places, ReturnGrid
from signals.study.sample import Sample

ESTIMATION, WINDOW = (-90, -11), (-2, 3)
ROWS, SHARES = 200, 8
FEW = [model for model in MODELS if len(model.inputs) <= 4]


def world(model, *, holes):
    """Give 48 events of 8 shares in 3 sessions with 2 sets of inputs, and their grid."""
    rng = np.random.default_rng(4)
    names = len(model.inputs)
    returns = np.asfortranarray(rng.normal(0, 0.02, (ROWS, SHARES + 2 * names)))
    returns[:, :SHARES] += returns[:, SHARES:].sum(axis=1, keepdims=True) / 4
    if holes:
        returns[rng.random(returns.shape) < 0.01] = np.nan
    labels = np.arange(ROWS).astype("datetime64[D]").astype("datetime64[us]")
    order = np.arange(ROWS)
    row = np.repeat([110, 150, 180], 16)
    column = np.tile(np.arange(SHARES), 6)
    other = np.tile(np.repeat([0, 1], SHARES), 3)
    inputs = SHARES + other[:, None] * names + np.arange(names)
    zero = np.zeros(48, dtype=np.int64)
    places = Places(row, zero, zero + ROWS, column, inputs)
    return ReturnGrid(returns, labels, order, {}), places


def everything(grid, places, model):
    fit = fit_windows(grid, places, model, ESTIMATION)
    sample = Sample(grid, places, model, fit, ESTIMATION, WINDOW)
    residuals = [np.concatenate(part) for part in list(zip(*sample.studentised(), strict=True))[1:]]
    arrays = (*sample.abnormal(*WINDOW), *sample.cumulative(*WINDOW), *residuals)
    return sample, (*arrays, fit.coefficients, fit.inverse, fit.sigma, fit.r2, fit.n_obs)


@pytest.mark.parametrize("holes", [False, True])
@pytest.mark.parametrize("model", FEW, ids=lambda model: model.name)
def test_an_event_alone_has_the_bytes_that_it_has_among_others(model, holes):
    grid, places = world(model, holes=holes)
    together, whole = everything(grid, places, model)
    assert together.designs.shared or holes
    for event in range(len(places)):
        _, alone = everything(grid, places.take(slice(event, event + 1)), model)
        for one, many in zip(alone, whole, strict=True):
            np.testing.assert_array_equal(one[0], many[event])


@pytest.mark.parametrize("model", FEW, ids=lambda model: model.name)
def test_shared_errors_are_those_of_each_events_own_window(model):
    grid, places = world(model, holes=False)
    sample, (_, errors, _, se, *_) = everything(grid, places, model)
    _, x = sample.design(slice(None), *WINDOW)
    np.testing.assert_allclose(errors, sample.fit.forecast_error(x), rtol=1e-13)
    total = sample.fit.forecast_error(x.sum(axis=1, keepdims=True), x.shape[1])[:, 0]
    np.testing.assert_allclose(se, total, rtol=1e-13)


def test_windows_inside_the_event_window_and_outside_it_are_cut_from_the_same_prices():
    model = Linear()
    grid, places = world(model, holes=True)
    sample, _ = everything(grid, places, model)
    bare = Sample(grid, places, model, sample.fit, ESTIMATION, (0, 0))
    for window in (WINDOW, (-1, 1), (0, 2)):
        for kept, cut in zip(
            (*sample.abnormal(*window), *sample.cumulative(*window)),
            (*bare.abnormal(*window), *bare.cumulative(*window)),
            strict=True,
        ):
            np.testing.assert_array_equal(kept, cut)
    with pytest.raises(ValueError, match="read-only"):
        sample.abnormal(*WINDOW)[0][:] = 0.0


class Halved(Linear):
    """A market model whose author wrote ``design`` and nothing else."""

    def design(self, returns, inputs):
        y, x = super().design(returns, inputs)
        return y / 2, x


def test_a_model_that_writes_its_design_anew_is_read_through_it():
    model = Halved()
    grid, places = world(model, holes=False)
    assert reads_columns(Linear())
    assert not reads_columns(model)
    halved = fit_windows(grid, places, model, ESTIMATION)
    plain = fit_windows(grid, places, Linear(), ESTIMATION)
    np.testing.assert_allclose(halved.sigma, plain.sigma / 2, rtol=1e-12)
    np.testing.assert_allclose(halved.coefficients, plain.coefficients / 2, rtol=1e-9)


class Robust(Linear):
    """A market model whose author wrote ``fit`` and nothing else."""

    def fit(self, y, x):
        fit = super().fit(y, x)
        return replace(fit, sigma=2 * fit.sigma)


def test_a_model_that_writes_its_fit_anew_is_fitted_by_it():
    grid, places = world(Robust(), holes=False)
    doubled = fit_windows(grid, places, Robust(), ESTIMATION)
    plain = fit_windows(grid, places, Linear(), ESTIMATION)
    np.testing.assert_allclose(doubled.sigma, 2 * plain.sigma, rtol=1e-12)
