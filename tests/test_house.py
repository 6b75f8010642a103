"""The habits of the house that no linter holds."""

import ast
import re
import tomllib

import pytest

from signals.versions import OPTIONAL, PACKAGES


def modules(root):
    return sorted((root / "signals").rglob("*.py"))


def test_no_module_outgrows_its_page(root):
    long = {
        str(path.relative_to(root)): lines
        for path in modules(root)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }

    assert long == {}, "Part it along its data, into a module that its room's map can name."


def test_no_function_outgrows_60_lines(root):
    long = []
    for path in modules(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                docstring = node.body[0] if ast.get_docstring(node) else None
                told = docstring.end_lineno - docstring.lineno + 1 if docstring else 0
                if node.end_lineno - node.lineno + 1 - told > 60:
                    long.append(f"{path.name}: {node.name}")

    assert long == []


@pytest.mark.parametrize(
    "room",
    "batch corpus evaluation market news report sentiment sources study".split(),
)
def test_the_map_of_a_room_names_each_of_its_modules_and_no_other(root, room):
    room = root / "signals" / room
    told = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))

    there = {path.stem for path in room.glob("*.py")} - {"__init__"}
    named = set(re.findall(r"``(\w+)``", told))
    assert named == there, f"Bring the map in {room.name}/__init__.py up to date."


def test_every_path_that_the_readme_names_is_there(root):
    text = (root / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:signals|tests|data|notebooks)/[A-Za-z0-9_./-]+)`", text)

    assert len(named) > 10
    assert [path for path in named if not (root / path).exists()] == []


def test_what_the_table_of_changes_names_is_in_a_file_of_its_row(root):
    table = (root / "README.md").read_text(encoding="utf-8").partition("## How to change it")[2]
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    names = 0
    for row in rows:
        files = re.findall(r"`(?:[\w/-]+/)?([\w-]+\.[a-z]+)`", row)
        held = [path for name in files for path in root.glob(f"[dst]*/**/{name}")]
        words = "".join(path.read_text(encoding="utf-8") for path in held)
        for name in re.findall(r"`(_?[A-Za-z]\w+)`", row):
            names += 1
            assert re.search(rf"\b{name}\b", words), f"{name} is in no file of: {row[:60]}"
    assert names > 10


@pytest.mark.parametrize("word", [r"/home/", r"/root/", r"/tmp/"])
def test_no_path_of_a_machine_is_in_the_package(root, word):
    found = [path.name for path in modules(root) if word in path.read_text(encoding="utf-8")]

    assert found == []


def test_the_pinned_versions_are_names_and_versions_only(root):
    for line in (root / "constraints.txt").read_text().splitlines():
        name, _, version = line.partition("==")
        assert name and version and " " not in line and "/" not in line


def test_a_dependency_is_pinned_and_told_in_manifests(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    extras = [one for some in project["optional-dependencies"].values() for one in some]
    pinned = {bare(line) for line in (root / "constraints.txt").read_text().splitlines()}
    told = {*map(bare, (*PACKAGES, *OPTIONAL))}
    apart = {"ahocorasick-rs", "platformdirs", "filelock"}  # they change no number

    needed = {*map(bare, project["dependencies"])}
    named = needed | {*map(bare, extras)} - {bare(project["name"])}
    assert sorted(named - pinned) == [], "Pin it in constraints.txt."
    assert sorted(needed - told - apart) == [], "Add it to PACKAGES of signals/versions.py."


def bare(requirement):
    """Give the name of a package, as PyPI compares names."""
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-")


def test_a_wheel_takes_along_every_file_that_the_package_reads(root):
    tool = tomllib.loads((root / "pyproject.toml").read_text())["tool"]
    taken = tool["setuptools"]["package-data"]["*"]
    left = [
        path.name
        for path in (root / "signals").rglob("*")
        if path.is_file()
        and path.suffix not in {".py", ".pyc"}
        and not any(path.match(pattern) for pattern in taken)
    ]

    assert left == []
