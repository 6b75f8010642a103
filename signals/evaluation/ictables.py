"""Tables of information coefficients: one row a horizon or a group, with every test of it.

Coefficients lie between -1 and 1; a number that can't be had is NaN, with a ``reason``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from signals.errors import StudyError
from signals.evaluation.coefficients import LEAST_NAMES, SessionSeries
from signals.evaluation.dependence import mean_over_sessions
from signals.evaluation.forward import LEAST_BETA, ReturnKind
from signals.evaluation.sample import Sample
from signals.study.arrays import Booleans, Floats
from signals.study.clusters import block_bootstrap
from signals.study.significance import benjamini_hochberg, holm

NO_RETURN = "no observation has a return: the prices end before the horizon"
NO_BETA = f"no observation has a beta: it takes {LEAST_BETA} sessions with returns before the entry"
_DRAWS = 999  # of the bootstrap: its interval then moves by a hundredth of its width


def ic_table(sample: Sample, kind: ReturnKind) -> pd.DataFrame:
    """Give one row a horizon, of one kind of return, with p-values adjusted over horizons."""
    returns = sample.returns_of(kind)
    rows = {horizon: ic_row(sample, values, horizon) for horizon, values in returns.items()}
    for horizon, row in rows.items():
        if row["reason"] == NO_RETURN and np.isfinite(sample.returns[horizon]).any():
            row["reason"] = NO_BETA
    return adjusted(pd.DataFrame.from_dict(rows, orient="index").rename_axis("horizon"))


def ic_row(
    sample: Sample, returns: Floats, horizon: int, chosen: Booleans | None = None
) -> dict[str, object]:
    """Give everything about one horizon, of all observations or the chosen ones."""
    if chosen is not None:
        returns = np.where(chosen, returns, np.nan)
    return series_row(sample.correlate(returns), horizon, seed=sample.settings.seed)


def series_row(found: SessionSeries, horizon: int, *, seed: int) -> dict[str, object]:
    """Give everything about one series of coefficients; see ``Evaluation.ic``."""
    test = mean_over_sessions(found.rank, found.weights, found.day, length=horizon)
    linear = mean_over_sessions(found.linear, found.weights, found.day, length=horizon)
    boot = float("nan"), float("nan")
    if np.isfinite(test.se):
        boot = block_bootstrap(
            found.rank, found.weights, found.day, least=2 * horizon, draws=_DRAWS, seed=seed
        )
    return {
        "ic": test.mean,
        **test.columns("se", "ci_low", "ci_high", "df", "p_value", "mde"),
        "n": int(found.n.sum()),
        "n_sessions": test.n_sessions,
        "median_names": float(np.median(found.n)) if len(found.n) else float("nan"),
        "ic_sd": float(np.std(found.rank, ddof=1)) if len(found.n) > 1 else float("nan"),
        "ic_positive": float(np.mean(found.rank > 0)) if len(found.n) else float("nan"),
        "linear_ic": linear.mean,
        "linear_p": linear.p_value,
        "pooled_ic": found.pooled_rank,
        "pooled_linear_ic": found.pooled_linear,
        "boot_low": boot[0],
        "boot_high": boot[1],
        **test.columns("nw_low", "nw_high", "bandwidth", "iid_p"),
        "thin": found.thin,
        "constant": found.constant,
        "reason": _reason(test.reason, found),
    }


def _reason(reason: str, found: SessionSeries) -> str:
    """Say why sessions don't count, where that is why there is no number."""
    if not reason or len(found.n):
        return reason
    whole = found.thin + found.constant
    same = "every score, or every return, is the same"
    if found.thin and found.constant:
        return (
            f"fewer than {LEAST_NAMES} names have a score and a return in {found.thin} of {whole} "
            f"sessions, and in the other {found.constant} {same}"
        )
    if found.thin:
        return f"none of {whole} sessions has {LEAST_NAMES} names with a score and a return"
    return f"in all {whole} sessions {same}" if whole else NO_RETURN


def adjusted(table: pd.DataFrame) -> pd.DataFrame:
    """Insert ``p_holm`` and ``p_bh``: p-values adjusted over the rows of a table.

    Raises
    ------
    StudyError
        There is no row.
    """
    if not len(table):
        raise StudyError("There is no group to evaluate: every event's is missing.")
    place = list(table.columns).index("p_value") + 1
    p_values = table["p_value"].to_numpy(dtype=np.float64)
    table.insert(place, "p_holm", holm(p_values))
    table.insert(place + 1, "p_bh", benjamini_hochberg(p_values))
    return table
