"""Dates of earnings and the like that a report may know: none after its session."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from signals.batch.days import Day, trailing_first
from signals.batch.inputs import Inputs, Plan
from signals.errors import ConfigError, StudyError
from signals.exchanges import mic_of
from signals.study.confounds import confounding_dates
from signals.study.intake import read_table

REACH = 5
"""Sessions on either side of an event in which a date confounds it."""


def read_confounds(path: Path, plan: Plan, days: Mapping[str, Day]) -> pd.DataFrame:
    """Read the dates that lie within reach of a report's events, up to each exchange's session.

    A later date can't have moved what is measured, so that a table to which dates are added makes
    no new edition of an old report.

    Returns
    -------
    ``symbol, session``, one row each, in order; behind them rows that are lost since they name no
    symbol, or no date.

    Raises
    ------
    ConfigError
        The file is gone or no table, lacks a column, or holds a date that can't be read.
    """
    try:
        dates = confounding_dates(read_table(path, of="confounding events"))
    except (ConfigError, StudyError) as error:
        raise ConfigError(f"study.confounds, {path.name}: {error}") from error
    own = dates["symbol"].isin(plan.watch)
    lost = dates[dates["symbol"].isna() | (own & dates["session"].isna())].sort_values("symbol")
    dates = dates[own].dropna().drop_duplicates()
    places = [days[mic_of(symbol)] for symbol in dates["symbol"]]
    first = [trailing_first(day, plan.study.trailing + REACH) for day in places]
    within = [
        start <= date <= day.session
        for start, date, day in zip(first, dates["session"], places, strict=True)
    ]
    told = dates[np.array(within, dtype=bool)].sort_values(["symbol", "session"])
    return pd.concat([told, lost], ignore_index=True)


def has_date(inputs: Inputs, symbol: str) -> bool:
    """Tell whether a symbol has a date in the window that flags."""
    if inputs.confounds is None:
        return False
    day, (start, _) = inputs.day(symbol), inputs.plan.study.flag_window
    own = inputs.confounds.loc[inputs.confounds["symbol"] == symbol, "session"]
    # A date on a day without trading counts in the next session.
    return bool((own.gt(trailing_first(day, 2 - start)) & own.le(day.session)).any())
