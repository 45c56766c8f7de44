"""Troubles that servers give, served over real sockets: what is answered, byte by byte, and what must come of it."""

from __future__ import annotations

import dataclasses
import gzip
import socket
import struct
import zlib
from collections.abc import Callable

from tests.capture.server import Answer, Handler

HTML, RSS = "text/html; charset=utf-8", "application/rss+xml"
OK = b"HTTP/1.1 200 OK\r\n"
BOMB = gzip.compress(b"0" * 5_000_000)
ARTICLE = "<html><body><p>ディープシークは新しいモデルを公開した。</p></body></html>".encode()


def raw(*parts: bytes, then: Callable[[Handler], None] | None = None) -> Answer:
    """An answer byte by byte as given; ``then`` is done before the connection closes."""

    def answer(handler: Handler) -> None:
        for part in parts:
            handler.wfile.write(part)
        handler.wfile.flush()
        if then is not None:
            then(handler)
        handler.close_connection = True

    return answer


def until_closing(handler: Handler) -> None:
    """Keeps the line silent for as long as the test lasts."""
    handler.site.closing.wait(10)


def reset(handler: Handler) -> None:
    """Ends the connection with RST instead of FIN."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def endless(piece: bytes) -> Callable[[Handler], None]:
    """Sends a piece again and again until nobody listens."""

    def send(handler: Handler) -> None:
        while not handler.site.closing.is_set():
            handler.wfile.write(piece)

    return send


def trickle(handler: Handler) -> None:
    """A byte every tenth of a second."""
    while not handler.site.closing.wait(0.1):
        handler.wfile.write(b"x")
        handler.wfile.flush()


def said(status: int, body: bytes = b"", kind: str = HTML, **headers: str) -> Answer:
    """A well-formed answer."""
    named = {"Content-Type": kind} | {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.reply(status, body, named)


def whole(body: bytes, kind: str = HTML, more: bytes = b"") -> Answer:
    """A body that ends with the connection, since its length is not told."""
    return raw(OK + b"Content-Type: " + kind.encode() + b"\r\n" + more + b"\r\n" + body)


def cookie_door(handler: Handler) -> None:
    """Redirects to itself whatever cookie it is shown."""
    handler.reply(302, b"", {"Location": handler.path, "Set-Cookie": "wall=1; Path=/"})


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


@dataclasses.dataclass(frozen=True)
class Fault:
    """A trouble on the way to a page or feed."""

    answer: Answer
    error: str | None
    """The kind of failure that the row in ``fetches`` names; None where the answer is good in spite of all."""
    status: int | None = 200
    asks: int = 1
    """How often the server may be asked within one run."""


WIRE: dict[str, Fault] = {
    # nothing, or not all, or never an end
    "silence": Fault(raw(then=until_closing), "timeout", None),
    "slow headers": Fault(raw(OK + b"X: ", then=until_closing), "timeout", None),
    "headers that trickle": Fault(raw(OK + b"X: ", then=trickle), "timeout", None),
    "endless headers": Fault(raw(OK, then=endless(b"X: y\r\n" * 1000)), "protocol", None),
    "one huge header": Fault(raw(OK + b"X: " + b"y" * 300_000 + b"\r\n\r\n"), "protocol", None),
    "endless early hints": Fault(
        raw(then=endless(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")), "timeout", None
    ),
    "stalled body": Fault(raw(OK + b"Content-Length: 10\r\n\r\nabc", then=until_closing), "timeout", None),
    "body that trickles": Fault(raw(OK + b"Content-Length: 100000\r\n\r\n", then=trickle), "timeout", None),
    "endless body": Fault(raw(OK + b"\r\n", then=endless(b"x" * 10_000)), "too large"),
    "endless chunks": Fault(
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\n", then=endless(b"2710\r\n" + b"x" * 10_000 + b"\r\n")),
        "too large",
    ),
    # connections that end
    # (a connection that was kept open is replaced once, since the server may have closed it meanwhile)
    "closed at once": Fault(raw(), "protocol", None, 2),
    "reset at once": Fault(raw(then=reset), "network", None, 2),
    "reset in the body": Fault(raw(OK + b"Content-Length: 100000\r\n\r\n" + b"x" * 1000, then=reset), "network", None),
    "closed within headers": Fault(raw(OK + b"Content-Le"), "protocol", None, 2),
    "closed before the length": Fault(raw(OK + b"Content-Length: 10\r\n\r\nabc"), "protocol", None),
    "closed within chunks": Fault(raw(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"), "protocol", None),
    # what is no HTTP, or not quite
    "another protocol": Fault(raw(b"220 mail.example ESMTP\r\n"), "protocol", None, 2),
    "HTTP/0.9": Fault(raw(b"<html><p>old</p></html>"), "protocol", None, 2),
    "noise": Fault(raw(bytes(range(256)) * 4), "protocol", None),
    "two lengths": Fault(raw(OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"), "protocol", None),
    "a length that is none": Fault(raw(OK + b"Content-Length: many\r\n\r\nabc"), "protocol", None),
    "bad chunk size": Fault(raw(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"), "protocol", None),
    "switching protocols": Fault(raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), "protocol", None),
    "a status without meaning": Fault(said(299, b"x"), "http", 299),
    "a status beyond all classes": Fault(raw(b"HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n"), "http", 999),
    # content codings
    "gzip bomb": Fault(whole(BOMB, more=b"Content-Encoding: gzip\r\n"), "too large"),
    "bomb in a bomb": Fault(whole(gzip.compress(BOMB), more=b"Content-Encoding: gzip, gzip\r\n"), "too large"),
    "deflate bomb": Fault(whole(zlib.compress(b"0" * 5_000_000), more=b"Content-Encoding: deflate\r\n"), "too large"),
    "truncated gzip": Fault(whole(gzip.compress(ARTICLE * 9)[:60], more=b"Content-Encoding: gzip\r\n"), "broken body"),
    "gzip that is none": Fault(whole(b"plain", more=b"Content-Encoding: gzip\r\n"), "broken body"),
    "damaged gzip": Fault(
        whole(gzip.compress(ARTICLE)[:-8] + b"\0" * 8, more=b"Content-Encoding: gzip\r\n"), "broken body"
    ),
    "brotli, not asked for": Fault(whole(b"\x0b\x02\x80page\x03", more=b"Content-Encoding: br\r\n"), "broken body"),
    "zstd, not asked for": Fault(whole(b"\x28\xb5\x2f\xfd", more=b"Content-Encoding: zstd\r\n"), "broken body"),
    # statuses
    "204 without content": Fault(raw(b"HTTP/1.1 204 No Content\r\n\r\n"), "http", 204),
    "206, not asked for": Fault(said(206, ARTICLE, Content_Range="bytes 0-9/1000"), "http", 206),
    "304 without a condition": Fault(raw(b"HTTP/1.1 304 Not Modified\r\n\r\n"), "http", 304),
    "401": Fault(said(401, b"x", WWW_Authenticate="Basic"), "http", 401),
    "403": Fault(said(403, b"no"), "http", 403),
    "404": Fault(said(404), "http", 404),
    "410": Fault(said(410), "http", 410),
    "429 with seconds": Fault(said(429, Retry_After="7200"), "http", 429),
    "429 with a date": Fault(
        raw(
            b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: Tue, 28 Jan 2025 12:00:00 GMT\r\n"
            b"Date: Tue, 28 Jan 2025 10:00:00 GMT\r\nContent-Length: 0\r\n\r\n"
        ),
        "http",
        429,
    ),
    "429 with nonsense": Fault(said(429, Retry_After="soon"), "http", 429),
    "451": Fault(said(451), "http", 451),
    "500": Fault(said(500, b"<html>error</html>"), "http", 500),
    "502": Fault(said(502), "http", 502),
    "503 with seconds": Fault(said(503, Retry_After="7200"), "http", 503),
    # redirects
    "redirect loop": Fault(said(302, Location="/a"), "redirects", 302, 11),
    "loop that sets a cookie": Fault(cookie_door, "redirects", 302, 11),
    "redirect without an address": Fault(raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"), "http", 302),
    "redirect to a file": Fault(said(301, Location="file:///etc/passwd"), "redirects", 301),
    "redirect to FTP": Fault(said(301, Location="ftp://news.example/a"), "redirects", 301),
    "redirect to gopher": Fault(said(301, Location="gopher://news.example/a"), "redirects", 301),
    "redirect to data": Fault(said(301, Location="data:text/html,x"), "redirects", 301),
    "redirect to javascript": Fault(said(301, Location="javascript:alert(1)"), "redirects", 301),
    "redirect to half an address": Fault(said(301, Location="http://[x"), "redirects", 301),
    "redirect to no host": Fault(said(301, Location="http:///a"), "redirects", 301, 11),
}
"""Troubles that feeds and pages share: no body comes of them."""

CURABLE: dict[str, Callable[[bytes, str], Answer]] = {
    "length not told": whole,
    "chunked": lambda body, kind: whole(chunked(body), kind, b"Transfer-Encoding: chunked\r\n"),
    "gzip": lambda body, kind: whole(gzip.compress(body), kind, b"Content-Encoding: gzip\r\n"),
    "gzip in two members": lambda body, kind: whole(
        gzip.compress(body[:50]) + gzip.compress(body[50:]), kind, b"Content-Encoding: x-gzip\r\n"
    ),
    "noise after gzip": lambda body, kind: whole(
        gzip.compress(body) + b"\0\0noise", kind, b"Content-Encoding: gzip\r\n"
    ),
    "bare deflate": lambda body, kind: whole(zlib.compress(body)[2:-4], kind, b"Content-Encoding: deflate\r\n"),
    "early hints first": lambda body, _: raw(
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + OK + b"Content-Length: %d\r\n\r\n" % len(body) + body
    ),
    "no content type": lambda body, _: raw(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body),
    "wrong content type": lambda body, _: whole(body, "application/octet-stream"),
    "content type of nonsense": lambda body, _: whole(body, ";;;=/x\xff"),
    "a long header": lambda body, kind: whole(body, kind, b"X: " + b"y" * 60_000 + b"\r\n"),
    "many cookies": lambda body, kind: whole(body, kind, b"".join(b"Set-Cookie: c%d=1\r\n" % n for n in range(300))),
    "header bytes that are no ASCII": lambda body, kind: whole(body, kind, "X: 記事\r\n".encode("cp932")),
    "HTTP/1.0": lambda body, _: raw(b"HTTP/1.0 200 OK\r\n\r\n" + body),
    "no reason phrase": lambda body, _: raw(b"HTTP/1.1 200\r\nContent-Length: %d\r\n\r\n" % len(body) + body),
    "answered and closed": lambda body, _: raw(OK + b"Connection: close\r\n\r\n" + body),
    "203 by a proxy": lambda body, kind: said(203, body, kind),
}
"""Oddities that must not matter: the body comes through them whole."""
