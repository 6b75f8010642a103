"""Events of one's own, from a file, and those that scheduled runs have kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signals.batch.store import Store
from signals.batch.store_file import FILE_NAME
from signals.errors import StoreError
from signals.pipeline import Analysis, analysis_of
from signals.study.confounds import confounded, lost_rows
from signals.study.effects import score_values
from signals.study.estimate import event_study
from signals.study.factors import FactorTable
from signals.study.intake import read_table
from signals.study.status import status_table

if TYPE_CHECKING:
    import pandas as pd

    from signals.market.price_source import Prices


def kept_events(path: str | Path) -> pd.DataFrame:
    """Read the events that scheduled runs have kept.

    Parameters
    ----------
    path
        The folder that ``signals.toml`` calls state, or the file of the store in it.

    Raises
    ------
    StoreError
        There is no store, or it holds no event.
    """
    import pandas as pd

    given = Path(path)
    folder = given.parent if given.name == FILE_NAME else given
    if not (folder / FILE_NAME).is_file():
        raise StoreError(
            f"There is no store at {given}: name the folder that signals.toml calls state, which "
            f"holds {FILE_NAME}."
        )
    with Store(folder) as store:
        columns, rows = store.table("events")
        events: pd.DataFrame = pd.DataFrame(list(rows), columns=list(columns))
    if not len(events):
        raise StoreError(f"The store at {given} holds no event: signals report collects them.")
    return events


@dataclass(frozen=True, slots=True)
class StudyOptions:
    """What is asked of a study of a table: the options of ``signals study`` by these names.

    Attributes
    ----------
    market, model, returns, missing, min_relevance
        As for :func:`event_study`; the model by its name.
    factors
        Daily files of Kenneth French's data library, for the models that read factors.
    """

    market: str | Mapping[str, str] = "SPY"
    model: str = "market"
    factors: tuple[Path, ...] = ()
    returns: str = "simple"
    missing: str = "drop"
    min_relevance: float = 0.0

    def arguments(self) -> dict[str, Any]:
        """Give the arguments of ``event_study``: each field is one."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        factors = FactorTable.read_french(*self.factors) if self.factors else None
        return given | {"factors": factors}


def study_events(path: Path, *, prices: Prices, asked: StudyOptions) -> Analysis:
    """Study events of your own: a table with ``symbol`` and ``session`` or ``known_at``.

    Parameters
    ----------
    path
        The file; other columns, such as ``score``, are carried along.
    prices
        As for :func:`analyse`.
    asked
        What is asked.

    Raises
    ------
    ConfigError, PriceError, StudyError
        The file is missing or no table, prices are malformed, no event can be studied, or a
        column ``score`` holds no numbers.
    """
    analysis = study_table(read_table(path), prices=prices, asked=asked)
    if analysis.study is not None and "score" in analysis.study.events:
        score_values(analysis.study, "score")  # a report that was silent about it would mislead
    return analysis


def study_table(events: pd.DataFrame, *, prices: Prices, asked: StudyOptions) -> Analysis:
    """Study a table of events as :func:`study_events` does a file of them."""
    return analysis_of(event_study(events, prices, **asked.arguments()))


def mark_confounds(analysis: Analysis, path: Path) -> Analysis:
    """Mark the events of a study that a table of earnings dates and the like confounds.

    Parameters
    ----------
    analysis
        What a study of own events, or of a scored corpus, gave.
    path
        A table of ``symbol``, and ``session`` or ``known_at``.

    Raises
    ------
    ConfigError, StudyError
        The file is missing or no table, lacks a column, or has no date of a share of the events.
    """
    if analysis.study is None:
        return analysis
    confounds = read_table(path, of="confounding events")
    study = confounded(analysis.study, confounds)
    status = status_table(analysis.status, lost_rows(study.lost_confounds))
    return replace(analysis, study=study, events=study.events.reset_index(), status=status)
