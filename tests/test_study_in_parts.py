"""A study in parts, of a made corpus: what it writes is what one piece writes."""

import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("pyarrow")
import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks.made_scores import made_prices, make_scores
from sketches import sketched

from signals.batch.own_events import StudyOptions, mark_confounds
from signals.batch.tablefiles import abnormal_table, events_table
from signals.cli import main
from signals.corpus import partition
from signals.corpus.scored import read_scored, read_stories
from signals.corpus.study_at_once import study_scored
from signals.corpus.study_in_parts import study_in_parts
from signals.corpus.study_part import attempt_part
from signals.corpus.workers import Outcome
from signals.csvtables import arrow_csv_bytes, csv_bytes
from signals.errors import LockedError, StudyError
from signals.report import spelling, study_gallery
from signals.report.study_looks import looks_section
from signals.report.study_sections import together_section
from signals.report.summed_report import draw_summed, summed_data
from signals.study.clocks import timed
from signals.study.significance import called

pytestmark = pytest.mark.usefixtures("sketched")


@pytest.fixture(scope="module")
def closes():
    return made_prices(24, 620)


@pytest.fixture(scope="module")
def scored(closes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scored")
    make_scores(folder, closes, 2000)
    return folder


@pytest.fixture(scope="module")
def prices(closes, tmp_path_factory):
    """A folder of prices."""
    folder = tmp_path_factory.mktemp("prices")
    closes.to_csv(folder / "closes.csv")
    return folder


@pytest.fixture(scope="module")
def confounds(closes, tmp_path_factory):
    """Dates of earnings of two shares, and a row without one."""
    path = tmp_path_factory.mktemp("confounds") / "earnings.csv"
    days = [f"{day:%Y-%m-%d}" for day in closes.index[300::40]]
    path.write_text(
        "symbol,session\n" + "".join(f"S0003,{d}\nS0011,{d}\n" for d in days) + "S0011,\n"
    )
    return path


@pytest.fixture(scope="module")
def in_parts(prices, scored, confounds, tmp_path_factory):
    """The study in parts of 350 scores each, and where it was written."""
    out = tmp_path_factory.mktemp("out")
    with pytest.MonkeyPatch.context() as patch, sketched():
        patch.setattr(partition, "MOST_SCORES", 350)
        done = study_in_parts(scored, out, prices=prices, asked=StudyOptions(), confounds=confounds)
    return done, out


@pytest.fixture(scope="module")
def in_one(prices, scored, confounds):
    return mark_confounds(study_scored(scored, prices=prices, asked=StudyOptions()), confounds)


def rows(content):
    """Read a table, its rows in an order of their own, and numbers to the last digit."""
    table = pd.read_csv(io.BytesIO(content), dtype="str")
    for name in table.columns.difference(["article", "event_id"]):
        with suppress(ValueError):  # a column of words
            table[name] = table[name].map(float, na_action="ignore")
    keys = [name for name in ("event_id", "offset") if name in table]
    return table.sort_values(keys, ignore_index=True)


def assert_same_rows(ours, theirs):
    pd.testing.assert_frame_equal(rows(ours), rows(theirs), rtol=1e-14, atol=0, check_dtype=False)


def test_the_tables_hold_the_same_rows_as_those_of_one_piece(in_parts, in_one):
    _, out = in_parts
    tables = {
        "events": events_table(in_one.events),
        "abnormal_returns": abnormal_table(in_one),
        "status": in_one.status,
    }
    for name, table in tables.items():
        assert_same_rows((out / f"{name}.csv").read_bytes(), csv_bytes(table))


def test_tables_of_millions_are_spelled_for_any_reader():
    days = pd.to_datetime(["2020-01-02", None])
    table = pd.DataFrame(
        {"text": ["=1", None], "day": days, "number": [1e-7, np.nan], "echo": [True, False]}
    )
    written = arrow_csv_bytes(table).decode().splitlines()
    assert written == ["text,day,number,echo", "'=1,2020-01-02,1e-7,True", ",,,False"]
    mixed = pd.DataFrame({"any": ["=1", 1, True, None, "1"]}), pd.DataFrame({"any": [[1], "=1"]})
    assert csv_bytes(mixed[0]).decode().splitlines()[1:] == ["'=1", "1", "True", '""', "1"]
    assert csv_bytes(mixed[1]).decode().splitlines()[1:] == ["[1]", "'=1"]
    quoted = table.assign(text=['a, "b"', "c"])
    assert arrow_csv_bytes(quoted) == csv_bytes(quoted)


def test_a_share_whose_company_goes_by_two_names_lies_in_one_part(
    closes, prices, tmp_path, monkeypatch
):
    make_scores(tmp_path / "scored", closes, 600)
    for path in (tmp_path / "scored/shards").glob("*/scores.parquet"):
        scores = pq.read_table(path).to_pydict()
        scores["company"] = [f"{'ab'[n % 2]}-{one}" for n, one in enumerate(scores["symbol"])]
        pq.write_table(pa.table(scores, schema=pq.read_schema(path)), path)
    whole = study_scored(tmp_path / "scored", prices=prices)
    monkeypatch.setattr(partition, "MOST_SCORES", 100)

    study_in_parts(tmp_path / "scored", tmp_path / "out", prices=prices, asked=StudyOptions())

    ours = pd.read_csv(tmp_path / "out/events.csv")
    assert not ours.duplicated(["symbol", "session"]).any()
    assert len(ours) == len(whole.study.events)


def test_the_means_of_the_report_are_those_of_one_piece(in_parts, in_one):
    done, out = in_parts
    expected = {(row.subject, row.window): row for row in together_section(in_one.study).windows}
    page = (out / "report.html").read_text()
    found = summed_data(done.found, draw_summed(done.found), generator="", manifest=())
    ours = {(row.subject, row.window): row for row in found.together.windows}
    assert set(ours) == set(expected)
    for key, row in expected.items():
        for name in ("n", "effect", "ci_low", "ci_high", "p_value", "statistic", "df", "mde"):
            assert getattr(ours[key], name) == pytest.approx(getattr(row, name), rel=1e-11)
    assert f"Event study of {len(in_one.study.events):,} events" in page
    assert "Do prices follow the score?" in page and "What else could it be?" in page
    assert "known to the day only" in page
    lost = in_one.status["reason"].eq("no_prices").sum()
    assert f"{lost} events" in page and "GONE" in page
    assert "With and without the events that have an earnings date" in page
    assert "The events were studied in parts" in page
    told = {row[0]: row[1:] for row in _table(found.looks[0], "by other tests").rows}
    for one in timed(in_one.study).tests((0, 1)):
        if one.name in {"generalised_sign", "bmp_episode", "bmp_date", "crude_dependence"}:
            assert told[called(one.name)][1] == spelling.p_value(one.p_value)
    assert "in one piece" in told[called("wilcoxon")][0]
    counts = [row[:3] for row in _table(found.looks[0], "What may distort").rows]
    whole = _table(looks_section(in_one.study, (0, 1)), "What may distort").rows
    assert counts == [row[:3] for row in whole]
    ours, theirs = done.found.study.confounds(), timed(in_one.study).confounds(windows=((0, 1),))
    same = ["n", "caar", "se", "statistic", "p_value"]
    pd.testing.assert_frame_equal(ours[same], theirs[same], rtol=1e-11, check_dtype=False)
    assert ours["n"].min() > 10


def test_what_stories_do_that_tell_of_no_move_is_that_of_one_piece(in_parts, in_one):
    done, out = in_parts
    others = timed(in_one.study.without_recaps())
    assert 0 < len(others.events) < len(timed(in_one.study).events)
    ours = done.found.without_recaps.sentiment().drop(index="log_volume")
    theirs = others.sentiment("score", (0, 1)).drop(index="log_volume")
    same = ["n", "n_sessions", "estimate", "se", "statistic", "p_value", "mde"]
    pd.testing.assert_frame_equal(ours[same], theirs[same], rtol=1e-9, check_dtype=False)
    page = (out / "report.html").read_text()
    assert "Slope of SCAR on the score, without stories that tell of the move" in page
    n, n_others = len(timed(in_one.study).events), len(others.events)
    told = f"The stories of {n - n_others:,} of the {n:,} events tell that the share had moved"
    assert told in page  # of the events that are measured, not also of those known to the day
    (table,) = [
        one
        for one in summed_data(done.found, draw_summed(done.found), generator="", manifest=())
        .looks[0]
        .tables
        if one.caption.startswith("With and without the events whose story")
    ]
    whole = timed(in_one.study).recaps(windows=((0, 1),))
    words = {"all": "All events", "without": "Without such stories", "with": "Such stories alone"}
    assert [row[0] for row in table.rows] == [*words.values()]
    ours, same = done.found.recaps_alone.caar(((0, 1),)), ["n", "caar", "se", "p_value"]
    pd.testing.assert_frame_equal(ours[same], whole.loc["with"][same], rtol=1e-9, check_dtype=False)
    assert [path.name for path in out.glob(".*")] == [".lock"]


def test_the_events_shown_one_by_one_are_the_first_and_those_that_moved_most(in_parts, in_one):
    done, out = in_parts
    written = pd.read_csv(out / "events.csv")
    assert list(done.found.first.events.index) == list(written["event_id"][:200])
    known = in_one.study.events["precision"].ne("day")
    scar = in_one.study.car(0, 1)["scar"][known].abs().sort_values(ascending=False)
    assert list(done.found.largest.events.index) == list(scar.index[:12])


def test_the_manifest_names_the_hash_of_each_file(in_parts):
    _, out = in_parts
    record = json.loads((out / "manifest.json").read_text())
    assert {"events.csv", "status.csv", "report.html", "figures/mean.svg"} <= set(record["outputs"])
    for name, digest in record["outputs"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
    assert record["settings"]["model"] == "market"


def _table(section, words):
    (table,) = [one for one in section.tables if words in one.caption]
    return table


def written(out):
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def test_two_processes_write_the_same_bytes_as_one(
    prices, scored, confounds, in_parts, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(partition, "MOST_SCORES", 350)
    monkeypatch.setattr(study_gallery, "MOST_LOOKED_AT", 1000)
    given = ["study", str(scored), "--prices", str(prices), "--out", str(tmp_path), "--json"]
    assert main([*given, "--workers", "2", "--confounds", str(confounds)]) == 3
    assert written(tmp_path) == written(in_parts[1])
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["studied"] > 1500 and str(tmp_path / "manifest.json") in told["files"]
    assert {"article", "symbol", "reason"} <= set.intersection(*map(set, told["missing"]))
    assert "GONE" in {one["symbol"] for one in told["missing"] if one["reason"] == "no_prices"}
    assert "1 confounding event: A row without a symbol, or with neither" in said.err
    assert "no_prices: GONE" in said.err and "\r" not in said.err
    assert "duplicate_company_session" not in said.err  # nothing of them is missing


def test_a_study_goes_on_where_it_was_broken_off(
    prices, scored, confounds, in_parts, tmp_path, monkeypatch
):
    monkeypatch.setattr(partition, "MOST_SCORES", 350)
    studied = []

    def break_off(part, **options):
        studied.append(part.number)
        if len(studied) == 3:
            return Outcome(part, None, "the machine was switched off")
        return attempt_part(part, **options)

    monkeypatch.setattr("signals.corpus.study_in_parts.attempt_part", break_off)
    with pytest.raises(StudyError, match=r"1 of 7 parts can't be studied.*switched off"):
        study_in_parts(scored, tmp_path, prices=prices, asked=StudyOptions(), confounds=confounds)
    assert not (tmp_path / "report.html").exists()
    study_in_parts(scored, tmp_path, prices=prices, asked=StudyOptions(), confounds=confounds)
    assert studied == [0, 1, 2, 3, 4, 5, 6, 2]
    assert written(tmp_path) == written(in_parts[1])


def test_what_was_begun_with_other_prices_is_begun_anew(
    closes, prices, scored, tmp_path, monkeypatch
):
    monkeypatch.setattr(partition, "MOST_SCORES", 1000)
    monkeypatch.setattr(
        "signals.corpus.study_in_parts._add_up",
        lambda *_: (_ for _ in ()).throw(StudyError("stop")),
    )
    own = [tmp_path / name / "own.txt" for name in ("parts", "stories")]
    for path in own:
        path.parent.mkdir()
        path.write_text("The user's.")
    with pytest.raises(StudyError, match="stop"):
        study_in_parts(scored, tmp_path, prices=prices, asked=StudyOptions())
    plan = tmp_path / ".parts/plan.json"
    before, done = plan.read_text(), (tmp_path / ".parts/done/000000").stat().st_mtime_ns
    with pytest.raises(StudyError, match="stop"):
        study_in_parts(scored, tmp_path, prices=closes * 2, asked=StudyOptions())
    assert plan.read_text() != before
    assert (tmp_path / ".parts/done/000000").stat().st_mtime_ns != done
    assert all(path.exists() for path in own)


def test_two_studies_on_one_folder_are_refused(prices, scored, tmp_path):
    from filelock import FileLock

    with FileLock(tmp_path / ".lock"), pytest.raises(LockedError, match="Another run"):
        study_in_parts(scored, tmp_path, prices=prices, asked=StudyOptions())


def test_the_command_tells_a_large_corpus_as_a_small_one(
    prices, scored, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(study_gallery, "MOST_LOOKED_AT", 1000)
    given = ["study", str(scored), "--prices", str(prices), "--out", str(tmp_path)]
    assert main(given) == 3
    said = capsys.readouterr().out
    assert "known to the minute" in said and "positive less negative scores" in said
    assert main([*given, "--confounds", str(next(prices.glob("*.csv")))]) == 2
    assert "signals: Confounding events need a column 'symbol', and" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["study", "evaluate"])
def test_a_corpus_that_no_price_is_of_leaves_nothing_behind(
    closes, scored, tmp_path, monkeypatch, capsys, command
):
    monkeypatch.setattr(study_gallery, "MOST_LOOKED_AT", 1000)
    prices, out = tmp_path / "prices", tmp_path / "new/out"
    prices.mkdir()
    closes[["SPY"]].to_csv(prices / "closes.csv")
    events = ["study", str(scored)] if command == "study" else ["evaluate", "--events", str(scored)]

    assert main([*events, "--prices", str(prices), "--out", str(out)]) == 4

    said = capsys.readouterr().err
    assert "events can be" in said and "no_prices" in said
    assert not out.parent.exists()


def test_what_was_set_aside_of_the_corpus_is_a_loss_of_the_study(
    prices, scored, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(study_gallery, "MOST_LOOKED_AT", 1000)
    corpus, out = tmp_path / "scored", tmp_path / "out"
    shutil.copytree(scored, corpus)
    (corpus / "failed.json").write_text(json.dumps({"news/cut.parquet": "It has no footer."}))

    code = main(["study", str(corpus), "--prices", str(prices), "--out", str(out)])

    assert code == 3
    assert "signals: news/cut.parquet: It has no footer." in capsys.readouterr().err
    assert "news/cut.parquet" in (out / "report.html").read_text()
    told = study_scored(corpus, prices=prices, asked=StudyOptions()).status
    assert told["article"].iloc[0] == "news/cut.parquet"
    assert_same_rows((out / "status.csv").read_bytes(), csv_bytes(told))


@pytest.mark.slow
def test_a_killed_study_is_taken_up_again(
    prices, scored, confounds, in_parts, tmp_path, monkeypatch
):
    code = (
        "import sys; from pathlib import Path\n"
        "from signals.batch.own_events import StudyOptions\n"
        "from signals.corpus import partition\n"
        "from signals.corpus.study_in_parts import study_in_parts\n"
        "partition.MOST_SCORES = 350\n"
        "scored, prices, confounds, out = map(Path, sys.argv[1:])\n"
        "study_in_parts(scored, out, prices=prices, asked=StudyOptions(), "
        "confounds=confounds)"
    )
    given = [str(scored), str(prices), str(confounds), str(tmp_path)]
    process = subprocess.Popen([sys.executable, "-c", code, *given])
    until = time.monotonic() + 60
    while not list(tmp_path.glob(".parts/done/000001")) and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL  # it was at work, and had not failed
    assert not (tmp_path / "report.html").exists()
    monkeypatch.setattr(partition, "MOST_SCORES", 350)
    study_in_parts(scored, tmp_path, prices=prices, asked=StudyOptions(), confounds=confounds)
    assert written(tmp_path) == written(in_parts[1])


def test_prices_may_begin_after_the_first_story_of_each_share_and_end_before_the_last(
    closes, scored, tmp_path, monkeypatch
):
    closes.iloc[200:520].to_csv(tmp_path / "closes.csv")
    one = study_scored(scored, prices=tmp_path / "closes.csv", asked=StudyOptions()).study
    (shard,) = scored.rglob("scores.parquet")
    told = pd.read_parquet(shard)
    ends = told[told["precision"].ne("day")].groupby("symbol")["known_at"]
    assert ends.min().max() < one.events["known_at"].min()
    assert ends.max().min() > one.events["known_at"].max()
    monkeypatch.setattr(partition, "MOST_SCORES", 350)
    done = study_in_parts(
        scored, tmp_path / "out", prices=tmp_path / "closes.csv", asked=StudyOptions()
    )
    same = ["n", "caar", "se", "statistic", "p_value"]
    ours, theirs = done.found.study.caar(), timed(one).caar()
    pd.testing.assert_frame_equal(ours[same], theirs[same], rtol=1e-11, check_dtype=False)


def test_a_scored_corpus_is_evaluated_as_its_events_are(
    prices, scored, tmp_path, monkeypatch, capsys
):
    events = read_scored(scored, stories=read_stories(scored))
    events.to_parquet(tmp_path / "events.parquet")
    given = ["--prices", str(prices), "--horizons", "1,5", "--seed", "3"]
    tables = {}
    for name, what in (("corpus", scored), ("table", tmp_path / "events.parquet")):
        out = tmp_path / name
        own = out / "stories/own.txt"
        own.parent.mkdir(parents=True)
        own.write_text("The user's.")
        assert main(["evaluate", "--events", str(what), *given, "--out", str(out)]) == 3
        tables[name] = {path.name: path.read_bytes() for path in sorted(out.glob("*.csv"))}
        assert own.exists() and not (out / ".stories").exists()
    assert tables["corpus"] == tables["table"]
    assert len(pd.read_csv(io.BytesIO(tables["corpus"]["status.csv"]))) == len(events)

    for command in (["study", str(scored)], ["evaluate", "--events", str(scored)]):
        monkeypatch.setattr(study_gallery, "MOST_LOOKED_AT", 1000)
        assert main([*command, "--prices", "nowhere", "--out", str(tmp_path / "none")]) == 2
        assert not (tmp_path / "none").exists()

    capsys.readouterr()
    monkeypatch.setattr("signals.corpus.study_at_once.MOST_EVALUATED", 1000)
    too_much = ["evaluate", "--events", str(scored), *given, "--out", str(tmp_path / "none")]
    assert main(too_much) == 2
    assert "Score the corpus in parts of time" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_of_a_corpus_what_was_set_aside_is_told_by_its_evaluation(prices, scored, tmp_path, capsys):
    folder = shutil.copytree(scored, tmp_path / "scored")
    (folder / "failed.json").write_text(json.dumps({"bad.parquet": "It is garbled."}))
    asked = ["evaluate", "--events", str(folder), "--prices", str(prices), "--horizons", "1"]

    assert main([*asked, "--out", str(tmp_path / "out")]) == 3
    assert "signals: bad.parquet: It is garbled." in capsys.readouterr().err

    (folder / "plan.json").unlink()
    assert main([*asked, "--out", str(tmp_path / "out")]) == 2
    assert "holds no output of `signals score`" in capsys.readouterr().err


def test_a_scored_corpus_and_a_parquet_of_its_events_are_audited(closes, prices, tmp_path, capsys):
    scored = tmp_path / "scored"
    make_scores(scored, closes, 24)
    events = read_scored(scored)
    events.to_parquet(tmp_path / "events.parquet")
    for what in (scored, tmp_path / "events.parquet"):
        assert main(["audit", str(what), "--prices", str(prices)]) == 3
    told = capsys.readouterr()
    corpus, table = told.out.split("Noise after the news")[1:]
    assert corpus == table
    assert "no look-ahead" in corpus
    assert told.err.count("signals: 2 events, no prices: The first, GONE-") == 2
