"""One file from the web, with limits: size, time, redirects, and where it may connect to.

A feed's address comes from a configuration, and a redirect from whoever answers there. Neither may
reach into the network that this runs in: an address that isn't public is refused unless its host is
allowed by name, and the connection is made to the very address that was checked, so that a name
which resolves anew in between changes nothing. Proxies of the environment are not used.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from signals.errors import ArticleError

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {
    "User-Agent": "market-news-signals (feed reader)",
    "Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}
_PLAIN = "/?%:@!$&'()*+,;=~"
_CHUNK = 65_536
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NO_PLACES = tuple(
    map(
        ipaddress.IPv6Network,
        # IPv4 inside IPv6 as it was once written, as translators write it, and as they do in a
        # network of their own.
        ("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48"),
    )
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may take.

    Attributes
    ----------
    allow_hosts
        Hosts that may be private, loopback or link-local, by the names that addresses use.
    timeout
        Seconds for all of it, redirects included; the resolver of names keeps its own time.
    max_bytes
        Of the file, after it is unpacked.
    max_redirects
        How often an answer may lead elsewhere.
    """

    allow_hosts: tuple[str, ...] = ()
    timeout: float = 10.0
    max_bytes: int = 5_000_000
    max_redirects: int = 3


def fetch(address: str, limits: Limits) -> bytes:
    """Fetch a file by http or https.

    Raises
    ------
    ArticleError
        The address is refused, nobody answers in time, or the answer is an error, a redirect too
        many, or too large. Queries, which may hold keys, aren't shown.
    """
    end = time.monotonic() + limits.timeout
    for _ in range(limits.max_redirects + 1):
        parts = _checked(address)
        try:
            answer = _ask(parts, limits, end)
        except (OSError, HTTPException, ValueError, zlib.error) as error:
            if time.monotonic() >= end:
                raise ArticleError(
                    f"{shown(address)} didn't answer within {limits.timeout:g} seconds."
                ) from error
            if isinstance(error, ArticleError):
                raise
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise ArticleError(f"{shown(address)} can't be fetched: {reason}.") from error
        if isinstance(answer, bytes):
            return answer
        address = _onward(address, answer)
    raise ArticleError(
        f"{shown(address)} is one redirect more than the {limits.max_redirects} that are followed."
    )


def _onward(address: str, target: str) -> str:
    """Give the address that a redirect leads to."""
    try:
        onward = urljoin(address, target)
        schemes = urlsplit(address).scheme, urlsplit(onward).scheme
    except ValueError as error:
        raise ArticleError(f"{shown(address)} leads to what is no address: {error}.") from error
    if schemes == ("https", "http"):  # in small letters, however they are written
        raise ArticleError(f"{shown(address)} leads from https to http, which is refused.")
    return onward


def shown(address: str) -> str:
    """Give an address as far as it may be shown: without a user, a password or a query."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "the address"
    return f"{parts.scheme}://{host}{port}{parts.path}"[:200]


def _checked(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise ArticleError(f"{address[:80]!r} is no address: {error}.") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise ArticleError(f"{shown(address)} is no address of http or https.")
    if parts.username is not None or any(ord(sign) <= 32 or ord(sign) == 127 for sign in address):
        raise ArticleError(f"{shown(address)} holds a user, blanks or control characters.")
    return parts


def _ask(parts: SplitResult, limits: Limits, end: float) -> bytes | str:
    """Give the file, or the address that the answer leads to."""
    with _connected(parts, limits, end) as connection:
        target = quote(parts.path or "/", safe=_PLAIN)
        if parts.query:
            target += f"?{quote(parts.query, safe=_PLAIN)}"
        connection.request("GET", target, headers=_HEADERS)
        with connection.getresponse() as answer:
            if answer.status in _REDIRECTS and answer.headers.get("Location"):
                return answer.headers["Location"]
            _check_status(answer, shown(parts.geturl()))
            body = b"".join(_body(answer, shown(parts.geturl()), limits.max_bytes))
    if time.monotonic() >= end:
        raise TimeoutError  # hung up: what came so far may not be all
    return body


def _check_status(answer: HTTPResponse, name: str) -> None:
    if answer.status == 429:
        wait = answer.headers.get("Retry-After", "")
        told = f"; it says to wait {wait} seconds" if wait.isdigit() else ""
        raise ArticleError(f"{name} limits how often it may be asked{told}.")
    if answer.status != 200:
        raise ArticleError(f"{name} answers {answer.status} {answer.reason[:60]}.")


@contextmanager
def _connected(parts: SplitResult, limits: Limits, end: float) -> Iterator[HTTPConnection]:
    """Connect to a checked address of the host, and hang up when the time is over."""
    host = (parts.hostname or "").encode("idna").decode()
    port = parts.port or (443 if parts.scheme == "https" else 80)
    places = _resolve(host, port, allowed=host in {name.lower() for name in limits.allow_hosts})
    sock = _first_to_answer(places, port, end)
    if parts.scheme == "https":
        sock = ssl.create_default_context().wrap_socket(
            sock, server_hostname=host, do_handshake_on_connect=False
        )
    # A timeout of the socket begins anew with every byte that drips in; this one doesn't.
    watch = threading.Timer(end - time.monotonic(), _hang_up, (sock,))
    watch.daemon = True
    watch.start()
    try:
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()
        connection = HTTPConnection(host, port)
        connection.sock = sock
        yield connection
    finally:
        watch.cancel()
        sock.close()


def _first_to_answer(places: Sequence[str], port: int, end: float) -> socket.socket:
    """Connect to the first place that answers: a host may have one in IPv6 that is out of reach."""
    for number, place in enumerate(places):
        left = end - time.monotonic()
        if left <= 0:
            break
        try:
            sock = socket.create_connection((place, port), timeout=left / (len(places) - number))
        except OSError:
            if place == places[-1]:
                raise
        else:
            sock.settimeout(left)
            return sock
    raise TimeoutError("time is over")


def _hang_up(sock: socket.socket) -> None:
    with suppress(OSError):
        # Not SSLSocket's own, which takes the layer away from the thread that reads.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _resolve(host: str, port: int, *, allowed: bool) -> list[str]:
    """Give the addresses of the host, when all that it has are public, or it is allowed."""
    places = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for place in places:
        if not allowed and not is_public(place):
            raise ArticleError(
                f"{host} is at {place}, which isn't a public address. If you trust it, name the "
                "host in allow_hosts."
            )
    return places


def is_public(place: str) -> bool:
    """Tell whether an IP address is one of the public internet, also inside IPv6."""
    address = ipaddress.ip_address(place.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address.is_site_local or any(address in network for network in _NO_PLACES):
            return False
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        if any(one is not None and not is_public(str(one)) for one in inner):
            return False
        if address.ipv4_mapped is not None:
            return True
    return address.is_global and not address.is_multicast


def _body(answer: HTTPResponse, name: str, most: int) -> Iterator[bytes]:
    """Give the file in pieces, unpacked, and stop at its limit whatever it would unpack to."""
    packing = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in {"identity", "gzip", "x-gzip"}:
        raise ArticleError(f"{name} is packed as {packing[:20]!r}, which nobody asked for.")
    unpacker = None if packing == "identity" else zlib.decompressobj(wbits=31)
    size = 0
    while chunk := answer.read(_CHUNK):
        piece = unpacker.decompress(chunk, most + 1) if unpacker else chunk
        size += len(piece)
        if size > most:
            raise ArticleError(f"{name} is larger than {most:,} bytes.")
        yield piece
    if answer.length:
        raise ArticleError(f"{name} broke off {answer.length:,} bytes before its end.")
    if unpacker and not unpacker.eof:
        raise ArticleError(f"{name} broke off before the end of what was packed.")
