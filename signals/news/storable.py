"""Text that any file can hold: from bytes of some encoding, and from strings of any origin."""

from __future__ import annotations

import re

from signals.errors import ArticleError

MAX_BYTES = 2_000_000
"""The largest article that is read: some 300,000 words. A larger file is no news story."""

# Lone surrogates, and control characters but tab and line feed, can't be stored or shown.
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_CONTROLS = bytes([*range(9), *range(11, 32), 127])  # those of them in ASCII


def clean(text: str) -> str:
    """Make text storable: line feeds for line ends, U+FFFD for what no file can hold."""
    if not isinstance(text, str):
        raise ArticleError(f"An article is text, not {type(text).__name__}.")
    if text.isprintable():  # a title, an address
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Most texts hold nothing of the kind, which is told at once.
    if text.isascii():
        if len(text.encode().translate(None, _CONTROLS)) == len(text):
            return text
    elif text.replace("\n", "").isprintable():
        return text
    return _UNSTORABLE.sub("\ufffd", text)


def decode(content: bytes, name: str) -> str:
    """Read bytes as UTF-8, as UTF-16 with its mark, or else as Windows-1252.

    Raises
    ------
    ArticleError
        They are no text; ``name`` is what the error calls them.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\x00" in content:
        raise ArticleError(f"{name} is binary, not text or HTML.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    strange = sum(1 for _ in _UNSTORABLE.finditer(text)) + text.count("\ufffd")
    if strange * 100 > len(text):
        raise ArticleError(f"{name} is binary, not text or HTML.")
    return text
