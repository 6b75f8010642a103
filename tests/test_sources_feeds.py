import random
import re
import time
from pathlib import Path

import pytest

from signals.errors import ArticleError, ConfigError
from signals.news.article import Article
from signals.sources.feeds import FeedSource, read_feed
from signals.sources.opening import open_source

FIXTURES = Path(__file__).parent / "fixtures" / "sources"
FEEDS = ["rss2.xml", "rss1.rdf", "atom.xml"]


def items_of(name):
    return list(FeedSource(FIXTURES / name).read())


def rss(inside):
    return f'<rss version="2.0"><channel><title>T</title>{inside}</channel></rss>'.encode()


def read(content):
    return list(read_feed(content, source="feed"))


def test_the_full_text_goes_before_the_description_and_scripts_are_no_text():
    first = items_of("rss2.xml")[0]

    assert first.text == "Acme & Sons rise\n\nAcme (NYSE: ACM) rose.\n\nIt fell later."
    assert first.url == "https://news.example/1"
    assert first.published_from == "feed"


def test_what_a_feed_tells_is_kept_verbatim():
    first = items_of("rss2.xml")[0]

    assert first.provider["category"] == ["Shares", "Retail"]
    assert first.provider["dc:creator"] == "A. Writer"
    assert first.provider["pubDate"] == "Mon, 21 Jul 2025 15:11:00 EDT"
    assert items_of("atom.xml")[0].provider["category"] == {"term": "8-K"}


def test_a_permanent_link_stands_in_for_a_link_and_a_script_for_none():
    items = items_of("rss2.xml")

    assert items[6].url == "https://news.example/7"
    assert items[1].url == ""


def test_an_atom_entry_is_known_when_its_present_text_was():
    first, second = items_of("atom.xml")[:2]

    assert first.published.isoformat() == "2025-07-21T19:11:00+00:00"
    assert first.updated.isoformat() == "2025-07-21T20:00:30+00:00"
    assert first.url == "https://news.example/1"
    assert second.updated is None


def test_the_types_of_atom_texts_are_told_apart():
    entries = items_of("atom.xml")

    assert entries[0].title == "Acme & Sons file"
    assert entries[1].text == "R&D at Acme\n\nLess < more."
    assert entries[2].text == "Acme in XHTML\n\nAcme rose.\n\nThen it fell."


BOMB = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">""" + b"".join(
    f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">'.encode() for n in range(1, 10)
) + b"]><rss><channel><title>&a9;</title></channel></rss>"  # fmt: skip
OUTSIDE = b"""<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss><channel><item><title>&x;</title></item></channel></rss>"""
PARAMETER = b"""<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><rss/>"""


@pytest.mark.parametrize("content", [BOMB, OUTSIDE, PARAMETER], ids=["bomb", "xxe", "parameter"])
def test_entities_of_a_feeds_own_are_refused(content):
    with pytest.raises(ArticleError, match="declares entities"):
        read(content)


def test_an_outer_document_type_is_never_fetched():
    content = b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd">' + rss("")

    assert read(content) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is no XML"),
        (b"\x00\x00", "is no XML"),
        (b"<rss><channel>", "is no XML"),
        (b'<?xml version="1.0" encoding="martian"?><rss/>', "is no XML"),
        (b"<!DOCTYPE html><html><p>Welcome", "is a web page, no feed"),
        (b"<html><body/></html>", "neither RSS nor Atom, but 'html'"),
        (b'{"version": "https://jsonfeed.org"}', "is no XML"),
    ],
)
def test_what_is_no_feed_is_refused(content, told):
    with pytest.raises(ArticleError, match=told):
        read(content)


def test_a_feed_without_items_holds_no_news():
    assert read(rss("")) == []
    assert read(b'<feed xmlns="http://www.w3.org/2005/Atom"/>') == []


def test_a_hundred_thousand_nested_tags_are_read():
    deep = "<b>" * 100_000 + "x" + "</b>" * 100_000
    item = f"<item><title>Acme</title><pubDate>2025-07-21T19:11Z</pubDate><x>{deep}</x></item>"

    assert [item.title for item in read(rss(item))] == ["Acme"]


ATOM = '<feed xmlns="http://www.w3.org/2005/Atom">'
NESTED = {
    "entry": (ATOM, "<entry>", "</entry>", "</feed>"),
    "link": (f"{ATOM}<entry>", "<link>", "</link>", "</entry></feed>"),
    "item": ("<rss><channel>", "<item>", "</item>", "</channel></rss>"),
    "item of RDF": ("<RDF>", "<item>", "</item>", "</RDF>"),
    "channel": ("<rss>", "<channel><item>", "</item></channel>", "</rss>"),
}


@pytest.mark.parametrize("name", NESTED)
def test_nested_items_take_time_in_proportion_to_their_number(name):
    before, start, end, after = NESTED[name]

    def seconds(number):
        content = (before + start * number + end * number + after).encode()
        begun = time.process_time()
        assert len(list(read_feed(content, source="feed"))) == 1
        return time.process_time() - begun

    # 16 times as many each time, if each is read as often as it is deep; a busy machine may
    # make one of the looks longer, but not all.
    assert min(seconds(16_000) / seconds(4_000) for _ in range(8)) < 8


def test_an_item_is_a_child_of_its_feed_only():
    item = "<item><title>A{0}</title><pubDate>Mon, 21 Jul 2025 15:1{0}:00 EDT</pubDate>{1}</item>"
    content = item.format(1, item.format(2, "")) + item.format(3, "")

    for feed in (f"<rss><channel>{content}</channel></rss>", f"<RDF><channel/>{content}</RDF>"):
        assert [one.title for one in read_feed(feed.encode(), source="feed")] == ["A1", "A3"]


def test_the_words_of_what_is_nested_beyond_reason_are_read():
    nested = "<div>" * 20_000 + "It rose &amp; html:fell" + "</div>" * 20_000
    stated = "<title>Acme</title><published>2025-07-21T15:11:00Z</published>"
    for content in (nested, "<div>It rose &amp; html:fell</div>"):
        (item,) = read(
            f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{stated}'
            f'<content type="xhtml">{content}</content></entry></feed>'.encode()
        )
        assert item.text == "Acme\n\nIt rose & html:fell"


@pytest.mark.parametrize("name", ["a:updated", "t:modified"])
@pytest.mark.parametrize(
    ("changed", "known_at"),
    [
        ("2025-07-22T14:00:00Z", "2025-07-22T14:00:01+00:00"),
        ("2025-07-21T14:00:00Z", "2025-07-21T19:11:01+00:00"),
        ("", "2025-07-21T19:11:01+00:00"),
    ],
)
def test_an_item_of_rss_that_was_changed_is_known_when_it_was_changed(name, changed, known_at):
    (item,) = read(
        '<rss xmlns:a="http://www.w3.org/2005/Atom" xmlns:t="http://purl.org/dc/terms/"><channel>'
        "<item><title>Acme rose</title><pubDate>Mon, 21 Jul 2025 15:11:00 EDT</pubDate>"
        f"<{name}>{changed}</{name}></item></channel></rss>".encode()
    )
    assert item.known_at.isoformat() == known_at


def test_a_zone_may_be_given_for_a_feed_whose_times_have_none(tmp_path):
    item = "<item><title>Acme</title><pubDate>{}</pubDate></item>"
    stamps = ("Mon, 21 Jul 2025 15:11:00", "Mon, 21 Jul 2025 15:11:00 GMT", "2025-07-21")
    (tmp_path / "a.xml").write_bytes(rss("".join(item.format(stamp) for stamp in stamps)))
    table = {"kind": "feed", "path": "a.xml", "zone": "America/New_York"}

    assert next(FeedSource(tmp_path / "a.xml").read()).reason == "naive_time"
    known = [one.known_at.isoformat() for one in open_source(table, folder=tmp_path).read()]
    assert known == [
        "2025-07-21T19:11:01+00:00",
        "2025-07-21T15:11:01+00:00",
        "2025-07-22T04:00:00+00:00",
    ]
    with pytest.raises(ConfigError, match="'Mars' is no time zone"):
        FeedSource("feed.xml", zone="Mars")


def test_an_oversized_item_is_quarantined():
    long = (
        f"<item><title>A</title><pubDate>2025-07-21T19:11Z</pubDate><description>{'a' * 2_000_001}"
    )

    assert read(rss(f"{long}</description></item>"))[0].reason == "oversized"


def test_files_that_are_missing_or_too_large_are_refused(tmp_path):
    (tmp_path / "a.xml").write_bytes(rss(""))

    with pytest.raises(ArticleError, match=r"a\.xml is larger than 10 bytes"):
        list(FeedSource(tmp_path / "a.xml", max_bytes=10).read())
    with pytest.raises(ArticleError, match=r"b\.xml can't be read: No such file"):
        list(FeedSource(tmp_path / "b.xml").read())


@pytest.mark.parametrize(
    "limits",
    [
        *({"timeout": 0}, {"max_bytes": 0}, {"max_redirects": -1}),
        *({"timeout": float("inf")}, {"max_bytes": 2**70}, {"max_redirects": 21}),
    ],
)
def test_limits_that_allow_nothing_or_are_none_are_refused(limits):
    with pytest.raises(ConfigError, match="more than 0"):
        FeedSource("feed.xml", **limits)


def test_a_feed_is_called_by_its_address_without_what_may_be_secret():
    address = "https://me:pass@news.example:8443/rss?token=abc"

    assert FeedSource(address).name == "news.example:8443/rss"
    assert FeedSource(address, label="Example").name == "Example"


STRANGE = [b"", b"\x00", b"<", b"&", b"&x;", b"<![CDATA[", b"2025-07-21 15:11", b"]]>", b"\xff\xfe"]
TEXTS = [b"", b" ", b"0", b"2025-07-21 15:11", b"Mon, 32 Jul 2025 15:11:00 GMT", b"x" * 5000]
TEXTS += [b"9999-12-31", b"1970-01-01T00:00Z", b"javascript:alert(1)", b"&lt;p&gt;&lt;", b"&#0;"]
STRANGE += [b"Mon, 32 Jul 2025 15:11:00 GMT", b"<item>", b"<entry/>", b"<title><b/></title>", b"0"]


def check_mutated(name, times, seed):
    draw = random.Random(seed)
    original = (FIXTURES / name).read_bytes()
    read_well = 0
    for _ in range(times):
        content = original
        for _ in range(draw.randrange(1, 4)):
            if draw.random() < 0.5:  # another text in one of its tags
                texts = list(re.finditer(rb">([^<>]*)</", content))
                at, end = draw.choice(texts).span(1) if texts else (0, 0)
                content = content[:at] + draw.choice(TEXTS) + content[end:]
            else:  # damage anywhere
                at = draw.randrange(len(content))
                end = min(len(content), at + draw.choice([0, 1, 5, 40]))
                content = content[:at] + draw.choice(STRANGE) + content[end:]
        try:
            items = read(content)
        except ArticleError:
            continue
        read_well += 1
        assert all(item.known_at for item in items if isinstance(item, Article))
    assert read_well > times // 10


@pytest.mark.parametrize("name", FEEDS)
def test_mutated_feeds_raise_nothing_unexpected_and_nothing_undated_gets_through(name):
    check_mutated(name, 50, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("name", FEEDS)
def test_a_thousand_mutated_feeds_each(name):
    check_mutated(name, 1000, seed=2)
