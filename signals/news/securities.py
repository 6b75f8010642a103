"""Securities, and the book that finds them by name or symbol."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Security:
    """One listing of one issuer.

    Attributes
    ----------
    symbol
        Yahoo's spelling, such as ``BRK-B`` or ``9984.T``; None for a private company.
    mic
        ISO 10383 code of the exchange; None for a private company.
    name
        The issuer's usual name.
    aliases
        Other names that news uses for the issuer.
    company
        A key shared by all listings of an issuer.
    currency
        ISO 4217 code, or None.
    valid_from, valid_to
        First and last day on which the symbol meant this issuer; None when open.
    """

    symbol: str | None
    mic: str | None
    name: str
    aliases: tuple[str, ...] = ()
    company: str = ""
    currency: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
