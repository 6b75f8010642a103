"""Refresh the table of companies from a public list, into the user's cache.

The package's own table stays as it is, so that two runs of one version agree; the refreshed one is
used where it is named: ``SecurityBook.from_table(path.read_text(encoding="utf-8"))``.
"""

from __future__ import annotations

import json
import urllib.request
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPException
from importlib import resources
from pathlib import Path

from signals.errors import ConfigError, SymbolError
from signals.exchanges import validate_symbol
from signals.files import write_text
from signals.news.nameindex import company_key, fold, without_legal_form
from signals.news.securities import Security, SecurityBook

SEC_LIST = "https://www.sec.gov/files/company_tickers_exchange.json"
_MICS = {"Nasdaq": "XNAS", "NYSE": "XNYS", "OTC": "PINX", "CBOE": "BATS"}
_MOST_BYTES = 50_000_000
_SECONDS = 30


def default_table() -> Path:
    """Give where a refreshed table is kept: in the user's cache."""
    from platformdirs import user_cache_path

    return user_cache_path("market-news-signals") / "securities.tsv"


def refresh_companies(path: Path | None = None, *, contact: str, url: str = SEC_LIST) -> int:
    """Add to the package's table what the SEC lists today and the table lacks.

    Parameters
    ----------
    path
        Where the table is written; ``default_table()`` by default. It is written whole or not at
        all.
    contact
        Your mail address: the SEC refuses programs that don't say whose they are.
    url
        Where the list is.

    Returns
    -------
    int
        How many listings are new.

    Raises
    ------
    ConfigError
        There is no contact, the list can't be fetched, or it is no list.
    """
    if not url.startswith(("https://", "http://")):
        raise ConfigError(f"A list is fetched from an http(s) address; got {url!r}.")
    if "@" not in contact or not contact.isprintable():
        raise ConfigError(f"The SEC wants a mail address as contact; got {contact!r}.")
    rows = _rows(_fetch(url, contact), url)
    package = resources.files("signals.news") / "securities.tsv"
    text = package.read_text(encoding="utf-8")
    lines = _new_lines(rows, SecurityBook.from_table(text), datetime.now(UTC).date())
    write_text(path or default_table(), text + "".join(f"{line}\n" for line in lines))
    return len(lines)


def _fetch(url: str, contact: str) -> bytes:
    named = {"User-Agent": f"market-news-signals {contact}"}
    request = urllib.request.Request(url, headers=named)
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            body: bytes = answer.read(_MOST_BYTES)
    except (OSError, HTTPException, ValueError) as error:
        raise ConfigError(
            f"The list of companies can't be fetched from {url}: {error}. The package's own table "
            "works without it."
        ) from error
    return body


def _rows(body: bytes, url: str) -> list[tuple[str, str, str]]:
    """Read (name, ticker, exchange) from the SEC's table of fields and data."""
    try:
        answer = json.loads(body)
        places = [answer["fields"].index(field) for field in ("name", "ticker", "exchange")]
        rows = [tuple(str(row[place] or "") for place in places) for row in answer["data"]]
        return [(name, ticker, exchange) for name, ticker, exchange in rows]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise ConfigError(
            f"{url} answered, but not with the SEC's list of companies ({error!r})."
        ) from error


def _new_lines(rows: list[tuple[str, str, str]], book: SecurityBook, today: date) -> list[str]:
    """Write the listings that the book lacks today; names of companies that are gone are free."""
    lines: list[str] = []
    taken: set[str] = set()
    for name, ticker, exchange in rows:
        mic = _MICS.get(exchange)
        plain = " ".join(name.replace("|", " ").replace("?", " ").split())
        key = f"sec-{company_key(plain)}"
        if not mic or not fold(plain).strip() or key in taken or ticker in taken:
            continue
        try:
            symbol = validate_symbol(ticker.upper())
        except SymbolError:
            continue  # one odd ticker, or none, is no reason to do without the others
        if book.get(symbol, today) or any(one.symbol for one in book.find(plain, today)):
            continue
        taken |= {key, ticker}
        core = without_legal_form(plain)
        names = plain if core == plain or book.find(core) else f"{plain}|{core}?"
        lines.append(f"{key}\t{symbol} {mic}{_since(book.get(symbol))}\t{names}")
    return lines


def _since(before: Security | None) -> str:
    """Say from when a symbol is the new company's, where another had it."""
    if before is None or before.valid_to is None:
        return ""
    return f" {before.valid_to + timedelta(days=1)}.."
