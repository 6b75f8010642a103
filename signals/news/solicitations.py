"""Notices by which law firms look for clients among a company's shareholders.

They come by the dozen after a share has fallen, call the company's name and say nothing new: a
study that takes them for news takes the fall for its effect. A title is told by how many of their
words it has, a text by their set phrases, which news of a suit doesn't use.
"""

from __future__ import annotations

import re
from typing import Final

from signals.news.article import Article

_READ = 2_000  # characters from the beginning
_ENOUGH_WORDS, _ENOUGH_POINTS = 4, 3
_HOLDERS: Final = frozenset(
    "investor investors shareholder shareholders stockholder stockholders purchasers your".split()
)
_WORDS: Final = frozenset(
    "alert class lawsuit suit securities fraud fraudulent loss losses lost lose deadline lead law "
    "firm llp llc attorney attorneys counsel contact encourages reminds urged urges notifies "
    "alerts investigates investigation investigating investigate behalf rights options opportunity "
    "notice reminder plaintiff commenced claims inquire litigation breach fiduciary "
    "adequacy".split()
)
# What courts and companies do is news of a suit.
_NEWS: Final = frozenset(
    "judge court settle settles settled settlement dismissed dismisses ruling rules approves pay "
    "pays verdict jury appeals supreme certifies sec regulator regulators".split()
)
_WORD = re.compile(r"[a-z]+")
_SIGNS: Final = ("plaintiff", "the firm", "class period", "class action", "law firm", "pendency")
_ACT = r"(?:contact(?:ed)?|inquire|to lead|the firm|their options|their rights)"
_CALLED = r"(?:investors?|shareholders?|stockholders?|purchasers)"
# They speak to the reader, which no news does; and what else a notice says.
_ADDRESSING: Final = tuple(
    map(
        re.compile,
        (
            rf"\b{_CALLED}\b.{{0,60}}\b(?:suffer(?:ed)?|incurred|with|lost)\b.{{0,120}}\b{_ACT}\b",
            r"\bjoin the (?:class )?action\b|\bsecure counsel\b|\bcontact (?:the|our) firm\b",
            r"\byou (?:purchased|bought|acquired|suffered|may be entitled)\b",
            r"\bclass has (?:not yet|yet|not) been certified\b|\bbeen certified, you are not\b",
            r"\bout[- ]of[- ]pocket (?:fees|costs)\b|\bat no cost\b|\battorney advertising\b",
            r"\bnotice of (?:pendency|proposed settlement)\b",
        ),
    )
)
_SPEAKING: Final = tuple(
    map(
        re.compile,
        (
            r"\blead plaintiff\b",
            rf"\b(?:reminds?|encourages?|urges?|notifies|alerts?)\b.{{0,80}}\b{_CALLED}\b",
            r"\bclass period\b|\bclass action\b",
            r"\blaw (?:firm|offices?)\b|\bllp\b|\bthe firm\b",
            rf"\bon behalf of\b.{{0,90}}\b{_CALLED}\b",
        ),
    )
)


def is_solicitation(article: Article) -> bool:
    """Tell whether an article is a law firm's notice to shareholders, by its first lines."""
    words = {*_WORD.findall(article.title.lower())}
    if not words.isdisjoint(_HOLDERS):
        asking = len(words & _WORDS) + 1 - 2 * len(words & _NEWS)
        if asking >= _ENOUGH_WORDS:
            return True
    text = article.text[:_READ].lower()
    if not any(sign in text for sign in _SIGNS):
        return False
    addressing = sum(phrase.search(text) is not None for phrase in _ADDRESSING)
    if not addressing:
        return False
    speaking = sum(phrase.search(text) is not None for phrase in _SPEAKING)
    return 2 * addressing + speaking >= _ENOUGH_POINTS
