import ast
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


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        signals.nothing  # noqa: B018 - looking it up is the test
