"""From an event study to the parts of a report: windows, models, method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from signals.news.recaps import RECAPS
from signals.report import spelling
from signals.report.html import EstimateRow, FigurePart, TogetherSection, WindowRow
from signals.report.losses import subject_of, text_of
from signals.report.model_names import model_words
from signals.report.verdicts import (
    ASSOCIATION,
    FIRST_TELLINGS,
    HEADLINE,
    event_words,
    means_words,
    visible_from,
)
from signals.study.clocks import DATED, TIMED, dated, subset
from signals.study.event_flags import STEADY_VOLATILITY, THIN_TRADING
from signals.study.fitting import RECENT
from signals.study.significance import called

if TYPE_CHECKING:
    from signals.study.result import EventStudy
    from signals.study.settings import Settings

    Row = pd.Series[Any]

_SENTIMENT = (
    "The first sentences weigh most, boilerplate is left out, names of companies are masked. A "
    "company's score rests on the sentences about it."
)
_EVENT_SESSION = (
    "Event session: the first session of the security's own exchange whose close is strictly after "
    "the instant at which anyone could know the story."
)
_TRADED = (
    "Sessions without a price: the next return covers them, and is held against the market's over "
    "the same sessions (Maynes and Rumsey 1993)."
)
_SINGLE = (
    "Test of one event: CAR over its exact forecast error, a t statistic with M less the number of "
    "coefficients as degrees of freedom. Null hypothesis: the mean abnormal return of the window "
    "is zero."
)
_PLACEBO = (
    "Placebo: the rank of the studentised CAR among all windows of that length in the estimation "
    "window, which overlap. Null hypothesis: the event's window is like any other."
)
_SEVERAL = (
    "Several events: the test is chosen by how their windows share calendar time, and is named in "
    "the table. Null hypothesis: the mean abnormal return is zero."
)

CLOCKS: Mapping[str, str] = {TIMED: "Events with a time", DATED: "Events with a date only"}
"""What the events of each clock are called where both are there: they are never pooled."""


def headline_window(study: EventStudy) -> tuple[int, int]:
    """Give the window that decides: ``HEADLINE``, or the study's first when it has not that."""
    windows = study.settings.windows
    return HEADLINE if HEADLINE in windows else windows[0]


@dataclass(frozen=True, eq=False)
class Findings:
    """What a run found out about prices, for all of its articles.

    Attributes
    ----------
    events
        What ``align`` gave.
    study
        The event study over those events; None when nothing could be priced.
    status
        What became of everything: ``article_id, event_id, symbol, session, status, reason,
        detail``.
    windows
        The rows of each studied event that is shown, by event id.
    """

    events: pd.DataFrame
    study: EventStudy | None
    status: pd.DataFrame
    windows: Mapping[str, tuple[WindowRow, ...]]

    @classmethod
    def of(
        cls,
        events: pd.DataFrame,
        study: EventStudy | None,
        *,
        status: pd.DataFrame,
        most: int | None = None,
    ) -> Findings:
        """Bring together events, study and status; the first ``most`` events are shown, or all."""
        rows = {} if study is None else window_rows(study, events=study.events[:most])
        return cls(events, study, status, rows)


def window_rows(
    study: EventStudy,
    *,
    events: pd.DataFrame | None = None,
) -> dict[str, tuple[WindowRow, ...]]:
    """Give for each studied event, or for some rows of ``study.events``, a row a window.

    Raises
    ------
    StudyError
        A window reaches outside the study's.
    """
    decides = headline_window(study)
    shown = study.events if events is None else events
    some = subset(study, study.events.index.isin(shown.index))
    tables = {window: some.car(*window) for window in study.settings.windows}
    return {
        str(event_id): tuple(
            _window_row(event, _row(table, event_id), window, decides=window == decides)
            for window, table in tables.items()
        )
        for event_id, event in shown.iterrows()
    }


def estimate_rows(study: EventStudy, *, most: int) -> tuple[EstimateRow, ...]:
    """Give the return model of the first ``most`` events, with what makes each doubtful."""
    reads_market = "market" in study.sample.model.inputs
    return tuple(
        EstimateRow(
            subject=subject_of(event),
            market=text_of(event.get("market")) if reads_market else "",
            alpha=_number(event["alpha"]),
            beta=_number(event["beta"]),
            beta_se=_number(event["beta_se"]),
            sigma=_number(event["sigma"]),
            r2=_number(event["r2"]),
            n_obs=int(event["n_obs"]),
            df=int(event["df"]),
            remark=_estimate_remark(event),
        )
        for _, event in study.events.head(most).iterrows()
    )


def together_section(
    study: EventStudy,
    *,
    figures: tuple[FigurePart, ...] = (),
    each: tuple[WindowRow, ...] = (),
) -> TogetherSection | None:
    """Give the joint test of several events, a row a window.

    ``each`` are the rows of single events, when they are to be shown here. None when nothing is
    left to show: fewer than two events, and no rows of single ones.
    """
    if len(study.events) > 1:
        rows = _mean_rows(study, headline_window(study))
        words = means_words(rows, n=len(study.events), repeated=int(echoes(study).sum()))
        return TogetherSection(words, rows, figures, each)
    if not each:
        return None
    chosen = next(row for row in each if row.decides)
    return TogetherSection(event_words(chosen), (), figures, each)


def method_words(
    settings: Settings | None,
    *,
    n_events: int = 0,
    scorer: str = "",
    joint: bool = False,
    most: int = 200,
) -> tuple[str, ...]:
    """Say how the numbers were computed, a sentence or two for each step.

    ``settings`` are those of the study, if one was made; ``joint`` when there is a test of
    several events; ``most`` models of single ones are shown.
    """
    words = []
    if scorer:
        words.append(f"Sentiment: {scorer}, sentence by sentence. {_SENTIMENT}")
    if settings is None:
        return (*words, "No event study was made.")
    estimation = (
        f"Estimation window: sessions {spelling.window(settings.estimation)}, at least "
        f"{settings.min_obs} valid pairs of returns (M). No price after it enters the model."
    )
    if settings.factors:
        where = f" from {settings.factors_from}" if settings.factors_from else ""
        names = ", ".join(settings.factors)
        words.append(
            f"Factors{where}: {names}. Those of one session differ between vintages of the data."
        )
    if settings.missing == "trade_to_trade":
        words.append(_TRADED)
    if settings.min_relevance:
        words.append(f"Events whose relevance is under {settings.min_relevance:g} are left out.")
    words += [
        _EVENT_SESSION,
        model_words(settings.model, settings.returns),
        estimation,
        _SINGLE,
        _PLACEBO,
    ]
    if joint:
        words.append(_SEVERAL)
    if n_events > most:
        words.append(f"The models of the first {most} of {n_events:,} events are shown.")
    return (*words, ASSOCIATION)


def studied(study: EventStudy, event_ids: Sequence[str]) -> tuple[str, ...]:
    """Give those of some events that were studied."""
    return tuple(event_id for event_id in event_ids if event_id in study.events.index)


def _row(table: pd.DataFrame, event_id: Any) -> Row:
    return cast("Row", table.loc[event_id])


def _window_row(event: Row, row: Row, window: tuple[int, int], *, decides: bool) -> WindowRow:
    n_placebo = _number(row["n_placebo"])
    return WindowRow(
        subject=subject_of(event),
        window=window,
        n=int(event["n_obs"]),
        effect=_number(row["car"]),
        ci_low=_number(row["ci_low"]),
        ci_high=_number(row["ci_high"]),
        statistic=_number(row["t"]),
        df=_number(row["df"]),
        p_value=_number(row["p_value"]),
        mde=_number(row["mde"]),
        placebo_p=_number(row["placebo_p"]),
        n_placebo=None if n_placebo is None else int(n_placebo),
        reason=text_of(row.get("reason")),
        decides=decides,
        doubt="; ".join(filter(None, (_told_before(event), _doubt(event)))),
    )


def _mean_rows(study: EventStudy, decides: tuple[int, int]) -> tuple[WindowRow, ...]:
    """Give the means, by clock where there are two.

    Where some events are echoes of stories told before, the others stand once more by themselves.
    """
    by_day, echo = dated(study.events), echoes(study).to_numpy()
    groups = {"": np.ones_like(by_day)}
    if study.mixes_precisions:
        groups = {CLOCKS[TIMED]: ~by_day, CLOCKS[DATED]: by_day}
    if echo.any() and not echo.all():
        groups |= {first_tellings(name): mask & ~echo for name, mask in groups.items()}
    return tuple(
        mean_row(row, decides, name)
        for name, mask in groups.items()
        if mask.any()
        for _, row in subset(study, mask).caar().iterrows()
    )


def first_tellings(of: str) -> str:
    """Name those of some events whose story had not been told before."""
    return f"{of}, {FIRST_TELLINGS}" if of else FIRST_TELLINGS.capitalize()


def echoes(study: EventStudy) -> pd.Series[bool]:
    """Tell of each event whether its story had been told of the company before."""
    return study.events.get("echo", pd.Series(data=False, index=study.events.index)).astype(bool)


def mean_row(row: Row, decides: tuple[int, int], subject: str) -> WindowRow:
    """Make the row of a window from a row of ``caar``; ``subject`` tells which events it is of."""
    window = (int(row["start"]), int(row["end"]))
    test = text_of(row["test"])
    return WindowRow(
        subject=subject,
        window=window,
        n=int(row["n"]),
        effect=_number(row["caar"]),
        ci_low=_number(row["ci_low"]),
        ci_high=_number(row["ci_high"]),
        statistic=_number(row["statistic"]),
        df=_number(row["df"]),
        p_value=_number(row["p_value"]),
        mde=visible_from(_number(row["mde"]), _number(row["df"])),
        test=called(test),
        reason=text_of(row.get("reason")),
        decides=window == decides,
        mean_scar=_number(row["mean_scar"]),
    )


def _estimate_remark(event: Row) -> str:
    """Say over which sessions the model was estimated, and what makes it doubtful."""
    remarks = []
    start, end = event.get("estimation_start"), event.get("estimation_end")
    if not pd.isna(start) and not pd.isna(end):
        remarks.append(f"{spelling.day(start)} to {spelling.day(end)}")
    remarks.append(_doubt(event))
    zeros = _number(event.get("zero_return_share"))
    if zeros is not None and zeros > THIN_TRADING:
        remarks.append(f"traded thinly: {100 * zeros:.0f} % of its returns are zero")
    return "; ".join(filter(None, remarks))


def _told_before(event: Row) -> str:
    """Say that the story tells of the move of the price, where it does."""
    if event.get("recap") not in RECAPS - {""}:
        return ""
    return "its story tells that the price had moved, and can't have been the reason"


def _doubt(event: Row) -> str:
    """Say whether volatility has moved at the end of the estimation window."""
    ratio = _number(event.get("volatility_ratio"))
    if ratio is None or STEADY_VOLATILITY[0] <= ratio <= STEADY_VOLATILITY[1]:
        return ""
    return (
        f"volatility has moved: that of the last {RECENT} estimation sessions is {ratio:.2f} times "
        "that of all, which makes the p-values less sure"
    )


def _number(value: Any) -> float | None:
    """Give a plain float, or None for what is missing."""
    return None if pd.isna(value) else float(value)
