"""Why a return of an event window is missing, and whether it is still to come."""

import numpy as np
import pandas as pd
import pytest
from study_samples import Frame, events, invent

from signals.study.estimate import event_study
from signals.study.factors import FactorTable

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
