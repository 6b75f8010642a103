"""Least squares for many events at once: what a fit keeps, and two ways to it.

Arrays have one row an event and one column a session; a hole is NaN and drops the pair that it
belongs to, for that event alone. Whatever the model, a ``Fit`` carries the coefficients b, the
residual standard deviation s and the matrix A = (X'X)⁻¹, and these give every error band exactly::

    abnormal return   y - x'b
    its variance      s² (1 + x'Ax)
    of a window       s² (n + (Σx)'A(Σx))

``least_squares`` reads the sessions one by one; ``solve`` reads nothing but their ``Moments``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

# Columns scaled to unit length give a Gram matrix whose determinant is 1 when they are
# orthogonal and about 1e-16 when one of them is a multiple of the others.
_SINGULAR = 1e-12
# Residuals below this share of the returns' size are rounding, as for SPY on SPY.
_ROUNDING = 1e-10
# Sums of squares lose digits when the model explains nearly everything or regressors are nearly
# multiples of one another: beyond these bounds the sessions themselves are read.
_TRUSTED_DETERMINANT = 1e-4
_TRUSTED_REST = 1e-3


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

    def put(self, rows: npt.NDArray[np.intp], other: Fit) -> None:
        """Write the fits of some events over those at ``rows``."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(other, field.name)

    @staticmethod
    def concatenate(parts: list[Fit]) -> Fit:
        """Join the fits of chunks of events, in order."""
        return Fit(
            *(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(Fit))
        )

    def abnormal(self, y: Floats, x: Floats) -> Floats:
        """Give abnormal returns (N, sessions) from y (N, sessions) and x (N, sessions, k)."""
        expected = x[:, :, 0] * self.coefficients[:, 0, None]
        for j in range(1, x.shape[2]):
            expected += x[:, :, j] * self.coefficients[:, j, None]
        return np.asarray(np.subtract(y, expected, out=expected), dtype=np.float64)

    def leverage(self, x: Floats) -> Floats:
        """Give x'Ax for rows of regressors: x (N, sessions, k) gives (N, sessions)."""
        k = x.shape[2]
        total = x[:, :, -1] * self.inverse[:, -1, -1, None]
        total *= x[:, :, -1]
        for i in range(k - 1):
            half = x[:, :, i] * self.inverse[:, i, i, None]
            for j in range(i + 1, k):
                half += x[:, :, j] * (2 * self.inverse[:, i, j, None])
            total += np.multiply(half, x[:, :, i], out=half)
        return np.asarray(total, dtype=np.float64)

    def forecast_error(self, x: Floats, sessions: Floats | float = 1.0) -> Floats:
        """Give the standard error (N, sessions) of an abnormal return outside the estimation.

        s √(1 + x'Ax): for the market model, MacKinlay's (1997) equation 8 with the residual
        variance's degrees of freedom. A return over n ``sessions``, or the sum of n returns with
        the sum of their x, has n in place of 1: s √(n + (Σx)'A(Σx)) adds up the full covariance
        matrix of the forecast errors.
        """
        error = self.leverage(x)
        error += sessions
        np.sqrt(error, out=error)
        error *= self.sigma[:, None]
        return error


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over the valid pairs of N estimation windows, from which a linear model is fitted.

    Attributes
    ----------
    n
        (N,): M, the number of valid pairs.
    gram, xy
        (N, k, k) and (N, k): X'X and X'y.
    yy, y
        (N,): the sums of y² and of y.
    """

    n: Integers
    gram: Floats
    xy: Floats
    yy: Floats
    y: Floats

    @staticmethod
    def concatenate(parts: list[Moments]) -> Moments:
        """Join the sums of chunks of events, in order."""
        return Moments(
            *(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(Moments))
        )

    def rss(self, coefficients: Floats) -> Floats:
        """Give the sum of squared residuals (N,) of coefficients (N, k), whatever they are."""
        fitted = np.matmul(self.gram, coefficients[:, :, None])[:, :, 0]
        total = self.yy + (coefficients * (fitted - 2 * self.xy)).sum(axis=1)
        return np.asarray(np.maximum(total, 0.0), dtype=np.float64)

    def tss(self) -> Floats:
        """Give the sum of squares (N,) of y about its mean."""
        return np.asarray(self.yy - self.y**2 / np.maximum(self.n, 1), dtype=np.float64)


def moments(y: Floats, x: Floats) -> Moments:
    """Add up windows: y (N, sessions) and x (N, sessions, k), whose first column is ones.

    Each row is added up by itself, so that it is the same to the byte whatever stands beside it.
    """
    n, sessions = y.shape
    planes = [*x.transpose(2, 0, 1)[1:], y]
    sums = np.empty((len(planes) + 1, len(planes) + 1, n))
    sums[0, 0] = sessions
    _add_products([np.ones(sessions), *planes], sums)
    # A hole makes one of the sums NaN, so that only windows with holes are looked at for them.
    holed = np.flatnonzero(~np.isfinite(sums[0].sum(axis=0)))
    if len(holed):
        rows = [plane[holed] for plane in planes]
        valid = np.logical_and.reduce([np.isfinite(plane) for plane in rows])
        some = np.empty((*sums.shape[:2], len(holed)))
        some[0, 0] = valid.sum(axis=1)
        _add_products([valid * 1.0, *(np.where(valid, plane, 0.0) for plane in rows)], some)
        sums[:, :, holed] = some
    return Moments(
        n=sums[0, 0].astype(np.int64),
        gram=sums[:-1, :-1].transpose(2, 0, 1),
        xy=sums[:-1, -1].T,
        yy=sums[-1, -1],
        y=sums[0, -1],
    )


def _add_products(planes: list[Floats], sums: Floats) -> None:
    """Write into sums (m, m, N) those of the products of m planes (N, sessions), but the first."""
    for j, right in enumerate(planes[1:], start=1):
        for i, left in enumerate(planes[: j + 1]):
            sums[i, j] = sums[j, i] = np.vecdot(left, right)


def solve(sums: Moments) -> tuple[Fit, Booleans]:
    """Fit by ordinary least squares from sums alone, and tell which fits may be believed.

    A row that may not (False) has lost digits to cancellation: fit it from its sessions.
    """
    k = sums.xy.shape[1]
    scale = np.sqrt(np.einsum("nii->ni", sums.gram))
    scale = np.where(scale > 0, scale, 1.0)
    inverse, determinant = _inverse(sums.gram / (scale[:, :, None] * scale[:, None, :]))
    inverse /= scale[:, :, None] * scale[:, None, :]
    coefficients = inverse[:, :, 0] * sums.xy[:, 0, None]
    for j in range(1, k):
        coefficients += inverse[:, :, j] * sums.xy[:, j, None]
    rss = sums.yy - (coefficients * sums.xy).sum(axis=1)
    enough = sums.n > k
    trusted = (determinant > _TRUSTED_DETERMINANT) & (rss > _TRUSTED_REST * sums.yy)
    usable = enough & trusted
    df = np.where(usable, sums.n - k, np.nan)
    coefficients[~usable] = np.nan
    inverse[~usable] = np.nan
    fit = Fit(
        coefficients,
        inverse,
        np.sqrt(rss / df),
        df,
        sums.n,
        explained(np.where(usable, rss, np.nan), sums),
    )
    return fit, trusted | ~enough


def explained(rss: Floats, sums: Moments) -> Floats:
    """Give 1 - RSS/TSS (N,), the total about the mean of the valid sessions."""
    tss = sums.tss()
    share = np.full(len(tss), np.nan)
    np.divide(rss, tss, out=share, where=tss > 0)
    return 1 - share


def _inverse(matrices: Floats) -> tuple[Floats, Floats]:
    """Give inverses and determinants of (N, k, k); in closed form where k is 1 or 2."""
    k = matrices.shape[1]
    if k == 1:
        determinant = matrices[:, 0, 0].copy()
        return 1 / np.where(determinant > 0, matrices[:, 0, 0], 1.0)[:, None, None], determinant
    if k == 2:
        a, b, d = matrices[:, 0, 0], matrices[:, 0, 1], matrices[:, 1, 1]
        determinant = a * d - b * b
        inverse = np.empty_like(matrices)
        inverse[:, 0, 0], inverse[:, 1, 1], inverse[:, 0, 1] = d, a, -b
        inverse[:, 1, 0] = inverse[:, 0, 1]
        inverse /= np.where(determinant > _TRUSTED_DETERMINANT, determinant, 1.0)[:, None, None]
        return inverse, determinant
    determinant = np.linalg.det(matrices)
    fine = determinant > _TRUSTED_DETERMINANT
    return np.linalg.inv(np.where(fine[:, None, None], matrices, np.eye(k))), determinant


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
    centred = np.where(valid, y0 - (y0.sum(axis=1) / np.maximum(n_obs, 1))[:, None], 0.0)
    tss = (centred**2).sum(axis=1)
    share = np.full(len(tss), np.nan)
    np.divide(rss, tss, out=share, where=identified & (tss > 0))
    return Fit(
        coefficients=coefficients,
        inverse=inverse,
        sigma=np.sqrt(rss / df),
        df=df,
        n_obs=n_obs.astype(np.int64),
        r2=1 - share,
    )
