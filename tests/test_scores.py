"""From sentences to articles: what a story says, and what it says about each security."""

import copy
import json
import math
import pickle
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

import pandas as pd
import pytest
from clock import doubling
from hypothesis import given, settings, strategies as st

from signals.errors import ConfigError, SignalsError, SymbolError
from signals.news.article import Article, Zone, read_article
from signals.news.mentions import Entity, Mention, Mentions, find_mentions
from signals.news.securities import SecurityBook
from signals.news.security import Security
from signals.sentiment.articles import score, score_articles
from signals.sentiment.entity import About
from signals.sentiment.finance import Finance
from signals.sentiment.implied import implied_places
from signals.sentiment.lexicon import LexiconScorer
from signals.sentiment.scorer import Contribution, TextScore
from signals.sentiment.vader import Vader
from signals.study.events import align

TEXT = """Acme thrives
Acme Corp. (NYSE:ACM) had a great year. United Freight (NYSE:UFR) had a terrible one!
The weather was awful. Acme hired staff, and Private Works was glad.
2025. 12 3
Analysts at Bank Global (NYSE:BGL) like Acme.
More on Acme
- Why Acme is a disaster"""
NAMES = {  # name -> symbol, relevance
    "Acme": ("ACM", 80.0),
    "United Freight": ("UFR", 60.0),
    "Private Works": (None, 30.0),
    "Bank Global": ("BGL", 5.0),
}

WORDS = "Acme Good. BAD good! bad. but not very 😀 United 5 \u00a0 fell".split(" ")


def travelled(one):
    return pickle.loads(pickle.dumps(one))  # noqa: S301 - our own


@pytest.mark.parametrize("again", [travelled, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("scorer", [Vader(), Finance(), LexiconScorer({"backers": 1})])
def test_results_go_to_other_processes_and_into_copies(root, again, scorer):
    article = replace(
        read_article(root / "data/articles/openai-uk.txt"), provider=MappingProxyType({"a": [1]})
    )
    mentions = find_mentions(article)
    assert again(article) == article and again(article).provider == {"a": [1]}
    assert list(again(mentions)) == list(mentions)
    assert again(mentions).entities == mentions.entities
    assert len(pickle.dumps(find_mentions(article))) < 50_000, "the book goes along"

    scores, other = (score(article, scorer=scorer) for _ in range(2))
    found = again(scores)
    assert list(found) == list(other) and found.article == other.article
    assert found.sentences == other.sentences and found["MSFT"].contributions


def test_a_book_goes_to_another_process(root):
    for book in (
        SecurityBook.default(),
        SecurityBook([Security("ACM", "XNYS", "Acme", (), "acme")]),
    ):
        found = travelled(book)
        assert repr(found) == repr(book) and found.get("ACM") == book.get("ACM")
        assert found.find("Acme") == book.find("Acme")
    assert find_mentions(make_article(), book=found).entities[0].symbol == "ACM"


def make_article(text=TEXT, published=datetime(2025, 7, 21, 15, 0, tzinfo=UTC)):
    """An article with a title, a lead, a body and a list of related stories, marked by hand."""
    ends = [match.start() for match in re.finditer("\n|\\Z", text)]
    lines = list(zip([0, *(end + 1 for end in ends[:-1])], ends, strict=True))
    kinds = ["title", "lead", *["body"] * (len(lines) - 4), "related", "related"]
    zones = tuple(Zone(kind, *line) for kind, line in zip(kinds, lines, strict=False))
    precision = "minute" if published else None
    from_ = "user" if published else None
    return Article("0" * 16, "Test", text[: ends[0]], text, published, precision, from_, zones)


def make_mentions(article, names=NAMES, sources=("Bank Global",)):
    entities = []
    for name, (symbol, relevance) in names.items():
        mentions = tuple(
            Mention(
                article_id=article.id,
                symbol=symbol,
                mic="XNYS" if symbol else None,
                company=name.lower(),
                start=match.start(),
                end=match.end(),
                how="name",
                role="source" if name in sources else "subject",
                boilerplate=any(
                    zone.boilerplate and zone.start <= match.start() < zone.end
                    for zone in article.zones
                ),
                confidence=1.0,
            )
            for match in re.finditer(re.escape(name), article.text)
        )
        mic = "XNYS" if symbol else None
        entities.append(Entity(name.lower(), name, symbol, mic, relevance, {}, mentions))
    found = sorted((one for e in entities for one in e.mentions), key=lambda one: one.start)
    return Mentions.of(article, found, entities)


@dataclass(frozen=True)
class Fixed:
    """Gives the scores that it was made with, one for each text, and keeps what it was asked."""

    given: tuple
    asked: list
    name: str = "fixed 1"

    def score_texts(self, texts):
        self.asked.extend(texts)
        return list(self.given)


def plain(value, contributions=()):
    return TextScore(value, "neutral", None, contributions)


@pytest.fixture
def article():
    return make_article()


@pytest.fixture
def mentions(article):
    return make_mentions(article)


def sentences_of(article, scores):
    return [article.text[one.start : one.end] for one in scores.sentences]


def test_sentences_are_those_of_title_lead_and_body_that_have_words(article, mentions):
    assert sentences_of(article, score(article, mentions=mentions)) == [
        "Acme thrives",
        "Acme Corp. (NYSE:ACM) had a great year.",
        "United Freight (NYSE:UFR) had a terrible one!",
        "The weather was awful.",
        "Acme hired staff, and Private Works was glad.",
        "Analysts at Bank Global (NYSE:BGL) like Acme.",
    ]


def test_the_kth_sentence_weighs_one_kth(article, mentions):
    weights = [one.weight for one in score(article, mentions=mentions).sentences]
    harmonic = sum(1 / k for k in range(1, 7))
    assert weights == pytest.approx([1 / k / harmonic for k in range(1, 7)])


def test_an_articles_score_is_the_weighted_mean_of_its_sentences(article, mentions):
    given = (0.5, 1.0, -1.0, -0.4, 0.2, 0.0)
    scores = score(article, scorer=Fixed(tuple(map(plain, given)), []), mentions=mentions)
    expected = sum(s / k for k, s in enumerate(given, 1)) / sum(1 / k for k in range(1, 7))
    assert scores.article.score == pytest.approx(expected, abs=1e-12)
    assert (scores.article.symbol, scores.article.company) == (None, "")
    assert scores.article.scorer == "fixed 1"


def test_a_security_gets_the_mean_of_the_sentences_about_it(article, mentions):
    given = (0.5, 1.0, -1.0, -0.4, 0.2, 0.0)
    scores = score(article, scorer=Fixed(tuple(map(plain, given)), []), mentions=mentions)
    acme, freight, _ = scores
    about = {1: 0.5, 2: 1.0, 5: 0.2, 6: 0.0}
    expected = sum(s / k for k, s in about.items()) / sum(1 / k for k in about)
    assert acme.score == pytest.approx(expected, abs=1e-12)
    assert freight.score == -1.0
    assert freight.label == "negative"


def test_sentences_say_which_companies_they_are_about(article, mentions):
    companies = [one.companies for one in score(article, mentions=mentions).sentences]
    assert companies == [
        ("acme",),
        ("acme",),
        ("united freight",),
        (),
        ("acme", "private works"),
        ("acme",),
    ]


def test_securities_are_listed_relevant_and_ordered_by_relevance(article):
    names = {**NAMES, "United Freight": ("UFR", 90.0), "Bank Global": ("BGL", 0.0)}
    scores = score(article, mentions=make_mentions(article, names))
    assert [one.symbol for one in scores] == ["UFR", "ACM"]
    assert [one.relevance for one in scores] == [90.0, 80.0]
    assert scores[0] is next(iter(scores))
    assert scores[:1] == (scores[0],)


def test_a_score_is_found_by_its_symbol_as_well(article, mentions):
    scores = score(article, mentions=mentions)
    first = scores[0]

    assert scores[first.symbol] is first and first.symbol in scores and first in scores
    assert "AAPL" not in scores and scores.article not in scores
    with pytest.raises(SymbolError, match=f"no score of 'AAPL' here; .* {first.symbol}"):
        scores["AAPL"]
    with pytest.raises(IndexError):
        scores[len(scores)]


def test_a_relevant_security_without_a_sentence_is_neutral_and_has_no_parts(article, mentions):
    bank = score(article, mentions=mentions)[-1]
    assert (bank.symbol, bank.score, bank.label, bank.contributions) == ("BGL", 0.0, "neutral", ())


def test_a_mention_in_boilerplate_is_no_evidence(article):
    only_related = make_article("A fine day\nGood news.\nBody\nMore on it\n- Acme is a disaster")
    mentions = make_mentions(only_related, {"Acme": ("ACM", 5.0)})
    (acme,) = score(only_related, mentions=mentions)
    assert acme.score == 0.0


def test_names_of_companies_are_masked_before_scoring(article, mentions):
    scorer = Fixed(tuple(map(plain, [0.0] * 6)), [])
    score(article, scorer=scorer, mentions=mentions)
    assert scorer.asked[2] == "Xxxxxx Xxxxxxx (NYSE:UFR) had a terrible one!"
    scores = score(article, scorer=Vader(), mentions=mentions)
    freight = next(one for one in scores if one.symbol == "UFR")
    assert "united" in Vader().lexicon
    assert [part.what for part in freight.contributions] == ["terrible", "!"]


@settings(deadline=None, max_examples=100)
@given(st.text(min_size=1, max_size=30))
def test_a_masked_name_keeps_its_length_its_blanks_and_its_capitals_and_scores_nothing(name):
    text = f"a {name} b"
    article = make_article(f"t\n{text}\nx\nMore on it\ny")
    start = article.text.index("a ") + 2
    mention = Mention(
        article.id, "ACM", "XNYS", "acme", start, start + len(name), "name", "subject", False, 1.0
    )
    entity = Entity("acme", "Acme", "ACM", "XNYS", 50.0, {}, (mention,))
    mentions = Mentions.of(article, [mention], [entity])
    asked = []

    class Listening:
        name = "listening 1"

        def score_texts(self, texts):
            asked.extend(texts)
            return Vader().score_texts(texts)

    scores = score(article, scorer=Listening(), mentions=mentions)
    for sentence, masked in zip(scores.sentences, asked, strict=True):
        original = article.text[sentence.start : sentence.end]
        assert len(masked) == len(original)
        assert [len(w) for w in masked.split()] == [len(w) for w in original.split()]
        assert [w.isupper() for w in masked.split()] == [w.isupper() for w in original.split()]
        assert sentence.score == 0.0


def test_no_entry_of_the_lexicon_is_made_of_filler():
    filler = re.compile(r"[\W_]*x[\Wx_]*")
    assert [word for word in Vader().lexicon if filler.fullmatch(word)] == []


@pytest.mark.parametrize("scorer", [Vader(), Finance()])
def test_contributions_add_up_and_point_into_the_article_in_order(article, mentions, scorer):
    scores = score(article, scorer=scorer, mentions=mentions)
    for one in (scores.article, *scores):
        assert abs(math.fsum(part.value for part in one.contributions) - one.score) < 1e-9
        starts = [part.start for part in one.contributions]
        assert starts == sorted(starts)
        for part in one.contributions:
            assert part.what in {article.text[part.start : part.end].lower(), "name"}


def test_vaders_parts_are_the_words_of_the_sentences_about_a_security(article, mentions):
    scores = score(article, scorer=Vader(), mentions=mentions)
    assert [part.what for part in scores[0].contributions] == ["great", "glad", "like"]


def test_what_a_scorer_leaves_unexplained_is_the_whole_sentences_part(article, mentions):
    half = plain(0.5, (Contribution(0, 4, "word", 0.2),))
    scores = score(article, scorer=Fixed((half, *[plain(-0.1)] * 5), []), mentions=mentions)
    first, second, *_ = scores.article.contributions
    assert {first.what, second.what} == {"word", "sentence"}
    assert {(first.start, first.end), (second.start, second.end)} == {(0, 4), (0, 12)}
    total = math.fsum(part.value for part in scores.article.contributions)
    assert abs(total - scores.article.score) < 1e-9


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.lists(
            st.sampled_from(
                "Acme Good. BAD good! bad. but not very 😀 United 5 \u00a0 fell".split(" ")
            ),
            max_size=8,
        ).map(" ".join),
        min_size=1,
        max_size=8,
    )
)
def test_scores_are_never_nan_and_always_add_up(lines):
    article = make_article("\n".join(["Title", *lines, "More on it", "end"]))
    scores = score(article, mentions=make_mentions(article))
    for one in (scores.article, *scores):
        assert -1.0 <= one.score <= 1.0
        assert abs(math.fsum(part.value for part in one.contributions) - one.score) < 1e-9
    if scores.sentences:
        assert math.fsum(one.weight for one in scores.sentences) == pytest.approx(1.0)


def test_an_article_that_is_all_boilerplate_is_neutral(article, mentions):
    grey = replace(article, zones=tuple(zone._replace(kind="related") for zone in article.zones))
    scores = score(grey, mentions=make_mentions(grey))
    assert (scores.article.score, scores.article.label, scores.sentences) == (0.0, "neutral", ())
    assert {one.score for one in scores} == {0.0}


@pytest.mark.parametrize("value", [math.nan, 1.5, -math.inf])
def test_a_scorer_that_gives_no_score_is_refused(article, mentions, value):
    scorer = Fixed((plain(value), *[plain(0.0)] * 5), [])
    with pytest.raises(SignalsError, match=r"fixed 1 .*\[-1, 1\]"):
        score(article, scorer=scorer, mentions=mentions)


def test_a_scorer_that_gives_the_wrong_number_of_scores_is_refused(article, mentions):
    with pytest.raises(SignalsError, match="gave 2 scores for 6 texts"):
        score(article, scorer=Fixed((plain(0.0),) * 2, []), mentions=mentions)


@pytest.mark.parametrize(
    "part",
    [
        Contribution(0, 999, "w", 0.1),
        Contribution(-1, 2, "w", 0.1),
        Contribution(0, 1, "w", math.nan),
    ],
)
def test_a_scorer_whose_parts_lie_outside_the_text_is_refused(article, mentions, part):
    scorer = Fixed((plain(0.1, (part,)), *[plain(0.0)] * 5), [])
    with pytest.raises(SignalsError, match="no part of it"):
        score(article, scorer=scorer, mentions=mentions)


def test_what_is_no_article_no_scorer_or_no_text_score_is_refused(article, mentions):
    with pytest.raises(TypeError, match="read_article"):
        score("Acme rose", mentions=mentions)
    with pytest.raises(TypeError, match=r"score_articles\(\) takes an Article, not str"):
        score_articles([article, "Acme rose"])
    with pytest.raises(ConfigError, match="score_texts"):
        score(article, scorer="vader", mentions=mentions)
    with pytest.raises(SignalsError, match="gave float"):
        score(article, scorer=Fixed((0.1,) * 6, []), mentions=mentions)


def test_mentions_of_another_article_are_refused(article, mentions):
    with pytest.raises(SignalsError, match="0000"):
        score(replace(article, id="1" * 16), mentions=mentions)


def test_a_frame_has_a_row_a_security_and_its_columns_also_when_empty(article, mentions):
    frame = score(article, mentions=mentions).to_frame()
    empty = score(article, mentions=make_mentions(article, {})).to_frame()
    undated = make_article(published=None)
    untimed = score(undated, mentions=make_mentions(undated)).to_frame()
    columns = "article_id symbol mic company known_at precision score label relevance scorer recap"
    for table in (frame, empty, untimed):
        assert list(table.columns) == columns.split()
        assert table.dtypes.astype(str).to_dict() == {
            **dict.fromkeys(columns.split(), "str"),
            "known_at": "datetime64[us, UTC]",
            "score": "float64",
            "relevance": "float64",
        }
    assert list(frame["symbol"]) == ["ACM", "UFR", "BGL"]
    assert set(frame["known_at"]) == {datetime(2025, 7, 21, 15, 1, tzinfo=UTC)}
    assert set(frame["scorer"]) == {About().name}
    assert len(empty) == 0
    assert untimed["known_at"].isna().all()


def test_scores_carry_when_they_could_be_known(article, mentions):
    scores = score(article, mentions=mentions)
    for one in (scores.article, *scores):
        assert (one.known_at, one.precision) == (article.known_at, "minute")


def test_the_notebook_view_escapes_what_the_article_says(article):
    names = {"Acme": ("<b>", 80.0)}
    shown = score(article, mentions=make_mentions(article, names))._repr_html_()
    assert "<b>" not in shown
    assert "&lt;b&gt;" in shown
    assert "the whole article" in shown


def test_the_notebook_view_calls_companies_by_their_names():
    article = Article.from_text("Berkshire Hathaway rose.\n\nBerkshire Hathaway beat forecasts.")
    shown = score(article)._repr_html_()
    assert "<td>Berkshire Hathaway</td>" in shown
    assert "berkshire-hathaway" not in shown


def test_the_same_article_gives_the_same_scores(article, mentions):
    first, second = (score(article, mentions=mentions) for _ in range(2))
    assert (list(first), first.article, first.sentences) == (
        list(second),
        second.article,
        second.sentences,
    )
    assert repr(first) == repr(second)


def test_a_score_in_a_notebook_is_no_wall_of_its_parts(article, mentions):
    (first, *_) = score(article, mentions=mentions)
    assert first.contributions
    assert "score=" in repr(first)
    assert "Contribution" not in repr(first)


def test_one_sentence_scores_two_companies_differently():
    article = make_article("Acme thrives\nAcme surges as United Freight plunges.\nx\nMore on it\ny")
    mentions = make_mentions(article, {"Acme": ("ACM", 80.0), "United Freight": ("UFR", 60.0)})
    acme, freight = score(article, mentions=mentions)
    assert acme.label == "positive"
    assert freight.label == "negative"
    alike = score(article, scorer=Vader(), mentions=mentions)
    assert alike.sentences[1].score == alike[1].score


def test_what_sentences_say_of_a_company_adds_up_to_its_score():
    text = "Acme (NYSE:ACM) soars while Bolt (NYSE:BLT) slumps. Acme wins a prize. It rained."
    scores = score(Article.from_text(text))

    for one in scores:
        about = scores.sentences_about(one.company)
        assert math.fsum(part.weight * part.score for part in about) == pytest.approx(one.score)
        assert math.fsum(part.weight for part in about) == pytest.approx(1.0)
    first = {one.symbol: scores.sentences_about(one.company)[0] for one in scores}
    assert first["ACM"].score > 0 > first["BLT"].score
    assert scores.sentences_about("rain") == ()


def test_on_the_first_article_both_securities_get_the_one_sentence_that_names_them(shared):
    article = read_article(shared / "seed" / "article.txt", published="2025-07-21")
    scores = score(article, scorer=Vader())
    naming = [
        one for one in scores.sentences if "(NASDAQ:MSFT)" in article.text[one.start : one.end]
    ]
    assert len(naming) == 1
    assert {one.symbol: one.score for one in scores} == {
        "MSFT": naming[0].score,
        "SFTBY": naming[0].score,
    }
    whole = Vader().polarity_scores(article.text)["compound"]
    assert abs(naming[0].score) < 0.5 < whole
    assert whole == pytest.approx(0.9723, abs=0.001)
    for one in score(article):
        places = {part.start for part in one.contributions}
        assert places <= set(range(naming[0].start, naming[0].end))


PIECES = (
    "Acme (NYSE:ACM) beat estimates, and its shares rose!",
    "United Foods' loss widened to $1.5 million from $1.2 million.",
    "$TSLA isn't great :( but AAPL US Equity and MSFT US are.",
    "BANK GLOBAL said that Microsoft is VERY good...",
    "About Acme",
    "Mr. Smith of the U.K. has no position in any of the stocks mentioned.",
    "See www.example.com/a.b for more. 5 % of 3M's sales fell",
    "Nestl\u00e9\u2019s \u201cgood\u201d year \u2014 no, great \U0001f600",
    "zero\u200bwidth Micro\u00adsoft rose.",
    "",
)


@pytest.mark.parametrize("scorer", [Vader(), Finance(), LexiconScorer({"rose": 1, "loss": -1})])
@settings(max_examples=15)
@given(
    texts=st.lists(
        st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).filter(any), max_size=6
    ),
    blank=st.sampled_from([" ", "\n", "\n\n"]),
)
def test_many_articles_at_once_score_as_each_alone(scorer, texts, blank):
    articles = [Article.from_text(blank.join(pieces), published=None) for pieces in texts]
    alone = [score(one, scorer=scorer) for one in articles]

    together = score_articles(articles, scorer=scorer)

    assert [one.article for one in together] == [one.article for one in alone]
    assert [list(one) for one in together] == [list(one) for one in alone]
    assert [one.sentences for one in together] == [one.sentences for one in alone]


def test_parts_that_wait_are_checked_when_somebody_looks(article, mentions):
    wrong = TextScore(0.1, "neutral", None, lambda: (Contribution(0, 999, "w", 0.1),))
    scores = score(article, scorer=Fixed((wrong, *[plain(0.0)] * 5), []), mentions=mentions)

    assert scores.whole.score == pytest.approx(0.1 / math.fsum(1 / k for k in range(1, 7)))
    with pytest.raises(SignalsError, match="no part of it"):
        scores.article  # noqa: B018


def test_mentions_and_scores_agree_on_sentences_that_end_with_an_address():
    text = "Acme (NYSE:ACMX) rose, says www.example.com. Globex (NYSE:GLX) fell."
    made = Article.from_text(text)

    sentences = score(made).sentences

    assert [text[one.start : one.end][:6] for one in sentences] == ["Acme (", "Globex"]
    assert [one.companies for one in sentences] == [("ACMX",), ("GLX",)]


@dataclass(frozen=True)
class Numbers:
    """Gives the numbers that it was made with, and reasons when it is asked for one text."""

    given: tuple
    asked: list
    name: str = "numbers 1"

    def score_texts(self, texts):
        return [self.score_text(text) for text in texts]

    def scores_of(self, _texts):
        return list(self.given)

    def score_text(self, text):
        self.asked.append(text)
        return plain(0.5)


def test_a_scorer_of_numbers_is_asked_for_reasons_only_when_somebody_looks(article, mentions):
    scorer = Numbers((0.5,) * 6, [])
    [scores] = score_articles([mentions], scorer=scorer)
    assert scores.whole.score == pytest.approx(0.5)
    assert scorer.asked == []
    assert scores[0].contributions[0].what == "sentence"
    assert scorer.asked[0] == "Xxxx thrives"


def flipped(one):
    label = {"positive": "negative", "negative": "positive"}.get(one.label, one.label)
    return TextScore(-one.score, label, None, ())


class FlippedVader(Vader):
    name = "flipped"

    def score_texts(self, texts):
        return [flipped(one) for one in super().score_texts(texts)]


class FlippedOneByOne(Vader):
    name = "flipped one by one"

    def score_text(self, text):
        return flipped(super().score_text(text))


class FlippedNumbers(Vader):
    name = "flipped numbers"

    def scores_of(self, texts):
        return [-one for one in super().scores_of(texts)]

    def score_text(self, text):
        return flipped(super().score_text(text))


class FlippedFinance(Finance):
    name = "flipped finance"

    def score_texts(self, texts):
        return [flipped(one) for one in super().score_texts(texts)]


@pytest.mark.parametrize(
    "scorer", [FlippedVader(), FlippedOneByOne(), FlippedNumbers(), FlippedFinance()]
)
def test_what_a_derived_scorer_overrides_is_what_counts(article, mentions, scorer):
    parent = type(scorer).__mro__[1]()
    sentences = [one.score for one in score(article, scorer=parent, mentions=mentions).sentences]
    assert any(sentences)
    found = score(article, scorer=scorer, mentions=mentions)
    assert [one.score for one in found.sentences] == [-one for one in sentences]
    assert {one.scorer for one in found} == {scorer.name}
    for one in found:
        parts = [part.value for part in one.contributions]
        assert math.fsum(parts) == pytest.approx(one.score, abs=1e-9)
    whole = score(article, scorer=parent, mentions=mentions).article.score
    assert found.article.score == pytest.approx(-whole)


@pytest.mark.parametrize(
    "wrong", [(0.5,) * 5, (0.5,) * 7, (0.5,) * 5 + (1.5,), (0.5,) * 5 + (math.nan,)]
)
def test_numbers_that_are_no_scores_are_refused(article, mentions, wrong):
    with pytest.raises(SignalsError, match="numbers 1 gave"):
        score_articles([mentions], scorer=Numbers(wrong, []))


def test_tables_and_events_ask_no_sentence_for_its_reasons(monkeypatch):
    made = score(
        Article.from_text(
            "Microsoft (NASDAQ:MSFT) beat forecasts and fell.",
            published="2025-07-21T10:00:00-04:00",
        )
    )
    whole = [made.to_frame(), align(made), align(list(made))]

    def refuse(*_):
        raise AssertionError("a sentence was asked for its reasons")

    monkeypatch.setattr("signals.sentiment.scores.explained", refuse)
    made = score(
        Article.from_text(
            "Microsoft (NASDAQ:MSFT) beat forecasts and fell.",
            published="2025-07-21T10:00:00-04:00",
        )
    )
    pd.testing.assert_frame_equal(made.to_frame(), whole[0])
    for events in (align(made), align([made])):
        pd.testing.assert_frame_equal(events, whole[1])
        pd.testing.assert_frame_equal(events, whole[2])
    with pytest.raises(AssertionError, match="reasons"):
        list(made)


@pytest.mark.parametrize("n", [64, 65])
def test_a_sentence_that_names_too_many_companies_singles_none_of_them_out(n):
    letters = [chr(65 + number // 26) + chr(65 + number % 26) for number in range(n)]
    listed = ", ".join(f"Zyq{pair.lower()} (NYSE:Q{pair})" for pair in letters[:-1])
    text = f"Shares of {listed} rose while those of Zyqlast (NYSE:Q{letters[-1]}) plunged 40 %."
    scores = score(Article.from_text(text))
    assert len(scores) == n
    alike = [one.score == scores.article.score for one in scores]
    assert all(alike) if n > 64 else not any(alike)
    for one in scores:
        assert math.fsum(part.value for part in one.contributions) == pytest.approx(one.score)


def test_what_labelled_stories_say_of_each_company_keeps_its_sign(root):
    lines = (root / "data/labelled/said.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    stories = [Article.from_text(row["text"], published=row["published"]) for row in rows]
    found = []
    for row, scores in zip(rows, score_articles(stories), strict=True):
        said = {one.symbol: one for one in scores}
        missing = row["said"].keys() - said.keys()
        assert not missing, row["text"]
        found += [(label, said[symbol]) for symbol, label in row["said"].items()]
    good = [one.score for label, one in found if label == "positive"]
    bad = [one.score for label, one in found if label == "negative"]
    above = sum(one > other for one in good for other in bad)
    assert sum(label == one.label for label, one in found) >= 0.85 * len(found)
    assert above >= 0.97 * len(good) * len(bad)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (
            "AMD reports results\n\nAMD reported on Tuesday. The company cut its outlook.",
            "negative",
        ),
        ("AMD reports results\n\nAMD reported on Tuesday. Its shares jumped 9%.", "positive"),
        (
            "AMD Reports Results\n\n(BUSINESS WIRE)--AMD today announced results.\n\n"
            "Revenue fell, we posted a loss and cut our outlook.",
            "negative",
        ),
    ],
)
def test_a_sentence_that_names_nobody_is_about_whom_the_last_one_named(text, label):
    scores = score(Article.from_text(text))

    assert [(one.symbol, one.label) for one in scores] == [("AMD", label)]


@pytest.mark.parametrize(
    "other", ["We fear a slump, a minister said.", "OpenAI lost money. The company fell short."]
)
def test_what_is_said_of_another_changes_no_score(other):
    text = "AMD opens a plant\n\nAMD opened a plant."

    alone, beside = (score(Article.from_text(one)) for one in (text, f"{text} {other}"))

    assert beside["AMD"].score == alone["AMD"].score


def test_sentences_that_go_on_behind_a_long_row_of_names_are_found_in_linear_time():
    made = {}
    for n in (300, 1_200):
        text = f"Results\n\nApple{', Apple' * n} fell. {'Its shares fell. ' * n}"
        mentions = find_mentions(Article.from_text(text))
        found = score(mentions.article, mentions=mentions, scorer=Vader())
        made[n] = mentions, [(one.start, one.end) for one in found.sentences]
        assert [company for company, _ in implied_places(*made[n])] == ["apple"] * n
    assert doubling(lambda count: implied_places(*made[len(count)]), "x" * 300) <= 2.5
