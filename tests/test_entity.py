"""What sentences say about companies: many at once as one by one; where tokens stand."""

import itertools
import math
import random

import pytest
from clock import doubling
from hypothesis import example, given, settings, strategies as st

from signals.sentiment import tokens_batch
from signals.sentiment.entity import About, Naming, find_names
from signals.sentiment.finance import FEW
from signals.sentiment.linear import load_model
from signals.sentiment.linear_batch import FeatureTable
from signals.sentiment.tokens import TokenReader
from signals.sentiment.tokens_batch import RowReader

ABOUT = About()
NUMBERS = FeatureTable(load_model("about")).numbers
NAMES = ("Acme", "Globex", "Goldman Sachs", "SEC", "Brent crude", "Moody’s", "Dow", "ÅÄÖ")
WORDS = (
    "profit loss losses costs taxes earnings rose fell rise cut beats warns strong weak lawsuit "
    "not never without to from than against versus before after but as while however up down "
    "5.2 4.1 -3 .5 1 .5 % pct mn million 2009 , . : ; - — … ( ) ? ! 's ’s ' U.S. $ACM @a x_X XX X "
    "http://a.b/Acme &amp; &lt; 😀 \ue000 \ue001 xtgt xoth xent don't isn't on by of and the "
    "-8% +3% (-4.2%) −2 –4% +120 bps rate at pc per cent make less expected forecast unlike rival "
    "swings to a profit put case votes cancer drug takes market share did loses wins drops probe "
    "($0.10) $(0.25) (€1.5) (0.3) ▲ ▼ ↑ ↓5% ▲Acme overdone fears over meets hits goal endpoint "
    "reverse stock split public share sale initial offering fast track strike price drops trailer "
    "above below estimates consensus up higher -4% album beat missed guidance outlook guides "
    "falls climbs jumps suspends dividend not convertible notes excess short complete response "
    "withdraws fall this "
    "Acme's (Acme) Acme: $Acme Acme-Globex AcmeGlobex 'Acme' Globex, shares index \u200b İ ǅ"
).split(" ")
BLANKS = (" ", " ", " ", " ", " ", "", "  ", "\n", "\t", "\u00a0", "\x1c")


def alone(namings):
    """Score each by itself."""
    return [ABOUT.score_each([one]).numbers[0] for one in namings]


def sentence(chance, n_pieces):
    pieces = []
    for _ in range(n_pieces):
        pieces += [chance.choice(WORDS if chance.random() < 0.75 else NAMES), chance.choice(BLANKS)]
    return "".join(pieces[: None if chance.random() < 0.5 else -1])


def naming(chance):
    """Make a sentence and say where it names companies: by its words, or anywhere at all."""
    text = sentence(chance, chance.randrange(0, 22))
    if chance.random() < 0.7:
        target, *others = chance.sample(NAMES, chance.randrange(1, 5))
        return find_names(text, target, others)
    ends = [chance.randrange(0, len(text) + 1) for _ in range(2 * chance.randrange(0, 7))]
    spans = [(min(pair), max(pair)) for pair in zip(ends[::2], ends[1::2], strict=True)]
    return Naming(text, spans[::2], spans[1::2])


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 1 << 32))
def test_many_odd_sentences_get_the_scores_that_each_gets_by_itself(seed):
    chance = random.Random(seed)
    namings = [naming(chance) for _ in range(2 * FEW)]
    many = ABOUT.score_each(namings)
    assert many.numbers == alone(namings)
    assert many.numbers == [one.score for one in many]


TEXTS = st.one_of(
    st.lists(st.sampled_from([*WORDS, *NAMES, *BLANKS]), max_size=20).map("".join),
    st.text(max_size=30),
)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(TEXTS, st.lists(st.integers(0, 30), max_size=8)), max_size=6))
def test_spans_may_lie_anywhere_and_overlap(drawn):
    namings = []
    for text, ends in drawn:
        held = [min(end, len(text)) for end in ends]
        spans = [tuple(sorted(pair)) for pair in zip(held[::2], held[1::2], strict=False)]
        namings += [Naming(text, spans[:2], spans[2:]), Naming(text, spans[2:], spans[:2])]
    namings = [*namings, *[Naming("Acme rose", [(0, 4)])] * FEW]
    assert ABOUT.score_each(namings).numbers == alone(namings)


@pytest.mark.parametrize(
    ("text", "target", "others"),
    [
        ("", "Acme", []),
        ("Acme", "Acme", []),
        ("Profits rose", "Acme", ["Globex"]),
        ("Globex and SEC fell", "Acme", ["Globex", "SEC"]),
        ("Acme Acme Acme Globex Acme", "Acme", ["Globex"]),
        ("( Acme ) (Acme (Globex", "Acme", ["Globex"]),
        ("SEC sues Acme : Globex falls , Acme", "Acme", ["Globex", "SEC"]),
        ("a @ 7.99 Acme for a .16 loss.", "Acme", []),  # as long as its parts with blanks between
        ("Acme rose, " * 50 + "Globex fell, " * 50, "Acme", ["Globex"]),
        ("Globex fell, " * 50 + "Acme rose, " * 50, "Acme", ["Globex"]),
        ("see http://Acme.com/Acme", "Acme", []),
        (f"Acme {'x' * 300_000} rose, {'profit fell ' * 30_000}", "Acme", []),
    ],
)
def test_edges_among_many_get_the_scores_that_each_gets_by_itself(text, target, others):
    namings = [find_names(text, target, others), *[Naming("Acme fell", [(0, 4)])] * FEW]
    assert ABOUT.score_each(namings).numbers == alone(namings)


RISES = (
    "rose 4%",
    "jumped",
    "climbed 2%",
    "surged on strong results",
    "rose 4% on the news",
    "rallied",
)
FALLS = ("slipped", "fell 3%", "dropped after a downgrade", "lost 5%", "tumbled", "was down 2%")
JOINS = (" and ", " while ", ", but ", "; ", ", ")


def test_of_two_companies_with_a_clause_each_it_is_said_which_rose():
    wrong = []
    for rises, falls, joins in itertools.product(RISES, FALLS, JOINS):
        for first, second, sign in ((rises, falls, 1), (falls, rises, -1)):
            text = f"United Airlines {first}{joins}JetBlue {second}."
            one = ABOUT.score_text(text, target="United Airlines", others=["JetBlue"])
            other = ABOUT.score_text(text, target="JetBlue", others=["United Airlines"])
            if min(one.score * sign, -other.score * sign) < 0.05:
                wrong.append((text, one.score, other.score))
    assert len(wrong) <= 0.01 * len(RISES) * len(FALLS) * len(JOINS) * 2, wrong


@pytest.mark.parametrize(
    "text",
    [
        "United Airlines rose 3%, while JetBlue, its rival, fell 2%",
        "JetBlue, which had warned, fell 2%; United Airlines rose 3%",
    ],
)
def test_a_clause_goes_on_behind_what_stands_between_commas(text):
    one = ABOUT.score_text(text, target="United Airlines", others=["JetBlue"])
    other = ABOUT.score_text(text, target="JetBlue", others=["United Airlines"])
    assert other.score < -0.05 < 0.05 < one.score


def test_and_in_a_list_of_names_begins_no_clause():
    names = ["Nvidia", "AMD", "Intel"]
    for text, sign in (
        ("Nvidia, AMD and Intel rose on Monday", 1),
        ("Shares of Nvidia, AMD and Intel tumbled", -1),
        ("Gains in Nvidia, AMD and Intel lift Nasdaq", 1),
    ):
        for target in names:
            others = [name for name in names if name != target]
            assert ABOUT.score_text(text, target=target, others=others).score * sign > 0.05, target


def test_the_words_of_a_clause_of_its_own_add_up_to_the_score():
    text = "Shares of Acme rose 4% on the news and Globex slipped after a downgrade"
    for target, other, word in (("Acme", "Globex", "rose"), ("Globex", "Acme", "slipped")):
        said = ABOUT.score_text(text, target=target, others=[other])
        total = math.fsum(part.value for part in said.contributions)
        assert total == pytest.approx(said.score, abs=1e-9)
        heaviest = max(said.contributions, key=lambda part: abs(part.value))
        assert text[heaviest.start : heaviest.end] == word


def test_many_of_which_none_names_its_target_keep_the_scores_of_their_sentences():
    namings = [find_names(f"Profit rose {k} %", "Acme", []) for k in range(FEW)]
    assert ABOUT.score_each(namings).numbers == alone(namings)


@settings(deadline=None, max_examples=80)
@given(st.lists(TEXTS, max_size=6))
@example(["a @ 7.99 b for a .16 loss.", "\ue000 \ue000(\ue000) x", " a  b", "\x1ca\x1cb "])
def test_tokens_of_many_sentences_stand_where_those_of_each_do(texts):
    rows = RowReader(NUMBERS).rows(texts)
    own = TokenReader()
    places = range(len(rows.stems))
    starts, ends = rows.spans(*[list(places)] * 2) if places else ([], [])
    spans = [*zip(map(int, starts), map(int, ends), strict=True)]
    assert spans == [span for text in texts for span in own.spans(text)]
    assert rows.text.tolist() == [
        place for place, text in enumerate(texts) for _ in own.row(text).tokens
    ]


def test_a_word_that_is_spelled_like_the_mark_of_a_name_is_none():
    text = "Acme fell as xtgt and xoth rose"
    assert [part.what for part in ABOUT.score_text(text, target="Acme").contributions].count(
        "name"
    ) == 1


def test_a_stream_of_new_words_is_forgotten_and_scored_alike(monkeypatch):
    monkeypatch.setattr(tokens_batch, "_MAX_KEPT", 2_000)
    for part in range(10):
        texts = [f"Acme w{part}x{k} rose, v{part}x{k} fell" for k in range(200)]
        namings = [find_names(text, "Acme", []) for text in texts]
        assert ABOUT.score_each(namings).numbers[::50] == alone(namings[::50])
    assert len(ABOUT._batch._rows._chunks) < 3_000


@pytest.mark.parametrize(
    "piece", ["profit rose to 5 from 4 ", "Acme ", "Acme and Globex fell, ", "Acme: (", "x" * 50]
)
def test_twice_the_tokens_among_many_take_about_twice_the_time(piece):
    def score(text):
        ABOUT.score_each([find_names(text, "Acme", ["Globex"]), *short])

    short = [Naming("Acme fell", [(0, 4)])] * FEW
    assert doubling(score, "Acme fell. " + piece * (60_000 // len(piece))) <= 2.5
