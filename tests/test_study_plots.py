"""Figures and sections of a study of many events say what its tables say."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from html import unescape

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from study_samples import DAYS, TABLE, Frame, invent, moved

import signals as sg
from signals.errors import StudyError
from signals.report import spelling, study_plots as plots
from signals.report.build import JOINT, LOOKS, SCORE, draw_all
from signals.report.drawing import BLUE, GREY
from signals.report.figures import draw, render_svg
from signals.report.plots import TONES
from signals.report.study_looks import (
    looks_section,
    pooling_words,
    score_section,
    score_words,
    why_unscored,
)
from signals.report.study_sections import estimate_rows, method_words
from signals.study.clocks import timed
from signals.study.estimate import event_study
from signals.study.event_flags import FLAGS, flagged
from signals.study.significance import TESTS, called

WINDOW = (0, 1)


@pytest.fixture(scope="module")
def closes():
    return invent(list("ABC"), seed=41)


@pytest.fixture(scope="module")
def study(closes):
    return event_study(TABLE, Frame(moved(closes)), market="SPY")


@pytest.fixture(scope="module")
def quiet(closes):
    return event_study(TABLE, Frame(closes), market="SPY")


@pytest.fixture
def ax():
    return Figure().subplots()


def line(ax, start):
    (found,) = [one for one in ax.get_lines() if str(one.get_label()).startswith(start)]
    return found


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_the_mean_is_a_line_in_percent_with_its_band_over_bars_of_single_sessions(ax, study):
    assert plots.plot_caar(study, ax=ax) is ax
    path = study.path()
    drawn = line(ax, "CAAR of 30 events")
    np.testing.assert_allclose(drawn.get_ydata(), 100 * path["caar"])
    assert list(drawn.get_xdata()) == list(range(-5, 6))
    np.testing.assert_allclose([bar.get_height() for bar in ax.patches], 100 * path["aar"])
    corners = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert corners.min() == pytest.approx(100 * path["ci_low"].min())
    assert corners.max() == pytest.approx(100 * path["ci_high"].max())
    assert set(legend(ax)) == {"95 % interval", "CAAR of 30 events", "AAR"}


def test_the_number_of_events_stands_at_each_offset_where_it_differs(closes):
    holed = closes.copy()
    holed.loc[DAYS[-1] + pd.Timedelta(days=1), "A"] = np.nan  # session 1 of one event
    study = event_study(TABLE, Frame(holed), market="SPY")
    figure = draw(lambda ax: plots.plot_caar(study, ax=ax))
    figure.draw_without_rendering()
    ax = figure.axes[0]
    names = [label.get_text() for label in ax.get_xticklabels()]
    assert names[0] == f"{spelling.MINUS}5\n30"
    assert names[-1] == "5\n29"
    assert "below it the events" in ax.get_xlabel()
    assert ax.get_legend().get_window_extent().y1 < ax.xaxis.label.get_window_extent().y0


def test_one_event_is_an_event(ax, closes):
    events = TABLE.assign(score=[1.0, *[-1.0] * (len(TABLE) - 1)])
    plots.plot_caar_by_sign(event_study(events, Frame(closes), market="SPY"), ax=ax)
    assert {"positive: 1 event", f"negative: {len(TABLE) - 1} events"} <= set(legend(ax))


def test_each_sign_of_the_score_has_a_line_in_its_colour(ax, study):
    plots.plot_caar_by_sign(study, ax=ax)
    paths = study.path_by_sign()
    for sign in ("positive", "negative"):
        drawn = line(ax, f"{sign}: 15 events")
        np.testing.assert_allclose(drawn.get_ydata(), 100 * paths.loc[sign, "caar"])
        assert drawn.get_color() == TONES[sign]
    assert len(ax.collections) == 2
    with pytest.raises(StudyError, match="no column 'mood'"):
        plots.plot_caar_by_sign(study, "mood", ax=ax)


def test_a_few_events_with_a_score_of_zero_do_not_set_the_scale(ax, study, closes):
    table = TABLE.copy()
    table.loc[table.index[:2], "score"] = 0.0
    plots.plot_caar_by_sign(event_study(table, Frame(closes), market="SPY"), ax=ax)
    low, high = ax.get_ylim()
    positive, negative, zero = (band.get_datalim(ax.transData) for band in ax.collections)
    assert low <= min(positive.y0, negative.y0) and high >= max(positive.y1, negative.y1)
    assert zero.y0 < low or zero.y1 > high


def test_single_events_are_small_multiples_on_one_scale(ax, study):
    chosen = list(study.events.index[3:8])
    plots.plot_events(study, chosen, ax=ax)
    assert len(ax.child_axes) == 5
    for small, key in zip(ax.child_axes, chosen, strict=True):
        drawn = small.get_lines()[-1]
        np.testing.assert_allclose(drawn.get_ydata(), 100 * study.cumulative(key)["car"])
        event = study.events.loc[key]
        assert small.get_title(loc="left") == f"{event['symbol']} {event['session']:%Y-%m-%d}"
    assert len({small.get_ylim() for small in ax.child_axes}) == 1
    whole = draw(lambda ax: plots.plot_events(study, ax=ax)).axes[0]
    assert len(whole.child_axes) == plots.MOST_SMALL
    long = replace(study, events=study.events.assign(symbol="VOLV-PREF.ST"))
    figure = draw(lambda ax: plots.plot_events(long, ax=ax), height=5.2)
    figure.draw_without_rendering()
    first, second = (
        small.findobj(lambda one: "VOLV" in getattr(one, "get_text", str)())[0].get_window_extent()
        for small in figure.axes[0].child_axes[:2]
    )
    assert first.x1 < second.x0
    with pytest.raises(StudyError, match="no event to draw"):
        plots.plot_events(study, [], ax=ax)


def test_random_sessions_are_a_histogram_with_the_observed_value(ax, study):
    draws = study.placebo(WINDOW, draws=99)
    plots.plot_random_dates(draws, ax=ax)
    assert sum(bar.get_height() for bar in ax.patches) == 99
    observed = line(ax, "the events themselves")
    assert observed.get_xdata()[0] == draws.attrs["statistic"]
    assert any("99 draws" in text for text in legend(ax))


def test_each_model_is_an_interval_and_the_studys_own_is_blue(ax, study):
    table = study.sensitivity(windows=(WINDOW,))
    plots.plot_sensitivity(table, own="market", ax=ax)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names[:3] == ["mean-adjusted", "market-adjusted", "market model"]
    intervals = [one for one in ax.get_lines() if len(one.get_xdata()) == 2][: len(table)]
    for drawn, (_, row) in zip(intervals, table.iterrows(), strict=True):
        np.testing.assert_allclose(drawn.get_xdata(), [100 * row["ci_low"], 100 * row["ci_high"]])
    colours = [to_hex(one.get_color()) for one in intervals]
    assert [name for name, one in zip(names, colours, strict=True) if one == BLUE] == [names[2]]
    assert set(colours) == {BLUE, GREY}
    assert "0 to +1" in ax.get_title(loc="left")


def test_sizes_stand_against_what_they_promise(ax, quiet):
    table = quiet.size_check(WINDOW, draws=100)
    plots.plot_size_check(table, ax=ax)
    points = [one.get_xdata()[0] for one in ax.get_lines() if len(one.get_xdata()) == 1]
    np.testing.assert_allclose(points, 100 * table["rejected"])
    assert [label.get_text() for label in ax.get_yticklabels()][-1] == "calendar-time cosine test"
    band = ax.patches[0]
    assert (band.get_x(), band.get_x() + band.get_width()) == (3, 7)


def test_no_text_of_a_figure_lies_outside_it(study):
    times = np.resize(["second", "day"], len(study.events))
    mixed = replace(study, events=study.events.assign(precision=times))
    made = [
        (lambda ax: plots.plot_caar_by_sign(mixed, ax=ax), 3.1),
        (lambda ax: plots.plot_caar(study, ax=ax), 3.1),
        (lambda ax: plots.plot_caar_by_sign(study, ax=ax), 3.1),
        (lambda ax: plots.plot_events(study, ax=ax), 5.2),
        (lambda ax: plots.plot_random_dates(study.placebo(WINDOW, draws=19), ax=ax), 3.1),
        (lambda ax: plots.plot_sensitivity(study.sensitivity(windows=(WINDOW,)), ax=ax), 2.4),
        (lambda ax: plots.plot_size_check(study.size_check(WINDOW, draws=19), ax=ax), 2.2),
    ]
    for plot, height in made:
        figure = draw(plot, height=height)
        figure.draw_without_rendering()
        box = figure.get_tightbbox()
        assert box.x0 >= -0.01
        assert box.y0 >= -0.01
        assert box.x1 <= figure.get_figwidth() + 0.01
        assert box.y1 <= figure.get_figheight() + 0.01
        assert "$" not in render_svg(figure)


def test_a_dollar_sign_of_a_symbol_is_text(closes):
    named = closes.rename(columns={"A": "$A$"})
    table = TABLE.replace({"symbol": {"A": "$A$"}})
    study = event_study(table.assign(mic="XNYS"), Frame(named), market="SPY")
    assert "$A$" in render_svg(draw(lambda ax: plots.plot_events(study, ax=ax), height=5))


def test_a_study_with_scores_leads_with_the_spread_and_the_slope(study, quiet):
    assert not why_unscored(study)
    (words,) = score_words(study, WINDOW)
    assert "returned" in words
    assert "more than those with a negative one" in words
    assert "prices moved with the score" in words
    section = score_section(study, WINDOW)
    (table,) = section.tables
    assert [row[0] for row in table.rows] == [
        "Mean CAR, positive less negative scores",
        "Slope of SCAR on the score",
        "Size of moves of either sign, |SCAR|^⅔",
        "Trading volume, logarithm",
    ]
    spread = study.spread("score", WINDOW).iloc[0]
    assert (
        table.rows[0][3].replace("\N{NO-BREAK SPACE}", " ") == f"{100 * spread['estimate']:+.2f} %"
    )
    assert "the prices have no volume" in table.rows[3]
    assert "can't be said that prices follow" in score_words(quiet, WINDOW)[0]


@pytest.mark.parametrize("make", [lambda one: Decimal(str(one)), float])
def test_scores_that_are_objects_are_asked_as_numbers_are(study, closes, make, tmp_path):
    scores = pd.Series([make(one) for one in TABLE["score"]], dtype="object")
    other = event_study(TABLE.assign(score=scores), Frame(moved(closes)), market="SPY")
    assert score_section(other, WINDOW) == score_section(study, WINDOW)
    assert "Do prices follow the score?" in sg.write_report(other, tmp_path / "a.html").read_text()


def test_scores_of_one_sign_are_told_by_their_slope(study, closes, tmp_path):
    above = event_study(TABLE.assign(score=TABLE["score"] + 2), Frame(moved(closes)), market="SPY")
    (table,) = score_section(above, WINDOW).tables
    (same,) = score_section(study, WINDOW).tables
    assert table.rows[1] == same.rows[1]
    (words,) = score_words(above, WINDOW)
    estimate = above.slope("score", WINDOW)["estimate"].iloc[0]
    assert f"goes by {estimate:+.2f} with a score that is higher by 1" in words
    assert words.endswith("prices moved with the score.")
    page = sg.write_report(above, tmp_path / "one.html").read_text()
    assert "Do prices follow the score?" in page and "with a score that is higher by 1" in page


@pytest.mark.parametrize(
    ("score", "told"),
    [(0.5, "The score of each event is 0.5."), ("good", "holds no numbers but 'good'")],
)
def test_a_report_says_why_a_score_is_none_to_ask(closes, tmp_path, score, told):
    one = event_study(TABLE.assign(score=score), Frame(closes), market="SPY")
    section = score_section(one, WINDOW)
    assert not section.tables and told in section.words[0]
    page = unescape(sg.write_report(one, tmp_path / "one.html").read_text())
    assert page.count("Do prices follow the score?") == 1 and told in page


@pytest.mark.parametrize("table", [TABLE.drop(columns="score"), TABLE.assign(score=np.nan)])
def test_events_without_scores_ask_nothing_of_them(closes, table):
    study = event_study(table, Frame(closes), market="SPY")
    assert why_unscored(study) and score_section(study, WINDOW) is None


def test_second_looks_show_drift_phases_flags_and_symbols_without_prices(closes):
    wild = closes.copy()
    wild.loc[DAYS[2] :, "A"] *= 1.8
    rows = pd.concat([TABLE, TABLE[:2].assign(symbol="GONE")], ignore_index=True)
    study = event_study(rows, Frame(wild), market="SPY")
    section = looks_section(study, WINDOW)
    drift, phase, tests, flags, unpriced = section.tables
    assert drift.rows[0][0] == "All events"
    assert [row[0] for row in phase.rows] == ["pre-open", "intraday"]
    assert phase.columns[-1] == "p, Holm"
    ran = [one for one in study.tests(WINDOW) if one.name not in {"t", "placebo"}]
    assert len(tests.rows) == len(ran) == len(TESTS) - 2
    for (name, said, p), one in zip(tests.rows, ran, strict=True):
        assert name == called(one.name)
        assert bool(p) == one.valid
        assert one.valid or said == one.reason
        assert "nan" not in said  # exact tests have no degrees of freedom
    beyond = next(row for row in flags.rows if "a very large move" in row[0])
    assert int(beyond[1]) == study.flags()["large_returns"].astype(bool).sum()
    assert beyond[3].startswith("A 2025\N{NON-BREAKING HYPHEN}")
    assert unpriced.rows == (("2025", "32", "2"),)
    assert "Session 0 contains the move before the news" in section.words[0]


def test_every_flag_has_words_so_that_none_is_raised_unseen(study):
    assert set(flagged(study)) == set(FLAGS), "Give each flag its words in FLAGS, beside flags()."


def test_second_looks_show_the_mean_with_and_without_confounded_events(closes):
    confounds = TABLE[["symbol", "session"]].head(5)
    study = event_study(TABLE, Frame(closes), market="SPY", confounds=confounds)
    table = next(t for t in looks_section(study, WINDOW).tables if "With and without" in t.caption)
    expected = study.confounds(confounds, (WINDOW,))["n"]
    assert [int(row[1]) for row in table.rows] == expected.tolist()
    assert table.rows[1][0] == "Without confounded events"


@pytest.mark.usefixtures("sketched")
def test_events_known_to_the_day_are_never_pooled_in_figures(closes):
    mixed = TABLE.assign(precision=["second", "second", "day"] * len(DAYS))
    study = event_study(mixed, Frame(closes), market="SPY")
    assert len(timed(study).events) == 20
    drawings = draw_all((), events=study.events.reset_index(), study=study)
    (mean, _), (signs,) = drawings[JOINT], drawings[SCORE]
    assert "CAAR of 20 events" in mean.svg
    counted = [int(n) for n in re.findall(r"(?:positive|negative): (\d+) events", signs.svg)]
    assert sum(counted) == 20
    section = score_section(study, WINDOW)
    assert section.words[0].startswith("Means and figures are of the 20 events with a time; 10")
    assert section.tables[0].rows[0][1] == "20"
    few = event_study(mixed.head(6), Frame(closes), market="SPY")
    assert list(draw_all((), events=few.events.reset_index(), study=few)) == [JOINT]


def test_plots_of_timed_events_alone_say_so(study, closes):
    import matplotlib.pyplot as plt

    mixed = TABLE.assign(precision=["second", "second", "day"] * len(DAYS))
    parted = event_study(mixed, Frame(closes), market="SPY")
    for plot in (plots.plot_caar, plots.plot_caar_by_sign):
        ends = [
            plot(one).get_title(loc="left").endswith(" (events with a time)")
            for one in (study, parted)
        ]
        assert ends == [False, True]
    plt.close("all")


@pytest.mark.parametrize(
    ("window", "drift"),
    [((-10, -6), ()), ((-8, -3), ((-5, -3),)), ((-2, 4), ((-2, -1),)), ((1, 5), ())],
)
def test_a_study_of_any_window_has_a_report(closes, tmp_path, window, drift):
    """Its drift is told over those of the five sessions before the event that it has."""
    study = event_study(TABLE, Frame(closes), market="SPY", window=window, windows=(window,))
    assert study.settings.drift == drift
    page = sg.write_report(study, tmp_path / "report.html").read_text(encoding="utf-8")
    assert ("The study has none of the five sessions before the event." in page) == (not drift)


def test_drift_is_told_by_the_precision_of_the_time(closes):
    timed = TABLE.assign(precision=["second", "day", "day"] * len(DAYS))
    section = looks_section(event_study(timed, Frame(closes), market="SPY"), WINDOW)
    assert {row[0] for row in section.tables[0].rows} == {"Known to the second", "Known to the day"}


@pytest.mark.usefixtures("sketched")
def test_the_report_of_many_events_has_all_of_it_in_order(study, tmp_path):
    page = sg.write_report(study, tmp_path / "report.html").read_text()
    words = " ".join(re.sub(r"<[^>]+>", " ", page.partition("</head>")[2]).split())
    order = [
        "Whether prices moved around the events",
        "Event study of 30 events",
        "Chance alone would rarely give that: prices moved with the score.",
        "Do prices follow the score?",
        "The events together",
        "What else could it be?",
        "Each event",
        "How it was computed",
    ]
    places = [words.index(part) for part in order]
    assert places == sorted(places)
    # The table of single events has one row each, for the window that decides.
    single = page[page.index("<h2>Each event") :].partition("</section>")[0]
    assert single.count("<tr>") == 1 + 30
    drawings = draw_all((), events=study.events.reset_index(), study=study)
    assert [len(drawings[key]) for key in (JOINT, SCORE, LOOKS)] == [2, 1, 3]


@pytest.mark.usefixtures("sketched")
def test_few_events_are_shown_singly(closes, tmp_path):
    few = event_study(TABLE[:2], Frame(closes), market="SPY")
    page = sg.write_report(few, tmp_path / "report.html").read_text()
    assert "What else could it be?" not in page
    single = page[page.index("<h2>Each event") :].partition("</section>")[0]
    assert single.count('<th scope="row">') == 2 * len(few.settings.windows)


def test_the_report_names_factors_with_their_vintage_and_thin_trading(closes):
    rng = np.random.default_rng(0)
    names = ["Mkt-RF", "SMB", "HML", "RF"]
    factors = sg.FactorTable(
        pd.DataFrame(rng.normal(0, 0.005, (len(closes), 4)), closes.index, names),
        "F-F_Factors_daily.csv",
        "202604",
    )
    study = event_study(
        TABLE[:1], Frame(closes), model="ff3", factors=factors, market="SPY",
        missing="trade_to_trade",
    )  # fmt: skip
    assert study.settings.factors_from == "F-F_Factors_daily.csv, vintage 202604"
    words = " ".join(method_words(study.settings, n_events=len(study.events)))
    assert "Factors from F-F_Factors_daily.csv, vintage 202604: Mkt-RF, SMB, HML, RF." in words
    assert "Fama-French, 3 factors" in words
    assert "Maynes and Rumsey" in words
    assert estimate_rows(study, most=1)[0].market == ""
    assert estimate_rows(event_study(TABLE[:1], Frame(closes), market="SPY"), most=1)[0].market


def test_of_one_event_is_spoken_in_the_singular():
    (said,) = pooling_words(1, 1)
    assert said.startswith(
        "Means and figures are of the 1 event with a time; 1 is known to the day"
    )
