from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest
from report_samples import report

from signals.market.prices import build_table
from signals.market.quality import Fault
from signals.market.sessions import Sessions
from signals.report.html import render
from signals.report.price_section import MOST_FAULTS, MOST_SYMBOLS, price_section

DAYS = Sessions("XNYS").labels(pd.Timestamp("2025-07-01"), pd.Timestamp("2025-07-31"))
FETCHED = datetime(2025, 8, 1, 6, 30, tzinfo=UTC)


def prices(*names: str, **options):
    closes = pd.DataFrame({name: [100.0 + row for row in range(len(DAYS))] for name in names}, DAYS)
    return build_table(closes.rename_axis("session"), source="yahoo", **options)


def table(section, start: str):
    return next(one for one in section.tables if one.caption.startswith(start))


@pytest.fixture
def faulty():
    closes = pd.DataFrame({"MSFT": 100.0, "SPY": 50.0}, DAYS)
    closes.loc["2025-07-09":"2025-07-10", "MSFT"] = float("nan")
    closes.loc["2025-07-15":, "SPY"] *= 4
    found = [
        Fault("NOPE", None, "unknown_symbol", "refused", "Yahoo has no prices of NOPE."),
        Fault("MSFT", pd.Timestamp("2025-07-31"), "unfinished_bar", "refused", "Not closed yet."),
    ]
    return build_table(closes, source="yahoo", fetched_at=FETCHED, faults=found)


def test_it_names_the_snapshot_its_age_and_how_much_there_is(faulty):
    words = price_section(faulty).words[0]
    assert "2 symbols, 2025-07-01 to 2025-07-31" in words
    assert "fetched at 2025-08-01 06:30 UTC" in words
    assert faulty.snapshot.hash[:16] in words


def test_every_fault_is_counted_and_has_its_row_and_nothing_else_has(faulty):
    section = price_section(faulty)
    assert table(section, "Faults by reason").rows == (
        ("unknown symbol", "refused", "1", "1"),
        ("unfinished bar", "refused", "1", "1"),
        ("large return", "marked", "1", "1"),
        ("holes", "marked", "1", "1"),
    )
    assert [row[0] for row in table(section, "Symbols that were refused").rows] == ["NOPE"]
    rows = [row[:4] for row in table(section, "Other faults").rows]
    assert rows == [
        ("MSFT", "2025-07-31", "unfinished bar", "refused"),
        ("SPY", "2025-07-15", "large return", "marked"),
        ("MSFT", "all", "holes", "marked"),
    ]
    assert "2 refused" in section.words[1] and "2 marked" in section.words[1]


def test_without_a_fault_it_says_so_and_lists_the_symbols_alone():
    section = price_section(prices("MSFT"))
    assert "No fault was found" in section.words[1]
    assert [one.rows for one in section.tables] == [
        (("MSFT", "22", "2025-07-01 to 2025-07-31", "0.0\N{NO-BREAK SPACE}%", "0"),)
    ]


def test_a_long_list_is_cut_and_says_of_how_many_with_faulty_symbols_first():
    names = [f"S{number:03}" for number in range(MOST_SYMBOLS + 5)]
    many = [Fault(names[-1], DAYS[0], "odd", "marked", "x")] * (MOST_FAULTS + 1)
    section = price_section(prices(*names, faults=many))
    symbols, faults = table(section, "Symbols with"), table(section, "Other faults")
    assert symbols.caption.endswith(f"the first {MOST_SYMBOLS} of {len(names)}")
    assert symbols.rows[0][0] == names[-1] and symbols.rows[1][0] == names[0]
    assert len(faults.rows) == MOST_FAULTS
    assert faults.caption.endswith(f"the first {MOST_FAULTS} of {len(many)}")


def test_nothing_but_refused_symbols_is_a_section_too():
    empty = pd.DataFrame(index=DAYS[:0], dtype="float64")
    lost = Fault("NOPE", None, "rate_limited", "refused", "Yahoo takes no more requests: wait.")
    section = price_section(build_table(empty, source="yahoo", faults=[lost]))
    assert "0 symbols." in section.words[0]
    assert [one.caption for one in section.tables] == [
        "Faults by reason",
        "Symbols that were refused",
    ]


def test_the_page_shows_it_and_a_vendors_words_are_text():
    lost = Fault("NOPE", None, "bad_answer", "refused", "<script>alert(1)</script>")
    page = render(report(prices=price_section(prices("MSFT", faults=[lost]))))
    assert "<h2>The prices</h2>" in page
    assert "<script>" not in page and "&lt;script&gt;" in page
