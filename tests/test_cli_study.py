"""`signals study` on events of one's own."""

from dataclasses import asdict, fields

import numpy as np
import pandas as pd
import pytest
from study_samples import invent

from signals.batch.own_events import StudyOptions
from signals.cli import _parser, main
from signals.report.study_gallery import MOST_LOOKED_AT
from signals.study.settings import CHOICES

pytestmark = pytest.mark.usefixtures("sketched")


def test_the_command_studies_events_of_ones_own(root, tmp_path, capsys):
    file = tmp_path / "events.csv"
    file.write_text("symbol,session,score\nMSFT,2025-07-22,0.5\nSFTBY,2025-05-13,-0.2\n")
    prices = ["--prices", str(root / "data/prices"), "--out", str(tmp_path / "out")]
    assert main(["study", str(file), *prices]) == 0
    out = capsys.readouterr().out
    assert "(0, 1)" in out
    assert "positive less negative scores, (0, 1): it takes two events" in out
    assert "Event study of 2 events" in (tmp_path / "out/report.html").read_text()
    file.write_text("symbol,session\nNONE,2025-07-22\n")
    assert main(["study", str(file), *prices]) == 4
    file.write_text("name,when\nMSFT,2025-07-22\n")
    assert main(["study", str(file), *prices]) == 2
    file.write_text("symbol,session,score\nMSFT,2025-07-22,good\n")
    assert main(["study", str(file), *prices]) == 2
    assert "'score' holds no numbers" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["study"], ["evaluate", "--events"]])
def test_a_corpus_that_was_not_scored_is_no_table_of_events(root, tmp_path, capsys, command):
    corpus = tmp_path / "news.jsonl"
    corpus.write_text('{"title": "Microsoft won", "published": "2025-07-22T10:00Z"}\n')
    prices = ["--prices", str(root / "data/prices"), "--out", str(tmp_path / "out")]

    assert main([*command, str(corpus), *prices]) == 2
    assert "news.jsonl is JSON: write events as CSV or Parquet. `signals score` makes events" in (
        capsys.readouterr().err
    )


def test_the_command_says_why_a_mean_has_no_test(root, tmp_path, capsys):
    file = tmp_path / "own.csv"
    file.write_text("symbol,session\nMSFT,2025-09-10\nSFTBY,2025-09-10\n")  # near the last price
    asked = ["study", str(file), "--prices", str(root / "data/prices"), "--out"]

    main([*asked, str(tmp_path / "out")])

    assert "\nt: no event has this window complete\n" in capsys.readouterr().out


def test_what_a_study_wrote_of_its_events_is_studied_again(root, tmp_path, capsys):
    file = tmp_path / "own.csv"
    file.write_text("symbol,session,kind\nMSFT,2025-07-22,deal\nSFTBY,2025-05-13,results\n")
    prices = ["--prices", str(root / "data/prices"), "--out"]
    assert main(["study", str(file), *prices, str(tmp_path / "one")]) == 0
    assert main(["study", str(tmp_path / "one/events.csv"), *prices, str(tmp_path / "two")]) == 0
    for name in ("events.csv", "abnormal_returns.csv"):
        assert (tmp_path / "one" / name).read_text() == (tmp_path / "two" / name).read_text()
    file.write_text("symbol,session,market\nMSFT,2025-07-22,SPY\n")
    assert main(["study", str(file), *prices, str(tmp_path / "three")]) == 2
    assert "a column 'market', which the study writes" in capsys.readouterr().err


def test_the_command_tells_confounded_events_apart(root, tmp_path, capsys):
    file, dates = tmp_path / "events.csv", tmp_path / "earnings.csv"
    days = ["07-22", "07-08", "06-24", "06-10", "05-27"]
    rows = [*(f"MSFT,2025-{day}" for day in days), "SFTBY,2025-05-13"]
    file.write_text("\n".join(["symbol,session", *rows]))
    dates.write_text("symbol,session\nSFTBY,2025-05-13\n")
    asked = [
        "study",
        str(file),
        "--prices",
        str(root / "data/prices"),
        "--out",
        str(tmp_path / "o"),
    ]
    assert main([*asked, "--confounds", str(dates)]) == 0
    events = pd.read_csv(tmp_path / "o/events.csv")
    assert events["confounded"].tolist() == [False] * 5 + [True]
    page = (tmp_path / "o/report.html").read_text()
    assert "Without confounded events" in page and "Confounded events alone" in page
    assert "earnings.csv" in (tmp_path / "o/manifest.json").read_text()
    dates.write_text("symbol\nSFTBY\n")
    assert main([*asked, "--confounds", str(dates)]) == 2
    assert "need a column 'symbol', and 'session' (a date) or 'known_at'" in capsys.readouterr().err
    assert main([*asked, "--confounds", str(tmp_path / "none.csv")]) == 2


def test_the_command_takes_a_market_for_some_shares_log_returns_and_thin_trading(tmp_path, capsys):
    york, tokyo = invent(["A"]), invent(["9984.T"], mic="XTKS", seed=1)
    both = york.join(tokyo.rename(columns={"SPY": "^N225"}), how="outer")
    both.loc[both.index[500:520:3], "9984.T"] = np.nan
    both.rename_axis("Date").to_csv(tmp_path / "closes.csv")
    file, out = tmp_path / "events.csv", tmp_path / "out"
    file.write_text("symbol,session\nA,2025-07-22\n9984.T,2025-07-22\n")
    command = ["study", str(file), "--prices", str(tmp_path / "closes.csv"), "--out", str(out)]
    more = ["--market", "SPY,9984.T=^N225", "--returns", "log", "--missing", "trade_to_trade"]
    assert main([*command, *more]) == 0
    written = pd.read_csv(out / "events.csv").set_index("symbol")
    assert written["market"].to_dict() == {"A": "SPY", "9984.T": "^N225"}
    page = (out / "report.html").read_text()
    assert "Maynes and Rumsey" in page
    assert "Returns are logarithms" in page
    assert main([*command, "--market", "GC=F"]) == 2  # one symbol, of gold's future
    assert "no price of GC=F" in capsys.readouterr().err
    for wrong in ("SPY,QQQ", "9984.T=^N225", "SPY,=^N225"):
        assert main([*command, "--market", wrong]) == 2
        assert "can't be read: name one market for all" in capsys.readouterr().err


def test_every_option_of_a_study_is_asked_of_it():
    commands = next(one for one in _parser()._actions if isinstance(one.choices, dict))
    options = {one.dest for one in commands.choices["study"]._actions}
    of_the_command = "help events prices confounds workers engine scheduler out json".split()

    asked = {field.name for field in fields(StudyOptions)}
    assert options - {*of_the_command} == asked, "StudyOptions has a field for each other option."
    by_name = {one.dest: one for one in commands.choices["study"]._actions}
    for name, known in CHOICES.items():
        assert tuple(by_name[name].choices) == known, f"--{name} offers others than event_study."
    usual = vars(_parser().parse_args("study events.csv --prices prices --out out".split()))
    assert {name: usual[name] for name in asked} == asdict(StudyOptions()) | {"factors": []}


def test_from_how_many_scores_on_a_corpus_is_studied_in_parts_is_told(root):
    commands = next(one for one in _parser()._actions if isinstance(one.choices, dict))
    many = f"{MOST_LOOKED_AT:,} scores"
    assert many in commands.choices["study"].description
    assert many in (root / "README.md").read_text(encoding="utf-8")
