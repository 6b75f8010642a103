"""What a study is computed from: events, where they stand in a grid, and the fits of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from signals.study.arrays import Booleans, Floats, Indices
from signals.study.cuts import ModelCut, cut_design, cut_series
from signals.study.fits import Fit, Regressors
from signals.study.models import ReturnModel, SumsModel, reads_columns
from signals.study.panel import Designs, Places, ReturnGrid, chunks
from signals.study.trade_to_trade import TradeToTrade, join, weigh


@dataclass(frozen=True, eq=False)
class Sample:
    """What a study is computed from: N events, where they stand, and the fits of the model.

    ModelCut are cut from the grid again whenever they are needed: only the grid, the fits and the
    abnormal returns of the event window are kept.

    Attributes
    ----------
    estimation, event
        Offsets of the estimation and of the event window, both ends included.
    held
        ``event_returns``, where they are known already.
    """

    grid: ReturnGrid
    places: Places
    model: ReturnModel
    fit: Fit
    estimation: tuple[int, int]
    event: tuple[int, int]
    held: Floats | None = None

    def take(self, rows: Indices | Booleans) -> Sample:
        """Give the sample of some events, in the order of ``rows``."""
        return replace(
            self,
            places=self.places.take(rows),
            fit=self.fit.take(rows),
            held=self.event_returns[rows],
        )

    @cached_property
    def event_returns(self) -> Floats:
        """Abnormal returns (N, L) of the event window, in which the windows of a study lie.

        They can't be written to: every window reads them.
        """
        returns = self._abnormal(*self.event) if self.held is None else self.held
        returns.flags.writeable = False
        return returns

    def design(self, rows: slice, start: int, end: int) -> tuple[Floats, Floats]:
        """Cut y (K, L) and x (K, L, k) of some events over offsets start to end."""
        return cut_design(self.grid, self.places.take(rows), self.model, start, end)

    @cached_property
    def designs(self) -> Designs:
        """The different x, each with its own A: what depends on these alone is computed once.

        Where hardly any are alike, each event is its own.
        """
        own = np.arange(len(self.places))
        if not reads_columns(self.model):
            return Designs(own, own)
        designs, inverse = self.places.designs(len(self.grid.labels)), self.fit.inverse
        if not designs.shared:
            return Designs(own, own)
        unlike = np.flatnonzero(inverse != inverse[designs.first][designs.number])
        if not len(unlike):
            return designs
        # Holes of a share give it an A of its own.
        unlike = np.unique(unlike // inverse[0].size)
        number = designs.number.copy()
        number[unlike] = len(designs.first) + np.arange(len(unlike))
        return Designs(np.concatenate([designs.first, unlike]), number)

    def abnormal(self, start: int, end: int) -> tuple[Floats, Floats]:
        """Give abnormal returns (N, L) and their standard errors over offsets start to end."""
        return self._returns(start, end), self._errors(start, end)

    def _returns(self, start: int, end: int) -> Floats:
        """Give abnormal returns (N, L), from those of the event window where they are its own."""
        first, last = self.event
        if first <= start and end <= last:
            return self.event_returns[:, start - first : end - first + 1]
        return self._abnormal(start, end)

    def _abnormal(self, start: int, end: int) -> Floats:
        abnormal = np.empty((len(self.places), end - start + 1))
        cut = self.cutter(start, end)
        for rows in self.batches(end - start + 1):
            self.fit.take(rows).abnormal(*cut(rows), out=abnormal[rows])
        return abnormal

    def _errors(self, start: int, end: int) -> Floats:
        errors = np.empty((len(self.places), end - start + 1))
        factors = self._factors(start, end)
        for rows in self.batches(end - start + 1):
            np.multiply(factors(rows), self.fit.sigma[rows, None], out=errors[rows])
        return errors

    def _factors(self, start: int, end: int) -> Callable[[slice], Floats]:
        """Give what tells, of some events, by what s is multiplied for each error (K, L)."""
        shared = self._shared(start, end, self._forecast_factor)
        if shared is not None:
            return shared
        cut = self.cutter(start, end)
        return lambda rows: self._forecast_factor(self.fit.take(rows), cut(rows)[1])

    def standardised(self, start: int, end: int) -> Floats:
        """Give abnormal returns over their standard errors (N, L) over offsets start to end."""
        abnormal, errors = self.abnormal(start, end)
        return np.asarray(np.divide(abnormal, errors, out=errors), dtype=np.float64)

    def cumulative(self, start: int, end: int) -> tuple[Floats, Floats]:
        """Give CAR (N,) and its standard error (N,); NaN for a window with a hole."""
        length = end - start + 1
        if reads_columns(self.model):
            car = np.vecdot(self._returns(start, end), np.ones(length))
            errors = self._window_factors(self.model, start, end).take(self.designs.number)
            errors *= self.fit.sigma
        else:
            car, errors = np.empty(len(self.places)), np.empty(len(self.places))
            for rows in self.batches(length):
                y, x = self._joined(rows, start, end)
                fit, whole = self.fit.take(rows), x.sum(axis=1, keepdims=True)
                car[rows] = fit.abnormal(y.sum(axis=1, keepdims=True), whole)[:, 0]
                errors[rows] = fit.forecast_error(whole, length)[:, 0]
        errors[np.isnan(car)] = np.nan
        return car, errors

    def studentised(self) -> Iterator[tuple[slice, Floats, Floats]]:
        """Give residuals of the estimation windows, and over their own deviations, by chunks."""
        factors = self._shared(*self.estimation, Fit.residual_factor)
        cut = self.cutter(*self.estimation)
        for rows in self.batches(self.estimation[1] - self.estimation[0] + 1):
            fit, (y, x) = self.fit.take(rows), cut(rows)
            if isinstance(self.model, TradeToTrade) and isinstance(x, np.ndarray):
                y, x = weigh(y, x)
            residuals = fit.abnormal(y, x)
            deviation = fit.residual_factor(x) if factors is None else factors(rows)
            deviation *= fit.sigma[:, None]
            yield rows, residuals, np.divide(residuals, deviation)

    def _window_factors(self, model: SumsModel, start: int, end: int) -> Floats:
        """Give √(n + (Σx)'AΣx) of each design (D,), by which s is multiplied for a window."""
        length, first = end - start + 1, self.designs.first
        places, fit = self.places.take(first), self.fit.take(first)
        windows = ModelCut.of(self.grid, places, model, (start, end))
        factors = np.empty(len(first))
        for rows in chunks(len(first), length):
            totals = [column.sum(axis=1, keepdims=True) for column in windows.columns(rows)]
            whole = fit.take(rows).forecast_factor([float(length), *totals], length)
            factors[rows] = whole[:, 0]
        return factors

    def _shared(
        self, start: int, end: int, factor: Callable[[Fit, Regressors], Floats]
    ) -> Callable[[slice], Floats] | None:
        """Compute (D, L) factors of a window for each design; None where hardly any are shared."""
        first, number = self.designs.first, self.designs.number
        if not self.designs.shared:
            return None
        sample = self.take(first)
        table = np.empty((len(first), end - start + 1))
        cut = sample.cutter(start, end)
        for rows in sample.batches(end - start + 1):
            table[rows] = factor(sample.fit.take(rows), cut(rows)[1])
        return lambda rows: table.take(number[rows], axis=0)

    def _forecast_factor(self, fit: Fit, x: Regressors) -> Floats:
        if isinstance(self.model, TradeToTrade) and isinstance(x, np.ndarray):
            return fit.forecast_factor(x, x[:, :, 0])  # the sessions that each return covers
        return fit.forecast_factor(x)

    def cutter(self, start: int, end: int) -> Callable[[slice], tuple[Floats, Regressors]]:
        """Give what cuts y and x of some events, without copies where the model gives columns."""
        model = self.model
        if not reads_columns(model):
            return lambda rows: self.design(rows, start, end)
        windows = ModelCut.of(self.grid, self.places, model, (start, end))
        return lambda rows: (windows.response(rows), [1.0, *windows.columns(rows)])

    def buy_and_hold(self, start: int, end: int) -> Floats:
        """Give Π(1 + R) - Π(1 + R - AR) over offsets start to end (N,); NaN for a hole."""
        held = np.empty(len(self.places))
        for rows in self.batches(end - start + 1):
            places = self.places.take(rows)
            y, x = self._joined(rows, start, end)
            returns = cut_series(self.grid, places, places.column, (start, end))
            if isinstance(self.model, TradeToTrade):
                returns = np.where(np.isfinite(returns), returns, 0.0)
            abnormal = self.fit.take(rows).abnormal(y, x)
            held[rows] = (1 + returns).prod(axis=1) - (1 + returns - abnormal).prod(axis=1)
        return held

    def batches(self, sessions: int) -> Iterator[slice]:
        """Give slices of the events, so many that windows of some sessions make a chunk."""
        return chunks(len(self.places), sessions)

    def estimation_windows(self) -> Iterator[tuple[slice, Floats, Floats]]:
        """Give residuals and regressors of the estimation windows, a chunk of events at a time."""
        for rows in self.batches(self.estimation[1] - self.estimation[0] + 1):
            y, x = self.weighted_design(rows, *self.estimation)
            yield rows, self.fit.take(rows).abnormal(y, x), x

    def weighted_design(self, rows: slice, start: int, end: int) -> tuple[Floats, Floats]:
        """Cut y and x so that all residuals vary alike, as they are fitted."""
        y, x = self.design(rows, start, end)
        return weigh(y, x) if isinstance(self.model, TradeToTrade) else (y, x)

    def _joined(self, rows: slice, start: int, end: int) -> tuple[Floats, Floats]:
        """Cut y and x so that they can be added up."""
        y, x = self.design(rows, start, end)
        return join(y, x) if isinstance(self.model, TradeToTrade) else (y, x)
