"""Scoring in shards, with real processes: each test ends by itself, and only its own are killed."""

import gc
import json
import math
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from benchmarks.made_news import articles, digest

import signals as sg
from signals.batch.own_events import StudyOptions
from signals.cli import main
from signals.corpus.losses import losses_before_events
from signals.corpus.plan import plan_corpus
from signals.corpus.rows import cut, read_shard
from signals.corpus.scored import read_scored, read_stories, read_table
from signals.corpus.scoring import score_corpus, status_of
from signals.corpus.shards import finished
from signals.corpus.study_at_once import study_scored
from signals.corpus.study_in_parts import study_in_parts
from signals.corpus.workers import Outcome, run_local
from signals.errors import ConfigError, LockedError, StoreError
from signals.report.study_sections import together_section
from signals.study.events import align_table

pytest.importorskip("pyarrow")
ROWS = 120
SMALL = 20_000  # bytes a shard: some 17 articles


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("corpus") / "news.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in articles(ROWS, seed=3)))
    return path


@pytest.fixture(scope="module")
def alone(corpus, tmp_path_factory):
    """What one process makes of the corpus."""
    out = tmp_path_factory.mktemp("alone")
    status = score_corpus(corpus, out, scorer="vader", shard_bytes=SMALL)
    assert status.complete and status.rows == ROWS
    return out


def run(corpus, out, *more):
    """Start a run in a process group of its own."""
    code = (
        "import sys; from pathlib import Path\n"
        "from signals.corpus.scoring import score_corpus\n"
        f"score_corpus(Path(sys.argv[1]), Path(sys.argv[2]), scorer='vader', shard_bytes={SMALL}, "
        f"{', '.join(more)})"
    )
    command = [sys.executable, "-c", code, str(corpus), str(out)]
    return subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE)


def rows_exactly_once(out):
    places = [*read_table(out, "articles")["place"], *read_table(out, "quarantine")["place"]]
    return len(places) == ROWS and len(set(places)) == ROWS


def test_two_processes_write_the_same_bytes_as_one(corpus, alone, tmp_path):
    status = score_corpus(corpus, tmp_path / "out", scorer="vader", workers=2, shard_bytes=SMALL)

    assert status.complete
    assert digest(tmp_path / "out") == digest(alone)


@pytest.mark.parametrize(("name", "scorer"), [("vader", sg.Vader()), ("finance", sg.Finance())])
def test_what_is_written_is_what_the_main_path_finds(tmp_path, name, scorer):
    row = next(articles(1, seed=3))
    (tmp_path / "news.jsonl").write_text(json.dumps(row))
    expected = [
        (one.symbol, one.score) for one in sg.score(sg.Article.from_text(**row), scorer=scorer)
    ]

    score_corpus(tmp_path / "news.jsonl", tmp_path / "out", scorer=name)
    written = read_table(tmp_path / "out", "scores")

    assert list(zip(written["symbol"], written["score"], strict=True)) == expected


def test_events_from_shards_are_those_of_one_alignment(alone):
    stories = read_stories(alone)
    made = [sg.Article.from_text(**row) for row in articles(ROWS, seed=3)]
    expected = sg.align(
        [sg.score(one, scorer=sg.Vader()) for one in made], stories=sg.group_stories(made)
    )

    events = read_scored(alone, stories=stories)

    assert events.drop(columns="score").equals(expected.drop(columns="score"))
    assert events["score"].to_numpy() == pytest.approx(expected["score"].to_numpy(), abs=1e-12)


UNGUARDED = """
import sys
from pathlib import Path
from signals.corpus.scoring import score_corpus

corpus, out, engine = sys.argv[1:]
score_corpus(Path(corpus), Path(out), workers=2, engine=engine, shard_bytes=30_000)
"""


@pytest.mark.parametrize("engine", ["local", pytest.param("dask", marks=pytest.mark.slow)])
def test_a_script_whose_workers_start_themselves_is_told_how_to_start_them(
    corpus, tmp_path, engine
):
    script, out = tmp_path / "script.py", tmp_path / "out"
    script.write_text(UNGUARDED)
    command = [sys.executable, str(script), str(corpus), str(out), engine]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert told.returncode == 1
    assert 'under `if __name__ == "__main__":`' in told.stderr.splitlines()[-1]
    assert not out.exists()


def kill_once(shard, marker):
    """Die in the middle of the third shard, but only once."""
    if shard.number == 2 and not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return Outcome(shard, {"rows": 1})


def always_dies(shard):
    if shard.number == 1:
        os._exit(7)
    return Outcome(shard, {"rows": 1})


def test_a_dead_worker_is_replaced_and_its_shard_tried_again(corpus, tmp_path):
    shards, _ = cut(corpus, shard_bytes=SMALL)
    work = partial(kill_once, marker=str(tmp_path / "died"))

    outcomes = list(run_local(shards, work, workers=2))

    assert (tmp_path / "died").exists()
    assert sorted(one.task.number for one in outcomes if one.counts) == list(range(len(shards)))


def test_a_shard_that_always_kills_its_worker_is_set_aside_and_named(corpus):
    shards, _ = cut(corpus, shard_bytes=SMALL)

    outcomes = list(run_local(shards, always_dies, workers=2))

    failed = [one for one in outcomes if one.counts is None]
    assert [one.task.number for one in failed] == [1]
    assert "died 2 times" in failed[0].failure and "7" in failed[0].failure
    assert len(outcomes) == len(shards)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_is_killed_is_taken_up_where_it_was(corpus, alone, tmp_path, workers):
    assert kill_and_resume(corpus, alone, tmp_path / "out", workers=workers, wait=0.0)


@pytest.mark.slow
def test_twenty_kills_lose_and_double_nothing(corpus, alone, tmp_path):
    chance = random.Random(0)
    killed = 0
    for number in range(40):
        out = tmp_path / f"out{number}"
        wait = chance.uniform(0, 0.05)
        killed += kill_and_resume(corpus, alone, out, workers=1 + number % 2, wait=wait)
        if killed == 20:
            break

    assert killed == 20  # a run that was done before its kill doesn't count


def kill_and_resume(corpus, alone, out, *, workers, wait):
    """Kill a run and its workers after the first shard, take it up; tell whether it was hit."""
    process = run(corpus, out, f"workers={workers}")
    deadline = time.monotonic() + 60
    while not finished(out) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(wait)
    with suppress(ProcessLookupError):  # it was done already
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    unfinished = len(finished(out)) < len(finished(alone))

    status = score_corpus(corpus, out, scorer="vader", shard_bytes=SMALL)

    assert status.complete
    assert rows_exactly_once(out)
    assert digest(out) == digest(alone)
    assert [path.name for path in (out / "shards").glob(".*")] == []
    return unfinished


@pytest.mark.slow
def test_twenty_workers_killed_at_random_lose_and_double_nothing(corpus, alone, tmp_path):
    chance = random.Random(1)
    begun = time.monotonic()
    run(corpus, tmp_path / "undisturbed", "workers=2").communicate(timeout=60)
    whole = time.monotonic() - begun
    killed = 0
    for number in range(60):
        out = tmp_path / f"out{number}"
        process = run(corpus, out, "workers=2")
        while not (workers := children(process.pid)) and process.poll() is None:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 0.8 * whole))
        unfinished = len(finished(out)) < len(finished(alone))
        with suppress(ProcessLookupError):
            os.kill(chance.choice(workers), signal.SIGKILL)
            killed += unfinished
        process.communicate(timeout=60)

        assert process.returncode == 0
        assert status_of(out).complete and rows_exactly_once(out)
        assert digest(out) == digest(alone)
        if killed == 20:
            break

    assert killed == 20


def children(pid):
    """List the workers of a run: those of its processes that were spawned for shards."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            parent = re.search(r"PPid:\t(\d+)", status.read_text())
            command = (status.parent / "cmdline").read_bytes()
            if parent and int(parent[1]) == pid and b"spawn_main" in command:
                found.append(int(status.parent.name))
    return found


def lines(words, numbers=range(40)):
    rows = ({"title": f"Acme {word} on day {n:03d}"} for word in words.split() for n in numbers)
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("news.jsonl", lines("fell")),  # as long as before
        ("news.jsonl", lines("rose", range(20))),
        ("news.jsonl", lines("rose", [90, *range(40)])),
        ("news.jsonl", lines("rose", range(50))),
        ("more.jsonl", lines("rose")),
    ],
)
def test_a_file_that_changes_while_it_is_scored_loses_and_doubles_no_row_in_silence(
    tmp_path, name, content
):
    corpus, out = tmp_path / "corpus", tmp_path / "out"
    corpus.mkdir()
    (corpus / "news.jsonl").write_text(lines("rose"))

    def rewrite(done, _):
        if done == 1:
            time.sleep(0.02)  # the clock of some file systems is coarse
            (corpus / name).write_text(content)

    status = score_corpus(corpus, out, scorer="vader", shard_bytes=400, progress=rewrite)

    assert not status.complete and "has changed while the corpus" in status.failed[name]
    titles = read_table(out, "articles")["title"].tolist()
    planned = [json.loads(row)["title"] for row in lines("rose").splitlines()]
    assert titles == planned[: len(titles)]
    assert len(titles) == 40 if name == "more.jsonl" else 0 < len(titles) < 40
    set_aside = [one for one in status.failed if one.startswith("shard")]
    assert status.finished + len(set_aside) == status.shards


def test_a_run_goes_on_in_the_place_that_the_corpus_was_moved_to(tmp_path):
    old, new, out = tmp_path / "old", tmp_path / "new", tmp_path / "out"
    old.mkdir()
    (old / "news.jsonl").write_text(lines("rose"))

    def kill(done, _):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        score_corpus(old, out, scorer="vader", shard_bytes=400, progress=kill)
    shutil.copytree(old, new)
    (old / "news.jsonl").write_text(lines("fell"))
    status = score_corpus(new, out, scorer="vader", shard_bytes=400)

    assert status.complete
    assert sorted(read_table(out, "articles")["title"]) == [
        f"Acme rose on day {n:03d}" for n in range(40)
    ]


def test_a_shard_that_is_done_at_last_is_told_as_missing_no_more(tmp_path):
    corpus, out = tmp_path / "corpus", tmp_path / "out"
    corpus.mkdir()
    for name in "abc":
        (corpus / f"{name}.jsonl").write_text(lines("rose", [1]))

    def hide(done, _):
        if done == 1:
            (corpus / "b.jsonl").rename(tmp_path / "hidden")

    assert "shard 000001: b.jsonl, lines 1 to 1" in (
        score_corpus(corpus, out, scorer="vader", progress=hide).failed
    )
    (tmp_path / "hidden").rename(corpus / "b.jsonl")

    def kill(done, _):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        score_corpus(corpus, out, scorer="vader", progress=kill)
    status = status_of(out)
    assert status.finished == 3 and not any("shard" in one for one in status.failed)


def test_what_another_worker_is_still_writing_is_left_to_it(corpus, alone, tmp_path):
    written = tmp_path / "shards/.000002.other/articles.parquet"
    written.parent.mkdir(parents=True)
    written.touch()
    there = []

    score_corpus(
        corpus,
        tmp_path,
        scorer="vader",
        shard_bytes=SMALL,
        progress=lambda *_: there.append(written.exists()),
    )

    assert all(there)
    assert not written.exists()
    assert digest(tmp_path) == digest(alone)


def test_a_second_run_on_a_finished_folder_does_nothing(corpus, alone):
    before = {path: path.stat().st_mtime_ns for path in alone.glob("shards/*/*")}

    assert score_corpus(corpus, alone, scorer="vader", shard_bytes=SMALL).complete
    assert {path: path.stat().st_mtime_ns for path in alone.glob("shards/*/*")} == before


def test_two_runs_on_one_folder_are_refused(corpus, tmp_path):
    from filelock import FileLock

    with FileLock(tmp_path / ".lock"), pytest.raises(LockedError, match="Another run"):
        score_corpus(corpus, tmp_path)


def test_the_output_of_another_corpus_or_version_is_refused(corpus, alone, tmp_path):
    other = tmp_path / "other.jsonl"
    other.write_text('{"title": "Acme"}')
    with pytest.raises(ConfigError, match="another corpus"):
        score_corpus(other, alone, scorer="vader")
    with pytest.raises(ConfigError, match="another scorer"):
        score_corpus(corpus, alone, scorer="finance")
    plan = json.loads((alone / "plan.json").read_text())
    (tmp_path / "old/shards").mkdir(parents=True)
    (tmp_path / "old/plan.json").write_text(json.dumps(plan | {"version": 0}))
    with pytest.raises(ConfigError, match="another version"):
        score_corpus(corpus, tmp_path / "old")


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_a_corpus_that_was_corrected_in_its_place_is_another_one(tmp_path, ending):
    """As long as before, and with the stamps of before, as some copies leave them."""
    file = tmp_path / f"news.{ending}"
    rows = pd.DataFrame(
        {"title": ["Acme rose", "Acme fell"], "published": ["2025-07-22T10:00Z"] * 2}
    )
    write = {
        "jsonl": lambda: rows.to_json(file, orient="records", lines=True),
        "csv": lambda: rows.to_csv(file, index=False),
        "parquet": lambda: rows.to_parquet(file),
    }[ending]
    write()
    before = file.stat()
    (tmp_path / "notes.txt").write_text("A note.")
    score_corpus(tmp_path, tmp_path / "out", scorer="vader")
    (tmp_path / "notes.txt").write_text("A word.")
    score_corpus(tmp_path, tmp_path / "out", scorer="vader")

    rows.loc[1, "published"] = "2025-07-23T10:00Z"
    rows.loc[0, "published"] = "2025-07-23T10:00Z"
    write()
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert file.stat().st_size == before.st_size
    why = f"another corpus: news.{ending} holds something else than then. Name another folder."
    with pytest.raises(ConfigError, match=re.escape(why)):
        score_corpus(tmp_path, tmp_path / "out", scorer="vader")


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("engine", ["local", "nonsense"])
def test_a_run_that_is_refused_leaves_nothing_behind(corpus, tmp_path, exists, engine):
    pytest.importorskip("distributed")
    empty = tmp_path / "corpus"
    empty.mkdir()
    (empty / "readme.txt").write_text("No corpus.")
    out = tmp_path / "new/out"
    if exists:
        out.mkdir(parents=True)
        (out / "notes.txt").write_text("The user's own.")
        (out / "shards").mkdir()
        (out / "shards/corpus.jsonl").write_text("The user's own too.")
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(ConfigError, match=r"holds no|No Dask scheduler"):
        score_corpus(empty if engine == "local" else corpus, out, engine=engine)

    assert sorted(tmp_path.rglob("*")) == before


def test_a_scheduler_that_is_not_there_leaves_no_open_client(corpus, tmp_path):
    """It would close itself whenever it is collected: while another starts, for ever."""
    distributed = pytest.importorskip("distributed")
    with pytest.raises(ConfigError, match="No Dask scheduler") as refused:
        score_corpus(corpus, tmp_path / "out", engine="nonsense")
    assert refused.tb  # holds what is left of it, so that nothing is collected yet
    left = [one for one in gc.get_objects() if isinstance(one, distributed.Client)]
    assert {client.status for client in left} == {"closed"}


def test_a_full_disk_ends_the_run_and_keeps_what_is_done(corpus, tmp_path, monkeypatch):
    def full(shard, folder, scorer):
        if shard.number == 2:
            raise OSError(28, "No space left on device")
        return written(shard, folder, scorer)

    from signals.corpus import shards as room

    written = room._write_tables
    monkeypatch.setattr(room, "_write_tables", full)
    with pytest.raises(StoreError, match="No space left"):
        score_corpus(corpus, tmp_path / "out", shard_bytes=SMALL)
    assert status_of(tmp_path / "out").finished == 2
    monkeypatch.undo()

    assert score_corpus(corpus, tmp_path / "out", shard_bytes=SMALL).complete


def test_rows_that_are_no_articles_are_kept_with_their_reason(tmp_path):
    path = tmp_path / "n.jsonl"
    path.write_text('{"title": "Acme (NYSE:ACM) rose", "date": "2020-06-01"}\n{"title": ""}\nx\n')

    status = score_corpus(path, tmp_path / "out")

    assert (status.rows, status.articles, status.quarantined) == (3, 1, 2)
    assert list(read_table(tmp_path / "out", "quarantine")["reason"]) == ["empty", "malformed"]


def test_articles_that_state_no_time_are_counted_and_told(tmp_path, capsys):
    path = tmp_path / "n.csv"
    path.write_text("when,title\n2020-06-01,Acme (NYSE:ACM) rose\n2020-06-02,Acme fell\n")

    assert main(["score", str(path), "--out", str(tmp_path / "out"), "--plan"]) == 0
    told = capsys.readouterr().out
    assert re.match(r"about 2 rows in 1 shard\nabout \d+ seconds? and [\d.]+ GB of memory\n", told)

    assert main(["score", str(path), "--out", str(tmp_path / "out")]) == 3  # none can be studied

    assert status_of(tmp_path / "out").undated == 2
    told = capsys.readouterr()
    assert "2 articles of the corpus, undated: No session can be told" in told.err
    assert "the column of times may be called published, date" in told.out
    path.write_text("date,title\n2020-06-01,Acme (NYSE:ACM) rose\n2020-06-02,Acme fell\n,Acme\n")
    assert main(["score", str(path), "--out", str(tmp_path / "dated")]) == 0
    told = capsys.readouterr()
    assert "1 article of the corpus, undated" in told.err and "column of times" not in told.out


def test_a_corpus_without_a_row_is_nothing_usable_and_says_so(tmp_path, capsys):
    (tmp_path / "n.jsonl").touch()

    assert main(["score", str(tmp_path / "n.jsonl"), "--out", str(tmp_path / "out")]) == 4
    assert "n.jsonl holds no row." in capsys.readouterr().err


def test_a_plan_tells_about_how_many_rows_there_are(corpus):
    plan = plan_corpus(corpus)

    assert 0.8 * ROWS < plan.rows < 1.2 * ROWS
    assert plan.shards == 1 and plan.seconds > 0 and plan.memory > 0


@pytest.mark.parametrize("name", ["a.jsonl", "z.jsonl", "a.csv", "z.csv", "a.parquet", "z.parquet"])
def test_a_plan_is_right_where_files_differ_in_size_whatever_their_names(tmp_path, name):
    path, many = tmp_path / name, 5000
    for number in range(40):
        (tmp_path / f"m{number}.jsonl").write_text(json.dumps({"title": f"Acme {number}"}))
    rows = pd.DataFrame({"title": [f"Acme rose {n}" for n in range(many)], "text": "It\ndid.\n"})
    match path.suffix:
        case ".jsonl":
            rows.to_json(path, orient="records", lines=True)
        case ".csv":
            rows.to_csv(path, index=False)
        case _:
            rows.to_parquet(path)

    plan = plan_corpus(tmp_path, scorer="vader")

    assert plan.rows == pytest.approx(many + 40, rel=0.01)
    assert plan.shards == 41


def test_texts_in_a_column_of_another_name_are_said_to_be_unread(tmp_path, capsys):
    path = tmp_path / "n.csv"
    told = []
    for name in ("body", "body_text"):
        path.write_text(f"date,title,{name}\n2020-06-01,Acme rose,Acme (NYSE:ACM) rose.\n")
        assert main(["score", str(path), "--out", str(tmp_path / name)]) == 0
        told.append("the column of texts may be called text, article" in capsys.readouterr().out)
    assert told == [False, True]
    path.unlink()  # what is finished tells it
    assert main(["score", str(path), "--out", str(tmp_path / "body_text"), "--status"]) == 0
    assert "the column of texts may be called text, article" in capsys.readouterr().out

    path.write_text("date,hl,link\n2020-06-01,Acme rose,https://e.example\n")
    assert main(["score", str(path), "--out", str(tmp_path / "none")]) == 4
    assert "columns of texts may be called text, article" in capsys.readouterr().err


def test_a_plan_counts_the_start_and_what_reading_and_writing_take(corpus, monkeypatch):
    now, batches = [0.0], []

    def read(shard):
        for row in read_shard(shard):
            now[0] += 1
            yield row

    def write(rows, *_):
        batches.append(len(list(rows)))
        now[0] += 10 * batches[-1] + (1000 if len(batches) == 1 else 0)  # tables and weights

    monkeypatch.setattr("signals.corpus.plan.read_shard", read)
    monkeypatch.setattr("signals.corpus.plan.write_rows", write)
    monkeypatch.setattr("signals.corpus.plan.BATCH", ROWS // 8)
    monkeypatch.setattr("time.process_time", lambda: now[0])

    plan = plan_corpus(corpus, start=100)

    assert plan.seconds == pytest.approx(1100 + 11 * plan.rows)
    assert batches == [ROWS // 8] * 4


def test_the_command_scores_tells_its_status_and_its_exit_code(corpus, tmp_path, capsys):
    out = str(tmp_path / "out")
    assert main(["score", str(corpus), "--out", out, "--plan"]) == 0
    assert main(["score", str(corpus), "--out", out]) == 0
    assert f"1 of 1 shard: {ROWS} rows" in capsys.readouterr().out
    assert main(["score", str(corpus), "--out", out, "--status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["articles"] == ROWS


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["{tmp}/nothing", "--out", "{tmp}/out"], 2),
        (["{corpus}", "--out", "{corpus}"], 2),
        (["{corpus}", "--out", "{tmp}/out", "--scheduler", "tcp://127.0.0.1:1"], 2),
        (["{corpus}", "--out", "{tmp}/out", "--status"], 2),
    ],
)
def test_a_wrong_option_is_told_in_one_line(corpus, tmp_path, capsys, arguments, code):
    given = [one.format(tmp=tmp_path, corpus=corpus) for one in arguments]

    assert main(["score", *given]) == code
    assert capsys.readouterr().err.startswith("signals: ")


def scored_news_of_microsoft(folder, **options):
    """Score twelve stories on Microsoft, three of them told again a day later."""
    rows = news_of_microsoft()
    path = folder / "microsoft.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    score_corpus(path, folder / "scored", scorer="vader", **options)
    made = [sg.Article.from_text(**row) for row in rows]
    return folder / "scored", made


def news_of_microsoft():
    rows = []
    for number, row in enumerate(articles(12, seed=5)):
        told = datetime(2025, 3, 27, 15, tzinfo=UTC) + timedelta(days=9 * number)
        text = f"Microsoft (NASDAQ:MSFT) {row['text'].split(') ', 1)[1]}"
        title = f"Microsoft {row['title'].split(' ', 1)[1]}"
        rows.append({"title": title, "text": text, "published": told.isoformat()})
        if number % 4 == 0:
            again = {"title": f"UPDATE 1-{title}", "published": (told + timedelta(1)).isoformat()}
            rows.append(rows[-1] | again)
    return rows


def test_a_scored_corpus_is_studied_as_its_articles_are_with_echoes_and_without(tmp_path, root):
    scored, made = scored_news_of_microsoft(tmp_path, shard_bytes=4_000)
    events = sg.align(
        [sg.score(one, scorer=sg.Vader()) for one in made], stories=sg.group_stories(made)
    )
    prices = sg.CsvPrices(root / "data/prices")
    expected = sg.event_study(events, prices, market="SPY")

    study = study_scored(scored, prices=prices, asked=StudyOptions()).study

    assert study.abnormal.equals(expected.abnormal)
    echoes = int(study.events["echo"].sum())
    assert echoes == 2  # the third was told again within the same session
    told = together_section(study)
    assert f"{len(study.events)} events, of which {echoes} repeat a story told" in told.plainly
    first = [row for row in told.windows if row.subject == "First tellings only"]
    news = events.drop_duplicates(["company", "story_id"])
    without = sg.event_study(news, prices, market="SPY").caar()
    assert [row.n for row in first] == list(without["n"])
    assert [row.effect for row in first] == pytest.approx(list(without["caar"]))


def test_a_corpus_may_be_scored_into_a_folder_of_its_own(
    corpus, alone, tmp_path, monkeypatch, capsys
):
    shutil.copy(corpus, tmp_path / "news.jsonl")
    (tmp_path / "._news.jsonl").write_bytes(b"\0")
    monkeypatch.chdir(tmp_path)

    first = score_corpus(Path(), Path("out"), scorer="vader", shard_bytes=SMALL)
    shutil.rmtree(finished(Path("out"))[1])
    again = score_corpus(Path(), Path("out"), scorer="vader", shard_bytes=SMALL)

    assert first == again and again.rows == ROWS and digest(Path("out")) == digest(alone)
    assert score_corpus(Path(), Path("other"), scorer="vader", shard_bytes=SMALL) == first
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ConfigError, match="is the corpus itself"):
        score_corpus(Path(), tmp_path)
    assert sorted(tmp_path.iterdir()) == before
    assert main(["score", "out", "--out", "third"]) == 2
    assert "out holds what `signals score` wrote" in capsys.readouterr().err


@pytest.mark.usefixtures("sketched")
@pytest.mark.parametrize("turn", [1, -1])
def test_an_article_that_is_listed_again_counts_when_it_was_known_first(tmp_path, root, turn):
    """In whatever order its rows stand: a vendor that dumps its newest first changes nothing."""
    once = news_of_microsoft()
    later = [
        row | {"updated": str(datetime.fromisoformat(row["published"]) + timedelta(days=4))}
        for row in once
    ]
    corpus = tmp_path / "news.jsonl"
    corpus.write_text("".join(json.dumps(row) + "\n" for row in [*once, *later][::turn]))
    score_corpus(corpus, tmp_path / "scored", scorer="vader", shard_bytes=4_000)
    made = [sg.Article.from_text(**row) for row in once]
    scores = [sg.score(one, scorer=sg.Vader()) for one in made]
    expected = sg.align(scores, stories=sg.group_stories(made))
    prices = root / "data/prices"

    events = read_scored(tmp_path / "scored", stories=read_stories(tmp_path / "scored"))
    study_in_parts(tmp_path / "scored", tmp_path / "out", prices=prices, asked=StudyOptions())

    assert events.equals(expected)
    written = pd.read_csv(tmp_path / "out/events.csv", parse_dates=["known_at"])
    study = sg.event_study(expected, prices, market="SPY")
    assert written["event_id"].tolist() == study.events.index.tolist()
    assert written["known_at"].tolist() == study.events["known_at"].tolist()


@pytest.mark.usefixtures("sketched")
def test_a_corpus_that_is_not_done_is_not_studied(tmp_path, root, capsys):
    scored, _ = scored_news_of_microsoft(tmp_path, shard_bytes=4_000)
    shutil.rmtree(finished(scored)[1])

    code = main(
        ["study", str(scored), "--prices", str(root / "data/prices"), "--out", str(tmp_path / "o")]
    )

    assert code == 2
    assert "shards" in capsys.readouterr().err


def test_what_another_version_has_scored_is_not_studied_but_told(tmp_path, root, capsys):
    scored, _ = scored_news_of_microsoft(tmp_path)
    plan = json.loads((scored / "plan.json").read_text())
    (scored / "plan.json").write_text(json.dumps(plan | {"version": 4}))
    prices = ["--prices", str(root / "data/prices")]

    for command in (["study", str(scored)], ["evaluate", "--events", str(scored)]):
        assert main([*command, "--out", str(tmp_path / "out"), *prices]) == 2
        assert "another version of signals has scored: score" in capsys.readouterr().err
    assert main(["audit", str(scored), *prices]) == 2


@pytest.mark.usefixtures("sketched")
def test_a_shard_that_was_set_aside_is_a_loss_of_the_study(tmp_path, root, capsys):
    scored, _ = scored_news_of_microsoft(tmp_path, shard_bytes=4_000)
    shutil.rmtree(finished(scored)[1])
    name, why = "shard 000001: microsoft.jsonl 4096 to 8192", "Its worker died 2 times."
    (scored / "failed.json").write_text(json.dumps({name: why}))
    out = tmp_path / "o"

    code = main(["study", str(scored), "--prices", str(root / "data/prices"), "--out", str(out)])

    assert code == 3
    assert f"signals: {name}: {why}" in capsys.readouterr().err
    assert name in (out / "report.html").read_text()
    assert (out / "status.csv").read_text().splitlines()[1].startswith(f"{name},,,,,lost,set_aside")


@pytest.mark.usefixtures("sketched")
def test_rows_and_articles_that_no_study_can_use_are_losses_of_it(tmp_path, root, capsys):
    rows = [*news_of_microsoft(), {"title": "Microsoft won a contract", "text": "It says no time."}]
    corpus, scored, out = tmp_path / "news.jsonl", tmp_path / "scored", tmp_path / "out"
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n")

    assert main(["score", str(corpus), "--out", str(scored), "--scorer", "vader"]) == 3
    assert (
        "1 row of the corpus, malformed: The first, news.jsonl, line 17: It is no JSON"
        in capsys.readouterr().err
    )
    prices = ["--prices", str(root / "data/prices"), "--out", str(out)]
    assert main(["study", str(scored), *prices]) == 3

    said = capsys.readouterr().err
    table = pd.read_csv(out / "status.csv", keep_default_na=False)
    lost = table[table["article"].ne("")].set_index("article")["reason"].to_dict()
    assert lost == {
        "1 row of the corpus, malformed": "malformed",
        "1 article of the corpus, undated": "undated",
    }
    for name in lost:
        assert name in said
        assert name in (out / "report.html").read_text()
    assert main(["evaluate", "--events", str(scored), *prices]) == 3
    assert "1 article of the corpus, undated" in capsys.readouterr().err
    table = pd.read_csv(out / "status.csv", keep_default_na=False)
    assert table["article"][:2].tolist() == list(lost) and table["event_id"].ne("")[2:].all()
    page = (out / "evaluation.html").read_text()
    assert all(name in page for name in lost)


@pytest.mark.usefixtures("sketched")
@pytest.mark.parametrize("at_once", [20_000, 0])
def test_scores_of_no_session_are_losses_of_a_study(tmp_path, root, capsys, monkeypatch, at_once):
    monkeypatch.setattr("signals.report.study_gallery.MOST_LOOKED_AT", at_once)
    odd = [
        {"title": "Microsoft won a contract", "text": f"Told in {day}.", "published": day}
        for day in ("1985-05-06", "2085-05-07")
    ]
    corpus, scored, out = tmp_path / "news.jsonl", tmp_path / "scored", tmp_path / "out"
    corpus.write_text("".join(json.dumps(row) + "\n" for row in [*news_of_microsoft(), *odd]))
    assert main(["score", str(corpus), "--out", str(scored), "--scorer", "vader"]) == 0
    name = "2 scores of the corpus, outside calendar"
    why = "The first, MSFT: The calendar of XNAS doesn't reach 1985-05-07"
    prices = ["--prices", str(root / "data/prices")]

    for command in (
        ["study", str(scored), "--out", str(out)],
        ["evaluate", "--events", str(scored), "--out", str(out)],
    ):
        assert main([*command, *prices]) == 3
        assert f"signals: {name}: {why}" in capsys.readouterr().err
        table = pd.read_csv(out / "status.csv", keep_default_na=False)
        assert table[table["article"] == name]["reason"].tolist() == ["outside_calendar"]
    assert main(["audit", str(scored), *prices]) == 3
    assert f"signals: {name}: {why}" in capsys.readouterr().err


@pytest.mark.parametrize("shard_bytes", [1, 10**9])
def test_the_losses_of_a_corpus_are_those_of_its_articles_however_it_is_cut(
    tmp_path, root, shard_bytes
):
    stamp = "2025-03-27T15:00:00Z"
    rows = [
        {"title": "Odd Things (XYZQ: ODD) rose", "text": "It rose.", "published": stamp},
        {"title": "Microsoft rose", "text": "It rose.", "published": "1950-01-02T14:30:00Z"},
        {"title": "OpenAI raises money", "text": "Told by OpenAI.", "published": stamp},
        {"title": "Weather is fine", "text": "The sun was shining.", "published": stamp},
    ]
    corpus, prices = tmp_path / "news.jsonl", root / "data/prices"
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows * 3))  # each under 3 symbols
    score_corpus(corpus, tmp_path / "scored", scorer="vader", shard_bytes=shard_bytes)
    analysed = sg.analyse([sg.Article.from_text(**row) for row in rows], prices=prices)
    expected = analysed.lost["reason"].value_counts().to_dict()

    told = losses_before_events(tmp_path / "scored")

    assert expected == {"unknown_exchange": 1, "outside_calendar": 1, "no_company": 2}
    assert {one["reason"]: int(one["article"].split()[0]) for one in told} == expected
    details = {one["reason"]: one["detail"] for one in told}
    assert details["unknown_exchange"].startswith("The first, news.jsonl, line 1: 'XYZQ' before")
    assert details["no_company"] == "The first, news.jsonl, line 3: It is about no listed company."


@pytest.mark.usefixtures("sketched")
@pytest.mark.parametrize("at_once", [20_000, 5])
def test_of_a_corpus_nothing_is_missing_by_articles_about_no_company(
    tmp_path, root, capsys, monkeypatch, at_once
):
    monkeypatch.setattr("signals.report.study_gallery.MOST_LOOKED_AT", at_once)
    none = {"title": "Weather is fine", "text": "Sun.", "published": "2025-03-27T15:00:00Z"}
    rows = [none] + [
        {
            "title": f"Microsoft (NASDAQ:MSFT) {'wins' if n % 2 else 'loses'} order {n}00",
            "published": str(datetime(2025, 3, 27, 15, tzinfo=UTC) + timedelta(days=7 * n)),
        }
        for n in range(14)
    ]
    corpus, scored = tmp_path / "news.jsonl", tmp_path / "scored"
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows))
    score_corpus(corpus, scored, scorer="vader")
    prices = ["--prices", str(root / "data/prices"), "--json"]

    for command in (["study", str(scored)], ["evaluate", "--events", str(scored)]):
        out = tmp_path / command[0]
        assert main([*command, "--out", str(out), *prices]) == 0
        assert json.loads(capsys.readouterr().out)["missing"] == []
        assert "1 article of the corpus, no company" in (out / "status.csv").read_text()

    bad = {"title": "Microsoft rose", "text": "It rose.", "published": "not a time"}
    old = {"title": "Microsoft rose", "text": "It rose.", "published": "1950-01-02T14:30:00Z"}
    corpus.write_text("".join(json.dumps(row) + "\n" for row in [*rows, bad, old]))
    score_corpus(corpus, tmp_path / "again", scorer="vader")
    out = tmp_path / "out"
    assert main(["study", str(tmp_path / "again"), "--out", str(out), *prices]) == 3
    missing = json.loads(capsys.readouterr().out)["missing"]
    assert {one["reason"] for one in missing} == {"bad_time", "outside_calendar"}


def test_a_row_that_belongs_to_no_session_is_no_event():
    row = {
        "article_id": "a" * 16,
        "symbol": "MSFT",
        "mic": "XNAS",
        "company": "microsoft",
        "known_at": pd.Timestamp("2025-03-03T15:00Z"),
        "precision": "minute",
        "score": 0.5,
        "relevance": 10.0,
    }
    lost = [{"symbol": None}, {"known_at": None}, {"score": math.nan}, {"mic": "NONE"}]
    lost.append({"known_at": pd.Timestamp("1900-01-01T00:00Z")})
    table = pd.DataFrame(
        [row, *(row | {"article_id": f"{n:016x}"} | one for n, one in enumerate(lost))]
    )
    table["known_at"] = pd.to_datetime(table["known_at"], utc=True)

    assert list(align_table(table)["article_ids"]) == ["a" * 16]
