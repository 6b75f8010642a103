"""Tables of factors: French's files as he writes them, and frames of one's own."""

import numpy as np
import pandas as pd
import pytest
from study_samples import Frame, events, invent

from signals.errors import StudyError
from signals.study.estimate import event_study
from signals.study.factors import FactorTable, read_factors
from signals.study.models import named_factors


def test_frenchs_files_are_read_as_percent_with_their_vintage(tmp_path):
    file = tmp_path / "F-F_Factors_daily.csv"
    lines = ["Made from the 202604 CRSP data.", "", ",Mkt-RF,SMB,RF", "20250721,  0.50,-99.99,0.02"]
    file.write_text("\n".join([*lines, "20250722, -1.00, 0.30,0.02", "", "Copyright"]))
    table = FactorTable.read_french(file)
    assert table.vintage == "202604"
    assert table.returns.loc["2025-07-22", "Mkt-RF"] == pytest.approx(-0.01)
    assert np.isnan(table.returns.loc["2025-07-21", "SMB"])


def test_french_files_are_fractions_with_their_vintage(shared):
    folder = shared / "factors"
    names = ("Research_Data_5_Factors_2x3", "Momentum_Factor")
    files = [folder / f"F-F_{name}_daily_202604.csv" for name in names]
    table = FactorTable.read_french(*files)
    assert table.vintage == "202604"
    assert table.origin.endswith("F-F_Momentum_Factor_daily_202604.csv, vintage 202604")
    columns = ["Mkt-RF", "SMB", "HML", "RMW", "CMA", "RF", "Mom"]
    assert list(table.returns.columns) == columns
    row = table.returns.loc["1963-07-02"]
    np.testing.assert_allclose(row[columns[:6]], [79e-4, -26e-4, 26e-4, -7e-4, -2e-3, 1e-4])
    assert 0.008 < table.returns["Mkt-RF"].std() < 0.013


@pytest.mark.parametrize(
    "shape",
    [
        lambda one: one.iloc[::-1],
        lambda one: one.tz_localize("America/New_York"),
        lambda one: one.set_axis(one.index.strftime("%Y-%m-%d")),
        lambda one: one.set_axis(one.index.to_period("D")),
        lambda one: one.rename_axis("Date").reset_index(),
        lambda one: FactorTable(one.set_axis(one.index.strftime("%Y-%m-%d"))),
    ],
)
def test_factors_are_read_by_session_in_the_shapes_that_prices_have(shape):
    days = pd.DatetimeIndex(["2025-07-21", "2025-07-22"])
    given = pd.DataFrame({"SMB": [0.01, -0.02], "RF": [0.0, 0.0]}, days)
    found = read_factors(shape(given))
    assert found.index.equals(days.as_unit("us"))
    assert found.to_dict("list") == {"SMB": [0.01, -0.02], "RF": [0.0, 0.0]}


@pytest.mark.parametrize(
    ("index", "cure"),
    [
        ([20250721, 20250722], r"pandas.to_datetime\(frame.index.astype\('str'\)\)"),
        (pd.DatetimeIndex(["2025-07-21"] * 2), "2025-07-21 is in the frame of factors twice"),
    ],
)
def test_factors_without_dates_are_told_how_to_have_them(index, cure):
    with pytest.raises(StudyError, match=cure):
        read_factors(pd.DataFrame({"SMB": [0.01, -0.02]}, index))


def test_factors_that_end_early_lose_the_events_after_them_by_that_name():
    closes = invent("AB")
    names = ["Mkt-RF", "SMB", "HML", "RF"]
    values = np.random.default_rng(0).normal(0, 0.01, (len(closes), 4))
    factors = pd.DataFrame(values, closes.index, names)[: pd.Timestamp("2025-04-01")]
    study = event_study(
        events(("A", "2025-03-12"), ("B", "2025-07-22")),
        Frame(closes),
        model="ff3",
        factors=factors,
    )
    assert study.status["reason"].tolist() == ["", "factors_end_before_event"]
    assert "factors end on 2025-04-01, before the event" in study.status["detail"].iloc[1]


@pytest.mark.parametrize("missing", ["drop", "trade_to_trade"])
def test_a_share_that_is_called_as_a_factor_keeps_its_own_prices(missing):
    closes = invent(["KEY"])
    closes = closes.assign(SMB=closes["KEY"], RF=closes["KEY"], HML=closes["KEY"])
    names = ["Mkt-RF", "SMB", "HML", "RF"]
    values = np.random.default_rng(0).normal(0, 0.01, (len(closes), 4))
    study = event_study(
        events(*[(name, "2025-03-12") for name in ("KEY", "SMB", "RF", "HML")]),
        Frame(closes),
        model="ff3",
        factors=pd.DataFrame(values, closes.index, names),
        missing=missing,
    )
    assert study.status["reason"].tolist() == [""] * 4
    for one in (study.abnormal, study.sar):
        assert (one.to_numpy() == one.to_numpy()[0]).all()


def test_another_model_leaves_out_events_before_which_its_factors_are_too_few():
    closes = invent("AB")
    rng = np.random.default_rng(1)
    oil = pd.DataFrame({"gold": rng.normal(0, 0.01, len(closes))}, closes.index)
    oil["oil"] = oil["gold"].where(closes.index >= "2025-02-03") * 0.5 + rng.normal(
        0, 0.01, len(closes)
    )
    study = event_study(
        events(("A", "2025-03-12"), ("B", "2025-08-22")),
        Frame(closes),
        model=named_factors("gold"),
        factors=oil,
        min_obs=100,
    )
    with_oil = study.sensitivity([named_factors("gold"), named_factors("gold", "oil")], ((0, 1),))
    assert with_oil["n"].tolist() == [2, 1]
