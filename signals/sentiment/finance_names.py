"""Names of the news that aren't the story: who rates, rules, trades, or is what is traded.

Of a house that upgrades a share, or a regulator that approves a deal, a headline says nothing
good or bad. The words of a name tell its kind; the name itself is never a feature. Lists of our
own: to teach the scorer a word, add it here and train again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache, reduce
from operator import or_

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

_WORDS = {
    kind: frozenset(words.split())
    for kind, words in (
        ("authority", _AUTHORITIES),
        ("currency", _CURRENCIES),
        ("debt", _DEBTS),
        ("goods", _GOODS),
        ("group", _GROUPS),
        ("house", _HOUSES),
        ("index", _INDICES),
        ("venue", _VENUES),
    )
}
_FIRM = "firm"
KINDS = tuple(sorted([*_WORDS, _FIRM]))
"""All kinds; a plain company is a firm."""
_WORD = re.compile(r"[\w&'’.-]+")


def kind_bits(names: Iterable[str]) -> int:
    """Tell the kinds that any of these names has, as bits: 1 for the first of :data:`KINDS`."""
    return reduce(or_, map(_bits, names), 0)


@lru_cache(maxsize=1 << len(KINDS))
def kinds_of(bits: int) -> tuple[str, ...]:
    """Name kinds, in order, that were told as bits."""
    return tuple(kind for place, kind in enumerate(KINDS) if bits >> place & 1)


@lru_cache(maxsize=1 << 14)
def _bits(name: str) -> int:
    small = _WORD.findall(name.lower())
    words = {*small, *(word.replace("’", "'").removesuffix("'s") for word in small)}
    kinds = [kind for kind, known in _WORDS.items() if words & known]
    return sum(1 << KINDS.index(kind) for kind in kinds or [_FIRM])
