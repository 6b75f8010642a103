"""The text that patterns read: typographic variants made plain, addresses masked.

Offsets lead back to the article's own text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Set as AbstractSet

_DELETED = re.compile("[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_ASCII = bytes(range(128))
_BLANKS = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f"
_PLAIN: dict[int, str] = {
    **{ord(blank): " " for blank in _BLANKS + "\u205f\u3000\0"},
    **{0xFF01 + offset: chr(0x21 + offset) for offset in range(94)},  # full-width forms
    **dict.fromkeys(map(ord, "‘’ʼ`´"), "'"),
    **dict.fromkeys(map(ord, "“”„"), '"'),
    **dict.fromkeys(map(ord, "‐‑"), "-"),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # a lone surrogate can't be encoded
}
_ASCII_VARIANTS = tuple(chr(code) for code in _PLAIN if code < 128)
_VARIANTS = frozenset(map(chr, _PLAIN)).difference(_ASCII_VARIANTS)
# It begins with a set of characters, which is sought at full speed.
_ADDRESS = re.compile(r"[HhWw](?:(?<=[Hh])[Tt][Tt][Pp][Ss]?://|(?<=[Ww])[Ww][Ww]\.)[^\s<>\"]+")
_MAIL_HOST = re.compile(r"@[\w-]+(?:\.[\w-]+)+")
_MAIL_NAME = re.compile(r"[\w.+-]*\Z")
_MASK = "\ufffd"
_LARGE_POSSESSIVE = re.compile(r"(?<=[A-Z0-9.])'S\b")  # "BOEING'S DELIVERIES"
# What a feed has escaped once too often: "AT&amp;T".
_ENTITY = re.compile(r"&(?:#\d{2,5}|#x[0-9a-fA-F]{2,4}|[A-Za-z]{2,8});")
# The name of a section that a feed has glued to its headline: "CompaniesTesco sells".
_SECTIONS = ("Companies", "Markets", "Industry News")
_GLUED = re.compile(rf"(?:{'|'.join(_SECTIONS)})(?=[A-Z])")


class PlainText:
    """A text as patterns read it.

    Blanks are blanks, full-width forms are ASCII, quotes are straight; soft hyphens, accents that
    stand by themselves (as macOS writes them), zero-width and direction marks are gone; ``&amp;``
    and the like are what they stand for; web and mail addresses are masked.

    Attributes
    ----------
    text
        What patterns read.
    """

    def __init__(self, original: str) -> None:
        self._original = original
        self._origins: list[int] | None = None
        plain = original
        if "&" in original and _ENTITY.search(original):
            plain, self._origins = _without_entities(original)
        strange = beyond_ascii(plain)
        if strange and _DELETED.search("".join(strange)):
            gone = {match.start() for match in _DELETED.finditer(plain)}
            origins = self._origins or range(len(original))
            self._origins = [origins[place] for place in range(len(plain)) if place not in gone]
            plain = _DELETED.sub("", plain)
        plain = _without_variants(plain, strange)
        if "'S" in plain:
            plain = _LARGE_POSSESSIVE.sub("'s", plain)
        if plain.startswith(_SECTIONS) and (glued := _GLUED.match(plain)):
            plain = f"{plain[: glued.end() - 1]} {plain[glued.end() :]}"  # as long as it was
        if ("/" in plain and "://" in plain) or "www." in plain.lower():
            plain = _ADDRESS.sub(lambda match: _MASK * len(match[0]), plain)
        self.text = _mask_mail(plain) if "@" in plain else plain

    @property
    def is_original(self) -> bool:
        """Whether nothing was deleted, so that offsets are those of the article's own text."""
        return self._origins is None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the article's own text that ``text[start:end]`` was made of.

        With the accents of its last letter, so that nothing cuts a letter in two.
        """
        if self._origins is None or start >= end:
            return start, end
        behind = self._origins[end - 1] + 1
        while "\u0300" <= self._original[behind : behind + 1] <= "\u036f":
            behind += 1
        return self._origins[start], behind


def _without_entities(text: str) -> tuple[str, list[int]]:
    """Give a text without entities, and where each of its characters stood."""
    pieces: list[str] = []
    origins: list[int] = []
    done = 0
    for entity in _ENTITY.finditer(text):
        char = html.unescape(entity[0])
        if len(char) != 1:
            continue  # none that is known
        pieces += [text[done : entity.start()], char]
        origins += range(done, entity.start() + 1)
        done = entity.end()
    origins += range(done, len(text))
    return "".join([*pieces, text[done:]]), origins


def _without_variants(text: str, strange: AbstractSet[str]) -> str:
    """Write variants of a character as the plain one; ``strange`` are those beyond ASCII.

    A text has few of them: to replace each costs less than to look up every character. Those of
    ASCII come first, since a full-width one becomes one.
    """
    for variant in _ASCII_VARIANTS:
        if variant in text:
            text = text.replace(variant, _PLAIN[ord(variant)])
    for variant in _VARIANTS.intersection(strange) if strange else ():
        text = text.replace(variant, _PLAIN[ord(variant)])
    return text


def beyond_ascii(text: str) -> set[str]:
    """Give the characters of a text that are not of ASCII."""
    if text.isascii():
        return set()
    strange = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    return set(strange.decode("utf-8", "surrogatepass"))


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
