"""The book that finds securities by name or by symbol, as of a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING

from signals.errors import SymbolError
from signals.exchanges import validate_symbol
from signals.news.memory import Memory, Named
from signals.news.nameindex import NameIndex, NameMatch, fold, fold_lines, fold_name, fold_short
from signals.news.security import Kind, Listings, Security, of_record

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Kind", "Security", "SecurityBook"]


_PAUSE = timedelta(days=7)  # between the last day of a symbol and the first of the next


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
        self._companies: dict[str, tuple[str, ...]] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._spellings: dict[str, tuple[str, ...]] = {}
        self._ambiguous: set[str] = set()
        self._proper: set[str] = set()
        # What was asked of a day is asked again: by other names, and by other articles.
        self._valid = Memory(self._listings_on)
        self._meant = Memory(self._get)
        self._named = Memory(self._name)
        self._issuers = Memory(self._issuer)
        self._held = Memory(self._holders)
        for security in securities:
            self._add(security)
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
            ``aliases`` and ``ambiguous`` (lists, or separated by ``|``), ``company``, ``kind``,
            ``currency``, ``valid_from`` and ``valid_to`` (ISO dates). An empty or missing cell
            is none; a row without a symbol is a private company.

        Raises
        ------
        SymbolError
            A column or a date is wrong, or as for :class:`SecurityBook`.
        TypeError
            It is no DataFrame, nor of a library, such as polars, that makes one.
        """
        frame = getattr(frame, "to_pandas", lambda: frame)()
        if not hasattr(frame, "columns"):
            raise TypeError(f"A table of securities is a DataFrame, not {type(frame).__name__}.")
        if missing := {"symbol", "name"} - set(frame.columns) if len(frame) else set():
            raise SymbolError(
                f"The table of securities lacks {sorted(missing)}; it needs symbol and name."
            )
        plain = frame.astype(object).where(frame.notna(), "")
        return cls(of_record(record) for record in plain.to_dict("records"))

    @classmethod
    def from_table(cls, text: str) -> SecurityBook:
        """Make a book from a table of the package's own form, without checking it.

        A line a company, its cells separated by tabs: key, listings (``FB XNAS
        2012-05-18..2022-06-08``, separated by ``|``, the home listing first), names (the usual
        one first, ``?`` behind one that needs context, ``^`` behind an ordinary word that a capital
        within a sentence shows to be the name), kind. Its securities are made when they
        are asked for, so that 18,000 companies load in a tenth of a second.
        """
        book = cls(())
        lines = [line for line in text.split("\n") if line and not line.startswith("#")]
        book._listings = Listings(lines)
        cells = [line.split("\t", 3) for line in lines]
        column = "\n".join(cell[2] for cell in cells)
        folded = fold_lines(column).split("\n")
        companies, names = book._companies, book._names
        for (company, listed, written, *_), keys in zip(cells, folded, strict=True):
            for listing in listed.split("|") if listed else ():
                symbol = listing[: listing.index(" ")]
                companies[symbol] = (*companies.get(symbol, ()), company)
            for spaced in keys.split("|"):
                key = spaced.strip()
                names[key] = (*names.get(key, ()), company)
            if "?" in written or "^" in written:
                marked = [name for name in written.split("|") if name[-1] in "?^"]
                book._ambiguous.update(fold(name).strip() for name in marked)
                book._proper.update(fold(name).strip() for name in marked if name[-1] == "^")
        return book

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, symbol: object) -> bool:
        """Whether it has a symbol, or a security."""
        return symbol in (self._companies if isinstance(symbol, str) else iter(self))

    def __iter__(self) -> Iterator[Security]:
        for company in self._listings:
            yield from self._listings[company]

    def __repr__(self) -> str:
        return f"<SecurityBook: {len(self._listings)} companies, {len(self)} listings>"

    def __getstate__(self) -> dict[str, object]:
        """Give what the book was made of; what it has looked up is looked up again elsewhere."""
        return {
            name: value
            for name, value in vars(self).items()
            if isinstance(value, (dict, set)) and not isinstance(value, Memory)
        }

    def __setstate__(self, state: Mapping[str, object]) -> None:
        """Be the book again that a copy or another process has."""
        SecurityBook.__init__(self, ())
        vars(self).update(state)

    def get(self, symbol: str, as_of: date | None = None) -> Security | None:
        """Give what a symbol meant on a day, or None when the book does not have it.

        Without a day, what it means now, or else what it meant last.
        """
        return self._meant[symbol, as_of] if symbol in self._companies else None

    def _get(self, symbol: str, as_of: date | None) -> Security | None:
        known = [
            security
            for company in self._companies[symbol]
            for security in self._listings[company]
            if security.symbol == symbol
        ]
        valid = [security for security in known if security.valid_on(as_of)]
        if not valid and as_of is None:
            valid = sorted(known, key=lambda security: security.valid_to or date.max)
        return valid[-1] if valid else None

    def holders(self, symbol: str) -> dict[str, str]:
        """Give key and name of each company that a symbol has meant on any day."""
        return self._held[symbol, None]

    def _holders(self, symbol: str, _: date | None) -> dict[str, str]:
        return {
            company: self._listings[company][0].name for company in self._companies.get(symbol, ())
        }

    def later_symbol(self, symbol: str, as_of: date) -> str | None:
        """Give the last symbol of the share that a symbol meant on a day; None where it is its own.

        A share goes on where another symbol of its company begins within a week of its end, in the
        same currency: a company that renames itself does so in London and in New York at once.
        """
        share = self.get(symbol, as_of)
        while share and (after := self._follower(share)):
            share = after
        return share.symbol if share and share.symbol != symbol else None

    def _follower(self, share: Security) -> Security | None:
        """Give the listing of its company that takes the place of one that has ended."""
        end = share.valid_to
        after = [
            one
            for one in self._listings[share.company]
            if end and one.valid_from and end < one.valid_from <= end + _PAUSE
            if one.currency == share.currency
        ]
        return min(after, key=lambda one: one.mic != share.mic, default=None)

    def find(self, name: str, as_of: date | None = None) -> tuple[Security, ...]:
        """Find the listings of the company that a name meant on a day; the home listing first.

        Case and punctuation do not matter. A company that had no listing on that day gives one
        security without a symbol; an unknown name gives an empty tuple. Of two companies with
        one name, the one that was listed on that day is taken, then the first of the book.
        """
        key = fold_name(name).strip()
        companies = self._names.get(key, ())
        if len(companies) > 1:
            companies = (min(companies, key=lambda one: self._standing(one, key, as_of)),)
        return self.listings(companies[0], as_of) if companies else ()

    def issuer(self, name: str, as_of: date | None = None) -> tuple[str, str] | None:
        """Give key and name of the company that a name meant on a day, or None."""
        return self._issuers[name, as_of]

    def _issuer(self, name: str, as_of: date | None) -> tuple[str, str] | None:
        listings = self.find(name, as_of)
        return (listings[0].company, listings[0].name) if listings else None

    def _standing(self, company: str, name: str, as_of: date | None) -> int:
        """Tell how likely a name means a company on a day: the less, the likelier.

        A company that is called so comes before one that has the name for a brand; without a day
        also when it is listed no longer.
        """
        known = self._listings[company]
        if as_of is not None:
            own = fold(known[0].name).startswith(name)
            return 2 * (not any(security.valid_on(as_of) for security in known)) + (not own)
        listed = [security for security in known if security.symbol]
        if not listed:
            return 4
        return (not self._is_listed(company)) + 2 * (fold(known[0].name).strip() != name)

    def listings(self, company: str, as_of: date | None = None) -> tuple[Security, ...]:
        """Give the listings of a company on a day, the home listing first.

        Without a day, its listings of now, or else its last. A company that was not listed on
        that day gives one security without a symbol; a key that the book does not have gives an
        empty tuple.
        """
        return self._valid[company, as_of]

    def _listings_on(self, company: str, as_of: date | None) -> tuple[Security, ...]:
        known = self._listings.get(company, ())
        valid = tuple(security for security in known if security.valid_on(as_of))
        if as_of is None and all(_is_preferred(one) for one in valid):
            valid = _last_of(known) or valid
        if valid or not known:
            return valid
        return (Security(None, None, known[0].name, company=company, kind=known[0].kind),)

    def is_ambiguous(self, name: str) -> bool:
        """Tell whether a name is an ordinary word too, so that a text must give it context."""
        return fold_name(name).strip() in self._ambiguous

    def has_name(self, name: str) -> bool:
        """Tell whether :meth:`scan` finds this name."""
        return name in self._names

    def spellings(self, name: str) -> tuple[str, ...]:
        """Give how the book writes a name that :meth:`scan` has found."""
        if name not in self._spellings:
            self._spellings[name] = tuple(
                written
                for company in self._names.get(name, ())
                for security in self._listings[company]
                for written in (security.name, *security.aliases)
                if fold(written).strip() == name
            )
        return self._spellings[name]

    def writes(self, company: str, name: str) -> bool:
        """Tell whether the book writes a name of a company letter by letter like this."""
        return any(name in (one.name, *one.aliases) for one in self._listings[company])

    def named(self, key: str, as_of: date | None) -> tuple[Named, ...]:
        """Give the companies that a name which :meth:`scan` has found meant on a day.

        The likeliest comes first; of several, all that were listed then, or are now, follow in the
        book's order.
        """
        return self._named[key, as_of]

    def _name(self, key: str, as_of: date | None) -> tuple[Named, ...]:
        likeliest = self._describe(self.find(key, as_of)[0], key)
        companies = self._names[key]
        if len(companies) == 1:
            return (likeliest,)
        known = [self.listings(company, as_of)[0] for company in companies]
        return likeliest, *(
            self._describe(one, key) for one in known if one.symbol or self._is_listed(one.company)
        )

    def _is_listed(self, company: str) -> bool:
        """Tell whether a company is listed now."""
        return any(one.symbol and one.valid_on(None) for one in self._listings[company])

    def _describe(self, security: Security, key: str) -> Named:
        short = fold_short(security.name).strip().removeprefix("the ")
        usual = key in (security.name, fold(security.name).strip(), short)
        return Named(
            security.company,
            security.name,
            security.mic,
            usual=usual,
            ambiguous=key in self._ambiguous,
            proper=key in self._proper,
        )

    def scan(self, texts: Sequence[str]) -> list[list[NameMatch]]:
        """Find every name of the book in each text that :func:`fold` has made."""
        return self._index.scan(texts)

    @cached_property
    def _index(self) -> NameIndex:
        return NameIndex(self._names)

    def _add(self, security: Security) -> None:
        if not isinstance(security, Security):
            raise TypeError(
                f"A book is made of securities, not {type(security).__name__}: "
                "Security('MSFT', 'XNAS', 'Microsoft', company='microsoft') is one."
            )
        if not fold(security.name).strip() or not security.company:
            raise SymbolError(f"A security needs a name and a company key; got {security!r}.")
        self._listings.setdefault(security.company, []).append(security)
        if security.symbol is None:
            return
        validate_symbol(security.symbol)
        for company in self._companies.get(security.symbol, ()):
            for other in self._listings[company]:
                clashes = other is not security and other.symbol == security.symbol
                if clashes and _overlap(security, other):
                    raise SymbolError(
                        f"{security.symbol!r} means {other.name!r} and {security.name!r} on the "
                        "same day: give their rows valid_from and valid_to."
                    )
        holders = self._companies.get(security.symbol, ())
        if security.company not in holders:
            self._companies[security.symbol] = (*holders, security.company)

    def _index_names(self) -> None:
        shortened: dict[str, tuple[str, str]] = {}
        for security in self:
            self._ambiguous.update(fold(name).strip() for name in security.ambiguous)
            for name in (security.name.strip(), *security.aliases):
                self._index_name(name, security.company)
                if name[:4].lower() == "the ":
                    self._index_name(name[4:], security.company)
                if short := fold_short(name):
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
    table = resources.files("signals.news") / "securities.tsv"
    return SecurityBook.from_table(table.read_text(encoding="utf-8"))


def _last_of(known: Sequence[Security]) -> tuple[Security, ...]:
    """Give the listings of a company that ended last; none where none has ended."""
    ended = [(one, one.valid_to) for one in known if one.symbol and one.valid_to]
    last = max((end for _, end in ended), default=None)
    return tuple(one for one, end in ended if end == last)


def _is_preferred(security: Security) -> bool:
    """Tell whether a listing is of preferred shares alone, which a company's name does not mean."""
    return "-P" in (security.symbol or "")


def _overlap(one: Security, other: Security) -> bool:
    begins = max(one.valid_from or date.min, other.valid_from or date.min)
    ends = min(one.valid_to or date.max, other.valid_to or date.max)
    return begins <= ends
