import sys
import time

import pytest
from clock import doubling

from signals.errors import ArticleError
from signals.news.article import Article, read_article
from signals.news.markup import read_markup

PAGE = """<!doctype html><html><head><title>Acme beats | Site</title>
<script type="application/ld+json">{"@graph": [{"@type": "WebPage"},
{"@type": "NewsArticle", "headline": "Acme beats", "datePublished": "2025-07-21T15:11:00-04:00",
"publisher": {"name": "Wire"}}]}</script>
<link rel="canonical" href="https://example.com/a"></head>
<body><nav><a href="/">Home</a></nav>
<article><h1>Acme beats</h1>
<figure><img><figcaption>A crane.</figcaption></figure>
<p>Acme (<a href="/q">NYSE:ACM</a>) rose , said <b>a broker</b>.</p>
<p>It had fallen.<br>Then it rose.</p>
<ul><li>One thing</li><li>Another</li></ul>
<aside class="related"><p>Bolt falls</p></aside></article>
<div class="comments"><p>Reader: $GME</p></div><script>var x = "$TSLA";</script></body></html>"""


def zones_of(article):
    return [(zone.kind, article.text[zone.start : zone.end]) for zone in article.zones]


def test_a_page_says_what_the_article_is():
    article = Article.from_html(PAGE)

    assert article.title == "Acme beats"
    assert article.source == "Wire"
    assert article.url == "https://example.com/a"
    assert article.published_from == "html"
    assert article.published.isoformat() == "2025-07-21T15:11:00-04:00"


def test_a_page_is_parted_into_story_and_boilerplate():
    assert zones_of(Article.from_html(PAGE)) == [
        ("title", "Acme beats"),
        ("caption", "A crane."),
        ("lead", "Acme (NYSE:ACM) rose, said a broker."),
        ("body", "It had fallen."),
        ("body", "Then it rose."),
        ("body", "- One thing"),
        ("body", "- Another"),
        ("related", "Bolt falls"),
    ]


def test_comments_scripts_and_navigation_are_not_the_article():
    text = Article.from_html(PAGE).text

    assert not any(word in text for word in ("GME", "TSLA", "Home"))


@pytest.mark.parametrize(
    ("head", "published"),
    [
        (
            '<meta property="article:published_time" content="2025-07-21T15:11Z">',
            "2025-07-21T15:11",
        ),
        ("<time datetime='2025-07-21T15:11Z'>today</time>", "2025-07-21T15:11"),
        ('<meta itemprop="datePublished" content="2025-07-21T15:11Z">', "2025-07-21T15:11"),
        ('<meta name="parsely-pub-date" content="2025-07-21T15:11Z">', "2025-07-21T15:11"),
        ('<meta name="date" content="2025-07-21T15:11Z">', "2025-07-21T15:11"),
        ('<script type="application/ld+json">{broken</script>', None),
    ],
)
def test_the_time_is_looked_for_where_pages_put_it(head, published):
    article = Article.from_html(f"<html><body>{head}<p>Acme rose.</p></body></html>")

    assert (article.published and article.published.isoformat()[:16]) == published


def test_the_time_in_the_head_counts_before_that_of_a_card_of_another_story():
    page = (
        '<html><head><meta name="parsely-pub-date" content="2025-07-21T15:11Z"></head><body>'
        '<div class="card"><meta itemprop="datePublished" content="2019-01-01T00:00Z">'
        '<time datetime="2019-01-01T00:00Z">2019</time></div><p>Acme rose.</p></body></html>'
    )

    assert Article.from_html(page).published.isoformat()[:10] == "2025-07-21"


def stated(json_ld: str, *metas: str, more: str = "") -> str:
    """Give when a page was published that states several times."""
    record = f'{{"@type": "NewsArticle", "headline": "Acme", "datePublished": "{json_ld}"}}'
    names = ("article:published_time", "sailthru.date")
    marks = [
        f'<meta property="{name}" content="{time}">'
        for name, time in zip(names, metas, strict=False)
    ]
    script = f'<script type="application/ld+json">{record}</script>{more}' if json_ld else more
    page = f"<html><head>{''.join(marks)}{script}</head><body><p>Acme rose.</p></body></html>"
    return Article.from_html(page).published.isoformat()


EARLY, LATE = "2024-06-26T20:20:00+00:00", "2024-06-27T20:20:00+00:00"


@pytest.mark.parametrize(
    "times",
    [(EARLY, LATE), (LATE, EARLY), ("", EARLY, LATE), (EARLY, EARLY, LATE), (EARLY[:19], LATE)],
)
def test_of_two_times_that_contradict_each_other_the_later_counts(times):
    assert stated(*times) == LATE


@pytest.mark.parametrize(
    "other",
    [
        "2024-06-26",  # a date that the time is of
        "2024-06-27",  # which it is in Auckland
        "2024-06-27T00:00:00Z",  # no more than a date
        "2024-06-26T22:20:00+02:00",  # the same instant
        "2024-06-27T20:20:00",  # of no zone
        "tomorrow",
        "9999-12-31T23:59:59Z",
    ],
)
def test_what_contradicts_no_time_of_a_page_changes_it_not(other):
    assert stated(EARLY, other) == EARLY


def test_the_time_of_another_story_is_none_of_the_page():
    other = f'{{"@type": "NewsArticle", "headline": "Bolt", "datePublished": "{LATE}"}}'
    card = f'<script type="application/ld+json">{other}</script><time datetime="{LATE}">now</time>'

    assert stated(EARLY, EARLY, more=card) == EARLY


@pytest.mark.parametrize("name", ["post has-tags", "newsletter-story", "hashtags"])
def test_what_the_tag_of_a_story_is_called_makes_it_no_list_of_others(name):
    page = (
        f'<article class="{name}"><h1>Acme falls</h1><p>Acme fell by a lot on Monday.</p>'
        '<div class="tags"><p>Globex</p></div></article>'
    )

    zones = Article.from_html(page).zones

    assert [zone.kind for zone in zones] == ["title", "lead", "related"]


def test_a_page_without_an_article_tag_gives_its_densest_part():
    page = (
        "<body><div><p>Menu</p></div><div id=x><p>Acme rose by a lot on Monday.</p>"
        "<p>It fell on Tuesday.</p></div></body>"
    )

    assert Article.from_html(page).text == "Acme rose by a lot on Monday.\n\nIt fell on Tuesday."


def test_a_page_without_text_is_empty():
    with pytest.raises(ArticleError, match="empty"):
        Article.from_html("<html><body><script>1</script></body></html>")


def test_the_sample_page_is_read(root):
    article = read_article(root / "data/articles/softbank-results.html")

    assert article.precision == "second"
    assert article.known_at.isoformat() == "2025-08-07T08:10:01+00:00"
    assert [zone.kind for zone in article.zones][-3:] == ["related"] * 3
    assert "GME" not in article.text


@pytest.mark.parametrize("piece", ["<div><p>x", "<table><td>x", "<li><p>x", "<b><i>x"])
def test_deeply_nested_pages_take_linear_time(piece):
    assert doubling(Article.from_html, piece * 2000, enough=3) <= 3


@pytest.mark.parametrize(
    "page",
    ["<div><p>x" * 30_000, "<span>" * 60_000 + "</x>" * 60_000, "<b><div>x" * 30_000],
    ids=["open", "wrong ends", "formatting"],
)
def test_a_page_nested_deeper_than_any_takes_bounded_time(page):
    start = time.process_time()
    read_markup(f"<article>{page}</article>")

    assert time.process_time() - start < 5


def test_nesting_is_taken_out_only_where_it_is_too_deep():
    page = "<div>" * 1500 + "<p>Deep.</p>" + "</div>" * 1500 + "<p>Then <b>flat</b>.</p>"

    assert read_markup(f"<article>{page}</article>").text == "Deep.\n\nThen flat."


def page_without_paragraphs():
    """A page that nothing marks: a menu, prose parted by <br>, and a reader's comment."""
    menu = "".join(f"<div><a href='/{n}'>Section {n}</a></div>" for n in range(40))
    prose = "<br><br>".join(
        f"Acme rose by {n} per cent on Monday after it lifted its outlook for the year, it said."
        for n in range(2, 12)
    )
    return (
        f"<html><head><title>Acme rises</title></head><body>{menu}"
        f"<div class='x'>{prose}</div><div id='comments'><div class='comment'>Sell ZZZ now, all of "
        f"you, before it is too late, said the reader who has no idea.</div></div></body></html>"
    )


def test_a_page_that_nothing_marks_is_read_by_trafilatura_where_it_is_installed():
    pytest.importorskip("trafilatura", reason="needs the extra [html]")

    page = read_markup(page_without_paragraphs())

    assert page.text.startswith("Acme rose by 2 per cent")
    assert page.text.endswith("Acme rose by 11 per cent on Monday after it lifted its outlook for "
                              "the year, it said.")  # fmt: skip


def test_without_trafilatura_such_a_page_is_read_whole(monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)

    page = read_markup(page_without_paragraphs())

    assert page.text.startswith("Section 0")
    assert "Acme rose by 11 per cent" in page.text
    assert "ZZZ" not in page.text


PROSE = (
    "<p>Acme cut its outlook for the year on Tuesday and blamed weak demand for its anvils.</p>"
    "<p>It now sees sales falling by as much as 8%, where it had hoped that they would hold up.</p>"
)
OWN = '<time datetime="2025-08-11T12:47:00Z">Aug 11</time>'
OLDER = '<time datetime="2025-08-08T09:00:00Z">Aug 8</time>'


@pytest.mark.parametrize(
    "page",
    [
        f"<aside><ul><li>{OLDER} Bolt sinks</li></ul></aside><article>{OWN}{PROSE}</article>",
        f'<article class="card">{OLDER}<h3>Bolt sinks</h3></article><main>{OWN}{PROSE}</main>',
        f"<div itemscope><meta itemprop=datePublished content=2025-08-08T09:00Z></div>"
        f"<article><meta itemprop=datePublished content=2025-08-11T12:47Z>{PROSE}</article>",
        f"<article><p>By a reporter, {OWN}</p>{PROSE}<p>It meets on {OLDER}.</p></article>",
        f"<div>{OWN}</div><article>{PROSE}</article><div class=latest>{OLDER}</div>",
        f"<article><header>{OWN}</header><div itemprop=articleBody>{PROSE}</div></article>",
    ],
)
def test_the_time_of_a_page_without_a_head_is_that_above_its_story(page):
    article = Article.from_html(f"<body>{page}</body>")

    assert "weak demand" in article.text
    assert article.published.isoformat() == "2025-08-11T12:47:00+00:00"


@pytest.mark.parametrize(
    "page",
    [
        '<article><p>Acme was founded <time datetime="1978-10-05">in 1978</time>.</p>{}</article>',
        "<article>{}<p>The call is on <time datetime=2025-09-24>Sept 24</time>.</p></article>",
        "<article>{}</article><aside><time datetime=2025-08-08T09:00Z>Bolt sinks</time></aside>",
        "<article>{}</article><article><time datetime=2025-08-08T09:00Z>Bolt</time></article>",
        "<article>{}</article><a href=/b><time datetime=2025-08-08T09:00Z>Bolt sinks</time></a>",
    ],
)
def test_the_time_of_an_event_or_of_another_story_is_no_publication(page):
    assert Article.from_html(f"<body>{page.format(PROSE)}</body>").published is None


ARTICLE = '{"@type": "NewsArticle", "headline": "Acme", "datePublished": "2025-08-11T12:47:00Z"}'


@pytest.mark.parametrize(
    "records",
    [
        '[{"@type": "WebPage", "datePublished": "2017-03-01T00:00:00Z"}, %s]',
        '[{"@type": "FAQPage", "datePublished": "2024-01-10"}, %s]',
        '{"@graph": [{"@type": "Comment", "datePublished": "2025-08-10T00:00:00Z"}, %s]}',
        '[{"@type": "VideoObject", "headline": "Watch", "datePublished": "2025-08-08"}, %s]',
        '[{"@type": "NewsArticle", "headline": "Bolt", "datePublished": "2025-08-08"}, %s]',
        '{"@type": "WebPage", "datePublished": "2017-03-01T00:00:00Z", "mainEntity": %s}',
        '{"@type": "JobPosting", "datePublished": "2025-08-08", "mainEntity": [%s]}',
    ],
)
def test_of_the_records_of_a_page_that_of_its_article_counts(records):
    script = f'<script type="application/ld+json">{records % ARTICLE}</script>'

    article = Article.from_html(f"<head>{script}</head><article><h1>Acme</h1>{PROSE}</article>")

    assert (article.title, article.published.isoformat()) == ("Acme", "2025-08-11T12:47:00+00:00")


def test_the_record_of_a_video_alone_dates_no_article():
    record = '{"@type": "VideoObject", "headline": "Watch", "datePublished": "2025-08-08"}'
    script = f'<script type="application/ld+json">{record}</script>'

    article = Article.from_html(f"<head>{script}</head><article><h1>Acme</h1>{PROSE}</article>")

    assert (article.title, article.published) == ("Acme", None)


def test_the_record_of_a_page_tells_of_its_last_change():
    page = '{"@type": "WebPage", "datePublished": "2025", "dateModified": "2025-08-12T09:00:00Z"}'
    script = f'<script type="application/ld+json">[{page}, {ARTICLE}]</script>'

    article = Article.from_html(f"<head>{script}</head><article><h1>Acme</h1>{PROSE}</article>")

    assert article.updated.isoformat() == "2025-08-12T09:00:00+00:00"


def zones_in(name: str, box: str = "", *, story: str = "story") -> dict[str, str]:
    """Give the zone of each line of a page that has a box of that class."""
    page = f'<article><h1>Acme falls</h1><div class="{story}">{PROSE}</div>{box}</article>'
    article = Article.from_html(page.replace("NAME", name))
    return {article.text[zone.start : zone.end]: zone.kind for zone in article.zones}


@pytest.mark.parametrize(
    "name",
    "post-content comments-enabled|has-comments|article-commentary|market-comment|c-comments-off|"
    "comment-status-open|comments|related-enabled|has-ads|ad-free|promo-story".split("|"),
)
def test_no_class_of_the_story_itself_takes_it_away(name):
    kinds = [*zones_in("", story=name).values()]

    assert kinds == ["title", "lead", "body"]


@pytest.mark.parametrize(
    "name", "comments|comment-list|reader-comments|post-comment|disqus_thread".split("|")
)
def test_comments_are_left_out_however_their_class_is_written(name):
    box = f"<div class=NAME>{'<p>Bolt is a fraud and its bosses should be in jail.</p>' * 9}</div>"

    assert not any("Bolt" in line for line in zones_in(name, box))


@pytest.mark.parametrize(
    "name",
    "ad|ads|c-ad|advert|advertisement sponsored|promo|promo-box|stock-ticker|quote-widget".split(
        "|"
    ),
)
def test_advertisements_and_quotes_are_no_part_of_the_story(name):
    box = "<div class='NAME'><p>Bolt crashes after a fraud charge.</p></div>"

    assert zones_in(name, box)["Bolt crashes after a fraud charge."] == "related"


@pytest.mark.parametrize("name", ["lead", "download", "gradient", "broadcast", "no-ads"])
def test_what_is_only_spelt_like_an_advertisement_is_the_storys(name):
    box = "<div class='NAME'><p>Bolt crashes after a fraud charge.</p></div>"

    assert zones_in(name, box)["Bolt crashes after a fraud charge."] == "body"


@pytest.mark.parametrize("name", ["ad-", "comments-", "a-", "card-"])
def test_a_class_as_long_as_a_page_takes_no_time(name):
    start = time.process_time()
    read_markup(
        f'<div class="{name * 100_000}!"><time datetime=2025-08-08>ad comments</time></div>'
    )

    assert time.process_time() - start < 5
