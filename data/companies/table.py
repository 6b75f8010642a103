"""The companies of the table while it is built: their names, and their listings with dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from naming import is_name, key_of, slug, without_legal_form

from signals.exchanges import VENUES

MIC_BY_SUFFIX = {venue.suffix: venue.mic for venue in reversed(VENUES) if venue.suffix}


@dataclass
class Line:
    """One listing: a symbol, its exchange, and from when to when it meant the company."""

    symbol: str
    mic: str
    begins: str = ""
    ends: str = ""


@dataclass
class Company:
    """One company of the table, under its key."""

    key: str
    name: str
    kind: str = "company"
    trusted: bool = False
    lines: list[Line] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    ambiguous: set[str] = field(default_factory=set)
    proper: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    vague: set[str] = field(default_factory=set)

    @property
    def is_gone(self) -> bool:
        """Whether it was listed and no longer is."""
        return bool(self.lines) and all(line.ends for line in self.lines)


class Table:
    """The companies so far, by key and by symbol."""

    def __init__(self, mics: dict[str, str]) -> None:
        self.companies: dict[str, Company] = {}
        self.by_symbol: dict[str, list[Company]] = {}
        self.by_name: dict[str, str] = {}
        self.by_core: dict[str, str] = {}
        self._mics = mics

    def mic(self, symbol: str) -> str | None:
        """Give the exchange of a symbol: by its suffix, or as the SEC states it."""
        suffix = symbol.rpartition(".")[2] if "." in symbol else ""
        if suffix:
            return MIC_BY_SUFFIX.get(suffix)
        over_the_counter = len(symbol) == 5 and symbol[-1] in "YF"
        return self._mics.get(symbol, "PINX" if over_the_counter else "XNYS")

    def company(self, name: str, *, kind: str = "company", trusted: bool = False) -> Company:
        """Give the company of a name; a new one when the table has none."""
        key = slug(name)
        if key not in self.companies:
            self.companies[key] = Company(key, name, kind, trusted)
            self.share_name(self.companies[key], name)
            if is_name(core := without_legal_form(name)):
                self.by_name.setdefault(
                    key_of(core), key
                )  # nobody else's; added when all are there
        return self.companies[key]

    def add_name(self, company: Company, name: str) -> None:
        """Add a name, unless a company that came earlier has it and is still listed."""
        key = key_of(name)
        holder = self.companies.get(self.by_name.get(key, ""))
        if holder and holder is not company and holder.is_gone:
            self.share_name(company, name)
            return
        free = bool(key) and self.by_name.setdefault(key, company.key) == company.key
        if free and name not in company.names:
            company.names.append(name)

    def share_name(self, company: Company, name: str) -> None:
        """Add a name that another company may have too: the day or the market tells which."""
        key = key_of(name)
        if self.by_name.setdefault(key, company.key) != company.key:
            self.by_name[key] = ""
        if key and name not in company.names:
            company.names.append(name)

    def holder(self, symbol: str) -> Company | None:
        """Give the company that a symbol means today."""
        for company in self.by_symbol.get(symbol, ()):
            if any(line.symbol == symbol and not line.ends for line in company.lines):
                return company
        return None

    def taken(self, symbol: str, day: str) -> bool:
        """Tell whether a symbol that has ended since meant another company on a day."""
        return any(
            line.begins <= day <= line.ends
            for other in self.by_symbol.get(symbol, ())
            for line in other.lines
            if line.symbol == symbol and line.ends
        )

    def add_line(self, company: Company, line: Line) -> None:
        """Add a listing; of two holders of one symbol the later begins when the earlier ends."""
        for other in self.by_symbol.get(line.symbol, ()):
            for known in other.lines:
                if known.symbol != line.symbol:
                    continue
                if known.ends and known.ends < (line.ends or "9"):
                    line.begins = max(line.begins, next_day(known.ends))
                elif line.ends and (not known.begins or known.begins <= line.ends):
                    known.begins = next_day(line.ends)
        company.lines.append(line)
        self.by_symbol.setdefault(line.symbol, []).append(company)


def next_day(day: str) -> str:
    """Give the day after an ISO date."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
