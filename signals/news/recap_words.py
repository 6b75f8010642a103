"""Words by which a story tells that the price of a share moved: a table, to be lengthened.

All are in small letters, as ``recaps`` reads them.
"""

from __future__ import annotations

import re
from typing import Final

from signals.news.vocabulary import MOVES

PERCENT = frozenset("% pct percent per pc cent cents p pence".split())
COINS = frozenset("cents cent pence yen rupees euros".split())
COUNTED = frozenset("million billion trillion thousand m b bn mln crore lakh".split())
# "40 cents a share"; shares of a market or an industry.
NO_PRICE_BEFORE = frozenset(
    "per a market european asian chinese indian japanese british german french american global "
    "world u.s us uk london tech technology bank banking chip airline energy mining auto million "
    "billion crore lakh diluted new preferred treasury".split()
)
NO_PRICE_BEHIND = frozenset(
    "buyback buybacks repurchase repurchases split splits count offering offerings sale sales "
    "option options issue issuance outstanding capital exchange market dividend award awards "
    "target targets levels compensation plan plans units".split()
)
# With an amount they tell of a move, "adds 4 %"; without one of anything else.
WITH_AMOUNT = frozenset(
    "loses lost lose losing adds added add adding sheds shed shedding gains gained gain".split()
)
# Of shares alone: a company that "increased 5 %" may have done so in anything.
SHARES_WITH_AMOUNT = WITH_AMOUNT | frozenset("increased increases decreased decreases".split())
MOVED = (
    MOVES
    | frozenset(
        "rise rising risen fall falling fallen jump jumping surge surging soar soaring climb "
        "climbing advance advanced rally rallying spike spiking pop pops popped popping leap "
        "leaped leaping rocket rockets rocketed rebound drop dropping slip slipping slide "
        "sliding slump slumping sink sinking plunge plunging tumble tumbling crash crashing "
        "tank tanks tanked tanking plummet dive dip dipping ease eases eased retreat decline "
        "declines declined declining crater craters cratered collapse collapses collapsed "
        "weaken weakens weakened bounce bounces bounced crack cracks cracked whipsaw whipsaws "
        "whipsawed doubled doubling halved skid stumble stumbles stumbled recover recovers "
        "recovered halted gaining zoom zooms zoomed inch inches inched edge edging".split()
    )
) - WITH_AMOUNT
SHARES_MOVED = MOVED | frozenset(
    "moved flying reeling hammered pummeled pummelled battered explodes exploded shrinks "
    "shrank".split()
)
WAYS = frozenset(
    "up down off higher lower weaker stronger firmer softer flat changed unchanged + - "
    "\N{MINUS SIGN}".split()
)
BOTH_WAYS = frozenset(
    "pare pares pared erase erases erased extend extends extended gives gave reverses reversed "
    "snap snaps snapped".split()
)
REACHES = frozenset(
    "hit hits touch touches touched reach reaches reached notch notches notched at near new in "
    "locked".split()
)
LEADS = frozenset(
    "lead leads led leading drag drags dragged lift lifts lifted top tops topped best worst "
    "biggest among".split()
)
CROSSES = frozenset("cross crosses crossed crossing".split())  # its moving average
SETS = frozenset("set sets setting".split())  # a new 52-week high
ENDPOINTS = frozenset(
    "high low highs lows highest lowest weakest strongest day bottom circuit red green".split()
)
INDEXES = frozenset("nifty sensex dow ftse dax asx nasdaq nikkei cac stoxx index".split())
GOALS: Final = (
    (
        BOTH_WAYS,
        frozenset("loss losses gain gains rally slide decline slump streak".split()),
    ),
    (REACHES, ENDPOINTS),
    (
        LEADS,
        INDEXES
        | frozenset(
            "higher lower gainer gainers loser losers riser risers faller fallers decliners "
            "performer performers day".split()
        ),
    ),
    (CROSSES, frozenset({"average"})),
    (SETS, frozenset("52-week 12-month 1-year all-time".split())),
)
LEADING = frozenset().union(*(verbs for verbs, _ in GOALS))
# "Outpaces stock market gains", "dips more than broader market".
OUTDOES = frozenset(
    "outpaces outpaced outperforms outperformed exceeds beats surpasses laps trails trailed "
    "underperforms lags".split()
)
MARKETS = frozenset("gains returns upswing rally average averages today . : ;".split())
# Without it such a verb tells of no price.
NEEDED = {
    **dict.fromkeys(OUTDOES, "market"),
    **dict.fromkeys(CROSSES, "average"),
    **dict.fromkeys(SETS, "-"),
}
# "Closed at $27, marking a -1.7 % swing from the day before".
CLOSES = frozenset("closed ended ending reached finished settled".split())
CHANGES = frozenset("change swing move movement adjustment shift".split())
# What a company is called behind a dash: "Acme — The maker of anvils slid 6%".
KINDS = frozenset(
    "company giant firm group maker retailer chain carrier airline lender bank insurer producer "
    "miner developer manufacturer provider operator platform brand business chipmaker automaker "
    "drugmaker homebuilder stock".split()
)
DRIVES = frozenset("hit hits lift lifts lifted boost boosts boosted hammers hammered".split())
STANDS = frozenset(
    "is are was were be been being has have had trade trades traded trading close closes closed "
    "end ends ended finish finishes finished open opens opened last seen settle settles settled "
    "little by as much nearly almost about around more than over a an some the day week session "
    "both each also gap gaps gapped heads headed moves tick ticks ticked shoots shot".split()
)
# What may stand behind a name that moved: not what it moves, as in "drops its plan".
AFTER = frozenset("as after post amid following ahead despite".split())
BEHIND = frozenset("on in most for at below above with before . , ; :".split())
ENDS = frozenset(
    "could would may might can will should to if after as amid when while before than that but "
    "compared versus . ; :".split()
)
UNREAL = frozenset(
    "if whether unless can could should would may might will does sees see expects expect".split()
)
# Before a name that is not what moves: "profit at Acme rose".
OBLIQUE = frozenset("at of in for by to from against about on than".split())
TRADING = frozenset(
    "premarket pre-market after-hours extended early late morning afternoon midday trading "
    "today session".split()
)
LONG = frozenset("year years month months weeks since decade far quarter year-to-date ytd".split())
OTHERS = frozenset({"share", "tocks"})  # "a share of", "stocks": they have no company's price
YEAR = re.compile(r"(?:19|20)\d\d")
# A move that is "the most since October" is one of today.
NOW = TRADING | frozenset(
    "monday tuesday wednesday thursday friday close most first best worst biggest high low "
    "highest lowest weakest strongest".split()
)
NOW_HERE = NOW | {"%"}
SIGNS = frozenset("+-\N{MINUS SIGN}")
SIGNED = SIGNS | frozenset("0123456789")
PASSED = STANDS | {"", "and", "&"}
FIRST = MOVED | WITH_AMOUNT | WAYS | LEADING | OUTDOES
# "fell in Paris" is the price, "lost 4 % of its staff" and "a high in bookings" are not.
PLACES = (
    TRADING
    | INDEXES
    | frozenset(
        "new york london paris frankfurt milan madrid zurich amsterdam stockholm oslo tokyo hong "
        "seoul mumbai sydney toronto europe s trade red green deals market debut pm sessions weeks "
        "week days day months years".split()
    )
)
ELSE = frozenset("of more fewer less market".split())
BREAKS = frozenset(". ; :".split())
TRADES = {"", "trading"}  # "trading in the shares was halted"
