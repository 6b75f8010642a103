"""The default scorer and what it says about one company; weights that were tampered with."""

import csv
import hashlib
import json
import math
from importlib.resources import files

import pytest
from benchmarks.accuracy import measure_texts
from clock import doubling
from hypothesis import given, settings, strategies as st

from signals.errors import ConfigError
from signals.sentiment import training
from signals.sentiment.entity import About, find_names
from signals.sentiment.finance import Finance
from signals.sentiment.finance_names import kind_bits, kinds_of
from signals.sentiment.linear import read_model

FINANCE = Finance()
ABOUT = About(FINANCE)
PIECES = st.sampled_from(
    "profit loss rose fell to from 5.2 4.1 % not up , . : Acme Globex good bad ( ) ? -3 mn 😀 $ACM "
    "http://a.b x_X \ue000 ' ’s U.S. 2009 0 from against than before taxes after ; XX @a 1 .5 "
    "million crore warns strong growth earnings ebit EUR1 per share net debt costs on by low "
    "narrower less feared expected bad loans drops probe make falls under lifts ban boost fears "
    "short interest smaller behind forecast opens suit -8% +3% (-4.2%) −2 –4% +120 bps rate at pc "
    "cent make swings to a place put cases votes cancer drug cuts takes market did -$2 1%-3% -1% "
    "and 1% vs up previously in this the fall event weight loss charge not liable fault compared "
    "1 2".split(" ")
)
TEXTS = st.one_of(st.lists(PIECES, max_size=25).map(" ".join), st.text(max_size=40))


def total(scored):
    return math.fsum(part.value for part in scored.contributions)


@settings(deadline=None, max_examples=100)
@given(TEXTS)
def test_contributions_add_up_lie_in_the_text_and_do_not_overlap(text):
    for scored in (FINANCE.score_text(text), ABOUT.score_text(text, target="Acme")):
        assert -1.0 <= scored.score <= 1.0
        assert abs(total(scored) - scored.score) < 1e-9
        assert math.fsum(scored.probabilities.values()) == pytest.approx(1.0)
        done = 0
        for part in scored.contributions:
            # A name and a cashtag beside it are one name to the one model and two to the other.
            assert (done <= part.start or part.what == "name") and part.start < part.end
            assert part.end <= len(text)
            assert part.what in {text[part.start : part.end].lower(), "name"}
            done = part.end


@settings(deadline=None, max_examples=100)
@given(st.lists(TEXTS, max_size=8))
def test_many_texts_get_the_scores_that_each_gets_by_itself(texts):
    many = [*texts, *["profit rose", ""] * 16]  # so many go into arrays
    alone = [FINANCE.score_text(text) for text in many]
    for one, other in zip(FINANCE.score_texts(many), alone, strict=True):
        assert (one.score, one.label, one.probabilities) == (
            other.score,
            other.label,
            other.probabilities,
        )


def test_texts_that_take_several_blocks_and_new_words_get_the_same_scores():
    many = [f"Profit of w{k} rose to {k} % from {k // 2} %. " * 20 for k in range(900)]
    assert sum(map(len, many)) > 1 << 19
    assert FINANCE.scores_of(many) == [FINANCE.score_text(text).score for text in many]


def test_a_stream_of_new_words_does_not_fill_the_memory():
    own = Finance()
    for k in range(4):  # of four tokens each
        words = [f"w{k}x{i}" for i in range(12_000)]
        own.scores_of([" ".join(words[i : i + 50]) for i in range(0, len(words), 50)])
    assert len(own._batch._rows._chunks) < 48_000


@settings(deadline=None, max_examples=20)
@given(st.lists(TEXTS, max_size=4))
def test_many_sentences_about_companies_get_the_scores_that_each_gets_by_itself(texts):
    more = ["Acme rose, Globex fell", "Nothing here", "Acme, Globex and Acme: a ( b"]
    namings = [find_names(text, "Acme", ["Globex"]) for text in [*texts, *more] * 20]
    alone = [
        ABOUT.score_text(text, target="Acme", others=["Globex"]) for text in [*texts, *more] * 20
    ]
    many = ABOUT.score_each(namings)
    assert many.numbers == [one.score for one in alone]
    assert list(many) == alone


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("Goldman Sachs", ["house"]),
        ("Moody’s", ["house"]),
        ("U.S. SEC's", ["authority"]),
        ("Acme", ["firm"]),
        ("", ["firm"]),
        ("Bank Nifty futures", ["goods", "index"]),
    ],
)
def test_a_name_tells_its_kind_by_its_words(name, kinds):
    assert kinds_of(kind_bits([name])) == tuple(kinds)


def test_a_house_or_an_authority_is_not_what_the_news_is_about():
    for text, other in (
        ("Goldman Sachs upgrades Acme", "Goldman Sachs"),
        ("Acme falls as SEC opens a probe", "SEC"),
        ("Buy Acme: Motilal Oswal Securities", "Motilal Oswal Securities"),
    ):
        own = ABOUT.score_text(text, target="Acme", others=[other])
        theirs = ABOUT.score_text(text, target=other, others=["Acme"])
        assert own.label != "neutral", text
        assert theirs.label == "neutral", text


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Operating profit rose to EUR 13.1 mn from EUR 8.7 mn", "positive"),
        ("Operating profit fell to EUR 8.7 mn from EUR 13.1 mn", "negative"),
        ("Net loss narrowed to 0.2 million from 1.3 million", "positive"),
        ("The company posted a loss of 3 million, compared to a profit of 2 million", "negative"),
        ("Shares of the lender plunge 8 % as costs jump", "negative"),
        ("The board meets on Thursday in Helsinki", "neutral"),
    ],
)
def test_directions_count_by_what_moves_and_numbers_by_what_they_are_set_against(text, label):
    assert FINANCE.score_text(text).label == label


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("Costs fell at Acme", "Costs rose at Acme"),
        ("Acme's expenses declined 10%", "Acme's expenses climbed 10%"),
        ("Unemployment falls", "Unemployment rises"),
        ("Acme trims net debt to $2 billion", "Net debt balloons at Acme"),
        ("Loss per share narrowed to 4 cents", "Loss per share widened to 40 cents"),
        ("Acme climbs on falling costs", "Acme falls on inflation fears"),
    ],
)
def test_something_bad_that_shrinks_is_good_news(good, bad):
    assert FINANCE.score_text(good).score > 0.05
    assert FINANCE.score_text(bad).score < -0.05


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "''"])
def test_a_text_without_words_is_neutral(text):
    scored = FINANCE.score_text(text)
    assert (scored.score, scored.label, scored.contributions) == (0.0, "neutral", ())


def test_one_sentence_says_different_things_about_its_companies():
    text = "Nikkei falls as yen bounces"
    yen = ABOUT.score_text(text, target="yen", others=["Nikkei"])
    nikkei = ABOUT.score_text(text, target="Nikkei", others=["yen"])
    assert (yen.label, nikkei.label) == ("positive", "negative")


def test_a_sentence_that_does_not_name_the_company_keeps_its_own_score():
    text = "Profits rose sharply"
    assert ABOUT.score_text(text, target="Acme") == FINANCE.score_text(text)
    assert ABOUT.score_text(text, target="") == FINANCE.score_text(text)


def test_the_name_of_a_company_is_no_word():
    assert FINANCE.score_text("Xxxxxx Xxxxxxx meets today").score == pytest.approx(
        FINANCE.score_text("Xxxx meets today").score
    )
    with pytest.raises(TypeError, match="not NoneType"):
        ABOUT.score_text(None, target="Acme")
    with pytest.raises(TypeError, match="list of names"):
        ABOUT.score_text("Acme rose", target="Acme", others="Globex")


def test_weights_that_were_changed_are_refused():
    content = files("signals.sentiment").joinpath("weights/finance.npz").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    assert read_model(content, digest, name="finance").digest == digest[:8]
    with pytest.raises(ConfigError, match="file was changed"):
        read_model(content[:-1] + b"\1", digest, name="finance")


@pytest.mark.parametrize(
    "sentence", ["profit rose to 5 from 4 ", "5 from 4 ", "up ", "Acme ", "Acme and Globex fell, "]
)
def test_twice_the_tokens_take_about_twice_the_time(sentence):
    text = sentence * (9_000 // len(sentence))
    ratio = doubling(lambda one: ABOUT.score_text(one, target="Acme", others=["Globex"]), text)
    assert ratio <= 2.5  # quadratic work would take 4 times


def labelled(root):
    path = root / "data" / "labelled" / "sentences.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return path, list(csv.DictReader(file))


def test_the_small_corpus_of_ours_keeps_its_floor(root):
    path, rows = labelled(root)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    sentences = [row for row in rows if not row["target"]]
    reached = measure_texts(FINANCE, sentences)["accuracy"]
    companies = [row for row in rows if row["target"]]
    right = sum(
        ABOUT.score_text(
            row["text"],
            target=row["target"],
            others=[other["target"] for other in companies if other["text"] == row["text"]],
        ).label
        == row["label"]
        for row in companies
    )
    assert digest == "41381a10", "Measure the floors anew, and note of which file they are."
    assert reached >= 85.0
    assert right >= 8


def table(shared, name, digest):
    path = shared / "text" / f"{name}.csv"
    assert hashlib.sha256(path.read_bytes()).hexdigest()[:8] == digest
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("agreed", "accuracy", "macro_f1"), [(50, 74.0, 67.0), (100, 86.0, 81.0)])
def test_accuracy_on_phrases_that_it_was_never_trained_on(shared, agreed, accuracy, macro_f1):
    rows = table(shared, "fpb", "f866ca15")
    reached = measure_texts(FINANCE, [r for r in rows if int(r["agree_min_pct"]) >= agreed])
    assert reached["accuracy"] >= accuracy
    assert reached["macro_f1"] >= macro_f1


def test_cosine_on_headlines_that_it_was_never_trained_on(shared):
    rows = [row for row in table(shared, "ssix", "6c7be625") if row["kind"] == "headline"]
    truth = [float(row["score"]) for row in rows]
    given = [one.score for one in FINANCE.score_texts([row["text"] for row in rows])]
    product = math.fsum(a * b for a, b in zip(truth, given, strict=True))
    assert product / (math.hypot(*truth) * math.hypot(*given)) >= 0.61


def test_the_record_beside_the_weights_holds_its_floors():
    def record(name):
        path = files("signals.sentiment").joinpath(f"weights/{name}.json")
        return json.loads(path.read_text("utf-8"))

    finance, about = record("finance"), record("about")
    data = {name: digest[:8] for name, digest in finance["data_sha256"].items()}
    assert data == {
        "sentfin": "dbb2638f",
        "tfns": "fc35626b",
        "fpb": "f866ca15",
        "ssix": "6c7be625",
    }
    for told in (finance, about):
        assert told["words_sha256"] == training.digest_of_words(), (
            "The lists of words are not those of the weights: make new ones, with "
            "signals.sentiment.training."
        )
    scores = finance["development_scores"]
    for name, accuracy, macro_f1 in (("sentfin_one_company", 83, 83), ("tfns", 81, 75)):
        assert scores[name]["accuracy"] >= accuracy
        assert scores[name]["macro_f1"] >= macro_f1
    # Each fifth of the clusters held out in turn, from both models.
    assert about["development_scores"]["n_differing"] == 2034
    assert about["development_scores"]["differing"] >= 81
    assert about["development_scores"]["all_right"] >= 71


@pytest.mark.slow
def test_training_again_gives_the_same_bytes(shared, tmp_path):
    pytest.importorskip("sklearn", reason="training needs the extra [train]")
    names = ("sentfin", "tfns", "fpb", "ssix")
    training.main(
        [
            *(f"--{name}={shared / 'text' / name}.csv" for name in names),
            f"--out={tmp_path}",
        ]
    )
    folder = files("signals.sentiment").joinpath("weights")
    for name in ("finance.npz", "about.npz"):
        assert (tmp_path / name).read_bytes() == folder.joinpath(name).read_bytes()


def test_training_leaves_out_headlines_of_which_one_part_outweighs_another():
    kept = training.Example("Acme beats estimates and lifts outlook", 2, "1", "Acme", ("Globex",))
    left = kept._replace(text="Acme beats estimates but cuts outlook", label=2)
    assert training.told_alike([kept, left, left._replace(target="", others=())]) == [kept]


def test_training_names_the_columns_that_a_table_lacks_before_any_work(tmp_path):
    (tmp_path / "s.csv").write_text("text,target,label,cluster\nAcme rose,Acme,positive,1\n")
    (tmp_path / "t.csv").write_text("text,label\nAcme rose,positive\n")
    with pytest.raises(ConfigError, match=r"s\.csv lacks the columns n_targets\."):
        training.main([f"--{n}={tmp_path / n[0]}.csv" for n in ("sentfin", "tfns")] + ["--out=x"])
