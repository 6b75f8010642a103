import time
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from signals.news.article import Article
from signals.news.zones import mark_zones, rejoin_wrapped_lines

CASES = (Path(__file__).parent / "cases" / "zones.txt").read_text(encoding="utf-8")


def read_cases():
    body = CASES.split("\n\n", 1)[1]
    for block in body.split("====\n"):
        name, *rows = [line for line in block.splitlines() if line.strip()]
        yield pytest.param([tuple(row.split(" | ", 1)) for row in rows], id=name)


@pytest.mark.parametrize("rows", list(read_cases()))
def test_zones_are_marked_as_the_case_says(rows):
    titled = rows[0][0] == "title"
    lines = [line for _, line in rows]
    article = Article.from_text(
        "\n".join(lines[1:] if titled else lines), title=lines[0] if titled else None
    )

    found = [(zone.kind, article.text[zone.start : zone.end]) for zone in article.zones]

    assert found == rows


@pytest.mark.parametrize("words", ["Related", "Trending:", "Up next", "Editor’s picks"])
def test_a_list_of_other_stories_on_a_page_is_known_by_its_heading(words):
    article = Article.from_html(
        "<article><h1>Microsoft climbs</h1><p>Microsoft rose 3%.</p><p>Analysts were pleased.</p>"
        f"<h2>{words}</h2><ul><li><a href='/1'>Nvidia tops $4 trillion as Apple slips</a></li>"
        "<li><a href='/2'>Nokia cuts its outlook</a></li></ul></article>"
    )

    kinds = [zone.kind for zone in article.zones]
    assert kinds == ["title", "lead", "body", "related", "related", "related"]


def test_many_headings_of_lists_take_time_in_proportion_to_their_number():
    def seconds(number):
        text = "Acme rose.\n" + "Related\nNokia rises\nNokia fell.\n" * number
        begun = time.process_time()
        mark_zones(text, titled=False, hints={})
        return time.process_time() - begun

    assert min(seconds(8_000) / seconds(2_000) for _ in range(8)) < 8


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.sampled_from(
            [
                "Acme rose.",
                "More on Acme",
                "Related",
                "About us",
                "",
                "   ",
                "Jo has no position in Acme. Acme rose. All rights reserved.",
                "Photo by X/Getty Images",
                "- a list",
                "Nvidia Suppliers Climb After Strong Outlook",
            ]
        ),
        max_size=12,
    )
)
def test_zones_are_ordered_and_leave_out_only_blanks(lines):
    text = "Start.\n" + "\n".join(lines)
    article = Article.from_text(text)

    place = 0
    for zone in article.zones:
        assert article.text[place : zone.start].strip() == ""
        assert zone.start < zone.end
        place = zone.end
    assert article.text[place:].strip() == ""


def test_lines_wrapped_at_a_fixed_width_become_paragraphs():
    wrapped = (
        "The company, which is backed by two large and patient investors of\n"
        "the industry, said on Monday that it would open a new data centre.\n"
        "\n"
        "Its shares were little changed in a market that waited for figures\n"
        "on inflation, which are due on Tuesday.\n"
    )

    joined = rejoin_wrapped_lines(wrapped)

    assert len(joined) == len(wrapped)
    assert [line for line in joined.split("\n") if line] == [
        "The company, which is backed by two large and patient investors of the industry, said on "
        "Monday that it would open a new data centre.",
        "Its shares were little changed in a market that waited for figures on inflation, which "
        "are due on Tuesday.",
    ]


def test_short_lines_are_not_joined():
    text = "Tickers rose.\nGold fell.\nOil held.\n"

    assert rejoin_wrapped_lines(text) == text


def test_headlines_in_a_row_are_not_joined():
    text = (
        "ACME INC Q3 EPS $5.87 VERSUS $6.97 ESTIMATE OF ANALYSTS\n"
        "ACME INC CUTS 2025 OPERATING MARGIN FORECAST TO 29%\n"
        "ACME INC SAYS TAX DISPUTE IN BRAZIL COST ABOUT $619 MLN\n"
    )

    assert rejoin_wrapped_lines(text) == text


def test_marks_of_lists_keep_their_lines():
    text = (
        "** Shares of the lender rise 3.1 percent to 1,468 rupees apiece\n"
        "** the lender reports a 16 percent rise in profit of the quarter\n"
        "** at least four brokers raise targets of price of the share\n"
    )

    assert rejoin_wrapped_lines(text) == text


def test_a_question_to_investors_is_the_headline_of_the_text_that_it_begins():
    text = (
        "Should You Buy Acme on This Short-Term Miss?\n"
        "Acme fell 4% on Monday after it missed its own forecast.\n"
        "Should you buy stock in Acme right now?\n"
        "Before you buy stock in Acme, consider this.\n"
    )

    kinds = [zone.kind for zone in Article.from_text(text).zones]

    assert kinds == ["title", "lead", "disclosure", "disclosure"]


@pytest.mark.parametrize(
    "line",
    [
        "Check out experts' recommendations on Acme",
        "Watch: Acme opens its first shop",
        "Should You Buy Acme Now?",
        "Correction: Acme fell 3%",
    ],
)
def test_a_headline_by_itself_is_no_boilerplate(line):
    assert [zone.kind for zone in Article.from_text(line).zones] == ["lead"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Jan 5, 2024 at 4 p.m. ET", "about"),
        ("2025-10-21 16:05:00+00:00", "about"),
        ("Oct 21, 2025 | 16.05 GMT", "about"),
        ("Sales: Jan 5, 2024, 30.5 billion won", "body"),
        ("Jan 5, 2024 10 shares became one", "body"),
    ],
)
def test_a_day_with_a_time_is_a_stamp_and_with_figures_a_line_of_the_story(line, kind):
    text = f"Acme fell by a lot.\n{line}\nIt rose again."

    assert Article.from_text(text).zones[1].kind == kind


@pytest.mark.parametrize("menu", ["Contact", "About us", "Investor relations", "Disclaimer"])
def test_the_line_of_a_menu_above_a_story_does_not_end_it(menu):
    text = f"{menu}\n\nAcme rose on Monday.\n\nIt had sold more.\n\n{menu}\n\nAcme makes anvils."
    article = Article.from_text(text, title="Acme rises")
    kinds = [zone.kind for zone in article.zones]
    end = kinds[1]
    assert kinds == ["title", end, "lead", "body", end, end] and end in {"about", "disclosure"}
