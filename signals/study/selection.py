"""Which of the events that were read a study keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signals.errors import StudyError
from signals.study.columns import read_known, read_numbers
from signals.study.intake import columns_of
from signals.study.ledger import Ledger

if TYPE_CHECKING:
    import pandas as pd


def lose_irrelevant(frame: pd.DataFrame, least: float, ledger: Ledger) -> None:
    """Lose the events that are less about their share than is asked.

    Raises
    ------
    StudyError
        The events have no relevance.
    """
    if not least:
        return
    if "relevance" not in frame:
        raise StudyError(
            f"min_relevance={least:g} asks for a column 'relevance', 0 to 100, as align(scores) "
            f"gives it{columns_of(frame)}."
        )
    relevance = read_numbers(frame["relevance"])

    def say(place: int) -> str:
        return f"Its relevance is {relevance.iloc[place]:g}, and {least:g} is asked for."

    ledger.lose(~(relevance >= least).to_numpy(), "low_relevance", say)


def lose_duplicates(frame: pd.DataFrame, ledger: Ledger) -> None:
    """Keep one event a company and session: the first known of those that can be studied.

    And one a symbol and session: a share has one return, by whatever names its company goes.
    """
    for of in ("company", "symbol"):
        _lose_repeated(of, frame, ledger)


def _lose_repeated(of: str, frame: pd.DataFrame, ledger: Ledger) -> None:
    alive = frame[ledger.alive]
    several = alive[alive.duplicated([of, "session"], keep=False)]
    if several.empty:
        return
    in_order = several.loc[_as_known(several)]
    first = in_order.groupby([of, "session"])["event_id"].transform("first")
    repeated = np.sort(first.index[first != in_order["event_id"]].to_numpy(dtype=np.intp))
    names, kept = several[of][repeated].to_dict(), first[repeated].to_dict()

    def name_first(place: int) -> str:
        return (
            f"{names[place]} has one event in this session, {kept[place]}: this one is part of it."
        )

    ledger.lose(repeated, "duplicate_company_session", name_first)


def _as_known(frame: pd.DataFrame) -> pd.Index:
    """Order events by when they were known, those of one instant as they stand.

    Where sessions are given nobody needs ``known_at``: those where it can't be read come last.
    """
    if "known_at" not in frame:
        return frame.index
    return read_known(frame["known_at"]).sort_values(kind="stable").index
