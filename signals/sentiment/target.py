"""What is read off a sentence about one of its companies, whose name is marked as the target.

Words count by the side of the target on which they stand and by nearness, moves by its clause.
What the model of sentences says of the whole counts by the part that the company plays in it: it
is rather said of the first that is named than of what follows "on" or "by", or of the house that
is quoted behind a colon.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from signals.sentiment.features import PLACELESS, Feature, Rules
from signals.sentiment.finance_names import kinds_of
from signals.sentiment.rivals import ORDINARY
from signals.sentiment.token_bits import Is, Row
from signals.sentiment.tokens import OTHER, OTHER_FILLER, TARGET

NEAR = 4
"""Tokens between the target and what is near to it."""
MOST_PLACES = 32
"""Of a name that a sentence repeats, those that count."""
ASIDES = 2
"""Commas that may part a target from what it does: "Acme, its rival, fell"."""
SENTENCE, CLAUSE = "S", "P"
"""First letters of what the model of sentences says of a sentence, and of the target's clause."""
CLAUSE_SHARE = 0.4
"""Of a score, where other companies have clauses of their own: as much as keeps the headlines that
are held out as they were, and tells "Acme rose and Globex fell" apart."""


class Marked(NamedTuple):
    """A sentence whose names are overwritten.

    Attributes
    ----------
    text
        It, with the fillers of the target and of others.
    own, others
        The kinds of the target's names and of the others', as bits.
    part
        How what it says goes for the target: one of those of :mod:`signals.sentiment.rivals`.
    """

    text: str
    own: int
    others: int
    part: int = ORDINARY

    def apart(self, part: tuple[int, int]) -> Marked | None:
        """Give a part that names the target by itself; None where nobody is named outside."""
        start, end = part
        text = self.text[start:end]
        if OTHER_FILLER not in self.text[:start] and OTHER_FILLER not in self.text[end:]:
            return None
        return Marked(text, self.own, self.others if OTHER_FILLER in text else 0)


class Named(NamedTuple):
    """A sentence whose names are marked.

    Attributes
    ----------
    row
        Its tokens.
    own, others
        The kinds of the target's names and of the others'.
    places, other_places
        Where the target is named, and others are.
    colon
        Where the last colon is; -1 without one.
    """

    row: Row
    own: Sequence[str]
    others: Sequence[str]
    places: Sequence[int]
    other_places: Sequence[int]
    colon: int

    @property
    def is_quoted(self) -> bool:
        """Whether the target is first named behind the last colon."""
        return 0 <= self.colon < self.places[0]


def parted(row: Row) -> Row:
    """Give a sentence in which "and" before a name may begin a clause: "Acme rose and Globex fell".

    In a list of names it begins none: "Acme, Globex and Initech rose".
    """
    tokens = row.tokens
    begins = [
        place - 1
        for place in row.places(Is.NAME)[1:]
        if place < len(tokens) - 1
        and tokens[place - 1].has(Is.JOINS)
        and not tokens[place - 2].has(Is.NAME | Is.JOINS)
        and not tokens[place + 1].has(Is.JOINS)
    ]
    if not begins:
        return row
    tokens = [*tokens]
    for place in begins:
        tokens[place] = tokens[place]._replace(bits=tokens[place].bits | Is.ENDS)
    return row._replace(tokens=tokens)


def named(row: Row, marked: Marked) -> Named:
    """Find the names of a sentence."""
    own, others = kinds_of(marked.own), kinds_of(marked.others)
    norms = [token.norm for token in row.tokens]
    colon = len(norms) - 1 - norms[::-1].index(":") if ":" in norms else -1
    return Named(row, own, others, _places_of(norms, TARGET), _places_of(norms, OTHER), colon)


def target_words(one: Named) -> Iterator[Feature]:
    """Give each word by its side of the target and by nearness; what stands beside it; its kind."""
    tokens, targets = one.row.tokens, one.places
    if not targets:
        return
    nearest = targets[0]
    for place, token in enumerate(tokens):
        if token.norm == TARGET:
            continue
        if len(targets) > 1:
            nearest = min(targets, key=lambda target: (abs(place - target), place - target))
        side = "a" if place > nearest else "b"
        yield f"{side}:{token.stem}", place, place
        if abs(place - nearest) <= NEAR:
            yield f"n{side}:{token.stem}", place, place
    first = targets[0]
    stems = [token.stem for token in tokens[max(first - 2, 0) : first + 3]]
    at = min(first, 2)
    for name, beside, last in (
        ("pre2", stems[:at], first - 1),
        ("pre1", stems[max(at - 1, 0) : at], first - 1),
        ("post1", stems[at + 1 : at + 2], first + 1),
        ("post2", stems[at + 1 :], first + 2),
    ):
        place = min(max(last, 0), len(tokens) - 1)
        yield f"{name}:{' '.join(beside)}", first, place
    for name in _kinds(one, first):
        yield f"k:{name}", first, first


def _kinds(one: Named, first: int) -> Iterator[str]:
    """Give the kind of the target by where it stands, by the others' kinds, by its neighbours."""
    others = one.other_places
    stands = "behind" if others and others[0] < first else "first"
    if one.is_quoted:
        stands = "colon"
    alone = "" if others else " alone"
    before, behind = _beside(one.row, first)
    for kind in one.own:
        yield from (kind, f"{kind} {stands}{alone}", f"{before} {kind}", f"{kind} {behind}")
        yield from (f"{kind}/{other}" for other in one.others)


def target_rules(one: Named, moved: Sequence[Feature]) -> Iterator[Feature]:
    """Give the moves by whether they are in the target's clause; and where the target stands."""
    row, targets, others = one.row, one.places, one.other_places
    if not targets:
        return
    clauses = _clauses(row)
    own = {clauses[place] for place in targets}
    for name, first, last in moved:
        inside = clauses[first] in own or clauses[last] in own
        yield f"{'in' if inside else 'out'}:{name}", first, last
    place = targets[0]
    before = sum(other < place for other in others)
    stands = [
        f"at:{min(place, 3)}",
        f"others:{min(len(others), 4)}",
        f"before:{min(before, 2)}",
        f"behind:{min(len(others) - before, 2)}",
    ]
    if place == len(row.tokens) - 1:
        stands.append("at:end")
    if one.colon >= 0:
        stands.append("colon:behind" if one.is_quoted else "colon:before")
    for name in stands:
        yield name, place, place


def said_rules(one: Named, sentence: float, clause: float) -> Rules:
    """Give what the model of sentences says of the sentence by the target's part, of its clause."""
    rules: Rules = []
    sign = "+" if sentence > 0 else "-"
    if sentence:
        names = ["", *(f" {part}" for part in _parts(one))]
        rules += (
            ((f"{SENTENCE}{sign}{name}", PLACELESS, PLACELESS), abs(sentence)) for name in names
        )
    if clause:
        name = f"{CLAUSE}{'+' if clause > 0 else '-'}"
        rules.append(((name, PLACELESS, PLACELESS), abs(clause)))
    return rules


def _parts(one: Named) -> Iterator[str]:
    """Name the part that the target plays in the sentence."""
    row, others = one.row, one.other_places
    if not one.places:
        return
    place = one.places[0]
    order = min(sum(other < place for other in others), 2)
    before, behind = _beside(row, place)
    yield f"{order}/{min(len(one.places) + len(others), 3)}"
    yield f"pre {before}"
    yield f"post {behind}"
    if one.colon >= 0:
        yield f"colon {one.is_quoted}"
    for kind in one.own:
        yield kind
        yield f"{kind} {min(order, 1)}"
        yield from (f"{kind}/{other}" for other in one.others)


def clause_of(one: Named) -> tuple[int, int] | None:
    """Find the first and the last token of the clause in which the target is first named.

    Of "Acme, its rival, fell, and Globex rose" that is "Acme, its rival, fell".

    Returns
    -------
    first, last
        None when that is the whole sentence, or the target is not named.
    """
    if not one.places:
        return None
    tokens, place = one.row.tokens, one.places[0]
    ends = [*one.row.places(Is.ENDS), len(tokens)]
    behind = bisect_right(ends, place)
    first, last = ends[behind - 1] if behind else 0, ends[behind] - 1
    for wider in ends[behind : behind + 1 + ASIDES]:
        if any(token.has(Is.TELLS) for token in tokens[first:wider]):
            last = wider - 1
            break
        if wider == len(tokens) or not tokens[wider].has(Is.COMMA):
            break
    return None if first == 0 and last == len(tokens) - 1 else (first, last)


def clause_says(one: Named, clause: tuple[int, int]) -> bool:
    """Tell whether a clause has more than names and plain words."""
    first, last = clause
    return not all(token.has(Is.PLAIN) for token in one.row.tokens[first : last + 1])


def _places_of(norms: Sequence[str], mark: str) -> list[int]:
    """Find a token; of a text that repeats it endlessly the first places, to stay linear."""
    if mark not in norms:
        return []
    return list(islice((place for place, norm in enumerate(norms) if norm == mark), MOST_PLACES))


def _beside(row: Row, place: int) -> tuple[str, str]:
    tokens = row.tokens
    before = tokens[place - 1].stem if place else "^"
    return before, tokens[place + 1].stem if place + 1 < len(tokens) else "$"


def _clauses(row: Row) -> list[int]:
    """Count clauses: for each token the number of its own."""
    number = 0
    numbers = []
    for token in row.tokens:
        number += token.has(Is.ENDS)
        numbers.append(number)
    return numbers
