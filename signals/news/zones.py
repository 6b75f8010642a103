"""What is story and what is boilerplate: spans are marked, never cut.

The text is walked line by line (wrapped lines have been joined before). A heading such as "More
on Microsoft" or "About Acme" makes all that follows boilerplate; captions and disclosures are
known by what they say. To teach it a publisher's habit, add a row to a table here and a case to
``tests/cases/zones.txt``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from signals.news.sentences import sentence_spans

ZoneKind = Literal["title", "lead", "body", "caption", "related", "disclosure", "about"]

BOILERPLATE_KINDS: frozenset[str] = frozenset({"caption", "related", "disclosure", "about"})
"""Zones that say nothing new about a company: kept and marked, left out of every score."""


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


# Headings after which everything is boilerplate: whole short lines, in lower case. Each begins with
# letters that stand for themselves, by which most lines are passed over.
_HEADINGS: Mapping[ZoneKind, Sequence[str]] = {
    "related": (
        r"more on [^.]*",
        r"more (?:stories|news|from|read|popular)\b.*",
        r"most (?:read|popular)\b.*",
        r"related (?:tickers?|articles?|stories|news|coverage|links?|reading)\b.*",
        r"read (?:next|more|also)\b.*",
        r"recommended (?:stories|articles|reading|for you)\b.*",
        r"also (?:read|see)\b.*",
        r"see also\b.*",
        r"trending (?:now|stories|tickers|on)\b.*",
        r"you (?:may|might) also (?:like|be interested)\b.*",
        r"don.t miss\b.*",
        r"top (?:stories|news|articles)\b.*",
        r"latest (?:stories|news|articles)\b.*",
        r"quick insights",
        r"seeking alpha.s .*",
        r"see (?:more|all|today.s) [^.]*\banalyst ratings\b.*",
    ),
    "disclosure": (
        r"cautionary (?:note|statement)s? .*forward[- ]looking statements?\b.*",
        r"forward[- ]looking statements?\b.*",
        r"safe[- ]harbou?r\b.*",
        r"important disclaimers?\b.*",
        r"disclaimers?\b.*",
        r"analyst.s disclosures?\b.*",
        r"disclosures?\b.*",
        r"non-gaap (?:financial )?measures\b.*",
        r"our standards:.*",
        r"editor.s note\b.*",
        r"where to invest \$.*",
        r"should you (?:invest|buy) .*",
        *(rf"{number} stocks we like better than .*" for number in (3, 5, 10)),
    ),
    "about": (
        r"about (?:the (?:author|company)|us|[^.?!]{2,60})",
        r"media contacts?\b.*",
        r"investors? contacts?\b.*",
    ),
}
_HEADING_PATTERNS = {kind: re.compile("|".join(lines)) for kind, lines in _HEADINGS.items()}
_NOT_ITSELF = re.compile(r".[?*{]|[.(\[\\]")


def _starts_of(table: Mapping[ZoneKind, Sequence[str]]) -> tuple[str, ...]:
    """Give the letters that stand for themselves at the begin of each pattern of a table."""
    lines = (line for lines in table.values() for line in lines)
    return tuple(dict.fromkeys(_NOT_ITSELF.split(line, maxsplit=1)[0] for line in lines))


_HEADING_STARTS = _starts_of(_HEADINGS)

# Lines that are boilerplate by themselves, sentences too, wherever they stand: what is around them
# stays what it is.
_FURNITURE: Mapping[ZoneKind, Sequence[str]] = {
    "related": (
        *(
            rf"{word} ?[:|>] ?\S.*"
            for word in (
                *(
                    "read",
                    "read more",
                    "read also",
                    "read next",
                    "also read",
                    "see also",
                    "related",
                ),
                *("watch", "listen", "video", "podcast", "explore more", "must read", "tags?"),
                *("topics?", "keywords", "filed under", "stocks mentioned", "companies mentioned"),
                *("don.t miss", "more", "recommended", "trending", "tickers?(?: mentioned)?"),
            )
        ),
        r"listen to the podcast\b.*",
        r"click here (?:to|for)\b.*",
        r"to see all\b.*",
    ),
    "about": (
        r"sign up (?:for|to|here|now)\b.*",
        r"subscribe (?:to|now|for|here)\b.*",
        r"follow us\b.*",
        r"join (?:us|our)\b.*",
        r"download (?:the|our) .*\bapp\b.*",
        r"catch all the\b.*",
        r"get (?:our|the) .*\bnewsletters?\b.*",
        r"copyright (?:©|\(c\)|\d{4}|by\b).*",
        r"c\) ?\d{4}\b.*",
        r"view (?:source version|comments|original)\b.*",
        r"write to .*@.*",
        r"contact (?:us|the (?:author|reporter|editor))\b.*",
        r"with assistance (?:from|by)\b.*",
        r"terms of (?:use|service)(?: ?[|·•].*)?",
        r"privacy policy(?: ?[|·•].*)?",
        r"this (?:article|story|post|report) .{0,20}\b(?:published|appeared) (?:by|in|on)\b.*",
        r"read the (?:original|full) (?:article|story|report)\b.*",
        r"advertisements?",
        r"story continues\b.*",
        r"for (?:more|further) information,? .*",
    ),
    "disclosure": (
        r"disclaimer ?: .*",
        r"safe harbou?r statements? ?: .*",
        r"the information (?:contained|provided) in this\b.*",
    ),
}
_FURNITURE_PATTERNS = {kind: re.compile("|".join(lines)) for kind, lines in _FURNITURE.items()}
_FURNITURE_STARTS = _starts_of(_FURNITURE)
_FURNITURE_LENGTH = 300

# Sentences that speak of interests or of the publisher, not of the news; before each the words, in
# lower case, without which it is not tried.
_DISCLOSURES: Mapping[str, re.Pattern[str]] = {
    literal: re.compile(pattern, re.IGNORECASE)
    for literal, pattern in (
        ("position", r"\bha(?:s|ve) (?:no )?positions? in\b|\bha(?:s|ve) (?:a )?beneficial\b"),
        ("motley fool", r"\bthe motley fool\b"),
        ("stock advisor", r"\bstock advisor\b"),
        ("originally published", r"\boriginally (?:published|appeared)\b"),
        ("reporting by", r"\(?\breporting by\b"),
        ("editing by", r"\bediting by\b"),
        ("trademark", r"\b(?:registered )?trademarks? of\b"),
        ("charitable trust", r"\bcharitable trust\b"),
        ("investment advice", r"\bnot (?:constitute |intended as )?(?:\w+ )?investment advice\b"),
        ("forward-looking", r"\bforward-looking statements? (?:within|are|involve|include)\b"),
        ("disclosure:", r"\A\W*disclosures?:|\n\W*disclosures?:"),
        ("zacks", r"\b(?:access a zacks|want the latest recommendations)\b"),
        ("automated insights", r"\bgenerated by automated insights\b"),
        ("free stock analysis", r": free stock analysis report\b"),
        ("views and opinions", r"\bthe views and opinions expressed herein\b"),
        ("author", r"\bauthors? (?:is|are|has|have) (?:long|short|no)\b"),
        ("all rights reserved", r"\ball rights reserved\b"),
    )
}
# Sought leftmost, they are found many bytes at a time: none is part of another.
_DISCLOSURE_HINTS = AhoCorasick(list(_DISCLOSURES), matchkind=MatchKind.LeftmostLongest)
_LIST_MARK = re.compile(r"[-–—•*·]\s")
# An agency's name is a credit behind a mark or alone; in a sentence it is a company's.
_AGENCY = r"(?:getty images|istock(?:photo)?|shutterstock)"
_CAPTION = re.compile(
    r"\(photo(?: by|:)|photo(?:graph)? by |photo:|©|file photo|bloomberg via|via reuters|"
    r"/reuters\b|/afp\b|ap photo|image credits?:|image source|picture alliance|"
    rf"(?:/ ?|\bvia |\bcredit |\bcourtesy of |\(){_AGENCY}|(?:\A|[^\w\s,]\s*){_AGENCY}\W*\Z"
)
_CAPTION_LENGTH = 160
_HEADING_LENGTH = 90
_TITLE_LENGTH = 200
_PARAGRAPH = 100  # characters that a paragraph has at least
_PROSE_ENDS = (".", "!", "?", "…", ".”", '."', ":", ";")


def rejoin_wrapped_lines(text: str) -> str:
    """Join lines that were wrapped at a fixed width, so that a line break ends a paragraph.

    A text counts as wrapped when most lines inside its blocks are 45 to 100 characters long and
    stop in mid-sentence. A line feed becomes a space, so that no offset moves.
    """
    if "\n" not in text:
        return text
    blocks = re.split(r"(\n[ \t]*\n\s*)", text)
    inner = [
        line
        for block in blocks[::2]
        for line in block.split("\n")[:-1]
        if not _LIST_MARK.match(line)
    ]
    wrapped = sum(1 for line in inner if 45 <= len(line) <= 100 and not line.endswith(_PROSE_ENDS))
    if not inner or wrapped * 10 < len(inner) * 6:
        return text
    blocks[::2] = [re.sub(r"\n(?=\S)(?![-–—•*·]\s)", " ", block) for block in blocks[::2]]
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
    discloses = bool(_DISCLOSURE_HINTS.find_matches_as_strings(text.lower()))
    zones: list[Zone] = []
    tail: ZoneKind | None = None
    for number, (start, end) in enumerate(lines):
        line = text[start:end]
        if number == 0 and (titled or _looks_like_title(line, len(lines))):
            zones.append(Zone("title", start, end))
            continue
        alone = _furniture(line)
        if alone != "related":
            tail = _heading(line) or tail
        if tail == "related" and _goes_on(text, lines[number : number + 2]):
            tail = None
        kind = tail or alone or _kind_of_line(line, hints)
        if kind or not discloses:
            zones.append(Zone(kind or "body", start, end))
        else:
            zones += _part_story(text, start, end)
    return tuple(_mark_lead(_mark_closing_list(text, zones)))


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
        and len(line) <= _TITLE_LENGTH
        and not line.endswith((".", ":", ";", ",", "…", ".”"))
        and not _LIST_MARK.match(line)
        and not _is_caption(line)
        and _heading(line) is None
    )


def _is_caption(line: str) -> bool:
    return len(line) <= _CAPTION_LENGTH and bool(_CAPTION.search(line.lower()))


def _heading(line: str) -> ZoneKind | None:
    if len(line) > _HEADING_LENGTH:
        return None
    lower = line.lower().strip("-–—•*#:_ \t")
    if not lower.startswith(_HEADING_STARTS):
        return None
    if lower.endswith(".") and not lower.endswith((" inc.", " corp.", " co.", " ltd.")):
        return None  # a sentence that happens to begin like a heading
    lower = lower.rstrip(".")
    matching = (kind for kind, pattern in _HEADING_PATTERNS.items() if pattern.fullmatch(lower))
    return next(matching, None)


def _furniture(line: str) -> ZoneKind | None:
    if len(line) > _FURNITURE_LENGTH:
        return None
    lower = line.lower().strip("-–—•*#:_( \t")
    if not lower.startswith(_FURNITURE_STARTS):
        return None
    matching = (kind for kind, pattern in _FURNITURE_PATTERNS.items() if pattern.fullmatch(lower))
    return next(matching, None)


def _goes_on(text: str, lines: Sequence[tuple[int, int]]) -> bool:
    """Tell whether the story goes on behind a list of others: with two paragraphs in a row."""
    return len(lines) == 2 and all(
        end - start >= _PARAGRAPH and text.endswith(_PROSE_ENDS[:6], start, end)
        for start, end in lines
    )


def _kind_of_line(line: str, hints: Mapping[str, str]) -> ZoneKind | None:
    hint = hints.get(line) if hints else None
    if hint == "related":
        return "related"
    if line.startswith("SOURCE ") and len(line) <= _HEADING_LENGTH:
        return "about"  # who has sent a press release, at its end
    return "caption" if hint == "caption" or _is_caption(line) else None


# Where a page's markup has lost the blank between two sentences: "patient.Should you".
_GLUED = re.compile(r"(?<=[a-z][.?!:])(?=[A-Z][a-z])")


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for a, b in sentence_spans(text, start, end):
        cuts = [a, *(place.start() for place in _GLUED.finditer(text, a, b)), b]
        yield from pairwise(cuts)


def _part_story(text: str, start: int, end: int) -> list[Zone]:
    """Part a paragraph into story and disclosures, sentence by sentence."""
    hints = _DISCLOSURE_HINTS.find_matches_as_strings(text[start:end].lower())
    if not hints:
        return [Zone("body", start, end)]
    patterns = {_DISCLOSURES[hint] for hint in hints}
    zones: list[Zone] = []
    for a, b in _sentences(text, start, end):
        is_disclosure = any(pattern.search(text, a, b) for pattern in patterns)
        kind: ZoneKind = "disclosure" if is_disclosure else "body"
        if zones and zones[-1].kind == kind:
            zones[-1] = zones[-1]._replace(end=b)
        else:
            zones.append(Zone(kind, a, b))
    return zones


def _mark_closing_list(text: str, zones: list[Zone]) -> list[Zone]:
    """Mark headlines of other stories that follow the last paragraph of prose without a heading."""
    last = len(zones)
    while last > 0 and zones[last - 1].kind == "body" and _is_headline(text, zones[last - 1]):
        last -= 1
    if len(zones) - last < 2 or all(zone.kind != "body" for zone in zones[:last]):
        return zones
    return zones[:last] + [Zone("related", zone.start, zone.end) for zone in zones[last:]]


def _is_headline(text: str, zone: Zone) -> bool:
    line = text[zone.start : zone.end]
    if len(line) > _TITLE_LENGTH or line.endswith(_PROSE_ENDS):
        return False
    words = [word for word in re.findall(r"[^\W\d_]\S*", line) if len(word) > 3]
    capitals = sum(1 for word in words if word[0].isupper())
    return len(words) >= 3 and capitals * 3 >= len(words) * 2


def _mark_lead(zones: list[Zone]) -> list[Zone]:
    for number, zone in enumerate(zones):
        if zone.kind == "body":
            zones[number] = Zone("lead", zone.start, zone.end)
            break
    return zones
