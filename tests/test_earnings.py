import numpy as np
import pandas as pd
import pytest
from evaluation_samples import sample

import signals as sg
from signals.errors import StudyError


def story(known_at, symbol="N00"):
    return pd.DataFrame({"symbol": [symbol], "known_at": [known_at], "score": [1.0]})


def marked(known_at, report):
    reports = pd.DataFrame([{"symbol": "N00", **report}])
    return bool(sg.mark_earnings(story(known_at), reports)["earnings"].iloc[0])


@pytest.mark.parametrize(
    ("known_at", "expected"),
    [
        ("2025-07-29T15:59:59-04:00", False),  # reacts on the 29th, two sessions before
        ("2025-07-29T16:00:00-04:00", True),  # reacts on the 30th, the session before
        ("2025-07-31T12:00:00-04:00", True),
        ("2025-08-01T15:59:59-04:00", True),
        ("2025-08-01T16:00:00-04:00", False),  # reacts on Monday
    ],
)
@pytest.mark.parametrize(
    "report", [{"session": "2025-07-31"}, {"known_at": "2025-07-30T16:05:00-04:00"}]
)
def test_a_story_counts_from_the_session_before_a_report_to_the_one_after(
    known_at, expected, report
):
    assert marked(known_at, report) is expected


def test_a_story_without_a_time_is_marked_by_no_report():
    stories = pd.concat([story(None, "FB"), story("2015-07-30T12:00:00Z", "FB"), story(None)])
    reports = pd.DataFrame({"symbol": ["META"], "session": ["2015-07-30"]})
    assert sg.mark_earnings(stories, reports)["earnings"].tolist() == [False, True, False]


def test_another_companys_report_marks_nothing():
    both = pd.concat([story("2025-07-31T12:00:00Z"), story("2025-07-31T12:00:00Z", "N01")])
    reports = pd.DataFrame({"symbol": ["N01", "N02"], "session": ["2025-07-31", "2025-07-31"]})

    assert sg.mark_earnings(both, reports)["earnings"].tolist() == [False, True]


@pytest.mark.parametrize(
    ("reports", "sentence"),
    [
        ({"symbol": ["N00"]}, "Reports of earnings need a column 'symbol', and 'session'"),
        ({"symbol": ["N00", None], "session": ["2025-07-31"] * 2}, "1 of 2 reports of earnings"),
        ({"symbol": ["N00"], "session": [None]}, "1 of 1 reports .* neither known_at nor session"),
        (
            {"symbol": ["CL=F"], "known_at": ["2025-07-22T19:00:00+00:00"]},
            "1 of 1 reports .* only a known_at and no exchange whose sessions are known",
        ),
        ({"symbol": ["X"], "session": ["2025-07-31"]}, "None of the 1 reports"),
        ({"symbol": ["N00"], "session": ["July"]}, "as a date like 2025-07-22"),
        ({"symbol": ["N00"], "known_at": ["2025-07-31T12:00"]}, "needs a time zone"),
    ],
)
def test_reports_that_can_not_be_read_are_refused(reports, sentence):
    with pytest.raises(StudyError, match=sentence):
        sg.mark_earnings(story("2025-07-31T12:00:00Z"), pd.DataFrame(reports))


def test_a_report_without_a_date_counts_by_its_time():
    reports = {"session": ["2025-01-02", None], "known_at": [None, "2025-07-30T16:05:00-04:00"]}
    reports = pd.DataFrame({"symbol": "N00", **reports})
    assert sg.mark_earnings(story("2025-07-31T12:00:00Z"), reports)["earnings"].tolist() == [True]


@pytest.fixture(scope="module")
def found():
    events, prices = sample(sessions=60)
    reports = pd.DataFrame(
        {"symbol": events["symbol"].unique()[:10], "session": prices.closes.index[30]}
    )
    return sg.evaluate(sg.mark_earnings(events, reports), prices, horizons=(1, 2))


def test_days_with_earnings_have_rows_of_their_own(found):
    table = found.earnings

    assert table.loc[("with earnings", 1), "n"] == 30
    assert table.loc[("without earnings", 1), "n"] == 60 * 20 - 30
    assert found.observations["earnings"].sum() == 30
    assert found.coverage["earnings"].sum() == 30
    assert found.coverage["earnings"].max() == 10
    assert list(found.by("earnings").index) == [False, True]


def test_the_plot_of_coverage_marks_them(found):
    import matplotlib.pyplot as plt

    axes = sg.plot_coverage(found)
    names, earnings = (patch.get_data()[0] for patch in axes.patches)
    np.testing.assert_array_equal(names, found.coverage["names"])
    np.testing.assert_array_equal(earnings, found.coverage["earnings"])
    plt.close(axes.figure)


def test_the_tear_sheet_and_the_files_show_them(found, tmp_path, sketched):
    page = sg.write_report(found, tmp_path / "out.html").read_text(encoding="utf-8")
    written = {path.name for path in found.write(tmp_path)}

    assert "On days with earnings" in page and "of them on days with earnings" in page
    assert "earnings.csv" in written


def test_without_marks_nothing_is_said_of_earnings(tmp_path):
    events, prices = sample(sessions=20)
    found = sg.evaluate(events, prices, horizons=(1,))

    with pytest.raises(StudyError, match="no column 'earnings'"):
        _ = found.earnings
    assert "earnings.csv" not in {path.name for path in found.write(tmp_path)}


@pytest.mark.parametrize("make", [list, lambda one: pd.array(one, dtype="boolean")])
@pytest.mark.parametrize(("yes", "no"), [(True, None), (True, False), (1, 0), (1.0, 0.0)])
def test_marks_of_earnings_count_whatever_their_type(make, yes, no):
    """As they are once tables with and without them are put together, or read from a file."""
    table, prices = sample(names=8, sessions=40)
    marks = np.arange(len(table)) % 7 == 0
    plain = sg.evaluate(table.assign(earnings=marks), prices, horizons=(1,))
    given = make([yes if one else no for one in marks])
    found = sg.evaluate(table.assign(earnings=given), prices, horizons=(1,))
    assert found.sample.earnings.sum() == plain.sample.earnings.sum() == marks.sum()


def test_marks_of_earnings_that_are_texts_are_refused():
    table, prices = sample(names=8, sessions=40)
    with pytest.raises(StudyError, match=r"True or False, or 1 or 0, .* holds 'yes'"):
        sg.evaluate(table.assign(earnings="yes"), prices)
