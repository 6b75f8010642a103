"""What is story and what is boilerplate: spans are marked, never cut.

The text is walked line by line (wrapped lines have been joined before). A heading such as "More
on Microsoft" or "About Acme" makes all that follows boilerplate, if some of the story stands before
it; captions and disclosures are known by what they say: :mod:`signals.news.boilerplate_words` has
the tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import dropwhile, islice, pairwise
from typing import NamedTuple

from signals.news.boilerplate import (
    disclosures,
    furniture,
    heading,
    is_button,
    is_caption,
    may_head_list,
    resumes,
)
from signals.news.boilerplate_words import BOILERPLATE_KINDS, ZoneKind
from signals.news.bylines import is_credit, is_label, list_opened
from signals.news.sentences import sentence_spans


class Zone(NamedTuple):
    """A part of an article's text, ``text[start:end]``, and what kind of part it is.

    ``title``, ``lead`` (the first paragraph) and ``body`` are the story. ``caption`` belongs to a
    picture, ``related`` lists other stories, ``disclosure`` speaks of the author's or the
    publisher's interests, ``about`` is a company's or a publisher's own description.
    """

    kind: ZoneKind
    start: int
    end: int

    @property
    def boilerplate(self) -> bool:
        """Whether the zone is no part of the story."""
        return self.kind in BOILERPLATE_KINDS


TITLE_LENGTH = 200
"""Characters that a title has at most."""

_LIST_MARK = re.compile(r"(?:[-–—•·]|\*{1,2})\s")
_LIST = 40  # lines that a list of other stories is looked at
_PARAGRAPH = 100  # characters that a paragraph has at least
_LEAST = 4  # zones of a story with an advertisement
_ADVERTISEMENT = 6  # paragraphs that one has at most
_PROSE_ENDS = (".", "!", "?", "…", ".”", '."', ":", ";")


def rejoin_wrapped_lines(text: str) -> str:
    """Join lines that were wrapped at a fixed width, so that a line break ends a paragraph.

    A text counts as wrapped when most lines inside its blocks are 45 to 100 characters long and
    stop in mid-sentence, and of those a third go on in small letters: headlines in a row never do.
    A line feed becomes a space, so that no offset moves.
    """
    if "\n" not in text:
        return text
    blocks = re.split(r"(\n[ \t]*\n\s*)", text)
    inner = [
        (line, behind)
        for block in blocks[::2]
        for line, behind in pairwise(block.split("\n"))
        if not _LIST_MARK.match(line)
    ]
    wrapped = [
        behind
        for line, behind in inner
        if 45 <= len(line) <= 100 and not line.endswith(_PROSE_ENDS)
    ]
    small = sum(behind[:1].islower() for behind in wrapped)
    if not wrapped or len(wrapped) * 10 < len(inner) * 6 or small * 3 < len(wrapped):
        return text
    blocks[::2] = [
        re.sub(r"\n(?=\S)(?!(?:[-–—•·]|\*{1,2})\s)", " ", block) for block in blocks[::2]
    ]
    return "".join(blocks)


def mark_zones(text: str, *, titled: bool, hints: Mapping[str, str]) -> tuple[Zone, ...]:
    """Mark the zones of an article.

    Parameters
    ----------
    text
        The article's text; one line is one paragraph.
    titled
        True when the first line is known to be the title; else it is judged by its look.
    hints
        What the page's markup says of a line: the line -> "caption" or "related".

    Returns
    -------
    tuple of Zone
        In order, not overlapping; blank lines belong to none.
    """
    lines = _lines(text)
    discloses = bool(disclosures(text))
    zones: list[Zone] = []
    tail: ZoneKind | None = None
    begun = False
    listed: re.Pattern[str] | None = None
    for number, (start, end) in enumerate(lines):
        line = text[start:end]
        if number == 0 and (titled or _looks_like_title(line, len(lines))):
            zones.append(Zone("title", start, end))
            continue
        if listed and listed.fullmatch(line):
            zones.append(Zone("about", start, end))
            continue
        listed = list_opened(line)
        alone = furniture(line)
        if alone != "related":
            told = heading(line)
            behind = lines[number + 1 : number + _LIST] if may_head_list(line) else ()
            told = "related" if behind and _lists_others(text, behind, begun=begun) else told
            if told not in (None, "related") and not begun:
                alone, told = told, None  # of a menu: what ends a story stands behind some of it
            tail = None if resumes(line) else told or tail
        if tail == "related" and _goes_on(text, lines[number : number + 2], begun=begun):
            tail = None
        # A headline may be all there is: what is boilerplate beside a story is none by itself.
        kind = None if len(lines) == 1 else tail or alone or _kind_of_line(line, hints)
        begun = begun or (not kind and text.endswith(_PROSE_ENDS, start, end))
        if kind or not discloses:
            zones.append(Zone(kind or "body", start, end))
        else:
            zones += _part_story(text, start, end)
    _mark_advertisements(text, zones)
    return tuple(_mark_lead(text, _mark_closing_list(text, zones)))


def _lines(text: str) -> list[tuple[int, int]]:
    lines: list[tuple[int, int]] = []
    place = 0
    for line in text.split("\n"):
        if begun := line.lstrip():
            start = place + len(line) - len(begun)
            lines.append((start, start + len(begun.rstrip())))
        place += len(line) + 1
    return lines


def _looks_like_title(line: str, lines: int) -> bool:
    return (
        lines > 1
        and len(line) <= TITLE_LENGTH
        and not line.endswith((".", ":", ";", ",", "…", ".”"))
        and not _LIST_MARK.match(line)
        and not is_caption(line)
        and heading(line) != "related"  # any other stands behind a story
        and furniture(line) is None
    )


def _goes_on(text: str, lines: Sequence[tuple[int, int]], *, begun: bool) -> bool:
    """Tell whether the story goes on behind a list of others: with two paragraphs in a row.

    One is enough where the story hasn't begun.
    """
    needed = 2 if begun else 1
    return len(lines) >= needed and all(
        end - start >= _PARAGRAPH and text.endswith(_PROSE_ENDS[:6], start, end)
        for start, end in lines[:needed]
    )


def _lists_others(text: str, lines: Sequence[tuple[int, int]], *, begun: bool) -> bool:
    """Tell whether lines begin with headlines, behind which the text ends or the story goes on.

    Two of them, or one at the end, are a list in any case, once the story has begun.
    """
    if not all(_is_short(text, *line) for line in lines[:1]):
        return False
    if begun and all(_is_short(text, *line) for line in lines[:2]):
        return True
    rest = dropwhile(lambda line: _is_short(text, *line), lines)
    return _goes_on(text, list(islice(rest, 2)), begun=begun)


def _is_short(text: str, start: int, end: int) -> bool:
    """Tell whether a line is as short as a headline, and ends without a full stop."""
    short = end - start <= TITLE_LENGTH
    return short and not text.endswith((".", ".”", '."', ":", ";"), start, end)


def _kind_of_line(line: str, hints: Mapping[str, str]) -> ZoneKind | None:
    hint = hints.get(line) if hints else None
    if hint == "related":
        return "related"
    return "caption" if hint == "caption" or is_caption(line) else None


# Where a page's markup has lost the blank between two sentences: "patient.Should you".
_GLUED = re.compile(r"(?<=[a-z][.?!:])(?=[A-Z][a-z])")


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for a, b in sentence_spans(text, start, end):
        cuts = [a, *(place.start() for place in _GLUED.finditer(text, a, b)), b]
        yield from pairwise(cuts)


def _part_story(text: str, start: int, end: int) -> list[Zone]:
    """Part a paragraph into story and disclosures, sentence by sentence."""
    patterns = disclosures(text[start:end])
    if not patterns:
        return [Zone("body", start, end)]
    zones: list[Zone] = []
    for a, b in _sentences(text, start, end):
        is_disclosure = any(pattern.search(text, a, b) for pattern in patterns)
        kind: ZoneKind = "disclosure" if is_disclosure else "body"
        if zones and zones[-1].kind == kind:
            zones[-1] = zones[-1]._replace(end=b)
        else:
            zones.append(Zone(kind, a, b))
    return zones


def _mark_advertisements(text: str, zones: list[Zone]) -> None:
    """Mark what stands between a heading and the line that a reader is to press, with both."""
    if len(zones) < _LEAST or (">>" not in text and "»" not in text):
        return
    for number, zone in enumerate(zones):
        if zone.kind != "body" or not is_button(text[zone.start : zone.end]):
            continue
        begin = number
        for before in range(number - 1, max(number - _ADVERTISEMENT, -1), -1):
            if zones[before].kind != "body":
                break
            if not text.endswith(_PROSE_ENDS, zones[before].start, zones[before].end):
                begin = before
                break
        for place in range(begin, number + 1):
            zones[place] = zones[place]._replace(kind="disclosure")


def _mark_closing_list(text: str, zones: list[Zone]) -> list[Zone]:
    """Mark headlines of other stories that follow the last paragraph of prose without a heading."""
    last = len(zones)
    while last > 0 and zones[last - 1].kind == "body" and _is_headline(text, zones[last - 1]):
        last -= 1
    if len(zones) - last < 2 or all(zone.kind != "body" for zone in zones[:last]):
        return zones
    return zones[:last] + [Zone("related", zone.start, zone.end) for zone in zones[last:]]


# A line of a list of shares that moved, in small letters: "Acme Inc. (ACM) is up over 16% at $59".
_MOVES = re.compile(r"\bis (?:up|down)\b")


def _is_headline(text: str, zone: Zone) -> bool:
    line = text[zone.start : zone.end]
    if len(line) > TITLE_LENGTH or line.endswith(_PROSE_ENDS) or _MOVES.search(line):
        return False
    words = [word for word in re.findall(r"[^\W\d_]\S*", line) if len(word) > 3]
    capitals = sum(1 for word in words if word[0].isupper())
    return len(words) >= 3 and capitals * 3 >= len(words) * 2


def _mark_lead(text: str, zones: list[Zone]) -> list[Zone]:
    """Mark the first paragraph, the names that stand before it, and tags behind the last one."""
    bodies = [number for number, zone in enumerate(zones) if zone.kind == "body"]
    if len(bodies) == 1:  # as most articles of tables have
        zones[bodies[0]] = zones[bodies[0]]._replace(kind="lead")
        return zones
    prose = [
        number
        for number in bodies
        if text.endswith(_PROSE_ENDS, zones[number].start, zones[number].end)
    ]
    last = prose[-1] if prose else len(zones)
    for number in bodies:
        _, start, end = zones[number]
        if number < last and prose and is_credit(text[start:end]):
            zones[number] = Zone("about", start, end)
            continue
        zones[number] = Zone("lead", start, end)
        break
    for number in bodies:
        _, start, end = zones[number]
        if number > last and is_label(text[start:end]):
            zones[number] = Zone("about", start, end)
    return zones
