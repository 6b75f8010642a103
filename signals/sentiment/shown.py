"""Which parts of a score are worth showing; the others are one sum, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable

from signals.sentiment.scorer import Contribution

_TINY = 0.02  # of the largest part
_QUIET = frozenset(
    "name the a an and or of to in on at by for with as into about between among during upon "
    "i he she it we you they them their his her its our your this that these those which who what "
    "is are was were be been being am has have had do does did will would can could may might "
    "shall should said says there here so such also then when where . , ; : ' \" ’ ( ) [ ] … - – —"
    " / &".split()
)
"""A linear model gives these a weight as well, but they tell a reader nothing."""


def telling(parts: Iterable[Contribution]) -> tuple[list[Contribution], list[Contribution]]:
    """Part what explains a score from what only makes up its sum.

    Returns
    -------
    telling, rest
        The rest are names, function words, marks between words, and what is tiny beside the
        largest part. When all are such, all are telling.
    """
    given = list(parts)
    least = _TINY * max((abs(part.value) for part in given if not _is_quiet(part)), default=0.0)
    shown = [part for part in given if not _is_quiet(part) and abs(part.value) >= least]
    if not shown:
        return given, []
    kept = set(shown)
    return shown, [part for part in given if part not in kept]


def _is_quiet(part: Contribution) -> bool:
    return part.what in _QUIET
