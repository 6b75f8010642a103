"""What the help of a public name says is what the name gives."""

import inspect
import re
from functools import cached_property

import numpy as np
import pandas as pd
import pytest
from evaluation_samples import MARKET, sample
from study_samples import Frame, events, invent

import signals as sg
from signals.cli import main
from signals.evaluation import exports
from signals.report.model_names import MODEL_WORDS
from signals.study.models import MODELS

DAYS = ["2025-03-04", "2025-04-08", "2025-05-06", "2025-06-03", "2025-07-08", "2025-07-22"]

STUDIED = {
    "aar": lambda one: one.aar(),
    "by": lambda one: one.by("kind"),
    "caar": lambda one: one.caar(adjust="holm"),
    "calendar_portfolio": lambda one: one.calendar_portfolio((0, 1)),
    "car": lambda one: one.car(0, 1),
    "confounds": lambda one: one.confounds(),
    "cumulative": lambda one: one.cumulative("A-2025-07-22"),
    "drift": lambda one: one.drift(),
    "flags": lambda one: one.flags(),
    "mean_bhar": lambda one: one.mean_bhar(0, 1),
    "path": lambda one: one.path(),
    "path_by_sign": lambda one: one.path_by_sign(),
    "placebo": lambda one: one.placebo((0, 1), draws=19),
    "recaps": lambda one: one.recaps(),
    "sensitivity": lambda one: one.sensitivity("mean"),
    "sentiment": lambda one: one.sentiment(),
    "size_check": lambda one: one.size_check((0, 1), draws=19),
    "slope": lambda one: one.slope(),
    "spread": lambda one: one.spread(),
    "summary": lambda one: one.summary(),
    "unpriced_by_year": lambda one: one.unpriced_by_year(),
}
EVALUATED = [
    name for name, made in vars(sg.Evaluation).items() if isinstance(made, cached_property)
]


@pytest.fixture(scope="module")
def study():
    table = events(*[(symbol, day) for symbol in "AB" for day in DAYS])
    table["score"] = np.linspace(-1, 1, len(table))
    table["kind"] = ["x", "y"] * len(DAYS)
    table["recap"] = ["title", ""] * len(DAYS)
    confounds = pd.DataFrame({"symbol": ["A"], "session": [DAYS[0]]})
    return sg.event_study(table, Frame(invent("AB")), market="SPY", confounds=confounds)


@pytest.fixture(scope="module")
def evaluation():
    told, prices = sample(sessions=40, names=8)
    told["earnings"] = np.arange(len(told)) % 5 == 0
    told["novelty"] = np.where(np.arange(len(told)) % 2, 100.0, 20.0)
    return sg.evaluate(told, prices, market=MARKET)


def untold(owner, name, table):
    """Columns and index names that neither a docstring nor one that it names tells of."""
    words = inspect.getdoc(inspect.getattr_static(owner, name))
    for other in re.findall(r"``(\w+)``", words):
        if other in {"caar", "ic", "sentiment"}:
            told = owner if other == "ic" else inspect.getattr_static(owner, other)
            words += inspect.getdoc(told)
    names = [*table.columns, *filter(None, table.index.names)]
    return [one for one in names if not re.search(rf"\b{one}\b", words)]


@pytest.mark.parametrize("name", STUDIED)
def test_the_help_of_a_study_tells_every_column(study, name):
    left = untold(sg.EventStudy, name, STUDIED[name](study))
    assert [one for one in left if one not in {"event_id", "window", "kind"}] == []


def test_every_table_of_a_study_is_one_of_them():
    made = {name: one for name, one in vars(sg.EventStudy).items() if inspect.isfunction(one)}
    gives = {name: str(inspect.signature(one).return_annotation) for name, one in made.items()}
    tables = {one for one, kind in gives.items() if kind == "pd.DataFrame" and one[0] != "_"}
    assert tables == STUDIED.keys(), "Call it in STUDIED."


@pytest.mark.parametrize("name", EVALUATED)
def test_the_help_of_an_evaluation_tells_every_column(evaluation, name):
    left = untold(sg.Evaluation, name, getattr(evaluation, name))
    assert [one for one in left if not re.fullmatch(r"return_\d+", one)] == []


def test_the_help_of_exports_tells_every_style_and_its_columns(evaluation):
    told = inspect.getdoc(sg.Evaluation.to_vendor)
    for style in exports._STYLES:
        assert f'"{style}"' in told, style
        assert untold(sg.Evaluation, "to_vendor", evaluation.to_vendor(style)) == []


def test_every_shape_for_other_programs_is_a_method():
    shapes = [name for name in vars(exports) if name.startswith("to_")]
    assert len(shapes) > 2
    assert [name for name in shapes if not hasattr(sg.Evaluation, name)] == []


@pytest.mark.parametrize("name", [one for one in sg.__all__ if one != "__version__"])
def test_public_names_and_their_methods_say_what_they_are(name):
    thing = getattr(sg, name)
    parts = inspect.getmembers(thing) if inspect.isclass(thing) else []
    told = [
        (name, thing),
        *(
            (f"{name}.{part}", value)
            for part, value in parts
            if not part.startswith("_")
            and (inspect.isfunction(value) or inspect.ismethod(value))
            and value.__module__.startswith("signals")
        ),
    ]
    for where, value in told:
        words = inspect.getdoc(value)
        assert words, where
        assert not re.search(r"see ``\w+\.\w+``\.?$", words.splitlines()[0]), where


FUNCTIONS = [name for name in sg.__all__ if inspect.isfunction(getattr(sg, name))]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_help_of_a_function_tells_every_argument(name):
    _, *others = inspect.signature(getattr(sg, name)).parameters
    told = re.findall(r"\w+", inspect.getdoc(getattr(sg, name)))
    assert [one for one in others if one != "ax" and one not in told] == []


def test_every_return_model_is_named_wherever_a_user_looks_for_one(capsys):
    with pytest.raises(SystemExit):
        main(["study", "--help"])
    told = {
        "event_study": re.findall(r"\w+", inspect.getdoc(sg.event_study)),
        "signals study --help": re.findall(r"\w+", capsys.readouterr().out),
        "MODEL_WORDS of signals/report/model_names.py": MODEL_WORDS,
    }
    for where, names in told.items():
        assert [one.name for one in MODELS if one.name not in names] == [], f"not in {where}"
    names, told = re.findall(r"\w+", inspect.getdoc(sg.analyse)), "not in the help of analyse"
    of_prices = [one.name for one in MODELS if set(one.inputs) <= {"market"}]
    assert [name for name in of_prices if name not in names] == [], told


def test_objects_tell_what_they_are(root):
    closes = pd.DataFrame({"MSFT": [1.0]}, index=pd.DatetimeIndex(["2025-07-22"]))
    shown = {
        sg.Finance(): "<Finance: finance ",
        sg.Vader(): "<Vader: vader 3",
        sg.About(): "<About: finance ",
        sg.LexiconScorer({"gain": 1}): "<LexiconScorer: lexicon ",
        sg.CsvPrices(root / "data/prices"): "<CsvPrices: prices, MSFT, SFTBY, SPY>",
        sg.FramePrices(closes): "<FramePrices: MSFT>",
    }
    for one, begin in shown.items():
        assert repr(one).startswith(begin)


@pytest.mark.parametrize("name", [name for name in sg.__all__ if not name.startswith("_")])
def test_help_refers_to_nothing_that_a_user_cannot_look_up(name):
    public = getattr(sg, name)
    own = [one for key, one in vars(public).items() if not key.startswith("_")]
    for one in (public, *own) if inspect.isclass(public) else (public,):
        assert not re.search(r":\w+:`~?(?:[\w.]+\.)?_", inspect.getdoc(one) or "")
