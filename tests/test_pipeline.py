import pandas as pd
import pytest

import signals as sg
from signals.errors import ArticleError, ConfigError, StudyError

CLOSES = "data/prices"


@pytest.fixture(autouse=True)
def _at_the_root(root, monkeypatch):
    monkeypatch.chdir(root)


@pytest.fixture(scope="module")
def analysis(root):
    return sg.analyse(root / "data/articles/openai-uk.txt", prices=root / CLOSES)


def test_the_seed_article_is_about_its_two_listed_backers(shared):
    analysis = sg.analyse(
        sg.read_article(shared / "seed/article.txt", published="2025-07-21"), prices=CLOSES
    )
    subjects = [e for e in analysis.mentions.entities if e.relevance > 0]

    assert {e.symbol for e in subjects if e.symbol} == {"MSFT", "SFTBY"}
    assert next(e for e in subjects if e.company == "openai").symbol is None
    assert set(analysis.events["session"]) == {pd.Timestamp("2025-07-22")}


@pytest.mark.parametrize(
    ("symbol", "column", "value"),
    [
        ("MSFT", "n_obs", 209),
        ("MSFT", "beta", 0.9334420828734624),
        ("SFTBY", "beta", 1.5234055164672948),
    ],
)
def test_the_model_of_the_sample_has_the_figures_that_are_known(analysis, symbol, column, value):
    events = analysis.study.events.set_index("symbol")

    assert events.loc[symbol, column] == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    ("symbol", "car", "error"),
    [
        ("MSFT", -0.019348676264973483, 0.018950200950977165),
        ("SFTBY", 0.06582264378268059, 0.03405977230749635),
    ],
)
def test_the_abnormal_returns_of_the_sample_are_known(analysis, symbol, car, error):
    table = analysis.study.car(-1, 1).set_index(analysis.study.events["symbol"])

    assert table.loc[symbol, "car"] == pytest.approx(car, abs=1e-9)
    assert table.loc[symbol, "se"] == pytest.approx(error, abs=1e-9)


def test_an_analysis_is_what_its_steps_are_one_by_one(analysis, root):
    article = sg.read_article(root / "data/articles/openai-uk.txt")
    scores = sg.score(article)
    events = sg.align(scores)
    study = sg.event_study(events, sg.CsvPrices(CLOSES), market="SPY")

    pd.testing.assert_frame_equal(analysis.events, events)
    pd.testing.assert_frame_equal(analysis.study.abnormal, study.abnormal)
    assert list(analysis.scores) == list(scores)


def test_an_analysis_shows_itself(analysis, tmp_path, sketched):
    html = analysis._repr_html_()

    assert "MSFT" in html and "SFTBY" in html
    assert analysis.plot().get_lines()
    assert analysis.report(tmp_path / "new/report.html").read_text(encoding="utf-8")


def test_a_notebook_view_escapes_the_article(sketched):
    article = sg.Article.from_text(
        "<script>alert(1)</script> rises\n\nMicrosoft (NASDAQ:MSFT) <img src=x> rose.\n",
        published="2025-07-21T15:11Z",
    )
    analysis = sg.analyse(article, prices=CLOSES)
    assert repr(analysis) == "<Analysis: 1 read, 1 event studied, 0 missing>"

    html = analysis._repr_html_()

    assert "<script" not in html and "<img" not in html


def test_a_study_of_ones_own_events_has_a_report_too(tmp_path, sketched):
    events = pd.DataFrame({"symbol": ["MSFT"], "session": pd.to_datetime(["2025-07-31"])})
    study = sg.event_study(events, sg.CsvPrices(CLOSES), market="SPY")

    report = sg.write_report(study, tmp_path / "study.html").read_text(encoding="utf-8")

    assert "MSFT" in report and "2025-07-31" in report


def test_several_articles_are_looked_at_one_by_one():
    analysis = sg.analyse(
        ["data/articles/openai-uk.txt", "data/articles/microsoft-results.txt"], prices=CLOSES
    )

    assert [reading.name for reading in analysis.readings] == [
        "openai-uk.txt",
        "microsoft-results.txt",
    ]
    assert len(analysis.study.events) == 3
    with pytest.raises(ArticleError, match="2 articles"):
        analysis.article  # noqa: B018 - asking for it is the test


def test_the_status_accounts_for_every_event():
    analysis = sg.analyse("data/articles/week-ahead.txt", prices=CLOSES)

    assert sorted(analysis.status["event_id"]) == sorted(analysis.events["event_id"])
    lost = analysis.status[analysis.status["status"] == "lost"]
    assert set(lost["reason"]) == {"no_prices"}
    assert lost["detail"].str.len().gt(20).all()


def test_two_listings_of_a_company_are_one_event_and_nothing_is_missing():
    frame = pd.read_csv("data/prices/closes.csv", index_col="date", parse_dates=True)
    frame["9984.T"] = frame["SFTBY"]
    article = sg.Article.from_text(
        "SoftBank Group (OTCPK:SFTBY) rose. SoftBank Group (OTCPK:SFTBY) fell.",
        published="2025-07-21T15:11Z",
    )

    analysis = sg.analyse(article, prices=sg.FramePrices(frame))

    assert len(analysis.study.events) == 1
    assert analysis.missing.empty


def test_an_article_about_no_listed_company_has_a_row_with_its_reason_and_is_not_missed(tmp_path):
    stated = {"published": "2025-07-21T15:11Z"}
    articles = [
        sg.Article.from_text("It rose.", title="Microsoft (NASDAQ:MSFT) beats", **stated),
        sg.Article.from_text("It grew.", title="Stripe valuation climbs to $91 billion", **stated),
        sg.Article.from_text("They stay.", title="Fed leaves rates unchanged", **stated),
        sg.Article.from_text("It rose.", title="Acme (XXXX:ACM) beats", **stated),
        sg.Article.from_text("They stay.", title="ECB leaves rates unchanged"),
    ]

    analysis = sg.analyse(articles, prices=CLOSES)

    lost = analysis.status[analysis.status["article"] != ""].set_index("article")
    assert lost["reason"].to_dict() == {
        "Stripe valuation climbs to $91 billion": "no_company",
        "Fed leaves rates unchanged": "no_company",
        "Acme (XXXX:ACM) beats": "unknown_exchange",
        "ECB leaves rates unchanged": "undated",
    }
    assert set(lost["article_id"]) == {one.id for one in articles[1:]}
    assert "no_company" not in set(analysis.missing["reason"])
    page = analysis.report(tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("It is about no listed company.") == 2


def test_no_articles_are_an_error():
    with pytest.raises(ArticleError, match="No article"):
        sg.analyse([], prices=CLOSES)


def test_prices_that_are_not_there_are_an_error_of_usage():
    with pytest.raises(ConfigError, match="no prices at nowhere"):
        sg.analyse("data/articles/openai-uk.txt", prices="nowhere")


def test_a_market_without_prices_is_an_error():
    with pytest.raises(StudyError, match="QQQ"):
        sg.analyse("data/articles/openai-uk.txt", prices=CLOSES, market="QQQ")


def test_a_summary_of_an_unpriced_analysis_is_empty_and_keeps_its_columns(analysis):
    summary = sg.analyse("data/articles/bank-rate.txt", prices=CLOSES).summary()
    priced = analysis.summary()
    assert summary.empty
    assert list(summary.columns) == list(priced.columns)
    assert summary.index.name == priced.index.name == "event_id"
