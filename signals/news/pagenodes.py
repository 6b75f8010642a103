"""The tags of a page in order, which of them hold its story, and what those in it are for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

# Tags that begin a new line; all others run within one.
BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 "
    "header hr li main ol p pre section table tbody td tfoot th thead tr ul".split()
)
LINE_OF_PROSE = 80
"""Characters from which a line is prose, no item of a menu."""

_RELATED_NAMES = (
    *("related", "recommend", "read-more", "more-on", "trending", "newsletter", " tags "),
    *("post-tags", "article-tags", "story-tags", "entry-tags", "tags-links"),
)
# A class that says "comments are open" is the story's own, and so is a market comment.
_COMMENTS = re.compile(
    r" (?!(?:has|no|with)[-_])"
    r"(?:(?:[\w-]*[-_])?comments|(?:(?:[cm]|post|user|reader)[-_]+)?comment)"
    r"(?:[-_]+(?!enabled|disabled|open|closed|off\b|on\b|count|status)[\w-]*)? |disqus"
)
_ADVERTISES = re.compile(
    r" (?!(?:has|no|with|without)[-_])(?:[\w-]*[-_])?"
    r"(?:ads?|advert\w*|sponsored|promo|ticker|quote-widget)(?:[-_][\w-]*)? "
)
_LONGEST_NAMES = 300
# Without one of these neither is tried.
_HINTS = ("comment", "disqus", "ad", "sponsored", "promo", "ticker", "quote-widget")


class Story(NamedTuple):
    """The node of a page that holds its story, and how much prose each node holds."""

    node: LexborNode
    prose: Mapping[int, int]

    def is_mostly_in(self, node: LexborNode) -> bool:
        """Tell whether a part of the page holds most of the story."""
        return 2 * self.prose.get(node.mem_id, 0) > self.prose.get(self.node.mem_id, 0)


def walk(root: LexborNode) -> Iterator[tuple[str, LexborNode]]:
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


def find_story(body: LexborNode) -> Story:
    """Find the part of the page that holds the article: marked so, or with most prose in it."""
    marked: list[tuple[int, int, LexborNode]] = []
    parents: dict[int, tuple[int, LexborNode]] = {}
    amounts: dict[int, int] = {}
    depth = 0
    prose = [0]
    for event, node in walk(body):
        if event == "text":
            prose[-1] += len(node.text_content or "") if depth else 0
        elif event == "open":
            prose.append(0)
            depth += node.tag == "p"
        else:
            amount = prose.pop()
            depth -= node.tag == "p"
            amounts[node.mem_id] = amount
            if prose:
                prose[-1] += amount
            if rank := _rank(node):
                marked.append((rank, amount, node))
            if node.tag == "p" and node.parent is not None:
                parent = node.parent
                seen = parents.get(parent.mem_id, (0, parent))[0]
                parents[parent.mem_id] = (seen + amount, parent)
    if marked:
        # A card of another story may be marked as one too, but there is little in it.
        least = max(amount for _, amount, _ in marked) / 10
        found = max(marked, key=lambda one: (one[1] >= least, *one[:2]))
        return Story(found[2], amounts)
    densest = max(parents.values(), key=lambda found: found[0])[1] if parents else body
    return Story(densest, amounts)


def is_marked_story(node: LexborNode) -> bool:
    """Tell whether a tag says that it holds a story."""
    return _rank(node) > 0


def _rank(node: LexborNode) -> int:
    if node.attributes.get("itemprop") == "articleBody":
        return 3
    if node.tag == "article":
        return 2
    return int(node.tag == "main" or node.attributes.get("role") == "main")


def names_of(node: LexborNode) -> str:
    """Give the classes and the name of a tag in small letters, a blank around each."""
    names = f" {node.attributes.get('class') or ''} {node.id or ''} "
    return f"{names[:_LONGEST_NAMES].lower()} "


def place(node: LexborNode) -> str:
    """Say from a tag whether what is inside is a caption, related, or a comment."""
    if node.tag == "figcaption":
        return "caption"
    names = names_of(node)
    hinted = any(hint in names for hint in _HINTS)
    if hinted and _COMMENTS.search(names):
        return "comment"
    if node.tag == "aside" or any(name in names for name in _RELATED_NAMES):
        return "related"
    return "related" if hinted and _ADVERTISES.search(names) else ""
