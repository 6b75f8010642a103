"""Reactions to a score: what is held against what, event by event."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student  # noqa: TID251 (the oracle)
from study_samples import Frame, events, invent

import signals as sg
from signals.errors import StudyError
from signals.study.effects import excess_size, excess_volume
from signals.study.estimate import event_study
from signals.study.windows import WindowResults


@pytest.mark.parametrize("missing", ["drop", "trade_to_trade"])
def test_volume_is_counted_in_the_sessions_of_the_events_own_exchange(missing):
    york, london = invent(["A"]), invent(["B.L"], mic="XLON", seed=1)
    closes = york.join(london.rename(columns={"SPY": "^FTSE"}), how="outer")
    noise = np.random.default_rng(2).lognormal(12, 0.3, closes.shape)
    traded = pd.DataFrame(noise, closes.index, closes.columns).where(closes.notna())

    class Traded(Frame):
        def history(self, symbols, start, end):
            table = super().history(symbols, start, end)
            return replace(table, volume=traded.loc[start:end, table.closes.columns])

    # Beside holidays of one exchange alone: Labour Day, the May and the August bank holiday.
    days = ["2024-09-03", "2025-05-06", "2024-08-23", "2025-01-21"]
    study = event_study(
        events(*[(symbol, day) for symbol in ("A", "B.L") for day in days]),
        Traded(closes),
        market={"A": "SPY", "B.L": "^FTSE"},
        missing=missing,
    )
    expected = []
    for symbol, day in zip(study.events["symbol"], study.events["session"], strict=True):
        own = np.log(traded[symbol].dropna())
        at = own.index.get_loc(day)
        expected.append(own.iloc[at - 1 : at + 2].mean() - own.iloc[at - 250 : at - 10].mean())

    found = excess_volume(study, WindowResults(study.sample, -1, 1))
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert study.sentiment(window=(-1, 1), column="n_obs").loc["log_volume", "n"] == len(days) * 2


def test_an_infinite_score_is_no_score():
    days = ("2025-03-03", "2025-04-01", "2025-05-01", "2025-06-02", "2025-07-01")
    scores = [0.5, 0.2, -0.4, -0.1, np.nan]
    tables = []
    for last in (np.nan, np.inf):
        table = events(*[("A", day) for day in days]).assign(score=[*scores[:4], last])
        tables.append(event_study(table, Frame(invent("A")), market="SPY").sentiment())

    pd.testing.assert_frame_equal(*tables)
    assert tables[1].loc["spread", "n_positive"] == 2


@pytest.mark.usefixtures("sketched")
def test_events_in_a_session_before_their_news_are_said_to_look_ahead(tmp_path):
    evening = pd.Timestamp("2025-07-22 20:00", tz="America/New_York")
    table = events(("A", "2025-07-22"), ("B", "2025-07-22"), ("C", "2025-07-23"))
    study = event_study(table.assign(known_at=evening), Frame(invent("ABC")), market="SPY")
    assert study.flags()["before_news"].tolist() == [True, True, False]
    assert "; 2 in a session before the news: looks ahead" in repr(study)
    page = sg.write_report(study, tmp_path / "out.html").read_text(encoding="utf-8")
    assert "Look-ahead: 2 of 3 events stand in a session that had closed" in page
    noon = evening - pd.Timedelta(hours=8)
    study = event_study(table.assign(known_at=noon), Frame(invent("ABC")), market="SPY")
    assert not study.flags()["before_news"].any()
    assert "looks ahead" not in study._repr_html_()
    assert "Look-ahead:" not in sg.write_report(study, tmp_path / "out.html").read_text("utf-8")


@pytest.mark.usefixtures("sketched")
@pytest.mark.parametrize("unread", ["in the evening", "2025-07-21", "2025-07-21T20:00:00", 7])
def test_a_time_that_can_not_be_read_hides_no_look_ahead_of_others(tmp_path, unread):
    evening = pd.Timestamp("2025-07-22 20:00", tz="America/New_York")
    table = events(("A", "2025-07-22"), ("B", "2025-07-22"), ("C", "2025-07-22"))
    table["known_at"] = pd.Series([evening, unread, None], dtype=object)
    study = event_study(table, Frame(invent("ABC")), market="SPY")
    assert study.flags()["before_news"].tolist() == [True, False, False]
    said = "; 1 in a session before the news: looks ahead; 1 with a known_at that can't be read"
    assert said in repr(study)
    page = sg.write_report(study, tmp_path / "out.html").read_text(encoding="utf-8")
    assert "Look-ahead: 1 of 3 events stand in a session that had closed" in page
    assert "Of 1 of 3 events nobody can tell whether their session had closed" in page


def test_of_several_events_of_a_session_an_unreadable_time_comes_last():
    table = events(("A", "2025-07-22"), ("A", "2025-07-22"), ("A", "2025-07-22"))
    table["known_at"] = ["in the morning", "2025-07-22T15:00:00-04:00", "2025-07-22T10:00:00-04:00"]
    study = event_study(table.assign(event_id=list("xyz")), Frame(invent("A")), market="SPY")
    assert study.events.index.tolist() == ["z"]


def test_what_is_known_at_the_close_of_its_session_comes_after_it():
    close = pd.Timestamp("2025-07-22 16:00", tz="America/New_York")
    for known, early in ((close, True), (close - pd.Timedelta(1, "us"), False)):
        table = events(("A", "2025-07-22")).assign(known_at=known)
        study = event_study(table, Frame(invent("A")), market="SPY")
        assert study.flags()["before_news"].tolist() == [early]


@pytest.mark.usefixtures("sketched")
def test_dates_of_flagged_events_are_not_broken_in_a_line(tmp_path):
    days = ["2025-07-02", "2025-07-08", "2025-07-14", "2025-07-18", "2025-07-24", "2025-07-30"]
    table = events(*[("A", day) for day in days])
    study = event_study(table, Frame(invent("A")), market="SPY")
    page = sg.write_report(study, tmp_path / "out.html").read_text(encoding="utf-8")
    row = page[page.index("another event of the share inside the window") :].split("</tr>")[0]
    assert "A 2025-07-02".replace("-", "\N{NON-BREAKING HYPHEN}") in row


@pytest.mark.parametrize("scores", [(0.2, 0.5, -0.5), (0.2, -0.5, -0.4), (-0.1, -0.2, -0.3)])
def test_a_spread_that_can_not_be_counts_the_events_of_both_signs(scores):
    table = events(*[("A", day) for day in ("2025-03-03", "2025-04-01", "2025-05-01")])
    study = event_study(table.assign(score=scores), Frame(invent("A")), market="SPY")
    row = study.sentiment().loc["spread"]
    assert (row["n"], row["n_positive"] + row["n_negative"]) == (3, 3)


def test_a_window_longer_than_the_estimation_has_no_placebo():
    closes = invent(["A", "B"])
    study = event_study(
        events(("A", "2025-03-03"), ("B", "2025-04-01")),
        Frame(closes),
        market="SPY",
        estimation=(-40, -11),
        min_obs=10,
        window=(0, 60),
        windows=((0, 60),),
    )
    for ask in (study.placebo, study.size_check):
        with pytest.raises(StudyError, match="No window of 61 sessions fits into the 30"):
            ask((0, 60))


@pytest.mark.parametrize("n", [6, 12, 40])
def test_small_and_large_moves_are_found_alike_often_where_nothing_happened(n):
    rng, draws = np.random.default_rng(41), 8_000
    scar = rng.standard_t(200, (draws, n))
    results = SimpleNamespace(scar=scar, sample=SimpleNamespace(fit=SimpleNamespace(df=200.0)))
    larger = excess_size(results)
    t = larger.mean(axis=1) / (larger.std(axis=1, ddof=1) / np.sqrt(n))
    beyond = student.ppf(0.975, n - 1)
    assert larger.mean() == pytest.approx(0, abs=0.01)
    assert 0.015 < (t > beyond).mean() < 0.04
    assert 0.015 < (t < -beyond).mean() < 0.04
