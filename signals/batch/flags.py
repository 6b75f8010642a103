"""Which of many p-values are small enough to be told apart from chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from signals.study.clusters import benjamini_hochberg as adjust


def benjamini_hochberg(p_values: Sequence[float], level: float) -> list[bool]:
    """Tell which hypotheses fall so that at most a share ``level`` of those is expected false.

    Benjamini and Hochberg, Journal of the Royal Statistical Society B 57 (1995): of m p-values in
    ascending order, all up to the last with p_(k) <= k level / m. NaN falls for nothing, and isn't
    counted in m.

    Examples
    --------
    >>> benjamini_hochberg([0.001, 0.02, 0.9, float("nan")], 0.05)
    [True, True, False, False]
    """
    return [bool(adjusted <= level) for adjusted in adjust(np.asarray(p_values, dtype=float))]
