"""What a sentence says about one company: "Nikkei falls as yen bounces" is good for one of them.

The target's name is overwritten by one mark and the other companies' by another; then words count
by the side of the target on which they stand, by its clause and by nearness, and directions by
the company that is next to them. Trained on the headlines of SEntFiN 1.0, which label each
company of a headline by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice

from signals.sentiment.features import Feature, moves, words
from signals.sentiment.finance import Finance, SentenceReader
from signals.sentiment.linear import LinearModel, load_model
from signals.sentiment.scorer import Contribution, TextScore, checked_text
from signals.sentiment.tokens import OTHER, OTHER_FILLER, TARGET, TARGET_FILLER, Row

Span = tuple[int, int]

_NEAR = 4  # tokens
_MOST_PLACES = 32  # of a name
_OTHER_CLAUSE, _NAME_BEHIND = 3, 1  # tokens that a name seems further away for that


class About:
    """Scores what a sentence says about one company: the default for resolved mentions.

    The score is that of a model that sees where the company stands. In a sentence that names no
    other company it is blended with the sentence's score, since all of it may be meant; the blend
    was set on development data. Contributions are those of the words.

    Parameters
    ----------
    finance
        What scores the sentence; a new :class:`~signals.sentiment.finance.Finance` by default.
    model
        Other weights than the package's.

    Examples
    --------
    >>> about = About()
    >>> text = "Acme beats Globex as orders surge"
    >>> about.score_text(text, target="Acme", others=["Globex"]).label
    'positive'
    """

    def __init__(self, finance: Finance | None = None, *, model: LinearModel | None = None) -> None:
        self._finance = Finance() if finance is None else finance
        self._model = load_model("about") if model is None else model
        self._reader = SentenceReader()

    @cached_property
    def name(self) -> str:
        """Name of the sentence's scorer, and a digest of the weights."""
        return f"{self._finance.name} about {self._model.digest}"

    def score_text(self, text: str, *, target: str, others: Sequence[str] = ()) -> TextScore:
        """Score one sentence for the company that is called ``target`` in it.

        Parameters
        ----------
        text
            A sentence or a headline.
        target, others
            The company's name, and those of other companies, as written in the text.

        Returns
        -------
        TextScore
            The sentence's own score when it doesn't name the target.

        Raises
        ------
        TypeError
            The text or a name is not a string.
        """
        text = checked_text(text)
        if isinstance(others, str):
            raise TypeError("others is a list of names, not one string.")
        own, other = _find(text, target, others)
        return self.score_spans(text, target=own, others=other)

    def score_spans(
        self, text: str, *, target: Sequence[Span], others: Sequence[Span] = ()
    ) -> TextScore:
        """Score one sentence for the company whose names stand at ``target``.

        The spans lie in the text and those of the target don't overlap the others'.
        """
        sentence = self._finance.score_text(_overwrite(text, [*target, *others], "X"))
        if not target:
            return sentence
        read = self._reader.read(_mark(text, target, others))
        read.rules.extend((feature, 1.0) for feature in target_rules(read.row))
        found = [*words(read.row), *target_words(read.row)]
        names = (feature.name for feature in found)
        given = self._model.probabilities(read.row, names, read.rules)
        own = self._reader.scored(self._model, read, given, features=lambda _: found)
        return self._blended(own, sentence, 1.0 if others else self._model.blend)

    def _blended(self, own: TextScore, sentence: TextScore, share: float) -> TextScore:
        """Mix two scores of one sentence; each part is found in either or in both."""
        assert own.probabilities is not None  # noqa: S101 - both are linear models
        assert sentence.probabilities is not None  # noqa: S101
        mixed = {
            label: share * value + (1.0 - share) * sentence.probabilities[label]
            for label, value in own.probabilities.items()
        }

        def explain() -> tuple[Contribution, ...]:
            parts: dict[tuple[int, int, str], float] = {}
            for weight, given in ((share, own), (1.0 - share, sentence)):
                for start, end, what, value in given.contributions:
                    place = start, end, what
                    parts[place] = parts.get(place, 0.0) + weight * value
            return tuple(
                Contribution(*place, value) for place, value in sorted(parts.items()) if value
            )

        score = share * own.score + (1.0 - share) * sentence.score
        return TextScore(score, self._model.label(**mixed), mixed, explain)


def _find(text: str, target: str, others: Sequence[str]) -> tuple[list[Span], list[Span]]:
    """Find names as whole words, the longest first where several fit: the target's, the others'."""
    names = {checked_text(name) for name in (target, *others)}
    known = sorted(filter(str.strip, names), key=lambda name: (-len(name), name))
    if not known:
        return [], []
    literal = "|".join(map(re.escape, known))
    found = list(re.finditer(rf"(?<!\w)(?:{literal})(?!\w)", text))
    own = [match.span() for match in found if match[0] == target]
    return own, [match.span() for match in found if match[0] != target]


def mark_target(text: str, target: str, others: Sequence[str], *, alike: bool = False) -> str:
    """Overwrite the names of the target and of others; all alike for a model of sentences."""
    own, other = _find(text, target, others)
    return _overwrite(text, [*own, *other], "X") if alike else _mark(text, own, other)


def _mark(text: str, target: Sequence[Span], others: Sequence[Span]) -> str:
    return _overwrite(_overwrite(text, target, TARGET_FILLER), others, OTHER_FILLER)


def _overwrite(text: str, spans: Sequence[Span], filler: str) -> str:
    """Overwrite parts of a text by a character; offsets hold."""
    pieces: list[str] = []
    done = 0
    for start, end in sorted(spans):
        pieces += (text[done:start], filler * (end - max(start, done)))
        done = max(done, end)
    return "".join([*pieces, text[done:]])


def target_words(row: Row) -> Iterator[Feature]:
    """Give each word by its side of the target, its clause, its nearness; and the words next to it.

    Directions and news count by the company, the target or another, that is next to them.
    """
    tokens = row.tokens
    targets = _places(row, TARGET)
    if not targets:
        return
    clauses = _clauses(row)
    own = {clauses[place] for place in targets}
    names = sorted(targets + _places(row, OTHER))
    for place, token in enumerate(tokens):
        if token.norm == TARGET:
            continue
        nearest = min(targets, key=lambda target: (abs(place - target), place - target))
        side = "a" if place > nearest else "b"
        yield Feature(f"{side}:{token.norm}", place, place)
        if clauses[place] in own:
            yield Feature(f"c{side}:{token.norm}", place, place)
        if abs(place - nearest) <= _NEAR:
            yield Feature(f"n{side}:{token.norm}", place, place)
        if token.direction or token.news:
            yield Feature(f"{_whose(row, names, clauses, place)}:{token.norm}", place, place)
    first = targets[0]
    norms = [token.norm for token in tokens]
    for name, start, stop in (
        ("pre2", max(first - 2, 0), first),
        ("pre1", max(first - 1, 0), first),
        ("post1", first + 1, first + 2),
        ("post2", first + 1, first + 3),
    ):
        beside = " ".join(norms[start:stop])
        yield Feature(f"{name}:{beside}", first, min(max(stop - 1, 0), len(tokens) - 1))


def target_rules(row: Row) -> Iterator[Feature]:
    """Give the moves by whose they are and whether in the target's clause; and where it stands."""
    targets = _places(row, TARGET)
    if not targets:
        return
    clauses = _clauses(row)
    own = {clauses[place] for place in targets}
    others = _places(row, OTHER)
    names = sorted(targets + others)
    for name, first, last in moves(row):
        inside = clauses[first] in own or clauses[last] in own
        yield Feature(f"{'in' if inside else 'out'}:{name}", first, last)
        owner = min(names, key=lambda one: min(abs(first - one), abs(last - one)))
        whose = "own" if row.tokens[owner].norm == TARGET else "oth"
        yield Feature(f"{whose}:{name}", first, last)
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
    colons = _places(row, ":")
    if colons:
        stands.append("colon:behind" if place > colons[-1] else "colon:before")
    for name in stands:
        yield Feature(name, place, place)


def _places(row: Row, norm: str) -> list[int]:
    """Find a token; of a text that repeats it endlessly the first places, to stay linear."""
    places = (place for place, token in enumerate(row.tokens) if token.norm == norm)
    return list(islice(places, _MOST_PLACES))


def _clauses(row: Row) -> list[int]:
    """Count clauses: for each token the number of its own."""
    number = 0
    numbers = []
    for token in row.tokens:
        number += token.ends
        numbers.append(number)
    return numbers


def _whose(row: Row, names: Sequence[int], clauses: Sequence[int], place: int) -> str:
    """Tell whether a word is the target's or another's: the nearest name, rather one before it."""

    def distance(name: int) -> int:
        away = abs(place - name) + (_NAME_BEHIND if name > place else 0)
        return away + (_OTHER_CLAUSE if clauses[name] != clauses[place] else 0)

    return "own" if row.tokens[min(names, key=distance)].norm == TARGET else "oth"
