"""News made from templates by a seeded generator: as much as a benchmark wants, no one's text.

Run: python tests/benchmarks/made_news.py FILE.jsonl ROWS
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

COMPANIES = [
    tuple(line.split(":"))
    for line in (
        "Microsoft:NASDAQ:MSFT Apple:NASDAQ:AAPL Amazon:NASDAQ:AMZN Nvidia:NASDAQ:NVDA "
        "Tesla:NASDAQ:TSLA Boeing:NYSE:BA Pfizer:NYSE:PFE Chevron:NYSE:CVX Walmart:NYSE:WMT "
        "Intel:NASDAQ:INTC Netflix:NASDAQ:NFLX Starbucks:NASDAQ:SBUX Nike:NYSE:NKE "
        "Caterpillar:NYSE:CAT JPMorgan:NYSE:JPM Uber:NYSE:UBER Toyota:NYSE:TM Shell:NYSE:SHEL "
        "Oracle:NYSE:ORCL Cisco:NASDAQ:CSCO Merck:NYSE:MRK Honeywell:NASDAQ:HON"
    ).split()
]
_WHAT = (
    "raised its forecast;cut its forecast;beat estimates;missed estimates;won a contract;lost a "
    "lawsuit;opened a plant;closed a plant;recalled products;announced a buyback;hired a new chief "
    "of finance;settled a dispute;faces a probe;launched a service;delayed a project"
).split(";")
_WHY = (
    "as demand for {noun} grew;because costs of {noun} rose;after a review of {noun};despite weak "
    "sales of {noun};citing strong growth in {noun};amid doubts about {noun};on record orders for "
    "{noun};with margins on {noun} falling"
).split(";")
_NOUNS = (
    "trucks chips software drugs flights coffee shoes engines loans rides hybrids fuel cloud "
    "storage routers vaccines turbines phones games groceries insurance batteries cables pumps"
).split()
_PLACES = (
    "Ohio Texas Germany Japan Brazil India Mexico Poland Ireland Korea Canada Spain Kenya Chile "
    "Norway Vietnam Italy Turkey Sweden Peru"
).split()
_SYLLABLES = (
    "ar ben cor dal eph fin gor hel ist jun kal lor mar nes oph pel quin ros sol tan".split()
)


def digest(out: Path) -> str:
    """Hash all that scoring wrote, in the order of the shards: equal rows give equal hashes."""
    whole = hashlib.sha256()
    for path in sorted((out / "shards").glob("[0-9]*/*.parquet")):
        whole.update(path.read_bytes())
    return whole.hexdigest()


def headlines(rows: int, *, seed: int = 0) -> tuple[list[str], list[int]]:
    """Make headlines; one in eight is a copy, edited as wires do.

    Returns the headlines, and of each the place of the one that it copies (its own if none).
    """
    chance = random.Random(seed)
    texts: list[str] = []
    first: list[int] = []
    for place in range(rows):
        if texts and chance.random() < 0.125:
            model = first[chance.randrange(max(0, place - 5_000), place)]
            texts.append(_edited(texts[model], chance))
            first.append(model)
        else:
            texts.append(_headline(chance))
            first.append(place)
    return texts, first


def _headline(chance: random.Random) -> str:
    name = "".join(chance.choices(_SYLLABLES, k=3)).capitalize()
    other = "".join(chance.choices(_SYLLABLES, k=3)).capitalize()
    why = chance.choice(_WHY).format(noun=chance.choice(_NOUNS))
    amount = f"${chance.randrange(10, 9_999) / 10} million"
    return (
        f"{name} of {chance.choice(_PLACES)} {chance.choice(_WHAT)} worth {amount} {why}, "
        f"says {other}"
    )


def _edited(text: str, chance: random.Random) -> str:
    return chance.choice(
        (
            text,
            text.upper(),
            f"UPDATE 1-{text}",
            f"{text} - Wire",
            text.rsplit(" ", 1)[0],
            f"BRIEF: {text}",
        )
    )


def articles(rows: int, *, seed: int = 0) -> Iterator[dict[str, str]]:
    """Make articles of some 180 words, one a minute from January 2024 on."""
    chance = random.Random(seed)
    start = datetime(2024, 1, 2, 9, 0, tzinfo=UTC)
    for place in range(rows):
        name, exchange, ticker = chance.choice(COMPANIES)
        title = f"{name} {chance.choice(_WHAT)} in {chance.choice(_PLACES)}"
        told = [f"{name} ({exchange}:{ticker}) {_clause(chance)}, it said on Tuesday."]
        told += [f"The company {_clause(chance)}." for _ in range(2)]
        told += [f"Analysts in {chance.choice(_PLACES)} said that it {_clause(chance)}."]
        told += [f"{chance.choice(COMPANIES)[0]} {_clause(chance)} last year."]
        told += [f"In {chance.choice(_PLACES)} the group {_clause(chance)}." for _ in range(6)]
        yield {
            "title": title,
            "text": " ".join(told),
            "published": (start + timedelta(minutes=place)).isoformat(),
            "url": f"https://news.example/{seed}/{place}",
            "source": "made",
        }


def _clause(chance: random.Random) -> str:
    why = chance.choice(_WHY).format(noun=chance.choice(_NOUNS))
    amount = chance.randrange(10, 9_999) / 10
    return f"{chance.choice(_WHAT)} worth ${amount} million {why}"


if __name__ == "__main__":
    with Path(sys.argv[1]).open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in articles(int(sys.argv[2])))
