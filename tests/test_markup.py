import time

import pytest

from signals.errors import ArticleError
from signals.news.article import Article, read_article

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
        ('<script type="application/ld+json">{broken</script>', None),
    ],
)
def test_the_time_is_looked_for_where_pages_put_it(head, published):
    article = Article.from_html(f"<html><body>{head}<p>Acme rose.</p></body></html>")

    assert (article.published and article.published.isoformat()[:16]) == published


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
    def seconds(page):
        best = float("inf")
        for _ in range(2):
            start = time.process_time()
            Article.from_html(page)
            best = min(best, time.process_time() - start)
        return best

    assert seconds(piece * 4000) < 0.05 + 3.5 * seconds(piece * 2000)
