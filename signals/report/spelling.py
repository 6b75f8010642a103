"""How numbers, times and foreign text are spelled for a reader.

Percent exists only here: everything that comes in is a fraction. A number that can't be had
(None or NaN) is spelled as a dash, never as 0.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime

MINUS = "\N{MINUS SIGN}"
MISSING = "\N{EN DASH}"
_HARD_SPACE = "\N{NO-BREAK SPACE}"

# Control characters end an SVG or hide text; bidirectional overrides and isolates make a
# line read otherwise than it is stored; lone surrogates can't be written as UTF-8.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """Take out what can't be shown or would falsify what is shown; keep line feeds and tabs."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", _UNPRINTABLE.sub("", text))


def shorten(text: str, length: int) -> str:
    """Give the start of a text in one line, at most ``length`` characters, cut at a word."""
    line = " ".join(printable(text).split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    at = length - 1 if line[length - 1] == " " else cut.rfind(" ")
    # A word that alone is longer than half the line is cut inside.
    return (cut[:at] if at > length // 2 else cut).rstrip(" ,;:") + "\N{HORIZONTAL ELLIPSIS}"


def web_link(url: str) -> str:
    """Give the address when it is http or https and plain, else an empty text."""
    address = url.strip()
    return (
        address if re.fullmatch(r"https?://[^\s<>\"'\\\x00-\x1f]+", address, re.IGNORECASE) else ""
    )


def missing(value: float | None) -> bool:
    """Whether there is no number: None, NaN or infinite."""
    return value is None or not math.isfinite(value)


def number(value: float | None, digits: int = 2) -> str:
    """Spell a number with a true minus sign; one that rounds to zero has no sign."""
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        return text.lstrip("-")
    return text.replace("-", MINUS)


def signed(value: float | None, digits: int = 2) -> str:
    """Spell a number with its sign, plus or minus; one that rounds to zero has none."""
    text = number(value, digits)
    if text == MISSING or text.startswith(MINUS) or float(text) == 0:
        return text
    return f"+{text}"


def percent(value: float | None, digits: int = 2) -> str:
    """Spell a fraction as signed percent: 0.0123 is ``+1.23 %``."""
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{signed(100 * value, digits)}{_HARD_SPACE}%"


def size(value: float | None, digits: int = 2) -> str:
    """Spell the size of a fraction as percent without its sign: -0.0123 is ``1.23 %``."""
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{number(abs(100 * value), digits)}{_HARD_SPACE}%"


def interval(low: float | None, high: float | None, digits: int = 2) -> str:
    """Spell an interval of fractions: ``−2.10 % to +0.30 %``."""
    if missing(low) or missing(high):
        return MISSING
    return f"{percent(low, digits)} to {percent(high, digits)}"


def bounds(low: float | None, high: float | None, digits: int = 2) -> str:
    """Spell an interval of numbers: ``−0.02 to +0.05``."""
    if missing(low) or missing(high):
        return MISSING
    return f"{signed(low, digits)} to {signed(high, digits)}"


def p_value(value: float | None) -> str:
    """Spell a p-value: two digits from 0.1 upwards, three below, ``< 0.001`` under that."""
    if value is None or not math.isfinite(value):
        return MISSING
    if value < 0.001:
        return f"<{_HARD_SPACE}0.001"
    return f"{value:.2f}" if value >= 0.0995 else f"{value:.3f}"


def p_equals(value: float | None) -> str:
    """Spell a p-value in a sentence: ``p = 0.36``, ``p < 0.001``."""
    text = p_value(value)
    sign = "" if text.startswith("<") else f"={_HARD_SPACE}"
    return f"p{_HARD_SPACE}{sign}{text}"


def offset(value: int) -> str:
    """Spell an offset in sessions: ``−1``, ``0``, ``+5``."""
    return signed(value, 0)


def window(bounds: tuple[int, int]) -> str:
    """Spell a window of offsets, both ends included: ``−1 to +1``, or ``0`` alone."""
    start, end = bounds
    return offset(start) if start == end else f"{offset(start)} to {offset(end)}"


def day(value: date) -> str:
    """Spell a day or a session, ISO 8601."""
    return value.strftime("%Y-%m-%d")


def instant(value: datetime) -> str:
    """Spell an instant in UTC, to the second only where it has seconds."""
    moment = value.astimezone(UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC" if moment.second else "%Y-%m-%d %H:%M UTC")


def unbroken(text: str) -> str:
    """Keep the dates and symbols of a list from being broken at their hyphens."""
    return text.replace("-", "\N{NON-BREAKING HYPHEN}")


def meter(score: float) -> str:
    """Give the place of a score's bar in a meter from -1 to 1, as CSS."""
    bounded = min(1.0, max(-1.0, score))
    return f"left: {50 + 50 * min(bounded, 0):.1f}%; width: {50 * abs(bounded):.1f}%"


def join(words: list[str]) -> str:
    """Join words as a sentence does: ``A, B and C``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
