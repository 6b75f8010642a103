"""A configuration in a folder of its own, with sources and prices to be changed."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from signals.batch.config import Config
from signals.batch.configfile import read_config, sample_config
from signals.batch.run import Outcome, run_report
from signals.market.sessions import Sessions

ROOT = Path(__file__).parent.parent
SESSION = "2025-07-22"
LATER = datetime(2025, 9, 1, 11, 0, tzinfo=UTC)

STORY = """Title: {title}
Published: {published}
Source: wire
URL: https://wire.test/{name}

{text}
"""


class Office:
    """A folder with signals.toml, news/ and prices/, as a user has it."""

    def __init__(self, folder: Path, *, samples: bool = True) -> None:
        self.folder = folder
        (folder / "news").mkdir()
        (folder / "prices").mkdir()
        closes = (ROOT / "data/prices/closes.csv").read_bytes()
        (folder / "prices/closes.csv").write_bytes(closes)
        if samples:
            for path in (ROOT / "data/articles").iterdir():
                (folder / "news" / path.name).write_bytes(path.read_bytes())
        text = sample_config().replace("data/articles", "news").replace("data/prices", "prices")
        # Its scores come from single words, so that a test can change one and know what moves.
        text = text.replace('scorer = "default"', 'scorer = "vader"')
        self.path = folder / "signals.toml"
        self.path.write_text(text)

    def copy(self, folder: Path) -> Office:
        """Give an office in another folder that has everything this one has."""
        other = object.__new__(Office)
        other.folder = Path(shutil.copytree(self.folder, folder, symlinks=True))
        other.path = other.folder / self.path.name
        return other

    @property
    def config(self) -> Config:
        return read_config(self.path)

    def change(self, old: str, new: str) -> None:
        text = self.path.read_text()
        assert old in text
        self.path.write_text(text.replace(old, new, 1))

    def tell(self, name: str, text: str, published: str, title: str = "A story") -> Path:
        path = self.folder / "news" / f"{name}.txt"
        path.write_text(STORY.format(title=title, published=published, name=name, text=text))
        return path

    def run(self, **asked: object) -> list[Outcome]:
        asked = {"session": SESSION, "now": LATER} | asked
        return list(run_report(self.config, **asked))

    def report(self, **asked: object) -> Outcome:
        (outcome,) = self.run(**asked)
        return outcome

    @property
    def latest(self) -> Path:
        return self.folder / "out/daily/latest"

    def read(self, name: str = "report.md") -> str:
        return (self.latest / name).read_text(encoding="utf-8")

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.latest / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def closed_in(folder: Path) -> list[str]:
    """Symbol and session of each window that a report says has closed."""
    lines = (folder / "report.md").read_text(encoding="utf-8").splitlines()
    told = [line.partition(": window 0 to +1 has closed") for line in lines]
    return [start.removeprefix("- ") for start, found, _ in told if found]


def watch_tokyo(office: Office) -> None:
    """Watch a share of Tokyo as well, with prices on Tokyo's sessions and a market of its own."""
    path = office.folder / "prices/closes.csv"
    closes = pd.read_csv(path, index_col="date", parse_dates=True)
    days = Sessions("XTKS").labels(closes.index[0], closes.index[-1])
    theirs = pd.DataFrame({"7203.T": closes["MSFT"], "^N225": closes["SPY"]})
    theirs = theirs.reindex(days.union(closes.index)).ffill().reindex(days)
    closes.join(theirs, how="outer").rename_axis("date").to_csv(path)
    office.change('watch = ["MSFT", "SFTBY"]', 'watch = ["MSFT", "7203.T"]')
    office.change('default = "SPY"', 'default = "SPY"\n"7203.T" = "^N225"')
