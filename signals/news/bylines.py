"""Who wrote a story, when, and who spoke: what pages print around a story, no part of it."""

from __future__ import annotations

import re

from signals.news.vocabulary import MOVES

_NAME = r"[A-Z][\w.'’-]*"
_PERSON = rf"{_NAME}(?: [A-Z][\w.'’-]+){{1,4}}"
_JOB = (
    r"(?:writer|reporter|correspondent|editor|contributor|columnist|journalist|newsdesk|news desk|"
    r"newsroom|bureau|staff)s?\.?"
)
_PEOPLE = rf"{_PERSON}(?:(?:,| and| &) {_PERSON})*"
_BYLINE = re.compile(
    rf"(?:By|BY|by) ?{_PEOPLE}(?:, (?i:{_JOB})|(?:, [\w. ]{{2,30}}[^.])?)|Author {_PEOPLE}"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = (
    rf"(?:{_MONTH} \d{{1,2}},? \d{{4}}|\d{{1,2}}[ -]{_MONTH},?[ -]\d{{4}}|\d{{4}}-\d\d-\d\d|"
    r"\d\d[/.]\d\d[/.]\d{4})"
)
_TIME = r"\d{1,2}(?:[:.]\d\d(?::\d\d)?| ?[ap]\.?m\b)"
_ZONE = r"(?:gmt|utc|[bhijk]st|ce?t|cest|e[sd]?t|sgt|ae[sd]t)"
_READ = r"\d+[ -]min(?:ute)?s? read"
_STAMPED = (
    rf"(?:by [\w.]{{2,20}},? )?(?:\w{{3,12}}(?: \w{{3,12}})?(?: ?:)? )?"
    rf"(?:{_TIME} ?(?:[ap]m)?(?: {_ZONE})?,? )?"
    rf"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?{_DATE}"
    rf"(?:[,|· ]+(?:[/–—-] )?(?:at )?{_TIME}[\w.:+()/ -]{{0,20}}|"
    rf"\d{{1,2}}:\d\d [ap]m [\w ]{{0,30}}| {_ZONE})?"
)
_STAMP = re.compile(
    rf"(?:{_READ} )?{_STAMPED}(?: ?[|·•]? ?(?:source: .{{2,60}}|{_READ}|updated .{{5,45}}))?"
    rf"|{_READ}|live \d+ updates|[\d.,]+[km]? followers"
    r"|(?:updated )?\d+ (?:minutes?|hours?|days?) ago|\d\d-\d\d-\d\d \d{4}e[ds]?t"
)
# A stamp before who wrote it, and the heading of a call.
_BEGUN = re.compile(
    rf"{_DATE}[, ]+{_TIME} .*\bby: .*|.*\bearnings (?:conference )?call,? (?:on )?{_DATE}.*"
)
_FORM = r"(?:Inc|Corp|Ltd|Limited|Co|plc|PLC|SE|AG|NV|AB|ASA|Abp|SpA|SA)\.?"
# A name by itself, between the title and the story: "Ada Example", "Ada Example in London".
_CREDIT = re.compile(
    rf"{_NAME}(?: (?:of |and |in )?{_NAME}){{1,3}}|"
    rf"(?:{_NAME},? ){{1,6}}{_FORM}|[A-Z]{{1,5}} [-+][\d.]+%|"
    rf"{_PEOPLE}(?:,| [·|•–—-])? ?(?:[A-Z][\w.&]+ |senior |staff ){{0,4}}(?i:{_JOB})"
)
_BY = ("By", "BY", "by", "Author ")
_UNDATED = (" read", " updates", " followers", " ago")  # how stamps without a year end
_LONGEST_CALL, _LONGEST_CREDIT, _LONGEST_LABEL = 180, 60, 30
# Words of a deck, which is the story's: "Profit Warning Issued", "Shares Fall Sharply".
_SAYS = (
    r"\b(?:shares?|stocks?|profits?|sales|revenues?|earnings|loss|deals?|bids?|records?|results|"
    r"outlook|guidance|dividends?|court|case|suit|lawsuit|jobs?|talks|cuts?|new|strong|weak|higher|"
    rf"lower|demand|growth|quarter|strikes?|bank|tariffs?|chief|{'|'.join(sorted(MOVES))})\b"
)
_OF_A_DECK = re.compile(rf"(?!.* {_FORM}\Z).*(?:\w{{2,}}(?:ed|ing|ly|es)\b|{_SAYS})", re.IGNORECASE)
_DECK_OF_TWO = re.compile(rf"(?=.* )(?!.* {_FORM}\Z).*{_SAYS}", re.IGNORECASE)
_NO_LABEL = re.compile(r"[\d%:]|\A[-–—•*·]")  # figures, items of a list

# What opens a list, and how its lines are written: symbols, those who speak on a call.
_SYMBOLS = re.compile(r"\$?[A-Z][A-Z.^=-]{0,7}(?:[,:]? ?[-+]?\d[\d.,]*%?.{0,20})?")
# A name, a house or an office: no word of four small letters is in it.
_PARTICIPANT = re.compile(
    r"(?!(?:Presentation|Operator|Takeaways|TAKEAWAYS)\b)(?:(?!\b[a-z]{4}).){2,160}(?<![.?!])"
)
_ONE_NAME = re.compile(rf"{_NAME}(?: (?:[\w.&'’-]+|&)){{0,5}}")
_LISTS = {
    "in this article": _SYMBOLS,
    "referenced symbols": _SYMBOLS,
    "company participants": _PARTICIPANT,
    "corporate participants": _PARTICIPANT,
    "conference call participants": _PARTICIPANT,
    "call participants": _PARTICIPANT,
    "executives": _PARTICIPANT,
    "analysts": _PARTICIPANT,
    "author of the article": _ONE_NAME,
    "news provided by": _ONE_NAME,
}


def is_byline(line: str, lower: str) -> bool:
    """Tell whether a line says who wrote a story, or when; ``lower`` is the line in lower case."""
    if line.startswith(_BY) and _BYLINE.fullmatch(line):
        return True
    if lower.endswith(".") and not lower.endswith(("m.", "inc.")):  # prose, no "4 p.m."
        return False
    dated = "20" in lower or lower.endswith(_UNDATED) or lower[2:3] == "-"
    return dated and _STAMP.fullmatch(lower) is not None


def is_credit(line: str) -> bool:
    """Tell whether a line before a story is a name or a word alone, or the heading of a call."""
    if is_label(line):
        return True
    if len(line) <= _LONGEST_CREDIT and _CREDIT.fullmatch(line) and not _OF_A_DECK.match(line):
        return True
    return len(line) <= _LONGEST_CALL and _BEGUN.fullmatch(line.lower()) is not None


def is_label(line: str) -> bool:
    """Tell whether a line is a word or two, as of a button or a tag, no figure or item."""
    if len(line) > _LONGEST_LABEL or line.count(" ") > 1:
        return False
    return not (_NO_LABEL.search(line) or _DECK_OF_TWO.match(line))


def list_opened(line: str) -> re.Pattern[str] | None:
    """Give how the lines of a list are written that a line opens; None of any other line."""
    return _LISTS.get(line.lower().rstrip(": ")) if len(line) < 30 else None
