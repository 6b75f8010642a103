"""Securities, and the book that finds them by name or symbol."""

from __future__ import annotations

import csv
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Literal, NamedTuple, cast, get_args

from ahocorasick_rs import AhoCorasick

from signals.errors import SymbolError
from signals.exchanges import mic_of, validate_symbol

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["company", "broker", "publisher", "exchange"]

_SEPARATOR = re.compile(r"[\W_]")
_LEGAL_ENDING = re.compile(
    r"(?: (?:inc|incorporated|corp|corporation|co|company|ltd|limited|plc|ag|se|sa|nv|asa|ab))+\Z"
)


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

    def valid_on(self, day: date | None) -> bool:
        """Tell whether the symbol meant this issuer on a day; None asks for the open end."""
        if day is None:
            return self.valid_to is None
        after = self.valid_from is None or self.valid_from <= day
        return after and (self.valid_to is None or day <= self.valid_to)


class NameMatch(NamedTuple):
    """A name of the book that stands at ``text[start:end]``, as the book spells it."""

    start: int
    end: int
    name: str


def fold(text: str) -> str:
    """Give a text for comparing names: lower case, a blank for all but letters and digits.

    Every character gives one character, so that offsets stay.
    """
    lower = text.lower()
    if len(lower) != len(text):  # a few letters grow, such as a dotted capital I
        lower = "".join(small if len(small := char.lower()) == 1 else char for char in text)
    return _SEPARATOR.sub(" ", lower)


def company_key(name: str) -> str:
    """Make the key of a company from its name: ``"SoftBank Group"`` gives softbank-group."""
    return "-".join(fold(name).split())


class NameIndex:
    """Finds many names in a text at once, in linear time.

    Parameters
    ----------
    names
        As :func:`fold` gives them, without blanks around.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(names)
        # A blank before each name: a match then begins at a word's border, and "disappear"
        # costs nothing although it contains "sap".
        patterns = [f" {name}" for name in self._names]
        self._automaton = AhoCorasick(patterns) if patterns else None

    def scan(self, folded: str) -> list[NameMatch]:
        """Find every name in a text that :func:`fold` has made, overlapping ones included.

        Each begins and ends at a word's border.
        """
        if self._automaton is None:
            return []
        padded = f" {folded} "
        matches = self._automaton.find_matches_as_indexes(padded, overlapping=True)
        return [
            NameMatch(start, end - 1, self._names[index])
            for index, start, end in matches
            if padded[end] == " "
        ]


class SecurityBook:
    """Finds securities by name or by symbol, as of a day.

    Parameters
    ----------
    securities
        Its listings; those of one company share ``company``, the home listing first. A company
        without a symbol is private. Names of all listings of a company are names of each.

    Raises
    ------
    SymbolError
        A name is empty, a symbol is none, or one symbol means two companies on the same day.

    Examples
    --------
    >>> book = SecurityBook([Security("MSFT", "XNAS", "Microsoft", company="microsoft")])
    >>> book.get("MSFT").name
    'Microsoft'
    """

    def __init__(self, securities: Iterable[Security]) -> None:
        self._listings: dict[str, list[Security]] = {}
        self._by_symbol: dict[str, list[Security]] = {}
        for security in securities:
            self._add(security)
        self._names: dict[str, tuple[str, ...]] = {}
        self._spellings: dict[str, tuple[str, ...]] = {}
        self._ambiguous: set[str] = set()
        self._index_names()

    @classmethod
    def default(cls) -> SecurityBook:
        """Give the book that comes with the package: large companies and their usual names."""
        return _default_book()

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> SecurityBook:
        """Make a book from a table.

        Parameters
        ----------
        frame
            A row a listing, in the columns ``symbol`` and ``name``, and as wanted ``mic``,
            ``aliases`` and ``ambiguous`` (separated by ``|``), ``company``, ``kind``,
            ``currency``, ``valid_from`` and ``valid_to`` (ISO dates). An empty or missing cell
            is none; a row without a symbol is a private company.

        Raises
        ------
        SymbolError
            A column or a date is wrong, or as for :class:`SecurityBook`.
        """
        if missing := {"symbol", "name"} - set(frame.columns) if len(frame) else set():
            raise SymbolError(
                f"The table of securities lacks {sorted(missing)}; it needs symbol and name."
            )
        plain = frame.astype(object).where(frame.notna(), "")
        return cls(_security(record) for record in plain.to_dict("records"))

    def __len__(self) -> int:
        return sum(len(listings) for listings in self._listings.values())

    def __iter__(self) -> Iterator[Security]:
        for listings in self._listings.values():
            yield from listings

    def __repr__(self) -> str:
        return f"<SecurityBook: {len(self._listings)} companies, {len(self)} listings>"

    def get(self, symbol: str, as_of: date | None = None) -> Security | None:
        """Give what a symbol meant on a day, or None when the book does not have it.

        Without a day, what it means now, or else what it meant last.
        """
        known = self._by_symbol.get(symbol, ())
        valid = [security for security in known if security.valid_on(as_of)]
        if not valid and as_of is None:
            valid = sorted(known, key=lambda security: security.valid_to or date.max)
        return valid[-1] if valid else None

    def find(self, name: str, as_of: date | None = None) -> tuple[Security, ...]:
        """Find the listings of the company that a name meant on a day; the home listing first.

        Case and punctuation do not matter. A company that had no listing on that day gives one
        security without a symbol; an unknown name gives an empty tuple. Of two companies with
        one name, the one that was listed on that day is taken, then the first of the book.
        """
        companies = self._names.get(fold(name).strip(), ())
        for company in companies:
            if any(security.valid_on(as_of) for security in self._listings[company]):
                return self.listings(company, as_of)
        return self.listings(companies[0], as_of) if companies else ()

    def listings(self, company: str, as_of: date | None = None) -> tuple[Security, ...]:
        """Give the listings of a company on a day, the home listing first.

        A company that was not listed then gives one security without a symbol; a key that the
        book does not have gives an empty tuple.
        """
        known = self._listings.get(company, ())
        valid = tuple(security for security in known if security.valid_on(as_of))
        if valid or not known:
            return valid
        return (Security(None, None, known[0].name, company=company, kind=known[0].kind),)

    def is_ambiguous(self, name: str) -> bool:
        """Tell whether a name is an ordinary word too, so that a text must give it context."""
        return fold(name).strip() in self._ambiguous

    def spellings(self, name: str) -> tuple[str, ...]:
        """Give how the book writes a name that :meth:`scan` has found."""
        return self._spellings.get(name, ())

    def scan(self, folded: str) -> list[NameMatch]:
        """Find every name of the book in a text that :func:`fold` has made."""
        return self._index.scan(folded)

    @cached_property
    def _index(self) -> NameIndex:
        return NameIndex(self._names)

    def _add(self, security: Security) -> None:
        if not fold(security.name).strip() or not security.company:
            raise SymbolError(f"A security needs a name and a company key; got {security!r}.")
        self._listings.setdefault(security.company, []).append(security)
        if security.symbol is None:
            return
        validate_symbol(security.symbol)
        others = self._by_symbol.setdefault(security.symbol, [])
        for other in others:
            if _overlap(security, other):
                raise SymbolError(
                    f"{security.symbol!r} means {other.name!r} and {security.name!r} on the same "
                    "day: give their rows valid_from and valid_to."
                )
        others.append(security)

    def _index_names(self) -> None:
        shortened: dict[str, tuple[str, str]] = {}
        for security in self:
            self._ambiguous.update(fold(name).strip() for name in security.ambiguous)
            for name in (security.name.strip(), *security.aliases):
                self._index_name(name, security.company)
                if name[:4].lower() == "the ":
                    self._index_name(name[4:], security.company)
                if short := _LEGAL_ENDING.sub("", fold(name).rstrip()):
                    shortened.setdefault(short.strip(), (name[: len(short)], security.company))
        for key, (short, company) in shortened.items():
            if key not in self._names:
                # What is left without its legal form may be anything, as in "Next plc".
                self._index_name(short, company)
                self._ambiguous.add(key)

    def _index_name(self, name: str, company: str) -> None:
        key = fold(name).strip()
        if not key:
            return
        if company not in (known := self._names.get(key, ())):
            self._names[key] = (*known, company)
        if name not in (written := self._spellings.get(key, ())):
            self._spellings[key] = (*written, name)


@cache
def _default_book() -> SecurityBook:
    table = resources.files("signals.news") / "securities.csv"
    with table.open(encoding="utf-8") as file:
        return SecurityBook(_security(record) for record in csv.DictReader(file))


def _security(record: Mapping[Hashable, object]) -> Security:
    cells = {str(key): str(value).strip() for key, value in record.items()}
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


def _overlap(one: Security, other: Security) -> bool:
    begins = max(one.valid_from or date.min, other.valid_from or date.min)
    ends = min(one.valid_to or date.max, other.valid_to or date.max)
    return begins <= ends
