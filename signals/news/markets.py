"""Which home markets a text speaks of: by their money, their cities, their indices."""

from __future__ import annotations

import re

_RUPEES = r"\bRs\b|₹|\bcrores?\b|\blakhs?\b|\bNifty\b|\bSensex\b|\bSEBI\b|\bBSE\b"

# What a text about a home market says. The literals are looked for first: most texts have none.
_HOME_SIGNS = {
    mic: re.compile(pattern)
    for mics, pattern in (
        ("XLON", r"£|\bpence\b|\bGBP\b|\bUK\b|\bU\.K\.|\bBrit(?:ain|ish)\b|\bLondon\b|\bFTSE\b"),
        ("XNSE XBOM", rf"{_RUPEES}|\bIndian?\b"),
        ("XTKS", r"¥|\byen\b|\bJapan(?:ese)?\b|\bTokyo\b|\bNikkei\b"),
        ("XTSE", r"C\$|\bToronto\b|\bTSX\b|\bCanad(?:a|ian)\b"),
        ("XHKG", r"HK\$|\bHong Kong\b|\bHang Seng\b"),
        ("XASX", r"A\$|\bAustralian?\b|\bASX\b|\bSydney\b"),
        ("XSWX", r"\bCHF\b|\bSwiss\b|\bSwitzerland\b|\bZurich\b"),
        (
            "XETR XPAR XAMS XBRU XMAD MTAA XHEL XLIS XDUB",
            (
                r"€|\b(?:euros?|EUR|Germany?|French|France|Dutch|Spain|Spanish|Italy|Italian|Finnish)\b"
                r"|\b(?:Finland|DAX|CAC 40|Helsinki|Paris|Frankfurt|Madrid|Milan|Amsterdam)\b"
            ),
        ),
        ("XSTO XCSE XOSL", r"\bSEK\b|\bDKK\b|\bNOK\b|\bSwed(?:en|ish)\b|\bDanish\b|\bNorw|\bkron"),
        ("BVMF", r"R\$|\bBrazil(?:ian)?\b|\bSao Paulo\b|\bBovespa\b"),
        ("XKRX", r"(?:\d|illion) won\b|\bSouth Korean?\b|\bSeoul\b|\bKOSPI\b"),
        ("XTAI", r"NT\$|\bTaiwan(?:ese)?\b|\bTaipei\b"),
    )
    for mic in mics.split()
}

# Companies that have the name of their foreign parent are meant only by a text in their own money.
_OWN_MONEY = {mic: re.compile(_RUPEES) for mic in ("XNSE", "XBOM")}


class HomeMarkets:
    """Which home markets a text speaks of; it is read once for each."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spoken_of: dict[str, bool] = {}

    def __contains__(self, mic: str) -> bool:
        if mic not in self._spoken_of:
            signs = _HOME_SIGNS.get(mic)
            self._spoken_of[mic] = bool(signs and signs.search(self._text))
        return self._spoken_of[mic]

    def reckon_in(self, mic: str) -> bool:
        """Tell whether a text reckons in the money of a market, or by its indices."""
        money = _OWN_MONEY.get(mic)
        return mic in self and (money is None or money.search(self._text) is not None)
