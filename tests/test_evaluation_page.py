import json
import re
from functools import cached_property

import numpy as np
import pandas as pd
import pytest
from evaluation_samples import MARKET, sample

import signals as sg
from signals.batch.own_events import kept_events
from signals.batch.store import Store
from signals.cli import main
from signals.report import evaluation_plots as plots
from signals.study.events import EVENT_TYPES


@pytest.fixture(scope="module")
def found():
    events, prices = sample(seed=4, sessions=100)
    return sg.evaluate(events, prices, market=MARKET)


@pytest.fixture(scope="module")
def written(found, tmp_path_factory):
    return sg.write_report(found, tmp_path_factory.mktemp("page") / "out.html")


def test_the_page_says_no_and_what_would_have_been_seen(found, written):
    page = written.read_text(encoding="utf-8")

    assert "No evidence that the score predicts" in page
    assert "would have been seen, after Holm, in four of five such samples" in page
    assert page.count("that horizon alone finds in four of five samples") == 2
    assert page.count("<svg") == 5
    assert "<script" not in page and "http-equiv" in page
    assert f"{found.ic['n'][1]:,} in {found.ic['n_sessions'][1]}" in page
    assert 'class="short">1\N{NO-BREAK SPACE}session</th>' in page  # never broken in a word


def test_why_slopes_differ_is_said_once(found, written):
    page = written.read_text(encoding="utf-8")

    assert page.count("many names and scattered scores") == 1
    for one in found.slopes["pooled_is"]:
        assert f">{one}</td>" in page


def test_the_page_has_a_placebo_of_every_horizon(found, written):
    page = written.read_text(encoding="utf-8")
    table = page[page.index("The same scores, moved in time") :].split("</table>")[0]

    for horizon in found.settings.horizons:
        placebo = found.placebo(horizon=horizon)
        row = table[table.index(f">{horizon}\N{NO-BREAK SPACE}session") :].split("</tr>")[0]
        low, high = np.quantile(placebo.values, [0.025, 0.975])
        if placebo.reason:
            assert placebo.reason in row
        else:
            assert f"{low:+.3f} to {high:+.3f}".replace("-", "\N{MINUS SIGN}") in row
            assert f">{len(placebo.values)}<" in row


TABLES = {name for name, one in vars(sg.Evaluation).items() if isinstance(one, cached_property)}


def test_every_table_is_held_against_an_answer(root):
    texts = [root / f"tests/test_{name}.py" for name in ("evaluation", "earnings")]
    seen = "".join(path.read_text(encoding="utf-8") for path in texts)
    left = [name for name in TABLES if not re.search(rf"\.{name}\b", seen)]
    assert left == [], "No test in tests/test_evaluation.py reads it."


def test_the_page_reads_every_table(tmp_path):
    events, prices = sample(seed=4, sessions=60)
    events["earnings"] = np.arange(len(events)) % 5 == 0
    found = sg.evaluate(events, prices, market=MARKET)
    sg.write_report(found, tmp_path / "out.html")

    left = TABLES - {"series"} - vars(found).keys()
    assert not left, "It has no table in evaluation_tables.py, or no place in evaluation_page.py."


def test_the_page_repeats_byte_for_byte(found, written, tmp_path):
    assert sg.write_report(found, tmp_path / "again.html").read_bytes() == written.read_bytes()


@pytest.mark.usefixtures("sketched")
def test_a_page_of_what_can_not_be_tested_has_words_instead_of_numbers(tmp_path):
    events, prices = sample(sessions=8)
    found = sg.evaluate(events[events["symbol"] == "N00"], prices)
    page = sg.write_report(found, tmp_path / "out.html").read_text(encoding="utf-8")

    assert "Nothing can be said" in page
    assert "There is no placebo over 1\N{NO-BREAK SPACE}session" in page
    assert "nan" not in page.split("</style>")[1].lower().replace("finance", "")


@pytest.mark.usefixtures("sketched")
def test_a_coefficient_without_an_interval_is_in_the_table_and_no_empty_figure(tmp_path):
    found = sg.evaluate(*sample(sessions=4), horizons=(1,))
    page = sg.write_report(found, tmp_path / "out.html").read_text(encoding="utf-8")

    assert "4 sessions have a value; the test takes 5 or more" in page
    assert f">{found.ic['ic'][1]:+.3f}<".replace("-", "\N{MINUS SIGN}") in page
    assert "hardly tell from zero" not in page


@pytest.mark.usefixtures("sketched")
def test_hostile_names_are_text(tmp_path):
    events, prices = sample(sessions=40)
    events["company"] = events["symbol"].replace({"N00": "<script>alert(1)</script>"})
    page = sg.write_report(sg.evaluate(events, prices), tmp_path / "o.html").read_text("utf-8")

    assert "<script>" not in page


def test_the_plot_of_coefficients_shows_what_the_table_holds(found):
    import matplotlib.pyplot as plt

    axes = plots.plot_ic(found)
    points = axes.lines[1].get_ydata()
    np.testing.assert_array_equal(points, found.ic["ic"])
    plt.close(axes.figure)


def test_a_horizon_that_was_not_evaluated_is_not_drawn(found):
    with pytest.raises(sg.StudyError, match="The horizon 7 was not evaluated"):
        sg.plot_quantiles(found, horizon=7)


def test_the_plot_of_quantiles_is_in_percent(found):
    import matplotlib.pyplot as plt

    axes = plots.plot_quantiles(found, horizon=5)
    heights = [bar.get_height() for bar in axes.patches]
    np.testing.assert_allclose(heights, 100 * found.quantiles.loc[5, "relative"])
    plt.close(axes.figure)


def test_the_plot_of_the_spread_ends_at_its_mean_times_its_sessions(found):
    import matplotlib.pyplot as plt

    axes = plots.plot_spread(found)
    ends = axes.lines[1].get_ydata()[-1]
    row = found.spreads.loc[1]
    assert ends == pytest.approx(100 * row["spread"] * row["n_sessions"])
    plt.close(axes.figure)


def test_the_plot_of_placebos_counts_them_and_marks_the_signal(found):
    import matplotlib.pyplot as plt

    placebo = found.placebo(draws=19)
    axes = plots.plot_placebo(placebo)
    assert sum(bar.get_height() for bar in axes.patches) == 19
    edges = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]
    np.testing.assert_allclose((edges[0][0], edges[-1][1]), np.quantile(placebo.values, [0, 1]))
    assert [*axes.lines[1].get_xdata()] == [placebo.observed] * 2
    plt.close(axes.figure)


@pytest.mark.parametrize("days", [2, 3, 8, 40, 150, 420, 600, 2500, 9000])
def test_dates_are_spelled_in_full_and_few_over_any_span(days):
    import matplotlib.pyplot as plt
    from matplotlib.dates import num2date

    from signals.report.drawing import spell_dates

    figure, axes = plt.subplots()
    dates = pd.bdate_range("2021-01-04", periods=days)
    axes.plot(dates, range(days))
    spell_dates(axes)
    figure.canvas.draw()
    low, high = axes.get_xlim()
    inside = [tick for tick in axes.get_xticks() if low <= tick <= high]
    assert 2 <= len(inside) <= 5
    written = [label.get_text() for label in axes.get_xticklabels()]
    assert {f"{num2date(tick):%Y-%m-%d}" for tick in inside} <= set(written)
    plt.close(figure)


@pytest.fixture
def files(tmp_path, monkeypatch, sketched):
    monkeypatch.chdir(tmp_path)
    events, prices = sample(seed=4, sessions=60)
    events.to_csv("events.csv", index=False)
    prices.closes.rename_axis("date").to_csv("prices.csv")
    return ["evaluate", "--events", "events.csv", "--prices", "prices.csv", "--out", "out"]


def test_the_command_writes_a_tear_sheet_and_its_tables(files, tmp_path, capsys):
    (tmp_path / "earnings.csv").write_text("symbol,session\nN01,2021-02-10\nN02,\n")
    code = main([*files, "--market", MARKET, "--horizons", "1,5", "--earnings", "earnings.csv"])

    assert code == 3
    said = capsys.readouterr()
    assert "No evidence" in said.out
    assert "signals: 1 report of earnings: A row without a symbol, or with neither" in said.err
    assert "1 report of earnings,,,,,lost" in (tmp_path / "out/status.csv").read_text()
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"evaluation.html", "ic.csv", "quantiles.csv", "status.csv", "groups.csv"} <= names
    assert "with earnings,1" in (tmp_path / "out" / "earnings.csv").read_text()


def test_the_command_takes_factors_and_enters_at_closes(files, tmp_path):
    prices = pd.read_csv("prices.csv", index_col="date", parse_dates=True)
    moves = 100 * prices[[MARKET]].pct_change().iloc[1:].rename(columns={MARKET: "Mkt-RF"})
    lines = moves.assign(RF=0.0).to_csv(date_format="%Y%m%d", index_label="").splitlines()
    (tmp_path / "factors.csv").write_text("\n".join(["Daily factors, 202604", "", *lines, ""]))

    assert main([*files, "--factors", "factors.csv", "--horizons", "1"]) == 0
    kinds = pd.read_csv(tmp_path / "out" / "by_return.csv")["returns"]
    assert list(kinds) == ["raw", "factor_neutral"]
    assert main([*files, "--factors", "nowhere.csv"]) == 2


def test_the_command_says_what_fell_out(files, tmp_path, capsys):
    text = (tmp_path / "events.csv").read_text().replace("N03", "NOPE")
    (tmp_path / "events.csv").write_text(text)

    assert main(files) == 3
    assert "60 events: no_prices" in capsys.readouterr().err
    assert main([*files, "--json"]) == 3
    told = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)  # NaN is no JSON
    assert told["missing"] == 60 * [{"article": "", "symbol": "NOPE", "reason": "no_prices"}]
    ic = pd.read_csv(tmp_path / "out/ic.csv")
    assert [row["horizon"] for row in told["ic"]] == [1, 2, 5, 10]
    assert [row["ic"] for row in told["ic"]] == pytest.approx(ic["ic"].tolist(), rel=1e-5)
    assert told["verdict"] and all(isinstance(one, str) for one in told["verdict"])


def test_the_command_evaluates_what_scheduled_runs_have_kept(files, tmp_path, capsys):
    events = sample(seed=4, sessions=60)[0].assign(
        event_id=lambda frame: [f"e{place}" for place in frame.index],
        mic="XNYS", company=lambda frame: frame["symbol"], session="2021-01-04",
        phase="last-30-minutes", precision="second", relevance=100.0, novelty=100.0,
        n_articles=1, article_ids="a", story_id=lambda frame: frame["event_id"],
        complete_at=lambda frame: frame["known_at"],
    )  # fmt: skip
    events["session"] = pd.to_datetime(events["session"])
    with Store(tmp_path / "state") as store:
        store.save_events(events[[name for name in EVENT_TYPES if name in events]], {})
    kept = ["evaluate", "--store", "state", *files[3:], "--horizons", "1,5"]

    assert main(kept) == 0
    assert "No evidence" in capsys.readouterr().out
    found = sg.evaluate(events, sg.CsvPrices("prices.csv"), horizons=(1, 5)).ic
    written = pd.read_csv(tmp_path / "out" / "ic.csv", index_col="horizon", na_filter=False)
    pd.testing.assert_frame_equal(written, found, check_dtype=False)
    assert len(kept_events("state/signals.sqlite")) == len(events)


def test_a_store_that_is_none_or_empty_is_a_sentence(files, tmp_path, capsys):
    nowhere = ["evaluate", "--store", "nowhere", *files[3:]]
    assert main(nowhere) == 2
    assert "There is no store at nowhere" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()
    Store(tmp_path / "empty").close()
    assert main(["evaluate", "--store", "empty", *files[3:]]) == 2
    assert "holds no event" in capsys.readouterr().err


def test_no_event_that_is_left_is_code_4(files, tmp_path, capsys):
    text = (tmp_path / "events.csv").read_text().replace(",N", ",X").replace("\nN", "\nX")
    (tmp_path / "events.csv").write_text(text)

    assert main(files) == 4
    assert "None of the 1200 events" in capsys.readouterr().err


def test_a_table_without_rows_is_code_4_as_in_a_study(files, tmp_path, capsys):
    (tmp_path / "events.csv").write_text("symbol,known_at,score\n")

    assert main(files) == 4
    assert "There are no events to evaluate." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("--horizons", "1;5"), "no list such as 1,5"),
        (("--events", "nowhere.csv"), "no file of events at nowhere.csv"),
        (("--events", "."), "holds no output of `signals score`"),
        (("--earnings", "nowhere.csv"), "no file of days with earnings at nowhere.csv"),
        (("--market", "NOPE"), "market NOPE has no prices"),
    ],
)
def test_a_wrong_option_is_a_sentence_and_code_2(files, capsys, change, sentence):
    assert main([*files, *change]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.usefixtures("sketched")
def test_what_was_priced_in_before_the_entry_is_told_with_its_interval(tmp_path):
    events, prices = sample(seed=4, sessions=100)
    before = prices.closes.drop(columns=MARKET)
    moved = np.log(before).diff().rolling(5).sum().iloc[9:109]  # the five sessions before each
    events["score"] = moved.to_numpy().ravel()
    late = sg.write_report(sg.evaluate(events, prices), tmp_path / "late.html").read_text("utf-8")

    assert "Prices had moved with the score already" in late
    assert "What it predicts may be momentum" in late


def test_the_page_says_nothing_of_momentum_where_there_is_none(written):
    assert "Prices had moved" not in written.read_text(encoding="utf-8")
