"""Least squares for many events at once: what a fit keeps, and two ways to it.

Arrays have one row an event and one column a session; a hole is NaN and drops the pair that it
belongs to, for that event alone. Whatever the model, a ``Fit`` carries the coefficients b, the
residual standard deviation s and the matrix A = (X'X)⁻¹, and these give every error band exactly::

    abnormal return   y - x'b
    its variance      s² (1 + x'Ax)
    of a window       s² (n + (Σx)'A(Σx))

``least_squares`` reads the sessions one by one; ``solve`` reads nothing but their ``Moments``,
which are added up from ``Runs``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from signals.study.arrays import Booleans, Floats, Indices, Integers

Regressors = Floats | Sequence[Floats | float]
"""x, as (N, sessions, k) or as its k columns (N, sessions), of which a constant may be a number."""

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

    def take(self, rows: Indices | Booleans | slice) -> Fit:
        """Give the fit of some events, in the order of ``rows``."""
        return Fit(*(getattr(self, field.name)[rows] for field in fields(self)))

    def put(self, rows: Indices, other: Fit) -> None:
        """Write the fits of some events over those at ``rows``."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(other, field.name)

    @staticmethod
    def concatenate(parts: list[Fit]) -> Fit:
        """Join the fits of chunks of events, in order."""
        if len(parts) == 1:
            return parts[0]
        return Fit(
            *(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(Fit))
        )

    def abnormal(self, y: Floats, x: Regressors, *, out: Floats | None = None) -> Floats:
        """Give abnormal returns (N, sessions), in ``out`` if it is there, from y and x."""
        constant, *columns = _columns(x)
        expected = constant * self.coefficients[:, 0, None]
        for j, column in enumerate(columns, start=1):
            part = column * self.coefficients[:, j, None]
            expected = np.add(expected, part, out=part)
        if out is None and expected.shape == y.shape:
            out = expected
        return np.asarray(np.subtract(y, expected, out=out), dtype=np.float64)

    def leverage(self, x: Regressors) -> Floats:
        """Give x'Ax (N, sessions); (N, 1) where x is a constant alone."""
        columns = _columns(x)
        total = columns[-1] * self.inverse[:, -1, -1, None]
        total *= columns[-1]
        for i, column in enumerate(columns[:-1]):
            half = column * self.inverse[:, i, i, None]
            for j, other in enumerate(columns[i + 1 :], start=i + 1):
                part = other * (2 * self.inverse[:, i, j, None])
                half = np.add(half, part, out=part)
            half *= column
            total += half
        return np.asarray(total, dtype=np.float64)

    def forecast_factor(self, x: Regressors, sessions: Floats | float = 1.0) -> Floats:
        """Give √(n + x'Ax), by which s is multiplied in ``forecast_error``."""
        factor = self.leverage(x)
        factor += sessions
        return np.sqrt(factor, out=factor)

    def forecast_error(self, x: Regressors, sessions: Floats | float = 1.0) -> Floats:
        """Give the standard error (N, sessions) of an abnormal return outside the estimation.

        s √(1 + x'Ax): for the market model, MacKinlay's (1997) equation 8 with the residual
        variance's degrees of freedom. A return over n ``sessions``, or the sum of n returns with
        the sum of their x, has n in place of 1: s √(n + (Σx)'A(Σx)) adds up the full covariance
        matrix of the forecast errors.
        """
        error = self.forecast_factor(x, sessions)
        error *= self.sigma[:, None]
        return error

    def residual_factor(self, x: Regressors) -> Floats:
        """Give √(1 - x'Ax), by which s is multiplied for the deviation of a residual."""
        share = np.subtract(1.0, self.leverage(x))
        return np.sqrt(np.maximum(share, 1e-9, out=share), out=share)


def _columns(x: Regressors) -> Sequence[Floats | float]:
    return list(x.transpose(2, 0, 1)) if isinstance(x, np.ndarray) else x


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over the valid pairs of N estimation windows, from which a linear model is fitted.

    Attributes
    ----------
    gram
        (D, k, k): X'X of each different x.
    design
        (N,): the place of each event's own in ``gram``.
    xy
        (N, k): X'y.
    yy, y
        (N,): the sums of y² and of y.
    """

    gram: Floats
    design: Indices
    xy: Floats
    yy: Floats
    y: Floats

    @classmethod
    def whole(cls, gram: Floats, design: Indices, products: Floats) -> Moments:
        """Take together what ``gram_of`` and ``products_of`` give of windows without holes."""
        return cls(gram, design, products[:-1].T, products[-1], products[0])

    @classmethod
    def holed(cls, y: Floats, columns: Sequence[Floats]) -> Moments:
        """Add up the valid pairs alone: as ``products_of`` and ``gram_of`` with zeros for holes."""
        valid = np.logical_and.reduce([np.isfinite(plane) for plane in (y, *columns)])
        filled = [np.where(valid, plane, 0.0) for plane in columns]
        products = products_of(Runs.apart(np.where(valid, y, 0.0), filled))
        return cls.whole(gram_of(valid.sum(axis=1) * 1.0, filled), np.arange(len(y)), products)

    def mended(self, rows: Indices, other: Moments) -> Moments:
        """Give these sums with those of some windows, ``rows``, in place of their own."""
        design = self.design.copy()
        design[rows] = len(self.gram) + other.design
        xy, yy, y = self.xy.copy(), self.yy.copy(), self.y.copy()
        xy[rows], yy[rows], y[rows] = other.xy, other.yy, other.y
        return Moments(np.concatenate([self.gram, other.gram]), design, xy, yy, y)

    @cached_property
    def n(self) -> Integers:
        """(N,): M, the number of valid pairs."""
        return self.gram[:, 0, 0].astype(np.int64)[self.design]

    def rss(self, coefficients: Floats) -> Floats:
        """Give the sum of squared residuals (N,) of coefficients (N, k), whatever they are."""
        fitted = np.matmul(self.gram[self.design], coefficients[:, :, None])[:, :, 0]
        total = self.yy + (coefficients * (fitted - 2 * self.xy)).sum(axis=1)
        return np.asarray(np.maximum(total, 0.0), dtype=np.float64)

    def tss(self) -> Floats:
        """Give the sum of squares (N,) of y about its mean."""
        return np.asarray(self.yy - self.y**2 / np.maximum(self.n, 1), dtype=np.float64)


def moments(y: Floats, x: Floats) -> Moments:
    """Add up windows: y (N, sessions) and x (N, sessions, k), whose first column is ones.

    Each row is added up by itself, so that it is the same to the byte whatever stands beside it.
    """
    columns = list(x.transpose(2, 0, 1)[1:])
    products = products_of(Runs.apart(y, columns))
    sums = Moments.whole(
        gram_of(np.full(len(y), float(y.shape[1])), columns), np.arange(len(y)), products
    )
    holed = holes_in(products)
    if not len(holed):
        return sums
    return sums.mended(holed, Moments.holed(y[holed], [column[holed] for column in columns]))


@dataclass(frozen=True, eq=False)
class Runs:
    """Windows of N events, each a run of cells; those of several events may share cells.

    Attributes
    ----------
    y
        (rows, sessions), read row after row.
    columns
        The columns of x after its ones, of the same shape.
    first
        (N,): the cell of y at which each window begins.
    length
        Cells of a window.
    """

    y: Floats
    columns: Sequence[Floats]
    first: Indices
    length: int

    @classmethod
    def apart(cls, y: Floats, columns: Sequence[Floats]) -> Runs:
        """Take each row for a window."""
        return cls(y, columns, np.arange(0, y.size, y.shape[1]), y.shape[1])


def products_of(runs: Runs, *, out: Floats | None = None) -> Floats:
    """Give Σy, then Σxy of each column of x after its ones, then Σy² of N windows: (k + 1, N).

    A window is added up by pairs of its own cells, so that its sums are the same to the byte
    wherever it stands.
    """
    sums = np.empty((len(runs.columns) + 2, len(runs.first))) if out is None else out
    bounds = np.empty(2 * len(runs.first), dtype=np.intp)
    bounds[::2] = runs.first
    np.add(runs.first, runs.length, out=bounds[1::2])
    if bounds[-1:] == runs.y.size:  # the last window ends where the cells do
        bounds = bounds[:-1]
    cells, products = runs.y, np.empty(runs.y.shape)
    for total, other in zip(sums, (*runs.columns, runs.y, None), strict=True):
        total[:] = np.add.reduceat(cells.reshape(-1), bounds)[::2]
        if other is not None:
            cells = np.multiply(other, runs.y, out=products)
    return sums


def gram_of(n: Floats | int, columns: Sequence[Floats]) -> Floats:
    """Give X'X (N, k, k) from how many sessions there are and the columns after the ones.

    N is 1 where there is no column and n is a number.
    """
    k, size = len(columns) + 1, len(columns[0]) if columns else np.size(n)
    sums = np.empty((size, k, k))
    sums[:, 0, 0] = n
    for j, right in enumerate(columns, start=1):
        sums[:, 0, j] = sums[:, j, 0] = np.vecdot(right, np.ones(right.shape[1]))
        for i, left in enumerate(columns[:j], start=1):
            sums[:, i, j] = sums[:, j, i] = np.vecdot(left, right)
    return sums


def holes_in(products: Floats) -> Indices:
    """Give the windows with a hole: it makes one of their ``products_of`` NaN."""
    return np.flatnonzero(~np.isfinite(products.sum(axis=0)))


def solve(sums: Moments) -> tuple[Fit, Booleans]:
    """Fit by ordinary least squares from sums alone, and tell which fits may be believed.

    A row that may not (False) has lost digits to cancellation: fit it from its sessions.
    """
    k = sums.xy.shape[1]
    inverse, determined = _inverse(sums.gram)
    inverse = inverse[sums.design]
    coefficients, rss = np.empty((len(inverse), k)), sums.yy.copy()
    for i in range(k):
        own = inverse[:, i, 0] * sums.xy[:, 0]
        for j in range(1, k):
            own += inverse[:, i, j] * sums.xy[:, j]
        coefficients[:, i] = own
        own *= sums.xy[:, i]
        rss -= own
    enough = sums.n > k
    trusted = determined[sums.design] & (rss > _TRUSTED_REST * sums.yy)
    usable = enough & trusted
    df = np.where(usable, sums.n - k, np.nan)
    if not usable.all():
        coefficients[~usable] = np.nan
        inverse[~usable] = np.nan
    share = explained(np.where(usable, rss, np.nan), sums)
    return Fit(coefficients, inverse, np.sqrt(rss / df), df, sums.n, share), trusted | ~enough


def explained(rss: Floats, sums: Moments) -> Floats:
    """Give 1 - RSS/TSS (N,), the total about the mean of the valid sessions."""
    tss = sums.tss()
    share = np.full(len(tss), np.nan)
    np.divide(rss, tss, out=share, where=tss > 0)
    return 1 - share


def _inverse(gram: Floats) -> tuple[Floats, Booleans]:
    """Give inverses of X'X (D, k, k), in closed form where k is 1 or 2, and which are believed."""
    k = gram.shape[1]
    if k == 1:
        fine = gram[:, 0, 0] > 0
        return 1 / np.where(fine[:, None, None], gram, 1.0), fine
    if k == 2:
        a, b, d = gram[:, 0, 0], gram[:, 0, 1], gram[:, 1, 1]
        product = a * d
        determinant = product - b * b
        fine = determinant > _TRUSTED_DETERMINANT * product
        determinant[~fine] = 1.0
        inverse = np.empty_like(gram)
        inverse[:, 0, 0], inverse[:, 1, 1] = d / determinant, a / determinant
        inverse[:, 0, 1] = inverse[:, 1, 0] = -b / determinant
        return inverse, fine
    scale = np.sqrt(np.einsum("nii->ni", gram))
    scale = np.where(scale > 0, scale, 1.0)
    both = scale[:, :, None] * scale[:, None, :]
    unit = gram / both
    unit[~np.isfinite(unit).all(axis=(1, 2))] = 0.0  # a regressor with a hole: nobody asks
    fine = np.linalg.det(unit) > _TRUSTED_DETERMINANT
    return np.linalg.inv(np.where(fine[:, None, None], unit, np.eye(k))) / both, fine


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
