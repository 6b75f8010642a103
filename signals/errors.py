"""Errors that a user can act on: what was given, and what would be right.

::

    SignalsError (a ValueError)
    ├── ArticleError   an article that can't be read, or a time that means nothing
    ├── SymbolError    a symbol, exchange prefix or table of securities
    ├── PriceError     prices that are missing, malformed or not to be trusted
    ├── StudyError     a study that can't be computed as asked
    ├── ConfigError    an option, a configuration file or an output folder
    └── StoreError     what is kept between runs
        └── LockedError   another run is at work on it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class SignalsError(ValueError):
    """Base of every error that this package raises on purpose."""


class ArticleError(SignalsError):
    """An article can't be read, or its publication time means nothing."""


class SymbolError(SignalsError):
    """A symbol, an exchange prefix or a table of securities is wrong."""


class PriceError(SignalsError):
    """Prices are missing, malformed or not to be trusted."""


class StudyError(SignalsError):
    """A study can't be computed as asked.

    Attributes
    ----------
    status
        When every event fell out: one row an event with its reason, or one a reason where there
        are too many of them; else None.
    """

    def __init__(self, message: str, *, status: pd.DataFrame | None = None) -> None:
        super().__init__(message)
        self.status = status

    @property
    def lacks_market(self) -> bool:
        """Whether the market has no prices: an option is wrong then, and no event."""
        return self.status is not None and "no_market_prices" in set(self.status["reason"])


class ConfigError(SignalsError):
    """An option, a configuration file or an output folder is wrong."""


class StoreError(SignalsError):
    """What is kept between runs can't be read or written."""


class LockedError(StoreError):
    """Another run is at work on the same folder or configuration."""
