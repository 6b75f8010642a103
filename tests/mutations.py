"""Changing payloads at random, and what must hold of whatever is then read."""

import json
import math

from signals.news.article import Article

# What a mutation may put in the place of any value, or take away.
STRANGE = [
    None, True, 0, -1, 10**30, 1e308, math.nan, math.inf, "", " ", "NaN", "\x00", "\ud800", "ACM",
    "9999-12-31", "0001-01-01T00:00:00+14:00", "2025-02-30T10:00:00Z", "20250230T101010",
    "2025-07-21T15:11", "Mon, 32 Jul 2025 15:11:00 -0400", "Mon, 21 Jul 2025 15:11:00 +9999",
    "javascript:alert(1)", "x" * 3_000_000, "<" * 50_000, "&#x110000;", "&#99999999;", [], {},
    [[[[]]]], {"url": {"url": None}}, ["2025-07-21T19:11:00Z"], 253402300799, 99999999999,
    "Published: 2020-01-01T00:00Z\n\nA text that dates itself.",
]  # fmt: skip


def mutate(value, draw, *, chance=0.06):
    """Change about one value of a tree for a strange one, drop it, double it or nest it."""
    if draw.random() < chance:
        kind = draw.randrange(4)
        if kind == 0:
            return [value, value]
        if kind == 1:
            return {"content": value}
        return draw.choice(STRANGE)
    if isinstance(value, dict):
        kept = [(key, part) for key, part in value.items() if draw.random() > 0.03]
        return {key: mutate(part, draw, chance=chance) for key, part in kept}
    if isinstance(value, list):
        return [mutate(part, draw, chance=chance) for part in value]
    return value


def spoil(content, draw):
    """Cut some bytes off, or change some."""
    broken = bytearray(content[: draw.randrange(1, len(content) + 1)] or b" ")
    for _ in range(draw.randrange(4)):
        broken[draw.randrange(len(broken))] = draw.randrange(256)
    return bytes(broken)


def check_items(items):
    """Every item is dated by what it states and can be stored, or has its reason."""
    for item in items:
        if isinstance(item, Article):
            assert item.known_at is not None
            assert 1900 <= item.published.year <= 2199
            assert item.published.year != 2020, "a text dated itself"
            item.text.encode()
            json.dumps(dict(item.provider), allow_nan=False).encode()
        else:
            assert item.reason and item.detail
