"""What a sentence says about one company: "Nikkei falls as yen bounces" is good for one of them.

The target's name is overwritten by one mark and the other companies' by another. The features are
those of :mod:`signals.sentiment.target`; among them is what :class:`Finance` says of the sentence
and of the target's clause. Trained on the headlines of SEntFiN 1.0, which label each company of a
headline by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from signals.sentiment.features import (
    Feature,
    Rules,
    is_outweighed,
    moves,
    told,
    weighed,
    word_names,
    words,
)
from signals.sentiment.finance import FEW, Finance, Sentence, SentenceReader
from signals.sentiment.finance_names import kind_bits
from signals.sentiment.linear import NOTHING, LinearModel, load_model
from signals.sentiment.rivals import OPPOSED, ORDINARY, part_of
from signals.sentiment.scorer import Contribution, Given, TextScore, checked_text
from signals.sentiment.target import (
    CLAUSE,
    CLAUSE_SHARE,
    SENTENCE,
    Marked,
    Named,
    clause_of,
    clause_says,
    named,
    parted,
    said_rules,
    target_rules,
    target_words,
)
from signals.sentiment.tokens import OTHER_FILLER, TARGET_FILLER, alike

if TYPE_CHECKING:
    from signals.sentiment.entity_batch import BatchReader

Span = tuple[int, int]


class Naming(NamedTuple):
    """A sentence and where it names the target and other companies; the spans don't overlap."""

    text: str
    target: Sequence[Span]
    others: Sequence[Span] = ()


class MarkedSentence(NamedTuple):
    """A sentence whose names are overwritten.

    Attributes
    ----------
    named
        Its tokens, and the kinds of its names.
    read
        Its text with marks, its moves and where the target stands.
    clause
        Where the target's clause stands, when that is not the whole sentence.
    apart
        That clause by itself, where it says something, and other companies are named elsewhere.
    part
        How what is said goes for the target.
    """

    named: Named
    read: Sentence
    clause: Span | None
    apart: Marked | None
    part: int = ORDINARY

    @property
    def alike(self) -> str:
        """Its text with every name overwritten alike, as a model of sentences reads it."""
        return alike(self.read.text)

    @property
    def names_target(self) -> bool:
        """Whether a token of the sentence is the target's name."""
        return bool(self.named.places)

    def rules(self, sentence: float, clause: float) -> Rules:
        """Give all rules, with what the model of sentences says of sentence and clause."""
        return self.read.rules + said_rules(self.named, sentence, clause)

    def features(self) -> Iterable[Feature]:
        """Give words and pairs of words, and those by their place beside the target."""
        return chain(words(self.named.row), target_words(self.named))

    @property
    def clause_text(self) -> str:
        """The target's clause, with every name overwritten alike."""
        return self.alike if self.clause is None else self.alike[slice(*self.clause)]


class About:
    """Scores what a sentence says about one company: the default for resolved mentions.

    The score is that of a model that sees where the company stands. In a sentence that names no
    other company it is blended with the sentence's score, since all of it may be meant; where other
    companies stand outside its clause, with that of the clause by itself. The blends were set on
    development data. Whom another one beats, or wins a case or a market from, has the opposite of
    what is said; who is only named beside it ("Unlike Acme, ...") has nothing of it. Contributions
    are those of the words.

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
        self._reader = self._finance.reader

    def __repr__(self) -> str:
        return f"<About: {self.name}>"

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
        [score] = self.score_each([find_names(text, target, others)])
        return score

    def score_each(self, namings: Sequence[Naming], *, sentences: Given | None = None) -> Given:
        """Score many sentences, each for one company, as :meth:`score_text` does one.

        Parameters
        ----------
        namings
            The sentences; the spans of a target don't overlap those of the others.
        sentences
            What the sentences' scorer says of each, its names masked, where that is known.
        """
        finance = self._finance
        given = [*map(_mark, namings)]
        if sentences is None:
            texts = [alike(one.text) for one in given]
            sentences = Given(
                finance.scores_of(texts), lambda place: finance.score_text(texts[place])
            )
        numbers = self._numbers(given, sentences.numbers)
        wholes = sentences

        def make(place: int) -> TextScore:
            marked = _read(self._reader, given[place])
            whole = wholes[place]
            clause = whole if marked.clause is None else finance.score_text(marked.clause_text)
            return self._scored(marked, whole, clause)

        return Given(numbers, make)

    def _numbers(self, given: Sequence[Marked], sentences: Sequence[float]) -> list[float]:
        """Give the scores alone."""
        if len(given) < FEW:
            return [*map(self._number, given, sentences)]
        return self._batch.scores(given, sentences, self._finance.scores_of)

    @cached_property
    def _batch(self) -> BatchReader:
        # Imported here: few sentences need no arrays.
        from signals.sentiment.entity_batch import batch_reader

        return batch_reader(self._model)

    def _number(self, given: Marked, sentence: float) -> float:
        """Give the score of :meth:`_scored` alone."""
        marked = _read(self._reader, given)
        if not marked.names_target:
            return sentence
        clause = sentence
        if marked.clause is not None:
            [clause] = self._finance.scores_of([marked.clause_text])
        if marked.part != ORDINARY:
            return 0.0 - clause if marked.part == OPPOSED else 0.0
        negative, _, positive = self._probabilities(marked, marked.rules(sentence, clause))
        number = _mixed(positive - negative, sentence, self._share(marked))
        if marked.apart is None:
            return number
        return _mixed(self._number(marked.apart, clause), number, CLAUSE_SHARE)

    def _probabilities(self, marked: MarkedSentence, rules: Rules) -> tuple[float, float, float]:
        row = marked.named.row
        names = chain(word_names(row), (name for name, _, _ in target_words(marked.named)))
        return self._model.probabilities(row, names, rules)

    def _share(self, marked: MarkedSentence) -> float:
        """Give the share of the model of companies."""
        return 1.0 if marked.named.others else self._model.blend

    def _scored(self, marked: MarkedSentence, sentence: TextScore, clause: TextScore) -> TextScore:
        if not marked.names_target:
            return sentence
        if marked.part != ORDINARY:
            return self._of_rival(marked, clause)
        rules = marked.rules(sentence.score, clause.score)
        given = self._probabilities(marked, rules)
        explain = partial(
            self._reader.explained,
            self._model,
            marked.read._replace(rules=rules),
            given[2] - given[0],
            features=marked.features(),
            sources={
                SENTENCE: lambda: sentence.contributions,
                CLAUSE: partial(_moved, clause, marked.clause[0] if marked.clause else 0),
            },
        )
        own = self._model.scored(given, explain)
        score = self._blended(own, sentence, self._share(marked))
        if marked.apart is None or marked.clause is None:
            return score
        part = self._scored(_read(self._reader, marked.apart), clause, clause)
        explained = partial(_moved, part, marked.clause[0])
        part = TextScore(part.score, part.label, part.probabilities, explained)
        return self._blended(part, score, CLAUSE_SHARE)

    def _of_rival(self, marked: MarkedSentence, clause: TextScore) -> TextScore:
        """Give the opposite of what is said where it is said of a rival; else nothing."""
        if marked.part != OPPOSED:
            return self._model.scored(NOTHING, tuple)
        given = clause.probabilities
        assert given is not None  # noqa: S101 - it is a linear model
        start = marked.clause[0] if marked.clause else 0
        return self._model.scored(
            (given["positive"], given["neutral"], given["negative"]),
            lambda: tuple(one._replace(value=-one.value) for one in _moved(clause, start)),
        )

    def _blended(self, own: TextScore, sentence: TextScore, share: float) -> TextScore:
        """Mix two scores of one sentence; each part is found in either or in both."""
        assert own.probabilities is not None  # noqa: S101 - both are linear models
        assert sentence.probabilities is not None  # noqa: S101
        shares = {
            label: _mixed(value, sentence.probabilities[label], share)
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

        score = _mixed(own.score, sentence.score, share)
        return TextScore(score, self._model.label(**shares), shares, explain)


def mark_sentence(reader: SentenceReader, naming: Naming) -> MarkedSentence:
    """Overwrite the names of a sentence and read it."""
    return _read(reader, _mark(naming))


def _mark(naming: Naming) -> Marked:
    text, target, others = naming
    marked = _overwrite(_overwrite(text, target, TARGET_FILLER), others, OTHER_FILLER)
    return Marked(marked, _kinds(text, target), _kinds(text, others), part_of(marked))


def _kinds(text: str, spans: Sequence[Span]) -> int:
    return kind_bits([text[start:end] for start, end in spans])


def _read(reader: SentenceReader, given: Marked) -> MarkedSentence:
    row = parted(reader.tokens.row(given.text))
    moved = moves(row)
    row = told(row, moved)
    names = named(row, given)
    tokens = None if is_outweighed(moved) else clause_of(names)
    counted = weighed(moved)
    rules = [(feature, 1.0) for feature in chain(counted, target_rules(names, counted))]
    sentence = Sentence(given.text, row, rules)
    if tokens is None:
        return MarkedSentence(names, sentence, None, None, given.part)
    spans = reader.tokens.spans(given.text)
    clause = spans[tokens[0]][0], spans[tokens[1]][1]
    apart = given.apart(clause) if clause_says(names, tokens) else None
    return MarkedSentence(names, sentence, clause, apart, given.part)


def _moved(score: TextScore, by: int) -> tuple[Contribution, ...]:
    """Give the parts of a clause's score by their places in the sentence."""
    return tuple(
        part._replace(start=part.start + by, end=part.end + by) for part in score.contributions
    )


def find_names(text: str, target: str, others: Sequence[str]) -> Naming:
    """Find the names of a company and of others as whole words, the longest where several fit."""
    names = {checked_text(name) for name in (target, *others)}
    known = sorted(filter(str.strip, names), key=lambda name: (-len(name), name))
    if not known:
        return Naming(text, [])
    literal = "|".join(map(re.escape, known))
    found = list(re.finditer(rf"(?<!\w)(?:{literal})(?!\w)", text))
    own = [match.span() for match in found if match[0] == target]
    return Naming(text, own, [match.span() for match in found if match[0] != target])


def _mixed(one: float, other: float, share: float) -> float:
    """Mix two numbers; the share is that of the first."""
    return share * one + (1.0 - share) * other


def _overwrite(text: str, spans: Sequence[Span], filler: str) -> str:
    """Overwrite parts of a text by a character; offsets hold."""
    if not spans:
        return text
    pieces: list[str] = []
    done = 0
    for start, end in sorted(spans):
        pieces += (text[done:start], filler * (end - max(start, done)))
        done = max(done, end)
    return "".join([*pieces, text[done:]])
