"""The part that a company plays beside another one: beaten, a mere comparison, or neither.

"Lockheed beats Boeing to a contract" is bad for Boeing what it is good for Lockheed, "Unlike Ford,
GM beat estimates" says nothing of Ford. What is read is a sentence whose names are overwritten.
"""

from __future__ import annotations

import re

from signals.sentiment.tokens import OTHER_FILLER, TARGET_FILLER

ORDINARY, ASIDE, OPPOSED = 1, 0, -1
"""Of what a sentence says, how much goes for the target: all, nothing, or the opposite."""

_OWN, _OTHER = f"{TARGET_FILLER}++", f"(?<!{OTHER_FILLER}){OTHER_FILLER}+"
_MEANWHILE = rf"[^,;:{TARGET_FILLER}{OTHER_FILLER}]{{0,60}}?"  # few, so that the time is linear
_BEATS = (
    r"(?:beats?|beating|defeats?|defeated|outbids?|edges? out|edged out|trounces?|trounced"
    r"|topples?|toppled|dethrones?|dethroned|displaces?|displaced|unseats?|unseated)"
)
_OUTDOES = (
    r"(?:outperforms?|outperformed|outpaces?|outpaced|overtakes?|overtook|overtaking|surpass"
    r"(?:es|ed)?|leapfrogs?|leapfrogged)"
)
_LOSES = r"(?:loses?|lost|losing|cedes?|ceded)"
_WINS = r"(?:wins?|won|winning|prevails?|prevailed)"
_TAKES = (
    r"(?:takes?|took|taking|grabs?|grabbed|gains?|gained|gaining|wins?|won|winning|steals?|stole"
    r"|snatch(?:es|ed)?|captures?|captured)"
)
_RIVALS = r"(?:rival|competitor|supplier|challenger|peer)s?"
_OPPOSED = re.compile(
    rf"{_OTHER}{_MEANWHILE}\b(?:{_BEATS}"
    rf"|{_LOSES}\b{_MEANWHILE} (?:to|against)"
    rf"|{_WINS}\b{_MEANWHILE} against"
    rf"|{_TAKES}\b{_MEANWHILE}\bshare{_MEANWHILE} from"
    rf") (?:its |the )?(?:{_RIVALS} )?{_OWN}(?!['’\w])",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    rf"\bunlike (?:its |the )?(?:{_RIVALS} )?{_OWN}(?!['’]).*{_OTHER}"
    rf"|{_OTHER}{_MEANWHILE}\b{_OUTDOES} (?:its |the )?(?:{_RIVALS} )?{_OWN}(?!['’\w])"
    rf"|{_OWN}(?:['’]s?)? {_RIVALS} (?:[\w-]+ ){{0,2}}{_OTHER}",
    re.IGNORECASE,
)
_LEADS = re.compile(
    rf"\b(?:to|against|from|out|its|the|unlike|{_BEATS}|{_OUTDOES}|{_RIVALS}) \Z", re.IGNORECASE
)
_TRAILS = re.compile(rf"{_OWN}(?:['’]s?)? {_RIVALS} ", re.IGNORECASE)
_LEAD = 16
"""Characters of the words that lead to a target, in each of the patterns above."""
_AGAIN = re.compile(rf" ?\((?:[A-Za-z]+: ?)?[{TARGET_FILLER}{OTHER_FILLER}]+\)")


def part_of(marked: str) -> int:
    """Say how what a sentence says goes for its target: :data:`ORDINARY` where nothing tells.

    Parameters
    ----------
    marked
        The sentence, its names overwritten by the fillers.
    """
    if OTHER_FILLER not in marked:
        return ORDINARY
    if "(" in marked:
        marked = _AGAIN.sub("", marked)  # "Boeing (BA)" is one name
    at = marked.find(TARGET_FILLER)
    if not (_LEADS.search(marked, max(at - _LEAD, 0), at) or _TRAILS.match(marked, max(at, 0))):
        return ORDINARY
    if TARGET_FILLER in marked[at:].lstrip(TARGET_FILLER):
        return ORDINARY  # it is named again, and may do something of its own
    if _OPPOSED.search(marked):
        return OPPOSED
    return ASIDE if _ASIDE.search(marked) else ORDINARY
