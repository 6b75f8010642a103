"""From a web page to an article's title, time, source and text, with what the markup says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from signals.news.pagefacts import (
    attribute,
    first_text,
    meta,
    own_record,
    published_of,
    text_of,
    updated_of,
)
from signals.news.pagenodes import (
    BLOCKS,
    LINE_OF_PROSE,
    Story,
    find_story,
    is_marked_story,
    place,
    walk,
)

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

# Parts of a page that are never part of its article.
_CHROME = "script, style, noscript, template, svg, iframe, form, button, nav, footer, select"
# Tags that hold nothing, or that the next of their kind closes.
_NEVER_NEST = frozenset(
    "area base body br col dd dt embed head hr html img input li link meta option p param source "
    "tbody td tfoot th thead tr track wbr".split()
)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_DEEPEST = 500
_WHERE_PROSE_IS = "p, article, main, [role=main], [itemprop=articleBody]"
_WHOLE_PAGE = 2000
_MOST_TAGS = 10_000  # trafilatura takes a second and more for them
_LITTLE_PROSE = 250


class Page(NamedTuple):
    """What a page says of itself.

    Attributes
    ----------
    title, source, url
        Empty when the page doesn't say.
    published
        The stamp as written; None when there is none.
    text
        One line a paragraph, an empty line between them.
    hints
        Line of ``text`` -> "caption" or "related".
    updated
        The stamp of its last change as written; None when there is none.
    """

    title: str
    source: str
    url: str
    published: str | None
    text: str
    hints: Mapping[str, str] = MappingProxyType({})
    updated: str | None = None


def read_markup(html: str) -> Page:
    """Read a page; broken markup is read as browsers read it.

    Comments of readers are left out: they are other people's texts.
    """
    from selectolax.lexbor import LexborHTMLParser

    html = _flatten(html)
    tree = LexborHTMLParser(html)
    stated = own_record(tree)
    publisher = stated.get("publisher")
    title = (
        text_of(stated.get("headline"))
        or meta(tree, "og:title")
        or first_text(tree, "h1")
        or first_text(tree, "title")
    )
    # Before the story is read, for which parts of the page are taken out.
    published, updated = published_of(tree, stated), updated_of(tree, stated)
    source = text_of(publisher.get("name")) if isinstance(publisher, dict) else ""
    lines, hints = _story(tree, html, title)
    return Page(
        title=title,
        source=source or meta(tree, "og:site_name"),
        url=attribute(tree, "link[rel=canonical]", "href") or meta(tree, "og:url"),
        published=published or None,
        text="\n\n".join(lines),
        hints=hints,
        updated=updated or None,
    )


def _story(tree: LexborHTMLParser, html: str, title: str) -> tuple[list[str], Mapping[str, str]]:
    """Give the lines of a page's story, and what its markup says of some of them.

    Where our own reading is weak and trafilatura finds about as much prose, its reading counts.
    """
    lines, hints = _paragraphs(tree, title)
    if _is_weak(tree, lines, html):
        found = _by_trafilatura(html, title)
        if found and _prose(found) * 10 >= _prose(lines) * 8:
            return found, {}
    return lines, hints


def _flatten(html: str) -> str:
    """Take the nesting out of tags that lie deeper than any page's.

    A parser looks through all open tags at many a tag, so that a megabyte of them would take it
    minutes. Browsers have such a limit as well; the text between the tags stays.
    """
    if html.count("<") <= _DEEPEST:
        return html
    depth = 0

    def rename(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag[2].lower() in _NEVER_NEST:
            return tag[0]
        depth = max(0, depth + (-1 if tag[1] else 1))
        return "<wbr" if depth > _DEEPEST or (tag[1] and depth == _DEEPEST) else tag[0]

    return _TAG.sub(rename, html)


def _is_weak(tree: LexborHTMLParser, lines: list[str], html: str) -> bool:
    """Tell whether a whole page gave little prose, or nothing said where its prose is."""
    if len(html) < _WHOLE_PAGE or html.count("<") > _MOST_TAGS:
        return False
    return _prose(lines) < _LITTLE_PROSE or tree.css_first(_WHERE_PROSE_IS) is None


def _prose(lines: list[str]) -> int:
    """Count the characters of lines that are long enough for prose, not for a menu."""
    return sum(len(line) for line in lines if len(line) >= LINE_OF_PROSE)


def _by_trafilatura(html: str, title: str) -> list[str]:
    """Give the lines that trafilatura takes for the article; none where it isn't installed."""
    try:
        from trafilatura import extract
    except ImportError:
        return []
    # By default it keeps what readers comment, and with it their tickers.
    text = extract(html, include_comments=False, include_tables=False) or ""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return [line for line in lines if line and line != title]


def _paragraphs(tree: LexborHTMLParser, title: str) -> tuple[list[str], dict[str, str]]:
    """Collect the article's lines in order, with what the markup says of some of them."""
    for node in tree.css(_CHROME):
        node.decompose()
    lines: list[str] = []
    hints: dict[str, str] = {}
    if tree.body is None:
        return lines, hints
    places = [""]
    pieces: list[str] = []
    mark = ""

    def end_line() -> None:
        line = _tighten(" ".join("".join(pieces).split()))
        pieces.clear()
        if not line or places[-1] == "comment" or line == title:
            return
        lines.append(mark + line)
        if places[-1]:
            hints[lines[-1]] = places[-1]

    story = find_story(tree.body)
    for event, node in walk(story.node):
        if event == "text":
            pieces.append(node.text_content or "")
            continue
        if node.tag in BLOCKS:
            end_line()
            mark = ""
        if event == "open":
            places.append(places[-1] or _place_in(story, node, lines))
            mark = "- " if node.tag == "li" else mark
        else:
            places.pop()
    end_line()
    return lines, hints


def _place_in(story: Story, node: LexborNode, before: list[str]) -> str:
    """Say what a part of a story is for; ``before`` are the lines before it.

    The tag that holds the story may say that it has tags, or that readers may comment.
    """
    is_own = node.mem_id == story.node.mem_id and is_marked_story(node)
    kind = "" if is_own else place(node)
    if not kind or not story.is_mostly_in(node):
        return kind
    # Comments may be longer than the story, but none stands before it.
    return kind if kind == "comment" and _prose(before) else ""


def _tighten(line: str) -> str:
    """Take out the blanks that inline tags leave before punctuation and inside brackets."""
    for mark in (",", ".", ";", ")", "’", "'s"):
        line = line.replace(f" {mark}", mark)
    return line.replace("( ", "(")
