"""Near-copies among headlines: ours against a plain loop over datasketch, in one run.

Run where datasketch is installed: python tests/benchmarks/stories_speed.py ROWS
"""

from __future__ import annotations

import gc
import itertools
import sys
import time
from collections.abc import Callable, Sequence

import datasketch
from made_news import headlines

from signals.corpus.copies import near_copies


def plain_loop(texts: Sequence[str]) -> list[int]:
    index = datasketch.MinHashLSH(threshold=0.7, num_perm=128)
    first = []
    for place, text in enumerate(texts):
        words = text.lower().split()
        marks = datasketch.MinHash(num_perm=128)
        for one, other in itertools.pairwise(words):
            marks.update(f"{one} {other}".encode())
        near = index.query(marks)
        first.append(min(near) if near else place)
        if not near:
            index.insert(place, marks)
    return first


def measure(name: str, find: Callable[[Sequence[str]], list[int]], rows: int) -> float:
    texts, truth = headlines(rows, seed=1)
    gc.collect()
    gc.freeze()
    begin = time.process_time()
    found = find(texts)
    seconds = time.process_time() - begin
    planted = {pair for pair in enumerate(truth) if pair[0] != pair[1]}
    marked = {pair for pair in enumerate(found) if pair[0] != pair[1]}
    hit = len(planted & marked)
    print(
        f"{name}: {rows} headlines, {seconds:.1f} s, {seconds / rows * 1e6:.0f} us each, "
        f"recall {hit / len(planted):.3f}, precision {hit / len(marked):.3f}"
    )
    return seconds / rows


if __name__ == "__main__":
    rows = int(sys.argv[1])
    ours = measure("signals", near_copies, rows)
    theirs = measure(f"datasketch {datasketch.__version__}", plain_loop, min(rows, 100_000))
    print(f"ratio a headline {theirs / ours:.1f}")
