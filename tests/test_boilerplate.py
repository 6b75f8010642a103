"""Each way of writing boilerplate is known by a line that is written so."""

import re
from itertools import chain
from pathlib import Path

import pytest

from signals.news.boilerplate import disclosures, furniture, heading
from signals.news.boilerplate_words import DISCLOSURES, FURNITURE, HEADINGS

FOLDER = Path(__file__).parent / "cases"
MISSING = "Write a line that is written so into tests/cases/boilerplate.txt."


def told(name):
    """Give what each line of a file of cases is told to be, and the line."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split(" | ", 1)) for line in lines if " | " in line and line[0] != "#"]


LINES = [line for _, line in told("boilerplate.txt") + told("zones.txt")]


def of_sentence(line):
    return "disclosure" if any(one.search(line) for one in disclosures(line)) else None


@pytest.mark.parametrize(("what", "line"), told("boilerplate.txt"))
def test_a_line_is_known_for_what_it_is(what, line):
    where, kind = what.split()
    known = {"heading": heading, "line": furniture, "sentence": of_sentence}[where]
    assert known(line) == kind


@pytest.mark.parametrize("table", [HEADINGS, FURNITURE], ids=["headings", "lines"])
def test_every_way_of_writing_a_line_has_one(table):
    bare = [line.lower().strip("-–—•*#:_( \t") for line in LINES]
    ways = [re.compile(rf"(?:{one})\.?") for one in chain.from_iterable(table.values())]
    assert [one.pattern for one in ways if not any(map(one.fullmatch, bare))] == [], MISSING


def test_every_sentence_of_disclosures_has_a_line_in_which_it_is_sought_and_found():
    found = {one for line in LINES for one in disclosures(line) if one.search(line)}
    assert [name for name, one in DISCLOSURES.items() if one not in found] == [], MISSING
