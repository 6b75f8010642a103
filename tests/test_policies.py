"""What was merged by calendar date says so everywhere, and no report is made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest
from matplotlib.figure import Figure
from study_samples import Frame, invent

from signals.batch.outputs import write_outputs
from signals.cli import main
from signals.errors import StudyError
from signals.market.sessions import Sessions
from signals.pipeline import analysis_of, report_of, write_report
from signals.report.plots import plot_event_window, plot_prices
from signals.sentiment.scorer import Score
from signals.study.audit import audit
from signals.study.estimate import event_study
from signals.study.events import EVENT_TYPES, align
from signals.study.policies import merged_by_date

CLOSES = invent(["MSFT", "ORCL"])
EVENINGS = Sessions("XNYS").labels(pd.Timestamp("2025-06-02"), pd.Timestamp("2025-07-11"))[::4]


def scores() -> list[Score]:
    """News at 22:15 UTC, after the close, about two shares on several days."""
    return [
        Score(
            *(f"{place:016x}", symbol, "XNYS", symbol.lower()),
            known_at=datetime(day.year, day.month, day.day, 22, 15, tzinfo=UTC),
            precision="minute",
            score=0.5 if place % 2 else -0.5,
            label="positive" if place % 2 else "negative",
            relevance=80.0,
            scorer="test",
            contributions=(),
        )
        for place, day in enumerate(EVENINGS)
        for symbol in ("MSFT", "ORCL")
    ]


@pytest.fixture(scope="module")
def merged():
    return event_study(align(scores(), policy="same_date"), Frame(CLOSES), market="SPY")


@pytest.fixture(scope="module")
def ours():
    return event_study(align(scores()), Frame(CLOSES), market="SPY")


def test_every_table_of_a_merged_study_says_so_and_none_of_ours_does(merged, ours):
    def tables(study):
        return [
            study.summary(),
            study.caar(((0, 0),)),
            study.aar(),
            study.by("symbol"),
            study.sensitivity(),
            study.sentiment(),
        ]

    for table in tables(merged):
        assert table["policy"].eq("same_date").all()
    for table in tables(ours):
        assert "policy" not in table
    for table in (merged.car(0, 1), merged.abnormal, merged.sar):
        assert table.index.str.endswith("-same_date").all()
    assert merged.status["event_id"].str.endswith("-same_date").all()


def test_a_merged_study_says_so_where_it_shows_itself(merged, ours):
    axes, other = Figure().subplots(2)
    for words in (
        repr(merged),
        merged._repr_html_(),
        plot_event_window(merged, ax=axes).get_title(loc="left"),
        plot_prices(merged, merged.events.index[0], ax=other).get_title(loc="left"),
    ):
        assert "looks ahead" in words
    assert "looks ahead" not in repr(ours)
    assert "looks ahead" not in plot_event_window(ours, ax=axes).get_title(loc="left")


@pytest.mark.parametrize("lost", ["nothing", "its column"])
def test_no_report_is_made_of_merged_events_by_any_way(merged, lost, tmp_path):
    study = merged
    if lost == "its column":
        study = replace(merged, events=merged.events.drop(columns="policy"))
    analysis = analysis_of(study)
    for way in (
        lambda: write_report(study, tmp_path / "out/report.html"),
        lambda: analysis.report(tmp_path / "out/report.html"),
        lambda: report_of(analysis),
        lambda: write_outputs(analysis, tmp_path / "out", articles=()),
    ):
        with pytest.raises(StudyError, match="merged by calendar date"):
            way()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("dropped", [[], ["policy"]])
def test_the_command_makes_no_report_of_a_merged_table(dropped, tmp_path, capsys):
    CLOSES.to_csv(tmp_path / "closes.csv", index_label="date")
    events = align(scores(), policy="same_date").drop(columns=dropped)
    events.to_csv(tmp_path / "events.csv", index=False)
    asked = ["--prices", str(tmp_path / "closes.csv"), "--out", str(tmp_path / "out")]
    assert main(["study", str(tmp_path / "events.csv"), *asked]) == 2
    assert "merged by calendar date" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_users_own_column_called_policy_is_no_mark(ours, merged):
    assert not merged_by_date(ours.events.assign(policy="monetary"))
    assert merged_by_date(merged.events) and merged_by_date(merged.events.reset_index())


def test_the_audit_marks_what_looks_ahead(merged):
    events = merged.events.reset_index()[[*EVENT_TYPES, "policy"]]
    found = audit(events, Frame(CLOSES), market="SPY")
    assert set(found.policies["policy"]) == {"earlier than the news"}
    assert any("LOOK-AHEAD" in words for words in found.verdicts)
    rows = found.comparison.set_index("policy")["note"]
    assert rows["same_date"].str.startswith("looks ahead").all()
