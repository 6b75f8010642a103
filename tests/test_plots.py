"""Figures say what the results say; nothing in them is mathematics but numbers."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest
import report_samples as samples
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from signals.errors import SignalsError, StudyError
from signals.report import plots
from signals.report.drawing import INK
from signals.report.figures import draw, inline_svg, render_png, render_svg, sentence_height


@pytest.fixture
def ax():
    return Figure().subplots()


def line(ax, label):
    (found,) = [one for one in ax.get_lines() if one.get_label() == label]
    return found


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_one_event_is_drawn_in_percent_with_its_band(ax):
    assert plots.plot_event_window(samples.study(), ax=ax) is ax
    drawn = line(ax, "CAR")
    np.testing.assert_allclose(drawn.get_xdata(), [-2, -1, 0, 1, 2])
    np.testing.assert_allclose(drawn.get_ydata(), [0, 1, 2, 3, 4])
    (band,) = ax.collections
    corners = band.get_paths()[0].vertices
    assert corners[:, 1].min() == pytest.approx(-1)
    assert corners[:, 1].max() == pytest.approx(5)
    assert "%" in ax.get_ylabel()
    assert ax.get_title(loc="left").startswith("MSFT 2025-06-26")


def test_several_events_have_a_line_each_and_no_band(ax):
    plots.plot_event_window(samples.study(("MSFT", "SFTBY")), ax=ax)
    np.testing.assert_allclose(line(ax, "SFTBY 2025-06-26").get_ydata(), [0.1, 1.1, 2.1, 3.1, 4.1])
    assert not ax.collections
    assert legend(ax) == ["MSFT 2025-06-26", "SFTBY 2025-06-26"]


def test_one_of_several_events_can_be_named(ax):
    plots.plot_event_window(samples.study(("MSFT", "SFTBY")), "e1", ax=ax)
    assert ax.get_title(loc="left").startswith("SFTBY")
    assert len(ax.collections) == 1


def test_many_events_are_one_artist_without_a_legend_that_covers_it(ax):
    study = samples.study(tuple(f"S{k}" for k in range(2_000)))
    study.abnormal.iloc[7, 3] = np.nan
    plots.plot_event_window(study, ax=ax)
    (lines,) = ax.collections
    paths = lines.get_segments()
    assert len(paths) == 2_000
    np.testing.assert_allclose(paths[8], [[-2, 0.8], [-1, 1.8], [0, 2.8], [1, 3.8], [2, 4.8]])
    assert np.isfinite(paths[7][:, 1]).sum() == 3  # up to its hole
    assert ax.get_ylim()[1] > 203 and ax.get_xlim()[0] < -2
    assert ax.get_legend() is None


def test_prices_show_the_event_session_and_the_market_rebased(ax):
    plots.plot_prices(samples.study(), ax=ax)
    price, market = line(ax, "MSFT"), line(ax, "SPY, rebased")
    assert len(price.get_ydata()) == 30 + 1 + 2
    assert price.get_ydata()[0] == 110
    assert market.get_ydata()[0] == pytest.approx(110)
    assert market.get_ydata()[-1] == pytest.approx((400 + 2 * 42) * 110 / 420)
    marked = line(ax, "event session, 2025-06-26")
    assert set(marked.get_xdata()) == {samples.sessions(50)[40]}
    assert legend(ax)[0] == "MSFT"


@pytest.mark.parametrize("market", [None, "MSFT", "ABSENT"])
def test_prices_stand_alone_where_there_is_no_other_market(ax, market):
    plots.plot_prices(samples.study(market=market), ax=ax)
    assert not [text for text in legend(ax) if "rebased" in text]


def test_a_session_without_a_price_is_a_gap(ax):
    study = samples.study()
    study.prices.closes.iloc[35, 0] = np.nan
    plots.plot_prices(study, ax=ax)
    assert np.isnan(line(ax, "MSFT").get_ydata()[25])


def test_prices_of_several_events_ask_which_one(ax):
    with pytest.raises(StudyError, match="2 events: name one"):
        plots.plot_prices(samples.study(("MSFT", "SFTBY")), ax=ax)


@pytest.mark.parametrize("plot", [plots.plot_event_window, plots.plot_prices])
def test_an_event_that_is_not_there_is_an_error(ax, plot):
    with pytest.raises(StudyError, match="no event 'nobody'"):
        plot(samples.study(), "nobody", ax=ax)
    with pytest.raises(StudyError, match="no event to draw"):
        plot(samples.study(()), ax=ax)


def test_each_sentence_is_a_bar_in_the_colour_of_its_label(ax):
    plots.plot_sentiment(samples.scores(), text=samples.TEXT, ax=ax)
    bars = ax.patches
    assert [bar.get_width() for bar in bars] == [0.6, -0.4, 0.0]
    assert [to_hex(bar.get_facecolor()) for bar in bars] == [
        plots.BLUE,
        plots.VERMILLION,
        plots.GREY,
    ]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["1  Good news for <b>$A$</b>.", "2  Some bad news.", "3  Nothing much."]
    own = line(ax, "the article, weighted: +0.21")
    assert list(own.get_xdata()) == [0.21, 0.21]
    assert ax.yaxis_inverted()


def test_sentences_beyond_the_limit_are_counted(ax):
    plots.plot_sentiment(samples.scores((0.1,) * 50), ax=ax)
    assert len(ax.patches) == 40
    assert "first 40 of 50" in ax.get_xlabel()
    assert sentence_height(50) == sentence_height(40)


def test_an_article_without_a_sentence_is_an_empty_plot(ax):
    plots.plot_sentiment(samples.scores(()), ax=ax)
    assert not ax.patches


def test_a_dollar_sign_is_text_wherever_it_stands():
    text = samples.TEXT
    for plot in (
        lambda ax: plots.plot_sentiment(samples.scores(), text=text, ax=ax),
        lambda ax: plots.plot_event_window(samples.study(("$A$", "_$B$")), ax=ax),
        lambda ax: plots.plot_event_window(samples.study(("$A$",)), ax=ax),
        lambda ax: plots.plot_prices(samples.study(("$A$",)), ax=ax),
    ):
        svg = render_svg(draw(plot))
        assert "$A$" in svg


def test_what_an_svg_cannot_hold_is_taken_out():
    study = samples.study(("M\x00S\x0b\u202eFT<",))
    svg = render_svg(draw(lambda ax: plots.plot_event_window(study, ax=ax)))
    title = [one.text for one in ET.fromstring(svg).iter() if one.tag.endswith("text")][-3:]  # noqa: S314
    assert any(text.startswith("MSFT< 2025") for text in title), title


def test_letters_that_the_font_lacks_raise_no_warning():
    study = samples.study(("日本",))
    assert "日本" in render_svg(draw(lambda ax: plots.plot_event_window(study, ax=ax)))


def test_the_same_figure_gives_the_same_bytes():
    def made():
        return draw(lambda ax: plots.plot_prices(samples.study(), ax=ax))

    assert render_svg(made()) == render_svg(made())
    assert render_png(made()) == render_png(made())
    assert render_png(made()).startswith(b"\x89PNG")
    assert "<dc:date>" not in render_svg(made())


def test_a_users_own_settings_of_matplotlib_change_nothing():
    def made():
        return render_svg(draw(lambda ax: plots.plot_prices(samples.study(), ax=ax)))

    plain = made()
    with mpl.rc_context({"font.size": 30, "svg.fonttype": "path", "axes.facecolor": "red"}):
        assert made() == plain


def test_threads_draw_one_at_a_time_and_leave_the_settings_as_they_were():
    """Where nothing holds the second off, it begins within the first and ends after it."""
    before = mpl.rcParams.copy()
    begun, second = threading.Event(), threading.Event()

    def first_plot(ax):
        begun.set()
        second.wait(0.5)

    def second_plot(ax):
        second.set()
        thread.join()

    thread = threading.Thread(target=draw, args=(first_plot,))
    thread.start()
    begun.wait()
    draw(second_plot)
    assert {name: mpl.rcParams[name] for name in before} == dict(before)


def test_no_text_of_a_figure_lies_outside_it():
    figures = [
        draw(lambda ax: plots.plot_prices(samples.study(), ax=ax)),
        draw(lambda ax: plots.plot_event_window(samples.study(("MSFT", "SFTBY")), ax=ax)),
        draw(
            lambda ax: plots.plot_sentiment(samples.scores(), text=samples.TEXT, ax=ax),
            height=sentence_height(3),
        ),
    ]
    for figure in figures:
        figure.draw_without_rendering()
        box = figure.get_tightbbox()
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= figure.get_figwidth()
        assert box.y1 <= figure.get_figheight()


def test_lines_that_carry_numbers_are_seen_on_a_dark_page(ax):
    with mpl.rc_context({"text.color": "white"}):
        plots.plot_sentiment(samples.scores(), ax=ax)
    assert {to_hex(one.get_color()) for one in ax.get_lines()} == {"#ffffff"}


def test_an_inlined_figure_has_ids_of_its_own_and_the_pages_colours():
    svg = inline_svg(render_svg(draw(lambda ax: plots.plot_prices(samples.study(), ax=ax))), "a1-2")
    ids = re.findall(r'\sid="([^"]+)"', svg)
    assert ids
    assert all(one.startswith("a1-2-") for one in ids)
    assert set(re.findall(r'href="#([^"]+)"', svg)) <= set(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(ids)
    assert "var(--blue)" in svg
    assert INK not in svg
    ET.fromstring(svg)  # noqa: S314


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        '<path onload="alert(1)"/>',
        '<use xlink:href="https://example.org/a"/>',
        '<path style="fill: url(https://example.org/a)"/>',
        '<image href="data:image/png;base64,AA"/>',
        "<!-- --><foreignObject/>",
        "<style>@import url(https://example.org)</style>",
    ],
)
def test_a_figure_that_is_more_than_shapes_and_text_is_refused(markup):
    with pytest.raises(SignalsError, match="figure"):
        inline_svg(f"<svg>{markup}</svg>", "a")


def test_what_is_no_figure_is_refused():
    with pytest.raises(SignalsError, match="not an SVG"):
        inline_svg("nothing", "a")


def test_without_an_axes_pyplot_makes_one():
    import matplotlib.pyplot as plt

    with mpl.rc_context({"backend": "agg"}):
        plt.switch_backend("agg")
        ax = plots.plot_event_window(samples.study(("MSFT", "SFTBY")))
        assert plt.fignum_exists(ax.figure.number)
        ax.figure.draw_without_rendering()
        assert ax.figure.get_tightbbox().y0 >= 0  # saved as it is, it has its legend
        plt.close(ax.figure)


def test_drawing_into_an_axes_loads_no_pyplot():
    code = (
        "import sys; sys.path.insert(0, 'tests'); import report_samples as s;"
        "from signals.report import figures, plots;"
        "figures.render_svg(figures.draw(lambda ax: plots.plot_prices(s.study(), ax=ax)));"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_market_of_an_event_is_a_symbol_or_nothing():
    assert plots.market_of(samples.study(), "e0") == "SPY"
    assert plots.market_of(samples.study(market=None), "e0") is None
    bare = SimpleNamespace(events=samples.study().events.drop(columns="market"))
    assert plots.market_of(bare, "e0") is None
