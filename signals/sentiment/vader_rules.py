"""The rules of vaderSentiment 3.3.2: from a row of words to valences, and to the four numbers.

They run only where the lexicon hits. Where the original does something odd, a comment says so:
its last digit depends on it.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from typing import NamedTuple

from signals.sentiment.vader_words import PLAIN, Vocabulary, Word, tables

CAPITALS = 0.733  # added by a word in capitals when others aren't
NEGATION = -0.74  # a negated valence is multiplied by this
EMPHASIS = 1.25  # "never so good"
TWO_BACK, THREE_BACK = 0.95, 0.9  # a booster's strength from there
_EXCLAIMED = 0.292  # each of at most four exclamation marks
_ASKED, _ASKED_OFTEN = 0.18, 0.96  # each of two or three question marks; four and more together
ALPHA = 15.0  # of the squashing
_SURE = 0.499_999  # what is so near to a whole number is rounded to it, whatever the last digits

# Behind the last word nothing is known, and before the first one nothing modifies: with these at
# the end of the row, which is before its start to Python, no rule has to ask where it ends.
_OUTSIDE = (*(PLAIN,) * 2, *(Word("", known=True),) * 3)


class Valenced(NamedTuple):
    """The words of a text that score: how many tokens there are, which ones, their valences.

    Valences of 0 are left out.
    """

    n_tokens: int
    at: list[int]
    valences: list[float]


def read(text: str, vocabulary: Vocabulary) -> Valenced:
    """Find the words that score, with the valences that the rules give them."""
    words = [*map(vocabulary.__getitem__, text.split())]
    n_tokens = len(words)
    marked = [i for i, word in enumerate(words) if word.marked]
    at: list[int] = []
    valences: list[float] = []
    words += _OUTSIDE
    but = capitals = None
    for i in marked:
        word = words[i]
        valence = word.value
        if (
            word.acts
            or word.upper
            or word.idiomatic
            or words[i - 1].acts
            or words[i - 2].acts
            or words[i - 3].acts
        ):
            if but is None and word.lower == "but":
                but = i
            if valence is None or (word.lower == "kind" and words[i + 1].lower == "of"):
                continue
            if capitals is None:
                capitals = CAPITALS if 0 < sum([one.upper for one in words]) < n_tokens else 0.0
            valence = _valence(words, i, valence, capitals)
        if valence:
            at.append(i)
            valences.append(valence)
    if but is not None:
        weigh_but(at, valences, but)
    return Valenced(n_tokens, at, valences)


def _valence(words: Sequence[Word], i: int, value: float, capitals: float) -> float:
    """Apply the rules to the word at i: first its own, then one, two and three words back."""
    three, two, one, word = words[i - 3], words[i - 2], words[i - 1], words[i]
    valence = value
    if word.lower == "no" and words[i + 1].known:
        valence = 0.0
    if "no" in (one.lower, two.lower) or (three.lower == "no" and one.lower in {"or", "nor"}):
        valence = value * NEGATION
    if word.upper:
        valence += capitals if valence > 0 else -capitals  # a valence of 0 goes negative
    if one.modifies:
        valence += _boost(one, valence, capitals)
        if one.negates:
            valence *= NEGATION
    if two.modifies:
        valence = _two_back(two, one, valence, capitals)
    if not three.known:
        valence = _three_back(words, i, valence, capitals)
    if one.lower == "least" and not one.known and two.lower not in {"at", "very"}:
        valence *= NEGATION
    return valence


def _boost(word: Word, valence: float, capitals: float) -> float:
    """Say what a booster before a word of this valence adds: away from 0, or towards it."""
    if not word.boost:
        return 0.0
    boost = -word.boost if valence < 0 else word.boost
    if word.upper:
        boost += capitals if valence > 0 else -capitals
    return boost


def _two_back(two: Word, one: Word, valence: float, capitals: float) -> float:
    valence += _boost(two, valence, capitals) * TWO_BACK
    if two.lower == "never" and one.lower in {"so", "this"}:
        return valence * EMPHASIS
    if two.negates and not (two.lower == "without" and one.lower == "doubt"):
        return valence * NEGATION
    return valence


def _three_back(words: Sequence[Word], i: int, valence: float, capitals: float) -> float:
    three, two, one, word = words[i - 3 : i + 1]
    valence += _boost(three, valence, capitals) * THREE_BACK
    # "so" or "this" one word back counts here with or without a "never".
    if one.lower in {"so", "this"} or (three.lower == "never" and two.lower in {"so", "this"}):
        valence *= EMPHASIS
    elif three.negates and not (three.lower == "without" and "doubt" in (two.lower, one.lower)):
        valence *= NEGATION
    # Idioms wait for a third word back that is not in the lexicon. Each of the phrases sought
    # holds this word or the one two back.
    if word.idiomatic or two.idiomatic:
        return idiom([word.lower for word in words[i - 3 : i + 3]], valence)
    return valence


def idiom(row: Sequence[str], valence: float) -> float:
    """Replace the valence by an idiom's, then add what "kind of" and "sort of" add."""
    three, two, one, zero, first, second = row
    idioms, boosters = tables().idioms, tables().boosters
    before = (
        f"{one} {zero}",
        f"{two} {one} {zero}",
        f"{two} {one}",
        f"{three} {two} {one}",
        f"{three} {two}",
    )
    valence = next((idioms[phrase] for phrase in before if phrase in idioms), valence)
    for phrase in (f"{zero} {first}", f"{zero} {first} {second}"):
        valence = idioms.get(phrase, valence)
    for phrase in (f"{three} {two} {one}", f"{three} {two}", f"{two} {one}"):
        valence += boosters.get(phrase, 0.0)
    return valence


def weigh_but(at: Sequence[int], valences: list[float], but: int) -> None:
    """Halve what stands before "but" and raise what stands behind it by half, in place.

    The original walks the list that it changes, and changes not the entry that it has reached
    but the first one of the same value, which it may thus change twice. A heap of places for each
    value does the same in n log n steps; places whose value has changed since are skipped.
    """
    places: dict[float, list[int]] = {}
    for k, valence in enumerate(valences):
        places.setdefault(valence, []).append(k)
    for k in range(len(valences)):
        value = valences[k]
        heap = places[value]
        while valences[heap[0]] != value:
            heapq.heappop(heap)
        first = heap[0]
        if at[first] != but:
            changed = value * (0.5 if at[first] < but else 1.5)
            valences[first] = changed
            heapq.heappop(heap)
            heapq.heappush(places.setdefault(changed, []), first)


def emphasis(text: str) -> tuple[float, float]:
    """Say what the exclamation and the question marks of a text add to the size of its score."""
    questions = text.count("?")
    asked = 0.0
    if questions > 1:
        asked = questions * _ASKED if questions <= 3 else _ASKED_OFTEN
    return min(text.count("!"), 4) * _EXCLAIMED, asked


def squashing(total: float) -> float:
    """Give the factor that turns a sum of valences into a score in [-1, 1]; finite at 0."""
    return 1.0 / math.sqrt(total * total + ALPHA)


def polarity(text: str, reading: Valenced) -> dict[str, float]:
    """Sum up as the original does, operation by operation, and round as it does."""
    n_tokens, _, valences = reading
    if not valences:
        neutral = 1.0 if n_tokens else 0.0
        return {"neg": 0.0, "neu": neutral, "pos": 0.0, "compound": 0.0}
    added = sum(emphasis(text)) if "!" in text or "?" in text else 0.0
    total = float(sum(valences))
    if total:
        total += added if total > 0 else -added
    positive = negative = 0.0
    for valence in valences:
        if valence > 0:
            positive += valence + 1.0
        else:
            negative += valence - 1.0
    if positive > -negative:
        positive += added
    elif positive < -negative:
        negative -= added
    neutral = n_tokens - len(valences)
    whole = positive - negative + neutral
    return {
        "neg": _rounded(abs(negative / whole), 3, 1e3),
        "neu": _rounded(neutral / whole, 3, 1e3),
        "pos": _rounded(positive / whole, 3, 1e3),
        "compound": _rounded(total / math.sqrt(total * total + ALPHA), 4, 1e4),
    }


def _rounded(number: float, places: int, scale: float) -> float:
    """Round as Python does, and sooner: it asks for decimal digits, which only a tie needs."""
    scaled = number * scale
    nearest = int(scaled + 0.5) if scaled > 0.0 else int(scaled - 0.5)
    if nearest and -_SURE < scaled - nearest < _SURE:
        return nearest / scale
    return round(number, places) if number else number
