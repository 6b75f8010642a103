"""What is passed where articles are asked for: one, several, or a source that reads them."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable
from typing import Any, Protocol

from signals.news.article import Article


def expect_article(given: object, where: str) -> None:
    """Refuse what is no article where one is asked for, with a sentence.

    Raises
    ------
    TypeError
        ``given`` is not an article.
    """
    if not isinstance(given, Article):
        raise TypeError(
            f"{where}() takes an Article, not {type(given).__name__}; "
            "read_article(path) and Article.from_text(text) make one."
        )


class Readable(Protocol):
    """What an ``ArticleSource`` is to those who take one: it reads articles, or why one is none."""

    def read(self) -> Iterable[object]:
        """Give each item."""
        ...


def given_articles(given: object, where: str) -> list[Any]:
    """Give what holds several articles as a list: what it holds, or what a source reads.

    What a source has to quarantine is left out with a warning that counts it by reason.

    Raises
    ------
    TypeError
        It holds no articles.
    """
    held = given.read() if hasattr(given, "read") else given
    is_table = hasattr(held, "columns")
    if isinstance(held, Article | str | bytes) or is_table or not isinstance(held, Iterable):
        hint = ": sg.FrameSource(frame) makes an article of each row" if is_table else ""
        if isinstance(held, str):
            hint = ": sg.open_source(path) makes a source of a file or a folder"
        raise TypeError(
            f"{where}() takes several articles, such as a list of them or a source, not "
            f"{type(given).__name__}{hint}."
        )
    items = list(held)
    if held is given:
        return items
    refused = Counter(one.reason for one in items if hasattr(one, "reason"))
    if refused:
        counts = ", ".join(f"{count} {reason}" for reason, count in sorted(refused.items()))
        warnings.warn(
            f"{where}() leaves out {refused.total()} of {len(items)} items: {counts}. "
            "The source's read() gives each with its reason.",
            stacklevel=3,
        )
    return [one for one in items if not hasattr(one, "reason")]
