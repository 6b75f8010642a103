"""``signals mentions``: which companies an article is about."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from signals.cli.options import add_time, check_time
from signals.errors import ConfigError
from signals.exits import DONE


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    mentions = commands.add_parser(
        "mentions",
        help="which companies an article mentions, where, and how much it is about each",
        description="Reads one article (plain text or HTML) and prints the companies that it "
        "mentions, the most relevant first, and every place of each.",
        epilog="Example:\n  signals mentions data/articles/openai-uk.txt\n",
    )
    mentions.add_argument("article", metavar="ARTICLE", type=Path, help="text or HTML")
    add_time(mentions)
    mentions.add_argument(
        "--listing",
        default="as_written",
        choices=("as_written", "primary", "us"),
        help="which listing of a company is meant: the first that the text states (default), the "
        "home listing, or the American one",
    )
    mentions.add_argument(
        "--companies", metavar="FILE", type=Path, help="a table that companies refresh has written"
    )
    mentions.add_argument("--json", action="store_true", help="print a list for machines")
    mentions.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Run the command and give its exit code."""
    from signals.news.article import read_article
    from signals.news.mentions import find_mentions
    from signals.news.securities import SecurityBook

    book = None
    if options.companies:
        try:
            book = SecurityBook.from_table(options.companies.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(
                f"--companies: {options.companies} can't be read: {error.strerror}."
            ) from error
        except (ValueError, IndexError) as error:
            raise ConfigError(
                f"--companies: {options.companies} is no table as `signals companies refresh` "
                "writes it."
            ) from error
    check_time(options)
    article = read_article(options.article, published=options.published, zone=options.zone)
    found = find_mentions(article, book=book, listing=options.listing)
    if options.json:
        keys = ("symbol", "mic", "company", "start", "end", "how", "role", "boilerplate")
        relevance = {entity.company: entity.relevance for entity in found.entities}
        rows = [
            {key: getattr(one, key) for key in keys} | {"relevance": relevance[one.company]}
            for one in found
        ]
        print(json.dumps(rows))
        return DONE
    for entity in found.entities:
        print(f"{entity.relevance:5.1f}  {entity.symbol or '-':<12}  {entity.name}")
        for one in entity.mentions:
            written = " ".join(article.text[one.start : one.end].split())
            told = [one.how, one.role, *(["boilerplate"] * one.boilerplate)]
            print(f"       {one.start:>6}  {written}  ({', '.join(told)})")
    for failed in found.unresolved:
        print(f"signals: {failed.reason}", file=sys.stderr)
    return DONE
