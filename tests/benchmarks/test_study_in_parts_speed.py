"""A study of millions of events in parts: time, processor time and memory.

``pytest -m benchmark -s tests/benchmarks/test_study_in_parts_speed.py``; MANY_SCORES and
MANY_WORKERS change its size. A scored corpus of 3,000 shares and 2,500 sessions is made, then
studied. Stories are left out, which are a pass of their own: each article is one. It takes 8 GB of
disk.
"""

from __future__ import annotations

import os
import resource
import shutil
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")
from benchmarks.made_scores import made_prices, make_scores

from signals.batch.own_events import StudyOptions
from signals.corpus.study_in_parts import study_in_parts
from signals.corpus.workers import Crew
from signals.news.stories import Story

pytestmark = pytest.mark.benchmark
SHARES, SESSIONS = 3_000, 2_500


class EachItsOwn(dict[str, Story]):
    """Stories of articles that are all new."""

    def __missing__(self, article_id: str) -> Story:
        return Story(article_id, 100.0)


def resident(most: list[float], over: threading.Event) -> None:
    """Note the greatest memory that this process and its children hold together, in MB."""
    page = os.sysconf("SC_PAGE_SIZE")
    while not over.wait(0.5):
        total = 0
        for process in Path("/proc").glob("[0-9]*"):
            try:
                parent = process.joinpath("stat").read_text().rpartition(")")[2].split()[1]
                if process.name == str(os.getpid()) or parent == str(os.getpid()):
                    total += int(process.joinpath("statm").read_text().split()[1]) * page
            except OSError:
                continue
        most[0] = max(most[0], total / 2**20)


def test_millions_of_events_are_studied_in_bounded_memory(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("signals.corpus.study_in_parts.group_corpus", lambda *_, **__: EachItsOwn())
    scores = int(os.environ.get("MANY_SCORES", "3200000"))
    workers = int(os.environ.get("MANY_WORKERS", "2"))
    closes = made_prices(SHARES, SESSIONS)
    make_scores(tmp_path / "scored", closes, scores)
    most, over = [0.0], threading.Event()
    watch = threading.Thread(target=resident, args=(most, over))
    watch.start()
    begin, used = time.perf_counter(), time.process_time()
    done = study_in_parts(
        tmp_path / "scored",
        tmp_path / "out",
        prices=closes,
        asked=StudyOptions(),
        crew=Crew(workers),
    )
    wall = time.perf_counter() - begin
    over.set()
    watch.join()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = time.process_time() - used + children.ru_utime + children.ru_stime
    size = sum(path.stat().st_size for path in (tmp_path / "out").rglob("*") if path.is_file())
    shutil.rmtree(tmp_path / "out")
    with capsys.disabled():
        print(
            f"\n{scores} scores, {done.found.tallies.studied} events studied, {workers} workers: "
            f"{wall:.0f} s wall, {cpu:.0f} s CPU, {most[0]:.0f} MB in all processes; "
            f"{size / 1e9:.1f} GB written\n{done.found.study.summary()[['n', 'caar', 'se']]}"
        )
    assert done.found.tallies.studied > 0.7 * scores
    assert most[0] < 3000
