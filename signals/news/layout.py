"""What stands around a name: whether it stands alone, and what speaks for a company."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from signals.news.placenames import is_place
from signals.news.vocabulary import (
    ANALYST_WORDS,
    BEFORE_COMPANY,
    COMPANY_WORDS,
    CONGLOMERATES,
    DESCRIPTORS,
    DONE,
    FIRST_NAMES,
    GROUP_FORMS,
    LEGAL_FORMS,
    MOVES,
    OPENERS,
    OWNED,
    PLACES,
    PLANS,
    THINGS,
    TITLES,
)

_FORMS = "|".join(
    re.escape(form)
    for form in sorted(LEGAL_FORMS | GROUP_FORMS, key=lambda form: (-len(form), form))
)
_INITIALS = "".join(sorted({form[0] for form in LEGAL_FORMS | GROUP_FORMS}))
CLOSING = rf"(?=,? [{_INITIALS}])(?:,? (?:{_FORMS})(?!\w)\.?)+"
"""A pattern of the legal forms behind a name."""

_CLOSING = re.compile(CLOSING)
_NEXT_WORD = re.compile(r"(?:'s)? ([A-Za-z][A-Za-z0-9]*)")
# Behind a name: a target, as in "Hold Titan, target Rs 3,600", a move, "Baytex 11%", talks.
_SAID_OF_A_SHARE = re.compile(
    r",? (?:with )?(?:a )?target\b|(?: \||:)? ?[-+]?\d[\d.,]* ?(?:%|per ?cent\b|pct\b)|"
    r" (?:is|was|are|were|remains) in (?:\w+ )?talks\b|"
    r" ?[-–—:] (?:Shares|Stock|The (?:shares|stock))\b|"  # of a list of movers
    r" ?[-–—] The (?:[\w'’-]+ ){1,5}?(?:rose|fell|slid|sank|jumped|dropped|gained|lost|climbed|"
    r"surged|soared|tumbled|plunged|slipped|shed|added|rallied|popped|spiked|advanced|declined|slumped|"
    r"sold off|traded|ended|closed)\b(?=[^.\n]{0,40}\d ?(?:%|per ?cent\b|pct\b))|"
    r" (?:is |was )?(?:up|down|off) (?:over |about |nearly )?\d[\d.,]* ?(?:%|per ?cent\b|pct\b)|"
    r" is (?:up|down|falling|rising|surging|soaring|plunging|sliding|tumbling|climbing|jumping|"
    r"sinking|trading) (?:today|this|on|after|as|again|by|over|more|lower|higher)\b|"
    r" (?:(?:lays?|laying|laid) off|(?:swings?|swung) to|pop(?:s|ped)(?! up))\b|"
    # Of a gap, too, it may be said that it grows.
    r" (?:narrow|grow|increase|reduce)(?:s|d|ed)? (?:its|full|annual|loss|losses|net|guidance|"
    r"forecast|outlook|fiscal|quarterly|dividend|buyback|stake|sales|revenue|profit|earnings)\b"
)
_OWNS = re.compile(r"'s? ([A-Za-z-]+)")
_HAS_DONE = re.compile(r" (?:has|have|had) (?:also |already |now )?([a-z]+)")
_IS_SUED = re.compile(r" (?:is|was|are|were) being (?:sued|acquired|bought|investigated|probed)\b")
_PERIOD = re.compile(r"[QH]\d|FY\d*|\d[QH]")  # whose figures: "Polaris Q1 profit"
_PLAN = re.compile(r" to ([A-Za-z]+)", re.IGNORECASE)
_RATED_AT = re.compile(
    r"\b(?:outperform|underperform|overweight|underweight|neutral|perform|weight|buy|hold|sell) "
    r"(?:at|by) \Z"
)
_LAST_WORD = re.compile(r"[A-Za-z][A-Za-z&.'-]*\Z")
# A web address, "A&B", "O'Neil".
_GOES_ON = frozenset(".&@'")  # what these begin with
# Most words begin with none of the letters of a legal form, which is told sooner than by a pattern.
_FORM_BEGINS = frozenset({", ", *(f" {initial}" for initial in _INITIALS)})
_WORD_GOES_ON = re.compile(r"\.[a-z]|[&@][A-Za-z]|'[A-Za-rt-z]")
# With which a name is that of something else: "the Oracle of Omaha", "a meta-analysis".
_SOMETHING_ELSE = (" of Omaha", "-analys", "-stud")
_AGED = re.compile(r", [1-9]\d,")  # "Charles Schwab, 86,"
# What is said of a share, and of nobody called so: "Dell fell 2%", "take Dell private".
_TRADED = re.compile(
    rf"(?:'s)? (?:shares?|stock|private)\b|"
    rf" (?:{'|'.join(sorted(MOVES))}) (?:\w+ ){{0,2}}\d[\d.,]* ?%"
)
_LONG_WORD = re.compile(r"\b[A-Za-z][a-z]{3,}")
_SPEAKS_OF_A_COMPANY = (
    *("shares of ", "shares in ", "stake in ", "stock of ", "coverage on ", "coverage of "),
    *("rating on ", "buy on ", "hold on ", "sell on ", "neutral on ", "target on ", "bullish on "),
    *("outperform on ", "underperform on ", "overweight on ", "underweight on ", "weight on "),
    *("positive on ", "bearish on ", "deal with ", "takeover of ", "bid for ", "offer for "),
    *("merger with ", "investment in ", "position in ", "holding in ", "invested in "),
)
_NAME_GOES_ON = DESCRIPTORS | PLACES
_NO_PERSON = ANALYST_WORDS | COMPANY_WORDS | BEFORE_COMPANY
_SENTENCE_ENDS = frozenset(".!?:;\"'()-–—|•*,/[]")
# Before a capital that is a name of a thing rather than a company's: "the Delta", "a Square".
_ARTICLES = frozenset("the a an this that these those its his her our their your my of".split())
# Between two names of one list, with what may stand in brackets behind the first.
_ALONGSIDE = re.compile(
    r"(?:'s?)?(?: \([^()\n]{1,40}\))?(?:, (?:and |or )?| and | or | & | vs\.? |/)", re.IGNORECASE
)


class Layout:
    """What stands around a name in a text, as :class:`~signals.news.plain.PlainText` gives it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: list[int] = []
        self._headlines: dict[int, bool] = {}

    def with_legal_form(self, end: int) -> int:
        """Give where a name ends with the legal form behind it."""
        if self._text[end : end + 2] not in _FORM_BEGINS:
            return end
        closing = _CLOSING.match(self._text, end)
        return closing.end() if closing else end

    def stands_alone(self, start: int, end: int) -> bool:
        """Tell whether a name is no part of a longer name, an address or a handle."""
        before = self._text[start - 1] if start else "\n"
        if before in "@$&#" or self._name_goes_on(start, end):
            return False
        first, blank, _ = self._text[start:end].partition(" ")
        if blank:
            return not (_calls_person(first) and _AGED.match(self._text, end))
        # A single word may be the last one of a name that the word before it begins.
        word = self._word_before(start)
        return not word[:1].isupper() or not self._begins_name(word, start)

    def is_a_persons(self, start: int) -> bool:
        """Tell whether a title or a first name stands before a name: "Senator Al Ford"."""
        word = self._word_before(start)
        if _calls_person(word):
            return True
        return word.istitle() and self._word_before(start - len(word) - 1).rstrip(".") in TITLES

    def _begins_name(self, word: str, start: int) -> bool:
        """Tell whether a capitalised word and the name behind it are one name: "Jim Ford"."""
        if _calls_person(word):
            return True
        if word in OPENERS or word.lower() in _NO_PERSON:
            return False
        if word.endswith(("'s", "s'", ".")) or (word.isupper() and len(word) <= 4):
            return False
        # Where every word has a capital, or any word would have one, it says nothing.
        place = start - len(word) - 1
        if self._text.endswith(("In ", " in "), 0, place):
            return False  # "In Manila Jollibee fell"
        listed = self._text[max(0, place - 2) : place].rstrip().endswith(",")  # "Ford, Jim Lawson"
        opens = self._begins_sentence(place) and not listed
        return not (opens or self._is_headline(start))

    def _name_goes_on(self, start: int, end: int) -> bool:
        name, behind = self._text[start:end], self._text[end : end + 1]
        if name in CONGLOMERATES and self.goes_on(start, end):
            return self.with_legal_form(end) == end  # "Siemens AG" is all of its name
        if self._text.startswith(_SOMETHING_ELSE, end):
            return True
        if (behind == "," or name == "Amazon") and is_place(self._text, start, end):
            return True
        if behind in _GOES_ON and _WORD_GOES_ON.match(self._text, end):
            return True
        if behind != " " or (after := _NEXT_WORD.match(self._text, end)) is None:
            return False
        word = after[1]
        return word in _NAME_GOES_ON or word.lower() in THINGS

    def is_traded(self, end: int) -> bool:
        """Tell whether what is behind a name is said of shares, which no person is."""
        return _TRADED.match(self._text, end) is not None

    def _begins_sentence(self, place: int) -> bool:
        before = self._text[max(0, place - 2) : place]
        return not before.strip() or before.rstrip()[-1] in _SENTENCE_ENDS or "\n" in before

    def has_context(self, start: int, end: int) -> bool:
        """Tell whether the words around a name speak of a company."""
        after = _NEXT_WORD.match(self._text, end)
        if after and (after[1].lower() in COMPANY_WORDS or _PERIOD.fullmatch(after[1])):
            return True
        if _SAID_OF_A_SHARE.match(self._text, end) or self._acts_as_company(end):
            return True
        if self.goes_on(start, end):
            return False  # "Bumble Bee Foods"
        if self._begins_sentence(start) and (plan := _PLAN.match(self._text, end)):
            return plan[1].lower() in PLANS  # "Shell to sell its pipelines"
        before = self._text[max(0, start - 40) : start].lower()
        return (
            before.endswith(_SPEAKS_OF_A_COMPANY)
            or self._word_before(start).lower() in BEFORE_COMPANY
            or _RATED_AT.search(before) is not None
        )

    def _acts_as_company(self, end: int) -> bool:
        """Tell whether a name owns what a company owns, or has done what companies do."""
        owned, done = _OWNS.match(self._text, end), _HAS_DONE.match(self._text, end)
        return (
            (owned is not None and owned[1].lower() in OWNED)
            or (done is not None and done[1] in DONE)
            or _IS_SUED.match(self._text, end) is not None
        )

    def goes_on(self, start: int, end: int) -> bool:
        """Tell whether a capital behind a name shows that it is the begin of a longer one."""
        after = _NEXT_WORD.match(self._text, end)
        if after is None or not after[1][0].isupper() or after[0][0] == "'":
            return False
        return after[1].lower() not in COMPANY_WORDS and not self._is_headline(start)

    def is_proper(self, start: int, end: int) -> bool:
        """Tell whether only a name would have its capital: within a sentence, and by itself."""
        word = self._word_before(start)
        goes_on = self._text.endswith((", ", "; "), 0, start)
        if not goes_on and (not word.islower() or word.endswith(".") or word in _ARTICLES):
            return False
        if self._is_headline(start):
            return False
        after = _NEXT_WORD.match(self._text, end)
        return after is None or not after[1][0].isupper() or after[0].startswith("'")

    def beside(
        self, doubtful: Sequence[tuple[int, int]], sure: Sequence[tuple[int, int]]
    ) -> set[int]:
        """Give the starts of those names that stand in a list with a sure one.

        "Nvidia, Salesforce and Snowflake": what is listed alike is alike.
        """
        spans = sorted({*doubtful, *sure})
        known = {start for start, _ in sure}
        neighbours = [
            (one[0], other[0])
            for one, other in pairwise(spans)
            if _ALONGSIDE.fullmatch(self._text, one[1], other[0])
        ]
        for first, second in neighbours:
            if first in known:
                known.add(second)
        for first, second in reversed(neighbours):
            if second in known:
                known.add(first)
        return known

    def _word_before(self, place: int) -> str:
        """Give the word before a place and a blank, as far as 30 characters reach, or ""."""
        if not place or self._text[place - 1] != " ":
            return ""
        begin = max(0, place - 30)
        begin = max(self._text.rfind(" ", begin, place - 1) + 1, begin)
        token = self._text[begin : place - 1]
        if token.isalpha() and token.isascii():
            return token
        word = _LAST_WORD.search(token)
        return word[0] if word else ""

    def _is_headline(self, place: int) -> bool:
        """Tell whether a line capitalises most of its words, so that capitals tell nothing."""
        if not self._lines:
            breaks = (match.end() for match in re.finditer("\n", self._text))
            self._lines = [0, *breaks, len(self._text) + 1]
        line = bisect_right(self._lines, place) - 1
        known = self._headlines.get(line)
        if known is None:
            begin, end = self._lines[line], self._lines[line + 1]
            words = _LONG_WORD.findall(self._text, begin, end)
            large = sum(word[0].isupper() for word in words)
            most = large > 0.7 * len(words) if len(words) > 3 else large == len(words)
            known = len(words) >= 3 and most
            known = known or self._text[begin:end].replace("'s", "").isupper()
            self._headlines[line] = known
        return known


def _calls_person(word: str) -> bool:
    return word.rstrip(".") in TITLES or word in FIRST_NAMES
