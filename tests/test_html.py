"""The report is one file of escaped text: no script, no outside address, the same every time."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser

import pytest
import report_samples as samples
from hypothesis import given, settings, strategies as st
from jinja2 import UndefinedError

from signals.errors import SignalsError
from signals.report import daily, evaluation_page, html
from signals.report.figures import draw, render_svg
from signals.report.html import Fact, FigurePart, Loss, Paragraph, Piece, Verdict, render
from signals.report.plots import plot_prices

EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
SHAPES = {"path", "use", "rect"}


class Reader(HTMLParser):
    """Reads a page by itself: elements, attributes and text, and whether tags are balanced."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)

    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="module")
def figure() -> FigurePart:
    svg = render_svg(draw(lambda ax: plot_prices(samples.study(), ax=ax)))
    return FigurePart(svg, "A caption.", "Words for who can't see it.")


def page_of(*articles, **changes) -> str:
    return render(samples.report(*(articles or (samples.section(),)), **changes))


def shown_in(texts, record):
    """Give the fields of a record that some files name."""
    return {one.name for one in fields(record) if re.search(rf"\.{one.name}\b", texts)}


@pytest.mark.parametrize("module", [html, daily, evaluation_page], ids=lambda one: one.__name__)
def test_every_field_of_a_page_is_shown_by_a_template(root, module):
    templates = (root / "signals/report/templates").glob("*.html")
    texts = "".join(path.read_text(encoding="utf-8") for path in templates)
    records = [one for one in vars(module).values() if is_dataclass(one) and isinstance(one, type)]
    assert len(records) > 1
    for record in records:
        hidden = {one.name for one in fields(record)} - shown_in(texts, record)
        assert hidden <= {"doubt"}, f"Show it in a template: {record.__name__}"  # a verdict says it


def test_a_mail_says_all_that_the_daily_page_says_but_figures_and_provenance(root):
    text = (root / "signals/report/daily_text.py").read_text(encoding="utf-8")
    left = {one.name for one in fields(daily.DailyData)} - shown_in(text, daily.DailyData)
    apart = "flag_window figures losses prices manifest language"
    assert left <= {*apart.split()}, "Tell it in daily_text.py, for mail."


def test_the_verdict_comes_first_and_everything_else_in_order():
    words = Reader(page_of()).words()
    order = [
        "Nothing can be concluded",
        "No abnormal move can be shown",
        "What it is and when it was known",
        "What it says about each company",
        "The whole article",
        "Did the price move?",
        "The article, as it was read",
        "What fell out, and why",
        "How it was computed",
        "Session 0 contains the move before the news",
        "What it was computed from",
    ]
    places = [words.index(part) for part in order]
    assert places == sorted(places)


def test_numbers_are_percent_with_a_true_minus_and_their_interval():
    words = Reader(page_of()).words()
    row = "−1 to +1 209 −1.93 % −5.67 % to +1.80 % −1.02 (207) 0.31 0.23 (207) 5.33 %"
    assert row in words.replace("\N{NO-BREAK SPACE}", " ")


def test_a_window_with_a_hole_shows_its_reason_and_no_number():
    words = Reader(page_of()).words()
    assert "−5 to +5 209 a hole in the window" in words


@pytest.mark.parametrize(
    "section",
    [
        samples.section(title=samples.HOSTILE, plainly=samples.HOSTILE),
        samples.section(facts=(Fact(samples.HOSTILE, samples.HOSTILE, samples.HOSTILE),)),
        samples.section(
            verdicts=(
                Verdict(
                    samples.HOSTILE, samples.HOSTILE, "moved", samples.HOSTILE, (samples.HOSTILE,)
                ),
            )
        ),
        samples.section(
            securities=(
                samples.security(
                    symbol=samples.HOSTILE, name=samples.HOSTILE, remark=samples.HOSTILE
                ),
            )
        ),
        samples.section(windows=(samples.window_row(subject=samples.HOSTILE),)),
        samples.section(losses=(Loss(samples.HOSTILE, samples.HOSTILE, samples.HOSTILE),)),
        samples.section(
            paragraphs=(
                Paragraph(
                    samples.HOSTILE,
                    boilerplate=True,
                    pieces=(Piece(samples.HOSTILE, ("mention",), samples.HOSTILE),),
                ),
            )
        ),
    ],
    ids=["title", "fact", "verdict", "security", "window", "loss", "text"],
)
def test_hostile_text_comes_out_as_text(section):
    page = page_of(section, title=samples.HOSTILE)
    reader = Reader(page)
    assert not {"script", "img", "iframe", "object", "embed", "form", "base"} & set(reader.tags)
    assert not [name for _, name, _ in reader.attributes if name.startswith("on")]
    assert "<script>alert(1)</script> $MSFT vs $SFTBY gnp" in reader.words()
    assert "\x00" not in page
    assert "\u202e" not in page


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/a",
        "https://example.org/a b",
        'https://example.org/"onclick="alert(1)',
        "http:\\\\example.org",
        "java\nscript:alert(1)",
        "",
    ],
)
def test_only_plain_http_addresses_are_links(url):
    fact = Fact("Address", url or "none", url=url)
    reader = Reader(page_of(samples.section(facts=(fact,))))
    assert [value for tag, _, value in reader.attributes if tag == "a"] == []


def test_an_http_address_is_a_link_that_tells_nobody_where_it_was_followed():
    reader = Reader(page_of())
    link = {name: value for tag, name, value in reader.attributes if tag == "a"}
    assert link["href"] == "https://example.org/a?b=1&c=2"
    assert "noreferrer" in link["rel"]


def test_nothing_is_loaded_from_anywhere(figure):
    page = page_of(samples.section(figure), samples.section(figure))
    reader = Reader(page)
    loading = {"src", "href", "xlink:href", "srcset", "data", "action", "poster", "background"}
    addresses = {
        (tag, value)
        for tag, name, value in reader.attributes
        if name in loading and not value.startswith("#")
    }
    # The empty icon keeps a browser from asking for one; the other is the article's own link.
    assert addresses == {("link", "data:,"), ("a", "https://example.org/a?b=1&c=2")}
    assert set(re.findall(r"url\(([^)]{0,1})", page)) <= {"#"}
    assert "@import" not in page


def test_the_policy_forbids_everything_but_styles_and_data_images():
    attributes = Reader(page_of()).attributes
    assert (
        "meta",
        "content",
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    ) in attributes
    assert ("meta", "http-equiv", "Content-Security-Policy") in attributes
    assert ("html", "lang", "en") in attributes
    assert ("meta", "content", "width=device-width, initial-scale=1") in attributes


def test_the_same_data_gives_the_same_bytes(figure):
    assert page_of(samples.section(figure)) == page_of(samples.section(figure))


def test_ids_are_unique_and_every_reference_finds_one(figure):
    page = page_of(samples.section(figure, figure), samples.section(figure))
    ids = [value for _, name, value in Reader(page).attributes if name == "id"]
    # Inside one figure matplotlib may define a shape again under the same name.
    whole = [value for value in ids if re.fullmatch(r"article-\d+|[a-z]\d+-\d+-figure_1", value)]
    assert len(whole) == len(set(whole)) == 2 + 3
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_several_articles_have_a_table_of_contents_and_a_joint_test():
    reader = Reader(page_of(samples.section(), samples.section(title="Another")))
    links = [value for tag, name, value in reader.attributes if (tag, name) == ("a", "href")]
    assert links[:2] == ["#article-1", "#article-2"]
    words = reader.words()
    assert words.index("2 articles were read.") < words.index("The events together")
    assert "cosine test" in words


def test_one_article_has_no_table_of_contents():
    assert 'class="contents"' not in page_of()


def test_an_article_without_companies_or_prices_leaves_empty_sections_out():
    bare = samples.section(
        plainly="The story is about no listed company, so there is no price to study.",
        verdicts=(),
        article_row=None,
        securities=(),
        windows=(),
        losses=(),
    )
    words = Reader(page_of(bare, estimates=(), manifest=())).words()
    assert words.count("no listed company") == 1
    for heading in ("What it says", "Did the price move", "Plots", "fell out", "computed from"):
        assert heading not in words


def test_boilerplate_is_greyed_and_named_and_the_rest_is_not():
    page = page_of()
    assert '<p class="related boilerplate">- Another story</p>' in page
    assert "Related stories" in page
    assert '<p class="title">OpenAI signs</p>' in page


def test_marks_keep_the_text_as_it_was():
    page = page_of()
    assert (
        'It was <mark class="positive" title="backed: +0.026">backed</mark> by '
        '<mark class="mention" title="MSFT: explicit">Microsoft (NASDAQ:MSFT)</mark></p>'
    ) in page


def test_the_report_gives_no_advice_and_reads_no_clock():
    words = Reader(page_of()).words().lower()
    assert not re.search(r"\b(buy|sell|price target|target price|recommend)", words)
    assert not re.search(r"\b20(2[6-9]|[3-9]\d)-", words)


def test_a_figure_that_is_not_ours_is_refused():
    bad = FigurePart("<svg><script>alert(1)</script></svg>", "", "")
    with pytest.raises(SignalsError, match="only shapes and text"):
        page_of(samples.section(bad))


def test_figures_have_words_for_who_cannot_see_them(figure):
    assert 'aria-label="Words for who can&#39;t see it."' in page_of(samples.section(figure))


def test_a_name_that_a_template_lacks_is_an_error():
    environment = html._environment()
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nobody }}").render()


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(), max_size=60))
def test_any_text_keeps_the_page_whole(text):
    section = samples.section(
        title=text,
        facts=(Fact(text, text, text, url=text),),
        paragraphs=(
            Paragraph("body", boilerplate=False, pieces=(Piece(text, ("mention",), text),)),
        ),
    )
    data = replace(samples.report(section), title=text)
    page = render(data)
    page.encode("utf-8")
    tags = Reader(page).tags
    plain = Reader(render(replace(data, title="x"))).tags
    assert tags == plain
    assert set(tags) <= set(Reader(page_of()).tags) | SHAPES
