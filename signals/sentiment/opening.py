"""The sentiment engines that have a name, for options and configurations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from signals.errors import ConfigError

if TYPE_CHECKING:
    from signals.sentiment.scorer import Scorer


def _finance() -> Scorer:
    from signals.sentiment.finance import Finance

    return Finance()


def _vader() -> Scorer:
    from signals.sentiment.vader import Vader

    return Vader()


SCORERS: Mapping[str, Callable[[], Scorer]] = {"finance": _finance, "vader": _vader}
"""Name -> what makes it; the first is the default."""


def open_scorer(name: str) -> Scorer:
    """Give the sentiment engine that an option names; "default" is the first of ``SCORERS``.

    Raises
    ------
    ConfigError
        There is no such engine.
    """
    if name == "default":
        return next(iter(SCORERS.values()))()
    if name not in SCORERS:
        raise ConfigError(f"There is no scorer {name!r}; there are default, {', '.join(SCORERS)}.")
    return SCORERS[name]()
