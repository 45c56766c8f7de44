"""The HTTP client: polite, bounded, and never raising for what the network does.

One client serves one batch of requests. It follows redirects by hand, so that every hop is checked, paced and
counted; it reads bodies within limits and undoes their compression within limits; what goes wrong comes back as a
``Failure`` of a kind that the polling rules know how to weigh.
"""

from __future__ import annotations

import asyncio
import dataclasses
import re
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import httpcore
import httpx

from flows.capture import content, urls
from flows.capture.config import CaptureConfig
from flows.capture.connections import Connections
from flows.capture.guard import BlockedAddress, NameNotFound
from flows.capture.pacing import Pacer

FEED_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
PAGE_ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"

_HOST = re.compile(rb"[A-Za-z0-9_.:-]+")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GOOD = frozenset({200, 203})
_NOT_MODIFIED = 304
_OVERLOADED = frozenset({429, 503})
_HOST_KINDS = frozenset({"dns", "timeout", "refused", "network", "tls"})
_PATIENCE = 3
"""Failures in a row after which a host is left alone for the rest of a batch: it is down, or asks us to stop."""


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """Why a request brought nothing."""

    kind: str
    """``dns``, ``timeout``, ``refused``, ``network``, ``tls``, ``protocol``, ``broken body``, ``too large``,
    ``redirects``, ``blocked address``, ``address``, ``http`` (a status that brings no page), ``empty``, ``robots``,
    ``unreachable`` (no robots.txt to be had) or ``spared`` (not asked, since its host fails or time was up)."""
    detail: str = ""

    def __str__(self) -> str:
        """Kind and detail as ``fetches.error`` keeps them."""
        return f"{self.kind}: {self.detail}" if self.detail else self.kind


@dataclasses.dataclass(frozen=True, slots=True)
class Response:
    """What came of a request, redirects included."""

    url: str
    """The address asked for."""
    final_url: str
    """The address that answered last."""
    status: int | None = None
    """The last HTTP status; None where no answer came."""
    headers: tuple[tuple[str, str], ...] = ()
    request_headers: tuple[tuple[str, str], ...] = ()
    protocol: str = "HTTP/1.1"
    reason_phrase: str = ""
    raw: bytes = b""
    """The body as it was sent, still in its content coding."""
    body: bytes = b""
    """The body with its content coding undone."""
    seconds: float = 0.0
    """From the first byte sent to the last received, waiting for the host's turn left out."""
    hops: tuple[str, ...] = ()
    """The addresses that redirected, in order."""
    error: Failure | None = None

    @property
    def content_type(self) -> str:
        """The Content-Type header as sent."""
        return self.header("content-type") or ""

    def header(self, name: str) -> str | None:
        """A response header by its name in lower case."""
        return content.header(self.headers, name)


Permission = Callable[[str], Awaitable[Failure | None]]
"""Asked before each hop: None where the address may be requested, else why not."""


class Client:
    """An async context manager around one pool of connections; ``get`` is all it does."""

    def __init__(self, config: CaptureConfig) -> None:
        self.config = config
        self.pacer = Pacer(config.per_host, config.pause, budget=config.batch_time)
        self._slots = asyncio.Semaphore(config.connections)
        self._failing: dict[str, int] = {}
        self._ways = Connections(allow_private=config.allow_private)
        self._timeouts = httpx.Timeout(config.read_timeout, connect=config.connect_timeout, pool=None).as_dict()

    async def __aenter__(self) -> Self:
        """Opens the client."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes all connections."""
        await self._ways.aclose()

    async def get(
        self,
        url: str,
        *,
        accept: str = PAGE_ACCEPT,
        etag: str | None = None,
        last_modified: str | None = None,
        allowed: Permission | None = None,
        max_redirects: int | None = None,
    ) -> Response:
        """GETs an address and follows its redirects; conditional where a validator is given (RFC 9110, 13).

        ``allowed`` is asked before each hop, ``max_redirects`` is the setting unless given.
        Never raises for what the network or the server does: see ``Response.error``.
        """
        headers = {"User-Agent": self.config.user_agent, "Accept": accept, "Accept-Language": "ja,en;q=0.5"}
        headers["Accept-Encoding"] = content.ACCEPTED
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers |= {name: value for name, value in conditions.items() if value}
        result = Response(url=url, final_url=url)
        cookies = httpx.Cookies()  # within one chain of redirects alone: some sites loop without theirs
        budget = self.config.total_timeout
        most = self.config.max_redirects if max_redirects is None else max_redirects
        while True:
            target = result.final_url
            try:
                address, refused = _address(target), None
            except urls.UrlError as error:
                refused = Failure("address", str(error))
            if refused is None and allowed is not None:
                refused = await allowed(target)
            if refused is not None:
                return dataclasses.replace(result, status=None, headers=(), raw=b"", body=b"", error=refused)
            hop = await self._hop(address, headers, cookies, max(budget, 0.001))
            budget -= hop.seconds
            result = dataclasses.replace(
                hop, url=url, final_url=target, hops=result.hops, seconds=result.seconds + hop.seconds
            )
            location = hop.header("location")
            if result.error is not None or hop.status not in _REDIRECTS or not location:
                return _judged(result, conditional=any(conditions.values()))
            hops = (*result.hops, target)
            if len(hops) > most:
                return dataclasses.replace(result, hops=hops, error=Failure("redirects", f"more than {len(hops) - 1}"))
            try:
                following = urls.split(location, target).geturl()
            except urls.UrlError as error:
                return dataclasses.replace(result, hops=hops, error=Failure("redirects", str(error)))
            result = dataclasses.replace(result, final_url=following, hops=hops)

    async def _hop(
        self, address: httpx.URL, headers: dict[str, str], cookies: httpx.Cookies, seconds: float
    ) -> Response:
        """One request and its answer, within ``seconds``."""
        url, place = str(address), address.netloc.decode("ascii")
        async with self.pacer.turn(urls.host_of(url)) as in_time, self._slots:
            if not in_time:
                return Response(url, url, error=Failure("spared", f"{place} was not asked within the run's time"))
            if self._failing.get(place, 0) >= _PATIENCE:
                return Response(url, url, error=Failure("spared", f"{place} failed {_PATIENCE} times in a row"))
            started = time.monotonic()
            sent = (("Host", place), *headers.items(), *_cookie(cookies, address))
            try:
                async with asyncio.timeout(seconds):
                    answer = await self._exchange(address, sent, cookies)
            except TimeoutError:
                answer = Response(url, url, error=Failure("timeout", f"no full answer in {seconds:.0f} s"))
            except Exception as error:  # noqa: BLE001 - whatever a server provokes is its failure, not the run's
                answer = Response(url, url, error=classify(error))
            failing = answer.status in _OVERLOADED or (answer.error is not None and answer.error.kind in _HOST_KINDS)
            self._failing[place] = self._failing.get(place, 0) + 1 if failing else 0
            return dataclasses.replace(answer, request_headers=sent, seconds=time.monotonic() - started)

    async def _exchange(
        self, address: httpx.URL, sent: tuple[tuple[str, str], ...], cookies: httpx.Cookies
    ) -> Response:
        limit = self.config.max_bytes
        headers = [(name.encode(), value.encode()) for name, value in sent]
        async with self._ways.get(address, headers, self._timeouts) as answer:
            head = _head(answer, str(address))
            if head.header("set-cookie"):
                told = httpx.Response(answer.status, headers=answer.headers, request=httpx.Request("GET", address))
                cookies.extract_cookies(told)
            raw = bytearray()
            async for chunk in answer.aiter_stream():
                raw += chunk
                if len(raw) > limit:
                    return dataclasses.replace(head, error=Failure("too large", f"more than {limit:,} bytes"))
        try:
            body = content.decompress(bytes(raw), head.header("content-encoding") or "", self.config.max_decoded_bytes)
        except content.TooLarge as error:
            return dataclasses.replace(head, error=Failure("too large", str(error)))
        except content.Broken as error:
            return dataclasses.replace(head, error=Failure("broken body", str(error)))
        return dataclasses.replace(head, raw=bytes(raw), body=body)


def _address(target: str) -> httpx.URL:
    """The address as it is asked for: without fragment and credentials, all that is not ASCII escaped.

    Raises UrlError where it is none.
    """
    urls.split(target)
    try:
        address = httpx.URL(target.partition("#")[0])
    except httpx.InvalidURL as error:
        raise urls.UrlError(f"not an address: {target!r} ({error})") from error
    if not _HOST.fullmatch(address.raw_host):
        raise urls.UrlError(f"no valid host in {target!r}")
    return address.copy_with(userinfo=b"") if address.userinfo else address


def _cookie(cookies: httpx.Cookies, address: httpx.URL) -> list[tuple[str, str]]:
    if not cookies:
        return []
    request = httpx.Request("GET", address)
    cookies.set_cookie_header(request)
    return [("Cookie", value) for value in request.headers.get_list("cookie")]


def _head(answer: httpcore.Response, url: str) -> Response:
    return Response(
        url=url,
        final_url=url,
        status=answer.status,
        headers=tuple(
            (_text(name), _escaped(value) if name.lower() == b"location" else _text(value))
            for name, value in answer.headers
        ),
        protocol=_text(answer.extensions.get("http_version")) or "HTTP/1.1",
        reason_phrase=_text(answer.extensions.get("reason_phrase")),
    )


def _text(value: object) -> str:
    """A header's text: UTF-8 where it is, else byte by byte."""
    if not isinstance(value, bytes):
        return ""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _escaped(location: bytes) -> str:
    """A redirect's target with the bytes that are not ASCII escaped as they are, whatever their encoding."""
    return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in location)


def _judged(result: Response, *, conditional: bool) -> Response:
    """The result with an error where its status brings no page; "not modified" is an answer to a condition only."""
    status = result.status
    if result.error is None and status not in _GOOD and not (status == _NOT_MODIFIED and conditional):
        return dataclasses.replace(result, error=Failure("http", f"{status} {result.reason_phrase}".strip()))
    return result


_KINDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (BlockedAddress, "blocked address"),
    ((NameNotFound, socket.gaierror), "dns"),
    (ssl.SSLError, "tls"),
    (ConnectionRefusedError, "refused"),
    ((httpx.TimeoutException, httpcore.TimeoutException, TimeoutError), "timeout"),
    (
        (httpx.ProtocolError, httpcore.ProtocolError, httpx.UnsupportedProtocol, httpx.InvalidURL, ValueError),
        "protocol",
    ),
)


def classify(error: BaseException) -> Failure:
    """The kind of failure behind an exception of httpx or httpcore, found along its chain of causes."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    for kinds, name in _KINDS:
        for cause in chain:
            if isinstance(cause, kinds):
                return Failure(name, str(cause) or type(cause).__name__)
    return Failure("network", str(error) or type(error).__name__)
