"""Notices by which law firms look for clients among a company's shareholders.

They come by the dozen after a share has fallen, call the company's name and say nothing new: a
study that takes them for news takes the fall for its effect. They are told by their set phrases:
words that speak to shareholders, which news of a suit doesn't use, beside words of suits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ahocorasick_rs import BytesAhoCorasick

from signals.news.article import Article
from signals.news.joined import in_bytes

_READ = 2_000  # characters from the beginning
_ENOUGH = 4  # points
# A text without one of each has no sign either; they are looked for first.
_LAW: Final = frozenset(
    "plaintiff,class action,firm,investigat,llp,attorney,counsel, law,pendency,losses".split(",")
)
_READERS: Final = frozenset("invest,holder,purchase,securities,you ,your ,money".split(","))
_SIGNS: Final = (*_LAW, *_READERS)
_FINDS = BytesAhoCorasick([*map(in_bytes, _SIGNS)])
_CALLED = r"\b(?:investors?|(?:share|stock)?holders?|purchasers)\b"
_LOST = r"\b(?:suffer(?:ed)?|incurred|lost|with .{0,25}loss(?:es)?)\b"
_ACT = (
    r"\b(?:contact(?:ed)?|inquire|to lead|opportunity|their options|(?:their|legal) rights|submit|"
    r"register|click here)\b"
)
_ASKED = r"(?:contact|inquire|secure|discuss|act\b|join|learn)"
_WHAT = r"\b(?:investor|shareholder|stockholder|deadline|loss|action|investigation)"
_SUIT = r"(?:investigation|filing|class action)"
# They speak to shareholders, of their losses, of fees: two points each. Before a phrase stand
# letters, of which it has one.
_ADDRESSING: Final = {
    "suffer|lost|loss|incurred": rf"{_CALLED}.{{0,60}}{_LOST}.{{0,120}}{_ACT}",
    "loss": rf"{_CALLED} with .{{0,25}}loss",
    "encouraged|urged|advised": (rf"{_CALLED}.{{0,80}}\b(?:encouraged|urged|advised) to {_ASKED}"),
    "encourages|urges": rf"\b(?:encourages|urges)\b.{{0,60}}{_CALLED}.{{0,80}} to {_ASKED}",
    "remind": rf"\breminds?\b.{{0,60}}{_CALLED}",
    "remind|class action": rf"\breminds?\b.{{0,60}}{_CALLED}.{{0,80}}\bclass action\b",
    "have until": rf"{_CALLED} have until\b",
    "contact": rf"{_CALLED}.{{0,80}}\b(?:should|may) contact\b|\bcontact (?:the|our) firm\b",
    "on behalf of": rf"\b(?:announces|investigat).{{0,90}}\bon behalf of\b.{{0,60}}{_CALLED}",
    "announces": rf"\b(?:firm|law) announces (?:an |the )?(?:\w+ )?{_SUIT}\b",
    "llp|p.c.|attorneys": (
        r"\b(?:llp|p\.c\.|attorneys) (?:announces|files|investigat|reminds|urges|encourages)"
    ),
    "alert|notice|reminder|investigation": (
        rf"{_WHAT} (?:alert|notice|reminder|investigation)\b[^a-z]{{0,2}}:"
    ),
    "join the|secure counsel": r"\bjoin the (?:class )?action\b|\bsecure counsel\b",
    "lead plaintiff|lead role": (
        r"\blead plaintiff deadline\b|"
        r"\b(?:move|seek|wish)\b.{0,40}\b(?:as lead plaintiff|lead role)\b"
    ),
    "opportunity": r"\bopportunity to lead\b",
    "you ": r"\byou (?:purchased|bought|acquired|suffered|lost|may be entitled|have until)\b",
    "legal rights": r"\btheir legal rights\b",
    "our ": r"\byour (?:legal )?rights\b|\bour (?:attorneys|lawyers|firm|investigation)\b",
    "?": r"\b(?:lost?|lose|suffer) (?:money|losses) (?:in|on) [^?]{0,60}\?",
    "price": r"\bselling for a fair price\b|\badequacy of price\b",
    "certified": r"\bclass has (?:not yet|yet|not|been) (?:been )?certified\b",
    "court for": r"\bthe court for appoint",
    "counsel": r"\bnot represented by counsel\b|\bcounsel of (?:your|their) choice\b",
    "recover": r"\bshare in any .{0,30}recovery\b|\bbe (?:eligible|entitled) to recover",
    "pocket": r"\bout[- ]of[- ]pocket (?:fees|costs)\b",
    "at no c|free of": r"\bat no (?:cost|charge)\b|\bfree of charge\b",
    "attorney adv": r"\battorney advertising\b",
    "obligation|contingen": r"\bno[- ](?:cost or )?obligation\b|\bcontingen\w+ fee\b",
    "notice of": r"\bnotice of (?:pendency|proposed settlement)\b",
}
_SPEAKING: Final = {
    "lead plaintiff": r"\blead plaintiff\b",
    "encourage|urge|notifies|alert": (
        rf"\b(?:encourages?|urges?|notifies|alerts?)\b.{{0,80}}{_CALLED}"
    ),
    "class ": r"\bclass (?:period|action)\b",
    "law |llp|rights firm": (
        r"\blaw (?:firm|offices?|group)\b|\bllp\b|\battorneys at law\b|\brights firm\b"
    ),
    "on behalf of": rf"\bon behalf of\b.{{0,90}}{_CALLED}",
    "securities ": r"\bsecurities (?:fraud|class)\b|\bviolations of .{0,20}securities law",
}
# What they are about; without it a company speaks to its shareholders, of a vote or an offer.
_SUBJECT: Final = re.compile(
    r"\b(?:class (?:action|period)|lead plaintiff|lawsuit|securities (?:fraud|litigation|class)|"
    r"attorney advertising|their rights|legal rights|pendency|contact the firm|secure counsel|"
    r"law (?:firm|offices?|group)|llp (?:announces|reminds|investigat|urges|encourages)|"
    r"our attorneys|rights firm|discuss (?:your|their) rights|contact [^.]{0,30} llp|"
    r"(?:lost?|lose) money (?:in|on)|violations of .{0,20}securities law|"
    rf"investigat.{{0,90}}on behalf of)|{_CALLED} with .{{0,25}}loss"
)
_HOLDER: Final = re.compile(rf"{_CALLED}|\bsecurities\b")
# What courts and companies say is news of a suit: it takes two points.
_REPORTED: Final = re.compile(
    r"\bjudge\b|\bappeals court\b|\bsupreme court\b|\bto comment\b|\bfor comment\b"
)


def is_solicitation(article: Article) -> bool:
    """Tell whether an article is a law firm's notice to shareholders, by its first lines."""
    text = article.text[:_READ].lower().replace("\n", " ")
    found = _FINDS.find_matches_as_indexes(in_bytes(text), overlapping=True)
    signs = {_SIGNS[number] for number, *_ in found}
    if _LAW.isdisjoint(signs) or _READERS.isdisjoint(signs):
        return False
    addressing = _count(text, _ADDRESSING)
    if not (addressing and _SUBJECT.search(text)):
        return False
    if addressing == 1 and not _HOLDER.search(text):  # customers are spoken to as well
        return False
    points = 2 * addressing + _count(text, _SPEAKING)
    return points - 2 * (_REPORTED.search(text) is not None) >= _ENOUGH


def _count(text: str, phrases: dict[str, str]) -> int:
    return sum(
        _has_any(text, letters.split("|")) and re.search(phrase, text) is not None
        for letters, phrase in phrases.items()
    )


def _has_any(text: str, letters: Iterable[str]) -> bool:
    return any(one in text for one in letters)
