"""What is bad to have and shrinks, burdens that go, and what only looks as if it moved."""

import csv
import hashlib
from itertools import combinations

import pytest
from benchmarks.accuracy import measure_texts

from signals.sentiment import finance_words as words, market_words
from signals.sentiment.entity import About
from signals.sentiment.features import moves, told
from signals.sentiment.finance import Finance
from signals.sentiment.token_bits import _LISTS

FINANCE = Finance()
READER = FINANCE.reader.tokens
LOOK_ALIKE = {"motion", "noun", "plain"}


def labelled(root):
    path = root / "data" / "labelled" / "directions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return path, list(csv.DictReader(file))


def directions(text):
    """What moves in a text and which way: names of features, with the words that they are from."""
    row = READER.row(text)
    return [
        (name, *sorted({row.tokens[first].norm, row.tokens[last].norm}))
        for name, first, last in moves(row)
        if name[0] == "D"
    ]


@pytest.mark.parametrize(
    ("half", "of_family", "of_look_alikes"),
    [("development", 72, 78), ("held-out", 65, 82)],
)
def test_the_labelled_directions_keep_their_floors(root, half, of_family, of_look_alikes):
    path, rows = labelled(root)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    assert digest == "08342cf1", "Measure the floors anew, and note of which file they are."
    rows = [row for row in rows if row["half"] == half]
    family = [row for row in rows if row["kind"] not in LOOK_ALIKE]
    look_alikes = [row for row in rows if row["kind"] in LOOK_ALIKE]
    assert measure_texts(FINANCE, family)["accuracy"] >= of_family
    assert measure_texts(FINANCE, look_alikes)["accuracy"] >= of_look_alikes


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("Short interest falls to a two-year low", "Short interest rises"),
        ("Bad loans decline", "Bad loans jump"),
        ("Loan loss provisions cut", "Loan loss provisions raised"),
        ("Regulators drop probe", "Regulators open probe"),
        ("Judge dismisses lawsuit against Acme", "Judge upholds verdict against Acme"),
        ("Debt falls to its lowest since 2019", "Debt climbs to its highest since 2019"),
        ("China lifts ban on beef", "China imposes ban on beef"),
        ("Tariffs on steel scrapped", "Tariffs on steel tightened"),
        ("Strike at the mine ends", "Strike at the mine begins"),
        ("Revenue fell less than feared", "Revenue rose less than expected"),
        ("Narrower-than-expected loss at the mill", "Bigger-than-expected loss at the mill"),
        ("Acme wins patent case", "Acme loses patent case"),
    ],
)
def test_what_is_good_to_be_rid_of_is_good_news_when_it_goes(good, bad):
    assert FINANCE.score_text(good).score > 0.05
    assert FINANCE.score_text(bad).score < -0.05


@pytest.mark.parametrize(
    ("sealed", "bad"),
    [
        ("Acme strikes a long deal with Zeta", "Workers of Acme strike over a pay deal"),
        ("Acme strikes oil in Namibia", "Workers strike at the gold mine"),
        ("Acme closes its purchase of a plant", "Acme closes a plant"),
    ],
)
def test_a_deal_that_is_struck_or_closed_is_no_strike_and_no_closure(sealed, bad):
    assert FINANCE.score_text(sealed).score > -0.1
    assert FINANCE.score_text(bad).score < -0.15


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Acme strikes gold in Ghana", ["E+"]),
        ("Acme closes gold mine in Ghana", ["E-"]),
        ("Acme closes oil refinery", ["E-"]),
    ],
)
def test_who_closes_a_mine_has_struck_nothing(text, found):
    assert [name for name, *_ in moves(READER.row(text))] == found
    whole, alone = FINANCE.score_texts([text] * 40), FINANCE.score_text(text)
    assert {one.score for one in whole} == {alone.score}


def test_the_labelled_headlines_keep_their_order_and_their_sign(root):
    path = root / "data" / "labelled" / "headlines.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] != "neutral"]
    scores = [one.score for one in FINANCE.score_texts([row["text"] for row in rows])]
    good = [score for score, row in zip(scores, rows, strict=True) if row["label"] == "positive"]
    bad = [score for score, row in zip(scores, rows, strict=True) if row["label"] == "negative"]
    right = sum(score > 0 for score in good) + sum(score < 0 for score in bad)
    above = sum(one > other for one in good for other in bad)
    assert right >= 0.90 * len(rows)
    assert above >= 0.96 * len(good) * len(bad)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Costs fell", [("D+", "costs", "fell")]),
        ("Costs rose", [("D-", "costs", "rose")]),
        ("Profit rose", [("D+", "profit", "rose")]),
        ("Acme rose", [("D+0", "rose")]),
        # A burden that comes or goes; the same words of other things say what they always do.
        ("Regulators drop their probe", [("D+", "drop", "probe")]),
        ("China lifts ban on beef imports", [("D+", "ban", "lifts")]),
        ("Acme lifts its dividend", [("D+", "dividend", "lifts")]),
        ("Acme opens a shop", []),
        ("Trading suspension of the miner's shares ends", [("D+", "ends", "suspension")]),
        # Better and worse, whatever moves.
        ("Chip shortage worsens", [("D-", "shortage", "worsens")]),
        ("Deficit improves", [("D+", "deficit", "improves")]),
        # Two words that together are bad to have.
        ("Bad loans jump", [("D-", "jump", "loans")]),
        ("Loans jump", [("D+0", "jump")]),
        ("Short interest falls", [("D+", "falls", "interest")]),
        # Less than what was awaited.
        ("Profit rose less than expected", [("D-", "less", "profit")]),
        ("Profit fell less than expected", [("D+", "less", "profit")]),
        ("Revenue fell less than feared", [("D+", "less", "revenue")]),
        ("Losses fell less than feared", [("D+", "less", "losses")]),
        ("Loss was larger than feared", [("D-", "larger", "loss")]),
        ("Smaller-than-expected loss", [("D+", "loss", "smaller")]),
        ("Profit rose less than one percent", [("D+", "profit", "rose"), ("D-", "less", "profit")]),
        # More than what was awaited stresses the direction before it.
        ("Costs fell more than expected", [("D+", "costs", "fell")]),
        ("Acme narrows its loss more than forecast", [("D+", "loss", "narrows")]),
        ("Costs were more than expected", [("D-", "costs", "more")]),
        # No motion.
        ("Phones make up 40 % of revenue", []),
        ("Acme falls under the law on revenue", []),
        # Something bad moves something else, or it is another clause.
        ("Fears boost gold", []),
        ("Fears boost gold prices", [("D+", "boost", "prices")]),
        ("A loss on lower sales", [("D-", "lower", "sales")]),
        ("Acme swings to a loss on the slump in oil", [("D-", "loss", "swings")]),
        ("Gold extends losses, down 2 %", [("D-", "extends", "losses")]),
        ("Profit was 4 million, down from 5", [("D-", "down", "profit")]),
    ],
)
def test_directions_are_read_by_what_moves_and_by_their_neighbours(text, found):
    assert directions(text) == found


def test_every_list_of_words_is_asked_of_a_token():
    every = {**vars(words), **vars(market_words)}
    lists = {name: one for name, one in every.items() if isinstance(one, frozenset)}
    asked = [one for one, _ in _LISTS]
    assert [name for name, one in lists.items() if one not in asked] == [], "Give it a bit of Is."


def test_no_word_plays_two_parts_that_the_rules_keep_apart():
    directions = words.UP | words.DOWN
    movers = directions | words.BEGINS | words.FINISHES
    nouns = (words.GOOD, words.BAD, words.BURDENS)
    bound = (words.SPOILS, words.IDLE, words.UNDER, words.LESS, words.AWAITED)
    pairs = [(words.UP, words.DOWN), (words.BEGINS, words.FINISHES), (words.SPOILED, movers)]
    pairs += [*combinations(nouns, 2), *combinations(bound, 2)]
    pairs += [(words.BAD | words.BURDENS, movers)]
    assert not [one & other for one, other in pairs if one & other]
    assert words.LESS <= words.DOWN
    assert directions >= words.MOVERS


def test_something_bad_that_moves_is_read_as_something_good_that_moves_the_other_way():
    def stems(text):
        row = READER.row(text)
        return [token.stem for token in told(row, moves(row)).tokens]

    assert stems("Costs fell sharply") == ["~", "ris", "sharp"]
    assert stems("Regulators open a probe") == ["regulator", "fal", "a", "~"]
    assert stems("Profit fell less than expected") == ["profit", "~0", "ris", "than", "expect"]


def test_contributions_show_what_moved_and_which_way():
    scored = FINANCE.score_text("Regulators drop their probe")
    parts = {part.what: part.value for part in scored.contributions}
    assert parts["drop"] == max(parts.values()) > 0.1
    opposite = FINANCE.score_text("Regulators open their probe")
    parts = {part.what: part.value for part in opposite.contributions}
    assert parts["open"] == min(parts.values()) < -0.1


def test_a_company_is_better_off_when_a_burden_goes():
    about = About(FINANCE)
    for good, bad in (
        ("Acme trims bad loans", "Bad loans at Acme climb"),
        ("Short interest in Acme falls", "Short interest in Acme rises"),
        ("Strike at Acme ends", "Strike at Acme begins"),
        ("Acme's revenue fell less than feared", "Acme's revenue rose less than expected"),
    ):
        assert about.score_text(good, target="Acme").score > 0.05
        assert about.score_text(bad, target="Acme").score < -0.05
