"""The report as mail: the same bytes every time, sent once, and never at the cost of the report."""

import threading
from email import message_from_bytes, policy

import pytest
from post_office import DELIVERY, Post

from signals.batch.mail import mail_bytes
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
    assert letter["Subject"] == "Watch list, session of 2025-07-22"
    assert "What changed" in letter.get_body(("plain",)).get_content()


def test_a_refused_mail_leaves_the_report_and_is_tried_again(office, post):
    post.refuse = True
    outcome = office.report()
    assert any("refused" in one for one in outcome.words)
    assert office.latest.exists()

    post.refuse = False
    office.report()
    office.report()

    assert len(post.letters) == 1


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
