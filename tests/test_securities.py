import csv
import re
from collections import defaultdict
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from signals.errors import SymbolError
from signals.exchanges import VENUES
from signals.news.nameindex import NameIndex, company_key, fold
from signals.news.securities import Security, SecurityBook

ACME = Security("ACM", "XNYS", "Acme Widgets", ("Acme",), "acme")


@pytest.fixture(scope="module")
def book():
    return SecurityBook.default()


def test_the_default_book_is_made_once(book):
    assert SecurityBook.default() is book
    assert len(book) > 1000


def test_the_table_of_the_package_names_known_exchanges_and_dates_in_order(root):
    mics = {venue.mic for venue in VENUES}
    path = root / "signals" / "news" / "securities.tsv"
    assert path.stat().st_size < 2_000_000
    for security in SecurityBook.default():
        assert bool(security.symbol) == bool(security.mic), security
        assert security.mic in mics | {None}, security
        if security.valid_from and security.valid_to:
            assert security.valid_from < security.valid_to, security


def test_no_symbol_of_the_package_means_two_companies_on_one_day(book):
    assert len(SecurityBook(book)) == len(book)


def test_the_table_says_of_what_and_when_it_was_made(root):
    first = (root / "signals/news/securities.tsv").read_text(encoding="utf-8").split("\n")[0]
    assert re.fullmatch(r"# built \d{4}-\d\d-\d\d by hand and from .*edgartools [\d.]+.*", first)


def test_every_name_of_the_default_book_finds_a_company_on_some_day(book):
    for security in book:
        day = security.valid_to or date(2025, 12, 31)
        assert book.find(security.name, as_of=day), security


@pytest.mark.parametrize(
    ("name", "day", "symbol"),
    [
        ("Facebook", None, "META"),
        ("facebook", date(2022, 6, 8), "FB"),
        ("Facebook", date(2022, 6, 9), "META"),
        ("SoftBank", None, "9984.T"),
        ("Royal Dutch Shell", date(2020, 1, 2), "RDSA.L"),
        ("Shell", date(2023, 1, 2), "SHEL.L"),
        ("The Home Depot", None, "HD"),
        ("Sprint", date(2019, 1, 2), "S"),
        ("Sprint", date(2022, 1, 3), None),
        ("Twitter", date(2022, 10, 27), "TWTR"),
        ("Twitter", date(2022, 10, 28), None),
        ("OpenAI", None, None),
        ("Barratt Developments", date(2024, 2, 7), "BDEV.L"),
        ("Ctrip", date(2014, 1, 27), "CTRP"),
        ("AmerisourceBergen", date(2022, 1, 3), "ABC"),
        ("Anthem", date(2022, 7, 13), "ELV"),
        ("General Motors", date(2010, 6, 30), None),
        ("Hertz", date(2020, 5, 26), "HTZ"),
        ("T-Mobile US", date(2012, 1, 3), None),
        ("Statoil", None, "EQNR.OL"),
        ("Priceline", date(2015, 8, 5), "PCLN"),
        ("Priceline", date(2019, 8, 5), "BKNG"),
        ("Symantec", date(2018, 8, 5), "SYMC"),
        ("UMB Financial", date(2015, 8, 5), "UMBF"),
    ],
)
def test_a_name_finds_the_home_listing_of_the_day(book, name, day, symbol):
    assert book.find(name, as_of=day)[0].symbol == symbol


def test_an_unknown_name_or_symbol_gives_nothing(book):
    assert book.find("Nobody Knows This") == ()
    assert book.get("NOSUCH1") is None
    assert book.listings("no-such-company") == ()


def test_a_symbol_means_different_companies_on_different_days(book):
    assert book.get("S", as_of=date(2015, 1, 2)).name == "Sprint"
    assert book.get("S", as_of=date(2025, 1, 2)).name == "SentinelOne"
    assert book.get("S").name == "SentinelOne"
    assert book.get("S", as_of=date(2020, 12, 1)) is None
    assert book.get("TWTR").name == "Twitter"  # without a day: what it meant last
    assert book.get("SI", as_of=date(2023, 3, 8)).name == "Silvergate Capital"


def test_every_company_that_had_a_symbol_is_told(book):
    assert book.holders("S") == {"sprint": "Sprint", "sentinelone": "SentinelOne"}
    assert book.holders("NOSUCH1") == {}


def test_all_listings_of_a_company_share_its_key(book):
    listed = {security.symbol for security in book.listings("softbank-group")}
    assert listed == {"9984.T", "SFTBY", "SFTBF"}


def test_a_book_from_a_table_needs_only_symbols_and_names():
    frame = pd.DataFrame({"symbol": ["ACM", None, "BET.L"], "name": ["Acme", "Gamma", "Beta plc"]})
    book = SecurityBook.from_frame(frame)
    assert book.get("ACM").mic == "XNYS"
    assert book.get("BET.L").mic == "XLON"
    assert book.find("Gamma")[0].symbol is None
    assert book.find("beta")[0].symbol == "BET.L"
    assert book.is_ambiguous("Beta")
    assert not book.is_ambiguous("Beta plc")


def test_a_book_from_a_table_with_all_columns():
    frame = pd.DataFrame(
        {
            "symbol": ["ACM", "ACMQ"],
            "mic": ["XNAS", "PINX"],
            "name": ["Acme", "Acme"],
            "aliases": ["Acme Widgets|Anvils", ""],
            "ambiguous": ["Anvils", ""],
            "company": ["acme", "acme"],
            "kind": ["broker", "broker"],
            "valid_from": [pd.Timestamp("2020-01-02"), None],
            "valid_to": [None, "2020-01-01"],
        }
    )
    book = SecurityBook.from_frame(frame)
    assert [security.symbol for security in book.find("anvils")] == ["ACM"]
    assert book.find("Acme", as_of=date(2019, 1, 2))[0].symbol == "ACMQ"
    assert book.get("ACM").kind == "broker"


def test_an_empty_table_gives_an_empty_book():
    for frame in (pd.DataFrame(), pd.DataFrame({"symbol": [], "name": []})):
        book = SecurityBook.from_frame(frame)
        assert len(book) == 0
        assert book.scan([fold("Apple")]) == [[]]


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ({"name": ["Acme"]}, "symbol"),
        ({"symbol": ["ACM"], "name": [""]}, "name"),
        ({"symbol": ["A C M"], "name": ["Acme"]}, "no symbol"),
        ({"symbol": ["ACM", "ACM"], "name": ["Acme", "Beta"]}, "valid_from"),
        ({"symbol": ["ACM"], "name": ["Acme"], "valid_to": ["soon"]}, "2022-06-09"),
        ({"symbol": ["ACM"], "name": ["Acme"], "kind": ["bank"]}, "broker"),
    ],
)
def test_a_wrong_table_is_an_error_that_says_what_is_wrong(frame, words):
    with pytest.raises(SymbolError, match=words):
        SecurityBook.from_frame(pd.DataFrame(frame))


def test_one_symbol_may_follow_another_company_but_not_overlap():
    old = Security("ACM", "XNYS", "Old", company="old", valid_to=date(2020, 1, 1))
    new = Security("ACM", "XNYS", "New", company="new", valid_from=date(2020, 1, 2))
    assert len(SecurityBook([old, new])) == 2
    with pytest.raises(SymbolError, match="same day"):
        SecurityBook([old, Security("ACM", "XNYS", "New", company="new")])


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=100)
def test_folding_keeps_every_offset(text):
    folded = fold(text)
    assert len(folded) == len(text)
    assert all(
        a.isalnum() == (b != " ") or not a.isalnum() for a, b in zip(text, folded, strict=True)
    )


def written_by_hand(root):
    """Give each symbol of the files by hand with each name that they give its company."""
    folder = root / "data/companies"
    with (folder / "by_hand.csv").open(encoding="utf-8") as file:
        for record in csv.DictReader(file):
            for symbol in filter(None, record["symbols"].split("|")):
                for name in (record["name"], *record["aliases"].split("|")):
                    yield symbol.partition("@")[0], name
    with (folder / "aliases.csv").open(encoding="utf-8") as file:
        for symbol, aliases in csv.reader(file):
            for name in aliases.split("|"):
                yield symbol.partition("@")[0], name.rstrip("?")


def written_in_the_table(root):
    """Give each listing of the table, "META XNAS 2022-06-09..", and the names of its company."""
    table = (root / "signals/news/securities.tsv").read_text(encoding="utf-8")
    for line in table.splitlines()[1:]:
        _, listings, names = line.split("\t")[:3]
        for listing in listings.split("|"):
            yield listing, names.split("|")


def test_the_table_holds_every_name_of_the_files_by_hand(root):
    names = defaultdict(set)
    for listing, written in written_in_the_table(root):
        names[listing.split(" ")[0]] |= {name.rstrip("?^") for name in written}

    given = [(symbol, name) for symbol, name in written_by_hand(root) if name]

    assert len(given) > 4_000
    lacking = [one for one in given if one[1] not in names[one[0]]]
    assert lacking == [], "Write them into signals/news/securities.tsv too, as data/README.md says."


def test_the_table_has_the_dates_of_the_file_by_hand(root):
    spans = defaultdict(set)
    for listing, _ in written_in_the_table(root):
        parts = listing.split(" ")
        spans[parts[0]].update(parts[2:])
    with (root / "data/companies/by_hand.csv").open(encoding="utf-8") as file:
        given = [
            (symbol.partition("@")[0], f"{record['valid_from']}..{record['valid_to']}")
            for record in csv.DictReader(file)
            for symbol in filter(None, record["symbols"].split("|"))
            if record["valid_from"] or record["valid_to"]
        ]

    assert len(given) > 500
    assert [one for one in given if one[1] not in spans[one[0]]] == []


class Foreign:
    """A frame of another library, which makes one of pandas."""

    def to_pandas(self):
        return pd.DataFrame({"symbol": ["ACM"], "name": ["Acme Corp"], "aliases": [["Acme", "AC"]]})


def test_a_table_may_be_of_another_library_and_hold_lists_of_names():
    (acme,) = SecurityBook.from_frame(Foreign())
    assert acme.aliases == ("Acme", "AC")


def test_a_book_has_the_symbols_that_it_can_give():
    book = SecurityBook.from_frame(Foreign())
    assert "ACM" in book
    assert next(iter(book)) in book
    assert "MSFT" not in book


def test_what_holds_no_securities_is_refused_with_what_would_be_right():
    with pytest.raises(TypeError, match="is a DataFrame, not dict"):
        SecurityBook.from_frame({"symbol": ["ACM"], "name": ["Acme Corp"]})
    with pytest.raises(TypeError, match=r"not tuple: Security\('MSFT'"):
        SecurityBook([("ACM", "Acme Corp")])


@pytest.mark.parametrize("field", ["aliases", "ambiguous"])
def test_one_text_is_no_tuple_of_names(field):
    """Its letters would be the names: Z, o, r and so on."""
    with pytest.raises(TypeError, match=rf"{field} are a tuple of names, as \('Zorblatt',\)"):
        Security("ZRB", "XNYS", "Zorblatt Industries", **{field: "Zorblatt"})


def test_a_company_key_is_made_of_the_words_of_its_name():
    assert company_key("SoftBank Group Corp.") == "softbank-group-corp"


NAMES = ["meta", "meta platforms", "sap", "sap se", "a", "a b", "b c d"]
SCANNED = st.lists(
    st.sampled_from(["meta", "plat", "platforms", "sap", "se", "sea", "a", "b", "c", "d"])
)


@given(SCANNED)
@settings(deadline=None, max_examples=100)
def test_the_index_finds_every_name_at_every_border_of_words(words):
    text = " ".join(words)
    found = set(NameIndex(NAMES).scan([text])[0])
    expected = set()
    for first in range(len(words)):  # by brute force, over words
        start = len(" ".join(words[:first])) + (first > 0)
        for last in range(first + 1, len(words) + 1):
            name = " ".join(words[first:last])
            if name in NAMES:
                expected.add((start, start + len(name), name))
    assert found == expected
