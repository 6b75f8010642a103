"""From a web page to an article's title, time, source and text, with what the markup says of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from signals.errors import ArticleError
from signals.news.published import (
    LAST_ZONE_ON_EARTH,
    PublicationTime,
    day_of_midnight,
    parse_published,
)

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

# Parts of a page that are never part of its article.
_CHROME = "script, style, noscript, template, svg, iframe, form, button, nav, footer, select"
# Tags that begin a new line; all others run within one.
_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 "
    "header hr li main ol p pre section table tbody td tfoot th thead tr ul".split()
)
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
_LINE_OF_PROSE = 80
_RELATED_NAMES = (
    *("related", "recommend", "read-more", "more-on", "trending", "newsletter", " tags "),
    *("post-tags", "article-tags", "story-tags", "entry-tags", "tags-links"),
)
# Where the head of a page says when it was published, the surest first; of two times the later.
_PUBLISHED = (
    *("article:published_time", "article.published", "datePublished", "parsely-pub-date"),
    *("sailthru.date", "dc.date.issued", "pubdate", "publish-date", "publish_date"),
)
_COMMENT_NAMES = ("comment", "disqus")


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
    stated = _json_ld(tree)
    publisher = stated.get("publisher")
    title = (
        _text_of(stated.get("headline"))
        or _meta(tree, "og:title")
        or _first_text(tree, "h1")
        or _first_text(tree, "title")
    )
    of_the_head = [_text_of(stated.get("datePublished")), *(_meta(tree, one) for one in _PUBLISHED)]
    published = (
        _latest([*filter(None, of_the_head)])
        # In the body it may be the time of another story, which has a card there.
        or _attribute(tree, "[itemprop=datePublished]", "content")
        or _attribute(tree, "time[datetime]", "datetime")
        or _meta(tree, "date")
    )
    updated = _text_of(stated.get("dateModified")) or _meta(tree, "article:modified_time")
    source = _text_of(publisher.get("name")) if isinstance(publisher, dict) else ""
    lines, hints = _story(tree, html, title)
    return Page(
        title=title,
        source=source or _meta(tree, "og:site_name"),
        url=_attribute(tree, "link[rel=canonical]", "href") or _meta(tree, "og:url"),
        published=published or None,
        text="\n\n".join(lines),
        hints=hints,
        updated=updated or None,
    )


def _latest(stamps: Sequence[str]) -> str:
    """Give the first of the stamps that a page states, or the latest that contradicts it.

    No news may be known too early. A date and a time of that day agree. A time without a zone is
    later than no other, and earlier only than what is later than it in every zone.
    """
    first, *others = dict.fromkeys(stamps) or ("",)
    surest = _read_stamp(first) or _read_stamp(first, LAST_ZONE_ON_EARTH) if others else None
    if surest is None:
        return first
    times = {stamp: _read_stamp(stamp) for stamp in others}
    known = {
        stamp: time.known_at
        for stamp, time in times.items()
        if time and time.known_at > surest.known_at and not time.agrees_with(surest)
    }
    return max(known, key=known.__getitem__, default=first)


def _read_stamp(stamp: str, zone: tzinfo | None = None) -> PublicationTime | None:
    """Read a stamp; None where it is none, or lacks its zone."""
    try:
        return day_of_midnight(parse_published(stamp, zone=zone), zone)
    except (ArticleError, OverflowError):
        return None


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
    return sum(len(line) for line in lines if len(line) >= _LINE_OF_PROSE)


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


def _json_ld(tree: LexborHTMLParser) -> dict[str, object]:
    """Give the first article among the page's JSON-LD records; {} when there is none."""
    for node in tree.css('script[type="application/ld+json"]'):
        try:
            record = json.loads(node.text())
        except (ValueError, RecursionError):
            continue  # a broken record says nothing; the page's other marks may
        for candidate in _records(record):
            if "headline" in candidate or "datePublished" in candidate:
                return candidate
    return {}


def _records(record: object) -> Iterator[dict[str, object]]:
    if isinstance(record, dict):
        yield record
        graph = record.get("@graph")
        record = graph if isinstance(graph, list) else []
    if isinstance(record, list):
        yield from (item for item in record if isinstance(item, dict))


def _text_of(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _meta(tree: LexborHTMLParser, name: str) -> str:
    return _attribute(tree, f'meta[property="{name}"]', "content") or _attribute(
        tree, f'meta[name="{name}"]', "content"
    )


def _attribute(tree: LexborHTMLParser, selector: str, name: str) -> str:
    node = tree.css_first(selector)
    return _text_of(node.attributes.get(name)) if node else ""


def _first_text(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return _text_of(node.text()) if node else ""


def _walk(root: LexborNode) -> Iterator[tuple[str, LexborNode]]:
    """Go through a tree in order: ("open", node), ("text", node), ("close", node).

    Without recursion, so that a page of 100,000 nested tags is read as well.
    """
    node: LexborNode | None = root
    while node is not None:
        if node.is_text_node:
            yield "text", node
        else:
            yield "open", node
            if node.child is not None:
                node = node.child
                continue
            yield "close", node
        while node is not None and node.mem_id != root.mem_id and node.next is None:
            node = node.parent
            if node is not None:
                yield "close", node
        node = None if node is None or node.mem_id == root.mem_id else node.next


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

    story = _article_node(tree.body)
    for event, node in _walk(story):
        if event == "text":
            pieces.append(node.text_content or "")
            continue
        if node.tag in _BLOCKS:
            end_line()
            mark = ""
        if event == "open":
            # A story's own tag may say that it has tags, or that it is a newsletter.
            is_story = node.mem_id == story.mem_id and _rank(node) > 0
            places.append("" if is_story else places[-1] or _place(node))
            mark = "- " if node.tag == "li" else mark
        else:
            places.pop()
    end_line()
    return lines, hints


def _tighten(line: str) -> str:
    """Take out the blanks that inline tags leave before punctuation and inside brackets."""
    for mark in (",", ".", ";", ")", "’", "'s"):
        line = line.replace(f" {mark}", mark)
    return line.replace("( ", "(")


def _article_node(body: LexborNode) -> LexborNode:
    """Find the part of the page that holds the article: marked so, or with most prose in it."""
    marked: list[tuple[int, int, LexborNode]] = []
    parents: dict[int, tuple[int, LexborNode]] = {}
    depth = 0
    prose = [0]
    for event, node in _walk(body):
        if event == "text":
            prose[-1] += len(node.text_content or "") if depth else 0
        elif event == "open":
            prose.append(0)
            depth += node.tag == "p"
        else:
            amount = prose.pop()
            depth -= node.tag == "p"
            if prose:
                prose[-1] += amount
            if rank := _rank(node):
                marked.append((rank, amount, node))
            if node.tag == "p" and node.parent is not None:
                parent = node.parent
                seen = parents.get(parent.mem_id, (0, parent))[0]
                parents[parent.mem_id] = (seen + amount, parent)
    if marked:
        return max(marked, key=lambda found: found[:2])[2]
    return max(parents.values(), key=lambda found: found[0])[1] if parents else body


def _rank(node: LexborNode) -> int:
    if node.attributes.get("itemprop") == "articleBody":
        return 3
    if node.tag == "article":
        return 2
    return int(node.tag == "main" or node.attributes.get("role") == "main")


def _place(node: LexborNode) -> str:
    """Say from a tag whether what is inside is a caption, related, or a comment."""
    if node.tag == "figcaption":
        return "caption"
    names = f" {node.attributes.get('class') or ''} {node.id or ''} ".lower()
    if any(name in names for name in _COMMENT_NAMES):
        return "comment"
    if node.tag == "aside" or any(name in names for name in _RELATED_NAMES):
        return "related"
    return ""
