"""Dask on this machine: a real scheduler and workers over loopback, each ended by its test."""

import json
import subprocess
import sys
import time

import pytest
from benchmarks.made_news import articles, digest
from benchmarks.made_scores import made_prices, make_scores

from signals.batch.own_events import StudyOptions
from signals.corpus import partition
from signals.corpus.scoring import score_corpus
from signals.corpus.shards import finished
from signals.corpus.study_in_parts import study_in_parts
from signals.corpus.workers import Crew
from signals.errors import ConfigError, StoreError

distributed = pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.enable_socket,  # loopback only
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # of sockets that Dask leaves to the end
    pytest.mark.filterwarnings("ignore:.*:DeprecationWarning:distributed"),
]
ROWS = 200
SMALL = 20_000


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "news.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in articles(ROWS, seed=3)))
    return path


@pytest.fixture
def alone(corpus, tmp_path):
    score_corpus(corpus, tmp_path / "alone", scorer="vader", shard_bytes=SMALL)
    return tmp_path / "alone"


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers, as a user starts them on three machines."""
    started = []

    def start(*arguments):
        command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        started.append(process)
        return process

    address_file = tmp_path / "scheduler.json"
    start(
        *("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"),
        *("--scheduler-file", str(address_file)),
    )
    until(lambda: address_file.exists() and address_file.read_text().rstrip().endswith("}"))
    address = json.loads(address_file.read_text())["address"]
    workers = [
        start("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
        for _ in range(2)
    ]
    yield address, started[0], workers
    for process in started:
        process.kill()
        process.wait()


def until(condition, seconds=180):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_local_cluster_writes_the_same_bytes(corpus, alone, tmp_path):
    status = score_corpus(
        corpus, tmp_path / "o", scorer="vader", engine="dask", workers=2, shard_bytes=SMALL
    )

    assert status.complete
    assert digest(tmp_path / "o") == digest(alone)


def test_a_worker_that_is_killed_loses_nothing(corpus, alone, tmp_path, cluster):
    address, _, workers = cluster

    def kill_one(done, _):
        if done == 2:
            workers[0].kill()

    status = score_corpus(
        corpus,
        tmp_path / "o",
        scorer="vader",
        engine=address,
        shard_bytes=SMALL,
        progress=kill_one,
    )

    assert workers[0].wait(10) < 0
    assert status.complete and status.rows == ROWS
    assert digest(tmp_path / "o") == digest(alone)


def test_a_client_that_is_killed_twenty_times_is_taken_up(corpus, alone, tmp_path, cluster):
    address, _, _ = cluster
    code = (
        "import sys; from pathlib import Path\n"
        "from signals.corpus.scoring import score_corpus\n"
        "score_corpus(Path(sys.argv[1]), Path(sys.argv[2]), scorer='vader', "
        f"engine=sys.argv[3], shard_bytes={SMALL})"
    )
    killed = 0
    for number in range(30):
        out = tmp_path / f"o{number}"
        client = subprocess.Popen([sys.executable, "-c", code, str(corpus), str(out), address])
        wanted = number % 4
        until(lambda out=out, client=client, n=wanted: client.poll() is not None or began(out, n))
        client.kill()
        killed += client.wait() < 0

        status = score_corpus(corpus, out, scorer="vader", engine=address, shard_bytes=SMALL)

        assert status.complete and status.rows == ROWS
        assert digest(out) == digest(alone)
        if killed == 20:
            break
    assert killed == 20


def began(out, shards):
    """Tell whether a run has made its plan and finished so many shards."""
    return (out / "plan.json").exists() and len(finished(out)) >= shards


def test_a_scheduler_that_goes_away_ends_the_run_and_keeps_what_is_done(
    corpus, alone, tmp_path, cluster
):
    address, scheduler, _ = cluster

    def kill_it(done, _):
        if done == 2:
            scheduler.kill()

    with pytest.raises(StoreError, match="scheduler went away"):
        score_corpus(
            corpus,
            tmp_path / "o",
            scorer="vader",
            engine=address,
            shard_bytes=1_000,
            progress=kill_it,
        )
    kept = len(finished(tmp_path / "o"))
    status = score_corpus(corpus, tmp_path / "o", scorer="vader", shard_bytes=1_000)

    assert kept >= 2
    assert status.complete and status.rows == ROWS


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense"])
def test_a_scheduler_that_is_not_there_is_named(corpus, tmp_path, address):
    with pytest.raises(ConfigError, match=f"No Dask scheduler answers at {address}; an address"):
        score_corpus(corpus, tmp_path / "o", engine=address)


def test_a_study_in_parts_is_the_same_on_a_cluster(tmp_path, monkeypatch):
    monkeypatch.setattr(partition, "MOST_SCORES", 500)
    closes = made_prices(12, 620)
    make_scores(tmp_path / "scored", closes, 2000)
    pages = []
    for engine in ("local", "dask"):
        study_in_parts(
            tmp_path / "scored", tmp_path / engine, prices=closes, asked=StudyOptions(),
            crew=Crew(2, engine),
        )  # fmt: skip
        pages.append((tmp_path / engine / "manifest.json").read_bytes())
    assert pages[0] == pages[1]
