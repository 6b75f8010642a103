"""Articles that are not in English, which the scorers of this package can't read."""

import csv

import pytest

import signals as sg
from signals.news.language import foreign_words, why_foreign
from signals.sentiment.scorer import why_unread

GERMAN = (
    "SAP hebt Prognose an\n\nDer Softwarekonzern SAP (XETRA:SAP) hat seine Prognose für das Jahr "
    "angehoben. Der Gewinn stieg im zweiten Quartal um 12 Prozent."
)
ENGLISH = "SAP raises its forecast\n\nSAP (XETRA:SAP) raised its forecast for the year."


class Multilingual:
    """A scorer that says nothing about languages."""

    name = "multilingual 1"

    def score_texts(self, texts):
        return [sg.TextScore(0.5, "positive", {"positive": 0.5}, ()) for _ in texts]


@pytest.fixture(scope="module")
def cases(root):
    rows: dict[str, list[str]] = {}
    for line in (root / "tests/cases/languages.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, text = line.split(" | ", 1)
            rows.setdefault(kind, []).append(text)
    return rows


def article(text, **fields):
    return sg.Article.from_text(text, published="2025-07-22T08:00Z", **fields)


def test_no_english_headline_is_taken_for_another_language(cases):
    assert len(cases["English"]) > 100
    assert [text for text in cases["English"] if foreign_words(text)] == []


def test_stories_in_other_languages_are_told(cases):
    assert [text for text in cases["story"] if not foreign_words(text)] == []


def test_most_headlines_in_other_languages_are_told(cases):
    told = sum(bool(foreign_words(text)) for text in cases["headline"])
    assert told / len(cases["headline"]) > 0.75


def test_the_words_that_tell_stand_in_the_text(cases):
    for text in cases["headline"]:
        assert all(word in text.lower() or word in text for word in foreign_words(text))


def test_english_texts_of_four_sources_are_read(shared):
    lost = []
    for name in ("text/fpb.csv", "text/sentfin.csv", "tickers/headlines_2009_2020.csv"):
        with (shared / name).open(encoding="utf-8", newline="") as file:
            lost += [row["text"] for row in csv.DictReader(file) if foreign_words(row["text"])]
    assert lost == []


def test_capitals_and_a_quoted_sentence_change_nothing():
    assert foreign_words("SAP HEBT PROGNOSE AN UND STEIGERT GEWINN")
    assert not foreign_words(
        'Lagarde said "la croissance est plus forte" on Monday, and that the outlook for the euro '
        "area was better than it had been after the first quarter."
    )


@pytest.mark.parametrize("stated", ["English", "en", "en-GB", "EN_us", "eng"])
def test_what_a_vendor_calls_english_is_english(stated):
    (one,) = sg.FrameSource(frame(language=stated, title="Banco de Chile rises")).read()
    assert why_foreign(one) == ""
    (one,) = sg.FrameSource(frame(language=stated, title=GERMAN)).read()
    assert why_foreign(one)  # a channel's template says so of each of its stories


def test_what_a_vendor_calls_another_language_is_one():
    (one,) = sg.FrameSource(frame(language="German", title="SAP hoch")).read()
    assert why_foreign(one) == "its source says 'German'"


@pytest.mark.parametrize(
    "feed",
    [
        '<rss version="2.0"><channel><title>wire</title><language>de-DE</language>'
        "<item><title>SAP hoch</title><pubDate>Tue, 22 Jul 2025 08:00:00 GMT</pubDate></item>"
        "</channel></rss>",
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de-DE"><title>wire</title>'
        "<entry><title>SAP hoch</title><published>2025-07-22T08:00:00Z</published></entry></feed>",
    ],
    ids=["RSS", "Atom"],
)
def test_a_feed_may_state_the_language_of_its_items(feed, tmp_path):
    path = tmp_path / "feed.xml"
    path.write_text(feed)
    (one,) = sg.FeedSource(path).read()
    assert why_foreign(one) == "its source says 'de-DE'"


def frame(**columns):
    import pandas as pd

    return pd.DataFrame([{"published": "2025-07-22T08:00:00Z", "text": "", **columns}])


def test_a_scorer_of_english_says_that_it_cannot_read_it():
    told = "It is not in English ('hebt', 'Prognose', 'seine'), and vader 3.3.2 reads nothing else."
    assert why_unread(sg.Vader(), article(GERMAN)) == told
    assert why_unread(sg.Finance(), article(GERMAN))
    assert why_unread(sg.Finance(), article(ENGLISH)) == ""


@pytest.mark.parametrize("scorer", [Multilingual(), sg.Vader({"gut": 2.0})])
def test_a_scorer_of_ones_own_is_asked_in_any_language(scorer, recwarn):
    assert why_unread(scorer, article(GERMAN)) == ""
    assert sg.score(article(GERMAN), scorer=scorer)["SAP.DE"].score == pytest.approx(
        scorer.score_texts(["x"])[0].score, abs=1
    )
    assert not recwarn.list


def test_scores_of_what_cannot_be_read_come_with_a_warning():
    with pytest.warns(UserWarning, match=r"'SAP hebt Prognose an'.*not in English.*means nothing"):
        scores = sg.score(article(GERMAN))
    assert "SAP.DE" in scores
    with pytest.warns(UserWarning, match=r"^2 of 3 .*is 'SAP hebt"):
        sg.score_articles([article(ENGLISH), article(GERMAN), article(GERMAN + " Gut.")])


def test_an_analysis_loses_it_with_its_reason(root):
    english = article("Microsoft rose\n\nMicrosoft (NASDAQ:MSFT) rose after it beat estimates.")
    found = sg.analyse([english, article(GERMAN)], prices=root / "data/prices")
    assert [reading.name for reading in found.readings] == ["Microsoft rose"]
    row = found.lost.set_index("article").loc["SAP hebt Prognose an"]
    assert row["reason"] == "not_english"
    assert "'Prognose'" in row["detail"]


def test_an_analysis_of_nothing_else_says_why(root):
    with pytest.raises(sg.ArticleError, match="not in English"):
        sg.analyse(article(GERMAN), prices=root / "data/prices")


def test_no_word_of_it_is_explained(tmp_path, capsys):
    from signals.cli import main

    path = tmp_path / "sap.txt"
    path.write_text(GERMAN, encoding="utf-8")
    assert main(["explain", str(path)]) == 4
    assert "not in English" in capsys.readouterr().err
