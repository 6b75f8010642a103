"""``signals explain``: the words that make a score."""

from __future__ import annotations

import argparse
from pathlib import Path

from signals.cli.options import add_scorer, add_time, check_time
from signals.errors import ArticleError
from signals.exits import DONE


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    explain = commands.add_parser(
        "explain",
        help="the words that make a score",
        description="Prints what an article says about a security, sentence by sentence, and what "
        "each word adds to the score; the parts add up to it.",
        epilog="Example:\n  signals explain data/articles/openai-uk.txt --symbol MSFT\n",
    )
    explain.add_argument("article", metavar="ARTICLE", type=Path, help="text or HTML")
    explain.add_argument(
        "--symbol", metavar="SYMBOL", help="a security of the article; the article itself without"
    )
    add_time(explain)
    add_scorer(explain)
    explain.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Run the command and give its exit code."""
    from signals.news.article import read_article
    from signals.sentiment.articles import score
    from signals.sentiment.opening import open_scorer
    from signals.sentiment.scorer import why_unread

    check_time(options)
    article = read_article(options.article, published=options.published, zone=options.zone)
    scorer = open_scorer(options.scorer)
    if unread := why_unread(scorer, article):
        raise ArticleError(unread)
    scores = score(article, scorer=scorer)
    by_symbol = {one.symbol: one for one in scores}
    wanted = scores.article if options.symbol is None else by_symbol.get(options.symbol.upper())
    if wanted is None:
        known = ", ".join(str(symbol) for symbol in by_symbol) or "none"
        raise ArticleError(f"The article is not about {options.symbol}; it is about: {known}.")
    subject = wanted.symbol or "the whole article"
    print(f"{subject} {wanted.score:+.4f} {wanted.label}, by {wanted.scorer}")
    for sentence in scores.sentences:
        parts = [
            part for part in wanted.contributions if sentence.start <= part.start < sentence.end
        ]
        if parts:
            total = sum(part.value for part in parts)
            words = " ".join(article.text[sentence.start : sentence.end].split())
            print(f"\n{total:+.4f}  {words}")
            for part in sorted(parts, key=lambda part: -abs(part.value)):
                print(f"    {part.value:+.4f}  {part.what}  [{part.start}:{part.end}]")
    return DONE
