"""Runs that are killed at any moment: the last report, the store and the mail box stay in order."""

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from post_office import DELIVERY, Post

import signals
from signals.batch.store import Store
from signals.market.sessions import Sessions


def run(office, session, environment, *, seconds):
    """Run the command and kill it after some seconds; give the seconds that it had."""
    command = [sys.executable, "-m", "signals", "report", "--session", session]
    start = time.monotonic()
    process = subprocess.Popen(
        command, cwd=office.folder, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return time.monotonic() - start


@pytest.mark.slow
@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_fifty_kills_at_random_moments(office):
    """The last report can be read, the store is whole, the next run completes, no mail is doubled.

    Each attempt is on a session of its own, so that each has a mail to send; the mail server takes
    its time, so that some kills fall into the sending.
    """
    days = Sessions("XNYS").labels(pd.Timestamp("2025-05-01"), pd.Timestamp("2025-07-22"))[:51]
    shares = np.random.default_rng(7).uniform(0.1, 1.1, len(days) - 1)
    environment = os.environ | {"PYTHONPATH": str(Path(signals.__file__).parent.parent)}
    kinds = Counter()
    with Post() as post:
        threading.Thread(target=post.serve_forever, args=(0.02,), daemon=True).start()
        post.pause = 0.2
        port = post.server_address[1]
        office.path.write_text(office.path.read_text() + DELIVERY.format(port=port))
        whole = run(office, f"{days[0]:%Y-%m-%d}", environment, seconds=600)
        for day, share in zip(days[1:], shares, strict=True):
            session = f"{day:%Y-%m-%d}"
            office.tell(session, f"Microsoft (NASDAQ:MSFT) rose {session}.", f"{session}T10:00Z")
            taken = run(office, session, environment, seconds=share * whole)
            # The machine may be busier now, or less busy, than at the first run.
            whole = taken if taken < share * whole else max(whole, taken)
            manifest = json.loads((office.latest / "manifest.json").read_bytes())
            for name, digest in manifest["files"].items():
                content = (office.latest / name).read_bytes()
                assert hashlib.sha256(content).hexdigest() == digest
            with Store(office.config.state) as store:
                assert store.check() == "ok"
                states = {*store.deliveries(session).values()} or {"not begun"}
            kinds["/".join(sorted(states))] += 1
            outcome = office.report(session=session)
            # Of a mail that a kill cut short nobody knows whether it went out: 3, and words.
            unsure = "interrupted before" in " ".join(outcome.words)
            assert unsure == ("begun" in states)
            assert (outcome.session, outcome.code) == (session, 3 if unsure else 0)
            assert office.latest.resolve() == outcome.folder.resolve()
        post.shutdown()

    assert not list((office.folder / "out/daily/runs").glob(".*"))
    letters = Counter(
        message_from_bytes(letter, policy=policy.default)["Subject"] for letter in post.letters
    )
    print(dict(kinds), "letters", len(letters))
    assert max(letters.values()) == 1
    assert kinds["not begun"] and kinds["begun"] and kinds["sent"]
    # A mail is missing only where its sending was cut short, which the run then says.
    assert len(letters) >= len(days) - kinds["begun"]
