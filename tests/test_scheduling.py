"""The three ways of scheduling that the README shows, each tried as far as a machine allows."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from batch_samples import SESSION

ROOT = Path(__file__).parent.parent
TEXTS = re.findall(
    r"^```text\n(.*?)^```$",
    (ROOT / "README.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)
FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
CRON_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "LOGNAME": "somebody"}


def block(start):
    """Give the block of the README that holds a line."""
    (found,) = [text for text in TEXTS if re.search(start, text, re.MULTILINE)]
    return found


def check_cron(fields):
    for field, (low, high) in zip(fields, FIELDS, strict=True):
        for part in field.split(","):
            numbers = re.fullmatch(r"\*|(\d+)(?:-(\d+))?(?:/\d+)?", part)
            assert numbers, field
            assert all(low <= int(one) <= high for one in numbers.groups() if one)


@pytest.fixture
def home(tmp_path):
    """A home with a clone in it, as the README has it."""
    clone = tmp_path / "home/signals"
    (clone / ".venv/bin").mkdir(parents=True)
    (clone / "data").symlink_to(ROOT / "data")
    program = clone / ".venv/bin/signals"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m signals "$@"\n')
    program.chmod(0o755)
    shutil.copy(ROOT / "signals/batch/signals.toml", clone / "signals.toml")
    return clone.parent


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path, home):
    units = {"signals.service": block(r"^\[Service\]"), "signals.timer": block(r"^\[Timer\]")}
    for name, text in units.items():
        # %h is a home: systemd looks whether the program is there.
        (tmp_path / name).write_text(text.replace("%h", str(home)))

    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in units)],
        capture_output=True,
        text=True,
        check=False,
    )

    # It also looks at the machine's own units, which are not ours to judge.
    assert "signals." not in found.stderr, found.stderr
    calendar = re.search(r"OnCalendar=(.*)", units["signals.timer"])[1]
    subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True, check=True)


@pytest.mark.skipif(shutil.which("crontab") is None, reason="there is no cron here")
def test_cron_itself_takes_the_line(tmp_path):
    usage = subprocess.run(["crontab", "-h"], capture_output=True, text=True, check=False)
    told = usage.stdout + usage.stderr
    options = [one for one in ("-T", "-n") if re.search(rf"^\s+{one}\s", told, re.MULTILINE)]
    if not options:
        pytest.skip("this crontab has no way to look at a file only")

    def codes(line):
        (tmp_path / "crontab").write_text(line)
        command = ["crontab", options[0], str(tmp_path / "crontab")]
        return subprocess.run(command, capture_output=True, check=False).returncode

    assert codes(block(r"^0 7 \* \* 1-5 ")) == 0
    assert codes("61 7 * * 1-5 true\n") != 0  # it would tell


@pytest.mark.skipif(os.name == "nt", reason="cron is of Unix")
def test_the_line_for_cron_runs_in_an_empty_environment_and_without_a_writable_home(home):
    line = block(r"^0 7 \* \* 1-5 ").strip()
    *fields, command = line.split(maxsplit=5)
    check_cron(fields)
    assert "%" not in command, "cron takes % for the end of the line"

    # Its own home may not be writable; then only the folder of the clone is named.
    command = command.replace('"$HOME/signals"', str(home / "signals"))
    subprocess.run(
        ["/bin/sh", "-c", command.replace("report", f"report --session {SESSION}")],
        env=CRON_ENVIRONMENT | {"HOME": "/proc/nobody"},
        cwd="/",
        check=True,
    )

    log = (home / "signals/signals.log").read_text()
    assert f"{SESSION} made" in log and '"level": "warning"' not in log
    assert (home / "signals/out/daily/latest/figures/moves.png").is_file()


def test_the_workflow_is_yaml_of_the_shape_that_github_takes():
    yaml = pytest.importorskip("yaml", reason="it comes with dask")

    workflow = yaml.safe_load(block(r"^runs?-on|^jobs:"))

    (trigger,) = workflow[True]["schedule"]  # YAML 1.1 reads `on` as true
    check_cron(trigger["cron"].split())
    steps = workflow["jobs"]["report"]["steps"]
    assert all(step.keys() & {"uses", "run"} for step in steps)
    assert all(
        re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) for step in steps if "uses" in step
    )
    kept = next(step for step in steps if "cache" in step.get("uses", ""))
    assert kept["with"]["path"] == "out"
    (run,) = [step["run"] for step in steps if "signals report" in step.get("run", "")]
    for code, passes in ((0, True), (3, True), (4, False)):
        script = run.replace("signals report --json", f"(exit {code})")
        done = subprocess.run(["/bin/sh", "-e", "-c", script], check=False)
        assert (done.returncode == 0) == passes
