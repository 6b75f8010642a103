"""What recognisers are given and what they give: a text to read, and the places that they found."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence, Set as AbstractSet
from datetime import date
from typing import Literal, NamedTuple

from signals.exchanges import Listing, mic_of
from signals.news.markets import HomeMarkets
from signals.news.nameindex import NameMatch
from signals.news.securities import Kind, Security, SecurityBook

How = Literal["explicit", "cashtag", "ric", "bloomberg", "name", "alias"]

NAMED = frozenset({"name", "alias"})
"""Those of them that state no listing."""


class Reading:
    """What recognisers read: a plain text, the book, and the day of the article.

    Attributes
    ----------
    text
        As :class:`signals.news.plain.PlainText` gives it.
    folded
        The same for comparing names, with the same offsets.
    names
        Names of the book that stand in it, as they come, overlapping ones included.
    signs
        Names of the recognisers that may find something in it.
    book
        Where names and symbols are looked up.
    as_of
        The day as of which they are; None without a date.
    """

    __slots__ = ("_ends", "_markets", "as_of", "book", "folded", "names", "signs", "text")

    def __init__(
        self,
        text: str,
        folded: str,
        names: Sequence[NameMatch],
        signs: AbstractSet[str],
        *,
        book: SecurityBook,
        as_of: date | None,
    ) -> None:
        self.text = text
        self.folded = folded
        self.names = names
        self.signs = signs
        self.book = book
        self.as_of = as_of
        self._markets: HomeMarkets | None = None
        self._ends: dict[int, list[tuple[int, str]]] | None = None

    @property
    def markets(self) -> HomeMarkets:
        """The home markets that the text speaks of."""
        if self._markets is None:
            self._markets = HomeMarkets(self.text)
        return self._markets

    def names_to(self, end: int) -> Sequence[tuple[int, str]]:
        """Give the names of the book that end at a place: where each begins, and its key."""
        if self._ends is None:
            self._ends = {}
            for start, behind, key in self.names:
                self._ends.setdefault(behind, []).append((start, key))
        return self._ends.get(end, ())

    def kind(self, company: str) -> Kind:
        """Give what the book says a company is: an ordinary one, where it says nothing."""
        listings = self.book.listings(company, self.as_of)
        return listings[0].kind if listings else "company"

    def listing(self, symbol: str, mic: str | None = None) -> Listing:
        """Give a symbol's listing: on the exchange that the book has, on this one, or by suffix."""
        known = self.known(symbol)
        return Listing(symbol, (known.mic if known else None) or mic or mic_of(symbol))

    def known(self, symbol: str) -> Security | None:
        """Give what a symbol means on the day of the article, or else what it meant last."""
        return self.book.get(symbol, self.as_of) or self.book.get(symbol)


class Found(NamedTuple):
    """One place where a recogniser found something.

    Attributes
    ----------
    start, end
        Its span in :attr:`Reading.text`.
    how
        By which notation.
    listing
        What it names; None when that can't be told, or for a private company.
    company, name
        Key and name of the issuer; empty while unknown.
    group
        Where the bracket begins that it stands in, or the first of several in a row; listings of
        one group often belong to one company. -1 outside brackets.
    confidence
        In (0, 1].
    reason
        Why it names no listing; empty when it does.
    """

    start: int
    end: int
    how: How
    listing: Listing | None = None
    company: str = ""
    name: str = ""
    group: int = -1
    confidence: float = 1.0
    reason: str = ""


class Taken:
    """Where something was found already: starts and ends, in order and without overlaps."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends = [0]
        for start, end in spans:
            self._starts.append(start)
            self._ends.append(end)

    @classmethod
    def of(cls, found: Iterable[Found]) -> Taken:
        """Make it of what recognisers found."""
        return cls((one.start, one.end) for one in found)

    def __bool__(self) -> bool:
        return bool(self._starts)

    def overlaps(self, start: int, end: int) -> bool:
        """Tell whether any of it overlaps a span."""
        return self._ends[bisect_right(self._starts, end - 1)] > start
