"""What stands for words beside their neighbours, which of these are known, and how near."""

from __future__ import annotations

from itertools import chain

from signals.sentiment.finance_words import STRIKES
from signals.sentiment.market_words import PHRASES
from signals.sentiment.token_bits import Is, stem_of

STILL = "~0"
"""Stands for a direction that is none beside its neighbours."""

MIRRORED = {1: "ris", -1: "fal"}
"""Stand for a direction by what it means: costs that fall are read as something that rises."""

SEALED = "~d"
"""Stands for a word that seals a deal."""

MEASURED_BEFORE = 4
"""Tokens between "less than" and the direction that it turns, or "more than" and its own."""

TOGETHER = {1: "~+", -1: MIRRORED[-1]}
"""Stand for two words that together say better, which is seldom a rise, or worse."""

REJECTED = "reject"
"""Stands for a vote against."""

MET_BEHIND = 4
"""Tokens between "meets" and the goal."""

RELEASED_BEHIND = 4
"""Tokens between "drops" and the trailer."""

OVERDONE_BEFORE = 6
"""Tokens between "overdone" and what is."""

NEGATED = 3
"""Tokens between a negation and what it turns."""

SWUNG_TO, SWUNG, SWUNG_FROM = 2, 4, 6
"""Tokens between "swings" and "to", thence and the profit, thence and "from"."""

ILL_BEHIND = 3
"""Tokens between a direction and an illness that it moves."""

SHARE_BEHIND = 2
"""Tokens between "takes" and the share of a market."""

DEAL_BEHIND = 5
"""Tokens between a word that seals and the deal."""

THE, WEIGHT, THAN, AGAINST, QUARTER = "the", "weight", "than", "against", "q"
BESIDE = {stem_of("above"): 1, stem_of("below"): -1}
STRUCK = frozenset(map(stem_of, STRIKES))
PHRASED = {tuple(map(stem_of, phrase.split())): sign for phrase, sign in PHRASES.items()}
KNOWN = (THE, WEIGHT, THAN, AGAINST, QUARTER, *BESIDE, *sorted(STRUCK), *sorted({*chain(*PHRASED)}))
"""Words that rules know by their stems, and all of these."""

BETWEEN = Is.ENDS | Is.CAUSES | Is.PARTS | Is.COMPARES | Is.PLAIN | Is.DIRECTION
"""What is no "TV" of a "fall TV lineup"."""

KEPT = Is.DIRECTION | Is.BEGINS | Is.FINISHES | Is.SEALS | Is.TAKES | Is.RESULT | Is.VOTES
"""Bad news that are not simply good behind "not"."""

SPAN = 3
"""Tokens from the sign of a range, "-1 % to 1 %", to its end."""

SLOWED_BEFORE = 3
"""Tokens between what rises by less than before and the amount."""
