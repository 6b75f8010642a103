"""What a book was asked before: many articles of a day ask the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple, TypeVar

V = TypeVar("V")

_MOST = 1 << 14


class Named(NamedTuple):
    """A company by one of its names.

    Attributes
    ----------
    company, name
        Its key and its usual name.
    mic
        The exchange of its home listing; None without one.
    usual
        Whether this name is the usual one.
    ambiguous
        Whether this name is an ordinary word too.
    proper
        Whether such a word is nevertheless sure to be the name where only a name has its capital.
    """

    company: str
    name: str
    mic: str | None
    usual: bool
    ambiguous: bool
    proper: bool


class Memory(dict[tuple[str, "date | None"], V]):
    """Answers about a name on a day, found when they are first asked for; emptied when full."""

    def __init__(self, answer: Callable[[str, date | None], V]) -> None:
        super().__init__()
        self._answer = answer

    def __missing__(self, asked: tuple[str, date | None]) -> V:
        if len(self) >= _MOST:
            self.clear()
        self[asked] = found = self._answer(*asked)
        return found
