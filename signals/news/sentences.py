"""Where sentences begin and end, in linear time.

A line break always ends a sentence: :mod:`signals.news.article` has joined wrapped lines. A full
stop ends one unless it belongs to an abbreviation, an initial or a number.
"""

from __future__ import annotations

import re

# A run of closing punctuation, with the quotes and brackets behind it. Possessive, and only from
# the start of a run, so that a million dots are read once.
_STOP = re.compile(r"[.!?…](?<![.!?…][.!?…])[.!?…]*+[\"'”’»)\]]*+(?=\s)")
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘]+\Z")
_FIRST_WORD = re.compile(r"[^\w’']")
_OPENING = "\"'“‘«([-–—•*"  # what may stand before the first letter of a sentence

# Never at the end of a sentence: something always follows.
_TITLES = frozenset(
    "mr mrs ms dr prof st gen sen rep gov hon rev capt col lt sgt messrs vs v cf e.g i.e eg ie "
    "approx est fig art sec al viz".split()
)
# At the end of a sentence only when the next word usually begins one.
_SHORT = frozenset(
    "inc corp co ltd plc llc lp bros cos intl mfg assn dept univ jr sr etc no nos vol ave blvd rd "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun a.m p.m ph.d "
    "n.v s.a s.p.a a.g b.v k.k s.e pty".split()
)
_STARTERS = frozenset(
    "a after all although an and another as at before both but by despite during each even every "
    "first for from given he her here his how however i if in indeed instead it its last many "
    "meanwhile more most my new no nor not now of on one or other our over separately shares she "
    "since so some still such that the their then there these they this those though to today "
    "under until we what when where while who why with without year yesterday yet you".split()
)
_LONGEST = 24  # characters before a stop in which its word is looked for
_SUFFIXES = r"(?:Inc|Corp|Ltd|plc|PLC|Co)\b"
_SUFFIX = re.compile(_SUFFIXES)
# The commonest end of all, which needs no closer look: four small letters that end no abbreviation,
# a full stop, a blank, and a capital that begins no legal form. The patterns begin with the stop,
# which is sought at full speed; the second one also finds those that need a closer look.
_TAILS = "|".join(
    sorted({word[-4:] for word in _TITLES | _SHORT if word[-4:].isalpha() and word[3:]})
)
_PLAIN = rf" (?<=[a-z]{{4}}\. )(?<!(?:{_TAILS})\. )(?=[A-Z])(?!{_SUFFIXES})"
_PLAIN_STOP = re.compile(rf"\.{_PLAIN}")
_ANY_STOP = re.compile(rf"\.(?:({_PLAIN})|(?=[\s.…\"'”’»)\]]))")
_INITIALS = re.compile(r"(?:[A-Za-z]\.)*[A-Za-z]")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Find the sentences of a text, or of a part of it.

    Parameters
    ----------
    text
        Any text.
    start, end
        The part to look at; all of it by default.

    Returns
    -------
    list of (int, int)
        ``text[a:b]`` is a sentence without blanks around it, in order. Only blanks lie between.

    Examples
    --------
    >>> text = "The U.K. hired Dr. No. It paid $1.5 billion."
    >>> [text[a:b] for a, b in sentence_spans(text)]
    ['The U.K. hired Dr. No.', 'It paid $1.5 billion.']
    """
    end = len(text) if end is None else end
    spans: list[tuple[int, int]] = []
    begin = start
    for line in text[start:end].split("\n"):
        stop = begin + len(line)
        if line and not _is_odd(line) and None not in (parts := _ANY_STOP.split(line)):
            for piece in parts[:-1:2]:
                behind = begin + len(piece) + 1
                spans.append((begin, behind))
                begin = behind + 1
            spans.append((begin, stop))
        elif line:
            for piece in _PLAIN_STOP.split(line):
                behind = min(begin + len(piece) + 1, stop)
                _part_odd(spans, text, begin, behind, end)
                begin = behind + 1
        begin = stop + 1
    return spans


def _is_odd(line: str) -> bool:
    """Tell whether a line has blanks around it, or ends of sentences that are no full stop."""
    return "?" in line or "!" in line or "…" in line or len(line.strip()) < len(line)


def _part_odd(spans: list[tuple[int, int]], text: str, start: int, stop: int, end: int) -> None:
    """Add the sentences of a part of a line, each of whose ends is looked at."""
    begin = start
    for match in _STOP.finditer(text, start, stop):
        if _ends_sentence(text, begin, match, end):
            _append_stripped(spans, text, begin, match.end())
            begin = match.end()
    _append_stripped(spans, text, begin, stop)


def _append_stripped(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    if start < end and text[start] == " ":
        start += 1
    if start < end and not (text[start].isspace() or text[end - 1].isspace()):
        spans.append((start, end))
        return
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    if right > left:
        spans.append((start + left, start + right))


def _ends_sentence(text: str, begin: int, stop: re.Match[str], end: int) -> bool:
    """Tell whether closing punctuation ends the sentence, from the words on both sides."""
    following = text[stop.end() : min(stop.end() + 40, end)].lstrip().lstrip(_OPENING).lstrip()
    if following[:1].islower() or _SUFFIX.match(following):  # "Yahoo! Inc."
        return False
    if not stop[0].startswith(".") or stop[0].startswith(".."):
        return True
    before = _LAST_WORD.search(text, max(begin, stop.start() - _LONGEST), stop.start())
    word = before[0] if before else ""
    lower = word.lower()
    if lower in _TITLES:
        # "No." before a capital may be a name or an answer, and "St." a saint.
        return False
    if lower in _SHORT or (word and _INITIALS.fullmatch(word)):
        return _FIRST_WORD.split(following, maxsplit=1)[0].lower() in _STARTERS
    return True
