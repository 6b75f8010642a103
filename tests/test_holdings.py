"""What machines write of a fund's holdings: no news, wherever news is read."""

import signals as sg
from signals.news.holdings import is_holdings_notice

TITLE = "Sample Wealth LLC Buys 2,310 Shares of Microsoft Corporation (NASDAQ:MSFT)"
BODY = (
    "Sample Wealth LLC lifted its holdings in Microsoft Corporation (NASDAQ:MSFT) by 14.2% in the "
    "second quarter, according to its most recent filing with the SEC."
)


def article(text, title="Microsoft update"):
    return sg.Article.from_text(text, title=title, published="2025-07-22T15:00Z")


def read_cases(root):
    for line in (root / "tests/cases/holdings.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, told = line.split(" | ", 1)
            title, _, text = told.partition(" || ")
            yield kind == "1", article(text, title) if text else article(title, None)


def test_notices_are_told_from_news_of_stakes(root):
    cases = list(read_cases(root))
    wrong = [one.text for notice, one in cases if is_holdings_notice(one) != notice]
    assert (len(cases), wrong) == (45, [])


def test_either_the_title_or_the_text_tells():
    assert is_holdings_notice(article(BODY))
    assert is_holdings_notice(article("The fund owned few when the quarter ended.", TITLE))
    assert not is_holdings_notice(article("Its board was told on Monday.", TITLE))
    assert not is_holdings_notice(article("Microsoft (NASDAQ:MSFT) sold a stake."))


def test_an_analysis_loses_it_with_its_reason(root):
    news = article("Microsoft (NASDAQ:MSFT) rose after it beat estimates.", "Microsoft rose")
    found = sg.analyse([news, article(BODY, TITLE)], prices=root / "data/prices")
    assert found.lost.set_index("article")["reason"].to_dict() == {TITLE: "holdings_notice"}


def test_a_scheduled_report_puts_it_aside(office):
    office.tell("notice", BODY, "2025-07-22T11:00-04:00", title=TITLE)

    office.report()

    linked = next(row for row in office.rows("funnel.csv") if row["name"] == "linked")
    assert (linked["lost"], linked["aside"], linked["reasons"]) == ("0", "1", "1 holdings notice")
