"""Fetching, against a server on this machine: allowed by name, as a user would have to."""

import contextlib
import gzip
import http.server
import ipaddress
import socket
import threading
import time
import zlib

import pytest

from signals.errors import ArticleError
from signals.sources.feeds import FeedSource
from signals.sources.fetch import Limits, _onward, fetch, is_public

FEED = b"""<rss version="2.0"><channel><title>T</title><item><title>Acme rises</title>
<pubDate>Mon, 21 Jul 2025 15:11:00 EDT</pubDate></item></channel></rss>"""
loopback = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


class Server:
    """Answers each path with what a test put there: status, headers, body."""

    def __init__(self):
        self.answers = {}
        self.asked = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append((self.path, dict(self.headers)))
                status, headers, body = outer.answers[self.path.partition("?")[0]]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(OSError):
                    for piece in [body] if isinstance(body, bytes) else body:
                        self.wfile.write(piece)
                        self.wfile.flush()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def address(self, path="/feed"):
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server():
    running = Server()
    yield running
    running.close()


ALLOWED = Limits(allow_hosts=("127.0.0.1",), timeout=5)


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254",
        "0.0.0.0",  # noqa: S104 - it is what must be refused
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%1",
        "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "::127.0.0.1", "::8.8.8.8", "fec0::1", "feff::1",
        "64:ff9b:1::7f00:1", "64:ff9b:1:ffff::1", "::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_known(place):
    assert not is_public(place)


@pytest.mark.parametrize("place", [
    "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "93.184.216.34", "64:ff9b::808:808",
])  # fmt: skip
def test_public_addresses_are_known(place):
    assert is_public(place)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "127.1", "LOCALHOST"]
)
@pytest.mark.enable_socket
def test_a_loopback_host_is_refused_however_it_is_written(host):
    with pytest.raises(ArticleError, match=r"isn't a public address.*allow_hosts|can't be fetched"):
        list(FeedSource(f"http://{host}:9/feed").read())


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("file:///etc/passwd", "no address of http or https"),
        ("ftp://news.example/feed", "no address of http or https"),
        ("http://", "no address of http or https"),
        ("http://news.example:0/", "no address of http or https"),
        ("http://news.example:99999/", "is no address"),
        ("http://[::1/", "is no address"),
        ("http://me@news.example/", "holds a user"),
        ("http://news.example/a b", "blanks or control"),
        ("http://news.example/a\r\nHost: x", "control"),
        ("http://" + "a" * 300 + ".example/", "can't be fetched"),
    ],
)
def test_addresses_that_are_none_are_refused(address, told):
    with pytest.raises(ArticleError, match=told):
        fetch(address, Limits())


def resolved_to(monkeypatch, *places):
    """Let the resolver of names give these addresses, one more at each call."""
    calls = iter(places)

    def getaddrinfo(host, port, *_, **__):
        place = next(calls) if host.endswith(".example") else host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port))]

    monkeypatch.setattr("signals.sources.fetch.socket.getaddrinfo", getaddrinfo)


def test_a_public_name_of_a_private_address_is_refused(monkeypatch):
    resolved_to(monkeypatch, "169.254.169.254")

    with pytest.raises(
        ArticleError, match=r"metadata\.example is at 169\.254\.169\.254, which isn't"
    ):
        fetch("http://metadata.example/feed", Limits())


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    found = [(2, 1, 6, "", (place, 80)) for place in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr("signals.sources.fetch.socket.getaddrinfo", lambda *_, **__: found)

    with pytest.raises(ArticleError, match=r"is at 10\.0\.0\.1"):
        fetch("http://news.example/feed", Limits())


class TestOverLoopback:
    pytestmark = loopback

    def test_a_feed_is_read_from_an_allowed_host(self, server):
        server.answers["/feed"] = (200, {"Content-Length": str(len(FEED))}, FEED)
        source = FeedSource(server.address("/feed?key=é secret".replace(" ", "%20")),
                            allow_hosts=("127.0.0.1",))  # fmt: skip

        assert [item.title for item in source.read()] == ["Acme rises"]
        path, headers = server.asked[0]
        assert path == "/feed?key=%C3%A9%20secret"
        assert headers["Accept-Encoding"] == "gzip"
        assert headers["Host"] == f"127.0.0.1:{server.port}"

    @pytest.mark.allow_hosts(["127.0.0.1", "127.0.0.2"])
    def test_a_host_is_read_at_the_first_of_its_addresses_that_answers(self, server, monkeypatch):
        server.answers["/feed"] = (200, {}, FEED)

        def getaddrinfo(host, port, *_, **__):
            places = ["127.0.0.2", "127.0.0.1"] if host == "two.example" else [host]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in places]

        monkeypatch.setattr("signals.sources.fetch.socket.getaddrinfo", getaddrinfo)
        limits = Limits(allow_hosts=("two.example",), timeout=5)
        assert fetch(f"http://two.example:{server.port}/feed", limits) == FEED
        server.close()
        with pytest.raises(ArticleError, match="can't be fetched: Connection refused"):
            fetch(f"http://two.example:{server.port}/feed", limits)

    def test_the_connection_goes_to_the_address_that_was_checked(self, server, monkeypatch):
        server.answers["/feed"] = (200, {}, FEED)
        resolved_to(monkeypatch, "127.0.0.1")  # a second look at the name would fail

        limits = Limits(allow_hosts=("news.example",))
        assert fetch(f"http://news.example:{server.port}/feed", limits) == FEED
        assert server.asked[0][1]["Host"] == f"news.example:{server.port}"

    def test_a_redirect_is_followed(self, server):
        server.answers["/a"] = (301, {"Location": "/feed"}, b"")
        server.answers["/feed"] = (200, {}, FEED)

        assert fetch(server.address("/a"), ALLOWED) == FEED

    @pytest.mark.parametrize(
        ("target", "told"),
        [
            ("http://localhost:9/feed", "localhost is at .* which isn't a public address"),
            ("http://169.254.169.254/latest/meta-data", "isn't a public address"),
            ("file:///etc/passwd", "no address of http or https"),
            ("http://[::1/", "leads to what is no address"),
            ("http://me:pass@127.0.0.1/", "holds a user"),
        ],
    )
    @pytest.mark.allow_hosts(["127.0.0.1", "localhost", "::1"])
    def test_a_redirect_is_checked_anew(self, server, target, told):
        server.answers["/a"] = (302, {"Location": target}, b"")

        with pytest.raises(ArticleError, match=told):
            fetch(server.address("/a"), ALLOWED)

    def test_redirects_without_end_are_refused(self, server):
        server.answers["/a"] = (302, {"Location": "/a"}, b"")

        with pytest.raises(ArticleError, match="one redirect more than the 3"):
            fetch(server.address("/a"), ALLOWED)
        assert len(server.asked) == 4

    @pytest.mark.parametrize(
        ("status", "headers", "told"),
        [
            (404, {}, "answers 404 Not Found"),
            (429, {"Retry-After": "60"}, "limits how often it may be asked; it says to wait 60"),
            (503, {}, "answers 503"),
            (204, {}, "answers 204"),
            (302, {}, "answers 302"),
        ],
    )
    def test_an_answer_that_is_no_file_is_told(self, server, status, headers, told):
        server.answers["/feed"] = (status, headers, b"")

        with pytest.raises(ArticleError, match=told) as caught:
            fetch(server.address("/feed?token=secret"), ALLOWED)
        assert "secret" not in str(caught.value)

    def test_a_file_that_is_too_large_is_refused_while_it_comes(self, server):
        server.answers["/feed"] = (200, {}, (b"x" * 65_536 for _ in range(100_000)))
        limits = Limits(allow_hosts=("127.0.0.1",), max_bytes=1_000_000)

        with pytest.raises(ArticleError, match="larger than 1,000,000 bytes"):
            fetch(server.address(), limits)

    def test_a_gzip_bomb_is_never_unpacked(self, server):
        bomb = gzip.compress(b"\0" * 100_000_000)
        assert len(bomb) < 200_000
        server.answers["/feed"] = (200, {"Content-Encoding": "gzip"}, bomb)

        with pytest.raises(ArticleError, match="larger than 5,000,000 bytes"):
            fetch(server.address(), ALLOWED)

    def test_a_packed_feed_is_unpacked(self, server):
        server.answers["/feed"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(FEED))

        assert fetch(server.address(), ALLOWED) == FEED

    @pytest.mark.parametrize(
        ("headers", "body", "told"),
        [
            ({"Content-Encoding": "br"}, b"x", "packed as 'br'"),
            ({"Content-Encoding": "gzip"}, b"no gzip", "can't be fetched"),
            # Without the hour in it, by which each process would call the test otherwise.
            ({"Content-Encoding": "gzip"}, gzip.compress(FEED, mtime=0)[:-9], "broke off before"),
            ({"Content-Encoding": "gzip"}, zlib.compress(FEED), "can't be fetched"),
            ({"Content-Length": "5000"}, b"short", "broke off|can't be fetched"),
        ],
    )
    def test_a_file_that_is_not_whole_is_refused(self, server, headers, body, told):
        server.answers["/feed"] = (200, headers, body)

        with pytest.raises(ArticleError, match=told):
            fetch(server.address(), ALLOWED)

    def test_a_source_that_drips_is_given_up_in_time(self, server):
        def drip():
            for _ in range(100):
                time.sleep(0.1)
                yield b"x"

        server.answers["/feed"] = (200, {}, drip())
        began = time.monotonic()

        with pytest.raises(ArticleError, match=r"didn't answer within 0\.5 seconds"):
            fetch(server.address(), Limits(allow_hosts=("127.0.0.1",), timeout=0.5))
        assert time.monotonic() - began < 3

    def test_a_source_that_says_nothing_is_given_up_in_time(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            began = time.monotonic()
            for scheme in ("http", "https"):
                with pytest.raises(ArticleError, match=r"didn't answer within 0\.3 seconds"):
                    fetch(
                        f"{scheme}://127.0.0.1:{port}/",
                        Limits(allow_hosts=("127.0.0.1",), timeout=0.3),
                    )
        assert time.monotonic() - began < 5

    def test_nobody_there_is_told(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]

        with pytest.raises(ArticleError, match="can't be fetched: Connection refused"):
            fetch(f"http://127.0.0.1:{port}/", ALLOWED)

    def test_an_answer_that_is_no_http_is_told(self):
        with socket.create_server(("127.0.0.1", 0)) as rude:
            port = rude.getsockname()[1]

            def answer():
                connection, _ = rude.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(b"220 mail.example ready\r\n")

            thread = threading.Thread(target=answer)
            thread.start()
            with pytest.raises(ArticleError, match="can't be fetched"):
                fetch(f"http://127.0.0.1:{port}/", ALLOWED)
            thread.join()


@pytest.fixture
def secure(tmp_path):
    """A server that speaks TLS, with a certificate of an authority of our own."""
    import ssl

    import trustme

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    running = Server()
    running._server.socket = context.wrap_socket(running._server.socket, server_side=True)
    yield running, tmp_path / "authority.pem"
    running.close()


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_https_needs_a_certificate_that_is_trusted(secure, monkeypatch):
    server, authority = secure
    server.answers["/feed"] = (200, {}, FEED)
    server.answers["/down"] = (302, {"Location": server.address("/feed")}, b"")
    address = server.address("/feed").replace("http:", "https:")

    with pytest.raises(ArticleError, match=r"can't be fetched.*certificate"):
        fetch(address, ALLOWED)

    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    assert fetch(address, ALLOWED) == FEED
    with pytest.raises(ArticleError, match="leads from https to http"):
        fetch(address.replace("/feed", "/down"), ALLOWED)


@pytest.mark.parametrize("address", ["https://b.example/", "HTTPS://b.example/"])
@pytest.mark.parametrize("target", ["http://a.example/x", "HTTP://a.example/x", "HtTp://a.example"])
def test_a_redirect_from_https_to_http_is_refused_however_it_is_written(address, target):
    with pytest.raises(ArticleError, match="leads from https to http"):
        _onward(address, target)


def test_a_redirect_may_stay_with_its_scheme_or_leave_http():
    assert _onward("http://b.example/", "HTTPS://a.example/x") == "HTTPS://a.example/x"
    assert _onward("HTTPS://b.example/", "x") == "https://b.example/x"


def test_every_private_network_is_refused_by_property():
    for network in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "127.0.0.0/8",
        "169.254.0.0/16",
    ):
        whole = ipaddress.ip_network(network)
        assert not is_public(str(whole[0])) and not is_public(str(whole[-1]))
        assert not is_public(f"::ffff:{whole[1]}")
