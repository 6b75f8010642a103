"""Words by which markets take what is said: outlooks, prices, what is met, and two words in one.

Lists of our own, as those of :mod:`signals.sentiment.finance_words`: weights are made with both.
"""

from __future__ import annotations

OUTLOOKS = frozenset("guidance outlook forecast forecasts guide guides".split())
GOALS = frozenset("goal goals target targets endpoint endpoints".split())
"""What a company says of the time to come, and what it means to reach."""

MEETS = frozenset("meet meets met achieve achieves achieved hit hits reach reaches reached".split())
"""Words that rise before one of those: "meets main goal"."""

PRICED = frozenset("shares stock".split())
BEATS = frozenset(
    "beat beats beating tops topped topping exceed exceeds exceeded exceeding surpass "
    "surpasses surpassed miss misses missed missing".split()
)
"""Directions that are of what was awaited, not of what was before."""

FARES = frozenset(
    "up down rise rises rose rising jump jumps jumped jumping surge surges "
    "surged surging soar soars soared soaring rally rallies rallied rallying gain gains "
    "gained climb climbs climbed climbing leap leaps leaped leapt zoom zooms zoomed spike "
    "spikes spiked rebound rebounds rebounded pop pops popped skyrockets skyrocketed "
    "bounces bounced fall falls fell falling decline declines declined drop drops dropped "
    "dropping slip slips slipped slipping slide slides slid sliding plunge plunges plunged "
    "plunging tumble tumbles tumbled tumbling sink sinks sank sinking slump slumps slumped "
    "slumping dip dips dipped crash crashes crashed tank tanks tanked plummet plummets "
    "plummeted dive dives dived nosedives retreat retreats retreated skid skids skidded".split()
)
"""Directions that, where nothing is named, are those of a price: "Acme falls"."""

OVERDONE = frozenset("overdone overblown exaggerated overstated unwarranted unjustified".split())
"""Words that say the opposite of what they are said of: "selloff overdone"."""

DROPS = frozenset("drop drops dropped dropping".split())
RELEASES = frozenset(
    "trailer trailers teaser teasers album albums single singles song songs feature features beta "
    "sneaker sneakers video videos episode episodes mixtape collab collaboration collection "
    "collections".split()
)
"""What is given to the public where it is dropped."""

_OFFERINGS = "offering offerings placing placement placements".split()
PHRASES: dict[str, int] = {
    **dict.fromkeys(
        (
            *(
                f"{what} {sold}"
                for what in ("share", "stock", "equity", "secondary")
                for sold in _OFFERINGS
            ),
            *(f"convertible {sold}" for sold in "notes note bonds bond senior debt".split()),
            *("convertible offering", "convertible preferred", "public offering"),
            *("public offerings", "discounted rights", "discounted share"),
            *("discounted offering", "discounted placing", "secondary share", "secondary stock"),
            "capital increase",
            *("reverse split", "reverse stock", "reverse share"),
            "complete response",
        ),
        -1,
    ),
    **dict.fromkeys(
        (
            *("stock split", "share split", "special dividend", "extra dividend", "extra payout"),
            *("fast track", "priority review", "orphan drug", "positive opinion"),
        ),
        1,
    ),
    **dict.fromkeys(
        ("strike price", "strike prices", "cuts ribbon", "cut ribbon", "initial public"), 0
    ),
}
"""Two words that together say better (1), worse (-1), or nothing, whatever either says."""

PHRASE_STARTS = frozenset(phrase.partition(" ")[0] for phrase in PHRASES)
