"""The proxy, its answers, and the environment that leads a client to it."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import sleep
from typing import Self
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import trustme

SAMPLE = Path(__file__).parents[2] / "data" / "prices" / "closes.csv"
NEW_YORK = ZoneInfo("America/New_York")
NOT_FOUND = {"code": "Not Found", "description": "No data found, symbol may be delisted"}


@dataclass(frozen=True)
class Bar:
    """One session of one symbol; ``None`` is Yahoo's null."""

    day: date
    open: float | None
    close: float | None
    adj_close: float | None
    volume: int | None = 1_000_000
    dividend: float = 0.0
    split: float = 1.0

    @property
    def stamp(self) -> int:
        return int(datetime.combine(self.day, time(9, 30), NEW_YORK).timestamp())


@dataclass(frozen=True)
class Trouble:
    """What goes wrong in the first ``times`` answers about a symbol, after ``skip`` good ones.

    A status with a body; or ``kind``: "truncated" (fewer bytes than announced), "hang_up" (none at
    all), "short" (the last 2 rows), "nulls" (every other row). ``delay`` seconds pass first.
    """

    status: int = 200
    body: str = "Too Many Requests"
    times: int = 10**9
    skip: int = 0
    kind: str = "answer"
    delay: float = 0.0


@dataclass
class _World:
    bars: Mapping[str, Sequence[Bar]]
    troubles: Mapping[str, Trouble]
    dead: bool
    tls: ssl.SSLContext
    requests: list[str] = field(default_factory=list)
    answered: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


def bars_of_sample(dividend_factor: float = 1.0) -> dict[str, list[Bar]]:
    """Bars whose adjusted closes are the project's sample; each opens at its own close.

    With a ``dividend_factor`` the close is that many times the adjusted close.
    """
    bars: dict[str, list[Bar]] = {}
    with SAMPLE.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row.pop("date"))
            for symbol, text in row.items():
                adjusted = float(text)
                raw = adjusted * dividend_factor
                bars.setdefault(symbol, []).append(Bar(day, raw, raw, adjusted))
    return bars


class FakeYahoo:
    """A context manager; between enter and exit the server answers."""

    def __init__(
        self,
        bars: Mapping[str, Sequence[Bar]],
        *,
        troubles: Mapping[str, Trouble] | None = None,
        dead: bool = False,
    ) -> None:
        self._authority = trustme.CA()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        names = ("finance.yahoo.com", "*.finance.yahoo.com", "yahoo.com", "*.yahoo.com")
        self._authority.issue_cert(*names).configure_cert(tls)
        self.world = _World(bars, dict(troubles or {}), dead, tls)

    def __enter__(self) -> Self:
        world = self.world

        class Handler(_Proxy):
            pass

        Handler.world = world
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False  # so that closing waits until all have ended
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def environment(self, folder: Path) -> dict[str, str]:
        """This process's environment, led to the fake; ``folder`` takes certificate and caches."""
        authority = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(authority))
        cache = folder / "cache"
        cache.mkdir(exist_ok=True)
        proxy = f"http://127.0.0.1:{self._server.server_port}"
        ours = {
            **dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), proxy),
            **dict.fromkeys(
                ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"), str(authority)
            ),
            "XDG_CACHE_HOME": str(cache),
        }
        others = {"NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"}
        return {name: value for name, value in os.environ.items() if name not in others} | ours

    def asked(self, part: str) -> int:
        """How many requests had ``part`` in their address."""
        return sum(part in address for address in self.world.requests)


class _Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    world: _World
    host = ""
    timeout = 10

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # a client that hangs up
            super().handle()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.connection.close()

    def do_CONNECT(self) -> None:
        host = self.path.partition(":")[0]
        if self.world.dead or not f".{host}".endswith(".yahoo.com"):
            self.world.requests.append(f"refused {host}")
            self.send_error(502)
            self.close_connection = True
            return
        self.send_response_only(200, "Connection established")
        self.end_headers()
        # Head and body of an answer are two writes: each waits 40 ms for the other otherwise.
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.connection = self.world.tls.wrap_socket(self.connection, server_side=True)
        except OSError:  # a client that doesn't trust the certificate
            self.close_connection = True
            return
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.host = host
        self.close_connection = False

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        with self.world.lock:
            self.world.requests.append(f"{self.host}{self.path}")
        if parts.path == "/v1/test/getcrumb":
            self._send(200, "crumb", "text/plain")
        elif parts.path.startswith("/v8/finance/chart/"):
            self._chart(parts.path.rpartition("/")[2], parse_qs(parts.query))
        elif self.host == "fc.yahoo.com":
            self._send(404, "", "text/html", cookie=True)
        elif self.host in {"guce.yahoo.com", "consent.yahoo.com"}:
            self._send(200, "<html><body>no form</body></html>", "text/html")
        else:
            self._send(404, json.dumps({"quoteSummary": {"result": None, "error": NOT_FOUND}}))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._send(404, "{}")

    def _chart(self, symbol: str, query: Mapping[str, Sequence[str]]) -> None:
        world = self.world
        with world.lock:
            world.answered[symbol] += 1
            count = world.answered[symbol]
        trouble = world.troubles.get(symbol)
        kind = ""
        if trouble is not None and trouble.skip < count <= trouble.skip + trouble.times:
            sleep(trouble.delay)
            kind = trouble.kind
        if trouble is not None and kind == "answer":
            self._send(trouble.status, trouble.body, "text/html")
            return
        if kind == "hang_up":
            self.close_connection = True
            return
        bars = world.bars.get(symbol)
        if bars is None:
            self._send(404, json.dumps({"chart": {"result": None, "error": NOT_FOUND}}))
            return
        if "period1" in query:
            first, last = int(query["period1"][0]), int(query["period2"][0])
            bars = [bar for bar in bars if first <= bar.stamp < last]
        else:
            bars = bars[-1:]
        if kind == "short":
            bars = bars[-2:]
        if kind == "nulls":
            bars = [
                replace(bar, open=None, close=None, adj_close=None, volume=None) if at % 2 else bar
                for at, bar in enumerate(bars)
            ]
        self._send(200, json.dumps(_chart_of(symbol, bars)), truncated=kind == "truncated")

    def _send(
        self,
        status: int,
        body: str,
        kind: str = "application/json",
        *,
        cookie: bool = False,
        truncated: bool = False,
    ) -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if cookie:
            self.send_header(
                "Set-Cookie", "A3=fake; Domain=.yahoo.com; Path=/; Max-Age=31536000; Secure"
            )
        self.end_headers()
        if truncated:
            content = content[: len(content) // 2]
            self.close_connection = True
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def _chart_of(symbol: str, bars: Sequence[Bar]) -> dict[str, object]:
    meta = {
        "currency": "USD",
        "symbol": symbol,
        "exchangeName": "NMS",
        "instrumentType": "EQUITY",
        "firstTradeDate": bars[0].stamp if bars else None,
        "gmtoffset": -14400,
        "timezone": "EDT",
        "exchangeTimezoneName": "America/New_York",
        "regularMarketPrice": bars[-1].close if bars else None,
        "priceHint": 2,
        "dataGranularity": "1d",
        "range": "",
        "validRanges": ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"],
    }
    quote = {
        "open": [bar.open for bar in bars],
        "high": [bar.close for bar in bars],
        "low": [bar.close for bar in bars],
        "close": [bar.close for bar in bars],
        "volume": [bar.volume for bar in bars],
    }
    result = {
        "meta": meta,
        "timestamp": [bar.stamp for bar in bars],
        "indicators": {
            "quote": [quote],
            "adjclose": [{"adjclose": [bar.adj_close for bar in bars]}],
        },
    }
    paid = {
        str(bar.stamp): {"amount": bar.dividend, "date": bar.stamp} for bar in bars if bar.dividend
    }
    split = {
        str(bar.stamp): {
            "date": bar.stamp,
            "numerator": bar.split,
            "denominator": 1.0,
            "splitRatio": f"{bar.split:g}:1",
        }
        for bar in bars
        if bar.split != 1
    }
    events = {name: rows for name, rows in (("dividends", paid), ("splits", split)) if rows}
    if events:
        result["events"] = events
    return {"chart": {"result": [result], "error": None}}
