"""Names that mean nothing by themselves: what the market, or another name of the text, tells."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from signals.news.memory import Named
from signals.news.nameindex import NameMatch
from signals.news.reading import Found, Reading
from signals.news.vocabulary import DESCRIPTORS

_WORD_OF_A_LIST = re.compile(r"[A-Z][\w'-]*")
# Of names of one word: before the first stands no capital, to which it would belong.
_LIST_BEFORE = re.compile(
    r"(?:\A|[^\w\s,] ?|\n|\b[a-z][\w'-]* )((?:[A-Z][\w'-]*, )*[A-Z][\w'-]*,? (?:and|or|&) )\Z"
)
_LIST_REACH = 100  # characters before a name in which the list is looked for


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


def of_home(reading: Reading, meant: tuple[Named, ...], surface: str) -> Named:
    """Tell which of namesakes a text means: that whose home market it speaks of.

    Where it speaks of none, how the name is written may tell: MultiPlan was no Multiplan.
    """
    for one in meant:
        if one.mic and reading.markets.reckon_in(one.mic):
            return one
    return next((one for one in meant if reading.book.writes(one.company, surface)), meant[0])


def sharing_the_end(reading: Reading, named: Sequence[Found]) -> Iterator[Found]:
    """Find names whose last word comes with the last of a list: "United and American Airlines"."""
    text = reading.text
    for one in named:
        if not text.endswith((" and ", " or ", " & "), 0, one.start):
            continue
        last = text[one.start : one.end].rpartition(" ")[2]
        begin = max(0, one.start - _LIST_REACH)
        if last in DESCRIPTORS and (before := _LIST_BEFORE.search(text, begin, one.start)):
            for word in _WORD_OF_A_LIST.finditer(before[1]):
                start, end = (before.start(1) + place for place in word.span())
                if issuer := reading.book.issuer(f"{word[0]} {last}", reading.as_of):
                    yield Found(start, end, "name", None, *issuer, confidence=0.9)
