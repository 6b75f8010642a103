"""Which home markets a text speaks of: by their money, their cities, their indices."""

from __future__ import annotations

import re

_RUPEES = "₹ Rs crore crores lakh lakhs Nifty Sensex SEBI BSE"

# What a text about a home market says. "_" is a blank, "#" a digit; "*" is where a word goes on.
_HOME_WORDS = {
    "XLON": "£ pence GBP UK U.K. Britain British London FTSE",
    "XNSE XBOM": f"{_RUPEES} India Indian",
    "XTKS": "¥ yen Japan Japanese Tokyo Nikkei",
    "XTSE": "C$ Toronto TSX Canada Canadian",
    "XHKG": "HK$ Hong_Kong Hang_Seng",
    "XASX": "A$ Australia Australian ASX Sydney",
    "XSWX": "CHF Swiss Switzerland Zurich",
    "XETR XPAR XAMS XBRU XMAD MTAA XHEL XLIS XDUB": (
        "€ euro euros EUR German Germany French France Dutch Spain Spanish Italy Italian Finnish "
        "Finland DAX CAC_40 Helsinki Paris Frankfurt Madrid Milan Amsterdam"
    ),
    "XSTO XCSE XOSL": (
        "SEK DKK NOK Sweden Swedish Stockholm Denmark Danish Copenhagen Norw* Oslo kron*"
    ),
    "BVMF": "R$ Brazil Brazilian Sao_Paulo Bovespa",
    "XKRX": "#_won *illion_won South_Korea South_Korean Seoul KOSPI",
    "XTAI": "NT$ Taiwan Taiwanese Taipei",
}


def _sign(word: str) -> str:
    """Make the pattern of a word; its first character comes first and is sought at full speed."""
    literal = word.strip("#*").replace("_", " ")
    begins = r"(?<=\d )" if word[0] == "#" else ""
    if word[0].isalpha() and word[-1] != "$":
        begins = rf"(?<=\b{word[0]})"
    ends = r"\b" if word[-1].isalnum() else ""
    return f"{re.escape(literal[0])}{begins}{re.escape(literal[1:])}{ends}"


def _any_of(words: str) -> re.Pattern[str]:
    """Make the pattern of some words, as a headline in capitals has them too."""
    written = dict.fromkeys(
        form
        for word in words.split()
        for form in (word, word.capitalize() if word.islower() else word, _large(word))
    )
    return re.compile("|".join(map(_sign, written)))


def _large(word: str) -> str:
    return word.upper() if len(word) > 2 else word  # "RS" is no money


_HOME_SIGNS = {mic: _any_of(words) for mics, words in _HOME_WORDS.items() for mic in mics.split()}

# Companies that have the name of their foreign parent are meant only by a text in their own money.
_OWN_MONEY = {mic: _any_of(_RUPEES) for mic in ("XNSE", "XBOM")}


class HomeMarkets:
    """Which home markets a text speaks of; it is read once for each."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._signs: dict[str, list[tuple[int, int]]] = {}

    def signs_of(self, mic: str) -> list[tuple[int, int]]:
        """Give where the text speaks of a market: the spans of the words that do."""
        if mic not in self._signs:
            signs = _HOME_SIGNS.get(mic)
            self._signs[mic] = [one.span() for one in signs.finditer(self._text)] if signs else []
        return self._signs[mic]

    def reckon_in(self, mic: str) -> bool:
        """Tell whether a text reckons in the money of a market, or by its indices."""
        money = _OWN_MONEY.get(mic)
        return bool(self.signs_of(mic)) and (money is None or money.search(self._text) is not None)
