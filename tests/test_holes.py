"""Why a return of an event window is missing, and whether it is still to come."""

import numpy as np
import pandas as pd
import pytest
from study_samples import Frame, events, invent

from signals.pipeline import write_report
from signals.study.estimate import event_study
from signals.study.factors import FactorTable
from signals.study.tallies import Tallies

CLOSES = invent("AB")
SESSIONS = CLOSES.index


def told(study, symbol="A"):
    row = study.status.set_index("symbol").loc[symbol]
    return row["status"], row["reason"], row["detail"]


def without_last(n, *symbols):
    """The prices, of which some series lack the last n sessions."""
    late = CLOSES.copy()
    late.loc[SESSIONS[-n:], list(symbols)] = np.nan
    return Frame(late)


def test_a_market_that_is_late_leaves_windows_pending_and_delists_no_share():
    study = event_study(events(("A", SESSIONS[-8])), without_last(3, "SPY"), market="SPY")
    status, reason, detail = told(study)
    assert (status, reason) == ("pending", "market_ends_in_window")
    assert f"market SPY end on {SESSIONS[-4]:%Y-%m-%d}" in detail
    assert "offset 5;" in detail
    assert "delisted" not in detail


def test_an_event_after_the_markets_end_is_none_of_a_share_without_prices():
    late = without_last(3, "SPY")
    study = event_study(events(("A", SESSIONS[-2]), ("B", SESSIONS[-50])), late, market="SPY")
    status, reason, detail = told(study)
    assert (status, reason) == ("lost", "market_prices_end_before_event")
    assert detail.startswith("Prices of SPY end on")
    assert study.unpriced_by_year()["unpriced"].tolist() == [0]


def test_a_share_that_ends_before_its_market_has_its_own_end():
    for of_market, expected in ((2, "studied"), (6, "pending")):
        closes = without_last(of_market, "SPY").closes.copy()
        closes.loc[SESSIONS[-4:], "A"] = np.nan
        table = events(("A", SESSIONS[-8]), ("B", SESSIONS[-60]))
        status, reason, _ = told(event_study(table, Frame(closes), market="SPY"))
        assert (status, reason == "prices_end_in_window") == (expected, expected == "studied")


def test_a_share_and_a_market_that_end_together_are_late():
    study = event_study(events(("A", SESSIONS[-8])), without_last(3, "SPY", "A"), market="SPY")
    assert told(study)[0] == "pending"


def test_factors_that_end_inside_the_window_leave_it_pending():
    rng = np.random.default_rng(0)
    names = ["Mkt-RF", "SMB", "HML", "RF"]
    factors = pd.DataFrame(rng.normal(0, 0.01, (len(CLOSES), 4)), SESSIONS, names)[:-3]
    study = event_study(
        events(("A", SESSIONS[-8])), Frame(CLOSES), model="ff3", factors=FactorTable(factors, "")
    )
    status, reason, detail = told(study)
    assert (status, reason) == ("pending", "factors_end_in_window")
    assert detail.startswith(f"The factors end on {SESSIONS[-4]:%Y-%m-%d}")


@pytest.mark.parametrize(
    ("model", "expected"),
    [("market", ("studied", "")), ("dimson", ("pending", "market_ends_in_window"))],
)
def test_a_model_that_reads_the_next_session_waits_for_it(model, expected):
    study = event_study(events(("A", SESSIONS[-6])), Frame(CLOSES), market="SPY", model=model)
    assert told(study)[:2] == expected


@pytest.fixture
def survivors():
    """Six events, two of shares that end after session 0; the story of a third is a recap."""
    closes = invent("ABCDEF")
    days = SESSIONS[[-60, -50, -45, -40, -35, -30]]
    for symbol, day in zip("AB", days, strict=False):
        closes.loc[SESSIONS[SESSIONS.get_loc(day) + 1] :, symbol] = np.nan
    table = events(*zip("ABCDEF", days, strict=True), recap=["", "", "title", "", "", ""])
    return event_study(table, Frame(closes), market="SPY")


def test_a_mean_of_survivors_counts_who_did_not_survive_with_the_reason(survivors, tmp_path):
    assert "2 of them without some window (prices_end_in_window)" in repr(survivors)
    fates = [(one.status, one.reason, one.n) for one in Tallies.of(survivors.status, None).fates]
    assert fates == [("studied", "prices_end_in_window", 2)]
    page = write_report(survivors, tmp_path / "report.html").read_text()
    assert "The mean of 4 events over sessions 0 to +1" in page
    assert "Of 6 events 2 lack a return in those sessions and are in no such mean." in page
    assert page.count(">studied in part<") == 2
    assert "others go on: it was delisted" in page


def test_nothing_is_said_to_lack_where_every_event_has_its_windows(survivors, tmp_path):
    whole = event_study(
        survivors.events.iloc[2:][["symbol", "session"]], Frame(invent("ABCDEF")), market="SPY"
    )
    page = write_report(whole, tmp_path / "report.html").read_text()
    assert "a return in those sessions" not in page
    assert "studied in part" not in page


def test_some_of_the_events_have_the_status_of_no_others(survivors):
    some = survivors.without_recaps()
    assert some.status["symbol"].tolist() == [*"ABDEF"]
    late = Frame(invent("AB")[:-3])
    table = events(("A", SESSIONS[-8]), ("B", SESSIONS[-60]), ("NONE", SESSIONS[-60]))
    study = event_study(table.assign(recap=["title", "", ""]), late, market="SPY")
    assert "1 of them pending" in repr(study)
    assert "pending" not in repr(study.without_recaps())
    assert study.without_recaps().status["symbol"].tolist() == ["B", "NONE"]
