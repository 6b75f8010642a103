"""Add to the table what the lists of today have: indices, the SEC, India, exchanges, funds."""

from __future__ import annotations

import re
from collections.abc import Iterable

import sources
from naming import is_name, key_of, related, slug, tidy, without_legal_form
from table import Company, Line, Table


def add_index_members(table: Table, american: dict[str, str], called: dict[str, str]) -> None:
    """Add members of indices: the home line, and the American symbol of a foreign one.

    The SEC tells what each American symbol is ``called``: a record may have another company's.
    """
    cores = {key_of(without_legal_form(name)) for name in called.values()}
    for record in sources.index_members():
        main, *others = record.symbols
        short = without_legal_form(record.name)
        if main in called and not related(record.name, called[main]) and key_of(short) in cores:
            continue
        if any(symbol in table.by_symbol for symbol in record.symbols):
            continue
        if key_of(record.name) in table.by_name or key_of(short) in table.by_name:
            continue
        if table.mic(main) is None:
            continue
        company = table.company(record.name, trusted=not short.isupper() or len(short) > 3)
        table.add_line(company, Line(main, str(table.mic(main))))
        if "." in main:
            foreign = [
                symbol
                for symbol in others
                if symbol in american and related(record.name, called[symbol])
            ]
            for symbol in foreign[:1]:
                table.add_line(company, Line(symbol, american[symbol]))
        if is_name(short):
            table.add_name(company, short)


def add_sec(table: Table, records: Iterable[sources.Record], usual: dict[str, str]) -> None:
    """Add the SEC's companies; more symbols of a known company become its listings."""
    for record in records:
        known = [holder for symbol in record.symbols if (holder := table.holder(symbol))]
        name = tidy(record.name, usual)
        named = table.by_name.get(key_of(without_legal_form(name))) or table.by_name.get(
            key_of(name)
        )
        if known:
            company = known[0]
            add_todays_name(table, company, without_legal_form(name))
        elif named and joins(table.companies[named], record):
            company = table.companies[named]
        elif slug(name) in table.companies:
            continue
        else:
            company = table.company(name)
        for symbol in record.symbols:
            if not table.holder(symbol):
                table.add_line(company, Line(symbol, str(table.mic(symbol))))


def add_todays_name(table: Table, company: Company, core: str) -> None:
    """Add what the SEC calls a company that is there; one word alone needs context."""
    known = {plain_key(without_legal_form(name)) for name in (company.name, *company.names)}
    if is_name(core) and plain_key(core) not in known:
        table.add_name(company, core)
        if " " not in core:
            company.doubtful.add(core)


def plain_key(name: str) -> str:
    """Give the form in which two lists' names of a company are compared."""
    return key_of(re.sub("['’]", "", name)).removeprefix("the ")


def joins(company: Company, record: sources.Record) -> bool:
    """Tell whether a record of the SEC's is of a company that is there under another symbol.

    It is when the company has no symbol yet, or when its home is foreign and the record's symbols
    are those of American shares over the counter.
    """
    if not company.trusted or not company.lines:
        return company.trusted
    return "." in company.lines[0].symbol and all(map(is_over_the_counter, record.symbols))


def is_over_the_counter(symbol: str) -> bool:
    """Tell whether a symbol is that of a foreign company's shares, or receipts, in America."""
    return len(symbol) == 5 and symbol[-1] in "FY"


def add_foreign(table: Table) -> None:
    """Add the larger companies of some foreign exchanges, or the home line of those that are there.

    It is the same company when it has the same ticker in America, a name of several words, or
    trades there over the counter alone; of the smaller ones, these alone are looked for.
    """
    for record, is_large in sources.foreign():
        symbol = record.symbols[0]
        core = without_legal_form(record.name)
        mic = table.mic(symbol)
        if symbol in table.by_symbol or mic is None:
            continue
        holder = table.companies.get(table.by_name.get(key_of(core)) or "")
        if key_of(core) not in table.by_name and key_of(record.name) not in table.by_name:
            if not is_large:
                continue
            company = table.company(record.name)
            table.add_line(company, Line(symbol, mic))
            if "VanEck Vectors" in record.name:  # "VanEck" since 2021, "Market Vectors" before 2016
                for brand in ("VanEck", "Market Vectors"):
                    table.add_name(company, record.name.replace("VanEck Vectors", brand))
        elif holder and not holder.trusted and all("." not in line.symbol for line in holder.lines):
            tickers = {line.symbol for line in holder.lines if not line.ends}
            abroad = all(map(is_over_the_counter, tickers))
            alike = " " in core or symbol.partition(".")[0] in tickers
            if tickers and (abroad or (is_large and alike)):
                table.add_line(holder, Line(symbol, mic))
                holder.lines.insert(0, holder.lines.pop())


def add_indian(table: Table, usual: dict[str, str]) -> None:
    """Add the companies of the National Stock Exchange of India."""
    for record in sources.indian():
        symbol = record.symbols[0]
        name = tidy(record.name, usual) if record.name.isupper() else record.name
        core = without_legal_form(name)
        if symbol in table.by_symbol or slug(name) in table.companies:
            continue
        if not symbol.replace("&", "").isascii():
            continue
        company = table.company(name)
        table.add_line(company, Line(symbol, "XNSE"))
        holder = table.companies.get(table.by_name.get(key_of(core), ""))
        if holder and holder is not company and not holder.lines[0].symbol.endswith(".NS"):
            table.share_name(company, core)  # a namesake: the text tells which market it means


def add_funds(table: Table) -> None:
    """Add the American exchange-traded funds, which news names by their symbols."""
    for record, mic in sources.funds():
        symbol = record.symbols[0]
        if not table.holder(symbol) and slug(record.name) not in table.companies:
            company = table.company(record.name)
            table.add_line(company, Line(symbol, mic))
            if record.name != (name := record.name.replace("VanEck Vectors", "VanEck")):
                table.add_name(company, name)  # since 2021
