"""Every block of the README does what the README says it does."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from signals.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks():
    return [(match[1], match[2]) for match in BLOCK.finditer(README)]


def outputs_of(language):
    """Pair each block of a language with the block of text behind it."""
    found = blocks()
    return [
        pytest.param(code, shown if kind == "text" else "", id=code.strip().splitlines()[0][:50])
        for (name, code), (kind, shown) in zip(found, [*found[1:], ("", "")], strict=True)
        if name == language
    ]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that looks like the root of a clone, to be written to."""
    for name in ("data", "notebooks"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("code", "shown"), outputs_of("python"))
def test_a_python_block_prints_what_is_shown(folder, code, shown):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {"__name__": "__main__"})  # noqa: S102 - our own

    assert printed.getvalue().split("\n") == shown.split("\n")


@pytest.mark.parametrize(("code", "shown"), outputs_of("console"))
def test_a_console_block_prints_what_is_shown(folder, capsys, code, shown):
    for line in code.replace("\\\n", " ").strip().splitlines():
        program, *arguments = line.removeprefix("$ ").split()
        assert program == "signals"
        main(arguments)

    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.split("\n") == shown.split("\n")


def test_every_block_is_of_a_kind_that_is_run():
    kinds = {kind for kind, _ in blocks()}

    # `sh` holds the two commands, which .ci/run runs as they stand; `powershell` their twin.
    assert kinds <= {"python", "console", "text", "sh", "powershell"}


def test_every_link_to_a_file_leads_somewhere():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
