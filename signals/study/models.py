"""Return models: what a share would have earned had nothing been written about it.

A model is fitted to many events at once; see ``signals.study.fits`` for what a fit is. Arrays have
one row an event and one column a session, returns are fractions; a return that is missing is NaN
in y, x and what is expected, and is left out of the fit.

MacKinlay, "Event Studies in Economics and Finance", Journal of Economic Literature 35 (1997).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeGuard, runtime_checkable

import numpy as np

from signals.errors import StudyError
from signals.study.arrays import Booleans, Floats
from signals.study.fits import Fit, Moments, explained, least_squares, moments, solve


@runtime_checkable
class ReturnModel(Protocol):
    """Anything that predicts returns: pass your own object as ``model=``.

    Attributes
    ----------
    name
        What tables call it.
    inputs
        The series beside the share's own that it reads: "market", or columns of ``factors``.
    parameters
        Names of the coefficients, one a column of its regressors.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 (described above)

    @property
    def inputs(self) -> tuple[str, ...]: ...  # noqa: D102 (described above)

    @property
    def parameters(self) -> tuple[str, ...]: ...  # noqa: D102 (described above)

    def design(self, returns: Floats, inputs: Floats) -> tuple[Floats, Floats]:
        """Give y (N, sessions) and x (N, sessions, k).

        ``returns`` is (N, sessions) and ``inputs`` (N, sessions, len(self.inputs)). A session
        may use its own values only, so that nothing later than it can leak in.
        """
        ...

    def fit(self, y: Floats, x: Floats) -> Fit:
        """Fit the estimation windows of N events; pairs with a NaN are left out."""
        ...


@runtime_checkable
class SumsModel(ReturnModel, Protocol):
    """A ReturnModel that needs nothing of an estimation window but its sums, so that it is fast.

    The first column of its x is ones, and the others are made of the inputs alone: events of one
    session with the same inputs have the same x. What it is given may be windows, one a row, or
    whole series that hold the windows of several events, and can't be written to.
    """

    def response(self, returns: Floats, inputs: Sequence[Floats]) -> Floats:
        """Give the y of ``design``; ``returns``, and each of ``inputs``, are (N, sessions)."""
        ...

    def columns(self, inputs: Sequence[Floats]) -> list[Floats]:
        """Give the columns of the x of ``design`` after its ones, each (N, sessions)."""
        ...

    def fit_sums(self, sums: Moments) -> tuple[Fit, Booleans]:
        """Fit N events, and tell which of them may be believed; the others go to ``fit``."""
        ...


def reads_columns(model: ReturnModel) -> TypeGuard[SumsModel]:
    """Tell whether a model is a SumsModel whose ``columns`` and ``fit_sums`` are those of its fit.

    A class derived from one that overrides ``design`` without ``columns``, or ``fit`` without
    ``fit_sums``, is read through what it overrides.
    """
    if not all(hasattr(model, name) for name in ("fit_sums", "response", "columns")):
        return False
    kinds = [vars(kind) for kind in type(model).__mro__]

    def agree(plain: str, quick: str) -> bool:
        return next((quick in kind for kind in kinds if plain in kind or quick in kind), True)

    return agree("design", "columns") and agree("fit", "fit_sums")


def leads_of(model: ReturnModel) -> tuple[int, ...]:
    """Give for each input how many sessions later than the return it is read; 0 by default."""
    return tuple(getattr(model, "leads", ())) or (0,) * len(model.inputs)


BETAS = ("beta_before", "beta_same", "beta_after")
"""Slopes on the market of the session before, of the same and of the one after; their sum is beta,
where a model has no parameter of that name."""


@dataclass(frozen=True)
class Linear:
    """Ordinary least squares on a constant and the inputs; the market model as it stands.

    Without inputs it is the mean-adjusted model: variance s²(1 + 1/M), M - 1 degrees of freedom.
    ``leads`` says for each input how many sessions after the return it is read; negative before,
    and empty where all are read in its own session.
    """

    name: str = "market"
    inputs: tuple[str, ...] = ("market",)
    parameters: tuple[str, ...] = ("alpha", "beta")
    leads: tuple[int, ...] = ()

    def design(self, returns: Floats, inputs: Floats) -> tuple[Floats, Floats]:
        """Give the response, and a constant with the columns; each column of x is contiguous."""
        planes = list(inputs.transpose(2, 0, 1))
        columns = self.columns(planes)
        x = np.empty((len(columns) + 1, *returns.shape))
        x[0] = 1.0
        for plane, column in zip(x[1:], columns, strict=True):
            plane[:] = column
        return self.response(returns, planes), x.transpose(1, 2, 0)

    def response(self, returns: Floats, inputs: Sequence[Floats]) -> Floats:
        """Give the returns."""
        del inputs
        return returns

    def columns(self, inputs: Sequence[Floats]) -> list[Floats]:
        """Give the inputs."""
        return list(inputs)

    def fit(self, y: Floats, x: Floats) -> Fit:
        """Fit by least squares."""
        return least_squares(y, x)

    def fit_sums(self, sums: Moments) -> tuple[Fit, Booleans]:
        """Fit by least squares."""
        return solve(sums)


@dataclass(frozen=True)
class MarketAdjusted(Linear):
    """Market-adjusted returns: α = 0, β = 1; s is the deviation of R - Rm, M - 1 degrees."""

    name: str = "market_adjusted"

    def fit(self, y: Floats, x: Floats) -> Fit:
        """Take the coefficients as given, and the variance from the differences."""
        difference = y - x[:, :, 1]
        spread = least_squares(difference, x[:, :, :1])
        return self._given(spread, moments(y, x))

    def fit_sums(self, sums: Moments) -> tuple[Fit, Booleans]:
        """Take the coefficients as given, and the variance from the sums of the differences."""
        y = sums.y - sums.gram[sums.design, 0, 1]
        difference = Moments(
            gram=sums.gram[:, :1, :1],
            design=sums.design,
            xy=y[:, None],
            yy=sums.rss(np.tile([0.0, 1.0], (len(y), 1))),
            y=y,
        )
        spread, trusted = solve(difference)
        # A difference of two sums of squares: where little is left, digits are lost.
        trusted &= (sums.n <= 1) | (difference.yy > 1e-3 * sums.yy)
        return self._given(spread, sums), trusted

    def _given(self, spread: Fit, sums: Moments) -> Fit:
        coefficients = np.tile([0.0, 1.0], (len(sums.n), 1))
        coefficients[np.isnan(spread.sigma)] = np.nan
        return Fit(
            coefficients=coefficients,
            inverse=np.zeros((len(sums.n), 2, 2)),
            sigma=spread.sigma,
            df=spread.df,
            n_obs=spread.n_obs,
            r2=explained(spread.sigma**2 * spread.df, sums),
        )


@dataclass(frozen=True)
class Excess(Linear):
    """Least squares of R - RF on a constant and factors; the last input is RF.

    ``Mkt-RF`` and the other factors are taken as they are; "market" is the return of a symbol, of
    which RF is subtracted here: the CAPM. Fama and French, Journal of Financial Economics 33
    (1993) and 116 (2015); Carhart, Journal of Finance 52 (1997).
    """

    name: str = "capm"
    inputs: tuple[str, ...] = ("market", "RF")
    parameters: tuple[str, ...] = ("alpha", "beta")

    def response(self, returns: Floats, inputs: Sequence[Floats]) -> Floats:
        """Give the excess returns."""
        return returns - inputs[-1]

    def columns(self, inputs: Sequence[Floats]) -> list[Floats]:
        """Give the factors."""
        *factors, riskfree = inputs
        names = self.inputs[:-1]
        return [
            factor - riskfree if name == "market" else factor
            for name, factor in zip(names, factors, strict=True)
        ]


@dataclass(frozen=True)
class ScholesWilliams(Linear):
    """Scholes and Williams (1977) beta for thin trading: (β₋₁ + β₀ + β₊₁)/(1 + 2ρ).

    β₋₁, β₀ and β₊₁ are slopes on the market one session before, of the session and one after, ρ
    the market's own autocorrelation; α and s² follow from that β over the valid pairs, M - 2
    degrees of freedom. The forecast error is the market model's.
    Journal of Financial Economics 5.
    """

    name: str = "scholes_williams"
    inputs: tuple[str, ...] = ("market", "market", "market")
    parameters: tuple[str, ...] = ("alpha", "beta_before", "beta", "beta_after")
    leads: tuple[int, ...] = (-1, 0, 1)

    def fit(self, y: Floats, x: Floats) -> Fit:
        """Fit from the sums of the windows."""
        return self.fit_sums(moments(y, x))[0]

    def fit_sums(self, sums: Moments) -> tuple[Fit, Booleans]:
        """Fit from sums; ``coefficients`` are (α, 0, β, 0)."""
        gram, usable = sums.gram[sums.design], sums.n > 4
        n = np.maximum(sums.n, 1)
        mean_x, mean_y = gram[:, 0] / n[:, None], sums.y / n
        cov_y = sums.xy / n[:, None] - mean_x * mean_y[:, None]
        cov_x = gram / n[:, None, None] - mean_x[:, :, None] * mean_x[:, None, :]
        variance = np.einsum("nii->ni", cov_x)[:, 1:]
        usable &= (variance > 1e-12 * np.einsum("nii->ni", gram)[:, 1:] / n[:, None]).all(axis=1)
        safe = np.where(usable[:, None], variance, 1.0)
        autocorrelation = cov_x[:, 1, 2] / np.sqrt(safe[:, 0] * safe[:, 1])
        beta = (cov_y[:, 1:] / safe).sum(axis=1) / (1 + 2 * autocorrelation)
        coefficients = np.zeros((len(n), 4))
        coefficients[:, 0], coefficients[:, 2] = mean_y - beta * mean_x[:, 2], beta
        rss = sums.rss(coefficients)
        usable &= rss > 1e-12 * sums.yy
        df = np.where(usable, n - 2.0, np.nan)
        coefficients[~usable] = np.nan
        inverse = np.zeros((len(n), 4, 4))
        inverse[:, 2, 2] = 1 / (safe[:, 1] * n)
        inverse[:, 0, 2] = inverse[:, 2, 0] = -mean_x[:, 2] * inverse[:, 2, 2]
        inverse[:, 0, 0] = 1 / n + mean_x[:, 2] ** 2 * inverse[:, 2, 2]
        r2 = explained(np.where(usable, rss, np.nan), sums)
        return Fit(coefficients, inverse, np.sqrt(rss / df), df, sums.n, r2), np.ones_like(usable)


def beta_of(model: ReturnModel, fit: Fit) -> tuple[Floats, Floats]:
    """Give the beta of N events and its standard error, NaN where the model estimates none.

    The error is that of least squares: Scholes and Williams' beta has another, which isn't given.
    """
    beta = error = np.full(len(fit.df), np.nan)
    held = [name == "beta" for name in model.parameters]
    held = held if any(held) else [name in BETAS for name in model.parameters]
    if any(held):
        weights = np.array(held, dtype=np.float64)
        beta = fit.coefficients @ weights
        variance = np.einsum("i,nij,j->n", weights, fit.inverse, weights)
        estimated = (variance > 0) & (not isinstance(model, ScholesWilliams))
        error = np.where(estimated, fit.sigma * np.sqrt(np.abs(variance)), np.nan)
    return beta, error


def _fama_french(name: str, *factors: str) -> Excess:
    return Excess(name, ("Mkt-RF", *factors, "RF"), ("alpha", "beta", *factors))


MODELS: tuple[ReturnModel, ...] = (
    Linear("mean", (), ("alpha",)),
    MarketAdjusted(),
    Linear(),
    Excess(),
    _fama_french("ff3", "SMB", "HML"),
    _fama_french("ff3_momentum", "SMB", "HML", "Mom"),
    _fama_french("ff5", "SMB", "HML", "RMW", "CMA"),
    _fama_french("ff5_momentum", "SMB", "HML", "RMW", "CMA", "Mom"),
    Linear(
        "dimson",
        ("market", "market", "market"),
        ("alpha", *BETAS),
        (-1, 0, 1),
    ),  # Dimson, Journal of Financial Economics 7 (1979)
    ScholesWilliams(),
)
"""The models that have a name; ``named_factors`` makes others."""


def named_factors(*names: str, riskfree: str | None = None) -> ReturnModel:
    """Give a model of your own factors, columns of ``factors=`` or "market".

    Parameters
    ----------
    names
        The factors.
    riskfree
        A column to subtract from the share's return (and from "market"); None for none.

    Raises
    ------
    StudyError
        There is no name, or one is no text.

    Examples
    --------
    >>> named_factors("market", "SMB").parameters
    ('alpha', 'beta', 'SMB')
    """
    if not names or not all(isinstance(name, str) for name in names):
        raise StudyError("Name the factors one by one, as named_factors('market', 'SMB') does.")
    slopes = tuple("beta" if name == "market" else name for name in names)
    if riskfree is None:
        return Linear("+".join(names), names, ("alpha", *slopes))
    return Excess("+".join(names), (*names, riskfree), ("alpha", *slopes))


def find_model(model: str | ReturnModel) -> ReturnModel:
    """Give the model of a name, or the object itself when it is one.

    Raises
    ------
    StudyError
        No model has this name, or the object is no ReturnModel.
    """
    if not isinstance(model, str):
        if isinstance(model, ReturnModel):
            return model
        raise StudyError(
            f"model={model!r} is neither a name nor a ReturnModel, which has name, inputs, "
            "parameters, design and fit."
        )
    for known in MODELS:
        if known.name == model:
            return known
    names = ", ".join(known.name for known in MODELS)
    raise StudyError(f"There is no return model {model!r}; there are {names}.")
