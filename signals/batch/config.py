"""What a configuration is: the records that ``signals.toml`` is read into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from signals.batch.toml_table import Window


@dataclass(frozen=True, slots=True)
class Prices:
    """Where prices come from: ``kind`` "csv" with a ``path``, or "yahoo".

    ``max_age`` is how many sessions the last price of a symbol may lie before the report's.
    """

    kind: str
    path: Path | None
    max_age: int


@dataclass(frozen=True, slots=True)
class Study:
    """What the report computes.

    A field's default is that of its option, and what runs that were made before it are repeated
    with.

    Attributes
    ----------
    model
        The return model.
    trailing
        Sessions whose events are studied together.
    windows
        Windows of that study.
    flag_window
        The one window that flags a symbol, chosen beforehand; it ends at session 0 or before,
        so that it has closed when the report is made.
    false_flags
        Share of flags that may be false, over the watch list (Benjamini-Hochberg).
    min_relevance
        A story that is less about a symbol than this (0 to 100) is set aside.
    """

    model: str = "market"
    trailing: int = 60
    windows: tuple[Window, ...] = ((0, 0), (0, 1), (-1, 1), (-5, 5))
    flag_window: Window = (0, 0)
    false_flags: float = 0.05
    min_relevance: float = 10.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a finished report is mailed.

    ``user_env`` and ``password_env`` name environment variables: the configuration holds no
    secret.
    """

    host: str
    port: int
    security: str
    sender: str
    to: tuple[str, ...]
    user_env: str
    password_env: str


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration, checked; paths are resolved against the folder of its file.

    Attributes
    ----------
    path
        The file.
    watch
        Symbols of the watch list, in Yahoo's spelling, in the order of the file.
    sources
        The tables of ``[[sources]]``, paths resolved, for ``open_source``.
    prices, study, delivery
        As named; no delivery unless it is configured.
    confounds
        A table of dates of earnings and the like; None without one.
    market, markets
        The market, and symbol -> market where one has its own.
    scorer
        "default", or one of the sentiment engines that have a name.
    zone
        Time zone of the reader: times are shown in it beside UTC.
    output, state
        Folder of the reports; folder of what is kept between runs.
    options
        The configuration as it was written, for the manifest: option -> value.
    remarks
        What is allowed but should be known, such as a symbol unknown to the book.
    """

    path: Path
    watch: tuple[str, ...]
    sources: tuple[Mapping[str, object], ...]
    prices: Prices
    study: Study
    confounds: Path | None
    delivery: Delivery | None
    market: str
    markets: Mapping[str, str]
    scorer: str
    zone: str
    output: Path
    state: Path
    options: Mapping[str, object]
    remarks: tuple[str, ...] = field(default=())
