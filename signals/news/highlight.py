"""Cut a text where marked spans begin and end, for showing it with its marks."""

from __future__ import annotations

import html
from collections.abc import Hashable, Iterable
from typing import NamedTuple, TypeVar

Tag = TypeVar("Tag", bound=Hashable)


def segments(text: str, spans: Iterable[tuple[int, int, Tag]]) -> list[tuple[str, tuple[Tag, ...]]]:
    """Cut a text into pieces that each carry one set of tags.

    Parameters
    ----------
    text
        Any text.
    spans
        ``(start, end, tag)``, in any order; they may overlap and repeat. What reaches beyond the
        text is cut off, and empty spans are left out.

    Returns
    -------
    list of (str, tuple)
        The pieces in order, which join to the text, none empty, each with the tags that cover
        it in the order in which the spans were given, every tag once.

    Examples
    --------
    >>> segments("Acme rose.", [(0, 4, "name"), (0, 10, "lead")])
    [('Acme', ('name', 'lead')), (' rose.', ('lead',))]
    """
    edges: list[tuple[int, int, int, Tag]] = []
    for order, (start, end, tag) in enumerate(spans):
        begin, stop = max(start, 0), min(end, len(text))
        if begin < stop:
            edges += [(begin, 1, order, tag), (stop, 0, order, tag)]
    edges.sort(key=lambda edge: edge[:3])
    pieces: list[tuple[str, tuple[Tag, ...]]] = []
    covering: dict[int, Tag] = {}
    done = 0
    for place, opens, order, tag in edges:
        if place > done:
            pieces.append((text[done:place], _tags(covering)))
            done = place
        if opens:
            covering[order] = tag
        else:
            del covering[order]
    if done < len(text):
        pieces.append((text[done:], ()))
    return pieces


def _tags(covering: dict[int, Tag]) -> tuple[Tag, ...]:
    return tuple(dict.fromkeys(covering[order] for order in sorted(covering)))


class Mark(NamedTuple):
    """How a span is shown: a line of CSS, and what is said when the mouse rests on it."""

    style: str
    title: str = ""


def markup(text: str, spans: Iterable[tuple[int, int, Mark]]) -> str:
    """Write a text as HTML with its marked spans in colour, for a notebook.

    Whatever the text contains comes out as text.
    """
    return "".join(
        "".join(_opening(mark) for mark in marks) + html.escape(piece) + "</span>" * len(marks)
        for piece, marks in segments(text, spans)
    )


def _opening(mark: Mark) -> str:
    title = f' title="{html.escape(mark.title)}"' if mark.title else ""
    return f'<span style="{html.escape(mark.style)}"{title}>'
