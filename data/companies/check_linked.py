"""Print the companies of today's lists that news can't name.

Run by hand, in the environment of ``build.py`` and after it::

    .venv-data/bin/python data/companies/check_linked.py

Each company of NYSE and Nasdaq, and each member of an index, is named in a sentence that speaks of
its shares. What is left are names that are words (Popular, Match, Post), which a text must write in
full, and names that two lists write differently. A symbol behind a name is what it means instead.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE)]

# The script runs without an installation, so that the path comes first.
import sources  # noqa: E402
from naming import tidy, usual_case, without_legal_form  # noqa: E402

from signals.news.article import Article  # noqa: E402
from signals.news.mentions import find_all_mentions  # noqa: E402
from signals.news.securities import SecurityBook  # noqa: E402

_BATCH = 500


def listed() -> dict[str, tuple[str, ...]]:
    """Give the names of companies as news writes them, each with symbols that it may mean."""
    records, mics = sources.sec()
    usual = usual_case([record.name for record in records])
    american = [one for one in records if mics.get(one.symbols[0]) in {"XNAS", "XNYS"}]
    return {
        re.sub(r"\s*\(.*?\)", "", without_legal_form(tidy(one.name, usual))): one.symbols
        for one in (*sources.index_members(), *american)
    }


def main() -> None:
    """Name each company in a sentence, and print those that are not found."""
    book, names = SecurityBook.default(), list(listed().items())
    missed = 0
    for first in range(0, len(names), _BATCH):
        some = names[first : first + _BATCH]
        texts = [f"Shares of {name} rose 3% on Tuesday after results." for name, _ in some]
        found = find_all_mentions([Article.from_text(text) for text in texts])
        for (name, symbols), mentions in zip(some, found, strict=True):
            meant = {one.company for symbol in symbols if (one := book.get(symbol))}
            if meant.isdisjoint(mention.company for mention in mentions):
                missed += 1
                print(symbols[0], name, *(mention.symbol for mention in mentions), sep="\t")
    print(f"{missed} of {len(names)} are not found by name.")


if __name__ == "__main__":
    main()
