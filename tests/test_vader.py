"""Our rules against those of the installed vaderSentiment 3.3.2: every field, every text."""

import csv
import math
import string
from decimal import Decimal
from random import Random

import pytest
from clock import doubling, seconds
from hypothesis import given, settings, strategies as st
from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    NEGATE,
    SPECIAL_CASES,
    SentimentIntensityAnalyzer,
)

from signals.errors import ConfigError
from signals.sentiment.vader import Vader

MANY = ["good", "bad but not so good", ""] * 22  # so many texts go into arrays

ORACLE = SentimentIntensityAnalyzer()
VADER = Vader()

RULES = (
    "but But BUT no No NO kind of sort just enough least at very so this never without doubt or "
    "nor isn't ISN'T shouldn't don’t the bomb bad ass badass bus stop yeah right kiss death to "
    "die for beating heart shit great GREAT Good terrible AWFUL"
).split()
NEUTRAL = (
    "it was table Reuters U.S. $1.5 IBM x ΑΣ İ ß 東京 n't '' -- (a) 'no' \"good\" ,good;".split()
)
MARKS = "! !! ? ?? ??? ???? !? . , :) :-( ;D <3 (: 'O_o' (-: 8-D".split()
EMOJI = ["😀", "good😀", "😀good", "💘", "☺️", "🆙", "🔛", "❤️", "👍🏽", "🇬🇧", "☠", "😀😀", "é"]
BLANKS = [
    " ",
    " ",
    " ",
    "  ",
    "\n",
    "\t",
    "\u00a0",
    "\u2003",
    "\u3000",
    "\x1c",
    "\x85",
    "\u200b",
    "",
]

WORDS = st.one_of(
    st.sampled_from(RULES),
    st.sampled_from(sorted(ORACLE.lexicon)),
    st.sampled_from([*BOOSTER_DICT, *NEGATE, *SPECIAL_CASES]),
    st.sampled_from([*NEUTRAL, *MARKS, *EMOJI]),
    st.text(string.punctuation + "abn't ", max_size=6),
)
SHAPES = st.sampled_from([str, str, str, str.upper, str.capitalize, lambda word: f'"{word}",'])
TOKENS = st.builds(
    lambda word, shape, blank: shape(word) + blank, WORDS, SHAPES, st.sampled_from(BLANKS)
)
TEXTS = st.lists(TOKENS, max_size=25).map("".join)


def in_batch(vader, *texts):
    return vader.polarity_scores([*texts, *MANY])[: len(texts)]


def parts_of(scored):
    return math.fsum(part.value for part in scored.contributions)


@settings(deadline=None, max_examples=100)
@given(TEXTS)
def test_all_four_numbers_equal_the_original_on_texts_made_of_what_its_rules_look_at(text):
    assert VADER.polarity_scores(text) == ORACLE.polarity_scores(text)
    assert in_batch(VADER, text) == [ORACLE.polarity_scores(text)]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(RULES), max_size=12).map(" ".join))
def test_all_four_numbers_equal_the_original_on_dense_rows_of_rule_words(text):
    assert VADER.polarity_scores(text) == ORACLE.polarity_scores(text)
    assert in_batch(VADER, text) == [ORACLE.polarity_scores(text)]


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=60))
def test_all_four_numbers_equal_the_original_on_any_unicode(text):
    assert VADER.polarity_scores(text) == ORACLE.polarity_scores(text)
    assert in_batch(VADER, text) == [ORACLE.polarity_scores(text)]


@settings(deadline=None, max_examples=80)
@given(
    st.dictionaries(
        st.sampled_from([*map(str.lower, RULES), *NEUTRAL, "very", "not"]),
        st.sampled_from([0, 0.5, -0.5, 1, 2.0, -3.1, 25]),
    ),
    st.lists(st.sampled_from([*RULES, *NEUTRAL, "not", "!"]), max_size=15).map(" ".join),
)
def test_another_lexicon_gives_what_the_original_gives_with_it(lexicon, text):
    oracle = SentimentIntensityAnalyzer.__new__(SentimentIntensityAnalyzer)
    oracle.lexicon, oracle.emojis = lexicon, ORACLE.emojis
    own = Vader(lexicon)
    assert own.polarity_scores(text) == oracle.polarity_scores(text)
    assert in_batch(own, text) == [oracle.polarity_scores(text)]


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.text("abcnot019éß" + string.punctuation, min_size=1, max_size=9), max_size=8),
    st.text(string.punctuation, max_size=4),
    st.text(string.punctuation, max_size=4),
)
def test_a_lexicon_of_odd_words_is_found_behind_marks_and_before_them(words, before, after):
    oracle = SentimentIntensityAnalyzer.__new__(SentimentIntensityAnalyzer)
    oracle.lexicon, oracle.emojis = dict.fromkeys(words[::2], 1.5), ORACLE.emojis
    own = Vader(oracle.lexicon)
    texts = [
        " ".join(words),
        " ".join(words).upper(),
        " ".join(before + word for word in words),
        " ".join(before + word + after for word in words),
        " ".join(word + after for word in reversed(words)),
    ]
    expected = [oracle.polarity_scores(text) for text in texts]
    assert in_batch(own, *texts) == expected
    assert [own.polarity_scores(text) for text in texts] == expected


@pytest.mark.parametrize("word", ["least", "very", "not", "never", "so", "but", "kind", "no", "of"])
def test_a_rule_word_that_is_in_the_lexicon_modifies_what_the_original_lets_it(word):
    lexicon = {word: 1.5, "good": 2.0}
    oracle = SentimentIntensityAnalyzer.__new__(SentimentIntensityAnalyzer)
    oracle.lexicon, oracle.emojis = lexicon, ORACLE.emojis
    texts = f"{word} good", f"a {word} good", f"a {word} x good", f"{word} of x good {word}"
    expected = [oracle.polarity_scores(text) for text in texts]
    assert [Vader(lexicon).polarity_scores(text) for text in texts] == expected
    assert in_batch(Vader(lexicon), *texts) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "!",
        "good",
        "good but good but good but bad bad bad good",
        "good good bad good but good good bad but bad",
        "sad sad but sad sad sad sad sad sad but sad",
        "x to bad ass",
        "a b c the bomb",
        "one two three kiss of death",
        "I would die to die for it",
        "a b kind of good",
        "it is kind of you",
        "no good, no bad or good",
        "she never said so good",
        "without a doubt good, without doubt good",
        "least good; at least good; the very least good",
        "VERY GOOD",
        "VERY good",
        "NOT GOOD at all",
        "great!!!!!!",
        "great?? bad???? ok?",
        "good 😀😀 💘bad",
        "good\u00a0bad\u2003good",
        "(good) 'bad' -great- :) :-)",
        "No. NO no",
        "good\x00bad \x00 good",
        "good\x01bad \x1f good",
        "\u212aiss of death",
        "\ud800 good",
        "bad 🆙 good, good",  # its words are "UP! button"
        "((((good)))) ....bad....",
        "the unintelligible-unbelievable good",
        "n't-good isn't Isn'T good",
    ],
)
def test_odd_corners_equal_the_original(text):
    assert VADER.polarity_scores(text) == ORACLE.polarity_scores(text)
    assert in_batch(VADER, text) == [ORACLE.polarity_scores(text)]


def read_texts(shared, name):
    with (shared / "text" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


@pytest.mark.parametrize("name", ["fpb", "sentfin", "tfns", "ssix"])
def test_real_texts_equal_the_original(shared, name):
    texts = read_texts(shared, name)[::8]
    texts.append("\n".join(texts[:60]))
    expected = [ORACLE.polarity_scores(text) for text in texts]
    assert len(texts) > 100
    assert VADER.polarity_scores(texts) == expected
    assert [VADER.polarity_scores(text) for text in texts] == expected


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fpb", "sentfin", "tfns", "ssix"])
def test_every_real_text_equals_the_original(shared, name):
    texts = read_texts(shared, name)
    texts += ["\n".join(texts[k : k + 9]) for k in range(0, len(texts), 9)]
    expected = [ORACLE.polarity_scores(text) for text in texts]
    assert VADER.polarity_scores(texts) == expected
    assert [VADER.polarity_scores(text) for text in texts] == expected


@pytest.mark.slow
def test_a_hundred_thousand_made_texts_equal_the_original():
    random = Random(1)
    pool = [*RULES, *NEUTRAL, *MARKS, *EMOJI, *BOOSTER_DICT, *NEGATE, *SPECIAL_CASES]
    words = [*pool * 20, *sorted(ORACLE.lexicon)]
    for _ in range(100):
        texts = [
            "".join(
                random.choice([str, str, str.upper, str.title])(random.choice(words))
                + random.choice(BLANKS)
                for _ in range(random.randrange(16))
            )
            for _ in range(1_000)
        ]
        expected = [ORACLE.polarity_scores(text) for text in texts]
        assert VADER.polarity_scores(texts) == expected
        assert [VADER.polarity_scores(text) for text in texts] == expected


def test_the_first_article_as_a_whole_saturates(shared):
    text = (shared / "seed" / "article.txt").read_text("utf-8")
    assert VADER.polarity_scores(text)["compound"] == 0.9723


@settings(deadline=None, max_examples=100)
@given(TEXTS)
def test_contributions_add_up_to_the_score_and_point_at_their_words(text):
    scored = VADER.score_text(text)
    assert scored.score == ORACLE.polarity_scores(text)["compound"]
    assert abs(parts_of(scored) - scored.score) < 1e-9
    for part in scored.contributions:
        place = text[part.start : part.end]
        assert place
        assert math.isfinite(part.value)
        if not any(character in ORACLE.emojis for character in place):
            assert place.lower() == part.what
    assert [p.start for p in scored.contributions] == sorted(p.start for p in scored.contributions)


def test_words_and_marks_get_their_parts_of_the_score():
    scored = VADER.score_text("Great results, but NOT good!")
    assert scored.label == "negative"
    assert [part.what for part in scored.contributions] == ["great", "good", "!"]
    great, good, mark = (part.value for part in scored.contributions)
    assert great > 0 > mark > good


def test_an_emoji_is_one_place():
    scored = VADER.score_text("so 😀 now")
    assert {(part.start, part.end) for part in scored.contributions} == {(3, 4)}


def test_parts_stay_finite_and_sensible_where_they_cancel():
    lexicon = {"up": 2.0, "down": -2.0}
    scored = Vader(lexicon).score_text("up then down")
    assert (scored.score, scored.label) == (0.0, "neutral")
    up, down = (part.value for part in scored.contributions)
    assert up == -down == pytest.approx(2 / math.sqrt(15))


def test_a_list_gives_a_list_in_order():
    texts = ["good", "", "bad"]
    assert VADER.polarity_scores(texts) == [VADER.polarity_scores(text) for text in texts]
    assert VADER.polarity_scores(iter(texts)) == VADER.polarity_scores(tuple(texts))
    assert VADER.score_texts(texts) == [VADER.score_text(text) for text in texts]
    assert VADER.polarity_scores([]) == []
    many = texts * 40
    assert VADER.polarity_scores(many) == [VADER.polarity_scores(text) for text in many]
    assert VADER.score_texts(many) == [VADER.score_text(text) for text in many]
    long = ["good table " * 60_000, "bad " * 300_000, "", "not bad"]
    assert VADER.polarity_scores(long) == [VADER.polarity_scores(text) for text in long]


@pytest.mark.parametrize("text", [None, 1.5, math.nan, b"good", 3, {"good": 1}])
def test_what_is_no_text_raises_a_type_error_with_a_sentence(text):
    with pytest.raises(TypeError, match=type(text).__name__):
        VADER.polarity_scores(text)
    with pytest.raises(TypeError, match=f"Text 1 of 2 is {type(text).__name__}"):
        VADER.polarity_scores(["good", text])


def test_a_lexicon_belongs_to_its_instance():
    lexicon = {"beats": 2.0}
    own = Vader(lexicon)
    lexicon["misses"] = -2.0
    assert own.polarity_scores("Acme beats")["compound"] > 0
    assert own.polarity_scores("good misses")["compound"] == 0
    assert Vader().polarity_scores("Acme beats")["compound"] == 0
    with pytest.raises(TypeError):
        Vader().lexicon["beats"] = 1.0


def test_the_name_tells_when_the_lexicon_is_another():
    assert VADER.name == "vader 3.3.2"
    assert Vader(dict(VADER.lexicon)).name == "vader 3.3.2"
    first, second = Vader({"beats": 2.0}).name, Vader({"beats": 2.5}).name
    assert first.startswith("vader 3.3.2 ")
    assert len({first, second, VADER.name}) == 3
    assert Vader({"beats": 2.0}).name == first


@pytest.mark.parametrize("valence", ["2", None, math.nan, math.inf, True, Decimal(2), 1e300])
def test_a_lexicon_with_what_is_no_number_is_refused_by_name(valence):
    with pytest.raises(ConfigError, match="'beats'"):
        Vader({"good": 1.0, "beats": valence})


def test_a_lexicon_that_is_no_mapping_of_words_is_refused():
    with pytest.raises(ConfigError, match="maps words"):
        Vader([("good", 1.0)])
    with pytest.raises(ConfigError, match="key 3"):
        Vader({3: 1.0})


def test_a_stream_of_new_words_does_not_fill_the_memory():
    own = Vader()
    own.polarity_scores(" ".join(f"w{i}" for i in range(150_000)) + " good " + "x" * 1000)
    assert len(own._vocabulary) <= 1 << 16
    for k in range(3):
        own.polarity_scores([f"goo{k}{i} isn't{i}" for i in range(20_000)])
    assert len(own._batch._words) <= 1 << 17


@pytest.mark.parametrize(
    "call",
    [
        VADER.polarity_scores,
        lambda text: VADER.score_text(text).contributions,
        lambda text: VADER.polarity_scores([text]),
    ],
    ids=["one", "explained", "in a batch"],
)
@pytest.mark.parametrize("sentence", ["a good table is bad but not so good! ", "good but ", "😀 "])
def test_twice_the_tokens_take_about_twice_the_time(call, sentence):
    text = sentence * (4_000 // len(sentence.split()))
    assert doubling(call, text) <= 2.5  # quadratic work would take 4 times


@pytest.mark.slow
def test_sixty_four_thousand_tokens_take_twice_the_time_of_half_as_many():
    text = "profit rose 5 % to a good result but not so good as feared! " * 2_286
    assert len(text.split()) * 2 >= 64_000
    assert doubling(VADER.polarity_scores, text, enough=2.2) <= 2.2


def test_one_sentence_takes_far_less_time_than_the_original(shared):
    with (shared / "text" / "fpb.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)][:300]
    ours = seconds(lambda rows: [VADER.polarity_scores(text) for text in rows], texts)
    theirs = seconds(lambda rows: [ORACLE.polarity_scores(text) for text in rows], texts)
    assert theirs > 2 * ours
