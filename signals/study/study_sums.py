"""Sums over the events of a part of a study, which add up to those of the whole.

An event's abnormal returns are its own: they depend on its prices, its market's and nothing else.
So a study of millions is made in parts, each holding all events of some securities, and its
tables are computed from sums: of CAR and SCAR by session, of their squares, and of the pairs of
events of one share whose windows meet, which is all that means, their errors and the tests of
``signals.study.summed_study`` read. Sums of counts are exact; the others are added in the order of
the parts, so that the same parts give the same bytes, whoever computed them first.

Events known to the day are never added to timed ones: they are two clocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from signals.study import effects
from signals.study.arrays import Booleans, Floats, Integers
from signals.study.clocks import DATED, TIMED, dated
from signals.study.settings import Settings, Window
from signals.study.sums_for_tests import sums_for_tests
from signals.study.weighting import Pairs, add_products
from signals.study.windows import WindowResults

if TYPE_CHECKING:
    import pandas as pd

    from signals.study.result import EventStudy

FIRST_TELLINGS = "first"
"""The group of events whose story had not been told of the company before."""

TESTED = "tested"
"""What tests beside those of means ask of all events of a clock; see ``sums_for_tests``."""

TOTALS = (
    *("car", "car2", "scar", "scar2", "se", "df", "free", "free_scar", "variance"),
    *("positive", "signed"),
)
"""What is added up over the events of a window. ``free`` counts those with more than 2 degrees of
freedom, of which ``free_scar`` is the sum of SCAR and ``variance`` that of its variance;
``signed`` those whose CAR is not zero."""

POWERS = tuple((i, j) for i in range(5) for j in range(3))
"""Powers of the score and of SCAR whose products are added up for the slope."""

PAIR_BASE = 1 << 10
"""Days: no two sessions whose windows meet lie as far apart, so that a number holds both."""


class Key(NamedTuple):
    """Which events, and what of them: a clock, a group of its events, and a window."""

    clock: str
    group: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class GroupSums:
    """Sums over one group of events.

    Attributes
    ----------
    by_session
        (C, S): the number of events, and sums of values, in each of the S sessions of a part.
    totals
        (D,): sums over all sessions.
    low, high
        (2,): the least and the greatest CAR and SCAR.
    pairs
        (P,): pairs of sessions of which events of one share have windows that meet, ascending,
        as ``day * PAIR_BASE + days between``.
    products
        (P, p, p): Σxx' over such pairs of events, each times the share of a window that both have;
        x as in ``signals.study.weighting``.
    """

    by_session: Floats
    totals: Floats
    low: Floats = field(default_factory=lambda: np.full(2, np.inf))
    high: Floats = field(default_factory=lambda: np.full(2, -np.inf))
    pairs: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    products: Floats = field(default_factory=lambda: np.empty((0, 1, 1)))

    def spread_over(self, place: Integers, n_sessions: int) -> GroupSums:
        """Give the same sums over more sessions, its own at ``place``."""
        by_session = np.zeros((len(self.by_session), n_sessions))
        by_session[:, place] = self.by_session
        return GroupSums(by_session, self.totals, self.low, self.high, self.pairs, self.products)

    def __add__(self, other: GroupSums) -> GroupSums:
        pairs, place = np.unique(np.append(self.pairs, other.pairs), return_inverse=True)
        products = np.zeros((len(pairs), *self.products.shape[1:]))
        np.add.at(products, place, np.concatenate([self.products, other.products]))
        return GroupSums(
            self.by_session + other.by_session,
            self.totals + other.totals,
            np.minimum(self.low, other.low),
            np.maximum(self.high, other.high),
            pairs,
            products,
        )


@dataclass(frozen=True, eq=False)
class StudySums:
    """Sums over the events of a part of a study; ``a + b`` are those of both parts.

    Attributes
    ----------
    days
        (S,): sessions with events, ascending, in days since 1970.
    groups
        The sums of each group of events and window.
    """

    days: Integers
    groups: Mapping[Key, GroupSums]

    @staticmethod
    def none() -> StudySums:
        """Give the sums of no event."""
        return StudySums(np.empty(0, dtype=np.int64), {})

    @staticmethod
    def of(study: EventStudy, headline: Window) -> StudySums:
        """Add up the events of a study.

        Parameters
        ----------
        study
            The study of a part: no share has events outside it.
        headline
            The window that decides, for groups by phase and for what follows the score.
        """
        places, (first, last) = study.sample.places, study.settings.window
        pairs = Pairs.of(places.row, places.column, length=last - first + 1)  # of any window
        labels = study.sample.grid.labels[places.row]
        days, place = np.unique(labels.astype("datetime64[D]"), return_inverse=True)
        part = _Part(study, days.astype(np.int64), place, pairs)
        groups = _groups_of(study.events)
        sums: dict[Key, GroupSums] = {}
        held: list[WindowResults] = []
        wanted = {group: _windows_of(group, study.settings, headline) for _, group in groups}
        for window in sorted(set().union(*wanted.values())):
            results = WindowResults(study.sample, *window)
            held += [results] if window in study.settings.windows else []
            for (clock, group), mask in groups.items():
                if window in wanted[group]:
                    sums[Key(clock, group, *window)] = part.add_up(results, mask)
        results = WindowResults(study.sample, *headline)
        for clock in (TIMED, DATED):
            if groups[clock, ""].any():
                tested = sums_for_tests(study.sample, held, groups[clock, ""])
                for window, values in tested.items():
                    sums[Key(clock, TESTED, *window)] = GroupSums(np.empty((0, len(days))), values)
            for name, one in part.effects(results, groups[clock, ""]).items():
                sums[Key(clock, name, *headline)] = one
        return StudySums(part.days, sums)

    def __add__(self, other: StudySums) -> StudySums:
        days = np.union1d(self.days, other.days)
        places = [np.searchsorted(days, one.days) for one in (self, other)]
        groups: dict[Key, GroupSums] = {}
        for one, place in zip((self, other), places, strict=True):
            for key, sums in one.groups.items():
                wide = sums.spread_over(place, len(days))
                groups[key] = groups[key] + wide if key in groups else wide
        return StudySums(days, groups)

    def arrays(self) -> dict[str, npt.NDArray[np.float64 | np.int64]]:
        """Give the sums as arrays with names, as a file of NumPy keeps them."""
        arrays: dict[str, npt.NDArray[np.float64 | np.int64]] = {"days": self.days}
        for key, sums in self.groups.items():
            for name in _FIELDS:
                arrays["|".join([key.clock, key.group, f"{key.start}", f"{key.end}", name])] = (
                    getattr(sums, name)
                )
        return arrays

    @staticmethod
    def read(arrays: Mapping[str, npt.NDArray[np.float64 | np.int64]]) -> StudySums:
        """Read what ``arrays`` gave."""
        found: dict[Key, dict[str, npt.NDArray[np.float64 | np.int64]]] = {}
        for name in arrays:
            if name != "days":
                clock, group, start, end, what = name.split("|")
                key = Key(clock, group, int(start), int(end))
                found.setdefault(key, {})[what] = arrays[name]
        groups = {key: GroupSums(**parts) for key, parts in found.items()}  # type: ignore[arg-type]
        return StudySums(np.asarray(arrays["days"], dtype=np.int64), groups)


_FIELDS = ("by_session", "totals", "low", "high", "pairs", "products")


@dataclass(frozen=True, eq=False)
class _Part:
    """A study with the sessions of its events."""

    study: EventStudy
    days: Integers
    place: Integers
    pairs: Pairs

    def add_up(self, results: WindowResults, mask: Booleans) -> GroupSums:
        """Add up CAR and SCAR of some events over a window, those with a hole left out."""
        kept = mask[results.complete]
        car, scar, se = results.car[kept], results.scar[kept], results.se[kept]
        df = results.sample.fit.df[kept]
        free = df > 2
        values = (car, car**2, scar, scar**2, se, df, free * 1.0, scar[free])
        variance = df[free] / (df[free] - 2)
        signs = (car > 0) * 1.0, (car != 0) * 1.0
        totals = [float(one.sum()) for one in (*values, variance, *signs)]
        pairs, products = self._meeting(results, mask & results.complete, np.ones((len(car), 1)))
        return GroupSums(
            self._by_session(mask & results.complete, (np.ones(len(car)), car, scar)),
            np.array(totals),
            np.array([one.min(initial=np.inf) for one in (car, scar)]),
            np.array([one.max(initial=-np.inf) for one in (car, scar)]),
            pairs,
            products,
        )

    def effects(self, results: WindowResults, mask: Booleans) -> dict[str, GroupSums]:
        """Add up what a study of sentiment asks of some events: slope, size of moves and volume."""
        kept = mask[results.complete]
        found = {
            "size": effects.excess_size(results),
            "log_volume": effects.excess_volume(self.study, results),
        }
        sums = {}
        for name, values in found.items():
            used = kept & np.isfinite(values)
            one = values[used]
            totals = np.array([one.sum(), (one**2).sum()])
            rows = self._by_session(_among(results, used), (np.ones(len(one)), one))
            sums[name] = self._effect(results, used, rows, totals, np.ones((len(one), 1)))
        if _has_score(self.study.events):
            score = effects.score_values(self.study, "score")[results.complete]
            used = kept & np.isfinite(score)
            x, y = score[used], results.scar[used]
            totals = np.array([(x**i * y**j).sum() for i, j in POWERS])
            rows = self._by_session(_among(results, used), (np.ones(len(x)), x, y, x * y, x**2))
            regressors = np.column_stack([np.ones(len(x)), x])
            sums["slope"] = self._effect(results, used, rows, totals, regressors)
            signed = kept & np.isfinite(score) & (score != 0)
            kinds = np.column_stack([score > 0, score < 0])[signed].astype(np.float64)
            rows = self._by_session(_among(results, signed), (kinds[:, 0], kinds[:, 1]))
            sums["spread"] = self._effect(results, signed, rows, np.empty(0), kinds)
        return sums

    def _effect(
        self, results: WindowResults, used: Booleans, rows: Floats, totals: Floats, x: Floats
    ) -> GroupSums:
        """Keep sums over the used complete events, with their pairs; x as in ``Weighting``."""
        pairs, products = self._meeting(results, _among(results, used), x)
        return GroupSums(rows, totals, pairs=pairs, products=products)

    def _by_session(self, chosen: Booleans, values: tuple[Floats, ...]) -> Floats:
        """Add up values of the chosen events by session, (C, S)."""
        place, many = self.place[chosen], len(self.days)
        return np.array([np.bincount(place, one, minlength=many) for one in values])

    def _meeting(
        self, results: WindowResults, chosen: Booleans, x: Floats
    ) -> tuple[Integers, Floats]:
        """Add up xx' over the pairs of chosen events, with x (n, p), whose windows meet.

        Each counts by the share of its windows that both have.
        """
        one, other = self.pairs.one, self.pairs.other
        near = (self.pairs.gap < results.length) & chosen[one] & chosen[other]
        if results.length == 1 or not near.any():
            return np.empty(0, dtype=np.int64), np.empty((0, x.shape[1], x.shape[1]))
        one, other = one[near], other[near]
        share = 1 - self.pairs.gap[near] / results.length
        days = self.days[self.place]
        pairs, place = np.unique(
            days[one] * PAIR_BASE + days[other] - days[one], return_inverse=True
        )
        row = np.cumsum(chosen) - 1
        left = x[row[one]] * share[:, None]
        return pairs, add_products(left, x[row[other]], place, len(pairs))


def _among(results: WindowResults, used: Booleans) -> Booleans:
    """Mark, among all events, those of the complete ones that are used."""
    chosen = results.complete.copy()
    chosen[results.complete] = used
    return chosen


def _has_score(events: pd.DataFrame) -> bool:
    return "score" in events and events["score"].dtype.kind in "fiu"


def _groups_of(events: pd.DataFrame) -> dict[tuple[str, str], Booleans]:
    """Give the groups of events that tables tell apart, by clock and name: which belong to them."""
    whole = np.ones(len(events), dtype=np.bool_)
    by_day = dated(events)
    parts: dict[str, Booleans] = {"": whole}
    if "echo" in events:
        parts[FIRST_TELLINGS] = ~events["echo"].to_numpy(dtype=np.bool_)
    if _has_score(events):
        signs = effects.signs_of(events["score"].to_numpy(dtype=np.float64))
        parts |= {f"sign {name}": mask for name, mask in signs.items()}
    if "confounded" in events:
        hit = events["confounded"].to_numpy(dtype=np.bool_)
        parts |= {"confounded with": hit, "confounded without": ~hit}
    for column in ("phase", "precision"):
        if column in events:
            for value in events[column].dropna().unique():
                parts[f"{column} {value}"] = events[column].eq(value).to_numpy()
    groups = {}
    for clock, mask in ((TIMED, ~by_day), (DATED, by_day)):
        for name, part in parts.items():
            groups[clock, name] = mask & part
    return {key: mask for key, mask in groups.items() if mask.any() or not key[1]}


def _windows_of(group: str, settings: Settings, headline: Window) -> set[Window]:
    """Give the windows in which the tables tell of a group."""
    kind = group.split(" ", maxsplit=1)[0]
    of_kind = {
        "": (
            *settings.windows,
            *settings.path,
            *settings.offsets,
            *settings.drift,
        ),
        FIRST_TELLINGS: settings.windows,
        "sign": (*settings.path, headline),
        "phase": (headline,),
        "confounded": (headline,),
        "precision": (*settings.windows, *settings.drift),
    }
    return set(of_kind[kind])
