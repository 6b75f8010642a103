"""What became of the events of a part of a study, counted so that parts add up to the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from signals.study import clocks, event_flags
from signals.study.ledger import MISSED_BY_NOBODY
from signals.study.status import fell_short

if TYPE_CHECKING:
    import pandas as pd

    from signals.study.result import EventStudy

_NAMED = 3  # events that a flag names


class Fate(NamedTuple):
    """How many events share a status and a reason, and the first of them, with its sentence."""

    status: str
    reason: str
    n: int
    symbol: str
    session: str
    detail: str


class Flag(NamedTuple):
    """How many events a flag is raised for, and the symbols and sessions of the first."""

    n: int
    first: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Tallies:
    """Counts over the events of a part; ``a + b`` are those of both, the first named first.

    Attributes
    ----------
    studied
        Events that were studied.
    dated
        Those of them known to the day only.
    echoes
        Those of them whose story had been told of the company before.
    fates
        What became of the events that were not studied to the end.
    years
        Events and those without prices, by year.
    flags
        What may distort single events, by the names of ``event_flags.flagged``.
    """

    studied: int = 0
    dated: int = 0
    echoes: int = 0
    fates: tuple[Fate, ...] = ()
    years: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    flags: Mapping[str, Flag] = field(default_factory=dict)

    @staticmethod
    def of(status: pd.DataFrame, study: EventStudy | None) -> Tallies:
        """Count the events of a part: from its status, and its study where any was studied."""
        by_year = event_flags.unpriced_by_year(status).reset_index()
        years = {
            int(row["year"]): (int(row["events"]), int(row["unpriced"]))
            for row in by_year.to_dict("records")
        }
        fates = _fates(status)
        if study is None:
            return Tallies(fates=fates, years=years)
        events = study.events
        echo = events["echo"].sum() if "echo" in events else 0
        n_dated = int(clocks.dated(events).sum())
        return Tallies(len(events), n_dated, int(echo), fates, years, _flags(study))

    def count(self, flag: str) -> int:
        """Count the events that raise a flag."""
        return self.flags[flag].n if flag in self.flags else 0

    def __add__(self, other: Tallies) -> Tallies:
        fates: dict[tuple[str, str], Fate] = {}
        for one in (*self.fates, *other.fates):
            known = fates.get(one[:2])
            fates[one[:2]] = one if known is None else known._replace(n=known.n + one.n)
        years = dict(self.years)
        for year, (n, unpriced) in other.years.items():
            before = years.get(year, (0, 0))
            years[year] = before[0] + n, before[1] + unpriced
        flags = dict(self.flags)
        for name, flag in other.flags.items():
            known_flag = flags.get(name, Flag(0, ()))
            flags[name] = Flag(known_flag.n + flag.n, (known_flag.first + flag.first)[:_NAMED])
        return Tallies(
            self.studied + other.studied,
            self.dated + other.dated,
            self.echoes + other.echoes,
            tuple(fates.values()),
            years,
            flags,
        )

    @property
    def missing(self) -> list[Fate]:
        """Why events fell out, but those of which nothing is missing."""
        return [
            one for one in self.fates if one.status == "lost" and one.reason not in MISSED_BY_NOBODY
        ]

    def record(self) -> dict[str, Any]:
        """Give the counts as JSON keeps them."""
        return asdict(self)

    @staticmethod
    def read(record: Mapping[str, Any]) -> Tallies:
        """Read what ``record`` gave, from JSON."""
        return Tallies(
            record["studied"],
            record["dated"],
            record["echoes"],
            tuple(Fate(*one) for one in record["fates"]),
            {int(year): (n, unpriced) for year, (n, unpriced) in record["years"].items()},
            {
                name: Flag(n, tuple((symbol, day) for symbol, day in first))
                for name, (n, first) in record["flags"].items()
            },
        )


def _fates(status: pd.DataFrame) -> tuple[Fate, ...]:
    rows = status[fell_short(status)]
    fates = []
    for (kind, reason), same in rows.groupby(["status", "reason"], sort=False):
        first = same.iloc[0]
        symbol, session = (str(first[name]) for name in ("symbol", "session"))
        fates.append(
            Fate(str(kind), str(reason), len(same), symbol, session[:10], str(first["detail"]))
        )
    return tuple(fates)


def _flags(study: EventStudy) -> dict[str, Flag]:
    raised = {}
    for name, column in event_flags.flagged(study).items():
        hit = study.events[column.to_numpy()]
        first = tuple(
            (str(row["symbol"]), f"{row['session']:%Y-%m-%d}")
            for _, row in hit.head(_NAMED).iterrows()
        )
        raised[str(name)] = Flag(len(hit), first)
    return raised
