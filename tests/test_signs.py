"""Many texts read as one give what each gives alone, and no sign hides what a recogniser finds."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from signals.news.article import Article
from signals.news.joined import Joined
from signals.news.mentions import find_all_mentions, find_mentions
from signals.news.nameindex import NameIndex, fold
from signals.news.reading import Reading
from signals.news.recognisers import RECOGNISERS
from signals.news.securities import SecurityBook
from signals.news.signs import Signs

ROOT = Path(__file__).parents[1]
PIECES = (
    "Microsoft;(NASDAQ:MSFT);(NYSE: BRK.B);$TSLA;$brk.b;U.S.;Inc.;AAPL US Equity;MSFT US;<AAPL.O>;"
    "NG.L;(HOOD);(CEA, SOHU);US0378331005;CUSIP: 037833100;Tickers: GLD, NEM;BTC-USD;Apple;apple;"
    "APPLE;the;Morgan Stanley upgrades;said;\u00a0;\u00e9;\u0130;\u017f;\u200b;\U0001f600;"
    "\u0663\u0664\u0665 HK;(;\uff09;\uff08\uff2e\uff39\uff33\uff25\uff1a\uff21\uff09;"
    "Getty Images;More on Apple;About Acme;Image source: Getty Images;www.foo.com;a@b.com;:;NYSE:;"
    "9:30;\u201cApple\u201d;Apple\u2019s;Bank of America;J.P. Morgan;not good;\u2116 5;\u212a;"
    "GOOG-USD;euros;London;12.5;$12 million;(TSX, NYSE: ENB);YNDX, QD and OESX;IBM, HP, AMD;"
    "Nvidia NVDA;Kodak - KODK;(ticker: ROST);(TTD 17.41%);(AP) - ;VWSYF.PK;AT&amp;T;EW;(NYSE:EW);"
    "NOVOb.CO;<BASFn.DE>;(HEI.A);(BRK/B);$BRK/B;BRK/B;(FTC.L, 5253.T);Orange (ORAN.PA);/;"
    "CUSIP: 0378\u017f3100;The Motley Fool has no position in Tesla."
).split(";")
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12)


def everything(mentions):
    return list(mentions), mentions.entities, mentions.unresolved, mentions.story, mentions.spans


def shipped_texts():
    lines = (ROOT / "data/labelled/mentions.jsonl").read_text().splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    texts += [path.read_text() for path in sorted((ROOT / "data/articles").glob("*.txt"))]
    cases = re.split(r"^----$", (ROOT / "tests/cases/mentions.txt").read_text(), flags=re.MULTILINE)
    return [text for text in [*texts, *cases] if text.strip()]


def test_the_texts_that_are_shipped_read_the_same_alone_and_together():
    articles = [Article.from_text(text) for text in shipped_texts()]
    together = find_all_mentions(articles)
    assert len(together) > 100
    assert [everything(one) for one in together] == [
        everything(find_mentions(one)) for one in articles
    ]


@settings(max_examples=60)
@given(texts=st.lists(TEXTS, max_size=5), blank=st.sampled_from(["", " ", "\n"]))
def test_pieces_of_hostile_text_read_the_same_alone_and_together(texts, blank):
    articles = [Article.from_text(f"It {blank.join(pieces)}") for pieces in texts]
    together = find_all_mentions(articles)
    assert [everything(one) for one in together] == [
        everything(find_mentions(one)) for one in articles
    ]


def reading_of(text):
    book, folded = SecurityBook.default(), fold(text)
    return Reading(text, folded, book.scan([folded])[0], set(), book=book, as_of=None)


def test_every_recogniser_finds_one_of_the_pieces():
    readings = [*map(reading_of, PIECES)]
    blind = [one.name for one in RECOGNISERS if not any(map(one.find, readings))]
    assert blind == [], "add a piece to PIECES"


@pytest.mark.parametrize("recogniser", RECOGNISERS, ids=[one.name for one in RECOGNISERS])
@settings(max_examples=60)
@given(pieces=TEXTS, blank=st.sampled_from(["", " ", "\n"]))
def test_a_sign_stands_wherever_its_recogniser_finds_something(recogniser, pieces, blank):
    text = blank.join(pieces)
    if recogniser.find(reading_of(text)):
        seen = Signs({"it": recogniser.sign}).of([text], [fold(text)])
        assert seen == [{"it"}], f"{recogniser.sign} is not seen in {text!r}, though it is found"


def test_a_place_belongs_to_the_text_in_which_it_stands():
    assert NameIndex(["a", "é b"]).scan(["a c", "", "c é b a"]) == [
        [(0, 1, "a")],
        [],
        [(2, 5, "é b"), (6, 7, "a")],
    ]
    # Characters beyond Latin-1 share a byte, and are told apart.
    assert NameIndex(["ş b", "ţ b"]).scan(["a ţ b", "ł b", "ş b"]) == [
        [(2, 5, "ţ b")],
        [],
        [(0, 3, "ş b")],
    ]
    joined = Joined(["ab", "", "cab"])
    assert list(joined.with_pattern(joined.shape(), re.compile(b"aa"))) == [0, 2]
