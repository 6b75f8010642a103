"""Rebuild the package's table of securities from what PyPI packages carry, and by hand.

Run by hand, never by the program::

    python3 -m venv .venv-data
    .venv-data/bin/pip install edgartools pytickersymbols key-people easystockdata \
        english-words pyarrow pandas ahocorasick-rs
    .venv-data/bin/pip install --no-deps investpy
    .venv-data/bin/python data/companies/build.py --words FOLDER

All sources are lists of facts: which company has which name and symbol. In the order of trust:

``by_hand.csv`` and ``delisted.csv`` beside this file
    Aliases, brands, private companies, former names and symbols with their dates, home line first.
pytickersymbols
    Members of stock indices: home line and American symbol.
edgartools
    The SEC's list of company tickers.
key-people, easystockdata
    American companies of 2020 and symbols of 2022: what is in neither the SEC's list nor the
    table by hand ended before the first list that lacks it. The companies of the NSE of India.
investpy
    The larger companies of Hong Kong, Japan, South Korea, Australia and Canada.

``--words`` names a folder of ordinary text: a name that stands there in lower case at least half as
often as with capitals is ambiguous; a name of a lesser company also when english-words has it. The
package's table was made with the sentences of SEntFiN, Twitter Financial News, the Financial
PhraseBank and SSIX. A line or two may be written by hand into both, the file by hand and the table:
``tests/test_securities.py`` holds them against each other.
"""

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(HERE)]

# The script runs without an installation, so that the path comes first.
import sources  # noqa: E402
from naming import (  # noqa: E402
    Words,
    in_german_letters,
    is_name,
    is_phrase,
    key_of,
    other_legal_forms,
    related,
    short_forms,
    slug,
    tidy,
    usual_case,
    without_legal_form,
)
from table import Company, Line, Table, next_day  # noqa: E402
from today import (  # noqa: E402
    add_foreign,
    add_funds,
    add_index_members,
    add_indian,
    add_sec,
)

PACKAGES = (
    "pytickersymbols",
    "edgartools",
    "key-people",
    "easystockdata",
    "investpy",
    "english-words",
)
_GONE_BY_2022 = date(2022, 6, 30)
_GONE_BY_NOW = date(2025, 12, 31)
_REUSED = date(2020, 12, 31)
# Companies and funds to whom key-people gives a name of before, or a wrong one.
_MISNAMED = frozenset("AWP BBN CMU GHY GNT IFRX STAG UMBF".split())


def add_by_hand(table: Table) -> None:
    """Add the table made by hand: one record a company and span of dates."""
    with (HERE / "by_hand.csv").open(encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    for record in records:
        kind = record["kind"] or "company"
        company = table.company(record["name"], kind=kind, trusted=True)
        for listing in filter(None, record["symbols"].split("|")):
            symbol, _, mic = listing.partition("@")  # a dead symbol states its exchange
            stated = mic or table.mic(symbol)
            if stated is None:
                raise SystemExit(f"by_hand.csv: no exchange is known for {symbol}")
            dates = (record["valid_from"], record["valid_to"])
            table.add_line(company, Line(symbol, stated, *dates))
        for alias in filter(None, record["aliases"].split("|")):
            table.share_name(company, alias)
        company.ambiguous |= set(filter(None, record["ambiguous"].split("|")))


def add_delisted(table: Table) -> None:
    """Add companies that are no longer listed: symbol, name, aliases, the month of their end.

    What is a brand of its buyer today was its own company until then, so that both have the name.
    """
    with (HERE / "delisted.csv").open(encoding="utf-8") as file:
        for symbol, mic, name, aliases, month in csv.reader(file):
            year, number = map(int, month.split("-"))
            ends = date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)
            if slug(name) in table.companies or table.taken(symbol, ends.isoformat()):
                continue
            company = Company(slug(name), name, trusted=True)
            table.companies[company.key] = company
            table.add_line(company, Line(symbol, mic, "", ends.isoformat()))
            for alias in filter(None, [name, *aliases.split("|")]):
                table.share_name(company, alias)


@cache
def handmade_aliases() -> dict[str, list[str]]:
    """Read more names of companies, by symbol; the name of an older company does not end one."""
    found: dict[str, list[str]] = {}
    with (HERE / "aliases.csv").open(encoding="utf-8") as file:
        for symbol, aliases in csv.reader(file):
            found.setdefault(symbol.partition("@")[0], []).extend(aliases.split("|"))
    return found


def add_aliases(table: Table) -> None:
    """Add more names of companies that are there."""
    for symbol, aliases in handmade_aliases().items():
        holders = table.by_symbol.get(symbol)
        if not holders:
            print(f"aliases.csv: nobody has the symbol {symbol}")
            continue
        company = next((one for one in holders if not one.lines[0].ends), holders[-1])
        company.trusted = True
        for alias in aliases:
            plain = alias.rstrip("?")
            table.share_name(company, plain)
            if alias != plain:
                company.ambiguous.add(plain)
            if alias.endswith("??"):  # a capital alone doesn't tell
                company.vague.add(plain)


def begin_after_namesakes(table: Table) -> None:
    """Let a company begin when another of its name and market has ended.

    Baker Hughes was BHI, then BKR; Tesco of London was there when Tesco of Houston was.
    """
    ended: dict[tuple[str, str], str] = {}
    for company in table.companies.values():
        if company.trusted and company.is_gone:
            name = named_at_home(company)
            ended[name] = max(ended.get(name, ""), *(line.ends for line in company.lines))
    for company in table.companies.values():
        last = ended.get(named_at_home(company)) if company.lines else None
        for line in company.lines if last else ():
            if not line.begins and not line.ends:
                line.begins = next_day(last)


def named_at_home(company: Company) -> tuple[str, str]:
    """Give the name of a company without its legal form, and the market of its first listing."""
    return key_of(without_legal_form(company.name)), company.lines[0].symbol.partition(".")[2]


def begin_with_the_share(table: Table) -> None:
    """Let what is named by a share, or stands for it abroad, begin no sooner than it does.

    Warrants, notes and preferred shares have its symbol as their begin.
    """
    for company in table.companies.values():
        shares = [line for line in company.lines if not line.ends and line.begins]
        is_new = bool(shares) and not any(line.ends for line in company.lines)
        for line in company.lines:
            if line.begins or line.ends or "." in line.symbol:
                continue
            abroad = is_new and line.mic == "PINX" and "." in shares[0].symbol
            named = [one for one in shares if abroad or line.symbol.startswith(one.symbol)]
            line.begins = max((one.begins for one in named), default="")


def add_listed_in_2020(table: Table, usual: dict[str, str]) -> None:
    """Add American companies of 2020 that have ended, or have another name today."""
    later = sources.listed_in_2022()
    for record in sources.listed_in_2020():
        symbol = record.symbols[0]
        if symbol in _MISNAMED:
            continue
        name = tidy(record.name, usual)
        holders = table.by_symbol.get(symbol, [])
        if holders:
            rename(table, holders, symbol, name)
            continue
        ends = (_GONE_BY_NOW if symbol in later else _GONE_BY_2022).isoformat()
        core = key_of(without_legal_form(name))
        if core in table.by_name or key_of(name) in table.by_name:
            holder = table.companies.get(table.by_name.get(core) or "")
            if holder and all(is_left_over(line) for line in holder.lines):
                move_over_the_counter(table, holder, Line(symbol, "XNYS", "", ends))
            elif holder and not holder.is_gone:
                table.add_line(holder, Line(symbol, "XNYS", "", ends))  # a former symbol
            continue
        table.add_line(table.company(name), Line(symbol, "XNYS", "", ends))


def move_over_the_counter(table: Table, company: Company, listed: Line) -> None:
    """Give a company that trades over the counter today the symbol that it had on an exchange."""
    for line in company.lines:
        line.begins = "" if "-P" in line.symbol else next_day(listed.ends)
    table.add_line(company, listed)


def is_left_over(line: Line) -> bool:
    """Tell whether a listing is what remains of a company that has left its exchange."""
    return not line.begins and not line.ends and (line.mic == "PINX" or "-P" in line.symbol)


def rename(table: Table, holders: list[Company], symbol: str, name: str) -> None:
    """Add the name that the holder of a symbol had in 2020, or another holder of that time."""
    if any(company.trusted for company in holders) or len(holders) > 1:
        return
    holder = holders[0]
    core = without_legal_form(name)
    if not is_name(core) or key_of(core) in table.by_name:
        return
    if related(name, holder.name) or symbol in handmade_aliases():
        table.add_name(holder, core)  # an older form of the name
        return
    # Renamed, or somebody else's symbol later: in 2020 it meant this name, in either case.
    table.add_line(table.company(name), Line(symbol, holder.lines[0].mic, "", _REUSED.isoformat()))


def finish_names(table: Table, words: Words) -> None:
    """Give every company the shorter forms of its name, and mark the ambiguous ones."""
    cores = dict(add_cores(table, words))
    stated = {company.key: set(company.names) for company in table.companies.values()}
    shorter = short_forms(cores, words)
    for key, forms in shorter.items():
        for form in forms:
            table.add_name(table.companies[key], form)
    for company in table.companies.values():
        vague = company.doubtful if company.trusted else company.names
        telling = [n for n in company.names if n not in vague or not words.is_common(n)]
        company.names = telling or company.names
        add_vague_names(table, company)
        plain = [name.replace("'s", "s") for name in company.names if "'s" in name]
        plain += [name for one in company.names if (name := in_german_letters(one)) != one]
        company.names += [name for name in plain if key_of(name) not in table.by_name]
        derived = {form for form in shorter.get(company.key, ()) if " " not in form}
        mark_ambiguous(company, words, derived - stated[company.key])


def add_vague_names(table: Table, company: Company) -> None:
    """Give a company that no short name is left for the others that its full one is written in.

    "Southern Co" is Southern Company as well, and "United Therapeutics" a name in context.
    """
    core = without_legal_form(company.name)
    if key_of(core) in map(key_of, company.names):
        return
    if is_phrase(core):
        table.add_name(company, core)
        company.ambiguous.add(core)
    for form in other_legal_forms(company.name):
        table.add_name(company, form)


def add_cores(table: Table, words: Words) -> Iterator[tuple[str, str]]:
    """Add the name without its legal form to each company, and give both by the company's key."""
    for company in table.companies.values():
        core = without_legal_form(company.name)
        if not is_name(core):
            continue
        if company.trusted or table.by_core.get(key_of(core)) == company.key:
            rare = company.trusted and core not in company.names and " " not in core
            if rare and words.is_word(core):
                if is_of_a_group(company, core):
                    company.doubtful.add(core)  # "Wood Group" is rarely called Wood
                else:
                    company.ambiguous.add(core)  # Adobe Inc. mostly is
            table.share_name(company, core)
        else:
            table.add_name(company, core)
        yield company.key, core


def is_of_a_group(company: Company, core: str) -> bool:
    """Tell whether more than Inc. or Corp. stands behind the first word of a name."""
    return company.name[len(core) :].strip(" .,") not in {"Inc", "Corp"}


def mark_ambiguous(company: Company, words: Words, derived: set[str]) -> None:
    """Mark the names of a company that need context; ``derived`` are its first words alone."""
    handmade = {key_of(name) for name in company.ambiguous}
    for name in company.names:
        if name in derived or name in company.doubtful | company.vague:
            company.ambiguous.add(name)  # one word of several: only with context
        if key_of(name) in handmade or words.is_ordinary(name, trusted=company.trusted):
            company.ambiguous.add(name)
            if company.trusted and name not in derived | company.doubtful | company.vague:
                company.proper.add(name)


def write(table: Table) -> None:
    """Write ``signals/news/securities.tsv``: one line a company; see ``SecurityBook.default``."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    lines = [f"# built {datetime.now(UTC).date()} by hand and from {versions}"]
    for company in table.companies.values():
        listings = "|".join(
            " ".join(filter(None, (line.symbol, line.mic, span(line)))) for line in company.lines
        )
        marked = {key_of(name) for name in company.ambiguous}
        names = "|".join(
            f"{name}{'^' if name in company.proper else '?'}" if key_of(name) in marked else name
            for name in dict.fromkeys(company.names)
        )
        kind = "" if company.kind == "company" else company.kind
        lines.append(f"{company.key}\t{listings}\t{names}\t{kind}".rstrip("\t"))
    path = ROOT / "signals/news/securities.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def span(line: Line) -> str:
    """Write the dates of a listing: ``2012-05-18..2022-06-08``."""
    return f"{line.begins}..{line.ends}" if line.begins or line.ends else ""


def main() -> None:
    """Build the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=Path, default=None)
    options = parser.parse_args()
    records, american = sources.sec()
    old = list(sources.listed_in_2020())
    usual = usual_case([record.name for record in (*old, *records)])
    table = Table(american)
    add_by_hand(table)
    add_delisted(table)
    called = {symbol: record.name for record in records for symbol in record.symbols}
    add_index_members(table, american, called)
    add_sec(table, records, usual)
    add_listed_in_2020(table, usual)
    add_indian(table, usual)
    add_foreign(table)
    add_funds(table)
    add_aliases(table)
    begin_after_namesakes(table)
    begin_with_the_share(table)
    finish_names(table, Words(options.words))
    write(table)


if __name__ == "__main__":
    main()
