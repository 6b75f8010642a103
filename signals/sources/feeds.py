"""RSS (0.91 to 2.0, and 1.0) and Atom, from a file or from the web.

An item's time is its own: that of the channel says when the feed was made, and is never taken for
it. Of an entry that was changed the text is of then, so that ``updated`` counts beside the time of
publication, or alone where that is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError, tostring

from signals.errors import ArticleError, ConfigError
from signals.news.article import Article
from signals.sources.fetch import Limits, fetch, shown
from signals.sources.refusals import Quarantined
from signals.sources.source import Draft, admit, check_times, opened, own_name

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_ATOM = "{http://www.w3.org/2005/Atom}"
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"
_MODIFIED = "{http://purl.org/dc/terms/}modified"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_PREFIXES = {
    _ATOM: "",
    _DUBLIN: "dc:",
    "{http://purl.org/dc/terms/}": "dcterms:",
    "{http://purl.org/rss/1.0/}": "",
    "{http://purl.org/rss/1.0/modules/content/}": "content:",
    "{http://search.yahoo.com/mrss/}": "media:",
    "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}": "rdf:",
}
_PREFIXED = re.compile(r"(?<=<)(/?)html:")
_MOST_SECONDS, _MOST_BYTES, _MOST_REDIRECTS = 3_600, 1_000_000_000, 20


@dataclass(frozen=True, slots=True)
class FeedSource:
    """A feed of news, RSS or Atom.

    Parameters
    ----------
    place
        A file, or an address that begins with http:// or https://.
    allow_hosts
        Hosts that may be private, loopback or link-local addresses.
    timeout
        Seconds for all of a fetch.
    max_bytes
        Of the feed, after it is unpacked.
    max_redirects
        How often an answer may lead elsewhere; each step is checked anew.
    zone
        The zone of dates, and of times without one; without it such times are quarantined.
    label
        The source's name; when it is empty, the file's, or the address without its query.

    Raises
    ------
    ConfigError
        A limit is 0 or less, or more than an hour, a gigabyte or 20 redirects; or there is no such
        zone.
    """

    place: str | Path
    allow_hosts: tuple[str, ...] = field(default=(), kw_only=True)
    timeout: float = field(default=10.0, kw_only=True)
    max_bytes: int = field(default=5_000_000, kw_only=True)
    max_redirects: int = field(default=3, kw_only=True)
    zone: str | tzinfo | None = field(default=None, kw_only=True)
    label: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        check_times(None, self.zone)
        if (
            not 0 < self.timeout <= _MOST_SECONDS
            or not 0 < self.max_bytes <= _MOST_BYTES
            or not 0 <= self.max_redirects <= _MOST_REDIRECTS
        ):
            raise ConfigError(
                f"timeout is more than 0 and at most {_MOST_SECONDS:,} seconds, max_bytes more "
                f"than 0 and at most {_MOST_BYTES:,}, max_redirects 0 to {_MOST_REDIRECTS}."
            )

    @property
    def name(self) -> str:
        """The label, the file's name, or the address without its query."""
        if self.label:
            return self.label
        place = str(self.place)
        return shown(place).partition("://")[2] if _is_address(place) else own_name(place)

    def read(self) -> Iterator[Article | Quarantined]:
        """Give each item's article, or the reason why there is none.

        Raises
        ------
        ArticleError
            The feed is missing, unreachable, too large, or neither RSS nor Atom.
        """
        yield from read_feed(self._content(), source=self.name, zone=self.zone)

    def _content(self) -> bytes:
        place = str(self.place)
        if _is_address(place):
            limits = Limits(
                tuple(self.allow_hosts), self.timeout, self.max_bytes, self.max_redirects
            )
            return fetch(place, limits)
        path = Path(place)
        with opened(path) as file:
            content = file.read(self.max_bytes + 1)
        if len(content) > self.max_bytes:
            raise ArticleError(f"{path.name} is larger than {self.max_bytes:,} bytes.")
        return content


def read_feed(
    content: bytes, *, source: str, zone: str | tzinfo | None = None
) -> Iterator[Article | Quarantined]:
    """Read a feed that is at hand.

    Parameters
    ----------
    content
        The XML, in any encoding that it declares.
    source
        What to call it.
    zone
        As for :class:`FeedSource`.

    Raises
    ------
    ArticleError
        It is neither RSS nor Atom, or it declares entities.
    """
    root = _parse(content, source)
    kind = _local(root)
    if kind == "feed":
        language = root.get(_XML_LANGUAGE, "")
        publisher = _text(root, f"{_ATOM}title")
        drafts = [_atom(entry, publisher) for entry in root.findall(f"{_ATOM}entry")]
    elif kind in {"rss", "RDF"}:
        channel = next((part for part in root if _local(part) == "channel"), root)
        language = _first(channel, "language") or _text(channel, f"{_DUBLIN}language")
        publisher = _first(channel, "title")
        drafts = [_rss(item, publisher) for item in _items(root)]
    else:
        raise ArticleError(f"{source} is neither RSS nor Atom, but {kind[:40]!r}.")
    for number, draft in enumerate(drafts, start=1):
        told = {"language": language, **draft.provider} if language else draft.provider
        stated = replace(draft, zone=zone, provider=told)
        yield admit(stated, source=source, place=f"item {number}")


def _is_address(place: str) -> bool:
    return "://" in place


def _parse(content: bytes, source: str) -> Element:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(content)
    except DefusedXmlException as error:
        raise ArticleError(
            f"{source} declares entities of its own, which no feed needs."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        start = content[:200].lstrip().lower()
        if start.startswith((b"<!doctype html", b"<html")):
            raise ArticleError(f"{source} is a web page, no feed.") from error
        raise ArticleError(f"{source} is no XML that can be read: {error}.") from error
    return root


def _items(root: Element) -> Iterator[Element]:
    """Give the items of RSS: in the channel, or beside it in version 1.0.

    Never those inside of items, each of which would be read as often as it is deep.
    """
    for part in root:
        if _local(part) == "item":
            yield part
        elif _local(part) == "channel":
            yield from (inner for inner in part if _local(inner) == "item")


def _rss(item: Element, publisher: str) -> Draft:
    link = _first(item, "link") or _permanent(item)
    return Draft(
        published=_first(item, "pubDate") or _text(item, f"{_DUBLIN}date"),
        published_from="feed",
        title=_plain(_first(item, "title")),
        markup=_text(item, _CONTENT) or _first(item, "description"),
        source=_first(item, "source") or publisher,
        url=link,
        updated=_text(item, f"{_ATOM}updated") or _text(item, _MODIFIED),
        provider=_fields(item),
    )


def _atom(entry: Element, publisher: str) -> Draft:
    published = _text(entry, f"{_ATOM}published")
    updated = _text(entry, f"{_ATOM}updated")
    content = entry.find(f"{_ATOM}content")
    if content is None or not (len(content) or content.text):
        content = entry.find(f"{_ATOM}summary")
    title = entry.find(f"{_ATOM}title")
    return Draft(
        published=published or updated,
        published_from="feed",
        title=_plain(_construct(title)),
        markup=_construct(content),
        source=_text(entry, f"{_ATOM}source/{_ATOM}title") or publisher,
        url=_alternate(entry),
        updated=updated if published else None,
        provider=_fields(entry),
    )


def _construct(part: Element | None) -> str:
    """Give the markup of an Atom text: of type text, html or xhtml."""
    if part is None:
        return ""
    if part.get("type") == "xhtml":
        with suppress(RecursionError):  # of what is nested beyond reason the words remain
            return _PREFIXED.sub(r"\1", tostring(part, encoding="unicode"))
    text = "".join(part.itertext())
    if part.get("type", "text") in {"text", "text/plain", "xhtml"}:
        return text.replace("&", "&amp;").replace("<", "&lt;")
    return text


def _plain(title: str) -> str:
    """Take tags and references out of a title, which feeds write as HTML or as text."""
    if "<" not in title and "&" not in title:
        return title
    from selectolax.lexbor import LexborHTMLParser

    body = LexborHTMLParser(title).body
    return body.text() if body is not None else ""


def _alternate(entry: Element) -> str:
    for link in entry.findall(f"{_ATOM}link"):
        if link.get("rel", "alternate") == "alternate" and link.get("href"):
            return link.get("href", "")
    return ""


def _permanent(item: Element) -> str:
    guid = next((part for part in item if _local(part) == "guid"), None)
    if guid is None or guid.get("isPermaLink", "true") == "false":
        return ""
    return (guid.text or "").strip()


def _local(part: Element) -> str:
    return part.tag.rpartition("}")[2] if isinstance(part.tag, str) else ""


def _first(parent: Element, name: str) -> str:
    """Give the text of a child of RSS, whose names have a namespace in version 1.0 only."""
    return _text(parent, name) or _text(parent, "{http://purl.org/rss/1.0/}" + name)


def _text(parent: Element, path: str) -> str:
    found = parent.find(path)
    return "" if found is None else "".join(found.itertext()).strip()


def _fields(item: Element) -> dict[str, object]:
    """Give all that an item says, by name: texts, attributes where there is no text."""
    fields: dict[str, list[object]] = {}
    for part in item:
        space, _, local = part.tag.rpartition("}")
        name = _PREFIXES.get(f"{space}}}", "") + local if space else local
        text = "".join(part.itertext()).strip()
        fields.setdefault(name, []).append(text or dict(part.attrib))
    return {name: told[0] if len(told) == 1 else told for name, told in fields.items()}
