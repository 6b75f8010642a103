"""Places that are called as companies are: "Corning, N.Y.", "fires in the Amazon"."""

from __future__ import annotations

import re

_STATES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|"
    "Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|"
    "Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|"
    "New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|"
    "Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|"
    "West Virginia|Wisconsin|Wyoming|Ala.|Ariz.|Ark.|Calif.|Colo.|Conn.|Del.|Fla.|Ga.|Ill.|Ind.|"
    "Kan.|Ky.|La.|Md.|Mass.|Mich.|Minn.|Miss.|Mo.|Mont.|Neb.|Nev.|N.H.|N.J.|N.M.|N.Y.|N.C.|N.D.|"
    "Okla.|Ore.|Pa.|R.I.|S.C.|S.D.|Tenn.|Vt.|Va.|Wash.|W.Va.|Wis.|Wyo."
)
# A town: and no "Apple, California's largest company".
_IN_A_STATE = re.compile(rf", (?:{_STATES.replace('.', '[.]')})(?![\w']|-based| [A-Z])")
_NO_NOUN = re.compile(
    r"[.,;:?!\n]|'s (?:river|trees|tribes|forests?|people)\b|\Z|"
    r" (?:has|have|is|was|and|or|where|that|which|in|as|to|for|by|with|after)\b"
)
_ARTICLE = (" the ", "The ", "\nthe ")


def is_place(text: str, start: int, end: int) -> bool:
    """Tell whether what is called as a company is a town in a state, or the Amazon."""
    if text.startswith(", ", end) and _IN_A_STATE.match(text, end):
        return True
    if text[start:end] != "Amazon" or not text.endswith(_ARTICLE, 0, start):
        return False
    return _NO_NOUN.match(text, end) is not None
