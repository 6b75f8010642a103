"""Many texts looked at as one, which costs less than to look at each."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from string import ascii_lowercase, ascii_uppercase, digits

_BETWEEN = "  "  # no name and no notation goes across two blanks
# A capital is A, a small letter a, a digit 0; any other character stays, one beyond ASCII is "?".
_SHAPES = bytes.maketrans(
    f"{ascii_uppercase}{ascii_lowercase}{digits}".encode(), b"A" * 26 + b"a" * 26 + b"0" * 10
)


class Joined:
    """Texts joined to one, and which of them a place belongs to.

    Parameters
    ----------
    texts
        Any texts.

    Attributes
    ----------
    text
        All of them, with blanks around each.
    starts
        Where each begins in it, and where one behind the last would.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.text = _BETWEEN.join(["", *texts, ""])
        gap = len(_BETWEEN)
        self.starts = list(accumulate((len(text) + gap for text in texts), initial=gap))

    def shape(self) -> bytes:
        """Give the shape of all texts, a byte a character."""
        return self.text.encode("ascii", "replace").translate(_SHAPES)

    def with_pattern(self, shapes: bytes, pattern: re.Pattern[bytes]) -> Iterator[int]:
        """Give the numbers of the texts that a pattern is found in."""
        match = pattern.search(shapes)
        while match:
            number = bisect_right(self.starts, match.start()) - 1
            yield number
            match = pattern.search(shapes, self.starts[number + 1])


def in_bytes(text: str) -> bytes:
    """Give a text a byte a character, so that places stay; beyond Latin-1 it is ``?``."""
    return text.encode("latin-1", "replace")
