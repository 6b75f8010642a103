"""No cell of a CSV file that this program writes is a formula to a spreadsheet."""

import csv
import io
import re

import numpy as np
import pandas as pd
import pytest

import signals as sg
from signals.csvtables import arrow_csv_bytes, csv_bytes, harmless
from signals.market.frames import FramePrices

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\u00a0\u3000-1", "\t=1", "\tx", "＝1+1"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_what_a_spreadsheet_would_run_stands_behind_a_quotation_mark(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["\r=1+1", "\r\n=1+1", "\n=1+1", "\n x", "\rx"])
def test_a_line_that_begins_with_a_formula_is_no_cell_of_its_own(cell):
    safe = harmless(cell)
    assert safe.startswith("'\n") and "\r" not in safe


@pytest.mark.parametrize("cell", ["Acme", " Acme - results", "1.5", "", " ", "a=b", 3, -1.5, None])
def test_other_cells_stay(cell):
    assert harmless(cell) is cell


@pytest.mark.parametrize("write", [csv_bytes, arrow_csv_bytes])
def test_a_return_within_a_cell_begins_no_row(write):
    table = pd.DataFrame({"company": ["Acme\r=1+1", "Acme\r\n=1+1"], "n": [1, 2]})

    content = write(table).decode()

    assert "\r" not in content
    assert list(csv.reader(io.StringIO(content)))[1:] == [["Acme\n=1+1", "1"], ["Acme\n=1+1", "2"]]


def test_names_and_indexes_are_written_as_safely_as_cells():
    table = pd.DataFrame({"=x": [1.5, -2.0]}, index=pd.Index(["=a", "b"], name="+by"))
    assert csv_bytes(table, index=True).decode() == "'+by,'=x\n'=a,1.5\nb,-2.0\n"
    levels = pd.MultiIndex.from_tuples([(1, "=a"), (-2, "b")], names=[None, "by"])
    assert csv_bytes(table.set_axis(levels), index=True).decode() == (
        ",by,'=x\n1,'=a,1.5\n-2,b,-2.0\n"
    )
    assert csv_bytes(table).decode() == "'=x\n1.5\n-2.0\n"


def test_an_evaluation_writes_names_of_companies_that_no_spreadsheet_runs(tmp_path):
    days = sg.Sessions("XNYS").labels("2024-01-02", "2024-12-31")
    random = np.random.default_rng(0)
    names = [f"N{number}" for number in range(6)]
    closes = 50 * np.cumprod(1 + 0.01 * random.standard_normal((len(days), 6)), axis=0)
    events = pd.DataFrame(
        [
            (name, day.tz_localize("America/New_York") + pd.Timedelta(hours=12), value, of)
            for day in days[30:60]
            for name, value, of in zip(
                names,
                random.standard_normal(6),
                ["=HYPERLINK(1)", " =HYPERLINK(2)", "Acme\r=HYPERLINK(3)", "D", "E", "F"],
                strict=True,
            )
        ],
        columns=["symbol", "known_at", "score", "company"],
    )
    prices = FramePrices(pd.DataFrame(closes, days, names))

    sg.evaluate(events, prices, horizons=[1]).write(tmp_path)

    files = {path.name: path.read_text() for path in tmp_path.glob("*.csv")}
    assert "HYPERLINK" in files["observations.csv"] and "HYPERLINK" in files["events_ravenpack.csv"]
    for content in files.values():
        assert "\r" not in content
        cells = [cell for row in csv.reader(io.StringIO(content)) for cell in row]
        assert not [cell for cell in cells if re.match(r"\s*=", cell)]


def test_every_table_goes_through_the_one_writer(root):
    writers = {
        path.relative_to(root / "signals").as_posix()
        for path in (root / "signals").rglob("*.py")
        if re.search(r"\bto_csv\(|csv\.writer\(|csv\.DictWriter\(", path.read_text("utf-8"))
    }
    # Prices and dates that go into a report are read again, cell by cell; an export writes rows
    # one by one, and passes each cell through ``harmless``.
    assert writers == {"csvtables.py", "batch/inputs.py", "batch/export.py"}
