"""Names of the news that aren't the story: who rates, rules, trades, or is what is traded.

Of a house that upgrades a share, or a regulator that approves a deal, a headline says nothing
good or bad. The words of a name tell its kind; the name itself is never a feature. Lists of our
own: to teach the scorer a word, add it here and train again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_AUTHORITIES = (
    "sebi rbi fed ecb boe boj snb rba pboc fomc usfda fda fcc sec ftc cci sat irda irdai cbi court "
    "tribunal commission ministry government govt regulator regulators authority treasury opec imf "
    "parliament congress senate police watchdog cabinet finmin epa fca cma esma doj sc hc cag trai "
    "cerc fipb cbdt eu union reserve central"
)
_HOUSES = (
    "securities broking brokers broker brokerage brokerages advisors advisory advisers asset amc "
    "mf investment investments equities wealth research capital partners management managers fund "
    "funds analysts analyst ventures holdings goldman sachs morgan stanley jpmorgan jp ubs clsa "
    "citi citigroup hsbc nomura barclays suisse deutsche merrill lynch jefferies macquarie "
    "bernstein bnp paribas moody's moodys moody fitch s&p crisil icra care edelweiss ambit "
    "religare kotak angel iifl emkay sharekhan motilal oswal icicidirect.com blackstone kkr"
)
_VENUES = (
    "bse nse mcx ncdex nyse nasdaq lse exchange exchanges bourse bourses market markets street"
)
_CURRENCIES = (
    "dollar rupee yen euro sterling pound yuan franc won rouble ruble lira peso real rand baht "
    "ringgit rupiah currency currencies kiwi aussie loonie greenback bitcoin"
)
_INDICES = (
    "nifty sensex dow nikkei ftse dax cac nasdaq kospi hang seng s&p index indices shanghai stoxx "
    "topix russell sse"
)
_GOODS = (
    "gold silver oil crude brent copper nickel zinc aluminium sugar wheat corn soybean coffee "
    "cocoa cotton rubber cardamom jeera turmeric coriander chana pulses palm metal metals "
    "commodity commodities gas futures steel coal"
)
_DEBTS = "bond bonds gilt gilts debt treasuries treasury yield yields note notes loan loans"
_GROUPS = (
    "stocks shares stock sector sectors companies cos space pack plays banks midcap midcaps "
    "mid-caps large-caps smallcaps realty auto pharma it fmcg telecom infra psu banking airlines "
    "equities"
)

_KINDS = {
    kind: frozenset(words.split())
    for kind, words in (
        ("authority", _AUTHORITIES),
        ("house", _HOUSES),
        ("venue", _VENUES),
        ("currency", _CURRENCIES),
        ("index", _INDICES),
        ("goods", _GOODS),
        ("debt", _DEBTS),
        ("group", _GROUPS),
    )
}
_FIRM = frozenset({"firm"})
_WORD = re.compile(r"[\w&'’.-]+")


def kinds_of(names: Iterable[str]) -> list[str]:
    """Tell the kinds of names, those that any of them has, in order; a plain company is a firm."""
    return sorted(frozenset().union(*map(_kinds, names)))


@lru_cache(maxsize=1 << 14)
def _kinds(name: str) -> frozenset[str]:
    words = {
        word.replace("’", "'").removesuffix("'s") for word in _WORD.findall(name.lower())
    } | set(_WORD.findall(name.lower()))
    return frozenset(kind for kind, known in _KINDS.items() if words & known) or _FIRM
