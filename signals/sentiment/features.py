"""What the linear scorers read off a sentence: words, pairs of words, directions, comparisons.

Each feature is a name and the tokens that it comes from, so that a score can be traced back to
the text. Training and scoring both come through here, so that they can't differ.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from signals.sentiment.neighbour_marks import MIRRORED, NEGATED, STILL
from signals.sentiment.token_bits import Is, Row, Token

SIGNS = {1: "+", -1: "-", 0: "0"}
FLIPPED = {"+": "-", "-": "+"}

OUTWEIGHED = "d"
"""First letter of a direction that another one of the sentence outweighs."""

BURDEN = "~"
"""Stands for something bad that moves."""

OBJECT_BEFORE, OBJECT_BEHIND = 7, 5  # tokens between a direction and what moves, in its clause
SUBJECT_BEFORE = 23  # the same, across clauses: "Profit was 4 million, down from 5"
RANGED = 3  # tokens from the start of a range to its end: "1 % to 3"
COMPARED = 14  # tokens between two numbers that are compared
COMPARED_WITH = 6  # tokens behind the second number that say what it is


PLACELESS = -1
"""Stands for the tokens of a feature that is another scorer's score."""


Feature = tuple[str, int, int]
"""Name of a feature of a sentence, and the first and the last token it is from: often the same."""

Rules = list[tuple[Feature, float]]
"""Features that don't count by the number of tokens, with their values."""


def word_names(row: Row) -> list[str]:
    """Give the names of :func:`words` alone: scoring many texts needs no places."""
    stems = [token.stem for token in row.tokens]
    if not stems:
        return stems
    pairs = zip(["^", *stems], [*stems, "$"], strict=True)
    return stems + [f"{one} {two}" for one, two in pairs]


def words(row: Row) -> Iterator[Feature]:
    """Give each word, and each pair of neighbours; ``^`` and ``$`` stand at the ends."""
    before = "^"
    place = -1
    for place, token in enumerate(row.tokens):
        stem = token.stem
        yield stem, place, place
        yield f"{before} {stem}", max(place - 1, 0), place
        before = stem
    if place >= 0:
        yield f"{before} $", place, place


def moves(row: Row) -> list[Feature]:
    """Give what moves and which way, what is news by itself, and numbers that are compared.

    ``D+`` says that something good grew, or something bad shrank or is over; ``D-`` the opposite,
    ``D+0`` that something grew of which neither is known, ``d+`` one that another outweighs.
    ``E+`` names good news and ``C+`` an amount that is better than the one that it is set against
    (``c+`` merely larger). An ``n`` behind says that a negation stands before.
    """
    found: list[Feature] = []
    mirrored: dict[Feature, Feature] = {}
    tokens = row.tokens
    directions: list[tuple[int, int, int]] = []
    for place in row.places(Is.TELLS):
        token = tokens[place]
        before = tokens[max(place - NEGATED, 0) : place]
        turned = "n" if any(one.bits & Is.NEGATES for one in before) else ""
        at, sign = _move(tokens, place)
        if sign:
            good = token.sign(Is.BETTER, Is.WORSE) or sign * tokens[at].sign(Is.GOOD, Is.BAD)
            name = f"{SIGNS[sign]}0" if at == place else SIGNS[good]
            if not turned:
                directions.append((len(found), place, at))
            found.append((f"D{name}{turned}", min(place, at), max(place, at)))
            if not turned and at != place and tokens[at].has(Is.BURDEN):
                mirrored |= _mirrored(token, sign, (place, at))
        if news := token.sign(Is.GOOD_NEWS, Is.BAD_NEWS):
            found.append((f"E{SIGNS[news]}{turned}", place, place))
    if len(directions) > 1:
        _outweigh(row, found, directions)
    if mirrored:
        found = [mirrored.get(one, one) for one in found]
    if len(row.amounts) > 1:
        found += _comparisons(row)
    return found


def _mirrored(token: Token, sign: int, both: tuple[int, int]) -> dict[Feature, Feature]:
    """Give news that are the opposite: a lawsuit is good when it ends, a success when one begins.

    ``both`` are the places of what begins or ends, and of what it says so.
    """
    if sign != token.sign(Is.BEGINS, Is.FINISHES):
        return {}
    return {(f"E{SIGNS[sign]}", at, at): (f"E{SIGNS[-sign]}", at, at) for at in both}


def _outweigh(row: Row, found: list[Feature], directions: Sequence[tuple[int, int, int]]) -> None:
    """Rename directions, in place, against which one of more weight stands in another clause.

    A cut of guidance outweighs a beat of estimates, these a fall from the year before, and how the
    shares moved all of it. Of several companies each may have its own.

    ``directions`` are places among what was ``found``, of the words, and of what they move.
    """
    signs = [found[at][0][1] for at, _, _ in directions]
    if "+" not in signs or "-" not in signs or len(row.places(Is.NAME)) > 1:
        return
    weights = [_weight(row.tokens, place, moved) for _, place, moved in directions]
    most = max(weights)
    ends = row.places(Is.ENDS)
    clauses = [bisect_right(ends, place) for _, place, _ in directions]
    strongest = {
        (sign, clause)
        for sign, clause, weight in zip(signs, clauses, weights, strict=True)
        if weight == most
    }
    strong_signs, strong_clauses = map(set, zip(*strongest, strict=True))
    if not most or len(strong_signs) > 1:
        return
    for (at, _, _), sign, clause in zip(directions, signs, clauses, strict=True):
        if sign not in strong_signs and clause not in strong_clauses:
            _, first, last = found[at]
            found[at] = (f"{OUTWEIGHED}{sign}", first, last)


def weighed(found: Sequence[Feature]) -> Sequence[Feature]:
    """Give moves as they count: one that is outweighed says what outweighs it."""
    if not is_outweighed(found):
        return found
    return [
        (f"D{FLIPPED[name[1]]}", first, last) if name[0] == OUTWEIGHED else (name, first, last)
        for name, first, last in found
    ]


def is_outweighed(found: Sequence[Feature]) -> bool:
    """Tell whether one of the moves of a sentence outweighs another."""
    return any(name[0] == OUTWEIGHED for name, _, _ in found)


def _weight(tokens: Sequence[Token], place: int, moved: int) -> int:
    """Say how much a direction weighs against others of its sentence."""
    token = tokens[place]
    is_outlook = moved != place and tokens[moved].has(Is.OUTLOOK)
    if token.has(Is.BEATS):
        return 2 if is_outlook and moved < place else 1
    if token.has(Is.FARES):
        if moved == place and place and tokens[place - 1].has(Is.NAME):
            return 3
        if moved < place and tokens[moved].has(Is.PRICED):
            return 3
    return 2 if is_outlook else 0


def told(row: Row, found: Sequence[Feature]) -> Row:
    """Give a sentence in which what is bad to have moves as what is good to have would.

    In "costs fell" neither word counts as it does elsewhere: costs are ``~``, and what fell, rose.
    ``found`` are its ``moves``.
    """
    for name, *both in found:
        if name[0] == OUTWEIGHED:
            tokens = [*row.tokens]
            for at in both:
                if tokens[at].has(Is.DIRECTION):
                    tokens[at] = tokens[at]._replace(stem=STILL)
            row = row._replace(tokens=tokens)
    told_of = [
        (MIRRORED[1 if name[1] == "+" else -1], both)
        for name, *both in found
        if name[0] == "D" and any(row.tokens[at].has(Is.BAD) for at in both)
    ]
    if not told_of:
        return row
    tokens = [*row.tokens]
    for mirrored, both in told_of:
        for at in both:
            stem = BURDEN if tokens[at].has(Is.BAD) else mirrored
            tokens[at] = tokens[at]._replace(stem=stem)
    return Row(tokens, row.amounts)


def _move(tokens: Sequence[Token], place: int) -> tuple[int, int]:
    """Find what a token moves, itself where that is not named, and which way: 0 for none."""
    token = tokens[place]
    if fate := token.sign(Is.BEGINS, Is.FINISHES):
        before = _before(tokens, place, OBJECT_BEFORE, Is.BURDEN)
        at = _nearest(before, place, _behind(tokens, place, Is.BURDEN))
        if at is not None:
            return at, fate
    return _moved(tokens, place) if token.has(Is.DIRECTION) else (place, 0)


def _moved(tokens: Sequence[Token], place: int) -> tuple[int, int]:
    """Find what a direction moves: the nearest noun of its clause, else the last one before it.

    Where that is something bad of another clause there is no telling: a share that extends its
    losses, down 2 %, is not costs of 4 million, down from 5.
    """
    sign = tokens[place].sign(Is.UP, Is.DOWN)
    before = _before(tokens, place, OBJECT_BEFORE, Is.NOUN)
    if before is not None and _only_causes(tokens, before, place):
        before = None
    behind = _behind(tokens, place, Is.NOUN)
    if before is None and behind is None:
        before = _before(tokens, place, SUBJECT_BEFORE, Is.NOUN, ends=Is.STOPS)
        if before is not None and tokens[before].has(Is.BAD):
            return place, 0
    found = _nearest(before, place, behind)
    return (place if found is None else found), sign


def _only_causes(tokens: Sequence[Token], before: int, place: int) -> bool:
    """Tell "fears boost gold" and "a loss on lower sales" from "losses fell"."""
    return tokens[before].has(Is.BAD) and (
        tokens[place].has(Is.MOVER) or any(token.has(Is.CAUSES) for token in tokens[before:place])
    )


def _nearest(before: int | None, place: int, behind: int | None) -> int | None:
    if before is None or (behind is not None and behind - place < place - before):
        return behind
    return before


def _before(
    tokens: Sequence[Token], place: int, most: int, nouns: int, *, ends: int = Is.ENDS
) -> int | None:
    """Find the last noun before a place, behind what ends a clause or a sentence."""
    for at in range(place - 1, max(place - 1 - most, -1), -1):
        bits = tokens[at].bits
        if bits & ends:
            return None
        if bits & nouns and not _is_aside(tokens, at):
            return at
    return None


def _behind(tokens: Sequence[Token], place: int, nouns: int) -> int | None:
    """Find the first such noun behind; of nouns in a row, as in "net debt", the last.

    What begins may do so "on" a burden, or "by" it: "put on hold", "hit by a strike".
    """
    found = None
    begins = nouns == Is.BURDEN and tokens[place].has(Is.BEGINS)
    for at in range(place + 1, min(place + 1 + OBJECT_BEHIND, len(tokens))):
        bits = tokens[at].bits
        if bits & nouns and not _is_aside(tokens, at):
            found = at
        elif begins and at == place + 1 and bits & Is.CAUSES:
            continue
        elif found is not None or bits & (Is.COMPARES | Is.CAUSES | Is.ENDS):
            break
    return found


def _is_aside(tokens: Sequence[Token], place: int) -> bool:
    """Tell "profit before taxes" from taxes, and "loss per share" from shares."""
    if place == 0:
        return False
    before = tokens[place - 1]
    return before.has(Is.PER) or (tokens[place].has(Is.BAD) and before.has(Is.BESIDE))


def _comparisons(row: Row) -> Iterator[Feature]:
    """Compare each amount with the next: "to 5.2 from 4.1", "a profit of 3 against a loss"."""
    row = _in_the_middle(row)
    for new, old in pairwise(row.amounts):
        if old - new <= COMPARED and _unit(row, new) == _unit(row, old):
            found = _comparison(row, new, old)
            if found:
                yield found


def _in_the_middle(row: Row) -> Row:
    """Give the sentence with one amount, the middle, for each of "1 to 3 %, from 2 to 5 %"."""
    places = list(row.amounts)
    found = [
        four
        for four in zip(places, places[1:], places[2:], places[3:], strict=False)
        if _are_ranges(row.tokens, four)
    ]
    if not found:
        return row
    middles = {
        most: (row.amounts[least] + row.amounts[most]) / 2
        for of in (0, 2)
        for least, most in (four[of : of + 2] for four in found)
    }
    gone = {four[of] for four in found for of in (0, 2)}
    amounts = {**row.amounts, **middles}
    return Row(row.tokens, {at: one for at, one in amounts.items() if at not in gone})


def _are_ranges(tokens: Sequence[Token], four: tuple[int, int, int, int]) -> bool:
    """Tell two ranges, the one set against the other, from amounts."""
    first, second, third, fourth = four
    return (
        second - first <= RANGED
        and fourth - third <= RANGED
        and all(
            tokens[at - 1].has(Is.TO | Is.JOINS) and not tokens[at - 1].has(Is.COMMA)
            for at in (second, fourth)
        )
        and any(tokens[at].has(Is.COMPARES) for at in range(second + 1, third))
    )


def _comparison(row: Row, new: int, old: int) -> Feature | None:
    """Compare two amounts: what moves and which way, or only which way where nothing is named.

    None where no word between them compares. Where a profit stands against a loss, the first of
    them gives the sign, not the amounts: "a profit of 3 against a loss of 5".
    """
    tokens = row.tokens
    between = range(new + 1, old)
    rising = any(one.has(Is.FROM) for one in tokens[max(new - 3, 0) : new]) and any(
        tokens[place].has(Is.TO) for place in between
    )
    hinge = next((place for place in between if rising or tokens[place].has(Is.COMPARES)), None)
    if hinge is None:
        return None
    subject = _subject(row, new)
    first, second = row.amounts[new], row.amounts[old]
    if subject is not None and tokens[subject].has(Is.RESULT) and tokens[subject].has(Is.BAD):
        first, second = abs(first), abs(second)  # "a loss of -5"
    sign = (first > second) - (first < second)
    sign = -sign if rising else sign  # "from 4.1 to 5.2": the old one comes first
    if subject is None:
        return f"c{SIGNS[sign]}", new, old
    good = tokens[subject].sign(Is.GOOD, Is.BAD)
    results = (one for one in tokens[hinge : old + COMPARED_WITH] if one.has(Is.RESULT))
    against = next((one.sign(Is.GOOD, Is.BAD) for one in results), 0)
    turned = against and against != good and tokens[subject].has(Is.RESULT)
    return f"C{SIGNS[good if turned else sign * good]}", subject, old


def _subject(row: Row, amount: int) -> int | None:
    """Give the place of the nearest word before an amount that is good or bad to have more of."""
    places = range(amount, max(amount - SUBJECT_BEFORE, 0) - 1, -1)
    tokens = row.tokens
    return next(
        (at for at in places if tokens[at].has(Is.NOUN) and not _is_aside(tokens, at)), None
    )


def _unit(row: Row, place: int) -> bool:
    return place + 1 < len(row.tokens) and row.tokens[place + 1].has(Is.PERCENT)
