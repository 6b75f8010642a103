"""The text that patterns read: typographic variants made plain, addresses masked.

Offsets lead back to the article's own text.
"""

from __future__ import annotations

import re

_DELETED = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_BLANKS = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f"
_PLAIN: dict[int, str] = {
    **{ord(blank): " " for blank in _BLANKS + "\u205f\u3000\0"},
    **{0xFF01 + offset: chr(0x21 + offset) for offset in range(94)},  # full-width forms
    **dict.fromkeys(map(ord, "‘’ʼ`´"), "'"),
    **dict.fromkeys(map(ord, "“”„"), '"'),
    **dict.fromkeys(map(ord, "‐‑"), "-"),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # a lone surrogate can't be encoded
}
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]+", re.IGNORECASE)
_MAIL_HOST = re.compile(r"@[\w-]+(?:\.[\w-]+)+")
_MAIL_NAME = re.compile(r"[\w.+-]*\Z")
_MASK = "\ufffd"


class PlainText:
    """A text as patterns read it.

    Blanks are blanks, full-width forms are ASCII, quotes are straight; soft hyphens, zero-width
    and direction marks are gone; web and mail addresses are masked.

    Attributes
    ----------
    text
        What patterns read.
    """

    def __init__(self, original: str) -> None:
        self._origins: list[int] | None = None
        if _DELETED.search(original):
            gone = {match.start() for match in _DELETED.finditer(original)}
            self._origins = [place for place in range(len(original)) if place not in gone]
        plain = _DELETED.sub("", original).translate(_PLAIN)
        self.text = _mask_mail(_ADDRESS.sub(lambda match: _MASK * len(match[0]), plain))

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the article's own text that ``text[start:end]`` was made of."""
        if self._origins is None or start >= end:
            return start, end
        return self._origins[start], self._origins[end - 1] + 1


def _mask_mail(text: str) -> str:
    pieces: list[str] = []
    done = 0
    for host in _MAIL_HOST.finditer(text):
        begin = max(done, host.start() - 64)
        name = _MAIL_NAME.search(text[begin : host.start()])
        start = begin + name.start() if name else host.start()
        if start == host.start():
            continue
        pieces += [text[done:start], _MASK * (host.end() - start)]
        done = host.end()
    return "".join([*pieces, text[done:]])
