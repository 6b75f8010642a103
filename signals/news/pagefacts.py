"""What a page states of itself beside its text: its records, its properties, its times."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import tzinfo
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from signals.errors import ArticleError
from signals.news.pagenodes import BLOCKS, LINE_OF_PROSE, find_story, names_of, place, walk
from signals.news.published import (
    LAST_ZONE_ON_EARTH,
    PublicationTime,
    day_of_midnight,
    parse_published,
)

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

# Where the head of a page says when it was published, the surest first; of two times the later.
_PUBLISHED = (
    *("article:published_time", "article.published", "datePublished", "parsely-pub-date"),
    *("sailthru.date", "dc.date.issued", "pubdate", "publish-date", "publish_date"),
)
# Of the records of a page its own is one of these types, best written as a story.
_WRITTEN = re.compile(r"\w*(?:Article|(?<!Job)Posting|Report)\b")
_PAGE = re.compile(r"\bWebPage\b")
# What holds other stories: a card, a list, a link.
_OF_OTHERS = frozenset("article aside li nav a".split())
_A_CARD = re.compile(
    r" (?:[\w-]*[-_])?(?:cards?|teasers?|latest|popular|most-read)(?:[-_][\w-]*)? "
)
_ENDS = re.compile(r"[^Mm.][.!?]\Z")  # as a sentence does, but no "8:47 p.m."
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())


def published_of(tree: LexborHTMLParser, record: dict[str, object]) -> str:
    """Give the stamp of a page's publication as written; "" when there is none."""
    head = [text_of(record.get("datePublished")), *(meta(tree, one) for one in _PUBLISHED)]
    return _latest([*filter(None, head)]) or _time_in_body(tree) or meta(tree, "date")


def updated_of(tree: LexborHTMLParser, record: dict[str, object]) -> str:
    """Give the stamp of a page's last change as written; "" when there is none."""
    return text_of(record.get("dateModified")) or meta(tree, "article:modified_time")


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


def own_record(tree: LexborHTMLParser) -> dict[str, object]:
    """Give the page's own article among its JSON-LD records; {} when there is none.

    A page also has records of other stories, of videos, of questions and of its whole site. Its
    own is an article's, best with the page's headline. When the page was last changed, the record
    of the page may tell too.
    """
    titles = {meta(tree, "og:title"), first_text(tree, "h1")} - {""}
    records = [one for one in _all_records(tree) if "headline" in one or "datePublished" in one]
    best = max(records, key=lambda one: _likeness(one, titles), default={})
    if not any(_likeness(best, titles)):
        return {}
    pages = (one.get("dateModified") for one in records if _PAGE.search(str(one.get("@type"))))
    return {"dateModified": next(pages, None)} | best


def _likeness(record: dict[str, object], titles: set[str]) -> tuple[int, bool]:
    """Tell how likely a record is the article's; of those that are alike the first counts."""
    kind = str(record.get("@type", "Article"))
    own = text_of(record.get("headline")) in titles
    return 2 if _WRITTEN.search(kind) else int(bool(_PAGE.search(kind))), own


def _all_records(tree: LexborHTMLParser) -> Iterator[dict[str, object]]:
    for node in tree.css('script[type="application/ld+json"]'):
        try:
            record = json.loads(node.text())
        except (ValueError, RecursionError):
            continue  # a broken record says nothing; the page's other marks may
        yield from _records(record)


def _records(record: object) -> Iterator[dict[str, object]]:
    """Give the records of a script: one, a list of them, or those that one holds."""
    if isinstance(record, dict):
        yield record
        for name in ("@graph", "mainEntity"):
            yield from _dicts(record.get(name))
    else:
        yield from _dicts(record)


def _dicts(record: object) -> list[dict[str, object]]:
    records = record if isinstance(record, list) else [record]
    return [one for one in records if isinstance(one, dict)]


def text_of(value: object) -> str:
    """Give a text on one line; "" for what is none."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def meta(tree: LexborHTMLParser, name: str) -> str:
    """Give a property of the page; "" where it has none."""
    return attribute(tree, f'meta[property="{name}"]', "content") or attribute(
        tree, f'meta[name="{name}"]', "content"
    )


def attribute(tree: LexborHTMLParser, selector: str, name: str) -> str:
    """Give an attribute of the first tag that is sought; "" where there is none."""
    node = tree.css_first(selector)
    return text_of(node.attributes.get(name)) if node else ""


def first_text(tree: LexborHTMLParser, selector: str) -> str:
    """Give the text of the first tag that is sought; "" where there is none."""
    node = tree.css_first(selector)
    return text_of(node.text()) if node else ""


def _time_in_body(tree: LexborHTMLParser) -> str:
    """Give the time above a story's prose, or else the latest that is on the page; or "".

    A page also holds times of other stories, in cards and lists, and of events, in its prose.
    """
    if tree.body is None:
        return ""
    story: LexborNode = find_story(tree.body).node
    around = {story.mem_id}
    node = story
    while node.parent is not None and node.mem_id != tree.body.mem_id:
        node = node.parent
        around.add(node.mem_id)
        # The time of an article often stands before the part that is its text.
        story = node if node.tag in {"article", "main"} and story.tag != "article" else story
    above = takewhile(lambda block: not _is_long(block), _blocks(story, around))
    stamps = [stamp for block in above for stamp in block.stamps]
    elsewhere = (stamp for block in _blocks(tree.body, around) for stamp in block.stamps)
    return _latest(stamps) or _latest([*elsewhere])


class _Block(NamedTuple):
    """A line of a page, and the times in it that are no event's that it tells of."""

    text: str
    tag: str
    stamps: Sequence[str]


def _is_long(block: _Block) -> bool:
    return len(block.text) >= LINE_OF_PROSE and block.tag not in _HEADINGS


def _blocks(root: LexborNode, around: Collection[int]) -> Iterator[_Block]:
    """Give the lines of a part of a page that belong to no other story than the one around."""
    others = 0
    tag, pieces, stamps = "", list[str](), list[str]()
    for event, node in walk(root):
        if event == "text":
            pieces += () if others else (node.text_content or "",)
            continue
        if node.tag in BLOCKS:
            text = text_of("".join(pieces))
            is_prose = len(text) >= LINE_OF_PROSE or _ENDS.search(text)
            yield _Block(text, tag, () if is_prose and tag not in _HEADINGS else stamps)
            tag, pieces, stamps = node.tag or "", [], []
        if node.mem_id not in around and _is_of_others(node):
            others += 1 if event == "open" else -1
        if event == "open" and not others:
            stamps += _stamp_of(node)
    yield _Block(text_of("".join(pieces)), tag, stamps)


def _is_of_others(node: LexborNode) -> bool:
    """Tell whether a tag holds another story, or a list or link that leads to one."""
    if node.tag in _OF_OTHERS or "itemscope" in node.attributes:
        return True
    return bool(place(node) or _A_CARD.search(names_of(node)))


def _stamp_of(node: LexborNode) -> Sequence[str]:
    """Give the time that a tag states, if it states one."""
    is_stated = node.attributes.get("itemprop") == "datePublished"
    stamp = node.attributes.get("content") if is_stated else None
    stamp = stamp or (node.attributes.get("datetime") if node.tag == "time" else None)
    return (text_of(stamp),) if stamp else ()
