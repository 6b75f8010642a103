"""Score the finding of companies on labelled articles, one JSON object a line::

    python tests/benchmarks/score_mentions.py data/labelled/mentions.jsonl ... [--errors]

A line has ``id, text, published`` (or null), ``expected`` (a list of ``symbol, start, end, how,
in_boilerplate, role, optional, accept``), ``subjects`` (symbols) and ``must_not``. A mention found
is right when it overlaps an expected one that is not taken yet and has its symbol or one of
``accept``. Optional ones count neither way. A blunder is a symbol of ``must_not`` that was linked.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from signals.news.article import Article
from signals.news.mentions import Mention, find_mentions


@dataclass
class Tally:
    """Counts over all items."""

    counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def ratio(self, part: str, whole: str) -> float:
        """Give a part of a whole; 1 of nothing."""
        return self.counts[part] / self.counts[whole] if self.counts[whole] else 1.0

    def figures(self) -> dict[str, float]:
        """Give the figures that the floors of the tests hold."""
        found = {}
        for what in ("mentions", "subjects"):
            right, wrong, missed = (
                self.counts[f"{what} {x}"] for x in ("right", "wrong", "missed")
            )
            found[f"{what} precision"] = right / (right + wrong) if right + wrong else 1.0
            found[f"{what} recall"] = right / (right + missed) if right + missed else 1.0
            found[f"{what} f1"] = 2 * right / max(2 * right + wrong + missed, 1)
        found["exact"] = self.ratio("exact", "items")
        found["explicit recall"] = self.ratio("explicit right", "explicit")
        found["boilerplate recall"] = self.ratio("boilerplate right", "boilerplate")
        found["blunders"] = float(self.counts["blunders"])
        found["articles/s"] = self.counts["items"] / self.seconds if self.seconds else 0.0
        return found


def match(expected: list[dict], got: list[Mention]) -> dict[int, int]:
    """Give for the number of an expected mention the number of the found one that is it."""
    pairs: dict[int, int] = {}
    for number, one in enumerate(expected):
        symbols = {one["symbol"], *one.get("accept", ())}
        for place, mention in enumerate(got):
            overlaps = max(mention.start, one["start"]) < min(mention.end, one["end"])
            if overlaps and mention.symbol in symbols and place not in pairs.values():
                pairs[number] = place
                break
    return pairs


def count(tally: Tally, item: dict) -> None:
    """Add one item to the tally."""
    article = Article.from_text(item["text"], published=item.get("published"))
    begun = time.perf_counter()
    found = find_mentions(article)
    tally.seconds += time.perf_counter() - begun
    got = [mention for mention in found if mention.symbol]
    expected = item["expected"]
    pairs = match(expected, got)
    missed = [one for n, one in enumerate(expected) if n not in pairs and not one.get("optional")]
    wrong = [mention for place, mention in enumerate(got) if place not in pairs.values()]
    counts = tally.counts
    counts["items"] += 1
    counts["mentions right"] += sum(not expected[number].get("optional") for number in pairs)
    counts["mentions missed"] += len(missed)
    counts["mentions wrong"] += len(wrong)
    for number, one in enumerate(expected):
        if one.get("how") != "name" and not one.get("optional"):
            counts["explicit"] += 1
            counts["explicit right"] += number in pairs
        if one.get("in_boilerplate") and number in pairs:
            counts["boilerplate"] += 1
            counts["boilerplate right"] += got[pairs[number]].boilerplate
    blunders = [mention.symbol for mention in got if mention.symbol in item.get("must_not", ())]
    counts["blunders"] += len(blunders)
    wanted = set(item["subjects"])
    subjects = told(got, expected, pairs, wanted)
    counts["subjects right"] += len(subjects & wanted)
    counts["subjects wrong"] += len(subjects - wanted)
    counts["subjects missed"] += len(wanted - subjects)
    exact = not missed and not wrong and subjects == wanted
    counts["exact"] += exact
    if not exact or blunders:
        surplus = [(mention.symbol, article.text[mention.start : mention.end]) for mention in wrong]
        lost = [(one["symbol"], item["text"][one["start"] : one["end"]]) for one in missed]
        tally.errors.append(
            f"{item['id']}: missed {lost}, wrong {surplus}, subjects {sorted(subjects)} for "
            f"{sorted(wanted)}, blunders {blunders}"
        )


def told(
    got: list[Mention], expected: list[dict], pairs: dict[int, int], wanted: set[str]
) -> set[str]:
    """Give the symbols that the story is about, in the spelling of the labels.

    What optional mentions alone speak for counts neither way.
    """
    spelled = {}
    free = set()
    for number, place in pairs.items():
        if got[place].symbol not in wanted:
            spelled[got[place].symbol] = expected[number]["symbol"]
        if expected[number].get("optional"):
            free.add(place)
    return {
        symbol
        for place, mention in enumerate(got)
        if mention.role == "subject" and not mention.boilerplate
        if (symbol := spelled.get(mention.symbol, mention.symbol)) in wanted or place not in free
    }


def score(paths: Iterable[Path]) -> Tally:
    """Score all items of some files."""
    find_mentions(Article.from_text("The book is loaded."))
    tally = Tally()
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            count(tally, json.loads(line))
    return tally


def main() -> None:
    """Print the figures, and on wish what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    tally = score(options.files)
    for name, value in tally.figures().items():
        print(f"{name:20} {value:10.3f}")
    if options.errors:
        print("\n".join(tally.errors))


if __name__ == "__main__":
    main()
