"""Versions of everything that can change a number, a date or a picture. A leaf."""

from __future__ import annotations

import hashlib
import platform
from contextlib import suppress
from functools import cache
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

PACKAGES = (
    "defusedxml",
    "exchange_calendars",
    "jinja2",
    "matplotlib",
    "numpy",
    "pandas",
    "scipy",
    "selectolax",
    "tzdata",
    "vaderSentiment",
    "yfinance",
)
OPTIONAL = ("pyarrow", "trafilatura")
"""They change what is read or written where they are there."""


@cache
def versions() -> dict[str, str]:
    """Give the version of Python, of each package of ``PACKAGES``, and of ``OPTIONAL`` ones."""
    found = {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
    for name in OPTIONAL:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


@cache
def code_digest(*rooms: str) -> str:
    """Hash the files of some rooms of this package, or of all: code, word lists, weights."""
    digest = hashlib.sha256()
    root = resources.files("signals")
    for room in rooms or ("",):
        for name, place in _files(root.joinpath(room) if room else root, room):
            content = place.read_bytes()
            digest.update(f"{name}\x00{len(content)}\x00".encode() + content)
    return digest.hexdigest()


def _files(place: Traversable, name: str) -> list[tuple[str, Traversable]]:
    if place.is_file():
        return [(name, place)]
    inside = sorted((one for one in place.iterdir()), key=lambda one: one.name)
    return [
        found
        for one in inside
        if one.name != "__pycache__"
        for found in _files(one, f"{name}/{one.name}")
    ]
