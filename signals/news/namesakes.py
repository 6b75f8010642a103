"""Which of several companies a name means: by the market, or by the full name in the text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from signals.news.memory import Named
from signals.news.nameindex import NameMatch
from signals.news.notations import Reading


def by_first_word(names: Sequence[NameMatch]) -> Mapping[str, Collection[str]]:
    """Give the names of several words that stand in a text, by the first of these."""
    found: dict[str, set[str]] = {}
    for _, _, key in names:
        first, blank, _ = key.partition(" ")
        if blank:
            found.setdefault(first, set()).add(key)
    return found


def spelled_out(reading: Reading, longer: Collection[str]) -> Named | None:
    """Give the one company that the longer names of a text mean, which a short form begins.

    "Viking" may be many a company; beside Viking Therapeutics it is that one. It stays a word that
    needs context.
    """
    meant = {one.company: one for key in longer for one in reading.book.named(key, reading.as_of)}
    company, *others = meant or ("",)
    if not company or others:
        return None
    return meant[company]._replace(usual=False, ambiguous=True, proper=False)


def of_home(reading: Reading, meant: tuple[Named, ...]) -> Named:
    """Tell which of namesakes a text means: that whose home market it speaks of."""
    likeliest, *others = meant
    for other in others:
        if other.mic and reading.markets.reckon_in(other.mic):
            return other
    return likeliest
