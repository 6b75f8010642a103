import re
from collections import Counter

import pytest
from hypothesis import given, strategies as st

from signals.errors import SymbolError
from signals.exchanges import (
    INDEXES,
    VENUES,
    calendar_name,
    currency_of,
    find_venue,
    mic_of,
    normalize_symbol,
    resolve,
    validate_symbol,
)
from signals.news.markets import _HOME_SIGNS, _OWN_MONEY


@pytest.mark.parametrize(
    ("prefix", "ticker", "symbol", "mic"),
    [
        ("NASDAQ", "MSFT", "MSFT", "XNAS"),
        ("Nasdaq", "googl", "GOOGL", "XNAS"),
        ("NasdaqGS", "MSFT", "MSFT", "XNAS"),
        ("OTCPK", "SFTBY", "SFTBY", "PINX"),
        ("OTC.BB", "CRRA", "CRRA", "PINX"),
        ("OTCPK", "LKNC.Y", "LKNCY", "PINX"),
        ("NYSE American", "X", "X", "XASE"),
        ("NYSE", "BRK.A", "BRK-A", "XNYS"),
        ("TSE", "9984", "9984.T", "XTKS"),
        ("TSE", "285A", "285A.T", "XTKS"),
        ("TSE", "LGD", "LGD.TO", "XTSE"),
        ("TSX", "K.TO", "K.TO", "XTSE"),
        ("TSX-V", "ABC", "ABC.V", "XTSX"),
        ("STO", "VOLV B", "VOLV-B.ST", "XSTO"),
        ("LON", "BP.", "BP.L", "XLON"),
        ("HKG", "700", "0700.HK", "XHKG"),
        ("NSE", "M&M", "M&M.NS", "XNSE"),
        ("OB", "EQNR", "EQNR.OL", "XOSL"),
    ],
)
def test_news_spelling_becomes_yahoos(prefix, ticker, symbol, mic):
    assert resolve(prefix, ticker) == (symbol, mic)


def test_an_unknown_prefix_names_the_nearest_known_one():
    with pytest.raises(SymbolError, match="nearest known one is NASDAQ"):
        resolve("NASDQA", "MSFT")


@pytest.mark.parametrize(
    ("written", "symbol"),
    [("TSE:9984", "9984.T"), ("NASDAQ: MSFT", "MSFT"), ("brk-b", "BRK-B"), ("^N225", "^N225")],
)
def test_a_symbol_is_normalised(written, symbol):
    assert normalize_symbol(written) == symbol


@pytest.mark.parametrize(
    "symbol",
    ["", "../../x", "MSFT?x=1", "MSFT\n", "A/B", "ＭＳＦＴ", "a" * 30, "MSFT\x00", "-X", ".."],
)
def test_what_could_escape_a_url_or_a_path_is_no_symbol(symbol):
    with pytest.raises(SymbolError, match="is no symbol"):
        validate_symbol(symbol)


def twice(names):
    return [name for name, count in Counter(names).items() if count > 1]


def test_the_words_of_a_country_are_those_of_an_exchange():
    assert {*_HOME_SIGNS, *_OWN_MONEY} <= {venue.mic for venue in VENUES}


def prefixes_of(venue):
    return [prefix.rstrip("?") for prefix in venue.prefixes.split()]


def test_every_prefix_names_one_exchange():
    prefixes = [prefix for venue in VENUES for prefix in prefixes_of(venue)]

    assert twice(prefixes) == []
    assert "TSE" not in prefixes


def test_every_exchange_of_the_map_is_here(shared):
    rows = (shared / "tickers/exchange_map.csv").read_text().splitlines()[1:]
    mics = {mic for row in rows for mic in row.split(",")[-8].split("/")}

    assert mics <= {venue.mic for venue in VENUES}


@pytest.mark.parametrize(
    ("symbol", "mic"), [("MSFT", "XNYS"), ("9984.T", "XTKS"), ("SAP.DE", "XETR"), ("BRK-B", "XNYS")]
)
def test_a_suffix_names_its_exchange(symbol, mic):
    assert mic_of(symbol) == mic


@pytest.mark.parametrize(
    ("symbol", "currency"),
    [("MSFT", "USD"), ("9984.T", "JPY"), ("EMAAR.AE", "AED"), ("SMSN.IL", None), ("X.ZZ", None)],
)
def test_a_suffix_names_its_currency(symbol, currency):
    assert currency_of(symbol) == currency


@pytest.mark.parametrize(
    ("symbol", "kind"),
    [
        ("BTC-USD", "cryptocurrency"),
        ("ETH-EUR", "cryptocurrency"),
        ("SOL-BTC", "cryptocurrency"),
        ("BTC-CHF", "cryptocurrency"),
        ("XRP-BRL", "cryptocurrency"),
        ("CL=F", "future"),
        ("EURUSD=X", "currency"),
        ("JPY=X", "currency"),
    ],
)
def test_what_has_hours_of_its_own_is_not_taken_for_new_york(symbol, kind):
    with pytest.raises(SymbolError, match=rf"{kind} .*has "):
        calendar_name(mic_of(symbol))


@pytest.mark.parametrize("symbol", ["BRK-B", "BAC-PL", "ACHR-WT", "GF", "X"])
def test_a_class_of_shares_is_no_pair_of_currencies(symbol):
    assert mic_of(symbol) == "XNYS"


@pytest.mark.parametrize("symbol", ["VOD.LN", "7203.TYO", "SAP.GR", "X.ZZ"])
def test_a_suffix_that_no_exchange_has_is_not_taken_for_new_york(symbol):
    with pytest.raises(SymbolError, match="suffix names no exchange known here"):
        calendar_name(mic_of(symbol))


@pytest.mark.parametrize(
    ("symbol", "calendar"),
    [("BRK.B", "XNYS"), ("X.BM", "XHAM"), ("X.TI", "XMIL"), ("X.XA", "XASX")],
)
def test_a_class_of_shares_is_no_suffix_and_smaller_exchanges_have_calendars(symbol, calendar):
    assert calendar_name(mic_of(symbol)) == calendar


def test_a_line_of_an_exchange_says_what_its_fields_may():
    for venue in VENUES:
        assert re.fullmatch(r"[A-Z]{4}", venue.mic)
        assert re.fullmatch(r"[A-Z]{0,3}", venue.suffix)
        assert re.fullmatch(r"([A-Z]{3})?", venue.currency)
        assert venue.tickers in {"", "numbers", "classes"}
        assert re.fullmatch(r"([A-Z]{2} ?)*", venue.bloomberg)
        assert all(re.fullmatch(r"[A-Z0-9]+", prefix) for prefix in prefixes_of(venue))
    codes = [code for venue in VENUES for code in venue.bloomberg.split()]
    assert twice(codes) == []


def test_an_exchange_without_a_calendar_says_so():
    assert calendar_name("PINX") == "XNYS"
    with pytest.raises(SymbolError, match="no trading calendar"):
        calendar_name("XDFM")
    with pytest.raises(SymbolError, match="no exchange known"):
        calendar_name("XXXX")


@given(st.sampled_from(VENUES), st.from_regex(r"[A-Z]{1,4}", fullmatch=True))
def test_every_prefix_resolves_to_a_symbol_of_its_exchange(venue, ticker):
    for prefix in prefixes_of(venue):
        listing = resolve(prefix, ticker)
        assert find_venue(prefix, ticker).mic == listing.mic == venue.mic
        assert listing.symbol.endswith(f".{venue.suffix}") or not venue.suffix


def test_a_cryptocurrency_has_no_sessions():
    with pytest.raises(SymbolError, match="no trading calendar"):
        calendar_name("CRYPTO")


@pytest.mark.parametrize(
    ("index", "calendar"),
    [
        ("^GSPC", "XNYS"), ("^NDX", "XNYS"), ("^STOXX50E", "XPAR"), ("^FCHI", "XPAR"),
        ("^GDAXI", "XETR"), ("^FTSE", "XLON"), ("^N225", "XTKS"), ("^ISEQ", "XDUB"),
        ("^TWOII", "XTAI"), ("^TA125.TA", "XTAE"),
    ],
)  # fmt: skip
def test_an_index_keeps_the_days_of_its_shares(index, calendar):
    assert calendar_name(mic_of(index)) == calendar


def test_every_index_has_one_exchange():
    named = " ".join(INDEXES.values()).split()

    assert twice(named) == []
    assert set(INDEXES) <= {venue.mic for venue in VENUES}
    assert all(validate_symbol(symbol).startswith("^") for symbol in named)


def test_the_days_of_an_index_that_is_unknown_are_nobodys():
    with pytest.raises(SymbolError, match="an index whose exchange isn't known here"):
        calendar_name(mic_of("^SOMETHING"))
