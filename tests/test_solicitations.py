"""Notices by which law firms look for clients: no news, wherever news is read."""

import re

import pytest

import signals as sg
from signals.news.solicitations import _ADDRESSING, _SPEAKING, is_solicitation

TITLE = "INVESTOR ALERT: Sample Law Firm Reminds Microsoft Investors of Deadline in Class Action"
BODY = (
    "Sample LLP reminds investors that a class action has been filed against Microsoft Corporation "
    "(NASDAQ:MSFT). If you purchased shares during the class period, you may move the court to "
    "serve as lead plaintiff. No class has yet been certified in the above action."
)
NOTICES = [
    BODY,
    "Sample & Partners announces that it is looking into Microsoft Corporation (NASDAQ:MSFT). "
    "Shareholders who suffered losses are encouraged to contact the firm to discuss their rights "
    "at no cost or obligation.",
    "The law firm says that you may be entitled to compensation from Microsoft (NASDAQ:MSFT) "
    "without payment of any out-of-pocket fees or costs. Attorney advertising.",
]
NEWS = [
    "Microsoft (NASDAQ:MSFT) was sued on Monday in a proposed class action by shareholders who say "
    "that it hid weak sales. The lawsuit, filed on behalf of investors by the law firm Sample LLP, "
    "seeks damages for losses.",
    "A judge dismissed a class action against Microsoft (NASDAQ:MSFT). The lead plaintiff, a fund, "
    "said that it would appeal.",
    "Microsoft (NASDAQ:MSFT) reminds shareholders that its annual meeting is on Tuesday and urges "
    "them to vote.",
]


def article(text, title="Microsoft update", published="2025-07-22T15:00Z"):
    return sg.Article.from_text(text, title=title, published=published)


@pytest.fixture(scope="module")
def cases(root):
    lines = (root / "tests/cases/solicitations.txt").read_text(encoding="utf-8").splitlines()
    return [line.split(" | ", 1) for line in lines if line and not line.startswith("#")]


def told(cases, kind, *, with_text):
    chosen = [
        line.split(" || ") for k, line in cases if k == kind and (" || " in line) == with_text
    ]
    return [is_solicitation(article("".join(text), title)) for title, *text in chosen]


def test_titles_of_notices_are_told_from_those_of_news(cases):
    notices, news = told(cases, "1", with_text=False), told(cases, "0", with_text=False)
    assert len(notices) >= 34
    assert len(news) >= 44
    assert notices.count(False) <= 3
    assert sum(news) == 0


def test_notices_are_told_from_news_of_suits(cases):
    notices, news = told(cases, "1", with_text=True), told(cases, "0", with_text=True)
    assert len(notices) >= 80
    assert len(news) >= 127
    assert notices.count(False) <= 11
    assert sum(news) <= 2


def test_every_phrase_is_of_a_notice_and_is_sought_there(cases):
    notices = [line.lower() for kind, line in cases if kind == "1"]
    for letters, phrase in (*_ADDRESSING.items(), *_SPEAKING.items()):
        told = [line for line in notices if re.search(phrase, line)]
        assert told, f"Write a notice that has {phrase} into tests/cases/solicitations.txt."
        unsought = [one for one in told if not any(part in one for part in letters.split("|"))]
        assert unsought == [], f"{letters} is not in it, so that {phrase} is not sought"


@pytest.mark.parametrize("text", NOTICES)
def test_a_notice_is_told_by_its_set_phrases(text):
    assert is_solicitation(article(text))


@pytest.mark.parametrize("text", NEWS)
def test_news_of_a_suit_is_news(text):
    assert not is_solicitation(article(text))


def test_an_analysis_loses_it_with_its_reason(root):
    news = article("Microsoft (NASDAQ:MSFT) rose after it beat estimates.", "Microsoft rose")
    found = sg.analyse([news, article(BODY, TITLE)], prices=root / "data/prices")
    assert found.lost.set_index("article")["reason"].to_dict() == {TITLE: "solicitation"}
    assert len(found.events) == 1


def test_a_corpus_quarantines_it():
    pytest.importorskip("pyarrow")
    from signals.corpus.rows import Row
    from signals.corpus.shards import tables_of

    tables = tables_of([Row("a", article(BODY, TITLE)), Row("b", article(NEWS[0]))], sg.Vader())
    assert (tables["articles"]["place"], tables["quarantine"]["place"]) == (["b"], ["a"])
    assert tables["quarantine"]["reason"] == ["solicitation"]


def test_a_scheduled_report_puts_it_aside(office):
    office.tell("notice", BODY, "2025-07-22T11:00-04:00", title=TITLE)

    office.report()

    linked = next(row for row in office.rows("funnel.csv") if row["name"] == "linked")
    assert (linked["lost"], linked["aside"], linked["reasons"]) == ("0", "1", "1 solicitation")
    assert {row["n_articles"] for row in office.rows("events.csv")} == {"1"}


def test_it_can_still_be_scored_and_explained_with_a_warning():
    with pytest.warns(UserWarning, match=r"^1 of 1 .*\(solicitation\).*law firm's notice"):
        scores = sg.score(article(BODY, TITLE))
    assert "MSFT" in scores


def test_what_is_no_news_is_counted_by_reason_where_many_are_scored():
    fund = (
        "Sample LLC lifted its holdings in Microsoft (NASDAQ:MSFT) by 14.2% in the second quarter."
    )
    holdings = article(fund, "Sample LLC Buys 2,310 Shares of Microsoft Corporation (NASDAQ:MSFT)")
    notices = [article(one, TITLE) for one in NOTICES]
    with pytest.warns(UserWarning, match="scored should not count") as told:
        sg.score_articles([*map(article, NEWS), *notices, holdings])
    assert sorted(str(one.message).partition(".")[0] for one in told) == [
        "1 of 7 that are scored should not count (holdings_notice)",
        "3 of 7 that are scored should not count (solicitation)",
    ]
