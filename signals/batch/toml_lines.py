"""Where the keys of a TOML file stand: tomllib gives values, but no lines."""

from __future__ import annotations

import re

from signals.batch.toml_table import KeyPath

_KEY = r"""(?:"[^"\n]*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_TABLE = re.compile(rf"\s*(\[\[?)\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*\]")
_ENTRY = re.compile(rf"\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*=")
_PART = re.compile(_KEY)


class KeyLines:
    """The line of every key and table of a TOML text.

    Parameters
    ----------
    text
        The text. A key is looked for at the start of a line; of what stands inside an inline
        table or a list, the line of the key that holds it is given.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[KeyPath, int] = {}
        counts: dict[KeyPath, int] = {}
        table: KeyPath = ()
        for number, line in enumerate(text.splitlines(), start=1):
            header = _TABLE.match(line)
            if header:
                table = _parts(header[2])
                if header[1] == "[[":
                    place = counts.get(table, 0)
                    counts[table] = place + 1
                    table = (*table, place)
                self._lines.setdefault(table, number)
                continue
            entry = _ENTRY.match(line)
            if entry:
                self._lines.setdefault((*table, *_parts(entry[1])), number)

    def line(self, path: KeyPath) -> int:
        """Give the line of a key, or of the nearest thing around it that has one; else 1."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 1


def _parts(written: str) -> KeyPath:
    return tuple(part.strip("\"'") for part in _PART.findall(written))
