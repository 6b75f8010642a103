"""What a scorer gives to single words, so that one that changes can be named."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from signals.sentiment.entity import About, Naming
from signals.sentiment.finance import Finance
from signals.sentiment.scorer import Scorer
from signals.sentiment.vader import Vader

_NAME = "Acme"
_WORD = re.compile(r"[^\W\d_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}-][^\W\d_]+)*")
_ANY = re.compile(r"\w")
_LONGEST_WORD, _LONGEST_SIGN = 40, 8


def words_in(text: str) -> tuple[str, ...]:
    """Give the words of a text in small letters, and signs that stand alone, such as smileys."""
    small = text.lower()
    signs = (one for one in small.split() if len(one) <= _LONGEST_SIGN and not _ANY.search(one))
    words = (word for word in _WORD.findall(small) if len(word) <= _LONGEST_WORD)
    return tuple(sorted({*words, *signs}))


def words_csv(words: Sequence[str], scorer: Scorer) -> bytes:
    """Say what the scorer gives to each word: alone and, where it minds that, beside a name."""
    columns: dict[str, Sequence[float]] = {
        "score": [one.score for one in scorer.score_texts(words)] if words else []
    }
    if isinstance(scorer, Finance):
        tell, name = About(scorer), len(_NAME)
        columns["before_name"] = tell.score_each(
            [Naming(f"{one} {_NAME}", [(len(one) + 1, len(one) + 1 + name)]) for one in words]
        ).numbers
        columns["after_name"] = tell.score_each(
            [Naming(f"{_NAME} {one}", [(0, name)]) for one in words]
        ).numbers
    lines = [",".join(["word", *columns])]
    for place, word in enumerate(words):
        scores = [repr(float(column[place])) for column in columns.values()]
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
