"""One listing of one issuer, and how it is read from a row of a table."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast, get_args

from signals.errors import SymbolError
from signals.exchanges import currency_of, mic_of
from signals.news.nameindex import company_key

Kind = Literal["company", "broker", "publisher", "exchange"]


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
    ambiguous
        Those of its names that are ordinary words too: they need context in a text.
    kind
        A broker, publisher or exchange often speaks in news that is about somebody else.

    Raises
    ------
    TypeError
        ``aliases`` or ``ambiguous`` is one text, whose letters would be the names.
    """

    symbol: str | None
    mic: str | None
    name: str
    aliases: tuple[str, ...] = ()
    company: str = ""
    currency: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    ambiguous: tuple[str, ...] = ()
    kind: Kind = "company"

    def __post_init__(self) -> None:
        """Refuse one text where several are asked for."""
        given: dict[str, object] = {"aliases": self.aliases, "ambiguous": self.ambiguous}
        for field, names in given.items():
            if isinstance(names, str):
                raise TypeError(f"{field} are a tuple of names, as ({names!r},), not one text.")

    def valid_on(self, day: date | None) -> bool:
        """Tell whether the symbol meant this issuer on a day; None asks for the open end."""
        if day is None:
            return self.valid_to is None
        after = self.valid_from is None or self.valid_from <= day
        return after and (self.valid_to is None or day <= self.valid_to)


def of_line(line: str) -> list[Security]:
    """Make the listings of a company from its line of the package's table."""
    company, listed, written, *rest = line.split("\t")
    names = [name.rstrip("?^") for name in written.split("|")]
    kind = cast("Kind", rest[0] if rest else "company")
    ambiguous = tuple(name[:-1] for name in written.split("|") if name[-1] in "?^")
    made: list[Security] = []
    for listing in listed.split("|"):
        symbol, _, rest_of = listing.partition(" ")
        mic, _, span = rest_of.partition(" ")
        begins, _, ends = span.partition("..")
        made.append(
            Security(
                symbol=symbol or None,
                mic=mic or None,
                name=names[0],
                aliases=() if made else tuple(names[1:]),
                company=company,
                currency=currency_of(symbol) if symbol else None,
                valid_from=_day(begins),
                valid_to=_day(ends),
                ambiguous=ambiguous,
                kind=kind,
            )
        )
    return made


def of_record(record: Mapping[Hashable, object]) -> Security:
    """Make a listing from a row of a user's table."""
    cells = {str(key): _cell(value) for key, value in record.items()}
    symbol = cells.get("symbol") or None
    name = cells.get("name", "")
    kind = cells.get("kind") or "company"
    if kind not in get_args(Kind):
        raise SymbolError(f"{kind!r} is no kind of company; give one of {get_args(Kind)}.")
    return Security(
        symbol=symbol,
        mic=(cells.get("mic") or mic_of(symbol)) if symbol else None,
        name=name,
        aliases=_split(cells.get("aliases", "")),
        company=cells.get("company") or company_key(name),
        currency=cells.get("currency") or None,
        valid_from=_day(cells.get("valid_from", "")),
        valid_to=_day(cells.get("valid_to", "")),
        ambiguous=_split(cells.get("ambiguous", "")),
        kind=cast("Kind", kind),
    )


def _cell(value: object) -> str:
    """Give a cell as text; one of several texts as if ``|`` were between them."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "|".join(map(str, value))
    return str(value).strip()


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def _day(cell: str) -> date | None:
    if not cell:
        return None
    try:
        return date.fromisoformat(cell[:10])
    except ValueError as error:
        raise SymbolError(
            f"{cell!r} is no date of a table of securities; write 2022-06-09."
        ) from error


class Listings(dict[str, list[Security]]):
    """The listings of each company, made from the lines of a table when they are asked for."""

    def __init__(self, lines: Iterable[str]) -> None:
        super().__init__()
        self._lines = {line[: line.index("\t")]: line for line in lines}

    def __missing__(self, company: str) -> list[Security]:
        made = of_line(self._lines[company])
        self[company] = made
        return made

    def get(self, company: str, default: Any = None) -> Any:
        """Give the listings of a company, or what is given for one that isn't there."""
        return self[company] if company in self._lines else default

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)
