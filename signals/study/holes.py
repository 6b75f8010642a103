"""Windows with a hole: why a return is missing, and whether it is still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from signals.study.arrays import Booleans, Dates, Floats
from signals.study.ledger import Ledger
from signals.study.models import leads_of
from signals.study.priced import PricedEvents
from signals.study.sample import Sample
from signals.study.settings import Settings

if TYPE_CHECKING:
    import pandas as pd


class _Cause(NamedTuple):
    """What becomes of events whose windows are not complete for one cause, and its words."""

    status: str
    reason: str
    words: str


_CAUSES: Final = {
    "": _Cause("studied", "window_incomplete", ""),
    "prices": _Cause("pending", "window_incomplete", "Prices end on {day}, inside the window. "),
    "symbol": _Cause(
        "studied",
        "prices_end_in_window",
        "Its prices end on {day}, inside the event window, and others go on: it was delisted or "
        "has another symbol, or prices are late. ",
    ),
    "market": _Cause(
        "pending",
        "market_ends_in_window",
        "Prices of the market {market} end on {day}, before the last session that is read. ",
    ),
    "factors": _Cause(
        "pending",
        "factors_end_in_window",
        "The factors end on {day}, before the last session that is read. ",
    ),
}
"""By the series that ends inside the window; "" for none, "prices" where all of them do."""


def remark_holes(
    frame: pd.DataFrame,
    priced: PricedEvents,
    sample: Sample,
    abnormal: Floats,
    *,
    settings: Settings,
    ledger: Ledger,
) -> None:
    """Tell holes of the event window from sessions to come; lose events without any window."""
    known = np.isfinite(abnormal)
    holed = ~known.all(axis=1)
    causes, days = _find_causes(priced, settings.window[1], max((0, *leads_of(sample.model))))
    row_of = np.zeros(len(ledger.alive), dtype=np.int64)
    row_of[priced.chosen] = np.arange(len(priced.chosen))

    def say(place: int) -> str:
        row = row_of[place]
        day = np.datetime_as_string(days[row], unit="D")
        words = _CAUSES[causes[row]].words.format(day=day, market=frame["market"].iloc[place])
        return words + _hole_words(known[row], settings)

    for name, cause in _CAUSES.items():
        some = priced.chosen[holed & (causes == name)]
        ledger.remark(some, cause.status, cause.reason, say)
    for_good = np.flatnonzero(holed & ((causes == "") | (causes == "symbol")))
    cars = [sample.take(for_good).cumulative(*window)[0] for window in settings.windows]
    empty = for_good[~np.isfinite(cars).any(axis=0)]
    ledger.lose(priced.chosen[empty], "window_incomplete", say)


def _find_causes(priced: PricedEvents, last: int, lead: int) -> tuple[npt.NDArray[np.str_], Dates]:
    """Give which series ends first inside each window, and when; see ``_CAUSES``.

    The share is read up to offset ``last``, the others ``lead`` sessions more.
    """
    own, others = _label_after(priced, last), _label_after(priced, last + lead)
    causes = np.full(len(own), "", dtype="U7")
    days = np.full(len(own), np.datetime64("9999-12-31", "us"))
    for role, ends in priced.ends.items():
        # Where a share ends with its market, prices are late, most often.
        ended = (ends < (own if role == "symbol" else others)) & (ends <= days)
        causes[ended], days[ended] = role, ends[ended]
    # Where other prices go on beyond the window, a share's won't come: a delisting, most often.
    all_end: Booleans = priced.table.closes.index[-1].to_datetime64() < own
    causes[all_end & np.isin(causes, ["symbol", "market"])] = "prices"
    return causes, days


def _label_after(priced: PricedEvents, offset: int) -> Dates:
    """Give the session of each event's calendar at an offset, the last one where it is beyond."""
    places = priced.places
    labels: Dates = priced.grid.labels[np.minimum(places.row + offset, places.high - 1)]
    return labels


def _hole_words(known: Booleans, settings: Settings) -> str:
    offsets = ", ".join(str(settings.window[0] + hole) for hole in np.flatnonzero(~known))
    windows = "windows that need it" if settings.missing == "drop" else "windows cut there"
    return f"No abnormal return at offset {offsets}; {windows} are missing."
