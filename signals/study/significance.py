"""What a test says: the result, the null hypotheses, p-values and corrections for many tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import nctdtr, nctdtrinc, ndtr, stdtr, stdtrit

from signals.errors import StudyError
from signals.study.arrays import Floats

if TYPE_CHECKING:
    import pandas as pd

LEAST_SESSIONS = 5
"""With fewer distinct event sessions, or clusters, a test has too few to learn from."""

_NO_EFFECT = "the mean abnormal return of the window is zero"
_LIKE_BEFORE = "the event's abnormal returns rank like those before it"


@dataclass(frozen=True)
class Significance:
    """What one test says.

    Attributes
    ----------
    name
        Name of the test, as in ``TESTS``.
    null
        The null hypothesis in words.
    statistic, df, p_value
        The statistic, its degrees of freedom (infinite for a normal distribution, NaN for a
        rank or an exact test) and the two-sided p-value; all NaN when the test is not valid.
    n_events, n_clusters
        How many events it used, and in how many groups that may depend on one another.
    valid, reason
        Whether it may be believed here and, when not, why.
    """

    name: str
    null: str
    statistic: float
    df: float
    p_value: float
    n_events: int
    n_clusters: int
    valid: bool = True
    reason: str = ""


class Words(NamedTuple):
    """What a test is called for a reader, and what it takes as true until the data object."""

    called: str
    null: str


WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "t": Words("t test of one event", _NO_EFFECT),
        "placebo": Words(
            "placebo rank", "the window is like any window of its length before the event"
        ),
        "cross_sectional_t": Words("cross-sectional t test", _NO_EFFECT),
        "skewness_adjusted_t": Words("t test adjusted for skewness", _NO_EFFECT),
        "patell": Words("Patell test", _NO_EFFECT),
        "adjusted_patell": Words("Patell test, adjusted for correlation", _NO_EFFECT),
        "bmp": Words("Boehmer-Musumeci-Poulsen test", _NO_EFFECT),
        "kp_bmp": Words("Kolari-Pynnönen test", _NO_EFFECT),
        "generalised_kp": Words("generalised Kolari-Pynnönen test", _NO_EFFECT),
        "cosine": Words("calendar-time cosine test", _NO_EFFECT),
        "bmp_episode": Words("Boehmer-Musumeci-Poulsen test, by episode", _NO_EFFECT),
        "bmp_date": Words("Boehmer-Musumeci-Poulsen test, by session", _NO_EFFECT),
        "bmp_two_way": Words("Boehmer-Musumeci-Poulsen test, by episode and session", _NO_EFFECT),
        "crude_dependence": Words("test against the deviation before the events", _NO_EFFECT),
        "rank": Words("Corrado-Zivney rank test", _LIKE_BEFORE),
        "grank_t": Words("generalised rank t test", _LIKE_BEFORE),
        "grank_z": Words("generalised rank z test", _LIKE_BEFORE),
        "sign": Words("sign test", "the median abnormal return of the window is zero"),
        "generalised_sign": Words(
            "generalised sign test", "as many events are positive as sessions before them were"
        ),
        "wilcoxon": Words(
            "Wilcoxon signed-rank test",
            "abnormal returns of the window lie symmetrically about zero",
        ),
    }
)
"""Every test by its name, in the order in which a study lists them."""

TESTS = tuple(WORDS)
"""Their names."""


def called(name: str) -> str:
    """Give what a test is called for a reader; another word, as it is."""
    return WORDS[name].called if name in WORDS else name


def invalid(name: str, counts: tuple[int, int], reason: str) -> Significance:
    """Say that a test can't be believed, and why; ``counts`` are events and clusters."""
    nan = float("nan")
    return Significance(name, WORDS[name].null, nan, nan, nan, *counts, valid=False, reason=reason)


def normal(name: str, statistic: float, counts: tuple[int, int]) -> Significance:
    """Give the result of a test whose statistic is standard normal: ``df`` is infinite."""
    p_value = 2 * float(ndtr(-abs(statistic)))
    return Significance(name, WORDS[name].null, float(statistic), float("inf"), p_value, *counts)


def exact(
    name: str, statistic: float, tails: tuple[float, float], counts: tuple[int, int]
) -> Significance:
    """Give the result of an exact test: p is twice the smaller of its ``tails``."""
    p_value = min(1.0, 2 * min(tails))
    return Significance(name, WORDS[name].null, float(statistic), float("nan"), p_value, *counts)


def mean_test_reason(n_events: int) -> str:
    """Say that a test of a mean has too few events."""
    return f"it takes two events or more; there are {n_events}"


def rank_p_value(observed: float, drawn: Floats) -> float:
    """Give (1 + those drawn that are as large in size as what was observed) / (1 + all drawn)."""
    return (1 + int((np.abs(drawn) >= abs(observed)).sum())) / (1 + len(drawn))


def p_of_t(statistic: float | Floats, df: float | Floats) -> Floats:
    """Give the two-sided p-value of a t statistic; NaN where either is NaN."""
    return np.asarray(2 * stdtr(df, -np.abs(statistic)), dtype=np.float64)


def t_quantile(probability: float, df: float | Floats) -> Floats:
    """Give a quantile of Student's t distribution; NaN where ``df`` is NaN."""
    # A million events have a few hundred degrees of freedom between them.
    few, place = np.unique(np.asarray(df, dtype=np.float64), return_inverse=True)
    return np.asarray(stdtrit(few, probability)[place], dtype=np.float64).reshape(np.shape(df))


def minimum_detectable_effect(se: float | Floats, df: float | Floats, *, tests: int = 1) -> Floats:
    """Give the effect that a 5 % two-sided t test finds, on its own side, in 80 % of samples.

    Of several ``tests`` each is taken at the level of Holm's first step, 5 % over their number.
    """
    few, place = np.unique(np.asarray(df, dtype=np.float64), return_inverse=True)
    shift = nctdtrinc(few, 0.20, stdtrit(few, 1 - 0.025 / tests))
    return np.asarray(shift[place].reshape(np.shape(df)) * se, dtype=np.float64)


def power_of_t(shift: Floats, df: float) -> Floats:
    """Give the chance that a 5 % two-sided t test finds an effect of ``shift`` standard errors."""
    size, critical = np.abs(shift), stdtrit(df, 0.975)
    missed, wrong = nctdtr(df, size, critical), nctdtr(df, size, -critical)
    # Where a tail is too small to be computed it is NaN, beyond 7 errors at the least.
    chance = 1 - np.nan_to_num(missed) + np.nan_to_num(wrong)
    return np.where(np.isnan(size + df), np.nan, chance)


def valid_t(name: str, statistic: float, df: float, counts: tuple[int, int]) -> Significance:
    """Give the result of a t test; ``counts`` are events and clusters."""
    p_value = float(p_of_t(statistic, df))
    return Significance(name, WORDS[name].null, float(statistic), float(df), p_value, *counts)


def select_tests(names: Sequence[str] | str | None) -> tuple[str, ...]:
    """Give the names asked for in the order of ``TESTS``; all of them for None.

    Raises
    ------
    StudyError
        One of them is no test.
    """
    if names is None:
        return TESTS
    chosen = [names] if isinstance(names, str) or not isinstance(names, Iterable) else [*names]
    unknown = [name for name in chosen if name not in TESTS]
    if unknown:
        raise StudyError(f"There is no test {unknown[0]!r}; there are {', '.join(TESTS)}.")
    return tuple(name for name in TESTS if name in chosen)


def holm(p_values: Floats) -> Floats:
    """Adjust p-values for all of them being true nulls; NaN stays NaN.

    Holm, Scandinavian Journal of Statistics 6 (1979).
    """

    def step(ascending: Floats) -> Floats:
        scaled = ascending * np.arange(len(ascending), 0, -1)
        return np.maximum.accumulate(scaled)

    return _stepwise(p_values, step)


def benjamini_hochberg(p_values: Floats) -> Floats:
    """Adjust p-values for the share of false finds: JRSS B 57 (1995). NaN stays NaN."""

    def step(ascending: Floats) -> Floats:
        scaled = ascending * len(ascending) / np.arange(1, len(ascending) + 1)
        return np.minimum.accumulate(scaled[::-1])[::-1]

    return _stepwise(p_values, step)


def _stepwise(p_values: Floats, step: Callable[[Floats], Floats]) -> Floats:
    """Adjust p-values in ascending order, 1 at most, those that are missing left out."""
    known = np.flatnonzero(np.isfinite(p_values))
    order = known[np.argsort(p_values[known])]
    adjusted = np.full(len(p_values), np.nan)
    adjusted[order] = np.minimum(step(p_values[order]), 1.0)
    return adjusted


def adjusted(table: pd.DataFrame, method: str | None) -> pd.DataFrame:
    """Add ``p_adjusted`` to a table with ``p_value``; None leaves it as it is.

    Raises
    ------
    StudyError
        The method is neither "holm" nor "benjamini_hochberg".
    """
    if method is None:
        return table
    methods = {"holm": holm, "benjamini_hochberg": benjamini_hochberg}
    if method not in methods:
        raise StudyError(f"There is no correction {method!r}; there are {', '.join(methods)}.")
    return table.assign(p_adjusted=methods[method](table["p_value"].to_numpy()))
