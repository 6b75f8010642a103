"""What the last days told, found by the marks that a later telling would share with it.

An opening is linked to the closest one that was known before it. That depends on the openings of
the window alone, not on the stories that were made of them: so a long time can be linked in parts,
each with the window before it, and the links are those of one piece.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict, deque
from collections.abc import Iterable, MutableSequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from signals.news.echoes import ECHOES, FURTHEST, Kind, apart, closeness, kind_of
from signals.news.tellings import Opening, Telling, telling_of

WINDOW: Final = timedelta(hours=72)
"""How long after a telling another one can belong to its story."""

_COMPARED: Final = 32  # so many earlier texts are compared: those that share the rarest marks
_BITS: Final = 1024  # so many that few of a text's words fall together
_ROUNDING: Final = 1e-9

_Content = tuple[str, str, tuple[str, ...]]
_Row = TypeVar("_Row", bound=tuple[object, ...])


class Link(NamedTuple):
    """What an article is to the one before it that it is closest to.

    Attributes
    ----------
    article_id, known_at, companies
        As its opening has them.
    kind
        "first" when there is none.
    model
        The id of that one, or "".
    """

    article_id: str
    known_at: datetime | None
    companies: tuple[str, ...]
    kind: Kind
    model: str


@dataclass(eq=False, slots=True)
class _Text:
    """A text of the window, and who told it: equal texts are one."""

    telling: Telling
    bits: int
    size: int  # words and numbers, each once
    number: int = 0  # in the order in which texts were told last
    told: list[tuple[datetime, str]] = field(default_factory=list)  # when, and by which article

    def before(self, now: datetime) -> str:
        """Give the latest article that told it by then, or ""."""
        return next((one for known_at, one in reversed(self.told) if known_at <= now), "")


@dataclass(slots=True)
class EarlierTellings:
    """The tellings of the window before the one that comes next.

    Of all texts that share a mark with it, the 32 that share its rarest marks are compared, of
    each mark those told last; a mark is as rare as it is in the window. So the time of a look-up
    is bounded.
    """

    window: timedelta = WINDOW
    told: deque[tuple[datetime, str, _Content]] = field(default_factory=deque)
    texts: dict[_Content, _Text] = field(default_factory=dict)
    postings: dict[int | str, list[_Text]] = field(default_factory=lambda: defaultdict(list))
    number: int = 0

    def link(self, opening: Opening) -> Link:
        """Compare an opening with what was known before it, and keep it for those to come."""
        known_at = opening.known_at
        kind: Kind = "first"
        model = ""
        if known_at is not None:
            self._forget(known_at)
            text = self._read(opening)
            model = text.before(known_at)
            if model and text.size:
                kind = "copy"
            else:
                kind, model = self._closest(text, known_at)
            self._keep(opening, known_at, text)
        return Link(opening.article_id, known_at, opening.companies, kind, model)

    def remember(self, opening: Opening) -> None:
        """Keep an opening that was linked before."""
        if opening.known_at is not None:
            self._keep(opening, opening.known_at, self._read(opening))

    def _read(self, opening: Opening) -> _Text:
        text = self.texts.get(_content(opening))
        if text is None:
            telling = telling_of(opening)
            text = _Text(telling, _bits(telling.everything), len(telling.everything))
        return text

    def _closest(self, text: _Text, now: datetime) -> tuple[Kind, str]:
        """Find what a text repeats, or else what it corrects or adds to.

        The closest echo counts, then the closest other one; of two alike the one told first. What
        may be closest is compared first: two texts have as many words apart as bits, or more.
        """
        bits, size = text.bits, text.size
        nearest = [
            ((bits ^ one.bits).bit_count() / (size + one.size), one.number, one)
            for one in self._alike(text, now)
        ]
        nearest.sort()
        echo: tuple[float, int, Kind, _Text] | None = None
        added: tuple[float, int, Kind, _Text] | None = None
        furthest = FURTHEST
        for least, number, one in nearest:
            if least > furthest + _ROUNDING:
                break
            share = closeness(text.telling, one.telling)
            if not share or (echo is not None and -share > echo[0]):
                continue
            found = -share, number, kind_of(text.telling, one.telling, share), one
            if found[2] in ECHOES:
                echo = min(echo or found, found)
                furthest = apart(-echo[0])
            elif found[2] != "first":
                added = min(added or found, found)
        best = echo or added
        return ("first", "") if best is None else (best[2], best[3].before(now))

    def _alike(self, text: _Text, now: datetime) -> set[_Text]:
        """Give the texts that were told by now and share the rarest marks."""
        late = bool(self.told) and now < self.told[-1][0]
        found: set[_Text] = set()
        for rows in sorted(filter(None, map(self.postings.get, text.telling.marks)), key=len):
            known = [other for other in rows if other.told[0][0] <= now] if late else rows
            found.update(known[len(found) - _COMPARED :])
            if len(found) >= _COMPARED:
                break
        return found

    def _keep(self, opening: Opening, known_at: datetime, text: _Text) -> None:
        _add(self.told, (known_at, opening.article_id, _content(opening)))
        if text.told:
            self._unpost(text)  # to be the latest again
        _add(text.told, (known_at, opening.article_id))
        self.number += 1
        text.number = self.number
        self.texts[_content(opening)] = text
        for mark in text.telling.marks:
            self.postings[mark].append(text)

    def _forget(self, now: datetime) -> None:
        """Drop what has left the window, so that memory follows the window, not the corpus."""
        since = now - self.window
        while self.told and self.told[0][0] < since:
            known_at, article_id, content = self.told.popleft()
            text = self.texts[content]
            text.told.remove((known_at, article_id))
            if not text.told:
                del self.texts[content]
                self._unpost(text)

    def _unpost(self, text: _Text) -> None:
        for mark in text.telling.marks:
            rows = self.postings[mark]
            if len(rows) == 1:
                del self.postings[mark]
            else:
                rows.remove(text)


def _content(opening: Opening) -> _Content:
    return opening.title, opening.text, opening.companies


def _add(rows: MutableSequence[_Row], row: _Row) -> None:
    """Add a row, in order also when it comes late."""
    if rows and row < rows[-1]:
        insort(rows, row)
    else:
        rows.append(row)


def _bits(members: Iterable[str]) -> int:
    """Set a bit for each member: another one in another process."""
    bits = 0
    for member in members:
        bits |= 1 << (hash(member) & _BITS - 1)
    return bits
