import argparse
import contextlib
import errno
import hashlib
import inspect
import io
import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
from dataclasses import fields

import pandas as pd
import pytest
from batch_samples import contents
from fake_yahoo import FakeYahoo, bars_of_sample

from signals.batch.export import FORMATS
from signals.batch.own_events import StudyOptions
from signals.batch.store import TABLES
from signals.cli import _parser, main, options as shared
from signals.cli.show import what_is_missing
from signals.errors import ConfigError, LockedError, StoreError
from signals.study.models import MODELS

ARTICLE = "Title: Acme\nPublished: 2025-07-21T15:11-04:00\n\nMicrosoft (NASDAQ:MSFT) rose.\n"


@pytest.fixture
def run(root, tmp_path, monkeypatch, capsys, sketched):
    """Run the command line in a folder of its own, with the samples beside it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").symlink_to(root / "data")

    def call(*arguments, prices="data/prices", out="out"):
        try:
            code = main(["analyse", *arguments, "--prices", prices, "--out", out])
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture(scope="module")
def drawn(root, tmp_path_factory):
    """What the main job writes of one article, figures and all, and what it says."""
    out = tmp_path_factory.mktemp("drawn") / "out"
    told, wrong = io.StringIO(), io.StringIO()
    article, prices = root / "data/articles/openai-uk.txt", root / "data/prices"
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(wrong):
        code = main(["analyse", str(article), "--prices", str(prices), "--out", str(out)])
    assert (code, wrong.getvalue()) == (0, "")
    return out, told.getvalue()


@pytest.fixture
def article(tmp_path):
    path = tmp_path / "acme.txt"

    def write(text=ARTICLE):
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def test_the_main_job_writes_everything(drawn):
    out, told = drawn

    assert "MSFT" in told and "SFTBY" in told and "OpenAI (" not in told
    written = {str(path.relative_to(out)) for path in out.rglob("*.*")}
    assert {"report.html", "events.csv", "abnormal_returns.csv", "manifest.json"} <= written
    assert any(name.endswith(".svg") for name in written)
    assert any(name.endswith(".png") for name in written)
    report = (out / "report.html").read_text(encoding="utf-8")
    assert "Session 0 contains the move before the news" in report


def test_events_and_abnormal_returns_are_tables_for_machines(drawn):
    events = pd.read_csv(drawn[0] / "events.csv")
    abnormal = pd.read_csv(drawn[0] / "abnormal_returns.csv")

    assert list(events["symbol"]) == ["MSFT", "SFTBY"]
    assert set(events["session"]) == {"2025-07-22"}
    assert set(events["known_at"]) == {"2025-07-22T12:00:00+00:00"}
    assert list(abnormal.columns) == [
        "event_id",
        "symbol",
        "offset",
        "abnormal_return",
        "standard_error",
    ]
    day = abnormal[(abnormal["symbol"] == "MSFT") & (abnormal["offset"] == 0)].iloc[0]
    assert day["abnormal_return"] == pytest.approx(-0.00997835357286417, abs=1e-9)
    assert day["standard_error"] == pytest.approx(0.010885753255772722, abs=1e-9)


def test_two_runs_write_the_same_bytes(run, tmp_path):
    for out in ("one", "two"):
        run("data/articles/openai-uk.txt", "data/articles/microsoft-results.txt", out=out)

    written = contents(tmp_path / "one")
    assert len(written) > 8
    assert contents(tmp_path / "two") == written


def test_a_second_run_draws_the_same_bytes(drawn, root, tmp_path):
    given = [str(root / "data/articles/openai-uk.txt"), "--prices", str(root / "data/prices")]
    main(["analyse", *given, "--out", str(tmp_path)])

    assert contents(tmp_path) == contents(drawn[0])


def test_the_manifest_names_what_a_run_was_made_of(drawn, root):
    manifest = json.loads((drawn[0] / "manifest.json").read_text())

    source = (root / "data/articles/openai-uk.txt").read_bytes()
    report = (drawn[0] / "report.html").read_bytes()
    assert manifest["articles"]["openai-uk.txt"] == hashlib.sha256(source).hexdigest()
    assert manifest["outputs"]["report.html"] == hashlib.sha256(report).hexdigest()
    assert manifest["settings"]["market"] == "SPY"
    assert str(root) not in json.dumps(manifest)
    assert str(drawn[0].parent) not in json.dumps(manifest)


def test_a_summary_for_machines_is_one_line_of_json(run):
    code, out, _ = run("data/articles/week-ahead.txt", "--json")

    summary = json.loads(out)
    assert code == 3
    assert summary["articles"] == 1
    assert {row["symbol"] for row in summary["missing"]} == {
        "AAPL",
        "AMZN",
        "BA",
        "F",
        "META",
        "PG",
        "V",
    }


def test_a_file_whose_name_is_no_utf_8_is_analysed(run, tmp_path):
    path = tmp_path / os.fsdecode(b"acme\xff.txt")
    path.write_text(ARTICLE)

    code, _, err = run(str(path))

    assert (code, err) == (0, "")
    assert list(json.loads((tmp_path / "out/manifest.json").read_text())["articles"]) == [
        "acme?.txt"
    ]


def test_some_shares_may_have_a_market_of_their_own(run, tmp_path):
    code, _, err = run("data/articles/openai-uk.txt", "--market", "SPY, SFTBY=MSFT")

    assert (code, err) == (0, "")
    events = pd.read_csv(tmp_path / "out/events.csv").set_index("symbol")
    assert set(events.index) == {"MSFT", "SFTBY"}
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert manifest["settings"]["market"] == "SPY, SFTBY=MSFT"
    whole = pd.read_csv(tmp_path / "out/abnormal_returns.csv")
    assert run("data/articles/openai-uk.txt", out="spy")[0] == 0
    spy = pd.read_csv(tmp_path / "spy/abnormal_returns.csv")
    same = (whole["abnormal_return"] == spy["abnormal_return"]).groupby(whole["symbol"]).all()
    assert same.to_dict() == {"MSFT": True, "SFTBY": False}


def test_an_article_without_a_listed_company_is_done_and_says_so(run, tmp_path):
    code, out, err = run("data/articles/bank-rate.txt")

    assert (code, err) == (0, "")
    assert "about no listed company" in out
    assert "no move is measured" in out and "how sure" not in out
    assert (tmp_path / "out/report.html").exists()
    [row] = pd.read_csv(tmp_path / "out/status.csv").to_dict("records")
    assert (row["article"], row["status"], row["reason"]) == ("bank-rate.txt", "lost", "no_company")


# Exit 2: usage. Nothing is written.


@pytest.mark.parametrize(
    ("arguments", "prices", "why"),
    [
        (["nothing.txt"], "data/prices", "nothing.txt does not exist"),
        (["data/articles"], "data/prices", "is a folder"),
        (["/dev/null"], "data/prices", "/dev/null is a pipe or a device, no file. Name one"),
        (["data/articles/openai-uk.txt", "--colour"], "data/prices", "no option --colour"),
        (["data/articles/openai-uk.txt"], "nowhere", "no prices at nowhere"),
        (["data/articles/openai-uk.txt", "--published", "2025-07-21T10:00"], "data/prices", "zone"),
        (
            ["data/articles/openai-uk.txt", "--published", "2025-07-25"],
            "data/prices",
            "contradicts",
        ),
        (["data/articles/openai-uk.txt", "--zone", "Nowhere"], "data/prices", "no time zone"),
        (["data/articles/openai-uk.txt", "--market", "QQQ"], "data/prices", "QQQ"),
    ],
)
def test_wrong_usage_is_a_sentence_and_writes_nothing(run, tmp_path, arguments, prices, why):
    code, out, err = run(*arguments, prices=prices)

    assert (code, out) == (2, "")
    assert why in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("mentions {article} --companies {closes}", "closes.csv is no table as"),
        ("mentions {article} --companies nothing", "nothing can't be read: No such file"),
        ("score {closes} --out out --workers many", "of processes is 1 or more, not 'many'"),
        ("audit {closes} {article} --prices {closes}", "closes.csv is a table of events, which"),
        ("study {closes} --prices {closes} --out out --factors nothing", "a CSV file of daily"),
        ("study {closes} --prices {closes} --out out --confounds nothing", "a table of symbol"),
        ("mentions {article} --published 2025-07-21T10:00", "--published or --zone: "),
        ("mentions {article} --zone Mars", "--published or --zone: 'Mars' is no time zone"),
        ("explain {article} --zone Mars", "--published or --zone: 'Mars' is no time zone"),
        ("prices sync A --cache . --start x", "are dates like 2025-07-21, not x.\n"),
        ("audit {events} --prices {closes} --market SPY,QQQ", "name one market for all, then"),
        (
            "evaluate --events {events} --prices {closes} --out out --market SPY,QQQ",
            "name one market for all, then",
        ),
        ("analyse {article} --prices {closes} --out out --market SPY,QQQ", "name one market for"),
        ("report --config {empty}", "line 1: it lacks watch, a list of texts in quotes"),
    ],
)
def test_a_wrong_argument_of_any_command_is_a_sentence(
    root, tmp_path, monkeypatch, capsys, command, why
):
    monkeypatch.chdir(tmp_path)
    empty, events = tmp_path / "empty.toml", tmp_path / "events.csv"
    empty.touch()
    events.write_text("symbol,known_at,score\nMSFT,2025-07-21T19:11Z,0.5\n")
    samples = {"article": "articles/openai-uk.txt", "closes": "prices/closes.csv"}
    files = {name: root / "data" / path for name, path in samples.items()}
    files |= {"empty": empty, "events": events}
    with contextlib.suppress(SystemExit):  # of argparse
        assert main([part.format(**files) for part in command.split()]) == 2

    assert why in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == [empty, events]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("2025-07-21,1,1\n2025-07-21,1,1\n", "2025-07-21"),
        ("2025-07-22,1,1\n2025-07-21,1,1\n2025-07-23,1,1\n", "2025-07-21"),
        ("2025-07-21,abc,1\n", "abc"),
    ],
)
def test_prices_that_cannot_be_trusted_are_refused(run, tmp_path, rows, why):
    (tmp_path / "prices").mkdir()
    (tmp_path / "prices/closes.csv").write_text("date,MSFT,SPY\n" + rows)

    code, out, err = run("data/articles/microsoft-results.txt", prices="prices")

    assert (code, out) == (2, "")
    assert why in err and "closes.csv" in err
    assert not (tmp_path / "out").exists()


def test_an_output_folder_that_cannot_be_written_is_refused(run, tmp_path):
    (tmp_path / "file").write_text("")

    code, _, err = run("data/articles/openai-uk.txt", out="file/out")

    assert code == 2
    assert "is a file" in err


# Exit 4: nothing usable.


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "empty"), (b"\x00\x01\x02" * 99, "binary"), (b"a " * 5_000_000, "larger than")],
    ids=["empty", "binary", "ten megabytes on one line"],
)
def test_an_article_that_is_none_ends_the_run(run, article, tmp_path, content, why):
    code, out, err = run(article(content))

    assert (code, out) == (4, "")
    assert why in err
    assert not (tmp_path / "out").exists()


# Exit 3: partial, and the report says what is missing.


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Microsoft (NASDAQ:MSFT) rose.", "undated"),
        (ARTICLE + "Bolt (NASDQA:BOLT) fell.", "unknown_exchange"),
        (ARTICLE + "Ford (NYSE:F) fell.", "no_prices"),
        (ARTICLE.replace("2025-07-21", "2025-11-21").replace("-04:00", "-05:00"), "prices_end"),
    ],
    ids=["no date", "unknown prefix", "no prices", "prices end before the event"],
)
def test_what_is_missing_is_a_row_of_the_status(run, article, tmp_path, text, reason):
    code, _, err = run(article(text))

    assert code == 3
    status = pd.read_csv(tmp_path / "out/status.csv")
    lost = status[status["status"] == "lost"]
    assert lost["reason"].str.contains(reason).sum() == 1
    assert lost["detail"].iloc[0] in err
    assert (tmp_path / "out/report.html").exists()


def test_many_losses_are_told_by_their_reasons_with_the_first_of_each():
    row = {"article": "a.txt", "event_id": "", "symbol": "BTC-USD", "reason": "no_calendar"}
    rows = [row | {"detail": "It has none."}]
    rows += [
        row | {"event_id": f"F-{number}", "reason": "no_prices", "detail": "No price of F."}
        for number in range(30)
    ]
    lost = {"article": "2 rows of the corpus, no time", "event_id": "", "symbol": ""}
    lost |= {"reason": "no_time", "detail": "The first, a.csv, line 3: No day."}

    assert list(what_is_missing(pd.DataFrame(rows[:2]))) == [
        "a.txt, BTC-USD: It has none.",
        "F-0: No price of F.",
    ]
    assert list(what_is_missing(pd.DataFrame([*rows, lost]))) == [
        "1 lost, no_calendar: a.txt, BTC-USD: It has none.",
        "30 lost, no_prices: F-0: No price of F.",
        "2 rows of the corpus, no time: The first, a.csv, line 3: No day.",
        "status.csv has them all",
    ]


def test_a_malformed_article_does_not_take_the_others_with_it(run, article):
    code, out, err = run(article(b""), "data/articles/openai-uk.txt")

    assert code == 3
    assert "acme.txt" in err and "empty" in err
    assert "MSFT" in out


def test_markup_and_dollar_signs_in_a_headline_are_text(run, article, tmp_path):
    text = ARTICLE.replace("Title: Acme", "Title: <script>alert(1)</script> $MSFT vs $SFTBY")

    code, _, _ = run(article(text))

    report = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert code == 0
    assert "<script" not in report
    assert "&lt;script&gt;alert(1)&lt;/script&gt; $MSFT vs $SFTBY" in report


@pytest.mark.parametrize(
    ("file", "redirected", "code", "told"),
    [
        ("acme.txt", ">&-", 0, ""),
        ("acme.txt", "2>&-", 0, ""),
        ("nothing.txt", "2>&-", 2, ""),
        ("acme.txt", "<&-", 0, ""),
        ("acme.txt", ">/dev/full", 1, "signals: No space left on device.\n"),
    ],
)
def test_a_stream_that_is_closed_or_full_is_no_fault_of_the_program(
    article, tmp_path, file, redirected, code, told
):
    article()
    line = f"{shlex.quote(sys.executable)} -m signals mentions {file} {redirected}"
    result = subprocess.run(
        ["sh", "-c", line], capture_output=True, text=True, cwd=tmp_path, check=False
    )

    assert (result.returncode, result.stderr) == (code, told)
    assert ("MSFT" in result.stdout) == (code == 0 and redirected != ">&-")


def test_a_file_that_the_system_refuses_is_told_in_a_sentence(article, monkeypatch, capsys):
    def refuse(*_, **__):
        raise OSError(errno.EIO, "Input/output error", "table.tsv")

    monkeypatch.setattr("signals.news.mentions.find_mentions", refuse)
    assert main(["mentions", article()]) == 1
    assert capsys.readouterr().err == "signals: table.tsv: Input/output error.\n"


def test_the_module_runs_as_the_command(tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", "signals", "--version"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )

    assert result.stdout.startswith("signals 0.")


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_prices_of_yahoo_give_the_study_that_the_sample_gives(drawn, root, tmp_path):
    with FakeYahoo(bars_of_sample()) as yahoo:
        result = subprocess.run(
            [
                *(sys.executable, "-m", "signals", "analyse"),
                *(str(root / "data/articles/openai-uk.txt"), "--prices", "yahoo"),
                *("--out", str(tmp_path / "yahoo")),
            ],
            env=yahoo.environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )

    assert result.returncode == 0, result.stderr
    for name in ("events.csv", "abnormal_returns.csv"):
        sample = (drawn[0] / name).read_bytes()
        assert (tmp_path / "yahoo" / name).read_bytes() == sample


def commands_of(parser, before=()):
    """Give every command, as it is typed."""
    of_commands = (one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    below = next(of_commands, None)
    if below is None:
        return [[*before]]
    parsers = below.choices.items()
    return [one for name, parser in parsers for one in commands_of(parser, (*before, name))]


def parser_of(command):
    parser = _parser()
    for name in command:
        commands = next(one for one in parser._actions if isinstance(one.choices, dict))
        parser = commands.choices[name]
    return parser


COMMANDS = commands_of(_parser())


def test_the_readme_has_a_line_for_every_command(root):
    readme = (root / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| command | what it gives |")[2].partition("\n\n")[0]
    named = re.findall(r"`(?:signals )?(\w+)", table)

    assert len(COMMANDS) > 10
    left = [name for name, *_ in COMMANDS if name not in named]
    assert left == [], "They are not in the table of commands."


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_help_of_a_command_says_what_it_does_and_shows_lines_that_it_takes(command, capsys):
    with pytest.raises(SystemExit):
        main([*command, "--help"])
    told = capsys.readouterr().out

    about, _, options = told.partition("\n\n")[2].partition("\n\n")
    assert about.rstrip().endswith(".") and options, "It lacks a description, in sentences."
    examples = re.findall(r"^  signals (.*)$", told, re.MULTILINE)
    assert examples, "It lacks an epilog with examples."
    for line in examples:
        assert line.split()[: len(command)] == command
        assert _parser().parse_args(shlex.split(line)).command


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_help_of_a_command_explains_each_of_its_options(command):
    left = [one.dest for one in parser_of(command)._actions if not one.help]
    assert left == [], "They have no help."


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_reads_each_of_its_options(command):
    parser = parser_of(command)
    module = inspect.getmodule(parser.get_default("command"))
    words = inspect.getsource(module) + inspect.getsource(shared)
    apart = {"help", "source"}  # the table of companies has one source to choose
    if command == ["study"]:
        apart |= {field.name for field in fields(StudyOptions)}
    named = [one.dest for one in parser._actions if one.dest not in apart]

    left = [name for name in named if not re.search(rf"\boptions\.{name}\b", words)]
    assert left == [], "Nothing reads them."


def test_analyse_offers_the_models_that_read_prices_alone():
    (option,) = (one for one in parser_of(["analyse"])._actions if one.dest == "model")

    of_prices = {one.name for one in MODELS if set(one.inputs) <= {"market"}}
    assert {*option.choices} == of_prices, "Name it among the choices of signals/cli/analyse.py."
    assert option.default == option.choices[0]


def test_export_offers_every_format_and_names_every_table():
    export = parser_of(["export"])
    (option,) = (one for one in export._actions if one.dest == "format")

    assert set(option.choices) == set(FORMATS), "Name it in signals/cli/scheduled.py too."
    assert [name for name in TABLES if name not in export.description] == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("report --sesion 2025-07-22", "signals report: error: there is no option --sesion; did "),
        ("report --sesion=2025-07-22", "did you mean --session?"),
        ("score corpus --out x --nonsense", "there is no option --nonsense; see --help."),
        ("companies refresh --sorce sec", "signals companies refresh: error: "),
        ("reprot", "did you mean report?"),
        ("score corpus --out x --scorer vadr", "did you mean vader?"),
    ],
)
def test_a_misspelt_option_or_command_is_told_the_nearest(capsys, line, told):
    with pytest.raises(SystemExit) as left:
        main(shlex.split(line))

    assert left.value.code == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_numbers_are_readable_where_the_terminal_lacks_their_signs(
    encoding, root, tmp_path, monkeypatch, sketched
):
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding=encoding))
    article = str(root / "data/articles/openai-uk.txt")
    command = ["analyse", article, "--prices", str(root / "data/prices"), "--out", str(tmp_path)]

    assert main(command) == 0
    sys.stdout.flush()
    told = written.getvalue().decode(encoding).replace("\u00a0", " ")
    assert "-1.72 %   -4.76 % to +1.33 %" in told and "\\" not in told


def full_of(kind, cause):
    error = kind("It can't be written.")
    error.__cause__ = cause
    return error


def sqlite_error(name):
    error = sqlite3.OperationalError("the store")
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (full_of(ConfigError, OSError(errno.ENOSPC, "No space left on device")), 1),
        (full_of(ConfigError, OSError(errno.EFBIG, "File too large")), 1),
        (full_of(StoreError, sqlite_error("SQLITE_FULL")), 1),
        (full_of(StoreError, sqlite_error("SQLITE_IOERR_WRITE")), 1),
        (full_of(StoreError, sqlite_error("SQLITE_CORRUPT")), 2),
        (full_of(ConfigError, PermissionError(errno.EACCES, "Permission denied")), 2),
        (full_of(ConfigError, None), 2),
        (LockedError("Another run is at work."), 5),
    ],
)
def test_a_full_disk_is_no_wrong_usage(tmp_path, monkeypatch, capsys, error, code):
    def fail(*_, **__):
        raise error

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signals.batch.configfile.read_config", fail)

    assert main(["report"]) == code
    assert capsys.readouterr().err.startswith("signals: ")
