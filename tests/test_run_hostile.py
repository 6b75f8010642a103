"""Hostile input through a whole run: it comes out as text, or as a row with its reason.

What one room alone must withstand is tested beside it: patterns that back-track in
``test_mentions`` and ``test_sentences``, entity bombs and outside entities in
``test_sources_feeds``, packed bombs and addresses inside the network in ``test_sources_fetch``,
NaN and impossible times in ``test_sources_vendors``, dollar signs in ``test_plots``.
"""

import csv
import io
import json
import re
import time
from html.parser import HTMLParser

import numpy as np
import pytest
from batch_samples import Office, contents
from defusedxml.minidom import parseString

from signals.batch.analyses import analyse
from signals.errors import ConfigError
from signals.news.article import Article
from signals.news.storable import MAX_BYTES
from signals.sentiment.vader import Vader

AT = "2025-07-22T10:00-04:00"
TITLES = {
    "script": "<script>alert(1)</script> in the headline",
    "attribute": '"><img src=x onerror=alert(1)>',
    "dollars": "$MSFT vs $SFTBY_{a}^{b}",
    "equals": '=HYPERLINK("https://evil.test")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1,1)",
    "null": "A nul \x00 and a bell \x07",
    "bidi": "A \u202eesrever\u202c headline \u2066inside\u2069",
    "markdown": "[a](javascript:alert(1)) | **b** `c` <b>",
    "template": "{{ 7 * 7 }} {% raw %} ${7*7}",
    "wide": "Ａ full-width \uff1cscript\uff1e",
}
BODY = "Microsoft (NASDAQ:MSFT) <script>alert(2)</script> made great {{ 7 * 7 }} gains in {name}."
PLACES = "Aarhus Bergen Cork Derby Essen Florence Ghent Hull Izmir Jena Kyoto Lyon".split()
ADDRESSES = ["javascript:alert(1)", "data:text/html,x", "//evil.test/a", 'https://a.test/"><b>']


class _Links(HTMLParser):
    """Collects the elements of a page and every address in it."""

    def __init__(self):
        super().__init__()
        self.names = set()
        self.addresses = []

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        for name, value in attrs:
            assert not name.startswith("on"), f"a handler in {tag}"
            if name in {"href", "src", "action", "data"}:
                self.addresses.append(value)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A report on every kind of hostile article at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("signals.batch.story_sections.MOST_STORIES", 99)
        office = Office(tmp_path_factory.mktemp("office"), samples=False)
        rows = [
            {
                "published": AT,
                "title": title,
                # Unlike each other, or all but one were echoes.
                "text": BODY.replace("{name}", " ".join(f"{place}{n}" for n in range(30))),
                "url": ADDRESSES[number % len(ADDRESSES)],
            }
            for number, (title, place) in enumerate(zip(TITLES.values(), PLACES, strict=True))
        ]
        rows += [
            {"published": AT, "title": "A surrogate \ud800", "text": f"{BODY} \udfff alone."},
            {"published": AT, "title": "Homoglyph", "text": "Mіcrosoft (NASDAQ:МSFT) fell."},
            {"published": "1970-01-01T00:00:00Z", "title": "Epoch", "text": BODY},
            {"published": "2999-01-01T00:00:00Z", "title": "Far", "text": BODY},
            {"published": "NaN", "title": "Not a time", "text": BODY},
        ]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (office.folder / "hostile.jsonl").write_text(lines)
        office.change("[prices]", '[[sources]]\nkind = "jsonl"\npath = "hostile.jsonl"\n\n[prices]')
        pairs = " ".join(f"(A{number}:B{number})" for number in range(20_000))
        office.tell("pairs", pairs, AT, title="Pairs")
        office.tell("long", "x" * 10_000_000, AT, title="Ten megabytes on one line")
        start = time.process_time()
        outcome = office.report()
        office.taken = time.process_time() - start
        office.outcome = outcome
        yield office


def test_a_run_on_hostile_news_ends_in_time_with_a_report(run):
    assert (run.outcome.state, run.outcome.code) == ("made", 0)
    assert run.taken < 30


@pytest.mark.slow
def test_a_hundred_thousand_pairs_take_seconds():
    pairs = " ".join(f"(A{number}:B{number})" for number in range(100_000))
    start = time.process_time()

    [found] = analyse([Article.from_text(pairs, published=AT)], Vader())

    assert found.scores == ()
    assert time.process_time() - start < 10


def test_what_is_no_news_has_its_reason(run):
    steps = {row["name"]: row for row in run.rows("funnel.csv")}

    assert steps["parsed"]["reasons"] == "1 oversized"
    assert steps["dated"]["reasons"] == "2 implausible time; 1 bad time"
    assert MAX_BYTES < 10_000_000


def test_pages_hold_no_foreign_element_handler_or_address(run):
    for page in (run.read("report.html"), _mail_page(run.latest / "report.eml")):
        links = _Links()
        links.feed(page)
        assert not links.names & {"script", "iframe", "object", "embed", "form", "base", "b"}
        outside = {one for one in links.addresses if not one.startswith(("data:,", "cid:", "#"))}
        assert outside <= {"https://a.test/%22%3E%3Cb%3E", 'https://a.test/"><b>'}
        assert "alert(1)" in page, "the headline is not shown at all"
        assert "&lt;img src=x onerror=alert(1)&gt;" in page and "$MSFT vs $SFTBY" in page
    assert "\\<img src=x" in run.read("report.md")


def test_templates_in_news_are_text(run):
    assert "great {{ 7 * 7 }} gains" in run.read("report.html")
    assert "{{ 7 * 7 }} {% raw %} ${7*7}" in run.read("report.html")


def test_no_character_in_a_page_or_text_can_turn_or_end_a_line(run):
    for name in ("report.html", "report.md"):
        text = run.read(name)
        assert not set(text) & set("\x00\x07\u202e\u2066\ud800"), name


def test_no_cell_of_a_table_is_a_formula(run):
    for name, content in contents(run.latest).items():
        if name.endswith(".csv"):
            for row in csv.reader(io.StringIO(content.decode())):
                for cell in row:
                    assert cell[:1] not in set("=@\t\r") and not re.match(r"[+-](?![\d.])", cell)


def test_a_look_alike_of_a_ticker_is_not_the_ticker(run):
    told = {row["title"]: row for row in run.rows("stories.csv")}

    assert "Homoglyph" not in told


def test_every_figure_is_well_formed(run):
    parseString(run.read("figures/moves.svg"))


@pytest.mark.parametrize(
    "name",
    [
        *("../..", "A/B", "MSFT\\n", "ＭＳＦＴ", "A\\u0000", "..", "-x", "a" * 40),
        *("<b>A</b>", "javascript:alert(1)", "=A", "A\\tB", "А"),
    ],
)
def test_a_symbol_that_could_be_a_path_is_refused(office, name):
    office.change('"MSFT", "SFTBY"', f'"{name}"')

    with pytest.raises(ConfigError, match="watch"):
        office.run()

    assert not (office.folder / "out").exists()


def test_a_symbol_that_windows_keeps_for_a_device_names_no_file(office):
    office.change('"SFTBY"', '"CON", "NUL"')

    assert office.report().code == 3

    assert "CON" in office.read()
    parts = {part for name in contents(office.folder) for part in name.upper().split("/")}
    assert not {part.partition(".")[0] for part in parts} & {"CON", "NUL"}


def test_every_file_of_a_run_has_a_plain_name(run):
    for name in contents(run.folder / "out"):
        assert re.fullmatch(r"[A-Za-z0-9._/-]+", name) and ".." not in name


def test_nothing_is_ever_unpickled(root):
    for path in (root / "signals").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(?:import|from) (?:pickle|marshal|shelve|joblib|dill)\b", text)
        loads = re.findall(r"\bnp\.load\([^\n]*", text)
        assert all("allow_pickle=False" in one for one in loads), path


def test_an_array_that_holds_objects_is_refused(tmp_path):
    from signals.market.snapshots import unpack_bars

    file = io.BytesIO()
    np.savez(file, days=np.array([object()], dtype=object), values=np.zeros((1, 1)))

    with pytest.raises(ValueError, match="pickle"):
        unpack_bars(file.getvalue())


def _mail_page(path):
    from email import message_from_bytes, policy

    letter = message_from_bytes(path.read_bytes(), policy=policy.default)
    return letter.get_body(("html",)).get_content()
