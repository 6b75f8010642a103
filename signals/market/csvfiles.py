"""CSV files of prices: what a header says, and numbers read strictly, each error with its line."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from signals.errors import PriceError, SymbolError
from signals.exchanges import validate_symbol

_Days: TypeAlias = npt.NDArray[np.datetime64]
_Floats: TypeAlias = npt.NDArray[np.float64]
_Places: TypeAlias = npt.NDArray[np.intp]

DAY = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)
_PLAIN_DAYS = re.compile(rb"(?:[1-9]\d{3}-\d{2}-\d{2})+")
_MIDNIGHT = re.compile(rb"[T ]00:00:00(?:Z|[+-]\d{2}:\d{2})?")  # as yfinance writes it
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?inf(?:inity)?", re.ASCII)
_NOTHING = frozenset({"", "nan", "na", "n/a", "null", "none", "-"})
BAR_NAMES = ("adj_close", "close", "open", "high", "low", "volume", "dividend", "split")
# As vendors call them, with letters and digits only.
_CALLED = {
    "adj_close": "adjclose adjustedclose closeadj closeadjusted adjusted",
    "dividend": "dividends dividendamount exdividend divcash",
    "split": "splits stocksplits splitcoefficient splitratio splitfactor",
}
_BY_CALLED = {name: name for name in BAR_NAMES} | {
    called: name for name, many in _CALLED.items() for called in many.split()
}


def read_header(file: Path) -> dict[str, Mapping[str, int]]:
    """Find out from a header which symbols a file holds, and in which columns.

    Returns
    -------
    For each symbol the place of its columns, called ``date`` and then ``wide`` (adjusted closes
    in a wide file) or those of ``adj_close, close, open, high, low, volume, dividend, split``
    that there are; the names that vendors have for them are known.

    Raises
    ------
    PriceError
        There is no date column, a column occurs twice, a name can't be a symbol, or as
        :func:`check_fields`.
    """
    header = [name.strip() for name in next(_rows(file), (1, []))[1]]
    plain = _usual_names(file, header)
    day = plain.index("date")
    check_fields(header, file.name)
    if has_closes(plain):
        symbol = _symbol(file.stem, f"{file.name} holds one symbol, so it is called after it")
        _check_called(file, symbol, plain)
        places = {name: plain.index(name) for name in BAR_NAMES if name in plain}
        return {symbol: {"date": day, **places}}
    return {
        _symbol(name, f"In a wide file, as {file.name}, a column is a symbol"): {
            "date": day,
            "wide": place,
        }
        for place, name in enumerate(header)
        if place != day
    }


def usual_name(column: str) -> str:
    """Give what a column is called here, such as ``adj_close`` for "Adj Close" or "closeadj"."""
    plain = column.strip().lower()
    return _BY_CALLED.get(re.sub(r"[^a-z0-9]+", "", plain), plain)


def has_closes(usual: Iterable[str]) -> bool:
    """Tell whether columns, as they are called here, are bars and no symbols."""
    return not {"close", "adj_close"}.isdisjoint(usual)


def check_fields(columns: Sequence[str], what: str) -> None:
    """Refuse bars that have no close, or whose adjusted closes have a name that isn't known.

    Without a close they would be read as symbols: LOW is Lowe's. OPEN and LOW alone are two shares.
    """
    usual = [usual_name(name) for name in columns]
    bars = [name for name in ("open", "high", "low", "volume") if name in usual]
    if not has_closes(usual) and len(bars) > 1 and bars != ["open", "low"]:
        raise PriceError(
            f"{what} has {', '.join(bars)}: the bars of one symbol without a column close. Call "
            "that column close which holds it, such as 'Last' or 'Settle'."
        )
    unknown = [
        name
        for name, known in zip(columns, usual, strict=True)
        if "adj" in name.lower() and known not in BAR_NAMES
    ]
    if "close" in usual and "adj_close" not in usual and unknown:
        raise PriceError(
            f"{what} has a column {unknown[0]!r}, which isn't known here: call it adj_close where "
            "it holds adjusted closes, or leave it out where close is adjusted."
        )


def _usual_names(file: Path, header: list[str]) -> list[str]:
    """Give the columns of a header under the names that they have here, date among them."""
    plain = [usual_name(name) for name in header]
    if "date" not in plain and plain[:1] in (["session"], [""]):  # an index as pandas writes it
        plain[0] = "date"
    if "date" not in plain:
        start = ",".join(header)[:60]
        raise PriceError(
            f"{file.name} has no column called date (or session): its first line is {start!r}."
        )
    twice = next((name for name in plain if plain.count(name) > 1), None)
    if twice is not None:
        raise PriceError(f"{file.name} has two columns {twice!r}: keep one.")
    return plain


def _check_called(file: Path, symbol: str, header: list[str]) -> None:
    """Refuse a file whose first row is of another symbol than its name says."""
    name = next((name for name in ("symbol", "ticker") if name in header), None)
    first = next(islice(_rows(file), 1, None), (2, []))[1]
    if name is None or len(first) < len(header):
        return
    told = first[header.index(name)].strip()
    if told.upper() != symbol:
        raise PriceError(
            f"{file.name} has a column {name!r}, which says {told[:20]!r}: a file holds one symbol "
            "and is called after it, or has one column a symbol, as "
            "frame.pivot(index='date', columns='symbol', values='close') makes it."
        )


def _symbol(name: str, rule: str) -> str:
    try:
        return validate_symbol(name.upper())
    except SymbolError as error:
        raise PriceError(f"{rule}; {error}") from error


def read_columns(
    file: Path, chosen: Mapping[str, Mapping[str, int]]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Read the columns of the chosen symbols.

    Parameters
    ----------
    file
        The file that holds them.
    chosen
        Their places, as :func:`read_header` gives them.

    Returns
    -------
    One frame a symbol, float64, by session; NaN where a field is blank or says that there is none.

    Raises
    ------
    PriceError
        A date or a number can't be read, a date is repeated or out of order (all may descend), or
        a line has fields too few or too many; file and line are named.
    """
    day_at = next(iter(chosen.values()))["date"]
    places = sorted({at for one in chosen.values() for at in one.values()} - {day_at})
    found = _read_at_once(file, day_at, places)
    days, values = _read_lines(file, day_at, places) if found is None else found
    if len(days) > 1 and days[1] < days[0]:  # newest first, as many sites give them
        days, values = days[::-1], values[::-1]
    index = pd.DatetimeIndex(days, name="session")
    for symbol, columns in chosen.items():
        named = {
            name: values[:, places.index(at)] for name, at in columns.items() if name != "date"
        }
        yield symbol, pd.DataFrame(named, index=index)


def _read_at_once(file: Path, day_at: int, places: list[int]) -> tuple[_Days, _Floats] | None:
    """Read the columns of a file with nothing odd in it; of any other give None.

    What is odd is for :func:`_read_lines` to read, or to refuse with its line.
    """
    try:
        content = file.read_bytes().replace(b"\r\n", b"\n").rstrip(b"\n")
    except OSError:
        return None
    head, _, body = content.partition(b"\n")
    ends = _ends_of_fields(body, head.count(b",") + 1)
    if ends is None or b'"' in head:
        return None
    before = ends[:, day_at - 1] if day_at else np.append(-1, ends[:-1, -1])
    try:
        days = _plain_days(body, before + 1, ends[:, day_at])
        values = np.loadtxt(
            BytesIO(_nan_for_blanks(body)), delimiter=",", comments=None, usecols=places, ndmin=2
        )
    except ValueError:
        return None
    steps = np.diff(days).astype(np.int64)
    return (days, values) if (steps > 0).all() or (steps < 0).all() else None


def _ends_of_fields(body: bytes, width: int) -> _Places | None:
    """Give where fields end (lines x width), in lines without quotes that end in line feeds.

    None where it is otherwise, or where a line has fields too few or too many.
    """
    odd = (b'"', b"\r", b"\0", b"_")
    if width < 2 or not body.isascii() or any(one in body for one in odd):
        return None
    text = np.frombuffer(body, dtype=np.uint8)
    breaks = text == ord("\n")
    ends = np.append(np.flatnonzero(breaks | (text == ord(","))), len(text))
    if len(ends) % width:
        return None
    by_line = ends.reshape(-1, width)
    if breaks[by_line[:, :-1]].any() or not breaks[by_line[:-1, -1]].all():
        return None
    return by_line


def _plain_days(body: bytes, starts: _Places, ends: _Places) -> _Days:
    """Read the dates that begin and end there, in one of the usual ways; raises ValueError."""
    if (ends - starts < 10).any():
        raise ValueError("That is no date.")
    text = np.frombuffer(body, dtype=np.uint8)
    days = text[starts[:, None] + np.arange(10)].view("S10")[:, 0]
    longer = np.flatnonzero(ends - starts > 10)
    times = {body[starts[at] + 10 : ends[at]] for at in longer.tolist()}
    if not _PLAIN_DAYS.fullmatch(days.tobytes()) or not all(map(_MIDNIGHT.fullmatch, times)):
        raise ValueError("A date is written in another way, or is none.")
    return np.asarray(days, dtype="datetime64[us]")


def _nan_for_blanks(body: bytes) -> bytes:
    """Write what stands for nothing into the blank fields of lines."""
    filled = (b"\n" + body + b"\n").replace(b",,", b",nan,").replace(b",,", b",nan,")
    return filled.replace(b",\n", b",nan\n").replace(b"\n,", b"\nnan,")[1:-1]


def _read_lines(file: Path, day_at: int, places: list[int]) -> tuple[_Days, _Floats]:
    """Read the columns of a file line by line; raises as :func:`read_columns`."""
    days: list[date] = []
    numbers: list[list[float]] = []
    rows, called = _rows(file), file.name
    width = len(next(rows)[1])
    for line, row in rows:
        where = f"{called}, line {line}"
        if len(row) != width:
            raise PriceError(f"{where}: it has {len(row)} fields, the header has {width}.")
        day = _parse_day(row[day_at].strip(), where)
        turns = len(days) > 1 and (day < days[-1]) != (days[1] < days[0])
        if turns or day in days[-1:]:
            raise PriceError(
                f"{where}: {day} follows {days[-1]}; dates ascend, or all descend, each once."
            )
        days.append(day)
        numbers.append(_parse_numbers([row[at] for at in places], where))
    values = np.array(numbers, dtype=np.float64).reshape(len(days), len(places))
    return np.array(days, dtype="datetime64[us]"), values


def _rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Give the number and the fields of each line that isn't blank, the header first."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.reader(stream)
            for row in reader:
                if any(field.strip() for field in row):
                    yield reader.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise PriceError(f"{file.name} can't be read as CSV: {reason}.") from error


def _parse_day(text: str, where: str) -> date:
    found = DAY.fullmatch(text)
    if found:
        try:
            return date.fromisoformat(found[1])
        except ValueError:
            pass
    raise PriceError(f"{where}: {text[:40]!r} is no date; write it as 2025-07-21.")


def _parse_numbers(texts: list[str], where: str) -> list[float]:
    """Read the numbers of a line, all at once where none is odd; NaN for a blank.

    Python would take an underscore between digits, so that one sends the line the slow way.
    """
    if "_" not in "".join(texts):
        try:
            return [float(text) if text else math.nan for text in texts]
        except ValueError:
            pass
    return [_parse_number(text.strip(), where) for text in texts]


def _parse_number(text: str, where: str) -> float:
    """Read a number; a blank, or a word for nothing, is NaN."""
    if text.lower() in _NOTHING:
        return math.nan
    if not _NUMBER.fullmatch(text.lower()):
        raise PriceError(f"{where}: {text[:40]!r} is no number; write it as 1234.56.")
    return float(text)
