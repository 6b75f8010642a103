"""How grouping a scored corpus into stories scales: wall and processor time, memory.

Run: python tests/benchmarks/group_speed.py DIR WORKERS
DIR is what `signals score` left of a file made by made_news.py. CPU seconds are those of all
processes, the greatest memory that of the largest worker.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from signals.corpus.stories import group_corpus
from signals.corpus.workers import Crew

if __name__ == "__main__":
    folder, workers = Path(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        begin = time.perf_counter()
        stories = group_corpus(folder, Path(work) / "stories", crew=Crew(workers))
        wall = time.perf_counter() - begin
    both = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = sum(one.ru_utime + one.ru_stime for one in both)
    print(
        f"{len(stories)} articles, {workers} workers: {wall:.0f} s wall, {cpu:.0f} s CPU, "
        f"{cpu / len(stories) * 1e6:.0f} us each, {both[0].ru_maxrss / 1024:.0f} MB here, "
        f"{both[1].ru_maxrss / 1024:.0f} MB in the largest worker, "
        f"{len({story.story_id for story in stories.values()})} stories"
    )
