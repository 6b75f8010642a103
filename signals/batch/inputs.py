"""Everything that goes into a daily report, as one record that can be written and read again."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from signals.batch.config import Config, Study
from signals.batch.days import Day, day_of, days_told, key_of
from signals.batch.records import RefusedKey
from signals.batch.told_windows import ToldWindows
from signals.exchanges import mic_of
from signals.market.frames import FramePrices
from signals.market.prices import PriceTable
from signals.market.quality import Fault, faults_frame
from signals.news.article import Article


@dataclass(frozen=True, slots=True)
class Plan:
    """The part of a configuration that decides what a report says.

    A field that is added has a default, so that ``signals verify`` can repeat runs made before it.
    """

    watch: tuple[str, ...]
    market: str
    markets: Mapping[str, str]
    scorer: str
    zone: str
    study: Study
    max_age: int
    remarks: tuple[str, ...]

    @classmethod
    def of(cls, config: Config) -> Plan:
        """Take it from a configuration."""
        return cls(
            watch=config.watch,
            market=config.market,
            markets=dict(config.markets),
            scorer=config.scorer,
            zone=config.zone,
            study=config.study,
            max_age=config.prices.max_age,
            remarks=config.remarks,
        )

    def market_of(self, symbol: str) -> str:
        """Give the market of a symbol."""
        return self.markets.get(symbol, self.market)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Everything that needs a price: the watch list and its markets."""
        return tuple(dict.fromkeys([*self.watch, *map(self.market_of, self.watch)]))


@dataclass(frozen=True, slots=True)
class SourceState:
    """What became of a source: "good", "empty", "refused", "unasked", "cut" or "failed", and why.

    "refused" is one that gave items of which none is an article.
    """

    name: str
    state: str
    detail: str


@dataclass(frozen=True, slots=True)
class Refused:
    """An item of a source that is no article, and why."""

    source: str
    place: str
    reason: str
    detail: str
    title: str = ""
    digest: str = ""

    @property
    def key(self) -> RefusedKey:
        """What a later read knows it by: places move as feeds do, and titles return."""
        return self.source, self.reason, self.digest or self.title or self.place


@dataclass(frozen=True, eq=False)
class Inputs:
    """All that a daily report is made of.

    Attributes
    ----------
    label
        The report's session: the last one of its days, ISO 8601.
    plan
        What was asked for.
    days
        The session on each exchange, by MIC.
    articles
        Those known in the trailing window, in the three days before it, whose stories it may
        tell again, and in the report's own, in the order in which they were known.
    late
        Ids of those that the report before could have told of, but that came in only after it.
    reported
        MIC -> the sessions since the first of those of which other reports have told.
    gone
        Ids of those that no source showed any more when the report was made: the store keeps them.
    refused
        Items of sources that are no articles, each in the first report that could tell of it.
    sources
        What became of each source.
    closes
        Adjusted closes, none after the session of its symbol's exchange.
    price_source, price_faults
        Where they come from; symbol -> why it has none, or only old ones.
    price_marks
        Faults of the closes that are used all the same.
    confounds
        ``symbol, session`` of earnings and the like, none after the session of its symbol's
        exchange; None when the configuration names none.
    previous
        What the report before said of each symbol, with its session; empty for the first.
    told_windows
        Of which windows other reports have told.
    """

    label: str
    plan: Plan
    days: Mapping[str, Day]
    articles: tuple[Article, ...]
    late: tuple[str, ...]
    reported: Mapping[str, tuple[str, ...]]
    gone: tuple[str, ...]
    refused: tuple[Refused, ...]
    sources: tuple[SourceState, ...]
    closes: pd.DataFrame
    price_source: str
    price_faults: Mapping[str, str]
    price_marks: tuple[Fault, ...]
    confounds: pd.DataFrame | None
    previous: Mapping[str, Any]
    told_windows: ToldWindows

    @property
    def key(self) -> str:
        """The name of all its days, by which reports are kept and follow one another."""
        return key_of(self.days)

    def day(self, symbol: str) -> Day:
        """Give the day of a symbol's exchange."""
        return self.days[mic_of(symbol)]

    @cached_property
    def days_before(self) -> Mapping[str, Day]:
        """The session on each exchange in the report before, by MIC; empty for the first report.

        On a day on which an exchange is closed it is the same day again.
        """
        return days_told(self.previous, self.plan.watch)

    def day_before(self, symbol: str) -> Day | None:
        """Give the day of a symbol's exchange in the report before, None for the first report."""
        return self.days_before.get(mic_of(symbol))

    def repeats(self, symbol: str) -> bool:
        """Tell whether the report before was on the same session of a symbol that it watched.

        So it is on a day on which the symbol's exchange is closed.
        """
        before = self.day_before(symbol)
        return (
            before is not None
            and before.session == self.day(symbol).session
            and symbol in self.previous["symbols"]
        )

    def history(self, symbols: Sequence[str], start: pd.Timestamp, end: pd.Timestamp) -> PriceTable:
        """Give the closes as a price source does, with the name and the faults of their own."""
        table = FramePrices(self.closes).history(symbols, start, end)
        seen = set(zip(table.faults["symbol"], table.faults["fault"], strict=True))
        marks = [
            one
            for one in self.price_marks
            if one.symbol in symbols and (one.symbol, one.fault) not in seen
        ]
        faults = pd.concat([table.faults, faults_frame(marks)]) if marks else table.faults
        snapshot = replace(table.snapshot, source=self.price_source)
        return replace(table, snapshot=snapshot, faults=faults.reset_index(drop=True))

    def record(self) -> dict[str, Any]:
        """Give all but the texts and the prices, for JSON."""
        return {
            "label": self.label,
            "plan": asdict(self.plan),
            "days": {mic: f"{day.session:%Y-%m-%d}" for mic, day in sorted(self.days.items())},
            "articles": [article.id for article in self.articles],
            "late": list(self.late),
            "reported": {mic: list(sessions) for mic, sessions in self.reported.items()},
            "gone": list(self.gone),
            "refused": [asdict(one) for one in self.refused],
            "sources": [asdict(one) for one in self.sources],
            "price_source": self.price_source,
            "price_faults": dict(sorted(self.price_faults.items())),
            "price_marks": [
                [one.symbol, one.session and f"{one.session:%Y-%m-%d}", one.fault, one.detail]
                for one in self.price_marks
            ],
            "previous": dict(self.previous),
            "told": asdict(self.told_windows),
        }

    def fingerprint(self, made_with: str) -> str:
        """Hash everything that goes in, and what it is made with.

        The words in which a source or a price failed don't count: they may tell of hours. Nor does
        which articles a source shows no more: a feed moves on.
        """
        record = self.record()
        del record["gone"]
        record["sources"] = [(one.name, one.state) for one in self.sources]
        record["price_faults"] = sorted(self.price_faults)
        record["closes"] = hashlib.sha256(closes_csv(self.closes)).hexdigest()
        if self.confounds is not None:
            record["confounds"] = hashlib.sha256(confounds_csv(self.confounds)).hexdigest()
        record["made_with"] = made_with
        return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def inputs_of(
    record: Mapping[str, Any],
    articles: Mapping[str, Article],
    *,
    closes: bytes,
    confounds: bytes | None,
) -> Inputs:
    """Make the inputs again from what was written of them; articles that are gone are left out."""
    plan = {name: _frozen(value) for name, value in record["plan"].items()}
    study = {name: _frozen(value) for name, value in plan.pop("study").items()}
    told = record.get("told", {"since": {}, "windows": ()})
    return Inputs(
        label=record["label"],
        plan=Plan(study=Study(**study), **plan),
        days={mic: day_of(mic, pd.Timestamp(day)) for mic, day in record["days"].items()},
        articles=tuple(articles[name] for name in record["articles"] if name in articles),
        late=tuple(record["late"]),
        reported={mic: tuple(told) for mic, told in record.get("reported", {}).items()},
        gone=tuple(record.get("gone", ())),
        refused=tuple(Refused(**one) for one in record["refused"]),
        sources=tuple(SourceState(**one) for one in record["sources"]),
        closes=read_closes(closes),
        price_source=record["price_source"],
        price_faults=record["price_faults"],
        price_marks=tuple(
            Fault(symbol, day and pd.Timestamp(day), fault, "marked", detail)
            for symbol, day, fault, detail in record["price_marks"]
        ),
        confounds=None if confounds is None else read_confounds_csv(confounds),
        previous=record["previous"],
        told_windows=ToldWindows(
            told["since"], tuple((session, symbol) for session, symbol in told["windows"])
        ),
    )


def _frozen(value: Any) -> Any:
    """Give a value of JSON as a configuration holds it: lists as tuples."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def closes_csv(closes: pd.DataFrame) -> bytes:
    """Write closes so that they can be read again to the last digit."""
    return closes.to_csv(
        index_label="session", date_format="%Y-%m-%d", lineterminator="\n"
    ).encode()


def read_closes(content: bytes) -> pd.DataFrame:
    """Read what :func:`closes_csv` wrote, to the last digit."""
    header, *rows = csv.reader(content.decode().splitlines())
    index = pd.DatetimeIndex([row[0] for row in rows], dtype="datetime64[us]", name="session")
    values = [[float(cell or "nan") for cell in row[1:]] for row in rows]
    return pd.DataFrame(values, index=index, columns=header[1:], dtype="float64")


def confounds_csv(confounds: pd.DataFrame) -> bytes:
    """Write ``symbol, session`` of confounding events."""
    return confounds.to_csv(index=False, date_format="%Y-%m-%d", lineterminator="\n").encode()


def read_confounds_csv(content: bytes) -> pd.DataFrame:
    """Read what :func:`confounds_csv` wrote."""
    _, *rows = csv.reader(content.decode().splitlines())
    symbols = pd.Series([row[0] or None for row in rows], dtype="str")
    days = pd.Series([row[1] for row in rows], dtype="datetime64[us]")
    return pd.DataFrame({"symbol": symbols, "session": days})
