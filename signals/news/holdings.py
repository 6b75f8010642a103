"""What machines write of a fund's holdings: so many shares of a company at the end of a quarter.

For each fund that files with the SEC such texts come out, one a company that it holds, up to seven
weeks after the quarter has ended: "Acme Wealth LLC lifted its holdings in Globex by 14.2 % in the
second quarter, according to its most recent filing with the SEC". Nobody has bought that day. They
are told by their set phrases; that an activist or a known investor has a stake is news.
"""

from __future__ import annotations

import re
from typing import Final

from signals.news.article import Article

_READ = 1_500  # characters from the beginning
_HELD = r"\b(?:stakes?|positions?|holdings?)\b"
_QUARTER = r"\b(?:during|in) the (?:first|second|third|fourth|1st|2nd|3rd|4th) quarter\b"
_FILED = (
    r"(?:according to (?:the (?:company|fund|firm) in )?its most recent (?:form |13f |filing|"
    r"disclosure)|holdings ?channel(?:\.com)? reports\b)"
)
_TOLD: Final = re.compile(rf"{_HELD}[^.].{{0,160}}{_QUARTER},? {_FILED}")
_SIGNS: Final = ("most recent", "HoldingsChannel", "Holdings Channel")
_SHARES = r"(?:\d{1,3}|\d{1,3},\d{3}) shares of|shares of \d[\d,]*"
_WORTH = r"\$\d[\d.,]*(?: (?:thousand|million))? (?:stake|position|holdings?|investment) in"
_HOUSE = (
    r"(?:advisors?|advisers|wealth|management|financial|capital|trust|bank|group|partners|"
    r"investments?|asset|fund|llc|lp|llp)\b"
)
_FORM = r"\W*(?:(?:inc|corp|co|ltd|na)\W*)?"
_CODE = r"(?:\((?:nasdaq|nyse|nysearca|nyseamerican|amex|otcmkts|lon|tse):|\$[a-z])"
_DID = (
    r"(?:acquired|bought|purchased|sold|boosted|lifted|raised|increased|trimmed|cut|reduced|"
    r"lowered|decreased|lessened)"
)
_DOES = (
    r"(?:acquires|buys|purchases|sells|has|holds|takes|boosts|lifts|raises|grows|increases|trims|"
    r"cuts|reduces|lowers|decreases|invests|makes)"
)
_TITLES: Final = re.compile(
    # Such as "Acme Wealth LLC Buys 2,310 Shares of Globex Inc. (NYSE:GBX)"
    rf"{_HOUSE}.{{0,12}} {_DOES} (?:{_SHARES}|{_WORTH}|(?:stock |share )?{_HELD} in|"
    rf"\$\d[\d.,]* (?:thousand|million) in).{{3,60}}{_CODE}|"
    # "Globex Inc. $GBX Shares Sold by Acme Wealth LLC"
    rf"{_CODE}.{{0,12}} (?:shares|(?:stock )?{_HELD}) {_DID} by .{{3,50}}{_HOUSE}{_FORM}\Z|"
    # "Globex Inc. $GBX is Acme Wealth LLC's 8th Largest Position"
    rf"{_CODE}.{{0,12}} is .{{3,60}}'s (?:\d+\w\w )?largest (?:position|holding)\b"
)


def is_holdings_notice(article: Article) -> bool:
    """Tell whether an article lists what a fund held when a quarter ended, by its first lines.

    A title does not tell it alone where a text behind it says nothing of a quarter.
    """
    text = article.text[:_READ]
    if any(sign in text for sign in _SIGNS) and _TOLD.search(text.lower().replace("\n", " ")):
        return True
    title, _, behind = text.partition("\n")
    if behind.strip() and "quarter" not in behind:
        return False  # "Acme Capital Takes Stake in Globex (NYSE:GBX)": so begins news as well
    return ("$" in title or ":" in title) and _TITLES.search(title.lower()) is not None
