"""An evaluation in other people's shapes: alphalens, quantstats, vendors' columns, files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from signals.csvtables import csv_bytes
from signals.errors import StudyError
from signals.evaluation.quantiles import spread_series
from signals.evaluation.sample import Sample
from signals.files import writable_folder, write_bytes

if TYPE_CHECKING:
    from signals.evaluation.evaluate import Evaluation

_ROWS = ("series", "observations", "status")  # tables whose rows have no names


def to_alphalens(sample: Sample, horizons: Sequence[int] | int | None = None) -> pd.DataFrame:
    """Give factor data as ``alphalens.utils.get_clean_factor`` would.

    Returns
    -------
    Index ``date`` (entry session, UTC), ``asset`` (symbol); a column a horizon, ``1D, 2D`` and
    so on (forward return, a fraction, less the market's if one was given), ``factor`` (score)
    and ``factor_quantile``. Rows that miss a return or a quantile are not in it.

    Raises
    ------
    StudyError
        A horizon was not evaluated, or no row is complete.
    """
    asked = sample.settings.horizons if horizons is None else horizons
    several = (asked,) if isinstance(asked, int) else asked
    chosen = [sample.settings.horizon(one) for one in several]
    obs, bins = sample.observations, sample.bins
    complete = bins > 0
    for horizon in chosen:
        complete = complete & np.isfinite(sample.returns[horizon])
    if not complete.any():
        raise StudyError("No observation has all returns and a quantile: there is nothing to give.")
    dates = pd.DatetimeIndex(sample.panel.days[obs.day[complete]]).tz_localize("UTC")
    index = pd.MultiIndex.from_arrays(
        [dates, sample.first("symbol")[complete].astype("object")], names=["date", "asset"]
    )
    columns: dict[str, object] = {
        f"{horizon}D": sample.returns[horizon][complete] for horizon in chosen
    }
    columns |= {"factor": obs.score[complete], "factor_quantile": bins[complete]}
    return pd.DataFrame(columns, index=index).sort_index()


def to_quantstats(sample: Sample) -> pd.Series:
    """Give one return a session: the top bin less the bottom bin, held for one session.

    Costs are not in it. A session without both bins earns 0.

    Returns
    -------
    Index of tz-naive dates, those on which the position is closed; name ``spread``.

    Raises
    ------
    StudyError
        The horizon of one session was not evaluated, or no session has both bins.
    """
    if 1 not in sample.returns:
        raise StudyError("It takes returns over one session: evaluate with horizon 1.")
    spread = spread_series(sample, 1)
    if spread.empty:
        raise StudyError("No session has both outer quantiles: there is no spread to give.")
    days = sample.panel.days
    # A position that is entered in one session is closed in the next.
    closed = pd.DatetimeIndex(days[spread.index.to_numpy() + 1])
    every = pd.DatetimeIndex(days[spread.index[0] + 1 : spread.index[-1] + 2])
    found = pd.Series(spread.to_numpy(), index=closed, name="spread").reindex(every, fill_value=0.0)
    return found.rename_axis("date")


def to_vendor(sample: Sample, style: str) -> pd.DataFrame:
    """Do as ``Evaluation.to_vendor``."""
    if style not in _STYLES:
        raise StudyError(f"There is no style {style!r}; there are {' and '.join(_STYLES)}.")
    frame = sample.signal.frame
    relevance = frame.get("relevance", pd.Series(100.0, frame.index)).astype("float64")
    return pd.DataFrame(_STYLES[style](sample, frame.assign(relevance=relevance)))


def _alpha_vantage(sample: Sample, frame: pd.DataFrame) -> dict[str, object]:
    del sample
    return {
        "time_published": frame["known_at"].dt.strftime("%Y%m%dT%H%M%S"),
        "ticker": frame["symbol"],
        "relevance_score": frame["relevance"] / 100,
        "ticker_sentiment_score": frame["score"],
        "ticker_sentiment_label": _label(frame["score"]),
    }


def _ravenpack(sample: Sample, frame: pd.DataFrame) -> dict[str, object]:
    return {
        "TIMESTAMP_UTC": frame["known_at"].dt.strftime("%Y-%m-%d %H:%M:%S.%f").str[:-3],
        "RP_STORY_ID": frame.get("story_id", sample.signal.event_ids),
        "RP_ENTITY_ID": frame["company"],
        "TICKER": frame["symbol"],
        "RELEVANCE": frame["relevance"],
        "EVENT_SENTIMENT_SCORE": frame["score"],
        "ENS": frame.get("novelty", pd.Series(100.0, frame.index)),
    }


_STYLES: Mapping[str, Callable[[Sample, pd.DataFrame], dict[str, object]]] = {
    "alpha_vantage": _alpha_vantage,
    "ravenpack": _ravenpack,
}


def write_tables(evaluation: Evaluation, folder: str | Path) -> list[Path]:
    """Write every table as CSV, and the observations as Parquet where pyarrow is installed."""
    target = writable_folder(Path(folder))
    made = vars(type(evaluation)).items()  # a table that is added there is written here
    names = ["ic", *(name for name, one in made if isinstance(one, cached_property))]
    if evaluation.sample.earnings is None:
        names.remove("earnings")
    written = []
    for name in names:
        content = csv_bytes(getattr(evaluation, name), index=name not in _ROWS)
        written.append(write_bytes(target / f"{name}.csv", content))
    for style in _STYLES:
        content = csv_bytes(evaluation.to_vendor(style))
        written.append(write_bytes(target / f"events_{style}.csv", content))
    if find_spec("pyarrow") is not None:
        content = evaluation.observations.to_parquet(index=False)
        written.append(write_bytes(target / "observations.parquet", content))
    return written


def _label(score: pd.Series) -> pd.Series:
    names = ["Bearish", "Somewhat-Bearish", "Neutral", "Somewhat-Bullish", "Bullish"]
    # The feed's own bounds: 0.15 and 0.35 are bullish, -0.15 and -0.35 are bearish.
    below = np.searchsorted([-0.35, -0.15], score, side="left")
    above = np.searchsorted([0.15, 0.35], score, side="right")
    found = np.array(names, dtype=object)[below + above]
    return pd.Series(np.where(score.notna(), found, ""), score.index)
