"""Where in an article a place is: its zone and its sentence."""

from __future__ import annotations

from bisect import bisect_right

from signals.news.article import Article
from signals.news.plain import PlainText
from signals.news.sentences import sentence_spans
from signals.news.zones import Zone, ZoneKind


class Zones:
    """Which zone of an article a place is in."""

    def __init__(self, article: Article) -> None:
        self._zones = article.zones
        self._starts = [zone.start for zone in article.zones]

    def _at(self, place: int) -> Zone | None:
        index = bisect_right(self._starts, place) - 1
        zone = self._zones[index] if index >= 0 else None
        return zone if zone and place < zone.end else None

    def kind(self, place: int) -> ZoneKind | None:
        """Give the kind of zone of a place, or None between zones."""
        zone = self._at(place)
        return zone.kind if zone else None

    def boilerplate(self, place: int) -> bool:
        """Tell whether a place is no part of the story."""
        zone = self._at(place)
        return zone is not None and zone.boilerplate


class Places(Zones):
    """Sentences of a plain text, and which of them are the story.

    Attributes
    ----------
    sentences
        Spans of the plain text's sentences.
    story_length
        How many of them are the story.
    """

    def __init__(self, article: Article, plain: PlainText) -> None:
        super().__init__(article)
        self.sentences = sentence_spans(plain.text)
        self._begins = [start for start, _ in self.sentences]
        origins = [plain.origin(*span)[0] for span in self.sentences]
        self._story = [place for place in origins if not self.boilerplate(place)]
        self.story_length = len(self._story)

    def sentence(self, place: int) -> int:
        """Give the number of the sentence of a place of the plain text."""
        return max(bisect_right(self._begins, place) - 1, 0)

    def story_sentence(self, place: int) -> int:
        """Give the number of the story's sentence that a place of the article is in."""
        return max(bisect_right(self._story, place) - 1, 0)
