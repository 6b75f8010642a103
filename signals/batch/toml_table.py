"""One table of a TOML file, read value by value: each is checked, each error knows its key."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeVar

from signals.errors import ConfigError

_T = TypeVar("_T")
KeyPath = tuple["str | int", ...]
Window = tuple[int, int]
Failure = Callable[[KeyPath, str], ConfigError]
"""Makes the error of a key, with its line."""


class TomlTable:
    """One table of the file: gives checked values, and remembers which keys were asked for."""

    def __init__(self, fail: Failure, at: KeyPath, values: Mapping[str, object]) -> None:
        self._fail = fail
        self._at = at
        self._values = values
        self._asked: list[str] = []

    def __contains__(self, name: str) -> bool:
        self._asked.append(name)
        return name in self._values

    def fail(self, name: str, message: str) -> ConfigError:
        """Make the error of one of its keys."""
        return self._fail((*self._at, name), message)

    def _take(self, name: str) -> object:
        self._asked.append(name)
        return self._values.get(name)

    def _typed(self, name: str, kind: type[_T], words: str, default: _T | None) -> _T:
        value = self._take(name)
        if value is None:
            if default is None:
                raise self.fail(name, f"it lacks {self.spell(name)}, {words}.")
            return default
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.fail(name, f"{self.spell(name)} is {value!r}; it takes {words}.")
        return value

    def spell(self, name: str) -> str:
        """Spell a key as a person would look for it: ``prices.path``."""
        names = [str(one) if isinstance(one, str) else str(one + 1) for one in self._at]
        return ".".join([*names, name])

    def text(self, name: str, words: str = "text", *, default: str | None = None) -> str:
        """Give a text that can be printed; without a default it must be there."""
        value = self._typed(name, str, words, default)
        if not value.isprintable():
            raise self.fail(name, f"{self.spell(name)} holds characters that can't be printed.")
        return value

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        """Give one of some words."""
        words = "one of " + ", ".join(allowed)
        value = self.text(name, words, default=default)
        if value not in allowed:
            raise self.fail(name, f"{self.spell(name)} is {value!r}; it takes {words}.")
        return value

    def whole(self, name: str, low: int, high: int, *, default: int) -> int:
        """Give a whole number in a range, both ends included."""
        words = f"a whole number from {low} to {high}"
        value = self._typed(name, int, words, default)
        if not low <= value <= high:
            raise self.fail(name, f"{self.spell(name)} is {value}; it takes {words}.")
        return value

    def number(self, name: str, low: float, high: float, *, default: float) -> float:
        """Give a number in a range, both ends included."""
        words = f"a number from {low:g} to {high:g}"
        value = self._typed(name, float, words, default)
        if not low <= value <= high:
            raise self.fail(name, f"{self.spell(name)} is {value}; it takes {words}.")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Give a list of texts, not empty."""
        value = self._take(name)
        if value is None:
            raise self.fail(name, f"it lacks {self.spell(name)}, a list of texts in quotes.")
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.fail(name, f"{self.spell(name)} takes a list of texts in quotes.")
        if not value:
            raise self.fail(name, f"{self.spell(name)} is empty.")
        return tuple(value)

    def window(self, name: str, default: Window) -> Window:
        """Give a window of offsets."""
        value = self._take(name)
        return default if value is None else self._as_window(name, value)

    def windows(self, name: str, default: tuple[Window, ...]) -> tuple[Window, ...]:
        """Give several windows."""
        value = self._take(name)
        if value is None:
            return default
        if not isinstance(value, list) or not value:
            raise self.fail(name, f"{self.spell(name)} takes a list, as in [[0, 0], [0, 1]].")
        return tuple(self._as_window(name, one) for one in value)

    def _as_window(self, name: str, value: object) -> Window:
        numbers = isinstance(value, list) and len(value) == 2 and all(type(n) is int for n in value)
        if not numbers or not isinstance(value, list) or not -5 <= value[0] <= value[1] <= 5:
            raise self.fail(
                name,
                f"{self.spell(name)} is {value!r}; a window is two offsets between -5 and 5, "
                "the first not after the second, as in [0, 1].",
            )
        return value[0], value[1]

    def table(self, name: str) -> TomlTable:
        """Give a table below this one, empty when it is not there."""
        value = self._take(name)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise self.fail(name, f"{self.spell(name)} is a table: write [{self.spell(name)}].")
        return TomlTable(self._fail, (*self._at, name), value)

    def tables(self, name: str) -> Iterator[TomlTable]:
        """Give the tables of a list, in order."""
        value = self._take(name)
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.fail(name, f"it lacks {name}: write one [[{name}]] table for each.")
        for place, one in enumerate(value):
            yield TomlTable(self._fail, (*self._at, name, place), one)

    def items(self) -> Iterator[tuple[str, object]]:
        """Give every key with its value, unchecked, as asked for."""
        for name, value in self._values.items():
            self._asked.append(name)
            yield name, value

    def done(self) -> None:
        """Refuse keys that nobody asked for."""
        for name in self._values:
            if name not in self._asked:
                near = difflib.get_close_matches(name, self._asked, n=1)
                known = ", ".join(dict.fromkeys(self._asked))
                hint = f"did you mean {near[0]}?" if near else f"known are {known}."
                raise self.fail(name, f"{self.spell(name)} is no option; {hint}")
