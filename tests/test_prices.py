from __future__ import annotations

import csv
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from signals.errors import PriceError
from signals.market.csvfiles import _read_at_once, _read_lines
from signals.market.csvprices import CsvPrices
from signals.market.frames import FramePrices
from signals.market.prices import PriceSource, build_table
from signals.market.quality import FAULT_COLUMNS, Fault

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "prices"
START, END = pd.Timestamp("2025-07-01"), pd.Timestamp("2025-07-31")

WIDE = "date,MSFT,BRK-B\n2025-07-01,490.5,480\n2025-07-02,491,\n2025-07-03,498.84,485.25\n"
SINGLE = (
    "Date,Open,High,Low,Close,Adj Close,Volume\n"
    "2025-07-01,100,110,90,104,52,1000\n"
    "2025-07-02,105,110,90,106,53,2000\n"
    "2025-07-03,106,110,90,108,54,\n"
)


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def faults_of(table) -> list[tuple[str, str, str]]:
    return list(table.faults[["symbol", "fault", "action"]].itertuples(index=False, name=None))


def test_the_sample_holds_the_figures_of_its_source():
    source = ROOT.parent / "shared" / "data" / "demo" / "closes.csv"
    if not source.exists():
        pytest.skip("the shared data are not here")
    assert (SAMPLE / "closes.csv").read_bytes() == source.read_bytes()


def test_the_sample_is_read_to_the_last_digit_and_without_a_fault():
    table = CsvPrices(SAMPLE).history(["SPY", "MSFT"], pd.Timestamp("2024-01-01"), END)
    with (SAMPLE / "closes.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["date"]: row for row in csv.DictReader(file) if row["date"] <= "2025-07-31"}
    assert list(table.closes.columns) == ["SPY", "MSFT"]
    assert [f"{day:%Y-%m-%d}" for day in table.closes.index] == list(rows)
    for symbol in table.closes:
        assert list(table.closes[symbol]) == [float(row[symbol]) for row in rows.values()]
    assert table.faults.empty
    assert tuple(table.faults.columns) == FAULT_COLUMNS
    assert table.opens is None
    assert table.volume is None
    assert (table.snapshot.source, table.snapshot.fetched_at) == ("csv", None)


def test_a_wide_file_alone_and_in_a_folder_give_the_same_table(tmp_path):
    path = folder(tmp_path, prices=WIDE)
    (path / "README.md").write_text("no prices here", encoding="utf-8")
    tables = [
        CsvPrices(one).history(["BRK-B", "MSFT"], START, END) for one in (path, path / "prices.csv")
    ]
    assert tables[0].closes.equals(tables[1].closes)
    assert tables[0].snapshot == tables[1].snapshot
    assert np.isnan(tables[0].closes.loc["2025-07-02", "BRK-B"])


def test_a_file_of_one_symbol_gives_adjusted_opens_and_volume(tmp_path):
    table = CsvPrices(folder(tmp_path, **{"brk-b": SINGLE})).history(["BRK-B"], START, END)
    assert list(table.closes["BRK-B"]) == [52, 53, 54]
    assert table.opens is not None
    assert list(table.opens["BRK-B"]) == [50, 52.5, 53]
    assert table.volume is not None
    assert table.volume["BRK-B"].isna().tolist() == [False, False, True]


def test_both_shapes_stand_side_by_side(tmp_path):
    path = folder(tmp_path, wide=WIDE, SPY=SINGLE)
    table = CsvPrices(path).history(["MSFT", "SPY"], START, END)
    assert list(table.closes.columns) == ["MSFT", "SPY"]
    assert table.opens is not None
    assert table.opens.columns.equals(table.closes.columns)
    assert table.opens["MSFT"].isna().all()


def test_closes_alone_are_taken_as_adjusted_and_that_is_marked(tmp_path):
    text = "date,close,adj_close\n2025-07-01,1.5,\n2025-07-02,1.6,\n"
    table = CsvPrices(folder(tmp_path, MSFT=text)).history(["MSFT"], START, END)
    assert list(table.closes["MSFT"]) == [1.5, 1.6]
    assert faults_of(table) == [("MSFT", "adjustment_unknown", "marked")]


@pytest.mark.parametrize(
    "called",
    [
        "Adj Close",
        "Adj Close**",
        "Adjusted_close",
        "Adj. Close",
        "adjClose",
        "closeadj",
        "Adjusted",
    ],
)
def test_adjusted_closes_are_known_by_the_names_that_vendors_give_them(tmp_path, called):
    text = f"Date,Close,{called}\n2025-07-01,100,90\n2025-07-02,90,90\n"
    bars = pd.DataFrame(
        {"Close": [100.0, 90.0], called: [90.0, 90.0]},
        index=pd.DatetimeIndex(["2025-07-01", "2025-07-02"]),
    )
    one = CsvPrices(folder(tmp_path, MSFT=text))
    for prices in (one, FramePrices(pd.concat({"MSFT": bars}, axis=1))):
        table = prices.history(["MSFT"], START, END)
        assert list(table.closes["MSFT"]) == [90, 90]
        assert table.faults.empty


@pytest.mark.parametrize(
    ("names", "fault"),
    [
        ("dividend_amount,split_coefficient", "missed_dividend"),
        ("Ex-Dividend,Split Ratio", "missed_dividend"),
        ("divCash,splitFactor", "missed_dividend"),
        ("paid,parted", None),
    ],
)
def test_dividends_are_known_by_the_names_that_vendors_give_them(tmp_path, names, fault):
    text = f"date,close,adjClose,{names}\n2025-07-01,100,100,0,1\n2025-07-02,90,90,10,1\n"
    table = CsvPrices(folder(tmp_path, MSFT=text)).history(["MSFT"], START, END)
    assert list(table.faults["fault"]) == ([] if fault is None else [fault])


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Date,Close,Close (adj. for splits)", r"a column 'Close \(adj. for splits\)'.* adj_close"),
        ("Date,Open,High,Low,Last,Volume", "open, high, low, volume: the bars of one symbol"),
        ("Date,High,Low,Settle", "bars of one symbol without a column close"),
    ],
)
def test_bars_without_closes_that_are_known_are_refused(tmp_path, header, words):
    row = ",".join(["2025-07-01", *["1"] * header.count(",")])
    with pytest.raises(PriceError, match=words):
        CsvPrices(folder(tmp_path, AAPL=f"{header}\n{row}\n"))
    names = header.split(",")[1:]
    bars = pd.DataFrame([[1.0] * len(names)], [pd.Timestamp("2025-07-01")], names)
    with pytest.raises(PriceError, match=words):
        FramePrices(bars)


def test_shares_whose_symbols_are_words_of_bars_are_shares(tmp_path):
    text = "date,AAPL,LOW,OPEN\n2025-07-01,200,230,1\n"
    table = CsvPrices(folder(tmp_path, prices=text)).history(["LOW", "OPEN"], START, END)
    assert table.closes.iloc[0].to_dict() == {"LOW": 230, "OPEN": 1}


def test_both_ends_of_the_range_are_included(tmp_path):
    source = CsvPrices(folder(tmp_path, prices=WIDE))
    days = source.history(
        ["MSFT"], pd.Timestamp("2025-07-02"), pd.Timestamp("2025-07-03")
    ).closes.index
    assert list(days.strftime("%d")) == ["02", "03"]
    assert days.name == "session"
    assert days.dtype == "datetime64[us]"


def test_a_text_is_one_symbol_and_no_list_of_letters(tmp_path):
    wide = FramePrices(frame()), CsvPrices(folder(tmp_path, prices=WIDE))
    for source in wide:
        table = source.history("MSFT", START, END)
        assert list(table.closes.columns) == ["MSFT"]
        assert table.faults.empty


def test_a_symbol_without_prices_is_a_row_with_a_reason(tmp_path):
    table = CsvPrices(folder(tmp_path, prices=WIDE)).history(["NVDA", "MSFT"], START, END)
    assert list(table.closes.columns) == ["MSFT"]
    assert faults_of(table) == [("NVDA", "no_prices", "refused")]
    assert "it has BRK-B, MSFT" in table.faults["detail"][0]
    assert str(tmp_path.parent) not in table.faults["detail"][0]


def test_why_a_symbol_has_no_price_is_said_once_and_names_it():
    index = pd.DatetimeIndex(["2025-07-01"], name="session")
    faults = [
        Fault("NVDA", None, "no_prices", "refused", "The folder holds no price of NVDA."),
        Fault("MSFT", None, "rate_limited", "refused", "Yahoo takes no more requests: wait."),
    ]
    table = build_table(pd.DataFrame(index=index), source="Yahoo", fetched_at=None, faults=faults)
    assert table.why_missing("NVDA") == "The folder holds no price of NVDA."
    assert table.why_missing("MSFT") == "MSFT: Yahoo takes no more requests: wait."
    assert table.why_missing("AAPL") == "Yahoo has no prices of AAPL."


def test_prices_outside_the_range_are_no_prices(tmp_path):
    table = CsvPrices(folder(tmp_path, prices=WIDE)).history(
        ["MSFT"], pd.Timestamp("2020-01-01"), pd.Timestamp("2020-12-31")
    )
    assert table.closes.shape == (0, 0)
    assert faults_of(table) == [("MSFT", "no_prices", "refused")]


def test_an_impossible_price_takes_the_symbol_out(tmp_path):
    text = WIDE.replace("491,", "-491,")
    table = CsvPrices(folder(tmp_path, prices=text)).history(["MSFT", "BRK-B"], START, END)
    assert list(table.closes.columns) == ["BRK-B"]
    assert ("MSFT", "price_not_positive", "refused") in faults_of(table)


@pytest.mark.parametrize("extra", ["", "2025-06-30, 500 ,n/a\n"])  # at once, and line by line
def test_a_file_with_its_newest_date_first_gives_the_same_table(tmp_path, extra):
    head, *rows = WIDE.splitlines(keepends=True)
    (tmp_path / "a").mkdir()
    ascending = CsvPrices(folder(tmp_path / "a", prices=head + extra + "".join(rows)))
    falling = CsvPrices(folder(tmp_path, prices=head + "".join(rows[::-1]) + extra))
    tables = [one.history(["MSFT", "BRK-B"], START, END) for one in (ascending, falling)]
    pd.testing.assert_frame_equal(tables[0].closes, tables[1].closes)
    assert tables[1].closes["MSFT"].iloc[-1] == 498.84
    assert faults_of(tables[0]) == faults_of(tables[1])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (WIDE + "2025-07-03,1,1\n", r"prices\.csv, line 5: 2025-07-03 follows 2025-07-03"),
        (WIDE + "\n2025-07-01,1,1\n", r"prices\.csv, line 6: 2025-07-01 follows 2025-07-03"),
        (
            "date,MSFT\n2025-07-03,1\n2025-07-02,1\n2025-07-04,1\n",
            r"line 4: 2025-07-04 follows 2025-07-02; dates ascend, or all descend, each once",
        ),
        ("date,MSFT\n2025-07-03,1\n2025-07-02,1\n2025-07-02,1\n", r"line 4: .* follows"),
        (WIDE + "07/21/2025,1,1\n", r"line 5: '07/21/2025' is no date; write it as 2025-07-21"),
        (WIDE + "2025-02-30,1,1\n", "'2025-02-30' is no date"),
        (WIDE + "2025-07-04T16:00,1,1\n", "is no date"),
        (WIDE + "2025-07-04,1.234.5,1\n", r"line 5: '1\.234\.5' is no number"),
        (WIDE + '2025-07-04,"1,234",1\n', "'1,234' is no number"),
        (WIDE + "2025-07-04,1\n", "line 5: it has 2 fields, the header has 3"),
        (WIDE + "2025-07-04,1,1,1\n", "it has 4 fields"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path, text, words):
    source = CsvPrices(folder(tmp_path, prices=text))
    with pytest.raises(PriceError, match=words):
        source.history(["MSFT"], START, END)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("day,MSFT\n2025-07-01,1\n", "its first line is 'day,MSFT'"),
        ("date;MSFT\n2025-07-01;1\n", "no column called date"),
        ("", "no column called date"),
        ("date,MSFT,MSFT\n", "two columns 'msft'"),
        ("date,../x\n", "a column is a symbol"),
        ("date,\n", "a column is a symbol"),
    ],
)
def test_a_header_that_fits_no_shape_is_refused_at_once(tmp_path, text, words):
    with pytest.raises(PriceError, match=words):
        CsvPrices(folder(tmp_path, prices=text))


@pytest.mark.parametrize("name", ["session", ""])
def test_a_table_as_pandas_writes_it_is_read_again(tmp_path, name):
    table = CsvPrices(SAMPLE).history(["MSFT"], START, END)
    table.closes.rename_axis(name).to_csv(tmp_path / "closes.csv")

    again = CsvPrices(tmp_path).history(["MSFT"], START, END)

    pd.testing.assert_frame_equal(again.closes, table.closes)


def test_a_file_of_one_symbol_must_be_called_after_it(tmp_path):
    with pytest.raises(PriceError, match="it is called after it"):
        CsvPrices(folder(tmp_path, **{"prices of MSFT": SINGLE}))


def test_a_table_with_a_row_a_symbol_and_day_is_told_how_to_be_one_column_a_symbol(tmp_path):
    rows = "date,Symbol,close\n2025-07-01,MSFT,490\n2025-07-01,SPY,600\n"
    with pytest.raises(PriceError, match=r"'symbol', which says 'MSFT'.*frame\.pivot"):
        CsvPrices(folder(tmp_path, prices=rows))

    alone = folder(tmp_path, prices=WIDE, SPY="date,symbol,close\n2025-07-01,SPY,600\n")
    assert CsvPrices(alone).history(["SPY"], START, END).closes.shape == (1, 1)


def test_a_symbol_in_two_files_is_refused(tmp_path):
    with pytest.raises(PriceError, match=r"MSFT is in MSFT\.csv and in wide\.csv"):
        CsvPrices(folder(tmp_path, MSFT=SINGLE, wide=WIDE))


def test_a_missing_folder_an_empty_one_and_bytes_that_are_no_text_are_refused(tmp_path):
    with pytest.raises(PriceError, match="is no folder or file"):
        CsvPrices(tmp_path / "nowhere")
    with pytest.raises(PriceError, match="has no CSV file"):
        CsvPrices(tmp_path)
    (tmp_path / "x.csv").write_bytes(b"date,\xff\xfe\n")
    with pytest.raises(PriceError, match=r"x\.csv can't be read as CSV"):
        CsvPrices(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_an_error(tmp_path):
    path = folder(tmp_path, prices=WIDE) / "prices.csv"
    path.chmod(0)
    with pytest.raises(PriceError, match=r"prices\.csv can't be read"):
        CsvPrices(path)


def test_dates_with_a_midnight_and_a_byte_order_mark_are_read(tmp_path):
    text = "﻿Date, MSFT\r\n2025-07-01 00:00:00-04:00,1.5\r\n2025-07-02T00:00:00Z,nan\r\n"
    table = CsvPrices(folder(tmp_path, prices=text)).history(["MSFT"], START, END)
    assert list(table.closes["MSFT"]) == [1.5]
    assert table.closes.index[0] == START


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (END, START, "before its start"),
        (START.tz_localize("UTC"), END, "without a time zone"),
    ],
)
def test_a_range_that_is_none_is_refused(start, end, words):
    for source in (CsvPrices(SAMPLE), FramePrices(frame())):
        with pytest.raises(PriceError, match=words):
            source.history(["MSFT"], start, end)


def frame(unit: str = "us") -> pd.DataFrame:
    days = pd.DatetimeIndex(["2025-07-01", "2025-07-02", "2025-07-03"]).as_unit(unit)
    return pd.DataFrame(
        {"MSFT": [490.5, 491.0, 498.84], "BRK-B": [480.0, np.nan, 485.25]}, index=days
    )


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_frame_and_a_file_with_the_same_prices_have_the_same_hash(tmp_path, unit):
    from_file = CsvPrices(folder(tmp_path, prices=WIDE)).history(["MSFT", "BRK-B"], START, END)
    from_frame = FramePrices(frame(unit)).history(["BRK-B", "MSFT"], START, END)
    assert from_file.snapshot.hash == from_frame.snapshot.hash
    assert len(from_file.snapshot.hash) == 64


def test_one_changed_price_changes_the_hash():
    before = FramePrices(frame()).history(["MSFT"], START, END).snapshot.hash
    changed = frame()
    changed.iloc[1, 0] = np.nextafter(491.0, 492.0)
    assert FramePrices(changed).history(["MSFT"], START, END).snapshot.hash != before


def test_a_frame_that_changes_later_changes_no_table():
    mine = frame()
    source = FramePrices(mine)
    mine.iloc[:, :] = 1.0
    assert source.history(["MSFT"], START, END).closes["MSFT"].iloc[0] == 490.5


def test_a_symbol_that_the_frame_lacks_is_a_row_with_a_reason():
    table = FramePrices(frame()).history(["NVDA", "MSFT", "MSFT"], START, END)
    assert list(table.closes.columns) == ["MSFT"]
    assert faults_of(table) == [("NVDA", "no_prices", "refused")]


@pytest.mark.parametrize(
    ("closes", "words"),
    [
        (frame().reset_index(drop=True), r"frame.set_index\('date'\)"),
        (
            frame().set_axis(pd.period_range("2024-01", periods=3, freq="M")),
            r"frame.to_timestamp\(\)",
        ),
        (frame().set_axis(["1", "2", "3"]), "set_axis.pandas.to_datetime"),
        (frame().set_axis(["2025-07-01", "2025-07-02", "2025-07-32"]), "frame of prices is none"),
        (frame().set_axis(["2025-07-01", "2025-07-02", None]), "holds no dates"),
        (frame().set_axis(frame().index + pd.Timedelta(hours=16)), r"index.normalize\(\)"),
        (pd.concat([frame(), frame().tail(1)]), "2025-07-03 is in the frame of prices twice"),
        (frame().set_index("MSFT", append=True), r"frame\['close'\].unstack\('symbol'\)"),
        (frame().T, "frame.T has a row a date"),
        (pd.concat({"Bid": frame(), "Ask": frame()}, axis=1), "'Close' or 'Adj Close'"),
        (frame().set_axis(["Open", "Close"], axis=1), r"pandas.concat\({'MSFT': frame}, axis=1"),
        (frame().assign(Ticker="A"), "'Ticker'.*frame.pivot"),
        (frame().set_axis([1, 2], axis=1), "named by no symbol"),
        (frame().set_axis(["A", "A"], axis=1), "two columns 'A'"),
        (frame().astype("str"), r"holds no numbers: frame.astype\('float64'\)"),
    ],
)
def test_a_frame_of_another_shape_is_refused(closes, words):
    with pytest.raises(PriceError, match=words):
        FramePrices(closes)


def test_they_are_price_sources():
    assert isinstance(CsvPrices(SAMPLE), PriceSource)
    assert isinstance(FramePrices(frame()), PriceSource)


@settings(deadline=None, max_examples=50)
# Within a factor of 1.4: a larger jump is for the gate to judge.
@given(st.lists(st.floats(1.0, 1.4), min_size=1, max_size=20))
def test_every_number_survives_its_file(tmp_path_factory, prices):
    days = pd.bdate_range("2025-01-02", periods=len(prices))
    lines = [f"{day:%Y-%m-%d},{price!r}" for day, price in zip(days, prices, strict=True)]
    path = folder(tmp_path_factory.mktemp("prices"), p="date,MSFT\n" + "\n".join(lines) + "\n")
    table = CsvPrices(path).history(
        ["MSFT"], pd.Timestamp("2025-01-01"), pd.Timestamp("2025-12-31")
    )
    assert list(table.closes["MSFT"]) == prices


CELLS = st.one_of(
    st.floats(allow_nan=False).map(repr),
    st.sampled_from("1e5 -1 +2.5 .5 5. 007 1_000 inf -Infinity nan NaN NA null".split()),
    st.sampled_from("- 0x10 1d5 1e400 True 1,5".split()),
    st.sampled_from(["", " ", " 1.5", "1.5 ", "\t2", '"3"', "1.0\r", "é", "1 2", "--1"]),
)
DAYS = st.sampled_from(
    [
        *("2025-07-21", "2025-07-22", "2025-07-23", "2025-02-30", "2025-7-24", "20250725", "x"),
        *("", " 2025-07-27", "2025-07-26T00:00", "2025-07-28 00:00:00", "0000-01-01"),
        *("2025-07-29 00:00:00-04:00", "2025-07-30T00:00:00Z", "2025-07-31 09:30:00-04:00"),
    ]
)


@given(
    st.lists(st.tuples(DAYS, CELLS, CELLS).map(",".join), max_size=5),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n", "\n\n", ",,\n", "a,b\n"]),
)
@settings(max_examples=200)
def test_what_is_read_all_at_once_is_what_is_read_line_by_line(tmp_path_factory, rows, end, last):
    file = tmp_path_factory.getbasetemp() / "MSFT.csv"
    file.write_text(end.join(["date,adj_close,close", *rows]) + end + last, newline="")

    found = _read_at_once(file, 0, [1, 2])

    if found is not None:
        days, values = _read_lines(file, 0, [1, 2])
        np.testing.assert_array_equal(found[0], days)
        np.testing.assert_array_equal(found[1], values)


def test_a_number_without_end_takes_the_memory_of_one(tmp_path):
    days = pd.bdate_range("2010-01-04", periods=2000).strftime("%Y-%m-%d")
    long = "1." + "0" * 40_000
    rows = [f"{day},{long if place == 7 else 2}" for place, day in enumerate(days)]
    (tmp_path / "MSFT.csv").write_text("Date,Close\n" + "\n".join(rows))
    tracemalloc.start()
    table = CsvPrices(tmp_path).history(["MSFT"], *map(pd.Timestamp, (days[0], days[-1])))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6
    assert table.closes["MSFT"].iloc[[6, 7, 8]].tolist() == [2, 1, 2]


def test_a_plain_file_is_read_all_at_once(tmp_path):
    (days, values) = _read_at_once(SAMPLE / "closes.csv", 0, [1, 2])
    assert len(days) == len(values) > 250

    folder(tmp_path, MSFT="date,adj_close,close\n2025-07-21,1,\n2025-07-22,,2.5\n")
    (days, values) = _read_at_once(tmp_path / "MSFT.csv", 0, [1, 2])
    assert days.astype("datetime64[D]").astype(str).tolist() == ["2025-07-21", "2025-07-22"]
    np.testing.assert_array_equal(values, [[1, np.nan], [np.nan, 2.5]])


def test_what_yfinance_writes_is_read_all_at_once(tmp_path):
    (tmp_path / "MSFT.csv").write_text(BARS)
    (days, values) = _read_at_once(tmp_path / "MSFT.csv", 0, [4, 5, 7])
    assert [str(day)[:10] for day in days] == ["2025-07-21", "2025-07-22", "2025-07-23"]
    np.testing.assert_array_equal(values[:, 2], [0, 0, 2])


def test_digits_with_an_underscore_are_no_number(tmp_path):
    source = CsvPrices(folder(tmp_path, prices=WIDE + "2025-07-04,1_000,1\n"))
    with pytest.raises(PriceError, match="'1_000' is no number"):
        source.history(["MSFT"], START, END)


BARS = """Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits
2025-07-21 00:00:00-04:00,100,103,99,102,100,1000,0,0.0
2025-07-22 00:00:00-04:00,102,104,101,103,100.9804,1000,0,0.0
2025-07-23 00:00:00-04:00,101,102,100,101,101,1000,2,0.0
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("100.9804", "100.98", None),
        (",104,", ",101.5,", ("bar_contradicts", "marked")),
        (",101,101,1000", ",101,99.0,1000", ("missed_dividend", "marked")),
        ("2,0.0", "0,0.0", ("unexplained_adjustment", "marked")),
        ("2,0.0", "2,4.0", None),  # of a split the closes have been told already
        (",102,104,101,103,100.9804", ",25,26,25,25.5,25", ("large_return", "marked")),
        (",103,100.9804", ",0,100.9804", ("close_not_positive", "marked")),
    ],
)
def test_a_file_of_bars_is_checked_as_a_vendors_answer_is(tmp_path, old, new, fault):
    (tmp_path / "MSFT.csv").write_text(BARS.replace(old, new))
    table = CsvPrices(tmp_path).history(["MSFT"], *map(pd.Timestamp, ("2025-07-01", "2025-07-31")))
    found = list(table.faults[["fault", "action"]].itertuples(index=False, name=None))
    assert found[:1] == [] if fault is None else fault in found


def test_a_close_of_nothing_leaves_its_session_without_an_open(tmp_path):
    (tmp_path / "MSFT.csv").write_text(BARS.replace(",103,100.9804", ",0,100.9804"))
    table = CsvPrices(tmp_path).history(["MSFT"], *map(pd.Timestamp, ("2025-07-01", "2025-07-31")))
    assert table.opens["MSFT"].isna().tolist() == [False, True, False]
    assert table.closes["MSFT"].tolist() == [100, 100.9804, 101]


@pytest.mark.parametrize("opened", ["0", "-3", "inf"])
def test_an_open_that_can_not_be_is_none_and_that_is_marked(tmp_path, opened):
    text = f"date,open,close,adj_close\n2025-07-21,99,100,50\n2025-07-22,{opened},102,51\n"
    table = CsvPrices(folder(tmp_path, MSFT=text)).history(["MSFT"], START, END)
    assert table.opens["MSFT"].fillna(0).tolist() == [49.5, 0]
    assert table.closes["MSFT"].tolist() == [50, 51]
    assert faults_of(table) == [("MSFT", "open_impossible", "marked")]
    assert table.faults["detail"][0].startswith("1 of its opens are zero, negative or infinite")


def test_a_file_with_a_split_that_was_not_applied_is_refused(tmp_path):
    text = BARS.replace("0,0.0\n2025-07-23", "0,4.0\n2025-07-23")
    text = text.replace(",102,104,101,103,100.9804", ",25,26,25,25.5,25")
    (tmp_path / "MSFT.csv").write_text(text)
    table = CsvPrices(tmp_path).history(["MSFT"], *map(pd.Timestamp, ("2025-07-01", "2025-07-31")))
    assert table.closes.empty
    assert ("bad_split", "refused") in list(
        table.faults[["fault", "action"]].itertuples(index=False, name=None)
    )


def test_a_table_shows_in_a_line_what_it_holds():
    table = CsvPrices(SAMPLE).history(["MSFT", "SPY"], START, END)

    assert repr(table) == (
        "<PriceTable: MSFT, SPY; 22 sessions from 2025-07-01 to 2025-07-31; csv, 0 faults>"
    )


def test_returns_given_for_prices_are_asked_about():
    index = pd.bdate_range("2025-07-01", periods=8, name="session")
    returns = pd.DataFrame({"MSFT": [0.01, -0.02, 0.003, -0.001, 0.0, 0.01, -0.01, 0.02]}, index)
    refused = FramePrices(returns).history(["MSFT"], index[0], index[-1]).faults

    assert refused["detail"].str.contains("Are these returns, not prices?").any()
