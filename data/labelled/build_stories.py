"""Make stories.jsonl, pairs of texts with the answer whether both tell one story.

The tellings are in stories.txt, each written by hand. Copies are made from them as wires and
sites make them: another agency's line, another case, a cut end, a sentence of boilerplate.

Run: python data/labelled/build_stories.py
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
START = datetime(2025, 3, 3, 13, 0, tzinfo=UTC)
Telling = tuple[str, str]  # headline, opening


def read_happenings() -> dict[str, dict[str, Telling]]:
    """Read stories.txt: name -> letter -> telling."""
    happenings: dict[str, dict[str, Telling]] = {}
    name = ""
    for line in (HERE / "stories.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            name = line[2:]
            happenings[name] = {}
        elif line and not line.startswith("#"):
            title, _, opening = line[2:].partition(" | ")
            happenings[name][line[0]] = (title, opening)
    return happenings


def copies(telling: Telling, number: int) -> list[Telling]:
    """Copy a telling as others do; which way depends on the number of the happening."""
    title, opening = telling
    ways = [
        (f"UPDATE 1-{title}", opening),
        (title.upper(), opening),
        (title, f"NEW YORK (Newswire) - {opening} The company did not reply to a request."),
        (f"{title} - Market Wire", opening.split(". ")[0] + "."),
        (title.replace("$", "US$"), f"March 3 - {opening}"),
        (f"BRIEF-{title}", f"{opening} Our Standards: trust principles."),
    ]
    return [ways[number % len(ways)], ways[(number + 2) % len(ways)]]


def pairs() -> list[dict[str, object]]:
    """Pair the tellings of every happening with one another and with those of the next one."""
    rows: list[dict[str, object]] = []
    happenings = list(read_happenings().items())

    def add(kind: str, happening: str, first: Telling, second: Telling, hours: float) -> None:
        number = len(rows)
        start = START + timedelta(days=number)
        rows.append(
            {
                "id": f"pair-{number:03d}",
                "happening": happening,
                "held_out": happening.startswith("held-"),
                "kind": kind,
                "same": kind in {"copy", "paraphrase"},
                "first": _text(first, start),
                "second": _text(second, start + timedelta(hours=hours)),
            }
        )

    for number, (name, told) in enumerate(happenings):
        for copy in copies(told["A"], number):
            add("copy", name, told["A"], copy, 0.5)
        for one, other in (("A", "P"), ("A", "Q"), ("P", "Q")):
            add("paraphrase", name, told[one], told[other], 2)
        later = "F" if "F" in told else "C"
        kind = {"F": "follow-up", "C": "correction"}[later]
        for one in ("A", "P"):
            add(kind, name, told[one], told[later], 26 if later == "F" else 3)
        for one in ("A", "Q"):
            add("look-alike", name, told[one], told["L"], 20)
        following = happenings[(number + 1) % len(happenings)][1]
        add("unrelated", name, told["A"], following["A"], 5)
    return rows


def _text(telling: Telling, published: datetime) -> dict[str, str]:
    title, opening = telling
    return {"title": title, "text": opening, "published": published.isoformat()}


if __name__ == "__main__":
    lines = [json.dumps(row, ensure_ascii=False, sort_keys=True) for row in pairs()]
    (HERE / "stories.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} pairs")
