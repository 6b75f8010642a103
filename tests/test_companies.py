import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from signals.cli import main
from signals.errors import ConfigError
from signals.news.securities import SecurityBook
from signals.sources.companies import refresh_companies

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

LIST = {
    "fields": ["cik", "name", "ticker", "exchange"],
    "data": [
        [1, "Zyqqar Robotics, Inc.", "ZYQR", "NYSE"],
        [2, "MICROSOFT CORP", "MSFT", "Nasdaq"],
        [3, "Unlisted Thing LLC", "UNLT", None],
    ],
}


@contextmanager
def server(body: bytes, status: int = 200):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers["User-Agent"])
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}/", asked
        http.shutdown()
        thread.join()


def test_a_refresh_adds_what_the_list_has_and_the_table_lacks(tmp_path, capsys):
    path = tmp_path / "securities.tsv"
    with server(json.dumps(LIST).encode()) as (url, asked):
        arguments = ["--contact", "ada@example.org", "--out", str(path), "--url", url]
        assert main(["companies", "refresh", "--source", "sec", *arguments]) == 0
    assert "1 new listings" in capsys.readouterr().out
    assert "ada@example.org" in asked[0]
    book = SecurityBook.from_table(path.read_text(encoding="utf-8"))
    assert book.get("ZYQR").mic == "XNYS"
    assert book.find("Zyqqar Robotics")[0].symbol == "ZYQR"
    assert book.get("UNLT") is None
    assert len(book) == len(SecurityBook.default()) + 1


def test_a_refresh_adds_a_company_whose_symbol_and_name_were_anothers(tmp_path):
    gone = SecurityBook.default().get("KKD")  # Krispy Kreme Doughnuts, until 2016
    new = {**LIST, "data": [[4, "Krispy Kreme Doughnuts", "KKD", "NYSE"]]}
    with server(json.dumps(new).encode()) as (url, _):
        assert refresh_companies(tmp_path / "t.tsv", contact="ada@example.org", url=url) == 1
    book = SecurityBook.from_table((tmp_path / "t.tsv").read_text(encoding="utf-8"))
    assert book.get("KKD").company != gone.company
    assert book.get("KKD", gone.valid_to).company == gone.company
    assert book.find("Krispy Kreme Doughnuts")[0].company == book.get("KKD").company


@pytest.mark.parametrize("body", [b"<html>blocked</html>", b"[]", b'{"fields": [], "data": []}'])
def test_an_answer_that_is_no_list_is_refused_and_nothing_is_written(tmp_path, body):
    with server(body) as (url, _), pytest.raises(ConfigError, match="not with the SEC's list"):
        refresh_companies(tmp_path / "t.tsv", contact="ada@example.org", url=url)
    assert list(tmp_path.iterdir()) == []


def test_without_a_network_the_command_says_so_in_a_sentence(tmp_path, capsys):
    with server(b"") as (url, _):
        pass  # the port is closed again
    arguments = ["--contact", "a@b.org", "--out", str(tmp_path / "t.tsv"), "--url", url]
    assert main(["companies", "refresh", *arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith("signals: The list of companies can't be fetched")
    assert said.count("\n") == 1


def test_an_address_that_means_nothing_is_told_in_a_sentence(tmp_path):
    address = "http://127.0.0.1/a list"
    with pytest.raises(ConfigError, match="can't be fetched"):
        refresh_companies(tmp_path / "t.tsv", contact="ada@example.org", url=address)


@pytest.mark.parametrize("ticker", [None, "A/B", "TOOLONGFORANYEXCHANGE"])
def test_an_odd_ticker_does_not_take_the_rest_of_the_list_with_it(tmp_path, ticker):
    listed = {**LIST, "data": [[4, "Odd Qwxz Inc.", ticker, "NYSE"], *LIST["data"]]}
    with server(json.dumps(listed).encode()) as (url, _):
        assert refresh_companies(tmp_path / "t.tsv", contact="ada@example.org", url=url) == 1


def test_a_refresh_needs_a_contact():
    with pytest.raises(ConfigError, match="mail address"):
        refresh_companies(contact="nobody")


def test_mentions_are_printed_for_people_and_for_machines(tmp_path, capsys):
    path = tmp_path / "a.txt"
    path.write_text("Apple (NASDAQ:AAPL) rose. OpenAI (FOOBAR:OAI) did not.")
    assert main(["mentions", str(path)]) == 0
    printed = capsys.readouterr()
    assert "AAPL" in printed.out
    assert "OpenAI" in printed.out
    assert "FOOBAR" in printed.err
    assert main(["mentions", str(path), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["symbol"] for row in rows] == ["AAPL", "AAPL", None]
    assert rows[0]["relevance"] > rows[2]["relevance"] > 0


def test_mentions_of_a_missing_table_name_the_option(tmp_path, capsys):
    path = tmp_path / "a.txt"
    path.write_text("Apple rose.")
    assert main(["mentions", str(path), "--companies", str(tmp_path / "no.tsv")]) == 2
    assert "--companies" in capsys.readouterr().err
