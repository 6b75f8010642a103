"""Who speaks and who is spoken of: a broker, publisher or exchange is often only the voice.

A first, simple form: it reads one sentence, and only companies that the book calls broker,
publisher or exchange can be sources.
"""

from __future__ import annotations

import re
from typing import Literal

from signals.news.securities import Kind
from signals.news.vocabulary import ANALYST_TOPICS, ANALYST_WORDS, LEGAL_FORMS

Role = Literal["subject", "source"]

_WORD = re.compile(r"[A-Za-z]+")
_VOICE_BEFORE = re.compile(
    r"(?:according to|analysts? (?:at|from|with)|told|citing|cited by|by|via|told the|"
    r"reported (?:by|in)|interview with|survey by|data from)(?: the)? \Z",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r" (?:reported|reports|said|says|wrote|first reported|news|poll|survey|that)\b"
)
_OWN_BUSINESS = re.compile(
    r"(?:'s)?(?: (?:group|inc|plc|said it|also))? (?:shares|stock|earnings|profit|revenue|results|"
    r"inc|to (?:buy|acquire|cut|sell|pay|hire|close|settle)|agreed|agrees|beats?|miss(?:es|ed)?|"
    r"tops|topped|posts|posted|reports (?:q\d|earnings|profit|results)|settles|hires|names|fined|"
    r"sued|ceo|chief|chairman|employees|bankers|traders)\b",
    re.IGNORECASE,
)


def role_of(sentence: str, start: int, end: int, *, kind: Kind, others: bool) -> Role:
    """Tell whether a company is the subject of a sentence or its source.

    Parameters
    ----------
    sentence
        The sentence; the company's name is ``sentence[start:end]``.
    start, end
        The place of the name.
    kind
        What the book says about the company.
    others
        Whether the sentence also speaks of another company.
    """
    before, after = sentence[max(0, start - 40) : start], sentence[end : end + 60]
    if kind == "company" or _OWN_BUSINESS.match(after):
        return "subject"
    if kind == "exchange":
        # The place of trade, or an index: "on the Nasdaq", "the Nasdaq Composite".
        followed = _WORD.match(after.lstrip(" ,"))
        return "subject" if followed and followed[0] in LEGAL_FORMS else "source"
    if _VOICE_BEFORE.search(before):
        return "source"
    if kind == "publisher":
        return "source" if _PUBLISHED.match(after) else "subject"
    words = {word.lower() for word in _WORD.findall(after)[:4]}
    about_ratings = any(topic in sentence.lower() for topic in ANALYST_TOPICS)
    return "source" if words & ANALYST_WORDS and (others or about_ratings) else "subject"
