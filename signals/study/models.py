"""Return models: what a share would have earned had nothing been written about it.

A model is fitted to many events at once. Arrays have one row an event and one column a
session; a hole is NaN and drops the pair that it belongs to, for that event alone. Whatever
the model, a ``Fit`` carries the coefficients b, the residual standard deviation s and the
matrix A = (X'X)⁻¹, and these give every error band exactly::

    abnormal return   y - x'b
    its variance      s² (1 + x'Ax)
    of a window       s² (n + (Σx)'A(Σx))

MacKinlay, "Event Studies in Economics and Finance", Journal of Economic Literature 35 (1997).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from signals.errors import StudyError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

# Columns scaled to unit length give a Gram matrix whose determinant is 1 when they are
# orthogonal and about 1e-16 when one of them is a multiple of the others.
_SINGULAR = 1e-12
# Residuals below this share of the returns' size are rounding, as for SPY on SPY.
_ROUNDING = 1e-10


@dataclass(frozen=True, eq=False)
class Fit:
    """A model fitted to the estimation windows of N events; rows of NaN where it could not be.

    Attributes
    ----------
    coefficients
        (N, k): b, in the order of the model's ``parameters``.
    inverse
        (N, k, k): A = (X'X)⁻¹ over the valid pairs; zeros for a model that estimates nothing.
    sigma
        (N,): standard deviation of the residuals, a fraction per session.
    df
        (N,): degrees of freedom of ``sigma``.
    n_obs
        (N,): M, the number of valid pairs.
    r2
        (N,): share of the variance of y that the model explains.
    """

    coefficients: Floats
    inverse: Floats
    sigma: Floats
    df: Floats
    n_obs: Integers
    r2: Floats

    def take(self, rows: npt.NDArray[np.intp] | Booleans | slice) -> Fit:
        """Give the fit of some events, in the order of ``rows``."""
        return Fit(*(getattr(self, field.name)[rows] for field in fields(self)))

    @staticmethod
    def concatenate(parts: list[Fit]) -> Fit:
        """Join the fits of chunks of events, in order."""
        return Fit(
            *(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(Fit))
        )

    def abnormal(self, y: Floats, x: Floats) -> Floats:
        """Give abnormal returns (N, sessions) from y (N, sessions) and x (N, sessions, k)."""
        expected: Floats = np.matmul(x, self.coefficients[:, :, None])[:, :, 0]
        return y - expected

    def leverage(self, x: Floats) -> Floats:
        """Give x'Ax for rows of regressors: x (N, sessions, k) gives (N, sessions)."""
        return np.asarray((np.matmul(x, self.inverse) * x).sum(axis=-1), dtype=np.float64)

    def forecast_error(self, x: Floats) -> Floats:
        """Give the standard error (N, sessions) of an abnormal return outside the estimation.

        s √(1 + x'Ax): for the market model, MacKinlay's (1997) equation 8 with the residual
        variance's degrees of freedom.
        """
        return np.asarray(self.sigma[:, None] * np.sqrt(1 + self.leverage(x)), dtype=np.float64)

    def window_error(self, x: Floats) -> Floats:
        """Give the standard error (N,) of the sum of abnormal returns over all sessions of x.

        s √(n + (Σx)'A(Σx)): the sum over the full covariance matrix of the forecast errors.
        """
        total = x.sum(axis=1)[:, None, :]
        variance = x.shape[1] + self.leverage(total)[:, 0]
        return np.asarray(self.sigma * np.sqrt(variance), dtype=np.float64)


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


@dataclass(frozen=True)
class Mean:
    """Mean-adjusted returns: y = α; variance s²(1 + 1/M), M - 1 degrees of freedom."""

    name: str = "mean"
    inputs: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ("alpha",)

    def design(self, returns: Floats, inputs: Floats) -> tuple[Floats, Floats]:
        """Give the returns, and a constant."""
        del inputs
        return returns, np.ones((*returns.shape, 1))

    def fit(self, y: Floats, x: Floats) -> Fit:
        """Fit by least squares."""
        return least_squares(y, x)


@dataclass(frozen=True)
class MarketAdjusted:
    """Market-adjusted returns: α = 0, β = 1; s is the deviation of R - Rm, M - 1 degrees."""

    name: str = "market_adjusted"
    inputs: tuple[str, ...] = ("market",)
    parameters: tuple[str, ...] = ("alpha", "beta")

    def design(self, returns: Floats, inputs: Floats) -> tuple[Floats, Floats]:
        """Give the returns, and a constant with the market."""
        return returns, _with_constant(inputs)

    def fit(self, y: Floats, x: Floats) -> Fit:
        """Take the coefficients as given, and the variance from the differences."""
        difference = y - x[:, :, 1]
        spread = least_squares(difference, np.ones((*y.shape, 1)))
        coefficients = np.tile([0.0, 1.0], (len(y), 1))
        coefficients[np.isnan(spread.sigma)] = np.nan
        rss = spread.sigma**2 * spread.df
        return Fit(
            coefficients=coefficients,
            inverse=np.zeros((len(y), 2, 2)),
            sigma=spread.sigma,
            df=spread.df,
            n_obs=spread.n_obs,
            r2=_explained(y, ~np.isnan(difference), rss),
        )


@dataclass(frozen=True)
class Linear:
    """Ordinary least squares on a constant and the inputs; the market model as it stands."""

    name: str = "market"
    inputs: tuple[str, ...] = ("market",)
    parameters: tuple[str, ...] = ("alpha", "beta")

    def design(self, returns: Floats, inputs: Floats) -> tuple[Floats, Floats]:
        """Give the returns, and a constant with the inputs."""
        return returns, _with_constant(inputs)

    def fit(self, y: Floats, x: Floats) -> Fit:
        """Fit by least squares."""
        return least_squares(y, x)


MODELS: tuple[ReturnModel, ...] = (Mean(), MarketAdjusted(), Linear())


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


def least_squares(y: Floats, x: Floats) -> Fit:
    """Fit y on x for N events at once, each over the sessions where all its values are there.

    Parameters
    ----------
    y
        (N, sessions).
    x
        (N, sessions, k), with its constant where there is one.

    Returns
    -------
    Fit
        A row is NaN (but ``n_obs``) when there are no more pairs than parameters, when a
        regressor is a multiple of the others, or when nothing but rounding is left over.
    """
    k = x.shape[2]
    valid = np.isfinite(y) & np.isfinite(x).all(axis=2)
    n_obs = valid.sum(axis=1)
    y0 = np.where(valid, y, 0.0)
    x0 = np.where(valid[:, :, None], x, 0.0)
    transposed = np.swapaxes(x0, 1, 2)

    scale = np.sqrt((x0**2).sum(axis=1))
    safe = np.where(scale > 0, scale, 1.0)
    gram = np.matmul(transposed, x0) / (safe[:, :, None] * safe[:, None, :])
    identified = (n_obs > k) & (np.linalg.det(gram) > _SINGULAR)
    gram[~identified] = np.eye(k)
    inverse = np.linalg.inv(gram) / (safe[:, :, None] * safe[:, None, :])
    coefficients = np.matmul(inverse, np.matmul(transposed, y0[:, :, None]))

    residuals = np.where(valid, y0 - np.matmul(x0, coefficients)[:, :, 0], 0.0)
    rss = (residuals**2).sum(axis=1)
    identified &= rss > _ROUNDING**2 * (y0**2).sum(axis=1)
    df = np.where(identified, n_obs - k, np.nan)
    missing = ~identified
    coefficients = coefficients[:, :, 0]
    coefficients[missing] = np.nan
    inverse[missing] = np.nan
    return Fit(
        coefficients=coefficients,
        inverse=inverse,
        sigma=np.sqrt(rss / df),
        df=df,
        n_obs=n_obs.astype(np.int64),
        r2=_explained(y, valid, np.where(identified, rss, np.nan)),
    )


def _with_constant(inputs: Floats) -> Floats:
    """Put a column of ones before the inputs."""
    return np.concatenate([np.ones((*inputs.shape[:2], 1)), inputs], axis=2)


def _explained(y: Floats, valid: Booleans, rss: Floats) -> Floats:
    """Give 1 - RSS/TSS, the total about the mean of the valid sessions."""
    n = np.maximum(valid.sum(axis=1), 1)
    mean = np.where(valid, y, 0.0).sum(axis=1) / n
    tss = (np.where(valid, y - mean[:, None], 0.0) ** 2).sum(axis=1)
    explained = np.full(len(y), np.nan)
    np.divide(rss, tss, out=explained, where=tss > 0)
    return 1 - explained
