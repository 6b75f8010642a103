"""Where in an article a place is: its zone and its sentence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from sys import maxsize

from signals.news.article import Article
from signals.news.boilerplate_words import BOILERPLATE_KINDS, ZoneKind
from signals.news.plain import PlainText
from signals.news.sentences import sentence_spans

Span = tuple[int, int]


class Zones:
    """Which zone of an article a place is in."""

    def __init__(self, article: Article) -> None:
        self._zones = article.zones
        self._starts = [zone.start for zone in article.zones]
        self._all_story = BOILERPLATE_KINDS.isdisjoint([zone.kind for zone in article.zones])

    def kind(self, place: int) -> ZoneKind | None:
        """Give the kind of zone of a place, or None between zones."""
        index = bisect_right(self._starts, place) - 1
        if index < 0 or place >= self._zones[index].end:
            return None
        return self._zones[index].kind

    def boilerplate(self, place: int) -> bool:
        """Tell whether a place is no part of the story."""
        return not self._all_story and self.kind(place) in BOILERPLATE_KINDS


def story_spans(article: Article, sentences: Sequence[Span]) -> list[Span]:
    """Give the sentences of the story: the title whole, since a headline has no full stops.

    Parameters
    ----------
    article
        The article.
    sentences
        Those of its text; one that a zone parts is parted here.
    """
    spans: list[Span] = []
    place = 0
    for kind, begin, stop in article.zones:
        while place < len(sentences) and sentences[place][1] <= begin:
            place += 1
        if kind in BOILERPLATE_KINDS:
            continue
        if kind == "title":
            spans.append((begin, stop))
            continue
        own = sentences[place : bisect_left(sentences, (stop,), place)]
        if own and (own[0][0] < begin or own[-1][1] > stop):
            parted = (
                _stripped(article.text, max(start, begin), min(end, stop)) for start, end in own
            )
            own = [span for span in parted if span[0] < span[1]]
        spans += own
    return spans


def _stripped(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


class Places(Zones):
    """Sentences of a plain text, and which of them are the story.

    Parameters
    ----------
    article, plain
        The article, and its text as patterns read it.
    sentences
        Spans of the sentences of the article's own text.

    Attributes
    ----------
    sentences
        Spans of the plain text's sentences.
    story_length
        How many of them are the story.
    """

    def __init__(self, article: Article, plain: PlainText, sentences: Sequence[Span]) -> None:
        super().__init__(article)
        origins = self.sentences = sentences
        if not plain.is_original:
            self.sentences = sentence_spans(plain.text)
            origins = [plain.origin(*span) for span in self.sentences]
        if not self._all_story:
            origins = [span for span in origins if not self.boilerplate(span[0])]
        self._story = origins
        self.story_length = len(origins)

    def sentence(self, place: int) -> int:
        """Give the number of the sentence of a place of the plain text."""
        return _last_begun(self.sentences, place)

    def story_sentence(self, place: int) -> int:
        """Give the number of the story's sentence that a place of the article is in."""
        return _last_begun(self._story, place)


def _last_begun(spans: Sequence[Span], place: int) -> int:
    return max(bisect_right(spans, (place, maxsize)) - 1, 0)
