"""How a corpus scales: articles per CPU-second, wall time and memory of `signals score`.

Run: python tests/benchmarks/corpus_scale.py FILE.jsonl SCORER WORKERS [ENGINE]
The file is made by made_news.py. CPU seconds are those of all processes, also of those that others
forked (Linux), the greatest memory that of the largest one.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from made_news import digest

if __name__ == "__main__":
    corpus, scorer, workers, *engine = sys.argv[1:]
    with tempfile.TemporaryDirectory(dir=Path(corpus).parent) as folder:
        out = Path(folder) / "out"
        command = [sys.executable, "-m", "signals", "score", corpus, "--out", str(out), "--json"]
        command += ["--scorer", scorer, "--workers", workers]
        command += ["--engine", *engine] if engine else []
        # Processes that the command leaves to others are ours to wait for, or their time is lost.
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
        begin = time.perf_counter()
        told = subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout
        wall = time.perf_counter() - begin
        with suppress(ChildProcessError):
            while True:
                os.wait()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = used.ru_utime + used.ru_stime
        rows = json.loads(told)["articles"]
        print(
            f"{rows} articles, {scorer}, {workers} workers{', ' + engine[0] if engine else ''}: "
            f"{wall:.0f} s wall, {cpu:.0f} s CPU, {rows / cpu:.0f} articles per CPU-second, "
            f"{used.ru_maxrss / 1024:.0f} MB in the largest process, hash {digest(out)[:12]}"
        )
