import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from signals.errors import ArticleError, ConfigError
from signals.news.article import Article, read_article
from signals.news.storable import MAX_BYTES

HEADED = (
    "Title: Acme rises\nPublished: 2025-07-21T15:11-04:00\nSource: Wire\nURL: https://e.org/a\n\n"
)


def test_header_lines_say_what_the_article_is():
    article = Article.from_text(HEADED + "Acme (NYSE:ACM) rose 3%.\n")

    assert article.title == "Acme rises"
    assert article.source == "Wire"
    assert article.url == "https://e.org/a"
    assert article.published_from == "header"
    assert article.precision == "minute"
    assert article.known_at == datetime(2025, 7, 21, 19, 12, tzinfo=UTC)
    assert article.text == "Acme rises\n\nAcme (NYSE:ACM) rose 3%."


def test_the_title_may_stand_before_the_header_lines():
    text = "Acme rises\nPublished: 2025-07-21T19:11Z\nSource: The Wire\n\nAcme (NYSE:ACM) rose."
    article = Article.from_text(text)
    assert (article.title, article.source) == ("Acme rises", "The Wire")
    assert article.text == "Acme rises\n\nAcme (NYSE:ACM) rose."
    assert article.published_from == "header"


@pytest.mark.parametrize(
    "text",
    [
        "Acme rose.\nSource: The Wire",  # no empty line
        "BREAKING\nTitle: Acme rises\nSource: The Wire\n\nIt did.",  # no line is dropped
        "Acme rises\nAnd falls\nSource: The Wire\n\nIt did.",
        "Acme rises\n\nPublished: 2025-07-21T19:11Z\n\nIt did.",
        f"{'Acme ' * 41}\nPublished: 2025-07-21T19:11Z\n\nIt did.",
    ],
)
def test_what_else_stands_before_such_lines_is_story(text):
    article = Article.from_text(text)
    assert (article.published, article.source) == (None, "")
    assert article.text.split() == text.split()


def test_lines_that_look_like_headers_in_a_story_are_story():
    article = Article.from_text("Source: a minister.\nThat is all we know.")

    assert article.source == ""
    assert article.text.startswith("Source: a minister.")


def test_an_argument_goes_before_a_header():
    article = Article.from_text(
        HEADED + "Acme rose.", source="Other", published="2025-07-21T19:11Z"
    )

    assert article.source == "Other"
    assert article.published_from == "user"


def test_a_time_that_contradicts_the_header_is_refused():
    with pytest.raises(ConfigError, match="contradicts"):
        Article.from_text(HEADED + "Acme rose.", published="2025-07-25")


def test_an_article_without_a_time_is_never_known():
    article = Article.from_text("Acme rose.")

    assert article.published is None
    assert article.known_at is None


def test_a_revised_text_is_known_when_it_was_revised():
    from dataclasses import replace

    article = Article.from_text(HEADED + "Acme rose.")
    revised = replace(article, updated=datetime(2025, 7, 22, 10, tzinfo=UTC))

    assert revised.known_at == datetime(2025, 7, 22, 10, 0, 1, tzinfo=UTC)


def test_the_id_depends_on_source_time_and_text_only():
    article = Article.from_text(HEADED + "Acme rose.")

    assert re.fullmatch(r"[0-9a-f]{16}", article.id)
    assert article.id == Article.from_text(HEADED + "Acme rose.", url="https://x.org").id
    assert article.id == Article.from_text(HEADED + "Acme rose.", published="2025-07-21T19:11Z").id
    assert article.id != Article.from_text(HEADED + "Acme fell.").id
    assert article.id != Article.from_text(HEADED + "Acme rose.", source="Other").id


@pytest.mark.parametrize("text", ["", "  \n\t\n", "\ufeff".strip("\ufeff"), "Source: Wire\n\n"])
def test_an_empty_article_is_refused(text):
    with pytest.raises(ArticleError, match="empty"):
        Article.from_text(text)


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=200))
def test_any_text_is_storable_afterwards_and_its_zones_lie_inside(text):
    try:
        article = Article.from_text(text)
    except ArticleError:
        assert not text.strip() or re.match(
            r"\s*(title|published|source|url):", text, re.IGNORECASE
        )
        return
    article.text.encode("utf-8")
    assert "\x00" not in article.text
    assert all(0 <= zone.start < zone.end <= len(article.text) for zone in article.zones)


def test_text_that_is_no_text_is_refused():
    with pytest.raises(ArticleError, match="not bytes"):
        Article.from_text(b"Acme rose.")


def test_the_first_article_is_read_as_its_shape_demands(root):
    article = read_article(root / "data/articles/openai-uk.txt")
    kinds = [zone.kind for zone in article.zones]

    assert kinds[:3] == ["title", "caption", "lead"]
    assert kinds[-6:] == ["related"] * 6
    assert article.zone_assumed
    assert article.precision == "day"
    assert article.known_at == datetime(2025, 7, 22, 12, tzinfo=UTC)


def test_the_zone_that_is_passed_says_whose_name_of_a_zone_a_line_states():
    text = "Published: 2024-07-15 07:05 BST\n\nTesco rose."
    article = Article.from_text(text, zone="Europe/London")

    assert article.known_at.isoformat() == "2024-07-15T06:06:00+00:00"
    assert article == Article.from_text(
        text.replace("2024-07-15", "15 July 2024"), zone="Europe/London"
    )


def test_a_reader_may_pass_the_zone_of_a_date(root):
    article = read_article(root / "data/articles/openai-uk.txt", zone="Europe/London")

    assert article.known_at == datetime(2025, 7, 21, 23, tzinfo=UTC)
    assert not article.zone_assumed


@pytest.mark.parametrize(
    "content",
    [
        "Société Générale rose.".encode(),
        b"\xef\xbb\xbf" + "Société Générale rose.".encode(),
        "Société Générale rose.".encode("utf-16"),
        "Société Générale rose.".encode("cp1252"),
        b"Soci\xc3\xa9t\xc3\xa9 G\xc3\xa9n\xc3\xa9rale rose.\r\n",
    ],
)
def test_files_are_read_in_the_encodings_that_people_have(tmp_path, content):
    path = tmp_path / "a.txt"
    path.write_bytes(content)

    assert read_article(path).text == "Société Générale rose."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
        (bytes(range(128, 256)) * 50, "binary"),
        (b"x" * (MAX_BYTES + 1), "larger than 2 MB"),
        (b"a " * 5_000_000, "larger than 2 MB"),
        (b"Published: yesterday\n\nAcme rose.", "no publication time"),
    ],
)
def test_a_file_that_is_no_article_is_refused_by_name(tmp_path, content, why):
    path = tmp_path / "bad.txt"
    path.write_bytes(content)

    with pytest.raises(ArticleError, match=why) as caught:
        read_article(path)
    assert "bad.txt" in str(caught.value)


@pytest.mark.parametrize("name", ["news.csv", "news.JSONL", "news.parquet"])
def test_a_table_of_articles_is_not_read_as_one_article(tmp_path, name):
    (tmp_path / name).write_text("published,title\n2025-07-21,Acme rose\n")

    with pytest.raises(ArticleError, match=r"is a table of articles.*signals score"):
        read_article(tmp_path / name)


def test_a_file_that_is_missing_is_an_error_of_usage(tmp_path):
    with pytest.raises(ConfigError, match="can't be read"):
        read_article(tmp_path / "nothing.txt")


def test_an_article_names_itself_without_all_of_its_text():
    text = "It rose on. " * 500
    shown = repr(Article.from_text(text, title="Acme rose", published="2025-07-21"))

    assert "Acme rose" in shown and "2025" in shown
    assert len(shown) < 500


def test_articles_can_stand_in_a_set_whatever_their_vendor_says_of_them():
    one = replace(Article.from_text("Acme rose."), provider={"ids": ["a"]})
    assert len({one, replace(one), Article.from_text("Acme fell.")}) == 2


def test_one_line_of_nearly_two_megabytes_is_read(tmp_path: Path):
    path = tmp_path / "long.txt"
    path.write_text("Acme rose. " * 180_000)

    assert len(read_article(path).text) > 1_900_000


CHANGED = (
    '<html><head><meta property="article:published_time" content="2025-07-21T15:11:00-04:00">'
    '<meta property="article:modified_time" content="{}"></head>'
    "<body><article><p>Microsoft rose, and closed 3 % up.</p></article></body></html>"
)


@pytest.mark.parametrize(
    ("changed", "known_at"),
    [
        ("2025-07-21T17:30:00-04:00", "2025-07-21T21:30:01"),
        ("2025-07-21T15:11:00-04:00", "2025-07-21T19:11:01"),
        ("2025-07-21T15:00:00-04:00", "2025-07-21T19:11:01"),
        ("2025-07-21T17:30:00", "2025-07-22T05:30:01"),  # of no zone: where it comes last
        ("2025-07-21", "2025-07-22T12:00:00"),
        ("", "2025-07-21T19:11:01"),
    ],
)
def test_a_page_that_was_changed_is_known_from_then_on(changed, known_at):
    article = Article.from_html(CHANGED.format(changed))
    assert article.known_at == datetime.fromisoformat(known_at).replace(tzinfo=UTC)


def test_the_readers_own_time_is_that_of_the_text_whatever_a_page_says_of_updates():
    page = CHANGED.format("2025-07-21T17:30:00-04:00")
    article = Article.from_html(page, published="2025-07-21T15:11:00-04:00")
    assert article.updated is None
    assert article.known_at == datetime(2025, 7, 21, 19, 11, 1, tzinfo=UTC)


def test_a_text_says_in_its_header_when_it_was_updated():
    text = "Title: A\nPublished: 2025-07-21T15:11Z\nUpdated: 2025-07-21T16:20Z\n\nIt rose."
    article = Article.from_text(text)
    assert article.updated == datetime(2025, 7, 21, 16, 20, 59, tzinfo=UTC)
    assert article.known_at == datetime(2025, 7, 21, 16, 21, tzinfo=UTC)
    with pytest.raises(ArticleError, match="day or its month first"):
        Article.from_text(text.replace("2025-07-21T16:20Z", "07/21/2025"))


@pytest.mark.parametrize(
    ("stated", "known_at"),
    [
        ("2025-07-21T00:00:00-04:00", "2025-07-22T04:00:00+00:00"),
        ("2025-07-21T00:00:00Z", "2025-07-22T12:00:00+00:00"),  # of no zone that means anything
        ("2025-07-21T00:00:01Z", "2025-07-21T00:00:02+00:00"),
    ],
)
def test_midnight_that_an_article_states_is_a_day_and_an_updates_too(stated, known_at):
    page = f'<meta property="article:published_time" content="{stated}"><p>Acme rose.</p>'
    read = (
        Article.from_html(page),
        Article.from_text(f"Published: {stated}\n\nAcme rose."),
        Article.from_text(f"Published: 2025-07-20T10:00Z\nUpdated: {stated}\n\nAcme rose."),
    )
    assert [one.known_at.isoformat() for one in read] == [known_at] * 3


def test_midnight_that_a_reader_gives_is_an_instant():
    stated = "Published: 2025-07-21T00:00:00Z\n\nAcme rose."
    article = Article.from_text(stated, published="2025-07-21T00:00:00Z")
    assert article.known_at.isoformat() == "2025-07-21T00:00:01+00:00"
