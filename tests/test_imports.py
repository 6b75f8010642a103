import ast
import inspect
import re
import subprocess
import sys

import pytest

import signals

HEAVY = ["pandas", "numpy", "matplotlib", "yfinance", "scipy", "exchange_calendars", "selectolax"]


@pytest.mark.parametrize(
    "code",
    [
        "import signals",
        "import signals.cli",
        "from signals.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass",
        "from signals.cli import main\ntry: main(['analyse', '--help'])\nexcept SystemExit: pass",
    ],
)
def test_importing_and_helping_load_nothing_heavy(code):
    report = f"{code}\nimport sys\nprint([name for name in {HEAVY} if name in sys.modules])"

    result = subprocess.run(
        [sys.executable, "-c", report], capture_output=True, text=True, check=True
    )

    assert result.stdout.splitlines()[-1] == "[]"


def test_every_public_name_can_be_loaded():
    for name in signals.__all__:
        assert getattr(signals, name) is not None
    assert set(signals.__all__) <= set(dir(signals))


def test_names_for_type_checkers_are_the_names_that_load(root):
    tree = ast.parse((root / "signals/__init__.py").read_text())
    typed = {
        alias.name: node.module
        for block in tree.body
        if isinstance(block, ast.If)
        for node in ast.walk(block)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    assert typed == signals._MODULE_OF


def annotations_of(thing):
    """Annotations of what a function gives and of what makes a class, as they are written."""
    if inspect.isfunction(thing):
        return [str(thing.__annotations__.get("return"))]
    if getattr(thing, "_is_protocol", False):
        asked = (value for value in vars(thing).values() if inspect.isfunction(value))
        return [str(one.__annotations__.get("return")) for one in asked]
    return [str(one) for one in inspect.get_annotations(thing.__init__).values()]


@pytest.mark.parametrize("name", "Article Fit PriceTable Quarantined TextScore".split())
def test_what_an_object_of_ones_own_is_made_with_has_a_public_name(name):
    assert not unnamed(getattr(signals, name))


@pytest.mark.parametrize("name", [name for name in signals.__all__ if name != "__version__"])
def test_what_a_function_or_a_protocol_gives_has_a_public_name(name):
    thing = getattr(signals, name)
    if inspect.isfunction(thing) or getattr(thing, "_is_protocol", False):
        assert not unnamed(thing)


def unnamed(thing):
    """Classes of the package that a thing's annotations name and that are not public."""
    ours = {
        name
        for module in [one for one in sys.modules if one.startswith("signals.")]
        for name, value in vars(sys.modules[module]).items()
        if inspect.isclass(value) and value.__module__.startswith("signals.")
    }
    words = {word for one in annotations_of(thing) for word in re.findall(r"\w+", one)}
    return (words & ours) - set(signals.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        signals.nothing  # noqa: B018 - looking it up is the test
