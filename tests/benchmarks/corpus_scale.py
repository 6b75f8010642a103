"""How a corpus scales: articles per CPU-second, wall time and memory of `signals score`.

Run: python tests/benchmarks/corpus_scale.py FILE.jsonl SCORER WORKERS [ENGINE]
The file is made by made_news.py. CPU seconds are those of all processes, the greatest memory that
of the largest one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from signals.batch.shards import digest

if __name__ == "__main__":
    corpus, scorer, workers, *engine = sys.argv[1:]
    with tempfile.TemporaryDirectory(dir=Path(corpus).parent) as folder:
        out = Path(folder) / "out"
        command = [sys.executable, "-m", "signals", "score", corpus, "--out", str(out), "--json"]
        command += ["--scorer", scorer, "--workers", workers]
        command += ["--engine", *engine] if engine else []
        begin = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            told = process.stdout.read() if process.stdout else b""
            _, _, used = os.wait4(process.pid, 0)
            process.returncode = 0
        wall = time.perf_counter() - begin
        cpu = used.ru_utime + used.ru_stime
        rows = json.loads(told)["articles"]
        print(
            f"{rows} articles, {scorer}, {workers} workers{', ' + engine[0] if engine else ''}: "
            f"{wall:.0f} s wall, {cpu:.0f} s CPU, {rows / cpu:.0f} articles per CPU-second, "
            f"{used.ru_maxrss / 1024:.0f} MB in the largest process, hash {digest(out)[:12]}"
        )
