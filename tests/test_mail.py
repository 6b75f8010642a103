"""The report as mail: the same bytes every time, sent once, and never at the cost of the report."""

import os
import re
import shutil
import signal
import socket
import threading
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from batch_samples import LATER, SESSION
from post_office import DELIVERY, Post

from signals.batch import mail, publish
from signals.batch.config import Delivery
from signals.batch.mail import mail_bytes, send
from signals.batch.store import Store


@pytest.fixture
def post():
    with Post() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def office(office, post):
    port = post.server_address[1]
    office.path.write_text(office.path.read_text() + DELIVERY.format(port=port))
    return office


pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


def test_a_report_is_mailed_once(office, post):
    outcome = office.report()
    office.report()
    office.tell("late", "Microsoft (NASDAQ:MSFT) rose.", "2025-07-22T10:00-04:00")
    office.report()

    assert len(post.letters) == 1
    assert "Mailed to a@example.test, b@example.test." in outcome.words
    letter = message_from_bytes(post.letters[0], policy=policy.default)
    assert letter["To"] == "a@example.test, b@example.test"
    assert letter["Subject"] == "Watch list, session of 2025-07-22: nothing flagged"
    assert "What changed" in letter.get_body(("plain",)).get_content()


def subjects(post):
    letters = [message_from_bytes(one, policy=policy.default) for one in post.letters]
    return [(letter["To"], letter["Subject"]) for letter in letters]


def without_last_price(office):
    """Take a day off the prices, so that a report is partial; give back what they were."""
    path = office.folder / "prices/closes.csv"
    whole = path.read_text()
    path.write_text("".join(line for line in whole.splitlines(True) if SESSION not in line))
    return path, whole


def test_a_report_that_was_mailed_before_its_prices_came_is_mailed_again_when_it_is_whole(
    office, post
):
    path, whole = without_last_price(office)
    office.change('to = ["a@example.test", "b', 'to = ["b')
    assert office.report().code == 3
    path.write_text(whole)
    office.change('to = ["b', 'to = ["a@example.test", "b')

    outcome = office.report()

    assert outcome.code == 0
    assert "Mailed to b@example.test, in place of an earlier edition." in outcome.words
    subject = "Watch list, session of 2025-07-22: nothing flagged"
    assert subjects(post)[1:] == [
        ("a@example.test", subject),
        ("b@example.test", f"In place of the earlier mail: {subject}"),
    ]
    # A third edition that is as whole says nothing else: who holds the second is told of.
    office.tell("late", "Microsoft (NASDAQ:MSFT) rose.", "2025-07-22T10:00-04:00")
    words = office.report().words
    assert (
        "a@example.test, b@example.test hold an earlier edition with the same flags: this one is "
        "not mailed there."
    ) in words
    office.report()
    assert len(post.letters) == 3


def test_a_report_whose_flags_have_changed_is_mailed_again(office, post):
    office.report()
    path = office.folder / "prices/closes.csv"
    lines = path.read_text().splitlines()
    at = next(k for k, line in enumerate(lines) if line.startswith(SESSION))
    cells, place = lines[at].split(","), lines[0].split(",").index("MSFT")
    cells[place] = str(1.2 * float(cells[place]))
    path.write_text("\n".join([*lines[:at], ",".join(cells), *lines[at + 1 :]]))
    post.refuse = "DATA"
    assert office.report().code == 3
    post.refuse = None

    # Refused, it is sent by the next run, whatever its session, and still says what it is.
    office.report(session="2025-07-23")

    told = "In place of the earlier mail: Watch list, session of 2025-07-22: flagged: MSFT"
    assert subjects(post)[1] == ("a@example.test, b@example.test", told)
    assert "2025-07-23" in subjects(post)[2][1]
    office.report()
    assert len(post.letters) == 3


def test_two_reports_under_one_date_are_both_mailed(office, post):
    """On 21 July Tokyo was closed: New York's 18th is told under the date of Tokyo's last."""
    office.change('watch = ["MSFT", "SFTBY"]', 'watch = ["MSFT", "7203.T"]')

    for day in (18, 21, 21):
        now = datetime(2025, 7, day, 11, 0, tzinfo=UTC)
        assert office.report(session="previous", now=now).session == "2025-07-18"

    assert len(post.letters) == 2


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_a_refused_mail_leaves_the_report_and_is_tried_again(office, post, stage):
    post.refuse = stage
    outcome = office.report()
    assert any("refused: " in one and "not here" in one for one in outcome.words)
    assert (outcome.code, outcome.state) == (3, "made") and office.latest.exists()
    assert office.report().code == 3

    post.refuse = None
    assert [office.report().code for _ in range(2)] == [0, 0]

    assert len(post.letters) == 1
    assert office.run(since=SESSION, session="previous")[0].session != SESSION  # it is whole


def sessions(post):
    titles = [message_from_bytes(one, policy=policy.default)["Subject"] for one in post.letters]
    return [re.search(r"session of (.+?):", title)[1] for title in titles]


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "MAIL"])
def test_a_refused_mail_is_sent_by_the_next_run_whatever_its_session(office, post, stage):
    post.refuse = stage
    office.report(session="2025-07-21")
    told = office.report(session="2025-07-22")
    assert told.code == 3
    (words,) = [one for one in told.words if "refused" in one]
    assert words.startswith("The mails on 2025-07-21 and 2025-07-22 to a@example.test, b@exam")
    assert words.endswith("The next run tries again.")

    post.refuse = None
    told = office.report(session="2025-07-23")
    office.report(session="2025-07-24")
    office.report(session="2025-07-22")

    assert told.code == 0
    assert (
        "Mailed to a@example.test, b@example.test: the report on 2025-07-21, unsent until now."
        in (told.words)
    )
    assert sessions(post) == [f"2025-07-{day}" for day in (21, 22, 23, 24)]


def test_a_refused_mail_is_sent_on_a_day_without_trading(office, post):
    post.refuse = "RCPT TO:<B@"
    office.report(session="2025-07-03")
    post.refuse = None

    told = office.report(session="previous", now=datetime(2025, 7, 4, 12, 0, tzinfo=UTC))

    assert (told.code, told.state) == (0, "closed")
    assert told.words[-1] == "Mailed to b@example.test: the report on 2025-07-03, unsent until now."
    assert [message_from_bytes(one)["To"] for one in post.letters][1:] == ["b@example.test"]


def test_an_old_mail_is_given_up_and_says_so_where_newer_reports_stand(office, post):
    post.refuse = "RCPT"
    office.report(session="2025-07-11")
    days = ("2025-07-14", "2025-07-15", "2025-07-16", "2025-07-17")
    for day in days:
        office.report(session=day)
    post.refuse = None
    office.change('to = ["a@example.test", "b@example.test"]', 'to = ["a@example.test"]')
    told = office.report(session="2025-07-18")

    # Five reports are newer, or as new; who isn't on the list any more has nothing.
    assert len(post.letters) == len(days) + 1 and told.code == 0
    assert {message_from_bytes(one)["To"] for one in post.letters} == {"a@example.test"}

    post.refuse = "RCPT"
    told = office.report(session="2025-07-10")
    (words,) = [one for one in told.words if "refused" in one]
    assert words.endswith("The next run on that session tries again: --session 2025-07-10.")
    post.refuse = None
    office.report(session="2025-07-21")
    assert len(post.letters) == len(days) + 2
    office.report(session="2025-07-10")
    assert len(post.letters) == len(days) + 3


def test_a_server_that_is_not_ready_is_asked_once_a_run(office, post, monkeypatch):
    asked = []
    connect = mail._connect
    monkeypatch.setattr(mail, "_connect", lambda *given: asked.append(1) or connect(*given))
    post.hang_up = "EHLO"

    for count, day in enumerate(("2025-07-21", "2025-07-22", "2025-07-23"), start=1):
        office.report(session=day)
        assert len(asked) == count

    post.hang_up = None
    office.report(session="2025-07-24")
    assert len(post.letters) == 4


def test_a_mail_whose_report_is_gone_is_told_once(office, post):
    post.refuse = "RCPT"
    shutil.rmtree(office.report(session="2025-07-21").folder)
    post.refuse = None

    told = office.report(session="2025-07-22")
    assert told.code == 3
    assert "The mail on 2025-07-21 is gone and can't be sent." in told.words
    assert office.report(session="2025-07-23").code == 0
    assert sessions(post) == ["2025-07-22", "2025-07-23"]
    assert office.report(session="2025-07-21").state == "made"
    assert sessions(post)[2:] == ["2025-07-21"]


@pytest.mark.parametrize("stage", ["EHLO", "DATA"])
def test_a_server_that_hangs_up_leaves_the_report_and_is_tried_again(office, post, stage):
    post.hang_up = stage
    outcome = office.report()
    assert any("was refused" in one for one in outcome.words)

    post.hang_up = None
    office.report()

    assert len(post.letters) == 1


def test_a_mail_that_may_have_been_taken_is_not_sent_again(office, post):
    post.hang_up = "DOT"
    outcome = office.report()
    assert any("didn't say whether it took the mail" in one for one in outcome.words)

    post.hang_up = None
    again = office.report()

    assert len(post.letters) == 1
    assert any("interrupted before; it is not sent again" in one for one in again.words)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the kill is sent in a fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_while_a_mail_is_handed_over_never_doubles_it(office, post, monkeypatch, moment):
    hand_over = mail._hand_over

    def killed(*given):
        if moment == "after":
            hand_over(*given)
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        monkeypatch.setattr(mail, "_hand_over", killed)
        try:
            office.report()
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL

    outcome = office.report()

    assert (outcome.code, outcome.state) == (3, "unchanged")
    assert len(post.letters) == (1 if moment == "after" else 0)
    assert any("interrupted before; it is not sent again" in one for one in outcome.words)
    office.report(session="2025-07-23")
    assert len(post.letters) == (2 if moment == "after" else 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the kill is sent in a fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_mail_that_a_kill_kept_from_being_begun_is_sent_by_the_next_run(
    office, post, monkeypatch
):
    child = os.fork()
    if child == 0:
        monkeypatch.setattr(publish, "deliver", lambda *_, **__: os.kill(os.getpid(), 9))
        try:
            office.report(session="2025-07-22")
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL

    told = office.report(session="2025-07-23")

    assert told.code == 0
    assert sessions(post) == ["2025-07-22", "2025-07-23"]


def test_a_server_that_says_goodbye_badly_has_taken_the_mail(office, post):
    post.rude = True

    assert "Mailed to a@example.test, b@example.test." in office.report().words
    office.report()

    assert len(post.letters) == 1


def test_a_line_of_one_dot_in_a_letter_does_not_end_it(post):
    host, port = post.server_address
    content = mail_bytes("A title", text=".\n..x\nThe end.", html="<p>.</p>", figures=[])
    delivery = Delivery(host, port, "none", "me@example.test", (), "", "")

    send(content, delivery, to=["a@example.test"], now=LATER, note="")

    (letter,) = post.letters
    assert b"\r\n..\r\n...x\r\n" in letter


def test_a_server_that_is_not_there_or_says_nothing_leaves_the_report(office, monkeypatch):
    monkeypatch.setattr("signals.batch.mail._PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        office.path.write_text(
            re.sub(r"port = \d+", f"port = {silent.getsockname()[1]}", office.path.read_text())
        )
        assert any("timed out" in one for one in office.report().words)

    assert any("Connection refused" in one for one in office.report().words)
    assert office.latest.exists()


def test_one_refused_recipient_does_not_take_the_other_with_it(office, post):
    post.refuse = "RCPT TO:<A@"

    outcome = office.report()

    assert "Mailed to b@example.test." in outcome.words
    assert any("a@example.test was refused: 550 not here" in one for one in outcome.words)
    with Store(office.config.state) as store:
        states = store.deliveries("2025-07-22")
    assert states == {"a@example.test": "refused", "b@example.test": "sent"}
    post.refuse = None
    assert "Mailed to a@example.test." in office.report().words
    assert [message_from_bytes(one)["To"] for one in post.letters] == [
        "a@example.test, b@example.test",
        "a@example.test",
    ]


def test_a_mail_that_was_begun_is_never_sent_again(office, post):
    with Store(office.config.state) as store:
        store.record_delivery("2025-07-22", ["a@example.test"], state="begun")

    outcome = office.report()

    assert any("interrupted" in one for one in outcome.words)
    letter = message_from_bytes(post.letters[0], policy=policy.default)
    assert letter["To"] == "b@example.test"


def test_a_missing_secret_is_named_and_its_value_never_shown(office, post, monkeypatch):
    office.change('to = ["a', 'user_env = "WHO"\npassword_env = "SECRET"\nto = ["a')
    monkeypatch.setenv("WHO", "hunter2")

    outcome = office.report()

    assert any("no variable SECRET" in one for one in outcome.words)
    assert "hunter2" not in str(outcome)
    assert post.letters == []


def test_the_file_of_a_mail_holds_its_figures_and_repeats_to_the_byte():
    def make():
        return mail_bytes(
            "A title\nBcc: x@y.test", text="Plain.", html="<img src='cid:moves'>",
            figures=[("moves", b"\x89PNG")],
        )  # fmt: skip

    letter = message_from_bytes(make(), policy=policy.default)

    assert make() == make()
    assert letter["Bcc"] is None
    assert [part.get_content_type() for part in letter.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    (image,) = [part for part in letter.walk() if part.get_content_type() == "image/png"]
    assert image["Content-ID"] == "<moves>"
