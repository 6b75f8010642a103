"""Factor returns: Kenneth French's CSV files and frames, as fractions, with their vintage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

from signals.errors import PriceError, StudyError
from signals.market.userframes import as_pandas, by_session

_MISSING = (-99.99, -999.0)  # what French's files write for no value
_TOO_WILD = 0.2  # a daily factor in percent has a deviation of 0.3 to 1.5, as a fraction 0.01


@dataclass(frozen=True, eq=False)
class FactorTable:
    """Factor returns by session.

    Attributes
    ----------
    returns
        Sessions x factors: fractions; index ``session`` (tz-naive), columns such as "Mkt-RF",
        "SMB", "HML", "RMW", "CMA", "Mom", "RF".
    source, vintage
        Where they come from, and the month in which that data base was made, as in "202604";
        daily factors of the same session differ between vintages.
    """

    returns: pd.DataFrame
    source: str = "frame"
    vintage: str = ""

    @property
    def origin(self) -> str:
        """Say where the factors come from, with their vintage."""
        return f"{self.source}, vintage {self.vintage}" if self.vintage else self.source

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, *, unit: str = "fraction") -> FactorTable:
        """Take factors from a frame.

        Parameters
        ----------
        frame
            One column a factor; dates as ``FramePrices`` takes them.
        unit
            "fraction" or "percent".

        Raises
        ------
        StudyError
            The unit is neither, the index is none, or fractions look like percent.
        """
        if unit not in {"fraction", "percent"}:
            raise StudyError(f"unit={unit!r} is neither 'fraction' nor 'percent'.")
        frame = as_pandas(frame)
        if not isinstance(frame, pd.DataFrame):
            raise TypeError(
                f"FactorTable.from_frame takes a DataFrame, one column a factor, not "
                f"{type(frame).__name__}; read_french(path) reads a file."
            )
        twice = frame.columns[frame.columns.duplicated()]
        if len(twice):
            raise StudyError(f"The frame of factors has two columns {twice[0]!r}: keep one.")
        values = _by_session(frame).astype("float64") / (100 if unit == "percent" else 1)
        check_factor_values(values)
        return cls(values.rename_axis(index="session", columns=None))

    @classmethod
    def read_french(cls, *paths: str | Path) -> FactorTable:
        """Read daily CSV files of Kenneth French's data library, in percent as he writes them.

        Several files (three or five factors, momentum) are put side by side; a factor that two
        of them hold is taken from the first.

        Raises
        ------
        StudyError
            A file can't be read, or has no table of daily factors.
        """
        if not paths:
            raise StudyError("Name at least one file of factors.")
        parts = [_read_one(Path(path)) for path in paths]
        table = parts[0][0]
        for values, _ in parts[1:]:
            fresh = [name for name in values if name not in table]
            table = table.join(values[fresh], how="outer")
        vintages = sorted({vintage for _, vintage in parts if vintage})
        made = cls.from_frame(table, unit="percent")
        names = ", ".join(Path(path).name for path in paths)
        return cls(made.returns, names, ", ".join(vintages))


def _read_one(path: Path) -> tuple[pd.DataFrame, str]:
    """Read the daily table of one file, in percent, and its vintage."""
    try:
        lines = path.read_text(encoding="latin-1").splitlines()
    except OSError as error:
        raise StudyError(f"Factors can't be read from {path}: {error.strerror}.") from error
    rows = [line for line in lines if re.match(r"\s*\d{4}-?\d{2}-?\d{2}\s*,", line)]
    header = next(
        (line for line in lines if re.match(r"\s*(date)?\s*,\s*\S", line, re.IGNORECASE)), None
    )
    if not rows or header is None:
        raise StudyError(f"{path.name} has no table of daily factors: rows begin with 20250722,")
    names = [name.strip() for name in header.split(",")][1:]
    table = pd.read_csv(StringIO("\n".join(rows)), header=None, index_col=0, skipinitialspace=True)
    table = table.iloc[:, : len(names)].set_axis(names, axis=1)
    table.index = pd.to_datetime(
        table.index.astype(str).str.replace("-", "").str.strip(), format="%Y%m%d"
    ).astype("datetime64[us]")
    found = re.search(r"\b((?:19|20)\d{4})\b", " ".join([*lines[:4], path.stem.replace("_", " ")]))
    return table.astype("float64").replace(_MISSING, np.nan), found[1] if found else ""


def check_factor_values(values: pd.DataFrame) -> None:
    """Raise a StudyError unless factors are finite fractions.

    Percent that nobody called percent is refused: betas would come out a hundred times too small.
    """
    try:
        numbers = values.to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise StudyError(
            "factors hold a value that is no number: fractions, by session."
        ) from error
    if np.isinf(numbers).any():
        raise StudyError("factors have an infinite value: a factor is a return, or missing.")
    for name, column in zip(values.columns, numbers.T, strict=True):
        known = column[np.isfinite(column)]
        if len(known) > 1 and known.std() > _TOO_WILD:
            raise StudyError(
                f"The factor {name!r} has a deviation of {known.std():.2f} a session: that looks "
                "like percent. Use FactorTable.from_frame(frame, unit='percent')."
            )


def read_factors(factors: pd.DataFrame | FactorTable | None) -> pd.DataFrame | None:
    """Give factors as a frame of fractions by session, whatever they were given as.

    Raises
    ------
    StudyError
        Their dates are none.
    TypeError
        They are something else, such as the path of a file.
    """
    if factors is None:
        return None
    frame = factors.returns if isinstance(factors, FactorTable) else as_pandas(factors)
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(
            f"factors= takes a FactorTable or a frame, not {type(frame).__name__}; "
            "FactorTable.read_french(path) reads a file."
        )
    return _by_session(frame)


def _by_session(frame: pd.DataFrame) -> pd.DataFrame:
    """Put the dates of a frame of factors into its index, in order."""
    try:
        return by_session(frame, "the frame of factors")
    except PriceError as error:
        raise StudyError(str(error)) from error


def last_session(factors: pd.DataFrame, names: Sequence[str]) -> np.datetime64:
    """Give the last session with a value of every factor named; NaT without one."""
    known = factors[list(names)].notna().all(axis=1).to_numpy()
    labels = factors.index.to_numpy(dtype="datetime64[us]")[known]
    return labels.max() if len(labels) else np.datetime64("NaT", "us")
