"""Which listing of a company is meant, where the text names the company alone.

A name without a stated listing means the listing in New York where the company has one, unless
the text speaks of its home market; else its home listing.
"""

from __future__ import annotations

from collections.abc import Sequence, Set as AbstractSet
from typing import Literal

from signals.exchanges import AMERICAN, OVER_THE_COUNTER, Listing
from signals.news.reading import Found, Reading, Taken

ListingChoice = Literal["as_written", "primary", "us"]

_NEW_YORK = AMERICAN - OVER_THE_COUNTER


def choose_listings(
    reading: Reading, found: Sequence[Found], rule: ListingChoice
) -> dict[str, Listing | None]:
    """Choose the listing that stands for each company; None for a private one.

    Parameters
    ----------
    reading
        The text, the book and the day.
    found
        What was found in it.
    rule
        ``"as_written"``: the first that the text states, else by this module's rule.
        ``"primary"``: the home listing. ``"us"``: the American one, over the counter too.
    """
    places: dict[str, list[Found]] = {}
    for one in found:
        places.setdefault(one.company, []).append(one)
    return {company: _choose(reading, company, own, rule) for company, own in places.items()}


def _choose(
    reading: Reading, company: str, places: Sequence[Found], rule: ListingChoice
) -> Listing | None:
    stated = next((one.listing for one in places if one.listing), None)
    if rule == "as_written" and stated:
        return stated
    known = [
        Listing(security.symbol, security.mic)
        for security in reading.book.listings(company, reading.as_of)
        if security.symbol and security.mic
    ]
    home = known[0] if known else None
    if rule == "us":
        return _first_on(AMERICAN, known) or stated or home
    if rule == "primary" or home is None or home.mic in AMERICAN:
        return home or stated
    new_york = _first_on(_NEW_YORK, known)
    return new_york if new_york and not _speaks_of(reading, home.mic, places) else home


def _speaks_of(reading: Reading, mic: str, places: Sequence[Found]) -> bool:
    """Tell whether a text speaks of a company's home otherwise than in its name.

    British American Tobacco says nothing of Britain.
    """
    own = Taken.of(places)
    return any(not own.overlaps(start, end) for start, end in reading.markets.signs_of(mic))


def _first_on(mics: AbstractSet[str], known: Sequence[Listing]) -> Listing | None:
    return next((one for one in known if one.mic in mics), None)
