"""What a scorer gives to single words, so that one that changes can be named."""

from __future__ import annotations

import json
from collections.abc import Sequence

from signals.sentiment.entity import About
from signals.sentiment.finance import Finance
from signals.sentiment.scorer import Scorer, TextScore
from signals.sentiment.vader import Vader

_NAME = "Acme"


def words_csv(words: Sequence[str], scorer: Scorer) -> bytes:
    """Say what the scorer gives to each word: alone and, where it minds that, beside a name."""
    columns: dict[str, Sequence[TextScore]] = {"score": scorer.score_texts(words) if words else []}
    if isinstance(scorer, Finance):
        tell = About(scorer)
        for side, text in (("before_name", "{} Acme"), ("after_name", "Acme {}")):
            columns[side] = [tell.score_text(text.format(one), target=_NAME) for one in words]
    lines = [",".join(["word", *columns])]
    for place, word in enumerate(words):
        scores = [repr(column[place].score) for column in columns.values()]
        lines.append(",".join([json.dumps(word, ensure_ascii=True), *scores]))
    return ("\n".join(lines) + "\n").encode()


def read_words(content: bytes) -> dict[str, str]:
    """Read what :func:`words_csv` wrote: word -> its scores, separated by commas."""
    header, *lines = content.decode().splitlines()
    count = header.count(",")
    rows = [line.rsplit(",", count) for line in lines]
    return {json.loads(word): ", ".join(scores) for word, *scores in rows}


def weights_of(scorer: Scorer) -> str:
    """Name everything that a scorer's numbers come from, with digests of its weights."""
    if isinstance(scorer, Finance):
        return f"{About(scorer).name}, {Vader().name}"
    return scorer.name
