"""Kinds of arrays that the modules of studies and evaluations share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]
Indices = npt.NDArray[np.intp]
