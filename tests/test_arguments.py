"""Natural but slightly wrong arguments: taken where they have one meaning, else answered."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pandas as pd
import pytest
from evaluation_samples import sample
from study_samples import SESSION, events, invent

import signals as sg
from signals.errors import ArticleError, ConfigError, PriceError, StudyError, SymbolError
from signals.pipeline import analysis_of
from signals.report import evaluation_plots, plots, study_plots

NEW_YORK = sg.Sessions("XNYS")
NOON = datetime(2025, 7, 22, 16, tzinfo=UTC)
FACTORS = invent(["SMB"])[["SMB"]].pct_change().iloc[1:]


def test_a_range_of_sessions_runs_between_dates_of_any_kind():
    expected = NEW_YORK.labels(pd.Timestamp("2025-07-03"), pd.Timestamp("2025-07-07"))
    assert list(expected.day) == [3, 7]
    for first, last in (("2025-07-03", "2025-07-07"), (date(2025, 7, 3), date(2025, 7, 7))):
        assert NEW_YORK.labels(first, last).equals(expected)
    with pytest.raises(StudyError, match="without a time zone"):
        NEW_YORK.labels(NOON)
    with pytest.raises(StudyError, match="dates like 2025-07-22, not 'soon'"):
        NEW_YORK.labels("soon")


@pytest.mark.parametrize("wrong", [None, "soon", pd.NaT])
def test_a_range_of_prices_without_an_end_says_so(wrong):
    with pytest.raises(PriceError, match="runs between dates like 2025-07-22"):
        sg.CsvPrices("data/prices").history(["MSFT"], "2025-07-01", wrong)


def test_instants_of_several_zones_may_stand_in_one_column():
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    column = pd.Series([NOON, tokyo], dtype="object")
    assert NEW_YORK.locate(column).equals(NEW_YORK.locate([NOON, NOON]))
    assert sg.locate(column, "XNYS").equals(NEW_YORK.locate([NOON, NOON]))


@pytest.mark.parametrize("wrong", [5, "2025-07-22T16:00Z", date(2025, 7, 22)])
def test_what_is_no_instant_is_shown_whole(wrong):
    with pytest.raises(StudyError, match="is no instant: give a datetime with a time zone") as told:
        NEW_YORK.locate(wrong)
    assert repr(wrong) in str(told.value)


@pytest.mark.parametrize("wrong", [None, "data/prices", pd.Series([1.0])])
def test_prices_that_are_no_frame_are_told_what_is(wrong):
    with pytest.raises(TypeError, match="takes a DataFrame of adjusted closes"):
        sg.FramePrices(wrong)


def test_factors_of_another_shape_are_told_what_is_right():
    with pytest.raises(TypeError, match="takes a DataFrame, one column a factor, not Series"):
        sg.FactorTable.from_frame(FACTORS["SMB"])
    with pytest.raises(StudyError, match="two columns 'SMB'"):
        sg.FactorTable.from_frame(FACTORS[["SMB", "SMB"]])
    for names in ((), (["SMB", "HML"],)):
        with pytest.raises(StudyError, match="Name the factors one by one"):
            sg.named_factors(*names)


def test_one_score_is_aligned_as_a_list_of_it():
    scores = sg.score(sg.read_article("data/articles/microsoft-results.txt"))
    pd.testing.assert_frame_equal(sg.align(scores[0]), sg.align(scores))
    for wrong in (scores.to_frame(), 5, sg.read_article("data/articles/openai-uk.txt")):
        with pytest.raises(StudyError, match=r"is no score: .*what score\(\) gives"):
            sg.align(wrong)


def test_a_list_of_words_needs_their_values():
    with pytest.raises(ConfigError, match="not a list"):
        sg.LexiconScorer(["gain", "loss"])


@pytest.mark.parametrize("wrong", [None, [], pd.DataFrame()])
def test_a_report_of_something_else_says_what_it_is_of(tmp_path, wrong):
    with pytest.raises(TypeError, match=r"what analyse\(\), event_study\(\) or evaluate\(\) gives"):
        sg.write_report(wrong, tmp_path / "out.html")


def test_a_report_into_a_folder_is_refused_before_it_is_made(tmp_path):
    study = sg.event_study(events(("A", SESSION), ("B", SESSION)), invent("AB"), market="SPY")
    with pytest.raises(ConfigError, match=r"is a folder: name the file, as .*report\.html"):
        sg.write_report(study, tmp_path)


def test_one_page_takes_no_time_for_pictures_beside_it(tmp_path, monkeypatch):
    def fail(figure):
        raise AssertionError(figure)

    monkeypatch.setattr("signals.report.gallery.render_png", fail)
    study = sg.event_study(events(("A", SESSION), ("B", SESSION)), invent("AB"), market="SPY")
    assert "<svg" in sg.write_report(study, tmp_path / "out.html").read_text(encoding="utf-8")


def test_plots_of_a_methods_result_refuse_the_study_itself():
    study = sg.event_study(events(("A", SESSION), ("B", SESSION)), invent("AB"), market="SPY")
    for plot, method in (
        (study_plots.plot_random_dates, "placebo"),
        (study_plots.plot_sensitivity, "sensitivity"),
        (study_plots.plot_size_check, "size_check"),
        (evaluation_plots.plot_placebo, "placebo"),
    ):
        with pytest.raises(TypeError, match=rf"draws what \w+\.{method}\(\) gives"):
            plot(study)


def test_one_event_of_a_study_may_be_named_alone():
    import matplotlib.pyplot as plt

    study = sg.event_study(events(("A", SESSION), ("B", SESSION)), invent("AB"), market="SPY")
    axes = sg.plot_events(study, "B-2025-07-22")
    assert [one.get_title(loc="left") for one in axes.child_axes] == ["B 2025-07-22"]
    plt.close(axes.figure)


def test_reports_of_earnings_are_a_frame():
    told, _ = sample(sessions=10, names=6)
    with pytest.raises(TypeError, match=r"Reports of earnings are a DataFrame .* not dict"):
        sg.mark_earnings(told, {"symbol": ["N00"], "session": ["2021-01-20"]})


def test_groups_may_be_of_several_kinds():
    told, prices = sample(sessions=30, names=12)
    told["kind"] = [("a", 1, 2.5)[place % 3] for place in range(len(told))]
    assert list(sg.evaluate(told, prices, horizons=1).by("kind").index) == [1, 2.5, "a"]


def test_horizons_may_be_one_or_an_array():
    told, prices = sample(sessions=30, names=6)
    one, array = (sg.evaluate(told, prices, horizons=given) for given in (1, pd.array([1, 2])))
    assert (one.settings.horizons, array.settings.horizons) == ((1,), (1, 2))
    assert list(array.to_alphalens(horizons=2).columns[:1]) == ["2D"]
    with pytest.raises(StudyError, match="not by a list"):
        one.by(["symbol"])
    with pytest.raises(StudyError, match="draws=5 is too few: it takes 19"):
        one.placebo(draws=5)


def test_scores_of_other_shapes_are_told_how_to_become_events():
    told, prices = sample(sessions=10, names=6)
    stacked = told.set_index(["known_at", "symbol"])["score"]
    wide = told.pivot_table(index="known_at", columns="symbol", values="score")
    with pytest.raises(TypeError, match=r"series.rename_axis.*reset_index"):
        sg.evaluate(stacked, prices)
    made = stacked.rename_axis(["known_at", "symbol"]).reset_index(name="score")
    assert len(sg.evaluate(made, prices, horizons=1).observations) == len(told)
    with pytest.raises(
        StudyError, match=r"no column 'symbol'.*there are known_at, N00, .* by melt"
    ):
        sg.evaluate(wide, prices)


def test_a_symbol_that_a_frame_lacks_is_answered_with_those_it_has():
    with pytest.raises(StudyError, match="has no column a; it has SPY, A, B"):
        sg.event_study(events(("a", SESSION)), invent("AB"), market="SPY")


@pytest.mark.parametrize("name", ["score", "relevance", "novelty", "n_articles"])
def test_a_column_of_numbers_that_holds_words_is_named(name):
    told, prices = sample(sessions=10, names=6)
    for words in ("high", "0.5"):  # text is no number for EventStudy.sentiment either
        with pytest.raises(StudyError, match=f"column '{name}' holds no numbers but '{words}': as"):
            sg.evaluate(told.assign(**{name: words}), prices)


@pytest.mark.parametrize("wrong", [-1.0, 101.0, float("inf")])
def test_a_relevance_on_another_scale_is_refused(wrong):
    told, prices = sample(sessions=10, names=6)
    told = told.assign(relevance=50.0)
    told.loc[3, "relevance"] = wrong

    with pytest.raises(StudyError, match=f"A relevance of {wrong:g} is none: it goes from 0 to 1"):
        sg.evaluate(told, prices)


@pytest.mark.parametrize("wrong", [3, None, pd.DataFrame(), [1]])
def test_plots_of_something_else_say_what_they_draw(wrong):
    for plot, function in (
        (sg.plot_event_window, "event_study"),
        (sg.plot_prices, "event_study"),
        (sg.plot_caar, "event_study"),
        (sg.plot_caar_by_sign, "event_study"),
        (sg.plot_events, "event_study"),
        (sg.plot_sensitivity, "EventStudy.sensitivity"),
        (sg.plot_sentiment, "score"),
        (sg.plot_ic, "evaluate"),
        (sg.plot_quantiles, "evaluate"),
        (sg.plot_spread, "evaluate"),
        (sg.plot_coverage, "evaluate"),
    ):
        with pytest.raises(
            TypeError, match=rf"draws what {function}\(\) gives, not {type(wrong).__name__}"
        ):
            plot(wrong)


def test_every_plot_is_public_refuses_what_it_cannot_draw_and_is_looked_at(root):
    made = {
        name
        for module in (plots, study_plots, evaluation_plots)
        for name, one in vars(module).items()
        if name.startswith("plot_") and one.__module__ == module.__name__
    }
    assert made <= {*sg.__all__}, "Name it in both lists of signals/__init__.py."
    names = ("plots", "study_plots", "evaluation_page", "earnings")
    tests = [(root / f"tests/test_{name}.py").read_text(encoding="utf-8") for name in names]
    seen = re.findall(r"\.(plot_\w+)\(", "".join(tests))
    assert made <= {*seen}, "Hold what it draws against the numbers, as its neighbours are."
    for name in made:
        with pytest.raises(TypeError, match=r"draws what [\w.]+\(\) gives, not int"):
            getattr(sg, name)(3)


def test_a_plot_of_a_study_is_none_of_an_evaluation_and_no_figure_is_an_axes():
    import matplotlib.pyplot as plt

    study = sg.event_study(events(("A", SESSION), ("B", SESSION)), invent("AB"), market="SPY")
    for plot in (sg.plot_ic, sg.plot_quantiles, sg.plot_spread, sg.plot_coverage):
        with pytest.raises(TypeError, match=r"what evaluate\(\) gives, not EventStudy"):
            plot(study)
    with pytest.raises(TypeError, match=r"what event_study\(\) gives, not Analysis: .* \.study"):
        sg.plot_event_window(analysis_of(study))
    figure, axes = plt.subplots(2)
    for wrong in (figure, axes):
        with pytest.raises(TypeError, match="ax is an Axes of matplotlib"):
            sg.plot_caar(study, ax=wrong)
    plt.close(figure)


ARTICLE = sg.Article.from_text("Acme (NYSE:ACM) rose.", published="2025-07-21T19:11Z")


@pytest.mark.parametrize(
    ("call", "kind", "said"),
    [
        (lambda: sg.score(ARTICLE, mentions=3), TypeError, "mentions are what find_mentions"),
        (lambda: sg.find_mentions(ARTICLE, book="us"), TypeError, "a SecurityBook, not str"),
        (lambda: sg.score_articles(ARTICLE), TypeError, "takes several articles, .* not Article"),
        (
            lambda: sg.score_articles(pd.DataFrame({"text": ["Acme rose."]})),
            TypeError,
            r"not DataFrame: sg.FrameSource\(frame\) makes an article of each row",
        ),
        (
            lambda: sg.score(ARTICLE, scorer="vader"),
            ConfigError,
            r"as Vader\(\) is; 'vader' is none",
        ),
        (lambda: sg.score(ARTICLE, scorer=sg.Vader), ConfigError, "<class '.*Vader'> is none"),
        (lambda: sg.group_stories("a text"), TypeError, "takes several articles, .* not str"),
        (lambda: sg.analyse(3, prices="data/prices"), TypeError, "takes several .* not int"),
        (lambda: sg.align(sg.score(ARTICLE), stories=[1]), TypeError, "group_stories.*not list"),
        (lambda: sg.normalize_symbol(3), SymbolError, "A symbol is text, such as 'MSFT', not int"),
        (lambda: sg.open_source(7), ConfigError, "A source is a mapping such as .* not int"),
        (lambda: told(title=float("nan")), ArticleError, "The title of an article is text or None"),
        (lambda: told(source=3), ArticleError, "The source of an article is text .* not int"),
        (lambda: told(published=1753124400), ArticleError, "looks like seconds since 1970"),
        (lambda: told(published=pd.NaT), ArticleError, "NaT is no publication time: give None"),
        (lambda: told(published=float("nan")), ArticleError, "'nan' is no publication time"),
    ],
)
def test_an_argument_of_the_wrong_kind_is_answered_with_a_sentence(call, kind, said):
    with pytest.raises(kind, match=said):
        call()


def told(**said):
    return sg.Article.from_text("Acme (NYSE:ACM) rose.", **said)
