"""What is boilerplate: the headings, lines and sentences by which it is known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ahocorasick_rs import AhoCorasick, MatchKind

from signals.news.boilerplate_words import (
    ALONE,
    DISCLOSURES,
    FURNITURE,
    HEADINGS,
    LAST_WORDS,
    LIST_HEADINGS,
    RESUMES,
    ZoneKind,
)
from signals.news.bylines import is_byline

_HEADING_PATTERNS = {kind: re.compile("|".join(lines)) for kind, lines in HEADINGS.items()}
_NOT_ITSELF = re.compile(r".[?*{]|[.(\[\\]")


def _starts_of(table: Mapping[ZoneKind, Sequence[str]]) -> tuple[str, ...]:
    """Give the letters that stand for themselves at the begin of each pattern of a table."""
    lines = (line for lines in table.values() for line in lines)
    return tuple(dict.fromkeys(_NOT_ITSELF.split(line, maxsplit=1)[0] for line in lines))


_HEADING_STARTS = _starts_of(HEADINGS)
_HEADING_LETTERS = frozenset(start[:2] for start in _HEADING_STARTS)

_FURNITURE_PATTERNS = {kind: re.compile("|".join(lines)) for kind, lines in FURNITURE.items()}
_FURNITURE_STARTS = _starts_of(FURNITURE)
_FURNITURE_LETTERS = frozenset(start[:2] for start in _FURNITURE_STARTS)
_FURNITURE_LENGTH = 300
_LONG = ("disclaimer", "disclosure", "seeking alpha")
# With these begin the paragraphs that may be none: most are passed over by them.
_LONG_LETTERS = frozenset(("ab", "co", *(start[:2] for start in _LONG)))
# An address, a number to call or a page, and little else.
_CONTACT = re.compile(
    r"@\w+|[^@]{0,60}\w@[\w-]+\.\w[^@]{0,60}|.{0,50}\+\d{1,3} ?[(\d][\d() -]{6,}.{0,30}|https?://\S+"
)
_CONTACT_LENGTH = 130
_LETTER = re.compile(r"[^\W\d_]")
_SPEAKS = re.compile(
    r", (?:[\w'’]+ ){0,4}(?:said|says|asked|told|wrote)\b|\b(?:said|says) (?:that|on)\b"
)

# Sought leftmost, they are found many bytes at a time: none is part of another.
_HINTS = AhoCorasick(list(DISCLOSURES), matchkind=MatchKind.LeftmostLongest)
# An agency's name is a credit behind a mark or alone; in a sentence it is a company's.
_AGENCY = r"(?:getty images|istock(?:photo)?|shutterstock)"
_CAPTION = re.compile(
    r"\(photo(?: by|:)|photo(?:graph)? by |photo:|©|file photo|shutterstock photo|bloomberg via|"
    r"/the canadian press\b|/public domain\b|photograph(?:er)?: |"
    r"via reuters|/reuters\b|/afp\b|ap photo|image credits?:|image source|picture alliance|"
    rf"(?:/ ?|\bvia |\bcredit |\bcourtesy of |\(){_AGENCY}|(?:\A|[^\w\s,]\s*){_AGENCY}\W*\Z"
)
# Without one of these no line is tried.
_CREDITED = ("photo", "image", "©", "via", "/", "picture", "istock", "shutterstock")
# What a chart is called that isn't there.
_CHART = re.compile(
    r"\bprice-\w[\w-]* \||\bprice(?:,| and) (?:consensus|eps surprise)\b|\bdata by ycharts\b"
)
_CAPTION_LENGTH = 160
_HEADING_LENGTH = 90
_AROUND = "-–—•*#:_ \t"  # a heading
# "See Stocks Free >>" closes an advertisement, which began with its heading.
_BUTTON = re.compile(
    r"(?:today, )?(?:see|get|download|click|view|access|learn|discover|claim|read|find|free)\b.*"
    r"(?:>>|»)",
    re.IGNORECASE,
)
# What a company is, in a paragraph that says so: "About Acme: Acme makes ..."
_DESCRIBES = re.compile(r"(?:About [A-Z][\w.,&' -]{1,50}|Company Description) ?: ")


def _begins_with(line: str, starts: tuple[str, ...], letters: frozenset[str]) -> bool:
    """Tell whether a line has one of the beginnings; most are passed over by two letters."""
    return (line[:2] in letters or line[:1] in letters) and line.startswith(starts)


def is_caption(line: str) -> bool:
    """Tell whether a line belongs to a picture."""
    if len(line) > _CAPTION_LENGTH:
        return False
    lower = line.lower()
    charted = "price" in lower or "ycharts" in lower
    credited = any(hint in lower for hint in _CREDITED) and _CAPTION.search(lower)
    return bool(credited or (charted and _CHART.search(lower)))


def is_button(line: str) -> bool:
    """Tell whether a line is what a reader of an advertisement is to press."""
    return len(line) <= _HEADING_LENGTH and bool(_BUTTON.fullmatch(line))


def heading(line: str) -> ZoneKind | None:
    """Give what a heading says of all that follows it; None of a line that is none."""
    if line.startswith(LAST_WORDS):
        return "disclosure"
    if len(line) > _HEADING_LENGTH:
        return None
    lower = line.lower().strip(_AROUND)
    if not _begins_with(lower, _HEADING_STARTS, _HEADING_LETTERS):
        return None
    if lower.endswith(".") and not lower.endswith((" inc.", " corp.", " co.", " ltd.")):
        return None  # a sentence that happens to begin like a heading
    lower = lower.rstrip(".")
    matching = (kind for kind, pattern in _HEADING_PATTERNS.items() if pattern.fullmatch(lower))
    return next(matching, None)


def may_head_list(line: str) -> bool:
    """Tell whether a line is the heading of a list of other stories, if such a list follows."""
    return len(line) <= _HEADING_LENGTH and line.lower().strip(_AROUND) in LIST_HEADINGS


def _tells_of_itself(line: str) -> bool:
    """Tell whether a line says who has sent a press release, or what a company is."""
    if line.startswith("SOURCE ") and len(line) <= _HEADING_LENGTH:
        return True
    return line.startswith(("About ", "Company ")) and _DESCRIBES.match(line) is not None


def furniture(line: str) -> ZoneKind | None:
    """Give the kind of a line that is boilerplate by itself; None of any other."""
    if len(line) > _FURNITURE_LENGTH:
        return _of_a_paragraph(line)
    if _tells_of_itself(line):
        return "about"
    lower = line.lower().strip("-–—•*#:_( \t")
    if len(line) <= _HEADING_LENGTH and (lower in ALONE or is_byline(line, lower)):
        return "about"
    if _reaches_somebody(line) or not _LETTER.search(lower):
        return "about"
    if not _begins_with(lower, _FURNITURE_STARTS, _FURNITURE_LETTERS):
        return None
    matching = (kind for kind, pattern in _FURNITURE_PATTERNS.items() if pattern.fullmatch(lower))
    kind = next(matching, None)
    # A line in which somebody speaks is the story's: "Join us in saying no, said the board".
    return kind if kind == "disclosure" or not _SPEAKS.search(lower) else None


def _of_a_paragraph(line: str) -> ZoneKind | None:
    """Give the kind of a line so long that it is a paragraph, which most are of a story."""
    if line[0].isalpha() and line[:2].lower() not in _LONG_LETTERS:
        return None
    if _tells_of_itself(line):
        return "about"
    lower = line[:_FURNITURE_LENGTH].lower().strip("-–—•*#:_( \t")
    long = lower.startswith(_LONG) and _FURNITURE_PATTERNS["disclosure"].fullmatch(lower)
    return "disclosure" if long else None


def _reaches_somebody(line: str) -> bool:
    told = "@" in line or "+" in line or "://" in line
    return told and len(line) <= _CONTACT_LENGTH and _CONTACT.fullmatch(line) is not None


def resumes(line: str) -> bool:
    """Tell whether a line is a heading behind which the story goes on."""
    return len(line) <= _HEADING_LENGTH and RESUMES.fullmatch(line.lower()) is not None


def disclosures(text: str) -> Sequence[re.Pattern[str]]:
    """Give the patterns of the sentences of disclosures that a text may hold."""
    hints = _HINTS.find_matches_as_strings(text.lower())
    return [DISCLOSURES[hint] for hint in dict.fromkeys(hints)]
