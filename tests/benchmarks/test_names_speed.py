"""The book's scan against flashtext with the same names, in turns in one process."""

import csv
import statistics
import time

import pytest

from signals.news.nameindex import NameIndex, fold
from signals.news.securities import SecurityBook

pytestmark = pytest.mark.benchmark


def test_the_scan_is_four_times_as_fast_as_flashtext(shared, capsys):
    flashtext = pytest.importorskip("flashtext")
    with (shared / "tickers/headlines_2009_2020.csv").open(encoding="utf-8") as file:
        texts = [fold(row["text"]) for row in csv.DictReader(file)]
    names = list(SecurityBook.default()._names)
    index = NameIndex(names)
    peer = flashtext.KeywordProcessor()
    for name in names:
        peer.add_keyword(name)

    def ours():
        return [{name for _, _, name in found} for found in index.scan(texts)]

    def theirs():
        return [set(peer.extract_keywords(text)) for text in texts]

    # flashtext gives the longest name of overlapping ones, the scan gives all.
    for mine, other in zip(ours(), theirs(), strict=True):
        assert other <= mine
    ratios = []
    for _ in range(5):
        begun = time.process_time()
        ours()
        middle = time.process_time()
        theirs()
        ratios.append((time.process_time() - middle) / (middle - begun))
    ratio = statistics.median(ratios)
    with capsys.disabled():
        print(f"\n{len(names)} names, {len(texts)} headlines: {ratio:.1f} times flashtext {ratios}")
    assert ratio > 4


def test_the_table_loads_in_150_milliseconds(root, capsys):
    text = (root / "signals/news/securities.tsv").read_text(encoding="utf-8")
    seconds = []
    for _ in range(7):
        begun = time.process_time()
        SecurityBook.from_table(text)
        seconds.append(time.process_time() - begun)
    with capsys.disabled():
        print(f"\nthe table loads in {min(seconds):.3f} to {max(seconds):.3f} s")
    assert statistics.median(seconds) < 0.15
